//! Enhetsregisteret, with its feed of changes.

use clients::enhetsregister::{Adresse, Endring, Enhet, FjernetEnhet, Oppslag, Rollegruppe, Underenhet};
use enhetsregister::gjennomgang::{self, Hendelse, Kopi, ROLLER};
use enhetsregister::model::{Slag, Tilstand};
use kernel::feed;
use kernel::id::Orgnr;
use kernel::store::Store;
use serde_json::Value;

use super::addresses::Municipalities;
use super::people::People;
use super::report::{Report, Rule};
use super::{Read, shown};
use crate::commands::nation::Progress;

/// What is kept of a unit.
pub struct Unit {
    orgnr: Orgnr,
    slag: Slag,
    tilstand: Tilstand,
    /// The unit above it.
    above: Option<Orgnr>,
}

/// Every unit, by number.
pub struct Units(Vec<Unit>);

impl Units {
    /// The unit of a number.
    fn find(&self, orgnr: &Orgnr) -> Option<&Unit> {
        let at = self.0.binary_search_by_key(orgnr, |unit| unit.orgnr).ok()?;
        Some(&self.0[at])
    }

    /// Whether there is a unit of this number, neither deleted nor removed.
    pub fn in_use(&self, orgnr: &Orgnr) -> bool {
        self.find(orgnr).is_some_and(|unit| unit.tilstand == Tilstand::Aktiv)
    }
}

/// A unit with a role in another.
struct Holder {
    of: Orgnr,
    orgnr: Orgnr,
    deleted: bool,
}

/// Checks the register and keeps what the others need of it.
pub async fn check(
    store: &Store,
    people: &People,
    kommuner: &Municipalities,
    report: &mut Report,
) -> Read<Units> {
    let mut reading = Reading { people, kommuner, units: Vec::new(), holders: Vec::new() };
    let mut progress = Progress::new("Reading Enhetsregisteret");
    let total = gjennomgang::antall(store).await?;
    let (mut after, mut done, mut events) = (String::new(), 0, 0);
    loop {
        let part = gjennomgang::enheter(store, &after).await?;
        let last = part.last().map(|unit| unit.orgnr.clone());
        // With the last part come the events about numbers beyond it.
        let told = gjennomgang::hendelser(store, &after, last.as_deref()).await?;
        events += told.len() as i64;
        feed_of(&part, &told, report);
        let Some(last) = last else { break };
        done += part.len();
        for unit in &part {
            reading.unit(unit, report);
        }
        after = last;
        progress.show(done as u64, total.unsigned_abs());
    }
    progress.end();
    let newest = feed::last(store).await?;
    if newest != events {
        report.check(Rule::EndringHel, false, || {
            format!("there are {events} events, but the newest is number {newest}")
        });
    }
    let Reading { units, holders, .. } = reading;
    let units = Units(units);
    for Holder { of, orgnr, deleted } in holders {
        let holds = units.find(&orgnr).is_some_and(|unit| (unit.tilstand != Tilstand::Aktiv) == deleted);
        report.check(Rule::RolleEnhet, holds, || {
            format!("{of}: {orgnr} has a role, but is not there, or deleted against what the role says")
        });
    }
    for Unit { orgnr, above, .. } in &units.0 {
        if let Some(above) = above {
            let holds = units.find(above).is_some_and(|one| one.slag == Slag::Enhet) && units.in_use(above);
            report.check(Rule::Overordnet, holds, || {
                format!("{orgnr} lies below {above}, which is not there, no main unit, or deleted")
            });
        }
    }
    Ok(units)
}

/// What has been read so far, and what it is held up against.
struct Reading<'a> {
    people: &'a People,
    kommuner: &'a Municipalities,
    /// By number, as they are read.
    units: Vec<Unit>,
    holders: Vec<Holder>,
}

/// What of a document is checked.
struct Content {
    orgnr: Orgnr,
    above: Option<Orgnr>,
    addresses: Vec<Adresse>,
}

impl Reading<'_> {
    fn unit(&mut self, kopi: &Kopi, report: &mut Report) {
        let orgnr = Orgnr::parse(&kopi.orgnr);
        report.check(Rule::OrgnrGyldig, orgnr.is_ok(), || format!("{} is no number", kopi.orgnr));
        let Ok(orgnr) = orgnr else { return };
        let content = content(kopi).filter(|content| content.orgnr == orgnr);
        report.check(Rule::EnhetLesbar, content.is_some() && kopi.roller.is_some(), || {
            format!("{orgnr} cannot be read, or is another unit")
        });
        let (above, addresses) = content.map(|one| (one.above, one.addresses)).unwrap_or_default();
        for number in addresses.iter().filter_map(|address| address.kommunenummer.as_ref()) {
            report.check(Rule::EnhetKommune, self.kommuner.contains_key(number), || {
                format!("{orgnr}: no municipality {number}")
            });
        }
        self.roles(orgnr, kopi.roller.as_deref().unwrap_or_default(), report);
        self.units.push(Unit { orgnr, slag: kopi.slag, tilstand: kopi.tilstand, above });
    }

    fn roles(&mut self, of: Orgnr, groups: &[Rollegruppe], report: &mut Report) {
        for role in groups.iter().flat_map(|group| &group.roller) {
            let kind = &role.kind.kode;
            if let Some(person) = &role.person {
                let known = person.fodselsnummer.and_then(|pid| self.people.find(&pid));
                let who = || person.fodselsnummer.as_ref().map(shown).unwrap_or_default();
                report.check(Rule::RollePerson, known.is_some(), || {
                    format!("{of}: {kind} {} is not there", who())
                });
                if let Some(born) = known.and_then(|known| known.born) {
                    report.check(Rule::RolleFoedt, born == person.fodselsdato, || {
                        format!("{of}: {kind} {} was born on another day", who())
                    });
                }
            }
            if let Some(unit) = &role.enhet {
                let (orgnr, deleted) = (unit.organisasjonsnummer, unit.er_slettet);
                self.holders.push(Holder { of, orgnr, deleted });
            }
        }
    }
}

