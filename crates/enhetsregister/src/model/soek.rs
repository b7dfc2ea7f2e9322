//! What can be asked of the units: the parameters of a search, checked.

use std::collections::BTreeMap;

use jiff::civil::Date;
use kernel::id::{Kommunenummer, Orgnr};
use kernel::store::Value;

use super::{Slag, flagg, koder};
use clients::enhetsregister::MAX_HITS;

/// Units of a page where nothing is said.
const SIZE: i64 = 20;
/// Values of one list.
const MAX_LIST: usize = 1000;

/// A search.
#[derive(Debug, Clone, PartialEq)]
pub struct Soek {
    /// What all hits fulfil.
    pub vilkaar: Vec<Vilkaar>,
    /// The order.
    pub sortering: Sortering,
    /// Where in the hits.
    pub utsnitt: Utsnitt,
}

/// A page of hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Utsnitt {
    /// From 0.
    pub page: i64,
    /// At least 1.
    pub size: i64,
}

/// What a hit fulfils.
#[derive(Debug, Clone, PartialEq)]
pub enum Vilkaar {
    /// Each of these begins a word of its name; none: no hit. With a phrase, they also stand beside each other.
    Navn(Vec<String>, Option<String>),
    /// Each of these begins a word of its address (`true`: of post).
    Adresse(bool, Vec<String>),
    /// The field is one of these.
    Lik(Felt, Vec<String>),
    /// The code begins with one of these.
    Naering(Vec<String>),
    /// The field is at least (`true`) or at most (`false`) this.
    Grense(Felt, bool, Value),
    /// A bit of [`flagg`].
    Flagg(i64, bool),
}

/// Fields that are asked for or sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Felt {
    /// Number.
    Orgnr,
    /// Name.
    Navn,
    /// Form.
    Form,
    /// Municipality of business or location, or of post.
    Kommune,
    /// Municipality of business or location.
    Stedskommune,
    /// Municipality of post.
    Postkommune,
    /// Post code of business or location.
    Postnummer,
    /// The unit above.
    Overordnet,
    /// Employees.
    Ansatte,
    /// Registered.
    Registrert,
    /// Founded, or begun.
    Stiftet,
    /// Institutional sector.
    Sektor,
    /// Year of the last accounts.
    Regnskap,
    /// Post town of business or location.
    Poststed,
    /// Country of business or location.
    Landkode,
    /// Post code of post.
    PostPostnummer,
    /// Post town of post.
    PostPoststed,
    /// Country of post.
    PostLandkode,
    /// Address on the web.
    Hjemmeside,
    /// Last change of owner.
    Eierskifte,
    /// Closed.
    Nedlagt,
}

/// By what, and whether from the top down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sortering {
    /// The field.
    pub felt: Felt,
    /// Greatest first.
    pub synkende: bool,
}

/// A parameter that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ugyldig {
    /// Its name.
    pub parameter: String,
    /// What is wrong.
    pub melding: String,
    /// The value.
    pub verdi: String,
}

/// Why a search is not made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Avvist {
    /// All that is wrong.
    Ugyldig(Vec<Ugyldig>),
    /// The real register has this parameter; it is not built here.
    IkkeBygget(&'static str),
}

/// Parameters of the real register that are not built.
const IKKE_BYGGET: &[&str] = &["frivilligRegistrertIMvaregisteret"];

/// The parameters of a request, gathered under their names.
pub struct Parametre<'a> {
    by_name: BTreeMap<&'a str, Vec<&'a str>>,
    /// What was wrong so far.
    pub feil: Vec<Ugyldig>,
}

impl<'a> Parametre<'a> {
    /// Of the pairs of a query.
    pub fn av(pairs: &'a [(String, String)]) -> Self {
        let mut by_name: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (name, value) in pairs {
            by_name.entry(name).or_default().push(value);
        }
        Self { by_name, feil: Vec::new() }
    }

    /// Notes that a parameter is wrong.
    pub fn ugyldig(&mut self, parameter: &str, melding: impl Into<String>, verdi: impl Into<String>) {
        let verdi = verdi.into().chars().take(200).collect();
        self.feil.push(Ugyldig { parameter: parameter.to_owned(), melding: melding.into(), verdi });
    }

