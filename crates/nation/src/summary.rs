//! A nation beside the published statistics that it imitates.

use std::fmt;

use kernel::id::Kjoenn;

use crate::Nation;
use crate::business::Form;
use crate::day::Day;
use crate::facts::{NORGE, facts};
use crate::model::{Civil, Id, Person};

/// One figure.
#[derive(Debug, Clone)]
pub struct Figure {
    /// What it is about: figures of one topic follow each other.
    pub topic: &'static str,
    /// Which of them.
    pub what: String,
    /// As published.
    pub published: f64,
    /// In this nation.
    pub made: f64,
    /// What both are counted in.
    pub unit: &'static str,
}

impl Figure {
    /// How far the nation is from what was published, in per cent of it.
    pub fn deviation(&self) -> f64 {
        if self.published == 0.0 { 0.0 } else { (self.made - self.published) / self.published * 100.0 }
    }
}

/// All figures, to print as a table.
#[derive(Debug, Clone)]
pub struct Summary(pub Vec<Figure>);

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut topic = "";
        for figure in &self.0 {
            if figure.topic != topic {
                topic = figure.topic;
                let heading = format!("{topic} ({})", figure.unit);
                writeln!(f, "\n{heading:<46}{:>10}{:>10}{:>10}", "published", "nation", "deviation")?;
            }
            let (published, made) = (figure.published, figure.made);
            writeln!(f, "  {:<44}{published:>10.2}{made:>10.2}{:>8.1} %", figure.what, figure.deviation())?;
        }
        Ok(())
    }
}

/// The first age of each band of the pyramid; the last is open.
const BANDS: [i32; 19] = [0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85, 90];

/// Per cent of businesses and associations by form (Enhetsregisteret, rough; spec § B). Felles makes no others, so they are
/// compared among themselves.
const FORMS: [(&str, &[Form], f64); 4] = [
    ("ENK", &[Form::Enk], 36.0),
    ("AS", &[Form::As], 35.0),
    ("FLI", &[Form::Fli], 12.0),
    ("ANS, DA", &[Form::Ans, Form::Da], 3.0),
];

/// Names of the counties since 2024, by number.
const FYLKER: [(&str, &str); 15] = [
    ("03", "Oslo"),
    ("11", "Rogaland"),
    ("15", "Møre og Romsdal"),
    ("18", "Nordland"),
    ("31", "Østfold"),
    ("32", "Akershus"),
    ("33", "Buskerud"),
    ("34", "Innlandet"),
    ("39", "Vestfold"),
    ("40", "Telemark"),
    ("42", "Agder"),
    ("46", "Vestland"),
    ("50", "Trøndelag"),
    ("55", "Troms"),
    ("56", "Finnmark"),
];

impl Nation {
    /// This nation beside what it imitates (Statistisk sentralbyrå: households and families 2023, births 2023, ages and
    /// municipalities 2024, names; shares of immigrants and the married are rounded).
    pub fn summary(&self) -> Summary {
        let count = Count::of(self);
        let mut figures = Vec::new();
        count.ages(&mut figures);
        count.households(&mut figures);
        count.births(&mut figures);
        count.people(&mut figures);
        count.names(&mut figures);
        count.places(&mut figures);
        let others = self.businesses.iter().filter(|one| one.form != Form::Komm).count();
        let known: f64 = FORMS.iter().map(|(.., share)| share).sum();
        for (what, forms, share) in FORMS {
            let made = self.businesses.iter().filter(|one| forms.contains(&one.form)).count();
            let made = share_of(made, others);
            figures.push(figure("Legal forms", what, share / known * 100.0, made, "per cent"));
        }
        Summary(figures)
    }
}

fn figure(topic: &'static str, what: &str, published: f64, made: f64, unit: &'static str) -> Figure {
    Figure { topic, what: what.to_owned(), published, made, unit }
}

/// Per cent.
fn share_of(part: usize, whole: usize) -> f64 {
    part as f64 * 100.0 / whole.max(1) as f64
}

/// The residents, and how many of them each home has.
struct Count<'a> {
    nation: &'a Nation,
    residents: Vec<Id>,
    homes: Vec<u16>,
}

impl<'a> Count<'a> {
    fn of(nation: &'a Nation) -> Self {
        let world = &nation.world;
        let residents: Vec<Id> = world.ids().filter(|id| world.person(*id).resident()).collect();
        let mut homes = vec![0_u16; world.homes.len()];
        for home in residents.iter().filter_map(|id| world.person(*id).home) {
            homes[home as usize] = homes[home as usize].saturating_add(1);
        }
        Self { nation, residents, homes }
    }

    fn persons(&self) -> impl Iterator<Item = &'a Person> + '_ {
        self.residents.iter().map(|id| self.nation.world.person(*id))
    }

    fn today(&self) -> Day {
        self.nation.world.today
    }

    /// Per cent of residents for whom `so` holds.
    fn share(&self, so: impl Fn(&Person) -> bool) -> f64 {
        share_of(self.persons().filter(|one| so(one)).count(), self.residents.len())
    }

    fn ages(&self, figures: &mut Vec<Figure>) {
        let pyramid = &facts().alder;
        let band = |age: i32| BANDS.partition_point(|first| *first <= age) - 1;
        let (mut published, mut made) = ([0_u32; BANDS.len()], [0_usize; BANDS.len()]);
        for ((age, _), weight) in pyramid.iter() {
            published[band(i32::from(age))] += weight;
        }
        for person in self.persons() {
            made[band(person.born.age(self.today()))] += 1;
        }
        for (n, first) in BANDS.iter().enumerate() {
            let what =
                BANDS.get(n + 1).map_or(format!("{first} and over"), |next| format!("{first}–{}", next - 1));
            let published = f64::from(published[n]) * 100.0 / f64::from(pyramid.total());
            figures.push(figure(
                "Ages",
                &what,
                published,
                share_of(made[n], self.residents.len()),
                "per cent",
            ));
        }
    }

