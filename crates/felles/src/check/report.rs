//! What a check has looked at and found.

use std::fmt;

/// Findings of one rule that are told in words; of the others, how many.
const TOLD: usize = 20;

/// Defines the rules: their register, their name there, and what they say.
macro_rules! rules {
    ($($rule:ident: $register:path, $name:literal, $says:literal;)*) => {
        /// A rule of coherence.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Rule { $(#[doc = $says] $rule,)* }

        impl Rule {
            /// All of them, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$rule,)*];

            /// The register whose content it is about.
            pub fn register(self) -> &'static str {
                match self { $(Self::$rule => $register,)* }
            }

            /// Its name, one of a kind within the register.
            pub fn name(self) -> &'static str {
                match self { $(Self::$rule => $name,)* }
            }

            /// What it demands.
            pub fn says(self) -> &'static str {
                match self { $(Self::$rule => $says,)* }
            }
        }
    };
}

rules! {
    PersonLesbar: folkeregister::NAME, "lesbar", "every number finds a document that can be read, and stands in it";
    NummerGyldig: folkeregister::NAME, "nummer-gyldig", "every number has a date and the right control digits";
    NummerStemmer: folkeregister::NAME, "nummer-stemmer", "the number in use agrees with date of birth, sex and sort";
    PersonFinnes: folkeregister::NAME, "person-finnes", "every person whom a document names is in the register";
    Gjensidig: folkeregister::NAME, "familie-gjensidig", "every relation stands with the other person too, turned round";
    EgenAne: folkeregister::NAME, "egen-ane", "nobody descends from themself";
    FoedtEtterForelder: folkeregister::NAME, "foedt-etter-forelder", "nobody is born before a parent";
    ForelderMulig: folkeregister::NAME, "forelder-mulig", "every parent was of an age to be one, and lived";
    Ektefeller: folkeregister::NAME, "ektefeller", "spouses name each other, with the same marital status";
    Ekteskap: folkeregister::NAME, "ekteskap", "the married are married to the living, the widowed were to the dead";
    AdresseFinnes: folkeregister::NAME, "adresse-finnes", "every address in Norway is one of Matrikkelen";
    AdresseLik: folkeregister::NAME, "adresse-lik", "every address has Matrikkelen's words and municipality";
    BruksenhetFinnes: folkeregister::NAME, "bruksenhet-finnes", "every dwelling is one of its address";
    KommuneFinnes: folkeregister::NAME, "kommune-finnes", "every municipality of an address exists";
    HendelseHel: folkeregister::NAME, "feed-hel", "the feed has every number once, and every event can be read";
    HendelseDokument: folkeregister::NAME, "feed-dokument", "every event in full is there, about the same person";
    HendelseBygger: folkeregister::NAME, "feed-bygger", "what was loaded and what the feed tells make the register";
    HendelseFoelger: folkeregister::NAME, "feed-foelger", "events in full lead from one version of a document to the next";

    EnhetLesbar: enhetsregister::NAME, "lesbar", "every unit can be read, and is the one of its number";
    OrgnrGyldig: enhetsregister::NAME, "nummer-gyldig", "every number has the right control digit";
    RollePerson: enhetsregister::NAME, "rolle-person", "every person with a role is in Folkeregisteret";
    RolleFoedt: enhetsregister::NAME, "rolle-foedt", "and was born on the day that the role says";
    RolleEnhet: enhetsregister::NAME, "rolle-enhet", "every unit with a role exists, and is in use where the role says so";
    Overordnet: enhetsregister::NAME, "overordnet", "every unit above another exists, is a main unit and is in use";
    EnhetKommune: enhetsregister::NAME, "kommune-finnes", "every municipality of an address exists";
    EndringHel: enhetsregister::NAME, "feed-hel", "the feed has every number once, and every event can be read";
    EndringBygger: enhetsregister::NAME, "feed-bygger", "the feed's units are the register's, as deleted or not";
    EndringLik: enhetsregister::NAME, "feed-endringer", "changes played over a unit leave it as the register has it";

    EiendomLesbar: matrikkel::NAME, "lesbar", "every property can be read, and is the one of its number";
    EierPerson: matrikkel::NAME, "eier-person", "every person who owns is in Folkeregisteret";
    EierEnhet: matrikkel::NAME, "eier-enhet", "every unit that owns is in Enhetsregisteret, and in use";
    PunktIKommune: matrikkel::NAME, "punkt-i-kommune", "every point lies in the box around its municipality";
    AdresseSoekbar: matrikkel::NAME, "adresse-soekbar", "every address of a property is found, with the same words";
    BygningFinnes: matrikkel::NAME, "bygning-finnes", "every dwelling's building is found, on the same property";
    MatrikkelHel: matrikkel::NAME, "feed-hel", "the change log has every number once, and every event can be read";
    MatrikkelBygger: matrikkel::NAME, "feed-bygger", "the change log's things are the register's";
}

/// What one rule came to.
#[derive(Debug, Default, Clone)]
struct Tally {
    looked_at: u64,
    found: u64,
    told: Vec<String>,
}

/// What all rules came to. Its text is every finding, a line each, and a table.
#[derive(Debug)]
pub struct Report {
    /// In the order of [`Rule::ALL`].
    tallies: Vec<Tally>,
}

impl Report {
    /// A report of nothing yet.
    pub fn new() -> Self {
        Self { tallies: vec![Tally::default(); Rule::ALL.len()] }
    }

    /// Notes that a rule has looked at a thing and whether it holds there; `finding` says of what it does not hold.
    pub fn check(&mut self, rule: Rule, holds: bool, finding: impl FnOnce() -> String) {
        let tally = &mut self.tallies[rule as usize];
        tally.looked_at += 1;
        if !holds {
            tally.found += 1;
            if tally.told.len() < TOLD {
                tally.told.push(finding());
            }
        }
    }

    /// How many things a rule has looked at.
    pub fn looked_at(&self, rule: Rule) -> u64 {
        self.tallies[rule as usize].looked_at
    }

    /// How many findings a rule has.
    pub fn found(&self, rule: Rule) -> u64 {
        self.tallies[rule as usize].found
    }

    /// How many findings there are.
    pub fn findings(&self) -> u64 {
        self.tallies.iter().map(|tally| tally.found).sum()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (rule, tally) in Rule::ALL.iter().zip(&self.tallies) {
            for finding in &tally.told {
                writeln!(f, "{} {}: {finding}", rule.register(), rule.name())?;
            }
            let untold = tally.found - tally.told.len() as u64;
            if untold > 0 {
                writeln!(f, "{} {}: {untold} more", rule.register(), rule.name())?;
            }
        }
        writeln!(f, "{:<15} {:<21} {:>10} {:>8}  says", "register", "rule", "looked at", "findings")?;
        for rule in Rule::ALL {
            let (looked_at, found) = (self.looked_at(*rule), self.found(*rule));
            let (register, name, says) = (rule.register(), rule.name(), rule.says());
            writeln!(f, "{register:<15} {name:<21} {looked_at:>10} {found:>8}  {says}")?;
        }
        let idle = Rule::ALL.iter().filter(|rule| self.looked_at(**rule) == 0).count();
        write!(f, "{} findings; {idle} rules had nothing to look at", self.findings())
    }
}
