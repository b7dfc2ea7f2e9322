//! Looking people up.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails panics")]

mod common;

use axum::body::Body;
use clients::folkeregister::*;
use common::*;
use http::{Request, StatusCode, header};
use serde_json::{Value, json};

fn names(document: &Value) -> Vec<&str> {
    document.as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test]
async fn a_body_with_a_legal_basis_sees_what_it_asks_for_and_the_person_sees_that_it_did() {
    let register = register().await;
    let gift = folk().gift;
    let path = format!("{BASE}/personer/{}", gift.as_str());
    let basis = register.get(&path).await;
    assert_eq!(basis.status, StatusCode::OK);
    assert_eq!(basis.headers[header::CONTENT_TYPE], "application/json");
    let document = basis.json();
    assert_eq!(
        names(&document),
        [
            "bostedsadresse",
            "foedsel",
            "identifikasjonsnummer",
            "identitetsgrunnlag",
            "kjoenn",
            "navn",
            "sivilstand",
            "statsborgerskap",
            "status"
        ]
    );
    assert_eq!(document["sivilstand"][0]["relatertVedSivilstand"], json!(folk().ektemann));

    let parts = register.get(&format!("{path}?part=navn&part=relasjon-utvidet")).await.json();
    assert_eq!(names(&parts), ["familierelasjon", "foreldreansvar", "identifikasjonsnummer", "navn"]);

    let bearer = format!("Bearer {}", register.token(NAV, SCOPE_MED_HJEMMEL));
    let request = Request::get(format!("{path}?part=foedselINorge&part=navn"))
        .header(header::AUTHORIZATION, bearer)
        .header("Felles-Formaal", clients::encoded("Behandle barnetrygd (barnetrygdloven § 4)"))
        .header("Felles-Sak", "sak-7");
    assert_eq!(register.send(request.body(Body::empty()).unwrap()).await.status, StatusCode::OK);
    let uses = register.log.entries_about(&gift, None, 10).await.unwrap();
    assert_eq!(uses.len(), 3);
    let newest = &uses[0].access;
    assert_eq!(newest.what, "Slo opp personopplysninger: foedsel i norge, navn");
    assert_eq!(newest.formaal.as_deref(), Some("Behandle barnetrygd (barnetrygdloven § 4)"));
    assert_eq!((newest.sak.as_deref(), newest.actor.orgnr.unwrap().as_str()), (Some("sak-7"), NAV));
}

#[tokio::test]
async fn each_package_has_its_scope_and_its_limits() {
    let register = register().await;
    let gift = folk().gift;
    let packages = [
        ("offentligutenhjemmel", SCOPE_UTEN_HJEMMEL),
        ("privatutenhjemmel", SCOPE_PRIVAT_UTEN_HJEMMEL),
        ("finans", SCOPE_FINANS),
    ];
    for (package, scope) in packages {
        let path = format!("/folkeregisteret/api/{package}/v1/personer/{}", gift.as_str());
        assert_eq!(
            register.get_som(&path, SCOPE_MED_HJEMMEL).await.status,
            StatusCode::FORBIDDEN,
            "{package}"
        );
        let document = register.get_som(&path, scope).await.json();
        assert!(
            document["sivilstand"][0].get("relatertVedSivilstand").is_none(),
            "{package}: the spouse is secret"
        );
        for secret in ["familierelasjon", "foreldreansvar", "opphold", "identitetsgrunnlag-utvidet"] {
            let refused = register.get_som(&format!("{path}?part={secret}"), scope).await;
            assert_eq!(
                (refused.status, refused.json()["kode"].clone()),
                (StatusCode::FORBIDDEN, json!("FREG-004")),
                "{package} {secret}"
            );
        }
        // What a person without residence is, is secret; that there is one is not.
        let path = format!("/folkeregisteret/api/{package}/v1/personer/{}", folk().d_nummer.as_str());
        assert!(register.get_som(&path, scope).await.json().get("status").is_none());
    }
    let path = format!("{BASE}/personer/{}", gift.as_str());
    assert_eq!(register.get_som(&path, SCOPE_FINANS).await.status, StatusCode::FORBIDDEN);
    let presse = format!("/folkeregisteret/api/presse/v1/personer/{}", gift.as_str());
    assert_eq!(register.get_som(&presse, "folkeregister:deling/presse").await.status, StatusCode::FORBIDDEN);
    assert_eq!(register.bruk(&gift).await, 3, "what is refused is not a use");
}

