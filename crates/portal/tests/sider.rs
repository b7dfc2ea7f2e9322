//! Every page with full, empty and odd data, and when components fail.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "helpers of tests")]

mod common;

use std::collections::BTreeSet;

use clients::kontaktregister::{Person, Reservasjon, Status};
use clients::life_events::*;
use clients::postkasse::Brevliste;
use clients::transparency::Bruksliste;
use common::data::{self, BEDRIFT, BREV, GAMMELT, KLIENT, OPPGAVE, REISE, UKJENT, VEDTAK};
use common::{Answer, KARI, fixture};
use kernel::id::Pid;

/// Every page of a signed-in person.
fn pages() -> Vec<String> {
    vec![
        "/min-situasjon".to_owned(),
        format!("/reise/{REISE}"),
        "/innboks".to_owned(),
        format!("/innboks/{BREV}"),
        format!("/innboks/{GAMMELT}"),
        format!("/vedtak/{VEDTAK}"),
        format!("/vedtak/{VEDTAK}/klage"),
        format!("/vedtak/{VEDTAK}/feil"),
        format!("/vedtak/{VEDTAK}/kontroll"),
        format!("/vedtak/{VEDTAK}/kvittering/{OPPGAVE}"),
        "/bruk".to_owned(),
        "/bruk/2".to_owned(),
        "/kontakt".to_owned(),
        "/oppgaver".to_owned(),
        "/oppgaver?status=loest".to_owned(),
        format!("/oppgaver/{OPPGAVE}"),
    ]
}

/// Every page of a person who acts for a business.
fn business_pages() -> Vec<String> {
    vec![
        "/virksomhet".to_owned(),
        "/virksomhet/test".to_owned(),
        format!("/virksomhet/{BEDRIFT}"),
        format!("/virksomhet/{BEDRIFT}/ny-klient"),
        format!("/virksomhet/{BEDRIFT}/ny-klient?type=maskinporten"),
        format!("/virksomhet/{BEDRIFT}/ny-klient?type=idporten"),
        format!("/virksomhet/{BEDRIFT}/klienter/{KLIENT}"),
        format!("/virksomhet/{BEDRIFT}/klienter/{KLIENT}/endre"),
        format!("/virksomhet/{BEDRIFT}/klienter/{KLIENT}/noekler"),
        format!("/virksomhet/{BEDRIFT}/tilganger"),
        format!("/virksomhet/{BEDRIFT}/scopes"),
        format!("/virksomhet/{BEDRIFT}/nytt-scope"),
        format!("/virksomhet/{BEDRIFT}/testsertifikat"),
    ]
}

/// What holds for any page.
#[track_caller]
fn well_made(answer: &Answer, path: &str) -> String {
    let text = answer.text();
    assert_eq!(text.matches("<h1").count(), 1, "{path} has one h1: {text}");
    assert_eq!(text.matches("<main").count(), 1, "{path}");
    for sign in ["style=", "onclick", "<script>", "[feil-", "{ $", "&amp;lt;"] {
        assert!(!text.contains(sign), "{path} holds {sign}");
    }
    // A text that lacks stands in brackets.
    assert!(!text.contains(">["), "{path} lacks a text: {text}");
    assert_eq!(answer.headers["cache-control"], "no-store", "{path}");
    assert!(
        answer.headers["content-security-policy"].to_str().unwrap().contains("script-src 'self'"),
        "{path}"
    );
    // Every label, description and link within the page leads somewhere, and no id stands twice.
    let ids: Vec<&str> = text.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let set: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), set.len(), "{path} has an id twice: {ids:?}");
    for (sign, many) in [
        (" for=\"", false),
        (" aria-labelledby=\"", false),
        (" aria-describedby=\"", true),
        (" href=\"#", false),
    ] {
        for rest in text.split(sign).skip(1) {
            let value = rest.split('"').next().unwrap();
            let targets: Vec<&str> = if many { value.split(' ').collect() } else { vec![value] };
            for target in targets {
                assert!(set.contains(target), "{path}: {sign}{target} leads nowhere");
            }
        }
    }
    let title = text.split("<title>").nth(1).unwrap().split("</title>").next().unwrap().to_owned();
    assert!(title.ends_with(" – Felles"), "{title}");
    title
}

