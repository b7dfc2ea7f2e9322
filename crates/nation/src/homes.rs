//! Where they live: homes at invented streets in real municipalities, and who shares one.

use std::collections::BTreeMap;

use clients::folkeregister::Gradering;
use kernel::id::Kjoenn;

use crate::chance::Chance;
use crate::day::Day;
use crate::facts::{Kommune, NORGE, facts};
use crate::model::{Address, Civil, Home, HomeId, Id, Standing, World};

/// Of a thousand grown people without partner and children, by age from 18, those who live with a parent.
const AT_HOME: [u32; 14] = [960, 830, 710, 620, 540, 450, 370, 300, 240, 190, 150, 120, 100, 80];
/// Of a thousand young people without partner and children who have moved out, those who share a flat.
const SHARED_FLAT: u32 = 550;
/// Of a thousand sets of siblings whose parents live apart, those who live with the father.
const WITH_FATHER: u32 = 150;
/// Of a thousand others, those with a second home at the father's.
const SHARED: u32 = 300;

/// Gives everyone a home who has one.
pub fn settle(world: &mut World) {
    let mut chance = Chance::new(world.seed, 5);
    let mut builder = Builder::default();
    let mut flats: BTreeMap<u16, (HomeId, u32)> = BTreeMap::new();
    // The oldest first, so that parents have homes before their grown children.
    let mut grown: Vec<Id> =
        world.ids().filter(|id| world.person(*id).resident() && world.age(*id) >= 18).collect();
    grown.sort_by_key(|id| (world.person(*id).born, *id));
    for id in grown {
        if world.person(id).home.is_some() {
            continue;
        }
        let partner = world.person(id).partner;
        let parent = [world.person(id).mother, world.person(id).father].into_iter().flatten();
        let parent = parent
            .filter(|parent| world.person(*parent).resident())
            .find(|parent| world.person(*parent).home.is_some());
        if let Some(parent) = parent.filter(|_| stays(world, id, &mut chance)) {
            let home = world.person(parent).home;
            let moved = world.person(parent).moved.max(world.person(id).here_since());
            let person = world.person_mut(id);
            person.home = home;
            person.moved = moved;
            continue;
        }
        let kommune = place(world, id, parent, &mut chance);
        if (19..=34).contains(&world.age(id)) && free(world, id) && chance.permille(SHARED_FLAT) {
            // A room in the flat that was last shared in the municipality, or one in a new flat.
            let flat = flats.get(&kommune).copied().filter(|(_, rooms)| *rooms > 0);
            if let Some((home, rooms)) = flat {
                flats.insert(kommune, (home, rooms - 1));
                move_in(world, id, home);
                continue;
            }
            let since = moved_in(world, id, &mut chance);
            let home = builder.home(world, kommune, since, &mut chance);
            flats.insert(kommune, (home, 1 + chance.below(3)));
            move_in(world, id, home);
            continue;
        }
        let since = moved_in(world, id, &mut chance);
        let home = builder.home(world, kommune, since, &mut chance);
        for one in [Some(id), partner].into_iter().flatten() {
            move_in(world, one, home);
        }
    }
    house_children(world, &mut chance);
    remember(world, &mut builder, &mut chance);
    birthplaces(world, &mut chance);
}

/// Whether one who could move out has not.
fn stays(world: &World, id: Id, chance: &mut Chance) -> bool {
    let share = AT_HOME.get((world.age(id) - 18) as usize).copied().unwrap_or(25);
    free(world, id) && world.person(id).came.is_none() && chance.permille(share)
}

/// Whether without partner and children.
fn free(world: &World, id: Id) -> bool {
    let person = world.person(id);
    person.partner.is_none() && person.civil == Civil::Ugift && person.children.is_empty()
}

/// The municipality of a new home: often that of the children's other parent or of the own parents.
fn place(world: &World, id: Id, parent: Option<Id>, chance: &mut Chance) -> u16 {
    let kommune = |of: Id| world.person(of).home.map(|home| world.homes[home as usize].kommune);
    let minors = world.person(id).children.iter().rev().filter(|child| world.age(**child) < 18);
    let other = minors.filter_map(|child| {
        [world.person(*child).mother, world.person(*child).father].into_iter().flatten().find(|p| *p != id)
    });
    let other = other.into_iter().find_map(kommune);
    if let Some(kommune) = other.filter(|_| chance.permille(750)) {
        return kommune;
    }
    let facts = facts();
    if let Some(kommune) = parent.and_then(kommune) {
        let draw = chance.below(100);
        if draw < 45 {
            return kommune;
        }
        let fylke = facts.kommuner[usize::from(kommune)].fylke();
        if let Some(near) =
            facts.kommune_i_fylke.get(fylke).filter(|_| draw < 65).and_then(|all| all.pick(chance))
        {
            return near;
        }
    }
    facts.kommune_etter_folketall.pick(chance).unwrap_or(0)
}

