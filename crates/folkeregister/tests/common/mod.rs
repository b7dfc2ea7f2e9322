//! A register with a few people, and how to ask it.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "each test file uses its part; a test stops where it cannot go on, and says what it skips"
)]

use std::path::PathBuf;

use axum::Router;
use axum::body::Body;
use clients::folkeregister::*;
use folkeregister::{Component, MIGRATIONS};
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use jiff::Timestamp;
use jiff::civil::{Date, date};
use kernel::Context;
use kernel::id::{Kjoenn, Pid};
use kernel::testing::{TestContext, context, token};
use serde_json::{Value, json};
use tower::ServiceExt as _;

pub mod liv;

pub const BASE: &str = "/folkeregisteret/offentlig-med-hjemmel/api/v1";
pub const MOTTAK: &str = "/folkeregisteret/mottak/api/v1";
pub const SYKEHUS: &str = "310000043";
pub const NAV: &str = "310000027";

/// A published file: beside the project (`../shared/standards`), or where `FELLES_STANDARDS` says.
pub fn standard(path: &str) -> Option<String> {
    let root = std::env::var("FELLES_STANDARDS").map(PathBuf::from);
    let root =
        root.unwrap_or_else(|_| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/standards"));
    let text = std::fs::read_to_string(root.join(path)).ok();
    if text.is_none() {
        println!("skipped: {path} is not there, so nothing is held up against it");
    }
    text
}

/// The people of the tests. Each is of another day, so that their numbers are theirs alone.
pub struct Folk {
    /// Lives alone, unmarried.
    pub mor: Pid,
    /// Unmarried.
    pub far: Pid,
    /// Married to `ektemann`; they have `sønn`.
    pub gift: Pid,
    pub ektemann: Pid,
    pub sonn: Pid,
    /// Married to each other; both women.
    pub gift_kvinne: Pid,
    pub ektefelle_kvinne: Pid,
    /// Died on 2 March 2026.
    pub doed: Pid,
    /// Strictly confidential address.
    pub kode6: Pid,
    /// Confidential address.
    pub kode7: Pid,
    /// Registered as a man.
    pub mann: Pid,
    /// Has a D-number; does not live here; Swedish.
    pub d_nummer: Pid,
    /// Had `gammelt` before.
    pub nytt: Pid,
    pub gammelt: Pid,
    /// In no register.
    pub ukjent: Pid,
}

pub fn kvinne(year: i16) -> Pid {
    Pid::synthetic(date(year, 5, 16), Kjoenn::Kvinne, 0).unwrap()
}

pub fn mann(year: i16) -> Pid {
    Pid::synthetic(date(year, 6, 17), Kjoenn::Mann, 0).unwrap()
}

pub fn folk() -> Folk {
    Folk {
        mor: kvinne(1991),
        far: mann(1990),
        gift: kvinne(1992),
        ektemann: mann(1989),
        sonn: Pid::synthetic(date(2020, 1, 5), Kjoenn::Mann, 0).unwrap(),
        gift_kvinne: kvinne(1993),
        ektefelle_kvinne: kvinne(1994),
        doed: kvinne(1988),
        kode6: kvinne(1987),
        kode7: kvinne(1986),
        mann: mann(1995),
        d_nummer: Pid::synthetic_d(date(1996, 7, 1), Kjoenn::Kvinne, 0).unwrap(),
        nytt: kvinne(1985),
        gammelt: Pid::synthetic_d(date(1985, 5, 16), Kjoenn::Kvinne, 0).unwrap(),
        ukjent: kvinne(1970),
    }
}

fn opphavet() -> Opphav {
    opphav("2020-01-01T00:00:00Z".parse::<Timestamp>().unwrap(), "Synutopia", "Grunnbefolkning")
}

/// A resident at an address of their own, unmarried, Norwegian.
pub fn person(pid: Pid, foedt: Date, kjoenn: Kjoenn) -> Persondokument {
    let o = opphavet();
    Persondokument {
        identifikasjonsnummer: vec![Identifikasjonsnummer::i_bruk(&pid, &o)],
        identitetsgrunnlag: vec![Identitetsgrunnlag::fra(&o)],
        status: vec![Status { status: Personstatus::Bosatt, ..Status::fra(&o) }],
        kjoenn: vec![Personkjoenn { kjoenn: Some(kjoenn), ..Personkjoenn::fra(&o) }],
        foedsel: vec![Foedsel {
            foedselsdato: Some(foedt),
            foedselsaar: foedt.year().to_string(),
            foedeland: Some("NOR".to_owned()),
            ..Foedsel::fra(&o)
        }],
        navn: vec![Navn { fornavn: "KARI".to_owned(), etternavn: "NORDMANN".to_owned(), ..Navn::fra(&o) }],
        bostedsadresse: vec![Bostedsadresse {
            adressegradering: Gradering::Ugradert,
            vegadresse: Some(Vegadresse {
                kommunenummer: Some("0301".to_owned()),
                bruksenhetsnummer: Some("H0101".to_owned()),
                adressenavn: "Storgata".to_owned(),
                adressenummer: Some(Adressenummer { husnummer: "12".to_owned(), husbokstav: None }),
                poststed: Some(Poststed {
                    postnummer: Some("0184".to_owned()),
                    poststedsnavn: Some("OSLO".to_owned()),
                }),
                ..Vegadresse::default()
            }),
            ..Bostedsadresse::fra(&o)
        }],
        sivilstand: vec![Sivilstand { sivilstand: Sivilstandstype::Ugift, ..Sivilstand::fra(&o) }],
        statsborgerskap: vec![Statsborgerskap {
            statsborgerskap: "NOR".to_owned(),
            ..Statsborgerskap::fra(&o)
        }],
        ..Persondokument::default()
    }
}

pub fn gift(person: &mut Persondokument, med: Pid) {
    let o = opphavet();
    person.sivilstand = vec![Sivilstand {
        sivilstand: Sivilstandstype::Gift,
        relatert_ved_sivilstand: Some(med),
        sivilstandsdato: Some(date(2015, 6, 6)),
        ..Sivilstand::fra(&o)
    }];
    person.familierelasjon.push(Familierelasjon {
        relatert_person: Some(med),
        relatert_persons_rolle: Familierolle::EktefelleEllerPartner,
        min_rolle_for_person: Some(Familierolle::EktefelleEllerPartner),
        ..Familierelasjon::fra(&o)
    });
}

fn forelder(voksen: &mut Persondokument, barn: &mut Persondokument, rolle: Familierolle) {
    let o = opphavet();
    let (voksent, barnets) = (voksen.pid().unwrap(), barn.pid().unwrap());
    voksen.familierelasjon.push(Familierelasjon {
        relatert_person: Some(barnets),
        relatert_persons_rolle: Familierolle::Barn,
        min_rolle_for_person: Some(rolle),
        ..Familierelasjon::fra(&o)
    });
    barn.familierelasjon.push(Familierelasjon {
        relatert_person: Some(voksent),
        relatert_persons_rolle: rolle,
        min_rolle_for_person: Some(Familierolle::Barn),
        ..Familierelasjon::fra(&o)
    });
    voksen.foreldreansvar.push(Foreldreansvar {
        ansvar: Ansvar::Felles,
        ansvarssubjekt: Some(barnets),
        ..Foreldreansvar::fra(&o)
    });
    barn.foreldreansvar.push(Foreldreansvar {
        ansvar: Ansvar::Felles,
        ansvarlig: Some(voksent),
        ansvarssubjekt: Some(barnets),
        ..Foreldreansvar::fra(&o)
    });
}

pub fn dokumenter() -> Vec<Persondokument> {
    let f = folk();
    let o = opphavet();
    let k = |pid: Pid, year: i16| person(pid, date(year, 5, 16), Kjoenn::Kvinne);
    let m = |pid: Pid, year: i16| person(pid, date(year, 6, 17), Kjoenn::Mann);
    let mut sonn = person(f.sonn, date(2020, 1, 5), Kjoenn::Mann);
    let mut gift_mor = k(f.gift, 1992);
    let mut ektemann = m(f.ektemann, 1989);
    gift(&mut gift_mor, f.ektemann);
    gift(&mut ektemann, f.gift);
    forelder(&mut gift_mor, &mut sonn, Familierolle::Mor);
    forelder(&mut ektemann, &mut sonn, Familierolle::Far);
    let (mut en, mut to) = (k(f.gift_kvinne, 1993), k(f.ektefelle_kvinne, 1994));
    gift(&mut en, f.ektefelle_kvinne);
    gift(&mut to, f.gift_kvinne);
    let mut doed = k(f.doed, 1988);
    doed.status[0].status = Personstatus::Doed;
    doed.doedsfall = Some(Doedsfall { doedsdato: Some(date(2026, 3, 2)), ..Doedsfall::fra(&o) });
    let graded = |pid, year, gradering| {
        let mut person = k(pid, year);
        person.bostedsadresse[0].adressegradering = gradering;
        person.adressebeskyttelse =
            vec![Adressebeskyttelse { graderingsnivaa: gradering, ..Adressebeskyttelse::fra(&o) }];
        person
    };
    let mut svensk = person(f.d_nummer, date(1996, 7, 1), Kjoenn::Kvinne);
    svensk.status[0].status = Personstatus::Midlertidig;
    svensk.bostedsadresse.clear();
    svensk.statsborgerskap[0].statsborgerskap = String::from("SWE");
    let mut nytt = k(f.nytt, 1985);
    nytt.identifikasjonsnummer.push(Identifikasjonsnummer {
        er_gjeldende: false,
        status: Nummerstatus::Opphoert,
        foedsels_eller_d_nummer: f.gammelt.as_str().to_owned(),
        identifikatortype: Identifikatortype::DNummer,
        ..Identifikasjonsnummer::fra(&o)
    });
    let mut forrige = nytt.navn[0].clone();
    forrige.avslutt("2021-01-01T00:00:00Z".parse().unwrap());
    forrige.etternavn = String::from("SVENSSON");
    nytt.navn.push(forrige);
    vec![
        k(f.mor, 1991),
        m(f.far, 1990),
        gift_mor,
        ektemann,
        sonn,
        en,
        to,
        doed,
        graded(f.kode6, 1987, Gradering::StrengtFortrolig),
        graded(f.kode7, 1986, Gradering::Fortrolig),
        m(f.mann, 1995),
        svensk,
        nytt,
    ]
}

pub fn ndjson(personer: &[Persondokument]) -> String {
    personer.iter().map(|person| serde_json::to_string(person).unwrap() + "\n").collect()
}

pub struct Svar {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub tekst: String,
}

impl Svar {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.tekst)
            .unwrap_or_else(|error| panic!("{error}: {} {}", self.status, self.tekst))
    }
}

