//! Ansattporten among registers, as far as it sees them, and how people go through it.

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use clients::enhetsregister::Enhetsregister;
use clients::folkeregister::{
    Adressebeskyttelse, Folkeregister, Foreldreansvar, Gradering, Navn, Opphav, Oppslag, PersonBulkoppslag,
    PersonBulkoppslagSvar, Persondokument, Verge, Vergemaal,
};
use clients::{Mesh, TokenSource};
use idporten::{Component, Config, MIGRATIONS, NewClient, Upstream};
use kernel::id::Pid;
use kernel::jose::{Alg, KeyEncryptionKey, KeySet};
use kernel::testing::context;
use serde_json::{Value, json};

use super::{
    Answer, Browser, CALLBACK, CHALLENGE, Fixture, VERIFIER, born, client, form, kari, ola, parameters,
    person,
};

pub const ISSUER: &str = "http://localhost:8080/ansattporten";
pub const ENTERPRISE: &str = "310000205";
pub const SUBUNIT: &str = "310000213";
pub const OTHER: &str = "310000221";
pub const SERVICE: &str =
    r#"[{"type":"ansattporten:altinn:service","resource":"urn:altinn:resource:2480:40"}]"#;
pub const RESOURCE: &str =
    r#"[{"type":"ansattporten:altinn:resource","resource":"urn:altinn:resource:ttd-skjema"}]"#;

// --- the registers, as far as this sees them ---

pub fn named(pid: Pid, date: &str, first: &str) -> Persondokument {
    let navn =
        Navn { fornavn: first.to_owned(), etternavn: "Nordmann".to_owned(), ..Navn::fra(&Opphav::default()) };
    Persondokument { navn: vec![navn], ..person(pid, date) }
}

pub fn responsible(adult: Option<Pid>, child: Option<Pid>) -> Foreldreansvar {
    Foreldreansvar { ansvarlig: adult, ansvarssubjekt: child, ..Foreldreansvar::fra(&Opphav::default()) }
}

pub fn child() -> Pid {
    born("2015-06-07")
}
pub fn grown_child() -> Pid {
    born("2001-06-07")
}
pub fn hidden_child() -> Pid {
    born("2016-06-07")
}
/// In the adult's document alone: the child's own knows nothing of it.
pub fn foreign_child() -> Pid {
    born("2017-06-07")
}
pub fn ward() -> Pid {
    born("1940-01-02")
}
pub fn former_ward() -> Pid {
    born("1941-01-02")
}

pub fn people() -> Vec<Persondokument> {
    let children = [child(), grown_child(), hidden_child(), foreign_child()];
    let guardianship = |guardian| Vergemaal {
        vergemaaltype: Some("voksen".to_owned()),
        embete: Some("statsforvalterenIOsloOgViken".to_owned()),
        verge: Verge {
            foedsels_eller_d_nummer: Some(guardian),
            omfang: Some("oekonomiskeInteresser".to_owned()),
            ..Verge::default()
        },
        ..Vergemaal::fra(&Opphav::default())
    };
    let of_kari = vec![responsible(Some(kari()), None)];
    vec![
        Persondokument {
            foreldreansvar: children.iter().map(|child| responsible(None, Some(*child))).collect(),
            ..named(kari(), "1990-05-04", "Kari")
        },
        named(ola(), "1985-01-02", "Ola"),
        named(born("1980-03-03"), "1980-03-03", "Uheldig"),
        Persondokument { foreldreansvar: of_kari.clone(), ..named(child(), "2015-06-07", "Lille") },
        Persondokument { foreldreansvar: of_kari.clone(), ..named(grown_child(), "2001-06-07", "Store") },
        Persondokument {
            foreldreansvar: of_kari,
            adressebeskyttelse: vec![Adressebeskyttelse {
                graderingsnivaa: Gradering::StrengtFortrolig,
                ..Adressebeskyttelse::fra(&Opphav::default())
            }],
            ..named(hidden_child(), "2016-06-07", "Skjult")
        },
        named(foreign_child(), "2017-06-07", "Fremmed"),
        Persondokument { vergemaal: vec![guardianship(kari())], ..named(ward(), "1940-01-02", "Gamle") },
        Persondokument {
            vergemaal: vec![Vergemaal { er_gjeldende: false, ..guardianship(kari()) }],
            ..named(former_ward(), "1941-01-02", "Tidligere")
        },
    ]
}

