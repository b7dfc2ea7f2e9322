//! Which people an extract has.

use std::ops::RangeInclusive;

use clients::folkeregister::{
    Element, Gradering, Opplysning as _, Persondokument, Personstatus, Personstatustype, TilpassetUttrekk,
};
use kernel::id::Kommunenummer;

use super::endring::landkode;
use super::pakke::Pakke;
use super::utsnitt::ser_adresse;
use super::{Mangel, ugyldig};

/// An order that has been checked.
#[derive(Debug)]
pub struct Utvalg {
    pakke: Pakke,
    bestilling: TilpassetUttrekk,
    foedt: Option<RangeInclusive<i16>>,
    doed: Option<RangeInclusive<i16>>,
}

/// Why an order is refused.
#[derive(Debug)]
pub enum Nei {
    /// Something is wrong with it.
    Mangel(Mangel),
    /// It asks for what the package does not have.
    IkkeIPakken(&'static str),
}

impl Utvalg {
    /// Reads an order in a package.
    pub fn les(pakke: Pakke, bestilling: TilpassetUttrekk) -> Result<Self, Nei> {
        let TilpassetUttrekk { personstatustyper, kommunenummer, statsborgerskap, .. } = &bestilling;
        if personstatustyper.is_empty() {
            return Err(Nei::Mangel(ugyldig("personstatustyper", "skal ha minst én")));
        }
        if let Some(kommune) = kommunenummer {
            let (felt, nummer) = match (&kommune.bostedskommunenummer, &kommune.oppholdskommunenummer) {
                (Some(bosted), None) => ("kommunenummer.bostedskommunenummer", bosted),
                (None, Some(opphold)) => ("kommunenummer.oppholdskommunenummer", opphold),
                _ => {
                    let hva = "skal ha enten bostedskommunenummer eller oppholdskommunenummer";
                    return Err(Nei::Mangel(ugyldig("kommunenummer", hva)));
                }
            };
            Kommunenummer::parse(nummer).map_err(|_| Nei::Mangel(ugyldig(felt, "skal ha 4 siffer")))?;
        }
        statsborgerskap
            .as_deref()
            .map_or(Ok(()), |land| landkode("statsborgerskap", land))
            .map_err(Nei::Mangel)?;
        let elementer = [
            (statsborgerskap.is_some(), "statsborgerskap", Element::Statsborgerskap),
            (bestilling.sivilstandstype.is_some(), "sivilstandstype", Element::Sivilstand),
            (bestilling.kjoenn.is_some(), "kjoenn", Element::Kjoenn),
        ];
        if let Some((_, felt, _)) =
            elementer.into_iter().find(|(wanted, _, element)| *wanted && !pakke.ser(*element))
        {
            return Err(Nei::IkkeIPakken(felt));
        }
        let TilpassetUttrekk { foedselsaar_fra_og_med: f1, foedselsaar_til_og_med: f2, .. } = &bestilling;
        let TilpassetUttrekk { doedsaar_fra_og_med: d1, doedsaar_til_og_med: d2, .. } = &bestilling;
        let foedt = aar(["foedselsaarFraOgMed", "foedselsaarTilOgMed"], f1.as_deref(), f2.as_deref());
        let doed = aar(["doedsaarFraOgMed", "doedsaarTilOgMed"], d1.as_deref(), d2.as_deref());
        let (foedt, doed) = (foedt.map_err(Nei::Mangel)?, doed.map_err(Nei::Mangel)?);
        Ok(Self { pakke, bestilling, foedt, doed })
    }

    /// Whether the person, whose addresses are protected so, is in the group. Who is looked for by where they are is not
    /// found where that is not for the package to know.
    pub fn har(&self, person: &Persondokument, gradering: Gradering) -> bool {
        let ordered = &self.bestilling;
        let status = person.gjeldende_status();
        let status = status.is_some_and(|status| {
            self.pakke.ser_status(status)
                && gruppe(status).is_some_and(|group| ordered.personstatustyper.contains(&group))
        });
        let i = |span: &Option<RangeInclusive<i16>>, date: Option<jiff::civil::Date>| {
            span.as_ref().is_none_or(|span| date.is_some_and(|date| span.contains(&date.year())))
        };
        let kommune = ordered.kommunenummer.as_ref().is_none_or(|wanted| {
            let here = match &wanted.bostedskommunenummer {
                Some(_) => person.bostedskommune(),
                None => oppholdskommune(person),
            };
            let wanted = wanted.bostedskommunenummer.as_ref().or(wanted.oppholdskommunenummer.as_ref());
            ser_adresse(self.pakke, gradering) && here == wanted.map(String::as_str)
        });
        status
            && kommune
            && i(&self.foedt, person.foedselsdato())
            && i(&self.doed, person.doedsdato())
            && ordered.kjoenn.is_none_or(|wanted| person.gjeldende_kjoenn() == Some(wanted))
            && ordered.statsborgerskap.as_ref().is_none_or(|land| person.har_statsborgerskap(land))
            && ordered.sivilstandstype.is_none_or(|wanted| {
                person.gjeldende_sivilstand().is_some_and(|entry| entry.sivilstand == wanted)
            })
    }
}

fn gruppe(status: Personstatus) -> Option<Personstatustype> {
    Some(match status {
        Personstatus::Bosatt => Personstatustype::Bosatt,
        Personstatus::Utflyttet => Personstatustype::Utflyttet,
        Personstatus::Doed => Personstatustype::Doed,
        Personstatus::Inaktiv => Personstatustype::Inaktiv,
        Personstatus::Opphoert => return None,
        Personstatus::Aktiv
        | Personstatus::Midlertidig
        | Personstatus::IkkeBosatt
        | Personstatus::Forsvunnet
        | Personstatus::Foedselsregistrert => Personstatustype::Aktiv,
    })
}

fn oppholdskommune(person: &Persondokument) -> Option<&str> {
    let stay = person.oppholdsadresse.iter().find(|entry| entry.er_gjeldende())?;
    let street = stay.vegadresse.as_ref().and_then(|address| address.kommunenummer.as_deref());
    street.or_else(|| Some(stay.matrikkeladresse.as_ref()?.matrikkelnummer.kommunenummer.as_str()))
}

/// The years between two, of which each may be missing; `None` where both are.
fn aar(felt: [&str; 2], fra: Option<&str>, til: Option<&str>) -> Result<Option<RangeInclusive<i16>>, Mangel> {
    let les = |felt: &str, text: Option<&str>, ellers: i16| {
        let Some(text) = text else { return Ok(ellers) };
        let digits = text.len() == 4 && text.bytes().all(|digit| digit.is_ascii_digit());
        text.parse().ok().filter(|_| digits).ok_or_else(|| ugyldig(felt, "skal være et år med fire siffer"))
    };
    let (first, last) = (les(felt[0], fra, 0)?, les(felt[1], til, 9999)?);
    if first > last {
        return Err(ugyldig(felt[1], "er før det første året"));
    }
    Ok((fra.is_some() || til.is_some()).then_some(first..=last))
}
