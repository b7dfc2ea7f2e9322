//! Who is whose child: every minor has a mother or a father who lives here, grown people have the parents that are still
//! registered, and ages, deaths and spacing fit.

use kernel::id::Kjoenn;

use crate::chance::{Chance, Weighted};
use crate::couples::Pool;
use crate::day::Day;
use crate::facts::NORGE;
use crate::model::{Civil, Id, Standing, World};

/// A child's age up to and with which, of a thousand, the mother is registered.
const MOTHERS: [(i32, u32); 7] =
    [(17, 1000), (29, 930), (39, 860), (49, 700), (59, 480), (69, 180), (79, 25)];
/// Years around the mean age of mothers, with weights from eleven years below it.
const AROUND: [u32; 26] =
    [1, 2, 4, 8, 14, 22, 32, 44, 56, 66, 74, 78, 78, 74, 66, 56, 46, 36, 27, 19, 12, 8, 5, 3, 2, 1];
/// Of a thousand women asked who have 0, 1, 2, … children, those who have one more.
const NEXT: [u32; 8] = [1000, 900, 330, 200, 130, 70, 50, 30];
/// Of a thousand births, those of twins.
const TWINS: u32 = 16;
/// The pool of all who have immigrated.
const ABROAD: u8 = 1;
/// Shortest time between two births, in days.
const SPACING: i32 = 330;
/// A mother's lowest and highest age.
const FERTILE: (i32, i32) = (16, 47);

/// Finds the parents.
pub fn descend(world: &mut World) {
    let mut chance = Chance::new(world.seed, 4);
    let pools = Parents::of(world);
    let ages = Weighted::new((-11..).zip(AROUND));
    let mut children: Vec<Id> = world
        .ids()
        .filter(|id| {
            let person = world.person(*id);
            let own =
                person.land == NORGE && matches!(person.standing, Standing::Bosatt | Standing::Utflyttet(..));
            own && person.came.is_none()
        })
        .collect();
    children.sort_by_key(|id| (world.person(*id).born, *id));
    let mut last: Option<Id> = None;
    for id in children {
        let age = world.age(id);
        let share = MOTHERS.iter().find(|(up_to, _)| age <= *up_to).map_or(0, |(_, share)| *share);
        if !chance.permille(share) {
            continue;
        }
        let minor = age < 18;
        let twin = last.filter(|twin| twinned(world, *twin, id, &mut chance));
        if let Some(twin) = twin {
            let (born, mother) = (world.person(twin).born, world.person(twin).mother);
            world.person_mut(id).born = born;
            world.person_mut(twin).twin = 21;
            world.person_mut(id).twin = 22;
            let father = world.person(twin).father;
            if let Some(mother) = mother {
                adopt(world, id, mother, father, &mut chance);
            }
            last = None;
            continue;
        }
        let pool = if minor && chance.permille(250) { ABROAD } else { NORGE };
        let born = world.person(id).born;
        let mean = match born.year() {
            ..1970 => 26,
            1970..1990 => 27,
            1990..2010 => 29,
            _ => 32,
        };
        let mut mother = None;
        for _ in 0..40 {
            let year = born.year() - mean - ages.pick(&mut chance).unwrap_or(0);
            let asked = pools.women.look(&mut chance, pool, year);
            mother = asked.filter(|woman| {
                bears(world, *woman, born, minor) && wants(world, *woman, minor, born, &mut chance)
            });
            if mother.is_some() {
                break;
            }
        }
        let mother = if minor { mother.or_else(|| pools.any_mother(world, born)) } else { mother };
        let Some(mother) = mother else {
            if minor {
                come_of_age(world, id);
            }
            continue;
        };
        let father = father(world, &pools, mother, born, &mut chance);
        adopt(world, id, mother, father, &mut chance);
        last = Some(id);
    }
}

/// The people who can be parents.
struct Parents {
    women: Pool,
    men: Pool,
}

