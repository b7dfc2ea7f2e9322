//! Organisations look people up by list.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails panics")]

mod common;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Body;
use clients::Mesh;
use clients::postkasse::{SERTIFIKATER_PATH, Sertifikater};
use common::*;
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use kernel::id::Pid;
use kernel::jose::{Alg, Certified, Jwt, SigningKey};
use kernel::testing::token;
use kontaktregister::Component;
use serde_json::{Value, json};
use tower::ServiceExt as _;

const V1: &str = "/kontaktregisteret/rest/v1/personer";
const V2: &str = "/kontaktregisteret/rest/v2/personer";
const PRINT: &str = "/kontaktregisteret/rest/v2/printSertifikat";

#[tokio::test]
async fn a_person_comes_as_the_real_register_sends_them() {
    let f = fixture().await;
    let mut expected = kari();
    expected["varslingsstatus"] = json!("KAN_VARSLES");
    let mut reserved = ola();
    reserved["varslingsstatus"] = json!("KAN_IKKE_VARSLES");
    assert_eq!(f.look_up(&[KARI, OLA], &format!("{CONTACT} {MAILBOX}")).await, [expected, reserved]);
}

#[tokio::test]
async fn each_scope_opens_its_attributes() {
    let f = fixture().await;
    let bare = json!({
        "personidentifikator": KARI, "reservasjon": "NEI", "reservasjon_oppdatert": "2023-06-13T11:42:34Z", "status": "AKTIV",
    });
    let with = |names: &[&str]| {
        let mut expected = bare.clone();
        for name in names {
            expected[*name] =
                if *name == "varslingsstatus" { json!("KAN_VARSLES") } else { kari()[*name].clone() };
        }
        expected
    };
    let contact = with(&["varslingsstatus", "kontaktinformasjon", "spraak", "spraak_oppdatert"]);
    let mailbox = with(&["digital_post", "sertifikat"]);
    for scope in
        [CONTACT, "krr:global/kontaktinfo.read", "global/kontaktinformasjon.read", "global/spraak.read"]
    {
        assert_eq!(f.look_up(&[KARI], scope).await, std::slice::from_ref(&contact), "{scope}");
    }
    for scope in
        [MAILBOX, "krr:global/postkasse.read", "global/sikkerdigitalpost.read", "global/sertifikat.read"]
    {
        assert_eq!(f.look_up(&[KARI], scope).await, std::slice::from_ref(&mailbox), "{scope}");
    }
    // Scopes for other doors open nothing here.
    for scope in [
        "",
        "krr:user/kontaktinformasjon.read",
        "krr:user/spraak.write",
        FEED,
        "felles:innlasting",
        "krr:global",
    ] {
        for path in [V1, V2] {
            let body = json!({ "personidentifikatorer": [KARI] });
            assert_eq!(
                f.send("POST", path, &f.organisation(scope), &body).await.0,
                StatusCode::FORBIDDEN,
                "{scope}"
            );
        }
    }
}

#[tokio::test]
async fn whoever_is_not_registered_is_told_or_left_out() {
    let f = fixture().await;
    let stranger = strangers(1)[0];
    let mut deleted = kari();
    deleted["status"] = json!("SLETTET");
    f.load(&[deleted]).await;
    let persons = f.look_up(&[OLA, stranger.as_str(), KARI, OLA], &format!("{CONTACT} {MAILBOX}")).await;
    // In the order asked, each once.
    assert_eq!(
        persons.iter().map(|p| p["personidentifikator"].as_str().unwrap()).collect::<Vec<_>>(),
        [OLA, stranger.as_str(), KARI]
    );
    let unknown = json!({
        "personidentifikator": stranger, "reservasjon": "NEI", "status": "IKKE_REGISTRERT", "varslingsstatus": "KAN_IKKE_VARSLES",
    });
    assert_eq!(persons[1], unknown);
    let expected = json!({
        "personidentifikator": KARI, "reservasjon": "NEI", "reservasjon_oppdatert": "2023-06-13T11:42:34Z", "status": "SLETTET",
        "varslingsstatus": "KAN_IKKE_VARSLES",
    });
    assert_eq!(persons[2], expected);

    let body = |include: bool| json!({ "personidentifikatorer": [stranger, OLA], "inkluderIkkeRegistrerte": include });
    let token = f.organisation(MAILBOX);
    for (path, include, found) in [(V2, false, 1), (V2, true, 2), (V1, false, 2), (V1, true, 2)] {
        let (_, answer) = f.send("POST", path, &token, &body(include)).await;
        assert_eq!(answer["personer"].as_array().unwrap().len(), found, "{path} {include}");
    }
}

