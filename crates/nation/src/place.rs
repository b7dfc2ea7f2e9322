//! Where things are: municipalities on the map, and the points of addresses, in millionths of a degree of EUREF89.
//!
//! There are no borders here, so a point is inside its municipality as far as the box around it says. Streets lie around
//! the municipality's own point, closer the fewer people it has.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use clients::matrikkel::{Crs, Geoboks, Geopunkt, Kommune, Kommunenavn, Posisjon};

use crate::facts::facts;
use crate::model::{Address, Home};

/// Millionths of a degree of latitude in ten metres.
const TEN_METRES: i64 = 90;
/// The cosine of latitudes from 57° on, of a thousand.
const COSINE: [i64; 16] = [545, 530, 515, 500, 485, 469, 454, 438, 423, 407, 391, 375, 358, 342, 326, 309];
/// Ways that a street can run: steps north and east, a thousand long.
const WAYS: [(i64, i64); 8] =
    [(1000, 0), (924, 383), (707, 707), (383, 924), (0, 1000), (-383, 924), (-707, 707), (-924, 383)];

/// A municipality on the map.
struct Sted {
    fylke: &'static str,
    samisk: bool,
    /// Official names with their languages; none where the Norwegian name is the only one.
    navn: Vec<(&'static str, &'static str)>,
    lat: i64,
    lon: i64,
    /// South, west, north, east.
    boks: [i64; 4],
}

/// By the places of the municipalities in [`facts`].
fn steder() -> &'static [Sted] {
    static STEDER: OnceLock<Vec<Sted>> = OnceLock::new();
    STEDER.get_or_init(|| {
        let lines = include_str!("../data/steder.tsv").lines().filter(|line| !line.starts_with('#'));
        let mut all: BTreeMap<&str, Sted> = lines
            .map(|line| {
                let fields: Vec<&str> = line.split('\t').collect();
                // The file is our own, and a test reads it all.
                let text = |n: usize| fields.get(n).copied().unwrap_or_default();
                let number = |n: usize| text(n).parse().unwrap_or(0);
                let names = text(9).split("; ").filter_map(|name| name.split_once(": "));
                let sted = Sted {
                    fylke: text(1),
                    samisk: text(8) == "s",
                    navn: names.collect(),
                    lat: number(2),
                    lon: number(3),
                    boks: [number(4), number(5), number(6), number(7)],
                };
                (text(0), sted)
            })
            .collect();
        facts().kommuner.iter().filter_map(|kommune| all.remove(kommune.nummer)).collect()
    })
}

/// Degrees from millionths.
fn degrees(millionths: i64) -> f64 {
    millionths as f64 / 1_000_000.0
}

/// Every municipality, as Matrikkelen knows it.
pub fn kommuner() -> impl Iterator<Item = Kommune> {
    facts().kommuner.iter().zip(steder()).map(|(kommune, sted)| {
        let names: &[_] = if sted.navn.is_empty() { &[("Norwegian", kommune.navn)] } else { &sted.navn };
        let [south, west, north, east] = sted.boks.map(degrees);
        let ring = vec![[west, south], [west, north], [east, north], [east, south], [west, south]];
        Kommune {
            avgrensningsboks: Geoboks {
                kind: "Polygon".to_owned(),
                coordinates: vec![ring],
                crs: Crs::epsg(4258),
            },
            fylkesnavn: sted.fylke.to_owned(),
            fylkesnummer: kommune.fylke().to_owned(),
            gyldige_navn: (1..)
                .zip(names)
                .map(|(prioritet, (sprak, navn))| Kommunenavn {
                    navn: (*navn).to_owned(),
                    prioritet,
                    sprak: (*sprak).to_owned(),
                })
                .collect(),
            kommunenavn: names.first().map_or(kommune.navn, |(_, navn)| *navn).to_owned(),
            kommunenavn_norsk: kommune.navn.to_owned(),
            kommunenummer: kommune.nummer.to_owned(),
            punkt_i_omrade: Geopunkt {
                kind: "Point".to_owned(),
                coordinates: [degrees(sted.lon), degrees(sted.lat)],
                crs: Crs::epsg(4258),
            },
            samisk_forvaltningsomrade: sted.samisk,
        }
    })
}

/// A number that follows from what it is given, and looks like chance.
pub fn mixed(a: u64, b: u64) -> u64 {
    let mut n = a.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ b.wrapping_add(0x632b_e59b_d9b4_e019);
    n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    n ^ (n >> 31)
}

/// Where a home's entrance is.
pub fn position(home: &Home) -> Posisjon {
    let kommune = &facts().kommuner[usize::from(home.kommune)];
    let Some(sted) = steder().get(usize::from(home.kommune)) else { return Posisjon { lat: 0.0, lon: 0.0 } };
    // A tenth of what a circle of three people a hectare would need, and some hundred metres at least; in tens of metres.
    let reach = i64::from(kommune.folketall).isqrt() * 4 / 5 + 40;
    let (street, along, reach) = match home.address {
        Address::Street { street, house, letter } => {
            (u64::from(street), i64::from(house) * 12 + i64::from(letter) * 6, reach)
        }
        Address::Property { holding, unit } => {
            (1 << 32 | u64::from(holding) << 16 | u64::from(unit), 0, reach * 3)
        }
        Address::Unknown => (0, 0, reach),
    };
    let chance = mixed(u64::from(home.kommune), street);
    let spread = |bits: u64| (bits & 0xffff) as i64 * 2 * reach / 0xffff - reach;
    let (north, east) = WAYS[(chance >> 60) as usize % WAYS.len()];
    // In metres from the municipality's point. Even numbers lie across the street from odd ones.
    let across = if along / 12 % 2 == 0 { 8 } else { -8 };
    let north_metres = spread(chance) * 10 + (along * north - across * east) / 1000;
    let east_metres = spread(chance >> 16) * 10 + (along * east + across * north) / 1000;
    let cosine = COSINE[(sted.lat / 1_000_000 - 57).clamp(0, 15) as usize];
    let lat = sted.lat + north_metres * TEN_METRES / 10;
    let lon = sted.lon + east_metres * TEN_METRES * 100 / cosine;
    let [south, west, north, east] = sted.boks;
    Posisjon { lat: degrees(lat.clamp(south, north)), lon: degrees(lon.clamp(west, east)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_municipality_is_on_the_map() {
        assert_eq!(steder().len(), facts().kommuner.len());
        let mut fylker: BTreeMap<&str, &str> = BTreeMap::new();
        for (sted, kommune) in steder().iter().zip(&facts().kommuner) {
            let [south, west, north, east] = sted.boks;
            assert!(
                (south..=north).contains(&sted.lat) && (west..=east).contains(&sted.lon),
                "{}",
                kommune.navn
            );
            assert!(
                (57_000_000..72_000_000).contains(&sted.lat) && (4_000_000..32_000_000).contains(&sted.lon)
            );
            assert_eq!(*fylker.entry(kommune.fylke()).or_insert(sted.fylke), sted.fylke, "{}", kommune.navn);
        }
        assert_eq!(fylker.len(), 15);
        let karasjok =
            kommuner().find(|kommune| kommune.kommunenavn_norsk == "Karasjok").map(|k| k.kommunenavn);
        assert_eq!(karasjok.as_deref(), Some("Kárášjohka"));
    }
}
