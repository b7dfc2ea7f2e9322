//! Every statement of ID-porten. Secrets (codes, tokens, cookies, handles) are here as hashes alone.

use kernel::id::Pid;
use kernel::params;
use kernel::store::{Row, Store, StoreError, Tx};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::model::assertion::Used;
use crate::model::behalf::{Chosen, Offer};
use crate::model::client::{Client, NewClient, NewScope, Scope};
use crate::model::request::AuthorizeRequest;
use crate::model::rights::ServiceRule;
use crate::model::session::{ABSOLUTE, Authentication, INACTIVE, Level, REMEMBERED};
use crate::model::tokens::Granted;
use crate::model::{LOGIN, PUSHED};

pub mod authorizations;
pub mod delegations;
pub mod forvaltning;
pub mod sessions;

fn write_json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Damaged(error.to_string()))
}

fn read_json<T: DeserializeOwned>(text: &str, what: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::Damaged(what.to_owned()))
}

// --- clients and scopes ---

/// The active client of this id.
pub async fn client(store: &Store, client_id: &str) -> Result<Option<Client>, StoreError> {
    let sql = "SELECT settings, secret, secret_expires, keys_expire FROM client WHERE client_id = $1 AND active = 1";
    let Some(row) = store.query_opt(sql, params![client_id]).await? else { return Ok(None) };
    let mut settings: NewClient = read_json(&row.get::<String>(0)?, "a client")?;
    // Only scopes of others can be withdrawn; most clients have none.
    if settings.scopes.iter().any(|scope| !["openid", "profile"].contains(&scope.as_str())) {
        let sql = "SELECT scope FROM scope_withdrawn WHERE consumer = $1";
        for row in store.query(sql, params![&settings.orgnr]).await? {
            let withdrawn: String = row.get(0)?;
            settings.scopes.retain(|scope| *scope != withdrawn);
        }
    }
    Ok(Some(Client { settings, secret: row.get(1)?, secret_expires: row.get(2)?, keys_expire: row.get(3)? }))
}

/// A client's registration, active or not, and whether it has a secret.
pub async fn registration(tx: &mut Tx, client_id: &str) -> Result<Option<(NewClient, bool)>, StoreError> {
    let sql = "SELECT settings, secret FROM client WHERE client_id = $1";
    let Some(row) = tx.query_opt(sql, params![client_id]).await? else { return Ok(None) };
    let secret: Option<Vec<u8>> = row.get(1)?;
    Ok(Some((read_json(&row.get::<String>(0)?, "a client")?, secret.is_some())))
}

/// When a client's secret and keys end.
#[derive(Debug, Clone, Copy)]
pub struct Lives {
    /// The secret; seconds since 1970.
    pub secret: i64,
    /// The keys; seconds since 1970.
    pub keys: i64,
}

/// Makes a client, or makes it as told. Without a `secret` the one that there is stays.
pub async fn put_client(
    tx: &mut Tx,
    client: &NewClient,
    secret: Option<Vec<u8>>,
    lives: Lives,
    now: i64,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO client (client_id, settings, secret, secret_expires, keys_expire, active, created, last_updated)
         VALUES ($1, $2, $3, $4, $5, 1, $6, $6)
         ON CONFLICT (client_id) DO UPDATE SET settings = excluded.settings, keys_expire = excluded.keys_expire,
            secret_expires = CASE WHEN excluded.secret IS NULL THEN client.secret_expires ELSE excluded.secret_expires END,
            secret = COALESCE(excluded.secret, client.secret), active = 1, last_updated = excluded.last_updated",
        params![client.client_id.as_str(), write_json(client)?, secret, lives.secret, lives.keys, now],
    )
    .await
    .map(drop)
}

/// Forgets a client's secret.
pub async fn forget_secret(tx: &mut Tx, client_id: &str) -> Result<(), StoreError> {
    tx.execute("UPDATE client SET secret = NULL WHERE client_id = $1", params![client_id]).await.map(drop)
}

