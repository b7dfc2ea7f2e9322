//! Searches: what finds what, in which order, by pages, and what is refused.
#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

mod common;

use common::*;
use http::StatusCode;
use serde_json::json;

const FJELL: &str = "FJELL & SØNN AS";
const BAKERI: &str = "ÅSE KARI BAKERI";
const LAG: &str = "ZIGZAG IDRETTSLAG";

#[tokio::test]
async fn each_parameter_finds_what_it_should() {
    let f = fixture().await;
    let two = format!("/enheter?organisasjonsnummer={},{}&organisasjonsnummer={}", nr(0), nr(4), nr(50));
    let cases: &[(&str, &[&str])] = &[
        ("/enheter", &[FJELL, LAG, BAKERI]),
        ("/enheter?navn=fjell", &[FJELL]),
        ("/enheter?navn=S%C3%B8nn+FJ", &[FJELL]),
        ("/enheter?navn=bak+%C3%A5se", &[BAKERI]),
        ("/enheter?navn=akeri", &[]),
        ("/enheter?navn=fjell+bakeri", &[]),
        ("/enheter?navn=%26", &[]),
        ("/enheter?navn=%25", &[]),
        ("/enheter?navn=fjell%27+OR+1%3D1", &[]),
        ("/enheter?organisasjonsform=ENK", &[BAKERI]),
        ("/enheter?organisasjonsform=ENK,FLI", &[LAG, BAKERI]),
        ("/enheter?organisasjonsform=ENK&organisasjonsform=FLI", &[LAG, BAKERI]),
        // Of business or of post; or of business alone.
        ("/enheter?kommunenummer=4601", &[FJELL, LAG]),
        ("/enheter?forretningsadresse.kommunenummer=4601", &[LAG]),
        ("/enheter?postadresse.kommunenummer=4601", &[FJELL]),
        ("/enheter?forretningsadresse.postnummer=7010", &[FJELL, LAG, BAKERI]),
        ("/enheter?naeringskode=41.200", &[FJELL]),
        ("/enheter?naeringskode=41.2", &[FJELL]),
        ("/enheter?naeringskode=10,41", &[FJELL, BAKERI]),
        ("/enheter?naeringskode=42", &[]),
        ("/enheter?fraAntallAnsatte=5", &[FJELL]),
        ("/enheter?tilAntallAnsatte=11", &[]),
        ("/enheter?fraRegistreringsdatoEnhetsregisteret=2024-06-30", &[BAKERI]),
        ("/enheter?tilRegistreringsdatoEnhetsregisteret=2024-06-29", &[FJELL, LAG]),
        ("/enheter?fraStiftelsesdato=2011-05-17&tilStiftelsesdato=2011-05-17", &[FJELL]),
        ("/enheter?registrertIMvaregisteret=true", &[FJELL]),
        ("/enheter?registrertIMvaregisteret=false", &[LAG, BAKERI]),
        ("/enheter?registrertIFrivillighetsregisteret=true&konkurs=false", &[LAG]),
        ("/enheter?konkurs=true", &[]),
        (&two, &[FJELL, LAG]),
        ("/underenheter", &["FJELL & SØNN", "FJELL & SØNN AVD ØST", "ZIGZAG HALL"]),
        ("/underenheter?navn=avd", &["FJELL & SØNN AVD ØST"]),
        ("/underenheter?beliggenhetsadresse.kommunenummer=0301", &["FJELL & SØNN AVD ØST"]),
        ("/underenheter?organisasjonsform=AAFY", &[]),
    ];
    for (path, expected) in cases {
        let (names, total) = f.names(path).await;
        assert_eq!(
            (names.as_slice(), total),
            (
                expected.iter().map(|&name| name.to_owned()).collect::<Vec<_>>().as_slice(),
                expected.len() as i64
            ),
            "{path}"
        );
    }
    let below = f.names(&format!("/underenheter?overordnetEnhet={}", nr(0))).await;
    assert_eq!(below.0, ["FJELL & SØNN", "FJELL & SØNN AVD ØST"]);
    // A hit is the unit as a look-up shows it.
    let hit = f.ok("/enheter?navn=fjell").await["_embedded"]["enheter"][0].clone();
    assert_eq!(hit, f.ok(&format!("/enheter/{}", nr(0))).await);
}

