//! What they are called: first names as they were given in the decade, surnames that run in families.

use kernel::id::{Kjoenn, Pid};

use crate::chance::Chance;
use crate::facts::{Facts, NORGE, NameId, facts};
use crate::model::{Civil, Id, World};

/// Of a thousand, those with two first names.
const TWO_FIRST: u32 = 210;

/// Names everyone, parents before their children, and then those who took their spouse's name.
pub fn name(world: &mut World) {
    let mut chance = Chance::new(world.seed, 7);
    let facts = facts();
    let mut ids: Vec<Id> = world.ids().collect();
    ids.sort_by_key(|id| (world.person(*id).born, *id));
    for id in ids {
        inherit(world, facts, id, &mut chance);
        given(world, facts, id, &mut chance);
    }
    for id in world.ids() {
        marry(world, id, &mut chance);
    }
}

/// Surname and middle name at birth. Full siblings have the same.
fn inherit(world: &mut World, facts: &Facts, id: Id, chance: &mut Chance) {
    let child = world.person(id);
    let (mother, father, born) = (child.mother, child.father, child.born);
    let sibling = mother.and_then(|mother| {
        let siblings = world.person(mother).children.iter().take_while(|other| **other != id);
        siblings.copied().find(|other| world.person(*other).father == father)
    });
    let of = |parent: Id| world.person(parent).name.born_as;
    let (last, middle) = match (sibling, mother, father) {
        (Some(sibling), ..) => (of(sibling), world.person(sibling).name.middle),
        (None, Some(mother), Some(father)) => {
            let modern = born.year() >= 1985;
            match chance.below(100) {
                ..12 if modern => (of(mother), Some(of(father))),
                12..20 if modern => (of(mother), None),
                20..60 if modern => (of(father), Some(of(mother))),
                ..12 => (of(father), Some(of(mother))),
                _ => (of(father), None),
            }
        }
        (None, Some(mother), None) => (of(mother), None),
        _ => (surname(facts, child.land, chance), None),
    };
    let middle = middle.filter(|middle| *middle != last);
    let name = &mut world.person_mut(id).name;
    (name.last, name.born_as, name.middle) = (last, last, middle);
}

fn surname(facts: &Facts, land: u8, chance: &mut Chance) -> NameId {
    let foreign = facts.land.get(usize::from(land)).and_then(|land| chance.one(&land.etternavn).copied());
    foreign.or_else(|| facts.etternavn.pick(chance)).unwrap_or(0)
}

/// First names, none twice among siblings.
fn given(world: &mut World, facts: &Facts, id: Id, chance: &mut Chance) {
    let person = world.person(id);
    let siblings: Vec<NameId> = person
        .mother
        .map(|mother| {
            world
                .person(mother)
                .children
                .iter()
                .filter(|other| **other != id)
                .map(|other| world.person(*other).name.first)
                .collect()
        })
        .unwrap_or_default();
    let (sex, year) = (person.sex, person.born.year());
    let land = &facts.land[usize::from(person.land)];
    let own = if sex == Kjoenn::Kvinne { &land.kvinner } else { &land.menn };
    // Immigrants' children are often named as their neighbours' children are.
    let own = if person.land == NORGE || (person.came.is_none() && chance.permille(450)) {
        None
    } else {
        Some(own)
    };
    let draw = |chance: &mut Chance| match own {
        Some(own) => chance.one(own).copied(),
        None => facts.fornavn(year, sex).and_then(|names| names.pick(chance)),
    };
    let mut first = None;
    for _ in 0..8 {
        first = draw(chance);
        if first.is_some_and(|name| !siblings.contains(&name)) {
            break;
        }
    }
    let second = if own.is_none() && chance.permille(TWO_FIRST) { draw(chance) } else { None };
    let name = &mut world.person_mut(id).name;
    name.first = first.unwrap_or(0);
    name.second =
        second.filter(|second| first != Some(*second) && !facts.navn[usize::from(*second)].contains('-'));
}

/// The married take a common name: nearly all women once, fewer than half today, and keep it after divorce or death.
fn marry(world: &mut World, id: Id, chance: &mut Chance) {
    let person = world.person(id);
    let (Some(spouse), Some(wedding)) = (person.civil.spouse(), person.civil.wedding()) else { return };
    if person.sex == Kjoenn::Mann
        || world.person(spouse).sex == Kjoenn::Kvinne
        || person.land != world.person(spouse).land
    {
        return;
    }
    let share = match wedding.year() {
        ..1980 => 920,
        1980..2000 => 600,
        _ => 420,
    };
    let back = if matches!(person.civil, Civil::Skilt(..)) { 700 } else { 1000 };
    if !(chance.permille(share) && chance.permille(back)) {
        return;
    }
    let theirs = world.person(spouse).name.born_as;
    let keeps = chance.permille(if wedding.year() < 1980 { 250 } else { 650 });
    let name = &mut world.person_mut(id).name;
    if theirs != name.last {
        name.middle = keeps.then_some(name.born_as);
        name.last = theirs;
    }
}

/// Gives everyone a number of the synthetic series, none twice.
pub fn number(world: &mut World) {
    use std::collections::BTreeMap;
    let mut used: BTreeMap<(i32, Kjoenn, bool), usize> = BTreeMap::new();
    for id in world.ids() {
        let person = world.person_mut(id);
        let visitor = person.visitor();
        // A day without numbers left, which only a nation of tens of millions knows, makes a person a day older.
        for _ in 0..400 {
            let next = used.entry((person.born.0, person.sex, visitor)).or_default();
            let date = person.born.date();
            person.number = if visitor {
                Pid::synthetic_d(date, person.sex, *next)
            } else {
                Pid::synthetic(date, person.sex, *next)
            };
            *next += 1;
            if person.number.is_some() {
                break;
            }
            person.born = person.born.plus(-1);
        }
    }
}