#[tokio::test]
async fn every_page_renders_with_full_data_under_a_title_of_its_own() {
    let fixture = fixture().await;
    let mut browser = fixture.kari().await;
    let mut titles = BTreeSet::new();
    for path in pages() {
        let answer = browser.get(&path).await;
        answer.is(200);
        let title = well_made(&answer, &path);
        assert!(titles.insert(title.clone()), "two pages are called {title}");
        answer.says("Kari Nordmann").says("syntetiske");
    }
    let front = browser.get("/").await;
    well_made(&front, "/");
    front.is(200).says("Gå til min situasjon");
}

#[tokio::test]
async fn every_page_for_a_business_renders_in_both_languages() {
    let fixture = fixture().await;
    let mut browser = fixture.kari().await;
    for language in ["nb", "en"] {
        browser.get(&format!("/sprak/{language}")).await.is(303);
        let mut titles = BTreeSet::new();
        for path in business_pages() {
            let answer = browser.get(&path).await;
            answer.is(200);
            let title = well_made(&answer, &path);
            assert!(titles.insert(title.clone()), "two pages are called {title}");
        }
    }
    // Components that do not answer sign nobody out.
    fixture.world.all(503);
    for path in ["", "/tilganger", "/scopes"] {
        let path = format!("/virksomhet/{BEDRIFT}{path}");
        let answer = browser.get(&path).await;
        answer.is(503);
        well_made(&answer, &path);
    }
    fixture.world.all(401);
    browser.get(&format!("/virksomhet/{BEDRIFT}")).await.is(500);
    assert!(browser.cookies.contains_key("felles"));
}

#[tokio::test]
async fn the_front_page_and_the_unknown_page_need_no_sign_in() {
    let fixture = fixture().await;
    let mut browser = fixture.browser();
    let front = browser.get("/").await;
    well_made(&front, "/");
    front.is(200).says("Logg inn med ID-porten");
    for path in ["/finnes-ikke", "/reise", "/sprak/tlh"] {
        let answer = browser.get(path).await;
        answer.is(404).says("Vi finner ikke siden");
        well_made(&answer, path);
    }
    let method = browser.post("/min-situasjon", &[]).await;
    method.is(405);
    well_made(&method, "405");
    // A program that goes astray gets a problem, not a page.
    let request = http::Request::get("/folkeregisteret/finnes-ikke").header("accept", "application/json");
    let answer = browser.send(request, String::new()).await;
    assert_eq!(answer.status, 404);
}

#[tokio::test]
async fn a_program_gets_a_problem_where_a_person_gets_a_page() {
    use tower::ServiceExt as _;
    let fixture = fixture().await;
    let request = http::Request::get("/folkeregisteret/finnes-ikke").body(axum::body::Body::empty()).unwrap();
    let answer = fixture.router.clone().oneshot(request).await.unwrap();
    assert_eq!(answer.status(), 404);
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
}

#[tokio::test]
async fn the_journey_shows_its_steps_across_agencies_and_leads_on() {
    let fixture = fixture().await;
    let page = fixture.kari().await.get("/min-situasjon").await;
    for text in [
        "Barn født 20. november 2026",
        "Skatteetaten",
        "NAV",
        "Hos en saksbehandler",
        "Kommer",
        "Du har ett ulest brev",
    ] {
        page.says(text);
    }
    page.says(&format!("href=\"/vedtak/{VEDTAK}\"")).says(&format!("href=\"/innboks/{BREV}\""));
    // The finished journey of the older child is there, folded to its title.
    page.says("Barn født 2. mai 2019");
    assert_eq!(page.text().matches("f-timeline").count(), 1);
}

