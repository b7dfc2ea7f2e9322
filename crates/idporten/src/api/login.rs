//! The sign-in page: the test eID, and the page where a person agrees.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use bytes::Bytes;
use clients::folkeregister::{Del, Element, Personstatus};
use clients::{ClientError, Purpose};
use design::key;
use http::{HeaderMap, StatusCode, header};
use kernel::id::Pid;
use kernel::store::StoreError;

use super::issue::Issue;
use super::refused::Refused;
use super::respond;
use crate::cookies::{BROWSER, SESSION, set_language};
use crate::model::client::{Client, Scope};
use crate::model::hash;
use crate::model::parameters::Parameters;
use crate::model::session::{Authentication, Level, needs_consent, realm};
use crate::pages::{self, SignInPage};
use crate::portal::Portal;
use crate::store::{Login, SignIn};
use crate::{Component, store};

/// How often a person may try in one sign-in.
const ATTEMPTS: i64 = 10;
/// From which age people sign in themselves; years.
const ADULT: i16 = 18;
/// The test eID, as it stands in `amr`.
const TEST_ID: &str = "TestID";
/// Why a person is looked up, in their own access log.
fn purpose(portal: Portal) -> Purpose {
    Purpose::new(&format!(
        "Innlogging med {}: kontroll av at personen finnes, lever og er voksen",
        portal.title()
    ))
}

/// A sign-in on its way, with what its pages need.
struct Visit {
    /// The handle, which the page's forms carry.
    id: String,
    login: Login,
    client: Client,
    scopes: Vec<Scope>,
    locale: String,
}

impl Visit {
    /// The sign-in that `parameters` name and this browser began.
    async fn find(
        component: &Component,
        parameters: &Parameters,
        headers: &HeaderMap,
    ) -> Result<Self, Refused> {
        let ctx = &component.ctx;
        let id = parameters.required("id")?.to_owned();
        let over = || Refused::new("login_required", "The sign-in is over or was begun in another browser");
        let browser = BROWSER.read(component, headers).ok_or_else(over)?;
        let now = ctx.clock.now().as_second();
        let login = store::login(&ctx.store, hash(&id), hash(&browser), now).await?.ok_or_else(over)?;
        let client =
            store::client(&ctx.store, &login.request.destination.client_id).await?.ok_or_else(over)?;
        let scopes = login.request.scopes_of(&store::scopes(&ctx.store).await?);
        let locale = pages::locale(headers, login.request.ui_locales.as_deref());
        Ok(Self { id, login, client, scopes, locale })
    }

    fn page<'a>(&'a self, component: &'a Component) -> SignInPage<'a> {
        let Self { id, login, client, scopes, locale } = self;
        SignInPage { component, id, request: &login.request, client, scopes, locale }
    }

    /// Ends the sign-in with an error to the client.
    async fn refuse(self, component: &Component, refused: Refused) -> Result<Response, Refused> {
        end(component, &self.login).await?;
        let destination = &self.login.request.destination;
        Ok(respond::error(component, destination, &refused, StatusCode::SEE_OTHER))
    }
}

async fn end(component: &Component, login: &Login) -> Result<(), Refused> {
    let handle = login.handle.clone();
    let ended: Result<bool, StoreError> = component
        .ctx
        .store
        .write(move |tx| Box::pin(async move { store::end_login(tx, handle).await }))
        .await;
    Ok(ended.map(drop)?)
}

/// The page where a person shows who they are, or agrees.
#[utoipa::path(get, path = "/innlogging",
    params(("id" = String, Query, description = "The sign-in"), ("spraak" = Option<String>, Query, description = "Another language")),
    responses((status = 200, content_type = "text/html", body = String), (status = 501, content_type = "text/html", body = String)))]
pub async fn page(
    State(component): State<Component>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let parameters = Parameters::parse(query.unwrap_or_default().as_bytes());
    match show(&component, &parameters, &headers).await {
        Ok(response) => response,
        Err(refused) => pages::refused(&component, &refused),
    }
}

