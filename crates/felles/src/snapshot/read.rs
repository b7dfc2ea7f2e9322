//! The lines of a file, with their numbers.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;

use anyhow::{Context as _, bail};
use clap::ValueEnum as _;

use super::Format;
use super::parquet::Reader;

/// Longest line that is read; no register takes as much.
const LONGEST: u64 = 64 << 20;

/// A file of lines.
pub enum Source {
    /// A line each, and how many bytes it has.
    Jsonl(File, u64),
    /// A row each.
    Parquet(Reader),
}

/// A line that was read.
pub struct Found<'a> {
    /// Its number in the file, from 1: of Parquet the row's.
    pub number: u64,
    /// The line, or why there is none.
    pub line: Result<&'a [u8], &'static str>,
    /// How much of the file has been read, of [`Source::size`].
    pub done: u64,
}

impl Source {
    /// Opens a file; its format is what its name ends with.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let extension = path.extension().unwrap_or_default();
        let format = Format::value_variants().iter().find(|format| extension == format.extension());
        let cannot = || format!("cannot read {}", path.display());
        let file = File::open(path).with_context(cannot)?;
        Ok(match format {
            Some(Format::Jsonl) => {
                let size = file.metadata().with_context(cannot)?.len();
                Self::Jsonl(file, size)
            }
            Some(Format::Parquet) => Self::Parquet(Reader::open(path, file)?),
            None => bail!("{} is neither .jsonl nor .parquet", path.display()),
        })
    }

    /// How much there is: bytes, or rows.
    pub fn size(&self) -> u64 {
        match self {
            Self::Jsonl(_, bytes) => *bytes,
            Self::Parquet(reader) => reader.rows(),
        }
    }

    /// Gives the lines in order, without empty ones, until `each` wants no more.
    pub fn read(self, each: &mut dyn FnMut(Found<'_>) -> bool) -> anyhow::Result<()> {
        match self {
            Self::Jsonl(file, _) => jsonl(file, each),
            Self::Parquet(reader) => {
                let (mut number, mut single) = (0, Vec::new());
                reader.lines(&mut |line| {
                    number += 1;
                    let line = line.filter(|line| !line.trim_ascii().is_empty());
                    let line = line.ok_or("the row has no line").map(|line| {
                        // Within JSON an end of line is a space. To the registers it ends the line.
                        single.clear();
                        single.extend(line.iter().map(|byte| if *byte == b'\n' { b' ' } else { *byte }));
                        &*single
                    });
                    each(Found { number, line, done: number })
                })
            }
        }
    }
}

fn jsonl(file: File, each: &mut dyn FnMut(Found<'_>) -> bool) -> anyhow::Result<()> {
    let mut file = BufReader::with_capacity(1 << 18, file);
    let (mut number, mut done) = (0, 0);
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = (&mut file).take(LONGEST).read_until(b'\n', &mut line)? as u64;
        if read == 0 {
            return Ok(());
        }
        number += 1;
        done += read;
        let found = if read == LONGEST && line.last() != Some(&b'\n') {
            done += skip(&mut file)?;
            Err("the line is longer than any register takes")
        } else {
            line.pop_if(|last| *last == b'\n');
            Ok(&*line)
        };
        let empty = found.is_ok_and(|line| line.trim_ascii().is_empty());
        if !empty && !each(Found { number, line: found, done }) {
            return Ok(());
        }
    }
}

/// Passes by the rest of a line; gives how many bytes that were.
fn skip(file: &mut BufReader<File>) -> std::io::Result<u64> {
    let mut skipped = 0;
    loop {
        let here = file.fill_buf()?;
        let end = here.iter().position(|byte| *byte == b'\n');
        let len = end.map_or(here.len(), |end| end + 1);
        file.consume(len);
        skipped += len as u64;
        if end.is_some() || len == 0 {
            return Ok(skipped);
        }
    }
}
