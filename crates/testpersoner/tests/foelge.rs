//! Life goes on, and the search follows.
#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

mod common;

use clients::Purpose;
use clients::folkeregister::*;
use clients::kontaktregister::{Person, Reservasjon, Status as Kontaktstatus};
use clients::testpersoner::Linje;
use common::*;
use jiff::civil::{Date, date};
use kernel::id::{Kjoenn, Pid};
use serde_json::json;
use testpersoner::model::dokument::{DELER, DELER_AV_BARN, folketrekk, kontakttrekk};

const MELDE: &str = "folkeregister:deling/offentligmedhjemmel folkeregister:mottak/foedselsmelding folkeregister:mottak/doedsmelding \
                     folkeregister:mottak/vigsel folkeregister:mottak/utflytting folkeregister:mottak/adressebeskyttelse \
                     folkeregister:mottak/dnummer folkeregister:mottak/nummerendring";

fn ung_ugift_kvinne(linje: &Linje) -> bool {
    let folk = &linje.folk;
    folk.kjoenn == Some(Kjoenn::Kvinne)
        && folk.status == Personstatus::Bosatt
        && folk.sivilstand == Sivilstandstype::Ugift
        && folk.adressebeskyttelse == Gradering::Ugradert
        && (1990..2002).contains(&folk.foedselsdato.year())
        && folk.barn.is_empty()
}

async fn foedsel(v: &Verden, mor: Pid, foedt: Date) -> Pid {
    let melding = Foedselsmelding {
        meldings_id: v.rng.uuid().to_string(),
        registreringsdato: None,
        kildesystem: None,
        foedsel: MeldtFoedsel {
            foreldre_bor_sammen: true,
            foreldre_er_gift: false,
            antall_barn_ved_flerfoedsel: None,
            barn: MeldtBarn {
                foedselsdato: foedt,
                er_levendefoedt: true,
                rekkefoelgenummer_ved_flerfoedsel: None,
                kjoenn: Kjoenn::Kvinne,
                sykehusets_identifikasjonsnummer: None,
            },
            mor: MeldtForelder::kjent(mor),
            far_eller_medmor: None,
            foedested: Foedested {
                foedselsinstitusjonsnavn: "Føden".to_owned(),
                foedekommunenummer: "0301".to_owned(),
                foedekommunenavn: None,
            },
        },
    };
    let kvittering = v.folkeregister(MELDE).meld_foedsel(&melding).await.unwrap();
    kvittering.foedsels_eller_d_nummer.unwrap()
}

async fn doedsfall(v: &Verden, pid: Pid, dag: Date) {
    let melding = Doedsmelding {
        meldings_id: v.rng.uuid().to_string(),
        forespoerselssdato: None,
        kilde: "helse".to_owned(),
        doed_person: DoedPerson { foedselsnummer: pid, doedsdato: dag, kommune: None },
    };
    v.folkeregister(MELDE).meld_doedsfall(&melding).await.unwrap();
}

/// Everyone's row is what the registers answer of them now.
async fn alt_stemmer(v: &Verden) {
    let pids = v.alle("", 100).await;
    let register = v.folkeregister(SCOPES);
    let purpose = Purpose::new("prøve");
    let personer = register.personer(&pids, &DELER, &purpose).await.unwrap();
    let barn = register.personer(&pids, &DELER_AV_BARN, &purpose).await.unwrap();
    let barn: std::collections::HashMap<Pid, Persondokument> =
        barn.into_iter().map(|person| (person.pid().unwrap(), person)).collect();
    let kontakter = v.kontaktregister().personer(&pids, &purpose).await.unwrap();
    assert_eq!(personer.len(), pids.len(), "whoever is searched for is in the register");
    for (person, kontakt) in personer.iter().zip(&kontakter) {
        let folk = folketrekk(person, |pid| barn.get(pid)).unwrap();
        let pid = folk.personidentifikator;
        let funnet = v.person(&pid, folk.foedselsdato).await;
        let i_dag = v.clock.today();
        let aldre: Vec<i16> =
            folk.barn.iter().map(|foedt| alder(*foedt, i_dag)).filter(|alder| *alder < 18).collect();
        assert_eq!(funnet["status"], json!(folk.status));
        assert_eq!(funnet["sivilstand"], json!(folk.sivilstand));
        assert_eq!(funnet["adressebeskyttelse"], json!(folk.adressebeskyttelse));
        assert_eq!(funnet["barn"], json!(aldre));
        let kommune = folk.kommunenummer.map(|kommune| json!(kommune)).unwrap_or_default();
        assert_eq!(
            funnet.get("kommune").map(|kommune| kommune["kommunenummer"].clone()).unwrap_or_default(),
            kommune
        );
        let kontakt = kontakttrekk(kontakt).unwrap_or_default();
        assert_eq!(
            (&funnet["reservert"], &funnet["harEpost"]),
            (&json!(kontakt.reservert), &json!(kontakt.epost))
        );
    }
}

