//! Every statement of the register.
//!
//! A unit is one row: what can be asked for in columns, and the answer to a look-up as JSON. Its name's words and the
//! people who have roles in it have rows of their own. Bytes (`BYTEA`) stand where order must not depend on the
//! database's language.

use std::collections::HashMap;
use std::fmt::Write as _;

use jiff::Timestamp;
use kernel::feed::{self, Event};
use kernel::id::{Orgnr, Pid};
use kernel::params;
use kernel::store::{Row, Store, StoreError, Tx, Value};

use crate::model::soek::{Felt, Soek, Utsnitt, Vilkaar};
use crate::model::{self, Rad, Slag, Tilstand};

/// Rows of one insert, and values of one list, where a bulk load needs many.
const ROWS: usize = 100;
/// A byte that no text holds: the end of everything that begins alike.
const LAST: u8 = 0xFF;

/// The kind of the feed's events about changed roles.
pub const ROLLER: &str = "roller";

/// A unit as it was found.
#[derive(Debug)]
pub struct Funnet {
    /// Whether it is there.
    pub tilstand: Tilstand,
    /// Its name.
    pub navn: String,
    /// The answer to a look-up, its links without the host.
    pub innhold: String,
    /// The roles with numbers, as JSON.
    pub roller: Option<String>,
}

/// A unit of this number and kind.
pub async fn finn(store: &Store, orgnr: &Orgnr, slag: Slag) -> Result<Option<Funnet>, StoreError> {
    let row = store
        .query_opt(
            "SELECT tilstand, navn, innhold, roller FROM enhet WHERE orgnr = $1 AND slag = $2",
            params![orgnr, slagtall(slag)],
        )
        .await?;
    row.as_ref()
        .map(|row| {
            let tilstand = match row.get::<i64>(0)? {
                0 => Tilstand::Aktiv,
                1 => Tilstand::Slettet,
                // Whatever else stands there is not shown.
                _ => Tilstand::Fjernet,
            };
            Ok(Funnet { tilstand, navn: row.get(1)?, innhold: row.get(2)?, roller: row.get(3)? })
        })
        .transpose()
}

/// A role in a person's list.
#[derive(Debug)]
pub struct Rolle {
    /// The unit.
    pub orgnr: Orgnr,
    /// Its name.
    pub navn: String,
    /// What the person is in it.
    pub kode: String,
    /// In words.
    pub beskrivelse: String,
    /// Whether resigned.
    pub fratraadt: bool,
    /// Whether struck.
    pub avregistrert: bool,
}

/// The roles of a living person in units that are in the register, by the units' names.
pub async fn roller_til(store: &Store, pid: &Pid) -> Result<Vec<Rolle>, StoreError> {
    let rows = store
        .query(
            "SELECT r.orgnr, e.navn, r.kode, r.beskrivelse, r.fratraadt, r.avregistrert
             FROM rolle r JOIN enhet e ON e.orgnr = r.orgnr
             WHERE r.pid = $1 AND r.doed = 0 AND e.tilstand = 0 ORDER BY e.sortering, r.orgnr, r.n",
            params![pid],
        )
        .await?;
    let read = |row: &Row| {
        Ok(Rolle {
            orgnr: row.get(0)?,
            navn: row.get(1)?,
            kode: row.get(2)?,
            beskrivelse: row.get(3)?,
            fratraadt: row.get(4)?,
            avregistrert: row.get(5)?,
        })
    };
    rows.iter().map(read).collect()
}

/// The hits of a search that are on its page, as JSON, and how many there are in all.
pub async fn soek(store: &Store, slag: Slag, soek: &Soek) -> Result<(Vec<String>, i64), StoreError> {
    let mut q = Sporring { sql: String::new(), verdier: Vec::new() };
    let kind = q.verdi(slagtall(slag));
    let _ = write!(q.sql, "FROM enhet e WHERE e.slag = {kind} AND e.tilstand = 0");
    for vilkaar in &soek.vilkaar {
        q.vilkaar(vilkaar);
    }
    let count = store.query_opt(&format!("SELECT COUNT(*) {}", q.sql), &q.verdier).await?;
    let total: i64 = count.ok_or(StoreError::Missing("count"))?.get(0)?;
    let Utsnitt { page, size } = soek.utsnitt;
    if page.saturating_mul(size) >= total {
        return Ok((Vec::new(), total));
    }
    let by = kolonne(soek.sortering.felt);
    let way = if soek.sortering.synkende { "DESC" } else { "ASC" };
    // The two databases put nulls at different ends unless told.
    let nulls = if matches!(soek.sortering.felt, Felt::Navn | Felt::Orgnr) {
        String::new()
    } else {
        format!("e.{by} IS NULL, ")
    };
    let (limit, offset) = (q.verdi(size), q.verdi(page.saturating_mul(size)));
    let sql = format!(
        "SELECT e.innhold {} ORDER BY {nulls}e.{by} {way}, e.orgnr {way} LIMIT {limit} OFFSET {offset}",
        q.sql
    );
    let rows = store.query(&sql, &q.verdier).await?;
    Ok((rows.iter().map(|row| row.get(0)).collect::<Result<_, _>>()?, total))
}

