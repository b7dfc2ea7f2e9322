//! What is reported of people whom the register knows, or is to know: moves, marriages, names, parents, guardians, protection,
//! and numbers. The elements are those of the messages that Skatteetaten publishes, as JSON, where it publishes one
//! (`MeldingOmInnflytting`, `MeldingOmVigsel`, `MeldingOmSeparasjon`, `MeldingOmSkilsmisse`, `MeldingOmRegistreringAvFarskap`,
//! `RekvisisjonAvDNummer`); the rest is Felles' own.

use jiff::civil::Date;
use kernel::id::{Kjoenn, Pid};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::adresse::{Gradering, Matrikkeladresse, UkjentBosted, UtenlandskAdresse, Vegadresse};
use super::koder::{Identitetsgrunnlagstatus, Sivilstandstype};
use super::person::{Opphold, Personidentifikasjon, Personnavn};
use super::representasjon::Verge;

/// The messages that the intake takes: their names in paths and scopes (`folkeregister:mottak/{name}`).
pub const MELDINGER: [&str; 15] = [
    "foedselsmelding",
    "doedsmelding",
    "flyttemelding",
    "innflytting",
    "utflytting",
    "vigsel",
    "separasjon",
    "skilsmisse",
    "navnevalg",
    "farskap",
    "vergemaal",
    "adressebeskyttelse",
    "dnummer",
    "nummerendring",
    "annullering",
];

/// The scope of those who report so.
pub fn mottaksscope(melding: &str) -> String {
    format!("folkeregister:mottak/{melding}")
}

/// Defines a message: every message has its sender's number, and takes no fields that it does not have.
macro_rules! melding {
    ($(#[$outer:meta])* $name:ident { $($(#[$inner:meta])* $field:ident: $type:ty),* $(,)? }) => {
        $(#[$outer])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        pub struct $name {
            /// The sender's own number of the message, at most 100 characters; sending it again does nothing twice.
            pub meldings_id: String,
            $($(#[$inner])* pub $field: $type,)*
        }
    };
}

/// A new residence: one of the three forms.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct NyBostedsadresse {
    /// The address's number in Matrikkelen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub adresse_identifikator_fra_matrikkelen: Option<String>,
    /// By street.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vegadresse: Option<Vegadresse>,
    /// By property.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matrikkeladresse: Option<Matrikkeladresse>,
    /// By municipality alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ukjent_bosted: Option<UkjentBosted>,
}

melding!(
    /// A move within Norway (folkeregisterloven § 6-1).
    Flyttemelding {
        /// Everyone who moves together, at most 20.
        #[schema(value_type = Vec<String>)]
        person_som_flytter: Vec<Pid>,
        /// Where to.
        ny_adresse: NyBostedsadresse,
        /// When; not in the future.
        #[schema(value_type = String, format = Date)]
        flyttedato: Date,
    }
);

melding!(
    /// A move from Norway.
    Utflyttingsmelding {
        /// Everyone who moves together, at most 20.
        #[schema(value_type = Vec<String>)]
        person_som_flytter: Vec<Pid>,
        /// Where to, ISO 3166-1 alpha-3.
        tilflyttingsland: String,
        /// Place.
        #[serde(rename = "tilflyttingsstedIUtlandet", default, skip_serializing_if = "Option::is_none")]
        tilflyttingssted_i_utlandet: Option<String>,
        /// When; not in the future.
        #[schema(value_type = String, format = Date)]
        utflyttingsdato: Date,
        /// Where they are reached.
        #[serde(rename = "postadresseIUtlandet", default, skip_serializing_if = "Option::is_none")]
        postadresse_i_utlandet: Option<UtenlandskAdresse>,
    }
);

/// Who moves to Norway: by number, or for one who has none, by what the register has to know.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Folkeregisterkandidat {
    /// A fødselsnummer from an earlier stay, or a D-number.
    #[serde(rename = "foedselsEllerDNummer", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub foedsels_eller_d_nummer: Option<Pid>,
    /// Of one without number, as the rest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<NyPerson>,
}

/// A person whom the register does not know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NyPerson {
    /// Name.
    pub navn: Personnavn,
    /// Date of birth.
    #[schema(value_type = String, format = Date)]
    pub foedselsdato: Date,
    /// Sex.
    #[schema(value_type = String)]
    pub kjoenn: Kjoenn,
    /// ISO 3166-1 alpha-3.
    pub foedeland: String,
    /// Place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub foedested: Option<String>,
    /// ISO 3166-1 alpha-3 each; at least one.
    pub statsborgerskap: Vec<String>,
    /// How surely it is known who they are.
    #[serde(default)]
    pub legitimasjonskontroll: Identitetsgrunnlagstatus,
    /// Numbers from abroad.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub utenlandsk_personidentifikasjon: Vec<Personidentifikasjon>,
}

