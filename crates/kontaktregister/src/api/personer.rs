//! Look-up of persons by list.

use std::collections::HashSet;

use axum::extract::State;
use axum::response::Response;
use clients::kontaktregister::{MAX_PERSONS, Oppslag, Person, Personer, Status};
use http::HeaderMap;
use kernel::auth::Issuer;
use kernel::http::Body;
use kernel::log::{Access, Personal};
use kernel::problem::Problem;

use crate::model::{self, Opens};
use crate::{Component, NAME, store};

/// Looks persons up; those who are not registered come with status `IKKE_REGISTRERT`.
#[utoipa::path(post, path = "/kontaktregisteret/rest/v1/personer", tag = "kontaktregister", request_body = Oppslag,
    responses((status = 200, content((Personer = "application/json"), (String = "application/jose"))), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem),
        (status = 406, body = Problem), (status = 413, body = Problem), (status = 415, body = Problem)))]
pub async fn v1(state: State<Component>, headers: HeaderMap, body: Body) -> Result<Response, Problem> {
    look_up(state, headers, body, false).await
}

/// Looks persons up; `inkluderIkkeRegistrerte: false` leaves out those who are not registered.
#[utoipa::path(post, path = "/kontaktregisteret/rest/v2/personer", tag = "kontaktregister", request_body = Oppslag,
    responses((status = 200, content((Personer = "application/json"), (String = "application/jose"))), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem),
        (status = 406, body = Problem), (status = 413, body = Problem), (status = 415, body = Problem)))]
pub async fn v2(state: State<Component>, headers: HeaderMap, body: Body) -> Result<Response, Problem> {
    look_up(state, headers, body, true).await
}

async fn look_up(
    State(component): State<Component>,
    headers: HeaderMap,
    Body(body): Body,
    may_leave_out: bool,
) -> Result<Response, Problem> {
    let ctx = &component.ctx;
    let claims = ctx.auth.bearer(&headers, Issuer::Maskinporten).await?;
    let opens =
        Opens::global(&claims).ok_or_else(|| Problem::forbidden("Tokenet mangler et krr:global-scope."))?;
    let form = super::negotiate(&component, &headers, true)?;
    let Oppslag { personidentifikatorer, inkluder_ikke_registrerte } = kernel::http::json(&body)?;
    if personidentifikatorer.is_empty() || personidentifikatorer.len() > MAX_PERSONS {
        return Err(Problem::bad_request("Det må være 1 til 1000 personer i et oppslag.")
            .field("personidentifikatorer"));
    }
    let mut seen = HashSet::with_capacity(personidentifikatorer.len());
    let pids: Vec<_> = personidentifikatorer.into_iter().filter(|pid| seen.insert(*pid)).collect();

    let mut found = store::find(&ctx.store, &pids).await?;
    let include = inkluder_ikke_registrerte.unwrap_or(true) || !may_leave_out;
    let now = ctx.clock.now();
    let sertifikat = component.certificate(opens).await;
    let known = |pid| {
        let person = found.remove(pid);
        let person = person.or_else(|| include.then(|| Person::bare(*pid, Status::IkkeRegistrert)))?;
        Some(model::shown(person, opens, now, sertifikat.as_deref()))
    };
    let personer = Personer { personer: pids.iter().filter_map(known).collect() };
    let access = Access::from_claims(NAME, &claims, &headers, "Slo opp kontaktopplysninger", super::HJEMMEL);
    super::answer(&component, form, Personal::many(pids, personer), access).await
}
