//! Extracts: who has ordered them, and their batches.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use kernel::feed;
use kernel::id::Pid;
use kernel::params;
use kernel::store::{Store, StoreError, Tx};

use super::{skadet, utvalg};
use crate::model::uttrekk::Utvalg;

/// Identifiers of one batch: as many as one look-up takes.
const BATCH: usize = clients::folkeregister::MAX_PERSONS;
/// Numbers that are read at a time.
const DEL: usize = 2000;
/// How long an extract can be read.
const VARER: SignedDuration = SignedDuration::from_hours(7 * 24);
/// An extract that nobody has gone on with for so long is not finished any more: its program has ended.
const AVBRUTT: SignedDuration = SignedDuration::from_mins(2);
/// Extracts in the making that an organisation has at a time (spec `registers.md` § A2).
const SAMTIDIG: i64 = 10;

/// Opens an extract; `false` where its owner has as many in the making as there may be. Those that have had their time go.
pub async fn bestill(
    store: &Store,
    id: String,
    eier: String,
    pakke: &'static str,
    naa: Timestamp,
) -> Result<bool, StoreError> {
    store
        .write(move |tx| {
            Box::pin(async move {
                let utloept = siden(naa, VARER);
                let gone = "DELETE FROM uttrekksbatch WHERE uttrekk IN (SELECT id FROM uttrekk WHERE laget < $1)";
                tx.execute(gone, params![utloept.as_str()]).await?;
                tx.execute("DELETE FROM uttrekk WHERE laget < $1", params![utloept.as_str()]).await?;
                let sql = "SELECT COUNT(*) FROM uttrekk WHERE eier = $1 AND ferdig = 0 AND sist >= $2";
                let row = tx.query_opt(sql, params![eier.as_str(), siden(naa, AVBRUTT)]).await?;
                let under_arbeid: i64 = row.ok_or(StoreError::Missing("count"))?.get(0)?;
                if under_arbeid >= SAMTIDIG {
                    return Ok(false);
                }
                let sql = "INSERT INTO uttrekk (id, eier, pakke, laget, sist, ferdig) VALUES ($1, $2, $3, $4, $4, 0)";
                tx.execute(sql, params![id, eier, pakke, siden(naa, SignedDuration::ZERO)]).await?;
                Ok(true)
            })
        })
        .await
}

/// A moment some time ago, in a form that sorts by time.
fn siden(naa: Timestamp, tid: SignedDuration) -> String {
    format!("{:.6}", naa.checked_sub(tid).unwrap_or(naa))
}

/// What can be said of a batch.
#[derive(Debug, PartialEq, Eq)]
pub enum Svar {
    /// Its lines: a number, and in extracts of the whole register a document.
    Batch(Vec<(Pid, Option<String>)>),
    /// There are no more.
    Slutt,
    /// Not yet.
    IkkeFerdig,
    /// There is no such extract, or it was broken off.
    Ukjent,
}

/// A batch of an extract of this owner and package.
pub async fn batch(
    store: &Store,
    id: &str,
    eier: &str,
    pakke: &str,
    nr: i64,
    naa: Timestamp,
) -> Result<Svar, StoreError> {
    // First whether it is finished: a batch that is not there then will never be.
    let sql = "SELECT ferdig, sist FROM uttrekk WHERE id = $1 AND eier = $2 AND pakke = $3 AND laget >= $4";
    let Some(row) = store.query_opt(sql, params![id, eier, pakke, siden(naa, VARER)]).await? else {
        return Ok(Svar::Ukjent);
    };
    let (ferdig, sist): (i64, String) = (row.get(0)?, row.get(1)?);
    let sql = "SELECT innhold FROM uttrekksbatch WHERE uttrekk = $1 AND nr = $2";
    if let Some(row) = store.query_opt(sql, params![id, nr]).await? {
        let innhold: String = row.get(0)?;
        return Ok(Svar::Batch(serde_json::from_str(&innhold).map_err(|error| skadet(&error))?));
    }
    Ok(match (ferdig, sist < siden(naa, AVBRUTT)) {
        (1, _) => Svar::Slutt,
        (_, true) => Svar::Ukjent,
        (_, false) => Svar::IkkeFerdig,
    })
}

/// What an extract has.
#[derive(Debug)]
pub enum Innhold {
    /// Every person's document as the event of this number left the register.
    Komplett(i64),
    /// The people of a group, as they are.
    Tilpasset(Box<Utvalg>),
}

