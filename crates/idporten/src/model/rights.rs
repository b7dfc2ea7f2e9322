//! Which role in Enhetsregisteret gives which right in a service.
//!
//! Altinn lets the service's owner decide, in a policy whose subjects are role codes; [`ServiceRule`] is that policy. A
//! service without one has the rule that Altinn gives a new service, and that the service of Ansattporten's own
//! documentation (2480:40) has: whoever has a key role may do everything. Key roles are those that Altinn's open source
//! marks so (`IsKeyRole` in `RoleConstants.cs` of altinn-authorization).

use std::collections::{BTreeMap, BTreeSet};

use clients::enhetsregister::KEY_ROLES;
use serde::{Deserialize, Serialize};

use super::rar::Kind;

/// What the owner of a service of Altinn 2, or of a resource of Altinn 3, says of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceRule {
    /// Service code and edition (`2480:40`), or the resource's id (`ttd-skjema`).
    pub resource: String,
    /// As pages and tokens call it.
    pub name: String,
    /// Role code in Enhetsregisteret (`DAGL`, `MEDL`) → what it gives (`Read`; of a resource `read`). Where there is
    /// none, every key role gives everything.
    pub roles: BTreeMap<String, Vec<String>>,
}

/// The rights of Altinn 2, in its order.
const ALTINN_2: [&str; 5] = ["Read", "Write", "Sign", "ArchiveRead", "ArchiveDelete"];
/// The actions of Altinn 3 that any resource may have, in its order.
const ALTINN_3: [&str; 7] = ["read", "write", "sign", "confirm", "reject", "delete", "access"];

/// What a role gives in a resource; nothing for most.
pub fn of_role(kind: Kind, rule: Option<&ServiceRule>, role: &str) -> Vec<String> {
    if let Some(rule) = rule.filter(|rule| !rule.roles.is_empty()) {
        return rule.roles.get(role).cloned().unwrap_or_default();
    }
    if !KEY_ROLES.contains(&role) {
        return Vec::new();
    }
    all(kind, rule)
}

/// Everything that there is to hold in a resource.
pub fn all(kind: Kind, rule: Option<&ServiceRule>) -> Vec<String> {
    if let Some(rule) = rule.filter(|rule| !rule.roles.is_empty()) {
        return in_order(rule.roles.values().flatten().cloned().collect());
    }
    let all: &[&str] = match kind {
        Kind::Service => &ALTINN_2,
        Kind::Resource => &ALTINN_3,
        Kind::Orgno => &[],
    };
    all.iter().map(|right| (*right).to_owned()).collect()
}

/// Rights in the order that Altinn writes them; those that it does not know come last.
pub fn in_order(rights: BTreeSet<String>) -> Vec<String> {
    let place = |right: &String| {
        ALTINN_2.iter().chain(&ALTINN_3).position(|known| known == right).unwrap_or(usize::MAX)
    };
    let mut rights: Vec<String> = rights.into_iter().collect();
    rights.sort_by_key(place);
    rights
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_roles_give_everything_until_the_owner_decides() {
        assert_eq!(of_role(Kind::Service, None, "DAGL"), ALTINN_2);
        assert_eq!(of_role(Kind::Resource, None, "LEDE"), ALTINN_3);
        assert_eq!(of_role(Kind::Service, None, "MEDL"), [""; 0]);
        let roles: BTreeMap<_, _> = [("MEDL".to_owned(), vec!["Read".to_owned()])].into();
        let mut rule = ServiceRule { resource: "1:1".to_owned(), name: "Innsyn".to_owned(), roles };
        assert_eq!(of_role(Kind::Service, Some(&rule), "MEDL"), ["Read"]);
        assert_eq!(of_role(Kind::Service, Some(&rule), "DAGL"), [""; 0]);
        rule.roles.clear();
        assert_eq!(of_role(Kind::Service, Some(&rule), "DAGL"), ALTINN_2);
        let mixed = ["ArchiveRead", "egen", "Read"].map(str::to_owned).into();
        assert_eq!(in_order(mixed), ["Read", "ArchiveRead", "egen"]);
    }
}
