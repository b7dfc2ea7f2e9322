//! The rules of what organisations register themselves. No I/O.

use std::collections::BTreeSet;

use clients::maskinporten::GRANT;
use clients::selvbetjening::registration::{address, text};
use clients::selvbetjening::{Client, Refused, Scope};

use crate::model::LONGEST_LIFETIME;

/// The kinds of clients that are Maskinporten's.
const KINDS: [&str; 3] = ["maskinporten", "krr", "eformidling"];
/// The kinds of clients that a scope can be for.
const SCOPE_KINDS: [&str; 6] =
    ["maskinporten", "krr", "eformidling", "idporten", "api_klient", "ansattporten"];
/// What clients for the contact register have.
const KRR: [&str; 2] = ["krr:global/kontaktinformasjon.read", "krr:global/digitalpost.read"];
/// Where delegations are kept: Altinn, in production and in test.
pub const DELEGATION_SOURCES: [&str; 2] = ["https://www.altinn.no/", "https://tt02.altinn.no/"];

const LONGEST_NAME: usize = 255;
const LONGEST_TEXT: usize = 4000;
const LONGEST_SCOPE: usize = 255;
/// Most scopes of a client.
const SCOPES: usize = 200;
/// Longest life of an authorization: a year. Seconds.
const YEAR: i64 = 366 * 24 * 3600;

/// Checks a client and fills in the usual.
pub fn client(mut client: Client) -> Result<Client, Refused> {
    let refused = |field: &str, why: &str| Err(Refused::invalid(why).field(field));
    let kind = client.integration_type.as_str();
    if !KINDS.contains(&kind) {
        return refused(
            "integration_type",
            "integration_type is not one of maskinporten, krr and eformidling",
        );
    }
    if !["", "web"].contains(&client.application_type.as_str()) {
        return refused("application_type", "application_type must be web for this integration_type");
    }
    if !["", "private_key_jwt"].contains(&client.token_endpoint_auth_method.as_str()) {
        return refused(
            "token_endpoint_auth_method",
            "token_endpoint_auth_method must be private_key_jwt for this integration_type",
        );
    }
    if client.grant_types.iter().any(|grant| grant != GRANT && grant != "jwt_bearer_token") {
        let why = format!("grant_types must be {GRANT} for this integration_type");
        return Err(Refused::invalid(why).field("grant_types"));
    }
    let sends_people = !client.redirect_uris.is_empty()
        || !client.post_logout_redirect_uris.is_empty()
        || !client.frontchannel_logout_uri.is_empty();
    if sends_people {
        return refused(
            "redirect_uris",
            "redirect_uris, post_logout_redirect_uris and frontchannel_logout_uri are for clients that people sign in to",
        );
    }
    text("client_name", &client.client_name, LONGEST_NAME)?;
    text("description", &client.description, LONGEST_TEXT)?;
    address("client_uri", &client.client_uri)?;
    if !(0..=LONGEST_LIFETIME).contains(&client.access_token_lifetime) {
        return refused("access_token_lifetime", "access_token_lifetime is not from 0 to 3600 seconds");
    }
    if !(0..=YEAR).contains(&client.authorization_lifetime)
        || !(0..=YEAR).contains(&client.refresh_token_lifetime)
    {
        return refused(
            "authorization_lifetime",
            "authorization_lifetime or refresh_token_lifetime is not from 0 seconds to a year",
        );
    }
    if client.scopes.len() > SCOPES {
        return refused("scopes", "A client has at most 200 scopes");
    }
    let mut seen = BTreeSet::new();
    client.scopes.retain(|scope| seen.insert(scope.clone()));
    if kind == "krr" {
        if client.scopes.is_empty() {
            client.scopes = KRR.map(str::to_owned).to_vec();
        }
        if let Some(scope) = client.scopes.iter().find(|scope| !KRR.contains(&scope.as_str())) {
            return Err(Refused::scope(format!("The scope {scope} is not for krr")));
        }
    }
    if kind == "eformidling" {
        let of_exchange = |scope: &str| {
            scope.strip_prefix("move/dp").is_some_and(|rest| rest.rsplit('.').next() == Some("read"))
        };
        if let Some(scope) = client.scopes.iter().find(|scope| !of_exchange(scope)) {
            return Err(Refused::scope(format!("The scope {scope} is not for eformidling")));
        }
    }
    Ok(client)
}

/// Checks a scope and fills in its name and the usual.
pub fn scope(mut scope: Scope) -> Result<Scope, Refused> {
    let refused = |field: &str, why: &str| Err(Refused::invalid(why).field(field));
    // Some write the prefix with its colon.
    let prefix = scope.prefix.trim_end_matches(':').to_owned();
    let legal = |text: &str, more: &[u8]| {
        !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || more.contains(&b))
    };
    if !legal(&prefix, b"._-") {
        return refused("prefix", "prefix is missing or has other characters than A-Z a-z 0-9 . _ -");
    }
    if !legal(&scope.subscope, b"._-:/") {
        return refused("subscope", "subscope is missing or has other characters than A-Z a-z 0-9 . _ - : /");
    }
    scope.name = format!("{prefix}:{}", scope.subscope);
    scope.prefix = prefix;
    if scope.name.len() > LONGEST_SCOPE {
        return refused("subscope", "The scope's name is too long");
    }
    if scope.description.trim().is_empty() {
        return refused("description", "description is missing");
    }
    text("description", &scope.description, LONGEST_TEXT)?;
    if scope.long_description.len() > LONGEST_TEXT {
        return refused("long_description", "long_description is too long");
    }
    if !["", "PUBLIC", "PRIVATE", "INTERNAL"].contains(&scope.visibility.as_str()) {
        return refused("visibility", "visibility is not one of PUBLIC, PRIVATE and INTERNAL");
    }
    if !["", "SELF_CONTAINED", "OPAQUE"].contains(&scope.token_type.as_str()) {
        return refused("token_type", "token_type is neither SELF_CONTAINED nor OPAQUE");
    }
    if !(0..=YEAR).contains(&scope.at_max_age) || !(0..=YEAR).contains(&scope.authorization_max_lifetime) {
        return refused(
            "at_max_age",
            "at_max_age or authorization_max_lifetime is not from 0 seconds to a year",
        );
    }
    let mut seen = BTreeSet::new();
    scope.allowed_integration_types.retain(|kind| seen.insert(kind.clone()));
    if scope.allowed_integration_types.iter().any(|kind| !SCOPE_KINDS.contains(&kind.as_str())) {
        return refused(
            "allowed_integration_types",
            "allowed_integration_types holds an unknown integration_type",
        );
    }
    scope.delegation_source = scope.delegation_source.filter(|source| !source.is_empty());
    if scope.delegation_source.as_deref().is_some_and(|source| !DELEGATION_SOURCES.contains(&source)) {
        return refused("delegation_source", "delegation_source is not one of those of /delegationsources");
    }
    Ok(scope)
}
