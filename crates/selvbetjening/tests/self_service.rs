//! Access that is asked for, clients that people sign in to, and who may do what.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails panics")]

mod common;

use common::*;
use http::{Method, StatusCode};
use kernel::jose::{Alg, SigningKey};
use serde_json::{Value, json};

#[tokio::test]
async fn access_is_asked_for_and_given_refused_or_withdrawn() {
    let f = fixture().await;
    let ask = "/scopes/access/request?scope=skatt%3Ainntekt";
    let decide = format!("/scopes/access/{NAV}?scope=skatt%3Ainntekt");
    let client = json!({ "integration_type": "maskinporten", "scopes": ["skatt:inntekt"] });
    // Without access the scope is not had.
    assert_eq!(
        f.refused(NAV, "POST", "/clients", Some(client.clone())).await,
        (400, "invalid_scope".to_owned())
    );
    assert_eq!(f.refused(SKATT, "DELETE", &decide, None).await.0, 404);
    assert_eq!(f.ok(NAV, "POST", ask, None).await["state"], "REQUESTED");
    let waiting = f.ok(SKATT, "GET", "/scopes/access/requests", None).await;
    assert_eq!((waiting[0]["consumer_orgno"].as_str(), waiting.as_array().unwrap().len()), (Some(NAV), 1));
    // Asked for is not had.
    assert_eq!(f.refused(NAV, "POST", "/clients", Some(client.clone())).await.1, "invalid_scope");
    // Nobody but the owner answers.
    assert_eq!(f.refused(NAV, "PUT", &decide, None).await.0, 404);
    assert_eq!(f.refused(LEVERANDOER, "GET", "/scopes/access?scope=skatt%3Ainntekt", None).await.0, 404);
    assert_eq!(f.ok(LEVERANDOER, "GET", "/scopes/access/requests", None).await, json!([]));

    assert_eq!(f.ok(SKATT, "DELETE", &decide, None).await["state"], "DENIED");
    assert_eq!(f.ok(SKATT, "GET", "/scopes/access/requests", None).await, json!([]));
    assert_eq!(f.ok(NAV, "POST", ask, None).await["state"], "REQUESTED");
    let (status, _) = f.call(NAV, "DELETE", ask, None).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(f.refused(NAV, "DELETE", ask, None).await.0, 404);
    f.ok(NAV, "POST", ask, None).await;
    assert_eq!(f.ok(SKATT, "PUT", &decide, None).await["state"], "APPROVED");
    // What is approved stays so, and cannot be taken back as a request.
    assert_eq!(f.ok(NAV, "POST", ask, None).await["state"], "APPROVED");
    assert_eq!(f.refused(NAV, "DELETE", ask, None).await.0, 404);
    f.ok(NAV, "POST", "/clients", Some(client)).await;
    // What is open to all, or does not exist, is not asked for.
    assert_eq!(f.refused(NAV, "POST", "/scopes/access/request?scope=skatt%3Aaapen", None).await.0, 400);
    assert_eq!(f.refused(NAV, "POST", "/scopes/access/request?scope=x", None).await.0, 404);
    assert_eq!(f.refused(NAV, "POST", "/scopes/access/request", None).await.0, 400);
}

fn signing_in(changes: Value) -> Value {
    let mut client = json!({
        "integration_type": "idporten", "application_type": "web", "client_name": "Min side", "description": "dev:team:web",
        "token_endpoint_auth_method": "client_secret_basic", "grant_types": ["authorization_code", "refresh_token"],
        "redirect_uris": ["https://nav.example/tilbake"], "post_logout_redirect_uris": ["https://nav.example/"],
        "frontchannel_logout_uri": "https://nav.example/ut", "frontchannel_logout_session_required": true,
        "scopes": ["openid", "profile"],
    });
    for (name, value) in changes.as_object().unwrap() {
        client[name] = value.clone();
    }
    client
}

