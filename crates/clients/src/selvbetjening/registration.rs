//! The rules of what organisations register that are the same for every owner. No I/O.

use kernel::id::Orgnr;
use kernel::jose::{Alg, CLIENT_KEYS, Jwk, check_client_keys, is_kid};
use serde_json::Value;
use url::Url;

use super::{Client, OnBehalfOf, Refused, orgnr};

/// Longest name and handle; bytes.
const LONGEST_NAME: usize = 255;
/// Longest address; bytes.
const LONGEST_ADDRESS: usize = 4000;

/// Checks a text of a registration.
pub fn text(field: &str, text: &str, most: usize) -> Result<(), Refused> {
    if text.len() > most || text.chars().any(char::is_control) {
        return Err(Refused::invalid(format!("{field} is too long or holds control characters")).field(field));
    }
    Ok(())
}

/// Checks an address where people find something; empty for none.
pub fn address(field: &str, uri: &str) -> Result<(), Refused> {
    let fits = uri.is_empty() || Url::parse(uri).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    if fits && uri.len() <= LONGEST_ADDRESS {
        Ok(())
    } else {
        Err(Refused::invalid(format!("{field} is not an address of the web")).field(field))
    }
}

/// Whose a new client is: `tenant`'s, or, where `tenant` is a supplier that may, its customer's.
pub fn owner(client: &Client, tenant: &Orgnr, supplier: bool) -> Result<Orgnr, Refused> {
    let owner = match client.client_orgno.as_deref() {
        None | Some("") => return Ok(*tenant),
        Some(number) => orgnr("client_orgno", number)?,
    };
    if owner != *tenant && !supplier {
        let why = "client_orgno is another organisation; only suppliers with the scope idporten:dcr.supplier register for others";
        return Err(Refused::forbidden(why).field("client_orgno"));
    }
    Ok(owner)
}

/// That a change leaves a field as it was, or says nothing of it.
pub fn unchanged(field: &str, new: Option<&str>, before: Option<&str>) -> Result<(), Refused> {
    match new {
        None | Some("") => Ok(()),
        new if new == before => Ok(()),
        _ => Err(Refused::invalid(format!("{field} cannot be changed")).field(field)),
    }
}

/// Checks keys that are handed in, each for one of `algs`.
pub fn keys(body: &[u8], algs: &[Alg]) -> Result<Vec<Jwk>, Refused> {
    #[derive(serde::Deserialize)]
    struct Set {
        keys: Vec<Value>,
    }
    let set: Set = kernel::http::json(body)?;
    let unusable =
        |error: &dyn std::fmt::Display| Refused::invalid(format!("A key is unusable: {error}")).field("keys");
    let mut keys = Vec::with_capacity(set.keys.len());
    for value in &set.keys {
        let key = Jwk::from_value(value).map_err(|error| unusable(&error))?;
        if key.usage.is_none() {
            return Err(unusable(&"use is missing"));
        }
        match key.algorithm().map_err(|error| unusable(&error))? {
            None => return Err(unusable(&"alg is missing")),
            Some(alg) if !algs.contains(&alg) => return Err(unusable(&"its alg is not supported")),
            Some(_) => {}
        }
        keys.push(key);
    }
    check_client_keys(&keys).map_err(|error| {
        let refused = unusable(&error);
        if keys.len() > CLIENT_KEYS {
            refused.reason("too_many_keys")
        } else if keys.iter().all(|key| key.kid.as_deref().is_some_and(is_kid)) {
            refused
        } else {
            refused.field("kid")
        }
    })?;
    Ok(keys)
}

/// Checks a customer; gives its organisation.
pub fn customer(customer: &OnBehalfOf) -> Result<Orgnr, Refused> {
    let handle = &customer.onbehalfof;
    let legal = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
    if handle.is_empty() || handle.len() > LONGEST_NAME || !handle.bytes().all(legal) {
        let why = "onbehalfof is missing or has other characters than A-Z a-z 0-9 . _ -";
        return Err(Refused::invalid(why).field("onbehalfof"));
    }
    text("display_name", &customer.display_name, LONGEST_NAME)?;
    address("url", &customer.url)?;
    orgnr("orgno", &customer.orgno)
}
