//! Kontakt- og reservasjonsregisteret (KRR): wire types and typed client (spec `communication.md` § A).

use jiff::Timestamp;
use kernel::id::{Orgnr, Pid};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::maskinporten::TokenSource;
use crate::{ClientError, Mesh, Purpose, request};

/// The component's name in the mesh.
pub const NAME: &str = "kontaktregister";
/// Most persons in one look-up.
pub const MAX_PERSONS: usize = 1000;
/// Calendar months, in Norway, that a channel of contact is fresh after it was changed or confirmed (eForvaltningsforskriften § 32).
pub const FRESH_MONTHS: i32 = 18;

/// `JA` or `NEI`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Reservasjon {
    /// Has opted out of decisions and other important notices by digital means (eForvaltningsforskriften § 9).
    Ja,
    /// Has not.
    #[default]
    Nei,
}

/// Whether the register knows the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// In the register.
    Aktiv,
    /// Was in the register; carries no contact data any more.
    Slettet,
    /// Never was.
    IkkeRegistrert,
}

/// Whether the person may be notified digitally of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Varslingsstatus {
    /// Active, not reserved, at least one channel confirmed within 18 months.
    KanVarsles,
    /// Not so.
    KanIkkeVarsles,
}

/// E-mail and phone, each with the dates that decide whether it is fresh.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Kontaktinformasjon {
    /// E-mail address, at most 50 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub epostadresse: Option<String>,
    /// When it was last changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub epostadresse_oppdatert: Option<Timestamp>,
    /// When the person last confirmed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub epostadresse_sist_verifisert: Option<Timestamp>,
    /// Mobile phone, 8 to 20 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mobiltelefonnummer: Option<String>,
    /// When it was last changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub mobiltelefonnummer_oppdatert: Option<Timestamp>,
    /// When the person last confirmed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub mobiltelefonnummer_sist_verifisert: Option<Timestamp>,
}

/// The digital mailbox that the person has chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DigitalPost {
    /// The person's address at the provider (`kari.nordmann#9YDT`).
    pub postkasseadresse: String,
    /// The provider's organisation number: the receiver in the message's header.
    #[schema(value_type = String)]
    pub postkasseleverandoeradresse: Orgnr,
}

/// A person as the register shows them. What is unknown, or not opened by the caller's scopes, is absent.
///
/// Also the line of the bulk load, where `varslingsstatus` is left out: it is computed at each look-up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Person {
    /// Fødselsnummer or D-number.
    #[schema(value_type = String)]
    pub personidentifikator: Pid,
    /// Always present, whatever the scopes.
    pub reservasjon: Reservasjon,
    /// When the person opted out; only while they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub reservasjonstidspunkt: Option<Timestamp>,
    /// When the choice was last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub reservasjon_oppdatert: Option<Timestamp>,
    /// Whether the register knows the person.
    pub status: Status,
    /// Computed at look-up by the 18-month rule (eForvaltningsforskriften § 32).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub varslingsstatus: Option<Varslingsstatus>,
    /// E-mail and phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kontaktinformasjon: Option<Kontaktinformasjon>,
    /// The chosen mailbox.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digital_post: Option<DigitalPost>,
    /// The mailbox's encryption certificate, base64 DER.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sertifikat: Option<String>,
    /// `nb`, `nn`, `en` or `se`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spraak: Option<String>,
    /// When the language was last chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub spraak_oppdatert: Option<Timestamp>,
}

impl Person {
    /// A person of whom the register knows nothing more than `status`.
    pub fn bare(personidentifikator: Pid, status: Status) -> Self {
        Self {
            personidentifikator,
            reservasjon: Reservasjon::Nei,
            reservasjonstidspunkt: None,
            reservasjon_oppdatert: None,
            status,
            varslingsstatus: None,
            kontaktinformasjon: None,
            digital_post: None,
            sertifikat: None,
            spraak: None,
            spraak_oppdatert: None,
        }
    }

    /// How a decision goes to this person: the mailbox to send it to, or `None`, which means print.
    ///
    /// Print for whoever is reserved, cannot be notified or has no mailbox (eForvaltningsforskriften §§ 8, 9, 32).
    /// Ask at the moment of sending.
    pub fn digital_kanal(&self) -> Option<&DigitalPost> {
        let digital =
            self.reservasjon == Reservasjon::Nei && self.varslingsstatus == Some(Varslingsstatus::KanVarsles);
        self.digital_post.as_ref().filter(|_| digital)
    }
}

/// The body of a look-up.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Oppslag {
    /// 1 to 1000 numbers.
    #[schema(value_type = Vec<String>)]
    pub personidentifikatorer: Vec<Pid>,
    /// `false` leaves out whoever is not registered; absent means true.
    #[serde(rename = "inkluderIkkeRegistrerte", default, skip_serializing_if = "Option::is_none")]
    pub inkluder_ikke_registrerte: Option<bool>,
}

/// The answer to a look-up, in the order of the question, each person once.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Personer {
    /// The persons.
    pub personer: Vec<Person>,
}

