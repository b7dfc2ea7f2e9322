//! Every statement of the mailboxes.
//!
//! A letter is taken in one transaction: the message, its document, its receipt and its event.

use clients::postkasse::{
    Brev, Brevavsender, Brevdokument, Postboks, Utskrift, Utskriftsbrev, Utskriftsstatus,
};
use jiff::Timestamp;
use kernel::feed::{self, Event};
use kernel::id::{Orgnr, Pid};
use kernel::params;
use kernel::store::{Row, Store, StoreError, Tx};
use uuid::Uuid;

use crate::model::{
    Forsendelse, Innhold, Kvitteringspost, Kvitteringsslag, Levering, print_status, print_status_name,
    visible_from,
};

fn damaged(what: &'static str) -> StoreError {
    StoreError::Damaged(format!("{what} in the mailbox store"))
}

fn to_json<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Damaged(error.to_string()))
}

// --- intake ---

/// How the intake of a message ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// Kept; with why it cannot be delivered, if so.
    New(Option<String>),
    /// The same message is here already; likewise.
    Again(Option<String>),
    /// Another message has this id.
    Other,
}

/// Takes a message: delivers it, or keeps why it cannot be delivered.
pub async fn take(
    tx: &mut Tx,
    f: Forsendelse,
    kvittering: Uuid,
    now: Timestamp,
) -> Result<Taken, StoreError> {
    let id = f.id.to_string();
    let earlier =
        tx.query_opt("SELECT avtrykk, feil FROM forsendelse WHERE id = $1", params![id.as_str()]).await?;
    if let Some(earlier) = earlier {
        let same = earlier.get::<String>(0)? == f.avtrykk;
        return Ok(if same { Taken::Again(earlier.get(1)?) } else { Taken::Other });
    }
    let levering = match (&f.feil, &f.innhold) {
        (Some(feil), _) => Levering::Feilet(feil.clone()),
        (None, Innhold::Utskrift(_)) => Levering::Utskriftskoe,
        (None, Innhold::Digital(digital)) => match owner(tx, &digital.mottaker.postkasseadresse).await? {
            Some(pid) => {
                if meant(tx, &f, pid).await? {
                    Levering::Postkasse(pid, visible_from(digital, now))
                } else {
                    let feil = "Postkassen tilhører en annen enn den som står i manifestet. Slå opp mottakeren på nytt.";
                    Levering::Feilet(feil.to_owned())
                }
            }
            None => Levering::Feilet("Postkasseadressen er ukjent.".to_owned()),
        },
    };
    let (eier, synlig) = match &levering {
        Levering::Postkasse(pid, synlig) => (Some(*pid), Some(synlig.as_millisecond())),
        _ => (None, None),
    };
    let queued = matches!(levering, Levering::Utskriftskoe).then(|| print_status_name(Utskriftsstatus::Koe));
    let (slag, feil) = match levering {
        Levering::Postkasse(..) => (Kvitteringsslag::Levering, None),
        Levering::Utskriftskoe => (Kvitteringsslag::Mottak, None),
        Levering::Feilet(feil) => (Kvitteringsslag::Feil, Some(feil)),
    };
    let (brev, tittel, nivaa, vil_kvittering) = match &f.innhold {
        Innhold::Digital(d) => (
            to_json(d)?,
            Some(d.ikkesensitivtittel.as_str()),
            Some(i64::from(d.sikkerhetsnivaa)),
            d.aapningskvittering,
        ),
        Innhold::Utskrift(u) => (to_json(u)?, None, None, false),
    };
    let dokumenter = f.pakke.as_ref().map(|pakke| to_json(&pakke.dokumenter)).transpose()?;
    let stoerrelse = f.stoerrelse();
    let row = tx
        .query_opt(
            "INSERT INTO forsendelse (nr, id, konversasjon, avsender, avsenderidentifikator, signatar, leverandoer, kanal, slag,
                avtrykk, brev, stoerrelse, mottatt, feil, eier, tittel, nivaa, synlig, vil_kvittering, utskriftsstatus, dokumenter)
             VALUES ((SELECT COALESCE(MAX(nr), 0) + 1 FROM forsendelse), $1, $2, $3, $4, $5, $6, $7, $8,
                $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20) RETURNING nr",
            params![
                id.as_str(),
                f.konversasjon,
                &f.avsender,
                f.avsenderidentifikator,
                &f.signatar,
                &f.leverandoer,
                f.kanal.as_str(),
                f.innhold.slag(),
                f.avtrykk,
                brev,
                stoerrelse,
                now,
                feil.as_deref(),
                eier,
                tittel,
                nivaa,
                synlig,
                vil_kvittering,
                queued,
                dokumenter
            ],
        )
        .await?;
    let nr: i64 = row.ok_or_else(|| damaged("a letter's number"))?.get(0)?;
    // What cannot be delivered is not kept either: the sender has it, and nobody here may read it.
    if feil.is_none() {
        let melding = f.pakke.map(|pakke| pakke.melding);
        let sql = "INSERT INTO dokument (nr, innhold, melding) VALUES ($1, $2, $3)";
        tx.execute(sql, params![nr, f.dokument, melding]).await?;
    }
    let post = NewReceipt { id: kvittering, nr, slag, detaljer: feil.as_deref(), tidspunkt: now };
    add_receipt(tx, &post, &f.avsender, &f.kanal).await?;
    append(tx, slag.name(), &id, f.konversasjon, &f.avsender, now).await?;
    Ok(Taken::New(feil))
}

