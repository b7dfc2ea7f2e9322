//! `felles nation live`: life goes on in a nation that is served. People are born, die, move, marry and part, at the yearly rates of a
//! real year, by messages to Folkeregisteret's intake like anyone's: everything that follows an event follows.

use std::ops::RangeInclusive;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use clap::Args;
use clients::folkeregister::{
    Bostedsadresse, Del, DoedPerson, Doedsmelding, Element, Familierolle, Flyttemelding, Foedselsmelding,
    Folkeregister, Folkeregisterkandidat, Identitetsgrunnlagstatus, Innflyttingsmelding, MeldtEktefelle,
    NyBostedsadresse, NyPerson, Persondokument, Personnavn, Personstatus, Separasjon, Separasjonsmelding,
    Sivilstandstype, Skilsmisse, Skilsmissehjemmel, Skilsmissemelding, Utflyttingsmelding, Vigsel,
    Vigselsmelding,
};
use clients::{Mesh, Purpose, orgs};
use jiff::ToSpan as _;
use jiff::civil::Date;
use kernel::clock::{Clock, oslo};
use kernel::id::{Kjoenn, Pid};
use kernel::rng::Rng;
use serde::Serialize;

use super::refusal;
use crate::config::{File, Options};
use crate::internal::LIFE;

/// Residents of the country whose events a year are below.
const RESIDENTS: u32 = 5_600_000;
/// What happens in a year (SSB: births, deaths and moves across the border 2023; moves between municipalities 2020; marriages
/// 2023, rounded).
const YEAR: [(What, u32); 8] = [
    (What::Birth, 51_980),
    (What::Death, 43_803),
    (What::Move, 247_257),
    (What::Immigration, 86_589),
    (What::Emigration, 34_011),
    (What::Wedding, 20_000),
    (What::Separation, 9_200),
    (What::Divorce, 8_500),
];
const SECONDS: f64 = 365.25 * 86_400.0;
/// Of a hundred who die, how many are of these ages; ours, after the pattern of deaths in a country where people live long.
const DEATHS: [(RangeInclusive<i16>, u32); 6] =
    [(0..=49, 4), (50..=59, 5), (60..=69, 12), (70..=79, 24), (80..=89, 35), (90..=104, 20)];
/// Where people come from and go to; without weights.
const ABROAD: [&str; 8] = ["POL", "SWE", "UKR", "DNK", "LTU", "DEU", "PHL", "GBR"];
/// On how many birthdays somebody is looked for before the event is given up: in a small nation most have nobody.
const TRIES: u32 = 1000;
/// Days within which a woman does not give birth again.
const BETWEEN_BIRTHS: i32 = 300;

/// What happens to people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Birth,
    Death,
    Move,
    Immigration,
    Emigration,
    Wedding,
    Separation,
    Divorce,
}

/// The command's flags.
#[derive(Debug, Args)]
pub struct Live {
    /// The Felles in which life goes on
    #[arg(long, default_value = "http://localhost:8080", env = "FELLES_URL", value_name = "URL")]
    url: String,
    // A client that may report whatever happens is among the installation's keys.
    #[command(flatten)]
    options: Options,
    /// How many times faster than in the real year things happen
    #[arg(long, default_value_t = 1000, value_name = "N")]
    speed: u32,
    /// Stop after so many events [default: go on]
    #[arg(long, value_name = "N")]
    events: Option<u32>,
}

impl Live {
    /// Runs the command.
    pub async fn run(self) -> anyhow::Result<()> {
        ensure!(self.speed > 0, "--speed is at least 1");
        let data = &self.options.data;
        let nation = File::read(data)?.nation;
        let nation = nation.with_context(|| format!("no nation has been loaded in {}", data.display()))?;
        let (clock, rng) = (Clock::system(), Rng::system());
        let mesh = Mesh::remote(&self.url, &[maskinporten::NAME, folkeregister::NAME]);
        let tokens = super::tokens(&mesh, &self.url, data, LIFE.name, &clock, &rng)?;
        let register = Folkeregister::new(mesh, tokens);
        let life = Life { register, clock, rng, purpose: Purpose::new("Livet i en syntetisk nasjon") };

        let a_year = YEAR.iter().map(|(_, many)| f64::from(*many)).sum::<f64>();
        let a_second =
            a_year * f64::from(nation.population) / f64::from(RESIDENTS) * f64::from(self.speed) / SECONDS;
        let mut left = self.events;
        while left != Some(0) {
            tokio::time::sleep(life.pause(a_second)).await;
            let what = life.one(&YEAR);
            match life.happen(what).await? {
                Some(told) => super::say(&told),
                None => continue,
            }
            left = left.map(|left| left - 1);
        }
        Ok(())
    }
}

