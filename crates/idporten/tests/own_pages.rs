//! A person's own pages: where they are signed in and end it, where they have signed in, what they have given and take back.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that meets the unexpected stops")]

mod common;

use common::*;
use jiff::SignedDuration;
use kernel::id::Pid;

const SESSIONS: &str = "/idporten/minside/innlogginger";
const END: &str = "/idporten/minside/innlogginger/avslutt";
const END_OTHERS: &str = "/idporten/minside/innlogginger/avslutt-andre";
const LOG: &str = "/idporten/minside/logg";
const GIVEN: &str = "/idporten/minside/tilganger";
const WITHDRAW: &str = "/idporten/minside/tilganger/trekk";

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/142.0 Mobile/15E148 Safari/604.1";

fn called<'a>(f: &'a Fixture, user_agent: &str) -> Browser<'a> {
    let mut browser = f.browser();
    user_agent.clone_into(&mut browser.user_agent);
    browser
}

/// Opens one of the person's own pages, and signs in where it asks for that.
async fn own(browser: &mut Browser<'_>, pid: Pid, path: &str) -> Answer {
    let answer = browser.get(path).await;
    if answer.status != 303 {
        return answer;
    }
    let page = browser.get(answer.location()).await;
    let back = if page.is_sign_in() { browser.sign_in_at(&page, pid, &[]).await } else { page };
    let onwards = browser.get(back.location()).await;
    assert_eq!((onwards.status, onwards.location()), (303, &*format!("http://localhost:8080{path}")));
    browser.get(path).await
}

/// The values of the hidden fields of this name, in the order of the page.
fn hidden<'a>(page: &'a Answer, name: &str) -> Vec<&'a str> {
    let before = format!("type=\"hidden\" name=\"{name}\" value=\"");
    page.body.split(&before).skip(1).map(|rest| rest.split_once('"').unwrap().0).collect()
}

fn csrf(page: &Answer) -> &str {
    hidden(page, "csrf")[0]
}

async fn is_in(browser: &mut Browser<'_>) -> bool {
    !browser.authorize("en", &[]).await.is_sign_in()
}

/// Whether the person is sent to show who they are, and nothing else happens.
fn to_sign_in(answer: &Answer) {
    assert_eq!(answer.status, 303, "{}", answer.body);
    assert!(answer.location().starts_with(&format!("{ISSUER}/authorize?client_id=idporten-minside&")));
}

#[tokio::test]
async fn a_person_sees_their_sessions_and_ends_the_other_browsers_and_their_own() {
    let f = fixture().await;
    let (mut laptop, mut phone) = (called(&f, FIREFOX), called(&f, IPHONE));
    laptop.sign_in("ramme", kari(), &[]).await;
    f.clock.advance(SignedDuration::from_mins(5));
    let code = phone.sign_in("fornyer", kari(), &[]).await;
    let tokens = f.tokens("fornyer", &code).await;
    let code = phone.authorize("api", &[("scope", "openid profile test:api")]).await.code();
    let api = f.tokens("api", &code).await;
    // Nobody else's are seen.
    called(&f, "Ola/1.0").sign_in("to", ola(), &[]).await;

    let page = own(&mut laptop, kari(), SESSIONS).await;
    page.is_page(200, "<h1 class=\"ds-heading\" data-size=\"lg\">Her er du logget inn</h1>");
    let (first, second) = page.body.split_once("Chrome på iPhone").unwrap();
    for words in ["Firefox på Linux", "Denne nettleseren", "Tjenesten ramme"] {
        assert!(first.contains(words), "{words}: {}", page.body);
    }
    for words in ["Denne nettleseren", "Tjenesten ramme"] {
        assert!(!second.contains(words), "{words}: {}", page.body);
    }
    for words in ["Tjenesten fornyer", "Tjenesten api", "nivå betydelig", "Avslutt Chrome på iPhone fra "] {
        assert!(second.contains(words), "{words}: {}", page.body);
    }
    assert!(!page.body.contains("Tjenesten to") && !page.body.contains("Ola/1.0"), "{}", page.body);
    assert!(!page.body.contains(kari().as_str()));
    let sids: Vec<String> = hidden(&page, "sid").into_iter().map(str::to_owned).collect();
    assert_eq!(sids.len(), 2);
    let csrf = csrf(&page).to_owned();
    // The phone has stopped at the page where the person agrees.
    let waiting = phone.authorize("samtykke", &[("scope", "openid test:samtykke")]).await;
    let waiting = waiting.sent()["id"].clone();

    // The other browser: it is out, with what only said who the person is; what opens another's API goes on.
    let ended = laptop.post(END, &[("csrf", &csrf), ("sid", &sids[1])]).await;
    assert_eq!(
        (ended.status, ended.location()),
        (303, &*format!("{ISSUER}/minside/innlogginger?gjort=avsluttet"))
    );
    let page = laptop.get(ended.location()).await;
    page.is_page(200, "merker det neste gang");
    assert_eq!(hidden(&page, "sid"), [&sids[0]]);
    assert!(!page.body.contains("Avslutt alle andre"), "there are no others");
    assert!(!is_in(&mut phone).await);
    let agreed = [("id", &*waiting), ("scope", "test:samtykke")];
    phone.post("/idporten/samtykke", &agreed).await.is_page(400, "login_required");
    refused(&f.refresh("fornyer", tokens.refresh_token.as_deref().unwrap()).await, 400, "invalid_grant");
    assert_eq!(f.userinfo(&tokens.access_token).await.status, 401);
    assert_eq!(f.userinfo(&api.access_token).await.status, 200);
    // It is gone, and a second press says so.
    laptop.post(END, &[("csrf", &csrf), ("sid", &sids[1])]).await.is_page(422, "Innloggingen finnes ikke");
    assert!(is_in(&mut laptop).await);

    // This browser: as any sign-out, with the frames of its services.
    let out = laptop.post(END, &[("csrf", &csrf), ("sid", &sids[0])]).await;
    out.is_page(200, "Du er logget ut");
    assert!(
        out.body.contains(&format!("sid={}\"", sids[0]))
            && out.body.contains("https://tjeneste.example/frontkanal?iss=")
    );
    assert!(
        out.headers["content-security-policy"]
            .to_str()
            .unwrap()
            .contains("frame-src https://tjeneste.example")
    );
    assert!(!laptop.cookies.contains_key("idporten_session"));
    assert!(!is_in(&mut laptop).await);
}

