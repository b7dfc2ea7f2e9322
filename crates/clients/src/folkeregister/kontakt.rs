//! Where a person lives, stays and is reached: the addresses of the person document.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::adresse::{
    Gradering, Matrikkeladresse, PostadresseIFrittFormat, Postboksadresse, UkjentBosted, UtenlandskAdresse,
    UtenlandskAdresseIFrittFormat, Vegadresse,
};
use super::koder::Adressevalg;
use super::opplysning::{Opphav, Opplysning, opplysning};

opplysning!(
    /// Residence: exactly one of the three forms.
    Bostedsadresse {
        /// The address's number in Matrikkelen.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        adresse_identifikator_fra_matrikkelen: Option<String>,
        /// A near address's number in Matrikkelen.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        naer_adresse_identifikator_fra_matrikkelen: Option<String>,
        /// How widely it may be known.
        #[serde(default)]
        adressegradering: Gradering,
        /// By street.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        vegadresse: Option<Vegadresse>,
        /// By property.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        matrikkeladresse: Option<Matrikkeladresse>,
        /// By municipality alone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ukjent_bosted: Option<UkjentBosted>,
        /// When they moved in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>, format = Date)]
        flyttedato: Option<Date>,
        /// Basic statistical unit.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        grunnkrets: Option<i64>,
        /// Polling district.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        stemmekrets: Option<i64>,
        /// School district.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        skolekrets: Option<i64>,
        /// Parish.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kirkekrets: Option<i64>,
    }
);

opplysning!(
    /// A child's second home (`delt bosted`).
    DeltBosted {
        /// How widely it may be known.
        #[serde(default)]
        adressegradering: Gradering,
        /// The address's number in Matrikkelen.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        adresse_identifikator_fra_matrikkelen: Option<String>,
        /// By street.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        vegadresse: Option<Vegadresse>,
        /// By property.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        matrikkeladresse: Option<Matrikkeladresse>,
        /// By municipality alone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ukjent_bosted: Option<UkjentBosted>,
        /// From when the parents' agreement holds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>, format = Date)]
        startdato_for_kontrakt: Option<Date>,
        /// Until when.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>, format = Date)]
        sluttdato_for_kontrakt: Option<Date>,
    }
);

opplysning!(
    /// Where the person stays, when that is not where they live.
    Oppholdsadresse {
        /// The address's number in Matrikkelen.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        adresse_identifikator_fra_matrikkelen: Option<String>,
        /// How widely it may be known.
        #[serde(default)]
        adressegradering: Gradering,
        /// By street.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        vegadresse: Option<Vegadresse>,
        /// By property.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        matrikkeladresse: Option<Matrikkeladresse>,
        /// Abroad.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        utenlandsk_adresse: Option<UtenlandskAdresse>,
        /// militaer, utenriks, paaSvalbard or pendler.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        opphold_annet_sted: Option<String>,
        /// Whether nobody knows where.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        adressen_er_ukjent: Option<bool>,
        /// Since when.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>, format = Date)]
        oppholdsadressedato: Option<Date>,
    }
);

opplysning!(
    /// Postal address in Norway.
    Postadresse {
        /// How widely it may be known.
        #[serde(default)]
        adressegradering: Gradering,
        /// By street.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        vegadresse: Option<Vegadresse>,
        /// By post box.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        postboksadresse: Option<Postboksadresse>,
        /// In lines.
        #[serde(rename = "postadresseIFrittFormat", default, skip_serializing_if = "Option::is_none")]
        postadresse_i_fritt_format: Option<PostadresseIFrittFormat>,
    }
);

opplysning!(
    /// Postal address abroad.
    PostadresseIUtlandet {
        /// How widely it may be known.
        #[serde(default)]
        adressegradering: Gradering,
        /// In parts.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        utenlandsk_adresse: Option<UtenlandskAdresse>,
        /// In lines.
        #[serde(rename = "utenlandskAdresseIFrittFormat", default, skip_serializing_if = "Option::is_none")]
        utenlandsk_adresse_i_fritt_format: Option<UtenlandskAdresseIFrittFormat>,
    }
);

opplysning!(
    /// Which address the person wants to be reached at.
    PreferertKontaktadresse {
        /// The choice.
        valg: Adressevalg,
    }
);

opplysning!(
    /// Protection of the person's addresses.
    Adressebeskyttelse {
        /// The level.
        graderingsnivaa: Gradering,
    }
);
