//! MinID: a password and a one-time code from a generator; level substantial.
//!
//! A person gets one on their own pages, signed in with another eID ([`own`]), or with the code of a letter ([`letter`]). Both
//! end at the same place: they show a code of their new generator, and are given recovery codes. Getting one anew is the
//! same, and takes nothing else away from the person: sessions, other eIDs and what they agreed to stay.
//!
//! Passwords are kept as Argon2id makes them. Whether somebody has a MinID does not show: not in words, and not in time.
//! [`guard`] stands against guessing.

use std::net::{IpAddr, SocketAddr};

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use axum::Extension;
use axum::extract::{ConnectInfo, RawQuery, State};
use axum::response::Response;
use bytes::Bytes;
use data_encoding::BASE32_NOPAD;
use design::{Lang, key, ui};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use kernel::Context;
use kernel::id::Pid;
use kernel::jose::{JoseError, KeyEncryptionKey};
use kernel::store::StoreError;
use maud::{Markup, html};
use tokio::sync::Semaphore;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Eid, Name, Shown, Visit, typed_pid};
use crate::api::refused::Refused;
use crate::cookies::KNOWN;
use crate::model::hash;
use crate::model::parameters::Parameters;
use crate::model::session::Level;
use crate::{Component, StartError, pages};
use guard::Door;

mod enrol;
mod guard;
mod letter;
mod own;
mod post;
mod store;
mod totp;

pub use store::forget;

/// The segment of its addresses.
pub const ID: &str = "minid";
/// With a code of the generator, as it stands in `amr`.
const BY_TOTP: &str = "Minid-TOTP";
/// With a recovery code.
const BY_RECOVERY: &str = "Minid-OTC";
/// The name of the key that seals the generators' secrets.
const SECRET: &str = "idporten minid";
/// Passwords have at least this many characters.
const SHORTEST: usize = 12;
/// And at most this many bytes.
const LONGEST: usize = 256;
/// What the password of somebody without a MinID is held against, so that it takes the same time. Nothing hashes to it.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// MinID's own key, and its bound on how much is hashed at a time.
pub struct Minid {
    seal: KeyEncryptionKey,
    /// A hash takes 19 MiB and a core: no more at a time than there are cores.
    hashing: Semaphore,
}

impl std::fmt::Debug for Minid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Minid")
    }
}

/// MinID as it is offered.
pub fn eid() -> Eid {
    Eid { id: ID.to_owned(), name: Name::Own("MinID".to_owned()), highest: Level::Substantial }
}

/// Its pages.
pub fn router() -> OpenApiRouter<Component> {
    OpenApiRouter::new()
        .routes(routes!(page, sign_in))
        .routes(routes!(letter::page, letter::begin))
        .routes(routes!(letter::order))
        .routes(routes!(letter::confirm))
        .routes(routes!(own::page, own::begin))
        .routes(routes!(own::confirm))
        .routes(routes!(own::password))
        .routes(routes!(own::recovery))
        .routes(routes!(own::remove))
}

impl Minid {
    /// Opens its key, which is made at the first start.
    pub async fn open(ctx: &Context, master: &KeyEncryptionKey) -> Result<Self, StartError> {
        let sealed = master.seal(SECRET, &ctx.rng.bytes::<32>())?;
        let kept: Result<Vec<u8>, StoreError> = ctx
            .store
            .write(move |tx| Box::pin(async move { crate::store::keep_secret(tx, SECRET, sealed).await }))
            .await;
        let bytes = <[u8; 32]>::try_from(master.open(SECRET, &kept?)?);
        let bytes = bytes.map_err(|_| JoseError::Key("MinID's key is not of 32 bytes"))?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Self { seal: KeyEncryptionKey::from_bytes(&bytes)?, hashing: Semaphore::new(cores) })
    }

    /// Runs what takes a core for a while.
    async fn hashing<T: Send + 'static>(
        &self,
        run: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refused> {
        let _turn = self.hashing.acquire().await.map_err(|_| Refused::server())?;
        tokio::task::spawn_blocking(run).await.map_err(|_| Refused::server())
    }

    /// A password's hash.
    async fn hash(&self, password: &str, salt: [u8; 16]) -> Result<String, Refused> {
        let password = password.to_owned();
        let hashed = self.hashing(move || {
            Some(argon2()?.hash_password_with_salt(password.as_bytes(), &salt).ok()?.to_string())
        });
        hashed.await?.ok_or_else(Refused::server)
    }

    /// Whether `hashed` is the hash of a password. The cost stands in the hash, so that hashes of other costs stay good.
    async fn verify(&self, password: &str, hashed: &str) -> Result<bool, Refused> {
        let (password, hashed) = (password.to_owned(), hashed.to_owned());
        self.hashing(move || Argon2::default().verify_password(password.as_bytes(), hashed.as_str()).is_ok())
            .await
    }

    fn seal(&self, pid: Pid, secret: &[u8]) -> Result<Vec<u8>, Refused> {
        self.seal.seal(&place(pid), secret).map_err(|error| lost(&error))
    }

    fn open_secret(&self, pid: Pid, sealed: &[u8]) -> Result<Vec<u8>, Refused> {
        self.seal.open(&place(pid), sealed).map_err(|error| lost(&error))
    }
}

