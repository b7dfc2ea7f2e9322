//! `felles scope add`: makes a scope, beside a running installation or before it starts, for whoever offers an API.

use anyhow::{Context as _, ensure};
use clap::{Args, Subcommand};
use clients::orgs;
use kernel::clock::Clock;
use kernel::id::Orgnr;

use crate::config::{File, Options, place};
use crate::server::open_store;

/// See [`ScopeCommand`].
#[derive(Debug, Args)]
pub struct Scope {
    #[command(subcommand)]
    command: ScopeCommand,
}

#[derive(Debug, Subcommand)]
enum ScopeCommand {
    /// Make a scope, or change the one of that name, so that clients can be registered for it
    #[command(subcommand)]
    Add(Add),
}

#[derive(Debug, Subcommand)]
enum Add {
    /// A scope that organisations' systems ask Maskinporten for
    Maskinporten(AddMaskinporten),
    /// A scope that people's sign-ins by ID-porten can carry
    Idporten(AddIdporten),
}

#[derive(Debug, Args)]
struct Common {
    #[command(flatten)]
    options: Options,
    /// Its name
    #[arg(value_name = "PREFIX:NAME")]
    scope: String,
    /// The organisation that offers the API
    #[arg(long, default_value = orgs::FELLES.orgnr, value_name = "ORGNR")]
    owner: String,
    /// What it opens, in words for whoever grants it
    #[arg(long, value_name = "TEXT")]
    description: String,
}

impl Common {
    fn owner(&self) -> anyhow::Result<Orgnr> {
        Orgnr::parse(&self.owner).with_context(|| format!("--owner {}", self.owner))
    }

    /// The name, where it is one: OAuth's characters (RFC 6749 § 3.3), with a prefix.
    fn scope(&self) -> anyhow::Result<&str> {
        let legal = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\');
        let parts = self.scope.split_once(':');
        let named = parts.is_some_and(|(prefix, name)| !prefix.is_empty() && !name.is_empty());
        let scope = self.scope.as_str();
        ensure!(
            named && scope.len() <= 255 && scope.bytes().all(legal),
            "{scope} is not a scope: prefix:name"
        );
        Ok(scope)
    }
}

#[derive(Debug, Args)]
struct AddMaskinporten {
    #[command(flatten)]
    common: Common,
    /// Every organisation has it, without being granted it
    #[arg(long)]
    accessible_for_all: bool,
}

#[derive(Debug, Args)]
struct AddIdporten {
    #[command(flatten)]
    common: Common,
    /// The person is asked to agree
    #[arg(long)]
    requires_user_consent: bool,
    /// Tokens with it leave out the person's number
    #[arg(long)]
    requires_pseudonymous_tokens: bool,
    /// Tokens with it are opaque, and have to be looked up
    #[arg(long)]
    opaque: bool,
    /// A client that may look up tokens with it (it needs the scope idporten:token.introspection); may be repeated
    #[arg(long = "introspected-by", value_name = "CLIENT_ID")]
    introspected_by: Vec<String>,
}

impl Scope {
    /// Runs the command.
    pub async fn run(self) -> anyhow::Result<()> {
        let ScopeCommand::Add(add) = self.command;
        match add {
            Add::Maskinporten(add) => add.run().await,
            Add::Idporten(add) => add.run().await,
        }
    }
}

impl AddMaskinporten {
    async fn run(self) -> anyhow::Result<()> {
        let common = &self.common;
        let mut scope = maskinporten::NewScope::new(common.scope()?, common.owner()?, &common.description);
        scope.accessible_for_all = self.accessible_for_all;
        let store = open_store(&place(&common.options)?, maskinporten::NAME).await?;
        maskinporten::Registrar::new(store, Clock::system()).put_scopes(vec![scope]).await?;
        super::say(&common.scope);
        Ok(())
    }
}

impl AddIdporten {
    async fn run(self) -> anyhow::Result<()> {
        let common = &self.common;
        let mut scope = idporten::NewScope::new(common.scope()?, common.owner()?, &common.description);
        scope.requires_user_consent = self.requires_user_consent;
        scope.requires_pseudonymous_tokens = self.requires_pseudonymous_tokens;
        scope.opaque = self.opaque;
        scope.enforced_aud_for_introspection = self.introspected_by;
        let store = open_store(&place(&common.options)?, idporten::NAME).await?;
        let test_mode = !File::read(&common.options.data)?.production;
        idporten::Registrar::new(store, Clock::system(), test_mode).put_scopes(vec![scope]).await?;
        super::say(&common.scope);
        Ok(())
    }
}
