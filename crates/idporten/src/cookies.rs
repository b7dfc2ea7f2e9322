//! The three cookies: the session, the browser that a sign-in began in, the language chosen.

use http::{HeaderMap, HeaderValue, header};

use crate::Component;

/// The language that the person has chosen on a page; it wins over what the client asks for.
pub const LANGUAGE: &str = "IDPORTEN_SELECTED_LANGUAGE";

/// A cookie that holds a secret of ours, until the browser closes.
#[derive(Debug, Clone, Copy)]
pub struct Secret(&'static str);

/// The session, shared by all clients.
pub const SESSION: Secret = Secret("session");
/// Binds a sign-in to the browser that began it.
pub const BROWSER: Secret = Secret("browser");
/// Tells a browser in which somebody has signed in before from those of strangers; kept when it closes.
pub const KNOWN: Secret = Secret("kjent");

/// The place in line before sign-in; its value has a form of its own.
pub const TICKET: Secret = Secret("billett");

impl Secret {
    /// Its value in a request, in any form.
    pub fn text(self, component: &Component, headers: &HeaderMap) -> Option<String> {
        value(headers, &self.name(component))
    }

    /// Its value in a request, where it has the form of ours.
    pub fn read(self, component: &Component, headers: &HeaderMap) -> Option<String> {
        value(headers, &self.name(component)).filter(|value| value.len() == 43)
    }

    /// The header that sets it.
    pub fn set(self, component: &Component, value: &str) -> HeaderValue {
        self.header(component, value, "")
    }

    /// The header that sets it for a while, also when the browser closes; seconds.
    pub fn keep(self, component: &Component, value: &str, seconds: i64) -> HeaderValue {
        self.header(component, value, &format!("; Max-Age={seconds}"))
    }

    /// The header that takes it away.
    pub fn clear(self, component: &Component) -> HeaderValue {
        self.header(component, "", "; Max-Age=0")
    }

    fn header(self, component: &Component, value: &str, more: &str) -> HeaderValue {
        let name = self.name(component);
        let secure = component.ctx.secure();
        let (path, secure) = if secure { ("/".to_owned(), "; Secure") } else { (component.at(""), "") };
        fit(&format!("{name}={value}; Path={path}{secure}; HttpOnly; SameSite=Lax{more}"))
    }

    /// Its name: with TLS, one that other hosts cannot set.
    fn name(self, component: &Component) -> String {
        let prefix = if component.ctx.secure() { "__Host-" } else { "" };
        format!("{prefix}{}_{}", component.portal.name(), self.0)
    }
}

/// The header that keeps the chosen language for a year.
pub fn set_language(component: &Component, tag: &str) -> HeaderValue {
    let secure = if component.ctx.secure() { "; Secure" } else { "" };
    let path = component.at("");
    fit(&format!("{LANGUAGE}={tag}; Path={path}; Max-Age=31536000; HttpOnly; SameSite=Lax{secure}"))
}

/// Our values are base64url and language tags, which a header can hold; an empty header does no harm.
fn fit(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// The value of a cookie.
pub fn value(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
}
