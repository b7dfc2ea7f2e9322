//! The whole ring, with ID-porten itself: a person signs in, puts the credential into a wallet, signs in to a service by
//! showing it, and withdraws it, after which it signs nobody in.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails panics")]

mod common;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use clients::folkeregister::Folkeregister;
use clients::idporten::{ACR_HIGH, Ask, Callback, ClientAuth, RelyingParty};
use clients::lommebok::SCOPE;
use clients::{Mesh, TokenSource, request as ask};
use common::{Answer, BASE, GRANT, ISSUER, KARI, key, param, proof_header, request};
use http::{Request, StatusCode, header};
use http_body_util::BodyExt as _;
use jiff::SignedDuration;
use kernel::auth::{Auth, KeySource};
use kernel::id::Orgnr;
use kernel::jose::{Alg, Certified, Jwt, KeyEncryptionKey, SigningKey, jwe, sd_jwt};
use kernel::testing::{TestContext, context_named};
use serde_json::{Value, json};
use tower::ServiceExt as _;

const SERVICE: &str = "https://tjeneste.example/tilbake";
const APP: &str = "no.example.lommebok:/tilbake";

struct World {
    test: TestContext,
    router: Router,
    service: RelyingParty,
}

fn register() -> Router {
    Router::new().route(
        "/folkeregisteret/offentlig-med-hjemmel/api/v1/personer/{pid}",
        axum::routing::get(|Path(pid): Path<String>| async move {
            if pid == KARI {
                axum::Json(common::kari()).into_response()
            } else {
                StatusCode::NOT_FOUND.into_response()
            }
        }),
    )
}

/// ID-porten, the issuer and a service, all of them real but for the register.
async fn world(certified: Option<Certified>) -> World {
    let mut test = context_named(idporten::NAME, idporten::MIGRATIONS).await;
    let master = || KeyEncryptionKey::from_bytes(&[3; 32]).unwrap();
    let mesh = Mesh::new(HashMap::new());
    let keys = mesh.clone();
    let source: KeySource = Arc::new(move |_| {
        let mesh = keys.clone();
        Box::pin(async move {
            let ask = ask::get("/idporten/jwks.json").empty().map_err(|error| error.to_string())?;
            let answer = mesh.send(idporten::NAME, ask).await.map_err(|error| error.to_string())?;
            Ok(answer.into_body().to_vec())
        })
    });
    test.ctx.auth = Auth::of_felles(test.ctx.clock.clone(), BASE, source);
    let people = Folkeregister::new(mesh.clone(), TokenSource::fixed("t"));
    let config = idporten::Config { master: master(), suggestions: Vec::new(), upstreams: Vec::new() };
    let idporten = idporten::Component::new(test.ctx.clone(), people.clone(), config).await.unwrap();
    let wallet = idporten::Wallet {
        certified: Certified::new(key(), vec!["AQID".to_owned()]).unwrap(),
        link: idporten::WALLET_SCHEME.to_owned(),
        encrypted: true,
        issuers: Vec::new(),
        mesh: mesh.clone(),
    };
    let idporten = idporten.wallet(Some(wallet)).unwrap();
    let orgnr = Orgnr::parse("310000035").unwrap();
    let rsa = SigningKey::generate(Alg::RS256).unwrap();
    for (id, redirect) in
        [("lommeboken", format!("{BASE}{}", lommebok::REDIRECT_PATH)), ("tjeneste", SERVICE.to_owned())]
    {
        let mut client = idporten::NewClient::new(id, orgnr, id, &redirect);
        client.jwks = vec![rsa.public_jwk().clone()];
        idporten.registrar().register_client(client).await.unwrap();
    }
    let scope = |name: &str| idporten::NewScope::new(name, orgnr, "Noe");
    idporten.registrar().put_scopes(vec![scope(SCOPE), scope("test:annet")]).await.unwrap();
    let app = idporten::NewClient {
        application_type: idporten::ApplicationType::Native,
        auth_method: idporten::AuthMethod::None,
        scopes: ["openid", SCOPE, "test:annet"].map(str::to_owned).to_vec(),
        ..idporten::NewClient::new("app", orgnr, "En lommebok", APP)
    };
    idporten.registrar().register_client(app).await.unwrap();
    let auth = |id: &str| ClientAuth { client_id: id.to_owned(), key: rsa.clone() };
    let config = lommebok::Config { master: master(), secret: [4; 32], auth: auth("lommeboken"), certified };
    let ctx = test.sibling(lommebok::NAME, lommebok::MIGRATIONS).await;
    let issuer = lommebok::Component::new(ctx, mesh.clone(), people, config).await.unwrap();
    let router: Router = idporten.router().merge(issuer.router()).into();
    let router = router.merge(register());
    mesh.set_local(router.clone());
    let (clock, rng) = (test.ctx.clock.clone(), test.ctx.rng.clone());
    let base: Arc<str> = BASE.into();
    let service = RelyingParty::new(mesh, &base, auth("tjeneste"), SERVICE, clock, rng);
    World { test, router, service }
}