/// Argon2id with OWASP's least cost: 19 MiB, two rounds, one lane.
fn argon2() -> Option<Argon2<'static>> {
    let params = Params::new(19_456, 2, 1, None).ok()?;
    Some(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn place(pid: Pid) -> String {
    format!("minid {}", pid.as_str())
}

fn lost(error: &JoseError) -> Refused {
    tracing::error!(%error, "a generator's secret cannot be sealed or opened");
    Refused::server()
}

/// Whether a person has a MinID.
pub async fn has(component: &Component, pid: Pid) -> Result<bool, Refused> {
    Ok(store::account(&component.ctx.store, pid).await?.is_some())
}

/// Where a request comes from, where the server tells.
pub type From = Option<Extension<ConnectInfo<SocketAddr>>>;

fn address(from: &From) -> Option<IpAddr> {
    from.as_ref().map(|Extension(ConnectInfo(address))| address.ip())
}

/// What a person wrote as a recovery code or the code of a letter, as it was given out.
fn code_as_given(typed: &str) -> String {
    typed.chars().filter(char::is_ascii_alphanumeric).map(|char| char.to_ascii_uppercase()).collect()
}

/// What is wrong with a new password, if anything.
fn check_password(password: &str, pid: Pid) -> Result<(), &'static str> {
    if password.chars().count() < SHORTEST {
        return Err(key("minid-feil-kort"));
    }
    if password.len() > LONGEST || password.contains(pid.as_str()) {
        return Err(key("minid-feil-passord"));
    }
    Ok(())
}

// --- signing in ---

/// The page where a person signs in with MinID.
#[utoipa::path(get, path = "/eid/minid", params(("id" = String, Query, description = "The sign-in")),
    responses((status = 200, content_type = "text/html", body = String),
        (status = 400, content_type = "text/html", body = String)))]
async fn page(State(component): State<Component>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let parameters = Parameters::parse(query.unwrap_or_default().as_bytes());
    match Visit::find(&component, &parameters, &headers).await {
        Ok(visit) => show(&component, &visit, None, ""),
        Err(refused) => pages::refused(&component, &refused),
    }
}

/// A person signs in: `personidentifikator`, `passord`, and `kode` from their generator, or one of their recovery codes.
#[utoipa::path(post, path = "/eid/minid",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 303, description = "To the client, or to the page where the person agrees"),
        (status = 422, description = "Something is wrong; what, is not told", content_type = "text/html", body = String),
        (status = 429, description = "Too many attempts; wait", content_type = "text/html", body = String),
        (status = 400, content_type = "text/html", body = String)))]
async fn sign_in(
    State(component): State<Component>,
    from: From,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match try_sign_in(&component, &from, &headers, &body).await {
        Ok(response) => response,
        Err(refused) => pages::refused(&component, &refused),
    }
}

