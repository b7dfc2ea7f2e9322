//! What the mailbox does with a message: who may see it and when, what a receipt says, how a printed letter moves on.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use clients::postkasse::{
    Avsender, Brev, Brevdokument, Digital, Feil, Feiltype, Kvittering, Melding, Utskrift, Utskriftsstatus,
    Virksomhetmottaker, Virksomhetsidentifikator,
};
use jiff::Timestamp;
use kernel::clock::oslo;
use kernel::id::{Orgnr, Pid};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// A message that has been checked, on its way into the store.
#[derive(Debug, Clone)]
pub struct Forsendelse {
    /// The message's id.
    pub id: Uuid,
    /// The conversation's id.
    pub konversasjon: Uuid,
    /// On whose behalf it is sent.
    pub avsender: Orgnr,
    /// The unit within the sender; empty where none is named.
    pub avsenderidentifikator: String,
    /// Who sends it: the supplier where the sender uses one.
    pub signatar: Orgnr,
    /// The mailbox or print provider that it is addressed to.
    pub leverandoer: Orgnr,
    /// The channel for the receipts; empty where none is named.
    pub kanal: String,
    /// See [`fingerprint`].
    pub avtrykk: String,
    /// What the sender asks for.
    pub innhold: Innhold,
    /// A fault that is found only after the access point has taken the message; answered with a `feil` receipt.
    pub feil: Option<String>,
    /// The document, or the package as it is when it has been opened; nothing where it cannot be delivered.
    pub dokument: Vec<u8>,
    /// What a signed message brings besides.
    pub pakke: Option<Pakkedel>,
}

/// What a signed message brings besides a plain one.
#[derive(Debug, Clone)]
pub struct Pakkedel {
    /// The message as it was signed; kept as evidence.
    pub melding: String,
    /// The documents of the package, the letter first.
    pub dokumenter: Vec<Brevdokument>,
    /// Whom the sender means, where the package tells.
    pub personidentifikator: Option<Pid>,
}

impl Forsendelse {
    /// The size of the documents in bytes.
    pub fn stoerrelse(&self) -> i64 {
        let plain = self.dokument.len() as i64;
        self.pakke.as_ref().map_or(plain, |pakke| pakke.dokumenter.iter().map(|one| one.stoerrelse).sum())
    }
}

/// What the sender asks for; without the token.
#[derive(Debug, Clone)]
pub enum Innhold {
    /// A letter to a digital mailbox.
    Digital(Digital),
    /// A letter to be printed.
    Utskrift(Utskrift),
}

impl Innhold {
    /// The document type.
    pub fn slag(&self) -> &'static str {
        match self {
            Self::Digital(_) => "digital",
            Self::Utskrift(_) => "utskrift",
        }
    }
}

/// What makes two messages the same: everything but the token and the moment of making, which change when a sender
/// tries again. A plain document is in it by its digest, a package by what is in it (`pakke`): senders' software signs and encrypts
/// anew each time.
pub fn fingerprint(mut melding: Melding, kanal: &str, pakke: Option<&[u8]>) -> String {
    let sbd = &mut melding.standard_business_document;
    sbd.header.document_identification.creation_date_and_time = Timestamp::UNIX_EPOCH;
    let digital = sbd.digital.as_mut().map(|d| (&mut d.maskinportentoken, &mut d.dokumentpakkefingeravtrykk));
    let utskrift =
        sbd.utskrift.as_mut().map(|u| (&mut u.maskinportentoken, &mut u.dokumentpakkefingeravtrykk));
    for (token, digest) in digital.into_iter().chain(utskrift) {
        token.clear();
        if pakke.is_some() {
            digest.digest_value.clear();
        }
    }
    // The message was read from JSON, so it can be written as JSON.
    let bytes = serde_json::to_vec(&(melding, kanal, pakke)).unwrap_or_default();
    BASE64.encode(Sha256::digest(bytes))
}

/// From when the person sees a letter that came at `now`: never before it came, nor before its effective date or time.
pub fn visible_from(digital: &Digital, now: Timestamp) -> Timestamp {
    let day = digital
        .virkningsdato
        .and_then(|date| date.to_zoned_datetime(oslo()).ok())
        .map(|start| start.timestamp());
    now.max(day.unwrap_or(now)).max(digital.virkningstidspunkt.unwrap_or(now))
}

/// The security level that a sign-in reached: 4 for high, 3 for substantial, 0 for anything less.
pub fn level(acr: Option<&str>) -> u8 {
    match acr {
        Some("idporten-loa-high" | "eidas-loa-high" | "Level4") => 4,
        Some("idporten-loa-substantial" | "eidas-loa-substantial" | "Level3") => 3,
        _ => 0,
    }
}