impl World {
    fn now(&self) -> i64 {
        self.test.ctx.clock.now().as_second()
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let (parts, body) = Response::into_parts(self.router.clone().oneshot(request).await.unwrap());
        let text = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
        Answer { status: parts.status.as_u16(), headers: parts.headers, text }
    }

    async fn post(&self, address: &str, fields: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(address.trim_start_matches(BASE))
            .header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body)).unwrap()).await
    }
}

/// A browser that keeps cookies and follows redirects within the installation.
struct Surfer<'a> {
    world: &'a World,
    cookies: BTreeMap<String, String>,
}

impl Surfer<'_> {
    async fn send(&mut self, mut request: Request<Body>) -> Answer {
        loop {
            let cookies: Vec<String> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request.headers_mut().insert(header::COOKIE, cookies.join("; ").parse().unwrap());
            let answer = self.world.send(request).await;
            for cookie in answer.headers.get_all(header::SET_COOKIE) {
                let pair = cookie.to_str().unwrap().split(';').next().unwrap();
                let (name, value) = pair.split_once('=').unwrap();
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
            let next = answer.headers.get(header::LOCATION).map(|to| to.to_str().unwrap().to_owned());
            match next {
                Some(next) if !next.starts_with(SERVICE) && !next.starts_with(APP) => {
                    request = Request::get(next.trim_start_matches(BASE)).body(Body::empty()).unwrap();
                }
                _ => return answer,
            }
        }
    }

    async fn get(&mut self, address: &str) -> Answer {
        self.send(Request::get(address.trim_start_matches(BASE)).body(Body::empty()).unwrap()).await
    }

    async fn post(&mut self, address: &str, fields: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(address).header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// From a page of the issuer's to where it leads, with the test eID.
    async fn sign_in(&mut self, address: &str) -> String {
        let page = self.get(address).await.is(200).text;
        if !page.contains("name=\"id\"") {
            // The session is enough.
            return page;
        }
        let id = hidden(&page, "id");
        let fields = [("id", id.as_str()), ("personidentifikator", KARI), ("nivaa", ACR_HIGH)];
        self.post("/idporten/innlogging", &fields).await.is(200).text
    }

    /// From the service to a question for the wallet.
    async fn asked(&mut self) -> (Value, clients::idporten::Begun) {
        let ask = Ask { prompt: Some("login".to_owned()), ..Ask::level(ACR_HIGH) };
        let begun = self.world.service.begin(&ask).await.unwrap();
        let page = self.get(&begun.url).await.is(200).text;
        let id = hidden(&page, "id");
        let page = self.get(&format!("/idporten/eid/lommebok?id={id}")).await.is(200).text;
        let link = page
            .split("href=\"openid4vp://")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .replace("&amp;", "&");
        let question = self.world.post(&param(&link, "request_uri").unwrap(), &[]).await.is(200);
        assert_eq!(question.headers["content-type"], "application/oauth-authz-req+jwt");
        (Jwt::parse(&question.text).unwrap().unverified_claims().unwrap(), begun)
    }
}

fn hidden(page: &str, name: &str) -> String {
    let rest = page.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap_or_else(|| panic!("{page}"));
    rest.split('"').next().unwrap().to_owned()
}

/// The wallet's part of issuing: from the page with the offer to the credential.
async fn put_into_wallet(world: &World, page: &str, holder: &SigningKey) -> String {
    let link = page.split("href=\"openid-credential-offer://").nth(1).unwrap().split('"').next().unwrap();
    let offer: Value = serde_json::from_str(&param(link, "credential_offer").unwrap()).unwrap();
    let code = offer["grants"][GRANT]["pre-authorized_code"].as_str().unwrap().to_owned();
    let tx_code = page.split("id=\"kode\"").nth(1).unwrap().split(['>', '<']).nth(1).unwrap();
    let fields = [("grant_type", GRANT), ("pre-authorized_code", code.as_str()), ("tx_code", tx_code)];
    let token = world.post("/lommebok/token", &fields).await.is(200).json();
    let answer = credential(world, token["access_token"].as_str().unwrap(), holder).await.is(200).json();
    answer["credentials"][0]["credential"].as_str().unwrap().to_owned()
}

/// Asks for a credential with an access token.
async fn credential(world: &World, token: &str, holder: &SigningKey) -> Answer {
    let nonce = world.post("/lommebok/nonce", &[]).await.is(200).json()["c_nonce"].clone();
    let claims = json!({ "aud": ISSUER, "iat": world.now(), "nonce": nonce });
    let proof = holder.sign_parts(&proof_header(holder), &claims).unwrap();
    let ask = Request::post("/lommebok/credential")
        .header("content-type", "application/json")
        .header("authorization", format!("Bearer {token}"));
    world.send(ask.body(Body::from(request(&[proof]).to_string())).unwrap()).await
}

/// The wallet's answer to a question.
async fn show(world: &World, question: &Value, credential: &str, holder: &SigningKey) -> Answer {
    let text = |name: &str| question[name].as_str().unwrap();
    let path = question["dcql_query"]["credentials"][0]["claims"][0]["path"][0].as_str().unwrap();
    let shown =
        sd_jwt::present(credential, &[path], holder, text("client_id"), text("nonce"), world.now()).unwrap();
    let content = json!({ "vp_token": { "pid": [shown] }, "state": question["state"] }).to_string();
    let to = serde_json::from_value(question["client_metadata"]["jwks"]["keys"][0].clone()).unwrap();
    let response = jwe::encrypt(&to, "A128GCM", content.as_bytes(), &world.test.ctx.rng).unwrap();
    world.post(text("response_uri"), &[("response", &response)]).await
}

/// The wallet asks for a credential with a token of ID-porten for these scopes, of a person who signs in at this level.
async fn by_code(world: &World, scopes: &str, level: &str, holder: &SigningKey) -> Answer {
    let verifier = "xyo94uhy3zKvgB0NJwLms86SwcjtWviEOpkBnGgaLlo";
    let fields = [
        ("client_id", "app"),
        ("response_type", "code"),
        ("redirect_uri", APP),
        ("scope", scopes),
        ("state", "s"),
        ("nonce", "n"),
        ("acr_values", level),
        ("code_challenge", "b7elB7ZyxIXgFyvBznKvxl7wOB-H17Pz0a3B62NIMFI"),
        ("code_challenge_method", "S256"),
    ];
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let mut browser = Surfer { world, cookies: BTreeMap::new() };
    let page = browser.get(&format!("/idporten/authorize?{query}")).await.is(200).text;
    let id = hidden(&page, "id");
    let fields = [("id", id.as_str()), ("personidentifikator", KARI), ("nivaa", level)];
    let back = browser.post("/idporten/innlogging", &fields).await.is(303).location();
    let code = param(&back, "code").unwrap();
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("client_id", "app"),
        ("redirect_uri", APP),
        ("code_verifier", verifier),
    ];
    let token = world.post("/idporten/token", &fields).await.is(200).json();
    credential(world, token["access_token"].as_str().unwrap(), holder).await
}

