//! Levels of the eIDs of other countries: asked for by names of their own, and given to nobody who does not ask.

mod common;

use clients::idporten::{ACR_HIGH, ACR_SUBSTANTIAL};
use common::*;
use serde_json::json;

const EIDAS_SUBSTANTIAL: &str = "eidas-loa-substantial";
const EIDAS_HIGH: &str = "eidas-loa-high";

#[tokio::test]
async fn who_asks_for_them_alone_gets_them_alone() {
    let f = fixture().await;
    let mut browser = f.browser();
    let only = [("acr_values", EIDAS_SUBSTANTIAL)];
    let page = browser.authorize("en", &only).await;
    // No eID of this country will do, whatever its level.
    for amr in ["BankID", "TestID", "Minid-TOTP"] {
        let answer = browser.sign_in_at(&page, kari(), &[("amr", amr)]).await;
        assert_eq!(answer.status, 422, "{amr}");
    }
    let code = browser.sign_in_at(&page, kari(), &[]).await.code();
    let tokens = f.tokens("en", &code).await;
    let id_token = f.claims(&tokens.id_token.unwrap()).await;
    assert_eq!((&id_token["acr"], &id_token["amr"]), (&json!(EIDAS_SUBSTANTIAL), &json!(["eIDAS"])));
    assert_eq!(id_token["pid"], kari().as_str());
    assert_eq!(f.claims(&tokens.access_token).await["acr"], EIDAS_SUBSTANTIAL);
    // The session serves who asks the same, and not who asks for more or for this country's.
    browser.authorize("to", &only).await.code();
    for (acr, served) in [
        (format!("{ACR_SUBSTANTIAL} {EIDAS_SUBSTANTIAL}"), true),
        (EIDAS_HIGH.to_owned(), false),
        (ACR_SUBSTANTIAL.to_owned(), false),
        (format!("{EIDAS_HIGH} {ACR_HIGH}"), false),
    ] {
        assert_eq!(browser.authorize("to", &[("acr_values", &acr)]).await.is_sign_in(), !served, "{acr}");
    }
    assert!(browser.authorize("to", &[]).await.is_sign_in());
}

#[tokio::test]
async fn who_asks_for_both_gets_what_the_person_has() {
    let f = fixture().await;
    let both = format!("{ACR_HIGH} {EIDAS_SUBSTANTIAL} Level4");
    let both = [("acr_values", both.as_str())];
    for (more, acr, amr) in [
        (vec![("amr", "BankID")], ACR_HIGH, "BankID"),
        (vec![], ACR_HIGH, "TestID"),
        (vec![("amr", "eIDAS")], EIDAS_SUBSTANTIAL, "eIDAS"),
        (vec![("amr", "eIDAS"), ("nivaa", EIDAS_HIGH)], EIDAS_HIGH, "eIDAS"),
        (vec![("amr", "eIDAS"), ("nivaa", ACR_HIGH)], EIDAS_HIGH, "eIDAS"),
    ] {
        let mut browser = f.browser();
        let page = browser.authorize("en", &both).await;
        let code = browser.sign_in_at(&page, kari(), &more).await.code();
        let claims = f.id_claims("en", &code).await;
        assert_eq!((&claims["acr"], &claims["amr"]), (&json!(acr), &json!([amr])), "{more:?}");
    }
    // Too low, of its own kind.
    for more in [vec![("amr", "Minid-TOTP")], vec![("nivaa", ACR_SUBSTANTIAL)]] {
        let mut browser = f.browser();
        let page = browser.authorize("en", &both).await;
        assert_eq!(browser.sign_in_at(&page, kari(), &more).await.status, 422, "{more:?}");
    }
}

#[tokio::test]
async fn who_does_not_ask_for_them_never_gets_them() {
    let f = fixture().await;
    for acr in ["", ACR_SUBSTANTIAL, "idporten-loa-low"] {
        let mut browser = f.browser();
        let page = browser.authorize("en", &[("acr_values", acr)]).await;
        assert_eq!(browser.sign_in_at(&page, kari(), &[("amr", "eIDAS")]).await.status, 422, "{acr}");
        browser.sign_in_at(&page, kari(), &[]).await.code();
        // Nor does a session by this country's eID serve who asks for the others alone.
        assert!(browser.authorize("to", &[("acr_values", EIDAS_SUBSTANTIAL)]).await.is_sign_in());
    }
}
