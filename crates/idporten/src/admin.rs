//! Clients and scopes, as the installation itself administers them. The self-service API is built on the same when it
//! comes.

use kernel::clock::Clock;
use kernel::id::Orgnr;
use kernel::jose::{check_client_keys, client_keys_expire};
use kernel::store::{Store, StoreError};
use url::{Host, Url};

use crate::api::authorizations::SCOPE as AUTHORIZATIONS;
use crate::api::sign_in_log::SCOPE as SIGN_IN_LOG;
use crate::model::client::{ApplicationType, CodeChallengeMethod, NewClient, NewScope};
use crate::model::rights::ServiceRule;
use crate::model::{
    ACCESS_TOKEN, AUTHORIZATION, LONGEST_ACCESS_TOKEN, LONGEST_AUTHORIZATION, REFRESH_TOKEN, hash,
};
use crate::portal::Portal;
use crate::store::delegations::Delegation;
use crate::store::{self, Lives};

/// Least length of a secret.
const SECRET: usize = 32;
/// How long a secret may be used; seconds.
pub(crate) const SECRET_LIVES: i64 = 360 * 24 * 3600;

/// Why a registration is refused.
#[derive(Debug, thiserror::Error)]
pub enum RegistrationError {
    /// A field does not hold what it should.
    #[error("{0}")]
    Invalid(String),
    /// A field of a client, by the name that the self-service API has for it, does not hold what it should.
    #[error("{1}")]
    Field(&'static str, String),
    /// A scope is not in the catalogue.
    #[error("the scope {0} does not exist")]
    UnknownScope(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn legal(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._:-".contains(&b))
}

/// Whether people, or their browsers, may be sent to this address. In test, also without TLS.
fn check_address(uri: &str, native: bool, test_mode: bool) -> Result<(), &'static str> {
    if uri.contains('#') {
        return Err("has a fragment");
    }
    if !uri.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("holds characters that have to be percent-encoded");
    }
    // A native client's port is written `*`, which no URL has.
    let url = Url::parse(&uri.replacen(":*/", ":1/", 1)).map_err(|_| "is not an absolute URI")?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("holds a user");
    }
    let this_machine = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        _ => false,
    };
    match url.scheme() {
        "https" => Ok(()),
        "http" if test_mode || (native && this_machine) => Ok(()),
        "http" => Err("has no TLS"),
        "javascript" | "data" | "file" | "blob" | "about" | "vbscript" => {
            Err("has a scheme that nobody is sent to")
        }
        _ if native => Ok(()),
        _ => Err("has a scheme that only native clients have"),
    }
}

pub(crate) fn check(client: &NewClient, portal: Portal, test_mode: bool) -> Result<(), RegistrationError> {
    let invalid = |field: &'static str, why: &str| {
        Err(RegistrationError::Field(field, format!("client {}: {why}", client.client_id)))
    };
    if !legal(&client.client_id, 100) {
        return Err(RegistrationError::Invalid(
            "the client id does not have 1 to 100 legal characters".to_owned(),
        ));
    }
    let native = client.application_type == ApplicationType::Native;
    if client.is_public() == (client.application_type == ApplicationType::Web) {
        return invalid(
            "token_endpoint_auth_method",
            "web clients show who they are, browser and native clients cannot",
        );
    }
    if client.is_public() && client.code_challenge_method == CodeChallengeMethod::None {
        return invalid("code_challenge_method", "a public client cannot do without PKCE");
    }
    if client.redirect_uris.is_empty() {
        return invalid("redirect_uris", "it has no redirect_uris");
    }
    for (field, uris) in [
        ("redirect_uris", &client.redirect_uris),
        ("post_logout_redirect_uris", &client.post_logout_redirect_uris),
    ] {
        for uri in uris {
            if let Err(why) = check_address(uri, native, test_mode) {
                return invalid(field, &format!("the address {uri} {why}"));
            }
        }
    }
    if let Some(uri) = &client.frontchannel_logout_uri {
        if let Err(why) = check_address(uri, false, test_mode) {
            return invalid("frontchannel_logout_uri", &format!("frontchannel_logout_uri {why}"));
        }
        let host = |uri: &str| Url::parse(uri).ok().and_then(|url| url.host_str().map(str::to_owned));
        if !client.redirect_uris.iter().any(|redirect| host(redirect) == host(uri)) {
            return invalid(
                "frontchannel_logout_uri",
                "frontchannel_logout_uri has another host than redirect_uris",
            );
        }
    }
    if let Err(error) = check_client_keys(&client.jwks) {
        return invalid("keys", &error.to_string());
    }
    if client.secret.as_deref().is_some_and(|secret| secret.len() < SECRET) {
        return invalid("client_secret", "its secret has less than 32 characters");
    }
    if client.secret.is_some() && !client.auth_method.has_secret() {
        return invalid("client_secret", &format!("{} has no secret", client.auth_method.as_str()));
    }
    if client.default_acr.as_deref().is_some_and(|acr| portal.level(acr).is_none()) {
        return invalid("default_acr", "default_acr is not a level");
    }
    client.check_profile().or_else(|why| invalid("security_profile", why))?;
    check_lifetimes(client).or_else(|(field, why)| invalid(field, why))
}

