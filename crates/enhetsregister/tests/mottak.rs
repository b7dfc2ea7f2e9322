//! Notices: what each form must have, what they change, and that they are registered once.
#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

mod common;

use std::collections::HashMap;

use axum::Router;
use axum::extract::Path;
use axum::response::IntoResponse as _;
use axum::routing::get;
use clients::folkeregister::Folkeregister;
use clients::{Mesh, TokenSource};
use common::*;
use enhetsregister::{Component, MIGRATIONS, SCOPE_REGISTERMELDING};
use http::StatusCode;
use kernel::testing::context;
use serde_json::{Value, json};

const CHILD: &str = "01811250089";
const INTAKE: &str = "/enhetsregisteret/mottak/api/v1";

/// A Folkeregister with Kari Berg, Ola Dal, a dead person and a child.
fn people() -> Folkeregister {
    let person = |pid: &str, fornavn: &str, etternavn: &str, born: &str| {
        json!({
            "identifikasjonsnummer": [{ "status": "iBruk", "foedselsEllerDNummer": pid, "identifikatortype": "foedselsnummer" }],
            "foedsel": [{ "foedselsdato": born, "foedselsaar": &born[..4] }], "navn": [{ "fornavn": fornavn, "etternavn": etternavn }],
        })
    };
    let answer = move |Path(pid): Path<String>| async move {
        let mut dead = person(DEAD, "GUNNAR", "HAUG", "1940-01-01");
        dead["doedsfall"] = json!({ "doedsdato": "2026-01-01" });
        match pid.as_str() {
            KARI => axum::Json(person(KARI, "KARI", "BERG", "1985-05-03")).into_response(),
            OLA => axum::Json(person(OLA, "OLA", "DAL", "1990-01-01")).into_response(),
            DEAD => axum::Json(dead).into_response(),
            CHILD => axum::Json(person(CHILD, "LILLE", "BERG", "2012-01-01")).into_response(),
            _ => StatusCode::NOT_FOUND.into_response(),
        }
    };
    let mesh = Mesh::new(HashMap::new());
    mesh.set_local(
        Router::new().route("/folkeregisteret/offentlig-med-hjemmel/api/v1/personer/{pid}", get(answer)),
    );
    Folkeregister::new(mesh, TokenSource::fixed("token".to_owned()))
}

async fn register() -> Fixture {
    let test = context(MIGRATIONS).await;
    let router = Component::new(test.ctx.clone()).folkeregister(people()).router().into();
    let f = Fixture { test, router };
    assert_eq!(f.load(&all()).await.0, StatusCode::OK);
    f
}

async fn send(f: &Fixture, kind: &str, notice: &Value) -> (StatusCode, Value) {
    let token = f.organisation(SCOPE_REGISTERMELDING);
    f.post(&format!("{INTAKE}/{kind}"), &token, "application/json", notice.to_string()).await
}

/// Sends a notice that is registered: the unit's number.
async fn registered(f: &Fixture, kind: &str, notice: &Value) -> String {
    let (status, receipt) = send(f, kind, notice).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{receipt}");
    assert_eq!(receipt["meldingsId"], notice["meldingsId"]);
    receipt["organisasjonsnummer"].as_str().unwrap().to_owned()
}

/// Sends a notice that is refused: the fields that are wrong, each with why.
async fn refused(f: &Fixture, kind: &str, notice: &Value) -> Vec<(String, String)> {
    let (status, answer) = send(f, kind, notice).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{notice}: {answer}");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let all = answer["valideringsfeil"].as_array().unwrap();
    all.iter().map(|one| (text(&one["parametere"][0]), text(&one["feilmelding"]))).collect()
}

fn person(role: &str, pid: &str) -> Value {
    json!({ "rolle": role, "foedselsEllerDNummer": pid })
}

