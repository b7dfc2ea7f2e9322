//! One session for all clients: when it is enough, when it is not, and how it ends.

mod common;

use clients::idporten::{ACR_HIGH, ACR_SUBSTANTIAL};
use common::*;
use jiff::SignedDuration;

#[tokio::test]
async fn who_is_signed_in_is_not_asked_again_by_another_client() {
    let f = fixture().await;
    let mut browser = f.browser();
    let code = browser.sign_in("en", kari(), &[]).await;
    let first = f.id_claims("en", &code).await;
    f.clock.advance(SignedDuration::from_mins(10));
    let second = browser.authorize("to", &[("prompt", "none")]).await;
    assert_eq!(second.status, 302);
    let second = f.id_claims("to", &second.code()).await;
    assert_eq!(second["auth_time"], first["auth_time"]);
    assert_eq!(second["iat"], f.now());
    // Another browser has no part in it.
    assert_eq!(f.browser().authorize("to", &[("prompt", "none")]).await.error(), "login_required");
}

#[tokio::test]
async fn a_higher_level_asks_again_and_then_serves_the_lower_too() {
    let f = fixture().await;
    let mut browser = f.browser();
    let code = browser.sign_in("en", kari(), &[]).await;
    assert_eq!(f.id_claims("en", &code).await["acr"], ACR_SUBSTANTIAL);
    let cookie = browser.cookies["idporten_session"].clone();
    let high = [("acr_values", ACR_HIGH)];
    assert_eq!(
        browser.authorize("to", &[("acr_values", ACR_HIGH), ("prompt", "none")]).await.error(),
        "login_required"
    );
    let code = browser.sign_in("to", kari(), &high).await;
    assert_eq!(f.id_claims("to", &code).await["acr"], ACR_HIGH);
    // The session is the same under a new cookie; the old cookie is worth nothing.
    assert_ne!(browser.cookies["idporten_session"], cookie);
    let mut thief = f.browser();
    thief.cookies.insert("idporten_session".to_owned(), cookie);
    assert!(thief.authorize("en", &[]).await.is_sign_in());
    // Who asks for less gets what there is. Of several levels the lowest is enough.
    let both = format!("{ACR_SUBSTANTIAL} {ACR_HIGH} ukjent");
    let code = browser.authorize("en", &[("acr_values", &both)]).await.code();
    assert_eq!(f.id_claims("en", &code).await["acr"], ACR_HIGH);
}

#[tokio::test]
async fn prompt_and_max_age_and_scopes_ask_again() {
    let f = fixture().await;
    let mut browser = f.browser();
    browser.sign_in("en", kari(), &[]).await;
    f.clock.advance(SignedDuration::from_secs(100));
    assert!(browser.authorize("en", &[("prompt", "login")]).await.is_sign_in());
    assert!(browser.authorize("en", &[("max_age", "99")]).await.is_sign_in());
    assert!(browser.authorize("en", &[("max_age", "0")]).await.is_sign_in());
    assert_eq!(
        browser.authorize("en", &[("max_age", "99"), ("prompt", "none")]).await.error(),
        "login_required"
    );
    browser.authorize("en", &[("max_age", "100")]).await.code();
    let fresh = [("scope", "openid test:paany")];
    let code = browser.sign_in("paany", kari(), &fresh).await;
    assert_eq!(f.id_claims("paany", &code).await["auth_time"], f.now());
    assert!(browser.authorize("paany", &fresh).await.is_sign_in());
}

#[tokio::test]
async fn a_session_ends_after_half_an_hour_unused_and_two_hours_in_all() {
    let f = fixture().await;
    let mut browser = f.browser();
    browser.sign_in("en", kari(), &[]).await;
    for _ in 0..4 {
        f.clock.advance(SignedDuration::from_mins(29));
        browser.authorize("en", &[]).await.code();
    }
    f.clock.advance(SignedDuration::from_mins(4));
    assert!(browser.authorize("en", &[]).await.is_sign_in());
    browser.sign_in("en", kari(), &[]).await;
    f.clock.advance(SignedDuration::from_mins(30));
    assert!(browser.authorize("en", &[]).await.is_sign_in());
}

#[tokio::test]
async fn an_isolated_client_shares_nothing_but_the_end() {
    let f = fixture().await;
    let mut browser = f.browser();
    browser.sign_in("en", kari(), &[]).await;
    assert!(browser.authorize("isolert", &[]).await.is_sign_in());
    browser.sign_in("isolert", kari(), &[]).await;
    browser.authorize("isolert", &[]).await.code();
    let mut reverse = f.browser();
    reverse.sign_in("isolert", kari(), &[]).await;
    assert!(reverse.authorize("en", &[]).await.is_sign_in());
    assert_eq!(browser.get("/idporten/logout").await.status, 200);
    assert!(browser.authorize("isolert", &[]).await.is_sign_in());
}

#[tokio::test]
async fn another_person_at_the_same_browser_ends_the_first_ones_session() {
    let f = fixture().await;
    let mut browser = f.browser();
    let code = browser.sign_in("en", kari(), &[]).await;
    let tokens = f.tokens("en", &code).await;
    let code = browser.sign_in("to", ola(), &[("prompt", "login")]).await;
    assert_eq!(f.id_claims("to", &code).await["pid"], ola().as_str());
    let code = browser.authorize("en", &[]).await.code();
    assert_eq!(f.id_claims("en", &code).await["pid"], ola().as_str());
    assert_eq!(f.userinfo(&tokens.access_token).await.status, 401);
}

