//! Moves: within the country, from it, and to it; and the first document of one who is new (folkeregisterloven §§ 2-2, 4-1, 6-1).

use clients::folkeregister::{
    Bostedsadresse, DNummerrekvisisjon, Flyttemelding, Foedsel, Gradering, Identifikasjonsnummer,
    Identitetsgrunnlag, Innflytting, Innflyttingsmelding, NyBostedsadresse, NyPerson, Opphav, Opphold,
    Opplysning as _, Persondokument, Personidentifikasjon, Personkjoenn, Personstatus, PostadresseIUtlandet,
    Sivilstand, Sivilstandstype, Statsborgerskap, Status, UtenlandskAdresse, Utflytting, Utflyttingsmelding,
};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::id::{Kommunenummer, Pid};
use serde::Serialize;

use super::endring::{Endringsmelding, Sak, ikke_framtid, kontroller_navn, landkode};
use super::nummer::har_nummerserie;
use super::{Mangel, avslutt, erstatt, kontroller_meldings_id, opphav, ugyldig};

const KILDE: &str = "folkeregistermyndigheten";
/// Most people of one move.
const MAX_FLYTTENDE: usize = 20;

/// Most characters of an address, or of what is told of a new person, as JSON.
const MAX_TEGN: usize = 4000;

/// Refuses what is longer than anything that is meant so.
fn kontroller_lengde<T: Serialize>(felt: &str, del: &T) -> Result<(), Mangel> {
    if serde_json::to_string(del).is_ok_and(|text| text.len() <= MAX_TEGN) {
        return Ok(());
    }
    Err(ugyldig(felt, "er for langt"))
}

/// One address: exactly one of its forms, whole.
pub fn kontroller_adresse(felt: &str, adresse: &NyBostedsadresse) -> Result<(), Mangel> {
    kontroller_lengde(felt, adresse)?;
    let kommune = |felt: &str, nummer: Option<&str>| match nummer.map(Kommunenummer::parse) {
        Some(Ok(_)) => Ok(()),
        Some(Err(_)) => Err(ugyldig(felt, "skal ha 4 siffer")),
        None => Err(ugyldig(felt, "mangler")),
    };
    match (&adresse.vegadresse, &adresse.matrikkeladresse, &adresse.ukjent_bosted) {
        (Some(veg), None, None) => {
            kommune(&format!("{felt}.vegadresse.kommunenummer"), veg.kommunenummer.as_deref())?;
            let name = veg.adressenavn.trim();
            if name.is_empty() || name.chars().count() > 100 {
                return Err(ugyldig(&format!("{felt}.vegadresse.adressenavn"), "skal ha 1 til 100 tegn"));
            }
            let post = veg.poststed.as_ref().and_then(|sted| sted.postnummer.as_deref());
            kommune(&format!("{felt}.vegadresse.poststed.postnummer"), post)
        }
        (None, Some(eiendom), None) => kommune(
            &format!("{felt}.matrikkeladresse.matrikkelnummer.kommunenummer"),
            Some(&eiendom.matrikkelnummer.kommunenummer),
        ),
        (None, None, Some(ukjent)) => {
            kommune(&format!("{felt}.ukjentBosted.bostedskommune"), ukjent.bostedskommune.as_deref())
        }
        _ => Err(ugyldig(felt, "skal ha én av vegadresse, matrikkeladresse og ukjentBosted")),
    }
}

fn kontroller_flyttende(personer: &[Pid]) -> Result<(), Mangel> {
    if personer.is_empty() || personer.len() > MAX_FLYTTENDE {
        return Err(ugyldig("personSomFlytter", "skal ha 1 til 20 personer"));
    }
    Ok(())
}

fn flyttende(personer: &[Pid]) -> Vec<(String, Pid)> {
    personer.iter().enumerate().map(|(n, pid)| (format!("personSomFlytter[{n}]"), *pid)).collect()
}

fn bosted(adresse: &NyBostedsadresse, gradering: Gradering, dato: Date, opphav: &Opphav) -> Bostedsadresse {
    Bostedsadresse {
        adresse_identifikator_fra_matrikkelen: adresse.adresse_identifikator_fra_matrikkelen.clone(),
        adressegradering: gradering,
        vegadresse: adresse.vegadresse.clone(),
        matrikkeladresse: adresse.matrikkeladresse.clone(),
        ukjent_bosted: adresse.ukjent_bosted.clone(),
        flyttedato: Some(dato),
        ..Bostedsadresse::fra(opphav)
    }
}

