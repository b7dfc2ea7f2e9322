//! Every SQL statement of the engine.

use jiff::Timestamp;
use kernel::params;
use kernel::store::{Row, Store, StoreError, Tx, Value};
use uuid::Uuid;

use crate::handlers::Statement;
use crate::step::{Entry, NewEffect, NewWait};

/// An instance as it is stored.
pub(crate) struct InstanceRow {
    pub(crate) id: Uuid,
    pub(crate) definition: String,
    pub(crate) version: String,
    pub(crate) business_key: String,
    pub(crate) rev: i64,
    pub(crate) state: String,
}

/// An effect in the outbox.
#[derive(Debug, Clone)]
pub(crate) struct EffectRow {
    /// The idempotency key.
    pub(crate) id: String,
    pub(crate) token: u32,
    pub(crate) handler: String,
    /// How often it has been tried.
    pub(crate) attempts: u32,
}

/// A wait whose time has come.
#[derive(Debug, Clone)]
pub(crate) struct DueWait {
    pub(crate) instance: Uuid,
    pub(crate) token: u32,
    pub(crate) element: String,
}

impl DueWait {
    /// Names it among the work in hand.
    pub(crate) fn key(&self) -> String {
        format!("{} {} {}", self.instance, self.token, self.element)
    }
}

const INSTANCE: &str = "id, definition, version, business_key, rev, state";

fn instance_row(row: &Row, from: usize) -> Result<InstanceRow, StoreError> {
    Ok(InstanceRow {
        id: row.get(from)?,
        definition: row.get(from + 1)?,
        version: row.get(from + 2)?,
        business_key: row.get(from + 3)?,
        rev: row.get(from + 4)?,
        state: row.get(from + 5)?,
    })
}

fn number(row: &Row, column: usize) -> Result<u32, StoreError> {
    let value: i64 = row.get(column)?;
    u32::try_from(value).map_err(|_| StoreError::Column { column, expected: "a small number" })
}

/// A moment as an indexed column: milliseconds. A part of a millisecond counts as the next one, so that nothing is
/// due too early.
pub(crate) fn millis(moment: Timestamp) -> i64 {
    let whole = moment.as_millisecond();
    if moment.subsec_nanosecond() % 1_000_000 == 0 { whole } else { whole + 1 }
}

// Definitions.

pub(crate) async fn keep_definition(
    tx: &mut Tx,
    id: &str,
    version: &str,
    xml: &str,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO process_definition (id, version, xml) VALUES ($1, $2, $3) ON CONFLICT (id, version) DO NOTHING",
        params![id, version, xml],
    )
    .await?;
    Ok(())
}

const DEFINITION: &str = "SELECT xml FROM process_definition WHERE id = $1 AND version = $2";

pub(crate) async fn definition(store: &Store, id: &str, version: &str) -> Result<Option<String>, StoreError> {
    store.query_opt(DEFINITION, params![id, version]).await?.map(|row| row.get(0)).transpose()
}

pub(crate) async fn definition_in(
    tx: &mut Tx,
    id: &str,
    version: &str,
) -> Result<Option<String>, StoreError> {
    tx.query_opt(DEFINITION, params![id, version]).await?.map(|row| row.get(0)).transpose()
}

// Instances.

/// Begins an instance unless the definition has one with this business key.
pub(crate) async fn begin(tx: &mut Tx, row: &InstanceRow, now: Timestamp) -> Result<bool, StoreError> {
    let begun = tx
        .execute(
            "INSERT INTO process_instance (id, definition, version, business_key, rev, status, state, started)
             VALUES ($1, $2, $3, $4, $5, 'running', $6, $7) ON CONFLICT (definition, business_key) DO NOTHING",
            params![
                row.id,
                row.definition.as_str(),
                row.version.as_str(),
                row.business_key.as_str(),
                row.rev,
                row.state.as_str(),
                now
            ],
        )
        .await?;
    Ok(begun > 0)
}

/// Writes an instance's next state, if it still stands at the revision before it.
pub(crate) async fn save(
    tx: &mut Tx,
    id: Uuid,
    rev: i64,
    status: &str,
    state: String,
    ended: Option<Timestamp>,
) -> Result<bool, StoreError> {
    let saved = tx
        .execute(
            "UPDATE process_instance SET rev = $2, status = $3, state = $4, ended = $5 WHERE id = $1 AND rev = $2 - 1",
            params![id, rev, status, state, ended],
        )
        .await?;
    Ok(saved > 0)
}

pub(crate) async fn journal(tx: &mut Tx, id: Uuid, rev: i64, entries: &[Entry]) -> Result<(), StoreError> {
    if entries.is_empty() {
        return Ok(());
    }
    let entries = serde_json::to_string(entries).map_err(|error| StoreError::Damaged(error.to_string()))?;
    tx.execute(
        "INSERT INTO process_journal (instance, rev, entries) VALUES ($1, $2, $3)",
        params![id, rev, entries],
    )
    .await?;
    Ok(())
}

