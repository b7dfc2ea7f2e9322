//! A small nation loaded into the registers that the search reads, and the search beside them.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "runs in tests alone")]

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Body;
use clients::folkeregister::Folkeregister;
use clients::kontaktregister::Kontaktregister;
use clients::testpersoner::Linje;
use clients::{Mesh, TokenSource, orgs};
use http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use jiff::civil::{Date, date};
use kernel::Context;
use kernel::id::Pid;
use kernel::testing::{TestContext, context_named, token};
use nation::{Nation, Options, generate};
use serde::Serialize;
use serde_json::{Value, json};
use testpersoner::{Component, MIGRATIONS, NAME};
use tower::ServiceExt as _;

pub const SOEK: &str = "/testpersoner/api/v1/soek";
pub const INNLASTING: &str = "/testpersoner/innlasting/v1";
/// The nation's first day; the tests take place some weeks after it.
pub const DAG_EN: Date = date(2026, 11, 1);

pub struct Verden {
    pub test: TestContext,
    pub nasjon: Nation,
    pub mesh: Mesh,
    pub router: Router,
    pub component: Component,
    pub kontakter: kontaktregister::Component,
}

impl std::ops::Deref for Verden {
    type Target = Context;
    fn deref(&self) -> &Context {
        &self.test.ctx
    }
}

/// A nation of so many people, in the registers and in the search.
pub async fn verden(population: u32) -> Verden {
    let verden = uten_rader(population).await;
    let linjer: Vec<Linje> = verden.nasjon.traits().collect();
    verden.last(INNLASTING, &linjer).await;
    let kontakter = verden.nasjon.contacts().count();
    verden.last::<Linje>(&format!("{INNLASTING}?kontaktregister={kontakter}"), &[]).await;
    verden
}

/// A nation in the registers, of which the search knows nothing.
pub async fn uten_rader(population: u32) -> Verden {
    let verden = tomme_registre(population).await;
    verden.last("/folkeregisteret/innlasting/v1", &verden.nasjon.persons().collect::<Vec<_>>()).await;
    verden.last("/kontaktregisteret/innlasting/v1", &verden.nasjon.contacts().collect::<Vec<_>>()).await;
    verden
}

/// A nation of which the registers know the municipalities.
pub async fn tomme_registre(population: u32) -> Verden {
    let test = context_named(NAME, MIGRATIONS).await;
    let folk = test.sibling(folkeregister::NAME, folkeregister::MIGRATIONS).await;
    let krr = test.sibling(kontaktregister::NAME, kontaktregister::MIGRATIONS).await;
    let kart = test.sibling(matrikkel::NAME, matrikkel::MIGRATIONS).await;
    let mesh = Mesh::new(Default::default());
    let component = Component::new(test.ctx.clone(), mesh.clone(), tokens(&test.ctx, SCOPES));
    let kontakter = kontaktregister::Component::new(krr);
    let router: Router = Router::from(component.router())
        .merge(Router::from(folkeregister::Component::new(folk).router()))
        .merge(Router::from(kontakter.router()))
        .merge(Router::from(matrikkel::Component::new(kart).router()));
    mesh.set_local(router.clone());
    let nasjon = generate(&Options { population, seed: 1, date: DAG_EN }, &mut |_, _| {});
    let verden = Verden { test, nasjon, mesh, router, component, kontakter };
    verden.last("/matrikkel/innlasting/v1", &verden.nasjon.municipalities().collect::<Vec<_>>()).await;
    verden
}

/// What the component's own client may do.
pub const SCOPES: &str = "folkeregister:deling/offentligmedhjemmel krr:global/kontaktinformasjon.read \
                          krr:global/digitalpost.read krr:global/hentendring.read";

fn tokens(ctx: &Context, scopes: &str) -> TokenSource {
    let consumer = json!({"authority": "iso6523-actorid-upis", "ID": format!("0192:{}", orgs::FELLES.orgnr)});
    let exp = ctx.clock.now().as_second() + 400 * 24 * 3600;
    TokenSource::fixed(token(
        ctx,
        json!({"iss": "maskinporten", "scope": scopes, "consumer": consumer, "exp": exp}),
    ))
}

