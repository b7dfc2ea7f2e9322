//! A person as a row: everything that is one of few values is bits of one number, so that a search compares all of it at
//! once.

use clients::folkeregister::{Gradering, Personstatus, Sivilstandstype};
use clients::testpersoner::{Folketrekk, Kontakttrekk, Linje};
use jiff::civil::Date;
use kernel::id::{Kjoenn, Pid};

/// Some of the bits, that hold one of several values.
#[derive(Debug, Clone, Copy)]
pub struct Felt {
    fra: u32,
    bredde: u32,
}

impl Felt {
    const fn ny(fra: u32, bredde: u32) -> Self {
        Self { fra, bredde }
    }

    /// Its bits.
    pub const fn maske(self) -> i64 {
        ((1 << self.bredde) - 1) << self.fra
    }

    /// A value of it, at its place.
    pub const fn verdi(self, n: usize) -> i64 {
        (n as i64) << self.fra
    }

    /// Its value in a row.
    const fn i(self, trekk: i64) -> usize {
        ((trekk & self.maske()) >> self.fra) as usize
    }
}

/// Legal sex: 0 is unknown, then [`KJOENN_VERDIER`] from 1.
pub const KJOENN: Felt = Felt::ny(0, 2);
/// Relation to the country: [`STATUS_VERDIER`].
pub const STATUS: Felt = Felt::ny(2, 4);
/// Marital status: [`SIVILSTAND_VERDIER`].
pub const SIVILSTAND: Felt = Felt::ny(6, 4);
/// Protection of the address: [`GRADERING_VERDIER`].
pub const GRADERING: Felt = Felt::ny(10, 2);
/// A Norwegian citizen.
pub const NORSK: i64 = 1 << 12;
/// Has a D-number.
pub const D_NUMMER: i64 = 1 << 13;
/// Has a guardian.
pub const HAR_VERGE: i64 = 1 << 14;
/// What Folkeregisteret tells.
pub const FOLK: i64 = 0xffff;

/// Has opted out of digital decisions.
pub const RESERVERT: i64 = 1 << 16;
/// Has an e-mail address.
pub const EPOST: i64 = 1 << 17;
/// Has a mobile phone number.
pub const MOBIL: i64 = 1 << 18;
/// Has a digital mailbox.
pub const POSTKASSE: i64 = 1 << 19;
/// What Kontaktregisteret tells.
pub const KONTAKT: i64 = 0xff << 16;

/// Owns a home.
pub const EIER_BOLIG: i64 = 1 << 24;

// The values are numbered in the order of these lists in what is stored: new ones come last.

/// The sexes, by the names on the wire.
pub const KJOENN_VERDIER: [(&str, Kjoenn); 2] = [("kvinne", Kjoenn::Kvinne), ("mann", Kjoenn::Mann)];
/// Relations to the country, likewise.
pub const STATUS_VERDIER: [(&str, Personstatus); 10] = [
    ("bosatt", Personstatus::Bosatt),
    ("utflyttet", Personstatus::Utflyttet),
    ("forsvunnet", Personstatus::Forsvunnet),
    ("doed", Personstatus::Doed),
    ("opphoert", Personstatus::Opphoert),
    ("foedselsregistrert", Personstatus::Foedselsregistrert),
    ("midlertidig", Personstatus::Midlertidig),
    ("inaktiv", Personstatus::Inaktiv),
    ("ikkeBosatt", Personstatus::IkkeBosatt),
    ("aktiv", Personstatus::Aktiv),
];
/// Marital statuses, likewise.
pub const SIVILSTAND_VERDIER: [(&str, Sivilstandstype); 10] = [
    ("uoppgitt", Sivilstandstype::Uoppgitt),
    ("ugift", Sivilstandstype::Ugift),
    ("gift", Sivilstandstype::Gift),
    ("enkeEllerEnkemann", Sivilstandstype::EnkeEllerEnkemann),
    ("skilt", Sivilstandstype::Skilt),
    ("separert", Sivilstandstype::Separert),
    ("registrertPartner", Sivilstandstype::RegistrertPartner),
    ("separertPartner", Sivilstandstype::SeparertPartner),
    ("skiltPartner", Sivilstandstype::SkiltPartner),
    ("gjenlevendePartner", Sivilstandstype::GjenlevendePartner),
];
/// Protections of an address, likewise.
pub const GRADERING_VERDIER: [(&str, Gradering); 4] = [
    ("ugradert", Gradering::Ugradert),
    ("klientadresse", Gradering::Klientadresse),
    ("fortrolig", Gradering::Fortrolig),
    ("strengtFortrolig", Gradering::StrengtFortrolig),
];
/// The roles in Enhetsregisteret that are known here; each has a bit.
pub const ROLLER: [&str; 11] =
    ["DAGL", "LEDE", "INNH", "DTPR", "DTSO", "MEDL", "NEST", "VARA", "KOMP", "BEST", "BOBE"];
