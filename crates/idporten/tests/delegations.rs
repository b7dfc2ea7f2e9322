//! A business gives a person a right, both see it, the token carries it, and it is taken back or ends.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that meets the unexpected stops")]

mod common;

use clients::ansattporten::{Delegeringshandling, Fullmakter, Handlende, NyDelegering};
use clients::selvbetjening::ApiError;
use clients::{ClientError, TokenSource};
use common::ansattporten::*;
use common::{Fixture, born, kari, ola};
use idporten::{Delegation, Names, ServiceRule};
use jiff::SignedDuration;
use jiff::civil::{Date, date};
use kernel::id::{Orgnr, Pid};
use kernel::testing::token;
use serde_json::json;

const LAST: Date = date(2026, 12, 24);

fn business() -> Orgnr {
    Orgnr::parse(ENTERPRISE).unwrap()
}

/// As the portal is before it.
fn pages(f: &Fixture) -> Fullmakter {
    let own = token(&f.test.ctx, json!({ "iss": "maskinporten", "scope": "felles:klienter.forvalt" }));
    Fullmakter::new(f.mesh.clone(), TokenSource::fixed(own))
}

fn acting(pid: Pid) -> Handlende {
    Handlende { personidentifikator: pid, navn: Some("Kari Nordmann".to_owned()) }
}

fn to_ola() -> NyDelegering {
    NyDelegering {
        av: acting(kari()),
        personidentifikator: ola().as_str().to_owned(),
        etternavn: " nordmann ".to_owned(),
        ressurs: "2480:40".to_owned(),
        rettigheter: vec!["ArchiveRead".to_owned(), "Read".to_owned()],
        siste_dag: LAST,
    }
}

/// The status and the field of a refusal.
fn said<T: std::fmt::Debug>(answer: Result<T, ClientError>) -> (u16, Option<String>) {
    let Err(ClientError::Status { status, body }) = answer else { panic!("{answer:?}") };
    let error: ApiError = serde_json::from_str(&body).unwrap();
    (status, error.field)
}

/// Whether Ola is shown the business, and what the token then says.
async fn in_the_token(f: &Fixture) -> Option<serde_json::Value> {
    let mut browser = f.browser();
    let (id, page) = picker(&mut browser, &ask("en", SERVICE, &[]), ola()).await;
    if !page.body.contains("EKSEMPEL AS") {
        assert!(sent(&page).contains_key("code"), "nothing to choose among");
        return None;
    }
    let answer = browser.post("/ansattporten/velg", &[("id", &id), ("valg", ENTERPRISE)]).await;
    let (id_token, access_token, _) = tokens(f, "en", &sent(&answer)["code"]).await;
    assert_eq!(id_token["authorization_details"], access_token["authorization_details"]);
    Some(id_token["authorization_details"].clone())
}

#[tokio::test]
async fn a_daily_leader_gives_a_person_a_right_and_takes_it_back() {
    let f = ansattporten().await;
    let pages = pages(&f);
    assert_eq!(in_the_token(&f).await, None);
    let made = pages.gi(&business(), &to_ola()).await.unwrap();
    assert_eq!((made.person.as_str(), made.virksomhet.as_str()), ("Ola Nordmann", "EKSEMPEL AS"));
    assert_eq!((made.gitt_av.as_str(), made.siste_dag), ("Kari Nordmann", Some(LAST)));
    let details = in_the_token(&f).await.unwrap();
    assert_eq!(details[0]["reportees"][0]["Rights"], json!(["Read", "ArchiveRead"]));
    assert_eq!(details[0]["reportees"][0]["ID"], format!("0192:{ENTERPRISE}"));

    // Both see it; nobody else does.
    assert_eq!(pages.gitt(&business()).await.unwrap().delegeringer, std::slice::from_ref(&made));
    assert_eq!(pages.faatt(acting(ola())).await.unwrap().delegeringer, std::slice::from_ref(&made));
    let other = Orgnr::parse(OTHER).unwrap();
    assert!(pages.gitt(&other).await.unwrap().logg.is_empty());
    assert!(pages.faatt(acting(kari())).await.unwrap().delegeringer.is_empty());
    // Given anew it is one, with another id.
    let less = NyDelegering { rettigheter: vec!["Read".to_owned()], ..to_ola() };
    let again = pages.gi(&business(), &less).await.unwrap();
    assert_eq!(pages.gitt(&business()).await.unwrap().delegeringer, std::slice::from_ref(&again));
    assert_eq!(said(pages.trekk(&business(), &made.id, &acting(kari())).await).0, 404);

    // It is taken back by whoever binds the business, and nobody else.
    assert_eq!(said(pages.trekk(&business(), &again.id, &acting(ola())).await).0, 403);
    assert_eq!(said(pages.trekk(&other, &again.id, &acting(kari())).await).0, 403);
    assert_eq!(pages.trekk(&business(), &again.id, &acting(kari())).await.unwrap(), again);
    assert_eq!(said(pages.trekk(&business(), &again.id, &acting(kari())).await).0, 404);
    assert_eq!(in_the_token(&f).await, None);
    let told = pages.faatt(acting(ola())).await.unwrap();
    assert!(told.delegeringer.is_empty());
    assert_eq!(told.logg, pages.gitt(&business()).await.unwrap().logg);
    assert_eq!(told.logg.len(), 3);
    assert!(
        told.logg
            .iter()
            .any(|event| event.hva == Delegeringshandling::Trukket && event.av == "Kari Nordmann")
    );
}

