//! Livshendelser: journeys, decisions and caseworkers' tasks. Wire types and typed clients.
//!
//! All of it is Felles' own API under `/livshendelser/api/v1`. No personal identifier stands in any address.

use jiff::{Timestamp, civil::Date};
use kernel::id::{Orgnr, Pid};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{ClientError, Mesh, TokenSource, request};

/// The component's name in the mesh.
pub const NAME: &str = "life-events";
/// The scope of a person's token (ID-porten) for their own cases, and of a caseworker's for the tasks.
pub const SCOPE_SAKER: &str = "felles:saker";
/// The scope of an organisation's token (Maskinporten) that follows a journey by the child's number.
pub const SCOPE_REISE_LES: &str = "felles:reise.les";

/// An agency, as a person is to recognise it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Etat {
    /// Organisation number.
    #[schema(value_type = String)]
    pub orgnr: Orgnr,
    /// Name in running text.
    pub navn: String,
}

/// Where a journey stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum Reisestatus {
    /// A machine works on it.
    #[serde(rename = "pågår")]
    Paagaar,
    /// It waits for a human, an event or a day.
    #[serde(rename = "venter")]
    Venter,
    /// Nothing more will happen.
    #[serde(rename = "avsluttet")]
    Avsluttet,
}

/// Where a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum Stegstatus {
    /// Done.
    #[serde(rename = "ferdig")]
    Ferdig,
    /// A machine works on it.
    #[serde(rename = "pågår")]
    Paagaar,
    /// It waits for an event or a day.
    #[serde(rename = "venter")]
    Venter,
    /// A caseworker has it.
    #[serde(rename = "oppgave")]
    Oppgave,
    /// Not begun.
    #[serde(rename = "kommer")]
    Kommer,
}

/// A step of a journey, as the person is told of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Steg {
    /// The element's id in the journey's BPMN model.
    pub id: String,
    /// What happens, in Bokmål.
    pub navn: String,
    /// Who does it.
    pub etat: Etat,
    /// Where it stands.
    pub status: Stegstatus,
    /// When it came to this status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub tidspunkt: Option<Timestamp>,
    /// One sentence more, where there is something to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beskrivelse: Option<String>,
    /// The decision that was made in it, where the reader is a party to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vedtak: Option<Uuid>,
    /// The letter that was sent in it, where the reader received it: its id in the mailbox.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub melding: Option<Uuid>,
}

/// A journey: what has happened, happens and will happen after a life event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Reise {
    /// Its id.
    pub id: Uuid,
    /// The life event: `fødsel`.
    pub hendelse: String,
    /// A title for lists: `Barn født 20. februar 2026`.
    pub tittel: String,
    /// When Felles learned of the event.
    #[schema(value_type = String, format = DateTime)]
    pub opprettet: Timestamp,
    /// Where it stands.
    pub status: Reisestatus,
    /// Its steps in the order of the model.
    pub steg: Vec<Steg>,
}

/// The signed-in person's journeys, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Reiser {
    /// The journeys.
    pub reiser: Vec<Reise>,
}

/// An amount that a decision grants, from month to month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Vedtaksperiode {
    /// First month, `YYYY-MM`.
    pub fom: String,
    /// Last month, `YYYY-MM`; absent while it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tom: Option<String>,
    /// Whole kroner a month.
    pub beloep: i64,
}

/// The rules that decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Regelverk {
    /// The rule set.
    pub id: String,
    /// Its version.
    pub versjon: String,
    /// The day whose law and facts were used (virkningstidspunkt).
    #[schema(value_type = String, format = Date)]
    pub as_of: Date,
    /// The moment up to which facts were known.
    #[schema(value_type = String, format = DateTime)]
    pub known_at: Timestamp,
}

/// A place in the law.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Hjemmel {
    /// In words: `barnetrygdloven § 11 første ledd`.
    pub tekst: String,
    /// At Lovdata.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lenke: Option<String>,
}

/// How a condition turned out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Vilkaarsresultat {
    /// Met.
    Oppfylt,
    /// Not met.
    IkkeOppfylt,
    /// Not assessed; never the same as not met.
    IkkeVurdert,
}

/// A condition: what the law demands, what was found, where from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Vilkaar {
    /// Its id in the rule set, with the child's label where it is about one child.
    pub id: String,
    /// Its name.
    pub navn: String,
    /// What the law demands.
    pub krav: String,
    /// What was found.
    pub funn: String,
    /// How it turned out.
    pub resultat: Vilkaarsresultat,
    /// Where the facts are from, in words.
    pub kilde: String,
    /// The law.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hjemmel: Option<Hjemmel>,
    /// The facts that were used: ids in [`Vedtak::fakta`].
    pub fakta: Vec<String>,
}

