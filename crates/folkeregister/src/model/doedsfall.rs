//! A death: what a message must hold, and whom it changes: the dead, the spouse, the children and who else has
//! responsibility for them.

use std::collections::BTreeMap;

use clients::folkeregister::{
    Ansvar, Doedsfall, Doedsmelding, Familierolle, Foreldreansvar, Opphav, Opplysning as _, Persondokument,
    Personstatus, Sivilstand, Sivilstandstype, Status,
};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::id::{Kommunenummer, Pid};

use super::{Endring, Mangel, avslutt, erstatt, kontroller_meldings_id, opphav, strid, ugyldig};

const AARSAK: &str = "Dødsfall";
const KILDER: [&str; 5] = ["tingretten", "helse", "utenriksstasjon", "lensmannskontor", "nav"];
const NUMMER: &str = "doedPerson.foedselsnummer";
const DATO: &str = "doedPerson.doedsdato";

/// Checks what can be told without the register.
pub fn kontroller(melding: &Doedsmelding, i_dag: Date) -> Result<(), Mangel> {
    kontroller_meldings_id(&melding.meldings_id)?;
    if melding.forespoerselssdato.is_some_and(|dato| dato > i_dag) {
        return Err(ugyldig("forespoerselssdato", "er i framtiden"));
    }
    if !KILDER.contains(&melding.kilde.as_str()) {
        return Err(ugyldig(
            "kilde",
            "skal være tingretten, helse, utenriksstasjon, lensmannskontor eller nav",
        ));
    }
    if melding.doed_person.doedsdato > i_dag {
        return Err(ugyldig(DATO, "er i framtiden"));
    }
    if melding.doed_person.kommune.as_deref().is_some_and(|kommune| Kommunenummer::parse(kommune).is_err()) {
        return Err(ugyldig("doedPerson.kommune", "skal ha 4 siffer"));
    }
    Ok(())
}

/// The refusal of a number that belongs to nobody.
pub fn ukjent() -> Mangel {
    strid(NUMMER, "finnes ikke i Folkeregisteret")
}

/// Checks the message against the person; `true` where the register knows of this death already.
pub fn kontroller_person(person: &Persondokument, melding: &Doedsmelding) -> Result<bool, Mangel> {
    let dato = melding.doed_person.doedsdato;
    if person.gjeldende_status() == Some(Personstatus::Opphoert) {
        return Err(strid(NUMMER, "er ikke lenger i bruk"));
    }
    if person.foedselsdato().is_some_and(|foedt| foedt > dato) {
        return Err(strid(DATO, "er før personen ble født"));
    }
    match person.doedsdato() {
        Some(kjent) if kjent == dato => Ok(true),
        Some(_) => Err(strid(
            DATO,
            "er en annen enn den som er registrert; en registrert dato rettes ikke med en ny melding",
        )),
        // Dead by status, without a day: this is the day.
        None => Ok(false),
    }
}

/// Whom the death concerns besides the dead: the spouse, and the children that the dead has responsibility for.
pub fn naerstaaende(person: &Persondokument) -> Vec<Pid> {
    let mut pids: Vec<Pid> = ektefelle(person).into_iter().chain(barn(person)).collect();
    pids.sort_unstable();
    pids.dedup();
    pids
}

/// Who else has responsibility for these children.
pub fn andre_ansvarlige<'a>(doed: Pid, barn: impl IntoIterator<Item = &'a Persondokument>) -> Vec<Pid> {
    let mut pids: Vec<Pid> = barn
        .into_iter()
        .flat_map(|barn| {
            barn.foreldreansvar.iter().filter(|entry| entry.er_gjeldende).filter_map(|entry| entry.ansvarlig)
        })
        .filter(|pid| *pid != doed)
        .collect();
    pids.sort_unstable();
    pids.dedup();
    pids
}

fn ektefelle(person: &Persondokument) -> Option<Pid> {
    let sivilstand = person.gjeldende_sivilstand()?;
    gjenlevende(sivilstand.sivilstand).and(sivilstand.relatert_ved_sivilstand)
}

/// What one becomes when the other dies.
fn gjenlevende(sivilstand: Sivilstandstype) -> Option<Sivilstandstype> {
    match sivilstand {
        Sivilstandstype::Gift | Sivilstandstype::Separert => Some(Sivilstandstype::EnkeEllerEnkemann),
        Sivilstandstype::RegistrertPartner | Sivilstandstype::SeparertPartner => {
            Some(Sivilstandstype::GjenlevendePartner)
        }
        _ => None,
    }
}

fn barn(person: &Persondokument) -> impl Iterator<Item = Pid> {
    person.foreldreansvar.iter().filter(|entry| entry.er_gjeldende).filter_map(|entry| entry.ansvarssubjekt)
}

