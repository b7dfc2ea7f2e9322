//! What a sender can do wrong: each gets its status and an error that names the field and repeats nothing, and nothing
//! is written.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails panics")]

mod common;

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use clients::folkeregister::*;
use common::*;
use http::{Request, StatusCode, header};
use kernel::testing::token;
use serde_json::{Value, json};
use tower::ServiceExt as _;

/// A change of a good message, and what must come of it.
struct Tilfelle {
    hva: &'static str,
    endring: fn(&mut Value),
    status: u16,
    felt: &'static str,
}

const fn tilfelle(hva: &'static str, status: u16, felt: &'static str, endring: fn(&mut Value)) -> Tilfelle {
    Tilfelle { hva, endring, status, felt }
}

const MOR: &str = "foedsel.mor.foedselsEllerDNummer";

const FOEDSLER: &[Tilfelle] = &[
    tilfelle("unknown mother", 422, MOR, |m| {
        m["foedsel"]["mor"]["foedselsEllerDNummer"] = json!(folk().ukjent);
    }),
    tilfelle("mother dead before it", 422, MOR, |m| {
        m["foedsel"]["mor"]["foedselsEllerDNummer"] = json!(folk().doed);
    }),
    tilfelle("mother born after it", 422, MOR, |m| {
        m["foedsel"]["barn"]["foedselsdato"] = json!("1980-01-01");
    }),
    tilfelle("mother's number too short", 400, MOR, |m| {
        m["foedsel"]["mor"]["foedselsEllerDNummer"] = json!("0385159873");
    }),
    tilfelle("mother's number with letters", 400, MOR, |m| {
        m["foedsel"]["mor"]["foedselsEllerDNummer"] = json!("0385159873x");
    }),
    tilfelle("mother's number without a date", 400, MOR, |m| {
        m["foedsel"]["mor"]["foedselsEllerDNummer"] = json!("99999999999");
    }),
    tilfelle("wrong control digit", 400, MOR, |m| {
        m["foedsel"]["mor"]["foedselsEllerDNummer"] = json!("03851598731");
    }),
    tilfelle("a number as a number", 400, MOR, |m| {
        m["foedsel"]["mor"]["foedselsEllerDNummer"] = json!(3_851_598_730_i64);
    }),
    tilfelle("mother without a number or name", 400, MOR, |m| {
        m["foedsel"]["mor"] = json!({});
    }),
    tilfelle("mother with both", 400, MOR, |m| {
        m["foedsel"]["mor"]["navn"] = json!({"fornavn": "KARI", "etternavn": "N"});
    }),
    tilfelle("name without a date of birth", 400, "foedsel.mor.foedselsdato", |m| {
        m["foedsel"]["mor"] = json!({"navn": {"fornavn": "KARI", "etternavn": "N"}});
    }),
    tilfelle("empty name", 400, "foedsel.mor.navn.fornavn", |m| {
        m["foedsel"]["mor"] =
            json!({"navn": {"fornavn": " ", "etternavn": "N"}, "foedselsdato": "1990-01-01"});
    }),
    tilfelle("mother as co-mother", 400, "foedsel.mor.erMedmor", |m| {
        m["foedsel"]["mor"]["erMedmor"] = json!(true);
    }),
    tilfelle("no mother", 400, "foedsel.mor", |m| {
        m["foedsel"].as_object_mut().unwrap().remove("mor");
    }),
    tilfelle("no birth", 400, "foedsel", |m| {
        m.as_object_mut().unwrap().remove("foedsel");
    }),
    tilfelle("unknown father", 422, "foedsel.farEllerMedmor.foedselsEllerDNummer", |m| {
        m["foedsel"]["farEllerMedmor"] = json!({"foedselsEllerDNummer": folk().ukjent});
    }),
    tilfelle("father's wrong control digit", 400, "foedsel.farEllerMedmor.foedselsEllerDNummer", |m| {
        m["foedsel"]["farEllerMedmor"] = json!({"foedselsEllerDNummer": "03851598731"});
    }),
    tilfelle("mother as father", 400, "foedsel.farEllerMedmor.foedselsEllerDNummer", |m| {
        m["foedsel"]["farEllerMedmor"] = json!({"foedselsEllerDNummer": folk().mor});
    }),
    tilfelle("citizenship", 400, "foedsel.farEllerMedmor.statsborgerskap", |m| {
        m["foedsel"]["farEllerMedmor"] =
            json!({"foedselsEllerDNummer": folk().far, "statsborgerskap": "Norge"});
    }),
    tilfelle("born tomorrow", 400, "foedsel.barn.foedselsdato", |m| {
        m["foedsel"]["barn"]["foedselsdato"] = json!("2026-11-24");
    }),
    tilfelle("born before numbers", 400, "foedsel.barn.foedselsdato", |m| {
        m["foedsel"]["barn"]["foedselsdato"] = json!("1812-01-01");
    }),
    tilfelle("no such day", 400, "foedsel.barn.foedselsdato", |m| {
        m["foedsel"]["barn"]["foedselsdato"] = json!("2026-02-30");
    }),
    tilfelle("no sex", 400, "foedsel.barn.kjoenn", |m| {
        m["foedsel"]["barn"].as_object_mut().unwrap().remove("kjoenn");
    }),
    tilfelle("unknown sex", 400, "foedsel.barn.kjoenn", |m| {
        m["foedsel"]["barn"]["kjoenn"] = json!("03851598730");
    }),
    tilfelle("alive as a word", 400, "foedsel.barn.erLevendefoedt", |m| {
        m["foedsel"]["barn"]["erLevendefoedt"] = json!("ja");
    }),
    tilfelle("third of two", 400, "foedsel.barn.rekkefoelgenummerVedFlerfoedsel", |m| {
        m["foedsel"]["barn"]["rekkefoelgenummerVedFlerfoedsel"] = json!("23");
    }),
    tilfelle("order in letters", 400, "foedsel.barn.rekkefoelgenummerVedFlerfoedsel", |m| {
        m["foedsel"]["barn"]["rekkefoelgenummerVedFlerfoedsel"] = json!("ab");
    }),
    tilfelle("eight at once", 400, "foedsel.antallBarnVedFlerfoedsel", |m| {
        m["foedsel"]["antallBarnVedFlerfoedsel"] = json!(8);
    }),
    tilfelle("first of two of three", 400, "foedsel.antallBarnVedFlerfoedsel", |m| {
        m["foedsel"]["antallBarnVedFlerfoedsel"] = json!(3);
        m["foedsel"]["barn"]["rekkefoelgenummerVedFlerfoedsel"] = json!("21");
    }),
    tilfelle("municipality", 400, "foedsel.foedested.foedekommunenummer", |m| {
        m["foedsel"]["foedested"]["foedekommunenummer"] = json!("301");
    }),
    tilfelle("no hospital", 400, "foedsel.foedested.foedselsinstitusjonsnavn", |m| {
        m["foedsel"]["foedested"]["foedselsinstitusjonsnavn"] = json!("");
    }),
    tilfelle("no message number", 400, "meldingsId", |m| {
        m.as_object_mut().unwrap().remove("meldingsId");
    }),
    tilfelle("empty message number", 400, "meldingsId", |m| {
        m["meldingsId"] = json!("");
    }),
    tilfelle("long message number", 400, "meldingsId", |m| {
        m["meldingsId"] = json!("x".repeat(101));
    }),
    tilfelle("registered tomorrow", 400, "registreringsdato", |m| {
        m["registreringsdato"] = json!("2026-11-24");
    }),
];

