//! Who the signed-in person is here.

use axum::extract::State;
use clients::life_events::Meg;
use http::HeaderMap;
use kernel::log::{Access, Personal, Released};
use kernel::problem::Problem;

use super::{EGEN_SAK, innlogget};
use crate::{Component, NAME, model, store};

/// What the signed-in person is here: whether they are a caseworker, and where.
#[utoipa::path(get, path = "/livshendelser/api/v1/meg", tag = "life-events",
    responses((status = 200, body = Meg), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn get(State(component): State<Component>, headers: HeaderMap) -> Result<Released<Meg>, Problem> {
    let ctx = component.ctx();
    let who = innlogget(&component, &headers).await?;
    let Some(person) = store::saksbehandler(&ctx.store, &who.pid).await? else {
        // Nothing about the person is known, so nothing is released.
        let nobody = Personal::many(Vec::new(), Meg { saksbehandler: false, navn: None, etat: None });
        let access = Access::from_claims(NAME, &who.claims, &headers, "", EGEN_SAK);
        return Ok(nobody.release(&ctx.log, access).await?);
    };
    let meg = Meg { saksbehandler: true, navn: person.navn, etat: model::etat(&person.orgnr) };
    let access =
        Access::from_claims(NAME, &who.claims, &headers, "Så egen rolle som saksbehandler", EGEN_SAK);
    Ok(Personal::new(who.pid, meg).release(&ctx.log, access).await?)
}
