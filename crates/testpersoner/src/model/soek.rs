//! A search: what its parameters ask for.

use clients::enhetsregister::KEY_ROLES;
use clients::kontaktregister::FRESH_MONTHS;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::{Span, ToSpan as _};
use kernel::clock::oslo;

use super::kommuner::Kommuner;
use super::rad::{
    D_NUMMER, EIER_BOLIG, EPOST, GRADERING, GRADERING_VERDIER, HAR_VERGE, KJOENN, KJOENN_VERDIER, MOBIL,
    NORSK, PER_DAG, POSTKASSE, RESERVERT, ROLLER, SIVILSTAND, SIVILSTAND_VERDIER, STATUS, STATUS_VERDIER,
    dag, dato, rolle,
};

/// The highest age that can be asked for; years.
const ELDST: i64 = 130;
/// Grown children are not counted; years.
const VOKSEN: i64 = 18;
/// The most children that can be asked for.
const FLEST_BARN: i64 = 20;
/// The most hits of an answer.
pub const FLEST_TREFF: i64 = 100;
/// Hits of an answer, unless it asks for another number.
const TREFF: i64 = 20;

/// What a parameter may hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdier {
    /// One of these.
    EnAv(Vec<&'static str>),
    /// `true` or `false`.
    JaNei,
    /// A whole number.
    Tall(i64, i64),
    /// A municipality's number or name.
    Kommune,
    /// Where another answer ended.
    Etter,
}

/// What is wrong with a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hva {
    /// There is none of that name.
    Ukjent,
    /// It stands more than once.
    FlereGanger,
    /// Its value is none of those it may have.
    Verdi(Verdier),
    /// No municipality has the number or name.
    UkjentKommune,
    /// These municipalities have the name.
    FlereKommuner(String),
    /// The highest age is below the lowest.
    LavereEnnFra,
}

/// A parameter that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feil {
    /// Its name.
    pub parameter: String,
    /// What is wrong.
    pub hva: Hva,
}

/// The traits that can be asked for, in the order in which they are shown.
pub const TREKK: [&str; 21] = [
    "kjoenn",
    "alderFra",
    "alderTil",
    "status",
    "nummertype",
    "statsborgerskap",
    "kommune",
    "adressebeskyttelse",
    "sivilstand",
    "antallBarn",
    "barnUnder",
    "harVerge",
    "erVerge",
    "reservert",
    "harEpost",
    "harMobil",
    "harPostkasse",
    "kontaktUtdatert",
    "foretak",
    "rolle",
    "eierBolig",
];

/// What a parameter may hold: one of [`TREKK`], `antall` (the most hits) or `etter` (where another answer ended). `None` where
/// there is none of that name.
pub fn verdier(navn: &str) -> Option<Verdier> {
    fn navnene<T>(verdier: &[(&'static str, T)]) -> Verdier {
        Verdier::EnAv(verdier.iter().map(|(navn, _)| *navn).collect())
    }
    Some(match navn {
        "kjoenn" => navnene(&KJOENN_VERDIER),
        "status" => navnene(&STATUS_VERDIER),
        "sivilstand" => navnene(&SIVILSTAND_VERDIER),
        "adressebeskyttelse" => navnene(&GRADERING_VERDIER),
        "nummertype" => Verdier::EnAv(vec!["foedselsnummer", "dNummer"]),
        "statsborgerskap" => Verdier::EnAv(vec!["norsk", "utenlandsk"]),
        "rolle" => Verdier::EnAv(ROLLER.to_vec()),
        "alderFra" | "alderTil" => Verdier::Tall(0, ELDST),
        "antallBarn" => Verdier::Tall(0, FLEST_BARN),
        "barnUnder" => Verdier::Tall(1, VOKSEN),
        "antall" => Verdier::Tall(1, FLEST_TREFF),
        "kommune" => Verdier::Kommune,
        "etter" => Verdier::Etter,
        "harVerge" | "erVerge" | "reservert" | "harEpost" | "harMobil" | "harPostkasse"
        | "kontaktUtdatert" | "foretak" | "eierBolig" => Verdier::JaNei,
        _ => return None,
    })
}

/// A search: what must hold of a row, all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Soek {
    /// The lowest number of a row: whoever was born before is too old.
    pub fra: i64,
    /// The highest number of a row.
    pub til: i64,
    /// These bits of `trekk` …
    pub maske: i64,
    /// … have this value.
    pub verdi: i64,
    /// Where the person lives.
    pub kommune: Option<i64>,
    /// One of these bits is set, or none is.
    pub noen_av: Option<(i64, bool)>,
    /// There is a child at this place, the youngest being at 0, who was born after that day.
    pub barn: Option<(i64, i64)>,
    /// There is none, likewise.
    pub ikke_barn: Option<(i64, i64)>,
    /// A channel of contact was confirmed after this moment, in seconds since 1970, or there are some and none was.
    pub kontakt: Option<(i64, bool)>,
    /// Is somebody's guardian, or nobody's.
    pub er_verge: Option<bool>,
    /// The most hits.
    pub antall: i64,
}

/// What a search is read against.
#[derive(Debug, Clone, Copy)]
pub struct Omgivelser<'a> {
    /// The municipalities.
    pub kommuner: &'a Kommuner,
    /// Today in Norway.
    pub i_dag: Date,
    /// The present moment.
    pub naa: Timestamp,
}

