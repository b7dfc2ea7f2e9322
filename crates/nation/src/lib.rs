//! A synthetic nation: people in families in homes in real municipalities, with the contact details, mailboxes and
//! businesses that belong to them, coherent across the registers.
//!
//! The same [`Options`] give the same nation to the byte, on every machine: chance comes from ChaCha streams by whole
//! weights, and nothing depends on the clock, on floating point or on the order of a hash. Nobody in it exists. Identity
//! numbers are of the synthetic series only (month + 80), names are drawn by how common they are, streets are invented.
//!
//! [`generate`] works in this order, each step in a file of its name: `people` (who there is, by the age pyramid),
//! `couples`, `family` (whose child), `homes`, `names`, `contact`, `business`. What comes out is compact; `document`,
//! `relation`, `unit` and `property` turn it into the registers' own forms while it is written.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use clients::enhetsregister::Registrering;
use clients::folkeregister::Persondokument;
use clients::kontaktregister::Person as Kontaktperson;
use clients::life_events::Saksbehandler;
use clients::matrikkel::Linje;
use clients::postkasse::Postboks;
use clients::testpersoner::Linje as Trekklinje;
use jiff::civil::{Date, date};
use kernel::id::Pid;
use serde::Serialize;

mod business;
mod chance;
mod choice;
mod contact;
mod couples;
mod day;
mod document;
mod facts;
mod family;
mod homes;
mod model;
mod names;
mod people;
mod place;
mod property;
mod relation;
mod summary;
mod traits;
mod unit;

pub use choice::{Testperson, mothers};
pub use summary::{Figure, Summary};

use business::Business;
use choice::Choice;
use contact::Contact;
use day::Day;
use model::World;

/// Which nation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// How many people the register of people has, all told: nine of ten live here, the others are dead, have moved
    /// abroad or have a D-number.
    pub population: u32,
    /// Which of all possible nations of that size.
    pub seed: u64,
    /// Its first day: nobody is born and nothing happens after it.
    pub date: Date,
}

/// The first day that a nation can begin on: before it, the oldest would have been born before there were numbers.
pub const FIRST_DATE: Date = date(1980, 1, 1);
/// The last day that a nation can begin on: from 2040, numbers no longer tell the century.
pub const LAST_DATE: Date = date(2039, 12, 31);
/// The most people: with more, a day of birth would run out of synthetic numbers.
pub const MOST_PEOPLE: u32 = 8_000_000;

impl Options {
    /// Says what is wrong with them, for whoever has typed them in.
    pub fn check(&self) -> Result<(), String> {
        if !(FIRST_DATE..=LAST_DATE).contains(&self.date) {
            return Err(format!(
                "date: a nation begins between {FIRST_DATE} and {LAST_DATE}, not on {}",
                self.date
            ));
        }
        if self.population > MOST_PEOPLE {
            return Err(format!(
                "population: a nation has at most {MOST_PEOPLE} people, not {}",
                self.population
            ));
        }
        Ok(())
    }
}

/// A nation.
pub struct Nation {
    world: World,
    contacts: Vec<Option<Contact>>,
    businesses: Vec<Business>,
    choice: Choice,
    /// Everyone, by number.
    order: Vec<model::Id>,
}

/// The steps of making a nation, for the progress.
const STEPS: usize = 9;

/// Makes the nation. `progress` is told how many people's worth of work is done, of how many.
///
/// Of options that [`Options::check`] refuses it makes a nation in which not everyone has a number.
pub fn generate(options: &Options, progress: &mut dyn FnMut(usize, usize)) -> Nation {
    let population = options.population;
    let total = population as usize * STEPS;
    let mut done = 0;
    let mut step = || {
        done += population as usize;
        progress(done.min(total), total);
    };
    let mut world =
        World { seed: options.seed, today: Day::of(options.date), people: Vec::new(), homes: Vec::new() };
    let numbers = people::Numbers::of(population);
    people::populate(&mut world, &numbers);
    step();
    // Some of the dead have left nobody.
    couples::join(&mut world, numbers.dead - numbers.dead / 8);
    people::bury(&mut world, population);
    step();
    family::descend(&mut world);
    step();
    homes::settle(&mut world);
    step();
    homes::protect(&mut world);
    step();
    names::name(&mut world);
    names::number(&mut world);
    step();
    let contacts = contact::contacts(&world);
    step();
    let businesses = business::found(&world);
    step();
    let choice = Choice::of(&world, &contacts, &businesses);
    step();
    let mut order: Vec<model::Id> = world.ids().collect();
    order.sort_unstable_by_key(|id| world.person(*id).number);
    Nation { world, contacts, businesses, choice, order }
}

