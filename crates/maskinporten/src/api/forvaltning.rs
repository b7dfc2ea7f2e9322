//! What organisations do themselves, as the self-service API passes it on: it has checked who they are and what they may; here it is
//! checked what they ask for. Every route demands a token of Felles' own with `felles:klienter.forvalt`, and the header
//! `Felles-Tenant` says for whom.

use axum::Json;
use axum::extract::{Path, State};
use axum::middleware::map_response_with_state;
use axum::response::{IntoResponse, Response};
use clients::maskinporten::TestCertificate;
use clients::selvbetjening::registration::{self as shared, unchanged};
use clients::selvbetjening::{
    self, Access, AccessState, ApiError, Asked, Asking, Body, Client, Delegation, DelegationSource, Jwks,
    OnBehalfOf, Refusals, Refused, Scope, Scopes, System, SystemUser, moment, orgnr, require_own,
    write_refusals,
};
use http::{HeaderMap, StatusCode};
use kernel::http::json;
use kernel::id::Orgnr;
use kernel::jose::{Alg, client_keys_expire};
use kernel::store::{Tx, TxFuture};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::model::ALGS;
use crate::store::forvaltning as store;
use crate::{Component, Seid, Subject, registration};

/// The routes, with how they refuse.
pub fn router(component: &Component) -> OpenApiRouter<Component> {
    OpenApiRouter::new()
        .routes(routes!(clients, register))
        .routes(routes!(client, update, deactivate))
        .routes(routes!(secret))
        .routes(routes!(keys, post_keys, put_keys, delete_keys))
        .routes(routes!(customers, add_customer))
        .routes(routes!(customer, put_customer, remove_customer))
        .routes(routes!(scopes_all))
        .routes(routes!(scopes, add_scope, put_scope, deactivate_scope))
        .routes(routes!(accesses))
        .routes(routes!(my_accesses))
        .routes(routes!(requests))
        .routes(routes!(request_access, cancel_request))
        .routes(routes!(grant, deny))
        .routes(routes!(delegation_sources))
        .routes(routes!(assign_prefix))
        .routes(routes!(delegations))
        .routes(routes!(delegate, undelegate))
        .routes(routes!(systems))
        .routes(routes!(put_system))
        .routes(routes!(system_users, add_system_user))
        .routes(routes!(remove_system_user))
        .routes(routes!(issue_certificate))
        .routes(routes!(revoke_certificate))
        .layer(map_response_with_state(component.ctx.clone(), write_refusals))
}

async fn tenant(component: &Component, headers: &HeaderMap) -> Result<Orgnr, Refused> {
    selvbetjening::tenant(&component.ctx.auth, headers).await
}

impl Component {
    fn seconds(&self) -> i64 {
        self.ctx.clock.now().as_second()
    }

    async fn write<T, F>(&self, run: F) -> Result<T, Refused>
    where
        T: Send + 'static,
        F: for<'a> FnOnce(&'a mut Tx) -> TxFuture<'a, T, Refused> + Send + 'static,
    {
        self.ctx.store.write(run).await
    }
}

type Answer<T> = Result<Json<T>, Refused>;

// --- clients ---

/// The clients that the organisation administers.
#[utoipa::path(get, path = "/maskinporten/forvaltning/clients", tag = "forvaltning",
    params(("inactive" = Option<bool>, Query)), responses((status = 200, body = Vec<Client>), Refusals))]
async fn clients(
    State(component): State<Component>,
    headers: HeaderMap,
    query: Asking,
) -> Answer<Vec<Client>> {
    let tenant = tenant(&component, &headers).await?;
    let inactive = Asked::of(query)?.inactive == Some(true);
    Ok(Json(store::clients_of(&component.ctx.store, &tenant, inactive).await?))
}

/// Registers a client.
#[utoipa::path(post, path = "/maskinporten/forvaltning/clients", tag = "forvaltning", request_body = Client,
    params(("supplier" = Option<bool>, Query)),
    responses((status = 201, body = Client), (status = 409, body = ApiError), Refusals))]