/// The print provider. The names are written as the real register writes them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PrintSertifikat {
    /// Its organisation number.
    #[serde(rename = "postkasseleverandoerAdresse")]
    #[schema(value_type = String)]
    pub postkasseleverandoer_adresse: Orgnr,
    /// Its certificate; base64 of DER.
    #[serde(rename = "x509Sertifikat")]
    pub x509_sertifikat: String,
}

/// The body of a reading of the change feed.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub struct HentEndringer {
    /// From and including this change number; at least 0.
    #[serde(rename = "fraEndringsId")]
    pub fra_endrings_id: i64,
}

/// A stretch of the change feed. Read on from `til_endrings_id` + 1 until it equals `siste_endrings_id`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Endringer {
    /// As asked.
    #[serde(rename = "fraEndringsId")]
    pub fra_endrings_id: i64,
    /// The last change of this stretch.
    #[serde(rename = "tilEndringsId")]
    pub til_endrings_id: i64,
    /// The last change of the register.
    #[serde(rename = "sisteEndringsId")]
    pub siste_endrings_id: i64,
    /// The persons changed, in their newest state, each once.
    pub list: Vec<Person>,
}

/// What a person changes about themselves. `None`: as it is. `Some(None)` (JSON `null`): removed.
///
/// A value sent again unchanged counts as confirmed by the person today.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Endring {
    /// New e-mail address.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub epostadresse: Option<Option<String>>,
    /// New mobile phone.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub mobiltelefonnummer: Option<Option<String>>,
    /// Whether to opt out of digital decisions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reservasjon: Option<Reservasjon>,
    /// `nb`, `nn`, `en` or `se`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spraak: Option<String>,
}

/// Tells a field that is `null` from one that is absent.
fn nullable<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// The register as an organisation's system sees it (Maskinporten).
#[derive(Debug, Clone)]
pub struct Kontaktregister {
    mesh: Mesh,
    tokens: TokenSource,
}

impl Kontaktregister {
    /// A client whose tokens need `krr:global/kontaktinformasjon.read` and `krr:global/digitalpost.read`.
    pub fn new(mesh: Mesh, tokens: TokenSource) -> Self {
        Self { mesh, tokens }
    }

    /// Looks up any number of persons, 1000 a call, in the order asked.
    pub async fn personer(&self, pids: &[Pid], purpose: &Purpose) -> Result<Vec<Person>, ClientError> {
        let mut personer = Vec::with_capacity(pids.len());
        for chunk in pids.chunks(MAX_PERSONS) {
            let body =
                Oppslag { personidentifikatorer: chunk.to_vec(), inkluder_ikke_registrerte: Some(true) };
            let token = self.tokens.token().await?;
            let request = request::post("/kontaktregisteret/rest/v2/personer")
                .bearer(&token)
                .purpose(purpose)
                .json(&body)?;
            let answer: Personer = request::json(self.mesh.send(NAME, request).await?)?;
            personer.extend(answer.personer);
        }
        Ok(personer)
    }

    /// Looks up one person.
    pub async fn person(&self, pid: &Pid, purpose: &Purpose) -> Result<Person, ClientError> {
        let found = self.personer(std::slice::from_ref(pid), purpose).await?;
        found.into_iter().next().ok_or_else(|| ClientError::Decode("an empty look-up".to_owned()))
    }

    /// Reads the change feed from and including `fra`; needs `krr:global/hentendring.read` too.
    pub async fn endringer(&self, fra: i64, purpose: &Purpose) -> Result<Endringer, ClientError> {
        let token = self.tokens.token().await?;
        let request = request::post("/kontaktregisteret/rest/v2/krr/hentEndringer")
            .bearer(&token)
            .purpose(purpose)
            .json(&HentEndringer { fra_endrings_id: fra })?;
        request::json(self.mesh.send(NAME, request).await?)
    }
}

/// The register as the signed-in person sees it (ID-porten): their own data.
#[derive(Debug, Clone)]
pub struct MinKontaktinformasjon {
    mesh: Mesh,
}

impl MinKontaktinformasjon {
    /// A client; every call carries the person's access token, with `krr:user/kontaktinformasjon.read`,
    /// `krr:user/digitalpost.read` and, to change anything, `krr:user/kontaktinformasjon.write`.
    pub fn new(mesh: Mesh) -> Self {
        Self { mesh }
    }

    /// The person's own data.
    pub async fn hent(&self, token: &str) -> Result<Person, ClientError> {
        let request = request::get("/kontaktregisteret/rest/v2/person").bearer(token).empty()?;
        request::json(self.mesh.send(NAME, request).await?)
    }

    /// Changes what `endring` holds and gives the person's data afterwards.
    pub async fn endre(&self, token: &str, endring: &Endring) -> Result<Person, ClientError> {
        let request = request::put("/kontaktregisteret/rest/v2/person").bearer(token).json(endring)?;
        request::json(self.mesh.send(NAME, request).await?)
    }
}
