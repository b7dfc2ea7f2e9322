//! A Maskinporten with two clients, and how to ask it.
#![allow(dead_code, reason = "each test file uses its part")]

use axum::Router;
use axum::body::Body;
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use kernel::Context;
use kernel::enterprise::TrustFiles;
use kernel::id::Orgnr;
use kernel::jose::{Alg, KeyEncryptionKey, SigningKey};
use kernel::testing::{TestContext, context};
use maskinporten::{Component, Config, MIGRATIONS, NewClient, NewScope};
use serde_json::{Value, json};
use tower::ServiceExt as _;

pub const OWNER: &str = "310000035";
pub const NAV: &str = "310000027";
pub const SUPPLIER: &str = "310000108";
pub const ALTINN: &str = "https://www.altinn.no/";
pub const ISSUER: &str = "http://localhost:8080/maskinporten/";
pub const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

pub fn orgnr(number: &str) -> Orgnr {
    Orgnr::parse(number).unwrap()
}

pub fn master() -> KeyEncryptionKey {
    KeyEncryptionKey::from_bytes(&[3; 32]).unwrap()
}

pub fn scopes() -> Vec<NewScope> {
    let owner = orgnr(OWNER);
    vec![
        NewScope::new("test:en", owner, "En"),
        NewScope::new("test:to/les.alt", owner, "To"),
        NewScope::new("test:uten", owner, "Ingen har tilgang"),
        NewScope { accessible_for_all: true, ..NewScope::new("test:alle", owner, "Alle har tilgang") },
        NewScope { at_max_age: 30, ..NewScope::new("test:kort", owner, "Kort") },
        NewScope {
            delegation_source: Some(ALTINN.to_owned()),
            ..NewScope::new("test:delegert", owner, "Delegert")
        },
    ]
}

pub struct Fixture {
    pub test: TestContext,
    pub component: Component,
    pub router: Router,
    pub rsa: SigningKey,
    pub ec: SigningKey,
}

impl std::ops::Deref for Fixture {
    type Target = Context;
    fn deref(&self) -> &Context {
        &self.test.ctx
    }
}

/// NAV's client `nav` signs with RSA and P-256; the supplier's client `leverandoer` with the same P-256.
pub async fn fixture() -> Fixture {
    let test = context(MIGRATIONS).await;
    let component = Component::new(
        test.ctx.clone(),
        Config { master: master(), signing: Alg::RS256, scopes: scopes(), trust: TrustFiles::default() },
    )
    .await
    .unwrap();
    let router: Router = component.router().into();
    let rsa = rsa_key();
    let ec = SigningKey::generate(Alg::ES256).unwrap();
    let registrar = component.registrar();
    registrar.register_client(nav(&[&rsa, &ec], &["test:en", "test:to/les.alt", "test:kort"])).await.unwrap();
    let supplier = NewClient {
        client_id: "leverandoer".to_owned(),
        orgnr: orgnr(SUPPLIER),
        ..nav(&[&ec], &["test:delegert"])
    };
    registrar.register_client(supplier).await.unwrap();
    registrar.set_access("test:delegert", orgnr(SUPPLIER), false).await.unwrap();
    Fixture { test, component, router, rsa, ec }
}

pub fn nav(keys: &[&SigningKey], scopes: &[&str]) -> NewClient {
    NewClient {
        client_id: "nav".to_owned(),
        orgnr: orgnr(NAV),
        name: "NAVs fagsystem".to_owned(),
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        jwks: keys.iter().map(|key| key.public_jwk().clone()).collect(),
        access_token_lifetime: 0,
    }
}

/// One RSA key for all tests, because making one takes time.
pub fn rsa_key() -> SigningKey {
    static KEY: std::sync::OnceLock<SigningKey> = std::sync::OnceLock::new();
    KEY.get_or_init(|| SigningKey::generate(Alg::RS256).unwrap()).clone()
}

impl Fixture {
    pub fn now(&self) -> i64 {
        self.clock.now().as_second()
    }

    /// The claims of an assertion of `nav` for `test:en`, with `changes` in them; null leaves a claim out.
    pub fn claims(&self, changes: Value) -> Value {
        let now = self.now();
        let mut claims = json!({
            "iss": "nav", "aud": ISSUER, "scope": "test:en", "iat": now, "exp": now + 120, "jti": self.rng.uuid(),
        });
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        claims
    }

    pub fn assertion(&self, changes: Value) -> String {
        self.ec.sign_jwt(None, &self.claims(changes)).unwrap()
    }

    pub async fn ask(&self, assertion: &str) -> (StatusCode, Value) {
        post(&self.router, "/maskinporten/token", &form(assertion)).await
    }

    /// The claims of the token that an assertion gives, verified with the published keys.
    pub async fn token(&self, assertion: &str) -> Value {
        let (status, answer) = self.ask(assertion).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        self.verified(answer["access_token"].as_str().unwrap()).await
    }

    pub async fn verified(&self, token: &str) -> Value {
        let (_, jwks) = get(&self.router, "/maskinporten/jwk").await;
        let keys = kernel::jose::KeySet::parse(jwks.to_string().as_bytes()).unwrap();
        kernel::jose::verify(token, &keys, &[Alg::RS256]).unwrap().claims().unwrap()
    }

    /// The status, OAuth code and number that an assertion is refused with.
    pub async fn refused(&self, assertion: &str) -> (u16, String, String) {
        let (status, answer) = self.ask(assertion).await;
        let description = answer["error_description"].as_str().unwrap_or_else(|| panic!("{status} {answer}"));
        assert!(description.contains("(correlation_id: "), "{description}");
        let code = description.split_once("(MP-").map_or("", |(_, rest)| rest.split(')').next().unwrap());
        (status.as_u16(), answer["error"].as_str().unwrap().to_owned(), code.to_owned())
    }
}

/// An assertion that shows a certificate instead of a key's name.
pub fn by_certificate(key: &SigningKey, x5c: &Value, claims: &Value) -> String {
    use base64::Engine as _;
    let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let header = json!({ "alg": key.alg().as_str(), "x5c": x5c });
    let signed = format!("{}.{}", engine.encode(header.to_string()), engine.encode(claims.to_string()));
    let signature = key.sign(signed.as_bytes()).unwrap();
    format!("{signed}.{}", engine.encode(signature))
}

pub fn form(assertion: &str) -> String {
    format!("grant_type={GRANT}&assertion={assertion}").replace(':', "%3A")
}

pub async fn post(router: &Router, path: &str, form: &str) -> (StatusCode, Value) {
    let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
    let answer = router.clone().oneshot(request.body(Body::from(form.to_owned())).unwrap()).await.unwrap();
    assert_eq!(answer.headers()["cache-control"], "no-store");
    read(answer).await
}

pub async fn get(router: &Router, path: &str) -> (StatusCode, Value) {
    read(router.clone().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap()).await
}

async fn read(answer: axum::response::Response) -> (StatusCode, Value) {
    let status = answer.status();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&body).unwrap_or_else(|_| json!(String::from_utf8_lossy(&body))))
}