/// Life, and what it needs to go on.
struct Life {
    register: Folkeregister,
    clock: Clock,
    rng: Rng,
    purpose: Purpose,
}

impl Life {
    /// The time until the next event, where there are so many a second and none waits for another.
    fn pause(&self, a_second: f64) -> Duration {
        let chance = f64::from(self.rng.below(1_000_000) + 1) / 1_000_000.0;
        Duration::from_secs_f64((-chance.ln() / a_second).min(86_400.0))
    }

    /// One of these, by their weights.
    fn one<T: Clone>(&self, of: &[(T, u32)]) -> T {
        let mut at = self.rng.below(of.iter().map(|(_, weight)| weight).sum());
        let found = of.iter().find(|(_, weight)| {
            let here = at < *weight;
            at = at.saturating_sub(*weight);
            here
        });
        // The weights of all are the bound of the draw.
        found.unwrap_or(&of[0]).0.clone()
    }

    /// Lets something happen, and says what; `None` where the register would not have it, or nobody was found.
    async fn happen(&self, what: What) -> anyhow::Result<Option<String>> {
        match what {
            What::Birth => self.birth().await,
            What::Death => self.death().await,
            What::Move => self.moves().await,
            What::Immigration => self.immigration().await,
            What::Emigration => self.emigration().await,
            What::Wedding => self.wedding().await,
            What::Separation => self.separation().await,
            What::Divorce => self.divorce().await,
        }
    }

    async fn birth(&self) -> anyhow::Result<Option<String>> {
        let today = self.clock.today();
        let recent = today.saturating_sub(BETWEEN_BIRTHS.days());
        let may = |person: &Persondokument| {
            let mut children = person.relasjoner(Familierolle::Barn);
            children.all(|child| {
                child.gyldighetstidspunkt.is_none_or(|at| at.to_zoned_datetime(oslo()).date() < recent)
            })
        };
        let Some((mother, _)) = self.someone(20..=42, Some(Kjoenn::Kvinne), may).await? else {
            return Ok(None);
        };
        let sex = if self.rng.below(1000) < 514 { Kjoenn::Mann } else { Kjoenn::Kvinne };
        let message = Foedselsmelding::levendefoedt(self.id(), today, sex, mother, orgs::SYKEHUS);
        self.send("foedselsmelding", &message, "born to", &[mother]).await
    }

    async fn death(&self) -> anyhow::Result<Option<String>> {
        let ages = self.one(&DEATHS);
        let Some((pid, _)) = self.someone(ages, None, |_| true).await? else { return Ok(None) };
        let message = Doedsmelding {
            meldings_id: self.id(),
            forespoerselssdato: None,
            kilde: "helse".to_owned(),
            doed_person: DoedPerson { foedselsnummer: pid, doedsdato: self.clock.today(), kommune: None },
        };
        self.send("doedsmelding", &message, "died:", &[pid]).await
    }

    async fn moves(&self) -> anyhow::Result<Option<String>> {
        let Some((household, from)) = self.household().await? else { return Ok(None) };
        let elsewhere = |person: &Persondokument| person.bostedskommune() != from.as_deref();
        let Some(home) = self.home(elsewhere).await? else { return Ok(None) };
        let message = Flyttemelding {
            meldings_id: self.id(),
            person_som_flytter: household.clone(),
            ny_adresse: home,
            flyttedato: self.clock.today(),
        };
        self.send("flyttemelding", &message, "moved:", &household).await
    }

    async fn immigration(&self) -> anyhow::Result<Option<String>> {
        let Some(home) = self.home(|_| true).await? else { return Ok(None) };
        let Some((_, named)) =
            self.someone(18..=70, None, |person| person.gjeldende_navn().is_some()).await?
        else {
            return Ok(None);
        };
        let (Some(name), Some(sex)) = (named.gjeldende_navn(), named.gjeldende_kjoenn()) else {
            return Ok(None);
        };
        let land = self.country();
        let person = NyPerson {
            navn: Personnavn {
                fornavn: name.fornavn.clone(),
                mellomnavn: None,
                etternavn: name.etternavn.clone(),
            },
            foedselsdato: self.born(&(18..=60)),
            kjoenn: sex,
            foedeland: land.clone(),
            foedested: None,
            statsborgerskap: vec![land.clone()],
            legitimasjonskontroll: Identitetsgrunnlagstatus::Kontrollert,
            utenlandsk_personidentifikasjon: Vec::new(),
        };
        let message = Innflyttingsmelding {
            meldings_id: self.id(),
            kandidat: Folkeregisterkandidat { foedsels_eller_d_nummer: None, person: Some(person) },
            bostedsadresse: home,
            fraflyttingsland: land.clone(),
            innflyttingsdato: self.clock.today(),
            sivilstand: Some(Sivilstandstype::Ugift),
            opphold: None,
        };
        self.send("innflytting", &message, &format!("came from {land}"), &[]).await
    }