/// The grounds of a decision, in three depths.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Begrunnelse {
    /// One sentence.
    pub kort: String,
    /// Condition by condition.
    pub vilkaar: Vec<Vilkaar>,
    /// The complete trace, as the rule engine wrote it.
    #[schema(value_type = Object)]
    pub spor: serde_json::Value,
}

/// Where a fact is from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Faktakilde {
    /// The register's name, `saksbehandler` or `deg`.
    pub register: String,
    /// The register's own reference, where it has one.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub referanse: Option<String>,
    /// When it was fetched or stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub hentet: Option<Timestamp>,
}

/// A fact that a decision rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Faktum {
    /// Its id within the decision.
    pub id: String,
    /// Its type: the key in the rule set.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its name in Bokmål.
    pub navn: String,
    /// Whom it is about: `barn1`; absent where it is about the recipient.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gjelder: Option<String>,
    /// Its value in Bokmål; `skjermet` where address protection hides it.
    pub verdi: String,
    /// Where it is from.
    pub kilde: Faktakilde,
    /// Why it was needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub formaal: Option<String>,
    /// Whether the person has said that it is wrong and no caseworker has answered yet.
    pub under_retting: bool,
}

/// A request that a person has made about a decision, and its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Henvendelse {
    /// The task that it made.
    pub oppgave: Uuid,
    /// Appeal, wrong fact or human control.
    #[serde(rename = "type")]
    pub kind: Oppgavetype,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub opprettet: Timestamp,
    /// When it is to be answered.
    #[schema(value_type = String, format = Date)]
    pub frist: Date,
    /// What the person wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tekst: Option<String>,
    /// The answer, once there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub svar: Option<Loesning>,
}

/// Whether a decision stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum Vedtaksstatus {
    /// It stands.
    #[serde(rename = "gjeldende")]
    Gjeldende,
    /// The person says that a fact is wrong.
    #[serde(rename = "under retting")]
    UnderRetting,
    /// The person has appealed.
    #[serde(rename = "påklaget")]
    Paaklaget,
    /// A caseworker has decided that it is to be made anew.
    #[serde(rename = "omgjøres")]
    Omgjoeres,
}

/// A decision with its grounds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Vedtak {
    /// Its id.
    pub id: Uuid,
    /// The journey it was made in.
    pub reise: Uuid,
    /// The case's number, as the letter and the access log name it.
    pub sak: String,
    /// Who decided.
    pub etat: Etat,
    /// `barnetrygd`.
    pub ytelse: String,
    /// `innvilget`, `avslag`, ….
    pub utfall: String,
    /// Whether no human took part.
    pub automatisk: bool,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub tidspunkt: Timestamp,
    /// What it grants.
    pub perioder: Vec<Vedtaksperiode>,
    /// By which rules.
    pub regelverk: Regelverk,
    /// Why.
    pub begrunnelse: Begrunnelse,
    /// On which facts.
    pub fakta: Vec<Faktum>,
    /// The last day to appeal.
    #[schema(value_type = String, format = Date)]
    pub klagefrist: Date,
    /// The letter: its id in the mailbox. Absent until it is sent, and where it went by paper.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub melding: Option<Uuid>,
    /// Whether it stands.
    pub status: Vedtaksstatus,
    /// What the person has asked about it.
    pub henvendelser: Vec<Henvendelse>,
}

/// The body of an appeal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NyKlage {
    /// What the person wants changed and why; 1 to 10,000 characters.
    pub tekst: String,
}

/// The body of 'this fact is wrong'.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NyFeilmelding {
    /// The fact: an id in [`Vedtak::fakta`].
    pub faktum: String,
    /// What is right; 1 to 10,000 characters.
    pub tekst: String,
}

/// The receipt of a request about a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Kvittering {
    /// The caseworker's task.
    pub oppgave: Uuid,
    /// When it is to be answered.
    #[schema(value_type = String, format = Date)]
    pub frist: Date,
}

/// What the signed-in person is here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Meg {
    /// Whether they may see and resolve tasks.
    pub saksbehandler: bool,
    /// Their name, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub navn: Option<String>,
    /// Their agency, where they are a caseworker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etat: Option<Etat>,
}

/// What a task is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Oppgavetype {
    /// The machine could not or may not decide.
    ManuellVurdering,
    /// The letter could not be sent by machine.
    ManuellUtsending,
    /// An appeal.
    Klage,
    /// The person says that a fact is wrong.
    FeilIFaktum,
    /// The person asks that a human looks at an automatic decision.
    ManuellKontroll,
    /// A machine gave up on an effect.
    Teknisk,
}

