//! Signed messages and encrypted packages, taken apart: whose signature it is, what lies in the envelope, and whether the
//! mailbox takes it (spec `communication.md` B1, B5).

use std::sync::Arc;
use std::thread::available_parallelism;

use bytes::Bytes;
use clients::ClientError;
use clients::maskinporten::Believed;
use clients::orgs::{self, Org};
use clients::postkasse::Brevdokument;
use dokumentpakke::{Mottakernoekkel, Pakke, Pakkefeil};
use jiff::Timestamp;
use kernel::enterprise::{self, CertificateError, Trust};
use kernel::id::{Orgnr, Pid};
use kernel::jose::{Alg, Certified, JoseError, Jwt};
use tokio::sync::Semaphore;

use crate::model::Innhold;

/// The media types of documents that mailboxes take.
const MIME: &[&str] = &[
    PDF,
    "text/html",
    "text/plain",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.oasis.opendocument.presentation",
    "application/vnd.oasis.opendocument.graphics",
    "application/vnd.oasis.opendocument.formula",
    "image/gif",
    "image/jpeg",
    "image/png",
    "application/msword",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.ms-excel",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.ms-powerpoint",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/octet-stream",
    "application/ehf+xml",
];
const PDF: &str = "application/pdf";

/// What a provider needs to receive: its certificate, which signs receipts, and that certificate's key, which opens envelopes.
#[derive(Debug)]
pub struct Leverandoer {
    /// Who it is: to whom messages are addressed, as Kontaktregisteret tells.
    pub org: Org,
    /// The certificate.
    pub certified: Certified,
    noekkel: Mottakernoekkel,
}

impl Leverandoer {
    fn new(org: Org, certified: Certified) -> Result<Self, Pakkefeil> {
        Ok(Self { org, noekkel: Mottakernoekkel::new(&certified)?, certified })
    }
}

/// The receiving ends of signed and encrypted letters.
#[derive(Debug)]
pub struct Pakkepost {
    postkasse: Leverandoer,
    utskrift: Leverandoer,
    believed: Believed,
    /// One package at a time for each core: to open one takes its whole size several times over.
    turn: Arc<Semaphore>,
}

/// A package that has been opened.
#[derive(Debug, Clone)]
pub struct Aapnet {
    /// The package itself (ASiC-E), signed as it came.
    pub pakke: Vec<u8>,
    /// What is in it, the letter first.
    pub dokumenter: Vec<Brevdokument>,
    /// Whom the sender means, where the package tells.
    pub personidentifikator: Option<Pid>,
    /// See [`Pakke::fingeravtrykk`].
    pub fingeravtrykk: Vec<u8>,
}

/// A message whose signature holds.
#[derive(Debug)]
pub struct Signert {
    /// What was signed.
    pub melding: Vec<u8>,
    /// Who signed it.
    pub signatar: Orgnr,
}

