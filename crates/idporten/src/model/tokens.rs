//! What a sign-in gives: authorizations and the claims of tokens.

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use kernel::auth::Organisation;
use kernel::id::{Orgnr, Pid};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::behalf::Chosen;
use super::client::{Client, NewClient, Scope, SubjectType};
use super::request::AuthorizeRequest;
use super::session::Authentication;
use super::{ACCESS_TOKEN, AUTHORIZATION, ID_TOKEN, REFRESH_TOKEN};
use crate::portal::Portal;

/// The scopes that only say who the person is: what was given for them ends with the session.
const OWN_SCOPES: [&str; 2] = ["openid", "profile"];

/// What a person has given a client: kept for as long as tokens of it live.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Granted {
    /// Its number.
    pub id: String,
    /// The client.
    pub client_id: String,
    /// The person, how surely, by which eID, in which session.
    pub authentication: Authentication,
    /// The address that the code went to.
    pub redirect_uri: String,
    /// PKCE; missing where the request had none.
    pub code_challenge: Option<String>,
    /// Comes back in the id token.
    pub nonce: Option<String>,
    /// The scopes granted, in the order asked for.
    pub scopes: Vec<String>,
    /// For whom access tokens are.
    pub resources: Vec<String>,
    /// The supplier's customer.
    pub onbehalfof: Option<String>,
    /// The language chosen.
    pub locale: String,
    /// The thumbprint of the key that whoever brings the code must prove.
    #[serde(default)]
    pub dpop_jkt: Option<String>,
    /// Whether tokens leave out the person's number.
    pub pseudonymous: bool,
    /// Whether access tokens have to be looked up.
    pub opaque: bool,
    /// How long an access token lives; seconds.
    pub access_token_lifetime: i64,
    /// When everything ends; seconds since 1970.
    pub ends: i64,
    /// On behalf of whom.
    #[serde(default)]
    pub chosen: Chosen,
    /// When it was given; seconds since 1970.
    #[serde(default)]
    pub given: i64,
    /// The scopes that the person was asked about, and gave.
    #[serde(default)]
    pub agreed: Vec<String>,
    /// The browser that it was given in, as it called itself.
    #[serde(default)]
    pub user_agent: Option<String>,
}

impl Granted {
    /// What `authentication` gives for `request`, where the person has agreed to `scopes`.
    pub fn new(
        id: String,
        request: &AuthorizeRequest,
        client: &Client,
        scopes: &[Scope],
        authentication: Authentication,
        locale: &str,
        now: i64,
    ) -> Self {
        let bounded = |usual: i64, own: i64, bound: fn(&Scope) -> i64| {
            let chosen = if own > 0 { own } else { usual };
            scopes.iter().map(bound).filter(|bound| *bound > 0).fold(chosen, i64::min)
        };
        let lifetime =
            bounded(AUTHORIZATION, client.authorization_lifetime, |scope| scope.authorization_max_lifetime);
        let granted = |name: &&String| scopes.iter().any(|scope| scope.scope == **name);
        Self {
            id,
            client_id: client.client_id.clone(),
            authentication,
            redirect_uri: request.destination.redirect_uri.clone(),
            code_challenge: request.code_challenge.clone(),
            nonce: request.nonce.clone(),
            scopes: request.scopes.iter().filter(granted).cloned().collect(),
            resources: request.resources.clone(),
            onbehalfof: request.onbehalfof.clone(),
            locale: locale.to_owned(),
            dpop_jkt: request.dpop_jkt.clone(),
            pseudonymous: scopes.iter().any(|scope| scope.requires_pseudonymous_tokens),
            opaque: scopes.iter().any(|scope| scope.opaque),
            access_token_lifetime: bounded(ACCESS_TOKEN, client.access_token_lifetime, |scope| {
                scope.at_max_age
            }),
            ends: now + lifetime,
            chosen: Chosen::default(),
            given: now,
            agreed: scopes
                .iter()
                .filter(|scope| scope.requires_user_consent)
                .map(|scope| scope.scope.clone())
                .collect(),
            user_agent: request.user_agent.clone(),
        }
    }

    /// The same on behalf of another.
    pub fn behalf(self, chosen: Chosen) -> Self {
        Self { chosen, ..self }
    }

    /// The claim about the child or ward.
    pub fn representation(&self, client: &NewClient, pairwise: &Pairwise) -> Option<Value> {
        let mandate = self.chosen.mandate.as_ref()?;
        Some(mandate.claim(&pairwise.sub(client, &mandate.pid), self.pseudonymous))
    }

    /// Whom it tells something of: the person, and the one whom they act for.
    pub fn subjects(&self) -> Vec<Pid> {
        let other = self.chosen.mandate.as_ref().map(|mandate| mandate.pid);
        std::iter::once(self.authentication.pid).chain(other).collect()
    }

    /// Whether it outlives the session: it opens more than who the person is.
    pub fn survives_logout(&self) -> bool {
        self.scopes.iter().any(|scope| !OWN_SCOPES.contains(&scope.as_str()))
    }