    async fn emigration(&self) -> anyhow::Result<Option<String>> {
        let Some((household, _)) = self.household().await? else { return Ok(None) };
        let land = self.country();
        let message = Utflyttingsmelding {
            meldings_id: self.id(),
            person_som_flytter: household.clone(),
            tilflyttingsland: land.clone(),
            tilflyttingssted_i_utlandet: None,
            utflyttingsdato: self.clock.today(),
            postadresse_i_utlandet: None,
        };
        self.send("utflytting", &message, &format!("left for {land}:"), &household).await
    }

    async fn wedding(&self) -> anyhow::Result<Option<String>> {
        let free = |person: &Persondokument| {
            let civil = person.gjeldende_sivilstand().map(|entry| entry.sivilstand);
            matches!(
                civil,
                Some(Sivilstandstype::Ugift | Sivilstandstype::Skilt | Sivilstandstype::EnkeEllerEnkemann)
            )
        };
        let Some((she, _)) = self.someone(22..=52, Some(Kjoenn::Kvinne), free).await? else {
            return Ok(None);
        };
        let Some((he, _)) = self.someone(24..=56, Some(Kjoenn::Mann), free).await? else { return Ok(None) };
        let message = Vigselsmelding {
            meldings_id: self.id(),
            ektefelle: couple([she, he]),
            vigsel: Vigsel {
                vigselsdato: self.clock.today(),
                vigselssted: None,
                vigselsmyndighet: Some("kommune".to_owned()),
                vigselsmyndighet_som_kommune: None,
                vigselsland: None,
            },
        };
        self.send("vigsel", &message, "wed:", &[she, he]).await
    }

    async fn separation(&self) -> anyhow::Result<Option<String>> {
        let Some(of) = self.spouses(&[Sivilstandstype::Gift]).await? else { return Ok(None) };
        let message = Separasjonsmelding {
            meldings_id: self.id(),
            ektefelle_eller_partner: couple(of),
            separasjon: Separasjon {
                separasjonsdato: self.clock.today(),
                sivilstandsmyndighet: "fylkesmannen".to_owned(),
            },
        };
        self.send("separasjon", &message, "separated:", &of).await
    }

    async fn divorce(&self) -> anyhow::Result<Option<String>> {
        let both = [Sivilstandstype::Gift, Sivilstandstype::Separert];
        let Some(of) = self.spouses(&both).await? else { return Ok(None) };
        let message = Skilsmissemelding {
            meldings_id: self.id(),
            ektefelle_eller_partner: couple(of),
            skilsmisse: Skilsmisse {
                skilsmissedato: self.clock.today(),
                hjemmel: Skilsmissehjemmel::SkilsmisseEtterSamlivsbrudd,
                sivilstandsmyndighet: "domstolen".to_owned(),
            },
        };
        self.send("skilsmisse", &message, "divorced:", &of).await
    }

    /// Two who are this to each other.
    async fn spouses(&self, civil: &[Sivilstandstype]) -> anyhow::Result<Option<[Pid; 2]>> {
        let other = |person: &Persondokument| {
            let entry = person.gjeldende_sivilstand().filter(|entry| civil.contains(&entry.sivilstand))?;
            entry.relatert_ved_sivilstand
        };
        let found = self.someone(25..=75, None, |person| other(person).is_some()).await?;
        Ok(found.and_then(|(pid, person)| Some([pid, other(&person)?])))
    }

    /// Who moves together: an adult, and who lives with them of spouse and minor children; and the municipality that they leave.
    async fn household(&self) -> anyhow::Result<Option<(Vec<Pid>, Option<String>)>> {
        let Some((pid, person)) = self.someone(19..=85, None, |person| dwelling(person).is_some()).await?
        else {
            return Ok(None);
        };
        let related = [Familierolle::Barn, Familierolle::EktefelleEllerPartner];
        let related: Vec<Pid> = related.into_iter().flat_map(|role| person.relaterte(role)).collect();
        let today = self.clock.today();
        let mut household = vec![pid];
        for other in self.register.personer(&related, &PARTS, &self.purpose).await.map_err(refusal)? {
            let grown_child =
                other.relaterte(Familierolle::EktefelleEllerPartner).all(|spouse| spouse != pid)
                    && other.alder(today).is_none_or(|age| age >= 18);
            let together = dwelling(&other).is_some() && dwelling(&other) == dwelling(&person);
            household.extend(other.pid().filter(|_| together && !grown_child && resident(&other)));
        }
        household.truncate(20);
        Ok(Some((household, person.bostedskommune().map(str::to_owned))))
    }

