//! The search.

use std::collections::HashMap;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use clients::folkeregister::{self, Del, Element};
use clients::{ClientError, Purpose};
use design::Lang;
use http::{HeaderValue, header};
use jiff::civil::Date;
use kernel::id::Pid;
use kernel::problem::Problem;
use kernel::store::StoreError;
use serde::Serialize;
use utoipa::ToSchema;

use crate::model::rad::{self, Rad};
use crate::model::soek::{Feil, Omgivelser, Soek, TREKK, siste_ferske};
use crate::{Component, ord, store};

/// No more hits than this are counted of a search that leaves out one trait.
pub const FLEST_TALT: i64 = 100;
/// From this age people sign in; years, as at ID-porten.
const VOKSEN: i16 = 18;

/// A request's query, or why it is none.
pub type QueryPairs = Result<Query<Vec<(String, String)>>, QueryRejection>;

/// The pairs of a query.
pub fn par(query: QueryPairs) -> Result<Vec<(String, String)>, Problem> {
    let Query(par) = query.map_err(|_| Problem::bad_request("Spørringen kan ikke leses."))?;
    Ok(par)
}

/// What a search has found.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Svar {
    /// The people, the youngest first.
    pub treff: Vec<Testperson>,
    /// The value of `etter` that goes on after the last of them; absent where there are no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub etter: Option<i64>,
    /// Where nobody was found: the traits of which one, left out, gives hits.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub utelat: Vec<Utelatt>,
    /// How to sign in as one of them.
    pub innlogging: Innlogging,
}

/// A trait that is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Utelatt {
    /// The parameter.
    pub parameter: String,
    /// How many are found without it.
    pub treff: i64,
    /// Whether there are perhaps more: no further was counted.
    pub flere: bool,
}

/// A synthetic person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Testperson {
    /// The number to sign in with.
    #[schema(value_type = String)]
    pub personidentifikator: Pid,
    /// Name, as Folkeregisteret has it now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub navn: Option<String>,
    /// Birth.
    #[schema(value_type = String, format = Date)]
    pub foedselsdato: Date,
    /// Whole years; of the dead what it would be.
    pub alder: i16,
    /// `kvinne` or `mann`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kjoenn: Option<&'static str>,
    /// `foedselsnummer` or `dNummer`.
    pub nummertype: &'static str,
    /// Relation to the country, by Folkeregisteret's code.
    pub status: &'static str,
    /// Marital status, likewise.
    pub sivilstand: &'static str,
    /// `norsk` or `utenlandsk`.
    pub statsborgerskap: &'static str,
    /// Protection of the address, by Folkeregisteret's code.
    pub adressebeskyttelse: &'static str,
    /// Municipality of residence; not of those whose address is protected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kommune: Option<Bostedskommune>,
    /// The ages of children under 18, the youngest first.
    pub barn: Vec<i16>,
    /// Whether somebody is the person's guardian.
    pub har_verge: bool,
    /// Whether the person is somebody's guardian.
    pub er_verge: bool,
    /// Whether the person has opted out of digital decisions.
    pub reservert: bool,
    /// Whether Kontaktregisteret has an e-mail address.
    pub har_epost: bool,
    /// Whether it has a mobile phone number.
    pub har_mobil: bool,
    /// Whether there is a digital mailbox.
    pub har_postkasse: bool,
    /// Whether there are contact details, and none was changed or confirmed in the last 18 months.
    pub kontakt_utdatert: bool,
    /// The codes of the roles in Enhetsregisteret.
    pub roller: Vec<&'static str>,
    /// Whether the person owns a home.
    pub eier_bolig: bool,
    /// The traits in words.
    pub beskrivelse: Vec<String>,
    /// Whether ID-porten lets the person in: alive, and 18 or older.
    pub kan_logge_inn: bool,
}

/// A municipality.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Bostedskommune {
    /// Four digits.
    pub kommunenummer: String,
    /// The Norwegian name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub navn: Option<String>,
}

/// How to sign in as a person.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Innlogging {
    /// In words.
    pub forklaring: String,
    /// Where ID-porten tells of itself, for a service that sends people to it.
    pub metadata: String,
    /// The field of the test eID's form that takes the number.
    pub felt: &'static str,
    /// Where the form is posted, with `id` from the address that ID-porten sends the browser to.
    pub skjema: String,
    /// The portal's own sign-in.
    pub portal: String,
}

