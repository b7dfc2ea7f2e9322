//! Searches for people: what may be asked for, who is a hit, and the rows by which hits are found.
//!
//! The rows only narrow down whom to look at; a person's document decides (`Soek::treffer`). So the rows may promise too
//! much, and no row says where a protected person is: not even the municipality (folkeregisterloven § 10-4).

use clients::folkeregister::{
    Bostedsadresse, Gradering, Matrikkeladresse, Oppholdsadresse, Persondokument, Vegadresse,
};
use jiff::civil::Date;
use kernel::id::{Kjoenn, Pid};

use super::navneord::{gate, lyd, ord};
use super::pakke::Pakke;
use super::{Mangel, ugyldig};

/// Most hits that a search gives.
pub const MAX_TREFF: usize = 10_000;
/// Letters of a street's name that a search needs at least.
const MIN_GATE: usize = 3;
/// Longest word by which somebody is found; bytes.
const MAX_TEGN: usize = 400;
/// Most words of a name.
const MAX_ORD: usize = 20;

/// What a search for one person may ask for.
pub const ENTYDIG: [&str; 13] = [
    "identifikasjonsnummer",
    "utenlandskpersonidentifikasjon",
    "legitimasjonsdokument",
    "utlendingsmyndighetenesidentifikasjonsnummer",
    // The published API and its documentation spell it each in their way.
    "utlendingsmyndighetenesIdentifikasjonsnummer",
    "foedselsdato",
    "navn",
    "postnummer",
    "adressenavn",
    "husnummer",
    "soekFonetisk",
    "opplysningsgrunnlag",
    "part",
];
/// What a search for a list of people may ask for.
pub const TREFFLISTE: [&str; 15] = [
    "navn",
    "kjoenn",
    "foedselsdato",
    "foedselsaarFraOgMed",
    "foedselsaarTilOgMed",
    "adressenavn",
    "husnummer",
    "postnummer",
    "kommunenummer",
    "fylkesnummer",
    "inkluderOppholdsadresse",
    "soekFonetisk",
    "inkluderDoede",
    "opplysningsgrunnlag",
    "maksTreff",
];

/// A search.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Soek {
    /// Words of the name, as [`ord`] gives them.
    navn: Vec<String>,
    /// Whether the first word is to be of the first names and the last of the last name.
    fornavn_og_etternavn: bool,
    /// Whether words that sound alike will do.
    fonetisk: bool,
    /// Whether names and addresses that hold no longer will do.
    historisk: bool,
    kjoenn: Option<Kjoenn>,
    /// The first and the last birth date, as [`dato`] writes them.
    foedt: Option<(i64, i64)>,
    sted: Sted,
    /// Whether the address of stay will do as well as that of residence.
    oppholdsadresse: bool,
    /// Whether the dead are wanted too.
    doede: bool,
    /// The number in use or one before it.
    nummer: Option<Pid>,
    /// Numbers of other kinds, as they stand in the rows.
    andre_numre: Vec<String>,
}

/// What an address is to be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Sted {
    /// The beginning of the street's name.
    gate: Option<String>,
    /// House number with its letter.
    husnummer: Option<String>,
    /// The address has no house number: otherwise it would have had to be asked for.
    uten_husnummer: bool,
    postnummer: Option<String>,
    kommunenummer: Option<String>,
    fylkesnummer: Option<String>,
}

/// Parameters of a search, each at most once.
struct Parametre<'a>(&'a [(String, String)]);

