//! Rights packages: who may see what (spec `registers.md` § A1–A3, after the register's own documentation).

use clients::folkeregister::{
    Element, Personstatus, SCOPE_FINANS, SCOPE_MED_HJEMMEL, SCOPE_PRIVAT_UTEN_HJEMMEL, SCOPE_UTEN_HJEMMEL,
};

/// A rights package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pakke {
    /// Bodies with a legal basis for what is secret.
    MedHjemmel,
    /// Public bodies without one.
    OffentligUtenHjemmel,
    /// Private parties without one.
    PrivatUtenHjemmel,
    /// Banks and insurers.
    Finans,
    /// Private parties.
    Privat,
    /// Private parties, without numbers.
    PrivatUtenIdentifikator,
    /// The press.
    Presse,
    /// The press, without numbers.
    PresseUtenIdentifikator,
    /// Issuers of eID.
    UtstederEid,
}

impl Pakke {
    /// The package that this part of `/folkeregisteret/api/{rettighetspakke}/v1` names. The package with legal basis is
    /// not among them: the real register has its name before `api`.
    pub fn av_sti(navn: &str) -> Option<Self> {
        Some(match navn {
            "offentligutenhjemmel" => Self::OffentligUtenHjemmel,
            "privatutenhjemmel" => Self::PrivatUtenHjemmel,
            "finans" => Self::Finans,
            "privat" => Self::Privat,
            "privatutenfolkeregisteridentifikator" => Self::PrivatUtenIdentifikator,
            "presse" => Self::Presse,
            "presseutenfolkeregisteridentifikator" => Self::PresseUtenIdentifikator,
            "eid" => Self::UtstederEid,
            _ => return None,
        })
    }

    /// The scope that opens it.
    pub const fn scope(self) -> &'static str {
        match self {
            Self::MedHjemmel => SCOPE_MED_HJEMMEL,
            Self::OffentligUtenHjemmel => SCOPE_UTEN_HJEMMEL,
            Self::PrivatUtenHjemmel => SCOPE_PRIVAT_UTEN_HJEMMEL,
            Self::Finans => SCOPE_FINANS,
            Self::Privat => "folkeregister:deling/privat",
            Self::PrivatUtenIdentifikator => "folkeregister:deling/privatutenfolkeregisteridentifikator",
            Self::Presse => "folkeregister:deling/presse",
            Self::PresseUtenIdentifikator => "folkeregister:deling/presseutenfolkeregisteridentifikator",
            Self::UtstederEid => "folkeregister:deling/utstedereid",
        }
    }

    /// Whether a person can be looked up by number, and people searched for with a list of hits. The others have the search
    /// for one person alone.
    pub fn har_oppslag(self) -> bool {
        matches!(self, Self::MedHjemmel | Self::OffentligUtenHjemmel | Self::PrivatUtenHjemmel | Self::Finans)
    }

    /// Whether it has the feed of events. Events in full are for [`Pakke::MedHjemmel`] alone.
    pub fn har_hendelser(self) -> bool {
        self.har_oppslag() || self == Self::Privat
    }

    /// Whether groups of people can be extracted. The whole register is for [`Pakke::MedHjemmel`] alone.
    pub fn har_uttrekk(self) -> bool {
        matches!(self, Self::MedHjemmel | Self::OffentligUtenHjemmel | Self::PrivatUtenHjemmel)
    }

    /// Whether it may know of events of this type: not of those that tell of elements that it does not have.
    pub fn ser_hendelse(self, hendelsetype: &str) -> bool {
        let mut elementer =
            Element::ALLE.iter().filter(|element| element.endring() == hendelsetype).peekable();
        elementer.peek().is_none() || elementer.any(|element| self.ser(*element))
    }

    /// Whether a person may be searched for by numbers that are no national identity number: by that of the immigration
    /// authorities (`duf`), or by one from abroad or of a paper.
    pub fn soeker_med(self, duf: bool) -> bool {
        self.har_hjemmel() || !duf && matches!(self, Self::Finans | Self::UtstederEid)
    }

    /// Whether a document of the package has the person's number.
    pub fn nummer(self) -> Nummer {
        match self {
            Self::Privat | Self::Presse => Nummer::Oensket,
            Self::PrivatUtenIdentifikator | Self::PresseUtenIdentifikator => Nummer::Aldri,
            _ => Nummer::Alltid,
        }
    }

    /// Whether it holds what is secret.
    pub fn har_hjemmel(self) -> bool {
        self == Self::MedHjemmel
    }

    /// Whether it may see confidential addresses (before: code 7). Strictly confidential ones (code 6) leave the
    /// register in no package.
    pub fn ser_fortrolig_adresse(self) -> bool {
        matches!(self, Self::MedHjemmel | Self::OffentligUtenHjemmel)
    }

    /// Whether an element is in the package.
    pub fn ser(self, element: Element) -> bool {
        let hemmelig = matches!(
            element,
            Element::Familierelasjon
                | Element::Foreldreansvar
                | Element::BrukAvSamiskSpraak
                | Element::ForholdTilSametingetsValgmanntall
                | Element::Opphold
                | Element::UtenlandskPersonidentifikasjon
                | Element::UtlendingsmyndighetenesIdentifikasjonsnummer
                | Element::Legitimasjonsdokument
                | Element::FalskIdentitet
                | Element::Bibehold
        );
        let identitet = matches!(
            element,
            Element::UtenlandskPersonidentifikasjon
                | Element::Legitimasjonsdokument
                | Element::FalskIdentitet
        );
        let uten_nummer = element == Element::Identifikasjonsnummer && self.nummer() == Nummer::Aldri;
        let utsteder = self == Self::UtstederEid && identitet;
        (self.har_hjemmel() || utsteder || !hemmelig) && !uten_nummer
    }

    /// Whether the package has an element's history.
    pub fn ser_historikk(self, element: Element) -> bool {
        match element {
            Element::Identifikasjonsnummer | Element::Navn => true,
            Element::Sivilstand => self == Self::Finans || self.har_hjemmel(),
            other => er_adresse(other) || self.har_hjemmel(),
        }
    }

    /// Whether the package may know that a person has this status.
    pub fn ser_status(self, status: Personstatus) -> bool {
        let aapen = matches!(
            status,
            Personstatus::Bosatt
                | Personstatus::Utflyttet
                | Personstatus::Doed
                | Personstatus::Opphoert
                | Personstatus::Inaktiv
        );
        self.har_hjemmel() || aapen
    }

    /// Whether entries of an element hold something that the package may not see, so that each has to be looked at.
    pub fn sladder(self, element: Element) -> bool {
        !self.har_hjemmel() && matches!(element, Element::Sivilstand | Element::Status)
    }

    /// The law that opens the register to the package, as the person reads it in the log of uses.
    pub const fn hjemmel(self) -> &'static str {
        match self {
            Self::MedHjemmel => {
                "folkeregisterloven § 10-2 (taushetsbelagte opplysninger til den som har hjemmel i lov)"
            }
            _ => "folkeregisterloven § 10-1 (opplysninger som ikke er underlagt taushetsplikt)",
        }
    }
}

/// When a document has the person's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nummer {
    /// Whatever was asked for.
    Alltid,
    /// When asked for by name.
    Oensket,
    /// Never.
    Aldri,
}

/// Whether an element tells where the person can be found.
pub fn er_adresse(element: Element) -> bool {
    matches!(
        element,
        Element::Bostedsadresse
            | Element::DeltBosted
            | Element::Oppholdsadresse
            | Element::Postadresse
            | Element::PostadresseIUtlandet
    )
}
