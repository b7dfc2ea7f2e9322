//! The intake: births from hospitals and midwives, deaths from doctors and others, and whatever else is reported of people.
//!
//! A message is registered in one transaction with everything it changes, its events and its receipt, and is answered when
//! that is durable. Nothing is kept of a message that is refused, so it can be sent again, corrected, under its own number.

use std::collections::BTreeMap;

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use clients::folkeregister::{
    Adressebeskyttelsesmelding, Annullering, DNummerrekvisisjon, Doedsmelding, Farskapsmelding, Feil,
    Flyttemelding, Foedselsmelding, Innflyttingsmelding, Kvittering, MeldtForelder, Navnemelding,
    Nummerendringsmelding, Opphav, Persondokument, Personstatus, Separasjonsmelding, Skilsmissemelding,
    Utflyttingsmelding, Vergemaalsmelding, Vigselsmelding, WAKE, merknad, mottaksscope,
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::auth::{Claims, Issuer};
use kernel::id::{Kjoenn, Pid};
use kernel::log::{Access, Personal};
use kernel::rng::Rng;
use kernel::store::{Tx, TxFuture};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};

use super::Avslag;
use crate::feed::{self, NyHendelse};
use crate::model::doedsfall;
use crate::model::endring::{Endringsmelding, Sak};
use crate::model::flytting;
use crate::model::foedsel::{self, Forelder};
use crate::model::hendelser;
use crate::model::nummer;
use crate::model::{Endring, Mangel, Versjon, dagen, kontroller_meldings_id, soekbar, strid};
use crate::store::{self, Mottatt, Serie, Spor};
use crate::{Component, NAME};

/// The law that obliges to report, as the person reads it in the log of uses.
pub const HJEMMEL: &str = "folkeregisterloven kapittel 7 (opplysningsplikt til folkeregisteret)";

/// Declares the route of a message.
macro_rules! mottak {
    ($(#[$doc:meta])* $navn:ident, $sti:literal, $melding:ident) => {
        $(#[$doc])*
        ///
        /// 202 the first time, 200 with the same receipt for the same message again, 409 for another message under the same
        /// number, 422 where it contradicts the register.
        #[utoipa::path(post, path = $sti, tag = "mottak", request_body = $melding,
            responses((status = 202, body = Kvittering), (status = 200, body = Kvittering), (status = 400, body = Feil),
                (status = 401, body = Feil), (status = 403, body = Feil), (status = 406, body = Feil), (status = 409, body = Feil),
                (status = 413, body = Feil), (status = 415, body = Feil), (status = 422, body = Feil), (status = 503, body = Feil)))]
        pub async fn $navn(
            State(component): State<Component>,
            headers: HeaderMap,
            request: Request,
        ) -> Result<Response, Avslag> {
            motta::<$melding>(&component, &headers, request).await
        }
    };
}

