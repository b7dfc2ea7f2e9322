//! Which assertion gives which token. No I/O.
//!
//! The order of the checks is that of the service: form, shape, client, key, signature, audience, times, and only then
//! what is asked for; so that an assertion with a wrong signature tells nothing and uses nothing up.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use clients::maskinporten::GRANT;
use kernel::auth::Organisation;
use kernel::enterprise::{self, Enterprise, Trust};
use kernel::id::{Orgnr, Pid};
use kernel::jose::{Alg, JoseError, Jwt, PublicKey};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::api::refused::Refused;

/// The algorithms that assertions may be signed with: the three of the service, and two more for those who register a key
/// for one of them. A key is used with the algorithm that it is registered for.
pub const ALGS: [Alg; 5] = [Alg::RS256, Alg::RS384, Alg::RS512, Alg::PS256, Alg::ES256];
/// The algorithms that the keys of enterprise certificates, which name none, are used with.
const CERTIFICATE_ALGS: [Alg; 4] = [Alg::RS256, Alg::RS384, Alg::RS512, Alg::ES256];
/// How long an assertion may live, from `iat` to `exp`; seconds.
pub const LONGEST_ASSERTION: i64 = 120;
/// How far ahead of this server's clock `iat` may be; seconds.
pub const AHEAD: i64 = 10;
/// How long a used assertion is remembered after its end; seconds.
pub const SKEW: i64 = 60;
/// How long a token lives unless the client has another setting; seconds.
pub const LIFETIME: i64 = 120;
/// The longest life that a client may be given; seconds.
pub const LONGEST_LIFETIME: i64 = 3600;
/// The longest assertion that is read; bytes.
const LONGEST: usize = 16 * 1024;

/// What is known of a client, parsed.
#[derive(Debug)]
pub struct Client {
    /// Client id.
    pub client_id: String,
    /// The organisation that answers for it.
    pub orgnr: Orgnr,
    /// Whether it may get tokens.
    pub active: bool,
    /// How long its tokens live; 0 for the usual. Seconds.
    pub access_token_lifetime: i64,
    /// The scopes registered on it.
    pub scopes: HashSet<String>,
    /// The scopes that its organisation has been given access to.
    pub access: HashSet<String>,
    /// Its keys by name.
    pub keys: HashMap<String, ClientKey>,
    /// What kind it is: `maskinporten`, `krr` or `eformidling`.
    pub integration_type: String,
    /// The customers that it names as `iss_onbehalfof`.
    pub onbehalfof: HashSet<String>,
    /// Grows with every change of what is above.
    pub revision: i64,
}

/// A key that a client signs with.
#[derive(Debug)]
pub struct ClientKey {
    /// Parsed once.
    pub key: PublicKey,
    /// What it is registered for, where that is told.
    pub alg: Option<Alg>,
    /// When it may no longer be used; seconds since 1970.
    pub expires: i64,
    /// The certificate that it is locked to; DER.
    pub certificate: Option<Vec<u8>>,
}

/// How a client has shown who it is, as `client_amr` tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amr {
    /// By a registered key.
    PrivateKeyJwt,
    /// By an enterprise certificate.
    Virksomhetssertifikat,
}

impl Amr {
    fn as_str(self) -> &'static str {
        match self {
            Self::PrivateKeyJwt => "private_key_jwt",
            Self::Virksomhetssertifikat => "virksomhetssertifikat",
        }
    }
}

/// A scope of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// Whether it is given out.
    pub active: bool,
    /// Whether every organisation has it without being given access.
    pub accessible_for_all: bool,
    /// Longest life of a token with it; 0 for no bound. Seconds.
    pub at_max_age: i64,
    /// Where its delegations are kept (Altinn's issuer); `None` where it cannot be delegated.
    pub delegation_source: Option<String>,
    /// The kinds of clients that may have it.
    pub allowed_integration_types: Vec<String>,
}

/// The scopes that exist.
#[derive(Debug, Default)]
pub struct Catalogue {
    /// By name.
    pub scopes: HashMap<String, Scope>,
    /// Grows with every change.
    pub revision: i64,
}

