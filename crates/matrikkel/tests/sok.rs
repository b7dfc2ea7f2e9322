//! Addresses by words and numbers.
#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

mod common;

use common::*;
use http::StatusCode;
use serde_json::json;

#[tokio::test]
async fn an_answer_has_every_field() {
    let f = fixture().await;
    let (status, found) = f.get("/adresser/v1/sok?sok=storgata%201b%20oslo").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        found,
        json!({
            "metadata": { "treffPerSide": 10, "side": 0, "totaltAntallTreff": 1, "viserFra": 0, "viserTil": 10,
                "sokeStreng": "sok=storgata%201b%20oslo", "asciiKompatibel": true },
            "adresser": [{
                "adressenavn": "Storgata", "adressetekst": "Storgata 1B", "adressetilleggsnavn": null, "adressekode": 1000,
                "nummer": 1, "bokstav": "B", "kommunenummer": "0301", "kommunenavn": "OSLO", "gardsnummer": 207,
                "bruksnummer": 2, "festenummer": 0, "undernummer": null, "bruksenhetsnummer": ["H0101"],
                "objtype": "Vegadresse", "poststed": "OSLO", "postnummer": "0155",
                "adressetekstutenadressetilleggsnavn": "Storgata 1B", "stedfestingverifisert": true,
                "representasjonspunkt": { "epsg": "EPSG:4258", "lat": 59.9141, "lon": 10.7525 },
                "oppdateringsdato": "2026-11-23T09:00:00",
            }],
        })
    );
    let (_, farm) = f.get("/adresser/v1/sok?objtype=Matrikkeladresse").await;
    let farm = &farm["adresser"][0];
    assert_eq!(farm["adressetekst"], "Øvre Haugen, 12/3-2");
    assert_eq!(farm["adressetekstutenadressetilleggsnavn"], "12/3-2");
    assert_eq!(
        (&farm["adressenavn"], &farm["nummer"], &farm["undernummer"]),
        (&json!(null), &json!(null), &json!(2))
    );
}

#[tokio::test]
async fn words_find_addresses() {
    let f = fixture().await;
    let storgata = ["Storgata 1 0301", "Storgata 1B 0301", "Storgata 2 0301"];
    for (query, found) in [
        ("sok=storgata+oslo", vec![storgata[0], storgata[1], storgata[2], "Nedre Storgata 1 0301"]),
        ("sok=STORGATA,+2", vec![storgata[2]]),
        ("sok=storgata+1+0155", vec![storgata[0], storgata[1]]),
        ("sok=storgata+1+b", vec![storgata[1]]),
        ("sok=storgata+1+trondheim", vec!["Storgata 1 5001"]),
        ("sok=storgata+1+tr%C3%A5ante", vec![]),
        // A number that is also a word of a street is either.
        ("sok=17", vec!["17. mai plass 4 0301", "Blåbærstien 17 5001"]),
        ("sok=17+trondheim", vec!["Blåbærstien 17 5001"]),
        ("sok=17+mai+4", vec!["17. mai plass 4 0301"]),
        ("sok=207/2", vec![storgata[1]]),
        ("sok=12/3-2", vec!["Øvre Haugen, 12/3-2 5001"]),
        ("sok=haugen", vec!["Øvre Haugen, 12/3-2 5001"]),
        ("sok=h0101+stor*+trondheim", vec!["Storgata 1 5001"]),
        ("sok=*gata+1+oslo", vec![storgata[0], storgata[1], "Nedre Storgata 1 0301"]),
        ("sok=bl*stien", vec!["Blåbærstien 17 5001"]),
        ("sok=finnesikke", vec![]),
        ("sok=storgata+finnesikke", vec![]),
        ("sok=storgata+99", vec![]),
        ("adressenavn=nedre+storgata", vec!["Nedre Storgata 1 0301"]),
        ("adressenavn=oslo", vec![]),
        ("adressetekst=Storgata+1B", vec![storgata[1]]),
        ("adressetekst=%C3%98vre+Haugen,+12/3-2", vec!["Øvre Haugen, 12/3-2 5001"]),
        ("adressetilleggsnavn=haugen", vec!["Øvre Haugen, 12/3-2 5001"]),
        ("sok=storgata&nummer=1&bokstav=&kommunenummer=0301", vec![storgata[0], "Nedre Storgata 1 0301"]),
        ("adressekode=1000&kommunenummer=5001", vec!["Storgata 1 5001"]),
        ("gardsnummer=300&bruksnummer=17", vec!["Storgata 1 5001"]),
        ("undernummer=2&festenummer=0", vec!["Øvre Haugen, 12/3-2 5001"]),
        ("kommunenavn=trondheim&nummer=17", vec!["Blåbærstien 17 5001"]),
        ("poststed=oslo&postnummer=0160", vec!["17. mai plass 4 0301", "Nedre Storgata 1 0301"]),
        ("bruksenhetsnummer=H0101&postnummer=7010", vec!["Blåbærstien 17 5001", "Storgata 1 5001"]),
    ] {
        let mut got = f.texts(&format!("sok?{query}")).await;
        let mut found: Vec<String> = found.into_iter().map(str::to_owned).collect();
        if !query.starts_with("sok=storgata+oslo") {
            got.sort();
            found.sort();
        }
        assert_eq!(got, found, "{query}");
    }
}

