//! The façade before a Maskinporten and an ID-porten, and organisations that call it.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    reason = "each test file uses its part; a test that fails panics"
)]

use axum::Router;
use axum::body::Body;
use clients::folkeregister::Folkeregister;
use clients::selvbetjening::Forvaltning;
use clients::{Mesh, TokenSource};
use http::{Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use kernel::id::Orgnr;
use kernel::jose::{KeyEncryptionKey, SigningKey};
use kernel::testing::{self, TestContext};
use serde_json::{Value, json};
use tower::ServiceExt as _;

pub const NAV: &str = "310000027";
pub const SKATT: &str = "310000035";
pub const LEVERANDOER: &str = "310000108";
pub const ALL_SCOPES: &str = "idporten:dcr.read idporten:dcr.write idporten:dcr.modify idporten:scopes.write idporten:dcr/onbehalfof:write";
pub const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

pub struct Fixture {
    pub test: TestContext,
    pub router: Router,
    pub maskinporten: maskinporten::Component,
}

pub async fn fixture() -> Fixture {
    let test = testing::context_named(maskinporten::NAME, maskinporten::MIGRATIONS).await;
    let master = || KeyEncryptionKey::from_bytes(&[3; 32]).unwrap();
    let owner = Orgnr::parse(SKATT).unwrap();
    let scopes = vec![
        maskinporten::NewScope::new("skatt:inntekt", owner, "Inntekt"),
        maskinporten::NewScope {
            accessible_for_all: true,
            ..maskinporten::NewScope::new("skatt:aapen", owner, "Åpen")
        },
    ];
    let config = maskinporten::Config {
        master: master(),
        signing: kernel::jose::Alg::RS256,
        scopes,
        trust: kernel::enterprise::TrustFiles::default(),
    };
    let maskinporten = maskinporten::Component::new(test.ctx.clone(), config).await.unwrap();
    maskinporten.registrar().assign_prefix("nav", Orgnr::parse(NAV).unwrap()).await.unwrap();

    let mesh = Mesh::new(std::collections::HashMap::new());
    let own = testing::token(&test.ctx, json!({ "iss": "maskinporten", "scope": "felles:klienter.forvalt" }));
    let own = TokenSource::fixed(own);
    let ctx = test.sibling(idporten::NAME, idporten::MIGRATIONS).await;
    let people = Folkeregister::new(mesh.clone(), own.clone());
    let config = idporten::Config { master: master(), suggestions: Vec::new(), upstreams: Vec::new() };
    let idporten = idporten::Component::new(ctx, people, config).await.unwrap();

    let owner = |component| Forvaltning::new(mesh.clone(), component, own.clone());
    let owners = selvbetjening::Owners {
        maskinporten: owner(maskinporten::NAME),
        people: vec![owner(idporten::NAME)],
    };
    let facade = selvbetjening::Component::new(test.ctx.clone(), owners);
    let router: Router = maskinporten.router().merge(idporten.router()).merge(facade.router()).into();
    mesh.set_local(router.clone());
    Fixture { test, router, maskinporten }
}

impl Fixture {
    /// A token of an organisation with these scopes.
    pub fn token(&self, orgnr: &str, scopes: &str) -> String {
        let consumer = json!({ "authority": "iso6523-actorid-upis", "ID": format!("0192:{orgnr}") });
        testing::token(
            &self.test.ctx,
            json!({ "iss": "maskinporten", "scope": scopes, "consumer": consumer }),
        )
    }

    pub async fn send(
        &self,
        token: Option<&str>,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> (StatusCode, Value) {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let answer = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let status = answer.status();
        let bytes = answer.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    /// A call of the API by an organisation that has all the scopes.
    pub async fn call(
        &self,
        orgnr: &str,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> (StatusCode, Value) {
        let token = self.token(orgnr, ALL_SCOPES);
        let path = format!("/selvbetjening/api/v1{path}");
        self.send(Some(&token), method.parse().unwrap(), &path, body).await
    }

    /// As [`Self::call`], when it succeeds.
    pub async fn ok(&self, orgnr: &str, method: &str, path: &str, body: Option<Value>) -> Value {
        let (status, answer) = self.call(orgnr, method, path, body).await;
        assert!(status.is_success(), "{method} {path}: {status} {answer}");
        answer
    }

    /// As [`Self::call`], when it is refused: the status and code.
    pub async fn refused(&self, orgnr: &str, method: &str, path: &str, body: Option<Value>) -> (u16, String) {
        let (status, answer) = self.call(orgnr, method, path, body).await;
        assert!(!status.is_success(), "{method} {path}: {status} {answer}");
        assert_eq!(answer["status"], status.as_u16(), "{method} {path}: {answer}");
        for field in ["timestamp", "correlation_id", "error", "error_description"] {
            assert!(answer[field].as_str().is_some_and(|text| !text.is_empty()), "{field}: {answer}");
        }
        (status.as_u16(), answer["error"].as_str().unwrap().to_owned())
    }

    /// Asks Maskinporten for a token: the status and the answer.
    pub async fn grant(&self, client_id: &str, key: &SigningKey, scope: &str) -> (StatusCode, Value) {
        let now = self.test.ctx.clock.now().as_second();
        let claims = json!({
            "iss": client_id, "aud": "http://localhost:8080/maskinporten/", "scope": scope, "iat": now, "exp": now + 60,
            "jti": self.test.ctx.rng.uuid(),
        });
        let form = format!("grant_type={GRANT}&assertion={}", key.sign_jwt(None, &claims).unwrap());
        let request = Request::post("/maskinporten/token")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(form.replace(':', "%3A")))
            .unwrap();
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let status = answer.status();
        let bytes = answer.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&bytes).unwrap())
    }
}
