//! A person signs in by showing a credential from their wallet, on the same device and from another, and everything that
//! must not sign anybody in.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that meets the unexpected stops")]

mod common;
#[path = "common/wallet.rs"]
mod parts;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use clients::TokenSource;
use clients::enhetsregister::Enhetsregister;
use clients::folkeregister::Folkeregister;
use clients::idporten::{ACR_HIGH, ACR_SUBSTANTIAL};
use clients::lommebok::PERSONAL_NUMBER;
use common::*;
use idporten::{Component, Config, MIGRATIONS, Wallet};
use jiff::SignedDuration;
use kernel::jose::{Alg, Certified, KeyEncryptionKey, SigningKey, sd_jwt};
use parts::{Issuer, OWN, Question, TestWallet, certified, key, onward, wallets};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// A fixture with wallets, and the installation's own issuer.
async fn with_wallets(change: impl FnOnce(&mut Wallet)) -> (Fixture, Issuer) {
    let issuer = Issuer::new(OWN);
    let wallet = |mesh| {
        let mut wallet = wallets(mesh);
        change(&mut wallet);
        Some(wallet)
    };
    let f = fixture_among(|_| {}, Vec::new(), wallet, issuer.router()).await;
    issuer.set_clock(&f.clock);
    (f, issuer)
}

/// The link and the hidden fields of the wallet's page.
#[derive(Clone)]
struct Asked {
    link: String,
    id: String,
    question: String,
}

fn asked(page: &Answer) -> Asked {
    let link = page.body.split("href=\"openid4vp://").nth(1).unwrap_or_else(|| panic!("{}", page.body));
    let link = format!("openid4vp://{}", link.split('"').next().unwrap().replace("&amp;", "&"));
    let field = |name: &str| {
        let rest = page.body.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap();
        rest.split('"').next().unwrap().to_owned()
    };
    Asked { link, id: field("id"), question: field("foresporsel") }
}

/// Begins a sign-in at the client `en` and goes to the wallet's page.
async fn to_wallet(browser: &mut Browser<'_>, changes: &[(&str, &str)]) -> Asked {
    let answer = browser.authorize("en", changes).await;
    let id = answer.sent()["id"].clone();
    let page = browser.get(answer.location()).await;
    assert!(
        page.body.contains(&format!("/idporten/eid/lommebok?id={id}\">Europeisk lommebok")),
        "{}",
        page.body
    );
    let page = browser.get(&format!("/idporten/eid/lommebok?id={id}")).await;
    page.is_page(200, "<svg role=\"img\" aria-label=\"QR-kode");
    assert_eq!(page.body.matches("<script").count(), 1, "no script but the layout's own");
    asked(&page)
}

#[tokio::test]
async fn a_person_signs_in_with_a_wallet_on_the_same_device() {
    let (f, issuer) = with_wallets(|_| {}).await;
    let wallet = TestWallet::new(&f.router, &issuer, kari(), f.now());
    let mut browser = f.browser();
    let asked = to_wallet(&mut browser, &[("acr_values", ACR_HIGH)]).await;
    let question = wallet.read(&asked.link).await;
    let vp = wallet.present(&question, f.now());
    let content = json!({ "vp_token": { "pid": [vp] }, "state": question.text("state") });
    let back = onward(&wallet.answer(&question, &content).await);

    // The answer is taken once, and the question is gone.
    refused(&wallet.answer(&question, &content).await, 400, "invalid_request");
    let gone = wallet.post(&parameters(&asked.link)["request_uri"], &[]).await;
    refused(&gone, 400, "invalid_request");

    let code = browser.get(&back).await.code();
    let claims = f.id_claims("en", &code).await;
    let said = [&claims["pid"], &claims["acr"], &claims["amr"][0]];
    assert_eq!(said, [kari().as_str(), ACR_HIGH, "EUDI-lommebok"]);
    assert!(claims.get("given_name").is_none());
    browser.get(&back).await.is_page(400, "utløpt");

    // Shown again to another question, the same presentation is of another nonce.
    let asked = to_wallet(&mut browser, &[("prompt", "login")]).await;
    let question = wallet.read(&asked.link).await;
    let content = json!({ "vp_token": content["vp_token"], "state": question.text("state") });
    refused(&wallet.answer(&question, &content).await, 400, "invalid_request");
}

