//! What is remembered of clients and scopes, parsed, so that a grant parses no keys.
//!
//! Nothing here is trusted without its revision: the transaction that issues a token compares (`store::issue`), and a
//! refusal is given only after [`Registry::newer`] has found nothing newer.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use kernel::store::{Store, StoreError};

use crate::model::{Catalogue, Client, Known};
use crate::store;

/// How many clients are remembered.
const CLIENTS: usize = 4096;

/// Clients and scopes as they were read last. Clones share them.
#[derive(Clone)]
pub struct Registry(Arc<Inner>);

struct Inner {
    store: Store,
    clients: RwLock<HashMap<String, Arc<Client>>>,
    catalogue: RwLock<Arc<Catalogue>>,
}

impl Registry {
    /// Reads the scopes; clients are read when they are needed.
    pub async fn new(store: Store) -> Result<Self, StoreError> {
        let catalogue = RwLock::new(Arc::new(store::catalogue(&store).await?));
        Ok(Self(Arc::new(Inner { store, clients: RwLock::default(), catalogue })))
    }

    /// What is known, perhaps no longer true.
    pub async fn known(&self, client_id: &str) -> Result<Known, StoreError> {
        let catalogue = self.0.catalogue.read().unwrap_or_else(PoisonError::into_inner).clone();
        let remembered =
            self.0.clients.read().unwrap_or_else(PoisonError::into_inner).get(client_id).cloned();
        let client = match remembered {
            Some(client) => Some(client),
            None => self.load(client_id).await?,
        };
        Ok(Known { client, catalogue })
    }

    /// What is true now, where `known` no longer is.
    pub async fn newer(&self, client_id: &str, known: &Known) -> Result<Option<Known>, StoreError> {
        let (catalogue, client) = store::revisions(&self.0.store, client_id).await?;
        let mut newer = known.clone();
        let mut found = false;
        if catalogue != known.catalogue.revision {
            let read = Arc::new(store::catalogue(&self.0.store).await?);
            *self.0.catalogue.write().unwrap_or_else(PoisonError::into_inner) = read.clone();
            (newer.catalogue, found) = (read, true);
        }
        if client != known.client.as_ref().map(|client| client.revision) {
            (newer.client, found) = (self.load(client_id).await?, true);
        }
        Ok(found.then_some(newer))
    }

    async fn load(&self, client_id: &str) -> Result<Option<Arc<Client>>, StoreError> {
        let client = store::client(&self.0.store, client_id).await?.map(Arc::new);
        let mut clients = self.0.clients.write().unwrap_or_else(PoisonError::into_inner);
        match &client {
            // Ids that nobody has take up no room.
            None => drop(clients.remove(client_id)),
            Some(client) => {
                if clients.len() >= CLIENTS {
                    clients.clear();
                }
                clients.insert(client_id.to_owned(), client.clone());
            }
        }
        Ok(client)
    }
}

impl std::fmt::Debug for Registry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Registry")
    }
}
