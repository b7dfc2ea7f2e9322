//! The client behind a request to the back-channel endpoints.

use http::HeaderMap;
use kernel::store::StoreError;

use super::refused::Refused;
use crate::model::assertion::Credentials;
use crate::model::client::Client;
use crate::model::parameters::Parameters;
use crate::{Component, store};

/// Who asks. An assertion is used up by this, and only when everything about it holds.
pub async fn authenticate(
    component: &Component,
    headers: &HeaderMap,
    form: &Parameters,
    client_id: &mut Option<String>,
) -> Result<Client, Refused> {
    let (id, credentials) = Credentials::of(headers, form)?;
    let id = client_id.insert(id);
    let known = store::client(&component.ctx.store, id).await?;
    let client = known.ok_or_else(|| credentials.answer(Refused::client("There is no such client")))?;
    let issuer = component.issuer();
    let audience =
        ["", "/token", "/par", "/token/introspect", "/token/revoke"].map(|path| format!("{issuer}{path}"));
    let now = component.ctx.clock.now().as_second();
    let checked = credentials.check(&client, &audience, now);
    if let Some(used) = checked.map_err(|refused| credentials.answer(refused))? {
        let fresh: Result<bool, StoreError> = component
            .ctx
            .store
            .write(move |tx| Box::pin(async move { store::use_assertion(tx, &used).await }))
            .await;
        if !fresh? {
            return Err(Refused::client("The client assertion has been used"));
        }
    }
    component.limiter.client(&client.client_id)?;
    Ok(client)
}
