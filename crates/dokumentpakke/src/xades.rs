//! The signature over a package's files: XAdES baseline B, RSA with SHA-256, as the profile has it.
//!
//! A signature is read by its structure: what counts as signed is found from the one `Signature` downwards, never by a
//! search for an id, and an id that stands twice is refused, so that no second element can be put in the signed one's place.

use std::fmt::Write as _;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bergshamra_c14n::{C14nMode, canonicalize_doc};
use bergshamra_xml::NodeSet;
use der::Decode as _;
use jiff::Timestamp;
use kernel::clock::oslo;
use kernel::jose::{Alg, Certified};
use num_bigint::BigUint;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use quick_xml::escape::escape;
use x509_cert::Certificate;

use crate::Pakkefeil;
use crate::xml::{self, Element};

/// Its name in the package.
pub const FIL: &str = "META-INF/signatures.xml";
const ASIC: &str = "http://uri.etsi.org/02918/v1.2.1#";
/// As older senders' software writes it.
const OLD_ASIC: &str = "http://uri.etsi.org/2918/v1.2.1#";
const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
const XADES: &str = "http://uri.etsi.org/01903/v1.3.2#";
const SIGNED_PROPERTIES: &str = "http://uri.etsi.org/01903#SignedProperties";
const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
const DIGEST_SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
const DIGEST_SHA1: &str = "http://www.w3.org/2000/09/xmldsig#sha1";
const C14N: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
/// What a file's name keeps of itself in a reference.
const IN_URI: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// A signature that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signatur {
    /// The signer's certificate and those above it, as the signature brings them; DER.
    pub kjede: Vec<Vec<u8>>,
    /// When the signer says that it was made.
    pub tidspunkt: Timestamp,
}

fn feil(hva: &str) -> Pakkefeil {
    Pakkefeil::new(format!("Signaturen i dokumentpakken holder ikke: {hva}."))
}

fn base64_of(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text.split_ascii_whitespace().collect::<String>()).ok()
}

fn one<'d>(of: Element<'d>, ns: &str, name: &str) -> Result<Element<'d>, Pakkefeil> {
    of.child(ns, name).ok_or_else(|| feil(&format!("det er ikke én {name}")))
}

