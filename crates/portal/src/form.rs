//! Forms that come in: from our own pages only, and with what they hold at hand.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts as _, Multipart, Request};
use http::{HeaderMap, StatusCode, header};

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

/// The fields of a form, as they came.
#[derive(Debug, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    fn parse(body: &[u8]) -> Self {
        let pairs = url::form_urlencoded::parse(body).into_owned();
        // Browsers send line ends as two characters; texts are counted and kept with one.
        Self(pairs.map(|(name, value)| (name, value.replace("\r\n", "\n"))).collect())
    }

    /// A file is a field like others: its text. One that is no text has characters that stand for what is none.
    async fn of_parts(request: Request) -> Result<Self, Fault> {
        let mut parts = Multipart::from_request(request, &()).await.map_err(|_| Fault::Form)?;
        let mut fields = Vec::new();
        while let Some(part) = parts.next_field().await.map_err(|refused| too_large(refused.status()))? {
            let Some(name) = part.name().map(str::to_owned) else { continue };
            let bytes = part.bytes().await.map_err(|refused| too_large(refused.status()))?;
            fields.push((name, String::from_utf8_lossy(&bytes).replace("\r\n", "\n")));
        }
        Ok(Self(fields))
    }

    /// The field's value without spaces around it, the last where there are several; empty where it is absent.
    pub fn get(&self, name: &str) -> &str {
        self.all(name).last().unwrap_or_default()
    }

    /// As [`Self::get`], for a text that is kept.
    pub fn text(&self, name: &str) -> String {
        self.get(name).to_owned()
    }

    /// What is ticked of a group.
    pub fn all<'a>(&'a self, name: &str) -> impl DoubleEndedIterator<Item = &'a str> {
        self.0.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.trim())
    }

    /// Takes a field away that must not be shown again.
    pub fn forget(&mut self, name: &str) {
        self.0.retain(|(field, _)| field != name);
    }

    /// What one field holds in another, too.
    pub fn copy(&mut self, from: &str, to: &str) {
        if let Some((_, value)) = self.0.iter().rfind(|(name, _)| name == from).cloned() {
            self.0.push((to.to_owned(), value));
        }
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
        let fields = if has_parts(&parts.headers) {
            Fields::of_parts(Request::from_parts(parts, body)).await?
        } else {
            let body = whole(Request::from_parts(parts, body), portal).await?;
            Fields::parse(&body)
        };
        if !same(fields.get("csrf"), &who.session.csrf) {
            return Err(Fault::Form);
        }
        Ok(Self { who, fields })
    }
}

async fn whole(request: Request, portal: &Component) -> Result<Bytes, Fault> {
    Bytes::from_request(request, portal).await.map_err(|refused| too_large(refused.status()))
}

fn too_large(status: StatusCode) -> Fault {
    if status == StatusCode::PAYLOAD_TOO_LARGE { Fault::TooLarge } else { Fault::Form }
}

/// Whether a form comes in parts, as those do that can hold a file.
fn has_parts(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("multipart/form-data"))
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
        assert_eq!(Fields::parse(b"r=a&r=b").all("r").collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!((fields.get("csrf"), fields.get("tom"), fields.get("borte")), ("a+b", "", ""));
    }

    #[test]
    fn secrets_are_the_same_only_whole() {
        assert!(same("abc", "abc"));
        assert!(!same("abc", "abd") && !same("", "abc") && !same("abcd", "abc"));
    }
}
