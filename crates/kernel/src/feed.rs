//! A component's events: numbered from 1 without gaps, appended in the transaction that makes them true, read by
//! whoever keeps a cursor. Each component renders them in its own public format.

use std::fmt::Display;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;

use crate::params;
use crate::store::{Row, Store, StoreError, Tx, places};
use crate::wake::Listener;

/// The tables of a feed and of the cursors that its owner keeps into other feeds.
pub const MIGRATION: &str = "
CREATE TABLE feed (seq BIGINT PRIMARY KEY, kind TEXT NOT NULL, subject TEXT NOT NULL, body TEXT NOT NULL, at TEXT NOT NULL);
CREATE TABLE feed_cursor (name TEXT PRIMARY KEY, seq BIGINT NOT NULL);
";

/// An event to append.
#[derive(Debug, Clone)]
pub struct Event<'a> {
    /// What happened, in the component's own words (`endringINavn`).
    pub kind: &'a str,
    /// Whom or what it is about: a number of the component's register.
    pub subject: &'a str,
    /// What the component needs to render the event; JSON.
    pub body: String,
    /// When it was registered.
    pub at: Timestamp,
}

/// An event as it stands in the feed.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its number, from 1.
    pub seq: i64,
    /// See [`Event::kind`].
    pub kind: String,
    /// See [`Event::subject`].
    pub subject: String,
    /// See [`Event::body`].
    pub body: String,
    /// See [`Event::at`].
    pub at: Timestamp,
}

impl Entry {
    fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            seq: row.get(0)?,
            kind: row.get(1)?,
            subject: row.get(2)?,
            body: row.get(3)?,
            at: row.get(4)?,
        })
    }
}

/// Appends `event` and gives its number.
pub async fn append(tx: &mut Tx, event: &Event<'_>) -> Result<i64, StoreError> {
    let row = tx
        .query_opt(
            "INSERT INTO feed (seq, kind, subject, body, at)
             VALUES ((SELECT COALESCE(MAX(seq), 0) + 1 FROM feed), $1, $2, $3, $4) RETURNING seq",
            params![event.kind, event.subject, event.body.as_str(), event.at],
        )
        .await?;
    row.ok_or(StoreError::Missing("feed.seq"))?.get(0)
}

/// Appends many events in their order, as a bulk load makes them.
pub async fn append_all(tx: &mut Tx, events: &[Event<'_>]) -> Result<(), StoreError> {
    const ROWS: usize = 100;
    if events.is_empty() {
        return Ok(());
    }
    let row = tx.query_opt("SELECT COALESCE(MAX(seq), 0) FROM feed", params![]).await?;
    let mut seq: i64 = row.ok_or(StoreError::Missing("feed.seq"))?.get(0)?;
    for events in events.chunks(ROWS) {
        let mut values = Vec::with_capacity(events.len() * 5);
        for event in events {
            seq += 1;
            values.extend_from_slice(params![seq, event.kind, event.subject, event.body.as_str(), event.at]);
        }
        let rows = places(events.len(), 5);
        tx.execute(&format!("INSERT INTO feed (seq, kind, subject, body, at) VALUES {rows}"), &values)
            .await?;
    }
    Ok(())
}

/// The events after number `seq`, oldest first, at most `limit`.
pub async fn after(store: &Store, seq: i64, limit: i64) -> Result<Vec<Entry>, StoreError> {
    let rows = store
        .query(
            "SELECT seq, kind, subject, body, at FROM feed WHERE seq > $1 ORDER BY seq LIMIT $2",
            params![seq, limit],
        )
        .await?;
    rows.iter().map(Entry::from_row).collect()
}

/// The newest number; 0 while the feed is empty.
pub async fn last(store: &Store) -> Result<i64, StoreError> {
    let row = store.query_opt("SELECT COALESCE(MAX(seq), 0) FROM feed", params![]).await?;
    row.map_or(Ok(0), |row| row.get(0))
}

/// Up to where the follower `name` has read; 0 at first.
pub async fn cursor(store: &Store, name: &str) -> Result<i64, StoreError> {
    let row = store.query_opt("SELECT seq FROM feed_cursor WHERE name = $1", params![name]).await?;
    row.map_or(Ok(0), |row| row.get(0))
}

/// As [`cursor`], inside the transaction that keeps what a page led to: where it is another than the page was read after, another
/// process that shares the store was faster.
pub async fn cursor_in(tx: &mut Tx, name: &str) -> Result<i64, StoreError> {
    let row = tx.query_opt("SELECT seq FROM feed_cursor WHERE name = $1", params![name]).await?;
    row.map_or(Ok(0), |row| row.get(0))
}

/// Keeps how far the follower `name` has read, in the transaction that keeps what it made of it.
pub async fn set_cursor(tx: &mut Tx, name: &str, seq: i64) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO feed_cursor (name, seq) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET seq = excluded.seq",
        params![name, seq],
    )
    .await?;
    Ok(())
}

/// The longest pause after a page could not be dealt with.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Follows a feed until told to stop. `read` deals with the next page and gives how many events it had: after some it is called
/// again at once, after none when a hint comes, or after `poll`. After a failure it waits longer each time.
pub async fn follow<R, E>(
    poll: Duration,
    mut hints: Option<Listener>,
    mut shutdown: watch::Receiver<bool>,
    read: impl Fn() -> R,
) where
    R: Future<Output = Result<usize, E>>,
    E: Display,
{
    let mut pause = poll;
    loop {
        match read().await {
            Ok(0) => pause = poll,
            Ok(_) => continue,
            Err(error) => {
                tracing::warn!(%error, "a page of a feed was not dealt with; it will be read again");
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
        let next = async {
            match &mut hints {
                Some(hints) => hints.wait(pause).await,
                None => tokio::time::sleep(pause).await,
            }
        };
        tokio::select! {
            // A sender that is gone will never say it: the process ends.
            _ = shutdown.wait_for(|stop| *stop) => return,
            () = next => {}
        }
    }
}
