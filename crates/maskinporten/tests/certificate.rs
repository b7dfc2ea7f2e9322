//! Grants by enterprise certificate: whose is believed, and for which client.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails panics")]

mod common;

use clients::maskinporten::TestCertificate;
use common::*;
use http::StatusCode;
use jiff::SignedDuration;
use kernel::enterprise::TrustFiles;
use kernel::jose::{Alg, Jwk, SigningKey};
use maskinporten::{Component, Config, NewClient, Seid, Subject, TestCa, open_test_ca};
use serde_json::{Value, json};

async fn ca(f: &Fixture) -> TestCa {
    open_test_ca(&f.test.ctx, &master()).await.unwrap()
}

async fn issue(f: &Fixture, number: &str, seid: Seid, alg: Alg) -> (SigningKey, TestCertificate) {
    let ca = ca(f).await;
    let subject = Subject { orgnr: orgnr(number), name: "NAV", seid, alg };
    let issued = ca.issue(&f.store, &f.rng, f.clock.now(), subject).await.unwrap();
    (SigningKey::from_pkcs8_pem(&issued.private_key_pem).unwrap(), issued)
}

/// A client of NAV's without keys.
async fn keyless(f: &Fixture) {
    let client = NewClient { client_id: "sertifikat".to_owned(), ..nav(&[], &["test:en"]) };
    f.component.registrar().register_client(client).await.unwrap();
}

fn claims(f: &Fixture) -> Value {
    f.claims(json!({ "iss": "sertifikat" }))
}

fn grant(code: &str) -> (u16, String, String) {
    (400, "invalid_grant".to_owned(), code.to_owned())
}

#[tokio::test]
async fn a_client_without_keys_shows_its_organisations_certificate() {
    let f = fixture().await;
    keyless(&f).await;
    for (seid, alg) in [(Seid::One, Alg::RS256), (Seid::Two, Alg::RS256), (Seid::Two, Alg::ES256)] {
        let (key, certificate) = issue(&f, NAV, seid, alg).await;
        let token = f.token(&by_certificate(&key, &json!(certificate.x5c), &claims(&f))).await;
        assert_eq!(token["client_amr"], "virksomhetssertifikat");
        assert_eq!(token["consumer"]["ID"], "0192:310000027");
        // The root need not be sent.
        let token = f.token(&by_certificate(&key, &json!(certificate.x5c[..2]), &claims(&f))).await;
        assert_eq!(token["client_id"], "sertifikat");
        // By the algorithms of the service alone: those that others may register a key for are not for certificates.
        if alg == Alg::RS256 {
            let pss = SigningKey::from_pkcs8_der_for(&key.to_pkcs8_der().unwrap(), Alg::PS256).unwrap();
            let assertion = by_certificate(&pss, &json!(certificate.x5c), &claims(&f));
            assert_eq!(f.refused(&assertion).await, grant("124"));
        }
        // Nor the authority between, which the service knows; some clients send their own certificate alone.
        f.token(&by_certificate(&key, &json!(certificate.x5c[..1]), &claims(&f))).await;
        // The ends of PEM's lines may be left in.
        let (start, end) = certificate.x5c[0].split_at(64);
        f.token(&by_certificate(&key, &json!([format!("{start}\r\n{end}\r")]), &claims(&f))).await;
    }
}

