//! The person's own pages at ID-porten: their eIDs. Signing in to them is a sign-in like any other: they are a client,
//! whose code nobody can exchange, since what they need is the session.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use design::{Lang, Page, User};
use http::{HeaderMap, StatusCode};
use kernel::store::StoreError;
use maud::html;

use super::refused::Refused;
use super::respond;
use crate::cookies::SESSION;
use crate::eid::minid;
use crate::model::client::NewClient;
use crate::model::hash;
use crate::model::parameters::Parameters;
use crate::model::session::{Authentication, Level, SHARED};
use crate::{Component, pages, store};

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
    /// The language.
    pub lang: Lang,
}

impl Me {
    /// The person whose session it is; otherwise the way to sign in, which ends at the page `at` (`minid` of
    /// `/minside/minid`). `fresh`: they have shown who they are within the last ten minutes.
    pub async fn find(
        component: &Component,
        headers: &HeaderMap,
        at: &str,
        fresh: bool,
    ) -> Result<Self, Response> {
        let Some(cookie) = SESSION.read(component, headers) else {
            return Err(sign_in(component, at, fresh));
        };
        let now = component.ctx.clock.now().as_second();
        let key = hash(&cookie);
        let who: Result<Option<Authentication>, StoreError> = component
            .ctx
            .store
            .write(move |tx| Box::pin(async move { store::who(tx, key, SHARED, now).await }))
            .await;
        let who = who.map_err(|error| pages::refused(component, &error.into()))?;
        let enough = |who: &Authentication| {
            who.level >= Level::Substantial && (!fresh || now.saturating_sub(who.auth_time) <= FRESH)
        };
        let who = who.filter(enough).ok_or_else(|| sign_in(component, at, fresh))?;
        let csrf = URL_SAFE_NO_PAD.encode(hash(&format!("minside {cookie}")));
        Ok(Self { who, csrf, lang: Lang::parse(&pages::locale(headers, None)).unwrap_or_default() })
    }

    /// The person who has posted a form of these pages, and the form.
    pub async fn posted(
        component: &Component,
        headers: &HeaderMap,
        body: &[u8],
        at: &str,
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
        pages::page(self.lang, component, title).user(Some(user))
    }
}

/// Sends the browser to sign in, and from there to the page `at`.
fn sign_in(component: &Component, at: &str, fresh: bool) -> Response {
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
    if fresh {
        parameters.push(("max_age", FRESH.to_string()));
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
    let page = parameters.one("state").ok().flatten().unwrap_or_default();
    let known = matches!(page, "minid" | "passkey");
    // Whoever cancels is not sent round in a ring.
    if cancelled {
        let lang = Lang::parse(&pages::locale(&headers, None)).unwrap_or_default();
        let title = lang.t("minside-avbrutt-tittel");
        return pages::page(lang, &component, &title).render(&html! {
            h1.ds-heading data-size="lg" { (title) }
            p { a.ds-link href=(component.at("/minside")) { (lang.t("minside-tittel")) } }
        });
    }
    let at = if known { format!("/minside/{page}") } else { "/minside".to_owned() };
    respond::redirect(&format!("{}{at}", component.issuer()), &[], StatusCode::SEE_OTHER)
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
            p { (lang.with("minside-innlogget", &[("eid", me.who.amr.as_str().into())])) }
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
        }
    })
}
