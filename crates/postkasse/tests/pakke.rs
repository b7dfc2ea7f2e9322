//! Signed messages with encrypted packages, and signed receipts, as senders' software exchanges them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails panics")]

mod common;

use std::collections::HashMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use clients::maskinporten::Believed;
use clients::postkasse::{Fingeravtrykk, Melding, Sertifikater, signed_multipart};
use clients::{Mesh, orgs};
use common::*;
use dokumentpakke::{Dokument, Manifest, Pakke, Vedlagt, krypter, skriv};
use http::StatusCode;
use jiff::SignedDuration;
use kernel::Context;
use kernel::enterprise::TrustFiles;
use kernel::id::{Orgnr, Pid};
use kernel::jose::{Alg, Certified, Jwt, KeyEncryptionKey, SigningKey};
use kernel::testing::{TestContext, context};
use maskinporten::{Seid, Subject, TestCa, open_test_ca};
use postkasse::{Component, Config};
use serde_json::{Value, json};

/// Mailboxes with certificates, and Maskinporten's test authority that issues them.
struct Post {
    f: Fixture,
    authority: TestContext,
    ca: TestCa,
    nav: Certified,
    mesh: Mesh,
}

impl Post {
    async fn new() -> Self {
        let mut f = fixture().await;
        let authority = context(maskinporten::MIGRATIONS).await;
        let master = || KeyEncryptionKey::from_bytes(&[7; 32]).unwrap();
        let ca = open_test_ca(&authority.ctx, &master()).await.unwrap();
        let config = maskinporten::Config {
            master: master(),
            signing: Alg::ES256,
            scopes: Vec::new(),
            trust: TrustFiles::default(),
        };
        let component = maskinporten::Component::new(authority.ctx.clone(), config).await.unwrap();
        let mesh = Mesh::new(HashMap::new());
        let believed = Believed::new(TrustFiles::default(), Some(mesh.clone()), f.clock.clone());
        let of = async |org: orgs::Org| issue(&ca, &authority.ctx, org.orgnr).await;
        let postkasse = Component::new(f.test.ctx.clone(), Config::default());
        let postkasse =
            postkasse.certified(of(orgs::POSTKASSE).await, of(orgs::UTSKRIFT).await, believed).unwrap();
        f.router = postkasse.router().into();
        mesh.set_local(f.router.clone().merge(axum::Router::from(component.router())));
        let nav = of(orgs::NAV).await;
        Self { f, authority, ca, nav, mesh }
    }

    /// The certificate that a letter is encrypted to, as Kontaktregisteret asks for it.
    async fn receiver(&self, print: bool) -> Vec<u8> {
        let both = Sertifikater::new(self.mesh.clone(), self.f.clock.clone()).hent().await.unwrap().unwrap();
        let one = if print { both.utskrift } else { both.postkasse };
        STANDARD.decode(one.sertifikat).unwrap()
    }

    /// Sends a package that is encrypted already, its message signed by `signer`.
    async fn send_cms(&self, melding: &mut Melding, cms: &[u8], signer: &Certified) -> (StatusCode, Value) {
        let digest = Fingeravtrykk::of(cms);
        let sbd = &mut melding.standard_business_document;
        if let Some(digital) = &mut sbd.digital {
            digital.dokumentpakkefingeravtrykk = digest;
        } else if let Some(utskrift) = &mut sbd.utskrift {
            utskrift.dokumentpakkefingeravtrykk = digest;
        }
        let (kind, body) = signed_multipart(melding.id(), &signer.sign_message(melding).unwrap(), cms);
        let answer = self.f.raw("POST", OUT, &self.f.nav, &kind, body).await;
        (answer.0, json(&answer))
    }

    /// Sends a package, signed by NAV as its message is.
    async fn send(&self, melding: &mut Melding, package: &[u8]) -> (StatusCode, Value) {
        let print = melding.kind() == "utskrift";
        let cms = krypter(package, &self.receiver(print).await).unwrap();
        self.send_cms(melding, &cms, &self.nav).await
    }

