//! A hospital reports births.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails panics")]

mod common;

use std::collections::BTreeSet;
use std::time::Duration;

use clients::folkeregister::*;
use common::*;
use http::StatusCode;
use jiff::civil::date;
use kernel::id::{Kjoenn, Pid};
use serde_json::{Value, json};

#[tokio::test]
async fn a_birth_gives_the_child_a_number_and_both_parents_a_child() {
    let register = register().await;
    let f = folk();
    let mut listener = register.wake.listen(WAKE);
    let mut melding = foedselsmelding("f-1", &f.mor);
    melding["foedsel"]["farEllerMedmor"] = json!({"foedselsEllerDNummer": f.far});
    let kvittering = register.foedsel(&melding).await;
    tokio::time::timeout(Duration::from_secs(1), listener.wait(Duration::from_mins(1)))
        .await
        .expect("followers are woken");

    let barn = kvittering.foedsels_eller_d_nummer.unwrap();
    assert!(barn.is_synthetic() && !barn.is_d_number());
    assert_eq!((kvittering.meldings_id.as_str(), kvittering.merknader.len()), ("f-1", 0));
    let child = register.alt(&barn).await;
    assert_eq!(child.pid(), Some(barn));
    assert_eq!(child.foedselsdato(), Some(date(2026, 11, 22)));
    assert_eq!(child.gjeldende_kjoenn(), Some(Kjoenn::Kvinne));
    assert_eq!(child.gjeldende_status(), Some(Personstatus::Bosatt));
    assert_eq!(child.bostedskommune(), Some("0301"));
    assert!(child.har_statsborgerskap("NOR") && child.navn.is_empty());
    assert_eq!(child.foreldre(), [f.mor, f.far]);
    assert_eq!(child.gjeldende_sivilstand().unwrap().sivilstand, Sivilstandstype::Ugift);
    assert_eq!(
        child.foedsel_i_norge[0].foedselsinstitusjonsnavn.as_deref(),
        Some("FELLES UNIVERSITETSSYKEHUS")
    );
    let ansvarlige: Vec<_> =
        child.foreldreansvar.iter().map(|entry| (entry.ansvar, entry.ansvarlig)).collect();
    assert_eq!(ansvarlige, [(Ansvar::Felles, Some(f.mor)), (Ansvar::Felles, Some(f.far))]);
    let home = child.gjeldende_bostedsadresse().unwrap();
    assert_eq!((home.flyttedato, home.aarsak.as_deref()), (Some(date(2026, 11, 22)), Some("Fødsel")));

    for (parent, role) in [(f.mor, Familierolle::Mor), (f.far, Familierolle::Far)] {
        let person = register.alt(&parent).await;
        assert_eq!(person.relaterte(Familierolle::Barn).collect::<Vec<_>>(), [barn]);
        assert_eq!(person.familierelasjon[0].min_rolle_for_person, Some(role));
        assert_eq!(person.foreldreansvar[0].ansvarssubjekt, Some(barn));
    }

    let feed = register.feed().await;
    let told: Vec<_> = feed
        .iter()
        .map(|one| (one.hendelse.folkeregisteridentifikator, one.hendelse.hendelsetype.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (barn, "personErOpprettet"),
            (f.mor, "endringIFamilierelasjon"),
            (f.mor, "endringIForeldreansvar"),
            (f.far, "endringIFamilierelasjon"),
            (f.far, "endringIForeldreansvar"),
        ]
    );
    assert_eq!(kvittering.hendelser, [1, 2, 3, 4, 5]);
    let bruk = register.log.entries_about(&barn, None, 100).await.unwrap();
    let meldt = bruk.iter().find(|entry| entry.access.what == "Meldte fødselen til folkeregisteret").unwrap();
    assert_eq!(meldt.access.actor.orgnr.unwrap().as_str(), SYKEHUS);
}

