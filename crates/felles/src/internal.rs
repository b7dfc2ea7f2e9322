//! The clients that Felles itself uses between its components, and the scopes that they need: registered through the
//! same functions as anyone's.

use anyhow::Context as _;
use clients::idporten::ClientAuth;
use clients::maskinporten::ClientKey;
use clients::orgs;
use kernel::id::Orgnr;
use kernel::jose::{Alg, SigningKey};
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
/// ID-porten looks up whether who signs in is alive and grown up, and sends MinID's letters; Ansattporten looks up whom they may
/// act for.
pub const IDPORTEN: Internal = Internal {
    name: "felles-idporten",
    owner: orgs::DIGDIR,
    scopes: "folkeregister:deling/offentligmedhjemmel brreg:data:enhetsregisteret:roller:person:oppslag:fnr digitalpostinnbygger:send",
};
/// The demo hospital of `felles birth`.
pub const HOSPITAL: Internal = Internal {
    name: "felles-sykehus",
    owner: orgs::SYKEHUS,
    scopes: "folkeregister:mottak/foedselsmelding felles:reise.les",
};

/// Whoever reports what happens in `felles nation live`.
pub const LIFE: Internal = Internal {
    name: "felles-livet",
    owner: orgs::SKATTEETATEN,
    scopes: "folkeregister:deling/offentligmedhjemmel folkeregister:mottak/foedselsmelding folkeregister:mottak/doedsmelding \
             folkeregister:mottak/flyttemelding folkeregister:mottak/innflytting folkeregister:mottak/utflytting \
             folkeregister:mottak/vigsel folkeregister:mottak/separasjon folkeregister:mottak/skilsmisse",
};

/// The self-service API passes calls on to the owners of clients and scopes.
pub const SELVBETJENING: Internal = Internal {
    name: "felles-selvbetjening",
    owner: orgs::DIGDIR,
    scopes: clients::selvbetjening::SCOPE_FORVALT,
};

/// The portal's pages for businesses: which they are that a person may act for, and what they do themselves.
pub const PAGES: Internal = Internal {
    name: "felles-sider",
    owner: orgs::DIGDIR,
    scopes: "felles:klienter.forvalt brreg:data:enhetsregisteret:roller:person:oppslag:fnr",
};

/// The wallet issuer looks up what a credential says.
pub const LOMMEBOK: Internal = Internal {
    name: "felles-lommebok",
    owner: orgs::DIGDIR,
    scopes: "folkeregister:deling/offentligmedhjemmel",
};

/// Enhetsregisteret looks up who is named in a notice.
pub const ENHETSREGISTER: Internal = Internal {
    name: "felles-enhetsregister",
    owner: orgs::BRREG,
    scopes: "folkeregister:deling/offentligmedhjemmel",
};

/// Kontaktregisteret follows deaths and changes of number.
pub const KONTAKTREGISTER: Internal = Internal {
    name: "felles-kontaktregister",
    owner: orgs::DIGDIR,
    scopes: "folkeregister:deling/offentligmedhjemmel",
};

/// The mailboxes follow changes of number.
pub const POSTKASSE: Internal = Internal {
    name: "felles-postkasse",
    owner: orgs::POSTKASSE,
    scopes: "folkeregister:deling/offentligmedhjemmel",
};

/// The search for test people looks up names, and whoever has changed.
pub const TESTPERSONER: Internal = Internal {
    name: "felles-testpersoner",
    owner: orgs::FELLES,
    scopes: "folkeregister:deling/offentligmedhjemmel krr:global/kontaktinformasjon.read krr:global/digitalpost.read \
             krr:global/hentendring.read",
};

/// Those that every installation has; in test mode there is [`TESTPERSONER`] besides.
pub const ALL: &[Internal] = &[
    LOADER,
    LIFE_EVENTS,
    IDPORTEN,
    HOSPITAL,
    LIFE,
    SELVBETJENING,
    PAGES,
    LOMMEBOK,
    ENHETSREGISTER,
    KONTAKTREGISTER,
    POSTKASSE,
];

