//! A register with a few people in it, and how to ask it.
#![allow(dead_code, reason = "each test file uses its part")]

use axum::Router;
use axum::body::Body;
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use jiff::civil::date;
use kernel::Context;
use kernel::id::{Kjoenn, Pid};
use kernel::testing::{TestContext, context, token};
use kontaktregister::{Component, MIGRATIONS};
use serde_json::{Value, json};
use tower::ServiceExt as _;

pub const KARI: &str = "03851598730";
pub const OLA: &str = "41819077906";
pub const NAV: &str = "310000027";
pub const CONTACT: &str = "krr:global/kontaktinformasjon.read";
pub const MAILBOX: &str = "krr:global/digitalpost.read";
pub const FEED: &str = "krr:global/hentendring.read";
pub const LOAD: &str = "/kontaktregisteret/innlasting/v1";

pub struct Fixture {
    pub test: TestContext,
    pub router: Router,
}

impl std::ops::Deref for Fixture {
    type Target = Context;
    fn deref(&self) -> &Context {
        &self.test.ctx
    }
}

/// Kari has everything and Ola is reserved.
pub async fn fixture() -> Fixture {
    let test = context(MIGRATIONS).await;
    let router = Component::new(test.ctx.clone()).router().into();
    let f = Fixture { test, router };
    assert_eq!(f.load(&[kari(), ola()]).await, (StatusCode::OK, json!({ "lest": 2 })));
    f
}

pub fn kari() -> Value {
    json!({
        "personidentifikator": KARI, "reservasjon": "NEI", "reservasjon_oppdatert": "2023-06-13T11:42:34Z", "status": "AKTIV",
        "kontaktinformasjon": {
            "epostadresse": "kari@example.no", "epostadresse_oppdatert": "2025-08-05T08:45:15Z",
            "epostadresse_sist_verifisert": "2026-08-05T08:45:15Z", "mobiltelefonnummer": "+4799999999",
            "mobiltelefonnummer_oppdatert": "2024-01-02T07:00:00Z", "mobiltelefonnummer_sist_verifisert": "2026-08-05T08:45:15Z",
        },
        "digital_post": { "postkasseadresse": "kari.nordmann#9YDT", "postkasseleverandoeradresse": "984661185" },
        "sertifikat": "MIIC", "spraak": "nb", "spraak_oppdatert": "2024-01-02T07:00:00Z",
    })
}

pub fn ola() -> Value {
    json!({
        "personidentifikator": OLA, "reservasjon": "JA", "reservasjonstidspunkt": "2023-06-13T11:42:34Z",
        "reservasjon_oppdatert": "2023-06-13T11:42:34Z", "status": "AKTIV",
        "kontaktinformasjon": { "epostadresse": "ola@example.no", "epostadresse_oppdatert": "2026-08-05T08:45:15Z" },
        "digital_post": { "postkasseadresse": "ola.nordmann#1ABC", "postkasseleverandoeradresse": "310000086" },
    })
}

/// `count` numbers that nobody in the register has.
pub fn strangers(count: usize) -> Vec<Pid> {
    let days = (0..).map(|day| date(1980, 1, 1).saturating_add(jiff::ToSpan::days(day)));
    days.flat_map(|day| Pid::synthetic_series(day, Kjoenn::Kvinne)).take(count).collect()
}

impl Fixture {
    /// An organisation's token.
    pub fn organisation(&self, scopes: &str) -> String {
        let consumer = json!({ "authority": "iso6523-actorid-upis", "ID": format!("0192:{NAV}") });
        token(&self.test.ctx, json!({ "iss": "maskinporten", "scope": scopes, "consumer": consumer }))
    }

    /// A signed-in person's token.
    pub fn person(&self, pid: &str, scopes: &str) -> String {
        token(&self.test.ctx, json!({ "iss": "idporten", "scope": scopes, "pid": pid }))
    }

    pub async fn send(&self, method: &str, path: &str, token: &str, body: &Value) -> (StatusCode, Value) {
        self.raw(method, path, token, "application/json", body.to_string()).await
    }

    pub async fn raw(
        &self,
        method: &str,
        path: &str,
        token: &str,
        kind: &str,
        body: String,
    ) -> (StatusCode, Value) {
        let request =
            Request::builder().method(method).uri(path).header("authorization", format!("Bearer {token}"));
        let request = request.header("content-type", kind).header("felles-formaal", "Behandle%20barnetrygd");
        self.answer(request.body(Body::from(body)).unwrap()).await
    }

    pub async fn get(&self, path: &str, token: &str) -> (StatusCode, Value) {
        let request = Request::get(path).header("authorization", format!("Bearer {token}"));
        self.answer(request.body(Body::empty()).unwrap()).await
    }

    /// Sends a request; an error must be a problem that quotes no number.
    pub async fn answer(&self, request: Request<Body>) -> (StatusCode, Value) {
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let status = answer.status();
        let problem = !status.is_success();
        if problem {
            assert_eq!(answer.headers()["content-type"], "application/problem+json", "{status}");
        }
        assert!(status != StatusCode::UNAUTHORIZED || answer.headers().contains_key("www-authenticate"));
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        let value: Value = serde_json::from_slice(&body).unwrap();
        if problem {
            assert_eq!(value["status"], status.as_u16(), "{value}");
            assert!(![KARI, OLA].iter().any(|pid| value.to_string().contains(pid)), "{value}");
        }
        (status, value)
    }

    pub async fn load(&self, persons: &[Value]) -> (StatusCode, Value) {
        let lines: Vec<String> = persons.iter().map(Value::to_string).collect();
        self.raw(
            "POST",
            LOAD,
            &self.organisation("felles:innlasting"),
            "application/x-ndjson",
            lines.join("\n"),
        )
        .await
    }

    /// Looks up with version 2; the answer's persons.
    pub async fn look_up(&self, pids: &[&str], scopes: &str) -> Vec<Value> {
        let body = json!({ "personidentifikatorer": pids });
        let (status, answer) =
            self.send("POST", "/kontaktregisteret/rest/v2/personer", &self.organisation(scopes), &body).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        assert_eq!(answer.as_object().unwrap().len(), 1);
        answer["personer"].as_array().unwrap().clone()
    }

    /// How many entries the log of uses has.
    pub async fn logged(&self) -> u64 {
        self.log.verifier().open(&self.log.checkpoint().await.unwrap()).unwrap().0
    }
}
