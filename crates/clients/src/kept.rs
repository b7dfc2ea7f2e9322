//! What another component says, kept for a while.

use std::sync::{Arc, PoisonError, RwLock};

use jiff::{SignedDuration, Timestamp};
use kernel::clock::Clock;

use crate::ClientError;

/// A value that is asked for anew when it has become old. Where that fails, the old one goes on. Clones share it.
#[derive(Debug)]
pub(crate) struct Kept<T> {
    clock: Clock,
    lasts: SignedDuration,
    value: Arc<RwLock<Since<T>>>,
}

/// A value and since when it is so; nothing yet.
type Since<T> = Option<(Timestamp, Arc<T>)>;

impl<T> Clone for Kept<T> {
    fn clone(&self) -> Self {
        Self { clock: self.clock.clone(), lasts: self.lasts, value: self.value.clone() }
    }
}

impl<T> Kept<T> {
    /// Nothing yet.
    pub(crate) fn new(clock: Clock, lasts: SignedDuration) -> Self {
        Self { clock, lasts, value: Arc::default() }
    }

    /// The value; `ask` is awaited only where there is none that is young enough.
    pub(crate) async fn get(
        &self,
        ask: impl Future<Output = Result<T, ClientError>>,
    ) -> Result<Arc<T>, ClientError> {
        let now = self.clock.now();
        let kept = self.value.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((since, value)) = &kept
            && now.duration_since(*since) < self.lasts
        {
            return Ok(value.clone());
        }
        match (ask.await, kept) {
            (Ok(value), _) => {
                let value = Arc::new(value);
                *self.value.write().unwrap_or_else(PoisonError::into_inner) = Some((now, value.clone()));
                Ok(value)
            }
            (Err(error), Some((_, value))) => {
                tracing::warn!(%error, "what is kept is older than it should be");
                Ok(value)
            }
            (Err(error), None) => Err(error),
        }
    }
}
