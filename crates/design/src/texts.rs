//! The words of the pages: Fluent files under `content/texts/<language>/`, embedded at build time.
//!
//! `lang.t("innboks-tittel")` gives a text, `lang.with("uleste", &[("antall", 3.into())])` one with values in it. A key
//! that is chosen rather than written in the call is marked by [`key`], so that the test in `tests/texts.rs` finds every
//! key in the code and holds it against the files.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentError, FluentResource, FluentValue};
use jiff::civil::Date;
use jiff::{Timestamp, ZonedDateTime};
use kernel::clock::oslo;

/// Every file: language, name, contents.
static FILES: &[(&str, &str, &str)] = include!(concat!(env!("OUT_DIR"), "/texts.rs"));

static BUNDLES: LazyLock<BTreeMap<&'static str, FluentBundle<FluentResource>>> = LazyLock::new(|| {
    let mut bundles = BTreeMap::new();
    for (language, file, text) in FILES {
        let bundle = bundles.entry(*language).or_insert_with(|| {
            let mut bundle = FluentBundle::new_concurrent(language.parse().into_iter().collect());
            // The pages are of one writing direction, and the marks would stand in every address and amount.
            bundle.set_use_isolating(false);
            bundle
        });
        let resource = FluentResource::try_new((*text).to_owned()).unwrap_or_else(|(rest, errors)| {
            tracing::error!(language, file, ?errors, "a text is not Fluent");
            rest
        });
        if let Err(errors) = bundle.add_resource(resource) {
            tracing::error!(language, file, ?errors, "a text stands twice");
        }
    }
    bundles
});

/// A value in a text.
pub type Value<'a> = FluentValue<'a>;

/// Marks a key that is handed on to [`Lang::t`] later.
pub const fn key(key: &'static str) -> &'static str {
    key
}

/// A language that has texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lang(Tag);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Tag(&'static str);

impl Default for Tag {
    fn default() -> Self {
        Self("nb")
    }
}

impl Lang {
    /// Bokmål: the language that has every text.
    pub const NB: Self = Self(Tag("nb"));

    /// The language of this tag (`nb`, `no`, `en-GB`), where there are texts in it.
    pub fn parse(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        let primary = if primary == "no" { "nb" } else { primary.as_str() };
        BUNDLES.keys().find(|language| **language == primary).map(|language| Self(Tag(language)))
    }

    /// The first of several tags, separated by spaces (`ui_locales`), that has texts; otherwise Bokmål.
    pub fn first_of(tags: &str) -> Self {
        tags.split_ascii_whitespace().find_map(Self::parse).unwrap_or_default()
    }

    /// Every language that has texts.
    pub fn all() -> impl Iterator<Item = Self> {
        BUNDLES.keys().map(|language| Self(Tag(language)))
    }

    /// The language's tag, for the attribute `lang`.
    pub fn tag(self) -> &'static str {
        self.0.0
    }

    /// The text of `key`.
    pub fn t(self, key: &str) -> String {
        self.with(key, &[])
    }

    /// The text of `key` with values in it.
    pub fn with(self, key: &str, values: &[(&'static str, Value<'_>)]) -> String {
        let mut args = FluentArgs::with_capacity(values.len());
        for (name, value) in values {
            args.set(*name, value.clone());
        }
        let text = self.format(key, &args).or_else(|| Self::NB.format(key, &args));
        text.unwrap_or_else(|| {
            tracing::error!(key, "there is no such text");
            format!("[{key}]")
        })
    }

    /// Whether the language has this text itself.
    pub fn has(self, key: &str) -> bool {
        BUNDLES.get(self.tag()).is_some_and(|bundle| bundle.has_message(key))
    }

    fn format(self, key: &str, args: &FluentArgs<'_>) -> Option<String> {
        let bundle = BUNDLES.get(self.tag())?;
        let pattern = bundle.get_message(key)?.value()?;
        let mut errors: Vec<FluentError> = Vec::new();
        let text = bundle.format_pattern(pattern, Some(args), &mut errors).into_owned();
        if !errors.is_empty() {
            tracing::error!(key, language = self.tag(), ?errors, "a text lacks a value");
        }
        Some(text)
    }

    /// `24. november 2026`.
    pub fn date(self, date: Date) -> String {
        let month = self.month_name(date.month());
        self.with(
            "dato",
            &[
                ("dag", i64::from(date.day()).into()),
                ("maaned", month.into()),
                ("aar", i64::from(date.year()).into()),
            ],
        )
    }

    /// `24. november 2026 kl. 14.05`, in Norway.
    pub fn moment(self, at: Timestamp) -> String {
        self.with("tidspunkt", &[("dato", self.day(at).into()), ("klokka", self.clock(at).into())])
    }

    /// The day of a moment in Norway: `24. november 2026`.
    pub fn day(self, at: Timestamp) -> String {
        self.date(local(at).date())
    }

    /// The time of day of a moment in Norway: `14.05`.
    pub fn clock(self, at: Timestamp) -> String {
        let local = local(at);
        format!("{:02}.{:02}", local.hour(), local.minute())
    }

    /// A month written `2026-03` as `mars 2026`; anything else as it is.
    pub fn month(self, text: &str) -> String {
        let month = text.split_once('-').and_then(|(year, month)| Some((year, month.parse::<i8>().ok()?)));
        match month {
            Some((year, month)) if (1..=12).contains(&month) => format!("{} {year}", self.month_name(month)),
            _ => text.to_owned(),
        }
    }

    fn month_name(self, month: i8) -> String {
        self.with("maaned", &[("nummer", i64::from(month).into())])
    }

    /// Whole kroner: `24 144 kr`, with spaces that do not break.
    pub fn kroner(self, amount: i64) -> String {
        self.with("kroner", &[("beloep", grouped(amount).into())])
    }
}

