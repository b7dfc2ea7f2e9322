//! ID-porten: signing people in as a relying party, by the public protocol (OpenID Connect, authorization code with
//! PKCE and `private_key_jwt`).
//!
//! ```text
//! let begun = rp.begin(&Ask::level(ACR_SUBSTANTIAL)).await?;   // keep `begun` with the browser, send it to `begun.url`
//! let tokens = rp.finish(&callback, &begun).await?;            // at the redirect URI, with its query
//! let url = rp.end_session_url("https://…/", "state").await?;  // forget the tokens, send the browser to `url`
//! ```

use std::fmt::Write as _;
use std::sync::{Arc, PoisonError, RwLock};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use kernel::clock::Clock;
use kernel::id::Pid;
use kernel::jose::{self, Alg, JoseError, KeySet, SigningKey};
use kernel::rng::Rng;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use crate::{ClientError, Mesh, encoded, request};

/// The component's name in the mesh.
pub const NAME: &str = "idporten";
/// Asks for an id token.
pub const SCOPE_OPENID: &str = "openid";
/// Asks for `/userinfo`.
pub const SCOPE_PROFILE: &str = "profile";
/// Lets an API find out what an opaque or pseudonymous token stands for.
pub const SCOPE_INTROSPECTION: &str = "idporten:token.introspection";
/// Lets the person act for a child or a ward, whom the tokens then name beside the person. Felles' own.
pub const SCOPE_REPRESENTATION: &str = "felles:representasjon";
/// Level of assurance: substantial (MinID).
pub const ACR_SUBSTANTIAL: &str = "idporten-loa-substantial";
/// Level of assurance: high (BankID, Buypass, Commfides).
pub const ACR_HIGH: &str = "idporten-loa-high";
/// How a client assertion calls itself (RFC 7523).
pub const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// How far the clocks of issuer and client may be apart; seconds.
const SKEW: i64 = 60;
/// How long metadata and keys are used before they are fetched again; seconds.
const LASTS: i64 = 3600;
/// Least time between two fetches of the keys because of a `kid` that is not among them; seconds.
const REFETCH: i64 = 30;

/// The answer of the token endpoint.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TokenResponse {
    /// Opens APIs.
    pub access_token: String,
    /// `Bearer`.
    pub token_type: String,
    /// How many seconds the access token lives.
    pub expires_in: i64,
    /// Who has signed in; where `openid` was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
    /// Gives new tokens; where the client has that grant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// The scopes granted, separated by a space.
    pub scope: String,
    /// On behalf of which business (Ansattporten; RFC 9396).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_details: Option<serde_json::Value>,
}

impl std::fmt::Debug for TokenResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TokenResponse({})", self.scope)
    }
}

/// What a relying party needs to know of the provider (OpenID Connect Discovery).
#[derive(Debug, Clone, Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    end_session_endpoint: String,
    jwks_uri: String,
}

/// Who the relying party is: its registration at ID-porten, with `private_key_jwt`.
#[derive(Debug, Clone)]
pub struct ClientAuth {
    /// Client id.
    pub client_id: String,
    /// The key that signs its assertions, under the name that it is registered with.
    pub key: SigningKey,
}

/// What a sign-in is to give.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ask {
    /// Scopes besides `openid` and `profile`.
    pub scopes: Vec<String>,
    /// The least level of assurance; the client's default where empty.
    pub acr: Option<String>,
    /// `login` asks again even where a session lives, `none` shows no page.
    pub prompt: Option<String>,
    /// Languages of the sign-in page, best first, separated by spaces: `nb`, `nn`, `en`, `se`.
    pub ui_locales: Option<String>,
    /// Longest time since the person last showed who they are; seconds.
    pub max_age: Option<i64>,
}

impl Ask {
    /// A sign-in at this level or higher.
    pub fn level(acr: &str) -> Self {
        Self { acr: Some(acr.to_owned()), ..Self::default() }
    }
}

/// A sign-in on its way. To be kept with the browser that began it (as a row under a cookie, or sealed in one).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begun {
    /// Where the browser goes.
    pub url: String,
    /// Comes back with the browser.
    pub state: String,
    /// Comes back in the id token.
    pub nonce: String,
    /// The secret of PKCE.
    pub verifier: String,
}

impl std::fmt::Debug for Begun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Begun(…)")
    }
}

