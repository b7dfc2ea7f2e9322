//! What several pages show in the same way: statuses in words, sources, conditions, facts.

use clients::life_events::{
    Faktum, Oppgavetype, Reisestatus, Stegstatus, Vedtak, Vedtaksperiode, Vedtaksstatus, Vilkaar,
    Vilkaarsresultat,
};
use design::ui::{Icon, icon};
use design::{Lang, key};
use maud::{Markup, html};

use crate::visit::Visit;

/// A label. `color` helps the eye; the words say it all.
pub fn tag(color: &str, text: &str) -> Markup {
    html! { span.ds-tag data-color=(color) { (text) } }
}

/// Where a journey stands.
pub fn journey_status(lang: Lang, status: Reisestatus) -> Markup {
    match status {
        Reisestatus::Paagaar => tag("info", &lang.t("reise-pagar")),
        Reisestatus::Venter => tag("warning", &lang.t("reise-venter")),
        Reisestatus::Avsluttet => tag("success", &lang.t("reise-avsluttet")),
    }
}

/// A step's status in words, as its attribute, and its drawing.
pub fn step_status(lang: Lang, status: Stegstatus) -> (String, &'static str, Icon) {
    match status {
        Stegstatus::Ferdig => (lang.t("steg-ferdig"), "ferdig", Icon::Check),
        Stegstatus::Paagaar => (lang.t("steg-pagar"), "pågår", Icon::Dots),
        Stegstatus::Venter => (lang.t("steg-venter"), "venter", Icon::Clock),
        Stegstatus::Oppgave => (lang.t("steg-oppgave"), "oppgave", Icon::Person),
        Stegstatus::Kommer => (lang.t("steg-kommer"), "kommer", Icon::Clock),
    }
}

/// Whether a decision stands.
pub fn decision_status(lang: Lang, status: Vedtaksstatus) -> Markup {
    match status {
        Vedtaksstatus::Gjeldende => tag("success", &lang.t("vedtak-gjeldende")),
        Vedtaksstatus::UnderRetting => tag("warning", &lang.t("vedtak-under-retting")),
        Vedtaksstatus::Paaklaget => tag("warning", &lang.t("vedtak-paaklaget")),
        Vedtaksstatus::Omgjoeres => tag("info", &lang.t("vedtak-omgjores")),
    }
}

/// What a task or a request is about.
pub fn kind(lang: Lang, kind: Oppgavetype) -> String {
    lang.t(match kind {
        Oppgavetype::ManuellVurdering => key("type-vurdering"),
        Oppgavetype::ManuellUtsending => key("type-utsending"),
        Oppgavetype::Klage => key("type-klage"),
        Oppgavetype::FeilIFaktum => key("type-feil"),
        Oppgavetype::ManuellKontroll => key("type-kontroll"),
        Oppgavetype::Teknisk => key("type-teknisk"),
    })
}

/// An outcome in words; one that is not known here as the component wrote it.
pub fn outcome(lang: Lang, outcome: &str) -> String {
    let key = match outcome {
        "innvilget" => key("utfall-innvilget"),
        "avslag" => key("utfall-avslag"),
        "delvis" => key("utfall-delvis"),
        "endret" => key("utfall-endret"),
        "opphørt" => key("utfall-opphort"),
        "avvist" => key("utfall-avvist"),
        "henlagt" => key("utfall-henlagt"),
        "mangler" => key("utfall-mangler"),
        "til_manuell" => key("utfall-manuell"),
        other => return other.replace('_', " "),
    };
    lang.t(key)
}

/// The text with a capital letter in front: components name facts and conditions as they stand within a sentence.
pub fn capital(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
}

/// The name of the register that gave data out.
pub fn register(lang: Lang, component: &str) -> String {
    lang.t(match component {
        clients::folkeregister::NAME => key("register-folkeregister"),
        clients::kontaktregister::NAME => key("register-kontaktregister"),
        clients::postkasse::NAME => key("register-postkasse"),
        clients::life_events::NAME => key("register-livshendelser"),
        other => return capital(other),
    })
}

/// A benefit's name with a capital letter.
pub fn benefit(lang: Lang, benefit: &str) -> String {
    match benefit {
        "barnetrygd" => lang.t("ytelse-barnetrygd"),
        other => capital(other),
    }
}

/// A decision in a few words: `Barnetrygd: innvilget`.
pub fn decision_title(lang: Lang, vedtak: &Vedtak) -> String {
    let (ytelse, utfall) = (benefit(lang, &vedtak.ytelse), outcome(lang, &vedtak.utfall));
    lang.with("vedtak-tittel", &[("ytelse", ytelse.into()), ("utfall", utfall.into())])
}

/// From which to which month.
pub fn months(lang: Lang, periode: &Vedtaksperiode) -> String {
    let fom = lang.month(&periode.fom);
    match &periode.tom {
        Some(tom) => lang.with("periode", &[("fom", fom.into()), ("tom", lang.month(tom).into())]),
        None => lang.with("periode-aapen", &[("fom", fom.into())]),
    }
}

/// The id of a fact's row in the page.
fn anchor(fact: &str) -> String {
    format!("faktum-{}", clients::encoded(fact).replace('%', "_"))
}

