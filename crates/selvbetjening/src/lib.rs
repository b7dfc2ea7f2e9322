//! Self-service: the API by which organisations administer their clients, scopes and accesses, with the paths of Digdir's.
//!
//! It keeps nothing. It finds out who calls and what they may ([`caller`]), and passes the call on to whoever owns the data: clients
//! of Maskinporten, all scopes and all accesses to Maskinporten, clients that people sign in to to ID-porten and Ansattporten
//! ([`owners`]). The owners check what is asked for, and what they answer is the answer; lists are put together.
//!
//! A scope that clients with sign-in may have has to be known where people sign in, too. Maskinporten is told first; then the others,
//! a few times if need be. If one of them does not answer, the caller gets a 502 and asks again: every step can be
//! repeated. Until then Maskinporten's clients have the new scope, and the others the old one.

use clients::selvbetjening::{Forvaltning, Refused, write_refusals};
use kernel::Context;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

mod api;
mod caller;
mod owners;

/// The name of the component.
pub const NAME: &str = clients::selvbetjening::NAME;

/// The owners of the data.
#[derive(Debug, Clone)]
pub struct Owners {
    /// Of scopes, accesses and clients that are systems.
    pub maskinporten: Forvaltning,
    /// Of clients that people sign in to: ID-porten, Ansattporten.
    pub people: Vec<Forvaltning>,
}

/// The façade. Clones share it.
#[derive(Debug, Clone)]
pub struct Component {
    ctx: Context,
    owners: Owners,
}

impl Component {
    /// The façade before these owners.
    pub fn new(ctx: Context, owners: Owners) -> Self {
        Self { ctx, owners }
    }

    /// Every route, with its full path.
    pub fn router(&self) -> OpenApiRouter {
        OpenApiRouter::new()
            .routes(routes!(api::clients::clients, api::clients::register))
            .routes(routes!(api::clients::client, api::clients::update, api::clients::deactivate))
            .routes(routes!(api::clients::secret))
            .routes(routes!(
                api::keys::keys,
                api::keys::post_keys,
                api::keys::put_keys,
                api::keys::delete_keys
            ))
            .routes(routes!(api::customers::customers, api::customers::add))
            .routes(routes!(api::customers::customer, api::customers::put, api::customers::remove))
            .merge(api::customers::misspelt())
            .routes(routes!(api::scopes::all))
            .routes(routes!(api::scopes::scopes, api::scopes::add, api::scopes::put, api::scopes::deactivate))
            .routes(routes!(api::access::accesses))
            .routes(routes!(api::access::mine))
            .routes(routes!(api::access::requests))
            .routes(routes!(api::access::request, api::access::cancel))
            .routes(routes!(api::access::grant, api::access::deny))
            .routes(routes!(api::scopes::delegation_sources))
            .layer(axum::middleware::map_response_with_state(self.ctx.clone(), write_refusals))
            .with_state(self.clone())
    }
}

type Answer<T> = Result<axum::Json<T>, Refused>;
