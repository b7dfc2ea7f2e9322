//! The statements behind what organisations do themselves: each names whose data it touches, so that nobody sees or changes
//! another's.

use clients::selvbetjening::{
    Access, AccessState, Client, Delegation, Jwks, OnBehalfOf, Refused, Scope, System, SystemUser, moment,
};
use kernel::id::Orgnr;
use kernel::params;
use kernel::store::{Row, Store, StoreError, Tx, Value};
use uuid::Uuid;

use super::{put_client_keys, put_client_scopes, scopes_changed, set_access};

// --- scopes ---

/// A scope's settings as they are kept, with the usual where they say nothing.
pub fn settings(text: &str) -> Result<Scope, StoreError> {
    let mut scope: Scope =
        serde_json::from_str(text).map_err(|_| StoreError::Damaged("a scope".to_owned()))?;
    let usual = |value: &mut String, usual: &str| {
        if value.is_empty() {
            usual.clone_into(value);
        }
    };
    usual(&mut scope.visibility, "PUBLIC");
    usual(&mut scope.token_type, "SELF_CONTAINED");
    if scope.allowed_integration_types.is_empty() {
        scope.allowed_integration_types.push("maskinporten".to_owned());
    }
    Ok(scope)
}

const SCOPE: &str =
    "SELECT scope, owner, description, active, accessible_for_all, at_max_age, delegation_source, settings,
    created, last_updated FROM scope";

fn scope(row: &Row) -> Result<Scope, StoreError> {
    let name: String = row.get(0)?;
    let (prefix, subscope) = name.split_once(':').unwrap_or(("", &name));
    Ok(Scope {
        prefix: prefix.to_owned(),
        subscope: subscope.to_owned(),
        owner_orgno: Some(row.get(1)?),
        description: row.get(2)?,
        active: row.get(3)?,
        accessible_for_all: row.get(4)?,
        at_max_age: row.get(5)?,
        delegation_source: row.get(6)?,
        created: Some(moment(row.get(8)?)),
        last_updated: Some(moment(row.get(9)?)),
        ..settings(&row.get::<String>(7)?)?
    })
    .map(|scope| Scope { name, ..scope })
}

/// An organisation's own scopes.
pub async fn scopes_of(store: &Store, owner: &Orgnr, inactive: bool) -> Result<Vec<Scope>, StoreError> {
    let sql = format!("{SCOPE} WHERE owner = $1 AND (active = 1 OR $2 = 1) ORDER BY scope");
    store.query(&sql, params![owner, inactive]).await?.iter().map(scope).collect()
}

/// Every scope that is given out.
pub async fn active_scopes(store: &Store) -> Result<Vec<Scope>, StoreError> {
    let sql = format!("{SCOPE} WHERE active = 1 ORDER BY scope");
    store.query(&sql, &[]).await?.iter().map(scope).collect()
}

/// The scope of this name, whoever owns it.
pub async fn scope_named(store: &Store, name: &str) -> Result<Option<Scope>, StoreError> {
    let sql = format!("{SCOPE} WHERE scope = $1");
    store.query_opt(&sql, params![name]).await?.as_ref().map(scope).transpose()
}

async fn find_scope(tx: &mut Tx, name: &str) -> Result<Option<Scope>, StoreError> {
    let sql = format!("{SCOPE} WHERE scope = $1");
    tx.query_opt(&sql, params![name]).await?.as_ref().map(scope).transpose()
}

async fn own_scope(tx: &mut Tx, name: &str, owner: &Orgnr) -> Result<Scope, Refused> {
    let found = find_scope(tx, name).await?;
    found
        .filter(|scope| scope.owner_orgno.as_deref() == Some(owner.as_str()))
        .ok_or_else(|| Refused::not_found("scope among the organisation's own"))
}

fn written(scope: &Scope) -> Result<String, StoreError> {
    serde_json::to_string(scope).map_err(|error| StoreError::Damaged(error.to_string()))
}

