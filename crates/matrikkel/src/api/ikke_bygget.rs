//! What the real APIs have and Felles has not built: all that needs borders.

use axum::routing::any;
use http::Uri;
use kernel::problem::Problem;
use utoipa_axum::router::OpenApiRouter;

use super::Avslag;
use crate::Component;

const INGENTING: &str = "Det er ingenting på denne adressen.";

/// Routes that refuse.
pub fn routes() -> OpenApiRouter<Component> {
    OpenApiRouter::new()
        .route("/kommuneinfo/v1/kommuner/{kommunenummer}/omrade", any(grenser))
        .route("/kommuneinfo/v1/kommuner/{kommunenummer}/nabokommuner", any(grenser))
        .route("/kommuneinfo/v1/kommuner/illustrasjonskart", any(grenser))
        .route("/kommuneinfo/v1/fylker/{fylkesnummer}/omrade", any(grenser))
        .route("/kommuneinfo/{*sti}", any(ingenting))
        .route("/adresser/{*sti}", any(ingenting))
        .route("/matrikkel/api/{*sti}", any(ingenting_i_matrikkelen))
}

async fn grenser() -> Problem {
    Problem::not_implemented("kommunenes grenser")
}

async fn ingenting(_: Uri) -> Avslag {
    Avslag::ukjent(INGENTING)
}

async fn ingenting_i_matrikkelen() -> Problem {
    Problem::not_found(INGENTING)
}
