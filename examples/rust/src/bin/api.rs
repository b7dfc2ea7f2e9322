//! An API that organisations call with tokens of Maskinporten, and signed-in people's services with tokens of ID-porten:
//! `cargo run --bin api http://localhost:8080 PREFIX:SCOPE PORT`

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{ErrorResponse, IntoResponse, Response};
use axum::{Json, Router, routing::get};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::Mutex;

/// The organisation in a token.
#[derive(Deserialize)]
struct Organisation {
    #[serde(rename = "ID")]
    id: String,
}

impl Organisation {
    /// Its number: `0192:` is the register of Norwegian organisations.
    fn number(&self) -> &str {
        self.id.trim_start_matches("0192:")
    }
}

/// What tokens say.
#[derive(Deserialize)]
struct Token {
    scope: String,
    aud: Option<Audience>,
    consumer: Organisation,
    supplier: Option<Organisation>,
    pid: Option<String>,
    acr: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Token {
    /// Whether it is for this API, or does not say for whom it is.
    fn is_for(&self, api: &str) -> bool {
        let names = match &self.aud {
            None => &[][..],
            Some(Audience::One(name)) => std::slice::from_ref(name),
            Some(Audience::Many(names)) => names,
        };
        names.iter().all(|name| name == "unspecified") || names.iter().any(|name| name == api)
    }
}

/// An issuer of tokens, with its keys.
struct Issuer {
    name: String,
    jwks_uri: String,
    http: reqwest::Client,
    keys: Mutex<(JwkSet, Option<Instant>)>,
}

impl Issuer {
    async fn find(http: &reqwest::Client, name: String, document: String) -> anyhow::Result<Self> {
        #[derive(Deserialize)]
        struct Metadata {
            issuer: String,
            jwks_uri: String,
        }
        let metadata: Metadata = http.get(&document).send().await?.error_for_status()?.json().await?;
        ensure!(metadata.issuer == name, "{document} is of {}", metadata.issuer);
        let keys = Mutex::new((JwkSet { keys: Vec::new() }, None));
        Ok(Self { name, jwks_uri: metadata.jwks_uri, http: http.clone(), keys })
    }

    /// The key of this name; fetches the keys where it is a new one, but not more than twice a minute.
    async fn key(&self, kid: &str) -> anyhow::Result<DecodingKey> {
        let mut known = self.keys.lock().await;
        let fresh = known.1.is_some_and(|fetched| fetched.elapsed() < Duration::from_secs(30));
        if known.0.find(kid).is_none() && !fresh {
            let keys = self.http.get(&self.jwks_uri).send().await?.error_for_status()?.json().await?;
            *known = (keys, Some(Instant::now()));
        }
        Ok(DecodingKey::from_jwk(known.0.find(kid).context("unknown key")?)?)
    }

    /// What a token of this issuer says, where it has not expired.
    async fn verify(&self, token: &str) -> anyhow::Result<Token> {
        let kid = decode_header(token)?.kid.context("no kid")?;
        let mut demands = Validation::new(Algorithm::RS256);
        demands.set_required_spec_claims(&["exp", "iss"]);
        demands.set_issuer(&[&self.name]);
        demands.leeway = 10;
        // Not every token says for whom it is: see `Token::is_for`.
        demands.validate_aud = false;
        Ok(decode(token, &self.key(&kid).await?, &demands)?.claims)
    }
}

struct Api {
    maskinporten: Issuer,
    idporten: Issuer,
    scope: String,
    address: String,
}

impl Api {
    fn refuse(&self, status: StatusCode, error: Option<&str>) -> Response {
        let said = error.map(|error| format!("error=\"{error}\", ")).unwrap_or_default();
        let challenge = format!("Bearer {said}scope=\"{}\"", self.scope);
        (status, [(header::WWW_AUTHENTICATE, challenge)], Json(json!({ "error": error }))).into_response()
    }

    /// The token of a caller who may be let in.
    async fn demand(&self, issuer: &Issuer, headers: &HeaderMap) -> Result<Token, ErrorResponse> {
        let header = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let Some(("Bearer" | "bearer", token)) = header.and_then(|value| value.split_once(' ')) else {
            return Err(self.refuse(StatusCode::UNAUTHORIZED, None).into());
        };
        match issuer.verify(token).await {
            Ok(token) if !token.is_for(&self.address) => {
                Err(self.refuse(StatusCode::UNAUTHORIZED, Some("invalid_token")).into())
            }
            Ok(token) if !token.scope.split(' ').any(|scope| scope == self.scope) => {
                Err(self.refuse(StatusCode::FORBIDDEN, Some("insufficient_scope")).into())
            }
            Ok(token) => Ok(token),
            Err(_) => Err(self.refuse(StatusCode::UNAUTHORIZED, Some("invalid_token")).into()),
        }
    }
}

/// Who calls: the organisation, and whoever acts for it.
async fn organisation(State(api): State<Arc<Api>>, headers: HeaderMap) -> axum::response::Result<Response> {
    let token = api.demand(&api.maskinporten, &headers).await?;
    let mut answer = json!({ "virksomhet": token.consumer.number() });
    if let Some(supplier) = &token.supplier {
        answer["leverandoer"] = json!(supplier.number());
    }
    Ok(Json(answer).into_response())
}

async fn person(State(api): State<Arc<Api>>, headers: HeaderMap) -> axum::response::Result<Response> {
    let token = api.demand(&api.idporten, &headers).await?;
    Ok(Json(json!({ "person": token.pid, "nivaa": token.acr })).into_response())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let mut args = std::env::args().skip(1);
    let (Some(felles), Some(scope), Some(port)) = (args.next(), args.next(), args.next()) else {
        anyhow::bail!("api http://localhost:8080 PREFIX:SCOPE PORT");
    };
    let http = reqwest::Client::new();
    let metadata = format!("{felles}/maskinporten/.well-known/oauth-authorization-server");
    let maskinporten = Issuer::find(&http, format!("{felles}/maskinporten/"), metadata).await?;
    let metadata = format!("{felles}/idporten/.well-known/openid-configuration");
    let idporten = Issuer::find(&http, format!("{felles}/idporten"), metadata).await?;
    let address = format!("http://localhost:{port}");
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port.parse()?)).await?;
    let router = Router::new().route("/virksomhet", get(organisation)).route("/person", get(person));
    println!("{address}");
    Ok(axum::serve(listener, router.with_state(Arc::new(Api { maskinporten, idporten, scope, address })))
        .await?)
}
