//! Small helpers for request bodies.

use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;

use crate::problem::Problem;

/// A request's whole body, for components whose errors are problems: one that is too large (for the route's
/// `DefaultBodyLimit`) or breaks off is answered as a problem too.
#[derive(Debug, Clone)]
pub struct Body(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        match Bytes::from_request(request, state).await {
            Ok(body) => Ok(Self(body)),
            Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                let problem = Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "For stort innhold");
                Err(problem.detail("Innholdet er større enn det som tas imot her."))
            }
            Err(_) => Err(Problem::bad_request("Innholdet kom ikke helt fram.")),
        }
    }
}

/// Why a body is not taken, for components whose errors have a form of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadBody {
    /// 415 for another media type, 413 for too much, 400 for what breaks off.
    pub status: StatusCode,
    /// In Bokmål.
    pub melding: String,
}

/// A request's whole body, where it is of the media type `wanted` and within the route's `DefaultBodyLimit`.
pub async fn body(headers: &HeaderMap, wanted: &str, request: Request) -> Result<Bytes, BadBody> {
    let bad = |status, melding: String| BadBody { status, melding };
    let media = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !media.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(wanted) {
        return Err(bad(StatusCode::UNSUPPORTED_MEDIA_TYPE, format!("Innholdet må være {wanted}.")));
    }
    Bytes::from_request(request, &()).await.map_err(|rejection| match rejection.status() {
        status @ StatusCode::PAYLOAD_TOO_LARGE => bad(status, "Innholdet er for stort.".to_owned()),
        _ => bad(StatusCode::BAD_REQUEST, "Innholdet kunne ikke leses.".to_owned()),
    })
}

/// The lines of a bulk load, numbered from 1; those that are blank are left out.
pub fn lines(body: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    (1..).zip(body.split(|byte| *byte == b'\n')).filter(|(_, line)| !line.trim_ascii().is_empty())
}

/// A body that is not the JSON that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadJson {
    /// The path of the field that is wrong (`mor.foedselsEllerDNummer`); empty where the whole body is.
    pub path: String,
    /// What is wrong with it. Never quotes the value.
    pub message: String,
}

/// Reads a JSON body; an error names the field.
pub fn json<T: DeserializeOwned>(body: &[u8]) -> Result<T, BadJson> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        // A question mark stands where the text is so broken that there is no place to name.
        let path = path.trim_end_matches(['?', '.']).to_owned();
        BadJson { path, message: without_values(&error.into_inner()) }
    })?;
    reader.end().map_err(|error| BadJson { path: String::new(), message: without_values(&error) })?;
    Ok(value)
}

/// serde's message without what it quotes from the request, which may be a personal identifier.
fn without_values(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let quoting = [
        "invalid type: string ",
        "invalid value: string ",
        "invalid type: integer ",
        "invalid value: integer ",
    ];
    match quoting.iter().find(|start| text.starts_with(**start)).and_then(|_| text.find(", expected")) {
        Some(expected) => format!("unexpected value{}", text.get(expected..).unwrap_or_default()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_lines_are_counted_and_left_out() {
        let found: Vec<_> = lines(b"{}\n \r\n\n[]\n").collect();
        assert_eq!(found, [(1, b"{}".as_slice()), (4, b"[]".as_slice())]);
        assert_eq!(lines(b"").count(), 0);
    }

    #[test]
    fn an_error_names_the_field_and_hides_the_value() {
        #[derive(serde::Deserialize, Debug)]
        #[expect(dead_code, reason = "only its reading is tested")]
        struct Outer {
            inner: Vec<u8>,
        }
        let bad = json::<Outer>(br#"{"inner": [1, "03851598730"]}"#).unwrap_err();
        assert_eq!(bad.path, "inner[1]");
        assert!(!bad.message.contains("038515"), "{}", bad.message);
        assert!(json::<Outer>(br#"{"inner": []} x"#).is_err());
        for broken in ["", "{", "{\"inner\": [", "[]"] {
            assert!(!json::<Outer>(broken.as_bytes()).unwrap_err().path.contains(['?', '.']), "{broken}");
        }
    }
}
