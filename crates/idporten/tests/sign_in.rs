//! A person signs in, from the client's link to who they are.

mod common;

use clients::idporten::{ACR_HIGH, ACR_SUBSTANTIAL, Ask, Callback, ClientAuth, RelyingParty, SignInError};
use common::*;
use serde_json::json;

#[tokio::test]
async fn a_sign_in_gives_tokens_that_say_who_it_is() {
    let f = fixture().await;
    let mut browser = f.browser();
    let answer = browser.authorize("en", &[("state", "æ b%&=+")]).await;
    let page = browser.get(answer.location()).await;
    for part in ["Tjenesten en", "Kari Nordmann", "gravid", "Betydelig", "Høyt", "<html lang=\"nb\""] {
        assert!(page.body.contains(part), "{part} is not in {}", page.body);
    }
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("form-action 'self' https://tjeneste.example;"), "{policy}");
    assert_eq!(page.headers["x-frame-options"], "DENY");
    let back = browser.sign_in_at(&answer, kari(), &[]).await;
    assert_eq!(back.status, 303);
    assert_eq!(back.callback()["state"], "æ b%&=+");
    assert!(back.location().contains("state=%C3%A6%20b%25%26%3D%2B&"), "{}", back.location());

    let tokens = f.tokens("en", &back.code()).await;
    assert_eq!(
        (tokens.token_type.as_str(), tokens.expires_in, tokens.scope.as_str()),
        ("Bearer", 120, "openid profile")
    );
    assert_eq!(tokens.refresh_token, None);
    let id = f.claims(tokens.id_token.as_deref().unwrap()).await;
    let now = f.now();
    let expected = json!({
        "iss": ISSUER, "aud": "en", "sub": id["sub"], "pid": kari().as_str(), "acr": ACR_SUBSTANTIAL, "amr": ["TestID"],
        "auth_time": now, "iat": now, "exp": now + 120, "jti": id["jti"], "nonce": "n", "locale": "nb",
    });
    assert_eq!(id, expected);
    let access = f.claims(&tokens.access_token).await;
    let organisation = json!({ "authority": "iso6523-actorid-upis", "ID": "0192:310000027" });
    let expected = json!({
        "iss": ISSUER, "sub": id["sub"], "aud": "unspecified", "client_id": "en", "client_amr": "private_key_jwt",
        "client_orgno": "310000027", "consumer": organisation, "scope": "openid profile", "pid": kari().as_str(),
        "acr": ACR_SUBSTANTIAL, "token_type": "Bearer", "iat": now, "exp": now + 120, "jti": access["jti"],
    });
    assert_eq!(access, expected);
    assert_ne!(id["jti"], access["jti"]);

    let info = f.userinfo(&tokens.access_token).await;
    assert_eq!(info.json(), json!({ "sub": id["sub"], "pid": kari().as_str(), "locale": "nb" }));

    // The person reads about it.
    let uses: Vec<String> = f
        .log
        .entries_about(&kari(), None, 10)
        .await
        .unwrap()
        .into_iter()
        .map(|entry| entry.access.what)
        .collect();
    assert_eq!(uses, ["Tjenesten en spurte hvem som er logget inn", "Innlogging hos Tjenesten en"]);
}

#[tokio::test]
async fn sub_is_another_for_each_client_and_never_the_number() {
    let f = fixture().await;
    let mut browser = f.browser();
    let code = browser.sign_in("en", kari(), &[]).await;
    let one = f.id_claims("en", &code).await;
    let again = browser.authorize("en", &[]).await.code();
    let two = browser.authorize("to", &[]).await.code();
    assert_eq!(f.id_claims("en", &again).await["sub"], one["sub"]);
    let two = f.id_claims("to", &two).await;
    assert_ne!(two["sub"], one["sub"]);
    assert_eq!(two["pid"], one["pid"]);
    assert!(!one["sub"].as_str().unwrap().contains(kari().as_str()));
}

