//! Clients and scopes as they are registered.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use kernel::id::Orgnr;
use kernel::jose::{Alg, Jwk};
use serde::{Deserialize, Serialize};

use super::hash;
use super::profile::SecurityProfile;
use super::session::Level;
use crate::portal::Portal;

/// What a client is, which decides how it can show who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApplicationType {
    /// Runs on a server and can keep a secret.
    #[default]
    Web,
    /// Runs in a browser.
    Browser,
    /// Runs on a person's machine; may come back on any port of the machine itself (RFC 8252).
    Native,
}

impl ApplicationType {
    /// As the administration API writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Browser => "browser",
            Self::Native => "native",
        }
    }
}

/// How a client shows who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthMethod {
    /// By an assertion that it signs (RFC 7523).
    #[default]
    PrivateKeyJwt,
    /// By a secret in the header `Authorization`.
    ClientSecretBasic,
    /// By a secret in the form.
    ClientSecretPost,
    /// It cannot: a public client.
    None,
}

impl AuthMethod {
    /// All of them, in the order of the metadata.
    pub const ALL: [Self; 4] =
        [Self::ClientSecretBasic, Self::ClientSecretPost, Self::None, Self::PrivateKeyJwt];

    /// The name as OAuth writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PrivateKeyJwt => "private_key_jwt",
            Self::ClientSecretBasic => "client_secret_basic",
            Self::ClientSecretPost => "client_secret_post",
            Self::None => "none",
        }
    }

    /// The method of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.as_str() == name)
    }

    /// Whether it is by a secret.
    pub fn has_secret(self) -> bool {
        matches!(self, Self::ClientSecretBasic | Self::ClientSecretPost)
    }
}

/// Whether a client's requests are bound to their code by PKCE. The names are those of the self-service API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum CodeChallengeMethod {
    /// Always.
    #[default]
    S256,
    /// Where the request has a challenge; a downgrade for confidential clients that cannot do better.
    #[serde(rename = "none")]
    None,
}

/// Whether two clients know a person by the same `sub`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectType {
    /// Each client by its own.
    #[default]
    Pairwise,
    /// All clients of this kind by one.
    Public,
}

impl SubjectType {
    /// All of them, in the order of the metadata, by their names there.
    pub const NAMES: [&str; 2] = ["public", "pairwise"];
}

/// What becomes of a refresh token that is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum RefreshTokenUsage {
    /// It is replaced; using it again revokes everything.
    #[default]
    #[serde(rename = "ONETIME")]
    OneTime,
    /// It stays.
    #[serde(rename = "REUSE")]
    Reuse,
}

impl RefreshTokenUsage {
    /// As the administration API writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OneTime => "ONETIME",
            Self::Reuse => "REUSE",
        }
    }
}

/// A supplier's customer, on whose behalf people sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnBehalfOf {
    /// The handle that requests name it by.
    pub onbehalfof: String,
    /// What the sign-in page calls it.
    pub display_name: String,
    /// Its organisation number.
    pub orgnr: Orgnr,
}

