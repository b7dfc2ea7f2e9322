//! The story of an operator that keeps clients and scopes as its configuration says (nais/digdirator calls exactly these).
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails panics")]

mod common;

use common::*;
use http::StatusCode;
use kernel::jose::{Alg, SigningKey};
use serde_json::{Value, json};

fn desired() -> Value {
    json!({
        "client_name": "ARBEIDS- OG VELFERDSETATEN", "description": "dev:team:app", "integration_type": "maskinporten",
        "application_type": "web", "grant_types": [GRANT], "token_endpoint_auth_method": "private_key_jwt",
        "scopes": ["skatt:inntekt"], "redirect_uris": null, "post_logout_redirect_uris": null, "access_token_lifetime": 0,
        "authorization_lifetime": 0, "refresh_token_lifetime": 0, "refresh_token_usage": "ONETIME",
        "frontchannel_logout_session_required": false,
    })
}

#[tokio::test]
async fn a_client_is_registered_found_changed_given_keys_and_taken_away() {
    let f = fixture().await;
    f.ok(SKATT, "PUT", &format!("/scopes/access/{NAV}?scope=skatt%3Ainntekt"), None).await;
    // What it may consume.
    let accessible = f.ok(NAV, "GET", "/scopes/access/all?accessible_for_all=true", None).await;
    let states: Vec<_> =
        accessible.as_array().unwrap().iter().map(|one| (&one["scope"], &one["state"])).collect();
    assert_eq!(states.len(), 2, "{accessible}");
    assert!(accessible.as_array().unwrap().iter().all(|one| one["state"] == "APPROVED"));

    let (status, made) = f.call(NAV, "POST", "/clients", Some(desired())).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    let id = made["client_id"].as_str().unwrap().to_owned();
    assert_eq!(made["client_orgno"], NAV);
    assert_eq!(made["active"], true);
    assert!(made.get("client_secret").is_none());
    for lifetime in ["access_token_lifetime", "authorization_lifetime", "refresh_token_lifetime"] {
        assert!(made[lifetime].is_i64(), "{lifetime}");
    }
    for moment in ["created", "last_updated"] {
        let text = made[moment].as_str().unwrap();
        assert!(text.parse::<jiff::Timestamp>().is_ok() && text.ends_with("+01:00"), "{text}");
    }
    // Found by what its configuration says.
    let listed = f.ok(NAV, "GET", "/clients", None).await;
    let found = listed.as_array().unwrap().iter().find(|client| {
        client["description"] == "dev:team:app" && client["integration_type"] == "maskinporten"
    });
    assert_eq!(found.unwrap()["client_id"], id.as_str());

    // Keys: what is sent replaces what was there.
    let (old, new) = (SigningKey::generate(Alg::RS256).unwrap(), SigningKey::generate(Alg::RS256).unwrap());
    let keys = format!("/clients/{id}/jwks");
    assert_eq!(f.grant(&id, &old, "skatt:inntekt").await.0, StatusCode::BAD_REQUEST);
    let put = f.ok(NAV, "POST", &keys, Some(json!({ "keys": [old.public_jwk()] }))).await;
    assert_eq!(put["keys"][0]["kid"], old.kid());
    assert!(put["created"].is_string() && put["last_updated"].is_string());
    assert_eq!(f.grant(&id, &old, "skatt:inntekt").await.0, StatusCode::OK);
    f.ok(NAV, "POST", &keys, Some(json!({ "keys": [old.public_jwk(), new.public_jwk()] }))).await;
    assert_eq!(f.grant(&id, &new, "skatt:inntekt").await.0, StatusCode::OK);
    f.ok(NAV, "PUT", &keys, Some(json!({ "keys": [new.public_jwk()] }))).await;
    assert_eq!(f.grant(&id, &old, "skatt:inntekt").await.0, StatusCode::BAD_REQUEST);
    assert_eq!(f.ok(NAV, "GET", &keys, None).await["keys"].as_array().unwrap().len(), 1);

    // Changed: the whole object, as it was got.
    let mut changed = made.clone();
    changed["scopes"] = json!(["skatt:aapen"]);
    changed["client_name"] = "NAV".into();
    let put = f.ok(NAV, "PUT", &format!("/clients/{id}"), Some(changed.clone())).await;
    assert_eq!((put["client_name"].as_str(), &put["scopes"]), (Some("NAV"), &json!(["skatt:aapen"])));
    assert_eq!(f.grant(&id, &new, "skatt:inntekt").await.1["error"], "invalid_scope");
    assert_eq!(f.grant(&id, &new, "skatt:aapen").await.0, StatusCode::OK);
    changed["integration_type"] = "krr".into();
    let refused = f.refused(NAV, "PUT", &format!("/clients/{id}"), Some(changed)).await;
    assert_eq!(refused, (400, "invalid_request".to_owned()));

    // Taken away: nothing is deleted, and what is deactivated is in the way of a new one.
    let (status, _) = f.call(NAV, "DELETE", &format!("/clients/{id}"), None).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(f.grant(&id, &new, "skatt:aapen").await.0, StatusCode::BAD_REQUEST);
    assert_eq!(f.ok(NAV, "GET", "/clients", None).await, json!([]));
    let inactive = f.ok(NAV, "GET", "/clients?inactive=true", None).await;
    assert_eq!((&inactive[0]["client_id"], &inactive[0]["active"]), (&json!(id), &json!(false)));
    let conflict = (409, "conflict".to_owned());
    assert_eq!(f.refused(NAV, "POST", "/clients", Some(inactive[0].clone())).await, conflict);
    let keys_again = Some(json!({ "keys": [new.public_jwk()] }));
    assert_eq!(f.refused(NAV, "POST", &keys, keys_again).await, conflict);
    let mut back = inactive[0].clone();
    back["active"] = true.into();
    f.ok(NAV, "PUT", &format!("/clients/{id}"), Some(back)).await;
    assert_eq!(f.grant(&id, &new, "skatt:aapen").await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_scope_is_made_given_changed_and_taken_away() {
    let f = fixture().await;
    let scope = json!({
        "accessible_for_all": false, "active": true, "allowed_integration_types": ["maskinporten"], "at_max_age": 30,
        "description": "dev:team:app:test/api.v1", "name": "", "prefix": "nav", "subscope": "test/api.v1",
        "requires_pseudonymous_tokens": false, "requires_user_authentication": false, "requires_user_consent": false,
        "token_type": "SELF_CONTAINED", "visibility": "PUBLIC", "delegation_source": "https://tt02.altinn.no/",
    });
    let (status, made) = f.call(NAV, "POST", "/scopes", Some(scope.clone())).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    assert_eq!(
        (&made["name"], &made["owner_orgno"], &made["at_max_age"]),
        (&json!("nav:test/api.v1"), &json!(NAV), &json!(30))
    );
    let at = "scope=nav%3Atest%2Fapi.v1";
    assert_eq!(f.ok(NAV, "GET", &format!("/scopes?{at}"), None).await, made);
    assert_eq!(f.refused(NAV, "POST", "/scopes", Some(scope.clone())).await.0, 409);
    // A prefix that is another's.
    let mut foreign = scope.clone();
    foreign["prefix"] = "skatt".into();
    assert_eq!(f.refused(NAV, "POST", "/scopes", Some(foreign)).await, (403, "access_denied".to_owned()));

    let access = format!("/scopes/access/{LEVERANDOER}?{at}");
    let given = f.ok(NAV, "PUT", &access, None).await;
    assert_eq!(
        (&given["state"], &given["consumer_orgno"], &given["prefix"]),
        (&json!("APPROVED"), &json!(LEVERANDOER), &Value::Null)
    );
    assert_eq!(f.ok(NAV, "GET", &format!("/scopes/access?{at}"), None).await, json!([given]));
    let client =
        json!({ "integration_type": "maskinporten", "client_name": "x", "scopes": ["nav:test/api.v1"] });
    let client = f.ok(LEVERANDOER, "POST", "/clients", Some(client)).await;
    let id = client["client_id"].as_str().unwrap();
    let key = SigningKey::generate(Alg::ES256).unwrap();
    f.ok(LEVERANDOER, "POST", &format!("/clients/{id}/jwks"), Some(json!({ "keys": [key.public_jwk()] })))
        .await;
    let (_, token) = f.grant(id, &key, "nav:test/api.v1").await;
    assert_eq!(token["expires_in"], 30, "{token}");

    // Every change holds with the next token.
    let mut changed = made.clone();
    changed["at_max_age"] = 60.into();
    f.ok(NAV, "PUT", &format!("/scopes?{at}"), Some(changed.clone())).await;
    assert_eq!(f.grant(id, &key, "nav:test/api.v1").await.1["expires_in"], 60);
    assert_eq!(f.ok(NAV, "DELETE", &access, None).await["state"], "DENIED");
    assert_eq!(f.grant(id, &key, "nav:test/api.v1").await.0, StatusCode::FORBIDDEN);
    f.ok(NAV, "PUT", &access, None).await;
    assert_eq!(f.grant(id, &key, "nav:test/api.v1").await.0, StatusCode::OK);
    changed["allowed_integration_types"] = json!(["api_klient"]);
    f.ok(NAV, "PUT", &format!("/scopes?{at}"), Some(changed.clone())).await;
    let (_, refused) = f.grant(id, &key, "nav:test/api.v1").await;
    assert!(refused["error_description"].as_str().unwrap().contains("MP-201"), "{refused}");
    changed["allowed_integration_types"] = json!(["maskinporten"]);
    changed["subscope"] = "annet".into();
    assert_eq!(f.refused(NAV, "PUT", &format!("/scopes?{at}"), Some(changed)).await.0, 400);

    let gone = f.ok(NAV, "DELETE", &format!("/scopes?{at}"), None).await;
    assert_eq!(gone["active"], false);
    assert_eq!(f.ok(NAV, "GET", "/scopes", None).await, json!([]));
    assert_eq!(f.ok(NAV, "GET", "/scopes?inactive=true", None).await, json!([gone]));
    assert_eq!(f.refused(NAV, "POST", "/scopes", Some(scope)).await, (409, "conflict".to_owned()));
    let mut back = gone.clone();
    back["active"] = true.into();
    back["allowed_integration_types"] = json!(["maskinporten"]);
    assert_eq!(f.ok(NAV, "PUT", &format!("/scopes?{at}"), Some(back)).await["active"], true);
    // Accesses were kept.
    assert_eq!(f.grant(id, &key, "nav:test/api.v1").await.0, StatusCode::OK);
}
