//! Follows Folkeregisteret: who has died is deleted here, and who has another number keeps their contact details under that.

use clients::Purpose;
use clients::folkeregister::{
    Del, Element, FeedError, Folkeregister, Persondokument, Personstatus, hendelsetype,
};

use crate::{Component, NAME, model, store};

/// The events that may matter here.
const HENDELSER: [&str; 4] = [
    hendelsetype::PERSON_ER_DOED,
    Element::Doedsfall.endring(),
    Element::Status.endring(),
    Element::Identifikasjonsnummer.endring(),
];
/// What is read of a person.
const DELER: [Del; 4] = [
    Del::Element(Element::Identifikasjonsnummer),
    Del::Element(Element::Status),
    Del::Element(Element::Doedsfall),
    // The earlier numbers.
    Del::Historikk,
];

/// Reads the page after the cursor and deals with it; gives how many events it had.
pub async fn read_page(component: &Component, people: &Folkeregister) -> Result<usize, FeedError> {
    let ctx = &component.ctx;
    let now = ctx.clock.now();
    let purpose = Purpose::new("Holde kontaktregisteret à jour med dødsfall og endrede fødselsnumre");
    let page = people.les_side(&ctx.store, &HENDELSER, &DELER, &purpose, move |tx, documents| {
        Box::pin(async move {
            for document in &documents {
                let Some(pid) = document.pid() else { continue };
                let mut here = store::get(tx, &pid).await?;
                for earlier in document.numre().filter(|number| *number != pid) {
                    let Some(before) = store::get(tx, &earlier).await? else { continue };
                    let (left, moved) = model::renumbered(before, pid);
                    store::put(tx, &left, now).await?;
                    here = here.or(moved);
                }
                if let Some(person) = here {
                    store::put(tx, &model::alive(person, !is_gone(document)), now).await?;
                }
            }
            Ok(())
        })
    });
    let count = page.await?;
    if count > 0 {
        ctx.wake.notify(NAME);
    }
    Ok(count)
}

/// Dead, or never was.
fn is_gone(person: &Persondokument) -> bool {
    person.er_doed() || person.gjeldende_status() == Some(Personstatus::Opphoert)
}
