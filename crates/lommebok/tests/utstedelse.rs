//! A wallet fetches the credential: offer → token → nonce → credential, as OpenID4VCI 1.0 says, and a verifier reads it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails panics")]

mod common;

use std::collections::BTreeMap;

use common::{Browser, GRANT, ISSUER, KARI, fixture, key, proof_header, request};
use jiff::SignedDuration;
use kernel::jose::{Alg, KeySet, SigningKey, sd_jwt};
use serde_json::{Value, json};

/// The verifier's view of a presentation with these claims shown.
async fn verified(f: &common::Fixture, credential: &str, holder: &SigningKey, shown: &[&str]) -> Value {
    // The key is found as SD-JWT VC says: by the issuer's well-known metadata.
    let metadata = f.get("/.well-known/jwt-vc-issuer/lommebok").await.is(200).json();
    assert_eq!(metadata["issuer"], ISSUER);
    let jwks = metadata["jwks_uri"].as_str().unwrap().strip_prefix(common::BASE).unwrap();
    let keys = KeySet::parse(f.get(jwks).await.is(200).text.as_bytes()).unwrap();
    let presentation =
        sd_jwt::present(credential, shown, holder, "https://rp.example", "n", f.now()).unwrap();
    let parsed = sd_jwt::SdJwt::parse(&presentation).unwrap();
    assert_eq!(parsed.unverified_issuer().unwrap(), ISSUER);
    let kid = parsed.header().unwrap().kid.unwrap();
    let verified = parsed.verify(keys.get(&kid).unwrap(), &[Alg::ES256]).unwrap();
    assert_eq!(verified.typ(), Some("dc+sd-jwt"));
    verified.bound("https://rp.example", "n", f.now()).unwrap();
    assert!(verified.lives(f.now()) && !verified.lives(f.now() + 15 * 24 * 3600));
    Value::Object(verified.claims().clone())
}

