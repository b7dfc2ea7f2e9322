//! Bearer tokens: verified once, remembered until they expire.
//!
//! A verified token is remembered under its SHA-256, so that a token in use costs a hash and a look-up. An issuer's
//! keys are remembered too; a `kid` that is not among them makes [`Auth`] fetch the set again, at most every 30 seconds
//! an issuer, so that made-up names are no lever.
//!
//! A token that is bound to a key (`cnf.jkt`) is worth something only together with a proof for this very request
//! ([`dpop`]). What the request is, [`noted`] tells: the process puts it around all routes, so that no handler can forget.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest;
use axum::response::{IntoResponse, Response};
use futures::future::BoxFuture;
use http::{HeaderMap, Method, StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::clock::Clock;
use crate::id::{Orgnr, Pid};
use crate::jose::dpop::{self, DpopError, Proof};
use crate::jose::{self, Alg, JoseError, KeySet};
use crate::problem::Problem;

/// How far the clocks of issuer and verifier may be apart; seconds.
const SKEW: i64 = 60;
/// Least time between two fetches of a key set; seconds.
const REFETCH: i64 = 30;
/// Least time between two fetches while an issuer has never answered; seconds.
const RETRY: i64 = 1;
/// How long a key set is used before it is fetched again; seconds.
const KEYS_LAST: i64 = 3600;
/// How long a verified token is remembered at most, so that a withdrawn key does not live on here; seconds.
const REMEMBERED: i64 = 300;
/// The longest token that is read; bytes.
const LONGEST: usize = 16 * 1024;
/// The memory of verified tokens: so many parts, each with its own lock and so many tokens.
const SHARDS: usize = 16;
const PER_SHARD: usize = 512;

/// Proofs that are remembered until they can no longer be used. Beyond that none is taken: to forget one that lives would
/// be to let it be used again.
const PROOFS: usize = 1 << 18;
/// How often proofs that can no longer be used are forgotten; seconds.
const FORGET: i64 = 5;

tokio::task_local! {
    /// The method and address of the request that this task answers.
    static REQUEST: (Method, String);
}

/// Answers a request with `method` to `address` (as the public reaches it) so that tokens bound to a key can be used in
/// it. Goes around all routes.
pub async fn noted<F: Future>(method: Method, address: String, answer: F) -> F::Output {
    REQUEST.scope((method, address), answer).await
}

/// A token as a request shows it, and the proof that came with it.
#[derive(Clone, Copy)]
pub struct Presented<'a> {
    /// The token.
    pub token: &'a str,
    dpop: bool,
    headers: &'a HeaderMap,
}

impl<'a> Presented<'a> {
    /// The token of the header `Authorization`.
    pub fn of(headers: &'a HeaderMap) -> Result<Self, AuthError> {
        let mut values = headers.get_all(header::AUTHORIZATION).iter();
        let value = values.next().ok_or_else(AuthError::missing)?;
        if values.next().is_some() {
            return Err(AuthError::invalid("more than one Authorization header"));
        }
        let (scheme, token) =
            value.to_str().ok().and_then(|value| value.split_once(' ')).ok_or_else(AuthError::missing)?;
        let dpop = scheme.eq_ignore_ascii_case("DPoP");
        if !dpop && !scheme.eq_ignore_ascii_case("Bearer") {
            return Err(AuthError::missing());
        }
        Ok(Self { token: token.trim(), dpop, headers })
    }

    /// A token that came in a form (RFC 6750 § 2.2): it can be used by itself alone.
    pub fn in_form(token: &'a str, headers: &'a HeaderMap) -> Self {
        Self { token, dpop: false, headers }
    }

    /// Demands proof of the key `jkt` that the token is bound to, for a request with `method` to `uri`. Gives the proof,
    /// to be used up; `None` where the token is bound to nothing.
    pub fn prove(
        &self,
        jkt: Option<&str>,
        method: &str,
        uri: &str,
        now: i64,
    ) -> Result<Option<Proof>, AuthError> {
        let jkt = match (self.dpop, jkt) {
            (false, None) => return Ok(None),
            (true, None) => return Err(AuthError::invalid("the token is not bound to a key")),
            (false, Some(_)) => return Err(AuthError::bound("the token is bound to a key: use DPoP")),
            (true, Some(jkt)) => jkt,
        };
        let proof = dpop::of(self.headers)?.ok_or(DpopError("there is none"))?;
        let proof = dpop::verify(proof, method, uri, Some(self.token), now)?;
        if verify_slices_are_equal(proof.jkt.as_bytes(), jkt.as_bytes()).is_err() {
            return Err(AuthError::bound("the token is bound to another key than the proof's"));
        }
        Ok(Some(proof))
    }
}

