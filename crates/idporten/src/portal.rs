//! The two doors of the provider: ID-porten, where people come as themselves, and Ansattporten, where they come on behalf
//! of a business. One set of handlers serves both; what differs between them stands here. Each has its own address, store,
//! keys, clients, sessions and cookies.

use crate::model::session::Level;

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

    /// Whether every client is isolated, whatever it is registered with, and must send `state` and `nonce`.
    pub fn is_strict(self) -> bool {
        self == Self::Ansattporten
    }

    /// Whether `/userinfo` is served.
    pub fn has_userinfo(self) -> bool {
        self == Self::Idporten
    }
}
