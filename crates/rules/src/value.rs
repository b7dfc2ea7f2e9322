//! The values that facts, parameters and FEEL expressions have.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser::SerializeMap};

/// A fact that is not known: its key and, for a fact about one of several subjects (a child), whose it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct MissingFact {
    /// The fact's key, e.g. `barn_foedselsdato`.
    pub key: Arc<str>,
    /// The fact's name in Bokmål, e.g. `barnets fødselsdato`.
    pub name: Arc<str>,
    /// The subject's label (never a personidentifikator), e.g. `barn1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Arc<str>>,
}

/// A FEEL value. There are no floats: a number is a decimal, and money is whole kroner or kroner with decimals.
///
/// `Missing` is not `Null`: it says *which facts* must be known before there is a value at all, and it spreads through every
/// operation that cannot be settled without them ('ikke vurdert' is not 'ikke oppfylt').
#[derive(Clone, Debug, PartialEq, Default)]
pub enum Value {
    /// FEEL's null: there is no value, e.g. a parameter that is not in force.
    #[default]
    Null,
    /// Not known, because these facts are missing.
    Missing(Arc<BTreeSet<MissingFact>>),
    /// `true` or `false`.
    Bool(bool),
    /// A decimal number.
    Number(Decimal),
    /// A text.
    String(Arc<str>),
    /// A civil date.
    Date(Date),
    /// A days-and-time duration, in seconds.
    Days(i64),
    /// A years-and-months duration, in months.
    Months(i64),
    /// A list.
    List(Arc<Vec<Value>>),
    /// A context: values by name.
    Context(Arc<BTreeMap<Arc<str>, Value>>),
}

impl Value {
    /// The empty text.
    pub fn text_of(s: &str) -> Self {
        Self::String(Arc::from(s))
    }

    /// A list of values.
    pub fn list(items: Vec<Value>) -> Self {
        Self::List(Arc::new(items))
    }

    /// The value of one missing fact.
    pub fn missing(fact: MissingFact) -> Self {
        Self::Missing(Arc::new(BTreeSet::from([fact])))
    }

    /// `Some` when this is a boolean.
    pub fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(b) = self { Some(*b) } else { None }
    }

    /// `Some` when this is a number.
    pub fn as_number(&self) -> Option<Decimal> {
        if let Self::Number(n) = self { Some(*n) } else { None }
    }

    /// `Some` when this is a text.
    pub fn as_str(&self) -> Option<&str> {
        if let Self::String(s) = self { Some(s) } else { None }
    }

    /// `Some` when this is a date.
    pub fn as_date(&self) -> Option<Date> {
        if let Self::Date(d) = self { Some(*d) } else { None }
    }

    /// `Some` when this is a list.
    pub fn as_list(&self) -> Option<&[Value]> {
        if let Self::List(l) = self { Some(l) } else { None }
    }

    /// Whether the value is not known, because facts are missing.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Missing(_))
    }

    /// The missing facts, also those inside a list or a context.
    pub fn missing_facts(&self) -> BTreeSet<MissingFact> {
        let mut found = BTreeSet::new();
        self.collect_missing(&mut found);
        found
    }

    fn collect_missing(&self, into: &mut BTreeSet<MissingFact>) {
        match self {
            Self::Missing(facts) => into.extend(facts.iter().cloned()),
            Self::List(items) => items.iter().for_each(|v| v.collect_missing(into)),
            Self::Context(fields) => fields.values().for_each(|v| v.collect_missing(into)),
            _ => {}
        }
    }

    /// FEEL's name for the type of this value.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Missing(_) => "missing",
            Self::Bool(_) => "boolean",
            Self::Number(_) => "number",
            Self::String(_) => "string",
            Self::Date(_) => "date",
            Self::Days(_) => "days and time duration",
            Self::Months(_) => "years and months duration",
            Self::List(_) => "list",
            Self::Context(_) => "context",
        }
    }

    /// Reads plain JSON: numbers become decimals, objects contexts, and texts stay texts (a declared type turns them into dates later).
    /// The tagged forms that [`Value`] is serialised to (`{"dato": "2026-02-14"}`) are read back as what they were.
    pub fn from_json(json: &serde_json::Value) -> Self {
        use serde_json::Value as J;
        match json {
            J::Null => Self::Null,
            J::Bool(b) => Self::Bool(*b),
            // The number's own digits are read, so that 0.1 is a tenth and not the nearest float.
            J::Number(n) => parse_number(&n.to_string()).map_or(Self::Null, Self::Number),
            J::String(s) => Self::text_of(s),
            J::Array(items) => Self::list(items.iter().map(Self::from_json).collect()),
            J::Object(fields) => Self::from_tagged(fields).unwrap_or_else(|| {
                Self::Context(Arc::new(
                    fields.iter().map(|(k, v)| (Arc::from(k.as_str()), Self::from_json(v))).collect(),
                ))
            }),
        }
    }

    fn from_tagged(fields: &serde_json::Map<String, serde_json::Value>) -> Option<Self> {
        let (tag, inner) = fields.iter().next().filter(|_| fields.len() == 1)?;
        match tag.as_str() {
            "tall" => parse_number(inner.as_str()?).map(Self::Number),
            "dato" => inner.as_str()?.parse().ok().map(Self::Date),
            "varighet" => parse_duration(inner.as_str()?),
            "kontekst" => inner.as_object().map(|o| {
                Self::Context(Arc::new(
                    o.iter().map(|(k, v)| (Arc::from(k.as_str()), Self::from_json(v))).collect(),
                ))
            }),
            "mangler" => {
                serde_json::from_value(inner.clone()).ok().map(|facts| Self::Missing(Arc::new(facts)))
            }
            _ => None,
        }
    }

    /// Plain JSON for others to read: dates and durations as ISO 8601 text, a missing value as null.
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as J;
        match self {
            Self::Null | Self::Missing(_) => J::Null,
            Self::Bool(b) => J::Bool(*b),
            Self::Number(n) => {
                let digits = n.normalize().to_string();
                digits.parse::<serde_json::Number>().map_or(J::String(digits), J::Number)
            }
            Self::String(s) => J::String(s.to_string()),
            Self::Date(d) => J::String(d.to_string()),
            Self::Days(_) | Self::Months(_) => J::String(self.to_string()),
            Self::List(items) => J::Array(items.iter().map(Self::to_json).collect()),
            Self::Context(fields) => {
                J::Object(fields.iter().map(|(k, v)| (k.to_string(), v.to_json())).collect())
            }
        }
    }
}

