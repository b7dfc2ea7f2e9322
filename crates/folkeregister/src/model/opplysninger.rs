//! Names, parents, guardians, and the protection of addresses.

use clients::folkeregister::{
    Adressebeskyttelse, Adressebeskyttelsesmelding, Ansvar, Familierelasjon, Familierolle, Farskapsmelding,
    Foreldreansvar, Gradering, Navn, Navnemelding, Opphav, Opplysning as _, Persondokument, Personnavn,
    Verge, Vergemaal, Vergemaalsmelding,
};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::id::{Kjoenn, Pid};

use super::endring::{Endringsmelding, Sak, ikke_framtid, kontroller_navn};
use super::{Mangel, dagen, erstatt, opphav, strid, ugyldig};

/// How old a parent is at least when a child is born; years. Younger ones are looked at by people, not registered by message.
const YNGSTE_FORELDER: i16 = 12;
/// Letters of a shortened name.
const FORKORTET: usize = 25;

/// A name as the register writes it: in capitals, with its shortened form.
pub fn navn(navn: &Personnavn, opphav: &Opphav) -> Navn {
    let (fornavn, etternavn) = (navn.fornavn.to_uppercase(), navn.etternavn.to_uppercase());
    let mellomnavn = navn.mellomnavn.as_ref().map(|text| text.to_uppercase());
    let parts = [Some(etternavn.as_str()), Some(fornavn.as_str()), mellomnavn.as_deref()];
    let whole = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    Navn {
        forkortet_navn: Some(whole.chars().take(FORKORTET).collect::<String>().trim_end().to_owned()),
        fornavn,
        mellomnavn,
        etternavn,
        ..Navn::fra(opphav)
    }
}

impl Endringsmelding for Navnemelding {
    const NAVN: &'static str = "navnevalg";
    const HVA: &'static str = "Meldte navn til folkeregisteret";

    fn meldings_id(&self) -> &str {
        &self.meldings_id
    }

    fn personer(&self) -> Vec<(String, Pid)> {
        vec![("foedselsEllerDNummer".to_owned(), self.foedsels_eller_d_nummer)]
    }

    fn kontroller(&self, i_dag: Date) -> Result<(), Mangel> {
        kontroller_navn("navn", &self.navn)?;
        self.gyldig_fra.map_or(Ok(()), |dato| ikke_framtid("gyldigFra", dato, i_dag))
    }

    fn endre(&self, personer: &mut [Sak], naa: Timestamp) -> Result<(), Mangel> {
        let dato = self.gyldig_fra.unwrap_or_else(|| dagen(naa));
        let opphav = opphav(dato, naa, "folkeregistermyndigheten", "Navnevalg");
        let slutt = opphav.gyldighetstidspunkt.unwrap_or(naa);
        for sak in personer {
            sak.kontroller_foedt("gyldigFra", dato)?;
            let ny = navn(&self.navn, &opphav);
            let gammelt = sak.person().gjeldende_navn();
            if gammelt.is_some_and(|foer| {
                (&foer.fornavn, &foer.mellomnavn, &foer.etternavn)
                    == (&ny.fornavn, &ny.mellomnavn, &ny.etternavn)
            }) {
                return Err(strid("navn", "er det navnet som er registrert"));
            }
            erstatt(&mut sak.person().navn, ny, slutt);
        }
        Ok(())
    }
}

impl Endringsmelding for Farskapsmelding {
    const NAVN: &'static str = "farskap";
    const HVA: &'static str = "Meldte farskap eller medmorskap til folkeregisteret";

    fn meldings_id(&self) -> &str {
        &self.meldings_id
    }

    fn personer(&self) -> Vec<(String, Pid)> {
        let mor = self.mor.map(|mor| ("mor".to_owned(), mor));
        let to = [("barnet".to_owned(), self.barnet), ("forelder".to_owned(), self.forelder)];
        to.into_iter().chain(mor).collect()
    }

    fn kontroller(&self, i_dag: Date) -> Result<(), Mangel> {
        ikke_framtid("datoForErklaeringen", self.dato_for_erklaeringen, i_dag)
    }