/// Deactivates a client; whether it exists.
pub async fn deactivate_client(tx: &mut Tx, client_id: &str, now: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE client SET active = 0, last_updated = $2 WHERE client_id = $1";
    Ok(tx.execute(sql, params![client_id, now]).await? > 0)
}

/// The scopes that are active.
pub async fn scopes(store: &Store) -> Result<Vec<Scope>, StoreError> {
    let rows = store.query("SELECT settings FROM scope WHERE active = 1 ORDER BY scope", &[]).await?;
    rows.iter().map(|row| read_json(&row.get::<String>(0)?, "a scope")).collect()
}

/// Whether a scope exists.
pub async fn scope_exists(tx: &mut Tx, scope: &str) -> Result<bool, StoreError> {
    Ok(tx.query_opt("SELECT 1 FROM scope WHERE scope = $1", params![scope]).await?.is_some())
}

/// Makes scopes, or makes those that exist as told.
pub async fn put_scopes(tx: &mut Tx, scopes: &[NewScope]) -> Result<(), StoreError> {
    for scope in scopes {
        let sql = "INSERT INTO scope (scope, settings, active) VALUES ($1, $2, 1)
            ON CONFLICT (scope) DO UPDATE SET settings = excluded.settings, active = 1";
        tx.execute(sql, params![scope.scope.as_str(), write_json(scope)?]).await?;
    }
    Ok(())
}

// --- the installation's secret ---

/// A secret of the installation, sealed: the one that is kept, or `sealed`, kept from now on.
pub async fn keep_secret(tx: &mut Tx, name: &str, sealed: Vec<u8>) -> Result<Vec<u8>, StoreError> {
    let sql = "INSERT INTO secret (name, sealed) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
    tx.execute(sql, params![name, sealed]).await?;
    let row = tx.query_opt("SELECT sealed FROM secret WHERE name = $1", params![name]).await?;
    row.ok_or(StoreError::Missing("secret"))?.get(0)
}

// --- used once ---

/// Uses an assertion up; whether it had not been used.
pub async fn use_assertion(tx: &mut Tx, used: &Used) -> Result<bool, StoreError> {
    let sql = "INSERT INTO used_assertion (fingerprint, expires) VALUES ($1, $2) ON CONFLICT (fingerprint) DO NOTHING";
    Ok(tx.execute(sql, params![used.fingerprint.clone(), used.until]).await? > 0)
}

/// Keeps a request's parameters under a handle.
pub async fn push(
    tx: &mut Tx,
    handle: Vec<u8>,
    client_id: &str,
    parameters: &str,
    expires: i64,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO pushed (handle, client_id, parameters, expires) VALUES ($1, $2, $3, $4)";
    tx.execute(sql, params![handle, client_id, parameters, expires]).await.map(drop)
}

/// The parameters that `client_id` has pushed, which stay until [`use_pushed`].
pub async fn pushed(
    store: &Store,
    handle: Vec<u8>,
    client_id: &str,
    now: i64,
) -> Result<Option<String>, StoreError> {
    let sql = "SELECT parameters FROM pushed WHERE handle = $1 AND client_id = $2 AND expires > $3";
    store.query_opt(sql, params![handle, client_id, now]).await?.map(|row| row.get(0)).transpose()
}

/// Uses a pushed request up; whether it had not been used. It is remembered for as long as a sign-in that began with it
/// may still be on its way.
pub async fn use_pushed(tx: &mut Tx, handle: Vec<u8>, now: i64) -> Result<bool, StoreError> {
    tx.execute("DELETE FROM pushed WHERE handle = $1", params![handle.clone()]).await?;
    use_assertion(tx, &Used { fingerprint: handle, until: now + PUSHED + LOGIN }).await
}

/// Takes the parameters that `client_id` has pushed, once.
pub async fn take_pushed(
    tx: &mut Tx,
    handle: Vec<u8>,
    client_id: &str,
    now: i64,
) -> Result<Option<String>, StoreError> {
    let sql = "DELETE FROM pushed WHERE handle = $1 AND client_id = $2 AND expires > $3 RETURNING parameters";
    tx.query_opt(sql, params![handle, client_id, now]).await?.map(|row| row.get(0)).transpose()
}

