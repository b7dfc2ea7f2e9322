//! Deadlines: a day that is no working day rolls to the next that is.

use jiff::Span;
use jiff::civil::{Date, Weekday};

use crate::ruleset::RuleSet;

impl RuleSet {
    /// The last day to appeal a decision that reached the person on `received`; `None` where the rule set says nothing of appeal.
    pub fn appeal_deadline(&self, received: Date) -> Option<Date> {
        let weeks = self.appeal_weeks?;
        received.checked_add(Span::new().weeks(weeks)).ok().map(next_working_day)
    }
}

/// The day itself when it is a working day, else the first after it (forvaltningsloven § 30: a deadline that ends on a Saturday or a holiday
/// ends on the next working day).
pub fn next_working_day(day: Date) -> Date {
    let mut day = day;
    while !is_working_day(day) {
        let Ok(next) = day.tomorrow() else { return day };
        day = next;
    }
    day
}

/// Whether a day is neither Saturday, Sunday nor a public holiday in Norway.
pub fn is_working_day(day: Date) -> bool {
    let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    let fixed = matches!((day.month(), day.day()), (1 | 5, 1) | (5, 17) | (12, 25 | 26));
    // Maundy Thursday, Good Friday, Easter Monday, Ascension, Whit Monday, in days from Easter Sunday.
    let moving = easter(day.year())
        .and_then(|easter| day.since(easter).ok())
        .is_some_and(|from| matches!(from.get_days(), -3 | -2 | 1 | 39 | 50));
    !(weekend || fixed || moving)
}

/// Easter Sunday by the Gregorian computus.
fn easter(year: i16) -> Option<Date> {
    let y = i32::from(year);
    let golden = y % 19;
    let (century, in_century) = (y / 100, y % 100);
    let leap_moon = (century - century / 4 - (8 * century + 13) / 25 + 19 * golden + 15) % 30;
    let moon = leap_moon - i32::from(leap_moon == 29 || (leap_moon == 28 && golden > 10));
    let weekday = (2 * (century % 4) + 2 * (in_century / 4) - in_century % 4 - moon + 32) % 7;
    let days = moon + weekday;
    // 22 March is the earliest Easter.
    Date::new(year, 3, 22).ok()?.checked_add(Span::new().days(days)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn easter_falls_where_the_almanac_says() {
        let known = [
            "1999-04-04",
            "2000-04-23",
            "2008-03-23",
            "2011-04-24",
            "2019-04-21",
            "2024-03-31",
            "2025-04-20",
            "2026-04-05",
            "2027-03-28",
            "2038-04-25",
            "2049-04-18",
            "2076-04-19",
            "1981-04-19",
            "1954-04-18",
            "2285-03-22",
        ];
        for day in known {
            let day: Date = day.parse().unwrap();
            assert_eq!(easter(day.year()), Some(day));
        }
    }

    #[test]
    fn a_deadline_rolls_over_weekends_and_holidays() {
        let rolled = |d: &str| next_working_day(d.parse().unwrap()).to_string();
        assert_eq!(rolled("2026-12-22"), "2026-12-22");
        assert_eq!(rolled("2026-12-25"), "2026-12-28");
        assert_eq!(rolled("2026-04-02"), "2026-04-07");
        assert_eq!(rolled("2026-05-14"), "2026-05-15");
        assert_eq!(rolled("2026-05-16"), "2026-05-18");
        assert_eq!(rolled("2027-05-17"), "2027-05-18");
    }
}