#[tokio::test]
async fn the_decision_shows_outcome_amounts_conditions_facts_and_choices() {
    let fixture = fixture().await;
    let page = fixture.kari().await.get(&format!("/vedtak/{VEDTAK}")).await;
    for text in [
        "Barnetrygd: innvilget",
        "2\u{a0}012\u{a0}kr",
        "desember 2026 til oktober 2044",
        "bor fast sammen med",
        "Oppfylt",
        "Ikke oppfylt",
        "Ikke vurdert",
        "https://lovdata.no/",
        "Folkeregisteret",
        "4. januar 2027",
        "Avgjort automatisk",
        "En opplysning kontrolleres",
        "Vedtaket er riktig.",
        "bt-2",
        "Kontrolleres",
        "/feil?faktum=barn1.fodselsdato",
        "/klage",
        "/kontroll",
        "BT-2026-000017",
    ] {
        page.says(text);
    }
    // What is already under correction is not offered again.
    assert!(!page.text().contains("faktum=bosted\""));
}

#[tokio::test]
async fn pages_stand_when_there_is_nothing_to_show() {
    let fixture = fixture().await;
    let world = &fixture.world;
    world.answer("GET /livshendelser/api/v1/reiser", 200, &Reiser { reiser: Vec::new() });
    world.answer("GET /livshendelser/api/v1/oppgaver", 200, &Oppgaver { oppgaver: Vec::new() });
    world.answer("GET /postkasse/api/v1/meldinger", 200, &Brevliste { meldinger: Vec::new(), flere: false });
    world.answer("GET /innsyn/api/v1/bruk", 200, &Bruksliste { bruk: Vec::new(), flere: false });
    let nobody = Person::bare(Pid::parse(KARI).unwrap(), Status::IkkeRegistrert);
    world.answer("GET /kontaktregisteret/rest/v2/person", 200, &nobody);
    let mut browser = fixture.kari().await;
    for (path, says) in [
        ("/min-situasjon", "Det er ingen hendelser her ennå"),
        ("/innboks", "Innboksen er tom"),
        ("/bruk", "Ingen har brukt opplysningene dine"),
        ("/bruk/2", "Beviset stemmer"),
        ("/kontakt", "Vi kan ikke varsle deg digitalt"),
        ("/oppgaver", "Det er ingen oppgaver her"),
    ] {
        let answer = browser.get(path).await;
        answer.is(200).says(says);
        well_made(&answer, path);
    }
}

#[tokio::test]
async fn pages_stand_with_odd_data_and_escape_it() {
    let fixture = fixture().await;
    let world = &fixture.world;
    let evil = "<script>alert('x')</script>\"><img src=x onerror=y>";
    let mut vedtak = data::vedtak();
    vedtak.utfall = "noe_nytt".to_owned();
    vedtak.ytelse = "éngangsstønad".to_owned();
    vedtak.perioder.clear();
    vedtak.melding = None;
    vedtak.automatisk = false;
    vedtak.begrunnelse.kort = evil.to_owned();
    vedtak.begrunnelse.spor = serde_json::Value::Null;
    vedtak.begrunnelse.vilkaar[0].hjemmel =
        Some(Hjemmel { tekst: evil.to_owned(), lenke: Some("javascript:alert(1)".to_owned()) });
    vedtak.begrunnelse.vilkaar[0].kilde = String::new();
    vedtak.fakta[0].id = format!("a b/{evil}");
    vedtak.fakta[0].verdi = evil.to_owned();
    vedtak.henvendelser.clear();
    world.answer(&format!("GET /livshendelser/api/v1/vedtak/{VEDTAK}"), 200, &vedtak);
    let mut reise = data::reise();
    reise.tittel = evil.to_owned();
    reise.steg.clear();
    world.answer(&format!("GET /livshendelser/api/v1/reiser/{REISE}"), 200, &reise);
    world.answer("GET /livshendelser/api/v1/reiser", 200, &Reiser { reiser: vec![reise] });
    let mut task = data::detaljer();
    task.oppgave.grunner.clear();
    task.part.navn = None;
    task.tekst = Some(evil.to_owned());
    task.faktum = Some("finnes-ikke".to_owned());
    task.fakta.clear();
    task.vilkaar.clear();
    task.valg.clear();
    world.answer(&format!("GET /livshendelser/api/v1/oppgaver/{OPPGAVE}"), 200, &task);
    let mut letter = data::brev();
    letter.avsender.navn = None;
    letter.tittel = evil.to_owned();
    letter.stoerrelse = -1;
    world.answer(&format!("GET /postkasse/api/v1/meldinger/{BREV}"), 200, &letter);
    let mut person = data::person();
    person.reservasjon = Reservasjon::Ja;
    person.spraak = Some("tlh".to_owned());
    person.kontaktinformasjon = None;
    world.answer("GET /kontaktregisteret/rest/v2/person", 200, &person);

    let mut browser = fixture.kari().await;
    for path in pages().into_iter().filter(|path| !path.contains("kvittering")) {
        let answer = browser.get(&path).await;
        answer.is(200);
        let text = answer.text();
        for sign in ["<script>alert", "<img", "javascript:alert"] {
            assert!(!text.contains(sign), "{path} holds {sign}");
        }
        well_made(&answer, &path);
    }
    browser
        .get(&format!("/vedtak/{VEDTAK}"))
        .await
        .says("Éngangsstønad: noe nytt")
        .says("Avgjort av en saksbehandler");
    browser.get("/kontakt").await.says("Du har reservert deg");
    browser.get(&format!("/innboks/{BREV}")).await.says("310000027");
}

