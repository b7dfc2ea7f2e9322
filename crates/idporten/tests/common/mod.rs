//! An ID-porten with clients of every kind, a register of a few people, and a browser that keeps cookies.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that meets the unexpected stops")]

pub mod ansattporten;
pub mod authenticator;
pub mod fapi;

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, Request, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use clients::folkeregister::{
    Doedsfall, Foedsel, Folkeregister, Identifikasjonsnummer, Opphav, Persondokument, Personstatus, Status,
};
use clients::idporten::{ASSERTION_TYPE, TokenResponse};
use clients::{Mesh, TokenSource, encoded};
use http_body_util::BodyExt as _;
use idporten::{
    ApplicationType, AuthMethod, Component, Config, MIGRATIONS, NewClient, NewScope, OnBehalfOf, Suggestion,
    Upstream, Wallet,
};
use kernel::Context;
use kernel::id::{Kjoenn, Orgnr, Pid};
use kernel::jose::{Alg, KeyEncryptionKey, KeySet, SigningKey};
use kernel::testing::{TestContext, context};
use serde_json::{Value, json};
use tower::ServiceExt as _;

pub const ISSUER: &str = "http://localhost:8080/idporten";
pub const CALLBACK: &str = "https://tjeneste.example/tilbake";
pub const OUT: &str = "https://tjeneste.example/ute";
pub const SECRET: &str = "en-hemmelighet-på-mer-enn-32-tegn & %";
/// The vector of Digdir's documentation.
pub const VERIFIER: &str = "xyo94uhy3zKvgB0NJwLms86SwcjtWviEOpkBnGgaLlo";
pub const CHALLENGE: &str = "b7elB7ZyxIXgFyvBznKvxl7wOB-H17Pz0a3B62NIMFI";

pub fn orgnr() -> Orgnr {
    Orgnr::parse("310000027").unwrap()
}

pub fn born(date: &str) -> Pid {
    Pid::synthetic(date.parse().unwrap(), Kjoenn::Kvinne, 3).unwrap()
}

/// A grown-up.
pub fn kari() -> Pid {
    born("1990-05-04")
}

/// Another.
pub fn ola() -> Pid {
    born("1985-01-02")
}

/// A number that could be a real person's, made here so that none stands in the code.
pub fn not_synthetic() -> String {
    let numbers = (0..100_000).map(|last| format!("010170{last:05}"));
    numbers.into_iter().find(|number| Pid::parse(number).is_ok()).unwrap()
}

/// The test's keys are made once, because making one takes time.
pub fn rsa_key() -> SigningKey {
    static KEY: std::sync::OnceLock<SigningKey> = std::sync::OnceLock::new();
    KEY.get_or_init(|| SigningKey::generate(Alg::RS256).unwrap()).clone()
}

pub fn person(pid: Pid, born: &str) -> Persondokument {
    let origin = Opphav::default();
    Persondokument {
        identifikasjonsnummer: vec![Identifikasjonsnummer {
            foedsels_eller_d_nummer: pid.as_str().to_owned(),
            ..Identifikasjonsnummer::fra(&origin)
        }],
        status: vec![Status { status: Personstatus::Bosatt, ..Status::fra(&origin) }],
        foedsel: vec![Foedsel { foedselsdato: born.parse().ok(), ..Foedsel::fra(&origin) }],
        ..Persondokument::default()
    }
}

