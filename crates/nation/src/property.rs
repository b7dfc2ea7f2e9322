//! Properties: what every home stands on, its building, and who owns it – most often those who live there.

use std::collections::BTreeMap;

use clients::folkeregister::Gradering;
use clients::matrikkel::{
    Bruksenhet, Bygning, Eiendom, Eiendomsadresse, Eierandel, Matrikkelnummer, Rettighetshaver, Seksjon,
};
use jiff::civil::date;
use kernel::id::Orgnr;

use crate::business::{Business, Form};
use crate::document::{entrance, grunnkrets, place};
use crate::facts::facts;
use crate::model::{Address, Home, HomeId, Id, World};
use crate::place::{mixed, position};

/// Of a thousand households, those who own their home (about SSB's figure).
const OWNERS: u64 = 770;
/// Of a thousand rented homes, those that the municipality owns.
const MUNICIPAL: u64 = 200;
/// Streets have holdings above those that are addresses of their own.
const FIRST_STREET_HOLDING: i64 = 200;

/// Every property, by municipality and number.
pub fn properties<'a>(
    world: &'a World,
    businesses: &'a [Business],
) -> impl Iterator<Item = Eiendom> + use<'a> {
    let mut homes: Vec<(u16, u32, u32, u16, HomeId)> = (0..)
        .zip(&world.homes)
        .filter_map(|(id, home)| number(home).map(|(gnr, bnr)| (home.kommune, gnr, bnr, home.door, id)))
        .collect();
    homes.sort_unstable();
    let owners = Owners::of(world, businesses);
    let mut at = 0;
    std::iter::from_fn(move || {
        let (kommune, gnr, bnr, ..) = *homes.get(at)?;
        let same = homes[at..].iter().take_while(|home| (home.0, home.1, home.2) == (kommune, gnr, bnr));
        let group: Vec<HomeId> = same.map(|home| home.4).collect();
        at += group.len();
        Some(property(world, &owners, &group, gnr, bnr))
    })
}

/// Holding and unit of the property that a home stands on.
fn number(home: &Home) -> Option<(u32, u32)> {
    match home.address {
        Address::Street { street, house, letter } => {
            Some((FIRST_STREET_HOLDING as u32 + street, u32::from(house) * 8 + u32::from(letter)))
        }
        Address::Property { holding, unit } => Some((holding.into(), unit.into())),
        Address::Unknown => None,
    }
}

fn property(world: &World, owners: &Owners<'_>, group: &[HomeId], gnr: u32, bnr: u32) -> Eiendom {
    let home = &world.homes[group[0] as usize];
    let id = entrance(home).and_then(|id| id.parse().ok()).unwrap_or(0);
    let chance = mixed(world.seed, u64::from(home.entrance));
    let oldest = group.iter().map(|home| world.homes[*home as usize].since.year()).min().unwrap_or(0);
    let built = oldest - (chance % 40) as i32;
    let punkt = position(home);
    let divided = group.len() > 1;
    let kind = match home.address {
        _ if divided => "141",
        Address::Street { letter: 1.., .. } => "131",
        _ => "111",
    };
    let sections = (1..).zip(group);
    Eiendom {
        matrikkelnummer: Matrikkelnummer {
            kommunenummer: facts().kommuner[usize::from(home.kommune)].nummer.to_owned(),
            gardsnummer: gnr.into(),
            bruksnummer: bnr.into(),
            festenummer: 0,
            seksjonsnummer: 0,
        },
        etablert: date((built - 1) as i16, 1 + ((chance >> 8) % 12) as i8, 1).max(date(1900, 1, 1)),
        adresser: vec![address(home, id)],
        bygninger: vec![Bygning {
            bygningsnummer: 10_000_000 + i64::from(home.entrance),
            bygningstype: kind.to_owned(),
            bygningsstatus: "tatt i bruk".to_owned(),
            byggeaar: Some(i64::from(built)),
            punkt,
            bruksenheter: sections
                .clone()
                .map(|(section, home)| Bruksenhet {
                    bruksenhetsnummer: format!("H{:04}", world.homes[*home as usize].door),
                    kind: "bolig".to_owned(),
                    adresse: id,
                    seksjonsnummer: if divided { section } else { 0 },
                })
                .collect(),
        }],
        eiere: if divided { Vec::new() } else { owners.of_home(world, group[0]) },
        seksjoner: sections
            .filter(|_| divided)
            .map(|(seksjonsnummer, home)| Seksjon { seksjonsnummer, eiere: owners.of_home(world, *home) })
            .collect(),
    }
}

