//! Errors as the register writes them: a code and words, in Bokmål.
//!
//! `FREG-001` is the real register's. The other codes are ours, one for each HTTP status.

use axum::Json;
use axum::response::{IntoResponse, Response};
use clients::folkeregister::Feil;
use http::{HeaderValue, StatusCode, header};
use kernel::auth::AuthError;
use kernel::http::{BadBody, BadJson};
use kernel::id::IdError;
use kernel::store::StoreError;

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

    /// This part of the real register is not built.
    pub fn ikke_bygget(hva: &str) -> Self {
        Self::ny(StatusCode::NOT_IMPLEMENTED, format!("Felles har ikke bygget dette ennå: {hva}."))
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
            StatusCode::NOT_IMPLEMENTED => "FREG-011",
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
        let mut response =
            (self.status, Json(Feil { kode, melding: self.melding, felt: self.felt })).into_response();
        if let Some(how) = self.www_authenticate.and_then(|how| HeaderValue::try_from(how).ok()) {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, how);
        }
        response
    }
}
