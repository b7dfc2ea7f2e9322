//! Who may act for the business in Ansattporten without a role in it: given with an end, taken back, and the log of both.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use clients::ansattporten::{
    Delegering, Delegeringer, Delegeringshandling, Delegeringshendelse, Handlende, NyDelegering, Ressurs,
};
use design::ui::{self, Choice, TextField};
use design::{Lang, key};
use http::HeaderMap;
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;

use super::{Acting, FieldText, Wrong, acting, button, ours, table, wrong};
use crate::Component;
use crate::fault::Fault;
use crate::form::{Fields, Posted};
use crate::pages::see;
use crate::session::Session;
use crate::visit::SignedIn;

/// The place of the pages below the business's.
const AT: &str = "/fullmakter";
/// What the API's refusals are about.
const FIELDS: [FieldText; 4] = [
    ("personidentifikator", "personidentifikator", key("vs-feil-person")),
    ("rettigheter", "rettigheter", key("vs-feil-rettigheter")),
    ("siste_dag", "siste_dag", key("vs-feil-dag")),
    ("", "personidentifikator", key("vs-feil-annet")),
];
/// The rights that have words.
const RIGHTS: [(&str, &str); 12] = [
    ("Read", key("vs-rett-lese")),
    ("Write", key("vs-rett-skrive")),
    ("Sign", key("vs-rett-signere")),
    ("ArchiveRead", key("vs-rett-lese-arkiv")),
    ("ArchiveDelete", key("vs-rett-slette-arkiv")),
    ("read", key("vs-rett-lese")),
    ("write", key("vs-rett-skrive")),
    ("sign", key("vs-rett-signere")),
    ("confirm", key("vs-rett-bekrefte")),
    ("reject", key("vs-rett-avvise")),
    ("delete", key("vs-rett-slette")),
    ("access", key("vs-rett-aapne")),
];

fn right(lang: Lang, name: &str) -> String {
    let known = RIGHTS.iter().find(|(known, _)| *known == name);
    known.map_or_else(|| name.to_owned(), |(_, text)| lang.t(text))
}

fn rights(lang: Lang, names: &[String]) -> String {
    names.iter().map(|name| right(lang, name)).collect::<Vec<_>>().join(", ")
}

/// The person who acts. One whose session does not say who they are has no businesses, and gives nothing.
fn who(session: &Session) -> Result<Handlende, Fault> {
    let personidentifikator = session.pid.ok_or(Fault::Forbidden)?;
    Ok(Handlende { personidentifikator, navn: session.name.clone() })
}

/// What the business has given, and the way to give more.
pub async fn page(
    State(portal): State<Component>,
    Path(orgnr): Path<String>,
    headers: HeaderMap,
    who: SignedIn,
) -> Result<Response, Fault> {
    let acting = acting(&portal, &headers, who, &orgnr).await?;
    show(&portal, &acting, "", &Wrong::default()).await
}

async fn show(portal: &Component, acting: &Acting, asked: &str, wrong: &Wrong) -> Result<Response, Fault> {
    let given = portal.fullmakter.gitt(&acting.orgnr).await.map_err(ours)?;
    let known = portal.fullmakter.ressurser(&acting.orgnr).await.map_err(ours)?;
    let lang = acting.lang();
    let resource = TextField {
        name: "ressurs",
        label: &lang.t("vs-tjeneste"),
        help: &lang.t("vs-tjeneste-hjelp"),
        value: asked,
        kind: "text",
        autocomplete: "off",
        required: true,
    };
    Ok(acting.page(&lang.t("vs-fullmakter"), AT, wrong, &html! {
        p.f-lead { (lang.t("vs-fullmakter-ingress")) }
        @if given.delegeringer.is_empty() {
            div.ds-card { p { (lang.t("vs-ingen-fullmakter")) } }
        } @else {
            (holding(acting, &given.delegeringer))
        }
        section.ds-card.f-stack aria-labelledby="gi" {
            h2.ds-heading data-size="sm" #gi { (lang.t("vs-gi-fullmakt")) }
            @if !known.is_empty() {
                ul.f-list {
                    @for one in &known {
                        li { a.ds-link href=(giving(acting, &one.ressurs)) { (one.navn) } " " code { (one.ressurs) } }
                    }
                }
            }
            form.f-form.f-stack method="get" action=(acting.path("/fullmakter/ny")) novalidate {
                (resource.render(&wrong.errors))
                div.f-row { button.ds-button type="submit" { (lang.t("vs-videre")) } }
            }
        }
        (log(lang, &given.logg))
    }))
}

fn giving(acting: &Acting, resource: &str) -> String {
    acting.path(&format!("/fullmakter/ny?ressurs={}", clients::encoded(resource)))
}