#[tokio::test]
async fn hits_are_sorted_as_asked_with_the_unknown_last() {
    let f = fixture().await;
    for (sort, expected) in [
        ("navn,DESC", [BAKERI, LAG, FJELL]),
        ("navn", [FJELL, LAG, BAKERI]),
        ("organisasjonsnummer,asc", [FJELL, BAKERI, LAG]),
        ("antallAnsatte,DESC", [FJELL, LAG, BAKERI]),
        ("antallAnsatte,ASC", [FJELL, BAKERI, LAG]),
        ("registreringsdatoEnhetsregisteret,DESC", [BAKERI, LAG, FJELL]),
        ("organisasjonsform.kode,ASC", [FJELL, BAKERI, LAG]),
    ] {
        assert_eq!(f.names(&format!("/enheter?sort={sort}")).await.0, expected, "{sort}");
    }
}

#[tokio::test]
async fn pages_follow_each_other_and_reach_no_further_than_the_limit() {
    let f = empty().await;
    let many: Vec<_> = (0..45).map(|n| unit(n, &format!("ENHET {n:02}"), "AS", "5001")).collect();
    assert_eq!(f.load(&many).await.0, StatusCode::OK);
    let first = f.ok("/enheter?navn=enhet&size=20").await;
    assert_eq!(first["page"], json!({ "size": 20, "totalElements": 45, "totalPages": 3, "number": 0 }));
    assert!(first["_links"].get("prev").is_none());
    let (mut path, mut names) = ("/enheter?navn=enhet&size=20".to_owned(), Vec::new());
    loop {
        let page = f.ok(&path).await;
        names.extend(
            page["_embedded"]["enheter"]
                .as_array()
                .unwrap()
                .iter()
                .map(|unit| unit["navn"].as_str().unwrap().to_owned()),
        );
        let Some(next) = page["_links"]["next"]["href"].as_str() else {
            assert_eq!(page["_links"]["self"], page["_links"]["last"]);
            break;
        };
        assert!(next.starts_with(&*f.base_url) && next.contains("navn=enhet"), "{next}");
        path = next.strip_prefix(&format!("{}{API}", f.base_url)).unwrap().to_owned();
    }
    assert_eq!(names, (0..45).map(|n| format!("ENHET {n:02}")).collect::<Vec<_>>());
    // Past the end there is nothing, which is no error.
    assert_eq!(f.names("/enheter?page=4&size=20").await, (vec![], 45));
    assert_eq!(f.names("/enheter?size=10000").await.0.len(), 45);
    assert_eq!(f.names("/enheter?page=499&size=20").await.1, 45);
    for beyond in [
        "size=10001",
        "page=500&size=20",
        "page=1&size=10000",
        "page=9223372036854775807&size=2",
        "size=99999999999999999999",
    ] {
        let (status, answer) = f.get(&format!("/enheter?{beyond}")).await;
        assert_eq!(
            (status, &answer["valideringsfeil"][0]["parametere"]),
            (StatusCode::BAD_REQUEST, &json!(["size"])),
            "{beyond}"
        );
    }
}

