//! The intake: notices of new units, changes and deletions, and of the registers that refer to units.
//!
//! People who are named are looked up in Folkeregisteret first; then one transaction checks the rest, writes the unit, its
//! events, the notice and its receipt. Nothing is kept of a notice that is refused, so it can be sent again, corrected, under
//! its own number. Of Felles' own making, but for the errors, which are those of the real register.

use std::collections::{BTreeSet, HashMap};

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use clients::Purpose;
use clients::enhetsregister::{Feil, WAKE};
use clients::folkeregister::{Del, Persondokument};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use kernel::auth::Claims;
use kernel::id::Pid;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Avslag;
use crate::model::melding::*;
use crate::model::registrering::{Kjente, MAX_ROLLER};
use crate::notis::{self, Notis};
use crate::store::{self, Mottatt};
use crate::{Component, SCOPE_REGISTERMELDING};

/// Largest notice, in bytes.
pub const MAX_BODY: usize = 256 << 10;

/// Registers a main unit and allots its number, by the rules of its form.
///
/// 202 the first time, 200 with the same receipt for the same notice again, 409 for another notice under the same number,
/// 422 with everything that is wrong.
#[utoipa::path(post, path = "/enhetsregisteret/mottak/api/v1/nyregistrering", tag = "mottak", request_body = Nyregistrering,
    responses((status = 202, body = Kvittering), (status = 200, body = Kvittering), (status = 400, body = Feil), (status = 401, body = Feil),
        (status = 403, body = Feil), (status = 409, body = Feil), (status = 413, body = Feil), (status = 415, body = Feil),
        (status = 422, body = Feil), (status = 503, body = Feil)))]
pub async fn nyregistrering(
    State(component): State<Component>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Avslag> {
    motta::<Nyregistrering>(&component, &headers, request, Notis::Ny).await
}

/// Changes a main unit or a place of business; what is not named stays. Answers as a new registration.
#[utoipa::path(post, path = "/enhetsregisteret/mottak/api/v1/endring", tag = "mottak", request_body = Endringsmelding,
    responses((status = 202, body = Kvittering), (status = 200, body = Kvittering), (status = 400, body = Feil), (status = 401, body = Feil),
        (status = 403, body = Feil), (status = 409, body = Feil), (status = 413, body = Feil), (status = 415, body = Feil),
        (status = 422, body = Feil), (status = 503, body = Feil)))]
pub async fn endring(
    State(component): State<Component>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Avslag> {
    motta::<Endringsmelding>(&component, &headers, request, Notis::Endring).await
}

/// Deletes a main unit with its places of business, or a place of business alone. Answers as a new registration.
#[utoipa::path(post, path = "/enhetsregisteret/mottak/api/v1/sletting", tag = "mottak", request_body = Slettemelding,
    responses((status = 202, body = Kvittering), (status = 200, body = Kvittering), (status = 400, body = Feil), (status = 401, body = Feil),
        (status = 403, body = Feil), (status = 409, body = Feil), (status = 413, body = Feil), (status = 415, body = Feil),
        (status = 422, body = Feil)))]
pub async fn sletting(
    State(component): State<Component>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Avslag> {
    motta::<Slettemelding>(&component, &headers, request, Notis::Sletting).await
}

/// Registers a place of business below a main unit. Answers as a new registration.
#[utoipa::path(post, path = "/enhetsregisteret/mottak/api/v1/underenhet", tag = "mottak", request_body = Underenhetsmelding,
    responses((status = 202, body = Kvittering), (status = 200, body = Kvittering), (status = 400, body = Feil), (status = 401, body = Feil),
        (status = 403, body = Feil), (status = 409, body = Feil), (status = 413, body = Feil), (status = 415, body = Feil),
        (status = 422, body = Feil)))]
pub async fn underenhet(
    State(component): State<Component>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Avslag> {
    motta::<Underenhetsmelding>(&component, &headers, request, Notis::Underenhet).await
}

/// Enters a unit in Frivillighetsregisteret, or strikes it off. Answers as a new registration.
#[utoipa::path(post, path = "/enhetsregisteret/mottak/api/v1/frivillighetsregisteret", tag = "mottak", request_body = Frivillighetsmelding,
    responses((status = 202, body = Kvittering), (status = 200, body = Kvittering), (status = 400, body = Feil), (status = 401, body = Feil),
        (status = 403, body = Feil), (status = 409, body = Feil), (status = 413, body = Feil), (status = 415, body = Feil),
        (status = 422, body = Feil)))]
pub async fn frivillighetsregisteret(
    State(component): State<Component>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Avslag> {
    motta::<Frivillighetsmelding>(&component, &headers, request, Notis::Frivillig).await
}

/// Enters a unit in Merverdiavgiftsregisteret, or strikes it off. Answers as a new registration.
#[utoipa::path(post, path = "/enhetsregisteret/mottak/api/v1/merverdiavgiftsregisteret", tag = "mottak", request_body = Avgiftsmelding,
    responses((status = 202, body = Kvittering), (status = 200, body = Kvittering), (status = 400, body = Feil), (status = 401, body = Feil),
        (status = 403, body = Feil), (status = 409, body = Feil), (status = 413, body = Feil), (status = 415, body = Feil),
        (status = 422, body = Feil)))]
pub async fn merverdiavgiftsregisteret(
    State(component): State<Component>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Avslag> {
    motta::<Avgiftsmelding>(&component, &headers, request, Notis::Avgift).await
}

/// The receipt of a notice that the caller's organisation has sent. Another's is not found.
#[utoipa::path(get, path = "/enhetsregisteret/mottak/api/v1/kvittering/{meldingsId}", tag = "mottak",
    params(("meldingsId" = String, Path, description = "Avsenders eget nummer på meldingen")),
    responses((status = 200, body = Kvittering), (status = 401, body = Feil), (status = 403, body = Feil), (status = 404, body = Feil)))]
