//! What a notice does, in one transaction: the unit as it stands, the rules, the unit as it becomes, its events, the notice
//! and its receipt.

use clients::enhetsregister::{Adresse, Enhet, Registrering, Rolleenhet, Rollegruppe, Sletting, Underenhet};
use http::StatusCode;
use jiff::Timestamp;
use kernel::id::Orgnr;
use kernel::store::{StoreError, Tx};
use serde::de::DeserializeOwned;

use crate::api::Avslag;
use crate::model::melding::*;
use crate::model::registrering::{self, Kjente};
use crate::model::regler::Brudd;
use crate::model::{Rad, Slag, Tilstand, rad, tilknytning};
use crate::store::{self, Funnet, Mottatt};

/// A notice.
#[allow(clippy::large_enum_variant, reason = "one at a time, for as long as a request")]
#[derive(Debug)]
pub enum Notis {
    /// See [`Nyregistrering`].
    Ny(Nyregistrering),
    /// See [`Endringsmelding`].
    Endring(Endringsmelding),
    /// See [`Slettemelding`].
    Sletting(Slettemelding),
    /// See [`Underenhetsmelding`].
    Underenhet(Underenhetsmelding),
    /// See [`Frivillighetsmelding`].
    Frivillig(Frivillighetsmelding),
    /// See [`Avgiftsmelding`].
    Avgift(Avgiftsmelding),
}

impl Notis {
    /// The kind of notice.
    pub fn navn(&self) -> &'static str {
        match self {
            Self::Ny(_) => "nyregistrering",
            Self::Endring(_) => "endring",
            Self::Sletting(_) => "sletting",
            Self::Underenhet(_) => "underenhet",
            Self::Frivillig(_) => "frivillighetsregisteret",
            Self::Avgift(_) => "merverdiavgiftsregisteret",
        }
    }

    /// The sender's own number.
    pub fn meldings_id(&self) -> &str {
        match self {
            Self::Ny(own) => &own.meldings_id,
            Self::Endring(own) => &own.meldings_id,
            Self::Sletting(own) => &own.meldings_id,
            Self::Underenhet(own) => &own.meldings_id,
            Self::Frivillig(own) => &own.meldings_id,
            Self::Avgift(own) => &own.meldings_id,
        }
    }

    /// The addresses that it names.
    pub fn adresser(&self) -> Vec<&Adresse> {
        match self {
            Self::Ny(own) => {
                std::iter::once(&own.forretningsadresse).chain(own.postadresse.as_ref()).collect()
            }
            Self::Endring(own) => own.forretningsadresse.iter().chain(own.postadresse.as_ref()).collect(),
            Self::Underenhet(own) => vec![&own.beliggenhetsadresse],
            _ => Vec::new(),
        }
    }

    /// The roles that it names.
    pub fn roller(&self) -> &[Rollemelding] {
        match self {
            Self::Ny(own) => &own.roller,
            Self::Endring(own) => &own.roller,
            _ => &[],
        }
    }
}

/// Registers a notice once: gives what became of it, and whether that was now.
pub async fn behandle(
    tx: &mut Tx,
    notis: Notis,
    mut kjente: Kjente,
    avsender: &str,
    innhold: String,
    naa: Timestamp,
) -> Result<(Mottatt, bool), Avslag> {
    if let Some(before) = store::melding_i(tx, avsender, notis.meldings_id()).await? {
        return Ok((before, false));
    }
    for orgnr in
        notis.roller().iter().take(registrering::MAX_ROLLER).filter_map(|role| role.organisasjonsnummer)
    {
        if let Some(found) = store::form_og_navn(tx, &orgnr).await? {
            kjente.enheter.insert(orgnr, found);
        }
    }
    for nummer in notis.adresser().into_iter().filter_map(|adresse| adresse.kommunenummer.as_ref()) {
        if let Some(navn) = store::kommunenavn(tx, nummer).await? {
            kjente.kommuner.insert(nummer.clone(), navn);
        }
    }
    let (orgnr, rader) = match &notis {
        Notis::Ny(own) => ny(tx, own, &kjente, naa).await?,
        Notis::Endring(own) => endre(tx, own, &kjente, naa).await?,
        Notis::Sletting(own) => slett(tx, own, naa).await?,
        Notis::Underenhet(own) => underenhet(tx, own, &kjente, naa).await?,
        Notis::Frivillig(own) => frivillig(tx, own, naa).await?,
        Notis::Avgift(own) => avgift(tx, own, naa).await?,
    };
    store::behold(tx, &rader, naa).await?;
    let kvittering =
        Kvittering { meldings_id: notis.meldings_id().to_owned(), mottatt: naa, organisasjonsnummer: orgnr };
    let kvittering =
        serde_json::to_string(&kvittering).map_err(|_| StoreError::Damaged("a receipt".to_owned()))?;
    let mottatt = Mottatt { slag: notis.navn().to_owned(), innhold, kvittering };
    store::behold_melding(tx, avsender, notis.meldings_id(), &mottatt).await?;
    Ok((mottatt, true))
}

