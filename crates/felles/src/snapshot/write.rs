//! A file of a register's lines: written beside its place and moved there when it is whole, for this user's eyes alone.

use std::io::{BufWriter, Write as _};
use std::path::Path;

use anyhow::Context as _;
use serde::Serialize;
use tempfile::NamedTempFile;

use super::Format;
use super::parquet::{Columns, Writer};

/// A file in the making.
pub struct Out<T> {
    sink: Sink<T>,
    /// How many lines it has.
    pub lines: u64,
}

enum Sink<T> {
    Jsonl(BufWriter<NamedTempFile>),
    Parquet(Box<Writer<T, BufWriter<NamedTempFile>>>),
}

impl<T: Serialize> Out<T> {
    /// Begins a file of the register `name` in a directory.
    pub fn new(directory: &Path, name: &str, format: Format, columns: Columns<T>) -> anyhow::Result<Self> {
        let file = NamedTempFile::new_in(directory)
            .with_context(|| format!("cannot write to {}", directory.display()))?;
        let file = BufWriter::with_capacity(1 << 18, file);
        let sink = match format {
            Format::Jsonl => Sink::Jsonl(file),
            Format::Parquet => Sink::Parquet(Box::new(Writer::new(file, name, columns)?)),
        };
        Ok(Self { sink, lines: 0 })
    }

    /// Adds a line.
    pub fn push(&mut self, thing: &T) -> anyhow::Result<()> {
        let mut line = serde_json::to_vec(thing)?;
        match &mut self.sink {
            Sink::Jsonl(file) => {
                line.push(b'\n');
                file.write_all(&line)?;
            }
            Sink::Parquet(writer) => writer.push(thing, line)?,
        }
        self.lines += 1;
        Ok(())
    }

    /// Puts the file in its place.
    pub fn end(self, path: &Path) -> anyhow::Result<()> {
        let file = match self.sink {
            Sink::Jsonl(file) => file,
            Sink::Parquet(writer) => writer.end()?,
        };
        let file = file.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        file.as_file().sync_all()?;
        file.persist(path).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(())
    }
}
