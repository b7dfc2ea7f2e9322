//! The nouns: journeys, decisions and tasks as they are kept, and the ways to resolve a task. No I/O.

use clients::life_events::{Etat, Grunn, Kanal, Loesning, Oppgave, Oppgavestatus, Oppgavetype, Valg, Vedtak};
use clients::orgs;
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::id::{Orgnr, Pid};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::frister::Frist;

/// A journey as it is kept.
#[derive(Clone)]
pub struct Reiserad {
    /// Its id.
    pub id: Uuid,
    /// The process instance that it follows now.
    pub instans: Uuid,
    /// The case's number.
    pub sak: String,
    /// The child.
    pub barn: Pid,
    /// Who gave birth, where the register knows them.
    pub mor: Option<Pid>,
    /// The other parent, where they share the parental responsibility.
    pub annen: Option<Pid>,
    /// When the child was born.
    pub foedselsdato: Option<Date>,
    /// When Felles learned of the birth.
    pub opprettet: Timestamp,
}

/// A decision as it is kept.
pub struct Vedtaksrad {
    /// Whom it is about.
    pub part: Pid,
    /// Who decided.
    pub etat: Orgnr,
    /// The decision as it was made.
    pub innhold: Vedtak,
    /// How its letter went.
    pub kanal: Option<Kanal>,
    /// The letter's id.
    pub melding: Option<Uuid>,
}

/// A task to put before a caseworker.
#[derive(Clone)]
pub struct NyOppgave {
    /// Its id, made from what it is about, so that it is put there once.
    pub id: Uuid,
    /// What it is about.
    pub slag: Oppgavetype,
    /// Whose task it is.
    pub etat: Orgnr,
    /// The journey.
    pub reise: Uuid,
    /// The case's number.
    pub sak: String,
    /// The decision it is about.
    pub vedtak: Option<Uuid>,
    /// Whom it is about.
    pub part: Pid,
    /// Its title.
    pub tittel: String,
    /// Why it came to a human.
    pub grunner: Vec<Grunn>,
    /// When it is to be done.
    pub frist: Date,
    /// When it came.
    pub opprettet: Timestamp,
    /// What the person wrote.
    pub tekst: Option<String>,
    /// The fact that the person says is wrong.
    pub faktum: Option<String>,
    /// What the process engine knows the task, or the token that got stuck, by.
    pub noekkel: Option<String>,
}

/// A task as it is kept.
pub struct Oppgaverad {
    /// The task.
    pub oppgave: NyOppgave,
    /// How it was resolved.
    pub loesning: Option<Loesning>,
}

impl Oppgaverad {
    /// The task as lists show it.
    pub fn vis(&self) -> Oppgave {
        let oppgave = &self.oppgave;
        Oppgave {
            id: oppgave.id,
            kind: oppgave.slag,
            tittel: oppgave.tittel.clone(),
            grunner: oppgave.grunner.clone(),
            frist: oppgave.frist,
            opprettet: oppgave.opprettet,
            status: if self.loesning.is_some() { Oppgavestatus::Loest } else { Oppgavestatus::Aapen },
            vedtak: oppgave.vedtak,
            reise: oppgave.reise,
            sak: oppgave.sak.clone(),
        }
    }
}

/// The agency that decides on child benefit, as letters and pages name it.
pub fn nav() -> Option<Etat> {
    etat(&Orgnr::parse(orgs::NAV.orgnr).ok()?)
}

/// An agency of the nation, as letters and pages name it.
pub fn etat(orgnr: &Orgnr) -> Option<Etat> {
    let navn = match orgnr.as_str() {
        number if number == orgs::NAV.orgnr => "Nav",
        number if number == orgs::SKATTEETATEN.orgnr => "Skatteetaten",
        number if number == orgs::DIGDIR.orgnr => "Digitaliseringsdirektoratet",
        number => orgs::name(number)?,
    };
    Some(Etat { orgnr: *orgnr, navn: navn.to_owned() })
}

