//! Finding people: the rows under each word, and the people whom they lead to.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use kernel::id::Pid;
use kernel::params;
use kernel::store::{Store, StoreError, Tx, Value, places};
use tokio::sync::Mutex;

use super::{ROWS, finn, finn_en, skadet};
use crate::model::Versjon;
use crate::model::soek::{ALLE, Filter, Inngang, Rad, Soek, rader};

/// People whose documents are looked at at once: first few, since most searches are for few.
const FOERST: usize = 100;
const SIDEN: usize = 1000;

/// Keeps the rows of people whose documents have changed: `foer` are the rows that they had.
pub async fn ajourfoer(tx: &mut Tx, foer: Vec<Rad>, naa: Vec<Rad>) -> Result<(), StoreError> {
    let mut gamle: HashSet<Rad> = foer.into_iter().collect();
    // What is taken out of the old rows stays as it is.
    let mut nye: Vec<Rad> = naa.into_iter().filter(|rad| !gamle.remove(rad)).collect();
    let mut tall = Ordtall::new();
    for rad in &gamle {
        let sql = "DELETE FROM soekeord WHERE ord = $1 AND foedt = $2 AND pid = $3";
        let gone = tx.execute(sql, params![rad.ord.as_bytes(), rad.foedt, rad.pid]).await?;
        if !rad.er_par() {
            tall.entry(rad.ord.clone()).or_insert_with(|| (rad.lyd(), 0)).1 -= i64::from(gone > 0);
        }
    }
    nye.sort_unstable();
    sett_inn(tx, &nye, tall).await
}

/// Puts rows in, which are sorted: in the order of the table, those that follow each other are put in at one place. `tall` is
/// what else changes of how many rows words have.
async fn sett_inn(tx: &mut Tx, nye: &[Rad], mut tall: Ordtall) -> Result<(), StoreError> {
    for rows in nye.chunks(ROWS) {
        let sql = format!(
            "INSERT INTO soekeord (ord, foedt, pid, trekk, merke) VALUES {} ON CONFLICT DO NOTHING",
            places(rows.len(), 5)
        );
        let values: Vec<Value> = rows
            .iter()
            .flat_map(|rad| {
                [
                    rad.ord.as_bytes().into(),
                    rad.foedt.into(),
                    rad.pid.into(),
                    rad.trekk.into(),
                    rad.merke.into(),
                ]
            })
            .collect();
        tx.execute(&sql, &values).await?;
    }
    for ord in nye.chunk_by(|rad, next| rad.ord == next.ord) {
        let Some(rad) = ord.first().filter(|rad| !rad.er_par()) else { continue };
        let antall = i64::try_from(ord.len()).unwrap_or(i64::MAX);
        tall.entry(rad.ord.clone()).or_insert_with(|| (rad.lyd(), 0)).1 += antall;
    }
    let mut tall: Vec<_> = tall.into_iter().filter(|(_, (_, antall))| *antall != 0).collect();
    tall.sort_unstable();
    for rows in tall.chunks(ROWS) {
        let sql = format!(
            "INSERT INTO ordtall (ord, lyd, antall) VALUES {}
             ON CONFLICT (ord) DO UPDATE SET antall = ordtall.antall + excluded.antall",
            places(rows.len(), 3)
        );
        let values: Vec<Value> = rows
            .iter()
            .flat_map(|(ord, (lyd, antall))| [ord.as_bytes().into(), lyd.as_deref().into(), (*antall).into()])
            .collect();
        tx.execute(&sql, &values).await?;
    }
    Ok(())
}

/// How many rows more or fewer words have, each with how it sounds.
type Ordtall = HashMap<String, (Option<String>, i64)>;

/// Rows of people who were loaded, until there are so many that each page of the table takes several: rows of a few people at a
/// time would write the whole table anew for every few thousand of a nation.
#[derive(Debug, Default)]
pub struct Ventende(Mutex<Vec<Rad>>);

/// Rows that are put in at once; some 700 MB of memory.
const MANGE: usize = 8_000_000;

impl Ventende {
    /// Lets rows wait. The caller has said, with the people whose they are, that rows are missing ([`mangler`]).
    pub async fn vent(&self, store: &Store, rader: Vec<Rad>) -> Result<(), StoreError> {
        let mut ventende = self.0.lock().await;
        ventende.extend(rader);
        if ventende.len() < MANGE {
            return Ok(());
        }
        skriv(store, &mut ventende, None).await
    }

