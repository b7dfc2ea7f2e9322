//! Fetches the design system from npm into the build directory and collects the texts, so that the program embeds both.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What says which packages, in which versions. Nothing else is read from the source tree's `npm/`.
const PACKAGES: [&str; 3] = ["package.json", "package-lock.json", ".npmrc"];
/// Style sheets in the order of their layers; our own comes last and decides.
const STYLES: [&str; 2] = [
    "@digdir/designsystemet-theme/src/themes/designsystemet.css",
    "@digdir/designsystemet-css/dist/src/index.css",
];
/// Files that are served as they are, and the names they are served under.
const FILES: [(&str, &str); 2] = [
    ("@fontsource-variable/inter/files/inter-latin-wght-normal.woff2", "inter-latin.woff2"),
    ("@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2", "inter-latin-ext.woff2"),
];
/// The design system's scripts that our pages use, and what those import.
const SCRIPTS: [&str; 5] = [
    "clickdelegatefor/clickdelegatefor.js",
    "error-summary/error-summary.js",
    "field/field.js",
    "packages/web/package.js",
    "utils/utils.js",
];
/// Compresses its arguments into files beside them.
const COMPRESS: &str = "const fs = require('fs'), zlib = require('zlib');
for (const file of process.argv.slice(1)) fs.writeFileSync(file + '.br', zlib.brotliCompressSync(fs.readFileSync(file)));";

fn main() -> Result<(), Box<dyn Error>> {
    let source = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    assets(&source, &out)?;
    texts(&source.join("../../content/texts"), &out)
}

fn assets(source: &Path, out: &Path) -> Result<(), Box<dyn Error>> {
    let npm = out.join("npm");
    fs::create_dir_all(&npm)?;
    for name in PACKAGES {
        let file = source.join("npm").join(name);
        println!("cargo::rerun-if-changed={}", file.display());
        fs::copy(&file, npm.join(name))?;
    }
    run(Command::new("npm").args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(&npm))?;

    let modules = npm.join("node_modules");
    let own = source.join("assets/felles.css");
    println!("cargo::rerun-if-changed={}", own.display());
    let mut css = String::new();
    for path in STYLES.iter().map(|name| modules.join(name)).chain([own]) {
        css += fs::read_to_string(&path)
            .map_err(|error| format!("{}: {error}", path.display()))?
            .trim_start_matches("@charset \"UTF-8\";");
        css.push('\n');
    }
    fs::write(out.join("felles.css"), css)?;
    let scripts =
        SCRIPTS.map(|name| (format!("@digdir/designsystemet-web/dist/esm/{name}"), format!("web/{name}")));
    let files = FILES.map(|(from, to)| (from.to_owned(), to.to_owned()));
    for (from, to) in files.into_iter().chain(scripts) {
        let (from, to) = (modules.join(from), out.join(to));
        fs::create_dir_all(to.parent().unwrap_or(out))?;
        fs::copy(&from, to).map_err(|error| format!("{}: {error}", from.display()))?;
    }
    run(Command::new("node").args(["-e", COMPRESS, "felles.css"]).current_dir(out))
}

/// Runs a tool of Node.js; an error says what was tried and what it answered.
fn run(command: &mut Command) -> Result<(), Box<dyn Error>> {
    let tool = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| {
        format!("`{tool}` does not start ({error}). The pages' design system comes from npm: install Node.js 20 or newer.")
    })?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("`{tool}` ended with {} while fetching the pages' design system:\n{said}", output.status)
        .into())
}

/// Writes a table of every text file: language, file, contents.
fn texts(directory: &Path, out: &Path) -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={}", directory.display());
    let mut table = String::from("&[\n");
    for language in sorted(directory)? {
        let tag = language.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for file in
            sorted(&language)?.iter().filter(|file| file.extension().is_some_and(|kind| kind == "ftl"))
        {
            let (name, path) = (file.file_name().unwrap_or_default().to_string_lossy(), file.canonicalize()?);
            println!("cargo::rerun-if-changed={}", file.display());
            writeln!(table, "    ({tag:?}, {name:?}, include_str!({:?})),", path.display().to_string())?;
        }
    }
    fs::write(out.join("texts.rs"), table + "]\n")?;
    Ok(())
}

fn sorted(directory: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let entries = fs::read_dir(directory).map_err(|error| format!("{}: {error}", directory.display()))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, std::io::Error>>()?;
    paths.sort();
    Ok(paths)
}
