//! A wallet, and an issuer of person identification data that does what a test wants.
#![allow(clippy::unwrap_used, reason = "a test that meets the unexpected stops")]

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Request, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use clients::Mesh;
use clients::lommebok::{PERSONAL_NUMBER, VCT};
use idporten::{WALLET_SCHEME, Wallet};
use kernel::clock::Clock;
use kernel::id::Pid;
use kernel::jose::{Alg, Certified, Jwk, Jwt, PublicKey, SigningKey, jwe, sd_jwt, status_list};
use kernel::rng::Rng;
use rcgen::{CertificateParams, KeyPair};
use serde_json::{Value, json};
use x509_parser::prelude::FromDer as _;

use crate::common::{Answer, form, parameters, send};

/// What the issuer is called, where it is the installation's own.
pub const OWN: &str = "http://localhost:8080/lommebok";

pub fn key() -> SigningKey {
    SigningKey::generate(Alg::ES256).unwrap()
}

/// A key with a certificate of its own making.
pub fn certified() -> Certified {
    let key = key();
    let der = rustls_pki_types::PrivatePkcs8KeyDer::from(key.to_pkcs8_der().unwrap());
    let pair = KeyPair::from_pkcs8_der_and_sign_algo(&der, &rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
    let certificate = CertificateParams::default().self_signed(&pair).unwrap();
    Certified::new(key, vec![STANDARD.encode(certificate.der())]).unwrap()
}

/// Wallets as the tests know them.
pub fn wallets(mesh: Mesh) -> Wallet {
    Wallet {
        certified: certified(),
        link: WALLET_SCHEME.to_owned(),
        encrypted: true,
        issuers: Vec::new(),
        mesh,
    }
}

/// An issuer.
#[derive(Clone)]
pub struct Issuer {
    pub name: String,
    pub key: SigningKey,
    pub withdrawn: Arc<Mutex<Vec<u64>>>,
    /// How often the list was fetched.
    pub fetched: Arc<Mutex<u32>>,
    /// What it answers instead of the list.
    pub broken: Arc<Mutex<Option<StatusCode>>>,
    clock: Arc<Mutex<Option<Clock>>>,
}

impl Issuer {
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            key: key(),
            withdrawn: Arc::default(),
            fetched: Arc::default(),
            broken: Arc::default(),
            clock: Arc::default(),
        }
    }

    /// From when on its lists are of now.
    pub fn set_clock(&self, clock: &Clock) {
        *self.clock.lock().unwrap() = Some(clock.clone());
    }

    pub fn list(&self) -> String {
        format!("{}/status/1", self.name)
    }

    pub fn router(&self) -> Router {
        let path = url::Url::parse(&self.name).unwrap().path().trim_end_matches('/').to_owned();
        Router::new()
            .route(&format!("/.well-known/jwt-vc-issuer{path}"), get(metadata))
            .route(&format!("{path}/jwks.json"), get(jwks))
            .route(&format!("{path}/status/1"), get(list))
            .with_state(self.clone())
    }

    /// A credential for `holder` about `pid`, with `changes` in its open claims (null leaves one out) and `hidden` besides
    /// the number.
    pub fn issue(&self, holder: &SigningKey, pid: &str, changes: &Value, now: i64) -> String {
        self.issue_with(
            &self.key,
            holder,
            json!({ PERSONAL_NUMBER: pid, "given_name": "Kari" }),
            changes,
            now,
        )
    }

    pub fn issue_with(
        &self,
        key: &SigningKey,
        holder: &SigningKey,
        hidden: Value,
        changes: &Value,
        now: i64,
    ) -> String {
        let jwk = Jwk { kid: None, alg: None, usage: None, ..holder.public_jwk().clone() };
        let place = status_list::Place { idx: 7, uri: self.list() };
        let mut open = json!({
            "iss": self.name, "iat": now, "exp": now + 3600, "vct": VCT, "cnf": { "jwk": jwk }, "status": place.claim(),
        });
        for (name, value) in changes.as_object().unwrap() {
            open[name] = value.clone();
        }
        open.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        let (open, hidden) = (open.as_object().unwrap().clone(), hidden.as_object().unwrap().clone());
        sd_jwt::issue(key, &[], open, hidden, &Rng::system()).unwrap()
    }
}

async fn metadata(State(issuer): State<Issuer>) -> Response {
    let jwks = format!("{}/jwks.json", issuer.name);
    axum::Json(json!({ "issuer": issuer.name, "jwks_uri": jwks })).into_response()
}

async fn jwks(State(issuer): State<Issuer>) -> Response {
    axum::Json(json!({ "keys": [issuer.key.public_jwk()] })).into_response()
}

async fn list(State(issuer): State<Issuer>) -> Response {
    *issuer.fetched.lock().unwrap() += 1;
    if let Some(status) = *issuer.broken.lock().unwrap() {
        return status.into_response();
    }
    let now = issuer.clock.lock().unwrap().as_ref().unwrap().now().as_second();
    let withdrawn = issuer.withdrawn.lock().unwrap().clone();
    let claims = status_list::claims(&issuer.list(), 1000, withdrawn, now, 60);
    issuer.key.sign_jwt(Some(status_list::TYP), &claims).unwrap().into_response()
}

/// A wallet: a key, and a credential bound to it.
pub struct TestWallet<'a> {
    router: &'a Router,
    pub holder: SigningKey,
    pub credential: String,
}

/// A question, read by a wallet.
pub struct Question {
    pub claims: Value,
}

