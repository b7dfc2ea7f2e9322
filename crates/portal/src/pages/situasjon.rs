//! A person's journeys: what has happened, happens and will happen, across agencies.

use axum::extract::{Path, State};
use axum::response::Response;
use clients::life_events::{Reise, Reisestatus, Steg};
use design::ui::icon;
use maud::{Markup, html};

use super::{id, parts};
use crate::Component;
use crate::fault::Fault;
use crate::visit::{SignedIn, Visit};

/// How many letters are looked at for the notice of unread ones.
const LETTERS: u32 = 20;

/// All journeys, the ongoing ones and the newest in full.
pub async fn page(
    State(portal): State<Component>,
    SignedIn { visit, session }: SignedIn,
) -> Result<Response, Fault> {
    let (journeys, letters) = tokio::join!(
        portal.cases.reiser(&session.token),
        portal.post.meldinger(&session.token, None, LETTERS)
    );
    let journeys = journeys?;
    // The notice is a help; the page stands without it.
    let unread = letters
        .map_or(0, |letters| letters.meldinger.iter().filter(|letter| letter.aapnet.is_none()).count());
    let lang = visit.lang;
    let full = |at: usize, journey: &Reise| at == 0 || journey.status != Reisestatus::Avsluttet;
    Ok(visit.page(lang.t("situasjon-tittel")).render(&html! {
        div.f-stack data-gap="lg" {
            div.f-stack data-gap="sm" {
                h1.ds-heading data-size="lg" { (lang.t("situasjon-tittel")) }
                p.f-lead { (lang.t("situasjon-ingress")) }
            }
            @if unread > 0 {
                div.ds-alert data-color="info" {
                    p { a.ds-link href="/innboks" { (lang.with("situasjon-uleste", &[("antall", (unread as i64).into())])) } }
                }
            }
            @if journeys.is_empty() {
                section.ds-card.f-stack data-gap="sm" {
                    h2.ds-heading data-size="sm" { (lang.t("situasjon-tom")) }
                    p { (lang.t("situasjon-tom-tekst")) }
                }
            }
            @for (at, journey) in journeys.iter().enumerate() {
                section.ds-card.f-stack aria-labelledby={ "reise-" (at) } {
                    div.f-row data-spread {
                        h2.ds-heading data-size="md" id={ "reise-" (at) } lang=[visit.bokmaal()] {
                            a.ds-link href={ "/reise/" (journey.id) } { (journey.tittel) }
                        }
                        (parts::journey_status(lang, journey.status))
                    }
                    @if full(at, journey) { (timeline(&visit, &journey.steg)) }
                }
            }
        }
    }))
}

/// One journey.
pub async fn journey(
    State(portal): State<Component>,
    SignedIn { visit, session }: SignedIn,
    Path(journey): Path<String>,
) -> Result<Response, Fault> {
    let journey = portal.cases.reise(&session.token, id(&journey)?).await?.ok_or(Fault::NotFound)?;
    let lang = visit.lang;
    let begun = lang.with("reise-opprettet", &[("dag", lang.day(journey.opprettet).into())]);
    Ok(visit.page(journey.tittel.as_str()).narrow().render(&html! {
        div.f-stack data-gap="lg" {
            div.f-stack data-gap="sm" {
                (back("/min-situasjon", &lang.t("situasjon-tittel")))
                h1.ds-heading data-size="lg" lang=[visit.bokmaal()] { (journey.tittel) }
                div.f-row {
                    (parts::journey_status(lang, journey.status))
                    span.f-quiet { (begun) }
                }
            }
            section.ds-card.f-stack aria-labelledby="steg" {
                h2.ds-heading data-size="sm" #steg { (lang.t("reise-steg")) }
                @if journey.steg.is_empty() {
                    p { (lang.t("reise-uten-steg")) }
                }
                (timeline(&visit, &journey.steg))
            }
        }
    }))
}

/// The way back to the page above.
pub fn back(href: &str, text: &str) -> Markup {
    html! { p { a.ds-link href=(href) { span aria-hidden="true" { "← " } (text) } } }
}

fn timeline(visit: &Visit, steps: &[Steg]) -> Markup {
    let lang = visit.lang;
    html! {
        ol.f-timeline {
            @for step in steps {
                @let (word, status, drawing) = parts::step_status(lang, step.status);
                li data-status=(status) {
                    div.f-mark { (icon(drawing)) }
                    div.f-step lang=[visit.bokmaal()] {
                        h3.ds-heading data-size="2xs" { (step.navn) }
                        p.f-quiet.f-small {
                            (step.etat.navn)
                            span lang=(lang.tag()) {
                                " · " (word)
                                @if let Some(at) = step.tidspunkt { " · " (lang.moment(at)) }
                            }
                        }
                        @if let Some(more) = &step.beskrivelse { p { (more) } }
                        @if step.vedtak.is_some() || step.melding.is_some() {
                            div.f-links lang=(lang.tag()) {
                                @if let Some(decision) = step.vedtak {
                                    a.ds-link href={ "/vedtak/" (decision) } { (lang.t("steg-se-vedtak")) }
                                }
                                @if let Some(letter) = step.melding {
                                    a.ds-link href={ "/innboks/" (letter) } { (lang.t("steg-les-brev")) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