#[tokio::test]
async fn any_word_will_do_where_asked() {
    let f = fixture().await;
    let found = f.texts("sok?sok=storgata+1+trondheim&sokemodus=OR").await;
    // What fulfils most stands first; everything in Trondheim and every Storgata is there.
    assert_eq!(found[0], "Storgata 1 5001");
    assert_eq!(found.len(), 7, "{found:?}");
    let found = f.texts("sok?sok=bl%C3%A5b%C3%A6rstien+2&sokemodus=OR").await;
    assert_eq!(found, ["Blåbærstien 17 5001", "Storgata 2 0301"]);
    let found = f.texts("sok?sok=bl%C3%A5b%C3%A6rstien+2&sokemodus=OR&kommunenummer=5001").await;
    assert_eq!(found, ["Blåbærstien 17 5001"]);
}

#[tokio::test]
async fn similar_words_are_found_after_the_right_ones() {
    let f = fixture().await;
    assert!(f.texts("sok?sok=strogata+1+oslo").await.is_empty());
    let found = f.texts("sok?sok=strogata+1+oslo&fuzzy=true").await;
    assert_eq!(found, ["Storgata 1 0301", "Storgata 1B 0301", "Nedre Storgata 1 0301"]);
    assert_eq!(f.texts("sok?sok=blabarstien&fuzzy=true").await, ["Blåbærstien 17 5001"]);
    // Numbers have to be right.
    assert!(f.texts("sok?sok=storgata+9&fuzzy=true").await.is_empty());
}

#[tokio::test]
async fn pages_are_parts_of_one_list() {
    let f = fixture().await;
    let whole = f.texts("sok?bruksenhetsnummer=H0101&treffPerSide=1000").await;
    assert_eq!(whole.len(), 7);
    let whole = f.texts("sok?sok=storgata&treffPerSide=1000").await;
    assert_eq!(whole.len(), 5);
    let mut pages = Vec::new();
    for page in 0..4 {
        pages.extend(f.texts(&format!("sok?sok=storgata&treffPerSide=2&side={page}")).await);
    }
    assert_eq!(pages, whole);
}

#[tokio::test]
async fn what_is_wrong_is_said_by_parameter() {
    let f = fixture().await;
    let long = "a".repeat(600);
    for (query, field) in [
        ("", "sok"),
        ("fuzzy=true", "sok"),
        ("sok=", "sok"),
        ("sok=*", "sok"),
        ("sok=,-", "sok"),
        (&format!("sok={long}"), "sok"),
        (&format!("sok={}", "a+".repeat(30)), "sok"),
        ("sok=a&treffPerSide=0", "treffPerSide"),
        ("sok=a&treffPerSide=1001", "treffPerSide"),
        ("sok=a&treffPerSide=-1", "treffPerSide"),
        ("sok=a&treffPerSide=1000&side=10", "side"),
        ("sok=a&side=99999999999999999999", "side"),
        ("sok=a&utkoordsys=1234", "utkoordsys"),
        ("sok=a&sokemodus=XOR", "sokemodus"),
        ("sok=a&fuzzy=kanskje", "fuzzy"),
        ("kommunenummer=301", "kommunenummer"),
        ("postnummer=a%00b", "postnummer"),
        ("nummer=x", "nummer"),
        ("bokstav=%00", "bokstav"),
        ("bokstav=AB", "bokstav"),
        ("bruksenhetsnummer=%25", "bruksenhetsnummer"),
        ("objtype=Gateadresse", "objtype"),
    ] {
        let (status, error) = f.get(&format!("/adresser/v1/sok?{query}")).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{query}: {error}");
        assert!(error["message"].is_string() && error["errors"][field].is_string(), "{query}: {error}");
    }
    // Odd, but no error.
    for query in [
        "sok='%3B--",
        "sok=%25_%25",
        "sok=a&sok=b",
        "sok=%F0%9F%8F%A0",
        "sok=/",
        "sok=1/2/3/4",
        "nummer=2147483647",
        "ukjent=1&sok=a",
    ] {
        let (status, found) = f.get(&format!("/adresser/v1/sok?{query}")).await;
        if status == StatusCode::BAD_REQUEST {
            assert!(found["errors"]["sok"].is_string(), "{query}: {found}");
        } else {
            assert_eq!((status, &found["adresser"]), (StatusCode::OK, &json!([])), "{query}: {found}");
        }
    }
}

#[tokio::test]
async fn fields_letters_and_coordinates_are_as_asked() {
    let f = fixture().await;
    let (_, found) = f.get("/adresser/v1/sok?sok=bl%C3%A5b%C3%A6rstien&filtrer=adresser.adressenavn,adresser.representasjonspunkt.epsg&utkoordsys=25833").await;
    assert_eq!(
        found,
        json!({ "adresser": [{ "adressenavn": "Blåbærstien", "representasjonspunkt": { "epsg": "EPSG:25833" } }] })
    );
    let (_, found) = f.get("/adresser/v1/sok?sok=207/1&utkoordsys=25832").await;
    let point = &found["adresser"][0]["representasjonspunkt"];
    // Oslo lies some 100 km east of zone 32's middle.
    assert!((597_000.0..599_000.0).contains(&point["lon"].as_f64().unwrap()), "{point}");
    assert!((6_642_000.0..6_644_500.0).contains(&point["lat"].as_f64().unwrap()), "{point}");
    for (ascii, written) in [("true", "\\u00e5"), ("false", "å")] {
        use http_body_util::BodyExt as _;
        use tower::ServiceExt as _;
        let path = format!("/adresser/v1/sok?sok=bl%C3%A5b%C3%A6rstien&asciiKompatibel={ascii}");
        let request = http::Request::get(path).body(axum::body::Body::empty()).unwrap();
        let body =
            f.router.clone().oneshot(request).await.unwrap().into_body().collect().await.unwrap().to_bytes();
        assert!(std::str::from_utf8(&body).unwrap().contains(&format!("Bl{written}b")), "{ascii}");
    }
}