const DOEDSFALL: &[Tilfelle] = &[
    tilfelle("unknown person", 422, "doedPerson.foedselsnummer", |m| {
        m["doedPerson"]["foedselsnummer"] = json!(folk().ukjent);
    }),
    tilfelle("wrong control digit", 400, "doedPerson.foedselsnummer", |m| {
        m["doedPerson"]["foedselsnummer"] = json!("03851598731");
    }),
    tilfelle("died tomorrow", 400, "doedPerson.doedsdato", |m| {
        m["doedPerson"]["doedsdato"] = json!("2026-11-24");
    }),
    tilfelle("died before birth", 422, "doedPerson.doedsdato", |m| {
        m["doedPerson"]["doedsdato"] = json!("1950-01-01");
    }),
    tilfelle("dead since another day", 422, "doedPerson.doedsdato", |m| {
        m["doedPerson"]["foedselsnummer"] = json!(folk().doed);
    }),
    tilfelle("no date", 400, "doedPerson.doedsdato", |m| {
        m["doedPerson"].as_object_mut().unwrap().remove("doedsdato");
    }),
    tilfelle("unknown source", 400, "kilde", |m| {
        m["kilde"] = json!("naboen");
    }),
    tilfelle("municipality", 400, "doedPerson.kommune", |m| {
        m["doedPerson"]["kommune"] = json!("Oslo");
    }),
    tilfelle("registered tomorrow", 400, "forespoerselssdato", |m| {
        m["forespoerselssdato"] = json!("2026-11-24");
    }),
    tilfelle("empty message number", 400, "meldingsId", |m| {
        m["meldingsId"] = json!(" ");
    }),
];