/// What the browser brings to the redirect URI, as its query.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Callback {
    /// The code, where the sign-in succeeded.
    pub code: Option<String>,
    /// As it was sent.
    pub state: Option<String>,
    /// Who answers (RFC 9207).
    pub iss: Option<String>,
    /// Why the sign-in did not succeed.
    pub error: Option<String>,
    /// The same in words.
    pub error_description: Option<String>,
}

impl std::fmt::Debug for Callback {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Callback({:?})", self.error)
    }
}

/// What an id token says.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdClaims {
    /// The person as this client alone knows them.
    pub sub: String,
    /// The person's number; absent in pseudonymous sign-ins.
    #[serde(default)]
    pub pid: Option<Pid>,
    /// The session; only where the client registered that it needs it.
    #[serde(default)]
    pub sid: Option<String>,
    /// The level of assurance that was used, which may be higher than asked for.
    pub acr: String,
    /// The eID, as an array of one.
    #[serde(default)]
    pub amr: Vec<String>,
    /// When the person showed who they are; seconds since 1970.
    pub auth_time: i64,
    /// The language chosen.
    #[serde(default)]
    pub locale: Option<String>,
}

impl std::fmt::Debug for IdClaims {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "IdClaims({}, {:?})", self.acr, self.amr)
    }
}

/// What a sign-in gave.
#[derive(Clone, PartialEq, Eq)]
pub struct Tokens {
    /// Opens APIs.
    pub access_token: String,
    /// When the access token ends.
    pub expires: Timestamp,
    /// Gives new tokens; where the client has that grant.
    pub refresh_token: Option<String>,
    /// The id token as it came.
    pub id_token: String,
    /// The id token's claims, verified.
    pub claims: IdClaims,
    /// The scopes granted, separated by a space.
    pub scope: String,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Tokens({:?}, {})", self.claims, self.scope)
    }
}

/// What a refresh gave.
#[derive(Clone, PartialEq, Eq)]
pub struct Refreshed {
    /// Opens APIs.
    pub access_token: String,
    /// When the access token ends.
    pub expires: Timestamp,
    /// The refresh token to use next time.
    pub refresh_token: Option<String>,
}

impl std::fmt::Debug for Refreshed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Refreshed(until {})", self.expires)
    }
}

