//! Folkeregisteret's feed: births start journeys; deaths and moves of those in a journey stop machines and reach a human.
//!
//! What a page of events leads to and the cursor after it are one transaction, so that an event counts once however often
//! it is read.

use std::collections::HashMap;

use clients::folkeregister::{
    Del, Element, Familierolle, LagretHendelse, NAME as FREG, Opplysning, Persondokument, WAKE, hendelsetype,
};
use clients::life_events::{Grunn, Oppgavetype};
use clients::{ClientError, Purpose};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::clock::oslo;
use kernel::feed;
use kernel::id::Pid;
use kernel::store::{StoreError, Tx};
use process::EngineError;
use tokio::sync::watch;
use uuid::Uuid;

use crate::model::{NyOppgave, Reiserad, grunn, id_av, tittel};
use crate::reise::{FODSEL, Reisevars};
use crate::{Component, model, store};

/// Somebody has another residence.
const NY_BOSTEDSADRESSE: &str = Element::Bostedsadresse.endring();

/// Why a page of the feed was not dealt with; it will be read again.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// The register did not answer as it should.
    #[error("Folkeregisteret: {0}")]
    Client(#[from] ClientError),
    /// The store or the engine failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl From<StoreError> for FeedError {
    fn from(error: StoreError) -> Self {
        Self::Engine(error.into())
    }
}

/// Reads the feed until `shutdown`.
pub(crate) async fn follow(component: &Component, shutdown: watch::Receiver<bool>) {
    let hints = component.ctx().wake.listen(WAKE);
    feed::follow(component.poll, Some(hints), shutdown, || read_page(component)).await;
}

/// What an event is to journeys.
enum Funn {
    /// A child is born.
    Foedsel(Foedsel),
    /// Something has happened to someone who may be in a journey.
    Endring { pid: Pid, kode: &'static str, tekst: &'static str, stanser: bool },
}

struct Foedsel {
    barn: Pid,
    mor: Option<Pid>,
    annen: Option<Pid>,
    foedselsdato: Option<Date>,
}

/// Reads the page after the cursor and deals with it; gives how many events it had.
pub(crate) async fn read_page(component: &Component) -> Result<usize, FeedError> {
    let ctx = component.ctx();
    let after = feed::cursor(&ctx.store, FREG).await?;
    let page = component.fag.clients.folkeregister.hendelser(after.saturating_add(1)).await?;
    let Some(last) = page.last().map(|event| event.sekvensnummer) else { return Ok(0) };
    let count = page.len();
    let findings = findings(component, page).await?;
    let (worker, now) = (component.clone(), ctx.clock.now());
    let ready = ctx
        .store
        .write(move |tx| {
            Box::pin(async move {
                let mut ready = Vec::new();
                // Another process that shares the store may have been faster.
                if feed::cursor_in(tx, FREG).await? != after {
                    return Ok(ready);
                }
                for finding in findings {
                    match finding {
                        Funn::Foedsel(birth) => ready.extend(start(&worker, tx, birth, now).await?),
                        Funn::Endring { pid, kode, tekst, stanser } => {
                            for journey in store::reiser_om(tx, &pid).await? {
                                let reason =
                                    grunn(if pid == journey.barn { kode } else { for_mor(kode) }, tekst);
                                changed(&worker, tx, &journey, reason, stanser, now).await?;
                            }
                        }
                    }
                }
                feed::set_cursor(tx, FREG, last).await?;
                Ok::<_, EngineError>(ready)
            })
        })
        .await?;
    for ready in ready {
        component.engine.committed(ready);
    }
    Ok(count)
}

