//! The bulk load, and the feeds that tell what it changed.
#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

mod common;

use common::*;
use enhetsregister::gjennomgang;
use http::StatusCode;
use serde_json::{Value, json};

async fn changes(f: &Fixture, path: &str) -> Vec<(i64, String, String)> {
    let answer = f.ok(&format!("/oppdateringer/{path}")).await;
    let name = if path.starts_with("under") { "oppdaterteUnderenheter" } else { "oppdaterteEnheter" };
    let list = answer["_embedded"][name].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    list.iter()
        .map(|one| {
            (
                one["oppdateringsid"].as_i64().unwrap(),
                text(&one["organisasjonsnummer"]),
                text(&one["endringstype"]),
            )
        })
        .collect()
}

fn kinds(changes: &[(i64, String, String)]) -> Vec<(&str, &str)> {
    changes.iter().map(|(_, number, kind)| (number.as_str(), kind.as_str())).collect()
}

#[tokio::test]
#[expect(clippy::many_single_char_names, reason = "one unit is as good as another")]
async fn the_feeds_tell_what_is_new_changed_and_gone() {
    let f = fixture().await;
    let (a, b, c, d, e) = (nr(0), nr(3), nr(4), nr(6), nr(8));
    let first = changes(&f, "enheter").await;
    assert_eq!(kinds(&first), [(&*a, "Ny"), (&*b, "Ny"), (&*c, "Ny"), (&*d, "Sletting"), (&*e, "Fjernet")]);
    let places = changes(&f, "underenheter").await;
    assert_eq!(kinds(&places), [(&*nr(1), "Ny"), (&*nr(2), "Ny"), (&*nr(5), "Ny"), (&*nr(7), "Sletting")]);
    let link =
        f.ok("/oppdateringer/enheter").await["_embedded"]["oppdaterteEnheter"][0]["_links"]["enhet"]["href"]
            .clone();
    assert_eq!(link, format!("{}{API}/enheter/{a}", f.base_url));

    // The same again changes nothing.
    assert_eq!(f.load(&all()).await.0, StatusCode::OK);
    assert_eq!(changes(&f, "enheter").await, first);

    // Another name, and the bakery closes: the old name and the role are gone.
    f.clock.advance(jiff::SignedDuration::from_hours(1));
    let mut renamed = fjell();
    renamed["enhet"]["navn"] = json!("DAL AS");
    renamed["rollegrupper"] = json!([]);
    let mut closed = kari_enk();
    closed["slettet"] = json!({ "dato": "2026-11-23" });
    assert_eq!(f.load(&[renamed, closed]).await.0, StatusCode::OK);
    let last = first.last().unwrap().0;
    let news = changes(&f, &format!("enheter?oppdateringsid={}", last + 1)).await;
    assert_eq!(kinds(&news), [(&*a, "Endring"), (&*b, "Sletting")]);
    assert_eq!(changes(&f, &format!("enheter?dato={}", f.clock.now())).await, news);
    assert!(changes(&f, "enheter?dato=2099-01-01T00:00:00Z").await.is_empty());
    assert_eq!(changes(&f, "enheter?dato=2000-01-01T00:00:00%2B01:00&size=100").await.len(), 7);
    assert_eq!(changes(&f, "enheter?sort=id,DESC&size=1").await, [news[1].clone()]);
    assert_eq!(changes(&f, "enheter?size=2&page=1").await, first[2..4]);
    assert_eq!(changes(&f, &format!("enheter?organisasjonsnummer={a}")).await.len(), 2);
    assert_eq!(f.names("/enheter?navn=fjell").await.1, 0);
    assert_eq!(f.names("/enheter?navn=dal").await.1, 1);
    assert_eq!(f.list(KARI, OF_PERSON).await.1, json!({ "enheter": [] }));

    let roles = f.ok("/oppdateringer/roller?size=100").await;
    let about: Vec<&str> = roles
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["data"]["organisasjonsnummer"].as_str().unwrap())
        .collect();
    assert_eq!(about, [&*a, &*b, &*c, &*a, &*b]);
    assert_eq!(roles[0]["type"], "no.brreg.enhetsregisteret.rolle.oppdatert");
    let after = f.ok(&format!("/oppdateringer/roller?afterId={}", roles[3]["id"].as_str().unwrap())).await;
    assert_eq!(after, json!([roles[4]]));
}

