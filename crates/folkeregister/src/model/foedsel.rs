//! A birth: what a message must hold, and what the register makes of it by law.

use clients::folkeregister::{
    Adressebeskyttelse, Ansvar, Bostedsadresse, Familierelasjon, Familierolle, Foedsel, FoedselINorge,
    Foedselsmelding, Foreldreansvar, Identifikasjonsnummer, Identitetsgrunnlag, Identitetsgrunnlagstatus,
    MeldtForelder, Opphav, Persondokument, Personkjoenn, Personstatus, RelatertBiPerson, Sivilstand,
    Sivilstandstype, Statsborgerskap, Status, merknad,
};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use kernel::clock::oslo;
use kernel::id::{Kjoenn, Kommunenummer, Pid};

use super::nummer::har_nummerserie;
use super::{Endring, Mangel, kontroller_meldings_id, opphav, strid, ugyldig};

const KILDE: &str = "helse";
const AARSAK: &str = "Fødsel";
const NORGE: &str = "NOR";
/// The code of a citizenship that is not known.
const UKJENT: &str = "XUK";
/// From this day on, parents who are not married have parental responsibility together, also where they live apart.
const FELLES_FRA: Date = date(2020, 1, 1);
const MOR: &str = "foedsel.mor";
const ANNEN: &str = "foedsel.farEllerMedmor";
const MORS_NUMMER: &str = "foedsel.mor.foedselsEllerDNummer";

/// Checks what can be told without the register.
pub fn kontroller(melding: &Foedselsmelding, i_dag: Date) -> Result<(), Mangel> {
    kontroller_meldings_id(&melding.meldings_id)?;
    if melding.registreringsdato.is_some_and(|dato| dato > i_dag) {
        return Err(ugyldig("registreringsdato", "er i framtiden"));
    }
    let foedsel = &melding.foedsel;
    let dato = foedsel.barn.foedselsdato;
    if dato > i_dag {
        return Err(ugyldig("foedsel.barn.foedselsdato", "er i framtiden"));
    }
    if !har_nummerserie(dato) {
        return Err(ugyldig(
            "foedsel.barn.foedselsdato",
            "har et år som det ikke tildeles fødselsnummer for",
        ));
    }
    kontroller_flerfoedsel(melding)?;
    if Kommunenummer::parse(&foedsel.foedested.foedekommunenummer).is_err() {
        return Err(ugyldig("foedsel.foedested.foedekommunenummer", "skal ha 4 siffer"));
    }
    let sted = foedsel.foedested.foedselsinstitusjonsnavn.trim();
    if sted.is_empty() || sted.chars().count() > 200 {
        return Err(ugyldig("foedsel.foedested.foedselsinstitusjonsnavn", "skal ha 1 til 200 tegn"));
    }
    kontroller_forelder(MOR, &foedsel.mor)?;
    if foedsel.mor.er_medmor == Some(true) {
        return Err(ugyldig("foedsel.mor.erMedmor", "kan ikke gjelde den som har født"));
    }
    if let Some(annen) = &foedsel.far_eller_medmor {
        kontroller_forelder(ANNEN, annen)?;
    }
    Ok(())
}

/// `21` is the first of two, `33` the third of three.
fn kontroller_flerfoedsel(melding: &Foedselsmelding) -> Result<(), Mangel> {
    const NUMMER: &str = "foedsel.barn.rekkefoelgenummerVedFlerfoedsel";
    const ANTALL: &str = "foedsel.antallBarnVedFlerfoedsel";
    let antall = melding.foedsel.antall_barn_ved_flerfoedsel;
    if antall.is_some_and(|antall| !(2..=7).contains(&antall)) {
        return Err(ugyldig(ANTALL, "skal være 2 til 7"));
    }
    let Some(nummer) = &melding.foedsel.barn.rekkefoelgenummer_ved_flerfoedsel else { return Ok(()) };
    let [av @ b'2'..=b'7', nummer @ b'1'..=b'7'] = nummer.as_bytes() else {
        return Err(ugyldig(NUMMER, "skal være to siffer: hvor mange, og hvilket av dem"));
    };
    if nummer > av {
        return Err(ugyldig(NUMMER, "skal være to siffer: hvor mange, og hvilket av dem"));
    }
    if antall.is_some_and(|antall| antall != av - b'0') {
        return Err(ugyldig(ANTALL, "stemmer ikke med rekkefølgenummeret"));
    }
    Ok(())
}

