//! What a person has given to clients, who may see and withdraw it, and the log of their sign-ins.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails panics")]

mod common;

use axum::body::Body;
use axum::http::Request;
use clients::idporten::ACR_HIGH;
use common::*;
use idporten::{NewClient, NewScope, Visibility};
use jiff::SignedDuration;
use kernel::id::Orgnr;
use kernel::testing::token;
use serde_json::{Value, json};

/// Another organisation than that of the fixture's clients.
fn other() -> Orgnr {
    Orgnr::parse("310000035").unwrap()
}

/// A service that shows people what they have given, and one of another organisation.
async fn services(f: &Fixture) {
    let registrar = f.component.registrar();
    let scope = |name| NewScope::new(name, other(), "Lese noe hos andre");
    registrar
        .put_scopes(vec![NewScope { visibility: Visibility::Internal, ..scope("annen:api") }])
        .await
        .unwrap();
    let scopes = [
        "openid",
        "profile",
        "idporten:authorizations",
        "idporten:user.log.read",
        "annen:api",
        "test:samtykke",
    ];
    let shows = |id: &str, orgnr| NewClient {
        orgnr,
        scopes: scopes.map(str::to_owned).to_vec(),
        refresh_tokens: true,
        ..client(id)
    };
    registrar.register_client(shows("viser", orgnr())).await.unwrap();
    registrar.register_client(shows("fremmed", other())).await.unwrap();
}

async fn call(f: &Fixture, method: &str, path: &str, token: &str, body: &str) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(format!("/idporten{path}"))
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json");
    send(&f.router, request.body(Body::from(body.to_owned())).unwrap()).await
}

/// The access token of a person at a service that shows.
async fn shown(f: &Fixture, browser: &mut Browser<'_>, client: &str, scope: &str) -> String {
    let answer = browser.authorize(client, &[("scope", scope)]).await;
    let code = if answer.is_sign_in() {
        browser.sign_in_at(&answer, kari(), &[]).await.code()
    } else {
        answer.code()
    };
    f.tokens(client, &code).await.access_token
}

/// A machine's token from Maskinporten.
fn machine(f: &Fixture, orgnr: Orgnr, scope: &str) -> String {
    let consumer = json!({ "authority": "iso6523-actorid-upis", "ID": format!("0192:{}", orgnr.as_str()) });
    token(&f.test.ctx, json!({ "iss": "maskinporten", "scope": scope, "consumer": consumer }))
}

fn ids(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{}", answer.body);
    let list = answer.json();
    list.as_array().unwrap().iter().map(|one| one["client_id"].as_str().unwrap().to_owned()).collect()
}

/// Agrees to everything at the page that `answer` leads to.
async fn agree(browser: &mut Browser<'_>, answer: &Answer, scopes: &[&str]) -> String {
    let id = answer.sent()["id"].clone();
    let mut fields = vec![("id", id.as_str())];
    fields.extend(scopes.iter().map(|scope| ("scope", *scope)));
    browser.post("/idporten/samtykke", &fields).await.code()
}

