//! The facts in `data/`, read once: municipalities, names, countries, streets, industries.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use kernel::id::Kjoenn;

use crate::chance::Weighted;

/// A name's place in [`Facts::navn`].
pub type NameId = u16;

/// Norway's place in [`Facts::land`].
pub const NORGE: u8 = 0;

/// A municipality.
#[derive(Debug, Clone)]
pub struct Kommune {
    /// Four digits.
    pub nummer: &'static str,
    /// Name in Norwegian.
    pub navn: &'static str,
    /// People on 1 January 2024.
    pub folketall: u32,
    /// Whether its written language is Nynorsk.
    pub nynorsk: bool,
    /// Post codes with their places.
    pub poststeder: Vec<(&'static str, &'static str)>,
}

impl Kommune {
    /// The county: the first two digits.
    pub fn fylke(&self) -> &'static str {
        &self.nummer[..2]
    }
}

/// How free movement from a country is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Omraade {
    /// Norway and its neighbours.
    Norden,
    /// The rest of the EEA.
    Eoes,
    /// All else.
    Ellers,
}

/// A country that people come from.
#[derive(Debug, Clone)]
pub struct Land {
    /// ISO 3166-1 alpha-3.
    pub kode: &'static str,
    /// How free movement is.
    pub omraade: Omraade,
    /// The first year in which people usually came.
    pub fra: i32,
    /// A town there.
    pub by: &'static str,
    /// Women's names.
    pub kvinner: Vec<NameId>,
    /// Men's names.
    pub menn: Vec<NameId>,
    /// Surnames.
    pub etternavn: Vec<NameId>,
}

/// Parts of street names.
#[derive(Debug, Clone, Default)]
pub struct Veinavn {
    /// Before the name (`Nedre`).
    pub foran: Vec<&'static str>,
    /// The stem (`Bjørke`).
    pub stamme: Vec<&'static str>,
    /// The end in Bokmål (`veien`).
    pub bokmaal: Vec<&'static str>,
    /// The end in Nynorsk (`vegen`).
    pub nynorsk: Vec<&'static str>,
}

/// An industry.
#[derive(Debug, Clone, Copy)]
pub struct Naering {
    /// Code of the standard of industries.
    pub kode: &'static str,
    /// Its description.
    pub beskrivelse: &'static str,
    /// The word that names contain.
    pub ord: &'static str,
}

/// All facts.
pub struct Facts {
    /// Municipalities by number.
    pub kommuner: Vec<Kommune>,
    /// Municipalities by people: their places in `kommuner`.
    pub kommune_etter_folketall: Weighted<u16>,
    /// Municipalities of each county, by people.
    pub kommune_i_fylke: BTreeMap<&'static str, Weighted<u16>>,
    /// Every name there is.
    pub navn: Vec<&'static str>,
    /// Surnames.
    pub etternavn: Weighted<NameId>,
    /// First names by decade and sex.
    fornavn: BTreeMap<(i32, bool), Weighted<NameId>>,
    /// Countries; Norway first.
    pub land: Vec<Land>,
    /// The countries of immigrants.
    pub fremmede: Weighted<u8>,
    /// Single years of age and sex, by people.
    pub alder: Weighted<(u8, Kjoenn)>,
    /// Parts of street names.
    pub veinavn: Veinavn,
    /// Industries of businesses.
    pub bedrifter: Weighted<Naering>,
    /// Industries of associations.
    pub lag: Weighted<Naering>,
}

/// The facts.
pub fn facts() -> &'static Facts {
    static FACTS: OnceLock<Facts> = OnceLock::new();
    FACTS.get_or_init(Facts::read)
}

/// The lines of a file with their fields; lines that begin with `#` are remarks.
fn rows(text: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    text.lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| line.split('\t').collect())
}

