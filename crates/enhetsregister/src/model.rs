//! What a registration becomes in the register.

use clients::enhetsregister::{
    Adresse, Enhet, FjernetEnhet, Kode, Lenke, Lenker, Registrering, Rollegruppe, SlettetEnhet, Underenhet,
};
use jiff::civil::Date;
use kernel::id::{Orgnr, Pid};
use serde::Serialize;

pub mod koder;
pub mod soek;

/// Main units and sub-units have numbers of one series, and paths of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slag {
    /// A main unit.
    Enhet,
    /// A place of business, below a main unit.
    Underenhet,
}

impl Slag {
    /// Their collection's name in paths and answers.
    pub fn samling(self) -> &'static str {
        match self {
            Self::Enhet => "enheter",
            Self::Underenhet => "underenheter",
        }
    }
}

/// Whether a unit is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tilstand {
    /// In the register.
    Aktiv,
    /// Deleted: name, form and date are still shown.
    Slettet,
    /// Removed: nothing but the date is shown.
    Fjernet,
}

/// Bits of [`Rad::flagg`].
pub mod flagg {
    /// Bankrupt.
    pub const KONKURS: i64 = 1;
    /// Winds up.
    pub const AVVIKLING: i64 = 1 << 1;
    /// The court winds it up.
    pub const TVANG: i64 = 1 << 2;
    /// Reports VAT.
    pub const MVA: i64 = 1 << 3;
    /// In the register of business enterprises.
    pub const FORETAK: i64 = 1 << 4;
    /// In the register of foundations.
    pub const STIFTELSE: i64 = 1 << 5;
    /// In the register of voluntary organisations.
    pub const FRIVILLIGHET: i64 = 1 << 6;
    /// In the register of parties.
    pub const PARTI: i64 = 1 << 7;
    /// A number of employees is registered.
    pub const ANSATTE: i64 = 1 << 8;
}

/// A unit as the store keeps it: what can be asked for, and the answer as JSON.
#[derive(Debug, Clone)]
pub struct Rad {
    /// Number.
    pub orgnr: Orgnr,
    /// Main or sub.
    pub slag: Slag,
    /// Whether it is there.
    pub tilstand: Tilstand,
    /// Name.
    pub navn: String,
    /// Code of the form.
    pub form: String,
    /// Municipality of business or location.
    pub kommune: Option<String>,
    /// Municipality of post.
    pub postkommune: Option<String>,
    /// Post code of business or location.
    pub postnummer: Option<String>,
    /// Main industry.
    pub naering: Option<String>,
    /// The unit above.
    pub overordnet: Option<Orgnr>,
    /// Employees, where shown.
    pub ansatte: Option<i64>,
    /// When it was registered; unknown where deleted.
    pub registrert: Option<Date>,
    /// When it was founded, or began.
    pub stiftet: Option<Date>,
    /// Institutional sector.
    pub sektor: Option<String>,
    /// Year of the last accounts.
    pub regnskap: Option<String>,
    /// See [`flagg`].
    pub flagg: i64,
    /// The answer to a look-up, its links without the host: [`med_vert`] puts it in.
    pub innhold: String,
    /// The roles, with numbers, as JSON; none where the unit has none.
    pub roller: Option<String>,
    /// Who has them.
    pub verv: Vec<Verv>,
}

/// A person's role in a unit.
#[derive(Debug, Clone)]
pub struct Verv {
    /// Who.
    pub pid: Pid,
    /// What.
    pub rolle: Kode,
    /// Whether resigned.
    pub fratraadt: bool,
    /// Whether struck.
    pub avregistrert: bool,
    /// Whether the person is dead.
    pub doed: bool,
}

/// What is wrong with a registration: the field, and what to say after its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mangel {
    /// A path into the registration.
    pub felt: String,
    /// `mangler`.
    pub hva: &'static str,
}

fn mangel<T>(felt: impl Into<String>, hva: &'static str) -> Result<T, Mangel> {
    Err(Mangel { felt: felt.into(), hva })
}

