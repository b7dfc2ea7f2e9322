//! The typed clients, through the router as other components use them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails panics")]

mod common;

use clients::kontaktregister::DigitalPost;
use clients::postkasse::{Digitalbrev, Forsendelse, MinPostkasse, Postkasse, Sendestatus};
use clients::{Mesh, TokenSource};
use common::*;
use kernel::id::Orgnr;

fn forsendelse(f: &Fixture) -> Forsendelse {
    Forsendelse {
        melding: f.rng.uuid(),
        konversasjon: f.rng.uuid(),
        avsender: Orgnr::parse(NAV).unwrap(),
        kanal: Some("reise/født".to_owned()),
        opprettet: f.clock.now(),
        pdf: PDF.to_vec(),
    }
}

fn brev(adresse: &str) -> Digitalbrev {
    Digitalbrev {
        postkasse: DigitalPost {
            postkasseadresse: adresse.to_owned(),
            postkasseleverandoeradresse: Orgnr::parse(clients::orgs::POSTKASSE.orgnr).unwrap(),
        },
        tittel: "Vedtak".to_owned(),
        sikkerhetsnivaa: 4,
        spraak: "no".to_owned(),
        aapningskvittering: true,
        virkningsdato: None,
        varsler: None,
    }
}

#[tokio::test]
async fn senders_and_readers_use_typed_clients() {
    let f = fixture().await;
    let mesh = Mesh::new(std::collections::HashMap::new());
    mesh.set_local(f.router.clone());
    let postkasse = Postkasse::new(mesh.clone(), TokenSource::fixed(&f.nav));
    let letter = forsendelse(&f);
    for _ in 0..2 {
        assert_eq!(postkasse.send_digital(&letter, &brev(KARIS)).await.unwrap(), Sendestatus::Sendt);
    }
    assert_eq!(
        postkasse.send_digital(&forsendelse(&f), &brev("ingen#0000")).await.unwrap(),
        Sendestatus::Feilet
    );
    let mut print = f.print();
    let utskrift = print.standard_business_document.utskrift.take().unwrap();
    let printed = forsendelse(&f);
    let status = postkasse.send_print(&printed, &utskrift.mottaker, &utskrift.retur).await.unwrap();
    assert_eq!(status, Sendestatus::Sendt);
    assert_eq!(postkasse.statuses(letter.melding).await.unwrap().unwrap().len(), 2);
    assert_eq!(postkasse.statuses(f.rng.uuid()).await.unwrap(), None);

    let mine = MinPostkasse::new(mesh);
    let token = f.person(KARI);
    let list = mine.meldinger(&token, None, 10).await.unwrap();
    assert_eq!(list.meldinger.iter().map(|brev| brev.id).collect::<Vec<_>>(), [letter.melding]);
    assert_eq!(mine.melding(&token, letter.melding).await.unwrap().as_ref(), list.meldinger.first());
    assert_eq!(mine.melding(&token, printed.melding).await.unwrap(), None);
    let refused = mine.dokument(&token, letter.melding, 0, false).await.unwrap_err();
    assert_eq!(refused.status(), Some(409));
    assert_eq!(mine.dokument(&token, letter.melding, 0, true).await.unwrap().unwrap().innhold, PDF);

    let receipts = postkasse.kvitteringer(letter.kanal.as_deref()).await.unwrap();
    let kinds: Vec<&str> = receipts.iter().map(clients::postkasse::Melding::kind).collect();
    assert_eq!(kinds, ["leveringskvittering", "feil", "mottakskvittering", "aapningskvittering"]);
    for receipt in receipts {
        postkasse.lest(receipt.id()).await.unwrap();
    }
    assert_eq!(postkasse.kvitteringer(letter.kanal.as_deref()).await.unwrap(), []);
}
