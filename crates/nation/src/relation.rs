//! What ties a person to others in their document: spouse, parents, children, responsibility, guardian.

use clients::folkeregister::{
    Ansvar, Familierelasjon, Familierolle, Foreldreansvar, Opplysning as _, Persondokument, Sivilstand,
    Sivilstandstype, Tjenesteomraade, Verge, Vergemaal,
};
use kernel::id::Kjoenn;

use crate::day::Day;
use crate::document::origin;
use crate::facts::facts;
use crate::model::{Civil, Id, Person, World};

/// Adds the relations to a document.
pub fn relations(world: &World, id: Id, person: &Person, document: &mut Persondokument) {
    marriage(world, person, document);
    for parent in [person.mother, person.father].into_iter().flatten() {
        let role = parental(world, id, parent);
        document.familierelasjon.push(kin(world, person.born, parent, role, Familierolle::Barn));
    }
    for child in person.children.iter().copied() {
        let mine = parental(world, child, id);
        document.familierelasjon.push(kin(world, world.person(child).born, child, Familierolle::Barn, mine));
    }
    for child in std::iter::once(id).chain(person.children.iter().copied()) {
        document.foreldreansvar.extend(
            responsibility(world, child)
                .into_iter()
                .filter(|(adult, _)| child == id || *adult == id)
                .map(|(_, entry)| entry),
        );
    }
    if let Some(guardian) = person.guardian {
        document.vergemaal = vec![guardianship(world, person, guardian)];
    }
}

/// What `parent` is to `child`.
fn parental(world: &World, child: Id, parent: Id) -> Familierolle {
    if world.person(child).mother == Some(parent) {
        Familierolle::Mor
    } else if world.person(parent).sex == Kjoenn::Mann {
        Familierolle::Far
    } else {
        Familierolle::Medmor
    }
}

fn kin(world: &World, since: Day, other: Id, role: Familierolle, mine: Familierolle) -> Familierelasjon {
    let cause = if role == Familierolle::Far || mine == Familierolle::Far { "Farskap" } else { "Fødsel" };
    Familierelasjon {
        relatert_person: world.person(other).number,
        relatert_persons_rolle: role,
        min_rolle_for_person: Some(mine),
        ..Familierelasjon::fra(&origin(world, since, 4, cause))
    }
}

/// Marital status with its history, and the spouse among the relations.
fn marriage(world: &World, person: &Person, document: &mut Persondokument) {
    let one = |state: Sivilstandstype, since: Day, cause: &str| Sivilstand {
        sivilstand: state,
        sivilstandsdato: Some(since.date()),
        relatert_ved_sivilstand: person.civil.spouse().and_then(|spouse| world.person(spouse).number),
        ..Sivilstand::fra(&origin(world, since, 7, cause))
    };
    let (ended, state, cause) = match person.civil {
        Civil::Uoppgitt | Civil::Ugift => {
            let unknown = person.civil == Civil::Uoppgitt;
            let (state, cause) = if unknown {
                (Sivilstandstype::Uoppgitt, "Tildele d-nummer")
            } else {
                (Sivilstandstype::Ugift, "Fødsel")
            };
            let since = if unknown { person.moved } else { person.here_since() };
            let only = Sivilstand { sivilstand: state, ..Sivilstand::fra(&origin(world, since, 2, cause)) };
            document.sivilstand = vec![only];
            return;
        }
        Civil::Gift(..) => (None, Sivilstandstype::Gift, "Vigsel"),
        Civil::Separert(_, _, day) => (Some(day), Sivilstandstype::Separert, "Separasjon"),
        Civil::Skilt(_, _, day) => (Some(day), Sivilstandstype::Skilt, "Skilsmisse"),
        Civil::Enke(_, _, day) => (Some(day), Sivilstandstype::EnkeEllerEnkemann, "Dødsfall"),
    };
    let (Some(spouse), Some(wedding)) = (person.civil.spouse(), person.civil.wedding()) else { return };
    let mut wed = one(Sivilstandstype::Gift, wedding, "Vigsel");
    wed.myndighet = Some(if wedding.0 % 3 == 0 { "DEN_NORSKE_KIRKE" } else { "ANSATT_I_KOMMUNE" }.to_owned());
    if let Some(home) = person.home {
        let kommune = &facts().kommuner[usize::from(world.homes[home as usize].kommune)];
        wed.kommune = Some(kommune.nummer.to_owned());
        wed.sted = Some(kommune.navn.to_owned());
    }
    let mut tie = Familierelasjon {
        relatert_person: world.person(spouse).number,
        relatert_persons_rolle: Familierolle::EktefelleEllerPartner,
        min_rolle_for_person: Some(Familierolle::EktefelleEllerPartner),
        ..Familierelasjon::fra(&origin(world, wedding, 7, "Vigsel"))
    };
    // The separated are married still; a dead person's marriage has ended too, though the status stays.
    let over = match person.civil {
        Civil::Skilt(_, _, day) | Civil::Enke(_, _, day) => Some(day),
        _ => person.died(),
    };
    if let Some(day) = over {
        tie.avslutt(day.moment(0));
    }
    document.familierelasjon.push(tie);
    document.sivilstand = match ended {
        None => vec![wed],
        Some(day) => {
            wed.avslutt(day.moment(0));
            vec![one(state, day, cause), wed]
        }
    };
}

