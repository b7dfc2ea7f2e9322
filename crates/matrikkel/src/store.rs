//! Every statement. `soek` finds addresses by words and numbers, `punkt` by place, `eiendom` reads properties, `innlasting`
//! writes; here is what is read by key.

use std::collections::HashMap;

use clients::matrikkel::Kommune;
use kernel::store::{Row, Store, StoreError};

use crate::model::svar::Rad;

pub mod eiendom;
pub mod gjennomgang;
pub mod innlasting;
pub mod ordbok;
pub mod punkt;
pub mod soek;

/// Numbers as the list of an `IN`. They are numbers, so they stand in the statement itself.
fn liste(numbers: &[i64]) -> String {
    let texts: Vec<String> = numbers.iter().map(i64::to_string).collect();
    texts.join(",")
}

/// Every municipality, by number.
pub async fn kommuner(store: &Store) -> Result<Vec<Kommune>, StoreError> {
    let rows = store.query("SELECT innhold FROM kommune ORDER BY nummer", &[]).await?;
    rows.iter().map(|row| les_kommune(&row.get::<String>(0)?)).collect()
}

/// A municipality.
pub async fn kommune(store: &Store, nummer: &str) -> Result<Option<Kommune>, StoreError> {
    let row =
        store.query_opt("SELECT innhold FROM kommune WHERE nummer = $1", kernel::params![nummer]).await?;
    row.map(|row| les_kommune(&row.get::<String>(0)?)).transpose()
}

fn les_kommune(text: &str) -> Result<Kommune, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Damaged(format!("a municipality: {error}")))
}

/// The addresses of these numbers, in this order.
pub async fn adresser(store: &Store, ids: &[i64]) -> Result<Vec<Rad>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT a.id, s.kode, s.navn, s.tillegg, a.nummer, a.bokstav, o.kommune, o.kommunenavn, o.postnummer, o.poststed,
                a.gnr, a.bnr, a.fnr, a.unr, a.lat, a.lon, a.bruksenheter, a.oppdatert
         FROM adresse a JOIN strekning s ON s.id = a.strekning JOIN omraade o ON o.id = s.omraade
         WHERE a.id IN ({})",
        liste(ids)
    );
    let mut found = HashMap::with_capacity(ids.len());
    for row in store.query(&sql, &[]).await? {
        let rad = rad(&row)?;
        found.insert(rad.id, rad);
    }
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

fn rad(row: &Row) -> Result<Rad, StoreError> {
    Ok(Rad {
        id: row.get(0)?,
        kode: row.get(1)?,
        navn: row.get(2)?,
        tillegg: row.get(3)?,
        nummer: row.get(4)?,
        bokstav: row.get(5)?,
        kommune: row.get(6)?,
        kommunenavn: row.get(7)?,
        postnummer: row.get(8)?,
        poststed: row.get(9)?,
        eiendom: [row.get(10)?, row.get(11)?, row.get(12)?, row.get(13)?],
        punkt: (row.get(14)?, row.get(15)?),
        bruksenheter: row.get(16)?,
        oppdatert: row.get(17)?,
    })
}