/// Whether the signature `bytes` is over exactly `filer` (name and content), and by whom.
pub fn kontroller(bytes: &[u8], filer: &[(&str, &[u8])]) -> Result<Signatur, Pakkefeil> {
    let text = xml::text(bytes, FIL)?;
    let doc = xml::parse(text, FIL)?;
    let root = [ASIC, OLD_ASIC].iter().find_map(|ns| Element::root(&doc, ns, "XAdESSignatures"));
    let root = root.ok_or_else(|| feil("rotelementet er ukjent"))?;
    let signature = one(root, DS, "Signature")?;
    let info = one(signature, DS, "SignedInfo")?;
    let qualifying = signature
        .children(DS, "Object")
        .into_iter()
        .find_map(|object| object.child(XADES, "QualifyingProperties"))
        .ok_or_else(|| feil("den har ingen QualifyingProperties"))?;
    let properties = one(qualifying, XADES, "SignedProperties")?;
    let id = properties.attribute("Id").ok_or_else(|| feil("SignedProperties har ingen Id"))?;
    if doc
        .descendants(doc.root())
        .into_iter()
        .filter(|node| doc.get_attribute(*node, "Id") == Some(id))
        .count()
        != 1
    {
        return Err(feil("en Id står flere steder"));
    }

    // Who signs; before a file is looked at, so that nobody has much hashed without a signature.
    let of_signature = info.child(DS, "SignatureMethod").and_then(|method| method.attribute("Algorithm"));
    if of_signature != Some(RSA_SHA256) {
        return Err(feil("den er ikke RSA med SHA-256"));
    }
    let mode = info.child(DS, "CanonicalizationMethod").and_then(|method| method.attribute("Algorithm"));
    let value = signature.child(DS, "SignatureValue").and_then(|value| base64_of(&value.text()));
    let value = value.ok_or_else(|| feil("den har ingen SignatureValue"))?;
    let kjede = signer_first(signature, properties)?;
    let leaf = kjede.first().and_then(|leaf| Certificate::from_der(leaf).ok());
    let leaf = leaf.ok_or_else(|| feil("sertifikatet kan ikke leses"))?;
    let key = leaf.tbs_certificate().subject_public_key_info().subject_public_key.raw_bytes().to_vec();
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key)
        .verify(&canonical(info, mode.unwrap_or_default())?, &value)
        .map_err(|_| feil("signaturverdien passer ikke til sertifikatet og innholdet"))?;

    // What is signed.
    let mut signed = Vec::new();
    let mut properties_signed = false;
    for reference in info.children(DS, "Reference") {
        let uri = reference.attribute("URI").ok_or_else(|| feil("en referanse har ingen URI"))?;
        if uri.strip_prefix('#') == Some(id) {
            if reference.attribute("Type") != Some(SIGNED_PROPERTIES) {
                return Err(feil("referansen til SignedProperties har ikke sin type"));
            }
            compare(reference, &canonical(properties, transform(reference)?.unwrap_or(C14N))?)?;
            properties_signed = true;
            continue;
        }
        if transform(reference)?.is_some() {
            return Err(feil("en fil har en transformasjon"));
        }
        let decoded = |uri: &str| percent_decode_str(uri).decode_utf8().map(std::borrow::Cow::into_owned);
        let not_utf8 = |_| feil("en URI er ikke UTF-8");
        // Java's encoder of forms, which senders' software uses, has a plus for a space.
        let names = [decoded(uri).map_err(not_utf8)?, decoded(&uri.replace('+', "%20")).map_err(not_utf8)?];
        let file = names.iter().find_map(|name| filer.iter().find(|(known, _)| known == name));
        let (name, content) = file.ok_or_else(|| feil("en referanse er til en fil som ikke er i pakken"))?;
        if signed.contains(name) {
            return Err(feil("en fil er referert flere ganger"));
        }
        compare(reference, content)?;
        signed.push(*name);
    }
    if !properties_signed {
        return Err(feil("SignedProperties er ikke signert"));
    }
    if let Some((name, _)) = filer.iter().find(|(name, _)| !signed.contains(name)) {
        return Err(feil(&format!("filen {name} er ikke signert")));
    }

    let time = properties
        .child(XADES, "SignedSignatureProperties")
        .and_then(|properties| properties.child(XADES, "SigningTime"))
        .and_then(|time| moment(time.text().trim()));
    Ok(Signatur {
        kjede,
        tidspunkt: time.ok_or_else(|| feil("SigningTime mangler eller er ikke et tidspunkt"))?,
    })
}

/// A moment, with its offset or, where the signer wrote none, in Norway.
fn moment(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| oslo().to_timestamp(text.parse().ok()?).ok())
}

/// The only transformation of a reference; nothing where there is none.
fn transform(reference: Element<'_>) -> Result<Option<&str>, Pakkefeil> {
    let Some(transforms) = reference.child(DS, "Transforms") else { return Ok(None) };
    match transforms.children(DS, "Transform").as_slice() {
        [one] => one.attribute("Algorithm").map(Some).ok_or_else(|| feil("en transformasjon er uten navn")),
        _ => Err(feil("en referanse har ikke nøyaktig én transformasjon")),
    }
}

/// Whether the content is what the reference was made of.
fn compare(reference: Element<'_>, content: &[u8]) -> Result<(), Pakkefeil> {
    let method = reference.child(DS, "DigestMethod").and_then(|method| method.attribute("Algorithm"));
    if method != Some(DIGEST_SHA256) {
        return Err(feil("en referanse bruker ikke SHA-256"));
    }
    let value = reference.child(DS, "DigestValue").and_then(|value| base64_of(&value.text()));
    if value.as_deref() == Some(digest(&SHA256, content).as_ref()) {
        return Ok(());
    }
    let what = reference.attribute("URI").unwrap_or_default();
    Err(feil(&format!("{what} er endret etter at den ble signert")))
}

