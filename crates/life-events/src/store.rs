//! Every SQL statement of the journeys, beside those of the process engine.
//!
//! What a step of a journey writes comes as a [`Statement`], which the engine runs in the step's own transaction.

use clients::life_events::{Kanal, Loesning, Oppgavetype, Saksbehandler, Vedtak};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::id::{Orgnr, Pid};
use kernel::params;
use kernel::store::{FromValue, Row, Store, StoreError, Tx, Value};
use letters::Brev;
use process::Statement;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::model::{NyOppgave, Oppgaverad, Reiserad, Vedtaksrad};

fn json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Damaged(error.to_string()))
}

fn read<T: DeserializeOwned>(what: &str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Damaged(format!("{what}: {error}")))
}

/// A column of JSON, where it holds something.
fn optional<T: DeserializeOwned>(row: &Row, column: usize, what: &str) -> Result<Option<T>, StoreError> {
    row.get::<Option<String>>(column)?.map(|text| read(what, &text)).transpose()
}

// --- the feed ---

// --- journeys ---

const REISE: &str = "SELECT id, instans, sak, barn, mor, annen, foedselsdato, opprettet FROM reise";

fn reiserad(row: &Row) -> Result<Reiserad, StoreError> {
    Ok(Reiserad {
        id: row.get(0)?,
        instans: row.get(1)?,
        sak: row.get(2)?,
        barn: row.get(3)?,
        mor: row.get(4)?,
        annen: row.get(5)?,
        foedselsdato: row.get(6)?,
        opprettet: row.get(7)?,
    })
}

/// The number of the next journey.
pub async fn neste_nr(tx: &mut Tx) -> Result<i64, StoreError> {
    let row = tx.query_opt("SELECT COALESCE(MAX(nr), 0) + 1 FROM reise", &[]).await?;
    row.ok_or(StoreError::Missing("reise.nr"))?.get(0)
}

/// Keeps a new journey; whether there was none yet for the child.
pub async fn ny_reise(tx: &mut Tx, nr: i64, reise: &Reiserad) -> Result<bool, StoreError> {
    let kept = tx
        .execute(
            "INSERT INTO reise (nr, id, instans, sak, barn, mor, annen, foedselsdato, opprettet, stans)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, NULL) ON CONFLICT (barn) DO NOTHING",
            params![
                nr,
                reise.id,
                reise.instans,
                reise.sak.as_str(),
                reise.barn,
                reise.mor,
                reise.annen,
                reise.foedselsdato,
                reise.opprettet
            ],
        )
        .await?;
    Ok(kept > 0)
}

/// The process instance that the journey follows.
pub async fn sett_instans(tx: &mut Tx, reise: Uuid, instans: Uuid) -> Result<(), StoreError> {
    tx.execute("UPDATE reise SET instans = $2 WHERE id = $1", params![reise, instans]).await.map(drop)
}

/// One journey.
pub async fn reise(store: &Store, id: Uuid) -> Result<Option<Reiserad>, StoreError> {
    let row = store.query_opt(&format!("{REISE} WHERE id = $1"), params![id]).await?;
    row.as_ref().map(reiserad).transpose()
}

/// The journey of a child's birth.
pub async fn reise_for_barn(store: &Store, barn: &Pid) -> Result<Option<Reiserad>, StoreError> {
    let row = store.query_opt(&format!("{REISE} WHERE barn = $1"), params![barn]).await?;
    row.as_ref().map(reiserad).transpose()
}

/// The same, inside a transaction.
pub async fn reise_for_barn_in(tx: &mut Tx, barn: &Pid) -> Result<Option<Reiserad>, StoreError> {
    let row = tx.query_opt(&format!("{REISE} WHERE barn = $1"), params![barn]).await?;
    row.as_ref().map(reiserad).transpose()
}

/// The journeys of a parent, newest first, at most 100.
pub async fn reiser_for(store: &Store, pid: &Pid) -> Result<Vec<Reiserad>, StoreError> {
    let sql = format!("{REISE} WHERE mor = $1 OR annen = $1 ORDER BY nr DESC LIMIT 100");
    store.query(&sql, params![pid]).await?.iter().map(reiserad).collect()
}

/// The journeys that someone is mother or child in, inside a transaction.
pub async fn reiser_om(tx: &mut Tx, pid: &Pid) -> Result<Vec<Reiserad>, StoreError> {
    let sql = format!("{REISE} WHERE barn = $1 OR mor = $1 ORDER BY nr");
    tx.query(&sql, params![pid]).await?.iter().map(reiserad).collect()
}

