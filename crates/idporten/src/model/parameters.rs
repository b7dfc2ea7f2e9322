//! The parameters of a request, from a query or a form.

use std::fmt::Write as _;

use http::{HeaderMap, header};

use crate::api::refused::Refused;

/// Parameters in the order that they came in.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Reads `application/x-www-form-urlencoded`, in a query or a body. Empty values count as left out (RFC 6749 § 3.1).
    pub fn parse(encoded: &[u8]) -> Self {
        let pairs = url::form_urlencoded::parse(encoded).into_owned();
        Self(pairs.filter(|(_, value)| !value.is_empty()).collect())
    }

    /// Reads the body of a form.
    pub fn form(headers: &HeaderMap, body: &[u8]) -> Result<Self, Refused> {
        let kind =
            headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            Ok(Self::parse(body))
        } else {
            Err(Refused::request("The content type must be application/x-www-form-urlencoded"))
        }
    }

    /// The value of a parameter that may stand once.
    pub fn one(&self, name: &str) -> Result<Option<&str>, Refused> {
        let mut values = self.all(name);
        let first = values.next();
        if values.next().is_some() {
            return Err(Refused::request(format!("The parameter {name} is repeated")));
        }
        Ok(first)
    }

    /// The value of a parameter that must stand once.
    pub fn required(&self, name: &str) -> Result<&str, Refused> {
        self.one(name)?.ok_or_else(|| Refused::request(format!("The parameter {name} is missing")))
    }

    /// All values of a parameter that may be repeated.
    pub fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The name of a parameter whose value is longer than `most` bytes; those that are long by nature, and have limits of
    /// their own, may be.
    pub fn longer_than(&self, most: usize) -> Option<&str> {
        let long = |(name, value): &&(String, String)| {
            value.len() > most
                && !["authorization_details", "client_assertion", "id_token_hint"].contains(&name.as_str())
        };
        self.0.iter().find(long).map(|(name, _)| name.as_str())
    }

    /// The parameters and another.
    pub fn and(mut self, name: &str, value: &str) -> Self {
        self.0.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The parameters as a query or form again, without those named.
    pub fn encode_without(&self, names: &[&str]) -> String {
        let mut text = String::new();
        for (name, value) in self.0.iter().filter(|(name, _)| !names.contains(&name.as_str())) {
            let and = if text.is_empty() { "" } else { "&" };
            // Writing to a string does not fail.
            let _ = write!(text, "{and}{}={}", clients::encoded(name), clients::encoded(value));
        }
        text
    }
}

impl std::fmt::Debug for Parameters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The values hold secrets.
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}
