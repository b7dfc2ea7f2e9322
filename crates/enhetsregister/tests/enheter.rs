//! Looking units up, their roles as everyone sees them, and the code lists.
#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

mod common;

use axum::body::Body;
use common::*;
use http::{Request, StatusCode};
use serde_json::json;

#[tokio::test]
async fn a_unit_and_its_places_are_looked_up_by_number() {
    let f = fixture().await;
    let fjell = f.ok(&format!("/enheter/{}", nr(0))).await;
    assert_eq!(fjell["navn"], "FJELL & SØNN AS");
    assert_eq!(fjell["respons_klasse"], "Enhet");
    assert_eq!(
        fjell["organisasjonsform"]["_links"]["self"]["href"],
        format!("{}{API}/organisasjonsformer/AS", f.base_url)
    );
    assert_eq!(fjell["_links"]["self"]["href"], format!("{}{API}/enheter/{}", f.base_url, nr(0)));
    // Who owns it and who works there, other registers know.
    assert!(fjell.get("eiere").is_none() && fjell.get("ansatte").is_none() && fjell.get("roller").is_none());

    let place = f.ok(&format!("/underenheter/{}", nr(1))).await;
    assert_eq!((&place["respons_klasse"], &place["overordnetEnhet"]), (&json!("Underenhet"), &json!(nr(0))));
    assert_eq!(place["_links"]["overordnetEnhet"]["href"], format!("{}{API}/enheter/{}", f.base_url, nr(0)));
    // Each kind under its own path.
    assert_eq!(f.get(&format!("/enheter/{}", nr(1))).await.0, StatusCode::NOT_FOUND);
    assert_eq!(f.get(&format!("/underenheter/{}", nr(0))).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_deleted_unit_keeps_its_name_and_a_removed_one_nothing() {
    let f = fixture().await;
    let deleted = f.ok(&format!("/enheter/{}", nr(6))).await;
    assert_eq!(deleted["respons_klasse"], "SlettetEnhet");
    assert_eq!((&deleted["navn"], &deleted["slettedato"]), (&json!("GAMLE GREIER"), &json!("2025-03-01")));
    assert!(deleted.get("forretningsadresse").is_none());
    assert_eq!(f.ok(&format!("/underenheter/{}", nr(7))).await["respons_klasse"], "SlettetUnderenhet");
    assert_eq!(f.ok(&format!("/enheter/{}/roller", nr(6))).await["rollegrupper"], json!([]));

    for path in [format!("/enheter/{}", nr(8)), format!("/enheter/{}/roller", nr(8))] {
        let (status, removed) = f.get(&path).await;
        assert_eq!(status, StatusCode::GONE);
        assert_eq!(removed["slettedato"], "2025-04-01");
        assert!(!removed.to_string().contains("HEMMELIG"), "{removed}");
    }
    assert_eq!(f.names("/enheter?navn=gamle").await.1 + f.names("/enheter?navn=hemmelig").await.1, 0);
}

#[tokio::test]
async fn roles_are_open_without_numbers() {
    let f = fixture().await;
    let roles = f.ok(&format!("/enheter/{}/roller", nr(0))).await;
    let groups = roles["rollegrupper"].as_array().unwrap();
    assert_eq!(
        groups.iter().map(|group| group["type"]["kode"].as_str().unwrap()).collect::<Vec<_>>(),
        ["DAGL", "STYR", "REVI"]
    );
    assert_eq!(
        groups[1]["roller"][0]["person"],
        json!({ "fodselsdato": "1970-01-01", "navn": { "fornavn": "TEST", "etternavn": "PERSON" }, "erDoed": false })
    );
    assert_eq!(groups[1]["roller"][1]["fratraadt"], true);
    assert_eq!(groups[2]["roller"][0]["enhet"]["navn"], json!(["REVISOR AS"]));
    let base = &f.base_url;
    assert_eq!(
        groups[1]["type"]["_links"]["self"]["href"],
        format!("{base}{API}/roller/rollegruppetyper/STYR")
    );
    assert_eq!(
        groups[1]["roller"][0]["type"]["_links"]["self"]["href"],
        format!("{base}{API}/roller/rolletyper/LEDE")
    );
    assert_eq!(
        groups[2]["roller"][0]["enhet"]["organisasjonsform"]["_links"]["self"]["href"],
        format!("{base}{API}/organisasjonsformer/AS")
    );
    assert_eq!(roles["_links"]["enhet"]["href"], format!("{base}{API}/enheter/{}", nr(0)));
    let text = roles.to_string();
    assert!(![KARI, OLA].iter().any(|pid| text.contains(pid)), "{text}");
    // What everyone may see is nobody's use of a person's data.
    assert!(f.uses(KARI).await.is_empty());
}

#[tokio::test]
async fn a_number_that_is_none_finds_nothing() {
    let f = fixture().await;
    for path in ["/enheter/", "/underenheter/"] {
        // Unknown, and with a wrong control digit: 404. Not nine digits: 400.
        for number in [nr(50), "310000028".to_owned()] {
            assert_eq!(f.get(&format!("{path}{number}")).await.0, StatusCode::NOT_FOUND, "{number}");
        }
        for number in
            ["31200000", "3120000000", "31200000x", "%F0%9F%98%80", "%FF", "æøåæøåæøå", "3120%2000000"]
        {
            let number = clients::encoded(number).replace("%25", "%");
            let (status, answer) = f.get(&format!("{path}{number}")).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{number}");
            assert_eq!(answer["valideringsfeil"][0]["parametere"], json!(["orgnr"]));
            assert_eq!(answer["feilmelding"], "Feilaktig forespørsel");
        }
    }
    assert_eq!(f.get(&format!("/enheter/{}/roller", nr(50))).await.0, StatusCode::NOT_FOUND);
    assert_eq!(f.get("/enheter/abc/roller").await.0, StatusCode::BAD_REQUEST);
    // A sub-unit has no roles.
    assert_eq!(f.get(&format!("/enheter/{}/roller", nr(1))).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn answers_are_json_under_the_names_that_the_register_gives_it() {
    let f = fixture().await;
    let path = format!("{API}/enheter/{}", nr(0));
    for accept in [
        "application/json",
        "*/*",
        "text/html, application/vnd.brreg.enhetsregisteret.enhet.v2+json;charset=UTF-8",
        "application/hal+json",
    ] {
        let request = Request::get(&path).header("accept", accept).body(Body::empty()).unwrap();
        assert_eq!(f.answer(request).await.0, StatusCode::OK, "{accept}");
    }
    for accept in ["application/xml", "", "application/vnd.brreg.enhetsregisteret.enhet.v2+xml"] {
        let request = Request::get(&path).header("accept", accept).body(Body::empty()).unwrap();
        assert_eq!(f.answer(request).await.0, StatusCode::NOT_ACCEPTABLE, "{accept}");
    }
}

#[tokio::test]
async fn municipalities_are_those_of_the_addresses() {
    let f = empty().await;
    assert!(f.ok("/kommuner").await.get("_embedded").is_none());
    assert_eq!(f.load(&all()).await.0, StatusCode::OK);
    let page = f.ok("/kommuner?size=1&page=1").await;
    assert_eq!(page["page"], json!({ "size": 1, "totalElements": 3, "totalPages": 3, "number": 1 }));
    let kommune = &page["_embedded"]["kommuner"][0];
    let own = format!("{}{API}/kommuner/4601", f.base_url);
    assert_eq!(kommune, &json!({ "nummer": "4601", "navn": "BY", "_links": { "self": { "href": own } } }));
    assert_eq!(&f.ok("/kommuner/4601").await, kommune);
    for none in ["/kommuner/9999", "/kommuner/%FF"] {
        assert_eq!(f.get(none).await.0, StatusCode::NOT_FOUND);
    }
    assert_eq!(f.get("/kommuner?size=0").await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_roles_that_a_unit_has_in_others() {
    let f = fixture().await;
    let path = format!("/roller/enheter/{}/juridiskeroller", nr(9));
    let roles = f.ok(&path).await;
    let unit = &roles["enheter"][0];
    assert_eq!((&unit["organisasjonsnummer"], &unit["navn"]), (&json!(nr(0)), &json!("FJELL & SØNN AS")));
    assert_eq!(unit["roller"][0]["type"]["kode"], "REVI");
    let kind = unit["roller"][0]["type"]["_links"]["self"]["href"].as_str().unwrap();
    assert_eq!(kind, format!("{}{API}/roller/rolletyper/REVI", f.base_url));
    assert_eq!(f.get(&format!("/roller/enheter/{}/juridiskeroller", nr(0))).await.0, StatusCode::NOT_FOUND);
    // Roles end with the unit that they are in.
    let mut fjell = fjell();
    fjell["slettet"] = json!({ "dato": "2026-01-01" });
    assert_eq!(f.load(&[fjell]).await.0, StatusCode::OK);
    assert_eq!(f.get(&path).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn code_lists_are_there_and_what_is_not_built_says_so() {
    let f = empty().await;
    let forms = f.ok("/organisasjonsformer").await;
    let codes = forms["_embedded"]["organisasjonsformer"].as_array().unwrap().clone();
    assert_eq!(codes.len(), 44);
    assert_eq!(f.ok("/organisasjonsformer/underenheter").await["page"]["totalElements"], 2);
    assert_eq!(f.ok("/organisasjonsformer/enheter").await["page"]["totalElements"], 42);
    for code in
        codes.iter().chain(f.ok("/roller/rolletyper").await["_embedded"]["rolletyper"].as_array().unwrap())
    {
        // Every code's own link leads to it, Æ and Ø too.
        let own = code["_links"]["self"]["href"].as_str().unwrap();
        assert_eq!(&f.ok(own.strip_prefix(&format!("{}{API}", f.base_url)).unwrap()).await, code);
    }
    assert_eq!(f.ok("/roller/rollegruppetyper/STYR").await["beskrivelse"], "Styre");
    for path in [
        "/organisasjonsformer/XX",
        "/organisasjonsformer/as",
        "/roller/rolletyper/%FF",
        "/roller/rollegruppetyper/X",
        "/tull",
        "/enheter/1/2/3",
    ] {
        assert_eq!(f.get(path).await.0, StatusCode::NOT_FOUND, "{path}");
    }
    for path in ["/konsernstruktur/310000019", "/roller/representanter"] {
        assert_eq!(f.get(path).await.0, StatusCode::NOT_IMPLEMENTED, "{path}");
    }
    assert_eq!(f.ok("").await["_links"]["enheter"]["href"], format!("{}{API}/enheter", f.base_url));
}
