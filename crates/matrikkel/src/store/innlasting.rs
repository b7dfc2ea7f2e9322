//! Writes what a load brings, with the words and cells by which it is found.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use clients::matrikkel::{Eiendom, Eiendomsadresse, Kommune};
use jiff::Timestamp;
use kernel::feed::{self, Event};
use kernel::params;
use kernel::store::{StoreError, Tx, Value, places};

use super::liste;
use crate::model::innlasting::andeler;
use crate::model::ord::{Slag, ord};
use crate::model::rutenett::{celle, deler};

/// Rows of one insert, and values of one list.
pub(super) const ROWS: usize = 100;

/// Why a load is not kept.
#[derive(Debug)]
pub enum Nei {
    /// A property lies in a municipality that is not known.
    UkjentKommune(String),
    /// The store failed.
    Store(StoreError),
}

impl From<StoreError> for Nei {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Keeps municipalities and properties, and appends what that changes to the feed; `true` where it changed anything.
pub async fn behold(
    tx: &mut Tx,
    kommuner: &[Kommune],
    eiendommer: &[Eiendom],
    now: Timestamp,
) -> Result<bool, Nei> {
    for kommune in kommuner {
        tx.execute(
            "INSERT INTO kommune (nummer, innhold) VALUES ($1, $2)
             ON CONFLICT (nummer) DO UPDATE SET innhold = excluded.innhold",
            params![&kommune.kommunenummer, json(kommune)?],
        )
        .await?;
    }
    let known = kjente(tx, eiendommer).await?;
    let mut next = neste(tx, "eiendom").await?;
    let mut changed = Vec::new();
    for eiendom in eiendommer {
        let number = eiendom.matrikkelnummer.to_string();
        let text = json(eiendom)?;
        match known.get(&number) {
            Some((_, _, before)) if *before == text => {}
            Some((id, since, before)) => {
                changed.push(Ny { id: *id, foer: Some((*since, before)), number, text, eiendom });
            }
            None => {
                changed.push(Ny { id: next, foer: None, number, text, eiendom });
                next += 1;
            }
        }
    }
    if changed.is_empty() {
        return Ok(false);
    }
    let mut gone = Vec::new();
    for one in changed.iter().filter(|one| one.foer.is_some()) {
        gone.extend(glem(tx, one).await?);
    }
    skriv(tx, &changed, now).await?;
    skriv_adresser(tx, &changed, gone, now).await?;
    hendelser(tx, &changed, now).await?;
    Ok(true)
}

/// A property that is new or different.
struct Ny<'a> {
    id: i64,
    /// Since when it was as it was, and how.
    foer: Option<(i64, &'a String)>,
    number: String,
    text: String,
    eiendom: &'a Eiendom,
}

fn json<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Damaged(error.to_string()))
}

async fn neste(tx: &mut Tx, table: &str) -> Result<i64, StoreError> {
    let key = if table == "ordbok" { "n" } else { "id" };
    let row = tx.query_opt(&format!("SELECT COALESCE(MAX({key}), 0) + 1 FROM {table}"), &[]).await?;
    row.ok_or(StoreError::Missing("number"))?.get(0)
}

/// Inserts rows, given as their values one after another.
async fn sett_inn(
    tx: &mut Tx,
    table: &str,
    columns: &str,
    values: &[Value],
    end: &str,
) -> Result<(), StoreError> {
    let width = columns.split(',').count();
    for rows in values.chunks(ROWS * width) {
        let sql =
            format!("INSERT INTO {table} ({columns}) VALUES {} {end}", places(rows.len() / width, width));
        tx.execute(&sql, rows).await?;
    }
    Ok(())
}

/// The properties of the load that are there: id, since when, as they are.
async fn kjente(
    tx: &mut Tx,
    eiendommer: &[Eiendom],
) -> Result<HashMap<String, (i64, i64, String)>, StoreError> {
    let mut found = HashMap::new();
    for chunk in eiendommer.chunks(ROWS) {
        let numbers: Vec<Value> = chunk.iter().map(|one| one.matrikkelnummer.to_string().into()).collect();
        let sql = format!(
            "SELECT nummer, id, fra, innhold FROM eiendom WHERE nummer IN {}",
            places(1, numbers.len())
        );
        for mut row in tx.query(&sql, &numbers).await? {
            let text = row.take_text(3)?.unwrap_or_default();
            found.insert(row.get(0)?, (row.get(1)?, row.get(2)?, text));
        }
    }
    Ok(found)
}

