//! The eIDs: the ways in which people show who they are, all behind one boundary.
//!
//! An eID is a file here. It has an [`Eid`], by which the sign-in page offers it to people; pages of its own under
//! `/idporten/eid/{id}`, each of which begins with [`Visit::find`]; and it ends at [`Visit::signed_in`] with [`Shown`]:
//! who, how surely, by which `amr`. The rest of ID-porten knows nothing else of it. To add one: its file, a line in
//! [`offered`], its routes in [`router`].

use axum::response::Response;
use clients::folkeregister::{Del, Element, Personstatus};
use clients::{ClientError, Purpose};
use design::{Lang, key};
use http::{HeaderMap, StatusCode, header};
use kernel::Context;
use kernel::id::Pid;
use kernel::store::StoreError;
use utoipa_axum::router::OpenApiRouter;

use crate::api::authorize::user_agent;
use crate::api::issue::Issue;
use crate::api::refused::Refused;
use crate::api::respond;
use crate::cookies::{BROWSER, SESSION};
use crate::model::client::{Client, Scope};
use crate::model::hash;
use crate::model::parameters::Parameters;
use crate::model::request::AuthorizeRequest;
use crate::model::session::{Authentication, EIDAS, Level, realm};
use crate::pages::{self, SignInPage};
use crate::portal::Portal;
use crate::store::{Login, SignIn};
use crate::{Component, store};

pub mod lommebok;
pub mod minid;
pub mod passkey;
pub mod testid;
pub mod upstream;

/// How often a person may try in one sign-in.
const ATTEMPTS: i64 = 10;
/// From which age people sign in themselves; years.
const ADULT: i16 = 18;
/// Why a person is looked up, in their own access log.
fn purpose(portal: Portal) -> Purpose {
    Purpose::new(format!(
        "Innlogging med {}: kontroll av at personen finnes, lever og er voksen",
        portal.title()
    ))
}

/// An eID as the sign-in page offers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Eid {
    /// The segment of its addresses: its first page is `/idporten/eid/{id}`.
    pub id: String,
    /// What people call it.
    pub name: Name,
    /// The highest level that it gives.
    pub highest: Level,
}

/// What people call an eID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Name {
    /// A text of ours, in every language.
    Text(&'static str),
    /// A proper name.
    Own(String),
}

impl Eid {
    /// What people call it.
    pub fn name(&self, lang: Lang) -> String {
        match &self.name {
            Name::Text(key) => lang.t(key),
            Name::Own(name) => name.clone(),
        }
    }
}

/// The eIDs of this installation, in the order that the sign-in page shows them.
pub fn offered(
    portal: Portal,
    ctx: &Context,
    upstreams: &upstream::Upstreams,
    wallets: Option<&lommebok::Wallets>,
) -> Vec<Eid> {
    let mut eids = Vec::new();
    if ctx.test_mode {
        eids.push(testid::eid());
    }
    eids.extend(upstreams.eids());
    eids.extend(wallets.map(|_| lommebok::eid()));
    // A person's own eIDs are kept at ID-porten.
    if portal == Portal::Idporten {
        eids.push(minid::eid());
    }
    eids.extend(passkey::eid(portal, &ctx.base_url));
    eids
}

/// The eIDs' own pages.
pub fn router(portal: Portal) -> OpenApiRouter<Component> {
    let routes = testid::router().merge(upstream::router()).merge(lommebok::router());
    if portal == Portal::Idporten { routes.merge(minid::router()).merge(passkey::router()) } else { routes }
}

/// A sign-in on its way, with what its pages need.
pub struct Visit {
    /// The handle, which the page's forms carry as `id`.
    pub id: String,
    /// What is kept of it.
    pub login: Login,
    /// The client that asks.
    pub client: Client,
    /// What it asks for.
    pub scopes: Vec<Scope>,
    /// The language.
    pub locale: String,
    /// Whom the search for test people has picked in this browser; in test mode alone.
    pub picked: Option<Pid>,
}

impl Visit {
    /// The sign-in that `parameters` name and this browser began. A form from elsewhere cannot name one: the handle is
    /// a secret between this browser and us.
    pub async fn find(
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
        let picked = testid::picked(component, headers);
        Ok(Self { id, login, client, scopes, locale, picked })
    }

