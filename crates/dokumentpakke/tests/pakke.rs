//! What is written is read again, and what is wrong is refused.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails panics")]

mod common;

use std::io::{Cursor, Read as _, Write as _};

use common::*;
use dokumentpakke::{Manifest, Mottakernoekkel, Pakke, STOERST_UTPAKKET, fil, krypter};
use proptest::prelude::*;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

type Files = Vec<(String, Vec<u8>)>;

fn unpacked(package: &[u8]) -> Files {
    let mut archive = ZipArchive::new(Cursor::new(package)).unwrap();
    (0..archive.len())
        .map(|place| {
            let mut entry = archive.by_index(place).unwrap();
            let mut content = Vec::new();
            entry.read_to_end(&mut content).unwrap();
            (entry.name().unwrap().into_owned(), content)
        })
        .collect()
}

fn packed(files: &Files) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        writer.start_file(name.as_str(), options).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// The package, changed as files.
fn changed(change: impl FnOnce(&mut Files)) -> Vec<u8> {
    let mut files = unpacked(&package());
    change(&mut files);
    packed(&files)
}

fn content<'f>(files: &'f mut Files, name: &str) -> &'f mut Vec<u8> {
    &mut files.iter_mut().find(|(known, _)| known == name).unwrap().1
}

/// Replaces text in a file of the package.
fn edited(name: &str, from: &str, to: &str) -> Vec<u8> {
    changed(|files| {
        let text = content(files, name);
        let edited = String::from_utf8(text.clone()).unwrap();
        assert!(edited.contains(from), "{from} is not in {name}");
        *text = edited.replacen(from, to, 1).into_bytes();
    })
}

const SIGNATURES: &str = "META-INF/signatures.xml";

#[test]
fn a_package_is_read_as_it_was_written() {
    let package = package();
    let pakke = Pakke::les(&package).unwrap();
    assert_eq!(pakke.manifest, manifest());
    assert_eq!((&pakke.signatur.kjede, pakke.signatur.tidspunkt), (&vec![der(sender())], now()));
    assert_eq!(pakke.filer(), ["vedtak.pdf", NAVN]);
    assert_eq!(fil(&package, "vedtak.pdf").unwrap().unwrap(), PDF);
    assert_eq!(fil(&package, "ingen.pdf").unwrap(), None);
    let names: Vec<String> = unpacked(&package).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["mimetype", "manifest.xml", "vedtak.pdf", NAVN, SIGNATURES]);
    // Its first bytes tell what it is (TS 102 918 A.1): the media type, not compressed, 30 + 8 bytes in.
    assert_eq!(&package[30..38], b"mimetype");
    assert_eq!(&package[38..69], b"application/vnd.etsi.asic-e+zip");
}

#[test]
fn what_senders_software_does_differently_is_read_too() {
    // Without the media type, with the manifest of OpenDocument, with the namespace of older software.
    Pakke::les(&changed(|files| files.retain(|(name, _)| name != "mimetype"))).unwrap();
    Pakke::les(&changed(|files| files.push(("META-INF/manifest.xml".to_owned(), b"<m/>".to_vec())))).unwrap();
    Pakke::les(&edited(SIGNATURES, "org/02918/", "org/2918/")).unwrap();
    // Java's encoder of forms: a space is a plus. The references are signed, so that they are changed with the signature.
    let text = String::from_utf8(unpacked(&package()).pop().unwrap().1).unwrap();
    assert!(text.contains("URI=\"vedlegg%20%C3%A6%20%2B%201.txt\""), "{text}");
}

