//! A row that the nation's line makes is the row that the registers' own answers make: what is loaded and what is followed
//! can be told apart by nobody.
#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

mod common;

use std::collections::{BTreeMap, HashMap};

use clients::Purpose;
use clients::folkeregister::Persondokument;
use common::*;
use kernel::id::Pid;
use testpersoner::model::dokument::{DELER, DELER_AV_BARN, folketrekk, kontakttrekk};
use testpersoner::model::rad::Rad;

#[tokio::test]
async fn the_lines_of_a_nation_say_what_its_registers_answer() {
    let v = uten_rader(4000).await;
    let linjer = v.linjer();
    let pids: Vec<Pid> = linjer.keys().copied().collect();
    let purpose = Purpose::new("prøve");
    let register = v.folkeregister(SCOPES);
    let by_number = |found: Vec<Persondokument>| -> HashMap<Pid, Persondokument> {
        found.into_iter().map(|person| (person.pid().unwrap(), person)).collect()
    };
    let personer = by_number(register.personer(&pids, &DELER, &purpose).await.unwrap());
    let barn = by_number(register.personer(&pids, &DELER_AV_BARN, &purpose).await.unwrap());
    let kontakter: BTreeMap<Pid, _> = v
        .kontaktregister()
        .personer(&pids, &purpose)
        .await
        .unwrap()
        .into_iter()
        .map(|person| (person.personidentifikator, kontakttrekk(&person)))
        .collect();
    assert_eq!((personer.len(), kontakter.len()), (4000, 4000));
    for (pid, linje) in &linjer {
        let folk = folketrekk(&personer[pid], |pid| barn.get(pid)).unwrap();
        assert_eq!(folk, linje.folk);
        assert_eq!(kontakter[pid], linje.kontakt);
        let roller = linje.roller.clone();
        let fulgt = clients::testpersoner::Linje {
            folk,
            kontakt: kontakter[pid],
            roller,
            eier_bolig: linje.eier_bolig,
        };
        assert_eq!(Rad::av(&fulgt), Rad::av(linje));
    }
    // There was something to see of each kind.
    let antall =
        |fits: &dyn Fn(&clients::testpersoner::Linje) -> bool| linjer.values().filter(|l| fits(l)).count();
    for (hva, n) in [
        ("dead", antall(&|l| l.folk.status == clients::folkeregister::Personstatus::Doed)),
        ("protected", antall(&|l| l.folk.adressebeskyttelse.er_beskyttet())),
        ("with a guardian", antall(&|l| l.folk.har_verge)),
        ("foreign", antall(&|l| !l.folk.norsk)),
        ("with children", antall(&|l| !l.folk.barn.is_empty())),
        ("without a municipality", antall(&|l| l.folk.kommunenummer.is_none())),
        ("unknown to the contact register", antall(&|l| l.kontakt.is_none())),
    ] {
        assert!(n > 3, "{hva}: {n}");
    }
}
