//! MinID where people are real: the code comes by post, and nothing else tells who is registered where.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that meets the unexpected stops")]

mod common;

use axum::Router;
use axum::extract::Path;
use axum::http::{Request, StatusCode};
use axum::response::IntoResponse;
use axum::routing::get;
use clients::folkeregister::{
    Adressebeskyttelse, Bostedsadresse, Folkeregister, Gradering, Navn, Opphav, Persondokument, Poststed,
    Vegadresse,
};
use clients::postkasse::{Postkasse, Utskriftsbrev, Utskriftskoe};
use clients::{Mesh, TokenSource, orgs};
use common::{Browser, Fixture, client, not_synthetic, person};
use http_body_util::BodyExt as _;
use idporten::{Component, Config, MIGRATIONS};
use jiff::SignedDuration;
use kernel::id::Pid;
use kernel::jose::KeyEncryptionKey;
use kernel::testing::{context, token};
use serde_json::json;
use tower::ServiceExt as _;

const PASSWORD: &str = "fire ord er mer enn nok";
const QUEUE: &str = "/postkasse/api/v1/utskrift";

fn resident() -> Persondokument {
    let origin = Opphav::default();
    let street = Vegadresse {
        adressenavn: "Storgata".to_owned(),
        poststed: Some(Poststed {
            postnummer: Some("0155".to_owned()),
            poststedsnavn: Some("OSLO".to_owned()),
        }),
        ..Vegadresse::default()
    };
    Persondokument {
        navn: vec![Navn {
            fornavn: "Kari".to_owned(),
            etternavn: "Nordmann".to_owned(),
            ..Navn::fra(&origin)
        }],
        bostedsadresse: vec![Bostedsadresse { vegadresse: Some(street), ..Bostedsadresse::fra(&origin) }],
        ..person(Pid::parse(&not_synthetic()).unwrap(), "1970-01-01")
    }
}

/// Among a register that knows `known`, and a print provider, if there is one.
async fn among(known: Option<Persondokument>, printer: bool) -> (Fixture, Router) {
    let mut test = context(MIGRATIONS).await;
    test.ctx.test_mode = false;
    let mesh = Mesh::new([].into());
    let people = Folkeregister::new(mesh.clone(), TokenSource::fixed("t"));
    let config = Config {
        master: KeyEncryptionKey::from_bytes(&[3; 32]).unwrap(),
        suggestions: vec![],
        upstreams: vec![],
    };
    let consumer =
        json!({ "authority": "iso6523-actorid-upis", "ID": format!("0192:{}", orgs::DIGDIR.orgnr) });
    let sender = json!({ "iss": "maskinporten", "scope": "digitalpostinnbygger:send", "consumer": consumer });
    let sender = TokenSource::fixed(token(&test.ctx, sender));
    let component = Component::new(test.ctx.clone(), people, config).await.unwrap();
    let component = component.post(Postkasse::new(mesh.clone(), sender));
    component.registrar().register_client(client("en")).await.unwrap();
    let ctx = test.sibling(postkasse::NAME, postkasse::MIGRATIONS).await;
    let post: Router = postkasse::Component::new(ctx, postkasse::Config::default()).router().into();
    let register = Router::new().route(
        "/folkeregisteret/offentlig-med-hjemmel/api/v1/personer/{pid}",
        get(move |Path(pid): Path<String>| async move {
            match known.filter(|known| known.pid().unwrap().as_str() == pid) {
                Some(known) => axum::Json(known).into_response(),
                None => StatusCode::NOT_FOUND.into_response(),
            }
        }),
    );
    let router: Router = component.router().into();
    let others = if printer { post.clone() } else { Router::new() };
    mesh.set_local(router.clone().merge(register).merge(others));
    (Fixture { test, component, router, mesh }, post)
}

/// What the printer sees at a path of its queue.
async fn printer(f: &Fixture, post: &Router, path: &str) -> Vec<u8> {
    let consumer =
        json!({ "authority": "iso6523-actorid-upis", "ID": format!("0192:{}", orgs::UTSKRIFT.orgnr) });
    let claims = json!({ "iss": "maskinporten", "scope": "felles:utskrift", "consumer": consumer });
    let request = Request::get(format!("{QUEUE}{path}"))
        .header("authorization", format!("Bearer {}", token(&f.test.ctx, claims)))
        .body(axum::body::Body::empty())
        .unwrap();
    let answer = post.clone().oneshot(request).await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.into_body().collect().await.unwrap().to_bytes().to_vec()
}

async fn queue(f: &Fixture, post: &Router) -> Vec<Utskriftsbrev> {
    serde_json::from_slice::<Utskriftskoe>(&printer(f, post, "").await).unwrap().brev
}

/// The code in a letter: four groups of four.
async fn code(f: &Fixture, post: &Router, letter: &Utskriftsbrev) -> String {
    let pdf = printer(f, post, &format!("/{}/dokumenter/0", letter.id)).await;
    let is_code = |text: &[u8]| {
        text.iter().enumerate().all(|(at, byte)| match at % 5 {
            4 => *byte == b'-',
            _ => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
        })
    };
    let found = pdf.windows(19).find(|text| is_code(text)).unwrap_or_else(|| panic!("no code in the letter"));
    String::from_utf8(found.to_vec()).unwrap()
}

