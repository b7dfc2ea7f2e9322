//! The person's own pages at ID-porten: their eIDs, where they are signed in ([`sessions`]), where they have signed in
//! ([`log`]), what they have given ([`given`]). Signing in to them is a sign-in like any other: they are a client, whose
//! code nobody can exchange, since what they need is the session.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use design::{Lang, Page, User, ui};
use http::{HeaderMap, StatusCode, header};
use jiff::Timestamp;
use kernel::store::StoreError;
use maud::{Markup, html};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::refused::Refused;
use super::respond;
use crate::cookies::{SESSION, set_language};
use crate::eid::{minid, passkey};
use crate::model::browser::names;
use crate::model::client::NewClient;
use crate::model::hash;
use crate::model::parameters::Parameters;
use crate::model::session::{Authentication, Level, SHARED};
use crate::{Component, pages, store};

pub mod given;
pub mod log;
pub mod sessions;

/// The pages below `/minside`; they are named in addresses, and no other is gone on to.
const PAGES: [&str; 5] = ["minid", "passkeys", sessions::AT, log::AT, given::AT];
/// The pages as a client.
const CLIENT: &str = "idporten-minside";
/// How long ago a person may have shown who they are where they change how they do; seconds.
const FRESH: i64 = 600;

/// A person on their own pages.
pub struct Me {
    /// Who, how surely, by which eID.
    pub who: Authentication,
    /// The synchroniser token of their forms, which only their session's cookie gives.
    pub csrf: String,
    /// The hash of the session's cookie, to which what is asked on a page can be bound.
    pub owner: Vec<u8>,
    /// Whether they have just shown who they are, so that their forms are taken.
    pub fresh: bool,
    /// The language.
    pub lang: Lang,
    at: &'static str,
}

impl Me {
    /// The person whose session it is; otherwise the way to sign in, which ends at the page `at` (`minid` of
    /// `/minside/minid`). `fresh`: they have shown who they are within the last ten minutes. Signing in again also gives
    /// the session another cookie, so that whoever has come by the old one is out.
    pub async fn find(
        component: &Component,
        headers: &HeaderMap,
        at: &'static str,
        fresh: bool,
    ) -> Result<Self, Response> {
        let again = if fresh { Again::Fresh } else { Again::No };
        let Some(cookie) = SESSION.read(component, headers) else {
            return Err(sign_in(component, at, again));
        };
        let now = component.ctx.clock.now().as_second();
        let owner = hash(&cookie);
        let key = owner.clone();
        let who: Result<Option<Authentication>, StoreError> = component
            .ctx
            .store
            .write(move |tx| Box::pin(async move { store::who(tx, key, SHARED, now).await }))
            .await;
        let who = who.map_err(|error| pages::refused(component, &error.into()))?;
        let is_fresh = |who: &Authentication| now.saturating_sub(who.auth_time) <= FRESH;
        let enough = |who: &Authentication| who.level >= Level::Substantial && (!fresh || is_fresh(who));
        let who = who.filter(enough).ok_or_else(|| sign_in(component, at, again))?;
        let fresh = is_fresh(&who);
        let csrf = URL_SAFE_NO_PAD.encode(hash(&format!("minside {cookie}")));
        Ok(Self { who, csrf, owner, fresh, lang: lang(headers), at })
    }

    /// The person who has posted a form of these pages, and the form.
    pub async fn posted(
        component: &Component,
        headers: &HeaderMap,
        body: &[u8],
        at: &'static str,
    ) -> Result<(Self, Parameters), Response> {
        let me = Self::find(component, headers, at, true).await?;
        let refuse = |refused: Refused| pages::refused(component, &refused);
        let form = Parameters::form(headers, body).map_err(refuse)?;
        let token = form.required("csrf").map_err(refuse)?;
        if aws_lc_rs::constant_time::verify_slices_are_equal(token.as_bytes(), me.csrf.as_bytes()).is_err() {
            return Err(refuse(Refused::request("The form is not of this session")));
        }
        Ok((me, form))
    }

    /// A page of theirs.
    pub fn page(&self, component: &Component, title: &str) -> Page {
        let user = User { name: None, sign_out: component.at("/logout"), csrf: self.csrf.clone() };
        let at = component.at("/minside/spraak");
        let link = |lang: Lang| (lang, format!("{at}?til={}&spraak={}", self.at, lang.tag()));
        let languages = Lang::all().filter(|lang| pages::supported(lang.tag()).is_some()).map(link).collect();
        pages::page(self.lang, component, title).languages(languages).user(Some(user))
    }

    /// The way to sign in again and come back to the page.
    pub fn again(&self, component: &Component) -> String {
        format!("{}?til={}", component.at("/minside/paany"), self.at)
    }

    /// Said once where no form is shown, because they have not just shown who they are.
    fn must_sign_in(&self, component: &Component) -> Markup {
        html! {
            @if !self.fresh {
                p { (self.lang.t("minside-paany")) " "
                    a.ds-link href=(self.again(component)) { (self.lang.t("minside-paany-lenke")) } }
            }
        }
    }

