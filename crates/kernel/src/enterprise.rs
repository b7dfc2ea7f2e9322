//! Enterprise certificates (virksomhetssertifikater): whom they are of, and whether they are believed. Maskinporten's clients
//! authenticate with them, and senders sign messages and packages with them. No I/O but the reading of the configured files.

use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, CertificateRevocationListDer, TrustAnchor, UnixTime};
use serde_json::{Value, json};
use webpki::{
    CertRevocationList, EndEntityCert, ExpirationPolicy, KeyUsage, OwnedCertRevocationList,
    RevocationOptionsBuilder, UnknownStatusPolicy,
};
use x509_parser::prelude::{FromDer as _, X509Certificate};
use x509_parser::public_key::PublicKey as CertificateKey;

use crate::id::Orgnr;
use crate::jose::{Jwk, PublicKey};

/// Most certificates of a chain.
const LONGEST_CHAIN: usize = 6;
/// `subject.serialNumber`, where SEID 1 has the organisation number.
const SERIAL_NUMBER: &str = "2.5.4.5";
/// `subject.organizationIdentifier`, where SEID 2 has it.
const ORGANIZATION_IDENTIFIER: &str = "2.5.4.97";

/// Where the certificate authorities lie that are believed, and what they have revoked: files in PEM or DER.
#[derive(Debug, Clone, Default)]
pub struct TrustFiles {
    /// Certificates of authorities.
    pub anchors: Vec<PathBuf>,
    /// Their lists of revoked certificates; read again every half minute, since they are replaced daily.
    pub crls: Vec<PathBuf>,
}

/// Whom to believe. Clones share nothing; make one and keep it.
#[derive(Debug, Default)]
pub struct Trust {
    anchors: Vec<TrustAnchor<'static>>,
    known: Vec<CertificateDer<'static>>,
    crls: Vec<CertRevocationList<'static>>,
}

/// An enterprise certificate that is believed.
#[derive(Debug)]
pub struct Enterprise {
    /// The organisation.
    pub orgnr: Orgnr,
    /// Its key.
    pub key: PublicKey,
    /// The certificate itself; DER.
    pub leaf: Vec<u8>,
}

