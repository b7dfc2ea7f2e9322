//! Days as numbers: a nation counts with millions of them.

use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};

const EPOCH: Date = date(1970, 1, 1);

/// A day: how many after 1 January 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i32);

impl Day {
    /// The day of a date.
    pub fn of(date: Date) -> Self {
        Self((EPOCH.duration_until(date).as_hours() / 24) as i32)
    }

    /// Its date.
    pub fn date(self) -> Date {
        EPOCH.saturating_add(SignedDuration::from_hours(i64::from(self.0) * 24))
    }

    /// Its year.
    pub fn year(self) -> i32 {
        i32::from(self.date().year())
    }

    /// A moment in its working hours (UTC), the same for the same `salt`.
    pub fn moment(self, salt: u32) -> Timestamp {
        let second = 8 * 3600 + i64::from(salt % (6 * 3600));
        // A day of a nation lies within the years that a timestamp has.
        Timestamp::from_second(i64::from(self.0) * 86_400 + second).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// The same day `years` later, or before; 29 February becomes 1 March where there is none.
    pub fn plus_years(self, years: i32) -> Self {
        let date = self.date();
        let year = (i32::from(date.year()) + years) as i16;
        match Date::new(year, date.month(), date.day()) {
            Ok(date) => Self::of(date),
            Err(_) => Self(Self::of(date.first_of_month()).plus_years(years).0 + i32::from(date.day()) - 1),
        }
    }

    /// `days` later.
    pub fn plus(self, days: i32) -> Self {
        Self(self.0 + days)
    }

    /// Whole years from this day of birth to `day`.
    pub fn age(self, day: Self) -> i32 {
        let (born, date) = (self.date(), day.date());
        let years = i32::from(date.year()) - i32::from(born.year());
        years - i32::from((date.month(), date.day()) < (born.month(), born.day()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_are_each_others_inverse() {
        for day in (-40_000..40_000).step_by(37).map(Day) {
            assert_eq!(Day::of(day.date()), day);
        }
        assert_eq!(Day::of(date(2026, 11, 1)).0, 20_758);
        assert_eq!(Day::of(date(1969, 12, 31)).0, -1);
    }

    #[test]
    fn years_are_those_of_the_calendar() {
        let leap = Day::of(date(2004, 2, 29));
        assert_eq!(leap.plus_years(18).date(), date(2022, 3, 1));
        assert_eq!(leap.plus_years(4).date(), date(2008, 2, 29));
        assert_eq!(leap.age(Day::of(date(2022, 2, 28))), 17);
        assert_eq!(leap.age(Day::of(date(2022, 3, 1))), 18);
    }
}