#[tokio::test]
async fn a_person_sees_what_they_have_given_and_takes_it_back() {
    let f = fixture().await;
    services(&f).await;
    let mut browser = f.browser();
    let ask = [("scope", "openid test:samtykke")];
    let answer = browser.authorize("samtykke", &ask).await;
    let page = browser.sign_in_at(&answer, kari(), &[]).await;
    let code = agree(&mut browser, &page, &["test:samtykke"]).await;
    let given = f.tokens("samtykke", &code).await.access_token;
    let at = f.clock.now().as_millisecond() / 1000 * 1000;
    f.clock.advance(SignedDuration::from_secs(30));

    let shows = shown(&f, &mut browser, "viser", "openid idporten:authorizations").await;
    let list = call(&f, "GET", "/clients/authorizations", &shows, "").await;
    assert_eq!(list.headers["cache-control"], "no-store");
    let one = list.json()[0].clone();
    let id = one["authorization_id"].as_str().unwrap().to_owned();
    let scope = |name: &str, description: &str, asked| {
        let owner = if name == "openid" { clients::orgs::DIGDIR.orgnr } else { "310000027" };
        json!({ "name": name, "description": description, "long_description": "", "requires_user_consent": asked,
            "visibility": "PUBLIC", "owner_orgno": owner })
    };
    let expected = json!([{
        "authorization_id": id, "client_id": "samtykke", "client_name": "Tjenesten samtykke", "description": "",
        "authorized_at": at, "expires": at + 7_200_000, "user_agent": "",
        "scopes": [scope("openid", "Innlogging", false), scope("test:samtykke", "Lese noe", true)],
        "consumer": { "authority": "iso6523-actorid-upis", "ID": "0192:310000027" },
    }]);
    assert_eq!(list.json(), expected);
    // Without a question it is listed when that is asked for; by visibility, only what has it.
    let all = call(&f, "GET", "/clients/authorizations?require_user_consent=false", &shows, "").await;
    assert_eq!(ids(&all), ["viser", "samtykke"]);
    let internal = call(&f, "GET", "/clients/authorizations?visibility=INTERNAL", &shows, "").await;
    assert_eq!(ids(&internal), Vec::<String>::new());
    for query in ["require_user_consent=ja", "visibility=public", "visibility=PUBLIC&visibility=PUBLIC"] {
        let answer = call(&f, "GET", &format!("/clients/authorizations?{query}"), &shows, "").await;
        assert_eq!(
            (answer.status, answer.headers["content-type"].to_str().unwrap()),
            (400, "application/problem+json")
        );
    }
    // What lives is not asked about again, unless the client wants it to be.
    browser.authorize("samtykke", &[ask[0], ("prompt", "none")]).await.code();
    let asked = browser.authorize("samtykke", &[ask[0], ("prompt", "consent")]).await;
    assert!(asked.is_sign_in());
    let fewer = agree(&mut browser, &asked, &[]).await;
    assert_eq!(f.tokens("samtykke", &fewer).await.scope, "openid");

    // The person takes it back: what came of it opens nothing, and the next time there is a question again.
    for one in call(&f, "GET", "/clients/authorizations", &shows, "").await.json().as_array().unwrap() {
        let path = format!("/authorizations/{}", one["authorization_id"].as_str().unwrap());
        assert_eq!(call(&f, "DELETE", &path, &shows, "").await.status, 204);
        assert_eq!(call(&f, "DELETE", &path, &shows, "").await.status, 404);
    }
    let silent = browser.authorize("samtykke", &[ask[0], ("prompt", "none")]).await;
    assert_eq!(silent.error(), "consent_required");
    let revoked = f.get("/idporten/revokelist?client_id=samtykke").await.json();
    let jti = f.claims(&given).await["jti"].clone();
    let now = f.clock.now().as_millisecond() / 1000 * 1000;
    let listed = json!({ "expires": at + 120_000, "revoked": now, "access_token_id": jti });
    assert!(revoked["revoked_access_tokens"].as_array().unwrap().contains(&listed), "{revoked}");
    assert_eq!(
        f.get("/idporten/revokelist?client_id=ukjent").await.json()["revoked_access_tokens"],
        json!([])
    );
    assert_eq!(f.get("/idporten/revokelist").await.status, 400);
    // The person reads that somebody looked.
    let entries = f.log.entries_about(&kari(), None, 50).await.unwrap();
    assert!(
        entries
            .iter()
            .any(|entry| entry.access.what == "Tjenesten viser slo opp hva du har gitt tilgang til")
    );
}

#[tokio::test]
async fn an_organisation_sees_what_is_its_own_business_only() {
    let f = fixture().await;
    services(&f).await;
    let mut browser = f.browser();
    let given = shown(&f, &mut browser, "fremmed", "openid annen:api").await;
    shown(&f, &mut browser, "api", "openid test:api").await;
    let all = "?require_user_consent=false";
    let whom = json!({ "pid": kari().as_str() }).to_string();
    let list = |side: &'static str, token: String| {
        let (f, whom) = (&f, &whom);
        async move { call(f, "POST", &format!("/{side}/authorizations{all}"), &token, whom).await }
    };
    let (ours, theirs) =
        (machine(&f, orgnr(), "idporten:authorizations"), machine(&f, other(), "idporten:authorizations"));
    assert_eq!(ids(&list("clients", ours.clone()).await), ["api"]);
    assert_eq!(ids(&list("clients", theirs.clone()).await), ["fremmed"]);
    assert_eq!(ids(&list("api-provider", ours.clone()).await), ["api"]);
    let fremmed = list("api-provider", theirs.clone()).await;
    assert_eq!(ids(&fremmed), ["fremmed"]);
    let path = format!("/authorizations/{}", fremmed.json()[0]["authorization_id"].as_str().unwrap());
    assert_eq!(call(&f, "DELETE", &path, &ours, "").await.status, 404);
    // Somebody else's, by their own token.
    let mut stranger = f.browser();
    let code = stranger.sign_in("fremmed", ola(), &[("scope", "openid idporten:authorizations")]).await;
    let olas = f.tokens("fremmed", &code).await.access_token;
    assert_eq!(ids(&call(&f, "GET", &format!("/clients/authorizations{all}"), &olas, "").await), ["fremmed"]);
    assert_eq!(call(&f, "DELETE", &path, &olas, "").await.status, 404);
    // Tokens without the scope, of the wrong kind, none; bodies that name nobody.
    for (method, path, token, body, status) in [
        ("GET", "/clients/authorizations", given.as_str(), "", 403),
        ("GET", "/clients/authorizations", theirs.as_str(), "", 401),
        ("GET", "/clients/authorizations", "x", "", 401),
        ("POST", "/clients/authorizations", given.as_str(), whom.as_str(), 401),
        ("POST", "/clients/authorizations", &machine(&f, other(), "test:api"), whom.as_str(), 403),
        ("POST", "/clients/authorizations", theirs.as_str(), "{}", 400),
        ("POST", "/clients/authorizations", theirs.as_str(), "{\"pid\":\"123\"}", 400),
        ("POST", "/clients/authorizations", theirs.as_str(), "pid=1", 400),
        ("DELETE", &path, given.as_str(), "", 403),
        ("DELETE", &path, "x", "", 401),
        ("DELETE", "/authorizations/ukjent", theirs.as_str(), "", 404),
    ] {
        let answer = call(&f, method, path, token, body).await;
        assert_eq!(answer.status, status, "{method} {path} {body}: {}", answer.body);
        assert!(!answer.body.contains(kari().as_str()));
    }
    assert_eq!(call(&f, "DELETE", &path, &theirs, "").await.status, 204);
    assert_eq!(f.userinfo(&given).await.status, 401);
}