/// Makes a scope of `owner`'s.
pub async fn add_scope(tx: &mut Tx, new: &Scope, owner: &Orgnr, now: i64) -> Result<Scope, Refused> {
    let sql = "SELECT 1 FROM scope_prefix WHERE prefix = $1 AND owner = $2";
    if tx.query_opt(sql, params![new.prefix.as_str(), owner]).await?.is_none() {
        let why = format!("The organisation has not been given the prefix {}", new.prefix);
        return Err(Refused::forbidden(why).field("prefix"));
    }
    let made = tx
        .execute(
            "INSERT INTO scope (scope, owner, description, active, accessible_for_all, at_max_age, delegation_source, settings,
                created, last_updated)
             VALUES ($1, $2, $3, 1, $4, $5, $6, $7, $8, $8) ON CONFLICT (scope) DO NOTHING",
            params![
                new.name.as_str(),
                owner,
                new.description.as_str(),
                new.accessible_for_all,
                new.at_max_age,
                new.delegation_source.clone(),
                written(new)?,
                now
            ],
        )
        .await?;
    if made == 0 {
        return Err(Refused::conflict("The scope exists already, perhaps deactivated: change it with PUT"));
    }
    scopes_changed(tx).await?;
    own_scope(tx, &new.name, owner).await
}

/// Makes an own scope as told.
pub async fn change_scope(tx: &mut Tx, new: &Scope, owner: &Orgnr, now: i64) -> Result<Scope, Refused> {
    own_scope(tx, &new.name, owner).await?;
    tx.execute(
        "UPDATE scope SET description = $2, active = $3, accessible_for_all = $4, at_max_age = $5, delegation_source = $6,
            settings = $7, last_updated = $8 WHERE scope = $1",
        params![
            new.name.as_str(),
            new.description.as_str(),
            new.active,
            new.accessible_for_all,
            new.at_max_age,
            new.delegation_source.clone(),
            written(new)?,
            now
        ],
    )
    .await?;
    scopes_changed(tx).await?;
    own_scope(tx, &new.name, owner).await
}

/// Takes an own scope out of use; accesses are kept.
pub async fn deactivate_scope(tx: &mut Tx, name: &str, owner: &Orgnr, now: i64) -> Result<Scope, Refused> {
    own_scope(tx, name, owner).await?;
    let sql = "UPDATE scope SET active = 0, last_updated = $2 WHERE scope = $1";
    tx.execute(sql, params![name, now]).await?;
    scopes_changed(tx).await?;
    own_scope(tx, name, owner).await
}

// --- access ---

const ACCESS: &str = "SELECT a.scope, a.state, a.consumer, s.owner, a.created, a.last_updated
    FROM scope_access a JOIN scope s ON s.scope = a.scope";

fn access(row: &Row) -> Result<Access, StoreError> {
    let damaged = || StoreError::Damaged("an access".to_owned());
    Ok(Access {
        scope: row.get(0)?,
        state: AccessState::parse(&row.get::<String>(1)?).ok_or_else(damaged)?,
        prefix: None,
        consumer_orgno: row.get(2)?,
        owner_orgno: row.get(3)?,
        created: moment(row.get(4)?),
        last_updated: moment(row.get(5)?),
    })
}

/// Who has access to a scope, has asked for it, or has been refused.
pub async fn accesses(store: &Store, name: &str) -> Result<Vec<Access>, StoreError> {
    let sql = format!("{ACCESS} WHERE a.scope = $1 ORDER BY a.consumer");
    store.query(&sql, params![name]).await?.iter().map(access).collect()
}

/// What an organisation has access to, has asked for, or has been refused, among the scopes that are given out.
pub async fn accesses_of(store: &Store, consumer: &Orgnr) -> Result<Vec<Access>, StoreError> {
    let sql = format!("{ACCESS} WHERE a.consumer = $1 AND s.active = 1 ORDER BY a.scope");
    store.query(&sql, params![consumer]).await?.iter().map(access).collect()
}

