//! On behalf of whom a person signs in: a business (Ansattporten), or a child or a ward (ID-porten).

use clients::folkeregister::{Ansvar, Gradering, Persondokument, Tjenesteomraade, Vergemaal};
use jiff::civil::Date;
use kernel::id::Pid;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::rar::Party;
use super::rights::ServiceRule;

/// Until which age parents act for their children; years.
const OF_AGE: i16 = 18;

/// What a person may choose among, as it was when they came to the page.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Offer {
    /// The businesses.
    pub parties: Vec<Party>,
    /// What is said of the services asked for.
    pub rules: Vec<ServiceRule>,
    /// The children.
    pub children: Vec<Mandate>,
}

/// What a person has chosen; empty where they act for themselves.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Chosen {
    /// The claim `authorization_details`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_details: Option<Value>,
    /// The child or ward.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mandate: Option<Mandate>,
}

/// Why a person may act for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ground {
    /// Parental responsibility for a child (barneloven).
    Foreldreansvar,
    /// Guardianship, or a power of attorney for the future in force (vergemålsloven).
    Verge,
}

/// That a person may act for another, as the population register had it at `checked_at`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mandate {
    /// Why.
    pub ground: Ground,
    /// For whom.
    pub pid: Pid,
    /// Their name.
    pub name: Option<String>,
    /// Who has the parental responsibility.
    pub ansvar: Option<Ansvar>,
    /// The guardianships, which can be several; each has its own scope.
    pub vergemaal: Vec<Scope>,
    /// When this was checked; seconds since 1970.
    pub checked_at: i64,
}

/// The scope of a guardianship, in the register's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Scope {
    /// `voksen`, `stadfestetFremtidsfullmakt`, ….
    #[serde(skip_serializing_if = "Option::is_none")]
    vergemaaltype: Option<String>,
    /// The county governor who decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    embete: Option<String>,
    /// `personligeInteresser`, `oekonomiskeInteresser`, `personligeOgOekonomiskeInteresser`, ….
    #[serde(skip_serializing_if = "Option::is_none")]
    omfang: Option<String>,
    /// The bodies and tasks that it is for; none where it is not told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tjenesteomraade: Vec<Tjenesteomraade>,
}

impl Scope {
    fn of(vergemaal: &Vergemaal) -> Self {
        Self {
            vergemaaltype: vergemaal.vergemaaltype.clone(),
            embete: vergemaal.embete.clone(),
            omfang: vergemaal.verge.omfang.clone(),
            tjenesteomraade: vergemaal.verge.tjenesteomraade.clone(),
        }
    }
}

/// Whether somebody can be acted for at all: registered under this number, and alive.
fn can_be_acted_for(person: &Persondokument) -> bool {
    person.pid().is_some() && !person.er_doed()
}

impl Mandate {
    /// A parent's for a child, from the child's own document. An address that is protected is protected from a parent
    /// too: such a child is given only to one who lives under as strict a protection (`own`).
    pub fn parent(adult: Pid, own: Gradering, child: &Persondokument, today: Date, now: i64) -> Option<Self> {
        let mut responsible = child.foreldreansvar.iter().filter(|entry| entry.er_gjeldende);
        let entry = responsible.find(|entry| entry.ansvarlig == Some(adult))?;
        let minor = child.alder(today).is_some_and(|age| age < OF_AGE);
        let hidden = child.gradering().er_beskyttet() && own < child.gradering();
        let pid = child.pid().filter(|_| minor && !hidden && can_be_acted_for(child))?;
        Some(Self {
            ground: Ground::Foreldreansvar,
            pid,
            name: child.fullt_navn(),
            ansvar: Some(entry.ansvar),
            vergemaal: Vec::new(),
            checked_at: now,
        })
    }

    /// A guardian's for their ward, from the ward's document.
    pub fn guardian(guardian: Pid, ward: &Persondokument, now: i64) -> Option<Self> {
        let his =
            |entry: &&Vergemaal| entry.er_gjeldende && entry.verge.foedsels_eller_d_nummer == Some(guardian);
        let vergemaal: Vec<Scope> = ward.vergemaal.iter().filter(his).map(Scope::of).collect();
        let pid = ward.pid().filter(|_| !vergemaal.is_empty() && can_be_acted_for(ward))?;
        let (name, checked_at) = (ward.fullt_navn(), now);
        Some(Self { ground: Ground::Verge, pid, name, ansvar: None, vergemaal, checked_at })
    }

    /// The claim `representation`. `sub` is the name by which the client alone knows the one acted for; a pseudonymous
    /// token has nothing else of who it is.
    pub fn claim(&self, sub: &str, pseudonymous: bool) -> Value {
        let mut claim = json!({
            "type": self.ground, "sub": sub, "source": "folkeregisteret", "checked_at": self.checked_at,
        });
        if !pseudonymous {
            claim["pid"] = json!(self.pid);
            if let Some(name) = &self.name {
                claim["name"] = json!(name);
            }
        }
        if let Some(ansvar) = self.ansvar {
            claim["ansvar"] = json!(ansvar);
        }
        if !self.vergemaal.is_empty() {
            claim["vergemaal"] = json!(self.vergemaal);
        }
        claim
    }
}
