//! Every statement of the token service.

use std::collections::{HashMap, HashSet};

use kernel::enterprise::locked;
use kernel::id::Orgnr;
use kernel::jose::dpop::{DpopError, Proof};
use kernel::jose::{Jwk, PublicKey};
use kernel::params;
use kernel::store::{Row, Store, StoreError, Tx};

use crate::admin::{NewClient, NewScope};
use crate::api::refused::Refused;
use crate::model::{AskedSystemUser, Catalogue, Client, ClientKey, Grant, Scope, SystemUser};

pub mod forvaltning;

// --- reading ---

/// The client of this id.
pub async fn client(store: &Store, client_id: &str) -> Result<Option<Client>, StoreError> {
    // The revision is read first: where a change comes in between, it is found to be old.
    let sql = "SELECT revision, orgnr, active, access_token_lifetime, integration_type FROM client WHERE client_id = $1";
    let Some(row) = store.query_opt(sql, params![client_id]).await? else { return Ok(None) };
    let (revision, orgnr): (i64, Orgnr) = (row.get(0)?, row.get(1)?);
    let (active, access_token_lifetime): (bool, i64) = (row.get(2)?, row.get(3)?);
    let integration_type: String = row.get(4)?;
    let scopes = names(store, "SELECT scope FROM client_scope WHERE client_id = $1", client_id).await?;
    let sql = "SELECT scope FROM scope_access WHERE consumer = $1 AND state = 'APPROVED'";
    let access = names(store, sql, orgnr.as_str()).await?;
    let sql = "SELECT handle FROM client_onbehalfof WHERE client_id = $1";
    let onbehalfof = names(store, sql, client_id).await?;
    let mut keys = HashMap::new();
    let sql = "SELECT kid, jwk, expires FROM client_key WHERE client_id = $1";
    for row in store.query(sql, params![client_id]).await? {
        let jwk: Jwk = serde_json::from_str(&row.get::<String>(1)?).map_err(|_| damaged())?;
        let key = PublicKey::from_jwk(&jwk).map_err(|_| damaged())?;
        let certificate = locked(&jwk, &orgnr).map_err(|_| damaged())?;
        let alg = jwk.algorithm().map_err(|_| damaged())?;
        keys.insert(row.get(0)?, ClientKey { key, alg, expires: row.get(2)?, certificate });
    }
    let client_id = client_id.to_owned();
    let client = Client {
        client_id,
        orgnr,
        active,
        access_token_lifetime,
        scopes,
        access,
        keys,
        integration_type,
        onbehalfof,
        revision,
    };
    Ok(Some(client))
}

fn damaged() -> StoreError {
    StoreError::Damaged("a client's key".to_owned())
}

async fn names(store: &Store, sql: &str, of: &str) -> Result<HashSet<String>, StoreError> {
    store.query(sql, params![of]).await?.iter().map(|row| row.get(0)).collect()
}

/// All scopes.
pub async fn catalogue(store: &Store) -> Result<Catalogue, StoreError> {
    let row = store.query_opt("SELECT revision FROM scope_revision WHERE id = 1", &[]).await?;
    let revision = row.ok_or(StoreError::Missing("revision of the scopes"))?.get(0)?;
    let sql = "SELECT scope, active, accessible_for_all, at_max_age, delegation_source, settings FROM scope";
    let mut scopes = HashMap::new();
    for row in store.query(sql, &[]).await? {
        let scope = Scope {
            active: row.get(1)?,
            accessible_for_all: row.get(2)?,
            at_max_age: row.get(3)?,
            delegation_source: row.get(4)?,
            allowed_integration_types: forvaltning::settings(&row.get::<String>(5)?)?
                .allowed_integration_types,
        };
        scopes.insert(row.get(0)?, scope);
    }
    Ok(Catalogue { scopes, revision })
}

const REVISIONS: &str = "SELECT s.revision, c.revision FROM scope_revision s LEFT JOIN client c ON c.client_id = $1 WHERE s.id = 1";

