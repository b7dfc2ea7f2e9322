//! The register's events: the line that followers read, and the document that stands behind it.
//!
//! A bulk load makes no events of the people it brings, since a follower begins from the whole of the register. A person
//! whom a later load changes gives `personErOppdatert`, which has no document of its own.

use clients::folkeregister::{
    DokumentForHendelse, Egenskapshendelse, Hendelse, HendelseMedDokumentIdentifikatorer, LagretHendelse,
};
use jiff::Timestamp;
use kernel::feed::{Entry, Event};
use kernel::id::Pid;
use kernel::store::{StoreError, Tx};
use serde::{Deserialize, Serialize};

use crate::store;

/// The version of the schema of the events' documents.
const SKJEMAVERSJON: &str = "1.4";

/// What the feed keeps of an event beside its number, type, person and moment.
#[derive(Serialize, Deserialize)]
struct Dokumenter {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hendelsesdokument: Option<String>,
    persondokument: String,
}

/// An event to append.
#[derive(Debug)]
pub struct NyHendelse<'a> {
    /// Whom it is about.
    pub pid: Pid,
    /// What happened.
    pub hendelsetype: &'a str,
    /// The version of the person document that it leaves.
    pub persondokument: &'a str,
    /// The identifier of the event's own document, and the entries that it tells of; none for machine corrections.
    pub dokument: Option<(String, Vec<Egenskapshendelse>)>,
}

/// Appends an event with its document and gives its number.
pub async fn append(tx: &mut Tx, hendelse: NyHendelse<'_>, naa: Timestamp) -> Result<i64, StoreError> {
    let NyHendelse { pid, hendelsetype, persondokument, dokument } = hendelse;
    let hendelsesdokument = dokument.as_ref().map(|(id, _)| id.clone());
    if let Some((id, egenskapshendelse)) = dokument {
        let innhold = DokumentForHendelse {
            dokumentidentifikator: id,
            skjemaversjon: SKJEMAVERSJON.to_owned(),
            hendelse: Hendelse {
                folkeregisteridentifikator: pid,
                hendelsestype: hendelsetype.to_owned(),
                ajourholdstidspunkt: naa,
                egenskapshendelse,
            },
        };
        store::behold_hendelsesdokument(tx, &innhold.dokumentidentifikator, &pid, &json(&innhold)?).await?;
    }
    let body = json(&Dokumenter { hendelsesdokument, persondokument: persondokument.to_owned() })?;
    kernel::feed::append(tx, &Event { kind: hendelsetype, subject: pid.as_str(), body, at: naa }).await
}

/// An event as followers read it.
pub fn vis(entry: Entry) -> Result<LagretHendelse, StoreError> {
    let Dokumenter { hendelsesdokument, persondokument } =
        serde_json::from_str(&entry.body).map_err(|error| store::skadet(&error))?;
    Ok(LagretHendelse {
        sekvensnummer: entry.seq,
        hendelse: HendelseMedDokumentIdentifikatorer {
            folkeregisteridentifikator: Pid::parse(&entry.subject)
                .map_err(|error| StoreError::Damaged(error.to_string()))?,
            hendelsesdokument,
            persondokument: Some(persondokument),
            ajourholdstidspunkt: entry.at,
            hendelsetype: entry.kind,
        },
    })
}

fn json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| store::skadet(&error))
}