/// An element as canonical XML, without comments.
fn canonical(element: Element<'_>, algorithm: &str) -> Result<Vec<u8>, Pakkefeil> {
    let mode = C14nMode::from_uri(algorithm).filter(|mode| !mode.with_comments());
    let mode = mode.ok_or_else(|| feil("den bruker en ukjent kanonisering"))?;
    let within = NodeSet::tree_without_comments(element.node, element.doc);
    canonicalize_doc::<&str>(element.doc, mode, Some(&within), &[])
        .map_err(|_| feil("den kan ikke kanoniseres"))
}

/// The certificates of `KeyInfo`, that one first which `SigningCertificate` names: it is part of what is signed.
fn signer_first(signature: Element<'_>, properties: Element<'_>) -> Result<Vec<Vec<u8>>, Pakkefeil> {
    let data = signature.child(DS, "KeyInfo").map(|info| info.children(DS, "X509Data")).unwrap_or_default();
    let mut chain: Vec<Vec<u8>> = data
        .into_iter()
        .flat_map(|data| data.children(DS, "X509Certificate"))
        .filter_map(|certificate| base64_of(&certificate.text()))
        .collect();
    let signed = properties.child(XADES, "SignedSignatureProperties");
    let named = signed.and_then(|signed| {
        let first = signed.child(XADES, "SigningCertificate");
        first.or_else(|| signed.child(XADES, "SigningCertificateV2"))
    });
    let named = named.and_then(|named| named.children(XADES, "Cert").first().copied());
    let named = named.and_then(|cert| cert.child(XADES, "CertDigest"));
    let named = named.ok_or_else(|| feil("den navngir ikke sertifikatet sitt"))?;
    let method = named.child(DS, "DigestMethod").and_then(|method| method.attribute("Algorithm"));
    // The documentation and the senders' software have SHA-1 here; the key itself is proven by the signature.
    let algorithm = match method {
        Some(DIGEST_SHA1) => &SHA1_FOR_LEGACY_USE_ONLY,
        Some(DIGEST_SHA256) => &SHA256,
        _ => return Err(feil("sertifikatet er navngitt med en ukjent hash")),
    };
    let value = named.child(DS, "DigestValue").and_then(|value| base64_of(&value.text()));
    let place = chain.iter().position(|der| value.as_deref() == Some(digest(algorithm, der).as_ref()));
    let place = place.ok_or_else(|| feil("sertifikatet som den navngir, er ikke med"))?;
    let leaf = chain.remove(place);
    chain.insert(0, leaf);
    Ok(chain)
}

