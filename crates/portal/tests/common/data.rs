//! What the neighbours answer when all is there.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use clients::kontaktregister::{
    DigitalPost, Kontaktinformasjon, Person, Reservasjon, Status, Varslingsstatus,
};
use clients::life_events::*;
use clients::postkasse::{Brev, Brevavsender, Brevdokument, Brevliste};
use clients::transparency::{Bevis, Bruk, Bruksliste, Hvem};
use jiff::Timestamp;
use kernel::id::{Orgnr, Pid};
use kernel::log::{Access, Actor, leaf_hash};
use kernel::testing::TestContext;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{KARI, World};

pub const NAV: &str = "310000027";
pub const REISE: &str = "6f1c3a52-0f4e-4a55-9f7d-2f3b0d0c7a01";
pub const VEDTAK: &str = "6f1c3a52-0f4e-4a55-9f7d-2f3b0d0c7a02";
pub const BREV: &str = "6f1c3a52-0f4e-4a55-9f7d-2f3b0d0c7a03";
pub const OPPGAVE: &str = "6f1c3a52-0f4e-4a55-9f7d-2f3b0d0c7a04";
pub const GAMMELT: &str = "6f1c3a52-0f4e-4a55-9f7d-2f3b0d0c7a05";
pub const UKJENT: &str = "6f1c3a52-0f4e-4a55-9f7d-2f3b0d0c7aff";

pub fn id(text: &str) -> Uuid {
    text.parse().unwrap()
}

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn etat(orgnr: &str, navn: &str) -> Etat {
    Etat { orgnr: Orgnr::parse(orgnr).unwrap(), navn: navn.to_owned() }
}

pub fn nav() -> Etat {
    etat(NAV, "NAV")
}

pub fn reise() -> Reise {
    let steg = |n: u8, navn: &str, etat: Etat, status, tidspunkt: Option<&str>| Steg {
        id: format!("steg{n}"),
        navn: navn.to_owned(),
        etat,
        status,
        tidspunkt: tidspunkt.map(at),
        beskrivelse: None,
        vedtak: None,
        melding: None,
    };
    let skatt = || etat("310000019", "Skatteetaten");
    let mut steps = vec![
        steg(
            1,
            "Sykehuset har meldt fødselen",
            etat("310000043", "Felles universitetssykehus"),
            Stegstatus::Ferdig,
            Some("2026-11-20T06:12:00Z"),
        ),
        steg(2, "Barnet har fått fødselsnummer", skatt(), Stegstatus::Ferdig, Some("2026-11-20T06:12:01Z")),
        steg(3, "Barnetrygden er avgjort", nav(), Stegstatus::Ferdig, Some("2026-11-20T06:12:02Z")),
        steg(4, "Brevet er sendt", nav(), Stegstatus::Ferdig, Some("2026-11-20T06:12:02Z")),
        steg(5, "Foreldrepengene vurderes", nav(), Stegstatus::Oppgave, Some("2026-11-21T08:00:00Z")),
        steg(6, "Utbetalingen starter", nav(), Stegstatus::Venter, None),
        steg(7, "Tilbud om barnehageplass", etat("310000108", "Kommunen"), Stegstatus::Kommer, None),
    ];
    steps[2].vedtak = Some(id(VEDTAK));
    steps[3].melding = Some(id(BREV));
    steps[4].beskrivelse = Some("En saksbehandler ser på perioden før fødselen.".to_owned());
    Reise {
        id: id(REISE),
        hendelse: "fødsel".to_owned(),
        tittel: "Barn født 20. november 2026".to_owned(),
        opprettet: at("2026-11-20T06:12:01Z"),
        status: Reisestatus::Paagaar,
        steg: steps,
    }
}

fn gammel_reise() -> Reise {
    let mut reise = reise();
    reise.id = id(UKJENT);
    "Barn født 2. mai 2019".clone_into(&mut reise.tittel);
    reise.status = Reisestatus::Avsluttet;
    reise
}