// --- sign-ins on their way ---

/// A sign-in on its way.
#[derive(Debug, Clone)]
pub struct Login {
    /// The hash of the handle that the page's address holds.
    pub handle: Vec<u8>,
    /// The hash of the cookie of the browser that began it.
    pub browser: Vec<u8>,
    /// What the client asks for.
    pub request: AuthorizeRequest,
    /// Who has signed in, where only the consent is missing.
    pub signed_in: Option<Authentication>,
    /// Numbers tried.
    pub attempts: i64,
    /// On behalf of whom, once that is chosen.
    pub chosen: Option<Chosen>,
    /// What they may choose among, once they have come to the page.
    pub offered: Option<Offer>,
}

/// Keeps a sign-in on its way.
pub async fn put_login(tx: &mut Tx, login: &Login, expires: i64) -> Result<(), StoreError> {
    let signed_in = login.signed_in.as_ref().map(write_json).transpose()?;
    let Login { handle, browser, request, attempts, .. } = login;
    tx.execute(
        "INSERT INTO login (handle, browser, request, signed_in, attempts, expires) VALUES ($1, $2, $3, $4, $5, $6)",
        params![handle.clone(), browser.clone(), write_json(request)?, signed_in, *attempts, expires],
    )
    .await
    .map(drop)
}

/// The sign-in of this handle, which `browser` began.
pub async fn login(
    store: &Store,
    handle: Vec<u8>,
    browser: Vec<u8>,
    now: i64,
) -> Result<Option<Login>, StoreError> {
    let sql = "SELECT request, signed_in, attempts, chosen, offered FROM login WHERE handle = $1 AND browser = $2 AND expires > $3";
    let Some(row) = store.query_opt(sql, params![handle.clone(), browser.clone(), now]).await? else {
        return Ok(None);
    };
    let (signed_in, chosen): (Option<String>, Option<String>) = (row.get(1)?, row.get(3)?);
    let offered: Option<String> = row.get(4)?;
    Ok(Some(Login {
        handle,
        browser,
        request: read_json(&row.get::<String>(0)?, "a sign-in")?,
        signed_in: signed_in.map(|text| read_json(&text, "a sign-in")).transpose()?,
        attempts: row.get(2)?,
        chosen: chosen.map(|text| read_json(&text, "a choice")).transpose()?,
        offered: offered.map(|text| read_json(&text, "an offer")).transpose()?,
    }))
}

/// Counts an attempt at a sign-in and gives their number.
pub async fn count_attempt(tx: &mut Tx, handle: Vec<u8>) -> Result<i64, StoreError> {
    let sql = "UPDATE login SET attempts = attempts + 1 WHERE handle = $1 RETURNING attempts";
    tx.query_opt(sql, params![handle]).await?.map_or(Ok(i64::MAX), |row| row.get(0))
}

/// Keeps who has signed in, until they have chosen and agreed. What another was offered before is forgotten.
pub async fn signed_in(tx: &mut Tx, handle: Vec<u8>, who: &Authentication) -> Result<(), StoreError> {
    let sql = "UPDATE login SET signed_in = $2, offered = NULL, chosen = NULL WHERE handle = $1";
    tx.execute(sql, params![handle, write_json(who)?]).await.map(drop)
}

/// Ends a sign-in on its way, for the request `pushed` where it was pushed; whether it was there, and is the first to end
/// with that request, so that only one of two answers goes on.
pub async fn end_login(
    tx: &mut Tx,
    handle: Vec<u8>,
    pushed: Option<Vec<u8>>,
    now: i64,
) -> Result<bool, StoreError> {
    if tx.execute("DELETE FROM login WHERE handle = $1", params![handle]).await? == 0 {
        return Ok(false);
    }
    match pushed {
        Some(pushed) => use_pushed(tx, pushed, now).await,
        None => Ok(true),
    }
}

