//! Digital postkasse: the messages of Digital post til innbyggere (DPI), the person's mailbox and the print queue. Wire
//! types and typed clients (spec `communication.md` § B; published schemas `dpi/*.schema.json`).

use jiff::{Timestamp, civil::Date};
use kernel::id::{Orgnr, Pid};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

mod adresse;
mod dpi;

use crate::kontaktregister::DigitalPost;
use crate::maskinporten::TokenSource;
use crate::{ClientError, Mesh, encoded, orgs, request};

pub use dpi::*;

/// The component's name in the mesh.
pub const NAME: &str = "postkasse";
/// The scope that a sender's token needs.
pub const SEND_SCOPE: &str = "digitalpostinnbygger:send";

/// Where a message has come on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Meldingsstatus {
    /// The status.
    pub status: Sendestatus,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub timestamp: Timestamp,
    /// More in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beskrivelse: Option<String>,
}

/// The stations of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Sendestatus {
    /// Taken at the sender's access point.
    Opprettet,
    /// Taken by the mailbox or print provider.
    Sendt,
    /// Given up; a `feil` receipt tells why.
    Feilet,
}

/// What became of a sending.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Mottatt {
    /// The message's id.
    pub message_id: Uuid,
    /// `SENDT`, or `FEILET`, in which case a `feil` receipt tells why too.
    pub status: Sendestatus,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beskrivelse: Option<String>,
}

/// A receipt that waits for its sender.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Innkommende {
    /// The receipt's message.
    pub forretningsmelding: Melding,
}

/// A mailbox, as the bulk load takes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Postboks {
    /// Its address, as the contact register knows it.
    pub postkasseadresse: String,
    /// Whose it is.
    #[schema(value_type = String)]
    pub personidentifikator: Pid,
}

/// Who sent a letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Brevavsender {
    /// The organisation.
    #[schema(value_type = String)]
    pub orgnr: Orgnr,
    /// Its name, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub navn: Option<String>,
}

/// A letter in a person's mailbox, without its document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Brev {
    /// The letter's id: the message's.
    pub id: Uuid,
    /// From whom.
    pub avsender: Brevavsender,
    /// Its non-sensitive title.
    pub tittel: String,
    /// When it became visible to the person.
    #[schema(value_type = String, format = DateTime)]
    pub mottatt: Timestamp,
    /// When the person first opened it; `null` until then.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub aapnet: Option<Timestamp>,
    /// The least level of sign-in that opens it: 3 or 4.
    pub sikkerhetsnivaa: u8,
    /// Whether the sender is told of the opening, so that the person must agree before the first reading.
    pub aapningskvittering: bool,
    /// The conversation it belongs to.
    pub konversasjon: Uuid,
    /// The document's size in bytes.
    pub stoerrelse: i64,
}

/// A page of letters, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Brevliste {
    /// The letters.
    pub meldinger: Vec<Brev>,
    /// Whether there are older ones: ask with `foer` = the last `id`.
    pub flere: bool,
}

/// Where a letter is at the print provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Utskriftsstatus {
    /// Waits to be printed.
    Koe,
    /// Printed.
    Skrevet,
    /// Handed to the post; the sender gets a `leveringskvittering`.
    Postlagt,
    /// Came back; shredded with a `returpostkvittering` where so ordered.
    Retur,
}

/// A letter in the print queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Utskriftsbrev {
    /// The letter's id: the message's.
    pub id: Uuid,
    /// From whom.
    #[schema(value_type = String)]
    pub avsender: Orgnr,
    /// When it was queued.
    #[schema(value_type = String, format = DateTime)]
    pub mottatt: Timestamp,
    /// Where it is now.
    pub status: Utskriftsstatus,
    /// To where it goes.
    pub mottaker: Adresse,
    /// What happens when it cannot be handed over.
    pub retur: Retur,
    /// In colour or not.
    pub utskriftstype: Utskriftstype,
    /// How fast.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub posttype: Option<Posttype>,
    /// The document's size in bytes.
    pub stoerrelse: i64,
}

/// A page of the print queue, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Utskriftskoe {
    /// The letters.
    pub brev: Vec<Utskriftsbrev>,
    /// Whether there are more: ask with `etter` = the last `id`.
    pub flere: bool,
}

/// What the print provider tells of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NyUtskriftsstatus {
    /// Where it is now.
    pub status: Utskriftsstatus,
}

/// What a digital and a printed letter have in common, for the sending client.
#[derive(Debug, Clone)]
pub struct Forsendelse {
    /// The message's id. Sending the same letter again with the same id is safe and changes nothing.
    pub melding: Uuid,
    /// The conversation's id, which the receipts carry.
    pub konversasjon: Uuid,
    /// The sender: the token's `consumer`.
    pub avsender: Orgnr,
    /// The channel on which the receipts will be read, when the sender has several systems.
    pub kanal: Option<String>,
    /// When the letter was made; keep it when sending again.
    pub opprettet: Timestamp,
    /// The document.
    pub pdf: Vec<u8>,
}