/// The service in words, and its id.
fn service(given: &Delegering) -> Markup {
    html! {
        @if !given.ressurs_navn.is_empty() { (given.ressurs_navn) " " }
        code { (given.ressurs) }
    }
}

fn last(lang: Lang, given: &Delegering) -> String {
    given.siste_dag.map_or_else(|| lang.t("vs-uten-slutt"), |day| lang.date(day))
}

fn holding(acting: &Acting, all: &[Delegering]) -> Markup {
    let lang = acting.lang();
    let caption = lang.t("vs-fullmakter-naa");
    let heads = [
        lang.t("vs-person"),
        lang.t("vs-tjeneste"),
        lang.t("vs-rettigheter"),
        lang.t("vs-siste-dag"),
        lang.t("vs-gjoer"),
    ];
    let rows = html! {
        @for given in all {
            tr {
                th scope="row" { (given.person) }
                td { (service(given)) }
                td { (rights(lang, &given.rettigheter)) }
                td { (last(lang, given)) }
                td {
                    (button(&acting.who, &acting.path("/fullmakter/trekk"), &[("id", &given.id)], &lang.t("vs-trekk-fullmakt"),
                        &format!("{} {}", given.person, given.ressurs)))
                }
            }
        }
    };
    table(&caption, &heads, &rows)
}

/// What has happened, the newest first.
fn log(lang: Lang, events: &[Delegeringshendelse]) -> Markup {
    let caption = lang.t("vs-fullmakter-logg");
    let heads = [
        lang.t("vs-naar"),
        lang.t("vs-hva"),
        lang.t("vs-virksomhet"),
        lang.t("vs-person"),
        lang.t("vs-tjeneste"),
        lang.t("vs-rettigheter"),
        lang.t("vs-av"),
    ];
    let what = |event: &Delegeringshendelse| match event.hva {
        Delegeringshandling::Gitt => lang.t("vs-fullmakt-gitt"),
        Delegeringshandling::Trukket => lang.t("vs-fullmakt-trukket"),
    };
    let rows = html! {
        @for event in events {
            tr {
                th scope="row" { (lang.moment(event.tid)) }
                td { (what(event)) }
                td { (event.virksomhet) }
                td { (event.person) }
                td { code { (event.ressurs) } }
                td { (rights(lang, &event.rettigheter)) }
                td { (event.av) }
            }
        }
    };
    html! {
        @if !events.is_empty() {
            section.f-stack aria-labelledby="logg" {
                h2.ds-heading data-size="sm" #logg { (caption) }
                (table(&caption, &heads, &rows))
            }
        }
    }
}

/// What the signed-in person may do for businesses by such rights; nothing where there is and was none.
pub async fn received(portal: &Component, who: &SignedIn) -> Result<Markup, Fault> {
    let Ok(person) = self::who(&who.session) else { return Ok(Markup::default()) };
    let Delegeringer { delegeringer, logg } = portal.fullmakter.faatt(person).await.map_err(ours)?;
    let lang = who.visit.lang;
    let caption = lang.t("vs-faatt");
    let heads =
        [lang.t("vs-virksomhet"), lang.t("vs-tjeneste"), lang.t("vs-rettigheter"), lang.t("vs-siste-dag")];
    let rows = html! {
        @for given in &delegeringer {
            tr {
                th scope="row" { (given.virksomhet) }
                td { (service(given)) }
                td { (rights(lang, &given.rettigheter)) }
                td { (last(lang, given)) }
            }
        }
    };
    Ok(html! {
        @if !logg.is_empty() || !delegeringer.is_empty() {
            section.f-stack aria-labelledby="faatt" {
                h2.ds-heading data-size="sm" #faatt { (caption) }
                p { (lang.t("vs-faatt-ingress")) }
                @if delegeringer.is_empty() {
                    p { (lang.t("vs-faatt-ingen")) }
                } @else {
                    (table(&caption, &heads, &rows))
                }
            }
            (log(lang, &logg))
        }
    })
}

/// Which service.
#[derive(Debug, Deserialize)]
pub struct Chosen {
    ressurs: Option<String>,
}

/// The form of a new one, when its service is chosen.
pub async fn new(
    State(portal): State<Component>,
    Path(orgnr): Path<String>,
    Query(chosen): Query<Chosen>,
    headers: HeaderMap,
    who: SignedIn,
) -> Result<Response, Fault> {
    let acting = acting(&portal, &headers, who, &orgnr).await?;
    let asked = chosen.ressurs.unwrap_or_default();
    let asked = asked.trim();
    if let Some(resource) = resource(&portal, &acting, asked).await? {
        return Ok(show_new(&acting, &resource, &Fields::default(), &Wrong::default()));
    }
    let wrong = Wrong::field("ressurs", acting.lang().t("vs-feil-tjeneste"));
    show(&portal, &acting, asked, &wrong).await
}

