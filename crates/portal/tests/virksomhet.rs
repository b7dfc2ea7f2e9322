//! The pages for businesses: who may act for which; a developer's story and a scope owner's; what the API does not take is said at
//! its field, with all that was typed still there.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use common::data::{ADMIN, BEDRIFT, KLIENT, klient, scope, tilgang};
use common::{BASE, Browser, Fixture, fixture, fixture_of};
use jiff::SignedDuration;
use kernel::jose::{Alg, SigningKey};
use serde_json::{Value, json};

const SKATT: &str = "310000019";

fn sent(fixture: &Fixture, what: &str) -> Value {
    let asked = fixture.world.asked(what).pop().unwrap();
    assert_eq!(asked.token, "portalens-eget");
    if asked.body.is_empty() { Value::Null } else { serde_json::from_str(&asked.body).unwrap() }
}

/// An API's refusal; `about` is its field, its reason or its code: `field=navn`.
fn refusal(about: &str, why: &str) -> Value {
    let mut refusal = json!({
        "status": 400, "timestamp": "", "correlation_id": "1", "error": "invalid_request", "error_description": why,
    });
    if let Some((member, value)) = about.split_once('=') {
        refusal[member] = json!(value);
    }
    refusal
}

fn at(path: &str) -> String {
    format!("/virksomhet/{BEDRIFT}{path}")
}

async fn csrf(browser: &mut Browser<'_>, page: &str) -> String {
    browser.get(page).await.is(200).csrf()
}

#[tokio::test]
async fn a_person_acts_for_businesses_in_which_they_have_a_key_role_and_in_test_for_agencies() {
    let fixture = fixture().await;
    let mut browser = fixture.kari().await;
    let page = browser.get("/virksomhet").await;
    page.is(200).says("KARIS SKJEMA AS").says(&at("")).says("Bare i test");
    // A member of the board, and who was general manager once.
    for not in ["310000086", "310000051"] {
        assert!(!page.text().contains(not), "{not}");
    }
    let look_ups = |fixture: &Fixture| fixture.world.asked("POST /enhetsregisteret").len();
    assert_eq!(fixture.world.asked("POST /enhetsregisteret")[0].body, common::KARI);
    browser.get(&at("")).await.is(200).says("Du handler for");
    assert_eq!(look_ups(&fixture), 1, "roles are not looked up at each page");
    assert_eq!(fixture.world.asked(&format!("GET {ADMIN}/clients"))[0].tenant, BEDRIFT);
    assert!(!browser.get(&at("")).await.text().contains("Test: Du har ingen rolle"));
    // An agency in test: every page says how.
    browser.get("/virksomhet/test").await.is(200).says("SKATTEETATEN").says("syntetiske");
    browser.get(&format!("/virksomhet/{SKATT}")).await.is(200).says("Test: Du har ingen rolle");
    // Nobody's, or no number.
    browser.get("/virksomhet/974760673").await.is(403);
    browser.get("/virksomhet/310000028").await.is(404);
    // A role that has ended ends what one may do.
    fixture.world.answer(
        "POST /enhetsregisteret/autorisert-api/personer/rolleutskrift",
        200,
        &json!({ "enheter": [] }),
    );
    fixture.test.ctx.clock.advance(SignedDuration::from_mins(16));
    browser.get("/virksomhet").await.is(200).says("Vi fant ingen virksomheter");
    assert_eq!(look_ups(&fixture), 2);
}