#[tokio::test]
async fn births_deaths_and_weddings_are_followed() {
    let v = verden(600).await;
    let linjer = v.linjer();
    let kvinner: Vec<&Linje> = linjer.values().filter(|linje| ung_ugift_kvinne(linje)).collect();
    let [mor, brud, ..] = kvinner.as_slice() else { panic!("there are two such women") };
    let mann = linjer.values().find(|linje| {
        let folk = &linje.folk;
        folk.kjoenn == Some(Kjoenn::Mann)
            && folk.status == Personstatus::Bosatt
            && folk.sivilstand == Sivilstandstype::Ugift
            && (1985..2000).contains(&folk.foedselsdato.year())
    });
    let mann = mann.unwrap();
    assert_eq!(v.component.read_feeds().await.unwrap(), 0, "a nation begins without events");

    let barn = foedsel(&v, mor.folk.personidentifikator, date(2026, 11, 20)).await;
    let tvilling = foedsel(&v, mor.folk.personidentifikator, date(2026, 11, 20)).await;
    assert_eq!(v.person(&barn, date(2026, 11, 20)).await, json!(null), "nothing has been read yet");
    assert!(v.component.read_feeds().await.unwrap() >= 4);
    let (pid, foedt) = (mor.folk.personidentifikator, mor.folk.foedselsdato);
    assert_eq!(v.person(&pid, foedt).await["barn"], json!([0, 0]));
    let nyfoedt = v.person(&barn, date(2026, 11, 20)).await;
    assert_eq!((&nyfoedt["alder"], &nyfoedt["status"]), (&json!(0), &json!("bosatt")));
    // What the other registers told of her is still there.
    assert_eq!(v.person(&pid, foedt).await["eierBolig"], json!(mor.eier_bolig));
    assert_eq!(
        v.person(&pid, foedt).await["harEpost"],
        json!(mor.kontakt.is_some_and(|kontakt| kontakt.epost))
    );

    // The child dies: the mother has one.
    doedsfall(&v, tvilling, date(2026, 11, 22)).await;
    v.component.read_feeds().await.unwrap();
    assert_eq!(v.person(&pid, foedt).await["barn"], json!([0]));
    assert_eq!(v.person(&tvilling, date(2026, 11, 20)).await["status"], "doed");

    let ektefelle =
        [brud, mann].map(|one| MeldtEktefelle { foedsels_eller_d_nummer: one.folk.personidentifikator });
    let vigsel = Vigselsmelding {
        meldings_id: v.rng.uuid().to_string(),
        ektefelle,
        vigsel: Vigsel {
            vigselsdato: date(2026, 11, 21),
            vigselssted: None,
            vigselsmyndighet: Some("kommune".to_owned()),
            vigselsmyndighet_som_kommune: None,
            vigselsland: None,
        },
    };
    v.folkeregister(MELDE).meld("vigsel", &vigsel).await.unwrap();
    v.component.read_feeds().await.unwrap();
    let brud_naa = v.person(&brud.folk.personidentifikator, brud.folk.foedselsdato).await;
    assert_eq!(brud_naa["sivilstand"], "gift");
    doedsfall(&v, mann.folk.personidentifikator, date(2026, 11, 22)).await;
    v.component.read_feeds().await.unwrap();
    let enke = v.person(&brud.folk.personidentifikator, brud.folk.foedselsdato).await;
    assert_eq!(enke["sivilstand"], "enkeEllerEnkemann");
    assert_eq!(v.component.read_feeds().await.unwrap(), 0, "what has been read is not read again");
    alt_stemmer(&v).await;
}

