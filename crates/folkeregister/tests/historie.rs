//! Who follows the feed from its beginning has every person's document as of every moment.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails panics")]

mod common;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use clients::folkeregister::*;
use common::*;
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use kernel::id::Pid;
use kernel::rng::Rng;
use serde_json::{Value, json};

/// Messages that are sent; some contradict the register, and change nothing.
const ANTALL: usize = 4000;
/// Random people, each as of a random moment.
const PROEVER: u32 = 10_000;

/// Chance, and whom it has to do with.
struct Liv {
    rng: Rng,
    /// Everyone who was given a number.
    folk: Vec<Pid>,
    /// The messages that were registered.
    meldt: Vec<String>,
}

impl Liv {
    fn av(&self, bound: usize) -> usize {
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
            23 => (
                "nummerendring",
                json!({"foedselsEllerDNummer": self.noen(), "gyldigFra": dag,
                "foedselsdato": format!("{}-{:02}-{:02}", 1940 + self.av(66), 1 + self.av(12), 1 + self.av(28))}),
            ),
            22 => (
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

/// Lives a few months, and gives how many messages of each kind were registered.
async fn lev(register: &Register, liv: &mut Liv) -> BTreeMap<&'static str, usize> {
    let mut registrert = BTreeMap::new();
    for n in 0..ANTALL {
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

/// The whole feed, each event with what it tells in full.
async fn hendelser(register: &Register) -> Vec<(LagretHendelse, Hendelse)> {
    let mut all = Vec::new();
    loop {
        let path = format!("{BASE}/hendelser/feed?seq={}", all.len() + 1);
        let page: Vec<LagretHendelse> = serde_json::from_value(register.get(&path).await.json()).unwrap();
        if page.is_empty() {
            return all;
        }
        let ids: Vec<&String> =
            page.iter().filter_map(|one| one.hendelse.hendelsesdokument.as_ref()).collect();
        assert_eq!(ids.len(), page.len(), "every event has one in full");
        let body = json!({"dokumentidentifikator": ids});
        let full =
            register.post(&format!("{BASE}/hendelser/bulkoppslag"), SCOPE_MED_HJEMMEL, &body).await.json();
        let full: Vec<DokumentForHendelse> = serde_json::from_value(full).unwrap();
        assert_eq!(full.len(), page.len());
        all.extend(page.into_iter().zip(full.into_iter().map(|one| one.hendelse)));
    }
}

/// The documents as they were kept, by their identifiers.
async fn arkivet(register: &Register, ids: &[&String]) -> Vec<Persondokument> {
    let parts: Vec<String> = Element::ALLE.iter().map(|element| format!("part={}", element.navn())).collect();
    let path = format!("{BASE}/personer/bulkoppslag/arkiv?part=historikk&{}", parts.join("&"));
    let mut all = Vec::new();
    for ids in ids.chunks(1000) {
        let body = json!({"dokumentidentifikator": ids});
        let found = register.post(&path, SCOPE_MED_HJEMMEL, &body).await.json();
        all.append(&mut serde_json::from_value::<Vec<Persondokument>>(found).unwrap());
    }
    assert_eq!(all.len(), ids.len());
    all
}

#[tokio::test]
async fn ten_thousand_people_and_moments_are_rebuilt_from_the_feed_alone() {
    let register = tomt().await;
    let mut liv = Liv { rng: Rng::seeded(2026), folk: Vec::new(), meldt: Vec::new() };
    let begynnelse = register.clock.now();
    let registrert = lev(&register, &mut liv).await;
    let slutt = register.clock.now();
    for melding in MELDINGER {
        let antall = registrert.get(melding).copied().unwrap_or(0);
        assert!(antall >= 10, "{melding}: {antall} of {registrert:?}");
    }
    let hendelser = hendelser(&register).await;

    // Each person's versions, by when they came to be. Who was given another number is one with who had the earlier.
    let mut versjoner: HashMap<Pid, BTreeMap<Timestamp, String>> = HashMap::new();
    let mut kopi: HashMap<Pid, Persondokument> = HashMap::new();
    let mut gjenoppbygd: HashMap<String, Persondokument> = HashMap::new();
    for (LagretHendelse { hendelse, .. }, full) in &hendelser {
        let pid = hendelse.folkeregisteridentifikator;
        for endring in
            full.egenskapshendelse.iter().filter(|endring| endring.entitet == "identifikasjonsnummer")
        {
            let nummer =
                endring.opplysning["identifikasjonsnummer"]["foedselsEllerDNummer"].as_str().unwrap();
            let nummer = Pid::parse(nummer).unwrap();
            if nummer != pid {
                let (person, earlier) = (kopi.remove(&nummer), versjoner.remove(&nummer));
                kopi.extend(person.map(|person| (pid, person)));
                versjoner.extend(earlier.map(|earlier| (pid, earlier)));
            }
        }
        let person = kopi.entry(pid).or_default();
        person.foelg(full).unwrap();
        let dokument = hendelse.persondokument.clone().unwrap();
        versjoner.entry(pid).or_default().insert(hendelse.ajourholdstidspunkt, dokument.clone());
        gjenoppbygd.insert(dokument, person.clone());
    }

    let mut folk: Vec<&Pid> = versjoner.keys().collect();
    folk.sort_unstable();
    let varte = u32::try_from(slutt.duration_since(begynnelse).as_secs()).unwrap();
    let mut proevd = BTreeSet::new();
    let mut proever = 0;
    while proever < PROEVER {
        let pid = folk[liv.av(folk.len())];
        let da = begynnelse + SignedDuration::from_secs(i64::from(liv.rng.below(varte)));
        // Before they were in the register there is nothing to rebuild.
        let Some((_, dokument)) = versjoner[pid].range(..=da).next_back() else { continue };
        proevd.insert(dokument);
        proever += 1;
    }
    let ids: Vec<&String> = proevd.into_iter().collect();
    assert!(ids.len() > 1000, "the moments are of {} versions", ids.len());
    for (id, arkivert) in ids.iter().zip(arkivet(&register, &ids).await) {
        let rebuilt = &gjenoppbygd[*id];
        assert!(rebuilt.har_de_samme(&arkivert), "the version {id}: {rebuilt:#?} is not {arkivert:#?}");
    }
}
