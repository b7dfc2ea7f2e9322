//! Ansattporten's own records of who may act for a business: wire types and typed client. Altinn keeps these where the real
//! Ansattporten asks, and what Altinn's pages do with them has no public API: this one is of Felles' own making. A business is
//! always named by the header `Felles-Tenant`, never a person by an address.

use http::Method;
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::id::{Orgnr, Pid};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::selvbetjening::Forvaltning;
use crate::{ClientError, Mesh, TokenSource, encoded};

/// The component's name in the mesh.
pub const NAME: &str = "ansattporten";

/// That a business lets a person act for it with one service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Delegering {
    /// Its id.
    pub id: String,
    /// The business.
    #[schema(value_type = String)]
    pub organisasjonsnummer: Orgnr,
    /// The business's name when it was given.
    pub virksomhet: String,
    /// The person's name when it was given.
    pub person: String,
    /// The service: `2480:40`, `ttd-skjema`.
    pub ressurs: String,
    /// What the service is called, where its owner has said so.
    pub ressurs_navn: String,
    /// What the person may: `Read`; of a resource of Altinn 3 `read`.
    pub rettigheter: Vec<String>,
    /// Who gave it.
    pub gitt_av: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub gitt: Timestamp,
    /// The last day that it holds; absent where it holds until it is taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub siste_dag: Option<Date>,
}

/// What has happened with a delegation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Delegeringshendelse {
    /// What.
    pub hva: Delegeringshandling,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub tid: Timestamp,
    /// Who did it.
    pub av: String,
    /// The business's name.
    pub virksomhet: String,
    /// The person's name.
    pub person: String,
    /// The service.
    pub ressurs: String,
    /// What the person might.
    pub rettigheter: Vec<String>,
}

/// What is done with delegations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Delegeringshandling {
    /// Given, or given anew in place of one for the same.
    Gitt,
    /// Taken back.
    Trukket,
}

/// The delegations that hold, and what has happened with them and with earlier ones.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Delegeringer {
    /// Those that hold now.
    pub delegeringer: Vec<Delegering>,
    /// What has happened, the newest first; at most 200.
    pub logg: Vec<Delegeringshendelse>,
}

/// A delegation to be given.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NyDelegering {
    /// Who gives it.
    pub av: Handlende,
    /// To whom.
    pub personidentifikator: String,
    /// Their last name, so that a mistyped number hits nobody.
    pub etternavn: String,
    /// The service.
    pub ressurs: String,
    /// What the person may.
    pub rettigheter: Vec<String>,
    /// The last day.
    #[schema(value_type = String, format = Date)]
    pub siste_dag: Date,
}

/// A person who acts for a business.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Handlende {
    /// Their number.
    #[schema(value_type = String)]
    pub personidentifikator: Pid,
    /// Their name, which both sides see; absent where it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub navn: Option<String>,
}

/// A service and what can be given in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Ressurs {
    /// Its id.
    pub ressurs: String,
    /// What it is called.
    pub navn: String,
    /// What can be given.
    pub rettigheter: Vec<String>,
}

/// The way to the delegations. Its tokens have [`crate::selvbetjening::SCOPE_FORVALT`].
#[derive(Debug, Clone)]
pub struct Fullmakter(Forvaltning);

impl Fullmakter {
    /// A client.
    pub fn new(mesh: Mesh, tokens: TokenSource) -> Self {
        Self(Forvaltning::new(mesh, NAME, tokens))
    }

    /// What a business has given.
    pub async fn gitt(&self, business: &Orgnr) -> Result<Delegeringer, ClientError> {
        self.0.pass(business.as_str(), Method::GET, "/delegeringer", None).await
    }

    /// What a person has been given.
    pub async fn faatt(&self, person: Handlende) -> Result<Delegeringer, ClientError> {
        let body = written(&person)?;
        self.0.pass("", Method::POST, "/delegeringer/mine", Some(&body)).await
    }

    /// The services that are known by name.
    pub async fn ressurser(&self, business: &Orgnr) -> Result<Vec<Ressurs>, ClientError> {
        self.0.pass(business.as_str(), Method::GET, "/delegeringer/ressurser", None).await
    }

    /// A service, known by name or not; 404 where its id is none.
    pub async fn ressurs(&self, business: &Orgnr, id: &str) -> Result<Ressurs, ClientError> {
        let path = format!("/delegeringer/ressurser/{}", encoded(id));
        self.0.pass(business.as_str(), Method::GET, &path, None).await
    }

    /// Gives; in place of what the person had for the same service.
    pub async fn gi(&self, business: &Orgnr, new: &NyDelegering) -> Result<Delegering, ClientError> {
        self.0.pass(business.as_str(), Method::POST, "/delegeringer", Some(&written(new)?)).await
    }

    /// Takes back: from the next sign-in on.
    pub async fn trekk(&self, business: &Orgnr, id: &str, by: &Handlende) -> Result<Delegering, ClientError> {
        let path = format!("/delegeringer/{}/trekk", encoded(id));
        self.0.pass(business.as_str(), Method::POST, &path, Some(&written(by)?)).await
    }
}

fn written<T: Serialize>(value: &T) -> Result<Vec<u8>, ClientError> {
    serde_json::to_vec(value).map_err(|error| ClientError::Decode(error.to_string()))
}
