//! Searching for people.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails panics")]

mod common;

use clients::folkeregister::*;
use common::*;
use http::StatusCode;
use jiff::civil::date;
use kernel::id::{Kjoenn, Pid};
use kernel::params;
use serde_json::{Value, json};

/// The people of the searches, who are not of [`folk`]: all women born on days of 1975 and named so.
fn anne(day: i8, fornavn: &str, mellomnavn: Option<&str>, etternavn: &str) -> Persondokument {
    let born = date(1975, 3, day);
    let mut anne = person(Pid::synthetic(born, Kjoenn::Kvinne, 0).unwrap(), born, Kjoenn::Kvinne);
    fornavn.clone_into(&mut anne.navn[0].fornavn);
    anne.navn[0].mellomnavn = mellomnavn.map(str::to_owned);
    etternavn.clone_into(&mut anne.navn[0].etternavn);
    let veg = anne.bostedsadresse[0].vegadresse.as_mut().unwrap();
    "Økernveien".clone_into(&mut veg.adressenavn);
    veg.kommunenummer = Some("1103".to_owned());
    veg.adressenummer = Some(Adressenummer { husnummer: day.to_string(), husbokstav: Some("B".to_owned()) });
    veg.poststed.as_mut().unwrap().postnummer = Some("1251".to_owned());
    anne
}

fn annes() -> Vec<Persondokument> {
    let mut annes = vec![
        anne(1, "ANNE LISE", Some("BERG"), "HANSEN"),
        anne(2, "ANNE", None, "HANSSEN"),
        anne(3, "ANNE", None, "HANSEN-ÅS"),
        anne(4, "ANAÏS", None, "MØLLER"),
    ];
    annes[3].utenlandsk_personidentifikasjon = vec![Personidentifikasjon {
        identifikasjonsnummer: "8766523769".to_owned(),
        identifikasjonsnummertype: "nationalIdentificationNumber".to_owned(),
        utstederland: "ARG".to_owned(),
        er_gjeldende: true,
        ..Personidentifikasjon::default()
    }];
    annes[3].utlendingsmyndighetenes_identifikasjonsnummer = vec![Personidentifikasjon {
        identifikasjonsnummer: "201812345".to_owned(),
        utstederland: "NOR".to_owned(),
        er_gjeldende: true,
        ..Personidentifikasjon::default()
    }];
    annes
}

async fn register_med_anne() -> Register {
    let register = register().await;
    assert_eq!(register.last_inn(&ndjson(&annes())).await.status, StatusCode::OK);
    register
}

fn numre(annes: &[usize]) -> Vec<String> {
    let all = self::annes();
    annes.iter().map(|n| all[n - 1].pid().unwrap().as_str().to_owned()).collect()
}

