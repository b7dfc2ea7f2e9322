//! The statements of a search.
//!
//! A name is looked for by the rarest of its words, found by asking each how many there are; where even that one is
//! common, the units are walked in the order asked for, and a page is full after a few.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

use kernel::store::{Store, StoreError, Value};

use super::slagtall;
use crate::model::Slag;
use crate::model::soek::{Felt, Soek, Utsnitt, Vilkaar};

/// A byte that no text holds: the end of everything that begins alike.
const LAST: u8 = 0xFF;
/// A word that so many names have is common.
const VANLIG: i64 = 5000;
/// How many totals are remembered.
const HUSKET: usize = 10_000;

/// Totals of searches, true for as long as the feed has nothing new: pages of one search count once.
#[derive(Debug, Default)]
pub struct Antall(Mutex<HashMap<String, (i64, i64)>>);

impl Antall {
    fn finn(&self, key: &str, seq: i64) -> Option<i64> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(key).filter(|(at, _)| *at == seq).map(|(_, total)| *total)
    }

    fn husk(&self, key: String, seq: i64, total: i64) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= HUSKET {
            known.clear();
        }
        known.insert(key, (seq, total));
    }
}

/// The hits of a search that are on its page, as JSON, and how many there are in all.
pub async fn soek(
    store: &Store,
    antall: &Antall,
    slag: Slag,
    soek: &Soek,
) -> Result<(Vec<String>, i64), StoreError> {
    let q = sporring(store, slag, soek).await?;
    let seq = kernel::feed::last(store).await?;
    // Kept in memory alone, never logged.
    let key = format!("{} {:?}", q.sql, q.verdier);
    let total = if let Some(total) = antall.finn(&key, seq) {
        total
    } else {
        let total = tell(store, slag, soek, &q).await?;
        antall.husk(key, seq, total);
        total
    };
    let Utsnitt { page, size } = soek.utsnitt;
    if page.saturating_mul(size) >= total {
        return Ok((Vec::new(), total));
    }
    let mut q = q;
    let by = kolonne(soek.sortering.felt);
    let way = if soek.sortering.synkende { "DESC" } else { "ASC" };
    // The two databases put nulls at different ends unless told.
    let nulls = if matches!(soek.sortering.felt, Felt::Navn | Felt::Orgnr) { "" } else { " NULLS LAST" };
    let (limit, offset) = (q.verdi(size), q.verdi(page.saturating_mul(size)));
    let sql = format!(
        "SELECT e.innhold {} ORDER BY e.{by} {way}{nulls}, e.orgnr {way} LIMIT {limit} OFFSET {offset}",
        q.sql
    );
    let rows = store.query(&sql, &q.verdier).await?;
    Ok((rows.iter().map(|row| row.get(0)).collect::<Result<_, _>>()?, total))
}

/// How many hits there are.
async fn tell(store: &Store, slag: Slag, soek: &Soek, q: &Sporring) -> Result<i64, StoreError> {
    let row = match &soek.vilkaar[..] {
        // All that is asked for is one word: the index of words knows.
        [Vilkaar::Navn(words, None)] if words.len() == 1 => {
            let mut q = Sporring::default();
            let (slag, word) = (q.verdi(slagtall(slag)), words.first().map_or("", String::as_str));
            let (from, to) = q.begynner(word);
            let sql = format!(
                "SELECT COUNT(DISTINCT orgnr) FROM soekeord WHERE slag = {slag} AND ord >= {from} AND ord < {to}"
            );
            store.query_opt(&sql, &q.verdier).await?
        }
        _ => store.query_opt(&format!("SELECT COUNT(*) {}", q.sql), &q.verdier).await?,
    };
    row.ok_or(StoreError::Missing("count"))?.get(0)
}

