//! People to whom what is reported happens by chance: messages of every kind.

use std::collections::BTreeMap;

use clients::folkeregister::*;
use http::StatusCode;
use jiff::SignedDuration;
use kernel::id::Pid;
use kernel::rng::Rng;
use serde_json::{Value, json};

use super::{MOTTAK, Register};

/// Chance, and whom it has to do with.
pub struct Liv {
    pub rng: Rng,
    /// Everyone who was given a number.
    pub folk: Vec<Pid>,
    /// The messages that were registered.
    meldt: Vec<String>,
}

impl Liv {
    /// Nobody yet.
    pub fn ny(seed: u64) -> Self {
        Self { rng: Rng::seeded(seed), folk: Vec::new(), meldt: Vec::new() }
    }

    pub fn av(&self, bound: usize) -> usize {
        self.rng.below(u32::try_from(bound).unwrap()) as usize
    }

    fn noen(&self) -> Pid {
        self.folk[self.av(self.folk.len())]
    }

    fn ett<'a>(&self, of: &[&'a str]) -> &'a str {
        of[self.av(of.len())]
    }

    fn hjem(&self) -> Value {
        let kommunenummer = self.ett(&["0301", "5501", "4601"]);
        match self.av(4) {
            0 => json!({"ukjentBosted": {"bostedskommune": kommunenummer}}),
            1 => {
                json!({"matrikkeladresse": {"matrikkelnummer": {"kommunenummer": kommunenummer, "gaardsnummer": 7, "bruksnummer": self.av(90)}}})
            }
            _ => json!({"vegadresse": {"kommunenummer": kommunenummer, "adressenavn": "Grønnegata",
                "adressenummer": {"husnummer": (self.av(200) + 1).to_string()}, "poststed": {"postnummer": "9008", "poststedsnavn": "TROMSØ"}}}),
        }
    }

    fn navn(&self) -> Value {
        let mellomnavn = if self.av(3) == 0 { json!("Moe") } else { Value::Null };
        json!({"fornavn": self.ett(&["Kari", "Ola", "Åse", "Nils", "Mette"]), "mellomnavn": mellomnavn,
            "etternavn": self.ett(&["Lie", "Vik", "Berg", "Dahl", "Moen", "Sand"])})
    }

    fn ny_person(&self) -> Value {
        json!({"navn": self.navn(), "foedselsdato": format!("{}-{:02}-{:02}", 1940 + self.av(66), 1 + self.av(12), 1 + self.av(28)),
            "kjoenn": self.ett(&["kvinne", "mann"]), "foedeland": "SWE", "statsborgerskap": ["SWE", "NOR"],
            "legitimasjonskontroll": "kontrollert",
            "utenlandskPersonidentifikasjon": [{"identifikasjonsnummer": self.av(1_000_000).to_string(),
                "identifikasjonsnummertype": "utenlandskIdentifikasjonsnummer", "utstederland": "SWE"}]})
    }

    /// A message of chance: its kind, and its content without a number. `dag` is the day.
    fn melding(&self, dag: &str) -> (&'static str, Value) {
        let to = || json!([{"foedselsEllerDNummer": self.noen()}, {"foedselsEllerDNummer": self.noen()}]);
        let slag = if self.folk.len() < 60 { self.av(2) } else { self.av(30) };
        match slag {
            0 => (
                "innflytting",
                json!({"kandidat": {"person": self.ny_person()}, "bostedsadresse": self.hjem(),
                "fraflyttingsland": "SWE", "innflyttingsdato": dag, "sivilstand": "ugift",
                "opphold": {"oppholdstillatelse": "permanent"}}),
            ),
            1 => (
                "dnummer",
                json!({"person": self.ny_person(), "postadresseIUtlandet": {"adressenavn": "Storgatan 1", "landkode": "SWE"}}),
            ),
            2..=5 => (
                "flyttemelding",
                json!({"personSomFlytter": [self.noen(), self.noen()], "nyAdresse": self.hjem(), "flyttedato": dag}),
            ),
            6..=8 => (
                "flyttemelding",
                json!({"personSomFlytter": [self.noen()], "nyAdresse": self.hjem(), "flyttedato": dag}),
            ),
            9 => (
                "utflytting",
                json!({"personSomFlytter": [self.noen()], "tilflyttingsland": "SWE", "utflyttingsdato": dag,
                "postadresseIUtlandet": {"adressenavn": "Storgatan 2", "landkode": "SWE"}}),
            ),
            10..=12 => (
                "innflytting",
                json!({"kandidat": {"foedselsEllerDNummer": self.noen()}, "bostedsadresse": self.hjem(),
                "fraflyttingsland": "SWE", "innflyttingsdato": dag}),
            ),
            13..=15 => (
                "vigsel",
                json!({"ektefelle": to(), "vigsel": {"vigselsdato": dag, "vigselsmyndighet": "kommune"}}),
            ),
            16 => ("navnevalg", json!({"foedselsEllerDNummer": self.noen(), "navn": self.navn()})),
            17..=19 => (
                "foedselsmelding",
                json!({"foedsel": {"foreldreBorSammen": self.av(2) == 0,
                "barn": {"foedselsdato": dag, "erLevendefoedt": self.av(10) > 0, "kjoenn": self.ett(&["kvinne", "mann"])},
                "mor": {"foedselsEllerDNummer": self.noen()},
                "foedested": {"foedselsinstitusjonsnavn": "SYKEHUSET", "foedekommunenummer": "0301"}}}),
            ),
            20 => (
                "vergemaal",
                json!({"foedselsEllerDNummer": self.noen(), "vergemaaltype": "voksen", "embete": "oslo",
                "verge": {"foedselsEllerDNummer": self.noen()}, "gyldigFra": dag}),
            ),
            21 => (
                "adressebeskyttelse",
                json!({"foedselsEllerDNummer": self.noen(), "graderingsnivaa": self.ett(&["fortrolig", "ugradert"])}),
            ),
            22 => (
                "nummerendring",
                json!({"foedselsEllerDNummer": self.noen(), "gyldigFra": dag,
                "foedselsdato": format!("{}-{:02}-{:02}", 1940 + self.av(66), 1 + self.av(12), 1 + self.av(28))}),
            ),
            23 => (
                "doedsmelding",
                json!({"kilde": "helse", "doedPerson": {"foedselsnummer": self.noen(), "doedsdato": dag}}),
            ),
            _ => (
                "annullering",
                json!({"annullerer": self.meldt[self.meldt.len() - 1 - self.av(self.meldt.len().min(6))]}),
            ),
        }
    }

    /// What fits whom the register knows, which chance seldom finds: the end of a marriage or of a guardianship, a father.
    fn om(&self, person: &Persondokument, dag: &str) -> Option<(&'static str, Value)> {
        let pid = person.pid()?;
        if let Some(vergemaal) = person.vergemaal.iter().find(|entry| entry.er_gjeldende) {
            return Some((
                "vergemaal",
                json!({"foedselsEllerDNummer": pid, "vergemaaltype": vergemaal.vergemaaltype,
                "verge": vergemaal.verge, "gyldigFra": dag, "opphoerer": true}),
            ));
        }
        if let Some(mor) = person.relaterte(Familierolle::Mor).next() {
            return Some((
                "farskap",
                json!({"barnet": pid, "forelder": self.noen(), "mor": mor, "datoForErklaeringen": dag}),
            ));
        }
        let ektefelle = person.gjeldende_sivilstand()?.relatert_ved_sivilstand?;
        let to = json!([{"foedselsEllerDNummer": pid}, {"foedselsEllerDNummer": ektefelle}]);
        Some(if self.av(2) == 0 {
            (
                "separasjon",
                json!({"ektefelleEllerPartner": to, "separasjon": {"separasjonsdato": dag, "sivilstandsmyndighet": "fylkesmannen"}}),
            )
        } else {
            (
                "skilsmisse",
                json!({"ektefelleEllerPartner": to, "skilsmisse": {"skilsmissedato": dag,
                "hjemmel": "skilsmisseEtterSamlivsbrudd", "sivilstandsmyndighet": "domstolen"}}),
            )
        })
    }
}