async fn try_sign_in(
    component: &Component,
    from: &From,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Response, Refused> {
    let form = Parameters::form(headers, body)?;
    let visit = Visit::find(component, &form, headers).await?;
    let [number, password, code] = ["personidentifikator", "passord", "kode"].map(|name| form.one(name));
    let (number, password, code) =
        (number?.unwrap_or_default(), password?.unwrap_or_default(), code?.unwrap_or_default());
    let pid = match typed_pid(number) {
        Ok(pid) => pid,
        Err(complaint) => return Ok(show(component, &visit, Some(complaint), number)),
    };
    if !visit.may_try(component).await? {
        return visit.too_many(component).await;
    }
    let browser = KNOWN.read(component, headers);
    let doors = doors(component, pid, browser.as_deref(), from).await?;
    if let Some(wait) = try_doors(component, &doors).await? {
        return Ok(closed(component, &visit, wait));
    }
    let Some(amr) = check(component, pid, password, code).await? else {
        return Ok(show(component, &visit, Some(WRONG), number));
    };
    let browser = browser.unwrap_or_else(|| component.ctx.rng.token());
    let (key, expires) = (hash(&browser), component.ctx.clock.now().as_second() + guard::KNOWN);
    let known: Result<(), StoreError> = component
        .ctx
        .store
        .write(move |tx| {
            Box::pin(async move {
                store::succeeded(tx, &doors).await?;
                store::know(tx, key, pid, expires).await
            })
        })
        .await;
    known?;
    let mut response = match Shown::admitted(component, pid, Level::Substantial, amr).await {
        Ok(shown) => visit.signed_in(component, headers, shown).await?,
        Err(complaint) => return Ok(show(component, &visit, Some(complaint), number)),
    };
    let cookie = KNOWN.keep(component, &browser, guard::KNOWN);
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

/// The doors that an attempt goes through.
async fn doors(
    component: &Component,
    pid: Pid,
    browser: Option<&str>,
    from: &From,
) -> Result<Vec<Door>, Refused> {
    let now = component.ctx.clock.now().as_second();
    let known = match browser {
        Some(browser) if store::is_known(&component.ctx.store, hash(browser), pid, now).await? => {
            Some(browser)
        }
        _ => None,
    };
    Ok(guard::doors(pid, known, address(from)))
}

async fn try_doors(component: &Component, doors: &[Door]) -> Result<Option<i64>, Refused> {
    let (doors, now) = (doors.to_vec(), component.ctx.clock.now().as_second());
    let tried: Result<Option<i64>, StoreError> = component
        .ctx
        .store
        .write(move |tx| Box::pin(async move { store::try_doors(tx, &doors, now).await }))
        .await;
    Ok(tried?)
}

/// Checks password and code, and uses the code up; gives the `amr`. Does the same work whatever is wrong.
async fn check(
    component: &Component,
    pid: Pid,
    password: &str,
    code: &str,
) -> Result<Option<&'static str>, Refused> {
    let now = component.ctx.clock.now().as_second();
    let minid = &component.minid;
    let account = store::account(&component.ctx.store, pid).await?;
    let hashed = account.as_ref().map_or(NOBODY, |account| account.password.as_str());
    let password = minid.verify(password, hashed).await? && account.is_some();
    let secret = match &account {
        Some(account) => minid.open_secret(pid, &account.secret)?,
        None => vec![0; 20],
    };
    let digits: String = code.chars().filter(|char| !char.is_whitespace()).collect();
    // Step 0 and an unguessable code are nobody's.
    let step = totp::step_of(&secret, &digits, now).filter(|_| password).unwrap_or_default();
    let recovery = if password { hash(&code_as_given(code)) } else { hash(&component.ctx.rng.token()) };
    let used: Result<Option<&'static str>, StoreError> = component
        .ctx
        .store
        .write(move |tx| {
            Box::pin(async move {
                let by_step = store::use_step(tx, pid, step).await?;
                let by_recovery = !by_step && store::use_recovery(tx, pid, recovery).await?;
                Ok(if by_step { Some(BY_TOTP) } else { by_recovery.then_some(BY_RECOVERY) })
            })
        })
        .await;
    Ok(used?.filter(|_| password))
}

/// Something of number, password and code.
const WRONG: &str = key("minid-feil");

fn show(component: &Component, visit: &Visit, complaint: Option<&'static str>, number: &str) -> Response {
    let page = visit.page(component, Some(ID));
    let lang = page.lang();
    let title = lang.t("minid-tittel");
    let errors = errors(lang, complaint);
    page.page(&title).status(status(complaint)).render(&html! {
        div.f-stack {
            h1.ds-heading data-size="lg" { (title) }
            p { (page.purpose()) }
            (ui::error_summary(lang, &errors))
            form.f-stack method="post" action=(component.at("/eid/minid")) {
                input type="hidden" name="id" value=(visit.id);
                (field(lang, "personidentifikator", number, &errors))
                (field(lang, "passord", "", &errors))
                (field(lang, "kode", "", &errors))
                button.ds-button type="submit" { (lang.t("idporten-logg-inn")) }
            }
            p { a.ds-link href={ (component.at("/eid/minid/aktiver")) "?id=" (visit.id) } { (lang.t("minid-faa")) } }
            (page.other_ways())
            (page.cancel("/innlogging"))
        }
    })
}

/// The page that asks the person to wait; `seconds`.
fn closed(component: &Component, visit: &Visit, seconds: i64) -> Response {
    let page = visit.page(component, Some(ID));
    let lang = page.lang();
    let title = lang.t("minid-vent-tittel");
    let mut response = page.page(&title).status(StatusCode::TOO_MANY_REQUESTS).render(&html! {
        div.f-stack {
            h1.ds-heading data-size="lg" { (title) }
            p { (lang.with("minid-vent", &[("sekunder", seconds.into())])) }
            p { a.ds-link href=(page.eid_page(ID)) { (lang.t("minid-vent-igjen")) } }
            (page.other_ways())
            (page.cancel("/innlogging"))
        }
    });
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

fn status(complaint: Option<&'static str>) -> StatusCode {
    if complaint.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }
}

/// A complaint, at the field that it is about.
fn errors(lang: Lang, complaint: Option<&'static str>) -> Vec<ui::FieldError> {
    let field = |text: &'static str| match text {
        "minid-feil-kort" | "minid-feil-passord" => "nytt",
        "minid-feil-naa" => "passord",
        "minid-feil-kode" => "kode",
        "minid-feil-brev" => "brevkode",
        _ => "personidentifikator",
    };
    complaint
        .map(|text| ui::FieldError { field: field(text).to_owned(), text: lang.t(text) })
        .into_iter()
        .collect()
}

