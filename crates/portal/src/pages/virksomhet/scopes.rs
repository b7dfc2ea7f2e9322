//! The business's own scopes: made, and given to others.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use clients::encoded;
use clients::selvbetjening::{Access, AccessState, Scope};
use design::key;
use design::ui::{self, Choice, TextField};
use http::HeaderMap;
use maud::{Markup, html};
use serde::Deserialize;

use super::tilganger::owner;
use super::{Acting, FieldText, Wrong, acting, button, kind, moment, ours, state, table, wrong};
use crate::Component;
use crate::fault::Fault;
use crate::form::{Fields, Posted};
use crate::pages::{parts, see};
use crate::visit::SignedIn;

const FIELDS: [FieldText; 5] = [
    ("subscope", "navn", key("vs-feil-subscope")),
    ("prefix", "prefiks", key("vs-feil-prefiks")),
    ("description", "beskrivelse", key("vs-feil-scope-beskrivelse")),
    ("conflict", "navn", key("vs-feil-scope-finnes")),
    ("", "navn", key("vs-feil-annet")),
];
const DECISION: [FieldText; 1] = [("", "konsument", key("vs-feil-orgnr"))];
/// Who can be given a scope for.
const FOR: [&str; 3] = ["maskinporten", "api_klient", "ansattporten"];

/// The scopes, and the requests that wait.
pub async fn list(
    State(portal): State<Component>,
    Path(orgnr): Path<String>,
    headers: HeaderMap,
    who: SignedIn,
) -> Result<Response, Fault> {
    let acting = acting(&portal, &headers, who, &orgnr).await?;
    let scopes = acting.api.scopes(true).await.map_err(ours)?;
    let requests = acting.api.requests().await.map_err(ours)?;
    let lang = acting.lang();
    let title = lang.t("vs-scopes");
    let heads = [lang.t("vs-scope"), lang.t("vs-beskrivelse"), lang.t("vs-hvem"), lang.t("vs-status")];
    let rows = html! {
        @for scope in &scopes {
            tr {
                th scope="row" { a.ds-link href=(at(&acting, &scope.name)) { (scope.name) } }
                td lang=[acting.who.visit.bokmaal()] { (scope.description) }
                td { (lang.t(if scope.accessible_for_all { key("vs-aapent") } else { key("vs-etter-tilgang") })) }
                td { (active(&acting, scope)) }
            }
        }
    };
    Ok(acting.page(
        &title,
        "/scopes",
        &Wrong::default(),
        &html! {
            section.f-stack aria-labelledby="foresporsler" {
                h2.ds-heading data-size="sm" #foresporsler { (lang.t("vs-foresporsler")) }
                @if requests.is_empty() {
                    p { (lang.t("vs-ingen-foresporsler")) }
                } @else {
                    (accesses(&acting, &lang.t("vs-foresporsler"), &requests))
                }
            }
            section.f-stack aria-labelledby="egne" {
                h2.ds-heading data-size="sm" #egne { (lang.t("vs-egne-scopes")) }
                @if scopes.is_empty() {
                    div.ds-card { p { (lang.t("vs-ingen-scopes")) } }
                } @else {
                    (table(&lang.t("vs-egne-scopes"), &heads, &rows))
                }
            }
            p { a.ds-button href=(acting.path("/nytt-scope")) { (lang.t("vs-nytt-scope")) } }
        },
    ))
}

fn at(acting: &Acting, scope: &str) -> String {
    acting.path(&format!("/scope?scope={}", encoded(scope)))
}

fn active(acting: &Acting, scope: &Scope) -> Markup {
    let lang = acting.lang();
    if scope.active {
        parts::tag("success", &lang.t("vs-i-bruk"))
    } else {
        parts::tag("neutral", &lang.t("vs-ute-av-bruk"))
    }
}

/// Accesses with what their owner can do about each.
fn accesses(acting: &Acting, caption: &str, all: &[Access]) -> Markup {
    let (lang, who) = (acting.lang(), &acting.who);
    let heads = [
        lang.t("vs-hvem"),
        lang.t("vs-scope"),
        lang.t("vs-status"),
        lang.t("vs-sist-endret"),
        lang.t("vs-gjoer"),
    ];
    let decide = |access: &Access, choice: &str, text: &str| {
        let hidden = [
            ("scope", access.scope.as_str()),
            ("konsument", access.consumer_orgno.as_str()),
            ("valg", choice),
        ];
        let about = format!("{} {}", owner(&access.consumer_orgno), access.scope);
        button(who, &acting.path("/scope"), &hidden, text, &about)
    };
    let rows = html! {
        @for access in all {
            tr {
                th scope="row" { (owner(&access.consumer_orgno)) }
                td { code { (access.scope) } }
                td { (state(lang, access.state)) }
                td { (moment(&who.visit, &access.last_updated)) }
                td { div.f-row {
                    @match access.state {
                        AccessState::Requested => {
                            (decide(access, "gi", &lang.t("vs-gi")))
                            (decide(access, "nekt", &lang.t("vs-nekt")))
                        }
                        AccessState::Approved => { (decide(access, "nekt", &lang.t("vs-trekk-tilbake"))) }
                        AccessState::Denied => { (decide(access, "gi", &lang.t("vs-gi"))) }
                    }
                } }
            }
        }
    };
    table(caption, &heads, &rows)
}