impl std::fmt::Debug for Presented<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Presented")
    }
}

/// The proofs that have been used.
#[derive(Default)]
struct Used {
    proofs: HashMap<[u8; 32], i64>,
    forget_at: i64,
}

impl Used {
    fn take(&mut self, proof: &Proof, now: i64) -> Result<(), AuthError> {
        if now >= self.forget_at {
            self.proofs.retain(|_, until| now < *until);
            self.forget_at = now + FORGET;
        }
        if self.proofs.len() >= PROOFS {
            tracing::error!("more DPoP proofs than can be remembered");
            return Err(AuthError {
                kind: ErrorKind::Unavailable,
                reason: "too many proofs at once".to_owned(),
            });
        }
        match self.proofs.insert(proof.fingerprint, proof.until) {
            None => Ok(()),
            Some(_) => Err(DpopError("it has been used before").into()),
        }
    }
}

/// Who issues tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Issuer {
    /// Tokens of organisations.
    Maskinporten,
    /// Tokens of signed-in people.
    Idporten,
}

impl Issuer {
    fn index(self) -> usize {
        match self {
            Self::Maskinporten => 0,
            Self::Idporten => 1,
        }
    }
}

/// What is believed of an issuer.
#[derive(Debug, Clone)]
pub struct Trust {
    /// Its name, byte for byte as in `iss`.
    pub iss: String,
    /// The algorithms that it signs with.
    pub algs: Vec<Alg>,
}

/// Fetches an issuer's JWK set (its JSON); an error in words for the log.
pub type KeySource = Arc<dyn Fn(Issuer) -> BoxFuture<'static, Result<Vec<u8>, String>> + Send + Sync>;

/// Verifies bearer tokens. Clones share what is remembered.
#[derive(Clone)]
pub struct Auth(Arc<Inner>);

struct Inner {
    clock: Clock,
    trust: [Trust; 2],
    source: KeySource,
    keys: [Keys; 2],
    tokens: [Mutex<HashMap<[u8; 32], Remembered>>; SHARDS],
    used: Mutex<Used>,
    #[cfg(any(test, feature = "testing"))]
    test_key: Option<jose::SigningKey>,
}

#[derive(Default)]
struct Keys {
    known: RwLock<Option<Arc<Known>>>,
    /// Held while fetching; the moment of the last attempt.
    attempt: tokio::sync::Mutex<Option<i64>>,
}

struct Known {
    set: KeySet,
    fetched: i64,
}

struct Remembered {
    issuer: Issuer,
    claims: Arc<Claims>,
    until: i64,
}

impl Auth {
    /// An [`Auth`] that believes these two issuers and takes their keys from `source`.
    pub fn new(clock: Clock, maskinporten: Trust, idporten: Trust, source: KeySource) -> Self {
        Self(Arc::new(Inner {
            clock,
            trust: [maskinporten, idporten],
            source,
            keys: Default::default(),
            tokens: Default::default(),
            used: Mutex::default(),
            #[cfg(any(test, feature = "testing"))]
            test_key: None,
        }))
    }

    /// The issuers of a Felles at `base_url` (without a slash at the end).
    pub fn of_felles(clock: Clock, base_url: &str, source: KeySource) -> Self {
        let trust = |iss| Trust { iss, algs: vec![Alg::RS256, Alg::ES256, Alg::EdDSA] };
        let maskinporten = trust(format!("{base_url}/maskinporten/"));
        Self::new(clock, maskinporten, trust(format!("{base_url}/idporten")), source)
    }

