//! A search finds those who have all the traits that are asked for, and nobody else.
#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use clients::enhetsregister::KEY_ROLES;
use clients::folkeregister::{Gradering, Personstatus, Sivilstandstype};
use clients::testpersoner::Linje;
use common::*;
use http::StatusCode;
use jiff::civil::{Date, date};
use kernel::id::{Kjoenn, Pid};
use serde_json::json;

/// When the tests take place.
const I_DAG: Date = date(2026, 11, 23);

fn alder(foedt: Date) -> i16 {
    I_DAG.year() - foedt.year() - i16::from((I_DAG.month(), I_DAG.day()) < (foedt.month(), foedt.day()))
}

fn barn_under(linje: &Linje, alderen: i16) -> usize {
    linje.folk.barn.iter().filter(|foedt| alder(**foedt) < alderen).count()
}

fn har_noekkelrolle(linje: &Linje) -> bool {
    linje.roller.iter().any(|rolle| KEY_ROLES.contains(&rolle.as_str()))
}

type Passer = fn(&Linje) -> bool;

/// Searches, and what they ask for said once more.
const SOEK_OG_SVAR: &[(&str, Passer)] = &[
    ("", |_| true),
    ("kjoenn=kvinne", |l| l.folk.kjoenn == Some(Kjoenn::Kvinne)),
    ("alderFra=25&alderTil=40", |l| (25..=40).contains(&alder(l.folk.foedselsdato))),
    ("alderTil=0", |l| alder(l.folk.foedselsdato) == 0),
    ("status=doed", |l| l.folk.status == Personstatus::Doed),
    ("status=bosatt&kommune=Oslo", |l| {
        l.folk.status == Personstatus::Bosatt && l.folk.kommunenummer.is_some_and(|k| k.as_str() == "0301")
    }),
    ("kommune=4601", |l| l.folk.kommunenummer.is_some_and(|k| k.as_str() == "4601")),
    ("nummertype=dNummer", |l| l.folk.personidentifikator.is_d_number()),
    ("nummertype=foedselsnummer&statsborgerskap=utenlandsk", |l| {
        !l.folk.personidentifikator.is_d_number() && !l.folk.norsk
    }),
    ("adressebeskyttelse=fortrolig", |l| l.folk.adressebeskyttelse == Gradering::Fortrolig),
    ("sivilstand=enkeEllerEnkemann&alderTil=60", |l| {
        l.folk.sivilstand == Sivilstandstype::EnkeEllerEnkemann && alder(l.folk.foedselsdato) <= 60
    }),
    ("barnUnder=6&antallBarn=2", |l| barn_under(l, 6) == 2),
    ("barnUnder=1", |l| barn_under(l, 1) >= 1),
    ("antallBarn=3", |l| barn_under(l, 18) == 3),
    ("antallBarn=0&sivilstand=gift&alderTil=35", |l| {
        barn_under(l, 18) == 0
            && l.folk.sivilstand == Sivilstandstype::Gift
            && alder(l.folk.foedselsdato) <= 35
    }),
    ("harVerge=true", |l| l.folk.har_verge),
    ("reservert=true&alderTil=66", |l| {
        l.kontakt.is_some_and(|k| k.reservert) && alder(l.folk.foedselsdato) <= 66
    }),
    ("harEpost=true&harMobil=false", |l| l.kontakt.is_some_and(|k| k.epost && !k.mobil)),
    ("harPostkasse=true&kontaktUtdatert=true", |l| l.kontakt.is_some_and(|k| k.postkasse && utdatert(l))),
    ("kontaktUtdatert=true", utdatert),
    ("kontaktUtdatert=false&alderTil=20", |l| {
        l.kontakt.is_some_and(|k| k.bekreftet.is_some()) && !utdatert(l) && alder(l.folk.foedselsdato) <= 20
    }),
    ("rolle=DAGL", |l| l.roller.iter().any(|rolle| rolle == "DAGL")),
    ("foretak=true&kjoenn=kvinne", |l| har_noekkelrolle(l) && l.folk.kjoenn == Some(Kjoenn::Kvinne)),
    ("foretak=false&rolle=MEDL", |l| !har_noekkelrolle(l) && l.roller.iter().any(|rolle| rolle == "MEDL")),
    ("eierBolig=true&alderTil=25", |l| l.eier_bolig && alder(l.folk.foedselsdato) <= 25),
];

/// Older than 18 months on the day of the tests: confirmed on 23 May 2025 at ten o'clock in Norway, or before.
fn utdatert(linje: &Linje) -> bool {
    let grense = "2025-05-23T08:00:00Z".parse().unwrap();
    linje.kontakt.and_then(|kontakt| kontakt.bekreftet).is_some_and(|moment| moment <= grense)
}

