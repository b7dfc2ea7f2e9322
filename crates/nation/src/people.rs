//! Who there is: residents by the age pyramid, immigrants among them, emigrants and holders of D-numbers.

use kernel::id::Kjoenn;

use crate::chance::{Chance, Weighted};
use crate::day::Day;
use crate::facts::{NORGE, Omraade, facts};
use crate::model::{Civil, Id, Person, Standing, World};

/// Of a hundred people in the register, those who live here.
const RESIDENTS: u32 = 90;
/// Of a thousand, those with a D-number.
const VISITORS: u32 = 25;
/// Of a thousand, those who have moved abroad.
const EMIGRANTS: u32 = 15;

/// Immigrants among a thousand of an age, up to and with the age (SSB: 16–17 % of all residents).
const IMMIGRANTS: [(i32, u32); 7] =
    [(17, 0), (24, 110), (29, 220), (39, 300), (49, 270), (59, 180), (130, 80)];

/// How many people of each sort a population has.
pub struct Numbers {
    /// Residents.
    pub residents: u32,
    /// Holders of D-numbers.
    pub visitors: u32,
    /// Emigrants.
    pub emigrants: u32,
    /// The dead.
    pub dead: u32,
}

impl Numbers {
    /// For `population` people in all.
    pub fn of(population: u32) -> Self {
        let share = |of: u32, whole: u32| (u64::from(population) * u64::from(of) / u64::from(whole)) as u32;
        let (visitors, emigrants) = (share(VISITORS, 1000), share(EMIGRANTS, 1000));
        let residents = share(RESIDENTS, 100).max(population.min(1));
        Self { residents, visitors, emigrants, dead: population - residents - visitors - emigrants }
    }
}

/// Adds the living, the oldest resident first.
pub fn populate(world: &mut World, numbers: &Numbers) {
    let mut chance = Chance::new(world.seed, 1);
    residents(world, numbers.residents, &mut chance);
    for id in world.ids() {
        immigrate(world, id, &mut chance);
    }
    for _ in 0..numbers.emigrants {
        emigrant(world, &mut chance);
    }
    for _ in 0..numbers.visitors {
        visitor(world, &mut chance);
    }
}

/// Residents stand for equal slices of the pyramid, so that also a small nation has its shape.
fn residents(world: &mut World, count: u32, chance: &mut Chance) {
    let pyramid = &facts().alder;
    let mut people: Vec<Person> = (0..u64::from(count))
        .filter_map(|n| {
            let place = (n * 2 + 1) * u64::from(pyramid.total()) / (u64::from(count) * 2);
            let (age, sex) = pyramid.at(place as u32)?;
            Some(Person::new(sex, birthday(world.today, i32::from(age), chance)))
        })
        .collect();
    people.sort_by_key(|person| person.born);
    world.people = people;
}

/// A day of birth of one who is `age` years old on `today`.
fn birthday(today: Day, age: i32, chance: &mut Chance) -> Day {
    let (first, last) = (today.plus_years(-age - 1).plus(1), today.plus_years(-age));
    Day(chance.between(first.0, last.0))
}

/// A grown resident may have come from abroad.
fn immigrate(world: &mut World, id: Id, chance: &mut Chance) {
    let age = world.age(id);
    let share = IMMIGRANTS.iter().find(|(up_to, _)| age <= *up_to).map_or(0, |(_, share)| *share);
    if !chance.permille(share) {
        return;
    }
    let Some(land) = facts().fremmede.pick(chance) else { return };
    let country = &facts().land[usize::from(land)];
    let today = world.today;
    let person = world.person_mut(id);
    // Grown, in the years when people came from there, and not so long ago that nobody remembers.
    let usual = Day::of(jiff::civil::date(country.fra as i16, 1, 1));
    let earliest = usual.max(person.born.plus_years(18)).max(today.plus_years(-35));
    if earliest >= today.plus(-30) {
        return;
    }
    let came = Day(chance.between(earliest.0, today.0 - 30));
    person.land = land;
    person.came = Some(came);
    let years = came.age(today);
    let share = match country.omraade {
        Omraade::Norden => 60,
        Omraade::Eoes => 120,
        Omraade::Ellers => 650,
    };
    if years >= 8 && chance.permille(share) {
        person.citizen = Some(Day(chance.between(came.plus_years(7).0, today.0 - 30)));
    }
}

/// One who has moved abroad: mostly Norwegians, and immigrants who went back.
fn emigrant(world: &mut World, chance: &mut Chance) {
    let sex = if chance.permille(500) { Kjoenn::Kvinne } else { Kjoenn::Mann };
    let age = chance.between(20, 64);
    let mut person = Person::new(sex, birthday(world.today, age, chance));
    let latest = world.today.0 - 20;
    let left = Day(chance.between(person.born.plus_years(18).0.max(latest - 15 * 365), latest));
    let Some(to) = facts().fremmede.pick(chance) else { return };
    let came = left.plus(-chance.between(400, 4000));
    if chance.permille(450) && came > person.born.plus_years(17) {
        person.land = to;
        person.came = Some(came);
    }
    person.standing = Standing::Utflyttet(left, to);
    world.add(person);
}

/// One with a D-number: works here, owns something here, or waits for an answer.
fn visitor(world: &mut World, chance: &mut Chance) {
    let sex = if chance.permille(350) { Kjoenn::Kvinne } else { Kjoenn::Mann };
    let age = chance.between(20, 62);
    let mut person = Person::new(sex, birthday(world.today, age, chance));
    // Labour comes from the Nordic countries and the EEA more often than immigrants as a whole do.
    let near = |land: &u8| facts().land[usize::from(*land)].omraade != Omraade::Ellers;
    let draws: [Option<u8>; 3] = [(); 3].map(|()| facts().fremmede.pick(chance));
    let land = draws.iter().flatten().copied().find(near).or(draws[0]).unwrap_or(NORGE);
    let since = Day(world.today.0 - chance.between(20, 9 * 365));
    person.land = land;
    person.civil = Civil::Uoppgitt;
    let old = since.plus_years(5) < world.today;
    person.standing = if old { Standing::Inaktiv(since.plus_years(5)) } else { Standing::Midlertidig(since) };
    person.moved = since;
    world.add(person);
}

/// Adds dead people until the nation has `population`: those who died of late and left nobody registered.
pub fn bury(world: &mut World, population: u32) {
    let mut chance = Chance::new(world.seed, 2);
    let ages = Weighted::new((30..=100).map(|age| (age, if age < 60 { 1 } else { (age - 58) as u32 })));
    while world.people.len() < population as usize {
        let age = ages.pick(&mut chance).unwrap_or(80);
        let sex = if chance.permille(500) { Kjoenn::Kvinne } else { Kjoenn::Mann };
        let died = Day(world.today.0 - chance.between(2, 6 * 365));
        let mut person = Person::new(sex, birthday(died, age, &mut chance));
        person.standing = Standing::Doed(died);
        world.add(person);
    }
}
