//! What is open to those alone who have a legal basis: roles by number. Each use stands in the log.

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use clients::enhetsregister::{
    Feil, FjernetEnhet, Kode, Roller, Rolleutskrift, Rolleutskriftenhet, Rolleutskriftrolle, SCOPE_ROLLER,
    SCOPE_ROLLEUTSKRIFT,
};
use http::HeaderMap;
use kernel::id::Pid;
use kernel::log::{Access, Personal};

use super::{Avslag, Nummer};
use crate::model::{self, koder};
use crate::{Component, NAME, store};

/// The law behind it, as the person sees it in the log of uses.
const HJEMMEL: &str = "enhetsregisterloven § 22 (innsyn i Enhetsregisteret)";

/// Who has which role in a unit, with their numbers; scope `brreg:data:enhetsregisteret:auto:roller`.
///
/// The purpose and the case go in the headers `Felles-Formaal` and `Felles-Sak`, and are shown to the persons.
#[utoipa::path(get, path = "/enhetsregisteret/autorisert-api/enheter/{orgnr}/roller", tag = "autorisert",
    params(("orgnr" = String, Path, description = "Organisasjonsnummer, ni siffer")),
    responses((status = 200, body = Roller), (status = 400, body = Feil), (status = 401, body = Feil), (status = 403, body = Feil),
        (status = 404, body = Feil), (status = 406, body = Feil), (status = 410, body = FjernetEnhet)))]
pub async fn roller(
    State(component): State<Component>,
    headers: HeaderMap,
    orgnr: Result<Nummer, Avslag>,
) -> Result<Response, Avslag> {
    let ctx = &component.ctx;
    let claims = super::autorisert(&component, &headers, SCOPE_ROLLER).await?;
    super::kun_json(&headers)?;
    let Nummer(orgnr) = orgnr?;
    let (navn, groups) = match super::roller::finn(&component, &orgnr).await? {
        Ok(found) => found,
        Err(gone) => return Ok(gone),
    };
    let persons = model::personer(&groups);
    let answer = super::roller::svar(&component, &orgnr, "autorisert-api", groups);
    let access = Access::from_claims(NAME, &claims, &headers, format!("Slo opp rollene i {navn}"), HJEMMEL);
    Ok(Personal::many(persons, answer).release(&ctx.log, access).await?.into_response())
}

/// The roles of the person whose number is the body; scope `brreg:data:enhetsregisteret:roller:person:oppslag:fnr`.
///
/// Roles in units that are in the register, of a person who lives; a number that nobody has a role under gives an empty
/// list. The purpose and the case go in the headers `Felles-Formaal` and `Felles-Sak`, and are shown to the person.
#[utoipa::path(post, path = "/enhetsregisteret/autorisert-api/personer/rolleutskrift", tag = "autorisert",
    request_body(content = String, content_type = "text/plain", description = "Fødselsnummer eller D-nummer"),
    responses((status = 200, body = Rolleutskrift), (status = 400, body = Feil), (status = 401, body = Feil), (status = 403, body = Feil),
        (status = 406, body = Feil), (status = 413, body = Feil), (status = 415, body = Feil)))]
pub async fn rolleutskrift(
    State(component): State<Component>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Avslag> {
    let ctx = &component.ctx;
    let claims = super::autorisert(&component, &headers, SCOPE_ROLLEUTSKRIFT).await?;
    super::kun_json(&headers)?;
    let pid = nummer(&headers, request).await?;
    let base = &ctx.base_url;
    let mut units: Vec<Rolleutskriftenhet> = Vec::new();
    for role in store::roller_til(&ctx.store, &pid).await? {
        let lenker = model::lenker(&[("self", format!("{base}{}", koder::lenke("rolletyper", &role.kode)))]);
        let kind = Kode { kode: role.kode, beskrivelse: role.beskrivelse, lenker };
        let listed = Rolleutskriftrolle { kind, fratraadt: role.fratraadt, avregistrert: role.avregistrert };
        match units.last_mut() {
            Some(unit) if unit.organisasjonsnummer == role.orgnr => unit.roller.push(listed),
            _ => units.push(Rolleutskriftenhet {
                organisasjonsnummer: role.orgnr,
                navn: role.navn,
                roller: vec![listed],
                lenker: model::lenker(&[(
                    "enhet",
                    format!("{base}/enhetsregisteret/api/enheter/{}", role.orgnr),
                )]),
            }),
        }
    }
    let access = Access::from_claims(NAME, &claims, &headers, "Slo opp rollene dine i virksomheter", HJEMMEL);
    let answer = Personal::new(pid, Rolleutskrift { enheter: units });
    Ok(answer.release(&ctx.log, access).await?.into_response())
}

/// The number in the body. Never repeated in what is said of a wrong one.
async fn nummer(headers: &HeaderMap, request: Request) -> Result<Pid, Avslag> {
    let body = kernel::http::body(headers, "text/plain", request).await?;
    let text = std::str::from_utf8(&body).unwrap_or_default().trim();
    let wrong =
        |_| Avslag::verdi("foedselsnummer", "Innholdet er ikke et gyldig fødselsnummer eller D-nummer", None);
    Pid::parse(text).map_err(wrong)
}
