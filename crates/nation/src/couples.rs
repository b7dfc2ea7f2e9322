//! Who lives with whom: marriages, cohabitation, divorces, widows and widowers.

use std::collections::BTreeMap;

use kernel::id::Kjoenn;

use crate::chance::{Chance, Weighted};
use crate::day::Day;
use crate::facts::{NORGE, facts};
use crate::model::{Civil, Id, Person, Standing, World};

/// Of a thousand women up to and with an age: married, cohabiting, divorced, widowed (after SSB's figures of 2023; the
/// sums, not each row, are tested).
const WOMEN: [(i32, [u32; 4]); 13] = [
    (17, [0, 0, 0, 0]),
    (19, [2, 50, 0, 0]),
    (24, [40, 210, 1, 0]),
    (29, [180, 410, 8, 0]),
    (34, [375, 375, 25, 2]),
    (39, [495, 300, 60, 4]),
    (44, [530, 260, 100, 8]),
    (49, [530, 235, 140, 14]),
    (59, [540, 215, 155, 30]),
    (69, [575, 140, 140, 90]),
    (79, [530, 70, 110, 230]),
    (89, [290, 20, 80, 540]),
    (130, [70, 3, 40, 780]),
];
/// Of a thousand men left alone up to and with an age, the widowed.
const WIDOWERS: [(i32, u32); 6] = [(24, 0), (44, 2), (59, 40), (69, 120), (79, 300), (130, 520)];
/// How many years the man is older, with weights.
const OLDER: [(i32, u32); 17] = [
    (-5, 2),
    (-4, 3),
    (-3, 4),
    (-2, 7),
    (-1, 10),
    (0, 14),
    (1, 14),
    (2, 13),
    (3, 11),
    (4, 8),
    (5, 6),
    (6, 4),
    (7, 3),
    (8, 2),
    (9, 1),
    (10, 1),
    (12, 1),
];
/// Couples of one sex among a thousand.
const SAME_SEX: u32 = 6;

/// People by country and year of birth, to draw from.
#[derive(Default)]
pub struct Pool(BTreeMap<(u8, i32), Vec<Id>>);

impl Pool {
    /// Adds one.
    pub fn add(&mut self, land: u8, year: i32, id: Id) {
        self.0.entry((land, year)).or_default().push(id);
    }

    /// Takes one who `fits`, born in `year` or as near to it as there is, at most `spread` years away.
    pub fn take(
        &mut self,
        chance: &mut Chance,
        land: u8,
        (year, spread): (i32, i32),
        fits: impl Fn(Id) -> bool,
    ) -> Option<Id> {
        for away in 0..=spread {
            let years = if away == 0 { [year, year] } else { [year - away, year + away] };
            for year in years {
                let Some(bucket) = self.0.get_mut(&(land, year)) else { continue };
                for _ in 0..4 {
                    if bucket.is_empty() {
                        break;
                    }
                    let at = chance.below(bucket.len() as u32) as usize;
                    if fits(bucket[at]) {
                        return Some(bucket.swap_remove(at));
                    }
                }
            }
        }
        None
    }

    /// One born in `year`; stays in the pool.
    pub fn look(&self, chance: &mut Chance, land: u8, year: i32) -> Option<Id> {
        chance.one(self.0.get(&(land, year))?).copied()
    }

    /// All born in `year`.
    pub fn all(&self, land: u8, year: i32) -> &[Id] {
        self.0.get(&(land, year)).map_or(&[], Vec::as_slice)
    }
}

