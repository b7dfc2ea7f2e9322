//! The municipalities, by number and name.

use clients::matrikkel::KommuneIListe;

use super::soek::Hva;

/// Every municipality that Matrikkelen has.
#[derive(Debug, Default)]
pub struct Kommuner(Vec<KommuneIListe>);

impl Kommuner {
    /// Of Matrikkelen's list.
    pub fn ny(liste: Vec<KommuneIListe>) -> Self {
        Self(liste)
    }

    /// Whether there are none, as before a nation is loaded.
    pub fn er_tom(&self) -> bool {
        self.0.is_empty()
    }

    /// The number of the municipality that `tekst` names: four digits, or a name in either language.
    pub fn nummer(&self, tekst: &str) -> Result<i64, Hva> {
        let tekst = tekst.trim();
        let navn = tekst.to_lowercase();
        let passer = |kommune: &&KommuneIListe| {
            kommune.kommunenummer == tekst
                || kommune.kommunenavn.to_lowercase() == navn
                || kommune.kommunenavn_norsk.to_lowercase() == navn
        };
        let mut treff = self.0.iter().filter(passer);
        let kommune = treff.next().ok_or(Hva::UkjentKommune)?;
        let andre: Vec<&str> = treff.map(|kommune| kommune.kommunenummer.as_str()).collect();
        if !andre.is_empty() {
            return Err(Hva::FlereKommuner(format!("{}, {}", kommune.kommunenummer, andre.join(", "))));
        }
        kommune.kommunenummer.parse().map_err(|_| Hva::UkjentKommune)
    }

    /// The Norwegian name of a municipality.
    pub fn navn(&self, nummer: i64) -> Option<&str> {
        let tekst = format!("{nummer:04}");
        let kommune = self.0.iter().find(|kommune| kommune.kommunenummer == tekst)?;
        Some(&kommune.kommunenavn_norsk)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_municipality_is_found_by_its_number_and_by_either_name() {
        let kommune = |nummer: &str, navn: &str, norsk: &str| KommuneIListe {
            kommunenummer: nummer.to_owned(),
            kommunenavn: navn.to_owned(),
            kommunenavn_norsk: norsk.to_owned(),
        };
        let kommuner = Kommuner::ny(vec![
            kommune("0301", "Oslo", "Oslo"),
            kommune("1515", "Herøy", "Herøy"),
            kommune("1818", "Herøy", "Herøy"),
            kommune("5610", "Kárášjohka", "Karasjok"),
        ]);
        for (tekst, nummer) in
            [("0301", 301), (" oslo ", 301), ("KARASJOK", 5610), ("kárášjohka", 5610), ("1818", 1818)]
        {
            assert_eq!(kommuner.nummer(tekst), Ok(nummer), "{tekst}");
        }
        assert_eq!(kommuner.nummer("Herøy"), Err(Hva::FlereKommuner("1515, 1818".to_owned())));
        for tekst in ["301", "Gotham", "", "9999"] {
            assert_eq!(kommuner.nummer(tekst), Err(Hva::UkjentKommune), "{tekst}");
        }
        assert_eq!(
            (kommuner.navn(301), kommuner.navn(5610), kommuner.navn(0)),
            (Some("Oslo"), Some("Karasjok"), None)
        );
    }
}