#[tokio::test]
async fn the_same_message_gives_the_same_receipt_and_another_under_its_number_is_refused() {
    let register = register().await;
    let path = format!("{MOTTAK}/foedselsmelding");
    let melding = foedselsmelding("én melding/2", &folk().mor);
    let first = register.post(&path, SCOPE_FOEDSELSMELDING, &melding).await;
    assert_eq!(first.status, StatusCode::ACCEPTED);
    let again = register.post(&path, SCOPE_FOEDSELSMELDING, &melding).await;
    assert_eq!((again.status, again.json()), (StatusCode::OK, first.json()));

    let mut other = melding.clone();
    other["foedsel"]["barn"]["kjoenn"] = json!("mann");
    let refused = register.post(&path, SCOPE_FOEDSELSMELDING, &other).await;
    assert_eq!((refused.status, refused.json()["felt"].clone()), (StatusCode::CONFLICT, json!("meldingsId")));
    assert_eq!(register.feed().await.len(), 3, "nothing came of it");

    // The receipt is there for the sender, and for nobody else; another sender's numbers are their own.
    let location = first.headers["location"].to_str().unwrap();
    let own = register.token(SYKEHUS, SCOPE_FOEDSELSMELDING);
    let ask = |token: String| {
        http::Request::get(location)
            .header("authorization", format!("Bearer {token}"))
            .body(axum::body::Body::empty())
            .unwrap()
    };
    assert_eq!(register.send(ask(own)).await.json(), first.json());
    let foreign = register.token(NAV, SCOPE_FOEDSELSMELDING);
    assert_eq!(register.send(ask(foreign)).await.status, StatusCode::NOT_FOUND);
    let theirs =
        register.post_som(&path, NAV, SCOPE_FOEDSELSMELDING, "application/json", melding.to_string()).await;
    assert_eq!(theirs.status, StatusCode::ACCEPTED);
    assert_eq!(theirs.json()["merknader"], json!([merknad::MULIG_DOBBELTMELDING]));
}

#[tokio::test]
async fn many_births_of_one_day_at_once_get_numbers_of_their_own() {
    let register = register().await;
    let mor = folk().mor;
    let births = (0..100).map(|n| {
        let mut melding = foedselsmelding(&format!("samtidig-{n}"), &mor);
        melding["foedsel"]["barn"]["kjoenn"] = json!(if n % 2 == 0 { "kvinne" } else { "mann" });
        let register = &register;
        async move { register.foedsel(&melding).await.foedsels_eller_d_nummer.unwrap() }
    });
    let children: BTreeSet<Pid> = futures::future::join_all(births).await.into_iter().collect();
    assert_eq!(children.len(), 100);
    let mother = register.alt(&mor).await;
    assert_eq!(mother.relaterte(Familierolle::Barn).collect::<BTreeSet<_>>(), children);
    let numbers: Vec<i64> = register.feed().await.iter().map(|one| one.sekvensnummer).collect();
    assert_eq!(numbers, (1..=300).collect::<Vec<_>>(), "without a gap");
}

#[tokio::test]
async fn the_same_message_many_times_at_once_makes_one_child() {
    let register = register().await;
    let melding = foedselsmelding("gjentatt", &folk().mor);
    let path = format!("{MOTTAK}/foedselsmelding");
    let answers =
        futures::future::join_all((0..50).map(|_| register.post(&path, SCOPE_FOEDSELSMELDING, &melding)))
            .await;
    assert_eq!(answers.iter().filter(|svar| svar.status == StatusCode::ACCEPTED).count(), 1);
    assert_eq!(answers.iter().filter(|svar| svar.status == StatusCode::OK).count(), 49);
    assert_eq!(answers.iter().map(|svar| svar.tekst.as_str()).collect::<BTreeSet<_>>().len(), 1);
    assert_eq!(register.alt(&folk().mor).await.relaterte(Familierolle::Barn).count(), 1);
}

