//! The pages: the question as a link and a QR code, and, on the device that has answered, the digits.

use axum::response::Response;
use clients::encoded;
use design::{Lang, key, qr, ui};
use http::{HeaderMap, StatusCode};
use maud::html;

use super::store::{Answered, Outcome};
use super::{ID, Wallets};
use crate::Component;
use crate::eid::Visit;
use crate::model::browser::names;
use crate::pages;

/// The question as wallets take it.
fn link(component: &Component, wallets: &Wallets, question: &str) -> String {
    let address = format!("{}{}{question}", component.issuer(), super::QUESTIONS);
    let (link, client_id) = (&wallets.link, encoded(&wallets.client_id));
    format!("{link}?client_id={client_id}&request_uri={}&request_uri_method=post", encoded(&address))
}

/// The page with a question, and what is wrong with the digits that were typed.
pub fn show(
    component: &Component,
    wallets: &Wallets,
    visit: &Visit,
    question: &str,
    complaint: Option<&'static str>,
) -> Response {
    let page = visit.page(component, Some(ID));
    let lang = page.lang();
    let title = lang.t("eid-lommebok-tittel");
    let link = link(component, wallets, question);
    let error = |text| ui::FieldError { field: "kode".to_owned(), text: lang.t(text) };
    let errors: Vec<ui::FieldError> = complaint.map(error).into_iter().collect();
    let field = ui::TextField {
        name: "kode",
        label: &lang.t("eid-lommebok-kode"),
        help: &lang.t("eid-lommebok-kode-hjelp"),
        value: "",
        kind: "text",
        autocomplete: "one-time-code",
        required: true,
    };
    let status = if complaint.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    page.page(&title).status(status).render(&html! {
        div.f-stack {
            h1.ds-heading data-size="lg" { (title) }
            p { (page.purpose()) }
            (ui::error_summary(lang, &errors))
            p { (lang.t("eid-lommebok-forklaring")) }
            section.f-stack aria-labelledby="her" {
                h2.ds-heading #her data-size="sm" { (lang.t("eid-lommebok-her")) }
                p { a.ds-button href=(link) { (lang.t("eid-lommebok-aapne")) } }
            }
            section.f-stack aria-labelledby="annen" {
                h2.ds-heading #annen data-size="sm" { (lang.t("eid-lommebok-annen")) }
                p { (lang.t("eid-lommebok-skann")) }
                (qr(&link, &lang.t("eid-lommebok-bilde")))
                form.f-stack method="post" action=(component.at("/eid/lommebok")) {
                    input type="hidden" name="id" value=(visit.id);
                    input type="hidden" name="foresporsel" value=(question);
                    (field.render(&errors))
                    button.ds-button type="submit" data-variant="secondary" { (lang.t("eid-lommebok-fortsett")) }
                }
            }
            (page.other_ways())
            (page.cancel("/eid/lommebok"))
        }
    })
}

/// What is shown where a wallet comes back to another browser than the one that began: the digits to be typed there, and by
/// whom they are asked for.
pub fn elsewhere(component: &Component, headers: &HeaderMap, found: &Answered, digits: &str) -> Response {
    let locale = pages::locale(headers, None);
    let lang = Lang::parse(&locale).unwrap_or_default();
    let title = match found.outcome {
        Outcome::Person(_) => lang.t("eid-lommebok-siffer-tittel"),
        Outcome::Fault(_) => lang.t("idporten-feil-tittel"),
    };
    let service = [("tjeneste", found.service.as_str().into())];
    let browser = match names(&found.browser) {
        (Some(name), Some(system)) => {
            lang.with("minside-nettleser", &[("navn", name.into()), ("system", system.into())])
        }
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => lang.t("minside-nettleser-ukjent"),
    };
    pages::page(lang, component, &title).render(&html! {
        div.f-stack {
            h1.ds-heading data-size="lg" { (title) }
            @match &found.outcome {
                Outcome::Person(_) => {
                    p { (lang.with("eid-lommebok-siffer", &service)) }
                    p.ds-heading data-size="lg" #siffer { (digits) }
                    p { (lang.with("eid-lommebok-siffer-hvor", &[("nettleser", browser.as_str().into())])) }
                    p { strong { (lang.t("eid-lommebok-siffer-advarsel")) } }
                }
                Outcome::Fault(fault) => {
                    p { (lang.t(why(fault))) }
                    p { (lang.t("eid-lommebok-tilbake")) }
                }
            }
        }
    })
}

/// What an error code of a wallet means, in words.
pub fn why(fault: &str) -> &'static str {
    match fault {
        "access_denied" => key("eid-lommebok-feil-nei"),
        "wallet_unavailable" => key("eid-lommebok-feil-uten"),
        _ => key("eid-lommebok-feil-svar"),
    }
}