/// A parent comes by number, or by name and date of birth.
fn kontroller_forelder(felt: &str, forelder: &MeldtForelder) -> Result<(), Mangel> {
    let felt = |navn: &str| format!("{felt}.{navn}");
    match (&forelder.foedsels_eller_d_nummer, &forelder.navn, forelder.foedselsdato) {
        (Some(_), None, None) => {}
        (Some(_), _, _) => {
            return Err(ugyldig(
                &felt("foedselsEllerDNummer"),
                "kan ikke komme sammen med navn og fødselsdato",
            ));
        }
        (None, None, None) => return Err(ugyldig(&felt("foedselsEllerDNummer"), "mangler")),
        (None, None, Some(_)) => return Err(ugyldig(&felt("navn"), "mangler")),
        (None, Some(_), None) => return Err(ugyldig(&felt("foedselsdato"), "mangler")),
        (None, Some(navn), Some(_)) => {
            for (del, text) in [("navn.fornavn", &navn.fornavn), ("navn.etternavn", &navn.etternavn)] {
                if text.trim().is_empty() {
                    return Err(ugyldig(&felt(del), "er tomt"));
                }
            }
        }
    }
    let land = forelder.statsborgerskap.as_deref();
    if land.is_some_and(|land| land.len() != 3 || !land.bytes().all(|letter| letter.is_ascii_uppercase())) {
        return Err(ugyldig(&felt("statsborgerskap"), "skal være en landkode på tre store bokstaver"));
    }
    Ok(())
}

/// A parent.
#[derive(Debug)]
pub enum Forelder {
    /// In the register: the number in use, and the document.
    Kjent(Pid, Box<Persondokument>),
    /// Outside it, as reported.
    Ukjent(Box<MeldtForelder>),
}

/// The other parent and what they are to the child, where there is one.
pub type Annen = Option<(Forelder, Familierolle)>;

impl Forelder {
    fn person(&self) -> Option<&Persondokument> {
        if let Self::Kjent(_, person) = self { Some(person) } else { None }
    }

    /// The number in use.
    pub fn pid(&self) -> Option<Pid> {
        if let Self::Kjent(pid, _) = self { Some(*pid) } else { None }
    }

    fn kjoenn(&self) -> Option<Kjoenn> {
        self.person()?.gjeldende_kjoenn()
    }

    fn er_doed(&self) -> bool {
        self.person().is_some_and(Persondokument::er_doed)
    }

    /// As one whom the register does not know stands in another's document.
    fn bi_person(&self) -> Option<RelatertBiPerson> {
        let Self::Ukjent(meldt) = self else { return None };
        Some(RelatertBiPerson {
            navn: meldt.navn.clone(),
            foedselsdato: meldt.foedselsdato,
            kjoenn: None,
            statsborgerskap: meldt.statsborgerskap.clone(),
        })
    }

    /// ISO 3166-1 alpha-3.
    fn statsborgerskap(&self) -> Vec<&str> {
        match self {
            Self::Kjent(_, person) => person
                .statsborgerskap
                .iter()
                .filter(|entry| entry.er_gjeldende)
                .map(|entry| entry.statsborgerskap.as_str())
                .collect(),
            Self::Ukjent(meldt) => meldt.statsborgerskap.as_deref().into_iter().collect(),
        }
    }
}

/// The refusal of a mother whose number belongs to nobody.
pub fn ukjent_mor() -> Mangel {
    strid(MORS_NUMMER, "finnes ikke i Folkeregisteret")
}

/// The refusal of another parent whose number belongs to nobody.
pub fn ukjent_annen() -> Mangel {
    strid("foedsel.farEllerMedmor.foedselsEllerDNummer", "finnes ikke i Folkeregisteret")
}

