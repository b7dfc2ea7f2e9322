//! A person sees the uses of their own data, no one else's, and can prove each.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails panics")]

use axum::Router;
use axum::body::Body;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use clients::transparency::{Bevis, Bruksliste};
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use kernel::id::{Orgnr, Pid};
use kernel::log::{Access, Actor, InclusionProof};
use kernel::testing::{TestContext, context, token};
use serde_json::{Value, json};
use tower::ServiceExt as _;
use transparency::{Component, MIGRATIONS};

const KARI: &str = "03851598730";
const OLA: &str = "41819077906";

async fn fixture() -> (TestContext, Router) {
    let test = context(MIGRATIONS).await;
    let router = Component::new(test.ctx.clone()).router().into();
    (test, router)
}

async fn used(test: &TestContext, subject: &str, actor: Actor, formaal: Option<&str>) {
    let access = Access {
        actor,
        component: "folkeregister".to_owned(),
        what: "Slo opp personopplysninger".to_owned(),
        hjemmel: "Folkeregisterloven § 10-2".to_owned(),
        formaal: formaal.map(str::to_owned),
        sak: formaal.map(|_| "2026/1".to_owned()),
    };
    test.ctx.log.append(&[Pid::parse(subject).unwrap()], &access).await.unwrap();
}

fn organisation(number: &str) -> Actor {
    Actor { orgnr: Some(Orgnr::parse(number).unwrap()), pid: None, client_id: "fagsystem".to_owned() }
}

fn signed_in(test: &TestContext, pid: Option<&str>) -> String {
    token(&test.ctx, json!({ "iss": "idporten", "scope": "openid felles:innsyn", "pid": pid }))
}

async fn raw(router: &Router, path: &str, token: Option<&str>) -> (StatusCode, Vec<u8>) {
    let mut request = Request::get(path);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let answer = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    (answer.status(), answer.into_body().collect().await.unwrap().to_bytes().to_vec())
}

async fn bruk(router: &Router, query: &str, token: &str) -> Bruksliste {
    let (status, body) = raw(router, &format!("/innsyn/api/v1/bruk{query}"), Some(token)).await;
    assert_eq!(status, StatusCode::OK);
    serde_json::from_slice(&body).unwrap()
}

#[tokio::test]
async fn a_person_sees_who_used_their_data_and_why() {
    let (test, router) = fixture().await;
    let own = Actor { pid: Some(Pid::parse(KARI).unwrap()), ..organisation("310000035") };
    let caseworker = Actor { pid: Some(Pid::parse(OLA).unwrap()), ..organisation("310000027") };
    used(&test, KARI, organisation("310000027"), Some("Behandle barnetrygd")).await;
    used(&test, OLA, organisation("310000027"), None).await;
    used(&test, KARI, own, None).await;
    used(&test, KARI, caseworker, None).await;
    used(&test, KARI, organisation("889640782"), None).await;

    let token = signed_in(&test, Some(KARI));
    let all = bruk(&router, "", &token).await;
    assert!(!all.flere);
    assert_eq!(all.bruk.iter().map(|bruk| bruk.indeks).collect::<Vec<_>>(), [4, 3, 2, 0]);
    let [unknown, worker, own, nav] = all.bruk.as_slice() else { panic!("{all:?}") };
    assert_eq!(nav.hvem.navn.as_deref(), Some("ARBEIDS- OG VELFERDSETATEN (NAV)"));
    assert_eq!(nav.hvem.orgnr.as_ref().unwrap().as_str(), "310000027");
    assert_eq!((nav.formaal.as_deref(), nav.sak.as_deref()), (Some("Behandle barnetrygd"), Some("2026/1")));
    assert_eq!((nav.hva.as_str(), nav.komponent.as_str()), ("Slo opp personopplysninger", "folkeregister"));
    assert_eq!(nav.hjemmel, "Folkeregisterloven § 10-2");
    assert_eq!(nav.tidspunkt, test.ctx.clock.now());
    assert!(own.hvem.selv && own.hvem.orgnr.is_none());
    assert!(!worker.hvem.selv && !nav.hvem.selv);
    assert!(unknown.hvem.navn.is_none());
    // The caseworker's number is not the person's business, nor in the proof that they get.
    assert!(!serde_json::to_string(&all).unwrap().contains(OLA));
    for bruk in &all.bruk {
        let (status, proof) =
            raw(&router, &format!("/innsyn/api/v1/bruk/{}/bevis", bruk.indeks), Some(&token)).await;
        assert_eq!(status, StatusCode::OK);
        assert!(!String::from_utf8(proof).unwrap().contains(OLA), "{}", bruk.indeks);
    }

    let first = bruk(&router, "?antall=3", &token).await;
    assert!(first.flere && first.bruk.len() == 3);
    let rest = bruk(&router, "?antall=3&foer=2", &token).await;
    assert!(!rest.flere && rest.bruk.len() == 1 && rest.bruk[0].indeks == 0);
    // Reading adds nothing.
    assert_eq!(bruk(&router, "", &token).await.bruk.len(), 4);
}