/// An id made of what it stands for: the same parts give the same id (UUID version 8 over SHA-256).
pub fn id_av(parts: &[&str]) -> Uuid {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    let digest = hash.finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// A reason in words.
pub fn grunn(kode: &str, tekst: &str) -> Grunn {
    Grunn { kode: kode.to_owned(), tekst: tekst.to_owned() }
}

/// The title of a task.
pub fn tittel(slag: Oppgavetype) -> &'static str {
    match slag {
        Oppgavetype::ManuellVurdering => "Vurder retten til barnetrygd",
        Oppgavetype::ManuellUtsending => "Send vedtaksbrevet for hånd",
        Oppgavetype::Klage => "Behandle en klage",
        Oppgavetype::FeilIFaktum => "En opplysning i vedtaket kan være feil",
        Oppgavetype::ManuellKontroll => "Kontroller et automatisk vedtak",
        Oppgavetype::Teknisk => "En maskin har stanset",
    }
}

/// The deadline of a task.
pub fn frist(slag: Oppgavetype) -> Frist {
    match slag {
        Oppgavetype::ManuellVurdering => Frist::Vurdering,
        Oppgavetype::ManuellUtsending => Frist::Utsending,
        Oppgavetype::Klage => Frist::Klagebehandling,
        Oppgavetype::FeilIFaktum => Frist::Retting,
        Oppgavetype::ManuellKontroll => Frist::Kontroll,
        Oppgavetype::Teknisk => Frist::Teknisk,
    }
}

/// Grants.
pub const INNVILG: &str = "innvilg";
/// Refuses.
pub const AVSLAA: &str = "avslaa";
/// Closes without a decision.
pub const HENLEGG: &str = "henlegg";
/// The decision stands.
pub const OPPRETTHOLD: &str = "oppretthold";
/// The decision is to be made anew.
pub const OMGJOER: &str = "omgjoer";
/// The letter has been sent by hand.
pub const SENDT: &str = "sendt";
/// No letter is to be sent.
pub const IKKE_SEND: &str = "ikke_send";
/// The machine tries again.
pub const PROEV_IGJEN: &str = "proev_igjen";

/// The ways to resolve a task. A task outside the journey's process is about a decision that exists.
pub fn valg(oppgave: &NyOppgave, har_mor: bool) -> Vec<Valg> {
    let ways: &[(&str, &str)] = match oppgave.slag {
        Oppgavetype::ManuellVurdering if oppgave.noekkel.is_none() => {
            &[(OPPRETTHOLD, "Vedtaket står"), (OMGJOER, "Vedtaket gjøres om")]
        }
        Oppgavetype::ManuellVurdering if har_mor => &[
            (INNVILG, "Innvilg barnetrygd"),
            (AVSLAA, "Avslå barnetrygd"),
            (HENLEGG, "Henlegg saken uten vedtak"),
        ],
        Oppgavetype::ManuellVurdering => &[(HENLEGG, "Henlegg saken uten vedtak")],
        Oppgavetype::ManuellUtsending => {
            &[(SENDT, "Brevet er sendt på en trygg måte"), (IKKE_SEND, "Brevet skal ikke sendes")]
        }
        Oppgavetype::Klage => &[
            (OPPRETTHOLD, "Vedtaket står, og klagen sendes til klageinstansen"),
            (OMGJOER, "Vedtaket gjøres om"),
        ],
        Oppgavetype::FeilIFaktum => &[
            (OPPRETTHOLD, "Opplysningen er riktig, og vedtaket står"),
            (OMGJOER, "Opplysningen er feil, og vedtaket gjøres om"),
        ],
        Oppgavetype::ManuellKontroll => &[(OPPRETTHOLD, "Vedtaket står"), (OMGJOER, "Vedtaket gjøres om")],
        Oppgavetype::Teknisk => &[(PROEV_IGJEN, "La maskinen prøve igjen")],
    };
    ways.iter()
        .map(|(utfall, tekst)| Valg { utfall: (*utfall).to_owned(), tekst: (*tekst).to_owned() })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_depends_on_each_part_and_where_it_ends() {
        assert_eq!(id_av(&["a", "b"]), id_av(&["a", "b"]));
        assert_ne!(id_av(&["a", "b"]), id_av(&["ab"]));
        assert_ne!(id_av(&["a", "b"]), id_av(&["b", "a"]));
        assert_eq!(id_av(&["a"]).get_version_num(), 8);
    }
}
