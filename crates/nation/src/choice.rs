//! Whom to pick: mothers-to-be for births, caseworkers, and people worth signing in as.

use std::collections::BTreeSet;

use clients::folkeregister::Gradering;
use clients::life_events::Saksbehandler;
use clients::orgs;
use kernel::id::{Kjoenn, Orgnr, Pid};
use serde::{Deserialize, Serialize};

use crate::Nation;
use crate::business::{Business, Form};
use crate::chance::Chance;
use crate::contact::Contact;
use crate::document::full_name;
use crate::facts::{NORGE, Omraade, facts};
use crate::model::{Address, Civil, Id, Standing, World};

/// So many of the mothers come first who surely have a mailbox that a decision reaches.
const SURE: usize = 100;
/// A woman's youngest child is at least this old, in days.
const YOUNGEST: i32 = 365;
/// How many caseworkers.
const CASEWORKERS: usize = 4;

/// A person worth signing in as.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Testperson {
    /// The number to sign in with.
    pub personidentifikator: Pid,
    /// Name.
    pub navn: String,
    /// Their circumstance, in Bokmål.
    pub hvem: String,
}

/// A circumstance in words, and whether somebody is in it.
type Circumstance<'a> = (&'static str, Box<dyn Fn(Id) -> bool + 'a>);

/// The people picked out.
pub struct Choice {
    mothers: Vec<Id>,
    caseworkers: Vec<Id>,
    testpersons: Vec<(Id, &'static str)>,
}

/// Women who can have a child in the days after the nation's first day, and whose case a machine may decide: grown,
/// resident at a known street, Norwegian as the partner is, neither of them protected or under guardianship, not alone
/// with children, the youngest child a year old or more. In a chance order; the first hundred surely have a mailbox that a
/// decision reaches, most of the others too.
pub fn mothers(nation: &Nation) -> Vec<Pid> {
    nation.choice.mothers.iter().filter_map(|id| nation.number(*id)).collect()
}

impl Choice {
    /// Picks from a nation.
    pub fn of(world: &World, contacts: &[Option<Contact>], businesses: &[Business]) -> Self {
        let mut chance = Chance::new(world.seed, 10);
        let mut all: Vec<Id> = world.ids().collect();
        chance.shuffle(&mut all);
        let contact = |id: Id| contacts.get(id as usize).and_then(Option::as_ref);
        let reached = |id: Id| contact(id).is_some_and(Contact::reached);
        let can: Vec<Id> = all.iter().copied().filter(|id| can_bear(world, *id)).collect();
        let (mut mothers, unreached): (Vec<Id>, Vec<Id>) = can.into_iter().partition(|id| reached(*id));
        let mut rest = mothers.split_off(mothers.len().min(SURE));
        rest.extend(&unreached);
        chance.shuffle(&mut rest);
        mothers.extend(rest);

        let works = |id: &Id| {
            let person = world.person(*id);
            let grown = (28..64).contains(&world.age(*id)) && person.resident() && person.norwegian();
            grown && reached(*id) && plain(world, *id) && !mothers.contains(id)
        };
        let caseworkers: Vec<Id> = all.iter().copied().filter(works).take(CASEWORKERS).collect();
        let mut choice = Self { mothers, caseworkers, testpersons: Vec::new() };
        choice.find(world, contacts, businesses, &all);
        // The women shown first for signing in are also the first to give birth.
        for (front, (id, _)) in choice.testpersons.iter().take(2).enumerate() {
            if let Some(at) = choice.mothers.iter().position(|mother| mother == id) {
                choice.mothers.swap(front, at);
            }
        }
        choice
    }

    /// The caseworkers, for the load of the journeys.
    pub fn caseworkers<'a>(&'a self, world: &'a World) -> impl Iterator<Item = Saksbehandler> + 'a {
        self.caseworkers.iter().filter_map(|id| {
            Some(Saksbehandler {
                personidentifikator: world.person(*id).number?,
                rolle: "saksbehandler".to_owned(),
                orgnr: Orgnr::parse(orgs::NAV.orgnr).ok()?,
                navn: Some(full_name(world.person(*id))),
            })
        })
    }

    /// The people worth signing in as.
    pub fn testpersons(&self, world: &World) -> Vec<Testperson> {
        let one = |(id, hvem): &(Id, &str)| {
            Some(Testperson {
                personidentifikator: world.person(*id).number?,
                navn: full_name(world.person(*id)),
                hvem: (*hvem).to_owned(),
            })
        };
        self.testpersons.iter().filter_map(one).collect()
    }