#[tokio::test]
async fn a_certificate_is_believed_only_whole_and_in_its_time() {
    let f = fixture().await;
    keyless(&f).await;
    let (key, certificate) = issue(&f, NAV, Seid::Two, Alg::ES256).await;
    let x5c = json!(certificate.x5c);
    for malformed in
        [json!(certificate.x5c[0]), json!([]), json!([1]), json!({}), json!(["@@"]), json!(vec!["AA"; 7])]
    {
        assert_eq!(
            f.refused(&by_certificate(&key, &malformed, &claims(&f))).await,
            grant("123"),
            "{malformed}"
        );
    }
    // Something else than an enterprise's certificate.
    for untrusted in [json!(["MIIC"]), json!([certificate.x5c[1]]), json!([certificate.x5c[2]])] {
        assert_eq!(
            f.refused(&by_certificate(&key, &untrusted, &claims(&f))).await,
            grant("120"),
            "{untrusted}"
        );
    }
    // Signed with another key than the certificate's.
    assert_eq!(f.refused(&by_certificate(&f.ec, &x5c, &claims(&f))).await, grant("124"));
    // Another organisation's.
    let (other, theirs) = issue(&f, SUPPLIER, Seid::One, Alg::ES256).await;
    assert_eq!(f.refused(&by_certificate(&other, &json!(theirs.x5c), &claims(&f))).await, grant("122"));
    // From another installation, which has an authority of the same name.
    let elsewhere = fixture().await;
    let (foreign, foreign_certificate) = issue(&elsewhere, NAV, Seid::Two, Alg::ES256).await;
    let from_elsewhere = by_certificate(&foreign, &json!(foreign_certificate.x5c), &claims(&f));
    assert_eq!(f.refused(&from_elsewhere).await, grant("120"));
    // Nothing of all this has used anything up, nor does a client that does not exist say more.
    let unknown = by_certificate(&key, &x5c, &f.claims(json!({ "iss": "ukjent" })));
    assert_eq!(f.refused(&unknown).await, grant("100"));
    f.token(&by_certificate(&key, &x5c, &claims(&f))).await;

    // Three years, and no longer.
    f.clock.advance(SignedDuration::from_hours(24 * 365 * 3 - 24));
    f.token(&by_certificate(&key, &x5c, &claims(&f))).await;
    f.clock.advance(SignedDuration::from_hours(24 * 5));
    assert_eq!(f.refused(&by_certificate(&key, &x5c, &claims(&f))).await, grant("120"));
}