async fn sporring(store: &Store, slag: Slag, soek: &Soek) -> Result<Sporring, StoreError> {
    let mut q = Sporring::default();
    let kind = q.verdi(slagtall(slag));
    let words = soek.vilkaar.iter().find_map(|vilkaar| match vilkaar {
        Vilkaar::Navn(words, _) => Some(words),
        _ => None,
    });
    let rare = match words {
        Some(words) => sjelden(store, slag, words).await?,
        None => None,
    };
    if let Some(word) = rare {
        let (from, to) = q.begynner(&word);
        // SQLite takes the tables of a cross join in the order in which they stand.
        let _ = write!(
            q.sql,
            "FROM (SELECT DISTINCT orgnr FROM soekeord WHERE slag = {kind} AND ord >= {from} AND ord < {to}) o
             CROSS JOIN enhet e WHERE e.orgnr = o.orgnr AND e.slag = {kind} AND e.tilstand = 0"
        );
    } else {
        let _ = write!(q.sql, "FROM enhet e WHERE e.slag = {kind} AND e.tilstand = 0");
    }
    for vilkaar in &soek.vilkaar {
        q.vilkaar(vilkaar);
    }
    Ok(q)
}

/// The rarest of these words, unless all are common.
async fn sjelden(store: &Store, slag: Slag, words: &[String]) -> Result<Option<String>, StoreError> {
    let mut least = (VANLIG, None);
    for word in words {
        let mut q = Sporring::default();
        let (from, to) = q.begynner(word);
        let (kind, limit) = (q.verdi(slagtall(slag)), q.verdi(least.0));
        let sql = format!(
            "SELECT COUNT(*) FROM (SELECT 1 FROM soekeord WHERE slag = {kind} AND ord >= {from} AND ord < {to}
             LIMIT {limit}) t"
        );
        let row = store.query_opt(&sql, &q.verdier).await?;
        let count: i64 = row.ok_or(StoreError::Missing("count"))?.get(0)?;
        if count < least.0 {
            least = (count, Some(word.clone()));
        }
    }
    Ok(least.1)
}

/// A statement in the making.
#[derive(Default)]
pub(super) struct Sporring {
    pub(super) sql: String,
    pub(super) verdier: Vec<Value>,
}

impl Sporring {
    /// Adds a value and gives its place.
    pub(super) fn verdi(&mut self, value: impl Into<Value>) -> String {
        self.verdier.push(value.into());
        format!("${}", self.verdier.len())
    }

    /// The list of these values.
    pub(super) fn liste(&mut self, values: &[String]) -> String {
        let places: Vec<String> = values.iter().map(|value| self.verdi(value)).collect();
        places.join(",")
    }

    fn vilkaar(&mut self, vilkaar: &Vilkaar) {
        // Writing to a string does not fail.
        let _ = match vilkaar {
            Vilkaar::Navn(ord, _) if ord.is_empty() => write!(self.sql, " AND 1 = 0"),
            Vilkaar::Navn(ord, frase) => {
                let spaced = ord.iter().map(|word| format!(" {word}"));
                for part in spaced.chain(frase.clone()) {
                    // Words are letters and digits: nothing in them that LIKE would read.
                    let place = self.verdi(format!("%{part}%"));
                    let _ = write!(self.sql, " AND e.ordrekke LIKE {place}");
                }
                Ok(())
            }
            Vilkaar::Adresse(_, ord) if ord.is_empty() => write!(self.sql, " AND 1 = 0"),
            Vilkaar::Adresse(post, ord) => {
                for word in ord {
                    let (post, (from, to)) = (self.verdi(i64::from(*post)), self.begynner(word));
                    let _ = write!(
                        self.sql,
                        " AND e.orgnr IN (SELECT a.orgnr FROM adresseord a WHERE a.ord >= {from} AND a.ord < {to} AND a.post = {post})"
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
                        let one = |column| format!("(e.{column} >= {from} AND e.{column} < {to})");
                        ["naering", "naering2", "naering3"].map(one).join(" OR ")
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
        Felt::Poststed => "poststed",
        Felt::Landkode => "landkode",
        Felt::PostPostnummer => "postpostnummer",
        Felt::PostPoststed => "postpoststed",
        Felt::PostLandkode => "postlandkode",
        Felt::Hjemmeside => "hjemmeside",
        Felt::Eierskifte => "eierskifte",
        Felt::Nedlagt => "nedlagt",
    }
}
