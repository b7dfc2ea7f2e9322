//! Whether a nation holds together: `felles nation check`.
//!
//! Reads the stores of Folkeregisteret, Enhetsregisteret and Matrikkelen, each by the reading (`gjennomgang`) that it has
//! for this, and asks of everything in them the [rules](report::Rule) that no single register can see to alone. It believes
//! nothing that is derived: what a document says is held up against what others say.
//!
//! - `people`: what is read of Folkeregisteret, one document at a time; `following`: its documents as its feed tells them;
//!   `addresses`: its addresses against Matrikkelen
//! - `family`: kinship and marriage, over what `people` has kept
//! - `units`: Enhetsregisteret; `cadastre`: Matrikkelen
//!
//! **Memory** is what is kept of the people while the others are read: 44 bytes each, 25 for each relation in their
//! document (some two and a half), 22 for each other person whom it names beside its family (guardians, estates), and 80 for
//! each event of the feed. That is some 110 bytes for each person, 0.6 GB for 5.6 million, and a list that grows is for a
//! moment three times its length. Documents are read some hundreds at a time and addresses looked up by their numbers. Of
//! a unit 24 bytes are kept, of a property, address or building two times 24 and the property's number. What SQLite has
//! mapped of its files comes on top, and goes when the memory is wanted.
//!
//! **What a feed can rebuild** differs, and the rules ask of each what it can:
//!
//! - *Folkeregisteret* makes no events of a bulk load, since a follower begins from the whole of the register; afterwards
//!   each event points at the version of the document that it left. So of each person at most one version may stand that no
//!   event tells of (the loaded one), the newest event of a person must point at the version that the register holds, every
//!   version that an event points at must be there and be that person's, and so must the event in full. What the events of a
//!   version tell in full, applied to the version before it, must give it; where the one before was loaded, or stood under
//!   another number, the feed does not say which it was.
//! - *Enhetsregisteret* tells of every unit (`Ny`, `Sletting`, `Fjernet`), but not what is in a new one: a follower looks it
//!   up. So the feed's units must be the register's, deleted and removed as they are there; units with roles must have an
//!   event that says so; and since a step of a change names its place from the root and its new value in full, all changes
//!   of a unit played in order over what the register has now must leave it as it is. What no change has touched cannot be
//!   told from the feed.
//! - *Matrikkelen* tells that a property, an address or a building is new or changed, never what it is, and not that it is
//!   gone. So the things it has told of must be those that are there.
//!
//! A check reads while it goes. Beside a `felles` that takes messages it can see the first half of a birth; what it finds
//! then is to be checked again.

mod addresses;
mod cadastre;
mod family;
mod following;
mod people;
mod report;
mod units;

use anyhow::Context as _;
use kernel::id::Pid;
use kernel::store::{Place, Store, StoreError};

pub use report::Report;

use crate::server::open_store;

/// The stores of a nation.
pub struct Stores {
    people: Store,
    units: Store,
    cadastre: Store,
}

impl Stores {
    /// Opens them, their tables brought up to date.
    pub async fn open(place: &Place) -> anyhow::Result<Self> {
        Ok(Self {
            people: open_store(place, folkeregister::NAME).await?,
            units: open_store(place, enhetsregister::NAME).await?,
            cadastre: open_store(place, matrikkel::NAME).await?,
        })
    }
}

/// Checks a nation.
pub async fn nation(stores: &Stores) -> anyhow::Result<Report> {
    let mut report = Report::new();
    let damaged = |name: &'static str| move || format!("{name} cannot be read");
    let kommuner = cadastre::municipalities(&stores.cadastre).await.with_context(damaged(matrikkel::NAME))?;
    let people =
        people::check(stores, &kommuner, &mut report).await.with_context(damaged(folkeregister::NAME))?;
    let units = units::check(&stores.units, &people, &kommuner, &mut report)
        .await
        .with_context(damaged(enhetsregister::NAME))?;
    cadastre::check(&stores.cadastre, &people, &units, &kommuner, &mut report)
        .await
        .with_context(damaged(matrikkel::NAME))?;
    Ok(report)
}

/// A number as a finding shows it: of a synthetic person in full, of any other masked.
pub fn shown(pid: &Pid) -> String {
    if pid.is_synthetic() { pid.as_str().to_owned() } else { pid.to_string() }
}

/// Whether the numbers that a feed is read by are all there: `expected` is the number after the one before.
fn next(seq: i64, expected: &mut i64) -> bool {
    let holds = seq == *expected;
    *expected = seq + 1;
    holds
}

type Read<T> = Result<T, StoreError>;