/// Folkeregisteret, as far as ID-porten sees it. The number of a person born on 3 March 1980 breaks it.
fn register() -> Router {
    let people: Vec<Persondokument> = vec![
        person(kari(), "1990-05-04"),
        person(ola(), "1985-01-02"),
        person(born("2008-11-24"), "2008-11-24"),
        person(born("2008-11-23"), "2008-11-23"),
        Persondokument {
            doedsfall: Some(Doedsfall { er_gjeldende: true, ..Doedsfall::default() }),
            ..person(born("1950-01-01"), "1950-01-01")
        },
    ];
    let replaced = born("1970-01-01");
    Router::new().route(
        "/folkeregisteret/offentlig-med-hjemmel/api/v1/personer/{pid}",
        get(move |Path(pid): Path<String>, headers: HeaderMap| async move {
            assert!(headers["felles-formaal"].to_str().unwrap().starts_with("Innlogging"));
            if pid == born("1980-03-03").as_str() {
                return StatusCode::SERVICE_UNAVAILABLE.into_response();
            }
            if pid == replaced.as_str() {
                return axum::Json(person(kari(), "1990-05-04")).into_response();
            }
            match people.iter().find(|person| person.pid().unwrap().as_str() == pid) {
                Some(person) => axum::Json(person).into_response(),
                None => StatusCode::NOT_FOUND.into_response(),
            }
        }),
    )
}

pub struct Fixture {
    pub test: TestContext,
    pub component: Component,
    pub router: Router,
    pub mesh: Mesh,
}

impl std::ops::Deref for Fixture {
    type Target = Context;
    fn deref(&self) -> &Context {
        &self.test.ctx
    }
}

pub fn client(id: &str) -> NewClient {
    NewClient {
        jwks: vec![rsa_key().public_jwk().clone()],
        post_logout_redirect_uris: vec![OUT.to_owned()],
        ..NewClient::new(id, orgnr(), &format!("Tjenesten {id}"), CALLBACK)
    }
}

/// The clients that the tests know.
fn registered() -> Vec<NewClient> {
    let with_scopes = |id: &str, scopes: &[&str]| {
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        NewClient { scopes, ..client(id) }
    };
    let keyless = |client: NewClient| NewClient { jwks: Vec::new(), ..client };
    let secret = |auth_method, id: &str| NewClient {
        auth_method,
        secret: Some(SECRET.to_owned()),
        ..keyless(client(id))
    };
    vec![
        client("en"),
        client("to"),
        NewClient {
            frontchannel_logout_uri: Some("https://tjeneste.example/frontkanal".to_owned()),
            frontchannel_logout_session_required: true,
            ..client("ramme")
        },
        NewClient {
            frontchannel_logout_uri: Some("https://tjeneste.example/annen?x=1".to_owned()),
            ..client("ramme2")
        },
        NewClient { sso_disabled: true, ..client("isolert") },
        NewClient { refresh_tokens: true, ..with_scopes("fornyer", &["openid", "profile", "test:api"]) },
        with_scopes("api", &["openid", "profile", "test:api", "test:kort"]),
        with_scopes("samtykke", &["openid", "test:samtykke"]),
        with_scopes("paany", &["openid", "test:paany"]),
        with_scopes("pseudonym", &["openid", "profile", "test:pseudonym", "test:ugjennomsiktig"]),
        with_scopes("oppslag", &["idporten:token.introspection"]),
        with_scopes("nysgjerrig", &["idporten:token.introspection"]),
        NewClient { require_pushed_authorization_requests: true, ..client("skyver") },
        NewClient { require_state_and_nonce: true, ..client("streng") },
        NewClient {
            onbehalfof: vec![OnBehalfOf {
                onbehalfof: "kunde".to_owned(),
                display_name: "Kunden kommune".to_owned(),
                orgnr: orgnr(),
            }],
            ..client("leverandoer")
        },
        secret(AuthMethod::ClientSecretBasic, "basic"),
        secret(AuthMethod::ClientSecretPost, "post"),
        NewClient {
            application_type: ApplicationType::Native,
            auth_method: AuthMethod::None,
            redirect_uris: vec![
                "http://127.0.0.1:*/tilbake".to_owned(),
                "no.example.app:/tilbake".to_owned(),
            ],
            ..keyless(client("app"))
        },
    ]
}

