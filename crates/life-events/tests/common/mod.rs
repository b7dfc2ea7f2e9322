//! A small nation: the registers that a journey uses, the journeys, and people who meet them.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "runs in tests alone")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::middleware::Next;
use axum::response::IntoResponse as _;
use clients::folkeregister::*;
use clients::kontaktregister::{
    DigitalPost, Kontaktinformasjon, Kontaktregister, Person, Reservasjon, Status as KrrStatus,
};
use clients::life_events::{
    Livshendelser, Oppgave, Oppgavedetaljer, Oppgaver, Reisefoelge, Reisestatus, Vedtak,
};
use clients::postkasse::{Brevliste, Postkasse, Utskriftskoe};
use clients::{Mesh, TokenSource, orgs};
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use jiff::Timestamp;
use jiff::civil::{Date, date};
use kernel::Context;
use kernel::id::{Kjoenn, Orgnr, Pid};
use kernel::testing::{TestContext, context_named, token};
use life_events::{Clients, Component, Config};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tower::ServiceExt as _;
use uuid::Uuid;

pub const BASE: &str = "/livshendelser/api/v1";
/// The day of the births.
pub const FOEDT: Date = date(2026, 11, 20);

/// The people of the tests. Each is of another year, so that their numbers are theirs alone.
#[derive(Clone, Copy)]
pub struct Folk {
    /// Married to `far`, no children, has a mailbox.
    pub mor: Pid,
    pub far: Pid,
    /// Reserved from digital post.
    pub reservert: Pid,
    /// Strictly confidential address.
    pub kode6: Pid,
    /// Confidential address.
    pub kode7: Pid,
    /// Has a guardian.
    pub verge: Pid,
    /// Registered as a man.
    pub mann: Pid,
    /// Seventeen years old.
    pub ung: Pid,
    /// Had a child three months ago.
    pub nylig: Pid,
    /// That child.
    pub nyligs: Pid,
    /// Has no address at all, and no mailbox.
    pub uten_adresse: Pid,
    /// A Polish citizen.
    pub polsk: Pid,
    /// Her mailbox does not exist.
    pub feil_postkasse: Pid,
    /// A caseworker of NAV.
    pub saksbehandler: Pid,
    /// A caseworker of Skatteetaten.
    pub annen_etat: Pid,
}

pub fn folk() -> Folk {
    let kvinne = |year| Pid::synthetic(date(year, 5, 16), Kjoenn::Kvinne, 0).unwrap();
    let mann = |year| Pid::synthetic(date(year, 6, 17), Kjoenn::Mann, 0).unwrap();
    Folk {
        mor: kvinne(1991),
        far: mann(1990),
        reservert: kvinne(1992),
        kode6: kvinne(1993),
        kode7: kvinne(1994),
        verge: kvinne(1995),
        mann: mann(1996),
        ung: kvinne(2009),
        nylig: kvinne(1997),
        nyligs: Pid::synthetic(date(2026, 8, 14), Kjoenn::Mann, 0).unwrap(),
        uten_adresse: kvinne(1998),
        polsk: kvinne(1999),
        feil_postkasse: kvinne(1988),
        saksbehandler: kvinne(1970),
        annen_etat: kvinne(1971),
    }
}

fn opphavet() -> Opphav {
    opphav("2020-01-01T00:00:00Z".parse::<Timestamp>().unwrap(), "Synutopia", "Grunnbefolkning")
}

