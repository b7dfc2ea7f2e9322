//! The log as anyone may watch it: checkpoint, key, tiles (C2SP tlog-tiles).

use axum::extract::{Path, State};
use http::{HeaderName, header};
use kernel::problem::Problem;

use crate::{Component, model};

/// An answer and how it is kept.
type Public<T> = ([(HeaderName, &'static str); 2], T);

const TEXT: (HeaderName, &str) = (header::CONTENT_TYPE, "text/plain; charset=utf-8");

/// The newest checkpoint: a signed note of the log's name, its number of entries and its root.
#[utoipa::path(get, path = "/innsyn/logg/checkpoint", tag = "innsyn", responses((status = 200, content_type = "text/plain", body = String)))]
pub async fn checkpoint(State(component): State<Component>) -> Result<Public<String>, Problem> {
    let note = component.ctx.log.checkpoint().await?;
    Ok(([TEXT, (header::CACHE_CONTROL, "no-cache")], note))
}

/// The key that verifies checkpoints, as signed-note writes it.
#[utoipa::path(get, path = "/innsyn/logg/noekkel", tag = "innsyn", responses((status = 200, content_type = "text/plain", body = String)))]
pub async fn noekkel(State(component): State<Component>) -> Public<String> {
    ([TEXT, (header::CACHE_CONTROL, "public, max-age=3600")], component.ctx.log.verifier().encode())
}

/// A tile: up to 256 hashes of one level of the tree, 32 bytes each.
#[utoipa::path(get, path = "/innsyn/logg/tile/{*tile}", tag = "innsyn",
    params(("tile" = String, Path, description = "Level and number, `0/x001/067`, and the width where it is not full, `0/x001/067.p/8`")),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>), (status = 404, body = Problem)))]
pub async fn tile(
    State(component): State<Component>,
    Path(tile): Path<String>,
) -> Result<Public<Vec<u8>>, Problem> {
    let unknown = || Problem::not_found("Det finnes ingen slik flis.");
    let (level, index, width) = model::tile_path(&tile).ok_or_else(unknown)?;
    let hashes = component.ctx.log.tile(level, index, width).await?.ok_or_else(unknown)?;
    let kept = (header::CACHE_CONTROL, "public, max-age=31536000, immutable");
    Ok(([(header::CONTENT_TYPE, "application/octet-stream"), kept], hashes))
}