/// A client to be registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewClient {
    /// Its id: 1 to 100 characters of `A–Z a–z 0–9 . _ : -`; the service's own are UUIDs.
    pub client_id: String,
    /// The organisation that answers for it.
    pub orgnr: Orgnr,
    /// The organisation that runs it, if another.
    pub supplier: Option<Orgnr>,
    /// What the sign-in page calls it.
    pub name: String,
    /// What it is.
    pub application_type: ApplicationType,
    /// How it shows who it is; no other way is accepted.
    pub auth_method: AuthMethod,
    /// Its public keys, each with `kid`; at most 5. They can be used for a year from now.
    pub jwks: Vec<Jwk>,
    /// Its secret, of at least 32 characters; only its hash is kept, for 360 days. `None` keeps the one that there is.
    #[serde(skip)]
    pub secret: Option<String>,
    /// Where people are sent back to, character for character.
    pub redirect_uris: Vec<String>,
    /// Where people may be sent after signing out, character for character.
    pub post_logout_redirect_uris: Vec<String>,
    /// Is loaded in a hidden frame when a person signs out; shares its host with one of `redirect_uris`.
    pub frontchannel_logout_uri: Option<String>,
    /// Whether that frame, and the id token, name the session.
    pub frontchannel_logout_session_required: bool,
    /// What it may ask for; all must be in the catalogue.
    pub scopes: Vec<String>,
    /// Whether it gets refresh tokens.
    pub refresh_tokens: bool,
    /// What becomes of them; a public client's are always replaced.
    pub refresh_token_usage: RefreshTokenUsage,
    /// How long its access tokens live; 0 for the usual 120. Seconds, at most 3600.
    pub access_token_lifetime: i64,
    /// How long a refresh token lives without use; 0 for the usual 600. Seconds.
    pub refresh_token_lifetime: i64,
    /// How long an authorization lives altogether; 0 for the usual 7200. Seconds.
    pub authorization_lifetime: i64,
    /// Whether it is isolated: shares no sign-in with other clients.
    pub sso_disabled: bool,
    /// Whether its requests must be pushed (RFC 9126).
    pub require_pushed_authorization_requests: bool,
    /// Whether `state` and `nonce` must be there; always so for a public client. PKCE must be there in any case.
    pub require_state_and_nonce: bool,
    /// Whether its requests must have PKCE; a public client's must.
    #[serde(default)]
    pub code_challenge_method: CodeChallengeMethod,
    /// Whether `sub` is the client's own.
    #[serde(default)]
    pub subject_type: SubjectType,
    /// The level where a request names none: `idporten-loa-substantial` unless set.
    pub default_acr: Option<String>,
    /// A supplier's customers.
    pub onbehalfof: Vec<OnBehalfOf>,
    /// What it is held to.
    #[serde(default)]
    pub security_profile: SecurityProfile,
    /// Whether its access tokens are always bound to a key (RFC 9449 § 5.2); otherwise those are that it brings a proof
    /// for.
    #[serde(default)]
    pub dpop_bound_access_tokens: bool,
    /// Whether its proofs must carry a nonce of the provider's.
    #[serde(default)]
    pub require_dpop_nonce: bool,
    /// The algorithm that its tokens and signed answers have: RS256 unless set, ES256 with [`SecurityProfile::Fapi2`].
    #[serde(default)]
    pub id_token_signed_response_alg: Option<Alg>,
}

impl NewClient {
    /// A web client with the usual settings: signs with a key, may ask for `openid` and `profile`.
    pub fn new(client_id: &str, orgnr: Orgnr, name: &str, redirect_uri: &str) -> Self {
        Self {
            client_id: client_id.to_owned(),
            orgnr,
            supplier: None,
            name: name.to_owned(),
            application_type: ApplicationType::Web,
            auth_method: AuthMethod::PrivateKeyJwt,
            jwks: Vec::new(),
            secret: None,
            redirect_uris: vec![redirect_uri.to_owned()],
            post_logout_redirect_uris: Vec::new(),
            frontchannel_logout_uri: None,
            frontchannel_logout_session_required: false,
            scopes: vec!["openid".to_owned(), "profile".to_owned()],
            refresh_tokens: false,
            refresh_token_usage: RefreshTokenUsage::OneTime,
            access_token_lifetime: 0,
            refresh_token_lifetime: 0,
            authorization_lifetime: 0,
            sso_disabled: false,
            require_pushed_authorization_requests: false,
            require_state_and_nonce: false,
            code_challenge_method: CodeChallengeMethod::S256,
            subject_type: SubjectType::Pairwise,
            default_acr: None,
            onbehalfof: Vec::new(),
            security_profile: SecurityProfile::Standard,
            dpop_bound_access_tokens: false,
            require_dpop_nonce: false,
            id_token_signed_response_alg: None,
        }
    }

    /// Whether it cannot keep a secret.
    pub fn is_public(&self) -> bool {
        self.auth_method == AuthMethod::None
    }

    /// Whether a person may be sent back to `uri`.
    pub fn redirects_to(&self, uri: &str) -> bool {
        let native = self.application_type == ApplicationType::Native;
        self.redirect_uris.iter().any(|registered| {
            (registered == uri && !uri.contains(":*/")) || (native && same_but_port(registered, uri))
        })
    }

    /// The level where a request names none.
    pub fn default_level(&self, portal: Portal) -> Level {
        self.default_acr.as_deref().and_then(|acr| portal.level(acr)).unwrap_or(Level::Substantial)
    }
}

/// Whether two addresses are of this machine itself and differ in nothing but the port (RFC 8252 § 7.3).
fn same_but_port(registered: &str, uri: &str) -> bool {
    let after_port = |uri: &str, start: &str| {
        let rest = uri.strip_prefix(start)?;
        let rest = match rest.strip_prefix(':') {
            Some(port) => {
                let path = port.find('/').unwrap_or(port.len());
                let (port, path) = port.split_at(path);
                let number = port.bytes().all(|digit| digit.is_ascii_digit()) && port.parse::<u16>().is_ok();
                (port == "*" || number).then_some(path)?
            }
            None => rest,
        };
        Some(rest.to_owned())
    };
    ["http://127.0.0.1", "https://127.0.0.1", "http://[::1]", "https://[::1]"].iter().any(|start| {
        match (after_port(registered, start), after_port(uri, start)) {
            (Some(registered), Some(rest)) => registered == rest && !uri.contains('*'),
            _ => false,
        }
    })
}