#[tokio::test]
async fn an_answer_alone_signs_nobody_in_elsewhere_and_the_digits_do_where_it_began() {
    let (f, issuer) = with_wallets(|_| {}).await;
    let wallet = TestWallet::new(&f.router, &issuer, kari(), f.now());
    let mut browser = f.browser();
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
        .clone_into(&mut browser.user_agent);
    let asked = to_wallet(&mut browser, &[]).await;
    let (id, question) = (asked.id.as_str(), asked.question.as_str());
    let form = |digits: &'static str| [("id", id), ("foresporsel", question), ("kode", digits)];

    // Not answered yet.
    let page = browser.post("/idporten/eid/lommebok", &form("123456")).await;
    page.is_page(422, "Lommeboken har ikke svart ennå");
    assert_eq!(common_question(&page), asked.question, "it is the same question");

    let read = wallet.read(&asked.link).await;
    let back = wallet.show(&read, f.now()).await;
    let mut phone = f.browser();
    let page = phone.get(&back).await;
    page.is_page(200, "Skriv disse sifrene");
    assert!(page.body.contains("Tjenesten en") && page.body.contains("Firefox på Linux"), "{}", page.body);
    assert!(!phone.cookies.keys().any(|name| name.contains("session")));
    let digits = digits_of(&page);
    assert_eq!(digits.len(), 6);
    // The phone may load its page again; it still has no sign-in to go on with.
    phone.get(&back).await.is_page(200, &digits);
    phone
        .post("/idporten/eid/lommebok", &[("id", id), ("foresporsel", question), ("kode", &digits)])
        .await
        .is_page(400, "annen nettleser");

    let wrong = if digits == "000000" { "000001" } else { "000000" };
    let with = |digits: &str| browser_form(id, question, digits);
    browser.post("/idporten/eid/lommebok", &as_pairs(&with(wrong))).await.is_page(422, "ikke de samme");
    browser.post("/idporten/eid/lommebok", &as_pairs(&with(""))).await.is_page(422, "Skriv de seks sifrene");
    // Another sign-in of the same browser cannot have the answer.
    let other = to_wallet(&mut browser, &[]).await;
    let page =
        browser.post("/idporten/eid/lommebok", &as_pairs(&browser_form(&other.id, question, &digits))).await;
    page.is_page(422, "Her er en ny");
    let spaced = format!("{} {}", &digits[..3], &digits[3..]);
    let code = browser.post("/idporten/eid/lommebok", &as_pairs(&with(&spaced))).await.code();
    assert_eq!(f.id_claims("en", &code).await["pid"], kari().as_str());
    browser.post("/idporten/eid/lommebok", &as_pairs(&with(&digits))).await.is_page(400, "utløpt");
    phone.get(&back).await.is_page(400, "utløpt");
}

fn common_question(page: &Answer) -> String {
    asked(page).question
}

fn digits_of(page: &Answer) -> String {
    page.body.split("id=\"siffer\"").nth(1).unwrap().split(['>', '<']).nth(1).unwrap().to_owned()
}

fn browser_form(id: &str, question: &str, digits: &str) -> Vec<(String, String)> {
    [("id", id), ("foresporsel", question), ("kode", digits)]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
}

