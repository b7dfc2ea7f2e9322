//! Proofs of keys at the provider's own endpoints (RFC 9449).

use http::{HeaderMap, HeaderValue};
use kernel::jose::dpop::{self, DpopError, NONCE_HEADER, Proof};
use kernel::store::StoreError;

use super::refused::Refused;
use crate::model::assertion::Used;
use crate::model::client::Client;
use crate::{Component, store};

/// The name of the secret behind nonces.
pub const SECRET: &str = "dpop nonce";

/// The key that a request of `client` to `path` proves; `None` where it has no proof. A proof is used up by this, and
/// only when everything about it holds.
pub async fn proven(
    component: &Component,
    headers: &HeaderMap,
    client: &Client,
    path: &str,
) -> Result<Option<String>, Refused> {
    let Some(proof) = dpop::of(headers).map_err(refused)? else { return Ok(None) };
    let now = component.ctx.clock.now().as_second();
    let address = format!("{}{path}", component.issuer());
    let proof = dpop::verify(proof, "POST", &address, None, now).map_err(refused)?;
    let nonce_holds = match &proof.nonce {
        Some(nonce) => component.nonces.holds(nonce, now),
        None => !client.require_dpop_nonce,
    };
    if !nonce_holds {
        let why = "The DPoP proof must carry the nonce of the header DPoP-Nonce";
        return Err(Refused::new("use_dpop_nonce", why));
    }
    if !use_up(component, &proof).await? {
        return Err(refused(DpopError("it has been used before")));
    }
    Ok(Some(proof.jkt))
}

/// Uses a proof up; whether it had not been used, on any node.
pub async fn use_up(component: &Component, proof: &Proof) -> Result<bool, StoreError> {
    let used = Used { fingerprint: proof.fingerprint.to_vec(), until: proof.until };
    let store = &component.ctx.store;
    store.write(move |tx| Box::pin(async move { store::use_assertion(tx, &used).await })).await
}

fn refused(error: DpopError) -> Refused {
    Refused::new("invalid_dpop_proof", error.to_string())
}

/// That a proof is missing where there must be one.
pub fn missing() -> Refused {
    refused(DpopError("it is missing, and the client's tokens are bound to a key"))
}

/// Gives whoever sends proofs the nonce of the next.
pub fn give_nonce(component: &Component, request: &HeaderMap, answer: &mut HeaderMap) {
    if !request.contains_key(dpop::HEADER) {
        return;
    }
    let nonce = component.nonces.make(component.ctx.clock.now().as_second());
    // Base64url, which a header can hold.
    if let Ok(nonce) = HeaderValue::from_str(&nonce) {
        answer.insert(NONCE_HEADER, nonce);
    }
}