/// Whose the mailbox at this address is.
async fn owner(tx: &mut Tx, adresse: &str) -> Result<Option<Pid>, StoreError> {
    let sql = "SELECT COALESCE((SELECT nytt FROM nummer WHERE gammelt = pid), pid) FROM postboks WHERE adresse = $1";
    let row = tx.query_opt(sql, params![adresse]).await?;
    row.map(|row| row.get(0)).transpose()
}

/// Whether a mailbox of `pid` is whose the sender means: theirs by name, or by a number of before; a sender need not tell.
async fn meant(tx: &mut Tx, f: &Forsendelse, pid: Pid) -> Result<bool, StoreError> {
    let Some(whom) = f.pakke.as_ref().and_then(|pakke| pakke.personidentifikator) else { return Ok(true) };
    if whom == pid {
        return Ok(true);
    }
    let row = tx.query_opt("SELECT nytt FROM nummer WHERE gammelt = $1", params![&whom]).await?;
    Ok(row.map(|row| row.get::<Pid>(0)).transpose()? == Some(pid))
}

/// Gives what belongs to the number `earlier` to the number `pid`: letters now, and mailboxes from now on.
pub async fn give(tx: &mut Tx, earlier: &Pid, pid: &Pid) -> Result<(), StoreError> {
    let sql = "INSERT INTO nummer (gammelt, nytt) VALUES ($1, $2) ON CONFLICT (gammelt) DO UPDATE SET nytt = excluded.nytt";
    tx.execute(sql, params![earlier, pid]).await?;
    tx.execute("UPDATE forsendelse SET eier = $1 WHERE eier = $2", params![pid, earlier]).await?;
    Ok(())
}

/// Keeps a mailbox; an address that is known gets the owner that is given last.
pub async fn put_mailbox(tx: &mut Tx, boks: &Postboks) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO postboks (adresse, pid) VALUES ($1, $2) ON CONFLICT (adresse) DO UPDATE SET pid = excluded.pid",
        params![boks.postkasseadresse.as_str(), &boks.personidentifikator],
    )
    .await?;
    Ok(())
}

/// Appends what happened to a letter. The event says nothing of whose it is.
async fn append(
    tx: &mut Tx,
    kind: &str,
    id: &str,
    konversasjon: Uuid,
    avsender: &Orgnr,
    at: Timestamp,
) -> Result<(), StoreError> {
    let body = serde_json::json!({ "konversasjon": konversasjon, "avsender": avsender.as_str() }).to_string();
    feed::append(tx, &Event { kind, subject: id, body, at }).await.map(drop)
}