/// The revisions of the catalogue and of the client, where there is one.
pub async fn revisions(store: &Store, client_id: &str) -> Result<(i64, Option<i64>), StoreError> {
    let row = store.query_opt(REVISIONS, params![client_id]).await?;
    let row = row.ok_or(StoreError::Missing("revision of the scopes"))?;
    Ok((row.get(0)?, row.get(1)?))
}

// --- issuing ---

/// A token to be issued.
pub struct Issued {
    /// What it rests on.
    pub grant: Grant,
    /// Its scopes, joined.
    pub scope: String,
    /// Its number.
    pub jti: String,
    /// The proof of the key that it is bound to, where there is one.
    pub proof: Option<Proof>,
    /// When; seconds since 1970.
    pub at: i64,
}

/// Uses the assertion up and keeps what is issued for it. Gives the system user that the token is for.
pub async fn issue(tx: &mut Tx, issued: &Issued) -> Result<Option<SystemUser>, Refused> {
    let Issued { grant, scope, jti, proof, at } = issued;
    let client = &grant.client;
    let current = tx.query_opt(REVISIONS, params![client.client_id.as_str()]).await?;
    let current = current.ok_or(StoreError::Missing("revision of the scopes"))?;
    if (current.get::<i64>(0)?, current.get::<Option<i64>>(1)?)
        != (grant.catalogue_revision, Some(client.revision))
    {
        return Err(Refused::stale());
    }
    if !use_up(tx, grant.fingerprint.clone(), grant.assertion_expires).await? {
        return Err(Refused::replayed());
    }
    if let Some(proof) = proof
        && !use_up(tx, proof.fingerprint.to_vec(), proof.until).await?
    {
        return Err(Refused::proof(DpopError("it has been used before")));
    }
    let (consumer, supplier) = match &grant.delegation {
        None => (&client.orgnr, None),
        Some(delegation) => (&delegation.consumer, Some(client.orgnr)),
    };
    if let Some(delegation) = &grant.delegation {
        for scope in &delegation.restricted {
            if !has_access(tx, scope, consumer).await? {
                return Err(Refused::no_access(scope));
            }
        }
        for scope in &grant.scopes {
            if !is_delegated(tx, scope, consumer, &client.orgnr).await? {
                return Err(Refused::delegation(scope));
            }
        }
    }
    let user = match &grant.system_user {
        None => None,
        Some(asked) => {
            Some(system_user(tx, &client.client_id, asked).await?.ok_or_else(Refused::system_user)?)
        }
    };
    tx.execute(
        "INSERT INTO issued (nr, at, client_id, consumer, supplier, scope, pid, jti)
         VALUES ((SELECT COALESCE(MAX(nr), 0) + 1 FROM issued), $1, $2, $3, $4, $5, $6, $7)",
        params![
            *at,
            client.client_id.as_str(),
            consumer,
            supplier.map(|orgnr| orgnr.as_str().to_owned()),
            scope.as_str(),
            grant.pid.map(|pid| pid.as_str().to_owned()),
            jti.as_str()
        ],
    )
    .await?;
    Ok(user)
}

/// Whether an assertion has been used.
pub async fn is_used(store: &Store, fingerprint: Vec<u8>) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM used_assertion WHERE fingerprint = $1";
    Ok(store.query_opt(sql, params![fingerprint]).await?.is_some())
}

/// The system user of a business in the system that a client belongs to.
async fn system_user(
    tx: &mut Tx,
    client_id: &str,
    asked: &AskedSystemUser,
) -> Result<Option<SystemUser>, StoreError> {
    let sql = "SELECT u.id, u.system_id FROM system_client c JOIN system_user u ON u.system_id = c.system_id
        WHERE c.client_id = $1 AND u.party = $2 AND u.external_ref = $3 AND u.active = 1";
    let row = tx.query_opt(sql, params![client_id, &asked.party, asked.external_ref.as_str()]).await?;
    row.map(|row| Ok(SystemUser { id: row.get(0)?, system_id: row.get(1)? })).transpose()
}