#[tokio::test]
async fn each_use_is_proved_with_the_public_key_alone() {
    let (test, router) = fixture().await;
    for n in 0..300 {
        used(&test, if n % 3 == 0 { KARI } else { OLA }, organisation("310000027"), None).await;
    }
    let token = signed_in(&test, Some(KARI));
    let verifier = test.ctx.log.verifier();
    for indeks in [0_i64, 3, 255, 297] {
        let (status, body) = raw(&router, &format!("/innsyn/api/v1/bruk/{indeks}/bevis"), Some(&token)).await;
        assert_eq!(status, StatusCode::OK, "{indeks}");
        let bevis: Bevis = serde_json::from_slice(&body).unwrap();
        let hash = |text: &String| <[u8; 32]>::try_from(BASE64.decode(text).unwrap()).unwrap();
        let proof = InclusionProof {
            index: bevis.indeks as u64,
            size: bevis.stoerrelse as u64,
            entry: bevis.oppfoering.clone(),
            path: bevis.sti.iter().map(hash).collect(),
            checkpoint: bevis.sjekkpunkt.clone(),
        };
        assert!(proof.verify(&verifier), "{indeks}");
        assert_eq!(verifier.open(&bevis.sjekkpunkt), Some((300, hash(&bevis.rot))));
        assert_eq!(hash(&bevis.bladhash), kernel::log::leaf_hash(bevis.oppfoering.as_bytes()));
        assert!(bevis.oppfoering.contains(KARI) && !bevis.oppfoering.contains(OLA));
        // Another text does not fit.
        let forged = InclusionProof { entry: bevis.oppfoering.replace("Slo", "Så"), ..proof };
        assert!(!forged.verify(&verifier));
    }
    // Another's entry, one that is not there, and no number at all: the same answer.
    for indeks in ["1", "300", "-1", "x", "99999999999999999999"] {
        let (status, _) = raw(&router, &format!("/innsyn/api/v1/bruk/{indeks}/bevis"), Some(&token)).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{indeks}");
    }
}

#[tokio::test]
async fn the_log_is_public_and_its_tiles_are_its_leaves() {
    let (test, router) = fixture().await;
    let (status, note) = raw(&router, "/innsyn/logg/checkpoint", None).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(test.ctx.log.verifier().open(std::str::from_utf8(&note).unwrap()).unwrap().0, 0);
    for _ in 0..260 {
        used(&test, KARI, organisation("310000027"), None).await;
    }
    let (_, note) = raw(&router, "/innsyn/logg/checkpoint", None).await;
    assert_eq!(test.ctx.log.verifier().open(std::str::from_utf8(&note).unwrap()).unwrap().0, 260);
    let (_, key) = raw(&router, "/innsyn/logg/noekkel", None).await;
    assert_eq!(String::from_utf8(key).unwrap(), test.ctx.log.verifier().encode());

    let (status, tile) = raw(&router, "/innsyn/logg/tile/0/000", None).await;
    assert_eq!((status, tile.len()), (StatusCode::OK, 256 * 32));
    let leaf = kernel::log::leaf_hash(test.ctx.log.entry(7).await.unwrap().unwrap().body.as_bytes());
    assert_eq!(tile[7 * 32..8 * 32], leaf);
    let (status, tile) = raw(&router, "/innsyn/logg/tile/0/001.p/4", None).await;
    assert_eq!((status, tile.len()), (StatusCode::OK, 4 * 32));
    for path in ["0/001", "0/001.p/5", "1/000", "0/002", "9/000", "x", "0/1"] {
        let (status, _) = raw(&router, &format!("/innsyn/logg/tile/{path}"), None).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(raw(&router, "/innsyn/logg/tile/1/000.p/1", None).await.0, StatusCode::OK);
}

#[tokio::test]
async fn only_the_signed_in_person_sees_it() {
    let (test, router) = fixture().await;
    let status = |token: Option<String>| {
        let router = router.clone();
        async move { raw(&router, "/innsyn/api/v1/bruk", token.as_deref()).await.0.as_u16() }
    };
    assert_eq!(status(None).await, 401);
    assert_eq!(status(Some("x.y.z".to_owned())).await, 401);
    let claims = |claims: Value| Some(token(&test.ctx, claims));
    let organisation = claims(json!({ "iss": "maskinporten", "scope": "felles:innsyn", "pid": KARI }));
    assert_eq!(status(organisation).await, 401);
    assert_eq!(status(claims(json!({ "iss": "idporten", "scope": "openid", "pid": KARI }))).await, 403);
    assert_eq!(status(Some(signed_in(&test, None))).await, 403);
    let token = signed_in(&test, Some(KARI));
    for query in ["?antall=0", "?antall=101", "?antall=x", "?foer=-1"] {
        let (status, body) = raw(&router, &format!("/innsyn/api/v1/bruk{query}"), Some(&token)).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{query}");
        let problem: Value = serde_json::from_slice(&body).unwrap();
        assert!(problem["felt"].is_string(), "{problem}");
    }
}

#[tokio::test]
async fn the_portal_uses_a_typed_client() {
    let (test, router) = fixture().await;
    used(&test, KARI, organisation("310000027"), Some("Behandle barnetrygd")).await;
    used(&test, OLA, organisation("310000027"), None).await;
    let mesh = clients::Mesh::new(std::collections::HashMap::new());
    mesh.set_local(router);
    let innsyn = clients::transparency::Innsyn::new(mesh);
    let token = signed_in(&test, Some(KARI));
    let list = innsyn.bruk(&token, None, 10).await.unwrap();
    assert_eq!(
        (list.bruk.len(), list.flere, list.bruk[0].formaal.as_deref()),
        (1, false, Some("Behandle barnetrygd"))
    );
    assert_eq!(innsyn.bruk(&token, Some(0), 10).await.unwrap().bruk, []);
    let bevis = innsyn.bevis(&token, 0).await.unwrap().unwrap();
    assert_eq!(bevis.sjekkpunkt, innsyn.sjekkpunkt().await.unwrap());
    assert_eq!(innsyn.bevis(&token, 1).await.unwrap(), None);
    assert_eq!(innsyn.noekkel().await.unwrap(), test.ctx.log.verifier().encode());
}
