//! An issuer's own keys: pending → active → retired → gone, in the issuer's own store, sealed under a master key.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use axum::response::{IntoResponse, Response};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, StatusCode, header};
use jiff::Timestamp;

use super::{Alg, JoseError, Jwk, KeySet, PublicKey, SigningKey};
use crate::params;
use crate::rng::Rng;
use crate::store::{Row, Store, StoreError, Tx};

/// The table of an issuer's keys. Moments are seconds since 1970. The private key is there until the key retires.
pub const MIGRATION: &str = "
CREATE TABLE signing_key (kid TEXT PRIMARY KEY, alg TEXT NOT NULL, jwk TEXT NOT NULL, sealed BYTEA,
    published_at BIGINT NOT NULL, active_from BIGINT, retired_at BIGINT);
";

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;
const NONCE: usize = 12;

/// How long a key stays in each part of its life; seconds.
#[derive(Debug, Clone, Copy)]
pub struct Lifecycle {
    /// From publication until it may sign. Clients keep key sets for 24 hours, so no less.
    pub pending: i64,
    /// How long it signs.
    pub active: i64,
    /// How long it stays published after its last signature: 24 hours and the longest token's life.
    pub retired: i64,
}

impl Lifecycle {
    /// A day pending, ninety days active, then a day and the longest token's life (seconds) retired.
    pub fn new(longest_token: i64) -> Self {
        Self { pending: DAY, active: 90 * DAY, retired: DAY + longest_token }
    }
}

/// The master key that private keys are sealed under: AES-256-GCM. It lies outside the store.
pub struct KeyEncryptionKey(RandomizedNonceKey);

impl KeyEncryptionKey {
    /// The key of these bytes.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, JoseError> {
        let key = RandomizedNonceKey::new(&AES_256_GCM, bytes);
        Ok(Self(key.map_err(|_| JoseError::Key("AWS-LC refused the master key"))?))
    }

    /// Reads the key from a file (43 characters of base64url), or makes the file, readable by its owner alone.
    pub fn load_or_create(path: &Path, rng: &Rng) -> Result<Self, JoseError> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let text = rng.token();
                write_secret(path, &text)?;
                text
            }
            Err(error) => return Err(error.into()),
        };
        let bytes =
            URL_SAFE_NO_PAD.decode(text.trim()).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        Self::from_bytes(&bytes.ok_or(JoseError::Key("the master key's file is not 32 bytes of base64url"))?)
    }

    /// Encrypts `secret`, bound to the place `context` where it is kept.
    pub fn seal(&self, context: &str, secret: &[u8]) -> Result<Vec<u8>, JoseError> {
        let mut sealed = secret.to_vec();
        let nonce = self.0.seal_in_place_append_tag(Aad::from(context.as_bytes()), &mut sealed);
        let nonce = nonce.map_err(|_| JoseError::Key("AWS-LC did not seal"))?;
        Ok([nonce.as_ref().as_slice(), &sealed].concat())
    }

    /// Decrypts what [`Self::seal`] made for the same `context`.
    pub fn open(&self, context: &str, sealed: &[u8]) -> Result<Vec<u8>, JoseError> {
        let wrong = JoseError::Key("the master key does not open it");
        let Some((nonce, sealed)) = sealed.split_first_chunk::<NONCE>() else { return Err(wrong) };
        let mut bytes = sealed.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        match self.0.open_in_place(nonce, Aad::from(context.as_bytes()), &mut bytes) {
            Ok(secret) => Ok(secret.to_vec()),
            Err(_) => Err(wrong),
        }
    }
}

impl std::fmt::Debug for KeyEncryptionKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyEncryptionKey")
    }
}

fn write_secret(path: &Path, text: &str) -> Result<(), JoseError> {
    use std::io::Write as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    Ok(file.sync_all()?)
}

/// A key's record.
struct Record {
    kid: String,
    alg: Alg,
    jwk: Jwk,
    sealed: Option<Vec<u8>>,
    published_at: i64,
    active_from: Option<i64>,
    retired_at: Option<i64>,
}

