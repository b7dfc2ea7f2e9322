//! What the rules say of the facts, in the words that decisions and tasks are shown in.

use clients::life_events::{
    Faktakilde, Faktum, Grunn, Hjemmel, Regelverk, Vedtaksperiode, Vilkaar, Vilkaarsresultat,
};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use rules::{Assessment, Condition, Decision, FactError, FactLine, Facts, Outcome, RuleSet, Source, bokmaal};
use serde::{Deserialize, Serialize};

use crate::model::grunn;

/// What the rules said, as it is kept with the journey.
#[derive(Clone, Serialize, Deserialize)]
pub struct Vurdering {
    /// Whether the machine may carry it out.
    pub automatisk: bool,
    /// The outcome: `innvilget`, `til_manuell`, ….
    pub utfall: String,
    /// What the law gives by these facts, whoever decides.
    pub forslag: Option<String>,
    /// What is granted or proposed.
    pub perioder: Vec<Vedtaksperiode>,
    /// In one sentence.
    pub kort: String,
    /// Why a human must decide.
    pub grunner: Vec<Grunn>,
    /// Condition by condition: those of the law.
    pub vilkaar: Vec<Vilkaar>,
    /// Condition by condition: those for deciding without a human.
    pub filtre: Vec<Vilkaar>,
    /// The facts.
    pub fakta: Vec<Faktum>,
    /// The complete trace.
    pub spor: serde_json::Value,
    /// By which rules.
    pub regelverk: Regelverk,
}

/// The first day that a grant can have effect: that of the month after the birth (barnetrygdloven § 11).
pub fn virkningsdag(foedselsdato: Date) -> Date {
    foedselsdato.first_of_month().saturating_add(1.month())
}

/// Runs the rules. `grunner` are reasons for a human that the rules know nothing of.
pub fn vurder(
    regler: &RuleSet,
    fakta: &Facts,
    grunner: &[Grunn],
    as_of: Date,
    known_at: Timestamp,
) -> Result<Vurdering, FactError> {
    let decision = regler.decide(fakta, as_of, known_at)?;
    let innvilget = matches!(decision.outcome(), Outcome::Innvilget | Outcome::Delvis);
    let automatisk = decision.automatic() && innvilget && grunner.is_empty();
    Ok(Vurdering {
        automatisk,
        utfall: navn(decision.outcome()).to_owned(),
        forslag: decision.proposal().map(|outcome| navn(outcome).to_owned()),
        perioder: decision.periods().iter().map(periode).collect(),
        kort: decision.short(),
        grunner: if automatisk { Vec::new() } else { alle_grunner(&decision, grunner) },
        vilkaar: decision.conditions().into_iter().map(vilkaar).collect(),
        filtre: decision.filters().into_iter().map(vilkaar).collect(),
        fakta: decision.facts().into_iter().map(faktum).collect(),
        spor: decision.trace(),
        regelverk: Regelverk {
            id: regler.id().to_owned(),
            versjon: regler.version().to_owned(),
            as_of,
            known_at,
        },
    })
}

/// The reasons of the guard, of the rules, and of what is missing; each code once.
fn alle_grunner(decision: &Decision<'_>, guard: &[Grunn]) -> Vec<Grunn> {
    let mut all = guard.to_vec();
    all.extend(decision.reasons().iter().map(|reason| grunn(&reason.code, &reason.text)));
    if !decision.missing().is_empty() {
        let names: Vec<String> = decision.missing().iter().map(|fact| fact.name.to_string()).collect();
        all.push(grunn("MANGLER_OPPLYSNINGER", &format!("Registrene viser ikke {}.", bokmaal::join(&names))));
    }
    if all.is_empty() {
        all.push(grunn("IKKE_TIL_GUNST", "En maskin kan bare avgjøre saken til fordel for personen."));
    }
    let mut seen = std::collections::HashSet::new();
    all.retain(|grunn| seen.insert(grunn.kode.clone()));
    all
}

/// An outcome as it stands on the wire.
pub fn navn(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Innvilget => "innvilget",
        Outcome::Delvis => "delvis",
        Outcome::Avslag => "avslag",
        Outcome::Endret => "endret",
        Outcome::Opphoert => "opphørt",
        Outcome::Avvist => "avvist",
        Outcome::Henlagt => "henlagt",
        Outcome::Mangler => "mangler",
        Outcome::TilManuell => "til_manuell",
    }
}

fn periode(period: &rules::Period) -> Vedtaksperiode {
    let month = |day: Date| format!("{:04}-{:02}", day.year(), day.month());
    Vedtaksperiode { fom: month(period.from), tom: period.to.map(month), beloep: period.amount }
}

fn vilkaar(condition: Condition) -> Vilkaar {
    Vilkaar {
        id: condition.id,
        navn: condition.name,
        krav: condition.demand,
        funn: condition.finding,
        resultat: match condition.result {
            Assessment::Oppfylt => Vilkaarsresultat::Oppfylt,
            Assessment::IkkeOppfylt => Vilkaarsresultat::IkkeOppfylt,
            Assessment::IkkeVurdert => Vilkaarsresultat::IkkeVurdert,
        },
        kilde: condition.source,
        hjemmel: condition.law.map(|law| Hjemmel { tekst: law.to_string(), lenke: Some(law.url()) }),
        fakta: condition.facts,
    }
}

fn faktum(line: FactLine) -> Faktum {
    let (register, referanse, hentet) = match line.source {
        Source::Register { register, reference, fetched_at } => {
            (bokmaal::register_name(&register).to_owned(), Some(reference), Some(fetched_at))
        }
        Source::Person { at } => ("deg".to_owned(), None, Some(at)),
        Source::Caseworker { at, .. } => ("saksbehandler".to_owned(), None, Some(at)),
        Source::Default => ("regelsettet".to_owned(), None, None),
    };
    Faktum {
        id: line.id,
        kind: line.key,
        navn: line.name,
        gjelder: line.subject,
        verdi: line.text,
        kilde: Faktakilde { register, referanse, hentet },
        formaal: (!line.purpose.is_empty()).then_some(line.purpose),
        under_retting: false,
    }
}
