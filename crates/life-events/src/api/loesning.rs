//! Resolving a task: the answer is kept, and what waits for it goes on, in one transaction.

use axum::extract::{Path, State};
use bytes::Bytes;
use clients::life_events::{Loesning, NyLoesning, Oppgavedetaljer, Oppgavetype};
use http::HeaderMap;
use kernel::log::Released;
use kernel::problem::Problem;
use kernel::store::Tx;
use process::{Ready, Vars};
use serde_json::json;
use uuid::Uuid;

use super::{Feil, behandler};
use crate::fakta::{self, Grunnlag};
use crate::model::{self, NyOppgave, Reiserad};
use crate::reise::{FODSEL, Reisevars};
use crate::vurdering::{self, Vurdering};
use crate::{Component, store};

/// Resolves a task. The same answer again changes nothing; another answer to a task that is resolved is a conflict.
#[utoipa::path(post, path = "/livshendelser/api/v1/oppgaver/{id}/loesning", tag = "life-events", request_body = NyLoesning,
    params(("id" = uuid::Uuid, Path, description = "The task's id")),
    responses((status = 200, body = Oppgavedetaljer), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn resolve(
    State(component): State<Component>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Released<Oppgavedetaljer>, Problem> {
    let ctx = component.ctx();
    let behandler = behandler(&component, &headers).await?;
    let task = super::oppgaver::finn(&component, &behandler, &id).await?;
    let NyLoesning { utfall, begrunnelse } = kernel::http::json(&body)?;
    let begrunnelse = super::tekst(&begrunnelse, "begrunnelse")?;
    let journey = store::reise(&ctx.store, task.oppgave.reise).await?.ok_or_else(Problem::internal)?;
    if task.oppgave.part == behandler.innlogget.pid || journey.annen == Some(behandler.innlogget.pid) {
        return Err(Problem::forbidden("Du er inhabil i din egen sak (forvaltningsloven § 6)."));
    }
    let ways = model::valg(&task.oppgave, journey.mor.is_some());
    if !ways.iter().any(|valg| valg.utfall == utfall) {
        let ways: Vec<&str> = ways.iter().map(|valg| valg.utfall.as_str()).collect();
        return Err(
            Problem::bad_request(format!("utfall må være en av: {}.", ways.join(", "))).field("utfall")
        );
    }
    let now = ctx.clock.now();
    let answer = Loesning { utfall, begrunnelse, tidspunkt: now };
    let judged = if task.loesning.is_none() && task.oppgave.slag == Oppgavetype::ManuellVurdering {
        granted(&component, &journey, &answer).await?
    } else {
        None
    };
    let (worker, by, oppgave) = (component.clone(), behandler.innlogget.pid, task.oppgave.id);
    let ready = ctx
        .store
        .write(move |tx| {
            Box::pin(async move { keep(&worker, tx, oppgave, &journey, answer, judged, by).await })
        })
        .await?;
    component.engine.committed(ready);
    let task = super::oppgaver::finn(&component, &behandler, &id).await?;
    let what = format!("Saksbehandler i {} løste oppgaven «{}»", behandler.etat.navn, task.oppgave.tittel);
    super::oppgaver::detaljer(&component, &behandler, &headers, task, what).await
}

/// What the rules say once a caseworker has found that the conditions are met; `None` where nothing is granted.
async fn granted(
    component: &Component,
    journey: &Reiserad,
    answer: &Loesning,
) -> Result<Option<String>, Problem> {
    if answer.utfall != model::INNVILG {
        return Ok(None);
    }
    let (store, regler) = (&component.ctx().store, &component.fag.regler);
    let grunnlag: Grunnlag = store::grunnlag(store, journey.id).await?.ok_or_else(Problem::internal)?;
    let Some(born) = grunnlag.foedselsdato else {
        return Err(Problem::conflict("Barnets fødselsdato er ikke kjent, så ingenting kan innvilges.")
            .field("utfall"));
    };
    let fakta = fakta::med_innvilgelse(&grunnlag, &answer.begrunnelse, answer.tidspunkt);
    let day = vurdering::virkningsdag(born);
    let judged =
        vurdering::vurder(regler, &fakta, &grunnlag.grunner, day, answer.tidspunkt).map_err(|error| {
            tracing::error!(%error, "the rules did not take a caseworker's findings");
            Problem::internal()
        })?;
    let gives =
        judged.forslag.as_deref().is_some_and(|forslag| forslag == "innvilget" || forslag == "delvis");
    if !gives || judged.perioder.is_empty() {
        let why = "Reglene gir ingen barnetrygd, heller ikke når vilkårene regnes som oppfylt (for eksempel når barnet er over 18 år).";
        return Err(Problem::conflict(why).field("utfall"));
    }
    serde_json::to_string::<Vurdering>(&judged).map(Some).map_err(|_| Problem::internal())
}

async fn keep(
    component: &Component,
    tx: &mut Tx,
    id: Uuid,
    journey: &Reiserad,
    answer: Loesning,
    judged: Option<String>,
    by: kernel::id::Pid,
) -> Result<Ready, Feil> {
    let task = store::oppgave_in(tx, id).await?.ok_or_else(Problem::internal)?;
    if let Some(before) = task.loesning {
        let same = before.utfall == answer.utfall && before.begrunnelse == answer.begrunnelse;
        return if same {
            Ok(Ready::default())
        } else {
            Err(Problem::conflict("Oppgaven er løst på en annen måte.").into())
        };
    }
    store::loes(tx, id, &answer, &by).await?;
    if let Some(judged) = judged {
        store::ny_vurdering(tx, journey.id, judged).await?;
    }
    go_on(component, tx, &task.oppgave, journey, answer).await
}

/// What waits for the answer goes on.
async fn go_on(
    component: &Component,
    tx: &mut Tx,
    task: &NyOppgave,
    journey: &Reiserad,
    answer: Loesning,
) -> Result<Ready, Feil> {
    if answer.utfall == model::OMGJOER {
        return anew(component, tx, task, journey).await;
    }
    let Some(key) = &task.noekkel else { return Ok(Ready::default()) };
    let gone = || Feil::from(Problem::conflict("Ingen venter lenger på denne oppgaven."));
    if task.slag == Oppgavetype::Teknisk {
        let (instance, token) = key.split_once('/').ok_or_else(Problem::internal)?;
        let instance = instance.parse().map_err(|_| Problem::internal())?;
        let token = token.parse().map_err(|_| Problem::internal())?;
        return component.engine.retry_in(tx, instance, token, Vars::new()).await?.ok_or_else(gone);
    }
    let mut vars = Vars::new();
    vars.insert("utfall".to_owned(), json!(answer.utfall));
    vars.insert("loesning".to_owned(), json!(answer));
    component.engine.complete_in(tx, key, vars).await?.ok_or_else(gone)
}

/// The decision is made anew: the journey runs again, with a human who decides.
async fn anew(
    component: &Component,
    tx: &mut Tx,
    task: &NyOppgave,
    journey: &Reiserad,
) -> Result<Ready, Feil> {
    let vars = Reisevars {
        reise: journey.id,
        sak: journey.sak.clone(),
        barn: journey.barn,
        mor: journey.mor,
        annen: journey.annen,
        omgjoering: true,
    };
    let key = format!("{}/{}", journey.id, task.id);
    let started = component.engine.start_in(tx, FODSEL, &key, vars.into_vars()).await?;
    store::sett_instans(tx, journey.id, started.instance).await?;
    Ok(started.ready)
}
