//! The envelope: CMS EnvelopedData with one receiver, whose RSA key opens the key of the content (RSAES-OAEP, AES-256-CBC).
//!
//! What is read may be BER of indefinite length, as streaming writers make it; what is written is DER.

use aws_lc_rs::cipher::{
    AES_256, AES_256_KEY_LEN, AES_CBC_IV_LEN, DecryptionContext, PaddedBlockDecryptingKey,
    PaddedBlockEncryptingKey, UnboundCipherKey,
};
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::rand;
use aws_lc_rs::rsa::{
    OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepAlgorithm, OaepPrivateDecryptingKey,
    OaepPublicEncryptingKey, PrivateDecryptingKey, PublicEncryptingKey,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use cms::cert::IssuerAndSerialNumber;
use cms::content_info::CmsVersion;
use cms::enveloped_data::{
    EncryptedContentInfo, EnvelopedData, KeyTransRecipientInfo, RecipientIdentifier, RecipientInfo,
    RecipientInfos,
};
use der::asn1::{AnyRef, ObjectIdentifier, OctetString};
use der::{Any, Decode as _, Encode as _, Sequence};
use kernel::jose::Certified;
use x509_cert::Certificate;
use x509_cert::spki::AlgorithmIdentifierOwned;

use crate::Pakkefeil;

const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
const ENVELOPED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.3");
const RSAES_OAEP: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.7");
const MGF1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.8");
const SHA1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.14.3.2.26");
const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const AES_256_CBC: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.1.42");

/// ContentInfo (RFC 5652 § 3) of the one type that is read here, typed to its end: the crate's own keeps the content as
/// bytes, and those of indefinite length are then not read again.
#[derive(Sequence)]
struct Innhold {
    slag: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    data: EnvelopedData,
}

/// RSAES-OAEP-params (RFC 8017 A.2.1); what is absent is SHA-1.
#[derive(Sequence)]
struct OaepParams {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    hash: Option<AlgorithmIdentifierOwned>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    mask: Option<AlgorithmIdentifierOwned>,
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT", optional = "true")]
    label: Option<AlgorithmIdentifierOwned>,
}

/// The private key of a receiver, and the certificate by which envelopes name it.
pub struct Mottakernoekkel {
    sertifikat: IssuerAndSerialNumber,
    noekkel: OaepPrivateDecryptingKey,
}

impl std::fmt::Debug for Mottakernoekkel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Mottakernoekkel({})", self.sertifikat.serial_number)
    }
}

/// Takes a certificate's DER apart.
fn certificate(der: &[u8]) -> Result<Certificate, Pakkefeil> {
    Certificate::from_der(der).map_err(|_| Pakkefeil::new("Mottakerens sertifikat kan ikke leses."))
}

fn named(certificate: &Certificate) -> IssuerAndSerialNumber {
    let certificate = certificate.tbs_certificate();
    IssuerAndSerialNumber {
        issuer: certificate.issuer().clone(),
        serial_number: certificate.serial_number().clone(),
    }
}

impl Mottakernoekkel {
    /// The key of a certificate; it must be RSA.
    pub fn new(certified: &Certified) -> Result<Self, Pakkefeil> {
        let unusable = |_| Pakkefeil::new("Sertifikatets nøkkel er ikke en RSA-nøkkel som kan dekryptere.");
        let leaf = certified.x5c().first().and_then(|leaf| STANDARD.decode(leaf).ok());
        let sertifikat = named(&certificate(&leaf.unwrap_or_default())?);
        let pkcs8 = certified.key().to_pkcs8_der().map_err(|error| Pakkefeil::new(error.to_string()))?;
        let key =
            PrivateDecryptingKey::from_pkcs8(&pkcs8).map_err(|_| unusable(aws_lc_rs::error::Unspecified))?;
        Ok(Self { sertifikat, noekkel: OaepPrivateDecryptingKey::new(key).map_err(unusable)? })
    }

