//! The codes of a person document.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::opplysning::kode;

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