/// Finds synthetic people by their traits: all that are given must hold. The youngest come first.
///
/// Where nobody is found, `utelat` tells which trait stands in the way.
#[utoipa::path(get, path = "/testpersoner/api/v1/soek", tag = "testpersoner",
    params(
        ("kjoenn" = Option<String>, Query, description = "kvinne eller mann"),
        ("alderFra" = Option<i64>, Query, minimum = 0, maximum = 130, description = "Hele år"),
        ("alderTil" = Option<i64>, Query, minimum = 0, maximum = 130, description = "Hele år"),
        ("status" = Option<String>, Query, description = "Personstatus i Folkeregisteret: bosatt, utflyttet, doed, midlertidig, …"),
        ("nummertype" = Option<String>, Query, description = "foedselsnummer eller dNummer"),
        ("statsborgerskap" = Option<String>, Query, description = "norsk eller utenlandsk"),
        ("kommune" = Option<String>, Query, description = "Bostedskommunens nummer eller navn. Den som har beskyttet adresse, finnes ikke slik."),
        ("adressebeskyttelse" = Option<String>, Query, description = "ugradert, klientadresse, fortrolig eller strengtFortrolig"),
        ("sivilstand" = Option<String>, Query, description = "Sivilstand i Folkeregisteret: ugift, gift, skilt, …"),
        ("antallBarn" = Option<i64>, Query, minimum = 0, maximum = 20, description = "Så mange levende barn under barnUnder, verken færre eller flere"),
        ("barnUnder" = Option<i64>, Query, minimum = 1, maximum = 18, description = "Har barn under denne alderen; 18 der bare antallBarn er oppgitt"),
        ("harVerge" = Option<bool>, Query, description = "Noen er verge for personen"),
        ("erVerge" = Option<bool>, Query, description = "Personen er verge for noen"),
        ("reservert" = Option<bool>, Query, description = "Reservert mot digital kommunikasjon"),
        ("harEpost" = Option<bool>, Query, description = "E-postadresse i Kontaktregisteret"),
        ("harMobil" = Option<bool>, Query, description = "Mobilnummer i Kontaktregisteret"),
        ("harPostkasse" = Option<bool>, Query, description = "Digital postkasse"),
        ("kontaktUtdatert" = Option<bool>, Query, description = "Har kontaktopplysninger, men ingen som er endret eller bekreftet de siste 18 månedene; false: har ferske"),
        ("foretak" = Option<bool>, Query, description = "Har en rolle som alene kan binde en virksomhet"),
        ("rolle" = Option<String>, Query, description = "Rolle i Enhetsregisteret: DAGL, LEDE, INNH, DTPR, DTSO, MEDL, …"),
        ("eierBolig" = Option<bool>, Query, description = "Eier en bolig, alene eller sammen med andre"),
        ("antall" = Option<i64>, Query, minimum = 1, maximum = 100, description = "Høyst så mange treff; 20 om ikke oppgitt"),
        ("etter" = Option<i64>, Query, minimum = 0, description = "Treffene etter dem i et svar med denne verdien")),
    responses((status = 200, body = Svar), (status = 400, body = Problem), (status = 503, body = Problem)))]
