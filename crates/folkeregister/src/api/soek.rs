//! Searches: for one person, and for a list of people.

use axum::extract::State;
use axum::response::Response;
use clients::folkeregister::{Persondokument, Personsoek};
use http::{HeaderMap, StatusCode};
use kernel::log::{Access, Personal};

use super::feil::{Avslaatt, IkkeFunnet};
use super::personer::pakke_av_sti;
use super::{Avslag, QueryPairs, Sti, xml};
use crate::model::pakke::Pakke;
use crate::model::soek::{ENTYDIG, MAX_TREFF, Soek, TREFFLISTE};
use crate::model::utsnitt;
use crate::{Component, NAME, store};

/// The one person who is all of what is asked for, in their newest document, for bodies with a legal basis.
///
/// A name (a whole word of the first names first, one of the last name last) with one of: number, birth date, post code,
/// street and house number, a number from abroad or of a paper, the immigration authorities' number; or a birth date with a
/// number from abroad or of a paper. 404 where nobody is, and where more than one is. Who is protected is not found by an
/// address.
#[utoipa::path(get, path = "/folkeregisteret/offentlig-med-hjemmel/api/v1/personer/entydigsoek", tag = "personer",
    params(("navn" = Option<String>, Query, description = "Minst ett fornavn og ett etternavn"),
        ("identifikasjonsnummer" = Option<String>, Query, description = "Fødselsnummer eller D-nummer, også et tidligere"),
        ("foedselsdato" = Option<String>, Query, description = "ÅÅÅÅMMDD"),
        ("postnummer" = Option<String>, Query, description = "Fire siffer"),
        ("adressenavn" = Option<String>, Query, description = "Gatenavnet, eller minst tre tegn fra begynnelsen"),
        ("husnummer" = Option<String>, Query, description = "Med bokstav, om adressen har en"),
        ("utenlandskpersonidentifikasjon" = Option<String>, Query, description = "Landkode, bindestrek og nummer"),
        ("legitimasjonsdokument" = Option<String>, Query, description = "Landkode, bindestrek og nummer"),
        ("utlendingsmyndighetenesidentifikasjonsnummer" = Option<String>, Query, description = "DUF-nummer"),
        ("soekFonetisk" = Option<bool>, Query, description = "Navn som lyder likt, treffer også"),
        ("opplysningsgrunnlag" = Option<String>, Query, description = "gjeldende eller historisk: om tidligere navn og adresser treffer"),
        ("part" = Option<Vec<String>>, Query, description = "Deler av dokumentet")),
    responses((status = 200, content((Persondokument = "application/json"), (Persondokument = "application/xml"))), (status = 304), Avslaatt, IkkeFunnet))]
pub async fn entydig_med_hjemmel(
    State(component): State<Component>,
    query: QueryPairs,
    headers: HeaderMap,
) -> Result<Response, Avslag> {
    entydig(&component, Pakke::MedHjemmel, query, &headers).await
}

/// The one person who is all of what is asked for, in one of the other packages. All of them have this search.
#[utoipa::path(get, path = "/folkeregisteret/api/{rettighetspakke}/v1/personer/entydigsoek", tag = "personer",
    params(("rettighetspakke" = String, Path, description = "Rettighetspakke"),
        ("navn" = Option<String>, Query, description = "Minst ett fornavn og ett etternavn"),
        ("identifikasjonsnummer" = Option<String>, Query, description = "Fødselsnummer eller D-nummer, også et tidligere"),
        ("foedselsdato" = Option<String>, Query, description = "ÅÅÅÅMMDD"),
        ("postnummer" = Option<String>, Query, description = "Fire siffer"),
        ("adressenavn" = Option<String>, Query, description = "Gatenavnet, eller minst tre tegn fra begynnelsen"),
        ("husnummer" = Option<String>, Query, description = "Med bokstav, om adressen har en"),
        ("utenlandskpersonidentifikasjon" = Option<String>, Query, description = "Landkode, bindestrek og nummer; finans og eID"),
        ("legitimasjonsdokument" = Option<String>, Query, description = "Landkode, bindestrek og nummer; finans og eID"),
        ("soekFonetisk" = Option<bool>, Query, description = "Navn som lyder likt, treffer også"),
        ("opplysningsgrunnlag" = Option<String>, Query, description = "gjeldende eller historisk: om tidligere navn og adresser treffer"),
        ("part" = Option<Vec<String>>, Query, description = "Deler av dokumentet")),
    responses((status = 200, content((Persondokument = "application/json"), (Persondokument = "application/xml"))), (status = 304), Avslaatt, IkkeFunnet))]
