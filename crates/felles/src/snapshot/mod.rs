//! Files of what registers hold: each line in the form that the register's bulk load takes, which is also that of the files of
//! `felles nation`. As JSON lines, or as Parquet.
//!
//! - `registers`: what is read of each register, and its columns in Parquet
//! - `write`: the files, each whole or not at all; `read`: their lines, with their numbers
//! - `parquet`: that format

pub mod parquet;
pub mod read;
pub mod registers;
pub mod write;

use clap::ValueEnum;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A JSON object on each line
    Jsonl,
    /// Parquet: some columns to ask by, and the whole line in the column `linje`
    Parquet,
}

impl Format {
    /// What file names end with, after the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Parquet => "parquet",
        }
    }
}
