//! MinID: got by letter and by another eID, signed in with, guessed at, lost and got again.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that meets the unexpected stops")]

mod common;

use aws_lc_rs::hmac;
use clients::idporten::ACR_SUBSTANTIAL;
use common::*;
use data_encoding::BASE32_NOPAD;
use jiff::SignedDuration;

const PASSWORD: &str = "fire ord er mer enn nok";

/// What a code generator shows at `now`, made here apart from the code that is tested.
fn generator(secret: &str, now: i64) -> String {
    let key = hmac::Key::new(
        hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        &BASE32_NOPAD.decode(secret.replace(' ', "").as_bytes()).unwrap(),
    );
    let tag = hmac::sign(&key, &(now / 30).to_be_bytes());
    let at = (tag.as_ref()[19] & 15) as usize;
    let four = u32::from_be_bytes(tag.as_ref()[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", four % 1_000_000)
}

/// The texts of the page's `code` elements.
fn codes(page: &Answer) -> Vec<String> {
    let parts = page.body.split("<code>").skip(1);
    parts.map(|part| part.split("</code>").next().unwrap().to_owned()).collect()
}

/// The value of a hidden field.
fn hidden(page: &Answer, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    let (_, rest) = page.body.split_once(&start).unwrap_or_else(|| panic!("no {name} in {}", page.body));
    rest.split('"').next().unwrap().to_owned()
}

/// A MinID as its owner has it.
struct Owned {
    secret: String,
    recovery: Vec<String>,
}

/// Gets a MinID by letter.
async fn by_letter(f: &Fixture, browser: &mut Browser<'_>, password: &str) -> Owned {
    let pid = kari();
    let id = browser.authorize("en", &[]).await.sent()["id"].clone();
    let ordered = [("id", id.as_str()), ("personidentifikator", pid.as_str())];
    let page = browser.post("/idporten/eid/minid/brev", &ordered).await;
    assert_eq!(page.status, 200, "{}", page.body);
    let letter = codes(&page).remove(0);
    let fields = [
        ("id", id.as_str()),
        ("personidentifikator", pid.as_str()),
        ("brevkode", &letter),
        ("nytt", password),
    ];
    let page = browser.post("/idporten/eid/minid/aktiver", &fields).await;
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.body.contains("<svg role=\"img\"") && page.body.contains("M4 4h1v1h-1z"), "{}", page.body);
    let (secret, setup) = (codes(&page).remove(0), hidden(&page, "oppsett"));
    let confirm = |code: &str| [("id", id.clone()), ("oppsett", setup.clone()), ("kode", code.to_owned())];
    let post = |fields: &[(&str, String)]| {
        fields.iter().map(|(name, value)| (name.to_string(), value.clone())).collect::<Vec<_>>()
    };
    let wrong = post(&confirm("000000"));
    let wrong: Vec<(&str, &str)> =
        wrong.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post("/idporten/eid/minid/bekreft", &wrong).await.is_page(422, "Koden er feil");
    let right = post(&confirm(&generator(&secret, f.now())));
    let right: Vec<(&str, &str)> =
        right.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let page = browser.post("/idporten/eid/minid/bekreft", &right).await;
    page.is_page(200, "Du har fått MinID");
    // Neither the setup nor the letter counts twice.
    browser.post("/idporten/eid/minid/bekreft", &right).await.is_page(400, "utløpt");
    browser.post("/idporten/eid/minid/aktiver", &fields).await.is_page(422, "ikke den som står i brevet");
    f.clock.advance(SignedDuration::from_secs(30));
    Owned { secret, recovery: codes(&page) }
}

/// Tries to sign in to the client `en` with MinID.
async fn attempt(browser: &mut Browser<'_>, number: &str, password: &str, code: &str) -> Answer {
    let id = browser.authorize("en", &[("prompt", "login")]).await.sent()["id"].clone();
    let fields =
        [("id", id.as_str()), ("personidentifikator", number), ("passord", password), ("kode", code)];
    browser.post("/idporten/eid/minid", &fields).await
}

#[tokio::test]
async fn a_person_gets_minid_by_letter_and_signs_in_with_each_code_once() {
    let f = fixture().await;
    let mut browser = f.browser();
    let owned = by_letter(&f, &mut browser, PASSWORD).await;
    assert_eq!(owned.recovery.len(), 10);
    let (kari, ola) = (kari(), ola());
    let now = generator(&owned.secret, f.now());
    // What is wrong is not told, nor whether somebody has a MinID.
    for (number, password, code) in [
        (kari.as_str(), "et annet passord", now.as_str()),
        (kari.as_str(), PASSWORD, "000000"),
        (ola.as_str(), PASSWORD, now.as_str()),
    ] {
        let page = attempt(&mut f.browser(), number, password, code).await;
        page.is_page(422, "Fødselsnummeret, passordet eller engangskoden er feil");
        assert!(!page.body.contains(PASSWORD));
    }
    let back = attempt(&mut browser, kari.as_str(), PASSWORD, &now).await;
    let claims = f.id_claims("en", &back.code()).await;
    assert_eq!(claims["amr"][0], "Minid-TOTP");
    assert_eq!(
        (claims["acr"].as_str(), claims["pid"].as_str()),
        (Some(ACR_SUBSTANTIAL), Some(kari.as_str()))
    );
    // A code that has been used, or comes before one that has, is no code.
    attempt(&mut browser, kari.as_str(), PASSWORD, &now).await.is_page(422, "brukt før");
    let before = generator(&owned.secret, f.now() - 30);
    attempt(&mut browser, kari.as_str(), PASSWORD, &before).await.is_page(422, "brukt før");
    // A recovery code stands in for the generator, once, however it is written.
    let recovery = owned.recovery[3].to_lowercase().replace('-', " ");
    let back = attempt(&mut browser, kari.as_str(), PASSWORD, &recovery).await;
    assert_eq!(f.id_claims("en", &back.code()).await["amr"][0], "Minid-OTC");
    attempt(&mut browser, kari.as_str(), PASSWORD, &recovery).await.is_page(422, "brukt før");
    // MinID does not reach the highest level.
    let answer = browser.authorize("en", &[("acr_values", clients::idporten::ACR_HIGH)]).await;
    assert!(!browser.get(answer.location()).await.body.contains("/eid/minid"));
    let id = answer.sent()["id"].clone();
    f.clock.advance(SignedDuration::from_secs(60));
    let now = generator(&owned.secret, f.now());
    let fields =
        [("id", id.as_str()), ("personidentifikator", kari.as_str()), ("passord", PASSWORD), ("kode", &now)];
    browser.post("/idporten/eid/minid", &fields).await.is_page(422, "høyere sikkerhetsnivå");
}

#[tokio::test]
async fn a_guesser_waits_and_does_not_lock_the_person_out() {
    let f = fixture().await;
    let mut own = f.browser();
    let owned = by_letter(&f, &mut own, PASSWORD).await;
    let kari = kari();
    let now = generator(&owned.secret, f.now());
    assert_eq!(attempt(&mut own, kari.as_str(), PASSWORD, &now).await.status, 303);
    let mut waits = Vec::new();
    for _ in 0..6 {
        loop {
            let page = attempt(&mut f.browser(), kari.as_str(), "gjetning nummer en", "123456").await;
            if page.status == 422 {
                break;
            }
            page.is_page(429, "Vent litt");
            let wait: i64 = page.headers["retry-after"].to_str().unwrap().parse().unwrap();
            waits.push(wait);
            f.clock.advance(SignedDuration::from_secs(wait));
        }
    }
    assert_eq!(waits, [15, 30], "the first three are free, and each delay is twice the one before");
    // The right password does not get through the closed door either, from a browser that nobody knows …
    let now = generator(&owned.secret, f.now());
    assert_eq!(attempt(&mut f.browser(), kari.as_str(), PASSWORD, &now).await.status, 429);
    // … but the person's own browser goes on as if nothing were.
    assert_eq!(attempt(&mut own, kari.as_str(), PASSWORD, &now).await.status, 303);
    // Knocking does not keep the door closed, and a success opens it.
    f.clock.advance(SignedDuration::from_secs(60));
    let now = generator(&owned.secret, f.now());
    assert_eq!(attempt(&mut f.browser(), kari.as_str(), PASSWORD, &now).await.status, 303);
    let page = attempt(&mut f.browser(), kari.as_str(), "gjetning nummer en", "123456").await;
    assert_eq!(page.status, 422);
}

/// Signs in to the person's own pages with the test eID, and gives the page that it leads to.
async fn own_page(browser: &mut Browser<'_>) -> Answer {
    let mut answer = browser.get("/idporten/minside/minid").await;
    while answer.status != 200 {
        let to = answer.location().to_owned();
        answer = browser.get(&to).await;
        if answer.status == 200 && to.contains("/innlogging?id=") {
            let id = hidden(&answer, "id");
            let fields = [("id", id.as_str()), ("valgt", kari().as_str()), ("amr", "BankID")]
                .map(|(a, b)| (a, b.to_owned()));
            let fields: Vec<(&str, &str)> = fields.iter().map(|(a, b)| (*a, b.as_str())).collect();
            answer = browser.post("/idporten/innlogging", &fields).await;
        }
    }
    answer
}

#[tokio::test]
async fn with_another_eid_a_person_gets_changes_and_removes_minid_on_their_own_pages() {
    let f = fixture().await;
    let mut browser = f.browser();
    let page = own_page(&mut browser).await;
    page.is_page(200, "Velg et passord for å få MinID");
    let csrf = hidden(&page, "csrf");
    let c = csrf.as_str();
    // The form is the session's own, and the password good enough.
    browser
        .post("/idporten/minside/minid", &[("csrf", "x"), ("nytt", PASSWORD)])
        .await
        .is_page(400, "Innloggingen");
    browser.post("/idporten/minside/minid", &[("nytt", PASSWORD)]).await.is_page(400, "Innloggingen");
    browser
        .post("/idporten/minside/minid", &[("csrf", c), ("nytt", "kort")])
        .await
        .is_page(422, "minst 12 tegn");
    let number = format!("x{}x", kari().as_str());
    browser
        .post("/idporten/minside/minid", &[("csrf", c), ("nytt", &number)])
        .await
        .is_page(422, "ikke inneholder");
    let page = browser.post("/idporten/minside/minid", &[("csrf", c), ("nytt", PASSWORD)]).await;
    page.is_page(200, "Sett opp kodegeneratoren");
    let (secret, setup) = (codes(&page).remove(0), hidden(&page, "oppsett"));
    let code = generator(&secret, f.now());
    let fields = [("csrf", c), ("oppsett", setup.as_str()), ("kode", code.as_str())];
    let page = browser.post("/idporten/minside/minid/bekreft", &fields).await;
    page.is_page(200, "Du har 10 reservekoder igjen");
    let recovery = codes(&page);

    // Another password takes the old one's place.
    let other = "noen helt andre ord nå";
    let fields = [("csrf", c), ("passord", "feil passord her"), ("nytt", other)];
    browser.post("/idporten/minside/minid/passord", &fields).await.is_page(422, "Passordet er feil");
    let fields = [("csrf", c), ("passord", PASSWORD), ("nytt", other)];
    assert_eq!(browser.post("/idporten/minside/minid/passord", &fields).await.status, 303);
    f.clock.advance(SignedDuration::from_secs(30));
    let code = generator(&secret, f.now());
    let kari = kari();
    assert_eq!(attempt(&mut f.browser(), kari.as_str(), PASSWORD, &code).await.status, 422);
    assert_eq!(attempt(&mut f.browser(), kari.as_str(), other, &code).await.status, 303);
    // New recovery codes too.
    let page = browser.post("/idporten/minside/minid/koder", &[("csrf", c)]).await;
    let renewed = codes(&page);
    assert!(renewed.len() == 10 && !renewed.contains(&recovery[0]));
    assert_eq!(attempt(&mut f.browser(), kari.as_str(), other, &recovery[0]).await.status, 422);
    assert_eq!(attempt(&mut f.browser(), kari.as_str(), other, &renewed[0]).await.status, 303);

    // Lost and got again by letter: what was open stays open.
    let owned = by_letter(&f, &mut f.browser(), PASSWORD).await;
    assert_eq!(attempt(&mut f.browser(), kari.as_str(), other, &renewed[1]).await.status, 422);
    browser.get("/idporten/minside").await.is_page(200, "Du er logget inn med BankID");
    // Removed: nothing signs in with it any more, and the rest is as before.
    assert_eq!(browser.post("/idporten/minside/minid/slett", &[("csrf", c)]).await.status, 303);
    browser.get("/idporten/minside/minid").await.is_page(200, "Velg et passord for å få MinID");
    let code = generator(&owned.secret, f.now());
    assert_eq!(attempt(&mut f.browser(), kari.as_str(), PASSWORD, &code).await.status, 422);
    // What changes how one signs in asks for a fresh sign-in; to look does not.
    f.clock.advance(SignedDuration::from_secs(601));
    assert_eq!(browser.get("/idporten/minside").await.status, 200);
    assert!(browser.get("/idporten/minside/minid").await.location().contains("max_age=600"));
    assert_eq!(browser.post("/idporten/minside/minid/slett", &[("csrf", c)]).await.status, 303);
}

#[tokio::test]
async fn outside_test_there_are_minid_and_passkeys_and_no_letters_are_sent() {
    let f = fixture_with(|ctx| ctx.test_mode = false).await;
    let mut browser = f.browser();
    let answer = browser.authorize("en", &[]).await;
    let id = answer.sent()["id"].clone();
    let choice = browser.get(answer.location()).await;
    choice.is_page(200, "/idporten/eid/passkey?id=");
    assert!(!choice.body.contains("Test-eID"), "{}", choice.body);
    browser.get(&format!("/idporten/eid/minid?id={id}")).await.is_page(200, "Logg inn med MinID");
    let fields =
        [("id", id.as_str()), ("personidentifikator", kari().as_str())].map(|(a, b)| (a, b.to_owned()));
    let fields: Vec<(&str, &str)> = fields.iter().map(|(a, b)| (*a, b.as_str())).collect();
    browser.post("/idporten/eid/minid/brev", &fields).await.is_page(501, "kan ikke sendes herfra");
}
