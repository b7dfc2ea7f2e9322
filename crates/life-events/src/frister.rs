//! When a caseworker is to have answered: parameters valid in time, counted in Norway's calendar, and moved to a working day.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use rules::{LoadError, Parameters, next_working_day};

/// What the deadlines are read from.
const FILE: &str = include_str!("../../../content/journeys/frister.toml");

/// What a deadline is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frist {
    /// To decide.
    Vurdering,
    /// To send a letter by hand.
    Utsending,
    /// To deal with an appeal.
    Klagebehandling,
    /// To answer that a fact is wrong.
    Retting,
    /// To look at an automatic decision.
    Kontroll,
    /// To look at what got stuck.
    Teknisk,
}

impl Frist {
    /// The parameter's key, and the days where the file has none for that day.
    const fn parameter(self) -> (&'static str, i64) {
        match self {
            Self::Vurdering => ("frist.vurdering", 28),
            Self::Utsending => ("frist.utsending", 3),
            Self::Klagebehandling => ("frist.klagebehandling", 84),
            Self::Retting => ("frist.retting", 30),
            Self::Kontroll => ("frist.kontroll", 30),
            Self::Teknisk => ("frist.teknisk", 1),
        }
    }
}

/// The deadlines that the law and the agency have set.
#[derive(Debug, Clone)]
pub struct Frister(Parameters);

impl Frister {
    /// Reads the deadlines that are part of the program.
    pub fn load() -> Result<Self, LoadError> {
        Parameters::parse("frister.toml", FILE).map(Self)
    }

    /// The last day, for something that begins on `day` by what is known at `now`.
    pub fn siste_dag(&self, frist: Frist, day: Date, now: Timestamp) -> Date {
        let (key, otherwise) = frist.parameter();
        let value = self.0.get(key).and_then(|parameter| parameter.at(day, now));
        let days = value.and_then(|value| i64::try_from(value.value).ok()).unwrap_or(otherwise);
        next_working_day(day.saturating_add(days.days()))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_file_has_every_deadline_in_days() {
        let frister = Frister::load().unwrap();
        let now = "2026-11-10T10:00:00Z".parse().unwrap();
        let all = [
            Frist::Vurdering,
            Frist::Utsending,
            Frist::Klagebehandling,
            Frist::Retting,
            Frist::Kontroll,
            Frist::Teknisk,
        ];
        for frist in all {
            let (key, otherwise) = frist.parameter();
            let parameter = frister.0.get(key).unwrap();
            assert_eq!(parameter.unit, "dager");
            assert_eq!(
                i64::try_from(parameter.at(date(2026, 11, 10), now).unwrap().value).unwrap(),
                otherwise,
                "{key}"
            );
        }
    }

    #[test]
    fn a_deadline_ends_on_a_working_day() {
        let frister = Frister::load().unwrap();
        let now = "2026-12-23T10:00:00Z".parse().unwrap();
        // 26 December is a holiday and a Saturday, the 27th a Sunday.
        assert_eq!(frister.siste_dag(Frist::Utsending, date(2026, 12, 23), now), date(2026, 12, 28));
    }
}
