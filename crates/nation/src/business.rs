//! Businesses, associations and public bodies: who owns them, runs them and works there.

use std::collections::BTreeMap;

use clients::folkeregister::Gradering;
use clients::orgs;
use kernel::id::Orgnr;

use crate::chance::{Chance, Weighted};
use crate::day::Day;
use crate::facts::{Naering, facts};
use crate::model::{HomeId, Id, World};

/// The first stem of the numbers of businesses; those of the state's bodies lie below.
const FIRST_STEM: u32 = 31_001_000;

/// A form of organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// Sole proprietorship.
    Enk,
    /// Limited company.
    As,
    /// Association.
    Fli,
    /// Partnership with shared liability.
    Da,
    /// Partnership with joint liability.
    Ans,
    /// Municipality.
    Komm,
}

/// Businesses by form, by weight: shares of all units (spec § B), among these forms.
const FORMS: [(Form, u32); 5] =
    [(Form::Enk, 419), (Form::As, 407), (Form::Fli, 139), (Form::Da, 26), (Form::Ans, 9)];
/// Weights of companies by how many work there, with how many share the work (SSB, establishments of 2023).
const SIZES: [(u16, u32); 8] = [(0, 550), (3, 104), (7, 41), (14, 31), (32, 22), (70, 7), (160, 3), (400, 1)];
/// Of a thousand grown people below 67, those who are employed; of the employed, those of their municipality.
const EMPLOYED: (u32, u32) = (740, 300);

/// A business.
#[derive(Debug, Clone)]
pub struct Business {
    /// Number.
    pub orgnr: Orgnr,
    /// The number of its place of business, where it has employees.
    pub place: Option<Orgnr>,
    /// Form.
    pub form: Form,
    /// Name, in capitals.
    pub name: String,
    /// Industry.
    pub industry: Option<Naering>,
    /// Municipality.
    pub kommune: u16,
    /// The home whose address it has; a public body has none.
    pub home: Option<HomeId>,
    /// When it was founded.
    pub founded: Day,
    /// Owners, partners or board, the first of them in the lead.
    pub people: Vec<Id>,
    /// Employees: who, per cent, since when.
    pub employees: Vec<(Id, u8, Day)>,
    /// How many share the work, as a weight.
    size: u16,
}

/// Founds the businesses and employs people.
pub fn found(world: &World) -> Vec<Business> {
    let mut chance = Chance::new(world.seed, 9);
    let mut numbers = (FIRST_STEM..).filter_map(Orgnr::from_stem);
    let mut next = move || numbers.next();
    let grown: Vec<Id> =
        world.ids().filter(|id| open(world, *id) && (20..72).contains(&world.age(*id))).collect();
    let mut businesses = municipalities(world, &mut next);
    let forms = Weighted::new(FORMS);
    let sizes = Weighted::new(SIZES);
    for _ in 0..world.people.len() * 14 / 100 {
        let (Some(owner), Some(form)) = (chance.one(&grown).copied(), forms.pick(&mut chance)) else { break };
        let size = if form == Form::As { sizes.pick(&mut chance).unwrap_or(0) } else { 0 };
        let business = business(world, owner, form, size, &grown, &mut chance, &mut next);
        businesses.extend(business);
    }
    employ(world, &mut businesses, &mut chance);
    for business in businesses.iter_mut().filter(|business| !business.employees.is_empty()) {
        business.place = next();
    }
    businesses
}

/// Whether one can own or run a business: a protected address may not become known as that of a business.
fn open(world: &World, id: Id) -> bool {
    world.person(id).resident() && world.person(id).protection == Gradering::Ugradert
}

/// One for every municipality where somebody lives.
fn municipalities(world: &World, next: &mut impl FnMut() -> Option<Orgnr>) -> Vec<Business> {
    let mut lived: Vec<u16> = world.homes.iter().map(|home| home.kommune).collect();
    lived.sort_unstable();
    lived.dedup();
    let public = Naering { kode: "84.110", beskrivelse: "Generell offentlig administrasjon", ord: "Kommune" };
    let one = |kommune: u16| {
        Some(Business {
            orgnr: next()?,
            place: None,
            form: Form::Komm,
            name: format!("{} KOMMUNE", facts().kommuner[usize::from(kommune)].navn.to_uppercase()),
            industry: Some(public),
            kommune,
            home: None,
            founded: Day::of(jiff::civil::date(1995, 2, 19)),
            people: Vec::new(),
            employees: Vec::new(),
            size: 0,
        })
    };
    lived.into_iter().filter_map(one).collect()
}

