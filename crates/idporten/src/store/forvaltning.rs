//! The statements behind what organisations do themselves: each names whose data it touches, so that nobody sees or changes
//! another's.

use clients::selvbetjening::{Client, Refused, moment};
use kernel::id::Orgnr;
use kernel::params;
use kernel::store::{Row, Store, StoreError, Tx};

use super::{read_json, write_json};
use crate::model::client::{NewClient, NewScope};

/// A client as its administrators know it.
#[derive(Debug, Clone)]
pub struct Administered {
    /// What sign-in goes by.
    pub settings: NewClient,
    /// What only the administrators see: description, address, the customers' addresses.
    pub told: Client,
    /// Its kind.
    pub integration_type: String,
    /// Whether it is in use.
    pub active: bool,
    /// When it was made; seconds since 1970.
    pub created: i64,
    /// When it was changed last.
    pub last_updated: i64,
    /// When its first keys were registered; 0 for never.
    pub keys_created: i64,
    /// When its keys were registered.
    pub keys_updated: i64,
}

const CLIENT: &str = "SELECT settings, told, integration_type, active, created, last_updated, keys_created, keys_updated FROM client";

fn administered(row: &Row) -> Result<Administered, StoreError> {
    Ok(Administered {
        settings: read_json(&row.get::<String>(0)?, "a client")?,
        told: read_json(&row.get::<String>(1)?, "a client")?,
        integration_type: row.get(2)?,
        active: row.get(3)?,
        created: row.get(4)?,
        last_updated: row.get(5)?,
        keys_created: row.get(6)?,
        keys_updated: row.get(7)?,
    })
}

/// The clients that an organisation administers.
pub async fn clients_of(
    store: &Store,
    tenant: &Orgnr,
    inactive: bool,
) -> Result<Vec<Administered>, StoreError> {
    let sql = format!("{CLIENT} WHERE tenant = $1 AND (active = 1 OR $2 = 1) ORDER BY created, client_id");
    store.query(&sql, params![tenant, inactive]).await?.iter().map(administered).collect()
}

/// One of them, active or not.
pub async fn client_of(tx: &mut Tx, tenant: &Orgnr, client_id: &str) -> Result<Administered, Refused> {
    let sql = format!("{CLIENT} WHERE client_id = $1 AND tenant = $2");
    let row = tx.query_opt(&sql, params![client_id, tenant]).await?;
    Ok(administered(&row.ok_or_else(|| Refused::not_found("client"))?)?)
}

/// Makes a client, with the hash of its secret and when that ends.
pub async fn add_client(
    tx: &mut Tx,
    tenant: &Orgnr,
    kind: &str,
    new: &NewClient,
    told: &Client,
    secret: Option<(Vec<u8>, i64)>,
    now: i64,
) -> Result<(), StoreError> {
    let (secret, expires) = secret.unzip();
    tx.execute(
        "INSERT INTO client (client_id, settings, secret, secret_expires, keys_expire, active, created, last_updated, tenant,
            integration_type, told)
         VALUES ($1, $2, $3, $4, 0, 1, $5, $5, $6, $7, $8)",
        params![
            new.client_id.as_str(),
            write_json(new)?,
            secret,
            expires.unwrap_or_default(),
            now,
            tenant,
            kind,
            write_json(told)?
        ],
    )
    .await
    .map(drop)
}

/// Changes a client; its keys and secret stay as they are.
pub async fn change_client(
    tx: &mut Tx,
    new: &NewClient,
    told: &Client,
    active: bool,
    now: i64,
) -> Result<(), StoreError> {
    let sql =
        "UPDATE client SET settings = $2, told = $3, active = $4, last_updated = $5 WHERE client_id = $1";
    let id = new.client_id.as_str();
    tx.execute(sql, params![id, write_json(new)?, write_json(told)?, active, now]).await.map(drop)
}

/// Gives a client a secret.
pub async fn put_secret(
    tx: &mut Tx,
    client_id: &str,
    hash: Vec<u8>,
    expires: i64,
    now: i64,
) -> Result<(), StoreError> {
    let sql = "UPDATE client SET secret = $2, secret_expires = $3, last_updated = $4 WHERE client_id = $1";
    tx.execute(sql, params![client_id, hash, expires, now]).await.map(drop)
}

