//! Whatever comes in as an authorization request, a redirect, a token form or a client assertion: the answer is the
//! error or what was asked for, never a panic. As `kernel`'s `tests/parsing.rs`: `FELLES_FUZZ_SECONDS` for longer, and a corpus
//! in `tests/corpus`.

use std::sync::OnceLock;
use std::time::Instant;

use clients::idporten::ASSERTION_TYPE;
use http::{HeaderMap, HeaderValue, header};
use kernel::id::Orgnr;
use kernel::jose::{Alg, Jwk, SigningKey};
use kernel::testing::corpus::Corpus;
use proptest::prelude::*;
use proptest::test_runner::{Config, FileFailurePersistence, TestRunner};
use serde_json::{Value, json};

use super::assertion::{ALGS, Credentials};
use super::client::{ApplicationType, AuthMethod, Client, NewClient, NewScope};
use super::parameters::Parameters;
use super::profile::SecurityProfile;
use super::rar::Asked;
use super::request::{AuthorizeRequest, Destination, is_verifier};
use crate::api::refused::Refused;
use crate::portal::Portal;
use crate::{cookies, registration};

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

/// What becomes of a request at each door, in a few words.
fn asked(parameters: &Parameters) -> String {
    [Portal::Idporten, Portal::Ansattporten].map(|portal| asked_at(portal, parameters)).join(", ")
}

fn asked_at(portal: Portal, parameters: &Parameters) -> String {
    let catalogue: Vec<NewScope> = ["openid", "profile"]
        .map(|scope| NewScope::new(scope, Orgnr::parse("310000027").unwrap(), scope))
        .to_vec();
    let client = client(false);
    let destination = match Destination::of(parameters, &client) {
        Ok(destination) => destination,
        Err(refused) => return why(&refused),
    };
    // Nobody is ever sent anywhere else.
    assert_eq!(destination.redirect_uri, CALLBACK);
    let _ = destination.origin();
    match AuthorizeRequest::check(parameters, destination, &client, portal, &catalogue) {
        Ok(request) => {
            assert!(
                !request.scopes.is_empty()
                    && request.code_challenge.is_some_and(|challenge| challenge.len() == 43)
            );
            assert!(request.max_age.is_none_or(|age| age >= 0));
            OK.to_owned()
        }
        Err(refused) => why(&refused),
    }
}

/// What a good input is answered with.
const OK: &str = "ok";