/// Keeps a property as it was, takes away what is found by it, and gives the addresses that it had.
async fn glem(tx: &mut Tx, one: &Ny<'_>) -> Result<Vec<i64>, StoreError> {
    let Some((since, before)) = one.foer else { return Ok(Vec::new()) };
    tx.execute(
        "INSERT INTO eiendom_foer (eiendom, fra, innhold) VALUES ($1, $2, $3)
         ON CONFLICT (eiendom, fra) DO UPDATE SET innhold = excluded.innhold",
        params![one.id, since, before],
    )
    .await?;
    // The reader's own words may quote what is stored, so they are not kept.
    let before: Eiendom =
        serde_json::from_str(before).map_err(|_| StoreError::Damaged("a property".to_owned()))?;
    for share in andeler(&before) {
        if let Some(pid) = &share.rettighetshaver.personidentifikator {
            tx.execute("DELETE FROM eier WHERE pid = $1 AND eiendom = $2", params![pid, one.id]).await?;
        }
    }
    // What another property has got since is that one's.
    for building in &before.bygninger {
        let values = params![building.bygningsnummer, one.id];
        tx.execute("DELETE FROM bygning WHERE nummer = $1 AND eiendom = $2", values).await?;
    }
    let addresses: Vec<i64> = before.adresser.iter().map(|address| address.id).collect();
    if addresses.is_empty() {
        return Ok(addresses);
    }
    let sql = format!("SELECT id FROM adresse WHERE id IN ({}) AND eiendom = $1", liste(&addresses));
    tx.query(&sql, params![one.id]).await?.iter().map(|row| row.get(0)).collect()
}