pub async fn kvittering(
    State(component): State<Component>,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, Avslag> {
    let claims = super::autorisert(&component, &headers, SCOPE_REGISTERMELDING).await?;
    let found = match id.ok().filter(|Path(id)| er_meldings_id(id)) {
        Some(Path(id)) => store::melding(&component.ctx.store, &avsender(&claims), &id).await?,
        None => None,
    };
    match found {
        Some(found) => Ok(super::tekst(StatusCode::OK, found.kvittering)),
        None => Err(Avslag::ny(
            StatusCode::NOT_FOUND,
            "Det finnes ingen melding med dette nummeret fra denne avsenderen.",
        )),
    }
}

fn er_meldings_id(id: &str) -> bool {
    (1..=100).contains(&id.chars().count()) && !id.contains(char::is_control)
}

/// Who answers for a notice: receipts and numbers of notices are theirs alone.
fn avsender(claims: &Claims) -> String {
    claims.consumer_orgnr.as_ref().map_or_else(|| claims.client_id.clone(), |orgnr| orgnr.as_str().to_owned())
}

async fn motta<M: Serialize + DeserializeOwned>(
    component: &Component,
    headers: &HeaderMap,
    request: Request,
    notis: fn(M) -> Notis,
) -> Result<Response, Avslag> {
    let ctx = &component.ctx;
    super::kun_json(headers)?;
    let claims = super::autorisert(component, headers, SCOPE_REGISTERMELDING).await?;
    let body = kernel::http::body(headers, "application/json", request).await?;
    let melding: M = kernel::http::json(&body).map_err(|bad| {
        Avslag::verdi(if bad.path.is_empty() { "innhold" } else { &bad.path }, bad.message, None)
    })?;
    let read = serde_json::to_value(&melding)
        .map_err(|_| Avslag::ny(StatusCode::INTERNAL_SERVER_ERROR, "Intern feil"))?;
    if let Some(felt) = med_styretegn("", &read) {
        return Err(Avslag::verdi(&felt, "Kan ikke ha styretegn", None));
    }
    let notis = notis(melding);
    let id = notis.meldings_id().to_owned();
    if !er_meldings_id(&id) {
        return Err(Avslag::verdi("meldingsId", "Skal ha 1 til 100 tegn", None));
    }
    let (slag, innhold) = (notis.navn(), read.to_string());
    let sender = avsender(&claims);
    // One that was registered before is answered as then, whatever has become of those who are named in it.
    if let Some(before) = store::melding(&ctx.store, &sender, &id).await? {
        return svar(&before, slag, &innhold, &id, StatusCode::OK);
    }
    let kjente = Kjente { personer: personer(component, &notis).await?, ..Kjente::default() };
    let (naa, sent) = (ctx.clock.now(), innhold.clone());
    let (mottatt, ny) = ctx
        .store
        .write(move |tx| {
            Box::pin(async move { notis::behandle(tx, notis, kjente, &sender, sent, naa).await })
        })
        .await?;
    if ny {
        ctx.wake.notify(WAKE);
    }
    svar(&mottatt, slag, &innhold, &id, if ny { StatusCode::ACCEPTED } else { StatusCode::OK })
}

/// The path of a text with a control character, which no field has.
fn med_styretegn(path: &str, value: &Value) -> Option<String> {
    match value {
        Value::String(text) => text.contains(char::is_control).then(|| path.to_owned()),
        Value::Array(all) => {
            all.iter().enumerate().find_map(|(n, one)| med_styretegn(&format!("{path}[{n}]"), one))
        }
        Value::Object(all) => all.iter().find_map(|(name, one)| {
            let dot = if path.is_empty() { "" } else { "." };
            med_styretegn(&format!("{path}{dot}{name}"), one)
        }),
        _ => None,
    }
}

/// The receipt, unless it is another notice's.
fn svar(
    mottatt: &Mottatt,
    slag: &str,
    innhold: &str,
    id: &str,
    status: StatusCode,
) -> Result<Response, Avslag> {
    if mottatt.slag != slag || mottatt.innhold != innhold {
        let conflict = Avslag::verdi("meldingsId", "Er brukt til en melding med annet innhold", None);
        return Err(conflict.med_status(StatusCode::CONFLICT));
    }
    let location = format!("/enhetsregisteret/mottak/api/v1/kvittering/{}", clients::encoded(id));
    let mut response = super::tekst(status, mottatt.kvittering.clone());
    if let Ok(location) = HeaderValue::try_from(location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// The people whom a notice names, as Folkeregisteret knows them now.
async fn personer(component: &Component, notis: &Notis) -> Result<HashMap<Pid, Persondokument>, Avslag> {
    let named: BTreeSet<Pid> =
        notis.roller().iter().take(MAX_ROLLER).filter_map(|role| role.foedsels_eller_d_nummer).collect();
    let mut found = HashMap::new();
    if named.is_empty() {
        return Ok(found);
    }
    let away =
        || Avslag::ny(StatusCode::SERVICE_UNAVAILABLE, "Folkeregisteret svarer ikke nå. Prøv igjen senere.");
    let people = component.folkeregister.as_ref().ok_or_else(away)?;
    let purpose =
        Purpose::new("Kontroll av roller som meldes til Enhetsregisteret (enhetsregisterloven § 17)");
    for pid in named {
        let person = people.person(&pid, &[Del::PersonBasis], &purpose).await.map_err(|error| {
            tracing::warn!(%error, "Folkeregisteret was not reached");
            away()
        })?;
        found.extend(person.map(|person| (pid, person)));
    }
    Ok(found)
}