pub(crate) async fn instance_in(tx: &mut Tx, id: Uuid) -> Result<Option<InstanceRow>, StoreError> {
    let row =
        tx.query_opt(&format!("SELECT {INSTANCE} FROM process_instance WHERE id = $1"), params![id]).await?;
    row.map(|row| instance_row(&row, 0)).transpose()
}

pub(crate) async fn instance(store: &Store, id: Uuid) -> Result<Option<InstanceRow>, StoreError> {
    let row = store
        .query_opt(&format!("SELECT {INSTANCE} FROM process_instance WHERE id = $1"), params![id])
        .await?;
    row.map(|row| instance_row(&row, 0)).transpose()
}

const BY_KEY: &str = "SELECT id FROM process_instance WHERE definition = $1 AND business_key = $2";

pub(crate) async fn id_of_in(
    tx: &mut Tx,
    definition: &str,
    business_key: &str,
) -> Result<Option<Uuid>, StoreError> {
    tx.query_opt(BY_KEY, params![definition, business_key]).await?.map(|row| row.get(0)).transpose()
}

pub(crate) async fn id_of(
    store: &Store,
    definition: &str,
    business_key: &str,
) -> Result<Option<Uuid>, StoreError> {
    store.query_opt(BY_KEY, params![definition, business_key]).await?.map(|row| row.get(0)).transpose()
}

/// An instance with when it began and ended.
pub(crate) async fn dated_instance(
    store: &Store,
    id: Uuid,
) -> Result<Option<(InstanceRow, Timestamp, Option<Timestamp>)>, StoreError> {
    let sql = format!("SELECT {INSTANCE}, started, ended FROM process_instance WHERE id = $1");
    let row = store.query_opt(&sql, params![id]).await?;
    row.map(|row| Ok((instance_row(&row, 0)?, row.get(6)?, row.get(7)?))).transpose()
}

/// The journal of an instance, up to a revision.
pub(crate) async fn journal_of(store: &Store, id: Uuid, rev: i64) -> Result<Vec<Entry>, StoreError> {
    let rows = store
        .query(
            "SELECT entries FROM process_journal WHERE instance = $1 AND rev <= $2 ORDER BY rev",
            params![id, rev],
        )
        .await?;
    let mut journal = Vec::new();
    for row in rows {
        let entries: Vec<Entry> = serde_json::from_str(&row.get::<String>(0)?)
            .map_err(|error| StoreError::Damaged(format!("process_journal.entries: {error}")))?;
        journal.extend(entries);
    }
    Ok(journal)
}

// Effects.

fn effect_params(id: String, instance: Uuid, effect: &NewEffect, owner: Option<&str>) -> [Value; 9] {
    [
        id.into(),
        instance.into(),
        effect.token.into(),
        effect.element.as_str().into(),
        effect.visit.into(),
        effect.handler.as_str().into(),
        effect.attempts.into(),
        millis(effect.next_at).into(),
        owner.into(),
    ]
}

pub(crate) async fn add_effect(
    tx: &mut Tx,
    id: String,
    instance: Uuid,
    effect: &NewEffect,
    owner: Option<&str>,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO process_effect (id, instance, token, element, visit, handler, attempts, next_at, owner)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &effect_params(id, instance, effect, owner),
    )
    .await?;
    Ok(())
}

/// Puts an effect in the place of one that is done: one statement instead of two.
pub(crate) async fn follow_effect(
    tx: &mut Tx,
    done: &str,
    id: String,
    instance: Uuid,
    effect: &NewEffect,
    owner: Option<&str>,
) -> Result<(), StoreError> {
    let mut params = effect_params(id, instance, effect, owner).to_vec();
    params.push(done.into());
    let changed = tx
        .execute(
            "UPDATE process_effect SET id = $1, instance = $2, token = $3, element = $4, visit = $5, handler = $6,
             attempts = $7, next_at = $8, owner = $9 WHERE id = $10",
            &params,
        )
        .await?;
    if changed == 0 { Err(StoreError::Damaged(format!("process_effect lacks {done}"))) } else { Ok(()) }
}

pub(crate) async fn drop_effect(tx: &mut Tx, id: &str) -> Result<(), StoreError> {
    tx.execute("DELETE FROM process_effect WHERE id = $1", params![id]).await?;
    Ok(())
}

