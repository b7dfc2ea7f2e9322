//! The elements of the person document (`Folkeregisterperson`) with the register's own names: who a person is, their family, and
//! their relation to the country. Addresses stand in `kontakt.rs`, guardians and estates in `representasjon.rs`.

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::id::{Kjoenn, Pid};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::koder::{
    Ansvar, Familierolle, Identifikatortype, Identitetsgrunnlagstatus, Nummerstatus, Personstatus,
    Sivilstandstype,
};
use super::opplysning::{Opphav, Opplysning, opplysning};

/// A name in its parts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Personnavn {
    /// First names.
    pub fornavn: String,
    /// Middle names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mellomnavn: Option<String>,
    /// Last name.
    pub etternavn: String,
}

/// A person whom the register does not know.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct RelatertBiPerson {
    /// Name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub navn: Option<Personnavn>,
    /// Date of birth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub foedselsdato: Option<Date>,
    /// Sex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub kjoenn: Option<Kjoenn>,
    /// ISO 3166-1 alpha-3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statsborgerskap: Option<String>,
}

opplysning!(
    /// The number, of which one is in use at a time.
    Identifikasjonsnummer {
        /// In use or not.
        status: Nummerstatus,
        /// The eleven digits.
        #[serde(rename = "foedselsEllerDNummer")]
        foedsels_eller_d_nummer: String,
        /// What sort.
        identifikatortype: Identifikatortype,
    }
);

impl Identifikasjonsnummer {
    /// A number that is in use.
    pub fn i_bruk(pid: &Pid, opphav: &Opphav) -> Self {
        Self {
            status: Nummerstatus::IBruk,
            foedsels_eller_d_nummer: pid.as_str().to_owned(),
            identifikatortype: if pid.is_d_number() {
                Identifikatortype::DNummer
            } else {
                Identifikatortype::Foedselsnummer
            },
            ..Self::fra(opphav)
        }
    }
}

opplysning!(
    /// How surely it is known who the person is.
    Identitetsgrunnlag {
        /// How surely.
        identitetsgrunnlagstatus: Identitetsgrunnlagstatus,
    }
);

opplysning!(
    /// The person's relation to the country.
    Status {
        /// The relation.
        status: Personstatus,
    }
);

opplysning!(
    /// Legal sex.
    Personkjoenn {
        /// Legal sex.
        #[schema(value_type = Option<String>)]
        kjoenn: Option<Kjoenn>,
    }
);

opplysning!(
    /// Birth.
    Foedsel {
        /// Date.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>, format = Date)]
        foedselsdato: Option<Date>,
        /// Year, four digits; known even where the date is not.
        foedselsaar: String,
        /// Municipality.
        #[serde(rename = "foedekommuneINorge", default, skip_serializing_if = "Option::is_none")]
        foedekommune_i_norge: Option<String>,
        /// Place.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        foedested: Option<String>,
        /// ISO 3166-1 alpha-3.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        foedeland: Option<String>,
    }
);

opplysning!(
    /// More of a birth in Norway.
    FoedselINorge {
        /// The hospital.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        foedselsinstitusjonsnavn: Option<String>,
        /// Of several born at once: two digits, how many and which (`21`: the first of two).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rekkefoelgenummer: Option<i64>,
    }
);

opplysning!(
    /// Name.
    Navn {
        /// First names.
        fornavn: String,
        /// Middle names.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mellomnavn: Option<String>,
        /// Last name.
        etternavn: String,
        /// At most 25 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        forkortet_navn: Option<String>,
        /// As it was written before it was adapted to the register.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        originalt_navn: Option<Personnavn>,
    }
);

opplysning!(
    /// Marital status.
    Sivilstand {
        /// The status.
        sivilstand: Sivilstandstype,
        /// Since when.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>, format = Date)]
        sivilstandsdato: Option<Date>,
        /// Spouse.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>)]
        relatert_ved_sivilstand: Option<Pid>,
        /// Who wed or divorced them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        myndighet: Option<String>,
        /// Municipality.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kommune: Option<String>,
        /// Place.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sted: Option<String>,
        /// Country, where abroad.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        utland: Option<String>,
    }
);

