//! Units as rows of CSV and of spreadsheets, in the columns of the real register's files.
//!
//! A column that nothing is known for is empty. Some have names that differ a little from the fields of the JSON.

use serde_json::Value;

use super::Slag;

/// The columns of main units, as the real register's file has them (2026).
const ENHET: &[&str] = &[
    "organisasjonsnummer",
    "navn",
    "organisasjonsform.kode",
    "organisasjonsform.beskrivelse",
    "naeringskode1.kode",
    "naeringskode1.beskrivelse",
    "naeringskode2.kode",
    "naeringskode2.beskrivelse",
    "naeringskode3.kode",
    "naeringskode3.beskrivelse",
    "hjelpeenhetskode.kode",
    "hjelpeenhetskode.beskrivelse",
    "harRegistrertAntallAnsatte",
    "antallAnsatte",
    "registreringsdatoAntallAnsatteEnhetsregisteret",
    "registreringsdatoantallansatteNAVAaregisteret",
    "hjemmeside",
    "epostadresse",
    "telefon",
    "mobil",
    "postadresse.adresse",
    "postadresse.poststed",
    "postadresse.postnummer",
    "postadresse.kommune",
    "postadresse.kommunenummer",
    "postadresse.land",
    "postadresse.landkode",
    "forretningsadresse.adresse",
    "forretningsadresse.poststed",
    "forretningsadresse.postnummer",
    "forretningsadresse.kommune",
    "forretningsadresse.kommunenummer",
    "forretningsadresse.land",
    "forretningsadresse.landkode",
    "institusjonellSektorkode.kode",
    "institusjonellSektorkode.beskrivelse",
    "sisteInnsendteAarsregnskap",
    "registreringsdatoenhetsregisteret",
    "stiftelsesdato",
    "registrertIMvaRegisteret",
    "registreringsdatoMerverdiavgiftsregisteret",
    "registreringsdatoMerverdiavgiftsregisteretEnhetsregisteret",
    "frivilligMvaRegistrertBeskrivelser",
    "registreringsdatoFrivilligMerverdiavgiftsregisteret",
    "registrertIFrivillighetsregisteret",
    "registreringsdatoFrivillighetsregisteret",
    "registrertIForetaksregisteret",
    "registreringsdatoForetaksregisteret",
    "registrertIStiftelsesregisteret",
    "registrertIPartiregisteret",
    "registreringsdatoPartiregisteret",
    "konkurs",
    "konkursdato",
    "underAvvikling",
    "underAvviklingDato",
    "underTvangsavviklingEllerTvangsopplosning",
    "tvangsopplostPgaManglendeDagligLederDato",
    "tvangsopplostPgaManglendeRevisorDato",
    "tvangsopplostPgaManglendeRegnskapDato",
    "tvangsopplostPgaMangelfulltStyreDato",
    "tvangsavvikletPgaManglendeSlettingDato",
    "overordnetEnhet",
    "maalform",
    "vedtektsdato",
    "vedtektsfestetFormaal",
    "aktivitet",
    "paategninger",
    "underUtenlandskInsolvensbehandlingDato",
    "underRekonstruksjonsforhandlingDato",
    "fravalgRevisjonDato",
    "fravalgRevisjonBeslutningsDato",
    "erIKonsern",
    "kapital.belop",
    "kapital.antallAksjer",
    "kapital.type",
    "kapital.bundet",
    "kapital.valuta",
    "kapital.innbetalt",
    "kapital.fulltInnbetalt",
    "kapital.innfortDato",
    "registreringsnummerIHjemlandet",
    "utenlandskRegisterNavn",
    "utenlandskRegisterAdresse.land",
    "utenlandskRegisterAdresse.poststed",
    "utenlandskRegisterAdresse.adresse",
    "underlagtLovgivningLand",
    "underlagtLovgivningLandKode",
    "foretaksformIHjemlandet.kode",
    "foretaksformIHjemlandet.beskrivelse",
    "foretaksformIHjemlandet.beskrivelseBokmaal",
];