/// Forms the couples. At most `dead` people are added: the spouses whom widows and widowers have lost.
pub fn join(world: &mut World, mut dead: u32) {
    let mut chance = Chance::new(world.seed, 3);
    let older = Weighted::new(OLDER);
    let grown: Vec<Id> =
        world.ids().filter(|id| world.person(*id).resident() && world.age(*id) >= 18).collect();
    let (mut women, mut men): (Vec<Id>, Vec<Id>) =
        grown.iter().copied().partition(|id| world.person(*id).sex == Kjoenn::Kvinne);
    chance.shuffle(&mut women);
    chance.shuffle(&mut men);
    let mut free_men = pool(world, &men);
    let mut free_women = pool(world, &women);
    let mut divorced = Vec::new();
    for id in women {
        let woman = world.person(id);
        if woman.partner.is_some() {
            continue;
        }
        let shares = band(&WOMEN, world.age(id));
        let draw = chance.below(1000);
        let state = shares.iter().scan(0, |sum, share| {
            *sum += share;
            Some(*sum)
        });
        let state = state.enumerate().find(|(_, sum)| draw < *sum).map(|(state, _)| state);
        let (land, year) = (woman.land, woman.born.year());
        match state {
            Some(kind @ (0 | 1)) => {
                let target = year - older.pick(&mut chance).unwrap_or(0);
                let alone = |other: Id| {
                    let one = world.person(other);
                    other != id && one.partner.is_none() && one.civil == Civil::Ugift
                };
                let other = if chance.permille(SAME_SEX) {
                    free_women.take(&mut chance, land, (year, 5), alone)
                } else {
                    companion(&mut free_men, land, target, &mut chance, alone)
                };
                if let Some(other) = other {
                    unite(world, id, other, kind == 0, &mut chance);
                    if kind == 1 && world.age(id) > 35 && chance.permille(250) {
                        divorced.push(id);
                    }
                }
            }
            Some(2) => divorced.push(id),
            Some(3) if dead > 0 => {
                dead -= 1;
                let born = woman.born.plus_years(-older.pick(&mut chance).unwrap_or(0));
                bereave(world, id, Person::new(Kjoenn::Mann, born), &mut chance);
            }
            _ => {}
        }
    }
    men.retain(|id| world.person(*id).partner.is_none());
    part(world, &divorced, &men, &older, &mut chance);
    for id in men {
        if world.person(id).partner.is_some() || world.person(id).civil != Civil::Ugift {
            continue;
        }
        let (land, year) = (world.person(id).land, world.person(id).born.year());
        if dead > 0 && chance.permille(band(&WIDOWERS, world.age(id))) {
            dead -= 1;
            let born = world.person(id).born.plus_years(older.pick(&mut chance).unwrap_or(0));
            bereave(world, id, Person::new(Kjoenn::Kvinne, born), &mut chance);
        } else if world.age(id) >= 22 && chance.permille(SAME_SEX * 2) {
            let alone = |other: Id| {
                other != id
                    && world.person(other).partner.is_none()
                    && world.person(other).civil == Civil::Ugift
            };
            if let Some(other) = free_men.take(&mut chance, land, (year, 6), alone) {
                let wed = chance.permille(400);
                unite(world, id, other, wed, &mut chance);
            }
        }
    }
}

/// The row of a table for an age.
fn band<T: Copy + Default>(table: &[(i32, T)], age: i32) -> T {
    table.iter().find(|(up_to, _)| age <= *up_to).map(|(_, row)| *row).unwrap_or_default()
}

fn pool(world: &World, ids: &[Id]) -> Pool {
    let mut pool = Pool::default();
    for id in ids {
        let person = world.person(*id);
        pool.add(person.land, person.born.year(), *id);
    }
    pool
}

/// A man for a woman: most often of her own country, else a Norwegian.
fn companion(
    men: &mut Pool,
    land: u8,
    year: i32,
    chance: &mut Chance,
    fits: impl Fn(Id) -> bool,
) -> Option<Id> {
    let own = if land == NORGE { 940 } else { 600 };
    let first = match (land, chance.permille(own)) {
        (NORGE, false) => 1 + chance.below(facts().land.len() as u32 - 1) as u8,
        (land, true) => land,
        (_, false) => NORGE,
    };
    men.take(chance, first, (year, 8), &fits).or_else(|| men.take(chance, NORGE, (year, 10), &fits))
}

/// A moment when two became a couple: most in their youth, some later.
fn beginning(world: &World, a: Id, b: Id, chance: &mut Chance) -> Day {
    let first = world.person(a);
    let old = first.born.year() < 1950;
    let late = chance.permille(if old { 40 } else { 90 });
    let age = if late {
        chance.between(33, 50)
    } else {
        chance.between(if old { 17 } else { 18 }, if old { 24 } else { 31 })
    };
    let young = first.born.max(world.person(b).born).plus_years(17);
    let latest = world.today.0 - 60;
    let day = first.born.plus_years(age).plus(chance.between(0, 364)).max(young);
    if day.0 <= latest { day } else { Day(chance.between(young.0, latest)) }
}

