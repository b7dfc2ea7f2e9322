//! Identifiers, parsed once at the edge and correct from then on.
//!
//! A [`Pid`] is masked in `Debug` and `Display`, and no [`IdError`] repeats what it refused, so that a personal
//! number does not reach a log by accident. Sex, age and date of birth are not read from a number: from 2032 they no
//! longer stand in it, and Folkeregisteret has them as `foedsel` and `kjoenn`.

use std::{fmt, str::FromStr};

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Why a text is not the identifier it should be. Says which check failed, never what the text was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum IdError {
    /// Another number of characters than the identifier has.
    #[error("must have {0} digits")]
    Length(usize),
    /// Something else than the digits 0–9.
    #[error("must have digits only")]
    Digits,
    /// The first six digits are no date, also when the additions of D-numbers and synthetic numbers are taken away.
    #[error("the first six digits are not a date")]
    Date,
    /// A control digit is not the one that the other digits give.
    #[error("the control digits are wrong")]
    ControlDigit,
}

/// Legal sex (`kjoenn`) as Folkeregisteret has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Kjoenn {
    /// Woman.
    Kvinne,
    /// Man.
    Mann,
}

/// A fødselsnummer or D-number, real or synthetic (`foedselsEllerDNummer`), with its date and both control digits checked.
///
/// Accepted forms: `ddmmyyiiikk`; day + 40 for a D-number; month + 80 (Skatteetaten's synthetic people), + 40 and + 65
/// (NAV's) for a synthetic one. The first control digit follows the rule that holds from 2032, of which today's is a part.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pid([u8; 11]);

/// Weights of the first control digit over the nine first digits.
const K1: [u32; 9] = [3, 7, 6, 1, 8, 9, 4, 5, 2];
/// Weights of the second control digit over the ten first digits.
const K2: [u32; 10] = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2];
/// Weights of an organisation number's control digit.
const ORGNR: [u32; 8] = [3, 2, 7, 6, 5, 4, 3, 2];

impl Pid {
    /// Reads eleven digits without spaces.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let digits = digits::<11>(text)?;
        let [d1, d2, m1, m2, y1, y2, _, _, _, k1, k2] = digits.map(value);
        let day = match d1 * 10 + d2 {
            day @ 41.. => day - 40,
            day => day,
        };
        if day > days(month(m1 * 10 + m2).ok_or(IdError::Date)?, y1 * 10 + y2) || day == 0 {
            return Err(IdError::Date);
        }
        // From 2032 four first control digits go with the same nine digits; today only the one that gives 0.
        let first = (weighted(&K1, &digits) + k1) % 11 <= 3;
        let second = (weighted(&K2, &digits) + k2).is_multiple_of(11);
        if first && second { Ok(Self(digits)) } else { Err(IdError::ControlDigit) }
    }

    /// The eleven digits, for the wire and the store.
    pub fn as_str(&self) -> &str {
        text(&self.0)
    }

    /// Whether it is a D-number, for one who is not or not yet resident (day + 40).
    pub fn is_d_number(&self) -> bool {
        self.0[0] >= b'4'
    }

    /// Whether it belongs to nobody: of a series that only test people are given.
    pub fn is_synthetic(&self) -> bool {
        self.0[2] >= b'4'
    }

    /// The `n`th (from 0) synthetic fødselsnummer (month + 80) of a date and sex, or `None` where the day has no more
    /// or the year is outside the years that the numbers can tell apart (1854–2039).
    ///
    /// About two hundred per day and sex. The order is fixed: ascending individual number, odd for men, even for women.
    pub fn synthetic(foedselsdato: Date, kjoenn: Kjoenn, n: usize) -> Option<Self> {
        Self::synthetic_series(foedselsdato, kjoenn).nth(n)
    }

    /// As [`Pid::synthetic`], for a synthetic D-number (day + 40, month + 80).
    pub fn synthetic_d(foedselsdato: Date, kjoenn: Kjoenn, n: usize) -> Option<Self> {
        Self::synthetic_d_series(foedselsdato, kjoenn).nth(n)
    }

    /// All synthetic fødselsnummer of a date and sex, in order.
    pub fn synthetic_series(foedselsdato: Date, kjoenn: Kjoenn) -> impl Iterator<Item = Self> {
        series(foedselsdato, kjoenn, 0)
    }

    /// All synthetic D-numbers of a date and sex, in order.
    pub fn synthetic_d_series(foedselsdato: Date, kjoenn: Kjoenn) -> impl Iterator<Item = Self> {
        series(foedselsdato, kjoenn, 40)
    }
}

