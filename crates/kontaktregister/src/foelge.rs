//! Follows Folkeregisteret: who has died is deleted here, and who has another number keeps their contact details under that.

use std::collections::BTreeSet;

use clients::folkeregister::{
    Del, Element, Folkeregister, NAME as FREG, Persondokument, Personstatus, hendelsetype,
};
use clients::{ClientError, Purpose};
use kernel::feed;
use kernel::id::Pid;
use kernel::store::StoreError;

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

/// Why a page of the feed was not dealt with; it will be read again.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// The register did not answer as it should.
    #[error("Folkeregisteret: {0}")]
    Client(#[from] ClientError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Reads the page after the cursor and deals with it; gives how many events it had.
pub async fn read_page(component: &Component, people: &Folkeregister) -> Result<usize, FeedError> {
    let ctx = &component.ctx;
    let after = feed::cursor(&ctx.store, FREG).await?;
    let page = people.hendelser(after.saturating_add(1)).await?;
    let Some(last) = page.last().map(|event| event.sekvensnummer) else { return Ok(0) };
    let concerns = page.iter().filter(|event| HENDELSER.contains(&event.hendelse.hendelsetype.as_str()));
    let whom: BTreeSet<Pid> = concerns.map(|event| event.hendelse.folkeregisteridentifikator).collect();
    let whom: Vec<Pid> = whom.into_iter().collect();
    let purpose = Purpose::new("Holde kontaktregisteret à jour med dødsfall og endrede fødselsnumre");
    let documents = people.personer(&whom, &DELER, &purpose).await?;
    let now = ctx.clock.now();
    let write = ctx.store.write(move |tx| {
        Box::pin(async move {
            if feed::cursor_in(tx, FREG).await? != after {
                return Ok(());
            }
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
            feed::set_cursor(tx, FREG, last).await
        })
    });
    write.await?;
    ctx.wake.notify(NAME);
    Ok(page.len())
}

/// Dead, or never was.
fn is_gone(person: &Persondokument) -> bool {
    person.er_doed() || person.gjeldende_status() == Some(Personstatus::Opphoert)
}