#[tokio::test]
async fn every_fault_of_a_message_is_refused_with_its_field_and_leaves_nothing() {
    let register = register().await;
    let before = dump(&register).await;
    let doed = json!({"meldingsId": "x", "kilde": "helse", "doedPerson": {"foedselsnummer": folk().mor, "doedsdato": "2026-11-22"}});
    let tables = [
        ("foedselsmelding", SCOPE_FOEDSELSMELDING, FOEDSLER, foedselsmelding("x", &folk().mor)),
        ("doedsmelding", SCOPE_DOEDSMELDING, DOEDSFALL, doed),
    ];
    for (resource, scope, cases, good) in tables {
        for Tilfelle { hva, endring, status, felt } in cases {
            let mut message = good.clone();
            endring(&mut message);
            let svar = register.post(&format!("{MOTTAK}/{resource}"), scope, &message).await;
            let feil: Feil = serde_json::from_value(svar.json()).unwrap();
            assert_eq!(
                (svar.status.as_u16(), feil.felt.as_deref()),
                (*status, Some(*felt)),
                "{hva}: {}",
                svar.tekst
            );
            assert!(feil.melding.starts_with(felt) && feil.kode.starts_with("FREG-"), "{hva}: {feil:?}");
            assert_hides_numbers(hva, &svar.tekst);
        }
    }
    assert_eq!(dump(&register).await, before);
}

