//! The feeds of changes: of main units, of sub-units, and of roles.

use axum::extract::State;
use axum::response::Response;
use clients::enhetsregister::{
    Feil, Oppdatering, OppdaterteEnheter, OppdaterteUnderenheter, RolleOppdatering, RolleOppdateringData,
    Treff,
};
use http::HeaderMap;
use jiff::Timestamp;
use kernel::id::Orgnr;
use kernel::problem::Problem;

use super::{Avslag, QueryPairs};
use crate::Component;
use crate::model::soek::{Parametre, Utsnitt};
use crate::model::{self, Slag};
use crate::store::{self, Utvalg};

/// Changes of main units.
///
/// From and including a number (`oppdateringsid`), a moment (`dato`), or the beginning. Who follows asks next for the last
/// number they have got, plus one.
#[utoipa::path(get, path = "/enhetsregisteret/api/oppdateringer/enheter", tag = "oppdateringer",
    params(("oppdateringsid" = Option<String>, Query, description = "Fra og med dette nummeret"),
        ("dato" = Option<String>, Query, description = "Fra og med dette tidspunktet: 2026-11-23T09:00:00.000Z"),
        ("updatedBefore" = Option<String>, Query, description = "Før dette tidspunktet"),
        ("includeChanges" = Option<String>, Query, description = "true: hva som er endret, som JSON Patch"),
        ("organisasjonsnummer" = Option<String>, Query, description = "Liste av organisasjonsnumre"),
        ("sort" = Option<String>, Query, description = "id,ASC"),
        ("page" = Option<String>, Query, description = "Fra 0"), ("size" = Option<String>, Query, description = "Fra 1; 20 om ikke oppgitt")),
    responses((status = 200, body = Treff<OppdaterteEnheter>), (status = 400, body = Feil), (status = 406, body = Feil), (status = 501, body = Problem)))]
pub async fn enheter(
    State(component): State<Component>,
    query: QueryPairs,
    headers: HeaderMap,
) -> Result<Response, Avslag> {
    let (oppdaterte_enheter, links, page) = side(&component, Slag::Enhet, query, &headers).await?;
    let innhold = (!oppdaterte_enheter.is_empty()).then_some(OppdaterteEnheter { oppdaterte_enheter });
    Ok(super::json(&Treff { innhold, lenker: links, page }))
}

/// Changes of sub-units; as those of main units.
#[utoipa::path(get, path = "/enhetsregisteret/api/oppdateringer/underenheter", tag = "oppdateringer",
    params(("oppdateringsid" = Option<String>, Query, description = "Fra og med dette nummeret"),
        ("dato" = Option<String>, Query, description = "Fra og med dette tidspunktet"),
        ("updatedBefore" = Option<String>, Query, description = "Før dette tidspunktet"),
        ("includeChanges" = Option<String>, Query, description = "true: hva som er endret, som JSON Patch"),
        ("organisasjonsnummer" = Option<String>, Query, description = "Liste av organisasjonsnumre"),
        ("sort" = Option<String>, Query, description = "id,ASC"),
        ("page" = Option<String>, Query, description = "Fra 0"), ("size" = Option<String>, Query, description = "Fra 1; 20 om ikke oppgitt")),
    responses((status = 200, body = Treff<OppdaterteUnderenheter>), (status = 400, body = Feil), (status = 406, body = Feil), (status = 501, body = Problem)))]
pub async fn underenheter(
    State(component): State<Component>,
    query: QueryPairs,
    headers: HeaderMap,
) -> Result<Response, Avslag> {
    let (oppdaterte_underenheter, links, page) = side(&component, Slag::Underenhet, query, &headers).await?;
    let innhold =
        (!oppdaterte_underenheter.is_empty()).then_some(OppdaterteUnderenheter { oppdaterte_underenheter });
    Ok(super::json(&Treff { innhold, lenker: links, page }))
}

/// Changes of roles, as CloudEvents: those after a number (`afterId`), from and including a moment (`afterTime`), or from
/// the beginning.
#[utoipa::path(get, path = "/enhetsregisteret/api/oppdateringer/roller", tag = "oppdateringer",
    params(("afterId" = Option<String>, Query), ("afterTime" = Option<String>, Query),
        ("size" = Option<String>, Query, description = "Fra 1; 20 om ikke oppgitt")),
    responses((status = 200, body = Vec<RolleOppdatering>), (status = 400, body = Feil), (status = 406, body = Feil)))]