/// The requests that wait for an owner.
pub async fn requests(store: &Store, owner: &Orgnr) -> Result<Vec<Access>, StoreError> {
    let sql = format!(
        "{ACCESS} WHERE s.owner = $1 AND a.state = 'REQUESTED' ORDER BY a.last_updated, a.scope, a.consumer"
    );
    store.query(&sql, params![owner]).await?.iter().map(access).collect()
}

async fn find_access(tx: &mut Tx, name: &str, consumer: &Orgnr) -> Result<Option<Access>, StoreError> {
    let sql = format!("{ACCESS} WHERE a.scope = $1 AND a.consumer = $2");
    tx.query_opt(&sql, params![name, consumer]).await?.as_ref().map(access).transpose()
}

/// The owner gives or takes access: whatever stood before, it is then approved or denied.
pub async fn decide_access(
    tx: &mut Tx,
    name: &str,
    owner: &Orgnr,
    consumer: &Orgnr,
    given: bool,
    now: i64,
) -> Result<Access, Refused> {
    let scope = own_scope(tx, name, owner).await?;
    if given && !scope.active {
        return Err(Refused::conflict("The scope is deactivated"));
    }
    set_access(tx, name, consumer, given, now).await?;
    find_access(tx, name, consumer).await?.ok_or_else(|| Refused::not_found("access"))
}

/// A consumer asks for access: a new request, or one after a refusal. What is approved stays so.
pub async fn request_access(tx: &mut Tx, name: &str, consumer: &Orgnr, now: i64) -> Result<Access, Refused> {
    let scope = find_scope(tx, name).await?.filter(|scope| scope.active && scope.visibility != "INTERNAL");
    let scope = scope.ok_or_else(|| Refused::not_found("scope"))?;
    if scope.accessible_for_all {
        let why = "The scope is open to all: no access has to be asked for";
        return Err(Refused::invalid(why).field("scope").reason("open_to_all"));
    }
    tx.execute(
        "INSERT INTO scope_access (scope, consumer, state, created, last_updated) VALUES ($1, $2, 'REQUESTED', $3, $3)
         ON CONFLICT (consumer, scope) DO UPDATE SET state = 'REQUESTED', last_updated = excluded.last_updated
         WHERE scope_access.state = 'DENIED'",
        params![name, consumer, now],
    )
    .await?;
    find_access(tx, name, consumer).await?.ok_or_else(|| Refused::not_found("access"))
}

/// A consumer takes a request back that has not been answered.
pub async fn cancel_request(tx: &mut Tx, name: &str, consumer: &Orgnr) -> Result<(), Refused> {
    let sql = "DELETE FROM scope_access WHERE scope = $1 AND consumer = $2 AND state = 'REQUESTED'";
    let gone = tx.execute(sql, params![name, consumer]).await?;
    if gone == 0 { Err(Refused::not_found("request that waits for an answer")) } else { Ok(()) }
}

// --- clients ---

const CLIENT: &str = "SELECT client_id, orgnr, tenant, name, active, access_token_lifetime, integration_type, settings, created,
    last_updated FROM client";
const SCOPES_OF_CLIENT: &str = "SELECT scope FROM client_scope WHERE client_id = $1 ORDER BY scope";

fn client(row: &Row) -> Result<Client, StoreError> {
    let rest: Client = serde_json::from_str(&row.get::<String>(7)?)
        .map_err(|_| StoreError::Damaged("a client".to_owned()))?;
    let (owner, tenant): (String, String) = (row.get(1)?, row.get(2)?);
    Ok(Client {
        client_id: Some(row.get(0)?),
        supplier_orgno: (tenant != owner).then_some(tenant),
        client_orgno: Some(owner),
        client_name: row.get(3)?,
        active: row.get(4)?,
        access_token_lifetime: row.get(5)?,
        integration_type: row.get(6)?,
        application_type: "web".to_owned(),
        token_endpoint_auth_method: "private_key_jwt".to_owned(),
        grant_types: vec![clients::maskinporten::GRANT.to_owned()],
        code_challenge_method: "S256".to_owned(),
        refresh_token_usage: "ONETIME".to_owned(),
        created: Some(moment(row.get(8)?)),
        last_updated: Some(moment(row.get(9)?)),
        ..rest
    })
}

