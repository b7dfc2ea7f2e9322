//! Every statement of the register.
//!
//! A person is the newest of their documents, and `nummer` has a row for each number that was ever given: to whom it
//! belongs, be it in use or not. So a number is allotted once, and an old number finds its person.

use std::collections::HashMap;

use clients::folkeregister::Gradering;
use jiff::civil::Date;
use kernel::id::{Kjoenn, Pid};
use kernel::params;
use kernel::store::{Row, Store, StoreError, Tx, Value, places};

use crate::model::Versjon;

mod pakking;
pub mod soek;
pub mod uttrekk;

/// Values of one `IN`: few sizes, so that the prepared statements stay few.
const SIZES: [usize; 5] = [1, 2, 10, 100, 1000];
/// Rows of one insert.
const ROWS: usize = 100;

/// The columns that [`versjon`] reads after the first; [`historikk`], large and seldom wanted, may follow. The text of
/// versions that were kept before texts were packed stands as it is, in `innhold` and `historikk`.
macro_rules! dokument {
    () => {
        "d.id, d.pid, d.gradering, d.pakket, d.innhold"
    };
}
macro_rules! historikk {
    () => {
        ", d.pakket_historikk, d.historikk"
    };
}
/// From where the newest document of a number is read; how the number compares follows.
macro_rules! nyeste {
    () => {
        " FROM nummer n JOIN dokument d ON d.id = n.dokument WHERE n.pid "
    };
}
const NYESTE: &str = concat!("SELECT n.pid, ", dokument!(), historikk!(), nyeste!(), "IN ");

// After the columns, which it reads too.
pub mod gjennomgang;

/// The newest documents of those of `pids` that the register knows, under the numbers as asked.
pub async fn finn(store: &Store, pids: &[Pid]) -> Result<HashMap<Pid, Versjon>, StoreError> {
    let mut found = HashMap::with_capacity(pids.len());
    for (sql, values) in utvalg(NYESTE, pids) {
        les(&mut found, store.query(&sql, &values).await?)?;
    }
    Ok(found)
}

/// The newest document of the person with this number; what holds no longer only where that is wanted.
pub async fn finn_en(store: &Store, pid: &Pid, historikk: bool) -> Result<Option<Versjon>, StoreError> {
    let sql = if historikk {
        concat!("SELECT n.pid, ", dokument!(), historikk!(), nyeste!(), "= $1")
    } else {
        concat!("SELECT n.pid, ", dokument!(), nyeste!(), "= $1")
    };
    store.query_opt(sql, params![pid]).await?.map(versjon).transpose()
}

/// How strictly the newest documents of those of `pids` that the register knows are protected.
pub async fn graderinger(store: &Store, pids: &[Pid]) -> Result<HashMap<Pid, Gradering>, StoreError> {
    let mut found = HashMap::with_capacity(pids.len());
    for (sql, values) in utvalg(concat!("SELECT n.pid, d.gradering", nyeste!(), "IN "), pids) {
        for row in store.query(&sql, &values).await? {
            found.insert(row.get(0)?, gradering(row.get(1)?));
        }
    }
    Ok(found)
}

/// As [`finn`], inside a transaction.
pub async fn finn_i(tx: &mut Tx, pids: &[Pid]) -> Result<HashMap<Pid, Versjon>, StoreError> {
    let mut found = HashMap::with_capacity(pids.len());
    for (sql, values) in utvalg(NYESTE, pids) {
        les(&mut found, tx.query(&sql, &values).await?)?;
    }
    Ok(found)
}

/// The stored versions of these identifiers.
pub async fn arkiverte(store: &Store, dokumenter: &[String]) -> Result<HashMap<String, Versjon>, StoreError> {
    let mut found = HashMap::with_capacity(dokumenter.len());
    let sql = concat!("SELECT d.id, ", dokument!(), historikk!(), " FROM dokument d WHERE d.id IN ");
    for (sql, values) in utvalg(sql, dokumenter) {
        for row in store.query(&sql, &values).await? {
            let versjon = versjon(row)?;
            found.insert(versjon.dokument.clone(), versjon);
        }
    }
    Ok(found)
}

/// Events in full, by their identifiers: whom each is about, and its text.
pub async fn hendelsesdokumenter(
    store: &Store,
    ids: &[String],
) -> Result<HashMap<String, (Pid, String)>, StoreError> {
    let mut found = HashMap::with_capacity(ids.len());
    for (sql, values) in utvalg("SELECT id, pid, innhold FROM hendelsesdokument WHERE id IN ", ids) {
        for row in store.query(&sql, &values).await? {
            found.insert(row.get(0)?, (row.get(1)?, row.get(2)?));
        }
    }
    Ok(found)
}

/// Keeps an event in full.
pub async fn behold_hendelsesdokument(
    tx: &mut Tx,
    id: &str,
    pid: &Pid,
    innhold: &str,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO hendelsesdokument (id, pid, innhold) VALUES ($1, $2, $3)",
        params![id, pid, innhold],
    )
    .await?;
    Ok(())
}

