//! Id tokens that come back, to say who a request is about.

use kernel::jose::{self, Alg};
use serde::Deserialize;

use crate::Component;

/// The algorithms that id tokens are, or have been, signed with.
const ALGS: [Alg; 3] = [Alg::RS256, Alg::PS256, Alg::ES256];

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
        let payload = jose::verify(token, &component.keyring.published(), &ALGS).ok()?;
        // An access token's `aud` is an API; none is named by a client's id.
        payload.claims().ok().filter(|hint: &Self| hint.iss == component.issuer())
    }
}