fn local(at: Timestamp) -> ZonedDateTime {
    at.to_zoned_datetime(oslo())
}

/// A number in groups of three, with spaces that do not break.
pub fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::from(if number < 0 { "\u{2212}" } else { "" });
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('\u{a0}');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_amounts_and_months_read_as_norwegians_write_them() {
        let nb = Lang::NB;
        assert_eq!(nb.date("2026-11-04".parse().unwrap()), "4. november 2026");
        assert_eq!(nb.moment("2026-11-24T23:05:00Z".parse().unwrap()), "25. november 2026 kl. 00.05");
        assert_eq!(nb.month("2026-03"), "mars 2026");
        assert_eq!(nb.month("2026-13"), "2026-13");
        assert_eq!(nb.kroner(24_144), "24\u{a0}144\u{a0}kr");
        assert_eq!(
            (grouped(0), grouped(-1_000_000)),
            ("0".to_owned(), "\u{2212}1\u{a0}000\u{a0}000".to_owned())
        );
    }

    #[test]
    fn a_language_is_found_by_its_tag() {
        assert_eq!(Lang::parse("no"), Some(Lang::NB));
        assert_eq!(Lang::parse("NB-no"), Some(Lang::NB));
        assert_eq!(Lang::parse("tlh"), None);
        assert_eq!(Lang::first_of("tlh nb"), Lang::NB);
        assert_eq!(Lang::first_of(""), Lang::NB);
    }

    /// The keys of a file.
    fn keys(text: &str) -> Vec<&str> {
        let begins = |line: &&str| line.starts_with(|first: char| first.is_ascii_alphabetic());
        text.lines().filter(begins).filter_map(|line| Some(line.split_once(" =")?.0)).collect()
    }

    #[test]
    fn every_file_is_fluent_and_no_key_stands_twice_in_a_language() {
        let mut seen = std::collections::BTreeSet::new();
        for (language, file, text) in FILES {
            let parsed = FluentResource::try_new((*text).to_owned());
            assert!(parsed.is_ok(), "{language}/{file}: {:?}", parsed.err().map(|(_, errors)| errors));
            for key in keys(text) {
                assert!(seen.insert((*language, key)), "{language}/{file}: {key} stands twice");
            }
        }
        assert!(seen.len() > 200, "the files are not read");
    }

    #[test]
    fn a_file_has_the_same_texts_with_the_same_values_in_every_language() {
        // The names of the values in a text, however they are arranged.
        let values = |text: &str| {
            let names = text.split('$').skip(1);
            names
                .map(|rest| rest.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned())
                .collect::<std::collections::BTreeSet<_>>()
        };
        let mut compared = 0;
        for (language, file, text) in FILES.iter().filter(|(language, ..)| *language != "nb") {
            let bokmaal = FILES.iter().find(|(nb, name, _)| *nb == "nb" && name == file);
            let (_, _, bokmaal) = bokmaal.unwrap_or_else(|| panic!("{language}/{file} has no Bokmål"));
            assert_eq!(keys(text), keys(bokmaal), "{language}/{file}");
            assert_eq!(values(text), values(bokmaal), "{language}/{file}");
            compared += 1;
        }
        assert!(compared > 0, "there is a second language");
    }
}
