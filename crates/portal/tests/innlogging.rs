//! Signing in, staying signed in, and out: by the public protocol, against a faked ID-porten.

mod common;

use common::data::VEDTAK;
use common::{BASE, KARI, fixture, fixture_at, param};
use jiff::SignedDuration;
use serde_json::json;

#[tokio::test]
async fn one_signs_in_and_comes_to_the_page_one_wanted() {
    let fixture = fixture().await;
    let mut browser = fixture.browser();
    let page = browser.sign_in(&format!("/vedtak/{VEDTAK}")).await;
    page.is(200).says("Barnetrygd: innvilget");
    let asked = fixture.world.asked("GET /livshendelser/api/v1/vedtak").pop().unwrap();
    assert_eq!(asked.token, "access-1", "data comes with the person's own token");
    // What was asked of ID-porten.
    let authorize = fixture.world.asked("GET /idporten/authorize").pop().unwrap().what;
    assert_eq!(param(&authorize, "redirect_uri").unwrap(), format!("{BASE}/logg-inn/svar"));
    assert_eq!(param(&authorize, "code_challenge_method").unwrap(), "S256");
    assert_eq!(param(&authorize, "acr_values").unwrap(), "idporten-loa-high");
    let scope = param(&authorize, "scope").unwrap();
    for wanted in portal::SCOPES {
        assert!(scope.split(' ').any(|scope| scope == wanted), "{wanted} is not in {scope}");
    }
    // No address of ours and nothing that the browser keeps holds the person's number.
    assert!(browser.cookies.values().all(|value| !value.contains(KARI)));
}

#[tokio::test]
async fn cookies_are_out_of_reach_of_scripts_and_of_other_sites() {
    let fixture = fixture().await;
    let answer = fixture.browser().get("/logg-inn").await;
    let cookie = answer.headers["set-cookie"].to_str().unwrap().to_owned();
    for part in ["felles-innlogging=", "HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Secure"), "without TLS a browser would not keep it");
    let secure = fixture_at("https://felles.example").await;
    // The faked ID-porten is another's, so its metadata is not believed; the language's cookie shows the attributes.
    secure.browser().get("/logg-inn").await.is(400).says("Innloggingen ble ikke fullført");
    let answer = secure.browser().get("/sprak/nb").await;
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("__Host-felles-sprak=nb;") && cookie.contains("; Secure"), "{cookie}");
}

#[tokio::test]
async fn a_sign_in_ends_only_in_the_browser_that_began_it_and_only_once() {
    let fixture = fixture().await;
    let mut browser = fixture.browser();
    let to_idporten = browser.get("/logg-inn").await.is(303).location();
    let back = browser.get(to_idporten.trim_start_matches(BASE)).await.location();
    let lost = "Innloggingen ble ikke fullført";
    fixture.browser().get(&back).await.is(400).says(lost);
    let mut other = fixture.browser();
    other.get("/logg-inn").await;
    other.get(&back).await.is(400).says(lost);
    let state = param(&back, "state").unwrap();
    browser.get(&back.replace(&state, "en-annen")).await.is(400).says(lost);
    browser.get("/logg-inn/svar").await.is(400).says(lost);
    browser.get(&back).await.is(303);
    browser.get(&back).await.is(400).says(lost);
    browser.get("/min-situasjon").await.is(200);
}

#[tokio::test]
async fn two_windows_sign_in_at_the_same_time() {
    let fixture = fixture().await;
    let mut browser = fixture.browser();
    let first = browser.get("/logg-inn?til=%2Fbruk").await.location();
    let second = browser.get("/logg-inn?til=%2Fkontakt").await.location();
    for (window, page) in [(first, "/bruk"), (second, "/kontakt")] {
        let back = browser.get(window.trim_start_matches(BASE)).await.location();
        assert_eq!(browser.get(&back).await.is(303).location(), page);
    }
}

#[tokio::test]
async fn nobody_is_led_to_another_site_after_the_sign_in() {
    let fixture = fixture().await;
    for evil in ["%2F%2Fond.example", "https%3A%2F%2Fond.example", "%2F%5Cond.example", "%2Flogg-ut"] {
        let mut browser = fixture.browser();
        let to_idporten = browser.get(&format!("/logg-inn?til={evil}")).await.location();
        let back = browser.get(to_idporten.trim_start_matches(BASE)).await.location();
        assert_eq!(browser.get(&back).await.location(), "/min-situasjon", "{evil}");
    }
}

