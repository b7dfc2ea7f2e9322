//! What a person has given to clients, for the services that show it to them: the side API of that name, and the list of
//! revoked tokens.
//!
//! A service sees what concerns its own organisation: what was given to its clients, and what was given of its APIs. It asks
//! with the token of the person who is signed in, or with Maskinporten's token and the person's number.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use clients::idporten::{SCOPE_OPENID, SCOPE_PROFILE};
use http::{HeaderMap, StatusCode, header};
use kernel::auth::{Issuer, Organisation, Presented};
use kernel::http::Body;
use kernel::id::{Orgnr, Pid};
use kernel::log::{Access, Personal};
use kernel::problem::Problem;
use kernel::store::StoreError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::token::HJEMMEL;
use super::userinfo::opened;
use crate::model::client::{NewClient, Scope, Visibility};
use crate::model::parameters::Parameters;
use crate::model::tokens::Granted;
use crate::{Component, store};

/// The scope that opens the API.
pub const SCOPE: &str = "idporten:authorizations";

/// A scope that a person has given.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct GivenScope {
    /// Its name.
    pub name: String,
    /// What it opens.
    pub description: String,
    /// The same, at length.
    pub long_description: String,
    /// Whether the person was asked.
    pub requires_user_consent: bool,
    /// Who may see it.
    pub visibility: Visibility,
    /// Whose it is.
    pub owner_orgno: String,
}

/// What a person has given to a client.
#[expect(clippy::struct_field_names, reason = "the names of the real API")]
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Authorization {
    /// Its number.
    pub authorization_id: String,
    /// The client.
    pub client_id: String,
    /// What people call the client.
    pub client_name: String,
    /// More about the client.
    pub description: String,
    /// When it was given; milliseconds since 1970.
    pub authorized_at: i64,
    /// When it ends; milliseconds since 1970.
    pub expires: i64,
    /// What was given.
    pub scopes: Vec<GivenScope>,
    /// The browser that it was given in.
    pub user_agent: String,
    /// Whose the client is.
    #[schema(value_type = Object)]
    pub consumer: Organisation,
}

/// Whom a service asks about.
#[derive(Debug, Deserialize, ToSchema)]
#[expect(
    dead_code,
    reason = "describes the body for OpenAPI; it is read by hand, so that a wrong number is a problem"
)]
pub struct Whom {
    /// The person's number.
    pid: String,
}

/// Whose scopes or clients are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Clients,
    Apis,
}

/// What the signed-in person has given to clients of the caller's organisation.
#[utoipa::path(get, path = "/clients/authorizations",
    params(("require_user_consent" = Option<bool>, Query, description = "`false` for what was given without asking, too"),
        ("visibility" = Option<Visibility>, Query, description = "Only with a scope of this visibility")),
    responses((status = 200, body = [Authorization]), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem)))]
pub async fn of_clients(
    State(component): State<Component>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    own(&component, Side::Clients, query, &headers).await
}

/// What the signed-in person has given of the caller's organisation's APIs.
#[utoipa::path(get, path = "/api-provider/authorizations",
    params(("require_user_consent" = Option<bool>, Query, description = "`false` for what was given without asking, too"),
        ("visibility" = Option<Visibility>, Query, description = "Only with a scope of this visibility")),
    responses((status = 200, body = [Authorization]), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem)))]
pub async fn of_apis(
    State(component): State<Component>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    own(&component, Side::Apis, query, &headers).await
}

/// What a person has given to clients of the caller's organisation, for a machine of it.
#[utoipa::path(post, path = "/clients/authorizations", request_body = Whom,
    params(("require_user_consent" = Option<bool>, Query), ("visibility" = Option<Visibility>, Query)),
    responses((status = 200, body = [Authorization]), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem)))]
pub async fn of_clients_for(
    State(component): State<Component>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    Body(body): Body,
) -> Result<Response, Problem> {
    for_machine(&component, Side::Clients, query, &headers, &body).await
}

/// What a person has given of the caller's organisation's APIs, for a machine of it.
#[utoipa::path(post, path = "/api-provider/authorizations", request_body = Whom,
    params(("require_user_consent" = Option<bool>, Query), ("visibility" = Option<Visibility>, Query)),
    responses((status = 200, body = [Authorization]), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem)))]