melding!(
    /// A move to Norway. One who has a D-number or none is given a fødselsnummer.
    Innflyttingsmelding {
        /// Who.
        kandidat: Folkeregisterkandidat,
        /// Where they live.
        bostedsadresse: NyBostedsadresse,
        /// From where, ISO 3166-1 alpha-3.
        fraflyttingsland: String,
        /// Since when; not in the future.
        #[schema(value_type = String, format = Date)]
        innflyttingsdato: Date,
        /// Of a new person; `uoppgitt` where nothing is said. A marriage is reported by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sivilstand: Option<Sivilstandstype>,
        /// The permission to stay.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        opphold: Option<Opphold>,
    }
);

melding!(
    /// A request for a D-number, for one who does not live here and has no number (folkeregisterloven § 2-2).
    DNummerrekvisisjon {
        /// Who.
        person: NyPerson,
        /// Where they are reached.
        #[serde(rename = "postadresseIUtlandet", default, skip_serializing_if = "Option::is_none")]
        postadresse_i_utlandet: Option<UtenlandskAdresse>,
    }
);

/// A spouse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MeldtEktefelle {
    /// Fødselsnummer or D-number.
    #[serde(rename = "foedselsEllerDNummer")]
    #[schema(value_type = String)]
    pub foedsels_eller_d_nummer: Pid,
}

/// A wedding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Vigsel {
    /// When; not in the future.
    #[schema(value_type = String, format = Date)]
    pub vigselsdato: Date,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vigselssted: Option<String>,
    /// Who wed them (`ansattIKommune`, `denNorskeKirke` …).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vigselsmyndighet: Option<String>,
    /// The municipality that did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vigselsmyndighet_som_kommune: Option<String>,
    /// The country, ISO 3166-1 alpha-3, where it was abroad.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vigselsland: Option<String>,
}

melding!(
    /// A wedding of two whom the register knows (ekteskapsloven chapters 1 to 3).
    Vigselsmelding {
        /// The two.
        ektefelle: [MeldtEktefelle; 2],
        /// The wedding.
        vigsel: Vigsel,
    }
);

/// A separation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Separasjon {
    /// When; not in the future.
    #[schema(value_type = String, format = Date)]
    pub separasjonsdato: Date,
    /// `domstolen`, `fylkesmannen`, `utenlandskMyndighetUtenomNorden` or `nordiskMyndighet`.
    pub sivilstandsmyndighet: String,
}

melding!(
    /// A separation (ekteskapsloven § 20).
    Separasjonsmelding {
        /// The two.
        ektefelle_eller_partner: [MeldtEktefelle; 2],
        /// The separation.
        separasjon: Separasjon,
    }
);

/// A divorce.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Skilsmisse {
    /// When; not in the future.
    #[schema(value_type = String, format = Date)]
    pub skilsmissedato: Date,
    /// By which rule.
    pub hjemmel: Skilsmissehjemmel,
    /// As of a separation.
    pub sivilstandsmyndighet: String,
}