fn faktum(id: &str, navn: &str, gjelder: Option<&str>, verdi: &str, register: &str) -> Faktum {
    Faktum {
        id: id.to_owned(),
        kind: id.to_owned(),
        navn: navn.to_owned(),
        gjelder: gjelder.map(str::to_owned),
        verdi: verdi.to_owned(),
        kilde: Faktakilde {
            register: register.to_owned(),
            referanse: Some("42".to_owned()),
            hentet: Some(at("2026-11-20T06:12:01Z")),
        },
        formaal: Some("Avgjøre rett til barnetrygd".to_owned()),
        under_retting: false,
    }
}

fn vilkaar(
    id: &str,
    navn: &str,
    krav: &str,
    funn: &str,
    resultat: Vilkaarsresultat,
    fakta: &[&str],
) -> Vilkaar {
    Vilkaar {
        id: id.to_owned(),
        navn: navn.to_owned(),
        krav: krav.to_owned(),
        funn: funn.to_owned(),
        resultat,
        kilde: "Folkeregisteret".to_owned(),
        hjemmel: Some(Hjemmel {
            tekst: "barnetrygdloven § 2 første ledd".to_owned(),
            lenke: Some("https://lovdata.no/lov/2002-03-08-4/§2".to_owned()),
        }),
        fakta: fakta.iter().map(|fact| (*fact).to_owned()).collect(),
    }
}

pub fn vedtak() -> Vedtak {
    let mut omstridt = faktum("bosted", "bostedsadresse", None, "Storgata 1, 0155 Oslo", "Folkeregisteret");
    omstridt.under_retting = true;
    Vedtak {
        id: id(VEDTAK),
        reise: id(REISE),
        sak: "BT-2026-000017".to_owned(),
        etat: nav(),
        ytelse: "barnetrygd".to_owned(),
        utfall: "innvilget".to_owned(),
        automatisk: true,
        tidspunkt: at("2026-11-20T06:12:02Z"),
        perioder: vec![
            Vedtaksperiode { fom: "2026-12".to_owned(), tom: Some("2044-10".to_owned()), beloep: 2012 },
            Vedtaksperiode { fom: "2044-11".to_owned(), tom: None, beloep: 0 },
        ],
        regelverk: Regelverk {
            id: "barnetrygd".to_owned(),
            versjon: "2026.1".to_owned(),
            as_of: "2026-11-20".parse().unwrap(),
            known_at: at("2026-11-20T06:12:02Z"),
        },
        begrunnelse: Begrunnelse {
            kort: "Du får barnetrygd fordi du bor fast sammen med et barn under 18 år i Norge.".to_owned(),
            vilkaar: vec![
                vilkaar(
                    "v1",
                    "barnet er under 18 år",
                    "Barnet må være under 18 år.",
                    "Barnet er født 20. november 2026.",
                    Vilkaarsresultat::Oppfylt,
                    &["barn1.fodselsdato"],
                ),
                vilkaar(
                    "v2",
                    "Bosatt i Norge",
                    "Barnet må være bosatt i Norge.",
                    "Barnet er bosatt i Oslo.",
                    Vilkaarsresultat::IkkeOppfylt,
                    &["bosted", "finnes-ikke"],
                ),
                vilkaar(
                    "v3",
                    "Delt bosted",
                    "Avtale om delt bosted gir halv trygd til hver.",
                    "Ikke relevant.",
                    Vilkaarsresultat::IkkeVurdert,
                    &[],
                ),
            ],
            spor: json!({ "regel": "bt-2", "inn": { "alder": 0 }, "ut": "oppfylt" }),
        },
        fakta: vec![
            faktum("barn1.fodselsdato", "Fødselsdato", Some("barn1"), "20. november 2026", "Folkeregisteret"),
            omstridt,
        ],
        klagefrist: "2027-01-04".parse().unwrap(),
        melding: Some(id(BREV)),
        status: Vedtaksstatus::UnderRetting,
        henvendelser: vec![
            Henvendelse {
                oppgave: id(OPPGAVE),
                kind: Oppgavetype::Klage,
                opprettet: at("2026-11-21T10:00:00Z"),
                frist: "2026-12-19".parse().unwrap(),
                tekst: Some("Jeg mener at barnet\nbor hos meg hele tiden.".to_owned()),
                svar: None,
            },
            Henvendelse {
                oppgave: id(GAMMELT),
                kind: Oppgavetype::ManuellKontroll,
                opprettet: at("2026-11-20T10:00:00Z"),
                frist: "2026-12-18".parse().unwrap(),
                tekst: None,
                svar: Some(Loesning {
                    utfall: "oppretthold".to_owned(),
                    begrunnelse: "Vedtaket er riktig.".to_owned(),
                    tidspunkt: at("2026-11-21T12:00:00Z"),
                }),
            },
        ],
    }
}

