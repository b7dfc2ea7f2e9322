//! The grid: cells of two hundredths of a degree of longitude and one of latitude (about a kilometre each way), numbered row by
//! row, so that the part of a row that a circle touches is one range of numbers.

/// Parts of a degree that the store counts in: a tenth of a millionth, a centimetre.
pub const PER_DEGREE: f64 = 10_000_000.0;
const HEIGHT: i64 = 100_000;
const WIDTH: i64 = 200_000;
/// More than there are cells in a row.
const ROW: i64 = 100_000;

/// A degree in the store's parts.
pub fn deler(degrees: f64) -> i64 {
    (degrees * PER_DEGREE).round() as i64
}

/// The cell of a point.
pub fn celle(lat: i64, lon: i64) -> i64 {
    lat.div_euclid(HEIGHT) * ROW + lon.div_euclid(WIDTH) + ROW / 2
}

/// A circle.
#[derive(Debug, Clone, Copy)]
pub struct Sirkel {
    /// Latitude of its middle, in degrees.
    pub lat: f64,
    /// Longitude.
    pub lon: f64,
    /// Radius in metres.
    pub radius: f64,
}

/// Metres of a degree of latitude and of longitude at a latitude, on GRS80.
fn metres(lat: f64) -> (f64, f64) {
    const A: f64 = 6_378_137.0;
    const E2: f64 = 0.006_694_380_022_90;
    let (sin, cos) = lat.to_radians().sin_cos();
    let w = 1.0 - E2 * sin * sin;
    let degree = 1_f64.to_radians();
    (A * (1.0 - E2) / (w * w.sqrt()) * degree, A / w.sqrt() * cos * degree)
}

impl Sirkel {
    /// Metres from the middle: by the curvature half-way, which is right to a per mille within 100 km.
    pub fn avstand(&self, lat: i64, lon: i64) -> f64 {
        let (lat, lon) = (lat as f64 / PER_DEGREE, lon as f64 / PER_DEGREE);
        let (north, east) = metres(f64::midpoint(lat, self.lat));
        ((lat - self.lat) * north).hypot((lon - self.lon) * east)
    }

    /// The box around it, in the store's parts: south, west, north, east.
    pub fn boks(&self) -> [i64; 4] {
        let (north, _) = metres(self.lat);
        let height = (self.radius / north * 1.01).min(90.0);
        let furthest = (self.lat.abs() + height).min(89.0);
        let width = (self.radius / metres(furthest).1 * 1.01).min(180.0);
        let south = (self.lat - height).max(-90.0);
        let top = (self.lat + height).min(90.0);
        let (west, right) = ((self.lon - width).max(-180.0), (self.lon + width).min(180.0));
        [deler(south), deler(west), deler(top), deler(right)]
    }

    /// The ranges of cells that touch the box; where they are very many, one range of all rows.
    pub fn celler(&self) -> Vec<(i64, i64)> {
        let [south, west, north, east] = self.boks();
        let rows = south.div_euclid(HEIGHT)..=north.div_euclid(HEIGHT);
        if rows.end() - rows.start() > 200 {
            return vec![(celle(south, west), celle(north, east))];
        }
        rows.map(|row| (celle(row * HEIGHT, west), celle(row * HEIGHT, east))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_right() {
        // Oslo S to Nationaltheatret, and a degree along the meridian at 60°.
        let oslo = Sirkel { lat: 59.910_8, lon: 10.752_9, radius: 0.0 };
        let metres = oslo.avstand(deler(59.914_6), deler(10.734_0));
        assert!((1_135.0..1_145.0).contains(&metres), "{metres}");
        let north = Sirkel { lat: 59.5, lon: 10.0, radius: 0.0 }.avstand(deler(60.5), deler(10.0));
        assert!((north - 111_412.0).abs() < 30.0, "{north}");
    }

    #[test]
    fn every_point_of_a_circle_lies_in_its_cells() {
        for (lat, lon) in [(59.91, 10.75), (71.1, 25.78), (57.98, 7.05), (0.0, 0.0), (89.0, 179.9)] {
            for radius in [1.0, 90.0, 1_500.0, 40_000.0, 900_000.0] {
                let circle = Sirkel { lat, lon, radius };
                let (cells, [south, west, north, east]) = (circle.celler(), circle.boks());
                for n in 0..400 {
                    let point =
                        (south + (north - south) / 20 * (n / 20), west + (east - west) / 20 * (n % 20));
                    if circle.avstand(point.0, point.1) <= radius {
                        let cell = celle(point.0, point.1);
                        assert!(
                            cells.iter().any(|(from, to)| (*from..=*to).contains(&cell)),
                            "{lat} {lon} {radius}"
                        );
                    }
                }
            }
        }
    }
}
