//! What organisations do themselves with their clients, as the self-service API passes it on: it has checked who they are and what they
//! may; here it is checked what they ask for. Every route demands a token of Felles' own with `felles:klienter.forvalt`, and
//! the header `Felles-Tenant` says for whom.

use axum::Json;
use axum::extract::{Path, State};
use axum::middleware::map_response_with_state;
use axum::response::{IntoResponse, Response};
use clients::selvbetjening::registration::{self as shared, unchanged};
use clients::selvbetjening::{
    self, ApiError, Asked, Asking, Body, Client, Jwks, OnBehalfOf, Refusals, Refused, Scope, moment, orgnr,
    require_own, write_refusals,
};
use http::{HeaderMap, StatusCode};
use kernel::http::json;
use kernel::id::Orgnr;
use kernel::jose::client_keys_expire;
use kernel::store::{Tx, TxFuture};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::admin::{RegistrationError, SECRET_LIVES, check};
use crate::model::assertion::ALGS;
use crate::model::client::{NewClient, OnBehalfOf as Customer};
use crate::model::hash;
use crate::store::forvaltning::{self as store, Administered};
use crate::{Component, registration};

/// The routes, with how they refuse.
pub fn router(component: &Component) -> OpenApiRouter<Component> {
    OpenApiRouter::new()
        .routes(routes!(clients, register))
        .routes(routes!(client, update, deactivate))
        .routes(routes!(secret))
        .routes(routes!(keys, post_keys, put_keys, delete_keys))
        .routes(routes!(customers, add_customer))
        .routes(routes!(customer, put_customer, remove_customer))
        .routes(routes!(put_scope))
        .routes(routes!(give_access, withdraw_access))
        .layer(map_response_with_state(component.ctx.clone(), write_refusals))
}

type Answer<T> = Result<Json<T>, Refused>;

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

    /// One of the tenant's clients, changed by `change` if it is in use.
    async fn change<F>(&self, tenant: Orgnr, client_id: String, change: F) -> Result<Administered, Refused>
    where
        F: for<'a> FnOnce(&'a mut Tx, Administered) -> TxFuture<'a, (), Refused> + Send + 'static,
    {
        self.write(move |tx| {
            Box::pin(async move {
                let before = store::client_of(tx, &tenant, &client_id).await?;
                if !before.active {
                    return Err(Refused::conflict("The client is deactivated"));
                }
                change(tx, before).await?;
                store::client_of(tx, &tenant, &client_id).await
            })
        })
        .await
    }

    async fn one(&self, tenant: Orgnr, client_id: String) -> Result<Administered, Refused> {
        self.write(move |tx| Box::pin(async move { store::client_of(tx, &tenant, &client_id).await })).await
    }

    fn checked(&self, new: &NewClient) -> Result<(), Refused> {
        check(new, self.portal, self.ctx.test_mode).map_err(|error| {
            let refused = Refused::invalid(error.to_string());
            match error {
                RegistrationError::Field(field, _) => refused.field(field),
                _ => refused,
            }
        })
    }
}

/// The scopes that are new on a client exist here.
async fn known_scopes(tx: &mut Tx, new: &NewClient, before: &[String]) -> Result<(), Refused> {
    for scope in new.scopes.iter().filter(|scope| !before.contains(scope)) {
        if store::scope(tx, scope).await?.is_none() {
            return Err(Refused::unknown_scope(scope));
        }
    }
    Ok(())
}

/// What only the administrators see.
fn told(client: &Client) -> Client {
    Client {
        description: client.description.clone(),
        client_uri: client.client_uri.clone(),
        ..Client::default()
    }
}

/// The clients that the organisation administers.
#[utoipa::path(get, path = "/forvaltning/clients", tag = "forvaltning",
    params(("inactive" = Option<bool>, Query)), responses((status = 200, body = Vec<Client>), Refusals))]
async fn clients(
    State(component): State<Component>,
    headers: HeaderMap,
    query: Asking,
) -> Answer<Vec<Client>> {
    let tenant = tenant(&component, &headers).await?;
    let inactive = Asked::of(query)?.inactive == Some(true);
    let found = store::clients_of(&component.ctx.store, &tenant, inactive).await?;
    Ok(Json(found.into_iter().map(Administered::written).collect()))
}

