//! What test people are searched for by: everything that the registers are told of a person, on one line.

use clients::folkeregister::{Personstatus, Sivilstandstype};
use clients::testpersoner::{Folketrekk, Linje};
use jiff::civil::Date;
use kernel::id::{Kommunenummer, Pid};

use crate::business::Business;
use crate::contact::{self, Contact};
use crate::facts::facts;
use crate::model::{Civil, Id, Standing, World};
use crate::{property, unit};

/// What the lines are made of besides the people themselves.
pub struct Surroundings<'a> {
    contacts: &'a [Option<Contact>],
    /// Who has which role, by number.
    roles: Vec<(Pid, String)>,
    home_owners: Vec<bool>,
}

impl<'a> Surroundings<'a> {
    /// Of a nation.
    pub fn of(world: &World, contacts: &'a [Option<Contact>], businesses: &[Business]) -> Self {
        let groups = businesses.iter().flat_map(|business| unit::roles(world, business));
        let mut roles: Vec<(Pid, String)> = groups
            .flat_map(|group| group.roller)
            .filter_map(|role| Some((role.person?.fodselsnummer?, role.kind.kode)))
            .collect();
        roles.sort_unstable();
        roles.dedup();
        Self { contacts, roles, home_owners: property::home_owners(world, businesses) }
    }

    /// A person's line.
    pub fn line(&self, world: &World, id: Id) -> Option<Linje> {
        let folk = person(world, id)?;
        let from = self.roles.partition_point(|(pid, _)| *pid < folk.personidentifikator);
        let own = self.roles[from..].iter().take_while(|(pid, _)| *pid == folk.personidentifikator);
        Some(Linje {
            roller: own.map(|(_, role)| role.clone()).collect(),
            kontakt: self.contacts[id as usize].as_ref().map(|known| contact::traits(world, id, known)),
            eier_bolig: self.home_owners[id as usize],
            folk,
        })
    }
}

/// What the person's document says.
fn person(world: &World, id: Id) -> Option<Folketrekk> {
    let person = world.person(id);
    let open = person.died().is_none() && !person.protection.er_beskyttet();
    let home = person.home.filter(|_| open).map(|home| usize::from(world.homes[home as usize].kommune));
    let alive = person.children.iter().map(|child| world.person(*child)).filter(|one| one.died().is_none());
    let mut barn: Vec<Date> = alive.map(|child| child.born.date()).collect();
    barn.sort_unstable_by(|a, b| b.cmp(a));
    Some(Folketrekk {
        personidentifikator: person.number?,
        foedselsdato: person.born.date(),
        kjoenn: Some(person.sex),
        status: match person.standing {
            Standing::Bosatt => Personstatus::Bosatt,
            Standing::Doed(_) => Personstatus::Doed,
            Standing::Utflyttet(..) => Personstatus::Utflyttet,
            Standing::Midlertidig(_) => Personstatus::Midlertidig,
            Standing::Inaktiv(_) => Personstatus::Inaktiv,
        },
        sivilstand: match person.civil {
            Civil::Uoppgitt => Sivilstandstype::Uoppgitt,
            Civil::Ugift => Sivilstandstype::Ugift,
            Civil::Gift(..) => Sivilstandstype::Gift,
            Civil::Separert(..) => Sivilstandstype::Separert,
            Civil::Skilt(..) => Sivilstandstype::Skilt,
            Civil::Enke(..) => Sivilstandstype::EnkeEllerEnkemann,
        },
        norsk: person.norwegian(),
        adressebeskyttelse: person.protection,
        kommunenummer: home.and_then(|home| Kommunenummer::parse(facts().kommuner[home].nummer).ok()),
        barn,
        har_verge: person.guardian.is_some(),
        verge: person.guardian.and_then(|guardian| world.person(guardian).number),
    })
}