/// The address, as the documents of those who live there have it.
fn address(home: &Home, id: i64) -> Eiendomsadresse {
    let (street, property, _) = place(home);
    let post = street.as_ref().and_then(|street| street.poststed.clone());
    let post = post.or_else(|| property.and_then(|property| property.poststed)).unwrap_or_default();
    let number = street.as_ref().and_then(|street| street.adressenummer.clone());
    Eiendomsadresse {
        id,
        adressekode: street.as_ref().and_then(|street| street.adressekode.as_ref()?.parse().ok()),
        adressenavn: street.map(|street| street.adressenavn),
        nummer: number.as_ref().and_then(|number| number.husnummer.parse().ok()),
        bokstav: number.and_then(|number| number.husbokstav),
        undernummer: None,
        adressetilleggsnavn: None,
        postnummer: post.postnummer.unwrap_or_default(),
        poststed: post.poststedsnavn.unwrap_or_default(),
        grunnkrets: Some(grunnkrets(home)),
        punkt: position(home),
    }
}

/// Who can own.
struct Owners<'a> {
    /// Grown residents with their homes, by home.
    living: Vec<(HomeId, Id)>,
    /// The municipalities' units.
    municipal: BTreeMap<u16, &'a Orgnr>,
}

impl<'a> Owners<'a> {
    fn of(world: &World, businesses: &'a [Business]) -> Self {
        let grown = world.ids().filter(|id| world.person(*id).resident() && world.age(*id) >= 18);
        let mut living: Vec<(HomeId, Id)> =
            grown.filter_map(|id| Some((world.person(id).home?, id))).collect();
        living.sort_unstable();
        let municipal = businesses.iter().filter(|business| business.form == Form::Komm);
        Self { living, municipal: municipal.map(|unit| (unit.kommune, &unit.orgnr)).collect() }
    }

    /// The owners of a dwelling, as its property has them.
    fn of_home(&self, world: &World, id: HomeId) -> Vec<Eierandel> {
        let home = &world.homes[id as usize];
        match self.owner(world, id) {
            Owner::People(people) => {
                let share = people.len() as i64;
                people.into_iter().filter_map(|person| owner(world, person, share, home)).collect()
            }
            Owner::Municipality(unit) => {
                let rettighetshaver =
                    Rettighetshaver { organisasjonsnummer: Some(*unit), ..Rettighetshaver::default() };
                vec![Eierandel {
                    teller: 1,
                    nevner: 1,
                    rettighetshaver,
                    fra: home.since.date(),
                    skjermet: false,
                }]
            }
        }
    }

    /// Who owns a dwelling.
    fn owner(&self, world: &World, id: HomeId) -> Owner<'a> {
        let home = &world.homes[id as usize];
        let chance = mixed(world.seed ^ 1, u64::from(id));
        let from = self.living.partition_point(|(home, _)| *home < id);
        let here = self.living[from..].iter().take_while(|(home, _)| *home == id).map(|(_, person)| *person);
        let eldest = here.min_by_key(|person| (world.person(*person).born, *person));
        if let Some(eldest) = eldest.filter(|_| chance % 1000 < OWNERS) {
            let partner = world
                .person(eldest)
                .partner
                .filter(|other| world.person(*other).home == Some(id) && world.person(*other).resident());
            return Owner::People([Some(eldest), partner].into_iter().flatten().collect());
        }
        let unit = self.municipal.get(&home.kommune).filter(|_| (chance >> 16) % 1000 < MUNICIPAL);
        if let Some(unit) = unit {
            return Owner::Municipality(unit);
        }
        // Someone else, who lives openly. Homes are in the order of their founders' ages, hence the long steps.
        let start = (chance >> 32) as usize;
        let landlord = (0..self.living.len().min(50))
            .map(|n| self.living[(start + n * 7919) % self.living.len()].1)
            .find(|person| {
                world.person(*person).protection == Gradering::Ugradert && world.age(*person) >= 25
            });
        Owner::People(landlord.into_iter().collect())
    }
}

/// Who owns a dwelling: people in equal shares, or its municipality.
enum Owner<'a> {
    People(Vec<Id>),
    Municipality(&'a Orgnr),
}

/// Whether each person owns a home, by their place in the nation.
pub fn home_owners(world: &World, businesses: &[Business]) -> Vec<bool> {
    let owners = Owners::of(world, businesses);
    let mut owns = vec![false; world.people.len()];
    for (id, _) in (0..).zip(&world.homes).filter(|(_, home)| number(home).is_some()) {
        if let Owner::People(people) = owners.owner(world, id) {
            for person in people {
                owns[person as usize] = true;
            }
        }
    }
    owns
}

/// One of `share` equal owners.
fn owner(world: &World, id: Id, share: i64, home: &Home) -> Option<Eierandel> {
    let person = world.person(id);
    Some(Eierandel {
        teller: 1,
        nevner: share,
        rettighetshaver: Rettighetshaver {
            personidentifikator: Some(person.number?),
            ..Rettighetshaver::default()
        },
        fra: home.since.max(person.here_since()).date(),
        skjermet: person.protection != Gradering::Ugradert,
    })
}