/// Access tokens live shorter than refresh tokens, and those no longer than the authorization.
fn check_lifetimes(client: &NewClient) -> Result<(), (&'static str, &'static str)> {
    let or = |own: i64, usual: i64| if own == 0 { usual } else { own };
    let access = or(client.access_token_lifetime, ACCESS_TOKEN);
    let refresh = or(client.refresh_token_lifetime, REFRESH_TOKEN);
    let authorization = or(client.authorization_lifetime, AUTHORIZATION);
    if !(1..=LONGEST_ACCESS_TOKEN).contains(&access) {
        return Err(("access_token_lifetime", "access_token_lifetime is not from 0 to 3600 seconds"));
    }
    if !(1..=LONGEST_AUTHORIZATION).contains(&authorization) || access > authorization {
        return Err((
            "authorization_lifetime",
            "authorization_lifetime is shorter than the access tokens' or longer than a year",
        ));
    }
    if client.refresh_tokens && !(access < refresh && refresh <= authorization) {
        return Err((
            "refresh_token_lifetime",
            "refresh_token_lifetime is not between the access tokens' and the authorization's",
        ));
    }
    Ok(())
}

/// Administers clients and scopes over the component's store: in the server, or beside it (the command line).
#[derive(Debug, Clone)]
pub struct Registrar {
    store: Store,
    clock: Clock,
    portal: Portal,
    test_mode: bool,
}

impl Registrar {
    /// Over a store that has [`crate::MIGRATIONS`]'s tables. In `test_mode`, addresses need no TLS.
    pub fn new(store: Store, clock: Clock, test_mode: bool) -> Self {
        Self { store, clock, portal: Portal::Idporten, test_mode }
    }

    /// For the clients of another door; the store must be that one's.
    pub fn of(self, portal: Portal) -> Self {
        Self { portal, ..self }
    }