    /// A form of one button, which sends `field`; nothing where they have not just shown who they are.
    fn button(&self, component: &Component, path: &str, field: Option<(&str, &str)>, text: &str) -> Markup {
        html! {
            @if self.fresh {
                form method="post" action={ (component.at("/minside/")) (self.at) (path) } {
                    (ui::csrf(&self.csrf))
                    @if let Some((name, value)) = field { input type="hidden" name=(name) value=(value); }
                    button.ds-button type="submit" data-variant="secondary" data-color="danger" { (text) }
                }
            }
        }
    }

    /// The way to the front page.
    fn home(&self, component: &Component) -> Markup {
        html! { p { a.ds-link href=(component.at("/minside")) { (self.lang.t("minside-tittel")) } } }
    }

    /// The page itself, after a form: what was done stands in its address.
    fn done(&self, component: &Component, done: &str) -> Response {
        let address = address(component, Some(self.at));
        respond::redirect(&address, &[("gjort", done.to_owned())], StatusCode::SEE_OTHER)
    }
}

fn lang(headers: &HeaderMap) -> Lang {
    Lang::parse(&pages::locale(headers, None)).unwrap_or_default()
}

/// One of the pages, of its name in an address.
fn known(parameters: &Parameters, name: &str) -> Option<&'static str> {
    let named = parameters.one(name).ok().flatten()?;
    PAGES.into_iter().find(|page| *page == named)
}

/// The address of a page; without one, of the front page.
fn address(component: &Component, page: Option<&str>) -> String {
    let page = page.filter(|page| !page.is_empty()).map(|page| format!("/{page}")).unwrap_or_default();
    format!("{}/minside{page}", component.issuer())
}

/// A moment as people read it.
pub fn moment(lang: Lang, second: i64) -> String {
    // The store holds what the clock gave.
    Timestamp::from_second(second).map(|at| lang.moment(at)).unwrap_or_default()
}

/// A list in words.
fn list(items: impl Iterator<Item = String>) -> Markup {
    html! { ul.f-list { @for item in items { li { (item) } } } }
}

/// What people call an eID that stands in `amr`.
fn eid(lang: Lang, amr: &str) -> String {
    match amr {
        passkey::AMR => lang.t("passkey-eid"),
        amr if amr.starts_with("Minid-") => "MinID".to_owned(),
        amr => amr.to_owned(),
    }
}

/// What people call a level.
fn level(lang: Lang, level: Level) -> String {
    match level {
        Level::Low => lang.t("minside-nivaa-lavt"),
        Level::Substantial => lang.t("minside-nivaa-betydelig"),
        Level::High => lang.t("minside-nivaa-hoeyt"),
    }
}

/// What people call a browser, of what it calls itself.
fn browser(lang: Lang, user_agent: &str) -> String {
    match names(user_agent) {
        (Some(name), Some(system)) => {
            lang.with("minside-nettleser", &[("navn", name.into()), ("system", system.into())])
        }
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) if user_agent.is_empty() => lang.t("minside-nettleser-ukjent"),
        // A program rather than a browser: its own name says the most.
        (None, None) => user_agent.to_owned(),
    }
}

/// The routes of all these pages but those of the eIDs.
pub fn router() -> OpenApiRouter<Component> {
    OpenApiRouter::new()
        .routes(routes!(page))
        .routes(routes!(signed_in))
        .routes(routes!(again))
        .routes(routes!(language))
        .routes(routes!(sessions::page))
        .routes(routes!(sessions::end))
        .routes(routes!(sessions::end_others))
        .routes(routes!(log::page))
        .routes(routes!(given::page))
        .routes(routes!(given::withdraw))
}

/// Whether somebody signs in even though they are signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Again {
    /// No.
    No,
    /// Where their sign-in is not fresh.
    Fresh,
    /// Yes.
    Yes,
}

/// Sends the browser to sign in, and from there to the page `at`.
fn sign_in(component: &Component, at: &str, again: Again) -> Response {
    let rng = &component.ctx.rng;
    let issuer = component.issuer();
    let mut parameters = vec![
        ("client_id", CLIENT.to_owned()),
        ("response_type", "code".to_owned()),
        ("redirect_uri", format!("{issuer}/minside/innlogget")),
        ("scope", "openid".to_owned()),
        ("state", if at.is_empty() { "minside".to_owned() } else { at.to_owned() }),
        ("nonce", rng.token()),
        // Of a verifier that nobody has: nobody exchanges the code.
        ("code_challenge", rng.token()),
        ("code_challenge_method", "S256".to_owned()),
        ("acr_values", component.portal.acr(Level::Substantial).to_owned()),
    ];
    match again {
        Again::No => {}
        Again::Fresh => parameters.push(("max_age", FRESH.to_string())),
        Again::Yes => parameters.push(("prompt", "login".to_owned())),
    }
    respond::redirect(&format!("{issuer}/authorize"), &parameters, StatusCode::SEE_OTHER)
}

