//! Addresses by place, and municipalities.
#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

mod common;

use common::*;
use http::StatusCode;
use serde_json::json;

#[tokio::test]
async fn the_nearest_comes_first_with_its_distance() {
    let f = fixture().await;
    let (status, found) = f.get("/adresser/v1/punktsok?lat=59.9139&lon=10.7522&radius=100").await;
    assert_eq!(status, StatusCode::OK);
    let hits = found["adresser"].as_array().unwrap();
    let texts: Vec<_> = hits.iter().map(|hit| hit["adressetekst"].as_str().unwrap()).collect();
    assert_eq!(texts, ["Storgata 1", "Storgata 1B", "Storgata 2"]);
    let metres: Vec<_> = hits.iter().map(|hit| hit["meterDistanseTilPunkt"].as_f64().unwrap()).collect();
    assert!(
        metres[0] < 0.1 && (20.0..35.0).contains(&metres[1]) && (60.0..90.0).contains(&metres[2]),
        "{metres:?}"
    );
    assert_eq!(found["metadata"]["totaltAntallTreff"], 3);
    assert_eq!(f.texts("punktsok?lat=59.9139&lon=10.7522&radius=50").await.len(), 2);
    assert_eq!(f.texts("punktsok?lat=59.9139&lon=10.7522&radius=0").await.len(), 1);
    assert_eq!(
        f.texts("punktsok?lat=59.9139&lon=10.7522&radius=100&treffPerSide=1&side=2").await,
        ["Storgata 2 0301"]
    );
    // All of the country, and the same point in another system.
    assert_eq!(f.texts("punktsok?lat=61&lon=10&radius=2000000&treffPerSide=100").await.len(), 8);
    let (_, found) = f.get("/adresser/v1/sok?sok=207/2&utkoordsys=25833").await;
    let point = &found["adresser"][0]["representasjonspunkt"];
    let query = format!("punktsok?lat={}&lon={}&radius=1&koordsys=25833", point["lat"], point["lon"]);
    assert_eq!(f.texts(&query).await, ["Storgata 1B 0301"]);
}

#[tokio::test]
async fn a_point_that_is_none_is_refused() {
    let f = fixture().await;
    for (query, field) in [
        ("lon=10&radius=1", "lat"),
        ("lat=60&radius=1", "lon"),
        ("lat=60&lon=10", "radius"),
        ("lat=x&lon=10&radius=1", "lat"),
        ("lat=NaN&lon=10&radius=1", "lat"),
        ("lat=inf&lon=10&radius=1", "lat"),
        ("lat=91&lon=10&radius=1", "lat"),
        ("lat=60&lon=10&radius=-1", "radius"),
        ("lat=60&lon=10&radius=1.5", "radius"),
        ("lat=60&lon=10&radius=1&koordsys=99", "koordsys"),
    ] {
        let (status, error) = f.get(&format!("/adresser/v1/punktsok?{query}")).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{query}: {error}");
        assert!(error["errors"][field].is_string(), "{query}: {error}");
    }
    assert!(f.texts("punktsok?lat=-89.9&lon=-180&radius=2147483647").await.len() <= 8);
    assert!(f.texts("punktsok?lat=60&lon=179.99&radius=5000").await.is_empty());
    assert_eq!(f.get("/adresser/v1/annet").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn municipalities_and_counties() {
    let f = fixture().await;
    let (_, list) = f.get("/kommuneinfo/v1/kommuner").await;
    assert_eq!(
        list[0],
        json!({ "kommunenavn": "Oslo", "kommunenavnNorsk": "Oslo", "kommunenummer": "0301" })
    );
    let (_, list) = f.get("/kommuneinfo/v1/kommuner?sorter=kommunenavn&filtrer=kommunenavn").await;
    assert_eq!(list, json!([{ "kommunenavn": "Oslo" }, { "kommunenavn": "Trondheim" }]));
    let (_, one) = f.get("/kommuneinfo/v1/kommuner/5001").await;
    assert_eq!((&one["fylkesnavn"], &one["punktIOmrade"]["type"]), (&json!("Trøndelag"), &json!("Point")));
    let (_, metres) = f.get("/kommuneinfo/v1/kommuner/5001?utkoordsys=25833").await;
    assert_eq!(metres["punktIOmrade"]["crs"]["properties"]["name"], "EPSG:25833");
    assert!(metres["avgrensningsboks"]["coordinates"][0][0][1].as_f64().unwrap() > 6_900_000.0);
    let (_, fylke) = f.get("/kommuneinfo/v1/fylker/50").await;
    assert_eq!(fylke["kommuner"], json!([{ "kommunenavn": "Trondheim", "kommunenummer": "5001" }]));
    assert_eq!(
        f.get("/kommuneinfo/v1/fylker").await.1[1],
        json!({ "fylkesnavn": "Trøndelag", "fylkesnummer": "50" })
    );
    let (_, whole) =
        f.get("/kommuneinfo/v1/fylkerkommuner?sorterfylker=fylkesnavn&sorterkommuner=kommunenavn").await;
    assert_eq!(whole[0]["kommuner"][0]["kommunenummer"], "0301");
    for (name, hits) in
        [("oslo", 1), ("os", 0), ("*O*", 2), ("tr*", 1), ("*heim", 1), ("Tr%C3%A5ante", 1), ("*", 2)]
    {
        let (_, found) = f.get(&format!("/kommuneinfo/v1/sok?knavn={name}")).await;
        assert_eq!(found["antallTreff"], hits, "{name}: {found}");
    }
    let (_, at) = f.get("/kommuneinfo/v1/punkt?nord=63.43&ost=10.39&koordsys=4258").await;
    assert_eq!(
        at,
        json!({ "fylkesnavn": "Trøndelag", "fylkesnummer": "50", "kommunenavn": "Trondheim", "kommunenummer": "5001" })
    );
    for (path, status) in [
        ("kommuner/9999", 404),
        ("kommuner/%00", 404),
        ("fylker/99", 404),
        ("punkt?nord=0&ost=0&koordsys=4258", 404),
        ("punkt?nord=60&ost=10", 400),
        ("sok", 400),
        ("kommuner?sorter=x", 400),
        ("kommuner/0301?utkoordsys=7", 400),
        ("kommuner/0301/omrade", 501),
        ("kommuner/0301/nabokommuner", 501),
        ("kommuner/illustrasjonskart", 501),
        ("fylker/03/omrade", 501),
        ("annet", 404),
    ] {
        let (got, body) = f.get(&format!("/kommuneinfo/v1/{path}")).await;
        assert_eq!(got.as_u16(), status, "{path}: {body}");
    }
}
