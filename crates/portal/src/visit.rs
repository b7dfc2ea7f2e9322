//! Who comes, in which language, to which page: found once for each request, before its page.

use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use design::{Lang, NavLink, Page, User};
use http::request::Parts;
use http::{StatusCode, header};

use crate::Component;
use crate::fault::Fault;
use crate::session::{Session, SessionError};

/// What is known of a request before its page.
#[derive(Debug, Clone)]
pub struct Visit {
    /// The language of the answer.
    pub lang: Lang,
    /// The address, with its query.
    pub address: String,
    session: Result<Option<Session>, Fault>,
    synthetic: bool,
}

/// The longest address that is returned to after a sign-in.
const MAX_ADDRESS: usize = 1000;

impl Visit {
    /// The signed-in person's session.
    pub fn session(&self) -> Option<&Session> {
        self.session.as_ref().ok().and_then(Option::as_ref)
    }

    /// `nb` where the page is in another language: for the attribute `lang` around what components say in Bokmål.
    pub fn bokmaal(&self) -> Option<&'static str> {
        (self.lang != Lang::NB).then_some(Lang::NB.tag())
    }

    /// Whether all people and businesses are synthetic.
    pub fn synthetic(&self) -> bool {
        self.synthetic
    }

    /// A page with this title, in the portal's frame.
    pub fn page(&self, title: impl Into<String>) -> Page {
        let back = clients::encoded(&self.address);
        let languages = Lang::all().map(|lang| (lang, format!("/sprak/{}?til={back}", lang.tag()))).collect();
        let page = Page::new(self.lang, title).synthetic(self.synthetic).languages(languages);
        match self.session() {
            None => page.sign_in(self.lang.t("logg-inn"), "/logg-inn"),
            Some(session) => page.nav(self.nav(session)).user(Some(User {
                name: session.name.clone(),
                sign_out: "/logg-ut".to_owned(),
                csrf: session.csrf.clone(),
            })),
        }
    }

    fn nav(&self, session: &Session) -> Vec<NavLink> {
        let lang = self.lang;
        let mut links = vec![
            (lang.t("meny-situasjon"), "/min-situasjon", ["/reise/", "/vedtak/"].as_slice()),
            (lang.t("meny-innboks"), "/innboks", &[]),
            (lang.t("meny-bruk"), "/bruk", &[]),
            (lang.t("meny-kontakt"), "/kontakt", &[]),
        ];
        if session.caseworker {
            links.push((lang.t("meny-oppgaver"), "/oppgaver", &[]));
        }
        let path = self.address.split('?').next().unwrap_or_default();
        // Few are here for a business; they come by the front page.
        if path.starts_with("/virksomhet") {
            links.push((lang.t("meny-virksomhet"), "/virksomhet", &[]));
        }
        let current = |href: &str, more: &[&str]| {
            let below = |start: &str| {
                path.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            };
            below(href) || more.iter().any(|start| path.starts_with(start))
        };
        let link = |(text, href, more): (String, &str, &[&str])| NavLink {
            text,
            href: href.to_owned(),
            current: current(href, more),
        };
        links.into_iter().map(link).collect()
    }
}

/// Finds out who comes, and turns what goes wrong into a page.
pub async fn visit(State(portal): State<Component>, mut request: Request, next: Next) -> Response {
    let headers = request.headers();
    let address = request.uri().path_and_query().map_or("/", |address| address.as_str());
    let session = match portal.sessions.load(headers).await {
        Ok(session) => Ok(session),
        Err(SessionError::SignIn(_)) => Err(Fault::Unavailable),
        Err(error) => {
            tracing::error!(?error, "a session cannot be read");
            Err(Fault::Internal)
        }
    };
    let visit = Visit {
        lang: portal.sessions.chosen_language(headers),
        address: if address.len() > MAX_ADDRESS { "/".to_owned() } else { address.to_owned() },
        session,
        synthetic: portal.ctx.test_mode,
    };
    let asks_for_pages = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    request.extensions_mut().insert(visit.clone());
    let mut response = next.run(request).await;
    if let Some(fault) = response.extensions_mut().remove::<Fault>() {
        return fault.answer(&visit, asks_for_pages);
    }
    // What axum itself refuses has no page of its own.
    if response.status() == StatusCode::METHOD_NOT_ALLOWED {
        return Fault::Method.answer(&visit, asks_for_pages);
    }
    response
}

impl<S: Sync> FromRequestParts<S> for Visit {
    type Rejection = Fault;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Fault> {
        parts.extensions.get::<Self>().cloned().ok_or(Fault::Internal)
    }
}

/// The visit of somebody who is signed in; others are sent to sign in and come back.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The visit.
    pub visit: Visit,
    /// The person's session.
    pub session: Session,
}

impl<S: Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Fault;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fault> {
        let visit = Visit::from_request_parts(parts, state).await?;
        match visit.session.clone()? {
            Some(session) => Ok(Self { visit, session }),
            None => Err(Fault::SignIn),
        }
    }
}
