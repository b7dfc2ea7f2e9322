//! `felles import`: registers from files, line by line: what is refused is told, the rest is loaded.

use std::ops::Range;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail, ensure};
use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum as _};
use clients::Mesh;
use kernel::clock::Clock;
use kernel::rng::Rng;
use kernel::telemetry;
use serde_json::Value;
use tokio::sync::mpsc;

use super::nation::Progress;
use crate::config::{Config, Options, Serving};
use crate::internal::LOADER;
use crate::loading::{Batch, Loader, registers};
use crate::server::Server;
use crate::snapshot::Format;
use crate::snapshot::read::{Found, Source};

/// The command's flags.
#[derive(Debug, Args)]
pub struct Import {
    /// Files (REGISTER.jsonl, REGISTER.parquet), or directories of them
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Whose lines these are: of a directory this register's file alone, of a file whatever it is called
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(registers()))]
    register: Option<String>,
    /// The Felles to load by HTTP [default: this installation's stores]
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    // The client that loads is among the installation's keys.
    #[command(flatten)]
    options: Options,
}

/// A file and whose it is.
struct Input {
    path: PathBuf,
    register: &'static str,
    source: Source,
}

/// How many lines were read, and how many of them refused.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    read: u64,
    refused: u64,
}

impl Import {
    /// Runs the command.
    pub async fn run(self) -> anyhow::Result<()> {
        telemetry::init(&self.options.log, self.options.log_format());
        let inputs = self.inputs()?;
        let mut names: Vec<&str> = inputs.iter().map(|input| input.register).collect();
        names.dedup();
        let loader = match &self.url {
            Some(url) => self.remote(url, &names)?,
            None => self.local(&names).await?,
        };
        let mut refused = 0;
        for Input { path, register, source } in inputs {
            let count = load(&loader, &path, register, source).await?;
            super::say(&format!(
                "{register}: {} lines read, {} taken, {} refused",
                count.read,
                count.read - count.refused,
                count.refused
            ));
            refused += count.refused;
        }
        match refused {
            0 => Ok(()),
            1 => bail!("one line was refused"),
            _ => bail!("{refused} lines were refused"),
        }
    }

    /// The files, all of which can be opened, by the order in which registers are loaded.
    fn inputs(&self) -> anyhow::Result<Vec<Input>> {
        let mut inputs = Vec::new();
        for path in &self.paths {
            let found = if path.is_dir() { self.in_directory(path)? } else { vec![self.whose(path)?] };
            ensure!(!found.is_empty(), "{} has no file of a register that loads", path.display());
            for (path, register) in found {
                let source = Source::open(&path)?;
                inputs.push(Input { path, register, source });
            }
        }
        inputs.sort_by_key(|input| registers().position(|register| register == input.register));
        Ok(inputs)
    }

    fn in_directory(&self, directory: &Path) -> anyhow::Result<Vec<(PathBuf, &'static str)>> {
        let mut found = Vec::new();
        for register in registers().filter(|name| self.register.as_ref().is_none_or(|wanted| wanted == name))
        {
            let file = |format: &Format| directory.join(format!("{register}.{}", format.extension()));
            let before = found.len();
            let files = Format::value_variants().iter().map(file).filter(|file| file.exists());
            found.extend(files.map(|file| (file, register)));
            ensure!(
                found.len() < before + 2,
                "{} has {register} as .jsonl and as .parquet: name the one that is meant",
                directory.display()
            );
        }
        Ok(found)
    }

    fn whose(&self, path: &Path) -> anyhow::Result<(PathBuf, &'static str)> {
        let named = self.register.as_deref().or_else(|| path.file_stem()?.to_str());
        let register = registers().find(|register| named == Some(*register));
        let register = register
            .with_context(|| format!("{}: whose lines are these? Say it with --register", path.display()))?;
        Ok((path.to_owned(), register))
    }

    /// By HTTP, so that a request must not take long: everyone is found by search at once.
    fn remote(&self, url: &str, names: &[&str]) -> anyhow::Result<Loader> {
        let mut names = names.to_vec();
        names.push(maskinporten::NAME);
        let mesh = Mesh::remote(url, &names);
        let (clock, rng) = (Clock::system(), Rng::system());
        let tokens = super::tokens(&mesh, url, &self.options.data, LOADER.name, &clock, &rng)?;
        Ok(Loader { mesh, tokens, found_later: false })
    }

    /// Into the stores, by the registers themselves in this process.
    async fn local(&self, names: &[&str]) -> anyhow::Result<Loader> {
        let only: Vec<String> =
            names.iter().chain([&maskinporten::NAME]).map(|name| (*name).to_owned()).collect();
        let (config, mut file) = Config::new(&self.options, &Serving::default(), &only)?;
        if file.nation.is_none() && !file.imported {
            file.imported = true;
            file.write(&config.data)?;
        }
        let server = Server::build(&config).await?;
        let (mesh, tokens) = (server.shared.mesh().clone(), server.shared.tokens(LOADER)?);
        Ok(Loader { mesh, tokens, found_later: true })
    }
}