/// Reads a decimal, also in scientific form. `None` when it is no number or has more digits than a decimal holds.
pub(crate) fn parse_number(s: &str) -> Option<Decimal> {
    s.parse::<Decimal>().ok().or_else(|| Decimal::from_scientific(s).ok())
}

/// Reads an ISO 8601 duration: either years and months (`P18Y`, `P1Y6M`) or days and time (`P14D`, `PT8H`), never a mixture,
/// since a month has no fixed number of days.
pub(crate) fn parse_duration(text: &str) -> Option<Value> {
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let mut rest = rest.strip_prefix('P')?;
    let (mut months, mut seconds): (Option<i64>, Option<i64>) = (None, None);
    let mut in_time = false;
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('T') {
            if in_time || after.is_empty() {
                return None;
            }
            in_time = true;
            rest = after;
            continue;
        }
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let n: i64 = rest.get(..digits)?.parse().ok()?;
        let unit = rest.get(digits..)?.chars().next()?;
        let (total, factor) = match (in_time, unit) {
            (false, 'Y') => (&mut months, 12),
            (false, 'M') => (&mut months, 1),
            (false, 'D') => (&mut seconds, 86_400),
            (true, 'H') => (&mut seconds, 3_600),
            (true, 'M') => (&mut seconds, 60),
            (true, 'S') => (&mut seconds, 1),
            _ => return None,
        };
        *total = Some(total.unwrap_or(0).checked_add(n.checked_mul(factor)?)?);
        rest = rest.get(digits + 1..)?;
    }
    let sign = if negative { -1 } else { 1 };
    match (months, seconds) {
        (Some(m), None) => Some(Value::Months(m * sign)),
        (None, Some(s)) => Some(Value::Days(s * sign)),
        _ => None,
    }
}

