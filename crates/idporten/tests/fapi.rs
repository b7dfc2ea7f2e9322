//! The FAPI 2.0 Security Profile and tokens bound to a key (DPoP), as a client meets them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that meets the unexpected stops")]

mod common;

use common::fapi::*;
use common::*;
use idporten::{ApplicationType, AuthMethod, NewClient, SecurityProfile};
use jiff::SignedDuration;
use kernel::jose::{Alg, KeySet, SigningKey};
use serde_json::{Value, json};

#[tokio::test]
async fn a_fapi_client_signs_people_in_with_tokens_bound_to_its_key() {
    let f = fapi().await;
    let code = f.code(FAPI, &[], &[]).await;
    let answer = f.bring(FAPI, &code, &[&f.proof("/token", &json!({}))]).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(answer.headers.contains_key("dpop-nonce"));
    let tokens = answer.json();
    assert_eq!(tokens["token_type"], "DPoP");
    let id_token = f.verified(tokens["id_token"].as_str().unwrap(), Alg::ES256).await;
    assert_eq!((&id_token["iss"], &id_token["aud"]), (&json!(ISSUER), &json!(FAPI)));
    let token = tokens["access_token"].as_str().unwrap();
    let claims = f.verified(token, Alg::ES256).await;
    assert_eq!((&claims["cnf"], &claims["token_type"]), (&json!({ "jkt": f.jkt() }), &json!("DPoP")));

    // At userinfo: with the key each time, and with nothing less.
    let proof = f.proof_of(&f.bound, "GET", "/userinfo", &ath(token));
    assert_eq!(f.who("DPoP", token, &[&proof]).await.status, 200);
    let thief = SigningKey::generate(Alg::ES256).unwrap();
    for (scheme, proofs) in [
        ("DPoP", vec![proof]),
        ("DPoP", vec![]),
        ("DPoP", vec![f.proof_of(&thief, "GET", "/userinfo", &ath(token))]),
        ("DPoP", vec![f.proof_of(&f.bound, "POST", "/userinfo", &ath(token))]),
        ("DPoP", vec![f.proof_of(&f.bound, "GET", "/token", &ath(token))]),
        ("DPoP", vec![f.proof_of(&f.bound, "GET", "/userinfo", &json!({}))]),
        ("DPoP", vec![f.proof_of(&f.bound, "GET", "/userinfo", &ath("another"))]),
        ("Bearer", vec![f.proof_of(&f.bound, "GET", "/userinfo", &ath(token))]),
    ] {
        let proofs: Vec<&str> = proofs.iter().map(String::as_str).collect();
        let answer = f.who(scheme, token, &proofs).await;
        assert_eq!(answer.status, 401, "{scheme} {proofs:?}");
        let how = answer.headers["www-authenticate"].to_str().unwrap();
        assert!(how.starts_with("DPoP error=\"inv") && how.contains("algs=\"ES256 PS256 EdDSA\""), "{how}");
    }

    // Its refresh token stays the same, and needs a proof like the code; any key of the client's will do.
    let refresh_token = tokens["refresh_token"].as_str().unwrap();
    for key in [&f.bound, &thief] {
        let answer =
            f.refresh_with(FAPI, refresh_token, &[&f.proof_of(key, "POST", "/token", &json!({}))]).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(answer.json().get("refresh_token"), None);
    }
    refused(&f.refresh_with(FAPI, refresh_token, &[]).await, 400, "invalid_dpop_proof");
}

#[tokio::test]
async fn a_fapi_clients_requests_are_pushed_or_refused() {
    let f = fapi().await;
    let mut browser = f.browser();
    assert_eq!(browser.authorize(FAPI, &[]).await.error(), "invalid_request");
    let posted =
        browser.post("/idporten/authorize", &[("client_id", FAPI), ("redirect_uri", CALLBACK)]).await;
    posted.is_page(400, "");
    // A handle is of its client.
    let handle = f.push(FAPI, &[], &[]).await;
    browser.get(&pushed_address("en", &handle)).await.is_page(400, "invalid_request_uri");
    assert!(browser.get(&pushed_address(FAPI, &handle)).await.is_sign_in());
    // Without redirect_uri there is nothing to push.
    let assertion = f.signed(&f.key, FAPI, &json!({}));
    let form = authorize_form(FAPI, &[("redirect_uri", "")]);
    refused(&f.post_signed("/par", &assertion, &form, &[]).await, 400, "invalid_request");
}

