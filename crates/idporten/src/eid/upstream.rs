//! eIDs of others: any OpenID Connect provider, by configuration (BankID and its like). ID-porten is its client: code flow with
//! PKCE, and an id token that is verified with the provider's published keys.
//!
//! What is on its way is kept nowhere. `state` names the sign-in, which only this browser can take up, and a number of
//! its own, from which only we can make the `nonce` and the PKCE verifier again: an answer to another question fits
//! neither.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use aws_lc_rs::{digest, hmac};
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use base64::{Engine as _, engine::general_purpose::STANDARD, engine::general_purpose::URL_SAFE_NO_PAD};
use clients::{ClientError, Mesh, encoded, request};
use design::key;
use http::{HeaderMap, StatusCode};
use kernel::Context;
use kernel::id::Pid;
use kernel::jose::{self, Alg, JoseError, KeyEncryptionKey, KeySet, SigningKey};
use kernel::store::StoreError;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Eid, Name, Shown, Visit};
use crate::api::refused::Refused;
use crate::api::respond;
use crate::model::parameters::Parameters;
use crate::model::session::{EIDAS, Level};
use crate::{Component, StartError, pages, store};

/// The name of the secret behind `nonce` and verifier.
const SECRET: &str = "idporten upstream";
/// How long metadata and keys are used before they are fetched again; seconds.
const LASTS: i64 = 3600;
/// Least time between two fetches of the keys because of a `kid` that is not among them; seconds.
const REFETCH: i64 = 30;
/// How far the clocks may be apart; seconds.
const SKEW: i64 = 60;
/// The algorithms that an id token may be signed with.
const ALGS: [Alg; 6] = [Alg::RS256, Alg::RS384, Alg::RS512, Alg::PS256, Alg::ES256, Alg::EdDSA];

/// An eID of another provider, as it is configured.
#[derive(Debug, Clone)]
pub struct Upstream {
    /// The segment of its addresses: `a–z`, digits and `-`. Its redirect URI is `{issuer}/eid/{id}/tilbake`.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The provider's issuer, character for character.
    pub issuer: String,
    /// Our client id there.
    pub client_id: String,
    /// How we show who we are there.
    pub auth: UpstreamAuth,
    /// What we ask for; `openid` among it.
    pub scopes: Vec<String>,
    /// The provider's `acr` values, each with the level (`low`, `substantial`, `high`) that it is worth here. One that is not
    /// named is worth nothing.
    pub acr: BTreeMap<String, String>,
    /// The claim of the id token that holds the person's number.
    pub pid_claim: String,
    /// What our tokens call it in `amr`.
    pub amr: String,
}

/// How we show who we are at an upstream provider.
#[derive(Clone)]
pub enum UpstreamAuth {
    /// By a secret in the header (`client_secret_basic`).
    Secret(String),
    /// By an assertion that we sign (`private_key_jwt`).
    Key(Box<SigningKey>),
}

impl std::fmt::Debug for UpstreamAuth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("UpstreamAuth")
    }
}

/// All upstream eIDs.
pub struct Upstreams {
    providers: Vec<Provider>,
    key: hmac::Key,
    http: Mesh,
}

impl std::fmt::Debug for Upstreams {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Upstreams({})", self.providers.len())
    }
}

/// A provider, with what has been fetched of it.
struct Provider {
    config: Upstream,
    levels: Vec<(String, Level)>,
    metadata: RwLock<Option<(Arc<Metadata>, i64)>>,
    keys: RwLock<Option<(Arc<KeySet>, i64)>>,
}

/// What we need to know of a provider (OpenID Connect Discovery).
#[derive(Debug, Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
}

