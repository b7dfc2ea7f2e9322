//! The issuers of person identification data that are believed, their keys and what they have withdrawn.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use clients::lommebok::{NAME, PERSONAL_NUMBER, VCT};
use clients::{ClientError, Mesh, request};
use kernel::id::Pid;
use kernel::jose::status_list::{Place, StatusList};
use kernel::jose::{Alg, JoseError, KeySet, sd_jwt};
use serde::Deserialize;
use serde_json::Value;

use crate::StartError;

/// How long an issuer's metadata and keys are used before they are fetched again; seconds.
const LASTS: i64 = 3600;
/// Least time between two fetches of the keys because of a `kid` that is not among them; seconds.
const REFETCH: i64 = 30;
/// How long a status list is used at most; seconds.
const LIST_LASTS: i64 = 300;
/// Most status lists that are remembered of an issuer.
const MOST_LISTS: usize = 64;
/// What credentials may be signed with.
const ALGS: [Alg; 1] = [Alg::ES256];

/// Why a presentation is not believed.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// It does not hold.
    #[error("{0}")]
    Invalid(&'static str),
    /// It is malformed, or a signature is wrong.
    #[error(transparent)]
    Jose(#[from] JoseError),
    /// The issuer could not be asked.
    #[error("the issuer does not answer: {0}")]
    Client(#[from] ClientError),
}

/// All of them.
pub struct Issuers {
    list: Vec<Issuer>,
    mesh: Mesh,
    base_url: Arc<str>,
    test_mode: bool,
}

/// An issuer, with what has been fetched of it.
struct Issuer {
    /// Its `iss`.
    name: String,
    keys: RwLock<Option<(Arc<KeySet>, i64)>>,
    /// Status lists by address, and until when they may be used.
    lists: RwLock<HashMap<String, (Arc<StatusList>, i64)>>,
}

impl Issuers {
    /// Believes the issuer of this installation, which is reached by `mesh`, and those named.
    pub fn new(
        mesh: Mesh,
        base_url: &Arc<str>,
        test_mode: bool,
        others: Vec<String>,
    ) -> Result<Self, StartError> {
        let mut list: Vec<Issuer> = Vec::new();
        for name in std::iter::once(format!("{base_url}/{NAME}")).chain(others) {
            let safe = name.starts_with("https://") || (test_mode && name.starts_with("http://"));
            if !safe || url::Url::parse(&name).is_err() {
                return Err(StartError::Wallet(format!("the issuer {name} is not an https address")));
            }
            if !list.iter().any(|known| known.name == name) {
                list.push(Issuer { name, keys: RwLock::default(), lists: RwLock::default() });
            }
        }
        Ok(Self { list, mesh, base_url: base_url.clone(), test_mode })
    }

    /// Who shows this to `audience` in answer to `nonce`, at `now` (seconds since 1970).
    pub async fn verify(
        &self,
        presentation: &str,
        audience: &str,
        nonce: &str,
        now: i64,
    ) -> Result<Pid, Fault> {
        let parsed = sd_jwt::SdJwt::parse(presentation)?;
        let name = parsed.unverified_issuer()?;
        let issuer = self.list.iter().find(|issuer| issuer.name == name);
        let issuer = issuer.ok_or(Fault::Invalid("the credential's issuer is not believed"))?;
        let header = parsed.header()?;
        let kid = header.kid.ok_or(Fault::Invalid("the credential names no key"))?;
        let mut keys = self.keys(issuer, now, LASTS).await?;
        if keys.get(&kid).is_none() {
            // Perhaps a new key of the issuer's.
            keys = self.keys(issuer, now, REFETCH).await?;
        }
        let key = keys.get(&kid).ok_or(JoseError::UnknownKey)?;
        let verified = parsed.verify(key, &ALGS)?;
        if verified.typ() != Some(sd_jwt::TYP) {
            return Err(Fault::Invalid("the credential is not of type dc+sd-jwt"));
        }
        verified.bound(audience, nonce, now)?;
        if !verified.lives(now) {
            return Err(Fault::Invalid("the credential has expired, or is not valid yet"));
        }
        let claims = verified.claims();
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        if text("vct") != Some(VCT) {
            return Err(Fault::Invalid("the credential is not person identification data"));
        }
        if let Some(place) = Place::of(claims)? {
            self.valid(issuer, &keys, &place, now).await?;
        }
        let number = text(PERSONAL_NUMBER).ok_or(Fault::Invalid("the person's number is not shown"))?;
        Pid::parse(number).map_err(|_| Fault::Invalid("the person's number is none"))
    }

    /// That the credential at this place is not withdrawn. Whose list cannot be read is not believed.
    async fn valid(&self, issuer: &Issuer, keys: &KeySet, place: &Place, now: i64) -> Result<(), Fault> {
        let kept = {
            let lists = issuer.lists.read().unwrap_or_else(PoisonError::into_inner);
            lists.get(&place.uri).filter(|(_, until)| now < *until).map(|(list, _)| list.clone())
        };
        let list = if let Some(list) = kept {
            list
        } else {
            let token = self.fetch(&place.uri).await?;
            let token = std::str::from_utf8(&token)
                .map_err(|_| JoseError::Malformed("the status list is no text"))?;
            let verified = match StatusList::verify(token, &place.uri, keys, &ALGS, now) {
                // Perhaps a new key of the issuer's.
                Err(JoseError::UnknownKey) => {
                    let keys = self.keys(issuer, now, REFETCH).await?;
                    StatusList::verify(token, &place.uri, &keys, &ALGS, now)
                }
                result => result,
            };
            let list = Arc::new(verified?);
            let mut lists = issuer.lists.write().unwrap_or_else(PoisonError::into_inner);
            lists.retain(|_, (_, until)| now < *until);
            if lists.len() < MOST_LISTS {
                lists.insert(place.uri.clone(), (list.clone(), list.until(now, LIST_LASTS)));
            }
            list
        };
        match list.status(place.idx)? {
            0 => Ok(()),
            _ => Err(Fault::Invalid("the credential is withdrawn")),
        }
    }

    /// An issuer's keys, fetched at most `oldest` seconds ago, from where its metadata says (SD-JWT VC § 4).
    async fn keys(&self, issuer: &Issuer, now: i64, oldest: i64) -> Result<Arc<KeySet>, Fault> {
        #[derive(Deserialize)]
        struct Metadata {
            issuer: String,
            jwks_uri: String,
        }
        {
            let kept = issuer.keys.read().unwrap_or_else(PoisonError::into_inner);
            if let Some((keys, _)) = kept.as_ref().filter(|(_, at)| now.saturating_sub(*at) < oldest) {
                return Ok(Arc::clone(keys));
            }
        }
        // The well-known path stands between the host and the issuer's own path.
        let name = url::Url::parse(&issuer.name).map_err(|_| Fault::Invalid("the issuer is no address"))?;
        let path = name.path().trim_end_matches('/');
        let origin = issuer.name.trim_end_matches('/').strip_suffix(path).unwrap_or(&issuer.name);
        let metadata = self.fetch(&format!("{origin}/.well-known/jwt-vc-issuer{path}")).await?;
        let unreadable = || Fault::Invalid("the issuer's metadata cannot be read");
        let metadata: Metadata = serde_json::from_slice(&metadata).map_err(|_| unreadable())?;
        if metadata.issuer != issuer.name {
            return Err(Fault::Invalid("the metadata is of another issuer"));
        }
        let keys = Arc::new(KeySet::parse(&self.fetch(&metadata.jwks_uri).await?)?);
        *issuer.keys.write().unwrap_or_else(PoisonError::into_inner) = Some((keys.clone(), now));
        Ok(keys)
    }

    /// What is at an address of an issuer: in this installation by the mesh, elsewhere over TLS.
    async fn fetch(&self, address: &str) -> Result<bytes::Bytes, Fault> {
        let own = address.strip_prefix(&*self.base_url).filter(|path| path.starts_with('/'));
        let answer = match own {
            Some(path) => self.mesh.send(NAME, request::get(path).empty()?).await?,
            None if address.starts_with("https://") || (self.test_mode && address.starts_with("http://")) => {
                self.mesh.send_outside(request::get(address).empty()?).await?
            }
            None => return Err(Fault::Invalid("an address of the issuer's is without TLS")),
        };
        Ok(request::bytes(answer)?)
    }
}
