//! From person documents to facts: what the rules may read, what a machine must not go past, and where a letter can go.

use clients::folkeregister::Sivilstandstype::{
    EnkeEllerEnkemann, Gift, GjenlevendePartner, RegistrertPartner, Separert, SeparertPartner, Skilt,
    SkiltPartner,
};
use clients::folkeregister::{Familierolle, Gradering, Opplysning, Persondokument, Personstatus};
use clients::life_events::Grunn;
use clients::postkasse::Adresse;
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::id::{Kjoenn, Pid};
use rules::{Fact, Facts, RuleSet, Source, Value};
use serde::{Deserialize, Serialize};

use crate::model::grunn;

/// The label of the child in facts.
pub const BARN: &str = "barn1";
/// Folkeregisteret, as facts name it.
const FREG: &str = "freg";

/// The people of a birth, as the register knows them.
#[derive(Debug, Default)]
pub struct Personer {
    /// The child.
    pub barn: Option<Persondokument>,
    /// Who gave birth.
    pub mor: Option<Persondokument>,
    /// The other parent.
    pub annen: Option<Persondokument>,
    /// The mother's other children: their births.
    pub soesken: Vec<Persondokument>,
    /// Whether the mother has children whom the register did not show.
    pub ukjente_soesken: bool,
}

/// What a caseworker who grants has found, where the registers do not say it. The supplement of the north is not among
/// it: where the municipality is hidden, the ordinary amount is granted.
pub fn med_innvilgelse(grunnlag: &Grunnlag, begrunnelse: &str, at: Timestamp) -> Facts {
    let mut facts = grunnlag.fakta.clone();
    let findings = [
        ("mor_bosatt", None, Value::from(true)),
        ("barn_bosatt", Some(BARN), Value::from(true)),
        ("barn_bor_med_mor", Some(BARN), Value::from(true)),
        ("barn_gift", Some(BARN), Value::from(false)),
    ];
    let mut find = |key: &str, subject: Option<&str>, value: Value| {
        let source = Source::Caseworker { reason: begrunnelse.to_owned(), at };
        let fact = Fact::new(format!("saksbehandler:{key}"), key, value).source(source);
        facts.push(match subject {
            Some(subject) => fact.subject(subject),
            None => fact,
        });
    };
    let known = |key: &str| grunnlag.fakta.iter().find(|fact| fact.key == key).map(|fact| &fact.value);
    for (key, subject, value) in findings {
        if known(key) != Some(&value) {
            find(key, subject, value);
        }
    }
    for (key, subject) in [("barn_bostedskommune", Some(BARN)), ("mor_bostedskommune", None)] {
        if known(key).is_none() {
            find(key, subject, Value::Null);
        }
    }
    facts
}

/// What a decision rests on, as it is kept with the journey.
#[derive(Clone, Serialize, Deserialize)]
pub struct Grunnlag {
    /// When the child was born.
    pub foedselsdato: Option<Date>,
    /// The mother's name.
    pub navn: Option<String>,
    /// Where a printed letter to her goes; never kept where an address is protected.
    pub adresse: Option<Adresse>,
    /// Whether no letter may go out by machine.
    pub skjermet: bool,
    /// Why a human must decide, whatever the rules say.
    pub grunner: Vec<Grunn>,
    /// The facts.
    pub fakta: Facts,
}

impl Personer {
    /// Finds each of those asked for among `documents`, by any number that the person has had.
    pub fn fordel(
        documents: Vec<Persondokument>,
        barn: &Pid,
        mor: Option<&Pid>,
        annen: Option<&Pid>,
    ) -> Self {
        let mut people = Self::default();
        for document in documents {
            let is = |pid: &Pid| {
                document.identifikasjonsnummer.iter().any(|n| n.foedsels_eller_d_nummer == pid.as_str())
            };
            if is(barn) {
                people.barn = Some(document);
            } else if mor.is_some_and(&is) {
                people.mor = Some(document);
            } else if annen.is_some_and(&is) {
                people.annen = Some(document);
            }
        }
        people
    }

