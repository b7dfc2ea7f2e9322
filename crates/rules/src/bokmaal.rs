//! How values are written for people, in Bokmål.

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::value::Value;

const MONTHS: [&str; 12] = [
    "januar",
    "februar",
    "mars",
    "april",
    "mai",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "desember",
];

fn month_name(d: Date) -> &'static str {
    usize::try_from(d.month()).ok().and_then(|m| MONTHS.get(m.wrapping_sub(1)).copied()).unwrap_or_default()
}

/// `14. februar 2026`
pub fn date_text(d: Date) -> String {
    format!("{}. {} {}", d.day(), month_name(d), d.year())
}

/// `mars 2026`
pub fn month_text(d: Date) -> String {
    format!("{} {}", month_name(d), d.year())
}

/// The day of a moment, in UTC: the trace must read the same wherever it is written.
pub fn day_text(at: Timestamp) -> String {
    date_text(at.to_zoned_datetime(jiff::tz::TimeZone::UTC).date())
}

/// `2 012`, `1 006,5`: groups of three with a non-breaking space (U+00A0), and a decimal comma.
pub fn number_text(n: Decimal) -> String {
    let plain = n.normalize().to_string();
    let (sign, digits) = plain.strip_prefix('-').map_or(("", plain.as_str()), |d| ("−", d));
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(w, f)| (w, Some(f)));
    let mut out = String::from(sign);
    for (i, c) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            out.push('\u{a0}');
        }
        out.push(c);
    }
    if let Some(fraction) = fraction {
        out.push(',');
        out.push_str(fraction);
    }
    out
}

/// `2 012 kroner`
pub fn kroner(n: Decimal) -> String {
    let unit = if n == Decimal::ONE { "krone" } else { "kroner" };
    format!("{}\u{a0}{unit}", number_text(n))
}

/// The Bokmål name of a register, by the key that facts name it with.
pub fn register_name(key: &str) -> &str {
    match key {
        "freg" => "Folkeregisteret",
        "krr" => "Kontakt- og reservasjonsregisteret",
        "aa" => "Aa-registeret",
        "ink" => "Inntektsregisteret",
        "skatt" => "Skatteetaten",
        "ereg" => "Enhetsregisteret",
        "verge" => "Vergemålsregisteret",
        "nav" => "Nav",
        "barnehage" => "kommunens barnehagesystem",
        "udi" => "Utlendingsdirektoratet",
        "matr" => "Matrikkelen",
        other => other,
    }
}

impl Value {
    /// The value in Bokmål: `14. februar 2026`, `2 012`, `ja`, `ukjent`.
    pub fn text(&self) -> String {
        match self {
            Value::Null => "ingen".to_owned(),
            Value::Missing(_) => "ukjent".to_owned(),
            Value::Bool(true) => "ja".to_owned(),
            Value::Bool(false) => "nei".to_owned(),
            Value::Number(n) => number_text(*n),
            Value::String(s) => s.to_string(),
            Value::Date(d) => date_text(*d),
            Value::Days(s) if s % 86_400 == 0 => plural(s / 86_400, "dag", "dager"),
            Value::Days(_) => self.to_string(),
            Value::Months(m) if *m != 0 && m % 12 == 0 => plural(m / 12, "år", "år"),
            Value::Months(m) => plural(*m, "måned", "måneder"),
            Value::List(items) if items.is_empty() => "ingen".to_owned(),
            Value::List(items) => join(&items.iter().map(Value::text).collect::<Vec<_>>()),
            Value::Context(fields) => {
                fields.iter().map(|(k, v)| format!("{k}: {}", v.text())).collect::<Vec<_>>().join(", ")
            }
        }
    }
}

fn plural(n: i64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// `a, b og c`
pub fn join(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} og {last}", first.join(", ")),
    }
}
