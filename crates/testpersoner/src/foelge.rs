//! Follows Folkeregisteret and Kontaktregisteret: of whoever has an event, what the register tells is read anew.
//!
//! A page of a feed, the rows that it leads to and the cursor after it are one transaction, so that a page counts once however
//! often it is read, and a row is never older than the cursor says. The feeds are looked at from time to time and not at each
//! hint: a search may be a second late, and what has changed in that second is looked up together.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use clients::folkeregister::{
    Del, Element, Familierolle, LagretHendelse, NAME as FREG, Persondokument, hendelsetype,
};
use clients::kontaktregister::NAME as KRR;
use clients::testpersoner::Kontakttrekk;
use clients::{ClientError, Purpose};
use kernel::feed;
use kernel::id::Pid;
use kernel::store::{StoreError, Tx};

use crate::model::dokument::{self, DELER, DELER_AV_BARN};
use crate::model::rad::Rad;
use crate::{Component, store};

/// After these events a parent may have another number of children, or none of that day of birth.
const LIV: [&str; 6] = [
    hendelsetype::PERSON_ER_OPPRETTET,
    hendelsetype::PERSON_ER_OPPDATERT,
    hendelsetype::PERSON_ER_DOED,
    Element::Doedsfall.endring(),
    Element::Status.endring(),
    Element::Foedsel.endring(),
];

/// Somebody has another number.
const NYTT_NUMMER: &str = Element::Identifikasjonsnummer.endring();

/// Why a page of a feed was not dealt with; it will be read again.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// A register did not answer as it should.
    #[error("{0}: {1}")]
    Client(&'static str, ClientError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn of(register: &'static str) -> impl Fn(ClientError) -> FeedError {
    move |error| FeedError::Client(register, error)
}

/// Reads what is new in both; gives how many events that were.
pub async fn read(component: &Component) -> Result<usize, FeedError> {
    let mut all = 0;
    loop {
        let people = read_people(component).await?;
        let contacts = read_contacts(component).await?;
        all += people + contacts;
        if people + contacts == 0 {
            return Ok(all);
        }
    }
}

fn formaal() -> Purpose {
    Purpose::new("Holde søket etter syntetiske testpersoner ved like")
}

/// Reads a page of Folkeregisteret's feed; gives how many events it had.
async fn read_people(component: &Component) -> Result<usize, FeedError> {
    // Before a nation is loaded, nobody is searched for.
    let Some(after) = store::lest_til(&component.ctx.store, FREG).await? else { return Ok(0) };
    let page = component.people.hendelser(after.saturating_add(1)).await.map_err(of(FREG))?;
    let Some(last) = page.last().map(|event| event.sekvensnummer) else { return Ok(0) };
    let om = |event: &LagretHendelse| event.hendelse.folkeregisteridentifikator;
    let liv = |event: &&LagretHendelse| LIV.contains(&event.hendelse.hendelsetype.as_str());
    let alle = page.iter().map(om).filter(Pid::is_synthetic).collect();
    let livet = page.iter().filter(liv).map(om).collect();
    let nummer = |event: &&LagretHendelse| event.hendelse.hendelsetype == NYTT_NUMMER;
    let omnummerert = page.iter().filter(nummer).map(om).filter(Pid::is_synthetic).collect();
    let nye = slaa_opp(component, &alle, &livet, &omnummerert).await?;
    let write = component.ctx.store.write(move |tx| {
        Box::pin(async move {
            // Another process that shares the store may have been faster.
            if feed::cursor_in(tx, FREG).await? == after {
                behold_folk(tx, nye).await?;
                feed::set_cursor(tx, FREG, last).await?;
            }
            Ok::<_, StoreError>(())
        })
    });
    write.await?;
    Ok(page.len())
}

/// A person as Folkeregisteret tells of them now.
struct Ny {
    rad: Rad,
    tidligere: Vec<Pid>,
}

type Dokumenter = HashMap<Pid, Arc<Persondokument>>;