#[tokio::test]
async fn a_wallet_gets_the_credential_and_shows_a_part_of_it() {
    let f = fixture().await;
    let offer = f.offered().await;
    assert_eq!(offer.offer["credential_issuer"], ISSUER);
    assert_eq!(offer.offer["grants"][GRANT]["tx_code"]["length"], 6);
    assert!(offer.page.contains("<svg role=\"img\"") && !offer.page.contains(KARI));
    assert!(!offer.page.contains("<script>") && !offer.page.contains("style="));

    let metadata = f.get("/.well-known/openid-credential-issuer/lommebok").await.is(200).json();
    assert_eq!(metadata["credential_issuer"], ISSUER);
    let configuration = &offer.offer["credential_configuration_ids"][0];
    let described = &metadata["credential_configurations_supported"][configuration.as_str().unwrap()];
    assert_eq!((&described["format"], &described["vct"]), (&json!("dc+sd-jwt"), &json!("urn:eudi:pid:1")));
    assert_eq!(metadata["credential_endpoint"], format!("{ISSUER}/credential"));
    assert_eq!(metadata["nonce_endpoint"], format!("{ISSUER}/nonce"));
    let server = f.get("/.well-known/oauth-authorization-server/lommebok").await.is(200).json();
    assert_eq!((&server["issuer"], &server["grant_types_supported"]), (&json!(ISSUER), &json!([GRANT])));

    // A token that is bound to a key.
    let (bound, holder) = (key(), key());
    let proof = f.dpop(&bound, "token", "1", &json!({}));
    let token = f.form(&offer.grant(), Some(&proof)).await.is(200).json();
    assert_eq!(token["token_type"], "DPoP");
    let token = token["access_token"].as_str().unwrap();
    let nonce = f.nonce().await;
    let ath = {
        use base64::Engine as _;
        use sha2::Digest as _;
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(sha2::Sha256::digest(token))
    };
    let dpop = f.dpop(&bound, "credential", "2", &json!({ "ath": ath }));
    let body = request(&[f.proof(&holder, &nonce, &json!({}))]);
    let before = f.logged().await;
    let answer = f.ask(&format!("DPoP {token}"), Some(&dpop), &body).await.is(200);
    assert_eq!(answer.headers["cache-control"], "no-store");
    let credential = answer.json()["credentials"][0]["credential"].as_str().unwrap().to_owned();
    assert_eq!(f.logged().await, before + 1);
    let entries = f.log.entries_about(&f.pid(), None, 10).await.unwrap();
    assert!(entries[0].access.what.starts_with("Utstedte personbevis"), "{:?}", entries[0].access);

    let claims = verified(&f, &credential, &holder, &[]).await;
    let mut names: Vec<&String> = claims.as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(names, ["cnf", "exp", "iat", "iss", "status", "vct"]);
    let claims = verified(&f, &credential, &holder, &["given_name", "personal_administrative_number"]).await;
    assert_eq!(
        (&claims["given_name"], &claims["personal_administrative_number"]),
        (&json!("Kari Å"), &json!(KARI))
    );
    assert!(claims.get("family_name").is_none());
    let all = [
        "family_name",
        "birthdate",
        "place_of_birth",
        "nationalities",
        "sex",
        "date_of_issuance",
        "date_of_expiry",
        "issuing_authority",
        "issuing_country",
    ];
    let claims = verified(&f, &credential, &holder, &all).await;
    let expected = json!({
        "iss": ISSUER, "vct": "urn:eudi:pid:1", "iat": claims["iat"], "exp": claims["iat"].as_i64().unwrap() + 14 * 86400,
        "cnf": { "jwk": proof_header(&holder)["jwk"] }, "status": claims["status"],
        "family_name": "Nordmann", "birthdate": "1915-05-03", "place_of_birth": { "country": "SE", "locality": "Kiruna" },
        "nationalities": ["NO"], "sex": 2, "date_of_issuance": "2026-11-23", "date_of_expiry": "2026-12-07",
        "issuing_authority": "Digitaliseringsdirektoratet", "issuing_country": "NO",
    });
    assert_eq!(claims, expected);

    // The same request once more: the proof of the token, and the nonce, are used.
    f.ask(&format!("DPoP {token}"), Some(&dpop), &body).await.refused(400, "invalid_dpop_proof");
    let dpop = f.dpop(&bound, "credential", "3", &json!({ "ath": ath }));
    f.ask(&format!("DPoP {token}"), Some(&dpop), &body).await.refused(400, "invalid_nonce");
    // Without the key, or with another's, the token opens nothing.
    f.ask(&format!("Bearer {token}"), None, &body).await.refused(401, "invalid_token");
    f.ask(&format!("DPoP {token}"), None, &body).await.refused(401, "invalid_token");
    let dpop = f.dpop(&key(), "credential", "4", &json!({ "ath": ath }));
    f.ask(&format!("DPoP {token}"), Some(&dpop), &body).await.refused(401, "invalid_token");
}

#[tokio::test]
async fn several_credentials_cannot_be_told_to_be_one_persons() {
    let f = fixture().await;
    let (token, nonce) = (f.token().await, f.nonce().await);
    let keys: Vec<SigningKey> = (0..3).map(|_| key()).collect();
    let proofs: Vec<String> = keys.iter().map(|key| f.proof(key, &nonce, &json!({}))).collect();
    let answer = f.ask(&format!("Bearer {token}"), None, &request(&proofs)).await.is(200).json();
    let credentials: Vec<&str> = answer["credentials"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["credential"].as_str().unwrap())
        .collect();
    assert_eq!(credentials.len(), 3);
    for (credential, key) in credentials.iter().zip(&keys) {
        verified(&f, credential, key, &["given_name"]).await;
    }
    let disclosures = |text: &str| {
        text.split('~').skip(1).filter(|one| !one.is_empty()).map(str::to_owned).collect::<Vec<_>>()
    };
    let all: std::collections::BTreeSet<String> =
        credentials.iter().flat_map(|text| disclosures(text)).collect();
    assert_eq!(all.len(), 3 * 11, "every salt is its own");

    let eleven: Vec<String> = (0..11).map(|_| f.proof(&key(), &nonce, &json!({}))).collect();
    f.ask(&format!("Bearer {token}"), None, &request(&eleven)).await.refused(400, "invalid_proof");
}

