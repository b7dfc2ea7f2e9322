//! Matrikkelen: municipalities, properties with their buildings and owners, and addresses that can be searched by words
//! and by place.
//!
//! Open to all, under the paths of Kartverket's own: the address API (`/adresser/v1`) and the municipality information
//! (`/kommuneinfo/v1`). What needs municipalities' borders, which no store here has, answers 501. Ours alone are the bulk load
//! and the cadastre (`/matrikkel/api/v1`), whose original is SOAP: units, buildings and addresses, as they are and as they
//! were, and the change log, open to all; and owners, behind a scope and against a receipt.
//!
//! Who may be known. What is open holds no person: it is read from the store into types that have no place for an owner
//! (`clients::matrikkel::Matrikkelenhet`). Whoever has the scope learns who owns what, but not of a person whose address is
//! protected, as Kartverket keeps protected addresses back from those who may have all else (utleveringsforskriften § 4):
//! the share of such a person is shown without its owner, and a search for what the person owns finds nothing. The cadastre
//! knows of protection what the load tells (`skjermet`): a share that is screened now screens all that its owner has and
//! has had. Of a person who is protected but owns nothing any more, what they once owned can still be read. The change log
//! tells that a property has changed, for everyone alike; that a share of it has been screened looks like any other change.
//!
//! How an address is found. Words are of *streets* and *areas*, never of addresses: a street in a post code (`strekning`)
//! and a post code in a municipality (`omraade`) have rows for their words, and 2.5 million addresses lie behind some
//! 150,000 of the first and 5,000 of the second. Words that have to be compared letter by letter (wildcards, fuzziness)
//! are compared with the dictionary of distinct words (`model::ordbok`), which is read from the store at the first search
//! and only ever grows. Numbers are looked up in the streets that the words have left.
//!
//! How a place is found. Each address lies in a cell of a fixed grid (`model::rutenett`), whose number is an ordinary
//! index: a circle is a few ranges of it. An R-tree would be SQLite's alone (PostgreSQL has other words for it, and SQL
//! here is one text), or would have to be built in memory at every start; the cells need neither, and points, unlike
//! polygons, gain nothing from a tree.
//!
//! - `model`: words, parameters, cells, projections; no I/O
//! - `store`: every statement

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use kernel::Context;
use utoipa::openapi::{OpenApi, RefOr, Schema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

mod api;
pub mod model;
mod store;

pub use store::gjennomgang;

/// The name of the component and of its store.
pub const NAME: &str = clients::matrikkel::NAME;
/// Its tables.
pub const MIGRATIONS: &[&str] = &[
    kernel::feed::MIGRATION,
    include_str!("../migrations/0001_init.sql"),
    include_str!("../migrations/0002_nummer.sql"),
];

/// Matrikkelen. Clones share it.
#[derive(Clone, Debug)]
pub struct Component {
    ctx: Context,
    ordbok: Arc<store::ordbok::Delt>,
}

impl Component {
    /// Matrikkelen over its context.
    pub fn new(ctx: Context) -> Self {
        Self { ctx, ordbok: Arc::default() }
    }

    /// Every route, with its full path.
    pub fn router(&self) -> OpenApiRouter {
        let load = OpenApiRouter::new()
            .routes(routes!(api::innlasting::last_inn))
            .layer(DefaultBodyLimit::max(api::innlasting::MAX_BODY));
        let owned = OpenApiRouter::new()
            .routes(routes!(api::eierskap::soek))
            .layer(DefaultBodyLimit::max(api::eierskap::MAX_BODY));
        let cadastre = OpenApiRouter::new()
            .routes(routes!(api::matrikkelenheter::enhet))
            .routes(routes!(api::matrikkelenheter::enheter))
            .routes(routes!(api::bygninger::bygning))
            .routes(routes!(api::adresser::adresse))
            .routes(routes!(api::eierskap::eiere))
            .routes(routes!(api::endringer::endringer));
        let mut open = OpenApiRouter::new()
            .routes(routes!(api::sok::sok))
            .routes(routes!(api::punktsok::punktsok))
            .routes(routes!(api::kommuner::kommuner))
            .routes(routes!(api::kommuner::kommune))
            .routes(routes!(api::kommuner::sok))
            .routes(routes!(api::kommuner::punkt))
            .routes(routes!(api::fylker::fylker))
            .routes(routes!(api::fylker::fylke))
            .routes(routes!(api::fylker::fylkerkommuner));
        nothing_required(open.get_openapi_mut());
        open.merge(cadastre)
            .merge(owned)
            .merge(load)
            .merge(api::ikke_bygget::routes())
            .with_state(self.clone())
    }
}

/// `filtrer` leaves out whatever was not asked for: no field but an error's is sure.
fn nothing_required(document: &mut OpenApi) {
    for (name, schema) in document.components.iter_mut().flat_map(|components| &mut components.schemas) {
        if let RefOr::T(Schema::Object(object)) = schema
            && name != "Feilmelding"
        {
            object.required.clear();
        }
    }
}
