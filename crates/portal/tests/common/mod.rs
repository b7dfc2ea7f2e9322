//! A portal among faked neighbours: what they answer is set by the test, what they were asked is kept.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests")]

pub mod data;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use clients::idporten::ClientAuth;
use clients::{Mesh, TokenSource};
use http::{HeaderMap, Method, StatusCode, header};
use http_body_util::BodyExt as _;
use kernel::Context;
use kernel::jose::{Alg, SigningKey};
use kernel::testing::{TestContext, context};
use portal::{Component, MIGRATIONS};
use serde::Serialize;
use serde_json::{Value, json};
use tower::ServiceExt as _;

pub const BASE: &str = "http://localhost:8091";
pub const KARI: &str = "03851598730";

/// What was asked of a neighbour.
#[derive(Debug, Clone)]
pub struct Asked {
    pub what: String,
    pub token: String,
    pub body: String,
    /// The organisation that a call of the portal's own was for.
    pub tenant: String,
}

/// Status, type and body of an answer.
type Canned = (u16, String, Vec<u8>);

/// The neighbours.
pub struct World {
    answers: Mutex<BTreeMap<String, Canned>>,
    asked: Mutex<Vec<Asked>>,
    key: SigningKey,
    ctx: Context,
    /// Seconds that an access token lives.
    pub token_lives: Mutex<i64>,
    /// Whether ID-porten gives refresh tokens.
    pub refreshes: Mutex<bool>,
    /// How often tokens were given out.
    given: Mutex<u32>,
}

impl World {
    /// From now on, `what` (`GET /path`, without its query) is answered so.
    pub fn answer(&self, what: &str, status: u16, body: &impl Serialize) {
        let kind = if status < 400 { "application/json" } else { "application/problem+json" };
        self.answer_bytes(what, status, kind, serde_json::to_vec(body).unwrap());
    }

    pub fn answer_bytes(&self, what: &str, status: u16, kind: &str, body: Vec<u8>) {
        self.answers.lock().unwrap().insert(what.to_owned(), (status, kind.to_owned(), body));
    }

    /// From now on every component but ID-porten answers so, whatever is asked.
    pub fn all(&self, status: u16) {
        let mut answers = self.answers.lock().unwrap();
        for answer in answers.values_mut() {
            let body = json!({ "title": "feil", "status": status }).to_string().into_bytes();
            *answer = (status, "application/problem+json".to_owned(), body);
        }
    }

    /// What was asked with this method and beginning of the address.
    pub fn asked(&self, what: &str) -> Vec<Asked> {
        self.asked.lock().unwrap().iter().filter(|asked| asked.what.starts_with(what)).cloned().collect()
    }

    fn tokens(&self, nonce: Option<&str>) -> Value {
        let now = self.ctx.clock.now().as_second();
        let nr = {
            let mut given = self.given.lock().unwrap();
            *given += 1;
            *given
        };
        let id_token = nonce.map(|nonce| {
            let claims = json!({
                "iss": format!("{BASE}/idporten"), "aud": "portalen", "sub": "s", "pid": KARI, "nonce": nonce,
                "acr": "idporten-loa-high", "amr": ["BankID"], "auth_time": now, "iat": now, "exp": now + 120,
            });
            self.key.sign_jwt(Some("JWT"), &claims).unwrap()
        });
        let refresh = self.refreshes.lock().unwrap().then(|| format!("refresh-{nr}"));
        let mut answer = json!({
            "access_token": format!("access-{nr}"), "token_type": "Bearer",
            "expires_in": *self.token_lives.lock().unwrap(), "scope": "openid",
        });
        if let Some(id_token) = id_token {
            answer["id_token"] = id_token.into();
        }
        if let Some(refresh) = refresh {
            answer["refresh_token"] = refresh.into();
        }
        answer
    }
}

async fn neighbour(State(world): State<Arc<World>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = String::from_utf8_lossy(&body.collect().await.unwrap().to_bytes()).into_owned();
    let (method, path) = (parts.method.clone(), parts.uri.path().to_owned());
    let token = parts.headers.get(header::AUTHORIZATION).map_or("", |value| value.to_str().unwrap());
    let token = token.trim_start_matches("Bearer ").to_owned();
    let address = parts.uri.path_and_query().unwrap().as_str();
    world.asked.lock().unwrap().push(Asked {
        what: format!("{method} {address}"),
        token,
        body: body.clone(),
        tenant: parts.headers.get("felles-tenant").map_or("", |value| value.to_str().unwrap()).to_owned(),
    });
    let answer = world.answers.lock().unwrap().get(&format!("{method} {path}")).cloned();
    if let Some((status, kind, body)) = answer {
        return (StatusCode::from_u16(status).unwrap(), [(header::CONTENT_TYPE, kind)], body).into_response();
    }
    match (method, path.as_str()) {
        (Method::GET, "/idporten/.well-known/openid-configuration") => axum::Json(json!({
            "issuer": format!("{BASE}/idporten"),
            "authorization_endpoint": format!("{BASE}/idporten/authorize"),
            "token_endpoint": format!("{BASE}/idporten/token"),
            "end_session_endpoint": format!("{BASE}/idporten/logout"),
            "jwks_uri": format!("{BASE}/idporten/jwks.json"),
        }))
        .into_response(),
        (Method::GET, "/idporten/jwks.json") => {
            axum::Json(json!({ "keys": [world.key.public_jwk()] })).into_response()
        }
        // The faked sign-in asks nobody, and hides the nonce in the code.
        (Method::GET, "/idporten/authorize") => {
            let query = |name| param(parts.uri.query().unwrap_or_default(), name).unwrap_or_default();
            let iss = clients::encoded(&format!("{BASE}/idporten"));
            let (code, state) = (query("nonce"), query("state"));
            Redirect::to(&format!("/logg-inn/svar?code={code}&state={state}&iss={iss}")).into_response()
        }
        (Method::POST, "/idporten/token") => {
            let nonce = param(&body, "code");
            axum::Json(world.tokens(nonce.as_deref())).into_response()
        }
        (Method::GET, "/idporten/logout") => Redirect::to("/").into_response(),
        _ => (StatusCode::NOT_FOUND, "{}").into_response(),
    }
}