pub struct Register {
    pub test: TestContext,
    pub router: Router,
}

impl std::ops::Deref for Register {
    type Target = Context;
    fn deref(&self) -> &Context {
        &self.test.ctx
    }
}

/// A register with [`folk`] in it.
pub async fn register() -> Register {
    let register = tomt().await;
    let svar = register.last_inn(&ndjson(&dokumenter())).await;
    assert_eq!((svar.status, svar.json()), (StatusCode::OK, json!({"lest": dokumenter().len()})));
    register
}

/// A register without people.
pub async fn tomt() -> Register {
    let test = context(MIGRATIONS).await;
    let router = Component::new(test.ctx.clone()).router().into();
    Register { test, router }
}

impl Register {
    /// A token of an organisation, with this scope.
    pub fn token(&self, orgnr: &str, scope: &str) -> String {
        let consumer = json!({"authority": "iso6523-actorid-upis", "ID": format!("0192:{orgnr}")});
        token(&self.test.ctx, json!({"iss": "maskinporten", "scope": scope, "consumer": consumer}))
    }

    pub async fn send(&self, request: Request<Body>) -> Svar {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Svar {
            status: parts.status,
            headers: parts.headers,
            tekst: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }

    pub async fn get(&self, path: &str) -> Svar {
        self.get_som(path, SCOPE_MED_HJEMMEL).await
    }

    pub async fn get_som(&self, path: &str, scope: &str) -> Svar {
        let bearer = format!("Bearer {}", self.token(NAV, scope));
        self.send(Request::get(path).header(header::AUTHORIZATION, bearer).body(Body::empty()).unwrap()).await
    }

    /// As [`Register::get_som`], in a form.
    pub async fn get_i(&self, path: &str, scope: &str, accept: &str) -> Svar {
        let bearer = format!("Bearer {}", self.token(NAV, scope));
        let request = Request::get(path).header(header::AUTHORIZATION, bearer).header(header::ACCEPT, accept);
        self.send(request.body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, path: &str, scope: &str, body: &Value) -> Svar {
        self.post_som(path, SYKEHUS, scope, "application/json", body.to_string()).await
    }

    pub async fn post_som(
        &self,
        path: &str,
        orgnr: &str,
        scope: &str,
        media: &str,
        body: impl Into<Body>,
    ) -> Svar {
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token(orgnr, scope)))
            .header(header::CONTENT_TYPE, media);
        self.send(request.body(body.into()).unwrap()).await
    }