fn scopes() -> Vec<NewScope> {
    let scope = |name| NewScope::new(name, orgnr(), "Lese noe");
    vec![
        scope("test:api"),
        NewScope { at_max_age: 30, ..scope("test:kort") },
        NewScope { requires_user_consent: true, ..scope("test:samtykke") },
        NewScope { requires_user_authentication: true, ..scope("test:paany") },
        NewScope {
            requires_pseudonymous_tokens: true,
            enforced_aud_for_introspection: vec!["oppslag".to_owned()],
            ..scope("test:pseudonym")
        },
        NewScope {
            opaque: true,
            enforced_aud_for_introspection: vec!["oppslag".to_owned()],
            ..scope("test:ugjennomsiktig")
        },
    ]
}

pub async fn fixture() -> Fixture {
    fixture_with(|_| {}).await
}

/// A fixture whose context is changed before anything starts.
pub async fn fixture_with(change: impl FnOnce(&mut Context)) -> Fixture {
    fixture_of(change, Vec::new()).await
}

/// The same, with eIDs of other providers.
pub async fn fixture_of(change: impl FnOnce(&mut Context), upstreams: Vec<Upstream>) -> Fixture {
    fixture_among(change, upstreams, |_| None, Router::new()).await
}

/// The same, with wallets and among other neighbours.
pub async fn fixture_among(
    change: impl FnOnce(&mut Context),
    upstreams: Vec<Upstream>,
    wallet: impl FnOnce(Mesh) -> Option<Wallet>,
    neighbours: Router,
) -> Fixture {
    let mut test = context(MIGRATIONS).await;
    change(&mut test.ctx);
    let mesh = Mesh::new([].into());
    let people = Folkeregister::new(mesh.clone(), TokenSource::fixed("t"));
    let suggestion = Suggestion {
        personidentifikator: kari(),
        navn: "Kari Nordmann".to_owned(),
        hvem: "gravid".to_owned(),
    };
    let config = Config {
        master: KeyEncryptionKey::from_bytes(&[3; 32]).unwrap(),
        suggestions: vec![suggestion],
        upstreams,
    };
    let component = Component::new(test.ctx.clone(), people, config).await.unwrap();
    let component = component.wallet(wallet(mesh.clone())).unwrap();
    let registrar = component.registrar();
    registrar.put_scopes(scopes()).await.unwrap();
    for client in registered() {
        registrar.register_client(client).await.unwrap();
    }
    let router: Router = component.router().into();
    mesh.set_local(router.clone().merge(register()).merge(neighbours));
    Fixture { test, component, router, mesh }
}

/// An answer, read.
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn location(&self) -> &str {
        self.headers
            .get(header::LOCATION)
            .unwrap_or_else(|| panic!("{} without Location: {}", self.status, self.body))
            .to_str()
            .unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{} {}", self.status, self.body))
    }

    /// The parameters of the address that the browser is sent to.
    pub fn sent(&self) -> BTreeMap<String, String> {
        parameters(self.location())
    }

    /// The parameters sent to the client's address.
    pub fn callback(&self) -> BTreeMap<String, String> {
        assert!(self.location().starts_with(CALLBACK), "{}", self.location());
        let sent = self.sent();
        assert_eq!(sent["iss"], ISSUER);
        sent
    }

    pub fn code(&self) -> String {
        let sent = self.callback();
        sent.get("code").unwrap_or_else(|| panic!("{sent:?}")).clone()
    }

    pub fn error(&self) -> String {
        self.callback()["error"].clone()
    }

    pub fn is_sign_in(&self) -> bool {
        self.status == 302 && self.location().starts_with(&format!("{ISSUER}/innlogging?id="))
    }

    /// That the person sees what is wrong, and is sent nowhere.
    pub fn is_page(&self, status: u16, words: &str) {
        assert_eq!(self.status, status, "{}", self.body);
        assert!(!self.headers.contains_key(header::LOCATION));
        assert!(self.body.contains(words), "{words} is not in {}", self.body);
        assert!(self.headers["content-security-policy"].to_str().unwrap().contains("default-src 'none'"));
        assert_eq!(self.headers["cache-control"], "no-store");
    }
}

