//! The print provider and its certificate.

use kernel::problem::Problem;

/// Answers 501: letters to print are taken without encryption here, so there is no certificate to give.
#[utoipa::path(get, path = "/kontaktregisteret/rest/v2/printSertifikat", tag = "kontaktregister", responses((status = 501, body = Problem)))]
pub async fn hent() -> Problem {
    Problem::not_implemented("utskriftsleverandørens sertifikat")
}