fn as_pairs(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

#[tokio::test]
async fn digits_are_guessed_five_times_and_the_question_is_over() {
    let (f, issuer) = with_wallets(|_| {}).await;
    let wallet = TestWallet::new(&f.router, &issuer, kari(), f.now());
    let mut browser = f.browser();
    let asked = to_wallet(&mut browser, &[]).await;
    let back = wallet.show(&wallet.read(&asked.link).await, f.now()).await;
    let page = f.browser().get(&back).await;
    let digits = digits_of(&page);
    let wrong = if digits == "000000" { "000001" } else { "000000" };
    for _ in 0..4 {
        let page = browser
            .post("/idporten/eid/lommebok", &as_pairs(&browser_form(&asked.id, &asked.question, wrong)))
            .await;
        page.is_page(422, "ikke de samme");
    }
    let page = browser
        .post("/idporten/eid/lommebok", &as_pairs(&browser_form(&asked.id, &asked.question, wrong)))
        .await;
    page.is_page(422, "Her er en ny");
    assert_ne!(common_question(&page), asked.question);
    let page = browser
        .post("/idporten/eid/lommebok", &as_pairs(&browser_form(&asked.id, &asked.question, &digits)))
        .await;
    page.is_page(422, "Her er en ny");
    f.browser().get(&back).await.is_page(400, "utløpt");
    // Ten attempts in all, and the client is told.
    for _ in 0..4 {
        browser
            .post("/idporten/eid/lommebok", &as_pairs(&browser_form(&asked.id, &asked.question, wrong)))
            .await;
    }
    let last = browser
        .post("/idporten/eid/lommebok", &as_pairs(&browser_form(&asked.id, &asked.question, wrong)))
        .await;
    assert_eq!(last.error(), "access_denied");
}

#[tokio::test]
async fn a_wallet_that_says_no_leads_to_a_page_that_says_so() {
    let (f, issuer) = with_wallets(|_| {}).await;
    let wallet = TestWallet::new(&f.router, &issuer, kari(), f.now());
    for (error, words) in [
        ("access_denied", "Du svarte nei i lommeboken"),
        ("wallet_unavailable", "kunne ikke brukes"),
        ("vp_formats_not_supported", "kunne ikke svare"),
        ("<script>", "kunne ikke svare"),
    ] {
        let mut browser = f.browser();
        let asked = to_wallet(&mut browser, &[]).await;
        let question = wallet.read(&asked.link).await;
        let state = question.text("state");
        // Without the question's state nobody says no for the wallet.
        let answer = wallet.post(question.response_uri(), &[("error", error), ("state", "x")]).await;
        refused(&answer, 400, "invalid_request");
        refused(&wallet.post(question.response_uri(), &[("error", error)]).await, 400, "invalid_request");
        // Open or encrypted.
        let said = if error == "access_denied" {
            wallet.answer(&question, &json!({ "error": error, "state": state })).await
        } else {
            wallet
                .post(
                    question.response_uri(),
                    &[("error", error), ("error_description", "x"), ("state", state)],
                )
                .await
        };
        let back = onward(&said);
        let elsewhere = f.browser().get(&back).await;
        elsewhere.is_page(200, words);
        assert!(elsewhere.body.contains("Gå tilbake dit du begynte"));
        if error == "wallet_unavailable" {
            let fields = browser_form(&asked.id, &asked.question, "");
            browser.post("/idporten/eid/lommebok", &as_pairs(&fields)).await.is_page(422, words);
        } else {
            browser.get(&back).await.is_page(422, words);
        }
        // The sign-in is as it was: another way is open.
        let page = browser.get(&format!("/idporten/innlogging?id={}", asked.id)).await;
        page.is_page(200, "Europeisk lommebok");
    }
    // Who goes back goes to the client.
    let mut browser = f.browser();
    let asked = to_wallet(&mut browser, &[]).await;
    let answer = browser.post("/idporten/eid/lommebok", &[("id", &asked.id), ("avbryt", "1")]).await;
    assert_eq!(answer.error(), "access_denied");
}

#[tokio::test]
async fn what_does_not_hold_is_refused_and_leaves_the_question_as_it_was() {
    let (f, issuer) = with_wallets(|_| {}).await;
    let now = f.now();
    let wallet = TestWallet::new(&f.router, &issuer, kari(), now);
    let kari = kari();
    let mut browser = f.browser();
    let asked = to_wallet(&mut browser, &[]).await;
    let question = wallet.read(&asked.link).await;
    let (client_id, nonce, state) =
        (question.text("client_id"), question.text("nonce"), question.text("state"));
    let shown = [PERSONAL_NUMBER];
    let holder = &wallet.holder;
    let present = |credential: &str, holder: &SigningKey, aud: &str, nonce: &str, at: i64| {
        sd_jwt::present(credential, &shown, holder, aud, nonce, at).unwrap()
    };
    let issued = |changes: Value| issuer.issue(holder, kari.as_str(), &changes, now);
    let good = &wallet.credential;
    let held = |credential: &str| present(credential, holder, client_id, nonce, now);
    let without_number = sd_jwt::present(good, &["given_name"], holder, client_id, nonce, now).unwrap();
    let fine = held(good);
    let (before, binding) = fine.rsplit_once('~').unwrap();
    let elsewhere = Issuer::new("https://annen.example");
    let presentations = [
        ("another nonce", present(good, holder, client_id, "en annen", now)),
        ("another audience", present(good, holder, "x509_hash:en-annen", nonce, now)),
        ("another audience", present(good, holder, ISSUER, nonce, now)),
        ("another holder", present(good, &key(), client_id, nonce, now)),
        ("signed too long ago", present(good, holder, client_id, nonce, now - 301)),
        ("signed in the future", present(good, holder, client_id, nonce, now + 301)),
        ("no binding", format!("{before}~")),
        ("no binding and no end", before.to_owned()),
        ("less than was signed", format!("{}~{binding}", before.rsplit_once('~').unwrap().0)),
        ("no number", without_number),
        ("expired", held(&issued(json!({ "exp": now })))),
        ("not yet", held(&issued(json!({ "nbf": now + 1 })))),
        ("another type", held(&issued(json!({ "vct": "urn:eudi:mdl:1" })))),
        ("no type", held(&issued(json!({ "vct": null })))),
        ("no key", {
            let unbound = issued(json!({ "cnf": null }));
            let at = unbound.split('~').next().unwrap().to_owned();
            format!("{at}~{binding}")
        }),
        ("another issuer", held(&elsewhere.issue(holder, kari.as_str(), &json!({}), now))),
        ("another key under the issuer's name", {
            held(&issuer.issue_with(
                &key(),
                holder,
                json!({ PERSONAL_NUMBER: kari.as_str() }),
                &json!({}),
                now,
            ))
        }),
        ("another key under the key's name", {
            let other = key().with_kid(issuer.key.kid()).unwrap();
            held(&issuer.issue_with(
                &other,
                holder,
                json!({ PERSONAL_NUMBER: kari.as_str() }),
                &json!({}),
                now,
            ))
        }),
        ("no number", held(&issuer.issue(holder, "12345678901", &json!({}), now))),
        ("a number that is no text", {
            held(&issuer.issue_with(&issuer.key, holder, json!({ PERSONAL_NUMBER: 1 }), &json!({}), now))
        }),
        (
            "a place outside the list",
            held(&issued(json!({ "status": { "status_list": { "idx": 1000, "uri": issuer.list() } } }))),
        ),
        ("a status that is not known", held(&issued(json!({ "status": { "other": {} } })))),
        (
            "a list without TLS's like",
            held(&issued(json!({ "status": { "status_list": { "idx": 7, "uri": "ftp://x" } } }))),
        ),
        ("nothing", String::new()),
        ("no presentation", "x".to_owned()),
        ("three dots", "a.b.c~".to_owned()),
        ("too long", "x".repeat(40_000)),
    ];
    for (what, presentation) in &presentations {
        let content = json!({ "vp_token": { "pid": [presentation] }, "state": state });
        let answer = wallet.answer(&question, &content).await;
        assert_eq!(answer.status, 400, "{what}: {}", answer.body);
        refused(&answer, 400, "invalid_request");
        assert!(!answer.body.contains(kari.as_str()));
    }
    let vp = |value: Value| json!({ "vp_token": value, "state": state });
    for content in [
        vp(json!({})),
        vp(json!([fine])),
        vp(json!(fine)),
        vp(json!({ "pid": fine })),
        vp(json!({ "pid": [] })),
        vp(json!({ "pid": [fine, fine] })),
        vp(json!({ "pid": [fine], "x": [fine] })),
        vp(json!({ "annen": [fine] })),
        json!({ "vp_token": { "pid": [fine] } }),
        json!({ "vp_token": { "pid": [fine] }, "state": "en annen" }),
        json!({ "vp_token": { "pid": [fine] }, "state": 1 }),
        json!({ "vp_token": { "pid": [fine] }, "state": state, "error": "access_denied" }),
        json!({ "state": state }),
        json!([]),
    ] {
        refused(&wallet.answer(&question, &content).await, 400, "invalid_request");
    }
    // Not encrypted, or to another key, doubled, oversized, of another kind, elsewhere.
    let token = json!({ "pid": [fine] }).to_string();
    let uri = question.response_uri();
    refused(&wallet.post(uri, &[("vp_token", &token), ("state", state)]).await, 400, "invalid_request");
    refused(&wallet.post(uri, &[("response", "x")]).await, 400, "invalid_request");
    refused(&wallet.post(uri, &[]).await, 400, "invalid_request");
    let content = vp(json!({ "pid": [fine] }));
    let sealed = TestWallet::sealed(&question, &content);
    let response = sealed[0].1.as_str();
    for fields in [
        vec![("response", response), ("response", response)],
        vec![("response", response), ("error", "access_denied"), ("state", state)],
        vec![("response", response), ("vp_token", token.as_str())],
        vec![("response", response), ("state", state), ("state", state)],
        vec![("error", "a"), ("error", "b"), ("state", state)],
    ] {
        refused(&wallet.post(uri, &fields).await, 400, "invalid_request");
    }
    refused(&wallet.post_body(uri, &"x".repeat(70_000)).await, 413, "invalid_request");
    let other = wallet.read(&to_wallet(&mut f.browser(), &[]).await.link).await;
    // The answer to one question, at another's address: neither its key nor its state.
    refused(&wallet.post(other.response_uri(), &[("response", response)]).await, 400, "invalid_request");
    let crossed = json!({ "vp_token": { "pid": [fine] }, "state": other.text("state") });
    refused(&wallet.answer(&other, &crossed).await, 400, "invalid_request");
    let nowhere = format!("{uri}x");
    refused(&wallet.post(&nowhere, &[("response", response)]).await, 400, "invalid_request");
    let plain = Request::post(uri.trim_start_matches("http://localhost:8080"))
        .header("content-type", "application/json")
        .body(Body::from(content.to_string()))
        .unwrap();
    refused(&send(&f.router, plain).await, 400, "invalid_request");
    let long = "x".repeat(600);
    let request_uri = parameters(&asked.link)["request_uri"].clone();
    refused(&wallet.post(&request_uri, &[("wallet_nonce", &long)]).await, 400, "invalid_request");
    let twice = [("wallet_nonce", "a"), ("wallet_nonce", "b")];
    refused(&wallet.post(&request_uri, &twice).await, 400, "invalid_request");

    // After all this, the question is answered as if nothing had been.
    let back = onward(&wallet.answer(&question, &content).await);
    assert_eq!(browser.get(&back).await.status, 303);
}

#[tokio::test]
async fn a_withdrawn_credential_signs_nobody_in() {
    let (f, issuer) = with_wallets(|_| {}).await;
    let wallet = TestWallet::new(&f.router, &issuer, kari(), f.now());
    let attempt = async || {
        let question = wallet.read(&to_wallet(&mut f.browser(), &[]).await.link).await;
        let content = json!({ "vp_token": { "pid": [wallet.present(&question, f.now())] }, "state": question.text("state") });
        wallet.answer(&question, &content).await
    };
    *issuer.broken.lock().unwrap() = Some(StatusCode::BAD_GATEWAY);
    refused(&attempt().await, 503, "temporarily_unavailable");
    *issuer.broken.lock().unwrap() = None;
    onward(&attempt().await);
    onward(&attempt().await);
    assert_eq!(*issuer.fetched.lock().unwrap(), 2, "the list is kept for as long as it says");
    *issuer.withdrawn.lock().unwrap() = vec![6, 7];
    f.clock.advance(SignedDuration::from_secs(60));
    let answer = attempt().await;
    refused(&answer, 400, "invalid_request");
    assert!(answer.body.contains("withdrawn"), "{}", answer.body);
    *issuer.withdrawn.lock().unwrap() = vec![6, 8];
    f.clock.advance(SignedDuration::from_secs(60));
    onward(&attempt().await);
    // One that cannot be withdrawn needs no list.
    let credential = issuer.issue(&wallet.holder, kari().as_str(), &json!({ "status": null }), f.now());
    let plain = TestWallet::with(&f.router, wallet.holder.clone(), credential);
    let question = plain.read(&to_wallet(&mut f.browser(), &[]).await.link).await;
    plain.show(&question, f.now()).await;
}

#[tokio::test]
async fn who_the_register_does_not_let_in_is_told_why() {
    let (f, issuer) = with_wallets(|_| {}).await;
    for (pid, words) in [
        (born("1950-01-01"), "registrert som død"),
        (born("2008-11-24"), "18 år"),
        (born("1999-09-09"), "kjenner ingen med dette"),
    ] {
        let wallet = TestWallet::new(&f.router, &issuer, pid, f.now());
        let mut browser = f.browser();
        let question = wallet.read(&to_wallet(&mut browser, &[]).await.link).await;
        let back = wallet.show(&question, f.now()).await;
        let page = browser.get(&back).await;
        assert_eq!(page.status, 422, "{}", page.body);
        assert!(page.body.contains(words), "{words}: {}", page.body);
        assert!(!browser.cookies.keys().any(|name| name.contains("session")));
    }
}

#[tokio::test]
async fn a_question_lives_ten_minutes() {
    let (f, issuer) = with_wallets(|_| {}).await;
    let wallet = TestWallet::new(&f.router, &issuer, kari(), f.now());
    let mut browser = f.browser();
    let asked = to_wallet(&mut browser, &[("acr_values", ACR_SUBSTANTIAL)]).await;
    let question: Question = wallet.read(&asked.link).await;
    f.clock.advance(SignedDuration::from_secs(600));
    let content = json!({ "vp_token": { "pid": [wallet.present(&question, f.now())] }, "state": question.text("state") });
    refused(&wallet.answer(&question, &content).await, 400, "invalid_request");
    f.component.look_after().await.unwrap();
    let rows = f.store.query_opt("SELECT COUNT(*) FROM presentation", &[]).await.unwrap().unwrap();
    assert_eq!(rows.get::<i64>(0).unwrap(), 0);
    let code = browser.get("/idporten/eid/lommebok/tilbake?svar=x").await;
    code.is_page(400, "utløpt");
    browser.get("/idporten/eid/lommebok/tilbake").await.is_page(400, "");
    browser.get("/idporten/eid/lommebok/tilbake?svar=x&svar=y").await.is_page(400, "");
}

#[tokio::test]
async fn answers_need_not_be_encrypted_where_wallets_cannot() {
    let (f, issuer) = with_wallets(|wallet| wallet.encrypted = false).await;
    let wallet = TestWallet::new(&f.router, &issuer, kari(), f.now());
    let mut browser = f.browser();
    let question = wallet.read(&to_wallet(&mut browser, &[]).await.link).await;
    let uri = question.response_uri();
    refused(&wallet.post(uri, &[("response", "a.b.c.d.e")]).await, 400, "invalid_request");
    let token = json!({ "pid": [wallet.present(&question, f.now())] }).to_string();
    let state = question.text("state");
    refused(&wallet.post(uri, &[("vp_token", &token)]).await, 400, "invalid_request");
    let twice = [("vp_token", token.as_str()), ("vp_token", &token), ("state", state)];
    refused(&wallet.post(uri, &twice).await, 400, "invalid_request");
    refused(&wallet.post(uri, &[("vp_token", "{"), ("state", state)]).await, 400, "invalid_request");
    let doubled = token.replacen('{', "{\"pid\":[\"x\"],", 1);
    refused(&wallet.post(uri, &[("vp_token", &doubled), ("state", state)]).await, 400, "invalid_request");
    let back = wallet.show(&question, f.now()).await;
    assert_eq!(browser.get(&back).await.status, 303);
}

#[tokio::test]
async fn another_issuer_is_believed_by_configuration() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let name = format!("http://{}/pid/", listener.local_addr().unwrap());
    let other = Issuer::new(name.trim_end_matches('/'));
    let router = other.router();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let named = other.name.clone();
    let (f, _) = with_wallets(|wallet| wallet.issuers = vec![named]).await;
    other.set_clock(&f.clock);
    let wallet = TestWallet::new(&f.router, &other, kari(), f.now());
    let mut browser = f.browser();
    let question = wallet.read(&to_wallet(&mut browser, &[]).await.link).await;
    let back = wallet.show(&question, f.now()).await;
    let code = browser.get(&back).await.code();
    assert_eq!(f.id_claims("en", &code).await["pid"], kari().as_str());
}