    /// Puts in what waits: everyone is found from now on.
    pub async fn ferdig(&self, store: &Store) -> Result<(), StoreError> {
        let mut ventende = self.0.lock().await;
        if ventende.is_empty() {
            return Ok(());
        }
        skriv(store, &mut ventende, Some(FERDIG.to_owned())).await
    }
}

/// Puts rows in, and says up to whom everyone has theirs. Where that fails, the rows wait on.
async fn skriv(store: &Store, rader: &mut Vec<Rad>, til: Option<String>) -> Result<(), StoreError> {
    rader.sort_unstable();
    let nye = Arc::new(std::mem::take(rader));
    let kept = nye.clone();
    let written = store
        .write(move |tx| {
            Box::pin(async move {
                sett_inn(tx, &nye, Ordtall::new()).await?;
                match til {
                    Some(til) => ajourfoert(tx, &til).await,
                    None => Ok(()),
                }
            })
        })
        .await;
    if written.is_err() {
        *rader = Arc::unwrap_or_clone(kept);
    }
    written
}

/// Says that people are kept whose rows are not.
pub async fn mangler(tx: &mut Tx) -> Result<(), StoreError> {
    ajourfoert(tx, "").await
}

async fn ajourfoert(tx: &mut Tx, til: &str) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO ajourfoert (hva, til) VALUES ($1, $2) ON CONFLICT (hva) DO UPDATE SET til = excluded.til",
        params![SOEK, til],
    )
    .await?;
    Ok(())
}

/// The rows of a version.
pub fn rader_av(versjon: &Versjon) -> Result<Vec<Rad>, StoreError> {
    let person = versjon.helt().map_err(|error| skadet(&error))?;
    Ok(rader(versjon.pid, &person, versjon.gradering))
}

/// The numbers in use of the people who are hits, at most `maks` of them; `true` where there are more.
pub async fn soek(store: &Store, soek: &Soek, maks: usize) -> Result<(Vec<Pid>, bool), StoreError> {
    if let Some(nummer) = soek.nummer() {
        let found = finn_en(store, &nummer, true).await?.into_iter().collect();
        return Ok((treff(soek, found)?, false));
    }
    let filter = soek.filter();
    let mut leting = Leting::velg(store, soek, &filter).await?;
    let (mut found, mut seen) = (Vec::new(), HashSet::new());
    let mut antall = FOERST;
    while let Some(pids) = leting.neste(store, &filter, antall).await? {
        antall = SIDEN;
        let new: Vec<Pid> = pids.into_iter().filter(|pid| seen.insert(*pid)).collect();
        let mut versjoner = finn(store, &new).await?;
        let in_order = new.iter().filter_map(|pid| versjoner.remove(pid)).collect();
        found.append(&mut treff(soek, in_order)?);
        if found.len() > maks {
            found.truncate(maks);
            return Ok((found, true));
        }
    }
    Ok((found, false))
}

fn treff(soek: &Soek, versjoner: Vec<Versjon>) -> Result<Vec<Pid>, StoreError> {
    let mut hits = Vec::with_capacity(versjoner.len());
    for versjon in versjoner {
        let person = versjon.helt().map_err(|error| skadet(&error))?;
        if soek.treffer(&person, versjon.gradering) {
            hits.push(versjon.pid);
        }
    }
    Ok(hits)
}

/// Words whose rows are gone through, one word after the other.
struct Leting {
    /// The next word stands last.
    ord: Vec<Vec<u8>>,
    /// Birth date and number of the row that was read last under it.
    etter: (i64, String),
}

/// About as many days as people are born on: a birth date singles out one in so many.
const DAGER: i64 = 36_500;
/// To look up a word costs as much as to pass by so many rows.
const OPPSLAG: i64 = 20;

