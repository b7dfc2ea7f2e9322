//! The installation's secrets: files that only its user reads, in `secrets/` of the data directory.

use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use kernel::jose::KeyEncryptionKey;
use kernel::rng::Rng;

/// The directory of secrets.
#[derive(Debug, Clone)]
pub struct Secrets(PathBuf);

impl Secrets {
    /// The secrets of the installation in `data`.
    pub fn of(data: &Path) -> Self {
        Self(data.join("secrets"))
    }

    /// Where they lie, for messages.
    pub fn directory(&self) -> std::path::Display<'_> {
        self.0.display()
    }

    /// The secret of 32 bytes with this name; made the first time.
    pub fn bytes(&self, name: &str, rng: &Rng) -> anyhow::Result<[u8; 32]> {
        let text = if let Some(text) = self.read(name)? {
            text
        } else {
            let mut text = String::new();
            for byte in rng.bytes::<32>() {
                write!(text, "{byte:02x}")?;
            }
            self.write(name, &text)?;
            text
        };
        let text = text.trim();
        ensure!(text.len() == 64 && text.is_ascii(), "the secret {name} is not 32 bytes in hexadecimal");
        let mut bytes = [0; 32];
        for (place, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[place * 2..place * 2 + 2], 16)
                .context("the secret is not hexadecimal")?;
        }
        Ok(bytes)
    }

    /// The key that seals what the stores keep secret, of an installation that is there already.
    pub fn master(&self) -> anyhow::Result<KeyEncryptionKey> {
        ensure!(
            self.read("master")?.is_some(),
            "there is no master key in {}: has `felles up` run with this --data?",
            self.directory()
        );
        Ok(KeyEncryptionKey::from_bytes(&self.bytes("master", &Rng::system())?)?)
    }

    /// The text kept under this name.
    pub fn read(&self, name: &str) -> anyhow::Result<Option<String>> {
        let path = self.0.join(name);
        match std::fs::read_to_string(&path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
        }
    }

    /// Keeps a text.
    pub fn write(&self, name: &str, text: &str) -> anyhow::Result<()> {
        std::fs::create_dir_all(&self.0)?;
        write_private(&self.0.join(name), text)
    }
}

/// Writes a file that this user alone can read, whole or not at all.
pub fn write_private(path: &Path, text: &str) -> anyhow::Result<()> {
    let mut new = path.as_os_str().to_owned();
    new.push(".new");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&new, path).with_context(|| format!("cannot write {}", path.display()))
}
