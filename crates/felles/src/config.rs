//! One configuration: the file `felles.toml` in the data directory, over it the environment, over it the flags.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;
use kernel::enterprise::TrustFiles;
use kernel::jose::Alg;
use kernel::limits::{Limits, Proxies};
use kernel::store::Place;
use kernel::telemetry::LogFormat;
use serde::{Deserialize, Serialize};

use crate::secrets::write_private;

/// The components, by the names that `--only`, `[remote]` and the stores use.
pub const COMPONENTS: &[&str] = &[
    maskinporten::NAME,
    idporten::NAME,
    idporten::ANSATTPORTEN,
    selvbetjening::NAME,
    folkeregister::NAME,
    enhetsregister::NAME,
    matrikkel::NAME,
    kontaktregister::NAME,
    postkasse::NAME,
    life_events::NAME,
    transparency::NAME,
    lommebok::NAME,
    testpersoner::NAME,
    portal::NAME,
];

/// Those of them that are there in test mode alone.
const TEST_COMPONENTS: &[&str] = &[testpersoner::NAME];

/// Where `felles` listens unless it is told otherwise: this machine alone.
const DEFAULT_LISTEN: &str = "127.0.0.1:8080";

/// The name of an installation's only process.
const DEFAULT_NODE: &str = "1";

/// What every command that touches an installation takes.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// Where the installation keeps its keys, its configuration and (on SQLite) its data
    #[arg(long, default_value = "data", env = "FELLES_DATA", value_name = "DIR")]
    pub data: PathBuf,
    /// PostgreSQL instead of SQLite files: postgres://user@host/database
    #[arg(long, env = "FELLES_STORE", value_name = "URL")]
    pub store: Option<String>,
    /// What the name of each PostgreSQL schema begins with, so that one database holds several installations
    #[arg(long, env = "FELLES_STORE_PREFIX", value_name = "TEXT")]
    pub store_prefix: Option<String>,
    /// Which log lines: info, debug, warn,folkeregister=debug, …
    #[arg(long, env = "FELLES_LOG", default_value = "warn", value_name = "FILTER")]
    pub log: String,
    /// Log lines as JSON
    #[arg(long, env = "FELLES_LOG_JSON")]
    pub log_json: bool,
}

impl Options {
    /// How log lines are written.
    pub fn log_format(&self) -> LogFormat {
        if self.log_json { LogFormat::Json } else { LogFormat::Text }
    }
}

/// What a command that serves takes besides.
#[derive(Debug, Clone, Args)]
pub struct Serving {
    /// Address to listen on [default: 127.0.0.1:8080]
    #[arg(long, env = "FELLES_LISTEN", value_name = "HOST:PORT")]
    pub listen: Option<String>,
    /// Where the public reaches this process [default: http://localhost:PORT]
    #[arg(long, env = "FELLES_BASE_URL", value_name = "URL")]
    pub base_url: Option<String>,
    /// A component that lives elsewhere, as name=URL; may be repeated
    #[arg(long, env = "FELLES_REMOTE", value_name = "NAME=URL", value_delimiter = ',')]
    pub remote: Vec<String>,
    /// This process's name among those that share a store: the same after a restart, never the same as another's
    #[arg(long, env = "FELLES_NODE", value_name = "NAME", default_value = DEFAULT_NODE)]
    pub node: String,
    /// No test eID and no suggested people: for a nation of real people
    #[arg(long, env = "FELLES_PRODUCTION")]
    pub production: bool,
}

impl Default for Serving {
    /// As without any flag.
    fn default() -> Self {
        let node = DEFAULT_NODE.to_owned();
        Self { listen: None, base_url: None, remote: Vec::new(), node, production: false }
    }
}

/// How the synthetic nation of an installation was made.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, PartialEq, Eq)]
pub struct Nation {
    /// How many people.
    pub population: u32,
    /// Which nation of all possible ones.
    pub seed: u64,
    /// Its day one.
    pub date: jiff::civil::Date,
}

/// Whose enterprise certificates are believed, by Maskinporten and by the mailboxes: files, taken from the data directory unless absolute.
#[derive(Debug, Clone, Default, Serialize, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct EnterpriseCertificates {
    /// Certificates of authorities, PEM or DER.
    #[serde(default)]
    pub anchors: Vec<PathBuf>,
    /// Their lists of revoked certificates, PEM or DER; something else fetches them anew.
    #[serde(default)]
    pub crls: Vec<PathBuf>,
}

impl EnterpriseCertificates {
    /// As the components take them.
    pub fn files(&self) -> TrustFiles {
        TrustFiles { anchors: self.anchors.clone(), crls: self.crls.clone() }
    }

