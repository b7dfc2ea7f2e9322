//! A small cadastre, and how to ask it.
#![allow(dead_code, reason = "each test file uses its part")]

use axum::Router;
use axum::body::Body;
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use kernel::testing::{TestContext, context, token};
use matrikkel::{Component, MIGRATIONS};
use serde_json::{Value, json};
use tower::ServiceExt as _;

pub const LOAD: &str = "/matrikkel/innlasting/v1";
pub const KARI: &str = "03851598730";

pub struct Fixture {
    pub test: TestContext,
    pub router: Router,
}

pub async fn empty() -> Fixture {
    let test = context(MIGRATIONS).await;
    let router = Component::new(test.ctx.clone()).router().into();
    Fixture { test, router }
}

/// Oslo and Trondheim, with streets that are easily taken for each other.
pub async fn fixture() -> Fixture {
    let f = empty().await;
    let all = all();
    let lines = all.len();
    assert_eq!(f.load(&all).await, (StatusCode::OK, json!({ "lest": lines })));
    f
}

pub fn all() -> Vec<Value> {
    let mut farm = property("5001", 12, 3, &[]);
    farm["eiendom"]["adresser"] = json!([{
        "id": 900, "postnummer": "7010", "poststed": "TRONDHEIM", "adressetilleggsnavn": "Øvre Haugen", "undernummer": 2,
        "punkt": { "lat": 63.4, "lon": 10.4 }
    }]);
    vec![
        kommune("0301", "Oslo", [59.8, 10.4, 60.2, 11.0], &[]),
        kommune("5001", "Trondheim", [63.1, 10.0, 63.6, 10.8], &[("Southern Sami", "Tråante")]),
        property("0301", 207, 1, &[(1, 1000, "Storgata", 1, None, "0155", (59.9139, 10.7522))]),
        property("0301", 207, 2, &[(2, 1000, "Storgata", 1, Some("B"), "0155", (59.9141, 10.7525))]),
        property("0301", 207, 3, &[(3, 1000, "Storgata", 2, None, "0155", (59.9145, 10.7528))]),
        property("0301", 208, 1, &[(4, 1001, "Nedre Storgata", 1, None, "0160", (59.92, 10.76))]),
        property("0301", 209, 1, &[(5, 1002, "17. mai plass", 4, None, "0160", (59.95, 10.8))]),
        property("5001", 300, 17, &[(6, 1000, "Storgata", 1, None, "7010", (63.43, 10.39))]),
        property("5001", 301, 1, &[(7, 1001, "Blåbærstien", 17, None, "7010", (63.44, 10.41))]),
        farm,
    ]
}

pub fn kommune(number: &str, name: &str, [s, w, n, e]: [f64; 4], others: &[(&str, &str)]) -> Value {
    let crs = json!({ "type": "name", "properties": { "name": "EPSG:4258" } });
    let mut names = vec![json!({ "navn": name, "prioritet": 1, "sprak": "Norwegian" })];
    for (language, other) in others {
        names.push(json!({ "navn": other, "prioritet": 2, "sprak": language }));
    }
    json!({ "kommune": {
        "kommunenummer": number, "kommunenavn": name, "kommunenavnNorsk": name, "fylkesnummer": number[..2],
        "fylkesnavn": if number == "0301" { "Oslo" } else { "Trøndelag" }, "gyldigeNavn": names,
        "samiskForvaltningsomrade": false,
        "punktIOmrade": { "type": "Point", "coordinates": [f64::midpoint(w, e), f64::midpoint(s, n)], "crs": crs },
        "avgrensningsboks": { "type": "Polygon", "coordinates": [[[w, s], [w, n], [e, n], [e, s], [w, s]]], "crs": crs },
    } })
}

type Street<'a> = (i64, i64, &'a str, i64, Option<&'a str>, &'a str, (f64, f64));

pub fn property(kommune: &str, gnr: i64, bnr: i64, streets: &[Street<'_>]) -> Value {
    let mut addresses = Vec::new();
    let mut buildings = Vec::new();
    for (id, code, name, number, letter, post, (lat, lon)) in streets {
        let mut address = json!({
            "id": id, "adressekode": code, "adressenavn": name, "nummer": number, "postnummer": post,
            "poststed": if kommune == "0301" { "OSLO" } else { "TRONDHEIM" }, "punkt": { "lat": lat, "lon": lon },
        });
        if let Some(letter) = letter {
            address["bokstav"] = json!(letter);
        }
        addresses.push(address);
        buildings.push(json!({
            "bygningsnummer": 1000 + id, "bygningstype": "111", "bygningsstatus": "tatt i bruk",
            "punkt": { "lat": lat, "lon": lon },
            "bruksenheter": [{ "bruksenhetsnummer": "H0101", "type": "bolig", "adresse": id }],
        }));
    }
    json!({ "eiendom": {
        "matrikkelnummer": { "kommunenummer": kommune, "gardsnummer": gnr, "bruksnummer": bnr },
        "etablert": "1950-01-01", "adresser": addresses, "bygninger": buildings,
        "eiere": [{ "teller": 1, "nevner": 1, "rettighetshaver": { "personidentifikator": KARI }, "fra": "2001-02-03" }],
    } })
}

impl Fixture {
    pub async fn answer(&self, request: Request<Body>) -> (StatusCode, Value) {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
    }

    pub async fn get(&self, path: &str) -> (StatusCode, Value) {
        self.answer(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// The ids' texts, in order.
    pub async fn texts(&self, query: &str) -> Vec<String> {
        let (status, found) = self.get(&format!("/adresser/v1/{query}")).await;
        assert_eq!(status, StatusCode::OK, "{query}: {found}");
        let texts = found["adresser"].as_array().unwrap().iter();
        texts
            .map(|one| {
                format!(
                    "{} {}",
                    one["adressetekst"].as_str().unwrap(),
                    one["kommunenummer"].as_str().unwrap()
                )
            })
            .collect()
    }

    pub async fn load(&self, lines: &[Value]) -> (StatusCode, Value) {
        let body: Vec<String> = lines.iter().map(Value::to_string).collect();
        self.load_text(&body.join("\n"), "felles:innlasting").await
    }

    pub async fn load_text(&self, body: &str, scope: &str) -> (StatusCode, Value) {
        let claims = json!({ "iss": "maskinporten", "scope": scope,
            "consumer": { "authority": "iso6523-actorid-upis", "ID": "0192:310000108" } });
        let request = Request::post(LOAD)
            .header("authorization", format!("Bearer {}", token(&self.test.ctx, claims)))
            .header("content-type", "application/x-ndjson");
        self.answer(request.body(Body::from(body.to_owned())).unwrap()).await
    }
}