pub async fn roller(
    State(component): State<Component>,
    query: QueryPairs,
    headers: HeaderMap,
) -> Result<Response, Avslag> {
    super::kun_json(&headers)?;
    let ctx = &component.ctx;
    let pairs = super::parametre(query)?;
    let mut p = Parametre::av(&pairs);
    let after = p.tall("afterId", 0);
    let moment = tidspunkt(&mut p, "afterTime");
    let utsnitt = p.utsnitt();
    p.slutt()?;
    let fra = match (after, moment) {
        (Some(id), _) => id.saturating_add(1),
        (None, Some(moment)) => store::foerste_fra(&ctx.store, moment).await?,
        (None, None) => 1,
    };
    let utvalg = Utvalg { slag: store::ROLLER, fra, til: None, enheter: &[] };
    let found = store::endringer(&ctx.store, &utvalg, utsnitt, false).await?;
    let event = |one: store::Endring| RolleOppdatering {
        specversion: "1.0".to_owned(),
        id: one.id.to_string(),
        source: format!("{}/enhetsregisteret/api/enheter/{}/roller", ctx.base_url, one.orgnr),
        kind: format!("no.brreg.enhetsregisteret.{}", one.hva),
        time: one.dato,
        data: RolleOppdateringData { organisasjonsnummer: one.orgnr },
    };
    Ok(super::json(&found.into_iter().map(event).collect::<Vec<_>>()))
}

type Endringsside = (Vec<Oppdatering>, clients::enhetsregister::Lenker, clients::enhetsregister::Side);

async fn side(
    component: &Component,
    slag: Slag,
    query: QueryPairs,
    headers: &HeaderMap,
) -> Result<Endringsside, Avslag> {
    super::kun_json(headers)?;
    let ctx = &component.ctx;
    let pairs = super::parametre(query)?;
    let mut p = Parametre::av(&pairs);
    let id = p.tall("oppdateringsid", 0);
    let moment = tidspunkt(&mut p, "dato");
    let orgnr = |text: &str| {
        Orgnr::parse(text)
            .map(|orgnr| orgnr.as_str().to_owned())
            .map_err(|_| format!("{text} er ikke et gyldig organisasjonsnummer"))
    };
    let enheter = p.liste("organisasjonsnummer", orgnr).unwrap_or_default();
    let synkende = synkende(&mut p);
    let changes = p.boolsk("includeChanges") == Some(true);
    let before = tidspunkt(&mut p, "updatedBefore");
    let utsnitt: Utsnitt = p.utsnitt();
    p.slutt()?;
    let mut fra = id.unwrap_or(1);
    if let Some(moment) = moment {
        fra = fra.max(store::foerste_fra(&ctx.store, moment).await?);
    }
    let til = match before {
        Some(before) => Some(store::foerste_fra(&ctx.store, before).await?),
        None => None,
    };
    let utvalg = Utvalg { slag: slag.samling(), fra, til, enheter: &enheter };
    let total = store::antall_endringer(&ctx.store, &utvalg).await?;
    let found = store::endringer(&ctx.store, &utvalg, utsnitt, synkende).await?;
    let relation = if slag == Slag::Enhet { "enhet" } else { "underenhet" };
    let base = super::adresse(component, slag);
    let change = |one: store::Endring| {
        let href = format!("{base}/{}", one.orgnr);
        let lenker =
            if one.hva == "Fjernet" { Default::default() } else { model::lenker(&[(relation, href)]) };
        Oppdatering {
            oppdateringsid: one.id,
            dato: one.dato,
            organisasjonsnummer: one.orgnr,
            endringstype: one.hva,
            endringer: one.endringer.filter(|_| changes),
            lenker,
        }
    };
    let own = format!("{}/enhetsregisteret/api/oppdateringer/{}", ctx.base_url, slag.samling());
    let (links, page) = super::side(&own, &pairs, utsnitt, total);
    Ok((found.into_iter().map(change).collect(), links, page))
}

fn tidspunkt(p: &mut Parametre<'_>, name: &str) -> Option<Timestamp> {
    let text = p.en(name)?;
    let moment = text.parse().ok();
    if moment.is_none() {
        p.ugyldig(name, format!("{name} skal være et tidspunkt på formen åååå-MM-ddTHH:mm:ss.SSSZ"), text);
    }
    moment
}

/// Whether the newest come first.
fn synkende(p: &mut Parametre<'_>) -> bool {
    let Some(text) = p.en("sort") else { return false };
    let (name, way) = text.split_once(',').unwrap_or((text, "ASC"));
    let down = way.trim().eq_ignore_ascii_case("desc");
    if !matches!(name.trim(), "id" | "oppdateringsid") || !(down || way.trim().eq_ignore_ascii_case("asc")) {
        p.ugyldig("sort", "sort skal være id,ASC eller id,DESC", text);
    }
    down
}