/// Reads a document as the kind and state of the unit make it.
fn content(kopi: &Kopi) -> Option<Content> {
    let text = kopi.innhold.as_str();
    let gone = |orgnr| Content { orgnr, above: None, addresses: Vec::new() };
    Some(match (kopi.tilstand, kopi.slag) {
        (Tilstand::Fjernet, _) => gone(serde_json::from_str::<FjernetEnhet>(text).ok()?.organisasjonsnummer),
        (Tilstand::Slettet, _) => match serde_json::from_str(text).ok()? {
            Oppslag::<Value>::Slettet(unit) => gone(unit.organisasjonsnummer),
            Oppslag::Aktiv(_) => return None,
        },
        (Tilstand::Aktiv, Slag::Enhet) => {
            let unit: Enhet = serde_json::from_str(text).ok()?;
            let addresses = [unit.forretningsadresse, unit.postadresse].into_iter().flatten().collect();
            Content { orgnr: unit.organisasjonsnummer, above: unit.overordnet_enhet, addresses }
        }
        (Tilstand::Aktiv, Slag::Underenhet) => {
            let unit: Underenhet = serde_json::from_str(text).ok()?;
            let addresses = [unit.beliggenhetsadresse, unit.postadresse].into_iter().flatten().collect();
            Content { orgnr: unit.organisasjonsnummer, above: Some(unit.overordnet_enhet), addresses }
        }
    })
}

/// Holds the events about some units, which stand unit by unit, up against the units.
fn feed_of(units: &[Kopi], mut events: &[Hendelse], report: &mut Report) {
    for event in events {
        report.check(Rule::EndringHel, event.hva.is_some(), || {
            format!("an event about {} cannot be read", event.orgnr)
        });
    }
    let mut units = units.iter().peekable();
    loop {
        let told = events.first().map(|event| event.orgnr.as_str());
        match (units.peek(), told) {
            (Some(unit), told) if told.is_none_or(|told| unit.orgnr.as_str() <= told) => {
                let len = events.iter().take_while(|event| event.orgnr == unit.orgnr).count();
                let (own, rest) = events.split_at(len);
                rebuild(unit, own, report);
                units.next();
                events = rest;
            }
            (_, Some(told)) => {
                report.check(Rule::EndringBygger, false, || {
                    format!("the feed tells of {told}, which is not there")
                });
                let len = events.iter().take_while(|event| event.orgnr == told).count();
                events = &events[len..];
            }
            (_, None) => return,
        }
    }
}

/// What a follower of the feed believes of one unit, against what the register has.
fn rebuild(unit: &Kopi, events: &[Hendelse], report: &mut Report) {
    let mut state = None;
    let mut changes: Vec<&Endring> = Vec::new();
    let mut in_order = true;
    for event in events.iter().filter(|event| event.slag == unit.slag.samling()) {
        match event.hva.as_deref() {
            Some("Ny") => {
                state = Some(Tilstand::Aktiv);
                changes.clear();
            }
            Some("Endring") => {
                in_order &= state == Some(Tilstand::Aktiv);
                changes.extend(&event.endringer);
            }
            Some("Sletting") => state = Some(Tilstand::Slettet),
            Some("Fjernet") => state = Some(Tilstand::Fjernet),
            _ => in_order = false,
        }
    }
    let active = unit.tilstand == Tilstand::Aktiv;
    let has_roles = active && unit.roller.as_ref().is_some_and(|groups| !groups.is_empty());
    let roles_told = events.iter().any(|event| event.slag == ROLLER);
    let holds = in_order && state == Some(unit.tilstand) && (roles_told || !has_roles);
    report.check(Rule::EndringBygger, holds, || {
        format!("{}: the feed does not lead to the unit as it is, or not to its roles", unit.orgnr)
    });
    if active && !changes.is_empty() {
        let now: Value = serde_json::from_str(&unit.innhold).unwrap_or_default();
        let mut played = now.clone();
        for change in changes {
            play(&mut played, change);
        }
        report.check(Rule::EndringLik, played == now, || {
            format!("{}: the feed's changes lead to another unit", unit.orgnr)
        });
    }
}

/// Makes a change. One of something that is not there is left: whatever lay around it has gone since.
fn play(unit: &mut Value, change: &Endring) {
    let Some((around, name)) = change.path.rsplit_once('/') else { return };
    let Some(Value::Object(around)) = unit.pointer_mut(around) else { return };
    let name = name.replace("~1", "/").replace("~0", "~");
    match &change.value {
        Some(value) => around.insert(name, value.clone()),
        None => around.remove(&name),
    };
}