    /// The mother's other children, to be looked up.
    pub fn andre_barn(&self, barn: &Pid) -> Vec<Pid> {
        let Some(mor) = &self.mor else { return Vec::new() };
        mor.relaterte(Familierolle::Barn).filter(|pid| pid != barn).collect()
    }

    /// Whether any of them has a protected address.
    fn skjermet(&self) -> bool {
        [&self.barn, &self.mor].into_iter().flatten().any(|person| person.gradering().er_beskyttet())
    }

    /// Why a human must decide though the rules cannot see it: there is nobody to decide about. (What else a machine must
    /// not go past are the rule set's own filters.)
    fn grunner(&self) -> Vec<Grunn> {
        let missing = [
            (&self.barn, "BARN_IKKE_FUNNET", "Folkeregisteret viser ikke barnet."),
            (&self.mor, "MOR_IKKE_FUNNET", "Folkeregisteret viser ingen mor. Finn ut hvem barnet bor hos."),
        ];
        missing
            .iter()
            .filter(|(person, ..)| person.is_none())
            .map(|(_, kode, tekst)| grunn(kode, tekst))
            .collect()
    }

    /// What a decision rests on. `sak` is the case in which it was looked up, `hentet` when.
    pub fn grunnlag(&self, regler: &RuleSet, sak: &str, hentet: Timestamp) -> Grunnlag {
        let skjermet = self.skjermet();
        let mor = self.mor.as_ref();
        Grunnlag {
            foedselsdato: self.barn.as_ref().and_then(Persondokument::foedselsdato),
            navn: mor.and_then(Persondokument::fullt_navn),
            adresse: mor.filter(|_| !skjermet).and_then(Adresse::til),
            skjermet,
            grunner: self.grunner(),
            fakta: self.fakta(regler, sak, hentet),
        }
    }

    /// The facts that the rules may read; what the register does not show is left out, which is not 'no'.
    fn fakta(&self, regler: &RuleSet, sak: &str, hentet: Timestamp) -> Facts {
        let mut facts = Facts::new();
        let mut add = |key: &str, value: Option<Value>| {
            let (Some(value), Some(input)) = (value, regler.inputs().find(|input| input.key == key)) else {
                return;
            };
            let register = input.source.clone().unwrap_or_else(|| FREG.to_owned());
            let source = Source::Register { register, reference: sak.to_owned(), fetched_at: hentet };
            let fact = Fact::new(key, key, value).source(source).purpose(input.purpose.clone());
            facts.push(if input.subject.is_some() { fact.subject(BARN) } else { fact });
        };
        let truth = |holds: bool| Some(Value::from(holds));
        let (barn, mor) = (self.barn.as_ref(), self.mor.as_ref());
        if let Some(mor) = mor {
            add("mor_foedselsdato", mor.foedselsdato().map(Value::from));
            add("mor_i_live", truth(!mor.er_doed()));
            add("mor_gyldig_ident", truth(har_foedselsnummer(mor)));
            let kjoenn =
                mor.gjeldende_kjoenn().map(|kjoenn| if kjoenn == Kjoenn::Kvinne { "kvinne" } else { "mann" });
            add("mor_kjoenn", kjoenn.map(Value::from));
            add("mor_bosatt", bosatt(mor));
            add("mor_bostedskommune", kommune(mor));
            add("mor_har_verge", truth(mor.vergemaal.iter().any(Opplysning::er_gjeldende)));
            add("eos_sak", eos_sak(mor, self.annen.as_ref()).map(Value::from));
            add("utvidet_barnetrygd", truth(self.kan_ha_utvidet(mor)));
            add("mors_barn_foedselsdatoer", self.foedselsdatoer());
        }
        if let Some(barn) = barn {
            add("barn_foedselsdato", barn.foedselsdato().map(Value::from));
            add("barn_i_live", truth(!barn.er_doed()));
            add("barn_gyldig_ident", truth(har_foedselsnummer(barn)));
            add("barn_bosatt", bosatt(barn));
            add("barn_bostedskommune", kommune(barn));
            let status = barn.gjeldende_sivilstand().map(|sivilstand| sivilstand.sivilstand);
            add("barn_gift", status.map(|status| Value::from(matches!(status, Gift | RegistrertPartner))));
            add("delt_bosted", truth(barn.delt_bosted.iter().any(Opplysning::er_gjeldende)));
            // A child has one journey, and its decisions are the mother's: nobody else is paid by this agency.
            add("utbetales_til_annen", truth(false));
        }
        if let (Some(barn), Some(mor)) = (barn, mor) {
            add("barn_bor_med_mor", bor_sammen(barn, mor).map(Value::from));
            add("adresse_beskyttet", truth(self.skjermet()));
        }
        facts
    }

