//! Tokens for system users, customers by name, and what else an assertion may ask for.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails panics")]

mod common;

use clients::selvbetjening::{System, SystemUser};
use common::*;
use kernel::rng::Rng;
use serde_json::{Value, json};

const SYSTEM: &str = "310000027_fagsystem";

fn details(changes: Value) -> Value {
    let mut one = json!({
        "type": "urn:altinn:systemuser",
        "systemuser_org": { "authority": "iso6523-actorid-upis", "ID": format!("0192:{SUPPLIER}") },
    });
    for (name, value) in changes.as_object().unwrap() {
        one[name] = value.clone();
    }
    json!([one])
}

#[tokio::test]
async fn a_suppliers_system_acts_as_the_system_user_of_a_business() {
    let f = fixture().await;
    let registrar = f.component.registrar();
    let ask = |details: Value| f.assertion(json!({ "authorization_details": details }));
    let nobody = (400, "invalid_altinn_customer_configuration".to_owned(), "303".to_owned());
    let assertion = ask(details(json!({})));
    // The client belongs to no system; then the business has no user of it.
    assert_eq!(f.refused(&assertion).await, nobody);
    let system = System {
        system_id: SYSTEM.to_owned(),
        name: "Fagsystem".to_owned(),
        clients: vec!["nav".to_owned()],
    };
    registrar.put_system(orgnr(NAV), system.clone()).await.unwrap();
    assert_eq!(f.refused(&assertion).await, nobody);

    let rng = Rng::seeded(5);
    let user = |external_ref: &str| SystemUser {
        id: None,
        system_id: SYSTEM.to_owned(),
        party_orgno: SUPPLIER.to_owned(),
        external_ref: external_ref.to_owned(),
    };
    let made = registrar.put_system_user(rng.uuid(), orgnr(SUPPLIER), user("")).await.unwrap();
    let again = registrar.put_system_user(rng.uuid(), orgnr(SUPPLIER), user("")).await.unwrap();
    assert_eq!(made, again);
    let second = registrar.put_system_user(rng.uuid(), orgnr(SUPPLIER), user("avdeling 2")).await.unwrap();
    // What was refused was not used up.
    let token = f.token(&assertion).await;
    assert_eq!(token["consumer"]["ID"], "0192:310000027");
    let expected = json!([{
        "type": "urn:altinn:systemuser",
        "systemuser_id": [made.id.unwrap()],
        "systemuser_org": { "authority": "iso6523-actorid-upis", "ID": format!("0192:{SUPPLIER}") },
        "system_id": SYSTEM,
    }]);
    assert_eq!(token["authorization_details"], expected);
    let token = f.token(&ask(details(json!({ "externalRef": "avdeling 2" })))).await;
    assert_eq!(token["authorization_details"][0]["systemuser_id"], json!([second.id.unwrap()]));
    assert_eq!(f.refused(&ask(details(json!({ "externalRef": "avdeling 3" })))).await, nobody);
    // Another business's.
    let other =
        json!({ "systemuser_org": { "authority": "iso6523-actorid-upis", "ID": format!("0192:{OWNER}") } });
    assert_eq!(f.refused(&ask(details(other))).await, nobody);

    // A client belongs to one system, and a system to its supplier.
    let taken = System { system_id: "310000027_annet".to_owned(), ..system.clone() };
    assert_eq!(registrar.put_system(orgnr(NAV), taken).await.unwrap_err().status(), 409);
    assert_eq!(registrar.put_system(orgnr(SUPPLIER), system.clone()).await.unwrap_err().status(), 409);
    let foreign = System { system_id: "310000108_x".to_owned(), ..system };
    assert_eq!(registrar.put_system(orgnr(SUPPLIER), foreign).await.unwrap_err().status(), 400);
    let unknown = SystemUser { system_id: "finnes_ikke".to_owned(), ..user("") };
    assert_eq!(
        registrar.put_system_user(rng.uuid(), orgnr(SUPPLIER), unknown).await.unwrap_err().status(),
        404
    );
}

#[tokio::test]
async fn authorization_details_that_are_not_understood_are_refused() {
    let f = fixture().await;
    let org = |value: Value| details(json!({ "systemuser_org": value }));
    let two = json!([details(json!({}))[0], details(json!({}))[0]]);
    for (asked, code) in [
        (json!("x"), "303"),
        (json!({}), "303"),
        (json!([]), "303"),
        (two, "303"),
        (json!([{}]), "301"),
        (json!(["urn:altinn:systemuser"]), "301"),
        (json!([{ "type": "urn:altinn:consent" }]), "301"),
        (json!([details(json!({}))[0], { "type": "x" }]), "301"),
        (details(json!({ "systemuser": "x" })), "302"),
        (org(json!({ "authority": "iso6523-actorid-upis", "ID": "0192:310000108", "navn": "x" })), "302"),
        (org(json!("0192:310000108")), "303"),
        (org(json!({ "authority": "x", "ID": "0192:310000108" })), "303"),
        (org(json!({ "authority": "iso6523-actorid-upis", "ID": "310000108" })), "303"),
        (org(json!({ "authority": "iso6523-actorid-upis", "ID": "0192:310000109" })), "303"),
        (details(json!({ "externalRef": 1 })), "303"),
        (details(json!({ "externalRef": "" })), "303"),
    ] {
        let expected = (400, "invalid_authorization_details".to_owned(), code.to_owned());
        let assertion = f.assertion(json!({ "authorization_details": asked.clone() }));
        assert_eq!(f.refused(&assertion).await, expected, "{asked}");
    }
    let both = json!({
        "iss": "leverandoer", "scope": "test:delegert", "consumer_org": NAV, "authorization_details": details(json!({})),
    });
    assert_eq!(f.refused(&f.assertion(both)).await.1, "invalid_request");
}

#[tokio::test]
async fn a_used_assertion_is_said_to_be_used_before_anything_else() {
    let f = fixture().await;
    f.token(&f.assertion(json!({ "jti": "en" }))).await;
    let replayed = (400, "invalid_grant".to_owned(), "012".to_owned());
    for changes in [json!({ "scope": "test:uten" }), json!({ "scope": null }), json!({ "consumer_org": NAV })]
    {
        let mut again = changes;
        again["jti"] = "en".into();
        assert_eq!(f.refused(&f.assertion(again)).await, replayed);
    }
    // But not before the signature, the audience and the times.
    let now = f.now();
    let late = f.assertion(json!({ "jti": "en", "iat": now - 121, "exp": now }));
    assert_eq!(f.refused(&late).await.2, "130");
    assert_eq!(f.refused(&f.assertion(json!({ "jti": "en", "aud": "x" }))).await.2, "110");
}