    fn endre(&self, personer: &mut [Sak], naa: Timestamp) -> Result<(), Mangel> {
        let dato = self.dato_for_erklaeringen;
        let opphav = opphav(dato, naa, "nav", "Farskap");
        let slutt = opphav.gyldighetstidspunkt.unwrap_or(naa);
        let [barn, forelder, mor @ ..] = personer else { return Ok(()) };
        barn.kontroller_foedt("datoForErklaeringen", dato)?;
        let (rolle, kjoenn, annet) = if self.er_medmor {
            (Familierolle::Medmor, Kjoenn::Kvinne, "er registrert som mann")
        } else {
            (Familierolle::Far, Kjoenn::Mann, "er registrert som kvinne")
        };
        if forelder.person().gjeldende_kjoenn().is_some_and(|own| own != kjoenn) {
            return Err(forelder.nei(annet));
        }
        let foedt = barn.person().foedselsdato();
        if foedt
            .is_some_and(|foedt| forelder.person().alder(foedt).is_none_or(|alder| alder < YNGSTE_FORELDER))
        {
            return Err(forelder.nei("er for ung til å være forelder til barnet"));
        }
        let foreldre = barn.person().foreldre();
        if foreldre.contains(&forelder.pid()) {
            return Err(forelder.nei("er registrert som forelder til barnet"));
        }
        if [Familierolle::Far, Familierolle::Medmor]
            .iter()
            .any(|rolle| barn.person().relasjoner(*rolle).next().is_some())
        {
            return Err(barn.nei("har to foreldre"));
        }
        if barn.person().relaterte(Familierolle::Barn).any(|pid| pid == forelder.pid()) {
            return Err(forelder.nei("er barnets barn"));
        }
        if let [mor] = mor
            && !barn.person().relaterte(Familierolle::Mor).any(|pid| pid == mor.pid())
        {
            return Err(mor.nei("er ikke registrert som mor til barnet"));
        }
        let barnets = barn.pid();
        relater(barn, forelder.pid(), rolle, Familierolle::Barn, &opphav);
        relater(forelder, barnets, Familierolle::Barn, rolle, &opphav);
        if let [mor] = mor
            && barn.person().alder(dato).is_some_and(|alder| alder < 18)
        {
            del_ansvar(barn, [mor, forelder], &opphav, slutt);
        }
        Ok(())
    }
}

/// Parents who are not married have the responsibility together once both are known (barnelova § 35): the mother shares hers.
fn del_ansvar(barn: &mut Sak, foreldre: [&mut Sak; 2], opphav: &Opphav, slutt: Timestamp) {
    let barnets = barn.pid();
    let mor = foreldre[0].pid();
    let mut alene = barn.person().foreldreansvar.iter_mut().filter(|entry| entry.er_gjeldende);
    match (alene.next(), alene.next()) {
        (Some(entry), None) if entry.ansvar == Ansvar::Mor && entry.ansvarlig == Some(mor) => {
            entry.avslutt(slutt);
        }
        // Another has it, by a decision that this message does not know of.
        _ => return,
    }
    for sak in foreldre {
        let hos_barnet = Foreldreansvar {
            ansvar: Ansvar::Felles,
            ansvarlig: Some(sak.pid()),
            ansvarssubjekt: Some(barnets),
            ..Foreldreansvar::fra(opphav)
        };
        barn.person().foreldreansvar.insert(0, hos_barnet.clone());
        let own = sak.person().foreldreansvar.iter_mut();
        own.filter(|entry| entry.er_gjeldende && entry.ansvarssubjekt == Some(barnets))
            .for_each(|entry| entry.avslutt(slutt));
        sak.person().foreldreansvar.insert(0, Foreldreansvar { ansvarlig: None, ..hos_barnet });
    }
}

fn relater(sak: &mut Sak, annen: Pid, deres: Familierolle, min: Familierolle, opphav: &Opphav) {
    sak.person().familierelasjon.push(Familierelasjon {
        relatert_person: Some(annen),
        relatert_persons_rolle: deres,
        min_rolle_for_person: Some(min),
        ..Familierelasjon::fra(opphav)
    });
}

impl Endringsmelding for Vergemaalsmelding {
    const NAVN: &'static str = "vergemaal";
    const HVA: &'static str = "Meldte vergemål til folkeregisteret";

    fn meldings_id(&self) -> &str {
        &self.meldings_id
    }

    fn personer(&self) -> Vec<(String, Pid)> {
        let verge =
            self.verge.foedsels_eller_d_nummer.map(|verge| ("verge.foedselsEllerDNummer".to_owned(), verge));
        let person = ("foedselsEllerDNummer".to_owned(), self.foedsels_eller_d_nummer);
        std::iter::once(person).chain(verge.filter(|_| !self.opphoerer)).collect()
    }