/// The young have moved lately, the old long ago.
fn moved_in(world: &World, id: Id, chance: &mut Chance) -> Day {
    let years = match world.age(id) {
        ..=29 => 4,
        30..=44 => 10,
        45..=64 => 24,
        _ => 40,
    };
    let day = world.today.plus(-chance.between(3, years * 365));
    day.max(world.person(id).born.plus_years(18)).max(world.person(id).here_since())
}

fn move_in(world: &mut World, id: Id, home: HomeId) {
    let moved = world.homes[home as usize].since.max(world.person(id).here_since());
    let person = world.person_mut(id);
    person.home = Some(home);
    person.moved = moved;
}

/// Minors live with their parents; where these live apart, siblings stay together.
fn house_children(world: &mut World, chance: &mut Chance) {
    let mut decided: BTreeMap<(Id, Option<Id>), (Option<Id>, bool)> = BTreeMap::new();
    for id in world.ids() {
        let child = world.person(id);
        let (Some(mother), father) = (child.mother, child.father) else { continue };
        if !child.resident() || child.home.is_some() {
            continue;
        }
        let age = world.age(id);
        let here = |id: &Id| world.person(*id).resident() && world.person(*id).home.is_some();
        let (first, second) = (Some(mother).filter(here), father.filter(here));
        let apart = match (first, second) {
            (Some(one), Some(other)) => world.person(one).home != world.person(other).home,
            _ => false,
        };
        let (with_father, shared) = if apart {
            let key = (mother, father);
            let shared_care = world.person(id).shared_care;
            let decision = decided.entry(key).or_insert_with(|| {
                let with = shared_care && chance.permille(WITH_FATHER);
                (second.filter(|_| with), shared_care && chance.permille(SHARED))
            });
            (decision.0.is_some(), decision.1)
        } else {
            (false, false)
        };
        let (lives, other) = if with_father { (second.or(first), first) } else { (first.or(second), second) };
        let Some(lives) = lives else { continue };
        let Some(home) = world.person(lives).home else { continue };
        move_in(world, id, home);
        if apart && shared && (2..=16).contains(&age) {
            let from = world.person(id).born.plus_years(1).plus(200).max(world.person(id).moved);
            let second = other.and_then(|other| world.person(other).home);
            world.person_mut(id).second_home = second.map(|home| (home, from));
        }
    }
}

/// Earlier homes of those who have moved of late, and the last homes of the dead.
fn remember(world: &mut World, builder: &mut Builder, chance: &mut Chance) {
    let living = world.homes.len();
    let long_ago = world.today.plus(-12 * 365);
    for home in 1..living {
        if world.homes[home].since > long_ago && chance.permille(600) {
            let kommune = world.homes[home].kommune;
            // Another's home today; more often in the same municipality where one turns up.
            let draws = [(); 4].map(|()| chance.below(home as u32));
            let near = draws.iter().copied().find(|other| world.homes[*other as usize].kommune == kommune);
            world.homes[home].previous = Some(near.unwrap_or(draws[0]));
        }
    }
    for id in world.ids() {
        let Standing::Doed(died) = world.person(id).standing else { continue };
        let spouse = world.person(id).civil.spouse().filter(|spouse| world.person(*spouse).resident());
        let shared = spouse.and_then(|spouse| world.person(spouse).home);
        let shared = shared.filter(|home| world.homes[*home as usize].since < died);
        let home = shared.unwrap_or_else(|| {
            let kommune = facts().kommune_etter_folketall.pick(chance).unwrap_or(0);
            builder.home(world, kommune, died.plus(-chance.between(100, 9000)), chance)
        });
        move_in(world, id, home);
        let moved = world.person(id).moved.min(died.plus(-1)).max(world.person(id).born);
        world.person_mut(id).moved = moved;
    }
}

