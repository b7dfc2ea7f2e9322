//! The messages of Digital post til innbyggere, as the published schemas have them (spec `communication.md` B2–B4, B6).

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use jiff::{Timestamp, civil::Date};
use kernel::id::Orgnr;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use uuid::Uuid;

/// The digest method of every document package.
pub const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
/// The authority of an organisation's identifier.
pub const AUTHORITY: &str = "iso6523-actorid-upis";

/// A message: `{"standardBusinessDocument": …}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Melding {
    /// The envelope and what lies in it.
    pub standard_business_document: StandardBusinessDocument,
}

/// The envelope; exactly one of the parts is present, the one that the header's `type` names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StandardBusinessDocument {
    /// From whom, to whom, what.
    #[serde(rename = "standardBusinessDocumentHeader")]
    pub header: Header,
    /// A letter to a digital mailbox.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digital: Option<Digital>,
    /// A letter to be printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub utskrift: Option<Utskrift>,
    /// Receipt: the letter will be available to the person, or is ready for the post van.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leveringskvittering: Option<Kvittering>,
    /// Receipt: the person opened the letter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aapningskvittering: Option<Kvittering>,
    /// Receipt: the print provider has queued the letter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mottakskvittering: Option<Kvittering>,
    /// Receipt: the letter came back and was shredded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returpostkvittering: Option<Kvittering>,
    /// The message could not be delivered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feil: Option<Feil>,
}

impl Melding {
    /// An envelope of document type `kind` in the process `flow` (`digital` or `utskrift`), with nothing in it yet.
    pub fn new(
        kind: &str,
        flow: &str,
        melding: Uuid,
        konversasjon: Uuid,
        opprettet: Timestamp,
        sender: Virksomhetsidentifikator,
        receiver: Virksomhetsidentifikator,
    ) -> Self {
        let header = Header {
            header_version: "1.0".to_owned(),
            sender: vec![Aktoer { identifier: sender }],
            receiver: vec![Aktoer { identifier: receiver }],
            document_identification: DocumentIdentification {
                standard: document_type(kind),
                type_version: "1.0".to_owned(),
                instance_identifier: melding,
                kind: kind.to_owned(),
                creation_date_and_time: opprettet,
            },
            business_scope: BusinessScope {
                scope: vec![Scope {
                    kind: "ConversationId".to_owned(),
                    instance_identifier: Some(konversasjon),
                    identifier: Some(process(flow)),
                    scope_information: Vec::new(),
                }],
            },
        };
        Self {
            standard_business_document: StandardBusinessDocument {
                header,
                digital: None,
                utskrift: None,
                leveringskvittering: None,
                aapningskvittering: None,
                mottakskvittering: None,
                returpostkvittering: None,
                feil: None,
            },
        }
    }

    /// The message's id.
    pub fn id(&self) -> Uuid {
        self.standard_business_document.header.document_identification.instance_identifier
    }

    /// The message's type: `digital`, `leveringskvittering`, ….
    pub fn kind(&self) -> &str {
        &self.standard_business_document.header.document_identification.kind
    }

    /// The conversation's id.
    pub fn konversasjon(&self) -> Option<Uuid> {
        let scopes = &self.standard_business_document.header.business_scope.scope;
        scopes.iter().find(|scope| scope.kind == "ConversationId")?.instance_identifier
    }
}

/// The header of a message (schema `common/sbdh`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Header {
    /// `1.0`.
    pub header_version: String,
    /// Exactly one: who signs.
    pub sender: Vec<Aktoer>,
    /// Exactly one: the mailbox or print provider.
    pub receiver: Vec<Aktoer>,
    /// What kind of message, and its id.
    pub document_identification: DocumentIdentification,
    /// The conversation it belongs to.
    pub business_scope: BusinessScope,
}

/// A party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Aktoer {
    /// Its number.
    pub identifier: Virksomhetsidentifikator,
}

/// An organisation's number in ISO 6523 form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Virksomhetsidentifikator {
    /// `iso6523-actorid-upis`.
    pub authority: String,
    /// `0192:` and nine digits.
    pub value: String,
}