opplysning!(
    /// A relation to a parent, a child or a spouse.
    Familierelasjon {
        /// The other person.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>)]
        relatert_person: Option<Pid>,
        /// The other person, where the register does not know them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        relatert_person_uten_folkeregisteridentifikator: Option<RelatertBiPerson>,
        /// What the other person is to this one.
        relatert_persons_rolle: Familierolle,
        /// What this person is to the other.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min_rolle_for_person: Option<Familierolle>,
    }
);

opplysning!(
    /// Parental responsibility; stands with the child and with each who has it.
    Foreldreansvar {
        /// Who has it.
        ansvar: Ansvar,
        /// The adult, in the child's document.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>)]
        ansvarlig: Option<Pid>,
        /// The adult, where the register does not know them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ansvarlig_uten_identifikator: Option<RelatertBiPerson>,
        /// An organisation that has it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ansvarlig_organisasjon: Option<String>,
        /// The child, in the adult's document.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>)]
        ansvarssubjekt: Option<Pid>,
    }
);

opplysning!(
    /// Citizenship; one entry each.
    Statsborgerskap {
        /// ISO 3166-1 alpha-3 (`XXX` stateless, `XUK` unknown).
        statsborgerskap: String,
        /// Since when.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>, format = Date)]
        ervervsdato: Option<Date>,
    }
);

opplysning!(
    /// Death.
    Doedsfall {
        /// Date.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>, format = Date)]
        doedsdato: Option<Date>,
    }
);

opplysning!(
    /// A number from abroad, or from the immigration authorities.
    Personidentifikasjon {
        /// The number.
        identifikasjonsnummer: String,
        /// Its sort (`socialSecurityNumber`).
        identifikasjonsnummertype: String,
        /// ISO 3166-1 alpha-3.
        utstederland: String,
    }
);

opplysning!(
    /// A passport or the like.
    Legitimasjonsdokument {
        /// Sort.
        identifikasjonsdokumenttype: String,
        /// Number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        identifikasjonsdokumentnummer: Option<String>,
        /// ISO 3166-1 alpha-3.
        utstederland: String,
        /// Valid from.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>, format = Date)]
        gyldig_fra: Option<Date>,
        /// Valid to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>, format = Date)]
        gyldig_til: Option<Date>,
    }
);

opplysning!(
    /// The number was given to someone who was not who they said.
    FalskIdentitet {
        /// Whether so.
        er_falsk: bool,
        /// The right number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>)]
        rett_identitet_ved_identifikasjonsnummer: Option<Pid>,
        /// Whether nobody knows who it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rett_identitet_er_ukjent: Option<bool>,
    }
);

opplysning!(
    /// Moving to Norway.
    Innflytting {
        /// From, ISO 3166-1 alpha-3.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fraflyttingsland: Option<String>,
        /// Place.
        #[serde(rename = "fraflyttingsstedIUtlandet", default, skip_serializing_if = "Option::is_none")]
        fraflyttingssted_i_utlandet: Option<String>,
    }
);

opplysning!(
    /// Moving from Norway.
    Utflytting {
        /// To, ISO 3166-1 alpha-3.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tilflyttingsland: Option<String>,
        /// Place.
        #[serde(rename = "tilflyttingsstedIUtlandet", default, skip_serializing_if = "Option::is_none")]
        tilflyttingssted_i_utlandet: Option<String>,
        /// When.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>, format = Date)]
        utflyttingsdato: Option<Date>,
    }
);

opplysning!(
    /// Permission to stay.
    Opphold {
        /// midlertidig, permanent or opplysningMangler.
        oppholdstillatelse: String,
        /// From.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>, format = Date)]
        opphold_fra: Option<Date>,
        /// To.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>, format = Date)]
        opphold_til: Option<Date>,
    }
);

opplysning!(
    /// Norwegian citizenship kept by one who has never lived here.
    Bibehold {
        /// harBibehold, harIkkeLengerBibehold or norskStatsborgerTrengerIkkeBibehold.
        bibeholdstatus: String,
        /// When.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>, format = Date)]
        dato_for_bibehold: Option<Date>,
    }
);

opplysning!(
    /// Sámi languages in use.
    SamiskSpraak {
        /// nordsamisk, soersamisk, lulesamisk.
        spraak: Vec<String>,
    }
);

opplysning!(
    /// The roll of electors of Sametinget.
    SametingetsValgmanntall {
        /// innmeldt, utmeldt or aldriInnmeldt.
        forhold: String,
        /// When.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>, format = Date)]
        vedtaksdato: Option<Date>,
    }
);