#[tokio::test]
async fn where_people_are_real_a_role_is_needed() {
    let fixture = fixture_of(BASE, false).await;
    let mut browser = fixture.kari().await;
    browser.get("/virksomhet").await.is(200).says(&at(""));
    assert!(!browser.get("/virksomhet").await.text().contains("/virksomhet/test"));
    browser.get(&at("")).await.is(200);
    browser.get("/virksomhet/test").await.is(404);
    browser.get(&format!("/virksomhet/{SKATT}")).await.is(403);
    browser.get(&at("/testsertifikat")).await.is(404);
    // Nor by a form: the page's own token is right, the business is not.
    let csrf = csrf(&mut browser, &at("/ny-klient?type=maskinporten")).await;
    let fields = [("csrf", csrf.as_str()), ("type", "maskinporten"), ("navn", "X"), ("scopes", "a:b")];
    browser.post(&format!("/virksomhet/{SKATT}/ny-klient"), &fields).await.is(403);
    assert!(fixture.world.asked(&format!("POST {ADMIN}")).is_empty());
    let mut stranger = fixture.browser();
    assert!(stranger.get(&at("")).await.is(303).location().starts_with("/logg-inn"));
}

#[tokio::test]
async fn a_developer_registers_a_client_and_sees_its_secret_once() {
    let fixture = fixture().await;
    let mut browser = fixture.kari().await;
    browser.get(&at("/ny-klient")).await.is(200).says("type=ansattporten");
    let page = at("/ny-klient?type=idporten");
    let token = csrf(&mut browser, &page).await;
    let mut fields = vec![
        ("csrf", token.as_str()),
        ("type", "idporten"),
        ("navn", ""),
        ("beskrivelse", "Søknader <b>"),
        ("kjoerer", "web"),
        ("metode", "client_secret_basic"),
        ("viderekobling", ""),
        ("utlogging", "https://skjema.example.no/"),
        ("scopes", ""),
    ];
    // What is missing is said before anybody is asked.
    let answer = browser.post(&at("/ny-klient"), &fields).await;
    answer.is(422).says("href=\"#navn\"").says("href=\"#viderekobling\"").says("Søknader &lt;b&gt;");
    assert!(fixture.world.asked(&format!("POST {ADMIN}")).is_empty());
    // What the API does not take is said at its field.
    fields[2].1 = "Skjema";
    fields[6].1 = "https://skjema.example.no/svar\r\nhttp://skjema.example.no/x#y";
    let what = format!("POST {ADMIN}/clients");
    for (about, field) in [
        ("field=redirect_uris", "viderekobling"),
        ("field=post_logout_redirect_uris", "utlogging"),
        ("field=client_name", "navn"),
        ("field=scopes", "scopes"),
        ("reason=unknown_scope", "scopes"),
        ("field=token_endpoint_auth_method", "metode"),
        ("field=application_type", "kjoerer"),
        ("field=noe_nytt", "navn"),
        ("", "navn"),
    ] {
        let why = format!("Slik er {about}: ikke");
        fixture.world.answer(&what, 400, &refusal(about, &why));
        let answer = browser.post(&at("/ny-klient"), &fields).await;
        answer.is(422).says(&format!("href=\"#{field}\"")).says(&format!("id=\"{field}-feil\""));
        answer
            .says(&why)
            .says("value=\"Skjema\"")
            .says("http://skjema.example.no/x#y")
            .says("Søknader &lt;b&gt;");
        answer.says("value=\"client_secret_basic\" checked");
    }
    let mut made = klient();
    made["client_secret"] = "hemmelig-1".into();
    fixture.world.answer(&what, 201, &made);
    fields[6].1 = "https://skjema.example.no/svar";
    let there = browser.post(&at("/ny-klient"), &fields).await.is(303).location();
    assert_eq!(there, at(&format!("/klienter/{KLIENT}")));
    let body = sent(&fixture, &what);
    assert_eq!(body["redirect_uris"], json!(["https://skjema.example.no/svar"]));
    assert_eq!((&body["integration_type"], &body["active"]), (&json!("idporten"), &json!(true)));
    assert_eq!(fixture.world.asked(&what).pop().unwrap().tenant, BEDRIFT);
    // The next page shows the secret, no page after it, and no other client's page.
    fixture.world.answer(&format!("GET {ADMIN}/clients/annen"), 200, &klient());
    fixture.world.answer(&format!("GET {ADMIN}/clients/annen/jwks"), 200, &json!({ "keys": [] }));
    assert!(!browser.get(&at("/klienter/annen")).await.is(200).text().contains("hemmelig-1"));
    browser.get(&there).await.is(200).says("hemmelig-1").says("bare denne ene gangen");
    assert!(!browser.get(&there).await.is(200).text().contains("hemmelig-1"));

    // A new secret, likewise; then out of use.
    made["client_secret"] = "hemmelig-2".into();
    fixture.world.answer(&format!("POST {ADMIN}/clients/{KLIENT}/secret"), 200, &made);
    browser.post(&format!("{there}/hemmelighet"), &[("csrf", &token)]).await.is(303);
    browser.get(&there).await.says("hemmelig-2");
    fixture.world.answer_bytes(&format!("DELETE {ADMIN}/clients/{KLIENT}"), 200, "text/plain", Vec::new());
    browser.post(&format!("{there}/deaktiver"), &[("csrf", &token)]).await.is(303);
    assert_eq!(fixture.world.asked(&format!("DELETE {ADMIN}/clients/{KLIENT}")).len(), 1);
    browser.post(&format!("{there}/deaktiver"), &[("csrf", "gal")]).await.is(403);
}

