//! Folkeregisteret, read once: what a document says by itself is checked at once, what is needed of it later is kept.

use std::collections::{HashMap, HashSet};

use clients::folkeregister::{
    Familierelasjon, Familierolle, Identifikatortype, Nummerstatus, Opplysning as _, Persondokument,
    Sivilstandstype,
};
use folkeregister::gjennomgang::{self, Nummer};
use jiff::civil::Date;
use kernel::id::{Kjoenn, Pid};
use kernel::store::Store;

use super::addresses::{self, Municipalities};
use super::following::Following;
use super::report::{Report, Rule};
use super::{Read, Stores, family, next, shown};
use crate::commands::nation::Progress;

/// Numbers given from this year on no longer say sex (kernel's `id` has the rules).
const NEW_NUMBERS: i16 = 2032;

/// What is kept of a person.
pub struct Person {
    /// Number in use.
    pub pid: Pid,
    /// Date of birth.
    pub born: Option<Date>,
    /// Whether dead.
    pub dead: bool,
    /// Date of death.
    pub died: Option<Date>,
    /// Marital status.
    pub status: Sivilstandstype,
    /// With whom.
    pub spouse: Option<Pid>,
    /// Since when.
    pub since: Option<Date>,
    /// Whether a version of the document was seen that no event tells of.
    loaded: bool,
}

/// A relation as it stands in the document of `of`.
pub struct Tie {
    /// Whose document.
    pub of: Pid,
    /// The other.
    pub to: Pid,
    /// What the other is.
    pub role: Familierolle,
    /// What they are to the other.
    pub own: Option<Familierolle>,
    /// Whether it holds now.
    pub holds: bool,
}

// What the module's text says of memory.
const _: () = assert!(size_of::<Person>() == 44 && size_of::<Tie>() == 25);

/// Everyone.
pub struct People {
    /// By number.
    all: Vec<Person>,
    /// Numbers that are no longer in use, each with the one that is; by number.
    former: Vec<(Pid, Pid)>,
}

impl People {
    /// The person who has or had a number.
    pub fn find(&self, pid: &Pid) -> Option<&Person> {
        self.place(pid).map(|at| &self.all[at])
    }

    /// Where among all that person stands.
    pub fn place(&self, pid: &Pid) -> Option<usize> {
        let at = |pid: &Pid| self.all.binary_search_by_key(pid, |person| person.pid).ok();
        at(pid).or_else(|| {
            let former = self.former.binary_search_by_key(pid, |(former, _)| *former).ok()?;
            at(&self.former[former].1)
        })
    }

    /// Everyone, by number.
    pub fn all(&self) -> &[Person] {
        &self.all
    }
}

/// What the feed has told.
#[derive(Default)]
struct Told {
    /// The version that the newest event of a person points at.
    newest: HashMap<Pid, u128>,
    /// All versions that events point at: by which event, of whom.
    versions: HashMap<u128, (i64, Pid)>,
}

/// A version's identifier as a number; none where it is none.
fn version(id: &str) -> Option<u128> {
    u128::from_str_radix(id, 16).ok()
}

/// Checks the register and keeps what the others need of it.
pub async fn check(stores: &Stores, kommuner: &Municipalities, report: &mut Report) -> Read<People> {
    let store = &stores.people;
    let told = told(store, report).await?;
    let total = gjennomgang::antall(store).await?.unsigned_abs();
    let mut reading = Reading {
        people: Vec::with_capacity(total as usize),
        former: Vec::new(),
        ties: Vec::new(),
        named: Vec::new(),
    };
    let mut progress = Progress::new("Reading Folkeregisteret");
    let (mut after, mut done) = (String::new(), 0);
    loop {
        let part = gjennomgang::numre(store, &after).await?;
        let Some(last) = part.last() else { break };
        after.clone_from(&last.nummer);
        done += part.len();
        let people: Vec<(Pid, &Persondokument)> =
            part.iter().filter_map(|one| reading.document(one, &told, report)).collect();
        addresses::check(&stores.cadastre, &people, kommuner, report).await?;
        progress.show(done as u64, total);
    }
    progress.end();
    let Reading { people: all, mut former, mut ties, named } = reading;
    former.sort_unstable();
    let mut people = People { all, former };
    people.all.sort_unstable_by_key(|person| person.pid);
    versions(store, &mut people, told, report).await?;
    for (of, other) in &named {
        report.check(Rule::PersonFinnes, people.find(other).is_some(), || {
            format!("{} names {}, who is not there", shown(of), shown(other))
        });
    }
    family::check(&people, &mut ties, report);
    Ok(people)
}