#[test]
fn what_was_changed_after_the_signing_is_found() {
    let faults = [
        (edited("vedtak.pdf", "a letter", "another"), "vedtak.pdf er endret"),
        (edited("manifest.xml", "barnetrygd", "kontantstøtte"), "manifest.xml er endret"),
        (
            edited(SIGNATURES, "<MimeType>application/pdf", "<MimeType>text/plain"),
            "#SignedProperties er endret",
        ),
        (edited(SIGNATURES, "2026-11-23", "2026-11-22"), "#SignedProperties er endret"),
        (
            edited(SIGNATURES, "Type=\"http://uri.etsi.org/01903#SignedProperties\"", "Type=\"x\""),
            "signaturverdien passer ikke",
        ),
        (edited(SIGNATURES, "Id=\"ID_0\"", "Id=\"ID_9\""), "signaturverdien passer ikke"),
        (edited(SIGNATURES, "rsa-sha256", "rsa-sha1"), "ikke RSA med SHA-256"),
        (edited(SIGNATURES, "xmlenc#sha256", "xmlenc#sha512"), "signaturverdien passer ikke"),
        (edited(SIGNATURES, "<SignatureValue>", "<SignatureValue>AAAA"), "signaturverdien passer ikke"),
        (edited(SIGNATURES, "<X509Certificate>", "<X509Certificate>AAAA"), "ikke med"),
        (changed(|files| files.retain(|(name, _)| name != SIGNATURES)), "mangler META-INF/signatures.xml"),
        (changed(|files| files.retain(|(name, _)| name != "vedtak.pdf")), "ikke er i pakken"),
        (changed(|files| files.push(("nytt.pdf".to_owned(), PDF.to_vec()))), "nytt.pdf er ikke signert"),
        (changed(|files| *content(files, "mimetype") = b"application/zip".to_vec()), "mimetype er ikke"),
    ];
    for (package, why) in faults {
        let found = Pakke::les(&package).unwrap_err().to_string();
        assert!(found.contains(why), "{why}: {found}");
    }
}