    /// Verifies the request's token as an access token of `issuer`, and that the caller holds the key that it is bound
    /// to, where it is.
    pub async fn bearer(&self, headers: &HeaderMap, issuer: Issuer) -> Result<Arc<Claims>, AuthError> {
        let presented = Presented::of(headers)?;
        let claims = self.verified(presented.token, issuer).await?;
        let now = self.0.clock.now().as_second();
        let jkt = claims.jkt.as_deref();
        let proof = REQUEST
            .try_with(|(method, uri)| presented.prove(jkt, method.as_str(), uri, now))
            // Outside of `noted` nothing can be proved, and a token that is bound to nothing needs no proof.
            .unwrap_or_else(|_| presented.prove(jkt, "", "", now))?;
        if let Some(proof) = proof {
            self.0.used.lock().unwrap_or_else(PoisonError::into_inner).take(&proof, now)?;
        }
        Ok(claims)
    }

    /// Verifies an access token of `issuer` by itself; one that is bound to a key is refused.
    pub async fn verify(&self, token: &str, issuer: Issuer) -> Result<Arc<Claims>, AuthError> {
        let claims = self.verified(token, issuer).await?;
        match claims.jkt {
            None => Ok(claims),
            Some(_) => Err(AuthError::bound("the token is bound to a key: use DPoP")),
        }
    }

    async fn verified(&self, token: &str, issuer: Issuer) -> Result<Arc<Claims>, AuthError> {
        if token.len() > LONGEST {
            return Err(AuthError::invalid("the token is too long"));
        }
        let now = self.0.clock.now().as_second();
        let mut hash = [0; 32];
        hash.copy_from_slice(digest::digest(&digest::SHA256, token.as_bytes()).as_ref());
        if let Some((remembered, claims)) = self.recall(&hash, now) {
            if remembered != issuer {
                return Err(AuthError::invalid("the token is from another issuer"));
            }
            claims.check_times(now)?;
            return Ok(claims);
        }
        let trust = &self.0.trust[issuer.index()];
        let keys = self.keys(issuer, now, KEYS_LAST).await?;
        let payload = match jose::verify(token, &keys.set, &trust.algs) {
            Err(JoseError::UnknownKey) => {
                // Perhaps a new key of the issuer's.
                let keys = self.keys(issuer, now, REFETCH).await?;
                jose::verify(token, &keys.set, &trust.algs)
            }
            result => result,
        };
        let payload = payload.map_err(|error| AuthError::invalid(&error.to_string()))?;
        let raw: Value = payload.claims().map_err(|error| AuthError::invalid(&error.to_string()))?;
        let claims = Claims::read(raw, &trust.iss)?;
        claims.check_times(now)?;
        let claims = Arc::new(claims);
        self.remember(hash, issuer, claims.clone(), now);
        Ok(claims)
    }

    fn shard(&self, hash: &[u8; 32]) -> std::sync::MutexGuard<'_, HashMap<[u8; 32], Remembered>> {
        let shard = usize::from(hash[0]) % SHARDS;
        self.0.tokens[shard].lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn recall(&self, hash: &[u8; 32], now: i64) -> Option<(Issuer, Arc<Claims>)> {
        let shard = self.shard(hash);
        let remembered = shard.get(hash).filter(|remembered| now < remembered.until)?;
        Some((remembered.issuer, remembered.claims.clone()))
    }

    fn remember(&self, hash: [u8; 32], issuer: Issuer, claims: Arc<Claims>, now: i64) {
        let until = claims.exp.saturating_add(SKEW).min(now + REMEMBERED);
        let mut shard = self.shard(&hash);
        if shard.len() >= PER_SHARD {
            shard.retain(|_, remembered| now < remembered.until);
        }
        if shard.len() >= PER_SHARD {
            // Full of living tokens: every second one is verified again when it comes back.
            let mut keep = false;
            shard.retain(|_, _| {
                keep = !keep;
                keep
            });
        }
        shard.insert(hash, Remembered { issuer, claims, until });
    }