impl<'a> Parametre<'a> {
    fn tekst(&self, navn: &str) -> Result<Option<&'a str>, Mangel> {
        let mut values = self.0.iter().filter(|(name, _)| name == navn).map(|(_, value)| value.trim());
        match (values.next(), values.next()) {
            (value, None) => Ok(value.filter(|value| !value.is_empty())),
            _ => Err(ugyldig(navn, "er oppgitt flere ganger")),
        }
    }

    fn siffer(&self, navn: &str, antall: usize, hva: &'static str) -> Result<Option<&'a str>, Mangel> {
        let value = self.tekst(navn)?;
        let fits = |value: &str| value.len() == antall && value.bytes().all(|byte| byte.is_ascii_digit());
        if value.is_none_or(fits) { Ok(value) } else { Err(ugyldig(navn, hva)) }
    }

    fn ja(&self, navn: &str) -> Result<bool, Mangel> {
        match self.tekst(navn)? {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(ugyldig(navn, "skal være true eller false")),
        }
    }

    fn foedselsdato(&self) -> Result<Option<(i64, i64)>, Mangel> {
        let hva = "skal være en dato, med åtte siffer";
        let Some(text) = self.siffer("foedselsdato", 8, hva)? else { return Ok(None) };
        let day = Date::strptime("%Y%m%d", text).map_err(|_| ugyldig("foedselsdato", hva))?;
        Ok(Some((dato(day), dato(day))))
    }

    /// What both searches have.
    fn felles(&self) -> Result<Soek, Mangel> {
        let tekst = self.tekst("navn")?;
        let navn: Vec<String> = tekst.into_iter().flat_map(ord).collect();
        if tekst.is_some() && navn.is_empty() {
            return Err(ugyldig("navn", "har ingen bokstaver"));
        }
        if navn.len() > MAX_ORD {
            return Err(ugyldig("navn", "har for mange ord"));
        }
        let adressenavn = self.tekst("adressenavn")?.map(gate);
        if adressenavn.as_ref().is_some_and(|gate| gate.chars().count() < MIN_GATE) {
            return Err(ugyldig("adressenavn", "skal ha minst tre tegn"));
        }
        let husnummer = self.tekst("husnummer")?.map(husnummer);
        if husnummer.as_ref().is_some_and(|nummer| !nummer.starts_with(|first: char| first.is_ascii_digit()))
        {
            return Err(ugyldig("husnummer", "skal være et tall, med eller uten bokstav"));
        }
        Ok(Soek {
            navn,
            fonetisk: self.ja("soekFonetisk")?,
            historisk: match self.tekst("opplysningsgrunnlag")? {
                None | Some("gjeldende") => false,
                Some("historisk") => true,
                Some(_) => return Err(ugyldig("opplysningsgrunnlag", "skal være gjeldende eller historisk")),
            },
            foedt: self.foedselsdato()?,
            sted: Sted {
                gate: adressenavn,
                husnummer,
                postnummer: self.siffer("postnummer", 4, "skal ha fire siffer")?.map(str::to_owned),
                ..Sted::default()
            },
            ..Soek::default()
        })
    }
}

impl Soek {
    /// Reads a search for a list of people, and how many are wanted at most, if that is said.
    pub fn treffliste(pairs: &[(String, String)]) -> Result<(Self, Option<usize>), Mangel> {
        let les = Parametre(pairs);
        let mut soek = les.felles()?;
        let aar = "skal være et årstall, med fire siffer";
        let year = |navn| {
            let text = les.siffer(navn, 4, aar)?;
            text.map(|text| text.parse::<i64>().map_err(|_| ugyldig(navn, aar))).transpose()
        };
        let (fra, til) = (year("foedselsaarFraOgMed")?, year("foedselsaarTilOgMed")?);
        if fra.is_some() || til.is_some() {
            let (fra, til) = (fra.unwrap_or(0) * 10_000, til.unwrap_or(9999) * 10_000 + 1231);
            let (foerst, sist) = soek.foedt.unwrap_or((fra, til));
            soek.foedt = Some((foerst.max(fra), sist.min(til)));
        }
        soek.kjoenn = match les.tekst("kjoenn")? {
            None => None,
            Some("kvinne") => Some(Kjoenn::Kvinne),
            Some("mann") => Some(Kjoenn::Mann),
            Some(_) => return Err(ugyldig("kjoenn", "skal være kvinne eller mann")),
        };
        soek.sted.kommunenummer = les.siffer("kommunenummer", 4, "skal ha fire siffer")?.map(str::to_owned);
        soek.sted.fylkesnummer = les.siffer("fylkesnummer", 2, "skal ha to siffer")?.map(str::to_owned);
        soek.oppholdsadresse = les.ja("inkluderOppholdsadresse")?;
        soek.doede = les.ja("inkluderDoede")?;
        if soek.sted.husnummer.is_some() && soek.foedt.is_none() && soek.innganger().is_empty() {
            return Err(ugyldig("husnummer", "kan ikke stå alene"));
        }
        let hva = "skal være et tall fra 1 til 10000";
        let maks = les.tekst("maksTreff")?.map(|text| {
            let wanted = text.parse().ok().filter(|wanted| (1..=MAX_TREFF).contains(wanted));
            wanted.ok_or_else(|| ugyldig("maksTreff", hva))
        });
        Ok((soek, maks.transpose()?))
    }

