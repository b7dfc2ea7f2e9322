//! Follows Folkeregisteret: who has another number keeps their mailboxes and their letters.

use clients::Purpose;
use clients::folkeregister::{Del, Element, FeedError, Folkeregister};

use crate::{Component, store};

/// The events that matter here.
const HENDELSER: [&str; 1] = [Element::Identifikasjonsnummer.endring()];
/// What is read of a person: the numbers, also the earlier ones.
const DELER: [Del; 2] = [Del::Element(Element::Identifikasjonsnummer), Del::Historikk];

/// Reads the page after the cursor and deals with it; gives how many events it had.
pub async fn read_page(component: &Component, people: &Folkeregister) -> Result<usize, FeedError> {
    let purpose = Purpose::new("La postkassen følge med til et nytt fødselsnummer");
    let page = people.les_side(&component.ctx.store, &HENDELSER, &DELER, &purpose, |tx, documents| {
        Box::pin(async move {
            for document in &documents {
                let Some(pid) = document.pid() else { continue };
                for earlier in document.numre().filter(|number| *number != pid) {
                    store::give(tx, &earlier, &pid).await?;
                }
            }
            Ok(())
        })
    });
    page.await
}