#[tokio::test]
async fn hits_are_all_who_fit_once_the_youngest_first() {
    let v = verden(4000).await;
    let linjer = v.linjer();
    for (query, passer) in SOEK_OG_SVAR {
        let ventet: BTreeSet<Pid> =
            linjer.iter().filter(|(_, linje)| passer(linje)).map(|(pid, _)| *pid).collect();
        assert!(!ventet.is_empty(), "{query}: the test asks for nobody");
        let funnet = v.alle(query, 37).await;
        assert_eq!(funnet.iter().copied().collect::<BTreeSet<_>>(), ventet, "{query}");
        assert_eq!(funnet.len(), ventet.len(), "{query}: somebody twice");
        let foedt: Vec<Date> = funnet.iter().map(|pid| linjer[pid].folk.foedselsdato).collect();
        assert!(foedt.is_sorted_by(|a, b| a >= b), "{query}");
    }

    // Those who are guardians are told by those who have one.
    let verger: BTreeSet<Pid> = linjer.values().filter_map(|linje| linje.folk.verge).collect();
    assert_eq!(v.alle("erVerge=true", 20).await.into_iter().collect::<BTreeSet<_>>(), verger);
    let andre = v.alle("erVerge=false&harVerge=true", 20).await;
    assert!(!andre.is_empty() && andre.iter().all(|pid| !verger.contains(pid) && linjer[pid].folk.har_verge));
}

#[tokio::test]
async fn a_hit_says_who_it_is_and_how_to_sign_in() {
    let v = verden(3000).await;
    let linjer = v.linjer();
    let svar = v.soek("kjoenn=kvinne&status=bosatt&antallBarn=2&alderFra=25&alderTil=45&antall=5").await;
    let register = v.folkeregister(SCOPES);
    for treff in svar["treff"].as_array().unwrap() {
        let pid = Pid::parse(treff["personidentifikator"].as_str().unwrap()).unwrap();
        let linje = &linjer[&pid];
        let purpose = clients::Purpose::new("prøve");
        let person = register.person(&pid, &[], &purpose).await.unwrap().unwrap();
        assert_eq!(treff["navn"], json!(person.fullt_navn().unwrap()));
        assert_eq!(treff["alder"], json!(alder(linje.folk.foedselsdato)));
        assert_eq!(treff["barn"].as_array().unwrap().len(), 2);
        assert_eq!((&treff["kjoenn"], &treff["kanLoggeInn"]), (&json!("kvinne"), &json!(true)));
        let ord = treff["beskrivelse"].as_array().unwrap();
        assert_eq!(ord[0], "kvinne");
        assert!(ord.iter().any(|ord| ord.as_str().unwrap().starts_with("2 barn (")), "{ord:?}");
    }
    assert_eq!(svar["innlogging"]["felt"], "personidentifikator");
    assert_eq!(
        svar["innlogging"]["metadata"],
        "http://localhost:8080/idporten/.well-known/openid-configuration"
    );
    let svar = v.get(&format!("{SOEK}?status=doed&antall=1")).await;
    assert_eq!(svar.headers["cache-control"], "no-store");
    assert_eq!(svar.json()["treff"][0]["kanLoggeInn"], false);
    assert_eq!(v.soek("alderTil=17&antall=1").await["treff"][0]["kanLoggeInn"], false);
}

#[tokio::test]
async fn where_a_protected_person_lives_is_not_told() {
    let v = verden(4000).await;
    for grad in ["fortrolig", "strengtFortrolig"] {
        let alle = v.soek(&format!("adressebeskyttelse={grad}&antall=100")).await;
        let treff = alle["treff"].as_array().unwrap();
        assert!(!treff.is_empty());
        assert!(treff.iter().all(|one| one.get("kommune").is_none()), "{alle}");
        // Nor can it be found out by asking for each.
        for kommune in ["0301", "4601", "5001", "1103"] {
            let svar = v.soek(&format!("adressebeskyttelse={grad}&kommune={kommune}")).await;
            assert_eq!(svar["treff"], json!([]));
        }
    }
}

#[tokio::test]
async fn where_nobody_fits_the_trait_in_the_way_is_named() {
    let v = verden(3000).await;
    let linjer = v.linjer();
    // Nobody who is protected lives anywhere that is told.
    let svar = v.soek("kommune=Oslo&adressebeskyttelse=fortrolig&status=bosatt").await;
    assert_eq!(svar["treff"], json!([]));
    let antall =
        |passer: &dyn Fn(&Linje) -> bool| linjer.values().filter(|linje| passer(linje)).count().min(100);
    let oslo = antall(&|l| l.folk.kommunenummer.is_some_and(|k| k.as_str() == "0301"));
    let fortrolig = antall(&|l| {
        l.folk.adressebeskyttelse == Gradering::Fortrolig && l.folk.status == Personstatus::Bosatt
    });
    assert_eq!(
        svar["utelat"],
        json!([
            {"parameter": "kommune", "treff": fortrolig, "flere": fortrolig == 100},
            {"parameter": "adressebeskyttelse", "treff": oslo, "flere": oslo == 100},
        ])
    );
    // Two that stand in the way of each other, and a third: no single one helps.
    let ingen = v.soek("nummertype=dNummer&status=bosatt&barnUnder=1&antallBarn=7").await;
    assert_eq!((&ingen["treff"], ingen.get("utelat")), (&json!([]), None));
    // Nothing is said of that where somebody fits.
    assert_eq!(v.soek("kjoenn=mann").await.get("utelat"), None);
}

