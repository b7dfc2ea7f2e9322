//! `authorization_details` (RFC 9396) as Ansattporten has them: on behalf of which business, with which right.
//!
//! Names and capitals are the service's own, where the two sorts of answer differ: `Authority` and `Name` of a `reportee`,
//! `authority` and `name` of an `authorized_party`.

use std::collections::BTreeSet;

use kernel::id::Orgnr;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::rights::{self, ServiceRule};
use crate::api::refused::Refused;

/// Longest parameter that is read; bytes.
const LONGEST: usize = 8 * 1024;
/// Most objects in it.
const MOST: usize = 20;
/// Most actions of an object.
const MOST_ACTIONS: usize = 20;

/// A type of authorization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// A service of Altinn 2.
    Service,
    /// A resource of Altinn 3.
    Resource,
    /// The business of the person's account at work. No eID here has one, so that it is never more than its type.
    Orgno,
}

impl Kind {
    /// All of them, in the order of the metadata.
    pub const ALL: [Self; 3] = [Self::Service, Self::Resource, Self::Orgno];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Service => "ansattporten:altinn:service",
            Self::Resource => "ansattporten:altinn:resource",
            Self::Orgno => "ansattporten:orgno",
        }
    }

    /// The type that a resource of this id is asked for by; none where it is no id.
    pub fn of(id: &str) -> Option<Self> {
        let digits = |text: &str| (1..=10).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        if id.split_once(':').is_some_and(|(code, edition)| digits(code) && digits(edition)) {
            return Some(Self::Service);
        }
        let legal = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
        ((1..=200).contains(&id.len()) && id.bytes().all(legal)).then_some(Self::Resource)
    }
}

/// Which units a person may choose among.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// Main units.
    Enterprise,
    /// Sub-units.
    Business,
}

/// One resource that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resource {
    /// As it was written: `urn:altinn:resource:2480:40`.
    pub urn: String,
    /// Its id, without the prefix: `2480:40`, `ttd-skjema`.
    pub id: String,
    /// The actions of which one is wanted; empty where any will do.
    pub actions: Vec<String>,
}

/// What a client asks for, read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Its type; there is but one in a request.
    pub kind: Kind,
    /// The resources; none of [`Kind::Orgno`].
    pub resources: Vec<Resource>,
    /// Only these units.
    pub form: Option<Form>,
    /// Whether the person may choose several.
    pub several: bool,
    /// Whether the person must choose one.
    pub required: bool,
}

/// A truth value, which clients also send as a text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Flag {
    Value(bool),
    Text(String),
}

/// A list, which clients also send as one text with commas.
#[derive(Deserialize)]
#[serde(untagged)]
enum List {
    Many(Vec<String>),
    Text(String),
}

/// An object as it is sent. serde refuses fields that are unknown or doubled.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    #[serde(rename = "type")]
    kind: String,
    /// One of the service's own examples has the Norwegian word.
    #[serde(alias = "ressurs")]
    resource: Option<String>,
    actions: Option<List>,
    organizationform: Option<Form>,
    allow_multiple_organizations: Option<Flag>,
    allow_deleted_organizations: Option<Flag>,
    representation_is_required: Option<Flag>,
}

fn wrong(why: impl Into<String>) -> Refused {
    Refused::new("invalid_authorization_details", why)
}

fn flag(flag: Option<&Flag>, name: &str) -> Result<bool, Refused> {
    match flag {
        None => Ok(false),
        Some(Flag::Value(value)) => Ok(*value),
        Some(Flag::Text(text)) if text == "true" => Ok(true),
        Some(Flag::Text(text)) if text == "false" => Ok(false),
        Some(Flag::Text(_)) => Err(wrong(format!("{name} is neither true nor false"))),
    }
}

/// The id in a resource's name.
fn id(kind: Kind, urn: &str) -> Option<String> {
    let id = urn.strip_prefix("urn:altinn:resource:").or_else(|| urn.strip_prefix("urn:altinn:ressurs:"))?;
    (Kind::of(id) == Some(kind)).then(|| id.to_owned())
}