/// Notes that an attempt failed, while `node` owns the effect.
pub(crate) async fn postpone_effect(
    tx: &mut Tx,
    id: &str,
    node: &str,
    attempts: u32,
    next_at: Timestamp,
    keep: bool,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE process_effect SET attempts = $3, next_at = $4, owner = $5 WHERE id = $1 AND owner = $2",
        params![id, node, attempts, millis(next_at), keep.then_some(node)],
    )
    .await?;
    Ok(())
}

/// An effect that `node` owns and that is due, with its instance.
pub(crate) async fn owned_effect(
    store: &Store,
    id: &str,
    node: &str,
    now: Timestamp,
) -> Result<Option<(EffectRow, InstanceRow)>, StoreError> {
    let row = store
        .query_opt(
            "SELECT e.id, e.token, e.handler, e.attempts,
                    i.id, i.definition, i.version, i.business_key, i.rev, i.state
             FROM process_effect e JOIN process_instance i ON i.id = e.instance
             WHERE e.id = $1 AND e.owner = $2 AND e.next_at <= $3",
            params![id, node, now.as_millisecond()],
        )
        .await?;
    row.map(|row| {
        let effect = EffectRow {
            id: row.get(0)?,
            token: number(&row, 1)?,
            handler: row.get(2)?,
            attempts: number(&row, 3)?,
        };
        Ok((effect, instance_row(&row, 4)?))
    })
    .transpose()
}

/// Effects that are due: `node`'s own, and (`true`) those that it may take.
pub(crate) async fn due_effects(
    store: &Store,
    node: &str,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<(String, bool)>, StoreError> {
    let rows = store
        .query(
            "SELECT e.id, CASE WHEN e.owner = $1 THEN 0 ELSE 1 END
             FROM process_effect e LEFT JOIN process_node n ON n.node = e.owner
             WHERE e.next_at <= $2 AND (e.owner = $1 OR n.alive_until IS NULL OR n.alive_until <= $2)
             ORDER BY e.next_at LIMIT $3",
            params![node, now.as_millisecond(), limit as i64],
        )
        .await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get::<i64>(1)? == 1))).collect()
}

/// Takes due effects that nobody owns, or whose owner is dead.
pub(crate) async fn claim_effects(
    tx: &mut Tx,
    node: &str,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<String>, StoreError> {
    let rows = tx
        .query(
            "UPDATE process_effect SET owner = $1 WHERE id IN (
                SELECT e.id FROM process_effect e LEFT JOIN process_node n ON n.node = e.owner
                WHERE e.next_at <= $2 AND (e.owner IS NULL OR e.owner <> $1)
                  AND (n.alive_until IS NULL OR n.alive_until <= $2)
                ORDER BY e.next_at LIMIT $3)
             RETURNING id",
            params![node, now.as_millisecond(), limit as i64],
        )
        .await?;
    rows.iter().map(|row| row.get(0)).collect()
}

/// When the next effect or wait after `now` is due, in milliseconds.
pub(crate) async fn next_due(store: &Store, now: Timestamp) -> Result<Option<i64>, StoreError> {
    let row = store
        .query_opt(
            "SELECT MIN(due) FROM (
                SELECT MIN(next_at) AS due FROM process_effect WHERE next_at > $1
                UNION ALL SELECT MIN(due) AS due FROM process_wait WHERE due > $1) AS soon",
            params![now.as_millisecond()],
        )
        .await?;
    row.map_or(Ok(None), |row| row.get(0))
}

// Waits.

pub(crate) async fn add_wait(tx: &mut Tx, instance: Uuid, wait: &NewWait) -> Result<(), StoreError> {
    let (message, key) = wait.message.as_ref().map(|(message, key)| (message.as_str(), key.as_str())).unzip();
    tx.execute(
        "INSERT INTO process_wait (instance, token, element, message, key, due) VALUES ($1, $2, $3, $4, $5, $6)",
        params![instance, wait.token, wait.element.as_str(), message, key, wait.due.map(millis)],
    )
    .await?;
    Ok(())
}

/// Ends a token's wait for one boundary event, or all its waits.
pub(crate) async fn end_waits(
    tx: &mut Tx,
    instance: Uuid,
    token: u32,
    element: Option<&str>,
) -> Result<(), StoreError> {
    match element {
        Some(element) => {
            tx.execute(
                "DELETE FROM process_wait WHERE instance = $1 AND token = $2 AND element = $3",
                params![instance, token, element],
            )
            .await?
        }
        None => {
            tx.execute(
                "DELETE FROM process_wait WHERE instance = $1 AND token = $2",
                params![instance, token],
            )
            .await?
        }
    };
    Ok(())
}

/// Who waits for a message: the oldest instance, where there are several.
pub(crate) async fn waiting_for(
    tx: &mut Tx,
    message: &str,
    key: &str,
) -> Result<Option<(Uuid, u32)>, StoreError> {
    let row = tx
        .query_opt(
            "SELECT instance, token FROM process_wait WHERE message = $1 AND key = $2 ORDER BY instance, token LIMIT 1",
            params![message, key],
        )
        .await?;
    row.map(|row| Ok((row.get(0)?, number(&row, 1)?))).transpose()
}