/// The scopes of the national components, with their owners.
pub const SCOPES: &[(&str, orgs::Org, &str)] = &[
    (clients::selvbetjening::SCOPE_FORVALT, orgs::FELLES, "Forvalte klienter og scopes for alle"),
    ("idporten:dcr.read", orgs::DIGDIR, "Se egne klienter"),
    ("idporten:dcr.modify", orgs::DIGDIR, "Endre egne klienter"),
    ("idporten:dcr.write", orgs::DIGDIR, "Opprette og endre egne klienter"),
    ("idporten:dcr.supplier", orgs::DIGDIR, "Opprette klienter på vegne av kunder"),
    ("idporten:dcr/onbehalfof:write", orgs::DIGDIR, "Forvalte kunder av egne klienter"),
    ("idporten:scopes.write", orgs::DIGDIR, "Forvalte egne scopes og tilgang til dem"),
    (
        "folkeregister:deling/offentligmedhjemmel",
        orgs::SKATTEETATEN,
        "Folkeregisteret, offentlig med hjemmel",
    ),
    (
        "folkeregister:deling/offentligutenhjemmel",
        orgs::SKATTEETATEN,
        "Folkeregisteret, offentlig uten hjemmel",
    ),
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
    ("folkeregister:mottak/flyttemelding", orgs::SKATTEETATEN, "Melde flytting"),
    ("folkeregister:mottak/innflytting", orgs::SKATTEETATEN, "Melde innflytting"),
    ("folkeregister:mottak/utflytting", orgs::SKATTEETATEN, "Melde utflytting"),
    ("folkeregister:mottak/vigsel", orgs::SKATTEETATEN, "Melde vigsel"),
    ("folkeregister:mottak/separasjon", orgs::SKATTEETATEN, "Melde separasjon"),
    ("folkeregister:mottak/skilsmisse", orgs::SKATTEETATEN, "Melde skilsmisse"),
    ("folkeregister:mottak/navnevalg", orgs::SKATTEETATEN, "Melde navn"),
    ("folkeregister:mottak/farskap", orgs::SKATTEETATEN, "Melde farskap og medmorskap"),
    ("folkeregister:mottak/vergemaal", orgs::SKATTEETATEN, "Melde vergemål"),
    ("folkeregister:mottak/adressebeskyttelse", orgs::SKATTEETATEN, "Melde adressebeskyttelse"),
    ("folkeregister:mottak/dnummer", orgs::SKATTEETATEN, "Rekvirere D-nummer"),
    ("folkeregister:mottak/annullering", orgs::SKATTEETATEN, "Annullere egne meldinger"),
    (clients::enhetsregister::SCOPE_ROLLEUTSKRIFT, orgs::BRREG, "Enhetsregisteret, en persons roller"),
    (enhetsregister::SCOPE_REGISTERMELDING, orgs::BRREG, "Melde til Enhetsregisteret"),
    (clients::enhetsregister::SCOPE_ROLLER, orgs::BRREG, "Enhetsregisteret, roller med fødselsnummer"),
    (clients::matrikkel::SCOPE_EIERE, orgs::KARTVERKET, "Matrikkelen, eiere med fødselsnummer"),
    ("krr:global/kontaktinformasjon.read", orgs::DIGDIR, "Kontaktinformasjon"),
    ("krr:global/digitalpost.read", orgs::DIGDIR, "Digital postkasse og sertifikat"),
    ("krr:global/hentendring.read", orgs::DIGDIR, "Endringer i kontaktregisteret"),
    ("digitalpostinnbygger:send", orgs::DIGDIR, "Sende digital post til innbyggere"),
    ("felles:utskrift", orgs::UTSKRIFT, "Utskriftskøen"),
    ("felles:innlasting", orgs::FELLES, "Laste registre"),
    ("felles:reise.les", orgs::NAV, "Følge en reise"),
];

/// The scopes of APIs for signed-in people, with their owners: what the portal asks for, and others may.
pub const PERSON_SCOPES: &[(&str, orgs::Org, &str)] = &[
    ("felles:saker", orgs::NAV, "Se sakene dine"),
    ("felles:innsyn", orgs::FELLES, "Se hvem som har brukt opplysninger om deg"),
    ("felles:post", orgs::POSTKASSE, "Lese posten din"),
    ("krr:user/kontaktinformasjon.read", orgs::DIGDIR, "Se kontaktinformasjonen din"),
    ("krr:user/kontaktinformasjon.write", orgs::DIGDIR, "Endre kontaktinformasjonen din"),
    ("krr:user/digitalpost.read", orgs::DIGDIR, "Se hvilken digital postkasse du har"),
];

/// The portal's client of ID-porten, and the name of its secret.
const PORTAL: &str = "felles-portal";
/// The wallet issuer's, likewise.
const WALLET: &str = "felles-lommebok-innlogging";

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
    /// Makes a key for a client.
    pub fn make(client_id: &str, alg: Alg, owner: &Orgnr, scopes: &[String]) -> anyhow::Result<Self> {
        let key = SigningKey::generate(alg)?;
        Ok(Self {
            client_id: client_id.to_owned(),
            kid: key.kid().to_owned(),
            alg: alg.as_str().to_owned(),
            private_key_pem: key.to_pkcs8_pem()?,
            scopes: scopes.to_vec(),
            orgnr: owner.as_str().to_owned(),
        })
    }

    /// The key that signs its grants.
    pub fn key(&self) -> anyhow::Result<SigningKey> {
        Ok(SigningKey::from_pkcs8_pem(&self.private_key_pem)?.with_kid(&self.kid)?)
    }

    /// The client as the token client takes it.
    pub fn client_key(&self) -> anyhow::Result<ClientKey> {
        Ok(ClientKey { client_id: self.client_id.clone(), key: self.key()?, scopes: self.scopes.join(" ") })
    }

    /// Reads the credentials of an internal client.
    pub fn of(name: &str, secrets: &Secrets) -> anyhow::Result<Self> {
        let text = secrets.read(name)?.with_context(|| {
            format!(
                "there is no client {name} in {}: has `felles up` run with this --data?",
                secrets.directory()
            )
        })?;
        Ok(serde_json::from_str(&text)?)
    }

    /// Reads the credentials, made the first time.
    fn kept(name: &str, owner: orgs::Org, scopes: &str, secrets: &Secrets) -> anyhow::Result<Self> {
        let scopes: Vec<String> = scopes.split_ascii_whitespace().map(str::to_owned).collect();
        if secrets.read(name)?.is_some() {
            // The scopes are the program's, also where an older program has made the key.
            return Ok(Self { scopes, ..Self::of(name, secrets)? });
        }
        let made = Self::make(name, Alg::ES256, &Orgnr::parse(owner.orgnr)?, &scopes)?;
        secrets.write(name, &serde_json::to_string_pretty(&made)?)?;
        Ok(made)
    }
}

