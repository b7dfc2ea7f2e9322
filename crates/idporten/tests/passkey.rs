//! Passkeys: made by who is signed in otherwise, used to sign in, and refused whenever something is not as it should be.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that meets the unexpected stops")]

mod common;

use std::sync::Arc;

use aws_lc_rs::digest::{SHA384, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ciborium::cbor;
use clients::idporten::{ACR_HIGH, ACR_SUBSTANTIAL};
use common::authenticator::*;
use common::*;
use jiff::SignedDuration;
use kernel::id::Pid;
use serde_json::{Value, json};

const MINE: &str = "/idporten/minside/passkeys";

/// The token of a page's forms.
fn csrf(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"csrf\" value=\"").unwrap_or_else(|| panic!("no csrf in {page}"));
    rest.split_once('"').unwrap().0.to_owned()
}

/// Follows from the list, through the test eID, to the list again.
async fn at_mine(browser: &mut Browser<'_>, pid: Pid) -> Answer {
    let sent = browser.get(MINE).await;
    assert_eq!(sent.status, 303, "{}", sent.body);
    let page = browser.get(sent.location()).await;
    let back = browser.sign_in_at(&page, pid, &[]).await;
    assert!(back.location().starts_with("http://localhost:8080/idporten/minside/innlogget?code="));
    let clean = browser.get(back.location()).await;
    assert_eq!((clean.status, clean.location()), (303, "http://localhost:8080/idporten/minside/passkeys"));
    browser.get(MINE).await
}

async fn add(browser: &mut Browser<'_>, page: &Answer, name: &str, answer: &str) -> Answer {
    let fields = [("csrf", &*csrf(&page.body)), ("navn", name), ("svar", answer)];
    browser.post(MINE, &fields).await
}

/// Makes a passkey for a person, in a browser of its own.
async fn enrol(f: &Fixture, pid: Pid, key: Key) -> Authenticator {
    let mut authenticator = Authenticator::new(key);
    enrol_in(f, pid, &mut authenticator).await;
    authenticator
}

async fn enrol_in(f: &Fixture, pid: Pid, authenticator: &mut Authenticator) {
    let mut browser = f.browser();
    let page = at_mine(&mut browser, pid).await;
    let answer = authenticator.create(&question(&page.body)).to_string();
    let added = add(&mut browser, &page, "Telefonen", &answer).await;
    assert_eq!(added.status, 303, "{}", added.body);
}

/// A sign-in that waits at the passkey's page.
struct Waiting<'a> {
    browser: Browser<'a>,
    id: String,
    question: Value,
}

async fn waiting<'a>(f: &'a Fixture, client_id: &str) -> Waiting<'a> {
    let mut browser = f.browser();
    let answer = browser.authorize(client_id, &[]).await;
    let id = answer.sent()["id"].clone();
    let page = browser.get(&format!("/idporten/eid/passkey?id={id}")).await;
    assert_eq!(page.status, 200, "{}", page.body);
    let question = question(&page.body);
    Waiting { browser, id, question }
}

impl Waiting<'_> {
    async fn answer(&mut self, answer: &str) -> Answer {
        self.browser.post("/idporten/eid/passkey", &[("id", &self.id), ("svar", answer)]).await
    }
}