/// The wedding of two who became a couple on `together`; `None` where they have not had the time.
fn wedding(world: &World, a: Id, b: Id, together: Day, chance: &mut Chance) -> Option<Day> {
    let grown = world.person(a).born.max(world.person(b).born).plus_years(18);
    let earliest = grown.max(together);
    let latest = world.today.0 - 10;
    let wait = if world.person(a).born.year() < 1950 { 3 * 365 } else { 9 * 365 };
    let day = earliest.plus(chance.between(30, wait));
    if earliest.0 >= latest {
        None
    } else if day.0 <= latest {
        Some(day)
    } else {
        Some(Day(chance.between(earliest.0, latest)))
    }
}

/// Makes two a couple.
fn unite(world: &mut World, a: Id, b: Id, wed: bool, chance: &mut Chance) {
    let together = beginning(world, a, b, chance);
    let wedding = if wed { wedding(world, a, b, together, chance) } else { None };
    for (one, other) in [(a, b), (b, a)] {
        let one = world.person_mut(one);
        one.partner = Some(other);
        one.together = together;
        if let Some(day) = wedding {
            one.civil = Civil::Gift(other, day);
        }
    }
}

/// Gives a widow or widower the spouse they have lost.
fn bereave(world: &mut World, id: Id, mut lost: Person, chance: &mut Chance) {
    let today = world.today;
    let survivor = world.person(id);
    let grown = survivor.born.max(lost.born).plus_years(19);
    let longest = if grown.year() < 1970 { 5 } else { 10 };
    let wed = grown.plus(chance.between(0, longest * 365)).0.min(today.0 - 800);
    if wed < grown.0 {
        return;
    }
    let ago = match chance.below(100) {
        0..12 => chance.between(3, 365),
        12..45 => chance.between(366, 5 * 365),
        _ => chance.between(5 * 365, 25 * 365),
    };
    let died = (today.0 - ago).max(wed + 365);
    let (wed, died) = (Day(wed), Day(died));
    lost.land = survivor.land;
    lost.came = survivor.came.map(|came| came.min(died.plus(-30)));
    lost.citizen = survivor.citizen.filter(|day| *day < died);
    lost.standing = Standing::Doed(died);
    lost.civil = Civil::Gift(id, wed);
    lost.together = wed;
    let lost = world.add(lost);
    let survivor = world.person_mut(id);
    survivor.civil = Civil::Enke(lost, wed, died);
    survivor.together = wed;
}

/// Gives the divorced their former spouses, of the men who live alone.
fn part(world: &mut World, divorced: &[Id], men: &[Id], older: &Weighted<i32>, chance: &mut Chance) {
    let mut pool = pool(world, men);
    let today = world.today;
    for id in divorced.iter().copied() {
        if world.person(id).civil != Civil::Ugift {
            continue;
        }
        let woman = world.person(id);
        let year = woman.born.year() - older.pick(chance).unwrap_or(0);
        let free = |other: Id| world.person(other).civil == Civil::Ugift;
        let Some(other) = companion(&mut pool, woman.land, year, chance, free) else { continue };
        let grown = woman.born.max(world.person(other).born).plus_years(18);
        let wed = grown.plus(chance.between(200, 14 * 365));
        let latest = today.0 - 30;
        if wed.plus(730).0 >= latest {
            continue;
        }
        let ended = wed.plus(chance.between(700, 20 * 365)).0;
        let ended = Day(if ended <= latest { ended } else { chance.between(wed.0 + 700, latest) });
        let couples_apart = world.person(id).partner.is_none() && world.person(other).partner.is_none();
        for (one, spouse) in [(id, other), (other, id)] {
            // Nobody is divorced before a year of separation.
            let recent = ended.plus(550) > today && couples_apart;
            world.person_mut(one).civil =
                if recent { Civil::Separert(spouse, wed, ended) } else { Civil::Skilt(spouse, wed, ended) };
        }
    }
}
