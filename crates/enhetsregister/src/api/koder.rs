//! Code lists.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::Response;
use clients::enhetsregister::{Feil, Kode, Lenker, Side};
use http::StatusCode;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

use super::Avslag;
use crate::Component;
use crate::model::koder::{self, Form, ORGANISASJONSFORMER, ROLLEGRUPPETYPER, ROLLETYPER};
use crate::model::{self, Slag};

/// A code list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Kodeliste {
    /// The codes, under the list's name.
    #[serde(rename = "_embedded")]
    innhold: BTreeMap<&'static str, Vec<Kode>>,
    /// Itself.
    #[serde(rename = "_links")]
    lenker: Lenker,
    /// All on one page.
    page: Side,
}

type Kodesti = Result<Path<String>, PathRejection>;

fn liste(name: &'static str, codes: Vec<Kode>, links: &[(&str, String)]) -> Response {
    let count = codes.len() as i64;
    let page = Side { size: count, total_elements: count, total_pages: 1, number: 0 };
    super::json(&Kodeliste { innhold: BTreeMap::from([(name, codes)]), lenker: model::lenker(links), page })
}

fn form(component: &Component, form: &Form) -> Kode {
    let href = format!("{}{}", component.ctx.base_url, koder::formlenke(form.kode));
    Kode { lenker: model::lenker(&[("self", href)]), ..Kode::ny(form.kode, form.beskrivelse) }
}

fn former(component: &Component, path: &str, fits: impl Fn(&Form) -> bool) -> Response {
    let base = format!("{}/enhetsregisteret/api/organisasjonsformer", component.ctx.base_url);
    let codes = ORGANISASJONSFORMER.iter().filter(|one| fits(one)).map(|one| form(component, one)).collect();
    let links = [
        ("self", format!("{base}{path}")),
        ("enheter", format!("{base}/enheter")),
        ("underenheter", format!("{base}/underenheter")),
    ];
    liste("organisasjonsformer", codes, &links)
}

/// The forms of organisation.
#[utoipa::path(get, path = "/enhetsregisteret/api/organisasjonsformer", tag = "koder", responses((status = 200, body = Kodeliste)))]
pub async fn organisasjonsformer(State(component): State<Component>) -> Response {
    former(&component, "", |_| true)
}

/// The forms of main units.
#[utoipa::path(get, path = "/enhetsregisteret/api/organisasjonsformer/enheter", tag = "koder", responses((status = 200, body = Kodeliste)))]
pub async fn organisasjonsformer_enheter(State(component): State<Component>) -> Response {
    former(&component, "/enheter", |form| form.slag == Slag::Enhet)
}

/// The forms of sub-units.
#[utoipa::path(get, path = "/enhetsregisteret/api/organisasjonsformer/underenheter", tag = "koder", responses((status = 200, body = Kodeliste)))]
pub async fn organisasjonsformer_underenheter(State(component): State<Component>) -> Response {
    former(&component, "/underenheter", |form| form.slag == Slag::Underenhet)
}

/// One form.
#[utoipa::path(get, path = "/enhetsregisteret/api/organisasjonsformer/{kode}", tag = "koder",
    params(("kode" = String, Path, description = "AS")), responses((status = 200, body = Kode), (status = 404, body = Feil)))]
pub async fn organisasjonsform(
    State(component): State<Component>,
    kode: Kodesti,
) -> Result<Response, Avslag> {
    let found = kode.ok().and_then(|Path(kode)| koder::organisasjonsform(&kode));
    Ok(super::json(&form(&component, found.ok_or_else(ukjent)?)))
}

/// The kinds of roles.
#[utoipa::path(get, path = "/enhetsregisteret/api/roller/rolletyper", tag = "koder", responses((status = 200, body = Kodeliste)))]
pub async fn rolletyper(State(component): State<Component>) -> Response {
    typer(&component, "rolletyper", ROLLETYPER)
}

/// One kind of role.
#[utoipa::path(get, path = "/enhetsregisteret/api/roller/rolletyper/{kode}", tag = "koder",
    params(("kode" = String, Path, description = "DAGL")), responses((status = 200, body = Kode), (status = 404, body = Feil)))]
pub async fn rolletype(State(component): State<Component>, kode: Kodesti) -> Result<Response, Avslag> {
    en(&component, "rolletyper", ROLLETYPER, kode)
}

/// The groups of roles.
#[utoipa::path(get, path = "/enhetsregisteret/api/roller/rollegruppetyper", tag = "koder", responses((status = 200, body = Kodeliste)))]
pub async fn rollegruppetyper(State(component): State<Component>) -> Response {
    typer(&component, "rollegruppetyper", ROLLEGRUPPETYPER)
}

/// One group of roles.
#[utoipa::path(get, path = "/enhetsregisteret/api/roller/rollegruppetyper/{kode}", tag = "koder",
    params(("kode" = String, Path, description = "STYR")), responses((status = 200, body = Kode), (status = 404, body = Feil)))]
pub async fn rollegruppetype(State(component): State<Component>, kode: Kodesti) -> Result<Response, Avslag> {
    en(&component, "rollegruppetyper", ROLLEGRUPPETYPER, kode)
}

fn rolle(component: &Component, name: &str, (kode, beskrivelse): &(&str, &str)) -> Kode {
    let href = format!("{}{}", component.ctx.base_url, koder::lenke(name, kode));
    Kode { lenker: model::lenker(&[("self", href)]), ..Kode::ny(kode, beskrivelse) }
}

fn typer(component: &Component, name: &'static str, codes: &[(&str, &str)]) -> Response {
    let own = format!("{}/enhetsregisteret/api/roller/{name}", component.ctx.base_url);
    liste(name, codes.iter().map(|code| rolle(component, name, code)).collect(), &[("self", own)])
}

fn en(component: &Component, name: &str, codes: &[(&str, &str)], kode: Kodesti) -> Result<Response, Avslag> {
    let kode = kode.map(|Path(kode)| kode).unwrap_or_default();
    let found = codes.iter().find(|(known, _)| *known == kode).ok_or_else(ukjent)?;
    Ok(super::json(&rolle(component, name, found)))
}

fn ukjent() -> Avslag {
    Avslag::ny(StatusCode::NOT_FOUND, "Det finnes ingen slik kode.")
}
