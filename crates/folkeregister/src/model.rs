//! The nouns of the register and their rules, without I/O.

pub mod doedsfall;
pub mod endring;
pub mod flytting;
pub mod foedsel;
pub mod hendelser;
mod navneord;
pub mod nummer;
mod opplysninger;
pub mod pakke;
mod sivilstand;
pub mod soek;
pub mod utsnitt;
pub mod uttrekk;

use clients::folkeregister::{Gradering, Opphav, Opplysning, Persondokument};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::clock::oslo;
use kernel::id::Pid;

/// A version of a person document as it is kept: what holds now and what did, each one JSON object of elements.
#[derive(Clone, PartialEq, Eq)]
pub struct Versjon {
    /// The version's identifier: 32 hex digits.
    pub dokument: String,
    /// The person's number in use.
    pub pid: Pid,
    /// How the person's addresses are protected.
    pub gradering: Gradering,
    /// What holds now.
    pub innhold: String,
    /// What does no longer; `None` where there is nothing.
    pub historikk: Option<String>,
}

impl Versjon {
    /// The version `dokument` of a person.
    pub fn av(dokument: String, pid: Pid, person: Persondokument) -> Result<Self, serde_json::Error> {
        let (naa, foer) = person.skill_historikk();
        let historikk = if foer.er_tomt() { None } else { Some(serde_json::to_string(&foer)?) };
        Ok(Self {
            dokument,
            pid,
            gradering: gradering(&naa),
            innhold: serde_json::to_string(&naa)?,
            historikk,
        })
    }

    /// All of it.
    pub fn helt(&self) -> Result<Persondokument, serde_json::Error> {
        let naa: Persondokument = serde_json::from_str(&self.innhold)?;
        Ok(match &self.historikk {
            Some(foer) => naa.med_historikk(serde_json::from_str(foer)?),
            None => naa,
        })
    }
}

/// The version `dokument` of a person, and the rows by which they are found.
pub fn soekbar(
    dokument: String,
    pid: Pid,
    person: Persondokument,
) -> Result<(Versjon, Vec<soek::Rad>), serde_json::Error> {
    let rader = soek::rader(pid, &person, gradering(&person));
    Ok((Versjon::av(dokument, pid, person)?, rader))
}

/// The strictest protection among the person's own and that of each address.
fn gradering(person: &Persondokument) -> Gradering {
    let other = [
        strengest(&person.delt_bosted, |address| address.adressegradering),
        strengest(&person.oppholdsadresse, |address| address.adressegradering),
        strengest(&person.postadresse, |address| address.adressegradering),
        strengest(&person.postadresse_i_utlandet, |address| address.adressegradering),
    ];
    other.into_iter().flatten().fold(person.gradering(), Gradering::max)
}

/// The strictest grading of the addresses that hold now.
fn strengest<T: Opplysning>(adresser: &[T], gradering: impl Fn(&T) -> Gradering) -> Option<Gradering> {
    adresser.iter().filter(|adresse| adresse.er_gjeldende()).map(gradering).max()
}

/// Why a message or a loaded person is not registered. Says nothing of the values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mangel {
    /// Of what kind.
    pub slag: Slag,
    /// The field, as a path into the message.
    pub felt: String,
    /// What is wrong with it, in Bokmål, to follow the field's name.
    pub hva: &'static str,
}

/// Kinds of [`Mangel`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slag {
    /// Wrong by itself, whatever the register knows.
    Ugyldig,
    /// Contradicts what the register knows.
    Strid,
}

/// Wrong by itself.
fn ugyldig(felt: &str, hva: &'static str) -> Mangel {
    Mangel { slag: Slag::Ugyldig, felt: felt.to_owned(), hva }
}

/// Contradicts the register.
pub fn strid(felt: &str, hva: &'static str) -> Mangel {
    Mangel { slag: Slag::Strid, felt: felt.to_owned(), hva }
}

/// Longest name of a message; characters.
const MELDINGS_ID: usize = 100;

/// Checks the sender's own number of a message.
pub fn kontroller_meldings_id(id: &str) -> Result<(), Mangel> {
    if id.trim().is_empty() || id.chars().count() > MELDINGS_ID || id.chars().any(char::is_control) {
        return Err(ugyldig("meldingsId", "skal ha 1 til 100 skrivbare tegn"));
    }
    Ok(())
}

/// What a change of the register is registered as.
fn opphav(dag: Date, naa: Timestamp, kilde: &str, aarsak: &str) -> Opphav {
    // A day of a message that is checked to be in the past has a beginning.
    let gyldig = dag.to_zoned_datetime(oslo()).map_or(naa, |midnatt| midnatt.timestamp());
    Opphav {
        ajourholdstidspunkt: Some(naa),
        gyldighetstidspunkt: Some(gyldig),
        kilde: Some(kilde.to_owned()),
        aarsak: Some(aarsak.to_owned()),
    }
}

/// The day that it is, in Norway.
pub fn dagen(naa: Timestamp) -> Date {
    naa.to_zoned_datetime(oslo()).date()
}

/// A change of one person. What tells of it is worked out when it is kept ([`hendelser::utled`]).
#[derive(Debug)]
pub struct Endring {
    /// Whose document: the number in use.
    pub pid: Pid,
    /// The document as the change leaves it.
    pub person: Persondokument,
}

/// What holds now of an element ends.
fn avslutt<T: Opplysning>(entries: &mut [T], slutt: Timestamp) {
    entries.iter_mut().filter(|entry| entry.er_gjeldende()).for_each(|entry| entry.avslutt(slutt));
}

/// A new entry of an element takes the place of what held.
fn erstatt<T: Opplysning>(entries: &mut Vec<T>, ny: T, slutt: Timestamp) {
    avslutt(entries, slutt);
    entries.insert(0, ny);
}
