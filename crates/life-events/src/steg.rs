//! A process instance as a timeline: the steps that the model marks, each as the person is told of it.
//!
//! Elements that the model gives the same `felles:steg` are one step seen from different sides (a machine judges, or a
//! caseworker does): the one entered last is shown, or else the first. A step that was never reached is not shown once the
//! journey has ended, for it will not come.

use clients::life_events::{Etat, Reisestatus, Steg, Stegstatus};
use clients::orgs;
use jiff::Timestamp;
use kernel::id::Orgnr;
use process::{Element, Instance, Status, Wait, What};
use uuid::Uuid;

use crate::model;

/// What a reader may see of a journey beside its course.
#[derive(Debug, Clone, Copy, Default)]
pub struct Innsyn {
    /// The decision, for a party to it.
    pub vedtak: Option<Uuid>,
    /// The letter, for who received it.
    pub melding: Option<Uuid>,
}

/// Where the journey stands.
pub fn status(instance: &Instance) -> Reisestatus {
    if instance.status == Status::Completed {
        return Reisestatus::Avsluttet;
    }
    let waits = |wait: &Wait| !matches!(wait, Wait::Effect);
    if instance.tokens.iter().all(|token| waits(&token.wait)) {
        Reisestatus::Venter
    } else {
        Reisestatus::Paagaar
    }
}

/// The steps in the order of the model.
pub fn steg(instance: &Instance, innsyn: Innsyn) -> Vec<Steg> {
    let mut groups: Vec<(&str, Vec<&Element>)> = Vec::new();
    for element in &instance.definition.elements {
        let Some(name) = element.attributes.get("steg") else { continue };
        match groups.iter_mut().find(|(other, _)| other == name) {
            Some((_, elements)) => elements.push(element),
            None => groups.push((name, vec![element])),
        }
    }
    let ended = instance.status == Status::Completed;
    groups.into_iter().filter_map(|(name, elements)| step(instance, name, &elements, ended, innsyn)).collect()
}

/// The step that these elements are; `None` where it will not come.
fn step(instance: &Instance, name: &str, elements: &[&Element], ended: bool, innsyn: Innsyn) -> Option<Steg> {
    let entered = |element: &Element| {
        let entries = instance.journal.iter().enumerate();
        entries
            .rev()
            .find(|(_, entry)| entry.element == element.id && entry.what == What::Entered)
            .map(|(place, _)| place)
    };
    let latest = elements
        .iter()
        .filter_map(|element| Some((entered(element)?, *element)))
        .max_by_key(|(place, _)| *place);
    let (element, status, at) = match latest {
        None if ended => return None,
        None => (*elements.first()?, Stegstatus::Kommer, None),
        Some((_, element)) => {
            let (status, at) = standing(instance, element);
            (element, status, at)
        }
    };
    let done = status == Stegstatus::Ferdig;
    Some(Steg {
        id: element.id.clone(),
        navn: element.name.clone(),
        etat: etat(element)?,
        status,
        tidspunkt: at,
        beskrivelse: None,
        vedtak: innsyn.vedtak.filter(|_| name == "vedtak" && done),
        melding: innsyn.melding.filter(|_| name == "brev" && done),
    })
}

/// Where an element that has been entered stands, and since when.
fn standing(instance: &Instance, element: &Element) -> (Stegstatus, Option<Timestamp>) {
    let token = instance.tokens.iter().find(|token| token.element == element.id);
    let status = match token.map(|token| &token.wait) {
        None => Stegstatus::Ferdig,
        Some(Wait::Task | Wait::Incident { .. }) => Stegstatus::Oppgave,
        Some(Wait::Effect) => Stegstatus::Paagaar,
        Some(_) => Stegstatus::Venter,
    };
    let at = instance.journal.iter().rev().find(|entry| entry.element == element.id).map(|entry| entry.at);
    (status, at)
}

fn etat(element: &Element) -> Option<Etat> {
    let orgnr = match element.attributes.get("etat").map(String::as_str) {
        Some("skatteetaten") => orgs::SKATTEETATEN.orgnr,
        Some("nav") => orgs::NAV.orgnr,
        _ => return None,
    };
    model::etat(&Orgnr::parse(orgnr).ok()?)
}
