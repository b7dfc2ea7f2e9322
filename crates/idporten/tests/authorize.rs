//! What a client may ask for, and how it is told that it may not.

mod common;

use common::*;
use kernel::jose::{Alg, KeySet};
use serde_json::Value;

#[tokio::test]
async fn a_wrong_client_or_address_is_shown_and_sent_nowhere() {
    let f = fixture().await;
    let mut browser = f.browser();
    for (client, changes) in [
        ("ukjent", vec![]),
        ("", vec![]),
        ("en", vec![("redirect_uri", "")]),
        ("en", vec![("redirect_uri", "https://ond.example/tilbake")]),
        ("en", vec![("redirect_uri", "https://tjeneste.example/tilbake/")]),
        ("en", vec![("redirect_uri", "https://tjeneste.example/tilbake?x=1")]),
        ("en", vec![("redirect_uri", "HTTPS://tjeneste.example/tilbake")]),
        ("app", vec![]),
        ("app", vec![("redirect_uri", "http://127.0.0.1:1@ond.example/tilbake")]),
        ("app", vec![("redirect_uri", "http://localhost:1/tilbake")]),
    ] {
        browser.authorize(client, &changes).await.is_page(400, "ikke godtar");
    }
    let twice = format!("{}&client_id=to", authorize_address("en", &[]));
    browser.get(&twice).await.is_page(400, "client_id is repeated");
    let twice = format!("{}&redirect_uri=x", authorize_address("en", &[]));
    browser.get(&twice).await.is_page(400, "redirect_uri is repeated");
    f.component.registrar().deactivate_client("en").await.unwrap();
    browser.authorize("en", &[]).await.is_page(400, "no such client");
}

#[tokio::test]
async fn whatever_else_is_wrong_goes_back_to_the_client() {
    let f = fixture().await;
    let mut browser = f.browser();
    let padded = format!("{CHALLENGE}=");
    for (name, value, error) in [
        ("response_type", "", "invalid_request"),
        ("response_type", "token", "unsupported_response_type"),
        ("response_type", "code id_token", "unsupported_response_type"),
        ("response_mode", "fragment", "invalid_request"),
        ("scope", "", "invalid_scope"),
        ("scope", "openid test:api", "invalid_scope"),
        ("scope", "openid ukjent", "invalid_scope"),
        ("scope", "openid email", "invalid_scope"),
        ("scope", "openid profile email address phone", "invalid_scope"),
        ("code_challenge", "", "invalid_request"),
        ("code_challenge", &padded, "invalid_request"),
        ("code_challenge", "kort", "invalid_request"),
        ("code_challenge_method", "", "invalid_request"),
        ("code_challenge_method", "plain", "invalid_request"),
        ("acr_values", "Level4", "invalid_request"),
        ("acr_values", "Level3", "invalid_request"),
        ("prompt", "none login", "invalid_request"),
        ("prompt", "annet", "invalid_request"),
        ("prompt", "none", "login_required"),
        ("max_age", "-1", "invalid_request"),
        ("max_age", "x", "invalid_request"),
        ("request", "eyJ", "request_not_supported"),
        ("authorization_details", "[]", "invalid_authorization_details"),
        ("onbehalfof", "kunde", "invalid_request"),
        ("resource", "ikke-absolutt", "invalid_target"),
        ("resource", "https://api.example/#x", "invalid_target"),
    ] {
        let answer = browser.authorize("en", &[(name, value)]).await;
        assert_eq!((answer.status, answer.error().as_str()), (302, error), "{name}={value}");
        let sent = answer.callback();
        assert_eq!(sent["state"], "s");
        assert!(sent["error_description"].contains("(correlation_id: "));
        assert!(!sent.contains_key("code"));
    }
    let twice = format!("{}&scope=openid", authorize_address("en", &[]));
    assert_eq!(browser.get(&twice).await.error(), "invalid_request");
    // Some must send state and nonce; the others may leave them out, since PKCE is there.
    for name in ["state", "nonce"] {
        assert_eq!(browser.authorize("streng", &[(name, "")]).await.error(), "invalid_request");
        let to = ("redirect_uri", "http://127.0.0.1:5000/tilbake");
        let answer = browser.authorize("app", &[to, (name, "")]).await;
        assert_eq!(answer.sent()["error"], "invalid_request");
    }
    assert!(browser.authorize("en", &[("state", ""), ("nonce", "")]).await.is_sign_in());
    // Hints and what nobody knows are no fault.
    assert!(
        browser
            .authorize("en", &[("login_hint", "eidas:true"), ("ukjent", "1"), ("display", "page")])
            .await
            .is_sign_in()
    );
}

#[tokio::test]
async fn a_native_client_comes_back_on_any_port_of_the_machine() {
    let f = fixture().await;
    let mut browser = f.browser();
    for to in ["http://127.0.0.1:5000/tilbake", "no.example.app:/tilbake"] {
        let answer = browser.authorize("app", &[("redirect_uri", to), ("prompt", "login")]).await;
        let page = browser.get(answer.location()).await;
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        let origin = if to.starts_with("http") { "http://127.0.0.1:5000;" } else { "no.example.app:;" };
        assert!(policy.contains(&format!("form-action 'self' {origin}")), "{policy}");
        let back = browser.sign_in_at(&answer, kari(), &[]).await;
        assert!(back.location().starts_with(&format!("{to}?code=")), "{}", back.location());
        let fields = [
            ("client_id", "app"),
            ("grant_type", "authorization_code"),
            ("code", &back.sent()["code"]),
            ("redirect_uri", to),
            ("code_verifier", VERIFIER),
        ];
        let answer = f.post("/idporten/token", &fields).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let access = f.claims(answer.json()["access_token"].as_str().unwrap()).await;
        assert_eq!(access["client_amr"], "none");
    }
}

