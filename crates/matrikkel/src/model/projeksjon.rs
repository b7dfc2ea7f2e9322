//! Coordinates in the reference systems that callers ask for.
//!
//! The store keeps EUREF89. WGS84 is taken to be the same, as Kartverket does: the two differ by less than a metre.

use proj4rs::Proj;
use proj4rs::transform::transform;

/// The system of the store.
pub const EUREF89: i64 = 4258;

/// A reference system: geographic, UTM (zones 31 to 36, as EUREF89 or WGS84) or the web's Mercator.
pub struct Projeksjon {
    /// Its number.
    pub srid: i64,
    system: Option<(Proj, Proj)>,
}

impl std::fmt::Debug for Projeksjon {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "EPSG:{}", self.srid)
    }
}

impl Projeksjon {
    /// The system of a number, where it is known.
    pub fn av(srid: i64) -> Option<Self> {
        let projected = match srid {
            4258 | 4326 => return Some(Self { srid, system: None }),
            25831..=25836 => format!("+proj=utm +zone={} +ellps=GRS80 +units=m +no_defs", srid - 25800),
            32631..=32636 => format!("+proj=utm +zone={} +ellps=GRS80 +units=m +no_defs", srid - 32600),
            3857 => {
                "+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +k=1 +units=m +no_defs"
                    .to_owned()
            }
            _ => return None,
        };
        // The web's Mercator takes degrees as they are, so its geographic side is its own sphere.
        let geographic = if srid == 3857 {
            "+proj=longlat +a=6378137 +b=6378137 +no_defs"
        } else {
            "+proj=longlat +ellps=GRS80 +no_defs"
        };
        let system = (Proj::from_proj_string(geographic).ok()?, Proj::from_proj_string(&projected).ok()?);
        Some(Self { srid, system: Some(system) })
    }

    /// North and east of a point in degrees; of a point that the system cannot show, as it is.
    pub fn ut(&self, lat: f64, lon: f64) -> (f64, f64) {
        let Some((geographic, projected)) = &self.system else { return (lat, lon) };
        let mut point = (lon.to_radians(), lat.to_radians(), 0.0);
        match transform(geographic, projected, &mut point) {
            // Millimetres.
            Ok(()) => ((point.1 * 1000.0).round() / 1000.0, (point.0 * 1000.0).round() / 1000.0),
            Err(_) => (lat, lon),
        }
    }

    /// A point in degrees, of north and east; `None` where there is no such point on earth.
    pub fn inn(&self, north: f64, east: f64) -> Option<(f64, f64)> {
        let (lat, lon) = match &self.system {
            None => (north, east),
            Some((geographic, projected)) => {
                let mut point = (east, north, 0.0);
                transform(projected, geographic, &mut point).ok()?;
                (point.1.to_degrees(), point.0.to_degrees())
            }
        };
        let fits = (-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon);
        fits.then_some((lat, lon))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that fails panics")]
mod tests {
    use super::*;

    #[test]
    fn known_points() {
        // A zone's middle is at 500,000 m; the equator is the web's zero; the earth's half circumference is at 180°.
        for zone in 31..=36 {
            let middle = f64::from(zone) * 6.0 - 183.0;
            let (north, east) = Projeksjon::av(25800 + i64::from(zone)).unwrap().ut(60.0, middle);
            assert!((east - 500_000.0).abs() < 0.001);
            // 0.9996 of the meridian's arc to 60° on GRS80, 6,654,072.819 m.
            assert!((north - 6_651_411.190).abs() < 0.01, "{north}");
        }
        let web = Projeksjon::av(3857).unwrap();
        assert!((web.ut(0.0, 180.0).1 - 20_037_508.343).abs() < 0.001);
        assert!((web.ut(60.0, 0.0).0 - 8_399_737.890).abs() < 0.01, "{:?}", web.ut(60.0, 0.0));
    }

    #[test]
    fn there_and_back() {
        for srid in [4258, 4326, 25831, 25832, 25833, 25835, 32633, 3857] {
            let system = Projeksjon::av(srid).unwrap();
            for (lat, lon) in [(59.9139, 10.7522), (70.07, 29.75), (58.0, 5.0)] {
                let (north, east) = system.ut(lat, lon);
                let (back_lat, back_lon) = system.inn(north, east).unwrap();
                assert!(
                    (back_lat - lat).abs() < 1e-6 && (back_lon - lon).abs() < 1e-6,
                    "{srid}: {back_lat} {back_lon}"
                );
            }
        }
        assert!(Projeksjon::av(1).is_none() && Projeksjon::av(EUREF89).unwrap().inn(91.0, 0.0).is_none());
        assert!(Projeksjon::av(EUREF89).unwrap().inn(f64::NAN, 0.0).is_none());
    }
}