/// Looks up people, the parents of those among them whose life has begun or ended, and the earlier numbers of those who have
/// another.
async fn slaa_opp(
    component: &Component,
    alle: &BTreeSet<Pid>,
    livet: &BTreeSet<Pid>,
    omnummerert: &BTreeSet<Pid>,
) -> Result<Vec<Ny>, FeedError> {
    let mut personer = hent(component, alle, &DELER).await?;
    let deres = personer.iter().filter(|(pid, _)| livet.contains(pid));
    let foreldre: BTreeSet<Pid> = deres.flat_map(|(_, person)| person.foreldre()).collect();
    let foreldre =
        foreldre.into_iter().filter(|pid| pid.is_synthetic() && !personer.contains_key(pid)).collect();
    personer.extend(hent(component, &foreldre, &DELER).await?);

    let barn = personer.values().flat_map(|person| person.relaterte(Familierolle::Barn));
    let ukjente = barn.filter(|pid| pid.is_synthetic() && !personer.contains_key(pid)).collect();
    let barn = hent(component, &ukjente, &DELER_AV_BARN).await?;
    let numre =
        hent(component, omnummerert, &[Del::Element(Element::Identifikasjonsnummer), Del::Historikk]).await?;
    let barnet = |pid: &Pid| personer.get(pid).or_else(|| barn.get(pid)).map(AsRef::as_ref);
    let ny = |(pid, person): (&Pid, &Arc<Persondokument>)| {
        let folk = dokument::folketrekk(person, barnet)?;
        let rad = Rad::av_folk(&folk);
        let holds = rad.pid == *pid && pid.is_synthetic() && rad.foedselsdato().is_some();
        let tidligere = numre.get(pid).into_iter().flat_map(|person| person.numre());
        let tidligere = tidligere.filter(|nummer| nummer != pid).collect();
        holds.then_some(Ny { rad, tidligere })
    };
    Ok(personer.iter().filter_map(ny).collect())
}

/// The documents of people, by every number that each has or had.
async fn hent(component: &Component, pids: &BTreeSet<Pid>, deler: &[Del]) -> Result<Dokumenter, FeedError> {
    let pids: Vec<Pid> = pids.iter().copied().collect();
    let found = component.people.personer(&pids, deler, &formaal()).await.map_err(of(FREG))?;
    let mut by_number = HashMap::with_capacity(found.len());
    for person in found.into_iter().map(Arc::new) {
        by_number.extend(person.numre().map(|nummer| (nummer, person.clone())));
    }
    Ok(by_number)
}

/// Renews what Folkeregisteret tells; what the others tell stays, also of one who has another number now.
async fn behold_folk(tx: &mut Tx, nye: Vec<Ny>) -> Result<(), StoreError> {
    let numre = |ny: &Ny| std::iter::once(ny.rad.pid).chain(ny.tidligere.iter().copied()).collect::<Vec<_>>();
    let pids: Vec<Pid> = nye.iter().flat_map(numre).collect();
    let foer = store::rader(tx, &pids).await?;
    let mut rader = Vec::with_capacity(nye.len());
    for ny in nye {
        let kjent = numre(&ny).iter().find_map(|pid| foer.get(pid));
        rader.push(match kjent {
            Some(kjent) => kjent.med_folk(ny.rad),
            None => ny.rad,
        });
        store::glem(tx, &ny.tidligere).await?;
    }
    store::behold(tx, &rader).await
}

/// Reads a page of Kontaktregisteret's changes; gives how many people it had.
async fn read_contacts(component: &Component) -> Result<usize, FeedError> {
    let store = &component.ctx.store;
    let Some(after) = store::lest_til(store, KRR).await? else { return Ok(0) };
    let page = component.contacts.endringer(after.saturating_add(1), &formaal()).await.map_err(of(KRR))?;
    if page.list.is_empty() {
        return Ok(0);
    }
    let (last, count) = (page.til_endrings_id, page.list.len());
    let endret = page.list.iter().filter(|person| person.personidentifikator.is_synthetic());
    let endret: BTreeMap<Pid, Option<Kontakttrekk>> =
        endret.map(|person| (person.personidentifikator, dokument::kontakttrekk(person))).collect();
    // Who is new may have come here before Folkeregisteret's event has been read.
    let kjente = store::kjente(store, &endret.keys().copied().collect::<Vec<_>>()).await?;
    let ukjente = endret.keys().filter(|pid| !kjente.contains(pid)).copied().collect();
    let nye = slaa_opp(component, &ukjente, &BTreeSet::new(), &BTreeSet::new()).await?;
    let write = store.write(move |tx| {
        Box::pin(async move {
            if feed::cursor_in(tx, KRR).await? == after {
                let pids: Vec<Pid> = endret.keys().copied().collect();
                let mut foer = store::rader(tx, &pids).await?;
                for Ny { rad, .. } in nye {
                    foer.entry(rad.pid).or_insert(rad);
                }
                let ny = |rad: Rad| {
                    let kontakt = endret.get(&rad.pid)?;
                    Some(rad.med_kontakt(kontakt.as_ref()))
                };
                let rader: Vec<Rad> = foer.into_values().filter_map(ny).collect();
                store::behold(tx, &rader).await?;
                feed::set_cursor(tx, KRR, last).await?;
            }
            Ok::<_, StoreError>(())
        })
    });
    write.await?;
    Ok(count)
}