#[tokio::test]
async fn freshness_is_judged_at_each_look_up() {
    let f = fixture().await;
    let status =
        || async { f.look_up(&[KARI], CONTACT).await[0]["varslingsstatus"].as_str().unwrap().to_owned() };
    assert_eq!(status().await, "KAN_VARSLES");
    // Confirmed on 5 August 2026 at 10:45:15 in Oslo; eighteen months later that is 5 February 2028, in winter time.
    f.clock.set("2028-02-05T09:45:14Z".parse().unwrap());
    assert_eq!(status().await, "KAN_VARSLES");
    f.clock.set("2028-02-05T09:45:15Z".parse().unwrap());
    assert_eq!(status().await, "KAN_IKKE_VARSLES");
    // Old data is still delivered.
    assert_eq!(f.look_up(&[KARI], CONTACT).await[0]["kontaktinformasjon"], kari()["kontaktinformasjon"]);
}

#[tokio::test]
async fn a_thousand_at_once_and_no_more() {
    let f = fixture().await;
    let pids = strangers(1001);
    let token = f.organisation(CONTACT);
    for path in [V1, V2] {
        for wrong in [json!([]), json!(pids)] {
            let (status, problem) =
                f.send("POST", path, &token, &json!({ "personidentifikatorer": wrong })).await;
            assert_eq!(
                (status, &problem["felt"]),
                (StatusCode::BAD_REQUEST, &json!("personidentifikatorer"))
            );
        }
    }
    assert_eq!(f.logged().await, 0);
    let mut asked = pids[..1000].to_vec();
    asked[500] = Pid::parse(KARI).unwrap();
    let (status, answer) = f.send("POST", V2, &token, &json!({ "personidentifikatorer": asked })).await;
    assert_eq!(status, StatusCode::OK);
    let answered: Vec<Pid> = answer["personer"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| serde_json::from_value(p["personidentifikator"].clone()).unwrap())
        .collect();
    assert_eq!(answered, asked);
    assert_eq!(answer["personer"][500]["status"], "AKTIV");
    // Each of them can see it.
    assert_eq!(f.logged().await, 1000);
}

#[tokio::test]
async fn a_look_up_stands_in_the_log_of_everyone_it_was_about() {
    let f = fixture().await;
    f.look_up(&[KARI, OLA], CONTACT).await;
    for pid in [KARI, OLA] {
        let entries = f.log.entries_about(&Pid::parse(pid).unwrap(), None, 10).await.unwrap();
        let [entry] = entries.as_slice() else { panic!("{entries:?}") };
        assert_eq!(entry.access.component, "kontaktregister");
        assert_eq!(entry.access.actor.orgnr.unwrap().as_str(), NAV);
        assert_eq!(entry.access.formaal.as_deref(), Some("Behandle barnetrygd"));
        assert!(entry.access.hjemmel.contains("eForvaltningsforskriften"));
    }
    assert_eq!(f.logged().await, 2);
}

