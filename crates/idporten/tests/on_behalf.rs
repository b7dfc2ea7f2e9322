//! Ansattporten: signing in on behalf of a business. And ID-porten for parents and guardians.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that meets the unexpected stops")]

mod common;

use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};
use clients::folkeregister::Folkeregister;
use clients::{Mesh, TokenSource, encoded};
use common::ansattporten::*;
use common::{Answer, Browser, Fixture, OUT, born, client, kari, ola, orgnr, parameters, refused, rsa_key};
use idporten::{Component, Config, Delegation, MIGRATIONS, Names, NewClient, NewScope};
use kernel::id::{Orgnr, Pid};
use kernel::jose::KeyEncryptionKey;
use kernel::testing::context;
use serde_json::json;

#[tokio::test]
async fn ansattporten_tells_its_own_of_itself() {
    let f = ansattporten().await;
    let metadata = f.get("/ansattporten/.well-known/openid-configuration").await.json();
    assert_eq!(metadata["issuer"], ISSUER);
    assert_eq!(metadata["acr_values_supported"], json!(["low", "substantial", "high"]));
    assert_eq!(metadata.get("userinfo_endpoint"), None);
    assert_eq!(metadata["authorization_details_types_supported"].as_array().unwrap().len(), 3);
    let rfc8414 = f.get("/.well-known/oauth-authorization-server/ansattporten").await.json();
    assert_eq!(rfc8414, metadata);
    assert_eq!(f.get("/ansattporten/userinfo").await.status, 404);
    assert_eq!(f.get("/idporten/jwks.json").await.status, 404);
    // Its document has its own paths, and every operation its tag.
    let (_, document) = f.component.router().split_for_parts();
    let document = serde_json::to_value(document).unwrap();
    assert_eq!(document["paths"]["/ansattporten/token"]["post"]["tags"], json!(["ansattporten"]));
    assert!(document["paths"].get("/ansattporten/userinfo").is_none());
}

#[tokio::test]
async fn a_general_manager_signs_in_on_behalf_of_the_business() {
    let f = ansattporten().await;
    let mut browser = f.browser();
    let (id, page) = picker(&mut browser, &ask("en", SERVICE, &[]), kari()).await;
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.body.contains("EKSEMPEL AS") && page.body.contains("AVD LEIKANGER"), "{}", page.body);
    assert!(!page.body.contains("STYRET AS"), "a member of the board cannot bind the business alone");
    let answer = browser.post("/ansattporten/velg", &[("id", &id), ("valg", SUBUNIT)]).await;
    assert_eq!(answer.status, 303);
    let (id_token, access_token, answer) = tokens(&f, "en", &sent(&answer)["code"]).await;
    let details = json!([{
        "type": "ansattporten:altinn:service", "resource": "urn:altinn:resource:2480:40", "resource_name": "2480:40",
        "reportees": [{ "Rights": ["Read", "Write", "Sign", "ArchiveRead", "ArchiveDelete"],
            "Authority": "iso6523-actorid-upis", "ID": format!("0192:{SUBUNIT}"), "Name": "EKSEMPEL AS AVD LEIKANGER" }],
    }]);
    for token in [&id_token, &access_token, &answer] {
        assert_eq!(token["authorization_details"], details);
    }
    assert_eq!(id_token["iss"], ISSUER);
    assert_eq!(id_token["acr"], "substantial");
    assert_eq!(id_token["name"], "Kari Nordmann");
    assert_eq!(id_token["pid"], kari().as_str());
    // The same business's client is signed in to without the eID, and chooses again. Another client has to begin anew.
    let again = browser.get(&format!("/ansattporten/authorize?{}", ask("en", RESOURCE, &[]))).await;
    assert!(again.location().contains("/innlogging?id="));
    let again = browser.get(again.location()).await;
    assert!(again.location().starts_with(&format!("{ISSUER}/velg?id=")));
    let id = again.sent()["id"].clone();
    browser.get(again.location()).await;
    let answer = browser.post("/ansattporten/velg", &[("id", &id), ("valg", ENTERPRISE)]).await;
    let (id_token, ..) = tokens(&f, "en", &sent(&answer)["code"]).await;
    assert_eq!(
        id_token["authorization_details"],
        json!([{ "type": "ansattporten:altinn:resource", "resource": "urn:altinn:resource:ttd-skjema",
            "resource_name": "ttd-skjema", "authorized_parties": [{
                "orgno": { "authority": "iso6523-actorid-upis", "ID": format!("0192:{ENTERPRISE}") },
                "resource": "ttd-skjema", "name": "EKSEMPEL AS", "unit_type": "AS" }] }])
    );
    assert_eq!(id_token["name"], "Kari Nordmann", "the name is kept with the session");
    let other = browser.get(&format!("/ansattporten/authorize?{}", ask("to", "", &[]))).await;
    assert!(other.location().contains("/innlogging?id="), "{}", other.location());
    let other = browser.get(other.location()).await;
    assert_eq!(other.status, 200, "clients are isolated: {:?}", other.headers);
    let silent =
        browser.get(&format!("/ansattporten/authorize?{}", ask("en", SERVICE, &[("prompt", "none")]))).await;
    assert_eq!(sent(&silent)["error"], "interaction_required");
}