#[tokio::test]
async fn a_right_ends_with_its_last_day_in_norway() {
    let f = ansattporten().await;
    let today = f.clock.today();
    pages(&f).gi(&business(), &NyDelegering { siste_dag: today, ..to_ola() }).await.unwrap();
    // From 10 in the morning to just before midnight, and to midnight.
    f.clock.advance(SignedDuration::from_secs(14 * 3600 - 1));
    assert!(in_the_token(&f).await.is_some());
    f.clock.advance(SignedDuration::from_secs(1));
    assert_eq!(in_the_token(&f).await, None);
    let pages = pages(&f);
    assert!(pages.gitt(&business()).await.unwrap().delegeringer.is_empty());
    assert_eq!(pages.gitt(&business()).await.unwrap().logg.len(), 1);
}

#[tokio::test]
async fn what_cannot_be_given_is_said_by_its_field() {
    let f = ansattporten().await;
    let pages = pages(&f);
    let field = |name: &str| (400, Some(name.to_owned()));
    let now = f.clock.today();
    for (new, expected) in [
        (NyDelegering { ressurs: "24 80".to_owned(), ..to_ola() }, "ressurs"),
        (NyDelegering { rettigheter: vec![], ..to_ola() }, "rettigheter"),
        (NyDelegering { rettigheter: vec!["read".to_owned()], ..to_ola() }, "rettigheter"),
        (NyDelegering { siste_dag: now.yesterday().unwrap(), ..to_ola() }, "siste_dag"),
        (NyDelegering { siste_dag: date(2031, 11, 24), ..to_ola() }, "siste_dag"),
        (NyDelegering { etternavn: "Hansen".to_owned(), ..to_ola() }, "personidentifikator"),
        (NyDelegering { etternavn: String::new(), ..to_ola() }, "personidentifikator"),
        (NyDelegering { personidentifikator: "123".to_owned(), ..to_ola() }, "personidentifikator"),
        (
            NyDelegering { personidentifikator: born("1970-01-01").as_str().to_owned(), ..to_ola() },
            "personidentifikator",
        ),
        (NyDelegering { personidentifikator: kari().as_str().to_owned(), ..to_ola() }, "personidentifikator"),
    ] {
        assert_eq!(said(pages.gi(&business(), &new).await), field(expected), "{new:?}");
    }
    // Who gives has no role, or one that does not bind; or the owner of the service gives them nothing to give.
    let other = Orgnr::parse(OTHER).unwrap();
    assert_eq!(said(pages.gi(&other, &to_ola()).await).0, 403);
    assert_eq!(said(pages.gi(&business(), &NyDelegering { av: acting(ola()), ..to_ola() }).await).0, 403);
    let rule = ServiceRule {
        resource: "2480:40".to_owned(),
        name: "Registerinfo".to_owned(),
        roles: [("DAGL".to_owned(), vec!["Read".to_owned()])].into(),
    };
    f.component.registrar().put_service(rule).await.unwrap();
    assert_eq!(said(pages.gi(&business(), &to_ola()).await), field("rettigheter"));
    let known = pages.ressurser(&business()).await.unwrap();
    assert_eq!(
        (known[0].navn.as_str(), known[0].rettigheter.as_slice()),
        ("Registerinfo", ["Read".to_owned()].as_slice())
    );
    assert_eq!(pages.ressurs(&business(), "ttd-skjema").await.unwrap().rettigheter[0], "read");
    assert_eq!(said(pages.ressurs(&business(), "a b").await).0, 404);
    assert!(pages.gitt(&business()).await.unwrap().logg.is_empty(), "nothing has been given");
    // Without a token of Felles' own, and with a person's: no.
    let stranger = token(&f.test.ctx, json!({ "iss": "maskinporten", "scope": "idporten:dcr.write" }));
    let stranger = Fullmakter::new(f.mesh.clone(), TokenSource::fixed(stranger));
    assert_eq!(said(stranger.gitt(&business()).await).0, 403);
    assert_eq!(said(stranger.gi(&business(), &to_ola()).await).0, 403);
    assert_eq!(said(stranger.faatt(acting(ola())).await).0, 403);
    // ID-porten has none of it.
    assert_eq!(common::fixture().await.get("/idporten/forvaltning/delegeringer").await.status, 404);
}