#[tokio::test]
async fn bad_bodies_are_told_by_field() {
    let f = fixture().await;
    let token = f.organisation(CONTACT);
    let wrong_digit = "03851598731";
    let bad: [(Value, &str); 8] = [
        (json!({ "personidentifikatorer": [KARI, wrong_digit] }), "personidentifikatorer[1]"),
        (json!({ "personidentifikatorer": ["0385159873"] }), "personidentifikatorer[0]"),
        (json!({ "personidentifikatorer": ["0385159873x"] }), "personidentifikatorer[0]"),
        (json!({ "personidentifikatorer": [3_851_598_730_i64] }), "personidentifikatorer[0]"),
        (json!({ "personidentifikatorer": KARI }), "personidentifikatorer"),
        (json!({ "personidentifikatorer": null }), "personidentifikatorer"),
        (
            json!({ "personidentifikatorer": [KARI], "inkluderIkkeRegistrerte": "ja" }),
            "inkluderIkkeRegistrerte",
        ),
        (json!({ "personer": [KARI] }), ""),
    ];
    for (body, field) in bad {
        let (status, problem) = f.send("POST", V2, &token, &body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
        assert_eq!(problem["felt"].as_str().unwrap_or_default(), field, "{problem}");
        assert!(!problem.to_string().contains(wrong_digit), "{problem}");
        assert!(!problem["detail"].as_str().unwrap().is_empty());
    }
    for rubbish in ["", "{", "[]", "null", "\u{feff}{}"] {
        let (status, _) = f.raw("POST", V2, &token, "application/json", rubbish.to_owned()).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{rubbish}");
    }
    let (status, _) = f.raw("POST", V2, &token, "application/json", "x".repeat(20 << 20)).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(f.logged().await, 0);
}

#[tokio::test]
async fn media_types_are_negotiated() {
    let f = fixture().await;
    let token = f.organisation(CONTACT);
    let body = json!({ "personidentifikatorer": [KARI] }).to_string();
    for (kind, status) in [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ("Application/JSON", 200),
        ("text/plain", 415),
        ("application/xml", 415),
    ] {
        assert_eq!(f.raw("POST", V2, &token, kind, body.clone()).await.0.as_u16(), status, "{kind}");
    }
    for (accept, status) in [
        ("application/json", 200),
        ("*/*", 200),
        ("text/html, application/*;q=0.5", 200),
        ("text/html", 406),
        ("application/jose", 406),
        ("application/jose, application/json", 200),
    ] {
        let request =
            Request::post(V2).header("authorization", format!("Bearer {token}")).header("accept", accept);
        let request =
            request.header("content-type", "application/json").body(Body::from(body.clone())).unwrap();
        assert_eq!(f.answer(request).await.0.as_u16(), status, "{accept}");
    }
    assert_eq!(f.get(PRINT, "").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_certificates_of_the_mailboxes_are_given() {
    let mut f = fixture().await;
    // Mailboxes that are there from the second call on.
    let asked = Arc::new(AtomicUsize::new(0));
    let (counted, mesh) = (asked.clone(), Mesh::new(HashMap::new()));
    let answer = move || {
        let first = counted.fetch_add(1, Ordering::Relaxed) == 0;
        let of = |number: &str, der: &str| json!({ "virksomhetsidentifikator": number, "sertifikat": der });
        let both = json!({ "postkasse": of("310000086", "AQID"), "utskrift": of("310000094", "BAUG") });
        std::future::ready(if first { Err(StatusCode::SERVICE_UNAVAILABLE) } else { Ok(axum::Json(both)) })
    };
    mesh.set_local(Router::new().route(SERTIFIKATER_PATH, axum::routing::get(answer)));
    let sertifikater = Sertifikater::new(mesh, f.clock.clone());
    f.router = Component::new(f.test.ctx.clone()).encrypting_to(sertifikater).router().into();

    assert_eq!(f.get(PRINT, "").await.0, StatusCode::SERVICE_UNAVAILABLE);
    let print = json!({ "postkasseleverandoerAdresse": "310000094", "x509Sertifikat": "BAUG" });
    assert_eq!(f.get(PRINT, "").await, (StatusCode::OK, print));
    // A mailbox that was chosen with a certificate of its own has that; whoever may not see mailboxes sees none.
    let certificates = async |scope| {
        let found = f.look_up(&[KARI, OLA], scope).await;
        found.iter().map(|person| person["sertifikat"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(certificates(MAILBOX).await, [json!("MIIC"), json!("AQID")]);
    assert_eq!(certificates(CONTACT).await, [json!(null), json!(null)]);
    assert_eq!(asked.load(Ordering::Relaxed), 2, "the answer is kept for a minute");
}

#[tokio::test]
async fn answers_are_signed_for_those_who_ask_for_it() {
    let f = fixture().await;
    let key = SigningKey::generate(Alg::RS256).unwrap();
    let certified = Certified::new(key, vec!["AQID".to_owned()]).unwrap();
    let signing = Component::new(f.test.ctx.clone()).signing(Some(certified.clone()));
    let router: Router = signing.router().into();
    let body = json!({ "personidentifikatorer": [KARI] });
    let (status, plain) = f.send("POST", V2, &f.organisation(CONTACT), &body).await;
    assert_eq!(status, StatusCode::OK);
    let own = f.person(KARI, "krr:user/kontaktinformasjon.read");
    let one = "/kontaktregisteret/rest/v1/person";
    let (_, alone) = f.get(one, &own).await;
    let list = Request::post(V2)
        .header("authorization", format!("Bearer {}", f.organisation(CONTACT)))
        .header("content-type", "application/json")
        .header("accept", "application/jose, application/json")
        .body(Body::from(body.to_string()));
    let person = Request::get(one)
        .header("authorization", format!("Bearer {own}"))
        .header("accept", "application/jose")
        .body(Body::empty());
    for (request, expected) in [(list, plain), (person, alone)] {
        let answer = router.clone().oneshot(request.unwrap()).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()["content-type"], "application/jose");
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        let jws = String::from_utf8(body.to_vec()).unwrap();
        let jwt = Jwt::parse(&jws).unwrap();
        assert_eq!(jwt.header().x5c, Some(json!(["AQID"])));
        let signed = jwt.verify(&certified.public_key().unwrap(), &[Alg::RS256]).unwrap();
        assert_eq!(signed.claims::<Value>().unwrap(), expected);
    }
    assert_eq!(f.logged().await, 4, "a signed answer stands in the log as another does");
}

#[tokio::test]
async fn only_a_valid_token_of_maskinporten_is_believed() {
    let f = fixture().await;
    let body = json!({ "personidentifikatorer": [KARI] });
    let now = f.clock.now().as_second();
    let claims = |changes: Value| {
        let mut claims = json!({ "iss": "maskinporten", "scope": CONTACT });
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        token(&f.test.ctx, claims)
    };
    let other_key = {
        let key = SigningKey::generate(Alg::ES256).unwrap();
        key.sign_jwt(
            None,
            &json!({ "iss": "http://localhost:8080/maskinporten/", "scope": CONTACT, "exp": now + 60 }),
        )
        .unwrap()
    };
    for (token, why) in [
        (claims(json!({ "iss": "idporten", "pid": KARI })), "another issuer"),
        (claims(json!({ "iss": "https://evil.example/" })), "a stranger as issuer"),
        (claims(json!({ "exp": now - 60 })), "expired"),
        (claims(json!({ "iat": now + 120, "exp": now + 240 })), "not valid yet"),
        (claims(json!({ "nonce": "n" })), "an id_token"),
        (other_key, "another key"),
        ("x.y.z".to_owned(), "no token"),
        (String::new(), "an empty token"),
    ] {
        for path in [V1, V2, "/kontaktregisteret/rest/v2/krr/hentEndringer", LOAD] {
            let (status, _) = f.send("POST", path, &token, &body).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{why} {path}");
        }
    }
    let request = Request::post(V2)
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()))
        .unwrap();
    assert_eq!(f.answer(request).await.0, StatusCode::UNAUTHORIZED);
    // Tokens for the whole address, and for nobody in particular, are both in use.
    let aud = claims(json!({ "aud": "http://localhost:8080/kontaktregisteret/rest/v2/personer" }));
    assert_eq!(f.send("POST", V2, &aud, &body).await.0, StatusCode::OK);
}
