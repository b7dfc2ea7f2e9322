//! The proofs and the log, checked by an implementation that shares nothing with ours: the tree by its definition in RFC
//! 6962 § 2.1, the note by C2SP signed-note, the tiles as a stranger fetches them over HTTP.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails panics")]

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use axum::Router;
use axum::body::Body;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use kernel::id::Pid;
use kernel::log::{Access, Actor};
use kernel::testing::{TestContext, context, token};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tower::ServiceExt as _;
use transparency::{Component, MIGRATIONS};

type Hash = [u8; 32];

fn sha(parts: &[&[u8]]) -> Hash {
    Sha256::digest(parts.concat()).into()
}

/// MTH of RFC 6962 § 2.1, over leaf hashes.
fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => sha(&[]),
        [leaf] => *leaf,
        _ => {
            let mut k = 1;
            while k * 2 < leaves.len() {
                k *= 2;
            }
            sha(&[&[1], &root(&leaves[..k]), &root(&leaves[k..])])
        }
    }
}

/// The root that an audit path gives, by the recursion of § 2.1.1 read backwards.
fn climbed(leaf: Hash, index: usize, size: usize, path: &[Hash]) -> Hash {
    if size == 1 {
        assert!(path.is_empty());
        return leaf;
    }
    let mut k = 1;
    while k * 2 < size {
        k *= 2;
    }
    let (sibling, path) = path.split_last().unwrap();
    if index < k {
        sha(&[&[1], &climbed(leaf, index, k, path), sibling])
    } else {
        sha(&[&[1], sibling, &climbed(leaf, index - k, size - k, path)])
    }
}

/// Size and root of a checkpoint, signed by the key that is published in the form `name+hash+key`.
fn opened(note: &str, key: &str) -> (usize, Hash) {
    let mut key = key.splitn(3, '+');
    let (name, id, key) =
        (key.next().unwrap(), key.next().unwrap(), BASE64.decode(key.next().unwrap()).unwrap());
    assert_eq!(key[0], 1, "Ed25519");
    let hash = sha(&[name.as_bytes(), b"\n", &key]);
    let hex: String = hash[..4]
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|n| char::from_digit(n.into(), 16).unwrap())
        .collect();
    assert_eq!(hex, id);
    let (text, signatures) = note.split_once("\n\n").unwrap();
    let line = signatures.lines().find_map(|line| line.strip_prefix(&format!("\u{2014} {name} "))).unwrap();
    let signature = BASE64.decode(line).unwrap();
    assert_eq!(signature[..4], hash[..4]);
    let text = format!("{text}\n");
    UnparsedPublicKey::new(&ED25519, &key[1..]).verify(text.as_bytes(), &signature[4..]).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], name);
    (lines[1].parse().unwrap(), BASE64.decode(lines[2]).unwrap().try_into().unwrap())
}

async fn get(router: &Router, path: &str, token: &str) -> (StatusCode, Vec<u8>) {
    let request =
        Request::get(path).header("authorization", format!("Bearer {token}")).body(Body::empty()).unwrap();
    let answer = router.clone().oneshot(request).await.unwrap();
    (answer.status(), answer.into_body().collect().await.unwrap().to_bytes().to_vec())
}

async fn text(router: &Router, path: &str) -> String {
    let (status, body) = get(router, path, "").await;
    assert_eq!(status, StatusCode::OK, "{path}");
    String::from_utf8(body).unwrap()
}

/// The leaves of a log of `size` entries, from its tiles.
async fn leaves(router: &Router, size: usize) -> Vec<Hash> {
    let mut leaves = Vec::new();
    while leaves.len() < size {
        let (tile, width) = (leaves.len() / 256, (size - leaves.len()).min(256));
        let part = if width < 256 { format!(".p/{width}") } else { String::new() };
        let (status, body) = get(router, &format!("/innsyn/logg/tile/0/{tile:03}{part}"), "").await;
        assert_eq!((status, body.len()), (StatusCode::OK, width * 32), "{tile} of {size}");
        leaves.extend(body.chunks(32).map(|hash| Hash::try_from(hash).unwrap()));
    }
    leaves
}

async fn grown(test: &TestContext, by: usize) {
    let access = Access {
        actor: Actor { orgnr: None, pid: None, client_id: "fagsystem".to_owned() },
        component: "folkeregister".to_owned(),
        what: "Slo opp personopplysninger".to_owned(),
        hjemmel: "Folkeregisterloven § 10-2".to_owned(),
        formaal: None,
        sak: None,
    };
    test.ctx.log.append(&vec![Pid::parse("03851598730").unwrap(); by], &access).await.unwrap();
}

#[tokio::test]
async fn a_stranger_can_check_every_proof_and_that_the_log_only_grew() {
    let test = context(MIGRATIONS).await;
    let router: Router = Component::new(test.ctx.clone()).router().into();
    let token =
        token(&test.ctx, json!({ "iss": "idporten", "scope": "felles:innsyn", "pid": "03851598730" }));
    let key = text(&router, "/innsyn/logg/noekkel").await;
    let mut known: Vec<Hash> = Vec::new();
    for by in [1, 1, 1, 4, 248, 1, 1, 255, 300] {
        grown(&test, by).await;
        let size = known.len() + by;
        let (signed, signed_root) = opened(&text(&router, "/innsyn/logg/checkpoint").await, &key);
        assert_eq!(signed, size);
        let now = leaves(&router, size).await;
        assert_eq!(root(&now), signed_root);
        assert_eq!(now[..known.len()], known);
        for index in [0, size / 3, size / 2, size - 1] {
            let (status, body) = get(&router, &format!("/innsyn/api/v1/bruk/{index}/bevis"), &token).await;
            assert_eq!(status, StatusCode::OK);
            let bevis: Value = serde_json::from_slice(&body).unwrap();
            let leaf = sha(&[&[0], bevis["oppfoering"].as_str().unwrap().as_bytes()]);
            assert_eq!(leaf, now[index]);
            let hash =
                |value: &Value| Hash::try_from(BASE64.decode(value.as_str().unwrap()).unwrap()).unwrap();
            let path: Vec<Hash> = bevis["sti"].as_array().unwrap().iter().map(hash).collect();
            assert_eq!(climbed(leaf, index, size, &path), signed_root, "{index} of {size}");
            assert_eq!(opened(bevis["sjekkpunkt"].as_str().unwrap(), &key), (size, signed_root));
        }
        known = now;
    }
    // The tile above holds the roots of the full ones below.
    let (_, above) = get(&router, "/innsyn/logg/tile/1/000.p/3", "").await;
    for (tile, above) in above.chunks(32).enumerate() {
        assert_eq!(root(&known[tile * 256..(tile + 1) * 256]), above);
    }
}
