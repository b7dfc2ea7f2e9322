//! Id tokens that come back, to say who a request is about.

use kernel::jose;
use serde::Deserialize;

use crate::Component;
use crate::model::profile::SIGNING;

/// What is read of an id token of this issuer's, expired or not.
#[derive(Debug, Deserialize)]
pub struct Hint {
    iss: String,
    /// The client that was given it.
    pub aud: String,
    /// The person, as that client knows them.
    pub sub: String,
    /// The session, where the client is told.
    pub sid: Option<String>,
}

impl Hint {
    /// Reads an id token; nothing where this issuer did not sign it, or not as an id token.
    pub fn read(component: &Component, token: &str) -> Option<Self> {
        let payload = jose::verify(token, &component.keyring.published(), &SIGNING).ok()?;
        // An access token's `aud` is an API; none is named by a client's id.
        payload.claims().ok().filter(|hint: &Self| hint.iss == component.issuer())
    }
}