/// Ends the residence that holds now; refuses a move before the one that led to it. Gives the protection that the person has,
/// which a new address takes over.
fn forlat(sak: &mut Sak, felt: &str, dato: Date, slutt: Timestamp) -> Result<Gradering, Mangel> {
    sak.kontroller_foedt(felt, dato)?;
    let vern = super::gradering(sak.person());
    for hjem in sak.person().bostedsadresse.iter_mut().filter(|hjem| hjem.er_gjeldende) {
        if hjem.flyttedato.is_some_and(|flyttet| flyttet > dato) {
            return Err(super::strid(felt, "er før personen flyttet dit den bor"));
        }
        hjem.avslutt(slutt);
    }
    Ok(vern)
}

fn ny_status(sak: &mut Sak, status: Personstatus, opphav: &Opphav, slutt: Timestamp) {
    erstatt(&mut sak.person().status, Status { status, ..Status::fra(opphav) }, slutt);
}

impl Endringsmelding for Flyttemelding {
    const NAVN: &'static str = "flyttemelding";
    const HVA: &'static str = "Meldte flytting til folkeregisteret";

    fn meldings_id(&self) -> &str {
        &self.meldings_id
    }

    fn personer(&self) -> Vec<(String, Pid)> {
        flyttende(&self.person_som_flytter)
    }

    fn kontroller(&self, i_dag: Date) -> Result<(), Mangel> {
        kontroller_flyttende(&self.person_som_flytter)?;
        ikke_framtid("flyttedato", self.flyttedato, i_dag)?;
        kontroller_adresse("nyAdresse", &self.ny_adresse)
    }

    fn endre(&self, personer: &mut [Sak], naa: Timestamp) -> Result<(), Mangel> {
        let opphav = opphav(self.flyttedato, naa, KILDE, "Flytting innenlands");
        let slutt = opphav.gyldighetstidspunkt.unwrap_or(naa);
        for sak in personer {
            if sak.person().gjeldende_status() != Some(Personstatus::Bosatt) {
                return Err(sak.nei("er ikke bosatt i Norge"));
            }
            let gradering = forlat(sak, "flyttedato", self.flyttedato, slutt)?;
            let hjem = bosted(&self.ny_adresse, gradering, self.flyttedato, &opphav);
            sak.person().bostedsadresse.insert(0, hjem);
        }
        Ok(())
    }
}

impl Endringsmelding for Utflyttingsmelding {
    const NAVN: &'static str = "utflytting";
    const HVA: &'static str = "Meldte utflytting til folkeregisteret";

    fn meldings_id(&self) -> &str {
        &self.meldings_id
    }

    fn personer(&self) -> Vec<(String, Pid)> {
        flyttende(&self.person_som_flytter)
    }

    fn kontroller(&self, i_dag: Date) -> Result<(), Mangel> {
        kontroller_flyttende(&self.person_som_flytter)?;
        ikke_framtid("utflyttingsdato", self.utflyttingsdato, i_dag)?;
        landkode("tilflyttingsland", &self.tilflyttingsland)?;
        kontroller_lengde("tilflyttingsstedIUtlandet", &self.tilflyttingssted_i_utlandet)?;
        if self.tilflyttingsland == "NOR" {
            return Err(ugyldig("tilflyttingsland", "er Norge"));
        }
        kontroller_utlandet(self.postadresse_i_utlandet.as_ref())
    }

    fn endre(&self, personer: &mut [Sak], naa: Timestamp) -> Result<(), Mangel> {
        let opphav = opphav(self.utflyttingsdato, naa, KILDE, "Utflytting");
        let slutt = opphav.gyldighetstidspunkt.unwrap_or(naa);
        for sak in personer {
            if sak.person().gjeldende_status() != Some(Personstatus::Bosatt) {
                return Err(sak.nei("er ikke bosatt i Norge"));
            }
            let gradering = forlat(sak, "utflyttingsdato", self.utflyttingsdato, slutt)?;
            let utflytting = Utflytting {
                tilflyttingsland: Some(self.tilflyttingsland.clone()),
                tilflyttingssted_i_utlandet: self.tilflyttingssted_i_utlandet.clone(),
                utflyttingsdato: Some(self.utflyttingsdato),
                ..Utflytting::fra(&opphav)
            };
            erstatt(&mut sak.person().utflytting, utflytting, slutt);
            ny_status(sak, Personstatus::Utflyttet, &opphav, slutt);
            if let Some(adresse) = &self.postadresse_i_utlandet {
                let post = i_utlandet(adresse, gradering, &opphav);
                erstatt(&mut sak.person().postadresse_i_utlandet, post, slutt);
            }
        }
        Ok(())
    }
}

