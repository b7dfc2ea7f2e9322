//! Which form an answer takes: what the caller asks for in `Accept`, of those that the resource has.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use clients::folkeregister::{Feil, FolkeregisterFeilmelding};
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::Avslag;
use super::xml::{self, Skjema};

/// A form of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// The register's first.
    Json,
    /// By the schemas of [`xml`].
    Xml,
    /// The feed alone.
    Atom,
    /// A number alone.
    Tekst,
}

/// What most resources have, the first where the caller has no wish.
pub const JSON_XML: &[Form] = &[Form::Json, Form::Xml];
/// What the feed has. As `application/xml` it is Atom too.
pub const FEED: &[Form] = &[Form::Json, Form::Xml, Form::Atom];
/// What a number has.
pub const TALL: &[Form] = &[Form::Json, Form::Xml, Form::Tekst];

impl Form {
    /// The form that the caller prefers, of what the resource has; refuses a caller that takes none of them.
    pub fn velg(headers: &HeaderMap, former: &[Self]) -> Result<Self, Avslag> {
        oensket(headers, former).ok_or_else(|| {
            let names: Vec<&str> = former.iter().map(|form| form.medietype()).collect();
            Avslag::ny(StatusCode::NOT_ACCEPTABLE, format!("Svaret finnes som {}.", names.join(" og ")))
        })
    }

    /// Its media type.
    pub const fn medietype(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Xml => "application/xml",
            Self::Atom => "application/atom+xml",
            Self::Tekst => "text/plain",
        }
    }

    /// What tells its entity tags from those of the same answer in another form.
    pub const fn merke(self) -> &'static str {
        match self {
            Self::Json => "",
            Self::Xml => "-xml",
            Self::Atom => "-atom",
            Self::Tekst => "-tekst",
        }
    }

    /// The answer, which is JSON, in this form: as XML with this root.
    pub fn skriv(self, skjema: &Skjema, rot: &str, json: String) -> Result<String, serde_json::Error> {
        match self {
            Self::Xml => skjema.skriv(rot, &json),
            _ => Ok(json),
        }
    }
}

/// Marks answers as varying by what is asked for, and writes a refusal as XML for who prefers that.
pub async fn tilpass(request: Request, next: Next) -> Response {
    let form = oensket(request.headers(), FEED);
    let mut response = next.run(request).await;
    response.headers_mut().append(header::VARY, HeaderValue::from_name(header::ACCEPT));
    let feil = response.extensions_mut().remove::<Feil>();
    let (Some(Form::Xml | Form::Atom), Some(feil)) = (form, feil) else { return response };
    if let Ok(xml) = xml::feil(&FolkeregisterFeilmelding::av(response.status().as_u16(), feil)) {
        response.headers_mut().remove(header::CONTENT_LENGTH);
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(Form::Xml.medietype()));
        *response.body_mut() = xml.into();
    }
    response
}

/// Whether a request's content is XML.
pub fn er_xml(headers: &HeaderMap) -> bool {
    let media = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    media.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(Form::Xml.medietype())
}

/// The best of the forms for the caller, and of equals the first; `None` where none will do. Who does not say gets the form
/// of their own question (as the register's documentation has it).
fn oensket(headers: &HeaderMap, former: &[Form]) -> Option<Form> {
    let accept: Vec<String> = headers
        .get_all(header::ACCEPT)
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()).to_ascii_lowercase())
        .filter(|value| !value.trim().is_empty())
        .collect();
    if accept.is_empty() {
        let own = former.iter().find(|form| **form == Form::Xml && er_xml(headers));
        return own.or(former.first()).copied();
    }
    let accept = accept.join(",");
    let mut best = None;
    for form in former {
        let vekt = vekt(&accept, form.medietype());
        if vekt > best.map_or(0, |(_, vekt)| vekt) {
            best = Some((*form, vekt));
        }
    }
    best.map(|(form, _)| form)
}

/// How much a caller wants a media type, in thousandths: by the range that says most of it (RFC 9110, § 12.5.1).
fn vekt(accept: &str, medietype: &str) -> u16 {
    let family = medietype.split('/').next().unwrap_or_default();
    let mut found = (0, 0);
    for range in accept.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let hit = match parts.next().unwrap_or_default() {
            name if name == medietype => 3,
            name if name.strip_suffix("/*") == Some(family) => 2,
            "*/*" => 1,
            _ => continue,
        };
        let vekt = parts.find_map(|part| part.strip_prefix("q=")).map_or(1000, tusendeler);
        found = found.max((hit, vekt));
    }
    found.1
}

/// A quality value; one that cannot be read says no.
fn tusendeler(q: &str) -> u16 {
    let q: f32 = q.trim().parse().ok().filter(|q| (0.0..=1.0).contains(q)).unwrap_or(0.0);
    (q * 1000.0).round() as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caller_chooses_of_what_there_is() {
        let asked = |accept: &str, former: &[Form]| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, accept.parse().unwrap());
            oensket(&headers, former)
        };
        for (accept, expected) in [
            ("application/json", Some(Form::Json)),
            ("*/*", Some(Form::Json)),
            ("", Some(Form::Json)),
            ("application/*", Some(Form::Json)),
            ("application/xml", Some(Form::Xml)),
            ("Application/XML;charset=utf-8", Some(Form::Xml)),
            ("application/xml, application/json", Some(Form::Json)),
            ("application/json;q=0.5, application/xml", Some(Form::Xml)),
            ("application/xml;q=0.9, */*;q=0.1", Some(Form::Xml)),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", Some(Form::Xml)),
            ("application/json;q=0, */*", Some(Form::Xml)),
            ("application/xml;q=0", None),
            ("application/xml;q=mye", None),
            ("application/atom+xml", None),
            ("text/xml", None),
            ("image/png", None),
        ] {
            assert_eq!(asked(accept, JSON_XML), expected, "{accept}");
        }
        assert_eq!(asked("application/atom+xml", FEED), Some(Form::Atom));
        assert_eq!(asked("application/atom+xml;q=0.9, application/xml", FEED), Some(Form::Xml));
        assert_eq!(asked("text/plain", TALL), Some(Form::Tekst));
        assert_eq!(asked("text/*;q=0.2, application/json;q=0.1", TALL), Some(Form::Tekst));
    }

    #[test]
    fn who_does_not_say_gets_the_form_of_the_question() {
        let mut headers = HeaderMap::new();
        assert_eq!(oensket(&headers, JSON_XML), Some(Form::Json));
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/xml; charset=utf-8"));
        assert_eq!(oensket(&headers, JSON_XML), Some(Form::Xml));
        assert_eq!(oensket(&headers, &[Form::Json]), Some(Form::Json));
        headers.insert(header::ACCEPT, HeaderValue::from_static("*/*"));
        assert_eq!(oensket(&headers, JSON_XML), Some(Form::Json));
    }
}