#[tokio::test]
async fn a_client_that_people_sign_in_to() {
    let f = fixture().await;
    let made = f.ok(NAV, "POST", "/clients", Some(signing_in(json!({})))).await;
    let secret = made["client_secret"].as_str().unwrap().to_owned();
    assert!(secret.len() >= 32);
    let id = made["client_id"].as_str().unwrap();
    let at = format!("/clients/{id}");
    // The secret is shown once.
    let got = f.ok(NAV, "GET", &at, None).await;
    assert!(got.get("client_secret").is_none());
    assert_eq!(
        (&got["grant_types"], &got["frontchannel_logout_uri"]),
        (&made["grant_types"], &json!("https://nav.example/ut"))
    );
    assert_eq!(f.ok(NAV, "GET", "/clients", None).await, json!([got]));
    let renewed = f.ok(NAV, "POST", &format!("{at}/secret"), None).await;
    assert_ne!(renewed["client_secret"], secret.as_str());
    // ID-porten goes by the new one at once.
    let push = |secret: &str| {
        let form = format!("client_id={id}&client_secret={secret}");
        let request = http::Request::post("/idporten/token")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("authorization", basic(id, secret));
        let request = request.body(axum::body::Body::from("grant_type=authorization_code&code=x")).unwrap();
        let (router, _) = (f.router.clone(), form);
        async move { tower::ServiceExt::oneshot(router, request).await.unwrap().status() }
    };
    assert_eq!(push(&secret).await, StatusCode::UNAUTHORIZED);
    assert_eq!(push(renewed["client_secret"].as_str().unwrap()).await, StatusCode::BAD_REQUEST);

    // A client with a secret has no keys, and one with keys no secret.
    let key = SigningKey::generate(Alg::RS256).unwrap();
    let keys = Some(json!({ "keys": [key.public_jwk()] }));
    assert_eq!(f.refused(NAV, "POST", &format!("{at}/jwks"), keys.clone()).await.0, 400);
    f.ok(NAV, "PUT", &at, Some(signing_in(json!({ "token_endpoint_auth_method": "private_key_jwt" })))).await;
    f.ok(NAV, "POST", &format!("{at}/jwks"), keys).await;
    assert_eq!(f.refused(NAV, "POST", &format!("{at}/secret"), None).await.0, 400);
    // Changing something else leaves the keys.
    f.ok(
        NAV,
        "PUT",
        &at,
        Some(signing_in(json!({ "token_endpoint_auth_method": "private_key_jwt", "client_name": "Ny" }))),
    )
    .await;
    assert_eq!(f.ok(NAV, "GET", &format!("{at}/jwks"), None).await["keys"][0]["kid"], key.kid());

    // Customers, at both spellings.
    let customer = json!({ "onbehalfof": "kunde-1", "display_name": "Kunden", "orgno": SKATT, "url": "" });
    let (status, _) = f.call(NAV, "POST", &format!("{at}/onbehalfof"), Some(customer.clone())).await;
    assert_eq!(status, StatusCode::CREATED);
    assert_eq!(f.refused(NAV, "POST", &format!("{at}/onbehalof"), Some(customer.clone())).await.0, 409);
    assert_eq!(f.ok(NAV, "GET", &format!("{at}/onbehalof"), None).await, json!([customer]));
    let mut renamed = customer.clone();
    renamed["display_name"] = "Nytt navn".into();
    assert_eq!(f.ok(NAV, "PUT", &format!("{at}/onbehalfof/kunde-1"), Some(renamed.clone())).await, renamed);
    assert_eq!(f.call(NAV, "DELETE", &format!("{at}/onbehalof/kunde-1"), None).await.0, StatusCode::OK);
    assert_eq!(f.refused(NAV, "GET", &format!("{at}/onbehalfof/kunde-1"), None).await.0, 404);
}

fn basic(id: &str, secret: &str) -> String {
    // base64 without a crate of its own in the tests' dependencies.
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let text = format!("{id}:{secret}");
    let mut out = String::from("Basic ");
    for chunk in text.as_bytes().chunks(3) {
        let bits =
            chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * place) & 63) as usize];
            out.push(if place <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    out
}

