//! The pages where people see, add, rename and remove their passkeys.
//!
//! They are a client of ID-porten like any other, by which people sign in to them; but what they need is the session
//! itself, so that the code is left to expire.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use design::{Lang, key};
use http::{HeaderMap, StatusCode, header};
use kernel::id::Orgnr;
use kernel::store::StoreError;
use serde_json::{Value, json};

use super::ceremony::{ALGORITHMS, Registration, RelyingParty};
use super::pages::{self, Done, Mine};
use super::store::{self, Added, Kept};
use super::{AMR, CHALLENGE, challenge, complaint, failed, party, take_challenge};
use crate::Component;
use crate::api::refused::Refused;
use crate::api::respond;
use crate::cookies::{SESSION, set_language};
use crate::model::client::{ApplicationType, AuthMethod, NewClient};
use crate::model::hash;
use crate::model::parameters::Parameters;
use crate::model::session::{Authentication, Level, SHARED};
use crate::portal::Portal;
use crate::store::Lives;

/// The list's path, below `/idporten`.
pub const PATH: &str = "/minside/passkeys";
/// How old a sign-in may be by which a passkey is added; seconds.
const FRESH: i64 = 30 * 60;
/// Most passkeys of a person.
const MOST: i64 = 20;
/// Longest name; characters.
pub const NAME: usize = 60;
/// The client that these pages are.
const CLIENT: &str = "idporten-passnoekler";

/// Makes these pages a client, by which people sign in to them. Safe to repeat.
pub async fn register(component: &Component) -> Result<(), StoreError> {
    if component.portal != Portal::Idporten {
        return Ok(());
    }
    let Ok(owner) = Orgnr::parse(clients::orgs::DIGDIR.orgnr) else { return Ok(()) };
    let client = NewClient {
        application_type: ApplicationType::Browser,
        auth_method: AuthMethod::None,
        ..NewClient::new(CLIENT, owner, "ID-porten: passnøklene dine", &address(component))
    };
    let (lives, now) = (Lives { secret: 0, keys: 0 }, component.ctx.clock.now().as_second());
    let write = component.ctx.store.write(move |tx| {
        Box::pin(async move { crate::store::put_client(tx, &client, None, lives, now).await })
    });
    write.await
}

/// Somebody who is signed in, at their own pages.
struct Me {
    who: Authentication,
    /// The hash of the session's cookie, to which challenges are bound.
    owner: Vec<u8>,
    /// What their forms carry.
    csrf: String,
}

impl Me {
    async fn find(component: &Component, headers: &HeaderMap) -> Result<Option<Self>, Refused> {
        let ctx = &component.ctx;
        let Some(cookie) = SESSION.read(component, headers) else { return Ok(None) };
        let (owner, now) = (hash(&cookie), ctx.clock.now().as_second());
        let key = owner.clone();
        let who: Result<Option<Authentication>, StoreError> = ctx
            .store
            .write(move |tx| Box::pin(async move { crate::store::who(tx, key, SHARED, now).await }))
            .await;
        let csrf = URL_SAFE_NO_PAD.encode(hash(&format!("csrf {cookie}")));
        Ok(who?.map(|who| Self { who, owner, csrf }))
    }

    /// The sender of a form that stood on a page of theirs.
    async fn with_form(
        component: &Component,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<(Self, Parameters), Refused> {
        let over = || Refused::new("login_required", "The session is over or the form is another's");
        let form = Parameters::form(headers, body)?;
        let me = Self::find(component, headers).await?.ok_or_else(over)?;
        let csrf = form.one("csrf")?.unwrap_or_default();
        if aws_lc_rs::constant_time::verify_slices_are_equal(csrf.as_bytes(), me.csrf.as_bytes()).is_err() {
            return Err(over());
        }
        Ok((me, form))
    }

    /// Whether they have just shown who they are with an eID that a passkey can stand on. A passkey vouches for no other:
    /// who has stolen one could else keep the account when it is removed.
    fn may_add(&self, now: i64) -> bool {
        self.who.level >= Level::Substantial && self.who.amr != AMR && now - self.who.auth_time <= FRESH
    }
}

/// A person's passkeys, and the form for a new one. Who is not signed in is sent to sign in.
#[utoipa::path(get, path = "/minside/passkeys",
    params(("gjort" = Option<String>, Query, description = "What has just been done"),
        ("spraak" = Option<String>, Query, description = "Another language")),
    responses((status = 200, content_type = "text/html", body = String), (status = 302, description = "To sign in"),
        (status = 401, description = "The person chose not to sign in", content_type = "text/html", body = String)))]
pub async fn list(
    State(component): State<Component>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let parameters = Parameters::parse(query.unwrap_or_default().as_bytes());
    let listed = try_list(&component, &parameters, &headers).await;
    listed.unwrap_or_else(|refused| crate::pages::refused(&component, &refused))
}