    /// A home in the register: where somebody lives whom others may move in with or after.
    async fn home(&self, fits: impl Fn(&Persondokument) -> bool) -> anyhow::Result<Option<NyBostedsadresse>> {
        let fits = |person: &Persondokument| dwelling(person).is_some() && fits(person);
        let Some((_, person)) = self.someone(19..=90, None, fits).await? else { return Ok(None) };
        Ok(dwelling(&person).map(|home| NyBostedsadresse {
            adresse_identifikator_fra_matrikkelen: home.adresse_identifikator_fra_matrikkelen.clone(),
            vegadresse: home.vegadresse.clone(),
            ..NyBostedsadresse::default()
        }))
    }

    /// Somebody of these ages who lives in the country and fits.
    async fn someone(
        &self,
        ages: RangeInclusive<i16>,
        sex: Option<Kjoenn>,
        fits: impl Fn(&Persondokument) -> bool,
    ) -> anyhow::Result<Option<(Pid, Persondokument)>> {
        for _ in 0..TRIES {
            let born = self.born(&ages);
            let sex = sex.map_or("", |sex| match sex {
                Kjoenn::Kvinne => "&kjoenn=kvinne",
                Kjoenn::Mann => "&kjoenn=mann",
            });
            let query = format!("foedselsdato={}{sex}", born.strftime("%Y%m%d"));
            let found = self.register.soek(&query, &self.purpose).await.map_err(refusal)?;
            let Some(bound) = u32::try_from(found.len()).ok().filter(|bound| *bound > 0) else { continue };
            let pid = found[self.rng.below(bound) as usize];
            let person = self.register.person(&pid, &PARTS, &self.purpose).await.map_err(refusal)?;
            if let Some(person) = person.filter(|person| resident(person) && fits(person)) {
                return Ok(Some((pid, person)));
            }
        }
        Ok(None)
    }

    /// A birthday of one who is of these ages.
    fn born(&self, ages: &RangeInclusive<i16>) -> Date {
        let years = u32::from(ages.end().abs_diff(*ages.start())) + 1;
        let age = i64::from(*ages.start()) + i64::from(self.rng.below(years));
        self.clock.today().saturating_sub(age.years().days(self.rng.below(365)))
    }

    fn country(&self) -> String {
        ABROAD[self.rng.below(ABROAD.len() as u32) as usize].to_owned()
    }

    fn id(&self) -> String {
        self.rng.uuid().to_string()
    }

    /// Reports, and says what happened to whom.
    async fn send<T: Serialize>(
        &self,
        kind: &str,
        message: &T,
        what: &str,
        whom: &[Pid],
    ) -> anyhow::Result<Option<String>> {
        match self.register.meld(kind, message).await {
            Ok(receipt) => {
                let mut whom: Vec<&str> = whom.iter().map(Pid::as_str).collect();
                let new = receipt.foedsels_eller_d_nummer.filter(|new| !whom.contains(&new.as_str()));
                let told = match &new {
                    Some(new) if whom.is_empty() => format!("{} {what}", new.as_str()),
                    Some(new) => format!("{} {what} {}", new.as_str(), whom.join(", ")),
                    None => {
                        whom.dedup();
                        format!("{what} {}", whom.join(", "))
                    }
                };
                Ok(Some(told))
            }
            // Chance does not know what the register knows: kin who would marry, one who moved today already.
            Err(error) if error.status() == Some(422) => Ok(None),
            Err(error) => bail!("{kind}: {}", error.in_full()),
        }
    }
}

/// What is read of people.
const PARTS: [Del; 2] = [Del::PersonBasis, Del::Element(Element::Familierelasjon)];

fn couple(of: [Pid; 2]) -> [MeldtEktefelle; 2] {
    of.map(|pid| MeldtEktefelle { foedsels_eller_d_nummer: pid })
}

fn resident(person: &Persondokument) -> bool {
    person.gjeldende_status() == Some(Personstatus::Bosatt)
}

/// Where a person lives whose home is one of Matrikkelen's and no secret.
fn dwelling(person: &Persondokument) -> Option<&Bostedsadresse> {
    let home = person.gjeldende_bostedsadresse().filter(|_| !person.gradering().er_beskyttet())?;
    (home.vegadresse.is_some() && home.adresse_identifikator_fra_matrikkelen.is_some()).then_some(home)
}