async fn skriv(tx: &mut Tx, changed: &[Ny<'_>], now: Timestamp) -> Result<(), StoreError> {
    let (mut properties, mut buildings, mut owners) = (Vec::new(), Vec::new(), Vec::new());
    for one in changed {
        let number = &one.eiendom.matrikkelnummer;
        properties.extend(
            params![
                one.id,
                &one.number,
                &number.kommunenummer,
                number.gardsnummer,
                number.bruksnummer,
                number.festenummer,
                now.as_microsecond(),
                &one.text,
            ]
            .iter()
            .cloned(),
        );
        for building in &one.eiendom.bygninger {
            buildings.extend(params![building.bygningsnummer, one.id].iter().cloned());
        }
        let people: BTreeSet<_> =
            andeler(one.eiendom).filter_map(|share| share.rettighetshaver.personidentifikator).collect();
        for pid in people {
            owners.extend(params![pid, one.id].iter().cloned());
        }
    }
    let update = "ON CONFLICT (id) DO UPDATE SET fra = excluded.fra, innhold = excluded.innhold";
    let columns = "id, nummer, kommune, gnr, bnr, fnr, fra, innhold";
    sett_inn(tx, "eiendom", columns, &properties, update).await?;
    let update = "ON CONFLICT (nummer) DO UPDATE SET eiendom = excluded.eiendom";
    sett_inn(tx, "bygning", "nummer, eiendom", &buildings, update).await?;
    sett_inn(tx, "eier", "pid, eiendom", &owners, "ON CONFLICT DO NOTHING").await
}

/// A street in an area, as the store tells streets apart.
type Strekning<'a> = (i64, i64, &'a str, &'a str);

/// Writes the addresses, and what is new of streets and areas.
async fn skriv_adresser(tx: &mut Tx, changed: &[Ny<'_>], gone: Vec<i64>, now: Timestamp) -> Result<(), Nei> {
    let all =
        || changed.iter().flat_map(|one| one.eiendom.adresser.iter().map(move |address| (one, address)));
    // Addresses that are there already, here or at another property, are written anew.
    let mut ids: Vec<i64> = all().map(|(_, address)| address.id).chain(gone).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut change: BTreeMap<i64, i64> = BTreeMap::new();
    for ids in ids.chunks(ROWS * 5) {
        let list = liste(ids);
        for row in tx.query(&format!("SELECT strekning FROM adresse WHERE id IN ({list})"), &[]).await? {
            *change.entry(row.get(0)?).or_default() -= 1;
        }
        tx.execute(&format!("DELETE FROM adresse WHERE id IN ({list})"), &[]).await?;
    }
    let mut words: Vec<(String, Slag, i64)> = Vec::new();
    let areas = omraader(tx, changed, &mut words).await?;
    let key = |one: &Ny<'_>, address: &Eiendomsadresse| {
        let kommune = one.eiendom.matrikkelnummer.kommunenummer.clone();
        areas.get(&(kommune, address.postnummer.clone())).copied().unwrap_or_default()
    };
    let ids: BTreeSet<i64> = all().map(|(one, address)| key(one, address)).collect();
    let mut streets: HashMap<(i64, i64, String, String), i64> = HashMap::new();
    let list = liste(&ids.into_iter().collect::<Vec<_>>());
    if !list.is_empty() {
        let sql = format!("SELECT omraade, kode, navn, tillegg, id FROM strekning WHERE omraade IN ({list})");
        for row in tx.query(&sql, &[]).await? {
            streets.insert((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?), row.get(4)?);
        }
    }
    let mut next = neste(tx, "strekning").await?;
    let (mut new_streets, mut rows) = (Vec::new(), Vec::new());
    // `2024-01-01T00:00:00`, as the real API writes it.
    let day = now.to_string().chars().take(19).collect::<String>();
    for (one, address) in all() {
        let street: Strekning<'_> = (
            key(one, address),
            address.adressekode.unwrap_or(0),
            address.adressenavn.as_deref().unwrap_or_default(),
            address.adressetilleggsnavn.as_deref().unwrap_or_default(),
        );
        let owned = (street.0, street.1, street.2.to_owned(), street.3.to_owned());
        let id = *streets.entry(owned).or_insert_with(|| {
            words.extend(ord(street.2).map(|word| (word, Slag::Adressenavn, next)));
            words.extend(ord(street.3).map(|word| (word, Slag::Tilleggsnavn, next)));
            new_streets.extend(
                params![next, street.0, street.1, street.2, street.3, sortering(street.2), 0_i64]
                    .iter()
                    .cloned(),
            );
            next += 1;
            next - 1
        });
        *change.entry(id).or_default() += 1;
        let number = &one.eiendom.matrikkelnummer;
        let (lat, lon) = (deler(address.punkt.lat), deler(address.punkt.lon));
        let units = one.eiendom.bygninger.iter().flat_map(|building| &building.bruksenheter);
        let mut units: Vec<&str> = units
            .filter(|unit| unit.adresse == address.id)
            .map(|unit| unit.bruksenhetsnummer.as_str())
            .collect();
        units.sort_unstable();
        rows.extend(
            params![
                address.id,
                id,
                address.nummer.unwrap_or(0),
                address.bokstav.as_deref().unwrap_or_default().to_uppercase(),
                number.gardsnummer,
                number.bruksnummer,
                number.festenummer,
                address.undernummer.unwrap_or(0),
                lat,
                lon,
                celle(lat, lon),
                units.join(" "),
                day.as_str(),
                one.id,
            ]
            .iter()
            .cloned(),
        );
    }
    let columns = "id, omraade, kode, navn, tillegg, sortering, antall";
    sett_inn(tx, "strekning", columns, &new_streets, "").await?;
    let columns = "id, strekning, nummer, bokstav, gnr, bnr, fnr, unr, lat, lon, celle, bruksenheter, oppdatert, eiendom";
    sett_inn(tx, "adresse", columns, &rows, "").await?;
    for (street, change) in change.into_iter().filter(|(_, change)| *change != 0) {
        tx.execute("UPDATE strekning SET antall = antall + $1 WHERE id = $2", params![change, street])
            .await?;
    }
    skriv_ord(tx, &words).await?;
    Ok(())
}

/// Names of one word before longer ones, then by letter.
fn sortering(name: &str) -> Vec<u8> {
    let words: Vec<String> = ord(name).collect();
    let mut key = vec![words.len().min(255) as u8];
    key.extend(words.join(" ").bytes());
    key
}

