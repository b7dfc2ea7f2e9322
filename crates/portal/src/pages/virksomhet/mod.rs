//! Pages for businesses: their clients of Maskinporten, ID-porten and Ansattporten, their scopes, and access to scopes.
//!
//! Who may act for a business is said by Enhetsregisteret: whoever has a role by which one can bind it. In a synthetic nation a
//! test person may also act for one of its agencies without a role; every page then says so.

use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use clients::enhetsregister::KEY_ROLES;
use clients::selvbetjening::{ApiError, Selvbetjening};
use clients::{ClientError, Purpose, orgs};
use design::ui::{self, FieldError};
use design::{Lang, key};
use http::{HeaderMap, StatusCode};
use kernel::id::Orgnr;
use maud::{Markup, html};
use utoipa_axum::router::OpenApiRouter;

use super::parts;
use crate::Component;
use crate::fault::Fault;
use crate::form::Fields;
use crate::session::{Businesses, Session};
use crate::visit::{SignedIn, Visit};

mod delegeringer;
mod fullmakter;
mod klienter;
mod noekler;
mod scopes;
mod sertifikat;
mod tilganger;

/// How long it is believed which roles a person has; seconds.
const ROLES_HOLD: i64 = 15 * 60;
/// Why a person's roles are looked up, as the person reads it.
const PURPOSE: &str = "Finne virksomhetene du kan handle for i selvbetjeningen";

/// The pages.
pub fn router() -> OpenApiRouter<Component> {
    OpenApiRouter::new()
        .route("/virksomhet", get(choose))
        .route("/virksomhet/test", get(choose_in_test))
        .route("/virksomhet/{orgnr}", get(klienter::list))
        .route("/virksomhet/{orgnr}/ny-klient", get(klienter::new).post(klienter::register))
        .route("/virksomhet/{orgnr}/klienter/{id}", get(klienter::one))
        .route("/virksomhet/{orgnr}/klienter/{id}/endre", get(klienter::edit).post(klienter::change))
        .route("/virksomhet/{orgnr}/klienter/{id}/hemmelighet", post(klienter::secret))
        .route("/virksomhet/{orgnr}/klienter/{id}/deaktiver", post(klienter::deactivate))
        .route("/virksomhet/{orgnr}/klienter/{id}/noekler", get(noekler::page).post(noekler::add))
        .route("/virksomhet/{orgnr}/klienter/{id}/noekler/fjern", post(noekler::remove))
        .route("/virksomhet/{orgnr}/tilganger", get(tilganger::page).post(tilganger::ask))
        .route("/virksomhet/{orgnr}/tilganger/trekk", post(tilganger::cancel))
        .route("/virksomhet/{orgnr}/scopes", get(scopes::list))
        .route("/virksomhet/{orgnr}/nytt-scope", get(scopes::new).post(scopes::add))
        .route("/virksomhet/{orgnr}/scope", get(scopes::one).post(scopes::decide))
        .route("/virksomhet/{orgnr}/delegeringer", get(delegeringer::page).post(delegeringer::give))
        .route("/virksomhet/{orgnr}/delegeringer/trekk", post(delegeringer::withdraw))
        .route("/virksomhet/{orgnr}/fullmakter", get(fullmakter::page))
        .route("/virksomhet/{orgnr}/fullmakter/ny", get(fullmakter::new).post(fullmakter::give))
        .route("/virksomhet/{orgnr}/fullmakter/trekk", post(fullmakter::withdraw))
        .route("/virksomhet/{orgnr}/testsertifikat", get(sertifikat::page).post(sertifikat::issue))
}

/// A person who acts for a business.
struct Acting {
    who: SignedIn,
    orgnr: Orgnr,
    name: String,
    /// Whether without a role, in a synthetic nation.
    test: bool,
    api: Selvbetjening,
}

/// Demands that the signed-in person may act for the business.
async fn acting(
    portal: &Component,
    headers: &HeaderMap,
    who: SignedIn,
    orgnr: &str,
) -> Result<Acting, Fault> {
    let orgnr = Orgnr::parse(orgnr).map_err(|_| Fault::NotFound)?;
    let found = businesses(portal, headers, &who.session).await?;
    let own = found.into_iter().find(|(number, _)| *number == orgnr).map(|(_, name)| name);
    let test = own.is_none() && portal.ctx.test_mode;
    let agency = if test { orgs::name(orgnr.as_str()).map(str::to_owned) } else { None };
    let name = own.or(agency).ok_or(Fault::Forbidden)?;
    Ok(Acting { who, orgnr, name, test, api: portal.self_service.for_tenant(orgnr.as_str()) })
}

