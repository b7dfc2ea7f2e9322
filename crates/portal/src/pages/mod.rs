//! One file per page or group of pages. Each asks the components, and shows.

use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use http::{HeaderValue, header};
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;

use crate::Component;
use crate::fault::Fault;

mod bruk;
mod forside;
mod henvendelse;
mod innboks;
mod innlogging;
mod kontakt;
mod oppgaver;
mod parts;
mod situasjon;
mod vedtak;
mod virksomhet;

/// Every page.
pub fn router() -> OpenApiRouter<Component> {
    OpenApiRouter::new()
        .route("/", get(forside::page))
        .route("/sprak/{lang}", get(forside::language))
        .route("/logg-inn", get(innlogging::begin))
        .route("/logg-inn/svar", get(innlogging::finish))
        .route("/logg-ut", post(innlogging::end))
        .route("/min-situasjon", get(situasjon::page))
        .route("/reise/{id}", get(situasjon::journey))
        .route("/innboks", get(innboks::list))
        .route("/innboks/{id}", get(innboks::letter).post(innboks::agree))
        .route("/innboks/{id}/dokumenter/{plass}", get(innboks::document))
        .route("/innboks/{id}/pakke", get(innboks::package))
        .route("/vedtak/{id}", get(vedtak::page))
        .route("/vedtak/{id}/klage", get(henvendelse::appeal).post(henvendelse::send_appeal))
        .route("/vedtak/{id}/feil", get(henvendelse::fact).post(henvendelse::send_fact))
        .route("/vedtak/{id}/kontroll", get(henvendelse::control).post(henvendelse::send_control))
        .route("/vedtak/{id}/kvittering/{oppgave}", get(henvendelse::receipt))
        .route("/bruk", get(bruk::list))
        .route("/bruk/{indeks}", get(bruk::proof))
        .route("/bruk/{indeks}/bevis.json", get(bruk::download))
        .route("/kontakt", get(kontakt::page).post(kontakt::change))
        .route("/oppgaver", get(oppgaver::list))
        .route("/oppgaver/{id}", get(oppgaver::task).post(oppgaver::resolve))
        .merge(virksomhet::router())
        .fallback(async || Fault::NotFound)
}

/// An id in an address; whatever is none is an address that nobody has.
fn id(text: &str) -> Result<Uuid, Fault> {
    Uuid::try_parse(text).map_err(|_| Fault::NotFound)
}

/// After a form: the page that shows what it did.
fn see(path: &str) -> Response {
    Redirect::to(path).into_response()
}

/// A redirect that sets a cookie.
fn see_with_cookie(path: &str, cookie: HeaderValue) -> Response {
    let mut response = see(path);
    response.headers_mut().append(header::SET_COOKIE, cookie);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// An address on our own site, of those that came from outside; the given one where it is none.
fn own_page<'a>(to: Option<&'a str>, otherwise: &'a str) -> &'a str {
    let own = |to: &&str| {
        to.starts_with('/')
            && !to.starts_with("//")
            && !to.contains('\\')
            && !to.chars().any(char::is_control)
            && !to.starts_with("/logg-")
            && !to.starts_with("/sprak/")
    };
    to.filter(own).unwrap_or(otherwise)
}

#[cfg(test)]
mod tests {
    use super::own_page;

    #[test]
    fn nobody_is_sent_to_another_site() {
        assert_eq!(own_page(Some("/innboks?foer=1"), "/"), "/innboks?foer=1");
        for bad in [
            "//ond.example",
            "https://ond.example",
            "/\\ond.example",
            "/\t/ond.example",
            "innboks",
            "",
            "/logg-inn",
            "/sprak/nb",
        ] {
            assert_eq!(own_page(Some(bad), "/trygg"), "/trygg", "{bad}");
        }
        assert_eq!(own_page(None, "/trygg"), "/trygg");
    }
}