pub async fn of_apis_for(
    State(component): State<Component>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    Body(body): Body,
) -> Result<Response, Problem> {
    for_machine(&component, Side::Apis, query, &headers, &body).await
}

/// Withdraws what a person has given: everything that came of it is revoked. Either kind of token; a person's own withdraws
/// only what is theirs.
#[utoipa::path(delete, path = "/authorizations/{authorization_id}",
    params(("authorization_id" = String, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn withdraw(
    State(component): State<Component>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (caller, person) = either(&component, &headers, &id).await?;
    let (ctx, now) = (&component.ctx, component.ctx.clock.now().as_second());
    let catalogue = store::scopes(&ctx.store).await?;
    let concerns = |(granted, client): &(Granted, NewClient)| {
        person.is_none_or(|person| person == granted.authentication.pid)
            && [Side::Clients, Side::Apis]
                .into_iter()
                .any(|side| concerns(side, caller, granted, client, &catalogue))
    };
    let found = store::authorizations::one(&ctx.store, &id, now).await?.filter(concerns);
    let (granted, _) = found.ok_or_else(|| Problem::not_found("Det er ingen slik autorisasjon."))?;
    let revoked: Result<(), StoreError> =
        ctx.store.write(move |tx| Box::pin(async move { store::revoke(tx, &granted.id, now).await })).await;
    revoked?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The organisation, and the person where one is signed in, that a token of either issuer speaks for.
async fn either(
    component: &Component,
    headers: &HeaderMap,
    id: &str,
) -> Result<(Orgnr, Option<Pid>), Problem> {
    let path = format!("/authorizations/{id}");
    match opened(component, Presented::of(headers)?, "DELETE", &path, SCOPE).await {
        Ok((granted, client)) => Ok((client.orgnr, Some(named(&granted)?))),
        // Not one of ours: perhaps Maskinporten's.
        Err(problem) if problem.status() == StatusCode::UNAUTHORIZED => {
            let claims = component.ctx.auth.bearer(headers, Issuer::Maskinporten).await?;
            claims.require_scope(SCOPE)?;
            let nobody = || Problem::forbidden("Tokenet er ikke en virksomhets.");
            Ok((claims.consumer_orgnr.ok_or_else(nobody)?, None))
        }
        Err(problem) => Err(problem),
    }
}

/// The person of a token, where it tells.
pub fn named(granted: &Granted) -> Result<Pid, Problem> {
    granted
        .pid()
        .ok_or_else(|| Problem::forbidden("Tokenet er pseudonymt og sier ikke hvem som er logget inn."))
}

async fn own(
    component: &Component,
    side: Side,
    query: Option<String>,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let path = match side {
        Side::Clients => "/clients/authorizations",
        Side::Apis => "/api-provider/authorizations",
    };
    let (granted, client) = opened(component, Presented::of(headers)?, "GET", path, SCOPE).await?;
    let pid = named(&granted)?;
    let what = format!("{} slo opp hva du har gitt tilgang til", client.name);
    let access = component.access(&client, pid, what);
    list(component, side, query, client.orgnr, pid, access).await
}

async fn for_machine(
    component: &Component,
    side: Side,
    query: Option<String>,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Response, Problem> {
    #[derive(Deserialize)]
    struct Asked {
        pid: Pid,
    }
    let claims = component.ctx.auth.bearer(headers, Issuer::Maskinporten).await?;
    claims.require_scope(SCOPE)?;
    let caller =
        claims.consumer_orgnr.ok_or_else(|| Problem::forbidden("Tokenet er ikke en virksomhets."))?;
    let asked: Asked = kernel::http::json(body).map_err(|_| {
        Problem::bad_request("Innholdet skal være {\"pid\": …} med et fødselsnummer.").field("pid")
    })?;
    let what = "Virksomheten slo opp hva du har gitt tilgang til";
    let access = Access::from_claims(component.portal.name(), &claims, headers, what, HJEMMEL);
    list(component, side, query, caller, asked.pid, access).await
}

/// Whether an authorization is any of `caller`'s business.
fn concerns(side: Side, caller: Orgnr, granted: &Granted, client: &NewClient, catalogue: &[Scope]) -> bool {
    match side {
        Side::Clients => client.orgnr == caller,
        // Whoever runs the sign-in owns its scopes, but that is no API.
        Side::Apis => catalogue.iter().any(|scope| {
            scope.owner == caller
                && ![SCOPE_OPENID, SCOPE_PROFILE].contains(&scope.scope.as_str())
                && granted.has_scope(&scope.scope)
        }),
    }
}

async fn list(
    component: &Component,
    side: Side,
    query: Option<String>,
    caller: Orgnr,
    pid: Pid,
    access: Access,
) -> Result<Response, Problem> {
    let query = Parameters::parse(query.unwrap_or_default().as_bytes());
    let one = |name| query.one(name).map_err(|refused| Problem::bad_request(refused.why).field(name));
    let asked_only = match one("require_user_consent")? {
        None | Some("true") => true,
        Some("false") => false,
        Some(_) => {
            return Err(
                Problem::bad_request("Verdien skal være true eller false.").field("require_user_consent")
            );
        }
    };
    let visibility = one("visibility")?
        .map(|name| {
            let wrong = || {
                Problem::bad_request("Verdien skal være PUBLIC, PRIVATE eller INTERNAL.").field("visibility")
            };
            Visibility::parse(name).ok_or_else(wrong)
        })
        .transpose()?;
    let (ctx, now) = (&component.ctx, component.ctx.clock.now().as_second());
    let catalogue = store::scopes(&ctx.store).await?;
    let mut found = Vec::new();
    for (granted, client) in store::authorizations::living(&ctx.store, &pid, now).await? {
        let scopes: Vec<&Scope> = catalogue.iter().filter(|scope| granted.has_scope(&scope.scope)).collect();
        // One scope that fits is enough; the whole authorization is shown.
        let fits = scopes.iter().any(|scope| {
            (!asked_only || granted.agreed.contains(&scope.scope))
                && visibility.is_none_or(|visibility| scope.visibility == visibility)
        });
        if fits && concerns(side, caller, &granted, &client, &catalogue) {
            found.push(authorization(granted, &client, &scopes));
        }
    }
    let released = Personal::new(pid, found).release(&ctx.log, access).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], released).into_response())
}

fn authorization(granted: Granted, client: &NewClient, scopes: &[&Scope]) -> Authorization {
    let given = |scope: &&Scope| GivenScope {
        name: scope.scope.clone(),
        description: scope.description.clone(),
        long_description: scope.long_description.clone(),
        requires_user_consent: scope.requires_user_consent,
        visibility: scope.visibility,
        owner_orgno: scope.owner.as_str().to_owned(),
    };
    Authorization {
        scopes: scopes.iter().map(given).collect(),
        authorization_id: granted.id,
        client_id: granted.client_id,
        client_name: client.name.clone(),
        description: String::new(),
        authorized_at: granted.given * 1000,
        expires: granted.ends * 1000,
        user_agent: granted.user_agent.unwrap_or_default(),
        consumer: Organisation::of(&client.orgnr),
    }
}

/// The access tokens of a client that have been revoked before their end.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RevokeList {
    /// When the list was made; milliseconds since 1970.
    pub created: i64,
    /// The tokens.
    pub revoked_access_tokens: Vec<RevokedAccessToken>,
}