/// A statement in the making.
struct Sporring {
    sql: String,
    verdier: Vec<Value>,
}

impl Sporring {
    /// Adds a value and gives its place.
    fn verdi(&mut self, value: impl Into<Value>) -> String {
        self.verdier.push(value.into());
        format!("${}", self.verdier.len())
    }

    /// The list of these values.
    fn liste(&mut self, values: &[String]) -> String {
        let places: Vec<String> = values.iter().map(|value| self.verdi(value)).collect();
        places.join(",")
    }

    fn vilkaar(&mut self, vilkaar: &Vilkaar) {
        // Writing to a string does not fail.
        let _ = match vilkaar {
            Vilkaar::Navn(ord) if ord.is_empty() => write!(self.sql, " AND 1 = 0"),
            Vilkaar::Navn(ord) => {
                for word in ord {
                    let (from, to) = self.begynner(word);
                    let _ = write!(
                        self.sql,
                        " AND e.orgnr IN (SELECT o.orgnr FROM navneord o WHERE o.ord >= {from} AND o.ord < {to})"
                    );
                }
                Ok(())
            }
            Vilkaar::Lik(Felt::Kommune, values) => {
                let list = self.liste(values);
                write!(self.sql, " AND (e.kommune IN ({list}) OR e.postkommune IN ({list}))")
            }
            Vilkaar::Lik(felt, values) => {
                let list = self.liste(values);
                write!(self.sql, " AND e.{} IN ({list})", kolonne(*felt))
            }
            Vilkaar::Naering(values) => {
                let each: Vec<String> = values
                    .iter()
                    .map(|value| {
                        let (from, to) = self.begynner(value);
                        format!("(e.naering >= {from} AND e.naering < {to})")
                    })
                    .collect();
                write!(self.sql, " AND ({})", each.join(" OR "))
            }
            Vilkaar::Grense(felt, from, value) => {
                let value = self.verdi(value.clone());
                write!(self.sql, " AND e.{} {} {value}", kolonne(*felt), if *from { ">=" } else { "<=" })
            }
            Vilkaar::Flagg(bit, wanted) => {
                write!(self.sql, " AND (e.flagg & {bit}) {} 0", if *wanted { "<>" } else { "=" })
            }
        };
    }

    /// The bounds of all that begins with `text`.
    fn begynner(&mut self, text: &str) -> (String, String) {
        let from = text.as_bytes();
        (self.verdi(from), self.verdi([from, &[LAST]].concat()))
    }
}

fn kolonne(felt: Felt) -> &'static str {
    match felt {
        Felt::Orgnr => "orgnr",
        Felt::Navn => "sortering",
        Felt::Form => "form",
        Felt::Kommune | Felt::Stedskommune => "kommune",
        Felt::Postkommune => "postkommune",
        Felt::Postnummer => "postnummer",
        Felt::Overordnet => "overordnet",
        Felt::Ansatte => "ansatte",
        Felt::Registrert => "registrert",
        Felt::Stiftet => "stiftet",
        Felt::Sektor => "sektor",
        Felt::Regnskap => "regnskap",
    }
}

/// A unit as it stands before a load.
struct Kjent {
    navn: String,
    innhold: String,
    roller: Option<String>,
}

