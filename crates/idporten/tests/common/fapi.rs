//! A provider with clients held to FAPI 2.0, or that bring proofs of a key, and what such clients do.
//!
//! Doors: [`FAPI`] is held to FAPI 2.0, [`BOUND`] must bring proofs with nonces, [`APP`] is public and brings proofs of its own will.

use axum::body::Body;
use axum::http::Request;
use clients::idporten::ASSERTION_TYPE;
use idporten::{ApplicationType, AuthMethod, NewClient, SecurityProfile};
use kernel::jose::{Alg, KeySet, SigningKey, dpop};
use serde_json::{Value, json};

use super::*;

pub const FAPI: &str = "fapi";
pub const BOUND: &str = "bundet";
pub const APP: &str = "nettapp";

pub struct Fapi {
    pub f: Fixture,
    /// The client's own key.
    pub key: SigningKey,
    /// The key that its tokens are bound to.
    pub bound: SigningKey,
}

impl std::ops::Deref for Fapi {
    type Target = Fixture;
    fn deref(&self) -> &Fixture {
        &self.f
    }
}

pub async fn fapi() -> Fapi {
    let f = fixture().await;
    let key = SigningKey::generate(Alg::ES256).unwrap();
    let registrar = f.component.registrar();
    let keyed = |id: &str| NewClient { jwks: vec![key.public_jwk().clone()], ..client(id) };
    let clients = [
        NewClient { security_profile: SecurityProfile::Fapi2, refresh_tokens: true, ..keyed(FAPI) },
        NewClient { dpop_bound_access_tokens: true, require_dpop_nonce: true, ..keyed(BOUND) },
        NewClient { id_token_signed_response_alg: Some(Alg::EdDSA), ..keyed("eddsa") },
        NewClient {
            application_type: ApplicationType::Browser,
            auth_method: AuthMethod::None,
            jwks: Vec::new(),
            refresh_tokens: true,
            ..client(APP)
        },
    ];
    for client in clients {
        registrar.register_client(client).await.unwrap();
    }
    Fapi { f, key, bound: SigningKey::generate(Alg::ES256).unwrap() }
}

impl Fapi {
    /// A proof of the bound key, with `more` claims.
    pub fn proof(&self, path: &str, more: &Value) -> String {
        self.proof_of(&self.bound, "POST", path, more)
    }

    pub fn proof_of(&self, key: &SigningKey, method: &str, path: &str, more: &Value) -> String {
        let jti = self.rng.uuid().to_string();
        dpop::prove(key, method, &format!("{ISSUER}{path}"), &jti, self.now(), more).unwrap()
    }

    pub fn jkt(&self) -> String {
        self.bound.public_jwk().thumbprint().unwrap()
    }

    /// An assertion by `key`, with `changes`; null leaves a claim out.
    pub fn signed(&self, key: &SigningKey, client_id: &str, changes: &Value) -> String {
        let now = self.now();
        let mut claims = json!({
            "iss": client_id, "sub": client_id, "aud": ISSUER, "iat": now, "exp": now + 60, "jti": self.rng.uuid(),
        });
        let members = claims.as_object_mut().unwrap();
        members.extend(changes.as_object().unwrap().clone());
        members.retain(|_, value| !value.is_null());
        key.sign_jwt(None, &claims).unwrap()
    }

    pub async fn send(&self, path: &str, form: &str, proofs: &[&str]) -> Answer {
        let mut request = Request::post(format!("/idporten{path}"))
            .header("content-type", "application/x-www-form-urlencoded");
        for proof in proofs {
            request = request.header("dpop", *proof);
        }
        send(&self.router, request.body(Body::from(form.to_owned())).unwrap()).await
    }

    pub async fn post_signed(&self, path: &str, assertion: &str, form: &str, proofs: &[&str]) -> Answer {
        let fields = [("client_assertion_type", ASSERTION_TYPE), ("client_assertion", assertion)];
        self.send(path, &format!("{form}&{}", super::form(&fields)), proofs).await
    }

    /// Pushes a request and gives its handle.
    pub async fn push(&self, client_id: &str, changes: &[(&str, &str)], proofs: &[&str]) -> String {
        let assertion = self.signed(&self.key, client_id, &json!({}));
        let answer = self.post_signed("/par", &assertion, &authorize_form(client_id, changes), proofs).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        assert!(answer.json()["expires_in"].as_i64().unwrap() < 600);
        answer.json()["request_uri"].as_str().unwrap().to_owned()
    }

    /// From a pushed request to its code.
    pub async fn code(&self, client_id: &str, changes: &[(&str, &str)], proofs: &[&str]) -> String {
        let handle = self.push(client_id, changes, proofs).await;
        let mut browser = self.browser();
        let answer = browser.get(&pushed_address(client_id, &handle)).await;
        // A POST is answered by 303, never 307.
        let answer = browser.sign_in_at(&answer, kari(), &[]).await;
        assert_eq!(answer.status, 303);
        answer.code()
    }

    pub async fn bring(&self, client_id: &str, code: &str, proofs: &[&str]) -> Answer {
        self.post_signed(
            "/token",
            &self.signed(&self.key, client_id, &json!({})),
            &code_form(client_id, code),
            proofs,
        )
        .await
    }

    pub async fn refresh_with(&self, client_id: &str, token: &str, proofs: &[&str]) -> Answer {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", client_id)];
        if client_id == APP {
            return self.send("/token", &form(&fields), proofs).await;
        }
        let assertion = self.signed(&self.key, client_id, &json!({}));
        self.post_signed("/token", &assertion, &form(&fields), proofs).await
    }

    pub async fn who(&self, scheme: &str, token: &str, proofs: &[&str]) -> Answer {
        let mut request =
            Request::get("/idporten/userinfo").header("authorization", format!("{scheme} {token}"));
        for proof in proofs {
            request = request.header("dpop", *proof);
        }
        send(&self.router, request.body(Body::empty()).unwrap()).await
    }

    pub async fn verified(&self, token: &str, alg: Alg) -> Value {
        let keys = KeySet::parse(self.get("/idporten/jwks.json").await.body.as_bytes()).unwrap();
        kernel::jose::verify(token, &keys, &[alg]).unwrap().claims().unwrap()
    }
}

/// The address that a pushed request is opened at.
pub fn pushed_address(client_id: &str, handle: &str) -> String {
    format!("/idporten/authorize?{}", form(&[("client_id", client_id), ("request_uri", handle)]))
}

pub fn code_form(client_id: &str, code: &str) -> String {
    form(&[
        ("grant_type", "authorization_code"),
        ("client_id", client_id),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ])
}

pub fn ath(token: &str) -> Value {
    json!({ "ath": challenge(token) })
}