#[tokio::test]
async fn one_who_gets_another_number_is_found_by_it_with_all_their_traits() {
    let v = verden(400).await;
    let linjer = v.linjer();
    let linje = linjer
        .values()
        .find(|linje| {
            let lever =
                linje.folk.status == Personstatus::Bosatt && !linje.folk.adressebeskyttelse.er_beskyttet();
            lever && linje.eier_bolig && linje.kontakt.is_some_and(|kontakt| kontakt.epost)
        })
        .unwrap();
    let (gammelt, foedt) = (linje.folk.personidentifikator, linje.folk.foedselsdato);
    let foer = v.person(&gammelt, foedt).await;
    let annet = if linje.folk.kjoenn == Some(Kjoenn::Kvinne) { Kjoenn::Mann } else { Kjoenn::Kvinne };
    let melding = Nummerendringsmelding {
        meldings_id: v.rng.uuid().to_string(),
        foedsels_eller_d_nummer: gammelt,
        foedselsdato: None,
        kjoenn: Some(annet),
        gyldig_fra: date(2026, 11, 20),
    };
    let kvittering = v.folkeregister(MELDE).meld("nummerendring", &melding).await.unwrap();
    let nytt = kvittering.foedsels_eller_d_nummer.unwrap();
    v.component.read_feeds().await.unwrap();
    // Kontaktregisteret follows in its own time.
    while v.kontakter.read_page(&v.folkeregister(SCOPES)).await.unwrap() > 0 {}
    v.component.read_feeds().await.unwrap();

    assert_eq!(v.person(&gammelt, foedt).await, json!(null));
    let etter = v.person(&nytt, foedt).await;
    for trekk in [
        "eierBolig",
        "harEpost",
        "harMobil",
        "harPostkasse",
        "reservert",
        "sivilstand",
        "barn",
        "roller",
        "kommune",
    ] {
        assert_eq!(etter[trekk], foer[trekk], "{trekk}");
    }
    assert_ne!(etter["kjoenn"], foer["kjoenn"]);
    assert_eq!(v.alle("", 100).await.len(), 400);
}

#[tokio::test]
async fn changes_of_contact_details_are_followed() {
    let v = verden(400).await;
    let linjer = v.linjer();
    let kjent = linjer
        .values()
        .find(|linje| linje.kontakt.is_some_and(|kontakt| kontakt.epost && !kontakt.reservert))
        .unwrap();
    let ukjent = linjer
        .values()
        .find(|linje| linje.kontakt.is_none() && linje.folk.status == Personstatus::Bosatt)
        .unwrap();
    let reservert = Person {
        reservasjon: Reservasjon::Ja,
        ..Person::bare(kjent.folk.personidentifikator, Kontaktstatus::Aktiv)
    };
    let ny = Person::bare(ukjent.folk.personidentifikator, Kontaktstatus::Aktiv);
    v.last("/kontaktregisteret/innlasting/v1", &[reservert, Person { reservasjon: Reservasjon::Ja, ..ny }])
        .await;
    assert_eq!(v.component.read_feeds().await.unwrap(), 2);
    for linje in [kjent, ukjent] {
        let funnet = v.person(&linje.folk.personidentifikator, linje.folk.foedselsdato).await;
        assert_eq!((&funnet["reservert"], &funnet["harEpost"]), (&json!(true), &json!(false)));
        assert_eq!(funnet["status"], json!(linje.folk.status));
        assert_eq!(funnet["eierBolig"], json!(linje.eier_bolig));
    }
    let slettet = Person::bare(kjent.folk.personidentifikator, Kontaktstatus::Slettet);
    v.last("/kontaktregisteret/innlasting/v1", &[slettet]).await;
    assert_eq!(v.component.read_feeds().await.unwrap(), 1);
    let funnet = v.person(&kjent.folk.personidentifikator, kjent.folk.foedselsdato).await;
    assert_eq!(funnet["reservert"], json!(false));
    alt_stemmer(&v).await;
}