/// A client as it is known.
#[derive(Debug, Clone)]
pub struct Client {
    /// Its registration.
    pub settings: NewClient,
    /// The hash of its secret.
    pub secret: Option<Vec<u8>>,
    /// When the secret may no longer be used; seconds since 1970.
    pub secret_expires: i64,
    /// When its keys may no longer be used; seconds since 1970.
    pub keys_expire: i64,
}

impl std::ops::Deref for Client {
    type Target = NewClient;
    fn deref(&self) -> &NewClient {
        &self.settings
    }
}

impl Client {
    /// Whether `secret` is the client's, in time that does not depend on it.
    pub fn has_secret(&self, secret: &str, now: i64) -> bool {
        let known = self.secret.as_deref().unwrap_or_default();
        verify_slices_are_equal(known, &hash(secret)).is_ok() && now < self.secret_expires
    }
}

/// Who may see a scope in the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Visibility {
    /// Everybody.
    #[default]
    Public,
    /// Those who have been given it.
    Private,
    /// The owner.
    Internal,
}

impl Visibility {
    /// The visibility of this name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "PUBLIC" => Some(Self::Public),
            "PRIVATE" => Some(Self::Private),
            "INTERNAL" => Some(Self::Internal),
            _ => None,
        }
    }
}

/// A scope to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewScope {
    /// Its name: `prefix:subscope`.
    pub scope: String,
    /// The organisation that it belongs to.
    pub owner: Orgnr,
    /// What it opens, for the person who is asked to agree.
    pub description: String,
    /// The same, at length.
    #[serde(default)]
    pub long_description: String,
    /// Who may see it.
    #[serde(default)]
    pub visibility: Visibility,
    /// Whether tokens with it are opaque, and have to be looked up.
    pub opaque: bool,
    /// Longest life of a token with it; 0 for no bound. Seconds.
    pub at_max_age: i64,
    /// Longest life of an authorization with it; 0 for no bound. Seconds.
    pub authorization_max_lifetime: i64,
    /// Whether the person is asked to agree, unless what they have agreed to before still holds.
    pub requires_user_consent: bool,
    /// Whether the person shows who they are, each time.
    pub requires_user_authentication: bool,
    /// Whether tokens with it leave out the person's number.
    pub requires_pseudonymous_tokens: bool,
    /// The clients that may look up tokens with it.
    pub enforced_aud_for_introspection: Vec<String>,
}

impl NewScope {
    /// A scope without particular demands.
    pub fn new(scope: &str, owner: Orgnr, description: &str) -> Self {
        Self {
            scope: scope.to_owned(),
            owner,
            description: description.to_owned(),
            long_description: String::new(),
            visibility: Visibility::Public,
            opaque: false,
            at_max_age: 0,
            authorization_max_lifetime: 0,
            requires_user_consent: false,
            requires_user_authentication: false,
            requires_pseudonymous_tokens: false,
            enforced_aud_for_introspection: Vec::new(),
        }
    }
}

/// A scope of the catalogue.
pub type Scope = NewScope;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_native_client_comes_back_on_any_port_and_nothing_else() {
        let mut client =
            NewClient::new("app", Orgnr::parse("310000035").unwrap(), "App", "http://127.0.0.1:*/tilbake");
        assert!(!client.redirects_to("http://127.0.0.1:5000/tilbake"));
        client.application_type = ApplicationType::Native;
        assert!(client.redirects_to("http://127.0.0.1:5000/tilbake"));
        assert!(client.redirects_to("http://127.0.0.1/tilbake"));
        for other in [
            "http://127.0.0.1:5000/annet",
            "http://127.0.0.1:*/tilbake/",
            "http://127.0.0.1:*/tilbake",
            "http://127.0.0.1:65536/tilbake",
            "http://127.0.0.1:/tilbake",
            "http://127.0.0.1:+80/tilbake",
            "http://127.0.0.1:5000@ond.example/tilbake",
            "http://127.0.0.1.ond.example/tilbake",
            "https://127.0.0.1:5000/tilbake",
            "http://localhost:5000/tilbake",
            "http://[::1]:5000/tilbake",
        ] {
            assert!(!client.redirects_to(other), "{other}");
        }
        client.redirect_uris = vec!["http://[::1]/tilbake".to_owned()];
        assert!(client.redirects_to("http://[::1]:5000/tilbake"));
    }
}