    /// The page of the sign-in, or of the eID `eid`.
    pub fn page<'a>(&'a self, component: &'a Component, eid: Option<&'a str>) -> SignInPage<'a> {
        let Self { id, login, client, scopes, locale, .. } = self;
        SignInPage { component, id, eid, request: &login.request, client, scopes, locale }
    }

    /// Whether the person has yet to choose on behalf of whom they sign in.
    pub fn must_choose(&self) -> bool {
        self.login.request.asks_for_whom() && self.login.chosen.is_none()
    }

    /// The level that the client asks for of an eID that `amr` names, or nothing where it takes none; no eID gives less than
    /// substantial.
    pub fn least(&self, amr: &str) -> Option<Level> {
        self.login.request.least(amr).map(|least| least.max(Level::Substantial))
    }

    /// The eIDs that reach that level.
    pub fn eids<'a>(&self, component: &'a Component) -> Vec<&'a Eid> {
        component.eids.iter().filter(|eid| component.reaches(eid, &self.login.request)).collect()
    }

    /// Counts an attempt; whether there may be one more.
    pub async fn may_try(&self, component: &Component) -> Result<bool, Refused> {
        let handle = self.login.handle.clone();
        let counted: Result<i64, StoreError> = component
            .ctx
            .store
            .write(move |tx| Box::pin(async move { store::count_attempt(tx, handle).await }))
            .await;
        Ok(counted? <= ATTEMPTS)
    }

    /// Ends the sign-in with an error to the client.
    pub async fn refuse(self, component: &Component, refused: Refused) -> Result<Response, Refused> {
        let (handle, pushed) = (self.login.handle.clone(), self.login.request.pushed.clone());
        let now = component.ctx.clock.now().as_second();
        let ended: Result<bool, StoreError> = component
            .ctx
            .store
            .write(move |tx| Box::pin(async move { store::end_login(tx, handle, pushed, now).await }))
            .await;
        ended?;
        let destination = &self.login.request.destination;
        Ok(respond::error(component, destination, &refused, StatusCode::SEE_OTHER))
    }

    /// Ends the sign-in because the person wants to go back to the client.
    pub async fn cancel(self, component: &Component) -> Result<Response, Refused> {
        self.refuse(component, Refused::new("access_denied", "The person cancelled")).await
    }

    /// Ends the sign-in because of too many attempts.
    pub async fn too_many(self, component: &Component) -> Result<Response, Refused> {
        self.refuse(component, Refused::new("access_denied", "Too many attempts")).await
    }

    /// A person has shown who they are: starts or lifts the session, and goes on to the client or to the page where the
    /// person agrees.
    pub async fn signed_in(
        self,
        component: &Component,
        headers: &HeaderMap,
        shown: Shown,
    ) -> Result<Response, Refused> {
        let Shown { pid, level, amr, name } = shown;
        if self.login.request.least(&amr).is_none_or(|least| level < least) {
            return Ok(self.page(component, None).failed(pages::LEVEL_TOO_LOW));
        }
        component.limiter.person(pid.as_str())?;
        let ctx = &component.ctx;
        let now = ctx.clock.now();
        let (sid, now) = (ctx.rng.ordered_uuid(now).to_string(), now.as_second());
        let cookie = ctx.rng.token();
        let who = Authentication { sid, pid, level, amr, auth_time: now, name };
        let sign_in = SignIn {
            before: SESSION.read(component, headers).map(|before| hash(&before)),
            cookie: hash(&cookie),
            realm: realm(&self.client).to_owned(),
            who,
            browser: user_agent(headers).unwrap_or_default(),
        };
        let Visit { id, login, client, scopes, locale, .. } = self;
        let Login { handle, request, .. } = login;
        let destination = request.destination.clone();
        let page =
            request.asks_for_whom() || component.asks_consent(&request, &client, &scopes, &pid).await?;
        let pushed = request.pushed.clone();
        let issue = (!page).then(|| Issue::new(component, request, client, scopes, locale));
        // A code where nothing more is needed; nothing where the sign-in has been ended meanwhile.
        let done: Result<Option<Option<String>>, StoreError> = ctx
            .store
            .write(move |tx| {
                Box::pin(async move {
                    if issue.is_some() && !store::end_login(tx, handle.clone(), pushed, now).await? {
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
}

impl Component {
    /// Whether an eID reaches the level that a request asks for.
    pub fn reaches(&self, eid: &Eid, request: &AuthorizeRequest) -> bool {
        let enough = |amr: &str| {
            let least = request.least(amr).map(|least| least.max(Level::Substantial));
            least.is_some_and(|least| eid.highest >= least)
        };
        match self.upstreams.amr(&eid.id) {
            Some(amr) => enough(amr),
            // The test eID passes for those of other countries, too.
            None => enough("") || (eid.id == testid::ID && enough(EIDAS)),
        }
    }
}

/// That a person has shown who they are, and that the register lets them in: there is no other way to make one than
/// [`Shown::admitted`].
pub struct Shown {
    pid: Pid,
    level: Level,
    amr: String,
    name: Option<String>,
}

impl Shown {
    /// What an eID has found, where the person exists, lives, and is grown up; otherwise the text that says why not.
    /// `amr` is the eID as tokens name it.
    pub async fn admitted(
        component: &Component,
        pid: Pid,
        level: Level,
        amr: &str,
    ) -> Result<Self, &'static str> {
        if component.ctx.test_mode && !pid.is_synthetic() {
            return Err(key("idporten-feil-ekte"));
        }
        if !component.ctx.test_mode && pid.is_synthetic() {
            return Err(key("idporten-feil-syntetisk"));
        }
        let mut parts =
            vec![Element::Identifikasjonsnummer, Element::Status, Element::Doedsfall, Element::Foedsel];
        if component.portal == Portal::Ansattporten {
            parts.push(Element::Navn);
        }
        let parts: Vec<Del> = parts.into_iter().map(Del::Element).collect();
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
        Ok(Self { pid, level, amr: amr.to_owned(), name: person.fullt_navn() })
    }
}

/// A number that a person typed; otherwise the text that says what is wrong with it.
pub fn typed_pid(typed: &str) -> Result<Pid, &'static str> {
    let digits: String = typed.chars().filter(|char| !char.is_whitespace()).collect();
    if digits.is_empty() {
        return Err(key("idporten-feil-mangler"));
    }
    Pid::parse(&digits).map_err(|_| key("idporten-feil-nummer"))
}