    /// The issuer's keys, fetched at most `oldest` seconds ago where it answers.
    async fn keys(&self, issuer: Issuer, now: i64, oldest: i64) -> Result<Arc<Known>, AuthError> {
        let keys = &self.0.keys[issuer.index()];
        let known = || keys.known.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(known) = known().filter(|known| now < known.fetched + oldest) {
            return Ok(known);
        }
        let mut attempt = keys.attempt.lock().await;
        let before = known();
        if let Some(known) = before.as_ref().filter(|known| now < known.fetched + oldest) {
            return Ok(known.clone());
        }
        let pause = if before.is_some() { REFETCH } else { RETRY };
        let may_fetch = attempt.is_none_or(|last| last + pause <= now);
        if may_fetch {
            *attempt = Some(now);
            let fetched = (self.0.source)(issuer).await;
            match fetched.and_then(|json| KeySet::parse(&json).map_err(|error| error.to_string())) {
                Ok(set) => {
                    let fresh = Arc::new(Known { set, fetched: now });
                    *keys.known.write().unwrap_or_else(PoisonError::into_inner) = Some(fresh.clone());
                    return Ok(fresh);
                }
                Err(error) => tracing::warn!(?issuer, error, "an issuer's keys could not be fetched"),
            }
        }
        // The keys of before are better than none.
        before.ok_or_else(AuthError::unavailable)
    }
}

impl std::fmt::Debug for Auth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Auth")
    }
}

/// The claims of a verified access token.
#[derive(Clone, PartialEq)]
pub struct Claims {
    /// The issuer's name.
    pub iss: String,
    /// The person as this client knows them (ID-porten).
    pub sub: Option<String>,
    /// The system that holds the token.
    pub client_id: String,
    /// What it may.
    pub scopes: BTreeSet<String>,
    /// The organisation that acts.
    pub consumer_orgnr: Option<Orgnr>,
    /// The organisation that acts on the consumer's behalf, if another.
    pub supplier_orgnr: Option<Orgnr>,
    /// The person: signed in (ID-porten), or named by the organisation (Maskinporten).
    pub pid: Option<Pid>,
    /// How surely the person is known: `idporten-loa-substantial`, `idporten-loa-high`.
    pub acr: Option<String>,
    /// Whom the token is for, where it says so.
    pub aud: Vec<String>,
    /// The token's number; empty where it has none.
    pub jti: String,
    /// When it expires; seconds since 1970.
    pub exp: i64,
    /// The thumbprint of the key that its holder has to prove (DPoP); `None` where it is worth something by itself.
    pub jkt: Option<String>,
    /// All claims as they came.
    pub raw: Value,
}

/// An organisation as Digdir's tokens write it: `{"authority":"iso6523-actorid-upis","ID":"0192:889640782"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisation {
    #[serde(skip_deserializing, default = "authority")]
    authority: &'static str,
    #[serde(rename = "ID")]
    id: String,
}

fn authority() -> &'static str {
    "iso6523-actorid-upis"
}

impl Organisation {
    /// The organisation of this number.
    pub fn of(orgnr: &Orgnr) -> Self {
        Self { authority: authority(), id: format!("0192:{}", orgnr.as_str()) }
    }