pub async fn soek(
    State(component): State<Component>,
    query: QueryPairs,
) -> Result<([(header::HeaderName, HeaderValue); 1], Json<Svar>), Problem> {
    let par = par(query)?;
    let Funn { treff, etter, utelat } = match finn(&component, &par, Lang::NB).await {
        Ok(funn) => funn,
        Err(Uheldig::Feil(feil)) => {
            let tekst = ord::feil(Lang::NB, &feil.hva);
            let problem = Problem::bad_request(format!("{}: {tekst}", feil.parameter));
            return Err(problem.field(feil.parameter));
        }
        Err(Uheldig::Register(error)) => {
            tracing::error!(status = error.status(), "a register was not reached");
            return Err(Problem::unavailable("Folkeregisteret eller Matrikkelen svarer ikke."));
        }
        Err(Uheldig::Lager(error)) => return Err(error.into()),
    };
    let base = &component.ctx.base_url;
    let innlogging = Innlogging {
        forklaring: Lang::NB.t("testpersoner-slik-logger-du-inn"),
        metadata: format!("{base}/idporten/.well-known/openid-configuration"),
        felt: "personidentifikator",
        skjema: format!("{base}/idporten/innlogging"),
        portal: format!("{base}/logg-inn"),
    };
    let no_store = (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(([no_store], Json(Svar { treff, etter, utelat, innlogging })))
}

/// What a search has found.
#[derive(Debug)]
pub struct Funn {
    /// The people.
    pub treff: Vec<Testperson>,
    /// Where the next answer begins.
    pub etter: Option<i64>,
    /// What can be left out, where there is nobody.
    pub utelat: Vec<Utelatt>,
}

/// Why there is no answer.
#[derive(Debug)]
pub enum Uheldig {
    /// A parameter is wrong.
    Feil(Feil),
    /// A register did not answer.
    Register(ClientError),
    /// The store failed.
    Lager(StoreError),
}

impl From<StoreError> for Uheldig {
    fn from(error: StoreError) -> Self {
        Self::Lager(error)
    }
}

impl From<ClientError> for Uheldig {
    fn from(error: ClientError) -> Self {
        Self::Register(error)
    }
}

/// Searches; descriptions are in `lang`.
pub async fn finn(component: &Component, par: &[(String, String)], lang: Lang) -> Result<Funn, Uheldig> {
    let ctx = &component.ctx;
    let kommuner = component.kommuner().await?;
    let om = Omgivelser { kommuner: &kommuner, i_dag: ctx.clock.today(), naa: ctx.clock.now() };
    let soek = Soek::les(par, om).map_err(Uheldig::Feil)?;
    let mut rader = store::soek(&ctx.store, &soek).await?;
    let flere = rader.len() as i64 > soek.antall;
    rader.truncate(soek.antall as usize);
    let etter = rader.last().filter(|_| flere).map(|treff| treff.nr);
    // Only synthetic people are kept; whatever may have gone wrong, no other is shown.
    rader.retain(|treff| treff.rad.pid.is_synthetic());
    let utelat = if rader.is_empty() { utelat(component, par, om).await? } else { Vec::new() };
    let mut navn = navn(component, rader.iter().map(|treff| treff.rad.pid).collect()).await?;
    let treff = rader
        .into_iter()
        .filter_map(|treff| {
            let navn = navn.remove(&treff.rad.pid);
            vis(&treff.rad, treff.er_verge, navn, om, lang)
        })
        .collect();
    Ok(Funn { treff, etter, utelat })
}

/// The traits without any one of which somebody is found.
async fn utelat(
    component: &Component,
    par: &[(String, String)],
    om: Omgivelser<'_>,
) -> Result<Vec<Utelatt>, Uheldig> {
    let mut funnet = Vec::new();
    let trekk = par.iter().map(|(navn, _)| navn).filter(|navn| TREKK.contains(&navn.as_str()));
    for parameter in trekk {
        let beholdt = |(navn, _): &&(String, String)| navn != parameter && navn != "etter";
        let uten: Vec<(String, String)> = par.iter().filter(beholdt).cloned().collect();
        let soek = Soek::les(&uten, om).map_err(Uheldig::Feil)?;
        let treff = store::tell(&component.ctx.store, &soek, FLEST_TALT).await?;
        if treff > 0 {
            funnet.push(Utelatt { parameter: parameter.clone(), treff, flere: treff == FLEST_TALT });
        }
    }
    Ok(funnet)
}

/// The names of hits, from Folkeregisteret: one look-up, which leaves its receipt there.
async fn navn(component: &Component, pids: Vec<Pid>) -> Result<HashMap<Pid, String>, ClientError> {
    let deler = [Del::Element(Element::Identifikasjonsnummer), Del::Element(Element::Navn)];
    let formaal = Purpose::new("Vise navnet på syntetiske testpersoner i et søk");
    if pids.is_empty() {
        return Ok(HashMap::new());
    }
    let personer = component.people.personer(&pids, &deler, &formaal).await?;
    Ok(personer.into_iter().filter_map(|person| Some((person.pid()?, person.fullt_navn()?))).collect())
}

fn vis(
    rad: &Rad,
    er_verge: bool,
    navn: Option<String>,
    om: Omgivelser<'_>,
    lang: Lang,
) -> Option<Testperson> {
    let foedselsdato = rad.foedselsdato()?;
    let alder = folkeregister::alder(foedselsdato, om.i_dag);
    let barn = rad.barnas_foedselsdatoer().map(|foedt| folkeregister::alder(foedt, om.i_dag));
    let kommune = (rad.kommune > 0).then(|| Bostedskommune {
        kommunenummer: format!("{:04}", rad.kommune),
        navn: om.kommuner.navn(rad.kommune).map(str::to_owned),
    });
    let mut person = Testperson {
        personidentifikator: rad.pid,
        navn,
        foedselsdato,
        alder,
        kjoenn: rad.kjoenn(),
        nummertype: if rad.har(rad::D_NUMMER) { "dNummer" } else { "foedselsnummer" },
        status: rad.status(),
        sivilstand: rad.sivilstand(),
        statsborgerskap: if rad.har(rad::NORSK) { "norsk" } else { "utenlandsk" },
        adressebeskyttelse: rad.gradering(),
        kommune,
        barn: barn.filter(|alder| *alder < VOKSEN).collect(),
        har_verge: rad.har(rad::HAR_VERGE),
        er_verge,
        reservert: rad.har(rad::RESERVERT),
        har_epost: rad.har(rad::EPOST),
        har_mobil: rad.har(rad::MOBIL),
        har_postkasse: rad.har(rad::POSTKASSE),
        kontakt_utdatert: rad.bekreftet > 0 && rad.bekreftet <= siste_ferske(om.naa),
        roller: rad.roller(),
        eier_bolig: rad.har(rad::EIER_BOLIG),
        beskrivelse: Vec::new(),
        kan_logge_inn: alder >= VOKSEN && !matches!(rad.status(), "doed" | "opphoert"),
    };
    person.beskrivelse = ord::beskrivelse(lang, &person);
    Some(person)
}