#[tokio::test]
async fn a_feed_refuses_what_it_does_not_understand() {
    let f = fixture().await;
    for query in [
        "oppdateringsid=-1",
        "oppdateringsid=x",
        "dato=2020-01-01",
        "dato=i+dag",
        "size=10001",
        "page=-1",
        "sort=navn,ASC",
        "sort=id,opp",
        "tull=1",
        "organisasjonsnummer=1",
        "includeChanges=ja",
    ] {
        let (status, answer) = f.get(&format!("/oppdateringer/enheter?{query}")).await;
        assert_eq!((status, &answer["antallFeil"]), (StatusCode::BAD_REQUEST, &json!(1)), "{query}");
    }
    assert!(changes(&f, "enheter?oppdateringsid=9223372036854775807").await.is_empty());
    assert_eq!(f.ok("/oppdateringer/roller?afterId=9223372036854775807").await, json!([]));
}

#[tokio::test]
async fn a_load_is_taken_whole_or_not_at_all() {
    let f = empty().await;
    let broken = |change: &dyn Fn(&mut Value)| {
        let mut unit = fjell();
        change(&mut unit);
        unit
    };
    let cases: Vec<(Value, &str)> = vec![
        (broken(&|unit| unit["enhet"]["navn"] = json!(" ")), "enhet.navn"),
        (broken(&|unit| unit["enhet"]["organisasjonsnummer"] = json!("123456789")), "enhet"),
        (
            broken(&|unit| unit["enhet"]["organisasjonsform"]["kode"] = json!("BEDR")),
            "enhet.organisasjonsform.kode",
        ),
        (
            broken(&|unit| unit["underenheter"][0]["organisasjonsform"]["kode"] = json!("AS")),
            "underenheter[0].organisasjonsform.kode",
        ),
        (
            broken(&|unit| unit["underenheter"][1]["overordnetEnhet"] = json!(nr(3))),
            "underenheter[1].overordnetEnhet",
        ),
        (
            broken(&|unit| unit["underenheter"][1]["organisasjonsnummer"] = json!(nr(0))),
            "underenheter[1].organisasjonsnummer",
        ),
        (
            broken(&|unit| unit["underenheter"][1]["organisasjonsnummer"] = json!(nr(1))),
            "organisasjonsnummer",
        ),
        (
            broken(&|unit| {
                unit["rollegrupper"][0]["roller"][0]["person"]
                    .as_object_mut()
                    .unwrap()
                    .remove("fodselsnummer");
            }),
            "rollegrupper[0].roller[0].person.fodselsnummer",
        ),
        (
            broken(&|unit| {
                unit["rollegrupper"][0]["roller"][0].as_object_mut().unwrap().remove("person");
            }),
            "rollegrupper[0].roller[0]",
        ),
        (broken(&|unit| unit["ukjent"] = json!(1)), "ukjent"),
        (
            broken(&|unit| unit["ansatte"][0]["personidentifikator"] = json!("03851598731")),
            "ansatte[0].personidentifikator",
        ),
        (json!([]), ""),
        (kari_enk(), "organisasjonsnummer"),
    ];
    for (unit, field) in cases {
        let (status, answer) = f.load(&[kari_enk(), unit]).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{field}");
        let wrong = &answer["valideringsfeil"][0];
        assert!(wrong["feilmelding"].as_str().unwrap().starts_with("Linje 2: "), "{answer}");
        assert!(wrong["parametere"][0].as_str().unwrap().starts_with(field), "{field}: {answer}");
    }
    assert_eq!(f.names("/enheter").await.1, 0);

    let token = f.organisation("felles:innlasting");
    assert_eq!(
        f.post(LOAD, &token, "application/json", String::new()).await.0,
        StatusCode::UNSUPPORTED_MEDIA_TYPE
    );
    assert_eq!(
        f.post(LOAD, &f.organisation(OF_PERSON), "application/x-ndjson", String::new()).await.0,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        f.post(LOAD, &token, "application/x-ndjson", "\n\n".to_owned()).await,
        (StatusCode::OK, json!({ "lest": 0 }))
    );
}