/// Whether a task is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Oppgavestatus {
    /// Waits for a caseworker.
    Aapen,
    /// Done.
    Loest,
}

/// Why a task came to a human.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Grunn {
    /// A stable code (`ADRESSEBESKYTTELSE`).
    pub kode: String,
    /// In Bokmål.
    pub tekst: String,
}

/// A task, as lists show it: nothing that tells who it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Oppgave {
    /// Its id.
    pub id: Uuid,
    /// What it is about.
    #[serde(rename = "type")]
    pub kind: Oppgavetype,
    /// Its title.
    pub tittel: String,
    /// Why it came to a human.
    pub grunner: Vec<Grunn>,
    /// When it is to be done.
    #[schema(value_type = String, format = Date)]
    pub frist: Date,
    /// When it came.
    #[schema(value_type = String, format = DateTime)]
    pub opprettet: Timestamp,
    /// Whether it is done.
    pub status: Oppgavestatus,
    /// The decision it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vedtak: Option<Uuid>,
    /// The journey it belongs to.
    pub reise: Uuid,
    /// The case's number.
    pub sak: String,
}

/// Tasks, those with the nearest deadline first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Oppgaver {
    /// The tasks.
    pub oppgaver: Vec<Oppgave>,
}

/// A way to resolve a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Valg {
    /// The value of [`Loesning::utfall`].
    pub utfall: String,
    /// In Bokmål, for a button or a choice.
    pub tekst: String,
}

/// Whom a task is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Part {
    /// The person's number.
    #[schema(value_type = String)]
    pub personidentifikator: Pid,
    /// The person's name, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub navn: Option<String>,
}

/// A task with what a caseworker needs to resolve it. Reading it stands in the access log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Oppgavedetaljer {
    /// The task.
    #[serde(flatten)]
    pub oppgave: Oppgave,
    /// Whom it is about.
    pub part: Part,
    /// What the person wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tekst: Option<String>,
    /// The fact that the person says is wrong: an id in `fakta`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub faktum: Option<String>,
    /// The facts that were gathered.
    pub fakta: Vec<Faktum>,
    /// The conditions that were assessed.
    pub vilkaar: Vec<Vilkaar>,
    /// The complete trace, where rules were run.
    #[schema(value_type = Object)]
    pub spor: serde_json::Value,
    /// The ways to resolve it.
    pub valg: Vec<Valg>,
    /// How it was resolved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loesning: Option<Loesning>,
}

/// The body of a resolution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NyLoesning {
    /// One of the task's `valg`: `innvilg`, `avslaa`, `henlegg`, `oppretthold`, `omgjoer`, ….
    pub utfall: String,
    /// The grounds, in words that the person will read; 1 to 10,000 characters.
    pub begrunnelse: String,
}

/// How a task was resolved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Loesning {
    /// One of the task's `valg`.
    pub utfall: String,
    /// The grounds.
    pub begrunnelse: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub tidspunkt: Timestamp,
}

/// The body of a search for a journey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reisesoek {
    /// The child's number.
    #[schema(value_type = String)]
    pub barn: Pid,
}

/// How a letter went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kanal {
    /// To a digital mailbox.
    Digital,
    /// To the print queue.
    Utskrift,
}

/// A letter that a journey has sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Reisebrev {
    /// How it went.
    pub kanal: Kanal,
    /// The message's id: the letter's id in the mailbox or the print queue.
    pub melding: Uuid,
    /// The mailbox it lies in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postkasseadresse: Option<String>,
    /// When it was sent.
    #[schema(value_type = String, format = DateTime)]
    pub sendt: Timestamp,
}

/// A journey as an organisation may follow it: how far it has come, nothing of what was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Reisefoelge {
    /// The journey.
    pub id: Uuid,
    /// Where it stands.
    pub status: Reisestatus,
    /// Its steps, without decisions.
    pub steg: Vec<Steg>,
    /// The decision letter, once it is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brev: Option<Reisebrev>,
}

/// A caseworker, as the bulk load takes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Saksbehandler {
    /// Who.
    #[schema(value_type = String)]
    pub personidentifikator: Pid,
    /// `saksbehandler`.
    pub rolle: String,
    /// Where.
    #[schema(value_type = String)]
    pub orgnr: Orgnr,
    /// The person's name, for the pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub navn: Option<String>,
}

/// Journeys, decisions and tasks as the signed-in person sees them (ID-porten, [`SCOPE_SAKER`]).
#[derive(Debug, Clone)]
pub struct MineLivshendelser {
    mesh: Mesh,
}