async fn resource(portal: &Component, acting: &Acting, id: &str) -> Result<Option<Ressurs>, Fault> {
    if id.is_empty() {
        return Ok(None);
    }
    match portal.fullmakter.ressurs(&acting.orgnr, id).await {
        Ok(resource) => Ok(Some(resource)),
        Err(error) if error.status() == Some(404) => Ok(None),
        Err(error) => Err(ours(error)),
    }
}

fn show_new(acting: &Acting, resource: &Ressurs, fields: &Fields, wrong: &Wrong) -> Response {
    let (lang, errors) = (acting.lang(), wrong.errors.as_slice());
    let number = TextField {
        name: "personidentifikator",
        label: &lang.t("vs-fullmakt-nummer"),
        help: "",
        value: fields.get("personidentifikator"),
        kind: "text",
        autocomplete: "off",
        required: true,
    };
    let name = TextField {
        name: "etternavn",
        label: &lang.t("vs-etternavn"),
        help: &lang.t("vs-etternavn-hjelp"),
        value: fields.get("etternavn"),
        ..number
    };
    let last = TextField {
        name: "siste_dag",
        label: &lang.t("vs-siste-dag"),
        help: &lang.t("vs-siste-dag-hjelp"),
        value: fields.get("siste_dag"),
        kind: "date",
        ..number
    };
    let choices: Vec<Choice> = resource
        .rettigheter
        .iter()
        .map(|name| Choice { value: name.clone(), text: right(lang, name) })
        .collect();
    let ticked: Vec<String> = fields.all("rettigheter").map(str::to_owned).collect();
    acting.page(
        &lang.t("vs-gi-fullmakt"),
        AT,
        wrong,
        &html! {
            p { (lang.t("vs-tjeneste")) ": " strong { (resource.navn) } " " code { (resource.ressurs) } }
            form.f-form.f-stack method="post" action=(acting.path("/fullmakter/ny")) novalidate {
                (ui::csrf(&acting.who.session.csrf))
                input type="hidden" name="ressurs" value=(resource.ressurs);
                (number.render(errors))
                (name.render(errors))
                (ui::checkboxes("rettigheter", &lang.t("vs-rettigheter"), &choices, &ticked, errors))
                (last.render(errors))
                div.f-row { button.ds-button type="submit" { (lang.t("vs-gi-fullmakt")) } }
            }
        },
    )
}

/// Gives it.
pub async fn give(
    State(portal): State<Component>,
    Path(orgnr): Path<String>,
    headers: HeaderMap,
    Posted { who: by, fields }: Posted,
) -> Result<Response, Fault> {
    let acting = acting(&portal, &headers, by, &orgnr).await?;
    let lang = acting.lang();
    let resource = resource(&portal, &acting, fields.get("ressurs")).await?.ok_or(Fault::Form)?;
    let last = fields.get("siste_dag").parse::<Date>();
    let mut missing = Wrong::missing(
        lang,
        &fields,
        &[
            ("personidentifikator", key("vs-feil-person")),
            ("etternavn", key("vs-feil-etternavn")),
            ("rettigheter", key("vs-feil-rettigheter")),
        ],
    );
    if last.is_err() {
        missing.add("siste_dag", lang.t("vs-feil-dag"));
    }
    let Some(last) = last.ok().filter(|_| missing.is_nothing()) else {
        return Ok(show_new(&acting, &resource, &fields, &missing));
    };
    let new = NyDelegering {
        av: who(&acting.who.session)?,
        personidentifikator: fields.text("personidentifikator"),
        etternavn: fields.text("etternavn"),
        ressurs: resource.ressurs.clone(),
        rettigheter: fields.all("rettigheter").map(str::to_owned).collect(),
        siste_dag: last,
    };
    match portal.fullmakter.gi(&acting.orgnr, &new).await {
        Ok(_) => Ok(see(&acting.path(AT))),
        Err(error) => Ok(show_new(&acting, &resource, &fields, &wrong(lang, error, &FIELDS)?)),
    }
}

/// Takes one back.
pub async fn withdraw(
    State(portal): State<Component>,
    Path(orgnr): Path<String>,
    headers: HeaderMap,
    Posted { who: by, fields }: Posted,
) -> Result<Response, Fault> {
    let acting = acting(&portal, &headers, by, &orgnr).await?;
    let by = who(&acting.who.session)?;
    match portal.fullmakter.trekk(&acting.orgnr, fields.get("id"), &by).await {
        // Where it has ended or been taken back meanwhile, the page shows how it stands.
        Err(error) if error.status() != Some(404) => Err(ours(error)),
        _ => Ok(see(&acting.path(AT))),
    }
}