fn scopes(rows: &[Row]) -> Result<Vec<String>, StoreError> {
    rows.iter().map(|row| row.get(0)).collect()
}

/// The clients that an organisation administers.
pub async fn clients_of(store: &Store, tenant: &Orgnr, inactive: bool) -> Result<Vec<Client>, StoreError> {
    let sql = format!("{CLIENT} WHERE tenant = $1 AND (active = 1 OR $2 = 1) ORDER BY created, client_id");
    let mut found = Vec::new();
    for row in store.query(&sql, params![tenant, inactive]).await? {
        let client = client(&row)?;
        let names = store.query(SCOPES_OF_CLIENT, params![client.client_id.clone()]).await?;
        found.push(Client { scopes: scopes(&names)?, ..client });
    }
    Ok(found)
}

/// One of the clients that an organisation administers, active or not.
pub async fn client_of(store: &Store, tenant: &Orgnr, client_id: &str) -> Result<Client, Refused> {
    let sql = format!("{CLIENT} WHERE client_id = $1 AND tenant = $2");
    let row = store.query_opt(&sql, params![client_id, tenant]).await?;
    let client = client(&row.ok_or_else(|| Refused::not_found("client"))?)?;
    let names = store.query(SCOPES_OF_CLIENT, params![client_id]).await?;
    Ok(Client { scopes: scopes(&names)?, ..client })
}

/// As [`client_of`], inside a transaction.
pub async fn find_client(tx: &mut Tx, tenant: &Orgnr, client_id: &str) -> Result<Client, Refused> {
    let sql = format!("{CLIENT} WHERE client_id = $1 AND tenant = $2");
    let row = tx.query_opt(&sql, params![client_id, tenant]).await?;
    let client = client(&row.ok_or_else(|| Refused::not_found("client"))?)?;
    let names = tx.query(SCOPES_OF_CLIENT, params![client_id]).await?;
    Ok(Client { scopes: scopes(&names)?, ..client })
}

/// As [`find_client`], for what a deactivated client cannot get.
pub async fn find_active_client(tx: &mut Tx, tenant: &Orgnr, client_id: &str) -> Result<Client, Refused> {
    let client = find_client(tx, tenant, client_id).await?;
    if client.active { Ok(client) } else { Err(Refused::conflict("The client is deactivated")) }
}

/// What is said in a client's own columns is not kept twice.
fn rest(client: &Client) -> Result<String, StoreError> {
    let rest = Client {
        client_id: None,
        client_orgno: None,
        supplier_orgno: None,
        scopes: Vec::new(),
        client_secret: None,
        created: None,
        last_updated: None,
        ..client.clone()
    };
    serde_json::to_string(&rest).map_err(|error| StoreError::Damaged(error.to_string()))
}

/// Checks the scopes that a client is to have and does not have yet: they exist, are for its kind, and `consumer` has access
/// to them (or may be delegated it).
async fn check_scopes(
    tx: &mut Tx,
    client: &Client,
    before: &[String],
    consumer: &Orgnr,
) -> Result<(), Refused> {
    for name in client.scopes.iter().filter(|name| !before.contains(name)) {
        let scope = find_scope(tx, name).await?.filter(|scope| scope.active);
        let scope = scope.ok_or_else(|| Refused::unknown_scope(name))?;
        let allowed = &scope.allowed_integration_types;
        if !allowed.iter().any(|kind| *kind == client.integration_type || kind == "maskinporten") {
            return Err(Refused::scope(format!("The scope {name} is not for {}", client.integration_type)));
        }
        let approved = find_access(tx, name, consumer).await?;
        let approved = approved.is_some_and(|access| access.state == AccessState::Approved);
        if !(scope.accessible_for_all || scope.delegation_source.is_some() || approved) {
            return Err(Refused::no_access(name));
        }
    }
    Ok(())
}

