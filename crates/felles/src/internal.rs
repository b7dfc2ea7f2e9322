//! The clients that Felles itself uses between its components, and the scopes that they need: registered through the
//! same functions as anyone's.

use anyhow::Context as _;
use clients::maskinporten::TokenSource;
use clients::{Mesh, orgs};
use kernel::clock::Clock;
use kernel::jose::{Alg, SigningKey};
use kernel::rng::Rng;
use kernel::store::Store;
use serde::{Deserialize, Serialize};

use crate::secrets::Secrets;

/// A client of Maskinporten that Felles keeps for itself.
#[derive(Debug, Clone, Copy)]
pub struct Internal {
    /// Its client id and the name of its secret.
    pub name: &'static str,
    /// The organisation that it acts for.
    pub owner: orgs::Org,
    /// What it may do.
    pub scopes: &'static str,
}

/// Loads the nation into the registers.
pub const LOADER: Internal =
    Internal { name: "felles-innlasting", owner: orgs::FELLES, scopes: "felles:innlasting" };
/// NAV's journeys.
pub const LIFE_EVENTS: Internal = Internal {
    name: "felles-livshendelser",
    owner: orgs::NAV,
    scopes: "folkeregister:deling/offentligmedhjemmel krr:global/kontaktinformasjon.read krr:global/digitalpost.read digitalpostinnbygger:send",
};
/// ID-porten looks up whether who signs in is alive and grown up.
pub const IDPORTEN: Internal =
    Internal { name: "felles-idporten", owner: orgs::DIGDIR, scopes: "folkeregister:deling/offentligmedhjemmel" };
/// The demo hospital of `felles birth`.
pub const HOSPITAL: Internal = Internal {
    name: "felles-sykehus",
    owner: orgs::SYKEHUS,
    scopes: "folkeregister:mottak/foedselsmelding felles:reise.les",
};

/// All of them.
pub const ALL: &[Internal] = &[LOADER, LIFE_EVENTS, IDPORTEN, HOSPITAL];

/// The scopes of the national components, with their owners.
pub const SCOPES: &[(&str, orgs::Org, &str)] = &[
    ("folkeregister:deling/offentligmedhjemmel", orgs::SKATTEETATEN, "Folkeregisteret, offentlig med hjemmel"),
    ("folkeregister:deling/offentligutenhjemmel", orgs::SKATTEETATEN, "Folkeregisteret, offentlig uten hjemmel"),
    ("folkeregister:deling/privatutenhjemmel", orgs::SKATTEETATEN, "Folkeregisteret, privat uten hjemmel"),
    ("folkeregister:deling/privat", orgs::SKATTEETATEN, "Folkeregisteret, privat"),
    (
        "folkeregister:deling/privatutenfolkeregisteridentifikator",
        orgs::SKATTEETATEN,
        "Folkeregisteret, privat uten identifikator",
    ),
    ("folkeregister:deling/finans", orgs::SKATTEETATEN, "Folkeregisteret, finans"),
    ("folkeregister:deling/presse", orgs::SKATTEETATEN, "Folkeregisteret, presse"),
    (
        "folkeregister:deling/presseutenfolkeregisteridentifikator",
        orgs::SKATTEETATEN,
        "Folkeregisteret, presse uten identifikator",
    ),
    ("folkeregister:deling/utstedereid", orgs::SKATTEETATEN, "Folkeregisteret, utsteder av eID"),
    ("folkeregister:mottak/foedselsmelding", orgs::SKATTEETATEN, "Melde fødsel"),
    ("folkeregister:mottak/doedsmelding", orgs::SKATTEETATEN, "Melde dødsfall"),
    ("krr:global/kontaktinformasjon.read", orgs::DIGDIR, "Kontaktinformasjon"),
    ("krr:global/digitalpost.read", orgs::DIGDIR, "Digital postkasse og sertifikat"),
    ("krr:global/hentendring.read", orgs::DIGDIR, "Endringer i kontaktregisteret"),
    ("digitalpostinnbygger:send", orgs::DIGDIR, "Sende digital post til innbyggere"),
    ("felles:utskrift", orgs::UTSKRIFT, "Utskriftskøen"),
    ("felles:innlasting", orgs::FELLES, "Laste registre"),
    ("felles:reise.les", orgs::NAV, "Følge en reise"),
];

/// A client as `felles client add` prints it and `secrets/` keeps it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Credentials {
    /// Client id.
    pub client_id: String,
    /// The key's name.
    pub kid: String,
    /// `RS256` or `ES256`.
    pub alg: String,
    /// The private key, PKCS#8 in PEM.
    pub private_key_pem: String,
    /// Its scopes.
    pub scopes: Vec<String>,
    /// Whom it acts for.
    pub orgnr: String,
}

impl Credentials {
    /// The key that signs its grants.
    pub fn key(&self) -> anyhow::Result<SigningKey> {
        Ok(SigningKey::from_pkcs8_pem(&self.private_key_pem)?.with_kid(&self.kid)?)
    }

    /// Reads the credentials of an internal client.
    pub fn of(internal: Internal, secrets: &Secrets) -> anyhow::Result<Self> {
        let text = secrets.read(internal.name)?.with_context(|| {
            format!("there is no client {} in {secrets:?}: has `felles up` run with this --data?", internal.name)
        })?;
        Ok(serde_json::from_str(&text)?)
    }
}
