//! The certificate authority of a test installation: a root and an issuing authority, their keys sealed in the store, which
//! issue enterprise certificates to synthetic businesses. Nobody believes it but the Felles that made it.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use clients::maskinporten::TestCertificate;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kernel::enterprise::Trust;
use kernel::id::Orgnr;
use kernel::jose::{Alg, JoseError, KeyEncryptionKey, SigningKey};
use kernel::rng::Rng;
use kernel::store::{Store, StoreError};
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CrlDistributionPoint,
    DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose,
    RevocationReason, RevokedCertParams, SerialNumber, date_time_ymd,
};
use rustls_pki_types::{CertificateDer, PrivatePkcs8KeyDer};

use crate::store;

const ROOT: &str = "Felles Test Rot-CA";
const ISSUING: &str = "Felles Test Virksomhets-CA";
/// Midnight of a day. rcgen counts in a type of a crate of its own, which it makes of days alone.
macro_rules! midnight {
    ($date:expr) => {
        date_time_ymd(i32::from($date.year()), $date.month().unsigned_abs(), $date.day().unsigned_abs())
    };
}

/// How many years an enterprise certificate is valid.
const YEARS: i16 = 3;
/// The least that is in days.
pub const TEST_CERTIFICATE_DAYS: i64 = YEARS as i64 * 365;
/// How many days a list of revoked certificates is valid.
const CRL_DAYS: i64 = 7;

/// Why a certificate is not issued.
#[derive(Debug, thiserror::Error)]
pub enum CaError {
    /// A key or certificate cannot be made.
    #[error("the test authority could not sign: {0}")]
    Certificate(#[from] rcgen::Error),
    /// A key cannot be opened or made.
    #[error(transparent)]
    Keys(#[from] JoseError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The test authority.
pub struct TestCa {
    root: CertificateDer<'static>,
    issuing: CertificateDer<'static>,
    key: KeyPair,
    crl_url: String,
}

/// Which standard of Norwegian certificates names the organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seid {
    /// The number as `serialNumber`.
    One,
    /// `organizationIdentifier` with `NTRNO-` before the number.
    Two,
}

/// What a certificate is to say.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The business.
    pub orgnr: Orgnr,
    /// Its name.
    pub name: &'a str,
    /// How its number is written.
    pub seid: Seid,
    /// What its key signs: [`Alg::RS256`] or [`Alg::ES256`].
    pub alg: Alg,
}

fn named(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    let mut dn = DistinguishedName::new();
    dn.push(DnType::CountryName, "NO");
    dn.push(DnType::OrganizationName, "Felles");
    dn.push(DnType::CommonName, name);
    params.distinguished_name = dn;
    params
}

fn authority(name: &str, rng: &Rng, now: Timestamp, below: u8) -> CertificateParams {
    let mut params = named(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(below));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.use_authority_key_identifier_extension = true;
    set_times(&mut params, rng, now, 20);
    params
}

/// A key like those of the real authorities, RSA: some programs that show enterprise certificates read no others.
fn authority_key() -> Result<KeyPair, CaError> {
    let pkcs8 = SigningKey::generate(Alg::RS256)?.to_pkcs8_der()?;
    Ok(KeyPair::try_from(&PrivatePkcs8KeyDer::from(pkcs8))?)
}

fn set_times(params: &mut CertificateParams, rng: &Rng, now: Timestamp, years: i16) -> (String, i64) {
    let today = day(now);
    let from = today.yesterday().unwrap_or(today);
    let to = today.checked_add(jiff::Span::new().years(years)).unwrap_or(today);
    (params.not_before, params.not_after) = (midnight!(from), midnight!(to));
    let mut serial = rng.bytes::<16>();
    // Positive, and of full length.
    serial[0] = serial[0] & 0x3f | 0x40;
    params.serial_number = Some(SerialNumber::from_slice(&serial));
    let ends = to.to_zoned_datetime(TimeZone::UTC).map_or(i64::MAX, |then| then.timestamp().as_second());
    (hex(&serial), ends)
}

fn day(now: Timestamp) -> Date {
    now.to_zoned_datetime(TimeZone::UTC).date()
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.chars().filter_map(|c| c.to_digit(16)).map(|digit| digit as u8).collect();
    digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect()
}

/// DER as PEM.
pub fn pem(label: &str, der: &[u8]) -> String {
    let body = STANDARD.encode(der);
    let mut pem = format!("-----BEGIN {label}-----\n");
    let mut rest = body.as_str();
    while !rest.is_empty() {
        // The text is ASCII, so that every place is a boundary.
        let (line, more) = rest.split_at(rest.len().min(64));
        pem.push_str(line);
        pem.push('\n');
        rest = more;
    }
    pem + &format!("-----END {label}-----\n")
}

impl TestCa {
    /// Opens the authority of a store, or makes it. `crl_url` is where its list of revoked certificates is published.
    pub async fn open(
        store: &Store,
        master: &KeyEncryptionKey,
        rng: &Rng,
        now: Timestamp,
        crl_url: String,
    ) -> Result<Self, CaError> {
        let kept = if let Some(kept) = store::test_ca(store).await? {
            kept
        } else {
            let root_key = authority_key()?;
            let root_params = authority(ROOT, rng, now, 1);
            let root = root_params.self_signed(&root_key)?;
            let key = authority_key()?;
            let issuing = authority(ISSUING, rng, now, 0)
                .signed_by(&key, &Issuer::from_params(&root_params, &root_key))?;
            let new = store::KeptCa {
                root: root.der().to_vec(),
                root_key: master.seal(ROOT, root_key.serialized_der())?,
                issuing: issuing.der().to_vec(),
                issuing_key: master.seal(ISSUING, key.serialized_der())?,
            };
            // Another node may have been first; its authority counts.
            store.write(move |tx| Box::pin(async move { store::keep_test_ca(tx, new).await })).await?
        };
        let pkcs8 = master.open(ISSUING, &kept.issuing_key)?;
        let key = KeyPair::try_from(&PrivatePkcs8KeyDer::from(pkcs8))?;
        let (root, issuing) = (CertificateDer::from(kept.root), CertificateDer::from(kept.issuing));
        Ok(Self { root, issuing, key, crl_url })
    }