/// The same of who has signed in already: whether also their session (`sid`) has not ended meanwhile.
pub async fn end_login_of(
    tx: &mut Tx,
    handle: Vec<u8>,
    pushed: Option<Vec<u8>>,
    sid: &str,
    now: i64,
) -> Result<bool, StoreError> {
    let lives = tx.query_opt("SELECT 1 FROM session WHERE sid = $1", params![sid]).await?.is_some();
    Ok(end_login(tx, handle, pushed, now).await? && lives)
}

// --- on behalf of whom ---

/// Keeps what `who` may choose among; whether it is still they who have signed in.
pub async fn put_offer(
    tx: &mut Tx,
    handle: Vec<u8>,
    who: &Authentication,
    offer: &Offer,
) -> Result<bool, StoreError> {
    let sql = "UPDATE login SET offered = $2 WHERE handle = $1 AND signed_in = $3";
    Ok(tx.execute(sql, params![handle, write_json(offer)?, write_json(who)?]).await? > 0)
}

/// Keeps what `who` has chosen, until they have agreed; whether it is still they who have signed in.
pub async fn choose(
    tx: &mut Tx,
    handle: Vec<u8>,
    who: &Authentication,
    chosen: &Chosen,
) -> Result<bool, StoreError> {
    let sql = "UPDATE login SET chosen = $2 WHERE handle = $1 AND signed_in = $3";
    Ok(tx.execute(sql, params![handle, write_json(chosen)?, write_json(who)?]).await? > 0)
}

/// Says of a service what its owner says.
pub async fn put_rule(tx: &mut Tx, rule: &ServiceRule) -> Result<(), StoreError> {
    let sql = "INSERT INTO resource (resource, settings) VALUES ($1, $2)
        ON CONFLICT (resource) DO UPDATE SET settings = excluded.settings";
    tx.execute(sql, params![rule.resource.as_str(), write_json(rule)?]).await.map(drop)
}

/// What is said of a service.
pub async fn rule(store: &Store, resource: &str) -> Result<Option<ServiceRule>, StoreError> {
    let row = store.query_opt("SELECT settings FROM resource WHERE resource = $1", params![resource]).await?;
    row.map(|row| read_json(&row.get::<String>(0)?, "a service's rule")).transpose()
}

/// All that is said of services, by id.
pub async fn rules(store: &Store) -> Result<Vec<ServiceRule>, StoreError> {
    let rows = store.query("SELECT settings FROM resource ORDER BY resource", &[]).await?;
    rows.iter().map(|row| read_json(&row.get::<String>(0)?, "a service's rule")).collect()
}

// --- sessions ---

fn authentication(row: &Row) -> Result<Authentication, StoreError> {
    Ok(Authentication {
        sid: row.get(0)?,
        pid: row.get(1)?,
        level: Level::of_number(row.get(2)?).ok_or_else(|| StoreError::Damaged("a level".to_owned()))?,
        amr: row.get(3)?,
        auth_time: row.get(4)?,
        name: row.get(5)?,
    })
}

/// The session of a cookie, where it lives.
pub async fn session(tx: &mut Tx, cookie: Vec<u8>, now: i64) -> Result<Option<String>, StoreError> {
    let sql = "SELECT sid FROM session WHERE cookie = $1 AND touched > $2 AND started > $3";
    tx.query_opt(sql, params![cookie, now - INACTIVE, now - ABSOLUTE])
        .await?
        .map(|row| row.get(0))
        .transpose()
}

/// Who is signed in at `realm` in the session of a cookie; the session is used by that.
pub async fn who(
    tx: &mut Tx,
    cookie: Vec<u8>,
    realm: &str,
    now: i64,
) -> Result<Option<Authentication>, StoreError> {
    let Some(sid) = session(tx, cookie, now).await? else { return Ok(None) };
    tx.execute("UPDATE session SET touched = $2 WHERE sid = $1", params![sid.as_str(), now]).await?;
    let sql =
        "SELECT sid, pid, level, amr, auth_time, name FROM authentication WHERE sid = $1 AND realm = $2";
    tx.query_opt(sql, params![sid, realm]).await?.as_ref().map(authentication).transpose()
}