#[tokio::test]
async fn a_person_makes_a_passkey_and_signs_in_with_it_from_any_browser() {
    let f = fixture().await;
    let kari = kari();
    for (name, key) in [("ES256", Key::es256()), ("Ed25519", Key::ed25519()), ("RSA", Key::rs256())] {
        let mut browser = f.browser();
        let page = at_mine(&mut browser, kari).await;
        assert_eq!(page.status, 200);
        let asked = question(&page.body);
        let algorithms: Vec<i64> = asked["pubKeyCredParams"]
            .as_array()
            .unwrap()
            .iter()
            .map(|parameter| parameter["alg"].as_i64().unwrap())
            .collect();
        assert_eq!(algorithms, [-7, -8, -257]);
        assert_eq!(asked["rp"]["id"], "localhost");
        assert_eq!(asked["authenticatorSelection"]["residentKey"], "required");
        assert_eq!(asked["authenticatorSelection"]["userVerification"], "required");
        assert!(!asked.to_string().contains(kari.as_str()), "the device learns who it is from nobody");

        let mut authenticator = Authenticator::new(key);
        let answer = authenticator.create(&asked).to_string();
        let added = add(&mut browser, &page, &format!("  {name} <b> "), &answer).await;
        assert_eq!(
            (added.status, added.location()),
            (303, "http://localhost:8080/idporten/minside/passkeys?gjort=lagt-til"),
            "{}",
            added.body
        );
        let list = browser.get(added.location()).await.body;
        assert!(
            list.contains(&format!("{name} &lt;b&gt;"))
                && list.contains("er lagt til")
                && list.contains("Ikke brukt ennå"),
            "{list}"
        );
        let excluded = question(&list)["excludeCredentials"].to_string();
        assert!(excluded.contains(&encode(&authenticator.credential_id)), "{excluded}");

        for _ in 0..2 {
            let mut waiting = waiting(&f, "en").await;
            assert_eq!(waiting.question["userVerification"], "required");
            assert_eq!(waiting.question["allowCredentials"], json!([]), "nobody says who they are first");
            let answer = authenticator.get(&waiting.question).to_string();
            let claims = f.id_claims("en", &waiting.answer(&answer).await.code()).await;
            assert_eq!(claims["pid"], kari.as_str());
            assert_eq!(
                (&claims["acr"], &claims["amr"]),
                (&json!(ACR_SUBSTANTIAL), &json!(["Minid-WEBAUTHN"]))
            );
        }
        assert!(browser.get(MINE).await.body.contains("Sist brukt 23. november 2026"));
    }
}

#[tokio::test]
async fn a_passkey_is_offered_where_its_level_is_enough() {
    let f = fixture().await;
    let mut authenticator = enrol(&f, kari(), Key::es256()).await;
    let mut browser = f.browser();
    let offered = browser.authorize("en", &[]).await;
    let page = browser.get(offered.location()).await;
    assert!(page.body.contains("/idporten/eid/passkey?id="), "{}", page.body);

    let high = browser.authorize("en", &[("acr_values", ACR_HIGH)]).await;
    let page = browser.get(high.location()).await;
    assert!(!page.body.contains("/idporten/eid/passkey?id="), "{}", page.body);
    // Who goes there all the same gets no further.
    let id = high.sent()["id"].clone();
    let page = browser.get(&format!("/idporten/eid/passkey?id={id}")).await;
    let answer = authenticator.get(&question(&page.body)).to_string();
    let refused = browser.post("/idporten/eid/passkey", &[("id", &id), ("svar", &answer)]).await;
    refused.is_page(422, "høyere sikkerhetsnivå");

    let back = browser.post("/idporten/eid/passkey", &[("id", &id), ("avbryt", "1")]).await;
    assert_eq!(back.error(), "access_denied");
    let f = fixture_with(|ctx| ctx.base_url = Arc::from("http://127.0.0.1:8080")).await;
    let mut browser = f.browser();
    let sent = browser.get(&authorize_address("en", &[])).await;
    let page = browser.get(sent.location().trim_start_matches("http://127.0.0.1:8080")).await;
    assert!(page.status == 200 && !page.body.contains("eid/passkey"), "there are none for addresses");
}