/// Keeps why machines do nothing more in a journey.
pub async fn stans(tx: &mut Tx, reise: Uuid, kode: &str) -> Result<(), StoreError> {
    tx.execute("UPDATE reise SET stans = $2 WHERE id = $1 AND stans IS NULL", params![reise, kode])
        .await
        .map(drop)
}

/// Why machines do nothing more in a journey; absent where they do.
pub async fn stanset(store: &Store, reise: Uuid) -> Result<Option<String>, StoreError> {
    let row = store.query_opt("SELECT stans FROM reise WHERE id = $1", params![reise]).await?;
    row.map_or(Ok(None), |row| row.get(0))
}

// --- what a decision rests on ---

/// Keeps what was gathered.
pub fn behold_grunnlag(reise: Uuid, innhold: String) -> Statement {
    Statement::new(
        "INSERT INTO grunnlag (reise, innhold) VALUES ($1, $2) ON CONFLICT (reise) DO UPDATE SET innhold = excluded.innhold",
        params![reise, innhold],
    )
}

/// What was gathered.
pub async fn grunnlag<T: DeserializeOwned>(store: &Store, reise: Uuid) -> Result<Option<T>, StoreError> {
    let row = store.query_opt("SELECT innhold FROM grunnlag WHERE reise = $1", params![reise]).await?;
    row.map(|row| read("grunnlag", &row.get::<String>(0)?)).transpose()
}

const BEHOLD_VURDERING: &str = "INSERT INTO vurdering (reise, innhold) VALUES ($1, $2) ON CONFLICT (reise) DO UPDATE SET innhold = excluded.innhold";

/// Keeps what the rules said.
pub fn behold_vurdering(reise: Uuid, innhold: String) -> Statement {
    Statement::new(BEHOLD_VURDERING, params![reise, innhold])
}

/// Keeps what the rules say with a caseworker's findings.
pub async fn ny_vurdering(tx: &mut Tx, reise: Uuid, innhold: String) -> Result<(), StoreError> {
    tx.execute(BEHOLD_VURDERING, params![reise, innhold]).await.map(drop)
}

/// What the rules said.
pub async fn vurdering<T: DeserializeOwned>(store: &Store, reise: Uuid) -> Result<Option<T>, StoreError> {
    let row = store.query_opt("SELECT innhold FROM vurdering WHERE reise = $1", params![reise]).await?;
    row.map(|row| read("vurdering", &row.get::<String>(0)?)).transpose()
}

// --- decisions ---

/// Writes a decision and its letter, once.
pub fn nytt_vedtak(vedtak: &Vedtak, part: &Pid, brev: &Brev) -> Result<Statement, StoreError> {
    Ok(Statement::new(
        "INSERT INTO vedtak (id, reise, nr, part, etat, innhold, brev)
         VALUES ($1, $2, (SELECT COUNT(*) FROM vedtak WHERE reise = $2) + 1, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING",
        params![vedtak.id, vedtak.reise, part, &vedtak.etat.orgnr, json(vedtak)?, json(brev)?],
    ))
}

/// Keeps how a letter went.
pub fn sendt(
    vedtak: Uuid,
    kanal: Kanal,
    melding: Option<Uuid>,
    postkasse: Option<&str>,
    at: Timestamp,
) -> Statement {
    let kanal = match kanal {
        Kanal::Digital => "digital",
        Kanal::Utskrift => "utskrift",
    };
    Statement::new(
        "UPDATE vedtak SET kanal = $2, melding = $3, postkasseadresse = $4, sendt = $5 WHERE id = $1",
        params![vedtak, kanal, melding, postkasse.map(str::to_owned), at],
    )
}

const VEDTAK: &str = "SELECT part, etat, innhold, kanal, melding FROM vedtak";

fn vedtaksrad(row: &Row) -> Result<Vedtaksrad, StoreError> {
    let kanal: Option<String> = row.get(3)?;
    Ok(Vedtaksrad {
        part: row.get(0)?,
        etat: row.get(1)?,
        innhold: read("vedtak", &row.get::<String>(2)?)?,
        kanal: kanal.map(|kanal| if kanal == "digital" { Kanal::Digital } else { Kanal::Utskrift }),
        melding: row.get(4)?,
    })
}

/// One decision.
pub async fn vedtak(store: &Store, id: Uuid) -> Result<Option<Vedtaksrad>, StoreError> {
    let row = store.query_opt(&format!("{VEDTAK} WHERE id = $1"), params![id]).await?;
    row.as_ref().map(vedtaksrad).transpose()
}

/// The newest decision of a journey, inside a transaction.
pub async fn siste_vedtak(tx: &mut Tx, reise: Uuid) -> Result<Option<Uuid>, StoreError> {
    let row = tx
        .query_opt("SELECT id FROM vedtak WHERE reise = $1 ORDER BY nr DESC LIMIT 1", params![reise])
        .await?;
    row.map(|row| row.get(0)).transpose()
}

/// The letter of a decision.
pub async fn brev(store: &Store, vedtak: Uuid) -> Result<Option<Brev>, StoreError> {
    let row = store.query_opt("SELECT brev FROM vedtak WHERE id = $1", params![vedtak]).await?;
    row.map(|row| read("brev", &row.get::<String>(0)?)).transpose()
}

// --- tasks ---

const NY_OPPGAVE: &str = "INSERT INTO oppgave
    (id, slag, etat, reise, sak, vedtak, part, tittel, grunner, frist, opprettet, tekst, faktum, noekkel, loest)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 0) ON CONFLICT (id) DO NOTHING";

