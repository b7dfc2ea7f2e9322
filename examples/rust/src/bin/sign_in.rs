//! Signs people in to a service by ID-porten: `cargo run --bin sign_in client.json`, where the file is what
//! `felles client add` printed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use anyhow::{Context as _, ensure};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, Html, IntoResponse, Redirect, Response};
use axum::{Router, routing::get};
use felles_examples::Client;
use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreGenderClaim};
use openidconnect::{
    AdditionalClaims, AuthType, AuthenticationContextClass, AuthorizationCode, ClientId, CsrfToken,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl, LogoutRequest, Nonce, OAuth2TokenResponse as _,
    PkceCodeChallenge, PkceCodeVerifier, PostLogoutRedirectUrl, ProviderMetadataWithLogout, RedirectUrl,
    Scope, TokenResponse, UserInfoClaims,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The library's client, with the endpoints that the metadata names.
type IdPorten = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// What ID-porten tells of a person besides what OpenID Connect has names for.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Person {
    pid: String,
}
impl AdditionalClaims for Person {}

/// A visit, by its cookie.
enum Visit {
    SigningIn { state: CsrfToken, nonce: Nonce, verifier: String },
    SignedIn { pid: String, id_token: String },
}

struct App {
    client: Client,
    idporten: IdPorten,
    metadata: ProviderMetadataWithLogout,
    http: reqwest::Client,
    home: String,
    visits: Mutex<HashMap<String, Visit>>,
}

type Answer = Result<Response, Failure>;

/// Any error: told to whoever runs the program, not to the person.
struct Failure(anyhow::Error);
impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}
impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        eprintln!("{:#}", self.0);
        (StatusCode::BAD_REQUEST, Html("Innloggingen gikk ikke. <a href=\"/\">Prøv igjen</a>"))
            .into_response()
    }
}

/// The browser's cookie.
fn cookie(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get(header::COOKIE)?.to_str().ok()?;
    cookies.split("; ").find_map(|cookie| cookie.strip_prefix("visit="))
}

impl App {
    /// Ends the browser's visit.
    fn take(&self, headers: &HeaderMap) -> Option<Visit> {
        self.visits.lock().ok()?.remove(cookie(headers)?)
    }

    /// Who is signed in.
    fn pid(&self, headers: &HeaderMap) -> Option<String> {
        match self.visits.lock().ok()?.get(cookie(headers)?)? {
            Visit::SignedIn { pid, .. } => Some(pid.clone()),
            Visit::SigningIn { .. } => None,
        }
    }

    /// Keeps a visit under a new cookie, and sends the browser on.
    fn go(&self, visit: Visit, to: &str) -> anyhow::Result<Response> {
        let id = CsrfToken::new_random().into_secret();
        let cookie = format!("visit={id}; Path=/; HttpOnly; SameSite=Lax");
        self.visits.lock().ok().context("poisoned")?.insert(id, visit);
        Ok((AppendHeaders([(header::SET_COOKIE, cookie)]), Redirect::to(to)).into_response())
    }
}

async fn front(State(app): State<Arc<App>>, headers: HeaderMap) -> Html<String> {
    Html(match app.pid(&headers) {
        Some(pid) => format!("<p>Hei, {pid} <a href=\"/logout\">Logg ut</a>"),
        None => "<a href=\"/login\">Logg inn</a>".to_owned(),
    })
}

async fn login(State(app): State<Arc<App>>) -> Answer {
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let request = app.idporten.authorize_url(
        CoreAuthenticationFlow::AuthorizationCode,
        CsrfToken::new_random,
        Nonce::new_random,
    );
    let (url, state, nonce) = request
        .add_scope(Scope::new("profile".to_owned()))
        .add_auth_context_value(AuthenticationContextClass::new("idporten-loa-substantial".to_owned()))
        .set_pkce_challenge(challenge)
        .url();
    Ok(app.go(Visit::SigningIn { state, nonce, verifier: verifier.into_secret() }, url.as_str())?)
}