impl Soek {
    /// Reads a query's pairs.
    pub fn les(par: &[(String, String)], om: Omgivelser<'_>) -> Result<Self, Feil> {
        let mut soek = Self {
            fra: 0,
            til: i64::MAX,
            maske: 0,
            verdi: 0,
            kommune: None,
            noen_av: None,
            barn: None,
            ikke_barn: None,
            kontakt: None,
            er_verge: None,
            antall: TREFF,
        };
        let mut sett: Vec<&str> = Vec::new();
        let (mut alder_fra, mut alder_til, mut antall_barn, mut barn_under) = (None, None, None, None);
        for (navn, verdi) in par {
            let feil = |hva| Feil { parameter: navn.clone(), hva };
            let lovlige = verdier(navn).ok_or_else(|| feil(Hva::Ukjent))?;
            if sett.contains(&navn.as_str()) {
                return Err(feil(Hva::FlereGanger));
            }
            sett.push(navn);
            let lest = lest(verdi, &lovlige, om.kommuner).map_err(feil)?;
            let (ja, plass) = (lest == 1, lest as usize);
            match navn.as_str() {
                "kjoenn" => soek.krev(KJOENN.maske(), KJOENN.verdi(plass + 1)),
                "status" => soek.krev(STATUS.maske(), STATUS.verdi(plass)),
                "sivilstand" => soek.krev(SIVILSTAND.maske(), SIVILSTAND.verdi(plass)),
                "adressebeskyttelse" => soek.krev(GRADERING.maske(), GRADERING.verdi(plass)),
                "nummertype" => soek.krev_bit(D_NUMMER, ja),
                // The Norwegian stand first.
                "statsborgerskap" => soek.krev_bit(NORSK, !ja),
                "rolle" => soek.krev_bit(rolle(verdi).unwrap_or(0), true),
                "harVerge" => soek.krev_bit(HAR_VERGE, ja),
                "reservert" => soek.krev_bit(RESERVERT, ja),
                "harEpost" => soek.krev_bit(EPOST, ja),
                "harMobil" => soek.krev_bit(MOBIL, ja),
                "harPostkasse" => soek.krev_bit(POSTKASSE, ja),
                "eierBolig" => soek.krev_bit(EIER_BOLIG, ja),
                "foretak" => soek.noen_av = Some((noekkelroller(), ja)),
                "erVerge" => soek.er_verge = Some(ja),
                "kontaktUtdatert" => soek.kontakt = Some((siste_ferske(om.naa), !ja)),
                "kommune" => soek.kommune = Some(lest),
                "alderFra" => {
                    alder_fra = Some(lest);
                    soek.til = soek.til.min(dag(foer(om.i_dag, lest)) * PER_DAG + (PER_DAG - 1));
                }
                "alderTil" => {
                    alder_til = Some(lest);
                    soek.fra = (dag(foer(om.i_dag, lest + 1)) + 1) * PER_DAG;
                }
                "antallBarn" => antall_barn = Some(lest),
                "barnUnder" => barn_under = Some(lest),
                "antall" => soek.antall = lest,
                // `etter`, the only one that is left.
                _ => soek.til = soek.til.min(lest - 1),
            }
        }
        if alder_fra.zip(alder_til).is_some_and(|(fra, til)| fra > til) {
            return Err(Feil { parameter: "alderTil".to_owned(), hva: Hva::LavereEnnFra });
        }
        let etter = dag(foer(om.i_dag, barn_under.unwrap_or(VOKSEN)));
        let flest = antall_barn.or(barn_under.map(|_| 1));
        soek.barn = flest.filter(|antall| *antall > 0).map(|antall| (antall - 1, etter));
        soek.ikke_barn = antall_barn.map(|antall| (antall, etter));
        Ok(soek)
    }