async fn register(
    State(component): State<Component>,
    headers: HeaderMap,
    query: Asking,
    Body(body): Body,
) -> Result<(StatusCode, Json<Client>), Refused> {
    let tenant = tenant(&component, &headers).await?;
    let supplier = Asked::of(query)?.supplier == Some(true);
    let new: Client = json(&body)?;
    let given = new.client_id.clone().filter(|id| !id.is_empty());
    let owner = shared::owner(&new, &tenant, supplier)?;
    let new = registration::client(new)?;
    let client_id = match (new.integration_type.as_str(), given) {
        ("eformidling", None) => format!("MOVE_IP_{}", owner.as_str()),
        ("eformidling", Some(id)) if id == format!("MOVE_IP_{}", owner.as_str()) => id,
        (_, None) => component.ctx.rng.uuid().to_string(),
        (_, Some(id)) => {
            let known = store::client_of(&component.ctx.store, &tenant, &id).await;
            return Err(match known {
                Ok(_) => {
                    Refused::conflict("The client exists already, perhaps deactivated: change it with PUT")
                }
                Err(_) => Refused::invalid("client_id is given by the service"),
            });
        }
    };
    let now = component.seconds();
    let made = component
        .write(move |tx| {
            Box::pin(async move { store::add_client(tx, &client_id, &new, &tenant, &owner, now).await })
        })
        .await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// One client.
#[utoipa::path(get, path = "/maskinporten/forvaltning/clients/{client_id}", tag = "forvaltning", params(("client_id" = String, Path)),
    responses((status = 200, body = Client), (status = 404, body = ApiError), Refusals))]
async fn client(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(client_id): Path<String>,
) -> Answer<Client> {
    let tenant = tenant(&component, &headers).await?;
    Ok(Json(store::client_of(&component.ctx.store, &tenant, &client_id).await?))
}

/// Changes a client: the whole of it. `active` takes it into use again.
#[utoipa::path(put, path = "/maskinporten/forvaltning/clients/{client_id}", tag = "forvaltning", params(("client_id" = String, Path)),
    request_body = Client, responses((status = 200, body = Client), (status = 404, body = ApiError), Refusals))]
async fn update(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(client_id): Path<String>,
    Body(body): Body,
) -> Answer<Client> {
    let tenant = tenant(&component, &headers).await?;
    let new: Client = json(&body)?;
    let now = component.seconds();
    let changed = component
        .write(move |tx| {
            Box::pin(async move {
                let before = store::find_client(tx, &tenant, &client_id).await?;
                unchanged("client_id", new.client_id.as_deref(), Some(&client_id))?;
                unchanged("client_orgno", new.client_orgno.as_deref(), before.client_orgno.as_deref())?;
                let kind = before.integration_type.clone();
                unchanged("integration_type", Some(&new.integration_type), Some(&kind))?;
                let new = registration::client(Client { integration_type: kind, ..new })?;
                let owner = orgnr("client_orgno", before.client_orgno.as_deref().unwrap_or_default())?;
                store::change_client(tx, &before, &new, &tenant, &owner, now).await
            })
        })
        .await?;
    Ok(Json(changed))
}

/// Deactivates a client: it gets no more tokens.
#[utoipa::path(delete, path = "/maskinporten/forvaltning/clients/{client_id}", tag = "forvaltning",
    params(("client_id" = String, Path)), responses((status = 200), (status = 404, body = ApiError), Refusals))]
async fn deactivate(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(client_id): Path<String>,
) -> Result<StatusCode, Refused> {
    let tenant = tenant(&component, &headers).await?;
    let now = component.seconds();
    component
        .write(move |tx| {
            Box::pin(async move {
                store::find_client(tx, &tenant, &client_id).await?;
                Ok(crate::store::deactivate_client(tx, &client_id, now).await.map(drop)?)
            })
        })
        .await?;
    Ok(StatusCode::OK)
}

/// A client of Maskinporten has no secret.
#[utoipa::path(post, path = "/maskinporten/forvaltning/clients/{client_id}/secret", tag = "forvaltning",
    params(("client_id" = String, Path)), responses((status = 404, body = ApiError), (status = 409, body = ApiError), Refusals))]
async fn secret(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(client_id): Path<String>,
) -> Answer<Client> {
    let tenant = tenant(&component, &headers).await?;
    store::client_of(&component.ctx.store, &tenant, &client_id).await?;
    Err(Refused::invalid("A client with private_key_jwt has no secret"))
}

// --- keys ---

/// A client's keys.
#[utoipa::path(get, path = "/maskinporten/forvaltning/clients/{client_id}/jwks", tag = "forvaltning",
    params(("client_id" = String, Path)), responses((status = 200, body = Jwks), (status = 404, body = ApiError), Refusals))]
