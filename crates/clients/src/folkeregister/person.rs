//! The person document (`Folkeregisterperson`): every element with the register's own names.

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::id::{Kjoenn, Orgnr, Pid};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::adresse::{
    Gradering, Matrikkeladresse, PostadresseIFrittFormat, Postboksadresse, UkjentBosted, UtenlandskAdresse,
    UtenlandskAdresseIFrittFormat, Vegadresse,
};

/// Where a piece of information comes from and when it holds; in the register's form spread over the entry itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Opphav {
    /// When it was registered.
    pub ajourholdstidspunkt: Option<Timestamp>,
    /// From when it is true.
    pub gyldighetstidspunkt: Option<Timestamp>,
    /// Who reported it.
    pub kilde: Option<String>,
    /// What made it be registered (`Fødsel`, `Flytting innenlands`).
    pub aarsak: Option<String>,
}

/// What all entries of a person document have in common.
pub trait Opplysning {
    /// Whether it holds now; history where not.
    fn er_gjeldende(&self) -> bool;
    /// Ends it: from now on history.
    fn avslutt(&mut self, naar: Timestamp);
}

/// Defines an entry type: its own fields and those that all entries have.
macro_rules! opplysning {
    ($(#[$outer:meta])* $name:ident { $($(#[$inner:meta])* $field:ident: $type:ty),* $(,)? }) => {
        $(#[$outer])*
        #[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            /// When it was registered.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            #[schema(value_type = Option<String>, format = DateTime)]
            pub ajourholdstidspunkt: Option<Timestamp>,
            /// From when it is true.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            #[schema(value_type = Option<String>, format = DateTime)]
            pub gyldighetstidspunkt: Option<Timestamp>,
            /// Until when it was true.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            #[schema(value_type = Option<String>, format = DateTime)]
            pub opphoerstidspunkt: Option<Timestamp>,
            /// Whether it holds now; history where not.
            #[serde(default = "yes")]
            pub er_gjeldende: bool,
            /// Who reported it.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub kilde: Option<String>,
            /// What made it be registered.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub aarsak: Option<String>,
            $($(#[$inner])* pub $field: $type,)*
        }

        impl $name {
            /// An entry that holds now, of this origin; its own fields are empty.
            pub fn fra(opphav: &Opphav) -> Self {
                Self {
                    ajourholdstidspunkt: opphav.ajourholdstidspunkt,
                    gyldighetstidspunkt: opphav.gyldighetstidspunkt,
                    er_gjeldende: true,
                    kilde: opphav.kilde.clone(),
                    aarsak: opphav.aarsak.clone(),
                    ..Self::default()
                }
            }
        }

        impl Opplysning for $name {
            fn er_gjeldende(&self) -> bool {
                self.er_gjeldende
            }
            fn avslutt(&mut self, naar: Timestamp) {
                self.er_gjeldende = false;
                self.opphoerstidspunkt = Some(naar);
            }
        }
    };
}

fn yes() -> bool {
    true
}

/// Defines an enumeration whose names on the wire are camelCase.
macro_rules! kode {
    ($(#[$outer:meta])* $name:ident { $($(#[$inner:meta])* $variant:ident),* $(,)? }) => {
        $(#[$outer])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "camelCase")]
        pub enum $name { $($(#[$inner])* $variant),* }
    };
}

kode!(
    /// What sort of number.
    Identifikatortype {
        /// Of a person who is or was resident, or born here.
        #[default]
        Foedselsnummer,
        /// Of one who is not.
        #[serde(rename = "dNummer")]
        DNummer,
    }
);

kode!(
    /// Whether a number is in use.
    Nummerstatus {
        /// In use.
        #[default]
        IBruk,
        /// Replaced by another, or withdrawn.
        Opphoert,
    }
);

kode!(
    /// The person's relation to the country.
    Personstatus {
        /// Lives in Norway.
        #[default]
        Bosatt,
        /// Has moved out.
        Utflyttet,
        /// Missing.
        Forsvunnet,
        /// Dead.
        Doed,
        /// Withdrawn: a double, or registered by mistake.
        Opphoert,
        /// Born here to parents who do not live here.
        Foedselsregistrert,
        /// Has a D-number in use.
        Midlertidig,
        /// Has a D-number that has not been used for five years.
        Inaktiv,
        /// Not resident.
        IkkeBosatt,
        /// The older name of `midlertidig`.
        Aktiv,
    }
);

kode!(
    /// Marital status.
    Sivilstandstype {
        /// Not known.
        #[default]
        Uoppgitt,
        /// Never married.
        Ugift,
        /// Married.
        Gift,
        /// Widowed.
        EnkeEllerEnkemann,
        /// Divorced.
        Skilt,
        /// Separated.
        Separert,
        /// In a registered partnership.
        RegistrertPartner,
        /// Separated from a registered partner.
        SeparertPartner,
        /// Divorced from a registered partner.
        SkiltPartner,
        /// Left by a registered partner's death.
        GjenlevendePartner,
    }
);

kode!(
    /// A role in a family.
    Familierolle {
        /// The one who gave birth, or adopted.
        #[default]
        Mor,
        /// Father.
        Far,
        /// Co-mother.
        Medmor,
        /// Child.
        Barn,
        /// Brother or sister.
        Soesken,
        /// Husband, wife or partner.
        EktefelleEllerPartner,
        /// Stillborn child.
        DoedfoedtBarn,
    }
);

kode!(
    /// Who has parental responsibility.
    Ansvar {
        /// Both parents.
        #[default]
        Felles,
        /// The mother alone.
        Mor,
        /// The father alone.
        Far,
        /// The co-mother alone.
        Medmor,
        /// Someone else.
        Andre,
        /// Not known.
        Ukjent,
    }
);

kode!(
    /// How surely it is known who the person is.
    Identitetsgrunnlagstatus {
        /// Nothing registered.
        #[default]
        IngenStatus,
        /// Not checked.
        IkkeKontrollert,
        /// Checked at a meeting in person.
        Kontrollert,
    }
);

kode!(
    /// Which address the person wants to be reached at.
    Adressevalg {
        /// Residence.
        #[default]
        Bostedsadresse,
        /// Stay.
        Oppholdsadresse,
        /// Post in Norway.
        Postadresse,
        /// Post abroad.
        #[serde(rename = "postadresseIUtlandet")]
        PostadresseIUtlandet,
    }
);

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

/// A task of a guardian towards one body.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Tjenesteomraade {
    /// The body or sort of body (`nav`, `bank`).
    pub verge_tjenestevirksomhet: String,
    /// The task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verge_tjenesteoppgave: Option<String>,
}

/// The guardian.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Verge {
    /// Number.
    #[serde(rename = "foedselsEllerDNummer", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub foedsels_eller_d_nummer: Option<Pid>,
    /// Name, where the register does not know them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub navn: Option<Personnavn>,
    /// personligeInteresser, oekonomiskeInteresser, personligeOgOekonomiskeInteresser, ….
    #[serde(skip_serializing_if = "Option::is_none")]
    pub omfang: Option<String>,
    /// Whether within the personal field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub omfanget_er_innen_personlig_omraade: Option<bool>,
    /// The tasks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tjenesteomraade: Vec<Tjenesteomraade>,
}

opplysning!(
    /// Guardianship, or a power of attorney for the future that has come into force.
    Vergemaal {
        /// voksen, midlertidigForVoksen, mindreaarig, midlertidigForMindreaarig, stadfestetFremtidsfullmakt, ….
        #[serde(default, skip_serializing_if = "Option::is_none")]
        vergemaaltype: Option<String>,
        /// The county governor who decided (`statsforvalterenIAgder`).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        embete: Option<String>,
        /// The guardian.
        verge: Verge,
    }
);

/// Where the estate is written to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct KontaktadresseForDoedsbo {
    /// The lines.
    pub adresselinje: Vec<String>,
    /// Post code.
    pub postnummer: String,
    /// Post town.
    pub poststedsnavn: String,
    /// ISO 3166-1 alpha-3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub landkode: Option<String>,
}

/// An heir who answers for the estate.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct PersonSomKontakt {
    /// Number.
    #[serde(rename = "foedselsEllerDNummer", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub foedsels_eller_d_nummer: Option<Pid>,
    /// Name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub personnavn: Option<Personnavn>,
}

/// An organisation or a lawyer who answers for the estate.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct OrganisasjonSomKontakt {
    /// Name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organisasjonsnavn: Option<String>,
    /// Number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub organisasjonsnummer: Option<Orgnr>,
    /// The lawyer's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub personnavn: Option<Personnavn>,
    /// Whom to ask for in the organisation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kontaktpersonnavn: Option<Personnavn>,
}

opplysning!(
    /// Who answers for a dead person's estate.
    KontaktinformasjonForDoedsbo {
        /// offentlig or annet.
        skifteform: String,
        /// When the court issued its certificate.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>, format = Date)]
        attestutstedelsesdato: Option<Date>,
        /// Address.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        adresse: Option<KontaktadresseForDoedsbo>,
        /// An heir.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        person: Option<PersonSomKontakt>,
        /// An organisation.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        organisasjon: Option<OrganisasjonSomKontakt>,
        /// A lawyer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        advokat: Option<OrganisasjonSomKontakt>,
    }
);