#[tokio::test]
async fn a_cancelled_or_refused_sign_in_says_so() {
    let fixture = fixture().await;
    let iss = clients::encoded(&format!("{BASE}/idporten"));
    for (error, says) in
        [("access_denied", "Du avbrøt innloggingen"), ("server_error", "Innloggingen ble ikke fullført")]
    {
        let mut browser = fixture.browser();
        let url = browser.get("/logg-inn").await.location();
        let state = param(&url, "state").unwrap();
        browser
            .get(&format!("/logg-inn/svar?error={error}&state={state}&iss={iss}"))
            .await
            .is(400)
            .says(says);
    }
    // An answer in another issuer's name.
    let mut browser = fixture.browser();
    let state = param(&browser.get("/logg-inn").await.location(), "state").unwrap();
    browser.get(&format!("/logg-inn/svar?code=x&state={state}&iss=https%3A%2F%2Fond.example")).await.is(400);
    // A code that ID-porten does not take, and an ID-porten that does not answer.
    for (status, expected) in [(400, 400), (503, 503)] {
        let mut browser = fixture.browser();
        let back = browser.get("/logg-inn").await.location();
        let back = browser.get(back.trim_start_matches(BASE)).await.location();
        fixture.world.answer("POST /idporten/token", status, &json!({ "error": "invalid_grant" }));
        browser.get(&back).await.is(expected);
        assert!(!browser.cookies.contains_key("felles"));
    }
}

#[tokio::test]
async fn idporten_that_is_down_is_a_page_that_says_so() {
    let fixture = fixture().await;
    fixture.world.answer("GET /idporten/.well-known/openid-configuration", 503, &json!({}));
    fixture.browser().get("/logg-inn").await.is(503).says("Tjenesten svarer ikke akkurat nå");
}

#[tokio::test]
async fn one_signs_out_here_and_there() {
    let fixture = fixture().await;
    let mut browser = fixture.kari().await;
    let kept = browser.cookies.clone();
    let csrf = browser.get("/min-situasjon").await.csrf();
    let there = browser.post("/logg-ut", &[("csrf", &csrf)]).await.is(303).location();
    assert!(there.starts_with(&format!("{BASE}/idporten/logout?client_id=portalen")), "{there}");
    assert_eq!(param(&there, "post_logout_redirect_uri").unwrap(), format!("{BASE}/"));
    assert!(!browser.cookies.contains_key("felles"));
    // Once more is no fault.
    assert_eq!(browser.post("/logg-ut", &[("csrf", &csrf)]).await.is(303).location(), "/");
    // The cookie that somebody may have copied opens nothing.
    browser.cookies = kept;
    assert!(browser.get("/min-situasjon").await.is(303).location().starts_with("/logg-inn"));
}

#[tokio::test]
async fn one_signs_out_here_though_idporten_is_down() {
    let fixture = fixture().await;
    let mut browser = fixture.kari().await;
    let csrf = browser.get("/min-situasjon").await.csrf();
    fixture.world.answer("GET /idporten/.well-known/openid-configuration", 503, &json!({}));
    fixture.test.ctx.clock.advance(SignedDuration::from_mins(25));
    browser.get("/min-situasjon").await.is(200);
    // Its metadata is remembered for an hour, then it is missed.
    for _ in 0..2 {
        fixture.test.ctx.clock.advance(SignedDuration::from_mins(25));
        browser.get("/min-situasjon").await.is(200);
    }
    assert_eq!(browser.post("/logg-ut", &[("csrf", &csrf)]).await.is(303).location(), "/");
    browser.get("/min-situasjon").await.is(303);
}