/// The beginning of a refusal, before what it may quote.
fn why(refused: &Refused) -> String {
    // A name that nobody knows, perhaps so long that what is wrong with it has been cut off.
    let quotes = refused.why.contains(" is longer than ") || refused.why.len() >= 200;
    let words: Vec<&str> = refused.why.split(' ').take(if quotes { 2 } else { 4 }).collect();
    format!("{}: {}", refused.error, words.join(" "))
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

fn kept(target: &str) -> Corpus {
    Corpus::read(format!("{}/tests/corpus/{target}", env!("CARGO_MANIFEST_DIR")))
}

/// A client with the keys that the kept assertions were signed with; the private ones were thrown away.
fn client_of_the_kept(fapi: bool) -> Client {
    #[derive(serde::Deserialize)]
    struct Set {
        keys: Vec<Jwk>,
    }
    let set: Set = serde_json::from_slice(include_bytes!("../../tests/corpus/keys.json")).unwrap();
    let mut client = client(fapi);
    client.settings.jwks = set.keys;
    client
}

/// The beginning of a text, before what it may quote.
fn beginning(text: &str) -> String {
    text.split(' ').take(9).collect::<Vec<_>>().join(" ")
}

fn form_of(input: &[u8]) -> Parameters {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
    Parameters::form(&headers, input).unwrap()
}

#[test]
fn kept_authorization_requests_and_their_like_are_refused_or_go_to_the_registered_address() {
    let corpus = kept("authorize");
    corpus.run(|input| {
        let parameters = Parameters::parse(input);
        assert!(Parameters::parse(parameters.encode_without(&[]).as_bytes()) == parameters);
        let answer = asked(&parameters);
        assert!(answer.contains(OK) || !corpus.is_good(input), "{answer}");
        answer
    });
}

#[test]
fn kept_pushed_requests_and_their_like_are_refused_or_their_clients() {
    let corpus = kept("par");
    let client = client_of_the_kept(false);
    corpus.run(|input| {
        let form = form_of(input);
        let shown = Credentials::of(&HeaderMap::new(), &form)
            .and_then(|(_, credentials)| credentials.check(&client, &[ISSUER.to_owned()], NOW));
        let answer = match shown {
            Ok(_) => asked(&form),
            Err(refused) => why(&refused),
        };
        assert!(answer.contains(OK) || !corpus.is_good(input), "{answer}");
        answer
    });
}

#[test]
fn kept_token_requests_and_their_like_show_a_client_or_an_error() {
    let corpus = kept("token");
    let client = client_of_the_kept(false);
    corpus.run(|input| {
        let form = form_of(input);
        let shown = Credentials::of(&HeaderMap::new(), &form)
            .and_then(|(_, credentials)| credentials.check(&client, &[ISSUER.to_owned()], NOW));
        assert!(shown.is_ok() || !corpus.is_good(input));
        let verifier = form.one("code_verifier").map(|verifier| verifier.map(is_verifier));
        format!(
            "{:?} {:?}",
            shown.map_err(|refused| why(&refused)).err(),
            verifier.map_err(|refused| why(&refused))
        )
    });
}

#[test]
fn of_kept_client_assertions_and_their_like_those_that_were_signed_hold() {
    let corpus = kept("client_assertion");
    let clients = [client_of_the_kept(false), client_of_the_kept(true)];
    corpus.run(|input| {
        let Ok(text) = str::from_utf8(input) else { return "no text".to_owned() };
        let credentials = Credentials::Assertion(text.to_owned());
        let [standard, fapi] =
            clients.each_ref().map(|client| credentials.check(client, &[ISSUER.to_owned()], NOW));
        assert_eq!(standard.is_ok(), corpus.is_good(input), "{text}");
        assert!(fapi.is_err() || standard.is_ok(), "{text}");
        let answer =
            |checked: Result<_, Refused>| checked.map_or_else(|refused| refused.why, |_| OK.to_owned());
        format!("{} {}", answer(standard), answer(fapi))
    });
}

#[test]
fn kept_basic_headers_and_their_like_show_a_client_or_an_error() {
    let corpus = kept("basic");
    corpus.run(|input| {
        let Ok(value) = HeaderValue::from_bytes(input) else { return "no header".to_owned() };
        let headers = HeaderMap::from_iter([(header::AUTHORIZATION, value)]);
        match Credentials::of(&headers, &Parameters::default()) {
            Ok((_, Credentials::Basic(_))) => OK.to_owned(),
            Ok(_) => panic!("no other credentials were sent"),
            Err(refused) => {
                assert!(!corpus.is_good(input));
                why(&refused)
            }
        }
    });
}

#[test]
fn of_kept_addresses_and_their_like_only_the_registered_are_gone_back_to() {
    let corpus = kept("redirect");
    let web = client(false).settings;
    let addresses = ["http://127.0.0.1:*/tilbake", "http://[::1]/tilbake", "no.example.app:/tilbake"];
    let native = NewClient {
        application_type: ApplicationType::Native,
        auth_method: AuthMethod::None,
        redirect_uris: addresses.map(str::to_owned).to_vec(),
        ..web.clone()
    };
    corpus.run(|input| {
        let Ok(uri) = str::from_utf8(input) else { return "no text".to_owned() };
        let (of_web, of_native) = (web.redirects_to(uri), native.redirects_to(uri));
        assert!(!of_web || uri == CALLBACK, "{uri}");
        assert!(of_web || of_native || !corpus.is_good(input), "{uri}");
        if of_native && uri != "no.example.app:/tilbake" {
            let url = url::Url::parse(uri).unwrap();
            assert!(matches!(url.host_str(), Some("127.0.0.1" | "[::1]")), "{uri}");
            assert_eq!((url.scheme(), url.path(), url.username()), ("http", "/tilbake", ""), "{uri}");
            assert_eq!((url.password(), url.query(), url.fragment()), (None, None, None), "{uri}");
        }
        let scheme =
            url::Url::parse(uri).map(|url| (url.has_host(), url.port().is_some(), url.query().is_some()));
        format!("{of_web} {of_native} {scheme:?}")
    });
}

#[test]
fn kept_registrations_and_their_like_are_refused_or_hold_together() {
    let corpus = kept("registration");
    let before = || NewClient::new("en", Orgnr::parse("310000027").unwrap(), "En", CALLBACK);
    corpus.run(|input| {
        let told: Result<clients::selvbetjening::Client, _> = kernel::http::json(input);
        let told = match told {
            Ok(told) => told,
            Err(bad) => {
                assert!(!corpus.is_good(input), "{bad:?}");
                // The names of what is known, not of what was sent.
                return format!("no client: {}", bad.path.len().min(20));
            }
        };
        match registration::client(&told, before(), Portal::Idporten) {
            Ok(client) => {
                let written = serde_json::to_string(&client).unwrap();
                assert_eq!(serde_json::from_str::<NewClient>(&written).unwrap(), client);
                let mut scopes = client.scopes.clone();
                scopes.sort();
                scopes.dedup();
                assert_eq!(scopes.len(), client.scopes.len());
                format!(
                    "{OK} {:?} {:?} {}",
                    client.application_type, client.auth_method, client.refresh_tokens
                )
            }
            Err(refused) => {
                assert!(!corpus.is_good(input), "{refused:?}");
                beginning(&format!("{refused:?}"))
            }
        }
    });
}

#[test]
fn kept_key_sets_and_their_like_are_refused_or_keys_that_can_be_used() {
    let corpus = kept("client_keys");
    corpus.run(|input| match clients::selvbetjening::registration::keys(input, &ALGS) {
        Ok(keys) => {
            for key in &keys {
                kernel::jose::PublicKey::from_jwk(key).unwrap();
                assert!(key.kid.is_some() && key.algorithm().unwrap().is_some());
            }
            format!("{} keys", keys.len())
        }
        Err(refused) => {
            assert!(!corpus.is_good(input), "{refused:?}");
            beginning(&format!("{refused:?}"))
        }
    });
}

#[test]
fn kept_cookies_and_their_like_are_read_or_not_there() {
    let corpus = kept("cookies");
    corpus.run(|input| {
        let Ok(line) = HeaderValue::from_bytes(input) else { return "no header".to_owned() };
        let mut headers = HeaderMap::from_iter([(header::COOKIE, line)]);
        let found = cookies::value(&headers, "__Host-idporten_session");
        assert!(found.as_ref().is_some_and(|value| value.len() == 43) || !corpus.is_good(input));
        if let Some(found) = &found {
            assert!(str::from_utf8(input).unwrap().contains(found) && !found.contains(';'));
        }
        // A second line comes after the first.
        headers.append(header::COOKIE, HeaderValue::from_static("__Host-idporten_session=x"));
        let again = cookies::value(&headers, "__Host-idporten_session");
        assert_eq!(again.as_deref(), Some(found.as_deref().unwrap_or("x")));
        format!("{:?}", found.map(|value| value.len().cmp(&43)))
    });
}

#[test]
fn kept_authorization_details_and_their_like_are_refused_or_understood() {
    let corpus = kept("authorization_details");
    corpus.run(|input| {
        let Ok(text) = str::from_utf8(input) else { return "no text".to_owned() };
        match Asked::parse(text) {
            Ok(asked) => {
                let written = serde_json::to_string(&asked).unwrap();
                assert_eq!(serde_json::from_str::<Asked>(&written).unwrap(), asked);
                format!("{OK} {:?} {} {:?}", asked.kind, asked.resources.len().min(3), asked.form)
            }
            Err(refused) => {
                assert!(!corpus.is_good(input), "{refused:?}");
                why(&refused)
            }
        }
    });
}