fn kontroller_utlandet(adresse: Option<&UtenlandskAdresse>) -> Result<(), Mangel> {
    let Some(adresse) = adresse else { return Ok(()) };
    kontroller_lengde("postadresseIUtlandet", adresse)?;
    landkode("postadresseIUtlandet.landkode", &adresse.landkode)
}

fn i_utlandet(adresse: &UtenlandskAdresse, gradering: Gradering, opphav: &Opphav) -> PostadresseIUtlandet {
    PostadresseIUtlandet {
        adressegradering: gradering,
        utenlandsk_adresse: Some(adresse.clone()),
        ..PostadresseIUtlandet::fra(opphav)
    }
}

/// Checks a person whom the register does not know.
fn kontroller_ny(felt: &str, person: &NyPerson, i_dag: Date) -> Result<(), Mangel> {
    kontroller_lengde(felt, person)?;
    kontroller_navn(&format!("{felt}.navn"), &person.navn)?;
    for (n, own) in person.utenlandsk_personidentifikasjon.iter().enumerate() {
        let felt = format!("{felt}.utenlandskPersonidentifikasjon[{n}]");
        landkode(&format!("{felt}.utstederland"), &own.utstederland)?;
        if own.identifikasjonsnummer.is_empty() || own.identifikasjonsnummer.len() > 50 {
            return Err(ugyldig(&format!("{felt}.identifikasjonsnummer"), "skal ha 1 til 50 tegn"));
        }
    }
    let dato = format!("{felt}.foedselsdato");
    ikke_framtid(&dato, person.foedselsdato, i_dag)?;
    if !har_nummerserie(person.foedselsdato) {
        return Err(ugyldig(&dato, "har et år som det ikke tildeles nummer for"));
    }
    landkode(&format!("{felt}.foedeland"), &person.foedeland)?;
    let statsborgerskap = format!("{felt}.statsborgerskap");
    if person.statsborgerskap.is_empty() || person.statsborgerskap.len() > 10 {
        return Err(ugyldig(&statsborgerskap, "skal ha 1 til 10 land"));
    }
    person.statsborgerskap.iter().try_for_each(|land| landkode(&statsborgerskap, land))
}

/// Checks a move to the country without the register.
pub fn kontroller_innflytting(melding: &Innflyttingsmelding, i_dag: Date) -> Result<(), Mangel> {
    kontroller_meldings_id(&melding.meldings_id)?;
    ikke_framtid("innflyttingsdato", melding.innflyttingsdato, i_dag)?;
    landkode("fraflyttingsland", &melding.fraflyttingsland)?;
    if melding.fraflyttingsland == "NOR" {
        return Err(ugyldig("fraflyttingsland", "er Norge"));
    }
    kontroller_adresse("bostedsadresse", &melding.bostedsadresse)?;
    match (&melding.kandidat.foedsels_eller_d_nummer, &melding.kandidat.person) {
        (Some(_), None) => Ok(()),
        (None, Some(person)) => {
            if person.foedselsdato > melding.innflyttingsdato {
                return Err(ugyldig("innflyttingsdato", "er før personen ble født"));
            }
            let sivilstand = melding.sivilstand.unwrap_or_default();
            if matches!(sivilstand, Sivilstandstype::Gift | Sivilstandstype::RegistrertPartner) {
                return Err(ugyldig("sivilstand", "meldes som vigsel når begge har nummer"));
            }
            kontroller_ny("kandidat.person", person, i_dag)
        }
        _ => Err(ugyldig("kandidat", "skal ha enten foedselsEllerDNummer eller person")),
    }
}

/// Checks a request for a D-number.
pub fn kontroller_rekvisisjon(melding: &DNummerrekvisisjon, i_dag: Date) -> Result<(), Mangel> {
    kontroller_meldings_id(&melding.meldings_id)?;
    kontroller_utlandet(melding.postadresse_i_utlandet.as_ref())?;
    kontroller_ny("person", &melding.person, i_dag)
}