pub fn parameters(address: &str) -> BTreeMap<String, String> {
    let (_, query) = address.split_once('?').unwrap_or_default();
    url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

pub fn form(fields: &[(&str, &str)]) -> String {
    fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect::<Vec<_>>().join("&")
}

/// A browser: it keeps cookies, and goes nowhere by itself.
pub struct Browser<'a> {
    router: &'a Router,
    pub cookies: BTreeMap<String, String>,
    /// What it calls itself; empty for nothing.
    pub user_agent: String,
}

impl Fixture {
    pub fn browser(&self) -> Browser<'_> {
        Browser { router: &self.router, cookies: BTreeMap::new(), user_agent: String::new() }
    }
}

impl Browser<'_> {
    async fn send(&mut self, mut request: Request<Body>) -> Answer {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            request.headers_mut().insert(header::COOKIE, cookies.join("; ").parse().unwrap());
        }
        if !self.user_agent.is_empty() {
            request.headers_mut().insert(header::USER_AGENT, self.user_agent.parse().unwrap());
        }
        let answer = send(self.router, request).await;
        for cookie in answer.headers.get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            if cookie.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    pub async fn get(&mut self, address: &str) -> Answer {
        self.send(Request::get(path(address)).body(Body::empty()).unwrap()).await
    }

    pub async fn post(&mut self, address: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(post_request(address, &form(fields))).await
    }

    /// Goes to `/authorize`.
    pub async fn authorize(&mut self, client_id: &str, changes: &[(&str, &str)]) -> Answer {
        self.get(&authorize_address(client_id, changes)).await
    }

    /// Signs in at the page that `answer` leads to.
    pub async fn sign_in_at(&mut self, answer: &Answer, pid: Pid, more: &[(&str, &str)]) -> Answer {
        assert!(answer.is_sign_in(), "{} {}", answer.status, answer.location());
        let id = answer.sent()["id"].clone();
        let page = self.get(answer.location()).await;
        assert_eq!(page.status, 200, "{}", page.body);
        assert!(page.body.contains(&format!("name=\"id\" value=\"{id}\"")), "{}", page.body);
        let mut fields = vec![("id", id.as_str()), ("personidentifikator", pid.as_str())];
        fields.extend_from_slice(more);
        self.post("/idporten/innlogging", &fields).await
    }

    /// From the client's link to its code.
    pub async fn sign_in(&mut self, client_id: &str, pid: Pid, changes: &[(&str, &str)]) -> String {
        let answer = self.authorize(client_id, changes).await;
        self.sign_in_at(&answer, pid, &[]).await.code()
    }
}

/// The address of `/authorize` with the usual parameters, but for `changes`; an empty value leaves one out.
pub fn authorize_address(client_id: &str, changes: &[(&str, &str)]) -> String {
    format!("/idporten/authorize?{}", authorize_form(client_id, changes))
}