    /// Opens an envelope.
    ///
    /// Whatever is wrong with the key or the content gives one and the same fault, which [`crate::Pakke::les`] gives too where that is
    /// no container.
    pub fn aapne(&self, konvolutt: &[u8]) -> Result<Vec<u8>, Pakkefeil> {
        let innhold = Innhold::from_ber(konvolutt).map_err(|_| {
            Pakkefeil::new("Dokumentpakken er ikke en kryptert konvolutt (CMS EnvelopedData).")
        })?;
        if innhold.slag != ENVELOPED_DATA {
            return Err(Pakkefeil::new("Dokumentpakken er ikke av typen EnvelopedData."));
        }
        let EnvelopedData { recip_infos, encrypted_content, .. } = innhold.data;
        let [RecipientInfo::Ktri(mottaker)] = recip_infos.0.as_slice() else {
            return Err(Pakkefeil::new("Konvolutten har ikke nøyaktig én mottaker med overført nøkkel."));
        };
        if mottaker.rid != RecipientIdentifier::IssuerAndSerialNumber(self.sertifikat.clone()) {
            return Err(Pakkefeil::new(
                "Konvolutten er kryptert for et annet sertifikat enn mottakerens. Slå opp sertifikatet på nytt.",
            ));
        }
        let padding = oaep(&mottaker.key_enc_alg)?;
        let iv = iv(&encrypted_content.content_enc_alg)?;
        let sealed =
            encrypted_content.encrypted_content.ok_or_else(|| Pakkefeil::new("Konvolutten er tom."))?;
        let closed = Pakkefeil::lukket;
        let mut room = vec![0; self.noekkel.min_output_size()];
        let key = self.noekkel.decrypt(padding, mottaker.enc_key.as_bytes(), &mut room, None);
        let key = UnboundCipherKey::new(&AES_256, key.map_err(|_| closed())?).map_err(|_| closed())?;
        let key = PaddedBlockDecryptingKey::cbc_pkcs7(key).map_err(|_| closed())?;
        let mut content = sealed.into_bytes().into_vec();
        let length = key.decrypt(&mut content, iv).map_err(|_| closed())?.len();
        content.truncate(length);
        Ok(content)
    }
}

/// The padding that the sender has used: SHA-256 as the senders' software does, or SHA-1 as the documentation says.
fn oaep(alg: &AlgorithmIdentifierOwned) -> Result<&'static OaepAlgorithm, Pakkefeil> {
    let unknown =
        || Pakkefeil::new("Nøkkelen i konvolutten er ikke kryptert med RSAES-OAEP (SHA-256 eller SHA-1).");
    if alg.oid != RSAES_OAEP {
        return Err(unknown());
    }
    let params =
        alg.parameters.as_ref().map(Any::decode_as::<OaepParams>).transpose().map_err(|_| unknown())?;
    let Some(params) = params else { return Ok(&OAEP_SHA1_MGF1SHA1) };
    // A label other than the empty one would be part of what is encrypted.
    let labelled =
        params.label.and_then(|label| label.parameters).is_some_and(|label| !label.value().is_empty());
    let mask = match &params.mask {
        None => SHA1,
        Some(mask) if mask.oid == MGF1 => {
            let hash = mask.parameters.as_ref().map(Any::decode_as::<AlgorithmIdentifierOwned>);
            hash.transpose().map_err(|_| unknown())?.ok_or_else(unknown)?.oid
        }
        Some(_) => return Err(unknown()),
    };
    match (params.hash.map_or(SHA1, |hash| hash.oid), mask, labelled) {
        (SHA256, SHA256, false) => Ok(&OAEP_SHA256_MGF1SHA256),
        (SHA1, SHA1, false) => Ok(&OAEP_SHA1_MGF1SHA1),
        _ => Err(unknown()),
    }
}