/// Why a chain of certificates is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// It is not as RFC 7515 § 4.1.6 has it.
    #[error("x5c is malformed: {0}")]
    Malformed(&'static str),
    /// It is of somebody who is not believed, or not for this use.
    #[error("The certificate is not trusted: {0}")]
    Untrusted(&'static str),
}

/// Why the configured files cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {why}")]
pub struct TrustError {
    path: String,
    why: String,
}

impl TrustError {
    fn of(path: &Path, why: impl ToString) -> Self {
        Self { path: path.display().to_string(), why: why.to_string() }
    }
}

impl Trust {
    /// Reads the files.
    pub fn read(files: &TrustFiles) -> Result<Self, TrustError> {
        let mut trust = Self::default();
        for path in &files.anchors {
            let bytes = std::fs::read(path).map_err(|error| TrustError::of(path, error))?;
            let mut found = CertificateDer::pem_slice_iter(&bytes).collect::<Result<Vec<_>, _>>();
            if let Ok(none) = &found
                && none.is_empty()
            {
                found = Ok(vec![CertificateDer::from(bytes.clone())]);
            }
            for certificate in found.map_err(|error| TrustError::of(path, error))? {
                trust.anchor(&certificate).map_err(|error| TrustError::of(path, error))?;
            }
        }
        for path in &files.crls {
            let bytes = std::fs::read(path).map_err(|error| TrustError::of(path, error))?;
            let der = match CertificateRevocationListDer::from_pem_slice(&bytes) {
                Ok(list) => list.as_ref().to_vec(),
                Err(_) => bytes,
            };
            trust.crl(&der).map_err(|error| TrustError::of(path, error))?;
        }
        Ok(trust)
    }

    /// Believes an authority.
    pub fn anchor(&mut self, certificate: &CertificateDer<'_>) -> Result<(), webpki::Error> {
        self.anchors.push(webpki::anchor_from_trusted_cert(certificate)?.to_owned());
        Ok(())
    }

    /// Knows an authority between an anchor and the enterprises, so that they need not send it.
    pub fn know(&mut self, certificate: CertificateDer<'static>) {
        self.known.push(certificate);
    }

    /// Takes a list of revoked certificates in; DER.
    pub fn crl(&mut self, der: &[u8]) -> Result<(), webpki::Error> {
        self.crls.push(CertRevocationList::Owned(OwnedCertRevocationList::from_der(der)?));
        Ok(())
    }

    /// Believes an authority by what it publishes: its certificates, the root first (PEM), and its list of revoked ones (DER).
    pub fn authority(&mut self, pem: &[u8], crl: &[u8]) -> Result<(), CertificateError> {
        let unreadable = CertificateError::Untrusted("what its authority publishes cannot be read");
        let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
        let certificates = certificates.map_err(|_| unreadable)?;
        let [root, others @ ..] = certificates.as_slice() else { return Err(unreadable) };
        self.anchor(root).map_err(|_| unreadable)?;
        self.known.extend(others.iter().map(|other| other.clone().into_owned()));
        self.crl(crl).map_err(|_| unreadable)
    }

    /// The enterprise whose chain this is, its own certificate first. `now` is in seconds since 1970. `more` is trust
    /// besides.
    pub fn verify(
        &self,
        more: Option<&Self>,
        chain: &[CertificateDer<'_>],
        now: i64,
    ) -> Result<Enterprise, CertificateError> {
        let untrusted = CertificateError::Untrusted;
        let [leaf, sent @ ..] = chain else { return Err(CertificateError::Malformed("it is empty")) };
        let known = self.known.iter().chain(more.iter().flat_map(|more| &more.known));
        let intermediates: Vec<CertificateDer<'_>> = sent.iter().chain(known).cloned().collect();
        let certificate = EndEntityCert::try_from(leaf).map_err(|_| untrusted("it is not a certificate"))?;
        let anchors: Vec<TrustAnchor<'_>> =
            self.anchors.iter().chain(more.iter().flat_map(|more| &more.anchors)).cloned().collect();
        let crls: Vec<&CertRevocationList<'_>> =
            self.crls.iter().chain(more.iter().flat_map(|more| &more.crls)).collect();
        // An authority whose list is not here cannot be asked; one whose list is too old is not believed.
        let revocation = RevocationOptionsBuilder::new(&crls).ok().map(|options| {
            options
                .with_status_policy(UnknownStatusPolicy::Allow)
                .with_expiration_policy(ExpirationPolicy::Enforce)
                .build()
        });
        let at = UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(now).unwrap_or_default()));
        certificate
            .verify_for_usage(
                webpki::ALL_VERIFICATION_ALGS,
                &anchors,
                &intermediates,
                at,
                KeyUsage::client_auth(),
                revocation,
                None,
            )
            .map_err(|error| {
                untrusted(match error {
                    webpki::Error::CertExpired { .. } => "it has expired",
                    webpki::Error::CertNotValidYet { .. } => "it is not valid yet",
                    webpki::Error::CertRevoked => "it is revoked",
                    webpki::Error::CrlExpired { .. } => {
                        "its authority's list of revoked certificates is too old"
                    }
                    webpki::Error::RequiredEkuNotFoundContext(_) => "it is not for this use",
                    webpki::Error::UnknownIssuer => {
                        "its issuer is unknown, or belongs to another environment"
                    }
                    _ => "its chain does not hold",
                })
            })?;
        let (_, parsed) = X509Certificate::from_der(leaf).map_err(|_| untrusted("it cannot be read"))?;
        let usage = parsed.key_usage().map_err(|_| untrusted("its key usage cannot be read"))?;
        if usage.is_some_and(|usage| !usage.value.digital_signature() && !usage.value.non_repudiation()) {
            return Err(untrusted("its key is not for signatures"));
        }
        let orgnr = organisation(&parsed).ok_or_else(|| untrusted("it names no organisation"))?;
        let key = jwk(&parsed).and_then(|jwk| PublicKey::from_jwk(&jwk).ok());
        let key = key.ok_or_else(|| untrusted("its key is neither RSA of 2048 bits or more nor of P-256"))?;
        Ok(Enterprise { orgnr, key, leaf: leaf.as_ref().to_vec() })
    }
}

