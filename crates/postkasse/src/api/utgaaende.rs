//! Messages from senders: the access point's outbox.

use axum::Json;
use axum::extract::multipart::{Field, MultipartError, MultipartRejection};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Multipart, Path, Query, State};
use bytes::{Bytes, BytesMut};
use clients::ClientError;
use clients::postkasse::{Fingeravtrykk, Meldingsstatus, Mottatt, SEND_SCOPE, Sendestatus};
use http::{HeaderMap, StatusCode, header};
use kernel::auth::{Claims, Issuer};
use kernel::id::Orgnr;
use kernel::problem::Problem;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::model::{Forsendelse, Innhold, Pakkedel, fingerprint};
use crate::pakkepost::Ugyldig;
use crate::store::{self, Taken};
use crate::{Component, NAME, validation};

/// Which of a sender's systems.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Kanal {
    /// The channel on which the receipts will be read; at most 100 characters.
    kanal: Option<String>,
}

/// The two parts of a sending.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form for OpenAPI; the parts are read one by one")]
pub struct Sending {
    /// The message: a standard business document, signed (a compact JWS, `application/jwt`) or plain (`application/json`).
    forretningsmelding: String,
    /// With a signed message the encrypted package (`application/cms`), with a plain one the document (`application/pdf`); both
    /// at most 50 MB together.
    #[schema(value_type = String, format = Binary)]
    dokumentpakke: Vec<u8>,
}

/// Takes a message for a digital mailbox or for print. Safe to repeat: the same message with the same id changes nothing.
///
/// What is wrong with the request is answered here; what is wrong with the package the receiver finds, and it is told by the status
/// `FEILET` and a `feil` receipt.
#[utoipa::path(post, path = "/dpi/api/v1/messages/out", tag = "postkasse", params(Kanal),
    request_body(content = Sending, content_type = "multipart/form-data"),
    responses((status = 201, body = Mottatt), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem), (status = 413, body = Problem), (status = 415, body = Problem), (status = 501, body = Problem),
        (status = 503, body = Problem)))]
pub async fn send(
    State(component): State<Component>,
    kanal: Result<Query<Kanal>, QueryRejection>,
    headers: HeaderMap,
    form: Result<Multipart, MultipartRejection>,
) -> Result<(StatusCode, Json<Mottatt>), Problem> {
    let ctx = &component.ctx;
    let claims = ctx.auth.bearer(&headers, Issuer::Maskinporten).await?;
    claims.require_scope(SEND_SCOPE)?;
    let kanal = super::query(kanal)?.kanal.unwrap_or_default();
    if kanal.chars().count() > 100 {
        return Err(Problem::bad_request("kanal er lengre enn 100 tegn.").field("kanal"));
    }
    let (message, document) = parts(form).await?;
    let forsendelse = checked(&component, &claims, &headers, kanal, message, document).await?;
    let message_id = forsendelse.id;
    let (kvittering, now) = (ctx.rng.uuid(), ctx.clock.now());
    let taken = ctx
        .store
        .write(move |tx| Box::pin(async move { store::take(tx, forsendelse, kvittering, now).await }))
        .await?;
    let feil = match taken {
        Taken::New(feil) => {
            ctx.wake.notify(NAME);
            feil
        }
        Taken::Again(feil) => feil,
        Taken::Other => {
            let problem = Problem::conflict("En annen melding har allerede denne id-en.");
            return Err(problem.field(format!("{HEADER}.documentIdentification.instanceIdentifier")));
        }
    };
    let status = if feil.is_none() { Sendestatus::Sendt } else { Sendestatus::Feilet };
    // Senders' software demands just this status.
    Ok((StatusCode::CREATED, Json(Mottatt { message_id, status, beskrivelse: feil })))
}

const HEADER: &str = "standardBusinessDocument.standardBusinessDocumentHeader";

