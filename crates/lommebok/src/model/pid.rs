//! Person identification data (PID): which claims, from which information of the register, by the names of the PID rulebook
//! of the architecture and reference framework (ARF), as JWT claims.

use clients::folkeregister::{Del, Element, Persondokument, Personstatus};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use kernel::id::{Kjoenn, Pid};
use kernel::jose::Jwk;
use kernel::jose::status_list::Place;
use serde_json::{Map, Value, json};

use super::land::alpha2;

pub use clients::lommebok::VCT;

/// The name of the credential in metadata and offers.
pub const CONFIGURATION: &str = "urn:eudi:pid:1";
/// How long a credential lives; seconds. Short, so that what it says is not much older than the register.
pub const LIFE: i64 = 14 * DAY;
/// A day; seconds.
const DAY: i64 = 24 * 3600;
/// Who answers for the data.
const AUTHORITY: &str = "Digitaliseringsdirektoratet";

/// The claims that can be there, each disclosed for itself; whether there is always one, and what a wallet calls it in
/// Norwegian and English.
pub const CLAIMS: [(&str, bool, &str, &str); 11] = [
    ("family_name", true, "Etternavn", "Family name"),
    ("given_name", true, "Fornavn", "Given name"),
    ("birthdate", true, "Fødselsdato", "Date of birth"),
    ("place_of_birth", false, "Fødested", "Place of birth"),
    ("nationalities", false, "Statsborgerskap", "Nationalities"),
    ("sex", false, "Kjønn", "Sex"),
    ("personal_administrative_number", true, "Fødselsnummer eller d-nummer", "Personal number"),
    ("date_of_issuance", true, "Utstedt", "Issued"),
    ("date_of_expiry", true, "Utløper", "Expires"),
    ("issuing_authority", true, "Utsteder", "Issuing authority"),
    ("issuing_country", true, "Utstederland", "Issuing country"),
];

/// What is looked up of a person.
pub fn parts() -> Vec<Del> {
    [
        Element::Identifikasjonsnummer,
        Element::Status,
        Element::Doedsfall,
        Element::Navn,
        Element::Foedsel,
        Element::Kjoenn,
        Element::Statsborgerskap,
    ]
    .map(Del::Element)
    .to_vec()
}

/// The credential's claims before they are bound to a key.
#[derive(Debug, Clone)]
pub struct PidClaims {
    open: Map<String, Value>,
    hidden: Map<String, Value>,
    /// Their end; seconds since 1970.
    pub expires: i64,
}

impl PidClaims {
    /// The claims about the person of number `pid`, by `issuer` at `now`; nothing where the register does not bear them: the
    /// person is dead, the number is no longer in use, or name or date of birth is missing.
    pub fn new(person: &Persondokument, pid: &Pid, issuer: &str, now: Timestamp) -> Option<Self> {
        if person.er_doed()
            || person.pid() != Some(*pid)
            || person.gjeldende_status() == Some(Personstatus::Opphoert)
        {
            return None;
        }
        let name = person.gjeldende_navn()?;
        let given = [Some(name.fornavn.as_str()), name.mellomnavn.as_deref()];
        let given: Vec<&str> = given.into_iter().flatten().filter(|part| !part.is_empty()).collect();
        // Issued at the beginning of the day: a time to the second would tell one person's credentials from another's.
        let issued = now.as_second().div_euclid(DAY) * DAY;
        let expires = issued + LIFE;
        let start = Timestamp::from_second(issued).ok()?;
        let end = start.checked_add(SignedDuration::from_secs(LIFE)).ok()?;
        let day = |at: Timestamp| at.to_zoned_datetime(TimeZone::UTC).date().to_string();
        let open = json!({ "iss": issuer, "iat": issued, "exp": expires, "vct": VCT });
        let mut hidden = json!({
            "family_name": name.etternavn, "given_name": given.join(" "),
            "birthdate": person.foedselsdato()?.to_string(),
            "personal_administrative_number": pid.as_str(),
            "date_of_issuance": day(start), "date_of_expiry": day(end),
            "issuing_authority": AUTHORITY, "issuing_country": "NO",
        });
        let birth = person.foedsel.iter().find(|birth| birth.er_gjeldende);
        if let Some(country) = birth.and_then(|birth| alpha2(birth.foedeland.as_deref()?)) {
            let mut place = json!({ "country": country });
            if let Some(locality) = birth.and_then(|birth| birth.foedested.as_deref()) {
                place["locality"] = locality.into();
            }
            hidden["place_of_birth"] = place;
        }
        let citizenships = person.statsborgerskap.iter().filter(|one| one.er_gjeldende);
        let nationalities: Vec<&str> = citizenships.filter_map(|one| alpha2(&one.statsborgerskap)).collect();
        if !nationalities.is_empty() {
            hidden["nationalities"] = json!(nationalities);
        }
        if let Some(sex) = person.gjeldende_kjoenn() {
            // ISO/IEC 5218.
            hidden["sex"] = json!(if sex == Kjoenn::Mann { 1 } else { 2 });
        }
        match (open, hidden) {
            (Value::Object(open), Value::Object(hidden)) => Some(Self { open, hidden, expires }),
            _ => None,
        }
    }

    /// The claims that stand openly, bound to the holder's key and with the place of its status, and those that are
    /// disclosed each for itself.
    pub fn bound_to(&self, holder: &Jwk, place: &Place) -> (Map<String, Value>, Map<String, Value>) {
        let mut open = self.open.clone();
        open.insert("cnf".to_owned(), json!({ "jwk": holder }));
        open.insert("status".to_owned(), place.claim());
        (open, self.hidden.clone())
    }
}
