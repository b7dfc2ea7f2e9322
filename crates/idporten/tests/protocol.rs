//! The corners of the protocol: calls from browsers, requests without PKCE, hints, and what only some clients do.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails panics")]

mod common;

use axum::body::Body;
use axum::http::Request;
use clients::idporten::TokenResponse;
use common::*;
use idporten::{ApplicationType, AuthMethod, CodeChallengeMethod, NewClient, RefreshTokenUsage, SubjectType};
use jiff::SignedDuration;
use kernel::jose::{Alg, KeySet};
use serde_json::{Value, json};

/// A request with headers, as a browser or a careless client may send it.
async fn send_with(f: &Fixture, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    send(&f.router, request.body(Body::from(body.to_owned())).unwrap()).await
}

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

#[tokio::test]
async fn a_client_in_a_browser_calls_what_it_needs_and_no_page() {
    let f = fixture().await;
    let asked = [
        ("origin", "https://spa.example"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "authorization"),
    ];
    let origin = |answer: &Answer| answer.headers.get("access-control-allow-origin").cloned();
    for path in
        ["/token", "/userinfo", "/jwks.json", "/par", "/token/revoke", "/.well-known/openid-configuration"]
    {
        let answer = send_with(&f, "OPTIONS", &format!("/idporten{path}"), &asked, "").await;
        assert_eq!((answer.status, origin(&answer).unwrap().to_str().unwrap()), (204, "*"), "{path}");
        let allowed = answer.headers["access-control-allow-headers"].to_str().unwrap();
        assert!(allowed.contains("authorization") && allowed.contains("content-type"), "{allowed}");
        // Cookies are never allowed along.
        assert!(!answer.headers.contains_key("access-control-allow-credentials"));
    }
    let metadata = f.get("/.well-known/oauth-authorization-server/idporten").await;
    assert_eq!(origin(&metadata).unwrap(), "*");
    // Refusals, too, are read by the script that called.
    let refusal = f.post("/idporten/token", &[]).await;
    assert_eq!((refusal.status, origin(&refusal).unwrap().to_str().unwrap()), (400, "*"));
    assert_eq!(origin(&f.userinfo("x").await).unwrap(), "*");
    for path in ["/authorize", "/logout", "/innlogging", "/samtykke", "/token/introspect"] {
        let path = format!("/idporten{path}");
        let answer = send_with(&f, "OPTIONS", &path, &asked, "").await;
        assert_ne!(answer.status, 204, "{path}");
        assert_eq!(origin(&answer), None, "{path}");
        assert_eq!(origin(&f.get(&path).await), None, "{path}");
    }
    let answer = f.browser().authorize("en", &[]).await;
    assert_eq!(origin(&answer), None);
}