#[tokio::test]
async fn what_is_wrong_is_named_all_of_it() {
    let f = fixture().await;
    let (status, answer) = f.get("/enheter?naeringskode=49410&organisasjonsform=INC&konkurs=ja&tull=1").await;
    assert_eq!((status, &answer["antallFeil"]), (StatusCode::BAD_REQUEST, &json!(4)));
    // As the real register writes it.
    let wrong = json!({ "feilmelding": "Næringskode 49410 er ugyldig", "parametere": ["naeringskode"], "feilaktigVerdi": "[49410]" });
    assert!(answer["valideringsfeil"].as_array().unwrap().contains(&wrong), "{answer}");

    let long = format!("navn={}", "a".repeat(181));
    let list = format!("kommunenummer={}", vec!["0301"; 1001].join(","));
    for query in [
        "navn=",
        &long,
        &list,
        "navn=a&navn=b",
        "size=0",
        "size=-1",
        "size=abc",
        "size=1&size=2",
        "page=-1",
        "page=1.5",
        "size=%2B5",
        "organisasjonsnummer=123456789",
        "organisasjonsnummer=",
        "kommunenummer=301",
        "kommunenummer=0301,",
        "naeringskode=4",
        "naeringskode=41.",
        "naeringskode=41.2000",
        "naeringskode=%C3%A6%C3%B8",
        "organisasjonsform=BEDR",
        "organisasjonsform=as",
        "fraAntallAnsatte=-5",
        "fraStiftelsesdato=17.05.2011",
        "fraStiftelsesdato=2011-02-30",
        "fraStiftelsesdato=20110517",
        "sort=hemmelig,ASC",
        "sort=navn,opp",
        "sort=navn;DROP",
        "registrertIMvaregisteret=TRUE",
        "overordnetEnhet=x",
        "fraOppstartsdato=2020-01-01",
        "forretningsadresse.postnummer=70100",
    ] {
        let (status, answer) = f.get(&format!("/enheter?{query}")).await;
        assert_eq!(
            (status, &answer["antallFeil"]),
            (StatusCode::BAD_REQUEST, &json!(1)),
            "{query}: {answer}"
        );
    }
    assert_eq!(f.get("/underenheter?konkurs=true").await.0, StatusCode::BAD_REQUEST);
    assert_eq!(f.get("/underenheter?organisasjonsform=AS").await.0, StatusCode::BAD_REQUEST);
    // What the real register has and this has not is never quietly left out.
    let left = f.get("/enheter?frivilligRegistrertIMvaregisteret=x").await;
    assert_eq!(left.0, StatusCode::NOT_IMPLEMENTED);
}