/// Why a signed message is not taken.
#[derive(Debug, thiserror::Error)]
pub enum Ugyldig {
    /// It is no JWS, or not one that holds.
    #[error("er ikke en gyldig signert melding (JWS, RS256): {0}")]
    Jose(#[from] JoseError),
    /// Its certificate is not believed.
    #[error("har et sertifikat som ikke godtas: {0}")]
    Sertifikat(#[from] CertificateError),
    /// Nobody can say now whom to believe.
    #[error("kan ikke kontrolleres nå: {0}")]
    Tillit(#[from] ClientError),
}

impl Pakkepost {
    /// With the certificates (RSA) of the mailboxes and of printing.
    pub fn new(postkasse: Certified, utskrift: Certified, believed: Believed) -> Result<Self, Pakkefeil> {
        let turn = Arc::new(Semaphore::new(available_parallelism().map_or(1, usize::from)));
        let postkasse = Leverandoer::new(orgs::POSTKASSE, postkasse)?;
        Ok(Self { postkasse, utskrift: Leverandoer::new(orgs::UTSKRIFT, utskrift)?, believed, turn })
    }

    /// The provider of a process: of printing, or of mailboxes.
    pub fn leverandoer(&self, prosess: &str) -> &Leverandoer {
        if prosess == "utskrift" { &self.utskrift } else { &self.postkasse }
    }

    /// Verifies a signed message.
    pub async fn melding(&self, jws: &str, now: Timestamp) -> Result<Signert, Ugyldig> {
        let jwt = Jwt::parse(jws)?;
        let x5c = jwt.header().x5c.as_ref();
        let chain = enterprise::chain(x5c.ok_or(CertificateError::Malformed("it is missing"))?)?;
        let trust = self.believed.trust().await?;
        let signer = trust.verify(None, &chain, now.as_second())?;
        let payload = jwt.verify(&signer.key, &[Alg::RS256])?;
        Ok(Signert { melding: payload.bytes().to_vec(), signatar: signer.orgnr })
    }

    /// Opens a package and checks that it is what its message says. The inner result is the sender's fault.
    pub async fn aapne(
        self: &Arc<Self>,
        cms: Bytes,
        innhold: Innhold,
        signatar: Orgnr,
        now: Timestamp,
    ) -> Result<Result<Aapnet, String>, ClientError> {
        let trust = self.believed.trust().await?;
        // Never closed, so that a turn always comes; kept until the work is done, also where nobody waits for it any longer.
        let turn = self.turn.clone().acquire_owned().await;
        let this = self.clone();
        let opened = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            this.open(&cms, &innhold, &signatar, &trust, now)
        });
        opened.await.map_err(|error| ClientError::Transport(error.to_string()))
    }

    fn open(
        &self,
        cms: &[u8],
        innhold: &Innhold,
        signatar: &Orgnr,
        trust: &Trust,
        now: Timestamp,
    ) -> Result<Aapnet, String> {
        let told = |fault: Pakkefeil| fault.to_string();
        let pakke = self.leverandoer(innhold.slag()).noekkel.aapne(cms).map_err(told)?;
        let lest = Pakke::les(&pakke).map_err(told)?;
        let chain: Vec<_> = lest.signatur.kjede.iter().map(|der| der.as_slice().into()).collect();
        let signer = trust.verify(None, &chain, now.as_second()).map_err(|error| {
            format!("Sertifikatet som dokumentpakken er signert med, godtas ikke: {error}.")
        })?;
        if signer.orgnr != *signatar {
            return Err("Dokumentpakken er signert av en annen virksomhet enn meldingen.".to_owned());
        }
        let manifest = &lest.manifest;
        let (avsender, postkasse) = match innhold {
            Innhold::Digital(digital) => (&digital.avsender, Some(&digital.mottaker.postkasseadresse)),
            Innhold::Utskrift(utskrift) => (&utskrift.avsender, None),
        };
        if avsender.virksomhetsidentifikator.orgnr() != Some(manifest.avsender) {
            return Err("Avsenderen i manifestet er en annen enn i meldingen.".to_owned());
        }
        if let (Some(sagt), Some(til)) = (&manifest.postkasseadresse, postkasse)
            && sagt != til
        {
            return Err("Postkasseadressen i manifestet er en annen enn i meldingen.".to_owned());
        }
        let number = manifest.personidentifikator.as_deref().map(Pid::parse).transpose();
        let mut dokumenter = Vec::new();
        for dokument in manifest.dokumenter() {
            let content = lest.fil(&dokument.fil.href).unwrap_or_default();
            let mime = dokument.fil.mime.as_str();
            let print = matches!(innhold, Innhold::Utskrift(_));
            if !MIME.contains(&mime) || (print && mime != PDF) {
                return Err(format!("Dokumenter av typen {mime} tas ikke imot her."));
            }
            if mime == PDF && !content.starts_with(b"%PDF-") {
                return Err(format!("{} er ikke en PDF.", dokument.fil.href));
            }
            dokumenter.push(Brevdokument {
                tittel: dokument.tittel.as_ref().map(|(tittel, _)| tittel.clone()),
                navn: dokument.fil.href.clone(),
                mime: mime.to_owned(),
                stoerrelse: content.len() as i64,
            });
        }
        Ok(Aapnet {
            fingeravtrykk: lest.fingeravtrykk(),
            pakke,
            dokumenter,
            personidentifikator: number
                .map_err(|_| "personidentifikator i manifestet er ikke et gyldig nummer.".to_owned())?,
        })
    }
}
