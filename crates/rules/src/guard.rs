//! Facts that no rule may read: the special categories of GDPR art. 9, and nationality except as a condition of the law itself.

/// Word beginnings of the special categories, in Bokmål, Nynorsk and English, without accents.
const NEVER: &[(&str, &str)] = &[
    ("etnisi", "etnisk opprinnelse"),
    ("etnisk", "etnisk opprinnelse"),
    ("rase", "rase"),
    ("hudfarge", "rase"),
    ("religi", "religion"),
    ("livssyn", "livssyn"),
    ("trossamfunn", "religion"),
    ("helse", "helseopplysninger"),
    ("diagnos", "helseopplysninger"),
    ("sykdom", "helseopplysninger"),
    ("sjukdom", "helseopplysninger"),
    ("medisinsk", "helseopplysninger"),
    ("politisk", "politisk oppfatning"),
    ("partitilhør", "politisk oppfatning"),
    ("fagforening", "fagforeningsmedlemskap"),
    ("seksuell", "seksuell orientering"),
    ("legning", "seksuell orientering"),
    ("genetisk", "genetiske opplysninger"),
    ("biometri", "biometriske opplysninger"),
    ("ethnic", "etnisk opprinnelse"),
    ("health", "helseopplysninger"),
    ("union", "fagforeningsmedlemskap"),
];

/// Allowed only where the law itself makes them a condition, which the model must say.
const ONLY_BY_LAW: &[(&str, &str)] = &[
    ("statsborger", "statsborgerskap"),
    ("nasjonalitet", "statsborgerskap"),
    ("nationality", "statsborgerskap"),
];

/// Why a fact with this key and name may not be read by a rule. `by_law`: the model names the law that makes it a condition.
///
/// The check goes by what a fact is called: it stops mistakes and makes the list of categories part of every load. It cannot see through a
/// fact with a misleading name; that is for the one who approves the rule set.
pub(crate) fn prohibited(key: &str, name: &str, by_law: bool) -> Option<String> {
    let words = |s: &str| {
        s.to_lowercase().split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect::<Vec<_>>()
    };
    for word in words(key).into_iter().chain(words(name)) {
        if let Some((_, category)) = NEVER.iter().find(|(start, _)| word.starts_with(start)) {
            return Some(format!(
                "`{word}` is a special category of personal data ({category}, GDPR art. 9)"
            ));
        }
        if !by_law && let Some((_, category)) = ONLY_BY_LAW.iter().find(|(start, _)| word.starts_with(start))
        {
            return Some(format!(
                "`{word}` ({category}) is allowed only with `lovkrav`, the law that makes it a condition"
            ));
        }
    }
    None
}
