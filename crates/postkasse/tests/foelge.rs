//! Folkeregisteret gives somebody another number, and the mailbox follows.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails panics")]

mod common;

use axum::Router;
use axum::body::Body;
use clients::folkeregister::{Folkeregister, Nummerendringsmelding};
use clients::{Mesh, TokenSource};
use common::*;
use http::{Request, StatusCode};
use jiff::civil::date;
use kernel::id::Kjoenn;
use nation::{Options, generate};
use postkasse::{Component, Config};
use serde_json::json;
use tower::ServiceExt as _;

#[tokio::test]
async fn a_mailbox_and_its_letters_go_along_to_another_number() {
    let f = fixture().await;
    let store = f.test.sibling(folkeregister::NAME, folkeregister::MIGRATIONS).await;
    let registers: Router = folkeregister::Component::new(store).router().into();
    let mesh = Mesh::new(Default::default());
    mesh.set_local(registers.clone());
    let scopes = "folkeregister:deling/offentligmedhjemmel folkeregister:mottak/nummerendring";
    let people = Folkeregister::new(mesh, TokenSource::fixed(f.organisation(NAV, scopes)));

    // The nation's first who has lived here, in the place of Kari.
    let nation = generate(&Options { population: 60, seed: 1, date: date(2026, 11, 1) }, &mut |_, _| {});
    let lines: Vec<String> = nation.persons().map(|line| serde_json::to_string(&line).unwrap()).collect();
    let load = |path: &str, lines: String| {
        let request = Request::post(path)
            .header("authorization", format!("Bearer {}", f.organisation(SUPPLIER, "felles:innlasting")))
            .header("content-type", "application/x-ndjson");
        request.body(Body::from(lines)).unwrap()
    };
    let answer = registers.clone().oneshot(load("/folkeregisteret/innlasting/v1", lines.join("\n"))).await;
    assert_eq!(answer.unwrap().status(), StatusCode::OK);
    let person =
        nation.persons().find(|person| !person.er_doed() && !person.pid().unwrap().is_d_number()).unwrap();
    let earlier = person.pid().unwrap();
    let boks = json!({ "postkasseadresse": KARIS, "personidentifikator": earlier }).to_string();
    let answer = f.router.clone().oneshot(load("/postkasse/innlasting/v1", boks)).await;
    assert_eq!(answer.unwrap().status(), StatusCode::OK);

    assert_eq!(f.send(&f.digital()).await.0, StatusCode::CREATED);
    assert_eq!(f.titles(earlier.as_str()).await.len(), 1);
    let register = Component::new(f.test.ctx.clone(), Config::default());
    let kjoenn = person.gjeldende_kjoenn().unwrap();
    let annet = if kjoenn == Kjoenn::Kvinne { Kjoenn::Mann } else { Kjoenn::Kvinne };
    // Twice, since the mailbox must be found by the first number and by the second.
    let mut numbers = vec![earlier];
    for (letters, kjoenn) in [(1, annet), (2, kjoenn)] {
        let melding = Nummerendringsmelding {
            meldings_id: f.rng.uuid().to_string(),
            foedsels_eller_d_nummer: earlier,
            foedselsdato: None,
            kjoenn: Some(kjoenn),
            gyldig_fra: date(2026, 11, 20),
        };
        let number = people.meld("nummerendring", &melding).await.unwrap().foedsels_eller_d_nummer.unwrap();
        assert_eq!(f.titles(number.as_str()).await.len(), 0, "nothing has been read yet");
        while register.read_page(&people).await.unwrap() > 0 {}
        assert_eq!(f.titles(number.as_str()).await.len(), letters);
        for out in &numbers {
            assert_eq!(f.titles(out.as_str()).await.len(), 0);
        }
        assert_eq!(f.send(&f.digital()).await.0, StatusCode::CREATED);
        assert_eq!(
            f.titles(number.as_str()).await.len(),
            letters + 1,
            "what comes after it comes to the new number"
        );
        numbers.push(number);
    }
}