pub fn folkeregister() -> Router {
    let find = |pid: &str| people().into_iter().find(|person| person.pid().unwrap().as_str() == pid);
    let one = move |Path(pid): Path<String>| async move {
        find(&pid).map_or(StatusCode::NOT_FOUND.into_response(), |person| axum::Json(person).into_response())
    };
    let many = move |axum::Json(asked): axum::Json<PersonBulkoppslag>| async move {
        let oppslag = asked.foedsels_eller_d_nummer.into_iter().map(|pid| Oppslag {
            folkeregisterperson: find(&pid),
            foedsels_eller_d_nummer: pid,
            feilmelding: None,
        });
        axum::Json(PersonBulkoppslagSvar { oppslag: oppslag.collect() })
    };
    let base = "/folkeregisteret/offentlig-med-hjemmel/api/v1/personer";
    Router::new()
        .route(&format!("{base}/{{pid}}"), get(one))
        .route(&format!("{base}/bulkoppslag"), post(many))
}

pub fn unit(number: &str, name: &str, above: Option<&str>) -> Value {
    let mut unit = json!({
        "organisasjonsnummer": number, "navn": name,
        "organisasjonsform": { "kode": if above.is_some() { "BEDR" } else { "AS" }, "beskrivelse": "" },
        "registreringsdatoEnhetsregisteret": "2020-01-01", "harRegistrertAntallAnsatte": false,
        "registrertIMvaregisteret": false, "respons_klasse": if above.is_some() { "Underenhet" } else { "Enhet" },
    });
    if let Some(above) = above {
        unit["overordnetEnhet"] = json!(above);
        return unit;
    }
    for name in [
        "registrertIForetaksregisteret",
        "registrertIStiftelsesregisteret",
        "registrertIFrivillighetsregisteret",
        "registrertIPartiregisteret",
        "konkurs",
        "underAvvikling",
        "underTvangsavviklingEllerTvangsopplosning",
        "erIKonsern",
    ] {
        unit[name] = json!(false);
    }
    unit["maalform"] = json!("Bokmål");
    unit
}