#[tokio::test]
async fn signing_out_ends_the_session_everywhere_and_leads_back() {
    let f = fixture().await;
    let mut browser = f.browser();
    let code = browser.sign_in("en", kari(), &[]).await;
    let tokens = f.tokens("en", &code).await;
    let api = browser.authorize("api", &[("scope", "openid profile test:api")]).await.code();
    let api = f.tokens("api", &api).await;
    let unused = browser.authorize("en", &[]).await.code();
    // The id token has expired, which does not matter here.
    f.clock.advance(SignedDuration::from_secs(10));
    let hint = tokens.id_token.unwrap();
    let query = form(&[("id_token_hint", &hint), ("post_logout_redirect_uri", OUT), ("state", "a b&c")]);
    let back = browser.get(&format!("/idporten/endsession?{query}")).await;
    assert_eq!((back.status, back.location()), (303, "https://tjeneste.example/ute?state=a%20b%26c"));
    assert!(!browser.cookies.contains_key("idporten_session"));
    // What only says who the person is ends, also what has not been fetched yet; what opens another's API goes on.
    assert_eq!(f.userinfo(&tokens.access_token).await.status, 401);
    refused(&f.exchange("en", &unused, &[]).await, 400, "invalid_grant");
    assert_eq!(f.userinfo(&api.access_token).await.status, 200);
    assert!(browser.authorize("to", &[]).await.is_sign_in());
    browser.get(&format!("/idporten/logout?{query}")).await.is_page(400, "Ingen er logget inn");
}

#[tokio::test]
async fn signing_out_leads_nowhere_that_is_not_registered() {
    let f = fixture().await;
    let stranger = {
        let mut other = f.browser();
        let code = other.sign_in("en", ola(), &[]).await;
        f.tokens("en", &code).await.id_token.unwrap()
    };
    for fields in [
        vec![("post_logout_redirect_uri", OUT)],
        vec![("client_id", "en"), ("post_logout_redirect_uri", "https://ond.example/")],
        vec![("client_id", "ukjent"), ("post_logout_redirect_uri", OUT)],
        vec![("client_id", "en"), ("post_logout_redirect_uri", OUT), ("state", "æ")],
        vec![("id_token_hint", "x.y.z"), ("post_logout_redirect_uri", OUT)],
        vec![("id_token_hint", stranger.as_str()), ("post_logout_redirect_uri", OUT)],
        vec![("client_id", "en"), ("post_logout_redirect_uri", &format!("{OUT}?x=1"))],
        vec![("state", "s")],
        vec![],
    ] {
        let mut browser = f.browser();
        let code = browser.sign_in("en", kari(), &[]).await;
        let own = f.tokens("en", &code).await.id_token.unwrap();
        browser.get(&format!("/idporten/logout?{}", form(&fields))).await.is_page(200, "Du er logget ut");
        assert!(browser.authorize("en", &[]).await.is_sign_in(), "the session has not ended");
        // The hint and the client contradict each other.
        browser.sign_in("en", kari(), &[]).await;
        let fields =
            [("id_token_hint", own.as_str()), ("client_id", "to"), ("post_logout_redirect_uri", OUT)];
        browser.get(&format!("/idporten/logout?{}", form(&fields))).await.is_page(200, "Du er logget ut");
        // A good hint, and nowhere to go.
        browser.sign_in("en", kari(), &[]).await;
        let fields = [("id_token_hint", own.as_str()), ("state", "s")];
        browser.get(&format!("/idporten/logout?{}", form(&fields))).await.is_page(200, "Du er logget ut");
    }
}

#[tokio::test]
async fn signing_out_tells_every_client_that_wants_to_know() {
    let f = fixture().await;
    let mut browser = f.browser();
    let code = browser.sign_in("ramme", kari(), &[]).await;
    let sid = f.id_claims("ramme", &code).await["sid"].as_str().unwrap().to_owned();
    let other = browser.authorize("ramme2", &[]).await.code();
    assert_eq!(
        f.id_claims("ramme2", &other).await.get("sid"),
        None,
        "only who registered for it is told the session"
    );
    // By a form, from the one that began: its frame is there as well.
    let fields = [("client_id", "ramme"), ("post_logout_redirect_uri", OUT), ("state", "s")];
    let onwards = browser.post("/idporten/logout", &fields).await;
    assert_eq!(onwards.status, 303);
    let page = browser.get(onwards.location()).await;
    page.is_page(200, "Du er logget ut");
    let own = format!(
        "src=\"https://tjeneste.example/frontkanal?iss=http%3A%2F%2Flocalhost%3A8080%2Fidporten&amp;sid={sid}\""
    );
    assert!(page.body.contains(&own), "{own} is not in {}", page.body);
    assert!(page.body.contains("src=\"https://tjeneste.example/annen?x=1\""), "{}", page.body);
    assert_eq!(page.body.matches("<iframe").count(), 2);
    assert!(
        page.headers["content-security-policy"]
            .to_str()
            .unwrap()
            .contains("frame-src https://tjeneste.example")
    );
    assert_eq!(page.headers["refresh"], "1; url=https://tjeneste.example/ute?state=s");
    assert!(browser.authorize("ramme", &[]).await.is_sign_in());
}