    /// When the mother's children were born, this one among them; unknown where the register does not show them all.
    fn foedselsdatoer(&self) -> Option<Value> {
        let all = self.soesken.iter().chain(&self.barn);
        let days: Option<Vec<Value>> = all.map(|child| child.foedselsdato().map(Value::from)).collect();
        days.filter(|_| !self.ukjente_soesken).map(Value::list)
    }

    /// Whether the register tells that the mother may be alone with the child: she has been married and is not, and the
    /// other parent does not live with her. Of those who never married the register does not tell who lives with whom.
    fn kan_ha_utvidet(&self, mor: &Persondokument) -> bool {
        let left = mor.gjeldende_sivilstand().is_some_and(|sivilstand| {
            matches!(
                sivilstand.sivilstand,
                Skilt | Separert | EnkeEllerEnkemann | SkiltPartner | SeparertPartner | GjenlevendePartner
            )
        });
        left && self.annen.as_ref().is_none_or(|annen| bor_sammen(annen, mor) != Some(true))
    }
}

fn bosatt(person: &Persondokument) -> Option<Value> {
    person.gjeldende_status().map(|status| Value::from(status == Personstatus::Bosatt))
}

fn har_foedselsnummer(person: &Persondokument) -> bool {
    person.pid().is_some_and(|pid| !pid.is_d_number())
}

/// The municipality; null where the person has no address, unknown where it is kept from everyone.
fn kommune(person: &Persondokument) -> Option<Value> {
    match person.bostedskommune() {
        Some(kommune) => Some(Value::from(kommune)),
        None if person.gradering() == Gradering::StrengtFortrolig => None,
        None => Some(Value::Null),
    }
}

/// Citizens of the Nordic countries, for whom the EEA rules raise no question of another state's benefit by themselves.
fn er_nordisk(person: &Persondokument) -> bool {
    ["NOR", "SWE", "DNK", "FIN", "ISL"].iter().any(|land| person.har_statsborgerskap(land))
}

/// The states of the EEA beside the Nordic ones.
const EOS: &[&str] = &[
    "BEL", "BGR", "HRV", "CYP", "CZE", "EST", "FRA", "DEU", "GRC", "HUN", "IRL", "ITA", "LVA", "LIE", "LTU",
    "LUX", "MLT", "NLD", "POL", "PRT", "ROU", "SVK", "SVN", "ESP", "AUT", "CHE",
];

/// Whether another EEA state's benefits may have to be co-ordinated: a parent is a citizen there, or does not live here.
fn eos_sak(mor: &Persondokument, annen: Option<&Persondokument>) -> Option<bool> {
    let abroad = |person: &Persondokument| {
        !er_nordisk(person) && EOS.iter().any(|land| person.har_statsborgerskap(land))
            || person.gjeldende_status() == Some(Personstatus::Utflyttet)
    };
    if mor.statsborgerskap.is_empty() {
        return None;
    }
    Some(abroad(mor) || annen.is_some_and(abroad))
}

/// Whether two people are registered at one address; absent where an address is not shown.
fn bor_sammen(one: &Persondokument, other: &Persondokument) -> Option<bool> {
    let (one, other) = (one.gjeldende_bostedsadresse()?, other.gjeldende_bostedsadresse()?);
    match (&one.vegadresse, &other.vegadresse) {
        (Some(one), Some(other)) => return Some(one == other),
        (None, None) => {}
        _ => return Some(false),
    }
    match (&one.matrikkeladresse, &other.matrikkeladresse) {
        (Some(one), Some(other)) => Some(one == other),
        (None, None) => None,
        _ => Some(false),
    }
}
