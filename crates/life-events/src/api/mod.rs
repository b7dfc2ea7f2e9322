//! One file per resource.

use std::sync::Arc;

use clients::life_events::{Etat, SCOPE_SAKER, Saksbehandler};
use http::HeaderMap;
use kernel::auth::{Claims, Issuer};
use kernel::id::Pid;
use kernel::log::Access;
use kernel::problem::Problem;
use uuid::Uuid;

use crate::{Component, NAME, model, store};

pub mod henvendelser;
pub mod innlasting;
pub mod loesning;
pub mod meg;
pub mod oppgaver;
pub mod reiser;
pub mod vedtak;

/// Largest body of a request, in bytes: a text of 10,000 characters, and the JSON around it.
pub const MAX_BODY: usize = 128 << 10;
/// Longest text that a person or a caseworker writes, in characters.
const MAX_TEXT: usize = 10_000;
/// The law by which a party sees their own case.
const EGEN_SAK: &str = "forvaltningsloven § 18 og personvernforordningen artikkel 15 (innsyn i egen sak)";
/// The law by which a caseworker sees what a case needs.
const SAKSBEHANDLING: &str = "barnetrygdloven §§ 2 og 14 og forvaltningsloven § 17 (behandle saken)";

/// The signed-in person.
struct Innlogget {
    claims: Arc<Claims>,
    pid: Pid,
}

async fn innlogget(component: &Component, headers: &HeaderMap) -> Result<Innlogget, Problem> {
    let claims = component.ctx().auth.bearer(headers, Issuer::Idporten).await?;
    claims.require_scope(SCOPE_SAKER)?;
    let pid = claims.pid.ok_or_else(|| Problem::forbidden("Tokenet gjelder ingen person."))?;
    Ok(Innlogget { claims, pid })
}

/// A caseworker, signed in.
struct Behandler {
    innlogget: Innlogget,
    person: Saksbehandler,
    etat: Etat,
}

async fn behandler(component: &Component, headers: &HeaderMap) -> Result<Behandler, Problem> {
    let innlogget = innlogget(component, headers).await?;
    let person = store::saksbehandler(&component.ctx().store, &innlogget.pid).await?;
    let person = person.ok_or_else(|| Problem::forbidden("Du er ikke saksbehandler."))?;
    let etat = model::etat(&person.orgnr).ok_or_else(|| Problem::forbidden("Etaten din er ukjent her."))?;
    Ok(Behandler { innlogget, person, etat })
}

impl Behandler {
    /// The use that the caseworker makes, in the agency's name.
    fn bruk(&self, headers: &HeaderMap, what: String, sak: &str) -> Access {
        let mut access = Access::from_claims(NAME, &self.innlogget.claims, headers, what, SAKSBEHANDLING);
        access.actor.orgnr = Some(self.person.orgnr);
        access.sak = Some(sak.to_owned());
        access
    }
}

fn id(text: &str) -> Result<Uuid, Problem> {
    text.parse().map_err(|_| Problem::not_found("Det finnes ingenting med denne adressen."))
}

/// A text that someone wrote: neither empty nor longer than is read.
fn tekst(text: &str, field: &str) -> Result<String, Problem> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > MAX_TEXT {
        return Err(Problem::bad_request(format!("{field} må ha 1 til {MAX_TEXT} tegn.")).field(field));
    }
    if text.chars().any(|letter| letter.is_control() && !matches!(letter, '\n' | '\r' | '\t')) {
        return Err(Problem::bad_request(format!("{field} har tegn som ikke kan skrives.")).field(field));
    }
    Ok(text.replace("\r\n", "\n"))
}

impl From<process::EngineError> for Feil {
    fn from(error: process::EngineError) -> Self {
        tracing::error!(%error, "the journeys' engine failed");
        Self(Problem::internal())
    }
}

/// A problem that ends a transaction.
struct Feil(Problem);

impl From<kernel::store::StoreError> for Feil {
    fn from(error: kernel::store::StoreError) -> Self {
        Self(error.into())
    }
}

impl From<Problem> for Feil {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl From<Feil> for Problem {
    fn from(feil: Feil) -> Self {
        feil.0
    }
}
