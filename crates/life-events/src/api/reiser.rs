//! Journeys: a parent's own, and the one that an organisation follows.

use axum::extract::{Path, State};
use bytes::Bytes;
use clients::life_events::{Kanal, Reise, Reisebrev, Reisefoelge, Reiser, Reisesoek, SCOPE_REISE_LES};
use http::HeaderMap;
use kernel::auth::Issuer;
use kernel::id::Pid;
use kernel::log::{Access, Personal, Released};
use kernel::problem::Problem;
use process::Instance;
use rules::bokmaal;

use super::{EGEN_SAK, innlogget};
use crate::model::Reiserad;
use crate::reise::vedtak_i;
use crate::steg::{self, Innsyn};
use crate::{Component, NAME, store};

/// The signed-in person's journeys, newest first.
#[utoipa::path(get, path = "/livshendelser/api/v1/reiser", tag = "life-events",
    responses((status = 200, body = Reiser), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn list(
    State(component): State<Component>,
    headers: HeaderMap,
) -> Result<Released<Reiser>, Problem> {
    let ctx = component.ctx();
    let who = innlogget(&component, &headers).await?;
    let mut reiser = Vec::new();
    for journey in store::reiser_for(&ctx.store, &who.pid).await? {
        reiser.push(vis(&component, &journey, &who.pid).await?);
    }
    let access = Access::from_claims(NAME, &who.claims, &headers, "Så egne reiser", EGEN_SAK);
    Ok(Personal::new(who.pid, Reiser { reiser }).release(&ctx.log, access).await?)
}

/// One journey of the signed-in person's.
#[utoipa::path(get, path = "/livshendelser/api/v1/reiser/{id}", tag = "life-events",
    params(("id" = uuid::Uuid, Path, description = "The journey's id")),
    responses((status = 200, body = Reise), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn get(
    State(component): State<Component>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Released<Reise>, Problem> {
    let ctx = component.ctx();
    let who = innlogget(&component, &headers).await?;
    let journey = store::reise(&ctx.store, super::id(&id)?).await?;
    let mine = |journey: &Reiserad| journey.mor == Some(who.pid) || journey.annen == Some(who.pid);
    let journey =
        journey.filter(mine).ok_or_else(|| Problem::not_found("Du har ingen reise med denne adressen."))?;
    let reise = vis(&component, &journey, &who.pid).await?;
    let mut access = Access::from_claims(NAME, &who.claims, &headers, "Så en egen reise", EGEN_SAK);
    access.sak = Some(journey.sak);
    Ok(Personal::new(who.pid, reise).release(&ctx.log, access).await?)
}

/// Follows the journey of a child's birth: how far it has come, nothing of what was decided.
#[utoipa::path(post, path = "/livshendelser/api/v1/reiser/sok", tag = "life-events", request_body = Reisesoek,
    responses((status = 200, body = Reisefoelge), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn search(
    State(component): State<Component>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Released<Reisefoelge>, Problem> {
    let ctx = component.ctx();
    let claims = ctx.auth.bearer(&headers, Issuer::Maskinporten).await?;
    claims.require_scope(SCOPE_REISE_LES)?;
    let Reisesoek { barn } = kernel::http::json(&body)?;
    let journey = store::reise_for_barn(&ctx.store, &barn).await?;
    let journey = journey.ok_or_else(|| Problem::not_found("Det finnes ingen reise for barnet."))?;
    let instance = instance(&component, &journey).await?;
    let foelge = Reisefoelge {
        id: journey.id,
        status: steg::status(&instance),
        steg: steg::steg(&instance, Innsyn::default()),
        brev: brev(&instance),
    };
    let mut access = Access::from_claims(
        NAME,
        &claims,
        &headers,
        "Fulgte hvor langt saken etter fødselen er kommet",
        "barnetrygdloven § 14 og folkeregisterloven § 7-1 (den som meldte fødselen)",
    );
    access.sak = Some(journey.sak);
    Ok(Personal::new(barn, foelge).release(&ctx.log, access).await?)
}

/// The letter that the instance has sent.
fn brev(instance: &Instance) -> Option<Reisebrev> {
    let text = |name: &str| instance.vars.get(name).and_then(|value| value.as_str());
    let mailbox = instance.vars.get("postkasse").and_then(|mailbox| mailbox.get("postkasseadresse"));
    let kanal = if text("kanal") == Some("digital") { Kanal::Digital } else { Kanal::Utskrift };
    Some(Reisebrev {
        kanal,
        melding: text("melding")?.parse().ok()?,
        postkasseadresse: mailbox.and_then(|address| address.as_str()).map(str::to_owned),
        sendt: text("sendt")?.parse().ok()?,
    })
}

async fn instance(component: &Component, journey: &Reiserad) -> Result<Instance, Problem> {
    let found = component.engine.instance(journey.instans).await.map_err(super::Feil::from)?;
    found.ok_or_else(|| {
        tracing::error!(journey = %journey.id, "a journey has no process instance");
        Problem::internal()
    })
}

/// A journey as this parent sees it: the decision and its letter are the mother's.
async fn vis(component: &Component, journey: &Reiserad, who: &Pid) -> Result<Reise, Problem> {
    let instance = instance(component, journey).await?;
    let mut innsyn = Innsyn::default();
    if journey.mor == Some(*who) {
        innsyn.vedtak = vedtak_i(&instance.vars);
        innsyn.melding = brev(&instance).filter(|brev| brev.kanal == Kanal::Digital).map(|brev| brev.melding);
    }
    let tittel = match journey.foedselsdato {
        Some(day) => format!("Barn født {}", bokmaal::date_text(day)),
        None => "Barn født".to_owned(),
    };
    Ok(Reise {
        id: journey.id,
        hendelse: "fødsel".to_owned(),
        tittel,
        opprettet: journey.opprettet,
        status: steg::status(&instance),
        steg: steg::steg(&instance, innsyn),
    })
}
