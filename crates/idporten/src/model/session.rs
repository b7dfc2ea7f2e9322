//! Who is signed in, and whether that is enough for a request.

use kernel::id::Pid;
use serde::{Deserialize, Serialize};

use super::client::{Client, Scope};
use super::request::AuthorizeRequest;

/// How long a session lives without a new request; seconds.
pub const INACTIVE: i64 = 30 * 60;
/// How long a session lives from its first sign-in; seconds.
pub const ABSOLUTE: i64 = 120 * 60;
/// The realm of all clients that share the session. A client that is isolated has one of its own, under its id.
pub const SHARED: &str = "";

/// How `amr` names the eIDs of other countries. A client asks for them by levels of their own, and gets them only then.
pub const EIDAS: &str = "eIDAS";

/// A level of assurance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Level {
    /// Nothing gives so little today, so that it asks for substantial or more.
    Low = 2,
    /// MinID and everything above.
    Substantial = 3,
    /// BankID, Buypass, Commfides.
    High = 4,
}

impl Level {
    /// All of them, lowest first.
    pub const ALL: [Self; 3] = [Self::Low, Self::Substantial, Self::High];

    /// The level of this number, as the store keeps it.
    pub fn of_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|level| *level as i64 == number)
    }
}

/// That a person has shown who they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authentication {
    /// The session.
    pub sid: String,
    /// Who.
    pub pid: Pid,
    /// How surely.
    pub level: Level,
    /// With which eID.
    pub amr: String,
    /// When; seconds since 1970.
    pub auth_time: i64,
    /// What they are called; Ansattporten tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// How long a sign-in stands in the person's own log; seconds (a year).
pub const REMEMBERED: i64 = 365 * 24 * 3600;
/// How the log calls a sign-in that a session was enough for.
pub const FEDERATED: &str = "Federated";

/// That somebody has signed in to a service, for their own log.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// Its number, which is the authorization's.
    pub id: String,
    /// Who.
    pub pid: Pid,
    /// When; seconds since 1970.
    pub time: i64,
    /// To which client.
    pub client_id: String,
    /// Whose service; a supplier's customer where there is one.
    pub orgno: String,
    /// What the sign-in page called the service.
    pub service: String,
    /// With which eID, or [`FEDERATED`].
    pub eid: String,
    /// How surely.
    pub level: Level,
    /// In which session.
    pub sid: String,
}

/// What a request needs before it gets its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Nothing.
    Code,
    /// That the person shows who they are.
    SignIn,
    /// That the person chooses on behalf of whom.
    Choice,
    /// That the person agrees.
    Consent,
}

/// Where the authentication that counts for `client` is kept.
pub fn realm(client: &Client) -> &str {
    if client.sso_disabled { &client.client_id } else { SHARED }
}

/// What `request` needs, where `found` is who is signed in.
pub fn next(request: &AuthorizeRequest, scopes: &[Scope], found: Option<&Authentication>, now: i64) -> Next {
    let enough = found.is_some_and(|found| {
        let fresh = request
            .max_age
            .is_none_or(|max_age| now.saturating_sub(found.auth_time) <= max_age && max_age > 0);
        let again = request.prompt.login || scopes.iter().any(|scope| scope.requires_user_authentication);
        request.least(&found.amr).is_some_and(|least| found.level >= least) && fresh && !again
    });
    if !enough {
        Next::SignIn
    } else if request.asks_for_whom() {
        Next::Choice
    } else if needs_consent(request, scopes) {
        Next::Consent
    } else {
        Next::Code
    }
}

/// Whether the person is asked to agree.
pub fn needs_consent(request: &AuthorizeRequest, scopes: &[Scope]) -> bool {
    request.prompt.consent || scopes.iter().any(|scope| scope.requires_user_consent)
}
