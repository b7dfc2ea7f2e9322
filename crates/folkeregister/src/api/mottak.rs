//! The intake: births from hospitals and midwives, deaths from doctors and others.
//!
//! A message is registered in one transaction with everything it changes, its events and its receipt, and is answered when
//! that is durable. Nothing is kept of a message that is refused, so it can be sent again, corrected, under its own number.

use std::collections::BTreeMap;

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use clients::folkeregister::{
    Doedsmelding, Feil, Foedselsmelding, Kvittering, MeldtForelder, SCOPE_DOEDSMELDING,
    SCOPE_FOEDSELSMELDING, WAKE, merknad,
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::auth::{Claims, Issuer};
use kernel::id::Pid;
use kernel::log::{Access, Personal};
use kernel::rng::Rng;
use kernel::store::{Tx, TxFuture};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};

use super::Avslag;
use crate::feed::{self, NyHendelse};
use crate::model::doedsfall;
use crate::model::foedsel::{self, Forelder};
use crate::model::{Endring, Mangel, Versjon};
use crate::store::{self, Mottatt};
use crate::{Component, NAME};

/// The law that obliges to report, as the person reads it in the log of uses.
pub const HJEMMEL: &str = "folkeregisterloven kapittel 7 (opplysningsplikt til folkeregisteret)";

/// Registers a birth: allots the child's number, links the parents, appends the events.
///
/// 202 the first time, 200 with the same receipt for the same message again, 409 for another message under the same
/// number. A stillborn child gets no number: it stands with its parents. What a human should look at stands in the receipt's
/// `merknader`.
#[utoipa::path(post, path = "/folkeregisteret/mottak/api/v1/foedselsmelding", tag = "mottak", request_body = Foedselsmelding,
    responses((status = 202, body = Kvittering), (status = 200, body = Kvittering), (status = 400, body = Feil), (status = 401, body = Feil),
        (status = 403, body = Feil), (status = 409, body = Feil), (status = 413, body = Feil), (status = 415, body = Feil),
        (status = 422, body = Feil), (status = 503, body = Feil)))]
pub async fn foedselsmelding(
    State(component): State<Component>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Avslag> {
    motta::<Foedselsmelding>(&component, &headers, request).await
}

/// Registers a death: of the person, and for the spouse and the children.
///
/// Answers as for a birth. A death that is registered already, on the same day, changes nothing and has a remark.
#[utoipa::path(post, path = "/folkeregisteret/mottak/api/v1/doedsmelding", tag = "mottak", request_body = Doedsmelding,
    responses((status = 202, body = Kvittering), (status = 200, body = Kvittering), (status = 400, body = Feil), (status = 401, body = Feil),
        (status = 403, body = Feil), (status = 409, body = Feil), (status = 413, body = Feil), (status = 415, body = Feil),
        (status = 422, body = Feil)))]
pub async fn doedsmelding(
    State(component): State<Component>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Avslag> {
    motta::<Doedsmelding>(&component, &headers, request).await
}

/// Who answers for a message: receipts and message numbers are theirs alone.
pub fn avsender(claims: &Claims) -> String {
    match &claims.consumer_orgnr {
        Some(orgnr) => orgnr.as_str().to_owned(),
        None => claims.client_id.clone(),
    }
}

/// What registering a message came to.
#[derive(Default)]
struct Registrert {
    /// Whom the receipt names.
    pid: Option<Pid>,
    /// Every change, the message's own first.
    endringer: Vec<Endring>,
    /// Remarks.
    merknader: Vec<&'static str>,
}

/// A kind of message.
trait Melding: Serialize + DeserializeOwned + Send + Sync + 'static {
    const NAVN: &'static str;
    const SCOPE: &'static str;
    /// What the sender did, as the person reads it in the log of uses.
    const HVA: &'static str;

    fn meldings_id(&self) -> &str;
    /// Checks what can be told without the register.
    fn kontroller(&self, i_dag: Date) -> Result<(), Mangel>;
    /// Checks the rest, and works out what changes.
    fn registrer<'a>(&'a self, tx: &'a mut Tx, verden: &'a mut Verden) -> TxFuture<'a, Registrert, Avslag>;
}

