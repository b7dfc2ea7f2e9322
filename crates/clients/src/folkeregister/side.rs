//! A page of the feed, as a component deals with it that keeps a cursor into it.

use std::collections::BTreeSet;

use kernel::feed;
use kernel::id::Pid;
use kernel::store::{Store, StoreError, Tx, TxFuture};

use super::{Del, Folkeregister, NAME, Persondokument};
use crate::{ClientError, Purpose};

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

impl Folkeregister {
    /// Reads the page after the cursor of `store`, and these parts of whoever has an event of one of these types; gives how many
    /// events the page had.
    ///
    /// What `keep` makes of the people is one transaction with the cursor after the page, so that a page counts once however often
    /// it is read.
    pub async fn les_side<F>(
        &self,
        store: &Store,
        hendelsestyper: &[&str],
        parts: &[Del],
        purpose: &Purpose,
        keep: F,
    ) -> Result<usize, FeedError>
    where
        F: for<'a> FnOnce(&'a mut Tx, Vec<Persondokument>) -> TxFuture<'a, (), StoreError> + Send + 'static,
    {
        let after = feed::cursor(store, NAME).await?;
        let page = self.hendelser(after.saturating_add(1)).await?;
        let Some(last) = page.last().map(|event| event.sekvensnummer) else { return Ok(0) };
        let concerns =
            page.iter().filter(|event| hendelsestyper.contains(&event.hendelse.hendelsetype.as_str()));
        let whom: BTreeSet<Pid> = concerns.map(|event| event.hendelse.folkeregisteridentifikator).collect();
        let whom: Vec<Pid> = whom.into_iter().collect();
        let people = self.personer(&whom, parts, purpose).await?;
        let write = store.write(move |tx| {
            Box::pin(async move {
                // Another process that shares the store may have been faster.
                if feed::cursor_in(tx, NAME).await? != after {
                    return Ok(());
                }
                keep(tx, people).await?;
                feed::set_cursor(tx, NAME, last).await
            })
        });
        write.await?;
        Ok(page.len())
    }
}
