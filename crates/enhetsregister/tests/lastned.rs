//! Total downloads: what is in the files, and that a search and a file say the same.
#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

mod common;

use std::io::Read as _;

use axum::body::Body;
use common::*;
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

/// The file at a path, unpacked, and its media type.
async fn file(f: &Fixture, path: &str) -> (String, String) {
    let request = Request::get(format!("{API}{path}")).body(Body::empty()).unwrap();
    let answer = f.router.clone().oneshot(request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    let media = header("content-type");
    assert!(header("content-disposition").contains(".gz"));
    // It is not an encoding of the way: who asks for no compression gets the file all the same.
    assert!(!answer.headers().contains_key("content-encoding"));
    let packed = answer.into_body().collect().await.unwrap().to_bytes();
    let mut text = String::new();
    flate2::read::GzDecoder::new(&packed[..]).read_to_string(&mut text).unwrap();
    (text, media)
}

async fn list(f: &Fixture, path: &str) -> Vec<Value> {
    serde_json::from_str(&file(f, path).await.0).unwrap()
}

#[tokio::test]
async fn a_file_has_every_unit_as_a_look_up_shows_it() {
    let f = fixture().await;
    let units = list(&f, "/enheter/lastned").await;
    let numbers: Vec<_> = units.iter().map(|unit| unit["organisasjonsnummer"].as_str().unwrap()).collect();
    // Neither the deleted nor the removed.
    assert_eq!(numbers, [nr(0), nr(3), nr(4)]);
    for unit in &units {
        let number = unit["organisasjonsnummer"].as_str().unwrap();
        assert_eq!(unit, &f.ok(&format!("/enheter/{number}")).await);
    }
    let places = list(&f, "/underenheter/lastned").await;
    assert_eq!(places.len(), 3);
    assert_eq!(places[0], f.ok(&format!("/underenheter/{}", nr(1))).await);

    let roles = list(&f, "/roller/totalbestand").await;
    assert_eq!(roles.len(), 3);
    let mut one = roles[0].clone();
    assert_eq!(one.as_object_mut().unwrap().remove("organisasjonsnummer"), Some(json!(nr(0))));
    assert_eq!(one, f.ok(&format!("/enheter/{}/roller", nr(0))).await);
    let text = json!(roles).to_string();
    assert!(![KARI, OLA, DEAD].iter().any(|pid| text.contains(pid)));
}

#[tokio::test]
async fn csv_has_a_line_for_each() {
    let f = fixture().await;
    let (text, media) = file(&f, "/enheter/lastned/csv").await;
    assert_eq!(media, "application/vnd.brreg.enhetsregisteret.enhet+csv+gzip;charset=UTF-8");
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 4);
    assert!(lines[0].starts_with("\"organisasjonsnummer\",\"navn\",\"organisasjonsform.kode\","));
    assert!(
        lines[1].starts_with(&format!("\"{}\",\"FJELL & SØNN AS\",\"AS\",\"AS\",\"41.200\",", nr(0))),
        "{}",
        lines[1]
    );
    assert!(lines[1].contains(",\"Postboks 1\","));
    let (text, _) = file(&f, "/underenheter/lastned/csv").await;
    assert_eq!(text.lines().count(), 4);
    assert!(text.contains("\"FJELL & SØNN AVD ØST\",\"BEDR\""));
}

#[tokio::test]
async fn files_are_whole_with_no_unit_and_with_more_than_a_part() {
    let f = empty().await;
    for path in ["/enheter/lastned", "/underenheter/lastned", "/roller/totalbestand"] {
        assert_eq!(list(&f, path).await, Vec::<Value>::new(), "{path}");
    }
    assert_eq!(file(&f, "/enheter/lastned/csv").await.0.lines().count(), 1);
    // Parts end at 200.
    for count in [200, 601] {
        let many: Vec<_> = (0..count).map(|n| unit(n, &format!("ENHET {n}"), "AS", "5001")).collect();
        assert_eq!(f.load(&many).await.0, StatusCode::OK);
        assert_eq!(list(&f, "/enheter/lastned").await.len(), count);
    }
}

#[tokio::test]
async fn spreadsheets_are_whole_files() {
    let f = fixture().await;
    for (slag, path) in
        [("enhet", "/enheter/lastned/regneark"), ("underenhet", "/underenheter/lastned/regneark")]
    {
        let request = Request::get(format!("{API}{path}")).body(Body::empty()).unwrap();
        let answer = f.router.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(
            header("content-type"),
            format!(
                "application/vnd.brreg.enhetsregisteret.{slag}+vnd.openxmlformats-officedocument.spreadsheetml.sheet;charset=UTF-8"
            )
        );
        assert!(header("content-disposition").ends_with("_alle.xlsx"));
        let file = answer.into_body().collect().await.unwrap().to_bytes();
        // A ZIP archive from its first entry to the record that ends it; tests/brreg.test.mjs has a program read it.
        assert!(file.starts_with(b"PK\x03\x04") && file[file.len() - 22..].starts_with(b"PK\x05\x06"));
    }
}
