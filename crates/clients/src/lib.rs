//! A typed client per component, and the wire types that a component and its callers share.
//!
//! A client has two transports behind one type, [`Mesh`]: straight into the other component's router, or HTTP to
//! another Felles process or to the real national component. Which one is configuration.

use std::fmt::Write as _;

pub mod ansattporten;
pub mod enhetsregister;
pub mod folkeregister;
pub mod idporten;
mod kept;
pub mod kontaktregister;
pub mod life_events;
pub mod lommebok;
pub mod maskinporten;
pub mod matrikkel;
mod mesh;
pub mod orgs;
pub mod postkasse;
pub mod request;
pub mod selvbetjening;
pub mod testpersoner;
pub mod transparency;

pub use maskinporten::TokenSource;
pub use mesh::Mesh;

/// Why a call gave no answer that can be used.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ClientError {
    /// The component was not reached.
    #[error("{0}")]
    Transport(String),
    /// The component refused.
    #[error("answered {status}")]
    Status {
        /// The HTTP status.
        status: u16,
        /// The body as text, for the caller's eyes; not for logs, since it can quote the request.
        body: String,
    },
    /// The answer is not what the component's API promises.
    #[error("the answer could not be read: {0}")]
    Decode(String),
}

impl ClientError {
    /// Whether the same call may succeed later.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Transport(_) => true,
            Self::Status { status, .. } => matches!(status, 408 | 425 | 429 | 500 | 502..=599),
            Self::Decode(_) => false,
        }
    }

    /// With the component's own words, for whoever asked; not for logs, since they can quote the request.
    pub fn in_full(&self) -> String {
        match self {
            Self::Status { status, body } => format!("answered {status}: {body}"),
            other => other.to_string(),
        }
    }

    /// The HTTP status, where there was an answer.
    pub fn status(&self) -> Option<u16> {
        if let Self::Status { status, .. } = self { Some(*status) } else { None }
    }
}

/// Why personal data is asked for; stands in the access log that the person reads.
#[derive(Debug, Clone, Default)]
pub struct Purpose {
    /// The purpose in words, with its law.
    pub formaal: String,
    /// The case.
    pub sak: Option<String>,
}

impl Purpose {
    /// A purpose without a case.
    pub fn new(formaal: impl Into<String>) -> Self {
        Self { formaal: formaal.into(), sak: None }
    }

    /// The purpose as request headers.
    pub fn headers(&self) -> Vec<(&'static str, String)> {
        let mut headers = vec![("Felles-Formaal", encoded(&self.formaal))];
        if let Some(sak) = &self.sak {
            headers.push(("Felles-Sak", encoded(sak)));
        }
        headers
    }
}

/// Percent-encodes everything but letters, digits and `-._~`, for a header or a part of a path.
pub fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// Reads a JSON answer: its body where the status is a success, otherwise an error.
pub fn read_json<T: serde::de::DeserializeOwned>(
    response: &http::Response<bytes::Bytes>,
) -> Result<T, ClientError> {
    serde_json::from_slice(success(response)?).map_err(|error| ClientError::Decode(error.to_string()))
}

/// The body of an answer whose status is a success.
pub fn success(response: &http::Response<bytes::Bytes>) -> Result<&bytes::Bytes, ClientError> {
    if response.status().is_success() {
        Ok(response.body())
    } else {
        Err(ClientError::Status {
            status: response.status().as_u16(),
            body: String::from_utf8_lossy(response.body()).into_owned(),
        })
    }
}