pub fn brev() -> Brev {
    Brev {
        id: id(BREV),
        avsender: Brevavsender { orgnr: Orgnr::parse(NAV).unwrap(), navn: Some("NAV".to_owned()) },
        tittel: "Du har fått barnetrygd".to_owned(),
        mottatt: at("2026-11-20T06:12:03Z"),
        aapnet: None,
        sikkerhetsnivaa: 4,
        aapningskvittering: true,
        konversasjon: id(REISE),
        stoerrelse: 34_000,
        dokumenter: vec![Brevdokument {
            tittel: None,
            navn: "brev.pdf".to_owned(),
            mime: "application/pdf".to_owned(),
            stoerrelse: 34_000,
        }],
        signert: false,
    }
}

pub fn lest_brev() -> Brev {
    let mut brev = brev();
    brev.id = id(GAMMELT);
    "Svar på spørsmålet ditt".clone_into(&mut brev.tittel);
    brev.aapnet = Some(at("2026-11-19T06:12:03Z"));
    brev.aapningskvittering = false;
    brev
}

pub fn person() -> Person {
    Person {
        reservasjon: Reservasjon::Nei,
        status: Status::Aktiv,
        varslingsstatus: Some(Varslingsstatus::KanVarsles),
        kontaktinformasjon: Some(Kontaktinformasjon {
            epostadresse: Some("kari@eksempel.no".to_owned()),
            epostadresse_oppdatert: Some(at("2026-01-10T10:00:00Z")),
            epostadresse_sist_verifisert: Some(at("2026-06-10T10:00:00Z")),
            mobiltelefonnummer: Some("+4740000000".to_owned()),
            mobiltelefonnummer_oppdatert: Some(at("2026-01-10T10:00:00Z")),
            mobiltelefonnummer_sist_verifisert: None,
        }),
        digital_post: Some(DigitalPost {
            postkasseadresse: "kari.nordmann#9YDT".to_owned(),
            postkasseleverandoeradresse: Orgnr::parse("310000086").unwrap(),
        }),
        spraak: Some("nb".to_owned()),
        ..Person::bare(Pid::parse(KARI).unwrap(), Status::Aktiv)
    }
}

pub fn oppgave() -> Oppgave {
    Oppgave {
        id: id(OPPGAVE),
        kind: Oppgavetype::FeilIFaktum,
        tittel: "Feil bostedsadresse".to_owned(),
        grunner: vec![Grunn {
            kode: "FEIL_FAKTUM".to_owned(),
            tekst: "Personen sier at en opplysning er feil".to_owned(),
        }],
        frist: "2026-11-20".parse().unwrap(),
        opprettet: at("2026-11-19T10:00:00Z"),
        status: Oppgavestatus::Aapen,
        vedtak: Some(id(VEDTAK)),
        reise: id(REISE),
        sak: "BT-2026-000017".to_owned(),
    }
}

pub fn detaljer() -> Oppgavedetaljer {
    let vedtak = vedtak();
    Oppgavedetaljer {
        oppgave: oppgave(),
        part: Part { personidentifikator: Pid::parse(KARI).unwrap(), navn: Some("Kari Nordmann".to_owned()) },
        tekst: Some("Jeg har flyttet til Bergen.".to_owned()),
        faktum: Some("bosted".to_owned()),
        fakta: vedtak.fakta,
        vilkaar: vedtak.begrunnelse.vilkaar,
        spor: vedtak.begrunnelse.spor,
        valg: vec![
            Valg { utfall: "oppretthold".to_owned(), tekst: "Oppretthold vedtaket".to_owned() },
            Valg { utfall: "omgjoer".to_owned(), tekst: "Gjør om vedtaket".to_owned() },
        ],
        loesning: None,
    }
}