#[tokio::test]
async fn the_old_addresses_lead_to_the_same() {
    let f = fixture().await;
    for path in ["tokeninfo", "tokenintrospect", "token/introspect"] {
        let answer = f.post_as("oppslag", &format!("/idporten/{path}"), &[("token", "x")]).await;
        assert_eq!((answer.status, answer.json()), (200, json!({ "active": false })), "{path}");
    }
    for path in ["revoke", "token/revoke"] {
        assert_eq!(
            f.post_as("en", &format!("/idporten/{path}"), &[("token", "x")]).await.status,
            200,
            "{path}"
        );
    }
    for path in ["endsession", "logout"] {
        f.get(&format!("/idporten/{path}")).await.is_page(400, "Ingen er logget inn");
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_in_the_endpoints_own_words() {
    let f = fixture().await;
    let large = format!("state={}", "a".repeat(70_000));
    for path in ["/token", "/par", "/token/introspect", "/token/revoke"] {
        refused(
            &send_with(&f, "POST", &format!("/idporten{path}"), &[FORM], &large).await,
            413,
            "invalid_request",
        );
    }
    for path in ["/authorize", "/logout", "/innlogging", "/samtykke"] {
        let answer = send_with(&f, "POST", &format!("/idporten{path}"), &[FORM], &large).await;
        answer.is_page(413, "too large");
    }
}

/// A client that is registered without PKCE, and shows who it is by a secret.
async fn without_pkce(f: &Fixture) -> NewClient {
    let client = NewClient {
        auth_method: AuthMethod::ClientSecretPost,
        secret: Some(SECRET.to_owned()),
        jwks: Vec::new(),
        code_challenge_method: CodeChallengeMethod::None,
        ..client("uten")
    };
    f.component.registrar().register_client(client.clone()).await.unwrap();
    client
}

#[tokio::test]
async fn a_confidential_client_may_be_registered_to_go_without_pkce() {
    let f = fixture().await;
    let client = without_pkce(&f).await;
    let public = NewClient {
        application_type: ApplicationType::Browser,
        auth_method: AuthMethod::None,
        secret: None,
        ..client
    };
    let error = f.component.registrar().register_client(public).await.unwrap_err().to_string();
    assert!(error.contains("PKCE"), "{error}");

    let mut browser = f.browser();
    let bare = [("code_challenge", ""), ("code_challenge_method", "")];
    // Without PKCE, state is what binds the answer to the client's own request.
    let answer = browser.authorize("uten", &[&bare[..], &[("state", "")]].concat()).await;
    assert_eq!(answer.error(), "invalid_request");
    // Half of it is not none of it, and other clients have no choice.
    assert_eq!(browser.authorize("uten", &[("code_challenge_method", "")]).await.error(), "invalid_request");
    assert_eq!(browser.authorize("uten", &[("code_challenge", "")]).await.error(), "invalid_request");
    assert_eq!(browser.authorize("en", &bare).await.error(), "invalid_request");
    let exchange = |code: String, verifier: Option<&'static str>| {
        let f = &f;
        async move {
            let mut fields = vec![
                ("client_id", "uten"),
                ("client_secret", SECRET),
                ("grant_type", "authorization_code"),
                ("code", code.as_str()),
                ("redirect_uri", CALLBACK),
            ];
            fields.extend(verifier.map(|verifier| ("code_verifier", verifier)));
            f.post("/idporten/token", &fields).await
        }
    };
    let code = browser.sign_in("uten", kari(), &bare).await;
    // A verifier shows that somebody has taken the challenge away on the way here.
    refused(&exchange(code.clone(), Some(VERIFIER)).await, 400, "invalid_grant");
    assert_eq!(exchange(code, None).await.status, 200);
    // Where it sends a challenge, that counts.
    let code = browser.authorize("uten", &[]).await.code();
    refused(&exchange(code.clone(), None).await, 400, "invalid_grant");
    assert_eq!(exchange(code, Some(VERIFIER)).await.status, 200);
}

#[tokio::test]
async fn a_hint_of_somebody_else_is_not_answered_with_who_is_signed_in() {
    let f = fixture().await;
    let (mut browser, mut other) = (f.browser(), f.browser());
    let code = browser.sign_in("en", kari(), &[]).await;
    let karis = f.tokens("en", &code).await.id_token.unwrap();
    let code = other.sign_in("en", ola(), &[]).await;
    let olas = f.tokens("en", &code).await.id_token.unwrap();
    // Expired, it still says who is meant.
    f.clock.advance(SignedDuration::from_mins(5));
    let fields = [("prompt", "none"), ("id_token_hint", karis.as_str())];
    browser.authorize("en", &fields).await.code();
    assert_eq!(other.authorize("en", &fields).await.error(), "login_required");
    assert!(other.authorize("en", &[("id_token_hint", &karis)]).await.is_sign_in());
    other.authorize("en", &[("id_token_hint", &olas)]).await.code();
    // Another client's, none at all, and one that somebody has changed.
    assert_eq!(browser.authorize("to", &[("id_token_hint", &karis)]).await.error(), "invalid_request");
    assert_eq!(browser.authorize("en", &[("id_token_hint", "x.y.z")]).await.error(), "invalid_request");
    let changed = format!("{}x{}", &karis[..20], &karis[21..]);
    assert_eq!(browser.authorize("en", &[("id_token_hint", &changed)]).await.error(), "invalid_request");
}

#[tokio::test]
async fn requests_by_reference_or_as_objects_are_told_to_be_unsupported() {
    let f = fixture().await;
    let mut browser = f.browser();
    for (name, value, error) in [
        ("request_uri", "https://tjeneste.example/request.jwt", "request_uri_not_supported"),
        ("request", "eyJhbGciOiJub25lIn0.e30.", "request_not_supported"),
        ("registration", "{}", "registration_not_supported"),
    ] {
        let answer = browser.authorize("en", &[(name, value)]).await;
        assert_eq!((answer.error().as_str(), answer.callback()["state"].as_str()), (error, "s"));
    }
    // Claims are neither supported nor refused (OpenID Connect Core § 5.5).
    assert!(
        browser
            .authorize("en", &[("claims", "{\"userinfo\":{\"name\":{\"essential\":true}}}")])
            .await
            .is_sign_in()
    );
}

#[tokio::test]
async fn userinfo_takes_the_token_in_the_header_or_in_a_form() {
    let f = fixture().await;
    let code = f.browser().sign_in("en", kari(), &[]).await;
    let token = f.tokens("en", &code).await.access_token;
    let bearer = format!("Bearer {token}");
    let header = ("authorization", bearer.as_str());
    let in_form = format!("access_token={token}");
    let path = "/idporten/userinfo";
    for answer in [
        send_with(&f, "GET", path, &[header], "").await,
        send_with(&f, "POST", path, &[header], "").await,
        send_with(&f, "POST", path, &[header, FORM], "").await,
        send_with(&f, "POST", path, &[FORM], &in_form).await,
    ] {
        assert_eq!(
            (answer.status, answer.json()["pid"].as_str().unwrap()),
            (200, kari().as_str()),
            "{}",
            answer.body
        );
        assert_eq!(answer.headers["cache-control"], "no-store");
    }
    for (answer, status) in [
        (send_with(&f, "POST", path, &[header, FORM], &in_form).await, 400),
        (send_with(&f, "GET", path, &[header, header], "").await, 401),
        (send_with(&f, "POST", path, &[FORM], &format!("{in_form}&{in_form}")).await, 401),
        (send_with(&f, "POST", path, &[], &in_form).await, 401),
        // Never in an address.
        (send_with(&f, "GET", &format!("{path}?{in_form}"), &[], "").await, 401),
        (send_with(&f, "GET", path, &[FORM], &in_form).await, 401),
    ] {
        assert_eq!(answer.status, status, "{}", answer.body);
        assert_eq!(answer.headers["content-type"], "application/problem+json");
    }
}

#[tokio::test]
async fn clients_of_the_public_kind_know_a_person_by_the_same_sub() {
    let f = fixture().await;
    for id in ["apen1", "apen2"] {
        let client = NewClient { subject_type: SubjectType::Public, ..client(id) };
        f.component.registrar().register_client(client).await.unwrap();
    }
    let mut browser = f.browser();
    let code = browser.sign_in("apen1", kari(), &[]).await;
    let one = f.tokens("apen1", &code).await;
    let code = browser.authorize("apen2", &[]).await.code();
    let two = f.id_claims("apen2", &code).await;
    let code = browser.authorize("en", &[]).await.code();
    let own = f.id_claims("en", &code).await;
    let claims = f.claims(one.id_token.as_deref().unwrap()).await;
    assert_eq!(claims["sub"], two["sub"]);
    assert_ne!(claims["sub"], own["sub"]);
    assert_eq!(f.userinfo(&one.access_token).await.json()["sub"], claims["sub"]);
    let code = f.browser().sign_in("apen1", ola(), &[]).await;
    assert_ne!(f.id_claims("apen1", &code).await["sub"], claims["sub"]);
    // It is also what the hint at sign-out is held against.
    let query =
        form(&[("id_token_hint", one.id_token.as_deref().unwrap()), ("post_logout_redirect_uri", OUT)]);
    assert_eq!(browser.get(&format!("/idporten/logout?{query}")).await.location(), OUT);
}

#[tokio::test]
async fn a_refresh_token_that_may_be_reused_is_and_what_a_client_lost_is_gone() {
    let f = fixture().await;
    let reuse = NewClient {
        refresh_tokens: true,
        refresh_token_usage: RefreshTokenUsage::Reuse,
        scopes: ["openid", "profile", "test:api"].map(str::to_owned).to_vec(),
        ..client("gjenbruk")
    };
    f.component.registrar().register_client(reuse.clone()).await.unwrap();
    let code = f.browser().sign_in("gjenbruk", kari(), &[("scope", "openid profile test:api")]).await;
    let token = f.tokens("gjenbruk", &code).await.refresh_token.unwrap();
    for _ in 0..3 {
        f.clock.advance(SignedDuration::from_secs(500));
        let answer = f.refresh("gjenbruk", &token).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let tokens: TokenResponse = serde_json::from_value(answer.json()).unwrap();
        assert_eq!((tokens.refresh_token, tokens.scope.as_str()), (None, "openid profile test:api"));
    }
    let fewer = NewClient { scopes: ["openid", "profile"].map(str::to_owned).to_vec(), ..reuse };
    f.component.registrar().register_client(fewer).await.unwrap();
    assert_eq!(f.refresh("gjenbruk", &token).await.json()["scope"], "openid profile");
    f.component.registrar().deactivate_client("gjenbruk").await.unwrap();
    refused(&f.refresh("gjenbruk", &token).await, 401, "invalid_client");
}

#[tokio::test]
async fn a_public_client_refreshes_only_where_it_is_registered_to_and_never_twice_with_one_token() {
    let f = fixture().await;
    let spa = |id: &str, refresh_tokens| NewClient {
        application_type: ApplicationType::Browser,
        auth_method: AuthMethod::None,
        jwks: Vec::new(),
        refresh_tokens,
        refresh_token_usage: RefreshTokenUsage::Reuse,
        ..client(id)
    };
    for client in [spa("spa", true), spa("spa2", false)] {
        f.component.registrar().register_client(client).await.unwrap();
    }
    let exchange = |id: &'static str, code: String| {
        let f = &f;
        async move {
            let fields = [
                ("client_id", id),
                ("grant_type", "authorization_code"),
                ("code", code.as_str()),
                ("redirect_uri", CALLBACK),
                ("code_verifier", VERIFIER),
            ];
            f.post("/idporten/token", &fields).await.json()
        }
    };
    let refresh = |id: &'static str, token: String| {
        let f = &f;
        async move {
            let fields =
                [("client_id", id), ("grant_type", "refresh_token"), ("refresh_token", token.as_str())];
            f.post("/idporten/token", &fields).await
        }
    };
    let mut browser = f.browser();
    let code = browser.sign_in("spa2", kari(), &[]).await;
    assert_eq!(exchange("spa2", code).await.get("refresh_token"), None);
    let code = browser.authorize("spa", &[]).await.code();
    let first = exchange("spa", code).await["refresh_token"].as_str().unwrap().to_owned();
    refused(&refresh("spa2", first.clone()).await, 400, "unauthorized_client");
    let second = refresh("spa", first.clone()).await.json()["refresh_token"].as_str().unwrap().to_owned();
    assert_ne!(first, second);
    refused(&refresh("spa", first).await, 400, "invalid_grant");
    refused(&refresh("spa", second).await, 400, "invalid_grant");
}

