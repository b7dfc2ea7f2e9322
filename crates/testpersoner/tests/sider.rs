//! The page: a form, hits, what stands in their way, and the way to sign in.
#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

mod common;

use axum::body::Body;
use common::*;
use http::{Request, StatusCode, header};

const SKJEMA: &str = "application/x-www-form-urlencoded";

async fn velg(v: &Verden, form: &str) -> Svar {
    let request = Request::post("/testpersoner/velg").header(header::CONTENT_TYPE, SKJEMA);
    v.send(request.body(Body::from(form.to_owned())).unwrap()).await
}

#[tokio::test]
async fn a_first_visit_shows_the_form_and_looks_nobody_up() {
    let v = verden(300).await;
    let foer = v.log.checkpoint().await.unwrap();
    let side = v.get("/testpersoner").await;
    assert_eq!(side.status, StatusCode::OK);
    for del in [
        "<h1",
        "Finn en testperson",
        "name=\"kjoenn\"",
        "name=\"eierBolig\"",
        "value=\"18\"",
        "Mor med to barn under seks",
        "syntetiske",
    ] {
        assert!(side.tekst.contains(del), "{del}");
    }
    assert!(!side.tekst.contains("<table"));
    assert_eq!(v.log.checkpoint().await.unwrap(), foer, "nobody's data was used");
}

#[tokio::test]
async fn a_search_shows_people_with_a_way_to_sign_in() {
    let v = verden(1500).await;
    let side =
        v.get("/testpersoner?kjoenn=kvinne&alderFra=30&alderTil=60&kommune=&sivilstand=gift&antall=3").await;
    assert_eq!(side.status, StatusCode::OK, "{}", side.tekst);
    assert_eq!(side.tekst.matches("action=\"/testpersoner/velg\"").count(), 3);
    assert!(side.tekst.contains("gift") && side.tekst.contains("Logg inn som"));
    // What was asked for stands in the form, and the next page is the same search.
    assert!(side.tekst.contains("<option value=\"gift\" selected>"));
    assert!(
        side.tekst.contains("Vis flere") && side.tekst.contains("sivilstand=gift&amp;antall=3&amp;etter=")
    );
    // No address of ours has a number in it.
    let numre = v.alle("kjoenn=kvinne", 100).await;
    for del in side.tekst.split("href=\"").skip(1) {
        let href = del.split('"').next().unwrap();
        assert!(numre.iter().all(|pid| !href.contains(pid.as_str())), "{href}");
    }
    // The young and the dead are shown, but cannot sign in.
    let barn = v.get("/testpersoner?alderTil=10&antall=5").await;
    assert!(barn.tekst.contains("Kan ikke logge inn") && !barn.tekst.contains("/testpersoner/velg"));
}

#[tokio::test]
async fn where_nobody_fits_there_is_a_link_without_what_stands_in_the_way() {
    let v = verden(1500).await;
    let side = v.get("/testpersoner?status=bosatt&kommune=Oslo&nummertype=dNummer").await;
    assert_eq!(side.status, StatusCode::OK);
    assert!(side.tekst.contains("Ingen har alle disse trekkene"), "{}", side.tekst);
    // Whoever has a D-number lives nowhere: without that, there are hits.
    assert!(side.tekst.contains("href=\"/testpersoner?status=bosatt&amp;kommune=Oslo\""));
    assert!(side.tekst.contains("Uten «Nummer: D-nummer»"));
    assert!(!side.tekst.contains("Uten «Kommune"));
}

#[tokio::test]
async fn what_is_wrong_stands_at_its_field_in_the_visitors_language() {
    let v = verden(100).await;
    let side = v.get("/testpersoner?alderFra=40&alderTil=30").await;
    assert_eq!(side.status, StatusCode::BAD_REQUEST);
    assert!(
        side.tekst.contains("href=\"#alderTil\"") && side.tekst.contains("<title>Feil: "),
        "{}",
        side.tekst
    );
    assert!(side.tekst.contains("id=\"alderTil-feil\"") && side.tekst.contains("er lavere enn"));
    let request =
        Request::get("/testpersoner?kommune=Gotham&kjoenn=kvinne").header(header::COOKIE, "felles-sprak=en");
    let side = v.send(request.body(Body::empty()).unwrap()).await;
    assert!(side.tekst.contains("Municipality: is neither the number nor the name"), "{}", side.tekst);
    assert!(
        side.tekst.contains("value=\"Gotham\"")
            && side.tekst.contains("<option value=\"kvinne\" selected>Woman")
    );
    let side = v.get("/testpersoner?ukjent=1").await;
    assert_eq!(side.status, StatusCode::BAD_REQUEST);
    assert!(side.tekst.contains("ukjent: finnes ikke"), "{}", side.tekst);
    // The language's link comes back to the search.
    assert!(side.tekst.contains("/sprak/en?til=%2Ftestpersoner%3Fukjent%3D1"));
}

#[tokio::test]
async fn a_person_is_picked_by_a_cookie_that_the_test_eid_reads() {
    let v = verden(100).await;
    let svar = v.soek("alderFra=18&status=bosatt&antall=1").await;
    let pid = svar["treff"][0]["personidentifikator"].as_str().unwrap().to_owned();
    let valgt = velg(&v, &format!("personidentifikator={pid}")).await;
    assert_eq!(valgt.status, StatusCode::SEE_OTHER);
    assert_eq!(valgt.headers["location"], "/logg-inn?paa-nytt=ja");
    let cookie = valgt.headers["set-cookie"].to_str().unwrap();
    assert!(
        cookie.starts_with(&format!("felles-testperson={pid}; Path=/; HttpOnly; SameSite=Lax; Max-Age=600"))
    );
    assert!(!valgt.headers["location"].to_str().unwrap().contains(&pid));
    for form in ["personidentifikator=30108299939", "personidentifikator=1", "", "annet=1"] {
        let feil = velg(&v, form).await;
        assert_eq!(feil.status, StatusCode::BAD_REQUEST, "{form}");
        assert!(feil.headers.get("set-cookie").is_none());
        assert!(!feil.tekst.contains("30108299939"));
    }
}