/// The letter as whoever signed in at `level` may see it before it is opened: what its documents are called can be more than its title,
/// which says nothing sensitive.
pub fn unopened(mut brev: Brev, level: u8) -> Brev {
    if level < brev.sikkerhetsnivaa || (brev.aapningskvittering && brev.aapnet.is_none()) {
        for (n, dokument) in brev.dokumenter.iter_mut().enumerate() {
            dokument.tittel = None;
            dokument.navn = format!("dokument-{}", n + 1);
        }
    }
    brev
}

/// The kinds of receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kvitteringsslag {
    /// The provider answers for the letter from now on.
    Levering,
    /// The person has opened it.
    Aapning,
    /// The print provider has queued it.
    Mottak,
    /// It came back and was shredded.
    Returpost,
    /// It cannot be delivered.
    Feil,
}

impl Kvitteringsslag {
    /// The document type.
    pub fn name(self) -> &'static str {
        match self {
            Self::Levering => "leveringskvittering",
            Self::Aapning => "aapningskvittering",
            Self::Mottak => "mottakskvittering",
            Self::Returpost => "returpostkvittering",
            Self::Feil => "feil",
        }
    }

    /// The kind of this name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Levering, Self::Aapning, Self::Mottak, Self::Returpost, Self::Feil]
            .into_iter()
            .find(|kind| kind.name() == name)
    }
}

/// A receipt and the message that it answers.
#[derive(Debug, Clone)]
pub struct Kvitteringspost {
    /// The receipt's own id.
    pub id: Uuid,
    /// What it tells.
    pub slag: Kvitteringsslag,
    /// When that happened.
    pub tidspunkt: Timestamp,
    /// More in words, for a fault.
    pub detaljer: Option<String>,
    /// The conversation.
    pub konversasjon: Uuid,
    /// The document type of the message, which names the process.
    pub prosess: String,
    /// The provider, which gives the receipt.
    pub leverandoer: Orgnr,
    /// On whose behalf the message was sent.
    pub avsender: Orgnr,
    /// Who sent it, and receives the receipt.
    pub signatar: Orgnr,
}

impl Kvitteringspost {
    /// The receipt as a message.
    pub fn melding(&self) -> Melding {
        let provider = Virksomhetsidentifikator::of(&self.leverandoer);
        let receiver = Virksomhetsidentifikator::of(&self.signatar);
        let (kind, flow) = (self.slag.name(), self.prosess.as_str());
        let mut melding =
            Melding::new(kind, flow, self.id, self.konversasjon, self.tidspunkt, provider.clone(), receiver);
        let avsender = Avsender {
            virksomhetsidentifikator: provider,
            avsenderidentifikator: None,
            faktura_referanse: None,
        };
        let mottaker =
            Virksomhetmottaker { virksomhetsidentifikator: Virksomhetsidentifikator::of(&self.avsender) };
        let tidspunkt = self.tidspunkt;
        let sbd = &mut melding.standard_business_document;
        let part = match self.slag {
            Kvitteringsslag::Levering => &mut sbd.leveringskvittering,
            Kvitteringsslag::Aapning => &mut sbd.aapningskvittering,
            Kvitteringsslag::Mottak => &mut sbd.mottakskvittering,
            Kvitteringsslag::Returpost => &mut sbd.returpostkvittering,
            Kvitteringsslag::Feil => {
                let (feiltype, detaljer) = (Feiltype::Klient, self.detaljer.clone());
                sbd.feil = Some(Feil { avsender, mottaker, tidspunkt, feiltype, detaljer });
                return melding;
            }
        };
        *part = Some(Kvittering { avsender, mottaker, tidspunkt });
        melding
    }
}

/// How the store writes a print status.
pub fn print_status_name(status: Utskriftsstatus) -> &'static str {
    match status {
        Utskriftsstatus::Koe => "koe",
        Utskriftsstatus::Skrevet => "skrevet",
        Utskriftsstatus::Postlagt => "postlagt",
        Utskriftsstatus::Retur => "retur",
    }
}

/// The print status of this name.
pub fn print_status(name: &str) -> Option<Utskriftsstatus> {
    [Utskriftsstatus::Koe, Utskriftsstatus::Skrevet, Utskriftsstatus::Postlagt, Utskriftsstatus::Retur]
        .into_iter()
        .find(|status| print_status_name(*status) == name)
}

/// Whether a printed letter may go from one status to another: only onwards, and back from the post only when it has
/// been handed to the post.
pub fn may_move(from: Utskriftsstatus, to: Utskriftsstatus) -> bool {
    use Utskriftsstatus::{Koe, Postlagt, Retur, Skrevet};
    matches!((from, to), (Koe, Skrevet | Postlagt) | (Skrevet, Postlagt) | (Postlagt, Retur))
}

/// A mailbox that a message is for, or why there is none.
#[derive(Debug, Clone)]
pub enum Levering {
    /// Into this person's mailbox, visible from this moment.
    Postkasse(Pid, Timestamp),
    /// Into the print queue.
    Utskriftskoe,
    /// Nowhere.
    Feilet(String),
}