    /// Reads a search for one person. What is asked for has to give a right to a hit: a name, or a birth date, with
    /// something that singles the person out.
    ///
    /// The published API and the documentation differ on which address that is; either's is enough. A street without house
    /// number is one only where the address has none.
    pub fn entydig(pairs: &[(String, String)]) -> Result<Self, Mangel> {
        let les = Parametre(pairs);
        let mut soek = les.felles()?;
        soek.fornavn_og_etternavn = true;
        soek.doede = true;
        if soek.navn.len() == 1 {
            return Err(ugyldig("navn", "skal ha minst ett fornavn og ett etternavn"));
        }
        if let Some(text) = les.tekst("identifikasjonsnummer")? {
            let nummer = Pid::parse(text);
            let hva = "er ikke et gyldig fødselsnummer eller D-nummer";
            soek.nummer = Some(nummer.map_err(|_| ugyldig("identifikasjonsnummer", hva))?);
        }
        let utenlandsk = les.tekst("utenlandskpersonidentifikasjon")?;
        let legitimasjon = les.tekst("legitimasjonsdokument")?;
        for (felt, verdi) in
            [("utenlandskpersonidentifikasjon", utenlandsk), ("legitimasjonsdokument", legitimasjon)]
        {
            if verdi.is_some_and(|verdi| {
                verdi.split_once('-').is_none_or(|(land, nr)| land.len() != 3 || nr.is_empty())
            }) {
                return Err(ugyldig(felt, "skal ha landkode, bindestrek og nummer"));
            }
        }
        let duf = match les.tekst(ENTYDIG[3])? {
            None => les.tekst(ENTYDIG[4])?,
            duf => duf,
        };
        let numre = [('u', utenlandsk), ('l', legitimasjon), ('d', duf)];
        soek.andre_numre =
            numre.iter().filter_map(|(slag, nummer)| Some(nummer_som_ord(*slag, (*nummer)?))).collect();

        let sted = &mut soek.sted;
        let med_navn = soek.nummer.is_some()
            || soek.foedt.is_some()
            || !soek.andre_numre.is_empty()
            || sted.postnummer.is_some();
        sted.uten_husnummer = !med_navn && sted.gate.is_some() && sted.husnummer.is_none();
        let med_dato = utenlandsk.is_some() || legitimasjon.is_some();
        let rett = if soek.navn.is_empty() {
            soek.foedt.is_some() && med_dato
        } else {
            med_navn || sted.gate.is_some()
        };
        match rett {
            true => Ok(soek),
            false if soek.navn.is_empty() => Err(ugyldig("navn", UTEN_NAVN)),
            false => Err(ugyldig("navn", BARE_NAVN)),
        }
    }

    /// Whether the package may ask so.
    pub fn tillatt_i(&self, pakke: Pakke) -> bool {
        self.andre_numre.iter().all(|nummer| pakke.soeker_med(nummer.starts_with('d')))
    }

    /// The number that is asked for.
    pub fn nummer(&self) -> Option<Pid> {
        self.nummer
    }

    /// Whether the person is a hit. `gradering` is that of the document.
    pub fn treffer(&self, person: &Persondokument, gradering: Gradering) -> bool {
        self.navnet_treffer(person)
            && self.kjoenn.is_none_or(|kjoenn| person.gjeldende_kjoenn() == Some(kjoenn))
            && self.foedt.is_none_or(|(fra, til)| (fra..=til).contains(&foedt(person)))
            && (self.doede || !person.er_doed())
            && self.nummer.is_none_or(|nummer| {
                person.identifikasjonsnummer.iter().any(|own| own.foedsels_eller_d_nummer == nummer.as_str())
            })
            && self.andre_numre.iter().all(|wanted| andre_numre(person).any(|own| own == *wanted))
            && (self.sted == Sted::default() || self.stedet_treffer(person, gradering))
    }

    fn navnet_treffer(&self, person: &Persondokument) -> bool {
        if self.navn.is_empty() {
            return true;
        }
        person.navn.iter().filter(|navn| self.historisk || navn.er_gjeldende).any(|navn| {
            let fornavn: Vec<String> = ord(&navn.fornavn).collect();
            let etternavn: Vec<String> = ord(&navn.etternavn).collect();
            let mellomnavn: Vec<String> = navn.mellomnavn.iter().flat_map(|text| ord(text)).collect();
            let among = |wanted: &String, words: &[String]| {
                words.iter().any(|own| own == wanted || self.fonetisk && lyd(own) == lyd(wanted))
            };
            let ends = match (self.navn.first(), self.navn.last()) {
                (Some(first), Some(last)) if self.fornavn_og_etternavn => {
                    among(first, &fornavn) && among(last, &etternavn)
                }
                _ => true,
            };
            ends && self
                .navn
                .iter()
                .all(|wanted| [&fornavn, &mellomnavn, &etternavn].iter().any(|words| among(wanted, words)))
        })
    }