    /// Whether it has this scope.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes.iter().any(|own| own == scope)
    }

    /// The person's number, where tokens may have it.
    pub fn pid(&self) -> Option<Pid> {
        (!self.pseudonymous).then_some(self.authentication.pid)
    }

    /// When an access token made now ends.
    pub fn access_token_ends(&self, now: i64) -> i64 {
        (now + self.access_token_lifetime).min(self.ends)
    }

    /// When a refresh token made now ends.
    pub fn refresh_token_ends(&self, client: &Client, now: i64) -> i64 {
        let own = client.refresh_token_lifetime;
        (now + if own > 0 { own } else { REFRESH_TOKEN }).min(self.ends)
    }
}

/// Makes the names by which each client alone knows a person.
pub struct Pairwise(hmac::Key);

impl Pairwise {
    /// From the installation's secret, which must never change.
    pub fn new(secret: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// The name of a person for a client.
    pub fn sub(&self, client: &NewClient, pid: &Pid) -> String {
        let mut context = hmac::Context::with_key(&self.0);
        if client.subject_type == SubjectType::Pairwise {
            context.update(client.client_id.as_bytes());
        }
        context.update(pid.as_str().as_bytes());
        URL_SAFE_NO_PAD.encode(context.sign())
    }
}

impl std::fmt::Debug for Pairwise {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pairwise")
    }
}

/// What an id token and an access token have in common beside what was granted.
#[derive(Debug)]
pub struct Stamp<'a> {
    /// The door, whose names levels have.
    pub portal: Portal,
    /// The issuer.
    pub iss: &'a str,
    /// The name by which the client knows the person.
    pub sub: &'a str,
    /// The token's number.
    pub jti: &'a str,
    /// When it is made; seconds since 1970.
    pub now: i64,
    /// The child or ward: see [`Granted::representation`].
    pub representation: Option<Value>,
}

/// The claims of an id token.
#[derive(Debug, Serialize)]
pub struct IdToken<'a> {
    iss: &'a str,
    aud: &'a str,
    sub: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pid: Option<Pid>,
    acr: &'static str,
    amr: [&'a str; 1],
    auth_time: i64,
    iat: i64,
    exp: i64,
    jti: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
    locale: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aud_onbehalfof: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    authorization_details: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    representation: Option<Value>,
}

impl<'a> IdToken<'a> {
    /// The claims for what was granted. A refresh has no nonce.
    pub fn new(granted: &'a Granted, client: &Client, stamp: Stamp<'a>, refreshed: bool) -> Self {
        let Stamp { portal, iss, sub, jti, now, representation } = stamp;
        let authentication = &granted.authentication;
        Self {
            iss,
            aud: &granted.client_id,
            sub,
            pid: granted.pid(),
            acr: portal.acr_of(authentication),
            amr: [&authentication.amr],
            auth_time: authentication.auth_time,
            iat: now,
            exp: now + ID_TOKEN,
            jti,
            nonce: granted.nonce.as_deref().filter(|_| !refreshed),
            locale: &granted.locale,
            sid: client.frontchannel_logout_session_required.then_some(authentication.sid.as_str()),
            aud_onbehalfof: granted.onbehalfof.as_deref(),
            name: authentication.name.as_deref().filter(|_| !granted.pseudonymous),
            authorization_details: granted.chosen.authorization_details.as_ref(),
            representation,
        }
    }
}

/// The claims of an access token.
#[derive(Debug, Serialize)]
pub struct AccessToken<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: Value,
    client_id: &'a str,
    client_amr: &'static str,
    client_orgno: Orgnr,
    consumer: Organisation,
    #[serde(skip_serializing_if = "Option::is_none")]
    supplier: Option<Organisation>,
    scope: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pid: Option<Pid>,
    acr: &'static str,
    token_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cnf: Option<Confirmation<'a>>,
    iat: i64,
    exp: i64,
    jti: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    authorization_details: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    representation: Option<Value>,
}

impl<'a> AccessToken<'a> {
    /// The claims for what was granted, with these scopes of it; bound to the key `jkt`, where there is one.
    pub fn new(
        granted: &'a Granted,
        client: &Client,
        scope: &'a str,
        jkt: Option<&'a str>,
        stamp: Stamp<'a>,
    ) -> Self {
        let Stamp { portal, iss, sub, jti, now, representation } = stamp;
        Self {
            iss,
            sub,
            aud: audience(&granted.resources),
            client_id: &granted.client_id,
            client_amr: client.auth_method.as_str(),
            client_orgno: client.orgnr,
            consumer: Organisation::of(&client.orgnr),
            supplier: client.supplier.as_ref().map(Organisation::of),
            scope,
            pid: granted.pid(),
            acr: portal.acr_of(&granted.authentication),
            token_type: token_type(jkt),
            cnf: jkt.map(|jkt| Confirmation { jkt }),
            iat: now,
            exp: granted.access_token_ends(now),
            jti,
            authorization_details: granted.chosen.authorization_details.as_ref(),
            representation,
        }
    }
}

/// The key that a token is bound to (RFC 9449 § 6).
#[derive(Debug, Serialize)]
pub struct Confirmation<'a> {
    /// Its thumbprint.
    pub jkt: &'a str,
}

/// How a token is used: by itself, or with a proof of its key.
pub fn token_type(jkt: Option<&str>) -> &'static str {
    if jkt.is_some() { "DPoP" } else { "Bearer" }
}

/// `aud` as the service writes it.
pub fn audience(resources: &[String]) -> Value {
    match resources {
        [] => Value::from("unspecified"),
        [one] => Value::from(one.as_str()),
        many => Value::from(many),
    }
}