fn business(
    world: &World,
    owner: Id,
    form: Form,
    size: u16,
    grown: &[Id],
    chance: &mut Chance,
    next: &mut impl FnMut() -> Option<Orgnr>,
) -> Option<Business> {
    let facts = facts();
    let industry = if form == Form::Fli { &facts.lag } else { &facts.bedrifter }.pick(chance)?;
    let home = world.person(owner).home?;
    let kommune = world.homes[home as usize].kommune;
    let latest = world.today.0 - 20;
    let earliest = world.person(owner).here_since().max(world.person(owner).born.plus_years(18)).0;
    let founded = Day(chance.between(earliest.max(latest - 25 * 365), latest));
    let mut people = vec![owner];
    let more = match form {
        Form::As => chance.below(3),
        Form::Da | Form::Ans => 1 + chance.below(2),
        Form::Fli => 3,
        _ => 0,
    };
    for _ in 0..more {
        // The spouse, or somebody of the same age as all others.
        let partner = world.person(owner).partner.filter(|id| open(world, *id) && chance.permille(350));
        if let Some(other) =
            partner.or_else(|| chance.one(grown).copied()).filter(|other| !people.contains(other))
        {
            people.push(other);
        }
    }
    let names = &facts.navn;
    let surname = names[usize::from(world.person(owner).name.last)];
    let place = facts.kommuner[usize::from(kommune)].navn;
    let word = industry.ord;
    let name = match form {
        Form::Enk => format!("{word} {}", crate::document::full_name(world.person(owner))),
        Form::Fli => format!("{place} {word}"),
        Form::Da => format!("{surname} {word} DA"),
        Form::Ans => format!("{surname} {word} ANS"),
        _ => match chance.below(4) {
            0 => format!("{place} {word} AS"),
            1 => format!("{} {word} AS", crate::homes::street_name(kommune, chance.below(40))),
            _ => format!("{surname} {word} AS"),
        },
    };
    Some(Business {
        orgnr: next()?,
        place: None,
        form,
        name: name.to_uppercase(),
        industry: Some(industry),
        kommune,
        home: Some(home),
        founded,
        people,
        employees: Vec::new(),
        size,
    })
}

/// Employs the grown: some in their municipality, the others in a company of their county.
fn employ(world: &World, businesses: &mut [Business], chance: &mut Chance) {
    let mut councils: BTreeMap<u16, usize> = BTreeMap::new();
    let mut companies: BTreeMap<&str, Vec<(usize, u32)>> = BTreeMap::new();
    for (at, business) in businesses.iter().enumerate() {
        if business.form == Form::Komm {
            councils.insert(business.kommune, at);
        } else if business.size > 0 {
            let fylke = facts().kommuner[usize::from(business.kommune)].fylke();
            companies.entry(fylke).or_default().push((at, u32::from(business.size)));
        }
    }
    let companies: BTreeMap<&str, Weighted<usize>> =
        companies.into_iter().map(|(fylke, all)| (fylke, Weighted::new(all))).collect();
    for id in world.ids() {
        let person = world.person(id);
        if !person.resident() || !(18..67).contains(&world.age(id)) || !chance.permille(EMPLOYED.0) {
            continue;
        }
        let Some(home) = person.home else { continue };
        let kommune = world.homes[home as usize].kommune;
        let council = councils.get(&kommune).copied();
        let company =
            companies.get(facts().kommuner[usize::from(kommune)].fylke()).and_then(|all| all.pick(chance));
        let public = chance.permille(EMPLOYED.1);
        let Some(employer) = (if public { council } else { company.or(council) }) else { continue };
        let earliest = person.born.plus_years(18).max(person.here_since()).max(businesses[employer].founded);
        let since = world.today.plus(-chance.between(5, 12 * 365)).max(earliest).min(world.today);
        let share = if chance.permille(720) { 100 } else { 20 + 10 * chance.below(8) as u8 };
        businesses[employer].employees.push((id, share, since));
    }
    lead(businesses);
}

/// A public body is led by the one who has worked there longest.
fn lead(businesses: &mut [Business]) {
    for council in businesses.iter_mut().filter(|business| business.form == Form::Komm) {
        let first = council.employees.iter().min_by_key(|(id, _, since)| (*since, *id));
        council.people = first.map(|(id, ..)| *id).into_iter().collect();
    }
}

/// Where the organisations that every nation has are.
pub fn seat(org: &orgs::Org) -> u16 {
    let found = facts().kommuner.iter().position(|kommune| kommune.nummer == org.kommunenummer);
    found.unwrap_or(0) as u16
}