/// Five uses in a real log, and the real proof of the third.
pub async fn uses(test: &TestContext) -> (Bruksliste, Bevis, String) {
    let pid = Pid::parse(KARI).unwrap();
    let mut bruk = Vec::new();
    for n in 0..5_i64 {
        let access = Access {
            actor: Actor {
                orgnr: Some(Orgnr::parse(NAV).unwrap()),
                pid: None,
                client_id: "felles-livshendelser".to_owned(),
            },
            component: "folkeregister".to_owned(),
            what: "Hentet personopplysninger".to_owned(),
            hjemmel: "folkeregisterloven § 10-2".to_owned(),
            formaal: Some("Avgjøre rett til barnetrygd".to_owned()),
            sak: Some("BT-2026-000017".to_owned()),
        };
        test.ctx.log.append(&[pid], &access).await.unwrap();
        bruk.insert(
            0,
            Bruk {
                indeks: n,
                tidspunkt: at(&format!("2026-11-2{}T06:12:0{n}Z", n / 3)),
                hvem: Hvem {
                    orgnr: access.actor.orgnr.filter(|_| n != 4),
                    navn: Some("ARBEIDS- OG VELFERDSETATEN (NAV)".to_owned()).filter(|_| n < 3),
                    selv: n == 4,
                    klient: access.actor.client_id,
                },
                komponent: access.component,
                hva: access.what,
                hjemmel: access.hjemmel,
                formaal: access.formaal.filter(|_| n != 4),
                sak: access.sak.filter(|_| n != 4),
            },
        );
    }
    let proof = test.ctx.log.proof(2).await.unwrap().unwrap();
    let verifier = test.ctx.log.verifier();
    let (_, root) = verifier.open(&proof.checkpoint).unwrap();
    let bevis = Bevis {
        indeks: 2,
        bladhash: BASE64.encode(leaf_hash(proof.entry.as_bytes())),
        oppfoering: proof.entry,
        sti: proof.path.iter().map(|hash| BASE64.encode(hash)).collect(),
        stoerrelse: i64::try_from(proof.size).unwrap(),
        rot: BASE64.encode(root),
        sjekkpunkt: proof.checkpoint,
    };
    (Bruksliste { bruk, flere: true }, bevis, verifier.encode())
}

const CASES: &str = "/livshendelser/api/v1";

/// Sets every answer.
pub async fn full(test: &TestContext, world: &World) {
    let get = |path: &str| format!("GET {CASES}{path}");
    let meg = Meg { saksbehandler: true, navn: Some("Kari Nordmann".to_owned()), etat: Some(nav()) };
    world.answer(&get("/meg"), 200, &meg);
    world.answer(&get("/reiser"), 200, &Reiser { reiser: vec![reise(), gammel_reise()] });
    world.answer(&get(&format!("/reiser/{REISE}")), 200, &reise());
    world.answer(&get(&format!("/vedtak/{VEDTAK}")), 200, &vedtak());
    world.answer(&get("/oppgaver"), 200, &Oppgaver { oppgaver: vec![oppgave()] });
    world.answer(&get(&format!("/oppgaver/{OPPGAVE}")), 200, &detaljer());
    let receipt = Kvittering { oppgave: id(OPPGAVE), frist: "2026-12-19".parse().unwrap() };
    for form in ["klage", "feilmelding", "manuell-kontroll"] {
        world.answer(&format!("POST {CASES}/vedtak/{VEDTAK}/{form}"), 201, &receipt);
    }
    let mut solved = detaljer();
    solved.loesning.clone_from(&vedtak().henvendelser[1].svar);
    world.answer(&format!("POST {CASES}/oppgaver/{OPPGAVE}/loesning"), 200, &solved);

    let letters = "/postkasse/api/v1/meldinger";
    world.answer(
        &format!("GET {letters}"),
        200,
        &Brevliste { meldinger: vec![brev(), lest_brev()], flere: true },
    );
    world.answer(&format!("GET {letters}/{BREV}"), 200, &brev());
    world.answer(&format!("GET {letters}/{GAMMELT}"), 200, &lest_brev());
    for letter in [BREV, GAMMELT] {
        world.answer_bytes(
            &format!("GET {letters}/{letter}/dokumenter/0"),
            200,
            "application/pdf",
            b"%PDF-1.7".to_vec(),
        );
    }

    let (bruk, bevis, key) = uses(test).await;
    world.answer("GET /innsyn/api/v1/bruk", 200, &bruk);
    world.answer("GET /innsyn/api/v1/bruk/2/bevis", 200, &bevis);
    world.answer_bytes("GET /innsyn/logg/noekkel", 200, "text/plain", key.into_bytes());

    businesses(world);

    world.answer("GET /kontaktregisteret/rest/v2/person", 200, &person());
    world.answer("PUT /kontaktregisteret/rest/v2/person", 200, &person());
}