pub fn authorize_form(client_id: &str, changes: &[(&str, &str)]) -> String {
    let mut fields = vec![
        ("client_id", client_id),
        ("response_type", "code"),
        ("redirect_uri", CALLBACK),
        ("scope", "openid profile"),
        ("state", "s"),
        ("nonce", "n"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    for (name, value) in changes {
        match fields.iter_mut().find(|(field, _)| field == name) {
            Some(field) => field.1 = value,
            None => fields.push((name, value)),
        }
    }
    fields.retain(|(_, value)| !value.is_empty());
    form(&fields)
}

/// What follows the origin.
fn path(address: &str) -> String {
    address.trim_start_matches("http://localhost:8080").to_owned()
}

fn post_request(address: &str, form: &str) -> Request<Body> {
    let request = Request::post(path(address)).header("content-type", "application/x-www-form-urlencoded");
    request.body(Body::from(form.to_owned())).unwrap()
}

pub async fn send(router: &Router, request: Request<Body>) -> Answer {
    let answer = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = answer.into_parts();
    let body = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
    Answer { status: parts.status.as_u16(), headers: parts.headers, body }
}

impl Fixture {
    pub fn now(&self) -> i64 {
        self.clock.now().as_second()
    }

    pub async fn get(&self, path: &str) -> Answer {
        send(&self.router, Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        send(&self.router, post_request(path, &form(fields))).await
    }

    pub async fn post_basic(&self, path: &str, id: &str, secret: &str, fields: &[(&str, &str)]) -> Answer {
        let mut request = post_request(path, &form(fields));
        let basic = STANDARD.encode(format!("{}:{}", encoded(id), encoded(secret)));
        request.headers_mut().insert(header::AUTHORIZATION, format!("Basic {basic}").parse().unwrap());
        send(&self.router, request).await
    }

    pub async fn userinfo(&self, access_token: &str) -> Answer {
        let request =
            Request::get("/idporten/userinfo").header("authorization", format!("Bearer {access_token}"));
        send(&self.router, request.body(Body::empty()).unwrap()).await
    }

    /// A client assertion with `changes` in its claims; null leaves one out.
    pub fn assertion(&self, client_id: &str, changes: Value) -> String {
        let now = self.now();
        let mut claims = json!({
            "iss": client_id, "sub": client_id, "aud": ISSUER, "iat": now, "exp": now + 60, "jti": self.rng.uuid(),
        });
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        rsa_key().sign_jwt(None, &claims).unwrap()
    }

    /// Posts a form as a client with a key.
    pub async fn post_as(&self, client_id: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let assertion = self.assertion(client_id, json!({}));
        let mut all = vec![
            ("client_id", client_id),
            ("client_assertion_type", ASSERTION_TYPE),
            ("client_assertion", assertion.as_str()),
        ];
        all.extend_from_slice(fields);
        self.post(path, &all).await
    }

    /// Brings a code, with `changes` in the form.
    pub async fn exchange(&self, client_id: &str, code: &str, changes: &[(&str, &str)]) -> Answer {
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        for (name, value) in changes {
            fields.retain(|(field, _)| field != name);
            if !value.is_empty() {
                fields.push((name, value));
            }
        }
        self.post_as(client_id, "/idporten/token", &fields).await
    }

    pub async fn tokens(&self, client_id: &str, code: &str) -> TokenResponse {
        let answer = self.exchange(client_id, code, &[]).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(answer.headers["cache-control"], "no-store");
        serde_json::from_value(answer.json()).unwrap()
    }

    pub async fn refresh(&self, client_id: &str, token: &str) -> Answer {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
        self.post_as(client_id, "/idporten/token", &fields).await
    }

    /// A token's claims, verified with the published keys.
    pub async fn claims(&self, token: &str) -> Value {
        let keys = KeySet::parse(self.get("/idporten/jwks.json").await.body.as_bytes()).unwrap();
        kernel::jose::verify(token, &keys, &[Alg::RS256]).unwrap().claims().unwrap()
    }

    pub async fn id_claims(&self, client_id: &str, code: &str) -> Value {
        let tokens = self.tokens(client_id, code).await;
        self.claims(&tokens.id_token.unwrap()).await
    }
}

/// The challenge of a verifier.
pub fn challenge(verifier: &str) -> String {
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, verifier.as_bytes());
    URL_SAFE_NO_PAD.encode(hash)
}

/// That an answer of the token endpoint and its like is this error.
pub fn refused(answer: &Answer, status: u16, error: &str) {
    assert_eq!((answer.status, answer.json()["error"].as_str().unwrap()), (status, error), "{}", answer.body);
    assert!(answer.json()["error_description"].as_str().unwrap().contains("(correlation_id: "));
    assert_eq!(answer.headers["cache-control"], "no-store");
}