#[derive(Deserialize)]
struct Callback {
    code: Option<AuthorizationCode>,
    state: CsrfToken,
    iss: String,
    error: Option<String>,
}

async fn callback(State(app): State<Arc<App>>, headers: HeaderMap, Query(back): Query<Callback>) -> Answer {
    let Some(Visit::SigningIn { state, nonce, verifier }) = app.take(&headers) else {
        return Ok(Redirect::to("/").into_response());
    };
    ensure_same(&back, &state, &app.client.issuer)?;
    let code = back.code.with_context(|| back.error.unwrap_or_else(|| "there is no code".to_owned()))?;
    let tokens = app
        .idporten
        .exchange_code(code)?
        .set_pkce_verifier(PkceCodeVerifier::new(verifier))
        // The library knows secrets only; a signed assertion is two more parameters.
        .add_extra_param("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
        .add_extra_param("client_assertion", app.client.assertion(json!({ "sub": app.client.client_id }))?)
        .request_async(&app.http)
        .await?;
    let id_token = tokens.id_token().context("no id token")?;
    // Signature, issuer, audience, nonce and times.
    let claims = id_token.claims(&app.idporten.id_token_verifier(), &nonce)?;
    let info: UserInfoClaims<Person, CoreGenderClaim> = app
        .idporten
        .user_info(tokens.access_token().clone(), Some(claims.subject().clone()))?
        .request_async(&app.http)
        .await?;
    let pid = info.additional_claims().pid.clone();
    Ok(app.go(Visit::SignedIn { pid, id_token: id_token.to_string() }, "/")?)
}

/// Whether the answer is to this browser's request, and from ID-porten (RFC 9207).
fn ensure_same(back: &Callback, state: &CsrfToken, issuer: &str) -> anyhow::Result<()> {
    ensure!(back.state.secret() == state.secret(), "state is another");
    ensure!(back.iss == issuer, "iss is another");
    Ok(())
}

async fn logout(State(app): State<Arc<App>>, headers: HeaderMap) -> Answer {
    let Some(Visit::SignedIn { id_token, .. }) = app.take(&headers) else {
        return Ok(Redirect::to("/").into_response());
    };
    let end =
        app.metadata.additional_metadata().end_session_endpoint.clone().context("no logout endpoint")?;
    let mut to = LogoutRequest::from(end)
        .set_post_logout_redirect_uri(PostLogoutRedirectUrl::new(app.home.clone())?)
        .http_get_url();
    to.query_pairs_mut().append_pair("id_token_hint", &id_token);
    Ok(Redirect::to(to.as_str()).into_response())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let client = Client::from_args()?;
    let redirect = RedirectUrl::new(client.redirect_uris.first().context("no redirect_uris")?.clone())?;
    let home = redirect.url().join("/")?;
    // A client that follows redirects could be led to addresses within one's own network.
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
    // ID-porten says itself where its endpoints and keys are.
    let metadata =
        ProviderMetadataWithLogout::discover_async(IssuerUrl::new(client.issuer.clone())?, &http).await?;
    let idporten =
        CoreClient::from_provider_metadata(metadata.clone(), ClientId::new(client.client_id.clone()), None)
            .set_auth_type(AuthType::RequestBody)
            .set_redirect_uri(redirect.clone());
    let app = App { client, idporten, metadata, http, home: home.to_string(), visits: Mutex::default() };
    let router = Router::new()
        .route("/", get(front))
        .route("/login", get(login))
        .route(redirect.url().path(), get(callback))
        .route("/logout", get(logout))
        .with_state(Arc::new(app));
    let listener =
        tokio::net::TcpListener::bind(("127.0.0.1", home.port_or_known_default().unwrap_or(80))).await?;
    println!("Åpne {home}");
    Ok(axum::serve(listener, router).await?)
}
