//! Parameters: amounts and limits that the law or a budget sets, valid in time and known in time.

use jiff::{Timestamp, civil::Date};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::LoadError;
use crate::law::LegalRef;
use crate::value::parse_number;

/// One value of a parameter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParameterValue {
    /// First day it applies.
    pub valid_from: Date,
    /// First day it no longer applies without another value following; `None` until the next value, or further notice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Date>,
    /// The value, a decimal written as text.
    #[serde(deserialize_with = "decimal")]
    pub value: Decimal,
    /// Where it is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_ref: Option<LegalRef>,
    /// The day it was decided: a decision that knows less than this does not know the value.
    pub decided_at: Date,
    /// Where the figure was found.
    pub source: String,
    /// What is not certain about it; `None` when nothing is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uncertain: Option<String>,
}

fn decimal<'de, D: serde::Deserializer<'de>>(d: D) -> Result<Decimal, D::Error> {
    let text = String::deserialize(d)?;
    parse_number(&text).ok_or_else(|| serde::de::Error::custom(format!("`{text}` is no decimal number")))
}

/// A parameter with all its values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// Its key, e.g. `barnetrygd.ordinaer`.
    pub key: String,
    /// Its name in Bokmål.
    pub name: String,
    /// The unit, e.g. `kr per barn per måned`.
    pub unit: String,
    /// The values, by the day they apply from.
    #[serde(rename = "value")]
    pub values: Vec<ParameterValue>,
}

impl Parameter {
    /// The value that applies on `as_of`, as far as it was decided by `known_at`. A later decision on the same period wins.
    ///
    /// `decided_at` counts from midnight UTC, so that the answer does not depend on a time zone database.
    pub fn at(&self, as_of: Date, known_at: Timestamp) -> Option<&ParameterValue> {
        self.on(as_of, known_at.to_zoned_datetime(jiff::tz::TimeZone::UTC).date())
    }

    /// The value that applies on a day, as far as it was decided by another.
    pub(crate) fn on(&self, as_of: Date, known: Date) -> Option<&ParameterValue> {
        self.values
            .iter()
            .filter(|v| v.valid_from <= as_of && v.decided_at <= known)
            .max_by_key(|v| (v.valid_from, v.decided_at))
            .filter(|v| v.valid_to.is_none_or(|to| as_of < to))
    }

    /// The days on which the value may change.
    pub fn changes(&self) -> impl Iterator<Item = Date> {
        self.values.iter().flat_map(|v| std::iter::once(v.valid_from).chain(v.valid_to))
    }
}

/// Parameters by key.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parameters {
    all: Vec<Parameter>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    parameter: Vec<Parameter>,
}

impl Parameters {
    /// No parameters.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads a TOML file: `[[parameter]]` with `[[parameter.value]]`.
    ///
    /// # Errors
    /// The text is not TOML of that form, a key comes twice, or two values of one parameter apply from the same day and were decided
    /// on the same day.
    pub fn parse(file: &str, toml_text: &str) -> Result<Self, LoadError> {
        let err =
            |place: String, message: String| LoadError { file: file.to_owned(), line: None, place, message };
        let parsed: File = toml::from_str(toml_text).map_err(|e| err(String::new(), e.to_string()))?;
        let mut out = Self::new();
        for mut p in parsed.parameter {
            let place = format!("parameter `{}`", p.key);
            if out.get(&p.key).is_some() {
                return Err(err(place, "the key comes twice".to_owned()));
            }
            p.values.sort_by_key(|v| (v.valid_from, v.decided_at));
            for pair in p.values.windows(2) {
                if let [a, b] = pair
                    && (a.valid_from, a.decided_at) == (b.valid_from, b.decided_at)
                {
                    return Err(err(
                        place,
                        format!("two values from {} decided on the same day", a.valid_from),
                    ));
                }
            }
            if let Some(v) = p.values.iter().find(|v| v.valid_to.is_some_and(|to| to <= v.valid_from)) {
                return Err(err(place, format!("the value from {} ends before it begins", v.valid_from)));
            }
            out.all.push(p);
        }
        Ok(out)
    }

    /// Adds all of another file.
    ///
    /// # Errors
    /// A key is in both.
    pub fn merge(&mut self, other: Parameters) -> Result<(), LoadError> {
        for p in other.all {
            if self.get(&p.key).is_some() {
                return Err(LoadError {
                    file: "parameters".to_owned(),
                    line: None,
                    place: format!("parameter `{}`", p.key),
                    message: "the key is in two files".to_owned(),
                });
            }
            self.all.push(p);
        }
        Ok(())
    }

    /// One by its key.
    pub fn get(&self, key: &str) -> Option<&Parameter> {
        self.all.iter().find(|p| p.key == key)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Parameter> {
        self.all.iter()
    }
}