    /// Its number; `None` where it is not of the scheme of Norwegian organisations.
    pub fn orgnr(&self) -> Option<Orgnr> {
        let mut parts = self.id.split(':');
        if parts.next() != Some("0192") {
            return None;
        }
        Orgnr::parse(parts.next()?).ok()
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

/// What a token is bound to. Other members than `jkt` (a certificate's hash, say) cannot be proved here.
#[derive(Deserialize)]
struct Confirmation {
    jkt: String,
}

#[derive(Deserialize)]
struct Wire {
    iss: String,
    sub: Option<String>,
    client_id: Option<String>,
    #[serde(default)]
    scope: String,
    consumer: Option<Organisation>,
    supplier: Option<Organisation>,
    pid: Option<Pid>,
    acr: Option<String>,
    aud: Option<OneOrMany>,
    #[serde(default)]
    jti: String,
    exp: i64,
    token_type: Option<String>,
    nonce: Option<Value>,
    sid: Option<Value>,
    cnf: Option<Confirmation>,
}

impl Claims {
    fn read(raw: Value, iss: &str) -> Result<Self, AuthError> {
        let wire = Wire::deserialize(&raw)
            .map_err(|_| AuthError::invalid("its claims are not those of an access token"))?;
        if wire.iss != iss {
            return Err(AuthError::invalid("the token is from another issuer"));
        }
        if wire.nonce.is_some() || wire.sid.is_some() || wire.token_type.is_none() {
            return Err(AuthError::invalid("the token is not an access token"));
        }
        let orgnr = |actor: Option<Organisation>| match actor {
            None => Ok(None),
            Some(actor) => actor
                .orgnr()
                .map(Some)
                .ok_or_else(|| AuthError::invalid("its organisation number is not one")),
        };
        Ok(Self {
            iss: wire.iss,
            sub: wire.sub,
            client_id: wire.client_id.ok_or_else(|| AuthError::invalid("the token names no client"))?,
            scopes: wire.scope.split_ascii_whitespace().map(str::to_owned).collect(),
            consumer_orgnr: orgnr(wire.consumer)?,
            supplier_orgnr: orgnr(wire.supplier)?,
            pid: wire.pid,
            acr: wire.acr,
            aud: match wire.aud {
                None => Vec::new(),
                Some(OneOrMany::One(aud)) => vec![aud],
                Some(OneOrMany::Many(aud)) => aud,
            },
            jti: wire.jti,
            exp: wire.exp,
            jkt: wire.cnf.map(|cnf| cnf.jkt),
            raw,
        })
    }

    fn check_times(&self, now: i64) -> Result<(), AuthError> {
        if self.exp.saturating_add(SKEW) <= now {
            return Err(AuthError::invalid("the token has expired"));
        }
        let begins = |name: &str| self.raw.get(name).and_then(Value::as_i64).unwrap_or(i64::MIN);
        if begins("nbf").max(begins("iat")) > now.saturating_add(SKEW) {
            return Err(AuthError::invalid("the token is not valid yet"));
        }
        Ok(())
    }

    /// Whether the token has this scope.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes.contains(scope)
    }

    /// Demands this scope.
    pub fn require_scope(&self, scope: &str) -> Result<(), AuthError> {
        if self.has_scope(scope) { Ok(()) } else { Err(AuthError::scope(scope)) }
    }
}

impl std::fmt::Debug for Claims {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Claims({}, {}, {:?})", self.iss, self.client_id, self.scopes)
    }
}