/// Which scope.
#[derive(Debug, Deserialize)]
pub struct Named {
    scope: Option<String>,
}

/// One scope, with who has it.
pub async fn one(
    State(portal): State<Component>,
    Path(orgnr): Path<String>,
    Query(named): Query<Named>,
    headers: HeaderMap,
    who: SignedIn,
) -> Result<Response, Fault> {
    let acting = acting(&portal, &headers, who, &orgnr).await?;
    let name = named.scope.ok_or(Fault::NotFound)?;
    show(&acting, &name, "", &Wrong::default()).await
}

async fn show(acting: &Acting, name: &str, consumer: &str, wrong: &Wrong) -> Result<Response, Fault> {
    // First whether it is one's own: its name may be another's, which can be looked at elsewhere.
    let all = acting.api.accesses(name).await.map_err(ours)?;
    let scope = acting.api.scope(name).await.map_err(ours)?;
    let (lang, who) = (acting.lang(), &acting.who);
    let orgnr = TextField {
        name: "konsument",
        label: &lang.t("vs-orgnr"),
        help: &lang.t("vs-gi-hjelp"),
        value: consumer,
        kind: "text",
        autocomplete: "off",
        required: true,
    };
    let allowed: Vec<String> =
        scope.allowed_integration_types.iter().map(|allowed| kind(lang, allowed)).collect();
    Ok(acting.page(name, "/scopes", wrong, &html! {
        dl.f-facts {
            dt { (lang.t("vs-beskrivelse")) }
            dd lang=[who.visit.bokmaal()] { (scope.description) }
            dt { (lang.t("vs-status")) }
            dd { (active(acting, &scope)) }
            dt { (lang.t("vs-hvem")) }
            dd { (lang.t(if scope.accessible_for_all { key("vs-aapent") } else { key("vs-etter-tilgang") })) }
            dt { (lang.t("vs-for-klienter")) }
            dd { (allowed.join(", ")) }
        }
        @if !scope.accessible_for_all {
            section.f-stack aria-labelledby="tilgang" {
                h2.ds-heading data-size="sm" #tilgang { (lang.t("vs-hvem-har")) }
                @if all.is_empty() {
                    p { (lang.t("vs-ingen-har")) }
                } @else {
                    (accesses(acting, &lang.t("vs-hvem-har"), &all))
                }
            }
            section.ds-card.f-stack aria-labelledby="gi" {
                h2.ds-heading data-size="sm" #gi { (lang.t("vs-gi-en-til")) }
                form.f-form.f-stack method="post" action=(acting.path("/scope")) novalidate {
                    (ui::csrf(&who.session.csrf))
                    input type="hidden" name="scope" value=(name);
                    input type="hidden" name="valg" value="gi";
                    (orgnr.render(&wrong.errors))
                    div.f-row { button.ds-button type="submit" { (lang.t("vs-gi")) } }
                }
            }
        }
    }))
}

/// Gives, refuses or withdraws access.
pub async fn decide(
    State(portal): State<Component>,
    Path(orgnr): Path<String>,
    headers: HeaderMap,
    Posted { who, fields }: Posted,
) -> Result<Response, Fault> {
    let acting = acting(&portal, &headers, who, &orgnr).await?;
    let (scope, typed) = (fields.get("scope"), fields.get("konsument"));
    let consumer: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    if kernel::id::Orgnr::parse(&consumer).is_err() {
        let wrong = Wrong::field("konsument", acting.lang().t("vs-feil-orgnr"));
        return show(&acting, scope, typed, &wrong).await;
    }
    let done = match fields.get("valg") {
        "gi" => acting.api.grant(scope, &consumer).await,
        "nekt" => acting.api.deny(scope, &consumer).await,
        _ => return Err(Fault::Form),
    };
    match done {
        Ok(_) => Ok(see(&at(&acting, scope))),
        Err(error) if error.status() == Some(400) => {
            show(&acting, scope, typed, &wrong(acting.lang(), error, &DECISION)?).await
        }
        Err(error) => Err(ours(error)),
    }
}