/// Registers a client.
#[utoipa::path(post, path = "/forvaltning/clients", tag = "forvaltning", request_body = Client,
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
    let asked: Client = json(&body)?;
    if !registration::kinds(component.portal).contains(&asked.integration_type.as_str()) {
        return Err(
            Refused::invalid("integration_type is not one of this service's").field("integration_type")
        );
    }
    if let Some(id) = asked.client_id.clone().filter(|id| !id.is_empty()) {
        return Err(match component.one(tenant, id).await {
            Ok(_) => Refused::conflict("The client exists already, perhaps deactivated: change it with PUT"),
            Err(_) => Refused::invalid("client_id is given by the service"),
        });
    }
    let owner = shared::owner(&asked, &tenant, supplier)?;
    let rng = &component.ctx.rng;
    let mut blank = NewClient::new(&rng.uuid().to_string(), owner, "", "");
    blank.supplier = (owner != tenant).then_some(tenant);
    let new = registration::client(&asked, blank, component.portal)?;
    component.checked(&new)?;
    let now = component.seconds();
    let client_secret = new.auth_method.has_secret().then(|| rng.token());
    let hashed = client_secret.as_deref().map(|secret| (hash(secret), now + SECRET_LIVES));
    let made = component
        .write(move |tx| {
            Box::pin(async move {
                known_scopes(tx, &new, &[]).await?;
                let kind = asked.integration_type.as_str();
                store::add_client(tx, &tenant, kind, &new, &told(&asked), hashed, now).await?;
                store::client_of(tx, &tenant, &new.client_id).await
            })
        })
        .await?;
    Ok((StatusCode::CREATED, Json(Client { client_secret, ..made.written() })))
}

/// One client.
#[utoipa::path(get, path = "/forvaltning/clients/{client_id}", tag = "forvaltning", params(("client_id" = String, Path)),
    responses((status = 200, body = Client), (status = 404, body = ApiError), Refusals))]
async fn client(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Answer<Client> {
    let tenant = tenant(&component, &headers).await?;
    Ok(Json(component.one(tenant, id).await?.written()))
}

/// Changes a client: the whole of it. `active` takes it into use again.
#[utoipa::path(put, path = "/forvaltning/clients/{client_id}", tag = "forvaltning", params(("client_id" = String, Path)),
    request_body = Client, responses((status = 200, body = Client), (status = 404, body = ApiError), Refusals))]
async fn update(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(client_id): Path<String>,
    Body(body): Body,
) -> Answer<Client> {
    let tenant = tenant(&component, &headers).await?;
    let asked: Client = json(&body)?;
    let now = component.seconds();
    let this = component.clone();
    let changed = component
        .write(move |tx| {
            Box::pin(async move {
                let before = store::client_of(tx, &tenant, &client_id).await?;
                unchanged("client_id", asked.client_id.as_deref(), Some(&client_id))?;
                let (owner, kind) = (before.settings.orgnr.as_str(), &before.integration_type);
                unchanged("client_orgno", asked.client_orgno.as_deref(), Some(owner))?;
                unchanged("integration_type", Some(&asked.integration_type), Some(kind))?;
                let asked = Client { integration_type: before.integration_type.clone(), ..asked };
                let new = registration::client(&asked, before.settings.clone(), this.portal)?;
                this.checked(&new)?;
                known_scopes(tx, &new, &before.settings.scopes).await?;
                if new.auth_method != before.settings.auth_method {
                    crate::store::forget_secret(tx, &client_id).await?;
                }
                store::change_client(tx, &new, &told(&asked), asked.active, now).await?;
                store::client_of(tx, &tenant, &client_id).await
            })
        })
        .await?;
    Ok(Json(changed.written()))
}

/// Deactivates a client: nobody signs in to it any more.
#[utoipa::path(delete, path = "/forvaltning/clients/{client_id}", tag = "forvaltning", params(("client_id" = String, Path)),
    responses((status = 200), (status = 404, body = ApiError), Refusals))]
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
                store::client_of(tx, &tenant, &client_id).await?;
                Ok(crate::store::deactivate_client(tx, &client_id, now).await.map(drop)?)
            })
        })
        .await?;
    Ok(StatusCode::OK)
}

