//! The committed OpenAPI documents are what the routes say.

use std::process::Command;

#[test]
fn the_committed_documents_are_what_the_routes_say() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let output = Command::new(env!("CARGO_BIN_EXE_felles"))
        .args(["openapi", "--check"])
        .current_dir(root)
        .output()
        .expect("felles runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