fn iv(alg: &AlgorithmIdentifierOwned) -> Result<DecryptionContext, Pakkefeil> {
    let iv = alg.parameters.as_ref().filter(|_| alg.oid == AES_256_CBC);
    let iv = iv.and_then(|iv| iv.decode_as::<OctetString>().ok());
    let iv = iv.and_then(|iv| <[u8; AES_CBC_IV_LEN]>::try_from(iv.as_bytes()).ok());
    let iv = iv.ok_or_else(|| Pakkefeil::new("Innholdet i konvolutten er ikke kryptert med AES-256-CBC."))?;
    Ok(DecryptionContext::Iv128(FixedLength::from(iv)))
}

/// Puts `innhold` in an envelope that the key of `mottaker` (DER of a certificate, RSA) opens.
pub fn krypter(innhold: &[u8], mottaker: &[u8]) -> Result<Vec<u8>, Pakkefeil> {
    let failed = |what: &'static str| move |_| Pakkefeil::new(what);
    let certificate = certificate(mottaker)?;
    let spki = certificate.tbs_certificate().subject_public_key_info().to_der();
    let spki = spki.map_err(|_| Pakkefeil::new("Mottakerens sertifikat kan ikke leses."))?;
    let rsa = "Mottakerens sertifikat har ingen RSA-nøkkel.";
    let public = PublicEncryptingKey::from_der(&spki).map_err(|_| Pakkefeil::new(rsa))?;
    let public = OaepPublicEncryptingKey::new(public).map_err(failed(rsa))?;

    let mut key = [0; AES_256_KEY_LEN];
    rand::fill(&mut key).map_err(failed("Det finnes ingen tilfeldige tall."))?;
    let mut sealed_key = vec![0; public.ciphertext_size()];
    let sealed_key = public
        .encrypt(&OAEP_SHA256_MGF1SHA256, &key, &mut sealed_key, None)
        .map_err(failed("Nøkkelen kan ikke krypteres."))?
        .to_vec();
    let content_failed = "Innholdet kan ikke krypteres.";
    let cipher = UnboundCipherKey::new(&AES_256, &key).map_err(failed(content_failed))?;
    let cipher = PaddedBlockEncryptingKey::cbc_pkcs7(cipher).map_err(failed(content_failed))?;
    let mut content = innhold.to_vec();
    let DecryptionContext::Iv128(iv) = cipher.encrypt(&mut content).map_err(failed(content_failed))? else {
        return Err(Pakkefeil::new(content_failed));
    };
    write(&certificate, &sealed_key, iv.as_ref(), content)
        .map_err(|_| Pakkefeil::new("Konvolutten kan ikke skrives."))
}

fn write(certificate: &Certificate, key: &[u8], iv: &[u8], content: Vec<u8>) -> der::Result<Vec<u8>> {
    let sha256 = || AlgorithmIdentifierOwned { oid: SHA256, parameters: Some(AnyRef::NULL.into()) };
    let mask = AlgorithmIdentifierOwned { oid: MGF1, parameters: Some(Any::encode_from(&sha256())?) };
    let padding = OaepParams { hash: Some(sha256()), mask: Some(mask), label: None };
    let mottaker = KeyTransRecipientInfo {
        version: CmsVersion::V0,
        rid: RecipientIdentifier::IssuerAndSerialNumber(named(certificate)),
        key_enc_alg: AlgorithmIdentifierOwned {
            oid: RSAES_OAEP,
            parameters: Some(Any::encode_from(&padding)?),
        },
        enc_key: OctetString::new(key)?,
    };
    let data = EnvelopedData {
        version: CmsVersion::V0,
        originator_info: None,
        recip_infos: RecipientInfos::try_from(vec![RecipientInfo::Ktri(mottaker)])?,
        encrypted_content: EncryptedContentInfo {
            content_type: DATA,
            content_enc_alg: AlgorithmIdentifierOwned {
                oid: AES_256_CBC,
                parameters: Some(Any::encode_from(&OctetString::new(iv)?)?),
            },
            encrypted_content: Some(OctetString::new(content)?),
        },
        unprotected_attrs: None,
    };
    Innhold { slag: ENVELOPED_DATA, data }.to_der()
}
