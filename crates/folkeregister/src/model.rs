//! The nouns of the register and their rules, without I/O.

pub mod doedsfall;
pub mod foedsel;
pub mod pakke;
pub mod utsnitt;

use clients::folkeregister::{Egenskapshendelse, Gradering, Opphav, Persondokument};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::clock::oslo;
use kernel::id::Pid;
use serde::Serialize;
use serde_json::Value;

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

/// The strictest protection among the person's own and that of each address.
fn gradering(person: &Persondokument) -> Gradering {
    let other = [
        person.delt_bosted.iter().map(|address| address.adressegradering).max(),
        person.oppholdsadresse.iter().map(|address| address.adressegradering).max(),
        person.postadresse.iter().map(|address| address.adressegradering).max(),
        person.postadresse_i_utlandet.iter().map(|address| address.adressegradering).max(),
    ];
    other.into_iter().flatten().fold(person.gradering(), Gradering::max)
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
fn strid(felt: &str, hva: &'static str) -> Mangel {
    Mangel { slag: Slag::Strid, felt: felt.to_owned(), hva }
}

/// Longest name of a message; characters.
const MELDINGS_ID: usize = 100;

/// Checks the sender's own number of a message.
fn kontroller_meldings_id(id: &str) -> Result<(), Mangel> {
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

/// A change of one person, with the events that tell of it.
#[derive(Debug)]
pub struct Endring {
    /// Whose document.
    pub pid: Pid,
    /// The document as the change leaves it.
    pub person: Persondokument,
    /// Each an event: its type, and the entries that it tells of.
    pub hendelser: Vec<(&'static str, Vec<Egenskapshendelse>)>,
}

/// A new entry of an element, as an event tells of it. An event has no `erGjeldende`, and calls the grounds of an
/// identity by their older name.
fn ny<T: Serialize>(entitet: &str, entry: &T) -> Result<Egenskapshendelse, serde_json::Error> {
    let mut entry = serde_json::to_value(entry)?;
    if let Value::Object(fields) = &mut entry {
        fields.remove("erGjeldende");
        if let Some(status) = fields.remove("identitetsgrunnlagstatus") {
            fields.insert("legitimasjonskontroll".to_owned(), status);
        }
    }
    Ok(Egenskapshendelse::ny(entitet, entry))
}
