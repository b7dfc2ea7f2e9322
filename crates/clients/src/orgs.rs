//! The organisations that every synthetic nation has. Their numbers are of a series that the real register does not
//! allot (3…), valid by the control digit.

/// An organisation of the synthetic nation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Org {
    /// Organisasjonsnummer.
    pub orgnr: &'static str,
    /// Name.
    pub navn: &'static str,
    /// Organisation form.
    pub form: &'static str,
    /// Municipality of the business address.
    pub kommunenummer: &'static str,
}

const fn org(
    orgnr: &'static str,
    navn: &'static str,
    form: &'static str,
    kommunenummer: &'static str,
) -> Org {
    Org { orgnr, navn, form, kommunenummer }
}

/// Owner of Folkeregisteret.
pub const SKATTEETATEN: Org = org("310000019", "SKATTEETATEN", "ORGL", "0301");
/// Decides on child benefit and others.
pub const NAV: Org = org("310000027", "ARBEIDS- OG VELFERDSETATEN (NAV)", "ORGL", "0301");
/// Owner of ID-porten, Maskinporten, the contact register and Altinn.
pub const DIGDIR: Org = org("310000035", "DIGITALISERINGSDIREKTORATET", "ORGL", "5001");
/// The demo hospital that reports births.
pub const SYKEHUS: Org = org("310000043", "FELLES UNIVERSITETSSYKEHUS", "SF", "0301");
/// Owner of Matrikkelen.
pub const KARTVERKET: Org = org("310000051", "STATENS KARTVERK", "ORGL", "3305");
/// Owner of Enhetsregisteret.
pub const BRREG: Org = org("310000078", "BRØNNØYSUNDREGISTRENE", "ORGL", "1813");
/// The mailbox supplier that Felles itself is.
pub const POSTKASSE: Org = org("310000086", "FELLES DIGITAL POSTKASSE", "ORGL", "0301");
/// Prints letters for those who do not receive digital post.
pub const UTSKRIFT: Org = org("310000094", "FELLES UTSKRIFT OG FORSENDELSE", "AS", "0301");
/// Runs this installation: its internal clients are registered on it.
pub const FELLES: Org = org("310000108", "FELLES DRIFT", "ORGL", "0301");

/// All of them.
pub const ALL: &[Org] = &[SKATTEETATEN, NAV, DIGDIR, SYKEHUS, KARTVERKET, BRREG, POSTKASSE, UTSKRIFT, FELLES];

/// The name of one of these organisations.
pub fn name(orgnr: &str) -> Option<&'static str> {
    ALL.iter().find(|org| org.orgnr == orgnr).map(|org| org.navn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_valid() {
        for org in ALL {
            assert!(kernel::id::Orgnr::parse(org.orgnr).is_ok(), "{}", org.orgnr);
        }
    }
}
