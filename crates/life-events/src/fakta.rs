//! From person documents to facts: what the rules may read, what a machine must not go past, and where a letter can go.

use clients::folkeregister::{Adressevalg, Familierolle, Opplysning, Persondokument, Personstatus, Vegadresse};
use clients::life_events::Grunn;
use clients::postkasse::Adresse;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
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
    pub fn fordel(documents: Vec<Persondokument>, barn: &Pid, mor: Option<&Pid>, annen: Option<&Pid>) -> Self {
        let mut people = Self::default();
        for document in documents {
            let is = |pid: &Pid| document.identifikasjonsnummer.iter().any(|n| n.foedsels_eller_d_nummer == pid.as_str());
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

    /// Why a human must decide, whatever the rules say. The codes are stable: statistics and pages rest on them.
    fn grunner(&self) -> Vec<Grunn> {
        let mor = self.mor.as_ref();
        let barn = self.barn.as_ref();
        let dead = |person: &Persondokument| person.er_doed();
        let checks = [
            (barn.is_none(), "BARN_IKKE_FUNNET", "Folkeregisteret viser ikke barnet."),
            (mor.is_none(), "MOR_IKKE_FUNNET", "Folkeregisteret viser ingen mor."),
            (barn.is_some_and(dead), "BARN_DOEDT", "Barnet er dødt. Ta kontakt med familien på en hensynsfull måte."),
            (mor.is_some_and(dead), "MOR_DOED", "Moren er død."),
            (
                mor.is_some_and(|mor| mor.gjeldende_kjoenn() == Some(Kjoenn::Mann)),
                "MOR_ER_MANN",
                "Den som har født, er registrert som mann.",
            ),
            (mor.is_some_and(har_verge), "VERGEMAAL", "Moren har verge. Avklar vergens mandat."),
            (
                self.skjermet(),
                "ADRESSEBESKYTTELSE",
                "Adressen er skjermet. Ingenting må sendes ut som kan vise hvor noen bor.",
            ),
        ];
        // Protection alone leaves the outcome to the rules: it decides how the letter goes, not what it says.
        let forced = checks.iter().any(|(holds, kode, _)| *holds && *kode != "ADRESSEBESKYTTELSE");
        let shown = checks.iter().filter(|(holds, kode, _)| *holds && (forced || *kode != "ADRESSEBESKYTTELSE"));
        shown.map(|(_, kode, tekst)| grunn(kode, tekst)).collect()
    }

    /// What a decision rests on. `dokument` is the register's own reference, `hentet` when it was asked.
    pub fn grunnlag(&self, regler: &RuleSet, dokument: &str, hentet: Timestamp, dag: Date) -> Grunnlag {
        let skjermet = self.skjermet();
        let mor = self.mor.as_ref();
        Grunnlag {
            foedselsdato: self.barn.as_ref().and_then(Persondokument::foedselsdato),
            navn: mor.and_then(Persondokument::fullt_navn),
            adresse: mor.filter(|_| !skjermet).and_then(postadresse),
            skjermet,
            grunner: self.grunner(),
            fakta: self.fakta(regler, dokument, hentet, dag),
        }
    }

    /// The facts that the rules may read; a fact that the register does not give is left out, which is not 'no'.
    fn fakta(&self, regler: &RuleSet, dokument: &str, hentet: Timestamp, dag: Date) -> Facts {
        let source = Source::Register { register: FREG.to_owned(), reference: dokument.to_owned(), fetched_at: hentet };
        let mut facts = Facts::new();
        let mut add = |key: &str, value: Option<Value>| {
            let Some(input) = regler.inputs().find(|input| input.key == key) else { return };
            let Some(value) = value else { return };
            let mut fact = Fact::new(key, key, value).source(source.clone()).purpose(input.purpose.clone());
            if input.subject.is_some() {
                fact = fact.subject(BARN);
            }
            facts.push(fact);
        };
        if let Some(mor) = &self.mor {
            add("mor_foedselsdato", mor.foedselsdato().map(Value::from));
            add("mor_i_live", Some(Value::from(!mor.er_doed())));
            add("mor_bosatt", mor.gjeldende_status().map(|status| Value::from(status == Personstatus::Bosatt)));
            add("mor_gyldig_ident", Some(Value::from(mor.pid().is_some_and(|pid| !pid.is_d_number()))));
            add("mor_har_verge", Some(Value::from(har_verge(mor))));
            add("mor_norsk_eller_nordisk", Some(Value::from(er_nordisk(mor))));
            add("eos_sak", eos_sak(mor, self.annen.as_ref()).map(Value::from));
            add("forrige_barn_foedselsdato", self.forrige_barn().map(Value::from));
            add("maaneder_siden_forrige_barn", self.maaneder_siden_forrige_barn().map(Value::from));
            add("minst_fem_maaneder_siden_forrige_barn", self.fem_maaneder_siden_forrige().map(Value::from));
            add("har_andre_barn", Some(Value::from(!self.soesken.is_empty() || self.ukjente_soesken)));
        }
        if let Some(barn) = &self.barn {
            add("barn_foedselsdato", barn.foedselsdato().map(Value::from));
            add("barn_i_live", Some(Value::from(!barn.er_doed())));
            add("barn_bosatt", barn.gjeldende_status().map(|status| Value::from(status == Personstatus::Bosatt)));
            add("barn_gyldig_ident", Some(Value::from(barn.pid().is_some_and(|pid| !pid.is_d_number()))));
            let gift = barn.gjeldende_sivilstand().map(|sivilstand| sivilstand.sivilstand != clients::folkeregister::Sivilstandstype::Ugift);
            add("barn_gift", gift.map(Value::from));
            add("delt_bosted", Some(Value::from(barn.delt_bosted.iter().any(Opplysning::er_gjeldende))));
            let sammen = self.mor.as_ref().and_then(|mor| bor_sammen(barn, mor));
            add("barn_bor_med_mor", sammen.map(Value::from));
        }
        let _ = dag;
        facts
    }

    /// When the mother's child before this one was born; twins of this one do not count.
    fn forrige_barn(&self) -> Option<Date> {
        let born = self.barn.as_ref()?.foedselsdato()?;
        // Twins can be born on two days.
        let twin = born.saturating_sub(2.days());
        self.soesken.iter().filter_map(Persondokument::foedselsdato).filter(|day| *day < twin).max()
    }

    fn maaneder_siden_forrige_barn(&self) -> Option<i64> {
        let born = self.barn.as_ref()?.foedselsdato()?;
        let before = self.forrige_barn()?;
        let months = i64::from(born.year() - before.year()) * 12 + i64::from(born.month() - before.month());
        Some(months - i64::from(born.day() < before.day()))
    }

    /// Whether at least five months lie between this child and the one before; also where there is none before.
    fn fem_maaneder_siden_forrige(&self) -> Option<bool> {
        if self.ukjente_soesken {
            return None;
        }
        Some(self.maaneder_siden_forrige_barn().is_none_or(|months| months >= 5))
    }
}

fn har_verge(person: &Persondokument) -> bool {
    person.vergemaal.iter().any(Opplysning::er_gjeldende)
}

/// Citizens of the Nordic countries, for whom the EEA rules raise no question of another state's benefit by themselves.
fn er_nordisk(person: &Persondokument) -> bool {
    ["NOR", "SWE", "DNK", "FIN", "ISL"].iter().any(|land| person.har_statsborgerskap(land))
}

/// The states of the EEA beside the Nordic ones.
const EOS: &[&str] = &[
    "BEL", "BGR", "HRV", "CYP", "CZE", "EST", "FRA", "DEU", "GRC", "HUN", "IRL", "ITA", "LVA", "LIE", "LTU", "LUX", "MLT", "NLD",
    "POL", "PRT", "ROU", "SVK", "SVN", "ESP", "AUT", "CHE",
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
    if let (Some(one), Some(other)) =
        (&one.adresse_identifikator_fra_matrikkelen, &other.adresse_identifikator_fra_matrikkelen)
    {
        let unit = |home: &clients::folkeregister::Bostedsadresse| {
            home.vegadresse.as_ref().and_then(|address| address.bruksenhetsnummer.clone())
        };
        let _ = unit;
        return Some(one == other);
    }
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

/// Where paper reaches a person in Norway: the postal address where they prefer it or have no other, otherwise the home.
fn postadresse(person: &Persondokument) -> Option<Adresse> {
    let name = person.fullt_navn()?;
    let postal = person.postadresse.iter().find(|address| address.er_gjeldende).and_then(|address| {
        let (lines, town) = match (&address.vegadresse, &address.postboksadresse, &address.postadresse_i_fritt_format) {
            (Some(street), _, _) => return fra_vegadresse(&name, street),
            (_, Some(boks), _) => (vec![format!("Postboks {}", boks.postboks.trim_start_matches("Postboks "))], &boks.poststed),
            (_, _, Some(free)) => (free.adresselinje.clone(), &free.poststed),
            _ => return None,
        };
        norsk(&name, lines, town.as_ref()?)
    });
    let home = || fra_vegadresse(&name, person.gjeldende_bostedsadresse()?.vegadresse.as_ref()?);
    let property = || {
        let address = person.gjeldende_bostedsadresse()?.matrikkeladresse.as_ref()?;
        norsk(&name, vec![address.adressetilleggsnavn.clone()?], address.poststed.as_ref()?)
    };
    let prefers_postal =
        person.preferert_kontaktadresse.iter().any(|choice| choice.er_gjeldende && choice.valg == Adressevalg::Postadresse);
    if prefers_postal { postal.or_else(home).or_else(property) } else { home().or_else(property).or(postal) }
}

fn fra_vegadresse(name: &str, street: &Vegadresse) -> Option<Adresse> {
    let mut lines = clients::folkeregister::adresselinjer(street);
    // The last line is the post code and town, which stand by themselves in an address.
    lines.pop();
    norsk(name, lines, street.poststed.as_ref()?)
}

fn norsk(name: &str, lines: Vec<String>, town: &clients::folkeregister::Poststed) -> Option<Adresse> {
    let mut lines = lines.into_iter().filter(|line| !line.trim().is_empty()).map(|line| line.chars().take(100).collect());
    Some(Adresse {
        navn: name.to_owned(),
        adresselinje1: lines.next()?,
        adresselinje2: lines.next(),
        adresselinje3: lines.next(),
        adresselinje4: lines.next(),
        postnummer: Some(town.postnummer.clone()?),
        poststed: Some(town.poststedsnavn.clone()?),
        land: None,
        landkode: None,
    })
}