async fn keys(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Answer<Jwks> {
    let tenant = tenant(&component, &headers).await?;
    store::client_of(&component.ctx.store, &tenant, &id).await?;
    Ok(Json(store::keys(&component.ctx.store, &id).await?))
}

async fn replace_keys(
    component: &Component,
    headers: &HeaderMap,
    client_id: String,
    body: Option<&[u8]>,
) -> Answer<Jwks> {
    let tenant = tenant(component, headers).await?;
    // Whose client it is comes before what is wrong with the keys.
    store::client_of(&component.ctx.store, &tenant, &client_id).await?;
    let keys = body.map(|body| shared::keys(body, &ALGS)).transpose()?.unwrap_or_default();
    let jwks = Jwks { keys, ..Jwks::default() };
    let now = component.ctx.clock.now();
    let (expire, id) = (client_keys_expire(now), client_id.clone());
    component
        .write(move |tx| {
            Box::pin(async move { store::put_keys(tx, &tenant, &id, jwks, expire, now.as_second()).await })
        })
        .await?;
    Ok(Json(store::keys(&component.ctx.store, &client_id).await?))
}

/// Replaces a client's keys, all of them.
#[utoipa::path(post, path = "/maskinporten/forvaltning/clients/{client_id}/jwks", tag = "forvaltning",
    params(("client_id" = String, Path)), request_body = Jwks, responses((status = 200, body = Jwks), (status = 404, body = ApiError), (status = 409, body = ApiError), Refusals))]
async fn post_keys(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(id): Path<String>,
    Body(body): Body,
) -> Answer<Jwks> {
    replace_keys(&component, &headers, id, Some(&body)).await
}

/// The same.
#[utoipa::path(put, path = "/maskinporten/forvaltning/clients/{client_id}/jwks", tag = "forvaltning",
    params(("client_id" = String, Path)), request_body = Jwks, responses((status = 200, body = Jwks), (status = 404, body = ApiError), (status = 409, body = ApiError), Refusals))]
async fn put_keys(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(id): Path<String>,
    Body(body): Body,
) -> Answer<Jwks> {
    replace_keys(&component, &headers, id, Some(&body)).await
}

/// Removes a client's keys.
#[utoipa::path(delete, path = "/maskinporten/forvaltning/clients/{client_id}/jwks", tag = "forvaltning",
    params(("client_id" = String, Path)), responses((status = 200, body = Jwks), (status = 404, body = ApiError), (status = 409, body = ApiError), Refusals))]
async fn delete_keys(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Answer<Jwks> {
    replace_keys(&component, &headers, id, None).await
}

// --- customers ---

/// A client's customers.
#[utoipa::path(get, path = "/maskinporten/forvaltning/clients/{client_id}/onbehalfof", tag = "forvaltning",
    params(("client_id" = String, Path)), responses((status = 200, body = Vec<OnBehalfOf>), (status = 404, body = ApiError), Refusals))]
async fn customers(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(client_id): Path<String>,
) -> Answer<Vec<OnBehalfOf>> {
    let tenant = tenant(&component, &headers).await?;
    store::client_of(&component.ctx.store, &tenant, &client_id).await?;
    Ok(Json(store::customers(&component.ctx.store, &client_id).await?))
}

async fn keep_customer(
    component: &Component,
    headers: &HeaderMap,
    client_id: String,
    customer: OnBehalfOf,
    new: bool,
) -> Answer<OnBehalfOf> {
    let tenant = tenant(component, headers).await?;
    store::client_of(&component.ctx.store, &tenant, &client_id).await?;
    shared::customer(&customer)?;
    let now = component.seconds();
    let kept = component
        .write(move |tx| {
            Box::pin(async move {
                store::put_customer(tx, &tenant, &client_id, &customer, new, now).await?;
                Ok(customer)
            })
        })
        .await?;
    Ok(Json(kept))
}

/// Registers a customer.
#[utoipa::path(post, path = "/maskinporten/forvaltning/clients/{client_id}/onbehalfof", tag = "forvaltning",
    params(("client_id" = String, Path)), request_body = OnBehalfOf, responses((status = 201, body = OnBehalfOf), (status = 404, body = ApiError), (status = 409, body = ApiError), Refusals))]