/// A person has shown who they are.
pub struct SignIn {
    /// The hash of the cookie that the browser had.
    pub before: Option<Vec<u8>>,
    /// The hash of the cookie that it has from now on.
    pub cookie: Vec<u8>,
    /// Where it counts.
    pub realm: String,
    /// Who; `sid` is the one to take where there is no session yet.
    pub who: Authentication,
    /// The browser, as it calls itself.
    pub browser: String,
}

/// Keeps that a person has shown who they are. The same person's session goes on under the new cookie; another's ends.
pub async fn sign_in(tx: &mut Tx, sign_in: SignIn, now: i64) -> Result<Authentication, StoreError> {
    let SignIn { before, cookie, realm, mut who, browser } = sign_in;
    let living = match before {
        Some(before) => session(tx, before, now).await?,
        None => None,
    };
    let mut goes_on = false;
    if let Some(sid) = living {
        let sql = "SELECT 1 FROM authentication WHERE sid = $1 AND pid <> $2";
        if tx.query_opt(sql, params![sid.as_str(), who.pid]).await?.is_some() {
            end_session(tx, &sid, now).await?;
        } else {
            let sql = "UPDATE session SET cookie = $2, touched = $3 WHERE sid = $1";
            tx.execute(sql, params![sid.as_str(), cookie.clone(), now]).await?;
            who.sid = sid;
            goes_on = true;
        }
    }
    if !goes_on {
        let sql = "INSERT INTO session (sid, cookie, started, touched, browser) VALUES ($1, $2, $3, $3, $4)";
        tx.execute(sql, params![who.sid.as_str(), cookie, now, browser.as_str()]).await?;
    }
    tx.execute(
        "INSERT INTO authentication (sid, realm, pid, level, amr, auth_time, name) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (sid, realm) DO UPDATE SET pid = excluded.pid, level = excluded.level, amr = excluded.amr,
            auth_time = excluded.auth_time, name = excluded.name",
        params![who.sid.as_str(), realm, who.pid, who.level as i64, who.amr.as_str(), who.auth_time, who.name.clone()],
    )
    .await?;
    Ok(who)
}

/// Who a session belongs to.
pub async fn person(tx: &mut Tx, sid: &str) -> Result<Option<Pid>, StoreError> {
    let sql = "SELECT pid FROM authentication WHERE sid = $1 ORDER BY realm LIMIT 1";
    tx.query_opt(sql, params![sid]).await?.map(|row| row.get(0)).transpose()
}

/// The clients that somebody has signed in to in a session.
pub async fn participants(tx: &mut Tx, sid: &str) -> Result<Vec<NewClient>, StoreError> {
    let sql = "SELECT c.settings FROM participant p JOIN client c ON c.client_id = p.client_id
        WHERE p.sid = $1 AND c.active = 1 ORDER BY c.client_id";
    let rows = tx.query(sql, params![sid]).await?;
    rows.iter().map(|row| read_json(&row.get::<String>(0)?, "a client")).collect()
}

/// Ends a session: its cookie, and what was given in it that opens nothing else than who the person is.
pub async fn end_session(tx: &mut Tx, sid: &str, now: i64) -> Result<(), StoreError> {
    let sql = "UPDATE granted SET revoked = $2 WHERE sid = $1 AND survives_logout = 0 AND revoked = 0";
    tx.execute(sql, params![sid, now]).await?;
    for sql in [
        "DELETE FROM authentication WHERE sid = $1",
        "DELETE FROM participant WHERE sid = $1",
        "DELETE FROM session WHERE sid = $1",
    ] {
        tx.execute(sql, params![sid]).await?;
    }
    Ok(())
}

// --- what is given ---