    /// The authorities' certificates, the root first; PEM.
    pub fn pem(&self) -> String {
        pem("CERTIFICATE", &self.root) + &pem("CERTIFICATE", &self.issuing)
    }

    fn issuer(&self) -> Issuer<'static, &KeyPair> {
        let mut params = named(ISSUING);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        Issuer::new(params, &self.key)
    }

    /// Makes a key and issues a certificate for it, valid for three years.
    pub async fn issue(
        &self,
        store: &Store,
        rng: &Rng,
        now: Timestamp,
        subject: Subject<'_>,
    ) -> Result<TestCertificate, CaError> {
        let Subject { orgnr, name, seid, alg } = subject;
        let key = SigningKey::generate(alg)?;
        let pkcs8 = PrivatePkcs8KeyDer::from(key.to_pkcs8_der()?);
        let kind = if alg == Alg::RS256 { &rcgen::PKCS_RSA_SHA256 } else { &rcgen::PKCS_ECDSA_P256_SHA256 };
        let pair = KeyPair::from_pkcs8_der_and_sign_algo(&pkcs8, kind)?;
        let mut params = CertificateParams::default();
        let mut dn = DistinguishedName::new();
        dn.push(DnType::CountryName, "NO");
        dn.push(DnType::OrganizationName, name);
        dn.push(DnType::CommonName, name);
        match seid {
            Seid::One => dn.push(DnType::CustomDnType(vec![2, 5, 4, 5]), orgnr.as_str()),
            Seid::Two => {
                dn.push(DnType::CustomDnType(vec![2, 5, 4, 97]), format!("NTRNO-{}", orgnr.as_str()));
            }
        }
        params.distinguished_name = dn;
        params.is_ca = IsCa::ExplicitNoCa;
        // The real ones come apart, one to sign and one to encrypt to; one is enough for a test.
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        if alg == Alg::RS256 {
            params.key_usages.push(KeyUsagePurpose::KeyEncipherment);
        }
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        params.use_authority_key_identifier_extension = true;
        params.crl_distribution_points = vec![CrlDistributionPoint { uris: vec![self.crl_url.clone()] }];
        let (serial, expires) = set_times(&mut params, rng, now, YEARS);
        let certificate = params.signed_by(&pair, &self.issuer())?;
        let row =
            store::TestCertificateRow { serial: serial.clone(), orgnr, issued: now.as_second(), expires };
        let kept: Result<(), StoreError> =
            store.write(move |tx| Box::pin(async move { store::put_test_certificate(tx, &row).await })).await;
        kept?;
        let chain = [certificate.der(), &self.issuing, &self.root];
        Ok(TestCertificate {
            serial,
            orgnr: orgnr.as_str().to_owned(),
            private_key_pem: key.to_pkcs8_pem()?,
            certificate_pem: chain.iter().map(|der| pem("CERTIFICATE", der)).collect(),
            x5c: chain.iter().map(|der| STANDARD.encode(der)).collect(),
        })
    }

    /// What the authority has revoked, signed anew; DER.
    pub async fn crl(&self, store: &Store, now: Timestamp) -> Result<Vec<u8>, CaError> {
        let revoked = store::revoked_certificates(store).await?;
        let today = day(now);
        let next = today.checked_add(jiff::Span::new().days(CRL_DAYS)).unwrap_or(today);
        let list = CertificateRevocationListParams {
            this_update: midnight!(today),
            next_update: midnight!(next),
            crl_number: SerialNumber::from(u64::try_from(now.as_second()).unwrap_or_default()),
            issuing_distribution_point: None,
            revoked_certs: revoked
                .into_iter()
                .map(|(serial, at)| RevokedCertParams {
                    serial_number: SerialNumber::from_slice(&unhex(&serial)),
                    revocation_time: midnight!(day(Timestamp::from_second(at).unwrap_or(now))),
                    reason_code: Some(RevocationReason::KeyCompromise),
                    invalidity_date: None,
                })
                .collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        Ok(list.signed_by(&self.issuer())?.der().to_vec())
    }

    /// What to believe of this authority.
    pub async fn trust(&self, store: &Store, now: Timestamp) -> Result<Trust, CaError> {
        let mut trust = Trust::default();
        let unusable = |_| JoseError::Key("the test authority's certificate cannot be read");
        trust.anchor(&self.root).map_err(unusable)?;
        trust.know(self.issuing.clone());
        trust.crl(&self.crl(store, now).await?).map_err(unusable)?;
        Ok(trust)
    }
}

impl std::fmt::Debug for TestCa {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TestCa")
    }
}