/// FEEL's own text of a value, which is also how `string()` writes it. For people, see [`Value::text`].
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Missing(facts) => {
                f.write_str("mangler(")?;
                for (i, fact) in facts.iter().enumerate() {
                    let comma = if i == 0 { "" } else { ", " };
                    write!(f, "{comma}{}", fact.key)?;
                }
                f.write_str(")")
            }
            Self::Bool(b) => write!(f, "{b}"),
            Self::Number(n) => write!(f, "{}", n.normalize()),
            Self::String(s) => f.write_str(s),
            Self::Date(d) => write!(f, "{d}"),
            Self::Days(s) => write_days(f, *s),
            Self::Months(m) => {
                let (sign, m) = (if *m < 0 { "-" } else { "" }, m.unsigned_abs());
                match (m / 12, m % 12) {
                    (0, months) => write!(f, "{sign}P{months}M"),
                    (years, 0) => write!(f, "{sign}P{years}Y"),
                    (years, months) => write!(f, "{sign}P{years}Y{months}M"),
                }
            }
            Self::List(items) => {
                f.write_str("[")?;
                for (i, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if i == 0 { "" } else { ", " })?;
                }
                f.write_str("]")
            }
            Self::Context(fields) => {
                f.write_str("{")?;
                for (i, (name, value)) in fields.iter().enumerate() {
                    write!(f, "{}{name}: {value}", if i == 0 { "" } else { ", " })?;
                }
                f.write_str("}")
            }
        }
    }
}

fn write_days(f: &mut fmt::Formatter<'_>, seconds: i64) -> fmt::Result {
    let (sign, s) = (if seconds < 0 { "-" } else { "" }, seconds.unsigned_abs());
    let (days, rest) = (s / 86_400, s % 86_400);
    write!(f, "{sign}P")?;
    if days > 0 {
        write!(f, "{days}D")?;
    }
    if rest > 0 || days == 0 {
        write!(f, "T")?;
        let (h, m, s) = (rest / 3_600, rest / 60 % 60, rest % 60);
        if h > 0 {
            write!(f, "{h}H")?;
        }
        if m > 0 {
            write!(f, "{m}M")?;
        }
        if s > 0 || (h == 0 && m == 0) {
            write!(f, "{s}S")?;
        }
    }
    Ok(())
}

/// Booleans, texts, whole numbers and lists are plain JSON; the rest carries its type as the only field of an object, so that
/// a stored trace is read back as exactly what it was.
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        fn tagged<S: Serializer, T: Serialize + ?Sized>(s: S, tag: &str, v: &T) -> Result<S::Ok, S::Error> {
            let mut map = s.serialize_map(Some(1))?;
            map.serialize_entry(tag, v)?;
            map.end()
        }
        match self {
            Self::Null => s.serialize_unit(),
            Self::Missing(facts) => tagged(s, "mangler", facts.as_ref()),
            Self::Bool(b) => s.serialize_bool(*b),
            Self::Number(n) => match i64::try_from(*n) {
                Ok(whole) if n.fract().is_zero() => s.serialize_i64(whole),
                _ => tagged(s, "tall", &n.normalize().to_string()),
            },
            Self::String(t) => s.serialize_str(t),
            Self::Date(d) => tagged(s, "dato", &d.to_string()),
            Self::Days(_) | Self::Months(_) => tagged(s, "varighet", &self.to_string()),
            Self::List(items) => s.collect_seq(items.iter()),
            Self::Context(fields) => {
                let plain: BTreeMap<&str, &Value> = fields.iter().map(|(k, v)| (k.as_ref(), v)).collect();
                tagged(s, "kontekst", &plain)
            }
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let json = serde_json::Value::deserialize(d)?;
        if let serde_json::Value::Number(n) = &json
            && parse_number(&n.to_string()).is_none()
        {
            return Err(de::Error::custom("the number has more digits than a decimal holds"));
        }
        Ok(Self::from_json(&json))
    }
}

impl From<bool> for Value {
    fn from(b: bool) -> Self {
        Self::Bool(b)
    }
}
impl From<Decimal> for Value {
    fn from(n: Decimal) -> Self {
        Self::Number(n)
    }
}
impl From<i32> for Value {
    fn from(n: i32) -> Self {
        Self::Number(n.into())
    }
}
impl From<i64> for Value {
    fn from(n: i64) -> Self {
        Self::Number(n.into())
    }
}
impl From<Date> for Value {
    fn from(d: Date) -> Self {
        Self::Date(d)
    }
}
impl From<&str> for Value {
    fn from(s: &str) -> Self {
        Self::text_of(s)
    }
}
impl From<String> for Value {
    fn from(s: String) -> Self {
        Self::String(Arc::from(s))
    }
}
impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(items: Vec<T>) -> Self {
        Self::list(items.into_iter().map(Into::into).collect())
    }
}
impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(item: Option<T>) -> Self {
        item.map_or(Self::Null, Into::into)
    }
}
