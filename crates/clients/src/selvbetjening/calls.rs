//! The calls of the administration API, and of the owners behind it.

use bytes::Bytes;
use http::{Method, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{
    Access, Client, Delegation, DelegationSource, Jwks, NAME, OnBehalfOf, Scope, System, SystemUser, TENANT,
};
use crate::maskinporten::TestCertificate;
use crate::request::Builder;
use crate::{ClientError, Mesh, TokenSource, encoded, read_json, success};

const BASE: &str = "/selvbetjening/api/v1";

/// The administration API, on behalf of one organisation.
#[derive(Clone, Debug)]
pub struct Selvbetjening {
    mesh: Mesh,
    tokens: TokenSource,
    tenant: Option<String>,
}

async fn send(
    mesh: &Mesh,
    component: &str,
    tokens: &TokenSource,
    tenant: Option<&str>,
    method: Method,
    path: &str,
    body: Option<Vec<u8>>,
) -> Result<Response<Bytes>, ClientError> {
    let mut request = Builder::new(method, path).bearer(&tokens.token().await?);
    if let Some(tenant) = tenant {
        request = request.header(TENANT, tenant);
    }
    let request = match body {
        Some(body) => request.body("application/json", body)?,
        None => request.empty()?,
    };
    mesh.send(component, request).await
}

fn json<T: Serialize>(body: &T) -> Result<Option<Vec<u8>>, ClientError> {
    serde_json::to_vec(body).map(Some).map_err(|error| ClientError::Decode(error.to_string()))
}

impl Selvbetjening {
    /// On behalf of the organisation that the tokens are of.
    pub fn new(mesh: Mesh, tokens: TokenSource) -> Self {
        Self { mesh, tokens, tenant: None }
    }

    /// On behalf of another organisation: the tokens must have [`super::SCOPE_FORVALT`], and the caller must have made sure
    /// that whoever asks may act for it.
    pub fn for_tenant(&self, orgnr: &str) -> Self {
        Self { tenant: Some(orgnr.to_owned()), ..self.clone() }
    }

    async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<Vec<u8>>,
    ) -> Result<T, ClientError> {
        let path = format!("{BASE}{path}");
        read_json(&send(&self.mesh, NAME, &self.tokens, self.tenant.as_deref(), method, &path, body).await?)
    }

    async fn order(&self, method: Method, path: &str) -> Result<(), ClientError> {
        let path = format!("{BASE}{path}");
        let answer =
            send(&self.mesh, NAME, &self.tokens, self.tenant.as_deref(), method, &path, None).await?;
        success(&answer).map(drop)
    }

    /// The organisation's clients.
    pub async fn clients(&self, inactive: bool) -> Result<Vec<Client>, ClientError> {
        self.call(Method::GET, &format!("/clients?inactive={inactive}"), None).await
    }

    /// One of its clients.
    pub async fn client(&self, client_id: &str) -> Result<Client, ClientError> {
        self.call(Method::GET, &format!("/clients/{}", encoded(client_id)), None).await
    }

    /// Registers a client; the answer has its id, and its secret if it has one.
    pub async fn register(&self, client: &Client) -> Result<Client, ClientError> {
        self.call(Method::POST, "/clients", json(client)?).await
    }

    /// Changes a client: the whole of it.
    pub async fn update(&self, client_id: &str, client: &Client) -> Result<Client, ClientError> {
        self.call(Method::PUT, &format!("/clients/{}", encoded(client_id)), json(client)?).await
    }

    /// Deactivates a client.
    pub async fn deactivate(&self, client_id: &str) -> Result<(), ClientError> {
        self.order(Method::DELETE, &format!("/clients/{}", encoded(client_id))).await
    }

    /// Gives a client a new secret, shown this once.
    pub async fn new_secret(&self, client_id: &str) -> Result<Client, ClientError> {
        self.call(Method::POST, &format!("/clients/{}/secret", encoded(client_id)), None).await
    }

    /// A client's keys.
    pub async fn keys(&self, client_id: &str) -> Result<Jwks, ClientError> {
        self.call(Method::GET, &format!("/clients/{}/jwks", encoded(client_id)), None).await
    }

    /// Replaces a client's keys, all of them.
    pub async fn put_keys(&self, client_id: &str, keys: &Jwks) -> Result<Jwks, ClientError> {
        self.call(Method::PUT, &format!("/clients/{}/jwks", encoded(client_id)), json(keys)?).await
    }

    /// A client's customers.
    pub async fn onbehalfof(&self, client_id: &str) -> Result<Vec<OnBehalfOf>, ClientError> {
        self.call(Method::GET, &format!("/clients/{}/onbehalfof", encoded(client_id)), None).await
    }

    /// Registers a customer.
    pub async fn add_onbehalfof(
        &self,
        client_id: &str,
        customer: &OnBehalfOf,
    ) -> Result<OnBehalfOf, ClientError> {
        self.call(Method::POST, &format!("/clients/{}/onbehalfof", encoded(client_id)), json(customer)?).await
    }

    /// Removes a customer.
    pub async fn remove_onbehalfof(&self, client_id: &str, handle: &str) -> Result<(), ClientError> {
        self.order(Method::DELETE, &format!("/clients/{}/onbehalfof/{}", encoded(client_id), encoded(handle)))
            .await
    }

    /// The organisation's own scopes.
    pub async fn scopes(&self, inactive: bool) -> Result<Vec<Scope>, ClientError> {
        self.call(Method::GET, &format!("/scopes?inactive={inactive}"), None).await
    }

    /// All scopes that anyone may see.
    pub async fn all_scopes(&self) -> Result<Vec<Scope>, ClientError> {
        self.call(Method::GET, "/scopes/all", None).await
    }

    /// One scope.
    pub async fn scope(&self, scope: &str) -> Result<Scope, ClientError> {
        self.call(Method::GET, &format!("/scopes?scope={}", encoded(scope)), None).await
    }

    /// Makes a scope.
    pub async fn add_scope(&self, scope: &Scope) -> Result<Scope, ClientError> {
        self.call(Method::POST, "/scopes", json(scope)?).await
    }

    /// Changes a scope: the whole of it but its name.
    pub async fn put_scope(&self, scope: &Scope) -> Result<Scope, ClientError> {
        self.call(Method::PUT, &format!("/scopes?scope={}", encoded(&scope.name)), json(scope)?).await
    }

    /// Takes a scope out of use.
    pub async fn deactivate_scope(&self, scope: &str) -> Result<Scope, ClientError> {
        self.call(Method::DELETE, &format!("/scopes?scope={}", encoded(scope)), None).await
    }

    /// Who has access to an own scope, has asked for it, or has been refused.
    pub async fn accesses(&self, scope: &str) -> Result<Vec<Access>, ClientError> {
        self.call(Method::GET, &format!("/scopes/access?scope={}", encoded(scope)), None).await
    }

    /// Requests that wait for the organisation, as an owner of scopes.
    pub async fn requests(&self) -> Result<Vec<Access>, ClientError> {
        self.call(Method::GET, "/scopes/access/requests", None).await
    }

    /// What the organisation has access to, has asked for, or has been refused.
    pub async fn my_accesses(&self, open_too: bool) -> Result<Vec<Access>, ClientError> {
        self.call(Method::GET, &format!("/scopes/access/all?accessible_for_all={open_too}"), None).await
    }

    /// Gives an organisation access to an own scope.
    pub async fn grant(&self, scope: &str, consumer: &str) -> Result<Access, ClientError> {
        let path = format!("/scopes/access/{}?scope={}", encoded(consumer), encoded(scope));
        self.call(Method::PUT, &path, None).await
    }

    /// Withdraws or refuses access to an own scope.
    pub async fn deny(&self, scope: &str, consumer: &str) -> Result<Access, ClientError> {
        let path = format!("/scopes/access/{}?scope={}", encoded(consumer), encoded(scope));
        self.call(Method::DELETE, &path, None).await
    }

    /// Asks for access to another's scope.
    pub async fn request_access(&self, scope: &str) -> Result<Access, ClientError> {
        self.call(Method::POST, &format!("/scopes/access/request?scope={}", encoded(scope)), None).await
    }

    /// Takes such a request back.
    pub async fn cancel_request(&self, scope: &str) -> Result<(), ClientError> {
        self.order(Method::DELETE, &format!("/scopes/access/request?scope={}", encoded(scope))).await
    }

    /// Where delegations are kept.
    pub async fn delegation_sources(&self) -> Result<Vec<DelegationSource>, ClientError> {
        self.call(Method::GET, "/delegationsources", None).await
    }
}