#[tokio::test]
async fn a_fapi_clients_assertion_is_for_the_issuer_alone_and_not_by_rs256() {
    let f = fapi().await;
    let push = async |assertion: String| {
        f.post_signed("/par", &assertion, &authorize_form(FAPI, &[]), &[]).await.status
    };
    let changed = |changes: Value| f.signed(&f.key, FAPI, &changes);
    assert_eq!(push(changed(json!({ "aud": ISSUER }))).await, 201);
    for aud in [
        json!([ISSUER]),
        json!(format!("{ISSUER}/token")),
        json!(format!("{ISSUER}/par")),
        json!(format!("{ISSUER}/")),
    ] {
        assert_eq!(push(changed(json!({ "aud": aud }))).await, 401, "{aud}");
    }
    // Clocks: ten seconds ahead is nothing, a minute is too much.
    let now = f.now();
    for (ahead, status) in [(0, 201), (10, 201), (61, 401)] {
        assert_eq!(push(changed(json!({ "iat": now + ahead, "nbf": now + ahead }))).await, status, "{ahead}");
    }
    // Every algorithm of the profile; RS256 neither with a key that says so nor with one that does not.
    let registrar = f.component.registrar();
    for (alg, status) in [(Alg::PS256, 201), (Alg::EdDSA, 201), (Alg::ES256, 201), (Alg::RS256, 401)] {
        let key = SigningKey::generate(alg).unwrap();
        let jwk = kernel::jose::Jwk { alg: None, ..key.public_jwk().clone() };
        let client = NewClient { security_profile: SecurityProfile::Fapi2, jwks: vec![jwk], ..client(FAPI) };
        registrar.register_client(client).await.unwrap();
        assert_eq!(push(f.signed(&key, FAPI, &json!({}))).await, status, "{alg:?}");
    }
}

#[tokio::test]
async fn registrations_that_contradict_the_profile_are_refused() {
    let f = fapi().await;
    let registrar = f.component.registrar();
    let strict = |client: NewClient| NewClient { security_profile: SecurityProfile::Fapi2, ..client };
    let keyed = || NewClient { jwks: vec![f.key.public_jwk().clone()], ..client("x") };
    assert!(registrar.register_client(strict(keyed())).await.is_ok());
    let secret = NewClient {
        auth_method: AuthMethod::ClientSecretBasic,
        secret: Some(SECRET.to_owned()),
        jwks: Vec::new(),
        ..keyed()
    };
    let public = NewClient {
        application_type: ApplicationType::Browser,
        auth_method: AuthMethod::None,
        jwks: Vec::new(),
        ..keyed()
    };
    let rs256 = NewClient { jwks: vec![rsa_key().public_jwk().clone()], ..keyed() };
    let weak = NewClient { id_token_signed_response_alg: Some(Alg::RS256), ..keyed() };
    for client in [secret, public, rs256, weak] {
        assert!(registrar.register_client(strict(client)).await.is_err());
    }
    let unknown = NewClient { id_token_signed_response_alg: Some(Alg::RS512), ..keyed() };
    assert!(registrar.register_client(unknown).await.is_err());
}

#[tokio::test]
async fn a_proof_serves_once_and_only_here_and_now() {
    let f = fapi().await;
    let code = f.code(FAPI, &[], &[]).await;
    let other = SigningKey::generate(Alg::RS256).unwrap();
    let now = f.now();
    let good = f.proof("/token", &json!({}));
    let bad = [
        vec![],
        vec![good.clone(), good.clone()],
        vec!["x".to_owned()],
        vec![f.proof("/par", &json!({}))],
        vec![f.proof("/token", &json!({ "htm": "GET" }))],
        vec![f.proof("/token", &json!({ "iat": now - 61 }))],
        vec![f.proof("/token", &json!({ "iat": now + 61 }))],
        vec![f.proof("/token", &json!({ "jti": "" }))],
        vec![f.proof_of(&other, "POST", "/token", &json!({}))],
    ];
    for proofs in bad {
        let proofs: Vec<&str> = proofs.iter().map(String::as_str).collect();
        refused(&f.bring(FAPI, &code, &proofs).await, 400, "invalid_dpop_proof");
    }
    // A nonce that nobody gave is answered with one.
    let answer = f.bring(FAPI, &code, &[&f.proof("/token", &json!({ "nonce": "made-up" }))]).await;
    refused(&answer, 400, "use_dpop_nonce");
    let nonce = answer.headers["dpop-nonce"].to_str().unwrap();
    // None of that has used the code up, or the good proof. Both serve once.
    assert_eq!(f.bring(FAPI, &code, &[&good]).await.status, 200);
    let code = f.code(FAPI, &[], &[]).await;
    refused(&f.bring(FAPI, &code, &[&good]).await, 400, "invalid_dpop_proof");
    let with_nonce = f.proof("/token", &json!({ "nonce": nonce }));
    let proofs = [with_nonce.as_str()];
    let (one, two) = tokio::join!(f.bring(FAPI, &code, &proofs), f.bring(FAPI, &code, &proofs));
    let mut answers = [one.status, two.status];
    answers.sort_unstable();
    assert_eq!(answers, [200, 400]);
}