/// Where everyone who was born here was born: of the young most often where the mother lives.
fn birthplaces(world: &mut World, chance: &mut Chance) {
    for id in world.ids() {
        let kommune = |of: Id| world.person(of).home.map(|home| world.homes[home as usize].kommune);
        let person = world.person(id);
        let near = person.mother.and_then(kommune).filter(|_| chance.permille(850));
        let near = near.or_else(|| kommune(id).filter(|_| person.land == NORGE && chance.permille(400)));
        let any = facts().kommune_etter_folketall.pick(chance).unwrap_or(0);
        world.person_mut(id).birthplace = near.unwrap_or(any);
    }
}

/// Builds houses, one municipality beside the other.
#[derive(Default)]
pub struct Builder {
    sites: BTreeMap<u16, Site>,
    entrances: u32,
}

/// Where the last house of a municipality stands.
#[derive(Debug, Clone, Copy, Default)]
struct Site {
    street: u32,
    house: u16,
    letter: u8,
    entrance: u32,
    /// Floors of the block that is being filled, its doors a floor, and the next door.
    block: (u16, u16, u16),
    /// Letters left of the row of houses that is being filled.
    row: u8,
    /// Homes that have a property's number for an address.
    farms: u16,
}

/// Shares of homes in blocks and in rows, of a thousand, by the municipality's people.
fn built(kommune: &Kommune) -> (u32, u32) {
    match kommune.folketall {
        50_000.. => (560, 170),
        15_000.. => (240, 200),
        5_000.. => (110, 130),
        _ => (40, 60),
    }
}

impl Builder {
    /// A new home in a municipality.
    pub fn home(&mut self, world: &mut World, at: u16, since: Day, chance: &mut Chance) -> HomeId {
        let kommune = &facts().kommuner[usize::from(at)];
        let (mut address, mut door, mut entrance) = self.next(at, kommune, chance);
        let rural = if kommune.folketall < 10_000 { 25 } else { 2 };
        if door == 101 && chance.permille(rural) {
            // No door of a block: an address with a number of its own, and a property that no other home has.
            self.entrances += 1;
            entrance = self.entrances;
            let site = self.sites.entry(at).or_default();
            site.farms += 1;
            address = Address::Property { holding: chance.between(1, 180) as u16, unit: site.farms };
        } else if chance.permille(2) {
            (address, door, entrance) = (Address::Unknown, 0, 0);
        }
        world.homes.push(Home { kommune: at, address, entrance, door, previous: None, since });
        (world.homes.len() - 1) as HomeId
    }

    fn next(&mut self, at: u16, kommune: &Kommune, chance: &mut Chance) -> (Address, u16, u32) {
        let site = self.sites.entry(at).or_default();
        let (floors, doors, door) = site.block;
        if door < floors * doors {
            // The next door of the block, or the one after it where that stands empty.
            site.block.2 = door + 1 + chance.below(2) as u16;
            let street = Address::Street { street: site.street, house: site.house, letter: site.letter };
            return (street, (door / doors + 1) * 100 + door % doors + 1, site.entrance);
        }
        self.entrances += 1;
        site.entrance = self.entrances;
        if site.row > 0 {
            site.row -= 1;
            site.letter += 1;
        } else {
            if site.house > 60 || chance.permille(280) {
                site.street += 1;
                site.house = 0;
            }
            site.house += 1 + chance.below(6) as u16;
            site.letter = 0;
            let (blocks, rows) = built(kommune);
            // A block or a row holds several homes, so fewer of the buildings are of that sort than of the homes.
            let draw = chance.below(1000);
            if draw < blocks / 5 {
                site.block = (chance.between(2, 6) as u16, chance.between(2, 4) as u16, 1);
            } else if draw < blocks / 5 + rows / 3 {
                site.row = chance.between(1, 5) as u8;
                site.letter = 1;
            }
        }
        (Address::Street { street: site.street, house: site.house, letter: site.letter }, 101, site.entrance)
    }
}

/// A street's name, by rule: no two streets of a municipality have the same until some 17,000 are named.
pub fn street_name(kommune: u16, street: u32) -> String {
    let facts = facts();
    let parts = &facts.veinavn;
    let ends = if facts.kommuner[usize::from(kommune)].nynorsk { &parts.nynorsk } else { &parts.bokmaal };
    let plain = (parts.stamme.len() * ends.len()) as u64;
    let (round, street) = (u64::from(street) / plain, u64::from(street) % plain);
    // A step without common divisor visits every name once; each municipality begins elsewhere.
    let step = (plain / 3..=plain).find(|step| coprime(*step, plain)).unwrap_or(1);
    let n = ((street * step + u64::from(kommune) * 389) % plain) as usize;
    let (stem, end) = (parts.stamme[n % parts.stamme.len()], ends[n / parts.stamme.len()]);
    // Three of a letter are written as two.
    let doubled = stem.chars().rev().take(2).all(|c| end.starts_with(c));
    let stem =
        if doubled { &stem[..stem.len() - end.chars().next().map_or(0, char::len_utf8)] } else { stem };
    match round.checked_sub(1).and_then(|round| parts.foran.get(round as usize % parts.foran.len())) {
        Some(before) => format!("{before} {stem}{end}"),
        None => format!("{stem}{end}"),
    }
}

