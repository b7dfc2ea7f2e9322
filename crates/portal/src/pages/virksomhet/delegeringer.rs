//! Suppliers that may use the business's access to scopes in Maskinporten, and whose access it may itself use.

use axum::extract::{Path, State};
use axum::response::Response;
use clients::selvbetjening::Delegation;
use design::key;
use design::ui::{self, Choice, TextField};
use http::HeaderMap;
use maud::{Markup, html};

use super::tilganger::owner;
use super::{Acting, FieldText, Wrong, acting, button, ours, table, wrong};
use crate::Component;
use crate::fault::Fault;
use crate::form::{Fields, Posted};
use crate::pages::see;
use crate::visit::SignedIn;

/// The place of the page below the business's.
const AT: &str = "/delegeringer";
const FIELDS: [FieldText; 3] = [
    ("supplier", "leverandoer", key("vs-feil-leverandoer")),
    ("scope", "scope", key("vs-feil-ikke-delegerbart")),
    ("", "scope", key("vs-feil-annet")),
];

/// The delegations, and the form to give one.
pub async fn page(
    State(portal): State<Component>,
    Path(orgnr): Path<String>,
    headers: HeaderMap,
    who: SignedIn,
) -> Result<Response, Fault> {
    let acting = acting(&portal, &headers, who, &orgnr).await?;
    show(&portal, &acting, &Fields::default(), &Wrong::default()).await
}

async fn show(
    portal: &Component,
    acting: &Acting,
    fields: &Fields,
    wrong: &Wrong,
) -> Result<Response, Fault> {
    let own = acting.orgnr.as_str();
    let all = portal.maskinporten.delegations(own).await.map_err(ours)?;
    let (given, received): (Vec<_>, Vec<_>) = all.into_iter().partition(|one| one.consumer_orgno == own);
    let mut scopes = acting.api.all_scopes().await.map_err(ours)?;
    scopes.retain(|scope| scope.active && scope.delegation_source.is_some());
    let (lang, errors) = (acting.lang(), wrong.errors.as_slice());
    let choices: Vec<Choice> = scopes
        .iter()
        .map(|scope| Choice {
            value: scope.name.clone(),
            text: format!("{} – {}", scope.name, scope.description),
        })
        .collect();
    let supplier = TextField {
        name: "leverandoer",
        label: &lang.t("vs-leverandoer-nummer"),
        help: &lang.t("vs-leverandoer-hjelp"),
        value: fields.get("leverandoer"),
        kind: "text",
        autocomplete: "off",
        required: true,
    };
    Ok(acting.page(&lang.t("vs-delegeringer"), AT, wrong, &html! {
        p.f-lead { (lang.t("vs-delegeringer-ingress")) }
        section.f-stack aria-labelledby="gitt" {
            h2.ds-heading data-size="sm" #gitt { (lang.t("vs-delegert-til")) }
            @if given.is_empty() {
                p { (lang.t("vs-delegert-ingen")) }
            } @else {
                (suppliers(acting, &given))
            }
        }
        section.ds-card.f-stack aria-labelledby="deleger" {
            h2.ds-heading data-size="sm" #deleger { (lang.t("vs-deleger")) }
            @if choices.is_empty() {
                p { (lang.t("vs-ingen-delegerbare")) }
            } @else {
                form.f-form.f-stack method="post" action=(acting.path(AT)) novalidate {
                    (ui::csrf(&acting.who.session.csrf))
                    (ui::select("scope", &lang.t("vs-scope"), &lang.t("vs-velg-scope"), &choices, fields.get("scope"), errors))
                    (supplier.render(errors))
                    div.f-row { button.ds-button type="submit" { (lang.t("vs-deleger-knapp")) } }
                }
            }
        }
        @if !received.is_empty() {
            section.f-stack aria-labelledby="faatt" {
                h2.ds-heading data-size="sm" #faatt { (lang.t("vs-delegert-fra")) }
                (consumers(acting, &received))
            }
        }
    }))
}

fn suppliers(acting: &Acting, given: &[Delegation]) -> Markup {
    let lang = acting.lang();
    let heads = [lang.t("vs-leverandoer"), lang.t("vs-scope"), lang.t("vs-gjoer")];
    let rows = html! {
        @for one in given {
            tr {
                th scope="row" { (owner(&one.supplier_orgno)) }
                td { code { (one.scope) } }
                td {
                    @let hidden = [("scope", one.scope.as_str()), ("leverandoer", one.supplier_orgno.as_str())];
                    (button(&acting.who, &acting.path("/delegeringer/trekk"), &hidden, &lang.t("vs-trekk-fullmakt"),
                        &format!("{} {}", owner(&one.supplier_orgno), one.scope)))
                }
            }
        }
    };
    table(&lang.t("vs-delegert-til"), &heads, &rows)
}

fn consumers(acting: &Acting, received: &[Delegation]) -> Markup {
    let lang = acting.lang();
    let heads = [lang.t("vs-virksomhet"), lang.t("vs-scope")];
    let rows = html! {
        @for one in received {
            tr {
                th scope="row" { (owner(&one.consumer_orgno)) }
                td { code { (one.scope) } }
            }
        }
    };
    table(&lang.t("vs-delegert-fra"), &heads, &rows)
}

/// The number as it was meant: people write it in groups.
fn supplier(fields: &Fields) -> String {
    fields.get("leverandoer").chars().filter(|char| !char.is_whitespace()).collect()
}

/// Lets a supplier use the business's access to a scope.
pub async fn give(
    State(portal): State<Component>,
    Path(orgnr): Path<String>,
    headers: HeaderMap,
    Posted { who, fields }: Posted,
) -> Result<Response, Fault> {
    let acting = acting(&portal, &headers, who, &orgnr).await?;
    let lang = acting.lang();
    let needed = [("scope", key("vs-feil-ikke-delegerbart")), ("leverandoer", key("vs-feil-leverandoer"))];
    let missing = Wrong::missing(lang, &fields, &needed);
    if !missing.is_nothing() {
        return show(&portal, &acting, &fields, &missing).await;
    }
    let supplier = supplier(&fields);
    match portal.maskinporten.delegate(acting.orgnr.as_str(), fields.get("scope"), &supplier).await {
        Ok(()) => Ok(see(&acting.path(AT))),
        Err(error) => show(&portal, &acting, &fields, &wrong(lang, error, &FIELDS)?).await,
    }
}

/// Takes it back: from the next token on.
pub async fn withdraw(
    State(portal): State<Component>,
    Path(orgnr): Path<String>,
    headers: HeaderMap,
    Posted { who, fields }: Posted,
) -> Result<Response, Fault> {
    let acting = acting(&portal, &headers, who, &orgnr).await?;
    let supplier = supplier(&fields);
    let done = portal.maskinporten.undelegate(acting.orgnr.as_str(), fields.get("scope"), &supplier).await;
    done.map_err(ours)?;
    Ok(see(&acting.path(AT)))
}