/// The form of a new scope.
pub async fn new(
    State(portal): State<Component>,
    Path(orgnr): Path<String>,
    headers: HeaderMap,
    who: SignedIn,
) -> Result<Response, Fault> {
    let acting = acting(&portal, &headers, who, &orgnr).await?;
    Ok(show_new(&acting, &Fields::default(), &Wrong::default()))
}

fn show_new(acting: &Acting, fields: &Fields, wrong: &Wrong) -> Response {
    let (lang, errors) = (acting.lang(), wrong.errors.as_slice());
    let prefix = TextField {
        name: "prefiks",
        label: &lang.t("vs-prefiks"),
        help: &lang.t("vs-prefiks-hjelp"),
        value: fields.get("prefiks"),
        kind: "text",
        autocomplete: "off",
        required: true,
    };
    let name = TextField {
        name: "navn",
        label: &lang.t("vs-subscope"),
        help: &lang.t("vs-subscope-hjelp"),
        value: fields.get("navn"),
        ..prefix
    };
    let description = TextField {
        name: "beskrivelse",
        label: &lang.t("vs-beskrivelse"),
        help: &lang.t("vs-scope-beskrivelse-hjelp"),
        value: fields.get("beskrivelse"),
        ..prefix
    };
    let choice = |value: &str, text: String| Choice { value: value.to_owned(), text };
    let kinds: Vec<Choice> = FOR.iter().map(|name| choice(name, kind(lang, name))).collect();
    let delegated = [choice("nei", lang.t("vs-delegerbart-nei")), choice("ja", lang.t("vs-delegerbart-ja"))];
    let access = [choice("soekt", lang.t("vs-etter-tilgang")), choice("alle", lang.t("vs-aapent"))];
    let chosen = |name: &str, otherwise: &'static str| -> String {
        let chosen = fields.get(name);
        if chosen.is_empty() { otherwise.to_owned() } else { chosen.to_owned() }
    };
    acting.page(&lang.t("vs-nytt-scope"), "/scopes", wrong, &html! {
        form.f-form.f-stack method="post" action=(acting.path("/nytt-scope")) novalidate {
            (ui::csrf(&acting.who.session.csrf))
            (prefix.render(errors))
            (name.render(errors))
            (description.render(errors))
            (ui::radios("for", &lang.t("vs-for-klienter"), &kinds, &chosen("for", "maskinporten"), errors))
            (ui::radios("hvem", &lang.t("vs-hvem"), &access, &chosen("hvem", "soekt"), errors))
            (ui::radios("delegering", &lang.t("vs-delegerbart"), &delegated, &chosen("delegering", "nei"), errors))
            div.f-row { button.ds-button type="submit" { (lang.t("vs-opprett-scope")) } }
        }
    })
}

/// Makes a scope.
pub async fn add(
    State(portal): State<Component>,
    Path(orgnr): Path<String>,
    headers: HeaderMap,
    Posted { who, fields }: Posted,
) -> Result<Response, Fault> {
    let acting = acting(&portal, &headers, who, &orgnr).await?;
    let lang = acting.lang();
    let needed = [
        ("prefiks", key("vs-feil-prefiks")),
        ("navn", key("vs-feil-subscope")),
        ("beskrivelse", key("vs-feil-scope-beskrivelse")),
    ];
    let mut missing = Wrong::missing(lang, &fields, &needed);
    if !FOR.contains(&fields.get("for")) {
        missing.add("for", lang.t("vs-feil-velg"));
    }
    if !missing.is_nothing() {
        return Ok(show_new(&acting, &fields, &missing));
    }
    let delegation_source = if fields.get("delegering") == "ja" {
        let sources = acting.api.delegation_sources().await.map_err(ours)?;
        sources.into_iter().next().map(|source| source.issuer)
    } else {
        None
    };
    let scope = Scope {
        prefix: fields.text("prefiks"),
        subscope: fields.text("navn"),
        description: fields.text("beskrivelse"),
        allowed_integration_types: vec![fields.text("for")],
        delegation_source,
        accessible_for_all: fields.get("hvem") == "alle",
        active: true,
        ..Scope::default()
    };
    match acting.api.add_scope(&scope).await {
        Ok(made) => Ok(see(&at(&acting, &made.name))),
        Err(error) => Ok(show_new(&acting, &fields, &wrong(lang, error, &FIELDS)?)),
    }
}
