//! `felles birth`: a demo hospital. It knows what any hospital's system would know: a client of Maskinporten with its key,
//! and the mother's number.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};
use clients::folkeregister::{Foedselsmelding, Folkeregister};
use clients::life_events::{Kanal, Livshendelser, Reisefoelge, Reisestatus, Stegstatus};
use clients::{Mesh, orgs};
use kernel::clock::Clock;
use kernel::id::{Kjoenn, Pid};
use kernel::rng::Rng;

use super::nation::MOTHERS;
use super::refusal;
use crate::internal::HOSPITAL;

/// How long the hospital follows the journey.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often it looks.
const LOOK: Duration = Duration::from_millis(5);

/// The child's sex.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Sex {
    /// A girl
    Kvinne,
    /// A boy
    Mann,
}

/// The command's flags.
#[derive(Debug, Args)]
pub struct Birth {
    /// The Felles to report to
    #[arg(long, default_value = "http://localhost:8080", env = "FELLES_URL", value_name = "URL")]
    url: String,
    /// Where that installation keeps its keys: the hospital's own is among them
    #[arg(long, default_value = "data", env = "FELLES_DATA", value_name = "DIR")]
    data: std::path::PathBuf,
    /// The mother's personidentifikator [default: the next of the women whom the nation suggests]
    #[arg(long, value_name = "NUMBER")]
    mother: Option<String>,
    /// The child's sex
    #[arg(long, value_enum, default_value = "kvinne")]
    sex: Sex,
    /// Print one JSON object instead: child, journey, letter, milliseconds
    #[arg(long)]
    json: bool,
}

impl Birth {
    /// Runs the command.
    pub async fn run(self) -> anyhow::Result<()> {
        let (clock, rng) = (Clock::system(), Rng::system());
        let mother = match &self.mother {
            Some(number) => Pid::parse(number).with_context(|| format!("--mother {number}"))?,
            None => next_mother(&self.data)?,
        };
        let mesh = Mesh::remote(&self.url, &[maskinporten::NAME, folkeregister::NAME, life_events::NAME]);
        let tokens = super::tokens(&mesh, &self.url, &self.data, HOSPITAL.name, &clock, &rng)?;
        tokens.token().await.context("Maskinporten gave the hospital no token")?;
        self.tell(0, "Maskinporten gave the hospital a token");

        let register = Folkeregister::new(mesh.clone(), tokens.clone());
        let journeys = Livshendelser::new(mesh, tokens);
        let kjoenn = match self.sex {
            Sex::Kvinne => Kjoenn::Kvinne,
            Sex::Mann => Kjoenn::Mann,
        };
        let (id, today) = (rng.uuid().to_string(), clock.today());
        let message = Foedselsmelding {
            registreringsdato: Some(today),
            kildesystem: Some("felles birth".to_owned()),
            ..Foedselsmelding::levendefoedt(id, today, kjoenn, mother, orgs::SYKEHUS)
        };
        let begin = Instant::now();
        let receipt =
            register.meld_foedsel(&message).await.map_err(refusal).context("the birth was not registered")?;
        let Some(child) = receipt.foedsels_eller_d_nummer else { bail!("the receipt names no child") };
        self.tell(
            elapsed(begin),
            &format!("Folkeregisteret registered the birth; the child is {}", child.as_str()),
        );

        let journey = self.follow(&journeys, &child, begin).await?;
        let took = elapsed(begin);
        if self.json {
            let printed = serde_json::json!({
                "mor": mother, "barn": child, "reise": journey.id, "status": journey.status, "brev": journey.brev,
                "millisekunder": took,
            });
            super::say(&serde_json::to_string_pretty(&printed)?);
            return Ok(());
        }
        let url = self.url.trim_end_matches('/');
        match &journey.brev {
            Some(letter) => {
                match (letter.kanal, &letter.postkasseadresse) {
                    (Kanal::Digital, Some(mailbox)) => {
                        super::say(&format!("The letter lies in the mailbox {mailbox}"));
                    }
                    (Kanal::Digital, None) => super::say("The letter lies in the mother's digital mailbox"),
                    (Kanal::Utskrift, _) => {
                        super::say("The letter lies in the print queue: the mother has no digital mailbox");
                    }
                }
                super::say(&format!(
                    "Sign in as {} and read it: {url}/innboks/{}",
                    mother.as_str(),
                    letter.melding
                ));
            }
            None => super::say(&format!("A caseworker has it: {url}/oppgaver")),
        }
        Ok(())
    }

    /// Follows the journey, tells each step as it comes to its end, and gives the journey when nothing more happens by
    /// itself.
    async fn follow(
        &self,
        journeys: &Livshendelser,
        child: &Pid,
        begin: Instant,
    ) -> anyhow::Result<Reisefoelge> {
        let mut told = Vec::new();
        loop {
            if let Some(journey) = journeys.soek(child).await.map_err(refusal)? {
                for step in &journey.steg {
                    let state = (step.id.clone(), step.status);
                    if matches!(step.status, Stegstatus::Ferdig | Stegstatus::Oppgave)
                        && !told.contains(&state)
                    {
                        let by =
                            if step.status == Stegstatus::Oppgave { " – a caseworker's task" } else { "" };
                        self.tell(elapsed(begin), &format!("{}: {}{by}", step.etat.navn, step.navn));
                        told.push(state);
                    }
                }
                let waits = journey.steg.iter().any(|step| step.status == Stegstatus::Oppgave);
                if journey.status == Reisestatus::Avsluttet || waits || journey.brev.is_some() {
                    return Ok(journey);
                }
            }
            if begin.elapsed() > PATIENCE {
                bail!("the journey has not come to the letter within {} s", PATIENCE.as_secs());
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    fn tell(&self, milliseconds: u128, what: &str) {
        if !self.json {
            super::say(&format!("{milliseconds:>5} ms  {what}"));
        }
    }
}

fn elapsed(begin: Instant) -> u128 {
    begin.elapsed().as_millis()
}

/// The next of the nation's mothers-to-be: each gives birth once, since a second child within five months is a case for
/// a human.
fn next_mother(data: &Path) -> anyhow::Result<Pid> {
    let mothers = data.join("nation").join(MOTHERS);
    let mothers =
        std::fs::read_to_string(&mothers).with_context(|| format!("cannot read {}", mothers.display()))?;
    let cursor = data.join("nation/neste-mor");
    let next: usize =
        std::fs::read_to_string(&cursor).ok().and_then(|text| text.trim().parse().ok()).unwrap_or(0);
    let Some(mother) = mothers.lines().nth(next) else {
        bail!("every suggested mother has had her child; name one with --mother")
    };
    std::fs::write(&cursor, (next + 1).to_string())?;
    Pid::parse(mother).context(MOTHERS)
}