fn ny_oppgave_params(oppgave: &NyOppgave) -> Result<Vec<Value>, StoreError> {
    Ok(params![
        oppgave.id,
        slag(oppgave.slag),
        &oppgave.etat,
        oppgave.reise,
        oppgave.sak.as_str(),
        oppgave.vedtak,
        oppgave.part,
        oppgave.tittel.as_str(),
        json(&oppgave.grunner)?,
        oppgave.frist,
        oppgave.opprettet,
        oppgave.tekst.clone(),
        oppgave.faktum.clone(),
        oppgave.noekkel.clone()
    ]
    .to_vec())
}

/// Puts a task before a caseworker, once.
pub fn ny_oppgave(oppgave: &NyOppgave) -> Result<Statement, StoreError> {
    Ok(Statement::new(NY_OPPGAVE, &ny_oppgave_params(oppgave)?))
}

/// Puts a task before a caseworker unless it is there already, and gives its deadline.
pub async fn ny_oppgave_in(tx: &mut Tx, oppgave: &NyOppgave) -> Result<Date, StoreError> {
    tx.execute(NY_OPPGAVE, &ny_oppgave_params(oppgave)?).await?;
    let row = tx.query_opt("SELECT frist FROM oppgave WHERE id = $1", params![oppgave.id]).await?;
    row.ok_or(StoreError::Missing("oppgave"))?.get(0)
}

/// A kind of task as it is kept.
pub fn slag(slag: Oppgavetype) -> &'static str {
    match slag {
        Oppgavetype::ManuellVurdering => "manuell_vurdering",
        Oppgavetype::ManuellUtsending => "manuell_utsending",
        Oppgavetype::Klage => "klage",
        Oppgavetype::FeilIFaktum => "feil_i_faktum",
        Oppgavetype::ManuellKontroll => "manuell_kontroll",
        Oppgavetype::Teknisk => "teknisk",
    }
}

struct Slag(Oppgavetype);

impl FromValue for Slag {
    fn from_value(value: &Value) -> Option<Self> {
        let Value::Text(text) = value else { return None };
        Some(Self(match text.as_str() {
            "manuell_vurdering" => Oppgavetype::ManuellVurdering,
            "manuell_utsending" => Oppgavetype::ManuellUtsending,
            "klage" => Oppgavetype::Klage,
            "feil_i_faktum" => Oppgavetype::FeilIFaktum,
            "manuell_kontroll" => Oppgavetype::ManuellKontroll,
            "teknisk" => Oppgavetype::Teknisk,
            _ => return None,
        }))
    }
}

const OPPGAVE: &str = "SELECT id, slag, etat, reise, sak, vedtak, part, tittel, grunner, frist, opprettet, tekst, faktum, noekkel,
    loesning FROM oppgave";