mottak!(
    /// Registers a birth: allots the child's number, links the parents, appends the events.
    ///
    /// A stillborn child gets no number: it stands with its parents. What a human should look at stands in the receipt's
    /// `merknader`. 503 where the day has no number left.
    foedselsmelding, "/folkeregisteret/mottak/api/v1/foedselsmelding", Foedselsmelding
);
mottak!(
    /// Registers a death: of the person, and for the spouse and the children.
    ///
    /// A death that is registered already, on the same day, changes nothing and has a remark.
    doedsmelding, "/folkeregisteret/mottak/api/v1/doedsmelding", Doedsmelding
);
mottak!(
    /// Registers a move within the country.
    flyttemelding, "/folkeregisteret/mottak/api/v1/flyttemelding", Flyttemelding
);
mottak!(
    /// Registers a move to the country: of one with a number from before, or of one who is given one.
    innflytting, "/folkeregisteret/mottak/api/v1/innflytting", Innflyttingsmelding
);
mottak!(
    /// Registers a move from the country.
    utflytting, "/folkeregisteret/mottak/api/v1/utflytting", Utflyttingsmelding
);
mottak!(
    /// Registers a wedding.
    vigsel, "/folkeregisteret/mottak/api/v1/vigsel", Vigselsmelding
);
mottak!(
    /// Registers a separation.
    separasjon, "/folkeregisteret/mottak/api/v1/separasjon", Separasjonsmelding
);
mottak!(
    /// Registers a divorce.
    skilsmisse, "/folkeregisteret/mottak/api/v1/skilsmisse", Skilsmissemelding
);
mottak!(
    /// Registers a name.
    navnevalg, "/folkeregisteret/mottak/api/v1/navnevalg", Navnemelding
);
mottak!(
    /// Registers a father or co-mother.
    farskap, "/folkeregisteret/mottak/api/v1/farskap", Farskapsmelding
);
mottak!(
    /// Registers a guardian, or the end of a guardianship.
    vergemaal, "/folkeregisteret/mottak/api/v1/vergemaal", Vergemaalsmelding
);
mottak!(
    /// Protects a person's addresses, or ends that.
    adressebeskyttelse, "/folkeregisteret/mottak/api/v1/adressebeskyttelse", Adressebeskyttelsesmelding
);
mottak!(
    /// Gives a D-number to one who has no number and does not live here.
    dnummer, "/folkeregisteret/mottak/api/v1/dnummer", DNummerrekvisisjon
);
mottak!(
    /// Gives a person a new number because their date of birth or sex is another than the number was made of.
    ///
    /// Those who name the person name them by the new number; the earlier one finds the person too. 503 where the day has no
    /// number left.
    nummerendring, "/folkeregisteret/mottak/api/v1/nummerendring", Nummerendringsmelding
);
mottak!(
    /// Annuls an earlier message of the sender: those whom it changed are again as they were before, as long as nothing has
    /// changed them since. What was known in the meantime stays in the archive and in the feed.
    annullering, "/folkeregisteret/mottak/api/v1/annullering", Annullering
);

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
    /// Its name in paths and scopes.
    const NAVN: &'static str;
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
    /// Who sent the message.
    avsender: String,
    /// The documents that were read, as they were.
    foer: BTreeMap<Pid, Versjon>,
    /// The document of one who was given a number, whose identifier went with it.
    foerste: Option<(Pid, String)>,
}

impl Verden {
    /// Allots the next number of the day and sex, for the document that is made next.
    async fn tildel(&mut self, tx: &mut Tx, serie: Serie, dato: Date, kjoenn: Kjoenn) -> Result<Pid, Avslag> {
        let dokument = self.identifikator();
        let pid = store::tildel(tx, serie, dato, kjoenn, &dokument).await?.ok_or_else(|| {
            let melding = "Det er ingen ledige numre for denne fødselsdatoen.";
            Avslag::ny(StatusCode::SERVICE_UNAVAILABLE, melding)
        })?;
        self.foerste = Some((pid, dokument));
        Ok(pid)
    }

    /// The people whom a message names, each by their number in use.
    async fn saker(&mut self, tx: &mut Tx, personer: Vec<(String, Pid)>) -> Result<Vec<Sak>, Avslag> {
        let asked: Vec<Pid> = personer.iter().map(|(_, pid)| *pid).collect();
        let numre = self.finn(tx, &asked).await?;
        let mut saker: Vec<Sak> = Vec::with_capacity(personer.len());
        for (felt, asked) in personer {
            let found = numre.get(&asked).and_then(|pid| self.foer.get(pid));
            let versjon = found.ok_or_else(|| strid(&felt, "finnes ikke i Folkeregisteret"))?;
            if saker.iter().any(|sak| sak.pid() == versjon.pid) {
                return Err(strid(&felt, "er den samme personen som en annen i meldingen").into());
            }
            saker.push(Sak::ny(felt, versjon.pid, versjon.helt()?)?);
        }
        Ok(saker)
    }

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
    claims.require_scope(&mottaksscope(M::NAVN))?;
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
    let mut response = (status, super::svar(super::form::Form::Json, json)).into_response();
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
    let mut verden = Verden { naa, rng, avsender: avsender.to_owned(), foer: BTreeMap::new(), foerste: None };
    let registrert = melding.registrer(tx, &mut verden).await?;
    let (hendelser, spor) = behold(tx, registrert.endringer, verden).await?;
    let kvittering = Kvittering {
        meldings_id: melding.meldings_id().to_owned(),
        mottatt: naa,
        foedsels_eller_d_nummer: registrert.pid,
        hendelser,
        merknader: registrert.merknader.into_iter().map(str::to_owned).collect(),
    };
    let mottatt = Mottatt { sum, pid: registrert.pid, kvittering: serde_json::to_string(&kvittering)? };
    store::behold_melding(tx, avsender, melding.meldings_id(), &mottatt).await?;
    store::behold_spor(tx, avsender, melding.meldings_id(), &spor).await?;
    Ok((mottatt, true))
}

