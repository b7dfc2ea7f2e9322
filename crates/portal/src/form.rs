//! Forms that come in: from our own pages only, and with what they hold at hand.

use std::collections::HashMap;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts as _, Request};
use http::{StatusCode, header};

use crate::Component;
use crate::fault::Fault;
use crate::visit::SignedIn;

/// A form that the signed-in person has sent from a page of their session.
#[derive(Debug)]
pub struct Posted {
    /// Who sent it.
    pub who: SignedIn,
    /// What it holds.
    pub fields: Fields,
}

/// The fields of a form.
#[derive(Debug, Default)]
pub struct Fields(HashMap<String, String>);

impl Fields {
    fn parse(body: &[u8]) -> Self {
        let pairs = url::form_urlencoded::parse(body).into_owned();
        // Browsers send line ends as two characters; texts are counted and kept with one.
        Self(pairs.map(|(name, value)| (name, value.replace("\r\n", "\n"))).collect())
    }

    /// The field's value without spaces around it; empty where it is absent.
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |value| value.trim())
    }
}

impl FromRequest<Component> for Posted {
    type Rejection = Fault;

    /// A form counts only with the session's synchroniser token, and where the browser says so, from our own origin.
    async fn from_request(request: Request, portal: &Component) -> Result<Self, Fault> {
        let (mut parts, body) = request.into_parts();
        let who = SignedIn::from_request_parts(&mut parts, portal).await?;
        let foreign = |origin: &http::HeaderValue| origin.as_bytes() != portal.ctx.base_url.as_bytes();
        if parts.headers.get(header::ORIGIN).is_some_and(foreign) {
            return Err(Fault::Form);
        }
        let body =
            Bytes::from_request(Request::from_parts(parts, body), portal).await.map_err(|refused| {
                if refused.status() == StatusCode::PAYLOAD_TOO_LARGE { Fault::TooLarge } else { Fault::Form }
            })?;
        let fields = Fields::parse(&body);
        if !same(fields.get("csrf"), &who.session.csrf) {
            return Err(Fault::Form);
        }
        Ok(Self { who, fields })
    }
}

/// Whether two secrets are the same, in a time that does not tell where they differ.
pub fn same(given: &str, secret: &str) -> bool {
    given.len() == secret.len()
        && given.bytes().zip(secret.bytes()).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_decoded_and_trimmed() {
        let fields = Fields::parse(b"tekst=+Hei%0D%0Ap%C3%A5+deg+&csrf=a%2Bb&tom=");
        assert_eq!(fields.get("tekst"), "Hei\npå deg");
        assert_eq!((fields.get("csrf"), fields.get("tom"), fields.get("borte")), ("a+b", "", ""));
    }

    #[test]
    fn secrets_are_the_same_only_whole() {
        assert!(same("abc", "abc"));
        assert!(!same("abc", "abd") && !same("", "abc") && !same("abcd", "abc"));
    }
}
