//! The dictionary in memory: read when it is first needed, and what has come since each time.

use std::sync::{PoisonError, RwLock};

use kernel::params;
use kernel::store::{Store, StoreError};

use crate::model::ordbok::Ordbok;

/// The dictionary that a process shares.
#[derive(Debug, Default)]
pub struct Delt(RwLock<Ordbok>);

impl Delt {
    /// What `look` finds in the dictionary as it is now.
    pub async fn les<T>(&self, store: &Store, look: impl FnOnce(&Ordbok) -> T) -> Result<T, StoreError> {
        let last = self.0.read().unwrap_or_else(PoisonError::into_inner).siste();
        let rows = store.query("SELECT n, ord FROM ordbok WHERE n > $1 ORDER BY n", params![last]).await?;
        if !rows.is_empty() {
            let mut book = self.0.write().unwrap_or_else(PoisonError::into_inner);
            for row in rows {
                let number = row.get(0)?;
                // Another search may have read them meanwhile.
                if number > book.siste() {
                    book.legg_til(number, row.get(1)?);
                }
            }
        }
        Ok(look(&self.0.read().unwrap_or_else(PoisonError::into_inner)))
    }
}
