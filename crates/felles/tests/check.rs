//! `felles nation check` finds nothing in a nation as it is loaded and lived in, and each thing that is broken in it behind the
//! program's back: every rule of the command's table is broken here in one way at least.
#![allow(clippy::expect_used, clippy::panic, reason = "helpers of tests, too")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use bench::{Hospital, Installation};
use clients::folkeregister::{DoedPerson, Doedsmelding, SCOPE_DOEDSMELDING};
use jiff::civil::date;
use kernel::id::{Kjoenn, Orgnr, Pid};
use kernel::params;
use kernel::store::{Place, Store, StoreError, Value as Stored};
use serde_json::{Value, json};

const FELLES: &str = env!("CARGO_BIN_EXE_felles");

/// What the command said: for each rule how many things it looked at and how many findings it has.
struct Said {
    whole: bool,
    text: String,
    rules: BTreeMap<(String, String), (u64, u64)>,
}

fn check(felles: &Installation) -> Said {
    let (whole, text, complaint) = felles.run(&["nation", "check"]).expect("the command runs");
    let (_, table) = text.split_once(" says\n").unwrap_or_else(|| panic!("no table: {text}{complaint}"));
    let row = |line: &str| {
        let mut words = line.split_whitespace();
        let name = (words.next()?.to_owned(), words.next()?.to_owned());
        Some((name, (words.next()?.parse().ok()?, words.next()?.parse().ok()?)))
    };
    let rules = table.lines().filter_map(row).collect();
    Said { whole, text, rules }
}

/// The register behind the program's back.
struct Register(Store);

impl Register {
    async fn of(felles: &Installation, data: &Path, name: &str) -> Self {
        let place = match std::env::var("FELLES_TEST_POSTGRES") {
            Ok(url) => Place::Database { url, prefix: felles.store_prefix() },
            Err(_) => Place::Directory(data.to_owned()),
        };
        // No migrations: the tables are there.
        Self(Store::open(&place.of(name), &[]).await.expect("the store opens"))
    }

    async fn execute(&self, sql: &str, params: &[Stored]) {
        let (text, params) = (sql.to_owned(), params.to_vec());
        let changed: Result<u64, StoreError> =
            self.0.write(move |tx| Box::pin(async move { tx.execute(&text, &params).await })).await;
        assert!(changed.expect("the database can be changed behind the program's back") > 0, "{sql}");
    }

    async fn text(&self, sql: &str) -> String {
        let row = self.0.query_opt(sql, &[]).await.expect("the statement runs");
        row.unwrap_or_else(|| panic!("nothing: {sql}")).get(0).expect("a text")
    }
}

/// A way to break something: statements that do it, and those that put it right again.
struct Break {
    rule: (&'static str, &'static str),
    broken: Vec<(String, Vec<Stored>)>,
    mended: Vec<(String, Vec<Stored>)>,
}

fn sql(text: impl Into<String>) -> Vec<(String, Vec<Stored>)> {
    vec![(text.into(), Vec::new())]
}

/// Everyone, as they were when they were read.
struct Everyone(Vec<(Pid, String, Value)>);

impl Everyone {
    async fn read(register: &Register) -> Self {
        let (mut all, mut after) = (Vec::new(), String::new());
        loop {
            let part =
                folkeregister::gjennomgang::numre(&register.0, &after).await.expect("the register reads");
            let Some(last) = part.last() else { return Self(all) };
            after.clone_from(&last.nummer);
            for one in part {
                let (version, person) = one.person.expect("a document");
                let pid = person.pid().expect("a number in use");
                all.push((pid, version, serde_json::to_value(person).expect("JSON")));
            }
        }
    }

    fn find(&self, what: &str, fits: impl Fn(&Pid, &Value) -> bool) -> &(Pid, String, Value) {
        self.0.iter().find(|(pid, _, person)| fits(pid, person)).unwrap_or_else(|| panic!("nobody {what}"))
    }