/// The chain of a header's or key's `x5c`: an array of base64 of DER.
pub fn chain(x5c: &Value) -> Result<Vec<CertificateDer<'static>>, CertificateError> {
    let malformed = CertificateError::Malformed;
    let list = x5c.as_array().ok_or_else(|| malformed("it is not an array"))?;
    if list.is_empty() || list.len() > LONGEST_CHAIN {
        return Err(malformed("it does not have one to six certificates"));
    }
    let decode = |text: &Value| {
        // What is left of PEM's lines: @vtfk/maskinporten-auth leaves carriage returns in, and the service takes them.
        let text = text.as_str().map(|text| text.replace(['\r', '\n'], ""));
        let der = text.and_then(|text| STANDARD.decode(text).ok());
        der.map(CertificateDer::from).ok_or_else(|| malformed("a certificate is not base64"))
    };
    list.iter().map(decode).collect()
}

/// The organisation that a certificate names: SEID 2's `NTRNO-#########`, or SEID 1's serial number.
fn organisation(certificate: &X509Certificate<'_>) -> Option<Orgnr> {
    let named = |oid: &str| {
        let attribute =
            certificate.subject().iter_attributes().find(|a| a.attr_type().to_id_string() == oid)?;
        Some(attribute.as_str().ok()?.trim().to_owned())
    };
    if let Some(identifier) = named(ORGANIZATION_IDENTIFIER) {
        return Orgnr::parse(identifier.strip_prefix("NTRNO-")?).ok();
    }
    let number = named(SERIAL_NUMBER)?;
    Orgnr::parse(number.strip_prefix("NTRNO-").unwrap_or(&number)).ok()
}

/// A certificate's key as JSON.
fn jwk(certificate: &X509Certificate<'_>) -> Option<Jwk> {
    let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let value = match certificate.public_key().parsed().ok()? {
        CertificateKey::RSA(key) => {
            let unsigned = |bytes: &[u8]| {
                let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
                encode(bytes.get(zeros..).unwrap_or_default())
            };
            json!({ "kty": "RSA", "n": unsigned(key.modulus), "e": unsigned(key.exponent) })
        }
        CertificateKey::EC(point) => {
            let [4, point @ ..] = point.data() else { return None };
            if point.len() != 64 {
                return None;
            }
            let (x, y) = point.split_at(32);
            json!({ "kty": "EC", "crv": "P-256", "x": encode(x), "y": encode(y) })
        }
        _ => return None,
    };
    Jwk::from_value(&value).ok()
}

/// Checks a key that is registered with the certificate it is locked to: the certificate must be of the same key, and of
/// `orgnr`. Whether it is believed is asked each time that it is used. Gives the certificate.
pub fn locked(key: &Jwk, orgnr: &Orgnr) -> Result<Option<Vec<u8>>, &'static str> {
    let Some(x5c) = &key.x5c else { return Ok(None) };
    let chain = chain(&json!(x5c)).map_err(|_| "its x5c is malformed")?;
    let leaf = chain.first().ok_or("its x5c is empty")?;
    let (_, parsed) = X509Certificate::from_der(leaf).map_err(|_| "its x5c holds no certificate")?;
    if jwk(&parsed).and_then(|of| of.thumbprint()) != key.thumbprint() {
        return Err("its x5c is the certificate of another key");
    }
    if organisation(&parsed) != Some(*orgnr) {
        return Err("its x5c is the certificate of another organisation");
    }
    Ok(Some(leaf.as_ref().to_vec()))
}