/// Lines of a file that were read together.
#[derive(Default)]
struct Chunk {
    batch: Batch,
    /// Their numbers in the file.
    numbers: Vec<u64>,
    /// The numbers of those that go to no register, and why.
    unfit: Vec<Refused>,
    /// How much of the file has been read.
    done: u64,
}

/// A line's number, and why it is not taken.
type Refused = (u64, String);
/// Most lines of a chunk that go to no register.
const UNFIT: usize = 1000;

/// Loads a file. It is read on a thread of its own, no faster than the register takes it.
async fn load(loader: &Loader, path: &Path, register: &'static str, source: Source) -> anyhow::Result<Count> {
    let size = source.size();
    let (sender, mut chunks) = mpsc::channel(1);
    let reader = std::thread::Builder::new()
        .name("import".to_owned())
        .spawn(move || read(source, &sender))
        .context("cannot start a thread")?;
    let mut count = Count::default();
    let mut progress = Progress::new(format!("Loading {register}"));
    while let Some(chunk) = chunks.recv().await {
        let mut refused = chunk.unfit;
        count.read += (chunk.numbers.len() + refused.len()) as u64;
        let taken = take(loader, register, &chunk.batch, &chunk.numbers, &mut refused).await;
        refused.sort_unstable();
        for (number, why) in &refused {
            progress.above(&format!("{}:{number}: {why}", path.display()));
        }
        count.refused += refused.len() as u64;
        let from = chunk.numbers.first().copied().unwrap_or_default();
        taken.with_context(|| {
            format!("{} is broken off at line {from}; the import can be repeated", path.display())
        })?;
        progress.show(chunk.done, size);
    }
    if register == folkeregister::NAME && loader.found_later {
        loader.found().await?;
    }
    let damaged = || format!("{} cannot be read to its end", path.display());
    reader.join().map_err(|_| anyhow!("it is damaged")).and_then(|read| read).with_context(damaged)?;
    progress.end();
    Ok(count)
}

/// Reads the chunks, until all are read or nobody takes them any more.
fn read(source: Source, chunks: &mpsc::Sender<Chunk>) -> anyhow::Result<()> {
    let mut chunk = Chunk::default();
    let whole = source.read(&mut |Found { number, line, done }| {
        chunk.done = done;
        match line {
            Ok(line) => {
                chunk.batch.push(line);
                chunk.numbers.push(number);
            }
            Err(why) => chunk.unfit.push((number, why.to_owned())),
        }
        let full = chunk.batch.is_full() || chunk.unfit.len() >= UNFIT;
        !full || chunks.blocking_send(std::mem::take(&mut chunk)).is_ok()
    });
    // Nobody takes them where the import has been broken off.
    let _ = chunks.blocking_send(chunk);
    whole
}

/// Has a register take lines, of these numbers. What it refuses is halved, down to the lines that it will not have.
async fn take(
    loader: &Loader,
    register: &str,
    batch: &Batch,
    numbers: &[u64],
    refused: &mut Vec<Refused>,
) -> anyhow::Result<()> {
    // Lines may need those before them: the earliest part lies on top.
    let mut parts: Vec<Range<usize>> = std::iter::once(0..numbers.len()).collect();
    while let Some(part) = parts.pop() {
        if part.is_empty() {
            continue;
        }
        let Err(refusal) = loader.send(register, batch.part(&part).to_vec(), part.len()).await? else {
            continue;
        };
        if part.len() == 1 {
            refused.push((numbers[part.start], reason(&refusal)));
        } else {
            let middle = part.start + part.len() / 2;
            parts.extend([middle..part.end, part.start..middle]);
        }
    }
    Ok(())
}

/// Why a register refuses a single line, in its words: what it says first of all in its own form, and the line's place in the
/// request left out.
fn reason(refusal: &str) -> String {
    const WHERE: [&str; 5] =
        ["/valideringsfeil/0/feilmelding", "/detail", "/melding", "/message", "/feilmelding"];
    let answer: Value = serde_json::from_str(refusal).unwrap_or_default();
    let words = WHERE.iter().find_map(|place| answer.pointer(place)?.as_str()).unwrap_or(refusal);
    let first = ["linje 1: ", "Linje 1: "].into_iter().find_map(|place| words.strip_prefix(place));
    first.unwrap_or(words).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_in_the_registers_words() {
        for (refusal, words) in [
            (r#"{"kode":"FREG-002","melding":"linje 1: navn har feil form."}"#, "navn har feil form."),
            (
                r#"{"feilmelding":"Feilaktig forespørsel","valideringsfeil":[{"feilmelding":"Linje 1: enhet.navn mangler"}]}"#,
                "enhet.navn mangler",
            ),
            (r#"{"title":"Ugyldig forespørsel","detail":"Linje 1: spraak: kan ikke"}"#, "spraak: kan ikke"),
            (r#"{"message":"Linje 1: adresser.id må være over null."}"#, "adresser.id må være over null."),
            ("length limit exceeded", "length limit exceeded"),
        ] {
            assert_eq!(reason(refusal), words);
        }
    }
}