    fn of(&self, pid: &str) -> &(Pid, String, Value) {
        self.find("of this number", |one, _| one.as_str() == pid)
    }
}

/// Breaks a document.
fn document(rule: &'static str, person: &(Pid, String, Value), change: impl Fn(&mut Value)) -> Break {
    let write = |person: &Value, version: &str| {
        let sql = "UPDATE dokument SET innhold = $1, pakket = NULL, historikk = NULL, pakket_historikk = NULL WHERE id = $2";
        vec![(sql.to_owned(), params![person.to_string(), version].to_vec())]
    };
    let (_, version, before) = person;
    let mut after = before.clone();
    change(&mut after);
    assert_ne!(&after, before, "{rule}: nothing is altered");
    Break { rule: ("folkeregister", rule), broken: write(&after, version), mended: write(before, version) }
}

/// The entry of a list that holds now.
fn now<'a>(person: &'a Value, list: &str) -> Option<&'a Value> {
    person[list].as_array()?.iter().find(|entry| entry["erGjeldende"] == true)
}

fn is_married(person: &Value) -> bool {
    person["doedsfall"].is_null()
        && now(person, "sivilstand").is_some_and(|entry| entry["sivilstand"] == "gift")
}

async fn in_people(
    register: &Register,
    all: &Everyone,
    unknown: &str,
    child: &str,
    mother: &str,
) -> Vec<Break> {
    let home = all.find("lives by a street", |_, person| {
        person["bostedsadresse"][0]["vegadresse"]["bruksenhetsnummer"].is_string()
    });
    let child = all.of(child);
    let mother = all.of(mother);
    let spouse = all.find("is married", |_, person| is_married(person));
    let other = all.of(now(&spouse.2, "sivilstand")
        .and_then(|one| one["relatertVedSivilstand"].as_str())
        .expect("a spouse"));
    let street = |person: &mut Value, field: &str, value: &str| {
        person["bostedsadresse"][0]["vegadresse"][field] = json!(value);
    };
    let born = child.2["foedsel"][0]["foedselsdato"].as_str().expect("a day of birth");
    let eleven_before = format!("{}{}", born[..4].parse::<i16>().expect("a year") - 11, &born[4..]);
    let version = &home.1;
    let loaded =
        register.text(&format!("SELECT MIN(id) FROM dokument WHERE pid = '{}'", mother.0.as_str())).await;
    vec![
        Break {
            rule: ("folkeregister", "nummer-gyldig"),
            broken: sql(format!("INSERT INTO nummer (pid, dokument) VALUES ('12345678901', '{version}')")),
            mended: sql("DELETE FROM nummer WHERE pid = '12345678901'"),
        },
        Break {
            rule: ("folkeregister", "lesbar"),
            broken: sql(format!("UPDATE nummer SET dokument = 'x' WHERE pid = '{}'", home.0.as_str())),
            mended: sql(format!("UPDATE nummer SET dokument = '{version}' WHERE pid = '{}'", home.0.as_str())),
        },
        document("nummer-stemmer", home, |person| {
            let sex = if person["kjoenn"][0]["kjoenn"] == "mann" { "kvinne" } else { "mann" };
            person["kjoenn"][0]["kjoenn"] = json!(sex);
        }),
        document("person-finnes", child, |person| {
            person["familierelasjon"][0]["relatertPerson"] = json!(unknown);
        }),
        document("familie-gjensidig", child, |person| {
            person["familierelasjon"] = json!([]);
        }),
        document("egen-ane", mother, |person| {
            let mut up = person["familierelasjon"][0].clone();
            up["erGjeldende"] = json!(true);
            up["relatertPerson"] = json!(child.0.as_str());
            up["relatertPersonsRolle"] = json!("mor");
            person["familierelasjon"].as_array_mut().expect("a list").push(up);
        }),
        document("foedt-etter-forelder", mother, |person| {
            person["foedsel"][0]["foedselsdato"] = json!(born);
        }),
        document("forelder-mulig", mother, |person| {
            person["foedsel"][0]["foedselsdato"] = json!(eleven_before);
        }),
        document("ektefeller", spouse, |person| {
            for entry in person["sivilstand"].as_array_mut().expect("a list") {
                entry["relatertVedSivilstand"] = json!(home.0.as_str());
            }
        }),
        document("ekteskap", other, |person| {
            person["doedsfall"] = json!({ "erGjeldende": true, "doedsdato": "2026-10-01" });
        }),
        document("adresse-finnes", home, |person| {
            person["bostedsadresse"][0]["adresseIdentifikatorFraMatrikkelen"] = json!("1");
        }),
        document("adresse-lik", home, |person| street(person, "adressenavn", "Veien som ikke er")),
        document("bruksenhet-finnes", home, |person| street(person, "bruksenhetsnummer", "H9999")),
        document("kommune-finnes", home, |person| street(person, "kommunenummer", "9999")),
        Break {
            rule: ("folkeregister", "feed-hel"),
            broken: sql("UPDATE feed SET seq = 1000000 WHERE seq = 1"),
            mended: sql("UPDATE feed SET seq = 1 WHERE seq = 1000000"),
        },
        Break {
            rule: ("folkeregister", "feed-dokument"),
            broken: sql("UPDATE hendelsesdokument SET id = id || 'x'"),
            mended: sql("UPDATE hendelsesdokument SET id = SUBSTR(id, 1, 32)"),
        },
        document("feed-foelger", child, |person| {
            person["foedsel"][0]["foedested"] = json!("Et annet sted");
        }),
        // A version that no event tells of, and an event of which the register has another version.
        Break {
            rule: ("folkeregister", "feed-bygger"),
            broken: sql(format!(
                "INSERT INTO dokument (id, pid, gradering, innhold) SELECT 'f' || SUBSTR(id, 2), pid, gradering, innhold
                 FROM dokument WHERE id = '{version}'"
            )),
            mended: sql(format!("DELETE FROM dokument WHERE id = 'f{}'", &version[1..])),
        },
        Break {
            rule: ("folkeregister", "feed-bygger"),
            broken: sql(format!("UPDATE nummer SET dokument = '{loaded}' WHERE pid = '{}'", mother.0.as_str())),
            mended: sql(format!("UPDATE nummer SET dokument = '{}' WHERE pid = '{}'", mother.1, mother.0.as_str())),
        },
    ]
}