/// Makes the batches of an extract.
pub async fn lag(
    store: &Store,
    id: &str,
    innhold: &Innhold,
    naa: impl Fn() -> Timestamp,
) -> Result<(), StoreError> {
    let mut foer = match innhold {
        Innhold::Komplett(seq) => Some(Foer { lest: *seq, foer: HashMap::new() }),
        Innhold::Tilpasset(_) => None,
    };
    let (mut etter, mut nr, mut linjer) = (String::new(), 0, Vec::new());
    loop {
        let sql = format!("SELECT pid, dokument FROM nummer WHERE pid > $1 ORDER BY pid LIMIT {DEL}");
        let rows = store.query(&sql, params![etter.as_str()]).await?;
        let mut numre: Vec<(Pid, String)> = Vec::with_capacity(rows.len());
        for row in &rows {
            numre.push((row.get(0)?, row.get(1)?));
        }
        let ferdig = numre.len() < DEL;
        if let Some((last, _)) = numre.last() {
            last.as_str().clone_into(&mut etter);
        }
        match (&mut foer, innhold) {
            (Some(foer), _) => linjer.append(&mut foer.dokumenter(store, numre).await?),
            (None, Innhold::Tilpasset(utvalg)) => linjer.append(&mut gruppen(store, numre, utvalg).await?),
            (None, Innhold::Komplett(_)) => {}
        }
        let hele = if ferdig { linjer.len() } else { linjer.len() / BATCH * BATCH };
        let batcher: Vec<String> = linjer
            .drain(..hele)
            .collect::<Vec<_>>()
            .chunks(BATCH)
            .map(serde_json::to_string)
            .collect::<Result<_, _>>()
            .map_err(|error| skadet(&error))?;
        let (id, foerste, sist) = (id.to_owned(), nr, siden(naa(), SignedDuration::ZERO));
        nr += i64::try_from(batcher.len()).unwrap_or_default();
        store
            .write(move |tx| Box::pin(async move { behold(tx, &id, foerste, &batcher, &sist, ferdig).await }))
            .await?;
        if ferdig {
            return Ok(());
        }
    }
}

async fn behold(
    tx: &mut Tx,
    id: &str,
    foerste: i64,
    batcher: &[String],
    sist: &str,
    ferdig: bool,
) -> Result<(), StoreError> {
    for (nr, innhold) in (foerste..).zip(batcher) {
        let sql = "INSERT INTO uttrekksbatch (uttrekk, nr, innhold) VALUES ($1, $2, $3)";
        tx.execute(sql, params![id, nr, innhold.as_str()]).await?;
    }
    tx.execute(
        "UPDATE uttrekk SET sist = $1, ferdig = $2 WHERE id = $3",
        params![sist, i64::from(ferdig), id],
    )
    .await?;
    Ok(())
}

/// Those of the group among these.
async fn gruppen(
    store: &Store,
    numre: Vec<(Pid, String)>,
    wanted: &Utvalg,
) -> Result<Vec<(Pid, Option<String>)>, StoreError> {
    let pids: Vec<Pid> = numre.into_iter().map(|(pid, _)| pid).collect();
    let mut found = super::finn(store, &pids).await?;
    let mut lines = Vec::new();
    for pid in pids {
        // Each once, by the number in use.
        let Some(versjon) = found.remove(&pid).filter(|versjon| versjon.pid == pid) else { continue };
        let person = serde_json::from_str(&versjon.innhold).map_err(|error| skadet(&error))?;
        if wanted.har(&person, versjon.gradering) {
            lines.push((pid, None));
        }
    }
    Ok(lines)
}

/// The versions before those that came after an event.
struct Foer {
    /// The event up to which it is known.
    lest: i64,
    /// By the version that a message made, the one that it changed; `None` of one who was new.
    foer: HashMap<String, Option<String>>,
}

impl Foer {
    /// The documents that these people had, of those who were there; each once, by the number that was in use.
    async fn dokumenter(
        &mut self,
        store: &Store,
        numre: Vec<(Pid, String)>,
    ) -> Result<Vec<(Pid, Option<String>)>, StoreError> {
        // After the numbers were read, so that it knows of whatever they have become in the meantime.
        self.les(store).await?;
        let mut da = Vec::with_capacity(numre.len());
        for (pid, newest) in numre {
            let mut dokument = Some(newest);
            while let Some(before) = dokument.as_ref().and_then(|newer| self.foer.get(newer)) {
                dokument.clone_from(before);
            }
            da.extend(dokument.map(|dokument| (pid, dokument)));
        }
        let ids: Vec<String> = da.iter().map(|(_, dokument)| dokument.clone()).collect();
        let mut eiere: HashMap<String, Pid> = HashMap::with_capacity(ids.len());
        for (sql, values) in utvalg("SELECT id, pid FROM dokument WHERE id IN ", &ids) {
            for row in store.query(&sql, &values).await? {
                eiere.insert(row.get(0)?, row.get(1)?);
            }
        }
        let own = da.into_iter().filter(|(pid, dokument)| eiere.get(dokument) == Some(pid));
        Ok(own.map(|(pid, dokument)| (pid, Some(dokument))).collect())
    }

    async fn les(&mut self, store: &Store) -> Result<(), StoreError> {
        loop {
            let events = feed::after(store, self.lest, 1000).await?;
            let Some(last) = events.last() else { return Ok(()) };
            self.lest = last.seq;
            let mut nyere = Vec::with_capacity(events.len());
            for event in events {
                nyere.extend(crate::feed::vis(event)?.hendelse.persondokument);
            }
            nyere.dedup();
            for (sql, values) in utvalg("SELECT etter, foer FROM meldingsspor WHERE etter IN ", &nyere) {
                for row in store.query(&sql, &values).await? {
                    self.foer.insert(row.get(0)?, row.get(1)?);
                }
            }
        }
    }
}
