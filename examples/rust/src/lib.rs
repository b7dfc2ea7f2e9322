//! What the programs share: a client as `felles client add` printed it, and what it signs.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, bail};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Deserialize;
use serde_json::{Value, json};

/// The file that `felles client add` printed.
#[derive(Debug, Clone, Deserialize)]
pub struct Client {
    pub client_id: String,
    pub issuer: String,
    pub kid: String,
    pub alg: Algorithm,
    pub private_key_pem: String,
    #[serde(default)]
    pub scopes: Vec<String>,
    #[serde(default)]
    pub redirect_uris: Vec<String>,
    pub token_endpoint: Option<String>,
}

impl Client {
    /// Reads the file that is the program's first argument.
    pub fn from_args() -> anyhow::Result<Self> {
        let path = std::env::args().nth(1).context("the first argument is the client's file")?;
        Ok(serde_json::from_str(&std::fs::read_to_string(&path).context(path)?)?)
    }

    /// A signed statement to the issuer that lives for a minute and is used once, with `more` claims.
    pub fn assertion(&self, more: Value) -> anyhow::Result<String> {
        let pem = self.private_key_pem.as_bytes();
        let key = match self.alg {
            Algorithm::ES256 => EncodingKey::from_ec_pem(pem)?,
            Algorithm::RS256 => EncodingKey::from_rsa_pem(pem)?,
            other => bail!("{other:?} is not used here"),
        };
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        let mut claims = json!({
            "iss": self.client_id, "aud": self.issuer, "iat": now, "exp": now + 60, "jti": uuid::Uuid::new_v4().to_string(),
        });
        if let (Value::Object(claims), Value::Object(more)) = (&mut claims, more) {
            claims.extend(more);
        }
        let header = Header { kid: Some(self.kid.clone()), ..Header::new(self.alg) };
        Ok(jsonwebtoken::encode(&header, &claims, &key)?)
    }
}
