//! How often one may ask, and the waiting room.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that meets the unexpected stops")]

mod common;

use std::net::SocketAddr;
use std::num::NonZeroU32;

use axum::extract::ConnectInfo;
use axum::{Extension, Router};
use common::*;
use jiff::SignedDuration;
use kernel::limits::{Limits, Rate};

fn rate(per_minute: u32, burst: u32) -> Rate {
    Rate { per_minute: NonZeroU32::new(per_minute).unwrap(), burst: NonZeroU32::new(burst).unwrap() }
}

/// The same provider with these limits, as it is reached from `from`.
fn limited(f: &mut Fixture, limits: &Limits, from: &str) {
    let address: SocketAddr = format!("{from}:5000").parse().unwrap();
    let router: Router = f.component.clone().limited(limits).router().into();
    f.router = router.layer(Extension(ConnectInfo(address)));
}

#[tokio::test]
async fn an_address_that_asks_too_often_gets_a_page_and_a_time() {
    let mut f = fixture().await;
    limited(&mut f, &Limits { address: rate(60, 2), ..Limits::default() }, "192.0.2.1");
    let mut browser = f.browser();
    assert!(browser.authorize("en", &[]).await.is_sign_in());
    let begun = browser.authorize("en", &[]).await;
    assert!(begun.is_sign_in());
    for address in [
        authorize_address("en", &[]),
        "/idporten/innlogging?id=x".to_owned(),
        "/idporten/eid/minid?id=x".to_owned(),
    ] {
        let refused = browser.get(&address).await;
        refused.is_page(429, "prøv igjen");
        assert_eq!(refused.headers["retry-after"], "1");
    }
    // What programs fetch has shares of its own, and what is published has none.
    assert_eq!(browser.get("/idporten/jwks.json").await.status, 200);
    f.clock.advance(SignedDuration::from_secs(2));
    browser.sign_in_at(&begun, kari(), &[]).await.code();
}

#[tokio::test]
async fn programs_get_oauths_json_and_ones_own_machine_no_limit() {
    let mut f = fixture().await;
    let strict = Limits { program_address: rate(60, 1), ..Limits::default() };
    limited(&mut f, &strict, "[2001:db8::1]");
    let mut browser = f.browser();
    assert_ne!(browser.post("/idporten/token", &[]).await.status, 429);
    for path in ["/idporten/token", "/idporten/par", "/idporten/userinfo", "/idporten/token/introspect"] {
        let refused = browser.post(path, &[]).await;
        assert_eq!(refused.status, 429, "{path}");
        assert_eq!(refused.json()["error"], "temporarily_unavailable");
        assert_eq!(refused.headers["retry-after"], "1");
        assert_eq!(refused.headers["cache-control"], "no-store");
    }
    limited(&mut f, &strict, "127.0.0.1");
    let mut browser = f.browser();
    for _ in 0..5 {
        assert_ne!(browser.post("/idporten/token", &[]).await.status, 429);
    }
}

#[tokio::test]
async fn only_a_client_that_shows_who_it_is_uses_its_share() {
    let mut f = fixture().await;
    limited(&mut f, &Limits { client: rate(60, 1), ..Limits::default() }, "192.0.2.1");
    let mut browser = f.browser();
    for _ in 0..5 {
        let wrong = [("client_id", "post"), ("client_secret", "feil"), ("token", "t")];
        assert_eq!(browser.post("/idporten/revoke", &wrong).await.json()["error"], "invalid_client");
    }
    let right = [("client_id", "post"), ("client_secret", SECRET), ("token", "t")];
    assert_eq!(browser.post("/idporten/revoke", &right).await.status, 200);
    let refused = browser.post("/idporten/revoke", &right).await;
    assert_eq!((refused.status, refused.json()["error"].as_str()), (429, Some("temporarily_unavailable")));
    f.clock.advance(SignedDuration::from_secs(2));
    assert_eq!(browser.post("/idporten/revoke", &right).await.status, 200);
}

#[tokio::test]
async fn a_person_who_signs_in_all_the_time_waits_and_nobody_else_does() {
    let mut f = fixture().await;
    limited(&mut f, &Limits { person: rate(1, 1), ..Limits::default() }, "192.0.2.1");
    f.browser().sign_in("en", kari(), &[]).await;
    let mut browser = f.browser();
    let begun = browser.authorize("en", &[]).await;
    browser.sign_in_at(&begun, kari(), &[]).await.is_page(429, "prøv igjen");
    f.browser().sign_in("en", ola(), &[]).await;
}

