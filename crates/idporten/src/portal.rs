//! The two doors of the provider: ID-porten, where people come as themselves, and Ansattporten, where they come on behalf
//! of a business. One set of handlers serves both; what differs between them stands here. Each has its own address, store,
//! keys, clients, sessions and cookies.

use crate::model::session::{Authentication, EIDAS, Level};

/// Which door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Portal {
    /// For people as themselves.
    Idporten,
    /// For people on behalf of a business.
    Ansattporten,
}

impl Portal {
    /// The name of the component, of its store, and of its place in addresses: `/idporten`, `/ansattporten`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Idporten => crate::NAME,
            Self::Ansattporten => crate::ANSATTPORTEN,
        }
    }

    /// What people call it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Idporten => "ID-porten",
            Self::Ansattporten => "Ansattporten",
        }
    }

    /// A level as it stands in `acr`.
    pub fn acr(self, level: Level) -> &'static str {
        match (self, level) {
            (Self::Idporten, Level::Low) => "idporten-loa-low",
            (Self::Idporten, Level::Substantial) => clients::idporten::ACR_SUBSTANTIAL,
            (Self::Idporten, Level::High) => clients::idporten::ACR_HIGH,
            (Self::Ansattporten, Level::Low) => "low",
            (Self::Ansattporten, Level::Substantial) => "substantial",
            (Self::Ansattporten, Level::High) => "high",
        }
    }

    /// The level of this name.
    pub fn level(self, acr: &str) -> Option<Level> {
        Level::ALL.into_iter().find(|level| self.acr(*level) == acr)
    }

    /// The level of an eID of another country as it stands in `acr`.
    pub fn eidas(level: Level) -> &'static str {
        match level {
            Level::Low => "eidas-loa-low",
            Level::Substantial => "eidas-loa-substantial",
            Level::High => "eidas-loa-high",
        }
    }

    /// The level of this name of an eID of another country. Ansattporten has none.
    pub fn eidas_level(self, acr: &str) -> Option<Level> {
        let known = Level::ALL.into_iter().find(|level| Self::eidas(*level) == acr);
        known.filter(|_| self == Self::Idporten)
    }

    /// How surely somebody has shown who they are, as it stands in `acr`.
    pub fn acr_of(self, who: &Authentication) -> &'static str {
        if who.amr == EIDAS { Self::eidas(who.level) } else { self.acr(who.level) }
    }

    /// Whether every client is isolated, whatever it is registered with, and must send `state` and `nonce`.
    pub fn is_strict(self) -> bool {
        self == Self::Ansattporten
    }

    /// Whether `/userinfo` is served.
    pub fn has_userinfo(self) -> bool {
        self == Self::Idporten
    }
}