    fn within(&self, data: &Path) -> Self {
        let within = |paths: &[PathBuf]| paths.iter().map(|path| data.join(path)).collect();
        Self { anchors: within(&self.anchors), crls: within(&self.crls) }
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// `[maskinporten]`.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Maskinporten {
    /// What its tokens are signed with.
    #[serde(default)]
    pub signing: TokenSigning,
}

/// What our APIs believe, of what tokens can be signed with.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, PartialEq, Eq)]
pub enum TokenSigning {
    /// As the real Maskinporten.
    #[default]
    RS256,
    /// A tenth of RS256's work for the signer.
    ES256,
    /// Ed25519.
    EdDSA,
}

impl From<TokenSigning> for Alg {
    fn from(signing: TokenSigning) -> Self {
        match signing {
            TokenSigning::RS256 => Self::RS256,
            TokenSigning::ES256 => Self::ES256,
            TokenSigning::EdDSA => Self::EdDSA,
        }
    }
}

/// `felles.toml`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// See [`Options::store`]; kept from the first start, so that later commands need not repeat it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store: Option<String>,
    /// See [`Options::store_prefix`]; kept likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store_prefix: Option<String>,
    /// See [`Serving::listen`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<String>,
    /// See [`Serving::base_url`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// See [`Serving::production`].
    #[serde(default)]
    pub production: bool,
    /// Components elsewhere: name → URL.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub remote: BTreeMap<String, String>,
    /// See [`EnterpriseCertificates`].
    #[serde(default, skip_serializing_if = "is_default")]
    pub enterprise_certificates: EnterpriseCertificates,
    /// See [`Maskinporten`].
    #[serde(default, skip_serializing_if = "is_default")]
    pub maskinporten: Maskinporten,
    /// Written when the nation has been made and loaded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nation: Option<Nation>,
    /// Whether registers came by `felles import`; no nation is then made.
    #[serde(default, skip_serializing_if = "is_default")]
    pub imported: bool,
    /// The eIDs of other providers, with which people sign in to ID-porten and Ansattporten.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub eid: Vec<Eid>,
    /// How often ID-porten, Ansattporten and Maskinporten may be asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limits: Option<Limits>,
    /// Sign-in with European wallets, and the issuing of credentials to them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wallet: Option<Wallet>,
    /// Kontaktregisteret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kontaktregister: Option<Kontaktregister>,
    /// The mailboxes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postkasse: Option<Postkasse>,
    /// The waiting room before sign-in; none unless set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting_room: Option<WaitingRoom>,
    /// Who stands between people and this process.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy: Option<Proxies>,
}

/// `[waiting_room]`: beyond this rate people queue before they sign in, at each of ID-porten and Ansattporten and on each
/// node by itself.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct WaitingRoom {
    /// New sign-ins let in each second.
    pub sign_ins_per_second: NonZeroU32,
}

/// `[kontaktregister]`. Files are named from the data directory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kontaktregister {
    /// The certificate that signs answers (`application/jose`): the private key (RSA) and its chain, PEM. In test mode the test
    /// authority issues one where none is named; otherwise answers are not signed without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate_file: Option<PathBuf>,
}

/// `[postkasse]`. Files are named from the data directory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Postkasse {
    /// The certificate that senders encrypt letters to, and that signs receipts: the private key (RSA) and its chain, PEM. In test
    /// mode the test authority issues both where none is named; otherwise only unencrypted letters are taken without them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate_file: Option<PathBuf>,
    /// The same for letters to print.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub print_certificate_file: Option<PathBuf>,
}

/// `[wallet]`: European identity wallets. Files are named from the data directory.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wallet {
    /// The certificate that asks wallets for credentials: the private key of P-256 and its chain, PEM. In test mode the
    /// test authority issues one where none is named; otherwise nobody signs in with a wallet without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verifier_certificate_file: Option<PathBuf>,
    /// The certificate that signs credentials, likewise. Without one they are signed with a key that the issuer publishes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer_certificate_file: Option<PathBuf>,
    /// What opens a wallet on the same device; `openid4vp://` unless set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Set for wallets that cannot encrypt their answers.
    #[serde(default)]
    pub unencrypted_answers: bool,
    /// Other issuers whose person identification data is believed, by their `iss`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub issuers: Vec<String>,
}