#[tokio::test]
async fn without_a_certificate_there_is_no_such_eid_and_a_wrong_configuration_does_not_start() {
    let f = fixture().await;
    let mut browser = f.browser();
    let answer = browser.authorize("en", &[]).await;
    let page = browser.get(answer.location()).await;
    assert!(!page.body.contains("Europeisk lommebok"));
    let id = answer.sent()["id"].clone();
    browser.get(&format!("/idporten/eid/lommebok?id={id}")).await.is_page(400, "no such eID");
    let fields = [("id", id.as_str()), ("foresporsel", "x"), ("kode", "1")];
    browser.post("/idporten/eid/lommebok", &fields).await.is_page(400, "no such eID");
    refused(&f.get("/idporten/eid/lommebok/foresporsel/x").await, 400, "invalid_request");
    refused(&f.post("/idporten/eid/lommebok/svar/x", &[("error", "x")]).await, 400, "invalid_request");

    let rsa = Certified::new(SigningKey::generate(Alg::RS256).unwrap(), certified().x5c().to_vec()).unwrap();
    let usual = || wallets(f.mesh.clone());
    for wrong in [
        Wallet { certified: rsa, ..usual() },
        Wallet { link: "ikke en lenke".to_owned(), ..usual() },
        Wallet { link: "https://lommebok.example/?x=1".to_owned(), ..usual() },
        Wallet { issuers: vec!["ftp://x".to_owned()], ..usual() },
        Wallet { issuers: vec!["x".to_owned()], ..usual() },
    ] {
        assert!(f.component.clone().wallet(Some(wrong)).is_err());
    }
}

