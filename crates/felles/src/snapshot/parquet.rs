//! Parquet: some typed columns for whoever counts and filters, and the whole line in the column `linje`. Only that one is read
//! again.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use jiff::civil::{Date, date};
use parquet::basic::{Compression, Type};
use parquet::column::reader::ColumnReader;
use parquet::data_type::{ByteArray, ByteArrayType, DataType, Int32Type, Int64Type};
use parquet::errors::Result;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::ColumnPath;

/// The column of whole lines.
const LINE: &str = "linje";
/// Rows of one row group: what is held in memory.
const ROWS: usize = 10_000;
/// No row is added to a group whose lines have so many bytes.
const BYTES: usize = 32 << 20;
/// Rows that are read at once.
const READ: usize = 500;

/// A column of things of a kind.
pub trait Column<T> {
    /// As the schema says it.
    fn schema(&self) -> String;
    /// Takes what a thing has in this column.
    fn push(&mut self, thing: &T);
    /// Writes what was taken since the last time.
    fn write(&mut self, writer: &mut SerializedColumnWriter<'_>) -> Result<()>;
}

/// Columns.
pub type Columns<T> = Vec<Box<dyn Column<T>>>;

struct Typed<D: DataType, F> {
    schema: String,
    get: F,
    values: Vec<D::T>,
    /// For each row 1 where there is a value, otherwise 0.
    defined: Vec<i16>,
}

impl<T, D: DataType, F: Fn(&T) -> Option<D::T>> Column<T> for Typed<D, F> {
    fn schema(&self) -> String {
        self.schema.clone()
    }

    fn push(&mut self, thing: &T) {
        let value = (self.get)(thing);
        self.defined.push(i16::from(value.is_some()));
        self.values.extend(value);
    }

    fn write(&mut self, writer: &mut SerializedColumnWriter<'_>) -> Result<()> {
        writer.typed::<D>().write_batch(&self.values, Some(&self.defined), None)?;
        self.values.clear();
        self.defined.clear();
        Ok(())
    }
}

fn column<T, D: DataType>(schema: String, get: impl Fn(&T) -> Option<D::T> + 'static) -> Box<dyn Column<T>> {
    Box::new(Typed::<D, _> { schema, get, values: Vec::new(), defined: Vec::new() })
}

/// A column of texts.
pub fn text<T>(name: &str, get: impl Fn(&T) -> Option<String> + 'static) -> Box<dyn Column<T>> {
    let schema = format!("optional binary {name} (STRING);");
    column::<T, ByteArrayType>(schema, move |thing| get(thing).map(|text| text.into_bytes().into()))
}

/// A column of days.
pub fn day<T>(name: &str, get: impl Fn(&T) -> Option<Date> + 'static) -> Box<dyn Column<T>> {
    let schema = format!("optional int32 {name} (DATE);");
    let days = |day: Date| (day - date(1970, 1, 1)).get_days();
    column::<T, Int32Type>(schema, move |thing| get(thing).map(days))
}

/// A column of whole numbers.
pub fn number<T>(name: &str, get: impl Fn(&T) -> Option<i64> + 'static) -> Box<dyn Column<T>> {
    column::<T, Int64Type>(format!("optional int64 {name};"), get)
}

/// Writes a file, a row group at a time.
pub struct Writer<T, W: Write + Send> {
    file: SerializedFileWriter<W>,
    columns: Columns<T>,
    lines: Vec<ByteArray>,
    bytes: usize,
}

impl<T, W: Write + Send> Writer<T, W> {
    /// Begins a file of things called `name`.
    pub fn new(out: W, name: &str, columns: Columns<T>) -> Result<Self> {
        let described: String = columns.iter().map(|column| column.schema()).collect();
        let name = name.replace('-', "_");
        let schema = parse_message_type(&format!(
            "message {name} {{ {described} required binary {LINE} (STRING); }}"
        ))?;
        let line = ColumnPath::from(LINE);
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by(concat!("felles ", env!("CARGO_PKG_VERSION")).to_owned())
            // No two lines are the same, and nobody asks for the least.
            .set_column_dictionary_enabled(line.clone(), false)
            .set_column_statistics_enabled(line, EnabledStatistics::None)
            .build();
        let file = SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties))?;
        Ok(Self { file, columns, lines: Vec::new(), bytes: 0 })
    }

    /// Adds a row.
    pub fn push(&mut self, thing: &T, line: Vec<u8>) -> Result<()> {
        for column in &mut self.columns {
            column.push(thing);
        }
        self.bytes += line.len();
        self.lines.push(line.into());
        if self.lines.len() >= ROWS || self.bytes >= BYTES { self.write() } else { Ok(()) }
    }

    /// Ends the file.
    pub fn end(mut self) -> Result<W> {
        if !self.lines.is_empty() {
            self.write()?;
        }
        self.file.into_inner()
    }

    fn write(&mut self) -> Result<()> {
        let mut group = self.file.next_row_group()?;
        let mut columns = self.columns.iter_mut();
        while let Some(mut writer) = group.next_column()? {
            match columns.next() {
                Some(column) => column.write(&mut writer)?,
                None => {
                    writer.typed::<ByteArrayType>().write_batch(&self.lines, None, None)?;
                }
            }
            writer.close()?;
        }
        group.close()?;
        self.lines.clear();
        self.bytes = 0;
        Ok(())
    }
}

/// A file that is read.
pub struct Reader {
    file: SerializedFileReader<File>,
    /// The place of the column of lines.
    line: usize,
}

impl Reader {
    /// Opens a file; an error where it is not whole, or has no lines.
    pub fn open(path: &Path, file: File) -> anyhow::Result<Self> {
        let damaged = || format!("{} is not a whole Parquet file", path.display());
        let file = SerializedFileReader::new(file).with_context(damaged)?;
        let schema = file.metadata().file_metadata().schema_descr();
        let fits = |at: &usize| {
            let column = schema.column(*at);
            column.path().string() == LINE
                && column.physical_type() == Type::BYTE_ARRAY
                && column.max_rep_level() == 0
        };
        let line = (0..schema.num_columns()).find(fits);
        let line = line.with_context(|| format!("{} has no text column {LINE}", path.display()))?;
        Ok(Self { file, line })
    }

    /// How many rows it has.
    pub fn rows(&self) -> u64 {
        self.file.metadata().file_metadata().num_rows().unsigned_abs()
    }

    /// Gives the lines in order, `None` for a row without one, until `each` wants no more.
    pub fn lines(&self, each: &mut dyn FnMut(Option<&[u8]>) -> bool) -> anyhow::Result<()> {
        for group in 0..self.file.num_row_groups() {
            let ColumnReader::ByteArrayColumnReader(mut column) =
                self.file.get_row_group(group)?.get_column_reader(self.line)?
            else {
                bail!("the column {LINE} is no text");
            };
            let optional =
                self.file.metadata().file_metadata().schema_descr().column(self.line).max_def_level();
            loop {
                let (mut lines, mut defined) = (Vec::with_capacity(READ), Vec::with_capacity(READ));
                let (rows, ..) = column.read_records(READ, Some(&mut defined), None, &mut lines)?;
                if rows == 0 {
                    break;
                }
                let mut lines = lines.iter();
                for row in 0..rows {
                    let there = optional == 0 || defined.get(row) == Some(&optional);
                    let line = if there { lines.next().map(ByteArray::data) } else { None };
                    if !each(line) {
                        return Ok(());
                    }
                }
            }
        }
        Ok(())
    }
}
