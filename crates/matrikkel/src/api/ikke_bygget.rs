//! What the real APIs have and Felles has not built: all that needs borders.

use axum::routing::any;
use http::Uri;
use kernel::problem::Problem;
use utoipa_axum::router::OpenApiRouter;

use super::Avslag;
use crate::Component;

/// Routes that refuse.
pub fn routes() -> OpenApiRouter<Component> {
    OpenApiRouter::new()
        .route("/kommuneinfo/v1/kommuner/{kommunenummer}/omrade", any(grenser))
        .route("/kommuneinfo/v1/kommuner/{kommunenummer}/nabokommuner", any(grenser))
        .route("/kommuneinfo/v1/kommuner/illustrasjonskart", any(grenser))
        .route("/kommuneinfo/v1/fylker/{fylkesnummer}/omrade", any(grenser))
        .route("/kommuneinfo/{*sti}", any(ingenting))
        .route("/adresser/{*sti}", any(ingenting))
}

async fn grenser() -> Problem {
    Problem::not_implemented("kommunenes grenser")
}

async fn ingenting(_: Uri) -> Avslag {
    Avslag::ukjent("Det er ingenting på denne adressen.")
}
