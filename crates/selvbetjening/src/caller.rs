//! Who calls, and what they may.

use clients::selvbetjening::{Refused, SCOPE_FORVALT, TENANT, named_tenant};
use http::HeaderMap;
use kernel::auth::{AuthError, Issuer};
use kernel::id::Orgnr;

use crate::Component;

/// Reading clients.
pub const READ: &[&str] = &["idporten:dcr.read", "idporten:dcr.modify", "idporten:dcr.write", SUPPLIER];
/// Making clients.
pub const WRITE: &[&str] = &["idporten:dcr.write", SUPPLIER];
/// Changing clients that are there.
pub const MODIFY: &[&str] = &["idporten:dcr.modify", "idporten:dcr.write", SUPPLIER];
/// Making and changing a client's customers.
pub const CUSTOMERS: &[&str] = &["idporten:dcr/onbehalfof:write", "idporten:dcr.write", SUPPLIER];
/// Making and changing scopes, and giving access to them.
pub const SCOPES: &[&str] = &["idporten:scopes.write"];
/// Seeing scopes and what one has access to.
pub const SEE_SCOPES: &[&str] =
    &["idporten:scopes.write", "idporten:dcr.read", "idporten:dcr.modify", "idporten:dcr.write", SUPPLIER];
/// Asking for access.
pub const ASK: &[&str] = &["idporten:dcr.write", "idporten:scopes.write", SUPPLIER];

const SUPPLIER: &str = "idporten:dcr.supplier";

/// Who calls.
#[derive(Debug)]
pub struct Caller {
    /// The organisation whose data it is about.
    pub tenant: Orgnr,
    /// Whether it may register clients for others.
    pub supplier: bool,
}

impl Caller {
    /// The caller of a request, if the token has one of `scopes`. Felles' own pages may act for the organisation that they
    /// name; they have made sure of who sits there.
    pub async fn of(component: &Component, headers: &HeaderMap, scopes: &[&str]) -> Result<Self, Refused> {
        let claims = component.ctx.auth.bearer(headers, Issuer::Maskinporten).await?;
        if claims.has_scope(SCOPE_FORVALT) && headers.contains_key(TENANT) {
            return Ok(Self { tenant: named_tenant(headers)?, supplier: false });
        }
        if !scopes.iter().any(|scope| claims.has_scope(scope)) {
            return Err(AuthError::scope(&scopes.join(" ")).into());
        }
        let tenant = claims.consumer_orgnr;
        let tenant = tenant.ok_or_else(|| AuthError::invalid("the token names no organisation"))?;
        Ok(Self { tenant, supplier: claims.has_scope(SUPPLIER) })
    }
}