/// Uses an assertion or a proof up; whether it had not been used.
async fn use_up(tx: &mut Tx, fingerprint: Vec<u8>, expires: i64) -> Result<bool, StoreError> {
    let sql = "INSERT INTO used_assertion (fingerprint, expires) VALUES ($1, $2) ON CONFLICT (fingerprint) DO NOTHING";
    Ok(tx.execute(sql, params![fingerprint, expires]).await? > 0)
}

async fn has_access(tx: &mut Tx, scope: &str, consumer: &Orgnr) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM scope_access WHERE consumer = $1 AND scope = $2 AND state = 'APPROVED'";
    Ok(tx.query_opt(sql, params![consumer, scope]).await?.is_some())
}

async fn is_delegated(
    tx: &mut Tx,
    scope: &str,
    consumer: &Orgnr,
    supplier: &Orgnr,
) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM delegation WHERE supplier = $1 AND consumer = $2 AND scope = $3";
    Ok(tx.query_opt(sql, params![supplier, consumer, scope]).await?.is_some())
}

/// Forgets at most `limit` used assertions that ended before `before`, and counts them.
pub async fn forget(tx: &mut Tx, before: i64, limit: i64) -> Result<u64, StoreError> {
    let sql = "DELETE FROM used_assertion WHERE fingerprint IN
        (SELECT fingerprint FROM used_assertion WHERE expires < $1 ORDER BY expires LIMIT $2)";
    tx.execute(sql, params![before, limit]).await
}

// --- the test authority ---

/// The test authority's certificates, and its keys, sealed.
pub struct KeptCa {
    /// The root's certificate; DER.
    pub root: Vec<u8>,
    /// Its key.
    pub root_key: Vec<u8>,
    /// The issuing authority's certificate; DER.
    pub issuing: Vec<u8>,
    /// Its key.
    pub issuing_key: Vec<u8>,
}

impl KeptCa {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self { root: row.get(0)?, root_key: row.get(1)?, issuing: row.get(2)?, issuing_key: row.get(3)? })
    }
}

const TEST_CA: &str = "SELECT root, root_key, issuing, issuing_key FROM test_ca WHERE id = 1";

/// The test authority, where it has been made.
pub async fn test_ca(store: &Store) -> Result<Option<KeptCa>, StoreError> {
    store.query_opt(TEST_CA, &[]).await?.as_ref().map(KeptCa::read).transpose()
}

/// The test authority: the one that is kept, or `new`, kept from now on.
pub async fn keep_test_ca(tx: &mut Tx, new: KeptCa) -> Result<KeptCa, StoreError> {
    let sql = "INSERT INTO test_ca (id, root, root_key, issuing, issuing_key) VALUES (1, $1, $2, $3, $4)
        ON CONFLICT (id) DO NOTHING";
    tx.execute(sql, params![new.root, new.root_key, new.issuing, new.issuing_key]).await?;
    let row = tx.query_opt(TEST_CA, &[]).await?;
    KeptCa::read(&row.ok_or(StoreError::Missing("test authority"))?)
}

/// A certificate that the test authority has issued.
pub struct TestCertificateRow {
    /// Hexadecimal.
    pub serial: String,
    /// Whose it is.
    pub orgnr: Orgnr,
    /// When; seconds since 1970.
    pub issued: i64,
    /// When it ends; seconds since 1970.
    pub expires: i64,
}

/// Keeps that a certificate was issued.
pub async fn put_test_certificate(tx: &mut Tx, row: &TestCertificateRow) -> Result<(), StoreError> {
    let sql = "INSERT INTO test_certificate (serial, orgnr, issued, expires) VALUES ($1, $2, $3, $4)";
    tx.execute(sql, params![row.serial.as_str(), &row.orgnr, row.issued, row.expires]).await.map(drop)
}