/// Keeps what was granted, and the code for it.
pub async fn grant(tx: &mut Tx, granted: &Granted, code: Vec<u8>, expires: i64) -> Result<(), StoreError> {
    let (sid, client_id) = (granted.authentication.sid.as_str(), granted.client_id.as_str());
    tx.execute(
        "INSERT INTO granted (id, client_id, sid, survives_logout, revoked, ends, data, pid)
         VALUES ($1, $2, $3, $4, 0, $5, $6, $7)",
        params![
            granted.id.as_str(),
            client_id,
            sid,
            granted.survives_logout(),
            granted.ends,
            write_json(granted)?,
            granted.authentication.pid
        ],
    )
    .await?;
    let sql =
        "INSERT INTO participant (sid, client_id) VALUES ($1, $2) ON CONFLICT (sid, client_id) DO NOTHING";
    tx.execute(sql, params![sid, client_id]).await?;
    let sql = "INSERT INTO code (hash, granted, used, expires) VALUES ($1, $2, 0, $3)";
    tx.execute(sql, params![code, granted.id.as_str(), expires]).await.map(drop)
}

/// A code or refresh token that somebody brings.
pub struct Brought {
    /// What it stands for.
    pub granted: Granted,
    /// Whether that has been revoked.
    pub revoked: bool,
    /// Whether it has been used.
    pub used: bool,
    /// When it ends; seconds since 1970.
    pub expires: i64,
    /// The thumbprint of the key that a refresh token is bound to.
    pub jkt: Option<String>,
}

impl Brought {
    fn read(row: &Row) -> Result<Self, StoreError> {
        let granted = read_json(&row.get::<String>(0)?, "an authorization")?;
        Ok(Self { granted, revoked: row.get(1)?, used: row.get(2)?, expires: row.get(3)?, jkt: row.get(4)? })
    }
}

/// What a code stands for.
pub async fn code(tx: &mut Tx, hash: Vec<u8>) -> Result<Option<Brought>, StoreError> {
    let sql = "SELECT g.data, g.revoked, c.used, c.expires, CAST(NULL AS TEXT) FROM code c JOIN granted g ON g.id = c.granted WHERE c.hash = $1";
    tx.query_opt(sql, params![hash]).await?.as_ref().map(Brought::read).transpose()
}

/// What a refresh token stands for.
pub async fn refresh_token(tx: &mut Tx, hash: Vec<u8>) -> Result<Option<Brought>, StoreError> {
    let sql =
        "SELECT g.data, g.revoked, r.used, r.expires, r.jkt FROM refresh_token r JOIN granted g ON g.id = r.granted
        WHERE r.hash = $1";
    tx.query_opt(sql, params![hash]).await?.as_ref().map(Brought::read).transpose()
}

/// Uses a code up.
pub async fn use_code(tx: &mut Tx, hash: Vec<u8>) -> Result<(), StoreError> {
    tx.execute("UPDATE code SET used = 1 WHERE hash = $1", params![hash]).await.map(drop)
}

/// Uses a refresh token up.
pub async fn use_refresh_token(tx: &mut Tx, hash: Vec<u8>) -> Result<(), StoreError> {
    tx.execute("UPDATE refresh_token SET used = 1 WHERE hash = $1", params![hash]).await.map(drop)
}

/// Lets a refresh token live until `expires`.
pub async fn prolong_refresh_token(tx: &mut Tx, hash: Vec<u8>, expires: i64) -> Result<(), StoreError> {
    let sql = "UPDATE refresh_token SET expires = $2 WHERE hash = $1";
    tx.execute(sql, params![hash, expires]).await.map(drop)
}

/// Keeps a new refresh token, bound to the key `jkt` where there is one.
pub async fn put_refresh_token(
    tx: &mut Tx,
    granted: &str,
    hash: Vec<u8>,
    expires: i64,
    jkt: Option<String>,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO refresh_token (hash, granted, used, expires, jkt) VALUES ($1, $2, 0, $3, $4)";
    tx.execute(sql, params![hash, granted, expires, jkt]).await.map(drop)
}

/// Revokes all that was given with an authorization. What is revoked already stays so since then.
pub async fn revoke(tx: &mut Tx, granted: &str, now: i64) -> Result<(), StoreError> {
    let sql = "UPDATE granted SET revoked = $2 WHERE id = $1 AND revoked = 0";
    tx.execute(sql, params![granted, now]).await.map(drop)
}