/// One of MinID's fields.
fn field(lang: Lang, name: &str, value: &str, errors: &[ui::FieldError]) -> Markup {
    let (label, help, kind, autocomplete) = match name {
        "passord" => (lang.t("minid-passord"), String::new(), "password", "current-password"),
        "nytt" => (lang.t("minid-nytt"), lang.t("minid-nytt-hjelp"), "password", "new-password"),
        "kode" => (lang.t("minid-kode"), lang.t("minid-kode-hjelp"), "text", "one-time-code"),
        "brevkode" => (lang.t("minid-brevkode"), String::new(), "text", "off"),
        _ => (lang.t("idporten-nummer"), String::new(), "text", "username"),
    };
    ui::TextField { name, label: &label, help: &help, value, kind, autocomplete, required: true }
        .render(errors)
}

/// Ten recovery codes, in groups of four, and their hashes.
fn recovery_codes(component: &Component) -> (Vec<String>, Vec<Vec<u8>>) {
    let codes: Vec<String> = (0..10).map(|_| BASE32_NOPAD.encode(&component.ctx.rng.bytes::<10>())).collect();
    let hashes = codes.iter().map(|code| hash(code)).collect();
    (codes.iter().map(|code| grouped(code)).collect(), hashes)
}

/// A code in groups of four.
fn grouped(code: &str) -> String {
    let mut text = String::new();
    for (at, char) in code.chars().enumerate() {
        if at > 0 && at % 4 == 0 {
            text.push('-');
        }
        text.push(char);
    }
    text
}

fn recovery_list(lang: Lang, codes: &[String]) -> Markup {
    html! {
        p { (lang.t("minid-koder")) }
        ul.f-list.f-stack data-gap="sm" {
            @for code in codes { li { code { (code) } } }
        }
    }
}