#[tokio::test]
async fn an_answer_that_is_not_quite_right_signs_nobody_in() {
    let f = fixture().await;
    let mut good = enrol(&f, kari(), Key::es256()).await;
    let stranger = enrol(&f, ola(), Key::es256()).await;
    type Change = fn(&mut Authenticator);
    let changes: [(&str, Change, &str); 12] = [
        ("another site", |a| a.origin = "http://localhost:8081", "holder ikke"),
        ("a look-alike", |a| a.origin = "https://localhost:8080", "holder ikke"),
        ("another rp", |a| a.rp_id = "localhost.example", "holder ikke"),
        ("a frame", |a| a.client_data = json!({ "crossOrigin": true }), "holder ikke"),
        ("a frame's top", |a| a.client_data = json!({ "topOrigin": "https://ond.example" }), "holder ikke"),
        ("another question", |a| a.kind = Some("webauthn.create"), "holder ikke"),
        ("another challenge", |a| a.challenge = Some(encode([7; 32])), "for lang tid"),
        ("not verified", |a| a.flags = PRESENT, "ikke bekreftet"),
        ("not present", |a| a.flags = VERIFIED, "ikke bekreftet"),
        ("backed up but not eligible", |a| a.flags |= BACKED_UP, "holder ikke"),
        ("eligible all of a sudden", |a| a.flags |= BACKUP_ELIGIBLE, "holder ikke"),
        ("more than authenticator data", |a| a.trailing = vec![0], "holder ikke"),
    ];
    for (what, change, words) in changes {
        change(&mut good);
        let mut waiting = waiting(&f, "en").await;
        let answer = good.get(&waiting.question).to_string();
        let page = waiting.answer(&answer).await;
        assert!(page.body.contains(words), "{what}: {}", page.body);
        page.is_page(422, words);
        good.honest();
    }

    // Somebody else's key, id, or handle.
    let (id, handle) = (good.credential_id.clone(), good.user_handle.clone());
    for (what, key, credential_id, user_handle, words) in [
        ("another key", Key::es256(), id.clone(), handle.clone(), "holder ikke"),
        ("another algorithm", Key::ed25519(), id.clone(), handle.clone(), "holder ikke"),
        ("an unknown passkey", Key::es256(), vec![1; 20], handle.clone(), "kjenner vi ikke"),
    ] {
        let mut other = Authenticator { credential_id, user_handle, count: 90, ..Authenticator::new(key) };
        let mut waiting = waiting(&f, "en").await;
        let answer = other.get(&waiting.question).to_string();
        let page = waiting.answer(&answer).await;
        assert!(page.status == 422 && page.body.contains(words), "{what}: {}", page.body);
    }
    for handle in [stranger.user_handle.clone(), Vec::new(), vec![0; 65]] {
        let mut waiting = waiting(&f, "en").await;
        let mut answer = good.get(&waiting.question);
        answer["response"]["userHandle"] = json!(encode(handle));
        waiting.answer(&answer.to_string()).await.is_page(422, "holder ikke");
    }

    // An altered signature, and altered bytes under it.
    for part in ["signature", "authenticatorData", "clientDataJSON"] {
        let mut waiting = waiting(&f, "en").await;
        let mut answer = good.get(&waiting.question);
        let mut bytes = decode(answer["response"][part].as_str().unwrap());
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        answer["response"][part] = json!(encode(bytes));
        waiting.answer(&answer.to_string()).await.is_page(422, "holder ikke");
    }

    // After all that, the good one signs in.
    let mut waiting = waiting(&f, "en").await;
    let answer = good.get(&waiting.question).to_string();
    waiting.answer(&answer).await.code();
}

fn decode(text: &str) -> Vec<u8> {
    base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).unwrap()
}

#[tokio::test]
async fn what_is_not_an_answer_is_refused_without_harm() {
    let f = fixture().await;
    let mut good = enrol(&f, kari(), Key::es256()).await;
    let mut first = waiting(&f, "en").await;
    let good_answer = good.get(&first.question);
    let without = |path: &[&str]| {
        let mut answer = good_answer.clone();
        let (last, path) = path.split_last().unwrap();
        let object = path.iter().fold(&mut answer, |at, name| &mut at[*name]);
        object.as_object_mut().unwrap().remove(*last);
        answer.to_string()
    };
    let with = |path: &[&str], value: Value| {
        let mut answer = good_answer.clone();
        *path.iter().fold(&mut answer, |at, name| &mut at[*name]) = value;
        answer.to_string()
    };
    let bad = [
        "{".to_owned(),
        "null".to_owned(),
        "[]".to_owned(),
        "x".repeat(20_000),
        "[".repeat(10_000),
        without(&["id"]),
        without(&["type"]),
        without(&["response"]),
        without(&["response", "clientDataJSON"]),
        without(&["response", "authenticatorData"]),
        without(&["response", "signature"]),
        with(&["id"], json!("")),
        with(&["id"], json!(encode([0; 1024]))),
        with(&["id"], json!(good_answer["id"].as_str().unwrap().to_owned() + "=")),
        with(&["type"], json!("password")),
        with(&["response", "clientDataJSON"], json!(encode("{}"))),
        with(&["response", "clientDataJSON"], json!(encode([0xff, 0xfe]))),
        with(&["response", "signature"], json!("æ")),
        with(&["response", "signature"], json!(7)),
    ];
    for (n, answer) in bad.iter().enumerate() {
        let mut other = waiting(&f, "en").await;
        let page = other.answer(answer).await;
        assert_eq!(page.status, 422, "{n}: {}", page.body);
        page.is_page(422, "holder ikke");
    }
    first.answer("").await.is_page(422, "JavaScript");
    let form = [("id", &*first.id), ("svar", "{}"), ("svar", "{}")];
    first.browser.post("/idporten/eid/passkey", &form).await.is_page(400, "invalid_request");
    let large = "x".repeat(70 << 10);
    let form = [("id", &*first.id), ("svar", &*large)];
    assert_eq!(first.browser.post("/idporten/eid/passkey", &form).await.status, 413);
    first.browser.post("/idporten/eid/passkey", &[("svar", "{}")]).await.is_page(400, "invalid_request");
    f.browser().post("/idporten/eid/passkey", &[("id", &first.id)]).await.is_page(400, "annen nettleser");

    // Too many of them end the sign-in.
    let mut last = first.answer("{}").await;
    for _ in 0..10 {
        if last.status == 303 {
            break;
        }
        last = first.answer("{}").await;
    }
    assert_eq!(last.error(), "access_denied");
}