#[tokio::test]
async fn a_wallet_that_is_a_client_of_id_porten_begins_by_itself() {
    let world = world(None).await;
    let metadata = "/.well-known/openid-credential-issuer/lommebok";
    let metadata = world.send(Request::get(metadata).body(Body::empty()).unwrap()).await.is(200).json();
    assert_eq!(metadata["authorization_servers"], json!([ISSUER, "http://localhost:8080/idporten"]));
    assert_eq!(metadata["credential_configurations_supported"]["urn:eudi:pid:1"]["scope"], SCOPE);

    let holder = key();
    let scopes = format!("openid {SCOPE}");
    let answer = by_code(&world, &scopes, ACR_HIGH, &holder).await.is(200).json();
    let credential = answer["credentials"][0]["credential"].as_str().unwrap();
    let mut browser = Surfer { world: &world, cookies: BTreeMap::new() };
    let (question, _) = browser.asked().await;
    show(&world, &question, credential, &holder).await.is(200);

    let low = clients::idporten::ACR_SUBSTANTIAL;
    by_code(&world, &scopes, low, &holder).await.refused(403, "insufficient_scope");
    by_code(&world, "openid test:annet", ACR_HIGH, &holder).await.refused(403, "insufficient_scope");
}

async fn ring(certified: Option<Certified>) {
    let world = world(certified).await;
    let surfer = || Surfer { world: &world, cookies: BTreeMap::new() };
    let mut own = surfer();
    let page = own.sign_in("/lommebok/logg-inn").await;
    let holder = key();
    let credential = put_into_wallet(&world, &page, &holder).await;

    // In a browser that knows nothing, the wallet signs the person in to the service.
    let mut browser = surfer();
    let (question, begun) = browser.asked().await;
    let onward = show(&world, &question, &credential, &holder).await.is(200).json();
    let back = browser.get(onward["redirect_uri"].as_str().unwrap()).await.is(303).location();
    let callback = Callback {
        code: param(&back, "code"),
        state: param(&back, "state"),
        iss: param(&back, "iss"),
        error: param(&back, "error"),
        error_description: None,
    };
    let claims = world.service.finish(&callback, &begun).await.unwrap().claims;
    assert_eq!(
        (claims.pid.map(|pid| pid.as_str().to_owned()).as_deref(), claims.acr.as_str()),
        (Some(KARI), ACR_HIGH)
    );

    // Who has copied the credential has not its key.
    let (question, _) = browser.asked().await;
    let answer = show(&world, &question, &credential, &key()).await;
    assert_eq!((answer.status, answer.json()["error"].as_str()), (400, Some("invalid_request")));

    // The person withdraws it, and within a minute it signs nobody in.
    let page = own.sign_in("/lommebok/mine").await;
    let (csrf, batch) = (hidden(&page, "csrf"), hidden(&page, "bevis"));
    own.post("/lommebok/mine/trekk-tilbake", &[("csrf", &csrf), ("bevis", &batch)]).await.is(200);
    world.test.ctx.clock.advance(SignedDuration::from_secs(60));
    let (question, _) = browser.asked().await;
    let answer = show(&world, &question, &credential, &holder).await;
    assert_eq!(answer.status, 400, "{}", answer.text);
    assert!(answer.text.contains("withdrawn"), "{}", answer.text);

    // A new one does.
    let page = own.sign_in("/lommebok/logg-inn").await;
    let credential = put_into_wallet(&world, &page, &holder).await;
    let (question, _) = browser.asked().await;
    show(&world, &question, &credential, &holder).await.is(200);
}

#[tokio::test]
async fn a_person_gets_a_credential_signs_in_with_it_and_withdraws_it() {
    ring(None).await;
}

#[tokio::test]
async fn the_same_with_an_issuer_that_has_a_certificate() {
    ring(Some(Certified::new(key(), vec!["AQID".to_owned()]).unwrap())).await;
}
