//! Time, passed in and never taken from the air, so that a test sets it.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};

/// The time zone in which Norwegian law counts days.
///
/// Falls back to UTC only where the zone database lacks Europe/Oslo, which the bundled one does not.
pub fn oslo() -> TimeZone {
    static OSLO: OnceLock<TimeZone> = OnceLock::new();
    OSLO.get_or_init(|| TimeZone::get("Europe/Oslo").unwrap_or(TimeZone::UTC)).clone()
}

/// A source of the present moment. Clones share it.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    Set(Arc<Mutex<Timestamp>>),
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still at `now` until it is set or advanced.
    pub fn fixed(now: Timestamp) -> Self {
        Self(Source::Set(Arc::new(Mutex::new(now))))
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
            Source::System => Timestamp::now(),
            Source::Set(time) => *time.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// Today's date in Norway.
    pub fn today(&self) -> Date {
        self.now().to_zoned_datetime(oslo()).date()
    }

    /// Sets a fixed clock; the machine's clock ignores it.
    pub fn set(&self, to: Timestamp) {
        if let Source::Set(time) = &self.0 {
            *time.lock().unwrap_or_else(PoisonError::into_inner) = to;
        }
    }

    /// Moves a fixed clock; the machine's clock ignores it.
    pub fn advance(&self, by: SignedDuration) {
        let to = self.now().saturating_add(by);
        if let Ok(to) = to {
            self.set(to);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_clock_moves_only_when_told_and_counts_days_in_oslo() {
        let clock = Clock::fixed("2026-11-23T23:30:00Z".parse().unwrap());
        assert_eq!(clock.today().to_string(), "2026-11-24");
        clock.advance(SignedDuration::from_hours(24));
        assert_eq!(clock.now().to_string(), "2026-11-24T23:30:00Z");
    }
}
