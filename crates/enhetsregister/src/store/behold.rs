//! What is kept of a unit: its row, the words it is found by, and who has which role in it.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use kernel::feed::{self, Event};
use kernel::id::Orgnr;
use kernel::params;
use kernel::store::{Store, StoreError, Tx, Value, places};

use super::endringer::hendelse;
use super::{ROLLER, les_roller, slagtall, tilstand};
use crate::model::rad::Sted;
use crate::model::{self, Rad, Slag, Tilstand, endring};

/// Rows of one insert, and values of one list, where a bulk load needs many.
const ROWS: usize = 100;
/// Which columns a row has: rows of an older edition are written again by [`forny`].
const UTGAVE: i64 = 2;

/// A unit as it stands before it is written.
struct Kjent {
    slag: i64,
    tilstand: Tilstand,
    navn: String,
    innhold: String,
    roller: Option<String>,
}

/// Keeps units' newest state and appends what that changes to the feed; `true` where it changed anything.
pub async fn behold(tx: &mut Tx, rader: &[Rad], now: Timestamp) -> Result<bool, StoreError> {
    let kjente = kjente(tx, rader).await?;
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
        let mut event = |kind, body| events.push(Event { kind, subject: rad.orgnr.as_str(), body, at: now });
        if !same {
            let before = kjent.filter(|kjent| kjent.tilstand == Tilstand::Aktiv);
            let body = match (rad.tilstand, before) {
                (Tilstand::Slettet, _) => hendelse("Sletting", None),
                (Tilstand::Fjernet, _) => hendelse("Fjernet", None),
                (Tilstand::Aktiv, None) => hendelse("Ny", None),
                (Tilstand::Aktiv, Some(kjent)) => {
                    hendelse("Endring", Some(endring::forskjell(&kjent.innhold, &rad.innhold)))
                }
            };
            event(rad.slag.samling(), body?);
        }
        if !same_roles {
            event(ROLLER, hendelse("rolle.oppdatert", None)?);
        }
    }
    skriv(tx, &changed).await?;
    feed::append_all(tx, &events).await?;
    Ok(!events.is_empty())
}

/// Writes the rows of an older edition again, some at a time; `false` where there were none.
pub async fn forny(store: &Store) -> Result<bool, StoreError> {
    store
        .write(|tx| {
            Box::pin(async move {
                let rows = tx
                    .query("SELECT orgnr, slag, tilstand, navn, innhold, roller FROM enhet WHERE utgave < 2 LIMIT 500", &[])
                    .await?;
                let mut rader = Vec::with_capacity(rows.len());
                for row in &rows {
                    let orgnr: Orgnr = row.get(0)?;
                    let slag = if row.get::<i64>(1)? == 0 { Slag::Enhet } else { Slag::Underenhet };
                    let (innhold, roller): (String, Option<String>) = (row.get(4)?, row.get(5)?);
                    let rad = model::rad::igjen(orgnr, slag, tilstand(row.get(2)?), &row.get::<String>(3)?, innhold, roller);
                    rader.push(rad.ok_or_else(|| StoreError::Damaged("a unit".to_owned()))?);
                }
                for rad in &rader {
                    for verv in &rad.verv {
                        let key = params![verv.pid, rad.orgnr];
                        tx.execute("DELETE FROM rolle WHERE pid = $1 AND orgnr = $2", key).await?;
                    }
                }
                skriv(tx, &rader.iter().collect::<Vec<_>>()).await?;
                Ok::<_, StoreError>(!rows.is_empty())
            })
        })
        .await
}

async fn kjente(tx: &mut Tx, rader: &[Rad]) -> Result<HashMap<Orgnr, Kjent>, StoreError> {
    let mut kjente = HashMap::new();
    for chunk in rader.chunks(ROWS) {
        let numbers: Vec<Value> = chunk.iter().map(|rad| rad.orgnr.into()).collect();
        let sql = format!(
            "SELECT orgnr, slag, tilstand, navn, innhold, roller FROM enhet WHERE orgnr IN {}",
            places(1, numbers.len())
        );
        for row in tx.query(&sql, &numbers).await? {
            let kjent = Kjent {
                slag: row.get(1)?,
                tilstand: tilstand(row.get(2)?),
                navn: row.get(3)?,
                innhold: row.get(4)?,
                roller: row.get(5)?,
            };
            kjente.insert(row.get::<Orgnr>(0)?, kjent);
        }
    }
    Ok(kjente)
}

/// Takes away the rows that belong to a unit as it was.
async fn glem(tx: &mut Tx, orgnr: &Orgnr, kjent: &Kjent) -> Result<(), StoreError> {
    for word in model::ord(&kjent.navn) {
        tx.execute(
            "DELETE FROM soekeord WHERE slag = $1 AND ord = $2 AND orgnr = $3",
            params![kjent.slag, word.as_bytes(), orgnr],
        )
        .await?;
    }
    for word in model::rad::adresseord(&kjent.innhold) {
        tx.execute("DELETE FROM adresseord WHERE ord = $1 AND orgnr = $2", params![word.as_bytes(), orgnr])
            .await?;
    }
    let groups = kjent.roller.as_deref().map(les_roller).transpose()?.unwrap_or_default();
    for pid in model::personer(&groups) {
        tx.execute("DELETE FROM rolle WHERE pid = $1 AND orgnr = $2", params![pid, orgnr]).await?;
    }
    for role in groups.iter().flat_map(|group| &group.roller) {
        if let Some(unit) = &role.enhet {
            tx.execute(
                "DELETE FROM enhetsrolle WHERE innehaver = $1 AND orgnr = $2",
                params![unit.organisasjonsnummer, orgnr],
            )
            .await?;
        }
    }
    Ok(())
}

