//! Two mailboxes, a sender, a printer, and how they ask.
#![allow(dead_code, reason = "each test file uses its part")]

use axum::Router;
use axum::body::Body;
use clients::orgs;
use clients::postkasse::{
    Adresse, Avsender, Digital, Fingeravtrykk, Forretningsmelding, Melding, Personmottaker, Retur,
    Returposthaandtering, Utskrift, Utskriftstype, Virksomhetsidentifikator, multipart,
};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use kernel::Context;
use kernel::id::{Orgnr, Pid};
use kernel::log::Entry;
use kernel::testing::{TestContext, context, token};
use postkasse::{Component, Config, MIGRATIONS};
use serde_json::{Value, json};
use tower::ServiceExt as _;
use uuid::Uuid;

pub mod schema;

pub const KARI: &str = "03851598730";
pub const OLA: &str = "41819077906";
pub const KARIS: &str = "kari.nordmann#9YDT";
pub const NAV: &str = orgs::NAV.orgnr;
pub const SUPPLIER: &str = orgs::FELLES.orgnr;
pub const SEND: &str = "digitalpostinnbygger:send";
pub const OUT: &str = "/dpi/api/v1/messages/out";
pub const IN: &str = "/dpi/api/v1/messages/in";
pub const INBOX: &str = "/postkasse/api/v1/meldinger";
pub const QUEUE: &str = "/postkasse/api/v1/utskrift";
pub const PDF: &[u8] = b"%PDF-1.7\n% a letter\n%%EOF\n";

pub struct Fixture {
    pub test: TestContext,
    pub router: Router,
    /// NAV's token.
    pub nav: String,
}

impl std::ops::Deref for Fixture {
    type Target = Context;
    fn deref(&self) -> &Context {
        &self.test.ctx
    }
}

/// An answer: status, headers, body.
pub type Answer = (StatusCode, HeaderMap, Vec<u8>);

