//! Clients, access and delegations, as the installation itself administers them: who asks is trusted. What organisations
//! do themselves comes by `api/forvaltning`.

use clients::selvbetjening::{Refused, System, SystemUser};
use kernel::clock::Clock;
use kernel::enterprise::locked;
use kernel::id::Orgnr;
use kernel::jose::{Jwk, check_client_keys, client_keys_expire};
use kernel::store::{Store, StoreError};
use uuid::Uuid;

use crate::{model, store};

/// A scope to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewScope {
    /// Its name, `prefix:subscope`.
    pub scope: String,
    /// The organisation that gives access to it.
    pub owner: Orgnr,
    /// What it opens.
    pub description: String,
    /// Whether every organisation has it without being given access.
    pub accessible_for_all: bool,
    /// Longest life of a token with it; 0 for no bound. Seconds.
    pub at_max_age: i64,
    /// Where its delegations are kept (Altinn's issuer); `None` where it cannot be delegated.
    pub delegation_source: Option<String>,
}

impl NewScope {
    /// A scope that its owner gives access to, organisation by organisation, and that cannot be delegated.
    pub fn new(scope: &str, owner: Orgnr, description: &str) -> Self {
        Self {
            scope: scope.to_owned(),
            owner,
            description: description.to_owned(),
            accessible_for_all: false,
            at_max_age: 0,
            delegation_source: None,
        }
    }
}

/// A client to be registered.
#[derive(Debug, Clone)]
pub struct NewClient {
    /// Its id: 1 to 100 characters of `A–Z a–z 0–9 . _ : -`; the service's own are UUIDs.
    pub client_id: String,
    /// The organisation that answers for it.
    pub orgnr: Orgnr,
    /// Its name.
    pub name: String,
    /// What it may ask for; all must be in the catalogue.
    pub scopes: Vec<String>,
    /// Its public keys, each with `kid`; at most 5. They can be used for a year from now.
    pub jwks: Vec<Jwk>,
    /// How long its tokens live; 0 for the usual 120. Seconds, at most 3600.
    pub access_token_lifetime: i64,
}

/// Why a registration is refused.
#[derive(Debug, thiserror::Error)]
pub enum RegistrationError {
    /// A field does not hold what it should.
    #[error("{0}")]
    Invalid(String),
    /// A scope is not in the catalogue.
    #[error("the scope {0} does not exist")]
    UnknownScope(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn check(client: &NewClient) -> Result<(), RegistrationError> {
    let invalid = |why: &str| Err(RegistrationError::Invalid(format!("client {}: {why}", client.client_id)));
    let legal = |text: &str, most: usize| {
        (1..=most).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._:-".contains(&b))
    };
    if !legal(&client.client_id, 100) {
        return Err(RegistrationError::Invalid(
            "the client id does not have 1 to 100 legal characters".to_owned(),
        ));
    }
    if !(0..=model::LONGEST_LIFETIME).contains(&client.access_token_lifetime) {
        return invalid("the tokens' life is not from 0 to 3600 seconds");
    }
    if let Err(error) = check_client_keys(&client.jwks) {
        return invalid(&error.to_string());
    }
    for jwk in &client.jwks {
        if let Err(why) = locked(jwk, &client.orgnr) {
            return invalid(why);
        }
    }
    Ok(())
}

/// Administers clients and scopes over the component's store: in the server, or beside it (the command line), since
/// the server compares revisions with every token.
#[derive(Debug, Clone)]
pub struct Registrar {
    store: Store,
    clock: Clock,
}

impl Registrar {
    /// Over a store that has [`crate::MIGRATIONS`]'s tables.
    pub fn new(store: Store, clock: Clock) -> Self {
        Self { store, clock }
    }

    /// Registers a client, or makes the one of its id as told. Its organisation gets access to the scopes, since the
    /// installation speaks for their owners. Safe to repeat.
    pub async fn register_client(&self, client: NewClient) -> Result<(), RegistrationError> {
        check(&client)?;
        let now = self.clock.now();
        let keys_expire = client_keys_expire(now);
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    if let Some(unknown) = store::unknown_scopes(tx, &client.scopes).await?.into_iter().next()
                    {
                        return Err(RegistrationError::UnknownScope(unknown));
                    }
                    store::put_client(tx, &client, keys_expire, now.as_second()).await?;
                    for scope in &client.scopes {
                        store::set_access(tx, scope, &client.orgnr, true, now.as_second()).await?;
                    }
                    Ok(())
                })
            })
            .await
    }

    /// Deactivates a client: it gets no more tokens from now on, on no node. Whether it exists.
    pub async fn deactivate_client(&self, client_id: &str) -> Result<bool, StoreError> {
        let (client_id, now) = (client_id.to_owned(), self.clock.now().as_second());
        let write = self
            .store
            .write(move |tx| Box::pin(async move { store::deactivate_client(tx, &client_id, now).await }));
        write.await
    }

    /// Makes scopes, or makes those that exist as told.
    pub async fn put_scopes(&self, scopes: Vec<NewScope>) -> Result<(), StoreError> {
        let now = self.clock.now().as_second();
        self.store.write(move |tx| Box::pin(async move { store::put_scopes(tx, &scopes, now).await })).await
    }

    /// Takes a scope out of use, or into it again. Whether it exists.
    pub async fn set_scope_active(&self, scope: &str, active: bool) -> Result<bool, StoreError> {
        let scope = scope.to_owned();
        let write = self
            .store
            .write(move |tx| Box::pin(async move { store::set_scope_active(tx, &scope, active).await }));
        write.await
    }

    /// Gives an organisation access to a scope, or takes it.
    pub async fn set_access(&self, scope: &str, consumer: Orgnr, given: bool) -> Result<(), StoreError> {
        let (scope, now) = (scope.to_owned(), self.clock.now().as_second());
        let write = self.store.write(move |tx| {
            Box::pin(async move { store::set_access(tx, &scope, &consumer, given, now).await })
        });
        write.await
    }

    /// Keeps that `consumer` lets `supplier` use its access to a scope, or no longer does (Altinn's API delegation).
    pub async fn set_delegation(
        &self,
        scope: &str,
        consumer: Orgnr,
        supplier: Orgnr,
        given: bool,
    ) -> Result<(), StoreError> {
        let scope = scope.to_owned();
        let write = self.store.write(move |tx| {
            Box::pin(async move { store::set_delegation(tx, &scope, &consumer, &supplier, given).await })
        });
        write.await
    }

    /// Gives an organisation a prefix of scopes; it may then make scopes that begin with it.
    pub async fn assign_prefix(&self, prefix: &str, owner: Orgnr) -> Result<(), StoreError> {
        let prefix = prefix.to_owned();
        self.store
            .write(move |tx| Box::pin(async move { store::put_prefix(tx, &prefix, &owner).await }))
            .await
    }

    /// Keeps a supplier's system and which clients belong to it; a client belongs to one system.
    pub async fn put_system(&self, supplier: Orgnr, system: System) -> Result<(), Refused> {
        let now = self.clock.now().as_second();
        let write = self.store.write(move |tx| {
            Box::pin(async move { store::forvaltning::put_system(tx, &supplier, &system, now).await })
        });
        write.await
    }

    /// Gives a business a user of a system. Safe to repeat: gives the one that it has.
    pub async fn put_system_user(
        &self,
        id: Uuid,
        party: Orgnr,
        user: SystemUser,
    ) -> Result<SystemUser, Refused> {
        let now = self.clock.now().as_second();
        let write = self.store.write(move |tx| {
            Box::pin(async move { store::forvaltning::put_system_user(tx, id, &party, user, now).await })
        });
        write.await
    }
}
