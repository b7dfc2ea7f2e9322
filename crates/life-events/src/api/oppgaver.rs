//! Tasks, as a caseworker of their agency sees them.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use clients::life_events::{Oppgavedetaljer, Oppgaver, Oppgavestatus, Part};
use http::HeaderMap;
use kernel::log::{Personal, Released};
use kernel::problem::Problem;
use serde::Deserialize;

use super::{Behandler, behandler};
use crate::fakta::Grunnlag;
use crate::model::{self, Oppgaverad};
use crate::vurdering::Vurdering;
use crate::{Component, store};

/// Which tasks.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Utvalg {
    /// `aapen` (when absent) or `loest`.
    status: Option<Oppgavestatus>,
}

/// The tasks of the caseworker's agency, those with the nearest deadline first. Nothing in them tells who they are about.
#[utoipa::path(get, path = "/livshendelser/api/v1/oppgaver", tag = "life-events", params(Utvalg),
    responses((status = 200, body = Oppgaver), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn list(
    State(component): State<Component>,
    query: Result<Query<Utvalg>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Json<Oppgaver>, Problem> {
    let behandler = behandler(&component, &headers).await?;
    let Query(utvalg) =
        query.map_err(|_| Problem::bad_request("status må være aapen eller loest.").field("status"))?;
    let loest = utvalg.status == Some(Oppgavestatus::Loest);
    let tasks = store::oppgaver(&component.ctx().store, &behandler.person.orgnr, loest).await?;
    Ok(Json(Oppgaver { oppgaver: tasks.iter().map(Oppgaverad::vis).collect() }))
}

/// One task with what is needed to resolve it. The reading stands in the person's log of uses.
#[utoipa::path(get, path = "/livshendelser/api/v1/oppgaver/{id}", tag = "life-events",
    params(("id" = uuid::Uuid, Path, description = "The task's id")),
    responses((status = 200, body = Oppgavedetaljer), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn get(
    State(component): State<Component>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Released<Oppgavedetaljer>, Problem> {
    let behandler = behandler(&component, &headers).await?;
    let task = finn(&component, &behandler, &id).await?;
    let what = format!("Saksbehandler i {} så oppgaven «{}»", behandler.etat.navn, task.oppgave.tittel);
    detaljer(&component, &behandler, &headers, task, what).await
}

/// The task of this id, where it is one of the caseworker's agency.
pub(super) async fn finn(
    component: &Component,
    behandler: &Behandler,
    id: &str,
) -> Result<Oppgaverad, Problem> {
    let task = store::oppgave(&component.ctx().store, super::id(id)?).await?;
    let task = task.filter(|task| task.oppgave.etat == behandler.person.orgnr);
    task.ok_or_else(|| Problem::not_found("Etaten din har ingen oppgave med denne adressen."))
}

/// The task in full, its use written to the log.
pub(super) async fn detaljer(
    component: &Component,
    behandler: &Behandler,
    headers: &HeaderMap,
    task: Oppgaverad,
    what: String,
) -> Result<Released<Oppgavedetaljer>, Problem> {
    let ctx = component.ctx();
    let oppgave = &task.oppgave;
    let navn =
        store::grunnlag::<Grunnlag>(&ctx.store, oppgave.reise).await?.and_then(|grunnlag| grunnlag.navn);
    // A task about a decision shows what that decision rests on; others what the rules said last.
    let (fakta, vilkaar, spor) = match oppgave.vedtak {
        Some(vedtak) => {
            let vedtak = store::vedtak(&ctx.store, vedtak).await?.ok_or_else(Problem::internal)?.innhold;
            (vedtak.fakta, vedtak.begrunnelse.vilkaar, vedtak.begrunnelse.spor)
        }
        None => match store::vurdering::<Vurdering>(&ctx.store, oppgave.reise).await? {
            Some(vurdering) => {
                let vilkaar = vurdering.vilkaar.into_iter().chain(vurdering.filtre).collect();
                (vurdering.fakta, vilkaar, vurdering.spor)
            }
            None => (Vec::new(), Vec::new(), serde_json::Value::Null),
        },
    };
    let har_mor = store::reise(&ctx.store, oppgave.reise).await?.is_some_and(|journey| journey.mor.is_some());
    let details = Oppgavedetaljer {
        part: Part { personidentifikator: oppgave.part, navn },
        tekst: oppgave.tekst.clone(),
        faktum: oppgave.faktum.clone(),
        fakta,
        vilkaar,
        spor,
        valg: if task.loesning.is_some() { Vec::new() } else { model::valg(oppgave, har_mor) },
        loesning: task.loesning.clone(),
        oppgave: task.vis(),
    };
    let access = behandler.bruk(headers, what, &oppgave.sak);
    Ok(Personal::new(oppgave.part, details).release(&ctx.log, access).await?)
}
