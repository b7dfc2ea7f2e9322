//! `felles keys rotate`: replaces the keys that an issuer signs with, beside a running installation.

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;
use kernel::clock::Clock;
use kernel::jose::Alg;
use kernel::store::Place;

use crate::config::{File, Options, place};
use crate::secrets::Secrets;
use crate::server::open_store;

/// See [`KeysCommand`].
#[derive(Debug, Args)]
pub struct Keys {
    #[command(subcommand)]
    command: KeysCommand,
}

#[derive(Debug, Subcommand)]
enum KeysCommand {
    /// Publish a new key that signs from tomorrow on; what the old one signed verifies until it ends
    Rotate(Rotate),
}

#[derive(Debug, Args)]
struct Rotate {
    #[command(flatten)]
    options: Options,
    /// Whose keys
    #[arg(value_enum)]
    issuer: Issuer,
    /// A private key may be known to others: new keys sign at once, and nothing that the old ones signed verifies any more
    #[arg(long)]
    now: bool,
}

/// Who signs.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Issuer {
    Maskinporten,
    Idporten,
    Ansattporten,
}

impl Issuer {
    fn store(self) -> &'static str {
        match self {
            Self::Maskinporten => maskinporten::NAME,
            Self::Idporten => idporten::NAME,
            Self::Ansattporten => idporten::ANSATTPORTEN,
        }
    }
}

impl Keys {
    /// Runs the command.
    pub async fn run(self) -> anyhow::Result<()> {
        let KeysCommand::Rotate(Rotate { options, issuer, now: at_once }) = self.command;
        let secrets = Secrets::of(&options.data);
        let signing = File::read(&options.data)?.maskinporten.signing.into();
        let now = Clock::system().now();
        let kids = rotate(&place(&options)?, &secrets, (issuer, signing), at_once, now).await?;
        let name = issuer.store();
        if at_once {
            super::say(&format!(
                "{name} signs with {}; a running one from the next minute on",
                kids.join(", ")
            ));
        } else {
            super::say(&format!("{name} publishes {}; the newest signs in a day", kids.join(", ")));
        }
        Ok(())
    }
}

/// Replaces an issuer's keys; gives the names of those that are published then.
async fn rotate(
    place: &Place,
    secrets: &Secrets,
    (issuer, signing): (Issuer, Alg),
    at_once: bool,
    now: Timestamp,
) -> anyhow::Result<Vec<String>> {
    let store = open_store(place, issuer.store()).await?;
    let (kept, master) = (store.clone(), secrets.master()?);
    let keyring = match issuer {
        Issuer::Maskinporten => maskinporten::signing_keys(kept, master, signing, now).await?,
        Issuer::Idporten | Issuer::Ansattporten => idporten::signing_keys(kept, master, now).await?,
    };
    match (issuer, at_once) {
        (_, false) => keyring.rotate_early(now).await?,
        (Issuer::Maskinporten, true) => keyring.replace_all(now).await?,
        (Issuer::Idporten | Issuer::Ansattporten, true) => {
            idporten::replace_keys(&store, &keyring, now).await?;
        }
    }
    let jwks: serde_json::Value = serde_json::from_str(&keyring.jwks())?;
    let keys = jwks["keys"].as_array().context("the keys are no set")?;
    Ok(keys.iter().filter_map(|key| key["kid"].as_str().map(str::to_owned)).collect())
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use kernel::rng::Rng;

    use super::*;

    #[tokio::test]
    async fn keys_give_way_in_a_day_or_at_once() {
        let directory = tempfile::tempdir().unwrap();
        let secrets = Secrets::of(directory.path());
        let place = match std::env::var("FELLES_TEST_POSTGRES") {
            Ok(url) => Place::Database { url, prefix: format!("t{}_", Rng::system().uuid().simple()) },
            Err(_) => Place::Directory(directory.path().to_owned()),
        };
        let start: Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
        // Nobody's installation: no master key is made for it.
        let none = rotate(&place, &secrets, (Issuer::Maskinporten, Alg::RS256), true, start).await;
        assert!(none.unwrap_err().to_string().contains("no master key"));
        secrets.bytes("master", &Rng::system()).unwrap();
        for issuer in [Issuer::Maskinporten, Issuer::Idporten, Issuer::Ansattporten] {
            let store = open_store(&place, issuer.store()).await.unwrap();
            let open = async |now| {
                let (store, master) = (store.clone(), secrets.master().unwrap());
                match issuer {
                    Issuer::Maskinporten => {
                        maskinporten::signing_keys(store, master, Alg::RS256, now).await.unwrap()
                    }
                    _ => idporten::signing_keys(store, master, now).await.unwrap(),
                }
            };
            let signs = |keyring: kernel::jose::Keyring| keyring.signer(Alg::RS256).unwrap().kid().to_owned();
            let old = signs(open(start).await);
            let later = start + SignedDuration::from_hours(1);
            let both = rotate(&place, &secrets, (issuer, Alg::RS256), false, later).await.unwrap();
            assert!(both.contains(&old) && both.len() >= 2, "{both:?}");
            // Asked for twice, it is done once.
            assert_eq!(
                rotate(&place, &secrets, (issuer, Alg::RS256), false, later).await.unwrap().len(),
                both.len()
            );
            assert_eq!(signs(open(later).await), old);
            let tomorrow = later + SignedDuration::from_hours(24);
            let new = signs(open(tomorrow).await);
            assert!(new != old && both.contains(&new));
            // In an emergency neither is left.
            let left = rotate(&place, &secrets, (issuer, Alg::RS256), true, tomorrow).await.unwrap();
            assert!(!left.contains(&old) && !left.contains(&new) && !left.is_empty(), "{left:?}");
            assert!(left.contains(&signs(open(tomorrow).await)));
        }
    }
}
