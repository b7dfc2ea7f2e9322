//! Who is signed in. The browser keeps a secret of 256 bits in a cookie and the store keeps what belongs to it: under
//! the secret's hash, and sealed with a key made from the secret. Whoever reads the store alone finds neither.

use std::fmt::Write as _;
use std::sync::Arc;

use clients::idporten::{ACR_HIGH, Ask, Begun, Callback, RelyingParty, SignInError, Tokens};
use design::Lang;
use http::{HeaderMap, HeaderValue, header};
use kernel::Context;
use kernel::id::{Orgnr, Pid};
use kernel::jose::{JoseError, KeyEncryptionKey};
use kernel::store::StoreError;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tokio::sync::Mutex;

use crate::store::{self, Kept};

/// A session ends after this time without a visit; seconds.
const IDLE: i64 = 30 * 60;
/// A session ends this long after the sign-in; seconds.
const ABSOLUTE: i64 = 8 * 3600;
/// The visit is noted at most this often; seconds.
const NOTED: i64 = 60;
/// An access token that ends sooner than this is renewed; seconds.
const RENEWED: i64 = 60;
/// How long a person may take to sign in; seconds.
const PATIENCE: i64 = 3600;
/// Renewals of different sessions seldom wait for each other.
const LANES: usize = 16;

/// What the portal asks for at ID-porten: a person's own data, by the components' names of it.
pub const SCOPES: [&str; 6] = [
    clients::life_events::SCOPE_SAKER,
    "felles:innsyn",
    "felles:post",
    "krr:user/kontaktinformasjon.read",
    "krr:user/kontaktinformasjon.write",
    "krr:user/digitalpost.read",
];

/// What is kept of a signed-in person.
#[derive(Clone, Serialize, Deserialize)]
pub struct Session {
    /// Opens the components for the person.
    pub token: String,
    /// The synchroniser token of the session's forms.
    pub csrf: String,
    /// The person's name, where it is known.
    pub name: Option<String>,
    /// Whether the person resolves tasks.
    pub caseworker: bool,
    /// Who it is.
    #[serde(default)]
    pub pid: Option<Pid>,
    /// The businesses that the person may act for, as they were looked up last.
    #[serde(default)]
    pub businesses: Option<Businesses>,
    /// A secret that waits to be shown.
    #[serde(default)]
    pub to_show: Option<ToShow>,
    /// When the access token ends.
    token_ends: i64,
    refresh_token: Option<String>,
}

/// Which businesses a person may act for.
#[derive(Clone, Serialize, Deserialize)]
pub struct Businesses {
    /// When they were looked up; seconds since 1970.
    pub at: i64,
    /// Their numbers and names.
    pub list: Vec<(Orgnr, String)>,
}

/// A client's new secret: the next page shows it, and no other.
#[derive(Clone, Serialize, Deserialize)]
pub struct ToShow {
    /// The client.
    pub client_id: String,
    /// Its secret.
    pub secret: String,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Session(…)")
    }
}