fn new(id: &str, form: &str, name: &str, roles: &[Value]) -> Value {
    let mut notice = json!({
        "meldingsId": id, "navn": name, "organisasjonsform": form, "aktivitet": ["Snekring."], "roller": roles,
        "naeringskode": { "kode": "43.320", "beskrivelse": "Snekkerarbeid" },
        "forretningsadresse": { "land": "Norge", "landkode": "NO", "postnummer": "7010", "poststed": "TRONDHEIM",
            "adresse": ["Gata 1"], "kommune": "TRONDHEIM", "kommunenummer": "5001" },
    });
    if form != "ENK" {
        notice["stiftelsesdato"] = json!("2026-11-01");
    }
    notice
}

fn company(id: &str) -> Value {
    let mut notice =
        new(id, "AS", "Berg og Dal AS", &[person("LEDE", KARI), person("MEDL", OLA), person("DAGL", OLA)]);
    notice["kapital"] = json!({ "belop": 30000, "antallAksjer": 300 });
    notice
}

#[tokio::test]
async fn a_company_is_registered_once_with_everything_it_has() {
    let f = register().await;
    let number = registered(&f, "nyregistrering", &company("a-1")).await;
    let unit = f.ok(&format!("/enheter/{number}")).await;
    assert_eq!(
        (&unit["navn"], &unit["registreringsdatoEnhetsregisteret"]),
        (&json!("BERG OG DAL AS"), &json!("2026-11-23"))
    );
    assert_eq!(
        (&unit["kapital"]["belop"], &unit["registrertIForetaksregisteret"]),
        (&json!(30000), &json!(true))
    );
    let roles = f.ok(&format!("/enheter/{number}/roller")).await;
    assert_eq!(roles["rollegrupper"][0]["roller"][0]["person"]["navn"]["etternavn"], "BERG");
    assert!(!roles.to_string().contains(KARI));
    // A municipality is called what the register calls it, whatever a notice says.
    assert_eq!(unit["forretningsadresse"]["kommune"], "BY");
    assert_eq!(f.ok("/kommuner/5001").await["navn"], "BY");
    assert_eq!(f.names("/enheter?navn=berg+dal").await.1, 1);
    assert!(f.list(KARI, OF_PERSON).await.1.to_string().contains(&number));
    let feed = f.ok(&format!("/oppdateringer/enheter?organisasjonsnummer={number}")).await;
    assert_eq!(feed["_embedded"]["oppdaterteEnheter"][0]["endringstype"], "Ny");

    // Again: the same receipt, and nothing new. Other content, or another kind: refused.
    let (status, again) = send(&f, "nyregistrering", &company("a-1")).await;
    assert_eq!((status, again["organisasjonsnummer"].as_str().unwrap()), (StatusCode::OK, number.as_str()));
    let mut other = company("a-1");
    other["navn"] = json!("Noe annet AS");
    assert_eq!(send(&f, "nyregistrering", &other).await.0, StatusCode::CONFLICT);
    let delete = json!({ "meldingsId": "a-1", "organisasjonsnummer": number });
    assert_eq!(send(&f, "sletting", &delete).await.0, StatusCode::CONFLICT);
    assert_eq!(f.names("/enheter?navn=berg+dal").await.1, 1);
    let request = |id: &str, token: &str| {
        http::Request::get(format!("{INTAKE}/kvittering/{id}"))
            .header("authorization", format!("Bearer {token}"))
            .body(axum::body::Body::empty())
            .unwrap()
    };
    let token = f.organisation(SCOPE_REGISTERMELDING);
    assert_eq!(f.answer(request("a-1", &token)).await, (StatusCode::OK, again));
    assert_eq!(f.answer(request("a-2", &token)).await.0, StatusCode::NOT_FOUND);
    assert_eq!(f.answer(request("a-1", &f.organisation(OF_UNIT))).await.0, StatusCode::FORBIDDEN);
    assert_eq!(f.answer(request("%00", &token)).await.0, StatusCode::NOT_FOUND);
    // Each gets a number of its own, and each sender counts its own notices.
    assert_ne!(registered(&f, "nyregistrering", &company("a-3")).await, number);
    let consumer = json!({ "authority": "iso6523-actorid-upis", "ID": format!("0192:{}", nr(0)) });
    let claims = json!({ "iss": "maskinporten", "scope": SCOPE_REGISTERMELDING, "consumer": consumer });
    let another = kernel::testing::token(&f.test.ctx, claims);
    assert_eq!(f.answer(request("a-1", &another)).await.0, StatusCode::NOT_FOUND);
    let path = format!("{INTAKE}/nyregistrering");
    let (status, _) = f.post(&path, &another, "application/json", company("a-1").to_string()).await;
    assert_eq!(status, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn a_notice_that_is_sent_many_times_at_once_is_registered_once() {
    let f = register().await;
    let notice = company("a");
    let answers: [_; 4] = tokio::join!(
        send(&f, "nyregistrering", &notice),
        send(&f, "nyregistrering", &notice),
        send(&f, "nyregistrering", &notice),
        send(&f, "nyregistrering", &notice)
    )
    .into();
    assert_eq!(answers.iter().filter(|(status, _)| *status == StatusCode::ACCEPTED).count(), 1);
    assert!(answers.iter().all(|(status, receipt)| status.is_success() && *receipt == answers[0].1));
    assert_eq!(f.names("/enheter?navn=berg+dal").await.1, 1);
}

#[tokio::test]
async fn numbers_are_allotted_in_a_series_of_their_own() {
    let f = register().await;
    let mut real = unit(0, "EKTE NUMMER", "AS", "5001");
    let number = (97_000_000..).find_map(kernel::id::Orgnr::from_stem).unwrap();
    real["enhet"]["organisasjonsnummer"] = json!(number.as_str());
    assert_eq!(f.load(&[real]).await.0, StatusCode::OK);
    let first = registered(&f, "nyregistrering", &company("a")).await;
    let second = registered(&f, "nyregistrering", &company("b")).await;
    assert!(
        first.starts_with("390000") && second.starts_with("390000") && first < second,
        "{first} {second}"
    );
}

#[tokio::test]
async fn each_form_has_its_rules() {
    let f = register().await;
    let share = |pid: &str, teller: u32, nevner: u32| json!({ "rolle": "DTPR", "foedselsEllerDNummer": pid, "ansvarsandel": { "teller": teller, "nevner": nevner } });
    let with = |mut notice: Value, field: &str, value: Value| {
        notice[field] = value;
        notice
    };
    let owner = [person("INNH", KARI)];
    let leader = [person("LEDE", KARI)];
    // Notice, field, and a word of the reason.
    let wrong: Vec<(Value, &str, &str)> = vec![
        (
            with(company("x"), "kapital", json!({ "belop": 29999, "antallAksjer": 1 })),
            "kapital.belop",
            "aksjeloven § 3-1",
        ),
        (with(company("x"), "kapital", json!({ "belop": 30000 })), "kapital.antallAksjer", "aksjer"),
        (with(company("x"), "kapital", Value::Null), "kapital", "mangler"),
        (with(company("x"), "navn", json!("Berg og Dal")), "navn", "§ 2-2"),
        (with(company("x"), "navn", json!("Asa Berg AS")), "navn", "annen foretaksform"),
        (new("x", "FLI", "-&-", &leader), "navn", "bokstaver"),
        (with(company("x"), "roller", json!([person("DAGL", OLA)])), "roller", "§ 6-1"),
        (with(company("x"), "roller", json!([person("MEDL", OLA), person("MEDL", KARI)])), "roller", "leder"),
        (
            with(company("x"), "roller", json!([person("LEDE", OLA), person("SIFE", OLA)])),
            "roller",
            "minst to",
        ),
        (
            with(company("x"), "roller", json!([person("LEDE", OLA), person("INNH", OLA)])),
            "roller",
            "finnes ikke",
        ),
        (
            with(company("x"), "roller", json!([person("LEDE", OLA), person("LEDE", OLA)])),
            "roller[1]",
            "to ganger",
        ),
        (
            with(company("x"), "roller", json!([person("LEDE", DEAD)])),
            "roller[0].foedselsEllerDNummer",
            "død",
        ),
        (
            with(company("x"), "roller", json!([person("LEDE", CHILD)])),
            "roller[0].foedselsEllerDNummer",
            "18 år",
        ),
        (with(company("x"), "roller", json!([person("SJEF", OLA)])), "roller[0].rolle", "kan meldes"),
        (
            with(company("x"), "roller", json!([{ "rolle": "REVI", "organisasjonsnummer": nr(60) }])),
            "roller[0].organisasjonsnummer",
            "finnes ikke",
        ),
        (
            with(company("x"), "roller", json!([{ "rolle": "REVI", "organisasjonsnummer": nr(6) }])),
            "roller[0].organisasjonsnummer",
            "finnes ikke",
        ),
        (with(company("x"), "roller", json!([{ "rolle": "LEDE" }])), "roller[0]", "enten"),
        (with(company("x"), "stiftelsesdato", json!("2026-11-24")), "stiftelsesdato", "ikke kommet"),
        (with(company("x"), "stiftelsesdato", Value::Null), "stiftelsesdato", "mangler"),
        (with(company("x"), "aktivitet", json!([])), "aktivitet", "linjer"),
        (
            with(company("x"), "forretningsadresse", json!({ "postnummer": "70100" })),
            "forretningsadresse.postnummer",
            "gyldig",
        ),
        (
            with(company("x"), "forretningsadresse", json!({ "landkode": "SE" })),
            "forretningsadresse.landkode",
            "Norge",
        ),
        (
            with(company("x"), "naeringskode", json!({ "kode": "43", "beskrivelse": "x" })),
            "naeringskode.kode",
            "formen",
        ),
        (with(company("x"), "hjemmeside", json!("ikke en side")), "hjemmeside", "nettet"),
        (with(company("x"), "organisasjonsform", json!("BEDR")), "organisasjonsform", "AS"),
        (new("x", "ENK", "Snekker Kari", &owner), "navn", "etternavn"),
        (new("x", "ENK", "Snekker Berg", &[]), "roller", "én innehaver"),
        (
            new("x", "ENK", "Snekker Berg", &[person("INNH", KARI), person("INNH", OLA)]),
            "roller",
            "én innehaver",
        ),
        (new("x", "DA", "To DA", &[share(KARI, 1, 2)]), "roller", "minst to"),
        (new("x", "DA", "To DA", &[share(KARI, 1, 2), share(OLA, 1, 3)]), "roller", "§ 1-2"),
        (new("x", "DA", "To DA", &[share(KARI, 0, 2), share(OLA, 2, 2)]), "roller[0].ansvarsandel", "andel"),
        (new("x", "ANS", "To ANS", &[share(KARI, 1, 2), share(OLA, 1, 2)]), "roller", "DTSO"),
        (
            new("x", "ASA", "Stor ASA", &[person("LEDE", KARI), person("DAGL", KARI)]),
            "roller",
            "medlem av styret",
        ),
        (new("x", "ASA", "Stor ASA", &leader), "roller", "minst 3"),
        (new("x", "ASA", "Stor ASA", &leader), "roller", "§ 6-2"),
        (new("x", "ASA", "Stor ASA", &leader), "roller", "§ 7-1"),
        (new("x", "ASA", "Stor ASA", &leader), "kapital", "1000000"),
        (new("x", "FLI", "Koret", &[]), "roller", "§ 5"),
        (new("x", "FLI", "Koret", &[person("MEDL", KARI)]), "roller", "leder"),
        (new("x", "FLI", "Koret", &[person("LEDE", KARI), person("KONT", OLA)]), "roller", "kontaktperson"),
        (new("x", "FLI", "Koret", &[person("KONT", CHILD)]), "roller[0].foedselsEllerDNummer", "18 år"),
        (
            new("x", "FLI", "Koret", &[json!({ "rolle": "DAGL", "organisasjonsnummer": nr(0) })]),
            "roller",
            "kontaktperson meldes",
        ),
        (new("x", "SA", "Felles SA", &leader), "roller", "§ 64"),
        (new("x", "STI", "Stiftelsen Fjord", &leader), "kapital", "§ 14"),
        (new("x", "NUF", "Foreign Ltd", &[]), "roller", "§ 5"),
    ];
    for (notice, field, word) in wrong {
        let all = refused(&f, "nyregistrering", &notice).await;
        assert!(
            all.iter().any(|(at, why)| at == field && why.contains(word)),
            "{field} {word}: {all:?}\n{notice}"
        );
    }
    assert_eq!(f.names("/enheter?fraRegistreringsdatoEnhetsregisteret=2026-01-01").await.1, 0);

    // What is right for each; the refused number can be used again.
    let mut foundation = new("sti", "STI", "Stiftelsen Fjord", &leader);
    foundation["kapital"] = json!({ "belop": 100_000 });
    for (notice, form) in [
        (new("x", "ENK", "Snekker Berg", &owner), "ENK"),
        (new("da", "DA", "Tre DA", &[share(KARI, 1, 3), share(OLA, 2, 3)]), "DA"),
        (new("ans", "ANS", "To ANS", &[person("DTSO", KARI), person("DTSO", OLA)]), "ANS"),
        (new("fli", "FLI", "Koret", &[person("LEDE", KARI), person("MEDL", CHILD)]), "FLI"),
        (new("kont", "FLI", "4H", &[person("KONT", KARI)]), "FLI"),
        (foundation, "STI"),
        (new("nuf", "NUF", "Foreign Ltd", &[person("REPR", KARI)]), "NUF"),
    ] {
        let number = registered(&f, "nyregistrering", &notice).await;
        assert_eq!(f.ok(&format!("/enheter/{number}")).await["organisasjonsform"]["kode"], form);
    }
}

#[tokio::test]
async fn changes_touch_what_they_name_and_keep_the_rules() {
    let f = register().await;
    let number = registered(&f, "nyregistrering", &company("a")).await;
    let change = |id: &str, more: Value| {
        let mut notice = more;
        notice["meldingsId"] = json!(id);
        notice["organisasjonsnummer"] = json!(number);
        notice
    };
    let all = refused(&f, "endring", &change("b", json!({ "rollerSomOpphoerer": ["STYR"] }))).await;
    assert!(all.iter().any(|(_, why)| why.contains("§ 6-1")), "{all:?}");
    refused(&f, "endring", &change("b", json!({ "rollerSomOpphoerer": ["REVI"] }))).await;
    refused(&f, "endring", &change("b", json!({ "navn": "Uten form" }))).await;
    refused(&f, "endring", &change("b", json!({ "antallAnsatte": -1 }))).await;
    let notice = change(
        "b",
        json!({
            "navn": "Dal og Berg AS", "antallAnsatte": 7, "rollerSomOpphoerer": ["DAGL"], "hjemmeside": "www.dal.no",
            "roller": [person("LEDE", OLA)],
        }),
    );
    registered(&f, "endring", &notice).await;
    let unit = f.ok(&format!("/enheter/{number}")).await;
    assert_eq!((&unit["navn"], &unit["antallAnsatte"]), (&json!("DAL OG BERG AS"), &json!(7)));
    assert_eq!(unit["historiskeNavn"][0]["navn"], "BERG OG DAL AS");
    assert_eq!(unit["aktivitet"], json!(["Snekring."]));
    let roles = f.ok(&format!("/enheter/{number}/roller")).await;
    let groups = roles["rollegrupper"].as_array().unwrap();
    assert_eq!((groups.len(), groups[0]["roller"].as_array().unwrap().len()), (1, 1));
    assert!(!f.list(KARI, OF_PERSON).await.1.to_string().contains(&number));
    assert_eq!(
        (
            f.names("/enheter?navn=berg+og+dal&navnMetodeForSoek=FORTLOEPENDE").await.1,
            f.names("/enheter?navn=dal").await.1
        ),
        (0, 1)
    );
    // Few employees are not shown.
    registered(&f, "endring", &change("c", json!({ "antallAnsatte": 4, "underAvvikling": true }))).await;
    let unit = f.ok(&format!("/enheter/{number}")).await;
    assert_eq!((unit.get("antallAnsatte"), &unit["harRegistrertAntallAnsatte"]), (None, &json!(true)));
    assert_eq!(unit["underAvviklingDato"], "2026-11-23");

    let place = json!({ "meldingsId": "u", "overordnetEnhet": number, "navn": "Verkstedet", "oppstartsdato": "2026-11-02",
        "beliggenhetsadresse": company("x")["forretningsadresse"] });
    let place = registered(&f, "underenhet", &place).await;
    assert_eq!(f.ok(&format!("/underenheter/{place}")).await["overordnetEnhet"], json!(number));
    let below = json!({ "meldingsId": "u2", "overordnetEnhet": place, "navn": "Under", "oppstartsdato": "2026-11-02",
        "beliggenhetsadresse": company("x")["forretningsadresse"] });
    refused(&f, "underenhet", &below).await;
    let wrong = json!({ "meldingsId": "u3", "organisasjonsnummer": place, "kapital": { "belop": 1 } });
    assert_eq!(refused(&f, "endring", &wrong).await[0].0, "kapital");

    let mut below = common::unit(20, "LEDD UNDER", "ORGL", "5001");
    below["enhet"]["overordnetEnhet"] = json!(number);
    below["rollegrupper"] = json!([{ "type": { "kode": "BEST", "beskrivelse": "Bestyrende reder" },
        "sistEndret": "2020-01-01", "roller": [role("BEST", "Bestyrende reder", KARI, 0)] }]);
    assert_eq!(f.load(&[below]).await.0, StatusCode::OK);
    // A form that notices do not register keeps roles that we know no rule for.
    let notice = json!({ "meldingsId": "k", "organisasjonsnummer": nr(20), "roller": [person("DAGL", OLA)] });
    registered(&f, "endring", &notice).await;
    let groups = f.ok(&format!("/enheter/{}/roller", nr(20))).await;
    assert_eq!(groups["rollegrupper"].as_array().unwrap().len(), 2);
    assert!(refused(&f, "sletting", &change("d", json!({}))).await[0].1.contains("først"));
    let below = json!({ "meldingsId": "l", "organisasjonsnummer": nr(20), "fjernes": true });
    registered(&f, "sletting", &below).await;
    registered(&f, "sletting", &change("d", json!({}))).await;
    assert_eq!(f.ok(&format!("/enheter/{number}")).await["slettedato"], "2026-11-23");
    assert_eq!(f.ok(&format!("/underenheter/{place}")).await["respons_klasse"], "SlettetUnderenhet");
    assert!(!f.list(OLA, OF_PERSON).await.1.to_string().contains(&number));
    assert!(refused(&f, "endring", &change("e", json!({ "navn": "Ny AS" }))).await[0].1.contains("slettet"));
    let types = f.ok(&format!("/oppdateringer/enheter?organisasjonsnummer={number}")).await;
    let types: Vec<_> = types["_embedded"]["oppdaterteEnheter"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["endringstype"].clone())
        .collect();
    assert_eq!(types, ["Ny", "Endring", "Endring", "Sletting"]);
    // Who had which role before is not shown any more, and is still known.
    let rows = f.store.query("SELECT innhold FROM melding WHERE id = 'a'", &[]).await.unwrap();
    assert!(rows[0].get::<String>(0).unwrap().contains(KARI));
}

#[tokio::test]
async fn a_unit_with_a_role_in_another_is_shown_there_as_it_is() {
    let f = register().await;
    let auditor = registered(&f, "nyregistrering", &company("a")).await;
    let mut other = company("b");
    other["roller"] =
        json!([person("LEDE", KARI), { "rolle": "REVI", "organisasjonsnummer": auditor.as_str() }]);
    let other = registered(&f, "nyregistrering", &other).await;
    let shown = async || {
        let roles = f.ok(&format!("/enheter/{other}/roller")).await;
        roles["rollegrupper"][1]["roller"][0]["enhet"].clone()
    };
    assert_eq!(
        (&shown().await["navn"][0], &shown().await["erSlettet"]),
        (&json!("BERG OG DAL AS"), &json!(false))
    );
    let change = json!({ "meldingsId": "c", "organisasjonsnummer": auditor, "navn": "Revisor AS" });
    registered(&f, "endring", &change).await;
    assert_eq!(shown().await["navn"][0], "REVISOR AS");
    registered(&f, "sletting", &json!({ "meldingsId": "d", "organisasjonsnummer": auditor })).await;
    assert_eq!(
        (&shown().await["navn"][0], &shown().await["erSlettet"]),
        (&json!("REVISOR AS"), &json!(true))
    );
    let feed = f.ok("/oppdateringer/roller?size=100").await;
    let events = feed.as_array().unwrap().iter();
    assert_eq!(events.filter(|event| event["data"]["organisasjonsnummer"] == other.as_str()).count(), 3);
}

#[tokio::test]
async fn the_registers_that_refer_to_a_unit_say_so() {
    let f = register().await;
    let choir = registered(&f, "nyregistrering", &new("k", "FLI", "Koret", &[person("LEDE", KARI)])).await;
    let enter = |id: &str, number: &str| {
        json!({ "meldingsId": id, "organisasjonsnummer": number, "kontonummer": "12345678911", "grasrotandel": true,
            "icnpoKategorier": [{ "icnpoNummer": "1100", "navn": "Kunst og kultur" }] })
    };
    let company_number = registered(&f, "nyregistrering", &company("a")).await;
    let enk =
        registered(&f, "nyregistrering", &new("e", "ENK", "Snekker Berg", &[person("INNH", KARI)])).await;
    let all = refused(&f, "frivillighetsregisteret", &enter("f", &enk)).await;
    assert!(all[0].1.contains("Bare foreninger") && all[1].1.contains("styre"), "{all:?}");
    let mut wrong = enter("f", &choir);
    wrong["kontonummer"] = json!("12345678912");
    wrong["icnpoKategorier"] = json!([]);
    assert_eq!(refused(&f, "frivillighetsregisteret", &wrong).await.len(), 2);
    registered(&f, "frivillighetsregisteret", &enter("f", &choir)).await;
    let unit = f.ok(&format!("/enheter/{choir}")).await;
    assert_eq!(
        (&unit["registrertIFrivillighetsregisteret"], &unit["registreringsdatoFrivillighetsregisteret"]),
        (&json!(true), &json!("2026-11-23"))
    );
    let path = format!("/frivillighetsregisteret/api/frivillige-organisasjoner/{choir}");
    let ask = || http::Request::get(&path).body(axum::body::Body::empty()).unwrap();
    let (status, shown) = f.answer(ask()).await;
    assert_eq!((status, &shown["frivilligOrganisasjonsstatus"]), (StatusCode::OK, &json!("AKTIV")));
    assert_eq!(
        shown["icnpoKategorier"],
        json!([{ "icnpoNummer": "1100", "navn": "Kunst og kultur", "rekkefoelge": 1 }])
    );
    registered(
        &f,
        "frivillighetsregisteret",
        &json!({ "meldingsId": "g", "organisasjonsnummer": choir, "strykes": true }),
    )
    .await;
    assert_eq!(f.ok(&format!("/enheter/{choir}")).await["registrertIFrivillighetsregisteret"], false);
    assert_eq!(f.answer(ask()).await.0, StatusCode::NOT_FOUND);
    let again = json!({ "meldingsId": "h", "organisasjonsnummer": choir, "strykes": true });
    assert_eq!(refused(&f, "frivillighetsregisteret", &again).await[0].0, "strykes");
    registered(&f, "frivillighetsregisteret", &enter("h", &choir)).await;
    assert_eq!(f.answer(ask()).await.1["foersteGangInnfoert"], "2026-11-23");

    let place = json!({ "meldingsId": "u", "overordnetEnhet": company_number, "navn": "Verkstedet",
        "oppstartsdato": "2026-11-02", "beliggenhetsadresse": company("x")["forretningsadresse"] });
    let place = registered(&f, "underenhet", &place).await;
    let vat = |id: &str, more: Value| {
        let mut notice = more;
        notice["meldingsId"] = json!(id);
        notice["organisasjonsnummer"] = json!(company_number);
        notice
    };
    let little = vat("v", json!({ "avgiftspliktigOmsetning": 50000 }));
    assert!(refused(&f, "merverdiavgiftsregisteret", &little).await[0].1.contains("§ 2-1"));
    registered(&f, "merverdiavgiftsregisteret", &vat("v", json!({ "avgiftspliktigOmsetning": 50001 }))).await;
    assert_eq!(f.names("/enheter?navn=berg&registrertIMvaregisteret=true").await.1, 1);
    assert_eq!(f.ok(&format!("/underenheter/{place}")).await["registrertIMvaregisteret"], true);
    refused(&f, "merverdiavgiftsregisteret", &vat("w", json!({ "avgiftspliktigOmsetning": 90000 }))).await;
    registered(&f, "merverdiavgiftsregisteret", &vat("w", json!({ "strykes": true }))).await;
    let unit = f.ok(&format!("/enheter/{company_number}")).await;
    assert_eq!(
        (&unit["registrertIMvaregisteret"], unit.get("registreringsdatoMerverdiavgiftsregisteret")),
        (&json!(false), None)
    );
}

#[tokio::test]
async fn what_is_no_notice_is_refused_before_anything_else() {
    let f = register().await;
    let token = f.organisation(SCOPE_REGISTERMELDING);
    let path = format!("{INTAKE}/nyregistrering");
    let body = || company("a").to_string();
    assert_eq!(f.post(&path, "x", "application/json", body()).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(
        f.post(&path, &f.organisation(OF_UNIT), "application/json", body()).await.0,
        StatusCode::FORBIDDEN
    );
    assert_eq!(f.post(&path, &token, "text/plain", body()).await.0, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(
        f.post(&path, &token, "application/json", " ".repeat(300 << 10)).await.0,
        StatusCode::PAYLOAD_TOO_LARGE
    );
    for wrong in ["", "[]", "{", "null", "\u{0}"] {
        assert_eq!(
            f.post(&path, &token, "application/json", wrong.to_owned()).await.0,
            StatusCode::BAD_REQUEST,
            "{wrong:?}"
        );
    }
    for (field, value) in [
        ("tull", json!(1)),
        ("navn", json!(["x"])),
        ("meldingsId", json!("")),
        ("meldingsId", json!("x".repeat(101))),
        ("stiftelsesdato", json!("i går")),
        ("navn", json!("Berg\u{0} AS")),
        ("hjemmeside", json!("www.berg.no\n")),
        ("aktivitet", json!(["Snekring.", "\u{7}"])),
        ("roller", json!([{ "rolle": "LEDE", "foedselsEllerDNummer": "12345678901" }])),
    ] {
        let mut notice = company("a");
        notice[field] = value;
        assert_eq!(send(&f, "nyregistrering", &notice).await.0, StatusCode::BAD_REQUEST, "{notice}");
    }
    // Without Folkeregisteret, nobody is taken on trust.
    let alone: Router = Component::new(f.test.ctx.clone()).router().into();
    let alone = Fixture { router: alone, test: f.test };
    assert_eq!(send(&alone, "nyregistrering", &company("a")).await.0, StatusCode::SERVICE_UNAVAILABLE);
}