async fn order(browser: &mut Browser<'_>, number: &str) -> (String, common::Answer) {
    let id = browser.authorize("en", &[("prompt", "login")]).await.sent()["id"].clone();
    let fields = [("id", id.as_str()), ("personidentifikator", number)];
    let answer = browser.post("/idporten/eid/minid/brev", &fields).await;
    (id, answer)
}

async fn begin(browser: &mut Browser<'_>, id: &str, code: &str) -> u16 {
    let number = not_synthetic();
    let fields =
        [("id", id), ("personidentifikator", number.as_str()), ("brevkode", code), ("nytt", PASSWORD)];
    browser.post("/idporten/eid/minid/aktiver", &fields).await.status
}

#[tokio::test]
async fn a_code_comes_by_post_to_the_address_in_the_register() {
    let (f, post) = among(Some(resident()), true).await;
    let mut browser = f.browser();
    let (id, page) = order(&mut browser, &not_synthetic()).await;
    page.is_page(200, "Brevet er bestilt");
    let letters = queue(&f, &post).await;
    let [letter] = letters.as_slice() else { panic!("{letters:?}") };
    assert_eq!(
        (letter.mottaker.navn.as_str(), letter.mottaker.adresselinje1.as_str()),
        ("Kari Nordmann", "Storgata")
    );
    assert_eq!(letter.avsender.as_str(), orgs::DIGDIR.orgnr);
    assert_eq!(serde_json::to_value(letter.retur.returposthaandtering).unwrap(), "MAKULERING_MED_MELDING");
    let code = code(&f, &post, letter).await;
    assert!(!page.body.contains(&code), "the page does not show what stands in the letter");
    // No other within a day, whoever asks.
    let (_, page) = order(&mut f.browser(), &not_synthetic()).await;
    page.is_page(200, "Brevet er bestilt");
    assert_eq!(queue(&f, &post).await.len(), 1);
    assert_eq!(begin(&mut browser, &id, "AAAA-AAAA-AAAA-AAAA").await, 422);
    assert_eq!(begin(&mut browser, &id, &code).await, 200);
}

#[tokio::test]
async fn a_code_ends_with_time_and_with_attempts() {
    let (f, post) = among(Some(resident()), true).await;
    let mut browser = f.browser();
    let (id, _) = order(&mut browser, &not_synthetic()).await;
    let code = code(&f, &post, &queue(&f, &post).await[0]).await;
    assert_eq!(begin(&mut browser, &id, &code).await, 200);
    // 19 more, each after the doors' delay.
    for _ in 0..19 {
        f.clock.advance(SignedDuration::from_mins(15));
        let id = browser.authorize("en", &[("prompt", "login")]).await.sent()["id"].clone();
        assert_eq!(begin(&mut browser, &id, "AAAA-AAAA-AAAA-AAAA").await, 422);
    }
    f.clock.advance(SignedDuration::from_mins(15));
    let id = browser.authorize("en", &[("prompt", "login")]).await.sent()["id"].clone();
    assert_eq!(begin(&mut browser, &id, &code).await, 422, "tried too often");

    let (f, post) = among(Some(resident()), true).await;
    let mut browser = f.browser();
    order(&mut browser, &not_synthetic()).await;
    let code = self::code(&f, &post, &queue(&f, &post).await[0]).await;
    f.clock.advance(SignedDuration::from_hours(14 * 24));
    let id = browser.authorize("en", &[]).await.sent()["id"].clone();
    assert_eq!(begin(&mut browser, &id, &code).await, 422, "too old");
}

#[tokio::test]
async fn the_page_says_the_same_of_every_number_and_protected_addresses_go_nowhere() {
    let protection =
        Adressebeskyttelse { graderingsnivaa: Gradering::StrengtFortrolig, ..Adressebeskyttelse::default() };
    let protection = Adressebeskyttelse { er_gjeldende: true, ..protection };
    for known in [
        None,
        Some(Persondokument { adressebeskyttelse: vec![protection], ..resident() }),
        Some(Persondokument { bostedsadresse: vec![], ..resident() }),
        Some(person(Pid::parse(&not_synthetic()).unwrap(), "2020-01-01")),
    ] {
        let (f, post) = among(known, true).await;
        let (_, page) = order(&mut f.browser(), &not_synthetic()).await;
        page.is_page(200, "Brevet er bestilt");
        assert!(queue(&f, &post).await.is_empty());
    }
    let (f, _) = among(None, true).await;
    order(&mut f.browser(), "123").await.1.is_page(422, "");
    // Where the post does not answer, the person is asked to come back, and can at once: no letter stands in the way.
    let (f, post) = among(Some(resident()), false).await;
    let mut browser = f.browser();
    for _ in 0..2 {
        let (_, page) = order(&mut browser, &not_synthetic()).await;
        page.is_page(422, "");
        assert!(!page.body.contains("Brevet er bestilt"));
    }
    assert!(queue(&f, &post).await.is_empty());
}