#[tokio::test]
async fn a_challenge_is_answered_once_soon_and_where_it_was_asked() {
    let f = fixture().await;
    let mut passkey = enrol(&f, kari(), Key::es256()).await;
    // A copied answer gives nothing, in the same browser or another's.
    let (mut mine, mut theirs) = (waiting(&f, "en").await, waiting(&f, "en").await);
    let answer = passkey.get(&mine.question).to_string();
    theirs.answer(&answer).await.is_page(422, "for lang tid");
    mine.answer(&answer).await.code();
    let mut mine = waiting(&f, "to").await;
    let answer = passkey.get(&mine.question);
    let mut altered = answer.clone();
    altered["response"]["signature"] = json!(encode([0; 70]));
    mine.answer(&altered.to_string()).await.is_page(422, "holder ikke");
    mine.answer(&answer.to_string()).await.is_page(422, "for lang tid");

    // The page gives a new question with every refusal, and an old one ends.
    let mut late = waiting(&f, "en").await;
    let answer = passkey.get(&late.question).to_string();
    f.clock.advance(SignedDuration::from_secs(301));
    let page = late.answer(&answer).await;
    page.is_page(422, "for lang tid");
    f.component.look_after().await.unwrap();
    let answer = passkey.get(&question(&page.body)).to_string();
    late.answer(&answer).await.code();

    // A question about a new passkey is not one about a sign-in.
    let mut browser = f.browser();
    let page = at_mine(&mut browser, kari()).await;
    let mut other = waiting(&f, "en").await;
    let answer = passkey.get(&question(&page.body)).to_string();
    other.answer(&answer).await.is_page(422, "for lang tid");
}

#[tokio::test]
async fn a_passkey_of_which_there_is_a_copy_is_locked() {
    let f = fixture().await;
    let mut passkey = enrol(&f, kari(), Key::es256()).await;
    let mut sign_in = waiting(&f, "en").await;
    let answer = passkey.get(&sign_in.question).to_string();
    sign_in.answer(&answer).await.code();
    passkey.count = 0; // the copy's counter stands where the original's once stood
    let mut sign_in = waiting(&f, "en").await;
    let answer = passkey.get(&sign_in.question).to_string();
    sign_in.answer(&answer).await.is_page(422, "kopi av den");
    // From now on nobody can say whose the next one is.
    passkey.count = 50;
    let mut sign_in = waiting(&f, "en").await;
    let answer = passkey.get(&sign_in.question).to_string();
    sign_in.answer(&answer).await.is_page(422, "kopi av den");
    let list = at_mine(&mut f.browser(), kari()).await;
    assert!(list.body.contains("Sperret"), "{}", list.body);

    // Who cannot sign with the key cannot lock it by counting back.
    let passkey = enrol(&f, ola(), Key::es256()).await;
    let mut forger = Authenticator {
        credential_id: passkey.credential_id.clone(),
        user_handle: passkey.user_handle.clone(),
        ..Authenticator::new(Key::es256())
    };
    let mut sign_in = waiting(&f, "en").await;
    let answer = forger.get(&sign_in.question).to_string();
    sign_in.answer(&answer).await.is_page(422, "holder ikke");
    assert!(!at_mine(&mut f.browser(), ola()).await.body.contains("Sperret"));
}