fn oppgaverad(row: &Row) -> Result<Oppgaverad, StoreError> {
    Ok(Oppgaverad {
        oppgave: NyOppgave {
            id: row.get(0)?,
            slag: row.get::<Slag>(1)?.0,
            etat: row.get(2)?,
            reise: row.get(3)?,
            sak: row.get(4)?,
            vedtak: row.get(5)?,
            part: row.get(6)?,
            tittel: row.get(7)?,
            grunner: read("oppgave.grunner", &row.get::<String>(8)?)?,
            frist: row.get(9)?,
            opprettet: row.get(10)?,
            tekst: row.get(11)?,
            faktum: row.get(12)?,
            noekkel: row.get(13)?,
        },
        loesning: optional(row, 14, "oppgave.loesning")?,
    })
}

/// An agency's tasks, those with the nearest deadline first, at most 500.
pub async fn oppgaver(store: &Store, etat: &Orgnr, loest: bool) -> Result<Vec<Oppgaverad>, StoreError> {
    let sql = format!("{OPPGAVE} WHERE etat = $1 AND loest = $2 ORDER BY frist, opprettet, id LIMIT 500");
    store.query(&sql, params![etat, loest]).await?.iter().map(oppgaverad).collect()
}

/// One task.
pub async fn oppgave(store: &Store, id: Uuid) -> Result<Option<Oppgaverad>, StoreError> {
    let row = store.query_opt(&format!("{OPPGAVE} WHERE id = $1"), params![id]).await?;
    row.as_ref().map(oppgaverad).transpose()
}

/// The same, inside a transaction.
pub async fn oppgave_in(tx: &mut Tx, id: Uuid) -> Result<Option<Oppgaverad>, StoreError> {
    let row = tx.query_opt(&format!("{OPPGAVE} WHERE id = $1"), params![id]).await?;
    row.as_ref().map(oppgaverad).transpose()
}

/// What has been asked about a decision, oldest first.
pub async fn henvendelser(store: &Store, vedtak: Uuid) -> Result<Vec<Oppgaverad>, StoreError> {
    let sql = format!(
        "{OPPGAVE} WHERE vedtak = $1 AND slag IN ('klage', 'feil_i_faktum', 'manuell_kontroll') ORDER BY opprettet, id"
    );
    store.query(&sql, params![vedtak]).await?.iter().map(oppgaverad).collect()
}

/// The open tasks of a journey, inside a transaction.
pub async fn aapne_oppgaver(tx: &mut Tx, reise: Uuid) -> Result<Vec<Oppgaverad>, StoreError> {
    let sql = format!("{OPPGAVE} WHERE reise = $1 AND loest = 0 ORDER BY opprettet, id");
    tx.query(&sql, params![reise]).await?.iter().map(oppgaverad).collect()
}

/// Says why else a task is before a human.
pub async fn sett_grunner(tx: &mut Tx, oppgave: &NyOppgave) -> Result<(), StoreError> {
    let sql = "UPDATE oppgave SET grunner = $2 WHERE id = $1";
    tx.execute(sql, params![oppgave.id, json(&oppgave.grunner)?]).await.map(drop)
}

/// Keeps how a task was resolved, and by whom.
pub async fn loes(tx: &mut Tx, id: Uuid, loesning: &Loesning, av: &Pid) -> Result<(), StoreError> {
    let sql = "UPDATE oppgave SET loest = 1, loesning = $2, loest_av = $3 WHERE id = $1";
    tx.execute(sql, params![id, json(loesning)?, av]).await.map(drop)
}

// --- caseworkers ---

/// The caseworker of this number.
pub async fn saksbehandler(store: &Store, pid: &Pid) -> Result<Option<Saksbehandler>, StoreError> {
    let sql = "SELECT pid, rolle, orgnr, navn FROM saksbehandler WHERE pid = $1";
    let Some(row) = store.query_opt(sql, params![pid]).await? else { return Ok(None) };
    Ok(Some(Saksbehandler {
        personidentifikator: row.get(0)?,
        rolle: row.get(1)?,
        orgnr: row.get(2)?,
        navn: row.get(3)?,
    }))
}

/// Keeps a caseworker.
pub async fn behold_saksbehandler(tx: &mut Tx, person: &Saksbehandler) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO saksbehandler (pid, orgnr, rolle, navn) VALUES ($1, $2, $3, $4)
         ON CONFLICT (pid) DO UPDATE SET orgnr = excluded.orgnr, rolle = excluded.rolle, navn = excluded.navn",
        params![&person.personidentifikator, &person.orgnr, person.rolle.as_str(), person.navn.clone()],
    )
    .await
    .map(drop)
}