/// Revokes a certificate of `orgnr`; whether there is one that was not revoked.
pub async fn revoke_test_certificate(
    tx: &mut Tx,
    serial: &str,
    orgnr: &Orgnr,
    now: i64,
) -> Result<bool, StoreError> {
    let sql = "UPDATE test_certificate SET revoked = $3 WHERE serial = $1 AND orgnr = $2 AND revoked IS NULL";
    Ok(tx.execute(sql, params![serial, orgnr, now]).await? > 0)
}

/// The serial numbers of certificates that are revoked, and since when.
pub async fn revoked_certificates(store: &Store) -> Result<Vec<(String, i64)>, StoreError> {
    let sql =
        "SELECT serial, revoked FROM test_certificate WHERE revoked IS NOT NULL ORDER BY revoked, serial";
    store.query(sql, &[]).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

// --- administration by the installation ---

/// Makes or changes scopes.
pub async fn put_scopes(tx: &mut Tx, scopes: &[NewScope], now: i64) -> Result<(), StoreError> {
    let mut changed = 0;
    for scope in scopes {
        put_prefix(tx, clients::selvbetjening::prefix(&scope.scope), &scope.owner).await?;
        changed += tx
            .execute(
                "INSERT INTO scope (scope, owner, description, active, accessible_for_all, at_max_age, delegation_source, created, last_updated)
                 VALUES ($1, $2, $3, 1, $4, $5, $6, $7, $7)
                 ON CONFLICT (scope) DO UPDATE SET owner = excluded.owner, description = excluded.description, active = 1,
                    accessible_for_all = excluded.accessible_for_all, at_max_age = excluded.at_max_age,
                    delegation_source = excluded.delegation_source, last_updated = excluded.last_updated
                 WHERE scope.owner <> excluded.owner OR scope.description <> excluded.description OR scope.active <> 1
                    OR scope.accessible_for_all <> excluded.accessible_for_all OR scope.at_max_age <> excluded.at_max_age
                    OR COALESCE(scope.delegation_source, '') <> COALESCE(excluded.delegation_source, '')",
                params![
                    scope.scope.as_str(),
                    &scope.owner,
                    scope.description.as_str(),
                    scope.accessible_for_all,
                    scope.at_max_age,
                    scope.delegation_source.clone(),
                    now
                ],
            )
            .await?;
    }
    if changed > 0 { scopes_changed(tx).await } else { Ok(()) }
}

/// Gives an organisation a prefix of scopes.
pub async fn put_prefix(tx: &mut Tx, prefix: &str, owner: &Orgnr) -> Result<(), StoreError> {
    let sql =
        "INSERT INTO scope_prefix (prefix, owner) VALUES ($1, $2) ON CONFLICT (prefix, owner) DO NOTHING";
    tx.execute(sql, params![prefix, owner]).await.map(drop)
}

async fn scopes_changed(tx: &mut Tx) -> Result<(), StoreError> {
    tx.execute("UPDATE scope_revision SET revision = revision + 1 WHERE id = 1", &[]).await.map(drop)
}

/// Takes a scope out of use, or into it again; whether it exists.
pub async fn set_scope_active(tx: &mut Tx, scope: &str, active: bool) -> Result<bool, StoreError> {
    let found = tx.execute("UPDATE scope SET active = $2 WHERE scope = $1", params![scope, active]).await?;
    scopes_changed(tx).await?;
    Ok(found > 0)
}

/// Those of `scopes` that do not exist.
pub async fn unknown_scopes(tx: &mut Tx, scopes: &[String]) -> Result<Vec<String>, StoreError> {
    let mut unknown = Vec::new();
    for scope in scopes {
        if tx.query_opt("SELECT 1 FROM scope WHERE scope = $1", params![scope.as_str()]).await?.is_none() {
            unknown.push(scope.clone());
        }
    }
    Ok(unknown)
}

/// Makes a client, or makes it as told. Its keys live until `keys_expire`.
pub async fn put_client(
    tx: &mut Tx,
    client: &NewClient,
    keys_expire: i64,
    now: i64,
) -> Result<(), StoreError> {
    let id = client.client_id.as_str();
    tx.execute(
        "INSERT INTO client (client_id, orgnr, tenant, name, active, access_token_lifetime, revision, created, last_updated,
            keys_created, keys_updated)
         VALUES ($1, $2, $2, $3, 1, $4, 1, $5, $5, $5, $5)
         ON CONFLICT (client_id) DO UPDATE SET orgnr = excluded.orgnr, tenant = excluded.tenant, name = excluded.name, active = 1,
            keys_updated = excluded.keys_updated,
            access_token_lifetime = excluded.access_token_lifetime, revision = client.revision + 1, last_updated = excluded.last_updated",
        params![id, &client.orgnr, client.name.as_str(), client.access_token_lifetime, now],
    )
    .await?;
    put_client_scopes(tx, id, &client.scopes).await?;
    put_client_keys(tx, id, &client.jwks, keys_expire).await
}

