//! Moves, marriages, names, parents, guardians, protection and numbers are reported.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails panics")]

mod common;

use clients::folkeregister::*;
use common::*;
use http::StatusCode;
use jiff::civil::date;
use kernel::id::{Kjoenn, Pid};
use serde_json::{Value, json};

async fn meld(register: &Register, slag: &str, melding: &Value) -> Svar {
    register.post(&format!("{MOTTAK}/{slag}"), &mottaksscope(slag), melding).await
}

/// Reports, and gives the receipt.
async fn meldt(register: &Register, slag: &str, melding: Value) -> Kvittering {
    let svar = meld(register, slag, &melding).await;
    assert_eq!(svar.status, StatusCode::ACCEPTED, "{slag}: {}", svar.tekst);
    let again = meld(register, slag, &melding).await;
    assert_eq!((again.status, again.json()), (StatusCode::OK, svar.json()), "{slag}: once is enough");
    serde_json::from_value(svar.json()).unwrap()
}

/// Reports, and is refused: which field, and with what.
async fn nektet(register: &Register, slag: &str, melding: Value, felt: &str) -> String {
    let before = register.feed().await.len();
    let svar = meld(register, slag, &melding).await;
    assert!(matches!(svar.status.as_u16(), 400 | 422), "{slag}: {} {}", svar.status, svar.tekst);
    assert_eq!(svar.json()["felt"], felt, "{slag}: {}", svar.tekst);
    assert_eq!(register.feed().await.len(), before, "{slag}: nothing is registered");
    svar.json()["melding"].as_str().unwrap().to_owned()
}

/// A person's numbers, birth and sex, as they are and were.
async fn med_historikk(register: &Register, pid: Pid) -> Persondokument {
    let parts = "part=identifikasjonsnummer&part=foedsel&part=kjoenn&part=historikk";
    let answer = register.get(&format!("{BASE}/personer/{}?{parts}", pid.as_str())).await;
    serde_json::from_value(answer.json()).unwrap()
}

/// The types of the events since `fra`, with whom each is about.
async fn hendelser(register: &Register, kvittering: &Kvittering) -> Vec<(Pid, String)> {
    let feed =
        register.feed().await.into_iter().filter(|one| kvittering.hendelser.contains(&one.sekvensnummer));
    feed.map(|one| (one.hendelse.folkeregisteridentifikator, one.hendelse.hendelsetype)).collect()
}

/// What the events of a message tell in full: each element, and how it changed.
async fn fortalt(register: &Register, kvittering: &Kvittering) -> Vec<String> {
    let mut told = Vec::new();
    let feed = register.feed().await.into_iter();
    for one in feed.filter(|one| kvittering.hendelser.contains(&one.sekvensnummer)) {
        let path = format!("{BASE}/hendelser/{}", one.hendelse.hendelsesdokument.unwrap());
        let full = register.get(&path).await.json();
        for change in full["hendelse"]["egenskapshendelse"].as_array().unwrap() {
            let text = |field: &str| change[field].as_str().unwrap();
            told.push(format!("{} {}", text("entitet"), text("entitetsendring")));
        }
    }
    told
}

fn hjem() -> Value {
    json!({"adresseIdentifikatorFraMatrikkelen": "510430318", "vegadresse": {"kommunenummer": "5501", "adressenavn": "Grønnegata",
        "adressenummer": {"husnummer": "7"}, "bruksenhetsnummer": "H0201", "poststed": {"postnummer": "9008", "poststedsnavn": "TROMSØ"}}})
}

fn flytting(id: &str, pids: &[Pid], dato: &str) -> Value {
    json!({"meldingsId": id, "personSomFlytter": pids, "nyAdresse": hjem(), "flyttedato": dato})
}