/// Makes a client of `owner`'s that `tenant` administers.
pub async fn add_client(
    tx: &mut Tx,
    client_id: &str,
    new: &Client,
    tenant: &Orgnr,
    owner: &Orgnr,
    now: i64,
) -> Result<Client, Refused> {
    check_scopes(tx, new, &[], owner).await?;
    let made = tx
        .execute(
            "INSERT INTO client (client_id, orgnr, tenant, name, active, access_token_lifetime, integration_type, settings, revision,
                created, last_updated)
             VALUES ($1, $2, $3, $4, 1, $5, $6, $7, 1, $8, $8) ON CONFLICT (client_id) DO NOTHING",
            params![
                client_id,
                owner,
                tenant,
                new.client_name.as_str(),
                new.access_token_lifetime,
                new.integration_type.as_str(),
                rest(new)?,
                now
            ],
        )
        .await?;
    if made == 0 {
        return Err(Refused::conflict("The client exists already, perhaps deactivated: change it with PUT"));
    }
    put_client_scopes(tx, client_id, &new.scopes).await?;
    find_client(tx, tenant, client_id).await
}

/// Makes a client as told.
pub async fn change_client(
    tx: &mut Tx,
    before: &Client,
    new: &Client,
    tenant: &Orgnr,
    owner: &Orgnr,
    now: i64,
) -> Result<Client, Refused> {
    check_scopes(tx, new, &before.scopes, owner).await?;
    let client_id = before.client_id.as_deref().unwrap_or_default();
    tx.execute(
        "UPDATE client SET name = $2, active = $3, access_token_lifetime = $4, settings = $5, revision = revision + 1,
            last_updated = $6 WHERE client_id = $1",
        params![
            client_id,
            new.client_name.as_str(),
            new.active,
            new.access_token_lifetime,
            rest(new)?,
            now
        ],
    )
    .await?;
    put_client_scopes(tx, client_id, &new.scopes).await?;
    find_client(tx, tenant, client_id).await
}

async fn touched(tx: &mut Tx, client_id: &str, now: i64) -> Result<(), StoreError> {
    let sql = "UPDATE client SET revision = revision + 1, last_updated = $2 WHERE client_id = $1";
    tx.execute(sql, params![client_id, now]).await.map(drop)
}

/// A client's keys. Whose client it is has been asked.
pub async fn keys(store: &Store, client_id: &str) -> Result<Jwks, StoreError> {
    let sql = "SELECT k.jwk, c.keys_created, c.keys_updated FROM client_key k JOIN client c ON c.client_id = k.client_id
        WHERE k.client_id = $1 ORDER BY k.kid";
    let mut jwks = Jwks::default();
    for row in store.query(sql, params![client_id]).await? {
        let key = serde_json::from_str(&row.get::<String>(0)?);
        jwks.keys.push(key.map_err(|_| StoreError::Damaged("a client's key".to_owned()))?);
        (jwks.created, jwks.last_updated) = (Some(moment(row.get(1)?)), Some(moment(row.get(2)?)));
    }
    Ok(jwks)
}