pub(crate) async fn due_waits(
    store: &Store,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<DueWait>, StoreError> {
    let rows = store
        .query(
            "SELECT instance, token, element FROM process_wait WHERE due <= $1 ORDER BY due LIMIT $2",
            params![now.as_millisecond(), limit as i64],
        )
        .await?;
    rows.iter()
        .map(|row| Ok(DueWait { instance: row.get(0)?, token: number(row, 1)?, element: row.get(2)? }))
        .collect()
}

/// Whether a wait is still there and due.
pub(crate) async fn is_due(tx: &mut Tx, wait: &DueWait, now: Timestamp) -> Result<bool, StoreError> {
    let row = tx
        .query_opt(
            "SELECT 1 FROM process_wait WHERE instance = $1 AND token = $2 AND element = $3 AND due <= $4",
            params![wait.instance, wait.token, wait.element.as_str(), now.as_millisecond()],
        )
        .await?;
    Ok(row.is_some())
}

// Messages.

/// A message to keep.
pub(crate) struct Message<'a> {
    pub(crate) source: &'a str,
    pub(crate) reference: &'a str,
    pub(crate) name: &'a str,
    pub(crate) key: &'a str,
}

/// Keeps a message, unless one of this source and reference has come before. What an instance takes at once is not kept
/// a second time: its `payload` is empty.
pub(crate) async fn keep_message(
    tx: &mut Tx,
    message: &Message<'_>,
    payload: String,
    taken_by: Option<Uuid>,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO process_inbox (source, ref, message, key, payload, at, taken, taken_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            message.source,
            message.reference,
            message.name,
            message.key,
            payload,
            now,
            taken_by.is_some(),
            taken_by
        ],
    )
    .await?;
    Ok(())
}

/// Whether a message has come before, and who took it.
pub(crate) async fn seen_message(
    tx: &mut Tx,
    source: &str,
    reference: &str,
) -> Result<Option<Option<Uuid>>, StoreError> {
    let row = tx
        .query_opt(
            "SELECT taken_by FROM process_inbox WHERE source = $1 AND ref = $2",
            params![source, reference],
        )
        .await?;
    row.map(|row| row.get(0)).transpose()
}

/// Takes the oldest message that was kept for this name and key: its payload.
pub(crate) async fn take_message(
    tx: &mut Tx,
    message: &str,
    key: &str,
    instance: Uuid,
) -> Result<Option<String>, StoreError> {
    let row = tx
        .query_opt(
            "SELECT source, ref, payload FROM process_inbox WHERE taken = 0 AND message = $1 AND key = $2
             ORDER BY at, source, ref LIMIT 1",
            params![message, key],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    tx.execute(
        "UPDATE process_inbox SET taken = 1, taken_by = $3, payload = '' WHERE source = $1 AND ref = $2",
        params![row.get::<String>(0)?, row.get::<String>(1)?, instance],
    )
    .await?;
    row.get(2).map(Some)
}

// Nodes.

/// Makes `boot` the process that bears this node's name.
pub(crate) async fn take_node(
    tx: &mut Tx,
    node: &str,
    boot: &str,
    until: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO process_node (node, boot, alive_until) VALUES ($1, $2, $3)
         ON CONFLICT (node) DO UPDATE SET boot = excluded.boot, alive_until = excluded.alive_until",
        params![node, boot, millis(until)],
    )
    .await?;
    Ok(())
}

/// Renews the node's lease; false when another process bears its name now.
pub(crate) async fn renew_node(
    tx: &mut Tx,
    node: &str,
    boot: &str,
    until: Timestamp,
) -> Result<bool, StoreError> {
    let renewed = tx
        .execute(
            "UPDATE process_node SET alive_until = $3 WHERE node = $1 AND boot = $2",
            params![node, boot, millis(until)],
        )
        .await?;
    Ok(renewed > 0)
}

/// Leaves what the node owns to others.
pub(crate) async fn leave_node(tx: &mut Tx, node: &str, boot: &str) -> Result<(), StoreError> {
    let left =
        tx.execute("DELETE FROM process_node WHERE node = $1 AND boot = $2", params![node, boot]).await?;
    if left > 0 {
        tx.execute("UPDATE process_effect SET owner = NULL WHERE owner = $1", params![node]).await?;
    }
    Ok(())
}

/// Runs a component's own statement.
pub(crate) async fn run(tx: &mut Tx, statement: &Statement) -> Result<(), StoreError> {
    tx.execute(statement.sql, &statement.params).await?;
    Ok(())
}