    /// A package of these documents, signed by `signer`.
    fn package(&self, manifest: &Manifest, content: &[(&str, &[u8])], signer: &Certified) -> Vec<u8> {
        skriv(manifest, content, signer, self.f.clock.now()).unwrap()
    }

    /// NAV's package of one PDF.
    fn letter(&self, change: impl FnOnce(&mut Manifest)) -> Vec<u8> {
        let mut manifest = manifest();
        change(&mut manifest);
        let href = manifest.hoveddokument.fil.href.clone();
        self.package(&manifest, &[(&href, PDF)], &self.nav)
    }
}

async fn issue(ca: &TestCa, ctx: &Context, number: &str) -> Certified {
    let subject = Subject {
        orgnr: Orgnr::parse(number).unwrap(),
        name: "En virksomhet",
        seid: Seid::Two,
        alg: Alg::RS256,
    };
    let issued = ca.issue(&ctx.store, &ctx.rng, ctx.clock.now(), subject).await.unwrap();
    // The leaf alone, as senders' software sends it.
    let key = SigningKey::from_pkcs8_pem(&issued.private_key_pem).unwrap();
    Certified::new(key, issued.x5c.into_iter().take(1).collect()).unwrap()
}

fn dokument(href: &str, mime: &str, tittel: &str) -> Dokument {
    Dokument {
        fil: Vedlagt { href: href.to_owned(), mime: mime.to_owned() },
        tittel: Some((tittel.to_owned(), "no".to_owned())),
        data: None,
    }
}

fn manifest() -> Manifest {
    Manifest {
        personidentifikator: None,
        postkasseadresse: Some(KARIS.to_owned()),
        avsender: Orgnr::parse(NAV).unwrap(),
        avsenderidentifikator: None,
        fakturareferanse: None,
        hoveddokument: dokument("vedtak.pdf", "application/pdf", "Vedtak"),
        vedlegg: Vec::new(),
    }
}

const HTML: &[u8] = b"<p>Dette er et vedlegg.</p>";