/// The synthetic numbers of a date and sex, with `day_addition` 40 for D-numbers.
fn series(date: Date, kjoenn: Kjoenn, day_addition: u32) -> impl Iterator<Item = Pid> {
    let day = u32::from(date.day().unsigned_abs()) + day_addition;
    let month = u32::from(date.month().unsigned_abs()) + 80;
    let year = u32::from(date.year().unsigned_abs()) % 100;
    let (first, second) = match date.year() {
        1854..=1899 => (500..750, 0..0),
        1900..=1939 => (0..500, 0..0),
        1940..=1999 => (0..500, 900..1000),
        2000..=2039 => (500..1000, 0..0),
        _ => (0..0, 0..0),
    };
    let parity = u32::from(kjoenn == Kjoenn::Mann);
    let individual = first.chain(second).filter(move |number: &u32| number % 2 == parity);
    individual.filter_map(move |number| {
        let mut digits = [b'0'; 11];
        for (place, two) in [(0, day), (2, month), (4, year), (7, number % 100)] {
            digits[place] = ascii(two / 10);
            digits[place + 1] = ascii(two % 10);
        }
        digits[6] = ascii(number / 100);
        digits[9] = ascii(control(weighted(&K1, &digits))?);
        digits[10] = ascii(control(weighted(&K2, &digits))?);
        Some(Pid(digits))
    })
}

/// An organisasjonsnummer: nine digits, the last a control digit.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Orgnr([u8; 9]);

impl Orgnr {
    /// Reads nine digits without spaces.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let digits = digits::<9>(text)?;
        if (weighted(&ORGNR, &digits) + value(digits[8])).is_multiple_of(11) {
            Ok(Self(digits))
        } else {
            Err(IdError::ControlDigit)
        }
    }

    /// The number whose first eight digits are `stem`, or `None` where no control digit fits or `stem` is longer.
    pub fn from_stem(stem: u32) -> Option<Self> {
        let mut digits = [b'0'; 9];
        let mut rest = stem;
        for digit in digits.iter_mut().take(8).rev() {
            *digit = ascii(rest % 10);
            rest /= 10;
        }
        digits[8] = ascii(control(weighted(&ORGNR, &digits))?);
        (rest == 0).then_some(Self(digits))
    }

    /// The nine digits.
    pub fn as_str(&self) -> &str {
        text(&self.0)
    }

    /// Whether it is of a series that the real register does not allot (real numbers start with 8 or 9).
    pub fn is_synthetic(&self) -> bool {
        matches!(self.0[0], b'2' | b'3')
    }
}

/// A kommunenummer: four digits, of which the first two are the county. Whether the municipality exists is for the caller.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Kommunenummer([u8; 4]);

impl Kommunenummer {
    /// Reads four digits.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        Ok(Self(digits::<4>(text)?))
    }

    /// The four digits.
    pub fn as_str(&self) -> &str {
        text(&self.0)
    }

    /// The county (`fylkesnummer`): the first two digits.
    pub fn fylkesnummer(&self) -> &str {
        text(&self.0[..2])
    }
}

fn digits<const N: usize>(text: &str) -> Result<[u8; N], IdError> {
    if text.chars().count() != N {
        return Err(IdError::Length(N));
    }
    // N characters in another number of bytes: not digits.
    let digits: [u8; N] = text.as_bytes().try_into().map_err(|_| IdError::Digits)?;
    if digits.iter().all(u8::is_ascii_digit) { Ok(digits) } else { Err(IdError::Digits) }
}

/// The types hold ASCII digits only, so the fallback is never taken.
fn text(digits: &[u8]) -> &str {
    std::str::from_utf8(digits).unwrap_or_default()
}

fn value(digit: u8) -> u32 {
    u32::from(digit.wrapping_sub(b'0'))
}

fn ascii(digit: u32) -> u8 {
    b'0' + (digit % 10) as u8
}

fn weighted(weights: &[u32], digits: &[u8]) -> u32 {
    weights.iter().zip(digits).map(|(weight, digit)| weight * value(*digit)).sum()
}

/// The digit that makes a weighted sum divisible by 11; there is none where it would have to be 10.
fn control(sum: u32) -> Option<u32> {
    match (11 - sum % 11) % 11 {
        10 => None,
        digit => Some(digit),
    }
}

/// The calendar month behind the additions of synthetic series.
fn month(digits: u32) -> Option<u32> {
    match digits {
        1..=12 => Some(digits),
        41..=52 => Some(digits - 40),
        66..=77 => Some(digits - 65),
        81..=92 => Some(digits - 80),
        _ => None,
    }
}

