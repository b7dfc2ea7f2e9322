//! A person document, cut down to what was asked for and what the package may see.
//!
//! Most of a document leaves the register as the text that was stored: only the elements' borders are read.

use std::fmt;

use clients::folkeregister::{Del, DokumentForHendelse, Element, Gradering, Personstatus};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use super::Versjon;
use super::pakke::{Nummer, Pakke, er_adresse};

/// Which elements of a document, in which package, and whether with their history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Utvalg {
    pakke: Pakke,
    /// A bit for each element.
    elementer: u64,
    historikk: bool,
}

/// Why a selection is not given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Avvist {
    /// There is no part of that name.
    Ukjent,
    /// The part is not in the package.
    IkkeIPakken,
}

impl Utvalg {
    /// Reads the values of `part`; none is [`Del::PersonBasis`]. Most packages have the number whatever is asked for.
    pub fn les<'a>(pakke: Pakke, parts: impl IntoIterator<Item = &'a str>) -> Result<Self, Avvist> {
        let mut utvalg = Self { pakke, elementer: 0, historikk: false };
        let mut any = false;
        for part in parts {
            let del = Del::av_navn(part).ok_or(Avvist::Ukjent)?;
            any |= del != Del::Historikk;
            utvalg.historikk |= del == Del::Historikk;
            utvalg.med(del)?;
        }
        if !any {
            utvalg.med(Del::PersonBasis)?;
        }
        if pakke.nummer() == Nummer::Alltid {
            utvalg.med(Del::Element(Element::Identifikasjonsnummer))?;
        }
        Ok(utvalg)
    }

    fn med(&mut self, del: Del) -> Result<(), Avvist> {
        let mut sett = false;
        for element in
            Element::ALLE.iter().copied().filter(|element| del.har(*element) && self.pakke.ser(*element))
        {
            sett = true;
            let nummer = element == Element::Identifikasjonsnummer;
            if nummer && del == Del::PersonBasis && self.pakke.nummer() == Nummer::Oensket {
                continue;
            }
            self.elementer |= bit(element);
        }
        // A group is narrowed to what the package has of it.
        if sett || del == Del::Historikk { Ok(()) } else { Err(Avvist::IkkeIPakken) }
    }

    /// Whether what holds no longer is wanted too.
    pub fn historikk(&self) -> bool {
        self.historikk
    }

    fn har(&self, element: Element) -> bool {
        self.elementer & bit(element) != 0
    }
}

fn bit(element: Element) -> u64 {
    1 << element as u8
}

/// The elements of a stored document, as text.
struct Deler<'a>(Vec<(Element, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Deler<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Deler<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a person document")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut deler = Vec::with_capacity(Element::ALLE.len());
                while let Some(navn) = map.next_key::<&str>()? {
                    match Element::av_navn(navn) {
                        Some(element) => deler.push((element, map.next_value()?)),
                        None => {
                            map.next_value::<IgnoredAny>()?;
                        }
                    }
                }
                Ok(Deler(deler))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

impl Deler<'_> {
    fn finn(&self, wanted: Element) -> Option<&str> {
        self.0.iter().find(|(element, _)| *element == wanted).map(|(_, raw)| raw.get())
    }
}

/// The document as JSON, with what `utvalg` wants.
pub fn skriv(versjon: &Versjon, utvalg: &Utvalg) -> Result<String, serde_json::Error> {
    let pakke = utvalg.pakke;
    let naa: Deler<'_> = serde_json::from_str(&versjon.innhold)?;
    let foer = match &versjon.historikk {
        Some(historikk) if utvalg.historikk => serde_json::from_str(historikk)?,
        _ => Deler(Vec::new()),
    };
    let skjuler_adresser = !ser_adresse(pakke, versjon.gradering);
    let mut ut = String::with_capacity(versjon.innhold.len());
    for element in Element::ALLE.iter().copied().filter(|element| utvalg.har(*element)) {
        if skjuler_adresser && er_adresse(element) {
            continue;
        }
        let gjeldende = naa.finn(element);
        let historisk = foer.finn(element).filter(|_| pakke.ser_historikk(element));
        let foran = ut.len();
        ut.push(if foran == 0 { '{' } else { ',' });
        ut.push('"');
        ut.push_str(element.navn());
        ut.push_str("\":");
        if !skriv_element(&mut ut, pakke, element, skjuler_adresser, gjeldende, historisk)? {
            ut.truncate(foran);
        }
    }
    ut.push_str(if ut.is_empty() { "{}" } else { "}" });
    Ok(ut)
}