    fn stedet_treffer(&self, person: &Persondokument, gradering: Gradering) -> bool {
        adresser(person, gradering)
            .filter(|adresse| self.historisk || adresse.gjeldende)
            .filter(|adresse| self.oppholdsadresse || !adresse.opphold)
            .any(|adresse| self.sted.treffer(&adresse))
    }

    /// What a hit's rows have, besides what the row itself is about.
    pub fn filter(&self) -> Filter {
        let mut krav = 0;
        if !self.historisk {
            krav |= GJELDENDE;
        }
        let mut maske = krav;
        if let Some(kjoenn) = self.kjoenn {
            maske |= KVINNE | MANN;
            krav |= av_kjoenn(kjoenn);
        }
        if !self.doede {
            maske |= DOED;
        }
        let mut merke = self.navn.iter().fold(0, |merke, word| merke | kjennetegn('n', &lyd(word)));
        for (slag, verdi) in self.sted.trekk() {
            merke |= kjennetegn(slag, verdi);
        }
        let (fra, til) = self.foedt.unwrap_or((0, 9999_9999));
        Filter { fra, til, maske, krav, merke }
    }

    /// Where hits may be found: any of these is enough.
    pub fn innganger(&self) -> Vec<Inngang> {
        let mut innganger: Vec<Inngang> = Vec::new();
        if let (Some(first), Some(last), false) = (self.navn.first(), self.navn.last(), self.fonetisk) {
            innganger.extend(par(first, last).map(Inngang::Par));
        }
        for word in &self.navn {
            innganger.push(if self.fonetisk {
                Inngang::Lyd(lyd(word))
            } else {
                Inngang::Ord(format!("n{word}"))
            });
        }
        innganger.extend(self.andre_numre.iter().cloned().map(Inngang::Ord));
        let sted = &self.sted;
        innganger.extend(sted.gate.iter().map(|gate| Inngang::Begynnelse(format!("g{gate}"))));
        innganger.extend(sted.postnummer.iter().map(|nr| Inngang::Ord(format!("p{nr}"))));
        innganger.extend(sted.kommunenummer.iter().map(|nr| Inngang::Ord(format!("k{nr}"))));
        innganger.extend(sted.fylkesnummer.iter().map(|nr| Inngang::Begynnelse(format!("k{nr}"))));
        innganger
    }
}

/// Why searches for one person are refused.
const UTEN_NAVN: &str = "mangler; uten det gir bare foedselsdato sammen med utenlandskpersonidentifikasjon eller \
                         legitimasjonsdokument rett til treff";
const BARE_NAVN: &str = "gir ikke rett til treff alene: oppgi også identifikasjonsnummer, foedselsdato, postnummer, \
                         adressenavn med husnummer, eller et annet nummer som rettighetspakken kan søke med";

impl Sted {
    fn treffer(&self, adresse: &Adresse<'_>) -> bool {
        let same = |wanted: &Option<String>, own: Option<&str>| {
            wanted.as_deref().is_none_or(|wanted| own == Some(wanted))
        };
        let kommune = adresse.kommunenummer;
        self.gate.as_ref().is_none_or(|wanted| adresse.gate().is_some_and(|own| own.starts_with(wanted)))
            && self.husnummer.as_ref().is_none_or(|wanted| adresse.husnummer().as_ref() == Some(wanted))
            && !(self.uten_husnummer && adresse.husnummer().is_some())
            && same(&self.postnummer, adresse.postnummer)
            && same(&self.kommunenummer, kommune)
            && same(&self.fylkesnummer, kommune.and_then(|kommune| kommune.get(..2)))
    }

    /// What an address that is a hit has, as [`kjennetegn`] takes it.
    fn trekk(&self) -> impl Iterator<Item = (char, &str)> {
        let gate = self.gate.as_deref().map(|gate| ('g', begynnelse(gate)));
        let rest = [
            ('h', &self.husnummer),
            ('p', &self.postnummer),
            ('k', &self.kommunenummer),
            ('f', &self.fylkesnummer),
        ];
        gate.into_iter().chain(rest.into_iter().filter_map(|(slag, verdi)| Some((slag, verdi.as_deref()?))))
    }
}

/// The least of a street's name that a search has.
fn begynnelse(gate: &str) -> &str {
    gate.char_indices().nth(MIN_GATE).map_or(gate, |(end, _)| &gate[..end])
}

/// `10B`, however it is written.
fn husnummer(text: &str) -> String {
    let text: String = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect();
    text.trim_start_matches('0').to_owned()
}

/// An address that a person may be found by.
struct Adresse<'a> {
    veg: Option<&'a Vegadresse>,
    postnummer: Option<&'a str>,
    kommunenummer: Option<&'a str>,
    gjeldende: bool,
    opphold: bool,
}