impl MineLivshendelser {
    /// A client; every call carries the person's access token, with [`SCOPE_SAKER`].
    pub fn new(mesh: Mesh) -> Self {
        Self { mesh }
    }

    async fn get<T: serde::de::DeserializeOwned>(&self, token: &str, path: &str) -> Result<T, ClientError> {
        let request = request::get(&format!("/livshendelser/api/v1{path}")).bearer(token).empty()?;
        request::json(self.mesh.send(NAME, request).await?)
    }

    async fn post<B: Serialize, T: serde::de::DeserializeOwned>(
        &self,
        token: &str,
        path: &str,
        body: &B,
    ) -> Result<T, ClientError> {
        let request = request::post(&format!("/livshendelser/api/v1{path}")).bearer(token).json(body)?;
        request::json(self.mesh.send(NAME, request).await?)
    }

    /// The person's journeys, newest first.
    pub async fn reiser(&self, token: &str) -> Result<Vec<Reise>, ClientError> {
        Ok(self.get::<Reiser>(token, "/reiser").await?.reiser)
    }

    /// One journey of the person's; `None` when there is none such.
    pub async fn reise(&self, token: &str, id: Uuid) -> Result<Option<Reise>, ClientError> {
        request::found(self.get(token, &format!("/reiser/{id}")).await)
    }

    /// One decision about the person; `None` when there is none such.
    pub async fn vedtak(&self, token: &str, id: Uuid) -> Result<Option<Vedtak>, ClientError> {
        request::found(self.get(token, &format!("/vedtak/{id}")).await)
    }

    /// Appeals a decision.
    pub async fn klag(&self, token: &str, vedtak: Uuid, tekst: &str) -> Result<Kvittering, ClientError> {
        self.post(token, &format!("/vedtak/{vedtak}/klage"), &NyKlage { tekst: tekst.to_owned() }).await
    }

    /// Says that a fact of a decision is wrong.
    pub async fn meld_feil(
        &self,
        token: &str,
        vedtak: Uuid,
        feil: &NyFeilmelding,
    ) -> Result<Kvittering, ClientError> {
        self.post(token, &format!("/vedtak/{vedtak}/feilmelding"), feil).await
    }

    /// Asks that a human looks at an automatic decision.
    pub async fn be_om_kontroll(&self, token: &str, vedtak: Uuid) -> Result<Kvittering, ClientError> {
        self.post(token, &format!("/vedtak/{vedtak}/manuell-kontroll"), &serde_json::json!({})).await
    }

    /// What the signed-in person is here.
    pub async fn meg(&self, token: &str) -> Result<Meg, ClientError> {
        self.get(token, "/meg").await
    }

    /// The tasks of the caseworker's agency; status 403 for others.
    pub async fn oppgaver(&self, token: &str, status: Oppgavestatus) -> Result<Vec<Oppgave>, ClientError> {
        let status = match status {
            Oppgavestatus::Aapen => "aapen",
            Oppgavestatus::Loest => "loest",
        };
        Ok(self.get::<Oppgaver>(token, &format!("/oppgaver?status={status}")).await?.oppgaver)
    }

    /// One task with what is needed to resolve it.
    pub async fn oppgave(&self, token: &str, id: Uuid) -> Result<Option<Oppgavedetaljer>, ClientError> {
        request::found(self.get(token, &format!("/oppgaver/{id}")).await)
    }

    /// Resolves a task. Status 409 when somebody has already, in another way.
    pub async fn loes(
        &self,
        token: &str,
        id: Uuid,
        loesning: &NyLoesning,
    ) -> Result<Oppgavedetaljer, ClientError> {
        self.post(token, &format!("/oppgaver/{id}/loesning"), loesning).await
    }
}

/// Journeys as an organisation's system sees them (Maskinporten, [`SCOPE_REISE_LES`]).
#[derive(Debug, Clone)]
pub struct Livshendelser {
    mesh: Mesh,
    tokens: TokenSource,
}

impl Livshendelser {
    /// A client whose tokens need [`SCOPE_REISE_LES`].
    pub fn new(mesh: Mesh, tokens: TokenSource) -> Self {
        Self { mesh, tokens }
    }

    /// Follows the journey of a child's birth; `None` as long as there is none.
    pub async fn soek(&self, barn: &Pid) -> Result<Option<Reisefoelge>, ClientError> {
        let token = self.tokens.token().await?;
        let request = request::post("/livshendelser/api/v1/reiser/sok")
            .bearer(&token)
            .json(&Reisesoek { barn: *barn })?;
        request::found(request::json(self.mesh.send(NAME, request).await?))
    }
}
