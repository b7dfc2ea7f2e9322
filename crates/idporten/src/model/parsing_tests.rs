//! Whatever comes in as an authorization request, a redirect, a token form or a client assertion: the answer is the
//! error or what was asked for, never a panic. As `kernel`'s `tests/parsing.rs`: `FELLES_FUZZ_SECONDS` for longer.

use std::sync::OnceLock;
use std::time::Instant;

use clients::idporten::ASSERTION_TYPE;
use http::{HeaderMap, HeaderValue, header};
use kernel::id::Orgnr;
use kernel::jose::{Alg, SigningKey};
use proptest::prelude::*;
use proptest::test_runner::{Config, FileFailurePersistence, TestRunner};
use serde_json::{Value, json};

use super::assertion::Credentials;
use super::client::{ApplicationType, AuthMethod, Client, NewClient, NewScope};
use super::parameters::Parameters;
use super::profile::SecurityProfile;
use super::request::{AuthorizeRequest, Destination};
use crate::portal::Portal;

const NOW: i64 = 1_790_000_000;
const ISSUER: &str = "https://test.idporten.no";
const CALLBACK: &str = "https://tjeneste.example/tilbake";

fn run<S: Strategy>(strategy: S, property: impl Fn(S::Value)) {
    let seconds = std::env::var("FELLES_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(0);
    let start = Instant::now();
    let kept = FileFailurePersistence::Direct(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/src/model/parsing.proptest-regressions"
    ));
    let config = Config { failure_persistence: Some(Box::new(kept)), ..Config::with_source_file(file!()) };
    let mut runs = 0u64;
    loop {
        // A runner counts its inputs over all its runs, so that a second run of the same would try nothing.
        let mut runner = TestRunner::new(config.clone());
        runner
            .run(&strategy, |value| {
                property(value);
                Ok(())
            })
            .unwrap();
        runs += 1;
        if start.elapsed().as_secs() >= seconds {
            println!("{} inputs", runs * 256);
            return;
        }
    }
}

fn key() -> &'static SigningKey {
    static KEY: OnceLock<SigningKey> = OnceLock::new();
    KEY.get_or_init(|| SigningKey::generate(Alg::ES256).unwrap())
}

fn client(fapi: bool) -> Client {
    let new = NewClient::new("en", Orgnr::parse("310000027").unwrap(), "En", CALLBACK);
    let settings = NewClient {
        jwks: vec![key().public_jwk().clone()],
        security_profile: if fapi { SecurityProfile::Fapi2 } else { SecurityProfile::Standard },
        ..new
    };
    Client { settings, secret: None, secret_expires: 0, keys_expire: i64::MAX }
}

/// Names and values that mean something, and others.
fn pairs() -> impl Strategy<Value = Vec<(String, String)>> {
    let names = [
        "client_id",
        "response_type",
        "redirect_uri",
        "scope",
        "state",
        "nonce",
        "code_challenge",
        "code_challenge_method",
        "acr_values",
        "prompt",
        "max_age",
        "ui_locales",
        "response_mode",
        "onbehalfof",
        "resource",
        "request",
        "request_uri",
        "dpop_jkt",
        "authorization_details",
        "grant_type",
        "code",
        "code_verifier",
        "refresh_token",
        "client_assertion",
        "client_assertion_type",
        "client_secret",
    ];
    let values = [
        "en",
        "code",
        CALLBACK,
        "openid profile",
        "S256",
        "b7elB7ZyxIXgFyvBznKvxl7wOB-H17Pz0a3B62NIMFI",
        "idporten-loa-high",
        "login consent",
        "none",
        "0",
        "-1",
        "9223372036854775808",
        "form_post.jwt",
        "fragment",
        "https://api.example/#x",
        "urn:idporten:x",
        "[]",
        "{",
        ASSERTION_TYPE,
        "a.b.c",
        "",
    ];
    let name =
        prop_oneof![9 => prop::sample::select(names.to_vec()).prop_map(str::to_owned), 1 => any::<String>()];
    let value =
        prop_oneof![3 => prop::sample::select(values.to_vec()).prop_map(str::to_owned), 1 => any::<String>()];
    prop::collection::vec((name, value), 0..16)
}

