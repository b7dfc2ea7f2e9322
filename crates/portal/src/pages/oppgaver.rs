//! Caseworkers' tasks. Who may see which is the component's to decide; others get its 403 as a page.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use clients::ClientError;
use clients::life_events::{NyLoesning, Oppgave, Oppgavedetaljer, Oppgavestatus};
use design::key;
use design::ui::{self, Choice, FieldError, TextField};
use http::StatusCode;
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;

use super::henvendelse::text_error;
use super::situasjon::back;
use super::{id, parts, see};
use crate::Component;
use crate::fault::{Fault, Refusal};
use crate::form::{Fields, Posted};
use crate::visit::{SignedIn, Visit};

/// Which tasks.
#[derive(Debug, Deserialize)]
pub struct Filter {
    status: Option<String>,
}

/// The tasks, those with the nearest deadline first.
pub async fn list(
    State(portal): State<Component>,
    SignedIn { visit, session }: SignedIn,
    Query(filter): Query<Filter>,
) -> Result<Response, Fault> {
    let done = filter.status.as_deref() == Some("loest");
    let status = if done { Oppgavestatus::Loest } else { Oppgavestatus::Aapen };
    let tasks = portal.cases.oppgaver(&session.token, status).await?;
    let (lang, today) = (visit.lang, portal.ctx.clock.today());
    let title = if done { lang.t("oppgaver-loeste") } else { lang.t("oppgaver-tittel") };
    Ok(visit.page(title.as_str()).render(&html! {
        div.f-stack {
            h1.ds-heading data-size="lg" { (title) }
            nav aria-label=(lang.t("oppgaver-utvalg")) { ul.f-list.f-row {
                li { a.ds-link href="/oppgaver" aria-current=[(!done).then_some("page")] { (lang.t("oppgaver-aapne")) } }
                li { a.ds-link href="/oppgaver?status=loest" aria-current=[done.then_some("page")] { (lang.t("oppgaver-loeste")) } }
            } }
            @if tasks.is_empty() {
                div.ds-card { p { (lang.t("oppgaver-tom")) } }
            } @else {
                (table(&visit, &title, &tasks, today))
            }
        }
    }))
}

fn table(visit: &Visit, caption: &str, tasks: &[Oppgave], today: Date) -> Markup {
    let lang = visit.lang;
    html! {
        div.f-scroll role="group" tabindex="0" aria-label=(caption) {
            table.ds-table data-border data-hover {
                caption.ds-sr-only { (caption) }
                thead { tr {
                    th scope="col" { (lang.t("oppgave-hva")) }
                    th scope="col" { (lang.t("oppgave-hvorfor")) }
                    th scope="col" { (lang.t("oppgave-frist")) }
                    th scope="col" { (lang.t("oppgave-sak")) }
                } }
                tbody {
                    @for task in tasks {
                        tr {
                            th scope="row" {
                                a.ds-link href={ "/oppgaver/" (task.id) } lang=[visit.bokmaal()] { (task.tittel) }
                                br;
                                span.f-quiet.f-small { (parts::kind(lang, task.kind)) }
                            }
                            td lang=[visit.bokmaal()] { (reasons(task)) }
                            td { (deadline(visit, task, today)) }
                            td { (task.sak) }
                        }
                    }
                }
            }
        }
    }
}

fn reasons(task: &Oppgave) -> String {
    task.grunner.iter().map(|reason| reason.tekst.as_str()).collect::<Vec<_>>().join("; ")
}

fn deadline(visit: &Visit, task: &Oppgave, today: Date) -> Markup {
    let lang = visit.lang;
    html! {
        (lang.date(task.frist))
        @if task.status == Oppgavestatus::Aapen && task.frist < today {
            " " (parts::tag("danger", &lang.t("oppgave-over-frist")))
        }
    }
}

async fn details(portal: &Component, who: &SignedIn, task: &str) -> Result<Oppgavedetaljer, Fault> {
    portal.cases.oppgave(&who.session.token, id(task)?).await?.ok_or(Fault::NotFound)
}

/// One task, with the form to resolve it.
pub async fn task(
    State(portal): State<Component>,
    who: SignedIn,
    Path(task): Path<String>,
) -> Result<Response, Fault> {
    let task = details(&portal, &who, &task).await?;
    Ok(show(&who, &task, &Fields::default(), &[], portal.ctx.clock.today()))
}

