//! The signed-in person's own data.

use axum::extract::State;
use axum::response::Response;
use clients::kontaktregister::{Endring, Person, Status};
use http::HeaderMap;
use kernel::auth::{Claims, Issuer};
use kernel::http::Body;
use kernel::id::Pid;
use kernel::log::{Access, Personal};
use kernel::problem::Problem;
use kernel::store::StoreError;
use serde::Deserialize;
use utoipa::ToSchema;

use super::Form;
use crate::model::{self, Opens};
use crate::{Component, NAME, store};

/// The change of language that the real register takes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Spraakvalg {
    /// `nb`, `nn`, `en` or `se`.
    spraak: String,
}

/// One's own contact data.
#[utoipa::path(get, path = "/kontaktregisteret/rest/v1/person", tag = "kontaktregister",
    responses((status = 200, content((Person = "application/json"), (String = "application/jose"))), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 406, body = Problem)))]
pub async fn get_v1(state: State<Component>, headers: HeaderMap) -> Result<Response, Problem> {
    own(state, headers).await
}

/// One's own contact data.
#[utoipa::path(get, path = "/kontaktregisteret/rest/v2/person", tag = "kontaktregister",
    responses((status = 200, content((Person = "application/json"), (String = "application/jose"))), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 406, body = Problem)))]
pub async fn get_v2(state: State<Component>, headers: HeaderMap) -> Result<Response, Problem> {
    own(state, headers).await
}

async fn own(State(component): State<Component>, headers: HeaderMap) -> Result<Response, Problem> {
    let ctx = &component.ctx;
    let claims = ctx.auth.bearer(&headers, Issuer::Idporten).await?;
    let opens =
        Opens::user(&claims).ok_or_else(|| Problem::forbidden("Tokenet mangler et krr:user-scope."))?;
    let pid = signed_in(&claims)?;
    let form = super::negotiate(&component, &headers, false)?;
    let found = store::find(&ctx.store, &[pid]).await?.remove(&pid);
    let person = found.unwrap_or_else(|| Person::bare(pid, Status::IkkeRegistrert));
    let person = model::shown(person, opens, ctx.clock.now(), component.certificate(opens).await.as_deref());
    let access = Access::from_claims(NAME, &claims, &headers, "Så egne kontaktopplysninger", super::HJEMMEL);
    super::answer(&component, form, Personal::new(pid, person), access).await
}

/// Changes one's own language.
#[utoipa::path(patch, path = "/kontaktregisteret/rest/v1/person", tag = "kontaktregister", request_body = Spraakvalg,
    responses((status = 200, content((Person = "application/json"), (String = "application/jose"))), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 406, body = Problem), (status = 413, body = Problem), (status = 415, body = Problem)))]
pub async fn patch_v1(
    State(component): State<Component>,
    headers: HeaderMap,
    Body(body): Body,
) -> Result<Response, Problem> {
    let claims = component.ctx.auth.bearer(&headers, Issuer::Idporten).await?;
    if !claims.has_scope(model::WRITE) {
        claims.require_scope(model::WRITE_LANGUAGE)?;
    }
    let form = super::negotiate(&component, &headers, true)?;
    let Spraakvalg { spraak } = kernel::http::json(&body)?;
    let endring = Endring { spraak: Some(spraak), ..Endring::default() };
    change(&component, &claims, &headers, form, endring).await
}

/// Changes one's own e-mail, phone, reservation and language. Felles' own: the real register has a web page for it.
///
/// A field that is absent stays; `null` removes; a value sent again unchanged is thereby confirmed.
#[utoipa::path(put, path = "/kontaktregisteret/rest/v2/person", tag = "kontaktregister", request_body = Endring,
    responses((status = 200, content((Person = "application/json"), (String = "application/jose"))), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 406, body = Problem), (status = 413, body = Problem), (status = 415, body = Problem)))]
pub async fn put_v2(
    State(component): State<Component>,
    headers: HeaderMap,
    Body(body): Body,
) -> Result<Response, Problem> {
    let claims = component.ctx.auth.bearer(&headers, Issuer::Idporten).await?;
    claims.require_scope(model::WRITE)?;
    let form = super::negotiate(&component, &headers, true)?;
    let endring: Endring = kernel::http::json(&body)?;
    if endring == Endring::default() {
        return Err(Problem::bad_request("Endringen har ingen felt."));
    }
    change(&component, &claims, &headers, form, endring).await
}

/// How a change ends that is not kept.
enum Refused {
    Invalid(model::Invalid),
    Store(StoreError),
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Invalid(invalid) => super::invalid(&invalid),
            Refused::Store(error) => error.into(),
        }
    }
}

async fn change(
    component: &Component,
    claims: &Claims,
    headers: &HeaderMap,
    form: Form,
    endring: Endring,
) -> Result<Response, Problem> {
    let ctx = &component.ctx;
    let pid = signed_in(claims)?;
    let opens =
        Opens::user(claims).ok_or_else(|| Problem::forbidden("Tokenet mangler et krr:user-scope."))?;
    let now = ctx.clock.now();
    let person = ctx
        .store
        .write(move |tx| {
            Box::pin(async move {
                let before =
                    store::get(tx, &pid).await?.unwrap_or_else(|| Person::bare(pid, Status::IkkeRegistrert));
                let after = model::changed(before, &endring, now).map_err(Refused::Invalid)?;
                store::put(tx, &after, now).await?;
                Ok::<_, Refused>(after)
            })
        })
        .await?;
    ctx.wake.notify(NAME);
    let person = model::shown(person, opens, now, component.certificate(opens).await.as_deref());
    let access =
        Access::from_claims(NAME, claims, headers, "Endret egne kontaktopplysninger", super::HJEMMEL);
    super::answer(component, form, Personal::new(pid, person), access).await
}

fn signed_in(claims: &Claims) -> Result<Pid, Problem> {
    claims.pid.ok_or_else(|| Problem::forbidden("Tokenet gjelder ingen person."))
}