/// Replaces what a client may ask for.
async fn put_client_scopes(tx: &mut Tx, id: &str, scopes: &[String]) -> Result<(), StoreError> {
    tx.execute("DELETE FROM client_scope WHERE client_id = $1", params![id]).await?;
    for scope in scopes {
        let sql = "INSERT INTO client_scope (client_id, scope) VALUES ($1, $2) ON CONFLICT (client_id, scope) DO NOTHING";
        tx.execute(sql, params![id, scope.as_str()]).await?;
    }
    Ok(())
}

/// Replaces a client's keys.
async fn put_client_keys(tx: &mut Tx, id: &str, keys: &[Jwk], expire: i64) -> Result<(), StoreError> {
    tx.execute("DELETE FROM client_key WHERE client_id = $1", params![id]).await?;
    for jwk in keys {
        let kid = jwk.kid.as_deref().ok_or(StoreError::Missing("kid"))?;
        let text = serde_json::to_string(jwk).map_err(|error| StoreError::Damaged(error.to_string()))?;
        let sql = "INSERT INTO client_key (client_id, kid, jwk, expires) VALUES ($1, $2, $3, $4)";
        tx.execute(sql, params![id, kid, text, expire]).await?;
    }
    Ok(())
}

/// Deactivates a client; whether it exists.
pub async fn deactivate_client(tx: &mut Tx, client_id: &str, now: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE client SET active = 0, revision = revision + 1, last_updated = $2 WHERE client_id = $1";
    Ok(tx.execute(sql, params![client_id, now]).await? > 0)
}

/// Gives an organisation access to a scope, or takes it.
pub async fn set_access(
    tx: &mut Tx,
    scope: &str,
    consumer: &Orgnr,
    given: bool,
    now: i64,
) -> Result<(), StoreError> {
    let sql = if given {
        "INSERT INTO scope_access (scope, consumer, state, created, last_updated) VALUES ($1, $2, 'APPROVED', $3, $3)
         ON CONFLICT (consumer, scope) DO UPDATE SET state = 'APPROVED', last_updated = excluded.last_updated
         WHERE scope_access.state <> 'APPROVED'"
    } else {
        "UPDATE scope_access SET state = 'DENIED', last_updated = $3 WHERE scope = $1 AND consumer = $2 AND state <> 'DENIED'"
    };
    if tx.execute(sql, params![scope, consumer, now]).await? > 0 {
        tx.execute("UPDATE client SET revision = revision + 1 WHERE orgnr = $1", params![consumer]).await?;
    }
    Ok(())
}

/// Keeps that `consumer` lets `supplier` use its access to a scope, or no longer does.
pub async fn set_delegation(
    tx: &mut Tx,
    scope: &str,
    consumer: &Orgnr,
    supplier: &Orgnr,
    given: bool,
) -> Result<(), StoreError> {
    let sql = if given {
        "INSERT INTO delegation (scope, consumer, supplier) VALUES ($1, $2, $3)
         ON CONFLICT (supplier, consumer, scope) DO NOTHING"
    } else {
        "DELETE FROM delegation WHERE scope = $1 AND consumer = $2 AND supplier = $3"
    };
    tx.execute(sql, params![scope, consumer, supplier]).await.map(drop)
}