/// The areas of the load by municipality and post code; new ones are written, and their words noted.
async fn omraader(
    tx: &mut Tx,
    changed: &[Ny<'_>],
    words: &mut Vec<(String, Slag, i64)>,
) -> Result<HashMap<(String, String), i64>, Nei> {
    let mut wanted: BTreeMap<&str, BTreeMap<&str, &str>> = BTreeMap::new();
    for one in changed {
        let of = wanted.entry(&one.eiendom.matrikkelnummer.kommunenummer).or_default();
        of.extend(
            one.eiendom
                .adresser
                .iter()
                .map(|address| (address.postnummer.as_str(), address.poststed.as_str())),
        );
    }
    let mut next = neste(tx, "omraade").await?;
    let (mut found, mut rows) = (HashMap::new(), Vec::new());
    for (number, codes) in wanted {
        let row = tx.query_opt("SELECT innhold FROM kommune WHERE nummer = $1", params![number]).await?;
        let Some(row) = row else { return Err(Nei::UkjentKommune(number.to_owned())) };
        let kommune: Kommune = serde_json::from_str(&row.get::<String>(0)?)
            .map_err(|error| StoreError::Damaged(format!("a municipality: {error}")))?;
        for row in tx.query("SELECT postnummer, id FROM omraade WHERE kommune = $1", params![number]).await? {
            found.insert((number.to_owned(), row.get::<String>(0)?), row.get::<i64>(1)?);
        }
        for (code, place) in codes {
            if found.contains_key(&(number.to_owned(), code.to_owned())) {
                continue;
            }
            let name = kommune.kommunenavn_norsk.to_uppercase();
            rows.extend(params![next, number, name, code, place.to_uppercase()].iter().cloned());
            let names = [&kommune.kommunenavn_norsk, &kommune.kommunenavn];
            words.extend(names.iter().flat_map(|name| ord(name)).map(|word| (word, Slag::Kommunenavn, next)));
            words.extend(ord(place).map(|word| (word, Slag::Poststed, next)));
            words.push((code.to_owned(), Slag::Postnummer, next));
            words.push((number.to_owned(), Slag::Kommunenummer, next));
            found.insert((number.to_owned(), code.to_owned()), next);
            next += 1;
        }
    }
    sett_inn(tx, "omraade", "id, kommune, kommunenavn, postnummer, poststed", &rows, "").await?;
    Ok(found)
}

/// Writes the words of new streets and areas, with those that the dictionary does not have.
async fn skriv_ord(tx: &mut Tx, words: &[(String, Slag, i64)]) -> Result<(), StoreError> {
    let distinct: Vec<&String> =
        words.iter().map(|(word, ..)| word).collect::<BTreeSet<_>>().into_iter().collect();
    let mut numbers: HashMap<&str, i64> = HashMap::new();
    let mut next = neste(tx, "ordbok").await?;
    let mut rows = Vec::new();
    for chunk in distinct.chunks(ROWS) {
        let values: Vec<Value> = chunk.iter().map(|word| Value::from(*word)).collect();
        let sql = format!("SELECT ord, n FROM ordbok WHERE ord IN {}", places(1, values.len()));
        let mut known: HashMap<String, i64> = HashMap::new();
        for row in tx.query(&sql, &values).await? {
            known.insert(row.get(0)?, row.get(1)?);
        }
        for word in chunk {
            let number = known.get(*word).copied().unwrap_or_else(|| {
                rows.extend(params![next, *word].iter().cloned());
                next += 1;
                next - 1
            });
            numbers.insert(word, number);
        }
    }
    sett_inn(tx, "ordbok", "n, ord", &rows, "").await?;
    let (mut areas, mut streets) = (BTreeSet::new(), BTreeSet::new());
    for (word, slag, id) in words {
        let number = numbers.get(word.as_str()).copied().unwrap_or_default();
        let into = if *slag as i64 > 2 { &mut areas } else { &mut streets };
        into.insert((number, *slag as i64, *id));
    }
    for (table, column, rows) in [("omraadeord", "omraade", areas), ("strekningsord", "strekning", streets)] {
        let values: Vec<Value> =
            rows.into_iter().flat_map(|(word, slag, id)| [word.into(), slag.into(), id.into()]).collect();
        sett_inn(tx, table, &format!("ord, slag, {column}"), &values, "").await?;
    }
    Ok(())
}

/// The change log: properties, addresses and buildings.
async fn hendelser(tx: &mut Tx, changed: &[Ny<'_>], now: Timestamp) -> Result<(), StoreError> {
    let mut all: Vec<(&'static str, String, &'static str)> = Vec::new();
    for one in changed {
        let what = if one.foer.is_none() { "\"Nyoppretting\"" } else { "\"Oppdatering\"" };
        all.push(("Matrikkelenhet", one.number.clone(), what));
        all.extend(one.eiendom.adresser.iter().map(|address| ("Adresse", address.id.to_string(), what)));
        all.extend(
            one.eiendom
                .bygninger
                .iter()
                .map(|building| ("Bygning", building.bygningsnummer.to_string(), what)),
        );
    }
    let events: Vec<Event<'_>> = all
        .iter()
        .map(|(kind, subject, what)| Event { kind, subject, body: (*what).to_owned(), at: now })
        .collect();
    feed::append_all(tx, &events).await
}