pub async fn fixture() -> Fixture {
    let test = context(MIGRATIONS).await;
    let router = Component::new(test.ctx.clone(), Config::default()).router().into();
    let nav = organisation_token(&test.ctx, NAV, None, SEND);
    let f = Fixture { test, router, nav };
    let boxes = json!({ "postkasseadresse": KARIS, "personidentifikator": KARI }).to_string()
        + "\n"
        + &json!({ "postkasseadresse": "ola.nordmann#1ABC", "personidentifikator": OLA }).to_string();
    let loader = f.organisation(SUPPLIER, "felles:innlasting");
    let (status, _, body) =
        f.raw("POST", "/postkasse/innlasting/v1", &loader, "application/x-ndjson", boxes.into()).await;
    assert_eq!((status, body.as_slice()), (StatusCode::OK, br#"{"lest":2}"#.as_slice()));
    f
}

pub fn organisation_token(ctx: &Context, consumer: &str, supplier: Option<&str>, scopes: &str) -> String {
    let organisation =
        |number: &str| json!({ "authority": "iso6523-actorid-upis", "ID": format!("0192:{number}") });
    let (consumer, supplier) = (organisation(consumer), supplier.map(organisation));
    token(ctx, json!({ "iss": "maskinporten", "scope": scopes, "consumer": consumer, "supplier": supplier }))
}

pub fn of(number: &str) -> Virksomhetsidentifikator {
    Virksomhetsidentifikator::of(&Orgnr::parse(number).unwrap())
}

fn avsender(number: &str) -> Avsender {
    Avsender { virksomhetsidentifikator: of(number), avsenderidentifikator: None, faktura_referanse: None }
}

impl Fixture {
    pub fn organisation(&self, number: &str, scopes: &str) -> String {
        organisation_token(&self.test.ctx, number, None, scopes)
    }

    /// A signed-in person's token for the mailbox, at security level 4.
    pub fn person(&self, pid: &str) -> String {
        self.person_at(pid, "idporten-loa-high")
    }

    pub fn person_at(&self, pid: &str, acr: &str) -> String {
        token(
            &self.test.ctx,
            json!({ "iss": "idporten", "scope": "openid felles:post", "pid": pid, "acr": acr }),
        )
    }

    /// NAV's letter to Kari's mailbox.
    pub fn digital(&self) -> Melding {
        let (id, conversation) = (self.rng.uuid(), self.rng.uuid());
        let receiver = of(orgs::POSTKASSE.orgnr);
        let mut melding =
            Melding::new("digital", "digital", id, conversation, self.clock.now(), of(NAV), receiver);
        melding.standard_business_document.digital = Some(Digital {
            avsender: avsender(NAV),
            mottaker: Personmottaker { postkasseadresse: KARIS.to_owned() },
            dokumentpakkefingeravtrykk: Fingeravtrykk::of(PDF),
            maskinportentoken: self.nav.clone(),
            sikkerhetsnivaa: 4,
            virkningsdato: None,
            virkningstidspunkt: None,
            aapningskvittering: false,
            ikkesensitivtittel: "Vedtak om barnetrygd".to_owned(),
            spraak: "no".to_owned(),
            varsler: None,
        });
        melding
    }

    /// NAV's letter to print.
    pub fn print(&self) -> Melding {
        let (id, conversation) = (self.rng.uuid(), self.rng.uuid());
        let receiver = of(orgs::UTSKRIFT.orgnr);
        let mut melding =
            Melding::new("utskrift", "utskrift", id, conversation, self.clock.now(), of(NAV), receiver);
        let address = |name: &str| Adresse {
            navn: name.to_owned(),
            adresselinje1: "Storgata 1".to_owned(),
            postnummer: Some("0155".to_owned()),
            poststed: Some("Oslo".to_owned()),
            ..Adresse::default()
        };
        melding.standard_business_document.utskrift = Some(Utskrift {
            avsender: avsender(NAV),
            mottaker: address("Kari Nordmann"),
            dokumentpakkefingeravtrykk: Fingeravtrykk::of(PDF),
            maskinportentoken: self.nav.clone(),
            utskriftstype: Utskriftstype::SortHvit,
            retur: Retur {
                mottaker: address("NAV"),
                returposthaandtering: Returposthaandtering::MakuleringMedMelding,
            },
            posttype: None,
        });
        melding
    }

    pub async fn send(&self, melding: &Melding) -> (StatusCode, Value) {
        self.send_as(&self.nav, "", melding, PDF).await
    }

    pub async fn send_as(
        &self,
        token: &str,
        query: &str,
        melding: &Melding,
        pdf: &[u8],
    ) -> (StatusCode, Value) {
        let (kind, body) = multipart(melding.id(), melding, pdf).unwrap();
        let answer = self.raw("POST", &format!("{OUT}{query}"), token, &kind, body).await;
        (answer.0, json(&answer))
    }

    /// Sends NAV's message with one change, made on its JSON.
    pub async fn send_changed(
        &self,
        melding: &Melding,
        change: impl FnOnce(&mut Value),
    ) -> (StatusCode, Value) {
        let mut value = serde_json::to_value(melding).unwrap();
        change(&mut value);
        self.send_parts(&[
            ("forretningsmelding", "application/json", value.to_string().as_bytes()),
            ("dokumentpakke", "application/pdf", PDF),
        ])
        .await
    }

    pub async fn send_parts(&self, parts: &[(&str, &str, &[u8])]) -> (StatusCode, Value) {
        let mut body = Vec::new();
        for (name, kind, content) in parts {
            body.extend(format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"f\"\r\nContent-Type: {kind}\r\n\r\n").bytes());
            body.extend(*content);
            body.extend(b"\r\n");
        }
        body.extend(b"--b--\r\n");
        let answer = self.raw("POST", OUT, &self.nav, "multipart/form-data; boundary=b", body).await;
        (answer.0, json(&answer))
    }

    pub async fn get(&self, path: &str, token: &str) -> Answer {
        self.answer(
            Request::get(path)
                .header("authorization", format!("Bearer {token}"))
                .body(Body::empty())
                .unwrap(),
        )
        .await
    }

    pub async fn get_json(&self, path: &str, token: &str) -> (StatusCode, Value) {
        let answer = self.get(path, token).await;
        (answer.0, json(&answer))
    }

    pub async fn raw(&self, method: &str, path: &str, token: &str, kind: &str, body: Vec<u8>) -> Answer {
        let request =
            Request::builder().method(method).uri(path).header("authorization", format!("Bearer {token}"));
        self.answer(request.header("content-type", kind).body(Body::from(body)).unwrap()).await
    }

    /// Sends a request; an error must be a problem that quotes neither number nor token.
    pub async fn answer(&self, request: Request<Body>) -> Answer {
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        if !parts.status.is_success() {
            assert_eq!(parts.headers["content-type"], "application/problem+json", "{}", parts.status);
            let text = String::from_utf8(body.clone()).unwrap();
            assert_eq!(serde_json::from_str::<Value>(&text).unwrap()["status"], parts.status.as_u16());
            assert!(![KARI, OLA, self.nav.as_str()].iter().any(|secret| text.contains(secret)), "{text}");
        }
        (parts.status, parts.headers, body)
    }

    /// NAV's unread receipts: kind and the id of the conversation.
    pub async fn receipts(&self, query: &str) -> Vec<(String, Uuid)> {
        self.receipt_messages(query)
            .await
            .iter()
            .map(|m| (m.kind().to_owned(), m.konversasjon().unwrap()))
            .collect()
    }

    pub async fn receipt_messages(&self, query: &str) -> Vec<Melding> {
        let (status, list) = self.get_json(&format!("{IN}{query}"), &self.nav).await;
        assert_eq!(status, StatusCode::OK, "{list}");
        let list = list.as_array().unwrap().iter();
        let message = |item: &Value| {
            let message: Forretningsmelding =
                serde_json::from_value(item["forretningsmelding"].clone()).unwrap();
            message.les().unwrap()
        };
        list.map(message).collect()
    }

    /// The titles in a person's mailbox.
    pub async fn titles(&self, pid: &str) -> Vec<String> {
        let (status, list) = self.get_json(INBOX, &self.person(pid)).await;
        assert_eq!(status, StatusCode::OK, "{list}");
        list["meldinger"]
            .as_array()
            .unwrap()
            .iter()
            .map(|brev| brev["tittel"].as_str().unwrap().to_owned())
            .collect()
    }

    pub async fn uses(&self, pid: &str) -> Vec<Entry> {
        self.log.entries_about(&Pid::parse(pid).unwrap(), None, 100).await.unwrap()
    }
}

pub fn json(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.2).unwrap_or_default()
}

/// The digital part of a message.
pub fn part(melding: &mut Melding) -> &mut Digital {
    melding.standard_business_document.digital.as_mut().unwrap()
}
