//! The typed clients, through the router as other components use them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails panics")]

mod common;

use clients::kontaktregister::{
    Endring, Kontaktregister, MinKontaktinformasjon, Person, Reservasjon, Status,
};
use clients::{Mesh, Purpose, TokenSource};
use common::*;
use kernel::id::Pid;
use serde_json::json;

#[tokio::test]
async fn organisations_and_people_use_typed_clients() {
    let f = fixture().await;
    let mesh = Mesh::new(std::collections::HashMap::new());
    mesh.set_local(f.router.clone());
    let token = TokenSource::fixed(f.organisation(&format!("{CONTACT} {MAILBOX} {FEED}")));
    let register = Kontaktregister::new(mesh.clone(), token);
    let purpose =
        Purpose { formaal: "Sende vedtak om barnetrygd".to_owned(), sak: Some("2026/1".to_owned()) };
    let (kari, ola) = (Pid::parse(KARI).unwrap(), Pid::parse(OLA).unwrap());
    let person = register.person(&kari, &purpose).await.unwrap();
    assert_eq!(person.digital_kanal().unwrap().postkasseadresse, "kari.nordmann#9YDT");
    // Reserved: by post, whatever mailbox there is.
    assert!(register.person(&ola, &purpose).await.unwrap().digital_kanal().is_none());
    let entry = f.log.entries_about(&kari, None, 1).await.unwrap().remove(0);
    assert_eq!(
        (entry.access.formaal, entry.access.sak),
        (Some(purpose.formaal.clone()), purpose.sak.clone())
    );

    // More than one call's worth.
    let mut pids = strangers(1999);
    pids.push(kari);
    let persons = register.personer(&pids, &purpose).await.unwrap();
    assert_eq!(persons.iter().map(|person| person.personidentifikator).collect::<Vec<_>>(), pids);
    assert_eq!(register.endringer(0, &purpose).await.unwrap().list.len(), 2);

    let mine = MinKontaktinformasjon::new(mesh);
    let token = f.person(KARI, "krr:user/kontaktinformasjon.write krr:user/digitalpost.read");
    assert_eq!(mine.hent(&token).await.unwrap(), person);
    let change =
        Endring { reservasjon: Some(Reservasjon::Ja), epostadresse: Some(None), ..Endring::default() };
    let after = mine.endre(&token, &change).await.unwrap();
    assert_eq!((after.reservasjon, after.kontaktinformasjon.unwrap().epostadresse), (Reservasjon::Ja, None));
}

#[test]
fn the_real_registers_ways_of_writing_are_read() {
    let mut wire = kari();
    wire["kontaktinformasjon"]["epostadresse_oppdatert"] = json!("2018-06-29T10:14:52+02");
    wire["kontaktinformasjon"]["epostadresse_sist_validert"] = json!("2018-06-29T10:14:52Z");
    wire["kontaktinformasjon"]["epostadresse_duplisert"] = json!("NEI");
    wire["varslingsstatus"] = json!("KAN_VARSLES");
    let person: Person = serde_json::from_value(wire).unwrap();
    assert_eq!(person.status, Status::Aktiv);
    assert_eq!(
        person.kontaktinformasjon.unwrap().epostadresse_oppdatert,
        Some("2018-06-29T08:14:52Z".parse().unwrap())
    );
}