    /// Registers a client, or makes the one of its id as told. Safe to repeat. A secret is kept where none is given, and
    /// forgotten when the client changes to another way of showing who it is.
    pub async fn register_client(&self, mut client: NewClient) -> Result<(), RegistrationError> {
        client.sso_disabled |= self.portal.is_strict();
        client.require_state_and_nonce |= self.portal.is_strict();
        check(&client, self.portal, self.test_mode)?;
        let kind = self.portal.name();
        let now = self.clock.now();
        let lives = Lives { secret: now.as_second() + SECRET_LIVES, keys: client_keys_expire(now) };
        // Without its own scopes (the command line may come before the first start) no client could be registered.
        self.put_scopes(own_scopes(self.portal)).await?;
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    for scope in &client.scopes {
                        if !store::scope_exists(tx, scope).await? {
                            return Err(RegistrationError::UnknownScope(scope.clone()));
                        }
                    }
                    let secret = client.secret.as_deref().map(hash);
                    let mut has_secret = secret.is_some();
                    if let Some((before, had)) = store::registration(tx, &client.client_id).await? {
                        if before.auth_method == client.auth_method {
                            has_secret |= had;
                        } else {
                            store::forget_secret(tx, &client.client_id).await?;
                        }
                    }
                    if client.auth_method.has_secret() && !has_secret {
                        let why = format!("client {}: it has no secret", client.client_id);
                        return Err(RegistrationError::Invalid(why));
                    }
                    store::put_client(tx, &client, secret, lives, now.as_second()).await?;
                    Ok(store::forvaltning::adopt(tx, &client, kind).await?)
                })
            })
            .await
    }

    /// Deactivates a client: it gets nothing more from now on, on no node. Whether it exists.
    pub async fn deactivate_client(&self, client_id: &str) -> Result<bool, StoreError> {
        let (client_id, now) = (client_id.to_owned(), self.clock.now().as_second());
        let write = self
            .store
            .write(move |tx| Box::pin(async move { store::deactivate_client(tx, &client_id, now).await }));
        write.await
    }

    /// Says of a service who may use it (Ansattporten): in place of what was said before.
    pub async fn put_service(&self, rule: ServiceRule) -> Result<(), RegistrationError> {
        let right = |right: &String| legal(right, 50);
        if !legal(&rule.resource, 200) || rule.name.is_empty() || rule.name.len() > 200 {
            return Err(RegistrationError::Invalid("a service has no legal id or name".to_owned()));
        }
        if rule.roles.values().any(|rights| rights.is_empty() || !rights.iter().all(right)) {
            return Err(RegistrationError::Invalid(format!(
                "{}: a role gives no legal right",
                rule.resource
            )));
        }
        let write = self.store.write(move |tx| Box::pin(async move { store::put_rule(tx, &rule).await }));
        Ok(write.await?)
    }

    /// A business lets a person act for it with one resource (Ansattporten): in place of what it let them before. What
    /// businesses do themselves comes by `api/delegations`.
    pub async fn delegate(&self, delegation: Delegation) -> Result<(), RegistrationError> {
        let now = self.clock.now().as_second();
        let right = |right: &String| legal(right, 50);
        let rights = !delegation.rights.is_empty() && delegation.rights.iter().all(right);
        if !legal(&delegation.resource, 200) || !rights || delegation.ends.is_some_and(|ends| ends <= now) {
            let why = "a delegation gives no legal right, or has ended";
            return Err(RegistrationError::Invalid(why.to_owned()));
        }
        let write = self
            .store
            .write(move |tx| Box::pin(async move { store::delegations::give(tx, &delegation, now).await }));
        Ok(write.await?)
    }

    /// Makes scopes, or makes those that exist as told.
    pub async fn put_scopes(&self, scopes: Vec<NewScope>) -> Result<(), StoreError> {
        self.store.write(move |tx| Box::pin(async move { store::put_scopes(tx, &scopes).await })).await
    }
}

/// The scopes that ID-porten itself answers for.
pub fn own_scopes(portal: Portal) -> Vec<NewScope> {
    let Ok(owner) = Orgnr::parse(clients::orgs::DIGDIR.orgnr) else { return Vec::new() };
    let scope = |name, description| NewScope::new(name, owner, description);
    let mut scopes = vec![
        scope(clients::idporten::SCOPE_OPENID, "Innlogging"),
        scope(clients::idporten::SCOPE_PROFILE, "Fødselsnummer og språk"),
        scope(clients::idporten::SCOPE_INTROSPECTION, "Slå opp tokener"),
        scope(AUTHORIZATIONS, "Se og trekke tilbake hva du har gitt tilgang til"),
        scope(SIGN_IN_LOG, "Se hvor du har logget inn"),
    ];
    if portal == Portal::Idporten {
        let text = "Handle for et barn, eller for en du er verge for";
        scopes.push(scope(clients::idporten::SCOPE_REPRESENTATION, text));
    }
    scopes
}