/// Gives a client a new secret, shown this once; the old one holds no longer.
#[utoipa::path(post, path = "/forvaltning/clients/{client_id}/secret", tag = "forvaltning", params(("client_id" = String, Path)),
    responses((status = 200, body = Client), (status = 404, body = ApiError), (status = 409, body = ApiError), Refusals))]
async fn secret(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Answer<Client> {
    let tenant = tenant(&component, &headers).await?;
    let secret = component.ctx.rng.token();
    let (hashed, now) = (hash(&secret), component.seconds());
    let changed = component
        .change(tenant, id, move |tx, before| {
            Box::pin(async move {
                let client = before.settings;
                if !client.auth_method.has_secret() {
                    let why = format!("A client with {} has no secret", client.auth_method.as_str());
                    return Err(Refused::invalid(why));
                }
                Ok(store::put_secret(tx, &client.client_id, hashed, now + SECRET_LIVES, now).await?)
            })
        })
        .await?;
    Ok(Json(Client { client_secret: Some(secret), ..changed.written() }))
}

// --- keys ---

fn jwks(client: Administered) -> Jwks {
    let at = |seconds: i64| (seconds > 0).then(|| moment(seconds));
    Jwks {
        keys: client.settings.jwks,
        created: at(client.keys_created),
        last_updated: at(client.keys_updated),
    }
}

/// A client's keys.
#[utoipa::path(get, path = "/forvaltning/clients/{client_id}/jwks", tag = "forvaltning", params(("client_id" = String, Path)),
    responses((status = 200, body = Jwks), (status = 404, body = ApiError), Refusals))]
async fn keys(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Answer<Jwks> {
    let tenant = tenant(&component, &headers).await?;
    Ok(Json(jwks(component.one(tenant, id).await?)))
}

async fn replace_keys(
    component: &Component,
    headers: &HeaderMap,
    client_id: String,
    body: Option<&[u8]>,
) -> Answer<Jwks> {
    let tenant = tenant(component, headers).await?;
    // Whose client it is comes before what is wrong with the keys.
    component.one(tenant, client_id.clone()).await?;
    let keys = body.map(|body| shared::keys(body, &ALGS)).transpose()?.unwrap_or_default();
    let now = component.ctx.clock.now();
    let expire = client_keys_expire(now);
    let changed = component
        .change(tenant, client_id, move |tx, before| {
            Box::pin(async move {
                let mut client = before.settings;
                if client.auth_method.as_str() != "private_key_jwt" && !keys.is_empty() {
                    let why = format!("A client with {} has no keys", client.auth_method.as_str());
                    return Err(Refused::invalid(why));
                }
                client.jwks = keys;
                Ok(store::put_keys(tx, &client, expire, now.as_second()).await?)
            })
        })
        .await?;
    Ok(Json(jwks(changed)))
}

/// Replaces a client's keys, all of them.
#[utoipa::path(post, path = "/forvaltning/clients/{client_id}/jwks", tag = "forvaltning", params(("client_id" = String, Path)),
    request_body = Jwks, responses((status = 200, body = Jwks), (status = 404, body = ApiError), (status = 409, body = ApiError), Refusals))]
async fn post_keys(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(id): Path<String>,
    Body(body): Body,
) -> Answer<Jwks> {
    replace_keys(&component, &headers, id, Some(&body)).await
}

/// The same.
#[utoipa::path(put, path = "/forvaltning/clients/{client_id}/jwks", tag = "forvaltning", params(("client_id" = String, Path)),
    request_body = Jwks, responses((status = 200, body = Jwks), (status = 404, body = ApiError), (status = 409, body = ApiError), Refusals))]
async fn put_keys(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(id): Path<String>,
    Body(body): Body,
) -> Answer<Jwks> {
    replace_keys(&component, &headers, id, Some(&body)).await
}

/// Removes a client's keys.
#[utoipa::path(delete, path = "/forvaltning/clients/{client_id}/jwks", tag = "forvaltning", params(("client_id" = String, Path)),
    responses((status = 200, body = Jwks), (status = 404, body = ApiError), (status = 409, body = ApiError), Refusals))]