/// Writes an element's value; `false` where nothing of it is given.
fn skriv_element(
    ut: &mut String,
    pakke: Pakke,
    element: Element,
    skjuler_adresser: bool,
    gjeldende: Option<&str>,
    historisk: Option<&str>,
) -> Result<bool, serde_json::Error> {
    // What holds now of a person whose addresses the package may see, it may see; what held before has its own grading.
    let hver_for_seg = pakke.sladder(element)
        || historisk.is_some() && er_adresse(element)
        || skjuler_adresser && element == Element::Utflytting;
    match (gjeldende, historisk) {
        (None, None) => return Ok(false),
        (gjeldende, historisk) if hver_for_seg => {
            let mut entries: Vec<Value> = Vec::new();
            for tekst in [gjeldende, historisk].into_iter().flatten() {
                entries.append(&mut serde_json::from_str(tekst)?);
            }
            entries.retain_mut(|entry| sladd(pakke, element, entry));
            if entries.is_empty() {
                return Ok(false);
            }
            ut.push_str(&serde_json::to_string(&entries)?);
        }
        (Some(ene), None) | (None, Some(ene)) => ut.push_str(ene),
        // Two lists become one; of the elements that are no list, one entry holds.
        (Some(naa), Some(foer)) => match (naa.strip_suffix(']'), foer.strip_prefix('[')) {
            (Some(naa), Some(foer)) => {
                ut.push_str(naa);
                ut.push(',');
                ut.push_str(foer);
            }
            _ => ut.push_str(naa),
        },
    }
    Ok(true)
}

/// Takes out of an entry what the package may not see; `false` where that is all of it.
fn sladd(pakke: Pakke, element: Element, entry: &mut Value) -> bool {
    match element {
        Element::Sivilstand => {
            if let Value::Object(fields) = entry {
                fields.remove("relatertVedSivilstand");
            }
            true
        }
        Element::Status => {
            Personstatus::deserialize(&entry["status"]).is_ok_and(|status| pakke.ser_status(status))
        }
        // Only where addresses are hidden is it looked at.
        Element::Utflytting => {
            uten_sted(entry);
            true
        }
        _ => Gradering::deserialize(&entry["adressegradering"])
            .is_ok_and(|gradering| ser_adresse(pakke, gradering)),
    }
}

/// Leaves out of a move from the country where it went.
fn uten_sted(utflytting: &mut Value) {
    if let Value::Object(fields) = utflytting {
        fields.remove("tilflyttingsland");
        fields.remove("tilflyttingsstedIUtlandet");
    }
}

/// An event in full as the package sees it: without addresses of one who is protected from it now, or whose entry was so
/// when it was made. `gradering` is that of the person's newest document.
pub fn hendelse(innhold: String, pakke: Pakke, gradering: Gradering) -> Result<String, serde_json::Error> {
    // Most events are of nobody who is protected, and leave as they are stored.
    if ser_adresse(pakke, gradering) && !innhold.contains("ortrolig") {
        return Ok(innhold);
    }
    let mut dokument: DokumentForHendelse = serde_json::from_str(&innhold)?;
    dokument.hendelse.egenskapshendelse.retain_mut(|endring| {
        let Some(Del::Element(element)) = Del::av_navn(&endring.entitet) else { return true };
        if element == Element::Utflytting && !ser_adresse(pakke, gradering) {
            endring.opplysning.get_mut(&endring.entitet).into_iter().for_each(uten_sted);
        }
        let own =
            endring.opplysning.get(&endring.entitet).map_or(&Value::Null, |entry| &entry["adressegradering"]);
        let own = Gradering::deserialize(own).unwrap_or(Gradering::Ugradert);
        !er_adresse(element) || ser_adresse(pakke, gradering.max(own))
    });
    serde_json::to_string(&dokument)
}

