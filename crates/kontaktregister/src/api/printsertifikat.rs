//! The print provider and its certificate.

use axum::Json;
use axum::extract::State;
use clients::kontaktregister::PrintSertifikat;
use kernel::problem::Problem;

use crate::Component;

/// The provider that letters to print are addressed to, and the certificate to encrypt them to. No token is needed.
#[utoipa::path(get, path = "/kontaktregisteret/rest/v2/printSertifikat", tag = "kontaktregister",
    responses((status = 200, body = PrintSertifikat), (status = 404, body = Problem), (status = 503, body = Problem)))]
pub async fn hent(State(component): State<Component>) -> Result<Json<PrintSertifikat>, Problem> {
    let certificates = component.certificates().await.map_err(|error| {
        tracing::error!(%error, "the mailboxes do not say what their certificates are");
        Problem::unavailable("Utskriftsleverandørens sertifikat kan ikke hentes akkurat nå.")
    })?;
    let none = || Problem::not_found("Utskriftsleverandøren her har ikke noe sertifikat.");
    let utskrift = certificates.ok_or_else(none)?.utskrift;
    Ok(Json(PrintSertifikat {
        postkasseleverandoer_adresse: utskrift.virksomhetsidentifikator,
        x509_sertifikat: utskrift.sertifikat,
    }))
}