pub async fn entydig_i_pakke(
    State(component): State<Component>,
    Sti(pakke): Sti<String>,
    query: QueryPairs,
    headers: HeaderMap,
) -> Result<Response, Avslag> {
    entydig(&component, pakke_av_sti(&pakke)?, query, &headers).await
}

/// The numbers of everyone who is all of what is asked for, for bodies with a legal basis.
///
/// No parameter has to be there; more than 10,000 hits are refused, unless `maksTreff` says that fewer will do. An empty list
/// where nobody is. One use in the log for each hit.
#[utoipa::path(get, path = "/folkeregisteret/offentlig-med-hjemmel/api/v1/personer/soek", tag = "personer",
    params(("navn" = Option<String>, Query, description = "Hele ord av navnet"),
        ("kjoenn" = Option<String>, Query, description = "kvinne eller mann"),
        ("foedselsdato" = Option<String>, Query, description = "ÅÅÅÅMMDD"),
        ("foedselsaarFraOgMed" = Option<String>, Query, description = "Fire siffer"),
        ("foedselsaarTilOgMed" = Option<String>, Query, description = "Fire siffer"),
        ("adressenavn" = Option<String>, Query, description = "Gatenavnet, eller minst tre tegn fra begynnelsen"),
        ("husnummer" = Option<String>, Query, description = "Med bokstav, om adressen har en"),
        ("postnummer" = Option<String>, Query, description = "Fire siffer"),
        ("kommunenummer" = Option<String>, Query, description = "Fire siffer"),
        ("fylkesnummer" = Option<String>, Query, description = "To siffer"),
        ("inkluderOppholdsadresse" = Option<bool>, Query, description = "Om oppholdsadressen også treffer"),
        ("soekFonetisk" = Option<bool>, Query, description = "Navn som lyder likt, treffer også"),
        ("inkluderDoede" = Option<bool>, Query, description = "Om døde også treffer"),
        ("opplysningsgrunnlag" = Option<String>, Query, description = "gjeldende eller historisk: om tidligere navn og adresser treffer"),
        ("maksTreff" = Option<u32>, Query, description = "1 til 10000")),
    responses((status = 200, content((Personsoek = "application/json"), (Personsoek = "application/xml"))), Avslaatt))]
pub async fn treffliste_med_hjemmel(
    State(component): State<Component>,
    query: QueryPairs,
    headers: HeaderMap,
) -> Result<Response, Avslag> {
    treffliste(&component, Pakke::MedHjemmel, query, &headers).await
}

/// The numbers of everyone who is all of what is asked for, in one of the packages `offentligutenhjemmel`,
/// `privatutenhjemmel` and `finans`.
#[utoipa::path(get, path = "/folkeregisteret/api/{rettighetspakke}/v1/personer/soek", tag = "personer",
    params(("rettighetspakke" = String, Path, description = "Rettighetspakke"),
        ("navn" = Option<String>, Query, description = "Hele ord av navnet"),
        ("kjoenn" = Option<String>, Query, description = "kvinne eller mann"),
        ("foedselsdato" = Option<String>, Query, description = "ÅÅÅÅMMDD"),
        ("foedselsaarFraOgMed" = Option<String>, Query, description = "Fire siffer"),
        ("foedselsaarTilOgMed" = Option<String>, Query, description = "Fire siffer"),
        ("adressenavn" = Option<String>, Query, description = "Gatenavnet, eller minst tre tegn fra begynnelsen"),
        ("husnummer" = Option<String>, Query, description = "Med bokstav, om adressen har en"),
        ("postnummer" = Option<String>, Query, description = "Fire siffer"),
        ("kommunenummer" = Option<String>, Query, description = "Fire siffer"),
        ("fylkesnummer" = Option<String>, Query, description = "To siffer"),
        ("inkluderOppholdsadresse" = Option<bool>, Query, description = "Om oppholdsadressen også treffer"),
        ("soekFonetisk" = Option<bool>, Query, description = "Navn som lyder likt, treffer også"),
        ("inkluderDoede" = Option<bool>, Query, description = "Om døde også treffer"),
        ("opplysningsgrunnlag" = Option<String>, Query, description = "gjeldende eller historisk: om tidligere navn og adresser treffer"),
        ("maksTreff" = Option<u32>, Query, description = "1 til 10000")),
    responses((status = 200, content((Personsoek = "application/json"), (Personsoek = "application/xml"))), Avslaatt, IkkeFunnet))]