/// Whether the package may see an address that is graded so.
pub fn ser_adresse(pakke: Pakke, gradering: Gradering) -> bool {
    match gradering {
        Gradering::Ugradert | Gradering::Klientadresse => true,
        Gradering::Fortrolig => pakke.ser_fortrolig_adresse(),
        Gradering::StrengtFortrolig => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::id::Pid;

    fn versjon(gradering: Gradering, innhold: &str, historikk: Option<&str>) -> Versjon {
        let pid = Pid::parse("03851598730").unwrap();
        Versjon {
            dokument: "0".repeat(32),
            pid,
            gradering,
            innhold: innhold.to_owned(),
            historikk: historikk.map(str::to_owned),
        }
    }

    fn gitt(versjon: &Versjon, pakke: Pakke, parts: &[&str]) -> Value {
        let utvalg = Utvalg::les(pakke, parts.iter().copied()).unwrap();
        serde_json::from_str(&skriv(versjon, &utvalg).unwrap()).unwrap()
    }

    const NAA: &str = r#"{"identifikasjonsnummer":[{"n":1}],"navn":[{"n":2}],"sivilstand":[{"sivilstand":"gift","relatertVedSivilstand":"x"}],
        "status":[{"status":"midlertidig"}],"bostedsadresse":[{"adressegradering":"ugradert","n":3}],"familierelasjon":[{"n":4}],
        "doedsfall":{"n":5},"vergemaalEllerFremtidsfullmakt":[{"n":6}]}"#;
    const FOER: &str = r#"{"navn":[{"n":7}],"doedsfall":{"n":8},"foedsel":[{"n":9}],
        "bostedsadresse":[{"adressegradering":"fortrolig","n":10},{"adressegradering":"ugradert","n":11},{"adressegradering":"strengtFortrolig"}]}"#;

    #[test]
    fn without_a_part_the_basis_is_given_and_with_one_that_and_the_number() {
        let versjon = versjon(Gradering::Ugradert, NAA, Some(FOER));
        let basis = gitt(&versjon, Pakke::MedHjemmel, &[]);
        let names: Vec<&str> = basis.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(
            names,
            ["bostedsadresse", "doedsfall", "identifikasjonsnummer", "navn", "sivilstand", "status"]
        );
        let two = gitt(&versjon, Pakke::MedHjemmel, &["familierelasjon"]);
        assert_eq!(
            two,
            serde_json::json!({"identifikasjonsnummer": [{"n": 1}], "familierelasjon": [{"n": 4}]})
        );
    }

    #[test]
    fn history_comes_with_what_is_asked_for_where_the_package_has_it() {
        let versjon = versjon(Gradering::Ugradert, NAA, Some(FOER));
        let all = gitt(&versjon, Pakke::MedHjemmel, &["historikk"]);
        assert_eq!(all["navn"], serde_json::json!([{"n": 2}, {"n": 7}]));
        assert_eq!(all["doedsfall"], serde_json::json!({"n": 5}));
        assert_eq!(all["foedsel"], serde_json::json!([{"n": 9}]));
        assert_eq!(
            all["bostedsadresse"].as_array().unwrap().len(),
            3,
            "the strictly confidential one is left out"
        );
        let privat = gitt(&versjon, Pakke::PrivatUtenHjemmel, &["historikk"]);
        assert_eq!(privat["bostedsadresse"].as_array().unwrap().len(), 2, "nor the confidential one");
        assert!(privat.get("foedsel").is_none());
    }

    #[test]
    fn what_is_secret_stays_in_the_register() {
        let versjon = versjon(Gradering::Ugradert, NAA, None);
        let finans = gitt(&versjon, Pakke::Finans, &["person-basis", "relasjon-utvidet"]);
        assert_eq!(finans["sivilstand"], serde_json::json!([{"sivilstand": "gift"}]));
        assert!(finans.get("status").is_none() && finans.get("familierelasjon").is_none());
        assert_eq!(finans["vergemaalEllerFremtidsfullmakt"], serde_json::json!([{"n": 6}]));
        assert_eq!(Utvalg::les(Pakke::Finans, ["familierelasjon"]), Err(Avvist::IkkeIPakken));
        assert_eq!(Utvalg::les(Pakke::Finans, ["identitetsgrunnlag-utvidet"]), Err(Avvist::IkkeIPakken));
        assert_eq!(Utvalg::les(Pakke::MedHjemmel, ["alder"]), Err(Avvist::Ukjent));
    }

    #[test]
    fn a_protected_address_is_shown_to_whom_the_law_lets_see_it() {
        let shown = |gradering, pakke| {
            gitt(&versjon(gradering, NAA, Some(FOER)), pakke, &["historikk"]).get("bostedsadresse").is_some()
        };
        let packages =
            [Pakke::MedHjemmel, Pakke::OffentligUtenHjemmel, Pakke::PrivatUtenHjemmel, Pakke::Finans];
        assert_eq!(packages.map(|pakke| shown(Gradering::Klientadresse, pakke)), [true; 4]);
        assert_eq!(packages.map(|pakke| shown(Gradering::Fortrolig, pakke)), [true, true, false, false]);
        assert_eq!(packages.map(|pakke| shown(Gradering::StrengtFortrolig, pakke)), [false; 4]);
    }
}
