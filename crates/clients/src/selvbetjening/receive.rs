//! What the routes of the administration API, and of the owners behind it, take in.

use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequest, Query, Request};
use bytes::Bytes;
use http::HeaderMap;
use kernel::auth::{Auth, Issuer};
use kernel::id::Orgnr;
use serde::Deserialize;

use super::{Refused, SCOPE_FORVALT, TENANT, orgnr};

/// A body, whole.
#[derive(Debug)]
pub struct Body(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Refused;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refused> {
        let body = Bytes::from_request(request, state).await;
        body.map(Self).map_err(|_| Refused::invalid("The body is too large or did not come whole"))
    }
}

/// What a query may hold.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    /// Whether what is deactivated is wanted, too.
    #[serde(default)]
    pub inactive: Option<bool>,
    /// Whether what is open to all is wanted, too.
    #[serde(default)]
    pub accessible_for_all: Option<bool>,
    /// Whether the caller may register for others.
    #[serde(default)]
    pub supplier: Option<bool>,
    /// A scope.
    #[serde(default)]
    pub scope: Option<String>,
}

/// A query that is perhaps not understood.
pub type Asking = Result<Query<Asked>, QueryRejection>;

impl Asked {
    /// What a query holds.
    pub fn of(query: Asking) -> Result<Self, Refused> {
        let Query(asked) =
            query.map_err(|_| Refused::invalid("A parameter of the query is not understood"))?;
        Ok(asked)
    }

    /// The scope, which must be there.
    pub fn scope(&self) -> Result<&str, Refused> {
        self.scope.as_deref().ok_or_else(|| Refused::invalid("The parameter scope is missing"))
    }
}

/// Demands that a request is Felles' own, by a token with [`SCOPE_FORVALT`].
pub async fn require_own(auth: &Auth, headers: &HeaderMap) -> Result<(), Refused> {
    let claims = auth.bearer(headers, Issuer::Maskinporten).await?;
    Ok(claims.require_scope(SCOPE_FORVALT)?)
}

/// The organisation that one of Felles' own requests acts for.
pub async fn tenant(auth: &Auth, headers: &HeaderMap) -> Result<Orgnr, Refused> {
    require_own(auth, headers).await?;
    named_tenant(headers)
}

/// The organisation that the header [`TENANT`] names. Whether to believe it is for the caller to say.
pub fn named_tenant(headers: &HeaderMap) -> Result<Orgnr, Refused> {
    orgnr(TENANT, headers.get(TENANT).and_then(|value| value.to_str().ok()).unwrap_or_default())
}