/// The catalogue of scopes, as Maskinporten takes it.
pub fn scopes() -> anyhow::Result<Vec<maskinporten::NewScope>> {
    let scope = |(name, owner, what): &(&str, orgs::Org, &str)| {
        Ok(maskinporten::NewScope::new(name, Orgnr::parse(owner.orgnr)?, what))
    };
    SCOPES.iter().map(scope).collect()
}

/// Registers the clients that Felles keeps for itself; their keys are made the first time.
pub async fn register(
    registrar: &maskinporten::Registrar,
    secrets: &Secrets,
    test_mode: bool,
) -> anyhow::Result<()> {
    for internal in ALL.iter().chain(test_mode.then_some(&TESTPERSONER)) {
        let kept = Credentials::kept(internal.name, internal.owner, internal.scopes, secrets)?;
        registrar.register_client(new_client(&kept, internal.name)?).await?;
    }
    Ok(())
}

/// Makes the scopes for signed-in people, and registers the portal; its key is made the first time.
pub async fn register_portal(
    registrar: &idporten::Registrar,
    secrets: &Secrets,
    base_url: &str,
) -> anyhow::Result<()> {
    let scope = |(name, owner, what): &(&str, orgs::Org, &str)| {
        Ok(idporten::NewScope::new(name, Orgnr::parse(owner.orgnr)?, what))
    };
    registrar.put_scopes(PERSON_SCOPES.iter().map(scope).collect::<anyhow::Result<_>>()?).await?;
    let kept = Credentials::kept(PORTAL, orgs::DIGDIR, &portal::SCOPES.join(" "), secrets)?;
    let redirect = format!("{base_url}{}", portal::REDIRECT_PATH);
    let mut client = idporten::NewClient::new(PORTAL, Orgnr::parse(&kept.orgnr)?, "Felles", &redirect);
    client.jwks = vec![kept.key()?.public_jwk().clone()];
    client.post_logout_redirect_uris = vec![format!("{base_url}{}", portal::POST_LOGOUT_PATH)];
    client.scopes.extend(kept.scopes);
    client.refresh_tokens = true;
    Ok(registrar.register_client(client).await?)
}

/// Registers the wallet issuer; its key is made the first time.
pub async fn register_wallet(
    registrar: &idporten::Registrar,
    secrets: &Secrets,
    base_url: &str,
) -> anyhow::Result<()> {
    // Wallets that begin by themselves ask for it; who holds an old session shows who they are again.
    let scope = idporten::NewScope {
        requires_user_authentication: true,
        ..idporten::NewScope::new(
            clients::lommebok::SCOPE,
            Orgnr::parse(orgs::DIGDIR.orgnr)?,
            "Hente personbevis til lommeboken",
        )
    };
    registrar.put_scopes(vec![scope]).await?;
    let kept = Credentials::kept(WALLET, orgs::DIGDIR, "", secrets)?;
    let redirect = format!("{base_url}{}", lommebok::REDIRECT_PATH);
    let mut client = idporten::NewClient::new(WALLET, Orgnr::parse(&kept.orgnr)?, "Lommebok", &redirect);
    client.jwks = vec![kept.key()?.public_jwk().clone()];
    Ok(registrar.register_client(client).await?)
}

/// How the wallet issuer shows ID-porten who it is.
pub fn wallet_auth(secrets: &Secrets) -> anyhow::Result<ClientAuth> {
    let kept = Credentials::of(WALLET, secrets)?;
    Ok(ClientAuth { key: kept.key()?, client_id: kept.client_id })
}

/// How the portal shows ID-porten who it is.
pub fn portal_auth(secrets: &Secrets) -> anyhow::Result<ClientAuth> {
    let kept = Credentials::of(PORTAL, secrets)?;
    Ok(ClientAuth { key: kept.key()?, client_id: kept.client_id })
}

/// A client of Maskinporten with these credentials.
pub fn new_client(credentials: &Credentials, name: &str) -> anyhow::Result<maskinporten::NewClient> {
    Ok(maskinporten::NewClient {
        client_id: credentials.client_id.clone(),
        orgnr: Orgnr::parse(&credentials.orgnr)?,
        name: name.to_owned(),
        scopes: credentials.scopes.clone(),
        jwks: vec![credentials.key()?.public_jwk().clone()],
        access_token_lifetime: 0,
    })
}