/// Kari is general manager of one business and sits on the board of another. Nobody else has a role.
pub fn enhetsregister() -> Router {
    let roles = |pid: String| async move {
        if pid == born("1980-03-03").as_str() {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
        let role = |kind: &str| json!({ "type": { "kode": kind, "beskrivelse": "" }, "fratraadt": false, "avregistrert": false });
        let former = json!({ "type": { "kode": "LEDE", "beskrivelse": "" }, "fratraadt": true, "avregistrert": false });
        let units = if pid == kari().as_str() {
            json!([
                { "organisasjonsnummer": ENTERPRISE, "navn": "EKSEMPEL AS", "roller": [role("DAGL")] },
                { "organisasjonsnummer": OTHER, "navn": "STYRET AS", "roller": [role("MEDL"), former] },
            ])
        } else {
            json!([])
        };
        axum::Json(json!({ "enheter": units })).into_response()
    };
    let enhet = |Path(number): Path<String>| async move {
        match number.as_str() {
            ENTERPRISE => axum::Json(unit(ENTERPRISE, "EKSEMPEL AS", None)).into_response(),
            OTHER => axum::Json(unit(OTHER, "STYRET AS", None)).into_response(),
            _ => StatusCode::NOT_FOUND.into_response(),
        }
    };
    let underenhet = |Path(number): Path<String>| async move {
        match number.as_str() {
            SUBUNIT => {
                axum::Json(unit(SUBUNIT, "EKSEMPEL AS AVD LEIKANGER", Some(ENTERPRISE))).into_response()
            }
            _ => StatusCode::NOT_FOUND.into_response(),
        }
    };
    let underenheter = |Query(asked): Query<BTreeMap<String, String>>| async move {
        let units = if asked["overordnetEnhet"] == ENTERPRISE {
            vec![unit(SUBUNIT, "EKSEMPEL AS AVD LEIKANGER", Some(ENTERPRISE))]
        } else {
            Vec::new()
        };
        let page = json!({ "size": 500, "totalElements": units.len(), "totalPages": 1, "number": 0 });
        axum::Json(json!({ "_embedded": { "underenheter": units }, "page": page }))
    };
    Router::new()
        .route("/enhetsregisteret/autorisert-api/personer/rolleutskrift", post(roles))
        .route("/enhetsregisteret/api/enheter/{number}", get(enhet))
        .route("/enhetsregisteret/api/underenheter/{number}", get(underenhet))
        .route("/enhetsregisteret/api/underenheter", get(underenheter))
}

// --- Ansattporten ---

pub async fn ansattporten() -> Fixture {
    ansattporten_over(enhetsregister()).await
}

pub async fn ansattporten_over(register: Router) -> Fixture {
    ansattporten_with(register, Vec::new(), true).await
}

/// The same, with eIDs of other providers, in test or not.
pub async fn ansattporten_with(register: Router, upstreams: Vec<Upstream>, test_mode: bool) -> Fixture {
    let mut test = context(MIGRATIONS).await;
    test.ctx.test_mode = test_mode;
    let mesh = Mesh::new([].into());
    let people = Folkeregister::new(mesh.clone(), TokenSource::fixed("t"));
    let businesses = Enhetsregister::new(mesh.clone(), TokenSource::fixed("t"));
    let config =
        Config { master: KeyEncryptionKey::from_bytes(&[3; 32]).unwrap(), suggestions: vec![], upstreams };
    let component = Component::ansattporten(test.ctx.clone(), people, businesses, config).await.unwrap();
    let registrar = component.registrar();
    for new in
        [client("en"), client("to"), NewClient { default_acr: Some("high".to_owned()), ..client("hoy") }]
    {
        registrar.register_client(new).await.unwrap();
    }
    let router: Router = component.router().into();
    mesh.set_local(router.clone().merge(folkeregister()).merge(register));
    Fixture { test, component, router, mesh }
}

pub fn ask(id: &str, details: &str, changes: &[(&str, &str)]) -> String {
    let mut fields = vec![
        ("client_id", id),
        ("response_type", "code"),
        ("redirect_uri", CALLBACK),
        ("scope", "openid profile"),
        ("state", "s"),
        ("nonce", "n"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("authorization_details", details),
    ];
    for (name, value) in changes {
        match fields.iter_mut().find(|(field, _)| field == name) {
            Some(field) => field.1 = value,
            None => fields.push((name, value)),
        }
    }
    fields.retain(|(_, value)| !value.is_empty());
    form(&fields)
}

pub fn sent(answer: &Answer) -> BTreeMap<String, String> {
    assert!(answer.location().starts_with(CALLBACK), "{}", answer.location());
    let sent = parameters(answer.location());
    assert_eq!(sent["iss"], ISSUER);
    sent
}

/// Signs in with the test eID; gives the answer to the form.
pub async fn sign_in(browser: &mut Browser<'_>, request: &str, pid: Pid) -> Answer {
    let answer = browser.get(&format!("/ansattporten/authorize?{request}")).await;
    assert!(answer.location().starts_with(&format!("{ISSUER}/innlogging?id=")), "{}", answer.location());
    let id = answer.sent()["id"].clone();
    let page = browser.get(answer.location()).await;
    assert!(page.body.contains("action=\"/ansattporten/"), "{}", page.body);
    browser.post("/ansattporten/innlogging", &[("id", &id), ("personidentifikator", pid.as_str())]).await
}

/// The page where the person chooses, and the sign-in's id.
pub async fn picker(browser: &mut Browser<'_>, request: &str, pid: Pid) -> (String, Answer) {
    let mut answer = sign_in(browser, request, pid).await;
    let id = answer.sent().get("id").cloned().unwrap_or_default();
    while answer.headers.contains_key("location") && !answer.location().starts_with(CALLBACK) {
        let next = answer.location().to_owned();
        answer = browser.get(&next).await;
    }
    (id, answer)
}

pub async fn tokens(f: &Fixture, id: &str, code: &str) -> (Value, Value, Value) {
    let assertion = f.assertion(id, json!({ "aud": ISSUER }));
    let answer = f
        .post(
            "/ansattporten/token",
            &[
                ("grant_type", "authorization_code"),
                ("code", code),
                ("redirect_uri", CALLBACK),
                ("code_verifier", VERIFIER),
                ("client_id", id),
                ("client_assertion_type", clients::idporten::ASSERTION_TYPE),
                ("client_assertion", &assertion),
            ],
        )
        .await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let answer = answer.json();
    let keys = KeySet::parse(f.get("/ansattporten/jwks.json").await.body.as_bytes()).unwrap();
    let claims = |name: &str| {
        kernel::jose::verify(answer[name].as_str().unwrap(), &keys, &[Alg::RS256]).unwrap().claims().unwrap()
    };
    let (id_token, access_token) = (claims("id_token"), claims("access_token"));
    (id_token, access_token, answer)
}
