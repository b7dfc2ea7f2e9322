//! What the party asks about a decision: an appeal, a fact that is wrong, a human's control. Each makes a caseworker's
//! task with a deadline; the same request again gives the same receipt.

use axum::Json;
use axum::extract::{Path, State};
use bytes::Bytes;
use clients::life_events::{Kvittering, NyFeilmelding, NyKlage, Oppgavetype};
use http::HeaderMap;
use kernel::log::{Access, Personal};
use kernel::problem::Problem;

use super::vedtak::own;
use super::{Feil, innlogget};
use crate::model::{self, NyOppgave, grunn, id_av, tittel};
use crate::{Component, NAME, store};

/// What is asked.
struct Henvendelse {
    slag: Oppgavetype,
    tekst: Option<String>,
    faktum: Option<String>,
    kode: &'static str,
    hvorfor: &'static str,
    what: &'static str,
    hjemmel: &'static str,
}

/// Appeals a decision.
#[utoipa::path(post, path = "/livshendelser/api/v1/vedtak/{id}/klage", tag = "life-events", request_body = NyKlage,
    params(("id" = uuid::Uuid, Path, description = "The decision's id")),
    responses((status = 200, body = Kvittering), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn appeal(
    State(component): State<Component>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Kvittering>, Problem> {
    let request = |body: &[u8]| {
        let NyKlage { tekst } = kernel::http::json(body)?;
        Ok(Henvendelse {
            slag: Oppgavetype::Klage,
            tekst: Some(super::tekst(&tekst, "tekst")?),
            faktum: None,
            kode: "KLAGE",
            hvorfor: "Parten klager på vedtaket.",
            what: "Klaget på eget vedtak",
            hjemmel: "forvaltningsloven § 28 (klage)",
        })
    };
    ask(&component, &id, &headers, &body, request).await
}

/// Says that a fact of a decision is wrong.
#[utoipa::path(post, path = "/livshendelser/api/v1/vedtak/{id}/feilmelding", tag = "life-events", request_body = NyFeilmelding,
    params(("id" = uuid::Uuid, Path, description = "The decision's id")),
    responses((status = 200, body = Kvittering), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn wrong_fact(
    State(component): State<Component>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Kvittering>, Problem> {
    let request = |body: &[u8]| {
        let NyFeilmelding { faktum, tekst } = kernel::http::json(body)?;
        Ok(Henvendelse {
            slag: Oppgavetype::FeilIFaktum,
            tekst: Some(super::tekst(&tekst, "tekst")?),
            faktum: Some(faktum),
            kode: "FEIL_I_OPPLYSNING",
            hvorfor: "Parten sier at en opplysning er feil.",
            what: "Meldte at en opplysning i eget vedtak er feil",
            hjemmel: "personvernforordningen artikkel 16 (retting)",
        })
    };
    ask(&component, &id, &headers, &body, request).await
}

/// Asks that a human looks at an automatic decision.
#[utoipa::path(post, path = "/livshendelser/api/v1/vedtak/{id}/manuell-kontroll", tag = "life-events",
    params(("id" = uuid::Uuid, Path, description = "The decision's id")),
    responses((status = 200, body = Kvittering), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn human_control(
    State(component): State<Component>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Kvittering>, Problem> {
    let request = |_: &[u8]| {
        Ok(Henvendelse {
            slag: Oppgavetype::ManuellKontroll,
            tekst: None,
            faktum: None,
            kode: "MANUELL_KONTROLL",
            hvorfor: "Parten ber om at et menneske ser på det automatiske vedtaket.",
            what: "Ba om manuell kontroll av eget vedtak",
            hjemmel: "personvernforordningen artikkel 22 (manuell kontroll)",
        })
    };
    ask(&component, &id, &headers, &[], request).await
}

async fn ask(
    component: &Component,
    id: &str,
    headers: &HeaderMap,
    body: &[u8],
    request: impl FnOnce(&[u8]) -> Result<Henvendelse, Problem>,
) -> Result<Json<Kvittering>, Problem> {
    let ctx = component.ctx();
    let who = innlogget(component, headers).await?;
    let decision = own(&ctx.store, id, &who.pid).await?;
    let asked = request(body)?;
    let vedtak = &decision.innhold;
    if let Some(faktum) = &asked.faktum
        && !vedtak.fakta.iter().any(|known| known.id == *faktum)
    {
        return Err(Problem::bad_request("faktum er ingen opplysning i vedtaket.").field("faktum"));
    }
    if asked.slag == Oppgavetype::ManuellKontroll && !vedtak.automatisk {
        return Err(Problem::conflict("Et menneske har allerede vurdert dette vedtaket."));
    }
    let (now, today) = (ctx.clock.now(), ctx.clock.today());
    let mut grunner = vec![grunn(asked.kode, asked.hvorfor)];
    if asked.slag == Oppgavetype::Klage && today > vedtak.klagefrist {
        grunner.push(grunn(
            "KLAGEFRIST_UTLOEPT",
            "Klagen kom etter fristen. Vurder oppreisning (forvaltningsloven § 31).",
        ));
    }
    let slag = store::slag(asked.slag);
    let (tekst, faktum) =
        (asked.tekst.as_deref().unwrap_or_default(), asked.faktum.as_deref().unwrap_or_default());
    let task = NyOppgave {
        id: id_av(&["henvendelse", &vedtak.id.to_string(), slag, faktum, tekst]),
        slag: asked.slag,
        etat: decision.etat,
        reise: vedtak.reise,
        sak: vedtak.sak.clone(),
        vedtak: Some(vedtak.id),
        part: decision.part,
        tittel: tittel(asked.slag).to_owned(),
        grunner,
        frist: component.fag.frister.siste_dag(model::frist(asked.slag), today, now),
        opprettet: now,
        tekst: asked.tekst.clone(),
        faktum: asked.faktum.clone(),
        noekkel: None,
    };
    let oppgave = task.id;
    let frist = ctx
        .store
        .write(move |tx| Box::pin(async move { Ok::<_, Feil>(store::ny_oppgave_in(tx, &task).await?) }));
    let kvittering = Kvittering { oppgave, frist: frist.await? };
    let mut access = Access::from_claims(NAME, &who.claims, headers, asked.what, asked.hjemmel);
    access.sak = Some(vedtak.sak.clone());
    Ok(Json(Personal::new(who.pid, kvittering).release(&ctx.log, access).await?.into_inner()))
}
