//! Who may know whom among the crates: asserted from `cargo metadata`, so that a new edge is a decision.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// What a component of the ecosystem may stand on.
const BENEATH: &[&str] = &["clients", "design", "dokumentpakke", "kernel", "letters", "process", "rules"];

/// The crates that `name` may depend on; `None` for the program itself, which knows all.
fn allowed(name: &str) -> Option<&'static [&'static str]> {
    match name {
        "felles" | "bench" => None,
        "kernel" | "letters" => Some(&[]),
        "clients" | "design" | "dokumentpakke" | "process" | "rules" => Some(&["kernel"]),
        "nation" => Some(&["clients", "kernel"]),
        _ => Some(BENEATH),
    }
}

#[test]
fn components_do_not_know_each_other() {
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&metadata.stdout).expect("cargo writes JSON");
    let packages = metadata["packages"].as_array().expect("a list of packages");
    let ours: BTreeSet<&str> = packages.iter().filter_map(|package| package["name"].as_str()).collect();
    assert!(ours.len() > 10, "the workspace was not read: {ours:?}");

    let mut wrong = BTreeMap::new();
    for package in packages {
        let name = package["name"].as_str().expect("a name");
        let Some(allowed) = allowed(name) else { continue };
        let edges = package["dependencies"].as_array().expect("a list of dependencies").iter();
        // A test may put several components together.
        let edges = edges
            .filter(|edge| edge["kind"].as_str() != Some("dev"))
            .filter_map(|edge| edge["name"].as_str());
        let beyond: Vec<&str> = edges.filter(|edge| ours.contains(edge) && !allowed.contains(edge)).collect();
        if !beyond.is_empty() {
            wrong.insert(name, beyond);
        }
    }
    assert!(wrong.is_empty(), "these crates know what they should not: {wrong:?}");
}