#[tokio::test]
async fn a_search_that_is_loaded_late_catches_up() {
    let v = uten_rader(400).await;
    let linjer = v.linjer();
    let mor = linjer.values().find(|linje| ung_ugift_kvinne(linje)).unwrap();
    let barn = foedsel(&v, mor.folk.personidentifikator, date(2026, 11, 20)).await;
    let reservert = Person {
        reservasjon: Reservasjon::Ja,
        ..Person::bare(mor.folk.personidentifikator, Kontaktstatus::Aktiv)
    };
    let kontakter = v.nasjon.contacts().count();
    v.last("/kontaktregisteret/innlasting/v1", &[reservert]).await;
    assert_eq!(v.component.read_feeds().await.unwrap(), 0, "nobody is followed before a load");

    v.last(INNLASTING, &v.nasjon.traits().collect::<Vec<_>>()).await;
    v.last::<Linje>(&format!("{INNLASTING}?kontaktregister={kontakter}"), &[]).await;
    v.component.read_feeds().await.unwrap();
    let funnet = v.person(&mor.folk.personidentifikator, mor.folk.foedselsdato).await;
    assert_eq!((&funnet["barn"], &funnet["reservert"]), (&json!([0]), &json!(true)));
    assert_ne!(v.person(&barn, date(2026, 11, 20)).await, json!(null));

    // Loaded once more, it begins from the nation's first day again, and comes to the same.
    v.last(INNLASTING, &v.nasjon.traits().collect::<Vec<_>>()).await;
    v.last::<Linje>(&format!("{INNLASTING}?kontaktregister={kontakter}"), &[]).await;
    v.component.read_feeds().await.unwrap();
    alt_stemmer(&v).await;
    assert_eq!(v.alle("", 100).await.len(), 401);
}

#[tokio::test]
async fn whoever_is_not_synthetic_is_neither_kept_nor_looked_up() {
    let v = verden(60).await;
    let ekte = Pid::parse("30108299939").unwrap();
    assert!(!ekte.is_synthetic());
    let o = opphav(v.clock.now(), "prøve", "prøve");
    let person = |navn: &str| Persondokument {
        identifikasjonsnummer: vec![Identifikasjonsnummer {
            foedsels_eller_d_nummer: ekte.as_str().to_owned(),
            ..Identifikasjonsnummer::fra(&o)
        }],
        status: vec![Status::fra(&o)],
        foedsel: vec![Foedsel { foedselsdato: Some(date(1982, 10, 30)), ..Foedsel::fra(&o) }],
        navn: vec![Navn { fornavn: navn.to_owned(), etternavn: "Nordmann".to_owned(), ..Navn::fra(&o) }],
        ..Persondokument::default()
    };
    // The second time, the load is a change and makes an event.
    v.last("/folkeregisteret/innlasting/v1", &[person("Kari")]).await;
    v.last("/folkeregisteret/innlasting/v1", &[person("Ola")]).await;
    v.last("/kontaktregisteret/innlasting/v1", &[Person::bare(ekte, Kontaktstatus::Aktiv)]).await;
    assert_eq!(v.component.read_feeds().await.unwrap(), 2, "both feeds told of the person");
    assert_eq!(v.alle("", 100).await.len(), 60);
    // Nobody asked for them: the feeds told of them by themselves.
    let bruk = v.log.entries_about(&ekte, None, 10).await.unwrap();
    let mut hva: Vec<&str> = bruk.iter().map(|entry| entry.access.what.as_str()).collect();
    hva.sort_unstable();
    assert_eq!(hva, ["Hentet endrede kontaktopplysninger", "Leste at noe er endret i folkeregisteret"]);
}