#[tokio::test]
async fn a_form_is_taken_up_by_get() {
    let f = fixture().await;
    let mut browser = f.browser();
    browser.sign_in("en", kari(), &[]).await;
    let usual =
        [("response_type", "code"), ("redirect_uri", CALLBACK), ("scope", "openid"), ("state", "a&b")];
    let pkce = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
    let fields = [&[("client_id", "en")][..], &usual, &pkce].concat();
    let onwards = browser.post("/idporten/authorize", &fields).await;
    assert_eq!(onwards.status, 303);
    assert!(!onwards.location().contains("scope"));
    let back = browser.get(onwards.location()).await;
    assert_eq!(back.callback()["state"], "a&b");
    f.tokens("en", &back.code()).await;
    let wrong = [&[("client_id", "to"), ("redirect_uri", "https://ond.example")][..], &pkce].concat();
    browser.post("/idporten/authorize", &wrong).await.is_page(400, "ikke godtar");
}

#[tokio::test]
async fn the_answer_comes_in_the_mode_asked_for() {
    let f = fixture().await;
    let mut browser = f.browser();
    browser.sign_in("en", kari(), &[]).await;
    let page = browser.authorize("en", &[("response_mode", "form_post"), ("state", "\"><script>")]).await;
    page.is_page(200, "method=\"post\" action=\"https://tjeneste.example/tilbake\"");
    assert!(page.body.contains("name=\"code\"") && page.body.contains("name=\"iss\""), "{}", page.body);
    assert!(page.body.contains("name=\"state\" value=\"&quot;&gt;&lt;script&gt;\""), "{}", page.body);
    assert!(
        page.headers["content-security-policy"]
            .to_str()
            .unwrap()
            .contains("form-action 'self' https://tjeneste.example;")
    );
    assert!(f.get("/idporten/form-post.js").await.body.contains("submit"));

    let keys = KeySet::parse(f.get("/idporten/jwks.json").await.body.as_bytes()).unwrap();
    let signed = |answer: &Answer| -> Value {
        let sent = parameters(answer.location());
        assert_eq!(sent.keys().collect::<Vec<_>>(), ["response"]);
        kernel::jose::verify(&sent["response"], &keys, &[Alg::RS256]).unwrap().claims().unwrap()
    };
    let claims = signed(&browser.authorize("en", &[("response_mode", "query.jwt")]).await);
    assert_eq!(
        (&claims["iss"], &claims["aud"], &claims["state"]),
        (&ISSUER.into(), &"en".into(), &"s".into())
    );
    assert_eq!(claims["exp"], f.now() + 120);
    f.tokens("en", claims["code"].as_str().unwrap()).await;
    let mut other = f.browser();
    let claims = signed(&other.authorize("en", &[("response_mode", "query.jwt"), ("prompt", "none")]).await);
    assert_eq!(claims["error"], "login_required");
}

#[tokio::test]
async fn a_pushed_request_is_used_once_by_its_own_client() {
    let f = fixture().await;
    let mut browser = f.browser();
    let pairs = parameters(&authorize_address("skyver", &[]));
    let fields: Vec<(&str, &str)> = pairs
        .iter()
        .filter(|(name, _)| *name != "client_id")
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    let push = || async {
        let answer = f.post_as("skyver", "/idporten/par", &fields).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        assert_eq!(answer.json()["expires_in"], 120);
        answer.json()["request_uri"].as_str().unwrap().to_owned()
    };
    let go = |client: &str, uri: &str| {
        format!("/idporten/authorize?{}", form(&[("client_id", client), ("request_uri", uri)]))
    };
    let uri = push().await;
    assert!(uri.starts_with("urn:idporten:") && uri.len() == 13 + 43, "{uri}");
    browser.get(&go("en", &uri)).await.is_page(400, "invalid_request_uri");
    let answer = browser.get(&go("skyver", &uri)).await;
    let code = browser.sign_in_at(&answer, kari(), &[]).await.code();
    f.tokens("skyver", &code).await;
    browser.get(&go("skyver", &uri)).await.is_page(400, "invalid_request_uri");
    let late = push().await;
    f.clock.advance(jiff::SignedDuration::from_secs(120));
    browser.get(&go("skyver", &late)).await.is_page(400, "invalid_request_uri");
    browser.get(&go("skyver", "https://ond.example/request")).await.is_page(400, "invalid_request_uri");
    // Without pushing, this client gets nowhere.
    assert_eq!(browser.authorize("skyver", &[]).await.error(), "invalid_request");
    // Everything is checked when it is pushed.
    let with = |name: &'static str, value: &'static str| {
        let mut fields = fields.clone();
        fields.retain(|(field, _)| *field != name);
        fields.push((name, value));
        fields
    };
    for (name, value, error) in [
        ("redirect_uri", "https://ond.example/", "invalid_request"),
        ("scope", "ukjent", "invalid_scope"),
        ("request_uri", "urn:idporten:x", "invalid_request"),
    ] {
        refused(&f.post_as("skyver", "/idporten/par", &with(name, value)).await, 400, error);
    }
    refused(&f.post("/idporten/par", &[("client_id", "skyver")]).await, 401, "invalid_client");
}