#[tokio::test]
async fn a_passkey_that_does_not_count_and_is_copied_between_devices_signs_in() {
    let f = fixture().await;
    let mut passkey = Authenticator {
        flags: PRESENT | VERIFIED | BACKUP_ELIGIBLE,
        counts: false,
        ..Authenticator::new(Key::es256())
    };
    enrol_in(&f, kari(), &mut passkey).await;
    assert!(at_mine(&mut f.browser(), kari()).await.body.contains("Kan kopieres"));
    passkey.flags |= BACKED_UP;
    for _ in 0..2 {
        let mut sign_in = waiting(&f, "en").await;
        let answer = passkey.get(&sign_in.question).to_string();
        sign_in.answer(&answer).await.code();
    }
    assert!(at_mine(&mut f.browser(), kari()).await.body.contains("Kopieres mellom"));
}

#[tokio::test]
async fn a_new_passkey_that_is_not_quite_right_is_not_kept() {
    let f = fixture().await;
    let mut browser = f.browser();
    let mut page = at_mine(&mut browser, kari()).await;
    type Change = fn(&mut Authenticator);
    let changes: [(&str, Change, &str); 17] = [
        ("another site", |a| a.origin = "http://localhost:8081", "holder ikke"),
        ("another rp", |a| a.rp_id = "example.com", "holder ikke"),
        ("a frame", |a| a.client_data = json!({ "crossOrigin": true }), "holder ikke"),
        ("another question", |a| a.kind = Some("webauthn.get"), "holder ikke"),
        ("another challenge", |a| a.challenge = Some(encode([7; 32])), "for lang tid"),
        ("not verified", |a| a.flags = PRESENT, "ikke bekreftet"),
        ("not present", |a| a.flags = VERIFIED, "ikke bekreftet"),
        ("backed up but not eligible", |a| a.flags |= BACKED_UP, "holder ikke"),
        ("two ids", |a| a.other_id = Some(vec![1; 20]), "holder ikke"),
        ("more after the key", |a| a.trailing = vec![0xa0], "holder ikke"),
        ("an attestation by others", |a| a.fmt = "fido-u2f", "ikke bruke"),
        ("a long id", |a| a.credential_id = vec![1; 1024], "holder ikke"),
        ("no id", |a| a.credential_id = Vec::new(), "holder ikke"),
        ("ES384", |a| a.cose = Some(cbor!({ 1 => 2, 3 => -35, -1 => 2 }).unwrap()), "ikke bruke"),
        ("another curve", |a| a.cose = Some(cbor!({ 1 => 2, 3 => -7, -1 => 8 }).unwrap()), "ikke bruke"),
        ("no coordinates", |a| a.cose = Some(cbor!({ 1 => 2, 3 => -7, -1 => 1 }).unwrap()), "holder ikke"),
        ("a small RSA key", |a| a.cose = Some(small_rsa()), "holder ikke"),
    ];
    for (what, change, words) in changes {
        let mut lying = Authenticator::new(Key::es256());
        change(&mut lying);
        let answer = lying.create(&question(&page.body)).to_string();
        page = add(&mut browser, &page, "Telefonen", &answer).await;
        assert!(page.status == 422 && page.body.contains(words), "{what}: {}", page.body);
        assert!(page.body.contains("value=\"Telefonen\""), "the name that was typed stays");
    }
    for answer in ["{", "null", "{\"id\":\"AA\",\"type\":\"public-key\",\"response\":{}}", &"[".repeat(9000)]
    {
        page = add(&mut browser, &page, "Telefonen", answer).await;
        page.is_page(422, "holder ikke");
    }
    page = add(&mut browser, &page, "Telefonen", "").await;
    page.is_page(422, "JavaScript");
    for name in ["", "  ", &"x".repeat(61), "en\u{7}"] {
        let answer = Authenticator::new(Key::es256()).create(&question(&page.body)).to_string();
        page = add(&mut browser, &page, name, &answer).await;
        page.is_page(422, "høyst 60 tegn");
    }
    assert!(page.body.contains("ingen passnøkler ennå"), "{}", page.body);

    // A key that attests itself is as good as one that does not; its signature has to hold.
    let mut own = Authenticator { fmt: "packed", ..Authenticator::new(Key::ed25519()) };
    let answer = own.create(&question(&page.body)).to_string();
    assert_eq!(add(&mut browser, &page, "Nøkkelen", &answer).await.status, 303);
    let page = browser.get(MINE).await;
    let mut forged = Authenticator {
        fmt: "packed",
        cose: Some(ed25519_of_another()),
        ..Authenticator::new(Key::ed25519())
    };
    let answer = forged.create(&question(&page.body)).to_string();
    add(&mut browser, &page, "Nøkkelen", &answer).await.is_page(422, "holder ikke");

    // The same twice, and another's.
    let page = browser.get(MINE).await;
    let answer = own.create(&question(&page.body)).to_string();
    let twice = add(&mut browser, &page, "Igjen", &answer).await;
    twice.is_page(422, "allerede en passnøkkel");
    let replayed = add(&mut browser, &twice, "Igjen", &answer).await;
    replayed.is_page(422, "for lang tid");
    let mut thief = f.browser();
    let page = at_mine(&mut thief, ola()).await;
    let answer = own.create(&question(&page.body)).to_string();
    add(&mut thief, &page, "Min", &answer).await.is_page(422, "allerede en passnøkkel");
    // Ola's question cannot be answered in Kari's session.
    let page = thief.get(MINE).await;
    let answer = Authenticator::new(Key::es256()).create(&question(&page.body)).to_string();
    let kari_page = browser.get(MINE).await;
    add(&mut browser, &kari_page, "Min", &answer).await.is_page(422, "for lang tid");
}