/// Reads the feed.
async fn told(store: &Store, report: &mut Report) -> Read<Told> {
    let (mut told, mut following) = (Told::default(), Following::default());
    let mut expected = 1;
    loop {
        let part = gjennomgang::hendelser(store, expected - 1).await?;
        if part.is_empty() {
            following.check(store, true, report).await?;
            return Ok(told);
        }
        let full: Vec<String> =
            part.iter().filter_map(|(_, event)| event.as_ref()?.hendelse.hendelsesdokument.clone()).collect();
        let full = gjennomgang::hendelsesdokumenter(store, &full).await?;
        for (seq, event) in part {
            let whole = next(seq, &mut expected) && event.is_some();
            report.check(Rule::HendelseHel, whole, || {
                format!("event {seq} cannot be read, or the one before is missing")
            });
            let Some(event) = event.map(|event| event.hendelse) else { continue };
            let pid = event.folkeregisteridentifikator;
            if let Some(id) = &event.hendelsesdokument {
                let same = full.get(id).is_some_and(|full| {
                    full.hendelse.folkeregisteridentifikator == pid
                        && full.hendelse.hendelsestype == event.hendelsetype
                });
                report.check(Rule::HendelseDokument, same, || {
                    format!(
                        "event {seq} about {}: its document is not there, or tells of another",
                        shown(&pid)
                    )
                });
            }
            let before = told.newest.get(&pid).map(|id| format!("{id:032x}"));
            following.take(&event, event.hendelsesdokument.as_ref().and_then(|id| full.get(id)), before);
            if let Some(id) = event.persondokument.as_deref().and_then(version) {
                told.newest.insert(pid, id);
                told.versions.insert(id, (seq, pid));
            }
        }
        following.check(store, false, report).await?;
    }
}

/// Holds every version that is kept up against the feed.
async fn versions(store: &Store, people: &mut People, mut told: Told, report: &mut Report) -> Read<()> {
    let mut after = String::new();
    loop {
        let part = gjennomgang::versjoner(store, &after).await?;
        let Some((last, _)) = part.last() else { break };
        after.clone_from(last);
        for (id, owner) in &part {
            let place = Pid::parse(owner).ok().and_then(|pid| people.place(&pid));
            let event = version(id).and_then(|id| told.versions.remove(&id));
            let holds = match (place, event) {
                (None, _) => false,
                (Some(place), Some((_, pid))) => people.place(&pid) == Some(place),
                // The first was loaded.
                (Some(place), None) => !std::mem::replace(&mut people.all[place].loaded, true),
            };
            report.check(Rule::HendelseBygger, holds, || {
                format!("version {id} of {owner}: no event tells of it, or one of another person")
            });
        }
    }
    let mut missing: Vec<(i64, Pid)> = told.versions.into_values().collect();
    missing.sort_unstable();
    for (seq, pid) in missing {
        report.check(Rule::HendelseBygger, false, || {
            format!("event {seq} about {}: the version that it points at is not there", shown(&pid))
        });
    }
    Ok(())
}

/// What has been read so far.
struct Reading {
    people: Vec<Person>,
    former: Vec<(Pid, Pid)>,
    ties: Vec<Tie>,
    /// Persons named elsewhere in a document than in its relations: of whom, and who.
    named: Vec<(Pid, Pid)>,
}

