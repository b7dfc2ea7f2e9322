//! Letters of 50 KB from the sending until they are kept in the mailbox: plain, and signed and encrypted.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::Context as _;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bench::hospital::client_key;
use bench::load::{Connection, Measured};
use bench::{Installation, load};
use bytes::Bytes;
use clients::kontaktregister::{Kontaktregister, Person};
use clients::postkasse::{
    Avsender, Digital, Fingeravtrykk, Melding, Personmottaker, SEND_SCOPE, Virksomhetsidentifikator,
    multipart, signed_multipart,
};
use clients::{Mesh, Purpose, TokenSource, kontaktregister, maskinporten, orgs};
use dokumentpakke::{Dokument, Manifest, Vedlagt};
use http::Request;
use http_body_util::Full;
use kernel::clock::Clock;
use kernel::id::{Orgnr, Pid};
use kernel::jose::{Certified, SigningKey};
use kernel::rng::Rng;
use serde_json::Value;

use crate::report;
use crate::signins::Party;

const CONNECTIONS: usize = 64;
const TIME: Duration = Duration::from_secs(10);
/// The size of a letter's PDF; bytes.
const SIZE: usize = 50_000;
/// How many letters somebody has who has many, and what each holds.
const MANY: usize = 10_000;
const SHORT: &[u8] = b"%PDF-1.7\n%%EOF\n";
/// How many letters are signed and encrypted beforehand.
const SIGNED: usize = 4000;

/// Who sends, and to whom.
struct Sender {
    orgnr: Orgnr,
    token: String,
    mailboxes: Vec<Person>,
    pdf: Vec<u8>,
}

impl Sender {
    async fn of(felles: &Installation, data: &Path) -> anyhow::Result<Self> {
        let scopes = ["--scope", SEND_SCOPE, "--scope", "krr:global/digitalpost.read"];
        let added = felles.json(&[&["client", "add", "maskinporten"], &scopes[..]].concat())?;
        let orgnr = added.get("orgnr").and_then(Value::as_str).context("the client has no organisation")?;
        let mesh = Mesh::remote(&felles.base(), &[maskinporten::NAME, kontaktregister::NAME]);
        let issuer = format!("{}/maskinporten/", felles.base());
        let tokens =
            TokenSource::new(mesh.clone(), &issuer, client_key(&added)?, Clock::system(), Rng::system());
        let numbers = std::fs::read_to_string(data.join("nation/moedre.txt"))?;
        let people: Vec<Pid> =
            numbers.lines().take(1000).filter_map(|number| Pid::parse(number).ok()).collect();
        let found =
            Kontaktregister::new(mesh, tokens.clone()).personer(&people, &Purpose::new("Måling")).await?;
        // Text that compresses as a PDF does: hardly.
        let mut pdf = b"%PDF-1.7\n".to_vec();
        while pdf.len() < SIZE {
            pdf.extend(Rng::system().bytes::<32>());
        }
        Ok(Self {
            orgnr: Orgnr::parse(orgnr)?,
            token: tokens.token().await?,
            mailboxes: found.into_iter().filter(|person| person.digital_post.is_some()).collect(),
            pdf,
        })
    }

    fn letter(&self, n: usize, package: &[u8]) -> Option<Melding> {
        let rng = Rng::system();
        let person = self.mailboxes.get(n % self.mailboxes.len())?;
        let digital_post = person.digital_post.as_ref()?;
        let sender = Virksomhetsidentifikator::of(&self.orgnr);
        let receiver = Virksomhetsidentifikator::of(&Orgnr::parse(orgs::POSTKASSE.orgnr).ok()?);
        let now = Clock::system().now();
        let mut melding =
            Melding::new("digital", "digital", rng.uuid(), rng.uuid(), now, sender.clone(), receiver);
        melding.standard_business_document.digital = Some(Digital {
            avsender: Avsender {
                virksomhetsidentifikator: sender,
                avsenderidentifikator: None,
                faktura_referanse: None,
            },
            mottaker: Personmottaker { postkasseadresse: digital_post.postkasseadresse.clone() },
            dokumentpakkefingeravtrykk: Fingeravtrykk::of(package),
            maskinportentoken: self.token.clone(),
            sikkerhetsnivaa: 3,
            virkningsdato: None,
            virkningstidspunkt: None,
            aapningskvittering: false,
            ikkesensitivtittel: "Et brev".to_owned(),
            spraak: "no".to_owned(),
            varsler: None,
        });
        Some(melding)
    }

    fn request(&self, host: &str, (kind, body): (String, Vec<u8>)) -> Option<Request<Full<Bytes>>> {
        Request::post("/dpi/api/v1/messages/out")
            .header("host", host)
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", kind)
            .body(Full::new(body.into()))
            .ok()
    }