/// Why a sign-in with an upstream eID did not succeed.
#[derive(Debug, thiserror::Error)]
enum Failure {
    /// The person went back, or the provider refused them.
    #[error("it answered {0}")]
    Refused(String),
    /// What came back does not hold.
    #[error("{0}")]
    Invalid(&'static str),
    /// The provider was not reached, or refused us.
    #[error(transparent)]
    Client(#[from] ClientError),
}

impl Upstreams {
    /// Checks the configuration; the providers themselves are asked when they are needed.
    pub async fn open(
        ctx: &Context,
        master: &KeyEncryptionKey,
        list: Vec<Upstream>,
    ) -> Result<Self, StartError> {
        let sealed = master.seal(SECRET, &ctx.rng.bytes::<32>())?;
        let kept: Result<Vec<u8>, StoreError> = ctx
            .store
            .write(move |tx| Box::pin(async move { store::keep_secret(tx, SECRET, sealed).await }))
            .await;
        let key = hmac::Key::new(hmac::HMAC_SHA256, &master.open(SECRET, &kept?)?);
        let mut providers: Vec<Provider> = Vec::new();
        for config in list {
            let wrong = |why: &str| StartError::Upstream(format!("the eID {}: {why}", config.id));
            let legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            if config.id.is_empty() || !config.id.bytes().all(legal) {
                return Err(wrong("its id is not of a–z, digits and -"));
            }
            let taken = [super::testid::ID, super::minid::ID, super::lommebok::ID, "passkey"];
            if taken.contains(&config.id.as_str())
                || providers.iter().any(|other| other.config.id == config.id)
            {
                return Err(wrong("its id is taken"));
            }
            if !(config.issuer.starts_with("https://")
                || (ctx.test_mode && config.issuer.starts_with("http://")))
            {
                return Err(wrong("its issuer is not an https address"));
            }
            let mut levels = Vec::new();
            for (acr, level) in &config.acr {
                let level = match level.as_str() {
                    "low" => Level::Low,
                    "substantial" => Level::Substantial,
                    "high" => Level::High,
                    _ => return Err(wrong("a level is not low, substantial or high")),
                };
                levels.push((acr.clone(), level));
            }
            if levels.is_empty() {
                return Err(wrong("it has no acr that is worth a level"));
            }
            providers.push(Provider { config, levels, metadata: RwLock::default(), keys: RwLock::default() });
        }
        Ok(Self { providers, key, http: Mesh::new([].into()) })
    }

    /// The eIDs as they are offered.
    pub fn eids(&self) -> impl Iterator<Item = Eid> {
        self.providers.iter().map(|provider| Eid {
            id: provider.config.id.clone(),
            name: Name::Own(provider.config.name.clone()),
            highest: provider.levels.iter().map(|(_, level)| *level).max().unwrap_or(Level::Low),
        })
    }

    /// What tokens call the eID of this id in `amr`, if it is one of these.
    pub fn amr(&self, id: &str) -> Option<&str> {
        self.find(id).map(|provider| provider.config.amr.as_str())
    }

    /// Whether one of them brings people with eIDs of other countries.
    pub fn has_eidas(&self) -> bool {
        self.providers.iter().any(|provider| provider.config.amr == EIDAS)
    }

    fn find(&self, id: &str) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.config.id == id)
    }

    /// What only we can make of a `state`.
    fn derived(&self, what: &str, eid: &str, state: &str) -> String {
        URL_SAFE_NO_PAD.encode(hmac::sign(&self.key, format!("{what} {eid} {state}").as_bytes()))
    }
}

/// Their pages.
pub fn router() -> OpenApiRouter<Component> {
    OpenApiRouter::new().routes(routes!(begin)).routes(routes!(finish))
}

/// Sends the person to an upstream eID.
#[utoipa::path(get, path = "/eid/{eid}",
    params(("eid" = String, Path, description = "The eID"), ("id" = String, Query, description = "The sign-in")),
    responses((status = 302, description = "To the eID's own pages"), (status = 400, content_type = "text/html", body = String),
        (status = 422, description = "The eID cannot be reached", content_type = "text/html", body = String)))]
async fn begin(
    State(component): State<Component>,
    Path(eid): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let parameters = Parameters::parse(query.unwrap_or_default().as_bytes());
    let begun = async {
        let visit = Visit::find(&component, &parameters, &headers).await?;
        let provider =
            component.upstreams.find(&eid).ok_or_else(|| Refused::request("There is no such eID"))?;
        Ok(match provider.begin(&component, &visit).await {
            Ok((address, parameters)) => respond::redirect(&address, &parameters, StatusCode::FOUND),
            Err(failure) => failed(&component, &visit, &eid, &failure),
        })
    };
    begun.await.unwrap_or_else(|refused: Refused| pages::refused(&component, &refused))
}

