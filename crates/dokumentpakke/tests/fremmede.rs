//! Programs that are not ours read what we write, and we read what they write: OpenSSL, unzip, Python's signxml; and the
//! published example of the profile.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails panics")]

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

use common::*;
use dokumentpakke::{Mottakernoekkel, Pakke, krypter};
use kernel::jose::Certified;

/// Runs a program that must succeed; `false`, with a word to the reader, where it is not installed.
fn run(program: &str, args: &[&str]) -> bool {
    match Command::new(program).args(args).output() {
        Err(error) => {
            eprintln!("skipped: {program}: {error}");
            false
        }
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(
                output.status.success(),
                "{program} {args:?}: {said}{}",
                String::from_utf8_lossy(&output.stdout)
            );
            true
        }
    }
}

/// A receiver's key and certificate as files.
fn files(directory: &Path, of: &Certified, name: &str) -> (PathBuf, PathBuf) {
    let (key, certificate) = (directory.join(format!("{name}.key")), directory.join(format!("{name}.pem")));
    std::fs::write(&key, of.key().to_pkcs8_pem().unwrap()).unwrap();
    let body: Vec<&str> =
        of.x5c()[0].as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    let pem = format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", body.join("\n"));
    std::fs::write(&certificate, pem).unwrap();
    (key, certificate)
}

#[test]
fn openssl_opens_our_envelopes_and_we_open_its() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    let (key, certificate) = files(directory.path(), receiver(), "mottaker");
    let (key, certificate) = (key.to_str().unwrap(), certificate.to_str().unwrap());
    let package = package();
    std::fs::write(path("ours.cms"), krypter(&package, &der(receiver())).unwrap()).unwrap();
    let (ours, opened, plain) = (path("ours.cms"), path("opened"), path("plain"));
    if !run(
        "openssl",
        &[
            "cms",
            "-decrypt",
            "-inform",
            "DER",
            "-in",
            &ours,
            "-recip",
            certificate,
            "-inkey",
            key,
            "-out",
            &opened,
        ],
    ) {
        return;
    }
    assert_eq!(std::fs::read(&opened).unwrap(), package);

    std::fs::write(&plain, &package).unwrap();
    let receivers = Mottakernoekkel::new(receiver()).unwrap();
    // DER and BER of indefinite length; SHA-256 and SHA-1.
    for (stream, hash) in [(None, "sha256"), (Some("-stream"), "sha256"), (None, "sha1")] {
        let (theirs, md) = (path("theirs.cms"), format!("rsa_oaep_md:{hash}"));
        let mut args = vec![
            "cms",
            "-encrypt",
            "-binary",
            "-aes-256-cbc",
            "-outform",
            "DER",
            "-in",
            &plain,
            "-out",
            &theirs,
        ];
        args.extend(stream);
        args.extend(["-recip", certificate, "-keyopt", "rsa_padding_mode:oaep", "-keyopt", &md]);
        assert!(run("openssl", &args));
        assert_eq!(receivers.aapne(&std::fs::read(&theirs).unwrap()).unwrap(), package, "{stream:?} {hash}");
    }
    // Other algorithms than the profile's are told apart from a key that does not fit.
    let theirs = path("theirs.cms");
    let oaep = ["-keyopt", "rsa_padding_mode:oaep", "-keyopt", "rsa_oaep_md:sha256"];
    for (cipher, padding, why) in
        [("-aes-128-cbc", &oaep[..], "AES-256-CBC"), ("-aes-256-cbc", &[], "RSAES-OAEP")]
    {
        let args = ["cms", "-encrypt", "-binary", cipher, "-outform", "DER", "-in", &plain, "-out", &theirs];
        assert!(run("openssl", &[&args[..], &["-recip", certificate], padding].concat()));
        let found = receivers.aapne(&std::fs::read(&theirs).unwrap()).unwrap_err().to_string();
        assert!(found.contains(why), "{cipher}: {found}");
    }
}

#[test]
fn unzip_and_signxml_verify_our_packages() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    let asice = path("brev.asice");
    std::fs::write(&asice, package()).unwrap();
    run("unzip", &["-tq", &asice]);
    let Ok(python) = std::env::var("FELLES_PYTHON") else {
        eprintln!("skipped: signxml: FELLES_PYTHON names no Python that has it");
        return;
    };
    let (_, certificate) = files(directory.path(), sender(), "avsender");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/asice.py");
    assert!(run(&python, &[script.to_str().unwrap(), &asice, certificate.to_str().unwrap()]));
    // And by nobody else.
    let (_, other) = files(directory.path(), receiver(), "mottaker");
    let args = [script.to_str().unwrap(), &asice, other.to_str().unwrap()];
    assert!(!Command::new(&python).args(args).output().unwrap().status.success());
}

#[test]
fn the_published_example_is_read() {
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/standards");
    let root = std::env::var_os("FELLES_STANDARDS").map_or_else(default, PathBuf::from);
    let root = root.join("communication/dpi/examples");
    let Ok(cms) = std::fs::read(root.join("digital-dokumentpakke.cms")) else {
        eprintln!("skipped: the published example: {} is not there", root.display());
        return;
    };
    let read = |name: &str| std::fs::read(root.join(name)).unwrap();
    let pem = [read("eksempel-key.pem"), read("eksempel-cert.pem")].concat();
    let receiver = Certified::from_pem(std::str::from_utf8(&pem).unwrap()).unwrap();
    let package = Mottakernoekkel::new(&receiver).unwrap().aapne(&cms).unwrap();
    assert_eq!(package, read("digital-dokumentpakke.zip"));
    let pakke = Pakke::les(&package).unwrap();
    assert_eq!(pakke.signatur.kjede.len(), 3);
    assert_eq!(pakke.signatur.tidspunkt, "2022-03-16T13:16:08.883Z".parse().unwrap());
    let manifest = &pakke.manifest;
    assert_eq!((manifest.avsender.as_str(), manifest.personidentifikator.as_deref()), ("991825827", None));
    assert_eq!(manifest.postkasseadresse.as_deref(), Some("0000487204"));
    assert_eq!(pakke.filer(), ["Test.txt"]);
    assert_eq!(pakke.fil("Test.txt"), Some(&b"Test"[..]));
}