#[tokio::test]
async fn a_component_that_fails_gives_a_page_that_says_what_to_do() {
    for (status, expected, says) in [
        (500, 503, "Tjenesten svarer ikke akkurat nå"),
        (503, 503, "Tjenesten svarer ikke akkurat nå"),
        (429, 503, "Tjenesten svarer ikke akkurat nå"),
        (403, 403, "Du har ikke tilgang"),
        (404, 404, "Vi finner ikke siden"),
        (401, 401, "Du må logge inn på nytt"),
        (418, 500, "Noe gikk galt hos oss"),
        (200, 500, "Noe gikk galt hos oss"),
    ] {
        let fixture = fixture().await;
        let mut browser = fixture.kari().await;
        fixture.world.all(status);
        for path in pages() {
            // A list that does not exist is the components' fault, not the person's.
            let answer = browser.get(&path).await;
            answer.is(expected).says(says);
            well_made(&answer, &format!("{path} with {status}"));
        }
        assert!(browser.cookies.contains_key("felles"), "a fault of others signs nobody out");
    }
}

#[tokio::test]
async fn what_is_not_there_or_not_ones_own_is_a_page_not_found() {
    let fixture = fixture().await;
    let mut browser = fixture.kari().await;
    for path in [
        format!("/reise/{UKJENT}"),
        "/reise/1".to_owned(),
        format!("/innboks/{UKJENT}"),
        format!("/innboks/{UKJENT}/dokumenter/0"),
        "/innboks?foer=x".to_owned(),
        format!("/vedtak/{UKJENT}"),
        format!("/vedtak/{UKJENT}/klage"),
        format!("/vedtak/{VEDTAK}/kvittering/{UKJENT}"),
        "/bruk/7".to_owned(),
        "/bruk/-1".to_owned(),
        "/bruk/7/bevis.json".to_owned(),
        "/bruk?foer=x".to_owned(),
        format!("/oppgaver/{UKJENT}"),
    ] {
        let answer = browser.get(&path).await;
        answer.is(404).says("Vi finner ikke siden");
        well_made(&answer, &path);
    }
}

#[tokio::test]
async fn one_component_that_is_down_does_not_take_the_situation_with_it() {
    let fixture = fixture().await;
    fixture.world.answer("GET /postkasse/api/v1/meldinger", 503, &serde_json::json!({}));
    let page = fixture.kari().await.get("/min-situasjon").await;
    page.is(200).says("Barn født 20. november 2026");
    assert!(!page.text().contains("ulest"));
}