#[tokio::test]
async fn a_signed_letter_is_delivered_with_all_its_documents() {
    let post = Post::new().await;
    let f = &post.f;
    let mut manifest = manifest();
    manifest.vedlegg = vec![
        dokument("info.html", "text/html", "Informasjon"),
        dokument(
            "regneark.xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "Tall",
        ),
    ];
    let content: [(&str, &[u8]); 3] = [("vedtak.pdf", PDF), ("info.html", HTML), ("regneark.xlsx", b"PK")];
    let package = post.package(&manifest, &content, &post.nav);
    let mut melding = f.digital();
    let (status, answer) = post.send(&mut melding, &package).await;
    assert_eq!(
        (status, &answer),
        (StatusCode::CREATED, &json!({ "messageId": melding.id(), "status": "SENDT" }))
    );

    let (_, list) = f.get_json(INBOX, &f.person(KARI)).await;
    let brev = &list["meldinger"][0];
    let told: Vec<_> = brev["dokumenter"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| (&d["tittel"], &d["navn"], &d["stoerrelse"]))
        .collect();
    let expected = json!([
        ["Vedtak", "vedtak.pdf", PDF.len()],
        ["Informasjon", "info.html", HTML.len()],
        ["Tall", "regneark.xlsx", 2]
    ]);
    assert_eq!(json!(told), expected);
    assert_eq!((&brev["signert"], &brev["stoerrelse"]), (&json!(true), &json!(PDF.len() + HTML.len() + 2)));

    let one = format!("{INBOX}/{}", melding.id());
    let read = async |plass: &str| f.get(&format!("{one}/dokumenter/{plass}"), &f.person(KARI)).await;
    let header =
        |answer: &Answer, name: &str| answer.1.get(name).map(|value| value.to_str().unwrap().to_owned());
    let (status, _, body) = read("0").await;
    assert_eq!((status, body.as_slice()), (StatusCode::OK, PDF));
    // HTML is shown so that nothing in it runs; what a browser does not show by itself is saved.
    let html = read("1").await;
    assert_eq!((html.0, html.2.as_slice()), (StatusCode::OK, HTML));
    assert_eq!(header(&html, "content-type").unwrap(), "text/html; charset=utf-8");
    assert!(header(&html, "content-security-policy").unwrap().starts_with("sandbox allow-popups"));
    let sheet = read("2").await;
    assert!(header(&sheet, "content-disposition").unwrap().starts_with("attachment;"));
    for plass in ["3", "-1", "x"] {
        assert_eq!(read(plass).await.0, StatusCode::NOT_FOUND, "{plass}");
    }
    let (status, headers, body) = f.get(&format!("{one}/pakke"), &f.person(KARI)).await;
    assert_eq!(
        (status, &headers["content-type"]),
        (StatusCode::OK, &"application/vnd.etsi.asic-e+zip".parse().unwrap())
    );
    assert_eq!(body, package, "the package is as it was signed");
    assert_eq!(f.get(&format!("{one}/pakke"), &f.person(OLA)).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn receipts_are_signed_by_the_provider() {
    let post = Post::new().await;
    let f = &post.f;
    let mut melding = f.digital();
    post.send(&mut melding, &post.letter(|_| ())).await;
    let mut print = f.print();
    post.send(&mut print, &post.letter(|manifest| manifest.postkasseadresse = None)).await;
    let (_, list) = f.get_json(IN, &f.nav).await;
    let signed: Vec<&str> =
        list.as_array().unwrap().iter().map(|one| one["forretningsmelding"].as_str().unwrap()).collect();
    let trust = post.ca.trust(&post.authority.ctx.store, f.clock.now()).await.unwrap();
    let mut found = Vec::new();
    for jws in signed {
        let jwt = Jwt::parse(jws).unwrap();
        assert_eq!(
            (jwt.header().alg.as_str(), &jwt.header().kid, &jwt.header().typ),
            ("RS256", &None, &None)
        );
        let chain = kernel::enterprise::chain(jwt.header().x5c.as_ref().unwrap()).unwrap();
        let signer = trust.verify(None, &chain, f.clock.now().as_second()).unwrap();
        let payload = jwt.verify(&signer.key, &[Alg::RS256]).unwrap();
        let receipt: Melding = payload.claims().unwrap();
        // Older software reads the header before what lies in the envelope.
        assert!(
            payload.bytes().starts_with(br#"{"standardBusinessDocument":{"standardBusinessDocumentHeader":"#)
        );
        found.push((receipt.kind().to_owned(), signer.orgnr.as_str().to_owned()));
    }
    let expected =
        [("leveringskvittering", orgs::POSTKASSE.orgnr), ("mottakskvittering", orgs::UTSKRIFT.orgnr)];
    assert_eq!(found, expected.map(|(kind, org)| (kind.to_owned(), org.to_owned())));
    // Page after page of those that are unread.
    let (_, second) = f.get_json(&format!("{IN}?page_size=1&page=1"), &f.nav).await;
    assert_eq!(second.as_array().unwrap(), &list.as_array().unwrap()[1..]);
}

#[tokio::test]
async fn a_printed_letter_comes_in_a_package_too() {
    let post = Post::new().await;
    let f = &post.f;
    let mut print = f.print();
    let mut manifest = manifest();
    manifest.postkasseadresse = None;
    manifest.vedlegg = vec![dokument("vedlegg.pdf", "application/pdf", "Vedlegg")];
    let second = b"%PDF-1.4 vedlegg".as_slice();
    let package = post.package(&manifest, &[("vedtak.pdf", PDF), ("vedlegg.pdf", second)], &post.nav);
    assert_eq!(post.send(&mut print, &package).await.1["status"], "SENDT");
    let printer = f.organisation(orgs::UTSKRIFT.orgnr, "felles:utskrift");
    let (_, queue) = f.get_json(QUEUE, &printer).await;
    assert_eq!(queue["brev"][0]["dokumenter"][1]["navn"], "vedlegg.pdf");
    for (plass, content) in [(0, PDF), (1, second)] {
        let (status, _, body) = f.get(&format!("{QUEUE}/{}/dokumenter/{plass}", print.id()), &printer).await;
        assert_eq!((status, body.as_slice()), (StatusCode::OK, content));
    }
    assert_eq!(
        f.get(&format!("{QUEUE}/{}/dokumenter/2", print.id()), &printer).await.0,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn what_is_wrong_with_a_package_is_told_by_a_receipt() {
    let post = Post::new().await;
    let f = &post.f;
    let stranger = issue(&post.ca, &post.authority.ctx, SUPPLIER).await;
    let other = {
        let mut changed = post.letter(|_| ());
        let middle = changed.len() / 2;
        changed[middle] ^= 1;
        changed
    };
    let packages = [
        (other, ""),
        (b"PK".to_vec(), "innholdet er ikke en ZIP-fil"),
        (post.package(&manifest(), &[("vedtak.pdf", PDF)], &stranger), "en annen virksomhet enn meldingen"),
        (post.package(&manifest(), &[("vedtak.pdf", b"MZ")], &post.nav), "vedtak.pdf er ikke en PDF"),
        (post.letter(|m| m.avsender = Orgnr::parse(SUPPLIER).unwrap()), "Avsenderen i manifestet"),
        (
            post.letter(|m| m.postkasseadresse = Some("ola.nordmann#1ABC".to_owned())),
            "Postkasseadressen i manifestet",
        ),
        (post.letter(|m| m.personidentifikator = Some(OLA.to_owned())), "tilhører en annen"),
        (post.letter(|m| m.personidentifikator = Some("12345678901".to_owned())), "ikke et gyldig nummer"),
        (post.letter(|m| m.hoveddokument.fil.mime = "application/x-msdownload".to_owned()), "tas ikke imot"),
    ];
    let expected = packages.len();
    for (package, why) in packages {
        let mut melding = f.digital();
        let (status, answer) = post.send(&mut melding, &package).await;
        assert_eq!(
            (status, answer["status"].as_str()),
            (StatusCode::CREATED, Some("FEILET")),
            "{why}: {answer}"
        );
        assert!(answer["beskrivelse"].as_str().unwrap().contains(why), "{why}: {answer}");
    }
    // An envelope for somebody else, and one that is none.
    let mut melding = f.digital();
    let cms = krypter(&post.letter(|_| ()), &STANDARD.decode(&post.nav.x5c()[0]).unwrap()).unwrap();
    let (_, answer) = post.send_cms(&mut melding, &cms, &post.nav).await;
    assert!(answer["beskrivelse"].as_str().unwrap().contains("for et annet sertifikat"), "{answer}");
    let (_, answer) = post.send_cms(&mut f.digital(), PDF, &post.nav).await;
    assert!(answer["beskrivelse"].as_str().unwrap().contains("ikke en kryptert konvolutt"), "{answer}");
    // Not by the one that the token was given to.
    let cms = krypter(&post.letter(|_| ()), &post.receiver(false).await).unwrap();
    let (_, answer) = post.send_cms(&mut f.digital(), &cms, &stranger).await;
    assert!(answer["beskrivelse"].as_str().unwrap().contains("signert av en annen"), "{answer}");
    // Print takes PDF alone.
    let html = post.letter(|m| {
        m.postkasseadresse = None;
        m.hoveddokument.fil.mime = "text/html".to_owned();
    });
    let (_, answer) = post.send(&mut f.print(), &html).await;
    assert!(answer["beskrivelse"].as_str().unwrap().contains("text/html tas ikke imot"), "{answer}");

    // A real provider's number: its certificate is not here.
    let mut elsewhere = f.digital();
    elsewhere.standard_business_document.header.receiver[0].identifier = of("984661185");
    let (status, problem) = post.send(&mut elsewhere, &post.letter(|_| ())).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{problem}");
    let receipts = f.receipts("").await;
    assert!(receipts.iter().all(|(kind, _)| kind == "feil"), "{receipts:?}");
    assert_eq!(receipts.len(), expected + 4);
    assert_eq!(f.titles(KARI).await, [""; 0]);
}

#[tokio::test]
async fn a_message_that_nobody_believed_has_signed_is_refused() {
    let post = Post::new().await;
    let f = &post.f;
    let cms = krypter(&post.letter(|_| ()), &post.receiver(false).await).unwrap();
    let mut melding = f.digital();
    part(&mut melding).dokumentpakkefingeravtrykk = Fingeravtrykk::of(&cms);
    let good = post.nav.sign_message(&melding).unwrap();
    let key = post.nav.key();
    let ec = SigningKey::generate(Alg::ES256).unwrap();
    let stranger =
        Certified::new(SigningKey::generate(Alg::RS256).unwrap(), post.nav.x5c().to_vec()).unwrap();
    let mut broken = good.clone();
    broken.replace_range(broken.len() - 8.., "AAAAAAAA");
    let messages = [
        (broken, "ikke en gyldig signert melding"),
        ("a.b.c".to_owned(), "ikke en gyldig signert melding"),
        (stranger.sign_message(&melding).unwrap(), "ikke en gyldig signert melding"),
        (key.sign_parts(&json!({ "alg": "RS256" }), &melding).unwrap(), "x5c is malformed"),
        (
            key.sign_parts(&json!({ "alg": "RS256", "x5c": ["AQID"] }), &melding).unwrap(),
            "sertifikat som ikke godtas",
        ),
        (
            ec.sign_parts(&json!({ "alg": "ES256", "x5c": post.nav.x5c() }), &melding).unwrap(),
            "ikke en gyldig",
        ),
        (
            key.sign_parts(&json!({ "alg": "RS256", "x5c": post.nav.x5c() }), &json!({})).unwrap(),
            "missing field",
        ),
    ];
    let parts = async |message: &str, kind: (&str, &str), content: &[u8]| {
        f.send_parts(&[
            ("forretningsmelding", kind.0, message.as_bytes()),
            ("dokumentpakke", kind.1, content),
        ])
        .await
    };
    for (message, why) in messages {
        let (status, problem) = parts(&message, ("application/jwt", "application/cms"), &cms).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{problem}");
        assert!(problem["detail"].as_str().unwrap().contains(why), "{why}: {problem}");
    }
    // Signed with unencrypted, plain with encrypted; another package than the one that was signed for.
    let plain = serde_json::to_string(&melding).unwrap();
    for (message, kind, content, field) in [
        (&good, ("application/jwt", "application/pdf"), PDF, "dokumentpakke"),
        (&plain, ("application/json", "application/cms"), &cms[..], "dokumentpakke"),
        (
            &good,
            ("application/jwt", "application/cms"),
            &cms[1..],
            "standardBusinessDocument.digital.dokumentpakkefingeravtrykk.digestValue",
        ),
    ] {
        let (status, problem) = parts(message, kind, content).await;
        assert_eq!((status, problem["felt"].as_str()), (StatusCode::BAD_REQUEST, Some(field)), "{problem}");
    }
    assert_eq!(f.receipts("").await, []);
    // As some senders' software names the parts; after which the same again is the same, and another is refused.
    for _ in 0..2 {
        let (status, answer) = parts(&good, ("text/plain", "application/octet-stream"), &cms).await;
        assert_eq!((status, &answer["status"]), (StatusCode::CREATED, &json!("SENDT")), "{answer}");
    }
    assert_eq!(f.titles(KARI).await, ["Vedtak om barnetrygd"]);
    // Signed and encrypted anew, as senders' software does when it tries again, it is still the same letter.
    let again = krypter(&post.letter(|_| ()), &post.receiver(false).await).unwrap();
    assert_ne!(again, cms);
    assert_eq!(post.send_cms(&mut melding, &again, &post.nav).await.1["status"], "SENDT");
    let another = post.letter(|manifest| manifest.hoveddokument.tittel = None);
    assert_eq!(post.send(&mut melding, &another).await.0, StatusCode::CONFLICT);
    assert_eq!(f.titles(KARI).await.len(), 1);

    // Three years later the certificate has ended; the token is a new one.
    f.clock.advance(SignedDuration::from_hours(24 * 366 * 3));
    post.authority.ctx.clock.set(f.clock.now());
    let token = f.organisation(NAV, SEND);
    part(&mut melding).maskinportentoken.clone_from(&token);
    let (kind, body) = signed_multipart(melding.id(), &post.nav.sign_message(&melding).unwrap(), &cms);
    let late = json(&f.raw("POST", OUT, &token, &kind, body).await);
    assert!(late["detail"].as_str().unwrap().contains("it has expired"), "{late}");
}

#[tokio::test]
async fn what_documents_are_called_is_seen_by_whoever_may_open_them() {
    let post = Post::new().await;
    let f = &post.f;
    let mut melding = f.digital();
    part(&mut melding).aapningskvittering = true;
    post.send(&mut melding, &post.letter(|_| ())).await;
    let one = format!("{INBOX}/{}", melding.id());
    let called = async |path: &str, acr: &str| {
        let brev = f.get_json(path, &f.person_at(KARI, acr)).await.1;
        let brev = brev.get("meldinger").map_or_else(|| brev.clone(), |all| all[0].clone());
        json!([brev["dokumenter"][0]["navn"], brev["dokumenter"][0]["tittel"]])
    };
    let hidden = json!(["dokument-1", null]);
    for path in [INBOX, one.as_str()] {
        assert_eq!(called(path, "idporten-loa-high").await, hidden, "the sender waits for its receipt");
    }
    f.get(&format!("{one}/dokumenter/0?godtaKvittering=true"), &f.person(KARI)).await;
    for path in [INBOX, one.as_str()] {
        assert_eq!(called(path, "idporten-loa-high").await, json!(["vedtak.pdf", "Vedtak"]));
        assert_eq!(called(path, "idporten-loa-substantial").await, hidden, "it is of level 4");
    }
}

#[tokio::test]
async fn a_letter_to_a_number_of_before_reaches_its_person() {
    let post = Post::new().await;
    let f = &post.f;
    let mut melding = f.digital();
    let package = post.letter(|manifest| manifest.personidentifikator = Some(KARI.to_owned()));
    assert_eq!(post.send(&mut melding, &package).await.1["status"], "SENDT");
    // Kari has Ola's number now, for the sake of the test.
    let sql = "INSERT INTO nummer (gammelt, nytt) VALUES ($1, $2)";
    let (kari, ola) = (Pid::parse(KARI).unwrap(), Pid::parse(OLA).unwrap());
    let written: Result<u64, kernel::store::StoreError> = f
        .store
        .write(move |tx| Box::pin(async move { tx.execute(sql, kernel::params![&kari, &ola]).await }))
        .await;
    written.unwrap();
    assert_eq!(post.send(&mut f.digital(), &package).await.1["status"], "SENDT");
    let new = post.letter(|manifest| manifest.personidentifikator = Some(OLA.to_owned()));
    assert_eq!(post.send(&mut f.digital(), &new).await.1["status"], "SENDT");
}

#[tokio::test]
async fn without_certificates_only_plain_letters_are_taken() {
    let f = fixture().await;
    let (status, problem) = f
        .send_parts(&[
            ("forretningsmelding", "application/jwt", b"a.b.c"),
            ("dokumentpakke", "application/cms", b"0"),
        ])
        .await;
    assert_eq!((status, problem["status"].as_u64()), (StatusCode::NOT_IMPLEMENTED, Some(501)));
    assert_eq!(f.get_json("/postkasse/api/v1/sertifikater", "").await.0, StatusCode::NOT_FOUND);
    assert!(Pakke::les(b"").is_err());
}
