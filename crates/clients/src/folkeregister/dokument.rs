//! The person document as a whole, and the parts of it that a caller can ask for.

use jiff::civil::Date;
use kernel::id::{Kjoenn, Pid};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::adresse::{Gradering, Vegadresse};
use super::koder::{Familierolle, Nummerstatus, Personstatus};
use super::kontakt::*;
use super::opplysning::Opplysning;
use super::person::*;
use super::representasjon::*;

/// Defines the document: its lists, and the elements' names.
macro_rules! dokument {
    (lister { $($(#[$lm:meta])* $lf:ident / $lv:ident = $ln:tt: $lt:ty),* $(,)? }
     enkle { $($(#[$em:meta])* $ef:ident / $ev:ident = $en:tt: $et:ty),* $(,)? }) => {
        /// A person as Folkeregisteret knows them. Most elements are lists: what holds now (`erGjeldende`) and what did.
        #[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
        #[serde(default)]
        #[schema(xml(name = "folkeregisterperson", namespace = "folkeregisteret:tilgjengeliggjoering:person:v1"))]
        pub struct Persondokument {
            $($(#[$lm])* #[serde(rename = $ln, skip_serializing_if = "Vec::is_empty")] pub $lf: Vec<$lt>,)*
            $($(#[$em])* #[serde(rename = $en, skip_serializing_if = "Option::is_none")] pub $ef: Option<$et>,)*
        }

        /// A top-level element of the document.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Element { $($(#[$lm])* $lv,)* $($(#[$em])* $ev,)* }

        impl Element {
            /// All of them.
            pub const ALLE: &'static [Self] = &[$(Self::$lv,)* $(Self::$ev,)*];

            /// Its name on the wire.
            pub const fn navn(self) -> &'static str {
                match self { $(Self::$lv => $ln,)* $(Self::$ev => $en,)* }
            }

            /// Whether documents have it as a list.
            pub const fn er_liste(self) -> bool {
                match self { $(Self::$lv => true,)* $(Self::$ev => false,)* }
            }
        }

        impl Persondokument {
            /// Takes away every element that is not wanted.
            pub fn behold(&mut self, wanted: impl Fn(Element) -> bool) {
                $(if !wanted(Element::$lv) { self.$lf = Vec::new(); })*
                $(if !wanted(Element::$ev) { self.$ef = None; })*
            }

            /// Parts the document in two: what holds now, and what did.
            pub fn skill_historikk(self) -> (Self, Self) {
                let (mut naa, mut foer) = (Self::default(), Self::default());
                $((naa.$lf, foer.$lf) = self.$lf.into_iter().partition(Opplysning::er_gjeldende);)*
                $((naa.$ef, foer.$ef) = match self.$ef {
                    Some(entry) if !entry.er_gjeldende() => (None, Some(entry)),
                    entry => (entry, None),
                };)*
                (naa, foer)
            }

            /// Puts together what [`Persondokument::skill_historikk`] has parted.
            pub fn med_historikk(mut self, foer: Self) -> Self {
                $(self.$lf.extend(foer.$lf);)*
                $(self.$ef = self.$ef.or(foer.$ef);)*
                self
            }

            /// Whether the other has the same entries, in whatever order.
            pub fn har_de_samme(&self, andre: &Self) -> bool {
                true $(&& de_samme(&self.$lf, &andre.$lf))* $(&& self.$ef == andre.$ef)*
            }

            /// Whether nothing stands in it.
            pub fn er_tomt(&self) -> bool {
                true $(&& self.$lf.is_empty())* $(&& self.$ef.is_none())*
            }
        }
    };
}

dokument! {
    lister {
        /// Numbers.
        identifikasjonsnummer / Identifikasjonsnummer = "identifikasjonsnummer": Identifikasjonsnummer,
        /// How surely it is known who the person is.
        identitetsgrunnlag / Identitetsgrunnlag = "identitetsgrunnlag": Identitetsgrunnlag,
        /// Relation to the country.
        status / Status = "status": Status,
        /// Legal sex.
        kjoenn / Kjoenn = "kjoenn": Personkjoenn,
        /// Birth.
        foedsel / Foedsel = "foedsel": Foedsel,
        /// Birth in Norway.
        foedsel_i_norge / FoedselINorge = "foedselINorge": FoedselINorge,
        /// Names.
        navn / Navn = "navn": Navn,
        /// Residence.
        bostedsadresse / Bostedsadresse = "bostedsadresse": Bostedsadresse,
        /// A child's second home.
        delt_bosted / DeltBosted = "deltBosted": DeltBosted,
        /// Stay.
        oppholdsadresse / Oppholdsadresse = "oppholdsadresse": Oppholdsadresse,
        /// Post in Norway.
        postadresse / Postadresse = "postadresse": Postadresse,
        /// Post abroad.
        postadresse_i_utlandet / PostadresseIUtlandet = "postadresseIUtlandet": PostadresseIUtlandet,
        /// Which address the person wants to be reached at.
        preferert_kontaktadresse / PreferertKontaktadresse = "preferertKontaktadresse": PreferertKontaktadresse,
        /// Protection of addresses.
        adressebeskyttelse / Adressebeskyttelse = "adressebeskyttelse": Adressebeskyttelse,
        /// Marital status.
        sivilstand / Sivilstand = "sivilstand": Sivilstand,
        /// Citizenships.
        statsborgerskap / Statsborgerskap = "statsborgerskap": Statsborgerskap,
        /// Norwegian citizenship kept.
        bibehold / Bibehold = "bibehold": Bibehold,
        /// Parents, children, spouse.
        familierelasjon / Familierelasjon = "familierelasjon": Familierelasjon,
        /// Parental responsibility.
        foreldreansvar / Foreldreansvar = "foreldreansvar": Foreldreansvar,
        /// Guardianship.
        vergemaal / VergemaalEllerFremtidsfullmakt = "vergemaalEllerFremtidsfullmakt": Vergemaal,
        /// Numbers from abroad.
        utenlandsk_personidentifikasjon / UtenlandskPersonidentifikasjon = "utenlandskPersonidentifikasjon": Personidentifikasjon,
        /// Numbers of the immigration authorities.
        utlendingsmyndighetenes_identifikasjonsnummer / UtlendingsmyndighetenesIdentifikasjonsnummer = "utlendingsmyndighetenesIdentifikasjonsnummer": Personidentifikasjon,
        /// Passports and the like.
        legitimasjonsdokument / Legitimasjonsdokument = "legitimasjonsdokument": Legitimasjonsdokument,
        /// Moves to Norway.
        innflytting / Innflytting = "innflytting": Innflytting,
        /// Moves from Norway.
        utflytting / Utflytting = "utflytting": Utflytting,
        /// Permissions to stay.
        opphold / Opphold = "opphold": Opphold,
        /// Who answers for the estate.
        kontaktinformasjon_for_doedsbo / KontaktinformasjonForDoedsbo = "kontaktinformasjonForDoedsbo": KontaktinformasjonForDoedsbo,
        /// Sámi languages.
        bruk_av_samisk_spraak / BrukAvSamiskSpraak = "brukAvSamiskSpraak": SamiskSpraak,
        /// The roll of electors of Sametinget.
        forhold_til_sametingets_valgmanntall / ForholdTilSametingetsValgmanntall = "forholdTilSametingetsValgmanntall": SametingetsValgmanntall,
    }
    enkle {
        /// Death.
        doedsfall / Doedsfall = "doedsfall": Doedsfall,
        /// The number was given to someone who was not who they said.
        falsk_identitet / FalskIdentitet = "falskIdentitet": FalskIdentitet,
    }
}

impl Element {
    /// The element of this name.
    pub fn av_navn(navn: &str) -> Option<Self> {
        Self::ALLE.iter().copied().find(|element| element.navn() == navn)
    }

    /// Whether it is among what a look-up without `part` gives.
    pub fn er_basis(self) -> bool {
        matches!(
            self,
            Self::Identifikasjonsnummer
                | Self::Identitetsgrunnlag
                | Self::Status
                | Self::Doedsfall
                | Self::Sivilstand
                | Self::Foedsel
                | Self::Statsborgerskap
                | Self::Kjoenn
                | Self::Navn
                | Self::Bostedsadresse
                | Self::Oppholdsadresse
                | Self::DeltBosted
                | Self::Postadresse
                | Self::PostadresseIUtlandet
                | Self::Adressebeskyttelse
                | Self::KontaktinformasjonForDoedsbo
        )
    }
}

/// A value of the query parameter `part`: a group of elements, or one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Del {
    /// What is given when nothing is asked for.
    PersonBasis,
    /// What holds no longer, of the elements asked for.
    Historikk,
    /// False identity, papers, numbers from abroad.
    IdentitetsgrunnlagUtvidet,
    /// Family relations, parental responsibility, guardianship.
    RelasjonUtvidet,
    /// One element.
    Element(Element),
}

impl Del {
    /// Reads a value of `part`.
    pub fn av_navn(navn: &str) -> Option<Self> {
        match navn {
            "person-basis" => Some(Self::PersonBasis),
            "historikk" => Some(Self::Historikk),
            "identitetsgrunnlag-utvidet" => Some(Self::IdentitetsgrunnlagUtvidet),
            "relasjon-utvidet" => Some(Self::RelasjonUtvidet),
            other => Element::av_navn(other).map(Self::Element),
        }
    }

    /// Its name on the wire.
    pub const fn navn(self) -> &'static str {
        match self {
            Self::PersonBasis => "person-basis",
            Self::Historikk => "historikk",
            Self::IdentitetsgrunnlagUtvidet => "identitetsgrunnlag-utvidet",
            Self::RelasjonUtvidet => "relasjon-utvidet",
            Self::Element(element) => element.navn(),
        }
    }

    /// Whether the part holds this element.
    pub fn har(self, element: Element) -> bool {
        match self {
            Self::PersonBasis => element.er_basis(),
            Self::Historikk => false,
            Self::IdentitetsgrunnlagUtvidet => matches!(
                element,
                Element::FalskIdentitet
                    | Element::Legitimasjonsdokument
                    | Element::UtenlandskPersonidentifikasjon
            ),
            Self::RelasjonUtvidet => matches!(
                element,
                Element::Familierelasjon | Element::Foreldreansvar | Element::VergemaalEllerFremtidsfullmakt
            ),
            Self::Element(own) => own == element,
        }
    }
}

/// Whether two lists differ in their order at most.
fn de_samme<T: PartialEq>(ene: &[T], andre: &[T]) -> bool {
    let antall = |entries: &[T], wanted: &T| entries.iter().filter(|entry| *entry == wanted).count();
    ene.len() == andre.len() && ene.iter().all(|entry| antall(ene, entry) == antall(andre, entry))
}

/// The entry that holds now.
fn gjeldende<T: Opplysning>(entries: &[T]) -> Option<&T> {
    entries.iter().find(|entry| entry.er_gjeldende())
}

impl Persondokument {
    /// The number in use; `None` for a document without one (as in packages without identifier).
    pub fn pid(&self) -> Option<Pid> {
        let current = self
            .identifikasjonsnummer
            .iter()
            .find(|entry| entry.er_gjeldende && entry.status == Nummerstatus::IBruk);
        let entry = current.or_else(|| gjeldende(&self.identifikasjonsnummer))?;
        Pid::parse(&entry.foedsels_eller_d_nummer).ok()
    }

    /// Every number that the person has or had.
    pub fn numre(&self) -> impl Iterator<Item = Pid> {
        self.identifikasjonsnummer.iter().filter_map(|entry| Pid::parse(&entry.foedsels_eller_d_nummer).ok())
    }

    /// The name that holds now.
    pub fn gjeldende_navn(&self) -> Option<&Navn> {
        gjeldende(&self.navn)
    }

    /// The name that holds now, written out: first, middle, last.
    pub fn fullt_navn(&self) -> Option<String> {
        let navn = self.gjeldende_navn()?;
        let parts = [Some(navn.fornavn.as_str()), navn.mellomnavn.as_deref(), Some(navn.etternavn.as_str())];
        let parts: Vec<&str> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
        Some(parts.join(" "))
    }

    /// Legal sex.
    pub fn gjeldende_kjoenn(&self) -> Option<Kjoenn> {
        gjeldende(&self.kjoenn)?.kjoenn
    }

    /// Date of birth.
    pub fn foedselsdato(&self) -> Option<Date> {
        gjeldende(&self.foedsel)?.foedselsdato
    }

    /// Whole years of age on `day`, as [`alder`] counts them.
    pub fn alder(&self, day: Date) -> Option<i16> {
        Some(alder(self.foedselsdato()?, day))
    }

    /// Date of death; `None` while alive.
    pub fn doedsdato(&self) -> Option<Date> {
        self.doedsfall.as_ref().filter(|death| death.er_gjeldende)?.doedsdato
    }

    /// Relation to the country.
    pub fn gjeldende_status(&self) -> Option<Personstatus> {
        Some(gjeldende(&self.status)?.status)
    }

    /// Whether the person is dead, by status or date.
    pub fn er_doed(&self) -> bool {
        self.gjeldende_status() == Some(Personstatus::Doed)
            || self.doedsfall.as_ref().is_some_and(|death| death.er_gjeldende)
    }

    /// Marital status.
    pub fn gjeldende_sivilstand(&self) -> Option<&Sivilstand> {
        gjeldende(&self.sivilstand)
    }

    /// Residence.
    pub fn gjeldende_bostedsadresse(&self) -> Option<&Bostedsadresse> {
        gjeldende(&self.bostedsadresse)
    }

    /// Municipality of residence.
    pub fn bostedskommune(&self) -> Option<&str> {
        let home = self.gjeldende_bostedsadresse()?;
        let street = home.vegadresse.as_ref().and_then(|a| a.kommunenummer.as_deref());
        let property = home.matrikkeladresse.as_ref().map(|a| a.matrikkelnummer.kommunenummer.as_str());
        street.or(property).or_else(|| home.ukjent_bosted.as_ref()?.bostedskommune.as_deref())
    }

    /// How the person's addresses are protected.
    pub fn gradering(&self) -> Gradering {
        let level =
            gjeldende(&self.adressebeskyttelse).map(|entry| entry.graderingsnivaa).unwrap_or_default();
        let home = self.gjeldende_bostedsadresse().map(|home| home.adressegradering).unwrap_or_default();
        level.max(home)
    }

    /// The relations that hold now where the other person has this role.
    pub fn relasjoner(&self, role: Familierolle) -> impl Iterator<Item = &Familierelasjon> {
        self.familierelasjon
            .iter()
            .filter(move |relation| relation.er_gjeldende && relation.relatert_persons_rolle == role)
    }

    /// The numbers of the people who are this to the person: `relaterte(Familierolle::Barn)`.
    pub fn relaterte(&self, role: Familierolle) -> impl Iterator<Item = Pid> {
        self.relasjoner(role).filter_map(|relation| relation.relatert_person)
    }

    /// Mother, father, co-mother.
    pub fn foreldre(&self) -> Vec<Pid> {
        [Familierolle::Mor, Familierolle::Far, Familierolle::Medmor]
            .into_iter()
            .flat_map(|role| self.relaterte(role))
            .collect()
    }

    /// Whether the person has this citizenship (ISO 3166-1 alpha-3).
    pub fn har_statsborgerskap(&self, land: &str) -> bool {
        self.statsborgerskap.iter().any(|entry| entry.er_gjeldende && entry.statsborgerskap == land)
    }
}

/// Whole years from a day of birth to `day`; on 29 February's birthday, the day is 1 March in common years.
pub fn alder(foedt: Date, day: Date) -> i16 {
    let had_birthday = (day.month(), day.day()) >= (foedt.month(), foedt.day());
    day.year() - foedt.year() - i16::from(!had_birthday)
}

/// A street address as lines of an envelope: street, then post code and town.
pub fn adresselinjer(address: &Vegadresse) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(co) = address.co_adressenavn.as_deref().filter(|co| !co.is_empty()) {
        lines.push(format!("c/o {co}"));
    }
    let number = address
        .adressenummer
        .as_ref()
        .map(|n| format!(" {}{}", n.husnummer, n.husbokstav.as_deref().unwrap_or_default()));
    lines.push(format!("{}{}", address.adressenavn, number.unwrap_or_default()));
    if let Some(town) = &address.poststed {
        let (code, name) = (
            town.postnummer.as_deref().unwrap_or_default(),
            town.poststedsnavn.as_deref().unwrap_or_default(),
        );
        lines.push(format!("{code} {name}").trim().to_owned());
    }
    lines
}
