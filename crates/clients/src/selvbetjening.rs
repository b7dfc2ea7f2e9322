//! Self-service of the issuers: clients, keys, scopes and access to them, as Digdir's administration API writes them.
//!
//! [`Selvbetjening`] is the API itself (`/selvbetjening/api/v1`). Behind it stand the owners of the data, each with the same
//! routes under its own `/forvaltning`: [`Forvaltning`] is the way to one of them, [`Refused`] and [`write_refusals`] are how
//! all of them say no.

mod calls;
mod receive;
mod refused;
pub mod registration;

use jiff::Timestamp;
use kernel::clock::oslo;
use kernel::id::Orgnr;
use kernel::jose::Jwk;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

pub use calls::{Forvaltning, Selvbetjening};
pub use receive::{Asked, Asking, Body, named_tenant, require_own, tenant};
pub use refused::{ApiError, Refusals, Refused, write_refusals};

/// The component's name in the mesh.
pub const NAME: &str = "selvbetjening";
/// The scope that the owners' own routes demand.
pub const SCOPE_FORVALT: &str = "felles:klienter.forvalt";
/// With a token that has [`SCOPE_FORVALT`], the organisation that is acted for.
pub const TENANT: &str = "Felles-Tenant";

fn null_is_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    value: D,
) -> Result<T, D::Error> {
    Option::<T>::deserialize(value).map(Option::unwrap_or_default)
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
fn is_false(value: &bool) -> bool {
    !value
}

/// A client's registration. Numbers are never null, and 0 stands for the usual.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Client {
    /// Its id, given by the service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// The organisation that answers for it; the caller's own unless the caller is a supplier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_orgno: Option<String>,
    /// The supplier that has registered it, if another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplier_orgno: Option<String>,
    /// What people see.
    #[serde(default, deserialize_with = "null_is_default")]
    pub client_name: String,
    /// What its administrators see.
    #[serde(default, deserialize_with = "null_is_default")]
    pub description: String,
    /// Where people find it.
    #[serde(default, deserialize_with = "null_is_default")]
    pub client_uri: String,
    /// `maskinporten`, `krr`, `eformidling`, `idporten`, `api_klient` or `ansattporten`.
    #[serde(default, deserialize_with = "null_is_default")]
    pub integration_type: String,
    /// `web`, `browser` or `native`.
    #[serde(default, deserialize_with = "null_is_default")]
    pub application_type: String,
    /// `private_key_jwt`, `client_secret_basic`, `client_secret_post` or `none`.
    #[serde(default, deserialize_with = "null_is_default")]
    pub token_endpoint_auth_method: String,
    /// Its grants.
    #[serde(default, deserialize_with = "null_is_default")]
    pub grant_types: Vec<String>,
    /// What it may ask for.
    #[serde(default, deserialize_with = "null_is_default")]
    pub scopes: Vec<String>,
    /// Where people are sent back to.
    #[serde(default, deserialize_with = "null_is_default")]
    pub redirect_uris: Vec<String>,
    /// Where people may be sent after signing out.
    #[serde(default, deserialize_with = "null_is_default")]
    pub post_logout_redirect_uris: Vec<String>,
    /// Is loaded when a person signs out.
    #[serde(default, deserialize_with = "null_is_default")]
    pub frontchannel_logout_uri: String,
    /// Whether that names the session.
    #[serde(default, deserialize_with = "null_is_default")]
    pub frontchannel_logout_session_required: bool,
    /// `S256`, or `none` where PKCE is not demanded.
    #[serde(default, deserialize_with = "null_is_default")]
    pub code_challenge_method: String,
    /// Whether it shares no sign-in with other clients.
    #[serde(default, deserialize_with = "null_is_default")]
    pub sso_disabled: bool,
    /// Whether its requests must be pushed.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "is_false")]
    pub require_pushed_authorization_requests: bool,
    /// How long an authorization lives; seconds.
    #[serde(default, deserialize_with = "null_is_default")]
    pub authorization_lifetime: i64,
    /// How long an access token lives; seconds.
    #[serde(default, deserialize_with = "null_is_default")]
    pub access_token_lifetime: i64,
    /// How long a refresh token lives without use; seconds.
    #[serde(default, deserialize_with = "null_is_default")]
    pub refresh_token_lifetime: i64,
    /// `ONETIME` or `REUSE`.
    #[serde(default, deserialize_with = "null_is_default")]
    pub refresh_token_usage: String,
    /// Its secret, shown when it is made and never again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
    /// Whether it gets tokens.
    #[serde(default = "yes")]
    pub active: bool,
    /// When it was registered (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
    /// When it was changed last (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_updated: Option<String>,
}

fn yes() -> bool {
    true
}

/// A client's keys.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Jwks {
    /// The public keys.
    #[schema(value_type = Vec<Object>)]
    pub keys: Vec<Jwk>,
    /// When the first set was registered (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
    /// When this set was registered (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_updated: Option<String>,
}

/// A supplier's customer, on whose behalf its client acts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct OnBehalfOf {
    /// The handle that requests name it by.
    pub onbehalfof: String,
    /// What the sign-in page calls it.
    #[serde(default, alias = "name", deserialize_with = "null_is_default")]
    pub display_name: String,
    /// Its organisation number.
    pub orgno: String,
    /// Where people find it.
    #[serde(default, alias = "client_uri", deserialize_with = "null_is_default")]
    pub url: String,
}