/// Checks all that the access point checks, and what the mailbox provider will find wrong later.
async fn checked(
    component: &Component,
    claims: &Claims,
    headers: &HeaderMap,
    kanal: String,
    message: Del,
    document: Del,
) -> Result<Forsendelse, Problem> {
    let bad = |path: &str, why: &str| Problem::bad_request(format!("{path} {why}.")).field(path);
    let now = component.ctx.clock.now();
    let (message, jws) = match (message, &document) {
        (Del::Klar(message), Del::Klar(_)) => (message.to_vec(), None),
        (Del::Sikret(message), Del::Sikret(_)) => {
            let pakkepost = component.pakkepost.as_ref().ok_or_else(|| {
                Problem::not_implemented(
                    "signerte meldinger og krypterte dokumentpakker uten sertifikat ([postkasse] certificate_file)",
                )
            })?;
            let jws = String::from_utf8_lossy(&message).trim().to_owned();
            let signert = pakkepost.melding(&jws, now).await.map_err(|invalid| match invalid {
                Ugyldig::Tillit(error) => cannot_check(&error),
                invalid => bad("forretningsmelding", &invalid.to_string()),
            })?;
            (signert.melding, Some((pakkepost, jws, signert.signatar)))
        }
        _ => {
            let why = "må være application/cms til en signert melding (application/jwt), og application/pdf til application/json";
            return Err(bad("dokumentpakke", why));
        }
    };
    let (Del::Klar(mut document) | Del::Sikret(mut document)) = document;
    let melding = validation::read(&message).map_err(|invalid| {
        let path = if invalid.path.is_empty() { "forretningsmelding" } else { invalid.path.as_str() };
        bad(path, &invalid.why)
    })?;
    let konversasjon = melding.konversasjon().unwrap_or_default();
    let sbd = melding.standard_business_document.clone();
    let (innhold, avsender, digest, token, receivers) = match (sbd.digital, sbd.utskrift) {
        (Some(mut digital), _) => {
            let token = std::mem::take(&mut digital.maskinportentoken);
            let parts = (digital.avsender.clone(), digital.dokumentpakkefingeravtrykk.clone());
            (Innhold::Digital(digital), parts.0, parts.1, token, &component.config.leverandoerer)
        }
        (None, Some(mut utskrift)) => {
            let token = std::mem::take(&mut utskrift.maskinportentoken);
            let parts = (utskrift.avsender.clone(), utskrift.dokumentpakkefingeravtrykk.clone());
            (Innhold::Utskrift(utskrift), parts.0, parts.1, token, &component.config.utskrift)
        }
        (None, None) => return Err(bad("standardBusinessDocument", "mangler innhold")),
    };
    let at = |field: &str| format!("standardBusinessDocument.{}.{field}", innhold.slag());

    let consumer = super::organisation(claims)?;
    if avsender.virksomhetsidentifikator.orgnr() != Some(consumer) {
        let problem = Problem::forbidden("Avsenderen er ikke den virksomheten som tokenet gjelder.");
        return Err(problem.field(at("avsender.virksomhetsidentifikator.value")));
    }
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if bearer.split_once(' ').map(|(_, bearer)| bearer.trim()) != Some(token.as_str()) {
        return Err(bad(&at("maskinportentoken"), "er ikke det tokenet som meldingen er sendt med"));
    }
    if jws.is_none() && !document.starts_with(b"%PDF-") {
        return Err(bad("dokumentpakke", "er ikke en PDF"));
    }
    let found = Fingeravtrykk::of(&document);
    if found != digest {
        // Senders' software knows these words, and sends again.
        let why = format!(
            "Upload was not accepted, SHA-256 digest of dokumentpakke was {}, and not what the message says.",
            found.digest_value
        );
        return Err(Problem::bad_request(why).field(at("dokumentpakkefingeravtrykk.digestValue")));
    }
    let party =
        |parties: &[clients::postkasse::Aktoer]| parties.first().and_then(|party| party.identifier.orgnr());
    let leverandoer = party(&sbd.header.receiver).filter(|receiver| match &jws {
        // Whose receipts are signed is whose certificate the package is for.
        Some((pakkepost, ..)) => pakkepost.leverandoer(innhold.slag()).org.orgnr == receiver.as_str(),
        None => receivers.contains(receiver),
    });
    let Some(leverandoer) = leverandoer else {
        let path = format!("{HEADER}.receiver[0].identifier.value");
        return Err(bad(&path, "er ingen leverandør som tar imot meldinger av denne typen her"));
    };
    let signatar = party(&sbd.header.sender).unwrap_or(consumer);
    let expected: Orgnr = claims.supplier_orgnr.unwrap_or(consumer);
    let mut feil = (signatar != expected).then(|| {
        "Den som står som sender i meldingen, er ikke den som tokenet er gitt til (supplier, ellers consumer).".to_owned()
    });
    let (mut pakke, mut holds) = (None, None);
    if let Some((pakkepost, jws, signer)) = jws {
        holds = Some(Vec::new());
        if signer != expected {
            feil.get_or_insert_with(|| {
                "Meldingen er signert av en annen enn den som tokenet er gitt til (supplier, ellers consumer).".to_owned()
            });
        } else if feil.is_none() {
            let opened = pakkepost.aapne(document, innhold.clone(), signer, now).await;
            document = Bytes::new();
            match opened.map_err(|error| cannot_check(&error))? {
                Ok(aapnet) => {
                    document = aapnet.pakke.into();
                    holds = Some(aapnet.fingeravtrykk);
                    let dokumenter = aapnet.dokumenter;
                    let personidentifikator = aapnet.personidentifikator;
                    pakke = Some(Pakkedel { melding: jws, dokumenter, personidentifikator });
                }
                Err(fault) => feil = Some(fault),
            }
        }
    }
    let avtrykk = fingerprint(melding, &kanal, holds.as_deref());
    Ok(Forsendelse {
        id: sbd.header.document_identification.instance_identifier,
        konversasjon,
        avsender: consumer,
        avsenderidentifikator: avsender.avsenderidentifikator.unwrap_or_default(),
        signatar,
        leverandoer,
        kanal,
        avtrykk,
        innhold,
        feil,
        dokument: document.into(),
        pakke,
    })
}