/// Why a request may not go on: RFC 6750's `invalid_token` (401) or `insufficient_scope` (403), or an issuer whose keys
/// nobody gives (503).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct AuthError {
    kind: ErrorKind,
    /// Why, in words for the caller. Holds nothing of the token.
    pub reason: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum ErrorKind {
    Missing,
    Invalid,
    /// A token bound to a key, without what it takes to use it; with OAuth's code.
    Bound(&'static str),
    Scope(String),
    Unavailable,
}

impl AuthError {
    /// No bearer token came.
    pub fn missing() -> Self {
        Self { kind: ErrorKind::Missing, reason: "a bearer token is missing".to_owned() }
    }

    /// The token is not one that is believed.
    pub fn invalid(reason: &str) -> Self {
        Self { kind: ErrorKind::Invalid, reason: reason.to_owned() }
    }

    /// The token is bound to a key that the caller has not shown to hold.
    fn bound(reason: &str) -> Self {
        Self { kind: ErrorKind::Bound("invalid_token"), reason: reason.to_owned() }
    }

    /// The token lacks this scope.
    pub fn scope(scope: &str) -> Self {
        Self {
            kind: ErrorKind::Scope(scope.to_owned()),
            reason: format!("the token lacks the scope {scope}"),
        }
    }

    fn unavailable() -> Self {
        Self { kind: ErrorKind::Unavailable, reason: "the issuer's keys cannot be fetched now".to_owned() }
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        match self.kind {
            ErrorKind::Missing | ErrorKind::Invalid | ErrorKind::Bound(_) => StatusCode::UNAUTHORIZED,
            ErrorKind::Scope(_) => StatusCode::FORBIDDEN,
            ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// What is wrong with a token of Maskinporten, in Bokmål.
    pub fn melding(&self) -> String {
        let what = match self.status() {
            StatusCode::UNAUTHORIZED => "Gyldig token fra Maskinporten mangler",
            StatusCode::FORBIDDEN => "Tokenet gir ikke tilgang til tjenesten",
            _ => "Tokenet kan ikke kontrolleres nå",
        };
        format!("{what} ({}).", self.reason)
    }

    /// The value of `WWW-Authenticate` (RFC 6750 § 3, RFC 9449 § 7.1).
    pub fn www_authenticate(&self) -> String {
        let with = |scheme: &str, error: &str| {
            let reason = self.reason.replace(['"', '\\'], "");
            format!("{scheme} error=\"{error}\", error_description=\"{reason}\"")
        };
        let described = |error: &str| with("Bearer", error);
        match &self.kind {
            ErrorKind::Missing | ErrorKind::Unavailable => "Bearer".to_owned(),
            ErrorKind::Invalid => described("invalid_token"),
            ErrorKind::Bound(error) => {
                format!("{}, algs=\"{}\"", with("DPoP", error), dpop::ALGS.map(Alg::as_str).join(" "))
            }
            ErrorKind::Scope(scope) => format!("{}, scope=\"{scope}\"", described("insufficient_scope")),
        }
    }
}

impl From<DpopError> for AuthError {
    fn from(error: DpopError) -> Self {
        Self { kind: ErrorKind::Bound("invalid_dpop_proof"), reason: error.to_string() }
    }
}

impl From<AuthError> for Problem {
    fn from(error: AuthError) -> Self {
        let title = match error.kind {
            ErrorKind::Missing | ErrorKind::Invalid | ErrorKind::Bound(_) => "Ikke autentisert",
            ErrorKind::Scope(_) => "Ikke tilgang",
            ErrorKind::Unavailable => "Utilgjengelig",
        };
        let how = error.www_authenticate();
        Self::new(error.status(), title).detail(error.reason).authenticate(how)
    }
}

impl IntoResponse for AuthError {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}

#[cfg(any(test, feature = "testing"))]
impl Auth {
    /// An [`Auth`] for tests: believes the tokens of [`Auth::mint_for_tests`] as those of a Felles at
    /// `http://localhost:8080`.
    #[expect(clippy::expect_used, reason = "runs in tests alone")]
    pub fn for_tests(clock: Clock) -> Self {
        static KEY: std::sync::OnceLock<jose::SigningKey> = std::sync::OnceLock::new();
        let key =
            KEY.get_or_init(|| jose::SigningKey::generate(Alg::ES256).expect("AWS-LC makes a key")).clone();
        let set = serde_json::json!({ "keys": [key.public_jwk()] }).to_string().into_bytes();
        let source: KeySource = Arc::new(move |_| {
            let set = set.clone();
            Box::pin(async move { Ok(set) })
        });
        let trust = |iss: &str| Trust { iss: iss.to_owned(), algs: vec![Alg::ES256] };
        let mut auth = Self::new(clock, trust(TEST_MASKINPORTEN), trust(TEST_IDPORTEN), source);
        Arc::get_mut(&mut auth.0).expect("nobody else has it yet").test_key = Some(key);
        auth
    }

    /// A token with these claims, signed with the test key. `iss` is `maskinporten` or `idporten`, or anything else as
    /// it stands. Where they are missing, `iat` (now), `exp` (in an hour), `jti`, `token_type` and `client_id` are
    /// filled in; a claim given as null is left out.
    #[expect(clippy::expect_used, reason = "runs in tests alone")]
    pub fn mint_for_tests(&self, clock: &Clock, claims: Value) -> String {
        static COUNT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
        let Value::Object(given) = claims else { return String::new() };
        let now = clock.now().as_second();
        let number = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let mut claims = serde_json::json!({
            "iat": now, "exp": now + 3600, "jti": format!("test-{number}"), "token_type": "Bearer", "client_id": "test-client",
        });
        for (name, value) in given {
            claims[name] = value;
        }
        match claims["iss"].as_str() {
            Some("maskinporten") => claims["iss"] = TEST_MASKINPORTEN.into(),
            Some("idporten") => claims["iss"] = TEST_IDPORTEN.into(),
            _ => {}
        }
        if let Value::Object(map) = &mut claims {
            map.retain(|_, value| !value.is_null());
        }
        let key = self.0.test_key.as_ref().expect("made by Auth::for_tests");
        key.sign_jwt(None, &claims).expect("the test key signs")
    }
}

#[cfg(any(test, feature = "testing"))]
const TEST_MASKINPORTEN: &str = "http://localhost:8080/maskinporten/";
#[cfg(any(test, feature = "testing"))]
const TEST_IDPORTEN: &str = "http://localhost:8080/idporten";

#[cfg(test)]
mod tests;