    /// Takes a parameter that stands once.
    pub fn en(&mut self, name: &str) -> Option<&'a str> {
        let values = self.by_name.remove(name)?;
        if let [value] = values[..] {
            return Some(value.trim());
        }
        self.ugyldig(name, format!("{name} er oppgitt flere ganger"), format!("[{}]", values.join(", ")));
        None
    }

    /// Takes a parameter that is a list, with commas or by standing several times. Each value is read by `read`, which
    /// gives what to say of a wrong one.
    pub fn liste<T>(&mut self, name: &str, read: impl Fn(&str) -> Result<T, String>) -> Option<Vec<T>> {
        let values = self.by_name.remove(name)?;
        let parts: Vec<&str> = values.iter().flat_map(|value| value.split(',')).map(str::trim).collect();
        if parts.len() > MAX_LIST {
            self.ugyldig(name, format!("{name} kan ha høyst {MAX_LIST} verdier"), "");
            return None;
        }
        let mut list = Vec::with_capacity(parts.len());
        for part in parts {
            match read(part) {
                Ok(value) => list.push(value),
                Err(melding) => {
                    self.ugyldig(name, melding, format!("[{part}]"));
                    return None;
                }
            }
        }
        Some(list)
    }

    /// Takes a whole number from `least` on.
    pub fn tall(&mut self, name: &str, least: i64) -> Option<i64> {
        let text = self.en(name)?;
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        match text.parse() {
            Ok(number) if digits && number >= least => Some(number),
            _ => {
                self.ugyldig(name, format!("{name} skal være et heltall fra og med {least}"), text);
                None
            }
        }
    }

    /// Takes a date.
    pub fn dato(&mut self, name: &str) -> Option<Date> {
        let text = self.en(name)?;
        // Only the form of the real register: jiff reads more.
        match text.parse::<Date>() {
            Ok(date) if text.len() == 10 && text.as_bytes().get(4) == Some(&b'-') => Some(date),
            _ => {
                self.ugyldig(name, format!("{name} skal være en dato på formen åååå-MM-dd"), text);
                None
            }
        }
    }

    /// Takes `true` or `false`.
    pub fn boolsk(&mut self, name: &str) -> Option<bool> {
        match self.en(name)? {
            "true" => Some(true),
            "false" => Some(false),
            other => {
                self.ugyldig(name, format!("{name} skal være true eller false"), other);
                None
            }
        }
    }

    /// Takes `page` and `size`.
    pub fn utsnitt(&mut self) -> Utsnitt {
        let size = self.tall("size", 1).unwrap_or(SIZE);
        let page = self.tall("page", 0).unwrap_or(0);
        let reach = page.checked_add(1).and_then(|pages| pages.checked_mul(size));
        if reach.is_none_or(|reach| reach > MAX_HITS) {
            self.feil.push(Ugyldig {
                parameter: "size".to_owned(),
                melding: format!("Summen av (page+1)*size kan ikke overstige {MAX_HITS}"),
                verdi: size.to_string(),
            });
        }
        Utsnitt { page, size }
    }

    /// All that is left is unknown; gives what was wrong.
    pub fn slutt(mut self) -> Result<(), Avvist> {
        if let Some(name) = IKKE_BYGGET.iter().find(|name| self.by_name.contains_key(**name)) {
            return Err(Avvist::IkkeBygget(name));
        }
        for (name, values) in std::mem::take(&mut self.by_name) {
            let name: String = name.chars().take(100).collect();
            self.ugyldig(&name, format!("{name} er ikke en kjent parameter"), values.join(", "));
        }
        if self.feil.is_empty() { Ok(()) } else { Err(Avvist::Ugyldig(self.feil)) }
    }
}