    /// One for each circumstance that the nation has; nobody twice.
    fn find(&mut self, world: &World, contacts: &[Option<Contact>], businesses: &[Business], all: &[Id]) {
        let contact = |id: Id| contacts.get(id as usize).and_then(Option::as_ref);
        let woman = |id: Id| world.person(id).sex == Kjoenn::Kvinne;
        let adult = |id: Id| world.person(id).died().is_none() && world.age(id) >= 18;
        let fertile = |id: Id| world.fertile(id);
        let minors = |id: Id, low: i32, high: i32| {
            let ages = world.person(id).children.iter().map(|child| world.age(*child));
            ages.filter(|age| (low..=high).contains(age)).count()
        };
        let employers =
            businesses.iter().filter(|business| business.form == Form::As && business.employees.len() >= 3);
        let owners: BTreeSet<Id> =
            employers.filter_map(|business| business.people.first().copied()).collect();
        let owner = |id: Id| owners.contains(&id);
        let recent = |id: Id| match world.person(id).civil {
            Civil::Enke(_, _, died) => died.plus(400) > world.today,
            _ => false,
        };
        let first_mother = |id: Id| self.mothers.iter().take(SURE).any(|mother| *mother == id);
        let can = |id: Id| can_bear(world, id);
        let protected = |id: Id, level| world.person(id).protection == level;
        let circumstances: Vec<Circumstance<'_>> = vec![
            (
                "Venter barn, gift, har barn fra før og digital postkasse",
                Box::new(|id| {
                    first_mother(id)
                        && matches!(world.person(id).civil, Civil::Gift(..))
                        && minors(id, 1, 17) > 0
                }),
            ),
            (
                "Venter sitt første barn, har digital postkasse",
                Box::new(|id| first_mother(id) && world.person(id).children.is_empty()),
            ),
            (
                "Venter barn og har reservert seg mot digital post: får brev på papir",
                Box::new(|id| can(id) && contact(id).is_some_and(|contact| contact.reserved.is_some())),
            ),
            (
                "Venter barn og har ingen digital postkasse",
                Box::new(|id| {
                    can(id)
                        && contact(id).is_some_and(|contact| {
                            contact.reserved.is_none() && !contact.mailbox && !contact.stale()
                        })
                }),
            ),
            (
                "Venter barn; kontaktopplysningene er eldre enn 18 måneder",
                Box::new(|id| {
                    can(id) && contact(id).is_some_and(|contact| contact.stale() && contact.mailbox)
                }),
            ),
            (
                "Kvinne med strengt fortrolig adresse (kode 6)",
                Box::new(|id| fertile(id) && protected(id, Gradering::StrengtFortrolig)),
            ),
            (
                "Kvinne med fortrolig adresse (kode 7)",
                Box::new(|id| fertile(id) && protected(id, Gradering::Fortrolig)),
            ),
            ("Ung kvinne med verge", Box::new(|id| fertile(id) && world.person(id).guardian.is_some())),
            (
                "Mann, registrert som far til tre eller flere barn",
                Box::new(|id| !woman(id) && adult(id) && minors(id, 0, 17) >= 3),
            ),
            ("Far til et barn under to år", Box::new(|id| !woman(id) && adult(id) && minors(id, 0, 1) > 0)),
            (
                "Mann uten barn: meldes en fødsel på ham, tar en saksbehandler over",
                Box::new(|id| {
                    !woman(id)
                        && (20..45).contains(&world.age(id))
                        && world.person(id).resident()
                        && world.person(id).children.is_empty()
                }),
            ),
            (
                "Har D-nummer og er ikke bosatt",
                Box::new(|id| matches!(world.person(id).standing, Standing::Midlertidig(_))),
            ),
            (
                "Mor eller far til en ungdom på 15 til 17 år",
                Box::new(|id| adult(id) && world.person(id).resident() && minors(id, 15, 17) > 0),
            ),
            (
                "Alene med barn som har delt bosted",
                Box::new(|id| {
                    let shared = |child: &Id| world.person(*child).second_home.is_some();
                    woman(id)
                        && world.person(id).partner.is_none()
                        && world.person(id).children.iter().any(shared)
                }),
            ),
            ("Ble enke eller enkemann det siste året", Box::new(recent)),
            ("Eier og daglig leder i et aksjeselskap med ansatte", Box::new(|id| adult(id) && owner(id))),
            (
                "Har flyttet til Norge fra et annet land i EØS",
                Box::new(|id| {
                    let from = facts().land[usize::from(world.person(id).land)].omraade;
                    fertile(id) && !world.person(id).norwegian() && from != Omraade::Ellers
                }),
            ),
            (
                "Har flyttet fra Norge",
                Box::new(|id| matches!(world.person(id).standing, Standing::Utflyttet(..))),
            ),
        ];
        let mut found: Vec<(Id, &'static str)> = Vec::new();
        for (hvem, fits) in &circumstances {
            let free = |id: &Id| !self.caseworkers.contains(id) && found.iter().all(|(other, _)| other != id);
            let pick = self.mothers.iter().chain(all).copied().find(|id| free(id) && fits(*id));
            found.extend(pick.map(|id| (id, *hvem)));
        }
        drop(circumstances);
        found.extend(self.caseworkers.iter().take(2).map(|id| (*id, "Saksbehandler i NAV")));
        self.testpersons = found;
    }
}

/// Whether a machine may decide the case of a child she has now; see [`mothers`].
fn can_bear(world: &World, id: Id) -> bool {
    let person = world.person(id);
    let native = person.land == NORGE && person.came.is_none();
    let youngest = person.children.iter().map(|child| world.person(*child).born).max();
    let ready = youngest.is_none_or(|born| born.plus(YOUNGEST) <= world.today);
    let minors = person.children.iter().any(|child| world.age(*child) < 18);
    // Whoever has been married and is not may have a right to more, which a human looks at.
    let left = matches!(person.civil, Civil::Separert(..) | Civil::Skilt(..) | Civil::Enke(..));
    let settled = !left && (person.partner.is_some() || !minors);
    // The other parent by law or in life: a citizen of another EEA state makes it a case for two states.
    let others = [person.partner, person.civil.spouse()].into_iter().flatten();
    let near = |other: Id| plain(world, other) && world.person(other).norwegian();
    world.fertile(id) && native && ready && settled && plain(world, id) && others.into_iter().all(near)
}

/// Whether nothing about the person's address or legal capacity needs a human.
fn plain(world: &World, id: Id) -> bool {
    let person = world.person(id);
    let street =
        person.home.is_some_and(|home| matches!(world.homes[home as usize].address, Address::Street { .. }));
    street && person.protection == Gradering::Ugradert && person.guardian.is_none()
}