fn with_room(f: &mut Fixture, per_second: u32) {
    f.router = f.component.clone().waiting_room(NonZeroU32::new(per_second)).router().into();
}

fn waits(answer: &Answer) -> bool {
    answer.status == 302 && answer.location().starts_with(&format!("{ISSUER}/venterom?plass="))
}

#[tokio::test]
async fn beyond_the_rate_people_queue_and_go_on_where_they_were() {
    let mut f = fixture().await;
    with_room(&mut f, 1);
    // A second of rest, and the slot that is now.
    let mut inside = f.browser();
    inside.sign_in("en", ola(), &[]).await;
    let mut begun = f.browser();
    let unfinished = begun.authorize("en", &[]).await;
    assert!(unfinished.is_sign_in());
    let (mut first, mut second) = (f.browser(), f.browser());
    let at_first = first.authorize("en", &[("state", "min-tilstand")]).await;
    let at_second = second.authorize("to", &[]).await;
    assert!(waits(&at_first) && waits(&at_second));
    let page = first.get(at_first.location()).await;
    shows(&page, "nummer 1 ");
    assert_eq!(page.headers["refresh"], "1");
    shows(&second.get(at_second.location()).await, "nummer 2 ");
    let english = second.get(&format!("{}&spraak=en", at_second.location())).await;
    shows(&english, "number 2 ");
    // Who is in is not touched: neither the session, nor an unfinished sign-in, nor a step up; and prompt=none is answered.
    inside.authorize("to", &[]).await.code();
    assert!(inside.authorize("to", &[("prompt", "login")]).await.is_sign_in());
    begun.sign_in_at(&unfinished, kari(), &[]).await.code();
    assert_eq!(f.browser().authorize("en", &[("prompt", "none")]).await.error(), "login_required");

    f.clock.advance(SignedDuration::from_secs(1));
    let turn = first.get(at_first.location()).await;
    assert!(turn.is_sign_in(), "{}", turn.body);
    shows(&second.get(at_second.location()).await, "nummer 1 ");
    // The page may be loaded again, and the request goes on as it came.
    assert_eq!(first.get(at_first.location()).await.location(), turn.location());
    let signed_in = first.sign_in_at(&turn, kari(), &[]).await;
    assert_eq!(signed_in.callback()["state"], "min-tilstand");
}

#[tokio::test]
async fn a_place_is_kept_for_who_comes_back_and_worth_nothing_to_others() {
    let mut f = fixture().await;
    with_room(&mut f, 1);
    for _ in 0..5 {
        f.browser().authorize("en", &[]).await;
    }
    let mut browser = f.browser();
    let waiting = browser.authorize("en", &[]).await;
    shows(&browser.get(waiting.location()).await, "nummer 4 ");
    let cookies = browser.cookies.clone();
    for _ in 0..5 {
        f.browser().authorize("en", &[]).await;
    }
    // Back by the service's link: the same place.
    let again = browser.authorize("en", &[]).await;
    shows(&browser.get(again.location()).await, "nummer 4 ");
    // The page of another browser, with no ticket, with a ticket that it wrote itself, with one that is not its own.
    f.browser().get(waiting.location()).await.is_page(400, "login_required");
    let mut thief = f.browser();
    thief.authorize("en", &[]).await;
    for ticket in ["1.AAAA", cookies["idporten_billett"].as_str()] {
        thief.cookies.insert("idporten_billett".to_owned(), ticket.to_owned());
        thief.get(waiting.location()).await.is_page(400, "login_required");
    }
    // A whole copy of the browser lets in one of the two.
    let mut copy = f.browser();
    copy.cookies = cookies;
    let copied = copy.authorize("to", &[]).await;
    f.clock.advance(SignedDuration::from_secs(4));
    assert!(browser.get(again.location()).await.is_sign_in());
    let behind = copy.get(copied.location()).await;
    shows(&behind, "nummer");
    // Too late: at the end of the line, which is empty by then.
    f.clock.advance(SignedDuration::from_mins(30));
    let late = browser.authorize("en", &[]).await;
    assert!(late.is_sign_in());
}

/// That the page is shown, with these words.
fn shows(answer: &Answer, words: &str) {
    // Fluent isolates what it puts in.
    let plain = answer.body.replace(['\u{2068}', '\u{2069}'], "");
    assert_eq!(answer.status, 200, "{plain}");
    assert!(plain.contains(words), "{words} is not in {plain}");
}
