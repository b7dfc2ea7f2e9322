//! How clients show who they are at the back-channel endpoints. Only the way that is registered counts.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use clients::idporten::ASSERTION_TYPE;
use http::{HeaderMap, header};
use kernel::jose::{Alg, Jwt, PublicKey};
use serde::Deserialize;

use super::client::{AuthMethod, Client};
use super::hash;
use super::parameters::Parameters;
use crate::api::refused::Refused;

/// The algorithms that assertions may be signed with.
pub const ALGS: [Alg; 6] = [Alg::RS256, Alg::RS384, Alg::RS512, Alg::PS256, Alg::ES256, Alg::EdDSA];
/// How long an assertion may live; seconds.
const LONGEST: i64 = 120;
/// How far ahead of this server's clock an assertion may begin; seconds.
const AHEAD: i64 = 10;
/// How long a used assertion is remembered after its end; seconds.
const SKEW: i64 = 60;
/// The longest assertion that is read; bytes.
const LONGEST_TEXT: usize = 16 * 1024;

/// What a request shows of its client.
pub enum Credentials {
    /// An assertion.
    Assertion(String),
    /// A secret in the header.
    Basic(String),
    /// A secret in the form.
    Post(String),
    /// Nothing but its id.
    None,
}

impl Credentials {
    /// The client id and credentials of a request.
    pub fn of(headers: &HeaderMap, form: &Parameters) -> Result<(String, Self), Refused> {
        let client_id = form.one("client_id")?;
        let assertion = form.one("client_assertion")?;
        let secret = form.one("client_secret")?;
        let mut authorization = headers.get_all(header::AUTHORIZATION).iter();
        let basic = match authorization.next() {
            None => None,
            Some(_) if authorization.next().is_some() => {
                return Err(Refused::request("The header Authorization is repeated"));
            }
            Some(value) => {
                let unreadable = || {
                    Refused::client("The header Authorization is not Basic with an id and a secret").basic()
                };
                Some(basic(value.to_str().map_err(|_| unreadable())?).ok_or_else(unreadable)?)
            }
        };
        if [assertion.is_some(), secret.is_some(), basic.is_some()].iter().filter(|shown| **shown).count() > 1
        {
            return Err(Refused::request("The client shows who it is in more than one way"));
        }
        if let Some((id, secret)) = basic {
            if client_id.is_some_and(|other| other != id) {
                return Err(Refused::request("client_id is another than in the header Authorization"));
            }
            return Ok((id, Self::Basic(secret)));
        }
        let client_id =
            client_id.ok_or_else(|| Refused::request("The parameter client_id is missing"))?.to_owned();
        if let Some(assertion) = assertion {
            if form.required("client_assertion_type")? != ASSERTION_TYPE {
                return Err(Refused::request(format!("client_assertion_type must be {ASSERTION_TYPE}")));
            }
            if assertion.len() > LONGEST_TEXT {
                return Err(Refused::client("The client assertion is too long"));
            }
            return Ok((client_id, Self::Assertion(assertion.to_owned())));
        }
        Ok((client_id, secret.map_or(Self::None, |secret| Self::Post(secret.to_owned()))))
    }

    fn method(&self) -> AuthMethod {
        match self {
            Self::Assertion(_) => AuthMethod::PrivateKeyJwt,
            Self::Basic(_) => AuthMethod::ClientSecretBasic,
            Self::Post(_) => AuthMethod::ClientSecretPost,
            Self::None => AuthMethod::None,
        }
    }

    /// Marks a refusal as an answer to `Basic`, where that was used.
    pub fn answer(&self, refused: Refused) -> Refused {
        if matches!(self, Self::Basic(_)) { refused.basic() } else { refused }
    }

    /// Whether they are `client`'s at `now`, addressed to one of `audience`, of which the first is the issuer. Gives the assertion, to be used up.
    pub fn check(&self, client: &Client, audience: &[String], now: i64) -> Result<Option<Used>, Refused> {
        if self.method() != client.auth_method {
            let why = format!("The client is registered with {}", client.auth_method.as_str());
            return Err(Refused::client(why));
        }
        match self {
            Self::None => Ok(None),
            Self::Basic(secret) | Self::Post(secret) if client.has_secret(secret, now) => Ok(None),
            Self::Basic(_) | Self::Post(_) => {
                Err(Refused::client("The client's secret is wrong or has expired"))
            }
            Self::Assertion(assertion) => check_assertion(assertion, client, audience, now).map(Some),
        }
    }
}