fn actions(list: Option<List>) -> Result<Vec<String>, Refused> {
    let parts: Vec<String> = match list {
        None => return Ok(Vec::new()),
        Some(List::Many(parts)) => parts,
        Some(List::Text(text)) => text.split(',').map(|part| part.trim().to_owned()).collect(),
    };
    let legal = |part: &String| {
        (1..=50).contains(&part.len())
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b))
    };
    if parts.is_empty() || parts.len() > MOST_ACTIONS || !parts.iter().all(legal) {
        return Err(wrong("actions is not a list of actions"));
    }
    Ok(parts)
}

impl Asked {
    /// Reads the parameter.
    pub fn parse(text: &str) -> Result<Self, Refused> {
        if text.len() > LONGEST {
            return Err(wrong("authorization_details is too long"));
        }
        let raw: Vec<Value> = serde_json::from_str(text)
            .map_err(|_| wrong("authorization_details is not an array of JSON objects"))?;
        if raw.is_empty() || raw.len() > MOST {
            return Err(wrong(format!("authorization_details has to hold 1 to {MOST} objects")));
        }
        // Read from the text again, since a value keeps only the last of two fields of one name.
        let known = |value: &Value| {
            let name = value.get("type").and_then(Value::as_str);
            Kind::ALL.into_iter().find(|kind| Some(kind.as_str()) == name)
        };
        let kinds: Vec<Option<Kind>> = raw.iter().map(known).collect();
        let Some(Some(kind)) = kinds.first().copied() else {
            return Err(wrong("The type of authorization_details is missing or unknown"));
        };
        if kinds.iter().any(Option::is_none) {
            return Err(wrong("The type of authorization_details is missing or unknown"));
        }
        if kinds.iter().any(|other| *other != Some(kind)) {
            return Err(wrong("authorization_details of several types cannot be asked for at once"));
        }
        let objects: Vec<Wire> = serde_json::from_str(text).map_err(|_| {
            wrong("An object of authorization_details has an unknown, doubled or wrong field")
        })?;
        let mut asked = Self { kind, resources: Vec::new(), form: None, several: false, required: false };
        for object in objects {
            asked.add(object)?;
        }
        Ok(asked)
    }

    fn add(&mut self, object: Wire) -> Result<(), Refused> {
        debug_assert_eq!(object.kind, self.kind.as_str());
        if let Some(form) = object.organizationform {
            if self.form.is_some_and(|before| before != form) {
                return Err(wrong("organizationform has to be the same in all objects"));
            }
            self.form = Some(form);
        }
        self.several |= flag(object.allow_multiple_organizations.as_ref(), "allow_multiple_organizations")?;
        self.required |= flag(object.representation_is_required.as_ref(), "representation_is_required")?;
        // Deleted units are in no register that is asked; the field is read, and makes no difference.
        flag(object.allow_deleted_organizations.as_ref(), "allow_deleted_organizations")?;
        if object.actions.is_some() && self.kind != Kind::Resource {
            return Err(wrong("actions belongs to ansattporten:altinn:resource alone"));
        }
        let actions = actions(object.actions)?;
        let Some(urn) = object.resource else {
            return match self.kind {
                Kind::Orgno => Ok(()),
                Kind::Service | Kind::Resource => Err(wrong("resource is missing")),
            };
        };
        let Some(id) = id(self.kind, &urn) else {
            return Err(wrong(match self.kind {
                Kind::Service => "resource is not urn:altinn:resource:{service code}:{edition}",
                Kind::Resource => "resource is not urn:altinn:resource:{resource id}",
                Kind::Orgno => "ansattporten:orgno has no resource",
            }));
        };
        if self.resources.iter().any(|before| before.id == id) {
            return Err(wrong("The same resource is asked for twice"));
        }
        self.resources.push(Resource { urn, id, actions });
        Ok(())
    }

    /// Whether the person is shown a page: to choose, or to read that there is nothing to choose where there must be.
    pub fn has_choice(&self) -> bool {
        self.kind != Kind::Orgno || self.required
    }

