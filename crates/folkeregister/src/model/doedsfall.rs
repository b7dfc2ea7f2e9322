//! A death: what a message must hold, and whom it changes: the dead, the spouse, the children and who else has
//! responsibility for them.

use std::collections::BTreeMap;

use clients::folkeregister::{
    Ansvar, Doedsfall, Doedsmelding, Element, Familierolle, Foreldreansvar, Opphav, Opplysning as _,
    Persondokument, Personstatus, Sivilstand, Sivilstandstype, Status, hendelsetype,
};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::id::{Kommunenummer, Pid};

use super::{
    Endring, Hendelser, Mangel, avslutt, kontroller_meldings_id, legg_til, ny, opphav, strid, ugyldig,
};

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
    pub fn endringer(mut self) -> Result<Vec<Endring>, serde_json::Error> {
        let dato = self.melding.doed_person.doedsdato;
        let opphav = opphav(dato, self.naa, &self.melding.kilde, AARSAK);
        let slutt = opphav.gyldighetstidspunkt.unwrap_or(self.naa);
        let Some(mut doed) = self.personer.remove(&self.pid) else { return Ok(Vec::new()) };
        let (ektefelle, barn): (_, Vec<Pid>) = (ektefelle(&doed), barn(&doed).collect());

        avslutt(&mut doed.status, slutt);
        let status = Status { status: Personstatus::Doed, ..Status::fra(&opphav) };
        let doedsfall = Doedsfall { doedsdato: Some(dato), ..Doedsfall::fra(&opphav) };
        let hendelse = vec![ny("doedsfall", &doedsfall)?, ny("status", &status)?];
        doed.status.insert(0, status);
        doed.doedsfall = Some(doedsfall);
        avslutt(&mut doed.foreldreansvar, slutt);
        let mut endringer = vec![Endring {
            pid: self.pid,
            person: doed,
            hendelser: vec![(hendelsetype::PERSON_ER_DOED, hendelse)],
        }];

        let mut nye = Vec::new();
        nye.extend(ektefelle.and_then(|pid| self.enke(pid, dato, &opphav, slutt)));
        for barn in barn {
            self.ansvar(barn, &opphav, slutt, &mut nye);
        }
        // A person who is both a spouse and a parent changes once, and two events tell of it.
        let mut av_person: BTreeMap<Pid, Vec<_>> = BTreeMap::new();
        for ny_opplysning in nye {
            let (pid, hendelse) = match ny_opplysning {
                Ny::Sivilstand(pid, entry) => {
                    (pid, (Element::Sivilstand.endring(), ny("sivilstand", &entry)?))
                }
                Ny::Ansvar(pid, entry) => {
                    (pid, (Element::Foreldreansvar.endring(), ny("foreldreansvar", &entry)?))
                }
            };
            av_person.entry(pid).or_default().push(hendelse);
        }
        for (pid, nye) in av_person {
            let Some(person) = self.personer.remove(&pid) else { continue };
            let mut hendelser = Hendelser::new();
            for (hendelsetype, opplysning) in nye {
                legg_til(&mut hendelser, hendelsetype, opplysning);
            }
            endringer.push(Endring { pid, person, hendelser });
        }
        Ok(endringer)
    }

    /// Makes the spouse a widow or widower.
    fn enke(&mut self, pid: Pid, dato: Date, opphav: &Opphav, slutt: Timestamp) -> Option<Ny> {
        let person = self.personer.get_mut(&pid)?;
        let entry = person.sivilstand.iter_mut().find(|entry| entry.er_gjeldende)?;
        if entry.relatert_ved_sivilstand != Some(self.pid) {
            return None;
        }
        let sivilstand = gjenlevende(entry.sivilstand)?;
        entry.avslutt(slutt);
        let ny = Sivilstand {
            sivilstand,
            sivilstandsdato: Some(dato),
            relatert_ved_sivilstand: Some(self.pid),
            ..Sivilstand::fra(opphav)
        };
        person.sivilstand.insert(0, ny.clone());
        Some(Ny::Sivilstand(pid, ny))
    }

    /// Ends the dead's responsibility for a child. Whoever shared it has it alone (barnelova: the one who lives on).
    fn ansvar(&mut self, barn: Pid, opphav: &Opphav, slutt: Timestamp, nye: &mut Vec<Ny>) {
        let Some(person) = self.personer.get_mut(&barn) else { return };
        let (mut igjen, mut avsluttet) = (Vec::new(), None);
        for entry in person.foreldreansvar.iter_mut().filter(|entry| entry.er_gjeldende) {
            if entry.ansvarlig == Some(self.pid) {
                entry.avslutt(slutt);
                avsluttet = Some(entry.clone());
            } else if entry.ansvar == Ansvar::Felles {
                igjen.push(entry);
            }
        }
        let [felles] = igjen.as_mut_slice() else {
            // Nobody follows: the event tells that this one has ended.
            nye.extend(avsluttet.map(|entry| Ny::Ansvar(barn, entry)));
            return;
        };
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
        person.foreldreansvar.insert(0, hos_barnet.clone());
        nye.push(Ny::Ansvar(barn, hos_barnet));

        let Some((pid, voksen)) = ansvarlig.and_then(|pid| Some((pid, self.personer.get_mut(&pid)?))) else {
            return;
        };
        let felles = voksen
            .foreldreansvar
            .iter_mut()
            .filter(|entry| entry.er_gjeldende && entry.ansvarssubjekt == Some(barn));
        felles.for_each(|entry| entry.avslutt(slutt));
        let hos_den_voksne =
            Foreldreansvar { ansvar, ansvarssubjekt: Some(barn), ..Foreldreansvar::fra(opphav) };
        voksen.foreldreansvar.insert(0, hos_den_voksne.clone());
        nye.push(Ny::Ansvar(pid, hos_den_voksne));
    }
}

/// An entry that the death has made.
enum Ny {
    Sivilstand(Pid, Sivilstand),
    Ansvar(Pid, Foreldreansvar),
}
