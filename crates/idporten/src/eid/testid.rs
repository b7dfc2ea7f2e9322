//! The test eID, where the nation is synthetic: a number and a level, no password. It can pass for any real eID, and a
//! program signs in with it by one form ([`crate::api::login::sign_in`]).

use axum::extract::{RawQuery, State};
use axum::response::Response;
use bytes::Bytes;
use design::{Lang, key, ui};
use http::{HeaderMap, StatusCode};
use kernel::id::Pid;
use maud::{Markup, html};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Eid, Name, Shown, Visit, typed_pid};
use crate::api::refused::Refused;
use crate::model::parameters::Parameters;
use crate::model::session::{EIDAS, Level};
use crate::pages::{self, LEVEL_TOO_LOW, SignInPage};
use crate::{Component, cookies};

/// The segment of its addresses.
pub const ID: &str = "testid";
/// Itself, as it stands in `amr`.
const TEST_ID: &str = "TestID";
/// The eIDs that it can pass for, as they stand in `amr`, each with the highest level that it gives.
const SIMULATED: [(&str, Level); 9] = [
    ("BankID", Level::High),
    ("BankID Mobil", Level::High),
    ("Buypass", Level::High),
    ("Commfides", Level::High),
    ("Minid-OTC", Level::Substantial),
    ("Minid-APP", Level::Substantial),
    ("Minid-TOTP", Level::Substantial),
    ("Minid-WEBAUTHN", Level::Substantial),
    // Of a person whom the register knows; others have no number to be known by here.
    (EIDAS, Level::High),
];

/// The test eID as it is offered.
pub fn eid() -> Eid {
    Eid { id: ID.to_owned(), name: Name::Text(key("idporten-test-eid")), highest: Level::High }
}

/// Its pages.
pub fn router() -> OpenApiRouter<Component> {
    OpenApiRouter::new().routes(routes!(page, sign_in))
}

/// What a person has typed, to be shown again with what is wrong.
#[derive(Debug, Clone, Copy)]
pub struct Typed<'a> {
    number: &'a str,
    level: Level,
    amr: &'a str,
}

impl<'a> Typed<'a> {
    /// Nothing yet but whom the search for test people has picked.
    pub fn nothing(visit: &'a Visit) -> Self {
        let amr = usual(visit);
        let number = visit.picked.as_ref().map_or("", Pid::as_str);
        Self { number, level: visit.least(amr).unwrap_or(Level::Substantial), amr }
    }
}

/// Whom the search for test people has picked in this browser (`/testpersoner`).
pub fn picked(component: &Component, headers: &HeaderMap) -> Option<Pid> {
    let prefix = if component.ctx.secure() { "__Host-" } else { "" };
    let number = cookies::value(headers, &format!("{prefix}{}", clients::testpersoner::COOKIE));
    number.filter(|_| component.ctx.test_mode).and_then(|number| Pid::parse(&number).ok())
}

/// What it passes for where nothing is chosen: itself, or an eID of another country where only those will do.
fn usual(visit: &Visit) -> &'static str {
    if visit.least(TEST_ID).is_some() { TEST_ID } else { EIDAS }
}

/// The test eID's page.
#[utoipa::path(get, path = "/eid/testid",
    params(("id" = String, Query, description = "The sign-in")),
    responses((status = 200, content_type = "text/html", body = String),
        (status = 400, content_type = "text/html", body = String)))]
async fn page(State(component): State<Component>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let parameters = Parameters::parse(query.unwrap_or_default().as_bytes());
    match Visit::find(&component, &parameters, &headers).await {
        Ok(visit) if component.ctx.test_mode => show(&component, &visit, None, Typed::nothing(&visit)),
        Ok(visit) => visit.page(&component, None).no_eid(),
        Err(refused) => pages::refused(&component, &refused),
    }
}

/// A person, or a program, shows who they are: `personidentifikator` (typed) or `valgt` (picked), `nivaa` (the level's
/// `acr`) and `amr`, of which all but the number may be left out. `avbryt` goes back to the client.
#[utoipa::path(post, path = "/eid/testid",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 303, description = "To the client, or to the page where the person agrees"),
        (status = 422, description = "The page again, with what is wrong", content_type = "text/html", body = String),
        (status = 400, content_type = "text/html", body = String)))]
async fn sign_in(State(component): State<Component>, headers: HeaderMap, body: Bytes) -> Response {
    match try_form(&component, &headers, &body).await {
        Ok(response) => response,
        Err(refused) => pages::refused(&component, &refused),
    }
}