/// The businesses in which the person has a key role, by name.
async fn businesses(
    portal: &Component,
    headers: &HeaderMap,
    session: &Session,
) -> Result<Vec<(Orgnr, String)>, Fault> {
    let now = portal.ctx.clock.now().as_second();
    if let Some(known) = session.businesses.as_ref().filter(|known| now - known.at < ROLES_HOLD) {
        return Ok(known.list.clone());
    }
    let Some(pid) = session.pid else { return Ok(Vec::new()) };
    let roles = portal.businesses.roller_for(&pid, &Purpose::new(PURPOSE)).await.map_err(ours)?;
    let binding = roles.into_iter().filter(|role| KEY_ROLES.contains(&role.rolletype.kode.as_str()));
    let mut list: Vec<(Orgnr, String)> = binding.map(|role| (role.organisasjonsnummer, role.navn)).collect();
    list.sort_by(|a, b| a.1.cmp(&b.1).then_with(|| a.0.as_str().cmp(b.0.as_str())));
    list.dedup_by(|a, b| a.0 == b.0);
    let kept = Businesses { at: now, list: list.clone() };
    portal.sessions.change(headers, |session| session.businesses = Some(kept)).await?;
    Ok(list)
}

/// What goes wrong with a token of the portal's own is no reason to sign in again.
fn ours(error: ClientError) -> Fault {
    match error.status() {
        Some(401) => {
            tracing::error!("the portal's own token was not taken");
            Fault::Internal
        }
        _ => error.into(),
    }
}

/// What the API did not take.
#[derive(Debug, Default)]
struct Wrong {
    errors: Vec<FieldError>,
    /// In the API's words.
    said: Option<String>,
}

impl Wrong {
    /// One field that the page itself finds wrong.
    fn field(field: &str, text: String) -> Self {
        Self { errors: vec![FieldError { field: field.to_owned(), text }], said: None }
    }