#[tokio::test]
async fn whom_the_register_does_not_let_in_is_told_why() {
    let f = fixture().await;
    let mut browser = f.browser();
    let answer = browser.authorize("en", &[]).await;
    let id = answer.sent()["id"].clone();
    for (number, words) in [
        (String::new(), "Skriv fødselsnummeret"),
        ("12345678901".to_owned(), "gyldig fødselsnummer"),
        ("<b>".to_owned(), "value=\"&lt;b&gt;\""),
        (not_synthetic(), "ikke et syntetisk nummer"),
        (born("1999-09-09").as_str().to_owned(), "kjenner ingen"),
        (born("1950-01-01").as_str().to_owned(), "registrert som død"),
        (born("1970-01-01").as_str().to_owned(), "ikke lenger i bruk"),
        (born("2008-11-24").as_str().to_owned(), "under 18 år"),
        (born("1980-03-03").as_str().to_owned(), "svarer ikke"),
    ] {
        let page =
            browser.post("/idporten/innlogging", &[("id", &id), ("personidentifikator", &number)]).await;
        page.is_page(422, words);
        assert!(page.body.contains("aria-invalid=\"true\""));
    }
    // Who turns 18 today comes in; blanks do no harm.
    let adult = born("2008-11-23");
    let (first, last) = adult.as_str().split_at(6);
    let number = format!(" {first} {last} ");
    let back = browser.post("/idporten/innlogging", &[("id", &id), ("personidentifikator", &number)]).await;
    assert_eq!(f.id_claims("en", &back.code()).await["pid"], adult.as_str());
    // The sign-in is over with that.
    browser
        .post("/idporten/innlogging", &[("id", &id), ("valgt", kari().as_str())])
        .await
        .is_page(400, "utløpt");
}

#[tokio::test]
async fn a_sign_in_ends_after_ten_attempts_or_ten_minutes_or_when_cancelled() {
    let f = fixture().await;
    let mut browser = f.browser();
    let first = browser.authorize("en", &[]).await.sent()["id"].clone();
    for _ in 0..10 {
        let page =
            browser.post("/idporten/innlogging", &[("id", &first), ("personidentifikator", "1")]).await;
        assert_eq!(page.status, 422);
    }
    let end = browser.post("/idporten/innlogging", &[("id", &first), ("valgt", kari().as_str())]).await;
    assert_eq!(end.error(), "access_denied");
    let second = browser.authorize("en", &[]).await;
    let id = second.sent()["id"].clone();
    let end = browser.post("/idporten/innlogging", &[("id", &id), ("avbryt", "1")]).await;
    assert_eq!((end.error().as_str(), end.callback()["state"].as_str()), ("access_denied", "s"));
    let third = browser.authorize("en", &[]).await;
    f.clock.advance(jiff::SignedDuration::from_secs(601));
    browser.get(third.location()).await.is_page(400, "utløpt");
}

#[tokio::test]
async fn another_browser_cannot_take_part_in_a_sign_in() {
    let kari = kari();
    let f = fixture().await;
    let (mut browser, mut other) = (f.browser(), f.browser());
    let answer = browser.authorize("en", &[]).await;
    let id = answer.sent()["id"].clone();
    // Without any cookie, and with another sign-in's.
    other.get(answer.location()).await.is_page(400, "annen nettleser");
    let own = other.authorize("en", &[]).await;
    let fields = [("id", id.as_str()), ("personidentifikator", kari.as_str())];
    other.post("/idporten/innlogging", &fields).await.is_page(400, "annen nettleser");
    other.post("/idporten/samtykke", &fields).await.is_page(400, "annen nettleser");
    assert_eq!(other.sign_in_at(&own, ola(), &[]).await.status, 303);
    assert_eq!(browser.sign_in_at(&answer, kari, &[]).await.status, 303);
}

#[tokio::test]
async fn a_suggested_person_is_one_press_away_at_the_level_chosen() {
    let kari = kari();
    let f = fixture().await;
    let mut browser = f.browser();
    let answer = browser.authorize("en", &[]).await;
    let id = answer.sent()["id"].clone();
    let fields =
        [("id", id.as_str()), ("personidentifikator", ""), ("nivaa", ACR_HIGH), ("valgt", kari.as_str())];
    let code = browser.post("/idporten/innlogging", &fields).await.code();
    assert_eq!(f.id_claims("en", &code).await["acr"], ACR_HIGH);
}

#[tokio::test]
async fn a_lower_level_than_asked_for_is_not_given() {
    let kari = kari();
    let f = fixture().await;
    let mut browser = f.browser();
    let answer = browser.authorize("en", &[("acr_values", ACR_HIGH)]).await;
    let page = browser.get(answer.location()).await;
    assert!(!page.body.contains("Betydelig"));
    let id = answer.sent()["id"].clone();
    for level in [ACR_SUBSTANTIAL, "idporten-loa-low", "Level4"] {
        let fields = [("id", id.as_str()), ("valgt", kari.as_str()), ("nivaa", level)];
        browser.post("/idporten/innlogging", &fields).await.is_page(422, "høyere sikkerhetsnivå");
    }
    let code = browser.sign_in_at(&answer, kari, &[]).await.code();
    assert_eq!(f.id_claims("en", &code).await["acr"], ACR_HIGH);
}

