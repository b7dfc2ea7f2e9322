//! Errors as the register writes them: a code and words, in Bokmål.
//!
//! `FREG-001` is the real register's. The other codes are ours, one for each HTTP status. Whoever asks for XML has it as
//! [`FolkeregisterFeilmelding`](clients::folkeregister::FolkeregisterFeilmelding) ([`super::form::tilpass`]).

use std::collections::BTreeMap;

use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use clients::folkeregister::{Feil, FolkeregisterFeilmelding};
use http::{HeaderValue, StatusCode, header};
use kernel::auth::AuthError;
use kernel::http::{BadBody, BadJson};
use kernel::id::IdError;
use kernel::store::StoreError;
use utoipa::openapi::{Content, Ref, RefOr, Response as ApiResponse, ResponseBuilder};
use utoipa::{IntoResponses, ToSchema};

use super::form::Form;
use super::xml::Ugyldig;
use crate::model::{Mangel, Slag};

/// Why a request is not answered with what it asks for.
#[derive(Debug)]
pub struct Avslag {
    status: StatusCode,
    melding: String,
    felt: Option<String>,
    www_authenticate: Option<String>,
}

impl Avslag {
    /// A refusal in words.
    pub fn ny(status: StatusCode, melding: impl Into<String>) -> Self {
        Self { status, melding: melding.into(), felt: None, www_authenticate: None }
    }

    /// The request is not understood.
    pub fn ugyldig(melding: impl Into<String>) -> Self {
        Self::ny(StatusCode::BAD_REQUEST, melding)
    }

    /// Nothing is there.
    pub fn ukjent(melding: &str) -> Self {
        Self::ny(StatusCode::NOT_FOUND, melding)
    }

    /// A field is wrong; `hva` follows its name.
    pub fn felt(status: StatusCode, felt: &str, hva: &str) -> Self {
        let melding = if felt.is_empty() { format!("Innholdet {hva}.") } else { format!("{felt} {hva}.") };
        Self { felt: Some(felt.to_owned()).filter(|felt| !felt.is_empty()), ..Self::ny(status, melding) }
    }

    /// JSON that does not fit, `foran` its path.
    pub fn json(foran: &str, bad: &BadJson) -> Self {
        let (felt, hva) = lest(bad);
        Self::felt(StatusCode::BAD_REQUEST, &format!("{foran}{felt}"), hva)
    }

    fn kode(&self) -> &'static str {
        match self.status {
            StatusCode::BAD_REQUEST => "FREG-002",
            StatusCode::UNAUTHORIZED => "FREG-003",
            StatusCode::FORBIDDEN => "FREG-004",
            StatusCode::NOT_FOUND => "FREG-005",
            StatusCode::NOT_ACCEPTABLE => "FREG-006",
            StatusCode::CONFLICT => "FREG-007",
            StatusCode::PAYLOAD_TOO_LARGE => "FREG-008",
            StatusCode::UNSUPPORTED_MEDIA_TYPE => "FREG-009",
            StatusCode::UNPROCESSABLE_ENTITY => "FREG-010",
            StatusCode::TOO_MANY_REQUESTS => "FREG-013",
            StatusCode::SERVICE_UNAVAILABLE => "FREG-012",
            _ => "FREG-001",
        }
    }
}

/// What is wrong with a number, to follow the field's name.
pub fn nummerfeil(error: IdError) -> &'static str {
    match error {
        IdError::Length(_) => "skal ha 11 siffer",
        IdError::Digits => "skal bare ha siffer",
        IdError::Date => "begynner ikke med en dato",
        IdError::ControlDigit => "har feil kontrollsiffer",
    }
}