/// Why nobody is signed in.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SignInError {
    /// ID-porten answered with an error (`access_denied` where the person cancelled, `login_required` …).
    #[error("ID-porten answered {error}")]
    Refused {
        /// OAuth's code.
        error: String,
        /// In words.
        description: Option<String>,
    },
    /// What came back does not belong to what was begun, or is not what ID-porten promises.
    #[error("the sign-in does not hold: {0}")]
    Invalid(&'static str),
    /// ID-porten was not reached, or refused the exchange.
    #[error(transparent)]
    Client(#[from] ClientError),
}

#[derive(Debug, Clone)]
struct Fetched<T> {
    value: Arc<T>,
    at: i64,
}

/// A relying party of ID-porten. Clones share what it has fetched.
#[derive(Clone)]
pub struct RelyingParty(Arc<Inner>);

struct Inner {
    mesh: Mesh,
    issuer: String,
    auth: ClientAuth,
    redirect_uri: String,
    clock: Clock,
    rng: Rng,
    metadata: RwLock<Option<Fetched<Metadata>>>,
    keys: RwLock<Option<Fetched<KeySet>>>,
}

impl RelyingParty {
    /// A relying party of the ID-porten of a Felles at `base_url` (without a slash at the end).
    pub fn new(
        mesh: Mesh,
        base_url: &str,
        auth: ClientAuth,
        redirect_uri: &str,
        clock: Clock,
        rng: Rng,
    ) -> Self {
        Self(Arc::new(Inner {
            mesh,
            issuer: format!("{base_url}/idporten"),
            auth,
            redirect_uri: redirect_uri.to_owned(),
            clock,
            rng,
            metadata: RwLock::default(),
            keys: RwLock::default(),
        }))
    }

    /// The issuer that is believed.
    pub fn issuer(&self) -> &str {
        &self.0.issuer
    }

    /// Begins a sign-in.
    pub async fn begin(&self, ask: &Ask) -> Result<Begun, SignInError> {
        let metadata = self.metadata().await?;
        let (state, nonce, verifier) = (self.0.rng.token(), self.0.rng.token(), self.0.rng.token());
        let mut scope = format!("{SCOPE_OPENID} {SCOPE_PROFILE}");
        for more in &ask.scopes {
            // Writing to a string does not fail.
            let _ = write!(scope, " {more}");
        }
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
        let mut url = metadata.authorization_endpoint.clone();
        url.push(if url.contains('?') { '&' } else { '?' });
        url.push_str("response_type=code");
        let max_age = ask.max_age.map(|seconds| seconds.to_string());
        let parameters = [
            ("client_id", Some(self.0.auth.client_id.as_str())),
            ("redirect_uri", Some(self.0.redirect_uri.as_str())),
            ("scope", Some(scope.as_str())),
            ("state", Some(state.as_str())),
            ("nonce", Some(nonce.as_str())),
            ("code_challenge", Some(challenge.as_str())),
            ("code_challenge_method", Some("S256")),
            ("acr_values", ask.acr.as_deref()),
            ("prompt", ask.prompt.as_deref()),
            ("ui_locales", ask.ui_locales.as_deref()),
            ("max_age", max_age.as_deref()),
        ];
        for (name, value) in parameters {
            if let Some(value) = value {
                let _ = write!(url, "&{name}={}", encoded(value));
            }
        }
        Ok(Begun { url, state, nonce, verifier })
    }

    /// Ends a sign-in: checks that `callback` answers `begun`, exchanges the code, verifies the id token.
    pub async fn finish(&self, callback: &Callback, begun: &Begun) -> Result<Tokens, SignInError> {
        if callback.state.as_deref() != Some(begun.state.as_str()) {
            return Err(SignInError::Invalid("state is another"));
        }
        if callback.iss.as_deref() != Some(self.issuer()) {
            return Err(SignInError::Invalid("another issuer answers"));
        }
        if let Some(error) = &callback.error {
            let description = callback.error_description.clone();
            return Err(SignInError::Refused { error: error.clone(), description });
        }
        let code = callback.code.as_deref().ok_or(SignInError::Invalid("there is no code"))?;
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.0.redirect_uri),
            ("code_verifier", &begun.verifier),
        ];
        let answer = self.token(&form).await?;
        let id_token = answer.id_token.ok_or(SignInError::Invalid("there is no id token"))?;
        let claims = self.verify(&id_token, &begun.nonce).await?;
        Ok(Tokens {
            access_token: answer.access_token,
            expires: self.ends(answer.expires_in),
            refresh_token: answer.refresh_token,
            id_token,
            claims,
            scope: answer.scope,
        })
    }

    /// New tokens for a refresh token. Where it was refused (400), the person has to sign in again.
    pub async fn refresh(&self, refresh_token: &str) -> Result<Refreshed, SignInError> {
        let answer = self.token(&[("grant_type", "refresh_token"), ("refresh_token", refresh_token)]).await?;
        let expires = self.ends(answer.expires_in);
        Ok(Refreshed { access_token: answer.access_token, expires, refresh_token: answer.refresh_token })
    }

    /// Where the browser goes to end its session at ID-porten; it comes back to `post_logout_redirect_uri` (one that is
    /// registered) with `state`. The client is named by its id and not by the id token, which would put the person's
    /// number into an address.
    pub async fn end_session_url(
        &self,
        post_logout_redirect_uri: &str,
        state: &str,
    ) -> Result<String, SignInError> {
        let mut url = self.metadata().await?.end_session_endpoint.clone();
        url.push(if url.contains('?') { '&' } else { '?' });
        let (client, back, state) =
            (encoded(&self.0.auth.client_id), encoded(post_logout_redirect_uri), encoded(state));
        let _ = write!(url, "client_id={client}&post_logout_redirect_uri={back}&state={state}");
        Ok(url)
    }

    fn ends(&self, seconds: i64) -> Timestamp {
        let now = self.0.clock.now();
        now.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(now)
    }

    async fn token(&self, form: &[(&str, &str)]) -> Result<TokenResponse, SignInError> {
        let now = self.0.clock.now().as_second();
        let client_id = self.0.auth.client_id.as_str();
        let claims = json!({
            "iss": client_id, "sub": client_id, "aud": self.issuer(),
            "iat": now, "exp": now + 60, "jti": self.0.rng.uuid(),
        });
        let assertion = self.0.auth.key.sign_jwt(None, &claims);
        let assertion = assertion
            .map_err(|error| ClientError::Transport(format!("the assertion was not signed: {error}")))?;
        let mut body = format!(
            "client_id={}&client_assertion_type={}&client_assertion={assertion}",
            encoded(client_id),
            encoded(ASSERTION_TYPE)
        );
        for (name, value) in form {
            let _ = write!(body, "&{name}={}", encoded(value));
        }
        let metadata = self.metadata().await?;
        let ask = request::post(path(&metadata.token_endpoint));
        let ask = ask.body("application/x-www-form-urlencoded", body.into_bytes())?;
        Ok(request::json(self.0.mesh.send(NAME, ask).await?)?)
    }

    async fn verify(&self, id_token: &str, nonce: &str) -> Result<IdClaims, SignInError> {
        #[derive(Deserialize)]
        struct Wire {
            iss: String,
            aud: String,
            exp: i64,
            iat: i64,
            #[serde(default)]
            nonce: Option<String>,
            #[serde(flatten)]
            claims: IdClaims,
        }
        let now = self.0.clock.now().as_second();
        let algs = [Alg::RS256];
        let payload = match jose::verify(id_token, &*self.keys(LASTS).await?, &algs) {
            // Perhaps a new key of the issuer's.
            Err(JoseError::UnknownKey) => jose::verify(id_token, &*self.keys(REFETCH).await?, &algs),
            result => result,
        };
        let payload =
            payload.map_err(|_| SignInError::Invalid("the id token's signature is not ID-porten's"))?;
        let wire: Wire = payload.claims().map_err(|_| SignInError::Invalid("the id token lacks claims"))?;
        let holds = [
            (wire.iss == self.issuer(), "the id token is from another issuer"),
            (wire.aud == self.0.auth.client_id, "the id token is for another client"),
            (wire.nonce.as_deref() == Some(nonce), "the id token answers another request"),
            (now < wire.exp.saturating_add(SKEW), "the id token has expired"),
            (wire.iat <= now.saturating_add(SKEW), "the id token is from the future"),
        ];
        match holds.into_iter().find(|(holds, _)| !holds) {
            Some((_, why)) => Err(SignInError::Invalid(why)),
            None => Ok(wire.claims),
        }
    }

    async fn metadata(&self) -> Result<Arc<Metadata>, SignInError> {
        let now = self.0.clock.now().as_second();
        if let Some(fresh) = remembered(&self.0.metadata, now - LASTS) {
            return Ok(fresh);
        }
        // The path of the issuer, and no slash before what follows it.
        let ask = request::get(&format!("{}/.well-known/openid-configuration", path(self.issuer())));
        let metadata: Metadata = request::json(self.0.mesh.send(NAME, ask.empty()?).await?)?;
        if metadata.issuer != self.issuer() {
            return Err(SignInError::Invalid("the metadata is of another issuer"));
        }
        Ok(remember(&self.0.metadata, metadata, now))
    }

    /// The issuer's keys, fetched at most `oldest` seconds ago.
    async fn keys(&self, oldest: i64) -> Result<Arc<KeySet>, SignInError> {
        let now = self.0.clock.now().as_second();
        if let Some(fresh) = remembered(&self.0.keys, now - oldest) {
            return Ok(fresh);
        }
        let metadata = self.metadata().await?;
        let ask = request::get(path(&metadata.jwks_uri)).empty()?;
        let json = request::bytes(self.0.mesh.send(NAME, ask).await?)?;
        let keys =
            KeySet::parse(&json).map_err(|_| SignInError::Invalid("the issuer's keys cannot be read"))?;
        Ok(remember(&self.0.keys, keys, now))
    }
}

fn remembered<T>(slot: &RwLock<Option<Fetched<T>>>, since: i64) -> Option<Arc<T>> {
    let slot = slot.read().unwrap_or_else(PoisonError::into_inner);
    slot.as_ref().filter(|fetched| fetched.at > since).map(|fetched| fetched.value.clone())
}

fn remember<T>(slot: &RwLock<Option<Fetched<T>>>, value: T, at: i64) -> Arc<T> {
    let value = Arc::new(value);
    *slot.write().unwrap_or_else(PoisonError::into_inner) = Some(Fetched { value: value.clone(), at });
    value
}

/// What follows the origin of a URL: the mesh knows the origin.
fn path(url: &str) -> &str {
    let after = url.split_once("://").map_or(url, |(_, after)| after);
    after.find('/').and_then(|start| after.get(start..)).unwrap_or("/")
}

impl std::fmt::Debug for RelyingParty {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RelyingParty({}, {})", self.0.issuer, self.0.auth.client_id)
    }
}