#[tokio::test]
async fn a_family_moves_and_is_found_where_it_lives_now() {
    let register = register().await;
    let f = folk();
    let moved = [f.gift, f.ektemann, f.sonn];
    let kvittering = meldt(&register, "flyttemelding", flytting("f-1", &moved, "2026-11-01")).await;
    let told = hendelser(&register, &kvittering).await;
    assert_eq!(told, moved.map(|pid| (pid, "endringIBostedsadresse".to_owned())));
    for pid in moved {
        let person = register.alt(&pid).await;
        let hjem = person.gjeldende_bostedsadresse().unwrap();
        assert_eq!(hjem.vegadresse.as_ref().unwrap().adressenavn, "Grønnegata");
        assert_eq!(hjem.flyttedato, Some(date(2026, 11, 1)));
        assert_eq!(hjem.gyldighetstidspunkt.unwrap().to_string(), "2026-10-31T23:00:00Z");
    }
    let path = format!("{BASE}/personer/{}?part=bostedsadresse&part=historikk", f.gift.as_str());
    let history = register.get(&path).await.json();
    assert_eq!(history["bostedsadresse"][1]["vegadresse"]["adressenavn"], "Storgata");
    assert_eq!(history["bostedsadresse"][1]["opphoerstidspunkt"], "2026-10-31T23:00:00Z");
    let found = register.get(&format!("{BASE}/personer/soek?kommunenummer=5501")).await.json();
    assert_eq!(found["foedselsEllerDNummer"].as_array().unwrap().len(), 3);

    nektet(&register, "flyttemelding", flytting("f-2", &[f.gift], "2026-10-01"), "flyttedato").await;
    nektet(&register, "flyttemelding", flytting("f-2", &[f.gift], "2030-10-01"), "flyttedato").await;
    nektet(
        &register,
        "flyttemelding",
        flytting("f-2", &[f.mor, f.d_nummer], "2026-11-01"),
        "personSomFlytter[1]",
    )
    .await;
    nektet(&register, "flyttemelding", flytting("f-2", &[f.mor, f.mor], "2026-11-01"), "personSomFlytter[1]")
        .await;
    nektet(&register, "flyttemelding", flytting("f-2", &[f.doed], "2026-11-01"), "personSomFlytter[0]").await;
    nektet(&register, "flyttemelding", flytting("f-2", &[f.ukjent], "2026-11-01"), "personSomFlytter[0]")
        .await;
    nektet(&register, "flyttemelding", flytting("f-2", &[], "2026-11-01"), "personSomFlytter").await;
    let mut two = flytting("f-2", &[f.mor], "2026-11-01");
    two["nyAdresse"]["ukjentBosted"] = json!({"bostedskommune": "5501"});
    nektet(&register, "flyttemelding", two, "nyAdresse").await;
    let mut short = flytting("f-2", &[f.mor], "2026-11-01");
    short["nyAdresse"]["vegadresse"]["kommunenummer"] = json!("55");
    nektet(&register, "flyttemelding", short, "nyAdresse.vegadresse.kommunenummer").await;
    let other = meld(&register, "flyttemelding", &flytting("f-1", &[f.mor], "2026-11-01")).await;
    assert_eq!(other.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn who_is_protected_moves_unseen() {
    let register = register().await;
    let f = folk();
    meldt(&register, "flyttemelding", flytting("f-1", &[f.kode6, f.kode7], "2026-11-01")).await;
    for one in register.feed().await {
        let path = format!("{BASE}/hendelser/{}", one.hendelse.hendelsesdokument.unwrap());
        let told = register.get(&path).await.tekst;
        let open = one.hendelse.folkeregisteridentifikator == f.kode7;
        assert_eq!(told.contains("Grønnegata"), open, "{told}");
    }
    let at = |pid: &Pid| format!("{BASE}/personer/{}?part=person-basis&part=historikk", pid.as_str());
    assert!(!register.get(&at(&f.kode6)).await.tekst.contains("Grønnegata"));
    assert_eq!(
        register.get(&at(&f.kode7)).await.json()["bostedsadresse"][0]["adressegradering"],
        "fortrolig"
    );
}

#[tokio::test]
async fn where_a_protected_person_moves_abroad_is_told_to_nobody() {
    let register = register().await;
    let f = folk();
    let ut = json!({"meldingsId": "u-1", "personSomFlytter": [f.kode6, f.kode7, f.mor], "tilflyttingsland": "ISL",
        "tilflyttingsstedIUtlandet": "Akureyri", "utflyttingsdato": "2026-05-01"});
    let kvittering = meldt(&register, "utflytting", ut).await;
    for one in
        register.feed().await.into_iter().filter(|one| kvittering.hendelser.contains(&one.sekvensnummer))
    {
        let path = format!("{BASE}/hendelser/{}", one.hendelse.hendelsesdokument.unwrap());
        let told = register.get(&path).await.tekst;
        let hidden = one.hendelse.folkeregisteridentifikator == f.kode6;
        assert_eq!(told.contains("Akureyri") || told.contains("ISL"), !hidden, "{told}");
        assert!(told.contains("2026-05-01"), "that they moved is no secret");
    }
    for (package, scope, sees) in [
        ("offentlig-med-hjemmel/api/v1", SCOPE_MED_HJEMMEL, [false, true, true]),
        ("api/finans/v1", SCOPE_FINANS, [false, false, true]),
    ] {
        for (pid, sees) in [f.kode6, f.kode7, f.mor].iter().zip(sees) {
            let path = format!(
                "/folkeregisteret/{package}/personer/{}?part=utflytting&part=historikk",
                pid.as_str()
            );
            let told = register.get_som(&path, scope).await.tekst;
            assert_eq!(told.contains("Akureyri") || told.contains("ISL"), sees, "{package}: {told}");
            assert!(told.contains("utflyttingsdato"), "{told}");
        }
    }
}

#[tokio::test]
async fn who_is_given_another_number_is_named_by_it() {
    let register = register().await;
    let f = folk();
    meldt(&register, "vigsel", vigsel("v-1", f.d_nummer, f.far, "2024-06-01")).await;
    let inn = json!({"meldingsId": "i-1", "kandidat": {"foedselsEllerDNummer": f.d_nummer}, "bostedsadresse": hjem(), "fraflyttingsland": "SWE",
        "innflyttingsdato": "2025-10-01"});
    let kvittering = meldt(&register, "innflytting", inn).await;
    let nummer = kvittering.foedsels_eller_d_nummer.unwrap();
    assert_eq!(sivilstand(&register, &f.far).await, (Sivilstandstype::Gift, Some(nummer)));
    let related: Vec<Pid> =
        register.alt(&f.far).await.relaterte(Familierolle::EktefelleEllerPartner).collect();
    assert_eq!(related, [nummer]);
    let last = hendelser(&register, &kvittering).await.pop().unwrap();
    assert_eq!(
        last,
        (f.far, "endringIFamilierelasjon".to_owned()),
        "and the event before is of his marriage"
    );
    // The old number is as good as the new.
    meldt(&register, "separasjon", to("s-1", "separasjon", f.d_nummer, f.far, "2026-01-10", None)).await;
    assert_eq!(sivilstand(&register, &nummer).await, (Sivilstandstype::Separert, Some(f.far)));
}

#[tokio::test]
async fn protection_hides_what_was_open_and_its_end_opens_it() {
    let register = register().await;
    let f = folk();
    let level = |id: &str, level: &str| json!({"meldingsId": id, "foedselsEllerDNummer": f.mor, "graderingsnivaa": level});
    let at = format!("{BASE}/personer/{}?part=person-basis&part=historikk", f.mor.as_str());
    assert!(register.get(&at).await.tekst.contains("Storgata"));
    let kvittering = meldt(&register, "adressebeskyttelse", level("a-1", "strengtFortrolig")).await;
    assert_eq!(hendelser(&register, &kvittering).await, [(f.mor, "endringIAdressebeskyttelse".to_owned())]);
    assert!(!register.get(&at).await.tekst.contains("Storgata"));
    let found =
        register.get(&format!("{BASE}/personer/soek?foedselsdato=19910516&kommunenummer=0301")).await.json();
    assert_eq!(found["foedselsEllerDNummer"], json!([]));
    nektet(&register, "adressebeskyttelse", level("a-2", "strengtFortrolig"), "foedselsEllerDNummer").await;
    meldt(&register, "adressebeskyttelse", level("a-3", "ugradert")).await;
    assert!(register.get(&at).await.tekst.contains("Storgata"));
}

#[tokio::test]
async fn who_leaves_is_gone_and_who_comes_back_lives_here_again() {
    let register = register().await;
    let f = folk();
    let ut = |id: &str, land: &str| {
        json!({"meldingsId": id, "personSomFlytter": [f.mor], "tilflyttingsland": land,
        "utflyttingsdato": "2026-05-01", "postadresseIUtlandet": {"adressenavn": "Kungsgatan 1", "landkode": "SWE"}})
    };
    nektet(&register, "utflytting", ut("u-1", "NOR"), "tilflyttingsland").await;
    nektet(&register, "utflytting", ut("u-1", "Sverige"), "tilflyttingsland").await;
    let kvittering = meldt(&register, "utflytting", ut("u-1", "SWE")).await;
    assert_eq!(hendelser(&register, &kvittering).await, [(f.mor, "personErUtflyttet".to_owned())]);
    let gone = register.alt(&f.mor).await;
    assert_eq!(gone.gjeldende_status(), Some(Personstatus::Utflyttet));
    assert!(gone.bostedsadresse.is_empty(), "what holds no longer is history");
    assert_eq!(gone.utflytting[0].tilflyttingsland.as_deref(), Some("SWE"));
    assert_eq!(gone.postadresse_i_utlandet.len(), 1);
    nektet(&register, "utflytting", ut("u-2", "SWE"), "personSomFlytter[0]").await;

    let inn = |id: &str, dato: &str| {
        json!({"meldingsId": id, "kandidat": {"foedselsEllerDNummer": f.mor}, "bostedsadresse": hjem(),
        "fraflyttingsland": "SWE", "innflyttingsdato": dato})
    };
    nektet(&register, "innflytting", inn("i-1", "2026-04-01"), "innflyttingsdato").await;
    let kvittering = meldt(&register, "innflytting", inn("i-1", "2026-09-01")).await;
    assert_eq!(kvittering.foedsels_eller_d_nummer, Some(f.mor), "the number of before");
    assert_eq!(hendelser(&register, &kvittering).await, [(f.mor, "personErBosatt".to_owned())]);
    let back = register.alt(&f.mor).await;
    assert_eq!(back.gjeldende_status(), Some(Personstatus::Bosatt));
    assert_eq!(back.bostedskommune(), Some("5501"));
    assert!(back.utflytting.is_empty() && back.innflytting.len() == 1);
    nektet(&register, "innflytting", inn("i-2", "2026-09-01"), "kandidat.foedselsEllerDNummer").await;
}

fn ny_person() -> Value {
    json!({"navn": {"fornavn": "Élodie", "etternavn": "Dupont"}, "foedselsdato": "1999-04-02", "kjoenn": "kvinne", "foedeland": "FRA",
        "statsborgerskap": ["FRA"], "legitimasjonskontroll": "kontrollert",
        "utenlandskPersonidentifikasjon": [{"identifikasjonsnummer": "299047500112233", "identifikasjonsnummertype": "socialSecurityNumber", "utstederland": "FRA"}]})
}

#[tokio::test]
async fn a_stranger_is_given_a_d_number_and_later_a_national_identity_number() {
    let register = register().await;
    let rekvisisjon = json!({"meldingsId": "d-1", "person": ny_person(), "postadresseIUtlandet": {"adressenavn": "Rue 1", "landkode": "FRA"}});
    let kvittering = meldt(&register, "dnummer", rekvisisjon.clone()).await;
    let d_nummer = kvittering.foedsels_eller_d_nummer.unwrap();
    assert!(d_nummer.is_d_number());
    assert_eq!(hendelser(&register, &kvittering).await, [(d_nummer, "personErOpprettet".to_owned())]);
    let stranger = register.alt(&d_nummer).await;
    assert_eq!(stranger.gjeldende_status(), Some(Personstatus::Midlertidig));
    assert_eq!(stranger.fullt_navn().unwrap(), "ÉLODIE DUPONT");
    assert_eq!(stranger.foedselsdato(), Some(date(1999, 4, 2)));
    let again = meldt(&register, "dnummer", json!({"meldingsId": "d-2", "person": ny_person()})).await;
    assert_ne!(again.foedsels_eller_d_nummer, Some(d_nummer), "a number is given once");

    let inn = json!({"meldingsId": "i-1", "kandidat": {"foedselsEllerDNummer": d_nummer}, "bostedsadresse": hjem(), "fraflyttingsland": "FRA",
        "innflyttingsdato": "2026-10-01", "opphold": {"oppholdstillatelse": "midlertidig", "oppholdFra": "2026-10-01"}});
    let kvittering = meldt(&register, "innflytting", inn).await;
    let nummer = kvittering.foedsels_eller_d_nummer.unwrap();
    assert!(!nummer.is_d_number());
    let told: Vec<String> = hendelser(&register, &kvittering)
        .await
        .into_iter()
        .map(|(pid, slag)| {
            assert_eq!(pid, nummer);
            slag
        })
        .collect();
    assert_eq!(told, ["endringIIdentifikasjonsnummer", "personErBosatt"]);
    // Both numbers find the person, under the new one.
    for asked in [d_nummer, nummer] {
        let path = format!("{BASE}/personer/{}?part=identifikasjonsnummer&part=historikk", asked.as_str());
        let numbers = register.get(&path).await.json()["identifikasjonsnummer"].clone();
        assert_eq!(numbers[0]["foedselsEllerDNummer"], json!(nummer));
        assert_eq!(
            (&numbers[1]["foedselsEllerDNummer"], &numbers[1]["status"]),
            (&json!(d_nummer), &json!("opphoert"))
        );
    }
    let found = register
        .get(&format!("{BASE}/personer/entydigsoek?navn=Elodie%20Dupont&postnummer=9008"))
        .await
        .json();
    assert_eq!(found["identifikasjonsnummer"][0]["foedselsEllerDNummer"], json!(nummer));
    let lists = register.get(&format!("{BASE}/personer/soek?navn=Dupont")).await.json();
    assert_eq!(
        lists["foedselsEllerDNummer"].as_array().unwrap().len(),
        2,
        "the one of the second number, and this one once"
    );

    let mut bad = rekvisisjon;
    bad["meldingsId"] = json!("d-3");
    bad["person"]["navn"]["fornavn"] = json!("<b>");
    nektet(&register, "dnummer", bad.clone(), "person.navn.fornavn").await;
    bad["person"] = ny_person();
    bad["person"]["foedselsdato"] = json!("2050-01-01");
    nektet(&register, "dnummer", bad.clone(), "person.foedselsdato").await;
    bad["person"] = ny_person();
    bad["person"]["utenlandskPersonidentifikasjon"][0]["identifikasjonsnummer"] = json!("9".repeat(60));
    let felt = "person.utenlandskPersonidentifikasjon[0].identifikasjonsnummer";
    nektet(&register, "dnummer", bad.clone(), felt).await;
    bad["person"] = ny_person();
    bad["person"]["foedested"] = json!("x".repeat(5000));
    nektet(&register, "dnummer", bad.clone(), "person").await;
    bad["person"] = ny_person();
    bad["person"]["statsborgerskap"] = json!([]);
    nektet(&register, "dnummer", bad, "person.statsborgerskap").await;
}

#[tokio::test]
async fn one_whom_nobody_knows_moves_here() {
    let register = register().await;
    let inn = json!({"meldingsId": "i-1", "kandidat": {"person": ny_person()}, "bostedsadresse": {"ukjentBosted": {"bostedskommune": "5501"}},
        "fraflyttingsland": "FRA", "innflyttingsdato": "2026-10-01", "sivilstand": "ugift"});
    let kvittering = meldt(&register, "innflytting", inn.clone()).await;
    let nummer = kvittering.foedsels_eller_d_nummer.unwrap();
    let person = register.alt(&nummer).await;
    assert_eq!(
        (person.gjeldende_status(), person.bostedskommune()),
        (Some(Personstatus::Bosatt), Some("5501"))
    );
    assert_eq!(person.innflytting[0].fraflyttingsland.as_deref(), Some("FRA"));
    let mut both = inn.clone();
    both["meldingsId"] = json!("i-2");
    both["kandidat"]["foedselsEllerDNummer"] = json!(folk().d_nummer);
    nektet(&register, "innflytting", both, "kandidat").await;
    let mut married = inn;
    married["meldingsId"] = json!("i-2");
    married["sivilstand"] = json!("gift");
    nektet(&register, "innflytting", married, "sivilstand").await;
}

fn vigsel(id: &str, en: Pid, annen: Pid, dato: &str) -> Value {
    json!({"meldingsId": id, "ektefelle": [{"foedselsEllerDNummer": en}, {"foedselsEllerDNummer": annen}],
        "vigsel": {"vigselsdato": dato, "vigselsmyndighet": "ansattIKommune", "vigselsmyndighetSomKommune": "0301"}})
}

fn to(id: &str, slag: &str, en: Pid, annen: Pid, dato: &str, hjemmel: Option<&str>) -> Value {
    let mut own = json!({"sivilstandsmyndighet": "fylkesmannen"});
    own[if slag == "separasjon" { "separasjonsdato" } else { "skilsmissedato" }] = json!(dato);
    if let Some(hjemmel) = hjemmel {
        own["hjemmel"] = json!(hjemmel);
    }
    json!({"meldingsId": id, "ektefelleEllerPartner": [{"foedselsEllerDNummer": en}, {"foedselsEllerDNummer": annen}], slag: own})
}

async fn sivilstand(register: &Register, pid: &Pid) -> (Sivilstandstype, Option<Pid>) {
    let person = register.alt(pid).await;
    let entry = person.gjeldende_sivilstand().unwrap();
    (entry.sivilstand, entry.relatert_ved_sivilstand)
}

#[tokio::test]
async fn two_marry_part_and_divorce_by_law() {
    let register = register().await;
    let f = folk();
    let e0 = "ektefelle[0].foedselsEllerDNummer";
    nektet(
        &register,
        "vigsel",
        vigsel("v-0", f.mor, f.mor, "2024-06-01"),
        "ektefelle[1].foedselsEllerDNummer",
    )
    .await;
    nektet(&register, "vigsel", vigsel("v-0", f.gift, f.far, "2024-06-01"), e0).await;
    nektet(&register, "vigsel", vigsel("v-0", f.sonn, f.mor, "2024-06-01"), e0).await;
    nektet(&register, "vigsel", vigsel("v-0", f.mor, f.far, "2030-06-01"), "vigsel.vigselsdato").await;
    let kvittering = meldt(&register, "vigsel", vigsel("v-1", f.mor, f.far, "2024-06-01")).await;
    assert_eq!(
        hendelser(&register, &kvittering).await,
        [
            (f.mor, "endringISivilstand".to_owned()),
            (f.mor, "endringIFamilierelasjon".to_owned()),
            (f.far, "endringISivilstand".to_owned()),
            (f.far, "endringIFamilierelasjon".to_owned()),
        ]
    );
    for (pid, ektefelle) in [(f.mor, f.far), (f.far, f.mor)] {
        assert_eq!(sivilstand(&register, &pid).await, (Sivilstandstype::Gift, Some(ektefelle)));
        let related: Vec<Pid> =
            register.alt(&pid).await.relaterte(Familierolle::EktefelleEllerPartner).collect();
        assert_eq!(related, [ektefelle]);
    }
    nektet(&register, "vigsel", vigsel("v-2", f.mor, f.mann, "2025-06-01"), e0).await;
    let p0 = "ektefelleEllerPartner[0].foedselsEllerDNummer";
    nektet(&register, "separasjon", to("s-0", "separasjon", f.mor, f.mann, "2025-01-10", None), p0).await;
    let early = to("s-0", "separasjon", f.mor, f.far, "2024-01-10", None);
    nektet(&register, "separasjon", early, "separasjon.separasjonsdato").await;
    let etter = Some("skilsmisseEtterSeparasjon");
    nektet(&register, "skilsmisse", to("k-0", "skilsmisse", f.mor, f.far, "2025-06-10", etter), p0).await;
    meldt(&register, "separasjon", to("s-1", "separasjon", f.mor, f.far, "2025-01-10", None)).await;
    assert_eq!(sivilstand(&register, &f.far).await, (Sivilstandstype::Separert, Some(f.mor)));
    nektet(&register, "separasjon", to("s-2", "separasjon", f.mor, f.far, "2025-02-10", None), p0).await;
    let soon = to("k-0", "skilsmisse", f.mor, f.far, "2026-01-09", etter);
    nektet(&register, "skilsmisse", soon, "skilsmisse.skilsmissedato").await;
    meldt(&register, "skilsmisse", to("k-1", "skilsmisse", f.mor, f.far, "2026-01-10", etter)).await;
    for pid in [f.mor, f.far] {
        assert_eq!(sivilstand(&register, &pid).await, (Sivilstandstype::Skilt, None));
        assert_eq!(register.alt(&pid).await.relaterte(Familierolle::EktefelleEllerPartner).count(), 0);
    }
    let path = format!("{BASE}/personer/{}?part=sivilstand&part=historikk", f.mor.as_str());
    let history = register.get(&path).await.json();
    let states: Vec<&str> = history["sivilstand"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["sivilstand"].as_str().unwrap())
        .collect();
    assert_eq!(states[0], "skilt");
    assert_eq!(states.len(), 4, "{states:?}");
    // Who is divorced may marry again; parents and children, brothers and sisters may not.
    meldt(&register, "vigsel", vigsel("v-3", f.mor, f.mann, "2026-06-01")).await;
    let kin = nektet(
        &register,
        "vigsel",
        vigsel("v-4", f.far, f.doed, "2026-06-01"),
        "ektefelle[1].foedselsEllerDNummer",
    )
    .await;
    assert!(kin.contains("død"), "{kin}");
}

#[tokio::test]
async fn parent_and_child_do_not_marry() {
    let register = tomt().await;
    let f = folk();
    let born = date(1960, 5, 16);
    let mut mor = person(Pid::synthetic(born, Kjoenn::Kvinne, 0).unwrap(), born, Kjoenn::Kvinne);
    let mut barn = [f.mor, f.far].map(|pid| person(pid, date(1991, 5, 16), Kjoenn::Kvinne));
    for en in &mut barn {
        en.familierelasjon.push(Familierelasjon {
            relatert_person: mor.pid(),
            relatert_persons_rolle: Familierolle::Mor,
            er_gjeldende: true,
            ..Familierelasjon::default()
        });
        mor.familierelasjon.push(Familierelasjon {
            relatert_person: en.pid(),
            relatert_persons_rolle: Familierolle::Barn,
            er_gjeldende: true,
            ..Familierelasjon::default()
        });
    }
    let mor_pid = mor.pid().unwrap();
    let [en, annen] = barn;
    assert_eq!(register.last_inn(&ndjson(&[mor, en, annen])).await.status, StatusCode::OK);
    for (en, annen) in [(f.mor, f.far), (f.mor, mor_pid), (mor_pid, f.far)] {
        let why = nektet(
            &register,
            "vigsel",
            vigsel("v", en, annen, "2026-06-01"),
            "ektefelle[0].foedselsEllerDNummer",
        )
        .await;
        assert!(why.contains("§ 3"), "{why}");
    }
}

#[tokio::test]
async fn a_name_is_chosen_and_the_old_one_is_history() {
    let register = register().await;
    let f = folk();
    let navn = |id: &str, fornavn: &str| {
        json!({"meldingsId": id, "foedselsEllerDNummer": f.mor,
        "navn": {"fornavn": fornavn, "mellomnavn": "Berg", "etternavn": "Wold-Hansen"}, "gyldigFra": "2026-11-01"})
    };
    let kvittering = meldt(&register, "navnevalg", navn("n-1", "Åse Marie")).await;
    assert_eq!(hendelser(&register, &kvittering).await, [(f.mor, "endringINavn".to_owned())]);
    let named = register.alt(&f.mor).await;
    assert_eq!(named.fullt_navn().unwrap(), "ÅSE MARIE BERG WOLD-HANSEN");
    assert_eq!(named.navn[0].forkortet_navn.as_deref(), Some("WOLD-HANSEN ÅSE MARIE BER"));
    let found = register.get(&format!("{BASE}/personer/soek?navn=Wold")).await.json();
    assert_eq!(found["foedselsEllerDNummer"], json!([f.mor]));
    let history = "soek?navn=Nordmann&foedselsdato=19910516&opplysningsgrunnlag=historisk";
    assert_eq!(
        register.get(&format!("{BASE}/personer/{history}")).await.json()["foedselsEllerDNummer"],
        json!([f.mor])
    );
    nektet(&register, "navnevalg", navn("n-2", "Åse Marie"), "navn").await;
    nektet(&register, "navnevalg", navn("n-2", ""), "navn.fornavn").await;
    nektet(&register, "navnevalg", navn("n-2", "R2D2"), "navn.fornavn").await;
}

#[tokio::test]
async fn a_father_is_acknowledged_and_shares_the_responsibility() {
    let register = register().await;
    let f = folk();
    let foedsel = json!({"meldingsId": "fm-1", "foedsel": {"foreldreBorSammen": false,
        "barn": {"foedselsdato": "2026-10-01", "erLevendefoedt": true, "kjoenn": "kvinne"}, "mor": {"foedselsEllerDNummer": f.mor},
        "foedested": {"foedselsinstitusjonsnavn": "Ullevål", "foedekommunenummer": "0301"}}});
    let barn = meldt(&register, "foedselsmelding", foedsel).await.foedsels_eller_d_nummer.unwrap();
    assert_eq!(register.alt(&barn).await.foreldre(), [f.mor]);
    let farskap = |id: &str, forelder: Pid, mor: Pid| {
        json!({"meldingsId": id, "barnet": barn, "forelder": forelder, "mor": mor,
        "datoForErklaeringen": "2026-10-05"})
    };
    nektet(&register, "farskap", farskap("p-0", f.gift, f.mor), "forelder").await;
    nektet(&register, "farskap", farskap("p-0", f.sonn, f.mor), "forelder").await;
    nektet(&register, "farskap", farskap("p-0", f.far, f.gift), "mor").await;
    let mut early = farskap("p-0", f.far, f.mor);
    early["datoForErklaeringen"] = json!("2026-09-05");
    nektet(&register, "farskap", early, "datoForErklaeringen").await;
    let kvittering = meldt(&register, "farskap", farskap("p-1", f.far, f.mor)).await;
    let told = hendelser(&register, &kvittering).await;
    assert_eq!(told.len(), 5, "{told:?}");
    let child = register.alt(&barn).await;
    assert_eq!(child.foreldre(), [f.mor, f.far]);
    let mut shared: Vec<_> =
        child.foreldreansvar.iter().map(|entry| (entry.ansvar, entry.ansvarlig)).collect();
    shared.sort_by_key(|(_, pid)| pid.map(|pid| pid.as_str().to_owned()));
    let mut both = [(Ansvar::Felles, Some(f.mor)), (Ansvar::Felles, Some(f.far))];
    both.sort_by_key(|(_, pid)| pid.map(|pid| pid.as_str().to_owned()));
    assert_eq!(shared, both);
    for pid in [f.mor, f.far] {
        let adult = register.alt(&pid).await;
        let own: Vec<_> =
            adult.foreldreansvar.iter().map(|entry| (entry.ansvar, entry.ansvarssubjekt)).collect();
        assert_eq!(own, [(Ansvar::Felles, Some(barn))]);
        assert_eq!(adult.relaterte(Familierolle::Barn).collect::<Vec<_>>(), [barn]);
    }
    nektet(&register, "farskap", farskap("p-2", f.mann, f.mor), "barnet").await;
}

#[tokio::test]
async fn a_guardian_is_appointed_and_relieved() {
    let register = register().await;
    let f = folk();
    let verge = |id: &str, verge: Value, ends: bool| {
        json!({"meldingsId": id, "foedselsEllerDNummer": f.mann, "vergemaaltype": "voksen",
        "embete": "statsforvalterenIAgder", "verge": verge, "gyldigFra": "2026-10-01", "opphoerer": ends})
    };
    let own = json!({"foedselsEllerDNummer": f.far, "omfang": "oekonomiskeInteresser"});
    nektet(
        &register,
        "vergemaal",
        verge("g-0", json!({"foedselsEllerDNummer": f.sonn}), false),
        "verge.foedselsEllerDNummer",
    )
    .await;
    nektet(&register, "vergemaal", verge("g-0", json!({}), false), "verge").await;
    nektet(&register, "vergemaal", verge("g-0", own.clone(), true), "foedselsEllerDNummer").await;
    let kvittering = meldt(&register, "vergemaal", verge("g-1", own.clone(), false)).await;
    assert_eq!(hendelser(&register, &kvittering).await, [(f.mann, "endringIVergemaal".to_owned())]);
    assert_eq!(register.alt(&f.mann).await.vergemaal[0].verge.foedsels_eller_d_nummer, Some(f.far));
    meldt(&register, "vergemaal", verge("g-2", own, true)).await;
    assert!(register.alt(&f.mann).await.vergemaal.is_empty());
    // It did not end: what is told is that history was wrong.
    let kvittering = meldt(&register, "annullering", json!({"meldingsId": "g-3", "annullerer": "g-2"})).await;
    assert_eq!(hendelser(&register, &kvittering).await, [(f.mann, "endringIVergemaal".to_owned())]);
    assert_eq!(fortalt(&register, &kvittering).await, ["vergemaalEllerFremtidsfullmakt korrigereHistorisk"]);
    assert_eq!(register.alt(&f.mann).await.vergemaal.len(), 1);
}

#[tokio::test]
async fn a_message_is_annulled_and_what_was_known_is_kept() {
    let register = register().await;
    let f = folk();
    let before = register.get(&format!("{BASE}/personer/{}", f.mor.as_str())).await.json();
    let kvittering = meldt(&register, "vigsel", vigsel("v-1", f.mor, f.far, "2026-06-01")).await;
    let wed =
        register.feed().await.into_iter().find(|one| one.sekvensnummer == kvittering.hendelser[0]).unwrap();
    let annuller = |id: &str, which: &str| json!({"meldingsId": id, "annullerer": which});
    nektet(&register, "annullering", annuller("a-0", "v-9"), "annullerer").await;
    nektet(&register, "annullering", annuller("a-0", "\u{0}"), "annullerer").await;
    let kvittering = meldt(&register, "annullering", annuller("a-1", "v-1")).await;
    assert_eq!(register.get(&format!("{BASE}/personer/{}", f.mor.as_str())).await.json(), before);
    assert_eq!(sivilstand(&register, &f.far).await, (Sivilstandstype::Ugift, None));
    let hver = ["sivilstand annullere", "sivilstand korrigereHistorisk", "familierelasjon annullere"];
    assert_eq!(fortalt(&register, &kvittering).await, [hver, hver].concat(), "unmarried holds again");
    // What the register knew in the meantime is still to be read.
    let archived =
        register.get(&format!("{BASE}/personer/arkiv/{}", wed.hendelse.persondokument.unwrap())).await.json();
    assert_eq!(archived["sivilstand"][0]["sivilstand"], "gift");
    nektet(&register, "annullering", annuller("a-2", "v-1"), "annullerer").await;
    // Another's message, one after which somebody changed, and one that gave a number stay.
    let other = register
        .post_som(
            &format!("{MOTTAK}/annullering"),
            NAV,
            &mottaksscope("annullering"),
            "application/json",
            annuller("a-3", "v-1").to_string(),
        )
        .await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
    meldt(&register, "flyttemelding", flytting("f-1", &[f.mor], "2026-10-01")).await;
    meldt(&register, "flyttemelding", flytting("f-2", &[f.mor], "2026-11-01")).await;
    nektet(&register, "annullering", annuller("a-4", "f-1"), "annullerer").await;
    meldt(&register, "annullering", annuller("a-5", "f-2")).await;
    let d_nummer = meldt(&register, "dnummer", json!({"meldingsId": "d-1", "person": ny_person()})).await;
    nektet(&register, "annullering", annuller("a-6", "d-1"), "annullerer").await;
    let inn = json!({"meldingsId": "i-1", "kandidat": {"foedselsEllerDNummer": d_nummer.foedsels_eller_d_nummer}, "bostedsadresse": hjem(),
        "fraflyttingsland": "FRA", "innflyttingsdato": "2026-10-01"});
    meldt(&register, "innflytting", inn).await;
    nektet(&register, "annullering", annuller("a-7", "i-1"), "annullerer").await;
}

#[tokio::test]
async fn one_who_was_registered_with_a_wrong_date_of_birth_is_given_another_number() {
    let (register, f) = (register().await, folk());
    let endring = |id: &str, pid: Pid, felt: &str, verdi: &str| json!({"meldingsId": id, "foedselsEllerDNummer": pid, felt: verdi, "gyldigFra": "2026-10-01"});
    let kvittering =
        meldt(&register, "nummerendring", endring("n-1", f.gift, "foedselsdato", "1992-05-17")).await;
    let nytt = kvittering.foedsels_eller_d_nummer.unwrap();
    assert_eq!(Pid::synthetic_series(date(1992, 5, 17), Kjoenn::Kvinne).find(|pid| *pid == nytt), Some(nytt));
    let told = hendelser(&register, &kvittering).await;
    for (pid, slag) in [
        (nytt, "endringIIdentifikasjonsnummer"),
        (nytt, "endringIFoedsel"),
        (f.ektemann, "endringISivilstand"),
        (f.sonn, "endringIFamilierelasjon"),
        (f.sonn, "endringIForeldreansvar"),
    ] {
        assert!(told.contains(&(pid, slag.to_owned())), "{slag}: {told:?}");
    }
    // Both numbers find her, and her family names her by the new one.
    for asked in [f.gift, nytt] {
        let person = med_historikk(&register, asked).await;
        assert_eq!((person.pid(), person.foedselsdato()), (Some(nytt), Some(date(1992, 5, 17))));
        assert_eq!(person.foedsel.len(), 1, "the wrong date never was true");
        assert_eq!(person.identifikasjonsnummer[1].status, Nummerstatus::Opphoert);
        assert_eq!(person.identifikasjonsnummer[1].foedsels_eller_d_nummer, f.gift.as_str());
    }
    assert_eq!(register.alt(&f.sonn).await.relaterte(Familierolle::Mor).collect::<Vec<_>>(), [nytt]);
    let husband = register.alt(&f.ektemann).await;
    assert_eq!(husband.gjeldende_sivilstand().unwrap().relatert_ved_sivilstand, Some(nytt));
    let navn = "navn=Kari%20Nordmann&foedselsdato=19920517";
    let found = register.get(&format!("{BASE}/personer/entydigsoek?{navn}")).await;
    assert_eq!(
        found.json()["identifikasjonsnummer"][0]["foedselsEllerDNummer"],
        json!(nytt),
        "{}",
        found.tekst
    );

    // The earlier number is good for further messages. A change of sex is a new entry, and a number of the other sort.
    let kvittering = meldt(&register, "nummerendring", endring("n-2", f.gift, "kjoenn", "mann")).await;
    let atter = kvittering.foedsels_eller_d_nummer.unwrap();
    assert!(Pid::synthetic_series(date(1992, 5, 17), Kjoenn::Mann).any(|pid| pid == atter));
    let person = med_historikk(&register, nytt).await;
    assert_eq!(person.gjeldende_kjoenn(), Some(Kjoenn::Mann));
    assert_eq!(person.kjoenn.len(), 2);
    assert_eq!(person.identifikasjonsnummer.len(), 3);

    // One with a D-number is given another D-number.
    let kvittering =
        meldt(&register, "nummerendring", endring("n-3", f.d_nummer, "foedselsdato", "1996-07-02")).await;
    assert!(kvittering.foedsels_eller_d_nummer.unwrap().is_d_number());

    nektet(
        &register,
        "nummerendring",
        endring("n-4", f.mor, "foedselsdato", "1991-05-16"),
        "foedselsEllerDNummer",
    )
    .await;
    nektet(&register, "nummerendring", endring("n-4", f.mor, "foedselsdato", "2027-01-01"), "foedselsdato")
        .await;
    nektet(&register, "nummerendring", endring("n-4", f.mor, "foedselsdato", "1899-12-31"), "foedselsdato")
        .await;
    nektet(&register, "nummerendring", endring("n-4", f.mor, "foedselsdato", "2026-10-02"), "gyldigFra")
        .await;
    nektet(
        &register,
        "nummerendring",
        endring("n-4", f.doed, "foedselsdato", "1988-05-17"),
        "foedselsEllerDNummer",
    )
    .await;
    let bare = json!({"meldingsId": "n-4", "foedselsEllerDNummer": f.mor, "gyldigFra": "2026-10-01"});
    nektet(&register, "nummerendring", bare, "foedselsdato").await;
    let yngre = nektet(
        &register,
        "nummerendring",
        endring("n-4", f.ektemann, "foedselsdato", "2021-01-01"),
        "foedselsdato",
    )
    .await;
    assert!(yngre.contains("etter at et barn ble født"), "{yngre}");
    let eldre = nektet(
        &register,
        "nummerendring",
        endring("n-4", f.sonn, "foedselsdato", "1980-01-01"),
        "foedselsdato",
    )
    .await;
    assert!(eldre.contains("før en av foreldrene"), "{eldre}");
    let annuller = json!({"meldingsId": "a-1", "annullerer": "n-1"});
    nektet(&register, "annullering", annuller, "annullerer").await;
}

#[tokio::test]
async fn each_message_has_a_scope_of_its_own() {
    let register = register().await;
    for slag in MELDINGER {
        for other in MELDINGER {
            let body = json!({}).to_string();
            let svar = register
                .post_som(
                    &format!("{MOTTAK}/{slag}"),
                    SYKEHUS,
                    &mottaksscope(other),
                    "application/json",
                    body,
                )
                .await;
            let expected = if slag == other { StatusCode::BAD_REQUEST } else { StatusCode::FORBIDDEN };
            assert_eq!(svar.status, expected, "{slag} with {other}: {}", svar.tekst);
        }
    }
}