async fn add_customer(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(client_id): Path<String>,
    Body(body): Body,
) -> Result<Response, Refused> {
    let kept = keep_customer(&component, &headers, client_id, json(&body)?, true).await?;
    Ok((StatusCode::CREATED, kept).into_response())
}

/// One customer.
#[utoipa::path(get, path = "/maskinporten/forvaltning/clients/{client_id}/onbehalfof/{handle}", tag = "forvaltning",
    params(("client_id" = String, Path), ("handle" = String, Path)), responses((status = 200, body = OnBehalfOf), (status = 404, body = ApiError), Refusals))]
async fn customer(
    State(component): State<Component>,
    headers: HeaderMap,
    Path((client_id, handle)): Path<(String, String)>,
) -> Answer<OnBehalfOf> {
    let tenant = tenant(&component, &headers).await?;
    store::client_of(&component.ctx.store, &tenant, &client_id).await?;
    let customers = store::customers(&component.ctx.store, &client_id).await?;
    let found = customers.into_iter().find(|customer| customer.onbehalfof == handle);
    found.map(Json).ok_or_else(|| Refused::not_found("onbehalfof"))
}

/// Changes a customer.
#[utoipa::path(put, path = "/maskinporten/forvaltning/clients/{client_id}/onbehalfof/{handle}", tag = "forvaltning",
    params(("client_id" = String, Path), ("handle" = String, Path)), request_body = OnBehalfOf, responses((status = 200, body = OnBehalfOf), (status = 404, body = ApiError), (status = 409, body = ApiError), Refusals))]
async fn put_customer(
    State(component): State<Component>,
    headers: HeaderMap,
    Path((client_id, handle)): Path<(String, String)>,
    Body(body): Body,
) -> Answer<OnBehalfOf> {
    let customer: OnBehalfOf = json(&body)?;
    if customer.onbehalfof != handle {
        return Err(Refused::invalid("onbehalfof cannot be changed"));
    }
    keep_customer(&component, &headers, client_id, customer, false).await
}

/// Removes a customer.
#[utoipa::path(delete, path = "/maskinporten/forvaltning/clients/{client_id}/onbehalfof/{handle}", tag = "forvaltning",
    params(("client_id" = String, Path), ("handle" = String, Path)), responses((status = 200), (status = 404, body = ApiError), (status = 409, body = ApiError), Refusals))]
async fn remove_customer(
    State(component): State<Component>,
    headers: HeaderMap,
    Path((client_id, handle)): Path<(String, String)>,
) -> Result<StatusCode, Refused> {
    let tenant = tenant(&component, &headers).await?;
    let now = component.seconds();
    component
        .write(move |tx| {
            Box::pin(async move { store::remove_customer(tx, &tenant, &client_id, &handle, now).await })
        })
        .await?;
    Ok(StatusCode::OK)
}

// --- scopes ---

/// All scopes that anyone may see.
#[utoipa::path(get, path = "/maskinporten/forvaltning/scopes/all", tag = "forvaltning",
    params(("accessible_for_all" = Option<bool>, Query)), responses((status = 200, body = Vec<Scope>), Refusals))]
async fn scopes_all(
    State(component): State<Component>,
    headers: HeaderMap,
    query: Asking,
) -> Answer<Vec<Scope>> {
    require_own(&component.ctx.auth, &headers).await?;
    let open = Asked::of(query)?.accessible_for_all;
    let mut scopes = store::active_scopes(&component.ctx.store).await?;
    scopes.retain(|scope| {
        scope.visibility == "PUBLIC" && open.is_none_or(|open| scope.accessible_for_all == open)
    });
    Ok(Json(scopes))
}

/// The organisation's scopes, or the one that `scope` names (own, or open to see).
#[utoipa::path(get, path = "/maskinporten/forvaltning/scopes", tag = "forvaltning",
    params(("scope" = Option<String>, Query), ("inactive" = Option<bool>, Query)), responses((status = 200, body = Scopes), (status = 404, body = ApiError), Refusals))]
async fn scopes(State(component): State<Component>, headers: HeaderMap, query: Asking) -> Answer<Scopes> {
    let tenant = tenant(&component, &headers).await?;
    let asked = Asked::of(query)?;
    let Some(name) = &asked.scope else {
        let inactive = asked.inactive == Some(true);
        return Ok(Json(Scopes::All(store::scopes_of(&component.ctx.store, &tenant, inactive).await?)));
    };
    let found = store::scope_named(&component.ctx.store, name).await?.filter(|scope| {
        scope.owner_orgno.as_deref() == Some(tenant.as_str())
            || (scope.active && scope.visibility == "PUBLIC")
    });
    let found = found.ok_or_else(|| Refused::not_found("scope"))?;
    Ok(Json(Scopes::One(Box::new(found))))
}

