//! A decision: what, why, on which facts, and what the person can do about it.

use axum::extract::{Path, State};
use axum::response::Response;
use clients::life_events::{Henvendelse, Vedtak};
use maud::{Markup, html};

use super::situasjon::back;
use super::{id, parts};
use crate::Component;
use crate::fault::Fault;
use crate::visit::{SignedIn, Visit};

/// One decision.
pub async fn page(
    State(portal): State<Component>,
    SignedIn { visit, session }: SignedIn,
    Path(decision): Path<String>,
) -> Result<Response, Fault> {
    let vedtak = portal.cases.vedtak(&session.token, id(&decision)?).await?.ok_or(Fault::NotFound)?;
    let lang = visit.lang;
    let title = parts::decision_title(lang, &vedtak);
    let base = format!("/vedtak/{}", vedtak.id);
    let wrong = |fact: &clients::life_events::Faktum| {
        Some(format!("{base}/feil?faktum={}", clients::encoded(&fact.id)))
    };
    Ok(visit.page(title.as_str()).render(&html! {
        div.f-stack data-gap="lg" {
            div.f-stack data-gap="sm" {
                (back(&format!("/reise/{}", vedtak.reise), &lang.t("vedtak-til-reise")))
                h1.ds-heading data-size="lg" { (title) }
                div.f-row {
                    (parts::decision_status(lang, vedtak.status))
                    (parts::tag("neutral", &if vedtak.automatisk { lang.t("vedtak-automatisk") } else { lang.t("vedtak-menneske") }))
                }
                p.f-lead lang=[visit.bokmaal()] { (vedtak.begrunnelse.kort) }
            }
            (amounts(&visit, &vedtak))
            (summary(&visit, &vedtak))
            section.f-stack aria-labelledby="vilkaar" {
                h2.ds-heading data-size="md" #vilkaar { (lang.t("vedtak-vilkaar")) }
                p { (lang.t("vedtak-vilkaar-tekst")) }
                @if !vedtak.begrunnelse.vilkaar.is_empty() {
                    (parts::conditions(&visit, &vedtak.begrunnelse.vilkaar, &vedtak.fakta))
                }
            }
            section.f-stack aria-labelledby="fakta" {
                h2.ds-heading data-size="md" #fakta { (lang.t("vedtak-fakta")) }
                p { (lang.t("vedtak-fakta-tekst")) }
                @if !vedtak.fakta.is_empty() { (parts::facts(&visit, &lang.t("vedtak-fakta"), &vedtak.fakta, wrong)) }
            }
            (choices(&visit, &vedtak, &base))
            @if !vedtak.henvendelser.is_empty() {
                section.f-stack aria-labelledby="henvendelser" {
                    h2.ds-heading data-size="md" #henvendelser { (lang.t("vedtak-henvendelser")) }
                    @for henvendelse in &vedtak.henvendelser { (request(&visit, henvendelse)) }
                }
            }
            (parts::trace(lang, &vedtak.begrunnelse.spor))
        }
    }))
}