#[tokio::test]
async fn outside_test_there_is_no_test_eid() {
    let kari = kari();
    let f = fixture_with(|ctx| ctx.test_mode = false).await;
    let mut browser = f.browser();
    let answer = browser.authorize("en", &[("acr_values", ACR_HIGH)]).await;
    let page = browser.get(answer.location()).await;
    page.is_page(501, "god nok");
    assert!(!page.body.contains("Kari"));
    let id = answer.sent()["id"].clone();
    let fields = [("id", id.as_str()), ("personidentifikator", kari.as_str())];
    browser.post("/idporten/innlogging", &fields).await.is_page(501, "god nok");
}

#[tokio::test]
async fn cookies_are_the_hosts_alone_where_there_is_tls() {
    let f = fixture_with(|ctx| ctx.base_url = "https://felles.example".into()).await;
    let answer = f.browser().authorize("en", &[]).await;
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("__Host-idporten_browser="), "{cookie}");
    assert!(cookie.ends_with("; Path=/; Secure; HttpOnly; SameSite=Lax"), "{cookie}");
}

#[tokio::test]
async fn the_language_that_a_person_chose_beats_what_the_client_asks_for() {
    let f = fixture().await;
    let mut browser = f.browser();
    let code = browser.sign_in("en", kari(), &[("ui_locales", "tlh se nb")]).await;
    assert_eq!(f.id_claims("en", &code).await["locale"], "se");
    let answer = browser.authorize("en", &[("prompt", "login"), ("ui_locales", "en")]).await;
    let page = browser.get(&format!("{}&spraak=nn", answer.location())).await;
    assert!(page.headers["set-cookie"].to_str().unwrap().starts_with("IDPORTEN_SELECTED_LANGUAGE=nn;"));
    let code = browser.sign_in_at(&answer, kari(), &[]).await.code();
    assert_eq!(f.id_claims("en", &code).await["locale"], "nn");
}

#[tokio::test]
async fn a_person_agrees_to_what_asks_for_it_or_goes_on_without() {
    let f = fixture().await;
    let mut browser = f.browser();
    let ask = [("scope", "openid test:samtykke")];
    let answer = browser.authorize("samtykke", &ask).await;
    let page = browser.sign_in_at(&answer, kari(), &[]).await;
    assert_eq!(page.location(), answer.location());
    let shown = browser.get(page.location()).await;
    assert!(shown.body.contains("Lese noe") && shown.body.contains("Tjenesten samtykke"), "{}", shown.body);
    let id = page.sent()["id"].clone();
    let back = browser.post("/idporten/samtykke", &[("id", &id), ("scope", "test:samtykke")]).await;
    let tokens = f.tokens("samtykke", &back.code()).await;
    assert_eq!(tokens.scope, "openid test:samtykke");
    // What has been agreed to and lives is not asked about again, unless the client wants it to be; then, with the
    // session, only the question remains. A no drops the scope.
    let code = browser.authorize("samtykke", &ask).await.code();
    assert_eq!(f.tokens("samtykke", &code).await.scope, "openid test:samtykke");
    let again = browser.authorize("samtykke", &[ask[0], ("prompt", "consent")]).await;
    let id = again.sent()["id"].clone();
    assert!(browser.get(again.location()).await.body.contains("Vil du gi samtykke?"));
    let back = browser.post("/idporten/samtykke", &[("id", &id)]).await;
    assert_eq!(f.tokens("samtykke", &back.code()).await.scope, "openid");
    // A client that shows no page cannot have it asked.
    let mut other = f.browser();
    other.sign_in("en", ola(), &[]).await;
    let silent = other.authorize("samtykke", &[ask[0], ("prompt", "none")]).await;
    assert_eq!(silent.error(), "consent_required");
    let asked = browser.authorize("en", &[("prompt", "consent")]).await;
    let id = asked.sent()["id"].clone();
    assert_eq!(
        browser.post("/idporten/samtykke", &[("id", &id), ("avbryt", "1")]).await.error(),
        "access_denied"
    );
    // Nobody agrees who has not signed in.
    let stranger = f.browser().authorize("samtykke", &ask).await;
    let id = stranger.sent()["id"].clone();
    browser
        .post("/idporten/samtykke", &[("id", &id), ("scope", "test:samtykke")])
        .await
        .is_page(400, "utløpt");
}