fn small_rsa() -> ciborium::Value {
    let bytes = |length| ciborium::Value::Bytes(vec![0xff; length]);
    cbor!({ 1 => 3, 3 => -257, -1 => bytes(128), -2 => bytes(3) }).unwrap()
}

fn ed25519_of_another() -> ciborium::Value {
    cbor!({ 1 => 1, 3 => -8, -1 => 6, -2 => ciborium::Value::Bytes(vec![3; 32]) }).unwrap()
}

#[tokio::test]
async fn passkeys_are_managed_by_who_has_them_and_made_after_a_fresh_sign_in_with_another_eid() {
    let f = fixture().await;
    let mut passkey = enrol(&f, kari(), Key::es256()).await;
    let id = encode(&passkey.credential_id);

    // Who is not signed in is sent to sign in, and who does not want to is told so.
    let mut nobody = f.browser();
    let sent = nobody.get(MINE).await;
    let page = nobody.get(sent.location()).await;
    let cancel = [("id", &*page.sent()["id"]), ("avbryt", "1")];
    let back = nobody.post("/idporten/innlogging", &cancel).await;
    nobody.get(back.location()).await.is_page(200, "Du er ikke logget inn");
    for path in ["", "/navn", "/fjern"] {
        let form = [("csrf", "x"), ("passkey", &*id), ("navn", "Stjålet")];
        let sent = nobody.post(&format!("{MINE}{path}"), &form).await;
        assert!(sent.location().contains("/authorize?client_id=idporten-minside&"), "{}", sent.location());
    }

    // Another's passkey is not there, for any form.
    let mut ola_s = f.browser();
    let page = at_mine(&mut ola_s, ola()).await;
    assert!(page.body.contains("ingen passnøkler ennå"));
    let token = csrf(&page.body);
    for path in ["/navn", "/fjern"] {
        let form = [("csrf", &*token), ("passkey", &*id), ("navn", "Stjålet")];
        ola_s.post(&format!("{MINE}{path}"), &form).await.is_page(400, "no such passkey");
        let form = [("csrf", &*token), ("passkey", "=="), ("navn", "Stjålet")];
        ola_s.post(&format!("{MINE}{path}"), &form).await.is_page(400, "base64url");
    }

    // A form without the page's token, or with another session's, does nothing.
    let mut browser = f.browser();
    let page = at_mine(&mut browser, kari()).await;
    for token in ["", "x", &token] {
        let form = [("csrf", token), ("passkey", &id)];
        browser.post(&format!("{MINE}/fjern"), &form).await.is_page(400, "invalid_request");
    }

    let token = csrf(&page.body);
    let form = [("csrf", &*token), ("passkey", &*id), ("navn", " ")];
    browser.post(&format!("{MINE}/navn"), &form).await.is_page(422, "høyst 60 tegn");
    let form = [("csrf", &*token), ("passkey", &*id), ("navn", "Nettbrettet")];
    assert_eq!(browser.post(&format!("{MINE}/navn"), &form).await.status, 303);
    let back = browser.get("/idporten/minside/spraak?til=passkeys&spraak=en").await;
    let page = browser.get(&format!("{}?gjort=endret", back.location())).await;
    assert!(page.body.contains("Nettbrettet") && page.body.contains("has a new name"), "{}", page.body);
    browser.cookies.remove("IDPORTEN_SELECTED_LANGUAGE");

    // A sign-in of ten minutes ago is not enough to change anything, and one by a passkey never to make one.
    let unanswered = question(&browser.get(MINE).await.body);
    f.clock.advance(SignedDuration::from_secs(600));
    let page = browser.get(MINE).await;
    page.is_page(200, "data-spoersmaal");
    f.clock.advance(SignedDuration::from_secs(1));
    assert!(browser.get(MINE).await.location().contains("max_age=600"));
    let answer = Authenticator::new(Key::es256()).create(&unanswered).to_string();
    assert!(add(&mut browser, &page, "Sent", &answer).await.location().contains("max_age=600"));
    let form = [("csrf", &*token), ("passkey", &*id)];
    assert!(browser.post(&format!("{MINE}/fjern"), &form).await.location().contains("max_age=600"));
    let again = browser.get("/idporten/minside/paany?til=passkeys").await;
    let again = browser.get(again.location()).await;
    assert!(again.is_sign_in(), "the session is not enough");
    let address = format!("/idporten/eid/passkey?id={}", again.sent()["id"]);
    let asked = question(&browser.get(&address).await.body);
    let answer = passkey.get(&asked).to_string();
    let form = [("id", &*again.sent()["id"]), ("svar", &*answer)];
    let back = browser.post("/idporten/eid/passkey", &form).await;
    assert_eq!(back.status, 303, "{}", back.body);
    let page = browser.get(MINE).await;
    assert!(
        !page.body.contains("data-spoersmaal") && page.body.contains("Logg inn på nytt"),
        "{}",
        page.body
    );

    let answer = Authenticator::new(Key::es256()).create(&unanswered).to_string();
    add(&mut browser, &page, "En til", &answer).await.is_page(422, "Logg inn på nytt med en annen eID");

    // It is removed, also by who has signed in with it, and gives nothing more.
    let form = [("csrf", &*csrf(&page.body)), ("passkey", &*id)];
    assert_eq!(browser.post(&format!("{MINE}/fjern"), &form).await.status, 303);
    assert!(browser.get(MINE).await.body.contains("ingen passnøkler ennå"));
    let mut sign_in = waiting(&f, "en").await;
    let answer = passkey.get(&sign_in.question).to_string();
    sign_in.answer(&answer).await.is_page(422, "kjenner vi ikke");
}