/// The rule by which a marriage ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Skilsmissehjemmel {
    /// After a year of separation (ekteskapsloven § 21).
    SkilsmisseEtterSeparasjon,
    /// After two years apart (§ 22).
    SkilsmisseEtterSamlivsbrudd,
    /// For abuse, or a marriage under duress (§ 23).
    SkilsmissePaaGrunnAvOvergrepEllerTvangsekteskap,
    /// Dissolved: it should not have been contracted (§ 24).
    OpploesningAvEkteskap,
    /// Never valid.
    UgyldiggjoeringAvEkteskap,
    /// By another country's law.
    IkkeNorskHjemmel,
}

melding!(
    /// A divorce.
    Skilsmissemelding {
        /// The two.
        ektefelle_eller_partner: [MeldtEktefelle; 2],
        /// The divorce.
        skilsmisse: Skilsmisse,
    }
);

melding!(
    /// A name that is chosen or taken (navneloven).
    Navnemelding {
        /// Whose.
        #[serde(rename = "foedselsEllerDNummer")]
        #[schema(value_type = String)]
        foedsels_eller_d_nummer: Pid,
        /// The whole name.
        navn: Personnavn,
        /// Since when; today where nothing is said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>, format = Date)]
        gyldig_fra: Option<Date>,
    }
);

melding!(
    /// Paternity or co-maternity that is acknowledged (barnelova § 4), for a child that has one parent.
    Farskapsmelding {
        /// The child.
        #[schema(value_type = String)]
        barnet: Pid,
        /// The father or co-mother.
        #[schema(value_type = String)]
        forelder: Pid,
        /// The mother, where she is to share the parental responsibility that she has alone. Without her it stays as it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>)]
        mor: Option<Pid>,
        /// Whether co-mother.
        #[serde(default)]
        er_medmor: bool,
        /// When it was declared; not in the future, nor before the birth.
        #[schema(value_type = String, format = Date)]
        dato_for_erklaeringen: Date,
    }
);

melding!(
    /// A guardian is appointed, or a guardianship ends (vergemålsloven).
    Vergemaalsmelding {
        /// For whom.
        #[serde(rename = "foedselsEllerDNummer")]
        #[schema(value_type = String)]
        foedsels_eller_d_nummer: Pid,
        /// voksen, midlertidigForVoksen, mindreaarig, midlertidigForMindreaarig …
        vergemaaltype: String,
        /// The county governor who decided (`statsforvalterenIAgder`).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        embete: Option<String>,
        /// The guardian.
        verge: Verge,
        /// From when it holds, or held no longer; not in the future.
        #[schema(value_type = String, format = Date)]
        gyldig_fra: Date,
        /// Whether the guardianship ends.
        #[serde(default)]
        opphoerer: bool,
    }
);

melding!(
    /// Protection of a person's addresses (folkeregisterloven § 10-4), or the end of it (`ugradert`).
    Adressebeskyttelsesmelding {
        /// Whose.
        #[serde(rename = "foedselsEllerDNummer")]
        #[schema(value_type = String)]
        foedsels_eller_d_nummer: Pid,
        /// The level.
        graderingsnivaa: Gradering,
    }
);

melding!(
    /// The date of birth or the sex that a person's number was made of is another, so that they are given a new number of the
    /// same sort (folkeregisterforskriften §§ 2-2-3 and 2-2-4). The earlier number finds them as before.
    Nummerendringsmelding {
        /// Whose.
        #[serde(rename = "foedselsEllerDNummer")]
        #[schema(value_type = String)]
        foedsels_eller_d_nummer: Pid,
        /// The right date of birth, where it was another.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>, format = Date)]
        foedselsdato: Option<Date>,
        /// The sex, where it was or is another.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>)]
        kjoenn: Option<Kjoenn>,
        /// Since when; not in the future.
        #[schema(value_type = String, format = Date)]
        gyldig_fra: Date,
    }
);

melding!(
    /// What an earlier message of the same sender has registered was wrong: the people it changed are again as they were.
    Annullering {
        /// The number of that message.
        annullerer: String,
    }
);
