//! `felles client add`: registers a client, beside a running installation or before it starts, and prints what an outside
//! program needs to begin at once.

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use clients::orgs;
use kernel::clock::Clock;
use kernel::id::Orgnr;
use kernel::jose::{Alg, SigningKey};
use kernel::rng::Rng;
use serde_json::json;

use crate::config::{File, Options, place};
use crate::internal::{self, Credentials};
use crate::server::open_store;

/// See [`ClientCommand`].
#[derive(Debug, Args)]
pub struct Client {
    #[command(subcommand)]
    command: ClientCommand,
}

#[derive(Debug, Subcommand)]
enum ClientCommand {
    /// Register a client and print it as JSON, with its private key: the only time the key is shown
    #[command(subcommand)]
    Add(Add),
}

#[derive(Debug, Subcommand)]
enum Add {
    /// A system that gets tokens from Maskinporten
    #[command(after_long_help = list(internal::SCOPES))]
    Maskinporten(AddMaskinporten),
    /// A service that people sign in to by ID-porten
    #[command(after_long_help = list(internal::PERSON_SCOPES))]
    Idporten(AddIdporten),
    /// A service that people sign in to by Ansattporten, on behalf of a business
    Ansattporten(AddIdporten),
}

/// The algorithm of a client's key.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum KeyAlg {
    /// P-256
    #[value(name = "ES256")]
    Es256,
    /// RSA, 2048 bits
    #[value(name = "RS256")]
    Rs256,
}

impl From<KeyAlg> for Alg {
    fn from(alg: KeyAlg) -> Self {
        match alg {
            KeyAlg::Es256 => Self::ES256,
            KeyAlg::Rs256 => Self::RS256,
        }
    }
}

#[derive(Debug, Args)]
struct AddMaskinporten {
    #[command(flatten)]
    options: Options,
    #[command(flatten)]
    common: Common,
    /// A scope that it may ask for; may be repeated
    #[arg(long = "scope", value_name = "SCOPE", required = true)]
    scopes: Vec<String>,
    /// It has no key of its own, and shows an enterprise certificate of --orgnr (see `felles certificate test`)
    #[arg(long, conflicts_with = "alg")]
    certificate: bool,
}

#[derive(Debug, Args)]
struct AddIdporten {
    #[command(flatten)]
    options: Options,
    #[command(flatten)]
    common: Common,
    /// Where people are sent back to, character for character; may be repeated
    #[arg(long = "redirect-uri", value_name = "URL", required = true)]
    redirect_uris: Vec<String>,
    /// Where people may be sent after signing out; may be repeated
    #[arg(long = "post-logout-redirect-uri", value_name = "URL")]
    post_logout_redirect_uris: Vec<String>,
    /// A scope besides openid and profile; may be repeated
    #[arg(long = "scope", value_name = "SCOPE")]
    scopes: Vec<String>,
    /// How it shows who it is
    #[arg(long, value_enum, default_value = "private_key_jwt")]
    auth: Auth,
    /// Refresh tokens, too
    #[arg(long)]
    refresh_tokens: bool,
    /// Loaded in a hidden frame when the person signs out anywhere
    #[arg(long, value_name = "URL")]
    frontchannel_logout_uri: Option<String>,
    /// That frame, and the id token, name the session
    #[arg(long, requires = "frontchannel_logout_uri")]
    frontchannel_logout_session_required: bool,
    /// Its requests must be pushed (PAR)
    #[arg(long)]
    require_pushed_authorization_requests: bool,
    /// It shares no sign-in with other clients
    #[arg(long)]
    sso_disabled: bool,
    /// What it is held to
    #[arg(long, value_enum, default_value = "standard")]
    security_profile: Profile,
}

/// What a client of ID-porten is held to.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Profile {
    /// What ID-porten demands of everybody
    Standard,
    /// The FAPI 2.0 Security Profile: pushed requests, tokens bound to a key (DPoP)
    Fapi2,
}

/// How a client of ID-porten shows who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Auth {
    /// By assertions that it signs
    #[value(name = "private_key_jwt")]
    PrivateKeyJwt,
    /// By a secret in the header
    #[value(name = "client_secret_basic")]
    ClientSecretBasic,
    /// By a secret in the form
    #[value(name = "client_secret_post")]
    ClientSecretPost,
    /// It cannot: it runs in a browser
    #[value(name = "none")]
    None,
}

#[derive(Debug, Args)]
struct Common {
    /// What it is called
    #[arg(long, default_value = "felles client add", value_name = "TEXT")]
    name: String,
    /// The organisation that it acts for
    #[arg(long, default_value = orgs::FELLES.orgnr, value_name = "ORGNR")]
    orgnr: String,
    /// Where the installation is reached
    #[arg(long, default_value = "http://localhost:8080", env = "FELLES_URL", value_name = "URL")]
    url: String,
    /// The key that it signs with
    #[arg(long, value_enum, ignore_case = true, default_value = "ES256")]
    alg: KeyAlg,
}

