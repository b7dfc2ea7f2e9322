//! The nouns of a nation, compact, so that millions fit in memory. Documents are made from them when they are written.

use clients::folkeregister::Gradering;
use kernel::id::{Kjoenn, Pid};

use crate::day::Day;
use crate::facts::{NORGE, NameId};

/// A person's place in [`World::people`].
pub type Id = u32;
/// A home's place in [`World::homes`].
pub type HomeId = u32;

/// A person's relation to the country.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Lives here.
    Bosatt,
    /// Dead, since.
    Doed(Day),
    /// Moved abroad, when and where to.
    Utflyttet(Day, u8),
    /// Has a D-number, since; not resident.
    Midlertidig(Day),
    /// Has a D-number that is no longer used, since.
    Inaktiv(Day),
}

/// Marital status. Days are of the wedding and of what ended it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Civil {
    /// Not known.
    Uoppgitt,
    /// Never married.
    Ugift,
    /// Married to, since.
    Gift(Id, Day),
    /// Separated from.
    Separert(Id, Day, Day),
    /// Divorced from.
    Skilt(Id, Day, Day),
    /// Left by the death of.
    Enke(Id, Day, Day),
}

impl Civil {
    /// The spouse, also a former one.
    pub fn spouse(self) -> Option<Id> {
        match self {
            Self::Uoppgitt | Self::Ugift => None,
            Self::Gift(id, _) | Self::Separert(id, ..) | Self::Skilt(id, ..) | Self::Enke(id, ..) => Some(id),
        }
    }

    /// The wedding.
    pub fn wedding(self) -> Option<Day> {
        match self {
            Self::Uoppgitt | Self::Ugift => None,
            Self::Gift(_, day)
            | Self::Separert(_, day, _)
            | Self::Skilt(_, day, _)
            | Self::Enke(_, day, _) => Some(day),
        }
    }
}

/// A name in its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Name {
    /// First name.
    pub first: NameId,
    /// Second first name.
    pub second: Option<NameId>,
    /// Middle name.
    pub middle: Option<NameId>,
    /// Surname.
    pub last: NameId,
    /// Surname at birth, which children inherit.
    pub born_as: NameId,
}

/// A person.
#[derive(Debug, Clone)]
pub struct Person {
    /// Legal sex.
    pub sex: Kjoenn,
    /// Birth.
    pub born: Day,
    /// Of several born at once: two digits, how many and which.
    pub twin: u8,
    /// Relation to the country.
    pub standing: Standing,
    /// The number, once allotted.
    pub number: Option<Pid>,
    /// The name.
    pub name: Name,
    /// Where the person or the family is from.
    pub land: u8,
    /// When they moved to Norway.
    pub came: Option<Day>,
    /// When a person of another country became a Norwegian citizen.
    pub citizen: Option<Day>,
    /// The one who gave birth.
    pub mother: Option<Id>,
    /// The other parent; a woman is a co-mother.
    pub father: Option<Id>,
    /// Whether the parents share the responsibility.
    pub shared_care: bool,
    /// Children, the oldest first.
    pub children: Vec<Id>,
    /// The one they live with as a couple, married or not.
    pub partner: Option<Id>,
    /// Since when.
    pub together: Day,
    /// Marital status.
    pub civil: Civil,
    /// Home; of the dead the last.
    pub home: Option<HomeId>,
    /// Since when.
    pub moved: Day,
    /// The second home of a child whose parents live apart, and since when.
    pub second_home: Option<(HomeId, Day)>,
    /// Municipality of birth, where in Norway.
    pub birthplace: u16,
    /// Protection of the address.
    pub protection: Gradering,
    /// Guardian.
    pub guardian: Option<Id>,
}

impl Person {
    /// A resident with nothing but sex and birth.
    pub fn new(sex: Kjoenn, born: Day) -> Self {
        Self {
            sex,
            born,
            twin: 0,
            standing: Standing::Bosatt,
            number: None,
            name: Name::default(),
            land: NORGE,
            came: None,
            citizen: None,
            mother: None,
            father: None,
            shared_care: true,
            children: Vec::new(),
            partner: None,
            together: born,
            civil: Civil::Ugift,
            home: None,
            moved: born,
            second_home: None,
            birthplace: 0,
            protection: Gradering::Ugradert,
            guardian: None,
        }
    }

    /// Whether alive and resident.
    pub fn resident(&self) -> bool {
        self.standing == Standing::Bosatt
    }

    /// Whether dead, and since when.
    pub fn died(&self) -> Option<Day> {
        match self.standing {
            Standing::Doed(day) => Some(day),
            _ => None,
        }
    }

    /// Whether the number is a D-number.
    pub fn visitor(&self) -> bool {
        matches!(self.standing, Standing::Midlertidig(_) | Standing::Inaktiv(_))
    }

    /// Whether a Norwegian citizen.
    pub fn norwegian(&self) -> bool {
        self.land == NORGE || self.citizen.is_some()
    }

    /// Since when in Norway.
    pub fn here_since(&self) -> Day {
        self.came.unwrap_or(self.born)
    }
}

/// How a home is addressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Address {
    /// By street, number and letter.
    Street {
        /// The street's number within the municipality.
        street: u32,
        /// House number.
        house: u16,
        /// Letter, `A` as 1; 0 for none.
        letter: u8,
    },
    /// By holding and unit.
    Property {
        /// Holding.
        holding: u16,
        /// Unit.
        unit: u16,
    },
    /// Nothing but the municipality is known.
    Unknown,
}

/// A dwelling.
#[derive(Debug, Clone, Copy)]
pub struct Home {
    /// Municipality.
    pub kommune: u16,
    /// Address.
    pub address: Address,
    /// Number of the address in Matrikkelen.
    pub entrance: u32,
    /// Floor and door: 101 is `H0101`.
    pub door: u16,
    /// Where those who live here lived before.
    pub previous: Option<HomeId>,
    /// Since when they live here.
    pub since: Day,
}

/// A nation while it is made.
pub struct World {
    /// Which of all possible nations.
    pub seed: u64,
    /// Its first day; nobody is born after it.
    pub today: Day,
    /// Everyone.
    pub people: Vec<Person>,
    /// Every dwelling.
    pub homes: Vec<Home>,
}

impl World {
    /// A person.
    pub fn person(&self, id: Id) -> &Person {
        &self.people[id as usize]
    }

    /// A person, to change.
    pub fn person_mut(&mut self, id: Id) -> &mut Person {
        &mut self.people[id as usize]
    }

    /// Adds a person.
    pub fn add(&mut self, person: Person) -> Id {
        self.people.push(person);
        (self.people.len() - 1) as Id
    }

    /// Everyone's id.
    pub fn ids(&self) -> std::ops::Range<Id> {
        0..self.people.len() as Id
    }

    /// Whether a woman who lives here and is of an age to have a child.
    pub fn fertile(&self, id: Id) -> bool {
        let person = self.person(id);
        person.sex == Kjoenn::Kvinne && person.resident() && (20..=42).contains(&self.age(id))
    }

    /// Age today; of the dead what it would be.
    pub fn age(&self, id: Id) -> i32 {
        self.person(id).born.age(self.today)
    }
}
