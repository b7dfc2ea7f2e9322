//! What the plan of the conformance suite for the FAPI 2.0 Security Profile tries and `fapi.rs` does not: each test is named
//! by rows of `docs/conformance.md`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that meets the unexpected stops")]

mod common;

use axum::body::Body;
use axum::http::Request;
use clients::idporten::ASSERTION_TYPE;
use common::fapi::*;
use common::*;
use idporten::{NewClient, SecurityProfile};
use jiff::SignedDuration;
use kernel::jose::{Alg, SigningKey};
use serde_json::{Value, json};

impl Fapi {
    /// Pushes a request with `changes`, and gives the answer.
    async fn try_push(&self, changes: &[(&str, &str)]) -> Answer {
        let assertion = self.signed(&self.key, FAPI, &json!({}));
        self.post_signed("/par", &assertion, &authorize_form(FAPI, changes), &[]).await
    }

    /// From an address to the parameters of the answer, signing in.
    async fn answered(&self, address: &str) -> std::collections::BTreeMap<String, String> {
        let mut browser = self.browser();
        let answer = browser.get(address).await;
        browser.sign_in_at(&answer, kari(), &[]).await.callback()
    }

    /// The tokens for a code.
    async fn tokens_for(&self, code: &str) -> Value {
        let answer = self.bring(FAPI, code, &[&self.proof("/token", &json!({}))]).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()
    }

    async fn id_token(&self, tokens: &Value) -> Value {
        self.verified(tokens["id_token"].as_str().unwrap(), Alg::ES256).await
    }

    /// Userinfo with a proof of `more` claims.
    async fn who_with(&self, token: &str, more: &Value) -> Answer {
        let mut claims = ath(token);
        claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.who("DPoP", token, &[&self.proof_of(&self.bound, "GET", "/userinfo", &claims)]).await
    }
}

#[tokio::test]
async fn a_pushed_request_serves_until_a_sign_in_with_it_has_ended() {
    let f = fapi().await;
    let handle = f.push(FAPI, &[], &[]).await;
    let address = pushed_address(FAPI, &handle);
    // The page is loaded again, here and by somebody who has got hold of the address, before anybody has signed in.
    let (mut browser, mut other) = (f.browser(), f.browser());
    let (first, second) = (browser.get(&address).await, browser.get(&address).await);
    let elsewhere = other.get(&address).await;
    let code = browser.sign_in_at(&second, kari(), &[]).await.code();
    f.tokens_for(&code).await;
    // Then it is used, however it comes: by the address, by the other page of the same person, or by somebody else's.
    browser.get(&address).await.is_page(400, "invalid_request_uri");
    browser.sign_in_at(&first, kari(), &[]).await.is_page(400, "login_required");
    other.sign_in_at(&elsewhere, ola(), &[]).await.is_page(400, "login_required");

    // Where a session is enough, it is used when it is opened; of two at once, one gets the code.
    let address = pushed_address(FAPI, &f.push(FAPI, &[], &[]).await);
    let mut twin = f.browser();
    twin.cookies.clone_from(&browser.cookies);
    let (one, two) = tokio::join!(browser.get(&address), twin.get(&address));
    let mut answers = [one.status, two.status];
    answers.sort_unstable();
    assert_eq!(answers, [302, 400]);
    // Who cancels has ended it, too.
    let address = pushed_address(FAPI, &f.push(FAPI, &[("prompt", "login")], &[]).await);
    let page = browser.get(&address).await;
    let id = page.sent()["id"].clone();
    let cancelled = browser.post("/idporten/innlogging", &[("id", &id), ("avbryt", "1")]).await;
    assert_eq!((cancelled.status, cancelled.error().as_str()), (303, "access_denied"));
    browser.get(&address).await.is_page(400, "invalid_request_uri");
}

#[tokio::test]
async fn a_pushed_request_that_has_expired_is_worth_nothing() {
    let f = fapi().await;
    let address = pushed_address(FAPI, &f.push(FAPI, &[], &[]).await);
    let mut browser = f.browser();
    // Opened in time, it may be answered after its own end.
    let opened = browser.get(&address).await;
    f.clock.advance(SignedDuration::from_secs(120));
    browser.get(&address).await.is_page(400, "invalid_request_uri");
    f.tokens_for(&browser.sign_in_at(&opened, kari(), &[]).await.code()).await;
}