/// Revokes all that was ever given.
pub async fn revoke_all(tx: &mut Tx) -> Result<(), StoreError> {
    tx.execute("UPDATE granted SET revoked = 1 WHERE revoked = 0", &[]).await.map(drop)
}

/// An access token as it is kept.
pub struct AccessTokenRow {
    /// Its hash.
    pub hash: Vec<u8>,
    /// Its number.
    pub jti: String,
    /// Its scopes, separated by spaces.
    pub scope: String,
    /// When it was issued; seconds since 1970.
    pub issued: i64,
    /// When it ends; seconds since 1970.
    pub expires: i64,
    /// The thumbprint of the key that it is bound to.
    pub jkt: Option<String>,
}

/// Keeps an access token, so that it can be looked up and revoked.
pub async fn put_access_token(tx: &mut Tx, granted: &str, token: &AccessTokenRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO access_token (hash, granted, jti, scope, issued, expires, jkt) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![token.hash.clone(), granted, token.jti.as_str(), token.scope.as_str(), token.issued, token.expires, token.jkt.clone()],
    )
    .await
    .map(drop)
}

/// An access token that lives, and what it stands for.
pub async fn access_token(
    store: &Store,
    hash: Vec<u8>,
    now: i64,
) -> Result<Option<(AccessTokenRow, Granted)>, StoreError> {
    let sql = "SELECT t.jti, t.scope, t.issued, t.expires, g.data, t.jkt FROM access_token t JOIN granted g ON g.id = t.granted
        WHERE t.hash = $1 AND t.expires > $2 AND g.revoked = 0";
    let Some(row) = store.query_opt(sql, params![hash.clone(), now]).await? else { return Ok(None) };
    let token = AccessTokenRow {
        hash,
        jti: row.get(0)?,
        scope: row.get(1)?,
        issued: row.get(2)?,
        expires: row.get(3)?,
        jkt: row.get(5)?,
    };
    Ok(Some((token, read_json(&row.get::<String>(4)?, "an authorization")?)))
}

/// Revokes what a token of `client_id` stands for, be it an access or a refresh token; whether there was one.
pub async fn revoke_token(tx: &mut Tx, hash: Vec<u8>, client_id: &str, now: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE granted SET revoked = $3 WHERE client_id = $2 AND revoked = 0 AND id IN
        (SELECT granted FROM access_token WHERE hash = $1 UNION SELECT granted FROM refresh_token WHERE hash = $1)";
    Ok(tx.execute(sql, params![hash, client_id, now]).await? > 0)
}

// --- housekeeping ---

/// Forgets what has ended. Authorizations stay for as long as anything of them may come back, to be recognised.
pub async fn forget(tx: &mut Tx, now: i64) -> Result<(), StoreError> {
    for sql in [
        "DELETE FROM used_assertion WHERE expires <= $1",
        "DELETE FROM pushed WHERE expires <= $1",
        "DELETE FROM login WHERE expires <= $1",
        "DELETE FROM access_token WHERE expires <= $1",
        "DELETE FROM code WHERE granted IN (SELECT id FROM granted WHERE ends <= $1)",
        "DELETE FROM refresh_token WHERE granted IN (SELECT id FROM granted WHERE ends <= $1)",
        "DELETE FROM granted WHERE ends <= $1",
    ] {
        tx.execute(sql, params![now]).await?;
    }
    let sql = "DELETE FROM sign_in_log WHERE time <= $1";
    tx.execute(sql, params![now - REMEMBERED]).await?;
    for sql in [
        "DELETE FROM authentication WHERE sid IN (SELECT sid FROM session WHERE started <= $1)",
        "DELETE FROM participant WHERE sid IN (SELECT sid FROM session WHERE started <= $1)",
        "DELETE FROM session WHERE started <= $1",
    ] {
        tx.execute(sql, params![now - ABSOLUTE]).await?;
    }
    crate::eid::passkey::forget(tx, now).await?;
    crate::eid::lommebok::forget(tx, now).await
}