#[tokio::test]
async fn a_revoked_certificate_is_refused_at_once_and_stands_in_the_published_list() {
    let f = fixture().await;
    keyless(&f).await;
    let (key, certificate) = issue(&f, NAV, Seid::Two, Alg::ES256).await;
    let (kept, kept_certificate) = issue(&f, NAV, Seid::Two, Alg::ES256).await;
    let x5c = json!(certificate.x5c);
    f.token(&by_certificate(&key, &x5c, &claims(&f))).await;
    let bearer = format!(
        "Bearer {}",
        kernel::testing::token(
            &f.test.ctx,
            json!({ "iss": "maskinporten", "scope": "felles:klienter.forvalt" })
        )
    );
    let path = format!("/maskinporten/forvaltning/testsertifikater/{}", certificate.serial);
    let revoke = |tenant: &'static str| {
        let request =
            http::Request::delete(&path).header("authorization", &bearer).header("felles-tenant", tenant);
        let request = request.body(axum::body::Body::empty()).unwrap();
        let router = f.router.clone();
        async move { tower::ServiceExt::oneshot(router, request).await.unwrap().status() }
    };
    assert_eq!(revoke(SUPPLIER).await, StatusCode::NOT_FOUND);
    assert_eq!(revoke(NAV).await, StatusCode::OK);
    assert_eq!(f.refused(&by_certificate(&key, &x5c, &claims(&f))).await, grant("120"));
    f.token(&by_certificate(&kept, &json!(kept_certificate.x5c), &claims(&f))).await;

    // The published list says so to others, who believe the authority by its published certificates.
    let directory = tempfile::tempdir().unwrap();
    let fetch = |path: &'static str| {
        let request = http::Request::get(path).body(axum::body::Body::empty()).unwrap();
        let router = f.router.clone();
        async move {
            let answer = tower::ServiceExt::oneshot(router, request).await.unwrap();
            assert_eq!(answer.status(), StatusCode::OK);
            http_body_util::BodyExt::collect(answer.into_body()).await.unwrap().to_bytes()
        }
    };
    let (anchors, crl) = (directory.path().join("rot.pem"), directory.path().join("virksomhet.crl"));
    std::fs::write(&anchors, fetch("/maskinporten/testca/utstedere.pem").await).unwrap();
    std::fs::write(&crl, fetch("/maskinporten/testca/virksomhet.crl").await).unwrap();
    let other = kernel::testing::context(maskinporten::MIGRATIONS).await;
    let ctx = kernel::Context { test_mode: false, ..other.ctx.clone() };
    let trust = TrustFiles { anchors: vec![anchors], crls: vec![crl.clone()] };
    let component =
        Component::new(ctx, Config { master: master(), signing: Alg::RS256, scopes: scopes(), trust })
            .await
            .unwrap();
    let client = NewClient { client_id: "sertifikat".to_owned(), ..nav(&[], &["test:en"]) };
    component.registrar().register_client(client).await.unwrap();
    let router: axum::Router = component.router().into();
    let ask = |assertion: String| {
        let router = router.clone();
        async move { post(&router, "/maskinporten/token", &form(&assertion)).await.0 }
    };
    let kept_x5c = json!(kept_certificate.x5c);
    assert_eq!(ask(by_certificate(&key, &x5c, &claims(&f))).await, StatusCode::BAD_REQUEST);
    assert_eq!(ask(by_certificate(&kept, &kept_x5c, &claims(&f))).await, StatusCode::OK);
    // A production installation has no test authority.
    assert_eq!(get(&router, "/maskinporten/testca/virksomhet.crl").await.0, StatusCode::NOT_FOUND);
    // A list that nobody renews is not believed for ever.
    other.ctx.clock.advance(SignedDuration::from_hours(24 * 8));
    f.clock.advance(SignedDuration::from_hours(24 * 8));
    assert_eq!(ask(by_certificate(&kept, &kept_x5c, &claims(&f))).await, StatusCode::BAD_REQUEST);
    std::fs::write(&crl, ca(&f).await.crl(&f.store, f.clock.now()).await.unwrap()).unwrap();
    component.look_after().await.unwrap();
    assert_eq!(ask(by_certificate(&kept, &kept_x5c, &claims(&f))).await, StatusCode::OK);
    assert_eq!(ask(by_certificate(&key, &x5c, &claims(&f))).await, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_client_with_keys_uses_them_or_the_certificate_that_it_is_locked_to() {
    let f = fixture().await;
    let (key, certificate) = issue(&f, NAV, Seid::Two, Alg::ES256).await;
    let (other, other_certificate) = issue(&f, NAV, Seid::Two, Alg::ES256).await;
    let x5c = json!(certificate.x5c);
    // `nav` has keys, and none with a certificate.
    assert_eq!(f.refused(&by_certificate(&key, &x5c, &f.claims(json!({})))).await, grant("120"));

    let locked = Jwk { x5c: Some(certificate.x5c.clone()), ..key.public_jwk().clone() };
    let client =
        |jwk: Jwk| NewClient { client_id: "laast".to_owned(), jwks: vec![jwk], ..nav(&[], &["test:en"]) };
    let registrar = f.component.registrar();
    registrar.register_client(client(locked.clone())).await.unwrap();
    let claims = || f.claims(json!({ "iss": "laast" }));
    assert_eq!(f.token(&by_certificate(&key, &x5c, &claims())).await["client_amr"], "virksomhetssertifikat");
    assert_eq!(f.token(&key.sign_jwt(None, &claims()).unwrap()).await["client_amr"], "private_key_jwt");
    // Another certificate of the same organisation does not do.
    let other_x5c = json!(other_certificate.x5c);
    assert_eq!(f.refused(&by_certificate(&other, &other_x5c, &claims())).await, grant("120"));

    // A certificate of another key, of another organisation, or none at all cannot be registered with a key.
    let (_, theirs) = issue(&f, SUPPLIER, Seid::Two, Alg::ES256).await;
    for wrong in [other_certificate.x5c.clone(), theirs.x5c, vec!["AAAA".to_owned()], vec![]] {
        let jwk = Jwk { x5c: Some(wrong), ..locked.clone() };
        assert!(registrar.register_client(client(jwk)).await.is_err());
    }
    let (_, theirs) = issue(&f, SUPPLIER, Seid::Two, Alg::ES256).await;
    let their_key = SigningKey::from_pkcs8_pem(&theirs.private_key_pem).unwrap();
    let jwk = Jwk { x5c: Some(theirs.x5c), ..their_key.public_jwk().clone() };
    assert!(registrar.register_client(client(jwk)).await.is_err());
    // A year after it was registered the key has ended, certificate or not.
    f.clock.advance(SignedDuration::from_hours(24 * 365));
    assert_eq!(f.refused(&by_certificate(&key, &x5c, &claims())).await, grant("121"));
}