#[tokio::test]
async fn ansattporten_takes_a_wallet_too() {
    let (f, issuer) = with_wallets(|_| {}).await;
    let ctx = f.test.sibling(idporten::ANSATTPORTEN, MIGRATIONS).await;
    let token = || TokenSource::fixed("t");
    let people = Folkeregister::new(f.mesh.clone(), token());
    let businesses = Enhetsregister::new(f.mesh.clone(), token());
    let master = KeyEncryptionKey::from_bytes(&[3; 32]).unwrap();
    let config = Config { master, suggestions: Vec::new(), upstreams: Vec::new() };
    let component = Component::ansattporten(ctx, people, businesses, config).await.unwrap();
    let component = component.wallet(Some(wallets(f.mesh.clone()))).unwrap();
    component.registrar().register_client(client("en")).await.unwrap();
    let f = Fixture { router: component.router().into(), component, ..f };

    let wallet = TestWallet::new(&f.router, &issuer, kari(), f.now());
    let mut browser = f.browser();
    let form = authorize_form("en", &[("scope", "openid"), ("acr_values", "high")]);
    let answer = browser.get(&format!("/ansattporten/authorize?{form}")).await;
    let id = answer.sent()["id"].clone();
    let asked = asked(&browser.get(&format!("/ansattporten/eid/lommebok?id={id}")).await);
    let question = wallet.read(&asked.link).await;
    let content = json!({ "vp_token": { "pid": [wallet.present(&question, f.now())] }, "state": question.text("state") });
    let answer = wallet.answer(&question, &content).await;
    let back = answer.json()["redirect_uri"].as_str().unwrap().to_owned();
    assert!(back.starts_with("http://localhost:8080/ansattporten/eid/lommebok/tilbake?svar="), "{back}");
    let done = browser.get(&back).await;
    assert!(done.location().starts_with(&format!("{CALLBACK}?code=")), "{}", done.location());
}