/// Registers the pages as a client.
pub async fn register(component: &Component) -> Result<(), StoreError> {
    let Ok(orgnr) = kernel::id::Orgnr::parse(clients::orgs::DIGDIR.orgnr) else { return Ok(()) };
    let back = format!("{}/minside/innlogget", component.issuer());
    let client = NewClient {
        scopes: vec![clients::idporten::SCOPE_OPENID.to_owned()],
        ..NewClient::new(CLIENT, orgnr, "Min side hos ID-porten", &back)
    };
    let now = component.ctx.clock.now().as_second();
    let lives = store::Lives { secret: now, keys: now };
    let write = component
        .ctx
        .store
        .write(move |tx| Box::pin(async move { store::put_client(tx, &client, None, lives, now).await }));
    write.await
}

/// Where the sign-in to these pages ends.
#[utoipa::path(get, path = "/minside/innlogget",
    params(("state" = Option<String>, Query, description = "The page to go on to")),
    responses((status = 303, description = "To the page")))]
pub async fn signed_in(
    State(component): State<Component>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let parameters = Parameters::parse(query.unwrap_or_default().as_bytes());
    let cancelled = parameters.all("error").next().is_some();
    // Whoever cancels is not sent round in a ring.
    if cancelled {
        let lang = lang(&headers);
        let title = lang.t("minside-avbrutt-tittel");
        return pages::page(lang, &component, &title).render(&html! {
            h1.ds-heading data-size="lg" { (title) }
            p { a.ds-link href=(component.at("/minside")) { (lang.t("minside-tittel")) } }
        });
    }
    respond::redirect(&address(&component, known(&parameters, "state")), &[], StatusCode::SEE_OTHER)
}

/// Signs in again, with any eID, and comes back.
#[utoipa::path(get, path = "/minside/paany",
    params(("til" = Option<String>, Query, description = "The page to come back to")),
    responses((status = 303, description = "To sign in")))]
pub async fn again(State(component): State<Component>, RawQuery(query): RawQuery) -> Response {
    let parameters = Parameters::parse(query.unwrap_or_default().as_bytes());
    sign_in(&component, known(&parameters, "til").unwrap_or_default(), Again::Yes)
}

/// Chooses a language and comes back.
#[utoipa::path(get, path = "/minside/spraak",
    params(("til" = Option<String>, Query, description = "The page to come back to"),
        ("spraak" = Option<String>, Query, description = "The language")),
    responses((status = 303, description = "To the page")))]
pub async fn language(State(component): State<Component>, RawQuery(query): RawQuery) -> Response {
    let parameters = Parameters::parse(query.unwrap_or_default().as_bytes());
    let address = address(&component, known(&parameters, "til"));
    let mut response = respond::redirect(&address, &[], StatusCode::SEE_OTHER);
    if let Some(chosen) = parameters.one("spraak").ok().flatten().and_then(pages::supported) {
        response.headers_mut().append(header::SET_COOKIE, set_language(&component, chosen));
    }
    response
}

/// The person's eIDs.
#[utoipa::path(get, path = "/minside",
    responses((status = 200, content_type = "text/html", body = String), (status = 303, description = "To sign in")))]
pub async fn page(State(component): State<Component>, headers: HeaderMap) -> Response {
    let me = match Me::find(&component, &headers, "", false).await {
        Ok(me) => me,
        Err(response) => return response,
    };
    let has_minid = match minid::has(&component, me.who.pid).await {
        Ok(has) => has,
        Err(refused) => return pages::refused(&component, &refused),
    };
    let lang = me.lang;
    let title = lang.t("minside-tittel");
    me.page(&component, &title).render(&html! {
        div.f-stack {
            h1.ds-heading data-size="lg" { (title) }
            p { (lang.with("minside-innlogget", &[("eid", eid(lang, &me.who.amr).into())])) }
            section.f-stack aria-labelledby="eid" {
                h2.ds-heading #eid data-size="sm" { (lang.t("minside-eid")) }
                ul.f-list.f-stack data-gap="sm" {
                    li {
                        a.ds-link href=(component.at("/minside/minid")) { "MinID" } " – "
                        (if has_minid { lang.t("minside-har") } else { lang.t("minside-har-ikke") })
                    }
                    li { a.ds-link href=(component.at("/minside/passkeys")) { (lang.t("passkey-mine-tittel")) } }
                }
            }
            section.f-stack aria-labelledby="innlogginger" {
                h2.ds-heading #innlogginger data-size="sm" { (lang.t("minside-innlogginger")) }
                ul.f-list.f-stack data-gap="sm" {
                    @for (at, title) in [
                        (sessions::AT, lang.t("okter-tittel")),
                        (log::AT, lang.t("logg-tittel")),
                        (given::AT, lang.t("gitt-tittel")),
                    ] {
                        li { a.ds-link href={ (component.at("/minside/")) (at) } { (title) } }
                    }
                }
            }
        }
    })
}