/// A death that the register has looked into.
pub struct Registrering<'a> {
    /// The message.
    pub melding: &'a Doedsmelding,
    /// The number in use of the dead.
    pub pid: Pid,
    /// Whole documents: the dead's, and those of everyone whom the death concerns.
    pub personer: BTreeMap<Pid, Persondokument>,
    /// When it is registered.
    pub naa: Timestamp,
}

impl Registrering<'_> {
    /// What the death changes: the dead first.
    pub fn endringer(mut self) -> Vec<Endring> {
        let dato = self.melding.doed_person.doedsdato;
        let opphav = opphav(dato, self.naa, &self.melding.kilde, AARSAK);
        let slutt = opphav.gyldighetstidspunkt.unwrap_or(self.naa);
        let Some(mut doed) = self.personer.remove(&self.pid) else { return Vec::new() };
        let (ektefelle, barn): (_, Vec<Pid>) = (ektefelle(&doed), barn(&doed).collect());

        avslutt(&mut doed.status, slutt);
        doed.status.insert(0, Status { status: Personstatus::Doed, ..Status::fra(&opphav) });
        doed.doedsfall = Some(Doedsfall { doedsdato: Some(dato), ..Doedsfall::fra(&opphav) });
        avslutt(&mut doed.foreldreansvar, slutt);

        if let Some(pid) = ektefelle {
            self.enke(pid, dato, &opphav, slutt);
        }
        for barn in barn {
            self.ansvar(barn, &opphav, slutt);
        }
        // Whoever was read and is as before is told by no event, and kept anew by nobody.
        let andre = self.personer.into_iter().map(|(pid, person)| Endring { pid, person });
        std::iter::once(Endring { pid: self.pid, person: doed }).chain(andre).collect()
    }

    /// Makes the spouse a widow or widower.
    fn enke(&mut self, pid: Pid, dato: Date, opphav: &Opphav, slutt: Timestamp) {
        let Some(person) = self.personer.get_mut(&pid) else { return };
        let gift = person.gjeldende_sivilstand();
        let gift = gift.filter(|entry| entry.relatert_ved_sivilstand == Some(self.pid));
        let Some(sivilstand) = gift.and_then(|entry| gjenlevende(entry.sivilstand)) else { return };
        let ny = Sivilstand {
            sivilstand,
            sivilstandsdato: Some(dato),
            relatert_ved_sivilstand: Some(self.pid),
            ..Sivilstand::fra(opphav)
        };
        erstatt(&mut person.sivilstand, ny, slutt);
    }

    /// Ends the dead's responsibility for a child. Whoever shared it has it alone (barnelova: the one who lives on).
    fn ansvar(&mut self, barn: Pid, opphav: &Opphav, slutt: Timestamp) {
        let Some(person) = self.personer.get_mut(&barn) else { return };
        let mut igjen = Vec::new();
        for entry in person.foreldreansvar.iter_mut().filter(|entry| entry.er_gjeldende) {
            if entry.ansvarlig == Some(self.pid) {
                entry.avslutt(slutt);
            } else if entry.ansvar == Ansvar::Felles {
                igjen.push(entry);
            }
        }
        let [felles] = igjen.as_mut_slice() else { return };
        felles.avslutt(slutt);
        let ansvarlig = felles.ansvarlig;
        let ansvarlig_uten_identifikator = felles.ansvarlig_uten_identifikator.clone();
        let rolle = person.familierelasjon.iter().find(|relasjon| {
            relasjon.er_gjeldende
                && relasjon.relatert_person == ansvarlig
                && relasjon.relatert_person_uten_folkeregisteridentifikator == ansvarlig_uten_identifikator
        });
        let ansvar = match rolle.map(|relasjon| relasjon.relatert_persons_rolle) {
            Some(Familierolle::Mor) => Ansvar::Mor,
            Some(Familierolle::Far) => Ansvar::Far,
            Some(Familierolle::Medmor) => Ansvar::Medmor,
            _ => Ansvar::Andre,
        };
        let hos_barnet = Foreldreansvar {
            ansvar,
            ansvarlig,
            ansvarlig_uten_identifikator,
            ansvarssubjekt: Some(barn),
            ..Foreldreansvar::fra(opphav)
        };
        person.foreldreansvar.insert(0, hos_barnet);

        let Some(voksen) = ansvarlig.and_then(|pid| self.personer.get_mut(&pid)) else { return };
        let felles = voksen
            .foreldreansvar
            .iter_mut()
            .filter(|entry| entry.er_gjeldende && entry.ansvarssubjekt == Some(barn));
        felles.for_each(|entry| entry.avslutt(slutt));
        let hos_den_voksne =
            Foreldreansvar { ansvar, ansvarssubjekt: Some(barn), ..Foreldreansvar::fra(opphav) };
        voksen.foreldreansvar.insert(0, hos_den_voksne);
    }
}
