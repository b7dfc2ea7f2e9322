//! A signed-in person sees and changes their own data.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails panics")]

mod common;

use common::*;
use http::StatusCode;
use kernel::id::Pid;
use kernel::testing::token;
use serde_json::{Value, json};

const V1: &str = "/kontaktregisteret/rest/v1/person";
const V2: &str = "/kontaktregisteret/rest/v2/person";
const READ: &str = "openid krr:user/kontaktinformasjon.read krr:user/digitalpost.read";
const WRITE: &str = "openid krr:user/kontaktinformasjon.write krr:user/digitalpost.read";

#[tokio::test]
async fn one_sees_ones_own_data() {
    let f = fixture().await;
    let mut expected = kari();
    expected["varslingsstatus"] = json!("KAN_VARSLES");
    for path in [V1, V2] {
        assert_eq!(f.get(path, &f.person(KARI, READ)).await, (StatusCode::OK, expected.clone()));
    }
    let (_, contact) = f.get(V1, &f.person(KARI, "krr:user/kontaktinformasjon.read")).await;
    assert!(
        contact.get("digital_post").is_none()
            && contact.get("sertifikat").is_none()
            && contact["spraak"] == "nb"
    );
    let (_, mailbox) = f.get(V1, &f.person(KARI, "krr:user/digitalpost.read")).await;
    assert!(mailbox.get("kontaktinformasjon").is_none() && mailbox["sertifikat"] == "MIIC");
    // Whoever is not in the register is told so.
    let stranger = strangers(1)[0];
    let (status, answer) = f.get(V2, &f.person(stranger.as_str(), READ)).await;
    assert_eq!((status, &answer["status"]), (StatusCode::OK, &json!("IKKE_REGISTRERT")));

    let entries = f.log.entries_about(&Pid::parse(KARI).unwrap(), None, 10).await.unwrap();
    assert_eq!(entries.len(), 4);
    assert!(entries.iter().all(|entry| entry.access.actor.pid == Some(entry.subject)));
}

#[tokio::test]
async fn one_changes_what_one_sends_and_confirms_what_one_sends_again() {
    let f = fixture().await;
    let token = f.person(KARI, WRITE);
    let now = f.clock.now().to_string();
    let put = |body: Value| {
        let (f, token) = (&f, &token);
        async move { f.send("PUT", V2, token, &body).await }
    };
    let (status, after) = put(json!({ "epostadresse": "ny@example.no", "mobiltelefonnummer": "+4799999999", "reservasjon": "JA", "spraak": "se" })).await;
    assert_eq!(status, StatusCode::OK, "{after}");
    let mut expected = kari();
    let contact = &mut expected["kontaktinformasjon"];
    contact["epostadresse"] = json!("ny@example.no");
    contact["epostadresse_oppdatert"] = json!(now);
    contact["epostadresse_sist_verifisert"] = json!(now);
    contact["mobiltelefonnummer_sist_verifisert"] = json!(now);
    expected["reservasjon"] = json!("JA");
    expected["reservasjonstidspunkt"] = json!(now);
    expected["reservasjon_oppdatert"] = json!(now);
    expected["spraak"] = json!("se");
    expected["spraak_oppdatert"] = json!(now);
    expected["varslingsstatus"] = json!("KAN_IKKE_VARSLES");
    assert_eq!(after, expected);
    // Organisations see it at once.
    assert_eq!(f.look_up(&[KARI], &format!("{CONTACT} {MAILBOX}")).await, [expected]);

    // Removed, and no longer reserved.
    let (_, after) = put(json!({ "epostadresse": null, "reservasjon": "NEI" })).await;
    let contact = after["kontaktinformasjon"].as_object().unwrap();
    assert!(contact.keys().all(|name| name.starts_with("mobil")), "{after}");
    assert!(after.get("reservasjonstidspunkt").is_none());
    let (_, after) = put(json!({ "mobiltelefonnummer": null })).await;
    assert!(after.get("kontaktinformasjon").is_none());
    assert_eq!(after["varslingsstatus"], "KAN_IKKE_VARSLES");
}

