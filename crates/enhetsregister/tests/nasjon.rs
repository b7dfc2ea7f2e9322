//! The nation in the register: through the typed client, every person acts for exactly what the nation has them act for.
#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

mod common;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use clients::enhetsregister::Enhetsregister;
use clients::{Mesh, Purpose, TokenSource};
use common::*;
use http::StatusCode;
use jiff::civil::date;
use kernel::id::{Orgnr, Pid};
use nation::{Options, generate};

fn register(f: &Fixture) -> Enhetsregister {
    let mesh = Mesh::new(HashMap::new());
    mesh.set_local(f.router.clone());
    Enhetsregister::new(mesh, TokenSource::fixed(f.organisation(OF_PERSON)))
}

#[tokio::test]
async fn everyone_acts_for_what_the_nation_says() {
    let f = empty().await;
    let nation = generate(&Options { population: 2000, seed: 3, date: date(2026, 11, 1) }, &mut |_, _| {});
    let lines: Vec<String> = nation.businesses().map(|one| serde_json::to_string(&one).unwrap()).collect();
    let token = f.organisation("felles:innlasting");
    let (status, answer) = f.post(LOAD, &token, "application/x-ndjson", lines.join("\n")).await;
    assert_eq!((status, &answer["lest"]), (StatusCode::OK, &serde_json::json!(lines.len())), "{answer}");

    let mut expected: BTreeMap<Pid, BTreeSet<(Orgnr, String)>> = BTreeMap::new();
    let (mut owners, mut boards) = (0, 0);
    let register = register(&f);
    for business in nation.businesses() {
        let number = business.enhet.organisasjonsnummer;
        let shown = register.enhet(&number).await.unwrap().unwrap();
        assert_eq!(
            (&shown.navn, &shown.forretningsadresse),
            (&business.enhet.navn, &business.enhet.forretningsadresse)
        );
        let places = register.underenheter(&number).await.unwrap();
        assert_eq!(places.len(), business.underenheter.len());
        let open = register.roller(&number).await.unwrap().unwrap();
        assert!(
            open.iter().flat_map(|group| &group.roller).all(|role| role
                .person
                .as_ref()
                .unwrap()
                .fodselsnummer
                .is_none())
        );
        assert_eq!(open.len(), business.rollegrupper.len());
        for role in business.rollegrupper.iter().flat_map(|group| &group.roller) {
            let person = role.person.as_ref().unwrap();
            assert!(!person.er_doed, "the nation gives roles to the living");
            expected
                .entry(person.fodselsnummer.unwrap())
                .or_default()
                .insert((number, role.kind.kode.clone()));
        }
        if business.enhet.organisasjonsform.kode == "ENK" {
            owners += 1;
            assert_eq!(open[0].roller[0].kind.kode, "INNH");
        }
        boards += usize::from(
            open.iter().any(|group| group.kind.kode == "STYR" && group.roller[0].kind.kode == "LEDE"),
        );
    }
    assert!(owners > 20 && boards > 20, "{owners} {boards}");
    let purpose = Purpose::new("Velge hvem du handler for");
    for person in nation.persons() {
        let pid = person.pid().unwrap();
        let roles = register.roller_for(&pid, &purpose).await.unwrap();
        let found: BTreeSet<_> =
            roles.iter().map(|role| (role.organisasjonsnummer, role.rolletype.kode.clone())).collect();
        assert_eq!(found, expected.remove(&pid).unwrap_or_default());
    }
    assert!(expected.is_empty(), "a role of somebody who is nobody");
}

#[tokio::test]
async fn only_what_is_now_counts() {
    let f = fixture().await;
    let register = register(&f);
    let purpose = Purpose::new("Velge hvem du handler for");
    let kari = register.roller_for(&Pid::parse(KARI).unwrap(), &purpose).await.unwrap();
    assert_eq!(
        kari.iter().map(|role| role.rolletype.kode.as_str()).collect::<Vec<_>>(),
        ["DAGL", "LEDE", "INNH"]
    );
    assert_eq!(
        kari[0].underenheter.iter().map(|place| place.navn.as_str()).collect::<Vec<_>>(),
        ["FJELL & SØNN", "FJELL & SØNN AVD ØST"]
    );
    assert_eq!((kari[2].organisasjonsform.kode.as_str(), kari[2].underenheter.len()), ("ENK", 0));
    // Ola has left one board and sits in another; the dead leader leads no more.
    let ola = register.roller_for(&Pid::parse(OLA).unwrap(), &purpose).await.unwrap();
    assert_eq!(ola.iter().map(|role| role.navn.as_str()).collect::<Vec<_>>(), ["ZIGZAG IDRETTSLAG"]);
    assert!(register.roller_for(&Pid::parse(DEAD).unwrap(), &purpose).await.unwrap().is_empty());
    assert_eq!(f.uses(OLA).await[0].1.as_deref(), Some("Velge hvem du handler for"));

    let number = |n| Orgnr::parse(&nr(n)).unwrap();
    assert!(register.enhet(&number(6)).await.unwrap().is_none(), "deleted");
    assert!(register.enhet(&number(8)).await.unwrap().is_none(), "removed");
    assert!(register.enhet(&number(50)).await.unwrap().is_none(), "unknown");
    assert!(register.roller(&number(8)).await.unwrap().is_none());
    assert_eq!(register.underenhet(&number(1)).await.unwrap().unwrap().overordnet_enhet, number(0));
}