async fn skriv(tx: &mut Tx, rader: &[&Rad]) -> Result<(), StoreError> {
    const COLUMNS: &str = "orgnr, slag, tilstand, navn, sortering, form, overordnet, ansatte, registrert, stiftet, sektor,
         regnskap, flagg, innhold, roller, utgave, ordrekke, naering, naering2, naering3, hjemmeside, eierskifte, nedlagt,
         kommune, postnummer, poststed, landkode, postkommune, postpostnummer, postpoststed, postlandkode";
    let columns: Vec<&str> = COLUMNS.split(',').map(str::trim).collect();
    let updates: Vec<String> =
        columns.iter().skip(1).map(|column| format!("{column} = excluded.{column}")).collect();
    let (mut words, mut address_words) = (Vec::new(), Vec::new());
    let (mut roles, mut unit_roles) = (Vec::new(), Vec::new());
    let mut kommuner = BTreeMap::new();
    for chunk in rader.chunks(ROWS) {
        let mut values = Vec::with_capacity(chunk.len() * columns.len());
        for rad in chunk {
            values.extend(verdier(rad));
            if rad.tilstand == Tilstand::Aktiv {
                for word in model::ord(&rad.navn) {
                    words.extend_from_slice(params![slagtall(rad.slag), word.into_bytes(), rad.orgnr]);
                }
            }
            for (post, sted) in [(0_i64, &rad.sted), (1, &rad.post)] {
                for word in &sted.ord {
                    address_words.extend_from_slice(params![word.as_bytes(), post, rad.orgnr]);
                }
                if let (Some(number), Some(name)) = (&sted.kommune, &sted.kommunenavn) {
                    kommuner.insert(number.clone(), name.clone());
                }
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
            for (n, (holder, role)) in (0_i64..).zip(&rad.enhetsverv) {
                unit_roles.extend_from_slice(params![*holder, rad.orgnr, n, role.as_str()]);
            }
        }
        let sql = format!(
            "INSERT INTO enhet ({COLUMNS}) VALUES {} ON CONFLICT (orgnr) DO UPDATE SET {}",
            places(chunk.len(), columns.len()),
            updates.join(", ")
        );
        tx.execute(&sql, &values).await?;
    }
    sett_inn(tx, "soekeord", "slag, ord, orgnr", "", &words).await?;
    sett_inn(tx, "adresseord", "ord, post, orgnr", "", &address_words).await?;
    let columns = "pid, orgnr, n, kode, beskrivelse, fratraadt, avregistrert, doed";
    sett_inn(tx, "rolle", columns, "", &roles).await?;
    sett_inn(tx, "enhetsrolle", "innehaver, orgnr, n, rolle", "", &unit_roles).await?;
    let kommuner: Vec<Value> =
        kommuner.iter().flat_map(|(number, name)| [Value::from(number), Value::from(name)]).collect();
    let newest = "ON CONFLICT (nummer) DO UPDATE SET navn = excluded.navn";
    sett_inn(tx, "kommune", "nummer, navn", newest, &kommuner).await
}

/// A row's values, in the order of its columns.
fn verdier(rad: &Rad) -> Vec<Value> {
    let tilstand: i64 = match rad.tilstand {
        Tilstand::Aktiv => 0,
        Tilstand::Slettet => 1,
        Tilstand::Fjernet => 2,
    };
    let mut values = params![
        rad.orgnr,
        slagtall(rad.slag),
        tilstand,
        rad.navn.as_str(),
        model::sortering(&rad.navn),
        rad.form.as_str(),
        rad.overordnet,
        rad.ansatte,
        rad.registrert,
        rad.stiftet,
        rad.sektor.as_deref(),
        rad.regnskap.as_deref(),
        rad.flagg,
        rad.innhold.as_str(),
        rad.roller.as_deref(),
        UTGAVE,
        model::ordrekke(&rad.navn),
    ]
    .to_vec();
    values.extend(rad.naering.iter().map(|code| Value::from(code.as_deref().map(str::as_bytes))));
    values.extend_from_slice(params![rad.hjemmeside.as_deref(), rad.eierskifte, rad.nedlagt]);
    for Sted { kommune, postnummer, poststed, landkode, .. } in [&rad.sted, &rad.post] {
        let parts = [kommune, postnummer, poststed, landkode];
        values.extend(parts.map(|part| Value::from(part.as_deref())));
    }
    values
}

/// Inserts rows, many at a time.
async fn sett_inn(
    tx: &mut Tx,
    table: &str,
    columns: &str,
    otherwise: &str,
    values: &[Value],
) -> Result<(), StoreError> {
    let width = columns.split(',').count();
    for rows in values.chunks(ROWS * width) {
        let places = places(rows.len() / width, width);
        tx.execute(&format!("INSERT INTO {table} ({columns}) VALUES {places} {otherwise}"), rows).await?;
    }
    Ok(())
}