    /// The claim, where the person acts for `chosen`; `None` for no claim. A service leaves it out where nothing is
    /// chosen, the newer types then say their type alone.
    pub fn claim(&self, chosen: &[Party], rules: &[ServiceRule]) -> Option<Value> {
        let objects: Vec<Value> = self
            .resources
            .iter()
            .filter_map(|resource| {
                let held: Vec<(&Party, &Vec<String>)> = chosen
                    .iter()
                    .filter_map(|party| {
                        let right = party.rights.iter().find(|right| right.resource == resource.id)?;
                        Some((party, &right.rights))
                    })
                    .collect();
                (!held.is_empty()).then(|| self.object(resource, &held, rules))
            })
            .collect();
        match self.kind {
            Kind::Service => (!objects.is_empty()).then_some(Value::Array(objects)),
            Kind::Resource | Kind::Orgno if objects.is_empty() => {
                Some(json!([{ "type": self.kind.as_str() }]))
            }
            Kind::Resource | Kind::Orgno => Some(Value::Array(objects)),
        }
    }

    fn object(&self, resource: &Resource, held: &[(&Party, &Vec<String>)], rules: &[ServiceRule]) -> Value {
        let id = |party: &Party| format!("0192:{}", party.orgnr);
        let kind = self.kind.as_str();
        let rule = rules.iter().find(|rule| rule.resource == resource.id);
        let name = rule.map_or(&resource.id, |rule| &rule.name);
        if self.kind == Kind::Service {
            let reportees: Vec<Value> = held
                .iter()
                .map(|(party, rights)| {
                    json!({ "Rights": rights, "Authority": "iso6523-actorid-upis", "ID": id(party), "Name": party.name })
                })
                .collect();
            return json!({ "type": kind, "resource": resource.urn, "resource_name": name, "reportees": reportees });
        }
        let parties: Vec<Value> = held
            .iter()
            .map(|(party, rights)| {
                let mut value = json!({
                    "orgno": { "authority": "iso6523-actorid-upis", "ID": id(party) },
                    "resource": resource.id, "name": party.name, "unit_type": party.unit_type,
                });
                if !resource.actions.is_empty() {
                    let had: Vec<&String> =
                        resource.actions.iter().filter(|action| rights.contains(action)).collect();
                    value["actions"] = json!(had);
                }
                value
            })
            .collect();
        json!({ "type": kind, "resource": resource.urn, "resource_name": name, "authorized_parties": parties })
    }
}

/// A business that a person may act for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// Its number.
    pub orgnr: Orgnr,
    /// Its name.
    pub name: String,
    /// Its form: `AS`, `KOMM`, `BEDR`.
    pub unit_type: String,
    /// The main unit, of a sub-unit.
    pub above: Option<Orgnr>,
    /// What the person may, by resource.
    pub rights: Vec<Right>,
}

/// What a person may with a resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Right {
    /// The resource's id.
    pub resource: String,
    /// Rights of Altinn 2 (`Read`, `ArchiveRead`), or actions of Altinn 3 (`read`).
    pub rights: Vec<String>,
}

/// All businesses a person may act for, gathered from several sources.
#[derive(Debug, Default)]
pub struct Parties(Vec<Party>);

impl Parties {
    /// Adds a right in a business.
    pub fn add(&mut self, party: Party) {
        let Some(known) = self.0.iter_mut().find(|known| known.orgnr == party.orgnr) else {
            self.0.push(party);
            return;
        };
        for right in party.rights {
            match known.rights.iter_mut().find(|before| before.resource == right.resource) {
                None => known.rights.push(right),
                Some(before) => {
                    let mut both: BTreeSet<String> = before.rights.drain(..).collect();
                    both.extend(right.rights);
                    before.rights = rights::in_order(both);
                }
            }
        }
    }

    /// Those in which `asked` is held, main units first, each with its sub-units, by name.
    pub fn of(self, asked: &Asked) -> Vec<Party> {
        let mut parties = self.0;
        for party in &mut parties {
            party.rights.retain(|right| {
                asked.resources.iter().any(|resource| {
                    resource.id == right.resource
                        && (resource.actions.is_empty()
                            || resource.actions.iter().any(|action| right.rights.contains(action)))
                })
            });
        }
        parties.retain(|party| {
            !party.rights.is_empty()
                && match asked.form {
                    None => true,
                    Some(Form::Enterprise) => party.above.is_none(),
                    Some(Form::Business) => party.above.is_some(),
                }
        });
        parties
            .sort_by(|one, other| (&one.name, one.orgnr.as_str()).cmp(&(&other.name, other.orgnr.as_str())));
        parties
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) {
        let error = Asked::parse(text).expect_err(text);
        assert_eq!(error.error, "invalid_authorization_details", "{text}");
    }