#[tokio::test]
async fn all_others_are_ended_at_once_and_what_is_over_is_not_shown() {
    let f = fixture().await;
    let mut old = called(&f, "Gammel/1.0");
    old.sign_in("en", kari(), &[]).await;
    f.clock.advance(SignedDuration::from_mins(31));
    let [mut one, mut two, mut here] = [FIREFOX, IPHONE, FIREFOX].map(|user_agent| called(&f, user_agent));
    let mut ola_s = f.browser();
    ola_s.sign_in("en", ola(), &[]).await;
    one.sign_in("en", kari(), &[]).await;
    // Only at an isolated client: that is a session too.
    two.sign_in("isolert", kari(), &[]).await;
    let page = own(&mut here, kari(), SESSIONS).await;
    assert!(!page.body.contains("Gammel/1.0"), "{}", page.body);
    assert_eq!(hidden(&page, "sid").len(), 3);
    let done = here.post(END_OTHERS, &[("csrf", csrf(&page))]).await;
    here.get(done.location()).await.is_page(200, "Alle andre innlogginger er avsluttet");
    assert!(!is_in(&mut one).await && two.authorize("isolert", &[]).await.is_sign_in());
    assert!(is_in(&mut here).await && is_in(&mut ola_s).await);
    assert_eq!(hidden(&here.get(SESSIONS).await, "sid").len(), 1);
}