/// The business whose general manager Kari is.
pub const BEDRIFT: &str = "310000094";
/// A client of the business's.
pub const KLIENT: &str = "5f2b8f0e-0000-4000-8000-000000000001";
/// The administration API.
pub const ADMIN: &str = "/selvbetjening/api/v1";

/// A client that people sign in to.
pub fn klient() -> Value {
    json!({
        "client_id": KLIENT, "client_orgno": BEDRIFT, "client_name": "Skjema", "description": "Søknader",
        "integration_type": "idporten", "application_type": "web", "token_endpoint_auth_method": "client_secret_basic",
        "scopes": ["openid", "profile"], "redirect_uris": ["https://skjema.example.no/svar"],
        "post_logout_redirect_uris": ["https://skjema.example.no/"], "sso_disabled": true, "active": true,
        "created": "2026-11-20T10:00:00+01:00", "last_updated": "2026-11-20T10:00:00+01:00",
    })
}

/// An access of `consumer`'s to a scope of the tax agency's.
pub fn tilgang(consumer: &str, state: &str) -> Value {
    json!({
        "scope": "skatt:inntekt", "state": state, "prefix": null, "consumer_orgno": consumer, "owner_orgno": "310000019",
        "created": "2026-11-20T10:00:00+01:00", "last_updated": "2026-11-21T10:00:00+01:00",
    })
}

/// A scope of the tax agency's.
pub fn scope() -> Value {
    json!({
        "name": "skatt:inntekt", "prefix": "skatt", "subscope": "inntekt", "description": "Inntekten til en person",
        "owner_orgno": "310000019", "allowed_integration_types": ["maskinporten"], "active": true,
    })
}

