//! The eIDs: what the sign-in page offers, and the test eID in every guise.
#![allow(clippy::unwrap_used, reason = "a test that meets the unexpected stops")]

mod common;

use clients::idporten::{ACR_HIGH, ACR_SUBSTANTIAL};
use common::*;

#[tokio::test]
async fn the_test_eid_passes_for_any_other_up_to_its_level() {
    let kari = kari();
    let f = fixture().await;
    for (amr, level) in [("BankID", ACR_HIGH), ("Commfides", ACR_HIGH), ("Minid-TOTP", ACR_SUBSTANTIAL)] {
        let mut browser = f.browser();
        let answer = browser.authorize("en", &[]).await;
        let id = answer.sent()["id"].clone();
        let fields =
            [("id", id.as_str()), ("personidentifikator", kari.as_str()), ("nivaa", level), ("amr", amr)];
        let code = browser.post("/idporten/eid/testid", &fields).await.code();
        let claims = f.id_claims("en", &code).await;
        assert_eq!((claims["amr"][0].as_str(), claims["acr"].as_str()), (Some(amr), Some(level)));
    }
    let mut browser = f.browser();
    let answer = browser.authorize("en", &[("acr_values", ACR_HIGH)]).await;
    let page = browser.get(answer.location()).await;
    assert!(page.body.contains("BankID Mobil") && !page.body.contains("Minid-"), "{}", page.body);
    let id = answer.sent()["id"].clone();
    let fields = |amr, level| {
        [("id", id.as_str()), ("personidentifikator", kari.as_str()), ("nivaa", level), ("amr", amr)]
    };
    for (amr, level, words) in [
        ("Minid-OTC", ACR_HIGH, "når ikke sikkerhetsnivået"),
        ("Minid-OTC", ACR_SUBSTANTIAL, "når ikke sikkerhetsnivået"),
        ("BankID", ACR_SUBSTANTIAL, "høyere sikkerhetsnivå"),
        ("Ukjent<b>", ACR_HIGH, "Velg en eID fra listen"),
    ] {
        browser.post("/idporten/eid/testid", &fields(amr, level)).await.is_page(422, words);
    }
    let code = browser.post("/idporten/eid/testid", &fields("Buypass", ACR_HIGH)).await.code();
    assert_eq!(f.id_claims("en", &code).await["amr"][0], "Buypass");
}

#[tokio::test]
async fn an_eids_page_keeps_its_place_when_the_language_is_chosen_and_leads_back() {
    let f = fixture().await;
    let mut browser = f.browser();
    let answer = browser.authorize("en", &[]).await;
    let id = answer.sent()["id"].clone();
    let page = browser.get(&format!("/idporten/eid/testid?id={id}")).await;
    let language = format!("/idporten/innlogging?id={id}&amp;spraak=en&amp;eid=testid");
    assert!(page.status == 200 && page.body.contains(&language), "{}", page.body);
    let there = browser.get(&language.replace("&amp;", "&")).await;
    assert_eq!((there.status, there.location()), (302, format!("{ISSUER}/eid/testid?id={id}").as_str()));
    assert!(browser.get(there.location()).await.body.contains("<html lang=\"en\""));
    let unknown = browser.get(&format!("/idporten/innlogging?id={id}&eid=..%2F..%2Ftoken")).await;
    assert_eq!(unknown.status, 200);
    // Nobody else sees the page, and cancelling leads back to the client.
    f.browser().get(&format!("/idporten/eid/testid?id={id}")).await.is_page(400, "annen nettleser");
    let back = browser.post("/idporten/eid/testid", &[("id", &id), ("avbryt", "1")]).await;
    assert_eq!(back.error(), "access_denied");
}
