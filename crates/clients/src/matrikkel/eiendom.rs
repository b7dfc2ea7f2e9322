//! The cadastre: properties with what stands on them and who owns them; the lines of the bulk load.

use jiff::civil::Date;
use kernel::id::{Orgnr, Pid};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Kommune;

/// The number of a cadastral unit; 0 where a part is not used.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Matrikkelnummer {
    /// Four digits.
    pub kommunenummer: String,
    /// Holding.
    pub gardsnummer: i64,
    /// Unit of the holding.
    pub bruksnummer: i64,
    /// Leasehold.
    #[serde(default, skip_serializing_if = "zero")]
    pub festenummer: i64,
    /// Section.
    #[serde(default, skip_serializing_if = "zero")]
    pub seksjonsnummer: i64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn zero(number: &i64) -> bool {
    *number == 0
}

impl std::fmt::Display for Matrikkelnummer {
    /// `0301-207/454`, with `/festenummer` and `/seksjonsnummer` where there is one.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}/{}", self.kommunenummer, self.gardsnummer, self.bruksnummer)?;
        match (self.festenummer, self.seksjonsnummer) {
            (0, 0) => Ok(()),
            (leasehold, 0) => write!(f, "/{leasehold}"),
            (leasehold, section) => write!(f, "/{leasehold}/{section}"),
        }
    }
}

impl std::str::FromStr for Matrikkelnummer {
    type Err = ();

    /// Reads what [`Display`](std::fmt::Display) writes.
    fn from_str(text: &str) -> Result<Self, ()> {
        let (kommune, rest) = text.split_once('-').ok_or(())?;
        if kommune.len() != 4 || !kommune.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(());
        }
        let number = |text: &str| {
            let digits = (1..=5).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse::<i64>().ok().filter(|_| digits).ok_or(())
        };
        let parts = rest.split('/').map(number).collect::<Result<Vec<_>, _>>()?;
        let [gardsnummer, bruksnummer, more @ ..] = parts.as_slice() else { return Err(()) };
        if more.len() > 2 {
            return Err(());
        }
        Ok(Self {
            kommunenummer: kommune.to_owned(),
            gardsnummer: *gardsnummer,
            bruksnummer: *bruksnummer,
            festenummer: more.first().copied().unwrap_or(0),
            seksjonsnummer: more.get(1).copied().unwrap_or(0),
        })
    }
}

/// A point in EUREF89 (EPSG:4258), in degrees.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Posisjon {
    /// Latitude.
    pub lat: f64,
    /// Longitude.
    pub lon: f64,
}

/// An address as the cadastre keeps it: by street where `adressekode` is given, otherwise by the property's number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Eiendomsadresse {
    /// The address's number: what Folkeregisteret calls `adresseIdentifikatorFraMatrikkelen`.
    pub id: i64,
    /// The street's number within the municipality.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adressekode: Option<i64>,
    /// The street.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adressenavn: Option<String>,
    /// House number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nummer: Option<i64>,
    /// House letter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bokstav: Option<String>,
    /// Counts property addresses of one property.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undernummer: Option<i64>,
    /// The farm's or the place's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adressetilleggsnavn: Option<String>,
    /// Post code.
    pub postnummer: String,
    /// Its place.
    pub poststed: String,
    /// Basic statistical unit, within the municipality.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grunnkrets: Option<i64>,
    /// Where it is.
    pub punkt: Posisjon,
}

/// A dwelling unit, or another unit of use, of a building.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Bruksenhet {
    /// `H0101`.
    pub bruksenhetsnummer: String,
    /// `bolig`, `fritidsbolig`, `annet enn bolig`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The address that it is reached by.
    pub adresse: i64,
    /// The section that it belongs to; 0 where the property has none.
    #[serde(default, skip_serializing_if = "zero")]
    pub seksjonsnummer: i64,
}

/// A building.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Bygning {
    /// Its number.
    pub bygningsnummer: i64,
    /// Three digits of the standard NS 3457: `111` detached house, `131` terraced house, `141` block.
    pub bygningstype: String,
    /// `tatt i bruk`, `revet`, …
    pub bygningsstatus: String,
    /// The year it was taken into use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub byggeaar: Option<i64>,
    /// Where it is.
    pub punkt: Posisjon,
    /// Its units.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bruksenheter: Vec<Bruksenhet>,
}

/// Who has a right: a person or a unit of Enhetsregisteret; neither is shown of one whose address is protected.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rettighetshaver {
    /// A person.
    #[schema(value_type = Option<String>)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub personidentifikator: Option<Pid>,
    /// A unit.
    #[schema(value_type = Option<String>)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisasjonsnummer: Option<Orgnr>,
}

/// An owner's share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Eierandel {
    /// Numerator of the share.
    pub teller: i64,
    /// Denominator.
    pub nevner: i64,
    /// Who.
    pub rettighetshaver: Rettighetshaver,
    /// Since when.
    #[schema(value_type = String, format = Date)]
    pub fra: Date,
    /// Whether the owner's address is protected, so that nobody may find it through what they own.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub skjermet: bool,
}

/// A section of a property, with its owners.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Seksjon {
    /// Its number.
    pub seksjonsnummer: i64,
    /// Its owners.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub eiere: Vec<Eierandel>,
}

/// A property, with all that belongs to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Eiendom {
    /// Its number, without section.
    pub matrikkelnummer: Matrikkelnummer,
    /// When it was made.
    #[schema(value_type = String, format = Date)]
    pub etablert: Date,
    /// Its addresses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub adresser: Vec<Eiendomsadresse>,
    /// Its buildings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bygninger: Vec<Bygning>,
    /// Its owners; none where it is divided into sections.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub eiere: Vec<Eierandel>,
    /// Its sections.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seksjoner: Vec<Seksjon>,
}

/// A line of the bulk load. Municipalities come before their properties.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Linje {
    /// A municipality.
    Kommune(Kommune),
    /// A property.
    Eiendom(Eiendom),
}

/// How much a bulk load has taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Innlest {
    /// Lines.
    pub lest: usize,
}
