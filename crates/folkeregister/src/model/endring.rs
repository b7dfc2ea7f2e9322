//! What messages about people whom the register knows have in common: who they are, and what changes of them.

use clients::folkeregister::{Persondokument, Personstatus};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::id::Pid;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Endring, Mangel, strid, ugyldig};

/// A message that changes people whom it names.
pub trait Endringsmelding: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Its name in paths and scopes.
    const NAVN: &'static str;
    /// What the sender did, as the person reads it in the log of uses.
    const HVA: &'static str;

    /// The sender's own number of the message.
    fn meldings_id(&self) -> &str;
    /// Whom it names: the field, and the number. Each is another person.
    fn personer(&self) -> Vec<(String, Pid)>;
    /// Checks what can be told without the register.
    fn kontroller(&self, i_dag: Date) -> Result<(), Mangel>;
    /// Changes the people, who come in the order of [`Endringsmelding::personer`].
    fn endre(&self, personer: &mut [Sak], naa: Timestamp) -> Result<(), Mangel>;
}

/// A person whom a message names.
pub struct Sak {
    /// The field that names them.
    pub felt: String,
    /// The person, and what becomes of them.
    pub endring: Endring,
}

impl Sak {
    /// A person, as they are. Refuses one whose number is out of use, and one who is dead.
    pub fn ny(felt: String, pid: Pid, person: Persondokument) -> Result<Self, Mangel> {
        if person.gjeldende_status() == Some(Personstatus::Opphoert) {
            return Err(strid(&felt, "er ikke lenger i bruk"));
        }
        if person.er_doed() {
            return Err(strid(&felt, "tilhører en som er død"));
        }
        Ok(Self { felt, endring: Endring { pid, person } })
    }

    /// The person's number in use.
    pub fn pid(&self) -> Pid {
        self.endring.pid
    }

    /// The person's document.
    pub fn person(&mut self) -> &mut Persondokument {
        &mut self.endring.person
    }

    /// Refuses because of the person.
    pub fn nei(&self, hva: &'static str) -> Mangel {
        strid(&self.felt, hva)
    }

    /// Refuses a day before the person was born.
    pub fn kontroller_foedt(&self, felt: &str, dato: Date) -> Result<(), Mangel> {
        match self.endring.person.foedselsdato() {
            Some(foedt) if foedt > dato => Err(strid(felt, "er før personen ble født")),
            _ => Ok(()),
        }
    }
}

/// A day that has come.
pub fn ikke_framtid(felt: &str, dato: Date, i_dag: Date) -> Result<(), Mangel> {
    if dato > i_dag { Err(ugyldig(felt, "er i framtiden")) } else { Ok(()) }
}

/// A country's code, ISO 3166-1 alpha-3.
pub fn landkode(felt: &str, land: &str) -> Result<(), Mangel> {
    if land.len() == 3 && land.bytes().all(|letter| letter.is_ascii_uppercase()) {
        return Ok(());
    }
    Err(ugyldig(felt, "skal være en landkode på tre store bokstaver"))
}

/// A name's parts: letters, and what stands between them.
pub fn kontroller_navn(felt: &str, navn: &clients::folkeregister::Personnavn) -> Result<(), Mangel> {
    let parts = [
        ("fornavn", Some(&navn.fornavn)),
        ("mellomnavn", navn.mellomnavn.as_ref()),
        ("etternavn", Some(&navn.etternavn)),
    ];
    for (del, text) in parts {
        let Some(text) = text else { continue };
        let felt = format!("{felt}.{del}");
        if text.trim() != text || text.is_empty() || text.chars().count() > 100 {
            return Err(ugyldig(&felt, "skal ha 1 til 100 tegn, uten blanke foran og bak"));
        }
        if !text.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '-' | '\'' | '’' | '.')) {
            return Err(ugyldig(&felt, "har tegn som et navn ikke kan ha"));
        }
    }
    Ok(())
}
