//! A register with a few units in it, and how to ask it.
#![allow(dead_code, reason = "each test file uses its part")]

use axum::Router;
use axum::body::Body;
use enhetsregister::{Component, MIGRATIONS};
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use kernel::Context;
use kernel::id::{Orgnr, Pid};
use kernel::testing::{TestContext, context, token};
use serde_json::{Value, json};
use tower::ServiceExt as _;

pub const KARI: &str = "03851598730";
pub const OLA: &str = "41819077906";
pub const DEAD: &str = "41819077302";
pub const NAV: &str = "310000027";
pub const OF_PERSON: &str = "brreg:data:enhetsregisteret:roller:person:oppslag:fnr";
pub const OF_UNIT: &str = "brreg:data:enhetsregisteret:auto:roller";
pub const LOAD: &str = "/enhetsregisteret/innlasting/v1";
pub const API: &str = "/enhetsregisteret/api";
pub const LIST: &str = "/enhetsregisteret/autorisert-api/personer/rolleutskrift";

pub struct Fixture {
    pub test: TestContext,
    pub router: Router,
}

impl std::ops::Deref for Fixture {
    type Target = Context;
    fn deref(&self) -> &Context {
        &self.test.ctx
    }
}

/// The `n`th number that fits.
pub fn nr(n: usize) -> String {
    let mut all = (31_200_000..).filter_map(Orgnr::from_stem);
    all.nth(n).unwrap().as_str().to_owned()
}

/// A company with a board, a business of one, an association whose leader is dead, one deleted and one removed.
pub async fn fixture() -> Fixture {
    let f = empty().await;
    assert_eq!(f.load(&all()).await, (StatusCode::OK, json!({ "lest": 5 })));
    f
}

pub async fn empty() -> Fixture {
    let test = context(MIGRATIONS).await;
    let router = Component::new(test.ctx.clone()).router().into();
    Fixture { test, router }
}

pub fn all() -> Vec<Value> {
    let mut deleted = unit(6, "GAMLE GREIER", "ENK", "5001");
    deleted["slettet"] = json!({ "dato": "2025-03-01" });
    deleted["underenheter"] = json!([under(7, 6, "GAMLE GREIER", "5001")]);
    let mut removed = unit(8, "HEMMELIG NAVN", "ENK", "5001");
    removed["slettet"] = json!({ "dato": "2025-04-01", "fjernet": true });
    vec![fjell(), kari_enk(), idrettslag(), deleted, removed]
}

pub fn fjell() -> Value {
    let mut fjell = unit(0, "FJELL & SØNN AS", "AS", "5001");
    fjell["enhet"]["naeringskode1"] = json!({ "kode": "41.200", "beskrivelse": "Oppføring av bygninger" });
    fjell["enhet"]["antallAnsatte"] = json!(12);
    fjell["enhet"]["harRegistrertAntallAnsatte"] = json!(true);
    fjell["enhet"]["stiftelsesdato"] = json!("2011-05-17");
    fjell["enhet"]["registrertIMvaregisteret"] = json!(true);
    fjell["enhet"]["postadresse"] = json!({ "kommunenummer": "4601", "adresse": ["Postboks 1"] });
    fjell["underenheter"] =
        json!([under(1, 0, "FJELL & SØNN AVD ØST", "0301"), under(2, 0, "FJELL & SØNN", "5001")]);
    fjell["rollegrupper"] = json!([
        { "type": { "kode": "DAGL", "beskrivelse": "Daglig leder" }, "sistEndret": "2020-01-01",
          "roller": [role("DAGL", "Daglig leder", KARI, 0)] },
        { "type": { "kode": "STYR", "beskrivelse": "Styre" }, "sistEndret": "2020-01-01",
          "roller": [role("LEDE", "Styrets leder", KARI, 0), role("MEDL", "Styremedlem", OLA, 1)] },
        { "type": { "kode": "REVI", "beskrivelse": "Revisor" }, "sistEndret": "2020-01-01", "roller": [
            { "type": { "kode": "REVI", "beskrivelse": "Revisor" }, "fratraadt": false, "avregistrert": false, "rekkefolge": 0,
              "enhet": { "organisasjonsnummer": nr(9), "organisasjonsform": { "kode": "AS", "beskrivelse": "Aksjeselskap" },
                         "navn": ["REVISOR AS"], "erSlettet": false } }] },
    ]);
    // Ola has left the board.
    fjell["rollegrupper"][1]["roller"][1]["fratraadt"] = json!(true);
    fjell["eiere"] = json!([{ "personidentifikator": KARI, "antallAksjer": 100 }]);
    fjell["ansatte"] = json!([{ "personidentifikator": OLA, "underenhet": nr(1), "stillingsprosent": 100, "ansettelsesdato": "2020-01-01" }]);
    fjell
}