/// Breaks a JSON text that stands in a column.
async fn alter(
    register: &Register,
    rule: (&'static str, &'static str),
    (table, column, key): (&str, &str, &str),
    change: impl Fn(&mut Value),
) -> Break {
    let before = register.text(&format!("SELECT {column} FROM {table} WHERE {key}")).await;
    let mut after: Value = serde_json::from_str(&before).expect("JSON");
    change(&mut after);
    let sql = format!("UPDATE {table} SET {column} = $1 WHERE {key}");
    let write = |text: String| vec![(sql.clone(), params![text].to_vec())];
    assert_ne!(after.to_string(), before, "{rule:?}: nothing is altered");
    Break { rule, broken: write(after.to_string()), mended: write(before) }
}

async fn in_units(register: &Register, unknown: &str) -> Vec<Break> {
    let main = register
        .text("SELECT e.orgnr FROM enhet e JOIN enhet u ON u.overordnet = e.orgnr WHERE e.roller LIKE '%\"person\"%' ORDER BY 1 LIMIT 1")
        .await;
    let key = format!("orgnr = '{main}'");
    let nobody = Orgnr::from_stem(39_999_999).or_else(|| Orgnr::from_stem(39_999_998)).expect("a number");
    let (content, roles) = (("enhet", "innhold", key.as_str()), ("enhet", "roller", key.as_str()));
    let rule = |name| ("enhetsregister", name);
    let event = |value: &str| {
        let body =
            json!({ "hva": "Endring", "endringer": [{ "op": "replace", "path": "/navn", "value": value }] });
        let insert = "INSERT INTO feed (seq, kind, subject, body, at)
             SELECT MAX(seq) + 1, 'enheter', $1, $2, MAX(at) FROM feed";
        vec![(insert.to_owned(), params![main.as_str(), body.to_string()].to_vec())]
    };
    vec![
        Break {
            rule: rule("lesbar"),
            broken: sql(format!("UPDATE enhet SET innhold = '{{' || innhold WHERE {key}")),
            mended: sql(format!("UPDATE enhet SET innhold = SUBSTR(innhold, 2) WHERE {key}")),
        },
        Break {
            rule: rule("nummer-gyldig"),
            broken: sql(format!("UPDATE enhet SET orgnr = '123456789' WHERE {key}")),
            mended: sql(format!("UPDATE enhet SET orgnr = '{main}' WHERE orgnr = '123456789'")),
        },
        alter(register, rule("rolle-person"), roles, |groups| {
            groups[0]["roller"][0]["person"]["fodselsnummer"] = json!(unknown);
        })
        .await,
        alter(register, rule("rolle-foedt"), roles, |groups| {
            groups[0]["roller"][0]["person"]["fodselsdato"] = json!("1900-01-01");
        })
        .await,
        alter(register, rule("rolle-enhet"), roles, |groups| {
            let role = &mut groups[0]["roller"][0];
            role.as_object_mut().expect("an object").remove("person");
            role["enhet"] = json!({ "organisasjonsnummer": nobody, "navn": ["INGEN"], "erSlettet": false,
                "organisasjonsform": { "kode": "AS", "beskrivelse": "Aksjeselskap" } });
        })
        .await,
        Break {
            rule: rule("overordnet"),
            broken: sql(format!("UPDATE enhet SET tilstand = 1 WHERE {key}")),
            mended: sql(format!("UPDATE enhet SET tilstand = 0 WHERE {key}")),
        },
        alter(register, rule("kommune-finnes"), content, |unit| {
            unit["forretningsadresse"]["kommunenummer"] = json!("9999");
        })
        .await,
        Break {
            rule: rule("feed-hel"),
            broken: sql("UPDATE feed SET seq = 1000000 WHERE seq = 1"),
            mended: sql("UPDATE feed SET seq = 1 WHERE seq = 1000000"),
        },
        // Deleted by the feed alone, told of by the feed alone, and roles that it never told of.
        Break {
            rule: rule("feed-bygger"),
            broken: sql(format!(
                "UPDATE feed SET body = '\"Sletting\"' WHERE subject = '{main}' AND kind = 'enheter'"
            )),
            mended: sql(format!(
                "UPDATE feed SET body = '\"Ny\"' WHERE subject = '{main}' AND kind = 'enheter'"
            )),
        },
        Break {
            rule: rule("feed-bygger"),
            broken: sql(format!(
                "UPDATE feed SET subject = '999999999' WHERE subject = '{main}' AND kind = 'enheter'"
            )),
            mended: sql(format!("UPDATE feed SET subject = '{main}' WHERE subject = '999999999'")),
        },
        Break {
            rule: rule("feed-bygger"),
            broken: sql(format!("UPDATE feed SET kind = 'x' WHERE subject = '{main}' AND kind = 'roller'")),
            mended: sql(format!("UPDATE feed SET kind = 'roller' WHERE subject = '{main}' AND kind = 'x'")),
        },
        // A change that the unit never took; the next one takes it back, and is left there.
        Break {
            rule: rule("feed-endringer"),
            broken: event("EN ANNEN AS"),
            mended: {
                let name = register.text(&format!("SELECT navn FROM enhet WHERE {key}")).await;
                event(&name)
            },
        },
    ]
}