impl Record {
    fn from_row(row: &Row) -> Result<Self, StoreError> {
        let damaged = || StoreError::Damaged("a signing key".to_owned());
        Ok(Self {
            kid: row.get(0)?,
            alg: Alg::parse(&row.get::<String>(1)?).ok_or_else(damaged)?,
            jwk: serde_json::from_str(&row.get::<String>(2)?).map_err(|_| damaged())?,
            sealed: row.get(3)?,
            published_at: row.get(4)?,
            active_from: row.get(5)?,
            retired_at: row.get(6)?,
        })
    }

    fn is_pending(&self) -> bool {
        self.active_from.is_none() && self.retired_at.is_none()
    }

    fn is_active(&self) -> bool {
        self.active_from.is_some() && self.retired_at.is_none()
    }
}

const SELECT: &str = "SELECT kid, alg, jwk, sealed, published_at, active_from, retired_at FROM signing_key
    ORDER BY published_at, kid";

fn records(rows: &[Row]) -> Result<Vec<Record>, StoreError> {
    rows.iter().map(Record::from_row).collect()
}

/// What a moment asks of an issuer's keys of one algorithm.
struct Due {
    /// A new key: `true` if it signs at once, because there is none yet.
    new: Option<bool>,
    /// The pending key that begins to sign now.
    activate: Option<String>,
    /// Keys that no longer sign.
    retire: Vec<String>,
    /// Keys that no longer are published.
    remove: Vec<String>,
}

impl Due {
    fn at(now: i64, alg: Alg, records: &[Record], lifecycle: &Lifecycle) -> Self {
        let of_alg = || records.iter().filter(|record| record.alg == alg);
        let actives = || of_alg().filter(|record| record.is_active());
        let newest_start = actives().filter_map(|record| record.active_from).max();
        let pending = of_alg().find(|record| record.is_pending());
        // An active key whose successor has been published for long enough gives way when its time is up.
        let worn_out = newest_start.is_none_or(|start| start + lifecycle.active <= now);
        let activate = pending.filter(|next| {
            newest_start.is_none() || (worn_out && next.published_at + lifecycle.pending <= now)
        });
        let new = match (pending, newest_start) {
            (None, None) => Some(true),
            (None, Some(start)) if start + lifecycle.active - lifecycle.pending <= now => Some(false),
            _ => None,
        };
        let retire = if activate.is_some() {
            actives().map(|record| record.kid.clone()).collect()
        } else {
            Vec::new()
        };
        let gone =
            |record: &&Record| record.retired_at.is_some_and(|retired| retired + lifecycle.retired <= now);
        let remove = of_alg().filter(gone).map(|record| record.kid.clone()).collect();
        Self { new, activate: activate.map(|record| record.kid.clone()), retire, remove }
    }

    fn is_nothing(&self) -> bool {
        self.new.is_none() && self.activate.is_none() && self.retire.is_empty() && self.remove.is_empty()
    }
}

/// The keys as they were read last.
struct Loaded {
    signers: BTreeMap<Alg, SigningKey>,
    jwks: String,
    etag: String,
    published: Arc<KeySet>,
}

/// An issuer's keys. Clones share them.
#[derive(Clone)]
pub struct Keyring(Arc<Inner>);

struct Inner {
    store: Store,
    master: KeyEncryptionKey,
    algs: Vec<Alg>,
    lifecycle: Lifecycle,
    loaded: RwLock<Arc<Loaded>>,
}

impl Keyring {
    /// Opens the keys in `store` (which has [`MIGRATION`]'s table): one that signs for each of `algs`, made now where
    /// there is none.
    pub async fn open(
        store: Store,
        master: KeyEncryptionKey,
        algs: &[Alg],
        lifecycle: Lifecycle,
        now: Timestamp,
    ) -> Result<Self, JoseError> {
        let empty = Loaded {
            signers: BTreeMap::new(),
            jwks: String::new(),
            etag: String::new(),
            published: Arc::default(),
        };
        let loaded = RwLock::new(Arc::new(empty));
        let keyring = Self(Arc::new(Inner { store, master, algs: algs.to_vec(), lifecycle, loaded }));
        keyring.rotate_due(now).await?;
        Ok(keyring)
    }