/// What it grants: the first amount large, all of them in a table where there are several.
fn amounts(visit: &Visit, vedtak: &Vedtak) -> Markup {
    let lang = visit.lang;
    html! {
        @if let Some(first) = vedtak.perioder.first() {
            section.ds-card.f-stack data-gap="sm" data-variant="tinted" aria-labelledby="belop" {
                h2.ds-heading data-size="2xs" #belop { (lang.t("vedtak-belop")) }
                p.f-amount { (lang.kroner(first.beloep)) }
                p { (parts::months(lang, first)) }
                @if vedtak.perioder.len() > 1 {
                    table.ds-table {
                        caption.ds-sr-only { (lang.t("vedtak-perioder")) }
                        thead { tr {
                            th scope="col" { (lang.t("vedtak-periode")) }
                            th scope="col" { (lang.t("vedtak-per-maaned")) }
                        } }
                        tbody {
                            @for periode in &vedtak.perioder {
                                tr {
                                    th scope="row" { (parts::months(lang, periode)) }
                                    td { (lang.kroner(periode.beloep)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn summary(visit: &Visit, vedtak: &Vedtak) -> Markup {
    let lang = visit.lang;
    html! {
        dl.f-facts {
            dt { (lang.t("vedtak-bestemt-av")) }
            dd { (vedtak.etat.navn) }
            dt { (lang.t("vedtak-dato")) }
            dd { (lang.moment(vedtak.tidspunkt)) }
            dt { (lang.t("vedtak-sak")) }
            dd { (vedtak.sak) }
            dt { (lang.t("vedtak-regler")) }
            dd { (lang.with("vedtak-regler-verdi", &[
                ("id", vedtak.regelverk.id.as_str().into()),
                ("versjon", vedtak.regelverk.versjon.as_str().into()),
                ("dag", lang.date(vedtak.regelverk.as_of).into()),
            ])) }
            dt { (lang.t("vedtak-klagefrist")) }
            dd { (lang.date(vedtak.klagefrist)) }
            dt { (lang.t("vedtak-brev")) }
            dd {
                @match vedtak.melding {
                    Some(letter) => { a.ds-link href={ "/innboks/" (letter) } { (lang.t("steg-les-brev")) } }
                    None => (lang.t("vedtak-uten-brev")),
                }
            }
        }
    }
}

fn choices(visit: &Visit, vedtak: &Vedtak, base: &str) -> Markup {
    let lang = visit.lang;
    let appeal = lang.with("valg-klage-tekst", &[("frist", lang.date(vedtak.klagefrist).into())]);
    let mut choices = vec![
        ("feil", lang.t("valg-feil"), lang.t("valg-feil-tekst"), lang.t("valg-feil-knapp")),
        ("klage", lang.t("valg-klage"), appeal, lang.t("valg-klage-knapp")),
    ];
    if vedtak.automatisk {
        choices.push((
            "kontroll",
            lang.t("valg-kontroll"),
            lang.t("valg-kontroll-tekst"),
            lang.t("valg-kontroll-knapp"),
        ));
    }
    html! {
        section.f-stack aria-labelledby="valg" {
            h2.ds-heading data-size="md" #valg { (lang.t("vedtak-valg")) }
            div.f-grid {
                @for (path, heading, text, button) in &choices {
                    div.ds-card.f-stack data-gap="sm" {
                        h3.ds-heading data-size="xs" { (heading) }
                        p { (text) }
                        p { a.ds-button data-variant="secondary" href={ (base) "/" (path) } { (button) } }
                    }
                }
            }
        }
    }
}

/// A request about the decision and how far it has come.
pub fn request(visit: &Visit, henvendelse: &Henvendelse) -> Markup {
    let lang = visit.lang;
    html! {
        article.ds-card.f-stack data-gap="sm" {
            div.f-row data-spread {
                h3.ds-heading data-size="xs" { (parts::kind(lang, henvendelse.kind)) }
                @match henvendelse.svar {
                    Some(_) => (parts::tag("success", &lang.t("henvendelse-besvart"))),
                    None => (parts::tag("info", &lang.t("henvendelse-venter"))),
                }
            }
            p.f-quiet.f-small {
                (lang.with("henvendelse-sendt", &[("dag", lang.moment(henvendelse.opprettet).into())]))
                @if henvendelse.svar.is_none() {
                    " " (lang.with("henvendelse-frist", &[("dag", lang.date(henvendelse.frist).into())]))
                }
            }
            @if let Some(text) = &henvendelse.tekst { blockquote.f-quote { (text) } }
            @if let Some(answer) = &henvendelse.svar {
                p {
                    strong { (lang.t("henvendelse-svar")) } " "
                    span.f-quiet.f-small { (lang.moment(answer.tidspunkt)) }
                }
                p.f-letter lang=[visit.bokmaal()] { (answer.begrunnelse) }
            }
        }
    }
}