impl Virksomhetsidentifikator {
    /// The identifier of `orgnr`.
    pub fn of(orgnr: &Orgnr) -> Self {
        Self { authority: AUTHORITY.to_owned(), value: format!("0192:{}", orgnr.as_str()) }
    }

    /// The organisation number, where this is a Norwegian one.
    pub fn orgnr(&self) -> Option<Orgnr> {
        if self.authority != AUTHORITY {
            return None;
        }
        Orgnr::parse(self.value.strip_prefix("0192:")?).ok()
    }
}

/// What a message is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DocumentIdentification {
    /// The document type's full name; see [`document_type`].
    pub standard: String,
    /// `1.0`.
    pub type_version: String,
    /// The message's id.
    pub instance_identifier: Uuid,
    /// `digital`, `utskrift`, or a receipt's type.
    #[serde(rename = "type")]
    pub kind: String,
    /// When the message was made.
    #[schema(value_type = String, format = DateTime)]
    pub creation_date_and_time: Timestamp,
}

/// The scopes of a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BusinessScope {
    /// Among them one of type `ConversationId`.
    pub scope: Vec<Scope>,
}

/// A scope of a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Scope {
    /// `ConversationId`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The conversation's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance_identifier: Option<Uuid>,
    /// The process's full name; see [`process`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identifier: Option<String>,
    /// When an answer is expected.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scope_information: Vec<ScopeInformation>,
}

/// When an answer is expected.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ScopeInformation {
    /// A moment, as the sender wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_response_date_time: Option<String>,
}

/// The full name of the document type `kind`.
pub fn document_type(kind: &str) -> String {
    format!(
        "urn:fdc:digdir.no:2020:innbyggerpost:xsd::innbyggerpost##urn:fdc:digdir.no:2020:innbyggerpost:schema:{kind}::1.0"
    )
}

/// The full name of the process `kind`: `digital` or `utskrift`.
pub fn process(kind: &str) -> String {
    format!("urn:fdc:digdir.no:2020:profile:egovernment:innbyggerpost:{kind}:ver1.0")
}

/// On whose behalf a message is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Avsender {
    /// The organisation: the `consumer` of the token.
    pub virksomhetsidentifikator: Virksomhetsidentifikator,
    /// A unit within it, at most 100 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avsenderidentifikator: Option<String>,
    /// What to write on the invoice, at most 40 characters.
    #[serde(rename = "fakturaReferanse", default, skip_serializing_if = "Option::is_none")]
    pub faktura_referanse: Option<String>,
}

/// To which mailbox; the person's number is never in the message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Personmottaker {
    /// The address that the contact register gave.
    pub postkasseadresse: String,
}

/// The digest of the document package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fingeravtrykk {
    /// `http://www.w3.org/2001/04/xmlenc#sha256`.
    pub digest_method: String,
    /// Base64.
    pub digest_value: String,
}

impl Fingeravtrykk {
    /// The digest of `package`.
    pub fn of(package: &[u8]) -> Self {
        Self { digest_method: SHA256.to_owned(), digest_value: BASE64.encode(Sha256::digest(package)) }
    }
}

/// A letter to a digital mailbox.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Digital {
    /// On whose behalf.
    pub avsender: Avsender,
    /// To which mailbox.
    pub mottaker: Personmottaker,
    /// The digest of the package.
    pub dokumentpakkefingeravtrykk: Fingeravtrykk,
    /// The raw token, identical to the bearer token.
    pub maskinportentoken: String,
    /// The least level of sign-in that opens the letter: 3 (substantial) or 4 (high).
    pub sikkerhetsnivaa: u8,
    /// Not visible before this day in Norway.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub virkningsdato: Option<Date>,
    /// Not visible before this moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub virkningstidspunkt: Option<Timestamp>,
    /// Whether the person must accept that the sender is told of the opening, before reading.
    #[serde(default)]
    pub aapningskvittering: bool,
    /// A title of 1 to 255 characters without sensitive content; shown in lists and notices.
    pub ikkesensitivtittel: String,
    /// Two letters.
    pub spraak: String,
    /// Notices that the sender orders.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub varsler: Option<Varsler>,
}