// --- receipts ---

struct NewReceipt<'a> {
    id: Uuid,
    nr: i64,
    slag: Kvitteringsslag,
    detaljer: Option<&'a str>,
    tidspunkt: Timestamp,
}

async fn add_receipt(
    tx: &mut Tx,
    new: &NewReceipt<'_>,
    avsender: &Orgnr,
    kanal: &str,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO kvittering (nr, id, forsendelse, avsender, kanal, slag, tidspunkt, detaljer)
         VALUES ((SELECT COALESCE(MAX(nr), 0) + 1 FROM kvittering), $1, $2, $3, $4, $5, $6, $7)",
        params![new.id, new.nr, avsender, kanal, new.slag.name(), new.tidspunkt, new.detaljer],
    )
    .await?;
    Ok(())
}

/// The unread receipts of a sender on a channel, oldest first, after the first so many; of one unit only where `enhet` names it.
pub async fn unread(
    store: &Store,
    avsender: &Orgnr,
    kanal: &str,
    enhet: &str,
    (skip, limit): (i64, i64),
) -> Result<Vec<Kvitteringspost>, StoreError> {
    let rows = store
        .query(
            "SELECT k.id, k.slag, k.tidspunkt, k.detaljer, f.konversasjon, f.slag, f.leverandoer, f.avsender, f.signatar
             FROM kvittering k JOIN forsendelse f ON f.nr = k.forsendelse
             WHERE k.avsender = $1 AND k.kanal = $2 AND k.lest IS NULL AND ($3 = '' OR f.avsenderidentifikator = $3)
             ORDER BY k.nr LIMIT $4 OFFSET $5",
            params![avsender, kanal, enhet, limit, skip],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Kvitteringspost {
                id: row.get(0)?,
                slag: Kvitteringsslag::named(&row.get::<String>(1)?)
                    .ok_or_else(|| damaged("a receipt's kind"))?,
                tidspunkt: row.get(2)?,
                detaljer: row.get(3)?,
                konversasjon: row.get(4)?,
                prosess: row.get(5)?,
                leverandoer: row.get(6)?,
                avsender: row.get(7)?,
                signatar: row.get(8)?,
            })
        })
        .collect()
}

/// Takes a receipt off the unread ones. `false` when the sender has none of this id.
pub async fn mark_read(tx: &mut Tx, avsender: &Orgnr, id: Uuid, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE kvittering SET lest = COALESCE(lest, $3) WHERE id = $1 AND avsender = $2";
    Ok(tx.execute(sql, params![id, avsender, now]).await? > 0)
}

/// When a sender's message was taken, and why it failed if it did.
pub async fn outcome(
    store: &Store,
    avsender: &Orgnr,
    id: Uuid,
) -> Result<Option<(Timestamp, Option<String>)>, StoreError> {
    let sql = "SELECT mottatt, feil FROM forsendelse WHERE id = $1 AND avsender = $2";
    let row = store.query_opt(sql, params![id, avsender]).await?;
    row.map(|row| Ok((row.get(0)?, row.get(1)?))).transpose()
}

// --- the person's mailbox ---

const BREV: &str = "SELECT id, avsender, tittel, synlig, aapnet, nivaa, vil_kvittering, konversasjon, stoerrelse, nr, dokumenter FROM forsendelse";

/// A letter's documents; and whether it came as a package.
fn documents(row: &Row, place: usize, size: i64) -> Result<(Vec<Brevdokument>, bool), StoreError> {
    if let Some(json) = row.get::<Option<String>>(place)? {
        return Ok((serde_json::from_str(&json).map_err(|_| damaged("a letter's documents"))?, true));
    }
    let (navn, mime) = ("brev.pdf".to_owned(), "application/pdf".to_owned());
    Ok((vec![Brevdokument { tittel: None, navn, mime, stoerrelse: size }], false))
}