/// What is told of a digital letter only.
#[derive(Debug, Clone)]
pub struct Digitalbrev {
    /// The mailbox that the contact register gave.
    pub postkasse: DigitalPost,
    /// 1 to 255 characters, nothing sensitive.
    pub tittel: String,
    /// 3 (substantial) or 4 (high).
    pub sikkerhetsnivaa: u8,
    /// Two letters; samples use `no`.
    pub spraak: String,
    /// Whether to order a receipt when the person opens it.
    pub aapningskvittering: bool,
    /// Not visible before this day in Norway.
    pub virkningsdato: Option<Date>,
    /// Notices to send.
    pub varsler: Option<Varsler>,
}

/// Digital post as a sender's system sees it (Maskinporten, [`SEND_SCOPE`]).
#[derive(Debug, Clone)]
pub struct Postkasse {
    mesh: Mesh,
    tokens: TokenSource,
}

impl Postkasse {
    /// A client whose tokens need [`SEND_SCOPE`].
    pub fn new(mesh: Mesh, tokens: TokenSource) -> Self {
        Self { mesh, tokens }
    }

    /// Sends a letter to a digital mailbox. Answered only when it is kept; safe to repeat.
    ///
    /// [`Sendestatus::Feilet`] says that it was taken and could not be delivered, which a `feil` receipt tells too: the
    /// mailbox does not exist (any more), or the message is not its sender's. The same message will not do better.
    pub async fn send_digital(
        &self,
        forsendelse: &Forsendelse,
        brev: &Digitalbrev,
    ) -> Result<Sendestatus, ClientError> {
        let token = self.tokens.token().await?;
        let digital = Digital {
            avsender: avsender(&forsendelse.avsender),
            mottaker: Personmottaker { postkasseadresse: brev.postkasse.postkasseadresse.clone() },
            dokumentpakkefingeravtrykk: Fingeravtrykk::of(&forsendelse.pdf),
            maskinportentoken: token.clone(),
            sikkerhetsnivaa: brev.sikkerhetsnivaa,
            virkningsdato: brev.virkningsdato,
            virkningstidspunkt: None,
            aapningskvittering: brev.aapningskvittering,
            ikkesensitivtittel: brev.tittel.clone(),
            spraak: brev.spraak.clone(),
            varsler: brev.varsler.clone(),
        };
        let receiver = Virksomhetsidentifikator::of(&brev.postkasse.postkasseleverandoeradresse);
        let mut melding = forsendelse.envelope("digital", receiver);
        melding.standard_business_document.digital = Some(digital);
        self.send(forsendelse, &melding, &token).await
    }

    /// Sends a letter to be printed. Answered only when it is kept; safe to repeat. For its status see
    /// [`Self::send_digital`].
    pub async fn send_print(
        &self,
        forsendelse: &Forsendelse,
        mottaker: &Adresse,
        retur: &Retur,
    ) -> Result<Sendestatus, ClientError> {
        let token = self.tokens.token().await?;
        let utskrift = Utskrift {
            avsender: avsender(&forsendelse.avsender),
            mottaker: mottaker.clone(),
            dokumentpakkefingeravtrykk: Fingeravtrykk::of(&forsendelse.pdf),
            maskinportentoken: token.clone(),
            utskriftstype: Utskriftstype::SortHvit,
            retur: retur.clone(),
            posttype: Some(Posttype::B),
        };
        let receiver = Virksomhetsidentifikator {
            authority: AUTHORITY.to_owned(),
            value: format!("0192:{}", orgs::UTSKRIFT.orgnr),
        };
        let mut melding = forsendelse.envelope("utskrift", receiver);
        melding.standard_business_document.utskrift = Some(utskrift);
        self.send(forsendelse, &melding, &token).await
    }

    async fn send(
        &self,
        forsendelse: &Forsendelse,
        melding: &Melding,
        token: &str,
    ) -> Result<Sendestatus, ClientError> {
        let (content_type, body) = multipart(forsendelse.melding, melding, &forsendelse.pdf)?;
        let path = format!("/dpi/api/v1/messages/out{}", kanal("?", forsendelse.kanal.as_deref()));
        let request = request::post(&path).bearer(token).body(&content_type, body)?;
        let answer = request::bytes(self.mesh.send(NAME, request).await?)?;
        // The real access point answers nothing of worth; ours tells at once what its receipt tells too.
        Ok(serde_json::from_slice::<Mottatt>(&answer).map_or(Sendestatus::Sendt, |mottatt| mottatt.status))
    }

    /// Where a message has come; `None` when it was never taken.
    pub async fn statuses(&self, melding: Uuid) -> Result<Option<Vec<Meldingsstatus>>, ClientError> {
        let token = self.tokens.token().await?;
        let request =
            request::get(&format!("/dpi/api/v1/messages/out/{melding}/statuses")).bearer(&token).empty()?;
        request::found(request::json(self.mesh.send(NAME, request).await?))
    }

