//! Kontakt- og reservasjonsregisteret: e-mail, phone, language, digital mailbox, and whether a person has opted out.
//!
//! The look-ups are those of the real register, wire for wire: by list for organisations (Maskinporten), and one's own data
//! for a signed-in person (ID-porten). Ours alone are the bulk load and the change of one's own data with PUT. Signed
//! answers (`application/jose`) and the print provider's certificate answer 501; the choice of a mailbox has no route yet.

use axum::extract::DefaultBodyLimit;
use kernel::Context;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

mod api;
pub mod model;
mod store;

pub use store::gjennomgang;

/// The name of the component and of its store.
pub const NAME: &str = clients::kontaktregister::NAME;
/// The register's tables.
pub const MIGRATIONS: &[&str] = &[kernel::feed::MIGRATION, include_str!("../migrations/0001_init.sql")];

/// The register. Clones share it.
#[derive(Clone, Debug)]
pub struct Component {
    ctx: Context,
}

impl Component {
    /// The register over its context.
    pub fn new(ctx: Context) -> Self {
        Self { ctx }
    }

    /// Every route, with its full path.
    pub fn router(&self) -> OpenApiRouter {
        let load = OpenApiRouter::new()
            .routes(routes!(api::innlasting::load))
            .layer(DefaultBodyLimit::max(api::innlasting::MAX_BODY));
        OpenApiRouter::new()
            .routes(routes!(api::personer::v1))
            .routes(routes!(api::personer::v2))
            .routes(routes!(api::person::get_v1, api::person::patch_v1))
            .routes(routes!(api::person::get_v2, api::person::put_v2))
            .routes(routes!(api::endringer::hent))
            .routes(routes!(api::printsertifikat::hent))
            .layer(DefaultBodyLimit::max(api::MAX_BODY))
            .merge(load)
            .with_state(self.clone())
    }
}