async fn try_list(
    component: &Component,
    parameters: &Parameters,
    headers: &HeaderMap,
) -> Result<Response, Refused> {
    let chosen = parameters.one("spraak")?.and_then(crate::pages::supported);
    let lang = chosen.map_or_else(|| lang(headers), |chosen| Lang::parse(chosen).unwrap_or_default());
    // The client's answer, of which the session is all that is needed.
    let back = parameters.all("iss").next().is_some();
    let me = Me::find(component, headers).await?;
    let mut response = match me {
        None if back => pages::nobody(component, lang),
        None => to_sign_in(component, &[]),
        Some(_) if back => respond::redirect(&address(component), &[], StatusCode::FOUND),
        Some(me) => {
            let done = parameters.one("gjort")?.and_then(Done::parse);
            mine(component, &me, lang, Said { done, ..Said::default() }).await?
        }
    };
    if let Some(chosen) = chosen {
        response.headers_mut().append(header::SET_COOKIE, set_language(component, chosen));
    }
    Ok(response)
}

fn lang(headers: &HeaderMap) -> Lang {
    Lang::parse(&crate::pages::locale(headers, None)).unwrap_or_default()
}

fn address(component: &Component) -> String {
    format!("{}{PATH}", component.issuer())
}

/// What a page says on top of the list.
#[derive(Default)]
struct Said<'a> {
    done: Option<Done>,
    complaint: Option<&'static str>,
    /// The name that was typed.
    name: &'a str,
}

async fn mine(component: &Component, me: &Me, lang: Lang, said: Said<'_>) -> Result<Response, Refused> {
    let ctx = &component.ctx;
    let passkeys = store::of(&ctx.store, me.who.pid).await?;
    let question = if me.may_add(ctx.clock.now().as_second()) {
        Some(question(component, me, &party(component)?, &passkeys).await?)
    } else {
        None
    };
    let Said { done, complaint, name } = said;
    let (passkeys, question) = (passkeys.as_slice(), question.as_ref());
    Ok(Mine { component, lang, csrf: &me.csrf, passkeys, question, done, complaint, name }.page())
}

/// What the browser is asked, so that it makes a passkey. The script puts in the name that the person types, which their
/// device shows when it lets them choose: it learns nothing else of them.
async fn question(
    component: &Component,
    me: &Me,
    party: &RelyingParty,
    passkeys: &[Kept],
) -> Result<Value, Refused> {
    let ctx = &component.ctx;
    let (pid, new) = (me.who.pid, ctx.rng.bytes::<32>().to_vec());
    let holder: Result<Vec<u8>, StoreError> =
        ctx.store.write(move |tx| Box::pin(async move { store::holder(tx, pid, new).await })).await;
    let known = |kept: &Kept| json!({ "type": "public-key", "id": URL_SAFE_NO_PAD.encode(&kept.passkey.credential_id) });
    Ok(json!({
        "challenge": challenge(component, me.owner.clone()).await?,
        "rp": { "id": party.id, "name": "ID-porten" },
        "user": { "id": URL_SAFE_NO_PAD.encode(holder?), "name": "ID-porten", "displayName": "ID-porten" },
        "pubKeyCredParams": ALGORITHMS.map(|alg| json!({ "type": "public-key", "alg": alg })),
        "excludeCredentials": passkeys.iter().map(known).collect::<Vec<_>>(),
        "authenticatorSelection": {
            "residentKey": "required", "requireResidentKey": true, "userVerification": "required",
        },
        "attestation": "none",
        "timeout": CHALLENGE * 1000,
    }))
}

/// Signs in again, with another eID than a passkey, so that one can be added.
#[utoipa::path(get, path = "/minside/passkeys/innlogging",
    responses((status = 302, description = "To sign in")))]
pub async fn sign_in(State(component): State<Component>) -> Response {
    to_sign_in(&component, &[("prompt", "login".to_owned())])
}

fn to_sign_in(component: &Component, more: &[(&str, String)]) -> Response {
    let rng = &component.ctx.rng;
    let mut parameters = vec![
        ("client_id", CLIENT.to_owned()),
        ("response_type", "code".to_owned()),
        ("redirect_uri", address(component)),
        ("scope", clients::idporten::SCOPE_OPENID.to_owned()),
        ("state", rng.token()),
        ("nonce", rng.token()),
        // A hash of nothing that anybody knows: the code is for nobody.
        ("code_challenge", rng.token()),
        ("code_challenge_method", "S256".to_owned()),
    ];
    parameters.extend_from_slice(more);
    respond::redirect(&format!("{}/authorize", component.issuer()), &parameters, StatusCode::FOUND)
}

/// Keeps a new passkey: `svar` is what `navigator.credentials.create` gave, as JSON, and `navn` what its holder calls it.
#[utoipa::path(post, path = "/minside/passkeys",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 303, description = "To the list"),
        (status = 422, description = "The list, with what is wrong", content_type = "text/html", body = String)))]
