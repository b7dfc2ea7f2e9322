//! `docs/conformance.md` marks nothing as done that no test shows: every test that it names is in the source.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that meets the unexpected stops")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The modules of the plan for basic OPs, which are those for form post too.
const BASIC: [&str; 38] = [
    "oidcc-server",
    "oidcc-response-type-missing",
    "oidcc-idtoken-signature",
    "oidcc-idtoken-unsigned",
    "oidcc-userinfo-get",
    "oidcc-userinfo-post-header",
    "oidcc-userinfo-post-body",
    "oidcc-ensure-request-without-nonce-succeeds-for-code-flow",
    "oidcc-scope-profile",
    "oidcc-scope-email",
    "oidcc-scope-address",
    "oidcc-scope-phone",
    "oidcc-scope-all",
    "oidcc-alternate-happy-flow",
    "oidcc-display-page",
    "oidcc-display-popup",
    "oidcc-prompt-login",
    "oidcc-prompt-none-not-logged-in",
    "oidcc-prompt-none-logged-in",
    "oidcc-max-age-1",
    "oidcc-max-age-10000",
    "oidcc-ensure-request-with-unknown-parameter-succeeds",
    "oidcc-id-token-hint",
    "oidcc-login-hint",
    "oidcc-ui-locales",
    "oidcc-claims-locales",
    "oidcc-ensure-request-with-acr-values-succeeds",
    "oidcc-codereuse",
    "oidcc-codereuse-30seconds",
    "oidcc-ensure-registered-redirect-uri",
    "oidcc-ensure-post-request-succeeds",
    "oidcc-server-client-secret-post",
    "oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported",
    "oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported",
    "oidcc-claims-essential",
    "oidcc-ensure-request-object-with-redirect-uri",
    "oidcc-refresh-token",
    "oidcc-ensure-request-with-valid-pkce-succeeds",
];

/// The modules of the plan for FAPI 2.0 that are of our variant, without what all begin with.
const FAPI: [&str; 52] = [
    "discovery-end-point-verification",
    "happy-flow",
    "user-rejects-authentication",
    "ensure-authorization-request-without-state-success",
    "ensure-authorization-request-without-nonce-success",
    "ensure-authorization-request-with-64-char-nonce-success",
    "ensure-other-scope-order-succeeds",
    "test-claims-parameter-identity-claims",
    "access-token-type-header-case-sensitivity",
    "check-dpop-proof-nbf-exp",
    "ensure-dpopproof-with-iat-10seconds-before-succeeds",
    "ensure-dpopproof-with-iat-10seconds-after-succeeds",
    "ensure-mismatched-dpop-jkt-fails",
    "ensure-token-endpoint-fails-with-mismatched-dpop-proof-jkt",
    "ensure-token-endpoint-fails-with-mismatched-dpop-jkt",
    "ensure-dpopproof-at-par-endpoint-binding-success",
    "ensure-dpop-auth-code-binding-success",
    "ensure-different-nonce-inside-and-outside-request-object",
    "ensure-different-state-inside-and-outside-request-object",
    "ensure-authorization-request-with-long-nonce",
    "ensure-authorization-request-with-long-state",
    "state-only-outside-request-object-not-used",
    "ensure-request-object-without-redirect-uri-fails",
    "plain-fapi-tolerate-unregistered-redirect-uri",
    "ensure-unsigned-authorization-request-without-using-par-fails",
    "ensure-redirect-uri-in-authorization-request",
    "ensure-response-type-code-idtoken-fails",
    "ensure-response-type-token-fails",
    "ensure-client-id-in-token-endpoint",
    "ensure-holder-of-key-required",
    "ensure-authorization-code-is-bound-to-client",
    "attempt-reuse-authorization-code-after-one-second",
    "ensure-token-endpoint-fails-with-expired-auth-code",
    "ensure-signed-client-assertion-with-RS256-fails",
    "ensure-client-assertion-in-token-endpoint",
    "ensure-client-assertion-with-exp-is-5-minutes-in-past-fails",
    "ensure-client-assertion-with-wrong-aud-fails",
    "ensure-client-assertion-with-no-sub-fails",
    "ensure-invalid-client-assertions-fail",
    "dpop-negative-tests",
    "refresh-token",
    "par-ensure-reused-request-uri-prior-to-auth-completion-succeeds",
    "par-attempt-reuse-request_uri",
    "par-attempt-to-use-expired-request_uri",
    "par-attempt-to-use-request_uri-for-different-client",
    "par-authorization-request-containing-request_uri-form-param",
    "par-attempt-invalid-http-method",
    "par-ensure-pkce-required",
    "ensure-pkce-code-verifier-required",
    "incorrect-pkce-code-verifier-rejected",
    "par-plain-pkce-rejected",
    "par-without-duplicate-parameters",
];
/// What all modules of FAPI 2.0 begin with.
const FAPI_PREFIX: &str = "fapi2-security-profile-final-";