pub fn kari_enk() -> Value {
    let mut enk = unit(3, "ÅSE KARI BAKERI", "ENK", "0301");
    enk["enhet"]["naeringskode1"] = json!({ "kode": "10.710", "beskrivelse": "Brød" });
    enk["enhet"]["registreringsdatoEnhetsregisteret"] = json!("2024-06-30");
    enk["rollegrupper"] = json!([{ "type": { "kode": "INNH", "beskrivelse": "Innehaver" }, "sistEndret": "2024-06-30",
        "roller": [role("INNH", "Innehaver", KARI, 0)] }]);
    enk
}

pub fn idrettslag() -> Value {
    let mut lag = unit(4, "ZIGZAG IDRETTSLAG", "FLI", "4601");
    lag["enhet"]["registrertIFrivillighetsregisteret"] = json!(true);
    lag["underenheter"] = json!([under(5, 4, "ZIGZAG HALL", "4601")]);
    lag["rollegrupper"] = json!([{ "type": { "kode": "STYR", "beskrivelse": "Styre" }, "sistEndret": "2024-06-30",
        "roller": [role("LEDE", "Styrets leder", DEAD, 0), role("MEDL", "Styremedlem", OLA, 1)] }]);
    lag["rollegrupper"][0]["roller"][0]["person"]["erDoed"] = json!(true);
    lag
}

pub fn role(code: &str, name: &str, pid: &str, order: i64) -> Value {
    json!({ "type": { "kode": code, "beskrivelse": name }, "fratraadt": false, "avregistrert": false, "rekkefolge": order,
        "person": { "fodselsdato": "1970-01-01", "navn": { "fornavn": "TEST", "etternavn": "PERSON" }, "erDoed": false, "fodselsnummer": pid } })
}

pub fn unit(n: usize, name: &str, form: &str, kommune: &str) -> Value {
    json!({ "enhet": {
        "organisasjonsnummer": nr(n), "navn": name, "organisasjonsform": { "kode": form, "beskrivelse": form },
        "forretningsadresse": { "land": "Norge", "landkode": "NO", "postnummer": "7010", "poststed": "BY", "adresse": ["Gata 1"],
            "kommune": "BY", "kommunenummer": kommune },
        "registreringsdatoEnhetsregisteret": "2012-01-31", "harRegistrertAntallAnsatte": false,
        "registrertIMvaregisteret": false, "registrertIForetaksregisteret": form == "AS", "registrertIStiftelsesregisteret": false,
        "registrertIFrivillighetsregisteret": false, "registrertIPartiregisteret": false, "konkurs": false, "underAvvikling": false,
        "underTvangsavviklingEllerTvangsopplosning": false, "erIKonsern": false, "maalform": "Bokmål", "respons_klasse": "Enhet",
    } })
}

pub fn under(n: usize, over: usize, name: &str, kommune: &str) -> Value {
    json!({ "organisasjonsnummer": nr(n), "navn": name, "organisasjonsform": { "kode": "BEDR", "beskrivelse": "Underenhet" },
        "overordnetEnhet": nr(over), "beliggenhetsadresse": { "postnummer": "7010", "kommunenummer": kommune },
        "registreringsdatoEnhetsregisteret": "2012-01-31", "harRegistrertAntallAnsatte": false, "registrertIMvaregisteret": false,
        "respons_klasse": "Underenhet" })
}