#[tokio::test]
async fn what_stands_beside_a_pushed_request_counts_for_nothing() {
    let f = fapi().await;
    let beside =
        |handle: &str, more: &[(&str, &str)]| format!("{}&{}", pushed_address(FAPI, handle), form(more));
    let handle = f.push(FAPI, &[], &[]).await;
    let more = [
        ("state", "en annen"),
        ("nonce", "en annen"),
        ("scope", "openid"),
        ("redirect_uri", "https://ond.example"),
    ];
    let sent = f.answered(&beside(&handle, &more)).await;
    assert_eq!(sent["state"], "s");
    let tokens = f.tokens_for(&sent["code"]).await;
    assert_eq!(tokens["scope"], "openid profile");
    assert_eq!(f.id_token(&tokens).await["nonce"], "n");
    // Where none was pushed, none comes back.
    let handle = f.push(FAPI, &[("state", "")], &[]).await;
    let sent = f.answered(&beside(&handle, &[("state", "utenfor")])).await;
    assert!(!sent.contains_key("state") && sent.contains_key("code"), "{sent:?}");
}

#[tokio::test]
async fn state_and_nonce_may_be_left_out_or_long() {
    let f = fapi().await;
    let long = |length: usize| "Aa0-_.~z".chars().cycle().take(length).collect::<String>();
    for (state, nonce) in [
        ("", "n"),
        ("s", ""),
        ("", ""),
        ("s", &long(64)),
        ("s", &long(384)),
        (&long(1000), "n"),
        (&long(4096), &long(4096)),
    ] {
        let handle = f.push(FAPI, &[("state", state), ("nonce", nonce)], &[]).await;
        let sent = f.answered(&pushed_address(FAPI, &handle)).await;
        let there = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        assert_eq!(sent.get("state"), there(state).as_ref());
        // 256 bits that nobody can guess.
        assert!(sent["code"].len() >= 43);
        let id_token = f.id_token(&f.tokens_for(&sent["code"]).await).await;
        assert_eq!(id_token.get("nonce").and_then(Value::as_str), there(nonce).as_deref());
    }
    for name in ["state", "nonce"] {
        refused(&f.try_push(&[(name, &long(4097))]).await, 400, "invalid_request");
    }
}

#[tokio::test]
async fn only_what_the_profile_allows_is_pushed() {
    let f = fapi().await;
    for (name, value, error) in [
        ("response_type", "code id_token", "unsupported_response_type"),
        ("response_type", "token", "unsupported_response_type"),
        ("response_type", "id_token", "unsupported_response_type"),
        ("response_type", "", "invalid_request"),
        ("redirect_uri", "", "invalid_request"),
        ("redirect_uri", "https://tjeneste.example/ikke-registrert", "invalid_request"),
        ("code_challenge", "", "invalid_request"),
        ("code_challenge_method", "", "invalid_request"),
        ("code_challenge_method", "plain", "invalid_request"),
        ("request_uri", "urn:idporten:x", "invalid_request"),
        ("request_uri", "https://tjeneste.example/request.jwt", "invalid_request"),
        ("request", "eyJhbGciOiJub25lIn0.e30.", "request_not_supported"),
    ] {
        refused(&f.try_push(&[(name, value)]).await, 400, error);
    }
    // The suite pushes a verifier as its own challenge.
    let plain = [("code_challenge", VERIFIER), ("code_challenge_method", "plain")];
    refused(&f.try_push(&plain).await, 400, "invalid_request");
    let form = authorize_form(FAPI, &[]);
    for method in ["PUT", "GET", "DELETE"] {
        let request = Request::builder().method(method).uri("/idporten/par");
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        assert_eq!(
            send(&f.router, request.body(Body::from(form.clone())).unwrap()).await.status,
            405,
            "{method}"
        );
    }
    assert_eq!(f.try_push(&[]).await.status, 201);
}

