//! Roles by number: who may ask, what they get, and that each use stands in the log.
#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

mod common;

use axum::body::Body;
use common::*;
use http::{Request, StatusCode};
use serde_json::{Value, json};

async fn with_numbers(f: &Fixture, number: &str, token: Option<&str>) -> (StatusCode, Value) {
    let mut request = Request::get(format!("/enhetsregisteret/autorisert-api/enheter/{number}/roller"));
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    f.answer(request.header("felles-formaal", "Kontroll").body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_persons_roles_are_listed_by_unit() {
    let f = fixture().await;
    let (status, list) = f.list(KARI, OF_PERSON).await;
    assert_eq!(status, StatusCode::OK, "{list}");
    let units = list["enheter"].as_array().unwrap();
    let codes = |unit: &Value| {
        unit["roller"]
            .as_array()
            .unwrap()
            .iter()
            .map(|role| role["type"]["kode"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        units.iter().map(|unit| (unit["navn"].as_str().unwrap(), codes(unit))).collect::<Vec<_>>(),
        [
            ("FJELL & SØNN AS", vec!["DAGL".to_owned(), "LEDE".to_owned()]),
            ("ÅSE KARI BAKERI", vec!["INNH".to_owned()])
        ]
    );
    assert_eq!(units[0]["_links"]["enhet"]["href"], format!("{}{API}/enheter/{}", f.base_url, nr(0)));
    // One who has left is listed as such; the dead act for nobody; whoever has no role gets an empty list.
    let (_, ola) = f.list(&format!(" {OLA}\n"), OF_PERSON).await;
    assert_eq!(
        (ola["enheter"][0]["roller"][0]["fratraadt"].clone(), ola["enheter"][1]["navn"].clone()),
        (json!(true), json!("ZIGZAG IDRETTSLAG"))
    );
    assert_eq!(f.list(DEAD, OF_PERSON).await, (StatusCode::OK, json!({ "enheter": [] })));
    for pid in [KARI, DEAD] {
        assert_eq!(
            f.uses(pid).await,
            [("Slo opp rollene dine i virksomheter".to_owned(), Some("Ansattporten".to_owned()))]
        );
    }
}

#[tokio::test]
async fn a_units_roles_come_with_numbers_to_those_who_may() {
    let f = fixture().await;
    let (status, roles) = with_numbers(&f, &nr(0), Some(&f.organisation(OF_UNIT))).await;
    assert_eq!(status, StatusCode::OK, "{roles}");
    assert_eq!(roles["rollegrupper"][1]["roller"][0]["person"]["fodselsnummer"], KARI);
    assert_eq!(
        roles["_links"]["self"]["href"],
        format!("{}/enhetsregisteret/autorisert-api/enheter/{}/roller", f.base_url, nr(0))
    );
    for pid in [KARI, OLA] {
        assert_eq!(
            f.uses(pid).await,
            [("Slo opp rollene i FJELL & SØNN AS".to_owned(), Some("Kontroll".to_owned()))]
        );
    }
    let token = f.organisation(OF_UNIT);
    assert_eq!(with_numbers(&f, &nr(50), Some(&token)).await.0, StatusCode::NOT_FOUND);
    assert_eq!(with_numbers(&f, "x", Some(&token)).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(with_numbers(&f, &nr(8), Some(&token)).await.0, StatusCode::GONE);
}

#[tokio::test]
async fn nobody_else_gets_them_and_nothing_is_logged_of_that() {
    let f = fixture().await;
    assert_eq!(with_numbers(&f, &nr(0), None).await.0, StatusCode::UNAUTHORIZED);
    // The answer must not tell a stranger which units there are, or which numbers are well formed.
    assert_eq!(with_numbers(&f, "x", None).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(with_numbers(&f, &nr(0), Some("tull")).await.0, StatusCode::UNAUTHORIZED);
    for scope in [OF_PERSON, "felles:innlasting", ""] {
        assert_eq!(
            with_numbers(&f, &nr(0), Some(&f.organisation(scope))).await.0,
            StatusCode::FORBIDDEN,
            "{scope}"
        );
    }
    for scope in [OF_UNIT, "felles:innlasting", ""] {
        assert_eq!(f.list(KARI, scope).await.0, StatusCode::FORBIDDEN, "{scope}");
    }
    let person = kernel::testing::token(&f, json!({ "iss": "idporten", "scope": OF_PERSON, "pid": KARI }));
    assert_eq!(f.post(LIST, &person, "text/plain", KARI.to_owned()).await.0, StatusCode::UNAUTHORIZED);
    assert!(f.uses(KARI).await.is_empty());
}

#[tokio::test]
async fn a_body_that_is_no_number_is_refused_without_repeating_it() {
    let f = fixture().await;
    let token = f.organisation(OF_PERSON);
    for body in ["", "0385159873", "03851598731", "\"03851598730\"", "03851598730 41819077906", "[]", "æøå"]
    {
        let (status, answer) = f.post(LIST, &token, "text/plain", body.to_owned()).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
        assert!(body.is_empty() || !answer.to_string().contains(body), "{answer}");
    }
    let bytes = Request::post(LIST)
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "text/plain");
    assert_eq!(f.answer(bytes.body(Body::from(vec![0xff; 11])).unwrap()).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(f.post(LIST, &token, "text/plain; charset=UTF-8", KARI.to_owned()).await.0, StatusCode::OK);
    assert_eq!(
        f.post(LIST, &token, "application/json", KARI.to_owned()).await.0,
        StatusCode::UNSUPPORTED_MEDIA_TYPE
    );
    assert_eq!(f.post(LIST, &token, "text/plain", "1".repeat(5000)).await.0, StatusCode::PAYLOAD_TOO_LARGE);
}