impl Adresse<'_> {
    fn gate(&self) -> Option<String> {
        Some(gate(&self.veg?.adressenavn))
    }

    fn husnummer(&self) -> Option<String> {
        let nummer = self.veg?.adressenummer.as_ref()?;
        Some(husnummer(&format!("{}{}", nummer.husnummer, nummer.husbokstav.as_deref().unwrap_or_default())))
    }
}

/// The addresses of residence and of stay in Norway; none of one who is protected, and none that was graded so.
fn adresser(person: &Persondokument, gradering: Gradering) -> impl Iterator<Item = Adresse<'_>> {
    let skjult = gradering.er_beskyttet();
    let bosted =
        person.bostedsadresse.iter().map(|adresse| (adresse.adressegradering, Adresse::av_bosted(adresse)));
    let opphold =
        person.oppholdsadresse.iter().map(|adresse| (adresse.adressegradering, Adresse::av_opphold(adresse)));
    bosted.chain(opphold).filter(move |(egen, _)| !skjult && !egen.er_beskyttet()).map(|(_, adresse)| adresse)
}

impl<'a> Adresse<'a> {
    fn ny(veg: Option<&'a Vegadresse>, eiendom: Option<&'a Matrikkeladresse>, gjeldende: bool) -> Self {
        let poststed = veg.map(|veg| &veg.poststed).or(eiendom.map(|eiendom| &eiendom.poststed));
        Self {
            veg,
            postnummer: poststed.and_then(|sted| sted.as_ref()?.postnummer.as_deref()),
            kommunenummer: veg
                .and_then(|veg| veg.kommunenummer.as_deref())
                .or_else(|| Some(eiendom?.matrikkelnummer.kommunenummer.as_str())),
            gjeldende,
            opphold: false,
        }
    }

    fn av_bosted(adresse: &'a Bostedsadresse) -> Self {
        let (veg, eiendom) = (adresse.vegadresse.as_ref(), adresse.matrikkeladresse.as_ref());
        let sted = Self::ny(veg, eiendom, adresse.er_gjeldende);
        let kommune = || adresse.ukjent_bosted.as_ref()?.bostedskommune.as_deref();
        Self { kommunenummer: sted.kommunenummer.or_else(kommune), ..sted }
    }

    fn av_opphold(adresse: &'a Oppholdsadresse) -> Self {
        let (veg, eiendom) = (adresse.vegadresse.as_ref(), adresse.matrikkeladresse.as_ref());
        Self { opphold: true, ..Self::ny(veg, eiendom, adresse.er_gjeldende) }
    }
}

/// A date as the rows have it: `20201222`. One of which nobody knows the day sorts as the year's first.
fn dato(day: Date) -> i64 {
    i64::from(day.year()) * 10_000 + i64::from(day.month()) * 100 + i64::from(day.day())
}

fn foedt(person: &Persondokument) -> i64 {
    let Some(foedsel) = person.foedsel.iter().find(|foedsel| foedsel.er_gjeldende) else { return 0 };
    foedsel
        .foedselsdato
        .map_or_else(|| foedsel.foedselsaar.parse::<i16>().map_or(0, |aar| i64::from(aar) * 10_000), dato)
}

fn nummer_som_ord(slag: char, nummer: &str) -> String {
    format!("{slag}{}", nummer.to_uppercase())
}

/// Numbers of other kinds that hold now.
fn andre_numre(person: &Persondokument) -> impl Iterator<Item = String> {
    let utenlandske = person
        .utenlandsk_personidentifikasjon
        .iter()
        .filter(|own| own.er_gjeldende)
        .map(|own| nummer_som_ord('u', &format!("{}-{}", own.utstederland, own.identifikasjonsnummer)));
    let dokumenter = person.legitimasjonsdokument.iter().filter(|own| own.er_gjeldende).filter_map(|own| {
        let nummer = own.identifikasjonsdokumentnummer.as_ref()?;
        Some(nummer_som_ord('l', &format!("{}-{nummer}", own.utstederland)))
    });
    let duf = person.utlendingsmyndighetenes_identifikasjonsnummer.iter().filter(|own| own.er_gjeldende);
    utenlandske.chain(dokumenter).chain(duf.map(|own| nummer_som_ord('d', &own.identifikasjonsnummer)))
}

/// Where hits may be found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inngang {
    /// Under two words of one name: always the nearest way.
    Par(String),
    /// Under a word.
    Ord(String),
    /// Under the words of a name that sound so.
    Lyd(String),
    /// Under every word that begins so.
    Begynnelse(String),
}