/// Where an upstream eID sends the person back to.
#[utoipa::path(get, path = "/eid/{eid}/tilbake",
    params(("eid" = String, Path, description = "The eID"), ("state" = String, Query), ("code" = Option<String>, Query),
        ("error" = Option<String>, Query), ("iss" = Option<String>, Query)),
    responses((status = 303, description = "To the client, or to the page where the person agrees"),
        (status = 400, content_type = "text/html", body = String),
        (status = 422, description = "The eID's answer does not hold, or the person cancelled", content_type = "text/html", body = String)))]
async fn finish(
    State(component): State<Component>,
    Path(eid): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let parameters = Parameters::parse(query.unwrap_or_default().as_bytes());
    let finished = async {
        let state = parameters.required("state")?;
        let id = state.split('.').next().unwrap_or_default();
        let id = Parameters::parse(format!("id={}", encoded(id)).as_bytes());
        let visit = Visit::find(&component, &id, &headers).await?;
        let provider =
            component.upstreams.find(&eid).ok_or_else(|| Refused::request("There is no such eID"))?;
        if !visit.may_try(&component).await? {
            return visit.too_many(&component).await;
        }
        let (pid, level) = match provider.finish(&component, state, &parameters).await {
            Ok(found) => found,
            Err(failure) => return Ok(failed(&component, &visit, &eid, &failure)),
        };
        match Shown::admitted(&component, pid, level, &provider.config.amr).await {
            Ok(shown) => visit.signed_in(&component, &headers, shown).await,
            Err(complaint) => Ok(visit.page(&component, Some(&eid)).failed(complaint)),
        }
    };
    finished.await.unwrap_or_else(|refused| pages::refused(&component, &refused))
}

/// The page that says that it did not succeed, with the ways on.
fn failed(component: &Component, visit: &Visit, eid: &str, failure: &Failure) -> Response {
    tracing::warn!(eid, %failure, "a sign-in with an upstream eID did not succeed");
    let why = match failure {
        Failure::Refused(error) if error == "access_denied" => key("upstream-avbrutt"),
        Failure::Refused(_) | Failure::Invalid(_) => key("upstream-feil"),
        Failure::Client(_) => key("upstream-svarer-ikke"),
    };
    visit.page(component, None).failed(why)
}

impl Provider {
    fn redirect_uri(&self, component: &Component) -> String {
        format!("{}/eid/{}/tilbake", component.issuer(), self.config.id)
    }