/// Keeps the changes and appends their events, whose numbers it gives, with what became of each person's document.
async fn behold(
    tx: &mut Tx,
    endringer: Vec<Endring>,
    verden: Verden,
) -> Result<(Vec<i64>, Vec<Spor>), Avslag> {
    let mut spor = Vec::with_capacity(endringer.len());
    let mut versjoner = Vec::with_capacity(endringer.len());
    let mut pekere = Vec::with_capacity(endringer.len());
    let mut hendelser = Vec::new();
    let (mut rader_foer, mut rader_naa) = (Vec::new(), Vec::new());
    for Endring { pid, person } in endringer {
        let numre = person.identifikasjonsnummer.iter();
        let numre = numre.filter_map(|entry| Pid::parse(&entry.foedsels_eller_d_nummer).ok());
        let numre: Vec<Pid> = numre.collect();
        // One who is given another number was read under the earlier.
        let foer = numre.iter().find_map(|nummer| verden.foer.get(nummer));
        let nye = hendelser::utled(foer.map(Versjon::helt).transpose()?.as_ref(), &person)?;
        if nye.is_empty() {
            continue;
        }
        let dokument = match &verden.foerste {
            Some((ny, dokument)) if *ny == pid => dokument.clone(),
            _ => verden.identifikator(),
        };
        pekere.extend(numre.iter().map(|nummer| (*nummer, dokument.clone())));
        if let Some(foer) = foer {
            rader_foer.append(&mut store::soek::rader_av(foer)?);
        }
        let (versjon, mut rader) = soekbar(dokument, pid, person)?;
        spor.push(Spor {
            pid,
            foer: foer.map(|foer| foer.dokument.clone()),
            etter: versjon.dokument.clone(),
        });
        rader_naa.append(&mut rader);
        for (hendelsetype, opplysninger) in nye {
            hendelser.push((pid, hendelsetype, versjon.dokument.clone(), opplysninger));
        }
        versjoner.push(versjon);
    }
    store::behold(tx, versjoner).await?;
    store::pek(tx, &pekere).await?;
    store::soek::ajourfoer(tx, rader_foer, rader_naa).await?;
    let mut numre = Vec::with_capacity(hendelser.len());
    for (pid, hendelsetype, persondokument, opplysninger) in hendelser {
        let dokument = Some((verden.identifikator(), opplysninger));
        let hendelse = NyHendelse { pid, hendelsetype, persondokument: &persondokument, dokument };
        numre.push(feed::append(tx, hendelse, verden.naa).await?);
    }
    Ok((numre, spor))
}

impl<M: Endringsmelding> Melding for M {
    const NAVN: &'static str = M::NAVN;
    const HVA: &'static str = M::HVA;

    fn meldings_id(&self) -> &str {
        Endringsmelding::meldings_id(self)
    }

    fn kontroller(&self, i_dag: Date) -> Result<(), Mangel> {
        kontroller_meldings_id(Endringsmelding::meldings_id(self))?;
        Endringsmelding::kontroller(self, i_dag)
    }

    fn registrer<'a>(&'a self, tx: &'a mut Tx, verden: &'a mut Verden) -> TxFuture<'a, Registrert, Avslag> {
        Box::pin(async move {
            let mut saker = verden.saker(tx, self.personer()).await?;
            self.endre(&mut saker, verden.naa)?;
            let endringer: Vec<Endring> = saker.into_iter().map(|sak| sak.endring).collect();
            Ok(Registrert {
                pid: endringer.first().map(|first| first.pid),
                endringer,
                ..Registrert::default()
            })
        })
    }
}

impl Melding for Innflyttingsmelding {
    const NAVN: &'static str = "innflytting";
    const HVA: &'static str = "Meldte innflytting til folkeregisteret";

    fn meldings_id(&self) -> &str {
        &self.meldings_id
    }

    fn kontroller(&self, i_dag: Date) -> Result<(), Mangel> {
        flytting::kontroller_innflytting(self, i_dag)
    }