async fn show(
    component: &Component,
    parameters: &Parameters,
    headers: &HeaderMap,
) -> Result<Response, Refused> {
    let mut visit = Visit::find(component, parameters, headers).await?;
    let chosen = parameters.one("spraak")?.and_then(pages::supported);
    if let Some(chosen) = chosen {
        chosen.clone_into(&mut visit.locale);
    }
    let page = visit.page(component);
    let mut response = if !component.ctx.test_mode {
        page.no_eid()
    } else if visit.login.signed_in.is_some() {
        page.consent()
    } else {
        page.sign_in(None, "", visit.login.request.level)
    };
    if let Some(chosen) = chosen {
        response.headers_mut().append(header::SET_COOKIE, set_language(component, chosen));
    }
    Ok(response)
}

/// A person shows who they are with the test eID: `personidentifikator` (typed) or `valgt` (picked), and `nivaa`.
/// `avbryt` goes back to the client.
#[utoipa::path(post, path = "/innlogging",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 303, description = "To the client, or to the page where the person agrees"),
        (status = 422, description = "The page again, with what is wrong", content_type = "text/html", body = String)))]
pub async fn sign_in(State(component): State<Component>, headers: HeaderMap, body: Bytes) -> Response {
    match try_sign_in(&component, &headers, &body).await {
        Ok(response) => response,
        Err(refused) => pages::refused(&component, &refused),
    }
}

async fn try_sign_in(component: &Component, headers: &HeaderMap, body: &[u8]) -> Result<Response, Refused> {
    let form = Parameters::form(headers, body)?;
    let visit = Visit::find(component, &form, headers).await?;
    if form.one("avbryt")?.is_some() {
        return visit.refuse(component, Refused::new("access_denied", "The person cancelled")).await;
    }
    if !component.ctx.test_mode {
        return Ok(visit.page(component).no_eid());
    }
    let handle = visit.login.handle.clone();
    let counted: Result<i64, StoreError> = component
        .ctx
        .store
        .write(move |tx| Box::pin(async move { store::count_attempt(tx, handle).await }))
        .await;
    if counted? > ATTEMPTS {
        return visit.refuse(component, Refused::new("access_denied", "Too many attempts")).await;
    }
    let typed = form.one("valgt")?.or(form.one("personidentifikator")?).unwrap_or_default();
    let least = visit.login.request.level.max(Level::Substantial);
    let level = form
        .one("nivaa")?
        .map_or(Some(least), |acr| component.portal.level(acr))
        .filter(|level| *level >= least);
    let Some(level) = level else {
        return Ok(visit.page(component).sign_in(Some(pages::LEVEL_TOO_LOW), typed, least));
    };
    let pid = match who(component, typed).await {
        Ok(pid) => pid,
        Err(complaint) => return Ok(visit.page(component).sign_in(Some(complaint), typed, level)),
    };
    signed_in(component, headers, visit, pid, level).await
}

/// The person of a number, if they may sign in; otherwise the text that says why not.
async fn who(component: &Component, typed: &str) -> Result<Pid, &'static str> {
    let digits: String = typed.chars().filter(|char| !char.is_whitespace()).collect();
    if digits.is_empty() {
        return Err(key("idporten-feil-mangler"));
    }
    let pid = Pid::parse(&digits).map_err(|_| key("idporten-feil-nummer"))?;
    if !pid.is_synthetic() {
        return Err(key("idporten-feil-ekte"));
    }
    let parts = [Element::Identifikasjonsnummer, Element::Status, Element::Doedsfall, Element::Foedsel]
        .map(Del::Element);
    let found = component.people.person(&pid, &parts, &purpose(component.portal)).await;
    let person = found.map_err(|error: ClientError| {
        tracing::error!(status = error.status(), "a person could not be looked up");
        key("idporten-feil-register")
    })?;
    let person = person.ok_or(key("idporten-feil-ukjent"))?;
    if person.er_doed() {
        return Err(key("idporten-feil-doed"));
    }
    if person.pid() != Some(pid) || person.gjeldende_status() == Some(Personstatus::Opphoert) {
        return Err(key("idporten-feil-opphoert"));
    }
    if person.alder(component.ctx.clock.today()).is_none_or(|age| age < ADULT) {
        return Err(key("idporten-feil-barn"));
    }
    Ok(pid)
}