#[tokio::test]
async fn a_supplier_signs_people_in_for_its_customer() {
    let f = fixture().await;
    let mut browser = f.browser();
    let answer = browser.authorize("leverandoer", &[("onbehalfof", "kunde")]).await;
    assert!(browser.get(answer.location()).await.body.contains("Kunden kommune"));
    let code = browser.sign_in_at(&answer, kari(), &[]).await.code();
    assert_eq!(f.id_claims("leverandoer", &code).await["aud_onbehalfof"], "kunde");
}

#[tokio::test]
async fn the_relying_party_of_the_portal_signs_in_refreshes_and_signs_out() {
    let f = fixture().await;
    let auth = |id: &str| ClientAuth { client_id: id.to_owned(), key: rsa_key() };
    let rp = |id| {
        RelyingParty::new(
            f.mesh.clone(),
            "http://localhost:8080",
            auth(id),
            CALLBACK,
            f.clock.clone(),
            f.rng.clone(),
        )
    };
    let party = rp("fornyer");
    let mut browser = f.browser();
    let begun =
        party.begin(&Ask { scopes: vec!["test:api".to_owned()], ..Ask::level(ACR_HIGH) }).await.unwrap();
    let answer = browser.get(&begun.url).await;
    let back = browser.sign_in_at(&answer, kari(), &[]).await;
    let sent = back.sent();
    let callback = Callback {
        code: sent.get("code").cloned(),
        state: sent.get("state").cloned(),
        iss: sent.get("iss").cloned(),
        ..Callback::default()
    };
    let other = party.begin(&Ask::default()).await.unwrap();
    assert!(matches!(party.finish(&callback, &other).await, Err(SignInError::Invalid("state is another"))));
    let mixed = Callback { iss: Some("https://ond.example".to_owned()), ..callback.clone() };
    assert!(matches!(party.finish(&mixed, &begun).await, Err(SignInError::Invalid(_))));
    let tokens = party.finish(&callback, &begun).await.unwrap();
    assert_eq!((tokens.claims.pid, tokens.claims.acr.as_str()), (Some(kari()), ACR_HIGH));
    assert_eq!(tokens.scope, "openid profile test:api");
    assert_eq!(tokens.expires.as_second(), f.now() + 120);
    let refreshed = party.refresh(tokens.refresh_token.as_deref().unwrap()).await.unwrap();
    assert!(f.userinfo(&refreshed.access_token).await.status == 200);
    let again = party.refresh(tokens.refresh_token.as_deref().unwrap()).await;
    assert!(matches!(again, Err(SignInError::Client(error)) if error.status() == Some(400)));

    let out = browser.get(&party.end_session_url(OUT, "x y").await.unwrap()).await;
    assert_eq!((out.status, out.location()), (303, "https://tjeneste.example/ute?state=x%20y"));
    let begun = party.begin(&Ask { prompt: Some("none".to_owned()), ..Ask::default() }).await.unwrap();
    let sent = browser.get(&begun.url).await.callback();
    let callback = Callback {
        state: sent.get("state").cloned(),
        iss: sent.get("iss").cloned(),
        error: sent.get("error").cloned(),
        ..Callback::default()
    };
    let refused = party.finish(&callback, &begun).await;
    assert!(matches!(refused, Err(SignInError::Refused { error, .. }) if error == "login_required"));
}

#[tokio::test]
async fn the_test_eid_fills_in_whom_the_search_for_test_people_has_picked() {
    let f = fixture().await;
    let mut browser = f.browser();
    let filled = format!("name=\"personidentifikator\" value=\"{}\"", kari().as_str());
    let cookie = clients::testpersoner::COOKIE;
    browser.cookies.insert(cookie.to_owned(), kari().as_str().to_owned());
    let answer = browser.authorize("en", &[]).await;
    assert!(browser.get(answer.location()).await.body.contains(&filled));
    let id = answer.sent()["id"].clone();
    assert!(browser.get(&format!("/idporten/eid/testid?id={id}")).await.body.contains(&filled));
    // Nobody is signed in by it: what is typed counts.
    let back = browser.sign_in_at(&answer, ola(), &[]).await;
    assert_eq!(f.id_claims("en", &back.code()).await["pid"], ola().as_str());

    // What is no number is not shown.
    let mut browser = f.browser();
    browser.cookies.insert(cookie.to_owned(), "12345678901".to_owned());
    let answer = browser.authorize("en", &[]).await;
    assert!(!browser.get(answer.location()).await.body.contains("12345678901"));

    let f = fixture_with(|ctx| ctx.test_mode = false).await;
    let mut browser = f.browser();
    browser.cookies.insert(cookie.to_owned(), kari().as_str().to_owned());
    let answer = browser.authorize("en", &[]).await;
    assert!(!browser.get(answer.location()).await.body.contains(kari().as_str()));
}
