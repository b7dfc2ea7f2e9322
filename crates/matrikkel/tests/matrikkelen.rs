//! The cadastre: units, buildings, addresses, owners, the change log.
#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

mod common;

use axum::body::Body;
use common::*;
use http::{Request, StatusCode, header};
use jiff::SignedDuration;
use kernel::id::Pid;
use kernel::store::Store;
use kernel::testing::{context, token};
use matrikkel::MIGRATIONS;
use serde_json::{Value, json};

const API: &str = "/matrikkel/api/v1";
const OLA: &str = "41819077906";
const KARTVERKET: &str = "310000051";
const SCOPE: &str = "kartverket:matrikkel/eiere";
/// Before anything was loaded, when the fixture was, and a day and an hour later.
const BEFORE: &str = "2026-11-23T08:59:59Z";
const FIRST: &str = "2026-11-23T09:00:00Z";
const SECOND: &str = "2026-11-24T09:00:00Z";
const LATER: &str = "2026-11-24T10:00:00%2B01:00";

impl Fixture {
    async fn api(&self, path: &str) -> (StatusCode, Value) {
        self.get(&format!("{API}{path}")).await
    }

    /// The answer, where there is one.
    async fn found(&self, path: &str) -> Value {
        let (status, answer) = self.api(path).await;
        assert_eq!(status, StatusCode::OK, "{path}: {answer}");
        assert!(
            ![KARI, OLA, KARTVERKET, "eier"].iter().any(|word| answer.to_string().contains(word)),
            "{answer}"
        );
        answer
    }

    /// Refused with a problem that names the field, where there is one.
    async fn refused(&self, path: &str, field: Option<&str>) {
        let (status, problem) = self.api(path).await;
        assert_eq!((status, problem["felt"].as_str()), (StatusCode::BAD_REQUEST, field), "{path}: {problem}");
    }

    /// Refused as there is nothing there, or was nothing then.
    async fn missing(&self, path: &str) {
        let (status, problem) = self.api(path).await;
        assert_eq!((status, problem["status"].as_u64()), (StatusCode::NOT_FOUND, Some(404)), "{path}");
    }

    fn bearer(&self, scope: &str) -> String {
        let claims = json!({ "iss": "maskinporten", "scope": scope, "client_id": "kommune",
            "consumer": { "authority": "iso6523-actorid-upis", "ID": "0192:310000108" } });
        format!("Bearer {}", token(&self.test.ctx, claims))
    }

    async fn owners(&self, path: &str) -> (StatusCode, Value) {
        let request = Request::get(format!("{API}/matrikkelenheter/{path}"));
        self.answer(request.header("authorization", self.bearer(SCOPE)).body(Body::empty()).unwrap()).await
    }

