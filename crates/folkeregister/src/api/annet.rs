//! What is on no other address: why there is nothing.

use axum::routing::any;
use http::{StatusCode, Uri};
use utoipa_axum::router::OpenApiRouter;

use super::Avslag;
use crate::Component;
use crate::model::pakke::Pakke;

/// The route that refuses.
pub fn routes() -> OpenApiRouter<Component> {
    OpenApiRouter::new().route("/folkeregisteret/{*sti}", any(annet))
}

async fn annet(uri: Uri) -> Avslag {
    let path = uri.path().trim_start_matches("/folkeregisteret/").trim_end_matches('/');
    let parts: Vec<&str> = path.split('/').collect();
    let (pakke, ressurs) = match parts.as_slice() {
        ["offentlig-med-hjemmel", "api", "v1", rest @ ..] => (Some(Pakke::MedHjemmel), rest),
        ["api", pakke, "v1", rest @ ..] => (Pakke::av_sti(pakke), rest),
        [_, "api", "v1", "personer" | "hendelser" | "uttrekk", ..] => (None, [].as_slice()),
        _ => return Avslag::ukjent("Det er ingenting på denne adressen."),
    };
    match (pakke, ressurs) {
        (None, _) => Avslag::ukjent("Det finnes ingen slik rettighetspakke."),
        (Some(_), ["uttrekk", ..]) => {
            Avslag::ny(StatusCode::FORBIDDEN, "Et komplett uttrekk er bare for dem med hjemmel.")
        }
        (Some(_), ["hendelser", ..]) => {
            Avslag::ny(StatusCode::FORBIDDEN, "Hendelser i sin helhet er bare for dem med hjemmel.")
        }
        _ => Avslag::ukjent("Det er ingenting på denne adressen."),
    }
}