impl Reading {
    /// Takes a number in; gives the person where it is the number in use of one.
    fn document<'a>(
        &mut self,
        found: &'a Nummer,
        told: &Told,
        report: &mut Report,
    ) -> Option<(Pid, &'a Persondokument)> {
        let Nummer { nummer, person } = found;
        let number = Pid::parse(nummer);
        report.check(Rule::NummerGyldig, number.is_ok(), || format!("{nummer} is no number"));
        let pid = person.as_ref().and_then(|(_, person)| person.pid());
        let own = |(_, person): &(String, Persondokument)| {
            person.identifikasjonsnummer.iter().any(|entry| entry.foedsels_eller_d_nummer == *nummer)
        };
        let readable = pid.is_some() && person.as_ref().is_some_and(own);
        report.check(Rule::PersonLesbar, readable, || {
            format!("{nummer} finds no document that can be read, or one without the number")
        });
        let (number, pid, (id, person)) = (number.ok()?, pid?, person.as_ref()?);
        if number != pid {
            if readable {
                self.former.push((number, pid));
            }
            return None;
        }
        if let Some(newest) = told.newest.get(&pid) {
            report.check(Rule::HendelseBygger, version(id) == Some(*newest), || {
                format!("{}: the newest event points at another version than the register's", shown(&pid))
            });
        }
        agrees(&pid, person, report);
        self.keep(pid, person, report);
        Some((pid, person))
    }

    fn keep(&mut self, pid: Pid, person: &Persondokument, report: &mut Report) {
        let civil = person.gjeldende_sivilstand();
        let spouse = civil.and_then(|civil| civil.relatert_ved_sivilstand);
        self.people.push(Person {
            pid,
            born: person.foedselsdato(),
            dead: person.er_doed(),
            died: person.doedsdato(),
            status: civil.map(|civil| civil.sivilstand).unwrap_or_default(),
            spouse,
            since: civil.and_then(|civil| civil.sivilstandsdato),
            loaded: false,
        });
        for tied in person.relaterte(Familierolle::EktefelleEllerPartner) {
            report.check(Rule::Ektefeller, spouse == Some(tied), || {
                format!("{}: the relation names another spouse than the marital status", shown(&pid))
            });
        }
        let tie = |relation: &Familierelasjon| {
            Some(Tie {
                of: pid,
                to: relation.relatert_person?,
                role: relation.relatert_persons_rolle,
                own: relation.min_rolle_for_person,
                holds: relation.er_gjeldende(),
            })
        };
        let from = self.ties.len();
        self.ties.extend(person.familierelasjon.iter().filter_map(tie));
        // Whom the relations name is looked for with them.
        let mut known: HashSet<Pid> = self.ties[from..].iter().map(|tie| tie.to).collect();
        known.insert(pid);
        self.named.extend(named(person).filter(|other| known.insert(*other)).map(|other| (pid, other)));
    }
}

/// Everyone whom a document names, now or before, but for its relations.
fn named(person: &Persondokument) -> impl Iterator<Item = Pid> {
    let spouses = person.sivilstand.iter().filter_map(|entry| entry.relatert_ved_sivilstand);
    let responsible =
        person.foreldreansvar.iter().flat_map(|entry| [entry.ansvarlig, entry.ansvarssubjekt]).flatten();
    let guardians = person.vergemaal.iter().filter_map(|entry| entry.verge.foedsels_eller_d_nummer);
    let estates = person
        .kontaktinformasjon_for_doedsbo
        .iter()
        .filter_map(|entry| entry.person.as_ref()?.foedsels_eller_d_nummer);
    spouses.chain(responsible).chain(guardians).chain(estates)
}

/// Whether the number in use says what the document says. A number of the old rule says the day of birth and, by its ninth
/// digit, the sex; those who are born when the new rule holds are left out.
fn agrees(pid: &Pid, person: &Persondokument, report: &mut Report) {
    let (born, sex) = (person.foedselsdato(), person.gjeldende_kjoenn());
    let Some(born) = born.filter(|born| born.year() < NEW_NUMBERS) else { return };
    let sort = person
        .identifikasjonsnummer
        .iter()
        .filter(|entry| entry.er_gjeldende && entry.status == Nummerstatus::IBruk)
        .all(|entry| (entry.identifikatortype == Identifikatortype::DNummer) == pid.is_d_number());
    report.check(Rule::NummerStemmer, sort && says(pid, born, sex), || {
        format!("{}: the document says another birth, sex or sort of number", shown(pid))
    });
}

/// Whether the digits of a number say this birth and sex.
fn says(pid: &Pid, born: Date, sex: Option<Kjoenn>) -> bool {
    let digits: Vec<u32> = pid.as_str().bytes().map(|digit| u32::from(digit - b'0')).collect();
    let (day, month) = (digits[0] * 10 + digits[1], digits[2] * 10 + digits[3]);
    // The additions of D-numbers and of the synthetic series, the larger first.
    let month = [80, 65, 40].into_iter().find_map(|more| month.checked_sub(more)).unwrap_or(month);
    let day = day.checked_sub(40).unwrap_or(day);
    let individual = digits[6] * 100 + digits[7] * 10 + digits[8];
    let century = match born.year() {
        1854..=1899 => (500..750).contains(&individual),
        1900..=1939 => individual < 500,
        1940..=1999 => !(500..900).contains(&individual),
        _ => individual >= 500,
    };
    let of_sex = sex.is_none_or(|sex| (sex == Kjoenn::Mann) != individual.is_multiple_of(2));
    let date = (u32::from(born.day().unsigned_abs()), u32::from(born.month().unsigned_abs()));
    let year = u32::from(born.year().unsigned_abs()) % 100;
    (day, month, digits[4] * 10 + digits[5]) == (date.0, date.1, year) && century && of_sex
}
