//! Identity numbers: one that takes another's place, and whoever is named by it (folkeregisterforskriften §§ 2-2-3, 2-2-4).

use clients::folkeregister::{
    Identifikasjonsnummer, Nummerendringsmelding, Nummerstatus, Opphav, Opplysning as _, Persondokument,
    Personkjoenn,
};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::id::Pid;

use super::endring::{Sak, ikke_framtid};
use super::{Mangel, erstatt, kontroller_meldings_id, opphav, strid, ugyldig};

/// Whether numbers are given to those who were born on the day.
pub fn har_nummerserie(foedt: Date) -> bool {
    (1900..2040).contains(&foedt.year())
}

/// Checks a change of number without the register.
pub fn kontroller_endring(melding: &Nummerendringsmelding, i_dag: Date) -> Result<(), Mangel> {
    kontroller_meldings_id(&melding.meldings_id)?;
    ikke_framtid("gyldigFra", melding.gyldig_fra, i_dag)?;
    if melding.foedselsdato.is_none() && melding.kjoenn.is_none() {
        return Err(ugyldig("foedselsdato", "eller kjoenn skal være oppgitt"));
    }
    let Some(foedt) = melding.foedselsdato else { return Ok(()) };
    ikke_framtid("foedselsdato", foedt, i_dag)?;
    if !har_nummerserie(foedt) {
        return Err(ugyldig("foedselsdato", "har et år som det ikke tildeles nummer for"));
    }
    if foedt > melding.gyldig_fra {
        return Err(ugyldig("gyldigFra", "er før personen ble født"));
    }
    Ok(())
}

/// What a change of number is registered as.
pub fn endringens_opphav(melding: &Nummerendringsmelding, naa: Timestamp) -> Opphav {
    opphav(melding.gyldig_fra, naa, "folkeregistermyndigheten", "Endring av fødselsnummer")
}

/// Corrects what the person's number was made of. Refuses what the register has already.
pub fn rett(melding: &Nummerendringsmelding, sak: &mut Sak, naa: Timestamp) -> Result<(), Mangel> {
    let dato = melding.foedselsdato.filter(|dato| sak.person().foedselsdato() != Some(*dato));
    let kjoenn = melding.kjoenn.filter(|kjoenn| sak.person().gjeldende_kjoenn() != Some(*kjoenn));
    if dato.is_none() && kjoenn.is_none() {
        return Err(sak.nei("er registrert med denne fødselsdatoen og dette kjønnet"));
    }
    let opphav = endringens_opphav(melding, naa);
    let slutt = opphav.gyldighetstidspunkt.unwrap_or(naa);
    if let Some(dato) = dato {
        // A wrong date of birth never was true, so the right one stands in its place.
        for foedsel in sak.person().foedsel.iter_mut().filter(|entry| entry.er_gjeldende()) {
            foedsel.foedselsdato = Some(dato);
            foedsel.foedselsaar = format!("{:04}", dato.year());
            foedsel.ajourholdstidspunkt = Some(naa);
        }
    }
    if let Some(kjoenn) = kjoenn {
        let nytt = Personkjoenn { kjoenn: Some(kjoenn), ..Personkjoenn::fra(&opphav) };
        erstatt(&mut sak.person().kjoenn, nytt, slutt);
    }
    Ok(())
}

/// Refuses a date of birth by which the person would be older than a parent or younger than a child.
pub fn kontroller_slekt(person: &Persondokument, slektning: &Persondokument) -> Result<(), Mangel> {
    let Some((foedt, annen)) = person.foedselsdato().zip(slektning.foedselsdato()) else { return Ok(()) };
    let numre: Vec<&str> =
        slektning.identifikasjonsnummer.iter().map(|entry| entry.foedsels_eller_d_nummer.as_str()).collect();
    let rolle = person
        .familierelasjon
        .iter()
        .filter(|entry| entry.er_gjeldende)
        .find(|entry| entry.relatert_person.is_some_and(|pid| numre.contains(&pid.as_str())));
    use clients::folkeregister::Familierolle as Rolle;
    match rolle.map(|entry| entry.relatert_persons_rolle) {
        Some(Rolle::Mor | Rolle::Far | Rolle::Medmor) if annen >= foedt => {
            Err(strid("foedselsdato", "er før en av foreldrene ble født"))
        }
        Some(Rolle::Barn) if foedt >= annen => Err(strid("foedselsdato", "er etter at et barn ble født")),
        _ => Ok(()),
    }
}

/// Gives a person another number: the earlier one is out of use.
pub fn gi_nytt(sak: &mut Sak, nytt: Pid, opphav: &Opphav, naa: Timestamp) {
    let slutt = opphav.gyldighetstidspunkt.unwrap_or(naa);
    for entry in sak.person().identifikasjonsnummer.iter_mut().filter(|entry| entry.er_gjeldende) {
        entry.avslutt(slutt);
        entry.status = Nummerstatus::Opphoert;
    }
    sak.person().identifikasjonsnummer.insert(0, Identifikasjonsnummer::i_bruk(&nytt, opphav));
    sak.endring.pid = nytt;
}

/// Those who stand in a person's document, and in whose documents the person may stand.
pub fn naerstaaende(person: &Persondokument) -> Vec<Pid> {
    let familie = person.familierelasjon.iter().filter_map(|entry| entry.relatert_person);
    let ektefeller = person.sivilstand.iter().filter_map(|entry| entry.relatert_ved_sivilstand);
    let ansvar = person.foreldreansvar.iter().flat_map(|entry| [entry.ansvarlig, entry.ansvarssubjekt]);
    let mut pids: Vec<Pid> = familie.chain(ektefeller).chain(ansvar.flatten()).collect();
    pids.sort_unstable();
    pids.dedup();
    pids
}

/// Lets a document name somebody by their new number; `true` where it named them.
pub fn bytt(person: &mut Persondokument, gammelt: Pid, nytt: Pid) -> bool {
    let familie = person.familierelasjon.iter_mut().map(|entry| &mut entry.relatert_person);
    let ektefeller = person.sivilstand.iter_mut().map(|entry| &mut entry.relatert_ved_sivilstand);
    let ansvar = person.foreldreansvar.iter_mut();
    let ansvar = ansvar.flat_map(|entry| [&mut entry.ansvarlig, &mut entry.ansvarssubjekt]);
    let verger = person.vergemaal.iter_mut().map(|entry| &mut entry.verge.foedsels_eller_d_nummer);
    let mut byttet = false;
    for named in
        familie.chain(ektefeller).chain(ansvar).chain(verger).filter(|named| **named == Some(gammelt))
    {
        *named = Some(nytt);
        byttet = true;
    }
    byttet
}
