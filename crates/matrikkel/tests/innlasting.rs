//! The bulk load: what is refused, and that a change leaves nothing of what was.
#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

mod common;

use common::*;
use http::StatusCode;
use serde_json::{Value, json};

#[tokio::test]
async fn whoever_may_not_is_refused() {
    let f = empty().await;
    assert_eq!(f.load_text("", "annet:scope").await.0, StatusCode::FORBIDDEN);
    let request = http::Request::post(LOAD).body(axum::body::Body::empty()).unwrap();
    assert_eq!(f.answer(request).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(f.load_text("", "felles:innlasting").await, (StatusCode::OK, json!({ "lest": 0 })));
}

#[tokio::test]
async fn a_line_that_is_wrong_keeps_all_out() {
    let f = fixture().await;
    let street = (50, 1000, "Nygata", 1, None, "0155", (59.9, 10.7));
    let good = property("0301", 400, 1, &[street]);
    let broken = |change: &dyn Fn(&mut Value)| {
        let mut line = property("0301", 401, 1, &[(51, 1000, "Nygata", 2, None, "0155", (59.9, 10.7))]);
        change(&mut line["eiendom"]);
        line
    };
    let wrong: Vec<Value> = vec![
        broken(&|e| e["matrikkelnummer"]["kommunenummer"] = json!("301")),
        broken(&|e| e["matrikkelnummer"]["kommunenummer"] = json!("9999")),
        broken(&|e| e["matrikkelnummer"]["gardsnummer"] = json!(-1)),
        broken(&|e| e["matrikkelnummer"]["seksjonsnummer"] = json!(1)),
        broken(&|e| e["adresser"][0]["id"] = json!(50)),
        broken(&|e| e["adresser"][0]["postnummer"] = json!("15")),
        broken(&|e| e["adresser"][0]["punkt"]["lat"] = json!(1000)),
        broken(&|e| e["adresser"][0]["adressekode"] = Value::Null),
        broken(&|e| e["adresser"][0]["adressenavn"] = json!("a\u{0}b")),
        broken(&|e| e["adresser"][0]["ukjent"] = json!(1)),
        broken(&|e| e["bygninger"][0]["bruksenheter"][0]["bruksenhetsnummer"] = json!("H01")),
        broken(&|e| e["bygninger"][0]["bruksenheter"][0]["adresse"] = json!(1)),
        broken(&|e| e["bygninger"][0]["bruksenheter"][0]["seksjonsnummer"] = json!(1)),
        broken(&|e| e["eiere"][0]["nevner"] = json!(0)),
        broken(&|e| e["eiere"][0]["rettighetshaver"] = json!({})),
        json!({ "annet": {} }),
        json!("tekst"),
    ];
    for line in wrong {
        let (status, error) = f.load(&[good.clone(), line.clone()]).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{line}");
        // Never with what the line holds of a person.
        assert!(error["message"].is_string() && !error.to_string().contains(KARI), "{error}");
        assert!(f.texts("sok?sok=nygata").await.is_empty(), "{line}");
    }
    assert_eq!(f.load(&[good]).await.0, StatusCode::OK);
    assert_eq!(f.texts("sok?sok=nygata").await, ["Nygata 1 0301"]);
}

#[tokio::test]
async fn a_change_leaves_nothing_of_what_was() {
    let f = fixture().await;
    let before = kernel::feed::last(&f.test.ctx.store).await.unwrap();
    // The same again changes nothing.
    f.load(&all()).await;
    assert_eq!(kernel::feed::last(&f.test.ctx.store).await.unwrap(), before);
    assert_eq!(f.texts("sok?sok=storgata").await.len(), 5);
    // Another street, number and place; and an address that another property had.
    let moved = property("0301", 207, 1, &[(1, 1005, "Lillegata", 9, None, "0155", (59.99, 10.9))]);
    assert_eq!(f.load(&[moved]).await.0, StatusCode::OK);
    assert_eq!(f.texts("sok?sok=lillegata").await, ["Lillegata 9 0301"]);
    assert_eq!(f.texts("sok?sok=storgata+0155").await, ["Storgata 1B 0301", "Storgata 2 0301"]);
    assert_eq!(f.texts("punktsok?lat=59.9139&lon=10.7522&radius=1").await, Vec::<String>::new());
    let log = kernel::feed::after(&f.test.ctx.store, before, 10).await.unwrap();
    let log: Vec<_> = log.iter().map(|e| (e.kind.as_str(), e.subject.as_str(), e.body.as_str())).collect();
    assert_eq!(
        log,
        [
            ("Matrikkelenhet", "0301-207/1", "\"Oppdatering\""),
            ("Adresse", "1", "\"Oppdatering\""),
            ("Bygning", "1001", "\"Oppdatering\"")
        ]
    );
    // A street whose last address has gone is no hit.
    let gone = property("0301", 207, 1, &[]);
    assert_eq!(f.load(&[gone]).await.0, StatusCode::OK);
    assert!(f.texts("sok?sok=lillegata").await.is_empty());
}
