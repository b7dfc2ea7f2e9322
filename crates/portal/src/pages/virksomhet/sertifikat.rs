//! An enterprise certificate of the test authority. There is none but in a synthetic nation.

use axum::extract::{Path, State};
use axum::response::Response;
use design::ui;
use http::HeaderMap;
use maud::html;

use super::{Wrong, acting, button, ours};
use crate::Component;
use crate::fault::Fault;
use crate::form::Posted;
use crate::visit::SignedIn;

/// What it is, and the button that issues one.
pub async fn page(
    State(portal): State<Component>,
    Path(orgnr): Path<String>,
    headers: HeaderMap,
    who: SignedIn,
) -> Result<Response, Fault> {
    if !portal.ctx.test_mode {
        return Err(Fault::NotFound);
    }
    let acting = acting(&portal, &headers, who, &orgnr).await?;
    let lang = acting.lang();
    Ok(acting.page(
        &lang.t("vs-sertifikat"),
        "/testsertifikat",
        &Wrong::default(),
        &html! {
            p.f-lead { (lang.t("vs-sertifikat-ingress")) }
            (button(&acting.who, &acting.path("/testsertifikat"), &[], &lang.t("vs-sertifikat-utsted"), ""))
        },
    ))
}

/// Issues one, and shows it with its key this once.
pub async fn issue(
    State(portal): State<Component>,
    Path(orgnr): Path<String>,
    headers: HeaderMap,
    Posted { who, .. }: Posted,
) -> Result<Response, Fault> {
    if !portal.ctx.test_mode {
        return Err(Fault::NotFound);
    }
    let acting = acting(&portal, &headers, who, &orgnr).await?;
    let issued = portal.maskinporten.test_certificate(acting.orgnr.as_str()).await.map_err(ours)?;
    let lang = acting.lang();
    Ok(acting.page(&lang.t("vs-sertifikat-utstedt"), "/testsertifikat", &Wrong::default(), &html! {
        (ui::alert("success", &lang.t("vs-sertifikat-ferdig"), &html! {
            p { (lang.t("vs-sertifikat-tekst")) }
            p { (lang.t("vs-serienummer")) ": " code { (issued.serial) } }
        }))
        section.f-stack aria-labelledby="sertifikat" {
            h2.ds-heading data-size="sm" #sertifikat { (lang.t("vs-sertifikat-kjede")) }
            pre.f-pre tabindex="0" role="group" aria-label=(lang.t("vs-sertifikat-kjede")) { (issued.certificate_pem) }
        }
        section.f-stack aria-labelledby="privat" {
            h2.ds-heading data-size="sm" #privat { (lang.t("vs-privat-noekkel")) }
            pre.f-pre tabindex="0" role="group" aria-label=(lang.t("vs-privat-noekkel")) { (issued.private_key_pem) }
        }
    }))
}
