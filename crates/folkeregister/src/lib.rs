//! Folkeregisteret: who lives, and who they are to each other.
//!
//! Readers ask through a rights package (`rettighetspakke`), which says what they may see; the paths and the person
//! document are those of the real register, its package with legal basis first. Hospitals and doctors report births and
//! deaths to the intake (`mottak`), whose JSON is ours, after the messages that the register publishes. Ours alone is also
//! the bulk load of a synthetic nation.
//!
//! - `model::pakke`: what a package may see; `model::utsnitt`: a document cut down to that
//! - `model::foedsel`, `model::doedsfall`: what a birth and a death change, by law
//! - `feed`: the events; `store`: every statement

use std::sync::Arc;

use kernel::Context;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

mod api;
mod feed;
pub mod model;
mod store;

pub use store::gjennomgang;

/// The name of the component and of its store.
pub const NAME: &str = clients::folkeregister::NAME;
/// The register's tables.
pub const MIGRATIONS: &[&str] = &[
    kernel::feed::MIGRATION,
    include_str!("../migrations/0001_init.sql"),
    include_str!("../migrations/0002_pakket.sql"),
];

/// The register. Clones share it.
#[derive(Clone, Debug)]
pub struct Component {
    ctx: Arc<Context>,
}

impl Component {
    /// The register over its context.
    pub fn new(ctx: Context) -> Self {
        Self { ctx: Arc::new(ctx) }
    }

    /// Every route, with its full path.
    pub fn router(&self) -> OpenApiRouter {
        let deling = OpenApiRouter::new()
            .routes(routes!(api::personer::med_hjemmel))
            .routes(routes!(api::personer::i_pakke))
            .routes(routes!(api::bulkoppslag::med_hjemmel))
            .routes(routes!(api::bulkoppslag::i_pakke))
            .routes(routes!(api::arkiv::hent))
            .routes(routes!(api::arkiv::bulkoppslag))
            .routes(routes!(api::hendelser::feed))
            .routes(routes!(api::hendelser::siste))
            .routes(routes!(api::hendelser::hent))
            .routes(routes!(api::hendelser::bulkoppslag))
            .merge(api::med_skraastrek())
            .layer(axum::extract::DefaultBodyLimit::max(api::MAX_LOOK_UP));
        let mottak = OpenApiRouter::new()
            .routes(routes!(api::mottak::foedselsmelding))
            .routes(routes!(api::mottak::doedsmelding))
            .routes(routes!(api::kvittering::hent))
            .layer(axum::extract::DefaultBodyLimit::max(api::MAX_MESSAGE));
        let innlasting = OpenApiRouter::new()
            .routes(routes!(api::innlasting::last_inn))
            .layer(axum::extract::DefaultBodyLimit::max(api::MAX_LOAD));
        let rest = api::ikke_bygget::routes();
        deling.merge(mottak).merge(innlasting).merge(rest).with_state(self.clone())
    }
}
