//! The rules of what organisations register themselves, beside those of every client (`admin.rs`). No I/O.

use clients::selvbetjening::registration::text;
use clients::selvbetjening::{Client, Refused, Scope, orgnr};

use crate::model::client::{ApplicationType, AuthMethod, NewClient, NewScope, RefreshTokenUsage};
use crate::portal::Portal;

const LONGEST_TEXT: usize = 4000;

/// The kinds of clients of a door.
pub fn kinds(portal: Portal) -> &'static [&'static str] {
    match portal {
        Portal::Idporten => &["idporten", "api_klient"],
        Portal::Ansattporten => &["ansattporten"],
    }
}

/// Reads a registration over what there was (`before`: a new client, or the one that is changed).
pub fn client(told: &Client, before: NewClient, portal: Portal) -> Result<NewClient, Refused> {
    let refused = |field: &str, why: &str| Err(Refused::invalid(why).field(field));
    let application_type = match told.application_type.as_str() {
        "" | "web" => ApplicationType::Web,
        "browser" => ApplicationType::Browser,
        "native" => ApplicationType::Native,
        _ => return refused("application_type", "application_type is not one of web, browser and native"),
    };
    let auth_method = match told.token_endpoint_auth_method.as_str() {
        "" if application_type == ApplicationType::Web => AuthMethod::PrivateKeyJwt,
        "" => AuthMethod::None,
        name => AuthMethod::parse(name).ok_or_else(|| {
            Refused::invalid("token_endpoint_auth_method is not one of private_key_jwt, client_secret_basic, client_secret_post and none")
                .field("token_endpoint_auth_method")
        })?,
    };
    let mut refresh_tokens = false;
    for grant in &told.grant_types {
        match grant.as_str() {
            "authorization_code" => {}
            "refresh_token" => refresh_tokens = true,
            _ => {
                return refused(
                    "grant_types",
                    "grant_types are authorization_code and refresh_token for this integration_type",
                );
            }
        }
    }
    if refresh_tokens && !told.grant_types.iter().any(|grant| grant == "authorization_code") {
        return refused(
            "grant_types",
            "refresh_token is nothing without authorization_code among grant_types",
        );
    }
    if !["", "S256"].contains(&told.code_challenge_method.as_str()) {
        return refused(
            "code_challenge_method",
            "code_challenge_method must be S256: PKCE is demanded of every client",
        );
    }
    let refresh_token_usage = match told.refresh_token_usage.as_str() {
        "" | "ONETIME" => RefreshTokenUsage::OneTime,
        "REUSE" => RefreshTokenUsage::Reuse,
        _ => return refused("refresh_token_usage", "refresh_token_usage is neither ONETIME nor REUSE"),
    };
    text("client_name", &told.client_name, LONGEST_TEXT)?;
    text("description", &told.description, LONGEST_TEXT)?;
    text("client_uri", &told.client_uri, LONGEST_TEXT)?;
    let mut scopes = told.scopes.clone();
    if scopes.is_empty() {
        scopes = vec!["openid".to_owned(), "profile".to_owned()];
    }
    let own = |scope: &String| scope == "openid" || scope == "profile";
    if told.integration_type == "idporten"
        && let Some(scope) = scopes.iter().find(|scope| !own(scope))
    {
        return Err(Refused::scope(format!("The scope {scope} is not for idporten; register an api_klient")));
    }
    let mut seen = std::collections::BTreeSet::new();
    scopes.retain(|scope| seen.insert(scope.clone()));
    let changes_method = before.auth_method != auth_method;
    Ok(NewClient {
        name: told.client_name.clone(),
        application_type,
        auth_method,
        jwks: if changes_method { Vec::new() } else { before.jwks.clone() },
        redirect_uris: told.redirect_uris.clone(),
        post_logout_redirect_uris: told.post_logout_redirect_uris.clone(),
        frontchannel_logout_uri: Some(told.frontchannel_logout_uri.clone()).filter(|uri| !uri.is_empty()),
        frontchannel_logout_session_required: told.frontchannel_logout_session_required,
        scopes,
        refresh_tokens,
        refresh_token_usage,
        access_token_lifetime: told.access_token_lifetime,
        refresh_token_lifetime: told.refresh_token_lifetime,
        authorization_lifetime: told.authorization_lifetime,
        sso_disabled: told.sso_disabled || portal.is_strict(),
        require_pushed_authorization_requests: told.require_pushed_authorization_requests,
        require_state_and_nonce: before.require_state_and_nonce || portal.is_strict(),
        ..before
    })
}

/// A scope as sign-in goes by it.
pub fn scope(scope: &Scope) -> Result<NewScope, Refused> {
    let owner = orgnr("owner_orgno", scope.owner_orgno.as_deref().unwrap_or_default())?;
    Ok(NewScope {
        opaque: scope.token_type == "OPAQUE",
        at_max_age: scope.at_max_age,
        authorization_max_lifetime: scope.authorization_max_lifetime,
        requires_user_consent: scope.requires_user_consent,
        requires_user_authentication: scope.requires_user_authentication,
        requires_pseudonymous_tokens: scope.requires_pseudonymous_tokens,
        enforced_aud_for_introspection: scope.enforced_aud_for_introspection.clone(),
        ..NewScope::new(&scope.name, owner, &scope.description)
    })
}