/// One of the owners behind the administration API, which keeps its clients (Maskinporten: the scopes too). Its routes are those
/// of the API, under its own path.
#[derive(Clone, Debug)]
pub struct Forvaltning {
    mesh: Mesh,
    component: &'static str,
    base: String,
    tokens: TokenSource,
}

impl Forvaltning {
    /// The way to `component`, which has its routes under `/<component>/forvaltning`. The tokens have
    /// [`super::SCOPE_FORVALT`].
    pub fn new(mesh: Mesh, component: &'static str, tokens: TokenSource) -> Self {
        Self { mesh, component, base: format!("/{component}/forvaltning"), tokens }
    }

    /// The component.
    pub fn component(&self) -> &'static str {
        self.component
    }

    /// Passes a call on, for `tenant`: `path` is the API's, with its query.
    pub async fn pass<T: DeserializeOwned>(
        &self,
        tenant: &str,
        method: Method,
        path: &str,
        body: Option<&[u8]>,
    ) -> Result<T, ClientError> {
        read_json(&self.send(tenant, method, path, body.map(<[u8]>::to_vec)).await?)
    }

    /// As [`Self::pass`], for a call whose answer is empty.
    pub async fn order(&self, tenant: &str, method: Method, path: &str) -> Result<(), ClientError> {
        success(&self.send(tenant, method, path, None).await?).map(drop)
    }

    async fn send(
        &self,
        tenant: &str,
        method: Method,
        path: &str,
        body: Option<Vec<u8>>,
    ) -> Result<Response<Bytes>, ClientError> {
        let path = format!("{}{path}", self.base);
        send(&self.mesh, self.component, &self.tokens, Some(tenant), method, &path, body).await
    }

    /// Makes or changes a supplier's system (Maskinporten alone).
    pub async fn put_system(&self, supplier: &str, system: &System) -> Result<System, ClientError> {
        let path = format!("/systems/{}", encoded(&system.system_id));
        read_json(&self.send(supplier, Method::PUT, &path, json(system)?).await?)
    }

    /// Gives a business a user of a system (Maskinporten alone); `tenant` is the business.
    pub async fn add_system_user(&self, tenant: &str, user: &SystemUser) -> Result<SystemUser, ClientError> {
        read_json(&self.send(tenant, Method::POST, "/systemusers", json(user)?).await?)
    }

    /// Removes a business's user of a system (Maskinporten alone).
    pub async fn remove_system_user(&self, tenant: &str, id: &str) -> Result<(), ClientError> {
        self.order(tenant, Method::DELETE, &format!("/systemusers/{}", encoded(id))).await
    }

    /// What an organisation has delegated, and what it has been (Maskinporten alone).
    pub async fn delegations(&self, tenant: &str) -> Result<Vec<Delegation>, ClientError> {
        self.pass(tenant, Method::GET, "/delegations", None).await
    }

    /// Keeps that `consumer` lets `supplier` use its access to a scope (Maskinporten alone).
    pub async fn delegate(&self, consumer: &str, scope: &str, supplier: &str) -> Result<(), ClientError> {
        let path = format!("/delegations/{}?scope={}", encoded(supplier), encoded(scope));
        self.order(consumer, Method::PUT, &path).await
    }

    /// Takes such a delegation back (Maskinporten alone).
    pub async fn undelegate(&self, consumer: &str, scope: &str, supplier: &str) -> Result<(), ClientError> {
        let path = format!("/delegations/{}?scope={}", encoded(supplier), encoded(scope));
        self.order(consumer, Method::DELETE, &path).await
    }

    /// A certificate of the test authority for the organisation (Maskinporten in test alone).
    pub async fn test_certificate(&self, tenant: &str) -> Result<TestCertificate, ClientError> {
        read_json(&self.send(tenant, Method::POST, "/testsertifikater", None).await?)
    }
}