/// Replaces a client's keys.
pub async fn put_keys(
    tx: &mut Tx,
    tenant: &Orgnr,
    client_id: &str,
    jwks: Jwks,
    expire: i64,
    now: i64,
) -> Result<(), Refused> {
    let client = find_active_client(tx, tenant, client_id).await?;
    for key in &jwks.keys {
        let owner =
            client.client_orgno.as_deref().and_then(|orgnr| Orgnr::parse(orgnr).ok()).unwrap_or(*tenant);
        if let Err(why) = kernel::enterprise::locked(key, &owner) {
            return Err(Refused::invalid(format!("A key is unusable: {why}")));
        }
    }
    put_client_keys(tx, client_id, &jwks.keys, expire).await?;
    let sql = "UPDATE client SET keys_created = CASE WHEN keys_created = 0 THEN $2 ELSE keys_created END, keys_updated = $2
        WHERE client_id = $1";
    tx.execute(sql, params![client_id, now]).await?;
    Ok(touched(tx, client_id, now).await?)
}

/// A client's customers. Whose client it is has been asked.
pub async fn customers(store: &Store, client_id: &str) -> Result<Vec<OnBehalfOf>, StoreError> {
    let sql =
        "SELECT handle, display_name, orgnr, url FROM client_onbehalfof WHERE client_id = $1 ORDER BY handle";
    let read = |row: &Row| {
        Ok(OnBehalfOf {
            onbehalfof: row.get(0)?,
            display_name: row.get(1)?,
            orgno: row.get(2)?,
            url: row.get(3)?,
        })
    };
    store.query(sql, params![client_id]).await?.iter().map(read).collect()
}

/// Registers a customer, or changes one (`new` says which of the two it must be).
pub async fn put_customer(
    tx: &mut Tx,
    tenant: &Orgnr,
    client_id: &str,
    customer: &OnBehalfOf,
    new: bool,
    now: i64,
) -> Result<(), Refused> {
    find_active_client(tx, tenant, client_id).await?;
    let row: [Value; 5] = [
        client_id.into(),
        customer.onbehalfof.as_str().into(),
        customer.display_name.as_str().into(),
        customer.orgno.as_str().into(),
        customer.url.as_str().into(),
    ];
    let sql = if new {
        "INSERT INTO client_onbehalfof (client_id, handle, display_name, orgnr, url) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (client_id, handle) DO NOTHING"
    } else {
        "UPDATE client_onbehalfof SET display_name = $3, orgnr = $4, url = $5 WHERE client_id = $1 AND handle = $2"
    };
    match (tx.execute(sql, &row).await?, new) {
        (0, true) => Err(Refused::conflict("The client has a customer of that onbehalfof already")),
        (0, false) => Err(Refused::not_found("onbehalfof")),
        _ => Ok(touched(tx, client_id, now).await?),
    }
}

/// Removes a customer.
pub async fn remove_customer(
    tx: &mut Tx,
    tenant: &Orgnr,
    client_id: &str,
    handle: &str,
    now: i64,
) -> Result<(), Refused> {
    find_client(tx, tenant, client_id).await?;
    let sql = "DELETE FROM client_onbehalfof WHERE client_id = $1 AND handle = $2";
    if tx.execute(sql, params![client_id, handle]).await? == 0 {
        return Err(Refused::not_found("onbehalfof"));
    }
    Ok(touched(tx, client_id, now).await?)
}

// --- delegations ---

/// What an organisation has delegated to suppliers, and what consumers have delegated to it.
pub async fn delegations_of(store: &Store, orgnr: &Orgnr) -> Result<Vec<Delegation>, StoreError> {
    let sql = "SELECT scope, consumer, supplier FROM delegation WHERE consumer = $1 OR supplier = $1
        ORDER BY scope, consumer, supplier LIMIT 1000";
    let read = |row: &Row| {
        Ok(Delegation { scope: row.get(0)?, consumer_orgno: row.get(1)?, supplier_orgno: row.get(2)? })
    };
    store.query(sql, params![orgnr]).await?.iter().map(read).collect()
}

// --- systems ---