#[test]
fn nothing_stands_in_for_what_was_signed() {
    // A second element of the signed one's id, before and after it.
    let twin = "<SignedProperties xmlns=\"http://uri.etsi.org/01903/v1.3.2#\" Id=\"SignedProperties\"/>";
    for (place, with) in [
        ("<SignatureValue>", format!("<Object>{twin}</Object><SignatureValue>")),
        ("</Signature>", format!("<Object>{twin}</Object></Signature>")),
    ] {
        let found = Pakke::les(&edited(SIGNATURES, place, &with)).unwrap_err().to_string();
        assert!(found.contains("Id står flere steder"), "{found}");
    }
    // A second signature, a second SignedInfo.
    for (place, with) in [
        ("</XAdESSignatures>", "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"/></XAdESSignatures>"),
        ("<SignatureValue>", "<SignedInfo/><SignatureValue>"),
    ] {
        let found = Pakke::les(&edited(SIGNATURES, place, with)).unwrap_err().to_string();
        assert!(found.contains("det er ikke én"), "{found}");
    }
}

#[test]
fn names_that_lead_out_of_the_package_are_refused() {
    for name in ["../vedtak.pdf", "/etc/vedtak.pdf", "a/../../vedtak.pdf", "..\\vedtak.pdf", "./vedtak.pdf"] {
        let package = changed(|files| files.push((name.to_owned(), PDF.to_vec())));
        let found = Pakke::les(&package).unwrap_err().to_string();
        assert!(found.contains("fører ut av pakken"), "{name}: {found}");
    }
}

#[test]
fn a_name_that_stands_twice_is_refused() {
    // The crate writes no such file: one of the same length is written, and renamed in the bytes.
    let package = changed(|files| files.push(("vedtak.pdX".to_owned(), b"%PDF-other".to_vec())));
    let place = |bytes: &[u8]| bytes.windows(10).position(|window| window == b"vedtak.pdX");
    let mut twice = package;
    while let Some(at) = place(&twice) {
        twice[at + 9] = b'f';
    }
    let found = Pakke::les(&twice).unwrap_err().to_string();
    assert!(found.contains("samme navn"), "{found}");
}

#[test]
fn a_bomb_is_cut_at_the_limit() {
    let package =
        changed(|files| files.push(("bombe.txt".to_owned(), vec![b'0'; STOERST_UTPAKKET as usize])));
    assert!(package.len() < 1_000_000);
    let found = Pakke::les(&package).unwrap_err().to_string();
    assert!(found.contains("større enn 100000000 byte"), "{found}");
    let long = changed(|files| content(files, SIGNATURES).extend(vec![b' '; 1_000_001]));
    assert!(Pakke::les(&long).unwrap_err().to_string().contains("lengre enn 1000000 byte"));
    let many = changed(|files| files.extend((0..500).map(|n| (format!("fil-{n}"), Vec::new()))));
    assert!(Pakke::les(&many).unwrap_err().to_string().contains("mer enn 410 filer"));
}

#[test]
fn a_document_of_its_own_grammar_is_refused() {
    let dtd = "?><!DOCTYPE x [<!ENTITY a \"aaaa\">]>";
    let found = Pakke::les(&edited(SIGNATURES, "?>", dtd)).unwrap_err().to_string();
    assert!(found.contains("uten DTD"), "{found}");
    let xml = String::from_utf8(manifest().skriv().unwrap()).unwrap();
    let found = Manifest::les(xml.replacen("?>", dtd, 1).as_bytes()).unwrap_err().to_string();
    assert!(found.contains("uten DTD"), "{found}");
}

#[test]
fn a_manifest_says_everything_once() {
    let xml = String::from_utf8(manifest().skriv().unwrap()).unwrap();
    assert_eq!(Manifest::les(xml.as_bytes()).unwrap(), manifest());
    for element in [
        "mottaker",
        "person",
        "personidentifikator",
        "postkasseadresse",
        "avsender",
        "organisasjon",
        "hoveddokument",
    ] {
        let twice = xml.replacen(&format!("<{element}"), &format!("<{element}/><{element}"), 1);
        assert!(Manifest::les(twice.as_bytes()).is_err(), "{element} twice");
    }
    for (from, to) in [
        ("0192:310000027", "0192:310000028"),
        ("href=\"vedtak.pdf\"", "href=\"a\""),
        (&*format!("href=\"{NAVN}\""), "href=\"vedtak.pdf\""),
        ("<tittel lang=\"no\">Vedlegg", "<tittel lang=\"no\">"),
        ("schema_v10", "schema_v9"),
    ] {
        assert!(xml.contains(from), "{from}");
        assert!(Manifest::les(xml.replacen(from, to, 1).as_bytes()).is_err(), "{from}");
    }
    assert!(Manifest::les(xml.replacen("0192:", "9908:", 1).as_bytes()).is_ok());
}

#[test]
fn an_envelope_is_opened_by_its_receiver_alone() {
    let receivers = Mottakernoekkel::new(receiver()).unwrap();
    for content in [&package()[..], b"", &[7; 16], &vec![7; 100_000]] {
        let envelope = krypter(content, &der(receiver())).unwrap();
        assert_eq!(receivers.aapne(&envelope).unwrap(), content);
        let others = Mottakernoekkel::new(sender()).unwrap();
        let found = others.aapne(&envelope).unwrap_err().to_string();
        assert!(found.contains("for et annet sertifikat"), "{found}");
    }
    let envelope = krypter(PDF, &der(receiver())).unwrap();
    for end in [0, 1, 20, 300, envelope.len() - 1] {
        assert!(receivers.aapne(&envelope[..end]).is_err());
    }
    assert!(receivers.aapne(PDF).unwrap_err().to_string().contains("ikke en kryptert konvolutt"));
    // The last block: its padding no longer holds, or what it pads is another thing; nothing tells which.
    let mut last = envelope;
    *last.last_mut().unwrap() ^= 1;
    if let Err(found) = receivers.aapne(&last) {
        // As of what is no container: nobody learns by trying which of the two it was.
        assert_eq!(found, Pakke::les(b"").unwrap_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// No bytes make a reader panic, and none but the right ones are taken.
    #[test]
    fn broken_bytes_are_refused(at in any::<prop::sample::Index>(), with in any::<u8>(), cut in any::<prop::sample::Index>()) {
        let mut package = package();
        let place = at.index(package.len());
        let same = package[place] == with;
        package[place] = with;
        if let Ok(read) = Pakke::les(&package) {
            // What a change leaves as it was is what was signed.
            prop_assert_eq!(read.manifest, manifest());
            prop_assert_eq!(read.signatur.kjede, vec![der(sender())]);
        } else {
            prop_assert!(!same);
        }
        package.truncate(cut.index(package.len()));
        prop_assert!(Pakke::les(&package).is_err());
    }

    #[test]
    fn broken_envelopes_are_refused(at in any::<prop::sample::Index>(), with in any::<u8>()) {
        let mut envelope = krypter(PDF, &der(receiver())).unwrap();
        let place = at.index(envelope.len());
        let same = envelope[place] == with;
        envelope[place] = with;
        let opened = Mottakernoekkel::new(receiver()).unwrap().aapne(&envelope);
        // An envelope by itself does not prove its content: what is changed in it is another content, or none.
        prop_assert!(!same || opened.is_ok_and(|content| content == PDF));
    }
}