type Utfall = Result<(Orgnr, Vec<Rad>), Avslag>;

async fn ny(tx: &mut Tx, own: &Nyregistrering, kjente: &Kjente, naa: Timestamp) -> Utfall {
    let orgnr = nummer(tx).await?;
    let (enhet, grupper) = registrering::ny(own, orgnr, kjente, registrering::dag(naa))?;
    Ok((orgnr, rader(enhet, grupper, None, Vec::new())?))
}

async fn endre(tx: &mut Tx, own: &Endringsmelding, kjente: &Kjente, naa: Timestamp) -> Utfall {
    let orgnr = own.organisasjonsnummer;
    let (slag, found) = aktiv(tx, &orgnr).await?;
    if slag == Slag::Underenhet {
        let under = registrering::endre_underenhet(own, les(&found.innhold)?, kjente, naa)?;
        return Ok((orgnr, vec![rad::av_underenhet(under)]));
    }
    let (enhet, grupper) = registrering::endre(own, les(&found.innhold)?, grupper(&found)?, kjente, naa)?;
    let navn = enhet.navn.clone();
    let mut rows = rader(enhet, grupper, None, Vec::new())?;
    if navn != found.navn {
        rows.extend(innehaver_i(tx, &orgnr, |holder| holder.navn = vec![navn.clone()]).await?);
    }
    Ok((orgnr, rows))
}

/// The units in which one has a role, with what they show of it changed.
async fn innehaver_i(
    tx: &mut Tx,
    orgnr: &Orgnr,
    endre: impl Fn(&mut Rolleenhet) + Send,
) -> Result<Vec<Rad>, Avslag> {
    let mut rows = Vec::new();
    for other in store::enheter_med_innehaver(tx, orgnr).await? {
        let (enhet, mut grupper) = hovedenhet(tx, &other).await?;
        let holders = grupper.iter_mut().flat_map(|group| &mut group.roller);
        let holders = holders.filter_map(|role| role.enhet.as_mut());
        holders.filter(|holder| holder.organisasjonsnummer == *orgnr).for_each(&endre);
        rows.extend(rader(enhet, grupper, None, Vec::new())?);
    }
    Ok(rows)
}

async fn slett(tx: &mut Tx, own: &Slettemelding, naa: Timestamp) -> Utfall {
    let orgnr = own.organisasjonsnummer;
    let (slag, found) = aktiv(tx, &orgnr).await?;
    let dato = registrering::dag(naa);
    let sletting = Sletting { dato, fjernet: own.fjernes };
    if slag == Slag::Underenhet {
        let under: Underenhet = les(&found.innhold)?;
        return Ok((orgnr, vec![rad::slettet_underenhet(&under, sletting)]));
    }
    if store::har_enheter_under(tx, &orgnr).await? {
        return Err(regelbrudd("organisasjonsnummer", "Enheter som ligger under enheten, må slettes først"));
    }
    store::stryk_frivillig(tx, &orgnr, &dato.to_string()).await?;
    let places = steder(tx, &orgnr).await?;
    let mut rows = rader(les(&found.innhold)?, Vec::new(), Some(sletting), places)?;
    let gone = |holder: &mut Rolleenhet| {
        holder.er_slettet = true;
        if own.fjernes {
            holder.navn.clear();
        }
    };
    rows.extend(innehaver_i(tx, &orgnr, gone).await?);
    Ok((orgnr, rows))
}

async fn underenhet(tx: &mut Tx, own: &Underenhetsmelding, kjente: &Kjente, naa: Timestamp) -> Utfall {
    let (slag, found) = aktiv_ved(tx, &own.overordnet_enhet, "overordnetEnhet").await?;
    if slag != Slag::Enhet {
        return Err(regelbrudd("overordnetEnhet", "En underenhet kan ikke ligge under en underenhet"));
    }
    let orgnr = nummer(tx).await?;
    let over = les(&found.innhold)?;
    let under = registrering::ny_underenhet(own, &over, orgnr, kjente, registrering::dag(naa))?;
    Ok((orgnr, vec![rad::av_underenhet(under)]))
}