impl Fixture {
    /// An organisation's token.
    pub fn organisation(&self, scopes: &str) -> String {
        let consumer = json!({ "authority": "iso6523-actorid-upis", "ID": format!("0192:{NAV}") });
        token(&self.test.ctx, json!({ "iss": "maskinporten", "scope": scopes, "consumer": consumer }))
    }

    /// Asks an open path.
    pub async fn get(&self, path: &str) -> (StatusCode, Value) {
        self.answer(Request::get(format!("{API}{path}")).body(Body::empty()).unwrap()).await
    }

    /// As [`Self::get`], where that must succeed.
    pub async fn ok(&self, path: &str) -> Value {
        let (status, answer) = self.get(path).await;
        assert_eq!(status, StatusCode::OK, "{path}: {answer}");
        answer
    }

    /// The names of the hits on a page, and how many there are in all.
    pub async fn names(&self, path: &str) -> (Vec<String>, i64) {
        let answer = self.ok(path).await;
        let kind = if path.starts_with("/underenheter") { "underenheter" } else { "enheter" };
        let hits = answer["_embedded"][kind].as_array().cloned().unwrap_or_default();
        // No hits: no member at all.
        assert_eq!(answer.get("_embedded").is_some(), !hits.is_empty());
        let names = hits.iter().map(|hit| hit["navn"].as_str().unwrap().to_owned()).collect();
        (names, answer["page"]["totalElements"].as_i64().unwrap())
    }

    pub async fn post(&self, path: &str, token: &str, kind: &str, body: String) -> (StatusCode, Value) {
        let request = Request::post(path).header("authorization", format!("Bearer {token}"));
        let request = request.header("content-type", kind).header("felles-formaal", "Ansattporten");
        self.answer(request.body(Body::from(body)).unwrap()).await
    }

    /// A person's roles, as someone with this scope sees them.
    pub async fn list(&self, pid: &str, scope: &str) -> (StatusCode, Value) {
        self.post(LIST, &self.organisation(scope), "text/plain", pid.to_owned()).await
    }

    /// Sends a request; an error must be the register's own, or a problem where something is not built, and quote no
    /// person's number.
    pub async fn answer(&self, request: Request<Body>) -> (StatusCode, Value) {
        let path = request.uri().path().to_owned();
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let status = answer.status();
        let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
        assert!(status != StatusCode::UNAUTHORIZED || answer.headers().contains_key("www-authenticate"));
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        let value: Value = serde_json::from_slice(&body).unwrap();
        if status == StatusCode::NOT_IMPLEMENTED {
            assert_eq!(kind, "application/problem+json");
        } else if !status.is_success() && status != StatusCode::GONE {
            assert_eq!(value["status"], status.as_u16(), "{value}");
            assert_eq!(value["sti"], path);
            assert_eq!(value["tidsstempel"], self.clock.now().as_millisecond());
            assert_eq!(value["antallFeil"], value["valideringsfeil"].as_array().unwrap().len());
        }
        if !status.is_success() {
            assert!(![KARI, OLA, DEAD].iter().any(|pid| value.to_string().contains(pid)), "{value}");
        }
        (status, value)
    }

    pub async fn load(&self, units: &[Value]) -> (StatusCode, Value) {
        let lines: Vec<String> = units.iter().map(Value::to_string).collect();
        let token = self.organisation("felles:innlasting");
        self.post(LOAD, &token, "application/x-ndjson", lines.join("\n")).await
    }

    /// What the log says of a person, newest first: what, purpose.
    pub async fn uses(&self, pid: &str) -> Vec<(String, Option<String>)> {
        let entries = self.log.entries_about(&Pid::parse(pid).unwrap(), None, 100).await.unwrap();
        entries.into_iter().map(|entry| (entry.access.what, entry.access.formaal)).collect()
    }
}