#[tokio::test]
async fn every_fault_of_a_request_is_refused() {
    let register = register().await;
    let before = dump(&register).await;
    let path = format!("{MOTTAK}/foedselsmelding");
    let good = foedselsmelding("x", &folk().mor).to_string();
    let send = async |media: &'static str, body: String| {
        register.post_som(&path, SYKEHUS, SCOPE_FOEDSELSMELDING, media, body).await
    };

    let large = send("application/json", format!("{}{good}", " ".repeat(20 << 20))).await;
    assert_eq!(
        (large.status, large.json()["kode"].clone()),
        (StatusCode::PAYLOAD_TOO_LARGE, json!("FREG-008"))
    );
    assert_eq!(send("application/xml", good.clone()).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(send("", good.clone()).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    for broken in ["", "{", "[]", "null", "\"03851598730\"", "{\"meldingsId\":\"03851598730\"", "\u{1}"] {
        let svar = send("application/json", broken.to_owned()).await;
        assert_eq!(svar.status, StatusCode::BAD_REQUEST, "{broken}");
        assert_hides_numbers(broken, &svar.tekst);
    }
    // A field that should not be there may be named after anything.
    for (field, inside) in [("03851598730", json!(1)), ("mor2", json!({"x": "03851598730"}))] {
        let mut message = foedselsmelding("x", &folk().mor);
        message["foedsel"][field] = inside;
        let svar = send("application/json", message.to_string()).await;
        assert_eq!(
            (svar.status, svar.json()["felt"].clone()),
            (StatusCode::BAD_REQUEST, json!("foedsel")),
            "{}",
            svar.tekst
        );
        assert_hides_numbers(field, &svar.tekst);
    }

    let ask = async |token: Option<String>| {
        let mut request = Request::post(&path).header(header::CONTENT_TYPE, "application/json");
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        register.send(request.body(Body::from(good.clone())).unwrap()).await
    };
    let now = register.clock.now().as_second();
    let ctx = &register.test.ctx;
    let expired = token(
        ctx,
        json!({"iss": "maskinporten", "scope": SCOPE_FOEDSELSMELDING, "iat": now - 900, "exp": now - 600}),
    );
    let without = token(ctx, json!({"iss": "maskinporten", "scope": SCOPE_MED_HJEMMEL}));
    let of_a_person = token(ctx, json!({"iss": "idporten", "scope": SCOPE_FOEDSELSMELDING}));
    let cases = [
        (None, 401),
        (Some("x".to_owned()), 401),
        (Some(expired), 401),
        (Some(of_a_person), 401),
        (Some(without), 403),
    ];
    for (token, status) in cases {
        let svar = ask(token).await;
        assert_eq!(svar.status.as_u16(), status, "{}", svar.tekst);
        assert!(svar.headers.contains_key(header::WWW_AUTHENTICATE));
        assert!(svar.json()["melding"].is_string());
    }
    assert_eq!(dump(&register).await, before);
}

#[tokio::test]
async fn what_does_not_exist_and_what_is_not_for_the_package_are_told_apart() {
    let register = register().await;
    let mor = folk().mor;
    let mor = mor.as_str();
    let cases = [
        (404, format!("/folkeregisteret/hemmelig/api/v1/personer/{mor}"), "rettighetspakke"),
        (404, format!("/folkeregisteret/api/hemmelig/v1/personer/{mor}"), "rettighetspakke"),
        (404, "/folkeregisteret/finnes/ikke".to_owned(), "ingenting"),
        (404, format!("{BASE}/familier"), "ingenting"),
        (403, "/folkeregisteret/api/finans/v1/uttrekk/komplett".to_owned(), "uttrekk"),
        (403, "/folkeregisteret/api/finans/v1/hendelser/0123".to_owned(), "Hendelser"),
        (404, format!("{MOTTAK}/hilsen"), "ingenting"),
        (404, format!("{MOTTAK}/kvittering/finnes-ikke"), "melding"),
    ];
    for (status, path, word) in cases {
        let scope = format!("{SCOPE_MED_HJEMMEL} {SCOPE_FINANS} {SCOPE_FOEDSELSMELDING}");
        let svar = register.get_som(&path, &scope).await;
        assert_eq!(svar.status.as_u16(), status, "{path}: {}", svar.tekst);
        assert!(svar.json()["melding"].as_str().unwrap().contains(word), "{path}: {}", svar.tekst);
    }
}

#[tokio::test]
async fn an_address_that_asks_too_often_waits() {
    let register = register().await;
    let path = format!("{BASE}/hendelser/siste/sekvensnummer");
    let ask = async |address: [u8; 4]| {
        let bearer = format!("Bearer {}", register.token(NAV, SCOPE_MED_HJEMMEL));
        let mut request =
            Request::get(&path).header(header::AUTHORIZATION, bearer).body(Body::empty()).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from((address, 4000))));
        register.send(request).await
    };
    // Counting does not depend on who asks, nor on what is answered.
    for _ in 0..folkeregister::PER_MINUTE.get() {
        let mut request = Request::get(&path).body(Body::empty()).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([192, 0, 2, 1], 4000))));
        register.router.clone().oneshot(request).await.unwrap();
    }
    let refused = ask([192, 0, 2, 1]).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.json()["kode"], "FREG-013");
    let wait: u64 = refused.headers[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
    assert!((1..=2).contains(&wait), "{wait}");
    assert_eq!(ask([192, 0, 2, 2]).await.status, StatusCode::OK, "each address has its share");
    register.test.ctx.clock.advance(jiff::SignedDuration::from_secs(2));
    assert_eq!(ask([192, 0, 2, 1]).await.status, StatusCode::OK);
}

/// No error holds a run of digits as long as a personal number.
fn assert_hides_numbers(hva: &str, tekst: &str) {
    let longest = tekst.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or(0);
    assert!(longest < 9, "{hva}: {tekst}");
}

/// Everything that the register holds.
async fn dump(register: &Register) -> Vec<String> {
    let mut rows = Vec::new();
    for sql in [
        "SELECT pid, dokument FROM nummer ORDER BY pid",
        "SELECT id, pakket FROM dokument ORDER BY id",
        "SELECT dato, kjoenn FROM nummerserie",
        "SELECT id, innhold FROM hendelsesdokument",
        "SELECT avsender, id FROM melding",
        "SELECT body, kind FROM feed",
    ] {
        rows.extend(register.store.query(sql, &[]).await.unwrap().into_iter().map(|row| format!("{row:?}")));
    }
    rows
}