/// Days in a month of a year of two digits. The century does not always stand in the number; it only matters for
/// the year 00, which was a leap year in 2000.
fn days(month: u32, year: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Text, `FromStr` and serde as a plain string for each identifier.
macro_rules! text_type {
    ($type:ident, $expecting:literal) => {
        impl FromStr for $type {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::parse(text)
            }
        }
        impl TryFrom<&str> for $type {
            type Error = IdError;
            fn try_from(text: &str) -> Result<Self, IdError> {
                Self::parse(text)
            }
        }
        impl TryFrom<String> for $type {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                Self::parse(&text)
            }
        }
        impl From<$type> for String {
            fn from(id: $type) -> Self {
                id.as_str().to_owned()
            }
        }
        impl AsRef<str> for $type {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Visitor;
                impl de::Visitor<'_> for Visitor {
                    type Value = $type;
                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($expecting)
                    }
                    fn visit_str<E: de::Error>(self, text: &str) -> Result<$type, E> {
                        $type::parse(text).map_err(E::custom)
                    }
                }
                deserializer.deserialize_str(Visitor)
            }
        }
    };
}

text_type!(Pid, "a fødselsnummer or D-number of 11 digits as a string");
text_type!(Orgnr, "an organisasjonsnummer of 9 digits as a string");
text_type!(Kommunenummer, "a kommunenummer of 4 digits as a string");

impl fmt::Debug for Pid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pid(******)")
    }
}

/// Masked as `Debug` is; [`Pid::as_str`] is for the wire.
impl fmt::Display for Pid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pid(******)")
    }
}

/// Numbers of organisations and municipalities are public: shown as they are.
macro_rules! shown {
    ($($type:ident),*) => { $(
        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($type), "({})"), self.as_str())
            }
        }
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    )* };
}