#[tokio::test]
async fn a_search_that_is_wrong_is_refused_by_the_parameter() {
    let v = uten_rader(50).await;
    for (query, felt) in [
        ("navn=Kari", "navn"),
        ("kjoenn=kvinne&kjoenn=mann", "kjoenn"),
        ("kjoenn=K", "kjoenn"),
        ("kommune=Gotham", "kommune"),
        ("kommune=Her%C3%B8y", "kommune"),
        ("alderFra=xx", "alderFra"),
        ("alderFra=40&alderTil=30", "alderTil"),
        ("reservert=ja", "reservert"),
        ("antall=1000", "antall"),
        ("etter=7", "etter"),
    ] {
        let svar = v.get(&format!("{SOEK}?{query}")).await;
        assert_eq!(svar.status, StatusCode::BAD_REQUEST, "{query}");
        assert_eq!(svar.headers["content-type"], "application/problem+json");
        let problem = svar.json();
        assert_eq!(problem["felt"], felt, "{query}");
        assert!(problem["detail"].as_str().unwrap().starts_with(&format!("{felt}: ")), "{problem}");
    }
    let svar = v.get(&format!("{SOEK}?kommune=Her%C3%B8y")).await.json();
    assert!(svar["detail"].as_str().unwrap().contains("1515, 1818"), "{svar}");
    assert_eq!(v.get(&format!("{SOEK}?kjoenn=%ff")).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_load_is_taken_from_whoever_may_and_of_synthetic_people_alone() {
    let v = uten_rader(60).await;
    let linjer: Vec<Linje> = v.nasjon.traits().collect();
    assert_eq!(
        v.send_linjer(INNLASTING, "folkeregister:deling/offentligmedhjemmel", &linjer).await.status,
        403
    );
    let uten = http::Request::post(INNLASTING).body(axum::body::Body::empty()).unwrap();
    assert_eq!(v.send(uten).await.status, 401);

    let gal = |endre: &dyn Fn(&mut serde_json::Value)| {
        let mut linje = serde_json::to_value(&linjer[3]).unwrap();
        endre(&mut linje);
        vec![serde_json::to_value(&linjer[0]).unwrap(), linje]
    };
    let feil: BTreeMap<&str, Vec<serde_json::Value>> = BTreeMap::from([
        ("2:folk.personidentifikator", gal(&|l| l["folk"]["personidentifikator"] = json!("30108299939"))),
        ("2:folk.verge", gal(&|l| l["folk"]["verge"] = json!("30108299939"))),
        ("2:roller", gal(&|l| l["roller"] = json!(["XYZ"]))),
        (
            "2:folk.kommunenummer",
            gal(&|l| {
                l["folk"]["adressebeskyttelse"] = json!("strengtFortrolig");
                l["folk"]["kommunenummer"] = json!("0301");
            }),
        ),
        ("2:folk", gal(&|l| l["folk"]["barn"] = json!(["-000001-01-01"]))),
        ("2:folk.status", gal(&|l| l["folk"]["status"] = json!("levende"))),
    ]);
    for (felt, linjer) in feil {
        let svar = v.send_linjer(INNLASTING, "felles:innlasting", &linjer).await;
        assert_eq!(
            (svar.status, &svar.json()["felt"]),
            (StatusCode::BAD_REQUEST, &json!(felt)),
            "{}",
            svar.tekst
        );
        assert!(!svar.tekst.contains("30108299939"));
    }
    let to = [&linjer[0], &linjer[0]];
    assert_eq!(v.send_linjer(INNLASTING, "felles:innlasting", &to).await.status, 400);
    for query in ["kontaktregister=-1", "kontaktregister=x", "annet=1", "kontaktregister=1&kontaktregister=1"]
    {
        let svar = v.send_linjer(&format!("{INNLASTING}?{query}"), "felles:innlasting", &linjer).await;
        assert_eq!(svar.status, StatusCode::BAD_REQUEST, "{query}");
    }
    // All of a body or nothing: nobody has come in.
    assert_eq!(v.soek("").await["treff"], json!([]));
    // Taken twice, each is there once.
    for _ in 0..2 {
        v.last(INNLASTING, &linjer).await;
        assert_eq!(v.alle("", 100).await.len(), 60);
    }
}