/// The field and what is wrong with it. Takes nothing over from the message of the reader but the names that are ours.
fn lest(bad: &BadJson) -> (String, &'static str) {
    let message = bad.message.split(" at line ").next().unwrap_or_default();
    if let Some(rest) = message.strip_prefix("unknown field `") {
        // The name of a field that should not be there is the sender's own, and may be anything: one of letters is
        // repeated, of others only where they stand is said.
        let name = rest.rsplit_once("`, expected").map_or(rest, |(name, _)| name);
        let name = name.trim_end_matches('`');
        let inside = bad.path.strip_suffix(name).unwrap_or(&bad.path).trim_end_matches('.');
        let ours = inside
            .split('.')
            .all(|part| part.starts_with(|first: char| first.is_ascii_lowercase()) && part.len() < 60);
        let inside = if ours { inside } else { "" };
        if name.len() <= 40 && name.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            let felt = if inside.is_empty() { name.to_owned() } else { format!("{inside}.{name}") };
            return (felt, "hører ikke hjemme der");
        }
        return (inside.to_owned(), "har et felt som ikke hører hjemme der");
    }
    let felt = bad.path.clone();
    if let Some(name) = message.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`')) {
        let felt = if felt.is_empty() { name.to_owned() } else { format!("{felt}.{name}") };
        return (felt, "mangler");
    }
    let numbers = [IdError::Length(11), IdError::Digits, IdError::Date, IdError::ControlDigit];
    if let Some(error) = numbers.into_iter().find(|error| error.to_string() == message) {
        return (felt, nummerfeil(error));
    }
    let hva = if message.starts_with("duplicate field") {
        "har et felt to ganger"
    } else if message.starts_with("unknown variant") {
        "har en verdi som ikke finnes"
    } else if felt.is_empty() {
        "er ikke gyldig JSON av den formen som kreves"
    } else {
        "har feil form"
    };
    (felt, hva)
}

impl From<AuthError> for Avslag {
    fn from(error: AuthError) -> Self {
        let www_authenticate = Some(error.www_authenticate());
        Self { www_authenticate, ..Self::ny(error.status(), error.melding()) }
    }
}

impl From<BadBody> for Avslag {
    fn from(bad: BadBody) -> Self {
        Self::ny(bad.status, bad.melding)
    }
}

impl From<Ugyldig> for Avslag {
    fn from(ugyldig: Ugyldig) -> Self {
        match ugyldig {
            Ugyldig::Xml(linje, tegn) => {
                Self::ugyldig(format!("Innholdet er ikke gyldig XML uten DTD: linje {linje}, tegn {tegn}."))
            }
            Ugyldig::Uventet(linje, tegn) => Self::ugyldig(format!(
                "Innholdet har noe som ikke hører hjemme der: linje {linje}, tegn {tegn}."
            )),
            Ugyldig::ForStort => {
                Self::ny(StatusCode::PAYLOAD_TOO_LARGE, "Innholdet har for mange elementer.")
            }
        }
    }
}

impl From<StoreError> for Avslag {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the register's store failed");
        Self::ny(StatusCode::INTERNAL_SERVER_ERROR, "Feil i tjenesten. Vennligst prøv igjen senere.")
    }
}

impl From<serde_json::Error> for Avslag {
    fn from(error: serde_json::Error) -> Self {
        crate::store::skadet(&error).into()
    }
}

impl From<Mangel> for Avslag {
    fn from(mangel: Mangel) -> Self {
        let status = match mangel.slag {
            Slag::Ugyldig => StatusCode::BAD_REQUEST,
            Slag::Strid => StatusCode::UNPROCESSABLE_ENTITY,
        };
        Self::felt(status, &mangel.felt, mangel.hva)
    }
}

impl IntoResponse for Avslag {
    fn into_response(self) -> Response {
        let kode = self.kode().to_owned();
        let feil = Feil { kode, melding: self.melding, felt: self.felt };
        let mut response = (self.status, Extension(feil.clone()), Json(feil)).into_response();
        if let Some(how) = self.www_authenticate.and_then(|how| HeaderValue::try_from(how).ok()) {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, how);
        }
        response
    }
}

/// How every reading route may refuse, as the documents say it: the same in JSON and in XML.
pub struct Avslaatt;

impl IntoResponses for Avslaatt {
    fn responses() -> BTreeMap<String, RefOr<ApiResponse>> {
        feilsvar([
            ("400", "Something of the request is not understood, or cannot be."),
            ("401", "The token is missing, or does not hold."),
            ("403", "The caller may not."),
            IKKE_FORMEN,
        ])
    }
}

/// As [`Avslaatt`], of what is open to all.
pub struct IkkeFormen;

impl IntoResponses for IkkeFormen {
    fn responses() -> BTreeMap<String, RefOr<ApiResponse>> {
        feilsvar([IKKE_FORMEN])
    }
}

const IKKE_FORMEN: (&str, &str) = ("406", "The answer has none of the forms that the caller takes.");

/// As [`Avslaatt`], of what may not be there.
pub struct IkkeFunnet;

impl IntoResponses for IkkeFunnet {
    fn responses() -> BTreeMap<String, RefOr<ApiResponse>> {
        feilsvar([("404", "There is no such thing, or no such package.")])
    }
}

/// As [`Avslaatt`], of a question that has content.
pub struct Ulest;

impl IntoResponses for Ulest {
    fn responses() -> BTreeMap<String, RefOr<ApiResponse>> {
        feilsvar([("413", "The content is too large."), ("415", "The content is of another media type.")])
    }
}

/// As [`Avslaatt`], of extracts, of which an organisation may have so many.
pub struct ForMange;

impl IntoResponses for ForMange {
    fn responses() -> BTreeMap<String, RefOr<ApiResponse>> {
        feilsvar([("429", "The organisation has as many extracts in the making as it may have.")])
    }
}

fn feilsvar<const N: usize>(statuser: [(&str, &str); N]) -> BTreeMap<String, RefOr<ApiResponse>> {
    let som = |navn: &str| Content::new(Some(Ref::from_schema_name(navn)));
    let svar = statuser.map(|(status, description)| {
        let response = ResponseBuilder::new()
            .description(description)
            .content(Form::Json.medietype(), som(&Feil::name()))
            .content(Form::Xml.medietype(), som(&FolkeregisterFeilmelding::name()));
        (status.to_owned(), response.build().into())
    });
    svar.into()
}