/// A scope's registration.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Scope {
    /// `prefix:subscope`.
    #[serde(default, deserialize_with = "null_is_default")]
    pub name: String,
    /// The part that its owner has been given.
    #[serde(default, deserialize_with = "null_is_default")]
    pub prefix: String,
    /// The part that its owner chooses.
    #[serde(default, deserialize_with = "null_is_default")]
    pub subscope: String,
    /// What it opens, in a few words.
    #[serde(default, deserialize_with = "null_is_default")]
    pub description: String,
    /// What it opens.
    #[serde(default, deserialize_with = "null_is_default")]
    pub long_description: String,
    /// `PUBLIC`, `PRIVATE` or `INTERNAL`.
    #[serde(default, deserialize_with = "null_is_default")]
    pub visibility: String,
    /// `SELF_CONTAINED` or `OPAQUE`.
    #[serde(default, deserialize_with = "null_is_default")]
    pub token_type: String,
    /// Longest life of a token with it; 0 for no bound. Seconds.
    #[serde(default, deserialize_with = "null_is_default")]
    pub at_max_age: i64,
    /// Longest life of an authorization with it; 0 for no bound. Seconds.
    #[serde(default, deserialize_with = "null_is_default")]
    pub authorization_max_lifetime: i64,
    /// Whether every organisation has it.
    #[serde(default, deserialize_with = "null_is_default")]
    pub accessible_for_all: bool,
    /// The kinds of clients that may have it.
    #[serde(default, deserialize_with = "null_is_default")]
    pub allowed_integration_types: Vec<String>,
    /// Where its delegations are kept; absent where it cannot be delegated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delegation_source: Option<String>,
    /// Whether people are asked to agree.
    #[serde(default, deserialize_with = "null_is_default")]
    pub requires_user_consent: bool,
    /// Whether people show who they are, each time.
    #[serde(default, deserialize_with = "null_is_default")]
    pub requires_user_authentication: bool,
    /// Whether tokens leave out the person's number.
    #[serde(default, deserialize_with = "null_is_default")]
    pub requires_pseudonymous_tokens: bool,
    /// The clients that may look up tokens with it.
    #[serde(default, deserialize_with = "null_is_default")]
    pub enforced_aud_for_introspection: Vec<String>,
    /// Its owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_orgno: Option<String>,
    /// Whether it is given out.
    #[serde(default = "yes")]
    pub active: bool,
    /// When it was made (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
    /// When it was changed last (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_updated: Option<String>,
}

/// What a question for scopes is answered with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Scopes {
    /// The one that was named.
    One(Box<Scope>),
    /// All that there are, where none was.
    All(Vec<Scope>),
}

/// Where an access stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum AccessState {
    /// The consumer has asked for it.
    Requested,
    /// The owner has given it.
    Approved,
    /// The owner has refused or withdrawn it.
    Denied,
}

impl AccessState {
    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "REQUESTED",
            Self::Approved => "APPROVED",
            Self::Denied => "DENIED",
        }
    }

    /// The state of this name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Requested, Self::Approved, Self::Denied].into_iter().find(|state| state.as_str() == name)
    }
}

/// An organisation's access to a scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Access {
    /// The scope.
    pub scope: String,
    /// Where it stands.
    pub state: AccessState,
    /// Always null.
    pub prefix: Option<String>,
    /// Who has it or wants it.
    pub consumer_orgno: String,
    /// Who gives it.
    pub owner_orgno: String,
    /// When it was asked for or given (RFC 3339).
    pub created: String,
    /// When it changed last (RFC 3339).
    pub last_updated: String,
}

/// Where delegations are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DelegationSource {
    /// Its name.
    pub name: String,
    /// Its issuer.
    pub issuer: String,
    /// When it was made (RFC 3339).
    pub created: String,
    /// When it was changed last (RFC 3339).
    pub last_updated: String,
}

/// That a consumer lets a supplier use its access to a scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Delegation {
    /// The scope.
    pub scope: String,
    /// Whose access it is.
    pub consumer_orgno: String,
    /// Who may use it.
    pub supplier_orgno: String,
}

/// A system of a supplier's, in the register of systems.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct System {
    /// `<the supplier's number>_<name>`.
    pub system_id: String,
    /// What it is called.
    pub name: String,
    /// Its clients of Maskinporten; a client belongs to one system.
    pub clients: Vec<String>,
}

/// A business's user of a system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SystemUser {
    /// Its id, given by the register.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The system.
    pub system_id: String,
    /// The business.
    pub party_orgno: String,
    /// Which of the business's users of the same system.
    #[serde(default, deserialize_with = "null_is_default")]
    pub external_ref: String,
}

/// A moment as the API writes it: in Norway's time, to the second.
pub fn moment(seconds: i64) -> String {
    let at = Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH);
    at.to_zoned_datetime(oslo()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// The part of a scope before its first colon.
pub fn prefix(scope: &str) -> &str {
    scope.split_once(':').map_or("", |(prefix, _)| prefix)
}

/// Whose an organisation number is, or the API's error.
pub fn orgnr(field: &str, number: &str) -> Result<Orgnr, Refused> {
    let wrong = |_| Refused::invalid(format!("{field} is not an organisation number")).field(field);
    Orgnr::parse(number).map_err(wrong)
}