/// The columns of sub-units.
const UNDERENHET: &[&str] = &[
    "organisasjonsnummer",
    "navn",
    "organisasjonsform.kode",
    "organisasjonsform.beskrivelse",
    "naeringskode1.kode",
    "naeringskode1.beskrivelse",
    "naeringskode2.kode",
    "naeringskode2.beskrivelse",
    "naeringskode3.kode",
    "naeringskode3.beskrivelse",
    "hjelpeenhetskode.kode",
    "hjelpeenhetskode.beskrivelse",
    "harRegistrertAntallAnsatte",
    "antallAnsatte",
    "hjemmeside",
    "epostadresse",
    "telefon",
    "mobil",
    "postadresse.adresse",
    "postadresse.poststed",
    "postadresse.postnummer",
    "postadresse.kommune",
    "postadresse.kommunenummer",
    "postadresse.land",
    "postadresse.landkode",
    "beliggenhetsadresse.adresse",
    "beliggenhetsadresse.poststed",
    "beliggenhetsadresse.postnummer",
    "beliggenhetsadresse.kommune",
    "beliggenhetsadresse.kommunenummer",
    "beliggenhetsadresse.land",
    "beliggenhetsadresse.landkode",
    "registreringsdatoIEnhetsregisteret",
    "frivilligMvaRegistrertBeskrivelser",
    "registrertIMvaregisteret",
    "oppstartsdato",
    "datoEierskifte",
    "overordnetEnhet",
    "nedleggelsesdato",
];

/// The columns.
pub fn kolonner(slag: Slag) -> &'static [&'static str] {
    match slag {
        Slag::Enhet => ENHET,
        Slag::Underenhet => UNDERENHET,
    }
}

/// The first line.
pub fn overskrift(slag: Slag) -> String {
    linje(kolonner(slag).iter().map(|name| (*name).to_owned()))
}

/// The line of a unit, from the answer to a look-up.
pub fn rad(slag: Slag, innhold: &str) -> String {
    linje(verdier(slag, innhold).into_iter())
}

/// A unit's values in the order of the columns, from the answer to a look-up.
pub fn verdier(slag: Slag, innhold: &str) -> Vec<String> {
    let unit: Value = serde_json::from_str(innhold).unwrap_or_default();
    kolonner(slag).iter().map(|name| verdi(&unit, name)).collect()
}

fn verdi(unit: &Value, column: &str) -> String {
    let field = match column {
        "registreringsdatoenhetsregisteret" | "registreringsdatoIEnhetsregisteret" => {
            "registreringsdatoEnhetsregisteret"
        }
        "registrertIMvaRegisteret" => "registrertIMvaregisteret",
        "registreringsdatoantallansatteNAVAaregisteret" => "registreringsdatoAntallAnsatteNAVAaregisteret",
        other => other,
    };
    let value = field.split('.').try_fold(unit, |value, part| value.get(part));
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(all)) => {
            let parts: Vec<&str> = all.iter().filter_map(Value::as_str).collect();
            parts.join(", ")
        }
        Some(other) => other.to_string(),
    }
}

/// Values in quotation marks, with commas between them. What a spreadsheet would run as a formula stays text to whoever
/// reads CSV; a line break within a value is a space, as in the real files.
fn linje(values: impl Iterator<Item = String>) -> String {
    let quoted: Vec<String> = values
        .map(|value| format!("\"{}\"", value.replace('"', "\"\"").replace(['\r', '\n'], " ")))
        .collect();
    quoted.join(",") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_every_column_and_no_value_breaks_out_of_its_own() {
        let unit = r#"{"navn":"A \"B\", C\nD","forretningsadresse":{"adresse":["x","y"]},"antallAnsatte":7,"konkurs":false}"#;
        let line = rad(Slag::Enhet, unit);
        assert!(line.starts_with("\"\",\"A \"\"B\"\", C D\",\"\""), "{line}");
        assert!(
            line.contains(",\"x, y\",") && line.contains(",\"7\",") && line.contains(",\"false\","),
            "{line}"
        );
        assert_eq!(overskrift(Slag::Enhet).split(',').count(), 90);
        assert_eq!(rad(Slag::Underenhet, "{}").matches("\"\"").count(), UNDERENHET.len());
    }
}