/// The numbers that a search with a list gives.
async fn liste(register: &Register, query: &str) -> Vec<String> {
    let answer = register.get(&format!("{BASE}/personer/soek?{query}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{query}: {}", answer.tekst);
    let answer: Personsoek = serde_json::from_value(answer.json()).unwrap();
    answer.foedsels_eller_d_nummer.iter().map(|pid| pid.as_str().to_owned()).collect()
}

/// The number of the one person whom a search finds.
async fn en(register: &Register, query: &str) -> Option<String> {
    let query = query.replace(' ', "%20");
    let answer = register.get(&format!("{BASE}/personer/entydigsoek?{query}")).await;
    match answer.status {
        StatusCode::OK => Some(
            answer.json()["identifikasjonsnummer"][0]["foedselsEllerDNummer"].as_str().unwrap().to_owned(),
        ),
        StatusCode::NOT_FOUND => None,
        other => panic!("{query}: {other} {}", answer.tekst),
    }
}

#[tokio::test]
async fn one_person_is_found_by_what_singles_them_out() {
    let register = register_med_anne().await;
    let [first, second, third, fourth] = &numre(&[1, 2, 3, 4])[..] else { panic!() };
    for (query, expected) in [
        (format!("navn=Anne Hansen&identifikasjonsnummer={first}"), Some(first)),
        (format!("navn=Anne Hansen&identifikasjonsnummer={second}"), None),
        ("navn=Anne Hansen&foedselsdato=19750301".into(), Some(first)),
        ("navn=Lise Hansen&foedselsdato=19750301".into(), Some(first)),
        ("navn=Anne Berg Hansen&foedselsdato=19750301".into(), Some(first)),
        ("navn=Anne Berg&foedselsdato=19750301".into(), None),
        ("navn=Ann Hansen&foedselsdato=19750301".into(), None),
        // Two are so named, and one sounds so.
        ("navn=Anne Hansen&postnummer=1251".into(), None),
        ("navn=Anne Hanssen&postnummer=1251".into(), Some(second)),
        ("navn=Anne Hanssen&postnummer=1251&soekFonetisk=true".into(), None),
        ("navn=anne hansen ås&postnummer=1251".into(), Some(third)),
        ("navn=Anne Hansen&adressenavn=Økernveien&husnummer=3B".into(), Some(third)),
        ("navn=Anne Hansen&adressenavn=øke&husnummer=3 b".into(), Some(third)),
        ("navn=Anne Hansen&adressenavn=Økernveien&husnummer=3".into(), None),
        ("navn=Anne Hanssen&adressenavn=Økernveien".into(), None),
        ("navn=Anne Hansen&adressenavn=Økernveien&postnummer=1251&foedselsdato=19750303".into(), Some(third)),
        ("navn=Anais Moller&foedselsdato=19750304".into(), None),
        ("navn=Anais Møller&foedselsdato=19750304".into(), Some(fourth)),
        ("navn=Anais Møller&utenlandskpersonidentifikasjon=ARG-8766523769".into(), Some(fourth)),
        ("foedselsdato=19750304&utenlandskpersonidentifikasjon=arg-8766523769".into(), Some(fourth)),
        ("navn=Anais Møller&utenlandskpersonidentifikasjon=BRA-8766523769".into(), None),
        ("navn=Anais Møller&utlendingsmyndighetenesidentifikasjonsnummer=201812345".into(), Some(fourth)),
    ] {
        assert_eq!(en(&register, &query).await.as_ref(), expected, "{query}");
    }
    // An old number and an old name; the name only for who asks for history.
    let f = folk();
    let old = format!("navn=Kari Nordmann&identifikasjonsnummer={}", f.gammelt.as_str());
    assert_eq!(en(&register, &old).await.as_deref(), Some(f.nytt.as_str()));
    let name = "navn=Kari Svensson&foedselsdato=19850516";
    assert_eq!(en(&register, name).await, None);
    let historic = format!("{name}&opplysningsgrunnlag=historisk");
    assert_eq!(en(&register, &historic).await.as_deref(), Some(f.nytt.as_str()));
    assert_eq!(
        en(&register, "navn=Kari Nordmann&foedselsdato=19880516").await.as_deref(),
        Some(f.doed.as_str())
    );
}

#[tokio::test]
async fn none_and_several_are_answered_alike_and_only_a_hit_is_a_use() {
    let register = register_med_anne().await;
    let get = async |query: &str| {
        register.get(&format!("{BASE}/personer/entydigsoek?navn=Anne%20Hansen&{query}")).await
    };
    let (none, several) = (get("postnummer=0001").await, get("postnummer=1251").await);
    assert_eq!((none.status, none.json()), (several.status, several.json()));
    assert_eq!(none.json()["kode"], "FREG-005");
    let [first] = &annes().iter().take(1).map(|anne| anne.pid().unwrap()).collect::<Vec<_>>()[..] else {
        panic!()
    };
    assert_eq!(register.bruk(first).await, 0);
    let hit = get("foedselsdato=19750301&part=navn").await;
    assert_eq!(hit.json().as_object().unwrap().keys().collect::<Vec<_>>(), ["identifikasjonsnummer", "navn"]);
    assert!(hit.headers.contains_key("etag"));
    let uses = register.log.entries_about(first, None, 10).await.unwrap();
    assert_eq!(uses.len(), 1);
    assert_eq!(uses[0].access.what, "Søkte fram personen. Slo opp personopplysninger: navn");
}

#[tokio::test]
async fn each_package_searches_as_far_as_it_may() {
    let register = register_med_anne().await;
    let search = async |package: &str, scope: &str, query: &str| {
        let path = format!("/folkeregisteret/api/{package}/v1/personer/{query}");
        register.get_som(&path, &format!("folkeregister:deling/{scope}")).await
    };
    let by_date = "entydigsoek?navn=Anne%20Hansen&foedselsdato=19750301";
    let [first] = &numre(&[1])[..] else { panic!() };
    let number = |answer: &Value| {
        answer["identifikasjonsnummer"][0]["foedselsEllerDNummer"].as_str().map(str::to_owned)
    };
    for (package, lists, with_number, by_foreign) in [
        ("offentligutenhjemmel", true, Some(true), false),
        ("privatutenhjemmel", true, Some(true), false),
        ("finans", true, Some(true), true),
        ("eid", false, Some(true), true),
        ("privat", false, Some(false), false),
        ("presse", false, Some(false), false),
        ("privatutenfolkeregisteridentifikator", false, None, false),
        ("presseutenfolkeregisteridentifikator", false, None, false),
    ] {
        let scope = if package == "eid" { "utstedereid" } else { package };
        let found = search(package, scope, by_date).await;
        assert_eq!(found.status, StatusCode::OK, "{package}: {}", found.tekst);
        assert_eq!(found.json()["navn"][0]["etternavn"], "HANSEN");
        assert!(!found.json().as_object().unwrap().contains_key("familierelasjon"));
        let always = with_number == Some(true);
        assert_eq!(number(&found.json()), always.then(|| first.clone()), "{package}");
        assert_eq!(found.tekst.contains(first.as_str()), always, "{package}");
        let asked = search(package, scope, &format!("{by_date}&part=identifikasjonsnummer")).await;
        if with_number.is_some() {
            assert_eq!(number(&asked.json()).as_ref(), Some(first), "{package}");
        } else {
            assert_eq!(asked.status, StatusCode::FORBIDDEN, "{package}");
        }
        let status = |yes| if yes { StatusCode::OK } else { StatusCode::FORBIDDEN };
        assert_eq!(search(package, scope, "soek?navn=Hanssen").await.status, status(lists), "{package}");
        let foreign = "entydigsoek?navn=Anais%20M%C3%B8ller&utenlandskpersonidentifikasjon=ARG-8766523769";
        assert_eq!(search(package, scope, foreign).await.status, status(by_foreign), "{package}");
        let duf =
            "entydigsoek?navn=Anais%20M%C3%B8ller&utlendingsmyndighetenesidentifikasjonsnummer=201812345";
        assert_eq!(search(package, scope, duf).await.status, StatusCode::FORBIDDEN, "{package}");
    }
    let answer = search("ukjent", "finans", by_date).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_list_has_everyone_who_is_all_of_what_is_asked_for() {
    let register = register_med_anne().await;
    let f = folk();
    for (query, expected) in [
        ("navn=Hansen", vec![1, 3]),
        ("navn=Hansen%20Anne", vec![1, 3]),
        ("navn=Hansen&soekFonetisk=true", vec![1, 2, 3]),
        ("navn=Hansen%20Kari", vec![]),
        ("navn=Berg", vec![1]),
        ("navn=Hansen&foedselsdato=19750303", vec![3]),
        ("navn=Hansen&kjoenn=mann", vec![]),
        ("foedselsaarFraOgMed=1975&foedselsaarTilOgMed=1975", vec![1, 2, 3, 4]),
        ("foedselsaarTilOgMed=1980", vec![1, 2, 3, 4]),
        ("foedselsaarTilOgMed=1974", vec![]),
        ("foedselsaarTilOgMed=1980&kjoenn=mann", vec![]),
        ("adressenavn=%C3%B8kern", vec![1, 2, 3, 4]),
        ("adressenavn=%C3%B8kern&husnummer=4b", vec![4]),
        ("adressenavn=kern", vec![]),
        ("postnummer=1251&navn=Anne", vec![1, 2, 3]),
        ("kommunenummer=1103", vec![1, 2, 3, 4]),
        ("fylkesnummer=11", vec![1, 2, 3, 4]),
        ("fylkesnummer=11&postnummer=0184", vec![]),
        ("navn=Hansen&maksTreff=1", vec![1]),
    ] {
        assert_eq!(liste(&register, query).await, numre(&expected), "{query}");
    }
    let everyone = liste(&register, "").await;
    assert_eq!(everyone.len(), dokumenter().len() + annes().len() - 1, "the dead are left out");
    assert!(!everyone.contains(&f.doed.as_str().to_owned()));
    let with_dead = liste(&register, "inkluderDoede=true").await;
    assert_eq!(with_dead.len(), everyone.len() + 1);
    assert_eq!(liste(&register, "navn=Svensson").await.len(), 0);
    assert_eq!(liste(&register, "navn=Svensson&opplysningsgrunnlag=historisk").await, [f.nytt.as_str()]);
    for (query, felt) in [
        ("navn=---", "navn"),
        ("husnummer=12", "husnummer"),
        ("maksTreff=0", "maksTreff"),
        ("maksTreff=10001", "maksTreff"),
        ("kjoenn=ukjent", "kjoenn"),
        ("kommunenummer=301", "kommunenummer"),
        ("foedselsaarFraOgMed=75", "foedselsaarFraOgMed"),
        ("inkluderDoede=1", "inkluderDoede"),
    ] {
        let refused = register.get(&format!("{BASE}/personer/soek?{query}")).await;
        assert_eq!(
            (refused.status, &refused.json()["felt"]),
            (StatusCode::BAD_REQUEST, &json!(felt)),
            "{query}"
        );
    }
    let unknown = register.get(&format!("{BASE}/personer/soek?name=Hansen")).await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST, "a misspelt condition is no search for everyone");
}

#[tokio::test]
async fn an_address_of_stay_is_a_hit_for_who_asks_for_it() {
    let register = tomt().await;
    let mut away = anne(1, "ANNE", None, "HANSEN");
    away.oppholdsadresse = vec![Oppholdsadresse {
        vegadresse: Some(Vegadresse {
            kommunenummer: Some("5501".to_owned()),
            adressenavn: "Grønnegata".to_owned(),
            ..Vegadresse::default()
        }),
        er_gjeldende: true,
        ..Oppholdsadresse::default()
    }];
    assert_eq!(register.last_inn(&ndjson(&[away])).await.status, StatusCode::OK);
    assert!(liste(&register, "adressenavn=Gr%C3%B8nne").await.is_empty());
    assert_eq!(liste(&register, "adressenavn=Gr%C3%B8nne&inkluderOppholdsadresse=true").await, numre(&[1]));
    assert_eq!(liste(&register, "kommunenummer=5501&inkluderOppholdsadresse=true").await, numre(&[1]));
    // Residence and stay are two addresses: nobody is found by half of each.
    assert!(
        liste(&register, "adressenavn=Gr%C3%B8nne&kommunenummer=1103&inkluderOppholdsadresse=true")
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn who_is_protected_is_found_by_name_and_by_no_address() {
    let register = register_med_anne().await;
    let f = folk();
    let packages = [
        (BASE.to_owned(), SCOPE_MED_HJEMMEL),
        ("/folkeregisteret/api/offentligutenhjemmel/v1".to_owned(), SCOPE_UTEN_HJEMMEL),
        ("/folkeregisteret/api/finans/v1".to_owned(), SCOPE_FINANS),
    ];
    for (pid, born) in [(f.kode6, "19870516"), (f.kode7, "19860516")] {
        for (base, scope) in &packages {
            let found = async |query: &str| {
                let answer = register.get_som(&format!("{base}/personer/{query}"), scope).await;
                answer.status == StatusCode::OK && answer.tekst.contains(pid.as_str())
            };
            let named = format!("navn=Kari%20Nordmann&foedselsdato={born}");
            assert!(found(&format!("entydigsoek?{named}")).await);
            assert!(found(&format!("soek?{named}")).await);
            for place in [
                "adressenavn=Storgata",
                "adressenavn=Storgata&husnummer=12",
                "postnummer=0184",
                "kommunenummer=0301",
                "fylkesnummer=03",
            ] {
                for history in ["", "&opplysningsgrunnlag=historisk"] {
                    assert!(!found(&format!("soek?{named}&{place}{history}")).await, "{place}");
                    if !place.contains("kommune") && !place.contains("fylke") {
                        assert!(!found(&format!("entydigsoek?{named}&{place}{history}")).await, "{place}");
                    }
                }
            }
        }
    }
    // Who is protected later is no longer found where they were found before.
    let mut anne = annes().remove(0);
    anne.adressebeskyttelse = vec![Adressebeskyttelse {
        graderingsnivaa: Gradering::StrengtFortrolig,
        er_gjeldende: true,
        ..Adressebeskyttelse::default()
    }];
    assert_eq!(liste(&register, "navn=Berg&kommunenummer=1103").await, numre(&[1]));
    assert_eq!(register.last_inn(&ndjson(&[anne])).await.status, StatusCode::OK);
    assert!(liste(&register, "navn=Berg&kommunenummer=1103").await.is_empty());
    assert_eq!(liste(&register, "navn=Berg").await, numre(&[1]));
}

/// Every row of the words as it is, and how many there are to be under each by the count that is kept.
async fn rows(register: &Register) -> (Vec<(Vec<u8>, i64, String)>, Vec<(Vec<u8>, i64)>) {
    let rows = register
        .store
        .query("SELECT ord, foedt, pid FROM soekeord ORDER BY ord, foedt, pid", &[])
        .await
        .unwrap();
    let rows: Vec<_> =
        rows.iter().map(|row| (row.get(0).unwrap(), row.get(1).unwrap(), row.get(2).unwrap())).collect();
    let kept = register
        .store
        .query("SELECT ord, antall FROM ordtall WHERE antall <> 0 ORDER BY ord", &[])
        .await
        .unwrap();
    let kept: Vec<(Vec<u8>, i64)> =
        kept.iter().map(|row| (row.get(0).unwrap(), row.get(1).unwrap())).collect();
    let counted = "SELECT ord, COUNT(*) FROM soekeord GROUP BY ord ORDER BY ord";
    let counted = register.store.query(counted, &[]).await.unwrap();
    let counted: Vec<(Vec<u8>, i64)> =
        counted.iter().map(|row| (row.get(0).unwrap(), row.get(1).unwrap())).collect();
    // The rows of two words of a name are not counted.
    let counted: Vec<_> = counted.into_iter().filter(|(ord, _)| !ord.starts_with(b"t")).collect();
    assert_eq!(kept, counted);
    (rows, kept)
}

#[tokio::test]
async fn what_changes_is_found_as_it_is_now() {
    let register = register_med_anne().await;
    let before = rows(&register).await;
    // The same again changes nothing.
    assert_eq!(register.last_inn(&ndjson(&annes())).await.status, StatusCode::OK);
    assert_eq!(rows(&register).await, before);
    let mut anne = annes().remove(0);
    let mut old = anne.navn[0].clone();
    old.avslutt("2025-01-01T00:00:00Z".parse().unwrap());
    anne.navn[0].etternavn = "DAHL".to_owned();
    anne.navn.push(old);
    assert_eq!(register.last_inn(&ndjson(&[anne])).await.status, StatusCode::OK);
    assert_eq!(liste(&register, "navn=Dahl").await, numre(&[1]));
    assert_eq!(liste(&register, "navn=Hansen").await, numre(&[3]));
    assert_eq!(liste(&register, "navn=Hansen&opplysningsgrunnlag=historisk").await, numre(&[1, 3]));
    rows(&register).await;

    // A death is found from the moment that it is reported.
    let f = folk();
    let mann = "foedselsdato=19950617";
    assert_eq!(liste(&register, mann).await, [f.mann.as_str()]);
    let message = json!({"meldingsId": "d-1", "kilde": "helse", "forespoerselssdato": "2026-03-02",
        "doedPerson": {"foedselsnummer": f.mann.as_str(), "doedsdato": "2026-03-01"}});
    let answer = register.post(&format!("{MOTTAK}/doedsmelding"), SCOPE_DOEDSMELDING, &message).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.tekst);
    assert!(liste(&register, mann).await.is_empty());
    assert_eq!(liste(&register, &format!("{mann}&inkluderDoede=true")).await, [f.mann.as_str()]);
    rows(&register).await;
}

#[tokio::test]
async fn people_of_an_older_edition_are_found_after_it() {
    let register = register_med_anne().await;
    let before = rows(&register).await;
    register
        .store
        .write(|tx| {
            Box::pin(async move {
                for table in ["soekeord", "ordtall", "ajourfoert"] {
                    tx.execute(&format!("DELETE FROM {table}"), params![]).await?;
                }
                Ok::<_, kernel::store::StoreError>(())
            })
        })
        .await
        .unwrap();
    assert!(liste(&register, "navn=Hansen").await.is_empty());
    let component = folkeregister::Component::new(register.test.ctx.clone());
    component.oppgrader().await.unwrap();
    assert_eq!(rows(&register).await, before);
    component.oppgrader().await.unwrap();
    assert_eq!(rows(&register).await, before, "once is enough");
}

#[tokio::test]
async fn more_than_ten_thousand_hits_are_refused_and_fewer_are_given_where_that_will_do() {
    let register = tomt().await;
    let days = std::iter::successors(Some(date(1950, 1, 1)), |day| day.tomorrow().ok());
    let people: Vec<Persondokument> = days
        .flat_map(|day| (0..2).filter_map(move |n| Some((day, Pid::synthetic(day, Kjoenn::Kvinne, n)?))))
        .take(10_001)
        .map(|(day, pid)| {
            let mut one = person(pid, day, Kjoenn::Kvinne);
            one.bostedsadresse.clear();
            one.statsborgerskap.clear();
            one
        })
        .collect();
    assert_eq!(people.len(), 10_001);
    for part in people.chunks(2000) {
        assert_eq!(register.last_inn(&ndjson(part)).await.status, StatusCode::OK);
    }
    let all = register.get(&format!("{BASE}/personer/soek?navn=Nordmann")).await;
    assert_eq!(all.status, StatusCode::BAD_REQUEST);
    assert!(all.json()["melding"].as_str().unwrap().contains("Avgrens"));
    assert_eq!(liste(&register, "navn=Nordmann&maksTreff=20").await.len(), 20);
    let most = liste(&register, "navn=Nordmann&foedselsaarTilOgMed=1951").await;
    assert_eq!(most.len(), 4 * 365, "two a day for two years");
}