const FOERSTE_ROLLE: u32 = 32;

/// The bit of a role; `None` where it is not known here.
pub fn rolle(kode: &str) -> Option<i64> {
    let at = ROLLER.iter().position(|rolle| *rolle == kode)?;
    Some(1 << (FOERSTE_ROLLE + at as u32))
}

/// The place of a value in its list.
fn plass<T: PartialEq>(verdier: &[(&str, T)], verdi: T) -> usize {
    // Every value of the type stands in the list; a test sees to it.
    verdier.iter().position(|(_, kjent)| *kjent == verdi).unwrap_or(0)
}

/// How many numbers a day of birth has for its people.
pub const PER_DAG: i64 = 10_000;

/// A day as a number: 20190531.
pub fn dag(dato: Date) -> i64 {
    i64::from(dato.year()) * 10_000 + i64::from(dato.month()) * 100 + i64::from(dato.day())
}

/// The day of a number.
pub fn dato(dag: i64) -> Option<Date> {
    let part = |n: i64| i8::try_from(n % 100).ok();
    Date::new(i16::try_from(dag / 10_000).ok()?, part(dag / 100)?, part(dag)?).ok()
}

/// A person as a row, but for its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rad {
    /// Fødselsnummer or D-number.
    pub pid: Pid,
    /// Day of birth, as a number.
    pub foedt: i64,
    /// Municipality; 0 where none is known or may be told.
    pub kommune: i64,
    /// Everything that is one of few values.
    pub trekk: i64,
    /// Days of birth of the children that live, the youngest first, eight digits each.
    pub barn: String,
    /// When a channel of contact was last confirmed, in seconds since 1970; 0 where there is none.
    pub bekreftet: i64,
    /// The guardian.
    pub verge: Option<Pid>,
}

impl Rad {
    /// The row of one of whom nothing but this is known.
    pub fn av_folk(folk: &Folketrekk) -> Self {
        let flagg = |har: bool, bit: i64| if har { bit } else { 0 };
        let mut barn: Vec<i64> = folk.barn.iter().copied().map(dag).collect();
        barn.sort_unstable_by_key(|dag| std::cmp::Reverse(*dag));
        let barn = barn.into_iter().fold(String::new(), |dager, dag| dager + &format!("{dag:08}"));
        let kjoenn = folk.kjoenn.map_or(0, |kjoenn| plass(&KJOENN_VERDIER, kjoenn) + 1);
        Self {
            pid: folk.personidentifikator,
            foedt: dag(folk.foedselsdato),
            kommune: folk.kommunenummer.and_then(|nummer| nummer.as_str().parse().ok()).unwrap_or(0),
            trekk: KJOENN.verdi(kjoenn)
                | STATUS.verdi(plass(&STATUS_VERDIER, folk.status))
                | SIVILSTAND.verdi(plass(&SIVILSTAND_VERDIER, folk.sivilstand))
                | GRADERING.verdi(plass(&GRADERING_VERDIER, folk.adressebeskyttelse))
                | flagg(folk.norsk, NORSK)
                | flagg(folk.personidentifikator.is_d_number(), D_NUMMER)
                | flagg(folk.har_verge, HAR_VERGE),
            barn,
            bekreftet: 0,
            verge: folk.verge,
        }
    }