/// A series of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Serie {
    /// Of those who live here or were born here.
    Foedselsnummer,
    /// Of those who do not.
    DNummer,
}

/// Allots the next free number of the day and sex to the person whose first document is to be `dokument`; `None` where
/// the day has no more.
///
/// Writers take turns, also those of several processes, so nobody else allots meanwhile.
pub async fn tildel(
    tx: &mut Tx,
    slag: Serie,
    dato: Date,
    kjoenn: Kjoenn,
    dokument: &str,
) -> Result<Option<Pid>, StoreError> {
    let serie = match (slag, kjoenn) {
        (Serie::Foedselsnummer, Kjoenn::Kvinne) => "kvinne",
        (Serie::Foedselsnummer, Kjoenn::Mann) => "mann",
        (Serie::DNummer, Kjoenn::Kvinne) => "d-kvinne",
        (Serie::DNummer, Kjoenn::Mann) => "d-mann",
    };
    let numre: Box<dyn Iterator<Item = Pid> + Send> = match slag {
        Serie::Foedselsnummer => Box::new(Pid::synthetic_series(dato, kjoenn)),
        Serie::DNummer => Box::new(Pid::synthetic_d_series(dato, kjoenn)),
    };
    let row = tx
        .query_opt("SELECT brukt FROM nummerserie WHERE dato = $1 AND kjoenn = $2", params![dato, serie])
        .await?;
    let brukt: i64 = row.map_or(Ok(0), |row| row.get(0))?;
    for (n, pid) in (0_i64..).zip(numre).skip(usize::try_from(brukt).unwrap_or(0)) {
        // A number that was loaded with its person is taken already.
        let free = tx
            .execute(
                "INSERT INTO nummer (pid, dokument) VALUES ($1, $2) ON CONFLICT (pid) DO NOTHING",
                params![pid, dokument],
            )
            .await?;
        if free == 1 {
            tx.execute(
                "INSERT INTO nummerserie (dato, kjoenn, brukt) VALUES ($1, $2, $3)
                 ON CONFLICT (dato, kjoenn) DO UPDATE SET brukt = excluded.brukt",
                params![dato, serie, n + 1],
            )
            .await?;
            return Ok(Some(pid));
        }
    }
    Ok(None)
}

/// Keeps versions of documents. Whoever they belong to is told by [`pek`].
pub async fn behold(tx: &mut Tx, versjoner: Vec<Versjon>) -> Result<(), StoreError> {
    let mut values = Vec::with_capacity(versjoner.len() * 6);
    for versjon in versjoner {
        let gradering = match versjon.gradering {
            Gradering::Ugradert => 0,
            Gradering::Klientadresse => 1,
            Gradering::Fortrolig => 2,
            Gradering::StrengtFortrolig => 3,
        };
        values.extend([
            versjon.dokument.into(),
            versjon.pid.into(),
            Value::Int(gradering),
            "".into(),
            pakking::pakk(&versjon.innhold).into(),
            versjon.historikk.as_deref().map(pakking::pakk).into(),
        ]);
    }
    for rows in values.chunks(ROWS * 6) {
        let sql = format!(
            "INSERT INTO dokument (id, pid, gradering, innhold, pakket, pakket_historikk) VALUES {}",
            places(rows.len() / 6, 6)
        );
        tx.execute(&sql, rows).await?;
    }
    Ok(())
}

/// Says that a number belongs to the person whose newest document is this.
pub async fn pek(tx: &mut Tx, numre: &[(Pid, String)]) -> Result<(), StoreError> {
    for rows in numre.chunks(ROWS) {
        let values: Vec<Value> =
            rows.iter().flat_map(|(pid, dokument)| [pid.into(), dokument.into()]).collect();
        let sql = format!(
            "INSERT INTO nummer (pid, dokument) VALUES {} ON CONFLICT (pid) DO UPDATE SET dokument = excluded.dokument",
            places(rows.len(), 2)
        );
        tx.execute(&sql, &values).await?;
    }
    Ok(())
}

/// What became of a message.
pub struct Mottatt {
    /// The checksum of what was sent.
    pub sum: Vec<u8>,
    /// Whom the receipt is about.
    pub pid: Option<Pid>,
    /// The receipt as JSON.
    pub kvittering: String,
}

const MELDING: &str = "SELECT sum, pid, kvittering FROM melding WHERE avsender = $1 AND id = $2";

/// The message that a sender has sent under this number.
pub async fn melding(store: &Store, avsender: &str, id: &str) -> Result<Option<Mottatt>, StoreError> {
    store.query_opt(MELDING, params![avsender, id]).await?.as_ref().map(mottatt).transpose()
}