impl Parents {
    fn of(world: &World) -> Self {
        let (mut women, mut men) = (Pool::default(), Pool::default());
        for id in world.ids() {
            let person = world.person(id);
            let pool = if person.land == NORGE { NORGE } else { ABROAD };
            let year = person.born.year();
            let here = person.resident() || (person.died().is_some() && person.civil.spouse().is_some());
            match person.sex {
                Kjoenn::Kvinne if here => women.add(pool, year, id),
                Kjoenn::Mann if person.resident() => men.add(pool, year, id),
                _ => {}
            }
        }
        Self { women, men }
    }

    /// The first woman who could have had a child on this day.
    fn any_mother(&self, world: &World, born: Day) -> Option<Id> {
        let years = || born.year() - FERTILE.1 - 1..=born.year() - FERTILE.0;
        let all = [NORGE, ABROAD].into_iter().flat_map(|pool| years().map(move |year| (pool, year)));
        all.flat_map(|(pool, year)| self.women.all(pool, year))
            .copied()
            .find(|woman| bears(world, *woman, born, true))
    }
}

/// Whether `id` can be made the twin of the child born last before.
fn twinned(world: &World, twin: Id, id: Id, chance: &mut Chance) -> bool {
    let near = world.person(id).born.0 - world.person(twin).born.0 <= 31;
    let youngest =
        world.person(twin).mother.is_some_and(|mother| world.person(mother).children.last() == Some(&twin));
    let same = world.person(id).standing == world.person(twin).standing;
    near && youngest && same && world.age(twin) == world.age(id) && chance.permille(TWINS)
}

/// Whether the woman could have had a child on this day. A minor needs a parent who lives here.
fn bears(world: &World, woman: Id, born: Day, minor: bool) -> bool {
    let mother = world.person(woman);
    let age = mother.born.age(born);
    let alive = mother.died().is_none_or(|died| died > born);
    let spaced = mother.children.last().is_none_or(|last| born.0 - world.person(*last).born.0 >= SPACING);
    let father_here = |spouse: Id| {
        world.person(spouse).resident() && (16..=66).contains(&world.person(spouse).born.age(born))
    };
    let here =
        mother.resident() || (mother.here_since() <= born && mother.civil.spouse().is_some_and(father_here));
    (FERTILE.0..=FERTILE.1).contains(&age)
        && alive
        && spaced
        && (here || !minor)
        && mother.children.len() < NEXT.len()
}

/// Whether she does: by how many she has, how long ago, and with whom she lives (SSB 2023: 16 % of children live with
/// one parent, 7 % with a step-parent).
fn wants(world: &World, woman: Id, minor: bool, born: Day, chance: &mut Chance) -> bool {
    let mother = world.person(woman);
    let next = NEXT.get(mother.children.len()).copied().unwrap_or(0);
    let waited = mother.children.last().map_or(0, |last| born.0 - world.person(*last).born.0);
    let soon = if mother.children.is_empty() || (450..2200).contains(&waited) { 1000 } else { 350 };
    let alone = match mother.civil {
        _ if mother.partner.is_some() => 1000,
        Civil::Skilt(..) | Civil::Separert(..) => 550,
        Civil::Enke(..) => 900,
        _ if mother.died().is_some() => 900,
        _ if minor => 110,
        _ => 500,
    };
    // Until the seventies nearly all were married first.
    let wed = mother.civil.wedding().is_some_and(|wedding| wedding.plus(-200) <= born);
    let unwed = if wed || born.year() >= 1975 { 1000 } else { 120 };
    [next, soon, alone, unwed].into_iter().all(|share| chance.permille(share))
}