/// A parameter of a query or a form.
pub fn param(text: &str, name: &str) -> Option<String> {
    let query = text.split_once('?').map_or(text, |(_, query)| query);
    url::form_urlencoded::parse(query.as_bytes())
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

fn key() -> SigningKey {
    static KEY: std::sync::OnceLock<SigningKey> = std::sync::OnceLock::new();
    KEY.get_or_init(|| SigningKey::generate(Alg::RS256).unwrap()).clone()
}

pub struct Fixture {
    pub test: TestContext,
    pub world: Arc<World>,
    pub router: Router,
}

/// A portal whose neighbours answer with full data.
pub async fn fixture() -> Fixture {
    fixture_at(BASE).await
}

pub async fn fixture_at(base: &str) -> Fixture {
    fixture_of(base, true).await
}

/// `test_mode`: whether all people and businesses are synthetic.
pub async fn fixture_of(base: &str, test_mode: bool) -> Fixture {
    let mut test = context(MIGRATIONS).await;
    test.ctx.base_url = Arc::from(base);
    test.ctx.test_mode = test_mode;
    let world = Arc::new(World {
        answers: Mutex::default(),
        asked: Mutex::default(),
        key: key(),
        ctx: test.ctx.clone(),
        token_lives: Mutex::new(7200),
        refreshes: Mutex::new(false),
        given: Mutex::new(0),
    });
    let neighbours = Router::new().fallback(neighbour).with_state(world.clone());
    let mesh = Mesh::new(std::collections::HashMap::new());
    let auth = ClientAuth { client_id: "portalen".to_owned(), key: key() };
    let tokens = TokenSource::fixed("portalens-eget");
    let component = Component::new(test.ctx.clone(), mesh.clone(), auth, tokens);
    let (router, _) = component.router().split_for_parts();
    let ours = router.clone();
    mesh.set_local(neighbours.clone());
    let router = Router::new()
        .route("/idporten/{*rest}", axum::routing::any(neighbour))
        .with_state(world.clone())
        .merge(ours)
        .merge(design::routes());
    data::full(&test, &world).await;
    Fixture { test, world, router }
}

/// A browser: keeps cookies, knows the last page.
pub struct Browser<'a> {
    fixture: &'a Fixture,
    pub cookies: BTreeMap<String, String>,
}

/// An answer, read.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub bytes: Bytes,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub fn location(&self) -> String {
        self.headers.get(header::LOCATION).map_or("", |value| value.to_str().unwrap()).to_owned()
    }

    /// The synchroniser token of the page's first form.
    pub fn csrf(&self) -> String {
        let text = self.text();
        let rest = text.split("name=\"csrf\" value=\"").nth(1).expect("a form");
        rest.split('"').next().unwrap().to_owned()
    }

    /// The page says this.
    #[track_caller]
    pub fn says(&self, text: &str) -> &Self {
        assert!(self.text().contains(text), "{text:?} is not in ({}) {}", self.status, self.text());
        self
    }

    #[track_caller]
    pub fn is(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "{} {}", self.location(), self.text());
        self
    }
}

impl Fixture {
    pub fn browser(&self) -> Browser<'_> {
        Browser { fixture: self, cookies: BTreeMap::new() }
    }

    /// A browser in which Kari is signed in.
    pub async fn kari(&self) -> Browser<'_> {
        let mut browser = self.browser();
        browser.sign_in("/min-situasjon").await;
        browser
    }
}

impl Browser<'_> {
    pub async fn send(&mut self, request: http::request::Builder, body: String) -> Answer {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = request.header("accept", "text/html,application/xhtml+xml");
        if !cookies.is_empty() {
            request = request.header("cookie", cookies.join("; "));
        }
        let answer =
            self.fixture.router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        for cookie in answer.headers().get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let (parts, body) = answer.into_parts();
        Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            bytes: body.collect().await.unwrap().to_bytes(),
        }
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(http::Request::get(path), String::new()).await
    }

    /// Sends a form as a browser does from our own pages.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = http::Request::post(path).header("origin", BASE);
        self.post_as(request, fields).await
    }

    pub async fn post_as(&mut self, request: http::request::Builder, fields: &[(&str, &str)]) -> Answer {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields);
        self.send(request.header("content-type", "application/x-www-form-urlencoded"), form.finish()).await
    }

    /// Goes to a page that needs a sign-in, through it, and to the page.
    pub async fn sign_in(&mut self, path: &str) -> Answer {
        let answer = self.get(path).await;
        let to_login = answer.is(303).location();
        assert!(to_login.starts_with("/logg-inn?til="), "{to_login}");
        let to_idporten = self.get(&to_login).await.is(303).location();
        let back = self.get(to_idporten.trim_start_matches(BASE)).await.is(303).location();
        let there = self.get(&back).await.is(303).location();
        assert_eq!(there, path);
        self.get(path).await
    }
}