/// Makes a scope.
#[utoipa::path(post, path = "/maskinporten/forvaltning/scopes", tag = "forvaltning", request_body = Scope,
    responses((status = 201, body = Scope), (status = 409, body = ApiError), Refusals))]
async fn add_scope(
    State(component): State<Component>,
    headers: HeaderMap,
    Body(body): Body,
) -> Result<(StatusCode, Json<Scope>), Refused> {
    let tenant = tenant(&component, &headers).await?;
    let new = registration::scope(json(&body)?)?;
    let now = component.seconds();
    let made = component
        .write(move |tx| Box::pin(async move { store::add_scope(tx, &new, &tenant, now).await }))
        .await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Changes a scope: the whole of it but its name. `active` takes it into use again.
#[utoipa::path(put, path = "/maskinporten/forvaltning/scopes", tag = "forvaltning", request_body = Scope,
    params(("scope" = String, Query)),
    responses((status = 200, body = Scope), (status = 404, body = ApiError), Refusals))]
async fn put_scope(
    State(component): State<Component>,
    headers: HeaderMap,
    query: Asking,
    Body(body): Body,
) -> Answer<Scope> {
    let tenant = tenant(&component, &headers).await?;
    let name = Asked::of(query)?.scope()?.to_owned();
    let mut new: Scope = json(&body)?;
    let (prefix, subscope) = name.split_once(':').unwrap_or_default();
    if new.prefix.is_empty() && new.subscope.is_empty() {
        (new.prefix, new.subscope) = (prefix.to_owned(), subscope.to_owned());
    }
    if !new.name.is_empty() && new.name != name {
        return Err(Refused::invalid("A scope's name cannot be changed"));
    }
    let new = registration::scope(new)?;
    if new.name != name {
        return Err(Refused::invalid("A scope's name cannot be changed"));
    }
    let now = component.seconds();
    let changed = component
        .write(move |tx| Box::pin(async move { store::change_scope(tx, &new, &tenant, now).await }))
        .await?;
    Ok(Json(changed))
}

/// Takes a scope out of use; accesses are kept.
#[utoipa::path(delete, path = "/maskinporten/forvaltning/scopes", tag = "forvaltning",
    params(("scope" = String, Query)), responses((status = 200, body = Scope), (status = 404, body = ApiError), Refusals))]
async fn deactivate_scope(
    State(component): State<Component>,
    headers: HeaderMap,
    query: Asking,
) -> Answer<Scope> {
    let tenant = tenant(&component, &headers).await?;
    let name = Asked::of(query)?.scope()?.to_owned();
    let now = component.seconds();
    let changed = component
        .write(move |tx| Box::pin(async move { store::deactivate_scope(tx, &name, &tenant, now).await }))
        .await?;
    Ok(Json(changed))
}

// --- access ---

/// Who has access to an own scope, has asked for it, or has been refused.
#[utoipa::path(get, path = "/maskinporten/forvaltning/scopes/access", tag = "forvaltning",
    params(("scope" = String, Query)), responses((status = 200, body = Vec<Access>), (status = 404, body = ApiError), Refusals))]
async fn accesses(
    State(component): State<Component>,
    headers: HeaderMap,
    query: Asking,
) -> Answer<Vec<Access>> {
    let tenant = tenant(&component, &headers).await?;
    let asked = Asked::of(query)?;
    let scope = store::scope_named(&component.ctx.store, asked.scope()?).await?;
    scope
        .filter(|scope| scope.owner_orgno.as_deref() == Some(tenant.as_str()))
        .ok_or_else(|| Refused::not_found("scope among the organisation's own"))?;
    Ok(Json(store::accesses(&component.ctx.store, asked.scope()?).await?))
}

/// What the organisation has access to, has asked for, or has been refused; with `accessible_for_all` what is open, too.
#[utoipa::path(get, path = "/maskinporten/forvaltning/scopes/access/all", tag = "forvaltning",
    params(("accessible_for_all" = Option<bool>, Query)), responses((status = 200, body = Vec<Access>), Refusals))]
