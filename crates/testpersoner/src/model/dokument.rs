//! What documents say of a person that is searched for.

use clients::folkeregister::{Del, Element, Familierolle, Opplysning as _, Persondokument, Personstatus};
use clients::kontaktregister::{Person, Status};
use clients::testpersoner::{Folketrekk, Kontakttrekk};
use jiff::civil::Date;
use kernel::id::{Kommunenummer, Pid};

/// The parts of a document that [`folketrekk`] reads.
pub const DELER: [Del; 11] = [
    Del::Element(Element::Identifikasjonsnummer),
    Del::Element(Element::Status),
    Del::Element(Element::Doedsfall),
    Del::Element(Element::Kjoenn),
    Del::Element(Element::Foedsel),
    Del::Element(Element::Bostedsadresse),
    Del::Element(Element::Adressebeskyttelse),
    Del::Element(Element::Sivilstand),
    Del::Element(Element::Statsborgerskap),
    Del::Element(Element::Familierelasjon),
    Del::Element(Element::VergemaalEllerFremtidsfullmakt),
];

/// The parts of a child's document that its parent's [`folketrekk`] reads.
pub const DELER_AV_BARN: [Del; 4] = [
    Del::Element(Element::Identifikasjonsnummer),
    Del::Element(Element::Status),
    Del::Element(Element::Doedsfall),
    Del::Element(Element::Foedsel),
];

/// What a person is searched for by. `barn` gives the document of a child; one that it does not give is not counted. `None`
/// of a person whose number or day of birth is not known.
pub fn folketrekk<'a>(
    person: &Persondokument,
    barn: impl Fn(&Pid) -> Option<&'a Persondokument>,
) -> Option<Folketrekk> {
    let lever =
        |barn: &&Persondokument| !barn.er_doed() && barn.gjeldende_status() != Some(Personstatus::Opphoert);
    let kjente = person.relaterte(Familierolle::Barn).filter_map(|pid| barn(&pid));
    let mut barn: Vec<Date> = kjente.filter(lever).filter_map(Persondokument::foedselsdato).collect();
    barn.sort_unstable_by(|a, b| b.cmp(a));
    let adressebeskyttelse = person.gradering();
    let mut vergemaal = person.vergemaal.iter().filter(|entry| entry.er_gjeldende()).peekable();
    Some(Folketrekk {
        personidentifikator: person.pid()?,
        foedselsdato: person.foedselsdato()?,
        kjoenn: person.gjeldende_kjoenn(),
        status: if person.er_doed() { Personstatus::Doed } else { person.gjeldende_status()? },
        sivilstand: person.gjeldende_sivilstand().map(|entry| entry.sivilstand).unwrap_or_default(),
        norsk: person.har_statsborgerskap("NOR"),
        adressebeskyttelse,
        kommunenummer: person
            .bostedskommune()
            .filter(|_| !adressebeskyttelse.er_beskyttet())
            .and_then(|nummer| Kommunenummer::parse(nummer).ok()),
        barn,
        har_verge: vergemaal.peek().is_some(),
        verge: vergemaal.find_map(|entry| entry.verge.foedsels_eller_d_nummer),
    })
}

/// What Kontaktregisteret tells of a person; `None` where it does not have them, or no more.
pub fn kontakttrekk(person: &Person) -> Option<Kontakttrekk> {
    if person.status != Status::Aktiv {
        return None;
    }
    let kanaler = person.kontaktinformasjon.clone().unwrap_or_default();
    let (epost, mobil) = (kanaler.epostadresse.is_some(), kanaler.mobiltelefonnummer.is_some());
    let ganger = [
        (epost, kanaler.epostadresse_oppdatert),
        (epost, kanaler.epostadresse_sist_verifisert),
        (mobil, kanaler.mobiltelefonnummer_oppdatert),
        (mobil, kanaler.mobiltelefonnummer_sist_verifisert),
    ];
    Some(Kontakttrekk {
        reservert: person.reservasjon == clients::kontaktregister::Reservasjon::Ja,
        epost,
        mobil,
        postkasse: person.digital_post.is_some(),
        bekreftet: ganger.into_iter().filter(|(har, _)| *har).filter_map(|(_, moment)| moment).max(),
    })
}