/// In which businesses Kari has roles, and what the business has registered.
fn businesses(world: &World) {
    let kode = |kode: &str| json!({ "kode": kode, "beskrivelse": kode });
    let role =
        |kind: &str, ended: bool| json!({ "type": kode(kind), "fratraadt": ended, "avregistrert": false });
    let unit = |orgnr: &str, roles: Value| json!({ "organisasjonsnummer": orgnr, "navn": "NAVNET", "roller": roles });
    let listed = json!({ "enheter": [
        unit(BEDRIFT, json!([role("DAGL", false), role("LEDE", false)])),
        // A member of a board cannot act alone, and a general manager that was cannot at all.
        unit("310000086", json!([role("MEDL", false)])),
        unit("310000051", json!([role("DAGL", true)])),
    ] });
    world.answer("POST /enhetsregisteret/autorisert-api/personer/rolleutskrift", 200, &listed);
    for orgnr in [BEDRIFT, "310000086", "310000051"] {
        let no = false;
        let unit = json!({
            "organisasjonsnummer": orgnr, "navn": "KARIS SKJEMA AS", "organisasjonsform": kode("AS"),
            "registreringsdatoEnhetsregisteret": "2020-01-01", "harRegistrertAntallAnsatte": no,
            "registrertIMvaregisteret": no, "registrertIForetaksregisteret": true, "registrertIStiftelsesregisteret": no,
            "registrertIFrivillighetsregisteret": no, "registrertIPartiregisteret": no, "konkurs": no,
            "underAvvikling": no, "underTvangsavviklingEllerTvangsopplosning": no, "erIKonsern": no,
            "maalform": "Bokmål", "respons_klasse": "Enhet",
        });
        world.answer(&format!("GET /enhetsregisteret/api/enheter/{orgnr}"), 200, &unit);
    }
    let at = |path: &str| format!("{ADMIN}{path}");
    world.answer(&format!("GET {}", at("/clients")), 200, &json!([klient()]));
    world.answer(&format!("GET {}", at(&format!("/clients/{KLIENT}"))), 200, &klient());
    world.answer(&format!("GET {}", at(&format!("/clients/{KLIENT}/jwks"))), 200, &json!({ "keys": [] }));
    world.answer(&format!("GET {}", at("/scopes/access/all")), 200, &json!([tilgang(BEDRIFT, "REQUESTED")]));
    let mut shared = scope();
    shared["name"] = "skatt:delt".into();
    shared["delegation_source"] = "https://tt02.altinn.no/".into();
    world.answer(&format!("GET {}", at("/scopes/all")), 200, &json!([scope(), shared]));
    let delegated = json!([
        { "scope": "skatt:delt", "consumer_orgno": BEDRIFT, "supplier_orgno": "310000035" },
        { "scope": "skatt:delt", "consumer_orgno": "310000027", "supplier_orgno": BEDRIFT },
    ]);
    world.answer("GET /maskinporten/forvaltning/delegations", 200, &delegated);
    let given = "/ansattporten/forvaltning/delegeringer";
    let event = json!({
        "hva": "trukket", "tid": "2026-11-20T10:00:00Z", "av": "Kari Nordmann", "virksomhet": "KARIS SKJEMA AS",
        "person": "Per Hansen", "ressurs": "2480:40", "rettigheter": ["Read"],
    });
    let of = |business: &str, person: &str| json!({ "delegeringer": [delegering(business, person)], "logg": [event] });
    world.answer(&format!("GET {given}"), 200, &of("KARIS SKJEMA AS", "Ola Nordmann"));
    world.answer(&format!("POST {given}/mine"), 200, &of("ANNEN AS", "Kari Nordmann"));
    let service =
        json!({ "ressurs": "2480:40", "navn": "Registerinfo", "rettigheter": ["Read", "ArchiveRead"] });
    world.answer(&format!("GET {given}/ressurser"), 200, &json!([service]));
    world.answer(&format!("GET {given}/ressurser/2480%3A40"), 200, &service);
    // One path answers both lists of scopes and one scope; the pages of the owner's story set what they need.
    world.answer(&format!("GET {}", at("/scopes")), 200, &json!([scope()]));
    world.answer(
        &format!("GET {}", at("/scopes/access/requests")),
        200,
        &json!([tilgang(BEDRIFT, "REQUESTED")]),
    );
    let three = json!([
        tilgang(BEDRIFT, "REQUESTED"),
        tilgang("310000027", "APPROVED"),
        tilgang("310000035", "DENIED"),
    ]);
    world.answer(&format!("GET {}", at("/scopes/access")), 200, &three);
    let issued = json!({
        "serial": "4a01", "orgnr": BEDRIFT, "private_key_pem": "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n",
        "certificate_pem": "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n", "x5c": [],
    });
    world.answer("POST /maskinporten/forvaltning/testsertifikater", 201, &issued);
}

/// A right that a business has given a person.
pub fn delegering(business: &str, person: &str) -> Value {
    json!({
        "id": "en-id", "organisasjonsnummer": BEDRIFT, "virksomhet": business, "person": person, "ressurs": "2480:40",
        "ressurs_navn": "Registerinfo", "rettigheter": ["Read"], "gitt_av": "Kari Nordmann", "gitt": "2026-11-20T10:00:00Z",
        "siste_dag": "2026-12-31",
    })
}