impl Leting {
    /// Goes in where the fewest rows are to be passed by.
    async fn velg(store: &Store, soek: &Soek, filter: &Filter) -> Result<Self, StoreError> {
        let mut best: Option<(i64, Vec<Vec<u8>>)> = None;
        let innganger = soek.innganger();
        for inngang in innganger.iter().chain([&Inngang::Ord(ALLE.to_owned())]) {
            let rows = match inngang {
                Inngang::Par(ord) => {
                    return Ok(Self {
                        ord: vec![ord.clone().into_bytes()],
                        etter: (filter.fra, String::new()),
                    });
                }
                Inngang::Ord(ord) => {
                    store
                        .query("SELECT ord, antall FROM ordtall WHERE ord = $1", params![ord.as_bytes()])
                        .await?
                }
                Inngang::Lyd(lyd) => {
                    store
                        .query("SELECT ord, antall FROM ordtall WHERE lyd = $1", params![lyd.as_str()])
                        .await?
                }
                Inngang::Begynnelse(ord) => {
                    // No text has the byte that ends the range.
                    let til = [ord.as_bytes(), &[0xff]].concat();
                    let sql = "SELECT ord, antall FROM ordtall WHERE ord >= $1 AND ord < $2";
                    store.query(sql, params![ord.as_bytes(), til]).await?
                }
            };
            let (mut ord, mut antall) = (Vec::with_capacity(rows.len()), 0_i64);
            for row in rows {
                let here: i64 = row.get(1)?;
                if here > 0 {
                    ord.push(row.get(0)?);
                    antall = antall.saturating_add(here);
                }
            }
            let pris = antall.saturating_mul(filter.dager().min(DAGER)) / DAGER + OPPSLAG * ord.len() as i64;
            if best.as_ref().is_none_or(|(least, _)| pris < *least) {
                best = Some((pris, ord));
            }
        }
        let ord = best.map(|(_, ord)| ord).unwrap_or_default();
        Ok(Self { ord, etter: (filter.fra, String::new()) })
    }

    /// The people of the next rows, about `antall` of them; `None` where there are no more rows.
    async fn neste(
        &mut self,
        store: &Store,
        filter: &Filter,
        antall: usize,
    ) -> Result<Option<Vec<Pid>>, StoreError> {
        let mut pids: Vec<Pid> = Vec::new();
        let sql = format!(
            "SELECT foedt, pid FROM soekeord WHERE ord = $1 AND (foedt, pid) > ($2, $3) AND foedt <= $4
             AND (trekk & $5) = $6 AND (merke & $7) = $7 ORDER BY foedt, pid LIMIT {antall}"
        );
        while pids.len() < antall {
            let Some(ord) = self.ord.last() else { break };
            let (fra, etter) = &self.etter;
            let values = params![
                ord.as_slice(),
                *fra,
                etter.as_str(),
                filter.til,
                filter.maske,
                filter.krav,
                filter.merke
            ];
            let rows = store.query(&sql, values).await?;
            let last = rows.len() < antall;
            for row in &rows {
                pids.push(row.get(1)?);
            }
            match rows.last() {
                Some(row) if !last => self.etter = (row.get(0)?, row.get(1)?),
                _ => {
                    self.ord.pop();
                    self.etter = (filter.fra, String::new());
                }
            }
        }
        Ok(if pids.is_empty() { None } else { Some(pids) })
    }
}

/// What [`forny`] is called among what has been brought up to date.
const SOEK: &str = "soek";
/// Beyond every number.
const FERDIG: &str = "~";

/// Makes the rows of people who have none: who were registered before there were any, or whose load was broken off.
pub async fn forny(store: &Store) -> Result<(), StoreError> {
    let kept = store.query_opt("SELECT til FROM ajourfoert WHERE hva = $1", params![SOEK]).await?;
    let mut fra: String = kept.map_or_else(|| Ok(String::new()), |row| row.get(0))?;
    let mut nye = Vec::new();
    while fra != FERDIG {
        let sql = format!("SELECT pid FROM nummer WHERE pid > $1 ORDER BY pid LIMIT {SIDEN}");
        let rows = store.query(&sql, params![fra.as_str()]).await?;
        let pids: Vec<Pid> = rows.iter().map(|row| row.get(0)).collect::<Result<_, _>>()?;
        fra = pids.last().map_or_else(|| FERDIG.to_owned(), |pid| pid.as_str().to_owned());
        for (nummer, versjon) in finn(store, &pids).await? {
            // A person is found by each of their numbers, and has rows under the one in use.
            if nummer == versjon.pid {
                nye.append(&mut rader_av(&versjon)?);
            }
        }
        if nye.len() >= MANGE || fra == FERDIG {
            skriv(store, &mut nye, Some(fra.clone())).await?;
        }
    }
    Ok(())
}