/// The rows of a registration: the unit and its places of business.
///
/// Owners and employees are checked by their reader and left: other registers keep them.
pub fn rader(registrering: Registrering) -> Result<Vec<Rad>, Mangel> {
    let Registrering { enhet, underenheter, rollegrupper, slettet, eiere: _, ansatte: _ } = registrering;
    let orgnr = enhet.organisasjonsnummer;
    navn_og_form("enhet", &enhet.navn, &enhet.organisasjonsform, Slag::Enhet)?;
    for (n, under) in underenheter.iter().enumerate() {
        let felt = format!("underenheter[{n}]");
        navn_og_form(&felt, &under.navn, &under.organisasjonsform, Slag::Underenhet)?;
        if under.overordnet_enhet != orgnr {
            return mangel(format!("{felt}.overordnetEnhet"), "er en annen enhet");
        }
        if under.organisasjonsnummer == orgnr {
            return mangel(format!("{felt}.organisasjonsnummer"), "er enhetens eget nummer");
        }
    }
    if let Some(slettet) = slettet {
        let gone = |orgnr, slag: Slag, navn: &str, form: &Kode| {
            let lenker = lenker(&[("self", format!("/enhetsregisteret/api/{}/{orgnr}", slag.samling()))]);
            let innhold = if slettet.fjernet {
                json(&FjernetEnhet { organisasjonsnummer: orgnr, slettedato: slettet.dato, lenker })
            } else {
                let klasse = if slag == Slag::Enhet { "SlettetEnhet" } else { "SlettetUnderenhet" };
                json(&SlettetEnhet {
                    organisasjonsnummer: orgnr,
                    navn: navn.to_owned(),
                    organisasjonsform: form_med_lenke(form),
                    slettedato: slettet.dato,
                    respons_klasse: klasse.to_owned(),
                    lenker,
                })
            };
            let tilstand = if slettet.fjernet { Tilstand::Fjernet } else { Tilstand::Slettet };
            Rad { tilstand, ..bar(orgnr, slag, navn, form, innhold) }
        };
        let unit = gone(orgnr, Slag::Enhet, &enhet.navn, &enhet.organisasjonsform);
        let places = underenheter.iter().map(|under| {
            gone(under.organisasjonsnummer, Slag::Underenhet, &under.navn, &under.organisasjonsform)
        });
        return Ok(std::iter::once(unit).chain(places).collect());
    }
    let mut unit = av_enhet(enhet);
    (unit.roller, unit.verv) = roller(rollegrupper)?;
    Ok(std::iter::once(unit).chain(underenheter.into_iter().map(av_underenhet)).collect())
}

fn navn_og_form(felt: &str, navn: &str, form: &Kode, slag: Slag) -> Result<(), Mangel> {
    if navn.trim().is_empty() || navn.chars().count() > 200 {
        return mangel(format!("{felt}.navn"), "skal ha 1 til 200 tegn");
    }
    let known = koder::organisasjonsform(&form.kode).is_some_and(|known| known.slag == slag);
    if known {
        Ok(())
    } else {
        mangel(format!("{felt}.organisasjonsform.kode"), "er ikke en form for slike enheter")
    }
}

fn bar(orgnr: Orgnr, slag: Slag, navn: &str, form: &Kode, innhold: String) -> Rad {
    Rad {
        orgnr,
        slag,
        tilstand: Tilstand::Aktiv,
        navn: navn.to_owned(),
        form: form.kode.clone(),
        kommune: None,
        postkommune: None,
        postnummer: None,
        naering: None,
        overordnet: None,
        ansatte: None,
        registrert: None,
        stiftet: None,
        sektor: None,
        regnskap: None,
        flagg: 0,
        innhold,
        roller: None,
        verv: Vec::new(),
    }
}