    pub async fn last_inn(&self, lines: &str) -> Svar {
        self.post_som(
            "/folkeregisteret/innlasting/v1",
            NAV,
            SCOPE_INNLASTING,
            "application/x-ndjson",
            lines.to_owned(),
        )
        .await
    }

    /// Reports a birth and gives the receipt.
    pub async fn foedsel(&self, melding: &Value) -> Kvittering {
        let svar = self.post(&format!("{MOTTAK}/foedselsmelding"), SCOPE_FOEDSELSMELDING, melding).await;
        assert_eq!(svar.status, StatusCode::ACCEPTED, "{}", svar.tekst);
        serde_json::from_value(svar.json()).unwrap()
    }

    /// A person's document with everything in it.
    pub async fn alt(&self, pid: &Pid) -> Persondokument {
        let path = format!(
            "{BASE}/personer/{}?part=person-basis&part=relasjon-utvidet&part=foedselINorge&part=innflytting&part=utflytting",
            pid.as_str()
        );
        let svar = self.get(&path).await;
        assert_eq!(svar.status, StatusCode::OK, "{}", svar.tekst);
        serde_json::from_value(svar.json()).unwrap()
    }

    /// The feed from its beginning.
    pub async fn feed(&self) -> Vec<LagretHendelse> {
        let svar = self.get(&format!("{BASE}/hendelser/feed/?seq=1")).await;
        serde_json::from_value(svar.json()).unwrap()
    }

    /// How many uses of a person's data the log has.
    pub async fn bruk(&self, pid: &Pid) -> usize {
        self.log.entries_about(pid, None, 1000).await.unwrap().len()
    }
}

/// A birth on the day before the tests' own.
pub fn foedselsmelding(id: &str, mor: &Pid) -> Value {
    json!({
        "meldingsId": id,
        "registreringsdato": "2026-11-22",
        "foedsel": {
            "foreldreBorSammen": false,
            "foreldreErGift": false,
            "barn": {"foedselsdato": "2026-11-22", "erLevendefoedt": true, "kjoenn": "kvinne"},
            "mor": {"foedselsEllerDNummer": mor},
            "foedested": {"foedselsinstitusjonsnavn": "FELLES UNIVERSITETSSYKEHUS", "foedekommunenummer": "0301"}
        }
    })
}