    fn krev(&mut self, maske: i64, verdi: i64) {
        self.maske |= maske;
        self.verdi |= verdi;
    }

    fn krev_bit(&mut self, bit: i64, har: bool) {
        self.krev(bit, if har { bit } else { 0 });
    }
}

/// A value as a number: a place in a list, 1 or 0, the number itself, a municipality's, a row's.
fn lest(verdi: &str, lovlige: &Verdier, kommuner: &Kommuner) -> Result<i64, Hva> {
    let lest = match lovlige {
        Verdier::EnAv(navn) => navn.iter().position(|navn| *navn == verdi).map(|plass| plass as i64),
        Verdier::JaNei => match verdi {
            "true" => Some(1),
            "false" => Some(0),
            _ => None,
        },
        Verdier::Tall(lavest, hoeyest) => tall(verdi).filter(|tall| (lavest..=hoeyest).contains(&tall)),
        Verdier::Kommune => return kommuner.nummer(verdi),
        Verdier::Etter => tall(verdi).filter(|nr| dato(nr / PER_DAG).is_some()),
    };
    lest.ok_or_else(|| Hva::Verdi(lovlige.clone()))
}

/// Digits alone, and not many.
fn tall(tekst: &str) -> Option<i64> {
    let digits = !tekst.is_empty() && tekst.len() <= 12 && tekst.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| tekst.parse().ok())?
}

/// The same day so many years before; 28 February where the year has no 29th.
fn foer(dag: Date, aar: i64) -> Date {
    dag.saturating_sub(aar.years())
}

/// The roles by which a person alone can bind a business.
fn noekkelroller() -> i64 {
    KEY_ROLES.iter().filter_map(|kode| rolle(kode)).fold(0, |alle, bit| alle | bit)
}