impl Soek {
    /// Reads the parameters of a search for units of this kind.
    pub fn les(pairs: &[(String, String)], slag: Slag) -> Result<Self, Avvist> {
        let main = slag == Slag::Enhet;
        let place = if main { "forretningsadresse" } else { "beliggenhetsadresse" };
        let mut p = Parametre::av(pairs);
        let mut all = Vec::new();

        if let Some(name) = p.en("navn") {
            if name.is_empty() || name.chars().count() > 180 {
                p.ugyldig("navn", "navn skal ha 1 til 180 tegn", name);
            }
            let phrase = match p.en("navnMetodeForSoek") {
                None => None,
                Some("FORTLOEPENDE") => Some(super::ordrekke(name)),
                Some(other) => {
                    p.ugyldig("navnMetodeForSoek", "navnMetodeForSoek skal være FORTLOEPENDE", other);
                    None
                }
            };
            all.push(Vilkaar::Navn(super::ord(name), phrase));
        } else if p.en("navnMetodeForSoek").is_some() {
            p.ugyldig("navnMetodeForSoek", "navnMetodeForSoek gjelder bare sammen med navn", "");
        }
        let orgnr = |text: &str| {
            Orgnr::parse(text)
                .map(|orgnr| orgnr.as_str().to_owned())
                .map_err(|_| format!("{text} er ikke et gyldig organisasjonsnummer"))
        };
        let kommune = |text: &str| {
            Kommunenummer::parse(text)
                .map(|number| number.as_str().to_owned())
                .map_err(|_| format!("{text} er ikke et gyldig kommunenummer"))
        };
        let form = |text: &str| match koder::organisasjonsform(text) {
            Some(form) if form.slag == slag => Ok(text.to_owned()),
            _ => Err(format!("{text} er ikke en gyldig organisasjonsform")),
        };
        let digits = |count: usize, what: &'static str| {
            move |text: &str| {
                let fits = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
                if fits { Ok(text.to_owned()) } else { Err(format!("{text} er ikke {what}")) }
            }
        };
        let mut lik = |name: &str, felt, read: &dyn Fn(&str) -> Result<String, String>| {
            all.extend(p.liste(name, read).map(|list| Vilkaar::Lik(felt, list)));
        };
        lik("organisasjonsnummer", Felt::Orgnr, &orgnr);
        lik("overordnetEnhet", Felt::Overordnet, &orgnr);
        lik("organisasjonsform", Felt::Form, &form);
        lik("kommunenummer", Felt::Kommune, &kommune);
        lik(&format!("{place}.kommunenummer"), Felt::Stedskommune, &kommune);
        lik("postadresse.kommunenummer", Felt::Postkommune, &kommune);
        let kode = |text: &str| {
            let fits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
            if fits { Ok(text.to_uppercase()) } else { Err(format!("{text} er ikke en gyldig landkode")) }
        };
        let sted = |text: &str| match text.chars().count() {
            1..=100 => Ok(text.to_lowercase()),
            _ => Err("et poststed har 1 til 100 tegn".to_owned()),
        };
        for (name, fields) in [
            (place, [Felt::Postnummer, Felt::Poststed, Felt::Landkode]),
            ("postadresse", [Felt::PostPostnummer, Felt::PostPoststed, Felt::PostLandkode]),
        ] {
            let [postnummer, poststed, landkode] = fields;
            lik(&format!("{name}.postnummer"), postnummer, &digits(4, "et gyldig postnummer"));
            lik(&format!("{name}.poststed"), poststed, &sted);
            lik(&format!("{name}.landkode"), landkode, &kode);
        }
        lik("hjemmeside", Felt::Hjemmeside, &|text: &str| match super::rad::hjemmeside(text) {
            bare if bare.is_empty() || bare.len() > 300 => Err("hjemmeside har 1 til 300 tegn".to_owned()),
            bare => Ok(bare),
        });
        if main {
            lik("institusjonellSektorkode", Felt::Sektor, &digits(4, "en gyldig sektorkode"));
            lik("sisteInnsendteAarsregnskap", Felt::Regnskap, &digits(4, "et årstall"));
        }
        all.extend(p.liste("naeringskode", naeringskode).map(Vilkaar::Naering));
        for (name, post) in [(place, false), ("postadresse", true)] {
            let name = format!("{name}.adresse");
            let Some(text) = p.en(&name) else { continue };
            if text.is_empty() || text.chars().count() > 180 {
                p.ugyldig(&name, format!("{name} skal ha 1 til 180 tegn"), text);
            }
            all.push(Vilkaar::Adresse(post, super::ord(text)));
        }