/// What a hit's rows have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filter {
    /// The first birth date.
    pub fra: i64,
    /// The last birth date.
    pub til: i64,
    /// Which bits of `trekk` are looked at.
    pub maske: i64,
    /// What they are to be.
    pub krav: i64,
    /// Bits of `merke` that are set.
    pub merke: i64,
}

impl Filter {
    /// Days from the first birth date to the last, about.
    pub fn dager(&self) -> i64 {
        let dag = |dato: i64| dato / 10_000 * 365 + dato / 100 % 100 * 30 + dato % 100;
        (dag(self.til) - dag(self.fra) + 1).max(0)
    }
}

/// The word that everyone has.
pub const ALLE: &str = "";
/// Of `trekk`: the row's word holds now.
const GJELDENDE: i64 = 1;
const KVINNE: i64 = 2;
const MANN: i64 = 4;
const DOED: i64 = 8;

fn av_kjoenn(kjoenn: Kjoenn) -> i64 {
    match kjoenn {
        Kjoenn::Kvinne => KVINNE,
        Kjoenn::Mann => MANN,
    }
}

/// A person under a word by which they are found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rad {
    /// The word, with a letter for its kind before it: `n` name, `t` two words of one name, `g` street, `p` post code, `k`
    /// municipality, `u` number from abroad, `l` papers, `d` number of the immigration authorities.
    pub ord: String,
    /// Birth date, as `20201222`; 0 where nobody knows.
    pub foedt: i64,
    /// The person's number in use.
    pub pid: Pid,
    /// Whether the word holds now, the person's sex, and whether they are dead.
    pub trekk: i64,
    /// Two bits of 63 for each thing that a search may ask for besides, so that most of those who lack it are passed by.
    pub merke: i64,
}

impl Rad {
    /// How a word of a name sounds.
    pub fn lyd(&self) -> Option<String> {
        self.ord.strip_prefix('n').map(lyd)
    }

    /// Whether its word is two, of which nobody counts the rows: there are about as many such words as people.
    pub fn er_par(&self) -> bool {
        self.ord.starts_with('t')
    }
}

/// Two words of one name as one, whichever comes first; `None` of one and the same, and where it would be too long to keep.
fn par(one: &str, other: &str) -> Option<String> {
    let (first, last) = if one <= other { (one, other) } else { (other, one) };
    Some(format!("t{first} {last}")).filter(|word| first != last && word.len() <= MAX_TEGN)
}

/// The rows of a person.
pub fn rader(pid: Pid, person: &Persondokument, gradering: Gradering) -> Vec<Rad> {
    let mut words: Vec<(String, bool)> = vec![(ALLE.to_owned(), true)];
    let mut merke = 0;
    for navn in &person.navn {
        let texts = [Some(&navn.fornavn), navn.mellomnavn.as_ref(), Some(&navn.etternavn)];
        let own: Vec<String> = texts.into_iter().flatten().flat_map(|text| ord(text)).collect();
        for (n, word) in own.iter().enumerate() {
            merke |= kjennetegn('n', &lyd(word));
            words.push((format!("n{word}"), navn.er_gjeldende));
            let pairs = own.iter().skip(n + 1).filter_map(|other| par(word, other));
            words.extend(pairs.map(|pair| (pair, navn.er_gjeldende)));
        }
    }
    for adresse in adresser(person, gradering) {
        if let Some(gate) = adresse.gate() {
            merke |= kjennetegn('g', begynnelse(&gate));
            words.push((format!("g{gate}"), adresse.gjeldende));
        }
        if let Some(nummer) = adresse.husnummer() {
            merke |= kjennetegn('h', &nummer);
        }
        for (slag, verdi) in [('p', adresse.postnummer), ('k', adresse.kommunenummer)] {
            if let Some(verdi) = verdi {
                merke |= kjennetegn(slag, verdi);
                words.push((format!("{slag}{verdi}"), adresse.gjeldende));
            }
        }
        if let Some(fylke) = adresse.kommunenummer.and_then(|kommune| kommune.get(..2)) {
            merke |= kjennetegn('f', fylke);
        }
    }
    words.extend(andre_numre(person).map(|nummer| (nummer, true)));
    // Nobody searches for a word so long, and a key of the table has an end.
    words.retain(|(word, _)| word.len() <= MAX_TEGN);
    // What holds now comes first, and is kept of what stands twice.
    words.sort_by(|one, other| (&one.0, !one.1).cmp(&(&other.0, !other.1)));
    words.dedup_by(|later, first| later.0 == first.0);
    let foedt = foedt(person);
    let trekk = person.gjeldende_kjoenn().map_or(0, av_kjoenn) | if person.er_doed() { DOED } else { 0 };
    words
        .into_iter()
        .map(|(ord, gjeldende)| {
            let trekk = trekk | if gjeldende { GJELDENDE } else { 0 };
            Rad { ord, foedt, pid, trekk, merke }
        })
        .collect()
}

