//! A whole nation's addresses: each person's is found, where Folkeregisteret says, by its words and by its place.
#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

mod common;

use common::*;
use http::StatusCode;
use jiff::civil::date;
use nation::{Options, generate};

#[tokio::test]
async fn everyones_address_is_found() {
    let f = empty().await;
    let nation = generate(&Options { population: 600, seed: 5, date: date(2026, 11, 1) }, &mut |_, _| {});
    let lines: Vec<_> = nation
        .municipalities()
        .chain(nation.properties())
        .map(|l| serde_json::to_value(l).unwrap())
        .collect();
    assert_eq!(f.load(&lines).await.0, StatusCode::OK);
    assert_eq!(f.get("/kommuneinfo/v1/kommuner").await.1.as_array().unwrap().len(), 357);
    let mut asked = 0;
    for person in nation.persons().step_by(7) {
        let Some(home) = person.bostedsadresse.first() else { continue };
        let Some(street) = &home.vegadresse else { continue };
        let number = street.adressenummer.as_ref().unwrap();
        let words = format!(
            "{} {}{} {}",
            street.adressenavn,
            number.husnummer,
            number.husbokstav.as_deref().unwrap_or_default(),
            street.kommunenummer.as_deref().unwrap()
        );
        let encoded: String = clients::encoded(&words);
        let (_, found) = f.get(&format!("/adresser/v1/sok?sok={encoded}")).await;
        let text = format!(
            "{} {}{}",
            street.adressenavn,
            number.husnummer,
            number.husbokstav.as_deref().unwrap_or_default()
        );
        let hit =
            found["adresser"].as_array().unwrap().iter().find(|hit| hit["adressetekst"] == text.as_str());
        let hit = hit.unwrap_or_else(|| panic!("{words}: {found}"));
        let units = hit["bruksenhetsnummer"].as_array().unwrap();
        assert!(units.iter().any(|unit| unit.as_str() == street.bruksenhetsnummer.as_deref()), "{hit}");
        assert_eq!(hit["postnummer"].as_str(), street.poststed.as_ref().unwrap().postnummer.as_deref());
        let point = &hit["representasjonspunkt"];
        let (_, at) = f
            .get(&format!("/kommuneinfo/v1/punkt?nord={}&ost={}&koordsys=4258", point["lat"], point["lon"]))
            .await;
        assert_eq!(at["kommunenummer"].as_str(), street.kommunenummer.as_deref(), "{hit}");
        asked += 1;
    }
    assert!(asked > 40, "{asked}");
}