#[tokio::test]
async fn numbers_and_names_cannot_be_tried_without_end() {
    let f = ansattporten().await;
    let pages = pages(&f);
    let wrong = NyDelegering { etternavn: "Hansen".to_owned(), ..to_ola() };
    for _ in 0..100 {
        assert_eq!(said(pages.gi(&business(), &wrong).await).0, 400);
    }
    assert_eq!(said(pages.gi(&business(), &to_ola()).await).0, 403);
    f.clock.advance(SignedDuration::from_hours(24));
    // The token of an hour ago is too old, too.
    self::pages(&f).gi(&business(), &to_ola()).await.unwrap();
}

#[tokio::test]
async fn the_installation_delegates_and_the_owner_of_a_service_decides() {
    let f = ansattporten().await;
    let registrar = f.component.registrar();
    let other = Orgnr::parse(OTHER).unwrap();
    let delegation = |resource: &str, rights: &[&str], ends| Delegation {
        id: f.rng.uuid(),
        orgnr: other,
        pid: ola(),
        resource: resource.to_owned(),
        rights: rights.iter().map(|right| (*right).to_owned()).collect(),
        ends,
        names: Names::default(),
    };
    for wrong in [
        delegation("2480:40", &[], None),
        delegation("", &["Read"], None),
        delegation("2480:40", &["Read"], Some(f.now())),
    ] {
        assert!(registrar.delegate(wrong).await.is_err());
    }
    registrar.delegate(delegation("2480:40", &["Read", "ArchiveRead"], Some(f.now() + 3600))).await.unwrap();
    registrar.delegate(delegation("9:9", &["Read"], None)).await.unwrap();
    let rule = |name: &str, roles: &[(&str, &[&str])]| ServiceRule {
        resource: "2480:40".to_owned(),
        name: name.to_owned(),
        roles: roles
            .iter()
            .map(|(role, rights)| {
                ((*role).to_owned(), rights.iter().map(|right| (*right).to_owned()).collect())
            })
            .collect(),
    };
    assert!(registrar.put_service(rule("", &[])).await.is_err());
    registrar.put_service(rule("Registerinfo", &[("MEDL", &["Read"])])).await.unwrap();
    let mut browser = f.browser();
    let (id, page) = picker(&mut browser, &ask("en", SERVICE, &[]), ola()).await;
    assert!(page.body.contains("STYRET AS"), "{}", page.body);
    let answer = browser.post("/ansattporten/velg", &[("id", &id), ("valg", OTHER)]).await;
    let (id_token, ..) = tokens(&f, "en", &sent(&answer)["code"]).await;
    let details = &id_token["authorization_details"][0];
    assert_eq!(details["resource_name"], "Registerinfo");
    assert_eq!(details["reportees"][0]["Rights"], json!(["Read", "ArchiveRead"]));
    // The owner of the service lets members of the board read, and nobody else.
    let (_, page) = picker(&mut f.browser(), &ask("en", SERVICE, &[]), kari()).await;
    assert!(page.body.contains("STYRET AS") && !page.body.contains("EKSEMPEL AS"), "{}", page.body);
}