fn show(
    who: &SignedIn,
    details: &Oppgavedetaljer,
    fields: &Fields,
    errors: &[FieldError],
    today: Date,
) -> Response {
    let (visit, lang, task) = (&who.visit, who.visit.lang, &details.oppgave);
    let (title, status) = if errors.is_empty() {
        (task.tittel.clone(), StatusCode::OK)
    } else {
        (
            lang.with("feil-i-tittel", &[("tittel", task.tittel.as_str().into())]),
            StatusCode::UNPROCESSABLE_ENTITY,
        )
    };
    let disputed =
        details.faktum.as_ref().and_then(|fact| details.fakta.iter().find(|known| known.id == *fact));
    visit.page(title).status(status).render(&html! {
        div.f-stack data-gap="lg" {
            div.f-stack data-gap="sm" {
                (back("/oppgaver", &lang.t("oppgaver-tittel")))
                (ui::error_summary(lang, errors))
                h1.ds-heading data-size="lg" lang=[visit.bokmaal()] { (task.tittel) }
                div.f-row { (parts::tag("info", &parts::kind(lang, task.kind))) }
            }
            dl.f-facts {
                dt { (lang.t("oppgave-gjelder")) }
                dd {
                    @if let Some(name) = &details.part.navn { (name) ", " }
                    (details.part.personidentifikator.as_str())
                }
                dt { (lang.t("oppgave-sak")) }
                dd { (task.sak) }
                dt { (lang.t("oppgave-opprettet")) }
                dd { (lang.moment(task.opprettet)) }
                dt { (lang.t("oppgave-frist")) }
                dd { (deadline(visit, task, today)) }
                dt { (lang.t("oppgave-hvorfor")) }
                dd lang=[visit.bokmaal()] {
                    @if task.grunner.is_empty() { "–" }
                    @else { ul.ds-list { @for reason in &task.grunner { li { (reason.tekst) } } } }
                }
                @if let Some(fact) = disputed {
                    dt { (lang.t("oppgave-faktum")) }
                    dd lang=[visit.bokmaal()] { (parts::capital(&fact.navn)) ": " (fact.verdi) }
                }
                @if let Some(text) = &details.tekst {
                    dt { (lang.t("oppgave-tekst")) }
                    dd { blockquote.f-quote { (text) } }
                }
            }
            (resolution(who, details, fields, errors))
            @if !details.vilkaar.is_empty() {
                section.f-stack aria-labelledby="vilkaar" {
                    h2.ds-heading data-size="md" #vilkaar { (lang.t("oppgave-vilkaar")) }
                    (parts::conditions(visit, &details.vilkaar, &details.fakta))
                }
            }
            @if !details.fakta.is_empty() {
                section.f-stack aria-labelledby="fakta" {
                    h2.ds-heading data-size="md" #fakta { (lang.t("oppgave-fakta")) }
                    (parts::facts(visit, &lang.t("oppgave-fakta"), &details.fakta, |_| None))
                }
            }
            (parts::trace(lang, &details.spor))
        }
    })
}

/// How it was resolved, or the form to do so.
fn resolution(who: &SignedIn, details: &Oppgavedetaljer, fields: &Fields, errors: &[FieldError]) -> Markup {
    let (visit, lang) = (&who.visit, who.visit.lang);
    let words = |outcome: &str| {
        let choice = details.valg.iter().find(|choice| choice.utfall == outcome);
        choice.map_or_else(|| outcome.to_owned(), |choice| choice.tekst.clone())
    };
    let choices: Vec<Choice> = details
        .valg
        .iter()
        .map(|choice| Choice { value: choice.utfall.clone(), text: choice.tekst.clone() })
        .collect();
    let grounds = TextField {
        name: "begrunnelse",
        label: &lang.t("oppgave-begrunnelse"),
        help: &lang.t("oppgave-begrunnelse-hjelp"),
        value: fields.get("begrunnelse"),
        kind: "textarea",
        autocomplete: "off",
        required: false,
    };
    html! {
        section.ds-card.f-stack aria-labelledby="loesning" {
            @if let Some(done) = &details.loesning {
                h2.ds-heading data-size="sm" #loesning { (lang.t("oppgave-loest")) }
                dl.f-facts {
                    dt { (lang.t("oppgave-utfall")) }
                    dd lang=[visit.bokmaal()] { (words(&done.utfall)) }
                    dt { (lang.t("oppgave-tidspunkt")) }
                    dd { (lang.moment(done.tidspunkt)) }
                    dt { (lang.t("oppgave-begrunnelse")) }
                    dd.f-letter lang=[visit.bokmaal()] { (done.begrunnelse) }
                }
            } @else {
                h2.ds-heading data-size="sm" #loesning { (lang.t("oppgave-loes")) }
                form.f-form.f-stack method="post" action={ "/oppgaver/" (details.oppgave.id) } {
                    (ui::csrf(&who.session.csrf))
                    (ui::radios("utfall", &lang.t("oppgave-utfall"), &choices, fields.get("utfall"), errors))
                    (grounds.render(errors))
                    div.f-row { button.ds-button type="submit" { (lang.t("oppgave-lagre")) } }
                }
            }
        }
    }
}

/// Resolves a task.
pub async fn resolve(
    State(portal): State<Component>,
    Path(task): Path<String>,
    Posted { who, fields }: Posted,
) -> Result<Response, Fault> {
    let (lang, today, task_id) = (who.visit.lang, portal.ctx.clock.today(), id(&task)?);
    let (outcome, grounds) = (fields.get("utfall"), fields.get("begrunnelse"));
    let no_outcome = outcome
        .is_empty()
        .then(|| FieldError { field: "utfall".to_owned(), text: lang.t("oppgave-uten-utfall") });
    let no_grounds = text_error(lang, grounds, key("oppgave-uten-begrunnelse"));
    let no_grounds = no_grounds.map(|text| FieldError { field: "begrunnelse".to_owned(), text });
    let errors: Vec<FieldError> = no_outcome.into_iter().chain(no_grounds).collect();
    if !errors.is_empty() {
        let details = details(&portal, &who, &task).await?;
        return Ok(show(&who, &details, &fields, &errors, today));
    }
    let solution = NyLoesning { utfall: outcome.to_owned(), begrunnelse: grounds.to_owned() };
    match portal.cases.loes(&who.session.token, task_id, &solution).await {
        Ok(_) => Ok(see(&format!("/oppgaver/{task_id}"))),
        Err(ref error @ ClientError::Status { status: 400 | 422, .. }) => {
            let refusal = Refusal::of(error);
            let field = if refusal.felt.as_deref() == Some("begrunnelse") { "begrunnelse" } else { "utfall" };
            let text = refusal.detail.unwrap_or_else(|| lang.t("feil-avvist"));
            let details = details(&portal, &who, &task).await?;
            Ok(show(&who, &details, &fields, &[FieldError { field: field.to_owned(), text }], today))
        }
        Err(error) => Err(error.into()),
    }
}