#[tokio::test]
async fn claims_that_are_asked_for_change_nothing() {
    let f = fapi().await;
    let announced = f.get("/idporten/.well-known/openid-configuration").await.json();
    assert_eq!(announced["claims_parameter_supported"], false);
    let claims = r#"{"userinfo":{"name":{"essential":true},"pid":null},"id_token":{"locale":{"value":"se"}},"ukjent":1}"#;
    for claims in ["", claims, "ikke json"] {
        let handle = f.push(FAPI, &[("claims", claims)], &[]).await;
        let tokens = f.tokens_for(&f.answered(&pushed_address(FAPI, &handle)).await["code"]).await;
        let id_token = f.id_token(&tokens).await;
        assert_eq!((&id_token["pid"], &id_token["locale"]), (&json!(kari()), &json!("nb")));
        let info = f.who_with(tokens["access_token"].as_str().unwrap(), &json!({})).await.json();
        assert_eq!(info, json!({ "sub": id_token["sub"], "pid": kari(), "locale": "nb" }));
    }
}

#[tokio::test]
async fn a_proof_that_says_when_it_begins_and_ends_is_held_to_it() {
    let f = fapi().await;
    let code = f.code(FAPI, &[], &[]).await;
    let now = f.now();
    for more in
        [json!({ "nbf": now + 61 }), json!({ "exp": now }), json!({ "nbf": now - 600, "exp": now - 300 })]
    {
        refused(&f.bring(FAPI, &code, &[&f.proof("/token", &more)]).await, 400, "invalid_dpop_proof");
    }
    let lasting = json!({ "nbf": now, "exp": now + 300 });
    let answer = f.bring(FAPI, &code, &[&f.proof("/token", &lasting)]).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let token = answer.json()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(f.who_with(&token, &lasting).await.status, 200);
    assert_eq!(f.who_with(&token, &json!({ "exp": now })).await.status, 401);
    // Ten seconds to either side are nothing, an hour is.
    for (iat, status) in [(now - 10, 200), (now + 10, 200), (now - 3600, 401), (now + 3600, 401)] {
        assert_eq!(f.who_with(&token, &json!({ "iat": iat })).await.status, status, "{iat}");
    }
}

#[tokio::test]
async fn what_is_shown_at_userinfo_is_read_as_the_standards_say() {
    let f = fapi().await;
    let tokens = f.tokens_for(&f.code(FAPI, &[], &[]).await).await;
    let token = tokens["access_token"].as_str().unwrap();
    let proof = |more: &Value| {
        let mut claims = ath(token);
        claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        f.proof_of(&f.bound, "GET", "/userinfo", &claims)
    };
    // The scheme's name in any case (RFC 9110 § 11.1), the address without query and fragment, and what nobody knows.
    for scheme in ["DPoP", "dPOP", "DPOP", "dpop"] {
        assert_eq!(f.who(scheme, token, &[&proof(&json!({}))]).await.status, 200, "{scheme}");
    }
    let htu = |end: &str| json!({ "htu": format!("{ISSUER}{end}"), "ukjent": { "a": [1] } });
    for (end, status) in [
        ("/userinfo?a=b", 200),
        ("/userinfo#a", 200),
        ("/x/../userinfo", 200),
        ("/token", 401),
        ("/userinfo/", 401),
    ] {
        assert_eq!(f.who_with(token, &htu(end)).await.status, status, "{end}");
    }
    let once = proof(&json!({ "jti": "den-samme" }));
    assert_eq!(f.who("DPoP", token, &[&once]).await.status, 200);
    assert_eq!(f.who("DPoP", token, &[&once]).await.status, 401);
    let again = proof(&json!({ "jti": "den-samme", "iat": f.now() - 1 }));
    assert_eq!(f.who("DPoP", token, &[&again]).await.status, 401);
    let (one, two) = (proof(&json!({})), proof(&json!({})));
    assert_eq!(f.who("DPoP", token, &[&one, &two]).await.status, 401);
    for (broken, name) in [
        (json!({ "htm": "PUT" }), "htm"),
        (json!({ "htm": null }), "htm"),
        (json!({ "htu": null }), "htu"),
        (json!({ "iat": null }), "iat"),
        (json!({ "jti": null }), "jti"),
        (json!({ "ath": null }), "ath"),
        (json!({ "ath": challenge("en annen") }), "ath"),
    ] {
        let answer = f.who("DPoP", token, &[&proof(&broken)]).await;
        assert_eq!(answer.status, 401, "{name}");
        let how = answer.headers["www-authenticate"].to_str().unwrap().to_owned();
        assert!(how.contains("error=\"invalid_dpop_proof\""), "{name}: {how}");
    }
    // Never in an address.
    let request =
        Request::get(format!("/idporten/userinfo?access_token={token}")).header("dpop", proof(&json!({})));
    assert_eq!(send(&f.router, request.body(Body::empty()).unwrap()).await.status, 401);
}

