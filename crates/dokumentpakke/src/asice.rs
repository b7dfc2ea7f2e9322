//! The container: a ZIP with its media type first, a manifest, the documents and their signature.

use std::io::{Cursor, Read as _, Write as _};

use aws_lc_rs::digest::{Context, SHA256, digest};
use jiff::Timestamp;
use kernel::jose::Certified;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::Pakkefeil;
use crate::manifest::{self, Manifest};
use crate::xades::{self, Signatur};

const MIMETYPE: &str = "mimetype";
const ASICE: &str = "application/vnd.etsi.asic-e+zip";
const META: &str = "META-INF/";
/// The documentation's 1 + 200 documents, data for each, the signature and what else stands in `META-INF`.
const FLEST_FILER: usize = 410;
/// The largest that a package may be when it is unpacked, in bytes: twice the largest package.
pub const STOERST_UTPAKKET: u64 = 100_000_000;

/// A package whose signature holds and whose manifest names what is in it.
#[derive(Debug, Clone)]
pub struct Pakke {
    /// What the documents are.
    pub manifest: Manifest,
    /// Who signed them.
    pub signatur: Signatur,
    filer: Vec<(String, Vec<u8>)>,
}

impl Pakke {
    /// Reads a package.
    ///
    /// What is not as the profile has it is refused: a file outside `META-INF` that is not signed or not in the manifest, names
    /// that lead out of the package or stand twice, more than [`STOERST_UTPAKKET`] bytes when unpacked. A
    /// `META-INF/manifest.xml` may stand there, as senders' software writes it, and is not read.
    pub fn les(bytes: &[u8]) -> Result<Self, Pakkefeil> {
        let mut filer = unpack(bytes)?;
        let take = |filer: &mut Vec<(String, Vec<u8>)>, name: &str| {
            let place = filer.iter().position(|(known, _)| known == name);
            let place = place.ok_or_else(|| Pakkefeil::new(format!("Dokumentpakken mangler {name}.")))?;
            Ok::<_, Pakkefeil>(filer.remove(place).1)
        };
        // Some senders' software leaves it out.
        if take(&mut filer, MIMETYPE).is_ok_and(|mimetype| mimetype.trim_ascii() != ASICE.as_bytes()) {
            return Err(Pakkefeil::new(format!("Dokumentpakkens {MIMETYPE} er ikke {ASICE}.")));
        }
        let signatur = take(&mut filer, xades::FIL)?;
        filer.retain(|(name, _)| !name.starts_with(META));
        let signed: Vec<(&str, &[u8])> =
            filer.iter().map(|(name, content)| (name.as_str(), content.as_slice())).collect();
        let signatur = xades::kontroller(&signatur, &signed)?;
        let mut manifest = Manifest::les(&take(&mut filer, manifest::FIL)?)?;
        // eFormidling names data of attachments that it does not put into the package.
        for vedlegg in &mut manifest.vedlegg {
            vedlegg.data.take_if(|data| !filer.iter().any(|(name, _)| *name == data.href));
        }
        if let Some(fil) = manifest.filer().find(|fil| !filer.iter().any(|(name, _)| *name == fil.href)) {
            return Err(Pakkefeil::new(format!("Filen {} står i manifestet, men ikke i pakken.", fil.href)));
        }
        if let Some((name, _)) = filer.iter().find(|(name, _)| !manifest.filer().any(|fil| fil.href == *name))
        {
            return Err(Pakkefeil::new(format!("Filen {name} står ikke i manifestet.")));
        }
        Ok(Self { manifest, signatur, filer })
    }