fn brev(row: &Row) -> Result<Brev, StoreError> {
    let avsender: Orgnr = row.get(1)?;
    let stoerrelse = row.get(8)?;
    let (dokumenter, signert) = documents(row, 10, stoerrelse)?;
    Ok(Brev {
        id: row.get(0)?,
        avsender: Brevavsender {
            navn: clients::orgs::name(avsender.as_str()).map(str::to_owned),
            orgnr: avsender,
        },
        tittel: row.get(2)?,
        mottatt: Timestamp::from_millisecond(row.get(3)?).map_err(|_| damaged("a letter's time"))?,
        aapnet: row.get(4)?,
        sikkerhetsnivaa: u8::try_from(row.get::<i64>(5)?).map_err(|_| damaged("a letter's level"))?,
        aapningskvittering: row.get(6)?,
        konversasjon: row.get(7)?,
        stoerrelse,
        dokumenter,
        signert,
    })
}

/// The letters that a person sees at `now`, newest first, older than letter `foer`. `None` when that letter is not theirs.
pub async fn letters(
    store: &Store,
    eier: &Pid,
    foer: Option<Uuid>,
    limit: i64,
    now: Timestamp,
) -> Result<Option<Vec<Brev>>, StoreError> {
    let (mut before, mut nr) = (i64::MAX, i64::MAX);
    if let Some(foer) = foer {
        let sql = "SELECT synlig, nr FROM forsendelse WHERE eier = $1 AND id = $2";
        let Some(row) = store.query_opt(sql, params![eier, foer]).await? else { return Ok(None) };
        (before, nr) = (row.get(0)?, row.get(1)?);
    }
    let rows = store
        .query(
            &format!("{BREV} WHERE eier = $1 AND synlig <= $2 AND (synlig, nr) < ($3, $4) ORDER BY synlig DESC, nr DESC LIMIT $5"),
            params![eier, now.as_millisecond(), before, nr, limit],
        )
        .await?;
    rows.iter().map(brev).collect::<Result<_, _>>().map(Some)
}

/// One letter that a person sees at `now`, with its number.
pub async fn letter(
    store: &Store,
    eier: &Pid,
    id: Uuid,
    now: Timestamp,
) -> Result<Option<(Brev, i64)>, StoreError> {
    let sql = format!("{BREV} WHERE eier = $1 AND id = $2 AND synlig <= $3");
    let row = store.query_opt(&sql, params![eier, id, now.as_millisecond()]).await?;
    row.map(|row| Ok((brev(&row)?, row.get(9)?))).transpose()
}

/// A letter's document, or its package.
pub async fn document(store: &Store, nr: i64) -> Result<Vec<u8>, StoreError> {
    let row = store.query_opt("SELECT innhold FROM dokument WHERE nr = $1", params![nr]).await?;
    row.ok_or_else(|| damaged("a missing document"))?.get(0)
}

/// Marks a letter as opened, the first time only, and gives the receipt that the sender ordered.
pub async fn open(
    tx: &mut Tx,
    brev: &Brev,
    nr: i64,
    kvittering: Uuid,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE forsendelse SET aapnet = $2 WHERE nr = $1 AND aapnet IS NULL RETURNING kanal";
    let Some(row) = tx.query_opt(sql, params![nr, now]).await? else { return Ok(()) };
    if brev.aapningskvittering {
        let kanal: String = row.get(0)?;
        let post =
            NewReceipt { id: kvittering, nr, slag: Kvitteringsslag::Aapning, detaljer: None, tidspunkt: now };
        add_receipt(tx, &post, &brev.avsender.orgnr, &kanal).await?;
        let (id, konversasjon) = (brev.id.to_string(), brev.konversasjon);
        append(tx, Kvitteringsslag::Aapning.name(), &id, konversasjon, &brev.avsender.orgnr, now).await?;
    }
    Ok(())
}

// --- the print queue ---