    /// The row of a line of the load. An error is the role that is not known here.
    pub fn av(linje: &Linje) -> Result<Self, String> {
        let mut rad = Self::av_folk(&linje.folk).med_kontakt(linje.kontakt.as_ref());
        for kode in &linje.roller {
            rad.trekk |= rolle(kode).ok_or_else(|| kode.clone())?;
        }
        if linje.eier_bolig {
            rad.trekk |= EIER_BOLIG;
        }
        Ok(rad)
    }

    /// The row with what Kontaktregisteret tells now.
    #[must_use]
    pub fn med_kontakt(mut self, kontakt: Option<&Kontakttrekk>) -> Self {
        self.trekk &= !KONTAKT;
        self.bekreftet = 0;
        if let Some(kontakt) = kontakt {
            let flagg = |har: bool, bit: i64| if har { bit } else { 0 };
            self.trekk |= flagg(kontakt.reservert, RESERVERT)
                | flagg(kontakt.epost, EPOST)
                | flagg(kontakt.mobil, MOBIL)
                | flagg(kontakt.postkasse, POSTKASSE);
            self.bekreftet = kontakt.bekreftet.map_or(0, jiff::Timestamp::as_second);
        }
        self
    }

    /// The row with what Folkeregisteret tells now, in `ny`, and all else as it was here.
    #[must_use]
    pub fn med_folk(&self, ny: Self) -> Self {
        Self { trekk: (self.trekk & !FOLK) | (ny.trekk & FOLK), bekreftet: self.bekreftet, ..ny }
    }

    /// Whether all of these bits are set.
    pub fn har(&self, bits: i64) -> bool {
        self.trekk & bits == bits
    }

    /// Legal sex, by its name.
    pub fn kjoenn(&self) -> Option<&'static str> {
        let n = KJOENN.i(self.trekk).checked_sub(1)?;
        KJOENN_VERDIER.get(n).map(|(navn, _)| *navn)
    }

    /// Relation to the country, by its name.
    pub fn status(&self) -> &'static str {
        navn(&STATUS_VERDIER, STATUS.i(self.trekk))
    }

    /// Marital status, by its name.
    pub fn sivilstand(&self) -> &'static str {
        navn(&SIVILSTAND_VERDIER, SIVILSTAND.i(self.trekk))
    }

    /// Protection of the address, by its name.
    pub fn gradering(&self) -> &'static str {
        navn(&GRADERING_VERDIER, GRADERING.i(self.trekk))
    }

    /// The roles.
    pub fn roller(&self) -> Vec<&'static str> {
        ROLLER.into_iter().filter(|kode| rolle(kode).is_some_and(|bit| self.har(bit))).collect()
    }

    /// Day of birth; `None` where the row is damaged.
    pub fn foedselsdato(&self) -> Option<Date> {
        dato(self.foedt)
    }

    /// The children's days of birth, the youngest first.
    pub fn barnas_foedselsdatoer(&self) -> impl Iterator<Item = Date> {
        let days = (0..self.barn.len()).step_by(8).filter_map(|at| self.barn.get(at..at + 8));
        days.filter_map(|day| dato(day.parse().ok()?))
    }
}

