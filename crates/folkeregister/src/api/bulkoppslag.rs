//! Many persons at once.

use std::collections::HashMap;

use axum::extract::{Request, State};
use axum::response::Response;
use clients::folkeregister::{MAX_PERSONS, PersonBulkoppslag, PersonBulkoppslagSvar};
use http::{HeaderMap, StatusCode};
use kernel::id::Pid;
use kernel::log::{Access, Personal};

use super::feil::{Avslaatt, IkkeFunnet, Ulest};
use super::{Avslag, QueryPairs, Sti, xml};
use crate::model::pakke::Pakke;
use crate::model::{Versjon, utsnitt};
use crate::{Component, NAME, store};

/// Up to 1000 persons, for bodies with a legal basis, in the order of the question. One use in the log for each of them.
#[utoipa::path(post, path = "/folkeregisteret/offentlig-med-hjemmel/api/v1/personer/bulkoppslag", tag = "personer",
    params(("part" = Option<Vec<String>>, Query, description = "Deler av dokumentet"),
        ("somBestilt" = Option<bool>, Query, description = "Svaret er alltid i spørsmålets rekkefølge")),
    request_body(content((PersonBulkoppslag = "application/json"), (PersonBulkoppslag = "application/xml"))),
    responses((status = 200, content((PersonBulkoppslagSvar = "application/json"), (PersonBulkoppslagSvar = "application/xml"))), Avslaatt, Ulest))]
pub async fn med_hjemmel(
    State(component): State<Component>,
    query: QueryPairs,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Avslag> {
    hent(&component, Pakke::MedHjemmel, query, &headers, request).await
}

/// Up to 1000 persons, in one of the other packages.
#[utoipa::path(post, path = "/folkeregisteret/api/{rettighetspakke}/v1/personer/bulkoppslag", tag = "personer",
    params(("rettighetspakke" = String, Path, description = "Rettighetspakke"),
        ("part" = Option<Vec<String>>, Query, description = "Deler av dokumentet"),
        ("somBestilt" = Option<bool>, Query, description = "Svaret er alltid i spørsmålets rekkefølge")),
    request_body(content((PersonBulkoppslag = "application/json"), (PersonBulkoppslag = "application/xml"))),
    responses((status = 200, content((PersonBulkoppslagSvar = "application/json"), (PersonBulkoppslagSvar = "application/xml"))), Avslaatt, IkkeFunnet, Ulest))]
pub async fn i_pakke(
    State(component): State<Component>,
    Sti(pakke): Sti<String>,
    query: QueryPairs,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Avslag> {
    hent(&component, super::personer::pakke_av_sti(&pakke)?, query, &headers, request).await
}

async fn hent(
    component: &Component,
    pakke: Pakke,
    query: QueryPairs,
    headers: &HeaderMap,
    request: Request,
) -> Result<Response, Avslag> {
    let ctx = &component.ctx;
    let (claims, form) = super::leser(component, headers, pakke).await?;
    super::personer::krev_oppslag(pakke)?;
    let pairs = super::parametre(query, &["part", "somBestilt"])?;
    let utvalg = super::utvalg(pakke, &pairs)?;
    let felt = "foedselsEllerDNummer";
    let asked: PersonBulkoppslag = super::spoersmaal(headers, request, felt).await?;
    if asked.foedsels_eller_d_nummer.is_empty() || asked.foedsels_eller_d_nummer.len() > MAX_PERSONS {
        return Err(Avslag::felt(StatusCode::BAD_REQUEST, felt, "skal ha 1 til 1000 numre"));
    }
    let numbers = asked.foedsels_eller_d_nummer.iter().enumerate();
    let pids: Vec<Pid> = numbers
        .map(|(place, text)| super::nummer(text, &format!("{felt}[{place}]")))
        .collect::<Result<_, _>>()?;
    let found = store::finn(&ctx.store, &pids).await?;
    let json = skriv(&pids, &found, |versjon| utsnitt::skriv(versjon, &utvalg))?;
    let tekst = form.skriv(&xml::PERSON, "personBulkoppslagResponse", json)?;
    let mut subjects: Vec<Pid> = found.values().map(|versjon| versjon.pid).collect();
    subjects.sort_unstable();
    subjects.dedup();
    let access = Access::from_claims(NAME, &claims, headers, super::oppslag_i_ord(&pairs), pakke.hjemmel());
    Ok(super::svar(form, Personal::many(subjects, tekst).release(&ctx.log, access).await?))
}

/// The answer: digits, JSON that is written already, and a text of ours, none of which needs escaping.
fn skriv(
    pids: &[Pid],
    found: &HashMap<Pid, Versjon>,
    person: impl Fn(&Versjon) -> Result<String, serde_json::Error>,
) -> Result<String, serde_json::Error> {
    let mut json = String::from("{\"oppslag\":[");
    for (n, pid) in pids.iter().enumerate() {
        json.push_str(if n == 0 { "{\"foedselsEllerDNummer\":\"" } else { ",{\"foedselsEllerDNummer\":\"" });
        json.push_str(pid.as_str());
        if let Some(versjon) = found.get(pid) {
            json.push_str("\",\"folkeregisterperson\":");
            json.push_str(&person(versjon)?);
            json.push('}');
        } else {
            json.push_str(
                "\",\"feilmelding\":{\"feilmelding\":\"Det finnes ingen person med dette nummeret.\"}}",
            );
        }
    }
    json.push_str("]}");
    Ok(json)
}