const UTSKRIFT: &str = "SELECT id, avsender, mottatt, utskriftsstatus, brev, stoerrelse, nr, kanal, konversasjon, dokumenter FROM forsendelse";

fn printed(row: &Row) -> Result<Utskriftsbrev, StoreError> {
    let status: String = row.get(3)?;
    let letter: Utskrift =
        serde_json::from_str(&row.get::<String>(4)?).map_err(|_| damaged("a printed letter"))?;
    let stoerrelse = row.get(5)?;
    Ok(Utskriftsbrev {
        dokumenter: documents(row, 9, stoerrelse)?.0,
        id: row.get(0)?,
        avsender: row.get(1)?,
        mottatt: row.get(2)?,
        status: print_status(&status).ok_or_else(|| damaged("a print status"))?,
        mottaker: letter.mottaker,
        retur: letter.retur,
        utskriftstype: letter.utskriftstype,
        posttype: letter.posttype,
        stoerrelse,
    })
}

/// The letters of one print status, oldest first, after letter `etter`. `None` when there is no such letter.
pub async fn queue(
    store: &Store,
    status: Utskriftsstatus,
    etter: Option<Uuid>,
    limit: i64,
) -> Result<Option<Vec<Utskriftsbrev>>, StoreError> {
    let mut after = 0_i64;
    if let Some(etter) = etter {
        let row = store
            .query_opt("SELECT nr FROM forsendelse WHERE id = $1 AND slag = 'utskrift'", params![etter])
            .await?;
        let Some(row) = row else { return Ok(None) };
        after = row.get(0)?;
    }
    let sql = format!("{UTSKRIFT} WHERE utskriftsstatus = $1 AND nr > $2 ORDER BY nr LIMIT $3");
    let rows = store.query(&sql, params![print_status_name(status), after, limit]).await?;
    rows.iter().map(printed).collect::<Result<_, _>>().map(Some)
}

/// The number of a letter that was sent to print, and its documents; with whether they are in a package.
pub async fn print_number(
    store: &Store,
    id: Uuid,
) -> Result<Option<(i64, Vec<Brevdokument>, bool)>, StoreError> {
    let sql =
        "SELECT nr, stoerrelse, dokumenter FROM forsendelse WHERE id = $1 AND utskriftsstatus IS NOT NULL";
    let row = store.query_opt(sql, params![id]).await?;
    row.map(|row| {
        let (dokumenter, signert) = documents(&row, 2, row.get(1)?)?;
        Ok((row.get(0)?, dokumenter, signert))
    })
    .transpose()
}

/// A printed letter, inside a transaction, with what a receipt of it needs: its number, channel and conversation.
pub async fn print_letter(
    tx: &mut Tx,
    id: Uuid,
) -> Result<Option<(Utskriftsbrev, i64, String, Uuid)>, StoreError> {
    let sql = format!("{UTSKRIFT} WHERE id = $1 AND utskriftsstatus IS NOT NULL");
    let row = tx.query_opt(&sql, params![id]).await?;
    row.map(|row| Ok((printed(&row)?, row.get(6)?, row.get(7)?, row.get(8)?))).transpose()
}

/// Moves a printed letter on, with the receipt that it gives, if any.
pub async fn move_print(
    tx: &mut Tx,
    (brev, nr, kanal, konversasjon): (Utskriftsbrev, i64, String, Uuid),
    to: Utskriftsstatus,
    receipt: Option<(Kvitteringsslag, Uuid)>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE forsendelse SET utskriftsstatus = $2 WHERE nr = $1";
    tx.execute(sql, params![nr, print_status_name(to)]).await?;
    let Some((slag, id)) = receipt else { return Ok(()) };
    let post = NewReceipt { id, nr, slag, detaljer: None, tidspunkt: now };
    add_receipt(tx, &post, &brev.avsender, &kanal).await?;
    append(tx, slag.name(), &brev.id.to_string(), konversasjon, &brev.avsender, now).await
}