#[tokio::test]
async fn who_has_no_right_or_wants_none_signs_in_as_themselves() {
    let f = ansattporten().await;
    let mut browser = f.browser();
    let (_, answer) = picker(&mut browser, &ask("en", SERVICE, &[]), ola()).await;
    let (id_token, access_token, answer) = tokens(&f, "en", &sent(&answer)["code"]).await;
    for token in [&id_token, &access_token, &answer] {
        assert_eq!(token.get("authorization_details"), None);
    }
    let mut browser = f.browser();
    let (id, _) = picker(&mut browser, &ask("en", SERVICE, &[]), kari()).await;
    let nothing = browser.post("/ansattporten/velg", &[("id", &id)]).await;
    nothing.is_page(422, "Velg hvem du logger inn for");
    let answer = browser.post("/ansattporten/velg", &[("id", &id), ("valg", "selv")]).await;
    assert_eq!(tokens(&f, "en", &sent(&answer)["code"]).await.0.get("authorization_details"), None);
    // The newer types then say their type alone, as they are documented.
    let mut browser = f.browser();
    let (_, answer) = picker(&mut browser, &ask("en", RESOURCE, &[]), ola()).await;
    let (id_token, ..) = tokens(&f, "en", &sent(&answer)["code"]).await;
    assert_eq!(id_token["authorization_details"], json!([{ "type": "ansattporten:altinn:resource" }]));
    let mut browser = f.browser();
    let (_, answer) =
        picker(&mut browser, &ask("en", r#"[{"type":"ansattporten:orgno"}]"#, &[]), ola()).await;
    let (id_token, ..) = tokens(&f, "en", &sent(&answer)["code"]).await;
    assert_eq!(id_token["authorization_details"], json!([{ "type": "ansattporten:orgno" }]));
    // Without the parameter nobody is asked.
    let mut browser = f.browser();
    let answer = sign_in(&mut browser, &ask("en", "", &[]), kari()).await;
    assert_eq!(tokens(&f, "en", &sent(&answer)["code"]).await.0.get("authorization_details"), None);
}

#[tokio::test]
async fn representation_can_be_demanded() {
    let f = ansattporten().await;
    let required = SERVICE.replace("}]", r#","representation_is_required":"true"}]"#);
    let mut browser = f.browser();
    let (id, page) = picker(&mut browser, &ask("en", &required, &[]), ola()).await;
    page.is_page(200, "Tjenesten krever at du handler for en virksomhet");
    browser.post("/ansattporten/velg", &[("id", &id), ("valg", "selv")]).await.is_page(422, "Velg hvem");
    let answer = browser.post("/ansattporten/velg", &[("id", &id), ("avbryt", "1")]).await;
    assert_eq!(sent(&answer)["error"], "access_denied");
    let mut browser = f.browser();
    let (id, page) = picker(&mut browser, &ask("en", &required, &[]), kari()).await;
    assert!(!page.body.contains("Meg selv"), "{}", page.body);
    let answer = browser.post("/ansattporten/velg", &[("id", &id), ("valg", ENTERPRISE)]).await;
    assert!(tokens(&f, "en", &sent(&answer)["code"]).await.0["authorization_details"].is_array());
}

#[tokio::test]
async fn units_can_be_limited_and_several_chosen() {
    let f = ansattporten().await;
    for (form, there, not) in
        [("enterprise", "EKSEMPEL AS<", "LEIKANGER"), ("business", "LEIKANGER", "EKSEMPEL AS<")]
    {
        let details = SERVICE.replace("}]", &format!(r#","organizationform":"{form}"}}]"#));
        let (_, page) = picker(&mut f.browser(), &ask("en", &details, &[]), kari()).await;
        assert!(page.body.contains(there) && !page.body.contains(not), "{form}: {}", page.body);
    }
    let several = SERVICE.replace("}]", r#","allow_multiple_organizations":"true"}]"#);
    let mut browser = f.browser();
    let (id, _) = picker(&mut browser, &ask("en", &several, &[]), kari()).await;
    let both = [("id", id.as_str()), ("valg", ENTERPRISE), ("valg", SUBUNIT), ("valg", SUBUNIT)];
    let with_self = [("id", id.as_str()), ("valg", ENTERPRISE), ("valg", "selv")];
    browser.post("/ansattporten/velg", &with_self).await.is_page(422, "ikke begge deler");
    let answer = browser.post("/ansattporten/velg", &both).await;
    let (id_token, ..) = tokens(&f, "en", &sent(&answer)["code"]).await;
    assert_eq!(id_token["authorization_details"][0]["reportees"].as_array().unwrap().len(), 2);
    // One alone unless several are asked for; and never one that was not offered.
    let mut browser = f.browser();
    let (id, _) = picker(&mut browser, &ask("en", SERVICE, &[]), kari()).await;
    let both = [("id", id.as_str()), ("valg", ENTERPRISE), ("valg", SUBUNIT)];
    browser.post("/ansattporten/velg", &both).await.is_page(400, "invalid_request");
    for foreign in [OTHER, "310000019", "ikke et nummer", "0"] {
        let answer = browser.post("/ansattporten/velg", &[("id", &id), ("valg", foreign)]).await;
        answer.is_page(400, "invalid_request");
    }
    // Another browser cannot choose for this one.
    f.browser()
        .post("/ansattporten/velg", &[("id", &id), ("valg", ENTERPRISE)])
        .await
        .is_page(400, "login_required");
    let answer = browser.post("/ansattporten/velg", &[("id", &id), ("valg", ENTERPRISE)]).await;
    assert!(sent(&answer).contains_key("code"));
    browser
        .post("/ansattporten/velg", &[("id", &id), ("valg", ENTERPRISE)])
        .await
        .is_page(400, "login_required");
}

#[tokio::test]
async fn what_is_wrong_with_a_request_goes_to_the_client() {
    let f = ansattporten().await;
    let mut browser = f.browser();
    let long = SERVICE.replace("}]", &format!("{}}}]", " ".repeat(9000)));
    for details in
        ["x", "{}", "[]", r#"[{"type":"annet"}]"#, r#"[{"type":"ansattporten:altinn:service"}]"#, &long]
    {
        let answer = browser.get(&format!("/ansattporten/authorize?{}", ask("en", details, &[]))).await;
        assert_eq!(sent(&answer)["error"], "invalid_authorization_details", "{details}");
        let assertion = f.assertion("en", json!({ "aud": ISSUER }));
        let pushed = format!(
            "{}&client_assertion_type={}&client_assertion={assertion}",
            ask("en", details, &[]),
            encoded(clients::idporten::ASSERTION_TYPE)
        );
        let pushed: Vec<(String, String)> = parameters(&format!("?{pushed}")).into_iter().collect();
        let fields: Vec<(&str, &str)> =
            pushed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        refused(&f.post("/ansattporten/par", &fields).await, 400, "invalid_authorization_details");
    }
    let doubled = format!("{}&authorization_details={}", ask("en", SERVICE, &[]), encoded(SERVICE));
    let answer = browser.get(&format!("/ansattporten/authorize?{doubled}")).await;
    assert_eq!(sent(&answer)["error"], "invalid_request");
    // PKCE, state and nonce of every client; the level by Ansattporten's names alone.
    for (name, value) in [
        ("nonce", ""),
        ("code_challenge", ""),
        ("code_challenge_method", "plain"),
        ("acr_values", "idporten-loa-high"),
    ] {
        let answer =
            browser.get(&format!("/ansattporten/authorize?{}", ask("en", SERVICE, &[(name, value)]))).await;
        assert_eq!(sent(&answer)["error"], "invalid_request", "{name}");
    }
    let answer =
        browser.get(&format!("/ansattporten/authorize?{}", ask("en", SERVICE, &[("state", "")]))).await;
    assert_eq!(sent(&answer)["error"], "invalid_request");
    let answer = sign_in(&mut browser, &ask("hoy", "", &[]), kari()).await;
    assert_eq!(tokens(&f, "hoy", &sent(&answer)["code"]).await.0["acr"], "high");
    // ID-porten has none of it.
    let idporten = common::fixture().await;
    let answer = idporten.browser().authorize("en", &[("authorization_details", SERVICE)]).await;
    assert_eq!(answer.error(), "invalid_authorization_details");
    let assertion = f.assertion("en", json!({ "aud": common::ISSUER }));
    let fields = [
        ("client_id", "en"),
        ("client_assertion_type", clients::idporten::ASSERTION_TYPE),
        ("client_assertion", &assertion),
    ];
    refused(
        &f.post(
            "/ansattporten/token",
            &[fields.as_slice(), &[("grant_type", "refresh_token"), ("refresh_token", "x")]].concat(),
        )
        .await,
        401,
        "invalid_client",
    );
}

#[tokio::test]
async fn many_businesses_are_searched() {
    let any = |Path(number): Path<String>| async move {
        axum::Json(unit(&number, &format!("BEDRIFT NUMMER {number}"), None))
    };
    let none = || async { axum::Json(json!({ "enheter": [] })) };
    let register = Router::new()
        .route("/enhetsregisteret/api/enheter/{number}", get(any))
        .route("/enhetsregisteret/autorisert-api/personer/rolleutskrift", post(none));
    let f = ansattporten_over(register).await;
    let registrar = f.component.registrar();
    let numbers: Vec<Orgnr> =
        (310_000_000..310_002_000).filter_map(|n: u32| Orgnr::parse(&n.to_string()).ok()).take(80).collect();
    for orgnr in &numbers {
        let delegation = Delegation {
            id: f.rng.uuid(),
            names: Names::default(),
            orgnr: *orgnr,
            pid: ola(),
            resource: "2480:40".to_owned(),
            rights: vec!["Read".to_owned()],
            ends: None,
        };
        registrar.delegate(delegation).await.unwrap();
    }
    let several = SERVICE.replace("}]", r#","allow_multiple_organizations":true}]"#);
    let mut browser = f.browser();
    let (id, page) = picker(&mut browser, &ask("en", &several, &[]), ola()).await;
    assert_eq!(page.body.matches("name=\"valg\"").count(), 51, "50 and oneself");
    page.is_page(200, "30 virksomheter til vises ikke");
    let (first, last) = (numbers[0].as_str(), numbers[79].as_str());
    let search = [("id", id.as_str()), ("valg", first), ("sok", last), ("finn", "1")];
    let page = browser.post("/ansattporten/velg", &search).await;
    assert_eq!(page.status, 200);
    assert_eq!(page.body.matches("name=\"valg\"").count(), 3, "what is ticked, what is found, oneself");
    assert!(page.body.contains(&format!("value=\"{first}\" checked")), "{}", page.body);
    let search = [("id", id.as_str()), ("sok", "<b>finnes ikke</b>"), ("finn", "1")];
    let page = browser.post("/ansattporten/velg", &search).await;
    page.is_page(200, "Ingen virksomheter passer");
    assert!(!page.body.contains("<b>finnes"));
    let answer = browser.post("/ansattporten/velg", &[("id", &id), ("valg", first), ("valg", last)]).await;
    let (id_token, ..) = tokens(&f, "en", &sent(&answer)["code"]).await;
    assert_eq!(id_token["authorization_details"][0]["reportees"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_register_that_does_not_answer_is_told_the_client() {
    let f = ansattporten().await;
    let mut browser = f.browser();
    let (id, answer) = picker(&mut browser, &ask("en", SERVICE, &[]), born("1980-03-03")).await;
    assert_eq!(sent(&answer)["error"], "temporarily_unavailable");
    browser.post("/ansattporten/velg", &[("id", &id), ("valg", "selv")]).await.is_page(400, "login_required");
}

#[tokio::test]
async fn another_person_in_the_same_sign_in_gets_their_own_choice() {
    let f = ansattporten().await;
    let mut browser = f.browser();
    let (id, page) = picker(&mut browser, &ask("en", SERVICE, &[]), kari()).await;
    assert!(page.body.contains("EKSEMPEL AS"));
    let answer = browser
        .post("/ansattporten/innlogging", &[("id", &id), ("personidentifikator", ola().as_str())])
        .await;
    assert!(answer.location().starts_with(ISSUER), "{}", answer.location());
    let answer = browser.post("/ansattporten/velg", &[("id", &id), ("valg", ENTERPRISE)]).await;
    answer.is_page(400, "login_required");
}

// --- parents and guardians at ID-porten ---

async fn idporten() -> Fixture {
    let test = context(MIGRATIONS).await;
    let mesh = Mesh::new([].into());
    let people = Folkeregister::new(mesh.clone(), TokenSource::fixed("t"));
    let config = Config {
        master: KeyEncryptionKey::from_bytes(&[3; 32]).unwrap(),
        suggestions: vec![],
        upstreams: vec![],
    };
    let component = Component::new(test.ctx.clone(), people, config).await.unwrap();
    let registrar = component.registrar();
    let pseudonymous =
        NewScope { requires_pseudonymous_tokens: true, ..NewScope::new("test:pseudonym", orgnr(), "Lese") };
    let consent = NewScope { requires_user_consent: true, ..NewScope::new("test:samtykke", orgnr(), "Lese") };
    registrar.put_scopes(vec![pseudonymous, consent]).await.unwrap();
    let scopes =
        ["openid", "felles:representasjon", "test:pseudonym", "test:samtykke"].map(str::to_owned).to_vec();
    let new = NewClient {
        scopes,
        jwks: vec![rsa_key().public_jwk().clone()],
        post_logout_redirect_uris: vec![OUT.to_owned()],
        ..client("familie")
    };
    registrar.register_client(new).await.unwrap();
    let router: Router = component.router().into();
    mesh.set_local(router.clone().merge(folkeregister()));
    Fixture { test, component, router, mesh }
}

async fn family(f: &Fixture, browser: &mut Browser<'_>, pid: Pid, scope: &str) -> (String, Answer) {
    let answer = browser.authorize("familie", &[("scope", scope)]).await;
    let id = answer.sent()["id"].clone();
    let mut answer = browser.sign_in_at(&answer, pid, &[]).await;
    while answer.headers.contains_key("location") {
        assert!(answer.location().starts_with(f.component.issuer()), "{}", answer.location());
        let next = answer.location().to_owned();
        answer = browser.get(&next).await;
    }
    (id, answer)
}

const FAMILY: &str = "openid felles:representasjon";

#[tokio::test]
async fn a_parent_acts_for_a_child() {
    let f = idporten().await;
    let mut browser = f.browser();
    let (id, page) = family(&f, &mut browser, kari(), FAMILY).await;
    assert!(page.body.contains("Lille Nordmann"), "{}", page.body);
    for not in ["Store", "Skjult", "Fremmed", child().as_str()] {
        assert!(!page.body.contains(not), "{not}");
    }
    browser.post("/idporten/velg", &[("id", &id)]).await.is_page(422, "Velg hvem");
    browser.post("/idporten/velg", &[("id", &id), ("valg", "1")]).await.is_page(400, "invalid_request");
    browser
        .post("/idporten/velg", &[("id", &id), ("valg", "0"), ("valg", "selv")])
        .await
        .is_page(422, "ikke begge");
    // The choice cannot be gone round.
    browser.post("/idporten/samtykke", &[("id", &id)]).await.is_page(400, "login_required");
    let answer = browser.post("/idporten/velg", &[("id", &id), ("valg", "0")]).await;
    let tokens = f.tokens("familie", &answer.code()).await;
    let id_token = f.claims(&tokens.id_token.unwrap()).await;
    assert_eq!(id_token["pid"], kari().as_str(), "the token is the one's who signed in");
    let representation = &id_token["representation"];
    assert_eq!(representation["type"], "foreldreansvar");
    assert_eq!(representation["pid"], child().as_str());
    assert_eq!(representation["name"], "Lille Nordmann");
    assert_eq!(representation["ansvar"], "felles");
    assert_eq!(representation["source"], "folkeregisteret");
    assert_eq!(representation["checked_at"], f.now());
    assert_ne!(representation["sub"], id_token["sub"]);
    let access_token = f.claims(&tokens.access_token).await;
    assert_eq!(&access_token["representation"], representation);
    // The child sees it in their own log, as does the parent.
    for pid in [kari(), child()] {
        let entries = f.test.ctx.log.entries_about(&pid, None, 10).await.unwrap();
        assert!(
            entries.iter().any(|entry| entry.access.what.contains("på vegne av en annen")),
            "{entries:?}"
        );
    }
    // Signed in already, the parent chooses again; silently it cannot be.
    let silent = browser.authorize("familie", &[("scope", FAMILY), ("prompt", "none")]).await;
    assert_eq!(silent.error(), "interaction_required");
    assert!(!browser.authorize("familie", &[("scope", "openid")]).await.code().is_empty());
}

#[tokio::test]
async fn who_acts_for_themselves_has_no_mandate() {
    let f = idporten().await;
    let mut browser = f.browser();
    let (id, _) = family(&f, &mut browser, ola(), FAMILY).await;
    let answer = browser.post("/idporten/velg", &[("id", &id), ("valg", "selv")]).await;
    assert_eq!(f.id_claims("familie", &answer.code()).await.get("representation"), None);
}

#[tokio::test]
async fn a_guardian_acts_for_their_ward_and_for_nobody_else() {
    let f = idporten().await;
    let mut browser = f.browser();
    let (id, _) = family(&f, &mut browser, kari(), FAMILY).await;
    let number = |number: &str| {
        vec![
            ("id".to_owned(), id.clone()),
            ("valg".to_owned(), "verge".to_owned()),
            ("personidentifikator".to_owned(), number.to_owned()),
        ]
    };
    let stranger = born("1999-09-09");
    for not in [former_ward(), ola(), stranger] {
        let fields = number(not.as_str());
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        browser.post("/idporten/velg", &fields).await.is_page(422, "ikke registrert at du er verge");
    }
    browser
        .post("/idporten/velg", &[("id", &id), ("valg", "verge")])
        .await
        .is_page(422, "gyldig fødselsnummer");
    let fields = number(ward().as_str());
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let answer = browser.post("/idporten/velg", &fields).await;
    let claims = f.id_claims("familie", &answer.code()).await;
    assert_eq!(claims["pid"], kari().as_str());
    assert_eq!(claims["representation"]["type"], "verge");
    assert_eq!(claims["representation"]["pid"], ward().as_str());
    assert_eq!(
        claims["representation"]["vergemaal"],
        json!([{ "vergemaaltype": "voksen", "embete": "statsforvalterenIOsloOgViken", "omfang": "oekonomiskeInteresser" }])
    );
    // Numbers cannot be tried without end.
    let mut browser = f.browser();
    let (id, _) = family(&f, &mut browser, kari(), FAMILY).await;
    let fields = [("id", id.as_str()), ("valg", "verge"), ("personidentifikator", stranger.as_str())];
    let mut last = 422;
    for _ in 0..12 {
        last = browser.post("/idporten/velg", &fields).await.status;
    }
    assert_eq!(last, 400);
}

#[tokio::test]
async fn a_pseudonymous_token_names_neither() {
    let f = idporten().await;
    let mut browser = f.browser();
    let (id, _) = family(&f, &mut browser, kari(), "openid felles:representasjon test:pseudonym").await;
    let answer = browser.post("/idporten/velg", &[("id", &id), ("valg", "0")]).await;
    let claims = f.id_claims("familie", &answer.code()).await;
    assert_eq!(claims.get("pid"), None);
    assert_eq!(claims["representation"].get("pid"), None);
    assert_eq!(claims["representation"].get("name"), None);
    assert!(claims["representation"]["sub"].is_string());
}

#[tokio::test]
async fn first_the_choice_then_the_consent() {
    let f = idporten().await;
    let mut browser = f.browser();
    let (id, _) = family(&f, &mut browser, kari(), "openid felles:representasjon test:samtykke").await;
    let answer = browser.post("/idporten/velg", &[("id", &id), ("valg", "0")]).await;
    assert!(answer.location().contains("/innlogging?id="), "{}", answer.location());
    browser.get(answer.location()).await.is_page(200, "Vil du gi samtykke?");
    let answer = browser.post("/idporten/samtykke", &[("id", &id), ("scope", "test:samtykke")]).await;
    assert_eq!(f.id_claims("familie", &answer.code()).await["representation"]["pid"], child().as_str());
}
