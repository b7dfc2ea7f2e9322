//! What scopes of others the business has access to, and asking for more.

use axum::extract::{Path, State};
use axum::response::Response;
use clients::selvbetjening::{Access, AccessState, Scope};
use design::key;
use design::ui::{self, TextField};
use http::HeaderMap;
use maud::html;

use super::{Acting, FieldText, Wrong, acting, button, moment, ours, state, table, wrong};
use crate::Component;
use crate::fault::Fault;
use crate::form::Posted;
use crate::pages::see;
use crate::visit::SignedIn;

const FIELDS: [FieldText; 3] = [
    ("open_to_all", "scope", key("vs-feil-aapent-scope")),
    ("not_found", "scope", key("vs-feil-ukjent-scope")),
    ("", "scope", key("vs-feil-scope")),
];

/// The accesses, with the form to ask for one.
pub async fn page(
    State(portal): State<Component>,
    Path(orgnr): Path<String>,
    headers: HeaderMap,
    who: SignedIn,
) -> Result<Response, Fault> {
    let acting = acting(&portal, &headers, who, &orgnr).await?;
    show(&acting, "", &Wrong::default()).await
}

async fn show(acting: &Acting, asked: &str, wrong: &Wrong) -> Result<Response, Fault> {
    let accesses = acting.api.my_accesses(false).await.map_err(ours)?;
    let mut all = acting.api.all_scopes().await.map_err(ours)?;
    all.retain(|scope| scope.active && !scope.accessible_for_all);
    all.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(rendered(acting, &accesses, &all, asked, wrong))
}

fn rendered(acting: &Acting, accesses: &[Access], all: &[Scope], asked: &str, wrong: &Wrong) -> Response {
    let (lang, who) = (acting.lang(), &acting.who);
    let title = lang.t("vs-tilganger");
    let heads = [
        lang.t("vs-scope"),
        lang.t("vs-eier"),
        lang.t("vs-status"),
        lang.t("vs-sist-endret"),
        lang.t("vs-gjoer"),
    ];
    let cancel = acting.path("/tilganger/trekk");
    let rows = html! {
        @for access in accesses {
            tr {
                th scope="row" { code { (access.scope) } }
                td { (owner(&access.owner_orgno)) }
                td { (state(lang, access.state)) }
                td { (moment(&who.visit, &access.last_updated)) }
                td {
                    @if access.state == AccessState::Requested {
                        (button(who, &cancel, &[("scope", &access.scope)], &lang.t("vs-trekk"), &access.scope))
                    }
                }
            }
        }
    };
    let scope = TextField {
        name: "scope",
        label: &lang.t("vs-scope"),
        help: &lang.t("vs-be-om-hjelp"),
        value: asked,
        kind: "text",
        autocomplete: "off",
        required: true,
    };
    let catalogue = lang.t("vs-katalog");
    let catalogue_heads = [lang.t("vs-scope"), lang.t("vs-beskrivelse"), lang.t("vs-eier")];
    let catalogue_rows = html! {
        @for scope in all {
            tr {
                th scope="row" { code { (scope.name) } }
                td lang=[who.visit.bokmaal()] { (scope.description) }
                td { (owner(scope.owner_orgno.as_deref().unwrap_or_default())) }
            }
        }
    };
    acting.page(
        &title,
        "/tilganger",
        wrong,
        &html! {
            p.f-lead { (lang.t("vs-tilganger-ingress")) }
            @if accesses.is_empty() {
                div.ds-card { p { (lang.t("vs-ingen-tilganger")) } }
            } @else {
                (table(&title, &heads, &rows))
            }
            section.ds-card.f-stack aria-labelledby="be-om" {
                h2.ds-heading data-size="sm" #be-om { (lang.t("vs-be-om")) }
                form.f-form.f-stack method="post" action=(acting.path("/tilganger")) novalidate {
                    (ui::csrf(&who.session.csrf))
                    (scope.render(&wrong.errors))
                    div.f-row { button.ds-button type="submit" { (lang.t("vs-be-om-knapp")) } }
                }
            }
            @if !all.is_empty() {
                section.f-stack aria-labelledby="katalog" {
                    h2.ds-heading data-size="sm" #katalog { (catalogue) }
                    (table(&catalogue, &catalogue_heads, &catalogue_rows))
                }
            }
        },
    )
}

/// The owner's name where it is one of the nation's agencies, else its number.
pub fn owner(orgnr: &str) -> String {
    clients::orgs::name(orgnr).map_or_else(|| orgnr.to_owned(), |name| format!("{name} ({orgnr})"))
}

/// Asks for access.
pub async fn ask(
    State(portal): State<Component>,
    Path(orgnr): Path<String>,
    headers: HeaderMap,
    Posted { who, fields }: Posted,
) -> Result<Response, Fault> {
    let acting = acting(&portal, &headers, who, &orgnr).await?;
    let (lang, scope) = (acting.lang(), fields.get("scope"));
    if scope.is_empty() {
        return show(&acting, "", &Wrong::field("scope", lang.t("vs-feil-hvilket-scope"))).await;
    }
    match acting.api.request_access(scope).await {
        Ok(_) => Ok(see(&acting.path("/tilganger"))),
        Err(error) => show(&acting, scope, &wrong(lang, error, &FIELDS)?).await,
    }
}

/// Takes a request back.
pub async fn cancel(
    State(portal): State<Component>,
    Path(orgnr): Path<String>,
    headers: HeaderMap,
    Posted { who, fields }: Posted,
) -> Result<Response, Fault> {
    let acting = acting(&portal, &headers, who, &orgnr).await?;
    match acting.api.cancel_request(fields.get("scope")).await {
        // Where it is answered or taken back meanwhile, the page shows how it stands.
        Err(error) if error.status() != Some(404) => Err(ours(error)),
        _ => Ok(see(&acting.path("/tilganger"))),
    }
}