#[tokio::test]
async fn a_protected_address_reaches_only_whom_the_law_lets_see_it() {
    let register = register().await;
    let f = folk();
    let sees = async |pid: &kernel::id::Pid, package: &str, scope: &str| {
        let path = match package {
            "" => format!("{BASE}/personer/{}?part=person-basis&part=historikk", pid.as_str()),
            _ => format!("/folkeregisteret/api/{package}/v1/personer/{}", pid.as_str()),
        };
        let document = register.get_som(&path, scope).await.json();
        assert_eq!(document["adressebeskyttelse"].as_array().unwrap().len(), 1);
        document.get("bostedsadresse").is_some()
    };
    assert!(!sees(&f.kode6, "", SCOPE_MED_HJEMMEL).await);
    assert!(!sees(&f.kode6, "offentligutenhjemmel", SCOPE_UTEN_HJEMMEL).await);
    assert!(sees(&f.kode7, "", SCOPE_MED_HJEMMEL).await);
    assert!(sees(&f.kode7, "offentligutenhjemmel", SCOPE_UTEN_HJEMMEL).await);
    assert!(!sees(&f.kode7, "finans", SCOPE_FINANS).await);
    assert!(!sees(&f.kode7, "privatutenhjemmel", SCOPE_PRIVAT_UTEN_HJEMMEL).await);
}

#[tokio::test]
async fn history_and_old_numbers() {
    let register = register().await;
    let f = folk();
    let by_old = register.get(&format!("{BASE}/personer/{}", f.gammelt.as_str())).await.json();
    let by_new = register.get(&format!("{BASE}/personer/{}", f.nytt.as_str())).await.json();
    assert_eq!(by_old, by_new);
    assert_eq!(by_new["identifikasjonsnummer"].as_array().unwrap().len(), 1);
    assert_eq!(by_new["navn"].as_array().unwrap().len(), 1);
    let whole = register.get(&format!("{BASE}/personer/{}?part=historikk", f.nytt.as_str())).await.json();
    assert_eq!(whole["identifikasjonsnummer"][1]["status"], "opphoert");
    assert_eq!(whole["navn"][1]["etternavn"], "SVENSSON");
    assert_eq!(register.bruk(&f.nytt).await, 3);
    assert_eq!(register.bruk(&f.gammelt).await, 0, "uses stand with the number in use");
}

#[tokio::test]
async fn what_is_asked_wrongly_is_refused() {
    let register = register().await;
    let mor = folk().mor;
    let path = format!("{BASE}/personer/{}", mor.as_str());
    let cases = [
        (400, format!("{path}?part=alder"), "part"),
        (400, format!("{path}?parts=navn"), "part"),
        (400, format!("{BASE}/personer/03851598731"), "kontrollsiffer"),
        (400, format!("{BASE}/personer/123"), "11 siffer"),
        (400, format!("{BASE}/personer/%FF"), "Adressen"),
        (404, format!("{BASE}/personer/{}", folk().ukjent.as_str()), "ingen person"),
        (400, format!("{BASE}/personer/arkiv/x"), "dokumentidentifikator"),
        (404, format!("{BASE}/personer/arkiv/{}", "0".repeat(32)), "ikke noe dokument"),
        (400, format!("{BASE}/hendelser/x"), "dokumentidentifikator"),
        (404, format!("{BASE}/hendelser/{}", "0".repeat(32)), "ingen hendelse"),
    ];
    for (status, path, word) in cases {
        let svar = register.get(&path).await;
        assert_eq!(svar.status.as_u16(), status, "{path}: {}", svar.tekst);
        let melding = svar.json()["melding"].as_str().unwrap().to_owned();
        assert!(melding.contains(word), "{path}: {melding}");
    }
    let accept = async |accept: &'static str| {
        let bearer = format!("Bearer {}", register.token(NAV, SCOPE_MED_HJEMMEL));
        let request =
            Request::get(&path).header(header::AUTHORIZATION, bearer).header(header::ACCEPT, accept);
        register.send(request.body(Body::empty()).unwrap()).await.status.as_u16()
    };
    assert_eq!(accept("application/json").await, 200);
    assert_eq!(accept("image/png").await, 406);
    assert_eq!(register.bruk(&mor).await, 1);
}

