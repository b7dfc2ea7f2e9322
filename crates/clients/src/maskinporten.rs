//! Maskinporten: how a component (or any program) gets its access tokens.

use std::sync::{Arc, RwLock};

use jiff::{SignedDuration, Timestamp};
use kernel::clock::Clock;
use kernel::enterprise::{Trust, TrustFiles};
use kernel::jose::SigningKey;
use kernel::rng::Rng;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::kept::Kept;
use crate::{ClientError, Mesh, encoded, request};

/// The component's name in the mesh.
pub const NAME: &str = "maskinporten";
/// The grant that Maskinporten knows (RFC 7523).
pub const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// Where the certificates of a test installation's authority are; PEM, the root first.
pub const TEST_AUTHORITY_PATH: &str = "/maskinporten/testca/utstedere.pem";
/// Where that authority's list of revoked certificates is; DER.
pub const TEST_CRL_PATH: &str = "/maskinporten/testca/virksomhet.crl";
/// How long before its end a token is replaced.
const MARGIN: SignedDuration = SignedDuration::from_secs(20);

/// The answer to a grant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TokenResponse {
    /// The token.
    pub access_token: String,
    /// `Bearer`.
    pub token_type: String,
    /// How many seconds it lives.
    pub expires_in: i64,
    /// The scopes granted, separated by a space.
    pub scope: String,
}

/// An enterprise certificate that a test installation has issued, with its key: the only time the key is shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TestCertificate {
    /// Its serial number; hexadecimal.
    pub serial: String,
    /// Whose it is.
    pub orgnr: String,
    /// The private key, PKCS#8 in PEM.
    pub private_key_pem: String,
    /// The certificate and its authorities', the certificate first; PEM.
    pub certificate_pem: String,
    /// The same as a grant's header has them.
    pub x5c: Vec<String>,
}

impl std::fmt::Debug for TestCertificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TestCertificate({}, {})", self.serial, self.orgnr)
    }
}

/// How long what is believed is kept before it is read again: lists of revoked certificates are replaced.
const BELIEVED: SignedDuration = SignedDuration::from_secs(30);

/// Whose enterprise certificates are believed: those of the configured authorities and, in a test installation, of the test
/// authority that Maskinporten runs. Clones share what was read.
#[derive(Debug, Clone)]
pub struct Believed {
    files: Arc<TrustFiles>,
    test_authority: Option<Mesh>,
    kept: Kept<Trust>,
}

impl Believed {
    /// Those of `files`; of the test authority too where there is a way to it.
    pub fn new(files: TrustFiles, test_authority: Option<Mesh>, clock: Clock) -> Self {
        Self { files: Arc::new(files), test_authority, kept: Kept::new(clock, BELIEVED) }
    }

    /// Whom to believe now.
    pub async fn trust(&self) -> Result<Arc<Trust>, ClientError> {
        self.kept.get(self.read()).await
    }

    async fn read(&self) -> Result<Trust, ClientError> {
        let unusable = |error: &dyn std::fmt::Display| ClientError::Decode(error.to_string());
        let mut trust = Trust::read(&self.files).map_err(|error| unusable(&error))?;
        if let Some(mesh) = &self.test_authority {
            let get = async |path| request::bytes(mesh.send(NAME, request::get(path).empty()?).await?);
            let (pem, crl) = (get(TEST_AUTHORITY_PATH).await?, get(TEST_CRL_PATH).await?);
            trust.authority(&pem, &crl).map_err(|error| unusable(&error))?;
        }
        Ok(trust)
    }
}

/// Whoever asks for tokens: a client registered in Maskinporten, and its key.
#[derive(Clone)]
pub struct ClientKey {
    /// Client id.
    pub client_id: String,
    /// The key that signs its grants, under the name that Maskinporten knows it by.
    pub key: SigningKey,
    /// What it asks for, separated by spaces.
    pub scopes: String,
}

/// Gives a valid access token, fetched anew when the last one nears its end. Clones share the token.
#[derive(Clone)]
pub struct TokenSource(Arc<Source>);

enum Source {
    Fixed(String),
    Grant(Box<Grant>),
}

struct Grant {
    mesh: Mesh,
    issuer: String,
    client: ClientKey,
    clock: Clock,
    rng: Rng,
    current: RwLock<Option<(String, Timestamp)>>,
    /// Held by whoever fetches, so that many who need a token ask once.
    fetching: tokio::sync::Mutex<()>,
}

impl TokenSource {
    /// Tokens of `client` from the Maskinporten that calls itself `issuer` (which is what a grant is addressed to).
    pub fn new(mesh: Mesh, issuer: &str, client: ClientKey, clock: Clock, rng: Rng) -> Self {
        let (current, fetching) = (RwLock::new(None), tokio::sync::Mutex::new(()));
        let issuer = issuer.to_owned();
        Self(Arc::new(Source::Grant(Box::new(Grant { mesh, issuer, client, clock, rng, current, fetching }))))
    }

    /// Always the same token: for tests, and for callers who have got one in another way.
    pub fn fixed(token: impl Into<String>) -> Self {
        Self(Arc::new(Source::Fixed(token.into())))
    }

    /// A token that is valid for some time yet.
    pub async fn token(&self) -> Result<String, ClientError> {
        let grant = match &*self.0 {
            Source::Fixed(token) => return Ok(token.clone()),
            Source::Grant(grant) => grant,
        };
        if let Some(token) = grant.usable() {
            return Ok(token);
        }
        let _only = grant.fetching.lock().await;
        if let Some(token) = grant.usable() {
            return Ok(token);
        }
        let answer = grant.fetch().await?;
        let ends = grant.clock.now() + SignedDuration::from_secs(answer.expires_in);
        *grant.current.write().unwrap_or_else(std::sync::PoisonError::into_inner) =
            Some((answer.access_token.clone(), ends));
        Ok(answer.access_token)
    }
}

impl Grant {
    fn usable(&self) -> Option<String> {
        let current = self.current.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        current.as_ref().filter(|(_, ends)| self.clock.now() + MARGIN < *ends).map(|(token, _)| token.clone())
    }

    async fn fetch(&self) -> Result<TokenResponse, ClientError> {
        let now = self.clock.now().as_second();
        let claims = json!({
            "aud": self.issuer, "iss": self.client.client_id, "scope": self.client.scopes,
            "iat": now, "exp": now + 60, "jti": self.rng.uuid(),
        });
        let assertion = self.client.key.sign_jwt(None, &claims);
        let assertion = assertion
            .map_err(|error| ClientError::Transport(format!("the grant was not signed: {error}")))?;
        let body = format!("grant_type={}&assertion={}", encoded(GRANT), encoded(&assertion));
        let ask = request::post("/maskinporten/token")
            .body("application/x-www-form-urlencoded", body.into_bytes())?;
        request::json(self.mesh.send(NAME, ask).await?)
    }
}

impl std::fmt::Debug for TokenSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &*self.0 {
            Source::Fixed(_) => f.write_str("TokenSource(fixed)"),
            Source::Grant(grant) => f.debug_tuple("TokenSource").field(&grant.client.client_id).finish(),
        }
    }
}