    /// Does what `now` asks: publishes keys to come, lets them begin to sign, retires and removes old ones; then reads
    /// the keys anew, so that what another node did is seen. To be called every few minutes. Says whether it changed
    /// anything.
    pub async fn rotate_due(&self, now: Timestamp) -> Result<bool, JoseError> {
        let now = now.as_second();
        let found = records(&self.0.store.query(SELECT, &[]).await?)?;
        let mut changed = false;
        for &alg in &self.0.algs {
            let due = Due::at(now, alg, &found, &self.0.lifecycle);
            if due.is_nothing() {
                continue;
            }
            let candidate = if due.new.is_some() { Some(self.candidate(alg).await?) } else { None };
            let lifecycle = self.0.lifecycle;
            let store = &self.0.store;
            changed |= store.write(move |tx| Box::pin(rotate(tx, now, alg, lifecycle, candidate))).await?;
        }
        self.load().await?;
        Ok(changed)
    }

    /// Replaces the keys that sign before their time, as every 90 days: their successors are published now, and sign when
    /// they have been for as long as clients keep key sets. What is signed until then verifies until it ends.
    pub async fn rotate_early(&self, now: Timestamp) -> Result<(), JoseError> {
        let Lifecycle { pending, active, .. } = self.0.lifecycle;
        // As if they had begun so long ago that their time is up when a successor may sign.
        let begun = now.as_second() + pending - active;
        let ends: Result<(), StoreError> = self
            .0
            .store
            .write(move |tx| {
                Box::pin(async move {
                    let sql = "UPDATE signing_key SET active_from = $1 WHERE active_from > $1 AND retired_at IS NULL";
                    tx.execute(sql, params![begun]).await.map(drop)
                })
            })
            .await;
        ends?;
        self.rotate_due(now).await.map(drop)
    }

    /// The way out when a private key may be known to others: every key is removed at once and new ones sign. Tokens
    /// signed before no longer verify anywhere as soon as their verifiers fetch the set again.
    pub async fn replace_all(&self, now: Timestamp) -> Result<(), JoseError> {
        let now = now.as_second();
        let mut candidates = Vec::new();
        for &alg in &self.0.algs {
            candidates.push(self.candidate(alg).await?);
        }
        let replaced: Result<(), StoreError> = self
            .0
            .store
            .write(move |tx| {
                Box::pin(async move {
                    tx.execute("DELETE FROM signing_key", &[]).await?;
                    for candidate in candidates {
                        candidate.insert(tx, now, Some(now)).await?;
                    }
                    Ok(())
                })
            })
            .await;
        replaced?;
        self.load().await
    }

    /// The key that signs with `alg` now.
    pub fn signer(&self, alg: Alg) -> Result<SigningKey, JoseError> {
        self.loaded().signers.get(&alg).cloned().ok_or(JoseError::Algorithm)
    }

    /// The published keys, to verify the issuer's own tokens.
    pub fn published(&self) -> Arc<KeySet> {
        self.loaded().published.clone()
    }

    /// The published keys as a JWK set: pending, active and retired, no private members.
    pub fn jwks(&self) -> String {
        self.loaded().jwks.clone()
    }