    async fn owned(&self, body: &str) -> (StatusCode, Value) {
        let request = Request::post(format!("{API}/eierskap/soek"))
            .header("authorization", self.bearer(SCOPE))
            .header("content-type", "application/json");
        self.answer(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    async fn owned_by(&self, pid: &str) -> Vec<Value> {
        let (status, answer) = self.owned(&json!({ "personidentifikator": pid }).to_string()).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        answer["eierskap"].as_array().unwrap().clone()
    }

    /// What stands in a person's log, the newest first.
    async fn log(&self, pid: &str) -> Vec<String> {
        let pid = Pid::parse(pid).unwrap();
        let entries = self.test.ctx.log.entries_about(&pid, None, 100).await.unwrap();
        entries.into_iter().map(|entry| entry.access.what).collect()
    }

    /// A day later, loads these.
    async fn next_day(&self, lines: &[Value]) {
        self.test.ctx.clock.advance(SignedDuration::from_hours(24));
        assert_eq!(self.load(lines).await.0, StatusCode::OK);
    }
}

fn share(owner: (&str, &str), (teller, nevner): (i64, i64)) -> Value {
    json!({ "teller": teller, "nevner": nevner, "rettighetshaver": { owner.0: owner.1 }, "fra": "2001-02-03" })
}

fn person(pid: &str) -> (&str, &str) {
    ("personidentifikator", pid)
}

fn owned_by(mut property: Value, shares: &[Value]) -> Value {
    property["eiendom"]["eiere"] = json!(shares);
    property
}

fn screened(mut share: Value) -> Value {
    share["skjermet"] = json!(true);
    share
}

/// A block of two sections, at an address each.
fn block() -> Value {
    let streets = [10, 11].map(|id| (id, 1000, "Storgata", id, None, "0155", (59.9, 10.7)));
    let mut block = owned_by(property("0301", 208, 7, &streets), &[]);
    for (place, section) in [(0, 1), (1, 2)] {
        block["eiendom"]["bygninger"][place]["bruksenheter"][0]["seksjonsnummer"] = json!(section);
    }
    block["eiendom"]["seksjoner"] = json!([
        { "seksjonsnummer": 1, "eiere": [share(person(KARI), (1, 2)), share(person(OLA), (1, 2))] },
        { "seksjonsnummer": 2, "eiere": [share(("organisasjonsnummer", KARTVERKET), (1, 1))] },
    ]);
    block
}

fn numbers(found: &Value) -> Vec<String> {
    let units = found["matrikkelenheter"].as_array().unwrap().iter();
    let number = |unit: &Value| serde_json::from_value::<clients::matrikkel::Matrikkelnummer>(unit.clone());
    units.map(|unit| number(&unit["matrikkelnummer"]).unwrap().to_string()).collect()
}

#[tokio::test]
async fn a_unit_is_read_by_its_number_without_its_owners() {
    let f = fixture().await;
    let point = json!({ "lat": 59.9139, "lon": 10.7522 });
    let unit = json!({
        "matrikkelnummer": { "kommunenummer": "0301", "gardsnummer": 207, "bruksnummer": 1 },
        "etablert": "1950-01-01",
        "adresser": [{ "id": 1, "adressekode": 1000, "adressenavn": "Storgata", "nummer": 1, "postnummer": "0155",
            "poststed": "OSLO", "punkt": point }],
        "bygninger": [{ "bygningsnummer": 1001, "bygningstype": "111", "bygningsstatus": "tatt i bruk", "punkt": point,
            "bruksenheter": [{ "bruksenhetsnummer": "H0101", "type": "bolig", "adresse": 1 }] }],
        "seksjoner": [],
    });
    for number in [
        "0301-207-1",
        "0301-207-1-0-0",
        "0301-207%2F1",
        "0301-207%2F1%2F0%2F0",
        "0301-207%2f1",
        "0301-0207-01",
    ] {
        assert_eq!(f.found(&format!("/matrikkelenheter/{number}")).await, unit, "{number}");
    }
    for number in
        ["0301-207-9", "0301-207-1-1", "0301-207-1-0-1", "5001-207-1", "0301-207/1", "", "0301-207-1/x"]
    {
        f.missing(&format!("/matrikkelenheter/{number}")).await;
    }
    for number in
        ["0301", "0301-207", "301-207-1", "0301-a-1", "0301-207-1-0-0-0", "0301--1", "0301-207--1", "%ff"]
    {
        f.refused(&format!("/matrikkelenheter/{number}"), Some("matrikkelnummer")).await;
    }
    let unit = |query: &str| format!("/matrikkelenheter/0301-207-1?{query}");
    f.refused(&unit("paatidspunkt=2026-11-23T09:00:00Z"), None).await;
    for moment in ["", "2026-11-23", "forleden", "2026-11-23T09:00:00"] {
        f.refused(&unit(&format!("paaTidspunkt={moment}")), Some("paaTidspunkt")).await;
    }
    f.refused(&unit(&format!("paaTidspunkt={FIRST}&paaTidspunkt={SECOND}")), Some("paaTidspunkt")).await;
}

#[tokio::test]
async fn a_unit_is_read_as_it_was() {
    let f = fixture().await;
    let street = |n| [(1, 1000, "Storgata", n, None, "0155", (59.9, 10.7))];
    f.next_day(&[property("0301", 207, 1, &street(3))]).await;
    f.next_day(&[property("0301", 207, 1, &street(5))]).await;
    let unit = |moment: &str| format!("/matrikkelenheter/0301-207-1?paaTidspunkt={moment}");
    f.missing(&unit(BEFORE)).await;
    for (moment, number) in
        [(FIRST, 1), ("2026-11-24T08:59:59.999999Z", 1), (SECOND, 3), (LATER, 3), ("2027-01-01T00:00:00Z", 5)]
    {
        assert_eq!(f.found(&unit(moment)).await["adresser"][0]["nummer"], number, "{moment}");
    }
    assert_eq!(f.found("/matrikkelenheter/0301-207-1").await["adresser"][0]["nummer"], 5);
}

#[tokio::test]
async fn a_section_has_what_belongs_to_it() {
    let f = fixture().await;
    f.load(&[block()]).await;
    let whole = f.found("/matrikkelenheter/0301-208-7").await;
    assert_eq!(whole["seksjoner"], json!([{ "seksjonsnummer": 1 }, { "seksjonsnummer": 2 }]));
    assert_eq!(whole["bygninger"].as_array().unwrap().len(), 2);
    let section = f.found("/matrikkelenheter/0301-208-7-0-2").await;
    assert_eq!(section["matrikkelnummer"]["seksjonsnummer"], 2);
    assert_eq!(section["seksjoner"], json!([]));
    let (addresses, buildings) = (&section["adresser"], &section["bygninger"]);
    assert_eq!((addresses.as_array().unwrap().len(), &addresses[0]["id"]), (1, &json!(11)));
    assert_eq!((buildings.as_array().unwrap().len(), &buildings[0]["bygningsnummer"]), (1, &json!(1011)));
    f.missing("/matrikkelenheter/0301-208-7-0-3").await;
    f.missing(&format!("/matrikkelenheter/0301-208-7-0-2?paaTidspunkt={BEFORE}")).await;
}

#[tokio::test]
async fn units_are_found_by_the_beginning_of_their_number() {
    let f = fixture().await;
    f.load(&[
        block(),
        property("0301", 208, 10, &[]),
        property("0301", 208, 2, &[]),
        property("0301", 20, 80, &[]),
    ])
    .await;
    let search = |query: &str| format!("/matrikkelenheter?{query}");
    let all = f.found(&search("kommunenummer=0301")).await;
    let oslo = [
        "0301-20/80",
        "0301-207/1",
        "0301-207/2",
        "0301-207/3",
        "0301-208/1",
        "0301-208/2",
        "0301-208/7",
        "0301-208/10",
        "0301-209/1",
    ];
    assert_eq!(numbers(&all), oslo);
    assert_eq!(
        (&all["side"], &all["treffPerSide"], &all["totaltAntallTreff"]),
        (&json!(0), &json!(10), &json!(9))
    );
    let page = f.found(&search("kommunenummer=0301&treffPerSide=4&side=1")).await;
    assert_eq!(
        (numbers(&page), &page["totaltAntallTreff"]),
        (oslo[4..8].iter().map(|&n| n.into()).collect(), &json!(9))
    );
    for (query, found) in [
        ("kommunenummer=0301&gardsnummer=208", &oslo[4..8]),
        ("kommunenummer=0301&gardsnummer=208&bruksnummer=1", &oslo[4..5]),
        ("kommunenummer=0301&gardsnummer=208&bruksnummer=1&festenummer=0", &oslo[4..5]),
        ("kommunenummer=0301&gardsnummer=208&bruksnummer=1&festenummer=0&seksjonsnummer=0", &oslo[4..5]),
        (
            "kommunenummer=0301&gardsnummer=208&bruksnummer=7&festenummer=0&seksjonsnummer=2",
            &["0301-208/7/0/2"],
        ),
        ("kommunenummer=0301&gardsnummer=208&bruksnummer=7&festenummer=0&seksjonsnummer=3", &[]),
        ("kommunenummer=0301&gardsnummer=208&bruksnummer=1&festenummer=4", &[]),
        ("kommunenummer=0302", &[]),
        ("kommunenummer=0301&side=1", &[]),
    ] {
        assert_eq!(numbers(&f.found(&search(query)).await), found, "{query}");
    }
    for (query, field) in [
        ("", Some("kommunenummer")),
        ("gardsnummer=208", Some("kommunenummer")),
        ("kommunenummer=301", Some("kommunenummer")),
        ("kommunenummer=", Some("kommunenummer")),
        ("kommunenummer=0301&kommunenummer=5001", Some("kommunenummer")),
        ("kommunenummer=0301&gardsnummer=x", Some("gardsnummer")),
        ("kommunenummer=0301&gardsnummer=-1&bruksnummer=1", Some("gardsnummer")),
        ("kommunenummer=0301&gardsnummer=100000", Some("gardsnummer")),
        ("kommunenummer=0301&bruksnummer=1", Some("bruksnummer")),
        ("kommunenummer=0301&gardsnummer=208&bruksnummer=7&seksjonsnummer=2", Some("seksjonsnummer")),
        ("kommunenummer=0301&treffPerSide=0", Some("treffPerSide")),
        ("kommunenummer=0301&treffPerSide=1001", Some("treffPerSide")),
        ("kommunenummer=0301&treffPerSide=1000&side=10", Some("side")),
        ("kommunenummer=0301&side=-1", Some("side")),
        ("kommunenummer=0301&gaardsnummer=208", None),
    ] {
        f.refused(&search(query), field).await;
    }
}

#[tokio::test]
async fn buildings_and_addresses_are_read_with_their_property() {
    let f = fixture().await;
    let farm = json!({ "kommunenummer": "5001", "gardsnummer": 12, "bruksnummer": 3 });
    assert_eq!(
        f.found("/adresser/900").await,
        json!({ "matrikkelnummer": farm, "adresse": { "id": 900, "postnummer": "7010", "poststed": "TRONDHEIM",
            "adressetilleggsnavn": "Øvre Haugen", "undernummer": 2, "punkt": { "lat": 63.4, "lon": 10.4 } } })
    );
    let building = f.found("/bygninger/1002").await;
    assert_eq!(
        building,
        json!({ "matrikkelnummer": { "kommunenummer": "0301", "gardsnummer": 207, "bruksnummer": 2 },
            "bygning": { "bygningsnummer": 1002, "bygningstype": "111", "bygningsstatus": "tatt i bruk",
                "punkt": { "lat": 59.9141, "lon": 10.7525 },
                "bruksenheter": [{ "bruksenhetsnummer": "H0101", "type": "bolig", "adresse": 2 }] } })
    );
    for kind in ["bygninger", "adresser"] {
        f.missing(&format!("/{kind}/77777")).await;
        f.missing(&format!("/{kind}")).await;
        for number in ["0", "-1", "x", "1.5", "99999999999999999999"] {
            f.refused(&format!("/{kind}/{number}"), None).await;
        }
    }
}

#[tokio::test]
async fn what_another_property_has_got_stays_there() {
    let f = fixture().await;
    let street = (1, 1000, "Storgata", 1, None, "0155", (59.9139, 10.7522));
    f.next_day(&[property("0301", 400, 1, &[street])]).await;
    f.next_day(&[property("0301", 207, 1, &[])]).await;
    for path in ["/bygninger/1001", "/adresser/1"] {
        assert_eq!(f.found(path).await["matrikkelnummer"]["gardsnummer"], 400, "{path}");
    }
    assert_eq!(f.texts("sok?sok=storgata+1+0155&bokstav=").await, ["Storgata 1 0301"]);
}

#[tokio::test]
async fn owners_are_for_those_who_have_the_scope() {
    let f = fixture().await;
    let paths = [
        Request::get(format!("{API}/matrikkelenheter/0301-207-1/eiere")),
        // What is wrong besides is told to nobody who may not ask.
        Request::get(format!("{API}/matrikkelenheter/feil/eiere?feil=1")),
        Request::post(format!("{API}/eierskap/soek")),
    ];
    for path in paths {
        let (parts, ()) = path.body(()).unwrap().into_parts();
        let with = |token: Option<String>| {
            let mut parts = parts.clone();
            parts.headers.extend(token.map(|token| (header::AUTHORIZATION, token.parse().unwrap())));
            f.answer(Request::from_parts(parts, Body::empty()))
        };
        assert_eq!(with(None).await.0, StatusCode::UNAUTHORIZED);
        assert_eq!(with(Some("Bearer tull".to_owned())).await.0, StatusCode::UNAUTHORIZED);
        assert_eq!(with(Some(f.bearer("felles:innlasting"))).await.0, StatusCode::FORBIDDEN);
        let (status, problem) = with(Some(f.bearer("kartverket:matrikkel"))).await;
        assert_eq!((status, problem["status"].as_u64()), (StatusCode::FORBIDDEN, Some(403)));
    }
    assert!(f.log(KARI).await.is_empty());
}

#[tokio::test]
async fn owners_are_read_against_a_receipt() {
    let f = fixture().await;
    f.load(&[block()]).await;
    let number = |section: i64| {
        let mut number = json!({ "kommunenummer": "0301", "gardsnummer": 208, "bruksnummer": 7 });
        if section > 0 {
            number["seksjonsnummer"] = json!(section);
        }
        number
    };
    let owner = |section, share: (i64, i64), owner: (&str, &str)| {
        json!({ "matrikkelnummer": number(section), "andel": { "teller": share.0, "nevner": share.1 },
            "rettighetshaver": { owner.0: owner.1 }, "fra": "2001-02-03" })
    };
    let first = [owner(1, (1, 2), person(KARI)), owner(1, (1, 2), person(OLA))];
    let second = [owner(2, (1, 1), ("organisasjonsnummer", KARTVERKET))];
    assert_eq!(f.owners("0301-208-7-0-2/eiere").await, (StatusCode::OK, json!({ "eierskap": second })));
    assert!(f.log(KARI).await.is_empty() && f.log(OLA).await.is_empty());
    assert_eq!(f.owners("0301-208%2F7%2F0%2F1/eiere").await, (StatusCode::OK, json!({ "eierskap": first })));
    let both: Vec<&Value> = first.iter().chain(&second).collect();
    assert_eq!(f.owners("0301-208-7/eiere").await, (StatusCode::OK, json!({ "eierskap": both })));
    for pid in [KARI, OLA] {
        assert_eq!(f.log(pid).await, ["Slo opp eierne av 0301-208/7", "Slo opp eierne av 0301-208/7/0/1"]);
    }
    let access = f.test.ctx.log.entry(0).await.unwrap().unwrap().access;
    assert_eq!(access.actor.orgnr.unwrap().as_str(), "310000108");
    assert!((access.component.as_str(), access.hjemmel.contains("§ 4")) == ("matrikkel", true), "{access:?}");
    for (path, status) in [
        ("0301-208-7-0-3/eiere", StatusCode::NOT_FOUND),
        ("0301-999-7/eiere", StatusCode::NOT_FOUND),
        ("0301-208-x/eiere", StatusCode::BAD_REQUEST),
        ("0301-208-7/eiere?paaTidspunkt=nylig", StatusCode::BAD_REQUEST),
        ("0301-208-7/eiere?ukjent=1", StatusCode::BAD_REQUEST),
    ] {
        assert_eq!(f.owners(path).await.0, status, "{path}");
    }
    assert_eq!(f.log(KARI).await.len(), 2);
}

#[tokio::test]
async fn owners_are_read_as_they_were() {
    let f = fixture().await;
    let sold = property("0301", 207, 1, &[(1, 1000, "Storgata", 1, None, "0155", (59.9139, 10.7522))]);
    f.next_day(&[owned_by(sold, &[share(person(OLA), (1, 1))])]).await;
    let owner = |answer: (StatusCode, Value)| answer.1["eierskap"][0]["rettighetshaver"].clone();
    let then = |moment: &str| format!("0301-207-1/eiere?paaTidspunkt={moment}");
    assert_eq!(f.owners(&then(BEFORE)).await.0, StatusCode::NOT_FOUND);
    assert_eq!(owner(f.owners(&then(FIRST)).await), json!({ "personidentifikator": KARI }));
    assert_eq!(f.log(OLA).await.len(), 0);
    assert_eq!(owner(f.owners(&then(SECOND)).await), json!({ "personidentifikator": OLA }));
    assert_eq!((f.log(KARI).await.len(), f.log(OLA).await.len()), (1, 1));
    assert_eq!((f.owned_by(KARI).await.len(), f.owned_by(OLA).await.len()), (7, 1));
}

#[tokio::test]
async fn what_a_person_owns_is_found_against_a_receipt() {
    let f = fixture().await;
    f.load(&[block()]).await;
    let unit = json!({ "kommunenummer": "0301", "gardsnummer": 208, "bruksnummer": 7, "seksjonsnummer": 1 });
    assert_eq!(
        f.owned_by(OLA).await,
        [json!({ "matrikkelnummer": unit, "andel": { "teller": 1, "nevner": 2 },
            "rettighetshaver": { "personidentifikator": OLA }, "fra": "2001-02-03" })]
    );
    assert_eq!(f.owned_by(KARI).await.len(), 9);
    assert_eq!(f.owned_by("41819077302").await, Vec::<Value>::new());
    for pid in [OLA, KARI, "41819077302"] {
        assert_eq!(f.log(pid).await, ["Slo opp eiendommene dine"]);
    }
    for (body, field) in [
        (json!({ "personidentifikator": "03851598731" }).to_string(), Some("personidentifikator")),
        (json!({ "personidentifikator": KARI, "annet": 1 }).to_string(), Some("annet")),
        (json!({ "personidentifikator": [KARI] }).to_string(), Some("personidentifikator")),
        ("{}".to_owned(), None),
        (KARI.to_owned(), None),
        (String::new(), None),
    ] {
        let (status, problem) = f.owned(&body).await;
        assert_eq!((status, problem["felt"].as_str()), (StatusCode::BAD_REQUEST, field), "{body}: {problem}");
        assert!(!problem.to_string().contains("038515"), "{problem}");
    }
    assert_eq!(f.owned(&" ".repeat(5000)).await.0, StatusCode::PAYLOAD_TOO_LARGE);
    let request = Request::post(format!("{API}/eierskap/soek")).header("authorization", f.bearer(SCOPE));
    let request = request.header("content-type", "text/plain").body(Body::from(KARI)).unwrap();
    assert_eq!(f.answer(request).await.0, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(f.log(KARI).await.len(), 1);
}

#[tokio::test]
async fn nobody_finds_a_protected_person_through_what_they_own() {
    let f = fixture().await;
    let home = property("0301", 500, 1, &[]);
    let cabin = || property("0301", 501, 1, &[]);
    let ola = || share(person(OLA), (1, 2));
    let kari = share(person(KARI), (1, 2));
    f.load(&[owned_by(home.clone(), &[ola(), kari.clone()]), owned_by(cabin(), &[ola(), kari.clone()])])
        .await;
    assert_eq!(f.owned_by(OLA).await.len(), 2);
    // The home alone is loaded anew; the cabin's share is screened through it, and so is what was.
    f.next_day(&[owned_by(home, &[screened(ola()), kari])]).await;
    assert_eq!(f.owned_by(OLA).await, Vec::<Value>::new());
    assert_eq!(f.log(OLA).await.len(), 2, "a search stands in the log, whatever it finds");
    for path in ["0301-500-1/eiere", "0301-501-1/eiere", &format!("0301-500-1/eiere?paaTidspunkt={FIRST}")] {
        let (status, answer) = f.owners(path).await;
        assert_eq!(status, StatusCode::OK);
        let [ola, kari] = answer["eierskap"].as_array().unwrap().as_slice() else { panic!("{answer}") };
        assert_eq!((&ola["rettighetshaver"], &ola["skjermet"]), (&json!({}), &json!(true)), "{path}");
        assert_eq!(kari["rettighetshaver"], json!({ "personidentifikator": KARI }), "{path}");
    }
    assert_eq!((f.log(OLA).await.len(), f.log(KARI).await.len()), (2, 3));
}

#[tokio::test]
async fn the_change_log_is_read_by_number() {
    let f = fixture().await;
    let log = |query: &str| format!("/endringer?{query}");
    let seqs = |page: &Value| -> Vec<i64> {
        page["endringer"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["endringsnummer"].as_i64().unwrap())
            .collect()
    };
    let all = f.found("/endringer").await;
    assert_eq!((seqs(&all), &all["neste"]), ((1..=23).collect(), &json!(24)));
    let change = |number: i64, at: &str, kind: &str, id: &str, what: &str| json!({ "endringsnummer": number, "tidspunkt": at, "objekttype": kind, "identifikator": id, "endringstype": what });
    let first = f.found(&log("antall=3")).await;
    assert_eq!(
        first,
        json!({ "endringer": [change(1, FIRST, "Matrikkelenhet", "0301-207/1", "Nyoppretting"),
            change(2, FIRST, "Adresse", "1", "Nyoppretting"), change(3, FIRST, "Bygning", "1001", "Nyoppretting")],
            "neste": 4 })
    );
    for (query, found, next) in [
        ("fra=0&antall=2", vec![1, 2], 3),
        ("fra=22", vec![22, 23], 24),
        ("fra=24", vec![], 24),
        ("objekttype=Bygning", vec![3, 6, 9, 12, 15, 18, 21], 24),
        ("objekttype=Matrikkelenhet&fra=17", vec![19, 22], 24),
        ("objekttype=Adresse&fra=22&antall=1", vec![], 23),
    ] {
        let page = f.found(&log(query)).await;
        assert_eq!((seqs(&page), &page["neste"]), (found, &json!(next)), "{query}");
    }
    // Another owner is a change like any other.
    let sold = property("0301", 207, 1, &[]);
    f.next_day(&[owned_by(sold, &[screened(share(person(OLA), (1, 1)))])]).await;
    let page = f.found(&log("fra=24")).await;
    let changes = [change(24, SECOND, "Matrikkelenhet", "0301-207/1", "Oppdatering")];
    assert_eq!(page, json!({ "endringer": changes, "neste": 25 }));
    for (query, field) in [
        ("fra=26", Some("fra")),
        ("fra=-1", Some("fra")),
        ("fra=x", Some("fra")),
        ("fra=", Some("fra")),
        ("fra=9223372036854775807", Some("fra")),
        ("fra=9223372036854775808", Some("fra")),
        ("antall=0", Some("antall")),
        ("antall=1001", Some("antall")),
        ("objekttype=Person", Some("objekttype")),
        ("objekttype=bygning", Some("objekttype")),
        ("seq=1", None),
    ] {
        f.refused(&log(query), field).await;
    }
    f.missing("/endring").await;
}

#[tokio::test]
async fn an_empty_change_log_begins_at_one() {
    let f = empty().await;
    assert_eq!(f.found("/endringer").await, json!({ "endringer": [], "neste": 1 }));
}

/// A store from before the numbers' parts had columns of their own.
#[tokio::test]
async fn an_older_store_gets_the_parts_of_its_numbers() {
    let test = context(&[]).await;
    let place = test.place.of("eldre");
    let older = Store::open(&place, &MIGRATIONS[..2]).await.unwrap();
    older
        .write(|tx| {
            Box::pin(async move {
                let sql = "INSERT INTO eiendom (id, nummer, fra, innhold) VALUES
                    (1, '0301-207/454', 0, ''), (2, '5001-12/3/10', 0, ''), (3, '1103-1/99999/7', 0, '')";
                tx.execute(sql, &[]).await
            })
        })
        .await
        .unwrap_or_else(|error: kernel::store::StoreError| panic!("{error}"));
    let store = Store::open(&place, MIGRATIONS).await.unwrap();
    let rows = store.query("SELECT kommune, gnr, bnr, fnr FROM eiendom ORDER BY id", &[]).await.unwrap();
    let parts: Vec<(String, [i64; 3])> = rows
        .iter()
        .map(|row| (row.get(0).unwrap(), [1, 2, 3].map(|column| row.get(column).unwrap())))
        .collect();
    let expected = [("0301", [207, 454, 0]), ("5001", [12, 3, 10]), ("1103", [1, 99_999, 7])];
    assert_eq!(parts, expected.map(|(kommune, numbers)| (kommune.to_owned(), numbers)));
}