#[tokio::test]
async fn a_scope_for_clients_with_sign_in_is_known_where_people_sign_in() {
    let f = fixture().await;
    let scope = |changes: Value| {
        let mut scope = json!({
            "prefix": "nav", "subscope": "vedtak", "description": "Vedtak", "allowed_integration_types": ["api_klient"],
        });
        for (name, value) in changes.as_object().unwrap() {
            scope[name] = value.clone();
        }
        scope
    };
    f.ok(NAV, "POST", "/scopes", Some(scope(json!({})))).await;
    let client =
        || Some(signing_in(json!({ "integration_type": "api_klient", "scopes": ["openid", "nav:vedtak"] })));
    let refused = (400, "invalid_scope".to_owned());
    assert_eq!(f.refused(SKATT, "POST", "/clients", client()).await, refused);
    f.ok(NAV, "PUT", &format!("/scopes/access/{SKATT}?scope=nav%3Avedtak"), None).await;
    let made = f.ok(SKATT, "POST", "/clients", client()).await;
    assert_eq!(made["scopes"], json!(["openid", "nav:vedtak"]));
    // A client of the plain kind has none but its own scopes.
    let plain = signing_in(json!({ "scopes": ["openid", "nav:vedtak"] }));
    assert_eq!(f.refused(SKATT, "POST", "/clients", Some(plain)).await, refused);
    // Not for api_klient: refused.
    let other =
        signing_in(json!({ "integration_type": "api_klient", "scopes": ["openid", "skatt:inntekt"] }));
    assert_eq!(f.refused(SKATT, "POST", "/clients", Some(other)).await, refused);

    // Withdrawn access holds at once.
    let secret = made["client_secret"].as_str().unwrap();
    let id = made["client_id"].as_str().unwrap();
    let push = || {
        let form = "response_type=code&redirect_uri=https%3A%2F%2Fnav.example%2Ftilbake&scope=openid%20nav%3Avedtak&state=s&nonce=n\
            &code_challenge_method=S256&code_challenge=b7elB7ZyxIXgFyvBznKvxl7wOB-H17Pz0a3B62NIMFI";
        let request = http::Request::post("/idporten/par")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("authorization", basic(id, secret));
        let request = request.body(axum::body::Body::from(format!("client_id={id}&{form}"))).unwrap();
        let router = f.router.clone();
        async move { tower::ServiceExt::oneshot(router, request).await.unwrap().status() }
    };
    assert_eq!(push().await, StatusCode::CREATED);
    f.ok(NAV, "DELETE", &format!("/scopes/access/{SKATT}?scope=nav%3Avedtak"), None).await;
    assert_eq!(push().await, StatusCode::BAD_REQUEST);
    f.ok(NAV, "PUT", &format!("/scopes/access/{SKATT}?scope=nav%3Avedtak"), None).await;
    assert_eq!(push().await, StatusCode::CREATED);
    f.ok(NAV, "DELETE", "/scopes?scope=nav%3Avedtak", None).await;
    assert_eq!(push().await, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn tenants_neither_see_nor_touch_each_others() {
    let f = fixture().await;
    let masked = f.ok(NAV, "POST", "/clients", Some(json!({ "integration_type": "maskinporten" }))).await;
    let people = f.ok(NAV, "POST", "/clients", Some(signing_in(json!({})))).await;
    f.ok(
        NAV,
        "POST",
        "/scopes",
        Some(json!({ "prefix": "nav", "subscope": "a", "description": "A", "visibility": "PRIVATE" })),
    )
    .await;
    assert_eq!(f.ok(SKATT, "GET", "/clients?inactive=true", None).await, json!([]));
    let key = SigningKey::generate(Alg::ES256).unwrap();
    for client in [&masked, &people] {
        let at = format!("/clients/{}", client["client_id"].as_str().unwrap());
        for (method, beneath, body) in [
            ("GET", "", None),
            ("PUT", "", Some(client.clone())),
            ("DELETE", "", None),
            ("POST", "/secret", None),
            ("GET", "/jwks", None),
            ("POST", "/jwks", Some(json!({ "keys": [key.public_jwk()] }))),
            ("PUT", "/jwks", Some(json!({ "keys": [] }))),
            ("DELETE", "/jwks", None),
            ("GET", "/onbehalfof", None),
            ("POST", "/onbehalfof", Some(json!({ "onbehalfof": "x", "display_name": "x", "orgno": SKATT }))),
            ("DELETE", "/onbehalfof/x", None),
        ] {
            assert_eq!(
                f.refused(SKATT, method, &format!("{at}{beneath}"), body).await.0,
                404,
                "{method} {beneath}"
            );
        }
        // It is as it was.
        assert_eq!(f.ok(NAV, "GET", &at, None).await["active"], true);
    }
    for (method, path, body) in [
        ("GET", "/scopes?scope=nav%3Aa", None),
        ("PUT", "/scopes?scope=nav%3Aa", Some(json!({ "description": "B" }))),
        ("DELETE", "/scopes?scope=nav%3Aa", None),
        ("GET", "/scopes/access?scope=nav%3Aa", None),
        ("PUT", "/scopes/access/310000035?scope=nav%3Aa", None),
    ] {
        assert_eq!(f.refused(SKATT, method, path, body).await.0, 404, "{method} {path}");
    }
    // Registering for another is for suppliers alone; the customer does not administer what its supplier has registered.
    let theirs = json!({ "integration_type": "maskinporten", "client_orgno": SKATT });
    assert_eq!(f.refused(LEVERANDOER, "POST", "/clients", Some(theirs.clone())).await.0, 403);
    let supplier = f.token(LEVERANDOER, "idporten:dcr.supplier");
    let (status, made) =
        f.send(Some(&supplier), Method::POST, "/selvbetjening/api/v1/clients", Some(theirs)).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    assert_eq!((&made["client_orgno"], &made["supplier_orgno"]), (&json!(SKATT), &json!(LEVERANDOER)));
}

#[tokio::test]
async fn tokens_and_their_scopes_decide_what_one_may() {
    let f = fixture().await;
    let base = "/selvbetjening/api/v1";
    let client = || Some(json!({ "integration_type": "maskinporten" }));
    let made = f.ok(NAV, "POST", "/clients", client()).await;
    let at = format!("{base}/clients/{}", made["client_id"].as_str().unwrap());
    for (scopes, method, path, body, status) in [
        ("idporten:dcr.read", Method::POST, format!("{base}/clients"), client(), 403),
        ("idporten:dcr.modify", Method::POST, format!("{base}/clients"), client(), 403),
        ("idporten:dcr.read", Method::PUT, at.clone(), client(), 403),
        ("idporten:dcr.modify", Method::PUT, at.clone(), client(), 200),
        ("idporten:dcr.read", Method::GET, at.clone(), None, 200),
        ("idporten:scopes.write", Method::GET, at.clone(), None, 403),
        ("idporten:dcr.write", Method::POST, format!("{base}/scopes"), Some(json!({})), 403),
        ("idporten:dcr.read", Method::POST, format!("{at}/onbehalfof"), Some(json!({})), 403),
        ("idporten:dcr.read", Method::GET, format!("{base}/scopes/access/all"), None, 200),
        ("openid", Method::GET, format!("{base}/scopes/access/all"), None, 403),
    ] {
        let token = f.token(NAV, scopes);
        let answer = f.send(Some(&token), method.clone(), &path, body).await;
        assert_eq!(answer.0.as_u16(), status, "{scopes} {method} {path}: {}", answer.1);
    }
    assert_eq!(f.send(None, Method::GET, &at, None).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(f.send(Some("x"), Method::GET, &at, None).await.0, StatusCode::UNAUTHORIZED);
    // What is open is open.
    let (status, all) = f.send(None, Method::GET, &format!("{base}/scopes/all"), None).await;
    assert_eq!((status, all.as_array().unwrap().len()), (StatusCode::OK, 2));
    let (_, open) =
        f.send(None, Method::GET, &format!("{base}/scopes/all?accessible_for_all=true"), None).await;
    assert_eq!(open[0]["name"], "skatt:aapen");
    let (status, sources) = f.send(None, Method::GET, &format!("{base}/delegationsources"), None).await;
    assert_eq!((status, &sources[0]["issuer"]), (StatusCode::OK, &json!("https://tt02.altinn.no/")));
    // The owners' own routes are for Felles alone: a tenant's token, with the header or without, opens nothing.
    let token = f.token(NAV, ALL_SCOPES);
    for owner in ["maskinporten", "idporten"] {
        let path = format!("/{owner}/forvaltning/clients");
        assert_eq!(f.send(Some(&token), Method::GET, &path, None).await.0, StatusCode::FORBIDDEN);
        assert_eq!(f.send(None, Method::GET, &path, None).await.0, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn what_is_registered_is_checked() {
    let f = fixture().await;
    let machine = |changes: Value| {
        let mut client = json!({ "integration_type": "maskinporten" });
        for (name, value) in changes.as_object().unwrap() {
            client[name] = value.clone();
        }
        client
    };
    let bad = [
        json!({}),
        json!([]),
        machine(json!({ "integration_type": "ukjent" })),
        machine(json!({ "application_type": "native" })),
        machine(json!({ "token_endpoint_auth_method": "client_secret_basic" })),
        machine(json!({ "grant_types": ["authorization_code"] })),
        machine(json!({ "redirect_uris": ["https://x.example/"] })),
        machine(json!({ "access_token_lifetime": 3601 })),
        machine(json!({ "access_token_lifetime": -1 })),
        machine(json!({ "access_token_lifetime": "x" })),
        machine(json!({ "client_id": "selvvalgt" })),
        machine(json!({ "client_orgno": "123" })),
        machine(json!({ "client_uri": "javascript:x" })),
        machine(json!({ "client_name": "a\nb" })),
        signing_in(json!({ "application_type": "browser" })),
        signing_in(json!({ "token_endpoint_auth_method": "none" })),
        signing_in(json!({ "token_endpoint_auth_method": "client_secret_jwt" })),
        signing_in(json!({ "grant_types": ["implicit"] })),
        signing_in(json!({ "grant_types": ["refresh_token"] })),
        signing_in(json!({ "redirect_uris": [] })),
        signing_in(json!({ "redirect_uris": ["https://nav.example/#x"] })),
        signing_in(json!({ "redirect_uris": ["app:tilbake"] })),
        signing_in(json!({ "redirect_uris": ["javascript:alert(1)"] })),
        signing_in(json!({ "frontchannel_logout_uri": "https://ond.example/ut" })),
        signing_in(json!({ "code_challenge_method": "none" })),
        signing_in(json!({ "refresh_token_usage": "ALLTID" })),
        signing_in(json!({ "access_token_lifetime": 600, "refresh_token_lifetime": 600 })),
        signing_in(json!({ "refresh_token_lifetime": 900, "authorization_lifetime": 800 })),
    ];
    for client in bad {
        assert_eq!(f.refused(NAV, "POST", "/clients", Some(client.clone())).await.0, 400, "{client}");
    }
    assert_eq!(
        f.refused(NAV, "POST", "/clients", Some(machine(json!({ "scopes": ["finnes:ikke"] })))).await.1,
        "invalid_scope"
    );
    assert_eq!(
        f.refused(
            NAV,
            "POST",
            "/clients",
            Some(machine(json!({ "integration_type": "krr", "scopes": ["skatt:aapen"] })))
        )
        .await
        .1,
        "invalid_scope"
    );

    let made =
        f.ok(NAV, "POST", "/clients", Some(machine(json!({ "grant_types": ["jwt_bearer_token"] })))).await;
    assert_eq!(made["grant_types"], json!([GRANT]));
    let at = format!("/clients/{}/jwks", made["client_id"].as_str().unwrap());
    let key = SigningKey::generate(Alg::ES256).unwrap().public_jwk().clone();
    let key = |changes: Value| {
        let mut jwk = serde_json::to_value(&key).unwrap();
        for (name, value) in changes.as_object().unwrap() {
            jwk[name] = value.clone();
        }
        jwk
    };
    let six: Vec<Value> = (0..6).map(|n| key(json!({ "kid": n.to_string() }))).collect();
    for keys in [
        json!({}),
        json!({ "keys": {} }),
        json!({ "keys": six }),
        json!({ "keys": [key(json!({ "d": "AAAA" }))] }),
        json!({ "keys": [key(json!({ "kid": "a b" }))] }),
        json!({ "keys": [key(json!({ "kid": null }))] }),
        json!({ "keys": [key(json!({ "use": "enc" }))] }),
        json!({ "keys": [key(json!({ "use": null }))] }),
        json!({ "keys": [key(json!({ "alg": "HS256" }))] }),
        json!({ "keys": [key(json!({ "alg": "RS256" }))] }),
        json!({ "keys": [key(json!({ "alg": null }))] }),
        json!({ "keys": [key(json!({})), key(json!({}))] }),
        json!({ "keys": [{ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": "w", "e": "AQAB", "n": "AQAB" }] }),
    ] {
        assert_eq!(f.refused(NAV, "POST", &at, Some(keys.clone())).await.0, 400, "{keys}");
    }
    let scope = |changes: Value| {
        let mut scope = json!({ "prefix": "nav", "subscope": "x", "description": "X" });
        for (name, value) in changes.as_object().unwrap() {
            scope[name] = value.clone();
        }
        Some(scope)
    };
    for changes in [
        json!({ "prefix": "" }),
        json!({ "subscope": "" }),
        json!({ "subscope": "a b" }),
        json!({ "subscope": "a\"" }),
        json!({ "description": " " }),
        json!({ "visibility": "HEMMELIG" }),
        json!({ "token_type": "JWT" }),
        json!({ "at_max_age": -1 }),
        json!({ "allowed_integration_types": ["alle"] }),
        json!({ "delegation_source": "https://ond.example/" }),
    ] {
        assert_eq!(f.refused(NAV, "POST", "/scopes", scope(changes.clone())).await.0, 400, "{changes}");
    }
}