#[tokio::test]
async fn nobody_has_more_than_twenty() {
    let f = fixture().await;
    let mut browser = f.browser();
    let mut page = at_mine(&mut browser, kari()).await;
    for n in 0..21 {
        let answer = Authenticator::new(Key::es256()).create(&question(&page.body)).to_string();
        let added = add(&mut browser, &page, &format!("Nummer {n}"), &answer).await;
        if n == 20 {
            added.is_page(422, "så mange passnøkler");
        } else {
            assert_eq!(added.status, 303, "{n}: {}", added.body);
        }
        page = browser.get(MINE).await;
    }
}

#[tokio::test]
async fn the_script_is_the_one_that_the_page_names() {
    let f = fixture().await;
    let mut waiting = waiting(&f, "en").await;
    let page = waiting.browser.get(&format!("/idporten/eid/passkey?id={}", waiting.id)).await;
    assert!(page.body.contains("virker ikke uten JavaScript"));
    let attribute = |name: &str| {
        let (_, rest) = page.body.split_once(name).unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    };
    let script = f
        .get(
            &attribute("<script src=\"/idporten/eid/passkey/")
                .replace("script.js", "/idporten/eid/passkey/script.js"),
        )
        .await;
    assert_eq!(
        (script.status, script.headers["content-type"].to_str().unwrap()),
        (200, "text/javascript; charset=utf-8")
    );
    let hash = STANDARD.encode(digest(&SHA384, script.body.as_bytes()));
    assert_eq!(attribute("integrity=\""), format!("sha384-{hash}"));
}