#[tokio::test]
async fn a_session_ends_when_it_is_idle_and_when_it_is_old() {
    let fixture = fixture().await;
    *fixture.world.token_lives.lock().unwrap() = 100_000;
    let mut browser = fixture.kari().await;
    let clock = &fixture.test.ctx.clock;
    for _ in 0..19 {
        clock.advance(SignedDuration::from_mins(25));
        browser.get("/min-situasjon").await.is(200);
    }
    clock.advance(SignedDuration::from_mins(25));
    let to = browser.get("/bruk?foer=3").await.is(303).location();
    assert_eq!(to, "/logg-inn?til=%2Fbruk%3Ffoer%3D3", "eight hours are over");
    let mut browser = fixture.kari().await;
    clock.advance(SignedDuration::from_mins(31));
    browser.get("/min-situasjon").await.is(303);
    // A form of an ended session leads through the sign-in to its page, and does nothing.
    let page = format!("/vedtak/{VEDTAK}/klage");
    let answer = browser.post(&page, &[("tekst", "x"), ("csrf", "y")]).await;
    assert_eq!(answer.is(303).location(), format!("/logg-inn?til={}", clients::encoded(&page)));
}

#[tokio::test]
async fn an_access_token_is_renewed_before_it_ends() {
    let fixture = fixture().await;
    *fixture.world.token_lives.lock().unwrap() = 120;
    *fixture.world.refreshes.lock().unwrap() = true;
    let mut browser = fixture.kari().await;
    let clock = &fixture.test.ctx.clock;
    let used = || fixture.world.asked("GET /livshendelser/api/v1/reiser").pop().unwrap().token;
    browser.get("/min-situasjon").await.is(200);
    assert_eq!(used(), "access-1");
    clock.advance(SignedDuration::from_secs(70));
    browser.get("/min-situasjon").await.is(200);
    assert_eq!(used(), "access-2");
    clock.advance(SignedDuration::from_secs(70));
    browser.get("/min-situasjon").await.is(200);
    let last = fixture.world.asked("POST /idporten/token").pop().unwrap().body;
    assert_eq!(param(&last, "refresh_token").unwrap(), "refresh-2", "each is used once");
    // While the old one lives, a failing ID-porten is not noticed; then the pages say that it does not answer.
    fixture.world.answer("POST /idporten/token", 503, &json!({}));
    clock.advance(SignedDuration::from_secs(70));
    browser.get("/min-situasjon").await.is(200);
    clock.advance(SignedDuration::from_secs(70));
    browser.get("/min-situasjon").await.is(503);
    browser.get("/").await.is(200);
    // A refusal is the end of the session.
    fixture.world.answer("POST /idporten/token", 400, &json!({ "error": "invalid_grant" }));
    browser.get("/min-situasjon").await.is(303);
}

#[tokio::test]
async fn without_a_refresh_token_the_session_ends_with_the_access_token() {
    let fixture = fixture().await;
    *fixture.world.token_lives.lock().unwrap() = 120;
    let mut browser = fixture.kari().await;
    fixture.test.ctx.clock.advance(SignedDuration::from_secs(100));
    browser.get("/min-situasjon").await.is(200);
    fixture.test.ctx.clock.advance(SignedDuration::from_secs(20));
    browser.get("/min-situasjon").await.is(303);
}

#[tokio::test]
async fn the_store_holds_nothing_that_signs_anybody_in() {
    let fixture = fixture().await;
    let browser = fixture.kari().await;
    let secret = browser.cookies["felles"].clone();
    let rows = fixture.test.ctx.store.query("SELECT id, sealed FROM session", &[]).await.unwrap();
    assert_eq!(rows.len(), 1);
    for column in 0..2 {
        let bytes: Vec<u8> = rows[0].get(column).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        for open in [secret.as_str(), "access-1", KARI, "Nordmann"] {
            assert!(!text.contains(open));
        }
    }
    let mut browser = fixture.browser();
    for odd in ["", "x", "; felles", "ø", &"a".repeat(5000)] {
        browser.cookies.insert("felles".to_owned(), odd.to_owned());
        browser.get("/min-situasjon").await.is(303);
    }
}

#[tokio::test]
async fn whoever_wants_to_be_somebody_else_is_asked_again() {
    let fixture = fixture().await;
    let ask = async |path: &str| {
        let mut browser = fixture.browser();
        browser.get(path).await.is(303).location()
    };
    assert_eq!(param(&ask("/logg-inn?paa-nytt=ja").await, "prompt").as_deref(), Some("login"));
    assert_eq!(param(&ask("/logg-inn").await, "prompt"), None);
}