/// The bits of a thing that a search may ask for: the same in every edition of the program, since they are kept (FNV-1a).
fn kjennetegn(slag: char, verdi: &str) -> i64 {
    let bytes = std::iter::once(slag as u8).chain(verdi.bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    1 << (hash % 63) | 1 << ((hash >> 32) % 63)
}

#[cfg(test)]
mod tests {
    use clients::folkeregister::{
        Adressebeskyttelse, Adressenummer, Foedsel, Navn, Opphav, Personkjoenn, Poststed,
    };
    use jiff::civil::date;

    use super::*;

    fn pairs(query: &str) -> Vec<(String, String)> {
        let pair = |pair: &str| pair.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
        query.split('&').filter_map(pair).collect()
    }

    fn person(fornavn: &str, etternavn: &str, gate: &str, nummer: Option<(&str, &str)>) -> Persondokument {
        let o = Opphav::default();
        let navn = Navn { fornavn: fornavn.into(), etternavn: etternavn.into(), ..Navn::fra(&o) };
        let bosted = Bostedsadresse {
            vegadresse: Some(Vegadresse {
                kommunenummer: Some("0301".into()),
                adressenavn: gate.into(),
                adressenummer: nummer.map(|(nummer, bokstav)| Adressenummer {
                    husnummer: nummer.into(),
                    husbokstav: Some(bokstav.to_owned()).filter(|bokstav| !bokstav.is_empty()),
                }),
                poststed: Some(Poststed { postnummer: Some("0184".into()), poststedsnavn: None }),
                ..Vegadresse::default()
            }),
            ..Bostedsadresse::fra(&o)
        };
        Persondokument {
            navn: vec![navn],
            kjoenn: vec![Personkjoenn { kjoenn: Some(Kjoenn::Kvinne), ..Personkjoenn::fra(&o) }],
            foedsel: vec![Foedsel {
                foedselsdato: Some(date(1991, 5, 16)),
                foedselsaar: "1991".into(),
                ..Foedsel::fra(&o)
            }],
            bostedsadresse: vec![bosted],
            ..Persondokument::default()
        }
    }

    const LISTER: [&str; 18] = [
        "navn=kari",
        "navn=Nordmann Kari",
        "navn=carry&soekFonetisk=true",
        "navn=ANNE MARIE",
        "navn=Marie Nordmann Anne",
        "navn=kari kari",
        "navn=Anne-Mari&soekFonetisk=true",
        "foedselsdato=19910516",
        "foedselsaarFraOgMed=1990&foedselsaarTilOgMed=1991&kjoenn=kvinne",
        "foedselsaarTilOgMed=1990",
        "kjoenn=mann",
        "adressenavn=sto",
        "adressenavn=Storgata&husnummer=12b",
        "adressenavn=Storgata&husnummer=12",
        "postnummer=0184&fylkesnummer=03",
        "kommunenummer=0301&navn=Nordmann",
        "kommunenummer=1103",
        "opplysningsgrunnlag=historisk&navn=Svensson",
    ];

    #[test]
    fn no_row_hides_a_hit() {
        let pid = Pid::synthetic(date(1991, 5, 16), Kjoenn::Kvinne, 0).unwrap();
        let mut before = person("Kari", "Svensson", "Åsveien", None);
        before.navn[0].er_gjeldende = false;
        before.navn.push(person("Kari", "Nordmann", "", None).navn[0].clone());
        let people = [
            person("Kari", "Nordmann", "Storgata", Some(("12", "B"))),
            person("Anne-Marie", "Nordmann", "Stortingsgata", Some(("12", ""))),
            before,
        ];
        let mut hits = 0;
        for query in LISTER {
            let (soek, _) = Soek::treffliste(&pairs(query)).unwrap();
            let filter = soek.filter();
            for person in &people {
                if !soek.treffer(person, Gradering::Ugradert) {
                    continue;
                }
                hits += 1;
                let rows = rader(pid, person, Gradering::Ugradert);
                let mut innganger = soek.innganger();
                innganger.push(Inngang::Ord(ALLE.to_owned()));
                for inngang in innganger {
                    let led = rows.iter().any(|row| {
                        let there = match &inngang {
                            Inngang::Par(ord) | Inngang::Ord(ord) => row.ord == *ord,
                            Inngang::Lyd(lyd) => row.lyd().as_ref() == Some(lyd),
                            Inngang::Begynnelse(ord) => row.ord.starts_with(ord.as_str()),
                        };
                        there
                            && (filter.fra..=filter.til).contains(&row.foedt)
                            && row.trekk & filter.maske == filter.krav
                            && row.merke & filter.merke == filter.merke
                    });
                    assert!(led, "{query}: {inngang:?}");
                }
            }
        }
        assert_eq!(hits, 27, "the searches are for somebody");
    }

    #[test]
    fn no_row_says_where_a_protected_person_is() {
        let pid = Pid::synthetic(date(1991, 5, 16), Kjoenn::Kvinne, 0).unwrap();
        let open = person("Kari", "Nordmann", "Storgata", Some(("12", "B")));
        let homeless = Persondokument { bostedsadresse: Vec::new(), ..open.clone() };
        let (lists, _) = Soek::treffliste(&pairs("adressenavn=Storgata")).unwrap();
        assert!(lists.treffer(&open, Gradering::Klientadresse));
        for gradering in [Gradering::Fortrolig, Gradering::StrengtFortrolig] {
            assert_eq!(rader(pid, &open, gradering), rader(pid, &homeless, gradering));
            assert!(!lists.treffer(&open, gradering));
            let mut graded = open.clone();
            graded.bostedsadresse[0].adressegradering = gradering;
            graded.adressebeskyttelse = vec![Adressebeskyttelse {
                er_gjeldende: false,
                graderingsnivaa: gradering,
                ..Adressebeskyttelse::default()
            }];
            assert_eq!(rader(pid, &graded, Gradering::Ugradert), rader(pid, &homeless, Gradering::Ugradert));
            assert!(!lists.treffer(&graded, Gradering::Ugradert));
        }
    }

    #[test]
    fn a_search_for_one_person_has_what_gives_a_right_to_a_hit() {
        for query in [
            "navn=Kari Nordmann&foedselsdato=19910516",
            "navn=Kari Nordmann&postnummer=0184",
            "navn=Kari Nordmann&adressenavn=Sto",
            "navn=Kari Nordmann&utlendingsmyndighetenesIdentifikasjonsnummer=201812345",
            "foedselsdato=19910516&legitimasjonsdokument=IRL-195509132386",
        ] {
            assert!(Soek::entydig(&pairs(query)).is_ok(), "{query}");
        }
        for (query, felt) in [
            ("navn=Kari Nordmann", "navn"),
            ("navn=Kari Nordmann&husnummer=12", "navn"),
            ("navn=Kari&foedselsdato=19910516", "navn"),
            ("foedselsdato=19910516", "navn"),
            ("foedselsdato=19910516&postnummer=0184", "navn"),
            ("", "navn"),
            ("navn=Kari Nordmann&foedselsdato=1991-05-16", "foedselsdato"),
            ("navn=Kari Nordmann&foedselsdato=19910230", "foedselsdato"),
            ("navn=Kari Nordmann&adressenavn=St", "adressenavn"),
            ("navn=Kari Nordmann&adressenavn=Sto&husnummer=B", "husnummer"),
            ("navn=Kari Nordmann&postnummer=184", "postnummer"),
            ("navn=Kari Nordmann&identifikasjonsnummer=12345678901", "identifikasjonsnummer"),
            ("navn=Kari Nordmann&legitimasjonsdokument=195509132386", "legitimasjonsdokument"),
            ("navn=Kari Nordmann&foedselsdato=19910516&soekFonetisk=ja", "soekFonetisk"),
            ("navn=Kari Nordmann&foedselsdato=19910516&opplysningsgrunnlag=alt", "opplysningsgrunnlag"),
            ("navn=Kari Nordmann&navn=Ola Nordmann&foedselsdato=19910516", "navn"),
        ] {
            assert_eq!(Soek::entydig(&pairs(query)).unwrap_err().felt, felt, "{query}");
        }
        // A street alone is a right to a hit only where the address has no number.
        let street = Soek::entydig(&pairs("navn=Kari Nordmann&adressenavn=Storgata")).unwrap();
        assert!(
            !street.treffer(&person("Kari", "Nordmann", "Storgata", Some(("12", "B"))), Gradering::Ugradert)
        );
        assert!(street.treffer(&person("Kari", "Nordmann", "Storgata", None), Gradering::Ugradert));
        // The first word is of the first names, the last of the last name.
        let turned = Soek::entydig(&pairs("navn=Nordmann Kari&postnummer=0184")).unwrap();
        assert!(!turned.treffer(&person("Kari", "Nordmann", "Storgata", None), Gradering::Ugradert));
    }
}