#[tokio::test]
async fn a_code_is_used_once_with_the_code_that_the_person_was_shown() {
    let f = fixture().await;
    let offer = f.offered().await;
    let [grant, code, tx_code] = offer.grant();
    let other = offer.other_tx_code();
    f.form(&[grant, code], None).await.refused(400, "invalid_request");
    f.form(&[grant, tx_code], None).await.refused(400, "invalid_request");
    f.form(&[code, tx_code], None).await.refused(400, "invalid_request");
    f.form(&[grant, code, code, tx_code], None).await.refused(400, "invalid_request");
    f.form(&[grant, code, tx_code, tx_code], None).await.refused(400, "invalid_request");
    f.form(&[grant, code, tx_code, ("authorization_details", "[]")], None)
        .await
        .refused(400, "invalid_request");
    f.form(&[("grant_type", "authorization_code"), code, tx_code], None)
        .await
        .refused(400, "unsupported_grant_type");
    f.form(&[grant, ("pre-authorized_code", "x"), tx_code], None).await.refused(400, "invalid_grant");
    f.form(&[grant, code, ("tx_code", &other)], None).await.refused(400, "invalid_grant");
    f.form(&offer.grant(), Some("x")).await.refused(400, "invalid_dpop_proof");
    let elsewhere = f.dpop(&key(), "credential", "1", &json!({}));
    f.form(&offer.grant(), Some(&elsewhere)).await.refused(400, "invalid_dpop_proof");
    let proof = f.dpop(&key(), "token", "1", &json!({}));
    f.form(&offer.grant(), Some(&proof)).await.is(200);
    f.form(&offer.grant(), Some(&proof)).await.refused(400, "invalid_dpop_proof");
    f.form(&offer.grant(), None).await.refused(400, "invalid_grant");
    let mut browser = Browser { fixture: &f, cookies: offer.cookies.clone() };
    browser.get("/lommebok/tilbud").await.is(404);

    // Five wrong ones, and the right one comes too late.
    let offer = f.offered().await;
    let [grant, code, _] = offer.grant();
    let other = offer.other_tx_code();
    for _ in 0..5 {
        f.form(&[grant, code, ("tx_code", &other)], None).await.refused(400, "invalid_grant");
    }
    f.form(&offer.grant(), None).await.refused(400, "invalid_grant");

    let offer = f.offered().await;
    f.clock.advance(SignedDuration::from_secs(600));
    f.form(&offer.grant(), None).await.refused(400, "invalid_grant");
    f.component.look_after().await.unwrap();
}