#[tokio::test]
async fn a_signed_answer_can_be_posted_as_well() {
    let f = fixture().await;
    let mut browser = f.browser();
    browser.sign_in("en", kari(), &[]).await;
    let page = browser.authorize("en", &[("response_mode", "form_post.jwt")]).await;
    page.is_page(200, "method=\"post\" action=\"https://tjeneste.example/tilbake\"");
    let (_, after) = page.body.split_once("name=\"response\" value=\"").unwrap();
    let response = after.split('"').next().unwrap();
    assert!(!page.body.contains("name=\"code\"") && !page.body.contains("name=\"state\""), "{}", page.body);
    let keys = KeySet::parse(f.get("/idporten/jwks.json").await.body.as_bytes()).unwrap();
    let claims: Value = kernel::jose::verify(response, &keys, &[Alg::RS256]).unwrap().claims().unwrap();
    assert_eq!(
        (&claims["iss"], &claims["aud"], &claims["state"]),
        (&json!(ISSUER), &json!("en"), &json!("s"))
    );
    f.tokens("en", claims["code"].as_str().unwrap()).await;
    // What it answers is no id token.
    let answer = browser.authorize("en", &[("id_token_hint", response)]).await;
    assert_eq!(answer.error(), "invalid_request");
}

#[tokio::test]
async fn state_and_nonce_come_back_as_they_were_or_not_at_all() {
    let f = fixture().await;
    let mut browser = f.browser();
    browser.sign_in("en", kari(), &[]).await;
    let longest = "s".repeat(4096);
    assert_eq!(browser.authorize("en", &[("state", &longest)]).await.callback()["state"], longest);
    for name in ["state", "nonce"] {
        let longer = "s".repeat(4097);
        let answer = browser.authorize("en", &[(name, &longer)]).await;
        assert_eq!(answer.error(), "invalid_request");
        assert_eq!(answer.sent().contains_key("state"), name == "nonce");
        // Not UTF-8: what would come back is not what was sent.
        let address = format!("{}&{name}=%ff%fe", authorize_address("en", &[(name, "")]));
        assert_eq!(browser.get(&address).await.error(), "invalid_request");
        let twice = format!("{}&{name}=a", authorize_address("en", &[]));
        assert_eq!(browser.get(&twice).await.error(), "invalid_request");
    }
    let nonce = "n \"\\æ\u{1f600}";
    let code = browser.authorize("en", &[("nonce", nonce)]).await.code();
    assert_eq!(f.id_claims("en", &code).await["nonce"], nonce);
}