#[tokio::test]
async fn a_document_that_is_known_is_not_sent_again() {
    let register = register().await;
    let mor = folk().mor;
    let path = format!("{BASE}/personer/{}", mor.as_str());
    let etag = register.get(&path).await.headers[header::ETAG].clone();
    let ask = async || {
        let bearer = format!("Bearer {}", register.token(NAV, SCOPE_MED_HJEMMEL));
        let request = Request::get(&path)
            .header(header::AUTHORIZATION, bearer)
            .header(header::IF_NONE_MATCH, etag.clone());
        register.send(request.body(Body::empty()).unwrap()).await
    };
    let unchanged = ask().await;
    assert_eq!((unchanged.status, unchanged.tekst.as_str()), (StatusCode::NOT_MODIFIED, ""));
    register.foedsel(&foedselsmelding("e-1", &mor)).await;
    assert_eq!(ask().await.status, StatusCode::OK);
}

#[tokio::test]
async fn many_are_looked_up_at_once_in_the_order_asked() {
    let register = register().await;
    let f = folk();
    let asked = json!({"foedselsEllerDNummer": [f.far, f.ukjent, f.mor, f.far, f.gammelt]});
    let path = format!("{BASE}/personer/bulkoppslag?part=navn&somBestilt=true");
    let svar = register.post(&path, SCOPE_MED_HJEMMEL, &asked).await;
    assert_eq!(svar.status, StatusCode::OK, "{}", svar.tekst);
    let svar: PersonBulkoppslagSvar = serde_json::from_value(svar.json()).unwrap();
    let numbers: Vec<&str> = svar.oppslag.iter().map(|one| one.foedsels_eller_d_nummer.as_str()).collect();
    assert_eq!(json!({ "foedselsEllerDNummer": numbers }), asked);
    let persons: Vec<_> = svar
        .oppslag
        .iter()
        .map(|one| one.folkeregisterperson.as_ref().and_then(Persondokument::pid))
        .collect();
    assert_eq!(persons, [Some(f.far), None, Some(f.mor), Some(f.far), Some(f.nytt)]);
    assert!(svar.oppslag[1].feilmelding.is_some() && svar.oppslag[0].feilmelding.is_none());
    assert_eq!(
        [register.bruk(&f.far).await, register.bruk(&f.mor).await, register.bruk(&f.nytt).await],
        [1, 1, 1]
    );

    let finans =
        register.post("/folkeregisteret/api/finans/v1/personer/bulkoppslag", SCOPE_FINANS, &asked).await;
    assert_eq!(finans.status, StatusCode::OK);
    for (asked, word) in [
        (json!({"foedselsEllerDNummer": []}), "1 til 1000"),
        (json!({"foedselsEllerDNummer": vec![f.far; 1001]}), "1 til 1000"),
        (
            json!({"foedselsEllerDNummer": [f.far, "03851598731"]}),
            "foedselsEllerDNummer[1] har feil kontrollsiffer",
        ),
        (json!({}), "foedselsEllerDNummer mangler"),
    ] {
        let svar = register.post(&path, SCOPE_MED_HJEMMEL, &asked).await;
        assert_eq!(svar.status, StatusCode::BAD_REQUEST);
        assert!(svar.json()["melding"].as_str().unwrap().contains(word), "{}", svar.tekst);
    }
    assert_eq!(
        register
            .post(&path, SCOPE_MED_HJEMMEL, &json!({"foedselsEllerDNummer": vec![f.far; 1000]}))
            .await
            .status,
        StatusCode::OK
    );
}