/// What a decision rests on.
#[derive(Debug, Clone)]
pub struct Known {
    /// The client that the assertion names, where it exists.
    pub client: Option<Arc<Client>>,
    /// The scopes.
    pub catalogue: Arc<Catalogue>,
}

/// The assertion of a token request's form.
pub fn form(content_type: Option<&str>, body: &[u8]) -> Result<String, Refused> {
    let media = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if !media.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(Refused::request("The content type must be application/x-www-form-urlencoded"));
    }
    let (mut grant, mut assertion) = (None, None);
    for (name, value) in url::form_urlencoded::parse(body) {
        let slot = match &*name {
            "grant_type" => &mut grant,
            "assertion" => &mut assertion,
            _ => continue,
        };
        if slot.replace(value.into_owned()).is_some() {
            return Err(Refused::request("A parameter is repeated"));
        }
    }
    match grant.as_deref() {
        None => return Err(Refused::request("The parameter grant_type is missing")),
        Some(GRANT) => {}
        Some(_) => return Err(Refused::grant_type()),
    }
    let assertion = assertion.ok_or_else(|| Refused::request("The parameter assertion is missing"))?;
    if assertion.len() > LONGEST {
        return Err(Refused::request("The assertion is too long"));
    }
    Ok(assertion)
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

/// Seconds since 1970. RFC 7519 allows fractions; they are cut off.
fn numeric_date<'de, D: Deserializer<'de>>(value: D) -> Result<Option<i64>, D::Error> {
    let number = Option::<serde_json::Number>::deserialize(value)?;
    Ok(number.and_then(|number| number.as_i64().or_else(|| number.as_f64().map(|seconds| seconds as i64))))
}

/// The claims of an assertion. Others are ignored.
#[derive(Deserialize)]
struct Assertion {
    aud: Option<OneOrMany>,
    #[serde(default, deserialize_with = "numeric_date")]
    iat: Option<i64>,
    #[serde(default, deserialize_with = "numeric_date")]
    nbf: Option<i64>,
    #[serde(default, deserialize_with = "numeric_date")]
    exp: Option<i64>,
    jti: Option<String>,
    scope: Option<String>,
    resource: Option<OneOrMany>,
    pid: Option<Pid>,
    consumer_org: Option<String>,
    iss_onbehalfof: Option<String>,
    authorization_details: Option<Value>,
}

#[derive(Deserialize)]
struct Issuer {
    iss: Option<String>,
}

/// Who an assertion says that it is from; nothing is verified yet.
#[derive(Debug)]
pub struct Claimed {
    /// The client.
    pub client_id: String,
    /// Whether it shows an enterprise certificate.
    pub by_certificate: bool,
}

/// Who an assertion says that it is from.
pub fn claimed(assertion: &str) -> Result<Claimed, Refused> {
    let jwt = Jwt::parse(assertion).map_err(|error| Refused::malformed(&error))?;
    let claims: Issuer = jwt.unverified_claims().map_err(|error| Refused::malformed(&error))?;
    let client_id = claims.iss.ok_or_else(|| Refused::request("The claim iss is missing"))?;
    Ok(Claimed { client_id, by_certificate: jwt.header().x5c.is_some() })
}

/// An assertion that is a client's, addressed to us, and not too old. Whether it has been used is not known yet, nor
/// whether the client may have what it asks for.
pub struct Verified {
    claims: Assertion,
    client: Arc<Client>,
    amr: Amr,
    /// What makes the assertion one: of its client and `jti`.
    pub fingerprint: Vec<u8>,
    assertion_expires: i64,
}

/// A system user that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedSystemUser {
    /// The business whose system user it is.
    pub party: Orgnr,
    /// Which of its system users, where it has several in the same system; empty where none is named.
    pub external_ref: String,
}

/// A system user of the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SystemUser {
    /// Its id.
    pub id: String,
    /// The system that it is of.
    pub system_id: String,
}