    /// The answer to a request for the JWK set, with the caching that the services have; 304 where the caller has it.
    pub fn jwks_response(&self, request: &HeaderMap) -> Response {
        let loaded = self.loaded();
        let caching = [
            (header::CACHE_CONTROL, "max-age=3600, must-revalidate".to_owned()),
            (header::ETAG, loaded.etag.clone()),
        ];
        if request.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == loaded.etag.as_bytes())
        {
            return (StatusCode::NOT_MODIFIED, caching).into_response();
        }
        (caching, [(header::CONTENT_TYPE, "application/json")], loaded.jwks.clone()).into_response()
    }

    fn loaded(&self) -> Arc<Loaded> {
        self.0.loaded.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn load(&self) -> Result<(), JoseError> {
        let records = records(&self.0.store.query(SELECT, &[]).await?)?;
        let mut signers = BTreeMap::new();
        let mut keys = Vec::with_capacity(records.len());
        // Where two are active, the newest signs.
        let mut active: Vec<&Record> = records.iter().filter(|record| record.is_active()).collect();
        active.sort_by_key(|record| record.active_from);
        for record in active {
            let sealed =
                record.sealed.as_deref().ok_or(JoseError::Key("an active key has lost its private half"))?;
            let der = self.0.master.open(&context(&record.kid), sealed)?;
            signers.insert(record.alg, SigningKey::from_pkcs8_der_for(&der, record.alg)?);
        }
        for record in &records {
            keys.push((record.kid.clone(), PublicKey::from_jwk(&record.jwk)?));
        }
        let jwks: Vec<&Jwk> = records.iter().map(|record| &record.jwk).collect();
        let jwks = serde_json::json!({ "keys": jwks }).to_string();
        let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, jwks.as_bytes());
        let etag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(hash));
        let loaded = Loaded { signers, jwks, etag, published: Arc::new(keys.into_iter().collect()) };
        *self.0.loaded.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(loaded);
        Ok(())
    }

    async fn candidate(&self, alg: Alg) -> Result<Candidate, JoseError> {
        let made = tokio::task::spawn_blocking(move || SigningKey::generate(alg)).await;
        let key = made.map_err(|_| JoseError::Key("its making was broken off"))??;
        let sealed = self.0.master.seal(&context(key.kid()), &key.to_pkcs8_der()?)?;
        let jwk =
            serde_json::to_string(key.public_jwk()).map_err(|error| JoseError::Claims(error.to_string()))?;
        Ok(Candidate { kid: key.kid().to_owned(), alg, jwk, sealed })
    }
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keyring")
    }
}

fn context(kid: &str) -> String {
    format!("felles signing_key {kid}")
}

/// A key that is made and not yet kept.
struct Candidate {
    kid: String,
    alg: Alg,
    jwk: String,
    sealed: Vec<u8>,
}

impl Candidate {
    async fn insert(self, tx: &mut Tx, now: i64, active_from: Option<i64>) -> Result<(), StoreError> {
        tracing::info!(
            kid = self.kid,
            alg = self.alg.as_str(),
            active = active_from.is_some(),
            "new signing key"
        );
        tx.execute(
            "INSERT INTO signing_key (kid, alg, jwk, sealed, published_at, active_from) VALUES ($1, $2, $3, $4, $5, $6)",
            params![self.kid, self.alg.as_str(), self.jwk, self.sealed, now, active_from],
        )
        .await?;
        Ok(())
    }
}

/// Decides again inside the transaction, since another node may have been first, and does it.
async fn rotate(
    tx: &mut Tx,
    now: i64,
    alg: Alg,
    lifecycle: Lifecycle,
    candidate: Option<Candidate>,
) -> Result<bool, StoreError> {
    let found = records(&tx.query(SELECT, &[]).await?)?;
    let due = Due::at(now, alg, &found, &lifecycle);
    if let (Some(at_once), Some(candidate)) = (due.new, candidate) {
        candidate.insert(tx, now, at_once.then_some(now)).await?;
    }
    for kid in &due.retire {
        tracing::info!(kid, "signing key retired");
        let sql = "UPDATE signing_key SET retired_at = $1, sealed = NULL WHERE kid = $2";
        tx.execute(sql, params![now, kid]).await?;
    }
    if let Some(kid) = &due.activate {
        tracing::info!(kid, "signing key active");
        tx.execute("UPDATE signing_key SET active_from = $1 WHERE kid = $2", params![now, kid]).await?;
    }
    for kid in &due.remove {
        tracing::info!(kid, "signing key removed");
        tx.execute("DELETE FROM signing_key WHERE kid = $1", params![kid]).await?;
    }
    Ok(!due.is_nothing())
}
