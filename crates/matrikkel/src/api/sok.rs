//! Addresses by words and numbers.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use clients::matrikkel::{Adressetreff, Feilmelding, Metadata};

use super::{Avslag, QueryPairs};
use crate::model::parametre::{Soek, Sporring, Utsnitt};
use crate::{Component, store};

/// Searches addresses. At least one parameter has to be given; hits fulfil all of them.
///
/// `sok` is words of nearly every field, in any order: `storgata 1 oslo`. A word may have wildcards (`*gata`). No page
/// reaches beyond 10,000 hits, and no count goes beyond them.
#[utoipa::path(get, path = "/adresser/v1/sok", tag = "adresser",
    params(("sok" = Option<String>, Query, description = "Ord fra nesten alle felt; * er wildcard"),
        ("fuzzy" = Option<bool>, Query, description = "Også ord som ligner; gjelder sok"),
        ("sokemodus" = Option<String>, Query, description = "AND (ellers) eller OR; gjelder sok"),
        ("adressenavn" = Option<String>, Query), ("adressetekst" = Option<String>, Query),
        ("adressetilleggsnavn" = Option<String>, Query), ("adressekode" = Option<i32>, Query),
        ("nummer" = Option<i32>, Query), ("bokstav" = Option<String>, Query, description = "Tom: adresser uten bokstav"),
        ("kommunenummer" = Option<String>, Query, description = "Fire siffer"), ("kommunenavn" = Option<String>, Query),
        ("gardsnummer" = Option<i32>, Query), ("bruksnummer" = Option<i32>, Query), ("festenummer" = Option<i32>, Query),
        ("undernummer" = Option<i32>, Query), ("bruksenhetsnummer" = Option<String>, Query, description = "H0101"),
        ("objtype" = Option<String>, Query, description = "Vegadresse eller Matrikkeladresse"),
        ("poststed" = Option<String>, Query), ("postnummer" = Option<String>, Query, description = "Fire siffer"),
        ("filtrer" = Option<String>, Query, description = "Felt som skal være med: adresser.kommunenummer,metadata"),
        ("utkoordsys" = Option<i32>, Query, description = "SRID; 4258 om ikke oppgitt"),
        ("treffPerSide" = Option<i32>, Query, description = "Fra 1 til 1000; 10 om ikke oppgitt"),
        ("side" = Option<i32>, Query, description = "Fra 0"),
        ("asciiKompatibel" = Option<bool>, Query, description = "true om ikke oppgitt")),
    responses((status = 200, body = Adressetreff), (status = 400, body = Feilmelding)))]
pub async fn sok(
    State(component): State<Component>,
    RawQuery(raw): RawQuery,
    query: QueryPairs,
) -> Result<Response, Avslag> {
    let pairs = super::parametre(query)?;
    let mut q = Sporring::av(&pairs);
    let (soek, utsnitt) = (Soek::les(&mut q), Utsnitt::les(&mut q));
    let (true, Some(utsnitt)) = (q.feil.is_empty(), utsnitt) else { return Err(Avslag::parametre(q.feil)) };
    let db = &component.ctx.store;
    let treff = store::soek::med_lignende(db, &component.ordbok, &soek).await?;
    let from = utsnitt.side * utsnitt.per_side;
    let ids = treff.side(db, from, utsnitt.per_side).await?;
    let rows = store::adresser(db, &ids).await?;
    let answer = Adressetreff {
        metadata: metadata(&utsnitt, treff.antall(), raw),
        adresser: rows.into_iter().map(|row| row.adresse(&utsnitt.ut, None)).collect(),
    };
    super::svar(&answer, &utsnitt.filtrer, utsnitt.ascii)
}

/// About a page.
pub fn metadata(utsnitt: &Utsnitt, total: usize, raw: Option<String>) -> Metadata {
    let from = utsnitt.side * utsnitt.per_side;
    Metadata {
        treff_per_side: utsnitt.per_side,
        side: utsnitt.side,
        totalt_antall_treff: total,
        viser_fra: from,
        viser_til: from + utsnitt.per_side,
        soke_streng: raw.unwrap_or_default(),
        ascii_kompatibel: utsnitt.ascii,
    }
}
