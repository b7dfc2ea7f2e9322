//! What the provider tells of itself, its keys, and who may be registered.

mod common;

use clients::TokenSource;
use clients::folkeregister::Folkeregister;
use common::*;
use idporten::{ApplicationType, AuthMethod, Component, Config, NewClient, RegistrationError};
use jiff::SignedDuration;
use kernel::jose::KeyEncryptionKey;
use serde_json::json;

#[tokio::test]
async fn metadata_is_that_of_the_real_service() {
    let f = fixture().await;
    let expected = json!({
        "issuer": ISSUER,
        "authorization_endpoint": format!("{ISSUER}/authorize"),
        "pushed_authorization_request_endpoint": format!("{ISSUER}/par"),
        "token_endpoint": format!("{ISSUER}/token"),
        "userinfo_endpoint": format!("{ISSUER}/userinfo"),
        "introspection_endpoint": format!("{ISSUER}/token/introspect"),
        "revocation_endpoint": format!("{ISSUER}/token/revoke"),
        "end_session_endpoint": format!("{ISSUER}/logout"),
        "jwks_uri": format!("{ISSUER}/jwks.json"),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "form_post", "query.jwt", "form_post.jwt"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "scopes_supported": ["openid", "profile"],
        "subject_types_supported": ["public", "pairwise"],
        "acr_values_supported": ["idporten-loa-low", "idporten-loa-substantial", "idporten-loa-high",
            "eidas-loa-low", "eidas-loa-substantial", "eidas-loa-high"],
        "ui_locales_supported": ["en", "nb", "nn", "se"],
        "prompt_values_supported": ["consent", "login", "none"],
        "display_values_supported": ["page"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none", "private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS256", "RS384", "RS512", "PS256", "ES256", "EdDSA"],
        "id_token_signing_alg_values_supported": ["RS256", "ES256", "EdDSA"],
        "authorization_signing_alg_values_supported": ["RS256", "ES256", "EdDSA"],
        "dpop_signing_alg_values_supported": ["ES256", "PS256", "EdDSA"],
        "authorization_response_iss_parameter_supported": true,
        "frontchannel_logout_supported": true, "frontchannel_logout_session_supported": true,
        "claims_parameter_supported": false, "request_parameter_supported": false, "request_uri_parameter_supported": false,
        "require_pushed_authorization_requests": false,
        "introspection_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "private_key_jwt"],
        "revocation_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none", "private_key_jwt"],
        "claims_supported": ["iss", "aud", "sub", "pid", "acr", "amr", "auth_time", "iat", "exp", "jti", "nonce", "locale",
            "sid", "aud_onbehalfof"],
    });
    for path in
        ["/idporten/.well-known/openid-configuration", "/.well-known/oauth-authorization-server/idporten"]
    {
        let answer = f.get(path).await;
        assert_eq!(answer.json(), expected);
        assert_eq!(answer.headers["cache-control"], "public, max-age=3600");
    }
}