/// What was confirmed at this moment, or before, is stale; in seconds since 1970.
pub fn siste_ferske(naa: Timestamp) -> i64 {
    let foer = naa.to_zoned_datetime(oslo()).checked_sub(Span::new().months(FRESH_MONTHS));
    foer.map_or(0, |moment| moment.timestamp().as_second())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn les(query: &str, i_dag: Date) -> Result<Soek, Feil> {
        let par: Vec<(String, String)> = query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(navn, verdi)| (navn.to_owned(), verdi.to_owned()))
            .collect();
        let kommuner = Kommuner::default();
        let naa = "2026-11-23T09:00:00Z".parse().unwrap();
        Soek::les(&par, Omgivelser { kommuner: &kommuner, i_dag, naa })
    }

    fn nr(query: &str, i_dag: Date) -> (i64, i64) {
        let soek = les(query, i_dag).unwrap();
        (soek.fra, soek.til)
    }

    #[test]
    fn ages_are_days_of_birth() {
        const ALLE: i64 = i64::MAX;
        let i_dag = date(2026, 11, 23);
        assert_eq!(nr("alderFra=25&alderTil=40", i_dag), (198_511_240_000, 200_111_239_999));
        // Whoever is born on 29 February is a year older on 1 March.
        assert_eq!(nr("alderFra=18", date(2026, 2, 28)), (0, 200_802_289_999));
        assert_eq!(nr("alderFra=18", date(2026, 3, 1)), (0, 200_803_019_999));
        assert_eq!(nr("alderTil=17", date(2026, 2, 28)), (200_802_290_000, ALLE));
        // On a leap day, those born on 28 February have had their birthday, and those on 1 March have not.
        assert_eq!(nr("alderFra=1", date(2028, 2, 29)), (0, 202_702_289_999));
        assert_eq!(nr("alderTil=0", date(2028, 2, 29)), (202_702_290_000, ALLE));
        assert_eq!(nr("etter=200101011234&alderFra=20", i_dag), (0, 200_101_011_233));
        assert_eq!(nr("alderFra=30&etter=200101011234", i_dag), (0, 199_611_239_999));
    }

    #[test]
    fn children_are_counted_below_an_age() {
        let barn = |query: &str| {
            let soek = les(query, date(2026, 11, 23)).unwrap();
            (soek.barn, soek.ikke_barn)
        };
        assert_eq!(barn("antallBarn=2&barnUnder=6"), (Some((1, 20_201_123)), Some((2, 20_201_123))));
        assert_eq!(barn("barnUnder=1"), (Some((0, 20_251_123)), None));
        assert_eq!(barn("antallBarn=0"), (None, Some((0, 20_081_123))));
        assert_eq!(barn(""), (None, None));
    }

    #[test]
    fn a_parameter_that_is_wrong_is_named() {
        let i_dag = date(2026, 11, 23);
        let feil = |query: &str| les(query, i_dag).map_err(|feil| (feil.parameter, feil.hva)).unwrap_err();
        let navn = |navn: &str| navn.to_owned();
        assert_eq!(feil("navn=Kari"), (navn("navn"), Hva::Ukjent));
        assert_eq!(feil("alderFra=1&alderFra=1"), (navn("alderFra"), Hva::FlereGanger));
        assert_eq!(feil("alderTil=25&alderFra=40"), (navn("alderTil"), Hva::LavereEnnFra));
        assert_eq!(feil("kommune=Oslo"), (navn("kommune"), Hva::UkjentKommune));
        for wrong in [
            "kjoenn=Kvinne",
            "kjoenn=",
            "status=levende",
            "reservert=ja",
            "alderFra=-1",
            "alderTil=131",
            "alderFra=+1",
            "alderFra=1.5",
            "alderFra=99999999999999999999",
            "barnUnder=0",
            "barnUnder=19",
            "antallBarn=21",
            "rolle=dagl",
            "antall=0",
            "antall=101",
            "etter=1",
            "etter=202613320001",
            "etter=9999999999999",
            "etter=x",
        ] {
            let (parameter, hva) = feil(wrong);
            assert_eq!(parameter, wrong.split('=').next().unwrap());
            assert!(matches!(hva, Hva::Verdi(_)), "{wrong}: {hva:?}");
        }
    }

    #[test]
    fn every_trait_can_be_asked_for() {
        let i_dag = date(2026, 11, 23);
        let alle = les("", i_dag).unwrap();
        for navn in TREKK.into_iter().chain(["antall", "etter"]) {
            let verdi = match verdier(navn).unwrap() {
                Verdier::EnAv(verdier) => verdier[verdier.len() - 1].to_owned(),
                Verdier::JaNei => "true".to_owned(),
                Verdier::Tall(_, hoeyest) => hoeyest.to_string(),
                Verdier::Etter => "200101011234".to_owned(),
                Verdier::Kommune => continue,
            };
            assert_ne!(les(&format!("{navn}={verdi}"), i_dag).unwrap(), alle, "{navn}");
        }
        assert_eq!(noekkelroller().count_ones(), 8);
    }
}