fn coprime(mut a: u64, mut b: u64) -> bool {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a == 1
}

/// A street's post code and place.
pub fn post(kommune: u16, street: u32) -> (&'static str, &'static str) {
    let places = &facts().kommuner[usize::from(kommune)].poststeder;
    let at = u64::from(street) * 7 + u64::from(kommune);
    places[(at % places.len() as u64) as usize]
}

/// Protects the addresses of some households, and says which adults have a guardian.
pub fn protect(world: &mut World) {
    let mut chance = Chance::new(world.seed, 6);
    let residents = world.ids().filter(|id| world.person(*id).resident()).count() as u32;
    let mut households: BTreeMap<HomeId, Vec<Id>> = BTreeMap::new();
    for id in world.ids() {
        if let (true, Some(home)) = (world.person(id).resident(), world.person(id).home) {
            households.entry(home).or_default().push(id);
        }
    }
    // A mother or father alone with children, as is usual; no child with a second home.
    let alone = |members: &Vec<Id>| {
        let grown = members.iter().filter(|id| world.age(**id) >= 18).count();
        let shared = members.iter().any(|id| world.person(*id).second_home.is_some());
        grown == 1 && (2..=4).contains(&members.len()) && !shared
    };
    let mut candidates: Vec<Vec<Id>> = households.into_values().filter(alone).collect();
    chance.shuffle(&mut candidates);
    // A woman who can have a child is the first of each sort, also in a small nation.
    let mut mothers = Vec::new();
    for _ in 0..3 {
        let found = candidates.iter().position(|members| members.iter().any(|id| world.fertile(*id)));
        mothers.extend(found.map(|at| candidates.swap_remove(at)));
    }
    let (mut mothers, mut candidates) = (mothers.into_iter(), candidates.into_iter());
    for level in [Gradering::StrengtFortrolig, Gradering::Fortrolig, Gradering::Klientadresse] {
        // 5 of 10,000 of each sort, and never fewer than two people where there are any at all.
        let wanted = (residents / 2000).max(2);
        let (mut have, mut first) = (0, mothers.next());
        while have < wanted {
            let Some(members) = first.take().or_else(|| candidates.next()) else { break };
            for id in &members {
                world.person_mut(*id).protection = level;
            }
            have += members.len() as u32;
        }
    }
    guard(world, &mut chance);
}

/// Guardians: mostly of the very old, and of some who are young.
fn guard(world: &mut World, chance: &mut Chance) {
    let grown: Vec<Id> = world
        .ids()
        .filter(|id| {
            let person = world.person(*id);
            person.resident() && world.age(*id) >= 18 && person.protection == Gradering::Ugradert
        })
        .collect();
    let able =
        |world: &World, id: Id| (30..70).contains(&world.age(id)) && world.person(id).guardian.is_none();
    let mut young_women = 0;
    let mut guardians = std::collections::BTreeSet::new();
    for id in &grown {
        if guardians.contains(id) {
            continue;
        }
        let age = world.age(*id);
        let young = world.person(*id).sex == Kjoenn::Kvinne && (22..38).contains(&age);
        let share = if age >= 80 { 45 } else { 7 };
        let needed = young && young_women < 2 && world.person(*id).children.is_empty();
        if !(chance.permille(share) || (needed && chance.permille(30))) {
            continue;
        }
        let own = world.person(*id).children.iter().copied();
        let parents = [world.person(*id).mother, world.person(*id).father];
        let family = parents
            .into_iter()
            .flatten()
            .chain(own)
            .find(|other| able(world, *other) && world.person(*other).resident());
        let stranger = (0..20)
            .filter_map(|_| chance.one(&grown).copied())
            .find(|other| other != id && able(world, *other));
        if let Some(guardian) = family.or(stranger) {
            world.person_mut(*id).guardian = Some(guardian);
            guardians.insert(guardian);
            young_women += u32::from(young);
        }
    }
}