impl Common {
    fn orgnr(&self) -> anyhow::Result<Orgnr> {
        Orgnr::parse(&self.orgnr).with_context(|| format!("--orgnr {}", self.orgnr))
    }

    fn url(&self) -> &str {
        self.url.trim_end_matches('/')
    }
}

/// Scopes that can be asked for, for whoever reads the help.
fn list(scopes: &[(&str, orgs::Org, &str)]) -> String {
    let lines: Vec<String> =
        scopes.iter().map(|(scope, _, what)| format!("  {scope}\n      {what}")).collect();
    format!("Scopes:\n{}", lines.join("\n"))
}

impl Client {
    /// Runs the command.
    pub async fn run(self) -> anyhow::Result<()> {
        let ClientCommand::Add(add) = self.command;
        match add {
            Add::Maskinporten(add) => add.run().await,
            Add::Idporten(add) => add.run(idporten::Portal::Idporten).await,
            Add::Ansattporten(add) => add.run(idporten::Portal::Ansattporten).await,
        }
    }
}

impl AddMaskinporten {
    async fn run(self) -> anyhow::Result<()> {
        let store = open_store(&place(&self.options)?, maskinporten::NAME).await?;
        let registrar = maskinporten::Registrar::new(store, Clock::system());
        let client_id = Rng::system().uuid().to_string();
        let alg = self.common.alg.into();
        let credentials = Credentials::make(&client_id, alg, &self.common.orgnr()?, &self.scopes)?;
        let mut client = internal::new_client(&credentials, &self.common.name)?;
        let mut printed = serde_json::to_value(&credentials)?;
        if self.certificate {
            client.jwks.clear();
            printed = json!({ "client_id": client_id, "scopes": self.scopes, "orgnr": credentials.orgnr });
        }
        registrar.register_client(client).await?;
        let issuer = format!("{}/maskinporten/", self.common.url());
        printed["issuer"] = json!(issuer);
        printed["token_endpoint"] = json!(format!("{issuer}token"));
        super::say(&serde_json::to_string_pretty(&printed)?);
        Ok(())
    }
}

impl AddIdporten {
    async fn run(self, portal: idporten::Portal) -> anyhow::Result<()> {
        let store = open_store(&place(&self.options)?, portal.name()).await?;
        let test_mode = !File::read(&self.options.data)?.production;
        let registrar = idporten::Registrar::new(store, Clock::system(), test_mode).of(portal);
        let rng = Rng::system();
        let client_id = rng.uuid().to_string();
        let mut client = idporten::NewClient::new(&client_id, self.common.orgnr()?, &self.common.name, "");
        client.redirect_uris = self.redirect_uris;
        client.post_logout_redirect_uris = self.post_logout_redirect_uris;
        client.scopes.extend(self.scopes);
        client.refresh_tokens = self.refresh_tokens;
        client.frontchannel_logout_uri = self.frontchannel_logout_uri;
        client.frontchannel_logout_session_required = self.frontchannel_logout_session_required;
        client.require_pushed_authorization_requests = self.require_pushed_authorization_requests;
        client.sso_disabled = self.sso_disabled;
        client.security_profile = match self.security_profile {
            Profile::Standard => idporten::SecurityProfile::Standard,
            Profile::Fapi2 => idporten::SecurityProfile::Fapi2,
        };
        let mut printed = json!({
            "client_id": client_id,
            "issuer": format!("{}/{}", self.common.url(), portal.name()),
            "redirect_uris": client.redirect_uris,
            "scopes": client.scopes,
            "orgnr": self.common.orgnr,
        });
        client.auth_method = match self.auth {
            Auth::PrivateKeyJwt => idporten::AuthMethod::PrivateKeyJwt,
            Auth::ClientSecretBasic => idporten::AuthMethod::ClientSecretBasic,
            Auth::ClientSecretPost => idporten::AuthMethod::ClientSecretPost,
            Auth::None => idporten::AuthMethod::None,
        };
        printed["token_endpoint_auth_method"] = json!(client.auth_method.as_str());
        match self.auth {
            Auth::PrivateKeyJwt => {
                let key = SigningKey::generate(self.common.alg.into())?;
                printed["kid"] = json!(key.kid());
                printed["alg"] = json!(key.alg().as_str());
                printed["private_key_pem"] = json!(key.to_pkcs8_pem()?);
                client.jwks = vec![key.public_jwk().clone()];
            }
            Auth::ClientSecretBasic | Auth::ClientSecretPost => {
                let secret = rng.token();
                printed["client_secret"] = json!(secret);
                client.secret = Some(secret);
            }
            Auth::None => client.application_type = idporten::ApplicationType::Browser,
        }
        registrar.register_client(client).await?;
        super::say(&serde_json::to_string_pretty(&printed)?);
        Ok(())
    }
}
