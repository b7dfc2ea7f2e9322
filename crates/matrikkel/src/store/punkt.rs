//! Addresses by place.

use clients::matrikkel::MAX_HITS;
use kernel::params;
use kernel::store::{Store, StoreError};

use crate::model::rutenett::Sirkel;

/// The first circle that is tried, in metres.
const FIRST: f64 = 300.0;

/// The addresses of a circle with their distances in metres, the nearest first, at most 10,000.
///
/// Smaller circles are tried first, each sized by what the one before it held, so that a wide circle costs no more
/// than its nearest 10,000 addresses and some.
pub async fn innen(store: &Store, circle: Sirkel) -> Result<Vec<(f64, i64)>, StoreError> {
    let mut radius = circle.radius.min(FIRST);
    loop {
        let mut found = alle(store, Sirkel { radius, ..circle }).await?;
        if radius >= circle.radius || found.len() >= MAX_HITS {
            found.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
            found.truncate(MAX_HITS);
            return Ok(found);
        }
        let growth = if found.is_empty() { 8.0 } else { (MAX_HITS as f64 / found.len() as f64).sqrt() * 1.1 };
        radius = (radius * growth.clamp(1.3, 8.0)).min(circle.radius);
    }
}

async fn alle(store: &Store, circle: Sirkel) -> Result<Vec<(f64, i64)>, StoreError> {
    let [south, west, north, east] = circle.boks();
    let mut found = Vec::new();
    for (from, to) in circle.celler() {
        let rows = store
            .query(
                "SELECT id, lat, lon FROM adresse
                 WHERE celle >= $1 AND celle <= $2 AND lat >= $3 AND lat <= $4 AND lon >= $5 AND lon <= $6",
                params![from, to, south, north, west, east],
            )
            .await?;
        for row in rows {
            let metres = circle.avstand(row.get(1)?, row.get(2)?);
            if metres <= circle.radius {
                found.push((metres, row.get(0)?));
            }
        }
    }
    Ok(found)
}
