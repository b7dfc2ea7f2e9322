//! From entries of the log to what a person is shown. No I/O.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use clients::orgs;
use clients::transparency::{Bevis, Bruk, Hvem};
use kernel::log::{Entry, InclusionProof, NoteVerifier, leaf_hash};

/// An entry as its subject is shown it. Who acted on an organisation's behalf stays with the organisation: no other
/// person's number is shown.
pub fn shown(entry: Entry) -> Bruk {
    let Entry { index, at, subject, access, .. } = entry;
    let selv = access.actor.pid == Some(subject);
    let orgnr = access.actor.orgnr.filter(|_| !selv);
    let navn = orgnr.and_then(|orgnr| orgs::name(orgnr.as_str())).map(str::to_owned);
    Bruk {
        indeks: place(index),
        tidspunkt: at,
        hvem: Hvem { orgnr, navn, selv, klient: access.actor.client_id },
        komponent: access.component,
        hva: access.what,
        hjemmel: access.hjemmel,
        formaal: access.formaal,
        sak: access.sak,
    }
}

/// A proof as its receiver checks it; `None` where the log's own checkpoint is not signed by its key.
pub fn proof(proof: InclusionProof, verifier: &NoteVerifier) -> Option<Bevis> {
    let (_, root) = verifier.open(&proof.checkpoint)?;
    Some(Bevis {
        indeks: place(proof.index),
        bladhash: BASE64.encode(leaf_hash(proof.entry.as_bytes())),
        oppfoering: proof.entry,
        sti: proof.path.iter().map(|hash| BASE64.encode(hash)).collect(),
        stoerrelse: place(proof.size),
        rot: BASE64.encode(root),
        sjekkpunkt: proof.checkpoint,
    })
}

/// Places in the log are row numbers and fit.
fn place(index: u64) -> i64 {
    i64::try_from(index).unwrap_or(i64::MAX)
}

/// A tile's level, number and width as C2SP tlog-tiles writes them: `0/x001/x234/067` or `0/x001/x234/067.p/8`.
pub fn tile_path(path: &str) -> Option<(u8, u64, usize)> {
    let (level, rest) = path.split_once('/')?;
    let (number, width) = match rest.split_once(".p/") {
        None => (rest, 256),
        Some((number, width)) => (number, decimal(width).filter(|width| (1..256).contains(width))? as usize),
    };
    let level = u8::try_from(decimal(level)?).ok()?;
    let mut index = 0_u64;
    let mut groups = number.split('/').peekable();
    let mut leading = true;
    while let Some(group) = groups.next() {
        let digits = if groups.peek().is_some() { group.strip_prefix('x')? } else { group };
        if digits.len() != 3 || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
            return None;
        }
        // A tile has one address: no group of zeros in front.
        if leading && groups.peek().is_some() && digits == "000" {
            return None;
        }
        leading = false;
        index = index.checked_mul(1000)?.checked_add(digits.parse().ok()?)?;
    }
    Some((level, index, width))
}

/// A decimal number without a sign or zeros in front.
fn decimal(text: &str) -> Option<u64> {
    let plain = text.bytes().all(|digit| digit.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if plain { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tile_has_one_address() {
        assert_eq!(tile_path("0/000"), Some((0, 0, 256)));
        assert_eq!(tile_path("0/x001/x234/067"), Some((0, 1_234_067, 256)));
        assert_eq!(tile_path("2/005.p/17"), Some((2, 5, 17)));
        for bad in [
            "",
            "0",
            "0/",
            "0/1",
            "00/001",
            "0/x001",
            "0/001/002",
            "0/x000/001",
            "0/001.p/0",
            "0/001.p/256",
            "0/001.p/07",
            "0/001.p/",
            "0/+01",
            "-1/001",
            "256/001",
            "0/x999/x999/x999/x999/x999/x999/x999/999",
        ] {
            assert_eq!(tile_path(bad), None, "{bad}");
        }
    }
}