impl Nation {
    /// Everyone's document, one at a time, in the order of their numbers: a register that is loaded so grows at the end of
    /// its indexes.
    pub fn persons(&self) -> impl Iterator<Item = Persondokument> + '_ {
        self.order.iter().map(|id| document::document(&self.world, *id))
    }

    /// The contact register's lines.
    pub fn contacts(&self) -> impl Iterator<Item = Kontaktperson> + '_ {
        self.known().filter_map(|(id, contact)| contact::line(&self.world, id, contact))
    }

    /// The mailboxes.
    pub fn mailboxes(&self) -> impl Iterator<Item = Postboks> + '_ {
        self.known().filter_map(|(id, contact)| contact::mailbox(&self.world, id, contact))
    }

    /// Those whom the contact register knows.
    fn known(&self) -> impl Iterator<Item = (u32, &Contact)> {
        self.order.iter().filter_map(|id| Some((*id, self.contacts[*id as usize].as_ref()?)))
    }

    /// Public bodies, businesses and associations.
    pub fn businesses(&self) -> impl Iterator<Item = Registrering> + '_ {
        unit::bodies().chain(self.businesses.iter().map(|business| unit::registration(&self.world, business)))
    }

    /// The municipalities, as Matrikkelen knows them.
    pub fn municipalities(&self) -> impl Iterator<Item = Linje> + '_ {
        place::kommuner().map(Linje::Kommune)
    }

    /// Every property with its addresses, building and owners.
    pub fn properties(&self) -> impl Iterator<Item = Linje> + '_ {
        // Homes are put in order and owners found when the first is asked for, not where all loads are but listed.
        let all = std::iter::once_with(|| property::properties(&self.world, &self.businesses));
        all.flatten().map(Linje::Eiendom)
    }

    /// The caseworkers.
    pub fn caseworkers(&self) -> impl Iterator<Item = Saksbehandler> + '_ {
        self.choice.caseworkers(&self.world)
    }

    /// What each person is searched for by, in the order of birth: a register that is loaded so grows at the end of its index.
    pub fn traits(&self) -> impl Iterator<Item = Trekklinje> + '_ {
        // All is gathered when the first is asked for, not where all loads are but listed.
        std::iter::once_with(move || {
            let surroundings = traits::Surroundings::of(&self.world, &self.contacts, &self.businesses);
            let mut order = self.order.clone();
            order.sort_by_key(|id| self.world.person(*id).born);
            order.into_iter().filter_map(move |id| surroundings.line(&self.world, id))
        })
        .flatten()
    }

    /// People worth signing in as, each with their circumstance.
    pub fn testpersons(&self) -> Vec<Testperson> {
        self.choice.testpersons(&self.world)
    }

    /// What each register loads. Properties come long after their municipalities, which have to be there by then.
    pub fn loads(&self) -> Vec<Load<'_>> {
        let people = self.order.len();
        vec![
            Load::new(clients::matrikkel::NAME, 0, self.municipalities()),
            Load::new(clients::folkeregister::NAME, people, self.persons()),
            Load::new(clients::enhetsregister::NAME, self.businesses.len(), self.businesses()),
            Load::new(clients::matrikkel::NAME, self.world.homes.len(), self.properties()),
            Load::new(clients::kontaktregister::NAME, people, self.contacts()),
            Load::new(clients::postkasse::NAME, people, self.mailboxes()),
            Load::new(clients::life_events::NAME, 0, self.caseworkers()),
            Load::new(clients::testpersoner::NAME, people, self.traits()),
        ]
    }

    /// Writes a file for each register, `NAME.jsonl`, and [`Self::write_testpersons`], into a directory that exists.
    pub fn write(&self, directory: &Path) -> io::Result<()> {
        let mut begun = BTreeSet::new();
        for load in self.loads() {
            let path = directory.join(format!("{}.jsonl", load.register));
            // A register may have several loads; its file has all of them.
            let first = begun.insert(load.register);
            let file = File::options().create(true).write(true).truncate(first).append(!first).open(path)?;
            let mut file = BufWriter::with_capacity(1 << 18, file);
            for line in load.lines {
                file.write_all(&line?)?;
                file.write_all(b"\n")?;
            }
            file.flush()?;
        }
        self.write_testpersons(directory)
    }

    /// Writes `testpersoner.json`.
    pub fn write_testpersons(&self, directory: &Path) -> io::Result<()> {
        let mut people = serde_json::to_vec_pretty(&self.testpersons())?;
        people.push(b'\n');
        std::fs::write(directory.join("testpersoner.json"), people)
    }

    /// The number of a person, by place; every person has one.
    fn number(&self, id: u32) -> Option<Pid> {
        self.world.person(id).number
    }
}

/// What a register loads.
pub struct Load<'a> {
    /// The register's name.
    pub register: &'static str,
    /// About how many lines there are.
    pub about: usize,
    /// The lines, each a JSON object, made as they are asked for.
    pub lines: Box<dyn Iterator<Item = serde_json::Result<Vec<u8>>> + 'a>,
}

impl<'a> Load<'a> {
    fn new<T: Serialize>(register: &'static str, about: usize, items: impl Iterator<Item = T> + 'a) -> Self {
        Self { register, about, lines: Box::new(items.map(|item| serde_json::to_vec(&item))) }
    }
}
