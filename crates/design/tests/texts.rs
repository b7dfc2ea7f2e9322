//! Every text that the code asks for stands in the files.
#![allow(clippy::unwrap_used, reason = "helpers of a test")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use design::Lang;

/// The crates that have pages.
const PAGES: [&str; 4] = ["design", "idporten", "portal", "testpersoner"];

fn sources(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            found.push(path);
        }
    }
}

/// The keys that a source names: in `.t("…")`, `.with("…"` and `key("…")`, also where the call is broken over lines.
fn keys(source: &str) -> impl Iterator<Item = &str> {
    let starts = [".t(", ".with(", "key("];
    starts.into_iter().flat_map(move |start| {
        source.match_indices(start).filter_map(move |(at, _)| {
            let rest = source.get(at + start.len()..)?.trim_start().strip_prefix('"')?;
            rest.split('"').next()
        })
    })
}

fn used() -> BTreeSet<String> {
    let mut found = Vec::new();
    for page in PAGES {
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(page).join("src"), &mut found);
    }
    let mut used = BTreeSet::new();
    for path in found {
        let text = fs::read_to_string(&path).unwrap();
        // The tests at a file's end and the words of comments are no use of a text.
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let lines: Vec<&str> = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        let code = lines.join("\n");
        used.extend(keys(&code).map(str::to_owned));
    }
    used
}

#[test]
fn every_text_that_the_code_asks_for_exists_in_bokmaal() {
    let missing: Vec<String> = used().into_iter().filter(|key| !Lang::NB.has(key)).collect();
    assert!(missing.is_empty(), "content/texts/nb lacks {missing:#?}");
    assert!(used().len() > 5, "the test finds no keys");
}