#[tokio::test]
async fn an_assertion_that_is_wrong_in_any_way_shows_nobody() {
    let f = fapi().await;
    let now = f.now();
    let par = |assertion: String| {
        let f = &f;
        async move { f.post_signed("/par", &assertion, &authorize_form(FAPI, &[]), &[]).await }
    };
    for changes in [
        json!({ "sub": null }),
        json!({ "sub": "en-annen" }),
        json!({ "iss": null }),
        json!({ "iss": "en-annen" }),
        json!({ "aud": null }),
        json!({ "aud": "https://ond.example" }),
        json!({ "aud": format!("{ISSUER}/par") }),
        json!({ "aud": format!("{ISSUER}/token") }),
        json!({ "aud": [ISSUER, "https://ond.example"] }),
        json!({ "aud": [ISSUER] }),
        json!({ "exp": now - 300 }),
        json!({ "exp": now }),
        json!({ "exp": null }),
        json!({ "iat": now + 61, "nbf": now + 61, "exp": now + 120 }),
        json!({ "nbf": now + 61 }),
        json!({ "jti": null }),
    ] {
        let answer = par(f.signed(&f.key, FAPI, &changes)).await;
        assert_eq!((answer.status, &answer.json()["error"]), (401, &json!("invalid_client")), "{changes}");
    }
    let ahead = json!({ "iat": now + 8, "nbf": now + 8 });
    assert_eq!(par(f.signed(&f.key, FAPI, &ahead)).await.status, 201);

    // Unsigned, signed by another, with a changed signature, by an algorithm that the profile does not have.
    let good = f.signed(&f.key, FAPI, &json!({}));
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let (_, claims) = signed.split_once('.').unwrap();
    let flipped = if signature.starts_with('A') { "B" } else { "A" };
    let stranger = SigningKey::generate(Alg::ES256).unwrap();
    for wrong in [
        format!("eyJhbGciOiJub25lIn0.{claims}."),
        format!("{signed}.{flipped}{}", &signature[1..]),
        format!("{signed}."),
        f.signed(&stranger, FAPI, &json!({})),
        "x".to_owned(),
    ] {
        refused(&par(wrong).await, 401, "invalid_client");
    }
    let form = authorize_form(FAPI, &[]);
    for (kind, assertion, status, error) in [
        (None, None, 401, "invalid_client"),
        (None, Some(good.as_str()), 400, "invalid_request"),
        (
            Some("urn:ietf:params:oauth:client-assertion-type:saml2-bearer"),
            Some(good.as_str()),
            400,
            "invalid_request",
        ),
        (Some(ASSERTION_TYPE), None, 401, "invalid_client"),
    ] {
        let mut body = form.clone();
        for (name, value) in [("client_assertion_type", kind), ("client_assertion", assertion)] {
            body.extend(value.map(|value| format!("&{}", common::form(&[(name, value)]))));
        }
        refused(&f.send("/par", &body, &[]).await, status, error);
    }
    // The good one was never used up.
    assert_eq!(par(good.clone()).await.status, 201);
    refused(&par(good).await, 401, "invalid_client");
}