/// A token to issue, if the assertion has not been used and the delegation, where there is one, exists.
#[derive(Debug)]
pub struct Grant {
    /// The client.
    pub client: Arc<Client>,
    /// The revision of the catalogue that the decision rests on.
    pub catalogue_revision: i64,
    /// What makes the assertion one: of its client and `jti`.
    pub fingerprint: Vec<u8>,
    /// When the assertion ends; seconds since 1970.
    pub assertion_expires: i64,
    /// How the client has shown who it is.
    pub amr: Amr,
    /// On whose behalf the client's owner asks, if another's, and where that is kept.
    pub delegation: Option<Delegation>,
    /// The system user that the token is for.
    pub system_user: Option<AskedSystemUser>,
    /// The customer that the client names; for the statistics, it gives no rights.
    pub onbehalfof: Option<String>,
    /// The scopes granted, in the order asked for.
    pub scopes: Vec<String>,
    /// For whom the token is; empty where nobody is named.
    pub aud: Vec<String>,
    /// The person that the token is restricted to.
    pub pid: Option<Pid>,
    /// How long the token lives; seconds.
    pub lifetime: i64,
}

/// Another organisation's access, used by its supplier.
#[derive(Debug, Clone)]
pub struct Delegation {
    /// Whose access.
    pub consumer: Orgnr,
    /// Where the delegation is kept.
    pub source: String,
    /// The scopes that the consumer needs access to; the others are open to all.
    pub restricted: Vec<String>,
}

/// What a certificate is checked against: the configured authorities and the installation's own.
#[derive(Debug, Clone, Copy)]
pub struct Authorities<'a> {
    /// Those that are configured.
    pub configured: &'a Trust,
    /// The installation's own test authority, where it has one.
    pub test: Option<&'a Trust>,
}

/// Whether an assertion is its client's and addressed to `issuer`, at `now` (seconds since 1970).
pub fn verify(
    assertion: &str,
    known: &Known,
    authorities: Authorities<'_>,
    issuer: &str,
    now: i64,
) -> Result<Verified, Refused> {
    let jwt = Jwt::parse(assertion).map_err(|error| Refused::malformed(&error))?;
    let client = known.client.as_ref().filter(|client| client.active).ok_or_else(Refused::client)?;
    let wrong = |error| match error {
        JoseError::Algorithm => {
            Refused::grant("MP-124", "The assertion's algorithm is not allowed for its key")
        }
        _ => {
            Refused::grant("MP-124", "Invalid assertion. Client authentication failed. Invalid JWT signature")
        }
    };
    let (payload, amr) = match (&jwt.header().kid, &jwt.header().x5c) {
        (None, None) => return Err(Refused::request("The assertion's header has neither kid nor x5c")),
        (Some(_), Some(_)) => return Err(Refused::request("The assertion's header has both kid and x5c")),
        (Some(kid), None) => {
            let ClientKey { key, alg, .. } = registered(kid, client, now)?;
            let algs = alg.as_ref().map_or(&ALGS[..], std::slice::from_ref);
            (jwt.verify(key, algs).map_err(wrong)?, Amr::PrivateKeyJwt)
        }
        (None, Some(x5c)) => {
            let (enterprise, alg) = enterprise(x5c, client, authorities, now)?;
            let algs = alg.as_ref().map_or(&CERTIFICATE_ALGS[..], std::slice::from_ref);
            (jwt.verify(&enterprise.key, algs).map_err(wrong)?, Amr::Virksomhetssertifikat)
        }
    };
    let claims: Assertion = payload.claims().map_err(|error| Refused::malformed(&error))?;
    let audience = match &claims.aud {
        Some(OneOrMany::One(aud)) => Some(aud),
        Some(OneOrMany::Many(aud)) => aud.first().filter(|_| aud.len() == 1),
        None => None,
    };
    if audience.map(String::as_str) != Some(issuer) {
        let why = format!(
            "Invalid assertion. Client authentication failed. Invalid audience claim, expected {issuer}"
        );
        return Err(Refused::grant("MP-110", why));
    }
    let assertion_expires = times(&claims, now)?;
    let fingerprint = fingerprint(client, claims.jti.as_deref(), assertion);
    Ok(Verified { claims, client: client.clone(), amr, fingerprint, assertion_expires })
}