async fn my_accesses(
    State(component): State<Component>,
    headers: HeaderMap,
    query: Asking,
) -> Answer<Vec<Access>> {
    let tenant = tenant(&component, &headers).await?;
    let mut accesses = store::accesses_of(&component.ctx.store, &tenant).await?;
    if Asked::of(query)?.accessible_for_all == Some(true) {
        let open = store::active_scopes(&component.ctx.store).await?.into_iter();
        for scope in open.filter(|scope| scope.accessible_for_all) {
            accesses.retain(|access| access.scope != scope.name);
            accesses.push(Access {
                scope: scope.name,
                state: AccessState::Approved,
                prefix: None,
                consumer_orgno: tenant.as_str().to_owned(),
                owner_orgno: scope.owner_orgno.unwrap_or_default(),
                created: scope.created.unwrap_or_else(|| moment(0)),
                last_updated: scope.last_updated.unwrap_or_else(|| moment(0)),
            });
        }
    }
    Ok(Json(accesses))
}

/// The requests that wait for the organisation.
#[utoipa::path(get, path = "/maskinporten/forvaltning/scopes/access/requests", tag = "forvaltning", responses((status = 200, body = Vec<Access>), Refusals))]
async fn requests(State(component): State<Component>, headers: HeaderMap) -> Answer<Vec<Access>> {
    let tenant = tenant(&component, &headers).await?;
    Ok(Json(store::requests(&component.ctx.store, &tenant).await?))
}

/// Asks for access to a scope.
#[utoipa::path(post, path = "/maskinporten/forvaltning/scopes/access/request", tag = "forvaltning",
    params(("scope" = String, Query)), responses((status = 200, body = Access), (status = 404, body = ApiError), Refusals))]
async fn request_access(
    State(component): State<Component>,
    headers: HeaderMap,
    query: Asking,
) -> Answer<Access> {
    let tenant = tenant(&component, &headers).await?;
    let name = Asked::of(query)?.scope()?.to_owned();
    let now = component.seconds();
    let access = component
        .write(move |tx| Box::pin(async move { store::request_access(tx, &name, &tenant, now).await }))
        .await?;
    Ok(Json(access))
}

/// Takes a request back.
#[utoipa::path(delete, path = "/maskinporten/forvaltning/scopes/access/request", tag = "forvaltning",
    params(("scope" = String, Query)), responses((status = 200), (status = 404, body = ApiError), Refusals))]
async fn cancel_request(
    State(component): State<Component>,
    headers: HeaderMap,
    query: Asking,
) -> Result<StatusCode, Refused> {
    let tenant = tenant(&component, &headers).await?;
    let name = Asked::of(query)?.scope()?.to_owned();
    component
        .write(move |tx| Box::pin(async move { store::cancel_request(tx, &name, &tenant).await }))
        .await?;
    Ok(StatusCode::OK)
}

async fn decide(
    component: &Component,
    headers: &HeaderMap,
    consumer: &str,
    query: Asking,
    given: bool,
) -> Answer<Access> {
    let tenant = tenant(component, headers).await?;
    let name = Asked::of(query)?.scope()?.to_owned();
    let consumer = orgnr("consumer_orgno", consumer)?;
    let now = component.seconds();
    let access = component
        .write(move |tx| {
            Box::pin(async move { store::decide_access(tx, &name, &tenant, &consumer, given, now).await })
        })
        .await?;
    Ok(Json(access))
}

/// Gives an organisation access to an own scope.
#[utoipa::path(put, path = "/maskinporten/forvaltning/scopes/access/{consumer_orgno}", tag = "forvaltning",
    params(("consumer_orgno" = String, Path), ("scope" = String, Query)), responses((status = 200, body = Access), (status = 404, body = ApiError), (status = 409, body = ApiError), Refusals))]
async fn grant(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(consumer): Path<String>,
    query: Asking,
) -> Answer<Access> {
    decide(&component, &headers, &consumer, query, true).await
}

/// Refuses or withdraws access to an own scope.
#[utoipa::path(delete, path = "/maskinporten/forvaltning/scopes/access/{consumer_orgno}", tag = "forvaltning",
    params(("consumer_orgno" = String, Path), ("scope" = String, Query)), responses((status = 200, body = Access), (status = 404, body = ApiError), Refusals))]
async fn deny(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(consumer): Path<String>,
    query: Asking,
) -> Answer<Access> {
    decide(&component, &headers, &consumer, query, false).await
}