#[tokio::test]
async fn nobody_gets_tokens_without_showing_who_they_are() {
    let f = fapi().await;
    let other = SigningKey::generate(Alg::ES256).unwrap();
    let registered = NewClient {
        security_profile: SecurityProfile::Fapi2,
        jwks: vec![other.public_jwk().clone()],
        ..client("fapi2")
    };
    f.component.registrar().register_client(registered).await.unwrap();
    let code = f.code(FAPI, &[], &[]).await;
    let proof = || f.proof("/token", &json!({}));
    let now = f.now();
    refused(&f.send("/token", &code_form(FAPI, &code), &[&proof()]).await, 401, "invalid_client");
    for changes in
        [json!({ "exp": now - 300 }), json!({ "sub": null }), json!({ "aud": format!("{ISSUER}/token") })]
    {
        let assertion = f.signed(&f.key, FAPI, &changes);
        let answer = f.post_signed("/token", &assertion, &code_form(FAPI, &code), &[&proof()]).await;
        refused(&answer, 401, "invalid_client");
    }
    // Another client's id with this one's key, this one's id with another's assertion, and another who is who they say.
    for (key, claimed, named, status, error) in [
        (&f.key, "fapi2", "fapi2", 401, "invalid_client"),
        (&other, "fapi2", FAPI, 401, "invalid_client"),
        (&other, "fapi2", "fapi2", 400, "invalid_grant"),
    ] {
        let assertion = f.signed(key, claimed, &json!({}));
        let answer = f.post_signed("/token", &assertion, &code_form(named, &code), &[&proof()]).await;
        refused(&answer, status, error);
    }
    // A verifier must be there, and be the one.
    let without = code_form(FAPI, &code).replace(&format!("&code_verifier={VERIFIER}"), "");
    let wrong = code_form(FAPI, &code).replace(VERIFIER, &"a".repeat(43));
    for form in [without, wrong] {
        let assertion = f.signed(&f.key, FAPI, &json!({}));
        refused(&f.post_signed("/token", &assertion, &form, &[&proof()]).await, 400, "invalid_grant");
    }
    // None of that used the code up. The same holds of the refresh token.
    let tokens = f.tokens_for(&code).await;
    let refresh_token = tokens["refresh_token"].as_str().unwrap();
    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh_token), ("client_id", FAPI)];
    refused(&f.send("/token", &form(&fields), &[&proof()]).await, 401, "invalid_client");
    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh_token), ("client_id", "fapi2")];
    let answer =
        f.post_signed("/token", &f.signed(&other, "fapi2", &json!({})), &form(&fields), &[&proof()]).await;
    refused(&answer, 400, "unauthorized_client");
    assert_eq!(f.refresh_with(FAPI, refresh_token, &[&proof()]).await.status, 200);
    // A code that comes a second time takes all of it back.
    refused(&f.bring(FAPI, &code, &[&proof()]).await, 400, "invalid_grant");
    assert_eq!(f.who_with(tokens["access_token"].as_str().unwrap(), &json!({})).await.status, 401);
    refused(&f.refresh_with(FAPI, refresh_token, &[&proof()]).await, 400, "invalid_grant");
}

#[tokio::test]
async fn a_person_who_will_not_goes_back_with_an_error_and_a_query_stays() {
    let f = fapi().await;
    // The suite's second client comes back to an address with a query.
    let query = "https://tjeneste.example/tilbake?dummy1=lorem&dummy2=ipsum";
    let registered = NewClient {
        security_profile: SecurityProfile::Fapi2,
        jwks: vec![f.key.public_jwk().clone()],
        redirect_uris: vec![query.to_owned()],
        ..client("fapi2")
    };
    f.component.registrar().register_client(registered).await.unwrap();
    let handle = f.push("fapi2", &[("redirect_uri", query)], &[]).await;
    let mut browser = f.browser();
    let page = browser.get(&pushed_address("fapi2", &handle)).await;
    let id = page.sent()["id"].clone();
    let answer = browser.post("/idporten/innlogging", &[("id", &id), ("avbryt", "1")]).await;
    assert!(answer.location().starts_with(&format!("{query}&")), "{}", answer.location());
    let sent = answer.sent();
    assert_eq!(
        (sent["error"].as_str(), sent["state"].as_str(), sent["iss"].as_str()),
        ("access_denied", "s", ISSUER)
    );
    assert_eq!((sent["dummy1"].as_str(), sent["dummy2"].as_str()), ("lorem", "ipsum"));
}