impl Session {
    /// A value that only this session's pages can know, for one use of an address.
    pub fn once(&self, what: &str) -> String {
        digest("once", &[&self.csrf, what]).iter().take(16).fold(String::new(), |mut hex, byte| {
            // Writing to a string does not fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }
}

/// Why there is no session to be had.
#[derive(Debug)]
pub enum SessionError {
    /// ID-porten did not renew the tokens now.
    SignIn(SignInError),
    /// The store failed.
    Store(StoreError),
    /// Sealing failed.
    Sealing(JoseError),
}

impl From<StoreError> for SessionError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<JoseError> for SessionError {
    fn from(error: JoseError) -> Self {
        Self::Sealing(error)
    }
}

impl From<SignInError> for SessionError {
    fn from(error: SignInError) -> Self {
        Self::SignIn(error)
    }
}

/// A sign-in that waits for the browser to come back.
#[derive(Serialize, Deserialize)]
struct Waiting {
    begun: Begun,
    to: String,
}

/// All sessions. Clones share them.
#[derive(Clone)]
pub struct Sessions {
    ctx: Context,
    relying: RelyingParty,
    lanes: Arc<[Mutex<()>; LANES]>,
}

impl Sessions {
    /// The sessions of this context's store.
    pub fn new(ctx: Context, relying: RelyingParty) -> Self {
        Self { ctx, relying, lanes: Arc::default() }
    }

    fn now(&self) -> i64 {
        self.ctx.clock.now().as_second()
    }

    /// Begins a sign-in that ends at the page `to`: where the browser goes, and its cookie. `anew` asks the person who they
    /// are also where they are signed in at ID-porten.
    ///
    /// One browser may have several under way, in as many windows.
    pub async fn begin(
        &self,
        headers: &HeaderMap,
        to: &str,
        lang: Lang,
        anew: bool,
    ) -> Result<(String, HeaderValue), SessionError> {
        let ask = Ask {
            scopes: SCOPES.iter().map(|scope| (*scope).to_owned()).collect(),
            acr: Some(ACR_HIGH.to_owned()),
            ui_locales: Some(lang.tag().to_owned()),
            prompt: anew.then(|| "login".to_owned()),
            ..Ask::default()
        };
        let begun = self.relying.begin(&ask).await?;
        let browser = self.cookie(headers, SIGNING_IN).map_or_else(|| self.ctx.rng.token(), str::to_owned);
        let (url, id) = (begun.url.clone(), digest("innlogging", &[&browser, &begun.state]));
        let sealed = seal(&browser, &Waiting { begun, to: to.to_owned() })?;
        let now = self.now();
        let write = self.ctx.store.write(move |tx| {
            Box::pin(async move { store::add_signing_in(tx, &id, &sealed, now, now + PATIENCE).await })
        });
        write.await?;
        Ok((url, self.set_cookie(SIGNING_IN, &browser, Some(PATIENCE))))
    }

    /// Ends a sign-in: the tokens and the page to go to; `None` where this browser has none that `callback` answers.
    pub async fn finish(
        &self,
        headers: &HeaderMap,
        callback: &Callback,
    ) -> Result<Option<(Tokens, String)>, SessionError> {
        let browser = self.cookie(headers, SIGNING_IN);
        let Some((browser, state)) = browser.zip(callback.state.as_deref()) else { return Ok(None) };
        let (id, now) = (digest("innlogging", &[browser, state]), self.now());
        let taken: Result<_, StoreError> = self
            .ctx
            .store
            .write(move |tx| Box::pin(async move { store::take_signing_in(tx, &id, now).await }))
            .await;
        let Some(waiting) = taken?.and_then(|sealed| open::<Waiting>(browser, &sealed)) else {
            return Ok(None);
        };
        let tokens = self.relying.finish(callback, &waiting.begun).await?;
        Ok(Some((tokens, waiting.to)))
    }

    /// Keeps a new session in place of the one that the browser may have had; gives its cookie.
    pub async fn start(
        &self,
        headers: &HeaderMap,
        tokens: Tokens,
        name: Option<String>,
        caseworker: bool,
    ) -> Result<HeaderValue, SessionError> {
        let session = Session {
            pid: tokens.claims.pid,
            businesses: None,
            to_show: None,
            token: tokens.access_token,
            csrf: self.ctx.rng.token(),
            name,
            caseworker,
            token_ends: tokens.expires.as_second(),
            refresh_token: tokens.refresh_token,
        };
        let secret = self.ctx.rng.token();
        let (id, sealed, now) = (digest("id", &[&secret]), seal(&secret, &session)?, self.now());
        let before = self.cookie(headers, SESSION).map(|secret| digest("id", &[secret]));
        let write: Result<(), StoreError> = self
            .ctx
            .store
            .write(move |tx| {
                Box::pin(async move {
                    if let Some(before) = before {
                        store::end(tx, &before).await?;
                    }
                    store::add_session(tx, &id, &Kept { sealed, created: now, seen: now }, now - IDLE).await
                })
            })
            .await;
        write?;
        Ok(self.set_cookie(SESSION, &secret, None))
    }

    /// The browser's session, with an access token that lives; `None` where there is none any more.
    pub async fn load(&self, headers: &HeaderMap) -> Result<Option<Session>, SessionError> {
        let Some(secret) = self.cookie(headers, SESSION) else { return Ok(None) };
        let id = digest("id", &[secret]);
        let Some((kept, session)) = self.read(secret, &id).await? else { return Ok(None) };
        let now = self.now();
        if now - kept.seen >= NOTED {
            self.write(move |tx| Box::pin(async move { store::seen(tx, &id, now).await })).await?;
        }
        if session.token_ends - now > RENEWED {
            return Ok(Some(session));
        }
        self.renew(secret, id).await
    }

    async fn read(&self, secret: &str, id: &[u8]) -> Result<Option<(Kept, Session)>, StoreError> {
        let Some(kept) = store::session(&self.ctx.store, id).await? else { return Ok(None) };
        let now = self.now();
        if now - kept.seen > IDLE || now - kept.created > ABSOLUTE {
            return Ok(None);
        }
        Ok(open(secret, &kept.sealed).map(|session| (kept, session)))
    }

    /// Gets a new access token. Of several requests at the same time one does it, since a refresh token is used once.
    async fn renew(&self, secret: &str, id: [u8; 32]) -> Result<Option<Session>, SessionError> {
        let lane = usize::from(id[0]) % LANES;
        let _turn = match self.lanes.get(lane) {
            Some(lane) => lane.lock().await,
            None => return Ok(None),
        };
        let Some((_, mut session)) = self.read(secret, &id).await? else { return Ok(None) };
        let left = session.token_ends - self.now();
        if left > RENEWED {
            return Ok(Some(session));
        }
        let lives = |session: Session| (left > 0).then_some(session);
        let Some(refresh_token) = &session.refresh_token else { return Ok(lives(session)) };
        match self.relying.refresh(refresh_token).await {
            Ok(fresh) => {
                session.token = fresh.access_token;
                session.token_ends = fresh.expires.as_second();
                session.refresh_token = fresh.refresh_token.or(session.refresh_token);
                let sealed = seal(secret, &session)?;
                self.write(move |tx| Box::pin(async move { store::reseal(tx, &id, &sealed).await })).await?;
                Ok(Some(session))
            }
            // Not now, but the old one still opens.
            Err(_) if left > 0 => Ok(Some(session)),
            Err(SignInError::Client(error)) if error.status().is_none_or(|status| status >= 500) => {
                Err(SignInError::Client(error).into())
            }
            Err(_) => Ok(None),
        }
    }

    /// Changes what is kept of the browser's session; `None` where it has ended.
    pub async fn change<T>(
        &self,
        headers: &HeaderMap,
        edit: impl FnOnce(&mut Session) -> T,
    ) -> Result<Option<T>, SessionError> {
        let Some(secret) = self.cookie(headers, SESSION) else { return Ok(None) };
        let id = digest("id", &[secret]);
        // Who renews the tokens meanwhile keeps the session, too.
        let _turn = match self.lanes.get(usize::from(id[0]) % LANES) {
            Some(lane) => lane.lock().await,
            None => return Ok(None),
        };
        let Some((_, mut session)) = self.read(secret, &id).await? else { return Ok(None) };
        let told = edit(&mut session);
        let sealed = seal(secret, &session)?;
        self.write(move |tx| Box::pin(async move { store::reseal(tx, &id, &sealed).await })).await?;
        Ok(Some(told))
    }

    /// Ends the browser's session.
    pub async fn end(&self, headers: &HeaderMap) -> Result<(), StoreError> {
        let Some(id) = self.cookie(headers, SESSION).map(|secret| digest("id", &[secret])) else {
            return Ok(());
        };
        self.write(move |tx| Box::pin(async move { store::end(tx, &id).await })).await
    }

    async fn write<F>(&self, run: F) -> Result<(), StoreError>
    where
        F: for<'a> FnOnce(&'a mut kernel::store::Tx) -> kernel::store::TxFuture<'a, (), StoreError>
            + Send
            + 'static,
    {
        self.ctx.store.write(run).await
    }

    /// Where the browser goes to end its session at ID-porten too, and comes back from to the front page.
    pub async fn end_url(&self) -> Result<String, SignInError> {
        self.relying.end_session_url(&format!("{}/", self.ctx.base_url), &self.ctx.rng.token()).await
    }

    /// The cookie that takes the session's away.
    pub fn forget(&self) -> HeaderValue {
        self.set_cookie(SESSION, "", Some(0))
    }

    /// A cookie for the language: no secret, but no script needs it either.
    pub fn language(&self, lang: Lang) -> HeaderValue {
        self.set_cookie(LANGUAGE, lang.tag(), Some(365 * 24 * 3600))
    }

    /// The language that the person has chosen.
    pub fn chosen_language(&self, headers: &HeaderMap) -> Lang {
        self.cookie(headers, LANGUAGE).and_then(Lang::parse).unwrap_or_default()
    }

    /// `__Host-` binds a cookie to this host and to TLS; without TLS (on one's own machine) there is no such cookie.
    fn cookie_name(&self, name: &str) -> String {
        if self.ctx.secure() { format!("__Host-{name}") } else { name.to_owned() }
    }

    fn cookie<'a>(&self, headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
        let name = self.cookie_name(name);
        let all = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
        let mut pairs = all.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    fn set_cookie(&self, name: &str, value: &str, max_age: Option<i64>) -> HeaderValue {
        let mut cookie = format!("{}={value}; Path=/; HttpOnly; SameSite=Lax", self.cookie_name(name));
        if let Some(seconds) = max_age {
            let _ = write!(cookie, "; Max-Age={seconds}");
        }
        if self.ctx.secure() {
            cookie.push_str("; Secure");
        }
        // A value that came from a browser and is not fit for a header becomes none.
        HeaderValue::from_str(&cookie).unwrap_or(HeaderValue::from_static(""))
    }
}

impl std::fmt::Debug for Sessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sessions")
    }
}

const SESSION: &str = "felles";
const SIGNING_IN: &str = "felles-innlogging";
const LANGUAGE: &str = "felles-sprak";

/// A hash for one purpose. The parts are secrets of ours or hold no zero byte, so that they cannot be mistaken.
fn digest(purpose: &str, parts: &[&str]) -> [u8; 32] {
    let hash = Sha256::new().chain_update(purpose);
    parts.iter().fold(hash, |hash, part| hash.chain_update([0]).chain_update(part)).finalize().into()
}

fn seal(secret: &str, value: &impl Serialize) -> Result<Vec<u8>, JoseError> {
    let bytes = serde_json::to_vec(value).map_err(|_| JoseError::Key("a session cannot be written"))?;
    KeyEncryptionKey::from_bytes(&digest("forsegling", &[secret]))?.seal("portal", &bytes)
}

/// What was sealed; `None` where it is not of this secret or of another version of the program.
fn open<T: DeserializeOwned>(secret: &str, sealed: &[u8]) -> Option<T> {
    let key = KeyEncryptionKey::from_bytes(&digest("forsegling", &[secret])).ok()?;
    serde_json::from_slice(&key.open("portal", sealed).ok()?).ok()
}