/// `[[eid]]`: an OpenID Connect provider whose eID signs people in; see [`idporten::Upstream`]. Its redirect URIs are
/// `{base_url}/idporten/eid/{id}/tilbake` and `{base_url}/ansattporten/eid/{id}/tilbake`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Eid {
    /// The segment of its addresses.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Its issuer.
    pub issuer: String,
    /// The client id that it has given us.
    pub client_id: String,
    /// A file with the client secret; this or `client_key_file`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret_file: Option<PathBuf>,
    /// A file with the private key (PKCS #8, PEM) that signs our assertions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_key_file: Option<PathBuf>,
    /// The name that the key is registered with there, where it is not its thumbprint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_key_id: Option<String>,
    /// What we ask for, besides `openid`.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// The claim that holds the person's number.
    pub pid_claim: String,
    /// What tokens call it in `amr`; its name unless set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amr: Option<String>,
    /// Its `acr` values → `low`, `substantial` or `high`.
    pub acr: BTreeMap<String, String>,
    /// Where people sign in with it: `idporten`, `ansattporten`; at both unless set. ID-porten itself can be an eID of
    /// Ansattporten, and brings MinID and passkeys with it.
    #[serde(default = "everywhere")]
    pub at: Vec<String>,
}

fn everywhere() -> Vec<String> {
    [idporten::NAME, idporten::ANSATTPORTEN].map(str::to_owned).to_vec()
}

impl Eid {
    /// As ID-porten takes it, with the secret read. Files are named from the data directory.
    pub fn upstream(&self, data: &Path) -> anyhow::Result<idporten::Upstream> {
        let read = |file: &Path| {
            let file = data.join(file);
            std::fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))
        };
        let auth = match (&self.client_secret_file, &self.client_key_file) {
            (Some(file), None) => idporten::UpstreamAuth::Secret(read(file)?.trim().to_owned()),
            (None, Some(file)) => {
                let key = kernel::jose::SigningKey::from_pkcs8_pem(&read(file)?)?;
                let key = self.client_key_id.as_deref().map_or(Ok(key.clone()), |kid| key.with_kid(kid))?;
                idporten::UpstreamAuth::Key(Box::new(key))
            }
            _ => bail!("the eID {}: one of client_secret_file and client_key_file is wanted", self.id),
        };
        let mut scopes = vec!["openid".to_owned()];
        scopes.extend(self.scopes.iter().filter(|scope| *scope != "openid").cloned());
        Ok(idporten::Upstream {
            id: self.id.clone(),
            name: self.name.clone(),
            issuer: self.issuer.clone(),
            client_id: self.client_id.clone(),
            auth,
            scopes,
            acr: self.acr.clone(),
            pid_claim: self.pid_claim.clone(),
            amr: self.amr.clone().unwrap_or_else(|| self.name.clone()),
        })
    }
}

impl File {
    fn path(data: &Path) -> PathBuf {
        data.join("felles.toml")
    }

    /// Reads the file of the installation in `data`; an installation without one has the defaults.
    pub fn read(data: &Path) -> anyhow::Result<Self> {
        let path = Self::path(data);
        match std::fs::read_to_string(&path) {
            Ok(text) => {
                toml::from_str(&text).with_context(|| format!("{} is not as it should be", path.display()))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
        }
    }

    /// Writes the file, whole or not at all, and for this user alone: a store's URL can hold a password.
    pub fn write(&self, data: &Path) -> anyhow::Result<()> {
        std::fs::create_dir_all(data)?;
        write_private(&Self::path(data), &toml::to_string_pretty(self)?)
    }

    /// The file with what the flags say of the store.
    pub fn with_store(mut self, options: &Options) -> Self {
        self.store = options.store.clone().or(self.store);
        self.store_prefix = options.store_prefix.clone().or(self.store_prefix);
        self
    }

    /// Where the data of the components lies.
    pub fn place(&self, data: &Path) -> Place {
        match &self.store {
            Some(url) => {
                Place::Database { url: url.clone(), prefix: self.store_prefix.clone().unwrap_or_default() }
            }
            None => Place::Directory(data.to_owned()),
        }
    }
}

/// Where the data of the installation that `options` name lies; for commands beside one that exists.
pub fn place(options: &Options) -> anyhow::Result<Place> {
    let path = File::path(&options.data);
    if !path.exists() && options.store.is_none() {
        bail!(
            "there is no installation in {}: run `felles up`, or name another with --data",
            options.data.display()
        );
    }
    Ok(File::read(&options.data)?.with_store(options).place(&options.data))
}

/// What serving needs to know, all sources taken together.
#[derive(Debug, Clone)]
pub struct Config {
    /// The data directory.
    pub data: PathBuf,
    /// Where the components' data lies.
    pub place: Place,
    /// Address to listen on.
    pub listen: String,
    /// Where the public reaches this process, without a slash at the end.
    pub base_url: String,
    /// Components elsewhere.
    pub remote: BTreeMap<String, String>,
    /// Components served here.
    pub only: Vec<String>,
    /// See [`Serving::node`].
    pub node: String,
    /// See [`kernel::Context::test_mode`].
    pub test_mode: bool,
    /// See [`File::eid`].
    pub eid: Vec<Eid>,
    /// See [`Wallet`].
    pub wallet: Wallet,
    /// See [`Kontaktregister`].
    pub kontaktregister: Kontaktregister,
    /// See [`Postkasse`].
    pub postkasse: Postkasse,
    /// See [`EnterpriseCertificates`].
    pub enterprise_certificates: EnterpriseCertificates,
    /// See [`Maskinporten`].
    pub maskinporten: Maskinporten,
    /// See [`File::limits`].
    pub limits: Limits,
    /// See [`WaitingRoom`]; new sign-ins each second.
    pub waiting_room: Option<NonZeroU32>,
    /// See [`File::proxy`].
    pub proxies: Proxies,
}

impl Config {
    /// Everything in one process over `data`, with every default.
    pub fn alone(data: &Path) -> Self {
        Self {
            data: data.to_owned(),
            place: Place::Directory(data.to_owned()),
            listen: DEFAULT_LISTEN.to_owned(),
            base_url: "http://localhost:8080".to_owned(),
            remote: BTreeMap::new(),
            only: COMPONENTS.iter().map(|name| (*name).to_owned()).collect(),
            node: DEFAULT_NODE.to_owned(),
            test_mode: true,
            eid: Vec::new(),
            wallet: Wallet::default(),
            kontaktregister: Kontaktregister::default(),
            postkasse: Postkasse::default(),
            enterprise_certificates: EnterpriseCertificates::default(),
            maskinporten: Maskinporten::default(),
            limits: Limits::default(),
            waiting_room: None,
            proxies: Proxies::default(),
        }
    }