/// The parameters of the form that brings the answer to the client.
fn posted(page: &Answer) -> std::collections::BTreeMap<String, String> {
    page.is_page(200, "method=\"post\" action=\"https://tjeneste.example/tilbake\"");
    let hidden = page.body.split("<input type=\"hidden\" name=\"").skip(1);
    let plain = |text: &str| {
        text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
    };
    hidden
        .map(|field| {
            let mut parts = field.split('"');
            (parts.next().unwrap().to_owned(), plain(parts.nth(1).unwrap()))
        })
        .collect()
}

#[tokio::test]
async fn the_basic_profile_holds_where_the_answer_is_posted() {
    let f = fixture().await;
    let mut browser = f.browser();
    let mode = ("response_mode", "form_post");
    // Nobody is signed in, and nobody is asked.
    let answer = posted(&browser.authorize("en", &[mode, ("prompt", "none")]).await);
    assert_eq!(
        (answer["error"].as_str(), answer["state"].as_str(), answer["iss"].as_str()),
        ("login_required", "s", ISSUER)
    );
    // A sign-in, from the page to the tokens.
    let page = browser.authorize("en", &[mode]).await;
    let answer = posted(&browser.sign_in_at(&page, kari(), &[]).await);
    assert_eq!(answer.keys().collect::<Vec<_>>(), ["code", "iss", "state"]);
    let tokens = f.tokens("en", &answer["code"]).await;
    let first = f.claims(tokens.id_token.as_deref().unwrap()).await;
    assert_eq!((&first["nonce"], &first["aud"]), (&json!("n"), &json!("en")));
    assert_eq!(f.userinfo(&tokens.access_token).await.json()["sub"], first["sub"]);
    // The code again: refused, and what it gave is revoked.
    refused(&f.exchange("en", &answer["code"], &[]).await, 400, "invalid_grant");
    assert_eq!(f.userinfo(&tokens.access_token).await.status, 401);
    // With the session, at once, whatever else the client says.
    f.clock.advance(SignedDuration::from_secs(2));
    let hint = tokens.id_token.unwrap();
    for more in [
        ("prompt", "none"),
        ("max_age", "10000"),
        ("id_token_hint", hint.as_str()),
        ("login_hint", "kari@example.no"),
        ("ui_locales", "se"),
        ("claims_locales", "se"),
        ("acr_values", clients::idporten::ACR_SUBSTANTIAL),
        ("display", "page"),
        ("display", "popup"),
        ("extra", "foobar"),
        ("claims", "{\"userinfo\":{\"name\":{\"essential\":true}}}"),
        ("scope", "profile openid"),
        ("nonce", ""),
    ] {
        let answer = posted(&browser.authorize("en", &[mode, more]).await);
        let claims = f.id_claims("en", &answer["code"]).await;
        assert_eq!((&claims["auth_time"], &claims["sub"]), (&first["auth_time"], &first["sub"]), "{more:?}");
        assert_eq!(claims.get("nonce").is_none(), more.0 == "nonce");
    }
    // Again with the eID, where that is asked for.
    for more in [("prompt", "login"), ("max_age", "1")] {
        f.clock.advance(SignedDuration::from_secs(2));
        let page = browser.authorize("en", &[mode, more]).await;
        let answer = posted(&browser.sign_in_at(&page, kari(), &[]).await);
        assert_eq!(f.id_claims("en", &answer["code"]).await["auth_time"], f.now());
    }
    // By a form.
    let fields = parameters(&authorize_address("en", &[mode]));
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let onwards = browser.post("/idporten/authorize", &fields).await;
    assert!(posted(&browser.get(onwards.location()).await).contains_key("code"));
    // What is wrong is posted too, unless the address is.
    for (name, value, error) in [
        ("response_type", "", "invalid_request"),
        ("request", "eyJhbGciOiJub25lIn0.e30.", "request_not_supported"),
        ("request_uri", "https://tjeneste.example/request.jwt", "request_uri_not_supported"),
    ] {
        let answer = posted(&browser.authorize("en", &[mode, (name, value)]).await);
        assert_eq!((answer["error"].as_str(), answer["state"].as_str()), (error, "s"));
    }
    browser
        .authorize("en", &[mode, ("redirect_uri", "https://ond.example/")])
        .await
        .is_page(400, "ikke godtar");
}