#[tokio::test]
async fn a_code_can_be_bound_to_the_key_beforehand() {
    let f = fapi().await;
    let thief = SigningKey::generate(Alg::ES256).unwrap();
    let jkt = f.jkt();
    // By the parameter, and by a proof with the pushed request.
    let pushed = f.proof("/par", &json!({}));
    for (changes, proofs) in [(vec![("dpop_jkt", jkt.as_str())], vec![]), (vec![], vec![pushed.as_str()])] {
        let code = f.code(FAPI, &changes, &proofs).await;
        let stolen = f.bring(FAPI, &code, &[&f.proof_of(&thief, "POST", "/token", &json!({}))]).await;
        refused(&stolen, 400, "invalid_grant");
        assert_eq!(f.bring(FAPI, &code, &[&f.proof("/token", &json!({}))]).await.status, 200);
    }
    // The two must agree, and a thumbprint look like one.
    let push = async |changes: &[(&str, &str)], proof: &str| {
        let assertion = f.signed(&f.key, FAPI, &json!({}));
        f.post_signed("/par", &assertion, &authorize_form(FAPI, changes), &[proof]).await
    };
    let contradictory = push(&[("dpop_jkt", &jkt)], &f.proof_of(&thief, "POST", "/par", &json!({}))).await;
    refused(&contradictory, 400, "invalid_dpop_proof");
    refused(
        &push(&[("dpop_jkt", "short")], &f.proof("/par", &json!({ "htm": "PUT" }))).await,
        400,
        "invalid_dpop_proof",
    );
    assert_eq!(f.browser().authorize("en", &[("dpop_jkt", "short")]).await.error(), "invalid_request");
    // Also a client that is held to nothing, at the plain endpoint: its code is worth nothing without the key.
    let code = f.browser().sign_in("en", kari(), &[("dpop_jkt", &jkt)]).await;
    refused(&f.exchange("en", &code, &[]).await, 400, "invalid_grant");
}

#[tokio::test]
async fn a_client_can_be_asked_for_a_nonce_each_time() {
    let f = fapi().await;
    let mut browser = f.browser();
    let code = browser.sign_in(BOUND, kari(), &[]).await;
    refused(&f.bring(BOUND, &code, &[]).await, 400, "invalid_dpop_proof");
    let answer = f.bring(BOUND, &code, &[&f.proof("/token", &json!({}))]).await;
    refused(&answer, 400, "use_dpop_nonce");
    let nonce = answer.headers["dpop-nonce"].to_str().unwrap().to_owned();
    let answer = f.bring(BOUND, &code, &[&f.proof("/token", &json!({ "nonce": nonce }))]).await;
    assert_eq!((answer.status, &answer.json()["token_type"]), (200, &json!("DPoP")), "{}", answer.body);
    // It is not held to FAPI: its tokens are signed as everybody's.
    f.verified(answer.json()["access_token"].as_str().unwrap(), Alg::RS256).await;
    // After ten minutes the nonce is no longer taken.
    f.clock.advance(SignedDuration::from_mins(10));
    let code = browser.authorize(BOUND, &[]).await.code();
    let answer = f.bring(BOUND, &code, &[&f.proof("/token", &json!({ "nonce": nonce }))]).await;
    refused(&answer, 400, "use_dpop_nonce");
}

#[tokio::test]
async fn a_public_clients_refresh_token_is_worth_something_with_its_key_alone() {
    let f = fapi().await;
    let code = f.browser().sign_in(APP, kari(), &[]).await;
    let answer = f.send("/token", &code_form(APP, &code), &[&f.proof("/token", &json!({}))]).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let exposed = answer.headers["access-control-expose-headers"].to_str().unwrap();
    assert!(exposed.contains("dpop-nonce"), "{exposed}");
    let first = answer.json()["refresh_token"].as_str().unwrap().to_owned();
    let thief = SigningKey::generate(Alg::ES256).unwrap();
    refused(&f.refresh_with(APP, &first, &[]).await, 400, "invalid_grant");
    let stolen = f.refresh_with(APP, &first, &[&f.proof_of(&thief, "POST", "/token", &json!({}))]).await;
    refused(&stolen, 400, "invalid_grant");
    // The thief has used nothing up; what replaces the token is bound to the same key.
    let answer = f.refresh_with(APP, &first, &[&f.proof("/token", &json!({}))]).await;
    assert_eq!((answer.status, &answer.json()["token_type"]), (200, &json!("DPoP")), "{}", answer.body);
    let second = answer.json()["refresh_token"].as_str().unwrap().to_owned();
    assert_ne!(first, second);
    let stolen = f.refresh_with(APP, &second, &[&f.proof_of(&thief, "POST", "/token", &json!({}))]).await;
    refused(&stolen, 400, "invalid_grant");
    assert_eq!(f.refresh_with(APP, &second, &[&f.proof("/token", &json!({}))]).await.status, 200);
}

