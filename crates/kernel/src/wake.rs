//! A hint that there is something new to fetch. Nothing depends on it but speed: whoever follows a feed also looks
//! by itself from time to time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

/// Hints between the parts of one process. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Wake(Arc<Mutex<HashMap<String, watch::Sender<u64>>>>);

impl Wake {
    fn sender(&self, topic: &str) -> watch::Sender<u64> {
        let mut topics = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        topics.entry(topic.to_owned()).or_insert_with(|| watch::channel(0).0).clone()
    }

    /// Says that `topic` has something new.
    pub fn notify(&self, topic: &str) {
        self.sender(topic).send_modify(|n| *n = n.wrapping_add(1));
    }

    /// Starts to listen; hints given from now on are not missed.
    pub fn listen(&self, topic: &str) -> Listener {
        Listener(self.sender(topic).subscribe())
    }

    /// Waits for the next hint about `topic`, at most for `timeout`. A hint given between two calls is missed:
    /// a loop uses [`Wake::listen`].
    pub async fn wait(&self, topic: &str, timeout: Duration) {
        self.listen(topic).wait(timeout).await;
    }
}

/// Listens to one topic.
#[derive(Debug)]
pub struct Listener(watch::Receiver<u64>);

impl Listener {
    /// Waits until a hint has come since the last wait, at most for `timeout`.
    pub async fn wait(&mut self, timeout: Duration) {
        let _ = tokio::time::timeout(timeout, self.0.changed()).await;
    }
}
