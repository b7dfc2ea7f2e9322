//! What stands between a guesser and a password, without standing between a person and their own.
//!
//! Failures are counted at doors. A browser in which the person has signed in before has a door of its own, that nobody
//! else's guessing closes. All other browsers share the person's door, and each network address has one besides, so
//! that one machine cannot try many people. A door is never locked: after a few failures it opens again after a delay that
//! doubles, up to a quarter of an hour.

use std::net::IpAddr;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use kernel::id::Pid;

use crate::model::hash;

/// How long failures are remembered after the last; seconds.
pub const REMEMBERED: i64 = 24 * 3600;
/// How long a browser is known after the last sign-in; seconds.
pub const KNOWN: i64 = 365 * 24 * 3600;
/// The first delay; seconds.
const FIRST: i64 = 15;
/// The longest delay; seconds.
const LONGEST: i64 = 15 * 60;

/// Where failures are counted.
#[derive(Debug, Clone)]
pub struct Door {
    /// Which one. Holds no number of a person in clear.
    pub key: String,
    /// How many failures it forgives.
    pub free: i64,
    /// Whether many people go through it.
    pub shared: bool,
}

/// The doors that an attempt to be `pid` goes through: from a browser that is `known`, or from anywhere.
pub fn doors(pid: Pid, known: Option<&str>, address: Option<IpAddr>) -> Vec<Door> {
    let door = |name: &str, what: &str, free, shared| Door {
        key: format!("{name}:{}", URL_SAFE_NO_PAD.encode(hash(what))),
        free,
        shared,
    };
    if let Some(browser) = known {
        return vec![door("nettleser", &format!("{browser} {}", pid.as_str()), 5, false)];
    }
    let person = door("person", pid.as_str(), 3, false);
    std::iter::once(person)
        .chain(address.map(|address| door("adresse", &address.to_string(), 20, true)))
        .collect()
}

/// How long a door stays closed after `failures` more than it forgives; seconds.
pub fn delay(failures: i64) -> i64 {
    match failures {
        ..=0 => 0,
        1..=6 => FIRST << (failures - 1),
        _ => LONGEST,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_up_to_a_quarter_of_an_hour() {
        let delays: Vec<i64> = (-3..9).map(delay).collect();
        assert_eq!(delays, [0, 0, 0, 0, 15, 30, 60, 120, 240, 480, 900, 900]);
    }
}
