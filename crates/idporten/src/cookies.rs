//! The three cookies: the session, the browser that a sign-in began in, the language chosen.

use http::{HeaderMap, HeaderValue, header};
use kernel::Context;

/// The language that the person has chosen on a page; it wins over what the client asks for.
pub const LANGUAGE: &str = "IDPORTEN_SELECTED_LANGUAGE";

/// A cookie that holds a secret of ours, until the browser closes.
#[derive(Debug, Clone, Copy)]
pub struct Secret(&'static str, &'static str);

/// The session, shared by all clients.
pub const SESSION: Secret = Secret("__Host-idporten_session", "idporten_session");
/// Binds a sign-in to the browser that began it.
pub const BROWSER: Secret = Secret("__Host-idporten_browser", "idporten_browser");

impl Secret {
    /// Its value in a request, where it has the form of ours.
    pub fn read(self, ctx: &Context, headers: &HeaderMap) -> Option<String> {
        let name = if ctx.secure() { self.0 } else { self.1 };
        value(headers, name).filter(|value| value.len() == 43)
    }

    /// The header that sets it.
    pub fn set(self, ctx: &Context, value: &str) -> HeaderValue {
        self.header(ctx, value, "")
    }

    /// The header that takes it away.
    pub fn clear(self, ctx: &Context) -> HeaderValue {
        self.header(ctx, "", "; Max-Age=0")
    }

    fn header(self, ctx: &Context, value: &str, more: &str) -> HeaderValue {
        let text = if ctx.secure() {
            format!("{}={value}; Path=/; Secure; HttpOnly; SameSite=Lax{more}", self.0)
        } else {
            format!("{}={value}; Path=/idporten; HttpOnly; SameSite=Lax{more}", self.1)
        };
        fit(&text)
    }
}

/// The header that keeps the chosen language for a year.
pub fn set_language(ctx: &Context, tag: &str) -> HeaderValue {
    let secure = if ctx.secure() { "; Secure" } else { "" };
    fit(&format!("{LANGUAGE}={tag}; Path=/idporten; Max-Age=31536000; HttpOnly; SameSite=Lax{secure}"))
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