/// Field `n` of a row; the files are our own, and a test reads them all.
fn field(row: &[&'static str], n: usize) -> &'static str {
    row.get(n).copied().unwrap_or_default()
}

fn number(text: &str) -> u32 {
    text.parse().unwrap_or(0)
}

/// Gives every name one id.
#[derive(Default)]
struct Names {
    all: Vec<&'static str>,
    ids: BTreeMap<&'static str, NameId>,
}

impl Names {
    fn id(&mut self, name: &'static str) -> NameId {
        *self.ids.entry(name).or_insert_with(|| {
            self.all.push(name);
            (self.all.len() - 1) as NameId
        })
    }

    /// `Hansen 47879`.
    fn counted(&mut self, text: &'static str) -> (NameId, u32) {
        let (name, count) = text.rsplit_once(' ').unwrap_or((text, "0"));
        (self.id(name), number(count))
    }

    fn list(&mut self, text: &'static str) -> Vec<NameId> {
        text.split_whitespace().map(|name| self.id(name)).collect()
    }
}

/// Of a thousand residents, those whose surname is drawn from the Norwegian ones: all but immigrants and their children.
const WITH_NORWEGIAN_NAMES: u32 = 835;

/// Adds surnames that few bear, until all together are borne by `people`: most Norwegians have a name that fewer than two
/// hundred others have.
fn rare_surnames(names: &mut Names, people: u32, surnames: &mut Vec<(NameId, u32)>) {
    let parts: Vec<_> =
        rows(include_str!("../data/etternavn_sjeldne.tsv")).map(|row| field(&row, 1)).collect();
    let [first, last] = [0, 1].map(|n| parts.get(n).map_or("", |parts| *parts).split(' '));
    // A double letter is written once where the parts meet, a vowel is never followed by the same.
    let joined = |(first, last): (&str, &str)| {
        let same = first.chars().last() == last.chars().next();
        (!same).then(|| format!("{first}{last}"))
    };
    let known: BTreeSet<NameId> = surnames.iter().map(|(name, _)| *name).collect();
    let rare: Vec<NameId> = first
        .flat_map(|first| last.clone().map(move |last| (first, last)))
        .filter_map(joined)
        // The facts are read once and stay.
        .map(|name| names.id(name.leak()))
        .filter(|name| !known.contains(name))
        .collect();
    let common: u32 = surnames.iter().map(|(_, people)| people).sum();
    let each = people.saturating_sub(common).checked_div(rare.len() as u32).unwrap_or(0);
    surnames.extend(rare.into_iter().map(|name| (name, each)));
}

/// Gives what the commonest names of a decade leave of 100,000 to those of all other decades.
fn with_rare_first_names(
    common: &BTreeMap<(i32, bool), Vec<(NameId, u32)>>,
) -> BTreeMap<(i32, bool), Weighted<NameId>> {
    let of_sex = |man: bool| -> BTreeSet<NameId> {
        common
            .iter()
            .filter(|((_, sex), _)| *sex == man)
            .flat_map(|(_, all)| all)
            .map(|(name, _)| *name)
            .collect()
    };
    let all = [of_sex(false), of_sex(true)];
    let decade = |((decade, man), common): (&(i32, bool), &Vec<(NameId, u32)>)| {
        let mut rare = all[usize::from(*man)].clone();
        rare.retain(|name| common.iter().all(|(other, _)| other != name));
        let left = 100_000_u32.saturating_sub(common.iter().map(|(_, share)| share).sum());
        let each = left.checked_div(rare.len() as u32).unwrap_or(0);
        let weights = common.iter().copied().chain(rare.into_iter().map(|name| (name, each)));
        ((*decade, *man), Weighted::new(weights))
    };
    common.iter().map(decade).collect()
}

impl Facts {
    fn read() -> Self {
        let mut names = Names::default();
        let kommuner: Vec<Kommune> =
            rows(include_str!("../data/kommuner.tsv")).map(|row| kommune(&row)).collect();
        let weights = || kommuner.iter().enumerate().map(|(at, k)| (at as u16, k.folketall));
        let mut fylker: BTreeMap<&str, Vec<(u16, u32)>> = BTreeMap::new();
        for (at, weight) in weights() {
            fylker.entry(kommuner[usize::from(at)].fylke()).or_default().push((at, weight));
        }
        let mut etternavn = rows(include_str!("../data/etternavn.tsv"))
            .flatten()
            .map(|text| names.counted(text))
            .collect::<Vec<_>>();
        let people: u32 = kommuner.iter().map(|kommune| kommune.folketall).sum();
        rare_surnames(&mut names, people / 1000 * WITH_NORWEGIAN_NAMES, &mut etternavn);
        let fornavn: BTreeMap<_, Vec<_>> = rows(include_str!("../data/fornavn.tsv"))
            .map(|row| {
                let key = (number(field(&row, 0)) as i32, field(&row, 1) == "mann");
                (key, row[2..].iter().map(|text| names.counted(text)).collect())
            })
            .collect();
        let fornavn = with_rare_first_names(&fornavn);
        let mut land = vec![Land {
            kode: "NOR",
            omraade: Omraade::Norden,
            fra: 0,
            by: "Oslo",
            kvinner: Vec::new(),
            menn: Vec::new(),
            etternavn: Vec::new(),
        }];
        let mut fremmede = Vec::new();
        for row in rows(include_str!("../data/land.tsv")) {
            fremmede.push((land.len() as u8, number(field(&row, 2))));
            land.push(Land {
                kode: field(&row, 0),
                omraade: match field(&row, 1) {
                    "n" => Omraade::Norden,
                    "e" => Omraade::Eoes,
                    _ => Omraade::Ellers,
                },
                fra: number(field(&row, 3)) as i32,
                by: field(&row, 4),
                kvinner: names.list(field(&row, 5)),
                menn: names.list(field(&row, 6)),
                etternavn: names.list(field(&row, 7)),
            });
        }
        let naering = |kind: &str| {
            let of_kind = rows(include_str!("../data/naering.tsv")).filter(|row| field(row, 2) == kind);
            Weighted::new(of_kind.map(|row| {
                let naering =
                    Naering { kode: field(&row, 0), beskrivelse: field(&row, 3), ord: field(&row, 4) };
                (naering, number(field(&row, 1)))
            }))
        };
        Self {
            kommune_etter_folketall: Weighted::new(weights()),
            kommune_i_fylke: fylker.into_iter().map(|(fylke, all)| (fylke, Weighted::new(all))).collect(),
            kommuner,
            etternavn: Weighted::new(etternavn),
            fornavn,
            navn: names.all,
            land,
            fremmede: Weighted::new(fremmede),
            alder: ages(),
            veinavn: veinavn(),
            bedrifter: naering("f"),
            lag: naering("l"),
        }
    }

    /// The first names of a sex, as they were given in a year.
    pub fn fornavn(&self, year: i32, sex: Kjoenn) -> Option<&Weighted<NameId>> {
        let decade = (year.div_euclid(10) * 10).clamp(1880, 2020);
        self.fornavn.get(&(decade, sex == Kjoenn::Mann))
    }
}

fn kommune(row: &[&'static str]) -> Kommune {
    let places = field(row, 4).split("; ").filter_map(|place| place.split_once(": "));
    Kommune {
        nummer: field(row, 0),
        navn: field(row, 1),
        folketall: number(field(row, 2)),
        nynorsk: field(row, 3) == "n",
        poststeder: places
            .flat_map(|(place, codes)| codes.split(' ').map(move |code| (code, place)))
            .collect(),
    }
}

/// Single years from bands of five; the last band thins out by a quarter a year.
fn ages() -> Weighted<(u8, Kjoenn)> {
    let mut all = Vec::new();
    for row in rows(include_str!("../data/alder.tsv")) {
        let (first, people, men) = (number(field(&row, 0)), number(field(&row, 1)), number(field(&row, 2)));
        let last = if first == 90 { 104 } else { first + 4 };
        let weights: Vec<u32> = (first..=last)
            .scan(1u32 << 24, |weight, _| {
                let this = *weight;
                *weight = if first == 90 { this / 4 * 3 } else { this };
                Some(this)
            })
            .collect();
        let sum: u64 = weights.iter().map(|weight| u64::from(*weight)).sum();
        for (age, weight) in (first..).zip(weights) {
            let share = u64::from(people) * 100 * u64::from(weight) / sum;
            all.push(((age as u8, Kjoenn::Mann), (share * u64::from(men)) as u32 / 100));
            all.push(((age as u8, Kjoenn::Kvinne), (share * u64::from(1000 - men)) as u32 / 100));
        }
    }
    Weighted::new(all)
}

fn veinavn() -> Veinavn {
    let mut parts = Veinavn::default();
    for row in rows(include_str!("../data/veinavn.tsv")) {
        let words = field(&row, 1).split(' ').collect();
        match field(&row, 0) {
            "foran" => parts.foran = words,
            "stamme" => parts.stamme = words,
            "bokmål" => parts.bokmaal = words,
            _ => parts.nynorsk = words,
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn the_files_are_read_whole() {
        let facts = facts();
        assert_eq!(facts.kommuner.len(), 357);
        assert!(
            facts.kommuner.iter().all(|k| k.nummer.len() == 4 && k.folketall > 0 && !k.poststeder.is_empty())
        );
        assert!(
            facts
                .kommuner
                .iter()
                .flat_map(|k| &k.poststeder)
                .all(|(code, place)| code.len() == 4 && !place.is_empty())
        );
        let people: u32 = facts.kommuner.iter().map(|k| k.folketall).sum();
        assert!((5_500_000..5_600_000).contains(&people), "{people}");
        assert_eq!(facts.kommune_i_fylke.len(), 15);
        assert!(facts.navn.len() > 2000 && facts.navn.len() < usize::from(NameId::MAX));
        for year in [1890, 1919, 1970, 2026, 2035] {
            for sex in [Kjoenn::Kvinne, Kjoenn::Mann] {
                assert!(facts.fornavn(year, sex).is_some_and(|names| names.total() > 40_000), "{year}");
            }
        }
        let foreign = || facts.land.iter().skip(1);
        assert!(foreign().all(|l| l.kode.len() == 3
            && !l.kvinner.is_empty()
            && !l.menn.is_empty()
            && !l.etternavn.is_empty()));
        assert!(facts.fremmede.total() > 500);
        assert_eq!(facts.veinavn.bokmaal.len(), facts.veinavn.nynorsk.len());
        assert!(facts.bedrifter.total() > 0 && facts.lag.total() > 0);
    }

    #[test]
    fn a_name_is_one_id() {
        let names = &facts().navn;
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    }

    #[test]
    fn ages_keep_their_bands() {
        let ages = &facts().alder;
        let of = |low: u8, high: u8| {
            let within = (0..ages.total())
                .step_by(997)
                .filter(|place| ages.at(*place).is_some_and(|(age, _)| (low..=high).contains(&age)));
            within.count() * 1000 / (ages.total() as usize / 997)
        };
        // 5.55 million people; the young tenth and the very old.
        assert!((100..=104).contains(&of(0, 9)), "{}", of(0, 9));
        assert!((7..=10).contains(&of(90, 104)), "{}", of(90, 104));
    }
}