    #[test]
    fn what_is_documented_is_read() {
        let asked = Asked::parse(
            r#"[{"type":"ansattporten:altinn:service","resource":"urn:altinn:resource:2480:40","organizationform":"business"},
                {"type":"ansattporten:altinn:service","ressurs":"urn:altinn:ressurs:5900:1","allow_multiple_organizations":"true"}]"#,
        )
        .expect("both are documented");
        assert_eq!(asked.kind, Kind::Service);
        assert_eq!(asked.resources[0].id, "2480:40");
        assert_eq!(
            (asked.resources[1].id.as_str(), asked.resources[1].urn.as_str()),
            ("5900:1", "urn:altinn:ressurs:5900:1")
        );
        assert_eq!((asked.form, asked.several, asked.required), (Some(Form::Business), true, false));
        for actions in [r#""write,report""#, r#"["write","report"]"#] {
            let text = format!(
                r#"[{{"type":"ansattporten:altinn:resource","actions":{actions},"resource":"urn:altinn:resource:app_ttd_apps-test","representation_is_required":true}}]"#
            );
            let asked = Asked::parse(&text).expect("documented");
            assert_eq!(asked.resources[0].actions, ["write", "report"]);
            assert!(asked.required && !asked.several);
        }
        let asked = Asked::parse(r#"[{"type":"ansattporten:orgno"}]"#).expect("documented");
        assert_eq!(asked.claim(&[], &[]), Some(json!([{ "type": "ansattporten:orgno" }])));
    }

    #[test]
    fn anything_else_is_refused() {
        let service = |more: &str| {
            format!(
                r#"[{{"type":"ansattporten:altinn:service","resource":"urn:altinn:resource:2480:40"{more}}}]"#
            )
        };
        assert!(Asked::parse(&service("")).is_ok());
        for text in [
            "",
            "{}",
            "[]",
            "[1]",
            "null",
            r#"{"type":"ansattporten:orgno"}"#,
            r#"[{"type":"urn:altinn:systemuser"}]"#,
            r#"[{"resource":"urn:altinn:resource:2480:40"}]"#,
            r#"[{"type":"ansattporten:altinn:service"}]"#,
            r#"[{"type":"ansattporten:altinn:service","resource":"urn:altinn:resource:2480"}]"#,
            r#"[{"type":"ansattporten:altinn:service","resource":"urn:altinn:resource:a:b"}]"#,
            r#"[{"type":"ansattporten:altinn:service","resource":"2480:40"}]"#,
            r#"[{"type":"ansattporten:altinn:resource","resource":"urn:altinn:resource:a b"}]"#,
            r#"[{"type":"ansattporten:orgno","resource":"urn:altinn:resource:a"}]"#,
            r#"[{"type":"ansattporten:orgno"},{"type":"ansattporten:altinn:resource","resource":"urn:altinn:resource:a"}]"#,
            // Doubled: the field, and the resource.
            r#"[{"type":"ansattporten:orgno","type":"ansattporten:orgno"}]"#,
            r#"[{"type":"ansattporten:altinn:service","resource":"urn:altinn:resource:1:1"},{"type":"ansattporten:altinn:service","resource":"urn:altinn:resource:1:1"}]"#,
        ] {
            refused(text);
        }
        for more in [
            r#","unknown":1"#,
            r#","representation_is_requierd":true"#,
            r#","organizationform":"both""#,
            r#","allow_multiple_organizations":"yes""#,
            r#","allow_multiple_organizations":1"#,
            r#","actions":["read"]"#,
            r#","resource":"urn:altinn:resource:1:1""#,
            r#","ressurs":"urn:altinn:resource:1:1""#,
        ] {
            refused(&service(more));
        }
        let different = r#"[{"type":"ansattporten:altinn:service","resource":"urn:altinn:resource:1:1","organizationform":"business"},
            {"type":"ansattporten:altinn:service","resource":"urn:altinn:resource:2:1","organizationform":"enterprise"}]"#;
        refused(different);
        refused(&format!("[{}]", vec![r#"{"type":"ansattporten:orgno"}"#; 21].join(",")));
        refused(&service(&" ".repeat(LONGEST)));
        refused(&"[".repeat(4000));
    }
}