/// The first document of one who is given a number.
fn ny_person(pid: Pid, ny: &NyPerson, status: Personstatus, opphav: &Opphav) -> Persondokument {
    Persondokument {
        identifikasjonsnummer: vec![Identifikasjonsnummer::i_bruk(&pid, opphav)],
        identitetsgrunnlag: vec![Identitetsgrunnlag {
            identitetsgrunnlagstatus: ny.legitimasjonskontroll,
            ..Identitetsgrunnlag::fra(opphav)
        }],
        status: vec![Status { status, ..Status::fra(opphav) }],
        kjoenn: vec![Personkjoenn { kjoenn: Some(ny.kjoenn), ..Personkjoenn::fra(opphav) }],
        foedsel: vec![Foedsel {
            foedselsdato: Some(ny.foedselsdato),
            foedselsaar: format!("{:04}", ny.foedselsdato.year()),
            foedested: ny.foedested.clone(),
            foedeland: Some(ny.foedeland.clone()),
            ..Foedsel::fra(opphav)
        }],
        navn: vec![super::opplysninger::navn(&ny.navn, opphav)],
        statsborgerskap: ny
            .statsborgerskap
            .iter()
            .map(|land| Statsborgerskap { statsborgerskap: land.clone(), ..Statsborgerskap::fra(opphav) })
            .collect(),
        utenlandsk_personidentifikasjon: ny
            .utenlandsk_personidentifikasjon
            .iter()
            .map(|own| Personidentifikasjon {
                identifikasjonsnummer: own.identifikasjonsnummer.clone(),
                identifikasjonsnummertype: own.identifikasjonsnummertype.clone(),
                utstederland: own.utstederland.clone(),
                ..Personidentifikasjon::fra(opphav)
            })
            .collect(),
        ..Persondokument::default()
    }
}

/// One who does not live here, and has been given this D-number.
pub fn med_d_nummer(melding: &DNummerrekvisisjon, pid: Pid, dag: Date, naa: Timestamp) -> Persondokument {
    let opphav = opphav(dag, naa, KILDE, "Tildele d-nummer");
    let mut person = ny_person(pid, &melding.person, Personstatus::Midlertidig, &opphav);
    let adresse = melding.postadresse_i_utlandet.iter();
    person.postadresse_i_utlandet =
        adresse.map(|adresse| i_utlandet(adresse, Gradering::Ugradert, &opphav)).collect();
    person
}

/// One who is new, has moved here, and has been given this number.
pub fn ny_bosatt(melding: &Innflyttingsmelding, ny: &NyPerson, pid: Pid, naa: Timestamp) -> Persondokument {
    let opphav = innflyttingens_opphav(melding, naa);
    let mut person = ny_person(pid, ny, Personstatus::Bosatt, &opphav);
    person.sivilstand =
        vec![Sivilstand { sivilstand: melding.sivilstand.unwrap_or_default(), ..Sivilstand::fra(&opphav) }];
    person.bostedsadresse =
        vec![bosted(&melding.bostedsadresse, Gradering::Ugradert, melding.innflyttingsdato, &opphav)];
    person.innflytting = vec![innflytting(melding, &opphav)];
    person.opphold = opphold(melding, &opphav).into_iter().collect();
    person
}

fn innflytting(melding: &Innflyttingsmelding, opphav: &Opphav) -> Innflytting {
    Innflytting { fraflyttingsland: Some(melding.fraflyttingsland.clone()), ..Innflytting::fra(opphav) }
}

fn opphold(melding: &Innflyttingsmelding, opphav: &Opphav) -> Option<Opphold> {
    let meldt = melding.opphold.as_ref()?;
    Some(Opphold {
        oppholdstillatelse: meldt.oppholdstillatelse.clone(),
        opphold_fra: meldt.opphold_fra,
        opphold_til: meldt.opphold_til,
        ..Opphold::fra(opphav)
    })
}

/// What a move to the country is registered as.
pub fn innflyttingens_opphav(melding: &Innflyttingsmelding, naa: Timestamp) -> Opphav {
    opphav(melding.innflyttingsdato, naa, KILDE, "Innflytting")
}

/// One whom the register knows moves here.
pub fn innflyttet(melding: &Innflyttingsmelding, sak: &mut Sak, naa: Timestamp) -> Result<(), Mangel> {
    let dato = melding.innflyttingsdato;
    let opphav = innflyttingens_opphav(melding, naa);
    let slutt = opphav.gyldighetstidspunkt.unwrap_or(naa);
    let gradering = forlat(sak, "innflyttingsdato", dato, slutt)?;
    let flyttet_ut = sak.person().utflytting.iter().find(|entry| entry.er_gjeldende);
    if flyttet_ut.and_then(|entry| entry.utflyttingsdato).is_some_and(|ut| ut > dato) {
        return Err(super::strid("innflyttingsdato", "er før personen flyttet ut"));
    }
    avslutt(&mut sak.person().utflytting, slutt);
    erstatt(&mut sak.person().innflytting, innflytting(melding, &opphav), slutt);
    ny_status(sak, Personstatus::Bosatt, &opphav, slutt);
    sak.person().bostedsadresse.insert(0, bosted(&melding.bostedsadresse, gradering, dato, &opphav));
    if let Some(opphold) = opphold(melding, &opphav) {
        erstatt(&mut sak.person().opphold, opphold, slutt);
    }
    Ok(())
}
