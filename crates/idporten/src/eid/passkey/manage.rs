//! The page where people see, add, rename and remove their passkeys, among their own pages.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use design::key;
use http::{HeaderMap, StatusCode};
use kernel::store::StoreError;
use serde_json::{Value, json};

use super::ceremony::{ALGORITHMS, Registration, RelyingParty};
use super::pages::{Done, Mine};
use super::store::{self, Added, Kept};
use super::{AMR, CHALLENGE, challenge, complaint, failed, party, take_challenge};
use crate::Component;
use crate::api::minside::Me;
use crate::api::refused::Refused;
use crate::api::respond;
use crate::model::parameters::Parameters;

/// The list's place below `/minside`.
const AT: &str = "passkeys";
/// The list's path, below `/idporten`.
pub const PATH: &str = "/minside/passkeys";
/// Most passkeys of a person.
const MOST: i64 = 20;
/// Longest name; characters.
pub const NAME: usize = 60;

/// Whether they have shown who they are with an eID that a passkey can stand on. A passkey vouches for no other: who has
/// stolen one could else keep the account when it is removed.
fn may_add(me: &Me) -> bool {
    me.fresh && me.who.amr != AMR
}

/// A person's passkeys, and the form for a new one. Who has not just signed in is sent to sign in.
#[utoipa::path(get, path = "/minside/passkeys",
    params(("gjort" = Option<String>, Query, description = "What has just been done")),
    responses((status = 200, content_type = "text/html", body = String), (status = 303, description = "To sign in")))]
pub async fn list(
    State(component): State<Component>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let me = match Me::find(&component, &headers, AT, true).await {
        Ok(me) => me,
        Err(response) => return response,
    };
    let parameters = Parameters::parse(query.unwrap_or_default().as_bytes());
    let done = parameters.one("gjort").ok().flatten().and_then(Done::parse);
    or_page(&component, mine(&component, &me, Said { done, ..Said::default() }).await)
}

fn or_page(component: &Component, result: Result<Response, Refused>) -> Response {
    result.unwrap_or_else(|refused| crate::pages::refused(component, &refused))
}

/// What a page says on top of the list.
#[derive(Default)]
struct Said<'a> {
    done: Option<Done>,
    complaint: Option<&'static str>,
    /// The name that was typed.
    name: &'a str,
}

async fn mine(component: &Component, me: &Me, said: Said<'_>) -> Result<Response, Refused> {
    let passkeys = store::of(&component.ctx.store, me.who.pid).await?;
    let question =
        if may_add(me) { Some(question(component, me, &party(component)?, &passkeys).await?) } else { None };
    let Said { done, complaint, name } = said;
    let (passkeys, question) = (passkeys.as_slice(), question.as_ref());
    Ok(Mine { component, me, passkeys, question, done, complaint, name }.page())
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

/// Keeps a new passkey: `svar` is what `navigator.credentials.create` gave, as JSON, and `navn` what its holder calls it.
#[utoipa::path(post, path = "/minside/passkeys",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 303, description = "To the list"),
        (status = 422, description = "The list, with what is wrong", content_type = "text/html", body = String),
        (status = 400, content_type = "text/html", body = String)))]
pub async fn add(State(component): State<Component>, headers: HeaderMap, body: Bytes) -> Response {
    let (me, form) = match Me::posted(&component, &headers, &body, AT).await {
        Ok(posted) => posted,
        Err(response) => return response,
    };
    let added = async {
        let (typed, answer) = (form.one("navn")?.unwrap_or_default(), form.one("svar")?.unwrap_or_default());
        match try_add(&component, &me, &party(&component)?, typed, answer).await {
            Ok(()) => Ok(done(&component, Done::Added)),
            Err(complaint) => {
                let said = Said { complaint: Some(complaint), name: typed, ..Said::default() };
                mine(&component, &me, said).await
            }
        }
    };
    or_page(&component, added.await)
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
    if !may_add(me) {
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
    let address = format!("{}{PATH}", component.issuer());
    respond::redirect(&address, &[("gjort", done.as_str().to_owned())], StatusCode::SEE_OTHER)
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
        (status = 422, description = "The list, with what is wrong", content_type = "text/html", body = String),
        (status = 400, content_type = "text/html", body = String)))]
pub async fn rename(State(component): State<Component>, headers: HeaderMap, body: Bytes) -> Response {
    let (me, form) = match Me::posted(&component, &headers, &body, AT).await {
        Ok(posted) => posted,
        Err(response) => return response,
    };
    let renamed = async {
        let (id, pid) = (named(&form)?, me.who.pid);
        let name = match name(form.one("navn")?.unwrap_or_default()) {
            Ok(name) => name,
            Err(complaint) => {
                let said = Said { complaint: Some(complaint), ..Said::default() };
                return mine(&component, &me, said).await;
            }
        };
        let store = &component.ctx.store;
        let renamed: Result<bool, StoreError> =
            store.write(move |tx| Box::pin(async move { store::rename(tx, id, pid, &name).await })).await;
        found(renamed?)?;
        Ok(done(&component, Done::Renamed))
    };
    or_page(&component, renamed.await)
}

/// Removes a passkey (`passkey`, its id in base64url).
#[utoipa::path(post, path = "/minside/passkeys/fjern",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 303, description = "To the list"), (status = 400, content_type = "text/html", body = String)))]
pub async fn remove(State(component): State<Component>, headers: HeaderMap, body: Bytes) -> Response {
    let (me, form) = match Me::posted(&component, &headers, &body, AT).await {
        Ok(posted) => posted,
        Err(response) => return response,
    };
    let removed = async {
        let (id, pid) = (named(&form)?, me.who.pid);
        let store = &component.ctx.store;
        let removed: Result<bool, StoreError> =
            store.write(move |tx| Box::pin(async move { store::remove(tx, id, pid).await })).await;
        found(removed?)?;
        Ok(done(&component, Done::Removed))
    };
    or_page(&component, removed.await)
}

fn found(found: bool) -> Result<(), Refused> {
    if found { Ok(()) } else { Err(Refused::request("The person has no such passkey")) }
}
