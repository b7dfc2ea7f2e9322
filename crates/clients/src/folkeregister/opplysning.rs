//! What all entries of a person document have in common, and the macros that define entries and codes.

use jiff::Timestamp;

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
            #[serde(default = "super::opplysning::yes")]
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

pub fn yes() -> bool {
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

pub(super) use {kode, opplysning};