/// Keeps units' newest state and appends what that changes to the feed; `true` where it changed anything.
pub async fn behold(tx: &mut Tx, rader: &[Rad], now: Timestamp) -> Result<bool, StoreError> {
    let mut kjente = HashMap::new();
    for chunk in rader.chunks(ROWS) {
        let numbers: Vec<Value> = chunk.iter().map(|rad| rad.orgnr.into()).collect();
        let sql = format!(
            "SELECT orgnr, navn, innhold, roller FROM enhet WHERE orgnr IN {}",
            places(1, numbers.len())
        );
        for row in tx.query(&sql, &numbers).await? {
            let kjent = Kjent { navn: row.get(1)?, innhold: row.get(2)?, roller: row.get(3)? };
            kjente.insert(row.get::<Orgnr>(0)?, kjent);
        }
    }
    let mut changed = Vec::new();
    let mut events = Vec::new();
    for rad in rader {
        let kjent = kjente.get(&rad.orgnr);
        let same = kjent.is_some_and(|kjent| kjent.innhold == rad.innhold);
        let same_roles = kjent.map_or(rad.roller.is_none(), |kjent| kjent.roller == rad.roller);
        if same && same_roles {
            continue;
        }
        if let Some(kjent) = kjent {
            glem(tx, &rad.orgnr, kjent).await?;
        }
        changed.push(rad);
        let mut event = |kind, what: &str| {
            let body = format!("\"{what}\"");
            events.push(Event { kind, subject: rad.orgnr.as_str(), body, at: now });
        };
        if !same {
            let what = match (rad.tilstand, kjent) {
                (Tilstand::Slettet, _) => "Sletting",
                (Tilstand::Fjernet, _) => "Fjernet",
                (Tilstand::Aktiv, None) => "Ny",
                (Tilstand::Aktiv, Some(_)) => "Endring",
            };
            event(rad.slag.samling(), what);
        }
        if !same_roles {
            event(ROLLER, "rolle.oppdatert");
        }
    }
    skriv(tx, &changed).await?;
    feed::append_all(tx, &events).await?;
    Ok(!events.is_empty())
}

/// Takes away the rows that belong to a unit as it was.
async fn glem(tx: &mut Tx, orgnr: &Orgnr, kjent: &Kjent) -> Result<(), StoreError> {
    for word in model::ord(&kjent.navn) {
        tx.execute("DELETE FROM navneord WHERE ord = $1 AND orgnr = $2", params![word.as_bytes(), orgnr])
            .await?;
    }
    let groups = kjent.roller.as_deref().map(les_roller).transpose()?.unwrap_or_default();
    for pid in model::personer(&groups) {
        tx.execute("DELETE FROM rolle WHERE pid = $1 AND orgnr = $2", params![pid, orgnr]).await?;
    }
    Ok(())
}

async fn skriv(tx: &mut Tx, rader: &[&Rad]) -> Result<(), StoreError> {
    const COLUMNS: &str =
        "orgnr, slag, tilstand, navn, sortering, form, kommune, postkommune, postnummer, naering,
         overordnet, ansatte, registrert, stiftet, sektor, regnskap, flagg, innhold, roller";
    let updates: Vec<String> = COLUMNS
        .split(',')
        .map(str::trim)
        .filter(|column| *column != "orgnr")
        .map(|column| format!("{column} = excluded.{column}"))
        .collect();
    let (mut words, mut roles) = (Vec::new(), Vec::new());
    for chunk in rader.chunks(ROWS) {
        let mut values = Vec::with_capacity(chunk.len() * 19);
        for rad in chunk {
            let tilstand: i64 = match rad.tilstand {
                Tilstand::Aktiv => 0,
                Tilstand::Slettet => 1,
                Tilstand::Fjernet => 2,
            };
            values.extend_from_slice(params![
                rad.orgnr,
                slagtall(rad.slag),
                tilstand,
                rad.navn.as_str(),
                model::sortering(&rad.navn),
                rad.form.as_str(),
                rad.kommune.as_deref(),
                rad.postkommune.as_deref(),
                rad.postnummer.as_deref(),
                rad.naering.as_deref().map(str::as_bytes),
                rad.overordnet,
                rad.ansatte,
                rad.registrert,
                rad.stiftet,
                rad.sektor.as_deref(),
                rad.regnskap.as_deref(),
                rad.flagg,
                rad.innhold.as_str(),
                rad.roller.as_deref(),
            ]);
            for word in model::ord(&rad.navn) {
                words.extend_from_slice(params![word.into_bytes(), rad.orgnr]);
            }
            for (n, verv) in (0_i64..).zip(&rad.verv) {
                roles.extend_from_slice(params![
                    verv.pid,
                    rad.orgnr,
                    n,
                    verv.rolle.kode.as_str(),
                    verv.rolle.beskrivelse.as_str(),
                    verv.fratraadt,
                    verv.avregistrert,
                    verv.doed,
                ]);
            }
        }
        let sql = format!(
            "INSERT INTO enhet ({COLUMNS}) VALUES {} ON CONFLICT (orgnr) DO UPDATE SET {}",
            places(chunk.len(), 19),
            updates.join(", ")
        );
        tx.execute(&sql, &values).await?;
    }
    for rows in words.chunks(ROWS * 2) {
        let sql = format!("INSERT INTO navneord (ord, orgnr) VALUES {}", places(rows.len() / 2, 2));
        tx.execute(&sql, rows).await?;
    }
    for rows in roles.chunks(ROWS * 8) {
        let sql = format!(
            "INSERT INTO rolle (pid, orgnr, n, kode, beskrivelse, fratraadt, avregistrert, doed) VALUES {}",
            places(rows.len() / 8, 8)
        );
        tx.execute(&sql, rows).await?;
    }
    Ok(())
}