fn av_enhet(mut enhet: Enhet) -> Rad {
    let mut links = vec![("self", format!("/enhetsregisteret/api/enheter/{}", enhet.organisasjonsnummer))];
    if let Some(over) = enhet.overordnet_enhet {
        links.push(("overordnetEnhet", format!("/enhetsregisteret/api/enheter/{over}")));
    }
    enhet.lenker = lenker(&links);
    enhet.organisasjonsform = form_med_lenke(&enhet.organisasjonsform);
    "Enhet".clone_into(&mut enhet.respons_klasse);
    let flags = [
        (enhet.konkurs, flagg::KONKURS),
        (enhet.under_avvikling, flagg::AVVIKLING),
        (enhet.under_tvangsavvikling_eller_tvangsopplosning, flagg::TVANG),
        (enhet.registrert_i_mvaregisteret, flagg::MVA),
        (enhet.registrert_i_foretaksregisteret, flagg::FORETAK),
        (enhet.registrert_i_stiftelsesregisteret, flagg::STIFTELSE),
        (enhet.registrert_i_frivillighetsregisteret, flagg::FRIVILLIGHET),
        (enhet.registrert_i_partiregisteret, flagg::PARTI),
        (enhet.har_registrert_antall_ansatte, flagg::ANSATTE),
    ];
    let of = |address: &Option<Adresse>, part: fn(&Adresse) -> &Option<String>| {
        address.as_ref().and_then(|address| part(address).clone())
    };
    Rad {
        kommune: of(&enhet.forretningsadresse, |address| &address.kommunenummer),
        postkommune: of(&enhet.postadresse, |address| &address.kommunenummer),
        postnummer: of(&enhet.forretningsadresse, |address| &address.postnummer),
        naering: enhet.naeringskode1.as_ref().map(|code| code.kode.clone()),
        overordnet: enhet.overordnet_enhet,
        ansatte: enhet.antall_ansatte,
        registrert: Some(enhet.registreringsdato),
        stiftet: enhet.stiftelsesdato,
        sektor: enhet.institusjonell_sektorkode.as_ref().map(|code| code.kode.clone()),
        regnskap: enhet.siste_innsendte_aarsregnskap.clone(),
        flagg: flags.iter().filter(|(set, _)| *set).map(|(_, bit)| bit).sum(),
        ..bar(enhet.organisasjonsnummer, Slag::Enhet, &enhet.navn, &enhet.organisasjonsform, json(&enhet))
    }
}

fn av_underenhet(mut under: Underenhet) -> Rad {
    under.lenker = lenker(&[
        ("self", format!("/enhetsregisteret/api/underenheter/{}", under.organisasjonsnummer)),
        ("overordnetEnhet", format!("/enhetsregisteret/api/enheter/{}", under.overordnet_enhet)),
    ]);
    under.organisasjonsform = form_med_lenke(&under.organisasjonsform);
    "Underenhet".clone_into(&mut under.respons_klasse);
    let flags = [
        (under.registrert_i_mvaregisteret, flagg::MVA),
        (under.har_registrert_antall_ansatte, flagg::ANSATTE),
    ];
    let place = under.beliggenhetsadresse.as_ref();
    Rad {
        kommune: place.and_then(|place| place.kommunenummer.clone()),
        postnummer: place.and_then(|place| place.postnummer.clone()),
        naering: under.naeringskode1.as_ref().map(|code| code.kode.clone()),
        overordnet: Some(under.overordnet_enhet),
        ansatte: under.antall_ansatte,
        registrert: Some(under.registreringsdato),
        stiftet: under.oppstartsdato,
        flagg: flags.iter().filter(|(set, _)| *set).map(|(_, bit)| bit).sum(),
        ..bar(
            under.organisasjonsnummer,
            Slag::Underenhet,
            &under.navn,
            &under.organisasjonsform,
            json(&under),
        )
    }
}

