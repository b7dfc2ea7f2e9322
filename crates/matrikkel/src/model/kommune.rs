//! Municipalities and counties in the form that is asked for.

use std::collections::BTreeMap;

use clients::matrikkel::{
    Crs, Fylke, Fylkesnavn, Geoboks, Geopunkt, Kommune, KommuneIFylke, KommuneIListe, Kommunepunkt,
};

use super::projeksjon::Projeksjon;

/// The municipality with its coordinates in another system.
pub fn i_system(mut kommune: Kommune, ut: &Projeksjon) -> Kommune {
    let [lon, lat] = kommune.punkt_i_omrade.coordinates;
    kommune.punkt_i_omrade = punkt(lat, lon, ut);
    kommune.avgrensningsboks = boks(&kommune.avgrensningsboks, ut);
    kommune
}

fn punkt(lat: f64, lon: f64, ut: &Projeksjon) -> Geopunkt {
    let (north, east) = ut.ut(lat, lon);
    Geopunkt { kind: "Point".to_owned(), coordinates: [east, north], crs: Crs::epsg(ut.srid) }
}

fn boks(boks: &Geoboks, ut: &Projeksjon) -> Geoboks {
    let corner = |[lon, lat]: &[f64; 2]| {
        let (north, east) = ut.ut(*lat, *lon);
        [east, north]
    };
    let coordinates = boks.coordinates.iter().map(|ring| ring.iter().map(corner).collect()).collect();
    Geoboks { kind: boks.kind.clone(), coordinates, crs: Crs::epsg(ut.srid) }
}

/// South, west, north and east of a box in degrees.
pub fn kanter(boks: &Geoboks) -> [f64; 4] {
    let all = boks.coordinates.iter().flatten();
    all.fold(
        [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY],
        |[s, w, n, e], [lon, lat]| [s.min(*lat), w.min(*lon), n.max(*lat), e.max(*lon)],
    )
}

/// Counties of municipalities in degrees, by number, in another system; `of` makes the entry of a municipality.
pub fn fylker<K>(all: Vec<Kommune>, ut: &Projeksjon, of: impl Fn(Kommune) -> K) -> Vec<Fylke<K>> {
    let mut counties: BTreeMap<String, Vec<Kommune>> = BTreeMap::new();
    for kommune in all {
        counties.entry(kommune.fylkesnummer.clone()).or_default().push(kommune);
    }
    let county = |(fylkesnummer, kommuner): (String, Vec<Kommune>)| {
        let edges = kommuner.iter().map(|kommune| kanter(&kommune.avgrensningsboks));
        let none = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
        let [s, w, n, e] = edges.fold(none, |[s, w, n, e], [south, west, north, east]| {
            [s.min(south), w.min(west), n.max(north), e.max(east)]
        });
        let ring = vec![[w, s], [w, n], [e, n], [e, s], [w, s]];
        let whole = Geoboks { kind: "Polygon".to_owned(), coordinates: vec![ring], crs: Crs::epsg(4258) };
        Fylke {
            avgrensningsboks: boks(&whole, ut),
            fylkesnavn: kommuner.first().map(|kommune| kommune.fylkesnavn.clone()).unwrap_or_default(),
            fylkesnummer,
            kommuner: kommuner.into_iter().map(&of).collect(),
        }
    };
    counties.into_iter().map(county).collect()
}

/// As a list has it.
pub fn i_liste(kommune: Kommune) -> KommuneIListe {
    KommuneIListe {
        kommunenavn: kommune.kommunenavn,
        kommunenavn_norsk: kommune.kommunenavn_norsk,
        kommunenummer: kommune.kommunenummer,
    }
}

/// As its county has it.
pub fn i_fylke(kommune: Kommune) -> KommuneIFylke {
    KommuneIFylke { kommunenavn: kommune.kommunenavn, kommunenummer: kommune.kommunenummer }
}

/// As the answer to where a point is.
pub fn om_punkt(kommune: Kommune) -> Kommunepunkt {
    Kommunepunkt {
        fylkesnavn: kommune.fylkesnavn,
        fylkesnummer: kommune.fylkesnummer,
        kommunenavn: kommune.kommunenavn,
        kommunenummer: kommune.kommunenummer,
    }
}

/// As a list of counties has it.
pub fn fylkesnavn<K>(fylke: Fylke<K>) -> Fylkesnavn {
    Fylkesnavn { fylkesnavn: fylke.fylkesnavn, fylkesnummer: fylke.fylkesnummer }
}

/// Whether a name fits a pattern that may begin and end with `*`; letters large or small.
pub fn navn_passer(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (pattern.to_lowercase(), name.to_lowercase());
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(_), Some(_)) => name.contains(pattern.trim_matches('*')),
        (Some(end), None) => name.ends_with(end),
        (None, Some(start)) => name.starts_with(start),
        (None, None) => name == pattern,
    }
}
