//! Folkeregisteret tells of deaths and of other numbers, and the contact register follows.
#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

use axum::Router;
use axum::body::Body;
use clients::folkeregister::{DoedPerson, Doedsmelding, Folkeregister, Nummerendringsmelding, Personstatus};
use clients::kontaktregister::{Kontaktregister, Person, Reservasjon, Status, Varslingsstatus};
use clients::{Mesh, Purpose, TokenSource};
use http::{Request, StatusCode};
use jiff::civil::date;
use kernel::id::{Kjoenn, Pid};
use kernel::testing::{TestContext, context_named, token};
use kontaktregister::{Component, MIGRATIONS, NAME};
use nation::{Nation, Options, generate};
use serde_json::json;
use tower::ServiceExt as _;

struct Verden {
    test: TestContext,
    mesh: Mesh,
    register: Component,
    nasjon: Nation,
}

impl Verden {
    /// A small nation in both registers.
    async fn ny() -> Self {
        let test = context_named(NAME, MIGRATIONS).await;
        let folk = test.sibling(folkeregister::NAME, folkeregister::MIGRATIONS).await;
        let register = Component::new(test.ctx.clone());
        let router =
            Router::from(register.router()).merge(Router::from(folkeregister::Component::new(folk).router()));
        let mesh = Mesh::new(Default::default());
        mesh.set_local(router.clone());
        let options = Options { population: 300, seed: 1, date: date(2026, 11, 1) };
        let nasjon = generate(&options, &mut |_, _| {});
        let verden = Self { test, mesh, register, nasjon };
        let persons = verden.nasjon.persons().map(|line| serde_json::to_string(&line).unwrap());
        verden.last(&router, "/folkeregisteret/innlasting/v1", persons.collect()).await;
        let contacts = verden.nasjon.contacts().map(|line| serde_json::to_string(&line).unwrap());
        verden.last(&router, "/kontaktregisteret/innlasting/v1", contacts.collect()).await;
        verden
    }

    async fn last(&self, router: &Router, path: &str, lines: Vec<String>) {
        let request = Request::post(path)
            .header("authorization", format!("Bearer {}", self.token("felles:innlasting")))
            .header("content-type", "application/x-ndjson")
            .body(Body::from(lines.join("\n")));
        assert_eq!(router.clone().oneshot(request.unwrap()).await.unwrap().status(), StatusCode::OK);
    }

    fn token(&self, scopes: &str) -> String {
        let consumer = json!({ "authority": "iso6523-actorid-upis", "ID": "0192:310000027" });
        token(&self.test.ctx, json!({ "iss": "maskinporten", "scope": scopes, "consumer": consumer }))
    }

    fn folkeregister(&self) -> Folkeregister {
        let scopes = "folkeregister:deling/offentligmedhjemmel folkeregister:mottak/doedsmelding \
                      folkeregister:mottak/nummerendring";
        Folkeregister::new(self.mesh.clone(), TokenSource::fixed(self.token(scopes)))
    }

    async fn person(&self, pid: &Pid) -> Person {
        let scopes = "krr:global/kontaktinformasjon.read krr:global/digitalpost.read";
        let register = Kontaktregister::new(self.mesh.clone(), TokenSource::fixed(self.token(scopes)));
        register.person(pid, &Purpose::new("prøve")).await.unwrap()
    }

    async fn read(&self) -> usize {
        let (people, mut all) = (self.folkeregister(), 0);
        loop {
            match self.register.read_page(&people).await.unwrap() {
                0 => return all,
                count => all += count,
            }
        }
    }

    /// Someone with everything, living.
    fn noen(&self) -> Person {
        let here = |pid: &Pid| {
            self.nasjon
                .persons()
                .any(|line| line.pid() == Some(*pid) && line.gjeldende_status() == Some(Personstatus::Bosatt))
        };
        let mut whole = self.nasjon.contacts().filter(|person| {
            person.reservasjon == Reservasjon::Nei
                && person.digital_post.is_some()
                && person.kontaktinformasjon.is_some()
                && here(&person.personidentifikator)
        });
        whole.next().unwrap()
    }

    async fn doedsfall(&self, pid: Pid) {
        let melding = Doedsmelding {
            meldings_id: self.test.ctx.rng.uuid().to_string(),
            forespoerselssdato: None,
            kilde: "helse".to_owned(),
            doed_person: DoedPerson { foedselsnummer: pid, doedsdato: date(2026, 11, 20), kommune: None },
        };
        self.folkeregister().meld_doedsfall(&melding).await.unwrap();
    }

    /// Gives a person another number, of another sex.
    async fn omnummerer(&self, pid: Pid, kjoenn: Kjoenn) -> Pid {
        let melding = Nummerendringsmelding {
            meldings_id: self.test.ctx.rng.uuid().to_string(),
            foedsels_eller_d_nummer: pid,
            foedselsdato: None,
            kjoenn: Some(kjoenn),
            gyldig_fra: date(2026, 11, 20),
        };
        let answer = self.folkeregister().meld("nummerendring", &melding).await.unwrap();
        answer.foedsels_eller_d_nummer.unwrap()
    }
}

#[tokio::test]
async fn the_dead_are_deleted() {
    let v = Verden::ny().await;
    let person = v.noen();
    let pid = person.personidentifikator;
    assert_eq!(v.read().await, 0, "a load makes no events");
    v.doedsfall(pid).await;
    assert_eq!(v.person(&pid).await.status, Status::Aktiv, "nothing has been read yet");
    assert!(v.read().await > 0);
    let dead = v.person(&pid).await;
    assert_eq!((dead.status, dead.varslingsstatus), (Status::Slettet, Some(Varslingsstatus::KanIkkeVarsles)));
    assert_eq!((dead.kontaktinformasjon, dead.digital_post, dead.spraak), (None, None, None));
    assert_eq!(v.read().await, 0, "what has been read is not read again");
}

#[tokio::test]
async fn contact_details_go_along_to_another_number_and_to_the_one_after_it() {
    let v = Verden::ny().await;
    let person = v.noen();
    let earlier = person.personidentifikator;
    let kjoenn = v.folkeregister().person(&earlier, &[], &Purpose::new("prøve")).await.unwrap().unwrap();
    let kjoenn = kjoenn.gjeldende_kjoenn().unwrap();
    let annet = if kjoenn == Kjoenn::Kvinne { Kjoenn::Mann } else { Kjoenn::Kvinne };
    let before = v.person(&earlier).await;
    let number = v.omnummerer(earlier, annet).await;
    assert_eq!(v.person(&number).await.status, Status::IkkeRegistrert, "nothing has been read yet");
    v.read().await;
    assert_eq!(v.person(&number).await, Person { personidentifikator: number, ..before.clone() });
    let left = v.person(&earlier).await;
    assert_eq!((left.status, left.kontaktinformasjon, left.digital_post), (Status::Slettet, None, None));

    // Twice before anything is read, and by the number that is out of use.
    let again = v.omnummerer(earlier, kjoenn).await;
    let last = v.omnummerer(again, annet).await;
    v.read().await;
    assert_eq!(v.person(&last).await, Person { personidentifikator: last, ..before });
    for out in [earlier, number, again] {
        assert_eq!(v.person(&out).await.kontaktinformasjon, None);
    }
}