/// Where delegations are kept.
#[utoipa::path(get, path = "/maskinporten/forvaltning/delegationsources", tag = "forvaltning", responses((status = 200, body = Vec<DelegationSource>), Refusals))]
async fn delegation_sources(
    State(component): State<Component>,
    headers: HeaderMap,
) -> Answer<Vec<DelegationSource>> {
    require_own(&component.ctx.auth, &headers).await?;
    let [production, test] = registration::DELEGATION_SOURCES;
    Ok(Json(vec![DelegationSource {
        name: "altinn".to_owned(),
        issuer: if component.ctx.test_mode { test } else { production }.to_owned(),
        created: moment(0),
        last_updated: moment(0),
    }]))
}

// --- what the installation and Altinn do ---

/// Gives the organisation a prefix of scopes.
#[utoipa::path(put, path = "/maskinporten/forvaltning/prefixes/{prefix}", tag = "forvaltning", params(("prefix" = String, Path)),
    responses((status = 200), Refusals))]
async fn assign_prefix(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(prefix): Path<String>,
) -> Result<StatusCode, Refused> {
    let tenant = tenant(&component, &headers).await?;
    component.registrar().assign_prefix(&prefix, tenant).await?;
    Ok(StatusCode::OK)
}

/// What the organisation has delegated to suppliers, and what consumers have delegated to it.
#[utoipa::path(get, path = "/maskinporten/forvaltning/delegations", tag = "forvaltning", responses((status = 200, body = Vec<Delegation>), Refusals))]
async fn delegations(State(component): State<Component>, headers: HeaderMap) -> Answer<Vec<Delegation>> {
    let tenant = tenant(&component, &headers).await?;
    Ok(Json(store::delegations_of(&component.ctx.store, &tenant).await?))
}

async fn set_delegation(
    component: &Component,
    headers: &HeaderMap,
    supplier: &str,
    query: Asking,
    given: bool,
) -> Result<StatusCode, Refused> {
    let consumer = tenant(component, headers).await?;
    let asked = Asked::of(query)?;
    let supplier = orgnr("supplier", supplier)?;
    if given && supplier == consumer {
        return Err(Refused::invalid("supplier is the organisation itself").field("supplier"));
    }
    let scope = store::scope_named(&component.ctx.store, asked.scope()?).await?;
    let scope = scope.filter(|scope| !given || (scope.active && scope.delegation_source.is_some()));
    let scope = scope.ok_or_else(|| Refused::not_found("scope that can be delegated").field("scope"))?;
    component.registrar().set_delegation(&scope.name, consumer, supplier, given).await?;
    Ok(StatusCode::OK)
}

/// The organisation lets a supplier use its access to a scope.
#[utoipa::path(put, path = "/maskinporten/forvaltning/delegations/{supplier}", tag = "forvaltning", params(("supplier" = String, Path), ("scope" = String, Query)),
    responses((status = 200), (status = 404, body = ApiError), Refusals))]
async fn delegate(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(supplier): Path<String>,
    query: Asking,
) -> Result<StatusCode, Refused> {
    set_delegation(&component, &headers, &supplier, query, true).await
}

/// The organisation no longer lets a supplier use its access to a scope.
#[utoipa::path(delete, path = "/maskinporten/forvaltning/delegations/{supplier}", tag = "forvaltning", params(("supplier" = String, Path), ("scope" = String, Query)),
    responses((status = 200), (status = 404, body = ApiError), Refusals))]
async fn undelegate(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(supplier): Path<String>,
    query: Asking,
) -> Result<StatusCode, Refused> {
    set_delegation(&component, &headers, &supplier, query, false).await
}

/// The organisation's systems.
#[utoipa::path(get, path = "/maskinporten/forvaltning/systems", tag = "forvaltning", responses((status = 200, body = Vec<System>), Refusals))]
async fn systems(State(component): State<Component>, headers: HeaderMap) -> Answer<Vec<System>> {
    let tenant = tenant(&component, &headers).await?;
    Ok(Json(store::systems_of(&component.ctx.store, &tenant).await?))
}

/// Makes or changes a system of the organisation's.
#[utoipa::path(put, path = "/maskinporten/forvaltning/systems/{system_id}", tag = "forvaltning", params(("system_id" = String, Path)),
    request_body = System, responses((status = 200, body = System), (status = 409, body = ApiError), Refusals))]