impl Question {
    pub fn text(&self, name: &str) -> &str {
        self.claims[name].as_str().unwrap()
    }

    pub fn response_uri(&self) -> &str {
        self.text("response_uri")
    }
}

impl<'a> TestWallet<'a> {
    pub fn new(router: &'a Router, issuer: &Issuer, pid: Pid, now: i64) -> Self {
        let holder = key();
        let credential = issuer.issue(&holder, pid.as_str(), &json!({}), now);
        Self { router, holder, credential }
    }

    pub fn with(router: &'a Router, holder: SigningKey, credential: String) -> Self {
        Self { router, holder, credential }
    }

    /// Fetches the question of a link and verifies it as OpenID4VP 1.0 wants, in both ways.
    pub async fn read(&self, link: &str) -> Question {
        let link = parameters(link);
        let path = link["request_uri"].trim_start_matches("http://localhost:8080").to_owned();
        assert_eq!(link["request_uri_method"], "post");
        let got = send(self.router, Request::get(&path).body(Body::empty()).unwrap()).await;
        let without = Self::verified(&link["client_id"], &got);
        let posted = self.post(&path, &[("wallet_nonce", "lommebokens")]).await;
        let mut claims = Self::verified(&link["client_id"], &posted);
        assert_eq!(claims.as_object_mut().unwrap().remove("wallet_nonce"), Some(json!("lommebokens")));
        assert_eq!(claims, without);
        Question { claims }
    }

    fn verified(client_id: &str, answer: &Answer) -> Value {
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(answer.headers["content-type"], "application/oauth-authz-req+jwt");
        let jwt = Jwt::parse(&answer.body).unwrap();
        assert_eq!(jwt.header().typ.as_deref(), Some("oauth-authz-req+jwt"));
        let leaf = STANDARD.decode(jwt.header().x5c.as_ref().unwrap()[0].as_str().unwrap()).unwrap();
        let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &leaf);
        assert_eq!(client_id, format!("x509_hash:{}", URL_SAFE_NO_PAD.encode(hash)));
        let (_, certificate) = x509_parser::certificate::X509Certificate::from_der(&leaf).unwrap();
        let point = certificate.public_key().subject_public_key.data.to_vec();
        let [x, y] = [&point[1..33], &point[33..]].map(|part| URL_SAFE_NO_PAD.encode(part));
        let jwk = Jwk::from_value(&json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y })).unwrap();
        let claims: Value =
            jwt.verify(&PublicKey::from_jwk(&jwk).unwrap(), &[Alg::ES256]).unwrap().claims().unwrap();
        assert_eq!(claims["client_id"], client_id);
        assert_eq!(claims["response_type"], "vp_token");
        assert_eq!(claims["aud"], "https://self-issued.me/v2");
        let expected = json!({ "credentials": [{ "id": "pid", "format": "dc+sd-jwt", "meta": { "vct_values": ["urn:eudi:pid:1"] },
            "claims": [{ "path": ["personal_administrative_number"] }] }] });
        assert_eq!(claims["dcql_query"], expected);
        claims
    }

    /// What the wallet shows in answer to a question.
    pub fn present(&self, question: &Question, now: i64) -> String {
        let (client_id, nonce) = (question.text("client_id"), question.text("nonce"));
        sd_jwt::present(&self.credential, &[PERSONAL_NUMBER], &self.holder, client_id, nonce, now).unwrap()
    }

    /// The parameters of an answer, encrypted if the question wants it.
    pub fn sealed(question: &Question, content: &Value) -> Vec<(String, String)> {
        let metadata = &question.claims["client_metadata"];
        if question.text("response_mode") == "direct_post" {
            assert!(metadata.get("jwks").is_none());
            let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            return content
                .as_object()
                .unwrap()
                .iter()
                .map(|(name, value)| (name.clone(), text(value)))
                .collect();
        }
        assert_eq!(question.text("response_mode"), "direct_post.jwt");
        let jwk = &metadata["jwks"]["keys"][0];
        assert_eq!((&jwk["use"], &jwk["alg"]), (&json!("enc"), &json!("ECDH-ES")));
        let key = serde_json::from_value(jwk.clone()).unwrap();
        let enc = metadata["encrypted_response_enc_values_supported"][0].as_str().unwrap();
        let jwe = jwe::encrypt(&key, enc, content.to_string().as_bytes(), &Rng::system()).unwrap();
        vec![("response".to_owned(), jwe)]
    }

    /// Posts an answer.
    pub async fn answer(&self, question: &Question, content: &Value) -> Answer {
        let fields = Self::sealed(question, content);
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.post(question.response_uri(), &fields).await
    }

    /// Shows what the question asks for; where the wallet is sent.
    pub async fn show(&self, question: &Question, now: i64) -> String {
        let content =
            json!({ "vp_token": { "pid": [self.present(question, now)] }, "state": question.text("state") });
        onward(&self.answer(question, &content).await)
    }

    pub async fn post(&self, address: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_body(address, &form(fields)).await
    }

    pub async fn post_body(&self, address: &str, body: &str) -> Answer {
        let path = address.trim_start_matches("http://localhost:8080");
        let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        send(self.router, request.body(Body::from(body.to_owned())).unwrap()).await
    }
}

/// Where a wallet is sent after its answer.
pub fn onward(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.headers["cache-control"], "no-store");
    let address = answer.json()["redirect_uri"].as_str().unwrap().to_owned();
    assert!(address.starts_with("http://localhost:8080/idporten/eid/lommebok/tilbake?svar="), "{address}");
    address
}