#[tokio::test]
async fn a_letter_is_opened_with_the_persons_consent_to_the_receipt() {
    let fixture = fixture().await;
    let mut browser = fixture.kari().await;
    let page = browser.get(&format!("/innboks/{BREV}")).await;
    page.says("Avsenderen får beskjed").says("Åpne brevet (PDF, 34 kB)");
    let csrf = page.csrf();
    // Without consent the component refuses, and the person is asked.
    let document = format!("/postkasse/api/v1/meldinger/{BREV}/dokumenter/0");
    fixture.world.answer(&format!("GET {document}"), 409, &serde_json::json!({ "felt": "godtaKvittering" }));
    let asked = browser.get(&format!("/innboks/{BREV}/dokumenter/0")).await;
    assert_eq!(asked.is(303).location(), format!("/innboks/{BREV}"));
    let guessed =
        browser.get(&format!("/innboks/{BREV}/dokumenter/0?godtatt=0123456789abcdef0123456789abcdef")).await;
    assert_eq!(guessed.is(303).location(), format!("/innboks/{BREV}"));
    assert!(
        fixture.world.asked(&format!("GET {document}")).iter().all(|asked| asked.what.ends_with("=false"))
    );

    fixture.world.answer_bytes(&format!("GET {document}"), 200, "application/pdf", b"%PDF-1.7".to_vec());
    let opened = browser.post(&format!("/innboks/{BREV}"), &[("csrf", &csrf)]).await;
    let pdf = browser.get(&opened.is(303).location()).await;
    assert_eq!((pdf.status, pdf.headers["content-type"].to_str().unwrap()), (200, "application/pdf"));
    assert!(pdf.headers["content-disposition"].to_str().unwrap().starts_with("inline"));
    assert_eq!(&*pdf.bytes, b"%PDF-1.7");
    let last = fixture.world.asked(&format!("GET {document}")).pop().unwrap();
    assert!(last.what.ends_with("?godtaKvittering=true"), "{last:?}");
    assert_eq!(last.token, "access-1", "the person's own token opens it");
    let saved = browser.get(&format!("/innboks/{GAMMELT}/dokumenter/0?lagre=ja")).await;
    assert!(saved.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
}

#[tokio::test]
async fn a_letter_above_the_level_asks_for_a_better_sign_in() {
    let fixture = fixture().await;
    let mut browser = fixture.kari().await;
    let problem = serde_json::json!({ "felt": "acr" });
    fixture.world.answer(&format!("GET /postkasse/api/v1/meldinger/{GAMMELT}/dokumenter/0"), 403, &problem);
    let page = browser.get(&format!("/innboks/{GAMMELT}/dokumenter/0")).await;
    page.is(403).says("høyere sikkerhet").says("/logg-inn?til=%2Finnboks");
}

#[tokio::test]
async fn lists_are_read_on_from_where_they_end() {
    let fixture = fixture().await;
    let mut browser = fixture.kari().await;
    browser.get("/innboks").await.says(&format!("/innboks?foer={GAMMELT}"));
    browser.get(&format!("/innboks?foer={GAMMELT}")).await.is(200);
    assert_eq!(
        fixture.world.asked(&format!("GET /postkasse/api/v1/meldinger?antall=20&foer={GAMMELT}")).len(),
        1
    );
    browser.get("/bruk").await.says("/bruk?foer=0");
    browser.get("/bruk?foer=3").await.is(200);
    assert_eq!(fixture.world.asked("GET /innsyn/api/v1/bruk?antall=30&foer=3").len(), 1);
}

#[tokio::test]
async fn a_proof_can_be_checked_here_and_offline() {
    let fixture = fixture().await;
    let mut browser = fixture.kari().await;
    let page = browser.get("/bruk/2").await;
    page.says("Beviset stemmer. Oppføringen står i loggen, som nå har 5 oppføringer.");
    page.says("test/tilgangslogg").says("python3 kontroll.py");
    let file = browser.get("/bruk/2/bevis.json").await;
    assert_eq!(file.is(200).headers["content-type"], "application/json");
    check_by_program(fixture.test.directory.path(), &page, &file.bytes);

    // A changed entry is found.
    let mut bevis: clients::transparency::Bevis = serde_json::from_slice(&file.bytes).unwrap();
    bevis.oppfoering = bevis.oppfoering.replace("barnetrygd", "bensin");
    fixture.world.answer("GET /innsyn/api/v1/bruk/2/bevis", 200, &bevis);
    browser.get("/bruk/2").await.is(200).says("Beviset stemmer ikke");
    bevis.sti.push("ikke base64".to_owned());
    fixture.world.answer("GET /innsyn/api/v1/bruk/2/bevis", 200, &bevis);
    browser.get("/bruk/2").await.is(200).says("Beviset stemmer ikke");
}

/// Runs the program that the page shows on the file that it offers, and on one that was tampered with.
fn check_by_program(directory: &std::path::Path, page: &Answer, file: &[u8]) {
    use std::process::{Command, Stdio};
    let there =
        |tool| Command::new(tool).arg("-h").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    if !there("python3") || !there("openssl") {
        println!("skipped: the page's own program, which needs python3 and openssl");
        return;
    }
    let text = page.text();
    let program = text.split("import base64").nth(1).unwrap().split("</pre>").next().unwrap();
    let program = format!("import base64{program}")
        .replace("&quot;", "\"")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
    let run = |proof: &[u8]| {
        std::fs::write(directory.join("kontroll.py"), &program).unwrap();
        std::fs::write(directory.join("bevis.json"), proof).unwrap();
        Command::new("python3").args(["kontroll.py", "bevis.json"]).current_dir(directory).output().unwrap()
    };
    let output = run(file);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stdout).contains("The proof holds"));
    let tampered = String::from_utf8(file.to_vec()).unwrap().replace("barnetrygd", "bensin");
    assert!(!run(tampered.as_bytes()).status.success(), "a changed entry passes");
}