    fn registrer<'a>(&'a self, tx: &'a mut Tx, verden: &'a mut Verden) -> TxFuture<'a, Registrert, Avslag> {
        Box::pin(async move {
            let felt = "kandidat.foedselsEllerDNummer";
            if let Some(ny) = &self.kandidat.person {
                let pid = verden.tildel(tx, Serie::Foedselsnummer, ny.foedselsdato, ny.kjoenn).await?;
                let person = flytting::ny_bosatt(self, ny, pid, verden.naa);
                return Ok(tilblitt(pid, person));
            }
            let asked = self.kandidat.foedsels_eller_d_nummer.into_iter().map(|pid| (felt.to_owned(), pid));
            let mut saker = verden.saker(tx, asked.collect()).await?;
            let Some(mut sak) = saker.pop() else { return Ok(Registrert::default()) };
            if sak.person().gjeldende_status() == Some(Personstatus::Bosatt) {
                return Err(sak.nei("er bosatt i Norge").into());
            }
            let nytt = if sak.pid().is_d_number() {
                let (foedt, kjoenn) = foedt_og_kjoenn(&mut sak)?;
                Some(verden.tildel(tx, Serie::Foedselsnummer, foedt, kjoenn).await?)
            } else {
                None
            };
            flytting::innflyttet(self, &mut sak, verden.naa)?;
            let opphav = flytting::innflyttingens_opphav(self, verden.naa);
            nummerert(tx, verden, sak, nytt, &opphav).await
        })
    }
}

/// The registration of one who may be given another number, by which everyone whom the person knows then names them.
async fn nummerert(
    tx: &mut Tx,
    verden: &mut Verden,
    mut sak: Sak,
    nytt: Option<Pid>,
    opphav: &Opphav,
) -> Result<Registrert, Avslag> {
    let gammelt = sak.pid();
    let mut andre = Vec::new();
    if let Some(nytt) = nytt {
        nummer::gi_nytt(&mut sak, nytt, opphav, verden.naa);
        // What the person says of themselves too: a child's responsibility names the child.
        nummer::bytt(sak.person(), gammelt, nytt);
        let found = verden.finn(tx, &nummer::naerstaaende(sak.person())).await?;
        let mut pids: Vec<Pid> = found.into_values().filter(|pid| *pid != gammelt).collect();
        pids.sort_unstable();
        pids.dedup();
        for pid in pids {
            let Some(versjon) = verden.foer.get(&pid) else { continue };
            let mut person = versjon.helt()?;
            if nummer::bytt(&mut person, gammelt, nytt) {
                andre.push(Endring { pid, person });
            }
        }
    }
    let mut registrert = Registrert { pid: Some(sak.pid()), ..Registrert::default() };
    registrert.endringer.push(sak.endring);
    registrert.endringer.append(&mut andre);
    Ok(registrert)
}

impl Melding for Nummerendringsmelding {
    const NAVN: &'static str = "nummerendring";
    const HVA: &'static str = "Meldte endring av fødselsnummer til folkeregisteret";

    fn meldings_id(&self) -> &str {
        &self.meldings_id
    }

    fn kontroller(&self, i_dag: Date) -> Result<(), Mangel> {
        nummer::kontroller_endring(self, i_dag)
    }

    fn registrer<'a>(&'a self, tx: &'a mut Tx, verden: &'a mut Verden) -> TxFuture<'a, Registrert, Avslag> {
        Box::pin(async move {
            let asked = vec![("foedselsEllerDNummer".to_owned(), self.foedsels_eller_d_nummer)];
            let Some(mut sak) = verden.saker(tx, asked).await?.pop() else {
                return Ok(Registrert::default());
            };
            nummer::rett(self, &mut sak, verden.naa)?;
            let serie = if sak.pid().is_d_number() { Serie::DNummer } else { Serie::Foedselsnummer };
            let (foedt, kjoenn) = foedt_og_kjoenn(&mut sak)?;
            let nytt = verden.tildel(tx, serie, foedt, kjoenn).await?;
            let opphav = nummer::endringens_opphav(self, verden.naa);
            let registrert = nummerert(tx, verden, sak, Some(nytt), &opphav).await?;
            if let Some(Endring { person, .. }) = registrert.endringer.first() {
                for versjon in verden.foer.values() {
                    nummer::kontroller_slekt(person, &versjon.helt()?)?;
                }
            }
            Ok(registrert)
        })
    }
}

