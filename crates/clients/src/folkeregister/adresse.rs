//! Addresses as they stand in a person document.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How widely an address may be known.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum Gradering {
    /// Open.
    #[default]
    Ugradert,
    /// An address through another body.
    Klientadresse,
    /// Confidential (before: code 7): not given to private parties.
    Fortrolig,
    /// Strictly confidential (before: code 6): no address data leaves the register at all.
    StrengtFortrolig,
}

impl Gradering {
    /// Whether the law protects the address (folkeregisterloven § 10-4).
    pub fn er_beskyttet(self) -> bool {
        matches!(self, Self::Fortrolig | Self::StrengtFortrolig)
    }
}

/// Post code and its place.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Poststed {
    /// Four digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postnummer: Option<String>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub poststedsnavn: Option<String>,
}

/// House number and letter.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Adressenummer {
    /// Number.
    pub husnummer: String,
    /// Letter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub husbokstav: Option<String>,
}

/// An address by street.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Vegadresse {
    /// Municipality; always present in addresses of residence, never in postal ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kommunenummer: Option<String>,
    /// `H0101`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bruksenhetsnummer: Option<String>,
    /// bolig, annetEnnBolig, fritidsbolig, ikkeGodkjentBolig or unummerertBruksenhet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bruksenhetstype: Option<String>,
    /// The street's name.
    pub adressenavn: String,
    /// The street's code within the municipality.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adressekode: Option<String>,
    /// House number and letter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adressenummer: Option<Adressenummer>,
    /// The farm's or the place's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adressetilleggsnavn: Option<String>,
    /// Post code and place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poststed: Option<Poststed>,
    /// In whose home.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub co_adressenavn: Option<String>,
}

/// A property's number in Matrikkelen.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Matrikkelnummer {
    /// Municipality.
    pub kommunenummer: String,
    /// Holding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gaardsnummer: Option<i64>,
    /// Unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bruksnummer: Option<i64>,
    /// Lease.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub festenummer: Option<i64>,
}

/// An address by property number, where there is no street.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Matrikkeladresse {
    /// The property.
    pub matrikkelnummer: Matrikkelnummer,
    /// Number below the property's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undernummer: Option<i64>,
    /// `H0101`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bruksenhetsnummer: Option<String>,
    /// As in [`Vegadresse`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bruksenhetstype: Option<String>,
    /// The farm's or the place's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adressetilleggsnavn: Option<String>,
    /// Post code and place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poststed: Option<Poststed>,
    /// In whose home.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub co_adressenavn: Option<String>,
}

/// Nothing but the municipality is known.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct UkjentBosted {
    /// Municipality.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bostedskommune: Option<String>,
}

/// A post box.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Postboksadresse {
    /// The box.
    pub postboks: String,
    /// Whose it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postbokseier: Option<String>,
    /// Post code and place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poststed: Option<Poststed>,
}

/// A postal address in lines.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct PostadresseIFrittFormat {
    /// The lines.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub adresselinje: Vec<String>,
    /// Post code and place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub poststed: Option<Poststed>,
}

/// An address abroad, in its parts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct UtenlandskAdresse {
    /// Street.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub adressenavn: Option<String>,
    /// Building.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bygning: Option<String>,
    /// Floor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub etasjenummer: Option<String>,
    /// Flat.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub boenhet: Option<String>,
    /// Post box.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postboks: Option<String>,
    /// Post code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postkode: Option<String>,
    /// Town or place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_eller_stedsnavn: Option<String>,
    /// District.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distriktsnavn: Option<String>,
    /// Region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// In whose home.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub co_adressenavn: Option<String>,
    /// ISO 3166-1 alpha-3.
    pub landkode: String,
}

/// An address abroad, in lines.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct UtenlandskAdresseIFrittFormat {
    /// The lines.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub adresselinje: Vec<String>,
    /// Post code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postkode: Option<String>,
    /// Town or place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_eller_stedsnavn: Option<String>,
    /// ISO 3166-1 alpha-3.
    pub landkode: String,
}
