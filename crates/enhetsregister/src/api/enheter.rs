//! Main units.

use axum::extract::State;
use axum::response::Response;
use clients::enhetsregister::{Enhet, Enheter, Feil, FjernetEnhet, Oppslag, Treff};
use http::{HeaderMap, StatusCode};
use kernel::problem::Problem;

use super::{Avslag, Nummer, QueryPairs};
use crate::model::soek::Soek;
use crate::model::{self, Slag, Tilstand};
use crate::{Component, store};

/// A main unit. One that is deleted answers with its name, form and date; one that is removed, 410.
#[utoipa::path(get, path = "/enhetsregisteret/api/enheter/{orgnr}", tag = "enheter",
    params(("orgnr" = String, Path, description = "Organisasjonsnummer, ni siffer")),
    responses((status = 200, body = Oppslag<Enhet>), (status = 400, body = Feil), (status = 404, body = Feil),
        (status = 406, body = Feil), (status = 410, body = FjernetEnhet)))]
pub async fn hent(
    State(component): State<Component>,
    Nummer(orgnr): Nummer,
    headers: HeaderMap,
) -> Result<Response, Avslag> {
    oppslag(&component, Slag::Enhet, orgnr, &headers).await
}

/// Searches main units.
///
/// Hits fulfil every parameter; a list (`organisasjonsform=AS,ENK`) is fulfilled by any of its values. `navn` finds names
/// that have words beginning with those asked for. No page reaches beyond 10,000 hits.
#[utoipa::path(get, path = "/enhetsregisteret/api/enheter", tag = "enheter",
    params(("navn" = Option<String>, Query, description = "Ord i navnet, eller begynnelsen av dem"),
        ("navnMetodeForSoek" = Option<String>, Query, description = "FORTLOEPENDE: ordene skal stå etter hverandre"),
        ("hjemmeside" = Option<String>, Query, description = "Liste"),
        ("forretningsadresse.poststed" = Option<String>, Query, description = "Liste"),
        ("forretningsadresse.landkode" = Option<String>, Query, description = "Liste"),
        ("forretningsadresse.adresse" = Option<String>, Query, description = "Ord i adressen, eller begynnelsen av dem"),
        ("postadresse.postnummer" = Option<String>, Query, description = "Liste"),
        ("postadresse.poststed" = Option<String>, Query, description = "Liste"),
        ("postadresse.landkode" = Option<String>, Query, description = "Liste"),
        ("postadresse.adresse" = Option<String>, Query, description = "Ord i adressen, eller begynnelsen av dem"),
        ("organisasjonsnummer" = Option<String>, Query, description = "Liste av organisasjonsnumre"),
        ("overordnetEnhet" = Option<String>, Query, description = "Liste av organisasjonsnumre"),
        ("organisasjonsform" = Option<String>, Query, description = "Liste av koder"),
        ("naeringskode" = Option<String>, Query, description = "Liste av koder eller begynnelsen av dem: 41, 41.2, 41.200"),
        ("kommunenummer" = Option<String>, Query, description = "Liste; forretningsadresse eller postadresse"),
        ("forretningsadresse.kommunenummer" = Option<String>, Query, description = "Liste"),
        ("forretningsadresse.postnummer" = Option<String>, Query, description = "Liste"),
        ("postadresse.kommunenummer" = Option<String>, Query, description = "Liste"),
        ("institusjonellSektorkode" = Option<String>, Query, description = "Liste"),
        ("sisteInnsendteAarsregnskap" = Option<String>, Query, description = "Liste av årstall"),
        ("fraAntallAnsatte" = Option<String>, Query), ("tilAntallAnsatte" = Option<String>, Query),
        ("fraRegistreringsdatoEnhetsregisteret" = Option<String>, Query), ("tilRegistreringsdatoEnhetsregisteret" = Option<String>, Query),
        ("fraStiftelsesdato" = Option<String>, Query), ("tilStiftelsesdato" = Option<String>, Query),
        ("konkurs" = Option<String>, Query), ("underAvvikling" = Option<String>, Query),
        ("underTvangsavviklingEllerTvangsopplosning" = Option<String>, Query),
        ("registrertIMvaregisteret" = Option<String>, Query), ("registrertIForetaksregisteret" = Option<String>, Query),
        ("registrertIStiftelsesregisteret" = Option<String>, Query), ("registrertIFrivillighetsregisteret" = Option<String>, Query),
        ("registrertIPartiregisteret" = Option<String>, Query), ("harRegistrertAntallAnsatte" = Option<String>, Query),
        ("sort" = Option<String>, Query, description = "navn,ASC"),
        ("page" = Option<String>, Query, description = "Fra 0"), ("size" = Option<String>, Query, description = "Fra 1; 20 om ikke oppgitt")),
    responses((status = 200, body = Treff<Enheter>), (status = 400, body = Feil), (status = 406, body = Feil), (status = 501, body = Problem)))]
pub async fn soek(
    State(component): State<Component>,
    query: QueryPairs,
    headers: HeaderMap,
) -> Result<Response, Avslag> {
    treff(&component, Slag::Enhet, query, &headers).await
}

/// A unit of this kind.
pub async fn oppslag(
    component: &Component,
    slag: Slag,
    orgnr: kernel::id::Orgnr,
    headers: &HeaderMap,
) -> Result<Response, Avslag> {
    super::kun_json(headers)?;
    let ctx = &component.ctx;
    let found = store::finn(&ctx.store, &orgnr, slag).await?.ok_or_else(Avslag::ukjent)?;
    let status = if found.tilstand == Tilstand::Fjernet { StatusCode::GONE } else { StatusCode::OK };
    Ok(super::tekst(status, model::med_vert(&found.innhold, &ctx.base_url)))
}

/// The page of a search for units of this kind.
pub async fn treff(
    component: &Component,
    slag: Slag,
    query: QueryPairs,
    headers: &HeaderMap,
) -> Result<Response, Avslag> {
    super::kun_json(headers)?;
    let ctx = &component.ctx;
    let pairs = super::parametre(query)?;
    let soek = Soek::les(&pairs, slag)?;
    let (hits, total) = store::soek(&ctx.store, &component.antall, slag, &soek).await?;
    let (links, page) = super::side(&super::adresse(component, slag), &pairs, soek.utsnitt, total);
    let rest = super::json_tekst(&Treff::<()> { innhold: None, lenker: links, page })?;
    if hits.is_empty() {
        return Ok(super::tekst(StatusCode::OK, rest));
    }
    // The units are JSON already; the rest is an object, whose first brace gives way to them.
    let hits = model::med_vert(&hits.join(","), &ctx.base_url);
    let rest = rest.strip_prefix('{').unwrap_or_default();
    Ok(super::tekst(StatusCode::OK, format!("{{\"_embedded\":{{\"{}\":[{hits}]}},{rest}", slag.samling())))
}
