//! The issuer among a faked ID-porten and a faked register, a browser, and a small wallet.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests")]

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use clients::folkeregister::{
    Doedsfall, Foedsel, Folkeregister, Identifikasjonsnummer, Navn, Opphav, Persondokument, Personkjoenn,
    Statsborgerskap,
};
use clients::idporten::ClientAuth;
use clients::{Mesh, TokenSource};
use http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use kernel::Context;
use kernel::id::{Kjoenn, Pid};
use kernel::jose::{Alg, Certified, JoseError, Jwk, KeyEncryptionKey, SigningKey, dpop};
use kernel::testing::{TestContext, context};
use lommebok::{Component, Config, MIGRATIONS};
use serde_json::{Value, json};
use tower::ServiceExt as _;

pub const BASE: &str = "http://localhost:8080";
pub const ISSUER: &str = "http://localhost:8080/lommebok";
pub const KARI: &str = "03851598730";
pub const GRANT: &str = "urn:ietf:params:oauth:grant-type:pre-authorized_code";

/// What the neighbours answer.
pub struct World {
    key: SigningKey,
    ctx: Context,
    /// The level of the sign-in.
    pub acr: Mutex<&'static str>,
    /// How long ago the person signed in; seconds.
    pub ago: Mutex<i64>,
    /// Whom the register knows.
    pub person: Mutex<Option<Persondokument>>,
}

pub fn kari() -> Persondokument {
    let origin = Opphav::default();
    Persondokument {
        identifikasjonsnummer: vec![Identifikasjonsnummer {
            foedsels_eller_d_nummer: KARI.to_owned(),
            ..Identifikasjonsnummer::fra(&origin)
        }],
        navn: vec![Navn {
            fornavn: "Kari".to_owned(),
            mellomnavn: Some("Å".to_owned()),
            etternavn: "Nordmann".to_owned(),
            ..Navn::fra(&origin)
        }],
        foedsel: vec![Foedsel {
            foedselsdato: "1915-05-03".parse().ok(),
            foedeland: Some("SWE".to_owned()),
            foedested: Some("Kiruna".to_owned()),
            ..Foedsel::fra(&origin)
        }],
        kjoenn: vec![Personkjoenn { kjoenn: Some(Kjoenn::Kvinne), ..Personkjoenn::fra(&origin) }],
        statsborgerskap: vec![Statsborgerskap {
            statsborgerskap: "NOR".to_owned(),
            ..Statsborgerskap::fra(&origin)
        }],
        ..Persondokument::default()
    }
}

pub fn dead() -> Persondokument {
    Persondokument { doedsfall: Some(Doedsfall { er_gjeldende: true, ..Doedsfall::default() }), ..kari() }
}

fn neighbours(world: Arc<World>) -> Router {
    Router::new()
        .route(
            "/idporten/.well-known/openid-configuration",
            get(|| async {
                axum::Json(json!({
                    "issuer": format!("{BASE}/idporten"), "authorization_endpoint": format!("{BASE}/idporten/authorize"),
                    "token_endpoint": format!("{BASE}/idporten/token"), "end_session_endpoint": format!("{BASE}/idporten/logout"),
                    "jwks_uri": format!("{BASE}/idporten/jwks.json"),
                }))
            }),
        )
        .route(
            "/idporten/jwks.json",
            get(|State(world): State<Arc<World>>| async move {
                axum::Json(json!({ "keys": [world.key.public_jwk()] }))
            }),
        )
        .route(
            "/idporten/token",
            post(|State(world): State<Arc<World>>, body: String| async move {
                // The code is the nonce: the faked sign-in asks nobody.
                let now = world.ctx.clock.now().as_second();
                let claims = json!({
                    "iss": format!("{BASE}/idporten"), "aud": "lommeboken", "sub": "s", "pid": KARI,
                    "nonce": param(&body, "code"), "acr": *world.acr.lock().unwrap(), "amr": ["BankID"],
                    "auth_time": now - *world.ago.lock().unwrap(), "iat": now, "exp": now + 120,
                });
                axum::Json(json!({
                    "access_token": "a", "token_type": "Bearer", "expires_in": 60, "scope": "openid",
                    "id_token": world.key.sign_jwt(None, &claims).unwrap(),
                }))
            }),
        )
        .route(
            "/folkeregisteret/offentlig-med-hjemmel/api/v1/personer/{pid}",
            get(|State(world): State<Arc<World>>, Path(pid): Path<String>, headers: HeaderMap| async move {
                assert!(headers["felles-formaal"].to_str().unwrap().starts_with("Utstedelse"));
                let person = world.person.lock().unwrap().clone();
                let found = person.filter(|_| pid == KARI);
                found.map_or(StatusCode::NOT_FOUND.into_response(), |person| axum::Json(person).into_response())
            }),
        )
        .with_state(world)
}