#[tokio::test]
async fn changes_say_what_changed_where_that_is_asked_for() {
    let f = fixture().await;
    let mut changed = fjell();
    changed["enhet"]["navn"] = json!("FJELL OG DAL AS");
    changed["enhet"]["forretningsadresse"]["postnummer"] = json!("7011");
    changed["enhet"]["hjemmeside"] = json!("www.fjell.no");
    changed["enhet"].as_object_mut().unwrap().remove("antallAnsatte");
    assert_eq!(f.load(&[changed]).await.0, StatusCode::OK);
    let path = format!("/oppdateringer/enheter?organisasjonsnummer={}", nr(0));
    let with = f.ok(&format!("{path}&includeChanges=true")).await;
    let [new, change] = &with["_embedded"]["oppdaterteEnheter"].as_array().unwrap()[..] else {
        panic!("{with}")
    };
    assert_eq!((&new["endringstype"], new.get("endringer")), (&json!("Ny"), None));
    assert_eq!(change["endringstype"], "Endring");
    let mut steps = change["endringer"].as_array().unwrap().clone();
    steps.sort_by_key(|step| step["path"].to_string());
    assert_eq!(
        steps,
        [
            json!({ "op": "remove", "path": "/antallAnsatte" }),
            json!({ "op": "replace", "path": "/forretningsadresse/postnummer", "value": "7011" }),
            json!({ "op": "add", "path": "/hjemmeside", "value": "www.fjell.no" }),
            json!({ "op": "replace", "path": "/navn", "value": "FJELL OG DAL AS" }),
        ]
    );
    for without in [path.clone(), format!("{path}&includeChanges=false")] {
        let shown = f.ok(&without).await;
        assert!(!shown.to_string().contains("endringer\":"), "{shown}");
    }
    // Before a moment: nothing is older than the clock that stands still.
    let now = "2026-11-23T09:00:00.000Z";
    assert_eq!(f.ok(&format!("{path}&updatedBefore={now}")).await["page"]["totalElements"], 0);
    assert_eq!(
        f.ok(&format!("{path}&updatedBefore=2026-11-23T09:00:00.001Z")).await["page"]["totalElements"],
        2
    );
    assert_eq!(f.get(&format!("{path}&updatedBefore=2026")).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn rows_of_an_older_edition_are_written_again() {
    let f = fixture().await;
    let write = f.store.write(|tx| {
        Box::pin(async move {
            for table in ["soekeord", "adresseord", "kommune", "enhetsrolle"] {
                tx.execute(&format!("DELETE FROM {table}"), &[]).await?;
            }
            tx.execute("UPDATE enhet SET utgave = 1, ordrekke = '', poststed = NULL", &[]).await?;
            Ok::<_, kernel::store::StoreError>(())
        })
    });
    write.await.unwrap();
    assert_eq!(f.names("/enheter?navn=fjell").await.1, 0);
    let before = f.ok(&format!("/enheter/{}", nr(0))).await;
    let events = f.ok("/oppdateringer/enheter").await["page"]["totalElements"].clone();
    enhetsregister::Component::new(f.test.ctx.clone()).oppgrader().await.unwrap();
    let fresh =
        Fixture { router: enhetsregister::Component::new(f.test.ctx.clone()).router().into(), test: f.test };
    assert_eq!(fresh.names("/enheter?navn=fjell&forretningsadresse.poststed=by").await.1, 1);
    assert_eq!(fresh.names("/enheter?navn=gamle").await.1, 0);
    assert_eq!(fresh.ok("/kommuner").await["page"]["totalElements"], 3);
    assert_eq!(fresh.ok(&format!("/enheter/{}", nr(0))).await, before);
    assert_eq!(fresh.ok("/oppdateringer/enheter").await["page"]["totalElements"], events);
    assert_eq!(fresh.list(KARI, OF_PERSON).await.1["enheter"].as_array().unwrap().len(), 2);
}

async fn lines(f: &Fixture) -> Vec<Value> {
    let all = gjennomgang::linjer(&f.store, "").await.unwrap();
    assert!(gjennomgang::linjer(&f.store, &all.last().unwrap().0).await.unwrap().is_empty(), "one part");
    all.into_iter().map(|(_, line)| serde_json::to_value(line.unwrap()).unwrap()).collect()
}

#[tokio::test]
async fn a_register_that_is_loaded_with_its_own_lines_is_the_same() {
    let f = fixture().await;
    let of_f = lines(&f).await;
    let named: Vec<String> = of_f
        .iter()
        .map(|line| {
            line["enhet"]["organisasjonsnummer"].as_str().or(line["borte"]["organisasjonsnummer"].as_str())
        })
        .map(|number| number.unwrap().to_owned())
        .collect();
    // Three with all that belongs to them, the two that are deleted, and the one that is removed.
    assert_eq!(named, [nr(0), nr(3), nr(4), nr(6), nr(7), nr(8)]);
    let mut fjell = fjell();
    for kept_elsewhere in ["eiere", "ansatte"] {
        fjell.as_object_mut().unwrap().remove(kept_elsewhere);
    }
    assert_eq!(of_f[0], fjell);
    assert_eq!(of_f[4]["borte"]["slettet"], json!({ "dato": "2025-03-01", "fjernet": false }));
    assert_eq!(
        of_f[5]["borte"],
        json!({ "organisasjonsnummer": nr(8), "slettet": { "dato": "2025-04-01", "fjernet": true } })
    );

    let again = empty().await;
    assert_eq!(again.load(&of_f).await, (StatusCode::OK, json!({ "lest": 6 })));
    assert_eq!(lines(&again).await, of_f);
    assert!(gjennomgang::uten_enhet(&again.store).await.unwrap().is_empty());
    for (path, status) in [
        (format!("/enheter/{}", nr(0)), StatusCode::OK),
        (format!("/enheter/{}/roller", nr(0)), StatusCode::OK),
        (format!("/underenheter/{}", nr(1)), StatusCode::OK),
        (format!("/enheter/{}", nr(6)), StatusCode::OK),
        (format!("/underenheter/{}", nr(7)), StatusCode::OK),
        (format!("/enheter/{}", nr(8)), StatusCode::GONE),
    ] {
        let answer = again.get(&path).await;
        assert_eq!((answer.0, &answer), (status, &f.get(&path).await), "{path}");
    }
    assert_eq!(again.load(&of_f).await.0, StatusCode::OK);
    assert_eq!(changes(&again, "enheter?size=100").await.len(), 5, "nothing is new the second time");
    assert_eq!(changes(&again, "underenheter?size=100").await.len(), 4);
}

#[tokio::test]
async fn a_unit_that_is_gone_is_taken_by_itself_or_refused_for_what_is_wrong() {
    let f = empty().await;
    let gone = json!({ "borte": { "organisasjonsnummer": nr(1), "underenhet": true, "navn": "BORTE",
        "organisasjonsform": { "kode": "BEDR", "beskrivelse": "Underenhet" }, "slettet": { "dato": "2026-01-02" } } });
    for (change, field) in [
        (("navn", Value::Null), "borte.navn"),
        (("navn", json!("")), "borte.navn"),
        (("organisasjonsform", Value::Null), "borte.organisasjonsform.kode"),
        (("underenhet", json!(false)), "borte.organisasjonsform.kode"),
        (("slettet", json!({})), "borte.slettet"),
        (("organisasjonsnummer", json!("123456789")), "borte.organisasjonsnummer"),
        (("ukjent", json!(1)), "borte.ukjent"),
    ] {
        let mut unit = gone.clone();
        let (name, value) = change;
        match value {
            Value::Null => drop(unit["borte"].as_object_mut().unwrap().remove(name)),
            value => unit["borte"][name] = value,
        }
        let (status, answer) = f.load(&[kari_enk(), unit]).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{field}: {answer}");
        assert_eq!(answer["valideringsfeil"][0]["parametere"], json!([field]), "{answer}");
    }
    assert_eq!(f.get(&format!("/enheter/{}", nr(3))).await.0, StatusCode::NOT_FOUND, "nothing was taken");
    assert_eq!(f.load(&[gone]).await, (StatusCode::OK, json!({ "lest": 1 })));
    let shown = f.ok(&format!("/underenheter/{}", nr(1))).await;
    assert_eq!((&shown["navn"], &shown["slettedato"]), (&json!("BORTE"), &json!("2026-01-02")));
    assert_eq!(kinds(&changes(&f, "underenheter").await), [(&*nr(1), "Sletting")]);

    // A place of business whose unit was deleted without it.
    assert_eq!(f.load(&[idrettslag()]).await.0, StatusCode::OK);
    let mut alone = unit(4, "ZIGZAG IDRETTSLAG", "FLI", "4601");
    alone["slettet"] = json!({ "dato": "2026-01-02" });
    assert_eq!(f.load(&[alone]).await.0, StatusCode::OK);
    assert_eq!(gjennomgang::uten_enhet(&f.store).await.unwrap(), [nr(5)]);
}