    /// The names of the manifest's files, as they stand in the package.
    pub fn filer(&self) -> Vec<&str> {
        self.filer.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// The SHA-256 of each file's name and content, of the manifest as it says, and of nothing that is made anew each time a package is
    /// signed and encrypted: two packages of one letter have the same.
    pub fn fingeravtrykk(&self) -> Vec<u8> {
        let mut all = Context::new(&SHA256);
        all.update(format!("{:?}", self.manifest).as_bytes());
        for (name, content) in &self.filer {
            all.update(digest(&SHA256, name.as_bytes()).as_ref());
            all.update(digest(&SHA256, content).as_ref());
        }
        all.finish().as_ref().to_vec()
    }

    /// The content of a file of the manifest.
    pub fn fil(&self, href: &str) -> Option<&[u8]> {
        self.filer.iter().find(|(name, _)| name == href).map(|(_, content)| content.as_slice())
    }
}

/// One file of a package that has been read before; nothing where there is none of this name.
pub fn fil(bytes: &[u8], href: &str) -> Result<Option<Vec<u8>>, Pakkefeil> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Pakkefeil::lukket())?;
    let entry = match archive.by_name(href) {
        Ok(entry) => entry,
        Err(ZipError::FileNotFound) => return Ok(None),
        Err(_) => return Err(Pakkefeil::lukket()),
    };
    let mut content = Vec::new();
    entry.take(STOERST_UTPAKKET).read_to_end(&mut content).map_err(|_| Pakkefeil::lukket())?;
    Ok(Some(content))
}

fn unpack(bytes: &[u8]) -> Result<Vec<(String, Vec<u8>)>, Pakkefeil> {
    let unreadable = Pakkefeil::lukket;
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| unreadable())?;
    if archive.len() > FLEST_FILER {
        return Err(Pakkefeil::new(format!("Dokumentpakken har mer enn {FLEST_FILER} filer.")));
    }
    // The crate keeps one of several entries of a name, and another reader may keep another.
    let twice = || Pakkefeil::new("To filer i dokumentpakken har samme navn.");
    if archive.has_duplicate_names() {
        return Err(twice());
    }
    let mut room = STOERST_UTPAKKET;
    let mut filer = Vec::with_capacity(archive.len());
    for place in 0..archive.len() {
        let mut entry = archive.by_index(place).map_err(|_| unreadable())?;
        if entry.is_dir() {
            continue;
        }
        let name = entry.name().map_err(|_| unreadable())?.into_owned();
        let inside = entry.enclosed_name().is_some_and(|path| path.to_str() == Some(name.as_str()));
        if !inside || name.contains(['\\', '\0']) {
            return Err(Pakkefeil::new("Et filnavn i dokumentpakken fører ut av pakken."));
        }
        // The same name in another encoding.
        if filer.iter().any(|(known, _)| *known == name) {
            return Err(twice());
        }
        let mut content = Vec::new();
        // Not by the size that the entry tells: that is the sender's word.
        let read = entry.by_ref().take(room + 1).read_to_end(&mut content).map_err(|_| unreadable())?;
        room = room.checked_sub(read as u64).ok_or_else(|| {
            Pakkefeil::new(format!("Dokumentpakken er større enn {STOERST_UTPAKKET} byte når den pakkes ut."))
        })?;
        filer.push((name, content));
    }
    Ok(filer)
}

/// Makes a package of documents (name and content, each named in the manifest), signed now.
pub fn skriv(
    manifest: &Manifest,
    filer: &[(&str, &[u8])],
    signer: &Certified,
    now: Timestamp,
) -> Result<Vec<u8>, Pakkefeil> {
    let beskrivelse = manifest.skriv()?;
    let mut signed = vec![(manifest::FIL, "application/xml", beskrivelse.as_slice())];
    for fil in manifest.filer() {
        let content = filer.iter().find(|(name, _)| *name == fil.href);
        let (name, content) =
            content.ok_or_else(|| Pakkefeil::new(format!("Filen {} i manifestet mangler.", fil.href)))?;
        signed.push((name, fil.mime.as_str(), content));
    }
    let signatur = xades::signer(&signed, signer, now)?;
    pack(signed.iter().map(|(name, _, content)| (*name, *content)), &signatur)
        .map_err(|_| Pakkefeil::new("Dokumentpakken kan ikke skrives."))
}

fn pack<'a>(
    filer: impl Iterator<Item = (&'a str, &'a [u8])>,
    signatur: &'a [u8],
) -> zip::result::ZipResult<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    writer.start_file(MIMETYPE, stored)?;
    writer.write_all(ASICE.as_bytes())?;
    let deflated = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, content) in filer.chain([(xades::FIL, signatur)]) {
        writer.start_file(name, deflated)?;
        writer.write_all(content)?;
    }
    writer.set_comment(format!("{MIMETYPE}={ASICE}"))?;
    Ok(writer.finish()?.into_inner())
}