#[tokio::test]
async fn a_client_is_changed_and_what_the_page_does_not_show_stays() {
    let fixture = fixture().await;
    let mut browser = fixture.kari().await;
    let page = at(&format!("/klienter/{KLIENT}/endre"));
    let form = browser.get(&page).await;
    form.is(200).says("https://skjema.example.no/svar");
    let token = form.csrf();
    let fields = [
        ("csrf", token.as_str()),
        ("type", "maskinporten"),
        ("navn", "Skjema 2"),
        ("kjoerer", "web"),
        ("metode", "client_secret_basic"),
        ("viderekobling", "https://skjema.example.no/svar\r\nhttps://skjema.example.no/ny"),
        ("scopes", "openid profile"),
    ];
    let what = format!("PUT {ADMIN}/clients/{KLIENT}");
    fixture.world.answer(
        &what,
        400,
        &refusal("field=redirect_uris", "client x: the address https://skjema.example.no/ny holds a user"),
    );
    browser
        .post(&page, &fields)
        .await
        .is(422)
        .says("viderekobling-feil")
        .says("skjema.example.no/ny</textarea>");
    fixture.world.answer(&what, 200, &klient());
    browser.post(&page, &fields).await.is(303);
    let body = sent(&fixture, &what);
    assert_eq!(
        body["redirect_uris"],
        json!(["https://skjema.example.no/svar", "https://skjema.example.no/ny"])
    );
    assert_eq!((&body["client_name"], &body["integration_type"]), (&json!("Skjema 2"), &json!("idporten")));
    assert_eq!((&body["sso_disabled"], &body["active"]), (&json!(true), &json!(true)));
    browser.get(&at("/klienter/finnes-ikke/endre")).await.is(404);
}