/// The code where the event is about the mother.
fn for_mor(kode: &'static str) -> &'static str {
    if kode == "BARN_DOED" { "MOR_DOED" } else { kode }
}

/// What the events of a page are to journeys. The people who are new in the register are looked up together.
async fn findings(component: &Component, page: Vec<LagretHendelse>) -> Result<Vec<Funn>, FeedError> {
    let new: Vec<Pid> = page
        .iter()
        .filter(|event| event.hendelse.hendelsetype == hendelsetype::PERSON_ER_OPPRETTET)
        .map(|event| event.hendelse.folkeregisteridentifikator)
        .collect();
    let documents = if new.is_empty() {
        Vec::new()
    } else {
        let parts = [
            Element::Identifikasjonsnummer,
            Element::Foedsel,
            Element::FoedselINorge,
            Element::Familierelasjon,
            Element::Foreldreansvar,
        ]
        .map(Del::Element);
        let purpose = Purpose::new(
            "Se om en ny person er et barn som kan gi rett til barnetrygd (barnetrygdloven §§ 2 og 11)",
        );
        component.fag.clients.folkeregister.personer(&new, &parts, &purpose).await?
    };
    let documents: HashMap<Pid, Persondokument> =
        documents.into_iter().filter_map(|document| Some((document.pid()?, document))).collect();
    let finding = |event: &LagretHendelse| {
        let pid = event.hendelse.folkeregisteridentifikator;
        let change = |kode, tekst, stanser| Some(Funn::Endring { pid, kode, tekst, stanser });
        match event.hendelse.hendelsetype.as_str() {
            hendelsetype::PERSON_ER_OPPRETTET => birth(pid, documents.get(&pid)).map(Funn::Foedsel),
            hendelsetype::PERSON_ER_DOED => change(
                "BARN_DOED",
                "Folkeregisteret har registrert et dødsfall. Stans det som ikke er sendt, og ta hensyn.",
                true,
            ),
            NY_BOSTEDSADRESSE => change(
                "FLYTTING",
                "Barnet eller moren har ny adresse. Se om barnet fortsatt bor hos moren.",
                false,
            ),
            hendelsetype::PERSON_ER_UTFLYTTET => {
                change("UTFLYTTING", "Barnet eller moren er meldt utflyttet fra Norge.", false)
            }
            _ => None,
        }
    };
    Ok(page.iter().filter_map(finding).collect())
}

/// A birth in Norway, with the parents; `None` where the new person is no newborn. One whom the register announces but
/// does not show is taken for a birth, so that a human sees it.
fn birth(barn: Pid, document: Option<&Persondokument>) -> Option<Foedsel> {
    let Some(document) = document else {
        return Some(Foedsel { barn, mor: None, annen: None, foedselsdato: None });
    };
    if !document.foedsel_i_norge.iter().any(Opplysning::er_gjeldende) {
        return None;
    }
    let responsible = |pid: &Pid| {
        document
            .foreldreansvar
            .iter()
            .any(|entry| entry.er_gjeldende && entry.ansvarlig.as_ref() == Some(pid))
    };
    let mor = document.relaterte(Familierolle::Mor).next();
    let annen =
        [Familierolle::Far, Familierolle::Medmor].into_iter().flat_map(|role| document.relaterte(role));
    let annen = annen.filter(|pid| Some(*pid) != mor).find(responsible);
    Some(Foedsel { barn, mor, annen, foedselsdato: document.foedselsdato() })
}

/// Starts the journey of a birth, unless the child has one.
async fn start(
    component: &Component,
    tx: &mut Tx,
    birth: Foedsel,
    now: Timestamp,
) -> Result<Option<process::Ready>, EngineError> {
    if store::reise_for_barn_in(tx, &birth.barn).await?.is_some() {
        return Ok(None);
    }
    let nr = store::neste_nr(tx).await?;
    let id: Uuid = component.ctx().rng.uuid();
    let sak = format!("BT-{}-{nr:06}", now.to_zoned_datetime(oslo()).year());
    let vars = Reisevars {
        reise: id,
        sak: sak.clone(),
        barn: birth.barn,
        mor: birth.mor,
        annen: birth.annen,
        omgjoering: false,
    };
    let started = component.engine.start_in(tx, FODSEL, &id.to_string(), vars.into_vars()).await?;
    let journey = Reiserad {
        id,
        instans: started.instance,
        sak,
        barn: birth.barn,
        mor: birth.mor,
        annen: birth.annen,
        foedselsdato: birth.foedselsdato,
        opprettet: now,
    };
    store::ny_reise(tx, nr, &journey).await?;
    Ok(Some(started.ready))
}

/// Something has happened to a child or mother of a journey: a death stops machines; a human looks at what is decided.
async fn changed(
    component: &Component,
    tx: &mut Tx,
    journey: &Reiserad,
    reason: Grunn,
    stops: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    if stops {
        store::stans(tx, journey.id, &reason.kode).await?;
    }
    let mut seen = false;
    for task in store::aapne_oppgaver(tx, journey.id).await? {
        let mut task = task.oppgave;
        if task.slag == Oppgavetype::Teknisk {
            continue;
        }
        let known = task.grunner.iter().any(|grunn| grunn.kode == reason.kode);
        seen |= task.slag == Oppgavetype::ManuellVurdering;
        if !known && (stops || task.slag == Oppgavetype::ManuellVurdering) {
            task.grunner.push(reason.clone());
            store::sett_grunner(tx, &task).await?;
        }
    }
    let Some(decision) = store::siste_vedtak(tx, journey.id).await?.filter(|_| !seen) else { return Ok(()) };
    let slag = Oppgavetype::ManuellVurdering;
    let today = now.to_zoned_datetime(oslo()).date();
    let task = NyOppgave {
        id: id_av(&["endring", &decision.to_string(), &reason.kode, &now.to_string()]),
        slag,
        etat: component.fag.nav.orgnr,
        reise: journey.id,
        sak: journey.sak.clone(),
        vedtak: Some(decision),
        part: journey.mor.unwrap_or(journey.barn),
        tittel: tittel(slag).to_owned(),
        grunner: vec![reason],
        frist: component.fag.frister.siste_dag(model::frist(slag), today, now),
        opprettet: now,
        tekst: None,
        faktum: None,
        noekkel: None,
    };
    store::ny_oppgave_in(tx, &task).await.map(drop)
}