/// A resident at an address of their own, unmarried, Norwegian.
pub fn person(pid: Pid, foedt: Date, kjoenn: Kjoenn) -> Persondokument {
    let o = opphavet();
    Persondokument {
        identifikasjonsnummer: vec![Identifikasjonsnummer {
            foedsels_eller_d_nummer: pid.as_str().to_owned(),
            ..Identifikasjonsnummer::fra(&o)
        }],
        status: vec![Status { status: Personstatus::Bosatt, ..Status::fra(&o) }],
        kjoenn: vec![Personkjoenn { kjoenn: Some(kjoenn), ..Personkjoenn::fra(&o) }],
        foedsel: vec![Foedsel {
            foedselsdato: Some(foedt),
            foedselsaar: foedt.year().to_string(),
            ..Foedsel::fra(&o)
        }],
        navn: vec![Navn {
            fornavn: "MÁRJÁ".to_owned(),
            etternavn: "GAUP SÆTHRE".to_owned(),
            ..Navn::fra(&o)
        }],
        bostedsadresse: vec![Bostedsadresse {
            vegadresse: Some(Vegadresse {
                kommunenummer: Some("0301".to_owned()),
                adressenavn: "Storgata".to_owned(),
                adressenummer: Some(Adressenummer {
                    husnummer: "12".to_owned(),
                    husbokstav: Some("B".to_owned()),
                }),
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

fn gift(person: &mut Persondokument, med: Pid) {
    person.sivilstand[0].sivilstand = Sivilstandstype::Gift;
    person.sivilstand[0].relatert_ved_sivilstand = Some(med);
}

fn gradert(person: &mut Persondokument, gradering: Gradering) {
    person.bostedsadresse[0].adressegradering = gradering;
    let entry = Adressebeskyttelse { graderingsnivaa: gradering, ..Adressebeskyttelse::fra(&opphavet()) };
    person.adressebeskyttelse = vec![entry];
}

pub fn dokumenter() -> Vec<Persondokument> {
    let f = folk();
    let o = opphavet();
    let k = |pid: Pid, year: i16| person(pid, date(year, 5, 16), Kjoenn::Kvinne);
    let m = |pid: Pid, year: i16| person(pid, date(year, 6, 17), Kjoenn::Mann);
    let (mut mor, mut far) = (k(f.mor, 1991), m(f.far, 1990));
    gift(&mut mor, f.far);
    gift(&mut far, f.mor);
    let (mut kode6, mut kode7) = (k(f.kode6, 1993), k(f.kode7, 1994));
    gradert(&mut kode6, Gradering::StrengtFortrolig);
    gradert(&mut kode7, Gradering::Fortrolig);
    let mut verge = k(f.verge, 1995);
    verge.vergemaal = vec![Vergemaal { vergemaaltype: Some("voksen".to_owned()), ..Vergemaal::fra(&o) }];
    let mut nylig = k(f.nylig, 1997);
    let relation = |who: Pid, role, mine| Familierelasjon {
        relatert_person: Some(who),
        relatert_persons_rolle: role,
        min_rolle_for_person: Some(mine),
        ..Familierelasjon::fra(&o)
    };
    nylig.familierelasjon = vec![relation(f.nyligs, Familierolle::Barn, Familierolle::Mor)];
    let mut nyligs = person(f.nyligs, date(2026, 8, 14), Kjoenn::Mann);
    nyligs.familierelasjon = vec![relation(f.nylig, Familierolle::Mor, Familierolle::Barn)];
    let mut uten_adresse = k(f.uten_adresse, 1998);
    uten_adresse.bostedsadresse.clear();
    let mut polsk = k(f.polsk, 1999);
    "POL".clone_into(&mut polsk.statsborgerskap[0].statsborgerskap);
    vec![
        mor,
        far,
        k(f.reservert, 1992),
        kode6,
        kode7,
        verge,
        m(f.mann, 1996),
        k(f.ung, 2009),
        nylig,
        nyligs,
        uten_adresse,
        polsk,
        k(f.feil_postkasse, 1988),
        k(f.saksbehandler, 1970),
        k(f.annen_etat, 1971),
    ]
}

/// A person of the contact register with a fresh e-mail and a mailbox.
fn kontakt(pid: Pid, postkasse: Option<&str>, reservasjon: Reservasjon) -> Person {
    let fresh: Timestamp = "2026-10-01T10:00:00Z".parse().unwrap();
    Person {
        reservasjon,
        kontaktinformasjon: Some(Kontaktinformasjon {
            epostadresse: Some("person@example.no".to_owned()),
            epostadresse_oppdatert: Some(fresh),
            epostadresse_sist_verifisert: Some(fresh),
            ..Kontaktinformasjon::default()
        }),
        digital_post: postkasse.map(|address| DigitalPost {
            postkasseadresse: address.to_owned(),
            postkasseleverandoeradresse: Orgnr::parse(orgs::POSTKASSE.orgnr).unwrap(),
        }),
        ..Person::bare(pid, KrrStatus::Aktiv)
    }
}

/// Faults that a test makes in the neighbours.
#[derive(Default)]
pub struct Feil {
    /// The mailboxes do not answer.
    pub postkasse_nede: AtomicBool,
    /// The mailboxes take the next letters, but their answers get lost.
    pub tapte_svar: AtomicUsize,
    /// The contact register does not answer.
    pub kontaktregister_nede: AtomicBool,
    /// The population register does not answer.
    pub folkeregister_nede: AtomicBool,
}

impl Feil {
    async fn between(self: Arc<Self>, request: Request<Body>, next: Next) -> axum::response::Response {
        let path = request.uri().path().to_owned();
        let down = |flag: &AtomicBool, start: &str| flag.load(Ordering::SeqCst) && path.starts_with(start);
        if down(&self.postkasse_nede, "/dpi/")
            || down(&self.kontaktregister_nede, "/kontaktregisteret/rest/v2/personer")
            || down(&self.folkeregister_nede, "/folkeregisteret/offentlig-med-hjemmel/api/v1/personer")
        {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
        let answer = next.run(request).await;
        let lose = |n: usize| n.checked_sub(1);
        if path.starts_with("/dpi/")
            && self.tapte_svar.fetch_update(Ordering::SeqCst, Ordering::SeqCst, lose).is_ok()
        {
            return StatusCode::BAD_GATEWAY.into_response();
        }
        answer
    }
}

pub struct Verden {
    pub test: TestContext,
    pub folk: Folk,
    pub feil: Arc<Feil>,
    pub mesh: Mesh,
    pub router: Router,
    pub component: Component,
    pub clients: Clients,
    work: Option<(watch::Sender<bool>, JoinHandle<()>)>,
}

impl std::ops::Deref for Verden {
    type Target = Context;
    fn deref(&self) -> &Context {
        &self.test.ctx
    }
}

pub fn config() -> Config {
    Config { poll: Duration::from_millis(20), ..Config::default() }
}

pub async fn component(ctx: &Context, clients: &Clients) -> Component {
    Component::new(ctx.clone(), clients.clone(), config()).await.unwrap()
}

/// The nation, where journeys run.
pub async fn verden() -> Verden {
    let mut verden = stille_verden().await;
    verden.start();
    verden
}

/// The nation, where journeys do not run yet.
pub async fn stille_verden() -> Verden {
    let test = context_named(life_events::NAME, life_events::MIGRATIONS).await;
    let folkereg = test.sibling(folkeregister::NAME, folkeregister::MIGRATIONS).await;
    let krr = test.sibling(kontaktregister::NAME, kontaktregister::MIGRATIONS).await;
    let post = test.sibling(postkasse::NAME, postkasse::MIGRATIONS).await;
    let mesh = Mesh::new(Default::default());
    let consumer = |orgnr: &str| json!({"authority": "iso6523-actorid-upis", "ID": format!("0192:{orgnr}")});
    let scopes = "folkeregister:deling/offentligmedhjemmel krr:global/kontaktinformasjon.read krr:global/digitalpost.read digitalpostinnbygger:send";
    let long = test.ctx.clock.now().as_second() + 400 * 24 * 3600;
    let nav =
        json!({"iss": "maskinporten", "scope": scopes, "consumer": consumer(orgs::NAV.orgnr), "exp": long});
    let tokens = TokenSource::fixed(token(&test.ctx, nav));
    let clients = Clients {
        folkeregister: Folkeregister::new(mesh.clone(), tokens.clone()),
        kontaktregister: Kontaktregister::new(mesh.clone(), tokens.clone()),
        postkasse: Postkasse::new(mesh.clone(), tokens),
    };
    let component = component(&test.ctx, &clients).await;
    let feil = Arc::new(Feil::default());
    let between = feil.clone();
    let router: Router = Router::from(component.router())
        .merge(Router::from(folkeregister::Component::new(folkereg).router()))
        .merge(Router::from(kontaktregister::Component::new(krr).router()))
        .merge(Router::from(postkasse::Component::new(post, postkasse::Config::default()).router()))
        .layer(axum::middleware::from_fn(move |request: Request<Body>, next: Next| {
            between.clone().between(request, next)
        }));
    mesh.set_local(router.clone());
    let verden = Verden { test, folk: folk(), feil, mesh, router, component, clients, work: None };
    verden.befolk().await;
    verden
}

impl Verden {
    async fn befolk(&self) {
        let f = self.folk;
        let loader = self.organisasjon(orgs::FELLES.orgnr, "felles:innlasting");
        let lines = |items: Vec<Value>| items.iter().map(|item| item.to_string() + "\n").collect::<String>();
        let people = dokumenter().iter().map(|person| serde_json::to_value(person).unwrap()).collect();
        self.last("/folkeregisteret/innlasting/v1", &loader, lines(people)).await;
        let boxes = [
            (f.mor, "mor#1"),
            (f.kode6, "kode6#1"),
            (f.kode7, "kode7#1"),
            (f.verge, "verge#1"),
            (f.mann, "mann#1"),
            (f.nylig, "nylig#1"),
        ];
        let mut contacts: Vec<Person> =
            boxes.iter().map(|(pid, address)| kontakt(*pid, Some(address), Reservasjon::Nei)).collect();
        contacts.push(kontakt(f.reservert, Some("reservert#1"), Reservasjon::Ja));
        contacts.push(kontakt(f.feil_postkasse, Some("finnes#ikke"), Reservasjon::Nei));
        let contacts = contacts.iter().map(|person| serde_json::to_value(person).unwrap()).collect();
        self.last("/kontaktregisteret/innlasting/v1", &loader, lines(contacts)).await;
        let boxes = boxes
            .iter()
            .map(|(pid, address)| json!({"postkasseadresse": address, "personidentifikator": pid}));
        self.last("/postkasse/innlasting/v1", &loader, lines(boxes.collect())).await;
        let caseworker = |pid: Pid, orgnr: &str, navn: &str| json!({"personidentifikator": pid, "rolle": "saksbehandler", "orgnr": orgnr, "navn": navn});
        let caseworkers = vec![
            caseworker(f.saksbehandler, orgs::NAV.orgnr, "Berit Behandler"),
            caseworker(f.annen_etat, orgs::SKATTEETATEN.orgnr, "Siv Skatt"),
        ];
        self.last("/livshendelser/innlasting/v1", &loader, lines(caseworkers)).await;
    }

    async fn last(&self, path: &str, token: &str, lines: String) {
        let count = lines.lines().count();
        let (status, answer) =
            self.raw("POST", path, token, "application/x-ndjson", lines.into_bytes()).await;
        assert_eq!((status, &answer["lest"]), (StatusCode::OK, &json!(count)), "{path}: {answer}");
    }

    /// Lets the journeys run.
    pub fn start(&mut self) {
        let (stop, stopped) = watch::channel(false);
        let handle = tokio::spawn(self.component.clone().run(stopped));
        self.work = Some((stop, handle));
    }

    /// Ends the work at once, wherever it is, as a killed process does; what lay in memory is gone.
    pub async fn kill(&mut self) {
        if let Some((_, handle)) = self.work.take() {
            handle.abort();
            let _ = handle.await;
        }
        self.component = component(&self.test.ctx, &self.clients).await;
    }

    /// Ends the work as an operator does.
    pub async fn stop(&mut self) {
        if let Some((stop, handle)) = self.work.take() {
            stop.send_replace(true);
            handle.await.unwrap();
        }
    }

    pub fn organisasjon(&self, orgnr: &str, scope: &str) -> String {
        let consumer = json!({"authority": "iso6523-actorid-upis", "ID": format!("0192:{orgnr}")});
        token(&self.test.ctx, json!({"iss": "maskinporten", "scope": scope, "consumer": consumer}))
    }

    pub fn innbygger(&self, pid: Pid) -> String {
        self.innlogget(pid, "openid felles:saker felles:post")
    }

    pub fn innlogget(&self, pid: Pid, scope: &str) -> String {
        token(
            &self.test.ctx,
            json!({"iss": "idporten", "scope": scope, "pid": pid, "sub": "x", "acr": "idporten-loa-high"}),
        )
    }

    /// Registers a birth and gives the child's number.
    pub async fn foedsel(&self, mor: Pid) -> Pid {
        self.foedsel_med(mor, None, &self.rng.uuid().to_string()).await
    }

    pub async fn foedsel_med(&self, mor: Pid, far: Option<Pid>, id: &str) -> Pid {
        self.foedsel_av(MeldtForelder::kjent(mor), far, id).await
    }

    pub async fn foedsel_av(&self, mor: MeldtForelder, far: Option<Pid>, id: &str) -> Pid {
        let scope = format!("{SCOPE_FOEDSELSMELDING} {}", clients::life_events::SCOPE_REISE_LES);
        let tokens = TokenSource::fixed(self.organisasjon(orgs::SYKEHUS.orgnr, &scope));
        let melding = Foedselsmelding {
            meldings_id: id.to_owned(),
            registreringsdato: None,
            kildesystem: None,
            foedsel: MeldtFoedsel {
                foreldre_bor_sammen: true,
                foreldre_er_gift: false,
                antall_barn_ved_flerfoedsel: None,
                barn: MeldtBarn {
                    foedselsdato: FOEDT,
                    er_levendefoedt: true,
                    rekkefoelgenummer_ved_flerfoedsel: None,
                    kjoenn: Kjoenn::Kvinne,
                    sykehusets_identifikasjonsnummer: None,
                },
                mor,
                far_eller_medmor: far.map(MeldtForelder::kjent),
                foedested: Foedested {
                    foedselsinstitusjonsnavn: orgs::SYKEHUS.navn.to_owned(),
                    foedekommunenummer: "0301".to_owned(),
                    foedekommunenavn: None,
                },
            },
        };
        let receipt = Folkeregister::new(self.mesh.clone(), tokens).meld_foedsel(&melding).await.unwrap();
        receipt.foedsels_eller_d_nummer.unwrap()
    }

    pub async fn doedsfall(&self, pid: Pid, dag: Date) {
        let tokens = TokenSource::fixed(self.organisasjon(orgs::SYKEHUS.orgnr, SCOPE_DOEDSMELDING));
        let melding = Doedsmelding {
            meldings_id: self.rng.uuid().to_string(),
            forespoerselssdato: None,
            kilde: "helse".to_owned(),
            doed_person: DoedPerson { foedselsnummer: pid, doedsdato: dag, kommune: None },
        };
        Folkeregister::new(self.mesh.clone(), tokens).meld_doedsfall(&melding).await.unwrap();
    }

    /// The journey, as the hospital follows it.
    pub async fn foelg(&self, barn: &Pid) -> Option<Reisefoelge> {
        let token = self.organisasjon(orgs::SYKEHUS.orgnr, clients::life_events::SCOPE_REISE_LES);
        Livshendelser::new(self.mesh.clone(), TokenSource::fixed(token)).soek(barn).await.unwrap()
    }

    /// Waits until the journey is as wanted.
    pub async fn vent(&self, barn: &Pid, wanted: impl Fn(&Reisefoelge) -> bool) -> Reisefoelge {
        for _ in 0..1000 {
            if let Some(reise) = self.foelg(barn).await
                && wanted(&reise)
            {
                return reise;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the journey has not come so far: {:?}", self.foelg(barn).await);
    }

    /// Waits until a human has the journey, and gives the task.
    pub async fn vent_paa_oppgave(&self, barn: &Pid) -> Oppgave {
        let reise = self.vent(barn, |reise| reise.status == Reisestatus::Venter).await;
        let mut tasks = self.oppgaver("aapen").await;
        tasks.retain(|task| task.reise == reise.id);
        assert_eq!(tasks.len(), 1, "{tasks:?}");
        tasks.remove(0)
    }

    pub async fn vent_paa_slutten(&self, barn: &Pid) -> Reisefoelge {
        self.vent(barn, |reise| reise.status == Reisestatus::Avsluttet).await
    }

    pub async fn oppgaver(&self, status: &str) -> Vec<Oppgave> {
        let token = self.innbygger(self.folk.saksbehandler);
        self.les::<Oppgaver>(&format!("{BASE}/oppgaver?status={status}"), &token).await.oppgaver
    }

    pub async fn oppgave(&self, id: Uuid) -> Oppgavedetaljer {
        self.les(&format!("{BASE}/oppgaver/{id}"), &self.innbygger(self.folk.saksbehandler)).await
    }

    pub async fn loes(&self, id: Uuid, utfall: &str, begrunnelse: &str) -> (StatusCode, Value) {
        let token = self.innbygger(self.folk.saksbehandler);
        self.post(
            &format!("{BASE}/oppgaver/{id}/loesning"),
            &token,
            &json!({"utfall": utfall, "begrunnelse": begrunnelse}),
        )
        .await
    }

    /// The decision that the mother sees in her journey.
    pub async fn vedtak(&self, mor: Pid) -> Vedtak {
        self.vedtak_eller(mor).await.expect("a step with a decision")
    }

    pub async fn vedtak_eller(&self, mor: Pid) -> Option<Vedtak> {
        let token = self.innbygger(mor);
        let reiser: clients::life_events::Reiser = self.les(&format!("{BASE}/reiser"), &token).await;
        let id = reiser.reiser[0].steg.iter().find_map(|steg| steg.vedtak)?;
        Some(self.les(&format!("{BASE}/vedtak/{id}"), &token).await)
    }

    pub async fn brev(&self, pid: Pid) -> Brevliste {
        self.les("/postkasse/api/v1/meldinger?antall=100", &self.innbygger(pid)).await
    }

    pub async fn dokument(&self, pid: Pid, id: Uuid) -> Vec<u8> {
        let path = format!("/postkasse/api/v1/meldinger/{id}/dokumenter/0?godtaKvittering=true");
        let (status, bytes) = self.bytes("GET", &path, &self.innbygger(pid), "", Vec::new()).await;
        assert_eq!(status, StatusCode::OK);
        bytes
    }

    pub async fn utskrift(&self) -> Utskriftskoe {
        let token = self.organisasjon(orgs::UTSKRIFT.orgnr, "felles:utskrift");
        self.les("/postkasse/api/v1/utskrift", &token).await
    }

    /// All letters of the print queue.
    pub async fn utskrift_alle(&self) -> Vec<clients::postkasse::Utskriftsbrev> {
        let token = self.organisasjon(orgs::UTSKRIFT.orgnr, "felles:utskrift");
        let mut all: Vec<clients::postkasse::Utskriftsbrev> = Vec::new();
        loop {
            let after = all.last().map_or_else(String::new, |brev| format!("&etter={}", brev.id));
            let page: Utskriftskoe =
                self.les(&format!("/postkasse/api/v1/utskrift?antall=100{after}"), &token).await;
            all.extend(page.brev);
            if !page.flere {
                return all;
            }
        }
    }

    pub async fn les<T: DeserializeOwned>(&self, path: &str, token: &str) -> T {
        let (status, answer) = self.get(path, token).await;
        assert_eq!(status, StatusCode::OK, "{path}: {answer}");
        serde_json::from_value(answer).unwrap()
    }

    pub async fn get(&self, path: &str, token: &str) -> (StatusCode, Value) {
        self.raw("GET", path, token, "", Vec::new()).await
    }

    pub async fn post(&self, path: &str, token: &str, body: &Value) -> (StatusCode, Value) {
        self.raw("POST", path, token, "application/json", body.to_string().into_bytes()).await
    }

    pub async fn raw(
        &self,
        method: &str,
        path: &str,
        token: &str,
        media: &str,
        body: Vec<u8>,
    ) -> (StatusCode, Value) {
        let (status, bytes) = self.bytes(method, path, token, media, body).await;
        (status, serde_json::from_slice(&bytes).unwrap_or_else(|_| json!(String::from_utf8_lossy(&bytes))))
    }

    async fn bytes(
        &self,
        method: &str,
        path: &str,
        token: &str,
        media: &str,
        body: Vec<u8>,
    ) -> (StatusCode, Vec<u8>) {
        let mut request = Request::builder().method(method).uri(path);
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if !media.is_empty() {
            request = request.header("content-type", media);
        }
        let answer = self.router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let status = answer.status();
        (status, answer.into_body().collect().await.unwrap().to_bytes().to_vec())
    }
}

pub fn koder(oppgave: &Oppgave) -> Vec<&str> {
    oppgave.grunner.iter().map(|grunn| grunn.kode.as_str()).collect()
}