/// Stored roles.
pub fn les_roller(text: &str) -> Result<Vec<clients::enhetsregister::Rollegruppe>, StoreError> {
    // The reader's own words may quote what is stored, so they are not kept.
    serde_json::from_str(text).map_err(|_| StoreError::Damaged("the roles of a unit".to_owned()))
}

/// A change as it stands in the feed.
#[derive(Debug)]
pub struct Endring {
    /// Its number.
    pub id: i64,
    /// When.
    pub dato: Timestamp,
    /// Which unit.
    pub orgnr: Orgnr,
    /// `Ny`, `Endring`, `Sletting` or `Fjernet`.
    pub hva: String,
}

/// Which changes to read: of one kind, from and including a number, of these units (none: of all).
#[derive(Debug)]
pub struct Utvalg<'a> {
    /// A unit's kind in the plural, or [`ROLLER`].
    pub slag: &'a str,
    /// The first number.
    pub fra: i64,
    /// The units.
    pub enheter: &'a [String],
}

impl Utvalg<'_> {
    fn sporring(&self) -> Sporring {
        let mut q = Sporring { sql: String::new(), verdier: Vec::new() };
        let (kind, from) = (q.verdi(self.slag), q.verdi(self.fra));
        let _ = write!(q.sql, "FROM feed WHERE kind = {kind} AND seq >= {from}");
        if !self.enheter.is_empty() {
            let list = q.liste(self.enheter);
            let _ = write!(q.sql, " AND subject IN ({list})");
        }
        q
    }
}

/// How many changes there are.
pub async fn antall_endringer(store: &Store, utvalg: &Utvalg<'_>) -> Result<i64, StoreError> {
    let q = utvalg.sporring();
    let row = store.query_opt(&format!("SELECT COUNT(*) {}", q.sql), &q.verdier).await?;
    row.ok_or(StoreError::Missing("count"))?.get(0)
}

/// A page of the changes, oldest first or (`synkende`) newest first.
pub async fn endringer(
    store: &Store,
    utvalg: &Utvalg<'_>,
    utsnitt: Utsnitt,
    synkende: bool,
) -> Result<Vec<Endring>, StoreError> {
    let mut q = utvalg.sporring();
    let way = if synkende { "DESC" } else { "ASC" };
    let (limit, offset) = (q.verdi(utsnitt.size), q.verdi(utsnitt.page.saturating_mul(utsnitt.size)));
    let sql =
        format!("SELECT seq, at, subject, body {} ORDER BY seq {way} LIMIT {limit} OFFSET {offset}", q.sql);
    let read = |row: &Row| {
        let body: String = row.get(3)?;
        let hva = body.trim_matches('"').to_owned();
        Ok(Endring { id: row.get(0)?, dato: row.get(1)?, orgnr: row.get(2)?, hva })
    };
    store.query(&sql, &q.verdier).await?.iter().map(read).collect()
}

/// The number of the first change at `moment` or later; the next number to come where there is none.
///
/// The feed's numbers have no gaps and its moments never go back, so it is found by halving.
pub async fn foerste_fra(store: &Store, moment: Timestamp) -> Result<i64, StoreError> {
    let (mut from, mut to) = (1, feed::last(store).await? + 1);
    while from < to {
        let middle = from + (to - from) / 2;
        let row = store.query_opt("SELECT at FROM feed WHERE seq = $1", params![middle]).await?;
        let at: Timestamp = row.ok_or(StoreError::Missing("feed.at"))?.get(0)?;
        if at < moment {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    Ok(from)
}

fn slagtall(slag: Slag) -> i64 {
    match slag {
        Slag::Enhet => 0,
        Slag::Underenhet => 1,
    }
}

/// `($1,$2),($3,$4)`: `rows` of `columns` parameters.
fn places(rows: usize, columns: usize) -> String {
    let mut sql = String::with_capacity(rows * columns * 5);
    for n in 0..rows * columns {
        let before = match (n % columns, n) {
            (0, 0) => "(",
            (0, _) => "),(",
            _ => ",",
        };
        // Writing to a string does not fail.
        let _ = write!(sql, "{before}${}", n + 1);
    }
    sql.push(')');
    sql
}