/// The roles as they are kept, and who has them.
fn roller(mut groups: Vec<Rollegruppe>) -> Result<(Option<String>, Vec<Verv>), Mangel> {
    let mut all = Vec::new();
    for (g, group) in groups.iter_mut().enumerate() {
        group.kind.lenker = lenker(&[("self", koder::lenke("rollegruppetyper", &group.kind.kode))]);
        for (r, role) in group.roller.iter_mut().enumerate() {
            let felt = || format!("rollegrupper[{g}].roller[{r}]");
            role.kind.lenker = lenker(&[("self", koder::lenke("rolletyper", &role.kind.kode))]);
            match (&role.person, &mut role.enhet) {
                (Some(person), None) => all.push(Verv {
                    pid: person.fodselsnummer.ok_or_else(|| Mangel {
                        felt: format!("{}.person.fodselsnummer", felt()),
                        hva: "mangler",
                    })?,
                    rolle: Kode::ny(&role.kind.kode, &role.kind.beskrivelse),
                    fratraadt: role.fratraadt,
                    avregistrert: role.avregistrert,
                    doed: person.er_doed,
                }),
                (None, Some(unit)) => unit.organisasjonsform = form_med_lenke(&unit.organisasjonsform),
                _ => return mangel(felt(), "skal ha enten en person eller en enhet"),
            }
        }
    }
    Ok(((!groups.is_empty()).then(|| json(&groups)), all))
}

/// Roles as everyone may see them: with dates of birth, without numbers.
pub fn uten_numre(groups: &mut [Rollegruppe]) {
    for role in groups.iter_mut().flat_map(|group| &mut group.roller) {
        if let Some(person) = &mut role.person {
            person.fodselsnummer = None;
        }
    }
}

/// The people who have roles.
pub fn personer(groups: &[Rollegruppe]) -> Vec<Pid> {
    let roles = groups.iter().flat_map(|group| &group.roller);
    let mut all: Vec<Pid> =
        roles.filter_map(|role| role.person.as_ref().and_then(|person| person.fodselsnummer)).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Links of these relations and addresses.
pub fn lenker(links: &[(&str, String)]) -> Lenker {
    links.iter().map(|(relation, href)| ((*relation).to_owned(), Lenke { href: href.clone() })).collect()
}

fn form_med_lenke(form: &Kode) -> Kode {
    Kode { lenker: lenker(&[("self", koder::formlenke(&form.kode))]), ..form.clone() }
}

/// Stored JSON with the host in its links. No text of a unit can look like a link: its quotation marks are escaped.
pub fn med_vert(innhold: &str, base_url: &str) -> String {
    innhold.replace("\"href\":\"/", &format!("\"href\":\"{base_url}/"))
}

/// The words of a name, small, as they are searched by.
pub fn ord(navn: &str) -> Vec<String> {
    let small = navn.to_lowercase();
    let mut words: Vec<String> = small
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// A key whose bytes sort as names do in Norwegian: æ, ø and å come last.
pub fn sortering(navn: &str) -> Vec<u8> {
    // The three signs after z in ASCII: the places of æ, ø and å in the old national variant of the code.
    navn.to_lowercase().replace('æ', "{").replace('ø', "|").replace('å', "}").into_bytes()
}

fn json<T: Serialize>(value: &T) -> String {
    // Plain structs with string keys always have a JSON form.
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_as_in_norwegian_and_are_found_by_words() {
        let mut names = vec!["ÅS AS", "ZOO AS", "ØY AS", "ÆRE AS", "AS", "a-laget"];
        names.sort_by_key(|name| sortering(name));
        assert_eq!(names, ["a-laget", "AS", "ZOO AS", "ÆRE AS", "ØY AS", "ÅS AS"]);
        assert_eq!(ord("Fjell & Sønn, Fjell A/S"), ["a", "fjell", "s", "sønn"]);
        assert!(ord(" &-/ ").is_empty());
    }

    #[test]
    fn only_links_get_the_host() {
        let text = json(&serde_json::json!({
            "navn": "\"href\":\"/x", "_links": lenker(&[("self", "/enhetsregisteret/api/enheter/1".to_owned())])
        }));
        let out: serde_json::Value =
            serde_json::from_str(&med_vert(&text, "https://a.no")).unwrap_or_default();
        assert_eq!(out["navn"], "\"href\":\"/x");
        assert_eq!(out["_links"]["self"]["href"], "https://a.no/enhetsregisteret/api/enheter/1");
    }
}