/// As [`melding`], inside a transaction.
pub async fn melding_i(tx: &mut Tx, avsender: &str, id: &str) -> Result<Option<Mottatt>, StoreError> {
    tx.query_opt(MELDING, params![avsender, id]).await?.as_ref().map(mottatt).transpose()
}

/// Keeps what became of a message.
pub async fn behold_melding(
    tx: &mut Tx,
    avsender: &str,
    id: &str,
    mottatt: &Mottatt,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO melding (avsender, id, sum, pid, kvittering) VALUES ($1, $2, $3, $4, $5)",
        params![avsender, id, mottatt.sum.as_slice(), mottatt.pid, mottatt.kvittering.as_str()],
    )
    .await?;
    Ok(())
}

/// What a message made of a person's document.
#[derive(Debug)]
pub struct Spor {
    /// Whose.
    pub pid: Pid,
    /// The version before; none of one who was new.
    pub foer: Option<String>,
    /// The version after.
    pub etter: String,
}

/// Keeps what a message made of documents.
pub async fn behold_spor(tx: &mut Tx, avsender: &str, id: &str, spor: &[Spor]) -> Result<(), StoreError> {
    for spor in spor {
        tx.execute(
            "INSERT INTO meldingsspor (avsender, id, pid, foer, etter) VALUES ($1, $2, $3, $4, $5)",
            params![avsender, id, spor.pid, spor.foer.as_deref(), spor.etter.as_str()],
        )
        .await?;
    }
    Ok(())
}

/// What a sender's message made of documents; nothing where there is no such message.
pub async fn spor(tx: &mut Tx, avsender: &str, id: &str) -> Result<Vec<Spor>, StoreError> {
    let sql = "SELECT pid, foer, etter FROM meldingsspor WHERE avsender = $1 AND id = $2 ORDER BY pid";
    let rows = tx.query(sql, params![avsender, id]).await?;
    rows.iter().map(|row| Ok(Spor { pid: row.get(0)?, foer: row.get(1)?, etter: row.get(2)? })).collect()
}

/// A stored version, inside a transaction.
pub async fn arkivert_i(tx: &mut Tx, dokument: &str) -> Result<Option<Versjon>, StoreError> {
    let sql = concat!("SELECT d.id, ", dokument!(), historikk!(), " FROM dokument d WHERE d.id = $1");
    tx.query_opt(sql, params![dokument]).await?.map(versjon).transpose()
}

fn mottatt(row: &Row) -> Result<Mottatt, StoreError> {
    Ok(Mottatt { sum: row.get(0)?, pid: row.get(1)?, kvittering: row.get(2)? })
}

/// Statements that begin with `sql` and go on with the list of `keys`.
fn utvalg<'a, K>(sql: &'a str, keys: &'a [K]) -> impl Iterator<Item = (String, Vec<Value>)> + use<'a, K>
where
    &'a K: Into<Value>,
{
    let most = SIZES[SIZES.len() - 1];
    keys.chunks(most).filter_map(move |chunk| {
        let last = chunk.last()?;
        let size = SIZES.into_iter().find(|size| *size >= chunk.len()).unwrap_or(most);
        // The last key again and again fills the statement up.
        let values = chunk.iter().chain(std::iter::repeat(last)).take(size).map(Into::into).collect();
        Some((format!("{sql}{}", places(1, size)), values))
    })
}

/// Stored JSON that cannot be read. The reader's own words may quote what is stored, so they are not kept.
pub fn skadet(error: &serde_json::Error) -> StoreError {
    StoreError::Damaged(format!(
        "JSON ({:?}, line {}, column {})",
        error.classify(),
        error.line(),
        error.column()
    ))
}

fn les(found: &mut HashMap<Pid, Versjon>, rows: Vec<Row>) -> Result<(), StoreError> {
    for row in rows {
        found.insert(row.get(0)?, versjon(row)?);
    }
    Ok(())
}

fn gradering(kept: i64) -> Gradering {
    match kept {
        0 => Gradering::Ugradert,
        1 => Gradering::Klientadresse,
        2 => Gradering::Fortrolig,
        // Whatever else stands there is not shown.
        _ => Gradering::StrengtFortrolig,
    }
}

fn versjon(mut row: Row) -> Result<Versjon, StoreError> {
    let gradering = gradering(row.get(3)?);
    Ok(Versjon {
        dokument: row.take_text(1)?.ok_or(StoreError::Missing("document's identifier"))?,
        pid: row.get(2)?,
        gradering,
        innhold: tekst(&mut row, 4)?.ok_or(StoreError::Missing("document"))?,
        historikk: tekst(&mut row, 6)?,
    })
}

/// A text that stands packed at `column`, or as it is in the column after it.
fn tekst(row: &mut Row, column: usize) -> Result<Option<String>, StoreError> {
    match row.bytes(column)? {
        Some(pakket) => pakking::pakk_ut(pakket).map(Some),
        None => Ok(row.take_text(column + 1)?.filter(|text| !text.is_empty())),
    }
}
