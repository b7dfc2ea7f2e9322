//! A code for what a person has agreed to.

use kernel::store::{StoreError, Tx};

use crate::model::behalf::Chosen;
use crate::model::client::{Client, Scope};
use crate::model::request::AuthorizeRequest;
use crate::model::session::Authentication;
use crate::model::tokens::Granted;
use crate::model::{CODE, hash};
use crate::{Component, store};

/// What a code is made of, but for the person.
pub struct Issue {
    /// What the client asks for.
    pub request: AuthorizeRequest,
    /// The client.
    pub client: Client,
    /// What of it is granted.
    pub scopes: Vec<Scope>,
    /// The language chosen.
    pub locale: String,
    chosen: Chosen,
    id: String,
    code: String,
    now: i64,
}

impl Issue {
    /// Makes ready to give a code.
    pub fn new(
        component: &Component,
        request: AuthorizeRequest,
        client: Client,
        scopes: Vec<Scope>,
        locale: String,
    ) -> Self {
        let (rng, now) = (&component.ctx.rng, component.ctx.clock.now().as_second());
        let chosen = Chosen {
            authorization_details: request
                .authorization_details
                .as_ref()
                .and_then(|asked| asked.claim(&[], &[])),
            mandate: None,
        };
        Self { request, client, scopes, locale, chosen, id: rng.token(), code: rng.token(), now }
    }

    /// On behalf of whom the person signs in; of nobody else unless this is told.
    pub fn chosen(self, chosen: Option<Chosen>) -> Self {
        let chosen = chosen.unwrap_or(self.chosen);
        Self { chosen, ..self }
    }

    /// Keeps what is granted to the client and gives the code for it.
    pub async fn keep(self, tx: &mut Tx, who: Authentication) -> Result<String, StoreError> {
        let Self { request, client, scopes, locale, chosen, id, code, now } = self;
        let granted = Granted::new(id, &request, &client, &scopes, who, &locale, now).behalf(chosen);
        store::grant(tx, &granted, hash(&code), now + CODE).await?;
        Ok(code)
    }
}