/// Lives a while by this many messages, and gives how many of each kind were registered.
pub async fn lev(register: &Register, liv: &mut Liv, antall: usize) -> BTreeMap<&'static str, usize> {
    let mut registrert = BTreeMap::new();
    for n in 0..antall {
        register.clock.advance(SignedDuration::from_secs(600 + i64::from(liv.rng.below(3600))));
        let dag = register.clock.today().to_string();
        let known = if n % 5 == 4 { Some(register.alt(&liv.noen()).await) } else { None };
        let known = known.and_then(|person| liv.om(&person, &dag));
        let (slag, mut melding) = known.unwrap_or_else(|| liv.melding(&dag));
        let id = format!("m-{n}");
        melding["meldingsId"] = json!(id);
        let svar = register.post(&format!("{MOTTAK}/{slag}"), &mottaksscope(slag), &melding).await;
        if svar.status == StatusCode::ACCEPTED {
            let kvittering: Kvittering = serde_json::from_value(svar.json()).unwrap();
            liv.folk.extend(kvittering.foedsels_eller_d_nummer.filter(|pid| !liv.folk.contains(pid)));
            liv.meldt.push(id);
            *registrert.entry(slag).or_insert(0) += 1;
        } else {
            assert_eq!(svar.status, StatusCode::UNPROCESSABLE_ENTITY, "{slag}: {} of {melding}", svar.tekst);
        }
    }
    registrert
}
