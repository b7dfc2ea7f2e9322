//! A signer, a receiver, a package.
#![allow(dead_code, reason = "each test file uses its part")]

use std::sync::OnceLock;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use dokumentpakke::{Dokument, Manifest, Vedlagt};
use jiff::Timestamp;
use kernel::id::Orgnr;
use kernel::jose::{Alg, Certified, SigningKey};
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, PKCS_RSA_SHA256, SerialNumber};
use rustls_pki_types::PrivatePkcs8KeyDer;

pub const PDF: &[u8] = b"%PDF-1.7\n% a letter\n%%EOF\n";
pub const NAVN: &str = "vedlegg æ + 1.txt";

/// A certificate that signs itself. The serial number is longer than any integer of the machine.
pub fn made(name: &str) -> Certified {
    let key = SigningKey::generate(Alg::RS256).unwrap();
    let pkcs8 = PrivatePkcs8KeyDer::from(key.to_pkcs8_der().unwrap());
    let pair = KeyPair::from_pkcs8_der_and_sign_algo(&pkcs8, &PKCS_RSA_SHA256).unwrap();
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CountryName, "NO");
    params.distinguished_name.push(DnType::OrganizationName, format!("{name}, <Avdeling> & Sønn"));
    params.distinguished_name.push(DnType::CommonName, name);
    params.serial_number = Some(SerialNumber::from_slice(&[0x7f; 20]));
    let certificate = params.self_signed(&pair).unwrap();
    Certified::new(key, vec![STANDARD.encode(certificate.der())]).unwrap()
}

pub fn sender() -> &'static Certified {
    static SENDER: OnceLock<Certified> = OnceLock::new();
    SENDER.get_or_init(|| made("Avsender"))
}

pub fn receiver() -> &'static Certified {
    static RECEIVER: OnceLock<Certified> = OnceLock::new();
    RECEIVER.get_or_init(|| made("Mottaker"))
}

pub fn der(of: &Certified) -> Vec<u8> {
    STANDARD.decode(&of.x5c()[0]).unwrap()
}

pub fn now() -> Timestamp {
    "2026-11-23T13:16:08.903Z".parse().unwrap()
}

pub fn dokument(href: &str, mime: &str, tittel: &str) -> Dokument {
    Dokument {
        fil: Vedlagt { href: href.to_owned(), mime: mime.to_owned() },
        tittel: Some((tittel.to_owned(), "no".to_owned())),
        data: None,
    }
}

pub fn manifest() -> Manifest {
    Manifest {
        personidentifikator: Some("03851598730".to_owned()),
        postkasseadresse: Some("kari.nordmann#9YDT".to_owned()),
        avsender: Orgnr::parse("310000027").unwrap(),
        avsenderidentifikator: Some("A & B".to_owned()),
        fakturareferanse: None,
        hoveddokument: dokument("vedtak.pdf", "application/pdf", "Vedtak <om> barnetrygd"),
        vedlegg: vec![dokument(NAVN, "text/plain", "Vedlegg")],
    }
}

/// The package of [`manifest`].
pub fn package() -> Vec<u8> {
    let files: [(&str, &[u8]); 2] = [("vedtak.pdf", PDF), (NAVN, "blåbær\r\n".as_bytes())];
    dokumentpakke::skriv(&manifest(), &files, sender(), now()).unwrap()
}
