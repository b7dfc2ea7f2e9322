//! Traits and faults in words.

use design::{Lang, key};

use crate::api::soek::Testperson;
use crate::model::soek::{Hva, Verdier};

/// A person's traits, one after another; the age stands beside them.
pub fn beskrivelse(lang: Lang, person: &Testperson) -> Vec<String> {
    let mut ord = Vec::new();
    ord.extend(person.kjoenn.map(|kjoenn| lang.with("testpersoner-kjoenn", &[("kjoenn", kjoenn.into())])));
    let sted = person.kommune.as_ref().map(|kommune| kommune.navn.as_ref().unwrap_or(&kommune.kommunenummer));
    ord.push(match sted {
        Some(sted) if person.status == "bosatt" => {
            lang.with("testpersoner-bosatt-i", &[("kommune", sted.as_str().into())])
        }
        _ => lang.with("testpersoner-status", &[("status", person.status.into())]),
    });
    if person.sivilstand != "uoppgitt" {
        ord.push(lang.with("testpersoner-sivilstand", &[("sivilstand", person.sivilstand.into())]));
    }
    if !person.barn.is_empty() {
        let aldre: Vec<String> = person.barn.iter().map(ToString::to_string).collect();
        let verdier = [("antall", (aldre.len() as i64).into()), ("aldre", aldre.join(", ").into())];
        ord.push(lang.with("testpersoner-barn", &verdier));
    }
    if person.adressebeskyttelse != "ugradert" {
        let verdi = [("adressebeskyttelse", person.adressebeskyttelse.into())];
        ord.push(lang.with("testpersoner-adressebeskyttelse", &verdi));
    }
    let flagg = [
        (person.nummertype == "dNummer", key("testpersoner-har-d-nummer")),
        (person.statsborgerskap == "utenlandsk", key("testpersoner-er-utenlandsk")),
        (person.har_verge, key("testpersoner-har-verge")),
        (person.er_verge, key("testpersoner-er-verge")),
        (person.reservert, key("testpersoner-er-reservert")),
        (person.har_postkasse, key("testpersoner-har-postkasse")),
        (!person.har_epost && !person.har_mobil, key("testpersoner-uten-kontakt")),
        (person.kontakt_utdatert, key("testpersoner-utdatert")),
        (person.eier_bolig, key("testpersoner-eier")),
    ];
    ord.extend(flagg.into_iter().filter(|(har, _)| *har).map(|(_, tekst)| lang.t(tekst)));
    ord.extend(person.roller.iter().map(|kode| rolle(lang, kode)));
    ord
}

/// A role.
pub fn rolle(lang: Lang, kode: &str) -> String {
    lang.with("testpersoner-rolle", &[("rolle", kode.into())])
}

/// A value of a parameter.
pub fn verdi(lang: Lang, parameter: &str, verdi: &str) -> String {
    match (parameter, verdi) {
        (_, "true") => lang.t("testpersoner-ja"),
        (_, "false") => lang.t("testpersoner-nei"),
        ("kjoenn", kjoenn) => lang.with("testpersoner-kjoenn", &[("kjoenn", kjoenn.into())]),
        ("status", status) => lang.with("testpersoner-status", &[("status", status.into())]),
        ("sivilstand", sivilstand) => {
            lang.with("testpersoner-sivilstand", &[("sivilstand", sivilstand.into())])
        }
        ("adressebeskyttelse", grad) => {
            lang.with("testpersoner-adressebeskyttelse", &[("adressebeskyttelse", grad.into())])
        }
        ("nummertype", slag) => lang.with("testpersoner-nummertype", &[("nummertype", slag.into())]),
        ("statsborgerskap", slag) => {
            lang.with("testpersoner-statsborgerskap", &[("statsborgerskap", slag.into())])
        }
        ("rolle", kode) => rolle(lang, kode),
        (_, other) => other.to_owned(),
    }
}

/// What is wrong with a parameter.
pub fn feil(lang: Lang, hva: &Hva) -> String {
    match hva {
        Hva::Ukjent => lang.t("testpersoner-feil-ukjent"),
        Hva::FlereGanger => lang.t("testpersoner-feil-flere-ganger"),
        Hva::UkjentKommune | Hva::Verdi(Verdier::Kommune) => lang.t("testpersoner-feil-kommune"),
        Hva::FlereKommuner(numre) => {
            lang.with("testpersoner-feil-flere-kommuner", &[("numre", numre.as_str().into())])
        }
        Hva::LavereEnnFra => lang.t("testpersoner-feil-alder"),
        Hva::Verdi(Verdier::EnAv(navn)) => {
            lang.with("testpersoner-feil-en-av", &[("verdier", navn.join(", ").into())])
        }
        Hva::Verdi(Verdier::JaNei) => lang.t("testpersoner-feil-ja-nei"),
        Hva::Verdi(Verdier::Tall(lavest, hoeyest)) => {
            let verdier = [("lavest", lavest.to_string().into()), ("hoeyest", hoeyest.to_string().into())];
            lang.with("testpersoner-feil-tall", &verdier)
        }
        Hva::Verdi(Verdier::Etter) => lang.t("testpersoner-feil-etter"),
    }
}
