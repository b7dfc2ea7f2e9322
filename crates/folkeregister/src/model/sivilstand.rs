//! Marriages: how they begin, and how they end between the living (ekteskapsloven).

use clients::folkeregister::{
    Familierelasjon, Familierolle, MeldtEktefelle, Opplysning as _, Persondokument, Separasjonsmelding,
    Sivilstand, Sivilstandstype, Skilsmissehjemmel, Skilsmissemelding, Vigselsmelding,
};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::id::{Kommunenummer, Pid};

use super::endring::{Endringsmelding, Sak, ikke_framtid, landkode};
use super::{Mangel, erstatt, opphav, strid, ugyldig};

const DOMSTOL: [&str; 4] =
    ["domstolen", "fylkesmannen", "utenlandskMyndighetUtenomNorden", "nordiskMyndighet"];

fn begge(felt: &str, to: &[MeldtEktefelle; 2]) -> Vec<(String, Pid)> {
    let named = to.iter().enumerate();
    named.map(|(n, en)| (format!("{felt}[{n}].foedselsEllerDNummer"), en.foedsels_eller_d_nummer)).collect()
}

/// Two people of a message about two.
fn to(personer: &mut [Sak]) -> Result<&mut [Sak; 2], Mangel> {
    personer.try_into().map_err(|_| ugyldig("", "skal gjelde to personer"))
}

/// Refuses a day before the marital status that holds now began.
fn kontroller_rekkefoelge(felt: &str, person: &Persondokument, dato: Date) -> Result<(), Mangel> {
    let since = person.gjeldende_sivilstand().and_then(|entry| entry.sivilstandsdato);
    if since.is_some_and(|since| since > dato) {
        return Err(strid(felt, "er før den sivilstanden som er registrert"));
    }
    Ok(())
}

impl Endringsmelding for Vigselsmelding {
    const NAVN: &'static str = "vigsel";
    const HVA: &'static str = "Meldte vigsel til folkeregisteret";

    fn meldings_id(&self) -> &str {
        &self.meldings_id
    }

    fn personer(&self) -> Vec<(String, Pid)> {
        begge("ektefelle", &self.ektefelle)
    }

    fn kontroller(&self, i_dag: Date) -> Result<(), Mangel> {
        ikke_framtid("vigsel.vigselsdato", self.vigsel.vigselsdato, i_dag)?;
        if self
            .vigsel
            .vigselsmyndighet_som_kommune
            .as_deref()
            .is_some_and(|nr| Kommunenummer::parse(nr).is_err())
        {
            return Err(ugyldig("vigsel.vigselsmyndighetSomKommune", "skal ha 4 siffer"));
        }
        self.vigsel.vigselsland.as_deref().map_or(Ok(()), |land| landkode("vigsel.vigselsland", land))
    }

    fn endre(&self, personer: &mut [Sak], naa: Timestamp) -> Result<(), Mangel> {
        const DATO: &str = "vigsel.vigselsdato";
        let dato = self.vigsel.vigselsdato;
        let opphav = opphav(dato, naa, "vigsler", "Vigsel");
        let slutt = opphav.gyldighetstidspunkt.unwrap_or(naa);
        let to = to(personer)?;
        for sak in to.iter() {
            let person = &sak.endring.person;
            let sivilstand = person.gjeldende_sivilstand().map(|entry| entry.sivilstand).unwrap_or_default();
            if er_gift(sivilstand) {
                return Err(sak.nei("er gift (ekteskapsloven § 4)"));
            }
            if person.alder(dato).is_some_and(|alder| alder < 18) {
                return Err(sak.nei("er under 18 år (ekteskapsloven § 1 a)"));
            }
            sak.kontroller_foedt(DATO, dato)?;
            kontroller_rekkefoelge(DATO, person, dato)?;
        }
        let [en, annen] = to;
        if naer_slekt(&en.endring.person, en.pid(), &annen.endring.person, annen.pid()) {
            return Err(en.nei("er i nær slekt med den andre (ekteskapsloven § 3)"));
        }
        let pids = [annen.pid(), en.pid()];
        for (sak, ektefelle) in [en, annen].into_iter().zip(pids) {
            let sivilstand = Sivilstand {
                sivilstand: Sivilstandstype::Gift,
                sivilstandsdato: Some(dato),
                relatert_ved_sivilstand: Some(ektefelle),
                myndighet: self.vigsel.vigselsmyndighet.clone(),
                kommune: self.vigsel.vigselsmyndighet_som_kommune.clone(),
                sted: self.vigsel.vigselssted.clone(),
                utland: self.vigsel.vigselsland.clone().filter(|land| land != "NOR"),
                ..Sivilstand::fra(&opphav)
            };
            erstatt(&mut sak.person().sivilstand, sivilstand, slutt);
            let relasjon = Familierelasjon {
                relatert_person: Some(ektefelle),
                relatert_persons_rolle: Familierolle::EktefelleEllerPartner,
                min_rolle_for_person: Some(Familierolle::EktefelleEllerPartner),
                ..Familierelasjon::fra(&opphav)
            };
            // Who was left by a spouse's death keeps that relation until another marriage.
            avslutt_ekteskap(sak.person(), slutt);
            sak.person().familierelasjon.push(relasjon);
        }
        Ok(())
    }
}

