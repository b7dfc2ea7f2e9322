//! Who owns what, and who of them is shown.

use std::collections::BTreeSet;

use clients::matrikkel::{Andel, Eiendom, Eierandel, Eierskap, Matrikkelnummer, Rettighetshaver, Seksjon};
use kernel::id::Pid;

use super::innlasting::andeler;

/// The shares of a property and of its sections, or of the section of a number; `None` where there is no such section.
pub fn eierskap(eiendom: Eiendom, seksjonsnummer: i64) -> Option<Vec<Eierskap>> {
    let Eiendom { matrikkelnummer, eiere, mut seksjoner, .. } = eiendom;
    if seksjonsnummer == 0 {
        seksjoner.insert(0, Seksjon { seksjonsnummer, eiere });
    } else {
        seksjoner.retain(|section| section.seksjonsnummer == seksjonsnummer);
    }
    let of = |Seksjon { seksjonsnummer, eiere }| {
        let number = Matrikkelnummer { seksjonsnummer, ..matrikkelnummer.clone() };
        eiere.into_iter().map(move |share| andel(number.clone(), share))
    };
    (!seksjoner.is_empty()).then(|| seksjoner.into_iter().flat_map(of).collect())
}

fn andel(matrikkelnummer: Matrikkelnummer, share: Eierandel) -> Eierskap {
    let Eierandel { teller, nevner, rettighetshaver, fra, skjermet } = share;
    Eierskap { matrikkelnummer, andel: Andel { teller, nevner }, rettighetshaver, fra, skjermet }
}

/// The people who own, each once.
pub fn personer(all: &[Eierskap]) -> Vec<Pid> {
    let pids: BTreeSet<Pid> = all.iter().filter_map(|one| one.rettighetshaver.personidentifikator).collect();
    pids.into_iter().collect()
}

/// The people whom a share in these properties screens.
pub fn skjermede(eiendommer: &[Eiendom]) -> BTreeSet<Pid> {
    let screened = eiendommer.iter().flat_map(andeler).filter(|share| share.skjermet);
    screened.filter_map(|share| share.rettighetshaver.personidentifikator).collect()
}

/// Takes the owner out of each share that is screened, by itself or because its owner is among `skjermede`.
pub fn skjerm(all: &mut [Eierskap], skjermede: &BTreeSet<Pid>) {
    for one in all {
        let pid = one.rettighetshaver.personidentifikator;
        one.skjermet |= pid.is_some_and(|pid| skjermede.contains(&pid));
        if one.skjermet {
            one.rettighetshaver = Rettighetshaver::default();
        }
    }
}