#[tokio::test]
async fn nobody_ends_another_persons_session_and_no_form_from_elsewhere_ends_any() {
    let f = fixture().await;
    let (mut kari_s, mut kari_s_phone, mut ola_s) = (f.browser(), f.browser(), f.browser());
    kari_s_phone.sign_in("en", kari(), &[]).await;
    let page = own(&mut kari_s, kari(), SESSIONS).await;
    let (token, sid) = (csrf(&page).to_owned(), hidden(&page, "sid")[1].to_owned());
    let ola_s_page = own(&mut ola_s, ola(), SESSIONS).await;
    let ola_s_sid = hidden(&ola_s_page, "sid")[0].to_owned();

    kari_s.post(END, &[("csrf", &token), ("sid", &ola_s_sid)]).await.is_page(422, "Innloggingen finnes ikke");
    kari_s.post(END, &[("csrf", &token), ("sid", "' OR 1=1")]).await.is_page(422, "Innloggingen finnes ikke");
    assert!(is_in(&mut ola_s).await);
    // The form is this session's own, and says once which.
    let ola_s_token = csrf(&ola_s_page).to_owned();
    for form in [
        vec![("sid", &*sid)],
        vec![("csrf", "x"), ("sid", &*sid)],
        vec![("csrf", &*ola_s_token), ("sid", &*sid)],
        vec![("csrf", &*token), ("csrf", &*token), ("sid", &*sid)],
        vec![("csrf", &*token), ("sid", &*sid), ("sid", &*sid)],
        vec![("csrf", &*token)],
    ] {
        kari_s.post(END, &form).await.is_page(400, "invalid_request");
    }
    for form in [vec![], vec![("csrf", "x")], vec![("csrf", &*ola_s_token)]] {
        kari_s.post(END_OTHERS, &form).await.is_page(400, "invalid_request");
    }
    to_sign_in(&f.browser().post(END, &[("csrf", &token), ("sid", &sid)]).await);
    to_sign_in(&f.browser().post(END_OTHERS, &[("csrf", &token)]).await);
    assert!(is_in(&mut kari_s_phone).await);

    // A cookie that was stolen looks, but ends nothing once the sign-in is no longer fresh.
    let mut thief = f.browser();
    thief.cookies.clone_from(&kari_s.cookies);
    f.clock.advance(SignedDuration::from_secs(601));
    let seen = thief.get(SESSIONS).await;
    seen.is_page(200, "må du nettopp ha logget inn");
    assert!(hidden(&seen, "sid").is_empty() && !seen.body.contains("Avslutt alle andre"), "{}", seen.body);
    to_sign_in(&thief.post(END, &[("csrf", csrf(&seen)), ("sid", &sid)]).await);
    to_sign_in(&thief.post(END_OTHERS, &[("csrf", csrf(&seen))]).await);
    assert!(is_in(&mut kari_s_phone).await);
    // Signing in again, where the page leads, changes the cookie: the thief is out.
    let again = kari_s.get("/idporten/minside/paany?til=innlogginger").await;
    let page = kari_s.get(again.location()).await;
    let back = kari_s.sign_in_at(&page, kari(), &[]).await;
    let back = kari_s.get(back.location()).await;
    assert_eq!(back.location(), format!("http://localhost:8080{SESSIONS}"));
    assert_eq!(hidden(&kari_s.get(SESSIONS).await, "sid").len(), 2);
    to_sign_in(&thief.get(SESSIONS).await);
}

#[tokio::test]
async fn what_a_browser_calls_itself_is_text_and_no_more_of_it_is_kept_than_makes_sense() {
    let f = fixture().await;
    let mut odd = called(&f, &format!("<script>alert(1)</script>{}", "x".repeat(400)));
    odd.sign_in("en", kari(), &[]).await;
    let page = own(&mut odd, kari(), SESSIONS).await;
    assert!(
        page.body.contains("&lt;script&gt;alert(1)&lt;/script&gt;x") && !page.body.contains("<script>alert")
    );
    assert!(page.body.contains(&"x".repeat(175)) && !page.body.contains(&"x".repeat(176)), "{}", page.body);
    let mut silent = f.browser();
    own(&mut silent, kari(), SESSIONS).await.is_page(200, "Ukjent nettleser");
    // The language is chosen on the page, and leads back to it and nowhere else.
    for (to, at) in
        [("innlogginger", SESSIONS), ("https://ond.example/", "/idporten/minside"), ("", "/idporten/minside")]
    {
        let query = form(&[("til", to), ("spraak", "en")]);
        let back = silent.get(&format!("/idporten/minside/spraak?{query}")).await;
        assert_eq!(back.location(), format!("http://localhost:8080{at}"));
    }
    let english = silent.get(SESSIONS).await;
    english.is_page(200, "Where you are logged in");
    assert!(
        english.body.contains("<html lang=\"en\"") && english.body.contains("Unknown browser"),
        "{}",
        english.body
    );
}

