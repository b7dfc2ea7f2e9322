//! What a registration becomes in the register.

use clients::enhetsregister::{Lenke, Lenker, Rollegruppe};
use kernel::id::Pid;
use serde::Serialize;

pub mod endring;
pub mod koder;
pub mod kolonner;
pub mod melding;
pub mod rad;
pub mod registrering;
pub mod regler;
pub mod soek;
pub mod tilknytning;

pub use rad::{Rad, Verv};

/// Main units and sub-units have numbers of one series, and paths of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slag {
    /// A main unit.
    Enhet,
    /// A place of business, below a main unit.
    Underenhet,
}

impl Slag {
    /// Their collection's name in paths and answers.
    pub fn samling(self) -> &'static str {
        match self {
            Self::Enhet => "enheter",
            Self::Underenhet => "underenheter",
        }
    }
}

/// Whether a unit is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tilstand {
    /// In the register.
    Aktiv,
    /// Deleted: name, form and date are still shown.
    Slettet,
    /// Removed: nothing but the date is shown.
    Fjernet,
}

/// Bits of [`Rad::flagg`].
pub mod flagg {
    /// Bankrupt.
    pub const KONKURS: i64 = 1;
    /// Winds up.
    pub const AVVIKLING: i64 = 1 << 1;
    /// The court winds it up.
    pub const TVANG: i64 = 1 << 2;
    /// Reports VAT.
    pub const MVA: i64 = 1 << 3;
    /// In the register of business enterprises.
    pub const FORETAK: i64 = 1 << 4;
    /// In the register of foundations.
    pub const STIFTELSE: i64 = 1 << 5;
    /// In the register of voluntary organisations.
    pub const FRIVILLIGHET: i64 = 1 << 6;
    /// In the register of parties.
    pub const PARTI: i64 = 1 << 7;
    /// A number of employees is registered.
    pub const ANSATTE: i64 = 1 << 8;
}

/// What is wrong with a registration: the field, and what to say after its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mangel {
    /// A path into the registration.
    pub felt: String,
    /// `mangler`.
    pub hva: &'static str,
}

pub(crate) fn mangel<T>(felt: impl Into<String>, hva: &'static str) -> Result<T, Mangel> {
    Err(Mangel { felt: felt.into(), hva })
}

/// Roles as everyone may see them: with dates of birth, without numbers.
pub fn uten_numre(groups: &mut [Rollegruppe]) {
    for role in groups.iter_mut().flat_map(|group| &mut group.roller) {
        if let Some(person) = &mut role.person {
            person.fodselsnummer = None;
        }
    }
}

/// The people who have roles.
pub fn personer(groups: &[Rollegruppe]) -> Vec<Pid> {
    let roles = groups.iter().flat_map(|group| &group.roller);
    let mut all: Vec<Pid> =
        roles.filter_map(|role| role.person.as_ref().and_then(|person| person.fodselsnummer)).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Links of these relations and addresses.
pub fn lenker(links: &[(&str, String)]) -> Lenker {
    links.iter().map(|(relation, href)| ((*relation).to_owned(), Lenke { href: href.clone() })).collect()
}

/// Stored JSON with the host in its links. No text of a unit can look like a link: its quotation marks are escaped.
pub fn med_vert(innhold: &str, base_url: &str) -> String {
    innhold.replace("\"href\":\"/", &format!("\"href\":\"{base_url}/"))
}

/// The words of a name, small, in their order.
fn ord_i_rekke(navn: &str) -> Vec<String> {
    let small = navn.to_lowercase();
    let words = small.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

/// A name as its words, small, with a space before each: what a search for words beside each other looks in.
pub fn ordrekke(navn: &str) -> String {
    ord_i_rekke(navn).iter().flat_map(|word| [" ", word]).collect()
}

/// The words of a name, small, as they are searched by.
pub fn ord(navn: &str) -> Vec<String> {
    let mut words = ord_i_rekke(navn);
    words.sort_unstable();
    words.dedup();
    words
}

/// A key whose bytes sort as names do in Norwegian: æ, ø and å come last.
pub fn sortering(navn: &str) -> Vec<u8> {
    // The three signs after z in ASCII: the places of æ, ø and å in the old national variant of the code.
    navn.to_lowercase().replace('æ', "{").replace('ø', "|").replace('å', "}").into_bytes()
}

fn json<T: Serialize>(value: &T) -> String {
    // Plain structs with string keys always have a JSON form.
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_as_in_norwegian_and_are_found_by_words() {
        let mut names = vec!["ÅS AS", "ZOO AS", "ØY AS", "ÆRE AS", "AS", "a-laget"];
        names.sort_by_key(|name| sortering(name));
        assert_eq!(names, ["a-laget", "AS", "ZOO AS", "ÆRE AS", "ØY AS", "ÅS AS"]);
        assert_eq!(ord("Fjell & Sønn, Fjell A/S"), ["a", "fjell", "s", "sønn"]);
        assert!(ord(" &-/ ").is_empty());
    }

    #[test]
    fn only_links_get_the_host() {
        let text = json(&serde_json::json!({
            "navn": "\"href\":\"/x", "_links": lenker(&[("self", "/enhetsregisteret/api/enheter/1".to_owned())])
        }));
        let out: serde_json::Value =
            serde_json::from_str(&med_vert(&text, "https://a.no")).unwrap_or_default();
        assert_eq!(out["navn"], "\"href\":\"/x");
        assert_eq!(out["_links"]["self"]["href"], "https://a.no/enhetsregisteret/api/enheter/1");
    }
}