/// What a page or an API answers.
pub struct Svar {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub tekst: String,
}

impl Svar {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.tekst).unwrap_or_else(|_| panic!("{} {}", self.status, self.tekst))
    }
}

impl Verden {
    pub fn folkeregister(&self, scopes: &str) -> Folkeregister {
        Folkeregister::new(self.mesh.clone(), tokens(&self.test.ctx, scopes))
    }

    pub fn kontaktregister(&self) -> Kontaktregister {
        Kontaktregister::new(self.mesh.clone(), tokens(&self.test.ctx, SCOPES))
    }

    pub async fn send(&self, request: Request<Body>) -> Svar {
        let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Svar { status: parts.status, headers: parts.headers, tekst: String::from_utf8(body).unwrap() }
    }

    pub async fn get(&self, path: &str) -> Svar {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// Sends lines to a register's load.
    pub async fn send_linjer<T: Serialize>(&self, path: &str, scope: &str, linjer: &[T]) -> Svar {
        let lines: Vec<String> = linjer.iter().map(|line| serde_json::to_string(line).unwrap()).collect();
        let consumer =
            json!({"authority": "iso6523-actorid-upis", "ID": format!("0192:{}", orgs::FELLES.orgnr)});
        let token =
            token(&self.test.ctx, json!({"iss": "maskinporten", "scope": scope, "consumer": consumer}));
        let request = Request::post(path)
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/x-ndjson")
            .body(Body::from(lines.join("\n")));
        self.send(request.unwrap()).await
    }

    pub async fn last<T: Serialize>(&self, path: &str, linjer: &[T]) {
        for chunk in linjer.chunks(2000).chain(linjer.is_empty().then_some(linjer)) {
            let svar = self.send_linjer(path, "felles:innlasting", chunk).await;
            assert_eq!(
                (svar.status, svar.json()["lest"].as_u64()),
                (StatusCode::OK, Some(chunk.len() as u64)),
                "{path}: {}",
                svar.tekst
            );
        }
    }

    /// The answer to a search.
    pub async fn soek(&self, query: &str) -> Value {
        let svar = self.get(&format!("{SOEK}?{query}")).await;
        assert_eq!(svar.status, StatusCode::OK, "{query}: {}", svar.tekst);
        svar.json()
    }

    /// Everyone whom a search finds, page after page, in the order of the hits.
    pub async fn alle(&self, query: &str, antall: u32) -> Vec<Pid> {
        let (mut alle, mut etter) = (Vec::new(), String::new());
        loop {
            let svar = self.soek(&format!("{query}&antall={antall}{etter}")).await;
            let treff = svar["treff"].as_array().unwrap();
            alle.extend(
                treff.iter().map(|one| Pid::parse(one["personidentifikator"].as_str().unwrap()).unwrap()),
            );
            match svar["etter"].as_i64() {
                Some(nr) => etter = format!("&etter={nr}"),
                None => return alle,
            }
            assert_eq!(treff.len(), antall as usize, "{query}: a page that has a next is full");
        }
    }

    /// The one hit of this number, found among people of the same age.
    pub async fn person(&self, pid: &Pid, foedt: Date) -> Value {
        let alder = clients::folkeregister::alder(foedt, self.test.ctx.clock.today());
        let mut etter = String::new();
        loop {
            let svar = self.soek(&format!("alderFra={alder}&alderTil={alder}&antall=100{etter}")).await;
            let treff = svar["treff"].as_array().unwrap();
            if let Some(one) = treff.iter().find(|one| one["personidentifikator"] == pid.as_str()) {
                return one.clone();
            }
            let Some(nr) = svar["etter"].as_i64() else { return Value::Null };
            etter = format!("&etter={nr}");
        }
    }

    pub fn linjer(&self) -> BTreeMap<Pid, Linje> {
        self.nasjon.traits().map(|linje| (linje.folk.personidentifikator, linje)).collect()
    }
}