#[tokio::test]
async fn every_sign_in_stands_in_the_log_with_how() {
    let f = fixture().await;
    services(&f).await;
    let mut browser = f.browser();
    browser.sign_in("en", kari(), &[]).await;
    f.clock.advance(SignedDuration::from_secs(60));
    browser.authorize("to", &[]).await.code();
    f.clock.advance(SignedDuration::from_secs(60));
    // A step up is a sign-in with an eID again; a supplier's customer is whose service it is.
    browser.sign_in("leverandoer", kari(), &[("acr_values", ACR_HIGH), ("onbehalfof", "kunde")]).await;
    f.clock.advance(SignedDuration::from_secs(60));
    // A refusal is no sign-in, neither is another person's.
    f.browser().authorize("en", &[("prompt", "none")]).await.error();
    f.browser().sign_in("en", ola(), &[]).await;
    let token = shown(&f, &mut browser, "viser", "openid idporten:user.log.read").await;
    let rows = |answer: Answer| -> Vec<(String, String, String)> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        answer
            .json()
            .as_array()
            .unwrap()
            .iter()
            .map(|row| (text(&row["integrasjon_id"]), text(&row["tjeneste"]), text(&row["eid"])))
            .collect()
    };
    let answer = call(&f, "GET", "/logg/idporten", &token, "").await;
    let newest = answer.json()[0].clone();
    assert_eq!(newest["orgno"], "310000027");
    let wall = newest["tidspunkt"].as_str().unwrap();
    assert!(wall.parse::<jiff::civil::DateTime>().is_ok() && wall.len() == 19, "{wall}");
    let row =
        |client: &str, service: &str, eid: &str| (client.to_owned(), service.to_owned(), eid.to_owned());
    let expected = [
        row("viser", "Tjenesten viser", "Federated"),
        row("leverandoer", "Kunden kommune", "TestID"),
        row("to", "Tjenesten to", "Federated"),
        row("en", "Tjenesten en", "TestID"),
    ];
    assert_eq!(rows(answer), expected);
    assert_eq!(rows(call(&f, "GET", "/logg/idporten?maxhits=2", &token, "").await), expected[..2]);
    for query in ["maxhits=0", "maxhits=-1", "maxhits=x", "maxhits=1&maxhits=2"] {
        assert_eq!(
            call(&f, "GET", &format!("/logg/idporten?{query}"), &token, "").await.status,
            400,
            "{query}"
        );
    }
    // Another organisation sees its own services alone, a token without the scope none.
    let theirs = shown(&f, &mut browser, "fremmed", "openid idporten:user.log.read").await;
    assert_eq!(
        rows(call(&f, "GET", "/logg/idporten", &theirs, "").await),
        [row("fremmed", "Tjenesten fremmed", "Federated")]
    );
    let bare = shown(&f, &mut browser, "viser", "openid").await;
    assert_eq!(call(&f, "GET", "/logg/idporten", &bare, "").await.status, 403);
    // No token, code or cookie stands there, and after a year nothing does.
    for row in f.store.query("SELECT * FROM sign_in_log", &[]).await.unwrap() {
        let text = format!("{:?}", row.into_values());
        assert!(!text.contains(&browser.cookies["idporten_session"]) && !text.contains(&token));
    }
    f.clock.advance(SignedDuration::from_hours(24 * 365 + 1));
    f.component.look_after().await.unwrap();
    assert!(f.store.query("SELECT 1 FROM sign_in_log", &[]).await.unwrap().is_empty());
}