/// Whether a marriage stands in the way of another: also one of those who are separated.
fn er_gift(sivilstand: Sivilstandstype) -> bool {
    matches!(
        sivilstand,
        Sivilstandstype::Gift
            | Sivilstandstype::Separert
            | Sivilstandstype::RegistrertPartner
            | Sivilstandstype::SeparertPartner
    )
}

/// Whether the one is the other's parent, or they have one in common. Grandparents are not looked at.
fn naer_slekt(en: &Persondokument, ens: Pid, annen: &Persondokument, annens: Pid) -> bool {
    let (foreldre, andres) = (en.foreldre(), annen.foreldre());
    foreldre.contains(&annens)
        || andres.contains(&ens)
        || foreldre.iter().any(|forelder| andres.contains(forelder))
}

fn avslutt_ekteskap(person: &mut Persondokument, slutt: Timestamp) {
    let relasjoner = person.familierelasjon.iter_mut().filter(|entry| entry.er_gjeldende);
    relasjoner
        .filter(|entry| entry.relatert_persons_rolle == Familierolle::EktefelleEllerPartner)
        .for_each(|entry| entry.avslutt(slutt));
}

/// Checks that the two are married to each other, and gives the marital status of the first.
fn gift_med_hverandre(to: &[Sak; 2], felt: &str, dato: Date) -> Result<Sivilstand, Mangel> {
    let [en, annen] = to;
    for (sak, ektefelle) in [(en, annen.pid()), (annen, en.pid())] {
        let sivilstand = sak.endring.person.gjeldende_sivilstand();
        let gift = sivilstand.is_some_and(|entry| {
            er_gift(entry.sivilstand) && entry.relatert_ved_sivilstand == Some(ektefelle)
        });
        if !gift {
            return Err(sak.nei("er ikke gift med den andre"));
        }
        kontroller_rekkefoelge(felt, &sak.endring.person, dato)?;
    }
    en.endring.person.gjeldende_sivilstand().cloned().ok_or_else(|| en.nei("er ikke gift med den andre"))
}

fn kontroller_myndighet(felt: &str, myndighet: &str) -> Result<(), Mangel> {
    if DOMSTOL.contains(&myndighet) {
        return Ok(());
    }
    Err(ugyldig(
        felt,
        "skal være domstolen, fylkesmannen, utenlandskMyndighetUtenomNorden eller nordiskMyndighet",
    ))
}

impl Endringsmelding for Separasjonsmelding {
    const NAVN: &'static str = "separasjon";
    const HVA: &'static str = "Meldte separasjon til folkeregisteret";

    fn meldings_id(&self) -> &str {
        &self.meldings_id
    }

    fn personer(&self) -> Vec<(String, Pid)> {
        begge("ektefelleEllerPartner", &self.ektefelle_eller_partner)
    }

