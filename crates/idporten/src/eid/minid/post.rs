//! The letter itself: set as PDF, and handed to the print provider by way of Digital post til innbyggere. It goes on paper to the
//! address in Folkeregisteret also where the person has a digital mailbox, since that they get it there is what the code shows.

use clients::folkeregister::{Del, Element, Gradering};
use clients::postkasse::{Adresse, Forsendelse, Postkasse, Retur, Returposthaandtering, Sendestatus};
use clients::{Purpose, orgs};
use design::Lang;
use jiff::Timestamp;
use kernel::clock::oslo;
use kernel::id::{Orgnr, Pid};
use letters::Brev;

use super::grouped;
use crate::Component;

/// What is read of the person.
const PARTS: [Del; 6] = [
    Del::Element(Element::Navn),
    Del::Element(Element::Bostedsadresse),
    Del::Element(Element::Postadresse),
    Del::Element(Element::PreferertKontaktadresse),
    Del::Element(Element::Adressebeskyttelse),
    Del::Element(Element::Identifikasjonsnummer),
];
const PURPOSE: &str = "Innlogging med ID-porten: brev med kode for MinID til adressen din";

/// Where a letter reaches a person; nowhere, where the register shows no address in Norway, or one that is protected, which
/// no printer is told.
pub async fn address(component: &Component, pid: Pid) -> Result<Option<Adresse>, clients::ClientError> {
    let person = component.people.person(&pid, &PARTS, &Purpose::new(PURPOSE)).await?;
    let open = person.filter(|person| person.gradering() == Gradering::Ugradert);
    Ok(open.as_ref().and_then(Adresse::til))
}

/// Hands the letter with this code over; whether it was taken. `expires`: seconds since 1970.
pub async fn send(component: &Component, post: &Postkasse, to: &Adresse, code: &str, expires: i64) -> bool {
    let Ok(sender) = Orgnr::parse(orgs::DIGDIR.orgnr) else { return false };
    let ctx = &component.ctx;
    let sending = Forsendelse {
        melding: ctx.rng.uuid(),
        konversasjon: ctx.rng.uuid(),
        avsender: sender,
        kanal: Some("minid".to_owned()),
        opprettet: ctx.clock.now(),
        pdf: letters::render(&letter(to, code, ctx.clock.now(), expires)),
    };
    let back = Retur {
        mottaker: Adresse {
            navn: orgs::DIGDIR.navn.to_owned(),
            adresselinje1: "Postboks 1382 Vika".to_owned(),
            postnummer: Some("0114".to_owned()),
            poststed: Some("OSLO".to_owned()),
            ..Adresse::default()
        },
        // A code that nobody took is nobody's to read.
        returposthaandtering: Returposthaandtering::MakuleringMedMelding,
    };
    match post.send_print(&sending, to, &back).await {
        Ok(Sendestatus::Feilet) => {
            tracing::error!("the print provider did not take a letter");
            false
        }
        Ok(_) => true,
        Err(error) => {
            tracing::error!(status = error.status(), "a letter could not be handed over");
            false
        }
    }
}

fn letter(to: &Adresse, code: &str, now: Timestamp, expires: i64) -> Brev {
    let lang = Lang::NB;
    let until = Timestamp::from_second(expires).unwrap_or(now);
    let day = |at: Timestamp| lang.date(at.to_zoned_datetime(oslo()).date());
    let last = lang.with("minid-brev-gjelder", &[("dato", day(until).into())]);
    Brev {
        tittel: lang.t("minid-brev-tittel"),
        avsender: orgs::DIGDIR.navn.to_owned(),
        sak: String::new(),
        hode: vec![to.navn.clone(), day(now)],
        deler: vec![
            letters::Del::Avsnitt(lang.t("minid-brev-innledning")),
            letters::Del::Overskrift(lang.t("minid-brevkode")),
            letters::Del::Avsnitt(grouped(code)),
            letters::Del::Avsnitt(last),
            letters::Del::Avsnitt(lang.t("minid-brev-ukjent")),
        ],
    }
}