/// Id and secret of `Basic`: each form-url-encoded before base64 (RFC 6749 § 2.3.1).
fn basic(value: &str) -> Option<(String, String)> {
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("Basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    let decode = |text: &str| {
        // As the value of a form's only field; its separators are escaped, so that it is one.
        let field = format!("x={}", text.replace('&', "%26"));
        url::form_urlencoded::parse(field.as_bytes()).next().map(|(_, value)| value.into_owned())
    };
    Some((decode(id)?, decode(secret)?))
}

/// An assertion that is to be used once.
#[derive(Debug)]
pub struct Used {
    /// Of its client and `jti`.
    pub fingerprint: Vec<u8>,
    /// Until when it has to be remembered; seconds since 1970.
    pub until: i64,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

#[derive(Deserialize)]
struct Claims {
    iss: Option<String>,
    sub: Option<String>,
    aud: Option<OneOrMany>,
    iat: Option<f64>,
    nbf: Option<f64>,
    exp: Option<f64>,
    jti: Option<String>,
}

fn check_assertion(assertion: &str, client: &Client, audience: &[String], now: i64) -> Result<Used, Refused> {
    let refused = |why: &str| Refused::client(format!("The client assertion does not hold: {why}"));
    let jwt = Jwt::parse(assertion).map_err(|error| refused(&error.to_string()))?;
    let kid = jwt.header().kid.as_deref().ok_or_else(|| refused("its header has no kid"))?;
    if jwt.header().x5c.is_some() {
        return Err(refused("its header has x5c, and the client has registered keys"));
    }
    let jwk = client.jwks.iter().find(|jwk| jwk.kid.as_deref() == Some(kid));
    let jwk = jwk.ok_or_else(|| refused("the client has no key of that kid"))?;
    if client.keys_expire <= now {
        return Err(refused("the client's key has expired"));
    }
    let key = PublicKey::from_jwk(jwk).map_err(|error| refused(&error.to_string()))?;
    let payload = jwt.verify(&key, client.assertion_algs()).map_err(|error| refused(&error.to_string()))?;
    // An RSA key could sign by several: it does by what it is registered for.
    if jwk.algorithm().ok().flatten().is_some_and(|own| own != payload.alg()) {
        return Err(refused("the key is registered for another algorithm"));
    }
    let claims: Claims = payload.claims().map_err(|error| refused(&error.to_string()))?;
    let id = Some(client.client_id.as_str());
    if claims.iss.as_deref() != id || claims.sub.as_deref() != id {
        return Err(refused("iss and sub must be the client's id"));
    }
    let addressed = |aud: &String| audience.contains(aud);
    let for_us = match &claims.aud {
        None => false,
        // FAPI 2.0: nothing but the issuer itself, so that no assertion serves at two servers.
        Some(OneOrMany::One(aud)) if client.is_fapi() => audience.first() == Some(aud),
        Some(OneOrMany::Many(_)) if client.is_fapi() => false,
        Some(OneOrMany::One(aud)) => addressed(aud),
        Some(OneOrMany::Many(aud)) => aud.iter().any(addressed),
    };
    if !for_us {
        return Err(refused("aud is neither the issuer nor the token endpoint"));
    }
    // Whole seconds, cut off; RFC 7519 allows fractions.
    let seconds = |time: Option<f64>| time.map(|time| time as i64);
    let iat = seconds(claims.iat).ok_or_else(|| refused("it has no iat"))?;
    let exp = seconds(claims.exp).ok_or_else(|| refused("it has no exp"))?;
    if iat.max(seconds(claims.nbf).unwrap_or(iat)) > now.saturating_add(AHEAD) {
        return Err(refused("it begins later than now"));
    }
    if exp <= now {
        return Err(refused("it has expired"));
    }
    if exp.saturating_sub(iat) > LONGEST {
        return Err(refused("it lives longer than 120 seconds"));
    }
    let jti = claims.jti.filter(|jti| !jti.is_empty()).ok_or_else(|| refused("it has no jti"))?;
    let fingerprint = hash(&format!("{}\0{jti}", client.client_id));
    Ok(Used { fingerprint, until: exp.saturating_add(SKEW) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_is_decoded_twice() {
        let header = |text: &str| format!("Basic {}", STANDARD.encode(text));
        assert_eq!(basic(&header("a%3Ab:s%26+%25")), Some(("a:b".to_owned(), "s& %".to_owned())));
        assert_eq!(basic(&header("a:b&c=d")), Some(("a".to_owned(), "b&c=d".to_owned())));
        assert_eq!(basic("Bearer x"), None);
        assert_eq!(basic("Basic ***"), None);
        assert_eq!(basic(&header("none")), None);
    }
}
