//! Innsyn: a person sees who has used their data, when, on what basis and for what, and gets a proof of each line that
//! can be checked without trusting this server.
//!
//! The uses are the entries of the access log (`kernel::log`); this component has no data of its own. The log's
//! checkpoints, key and tiles are public, in the form of C2SP tlog-tiles, so that anyone can watch that it only grows.
//! They are hashes of salted entries and tell nothing about anyone.

use kernel::Context;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

mod api;
pub mod model;

/// The name of the component.
pub const NAME: &str = clients::transparency::NAME;
/// The component has no tables.
pub const MIGRATIONS: &[&str] = &[];

/// The scope with which a signed-in person sees the uses of their data.
pub const SCOPE: &str = "felles:innsyn";

/// The view of the access log. Clones share it.
#[derive(Clone, Debug)]
pub struct Component {
    ctx: Context,
}

impl Component {
    /// The component over its context.
    pub fn new(ctx: Context) -> Self {
        Self { ctx }
    }

    /// Every route, with its full path.
    pub fn router(&self) -> OpenApiRouter {
        let mut router = OpenApiRouter::new()
            .routes(routes!(api::bruk::list))
            .routes(routes!(api::bruk::bevis))
            .routes(routes!(api::logg::checkpoint))
            .routes(routes!(api::logg::noekkel))
            .routes(routes!(api::logg::tile))
            .with_state(self.clone());
        // A tile's path goes on over slashes: axum has a sign for that, OpenAPI none.
        let paths = &mut router.get_openapi_mut().paths.paths;
        *paths =
            std::mem::take(paths).into_iter().map(|(path, item)| (path.replace("{*", "{"), item)).collect();
        router
    }
}
