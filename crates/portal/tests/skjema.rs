//! Every form: sent, refused, with errors by the field and the input kept; and that only our own pages can send one.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use clients::life_events::Oppgavestatus;
use common::data::{self, OPPGAVE, VEDTAK};
use common::{BASE, Browser, Fixture, fixture};
use serde_json::{Value, json};

const CASES: &str = "/livshendelser/api/v1";

/// A page, the fields sent to it, and what it then says.
type Refused<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a [&'a str]);

async fn csrf(browser: &mut Browser<'_>, page: &str) -> String {
    browser.get(page).await.is(200).csrf()
}

fn sent(fixture: &Fixture, what: &str) -> Option<Value> {
    fixture.world.asked(what).pop().map(|asked| serde_json::from_str(&asked.body).unwrap())
}

#[tokio::test]
async fn an_appeal_is_sent_and_gives_a_receipt_with_its_deadline() {
    let fixture = fixture().await;
    let mut browser = fixture.kari().await;
    let page = format!("/vedtak/{VEDTAK}/klage");
    browser.get(&page).await.says("4. januar 2027").says("NAV");
    let csrf = csrf(&mut browser, &page).await;
    let answer = browser.post(&page, &[("csrf", &csrf), ("tekst", " Barnet bor\r\nhos meg. ")]).await;
    let receipt = answer.is(303).location();
    assert_eq!(receipt, format!("/vedtak/{VEDTAK}/kvittering/{OPPGAVE}"));
    assert_eq!(
        sent(&fixture, &format!("POST {CASES}/vedtak/{VEDTAK}/klage")).unwrap(),
        json!({ "tekst": "Barnet bor\nhos meg." })
    );
    browser
        .get(&receipt)
        .await
        .is(200)
        .says("Vi har fått det du sendte")
        .says("19. desember 2026")
        .says("Klage");
}

#[tokio::test]
async fn a_wrong_fact_is_reported() {
    let fixture = fixture().await;
    let mut browser = fixture.kari().await;
    let page = format!("/vedtak/{VEDTAK}/feil");
    let form = browser.get(&format!("{page}?faktum=bosted")).await;
    form.says("<option value=\"bosted\" selected>").says("Fødselsdato (barn1): 20. november 2026");
    let csrf = form.csrf();
    let answer =
        browser.post(&page, &[("csrf", &csrf), ("faktum", "bosted"), ("tekst", "Jeg bor i Bergen")]).await;
    answer.is(303);
    let body = sent(&fixture, &format!("POST {CASES}/vedtak/{VEDTAK}/feilmelding")).unwrap();
    assert_eq!(body, json!({ "faktum": "bosted", "tekst": "Jeg bor i Bergen" }));
}

#[tokio::test]
async fn a_human_is_asked_for() {
    let fixture = fixture().await;
    let mut browser = fixture.kari().await;
    let page = format!("/vedtak/{VEDTAK}/kontroll");
    let csrf = csrf(&mut browser, &page).await;
    browser.post(&page, &[("csrf", &csrf)]).await.is(303);
    assert!(sent(&fixture, &format!("POST {CASES}/vedtak/{VEDTAK}/manuell-kontroll")).is_some());
}

#[tokio::test]
async fn what_a_form_lacks_stands_by_its_field_and_what_was_written_stays() {
    let fixture = fixture().await;
    let mut browser = fixture.kari().await;
    let csrf = csrf(&mut browser, &format!("/vedtak/{VEDTAK}/klage")).await;
    let long = "å".repeat(10_001);
    let full = "å".repeat(10_000);
    let (appeal, fact, task) =
        (format!("/vedtak/{VEDTAK}/klage"), format!("/vedtak/{VEDTAK}/feil"), format!("/oppgaver/{OPPGAVE}"));
    let cases: [Refused<'_>; 7] = [
        (&appeal, &[], &["href=\"#tekst\"", "Skriv hva du vil ha endret"]),
        (&appeal, &[("tekst", "   ")], &["href=\"#tekst\""]),
        (&appeal, &[("tekst", &long)], &["høyst 10000 tegn", &full]),
        (&fact, &[("tekst", "Det er galt")], &["href=\"#faktum\"", ">Det er galt</textarea>"]),
        (&fact, &[("faktum", "bosted")], &["href=\"#tekst\"", "<option value=\"bosted\" selected>"]),
        (&task, &[("begrunnelse", "Fordi")], &["href=\"#utfall\"", ">Fordi</textarea>"]),
        (&task, &[("utfall", "omgjoer")], &["href=\"#begrunnelse\"", "value=\"omgjoer\" checked"]),
    ];
    for (page, fields, says) in cases {
        let fields: Vec<(&str, &str)> = fields.iter().copied().chain([("csrf", csrf.as_str())]).collect();
        let answer = browser.post(page, &fields).await;
        answer.is(422).says("<title>Feil: ").says("feil-tittel").says("aria-invalid=\"true\"");
        for text in says {
            answer.says(text);
        }
    }
    assert!(fixture.world.asked("POST /livshendelser").is_empty(), "nothing was sent on");
    // The longest text that is allowed passes, though its form is twice as large.
    browser.post(&appeal, &[("csrf", &csrf), ("tekst", &full)]).await.is(303);
}

#[tokio::test]
async fn what_a_component_refuses_stands_by_its_field() {
    let fixture = fixture().await;
    let mut browser = fixture.kari().await;
    let csrf = csrf(&mut browser, "/kontakt").await;
    let refuse = |what: &str, felt: &str| {
        fixture.world.answer(what, 400, &json!({ "detail": "Feltet er galt.", "felt": felt }));
    };
    refuse(&format!("POST {CASES}/vedtak/{VEDTAK}/klage"), "tekst");
    refuse(&format!("POST {CASES}/vedtak/{VEDTAK}/feilmelding"), "faktum");
    refuse(&format!("POST {CASES}/oppgaver/{OPPGAVE}/loesning"), "utfall");
    for (page, fields, field) in [
        (format!("/vedtak/{VEDTAK}/klage"), vec![("tekst", "x")], "tekst"),
        (format!("/vedtak/{VEDTAK}/feil"), vec![("tekst", "x"), ("faktum", "y")], "faktum"),
        (format!("/oppgaver/{OPPGAVE}"), vec![("utfall", "y"), ("begrunnelse", "x")], "utfall"),
    ] {
        let fields: Vec<_> = fields.into_iter().chain([("csrf", csrf.as_str())]).collect();
        browser
            .post(&page, &fields)
            .await
            .is(422)
            .says("Feltet er galt.")
            .says(&format!("href=\"#{field}\""));
    }
    for (felt, field, says) in [
        ("epostadresse", "epost", "Skriv en e-postadresse"),
        ("mobiltelefonnummer", "mobil", "Skriv et mobilnummer"),
        ("spraak", "spraak", "Velg ett av språkene"),
    ] {
        refuse("PUT /kontaktregisteret/rest/v2/person", felt);
        let answer = browser.post("/kontakt", &[("csrf", &csrf), ("epost", "kari"), ("mobil", "12")]).await;
        answer
            .is(422)
            .says(says)
            .says(&format!("href=\"#{field}\""))
            .says("value=\"kari\"")
            .says("value=\"12\"");
    }
    refuse("PUT /kontaktregisteret/rest/v2/person", "noe annet");
    browser.post("/kontakt", &[("csrf", &csrf)]).await.is(500);
}

#[tokio::test]
async fn contact_details_are_changed_removed_and_confirmed() {
    let fixture = fixture().await;
    let mut browser = fixture.kari().await;
    let page = browser.get("/kontakt").await;
    page.says("value=\"kari@eksempel.no\"").says("kari.nordmann#9YDT").says("10. juni 2026");
    let csrf = page.csrf();
    let all = [
        ("csrf", csrf.as_str()),
        ("epost", "kari@eksempel.no"),
        ("mobil", "400 00 001"),
        ("spraak", "nn"),
        ("reservasjon", "ja"),
    ];
    let answer = browser.post("/kontakt", &all).await;
    browser.get(&answer.is(303).location()).await.says("er lagret og bekreftet").says("role=\"status\"");
    let put = "PUT /kontaktregisteret/rest/v2/person";
    let wanted = json!({ "epostadresse": "kari@eksempel.no", "mobiltelefonnummer": "40000001", "reservasjon": "JA", "spraak": "nn" });
    assert_eq!(sent(&fixture, put).unwrap(), wanted);
    browser
        .post("/kontakt", &[("csrf", &csrf), ("epost", ""), ("reservasjon", "kanskje"), ("spraak", "tlh")])
        .await
        .is(303);
    assert_eq!(sent(&fixture, put).unwrap(), json!({ "epostadresse": null, "mobiltelefonnummer": null }));
}

#[tokio::test]
async fn a_task_is_resolved_once() {
    let fixture = fixture().await;
    let mut browser = fixture.kari().await;
    let page = format!("/oppgaver/{OPPGAVE}");
    let csrf = csrf(&mut browser, &page).await;
    let form = [("csrf", csrf.as_str()), ("utfall", "omgjoer"), ("begrunnelse", "Adressen var feil.")];
    assert_eq!(browser.post(&page, &form).await.is(303).location(), page);
    let body = sent(&fixture, &format!("POST {CASES}/oppgaver/{OPPGAVE}/loesning")).unwrap();
    assert_eq!(body, json!({ "utfall": "omgjoer", "begrunnelse": "Adressen var feil." }));

    let mut solved = data::detaljer();
    solved.oppgave.status = Oppgavestatus::Loest;
    solved.loesning = data::vedtak().henvendelser[1].svar.clone();
    fixture.world.answer(&format!("GET {CASES}/oppgaver/{OPPGAVE}"), 200, &solved);
    let shown = browser.get(&page).await;
    shown.says("Oppgaven er løst").says("Oppretthold vedtaket").says("Vedtaket er riktig.");
    assert!(!shown.text().contains("name=\"utfall\""));

    let conflict = json!({ "detail": "Oppgaven er løst av en annen." });
    fixture.world.answer(&format!("POST {CASES}/oppgaver/{OPPGAVE}/loesning"), 409, &conflict);
    browser
        .post(&page, &form)
        .await
        .is(409)
        .says("Noen har vært her før deg")
        .says("Oppgaven er løst av en annen.")
        .says(&page);
}

#[tokio::test]
async fn a_form_counts_only_from_a_page_of_the_session() {
    let fixture = fixture().await;
    let mut browser = fixture.kari().await;
    let page = format!("/vedtak/{VEDTAK}/klage");
    let token = csrf(&mut browser, &page).await;
    let text = ("tekst", "Jeg klager");
    browser.post(&page, &[text]).await.is(403).says("Vi kunne ikke ta imot skjemaet");
    browser.post(&page, &[text, ("csrf", "")]).await.is(403);
    let other = csrf(&mut fixture.kari().await, &page).await;
    assert_ne!(other, token, "each session has its own");
    browser.post(&page, &[text, ("csrf", &other)]).await.is(403);
    for origin in ["https://ond.example", "null", "http://localhost:8091.ond.example"] {
        let request = http::Request::post(&page).header("origin", origin);
        browser.post_as(request, &[text, ("csrf", &token)]).await.is(403);
    }
    browser.post("/logg-ut", &[("csrf", "x")]).await.is(403);
    assert!(fixture.world.asked("POST /livshendelser").is_empty());
    // Old browsers send no origin; the token stands alone then.
    browser.post_as(http::Request::post(&page), &[text, ("csrf", &token)]).await.is(303);
    browser
        .post_as(http::Request::post(&page).header("origin", BASE), &[text, ("csrf", &token)])
        .await
        .is(303);
}

#[tokio::test]
async fn a_form_that_is_no_form_or_too_large_is_refused() {
    let fixture = fixture().await;
    let mut browser = fixture.kari().await;
    let page = format!("/vedtak/{VEDTAK}/klage");
    let request = || {
        http::Request::post(&page)
            .header("origin", BASE)
            .header("content-type", "application/x-www-form-urlencoded")
    };
    browser.send(request(), "a".repeat(300_000)).await.is(413).says("for langt");
    browser.send(request(), "%%%&=&==&\u{0}".to_owned()).await.is(403);
    assert!(fixture.world.asked("POST /livshendelser").is_empty());
}