pub fn param(text: &str, name: &str) -> Option<String> {
    let query = text.split_once('?').map_or(text, |(_, query)| query);
    url::form_urlencoded::parse(query.as_bytes())
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

pub struct Fixture {
    pub test: TestContext,
    pub world: Arc<World>,
    pub component: Component,
    pub router: Router,
}

impl std::ops::Deref for Fixture {
    type Target = Context;
    fn deref(&self) -> &Context {
        &self.test.ctx
    }
}

pub async fn fixture() -> Fixture {
    fixture_of(None).await
}

/// A fixture whose issuer has a certificate, or not.
pub async fn fixture_of(certified: Option<Certified>) -> Fixture {
    let test = context(MIGRATIONS).await;
    let key = SigningKey::generate(Alg::RS256).unwrap();
    let world = Arc::new(World {
        key: key.clone(),
        ctx: test.ctx.clone(),
        acr: Mutex::new("idporten-loa-high"),
        ago: Mutex::new(10),
        person: Mutex::new(Some(kari())),
    });
    let component = made(&test, world.clone(), key, certified).await.unwrap();
    let router: Router = component.router().into();
    Fixture { test, world, component, router }
}

/// A component of its own over the store of a test, with a sign-in that nobody uses.
pub async fn component(test: &TestContext, certified: Option<Certified>) -> Result<Component, JoseError> {
    let key = SigningKey::generate(Alg::RS256).unwrap();
    let world = Arc::new(World {
        key: key.clone(),
        ctx: test.ctx.clone(),
        acr: Mutex::new("idporten-loa-high"),
        ago: Mutex::new(10),
        person: Mutex::new(None),
    });
    made(test, world, key, certified).await
}

async fn made(
    test: &TestContext,
    world: Arc<World>,
    key: SigningKey,
    certified: Option<Certified>,
) -> Result<Component, JoseError> {
    let mesh = Mesh::new(HashMap::new());
    mesh.set_local(neighbours(world));
    let people = Folkeregister::new(mesh.clone(), TokenSource::fixed("t"));
    let config = Config {
        master: KeyEncryptionKey::from_bytes(&[3; 32]).unwrap(),
        secret: [4; 32],
        auth: ClientAuth { client_id: "lommeboken".to_owned(), key },
        certified,
    };
    Component::new(test.ctx.clone(), mesh, people, config).await
}

/// An answer, read.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("{} {}", self.status, self.text))
    }

    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// Refused with this code.
    #[track_caller]
    pub fn refused(&self, status: u16, error: &str) {
        assert_eq!((self.status, self.json()["error"].as_str()), (status, Some(error)), "{}", self.text);
        assert_eq!(self.headers[header::CACHE_CONTROL], "no-store");
        assert!(!self.text.contains(KARI));
    }

    pub fn location(&self) -> String {
        self.headers[header::LOCATION].to_str().unwrap().to_owned()
    }
}