/// A part of the form.
enum Del {
    /// As it is: JSON or PDF.
    Klar(Bytes),
    /// Signed or encrypted.
    Sikret(Bytes),
}

/// The message and the document, each there once and of a type that is known.
async fn parts(form: Result<Multipart, MultipartRejection>) -> Result<(Del, Del), Problem> {
    let mut form = form.map_err(|_| unsupported("Innholdet må være multipart/form-data.", "Content-Type"))?;
    let (mut message, mut document) = (None, None);
    while let Some(field) = form.next_field().await.map_err(broken)? {
        match field.name().unwrap_or_default() {
            "forretningsmelding" if message.is_none() => {
                let signed = ["application/jwt", "application/jose", "text/plain"];
                message = Some(part(field, "application/json", &signed, super::MAX_MESSAGE).await?);
            }
            "dokumentpakke" if document.is_none() => {
                let encrypted = ["application/cms", "application/octet-stream"];
                document = Some(part(field, "application/pdf", &encrypted, super::MAX_SENDING).await?);
            }
            _ => {
                return Err(
                    Problem::bad_request("Skjemaet har en ukjent eller gjentatt del.").field("multipart")
                );
            }
        }
    }
    let missing = |name: &str| Problem::bad_request(format!("Delen {name} mangler.")).field(name);
    Ok((
        message.ok_or_else(|| missing("forretningsmelding"))?,
        document.ok_or_else(|| missing("dokumentpakke"))?,
    ))
}

/// A part by its type. Some senders' software names none for a signed message and none of worth for a package.
async fn part(mut field: Field<'_>, plain: &str, secured: &[&str], most: usize) -> Result<Del, Problem> {
    let name = field.name().unwrap_or_default().to_owned();
    let kind = field.content_type().unwrap_or("text/plain");
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let of: fn(Bytes) -> Del = match kind.as_str() {
        kind if kind == plain => Del::Klar,
        kind if secured.contains(&kind) => Del::Sikret,
        _ => {
            let known = secured.first().copied().unwrap_or_default();
            return Err(unsupported(&format!("{name} må være {known} eller {plain}."), &name));
        }
    };
    let mut content = BytesMut::new();
    while let Some(chunk) = field.chunk().await.map_err(broken)? {
        content.extend_from_slice(&chunk);
        if content.len() > most {
            return Err(too_large(&name));
        }
    }
    Ok(of(content.freeze()))
}

fn cannot_check(error: &ClientError) -> Problem {
    tracing::error!(%error, "whom to believe cannot be found out");
    Problem::unavailable("Signaturer kan ikke kontrolleres akkurat nå.")
}

fn unsupported(detail: &str, field: &str) -> Problem {
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Ukjent medietype").detail(detail).field(field)
}

fn too_large(part: &str) -> Problem {
    let problem = Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "For stort");
    problem.detail("Forsendelsen kan være på høyst 50 MB, og meldingen på 1 MB.").field(part)
}

fn broken(error: MultipartError) -> Problem {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large("dokumentpakke"),
        _ => Problem::bad_request("Skjemaet kan ikke leses.").field("multipart"),
    }
}

/// Where one's message has come on its way.
#[utoipa::path(get, path = "/dpi/api/v1/messages/out/{messageId}/statuses", tag = "postkasse",
    params(("messageId" = Uuid, Path, description = "The message's id")),
    responses((status = 200, body = Vec<Meldingsstatus>), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn statuses(
    State(component): State<Component>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Vec<Meldingsstatus>>, Problem> {
    let ctx = &component.ctx;
    let claims = ctx.auth.bearer(&headers, Issuer::Maskinporten).await?;
    claims.require_scope(SEND_SCOPE)?;
    let found = store::outcome(&ctx.store, &super::organisation(&claims)?, super::id(&id)?).await?;
    let (timestamp, feil) = found.ok_or_else(super::unknown)?;
    let status = if feil.is_none() { Sendestatus::Sendt } else { Sendestatus::Feilet };
    Ok(Json(vec![
        Meldingsstatus { status: Sendestatus::Opprettet, timestamp, beskrivelse: None },
        Meldingsstatus { status, timestamp, beskrivelse: feil },
    ]))
}