async fn delete_keys(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Answer<Jwks> {
    replace_keys(&component, &headers, id, None).await
}

// --- customers ---

fn written(customer: &Customer) -> OnBehalfOf {
    OnBehalfOf {
        onbehalfof: customer.onbehalfof.clone(),
        display_name: customer.display_name.clone(),
        orgno: customer.orgnr.as_str().to_owned(),
        url: String::new(),
    }
}

fn read(customer: &OnBehalfOf) -> Result<Customer, Refused> {
    let name = customer.display_name.clone();
    if name.trim().is_empty() {
        return Err(Refused::invalid("display_name is missing").field("display_name"));
    }
    let orgnr = shared::customer(customer)?;
    Ok(Customer { onbehalfof: customer.onbehalfof.clone(), display_name: name, orgnr })
}

/// A client's customers.
#[utoipa::path(get, path = "/forvaltning/clients/{client_id}/onbehalfof", tag = "forvaltning", params(("client_id" = String, Path)),
    responses((status = 200, body = Vec<OnBehalfOf>), (status = 404, body = ApiError), Refusals))]
async fn customers(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Answer<Vec<OnBehalfOf>> {
    let tenant = tenant(&component, &headers).await?;
    let client = component.one(tenant, id).await?;
    Ok(Json(client.settings.onbehalfof.iter().map(written).collect()))
}

/// Puts `new` in the place of the customer that `old` names, or last.
async fn replace_customer(
    component: &Component,
    tenant: Orgnr,
    client_id: String,
    old: Option<String>,
    new: Option<Customer>,
) -> Result<(), Refused> {
    let now = component.seconds();
    component
        .change(tenant, client_id, move |tx, before| {
            Box::pin(async move {
                let mut client = before.settings;
                let place =
                    |handle: &str| client.onbehalfof.iter().position(|known| known.onbehalfof == handle);
                match (old, new) {
                    (Some(old), new) => {
                        let place = place(&old).ok_or_else(|| Refused::not_found("onbehalfof"))?;
                        client.onbehalfof.splice(place..=place, new);
                    }
                    (None, Some(new)) if place(&new.onbehalfof).is_some() => {
                        return Err(Refused::conflict(
                            "The client has a customer of that onbehalfof already",
                        ));
                    }
                    (None, new) => client.onbehalfof.extend(new),
                }
                Ok(store::change_client(tx, &client, &before.told, true, now).await?)
            })
        })
        .await
        .map(drop)
}

/// Registers a customer.
#[utoipa::path(post, path = "/forvaltning/clients/{client_id}/onbehalfof", tag = "forvaltning", params(("client_id" = String, Path)),
    request_body = OnBehalfOf, responses((status = 201, body = OnBehalfOf), (status = 404, body = ApiError), (status = 409, body = ApiError), Refusals))]
async fn add_customer(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(id): Path<String>,
    Body(body): Body,
) -> Result<Response, Refused> {
    let tenant = tenant(&component, &headers).await?;
    let customer = read(&json(&body)?)?;
    replace_customer(&component, tenant, id, None, Some(customer.clone())).await?;
    Ok((StatusCode::CREATED, Json(written(&customer))).into_response())
}

/// One customer.
#[utoipa::path(get, path = "/forvaltning/clients/{client_id}/onbehalfof/{handle}", tag = "forvaltning",
    params(("client_id" = String, Path), ("handle" = String, Path)), responses((status = 200, body = OnBehalfOf), (status = 404, body = ApiError), Refusals))]
async fn customer(
    State(component): State<Component>,
    headers: HeaderMap,
    Path((id, handle)): Path<(String, String)>,
) -> Answer<OnBehalfOf> {
    let tenant = tenant(&component, &headers).await?;
    let client = component.one(tenant, id).await?.settings;
    let found = client.onbehalfof.iter().find(|customer| customer.onbehalfof == handle);
    found.map(|found| Json(written(found))).ok_or_else(|| Refused::not_found("onbehalfof"))
}

/// Changes a customer.
#[utoipa::path(put, path = "/forvaltning/clients/{client_id}/onbehalfof/{handle}", tag = "forvaltning",
    params(("client_id" = String, Path), ("handle" = String, Path)), request_body = OnBehalfOf,
    responses((status = 200, body = OnBehalfOf), (status = 404, body = ApiError), (status = 409, body = ApiError), Refusals))]