/// What a registration has of the world.
struct Verden {
    naa: Timestamp,
    rng: Rng,
    /// The documents that were read, as they were.
    foer: BTreeMap<Pid, Versjon>,
    /// The child's first document, whose identifier went with the number.
    foerste: Option<(Pid, String)>,
}

impl Verden {
    fn identifikator(&self) -> String {
        self.rng.uuid().simple().to_string()
    }

    /// Reads the newest documents of these numbers, which may be old ones; gives those found by the number as asked.
    async fn finn(&mut self, tx: &mut Tx, pids: &[Pid]) -> Result<BTreeMap<Pid, Pid>, Avslag> {
        let mut numre = BTreeMap::new();
        for (asked, versjon) in store::finn_i(tx, pids).await? {
            numre.insert(asked, versjon.pid);
            self.foer.insert(versjon.pid, versjon);
        }
        Ok(numre)
    }
}

async fn motta<M: Melding>(
    component: &Component,
    headers: &HeaderMap,
    request: Request,
) -> Result<Response, Avslag> {
    let ctx = &component.ctx;
    super::kun_json(headers)?;
    let claims = ctx.auth.bearer(headers, Issuer::Maskinporten).await?;
    claims.require_scope(M::SCOPE)?;
    let body = kernel::http::body(headers, "application/json", request).await?;
    let melding: M = kernel::http::json(&body).map_err(|bad| Avslag::json("", &bad))?;
    melding.kontroller(ctx.clock.today())?;
    let location =
        format!("/folkeregisteret/mottak/api/v1/kvittering/{}", clients::encoded(melding.meldings_id()));

    let (avsender, naa, rng) = (avsender(&claims), ctx.clock.now(), ctx.rng.clone());
    let (mottatt, ny) = ctx
        .store
        .write(move |tx| Box::pin(async move { behandle(tx, &melding, &avsender, naa, rng).await }))
        .await?;
    if ny {
        ctx.wake.notify(WAKE);
    }
    let access = Access::from_claims(NAME, &claims, headers, M::HVA, HJEMMEL);
    let subjects = mottatt.pid.into_iter().collect();
    let json = Personal::many(subjects, mottatt.kvittering).release(&ctx.log, access).await?;
    let status = if ny { StatusCode::ACCEPTED } else { StatusCode::OK };
    let mut response = (status, super::svar(json)).into_response();
    if let Ok(location) = HeaderValue::try_from(location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// Registers a message once: gives what became of it, and whether that was now.
async fn behandle<M: Melding>(
    tx: &mut Tx,
    melding: &M,
    avsender: &str,
    naa: Timestamp,
    rng: Rng,
) -> Result<(Mottatt, bool), Avslag> {
    let mut sum = Sha256::new_with_prefix(M::NAVN);
    sum.update(serde_json::to_vec(melding)?);
    let sum = sum.finalize().to_vec();
    if let Some(foer) = store::melding_i(tx, avsender, melding.meldings_id()).await? {
        if foer.sum == sum {
            return Ok((foer, false));
        }
        return Err(Avslag::felt(
            StatusCode::CONFLICT,
            "meldingsId",
            "er brukt til en melding med annet innhold",
        ));
    }
    let mut verden = Verden { naa, rng, foer: BTreeMap::new(), foerste: None };
    let registrert = melding.registrer(tx, &mut verden).await?;
    let hendelser = behold(tx, registrert.endringer, verden).await?;
    let kvittering = Kvittering {
        meldings_id: melding.meldings_id().to_owned(),
        mottatt: naa,
        foedsels_eller_d_nummer: registrert.pid,
        hendelser,
        merknader: registrert.merknader.into_iter().map(str::to_owned).collect(),
    };
    let mottatt = Mottatt { sum, pid: registrert.pid, kvittering: serde_json::to_string(&kvittering)? };
    store::behold_melding(tx, avsender, melding.meldings_id(), &mottatt).await?;
    Ok((mottatt, true))
}

/// Keeps the changes and appends their events, whose numbers it gives.
async fn behold(tx: &mut Tx, endringer: Vec<Endring>, verden: Verden) -> Result<Vec<i64>, Avslag> {
    let mut versjoner = Vec::with_capacity(endringer.len());
    let mut pekere = Vec::with_capacity(endringer.len());
    let mut hendelser = Vec::new();
    for Endring { pid, person, hendelser: nye } in endringer {
        let dokument = match &verden.foerste {
            Some((barn, dokument)) if *barn == pid => dokument.clone(),
            _ => {
                let dokument = verden.identifikator();
                let numre = person
                    .identifikasjonsnummer
                    .iter()
                    .filter_map(|entry| Pid::parse(&entry.foedsels_eller_d_nummer).ok());
                pekere.extend(numre.map(|nummer| (nummer, dokument.clone())));
                dokument
            }
        };
        let versjon = Versjon::av(dokument, pid, person)?;
        for (hendelsetype, opplysninger) in nye {
            hendelser.push((pid, hendelsetype, versjon.dokument.clone(), opplysninger));
        }
        versjoner.push(versjon);
    }
    store::behold(tx, versjoner).await?;
    store::pek(tx, &pekere).await?;
    let mut numre = Vec::with_capacity(hendelser.len());
    for (pid, hendelsetype, persondokument, opplysninger) in hendelser {
        let dokument = Some((verden.identifikator(), opplysninger));
        let hendelse = NyHendelse { pid, hendelsetype, persondokument: &persondokument, dokument };
        numre.push(feed::append(tx, hendelse, verden.naa).await?);
    }
    Ok(numre)
}

impl Melding for Foedselsmelding {
    const NAVN: &'static str = "foedselsmelding";
    const SCOPE: &'static str = SCOPE_FOEDSELSMELDING;
    const HVA: &'static str = "Meldte fødselen til folkeregisteret";

    fn meldings_id(&self) -> &str {
        &self.meldings_id
    }

    fn kontroller(&self, i_dag: Date) -> Result<(), Mangel> {
        foedsel::kontroller(self, i_dag)
    }

    fn registrer<'a>(&'a self, tx: &'a mut Tx, verden: &'a mut Verden) -> TxFuture<'a, Registrert, Avslag> {
        Box::pin(async move {
            let meldt = &self.foedsel;
            let annen = meldt.far_eller_medmor.as_ref();
            let asked: Vec<Pid> = [Some(&meldt.mor), annen]
                .into_iter()
                .flatten()
                .filter_map(|forelder| forelder.foedsels_eller_d_nummer)
                .collect();
            let numre = verden.finn(tx, &asked).await?;
            let forelder = |verden: &Verden, meldt: &MeldtForelder, ukjent: fn() -> Mangel| {
                let Some(nummer) = meldt.foedsels_eller_d_nummer else {
                    return Ok(Forelder::Ukjent(Box::new(meldt.clone())));
                };
                let pid = numre.get(&nummer).ok_or_else(ukjent)?;
                kjent(verden, *pid).and_then(|forelder| forelder.ok_or_else(|| ukjent().into()))
            };
            let mor = forelder(verden, &meldt.mor, foedsel::ukjent_mor)?;
            let mut merknader = foedsel::kontroller_mor(&mor, self)?;
            let meldt_annen =
                annen.map(|annen| forelder(verden, annen, foedsel::ukjent_annen)).transpose()?;

            let ektefelle = match foedsel::ektefelle(&mor) {
                Some(pid) => {
                    if !verden.foer.contains_key(&pid) {
                        verden.finn(tx, &[pid]).await?;
                    }
                    kjent(verden, pid)?
                }
                None => None,
            };
            let ektefelles_nummer = ektefelle.as_ref().and_then(Forelder::pid);
            let er_medmor = annen.is_some_and(|annen| annen.er_medmor == Some(true));
            let (annen, om_annen) = foedsel::annen_forelder(&mor, ektefelle, meldt_annen, er_medmor)?;
            merknader.extend(om_annen);
            let annens_nummer = annen.as_ref().and_then(|(annen, _)| annen.pid());
            let gift = annens_nummer.is_some() && annens_nummer == ektefelles_nummer;
            let registrering = foedsel::Registrering { melding: self, mor, annen, gift, naa: verden.naa };
            if !meldt.barn.er_levendefoedt {
                merknader.push(merknad::DOEDFOEDT);
                return Ok(Registrert { pid: None, endringer: registrering.doedfoedt()?, merknader });
            }
            let dokument = verden.identifikator();
            let barn = store::tildel(tx, meldt.barn.foedselsdato, meldt.barn.kjoenn, &dokument)
                .await?
                .ok_or_else(|| {
                    Avslag::ny(
                        StatusCode::SERVICE_UNAVAILABLE,
                        "Det er ingen ledige fødselsnummer for denne fødselsdatoen.",
                    )
                })?;
            verden.foerste = Some((barn, dokument));
            Ok(Registrert { pid: Some(barn), endringer: registrering.levende(barn)?, merknader })
        })
    }
}