    /// The fields that are empty, each with what to do about it.
    fn missing(lang: Lang, fields: &Fields, needed: &[(&str, &'static str)]) -> Self {
        let mut wrong = Self::default();
        for (field, text) in needed.iter().filter(|(field, _)| fields.get(field).is_empty()) {
            wrong.add(field, lang.t(text));
        }
        wrong
    }

    /// One more field.
    fn add(&mut self, field: &str, text: String) {
        self.errors.push(FieldError { field: field.to_owned(), text });
    }

    fn is_nothing(&self) -> bool {
        self.errors.is_empty()
    }

    /// What stands above a form.
    fn summary(&self, lang: Lang) -> Markup {
        html! {
            (ui::error_summary(lang, &self.errors))
            @if let Some(said) = &self.said {
                p.f-quiet.f-small { (lang.t("vs-feil-svar")) " " q lang="en" { (said) } }
            }
        }
    }
}

/// What a refusal of the API is about (its field, its reason or its code), the field of ours, and what to do about it.
type FieldText = (&'static str, &'static str, &'static str);

/// A refusal by the field that it is about; the last of `fields` is for what is about none of them.
fn wrong(lang: Lang, error: ClientError, fields: &[FieldText]) -> Result<Wrong, Fault> {
    let ClientError::Status { status: 400 | 403 | 404 | 409, body } = &error else { return Err(ours(error)) };
    let Ok(told) = serde_json::from_str::<ApiError>(body) else { return Err(ours(error)) };
    let about = fields.iter().find(|(what, ..)| told.is_about(what)).or(fields.last());
    let Some((_, field, text)) = about else { return Err(ours(error)) };
    Ok(Wrong { said: Some(told.error_description), ..Wrong::field(field, lang.t(text)) })
}

impl Acting {
    fn lang(&self) -> Lang {
        self.who.visit.lang
    }

    fn path(&self, below: &str) -> String {
        format!("/virksomhet/{}{below}", self.orgnr)
    }

    /// A page for the business, under `title`; `below` is its place in the menu.
    fn page(&self, title: &str, below: &str, wrong: &Wrong, body: &Markup) -> Response {
        let (lang, visit) = (self.lang(), &self.who.visit);
        let full = format!("{title} – {}", self.name);
        let (full, status) = if wrong.is_nothing() {
            (full, StatusCode::OK)
        } else {
            (lang.with("feil-i-tittel", &[("tittel", full.into())]), StatusCode::UNPROCESSABLE_ENTITY)
        };
        visit.page(full).status(status).render(&html! {
            div.f-stack data-gap="lg" {
                (self.top(below))
                (wrong.summary(lang))
                h1.ds-heading data-size="lg" { (title) }
                (body)
            }
        })
    }

    fn top(&self, below: &str) -> Markup {
        let lang = self.lang();
        let links = [
            ("", key("vs-klienter")),
            ("/tilganger", key("vs-tilganger")),
            ("/scopes", key("vs-scopes")),
            ("/delegeringer", key("vs-delegeringer")),
            ("/fullmakter", key("vs-fullmakter")),
            ("/testsertifikat", key("vs-sertifikat")),
        ];
        // A synthetic nation alone has a test authority.
        let shown = links.iter().filter(|(path, _)| *path != "/testsertifikat" || self.who.visit.synthetic());
        html! {
            div.f-stack data-gap="sm" {
                p {
                    (lang.t("vs-handler-for")) " " strong { (self.name) } " (" (self.orgnr) "). "
                    a.ds-link href="/virksomhet" { (lang.t("vs-bytt")) }
                }
                @if self.test {
                    div.ds-alert data-color="warning" { p { (lang.t("vs-test-uten-rolle")) } }
                }
                nav aria-label=(lang.t("vs-meny")) { ul.f-list.f-row {
                    @for (path, text) in shown {
                        li { a.ds-link href=(self.path(path)) aria-current=[(*path == below).then_some("page")] { (lang.t(text)) } }
                    }
                } }
            }
        }
    }
}

/// A form with one button and nothing to fill in.
fn button(who: &SignedIn, action: &str, hidden: &[(&str, &str)], text: &str, about: &str) -> Markup {
    html! {
        form method="post" action=(action) {
            (ui::csrf(&who.session.csrf))
            @for (name, value) in hidden {
                input type="hidden" name=(name) value=(value);
            }
            button.ds-button data-variant="secondary" data-size="sm" type="submit" {
                (text)
                @if !about.is_empty() { span.ds-sr-only { ": " (about) } }
            }
        }
    }
}

/// What a form holds, by lines.
fn lines(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// The businesses to act for.
pub async fn choose(
    State(portal): State<Component>,
    who: SignedIn,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let found = businesses(&portal, &headers, &who.session).await?;
    let received = fullmakter::received(&portal, &who).await?;
    let (visit, lang) = (&who.visit, who.visit.lang);
    Ok(visit.page(lang.t("vs-velg")).narrow().render(&html! {
        div.f-stack {
            h1.ds-heading data-size="lg" { (lang.t("vs-velg")) }
            p.f-lead { (lang.t("vs-ingress")) }
            @if found.is_empty() {
                div.ds-card.f-stack data-gap="sm" {
                    p { (lang.t("vs-ingen")) }
                    p { (lang.t("vs-ingen-roller")) }
                }
            } @else {
                (choices(&found))
            }
            (received)
            @if portal.ctx.test_mode {
                p { a.ds-link href="/virksomhet/test" { (lang.t("vs-test-velg")) } }
            }
        }
    }))
}

fn choices(businesses: &[(Orgnr, String)]) -> Markup {
    html! {
        ul.f-list {
            @for (orgnr, name) in businesses {
                li { a.ds-link href={ "/virksomhet/" (orgnr) } { (name) } " " span.f-quiet { (orgnr) } }
            }
        }
    }
}

/// The agencies of a synthetic nation, for a test person without a role.
pub async fn choose_in_test(State(portal): State<Component>, who: SignedIn) -> Result<Response, Fault> {
    if !portal.ctx.test_mode {
        return Err(Fault::NotFound);
    }
    let number = |org: &orgs::Org| Some((Orgnr::parse(org.orgnr).ok()?, org.navn.to_owned()));
    let agencies: Vec<(Orgnr, String)> = orgs::ALL.iter().filter_map(number).collect();
    let lang = who.visit.lang;
    Ok(who.visit.page(lang.t("vs-test-tittel")).narrow().render(&html! {
        div.f-stack {
            h1.ds-heading data-size="lg" { (lang.t("vs-test-tittel")) }
            div.ds-alert data-color="warning" { p { (lang.t("vs-test-tekst")) } }
            (choices(&agencies))
        }
    }))
}

/// A table that scrolls on a narrow screen.
fn table(caption: &str, heads: &[String], rows: &Markup) -> Markup {
    html! {
        div.f-scroll role="group" tabindex="0" aria-label=(caption) {
            table.ds-table data-border {
                caption.ds-sr-only { (caption) }
                thead { tr { @for head in heads { th scope="col" { (head) } } } }
                tbody { (rows) }
            }
        }
    }
}

/// The kind of a client in words; one that has no page here as the API writes it.
fn kind(lang: Lang, kind: &str) -> String {
    match kind {
        "maskinporten" => lang.t("vs-type-maskinporten"),
        "idporten" => lang.t("vs-type-idporten"),
        "api_klient" => lang.t("vs-type-api-klient"),
        "ansattporten" => lang.t("vs-type-ansattporten"),
        other => other.to_owned(),
    }
}

/// The moment of the API's text; the text where it is none.
fn moment(visit: &Visit, text: &str) -> String {
    text.parse().map_or_else(|_| text.to_owned(), |at| visit.lang.moment(at))
}

/// Where an access stands.
fn state(lang: Lang, state: clients::selvbetjening::AccessState) -> Markup {
    use clients::selvbetjening::AccessState::{Approved, Denied, Requested};
    match state {
        Requested => parts::tag("warning", &lang.t("vs-venter")),
        Approved => parts::tag("success", &lang.t("vs-gitt")),
        Denied => parts::tag("danger", &lang.t("vs-nektet")),
    }
}