/// The client's key of this name.
fn registered<'a>(kid: &str, client: &'a Client, now: i64) -> Result<&'a ClientKey, Refused> {
    let key = client.keys.get(kid).ok_or_else(|| {
        Refused::grant(
            "MP-124",
            "Invalid assertion. Client authentication failed. The client has no key of that kid",
        )
    })?;
    if key.expires <= now {
        return Err(Refused::grant(
            "MP-121",
            "Invalid assertion. Client authentication failed. The client's key has expired",
        ));
    }
    Ok(key)
}

/// The enterprise that a chain of certificates is of, if it is the client's organisation and its keys let it be used; and
/// what the client is locked to use it with.
fn enterprise(
    x5c: &Value,
    client: &Client,
    authorities: Authorities<'_>,
    now: i64,
) -> Result<(Enterprise, Option<Alg>), Refused> {
    let chain = enterprise::chain(x5c)?;
    let enterprise = authorities.configured.verify(authorities.test, &chain, now)?;
    if enterprise.orgnr != client.orgnr {
        return Err(Refused::grant(
            "MP-122",
            "Invalid assertion. Client authentication failed. The certificate is of another organisation than the client",
        ));
    }
    let mut alg = None;
    if !client.keys.is_empty() {
        let locked = client.keys.values().find(|key| key.certificate.as_deref() == Some(&enterprise.leaf));
        match locked {
            None => {
                return Err(Refused::grant(
                    "MP-120",
                    "Invalid assertion. Client authentication failed. The client has registered keys and must use kid, or the certificate that it is locked to",
                ));
            }
            Some(key) if key.expires <= now => {
                return Err(Refused::grant(
                    "MP-121",
                    "Invalid assertion. Client authentication failed. The client's key has expired",
                ));
            }
            Some(key) => alg = key.alg,
        }
    }
    Ok((enterprise, alg))
}

/// Decides what a verified assertion gives.
pub fn decide(verified: &Verified, known: &Known) -> Result<Grant, Refused> {
    let Verified { claims, client, .. } = verified;
    let aud = match &claims.resource {
        None => Vec::new(),
        Some(OneOrMany::One(resource)) => vec![resource.clone()],
        Some(OneOrMany::Many(resources)) => resources.clone(),
    };
    if aud.iter().any(String::is_empty) {
        return Err(Refused::request("The claim resource holds an empty value"));
    }
    let onbehalfof = claims.iss_onbehalfof.as_ref();
    if let Some(handle) = onbehalfof {
        if claims.consumer_org.is_some() {
            return Err(Refused::request("The claims iss_onbehalfof and consumer_org exclude each other"));
        }
        if !client.onbehalfof.contains(handle) {
            return Err(Refused::request("The client has no customer of that iss_onbehalfof"));
        }
    }
    let scopes = scopes(claims.scope.as_deref())?;
    let (lifetime, delegation) = access(&scopes, claims.consumer_org.as_deref(), client, &known.catalogue)?;
    let system_user = match claims.authorization_details.as_ref().filter(|details| !details.is_null()) {
        None => None,
        Some(_) if delegation.is_some() => {
            return Err(Refused::request(
                "The claims authorization_details and consumer_org exclude each other",
            ));
        }
        Some(details) => Some(asked_system_user(details)?),
    };
    Ok(Grant {
        fingerprint: verified.fingerprint.clone(),
        client: client.clone(),
        amr: verified.amr,
        catalogue_revision: known.catalogue.revision,
        assertion_expires: verified.assertion_expires,
        delegation,
        system_user,
        onbehalfof: onbehalfof.cloned(),
        scopes,
        aud,
        pid: claims.pid,
        lifetime,
    })
}

/// The type of authorization details that names a system user.
pub const SYSTEM_USER: &str = "urn:altinn:systemuser";