pub async fn treffliste_i_pakke(
    State(component): State<Component>,
    Sti(pakke): Sti<String>,
    query: QueryPairs,
    headers: HeaderMap,
) -> Result<Response, Avslag> {
    treffliste(&component, pakke_av_sti(&pakke)?, query, &headers).await
}

async fn entydig(
    component: &Component,
    pakke: Pakke,
    query: QueryPairs,
    headers: &HeaderMap,
) -> Result<Response, Avslag> {
    let ctx = &component.ctx;
    let (claims, form) = super::leser(component, headers, pakke).await?;
    let pairs = super::parametre(query, &ENTYDIG)?;
    let utvalg = super::utvalg(pakke, &pairs)?;
    let soek = Soek::entydig(&pairs)?;
    if !soek.tillatt_i(pakke) {
        let melding = "Rettighetspakken kan ikke søke med andre numre enn fødselsnummer og D-nummer.";
        return Err(Avslag::ny(StatusCode::FORBIDDEN, melding));
    }
    // One and none are told apart from several by nobody who asks.
    let (mut found, more) = store::soek::soek(&ctx.store, &soek, 1).await?;
    let versjon = match found.pop().filter(|_| !more) {
        Some(pid) => store::finn_en(&ctx.store, &pid, utvalg.historikk()).await?,
        None => None,
    };
    let versjon = versjon.ok_or_else(|| Avslag::ukjent("Søket treffer ingen, eller flere enn én person."))?;
    let tekst = form.skriv(&xml::PERSON, "folkeregisterperson", utsnitt::skriv(&versjon, &utvalg)?)?;
    let what = format!("Søkte fram personen. {}", super::oppslag_i_ord(&pairs));
    let access = Access::from_claims(NAME, &claims, headers, what, pakke.hjemmel());
    let tekst = Personal::new(versjon.pid, tekst).release(&ctx.log, access).await?;
    Ok(super::svar_med_etag(headers, form, &versjon.dokument, tekst))
}

async fn treffliste(
    component: &Component,
    pakke: Pakke,
    query: QueryPairs,
    headers: &HeaderMap,
) -> Result<Response, Avslag> {
    let ctx = &component.ctx;
    let (claims, form) = super::leser(component, headers, pakke).await?;
    if !pakke.har_oppslag() {
        return Err(Avslag::ny(StatusCode::FORBIDDEN, "Rettighetspakken har ikke søk med treffliste."));
    }
    let pairs = super::parametre(query, &TREFFLISTE)?;
    let (soek, maks) = Soek::treffliste(&pairs)?;
    let (pids, more) = store::soek::soek(&ctx.store, &soek, maks.unwrap_or(MAX_TREFF)).await?;
    if more && maks.is_none() {
        return Err(Avslag::ugyldig("Søket treffer flere enn 10 000 personer. Avgrens søket."));
    }
    let answer = Personsoek { foedsels_eller_d_nummer: pids.clone() };
    let access = Access::from_claims(NAME, &claims, headers, "Fant personen i et søk", pakke.hjemmel());
    let tekst = form.skriv(&xml::PERSON, "personsoekResponse", serde_json::to_string(&answer)?)?;
    Ok(super::svar(form, Personal::many(pids, tekst).release(&ctx.log, access).await?))
}