/// The modules of the suite's plans that are listed, as the plans of the conformance suite name them.
const PLANS: [(&str, &[&str]); 6] = [
    ("oidcc-basic-certification-test-plan", &BASIC),
    ("oidcc-config-certification-test-plan", &["oidcc-discovery-endpoint-verification"]),
    ("oidcc-formpost-basic-certification-test-plan", &BASIC),
    (
        "oidcc-rp-initiated-logout-certification-test-plan",
        &[
            "oidcc-rp-initiated-logout-discovery-endpoint-verification",
            "oidcc-rp-initiated-logout",
            "oidcc-rp-initiated-logout-bad-post-logout-redirect-uri",
            "oidcc-rp-initiated-logout-modified-id-token-hint",
            "oidcc-rp-initiated-logout-no-id-token-hint",
            "oidcc-rp-initiated-logout-no-params",
            "oidcc-rp-initiated-logout-no-post-logout-redirect-uri",
            "oidcc-rp-initiated-logout-no-state",
            "oidcc-rp-initiated-logout-only-state",
            "oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri",
            "oidcc-rp-initiated-logout-bad-id-token-hint",
        ],
    ),
    (
        "oidcc-frontchannel-rp-initiated-logout-certification-test-plan",
        &[
            "oidcc-frontchannel-logout-discovery-endpoint-verification",
            "oidcc-frontchannel-rp-initiated-logout",
        ],
    ),
    ("fapi2-security-profile-final-test-plan", &FAPI),
];

/// A row of a table: its cells, and under which heading it stands.
struct Row {
    heading: String,
    cells: Vec<String>,
}

fn rows(document: &str) -> Vec<Row> {
    let mut heading = String::new();
    let mut rows = Vec::new();
    for line in document.lines() {
        if let Some(title) = line.strip_prefix("## ") {
            title.clone_into(&mut heading);
        }
        let Some(cells) = line.strip_prefix('|').and_then(|line| line.strip_suffix('|')) else { continue };
        let cells: Vec<String> = cells.split('|').map(|cell| cell.trim().to_owned()).collect();
        if cells[0].starts_with('`') {
            rows.push(Row { heading: heading.clone(), cells });
        }
    }
    rows
}

/// What stands in backticks.
fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// The names of the tests of a file.
fn tests_of(path: &Path) -> BTreeSet<String> {
    let source = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut found = BTreeSet::new();
    let mut is_test = false;
    for line in source.lines().map(str::trim) {
        match line {
            "#[test]" => is_test = true,
            _ if line.starts_with("#[tokio::test") => is_test = true,
            _ if line.starts_with("#[ignore") => is_test = false,
            _ if line.starts_with("#[") => {}
            _ => {
                let name = line.split("fn ").nth(1).and_then(|after| after.split(['(', '<']).next());
                found.extend(name.filter(|_| is_test).map(str::to_owned));
                is_test = false;
            }
        }
    }
    found
}

#[test]
fn every_test_that_the_document_names_is_there() {
    let document = fs::read_to_string(root().join("docs/conformance.md")).unwrap();
    let mut files: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut named = 0;
    for row in rows(&document) {
        let [_, state, _, tests] = row.cells.as_slice() else { panic!("not four cells: {:?}", row.cells) };
        let tests = quoted(tests);
        match state.as_str() {
            "yes" => assert!(!tests.is_empty(), "{} is marked as done and names no test", row.cells[0]),
            "no" | "n/a" => {}
            other => panic!("{other} is no state"),
        }
        for test in tests {
            let (file, name) = test.split_once("::").unwrap_or_else(|| panic!("{test} is not file::test"));
            let path =
                if file.contains('/') { file.to_owned() } else { format!("crates/idporten/tests/{file}") };
            let known = files.entry(path.clone()).or_insert_with(|| tests_of(&root().join(&path)));
            assert!(known.contains(name), "{path} has no test {name}");
            named += 1;
        }
    }
    assert!(named > 60, "only {named} tests are named: the tables are not read");
}

#[test]
fn every_module_of_the_plans_has_its_row() {
    let document = fs::read_to_string(root().join("docs/conformance.md")).unwrap();
    let rows = rows(&document);
    for (plan, modules) in PLANS {
        let listed: Vec<&str> = rows
            .iter()
            .filter(|row| row.heading.contains(plan))
            .map(|row| quoted(&row.cells[0])[0])
            .map(|name| name.strip_prefix(FAPI_PREFIX).unwrap_or(name))
            .collect();
        for module in modules {
            assert_eq!(listed.iter().filter(|row| *row == module).count(), 1, "{module} of {plan}");
        }
        assert_eq!(listed.len(), modules.len(), "{plan} has rows that are no modules of it");
    }
}