#[tokio::test]
async fn each_client_gets_the_signature_that_it_is_registered_with() {
    let f = fapi().await;
    let jwks = f.get("/idporten/jwks.json").await.json();
    let algs: Vec<&str> =
        jwks["keys"].as_array().unwrap().iter().map(|key| key["alg"].as_str().unwrap()).collect();
    for alg in ["RS256", "ES256", "EdDSA"] {
        assert!(algs.contains(&alg), "{algs:?}");
    }
    let mut browser = f.browser();
    let code = browser.sign_in("eddsa", kari(), &[]).await;
    let tokens = f.bring("eddsa", &code, &[]).await.json();
    assert_eq!(tokens["token_type"], "Bearer");
    let id_token = tokens["id_token"].as_str().unwrap();
    f.verified(id_token, Alg::EdDSA).await;
    // A signed answer is signed by the same, and an id token by any of them ends the session.
    let answer = browser.authorize("eddsa", &[("response_mode", "query.jwt")]).await;
    let claims = f.verified(&answer.sent()["response"], Alg::EdDSA).await;
    assert_eq!((&claims["iss"], &claims["aud"]), (&json!(ISSUER), &json!("eddsa")));
    let out = form(&[("id_token_hint", id_token), ("post_logout_redirect_uri", OUT)]);
    let answer = browser.get(&format!("/idporten/logout?{out}")).await;
    assert_eq!((answer.status, answer.location()), (303, OUT));
}

#[tokio::test]
async fn introspection_says_which_key_a_token_is_bound_to() {
    let f = fapi().await;
    let registrar = f.component.registrar();
    let scopes = ["openid", "test:ugjennomsiktig"].map(str::to_owned).to_vec();
    registrar
        .register_client(NewClient {
            security_profile: SecurityProfile::Fapi2,
            scopes,
            jwks: vec![f.key.public_jwk().clone()],
            ..client(FAPI)
        })
        .await
        .unwrap();
    let code = f.code(FAPI, &[("scope", "openid test:ugjennomsiktig")], &[]).await;
    let token = f.bring(FAPI, &code, &[&f.proof("/token", &json!({}))]).await.json();
    let fields = [("token", token["access_token"].as_str().unwrap())];
    let known = f.post_as("oppslag", "/idporten/token/introspect", &fields).await.json();
    assert_eq!((&known["active"], &known["token_type"]), (&json!(true), &json!("DPoP")));
    assert_eq!(known["cnf"], json!({ "jkt": f.jkt() }));
}

#[tokio::test]
async fn a_code_lives_for_a_minute_and_authorize_is_closed_to_scripts_elsewhere() {
    let f = fapi().await;
    let code = f.code(FAPI, &[], &[]).await;
    f.clock.advance(SignedDuration::from_secs(60));
    refused(&f.bring(FAPI, &code, &[&f.proof("/token", &json!({}))]).await, 400, "invalid_grant");
    let answer = f.browser().authorize("en", &[]).await;
    assert!(!answer.headers.contains_key("access-control-allow-origin"));
    let announced = f.get("/idporten/.well-known/openid-configuration").await.json();
    assert_eq!(announced["dpop_signing_alg_values_supported"], json!(["ES256", "PS256", "EdDSA"]));
    assert_eq!(announced["authorization_response_iss_parameter_supported"], true);
}

#[tokio::test]
async fn when_a_key_may_be_known_to_others_nothing_that_it_signed_is_worth_anything() {
    let f = fapi().await;
    let mut browser = f.browser();
    let code = browser.sign_in("fornyer", kari(), &[]).await;
    let before = f.tokens("fornyer", &code).await;
    let known = f.get("/idporten/jwks.json").await.json();
    f.component.replace_keys().await.unwrap();
    let now = f.get("/idporten/jwks.json").await;
    let keys = KeySet::parse(now.body.as_bytes()).unwrap();
    assert_eq!(now.json()["keys"].as_array().unwrap().len(), 3);
    for key in known["keys"].as_array().unwrap() {
        assert!(keys.get(key["kid"].as_str().unwrap()).is_none());
    }
    assert!(kernel::jose::verify(&before.access_token, &keys, &[Alg::RS256]).is_err());
    assert_eq!(f.userinfo(&before.access_token).await.status, 401);
    refused(&f.refresh("fornyer", &before.refresh_token.unwrap()).await, 400, "invalid_grant");
    // The person goes on without signing in again.
    let code = browser.authorize("fornyer", &[]).await.code();
    assert_eq!(f.userinfo(&f.tokens("fornyer", &code).await.access_token).await.status, 200);
}
