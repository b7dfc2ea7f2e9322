//! Follows Folkeregisteret: who has another number keeps their mailboxes and their letters.

use std::collections::BTreeSet;

use clients::folkeregister::{Del, Element, Folkeregister, NAME as FREG};
use clients::{ClientError, Purpose};
use kernel::feed;
use kernel::id::Pid;
use kernel::store::StoreError;

use crate::{Component, store};

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
    const ENDRET: &str = Element::Identifikasjonsnummer.endring();
    let whom: BTreeSet<Pid> = page
        .iter()
        .filter(|event| event.hendelse.hendelsetype == ENDRET)
        .map(|event| event.hendelse.folkeregisteridentifikator)
        .collect();
    let whom: Vec<Pid> = whom.into_iter().collect();
    let parts = [Del::Element(Element::Identifikasjonsnummer), Del::Historikk];
    let purpose = Purpose::new("La postkassen følge med til et nytt fødselsnummer");
    let documents = people.personer(&whom, &parts, &purpose).await?;
    let write = ctx.store.write(move |tx| {
        Box::pin(async move {
            if feed::cursor_in(tx, FREG).await? != after {
                return Ok(());
            }
            for document in &documents {
                let Some(pid) = document.pid() else { continue };
                for earlier in document.numre().filter(|number| *number != pid) {
                    store::give(tx, &earlier, &pid).await?;
                }
            }
            feed::set_cursor(tx, FREG, last).await
        })
    });
    write.await?;
    Ok(page.len())
}
