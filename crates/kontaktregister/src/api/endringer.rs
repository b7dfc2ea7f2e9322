//! The feed of changes.

use std::collections::HashSet;

use axum::extract::State;
use axum::response::Response;
use clients::kontaktregister::{Endringer, HentEndringer, MAX_PERSONS};
use http::HeaderMap;
use kernel::auth::Issuer;
use kernel::feed;
use kernel::http::Body;
use kernel::id::Pid;
use kernel::log::{Access, Personal};
use kernel::problem::Problem;

use crate::model::{self, Opens};
use crate::{Component, NAME, store};

/// The persons changed from and including a change number, each in their newest state.
#[utoipa::path(post, path = "/kontaktregisteret/rest/v2/krr/hentEndringer", tag = "kontaktregister", request_body = HentEndringer,
    responses((status = 200, content((Endringer = "application/json"), (String = "application/jose"))), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 406, body = Problem), (status = 413, body = Problem), (status = 415, body = Problem)))]
pub async fn hent(
    State(component): State<Component>,
    headers: HeaderMap,
    Body(body): Body,
) -> Result<Response, Problem> {
    let ctx = &component.ctx;
    let claims = ctx.auth.bearer(&headers, Issuer::Maskinporten).await?;
    claims.require_scope("krr:global/hentendring.read")?;
    let opens = Opens::global(&claims).unwrap_or_default();
    let form = super::negotiate(&component, &headers, true)?;
    let HentEndringer { fra_endrings_id: fra } = kernel::http::json(&body)?;
    let siste = feed::last(&ctx.store).await?;
    if fra < 0 || fra > siste.saturating_add(1) {
        return Err(Problem::bad_request("fraEndringsId må være fra 0 til og med neste endring.")
            .field("fraEndringsId"));
    }
    let entries = store::changes(&ctx.store, fra, MAX_PERSONS as i64).await?;
    let til = entries.last().map_or(siste, |entry| entry.seq);
    let mut seen = HashSet::new();
    let pids: Vec<Pid> = entries
        .iter()
        .filter_map(|entry| Pid::parse(&entry.subject).ok())
        .filter(|pid| seen.insert(*pid))
        .collect();
    let mut found = store::find(&ctx.store, &pids).await?;
    let now = ctx.clock.now();
    let sertifikat = component.certificate(opens).await;
    let list = pids
        .iter()
        .filter_map(|pid| found.remove(pid))
        .map(|person| model::shown(person, opens, now, sertifikat.as_deref()))
        .collect();
    let endringer =
        Endringer { fra_endrings_id: fra, til_endrings_id: til, siste_endrings_id: siste.max(til), list };
    let access =
        Access::from_claims(NAME, &claims, &headers, "Hentet endrede kontaktopplysninger", super::HJEMMEL);
    super::answer(&component, form, Personal::many(pids, endringer), access).await
}
