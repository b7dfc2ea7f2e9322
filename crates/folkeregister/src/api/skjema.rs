//! The schemas of what is answered as XML. They are Felles' own, with the names and the order of the published ones, and are
//! open to all.

use axum::response::{IntoResponse, Response};
use clients::folkeregister::{Feil, FolkeregisterFeilmelding};
use http::{HeaderMap, header};

use super::feil::{IkkeFormen, IkkeFunnet};
use super::form::Form;
use super::personer::pakke_av_sti;
use super::xml::{self, Skjema};
use super::{Avslag, Sti};

/// The schema (XSD) of person documents, and of the look-ups and searches that give them.
// Names the types of a refusal, which is what brings them into the document that `IkkeFormen` and its like refer to.
#[utoipa::path(get, path = "/folkeregisteret/offentlig-med-hjemmel/api/v1/personer/xsd", tag = "skjema",
    responses((status = 200, content_type = "application/xml", body = String),
        (status = 406, content((Feil = "application/json"), (FolkeregisterFeilmelding = "application/xml")))))]
pub async fn personer(headers: HeaderMap) -> Result<Response, Avslag> {
    svar(&headers, &xml::PERSON)
}

/// The schema (XSD) of person documents, in one of the other packages.
#[utoipa::path(get, path = "/folkeregisteret/api/{rettighetspakke}/v1/personer/xsd", tag = "skjema",
    params(("rettighetspakke" = String, Path, description = "Rettighetspakke")),
    responses((status = 200, content_type = "application/xml", body = String), IkkeFunnet, IkkeFormen))]
pub async fn personer_i_pakke(Sti(pakke): Sti<String>, headers: HeaderMap) -> Result<Response, Avslag> {
    pakke_av_sti(&pakke)?;
    svar(&headers, &xml::PERSON)
}

/// The schema (XSD) of events in full.
#[utoipa::path(get, path = "/folkeregisteret/offentlig-med-hjemmel/api/v1/hendelser/xsd", tag = "skjema",
    responses((status = 200, content_type = "application/xml", body = String), IkkeFormen))]
pub async fn hendelser(headers: HeaderMap) -> Result<Response, Avslag> {
    svar(&headers, &xml::HENDELSE)
}

/// The schema (XSD) of events in full, in one of the other packages.
#[utoipa::path(get, path = "/folkeregisteret/api/{rettighetspakke}/v1/hendelser/xsd", tag = "skjema",
    params(("rettighetspakke" = String, Path, description = "Rettighetspakke")),
    responses((status = 200, content_type = "application/xml", body = String), IkkeFunnet, IkkeFormen))]
pub async fn hendelser_i_pakke(Sti(pakke): Sti<String>, headers: HeaderMap) -> Result<Response, Avslag> {
    pakke_av_sti(&pakke)?;
    svar(&headers, &xml::HENDELSE)
}

/// The schema (XSD) of the content of the feed's entries, and of the newest sequence number.
#[utoipa::path(get, path = "/folkeregisteret/offentlig-med-hjemmel/api/v1/hendelser/feedxsd", tag = "skjema",
    responses((status = 200, content_type = "application/xml", body = String), IkkeFormen))]
pub async fn feed(headers: HeaderMap) -> Result<Response, Avslag> {
    svar(&headers, &xml::FEED)
}

/// The schema (XSD) of the content of the feed's entries, in one of the other packages.
#[utoipa::path(get, path = "/folkeregisteret/api/{rettighetspakke}/v1/hendelser/feedxsd", tag = "skjema",
    params(("rettighetspakke" = String, Path, description = "Rettighetspakke")),
    responses((status = 200, content_type = "application/xml", body = String), IkkeFunnet, IkkeFormen))]
pub async fn feed_i_pakke(Sti(pakke): Sti<String>, headers: HeaderMap) -> Result<Response, Avslag> {
    pakke_av_sti(&pakke)?;
    svar(&headers, &xml::FEED)
}

fn svar(headers: &HeaderMap, skjema: &'static Skjema) -> Result<Response, Avslag> {
    let form = Form::velg(headers, &[Form::Xml])?;
    Ok(([(header::CONTENT_TYPE, form.medietype())], skjema.tekst.as_str()).into_response())
}
