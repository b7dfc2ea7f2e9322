//! Sub-units: places of business below a main unit.

use axum::extract::State;
use axum::response::Response;
use clients::enhetsregister::{Feil, FjernetEnhet, Oppslag, Treff, Underenhet, Underenheter};
use http::HeaderMap;
use kernel::problem::Problem;

use super::{Avslag, Nummer, QueryPairs};
use crate::Component;
use crate::model::Slag;

/// A sub-unit. One that is deleted answers with its name, form and date; one that is removed, 410.
#[utoipa::path(get, path = "/enhetsregisteret/api/underenheter/{orgnr}", tag = "underenheter",
    params(("orgnr" = String, Path, description = "Organisasjonsnummer, ni siffer")),
    responses((status = 200, body = Oppslag<Underenhet>), (status = 400, body = Feil), (status = 404, body = Feil),
        (status = 406, body = Feil), (status = 410, body = FjernetEnhet)))]
pub async fn hent(
    State(component): State<Component>,
    Nummer(orgnr): Nummer,
    headers: HeaderMap,
) -> Result<Response, Avslag> {
    super::enheter::oppslag(&component, Slag::Underenhet, orgnr, &headers).await
}

/// Searches sub-units; as the search of main units.
#[utoipa::path(get, path = "/enhetsregisteret/api/underenheter", tag = "underenheter",
    params(("navn" = Option<String>, Query, description = "Ord i navnet, eller begynnelsen av dem"),
        ("navnMetodeForSoek" = Option<String>, Query, description = "FORTLOEPENDE: ordene skal stå etter hverandre"),
        ("hjemmeside" = Option<String>, Query, description = "Liste"),
        ("beliggenhetsadresse.poststed" = Option<String>, Query, description = "Liste"),
        ("beliggenhetsadresse.landkode" = Option<String>, Query, description = "Liste"),
        ("beliggenhetsadresse.adresse" = Option<String>, Query, description = "Ord i adressen, eller begynnelsen av dem"),
        ("postadresse.postnummer" = Option<String>, Query, description = "Liste"),
        ("postadresse.poststed" = Option<String>, Query, description = "Liste"),
        ("postadresse.landkode" = Option<String>, Query, description = "Liste"),
        ("postadresse.adresse" = Option<String>, Query, description = "Ord i adressen, eller begynnelsen av dem"),
        ("fraDatoEierskifte" = Option<String>, Query), ("tilDatoEierskifte" = Option<String>, Query),
        ("fraNedleggelsesdato" = Option<String>, Query), ("tilNedleggelsesdato" = Option<String>, Query),
        ("organisasjonsnummer" = Option<String>, Query, description = "Liste av organisasjonsnumre"),
        ("overordnetEnhet" = Option<String>, Query, description = "Liste av organisasjonsnumre"),
        ("organisasjonsform" = Option<String>, Query, description = "AAFY, BEDR"),
        ("naeringskode" = Option<String>, Query, description = "Liste av koder eller begynnelsen av dem"),
        ("kommunenummer" = Option<String>, Query, description = "Liste; beliggenhetsadresse eller postadresse"),
        ("beliggenhetsadresse.kommunenummer" = Option<String>, Query, description = "Liste"),
        ("beliggenhetsadresse.postnummer" = Option<String>, Query, description = "Liste"),
        ("postadresse.kommunenummer" = Option<String>, Query, description = "Liste"),
        ("fraAntallAnsatte" = Option<String>, Query), ("tilAntallAnsatte" = Option<String>, Query),
        ("fraRegistreringsdatoEnhetsregisteret" = Option<String>, Query), ("tilRegistreringsdatoEnhetsregisteret" = Option<String>, Query),
        ("fraOppstartsdato" = Option<String>, Query), ("tilOppstartsdato" = Option<String>, Query),
        ("registrertIMvaregisteret" = Option<String>, Query), ("harRegistrertAntallAnsatte" = Option<String>, Query),
        ("sort" = Option<String>, Query, description = "navn,ASC"),
        ("page" = Option<String>, Query, description = "Fra 0"), ("size" = Option<String>, Query, description = "Fra 1; 20 om ikke oppgitt")),
    responses((status = 200, body = Treff<Underenheter>), (status = 400, body = Feil), (status = 406, body = Feil), (status = 501, body = Problem)))]
pub async fn soek(
    State(component): State<Component>,
    query: QueryPairs,
    headers: HeaderMap,
) -> Result<Response, Avslag> {
    super::enheter::treff(&component, Slag::Underenhet, query, &headers).await
}