    /// Where the person is sent, and with what.
    async fn begin(
        &self,
        component: &Component,
        visit: &Visit,
    ) -> Result<(String, Vec<(&'static str, String)>), Failure> {
        let metadata = self.metadata(component).await?;
        let (upstreams, eid) = (&component.upstreams, self.config.id.as_str());
        let state = format!("{}.{}", visit.id, component.ctx.rng.token());
        let verifier = upstreams.derived("verifier", eid, &state);
        let challenge = digest::digest(&digest::SHA256, verifier.as_bytes());
        let least = visit.least(&self.config.amr);
        let good_enough = self.levels.iter().filter(|(_, level)| least.is_some_and(|least| *level >= least));
        let acr: Vec<&str> = good_enough.map(|(acr, _)| acr.as_str()).collect();
        let mut parameters = vec![
            ("response_type", "code".to_owned()),
            ("client_id", self.config.client_id.clone()),
            ("redirect_uri", self.redirect_uri(component)),
            ("scope", self.config.scopes.join(" ")),
            ("nonce", upstreams.derived("nonce", eid, &state)),
            ("code_challenge", URL_SAFE_NO_PAD.encode(challenge)),
            ("code_challenge_method", "S256".to_owned()),
            ("acr_values", acr.join(" ")),
            ("ui_locales", visit.locale.clone()),
            ("state", state),
        ];
        // Whoever asks for a fresh sign-in is not content with an old one of the provider's.
        if visit.login.request.prompt.login || visit.login.request.max_age.is_some() {
            parameters.push(("prompt", "login".to_owned()));
        }
        Ok((metadata.authorization_endpoint.clone(), parameters))
    }

    /// Who has signed in, and how surely.
    async fn finish(
        &self,
        component: &Component,
        state: &str,
        answer: &Parameters,
    ) -> Result<(Pid, Level), Failure> {
        let one = |name| answer.one(name).map_err(|_| Failure::Invalid("a parameter is repeated"));
        if one("iss")?.is_some_and(|iss| iss != self.config.issuer) {
            return Err(Failure::Invalid("another issuer answers"));
        }
        if let Some(error) = one("error")? {
            let printable = |char: &char| char.is_ascii_graphic();
            return Err(Failure::Refused(error.chars().filter(printable).take(100).collect()));
        }
        let code = one("code")?.ok_or(Failure::Invalid("there is no code"))?;
        let upstreams = &component.upstreams;
        let verifier = upstreams.derived("verifier", &self.config.id, state);
        let id_token = self.exchange(component, code, &verifier).await?;
        let nonce = upstreams.derived("nonce", &self.config.id, state);
        let claims = self.verify(component, &id_token, &nonce).await?;
        let acr = claims.get("acr").and_then(Value::as_str);
        let level = self.levels.iter().find(|(name, _)| Some(name.as_str()) == acr).map(|(_, level)| *level);
        let level = level.ok_or(Failure::Invalid("its acr is worth no level"))?;
        let pid = claims.get(&self.config.pid_claim).and_then(Value::as_str);
        let pid = pid.ok_or(Failure::Invalid("the id token holds no number"))?;
        let pid = Pid::parse(pid).map_err(|_| Failure::Invalid("the person's number is none"))?;
        Ok((pid, level))
    }

    /// The id token for a code.
    async fn exchange(&self, component: &Component, code: &str, verifier: &str) -> Result<String, Failure> {
        #[derive(Deserialize)]
        struct Tokens {
            id_token: Option<String>,
        }
        let metadata = self.metadata(component).await?;
        let client_id = self.config.client_id.as_str();
        let mut form = vec![
            ("grant_type", "authorization_code".to_owned()),
            ("code", code.to_owned()),
            ("redirect_uri", self.redirect_uri(component)),
            ("code_verifier", verifier.to_owned()),
        ];
        let mut ask = request::post(&metadata.token_endpoint).header("accept", "application/json");
        match &self.config.auth {
            UpstreamAuth::Secret(secret) => {
                let basic = STANDARD.encode(format!("{}:{}", encoded(client_id), encoded(secret)));
                ask = ask.header("authorization", &format!("Basic {basic}"));
            }
            UpstreamAuth::Key(key) => {
                let now = component.ctx.clock.now().as_second();
                let claims = json!({
                    "iss": client_id, "sub": client_id, "aud": self.config.issuer,
                    "iat": now, "exp": now + 60, "jti": component.ctx.rng.uuid(),
                });
                let assertion = key.sign_jwt(None, &claims);
                let assertion = assertion.map_err(|_| Failure::Invalid("our assertion was not signed"))?;
                form.push(("client_id", client_id.to_owned()));
                form.push(("client_assertion_type", clients::idporten::ASSERTION_TYPE.to_owned()));
                form.push(("client_assertion", assertion));
            }
        }
        let body: Vec<String> =
            form.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        let ask = ask.body("application/x-www-form-urlencoded", body.join("&").into_bytes())?;
        let tokens: Tokens = request::json(component.upstreams.http.send_outside(ask).await?)?;
        tokens.id_token.ok_or(Failure::Invalid("there is no id token"))
    }

    /// The claims of an id token that is the provider's, for us, in time, and answers what we asked.
    async fn verify(
        &self,
        component: &Component,
        id_token: &str,
        nonce: &str,
    ) -> Result<Map<String, Value>, Failure> {
        let payload = match jose::verify(id_token, &*self.keys(component, LASTS).await?, &ALGS) {
            // Perhaps a new key of the provider's.
            Err(JoseError::UnknownKey) => {
                jose::verify(id_token, &*self.keys(component, REFETCH).await?, &ALGS)
            }
            result => result,
        };
        let payload =
            payload.map_err(|_| Failure::Invalid("the id token's signature is not the provider's"))?;
        let claims: Map<String, Value> =
            payload.claims().map_err(|_| Failure::Invalid("the id token is not understood"))?;
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        let number = |name: &str| claims.get(name).and_then(Value::as_i64);
        let client_id = self.config.client_id.as_str();
        let for_us = match claims.get("aud") {
            Some(Value::String(aud)) => aud == client_id,
            Some(Value::Array(several)) => {
                several.iter().any(|aud| aud == client_id)
                    && (several.len() == 1 || text("azp") == Some(client_id))
            }
            _ => false,
        };
        let now = component.ctx.clock.now().as_second();
        let holds = [
            (text("iss") == Some(self.config.issuer.as_str()), "the id token is from another issuer"),
            (for_us, "the id token is for another client"),
            (text("nonce") == Some(nonce), "the id token answers another request"),
            (number("exp").is_some_and(|exp| now < exp.saturating_add(SKEW)), "the id token has expired"),
            (
                number("iat").is_some_and(|iat| iat <= now.saturating_add(SKEW)),
                "the id token is from the future",
            ),
        ];
        match holds.into_iter().find(|(holds, _)| !holds) {
            Some((_, why)) => Err(Failure::Invalid(why)),
            None => Ok(claims),
        }
    }

    async fn metadata(&self, component: &Component) -> Result<Arc<Metadata>, Failure> {
        let now = component.ctx.clock.now().as_second();
        if let Some(fresh) = remembered(&self.metadata, now - LASTS) {
            return Ok(fresh);
        }
        let address =
            format!("{}/.well-known/openid-configuration", self.config.issuer.trim_end_matches('/'));
        let answer = component.upstreams.http.send_outside(request::get(&address).empty()?).await?;
        let metadata: Metadata = request::json(answer)?;
        if metadata.issuer != self.config.issuer {
            return Err(Failure::Invalid("the metadata is of another issuer"));
        }
        let addresses = [&metadata.authorization_endpoint, &metadata.token_endpoint, &metadata.jwks_uri];
        let safe = |address: &&String| address.starts_with("https://") || component.ctx.test_mode;
        if !addresses.iter().all(safe) {
            return Err(Failure::Invalid("the metadata holds addresses without TLS"));
        }
        Ok(remember(&self.metadata, metadata, now))
    }

    /// The provider's keys, fetched at most `oldest` seconds ago.
    async fn keys(&self, component: &Component, oldest: i64) -> Result<Arc<KeySet>, Failure> {
        let now = component.ctx.clock.now().as_second();
        if let Some(fresh) = remembered(&self.keys, now - oldest) {
            return Ok(fresh);
        }
        let metadata = self.metadata(component).await?;
        let ask = request::get(&metadata.jwks_uri).empty()?;
        let json = request::bytes(component.upstreams.http.send_outside(ask).await?)?;
        let keys =
            KeySet::parse(&json).map_err(|_| Failure::Invalid("the provider's keys cannot be read"))?;
        Ok(remember(&self.keys, keys, now))
    }
}

fn remembered<T>(slot: &RwLock<Option<(Arc<T>, i64)>>, since: i64) -> Option<Arc<T>> {
    let slot = slot.read().unwrap_or_else(PoisonError::into_inner);
    slot.as_ref().filter(|(_, at)| *at > since).map(|(value, _)| value.clone())
}

fn remember<T>(slot: &RwLock<Option<(Arc<T>, i64)>>, value: T, at: i64) -> Arc<T> {
    let value = Arc::new(value);
    *slot.write().unwrap_or_else(PoisonError::into_inner) = Some((value.clone(), at));
    value
}