/// Replaces a client's keys, which are in its settings.
pub async fn put_keys(tx: &mut Tx, new: &NewClient, expire: i64, now: i64) -> Result<(), StoreError> {
    let sql = "UPDATE client SET settings = $2, keys_expire = $3, last_updated = $4, keys_updated = $4,
        keys_created = CASE WHEN keys_created = 0 THEN $4 ELSE keys_created END WHERE client_id = $1";
    tx.execute(sql, params![new.client_id.as_str(), write_json(new)?, expire, now]).await.map(drop)
}

/// A client that the installation has registered is its organisation's.
pub async fn adopt(tx: &mut Tx, client: &NewClient, kind: &str) -> Result<(), StoreError> {
    let sql = "UPDATE client SET tenant = $2, integration_type = $3 WHERE client_id = $1 AND tenant = ''";
    tx.execute(sql, params![client.client_id.as_str(), &client.orgnr, kind]).await.map(drop)
}

/// A scope that is known, active or not.
pub async fn scope(tx: &mut Tx, name: &str) -> Result<Option<NewScope>, StoreError> {
    let row = tx.query_opt("SELECT settings FROM scope WHERE scope = $1", params![name]).await?;
    row.map(|row| read_json(&row.get::<String>(0)?, "a scope")).transpose()
}

/// Takes a scope out of use.
pub async fn deactivate_scope(tx: &mut Tx, name: &str) -> Result<(), StoreError> {
    tx.execute("UPDATE scope SET active = 0 WHERE scope = $1", params![name]).await.map(drop)
}

/// Keeps that an organisation no longer has access to a scope, or has it again.
pub async fn set_withdrawn(
    tx: &mut Tx,
    consumer: &Orgnr,
    scope: &str,
    withdrawn: bool,
) -> Result<(), StoreError> {
    let sql = if withdrawn {
        "INSERT INTO scope_withdrawn (consumer, scope) VALUES ($1, $2) ON CONFLICT (consumer, scope) DO NOTHING"
    } else {
        "DELETE FROM scope_withdrawn WHERE consumer = $1 AND scope = $2"
    };
    tx.execute(sql, params![consumer, scope]).await.map(drop)
}

impl Administered {
    /// As the API writes it.
    pub fn written(self) -> Client {
        let Self { settings, told, .. } = self;
        let mut grant_types = vec!["authorization_code".to_owned()];
        if settings.refresh_tokens {
            grant_types.push("refresh_token".to_owned());
        }
        Client {
            client_id: Some(settings.client_id),
            client_orgno: Some(settings.orgnr.as_str().to_owned()),
            supplier_orgno: settings.supplier.map(|orgnr| orgnr.as_str().to_owned()),
            client_name: settings.name,
            integration_type: self.integration_type,
            application_type: settings.application_type.as_str().to_owned(),
            token_endpoint_auth_method: settings.auth_method.as_str().to_owned(),
            grant_types,
            scopes: settings.scopes,
            redirect_uris: settings.redirect_uris,
            post_logout_redirect_uris: settings.post_logout_redirect_uris,
            frontchannel_logout_uri: settings.frontchannel_logout_uri.unwrap_or_default(),
            frontchannel_logout_session_required: settings.frontchannel_logout_session_required,
            code_challenge_method: "S256".to_owned(),
            sso_disabled: settings.sso_disabled,
            require_pushed_authorization_requests: settings.require_pushed_authorization_requests,
            authorization_lifetime: settings.authorization_lifetime,
            access_token_lifetime: settings.access_token_lifetime,
            refresh_token_lifetime: settings.refresh_token_lifetime,
            refresh_token_usage: settings.refresh_token_usage.as_str().to_owned(),
            client_secret: None,
            active: self.active,
            created: Some(moment(self.created)),
            last_updated: Some(moment(self.last_updated)),
            description: told.description,
            client_uri: told.client_uri,
        }
    }
}
