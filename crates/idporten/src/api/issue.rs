//! A code for what a person has agreed to.

use kernel::id::Pid;
use kernel::store::{StoreError, Tx};

use crate::model::behalf::Chosen;
use crate::model::client::{Client, Scope};
use crate::model::request::AuthorizeRequest;
use crate::model::session::{Authentication, FEDERATED, SignedIn, needs_consent};
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
        let (rng, now) = (&component.ctx.rng, component.ctx.clock.now());
        let id = rng.ordered_uuid(now).to_string();
        let chosen = Chosen {
            authorization_details: request
                .authorization_details
                .as_ref()
                .and_then(|asked| asked.claim(&[], &[])),
            mandate: None,
        };
        Self { request, client, scopes, locale, chosen, id, code: rng.token(), now: now.as_second() }
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
        store::authorizations::log_sign_in(tx, &signed_in(&granted, &client, request.federated)).await?;
        Ok(code)
    }
}

/// The entry in the person's log of sign-ins.
fn signed_in(granted: &Granted, client: &Client, federated: bool) -> SignedIn {
    let customer =
        client.onbehalfof.iter().find(|customer| Some(&customer.onbehalfof) == granted.onbehalfof.as_ref());
    let (orgnr, service) =
        customer.map_or((client.orgnr, &client.name), |customer| (customer.orgnr, &customer.display_name));
    let who = &granted.authentication;
    SignedIn {
        id: granted.id.clone(),
        pid: who.pid,
        time: granted.given,
        client_id: granted.client_id.clone(),
        orgno: orgnr.as_str().to_owned(),
        service: service.clone(),
        eid: if federated { FEDERATED.to_owned() } else { who.amr.clone() },
        level: who.level,
        sid: who.sid.clone(),
    }
}

impl Component {
    /// Whether a person has to be asked before `client` gets what it asks for: not where all that has to be asked about
    /// stands in what they have given it before, and have not withdrawn.
    pub async fn asks_consent(
        &self,
        request: &AuthorizeRequest,
        client: &Client,
        scopes: &[Scope],
        pid: &Pid,
    ) -> Result<bool, StoreError> {
        if request.prompt.consent || !needs_consent(request, scopes) {
            return Ok(request.prompt.consent);
        }
        let now = self.ctx.clock.now().as_second();
        let before = store::authorizations::living(&self.ctx.store, pid, now).await?;
        let mut asked = scopes.iter().filter(|scope| scope.requires_user_consent);
        Ok(!asked.all(|scope| {
            before.iter().any(|(granted, _)| {
                granted.client_id == client.client_id
                    && granted.onbehalfof == request.onbehalfof
                    && granted.agreed.contains(&scope.scope)
            })
        }))
    }
}