        for (name, from) in [("fraAntallAnsatte", true), ("tilAntallAnsatte", false)] {
            all.extend(p.tall(name, 0).map(|number| Vilkaar::Grense(Felt::Ansatte, from, number.into())));
        }
        let founded = if main { "Stiftelsesdato" } else { "Oppstartsdato" };
        let mut dates =
            vec![("RegistreringsdatoEnhetsregisteret", Felt::Registrert), (founded, Felt::Stiftet)];
        if !main {
            dates.extend([("DatoEierskifte", Felt::Eierskifte), ("Nedleggelsesdato", Felt::Nedlagt)]);
        }
        for (name, felt) in dates {
            for (side, from) in [("fra", true), ("til", false)] {
                let date = p.dato(&format!("{side}{name}"));
                all.extend(date.map(|date| Vilkaar::Grense(felt, from, date.into())));
            }
        }
        let flags: &[(&str, i64)] = if main {
            &[
                ("konkurs", flagg::KONKURS),
                ("underAvvikling", flagg::AVVIKLING),
                ("underTvangsavviklingEllerTvangsopplosning", flagg::TVANG),
                ("registrertIMvaregisteret", flagg::MVA),
                ("registrertIForetaksregisteret", flagg::FORETAK),
                ("registrertIStiftelsesregisteret", flagg::STIFTELSE),
                ("registrertIFrivillighetsregisteret", flagg::FRIVILLIGHET),
                ("registrertIPartiregisteret", flagg::PARTI),
                ("harRegistrertAntallAnsatte", flagg::ANSATTE),
            ]
        } else {
            &[("registrertIMvaregisteret", flagg::MVA), ("harRegistrertAntallAnsatte", flagg::ANSATTE)]
        };
        for (name, bit) in flags {
            all.extend(p.boolsk(name).map(|wanted| Vilkaar::Flagg(*bit, wanted)));
        }
        let sortering = sorter(&mut p, main);
        let utsnitt = p.utsnitt();
        p.slutt()?;
        Ok(Self { vilkaar: all, sortering, utsnitt })
    }
}

/// A code of industry, or how one begins: `41`, `41.2`, `41.200`.
fn naeringskode(text: &str) -> Result<String, String> {
    let (group, rest) = text.split_at_checked(2).unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let fine = rest.strip_prefix('.').is_some_and(|rest| (1..=3).contains(&rest.len()) && digits(rest));
    if group.len() == 2 && digits(group) && (rest.is_empty() || fine) {
        return Ok(text.to_owned());
    }
    Err(format!("Næringskode {text} er ugyldig"))
}

fn sorter(p: &mut Parametre<'_>, main: bool) -> Sortering {
    let default = Sortering { felt: Felt::Navn, synkende: false };
    let Some(text) = p.en("sort") else { return default };
    // A way alone is the usual order in that way, as clients of the real register send it.
    let alone = text.eq_ignore_ascii_case("asc") || text.eq_ignore_ascii_case("desc");
    let (name, way) = if alone { ("navn", text) } else { text.split_once(',').unwrap_or((text, "ASC")) };
    let felt = match name.trim() {
        "navn" => Some(Felt::Navn),
        "organisasjonsnummer" => Some(Felt::Orgnr),
        "organisasjonsform.kode" => Some(Felt::Form),
        "antallAnsatte" => Some(Felt::Ansatte),
        "registreringsdatoEnhetsregisteret" => Some(Felt::Registrert),
        "stiftelsesdato" if main => Some(Felt::Stiftet),
        "oppstartsdato" if !main => Some(Felt::Stiftet),
        "overordnetEnhet" => Some(Felt::Overordnet),
        "forretningsadresse.kommunenummer" if main => Some(Felt::Stedskommune),
        "beliggenhetsadresse.kommunenummer" if !main => Some(Felt::Stedskommune),
        _ => None,
    };
    let synkende = way.trim().eq_ignore_ascii_case("desc");
    match felt {
        Some(felt) if synkende || way.trim().eq_ignore_ascii_case("asc") => Sortering { felt, synkende },
        _ => {
            p.ugyldig("sort", "sort skal være et felt som kan sorteres, komma, og ASC eller DESC", text);
            default
        }
    }
}