/// Who has the responsibility for a child, each with the entry; nothing for grown children.
fn responsibility(world: &World, id: Id) -> Vec<(Id, Foreldreansvar)> {
    let child = world.person(id);
    if child.born.age(world.today) >= 18 || !child.resident() {
        return Vec::new();
    }
    let alive = |parent: &Id| world.person(*parent).died().is_none();
    let mother = child.mother.filter(alive);
    let father = child.father.filter(alive).filter(|_| child.shared_care || mother.is_none());
    let death = [child.mother, child.father]
        .into_iter()
        .flatten()
        .filter_map(|parent| world.person(parent).died())
        .max();
    let since = death.unwrap_or(child.born).max(child.here_since());
    let cause = if death.is_some() { "Dødsfall" } else { "Fødsel" };
    let adults: Vec<Id> = [mother, father].into_iter().flatten().collect();
    let shared = adults.len() == 2;
    let entry = |adult: Id| {
        let ansvar = match parental(world, id, adult) {
            _ if shared => Ansvar::Felles,
            Familierolle::Far => Ansvar::Far,
            Familierolle::Medmor => Ansvar::Medmor,
            _ => Ansvar::Mor,
        };
        let entry = Foreldreansvar {
            ansvar,
            ansvarlig: world.person(adult).number,
            ansvarssubjekt: child.number,
            ..Foreldreansvar::fra(&origin(world, since, 4, cause))
        };
        (adult, entry)
    };
    adults.into_iter().map(entry).collect()
}

/// The county governor who decides on guardianship, as the register writes the office.
fn office(fylke: &str) -> &'static str {
    match fylke {
        "03" | "31" | "32" | "33" => "statsforvalterenIOestfoldBuskerudOsloOgAkershus",
        "34" => "statsforvalterenIInnlandet",
        "39" | "40" => "statsforvaltarenIVestfoldOgTelemark",
        "42" => "statsforvalterenIAgder",
        "11" => "statsforvaltarenIRogaland",
        "46" => "statsforvaltarenIVestland",
        "15" => "statsforvaltarenIMoereOgRomsdal",
        "50" => "statsforvalterenITroendelag",
        "18" => "statsforvalterenINordland",
        _ => "statsforvalterenITromsOgFinnmark",
    }
}

/// What guardians most often do: money first, then family and care.
const TASKS: [(&str, &str); 10] = [
    ("nav", "familie"),
    ("nav", "pensjon"),
    ("nav", "sosialeTjenester"),
    ("bank", "representasjonDagligbank"),
    ("skatteetaten", "skatt"),
    ("skatteetaten", "meldeFlytting"),
    ("kommune", "helseOgOmsorg"),
    ("kommune", "sosialeTjenester"),
    ("helfo", "refusjonForPrivatpersoner"),
    ("husbanken", "bostoette"),
];

fn guardianship(world: &World, person: &Person, guardian: Id) -> Vergemaal {
    let since = person.born.plus_years(18).max(world.today.plus(-1200)).max(person.here_since());
    let fylke = person
        .home
        .map_or("", |home| facts().kommuner[usize::from(world.homes[home as usize].kommune)].fylke());
    let money_only = guardian.is_multiple_of(4);
    let tasks =
        TASKS.iter().filter(|(body, _)| !money_only || matches!(*body, "nav" | "bank" | "skatteetaten"));
    let power = world.person(guardian).born > person.born && guardian.is_multiple_of(7);
    Vergemaal {
        vergemaaltype: Some(if power { "stadfestetFremtidsfullmakt" } else { "voksen" }.to_owned()),
        embete: Some(office(fylke).to_owned()),
        verge: Verge {
            foedsels_eller_d_nummer: world.person(guardian).number,
            navn: None,
            omfang: Some(
                if money_only { "oekonomiskeInteresser" } else { "personligeOgOekonomiskeInteresser" }
                    .to_owned(),
            ),
            omfanget_er_innen_personlig_omraade: Some(!money_only),
            tjenesteomraade: tasks
                .map(|(body, task)| Tjenesteomraade {
                    verge_tjenestevirksomhet: (*body).to_owned(),
                    verge_tjenesteoppgave: Some((*task).to_owned()),
                })
                .collect(),
        },
        ..Vergemaal::fra(&origin(world, since, 3, "Vergemål"))
    }
}