shown!(Orgnr, Kommunenummer);

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    /// Real and synthetic, of the rule of 1964 and of 2032: facts that Skatteetaten publishes for testers.
    const CASES: [(&str, Result<bool, IdError>); 10] = [
        ("30108299939", Ok(false)),
        ("30908299902", Ok(true)),
        ("20036914700", Ok(false)),
        ("03851598730", Ok(true)),
        ("20036914712", Err(IdError::ControlDigit)),
        ("29020073150", Ok(false)),
        ("29020105729", Err(IdError::Date)),
        ("55102499947", Ok(false)),
        ("41819077906", Ok(true)),
        ("41819077302", Ok(true)),
    ];

    /// The rules again, written without care for speed: dates by the calendar, control digits by trying each.
    fn reference(text: &str) -> bool {
        let digits: Vec<i32> = text.chars().filter_map(|c| c.to_digit(10)).map(|d| d as i32).collect();
        if digits.len() != 11 || text.len() != 11 {
            return false;
        }
        let two = |at: usize| digits[at] * 10 + digits[at + 1];
        let real = [0, 40].iter().any(|d| {
            [0, 40, 65, 80].iter().any(|m| {
                [1900, 2000].iter().any(|century| {
                    let (year, month, day) = (century + two(4), two(2) - m, two(0) - d);
                    Date::new(year as i16, month as i8, day as i8).is_ok()
                })
            })
        });
        let sum = |weights: &[i32]| -> i32 { weights.iter().zip(&digits).map(|(w, d)| w * d).sum() };
        let first = (11..=14).any(|base| {
            let k = base - sum(&[3, 7, 6, 1, 8, 9, 4, 5, 2]) % 11;
            (if k > 10 { k - 11 } else { k }) == digits[9]
        });
        let k2 = 11 - sum(&[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
        real && first && (if k2 == 11 { 0 } else { k2 }) == digits[10]
    }

    #[test]
    fn published_cases_are_judged_as_published() {
        for (text, expected) in CASES {
            assert_eq!(Pid::parse(text).map(|pid| pid.is_synthetic()), expected, "{text}");
            assert_eq!(reference(text), expected.is_ok(), "{text}");
        }
        let d: Vec<&str> = CASES
            .iter()
            .filter(|(text, _)| Pid::parse(text).is_ok_and(|pid| pid.is_d_number()))
            .map(|c| c.0)
            .collect();
        assert_eq!(d, ["55102499947", "41819077906", "41819077302"]);
    }

    #[test]
    fn an_error_says_which_check_failed_and_nothing_of_the_number() {
        assert_eq!(Pid::parse("0385159873"), Err(IdError::Length(11)));
        assert_eq!(Pid::parse("0385159873x"), Err(IdError::Digits));
        assert_eq!(Pid::parse("0385159873ø"), Err(IdError::Digits));
        assert_eq!(Pid::parse("00851598730"), Err(IdError::Date));
        assert_eq!(Pid::parse("03131598730"), Err(IdError::Date));
        assert_eq!(Pid::parse("03851598731"), Err(IdError::ControlDigit));
        let error = serde_json::from_str::<Pid>("\"03851598731\"").unwrap_err().to_string();
        assert!(error.contains("control digits") && !error.contains("0385"), "{error}");
    }

    #[test]
    fn a_pid_is_masked_in_print_and_plain_on_the_wire() {
        let pid = Pid::parse("03851598730").unwrap();
        assert_eq!(format!("{pid:?} {pid}"), "Pid(******) Pid(******)");
        assert_eq!(serde_json::to_string(&pid).unwrap(), "\"03851598730\"");
        assert_eq!(serde_json::from_str::<Pid>("\"03851598730\"").unwrap(), pid);
        assert_eq!(size_of::<Pid>(), 11);
    }

    #[test]
    fn a_day_has_numbers_enough_for_a_nation_of_millions_and_none_twice() {
        let mut all = std::collections::BTreeSet::new();
        for day in
            [date(1899, 12, 31), date(1939, 6, 1), date(1970, 2, 28), date(2024, 2, 29), date(2039, 1, 1)]
        {
            for kjoenn in [Kjoenn::Kvinne, Kjoenn::Mann] {
                let series: Vec<Pid> = Pid::synthetic_series(day, kjoenn).collect();
                assert!(series.len() >= 95 && series.is_sorted(), "{day}: {}", series.len());
                assert!(
                    series.iter().all(|pid| all.insert(*pid) && pid.is_synthetic() && !pid.is_d_number())
                );
                assert_eq!(Pid::synthetic(day, kjoenn, 3), Some(series[3]));
                assert_eq!(Pid::synthetic(day, kjoenn, series.len()), None);
                assert!(Pid::synthetic_d(day, kjoenn, 0).unwrap().is_d_number());
            }
        }
        assert_eq!(Pid::synthetic(date(2040, 1, 1), Kjoenn::Mann, 0), None);
        assert_eq!(Pid::synthetic(date(-1, 1, 1), Kjoenn::Mann, 0), None);
    }

    #[test]
    fn organisation_numbers_have_a_control_digit() {
        assert!(Orgnr::parse("974760673").is_ok());
        assert_eq!(Orgnr::parse("974760674"), Err(IdError::ControlDigit));
        assert_eq!(Orgnr::parse("97476067"), Err(IdError::Length(9)));
        assert_eq!(Orgnr::parse("97476067x"), Err(IdError::Digits));
        assert_eq!(Orgnr::from_stem(97_476_067).unwrap().as_str(), "974760673");
        assert_eq!(Orgnr::from_stem(974_760_673), None);
        let usable = (31_000_000..31_001_000).filter_map(Orgnr::from_stem);
        assert!(
            usable
                .inspect(|orgnr| assert!(Orgnr::parse(orgnr.as_str()) == Ok(*orgnr) && orgnr.is_synthetic()))
                .count()
                > 880
        );
    }

    #[test]
    fn municipality_numbers_are_four_digits() {
        assert_eq!(Kommunenummer::parse("0301").unwrap().fylkesnummer(), "03");
        assert_eq!(Kommunenummer::parse("301"), Err(IdError::Length(4)));
        assert_eq!(format!("{:?}", Kommunenummer::parse("5001").unwrap()), "Kommunenummer(5001)");
    }

    fn a_date() -> impl Strategy<Value = Date> {
        (0..67_000i64).prop_map(|days| date(1854, 1, 1).checked_add(jiff::ToSpan::days(days)).unwrap())
    }

    fn a_sex() -> impl Strategy<Value = Kjoenn> {
        prop_oneof![Just(Kjoenn::Kvinne), Just(Kjoenn::Mann)]
    }

    proptest! {
        #[test]
        fn every_generated_number_parses(day in a_date(), kjoenn in a_sex(), n in 0usize..90, d in any::<bool>()) {
            let pid = if d { Pid::synthetic_d(day, kjoenn, n) } else { Pid::synthetic(day, kjoenn, n) }.unwrap();
            prop_assert_eq!(Pid::parse(pid.as_str()), Ok(pid));
            prop_assert!(pid.is_synthetic() && pid.is_d_number() == d && reference(pid.as_str()));
        }

        #[test]
        fn every_altered_digit_is_judged_as_the_reference_does(day in a_date(), kjoenn in a_sex(), n in 0usize..90) {
            let pid = Pid::synthetic(day, kjoenn, n).unwrap();
            for place in 0..11 {
                for digit in b'0'..=b'9' {
                    let mut altered = pid.as_str().as_bytes().to_vec();
                    altered[place] = digit;
                    let altered = String::from_utf8(altered).unwrap();
                    prop_assert_eq!(Pid::parse(&altered).is_ok(), reference(&altered), "{}", altered);
                }
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in ".{0,13}", digits in "[0-9]{11}") {
            prop_assert_eq!(Pid::parse(&text).is_ok(), reference(&text));
            prop_assert_eq!(Pid::parse(&digits).is_ok(), reference(&digits));
            let _ = (Orgnr::parse(&text), Kommunenummer::parse(&text));
        }
    }
}