/// A parent whom the register knows.
fn kjent(verden: &Verden, pid: Pid) -> Result<Option<Forelder>, Avslag> {
    let Some(versjon) = verden.foer.get(&pid) else { return Ok(None) };
    Ok(Some(Forelder::Kjent(versjon.pid, Box::new(versjon.helt()?))))
}

impl Melding for Doedsmelding {
    const NAVN: &'static str = "doedsmelding";
    const SCOPE: &'static str = SCOPE_DOEDSMELDING;
    const HVA: &'static str = "Meldte dødsfallet til folkeregisteret";

    fn meldings_id(&self) -> &str {
        &self.meldings_id
    }

    fn kontroller(&self, i_dag: Date) -> Result<(), Mangel> {
        doedsfall::kontroller(self, i_dag)
    }

    fn registrer<'a>(&'a self, tx: &'a mut Tx, verden: &'a mut Verden) -> TxFuture<'a, Registrert, Avslag> {
        Box::pin(async move {
            let asked = self.doed_person.foedselsnummer;
            let numre = verden.finn(tx, &[asked]).await?;
            let pid = *numre.get(&asked).ok_or_else(doedsfall::ukjent)?;
            let person =
                verden.foer.get(&pid).map(Versjon::helt).transpose()?.ok_or_else(doedsfall::ukjent)?;
            if doedsfall::kontroller_person(&person, self)? {
                return Ok(Registrert {
                    pid: Some(pid),
                    merknader: vec![merknad::ALLEREDE_DOED],
                    ..Registrert::default()
                });
            }
            verden.finn(tx, &doedsfall::naerstaaende(&person)).await?;
            let mut personer = hele(verden)?;
            verden.finn(tx, &doedsfall::andre_ansvarlige(pid, personer.values())).await?;
            personer.append(&mut hele(verden)?);
            let registrering = doedsfall::Registrering { melding: self, pid, personer, naa: verden.naa };
            Ok(Registrert { pid: Some(pid), endringer: registrering.endringer()?, merknader: Vec::new() })
        })
    }
}

/// Every document that was read, whole.
fn hele(verden: &Verden) -> Result<BTreeMap<Pid, clients::folkeregister::Persondokument>, Avslag> {
    verden.foer.iter().map(|(pid, versjon)| Ok((*pid, versjon.helt()?))).collect()
}