fn encoded(pairs: &[(String, String)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

fn asked(parameters: &Parameters) {
    let catalogue: Vec<NewScope> = ["openid", "profile"]
        .map(|scope| NewScope::new(scope, Orgnr::parse("310000027").unwrap(), scope))
        .to_vec();
    for portal in [Portal::Idporten, Portal::Ansattporten] {
        let client = client(false);
        let Ok(destination) = Destination::of(parameters, &client) else { continue };
        // Nobody is ever sent anywhere else.
        assert_eq!(destination.redirect_uri, CALLBACK);
        let _ = destination.origin();
        if let Ok(request) = AuthorizeRequest::check(parameters, destination, &client, portal, &catalogue) {
            assert!(
                !request.scopes.is_empty()
                    && request.code_challenge.is_some_and(|challenge| challenge.len() == 43)
            );
            assert!(request.max_age.is_none_or(|age| age >= 0));
        }
    }
}

#[test]
fn any_bytes_are_parameters_and_survive_being_written_again() {
    run(prop::collection::vec(any::<u8>(), 0..300), |bytes| {
        let parameters = Parameters::parse(&bytes);
        assert!(Parameters::parse(parameters.encode_without(&[]).as_bytes()) == parameters);
        asked(&parameters);
    });
}

#[test]
fn any_authorization_request_is_refused_or_goes_to_the_registered_address() {
    run(pairs(), |mut pairs| {
        asked(&Parameters::parse(encoded(&pairs).as_bytes()));
        // As good as right: only what the strategy adds is wrong.
        for (name, value) in [
            ("redirect_uri", CALLBACK),
            ("response_type", "code"),
            ("scope", "openid"),
            ("code_challenge", "b7elB7ZyxIXgFyvBznKvxl7wOB-H17Pz0a3B62NIMFI"),
            ("code_challenge_method", "S256"),
        ] {
            if !pairs.iter().any(|(known, _)| known == name) {
                pairs.push((name.to_owned(), value.to_owned()));
            }
        }
        asked(&Parameters::parse(encoded(&pairs).as_bytes()));
    });
}

#[test]
fn no_address_but_a_registered_one_is_gone_back_to() {
    let near = prop_oneof![
        any::<String>(),
        "(https?|HTTPS)://(tjeneste|127\\.0\\.0\\.1|\\[::1\\])[:@.a-z0-9*/\\\\?#%]{0,40}",
        "https://tjeneste\\.example/tilbake[ -~]{1,10}",
        "http://127\\.0\\.0\\.1:?[0-9*]{0,6}[/@.#?\\\\a-z]{0,20}",
    ];
    run(near, |uri| {
        let web = client(false).settings;
        assert!(!web.redirects_to(&uri) || uri == CALLBACK, "{uri}");
        let native = NewClient {
            application_type: ApplicationType::Native,
            auth_method: AuthMethod::None,
            redirect_uris: vec!["http://127.0.0.1:*/tilbake".to_owned()],
            ..web
        };
        if native.redirects_to(&uri) {
            let url = url::Url::parse(&uri).unwrap();
            assert_eq!(
                (url.scheme(), url.host_str(), url.path()),
                ("http", Some("127.0.0.1"), "/tilbake"),
                "{uri}"
            );
            assert_eq!((url.username(), url.query(), url.fragment()), ("", None, None), "{uri}");
        }
    });
}

#[test]
fn any_token_form_and_any_basic_header_show_a_client_or_an_error() {
    run((pairs(), any::<Vec<u8>>(), any::<String>()), |(pairs, bytes, text)| {
        let mut headers = HeaderMap::new();
        let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
        headers.insert(header::CONTENT_TYPE, kind);
        let form = Parameters::form(&headers, encoded(&pairs).as_bytes()).unwrap();
        let mut check = |header: Option<HeaderValue>| {
            if let Some(value) = header {
                headers.insert(header::AUTHORIZATION, value);
            }
            if let Ok((_, credentials)) = Credentials::of(&headers, &form) {
                for fapi in [false, true] {
                    assert!(credentials.check(&client(fapi), &[ISSUER.to_owned()], NOW).is_err());
                }
            }
        };
        check(None);
        check(HeaderValue::from_bytes(&bytes).ok());
        let basic = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, text);
        check(HeaderValue::from_str(&format!("Basic {basic}")).ok());
    });
}

/// An assertion that is signed as it should be, with claims of any kind.
#[test]
fn a_signed_assertion_with_any_claims_holds_only_for_this_client_issuer_and_moment() {
    let number =
        || prop_oneof![(NOW - 200..NOW + 200).prop_map(Value::from), any::<f64>().prop_map(Value::from)];
    let word = || {
        let words = ["en", "to", ISSUER, "https://test.idporten.no/", ""];
        prop_oneof![
            prop::sample::select(words.to_vec()).prop_map(Value::from),
            any::<i32>().prop_map(Value::from)
        ]
    };
    let claims = (word(), word(), word(), any::<bool>(), number(), number(), number(), word());
    run(claims, |(iss, sub, aud, list, iat, nbf, exp, jti)| {
        let aud = if list { json!([aud]) } else { aud };
        let claims =
            json!({ "iss": iss, "sub": sub, "aud": aud, "iat": iat, "nbf": nbf, "exp": exp, "jti": jti });
        let credentials = Credentials::Assertion(key().sign_jwt(None, &claims).unwrap());
        for fapi in [false, true] {
            if credentials.check(&client(fapi), &[ISSUER.to_owned()], NOW).is_ok() {
                assert_eq!((&claims["iss"], &claims["sub"]), (&json!("en"), &json!("en")));
                assert!(claims["aud"] == ISSUER || (!fapi && claims["aud"] == json!([ISSUER])), "{claims}");
                let (iat, exp) = (claims["iat"].as_f64().unwrap(), claims["exp"].as_f64().unwrap());
                assert!(iat < (NOW + 11) as f64 && exp >= NOW as f64 && exp - iat < 122.0, "{claims}");
            }
        }
    });
}