/// The form of the test eID, posted to its own address or to the sign-in page's.
pub async fn try_form(component: &Component, headers: &HeaderMap, body: &[u8]) -> Result<Response, Refused> {
    let form = Parameters::form(headers, body)?;
    let visit = Visit::find(component, &form, headers).await?;
    if form.one("avbryt")?.is_some() {
        return visit.cancel(component).await;
    }
    if !component.ctx.test_mode {
        return Ok(visit.page(component, None).no_eid());
    }
    if !visit.may_try(component).await? {
        return visit.too_many(component).await;
    }
    let number = form.one("valgt")?.or(form.one("personidentifikator")?).unwrap_or_default();
    let amr = form.one("amr")?.unwrap_or(usual(&visit));
    let least = visit.least(amr);
    let typed = Typed { number, level: least.unwrap_or(Level::Substantial), amr };
    let known = SIMULATED.iter().find(|(name, _)| *name == amr).map(|(_, highest)| *highest);
    let highest = known.or((amr == TEST_ID).then_some(Level::High));
    let (Some(highest), Some(least)) = (highest, least) else {
        return Ok(show(component, &visit, Some(key("idporten-feil-amr")), typed));
    };
    let named = |acr| component.portal.level(acr).or(component.portal.eidas_level(acr));
    let level = form.one("nivaa")?.map_or(Some(least), named).filter(|level| *level >= least);
    let Some(level) = level.filter(|level| *level <= highest) else {
        let why =
            if highest < least || level.is_some() { key("idporten-feil-amr-nivaa") } else { LEVEL_TOO_LOW };
        return Ok(show(component, &visit, Some(why), typed));
    };
    let typed = Typed { level, ..typed };
    let shown = match typed_pid(number) {
        Ok(pid) => Shown::admitted(component, pid, level, amr).await,
        Err(complaint) => Err(complaint),
    };
    match shown {
        Ok(shown) => visit.signed_in(component, headers, shown).await,
        Err(complaint) => Ok(show(component, &visit, Some(complaint), typed)),
    }
}

/// The page: the eID's own, with what is wrong with what was sent.
fn show(component: &Component, visit: &Visit, complaint: Option<&'static str>, typed: Typed<'_>) -> Response {
    let page = visit.page(component, Some(ID));
    let lang = page.lang();
    let title = lang.t("idporten-tittel");
    let status = if complaint.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    page.page(&title).status(status).render(&html! {
        div.f-stack {
            h1.ds-heading data-size="lg" { (title) }
            p { (page.purpose()) }
            (fields(&page, visit, complaint, typed))
            (page.other_ways())
            (page.cancel("/innlogging"))
        }
    })
}

/// The form, and the people to pick from. The sign-in page shows it too.
pub fn fields(
    page: &SignInPage<'_>,
    visit: &Visit,
    complaint: Option<&'static str>,
    typed: Typed<'_>,
) -> Markup {
    let (lang, portal) = (page.lang(), page.component.portal);
    let field = |text: &'static str| match text {
        LEVEL_TOO_LOW => "nivaa",
        "idporten-feil-amr" | "idporten-feil-amr-nivaa" => "amr",
        _ => "personidentifikator",
    };
    let error = |text| ui::FieldError { field: field(text).to_owned(), text: lang.t(text) };
    let errors: Vec<ui::FieldError> = complaint.map(error).into_iter().collect();
    let least = [TEST_ID, EIDAS].into_iter().filter_map(|amr| visit.least(amr)).min();
    let levels: Vec<ui::Choice> = [Level::Substantial, Level::High]
        .into_iter()
        .filter(|choice| Some(*choice) >= least)
        .map(|choice| ui::Choice { value: portal.acr(choice).to_owned(), text: level_name(lang, choice) })
        .collect();
    let eids: Vec<ui::Choice> = SIMULATED
        .iter()
        .filter(|(amr, highest)| visit.least(amr).is_some_and(|least| *highest >= least))
        .map(|(amr, _)| ui::Choice { value: (*amr).to_owned(), text: (*amr).to_owned() })
        .collect();
    let number = ui::TextField {
        name: "personidentifikator",
        label: &lang.t("idporten-nummer"),
        help: &lang.t("idporten-nummer-hjelp"),
        value: typed.number,
        kind: "text",
        autocomplete: "off",
        required: true,
    };
    html! {
        (ui::error_summary(lang, &errors))
        form #innlogging.f-stack method="post" action=(page.component.at("/eid/testid")) {
            input type="hidden" name="id" value=(visit.id);
            (number.render(&errors))
            (ui::radios("nivaa", &lang.t("idporten-nivaa"), &levels, portal.acr(typed.level), &errors))
            (ui::select("amr", &lang.t("idporten-amr"), &lang.t("idporten-test-eid"), &eids, typed.amr, &errors))
            button.ds-button type="submit" { (lang.t("idporten-logg-inn")) }
        }
        (suggestions(page, lang))
    }
}

/// People to sign in as, each a button of the form above.
fn suggestions(page: &SignInPage<'_>, lang: Lang) -> Markup {
    let people = &page.component.suggestions;
    html! {
        @if !people.is_empty() {
            section.f-stack aria-labelledby="forslag" {
                h2.ds-heading #forslag data-size="sm" { (lang.t("idporten-forslag")) }
                ul.f-list.f-stack data-gap="sm" {
                    @for person in people.iter() {
                        li {
                            button.ds-button type="submit" form="innlogging" formnovalidate name="valgt"
                                value=(person.personidentifikator.as_str()) data-variant="secondary" {
                                (person.navn) " – " (person.hvem)
                            }
                        }
                    }
                }
            }
        }
    }
}

fn level_name(lang: Lang, level: Level) -> String {
    match level {
        Level::High => lang.t("idporten-nivaa-hoyt"),
        Level::Low | Level::Substantial => lang.t("idporten-nivaa-betydelig"),
    }
}