/// Reads `authorization_details`: one system user of one business.
fn asked_system_user(details: &Value) -> Result<AskedSystemUser, Refused> {
    let bad = |why: &str| Refused::authorization_details("MP-303", why);
    let list = details.as_array().ok_or_else(|| bad("It is not an array"))?;
    if let Some(other) = list.iter().find(|one| one.get("type").and_then(Value::as_str) != Some(SYSTEM_USER))
    {
        let why = if other.get("type").is_some() { "The type is unknown" } else { "The type is missing" };
        return Err(Refused::authorization_details("MP-301", why));
    }
    let [one] = list.as_slice() else { return Err(bad("It does not have exactly one element")) };
    let members = one.as_object().ok_or_else(|| bad("Its element is not an object"))?;
    if members.keys().any(|name| !["type", "systemuser_org", "externalRef"].contains(&name.as_str())) {
        return Err(Refused::authorization_details("MP-302", "A field is unknown"));
    }
    let party = members.get("systemuser_org").ok_or_else(|| bad("systemuser_org is missing"))?;
    let member = |name: &str| party.get(name).and_then(Value::as_str);
    if party.as_object().is_some_and(|party| party.keys().any(|name| name != "authority" && name != "ID")) {
        return Err(Refused::authorization_details("MP-302", "A field of systemuser_org is unknown"));
    }
    if member("authority") != Some("iso6523-actorid-upis") {
        return Err(bad("The authority of systemuser_org is not iso6523-actorid-upis"));
    }
    let number = member("ID").and_then(|id| id.strip_prefix("0192:"));
    let party = number.and_then(|number| Orgnr::parse(number).ok());
    let party =
        party.ok_or_else(|| bad("The ID of systemuser_org is not 0192: and an organisation number"))?;
    let external_ref = match members.get("externalRef") {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) if (1..=255).contains(&text.len()) => text.clone(),
        Some(_) => return Err(bad("externalRef is not a text of 1 to 255 bytes")),
    };
    Ok(AskedSystemUser { party, external_ref })
}

/// Checks the assertion's times and gives its end.
fn times(claims: &Assertion, now: i64) -> Result<i64, Refused> {
    let missing = |name: &str| Refused::request(format!("The claim {name} is missing"));
    let iat = claims.iat.ok_or_else(|| missing("iat"))?;
    let exp = claims.exp.ok_or_else(|| missing("exp"))?;
    let refused = |why| Err(Refused::grant("MP-130", why));
    if iat > now.saturating_add(AHEAD) {
        return refused("Invalid assertion. Issue time is after now");
    }
    if claims.nbf.is_some_and(|nbf| nbf > now.saturating_add(AHEAD)) {
        return refused("Invalid assertion. It begins after now");
    }
    if exp <= now {
        return refused("Invalid assertion. It has expired");
    }
    if exp.saturating_sub(iat) > LONGEST_ASSERTION {
        return refused("Invalid assertion. Its life is longer than 120 seconds");
    }
    Ok(exp)
}

/// The scopes asked for, each once, in order.
fn scopes(claim: Option<&str>) -> Result<Vec<String>, Refused> {
    let mut seen = BTreeSet::new();
    let words = claim.unwrap_or_default().split_ascii_whitespace();
    let scopes: Vec<String> = words.filter(|word| seen.insert(*word)).map(str::to_owned).collect();
    if scopes.is_empty() { Err(Refused::request("The claim scope is missing")) } else { Ok(scopes) }
}

/// Whether the client may have these scopes; how long the token lives, and what the delegation must give.
fn access(
    scopes: &[String],
    consumer_org: Option<&str>,
    client: &Client,
    catalogue: &Catalogue,
) -> Result<(i64, Option<Delegation>), Refused> {
    let consumer = match consumer_org {
        None => None,
        Some(number) => {
            let consumer = Orgnr::parse(number)
                .map_err(|_| Refused::request("consumer_org is not an organisation number of nine digits"))?;
            if consumer == client.orgnr {
                return Err(Refused::request("consumer_org is the client's own organisation number"));
            }
            Some(consumer)
        }
    };
    let mut lifetime = if client.access_token_lifetime > 0 { client.access_token_lifetime } else { LIFETIME };
    let (mut source, mut restricted) = (None, Vec::new());
    for name in scopes {
        let scope = catalogue.scopes.get(name).filter(|scope| scope.active);
        let scope = scope.ok_or_else(|| Refused::scope("MP-200", name, "does not exist or is not active"))?;
        if !scope.allowed_integration_types.iter().any(|allowed| {
            // The kinds for the contact register and for message exchange are clients of Maskinporten, too.
            *allowed == client.integration_type || allowed == "maskinporten"
        }) {
            return Err(Refused::scope("MP-201", name, "is not for clients of Maskinporten"));
        }
        if !client.scopes.contains(name) && !scope.accessible_for_all {
            return Err(Refused::scope("MP-200", name, "is not registered on the client"));
        }
        if consumer.is_some() {
            let of_scope = scope.delegation_source.as_deref();
            source = Some(of_scope.ok_or_else(|| Refused::delegation(name))?);
            if !scope.accessible_for_all {
                restricted.push(name.clone());
            }
        } else if !scope.accessible_for_all && !client.access.contains(name) {
            return Err(Refused::no_access(name));
        }
        if scope.at_max_age > 0 {
            lifetime = lifetime.min(scope.at_max_age);
        }
    }
    let delegation = consumer.zip(source).map(|(consumer, source)| Delegation {
        consumer,
        source: source.to_owned(),
        restricted,
    });
    Ok((lifetime, delegation))
}