async fn put_customer(
    State(component): State<Component>,
    headers: HeaderMap,
    Path((id, handle)): Path<(String, String)>,
    Body(body): Body,
) -> Answer<OnBehalfOf> {
    let tenant = tenant(&component, &headers).await?;
    let customer = read(&json(&body)?)?;
    if customer.onbehalfof != handle {
        return Err(Refused::invalid("onbehalfof cannot be changed"));
    }
    replace_customer(&component, tenant, id, Some(handle), Some(customer.clone())).await?;
    Ok(Json(written(&customer)))
}

/// Removes a customer.
#[utoipa::path(delete, path = "/forvaltning/clients/{client_id}/onbehalfof/{handle}", tag = "forvaltning",
    params(("client_id" = String, Path), ("handle" = String, Path)), responses((status = 200), (status = 404, body = ApiError), (status = 409, body = ApiError), Refusals))]
async fn remove_customer(
    State(component): State<Component>,
    headers: HeaderMap,
    Path((id, handle)): Path<(String, String)>,
) -> Result<StatusCode, Refused> {
    let tenant = tenant(&component, &headers).await?;
    replace_customer(&component, tenant, id, Some(handle), None).await?;
    Ok(StatusCode::OK)
}

// --- scopes ---

/// Makes a scope known here, or makes it as told; Maskinporten, which owns the scopes, has said that it is so. Safe to
/// repeat.
#[utoipa::path(put, path = "/forvaltning/scopes", tag = "forvaltning", request_body = Scope,
    responses((status = 200, body = Scope), (status = 409, body = ApiError), Refusals))]
async fn put_scope(
    State(component): State<Component>,
    headers: HeaderMap,
    Body(body): Body,
) -> Answer<Scope> {
    require_own(&component.ctx.auth, &headers).await?;
    let asked: Scope = json(&body)?;
    let new = registration::scope(&asked)?;
    let active = asked.active;
    component
        .write(move |tx| {
            Box::pin(async move {
                let known = store::scope(tx, &new.scope).await?;
                if known.as_ref().is_some_and(|known| known.owner != new.owner) {
                    return Err(Refused::conflict("The scope is another owner's here"));
                }
                if active {
                    crate::store::put_scopes(tx, &[new]).await?;
                } else if known.is_some() {
                    store::deactivate_scope(tx, &new.scope).await?;
                }
                Ok(())
            })
        })
        .await?;
    Ok(Json(asked))
}

async fn set_access(
    component: &Component,
    headers: &HeaderMap,
    consumer: &str,
    query: Asking,
    withdrawn: bool,
) -> Result<StatusCode, Refused> {
    require_own(&component.ctx.auth, headers).await?;
    let scope = Asked::of(query)?.scope()?.to_owned();
    let consumer = orgnr("consumer_orgno", consumer)?;
    component
        .write(move |tx| {
            Box::pin(async move { Ok(store::set_withdrawn(tx, &consumer, &scope, withdrawn).await?) })
        })
        .await?;
    Ok(StatusCode::OK)
}

/// An organisation has access to a scope again, as Maskinporten has said.
#[utoipa::path(put, path = "/forvaltning/scopes/access/{consumer_orgno}", tag = "forvaltning",
    params(("consumer_orgno" = String, Path), ("scope" = String, Query)), responses((status = 200), Refusals))]
async fn give_access(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(consumer): Path<String>,
    query: Asking,
) -> Result<StatusCode, Refused> {
    set_access(&component, &headers, &consumer, query, false).await
}

/// An organisation no longer has access to a scope, as Maskinporten has said: its clients get it no more.
#[utoipa::path(delete, path = "/forvaltning/scopes/access/{consumer_orgno}", tag = "forvaltning",
    params(("consumer_orgno" = String, Path), ("scope" = String, Query)), responses((status = 200), Refusals))]
async fn withdraw_access(
    State(component): State<Component>,
    headers: HeaderMap,
    Path(consumer): Path<String>,
    query: Asking,
) -> Result<StatusCode, Refused> {
    set_access(&component, &headers, &consumer, query, true).await
}
