//! Folkeregisteret: who lives, and who they are to each other.
//!
//! Readers ask through a rights package (`rettighetspakke`), which says what they may see; the paths and the person
//! document are those of the real register, its package with legal basis first. They read JSON, or XML by the schemas in
//! `skjema/`, and the feed as Atom. Hospitals and doctors report births and
//! deaths to the intake (`mottak`), whose JSON is ours, after the messages that the register publishes. Ours alone is also
//! the bulk load of a synthetic nation.
//!
//! - `model::pakke`: what a package may see; `model::utsnitt`: a document cut down to that
//! - `model::soek`: who is found by what, and which rows lead there
//! - `model::uttrekk`: which people an extract has
//! - `model::foedsel`, `model::doedsfall`, `model::flytting`, `model::sivilstand`, `model::opplysninger`: what a message
//!   changes, by law
//! - `model::hendelser`: what events tell of a change
//! - `api::form`: in which form an answer leaves; `api::xml`: XML and Atom from the JSON of the same answer
//! - `feed`: the events; `store`: every statement

use std::num::NonZeroU32;
use std::sync::Arc;

use ipnet::IpNet;
use kernel::Context;
use kernel::limits::{Limiter, Limits, Rate};
use kernel::store::StoreError;
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
    include_str!("../migrations/0003_soek.sql"),
    include_str!("../migrations/0004_meldingsspor.sql"),
    include_str!("../migrations/0005_uttrekk.sql"),
    include_str!("../migrations/0006_navnepar.sql"),
];

/// The register. Clones share it.
#[derive(Clone, Debug)]
pub struct Component {
    ctx: Arc<Context>,
    limiter: Limiter,
    ventende: Arc<store::soek::Ventende>,
}

/// What an address may ask for in a minute, and at once (spec `registers.md` § A2, after the register's documentation).
pub const PER_MINUTE: NonZeroU32 = NonZeroU32::new(60_000).unwrap();

impl Component {
    /// The register over its context.
    pub fn new(ctx: Context) -> Self {
        Self {
            limiter: limiter(&ctx, Limits::default().exempt),
            ventende: Arc::default(),
            ctx: Arc::new(ctx),
        }
    }

    /// Leaves these addresses without any limit; otherwise this machine's own.
    #[must_use]
    pub fn exempt(self, exempt: &[IpNet]) -> Self {
        Self { limiter: limiter(&self.ctx, exempt.to_vec()), ..self }
    }

    /// Makes it possible to find people who were registered with an older edition of the program, or whose load was broken
    /// off. At once where there are none.
    pub async fn oppgrader(&self) -> Result<(), StoreError> {
        store::soek::forny(&self.ctx.store).await
    }

    /// Every route, with its full path.
    pub fn router(&self) -> OpenApiRouter {
        let deling = OpenApiRouter::new()
            .routes(routes!(api::personer::med_hjemmel))
            .routes(routes!(api::personer::i_pakke))
            .routes(routes!(api::soek::entydig_med_hjemmel))
            .routes(routes!(api::soek::entydig_i_pakke))
            .routes(routes!(api::soek::treffliste_med_hjemmel))
            .routes(routes!(api::soek::treffliste_i_pakke))
            .routes(routes!(api::bulkoppslag::med_hjemmel))
            .routes(routes!(api::bulkoppslag::i_pakke))
            .routes(routes!(api::arkiv::hent))
            .routes(routes!(api::arkiv::bulkoppslag))
            .routes(routes!(api::hendelser::feed))
            .routes(routes!(api::hendelser::feed_i_pakke))
            .routes(routes!(api::hendelser::siste))
            .routes(routes!(api::hendelser::siste_i_pakke))
            .routes(routes!(api::hendelser::hent))
            .routes(routes!(api::hendelser::bulkoppslag))
            .routes(routes!(api::uttrekk::komplett))
            .routes(routes!(api::uttrekk::tilpasset_med_hjemmel))
            .routes(routes!(api::uttrekk::tilpasset_i_pakke))
            .routes(routes!(api::uttrekk::batch_med_hjemmel))
            .routes(routes!(api::uttrekk::batch_i_pakke))
            .routes(routes!(api::skjema::personer))
            .routes(routes!(api::skjema::personer_i_pakke))
            .routes(routes!(api::skjema::hendelser))
            .routes(routes!(api::skjema::hendelser_i_pakke))
            .routes(routes!(api::skjema::feed))
            .routes(routes!(api::skjema::feed_i_pakke))
            .merge(api::med_skraastrek())
            .layer(axum::extract::DefaultBodyLimit::max(api::MAX_LOOK_UP))
            .layer(axum::middleware::from_fn_with_state(self.clone(), api::begrens))
            .merge(api::annet::routes())
            .layer(axum::middleware::from_fn(api::form::tilpass));
        let mottak = OpenApiRouter::new()
            .routes(routes!(api::mottak::foedselsmelding))
            .routes(routes!(api::mottak::doedsmelding))
            .routes(routes!(api::mottak::flyttemelding))
            .routes(routes!(api::mottak::innflytting))
            .routes(routes!(api::mottak::utflytting))
            .routes(routes!(api::mottak::vigsel))
            .routes(routes!(api::mottak::separasjon))
            .routes(routes!(api::mottak::skilsmisse))
            .routes(routes!(api::mottak::navnevalg))
            .routes(routes!(api::mottak::farskap))
            .routes(routes!(api::mottak::vergemaal))
            .routes(routes!(api::mottak::adressebeskyttelse))
            .routes(routes!(api::mottak::dnummer))
            .routes(routes!(api::mottak::nummerendring))
            .routes(routes!(api::mottak::annullering))
            .routes(routes!(api::kvittering::hent))
            .layer(axum::extract::DefaultBodyLimit::max(api::MAX_MESSAGE));
        let innlasting = OpenApiRouter::new()
            .routes(routes!(api::innlasting::last_inn))
            .layer(axum::extract::DefaultBodyLimit::max(api::MAX_LOAD));
        deling.merge(mottak).merge(innlasting).with_state(self.clone())
    }
}

fn limiter(ctx: &Context, exempt: Vec<IpNet>) -> Limiter {
    let program_address = Rate { per_minute: PER_MINUTE, burst: PER_MINUTE };
    Limiter::new(&Limits { program_address, exempt, ..Limits::default() }, ctx.clock.clone())
}