async fn put_system(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(system_id): Path<String>,
    Body(body): Body,
) -> Answer<System> {
    let tenant = tenant(&component, &headers).await?;
    let system: System = json(&body)?;
    let own = system_id.strip_prefix(tenant.as_str()).and_then(|rest| rest.strip_prefix('_'));
    if system.system_id != system_id || own.is_none_or(str::is_empty) || system_id.len() > 255 {
        return Err(Refused::invalid("system_id is not the organisation's number, _ and a name"));
    }
    component.registrar().put_system(tenant, system.clone()).await?;
    Ok(Json(system))
}

/// The organisation's users of systems.
#[utoipa::path(get, path = "/maskinporten/forvaltning/systemusers", tag = "forvaltning", responses((status = 200, body = Vec<SystemUser>), Refusals))]
async fn system_users(State(component): State<Component>, headers: HeaderMap) -> Answer<Vec<SystemUser>> {
    let tenant = tenant(&component, &headers).await?;
    Ok(Json(store::system_users_of(&component.ctx.store, &tenant).await?))
}

/// Gives the organisation a user of a system.
#[utoipa::path(post, path = "/maskinporten/forvaltning/systemusers", tag = "forvaltning", request_body = SystemUser,
    responses((status = 201, body = SystemUser), (status = 404, body = ApiError), Refusals))]
async fn add_system_user(
    State(component): State<Component>,
    headers: HeaderMap,
    Body(body): Body,
) -> Result<(StatusCode, Json<SystemUser>), Refused> {
    let tenant = tenant(&component, &headers).await?;
    let user: SystemUser = json(&body)?;
    if user.party_orgno != tenant.as_str() || user.external_ref.len() > 255 {
        return Err(Refused::invalid("party_orgno is another organisation, or external_ref is too long"));
    }
    let made = component.registrar().put_system_user(component.ctx.rng.uuid(), tenant, user).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Removes one of the organisation's users of systems.
#[utoipa::path(delete, path = "/maskinporten/forvaltning/systemusers/{id}", tag = "forvaltning", params(("id" = String, Path)),
    responses((status = 200), (status = 404, body = ApiError), Refusals))]
async fn remove_system_user(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<StatusCode, Refused> {
    let tenant = tenant(&component, &headers).await?;
    component
        .write(move |tx| Box::pin(async move { store::remove_system_user(tx, &tenant, &id).await }))
        .await?;
    Ok(StatusCode::OK)
}

/// Issues a test certificate to the organisation; its key is shown this once.
#[utoipa::path(post, path = "/maskinporten/forvaltning/testsertifikater", tag = "forvaltning",
    responses((status = 201, body = TestCertificate), (status = 404, body = ApiError), Refusals))]
async fn issue_certificate(
    State(component): State<Component>,
    headers: HeaderMap,
) -> Result<(StatusCode, Json<TestCertificate>), Refused> {
    let tenant = tenant(&component, &headers).await?;
    let ca = component.test_ca.as_ref().ok_or_else(|| Refused::not_found("test authority"))?;
    let ctx = &component.ctx;
    let name = format!("TESTVIRKSOMHET {}", tenant.as_str());
    let subject = Subject { orgnr: tenant, name: &name, seid: Seid::Two, alg: Alg::RS256 };
    let issued = ca.issue(&ctx.store, &ctx.rng, ctx.clock.now(), subject).await;
    let issued = issued.map_err(|error| {
        tracing::error!(%error, "a test certificate was not issued");
        Refused::from(kernel::store::StoreError::Missing("test certificate"))
    })?;
    Ok((StatusCode::CREATED, Json(issued)))
}

/// Revokes one of the organisation's test certificates.
#[utoipa::path(delete, path = "/maskinporten/forvaltning/testsertifikater/{serial}", tag = "forvaltning", params(("serial" = String, Path)),
    responses((status = 200), (status = 404, body = ApiError), Refusals))]
async fn revoke_certificate(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(serial): Path<String>,
) -> Result<StatusCode, Refused> {
    let tenant = tenant(&component, &headers).await?;
    let now = component.seconds();
    let revoked = component
        .write(move |tx| {
            Box::pin(
                async move { Ok(crate::store::revoke_test_certificate(tx, &serial, &tenant, now).await?) },
            )
        })
        .await?;
    if revoked { Ok(StatusCode::OK) } else { Err(Refused::not_found("certificate")) }
}