/// Checks the mother against the register and gives the remarks on her.
pub fn kontroller_mor(mor: &Forelder, melding: &Foedselsmelding) -> Result<Vec<&'static str>, Mangel> {
    let Some(person) = mor.person() else { return Ok(Vec::new()) };
    let dato = melding.foedsel.barn.foedselsdato;
    if person.gjeldende_status() == Some(Personstatus::Opphoert) {
        return Err(strid(MORS_NUMMER, "er ikke lenger i bruk"));
    }
    if person.doedsdato().is_some_and(|doed| doed < dato) {
        return Err(strid(MORS_NUMMER, "tilhører en person som døde før fødselen"));
    }
    if person.foedselsdato().is_some_and(|foedt| foedt >= dato) {
        return Err(strid(MORS_NUMMER, "tilhører en person som ikke var født da barnet ble født"));
    }
    let flere = melding.foedsel.barn.rekkefoelgenummer_ved_flerfoedsel.is_some();
    let samme_dag = person.relasjoner(Familierolle::Barn).any(|relasjon| {
        relasjon.gyldighetstidspunkt.is_some_and(|at| at.to_zoned_datetime(oslo()).date() == dato)
    });
    let merknader = [
        (person.gjeldende_kjoenn() == Some(Kjoenn::Mann), merknad::MOR_ER_MANN),
        (person.er_doed(), merknad::MOR_ER_DOED),
        (samme_dag && !flere, merknad::MULIG_DOBBELTMELDING),
    ];
    Ok(merknader.into_iter().filter_map(|(gjelder, merknad)| gjelder.then_some(merknad)).collect())
}

/// Whom the mother is married to. Those who are separated are not (barnelova § 3).
pub fn ektefelle(mor: &Forelder) -> Option<Pid> {
    let sivilstand = mor.person()?.gjeldende_sivilstand()?;
    matches!(sivilstand.sivilstand, Sivilstandstype::Gift | Sivilstandstype::RegistrertPartner)
        .then_some(sivilstand.relatert_ved_sivilstand)?
}

/// Father or co-mother, by law and by what was reported, with the remarks on them.
///
/// The mother's husband is the father, whatever the message says (barnelova § 3). Otherwise it is whom the message
/// names: a father who has declared it in the birth notice (§ 4), or a co-mother (§ 4 a).
pub fn annen_forelder(
    mor: &Forelder,
    ektefelle: Option<Forelder>,
    meldt: Option<Forelder>,
    er_medmor: bool,
) -> Result<(Annen, Vec<&'static str>), Mangel> {
    if let Some(meldt) = &meldt
        && meldt.pid().is_some()
        && meldt.pid() == mor.pid()
    {
        return Err(ugyldig("foedsel.farEllerMedmor.foedselsEllerDNummer", "er morens eget"));
    }
    if let Some(ektefelle) = ektefelle.filter(|ektefelle| ektefelle.kjoenn() == Some(Kjoenn::Mann)) {
        let en_annen = meldt.is_some_and(|meldt| meldt.pid() != ektefelle.pid());
        let merknader = if en_annen { vec![merknad::FAR_ER_EKTEFELLEN] } else { Vec::new() };
        return Ok((Some((ektefelle, Familierolle::Far)), merknader));
    }
    let Some(meldt) = meldt else { return Ok((None, Vec::new())) };
    let (rolle, merknader) = match (er_medmor, meldt.kjoenn()) {
        (true, Some(Kjoenn::Mann)) => (Familierolle::Medmor, vec![merknad::MEDMOR_ER_MANN]),
        (true, _) => (Familierolle::Medmor, Vec::new()),
        (false, Some(Kjoenn::Kvinne)) => (Familierolle::Far, vec![merknad::FAR_ER_KVINNE]),
        (false, _) => (Familierolle::Far, Vec::new()),
    };
    Ok((Some((meldt, rolle)), merknader))
}

/// A birth that the register has looked into.
pub struct Registrering<'a> {
    /// The message.
    pub melding: &'a Foedselsmelding,
    /// Who gave birth.
    pub mor: Forelder,
    /// Father or co-mother.
    pub annen: Annen,
    /// Whether mother and father are married.
    pub gift: bool,
    /// When it is registered.
    pub naa: Timestamp,
}