/// Signs `filer` (name, media type and content) with a certificate whose key is RSA.
pub fn signer(
    filer: &[(&str, &str, &[u8])],
    signer: &Certified,
    now: Timestamp,
) -> Result<Vec<u8>, Pakkefeil> {
    let failed = |_| feil("den kan ikke lages");
    if signer.key().alg() != Alg::RS256 {
        return Err(feil("nøkkelen er ikke RSA"));
    }
    let chain: Vec<Vec<u8>> = signer.x5c().iter().filter_map(|der| base64_of(der)).collect();
    let leaf = chain.first().and_then(|leaf| Certificate::from_der(leaf).ok());
    let leaf = leaf.ok_or_else(|| feil("sertifikatet kan ikke leses"))?;
    let of_leaf = leaf.tbs_certificate();
    let sha256 = |bytes: &[u8]| STANDARD.encode(digest(&SHA256, bytes));
    let uri = |name: &str| utf8_percent_encode(name, IN_URI).to_string();
    let (mut references, mut formats) = (String::new(), String::new());
    for (n, (name, mime, content)) in filer.iter().enumerate() {
        // Writing to a string does not fail.
        let _ = write!(
            references,
            r#"<Reference Id="ID_{n}" URI="{}"><DigestMethod Algorithm="{DIGEST_SHA256}"/><DigestValue>{}</DigestValue></Reference>"#,
            uri(name),
            sha256(content)
        );
        let _ = write!(
            formats,
            r##"<DataObjectFormat ObjectReference="#ID_{n}"><MimeType>{}</MimeType></DataObjectFormat>"##,
            escape(*mime)
        );
    }
    let sha1 =
        STANDARD.encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, chain.first().map_or(&[][..], Vec::as_slice)));
    let serial = BigUint::from_bytes_be(of_leaf.serial_number().as_bytes());
    let issuer = of_leaf.issuer().to_string();
    let certificates: String = signer
        .x5c()
        .iter()
        .fold(String::new(), |all, der| all + "<X509Certificate>" + der + "</X509Certificate>");
    let signed_properties = format!(
        r#"<SignedProperties Id="SignedProperties"><SignedSignatureProperties><SigningTime>{now:.3}</SigningTime><SigningCertificate><Cert><CertDigest><DigestMethod xmlns="{DS}" Algorithm="{DIGEST_SHA1}"></DigestMethod><DigestValue xmlns="{DS}">{sha1}</DigestValue></CertDigest><IssuerSerial><X509IssuerName xmlns="{DS}">{}</X509IssuerName><X509SerialNumber xmlns="{DS}">{serial}</X509SerialNumber></IssuerSerial></Cert></SigningCertificate></SignedSignatureProperties><SignedDataObjectProperties>{formats}</SignedDataObjectProperties></SignedProperties>"#,
        escape(&issuer)
    );
    // What is signed is the canonical form within the whole, so that the whole is made first with places to fill.
    let whole = |properties_digest: &str, value: &str| {
        format!(
            r##"<?xml version="1.0" encoding="UTF-8" standalone="no"?><XAdESSignatures xmlns="{ASIC}"><Signature xmlns="{DS}" Id="Signature"><SignedInfo><CanonicalizationMethod Algorithm="{C14N}"/><SignatureMethod Algorithm="{RSA_SHA256}"/>{references}<Reference Type="{SIGNED_PROPERTIES}" URI="#SignedProperties"><Transforms><Transform Algorithm="{C14N}"/></Transforms><DigestMethod Algorithm="{DIGEST_SHA256}"/><DigestValue>{properties_digest}</DigestValue></Reference></SignedInfo><SignatureValue>{value}</SignatureValue><KeyInfo><X509Data>{certificates}</X509Data></KeyInfo><Object><QualifyingProperties xmlns="{XADES}" Target="#Signature">{signed_properties}</QualifyingProperties></Object></Signature></XAdESSignatures>"##
        )
    };
    let properties =
        [(DS, "Signature"), (DS, "Object"), (XADES, "QualifyingProperties"), (XADES, "SignedProperties")];
    let properties = sha256(&canonical_at(&whole("", ""), &properties)?);
    let info = canonical_at(&whole(&properties, ""), &[(DS, "Signature"), (DS, "SignedInfo")])?;
    let value = STANDARD.encode(signer.key().sign(&info).map_err(failed)?);
    Ok(whole(&properties, &value).into_bytes())
}

/// The canonical form of the element that a path of names leads to.
fn canonical_at(text: &str, path: &[(&str, &str)]) -> Result<Vec<u8>, Pakkefeil> {
    let doc = xml::parse(text, FIL)?;
    let root = Element::root(&doc, ASIC, "XAdESSignatures");
    let element =
        path.iter().fold(root, |element, (ns, name)| element.and_then(|element| element.child(ns, name)));
    canonical(element.ok_or_else(|| feil("den kan ikke lages"))?, C14N)
}