/// Keeps a supplier's system and which clients belong to it.
pub async fn put_system(tx: &mut Tx, supplier: &Orgnr, system: &System, now: i64) -> Result<(), Refused> {
    let sql = "INSERT INTO system (system_id, supplier, name, created) VALUES ($1, $2, $3, $4)
        ON CONFLICT (system_id) DO UPDATE SET name = excluded.name WHERE system.supplier = excluded.supplier";
    let id = system.system_id.as_str();
    if tx.execute(sql, params![id, supplier, system.name.as_str(), now]).await? == 0 {
        return Err(Refused::conflict("The system is another supplier's"));
    }
    tx.execute("DELETE FROM system_client WHERE system_id = $1", params![id]).await?;
    for client_id in &system.clients {
        let sql = "SELECT 1 FROM client WHERE client_id = $1 AND orgnr = $2";
        if tx.query_opt(sql, params![client_id.as_str(), supplier]).await?.is_none() {
            return Err(Refused::invalid(format!("The client {client_id} is not the supplier's")));
        }
        let sql = "INSERT INTO system_client (client_id, system_id) VALUES ($1, $2) ON CONFLICT (client_id) DO NOTHING";
        if tx.execute(sql, params![client_id.as_str(), id]).await? == 0 {
            return Err(Refused::conflict(format!("The client {client_id} belongs to another system")));
        }
    }
    Ok(())
}

/// A supplier's systems.
pub async fn systems_of(store: &Store, supplier: &Orgnr) -> Result<Vec<System>, StoreError> {
    let sql = "SELECT system_id, name FROM system WHERE supplier = $1 ORDER BY system_id";
    let mut systems = Vec::new();
    for row in store.query(sql, params![supplier]).await? {
        let (system_id, name): (String, String) = (row.get(0)?, row.get(1)?);
        let sql = "SELECT client_id FROM system_client WHERE system_id = $1 ORDER BY client_id";
        let clients = scopes(&store.query(sql, params![system_id.as_str()]).await?)?;
        systems.push(System { system_id, name, clients });
    }
    Ok(systems)
}

/// A business's users of systems.
pub async fn system_users_of(store: &Store, party: &Orgnr) -> Result<Vec<SystemUser>, StoreError> {
    let sql = "SELECT id, system_id, party, external_ref FROM system_user WHERE party = $1 AND active = 1 ORDER BY created, id";
    let read = |row: &Row| {
        Ok(SystemUser {
            id: Some(row.get(0)?),
            system_id: row.get(1)?,
            party_orgno: row.get(2)?,
            external_ref: row.get(3)?,
        })
    };
    store.query(sql, params![party]).await?.iter().map(read).collect()
}

/// Gives a business a user of a system, or gives the one that it has.
pub async fn put_system_user(
    tx: &mut Tx,
    id: Uuid,
    party: &Orgnr,
    user: SystemUser,
    now: i64,
) -> Result<SystemUser, Refused> {
    let known =
        tx.query_opt("SELECT 1 FROM system WHERE system_id = $1", params![user.system_id.as_str()]).await?;
    if known.is_none() {
        return Err(Refused::not_found("system"));
    }
    let row = tx
        .query_opt(
            "INSERT INTO system_user (id, system_id, party, external_ref, active, created) VALUES ($1, $2, $3, $4, 1, $5)
             ON CONFLICT (system_id, party, external_ref) DO UPDATE SET active = 1 RETURNING id",
            params![id, user.system_id.as_str(), party, user.external_ref.as_str(), now],
        )
        .await?;
    let id = row.ok_or(StoreError::Missing("system user"))?.get(0)?;
    Ok(SystemUser { id: Some(id), party_orgno: party.as_str().to_owned(), ..user })
}

/// Removes a business's user of a system.
pub async fn remove_system_user(tx: &mut Tx, party: &Orgnr, id: &str) -> Result<(), Refused> {
    let sql = "UPDATE system_user SET active = 0 WHERE id = $1 AND party = $2 AND active = 1";
    let gone = tx.execute(sql, params![id, party]).await?;
    if gone == 0 { Err(Refused::not_found("system user")) } else { Ok(()) }
}