/// A token that has been revoked.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RevokedAccessToken {
    /// When it would have ended; milliseconds since 1970.
    pub expires: i64,
    /// When it was revoked; milliseconds since 1970.
    pub revoked: i64,
    /// Its `jti`.
    pub access_token_id: String,
}

/// The access tokens of a client that have been revoked and would not have ended yet. Open to all: the numbers of tokens
/// tell nothing of people.
#[utoipa::path(get, path = "/revokelist", params(("client_id" = String, Query)),
    responses((status = 200, body = RevokeList), (status = 400, body = Problem)))]
pub async fn revokelist(
    State(component): State<Component>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let query = Parameters::parse(query.unwrap_or_default().as_bytes());
    let client_id = query
        .required("client_id")
        .map_err(|refused| Problem::bad_request(refused.why).field("client_id"))?;
    let now = component.ctx.clock.now();
    let revoked = store::authorizations::revoked(&component.ctx.store, client_id, now.as_second()).await?;
    let list = RevokeList {
        created: now.as_millisecond(),
        revoked_access_tokens: revoked
            .into_iter()
            .map(|token| RevokedAccessToken {
                expires: token.expires * 1000,
                revoked: token.revoked * 1000,
                access_token_id: token.jti,
            })
            .collect(),
    };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(list)).into_response())
}