    fn households(&self, figures: &mut Vec<Figure>) {
        let lived = self.homes.iter().filter(|people| **people > 0).count();
        let alone = self.homes.iter().filter(|people| **people == 1).count();
        let housed: usize = self.homes.iter().map(|people| usize::from(*people)).sum();
        let mut add =
            |what, published, made| figures.push(figure("Households", what, published, made, "per cent"));
        add("of one person, among households", 40.58, share_of(alone, lived));
        add("of one person, among people", 19.22, share_of(alone, housed));
        let world = &self.nation.world;
        let (mut children, mut with_both) = (0, 0);
        for child in self.persons().filter(|one| one.born.age(self.today()) < 18) {
            children += 1;
            let with = |parent: Option<Id>| {
                parent.is_some_and(|parent| {
                    world.person(parent).home == child.home && world.person(parent).resident()
                })
            };
            with_both += usize::from(with(child.mother) && with(child.father));
        }
        add("children who live with both parents", 77.34, share_of(with_both, children));
        let mean = housed as f64 / lived.max(1) as f64;
        figures.push(figure("Size of households", "mean", 2.11, mean, "people"));
    }

    /// Of children born in the last five years, so that a small nation has some.
    fn births(&self, figures: &mut Vec<Figure>) {
        let world = &self.nation.world;
        let mean = |all: &[f64]| all.iter().sum::<f64>() / all.len().max(1) as f64;
        let (mut all, mut first, mut newborn) = (Vec::new(), Vec::new(), 0);
        for id in &self.residents {
            let child = world.person(*id);
            newborn += usize::from(child.born.age(self.today()) < 1);
            let Some(mother) = child.mother.filter(|_| child.born.age(self.today()) < 5) else { continue };
            let age = f64::from(child.born.0 - world.person(mother).born.0) / 365.25;
            all.push(age);
            if world.person(mother).children.first() == Some(id) {
                first.push(age);
            }
        }
        figures.push(figure("Mother's age", "at a birth", 31.5, mean(&all), "years"));
        figures.push(figure("Mother's age", "at her first birth", 30.3, mean(&first), "years"));
        figures.push(figure(
            "Births",
            "a year, for 100 residents",
            0.937,
            share_of(newborn, self.residents.len()),
            "per cent",
        ));
    }

    fn people(&self, figures: &mut Vec<Figure>) {
        let mut add =
            |what, published, made| figures.push(figure("Residents", what, published, made, "per cent"));
        add("married", 33.0, self.share(|one| matches!(one.civil, Civil::Gift(..))));
        add("born abroad", 16.5, self.share(|one| one.land != NORGE && one.came.is_some()));
    }

    fn names(&self, figures: &mut Vec<Figure>) {
        let facts = facts();
        let all: u32 = facts.kommuner.iter().map(|kommune| kommune.folketall).sum();
        for (name, people) in facts.etternavn.iter().take(5) {
            let published = f64::from(people) * 100.0 / f64::from(all);
            let made = self.share(|one| one.name.last == name);
            figures.push(figure("Surnames", facts.navn[usize::from(name)], published, made, "per cent"));
        }
        for sex in [Kjoenn::Kvinne, Kjoenn::Mann] {
            let Some(given) = facts.fornavn(2015, sex) else { continue };
            let tens = |one: &&Person| {
                one.sex == sex && one.land == NORGE && (2010..2020).contains(&one.born.year())
            };
            let born = self.persons().filter(tens).count();
            for (name, share) in given.iter().take(3) {
                let made = self.persons().filter(tens).filter(|one| one.name.first == name).count();
                let published = f64::from(share) * 100.0 / f64::from(given.total());
                let what = facts.navn[usize::from(name)];
                figures.push(figure(
                    "First names of the 2010s",
                    what,
                    published,
                    share_of(made, born),
                    "per cent",
                ));
            }
        }
    }

    fn places(&self, figures: &mut Vec<Figure>) {
        let facts = facts();
        let world = &self.nation.world;
        let mut made = vec![0_usize; facts.kommuner.len()];
        for home in self.persons().filter_map(|one| one.home) {
            made[usize::from(world.homes[home as usize].kommune)] += 1;
        }
        let all: u32 = facts.kommuner.iter().map(|kommune| kommune.folketall).sum();
        for (number, name) in FYLKER {
            let inside = || facts.kommuner.iter().zip(&made).filter(|(kommune, _)| kommune.fylke() == number);
            let published: u32 = inside().map(|(kommune, _)| kommune.folketall).sum();
            let made: usize = inside().map(|(_, made)| made).sum();
            let published = f64::from(published) * 100.0 / f64::from(all);
            figures.push(figure(
                "Counties",
                name,
                published,
                share_of(made, self.residents.len()),
                "per cent",
            ));
        }
        for (kommune, made) in facts.kommuner.iter().zip(&made) {
            let published = f64::from(kommune.folketall) * 100.0 / f64::from(all);
            let what = format!("{} {}", kommune.nummer, kommune.navn);
            figures.push(figure(
                "Municipalities",
                &what,
                published,
                share_of(*made, self.residents.len()),
                "per cent",
            ));
        }
    }
}
