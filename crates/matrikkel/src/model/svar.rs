//! How answers are written: an address from its row, the fields that were asked for, letters that fit ASCII.

use clients::matrikkel::{Adresse, Objtype, Punkt};
use serde_json::Value;

use super::projeksjon::Projeksjon;
use super::rutenett::PER_DEGREE;

/// An address as it is stored, with its street and area.
#[derive(Debug, Clone)]
pub struct Rad {
    /// Its number.
    pub id: i64,
    /// The street's number; 0 for an address by property.
    pub kode: i64,
    /// The street.
    pub navn: String,
    /// The farm's or the place's name.
    pub tillegg: String,
    /// House number.
    pub nummer: i64,
    /// House letter.
    pub bokstav: String,
    /// Municipality.
    pub kommune: String,
    /// Its name.
    pub kommunenavn: String,
    /// Post code.
    pub postnummer: String,
    /// Its place.
    pub poststed: String,
    /// Holding, unit, leasehold and counter.
    pub eiendom: [i64; 4],
    /// Latitude and longitude in the store's parts.
    pub punkt: (i64, i64),
    /// Dwelling units with a blank between.
    pub bruksenheter: String,
    /// When it last changed.
    pub oppdatert: String,
}

impl Rad {
    /// The answer.
    pub fn adresse(self, ut: &Projeksjon, avstand: Option<f64>) -> Adresse {
        let [gardsnummer, bruksnummer, festenummer, undernummer] = self.eiendom;
        let street = self.kode > 0;
        let mut text = if street {
            format!("{} {}{}", self.navn, self.nummer, self.bokstav)
        } else {
            format!("{gardsnummer}/{bruksnummer}")
        };
        if !street && festenummer > 0 {
            text = format!("{text}/{festenummer}");
        }
        if !street && undernummer > 0 {
            text = format!("{text}-{undernummer}");
        }
        let full = if self.tillegg.is_empty() { text.clone() } else { format!("{}, {text}", self.tillegg) };
        let (lat, lon) = (self.punkt.0 as f64 / PER_DEGREE, self.punkt.1 as f64 / PER_DEGREE);
        let (north, east) = ut.ut(lat, lon);
        Adresse {
            adressenavn: street.then_some(self.navn),
            adressetekst: full,
            adressetilleggsnavn: (!self.tillegg.is_empty()).then_some(self.tillegg),
            adressekode: street.then_some(self.kode),
            nummer: street.then_some(self.nummer),
            bokstav: street.then_some(self.bokstav),
            kommunenummer: self.kommune,
            kommunenavn: self.kommunenavn,
            gardsnummer,
            bruksnummer,
            festenummer,
            undernummer: (undernummer > 0).then_some(undernummer),
            bruksenhetsnummer: self
                .bruksenheter
                .split(' ')
                .filter(|unit| !unit.is_empty())
                .map(str::to_owned)
                .collect(),
            objtype: if street { Objtype::Vegadresse } else { Objtype::Matrikkeladresse },
            poststed: self.poststed,
            postnummer: self.postnummer,
            adressetekstutenadressetilleggsnavn: text,
            stedfestingverifisert: true,
            representasjonspunkt: Punkt { epsg: format!("EPSG:{}", ut.srid), lat: north, lon: east },
            oppdateringsdato: self.oppdatert,
            meter_distanse_til_punkt: avstand.map(|metres| (metres * 100.0).round() / 100.0),
        }
    }
}

/// Keeps the fields that a list of paths (`adresser.kommunenummer`) names; an empty list keeps all.
pub fn filtrer(value: Value, fields: &[String]) -> Value {
    if fields.is_empty() {
        return value;
    }
    let paths: Vec<Vec<&str>> = fields.iter().map(|field| field.split('.').collect()).collect();
    let paths: Vec<&[&str]> = paths.iter().map(Vec::as_slice).collect();
    behold(value, &paths)
}

fn behold(value: Value, paths: &[&[&str]]) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(|item| behold(item, paths)).collect(),
        Value::Object(fields) => {
            let kept = fields.into_iter().filter_map(|(name, value)| {
                let under: Vec<&[&str]> = paths
                    .iter()
                    .filter(|path| path.first() == Some(&name.as_str()))
                    .map(|path| &path[1..])
                    .collect();
                if under.is_empty() {
                    return None;
                }
                let whole = under.iter().any(|path| path.is_empty());
                Some((name, if whole { value } else { behold(value, &under) }))
            });
            Value::Object(kept.collect())
        }
        other => other,
    }
}

/// JSON with every letter beyond ASCII escaped.
pub fn ascii(json: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(json.len() + json.len() / 16);
    let mut units = [0; 2];
    for letter in json.chars() {
        if letter.is_ascii() {
            out.push(letter);
        } else {
            for unit in letter.encode_utf16(&mut units) {
                // Writing to a string does not fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn fields_are_kept_by_path() {
        let whole = json!({ "a": [{ "b": 1, "c": { "d": 2, "e": 3 } }], "f": 4 });
        let keep = |fields: &[&str]| {
            filtrer(whole.clone(), &fields.iter().map(|f| (*f).to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(keep(&[]), whole);
        assert_eq!(keep(&["f"]), json!({ "f": 4 }));
        assert_eq!(keep(&["a.c.e", "f"]), json!({ "a": [{ "c": { "e": 3 } }], "f": 4 }));
        assert_eq!(keep(&["a", "a.b"]), json!({ "a": whole["a"] }));
        assert_eq!(keep(&["f.x"]), json!({ "f": 4 }));
        assert_eq!(keep(&["x"]), json!({}));
    }

    #[test]
    fn letters_beyond_ascii_are_escaped() {
        assert_eq!(ascii(r#"{"a":"Åse 🏠"}"#), r#"{"a":"\u00c5se \ud83c\udfe0"}"#);
    }
}