/// The other parent of a child that `mother` had on `born`.
fn father(world: &World, pools: &Parents, mother: Id, born: Day, chance: &mut Chance) -> Option<Id> {
    let woman = world.person(mother);
    let grown = |id: Id| (16..=66).contains(&world.person(id).born.age(born));
    let living = |id: Id, grace: i32| world.person(id).died().is_none_or(|died| died.plus(grace) > born);
    let of_age = |id: Id| grown(id) && living(id, 250);
    if woman.came.is_some_and(|came| came > born) {
        // Born abroad: the partner is the father only where he came from there too.
        return woman.partner.filter(|id| {
            of_age(*id) && world.person(*id).land == woman.land && world.person(*id).sex == Kjoenn::Mann
        });
    }
    if let Civil::Skilt(spouse, _, ended) | Civil::Separert(spouse, _, ended) = woman.civil
        && born <= ended.plus(200)
        && of_age(spouse)
    {
        return Some(spouse);
    }
    if let Some(partner) = woman.partner {
        let woman_too = world.person(partner).sex == Kjoenn::Kvinne;
        // Most who have a child together have been a couple for longer than was drawn.
        let during = woman.together.plus(-300) <= born || chance.permille(600);
        // Co-mothers have been in the law since 2009.
        if during && of_age(partner) && (!woman_too || born.year() >= 2009) && chance.permille(985) {
            return Some(partner);
        }
    }
    if let Civil::Enke(spouse, ..) | Civil::Gift(spouse, _) = woman.civil
        && woman.partner.is_none()
        && of_age(spouse)
    {
        return Some(spouse);
    }
    // Someone else: he of the child before, if he was no partner, or another man.
    let own = |child: &&Id| world.person(**child).mother == Some(mother);
    let before = woman.children.iter().rev().find(own).and_then(|child| world.person(*child).father);
    let before =
        before.filter(|id| Some(*id) != woman.partner && woman.civil.spouse() != Some(*id) && of_age(*id));
    if let Some(before) = before.filter(|_| chance.permille(750)) {
        return Some(before);
    }
    if chance.permille(40) {
        return None;
    }
    let pool = if woman.land == NORGE { NORGE } else { ABROAD };
    for _ in 0..12 {
        let year = woman.born.year() - chance.between(-3, 8);
        let man = pools.men.look(chance, pool, year);
        let apart = |id: &Id| {
            let man = world.person(*id);
            man.partner != Some(mother) && man.children.len() < 4 && of_age(*id)
        };
        let free = |id: &Id, chance: &mut Chance| world.person(*id).partner.is_none() || chance.permille(300);
        if let Some(man) = man.filter(apart).filter(|id| free(id, chance)) {
            return Some(man);
        }
    }
    None
}

/// Writes the relation down on both sides, and where the child is from.
fn adopt(world: &mut World, id: Id, mother: Id, father: Option<Id>, chance: &mut Chance) {
    let born = world.person(id).born;
    let (woman, man) =
        (world.person(mother).clone_origin(), father.map(|id| world.person(id).clone_origin()));
    // Parents who never lived together shared the responsibility only by agreement before 2020.
    let couple = father.is_some_and(|father| {
        let woman = world.person(mother);
        woman.partner == Some(father) || woman.civil.spouse() == Some(father)
    });
    let shared_care = father.is_some() && (couple || born.year() >= 2020 || chance.permille(700));
    let child = world.person_mut(id);
    child.mother = Some(mother);
    child.father = father;
    child.shared_care = shared_care;
    if woman.land != NORGE && man.is_none_or(|man| man.land != NORGE) {
        child.land = woman.land;
        if let Some(came) = woman.came.filter(|came| *came > born) {
            child.came = Some(came);
            child.citizen = woman.citizen;
        } else {
            let parents = [Some(woman), man].into_iter().flatten();
            child.citizen = parents.filter_map(|parent| parent.citizen).min().map(|day| day.max(born));
        }
    } else if let Some(came) = woman.came.filter(|came| *came > born) {
        // Born abroad to a Norwegian: a citizen from birth, and came with the mother.
        child.came = Some(came);
    }
    for parent in [Some(mother), father].into_iter().flatten() {
        world.person_mut(parent).children.push(id);
    }
}

/// A minor for whom there is no parent, which only a nation of a handful of people knows, is grown instead.
fn come_of_age(world: &mut World, id: Id) {
    let born = world.person(id).born.plus_years(-30);
    world.person_mut(id).born = born;
}

/// What a child takes from a parent.
#[derive(Clone, Copy)]
struct Origin {
    land: u8,
    came: Option<Day>,
    citizen: Option<Day>,
}

impl crate::model::Person {
    fn clone_origin(&self) -> Origin {
        Origin { land: self.land, came: self.came, citizen: self.citizen }
    }
}