#[tokio::test]
async fn keys_rotate_and_old_tokens_go_on() {
    let f = fixture().await;
    let kids = || async {
        let jwks = f.get("/idporten/jwks.json").await.json();
        assert!(!jwks.to_string().contains("\"d\":"), "private members are published");
        jwks["keys"]
            .as_array()
            .unwrap()
            .iter()
            // Each algorithm's keys rotate by themselves.
            .filter(|key| key["alg"] == "RS256")
            .map(|key| key["kid"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let token = || async {
        let code = f.browser().sign_in("en", kari(), &[]).await;
        f.tokens("en", &code).await.id_token.unwrap()
    };
    let signed_by = |token: &str| kernel::jose::Jwt::parse(token).unwrap().header().kid.clone().unwrap();
    let first = kids().await;
    let old = token().await;
    assert_eq!((first.len(), signed_by(&old)), (1, first[0].clone()));
    // The successor is published for a day before it signs.
    f.clock.advance(SignedDuration::from_hours(24 * 89));
    f.component.look_after().await.unwrap();
    assert_eq!(kids().await.len(), 2);
    assert_eq!(signed_by(&token().await), first[0]);
    f.clock.advance(SignedDuration::from_hours(24));
    f.component.look_after().await.unwrap();
    assert_ne!(signed_by(&token().await), first[0]);
    // The retired key still verifies what it signed.
    f.claims(&old).await;
    f.clock.advance(SignedDuration::from_hours(26));
    f.component.look_after().await.unwrap();
    assert!(!kids().await.contains(&first[0]));
}

#[tokio::test]
async fn sub_and_session_outlive_a_restart() {
    let f = fixture().await;
    let mut browser = f.browser();
    let code = browser.sign_in("en", kari(), &[]).await;
    let before = f.id_claims("en", &code).await;
    let config = |byte| Config {
        master: KeyEncryptionKey::from_bytes(&[byte; 32]).unwrap(),
        suggestions: Vec::new(),
        upstreams: Vec::new(),
    };
    let people = || Folkeregister::new(f.mesh.clone(), TokenSource::fixed("t"));
    let restarted = Component::new(f.test.ctx.clone(), people(), config(3)).await.unwrap();
    let router: axum::Router = restarted.router().into();
    let mut request = http::Request::get(authorize_address("en", &[]));
    for (name, value) in &browser.cookies {
        request = request.header("cookie", format!("{name}={value}"));
    }
    let code = send(&router, request.body(axum::body::Body::empty()).unwrap()).await.code();
    let after = f.id_claims("en", &code).await;
    assert_eq!((&after["sub"], &after["auth_time"]), (&before["sub"], &before["auth_time"]));
    // With another master key nothing starts, rather than making everyone a stranger.
    assert!(Component::new(f.test.ctx.clone(), people(), config(4)).await.is_err());
}

#[tokio::test]
async fn nothing_secret_is_kept_in_the_clear() {
    let f = fixture().await;
    let mut browser = f.browser();
    let code = browser.sign_in("fornyer", kari(), &[("scope", "openid profile test:api")]).await;
    let tokens = f.tokens("fornyer", &code).await;
    let secrets = [
        code,
        tokens.access_token,
        tokens.refresh_token.unwrap(),
        browser.cookies["idporten_session"].clone(),
        browser.cookies["idporten_browser"].clone(),
        SECRET.to_owned(),
    ];
    for table in ["client", "login", "session", "granted", "code", "refresh_token", "access_token"] {
        for row in f.store.query(&format!("SELECT * FROM {table}"), &[]).await.unwrap() {
            let text = format!("{:?}", row.into_values());
            for secret in &secrets {
                let bytes = format!("{:?}", secret.as_bytes());
                assert!(!text.contains(secret.as_str()) && !text.contains(&bytes), "{table} holds a secret");
            }
        }
    }
}

#[tokio::test]
async fn a_registration_that_does_not_hold_is_refused() {
    let f = fixture().await;
    let registrar = f.component.registrar();
    let key = client("x");
    let none = NewClient { jwks: Vec::new(), auth_method: AuthMethod::None, ..key.clone() };
    let with_redirect =
        |uri: &str, client: &NewClient| NewClient { redirect_uris: vec![uri.to_owned()], ..client.clone() };
    let native = NewClient { application_type: ApplicationType::Native, ..none.clone() };
    for (what, client) in [
        ("client id", NewClient { client_id: "to ord".to_owned(), ..key.clone() }),
        ("redirect_uris", NewClient { redirect_uris: Vec::new(), ..key.clone() }),
        ("fragment", with_redirect("https://a.example/#x", &key)),
        ("absolute", with_redirect("/tilbake", &key)),
        ("scheme", with_redirect("javascript:alert(1)", &native)),
        ("native", with_redirect("no.example.app:/x", &key)),
        ("user", with_redirect("https://a@b.example/", &key)),
        ("percent-encoded", with_redirect("https://a.example/å", &key)),
        ("show who they are", none.clone()),
        ("show who they are", NewClient { application_type: ApplicationType::Browser, ..key.clone() }),
        ("no secret", NewClient { auth_method: AuthMethod::ClientSecretPost, ..key.clone() }),
        (
            "32",
            NewClient {
                auth_method: AuthMethod::ClientSecretPost,
                secret: Some("kort".to_owned()),
                ..key.clone()
            },
        ),
        ("has no secret", NewClient { secret: Some(SECRET.to_owned()), ..key.clone() }),
        ("two keys", NewClient { jwks: [&key.jwks[..], &key.jwks].concat(), ..key.clone() }),
        (
            "another host",
            NewClient { frontchannel_logout_uri: Some("https://b.example/".to_owned()), ..key.clone() },
        ),
        ("access_token_lifetime", NewClient { access_token_lifetime: 3601, ..key.clone() }),
        (
            "refresh_token_lifetime",
            NewClient { refresh_tokens: true, refresh_token_lifetime: 60, ..key.clone() },
        ),
        ("default_acr", NewClient { default_acr: Some("Level4".to_owned()), ..key.clone() }),
    ] {
        let error = registrar.register_client(client).await.unwrap_err().to_string();
        assert!(error.contains(what), "{what} is not in {error}");
    }
    let unknown = NewClient { scopes: vec!["finnes:ikke".to_owned()], ..key.clone() };
    assert!(matches!(registrar.register_client(unknown).await, Err(RegistrationError::UnknownScope(_))));
    // Without TLS only in test.
    let plain = with_redirect("http://tjeneste.example/tilbake", &key);
    registrar.register_client(plain.clone()).await.unwrap();
    let strict = idporten::Registrar::new(f.store.clone(), f.clock.clone(), false);
    assert!(strict.register_client(plain).await.unwrap_err().to_string().contains("TLS"));
    strict.register_client(with_redirect("http://127.0.0.1/x", &native)).await.unwrap();
}

#[tokio::test]
async fn registering_again_keeps_the_secret_and_ends_nothing() {
    let f = fixture().await;
    let mut browser = f.browser();
    let code = browser.sign_in("basic", kari(), &[]).await;
    let again = NewClient { auth_method: AuthMethod::ClientSecretBasic, jwks: Vec::new(), ..client("basic") };
    f.component.registrar().register_client(again).await.unwrap();
    let grant = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    assert_eq!(f.post_basic("/idporten/token", "basic", SECRET, &grant).await.status, 200);
    // Another way of showing who it is: the secret is gone.
    f.component.registrar().register_client(client("basic")).await.unwrap();
    let back = NewClient { auth_method: AuthMethod::ClientSecretBasic, jwks: Vec::new(), ..client("basic") };
    assert!(f.component.registrar().register_client(back).await.is_err());
}
