//! Where paper goes, from what Folkeregisteret says of a person.

use super::Adresse;
use crate::folkeregister::{Adressevalg, Persondokument, Poststed, Vegadresse, adresselinjer};

impl Adresse {
    /// Where paper reaches a person in Norway: the postal address where they prefer it or have no other, otherwise the home.
    pub fn til(person: &Persondokument) -> Option<Self> {
        let name = person.fullt_navn()?;
        let postal = person.postadresse.iter().find(|address| address.er_gjeldende).and_then(|address| {
            let (lines, town) =
                match (&address.vegadresse, &address.postboksadresse, &address.postadresse_i_fritt_format) {
                    (Some(street), _, _) => return fra_vegadresse(&name, street),
                    (_, Some(boks), _) => (
                        vec![format!("Postboks {}", boks.postboks.trim_start_matches("Postboks "))],
                        &boks.poststed,
                    ),
                    (_, _, Some(free)) => (free.adresselinje.clone(), &free.poststed),
                    _ => return None,
                };
            norsk(&name, lines, town.as_ref()?)
        });
        let home = || fra_vegadresse(&name, person.gjeldende_bostedsadresse()?.vegadresse.as_ref()?);
        let property = || {
            let address = person.gjeldende_bostedsadresse()?.matrikkeladresse.as_ref()?;
            norsk(&name, vec![address.adressetilleggsnavn.clone()?], address.poststed.as_ref()?)
        };
        let prefers_postal = person
            .preferert_kontaktadresse
            .iter()
            .any(|choice| choice.er_gjeldende && choice.valg == Adressevalg::Postadresse);
        if prefers_postal {
            postal.or_else(home).or_else(property)
        } else {
            home().or_else(property).or(postal)
        }
    }
}

fn fra_vegadresse(name: &str, street: &Vegadresse) -> Option<Adresse> {
    let mut lines = adresselinjer(street);
    // The last line is the post code and town, which stand by themselves in an address.
    lines.pop();
    norsk(name, lines, street.poststed.as_ref()?)
}

fn norsk(name: &str, lines: Vec<String>, town: &Poststed) -> Option<Adresse> {
    let mut lines =
        lines.into_iter().filter(|line| !line.trim().is_empty()).map(|line| line.chars().take(100).collect());
    Some(Adresse {
        navn: name.to_owned(),
        adresselinje1: lines.next()?,
        adresselinje2: lines.next(),
        adresselinje3: lines.next(),
        adresselinje4: lines.next(),
        postnummer: Some(town.postnummer.clone()?),
        poststed: Some(town.poststedsnavn.clone()?),
        land: None,
        landkode: None,
    })
}
