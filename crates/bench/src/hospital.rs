//! A hospital's system: reports births and follows what becomes of them.

use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use clients::folkeregister::{Foedselsmelding, Folkeregister, Kvittering};
use clients::life_events::{Livshendelser, Reisefoelge};
use clients::maskinporten::ClientKey;
use clients::{Mesh, TokenSource, folkeregister, life_events, maskinporten, orgs};
use jiff::ToSpan as _;
use kernel::clock::Clock;
use kernel::id::{Kjoenn, Pid};
use kernel::jose::SigningKey;
use kernel::rng::Rng;
use serde_json::Value;

use crate::Installation;

/// A client of Maskinporten with what it needs to reach a Felles.
#[derive(Clone)]
pub struct Hospital {
    /// The register that it reports to.
    pub register: Folkeregister,
    /// The journeys that it follows.
    pub journeys: Livshendelser,
    clock: Clock,
}

/// What a client that `felles client add maskinporten` has printed signs its grants with.
pub fn client_key(printed: &Value) -> anyhow::Result<ClientKey> {
    let text = |name: &str| printed[name].as_str().with_context(|| format!("the client has no {name}"));
    let scopes = printed["scopes"].as_array().context("the client has no scopes")?;
    Ok(ClientKey {
        client_id: text("client_id")?.to_owned(),
        key: SigningKey::from_pkcs8_pem(text("private_key_pem")?)?.with_kid(text("kid")?)?,
        scopes: scopes.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "),
    })
}

impl Hospital {
    /// The hospital whose client `felles client add maskinporten` has printed, before the Felles at `base`.
    pub fn new(base: &str, printed: &Value) -> anyhow::Result<Self> {
        let (clock, rng) = (Clock::system(), Rng::system());
        let mesh = Mesh::remote(base, &[maskinporten::NAME, folkeregister::NAME, life_events::NAME]);
        let issuer = format!("{base}/maskinporten/");
        let tokens = TokenSource::new(mesh.clone(), &issuer, client_key(printed)?, clock.clone(), rng);
        Ok(Self {
            register: Folkeregister::new(mesh.clone(), tokens.clone()),
            journeys: Livshendelser::new(mesh, tokens),
            clock,
        })
    }

    /// A hospital with a new client of this installation.
    pub fn register(felles: &Installation) -> anyhow::Result<Self> {
        let (report, follow) = (folkeregister::SCOPE_FOEDSELSMELDING, life_events::SCOPE_REISE_LES);
        let printed =
            felles.json(&["client", "add", "maskinporten", "--scope", report, "--scope", follow])?;
        Self::new(&felles.base(), &printed)
    }

    /// The `n`th report of a series: `mother` has borne a living child. Days and sexes take turns, since a day has about
    /// two hundred numbers for each sex.
    pub fn report(&self, series: &str, n: usize, mother: Pid) -> Foedselsmelding {
        // Four weeks of days.
        let days = i64::try_from(n / 2 % 28).unwrap_or_default();
        let born = self.clock.today().saturating_sub(days.days());
        let kjoenn = if n.is_multiple_of(2) { Kjoenn::Kvinne } else { Kjoenn::Mann };
        Foedselsmelding::levendefoedt(format!("{series}-{n}"), born, kjoenn, mother, orgs::SYKEHUS)
    }

    /// Reports until it is acknowledged: what cannot be reached now is asked again, with the same message.
    pub async fn insist(&self, message: &Foedselsmelding, patience: Duration) -> anyhow::Result<Kvittering> {
        let begin = Instant::now();
        loop {
            match self.register.meld_foedsel(message).await {
                Ok(receipt) => return Ok(receipt),
                Err(error) if !error.is_transient() || begin.elapsed() > patience => {
                    bail!(error.in_full());
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    }

    /// Waits for the letter of a child's journey, looking every `interval`.
    pub async fn letter(
        &self,
        child: &Pid,
        interval: Duration,
        patience: Duration,
    ) -> anyhow::Result<Reisefoelge> {
        let begin = Instant::now();
        loop {
            match self.journeys.soek(child).await {
                Ok(Some(journey)) if journey.brev.is_some() => return Ok(journey),
                Err(error) if !error.is_transient() => bail!(error.in_full()),
                found if begin.elapsed() > patience => bail!("no letter within {patience:?}: {found:?}"),
                _ => tokio::time::sleep(interval).await,
            }
        }
    }
}
