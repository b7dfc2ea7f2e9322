//! Which owner a call is for.

use std::fmt::Display;

use clients::ClientError;
use clients::encoded;
use clients::selvbetjening::{Access, AccessState, Client, Forvaltning, Refused, Scope};
use http::Method;
use serde_json::Value;

use crate::Component;
use crate::caller::Caller;

/// How often an owner is told something before the caller is asked to come back.
const ATTEMPTS: usize = 3;

/// What every client with sign-in may have.
const OF_EVERYONE: [&str; 2] = ["openid", "profile"];

/// The path of one client, and of what is beneath it.
pub fn at(client_id: &str, beneath: impl Display) -> String {
    format!("/clients/{}{beneath}", encoded(client_id))
}

/// Whether an owner of sign-in has clients of this kind.
fn has_kind(owner: &Forvaltning, kind: &str) -> bool {
    match owner.component() {
        "ansattporten" => kind == "ansattporten",
        _ => kind == "idporten" || kind == "api_klient",
    }
}

impl Component {
    /// All owners of clients.
    pub fn all(&self) -> impl Iterator<Item = &Forvaltning> {
        std::iter::once(&self.owners.maskinporten).chain(&self.owners.people)
    }

    /// The owner of clients of this kind.
    pub fn owner_of_kind(&self, kind: &str) -> Result<&Forvaltning, Refused> {
        if ["maskinporten", "krr", "eformidling"].contains(&kind) {
            return Ok(&self.owners.maskinporten);
        }
        let owner = self.owners.people.iter().find(|owner| has_kind(owner, kind));
        owner.ok_or_else(|| {
            Refused::invalid("integration_type is missing or unknown").field("integration_type")
        })
    }

    /// The owner of one of the caller's clients, and the client.
    pub async fn owner_of(
        &self,
        caller: &Caller,
        client_id: &str,
    ) -> Result<(&Forvaltning, Client), Refused> {
        for owner in self.all() {
            match owner.pass::<Client>(caller.tenant.as_str(), Method::GET, &at(client_id, ""), None).await {
                Ok(client) => return Ok((owner, client)),
                Err(error) if error.status() == Some(404) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Refused::not_found("client"))
    }

    /// Passes a call about one of the caller's clients on to its owner.
    pub async fn pass_on(
        &self,
        caller: &Caller,
        client_id: &str,
        method: Method,
        beneath: &str,
        body: Option<&[u8]>,
    ) -> Result<Value, Refused> {
        let (owner, _) = self.owner_of(caller, client_id).await?;
        Ok(owner.pass(caller.tenant.as_str(), method, &at(client_id, beneath), body).await?)
    }

    /// Makes sure that a client with sign-in, of `consumer`, may have the scopes that are others', and that they are known where
    /// people sign in.
    pub async fn prepare_scopes(&self, client: &Client, kind: &str, consumer: &str) -> Result<(), Refused> {
        let others: Vec<&String> =
            client.scopes.iter().filter(|scope| !OF_EVERYONE.contains(&scope.as_str())).collect();
        let Some(owner) = self.owners.people.iter().find(|owner| has_kind(owner, kind)) else {
            return Ok(());
        };
        if others.is_empty() || kind == "idporten" {
            return Ok(());
        }
        let maskinporten = &self.owners.maskinporten;
        let path = "/scopes/access/all?accessible_for_all=true";
        let accesses: Vec<Access> = maskinporten.pass(consumer, Method::GET, path, None).await?;
        for name in others {
            let path = format!("/scopes?scope={}", encoded(name));
            let scope: Result<Scope, ClientError> =
                maskinporten.pass(consumer, Method::GET, &path, None).await;
            let scope = match scope {
                Ok(scope) if scope.active => scope,
                Ok(_) => return Err(Refused::scope(format!("The scope {name} is deactivated"))),
                Err(error) if error.status() == Some(404) => {
                    return Err(Refused::unknown_scope(name));
                }
                Err(error) => return Err(error.into()),
            };
            if !scope.allowed_integration_types.iter().any(|allowed| allowed == kind) {
                return Err(Refused::scope(format!("The scope {name} is not for {kind}")));
            }
            let has = |access: &Access| access.scope == *name && access.state == AccessState::Approved;
            if !accesses.iter().any(has) {
                return Err(Refused::no_access(name));
            }
            tell(owner, consumer, Method::PUT, "/scopes", Some(&scope)).await?;
        }
        Ok(())
    }

    /// Tells those where people sign in of a scope that has changed.
    pub async fn make_known(&self, scope: &Scope) -> Result<(), Refused> {
        for owner in &self.owners.people {
            let here = scope.allowed_integration_types.iter().any(|kind| has_kind(owner, kind));
            let told = Scope { active: scope.active && here, ..scope.clone() };
            let of = scope.owner_orgno.as_deref().unwrap_or_default();
            tell(owner, of, Method::PUT, "/scopes", Some(&told)).await?;
        }
        Ok(())
    }

    /// Tells them of an access that has been given or taken.
    pub async fn make_access_known(&self, access: &Access) -> Result<(), Refused> {
        let method = if access.state == AccessState::Approved { Method::PUT } else { Method::DELETE };
        let path =
            format!("/scopes/access/{}?scope={}", encoded(&access.consumer_orgno), encoded(&access.scope));
        for owner in &self.owners.people {
            tell(owner, &access.owner_orgno, method.clone(), &path, None).await?;
        }
        Ok(())
    }
}

/// Tells an owner something that can be repeated, until it has answered.
async fn tell(
    owner: &Forvaltning,
    tenant: &str,
    method: Method,
    path: &str,
    scope: Option<&Scope>,
) -> Result<(), Refused> {
    let mut attempt = 0;
    loop {
        attempt += 1;
        let body = scope.map(serde_json::to_vec).transpose().unwrap_or_default();
        let answer = match &body {
            Some(body) => owner.pass::<Value>(tenant, method.clone(), path, Some(body)).await.map(drop),
            None => owner.order(tenant, method.clone(), path).await,
        };
        match answer {
            Ok(()) => return Ok(()),
            Err(error) if error.is_transient() && attempt < ATTEMPTS => {
                tracing::warn!(%error, owner = owner.component(), "not told yet");
            }
            Err(error) => return Err(error.into()),
        }
    }
}