    /// A letter as senders' software sends it.
    fn signed(&self, n: usize, certified: &Certified) -> anyhow::Result<(String, Vec<u8>)> {
        let person = self.mailboxes.get(n % self.mailboxes.len()).context("nobody has a mailbox")?;
        let digital_post = person.digital_post.as_ref().context("it has no address")?;
        let receiver = STANDARD.decode(person.sertifikat.as_deref().context("it has no certificate")?)?;
        let fil = Vedlagt { href: "brev.pdf".to_owned(), mime: "application/pdf".to_owned() };
        let manifest = Manifest {
            personidentifikator: None,
            postkasseadresse: Some(digital_post.postkasseadresse.clone()),
            avsender: self.orgnr,
            avsenderidentifikator: None,
            fakturareferanse: None,
            hoveddokument: Dokument {
                fil,
                tittel: Some(("Et brev".to_owned(), "no".to_owned())),
                data: None,
            },
            vedlegg: Vec::new(),
        };
        let files: [(&str, &[u8]); 1] = [("brev.pdf", &self.pdf)];
        let package = dokumentpakke::skriv(&manifest, &files, certified, Clock::system().now())?;
        let cms = dokumentpakke::krypter(&package, &receiver)?;
        let melding = self.letter(n, &cms).context("there is no letter")?;
        Ok(signed_multipart(melding.id(), &certified.sign_message(&melding)?, &cms))
    }
}

pub async fn measure(felles: &Installation, data: &Path, store: &str) -> anyhow::Result<()> {
    let sender = Sender::of(felles, data).await?;
    let (_, pem, complaint) =
        felles.run(&["certificate", "test", "--orgnr", sender.orgnr.as_str(), "--url", &felles.base()])?;
    let chain = Certified::from_pem(&pem).with_context(|| complaint.clone())?;
    let key = SigningKey::from_pkcs8_pem(&pem)?;
    // Senders' software sends its own certificate alone.
    let certified = Certified::new(key, chain.x5c().iter().take(1).cloned().collect())?;
    let made: Vec<_> = (0..SIGNED).map(|n| sender.signed(n, &certified)).collect::<Result<_, _>>()?;
    let host = felles.address();
    let tell = |kind: &str, measured: Measured| {
        report(&format!("letters_{kind}_per_second_{store}"), measured.per_second, "1/s");
        report(&format!("letters_{kind}_p99_{store}"), measured.p99, "ms");
    };

    let sender = Arc::new(sender);
    let inbox_sender = sender.clone();
    let (one, at) = (sender.clone(), host.clone());
    let plain = load::measure(&host, CONNECTIONS, TIME, move |n| {
        let melding = one.letter(n, &one.pdf)?;
        one.request(&at, multipart(melding.id(), &melding, &one.pdf).ok()?)
    });
    tell("plain", plain.await?);
    let (made, at) = (Mutex::new(made), host.clone());
    let signed = load::measure(&host, CONNECTIONS, TIME, move |_| {
        let next = made.lock().ok()?.pop()?;
        sender.request(&at, next)
    });
    tell("signed", signed.await?);
    inbox(felles, data, &inbox_sender, store).await
}

/// A page of the mailbox of somebody who has many letters.
async fn inbox(felles: &Installation, data: &Path, sender: &Arc<Sender>, store: &str) -> anyhow::Result<()> {
    let host = felles.address();
    let (one, at) = (sender.clone(), host.clone());
    // All to the first; of a line each, since the list reads no document.
    let sent = load::measure(&host, CONNECTIONS, TIME * 60, move |n| {
        let melding = one.letter(0, SHORT).filter(|_| n < MANY)?;
        one.request(&at, multipart(melding.id(), &melding, SHORT).ok()?)
    });
    sent.await?;
    let person = sender.mailboxes.first().context("nobody has a mailbox")?.personidentifikator;
    let numbers = std::fs::read_to_string(data.join("nation/moedre.txt"))?;
    let n = numbers.lines().position(|number| number == person.as_str()).context("a stranger")?;
    let party = Party::of(felles, data, &["--scope", "felles:post"])?;
    let token = party.access_token(&mut Connection::open(&host).await?, n).await?;
    let at = host.clone();
    let pages = load::measure(&host, 1, TIME / 2, move |_| {
        Request::get("/postkasse/api/v1/meldinger")
            .header("host", &at)
            .header("authorization", format!("Bearer {token}"))
            .body(Full::default())
            .ok()
    });
    let pages = pages.await?;
    report(&format!("inbox_pages_of_{MANY}_letters_per_second_{store}"), pages.per_second, "1/s");
    report(&format!("inbox_page_of_{MANY}_letters_p99_{store}"), pages.p99, "ms");
    Ok(())
}
