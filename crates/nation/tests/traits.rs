//! What test people are searched for by is what the registers are given of them. (That the person's part is what their
//! document says is tested where documents are read: `crates/testpersoner/tests/rader.rs`.)

#![allow(clippy::expect_used, clippy::panic, reason = "in tests a failure is a panic")]

use std::collections::{BTreeMap, BTreeSet};

use clients::kontaktregister::Reservasjon;
use clients::matrikkel::Linje as Matrikkellinje;
use clients::testpersoner::Linje;
use jiff::civil::date;
use kernel::id::Pid;
use nation::{Nation, Options, generate};

fn make(population: u32, seed: u64) -> Nation {
    generate(&Options { population, seed, date: date(2026, 11, 1) }, &mut |_, _| {})
}

#[test]
fn lines_say_what_the_other_registers_are_given() {
    for seed in [1, 2] {
        let nation = make(4000, seed);
        let lines: BTreeMap<Pid, Linje> =
            nation.traits().map(|line| (line.folk.personidentifikator, line)).collect();
        assert_eq!(lines.len(), 4000, "everyone once");

        let mut roles: BTreeMap<Pid, BTreeSet<String>> = BTreeMap::new();
        let groups = nation.businesses().flat_map(|unit| unit.rollegrupper).flat_map(|group| group.roller);
        for role in groups {
            let pid = role.person.and_then(|person| person.fodselsnummer).expect("a person with a number");
            roles.entry(pid).or_default().insert(role.kind.kode);
        }
        let mut owners: BTreeSet<Pid> = BTreeSet::new();
        for line in nation.properties() {
            let Matrikkellinje::Eiendom(property) = line else { panic!("a property") };
            let shares = property.seksjoner.iter().flat_map(|section| &section.eiere).chain(&property.eiere);
            owners.extend(shares.filter_map(|share| share.rettighetshaver.personidentifikator));
        }
        let contacts: BTreeMap<Pid, _> =
            nation.contacts().map(|line| (line.personidentifikator, line)).collect();
        assert!(
            roles.len() > 300 && owners.len() > 1000 && contacts.len() > 2000,
            "there is something to see"
        );
        let (mut reserved, mut guarded) = (0, 0);
        for (pid, line) in &lines {
            let own: BTreeSet<String> = line.roller.iter().cloned().collect();
            assert_eq!(own.len(), line.roller.len(), "a role twice");
            assert_eq!(own, roles.get(pid).cloned().unwrap_or_default());
            assert_eq!(line.eier_bolig, owners.contains(pid));
            let known = contacts.get(pid);
            assert_eq!(line.kontakt.is_some(), known.is_some());
            if let Some((own, known)) = line.kontakt.zip(known) {
                let channels = known.kontaktinformasjon.clone().unwrap_or_default();
                assert_eq!(own.reservert, known.reservasjon == Reservasjon::Ja);
                assert_eq!(own.epost, channels.epostadresse.is_some());
                assert_eq!(own.mobil, channels.mobiltelefonnummer.is_some());
                assert_eq!(own.postkasse, known.digital_post.is_some());
                let newest = [
                    channels.epostadresse_oppdatert,
                    channels.epostadresse_sist_verifisert,
                    channels.mobiltelefonnummer_oppdatert,
                    channels.mobiltelefonnummer_sist_verifisert,
                ];
                assert_eq!(own.bekreftet, newest.into_iter().flatten().max());
                reserved += u32::from(own.reservert);
            }
            guarded += u32::from(line.folk.har_verge);
            assert!(line.folk.verge.is_none_or(|guardian| lines.contains_key(&guardian)));
            assert!(pid.is_synthetic());
        }
        assert!(reserved > 20 && guarded > 5, "{reserved} {guarded}");
    }
}

#[test]
fn lines_come_in_the_order_of_birth_and_are_the_same_each_time() {
    let nation = make(1500, 3);
    let lines: Vec<Linje> = nation.traits().collect();
    assert!(lines.is_sorted_by_key(|line| (line.folk.foedselsdato, line.folk.personidentifikator)));
    assert!(lines == make(1500, 3).traits().collect::<Vec<_>>());
    for line in &lines {
        let text = serde_json::to_vec(line).expect("JSON");
        assert_eq!(&serde_json::from_slice::<Linje>(&text).expect("the same"), line);
    }
}