#[tokio::test]
async fn the_language_is_changed_as_in_the_real_register() {
    let f = fixture().await;
    let language = f.person(KARI, "krr:user/spraak.write");
    let (status, after) = f.send("PATCH", V1, &language, &json!({ "spraak": "en" })).await;
    assert_eq!((status, &after["spraak"]), (StatusCode::OK, &json!("en")));
    for body in [
        json!({ "spraak": "de" }),
        json!({ "spraak": 1 }),
        json!({}),
        json!({ "spraak": "nb", "epostadresse": "x@y.no" }),
    ] {
        assert_eq!(f.send("PATCH", V1, &language, &body).await.0, StatusCode::BAD_REQUEST, "{body}");
    }
    // That scope is for the language alone.
    assert_eq!(f.send("PUT", V2, &language, &json!({ "spraak": "nb" })).await.0, StatusCode::FORBIDDEN);
    assert_eq!(
        f.send("PATCH", V1, &f.person(KARI, READ), &json!({ "spraak": "nb" })).await.0,
        StatusCode::FORBIDDEN
    );
    assert_eq!(f.look_up(&[KARI], CONTACT).await[0]["spraak"], "en");
}

#[tokio::test]
async fn what_cannot_be_kept_changes_nothing() {
    let f = fixture().await;
    let token = f.person(KARI, WRITE);
    for (body, field) in [
        (json!({ "epostadresse": "kari" }), "epostadresse"),
        (
            json!({ "epostadresse": "kari@example.no", "mobiltelefonnummer": "22334455" }),
            "mobiltelefonnummer",
        ),
        (json!({ "mobiltelefonnummer": 99_999_999 }), "mobiltelefonnummer"),
        (json!({ "spraak": "no" }), "spraak"),
        (json!({ "reservasjon": "KANSKJE" }), "reservasjon"),
        (json!({ "reservasjon": "JA", "status": "SLETTET" }), "status"),
        (json!({ "personidentifikator": OLA }), "personidentifikator"),
        (json!({}), ""),
    ] {
        let (status, problem) = f.send("PUT", V2, &token, &body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
        assert_eq!(problem["felt"].as_str().unwrap_or_default(), field, "{problem}");
    }
    assert_eq!(
        f.raw("PUT", V2, &token, "text/plain", "{}".to_owned()).await.0,
        StatusCode::UNSUPPORTED_MEDIA_TYPE
    );
    assert_eq!(
        f.raw("PUT", V2, &token, "application/json", " ".repeat(300 << 10)).await.0,
        StatusCode::PAYLOAD_TOO_LARGE
    );
    let mut same = kari();
    same["varslingsstatus"] = json!("KAN_VARSLES");
    assert_eq!(f.look_up(&[KARI], &format!("{CONTACT} {MAILBOX}")).await, [same]);
}

#[tokio::test]
async fn whoever_enters_something_is_registered_by_it() {
    let f = fixture().await;
    let stranger = strangers(1)[0];
    let token = f.person(stranger.as_str(), WRITE);
    let (status, after) = f.send("PUT", V2, &token, &json!({ "mobiltelefonnummer": "+4741234567" })).await;
    assert_eq!(
        (status, &after["status"], &after["varslingsstatus"]),
        (StatusCode::OK, &json!("AKTIV"), &json!("KAN_VARSLES"))
    );
    assert_eq!(f.look_up(&[stranger.as_str()], MAILBOX).await[0]["status"], "AKTIV");
}

#[tokio::test]
async fn only_the_signed_in_person_gets_in() {
    let f = fixture().await;
    let change = json!({ "spraak": "en" });
    let organisation =
        token(&f.test.ctx, json!({ "iss": "maskinporten", "scope": format!("{READ} {WRITE}"), "pid": KARI }));
    let expired = token(
        &f.test.ctx,
        json!({ "iss": "idporten", "scope": WRITE, "pid": KARI, "exp": f.clock.now().as_second() - 60 }),
    );
    for (token, status) in [
        (organisation, 401),
        (expired, 401),
        ("x".to_owned(), 401),
        (f.person(KARI, "openid profile"), 403),
        (token(&f.test.ctx, json!({ "iss": "idporten", "scope": format!("{READ} {WRITE}") })), 403),
    ] {
        assert_eq!(f.get(V1, &token).await.0.as_u16(), status);
        assert_eq!(f.get(V2, &token).await.0.as_u16(), status);
        assert_eq!(f.send("PUT", V2, &token, &change).await.0.as_u16(), status);
        assert_eq!(f.send("PATCH", V1, &token, &change).await.0.as_u16(), status);
    }
    assert_eq!(f.logged().await, 0);
}