#[tokio::test]
async fn a_credential_needs_a_proof_of_a_key_made_for_here_and_now() {
    let f = fixture().await;
    let (token, holder) = (format!("Bearer {}", f.token().await), key());
    let nonce = f.nonce().await;
    let good = f.proof(&holder, &nonce, &json!({}));
    let ask = |body: Value| {
        let (f, token) = (&f, &token);
        async move { f.ask(token, None, &body).await }
    };
    for authorization in ["", "Bearer", "Bearer x", "Basic x", &token.replace("Bearer", "DPoP")] {
        f.ask(authorization, None, &request(std::slice::from_ref(&good))).await.refused(401, "invalid_token");
    }
    for body in [
        json!([]),
        json!({}),
        json!("x"),
        json!({ "credential_configuration_id": "urn:eudi:pid:1", "credential_identifier": "x" }),
        json!({ "credential_configuration_id": "urn:eudi:pid:1", "proofs": { "ldp_vp": [] } }),
    ] {
        ask(body).await.refused(400, "invalid_credential_request");
    }
    let with = |name: &str, value: Value| {
        let mut body = request(std::slice::from_ref(&good));
        body[name] = value;
        body
    };
    ask(with("credential_configuration_id", json!("other")))
        .await
        .refused(400, "unknown_credential_configuration");
    ask(json!({ "credential_identifier": "x" })).await.refused(400, "unknown_credential_identifier");
    ask(with("credential_response_encryption", json!({})))
        .await
        .refused(400, "invalid_encryption_parameters");
    ask(request(&[])).await.refused(400, "invalid_proof");
    ask(json!({ "credential_configuration_id": "urn:eudi:pid:1" })).await.refused(400, "invalid_proof");
    ask(request(&[good.clone(), good.clone()])).await.refused(400, "invalid_proof");

    let signed = |header: &Value, claims: &Value| holder.sign_parts(header, claims).unwrap();
    let header = proof_header(&holder);
    let but = |name: &str, value: Value| {
        let mut header = header.clone();
        header[name] = value;
        header
    };
    let claims = json!({ "aud": ISSUER, "iat": f.now(), "nonce": nonce });
    let mut private = header["jwk"].clone();
    private["d"] = json!("AA");
    for proof in [
        "x".to_owned(),
        "x".repeat(9000),
        f.proof(&holder, &nonce, &json!({ "aud": "https://other.example" })),
        f.proof(&holder, &nonce, &json!({ "iat": f.now() - 301 })),
        f.proof(&holder, &nonce, &json!({ "iat": f.now() + 301 })),
        f.proof(&holder, &nonce, &json!({ "iat": "x" })),
        signed(&but("typ", json!("jwt")), &claims),
        signed(&but("alg", json!("none")), &claims),
        signed(&but("alg", json!("HS256")), &claims),
        signed(&but("jwk", Value::Null), &claims),
        signed(&but("jwk", private), &claims),
        signed(&but("jwk", proof_header(&key())["jwk"].clone()), &claims),
        signed(&but("crit", json!(["x"])), &claims),
        format!("{}.e30.", good.split('.').next().unwrap()),
    ] {
        ask(request(&[proof])).await.refused(400, "invalid_proof");
    }
    let foreign = "x".repeat(75);
    for nonce in ["", "x", &foreign] {
        ask(request(&[f.proof(&holder, nonce, &json!({}))])).await.refused(400, "invalid_nonce");
    }
    let without = signed(&header, &json!({ "aud": ISSUER, "iat": f.now() }));
    ask(request(&[without])).await.refused(400, "invalid_nonce");
    let two = [good.clone(), f.proof(&key(), &f.nonce().await, &json!({}))];
    ask(request(&two)).await.refused(400, "invalid_nonce");

    // Nothing of this has used the nonce up; the one that succeeds has.
    ask(request(std::slice::from_ref(&good))).await.is(200);
    ask(request(std::slice::from_ref(&good))).await.refused(400, "invalid_nonce");

    let nonce = f.nonce().await;
    f.clock.advance(SignedDuration::from_secs(299));
    let late = f.proof(&holder, &nonce, &json!({}));
    ask(request(std::slice::from_ref(&late))).await.is(200);
    f.clock.advance(SignedDuration::from_secs(1));
    f.ask(&token, None, &request(&[late])).await.refused(401, "invalid_token");
    let oversized = json!({ "x": "x".repeat(200_000) });
    let token = format!("Bearer {}", f.token().await);
    f.ask(&token, None, &oversized).await.refused(413, "invalid_credential_request");
}

#[tokio::test]
async fn who_the_register_does_not_bear_gets_none_and_no_entry() {
    let f = fixture().await;
    let token = format!("Bearer {}", f.token().await);
    let others = [
        None,
        Some(common::dead()),
        Some(clients::folkeregister::Persondokument { navn: Vec::new(), ..common::kari() }),
    ];
    for person in others {
        *f.world.person.lock().unwrap() = person;
        let body = request(&[f.proof(&key(), &f.nonce().await, &json!({}))]);
        f.ask(&token, None, &body).await.refused(400, "credential_request_denied");
    }
    assert_eq!(f.logged().await, 0);
}

#[tokio::test]
async fn only_who_has_just_signed_in_at_level_high_in_this_browser_is_offered_anything() {
    let f = fixture().await;
    let browser = || Browser { fixture: &f, cookies: BTreeMap::new() };
    browser().get("/lommebok").await.is(200);
    browser().get("/lommebok/tilbud").await.is(404);
    // Another browser's answer, no answer, the same answer twice, a cancelled one.
    let mut mine = browser();
    let back = mine.begin().await;
    browser().get(&back).await.is(400);
    mine.get("/lommebok/logg-inn/svar").await.is(400);
    mine.get(&back).await.is(303);
    mine.get(&back).await.is(400);
    let mut mine = browser();
    let back = mine.begin().await;
    let cancelled = back.replace("code=", "error=access_denied&x=");
    mine.get(&cancelled).await.is(400);
    // Not high enough, or too long ago.
    *f.world.acr.lock().unwrap() = "idporten-loa-substantial";
    browser().sign_in().await.is(403);
    *f.world.acr.lock().unwrap() = "idporten-loa-high";
    *f.world.ago.lock().unwrap() = 361;
    browser().sign_in().await.is(400);
    *f.world.ago.lock().unwrap() = 360;
    browser().sign_in().await.is(303);
}