#[tokio::test]
async fn the_log_tells_every_sign_in_newest_first_page_by_page() {
    let f = fixture().await;
    let mut browser = f.browser();
    browser.sign_in("en", kari(), &[("acr_values", clients::idporten::ACR_HIGH)]).await;
    f.clock.advance(SignedDuration::from_secs(1));
    browser.authorize("leverandoer", &[("onbehalfof", "kunde")]).await.code();
    for _ in 0..25 {
        f.clock.advance(SignedDuration::from_secs(1));
        browser.authorize("to", &[]).await.code();
    }
    // The session is enough for the page itself: 27 in all.
    f.clock.advance(SignedDuration::from_secs(1));
    let page = own(&mut browser, kari(), LOG).await;
    page.is_page(200, "<caption class=\"ds-sr-only\">Her har du logget inn</caption>");
    let rows = |page: &Answer| page.body.matches("<th scope=\"row\">").count();
    assert_eq!(rows(&page), 25);
    assert!(page.body.contains("?side=2\"") && !page.body.contains("rel=\"prev\""), "{}", page.body);
    assert!(!page.body.contains("Kunden kommune"));
    let older = browser.get(&format!("{LOG}?side=2")).await;
    assert!(older.body.contains("?side=1\"") && !older.body.contains("rel=\"next\""), "{}", older.body);
    let (customer, first) =
        (older.body.find("Kunden kommune").unwrap(), older.body.find("Tjenesten en<").unwrap());
    assert!(customer < first, "the newest first");
    for words in
        ["ARBEIDS- OG VELFERDSETATEN (NAV)", "TestID", "nivå høyt", "Du var allerede logget inn", "kl. "]
    {
        assert!(older.body.contains(words), "{words}: {}", older.body);
    }
    assert!(!older.body.contains("Federated"));
    browser.get(&format!("{LOG}?side=3")).await.is_page(200, "Det er ingen innlogginger her");
    for bad in ["side=0", "side=-1", "side=x", "side=1&side=2", "side=100001", "side=99999999999999999999"] {
        browser.get(&format!("{LOG}?{bad}")).await.is_page(400, "invalid_request");
    }
    // Another person sees their own alone.
    let page = own(&mut f.browser(), ola(), LOG).await;
    assert_eq!(rows(&page), 1, "{}", page.body);
    to_sign_in(&f.get(LOG).await);
}

#[tokio::test]
async fn what_was_given_is_seen_and_withdrawn_by_who_gave_it() {
    let f = fixture().await;
    let mut browser = called(&f, FIREFOX);
    own(&mut browser, kari(), GIVEN).await.is_page(200, "Du har ikke gitt noen tjeneste tilgang nå");
    let code = browser.authorize("api", &[("scope", "openid profile test:api")]).await.code();
    let api = f.tokens("api", &code).await;
    let ask = [("scope", "openid test:samtykke")];
    let asked = browser.authorize("samtykke", &ask).await;
    let id = asked.sent()["id"].clone();
    let code = browser.post("/idporten/samtykke", &[("id", &id), ("scope", "test:samtykke")]).await.code();
    let consented = f.tokens("samtykke", &code).await;
    assert!(!browser.authorize("samtykke", &ask).await.is_sign_in(), "it is remembered");
    browser.authorize("en", &[]).await.code();

    let page = browser.get(GIVEN).await;
    page.is_page(200, "Dette har du gitt tilgang til");
    for words in ["Tjenesten api", "Tjenesten samtykke", "Lese noe", "Firefox på Linux"] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    assert!(!page.body.contains("Tjenesten en<"), "only who they are was told");
    let (token, ids) = (csrf(&page).to_owned(), hidden(&page, "id"));
    assert_eq!(ids.len(), 3, "with the one that was given again");

    // Nobody else withdraws it, and no form from elsewhere.
    let mut ola_s = f.browser();
    let ola_s_page = own(&mut ola_s, ola(), GIVEN).await;
    for id in &ids {
        ola_s
            .post(WITHDRAW, &[("csrf", csrf(&ola_s_page)), ("id", id)])
            .await
            .is_page(422, "Tilgangen finnes ikke");
        browser
            .post(WITHDRAW, &[("csrf", csrf(&ola_s_page)), ("id", id)])
            .await
            .is_page(400, "invalid_request");
    }
    browser.post(WITHDRAW, &[("csrf", &token)]).await.is_page(400, "invalid_request");
    assert_eq!(f.userinfo(&api.access_token).await.status, 200);

    for id in &ids {
        let done = browser.post(WITHDRAW, &[("csrf", &token), ("id", id)]).await;
        assert_eq!(
            (done.status, done.location()),
            (303, &*format!("{ISSUER}/minside/tilganger?gjort=trukket"))
        );
    }
    browser.post(WITHDRAW, &[("csrf", &token), ("id", ids[0])]).await.is_page(422, "Tilgangen finnes ikke");
    let page = browser.get(&format!("{GIVEN}?gjort=trukket")).await;
    page.is_page(200, "Tilgangen er trukket tilbake");
    assert!(hidden(&page, "id").is_empty());
    for tokens in [&api, &consented] {
        assert_eq!(f.userinfo(&tokens.access_token).await.status, 401);
    }
    assert!(browser.authorize("samtykke", &ask).await.is_sign_in(), "the person is asked again");
}
