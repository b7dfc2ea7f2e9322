//! Enhetsregisteret: businesses and other bodies, their places of business, and who has which role in them.
//!
//! Open to all are units, sub-units, roles (with date of birth, never a number), searches, code lists, total downloads and
//! the feeds of changes, under the paths of the real register. Behind Maskinporten, and each use in the log, are a unit's
//! roles with numbers and a person's roles by number. Ours alone are the bulk load and the intake of notices.
//!
//! - `model`: what a registration becomes; `model::soek`: what can be asked; `model::koder`: forms and kinds of roles
//! - `notis`: what a notice does, in one transaction; `model::regler`: the rules of the forms
//! - `store`: every statement

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use clients::folkeregister::Folkeregister;
use kernel::Context;
use kernel::store::StoreError;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

mod api;
pub mod model;
mod notis;
mod store;

pub use store::gjennomgang;

/// The name of the component and of its store.
pub const NAME: &str = clients::enhetsregister::NAME;
/// The scope of those who send notices to the register, of Felles' own making.
pub const SCOPE_REGISTERMELDING: &str = "brreg:mottak/registermelding";
/// The register's tables.
pub const MIGRATIONS: &[&str] = &[
    kernel::feed::MIGRATION,
    include_str!("../migrations/0001_init.sql"),
    include_str!("../migrations/0002_soek.sql"),
    include_str!("../migrations/0003_mottak.sql"),
];

/// The register. Clones share it.
#[derive(Clone)]
pub struct Component {
    ctx: Context,
    antall: Arc<store::Antall>,
    folkeregister: Option<Folkeregister>,
}

impl std::fmt::Debug for Component {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Component")
    }
}

impl Component {
    /// The register over its context.
    pub fn new(ctx: Context) -> Self {
        Self { ctx, antall: Arc::default(), folkeregister: None }
    }

    /// With a way to Folkeregisteret, without which no notice that names people is taken.
    pub fn folkeregister(self, people: Folkeregister) -> Self {
        Self { folkeregister: Some(people), ..self }
    }

    /// Writes rows of an older edition of the program again, which searches would not find. At once where there are none.
    pub async fn oppgrader(&self) -> Result<(), StoreError> {
        while store::forny(&self.ctx.store).await? {}
        Ok(())
    }

    /// Every route, with its full path.
    pub fn router(&self) -> OpenApiRouter {
        let load = OpenApiRouter::new()
            .routes(routes!(api::innlasting::last_inn))
            .layer(DefaultBodyLimit::max(api::innlasting::MAX_BODY));
        let intake = OpenApiRouter::new()
            .routes(routes!(api::mottak::nyregistrering))
            .routes(routes!(api::mottak::endring))
            .routes(routes!(api::mottak::sletting))
            .routes(routes!(api::mottak::underenhet))
            .routes(routes!(api::mottak::frivillighetsregisteret))
            .routes(routes!(api::mottak::merverdiavgiftsregisteret))
            .routes(routes!(api::mottak::kvittering))
            .routes(routes!(api::frivillighet::hent))
            .layer(DefaultBodyLimit::max(api::mottak::MAX_BODY));
        OpenApiRouter::new()
            .routes(routes!(api::rot))
            .routes(routes!(api::enheter::soek))
            .routes(routes!(api::enheter::hent))
            .routes(routes!(api::underenheter::soek))
            .routes(routes!(api::underenheter::hent))
            .routes(routes!(api::roller::hent))
            .routes(routes!(api::roller::juridiske))
            .routes(routes!(api::lastned::enheter))
            .routes(routes!(api::lastned::enheter_csv))
            .routes(routes!(api::lastned::underenheter))
            .routes(routes!(api::lastned::underenheter_csv))
            .routes(routes!(api::lastned::roller))
            .routes(routes!(api::regneark::enheter))
            .routes(routes!(api::regneark::underenheter))
            .routes(routes!(api::kommuner::alle))
            .routes(routes!(api::kommuner::en))
            .routes(routes!(api::koder::organisasjonsformer))
            .routes(routes!(api::koder::organisasjonsformer_enheter))
            .routes(routes!(api::koder::organisasjonsformer_underenheter))
            .routes(routes!(api::koder::organisasjonsform))
            .routes(routes!(api::koder::rolletyper))
            .routes(routes!(api::koder::rolletype))
            .routes(routes!(api::koder::rollegruppetyper))
            .routes(routes!(api::koder::rollegruppetype))
            .routes(routes!(api::oppdateringer::enheter))
            .routes(routes!(api::oppdateringer::underenheter))
            .routes(routes!(api::oppdateringer::roller))
            .routes(routes!(api::autorisert::roller))
            .routes(routes!(api::autorisert::rolleutskrift))
            .layer(DefaultBodyLimit::max(api::MAX_BODY))
            .merge(load)
            .merge(intake)
            .merge(api::ikke_bygget::routes())
            .layer(axum::middleware::from_fn_with_state(self.clone(), api::feil::skriv))
            .with_state(self.clone())
    }
}