    /// The eIDs of other providers at ID-porten or Ansattporten (`name`).
    pub fn upstreams(&self, name: &str) -> anyhow::Result<Vec<idporten::Upstream>> {
        for eid in &self.eid {
            if let Some(unknown) = eid.at.iter().find(|at| !everywhere().contains(at)) {
                bail!("the eID {}: at holds {unknown}, which is neither idporten nor ansattporten", eid.id);
            }
        }
        let here = self.eid.iter().filter(|eid| eid.at.iter().any(|at| at == name));
        here.map(|eid| eid.upstream(&self.data)).collect()
    }

    /// Takes the flags (clap has merged the environment into them) over the file. `only` empty means all.
    pub fn new(options: &Options, serving: &Serving, only: &[String]) -> anyhow::Result<(Self, File)> {
        let file = File::read(&options.data)?.with_store(options);
        let listen = serving
            .listen
            .clone()
            .or_else(|| file.listen.clone())
            .unwrap_or_else(|| DEFAULT_LISTEN.to_owned());
        let Some((_, port)) = listen.rsplit_once(':') else {
            bail!("--listen {listen}: HOST:PORT is wanted")
        };
        let base_url = serving.base_url.clone().or_else(|| file.base_url.clone());
        let base_url =
            base_url.unwrap_or_else(|| format!("http://localhost:{port}")).trim_end_matches('/').to_owned();
        let mut remote = file.remote.clone();
        for pair in &serving.remote {
            let Some((name, url)) = pair.split_once('=') else {
                bail!("--remote {pair}: NAME=URL is wanted")
            };
            remote.insert(name.to_owned(), url.trim_end_matches('/').to_owned());
        }
        for name in remote.keys().chain(only) {
            if !COMPONENTS.contains(&name.as_str()) {
                bail!("there is no component {name}; the components are {}", COMPONENTS.join(", "));
            }
        }
        let test_mode = !(serving.production || file.production);
        if let Some(name) = only.iter().find(|name| !test_mode && TEST_COMPONENTS.contains(&name.as_str())) {
            bail!("--only {name}: it is there in test mode alone");
        }
        let here = |name: &str| {
            !remote.contains_key(name)
                && (test_mode || !TEST_COMPONENTS.contains(&name))
                && (only.is_empty() || only.iter().any(|wanted| wanted == name))
        };
        let only: Vec<String> =
            COMPONENTS.iter().copied().filter(|name| here(name)).map(str::to_owned).collect();
        let config = Self {
            data: options.data.clone(),
            place: file.place(&options.data),
            listen,
            base_url,
            remote,
            only,
            node: serving.node.clone(),
            test_mode,
            eid: file.eid.clone(),
            wallet: file.wallet.clone().unwrap_or_default(),
            kontaktregister: file.kontaktregister.clone().unwrap_or_default(),
            postkasse: file.postkasse.clone().unwrap_or_default(),
            enterprise_certificates: file.enterprise_certificates.within(&options.data),
            maskinporten: file.maskinporten,
            waiting_room: file.waiting_room.map(|room| room.sign_ins_per_second),
            limits: file.limits.clone().unwrap_or_default(),
            proxies: file.proxy.clone().unwrap_or_default(),
        };
        Ok((config, file))
    }
}