    /// The unread receipts on a channel, oldest first, at most 100.
    pub async fn kvitteringer(&self, kanal_navn: Option<&str>) -> Result<Vec<Melding>, ClientError> {
        let token = self.tokens.token().await?;
        let path = format!("/dpi/api/v1/messages/in?page_size=100{}", kanal("&", kanal_navn));
        let request = request::get(&path).bearer(&token).empty()?;
        let unread: Vec<Innkommende> = request::json(self.mesh.send(NAME, request).await?)?;
        Ok(unread.into_iter().map(|innkommende| innkommende.forretningsmelding).collect())
    }

    /// Takes a receipt off the list of unread ones; safe to repeat.
    pub async fn lest(&self, kvittering: Uuid) -> Result<(), ClientError> {
        let token = self.tokens.token().await?;
        let request =
            request::post(&format!("/dpi/api/v1/messages/in/{kvittering}/read")).bearer(&token).empty()?;
        request::found(request::bytes(self.mesh.send(NAME, request).await?)).map(drop)
    }
}

impl Forsendelse {
    fn envelope(&self, kind: &str, receiver: Virksomhetsidentifikator) -> Melding {
        let sender = Virksomhetsidentifikator::of(&self.avsender);
        Melding::new(kind, kind, self.melding, self.konversasjon, self.opprettet, sender, receiver)
    }
}

fn avsender(orgnr: &Orgnr) -> Avsender {
    Avsender {
        virksomhetsidentifikator: Virksomhetsidentifikator::of(orgnr),
        avsenderidentifikator: None,
        faktura_referanse: None,
    }
}

fn kanal(separator: &str, kanal: Option<&str>) -> String {
    kanal.map_or_else(String::new, |kanal| format!("{separator}kanal={}", encoded(kanal)))
}

/// The body of a sending: the message as JSON and the document as PDF. Gives the content type too.
pub fn multipart(id: Uuid, melding: &Melding, pdf: &[u8]) -> Result<(String, Vec<u8>), ClientError> {
    let boundary = format!("dpi-{id}");
    let mut body = Vec::with_capacity(pdf.len() + 4096);
    let part = |name: &str, file: &str, kind: &str| {
        format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\nContent-Type: {kind}\r\n\r\n"
        )
    };
    body.extend(part("forretningsmelding", "sbd.json", "application/json").bytes());
    serde_json::to_writer(&mut body, melding).map_err(|error| ClientError::Decode(error.to_string()))?;
    body.extend(b"\r\n");
    body.extend(part("dokumentpakke", "dokument.pdf", "application/pdf").bytes());
    body.extend(pdf);
    body.extend(format!("\r\n--{boundary}--\r\n").bytes());
    Ok((format!("multipart/form-data; boundary={boundary}"), body))
}

/// The mailbox as the signed-in person sees it (ID-porten, `felles:post`).
#[derive(Debug, Clone)]
pub struct MinPostkasse {
    mesh: Mesh,
}

impl MinPostkasse {
    /// A client; every call carries the person's access token, with `felles:post`.
    pub fn new(mesh: Mesh) -> Self {
        Self { mesh }
    }

    /// The letters before letter `foer` (all when `None`), newest first, at most `antall` (1–100).
    pub async fn meldinger(
        &self,
        token: &str,
        foer: Option<Uuid>,
        antall: u32,
    ) -> Result<Brevliste, ClientError> {
        let foer = foer.map_or_else(String::new, |foer| format!("&foer={foer}"));
        let path = format!("/postkasse/api/v1/meldinger?antall={antall}{foer}");
        request::json(self.mesh.send(NAME, request::get(&path).bearer(token).empty()?).await?)
    }

    /// One letter of the person's; `None` when there is none such.
    pub async fn melding(&self, token: &str, id: Uuid) -> Result<Option<Brev>, ClientError> {
        let path = format!("/postkasse/api/v1/meldinger/{id}");
        request::found(request::json(self.mesh.send(NAME, request::get(&path).bearer(token).empty()?).await?))
    }

    /// Opens a letter: its PDF; `None` when there is none such.
    ///
    /// `godta_kvittering` says that the person agrees that the sender is told. Without it a letter that has
    /// `aapningskvittering` and was never opened gives status 409. A sign-in below the letter's level gives 403.
    pub async fn dokument(
        &self,
        token: &str,
        id: Uuid,
        godta_kvittering: bool,
    ) -> Result<Option<Vec<u8>>, ClientError> {
        let path = format!("/postkasse/api/v1/meldinger/{id}/dokument?godtaKvittering={godta_kvittering}");
        let request = request::get(&path).bearer(token).empty()?;
        let document = request::found(request::bytes(self.mesh.send(NAME, request).await?))?;
        Ok(document.map(Vec::from))
    }
}