pub async fn add(State(component): State<Component>, headers: HeaderMap, body: Bytes) -> Response {
    let added = async {
        let (me, form) = Me::with_form(&component, &headers, &body).await?;
        let (typed, answer) = (form.one("navn")?.unwrap_or_default(), form.one("svar")?.unwrap_or_default());
        match try_add(&component, &me, &party(&component)?, typed, answer).await {
            Ok(()) => Ok(done(&component, Done::Added)),
            Err(complaint) => {
                let said = Said { complaint: Some(complaint), name: typed, ..Said::default() };
                mine(&component, &me, lang(&headers), said).await
            }
        }
    };
    added.await.unwrap_or_else(|refused: Refused| crate::pages::refused(&component, &refused))
}

async fn try_add(
    component: &Component,
    me: &Me,
    party: &RelyingParty,
    typed: &str,
    answer: &str,
) -> Result<(), &'static str> {
    let ctx = &component.ctx;
    let now = ctx.clock.now().as_second();
    if !me.may_add(now) {
        return Err(key("passkey-feil-innlogging"));
    }
    if answer.is_empty() {
        return Err(key("passkey-feil-mangler"));
    }
    let registration = Registration::read(answer).map_err(complaint)?;
    take_challenge(component, registration.challenge(), me.owner.clone()).await?;
    let name = name(typed)?;
    let passkey = registration.verify(party).map_err(complaint)?;
    let (pid, vouched_by, handle) = (me.who.pid, me.who.amr.clone(), ctx.rng.bytes::<32>().to_vec());
    let added: Result<Added, StoreError> = ctx
        .store
        .write(move |tx| {
            Box::pin(async move {
                let holder = store::holder(tx, pid, handle).await?;
                let (last_used, locked) = (None, None);
                let new = Kept { passkey, holder, pid, name, vouched_by, made: now, last_used, locked };
                store::add(tx, &new, MOST).await
            })
        })
        .await;
    match added.map_err(failed)? {
        Added::Kept => Ok(()),
        Added::Before => Err(key("passkey-feil-finnes")),
        Added::TooMany => Err(key("passkey-feil-mange")),
    }
}

/// A name that a person typed; otherwise the text that says what is wrong with it.
fn name(typed: &str) -> Result<String, &'static str> {
    let name = typed.trim();
    if name.is_empty() || name.chars().count() > NAME || name.chars().any(char::is_control) {
        return Err(key("passkey-feil-navn"));
    }
    Ok(name.to_owned())
}

fn done(component: &Component, done: Done) -> Response {
    respond::redirect(&address(component), &[("gjort", done.as_str().to_owned())], StatusCode::SEE_OTHER)
}

/// The passkey that a form names.
fn named(form: &Parameters) -> Result<Vec<u8>, Refused> {
    let name = form.required("passkey")?;
    URL_SAFE_NO_PAD.decode(name).map_err(|_| Refused::request("The parameter passkey is not base64url"))
}

/// Calls a passkey (`passkey`, its id in base64url) something else (`navn`).
#[utoipa::path(post, path = "/minside/passkeys/navn",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 303, description = "To the list"),
        (status = 422, description = "The list, with what is wrong", content_type = "text/html", body = String)))]
pub async fn rename(State(component): State<Component>, headers: HeaderMap, body: Bytes) -> Response {
    let renamed = async {
        let (me, form) = Me::with_form(&component, &headers, &body).await?;
        let (id, pid) = (named(&form)?, me.who.pid);
        let name = match name(form.one("navn")?.unwrap_or_default()) {
            Ok(name) => name,
            Err(complaint) => {
                let said = Said { complaint: Some(complaint), ..Said::default() };
                return mine(&component, &me, lang(&headers), said).await;
            }
        };
        let store = &component.ctx.store;
        let renamed: Result<bool, StoreError> =
            store.write(move |tx| Box::pin(async move { store::rename(tx, id, pid, &name).await })).await;
        found(renamed?)?;
        Ok(done(&component, Done::Renamed))
    };
    renamed.await.unwrap_or_else(|refused: Refused| crate::pages::refused(&component, &refused))
}

/// Removes a passkey (`passkey`, its id in base64url).
#[utoipa::path(post, path = "/minside/passkeys/fjern",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 303, description = "To the list"), (status = 400, content_type = "text/html", body = String)))]
pub async fn remove(State(component): State<Component>, headers: HeaderMap, body: Bytes) -> Response {
    let removed = async {
        let (me, form) = Me::with_form(&component, &headers, &body).await?;
        let (id, pid) = (named(&form)?, me.who.pid);
        let store = &component.ctx.store;
        let removed: Result<bool, StoreError> =
            store.write(move |tx| Box::pin(async move { store::remove(tx, id, pid).await })).await;
        found(removed?)?;
        Ok(done(&component, Done::Removed))
    };
    removed.await.unwrap_or_else(|refused: Refused| crate::pages::refused(&component, &refused))
}

fn found(found: bool) -> Result<(), Refused> {
    if found { Ok(()) } else { Err(Refused::request("The person has no such passkey")) }
}