#[tokio::test]
async fn a_person_who_is_no_caseworker_sees_no_tasks() {
    let fixture = fixture().await;
    let me = Meg { saksbehandler: false, navn: None, etat: None };
    fixture.world.answer("GET /livshendelser/api/v1/meg", 200, &me);
    let page = fixture.kari().await.get("/min-situasjon").await;
    assert!(!page.is(200).text().contains("/oppgaver"));
    // Who they are is a help, too: without it one is signed in all the same.
    fixture.world.answer("GET /livshendelser/api/v1/meg", 503, &me);
    fixture.kari().await.get("/min-situasjon").await.is(200);
}

#[tokio::test]
async fn tasks_show_what_is_needed_and_which_are_late() {
    let fixture = fixture().await;
    let mut browser = fixture.kari().await;
    browser
        .get("/oppgaver")
        .await
        .says("Feil bostedsadresse")
        .says("Over fristen")
        .says("Personen sier at en opplysning er feil");
    browser.get("/oppgaver?status=loest").await.is(200);
    assert_eq!(fixture.world.asked("GET /livshendelser/api/v1/oppgaver?status=loest").len(), 1);
    let page = browser.get(&format!("/oppgaver/{OPPGAVE}")).await;
    for text in [
        KARI,
        "Kari Nordmann",
        "Jeg har flyttet til Bergen.",
        "Oppretthold vedtaket",
        "Bostedsadresse: Storgata 1",
    ] {
        page.says(text);
    }
}

#[tokio::test]
async fn the_pages_speak_another_language_and_mark_what_is_still_bokmaal() {
    let fixture = fixture().await;
    let mut browser = fixture.kari().await;
    let front = browser.get("/min-situasjon").await;
    front.says("href=\"/sprak/en?til=%2Fmin-situasjon\"");
    let back = browser.get("/sprak/en?til=%2Fmin-situasjon").await.is(303).location();
    browser
        .get(&back)
        .await
        .says("<html lang=\"en\"")
        .says("My situation")
        .says("lang=\"nb\"")
        .says("With a caseworker");
    for path in pages() {
        well_made(&browser.get(&path).await, &path);
    }
    assert_eq!(browser.get("/sprak/nb?til=//ond.example").await.is(303).location(), "/");
    browser.get("/min-situasjon").await.says("<html lang=\"nb\"");
}