fn navn<T>(verdier: &[(&'static str, T)], n: usize) -> &'static str {
    verdier.get(n).map_or("", |(navn, _)| navn)
}

#[cfg(test)]
mod tests {
    use std::fmt::Debug;

    use jiff::civil::date;
    use serde::Serialize;
    use serde::de::DeserializeOwned;
    use serde_json::json;

    use super::*;

    /// Every value has the name that it has on the wire, and its list is whole: no name but those of the list is read.
    fn names<T: Serialize + DeserializeOwned + PartialEq + Copy + Debug>(verdier: &[(&str, T)]) {
        for (navn, verdi) in verdier {
            assert_eq!(serde_json::to_value(verdi).unwrap(), json!(navn));
        }
        let error = serde_json::from_value::<T>(json!("?")).unwrap_err().to_string();
        let known = error.matches('`').count() / 2 - 1;
        assert_eq!(known, verdier.len(), "{error}");
    }

    #[test]
    fn the_lists_of_values_are_whole_and_have_the_names_on_the_wire() {
        names(&KJOENN_VERDIER);
        names(&STATUS_VERDIER);
        names(&SIVILSTAND_VERDIER);
        names(&GRADERING_VERDIER);
        for nokkelrolle in clients::enhetsregister::KEY_ROLES {
            assert!(rolle(nokkelrolle).is_some(), "{nokkelrolle}");
        }
    }

    #[test]
    fn no_two_traits_share_a_bit() {
        let fields = [KJOENN, STATUS, SIVILSTAND, GRADERING].map(Felt::maske);
        let flags = [NORSK, D_NUMMER, HAR_VERGE, RESERVERT, EPOST, MOBIL, POSTKASSE, EIER_BOLIG];
        let roles = ROLLER.map(|kode| rolle(kode).unwrap());
        let all: Vec<i64> = fields.into_iter().chain(flags).chain(roles).collect();
        let sum = all.iter().fold(0, |sum, bits| {
            assert_eq!(sum & bits, 0, "{bits:#x}");
            sum | bits
        });
        assert_eq!(sum & (FOLK | KONTAKT), sum & 0xff_ffff);
        assert!([NORSK, D_NUMMER, HAR_VERGE].iter().all(|bit| FOLK & bit == *bit));
        assert!([RESERVERT, EPOST, MOBIL, POSTKASSE].iter().all(|bit| KONTAKT & bit == *bit));
        assert!(STATUS_VERDIER.len() <= 16 && SIVILSTAND_VERDIER.len() <= 16 && GRADERING_VERDIER.len() <= 4);
    }

    #[test]
    fn a_row_gives_back_what_its_line_says() {
        let pid = Pid::parse("41819077906").unwrap();
        let linje = Linje {
            folk: Folketrekk {
                personidentifikator: pid,
                foedselsdato: date(1990, 1, 1),
                kjoenn: Some(Kjoenn::Mann),
                status: Personstatus::Midlertidig,
                sivilstand: Sivilstandstype::GjenlevendePartner,
                norsk: false,
                adressebeskyttelse: Gradering::StrengtFortrolig,
                kommunenummer: "0301".parse().ok(),
                barn: vec![date(2020, 2, 29), date(2011, 12, 31)],
                har_verge: true,
                verge: Some(pid),
            },
            kontakt: Some(Kontakttrekk {
                reservert: true,
                mobil: true,
                bekreftet: "2026-01-01T00:00:00Z".parse().ok(),
                ..Kontakttrekk::default()
            }),
            roller: vec!["INNH".to_owned(), "DAGL".to_owned()],
            eier_bolig: true,
        };
        let rad = Rad::av(&linje).unwrap();
        assert_eq!((rad.foedt, rad.kommune, rad.barn.as_str()), (19_900_101, 301, "2020022920111231"));
        assert_eq!((rad.kjoenn(), rad.status()), (Some("mann"), "midlertidig"));
        assert_eq!((rad.sivilstand(), rad.gradering()), ("gjenlevendePartner", "strengtFortrolig"));
        assert_eq!(rad.roller(), ["DAGL", "INNH"]);
        assert!(rad.har(RESERVERT | MOBIL | EIER_BOLIG | D_NUMMER | HAR_VERGE));
        assert!(!rad.har(EPOST) && !rad.har(POSTKASSE) && !rad.har(NORSK));
        let barn: Vec<Date> = rad.barnas_foedselsdatoer().collect();
        assert_eq!(barn, linje.folk.barn);
        assert_eq!(rad.foedselsdato(), Some(date(1990, 1, 1)));

        // Each register's part is renewed alone.
        let flyttet = Folketrekk { kommunenummer: None, har_verge: false, verge: None, ..linje.folk };
        let ny = rad.med_folk(Rad::av_folk(&flyttet));
        assert_eq!((ny.kommune, ny.verge), (0, None));
        assert!(ny.har(RESERVERT | MOBIL | EIER_BOLIG) && !ny.har(HAR_VERGE));
        let uten = ny.med_kontakt(None);
        assert_eq!((uten.trekk & KONTAKT, uten.bekreftet), (0, 0));
        assert!(uten.har(EIER_BOLIG | D_NUMMER));

        let ukjent = Linje {
            roller: vec!["XYZ".to_owned()],
            ..Linje { folk: flyttet, kontakt: None, roller: Vec::new(), eier_bolig: false }
        };
        assert_eq!(Rad::av(&ukjent), Err("XYZ".to_owned()));
    }
}