/// Conditions one by one: what the law demands, what was found, from where.
pub fn conditions(visit: &Visit, conditions: &[Vilkaar], facts: &[Faktum]) -> Markup {
    let lang = visit.lang;
    let result = |result| match result {
        Vilkaarsresultat::Oppfylt => ("success", Icon::Check, lang.t("vilkaar-oppfylt")),
        Vilkaarsresultat::IkkeOppfylt => ("danger", Icon::Cross, lang.t("vilkaar-ikke-oppfylt")),
        Vilkaarsresultat::IkkeVurdert => ("warning", Icon::Question, lang.t("vilkaar-ikke-vurdert")),
    };
    html! {
        div.ds-card lang=[visit.bokmaal()] {
            @for condition in conditions {
                @let (color, drawing, word) = result(condition.resultat);
                div.f-condition data-color=(color) {
                    div.f-mark { (icon(drawing)) }
                    div.f-stack data-gap="sm" {
                        div.f-row data-spread {
                            h3.ds-heading data-size="2xs" { (capital(&condition.navn)) }
                            span.ds-tag lang=(lang.tag()) { (word) }
                        }
                        dl.f-facts {
                            dt lang=(lang.tag()) { (lang.t("vilkaar-krav")) }
                            dd { (condition.krav) }
                            dt lang=(lang.tag()) { (lang.t("vilkaar-funn")) }
                            dd { (condition.funn) }
                            @if !condition.kilde.is_empty() {
                                dt lang=(lang.tag()) { (lang.t("vilkaar-kilde")) }
                                dd { (condition.kilde) }
                            }
                            @if let Some(law) = &condition.hjemmel {
                                dt lang=(lang.tag()) { (lang.t("vilkaar-hjemmel")) }
                                dd {
                                    // Only an address on the web becomes a link.
                                    @if let Some(href) = law.lenke.as_deref().filter(|href| href.starts_with("https://")) {
                                        a.ds-link href=(href) data-color="brand1" { (law.tekst) }
                                    } @else { (law.tekst) }
                                }
                            }
                            @let used: Vec<&Faktum> = condition.fakta.iter().filter_map(|id| facts.iter().find(|fact| fact.id == *id)).collect();
                            @if !used.is_empty() {
                                dt lang=(lang.tag()) { (lang.t("vilkaar-fakta")) }
                                dd {
                                    @for (at, fact) in used.iter().enumerate() {
                                        @if at > 0 { ", " }
                                        a.ds-link data-color="brand1" href={ "#" (anchor(&fact.id)) } { (fact.navn) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Facts with their sources. `wrong` gives the address where a fact is said to be wrong.
pub fn facts(
    visit: &Visit,
    caption: &str,
    facts: &[Faktum],
    wrong: impl Fn(&Faktum) -> Option<String>,
) -> Markup {
    let lang = visit.lang;
    let correctable = facts.iter().any(|fact| wrong(fact).is_some());
    html! {
        // What scrolls sideways on a narrow screen must be reachable by keyboard, and so have a name.
        div.f-scroll role="group" tabindex="0" aria-label=(caption) {
            table.ds-table data-border {
                caption.ds-sr-only { (caption) }
                thead { tr {
                    th scope="col" { (lang.t("fakta-navn")) }
                    th scope="col" { (lang.t("fakta-verdi")) }
                    th scope="col" { (lang.t("fakta-kilde")) }
                    @if correctable { th scope="col" { (lang.t("fakta-feil")) } }
                } }
                tbody lang=[visit.bokmaal()] {
                    @for fact in facts {
                        tr id=(anchor(&fact.id)) {
                            th scope="row" {
                                (capital(&fact.navn))
                                @if let Some(whom) = &fact.gjelder { span.f-quiet { " (" (whom) ")" } }
                            }
                            td { (fact.verdi) }
                            td {
                                (fact.kilde.register)
                                @if let Some(fetched) = fact.kilde.hentet {
                                    br;
                                    span.f-quiet.f-small lang=(lang.tag()) { (lang.moment(fetched)) }
                                }
                                @if let Some(purpose) = &fact.formaal {
                                    br;
                                    span.f-quiet.f-small { (purpose) }
                                }
                            }
                            @if correctable {
                                td lang=(lang.tag()) {
                                    @if fact.under_retting {
                                        (tag("warning", &lang.t("fakta-under-retting")))
                                    } @else if let Some(href) = wrong(fact) {
                                        a.ds-link href=(href) {
                                            (lang.t("fakta-meld"))
                                            span.ds-sr-only { ": " (fact.navn) }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The rule engine's complete trace, folded away. Nothing where there is none.
pub fn trace(lang: Lang, trace: &serde_json::Value) -> Markup {
    html! {
        @if !trace.is_null() {
            div.ds-card { details.ds-details {
                summary { (lang.t("spor-tittel")) }
                div.f-stack data-gap="sm" {
                    p { (lang.t("spor-tekst")) }
                    pre.f-pre tabindex="0" role="region" aria-label=(lang.t("spor-tittel")) { (format!("{trace:#}")) }
                }
            } }
        }
    }
}