/// Notices that the sender orders.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Varsler {
    /// By e-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epostvarsel: Option<Epostvarsel>,
    /// By text message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub smsvarsel: Option<Smsvarsel>,
}

/// A notice by e-mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Epostvarsel {
    /// To where.
    pub epostadresse: String,
    /// 1 to 500 characters; no personal data, no links.
    pub varslingstekst: String,
    /// Days after the effective date: 1 to 10 different numbers from 0 to 25.
    pub repetisjoner: Vec<u8>,
}

/// A notice by text message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Smsvarsel {
    /// To where.
    pub mobiltelefonnummer: String,
    /// 1 to 160 characters; no personal data, no links.
    pub varslingstekst: String,
    /// Days after the effective date: 1 to 10 different numbers from 0 to 25.
    pub repetisjoner: Vec<u8>,
}

/// A letter to be printed and carried to a door.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Utskrift {
    /// On whose behalf.
    pub avsender: Avsender,
    /// To where.
    pub mottaker: Adresse,
    /// The digest of the package.
    pub dokumentpakkefingeravtrykk: Fingeravtrykk,
    /// The raw token, identical to the bearer token.
    pub maskinportentoken: String,
    /// In colour or not.
    pub utskriftstype: Utskriftstype,
    /// What happens to a letter that cannot be handed over.
    pub retur: Retur,
    /// How fast.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub posttype: Option<Posttype>,
}

/// A postal address: a Norwegian one has `postnummer` and `poststed`, a foreign one exactly one of `land` and `landkode`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Adresse {
    /// The recipient's name.
    pub navn: String,
    /// First line, at most 100 characters, as the following.
    pub adresselinje1: String,
    /// Second line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adresselinje2: Option<String>,
    /// Third line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adresselinje3: Option<String>,
    /// Fourth line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adresselinje4: Option<String>,
    /// Four digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postnummer: Option<String>,
    /// At most 80 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poststed: Option<String>,
    /// The country's name, at most 80 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub land: Option<String>,
    /// The country's code, two letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub landkode: Option<String>,
}

/// In colour or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Utskriftstype {
    /// Black and white.
    SortHvit,
    /// Colour.
    Farge,
}

/// What happens to a letter that cannot be handed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Retur {
    /// Where it goes back to.
    pub mottaker: Adresse,
    /// Sent back, or shredded with a receipt.
    pub returposthaandtering: Returposthaandtering,
}

/// Sent back, or shredded with a receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Returposthaandtering {
    /// The letter goes back to the return address.
    DirekteRetur,
    /// The letter is shredded and the sender gets a `returpostkvittering`.
    MakuleringMedMelding,
}

/// How fast a printed letter goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum Posttype {
    /// One to two days.
    A,
    /// Three to five days.
    B,
}

/// A receipt's content.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Kvittering {
    /// Who gives the receipt: the mailbox or print provider.
    pub avsender: Avsender,
    /// The sender of the letter.
    pub mottaker: Virksomhetmottaker,
    /// When what it tells of happened.
    #[schema(value_type = String, format = DateTime)]
    pub tidspunkt: Timestamp,
}

/// An organisation as receiver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Virksomhetmottaker {
    /// Its number.
    pub virksomhetsidentifikator: Virksomhetsidentifikator,
}

/// Why a message could not be delivered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Feil {
    /// Who tells: the mailbox or print provider.
    pub avsender: Avsender,
    /// The sender of the letter.
    pub mottaker: Virksomhetmottaker,
    /// When it was found.
    #[schema(value_type = String, format = DateTime)]
    pub tidspunkt: Timestamp,
    /// Whose fault.
    pub feiltype: Feiltype,
    /// In words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detaljer: Option<String>,
}

/// Whose fault it is that a message could not be delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Feiltype {
    /// The sender's: correct it and send a new message.
    Klient,
    /// The operator's.
    Server,
}