/// Starts or lifts the session, and goes on.
async fn signed_in(
    component: &Component,
    headers: &HeaderMap,
    visit: Visit,
    pid: Pid,
    level: Level,
) -> Result<Response, Refused> {
    let ctx = &component.ctx;
    let now = ctx.clock.now().as_second();
    let cookie = ctx.rng.token();
    let who = Authentication { sid: ctx.rng.token(), pid, level, amr: TEST_ID.to_owned(), auth_time: now };
    let sign_in = SignIn {
        before: SESSION.read(component, headers).map(|before| hash(&before)),
        cookie: hash(&cookie),
        realm: realm(&visit.client).to_owned(),
        who,
    };
    let Visit { id, login, client, scopes, locale } = visit;
    let Login { handle, request, .. } = login;
    let destination = request.destination.clone();
    let consent = needs_consent(&request, &scopes);
    let issue = (!consent).then(|| Issue::new(component, request, client, scopes, locale));
    // A code where nothing more is needed; nothing where the sign-in has been ended meanwhile.
    let done: Result<Option<Option<String>>, StoreError> = ctx
        .store
        .write(move |tx| {
            Box::pin(async move {
                if issue.is_some() && !store::end_login(tx, handle.clone()).await? {
                    return Ok(None);
                }
                let who = store::sign_in(tx, sign_in, now).await?;
                match issue {
                    Some(issue) => Ok(Some(Some(issue.keep(tx, who).await?))),
                    None => store::signed_in(tx, handle, &who).await.map(|()| Some(None)),
                }
            })
        })
        .await;
    let mut response = match done? {
        None => return Err(Refused::new("login_required", "The sign-in is over")),
        Some(Some(code)) => respond::code(component, &destination, &code, StatusCode::SEE_OTHER),
        Some(None) => {
            let page = format!("{}/innlogging", component.issuer());
            respond::redirect(&page, &[("id", id)], StatusCode::SEE_OTHER)
        }
    };
    response.headers_mut().append(header::SET_COOKIE, SESSION.set(component, &cookie));
    Ok(response)
}

/// A person agrees to what the client asks for: to each `scope` that they leave ticked. `avbryt` goes back to the client.
#[utoipa::path(post, path = "/samtykke",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 303, description = "To the client"), (status = 400, content_type = "text/html", body = String)))]
pub async fn consent(State(component): State<Component>, headers: HeaderMap, body: Bytes) -> Response {
    match agree(&component, &headers, &body).await {
        Ok(response) => response,
        Err(refused) => pages::refused(&component, &refused),
    }
}

async fn agree(component: &Component, headers: &HeaderMap, body: &[u8]) -> Result<Response, Refused> {
    let form = Parameters::form(headers, body)?;
    let mut visit = Visit::find(component, &form, headers).await?;
    let Some(who) = visit.login.signed_in.take() else {
        return Err(Refused::new("login_required", "Nobody is signed in"));
    };
    let agreed: Vec<&str> = form.all("scope").collect();
    visit.scopes.retain(|scope| !scope.requires_user_consent || agreed.contains(&scope.scope.as_str()));
    if form.one("avbryt")?.is_some() || visit.scopes.is_empty() {
        return visit.refuse(component, Refused::new("access_denied", "The person did not agree")).await;
    }
    let Visit { login, client, scopes, locale, .. } = visit;
    let Login { handle, request, .. } = login;
    let destination = request.destination.clone();
    let issue = Issue::new(component, request, client, scopes, locale);
    let code: Result<Option<String>, StoreError> = component
        .ctx
        .store
        .write(move |tx| {
            Box::pin(async move {
                if !store::end_login(tx, handle).await? {
                    return Ok(None);
                }
                issue.keep(tx, who).await.map(Some)
            })
        })
        .await;
    let code = code?.ok_or_else(|| Refused::new("login_required", "The sign-in is over"))?;
    Ok(respond::code(component, &destination, &code, StatusCode::SEE_OTHER))
}