async fn frivillig(tx: &mut Tx, own: &Frivillighetsmelding, naa: Timestamp) -> Utfall {
    let (orgnr, i_dag) = (own.organisasjonsnummer, registrering::dag(naa));
    let (mut enhet, roller) = hovedenhet(tx, &orgnr).await?;
    tilknytning::frivillig(own, &enhet, &roller)?;
    let foerste = enhet.frivillighetsregister_dato.unwrap_or(i_dag);
    if own.strykes {
        store::stryk_frivillig(tx, &orgnr, &i_dag.to_string()).await?;
    } else {
        let (first, today) = (foerste.to_string(), i_dag.to_string());
        store::innfoer_frivillig(tx, &orgnr, &first, &today, &tilknytning::innhold(own)).await?;
    }
    enhet.registrert_i_frivillighetsregisteret = !own.strykes;
    enhet.frivillighetsregister_dato = (!own.strykes).then_some(foerste);
    Ok((orgnr, rader(enhet, roller, None, Vec::new())?))
}

async fn avgift(tx: &mut Tx, own: &Avgiftsmelding, naa: Timestamp) -> Utfall {
    let (orgnr, i_dag) = (own.organisasjonsnummer, registrering::dag(naa));
    let (mut enhet, roller) = hovedenhet(tx, &orgnr).await?;
    tilknytning::avgift(own, &enhet)?;
    enhet.registrert_i_mvaregisteret = !own.strykes;
    enhet.mva_dato = (!own.strykes).then_some(i_dag);
    enhet.frivillig_mva_registrert_beskrivelser =
        own.frivillig.iter().filter(|_| !own.strykes).cloned().collect();
    let mut places = steder(tx, &orgnr).await?;
    for place in &mut places {
        place.registrert_i_mvaregisteret = !own.strykes;
    }
    Ok((orgnr, rader(enhet, roller, None, places)?))
}

async fn steder(tx: &mut Tx, orgnr: &Orgnr) -> Result<Vec<Underenhet>, StoreError> {
    store::steder(tx, orgnr).await?.iter().map(|place| les(place)).collect()
}

type Grupper = Vec<Rollegruppe>;

fn rader(
    enhet: Enhet,
    rollegrupper: Grupper,
    slettet: Option<Sletting>,
    underenheter: Vec<Underenhet>,
) -> Result<Vec<Rad>, Avslag> {
    let whole =
        Registrering { enhet, slettet, underenheter, rollegrupper, eiere: Vec::new(), ansatte: Vec::new() };
    rad::rader(whole).map_err(|mangel| regelbrudd(&mangel.felt, mangel.hva))
}

async fn hovedenhet(tx: &mut Tx, orgnr: &Orgnr) -> Result<(Enhet, Grupper), Avslag> {
    let (slag, found) = aktiv(tx, orgnr).await?;
    if slag != Slag::Enhet {
        return Err(regelbrudd("organisasjonsnummer", "Er en underenhet"));
    }
    Ok((les(&found.innhold)?, grupper(&found)?))
}

async fn aktiv(tx: &mut Tx, orgnr: &Orgnr) -> Result<(Slag, Funnet), Avslag> {
    aktiv_ved(tx, orgnr, "organisasjonsnummer").await
}

async fn aktiv_ved(tx: &mut Tx, orgnr: &Orgnr, felt: &str) -> Result<(Slag, Funnet), Avslag> {
    match store::finn_i(tx, orgnr).await? {
        Some((slag, found)) if found.tilstand == Tilstand::Aktiv => Ok((slag, found)),
        Some(_) => Err(regelbrudd(felt, "Enheten er slettet")),
        None => Err(regelbrudd(felt, "Enheten finnes ikke i Enhetsregisteret")),
    }
}

async fn nummer(tx: &mut Tx) -> Result<Orgnr, Avslag> {
    let free = store::nytt_nummer(tx).await?;
    free.ok_or_else(|| {
        Avslag::ny(StatusCode::SERVICE_UNAVAILABLE, "Det er ingen ledige organisasjonsnummer.")
    })
}

fn les<T: DeserializeOwned>(innhold: &str) -> Result<T, StoreError> {
    serde_json::from_str(innhold).map_err(|_| StoreError::Damaged("a unit".to_owned()))
}

fn grupper(found: &Funnet) -> Result<Grupper, StoreError> {
    Ok(found.roller.as_deref().map(store::les_roller).transpose()?.unwrap_or_default())
}

fn regelbrudd(felt: &str, melding: &str) -> Avslag {
    Avslag::verdi(felt, melding, None).med_status(StatusCode::UNPROCESSABLE_ENTITY)
}

impl From<Brudd> for Avslag {
    fn from(brudd: Brudd) -> Self {
        Self::from(crate::model::soek::Avvist::Ugyldig(brudd.0)).med_status(StatusCode::UNPROCESSABLE_ENTITY)
    }
}