#[tokio::test]
async fn two_processes_over_one_store_never_allot_a_number_twice() {
    let register = register().await;
    let other = register.test.sibling("test", folkeregister::MIGRATIONS).await;
    let other = Register {
        router: folkeregister::Component::new(other.clone()).router().into(),
        test: kernel::testing::TestContext {
            ctx: other,
            place: register.test.place.clone(),
            directory: tempdir(),
        },
    };
    let mor = folk().mor;
    let births = (0..60).map(|n| {
        let one = if n % 2 == 0 { &register } else { &other };
        let melding = foedselsmelding(&format!("prosess-{n}"), &mor);
        async move { one.foedsel(&melding).await.foedsels_eller_d_nummer.unwrap() }
    });
    let children: BTreeSet<Pid> = futures::future::join_all(births).await.into_iter().collect();
    assert_eq!(children.len(), 60);
    assert_eq!(register.alt(&mor).await.relaterte(Familierolle::Barn).count(), 60);
}

#[tokio::test]
async fn a_number_that_someone_has_already_is_passed_over_and_a_day_runs_dry() {
    let register = register().await;
    let day = date(2026, 11, 22);
    let taken: Vec<Pid> = Pid::synthetic_series(day, Kjoenn::Kvinne).collect();
    let (last, all_others) = taken.split_last().unwrap();
    let personer: Vec<_> = all_others.iter().map(|pid| person(*pid, day, Kjoenn::Kvinne)).collect();
    assert_eq!(register.last_inn(&ndjson(&personer)).await.status, StatusCode::OK);
    let only = register.foedsel(&foedselsmelding("siste", &folk().mor)).await;
    assert_eq!(only.foedsels_eller_d_nummer, Some(*last));
    let none = register
        .post(
            &format!("{MOTTAK}/foedselsmelding"),
            SCOPE_FOEDSELSMELDING,
            &foedselsmelding("tom", &folk().mor),
        )
        .await;
    assert_eq!(none.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(register.alt(&folk().mor).await.relaterte(Familierolle::Barn).count(), 1);
}

#[tokio::test]
async fn the_mothers_husband_is_the_father_whatever_the_message_says() {
    let register = register().await;
    let f = folk();
    let unnamed = register.foedsel(&foedselsmelding("e-1", &f.gift)).await;
    let child = register.alt(&unnamed.foedsels_eller_d_nummer.unwrap()).await;
    assert_eq!(child.foreldre(), [f.gift, f.ektemann]);
    assert!(unnamed.merknader.is_empty());
    assert_eq!(register.alt(&f.ektemann).await.relaterte(Familierolle::Barn).count(), 2);

    let mut named = foedselsmelding("e-2", &f.gift);
    named["foedsel"]["barn"]["foedselsdato"] = json!("2026-01-10");
    named["foedsel"]["farEllerMedmor"] = json!({"foedselsEllerDNummer": f.far});
    let named = register.foedsel(&named).await;
    assert_eq!(named.merknader, [merknad::FAR_ER_EKTEFELLEN]);
    assert_eq!(register.alt(&named.foedsels_eller_d_nummer.unwrap()).await.foreldre(), [f.gift, f.ektemann]);

    // A wife is co-mother where she is reported as that.
    let mut medmor = foedselsmelding("e-3", &f.gift_kvinne);
    let alone = register.foedsel(&medmor).await;
    assert_eq!(register.alt(&alone.foedsels_eller_d_nummer.unwrap()).await.foreldre(), [f.gift_kvinne]);
    medmor["meldingsId"] = json!("e-4");
    medmor["foedsel"]["barn"]["foedselsdato"] = json!("2026-02-10");
    medmor["foedsel"]["farEllerMedmor"] =
        json!({"foedselsEllerDNummer": f.ektefelle_kvinne, "erMedmor": true});
    let both = register.foedsel(&medmor).await;
    let child = register.alt(&both.foedsels_eller_d_nummer.unwrap()).await;
    assert_eq!(child.relaterte(Familierolle::Medmor).collect::<Vec<_>>(), [f.ektefelle_kvinne]);
    assert_eq!(child.foreldreansvar[1].ansvar, Ansvar::Felles);
}

#[tokio::test]
async fn a_child_of_one_known_parent_is_that_ones_alone() {
    let register = register().await;
    let child = register.foedsel(&foedselsmelding("a-1", &folk().mor)).await.foedsels_eller_d_nummer.unwrap();
    let child = register.alt(&child).await;
    assert_eq!(child.foreldre(), [folk().mor]);
    assert_eq!(child.foreldreansvar.len(), 1);
    assert_eq!(child.foreldreansvar[0].ansvar, Ansvar::Mor);

    // A father whom the register does not know stands with his name.
    let mut melding = foedselsmelding("a-2", &folk().d_nummer);
    melding["foedsel"]["farEllerMedmor"] = json!({"navn": {"fornavn": "SVEN", "etternavn": "SVENSSON"}, "foedselsdato": "1990-01-01", "statsborgerskap": "SWE"});
    let child = register.foedsel(&melding).await.foedsels_eller_d_nummer.unwrap();
    let child = register.alt(&child).await;
    assert_eq!(child.gjeldende_status(), Some(Personstatus::Foedselsregistrert));
    assert!(
        child.har_statsborgerskap("SWE")
            && !child.har_statsborgerskap("NOR")
            && child.bostedsadresse.is_empty()
    );
    let father = child.relasjoner(Familierolle::Far).next().unwrap();
    assert_eq!(
        father
            .relatert_person_uten_folkeregisteridentifikator
            .as_ref()
            .unwrap()
            .navn
            .as_ref()
            .unwrap()
            .fornavn,
        "SVEN"
    );
    assert_eq!(child.foreldreansvar.iter().filter(|entry| entry.ansvar == Ansvar::Felles).count(), 2);

    // And so does a mother.
    let mut melding = foedselsmelding("a-3", &folk().mor);
    melding["foedsel"]["mor"] =
        json!({"navn": {"fornavn": "ANNA", "etternavn": "SVENSSON"}, "foedselsdato": "1995-01-01"});
    let child = register.foedsel(&melding).await.foedsels_eller_d_nummer.unwrap();
    let child = register.alt(&child).await;
    assert!(child.har_statsborgerskap("XUK") && child.foreldre().is_empty());
    assert_eq!(child.relasjoner(Familierolle::Mor).count(), 1);
}

#[tokio::test]
async fn a_child_is_protected_as_the_mother_is() {
    let register = register().await;
    let f = folk();
    let child = register.foedsel(&foedselsmelding("p-1", &f.kode6)).await.foedsels_eller_d_nummer.unwrap();
    let hidden = register.alt(&child).await;
    assert_eq!(hidden.gradering(), Gradering::StrengtFortrolig);
    assert!(hidden.bostedsadresse.is_empty(), "no address leaves the register");
    let child = register.foedsel(&foedselsmelding("p-2", &f.kode7)).await.foedsels_eller_d_nummer.unwrap();
    assert_eq!(register.alt(&child).await.bostedsadresse[0].adressegradering, Gradering::Fortrolig);
    let path = format!("/folkeregisteret/api/finans/v1/personer/{}", child.as_str());
    assert!(register.get_som(&path, SCOPE_FINANS).await.json().get("bostedsadresse").is_none());
}

#[tokio::test]
async fn what_is_unusual_is_registered_and_remarked() {
    let register = register().await;
    let f = folk();
    let man = register.foedsel(&foedselsmelding("m-1", &f.mann)).await;
    assert_eq!(man.merknader, [merknad::MOR_ER_MANN]);
    let child = register.alt(&man.foedsels_eller_d_nummer.unwrap()).await;
    assert_eq!(
        child.relaterte(Familierolle::Mor).collect::<Vec<_>>(),
        [f.mann],
        "the one who gave birth is the mother"
    );

    let mut died_giving_birth = foedselsmelding("m-2", &f.doed);
    died_giving_birth["foedsel"]["barn"]["foedselsdato"] = json!("2026-03-02");
    died_giving_birth["foedsel"]["farEllerMedmor"] = json!({"foedselsEllerDNummer": f.far});
    let orphan = register.foedsel(&died_giving_birth).await;
    assert_eq!(orphan.merknader, [merknad::MOR_ER_DOED]);
    let child = register.alt(&orphan.foedsels_eller_d_nummer.unwrap()).await;
    assert_eq!(
        child.foreldreansvar.iter().map(|entry| (entry.ansvar, entry.ansvarlig)).collect::<Vec<_>>(),
        [(Ansvar::Far, Some(f.far))]
    );

    // An old number finds its person, and the child is that person's.
    let old = register.foedsel(&foedselsmelding("m-3", &f.gammelt)).await;
    assert_eq!(register.alt(&old.foedsels_eller_d_nummer.unwrap()).await.foreldre(), [f.nytt]);
    let whole = register
        .get(&format!("{BASE}/personer/{}?part=navn&part=historikk", f.gammelt.as_str()))
        .await
        .json();
    assert_eq!(whole["navn"].as_array().unwrap().len(), 2, "the mother's history is still there");
    assert_eq!(register.alt(&f.gammelt).await.relaterte(Familierolle::Barn).count(), 1);

    let mut father = foedselsmelding("m-4", &f.mor);
    father["foedsel"]["farEllerMedmor"] = json!({"foedselsEllerDNummer": f.kode7});
    assert_eq!(register.foedsel(&father).await.merknader, [merknad::FAR_ER_KVINNE]);
}

#[tokio::test]
async fn twins_are_two_messages() {
    let register = register().await;
    let twin = |id: &str, nummer: &str| {
        let mut melding = foedselsmelding(id, &folk().mor);
        melding["foedsel"]["antallBarnVedFlerfoedsel"] = json!(2);
        melding["foedsel"]["barn"]["rekkefoelgenummerVedFlerfoedsel"] = json!(nummer);
        melding
    };
    let (first, second) =
        (register.foedsel(&twin("t-1", "21")).await, register.foedsel(&twin("t-2", "22")).await);
    assert!(first.merknader.is_empty() && second.merknader.is_empty());
    let children = [first, second].map(|kvittering| kvittering.foedsels_eller_d_nummer.unwrap());
    assert_ne!(children[0], children[1]);
    assert_eq!(register.alt(&children[1]).await.foedsel_i_norge[0].rekkefoelgenummer, Some(22));
}

#[tokio::test]
async fn a_stillborn_child_stands_with_its_parents_without_a_number() {
    let register = register().await;
    let f = folk();
    let mut melding = foedselsmelding("d-1", &f.gift);
    melding["foedsel"]["barn"]["erLevendefoedt"] = json!(false);
    let kvittering = register.foedsel(&melding).await;
    assert_eq!(kvittering.foedsels_eller_d_nummer, None);
    assert_eq!(kvittering.merknader, [merknad::DOEDFOEDT]);
    for parent in [f.gift, f.ektemann] {
        assert_eq!(register.alt(&parent).await.relasjoner(Familierolle::DoedfoedtBarn).count(), 1);
    }
    let types: Vec<String> = register.feed().await.into_iter().map(|one| one.hendelse.hendelsetype).collect();
    assert_eq!(types, ["endringIFamilierelasjon", "endringIFamilierelasjon"]);
    let again = register.post(&format!("{MOTTAK}/foedselsmelding"), SCOPE_FOEDSELSMELDING, &melding).await;
    assert_eq!(again.status, StatusCode::OK);
    assert_eq!(again.json()["foedselsEllerDNummer"], Value::Null);
}

fn tempdir() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}
