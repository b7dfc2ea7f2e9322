//! The registers that refer to a unit, and their rules: Frivillighetsregisteret and Merverdiavgiftsregisteret.

use clients::enhetsregister::{Enhet, Rollegruppe};
use serde_json::json;

use super::melding::{Avgiftsmelding, Frivillighetsmelding};
use super::regler::{self, Brudd};

/// Turnover of twelve months above which a business is to be in the register, in whole kroner (merverdiavgiftsloven § 2-1).
const GRENSE: i64 = 50_000;
/// The same for charitable institutions and organisations, which associations and foundations are taken for.
const GRENSE_ALLMENNYTTIG: i64 = 140_000;

/// Whether a unit can enter or leave Frivillighetsregisteret.
pub fn frivillig(own: &Frivillighetsmelding, enhet: &Enhet, grupper: &[Rollegruppe]) -> Result<(), Brudd> {
    let mut brudd = Brudd::default();
    let there = enhet.registrert_i_frivillighetsregisteret;
    if own.strykes {
        brudd.krev(there, "strykes", "Enheten er ikke i Frivillighetsregisteret");
        return slutt(brudd);
    }
    let form = enhet.organisasjonsform.kode.as_str();
    brudd.krev(
        matches!(form, "FLI" | "STI" | "AS" | "ASA"),
        "organisasjonsnummer",
        "Bare foreninger, stiftelser og aksjeselskap med frivillig virksomhet kan føres inn (frivillighetsregisterloven)",
    );
    brudd.krev(
        regler::styremedlemmer(grupper) >= 1,
        "organisasjonsnummer",
        "Enheten skal ha et styre (frivillighetsregisterloven)",
    );
    brudd.krev(
        (1..=3).contains(&own.icnpo_kategorier.len()),
        "icnpoKategorier",
        "Skal ha én til tre kategorier",
    );
    for (n, category) in own.icnpo_kategorier.iter().enumerate() {
        let number = &category.icnpo_nummer;
        let fits = (3..=5).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
        brudd.krev(fits, &format!("icnpoKategorier[{n}].icnpoNummer"), "Skal ha tre til fem siffer");
        let fits = (1..=100).contains(&category.navn.chars().count());
        brudd.krev(fits, &format!("icnpoKategorier[{n}].navn"), "Skal ha 1 til 100 tegn");
    }
    brudd.krev(
        own.kontonummer.as_deref().is_none_or(kontonummer),
        "kontonummer",
        "Er ikke et gyldig kontonummer",
    );
    brudd.krev(
        !own.grasrotandel || own.kontonummer.is_some(),
        "kontonummer",
        "Grasrotandelen utbetales til et kontonummer, som mangler",
    );
    slutt(brudd)
}

/// Eleven digits with the control digit that banks use.
fn kontonummer(text: &str) -> bool {
    const VEKTER: [u32; 11] = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1];
    let digits: Option<Vec<u32>> = text.chars().map(|digit| digit.to_digit(10)).collect();
    digits.is_some_and(|digits| {
        let sum: u32 = digits.iter().zip(VEKTER).map(|(digit, weight)| digit * weight).sum();
        digits.len() == VEKTER.len() && sum.is_multiple_of(11)
    })
}

/// What Frivillighetsregisteret keeps of a unit, as its API shows it.
pub fn innhold(own: &Frivillighetsmelding) -> String {
    let categories: Vec<_> = (1..)
        .zip(&own.icnpo_kategorier)
        .map(|(n, one)| json!({ "icnpoNummer": one.icnpo_nummer, "navn": one.navn, "rekkefoelge": n }))
        .collect();
    let mut shown = json!({ "icnpoKategorier": categories, "grasrotandel": { "deltarI": own.grasrotandel } });
    if let Some(account) = &own.kontonummer {
        shown["kontonummer"] = json!(account);
    }
    shown.to_string()
}

/// Whether a unit can enter or leave Merverdiavgiftsregisteret.
pub fn avgift(own: &Avgiftsmelding, enhet: &Enhet) -> Result<(), Brudd> {
    let mut brudd = Brudd::default();
    let there = enhet.registrert_i_mvaregisteret;
    if own.strykes {
        brudd.krev(there, "strykes", "Enheten er ikke i Merverdiavgiftsregisteret");
        return slutt(brudd);
    }
    brudd.krev(!there, "organisasjonsnummer", "Enheten er i Merverdiavgiftsregisteret fra før");
    let charitable = matches!(enhet.organisasjonsform.kode.as_str(), "FLI" | "STI");
    let least = if charitable { GRENSE_ALLMENNYTTIG } else { GRENSE };
    if let Some(ground) = &own.frivillig {
        brudd.krev((1..=100).contains(&ground.trim().chars().count()), "frivillig", "Skal ha 1 til 100 tegn");
    } else {
        let enough = own.avgiftspliktig_omsetning.is_some_and(|turnover| turnover > least);
        brudd.krev(
            enough,
            "avgiftspliktigOmsetning",
            format!("Omsetning og uttak skal være over {least} kroner i løpet av tolv måneder (merverdiavgiftsloven § 2-1)"),
        );
    }
    slutt(brudd)
}

fn slutt(brudd: Brudd) -> Result<(), Brudd> {
    if brudd.0.is_empty() { Ok(()) } else { Err(brudd) }
}