    fn kontroller(&self, i_dag: Date) -> Result<(), Mangel> {
        ikke_framtid("separasjon.separasjonsdato", self.separasjon.separasjonsdato, i_dag)?;
        kontroller_myndighet("separasjon.sivilstandsmyndighet", &self.separasjon.sivilstandsmyndighet)
    }

    fn endre(&self, personer: &mut [Sak], naa: Timestamp) -> Result<(), Mangel> {
        let dato = self.separasjon.separasjonsdato;
        let opphav = opphav(dato, naa, &self.separasjon.sivilstandsmyndighet, "Separasjon");
        let slutt = opphav.gyldighetstidspunkt.unwrap_or(naa);
        let to = to(personer)?;
        let foer = gift_med_hverandre(to, "separasjon.separasjonsdato", dato)?;
        let sivilstand = match foer.sivilstand {
            Sivilstandstype::Gift => Sivilstandstype::Separert,
            Sivilstandstype::RegistrertPartner => Sivilstandstype::SeparertPartner,
            _ => return Err(to[0].nei("er separert")),
        };
        for sak in to {
            let ektefelle =
                sak.person().gjeldende_sivilstand().and_then(|entry| entry.relatert_ved_sivilstand);
            let ny = Sivilstand {
                sivilstand,
                sivilstandsdato: Some(dato),
                relatert_ved_sivilstand: ektefelle,
                myndighet: Some(self.separasjon.sivilstandsmyndighet.clone()),
                ..Sivilstand::fra(&opphav)
            };
            erstatt(&mut sak.person().sivilstand, ny, slutt);
        }
        Ok(())
    }
}

impl Endringsmelding for Skilsmissemelding {
    const NAVN: &'static str = "skilsmisse";
    const HVA: &'static str = "Meldte skilsmisse til folkeregisteret";

    fn meldings_id(&self) -> &str {
        &self.meldings_id
    }

    fn personer(&self) -> Vec<(String, Pid)> {
        begge("ektefelleEllerPartner", &self.ektefelle_eller_partner)
    }

    fn kontroller(&self, i_dag: Date) -> Result<(), Mangel> {
        ikke_framtid("skilsmisse.skilsmissedato", self.skilsmisse.skilsmissedato, i_dag)?;
        kontroller_myndighet("skilsmisse.sivilstandsmyndighet", &self.skilsmisse.sivilstandsmyndighet)
    }

    fn endre(&self, personer: &mut [Sak], naa: Timestamp) -> Result<(), Mangel> {
        const DATO: &str = "skilsmisse.skilsmissedato";
        let dato = self.skilsmisse.skilsmissedato;
        let opphav = opphav(dato, naa, &self.skilsmisse.sivilstandsmyndighet, "Skilsmisse");
        let slutt = opphav.gyldighetstidspunkt.unwrap_or(naa);
        let to = to(personer)?;
        let foer = gift_med_hverandre(to, DATO, dato)?;
        if self.skilsmisse.hjemmel == Skilsmissehjemmel::SkilsmisseEtterSeparasjon {
            let separert =
                matches!(foer.sivilstand, Sivilstandstype::Separert | Sivilstandstype::SeparertPartner);
            if !separert {
                return Err(to[0].nei("er ikke separert (ekteskapsloven § 21)"));
            }
            let aar_etter =
                foer.sivilstandsdato.and_then(|since| since.checked_add(jiff::Span::new().years(1)).ok());
            if aar_etter.is_some_and(|aar_etter| dato < aar_etter) {
                return Err(strid(DATO, "er før det har gått ett år fra separasjonen (ekteskapsloven § 21)"));
            }
        }
        let sivilstand = match foer.sivilstand {
            Sivilstandstype::Gift | Sivilstandstype::Separert => Sivilstandstype::Skilt,
            _ => Sivilstandstype::SkiltPartner,
        };
        for sak in to {
            let ny = Sivilstand {
                sivilstand,
                sivilstandsdato: Some(dato),
                myndighet: Some(self.skilsmisse.sivilstandsmyndighet.clone()),
                ..Sivilstand::fra(&opphav)
            };
            erstatt(&mut sak.person().sivilstand, ny, slutt);
            avslutt_ekteskap(sak.person(), slutt);
        }
        Ok(())
    }
}