impl Registrering<'_> {
    fn opphav(&self) -> Opphav {
        opphav(self.melding.foedsel.barn.foedselsdato, self.naa, KILDE, AARSAK)
    }

    fn foreldre(&self) -> impl Iterator<Item = (&Forelder, Familierolle)> {
        let annen = self.annen.iter().map(|(forelder, rolle)| (forelder, *rolle));
        std::iter::once((&self.mor, Familierolle::Mor)).chain(annen)
    }

    /// What a live birth changes: the child, who has been given the number `barn`, first; then the parents.
    pub fn levende(self, barn: Pid) -> Vec<Endring> {
        let opphav = self.opphav();
        let ansvar = self.ansvar();
        let person = self.barn(barn, ansvar, &opphav);
        let mut endringer = vec![Endring { pid: barn, person }];
        let har_ansvar: Vec<Familierolle> =
            self.foreldre().map(|(_, rolle)| rolle).filter(|rolle| har_ansvar(ansvar, *rolle)).collect();
        for (pid, mut person, rolle) in self.kjente_foreldre() {
            let relasjon = Familierelasjon {
                relatert_person: Some(barn),
                relatert_persons_rolle: Familierolle::Barn,
                min_rolle_for_person: Some(rolle),
                ..Familierelasjon::fra(&opphav)
            };
            person.familierelasjon.push(relasjon);
            if har_ansvar.contains(&rolle) {
                let entry =
                    Foreldreansvar { ansvar, ansvarssubjekt: Some(barn), ..Foreldreansvar::fra(&opphav) };
                person.foreldreansvar.push(entry);
            }
            endringer.push(Endring { pid, person });
        }
        endringer
    }

    /// What a stillbirth changes: the child stands with the parents, and has neither a number nor a document. Numbers
    /// are for those who are born alive.
    pub fn doedfoedt(self) -> Vec<Endring> {
        let opphav = self.opphav();
        let mut endringer = Vec::new();
        for (pid, mut person, rolle) in self.kjente_foreldre() {
            let relasjon = Familierelasjon {
                relatert_persons_rolle: Familierolle::DoedfoedtBarn,
                min_rolle_for_person: Some(rolle),
                ..Familierelasjon::fra(&opphav)
            };
            person.familierelasjon.push(relasjon);
            endringer.push(Endring { pid, person });
        }
        endringer
    }

    fn kjente_foreldre(self) -> impl Iterator<Item = (Pid, Persondokument, Familierolle)> {
        let foreldre = std::iter::once((self.mor, Familierolle::Mor)).chain(self.annen);
        foreldre.filter_map(|(forelder, rolle)| match forelder {
            Forelder::Kjent(pid, person) => Some((pid, *person, rolle)),
            Forelder::Ukjent(_) => None,
        })
    }

    /// Who has parental responsibility (barnelova's rules for parents who are married, and for those who are not).
    fn ansvar(&self) -> Ansvar {
        let alene = |rolle| match rolle {
            Familierolle::Mor => Ansvar::Mor,
            Familierolle::Far => Ansvar::Far,
            _ => Ansvar::Medmor,
        };
        let sammen = self.gift
            || self.melding.foedsel.barn.foedselsdato >= FELLES_FRA
            || self.melding.foedsel.foreldre_bor_sammen;
        let levende: Vec<Familierolle> = self
            .foreldre()
            .filter(|(forelder, rolle)| !forelder.er_doed() && (sammen || *rolle == Familierolle::Mor))
            .map(|(_, rolle)| rolle)
            .collect();
        match levende.as_slice() {
            [] => Ansvar::Ukjent,
            [en] => alene(*en),
            _ => Ansvar::Felles,
        }
    }

    /// The child's first document. The name is chosen later.
    fn barn(&self, barn: Pid, ansvar: Ansvar, opphav: &Opphav) -> Persondokument {
        let foedsel = &self.melding.foedsel;
        let dato = foedsel.barn.foedselsdato;
        let mor = self.mor.person();
        let bosatt = mor.is_some_and(|mor| mor.gjeldende_status() == Some(Personstatus::Bosatt));
        // The child lives where the mother does, and is protected as she is.
        let hjem = mor.filter(|_| bosatt).and_then(Persondokument::gjeldende_bostedsadresse);
        let vern = mor.and_then(|mor| {
            let entry = mor.adressebeskyttelse.iter().find(|entry| entry.er_gjeldende);
            let vern = super::gradering(mor);
            (entry.is_some() || vern.er_beskyttet()).then_some(vern)
        });
        let relasjon = |(forelder, rolle): (&Forelder, Familierolle)| Familierelasjon {
            relatert_person: forelder.pid(),
            relatert_person_uten_folkeregisteridentifikator: forelder.bi_person(),
            relatert_persons_rolle: rolle,
            min_rolle_for_person: Some(Familierolle::Barn),
            ..Familierelasjon::fra(opphav)
        };
        let foreldreansvar = |(forelder, _): (&Forelder, Familierolle)| Foreldreansvar {
            ansvar,
            ansvarlig: forelder.pid(),
            ansvarlig_uten_identifikator: forelder.bi_person(),
            ansvarssubjekt: Some(barn),
            ..Foreldreansvar::fra(opphav)
        };
        Persondokument {
            identifikasjonsnummer: vec![Identifikasjonsnummer::i_bruk(&barn, opphav)],
            identitetsgrunnlag: vec![Identitetsgrunnlag {
                identitetsgrunnlagstatus: Identitetsgrunnlagstatus::IkkeKontrollert,
                ..Identitetsgrunnlag::fra(opphav)
            }],
            status: vec![Status {
                status: if bosatt { Personstatus::Bosatt } else { Personstatus::Foedselsregistrert },
                ..Status::fra(opphav)
            }],
            kjoenn: vec![Personkjoenn { kjoenn: Some(foedsel.barn.kjoenn), ..Personkjoenn::fra(opphav) }],
            foedsel: vec![Foedsel {
                foedselsdato: Some(dato),
                foedselsaar: format!("{:04}", dato.year()),
                foedekommune_i_norge: Some(foedsel.foedested.foedekommunenummer.clone()),
                foedested: foedsel.foedested.foedekommunenavn.clone(),
                foedeland: Some(NORGE.to_owned()),
                ..Foedsel::fra(opphav)
            }],
            foedsel_i_norge: vec![FoedselINorge {
                foedselsinstitusjonsnavn: Some(foedsel.foedested.foedselsinstitusjonsnavn.clone()),
                rekkefoelgenummer: foedsel
                    .barn
                    .rekkefoelgenummer_ved_flerfoedsel
                    .as_ref()
                    .and_then(|nummer| nummer.parse().ok()),
                ..FoedselINorge::fra(opphav)
            }],
            bostedsadresse: hjem.map(|hjem| bostedsadresse(hjem, dato, opphav)).into_iter().collect(),
            adressebeskyttelse: vern
                .map(|vern| Adressebeskyttelse { graderingsnivaa: vern, ..Adressebeskyttelse::fra(opphav) })
                .into_iter()
                .collect(),
            sivilstand: vec![Sivilstand {
                sivilstand: Sivilstandstype::Ugift,
                sivilstandsdato: Some(dato),
                ..Sivilstand::fra(opphav)
            }],
            statsborgerskap: self
                .statsborgerskap()
                .into_iter()
                .map(|land| Statsborgerskap {
                    statsborgerskap: land,
                    ervervsdato: Some(dato),
                    ..Statsborgerskap::fra(opphav)
                })
                .collect(),
            familierelasjon: self.foreldre().map(relasjon).collect(),
            foreldreansvar: self
                .foreldre()
                .filter(|(_, rolle)| har_ansvar(ansvar, *rolle))
                .map(foreldreansvar)
                .collect(),
            ..Persondokument::default()
        }
    }

    /// Norwegian where a parent is (statsborgerloven § 4). Otherwise the mother's, until another is shown: which
    /// citizenship a child has from abroad is for that state's law.
    fn statsborgerskap(&self) -> Vec<String> {
        if self.foreldre().any(|(forelder, _)| forelder.statsborgerskap().contains(&NORGE)) {
            return vec![NORGE.to_owned()];
        }
        let mut land: Vec<String> = self.mor.statsborgerskap().into_iter().map(str::to_owned).collect();
        if land.is_empty() {
            land.push(UKJENT.to_owned());
        }
        land
    }
}

/// Whether the one in this role has a share in the responsibility.
fn har_ansvar(ansvar: Ansvar, rolle: Familierolle) -> bool {
    match ansvar {
        Ansvar::Felles => true,
        Ansvar::Mor => rolle == Familierolle::Mor,
        Ansvar::Far => rolle == Familierolle::Far,
        Ansvar::Medmor => rolle == Familierolle::Medmor,
        Ansvar::Andre | Ansvar::Ukjent => false,
    }
}

fn bostedsadresse(hjem: &Bostedsadresse, dato: Date, opphav: &Opphav) -> Bostedsadresse {
    Bostedsadresse {
        ajourholdstidspunkt: opphav.ajourholdstidspunkt,
        gyldighetstidspunkt: opphav.gyldighetstidspunkt,
        opphoerstidspunkt: None,
        kilde: opphav.kilde.clone(),
        aarsak: opphav.aarsak.clone(),
        flyttedato: Some(dato),
        ..hjem.clone()
    }
}