/// What a number is made of, of a person whom the register knows.
fn foedt_og_kjoenn(sak: &mut Sak) -> Result<(Date, Kjoenn), Mangel> {
    let (foedt, kjoenn) = (sak.person().foedselsdato(), sak.person().gjeldende_kjoenn());
    let (Some(foedt), Some(kjoenn)) = (foedt, kjoenn) else {
        return Err(sak.nei("er registrert uten fødselsdato eller kjønn"));
    };
    if !nummer::har_nummerserie(foedt) {
        return Err(sak.nei("har et fødselsår som det ikke tildeles nummer for"));
    }
    Ok((foedt, kjoenn))
}

impl Melding for DNummerrekvisisjon {
    const NAVN: &'static str = "dnummer";
    const HVA: &'static str = "Rekvirerte D-nummer hos folkeregisteret";

    fn meldings_id(&self) -> &str {
        &self.meldings_id
    }

    fn kontroller(&self, i_dag: Date) -> Result<(), Mangel> {
        flytting::kontroller_rekvisisjon(self, i_dag)
    }

    fn registrer<'a>(&'a self, tx: &'a mut Tx, verden: &'a mut Verden) -> TxFuture<'a, Registrert, Avslag> {
        Box::pin(async move {
            let ny = &self.person;
            let pid = verden.tildel(tx, Serie::DNummer, ny.foedselsdato, ny.kjoenn).await?;
            let dag = dagen(verden.naa);
            Ok(tilblitt(pid, flytting::med_d_nummer(self, pid, dag, verden.naa)))
        })
    }
}

/// The registration of one who is new.
fn tilblitt(pid: Pid, person: Persondokument) -> Registrert {
    Registrert { pid: Some(pid), endringer: vec![Endring { pid, person }], ..Registrert::default() }
}

impl Melding for Annullering {
    const NAVN: &'static str = "annullering";
    const HVA: &'static str = "Annullerte en melding til folkeregisteret";

    fn meldings_id(&self) -> &str {
        &self.meldings_id
    }

    fn kontroller(&self, _: Date) -> Result<(), Mangel> {
        kontroller_meldings_id(&self.meldings_id)?;
        kontroller_meldings_id(&self.annullerer)
            .map_err(|mangel| Mangel { felt: "annullerer".to_owned(), ..mangel })
    }

    fn registrer<'a>(&'a self, tx: &'a mut Tx, verden: &'a mut Verden) -> TxFuture<'a, Registrert, Avslag> {
        Box::pin(async move {
            let felt = "annullerer";
            let spor = store::spor(tx, &verden.avsender, &self.annullerer).await?;
            if spor.is_empty() {
                return Err(strid(felt, "er ikke en melding fra avsenderen som har endret noe").into());
            }
            let pids: Vec<Pid> = spor.iter().map(|spor| spor.pid).collect();
            verden.finn(tx, &pids).await?;
            let mut registrert = Registrert::default();
            for Spor { pid, foer, etter } in spor {
                let naa = verden.foer.get(&pid);
                if naa.is_none_or(|versjon| versjon.dokument != etter || versjon.pid != pid) {
                    return Err(strid(felt, "gjelder noen som er endret siden").into());
                }
                let foer = match foer {
                    Some(foer) => store::arkivert_i(tx, &foer).await?,
                    None => return Err(strid(felt, "har gitt noen et nummer, og kan ikke annulleres").into()),
                };
                let foer = foer.filter(|foer| foer.pid == pid);
                let foer =
                    foer.ok_or_else(|| strid(felt, "har gitt noen et nummer, og kan ikke annulleres"))?;
                registrert.pid = registrert.pid.or(Some(pid));
                registrert.endringer.push(Endring { pid, person: foer.helt()? });
            }
            Ok(registrert)
        })
    }
}

impl Melding for Foedselsmelding {
    const NAVN: &'static str = "foedselsmelding";
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
                return Ok(Registrert { pid: None, endringer: registrering.doedfoedt(), merknader });
            }
            let serie = Serie::Foedselsnummer;
            let barn = verden.tildel(tx, serie, meldt.barn.foedselsdato, meldt.barn.kjoenn).await?;
            Ok(Registrert { pid: Some(barn), endringer: registrering.levende(barn), merknader })
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
            Ok(Registrert { pid: Some(pid), endringer: registrering.endringer(), merknader: Vec::new() })
        })
    }
}

/// Every document that was read, whole.
fn hele(verden: &Verden) -> Result<BTreeMap<Pid, Persondokument>, Avslag> {
    verden.foer.iter().map(|(pid, versjon)| Ok((*pid, versjon.helt()?))).collect()
}