async fn in_cadastre(register: &Register, unknown: &str) -> Vec<Break> {
    let owned = |by: &str| {
        format!(
            "SELECT id FROM eiendom WHERE innhold LIKE '%{by}%' AND innhold NOT LIKE '%seksjoner%' ORDER BY id LIMIT 1"
        )
    };
    let id = |sql: String| async move {
        let row = register.0.query_opt(&sql, &[]).await.expect("the statement runs").expect("a property");
        row.get::<i64>(0).expect("a number")
    };
    let person = format!("id = {}", id(owned("personidentifikator")).await);
    let unit = format!("id = {}", id(owned("organisasjonsnummer")).await);
    let rule = |name| ("matrikkel", name);
    let of_person = ("eiendom", "innhold", person.as_str());
    let content: Value =
        serde_json::from_str(&register.text(&format!("SELECT innhold FROM eiendom WHERE {person}")).await)
            .expect("JSON");
    let (address, building) = (&content["adresser"][0]["id"], &content["bygninger"][0]["bygningsnummer"]);
    vec![
        Break {
            rule: rule("lesbar"),
            broken: sql(format!("UPDATE eiendom SET innhold = '{{' || innhold WHERE {person}")),
            mended: sql(format!("UPDATE eiendom SET innhold = SUBSTR(innhold, 2) WHERE {person}")),
        },
        alter(register, rule("eier-person"), of_person, |property| {
            property["eiere"][0]["rettighetshaver"]["personidentifikator"] = json!(unknown);
        })
        .await,
        alter(register, rule("eier-enhet"), ("eiendom", "innhold", unit.as_str()), |property| {
            property["eiere"][0]["rettighetshaver"]["organisasjonsnummer"] = json!("974760673");
        })
        .await,
        alter(register, rule("punkt-i-kommune"), of_person, |property| {
            property["bygninger"][0]["punkt"] = json!({ "lat": 0.0, "lon": 0.0 });
        })
        .await,
        Break {
            rule: rule("adresse-soekbar"),
            broken: sql(format!("UPDATE adresse SET nummer = nummer + 1 WHERE id = {address}")),
            mended: sql(format!("UPDATE adresse SET nummer = nummer - 1 WHERE id = {address}")),
        },
        Break {
            rule: rule("bygning-finnes"),
            broken: sql(format!("UPDATE bygning SET eiendom = -eiendom WHERE nummer = {building}")),
            mended: sql(format!("UPDATE bygning SET eiendom = -eiendom WHERE nummer = {building}")),
        },
        Break {
            rule: rule("feed-hel"),
            broken: sql("UPDATE feed SET seq = 100000000 WHERE seq = 1"),
            mended: sql("UPDATE feed SET seq = 1 WHERE seq = 100000000"),
        },
        Break {
            rule: rule("feed-bygger"),
            broken: sql(format!(
                "UPDATE feed SET subject = '1' WHERE kind = 'Adresse' AND subject = '{address}'"
            )),
            mended: sql(format!(
                "UPDATE feed SET subject = '{address}' WHERE kind = 'Adresse' AND subject = '1'"
            )),
        },
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_found_until_something_is_broken() {
    let data = tempfile::tempdir().expect("a directory");
    let postgres = std::env::var("FELLES_TEST_POSTGRES").ok();
    let felles = Installation::new(FELLES, data.path(), 600, postgres.as_deref()).expect("an installation");
    let (server, _) = felles.up().await.expect("felles serves");
    let mothers =
        std::fs::read_to_string(data.path().join("nation/moedre.txt")).expect("the nation has mothers");
    let mother = Pid::parse(mothers.lines().next().expect("a mother")).expect("a number");
    let hospital = Hospital::register(&felles).expect("a client");
    let receipt =
        hospital.register.meld_foedsel(&hospital.report("sjekk", 0, mother)).await.expect("a receipt");
    let child = receipt.foedsels_eller_d_nummer.expect("a child");
    let people = Register::of(&felles, data.path(), "folkeregister").await;
    let married = Everyone::read(&people).await.find("is married", |_, person| is_married(person)).0;
    let scope = ["client", "add", "maskinporten", "--scope", SCOPE_DOEDSMELDING];
    let doctor = Hospital::new(&felles.base(), &felles.json(&scope).expect("a client")).expect("a client");
    let died = DoedPerson { foedselsnummer: married, doedsdato: date(2026, 11, 20), kommune: None };
    let message = Doedsmelding {
        meldings_id: "sjekk-1".to_owned(),
        forespoerselssdato: None,
        kilde: "helse".to_owned(),
        doed_person: died,
    };
    doctor.register.meld_doedsfall(&message).await.expect("a receipt");
    server.stop().expect("felles stops");

    let said = check(&felles);
    assert!(said.whole, "{}", said.text);
    let idle: Vec<_> =
        said.rules.iter().filter(|(_, (looked_at, _))| *looked_at == 0).map(|(rule, _)| rule).collect();
    // No unit has a role in another, and nothing has changed one since it was loaded.
    let known = ["feed-endringer", "rolle-enhet"].map(|name| ("enhetsregister".to_owned(), name.to_owned()));
    assert_eq!(idle, known.iter().collect::<Vec<_>>(), "{}", said.text);

    let units = Register::of(&felles, data.path(), "enhetsregister").await;
    let cadastre = Register::of(&felles, data.path(), "matrikkel").await;
    let unknown = Pid::synthetic(date(1870, 1, 1), Kjoenn::Kvinne, 0).expect("a number");
    let all = Everyone::read(&people).await;
    let mut broken = BTreeSet::new();
    let ways = [
        (&people, in_people(&people, &all, unknown.as_str(), child.as_str(), mother.as_str()).await),
        (&units, in_units(&units, unknown.as_str()).await),
        (&cadastre, in_cadastre(&cadastre, unknown.as_str()).await),
    ];
    for (register, ways) in ways {
        for Break { rule: (of, name), broken: now, mended } in ways {
            for (sql, params) in &now {
                register.execute(sql, params).await;
            }
            let said = check(&felles);
            let rule = (of.to_owned(), name.to_owned());
            assert!(!said.whole && said.rules[&rule].1 > 0, "{rule:?} is not found\n{}", said.text);
            assert!(said.text.contains(&format!("{of} {name}: ")), "{rule:?} is not told\n{}", said.text);
            for (sql, params) in &mended {
                register.execute(sql, params).await;
            }
            broken.insert(rule);
        }
    }
    assert_eq!(broken, said.rules.into_keys().collect::<BTreeSet<_>>(), "each rule is broken in some way");
    let said = check(&felles);
    assert!(said.whole, "all is mended\n{}", said.text);
    assert_eq!(said.rules[&known[0]], (1, 0), "the changes of the feed lead to the unit as it is");
}

#[tokio::test(flavor = "multi_thread")]
async fn life_goes_on_and_the_nation_holds_together() {
    const EVENTS: usize = 200;
    let data = tempfile::tempdir().expect("a directory");
    let postgres = std::env::var("FELLES_TEST_POSTGRES").ok();
    let felles = Installation::new(FELLES, data.path(), 1500, postgres.as_deref()).expect("an installation");
    let (server, _) = felles.up().await.expect("felles serves");
    let (base, events) = (felles.base(), EVENTS.to_string());
    let live = ["nation", "live", "--url", &base, "--speed", "4000000000", "--events", &events];
    let (lived, told, complaint) = felles.run(&live).expect("the command runs");
    assert!(lived, "{told}{complaint}");
    assert_eq!(told.lines().count(), EVENTS, "a line for each");
    for what in ["born to", "died:", "moved:", "came from", "left for", "wed:"] {
        assert!(told.contains(what), "nobody {what}\n{told}");
    }
    server.stop().expect("felles stops");
    let said = check(&felles);
    assert!(said.whole, "{}", said.text);
}