/// Sends a form that can hold a file, as a browser does.
async fn upload(
    browser: &mut Browser<'_>,
    page: &str,
    fields: &[(&str, &str)],
    file: &str,
) -> common::Answer {
    let field = |(name, value): &(&str, &str)| {
        format!("--grense\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let mut parts: Vec<String> = fields.iter().map(field).collect();
    parts.push(format!(
        "--grense\r\nContent-Disposition: form-data; name=\"fil\"; filename=\"n.json\"\r\nContent-Type: application/json\r\n\r\n{file}\r\n--grense--\r\n"
    ));
    let body = parts.concat();
    let request = http::Request::post(page)
        .header("origin", BASE)
        .header("content-type", "multipart/form-data; boundary=grense");
    browser.send(request, body).await
}

#[tokio::test]
async fn a_public_key_is_pasted_or_comes_as_a_file_and_a_private_one_goes_nowhere() {
    let fixture = fixture().await;
    let mut browser = fixture.kari().await;
    let page = at(&format!("/klienter/{KLIENT}/noekler"));
    let token = csrf(&mut browser, &page).await;
    let key = SigningKey::generate(Alg::ES256).unwrap();
    let jwk = serde_json::to_string(key.public_jwk()).unwrap();
    let what = format!("PUT {ADMIN}/clients/{KLIENT}/jwks");
    let fields = |pasted| [("csrf", token.as_str()), ("noekkel", pasted), ("kid", "")];

    upload(&mut browser, &page, &fields(""), "").await.is(422).says("Lim inn nøkkelen, eller velg en fil");
    upload(&mut browser, &page, &fields("tull & tøys"), "").await.is(422).says("tull &amp; tøys</textarea>");
    let secret = key.to_pkcs8_pem().unwrap();
    for (pasted, file) in [(secret.as_str(), ""), ("", secret.as_str())] {
        let answer = upload(&mut browser, &page, &fields(pasted), file).await;
        answer.is(422).says("Dette er en privat nøkkel");
        assert!(!answer.text().contains("BEGIN PRIVATE"), "a private key is not shown again");
    }
    assert!(fixture.world.asked(&what).is_empty());
    // As a file that the API does not take: it is shown to be corrected.
    fixture.world.answer(
        &what,
        400,
        &refusal("reason=too_many_keys", "A key is unusable: a client has at most five keys"),
    );
    let answer = upload(&mut browser, &page, &fields(""), &jwk).await;
    answer.is(422).says("høyst fem nøkler").says(key.public_jwk().x.as_deref().unwrap());

    fixture.world.answer(&what, 200, &json!({ "keys": [] }));
    upload(&mut browser, &page, &fields(""), &jwk).await.is(303);
    assert_eq!(sent(&fixture, &what), json!({ "keys": [key.public_jwk()] }));
    // A second key stands beside the first; one goes without the other.
    let kept = json!({ "keys": [key.public_jwk()], "last_updated": "2026-11-21T10:00:00+01:00" });
    fixture.world.answer(&format!("GET {ADMIN}/clients/{KLIENT}/jwks"), 200, &kept);
    let other = SigningKey::generate(Alg::ES256).unwrap();
    let other = serde_json::to_string(other.public_jwk()).unwrap();
    let named = [("csrf", token.as_str()), ("noekkel", other.as_str()), ("kid", "ny")];
    upload(&mut browser, &page, &named, "").await.is(303);
    let body = sent(&fixture, &what);
    assert_eq!(body["keys"].as_array().unwrap().len(), 2);
    assert_eq!(body["keys"][1]["kid"], "ny");
    browser.get(&page).await.is(200).says(key.kid()).says("ett år");
    browser.post(&format!("{page}/fjern"), &[("csrf", &token), ("kid", key.kid())]).await.is(303);
    assert_eq!(sent(&fixture, &what), json!({ "keys": [] }));
    // A form in parts is held to the session's token, too.
    let forged = [("csrf", "gal"), ("noekkel", jwk.as_str()), ("kid", "")];
    upload(&mut browser, &page, &forged, "").await.is(403);
}

#[tokio::test]
async fn a_developer_asks_for_a_scope_and_takes_the_request_back() {
    let fixture = fixture().await;
    let mut browser = fixture.kari().await;
    let page = at("/tilganger");
    let form = browser.get(&page).await;
    form.is(200).says("skatt:inntekt").says("Venter på svar").says("SKATTEETATEN");
    let token = form.csrf();
    browser.post(&page, &[("csrf", &token), ("scope", " ")]).await.is(422).says("Skriv navnet på scopet");
    let what = format!("POST {ADMIN}/scopes/access/request");
    for (status, about, says) in [
        (400, "reason=open_to_all", "åpent for alle"),
        (404, "error=not_found", "Det finnes ikke noe scope"),
        (400, "", "kan ikke brukes her"),
    ] {
        fixture.world.answer(&what, status, &refusal(about, "The scope"));
        let answer = browser.post(&page, &[("csrf", &token), ("scope", "skatt:x y")]).await;
        answer.is(422).says(says).says("id=\"scope-feil\"").says("value=\"skatt:x y\"");
    }
    fixture.world.answer(&what, 200, &tilgang(BEDRIFT, "REQUESTED"));
    browser.post(&page, &[("csrf", &token), ("scope", "skatt:inntekt")]).await.is(303);
    let asked = fixture.world.asked(&what).pop().unwrap();
    assert_eq!(
        (asked.tenant.as_str(), asked.what.as_str()),
        (BEDRIFT, &*format!("{what}?scope=skatt%3Ainntekt"))
    );
    fixture.world.answer_bytes(
        &format!("DELETE {ADMIN}/scopes/access/request"),
        200,
        "text/plain",
        Vec::new(),
    );
    browser.post(&at("/tilganger/trekk"), &[("csrf", &token), ("scope", "skatt:inntekt")]).await.is(303);
    assert_eq!(fixture.world.asked(&format!("DELETE {ADMIN}/scopes/access/request")).len(), 1);
}

#[tokio::test]
async fn an_owner_makes_a_scope_and_grants_refuses_and_withdraws_access() {
    let fixture = fixture().await;
    let mut browser = fixture.kari().await;
    let at = |path: &str| format!("/virksomhet/{SKATT}{path}");
    let token = csrf(&mut browser, &at("/nytt-scope")).await;
    let mut fields = vec![
        ("csrf", token.as_str()),
        ("prefiks", "skatt"),
        ("navn", "inntekt"),
        ("beskrivelse", ""),
        ("for", "maskinporten"),
        ("hvem", "soekt"),
    ];
    browser
        .post(&at("/nytt-scope"), &fields)
        .await
        .is(422)
        .says("href=\"#beskrivelse\"")
        .says("value=\"inntekt\"");
    fields[3].1 = "Inntekten til en person";
    let what = format!("POST {ADMIN}/scopes");
    for (status, about, field) in
        [(403, "field=prefix", "prefiks"), (400, "field=subscope", "navn"), (409, "error=conflict", "navn")]
    {
        fixture.world.answer(&what, status, &refusal(about, "It is so"));
        let answer = browser.post(&at("/nytt-scope"), &fields).await;
        answer.is(422).says(&format!("id=\"{field}-feil\"")).says("Inntekten til en person");
    }
    fixture.world.answer(&what, 201, &scope());
    let there = browser.post(&at("/nytt-scope"), &fields).await.is(303).location();
    assert_eq!(there, at("/scope?scope=skatt%3Ainntekt"));
    let body = sent(&fixture, &what);
    assert_eq!((&body["prefix"], &body["subscope"]), (&json!("skatt"), &json!("inntekt")));
    assert_eq!(body["allowed_integration_types"], json!(["maskinporten"]));
    assert!(body.get("delegation_source").is_none());
    // One that suppliers can be delegated says where delegations are kept.
    fields.push(("delegering", "ja"));
    let source =
        json!([{ "name": "altinn", "issuer": "https://tt02.altinn.no/", "created": "", "last_updated": "" }]);
    fixture.world.answer(&format!("GET {ADMIN}/delegationsources"), 200, &source);
    browser.post(&at("/nytt-scope"), &fields).await.is(303);
    assert_eq!(sent(&fixture, &what)["delegation_source"], "https://tt02.altinn.no/");

    // The request is seen, and answered from there.
    browser.get(&at("/scopes")).await.is(200).says("Forespørsler som venter").says("FELLES UTSKRIFT");
    fixture.world.answer(&format!("GET {ADMIN}/scopes"), 200, &scope());
    let page = browser.get(&there).await;
    page.is(200).says("Gi tilgang").says("Avslå").says("Trekk tilgangen tilbake").says("NAV");
    for (choice, method, consumer) in
        [("gi", "PUT", BEDRIFT), ("nekt", "DELETE", BEDRIFT), ("nekt", "DELETE", "310000027")]
    {
        let what = format!("{method} {ADMIN}/scopes/access/{consumer}");
        fixture.world.answer(&what, 200, &tilgang(consumer, "APPROVED"));
        let fields =
            [("csrf", token.as_str()), ("scope", "skatt:inntekt"), ("konsument", consumer), ("valg", choice)];
        browser.post(&at("/scope"), &fields).await.is(303);
        let asked = fixture.world.asked(&what).pop().unwrap();
        assert_eq!((asked.tenant.as_str(), asked.what), (SKATT, format!("{what}?scope=skatt%3Ainntekt")));
    }
    let fields =
        [("csrf", token.as_str()), ("scope", "skatt:inntekt"), ("konsument", "12 34"), ("valg", "gi")];
    browser.post(&at("/scope"), &fields).await.is(422).says("ni sifre").says("value=\"12 34\"");
    let fields =
        [("csrf", token.as_str()), ("scope", "skatt:inntekt"), ("konsument", BEDRIFT), ("valg", "alt")];
    browser.post(&at("/scope"), &fields).await.is(403);
}

#[tokio::test]
async fn a_supplier_is_given_an_access_and_loses_it() {
    let fixture = fixture().await;
    let mut browser = fixture.kari().await;
    let page = at("/delegeringer");
    let form = browser.get(&page).await;
    form.is(200).says("Leverandører som kan bruke").says("skatt:delt").says("DIGITALISERINGSDIREKTORATET");
    let token = form.csrf();
    let mut fields = vec![("csrf", token.as_str()), ("scope", ""), ("leverandoer", "")];
    browser.post(&page, &fields).await.is(422).says("id=\"scope-feil\"").says("id=\"leverandoer-feil\"");
    assert!(fixture.world.asked("PUT /maskinporten").is_empty());
    fields[1].1 = "skatt:delt";
    fields[2].1 = "310 000 035";
    let what = "PUT /maskinporten/forvaltning/delegations/310000035";
    for (status, about, field) in
        [(400, "field=supplier", "leverandoer"), (404, "field=scope", "scope"), (400, "", "scope")]
    {
        fixture.world.answer(what, status, &refusal(about, "It is so"));
        let answer = browser.post(&page, &fields).await;
        answer.is(422).says(&format!("id=\"{field}-feil\"")).says("value=\"310 000 035\"");
    }
    fixture.world.answer_bytes(what, 200, "text/plain", Vec::new());
    browser.post(&page, &fields).await.is(303);
    let asked = fixture.world.asked(what).pop().unwrap();
    assert_eq!((asked.tenant.as_str(), asked.what), (BEDRIFT, format!("{what}?scope=skatt%3Adelt")));
    let what = "DELETE /maskinporten/forvaltning/delegations/310000035";
    fixture.world.answer_bytes(what, 200, "text/plain", Vec::new());
    browser.post(&at("/delegeringer/trekk"), &fields).await.is(303);
    assert_eq!(fixture.world.asked(what)[0].tenant, BEDRIFT);
    fields[0].1 = "gal";
    browser.post(&page, &fields).await.is(403);
}

#[tokio::test]
async fn a_person_is_given_a_right_and_both_see_it() {
    const GIVEN: &str = "/ansattporten/forvaltning/delegeringer";
    let fixture = fixture().await;
    let mut browser = fixture.kari().await;
    // What Kari has been given herself, by another.
    browser
        .get("/virksomhet")
        .await
        .is(200)
        .says("Fullmakter du har fått")
        .says("ANNEN AS")
        .says("31. desember 2026");
    assert!(fixture.world.asked(&format!("POST {GIVEN}/mine"))[0].body.contains(common::KARI));
    let page = at("/fullmakter");
    browser.get(&page).await.is(200).says("Ola Nordmann").says("Registerinfo").says("Trukket tilbake");
    browser.get(&at("/fullmakter/ny?ressurs=")).await.is(422).says("id=\"ressurs-feil\"");
    browser.get(&at("/fullmakter/ny?ressurs=finnes%20ikke")).await.is(422).says("finnes ikke");
    let form = browser.get(&at("/fullmakter/ny?ressurs=2480%3A40")).await;
    form.is(200).says("Registerinfo").says("value=\"ArchiveRead\"").says("Lese i arkivet");
    let token = form.csrf();
    let there = at("/fullmakter/ny");
    let mut fields = vec![("csrf", token.as_str()), ("ressurs", "2480:40"), ("siste_dag", "i morgen")];
    let answer = browser.post(&there, &fields).await;
    for field in ["personidentifikator", "etternavn", "rettigheter", "siste_dag"] {
        answer.is(422).says(&format!("id=\"{field}-feil\""));
    }
    let what = format!("POST {GIVEN}");
    assert!(!fixture.world.asked(&what).iter().any(|asked| asked.what == what));
    fields[2].1 = "2026-12-31";
    let person = [("personidentifikator", "21879498012"), ("etternavn", "Nordmann")];
    fields.extend(person);
    fields.extend([("rettigheter", "Read"), ("rettigheter", "ArchiveRead")]);
    for (about, field) in [
        ("field=personidentifikator", "personidentifikator"),
        ("field=rettigheter", "rettigheter"),
        ("field=siste_dag", "siste_dag"),
    ] {
        fixture.world.answer(&what, 400, &refusal(about, "It is so"));
        let answer = browser.post(&there, &fields).await;
        answer
            .is(422)
            .says(&format!("id=\"{field}-feil\""))
            .says("value=\"Nordmann\"")
            .says("value=\"2026-12-31\"");
        answer.says("value=\"Read\" checked").says("value=\"ArchiveRead\" checked");
    }
    fixture.world.answer(&what, 201, &common::data::delegering("KARIS SKJEMA AS", "Ola Nordmann"));
    assert_eq!(browser.post(&there, &fields).await.is(303).location(), page);
    let body = sent(&fixture, &what);
    assert_eq!((&body["ressurs"], &body["siste_dag"]), (&json!("2480:40"), &json!("2026-12-31")));
    assert_eq!(body["rettigheter"], json!(["Read", "ArchiveRead"]));
    assert_eq!(body["av"]["personidentifikator"], common::KARI);

    // Taken back, also where somebody was there first.
    let what = format!("POST {GIVEN}/en-id/trekk");
    let take = [("csrf", token.as_str()), ("id", "en-id")];
    fixture.world.answer(&what, 404, &refusal("error=not_found", "There is no such delegation"));
    browser.post(&at("/fullmakter/trekk"), &take).await.is(303);
    fixture.world.answer(&what, 200, &common::data::delegering("KARIS SKJEMA AS", "Ola Nordmann"));
    assert_eq!(browser.post(&at("/fullmakter/trekk"), &take).await.is(303).location(), page);
    assert_eq!(fixture.world.asked(&what)[0].tenant, BEDRIFT);
    browser.post(&at("/fullmakter/trekk"), &[("csrf", "gal"), ("id", "en-id")]).await.is(403);
    // Who has no role gives nothing where people are real.
    let real = fixture_of(BASE, false).await;
    real.kari().await.get(&format!("/virksomhet/{SKATT}/fullmakter")).await.is(403);
}

#[tokio::test]
async fn in_test_a_business_gets_a_certificate() {
    let fixture = fixture().await;
    let mut browser = fixture.kari().await;
    let token = csrf(&mut browser, &at("/testsertifikat")).await;
    let answer = browser.post(&at("/testsertifikat"), &[("csrf", &token)]).await;
    answer.is(200).says("BEGIN CERTIFICATE").says("BEGIN PRIVATE KEY").says("4a01");
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert_eq!(fixture.world.asked("POST /maskinporten/forvaltning/testsertifikater")[0].tenant, BEDRIFT);
}