#[tokio::test]
async fn addresses_web_pages_and_phrases_are_searched() {
    let f = empty().await;
    let mut fjell = fjell();
    fjell["enhet"]["hjemmeside"] = json!("https://WWW.Fjell.no/");
    fjell["enhet"]["naeringskode2"] = json!({ "kode": "42.110", "beskrivelse": "Veier" });
    fjell["enhet"]["forretningsadresse"]["adresse"] = json!(["c/o Åse Berg", "Storgata 12 B"]);
    fjell["enhet"]["postadresse"] = json!({ "land": "Sverige", "landkode": "SE", "poststed": "KIRUNA", "postnummer": "9810",
        "adresse": ["Box 7"] });
    fjell["underenheter"][0]["datoEierskifte"] = json!("2020-02-29");
    fjell["underenheter"][1]["nedleggelsesdato"] = json!("2024-01-01");
    fjell["underenheter"][1]["hjemmeside"] = json!("fjell.no/butikk");
    assert_eq!(f.load(&[fjell.clone(), kari_enk(), idrettslag()]).await.0, StatusCode::OK);
    for (path, expected) in [
        ("/enheter?hjemmeside=www.fjell.no", 1),
        ("/enheter?hjemmeside=http://www.fjell.NO", 1),
        ("/enheter?hjemmeside=fjell.no", 0),
        ("/underenheter?hjemmeside=fjell.no/butikk,x.no", 1),
        ("/enheter?naeringskode=42.110", 1),
        ("/enheter?forretningsadresse.adresse=storg+12", 1),
        ("/enheter?forretningsadresse.adresse=%C3%A5se", 1),
        ("/enheter?forretningsadresse.adresse=box", 0),
        ("/enheter?forretningsadresse.adresse=%25", 0),
        ("/enheter?postadresse.adresse=box+7", 1),
        ("/enheter?postadresse.landkode=se", 1),
        ("/enheter?postadresse.landkode=SE,DK&postadresse.poststed=kiruna&postadresse.postnummer=9810", 1),
        ("/enheter?forretningsadresse.landkode=NO", 3),
        ("/enheter?forretningsadresse.poststed=By", 3),
        ("/enheter?navn=fjell+s%C3%B8nn&navnMetodeForSoek=FORTLOEPENDE", 1),
        ("/enheter?navn=s%C3%B8nn+fjell&navnMetodeForSoek=FORTLOEPENDE", 0),
        ("/enheter?navn=fjell+as&navnMetodeForSoek=FORTLOEPENDE", 0),
        ("/enheter?navn=kari+bak&navnMetodeForSoek=FORTLOEPENDE&konkurs=false", 1),
        ("/underenheter?fraDatoEierskifte=2020-02-29&tilDatoEierskifte=2020-02-29", 1),
        ("/underenheter?fraNedleggelsesdato=2024-01-02", 0),
        ("/underenheter?tilNedleggelsesdato=2024-01-02", 1),
        ("/enheter?sort=DESC", 3),
    ] {
        assert_eq!(f.names(path).await.1, expected, "{path}");
    }
    assert_eq!(f.names("/enheter?sort=DESC").await.0, [BAKERI, LAG, FJELL]);
    for query in [
        "navnMetodeForSoek=FORTLOEPENDE",
        "navn=a&navnMetodeForSoek=ANNET",
        "forretningsadresse.landkode=NOR",
        "forretningsadresse.adresse=",
        "hjemmeside=https://",
        "fraNedleggelsesdato=2024-01-01",
    ] {
        assert_eq!(f.get(&format!("/enheter?{query}")).await.0, StatusCode::BAD_REQUEST, "{query}");
    }
    // What a unit no longer is, it is not found by.
    fjell["enhet"]["navn"] = json!("DAL AS");
    fjell["enhet"]["forretningsadresse"]["adresse"] = json!(["Lillegata 1"]);
    assert_eq!(f.load(&[fjell]).await.0, StatusCode::OK);
    for gone in ["navn=fjell", "forretningsadresse.adresse=storgata"] {
        assert_eq!(f.names(&format!("/enheter?{gone}")).await.1, 0, "{gone}");
    }
    for now in ["navn=dal", "forretningsadresse.adresse=lille"] {
        assert_eq!(f.names(&format!("/enheter?{now}")).await.0, ["DAL AS"], "{now}");
    }
}

#[tokio::test]
async fn common_words_are_found_and_counted_too() {
    let f = empty().await;
    let many: Vec<_> = (0..5200).map(|n| unit(n, &format!("ENHET {n:04} AS"), "AS", "5001")).collect();
    for part in many.chunks(2600) {
        assert_eq!(f.load(part).await.0, StatusCode::OK);
    }
    let (names, total) = f.names("/enheter?navn=as&size=2").await;
    assert_eq!(
        (names.as_slice(), total),
        (["ENHET 0000 AS".to_owned(), "ENHET 0001 AS".to_owned()].as_slice(), 5200)
    );
    assert_eq!(
        f.names("/enheter?navn=as+enhet&size=1&sort=navn,DESC").await,
        (vec!["ENHET 5199 AS".to_owned()], 5200)
    );
    assert_eq!(f.names("/enheter?navn=as+51&size=1").await.1, 100);
    // A total is not remembered past a change.
    assert_eq!(f.load(&[unit(5300, "NY AS", "AS", "0301")]).await.0, StatusCode::OK);
    assert_eq!(f.names("/enheter?navn=as&size=1").await.1, 5201);
}