impl Fixture {
    pub fn now(&self) -> i64 {
        self.clock.now().as_second()
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let (parts, body) = Response::into_parts(self.router.clone().oneshot(request).await.unwrap());
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        Answer { status: parts.status.as_u16(), headers: parts.headers, text }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub async fn form(&self, pairs: &[(&str, &str)], proof: Option<&str>) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let mut request =
            Request::post("/lommebok/token").header("content-type", "application/x-www-form-urlencoded");
        if let Some(proof) = proof {
            request = request.header("dpop", proof);
        }
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// A person signs in and is shown an offer: its page, code and transaction code.
    pub async fn offered(&self) -> Offer {
        let mut browser = Browser { fixture: self, cookies: BTreeMap::new() };
        let shown = browser.sign_in().await.is(303);
        assert_eq!(shown.location(), "/lommebok/tilbud");
        let page = browser.get("/lommebok/tilbud").await.is(200).text;
        let link = page.split("href=\"openid-credential-offer://").nth(1).unwrap().split('"').next().unwrap();
        let offer: Value = serde_json::from_str(&param(link, "credential_offer").unwrap()).unwrap();
        let tx_code = page.split("id=\"kode\"").nth(1).unwrap().split(['>', '<']).nth(1).unwrap().to_owned();
        let code = offer["grants"][GRANT]["pre-authorized_code"].as_str().unwrap().to_owned();
        Offer { page, offer, code, tx_code, cookies: browser.cookies.clone() }
    }

    /// An access token without a key.
    pub async fn token(&self) -> String {
        let offer = self.offered().await;
        let answer = self.form(&offer.grant(), None).await.is(200).json();
        assert_eq!(answer["token_type"], "Bearer");
        answer["access_token"].as_str().unwrap().to_owned()
    }

    pub async fn nonce(&self) -> String {
        let request = Request::post("/lommebok/nonce").body(Body::empty()).unwrap();
        let answer = self.send(request).await.is(200);
        assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
        answer.json()["c_nonce"].as_str().unwrap().to_owned()
    }

    /// Asks for credentials.
    pub async fn ask(&self, authorization: &str, dpop: Option<&str>, body: &Value) -> Answer {
        let mut request = Request::post("/lommebok/credential")
            .header("content-type", "application/json")
            .header("authorization", authorization);
        if let Some(proof) = dpop {
            request = request.header("dpop", proof);
        }
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    /// A wallet's proof of its key.
    pub fn proof(&self, key: &SigningKey, nonce: &str, more: &Value) -> String {
        let mut claims = json!({ "aud": ISSUER, "iat": self.now(), "nonce": nonce });
        for (name, value) in more.as_object().unwrap() {
            claims[name] = value.clone();
        }
        key.sign_parts(&proof_header(key), &claims).unwrap()
    }

    /// A DPoP proof.
    pub fn dpop(&self, key: &SigningKey, endpoint: &str, jti: &str, more: &Value) -> String {
        dpop::prove(key, "POST", &format!("{ISSUER}/{endpoint}"), jti, self.now(), more).unwrap()
    }

    /// How many entries the log of uses has.
    pub async fn logged(&self) -> u64 {
        self.log.verifier().open(&self.log.checkpoint().await.unwrap()).unwrap().0
    }

    #[expect(clippy::unused_self, reason = "whose fixture it is")]
    pub fn pid(&self) -> Pid {
        Pid::parse(KARI).unwrap()
    }
}

pub fn proof_header(key: &SigningKey) -> Value {
    let jwk = Jwk { kid: None, alg: None, usage: None, ..key.public_jwk().clone() };
    json!({ "typ": "openid4vci-proof+jwt", "alg": "ES256", "jwk": jwk })
}

pub fn request(proofs: &[String]) -> Value {
    json!({ "credential_configuration_id": "urn:eudi:pid:1", "proofs": { "jwt": proofs } })
}

pub fn key() -> SigningKey {
    SigningKey::generate(Alg::ES256).unwrap()
}

#[expect(clippy::struct_field_names, reason = "the protocol's name")]
pub struct Offer {
    pub page: String,
    pub offer: Value,
    pub code: String,
    pub tx_code: String,
    pub cookies: BTreeMap<String, String>,
}

impl Offer {
    pub fn grant(&self) -> [(&str, &str); 3] {
        [("grant_type", GRANT), ("pre-authorized_code", &self.code), ("tx_code", &self.tx_code)]
    }

    /// Another transaction code.
    pub fn other_tx_code(&self) -> String {
        let other = (self.tx_code.parse::<u32>().unwrap() + 1) % 1_000_000;
        format!("{other:06}")
    }
}

/// A browser: keeps cookies.
pub struct Browser<'a> {
    pub fixture: &'a Fixture,
    pub cookies: BTreeMap<String, String>,
}

impl Browser<'_> {
    pub async fn get(&mut self, path: &str) -> Answer {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = Request::get(path).header("cookie", cookies.join("; ")).body(Body::empty()).unwrap();
        let answer = self.fixture.send(request).await;
        for cookie in answer.headers.get_all(header::SET_COOKIE) {
            let text = cookie.to_str().unwrap();
            assert!(text.contains("; HttpOnly; SameSite=Lax"), "{text}");
            let (name, value) = text.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        answer
    }

    /// To ID-porten and back; the answer to the coming back.
    pub async fn sign_in(&mut self) -> Answer {
        let back = self.begin().await;
        self.get(&back).await
    }

    /// To ID-porten; where it sends the browser back to.
    pub async fn begin(&mut self) -> String {
        self.begin_at("/lommebok/logg-inn").await
    }

    /// The same from this address.
    pub async fn begin_at(&mut self, address: &str) -> String {
        let url = self.get(address).await.is(303).location();
        assert!(url.starts_with(&format!("{BASE}/idporten/authorize?")), "{url}");
        assert_eq!(param(&url, "acr_values").as_deref(), Some("idporten-loa-high"));
        assert_eq!(
            param(&url, "redirect_uri").as_deref(),
            Some("http://localhost:8080/lommebok/logg-inn/svar")
        );
        let (state, nonce) = (param(&url, "state").unwrap(), param(&url, "nonce").unwrap());
        let iss = clients::encoded(&format!("{BASE}/idporten"));
        format!("/lommebok/logg-inn/svar?code={nonce}&state={state}&iss={iss}")
    }
}