/// What makes an assertion the same as another: its client and `jti`, or, without one, what was signed. The signature is
/// left out, because an ECDSA signature can be rewritten by anyone.
fn fingerprint(client: &Client, jti: Option<&str>, assertion: &str) -> Vec<u8> {
    let mut hash = Sha256::new();
    if let Some(jti) = jti {
        hash.update(b"jti\0");
        hash.update(client.client_id.as_bytes());
        hash.update(b"\0");
        hash.update(jti.as_bytes());
    } else {
        hash.update(b"jws\0");
        hash.update(assertion.rsplit_once('.').map_or(assertion, |(signed, _)| signed).as_bytes());
    }
    hash.finalize().to_vec()
}

/// The claims of a token, in the order of the service's.
#[derive(Debug, Serialize)]
pub struct TokenClaims<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    aud: Option<Value>,
    scope: &'a str,
    iss: &'a str,
    client_amr: &'static str,
    token_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cnf: Option<Confirmation<'a>>,
    exp: i64,
    iat: i64,
    client_id: &'a str,
    jti: &'a str,
    consumer: Organisation,
    #[serde(skip_serializing_if = "Option::is_none")]
    supplier: Option<Organisation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delegation_source: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_onbehalfof: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    authorization_details: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pid: Option<Pid>,
}

impl<'a> TokenClaims<'a> {
    /// The claims of the token that `grant` gives, with the system user that was found for it, bound to the key `jkt` where
    /// there is one.
    pub fn new(
        grant: &'a Grant,
        system_user: Option<&SystemUser>,
        scope: &'a str,
        issuer: &'a str,
        jti: &'a str,
        jkt: Option<&'a str>,
        now: i64,
    ) -> Self {
        let owner = &grant.client.orgnr;
        let delegation = grant.delegation.as_ref();
        Self {
            aud: match grant.aud.as_slice() {
                [] => None,
                [one] => Some(Value::from(one.as_str())),
                many => Some(Value::from(many)),
            },
            scope,
            iss: issuer,
            client_amr: grant.amr.as_str(),
            token_type: if jkt.is_some() { "DPoP" } else { "Bearer" },
            cnf: jkt.map(|jkt| Confirmation { jkt }),
            exp: now + grant.lifetime,
            iat: now,
            client_id: &grant.client.client_id,
            jti,
            consumer: Organisation::of(delegation.map_or(owner, |delegation| &delegation.consumer)),
            supplier: delegation.map(|_| Organisation::of(owner)),
            delegation_source: delegation.map(|delegation| delegation.source.as_str()),
            client_onbehalfof: grant.onbehalfof.as_deref(),
            authorization_details: grant.system_user.as_ref().zip(system_user).map(|(asked, found)| {
                json!([{
                    "type": SYSTEM_USER,
                    "systemuser_id": [found.id],
                    "systemuser_org": Organisation::of(&asked.party),
                    "system_id": found.system_id,
                }])
            }),
            pid: grant.pid,
        }
    }

    /// How the token is used: by itself, or with a proof of its key.
    pub fn token_type(&self) -> &'static str {
        self.token_type
    }
}

/// The key that a token is bound to (RFC 9449 § 6).
#[derive(Debug, Serialize)]
struct Confirmation<'a> {
    jkt: &'a str,
}
