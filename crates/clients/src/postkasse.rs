//! Digital postkasse: the messages of Digital post til innbyggere (DPI), the person's mailbox and the print queue. Wire
//! types and typed clients (spec `communication.md` § B; published schemas `dpi/*.schema.json`).

use bytes::Bytes;
use http::HeaderMap;
use jiff::{Timestamp, civil::Date};
use kernel::id::{Orgnr, Pid};
use kernel::jose::Jwt;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

mod adresse;
mod dpi;
mod sertifikater;

use crate::kontaktregister::DigitalPost;
use crate::maskinporten::TokenSource;
use crate::{ClientError, Mesh, encoded, orgs, request};

pub use dpi::*;
pub use sertifikater::{
    Leverandoersertifikat, Leverandoersertifikater, PATH as SERTIFIKATER_PATH, Sertifikater,
};

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
    pub forretningsmelding: Forretningsmelding,
}

/// A message as it travels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Forretningsmelding {
    /// Signed: a compact JWS with the signer's certificate in its header (`x5c`), whose payload is a [`Melding`].
    Signert(String),
    /// As it is, from an installation whose mailboxes have no certificate.
    Usignert(Box<Melding>),
}

impl Forretningsmelding {
    /// The message. The signature is not looked at: who asks Felles knows the way by which the answer came; keep the whole as
    /// evidence.
    pub fn les(self) -> Result<Melding, ClientError> {
        match self {
            Self::Usignert(melding) => Ok(*melding),
            Self::Signert(jws) => Jwt::parse(&jws)
                .and_then(|jwt| jwt.unverified_claims())
                .map_err(|error| ClientError::Decode(error.to_string())),
        }
    }
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
    /// The size of its documents in bytes.
    pub stoerrelse: i64,
    /// Its documents, the letter itself first.
    pub dokumenter: Vec<Brevdokument>,
    /// Whether it came as a signed package, which can be had as it came.
    pub signert: bool,
}

/// A document of a letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Brevdokument {
    /// What it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tittel: Option<String>,
    /// The file's name, as the sender gave it.
    pub navn: String,
    /// Its media type.
    pub mime: String,
    /// Its size in bytes.
    pub stoerrelse: i64,
}

/// A document or a package, as the mailbox gives it out.
#[derive(Debug, Clone)]
pub struct Brevinnhold {
    /// Its media type, its name, and how it is safely shown.
    pub headers: HeaderMap,
    /// The content.
    pub innhold: Bytes,
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
    /// The size of its documents in bytes.
    pub stoerrelse: i64,
    /// Its documents, in the order of printing.
    pub dokumenter: Vec<Brevdokument>,
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
        unread.into_iter().map(|innkommende| innkommende.forretningsmelding.les()).collect()
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
    let melding = serde_json::to_vec(melding).map_err(|error| ClientError::Decode(error.to_string()))?;
    Ok(form(
        id,
        [("sbd.json", "application/json", melding.as_slice()), ("dokument.pdf", "application/pdf", pdf)],
    ))
}

/// The body of a sending as the senders' software makes it: the message signed (JWS) and the package encrypted (CMS).
pub fn signed_multipart(id: Uuid, jws: &str, cms: &[u8]) -> (String, Vec<u8>) {
    form(id, [("sbd.jwt", "application/jwt", jws.as_bytes()), ("asic.cms", "application/cms", cms)])
}

/// A form of message and package, each with file name and type.
fn form(id: Uuid, parts: [(&str, &str, &[u8]); 2]) -> (String, Vec<u8>) {
    let boundary = format!("dpi-{id}");
    let mut body = Vec::with_capacity(parts.iter().map(|(_, _, content)| content.len() + 512).sum());
    for (name, (file, kind, content)) in ["forretningsmelding", "dokumentpakke"].into_iter().zip(parts) {
        body.extend(
            format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\nContent-Type: {kind}\r\n\r\n"
            )
            .bytes(),
        );
        body.extend(content);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{boundary}--\r\n").bytes());
    (format!("multipart/form-data; boundary={boundary}"), body)
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

    /// Opens a letter: its document of this place, 0 being the letter itself; `None` when there is none such.
    ///
    /// `godta_kvittering` says that the person agrees that the sender is told. Without it a letter that has
    /// `aapningskvittering` and was never opened gives status 409. A sign-in below the letter's level gives 403.
    pub async fn dokument(
        &self,
        token: &str,
        id: Uuid,
        plass: usize,
        godta_kvittering: bool,
    ) -> Result<Option<Brevinnhold>, ClientError> {
        self.innhold(token, &format!("{id}/dokumenter/{plass}"), godta_kvittering).await
    }

    /// Opens a letter that is [`Brev::signert`]: the whole package (ASiC-E), signed as it came; otherwise as
    /// [`Self::dokument`].
    pub async fn pakke(
        &self,
        token: &str,
        id: Uuid,
        godta_kvittering: bool,
    ) -> Result<Option<Brevinnhold>, ClientError> {
        self.innhold(token, &format!("{id}/pakke"), godta_kvittering).await
    }

    async fn innhold(
        &self,
        token: &str,
        what: &str,
        godta_kvittering: bool,
    ) -> Result<Option<Brevinnhold>, ClientError> {
        let path = format!("/postkasse/api/v1/meldinger/{what}?godtaKvittering={godta_kvittering}");
        let request = request::get(&path).bearer(token).empty()?;
        let answer = self.mesh.send(NAME, request).await?;
        let headers = answer.headers().clone();
        Ok(request::found(request::bytes(answer))?.map(|innhold| Brevinnhold { headers, innhold }))
    }
}