    fn kontroller(&self, i_dag: Date) -> Result<(), Mangel> {
        ikke_framtid("gyldigFra", self.gyldig_fra, i_dag)?;
        for (felt, text) in [("vergemaaltype", Some(&self.vergemaaltype)), ("embete", self.embete.as_ref())] {
            if text.is_some_and(|text| {
                text.is_empty() || text.len() > 60 || !text.bytes().all(|b| b.is_ascii_alphabetic())
            }) {
                return Err(ugyldig(felt, "skal være en kode av bokstaver"));
            }
        }
        match (self.verge.foedsels_eller_d_nummer, &self.verge.navn) {
            (Some(_), None) => Ok(()),
            (None, Some(navn)) => kontroller_navn("verge.navn", navn),
            _ => Err(ugyldig("verge", "skal ha enten foedselsEllerDNummer eller navn")),
        }
    }

    fn endre(&self, personer: &mut [Sak], naa: Timestamp) -> Result<(), Mangel> {
        let opphav = opphav(self.gyldig_fra, naa, "statsforvalteren", "Vergemål");
        let slutt = opphav.gyldighetstidspunkt.unwrap_or(naa);
        let [sak, verge @ ..] = personer else { return Ok(()) };
        sak.kontroller_foedt("gyldigFra", self.gyldig_fra)?;
        if self.opphoerer {
            let mut avsluttet = false;
            for entry in sak.person().vergemaal.iter_mut().filter(|entry| entry.er_gjeldende) {
                let same = entry.vergemaaltype.as_deref() == Some(self.vergemaaltype.as_str())
                    && (entry.verge.foedsels_eller_d_nummer, &entry.verge.navn)
                        == (self.verge.foedsels_eller_d_nummer, &self.verge.navn);
                if same {
                    entry.avslutt(slutt);
                    avsluttet = true;
                }
            }
            return if avsluttet { Ok(()) } else { Err(sak.nei("har ikke et slikt vergemål")) };
        }
        if let [verge] = verge
            && verge.person().alder(self.gyldig_fra).is_none_or(|alder| alder < 18)
        {
            return Err(verge.nei("er under 18 år"));
        }
        let ny = Vergemaal {
            vergemaaltype: Some(self.vergemaaltype.clone()),
            embete: self.embete.clone(),
            verge: Verge {
                foedsels_eller_d_nummer: verge.first().map(Sak::pid).or(self.verge.foedsels_eller_d_nummer),
                ..self.verge.clone()
            },
            ..Vergemaal::fra(&opphav)
        };
        sak.person().vergemaal.insert(0, ny);
        Ok(())
    }
}

impl Endringsmelding for Adressebeskyttelsesmelding {
    const NAVN: &'static str = "adressebeskyttelse";
    const HVA: &'static str = "Meldte adressebeskyttelse til folkeregisteret";

    fn meldings_id(&self) -> &str {
        &self.meldings_id
    }

    fn personer(&self) -> Vec<(String, Pid)> {
        vec![("foedselsEllerDNummer".to_owned(), self.foedsels_eller_d_nummer)]
    }

    fn kontroller(&self, _: Date) -> Result<(), Mangel> {
        Ok(())
    }

    fn endre(&self, personer: &mut [Sak], naa: Timestamp) -> Result<(), Mangel> {
        let dato = dagen(naa);
        let opphav = opphav(dato, naa, "politiet", "Adressebeskyttelse");
        let slutt = opphav.gyldighetstidspunkt.unwrap_or(naa);
        for sak in personer {
            let foer = gjeldende_vern(sak.person());
            if foer == self.graderingsnivaa {
                return Err(sak.nei("er registrert med dette graderingsnivået"));
            }
            beskytt(sak.person(), foer, self.graderingsnivaa, &opphav, slutt);
        }
        Ok(())
    }
}

/// The protection that the person has by a decision.
fn gjeldende_vern(person: &Persondokument) -> Gradering {
    let vern = person.adressebeskyttelse.iter().find(|vern| vern.er_gjeldende);
    vern.map(|vern| vern.graderingsnivaa).unwrap_or_default()
}

/// Protects a person's addresses, or ends that (`foer` is the protection before): the addresses that hold now follow.
fn beskytt(
    person: &mut Persondokument,
    foer: Gradering,
    gradering: Gradering,
    opphav: &Opphav,
    slutt: Timestamp,
) {
    let vern = Adressebeskyttelse { graderingsnivaa: gradering, ..Adressebeskyttelse::fra(opphav) };
    erstatt(&mut person.adressebeskyttelse, vern, slutt);
    macro_rules! grader {
        ($($adresser:ident),*) => {
            $(for adresse in person.$adresser.iter_mut().filter(|adresse| adresse.er_gjeldende) {
                // An address that is graded by itself is not opened by what concerns the person.
                let own = adresse.adressegradering;
                adresse.adressegradering = if own == foer { gradering } else { own.max(gradering) };
            })*
        };
    }
    grader!(bostedsadresse, delt_bosted, oppholdsadresse, postadresse, postadresse_i_utlandet);
}
