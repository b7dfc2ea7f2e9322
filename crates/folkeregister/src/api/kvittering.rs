//! What became of a message, for whoever sent it.

use axum::extract::State;
use axum::response::Response;
use clients::folkeregister::{Feil, Kvittering, MELDINGER, SCOPE_FOEDSELSMELDING, mottaksscope};
use http::HeaderMap;
use kernel::auth::{AuthError, Issuer};
use kernel::log::{Access, Personal};

use super::{Avslag, Sti, mottak};
use crate::{Component, NAME, store};

/// The receipt of a message that the caller's organisation has sent. Another's is not found.
#[utoipa::path(get, path = "/folkeregisteret/mottak/api/v1/kvittering/{meldingsId}", tag = "mottak",
    params(("meldingsId" = String, Path, description = "Avsenders eget nummer på meldingen")),
    responses((status = 200, body = Kvittering), (status = 401, body = Feil), (status = 403, body = Feil), (status = 404, body = Feil)))]
pub async fn hent(
    State(component): State<Component>,
    Sti(id): Sti<String>,
    headers: HeaderMap,
) -> Result<Response, Avslag> {
    let ctx = &component.ctx;
    super::kun_json(&headers)?;
    let claims = ctx.auth.bearer(&headers, Issuer::Maskinporten).await?;
    if !MELDINGER.iter().any(|melding| claims.has_scope(&mottaksscope(melding))) {
        return Err(AuthError::scope(SCOPE_FOEDSELSMELDING).into());
    }
    let found = store::melding(&ctx.store, &mottak::avsender(&claims), &id).await?;
    let found = found
        .ok_or_else(|| Avslag::ukjent("Det finnes ingen melding med dette nummeret fra denne avsenderen."))?;
    let access =
        Access::from_claims(NAME, &claims, &headers, "Hentet kvittering for en melding", mottak::HJEMMEL);
    let subjects = found.pid.into_iter().collect();
    Ok(super::svar(
        super::form::Form::Json,
        Personal::many(subjects, found.kvittering).release(&ctx.log, access).await?,
    ))
}
