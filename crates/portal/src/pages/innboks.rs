//! The mailbox: letters, and the opening of one.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use clients::ClientError;
use clients::postkasse::{Brev, Brevinnhold};
use design::ui;
use http::{HeaderValue, header};
use maud::{Markup, html};
use serde::Deserialize;
use uuid::Uuid;

use super::situasjon::back;
use super::{id, see};
use crate::Component;
use crate::fault::Fault;
use crate::form::{Posted, same};
use crate::visit::{SignedIn, Visit};

/// Letters on a page.
const PAGE: u32 = 20;

/// Which page of the list.
#[derive(Debug, Deserialize)]
pub struct Older {
    foer: Option<String>,
}

/// The letters, newest first.
pub async fn list(
    State(portal): State<Component>,
    SignedIn { visit, session }: SignedIn,
    Query(older): Query<Older>,
) -> Result<Response, Fault> {
    let before = older.foer.as_deref().map(id).transpose()?;
    let letters = portal.post.meldinger(&session.token, before, PAGE).await.map_err(|error| match error {
        // The letter to go on from is none of the person's: a stale or made-up address.
        ClientError::Status { status: 400, .. } if before.is_some() => Fault::NotFound,
        error => error.into(),
    })?;
    let lang = visit.lang;
    Ok(visit.page(lang.t("innboks-tittel")).narrow().render(&html! {
        div.f-stack {
            h1.ds-heading data-size="lg" { (lang.t("innboks-tittel")) }
            p.f-lead { (lang.t("innboks-ingress")) }
            @if letters.meldinger.is_empty() {
                section.ds-card.f-stack data-gap="sm" {
                    h2.ds-heading data-size="sm" { (lang.t("innboks-tom")) }
                    p { (lang.t("innboks-tom-tekst")) }
                }
            } @else {
                ul.f-list {
                    @for letter in &letters.meldinger { li { (item(&visit, letter)) } }
                }
            }
            @if let Some(last) = letters.meldinger.last().filter(|_| letters.flere) {
                p { a.ds-button data-variant="secondary" href={ "/innboks?foer=" (last.id) } { (lang.t("innboks-eldre")) } }
            }
        }
    }))
}

fn item(visit: &Visit, letter: &Brev) -> Markup {
    let lang = visit.lang;
    html! {
        article.ds-card data-clickdelegatefor={ "brev-" (letter.id) } {
            h2.ds-heading data-size="2xs" lang=[visit.bokmaal()] {
                a.f-item id={ "brev-" (letter.id) } href={ "/innboks/" (letter.id) } {
                    @if letter.aapnet.is_none() { span.f-dot aria-hidden="true" {} }
                    (letter.tittel)
                }
            }
            p.f-quiet.f-small {
                (sender(letter)) " · " (lang.day(letter.mottatt)) " · "
                (if letter.aapnet.is_some() { lang.t("brev-aapnet-kort") } else { lang.t("brev-ulest") })
            }
        }
    }
}

fn sender(letter: &Brev) -> String {
    letter.avsender.navn.clone().unwrap_or_else(|| letter.avsender.orgnr.as_str().to_owned())
}

/// One letter, with the way to open it.
pub async fn letter(
    State(portal): State<Component>,
    SignedIn { visit, session }: SignedIn,
    Path(letter): Path<String>,
) -> Result<Response, Fault> {
    let letter = portal.post.melding(&session.token, id(&letter)?).await?.ok_or(Fault::NotFound)?;
    let lang = visit.lang;
    let document = |plass: usize| format!("/innboks/{}/dokumenter/{plass}", letter.id);
    let main = letter.dokumenter.first();
    let kilobytes = (main.map_or(letter.stoerrelse, |main| main.stoerrelse).max(0) as u64).div_ceil(1024);
    // A short word of what it is: of the media type, or of the name where that is a long one (`….document`).
    let short = |text: &str, mark| {
        text.rsplit_once(mark).map(|(_, end)| end.to_uppercase()).filter(|end| end.len() <= 4)
    };
    let kind = main.and_then(|main| short(&main.mime, '/').or_else(|| short(&main.navn, '.')));
    let kind = kind.unwrap_or_else(|| "PDF".to_owned());
    let open = lang.with("brev-aapne", &[("slag", kind.into()), ("kilobyte", (kilobytes as i64).into())]);
    let asks = letter.aapningskvittering && letter.aapnet.is_none();
    Ok(visit.page(letter.tittel.as_str()).narrow().render(&html! {
        div.f-stack {
            (back("/innboks", &lang.t("innboks-tittel")))
            h1.ds-heading data-size="lg" lang=[visit.bokmaal()] { (letter.tittel) }
            div.ds-card.f-stack {
                dl.f-facts {
                    dt { (lang.t("brev-fra")) }
                    dd { (sender(&letter)) }
                    dt { (lang.t("brev-mottatt")) }
                    dd { (lang.moment(letter.mottatt)) }
                    dt { (lang.t("brev-aapnet")) }
                    dd { @match letter.aapnet { Some(at) => (lang.moment(at)), None => (lang.t("brev-ikke-aapnet")) } }
                }
                @if asks {
                    p { (lang.t("brev-kvittering")) }
                    form method="post" action={ "/innboks/" (letter.id) } {
                        (ui::csrf(&session.csrf))
                        button.ds-button type="submit" { (open) }
                    }
                } @else {
                    div.f-row {
                        a.ds-button href=(document(0)) { (open) }
                        a.ds-button data-variant="secondary" href={ (document(0)) "?lagre=ja" } { (lang.t("brev-last-ned")) }
                    }
                }
            }
            @if letter.dokumenter.len() > 1 && !asks {
                section.f-stack data-gap="sm" {
                    h2.ds-heading data-size="sm" { (lang.t("brev-vedlegg")) }
                    ul {
                        @for (plass, vedlegg) in letter.dokumenter.iter().enumerate().skip(1) {
                            li { a.ds-link href=(document(plass)) lang=[visit.bokmaal()] { (vedlegg.tittel.as_ref().unwrap_or(&vedlegg.navn)) } }
                        }
                    }
                }
            }
            @if letter.signert && !asks {
                p.f-quiet { (lang.t("brev-signert")) " " a.ds-link href={ "/innboks/" (letter.id) "/pakke" } { (lang.t("brev-pakke")) } }
            }
        }
    }))
}

/// The person agrees that the sender is told: opens the letter.
pub async fn agree(Path(letter): Path<String>, form: Posted) -> Result<Response, Fault> {
    let letter = id(&letter)?;
    // The opening itself is a GET, so that the browser can show, reload and save the document. What proves that the
    // person has agreed is a value that only their own session's pages can make.
    let agreed = form.who.session.once(&letter.to_string());
    Ok(see(&format!("/innboks/{letter}/dokumenter/0?godtatt={agreed}")))
}

/// How the document is wanted.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    godtatt: Option<String>,
    lagre: Option<String>,
}

/// A document. The first time, this opens the letter.
pub async fn document(
    State(portal): State<Component>,
    SignedIn { session, .. }: SignedIn,
    Path((letter, plass)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Fault> {
    let letter: Uuid = id(&letter)?;
    let plass = plass.parse().map_err(|_| Fault::NotFound)?;
    let agreed = wanted.godtatt.is_some_and(|given| same(&given, &session.once(&letter.to_string())));
    let content = portal.post.dokument(&session.token, letter, plass, agreed).await;
    shown(letter, content, agreed, wanted.lagre.is_some())
}

/// The signed package by which the letter came.
pub async fn package(
    State(portal): State<Component>,
    SignedIn { session, .. }: SignedIn,
    Path(letter): Path<String>,
) -> Result<Response, Fault> {
    let letter: Uuid = id(&letter)?;
    shown(letter, portal.post.pakke(&session.token, letter, false).await, false, true)
}

/// What the mailbox gives out, under its headers.
fn shown(
    letter: Uuid,
    content: Result<Option<Brevinnhold>, ClientError>,
    agreed: bool,
    save: bool,
) -> Result<Response, Fault> {
    match content {
        Ok(Some(Brevinnhold { headers, innhold })) => {
            let mut response = innhold.into_response();
            for name in [header::CONTENT_TYPE, header::CONTENT_DISPOSITION, header::CONTENT_SECURITY_POLICY] {
                if let Some(value) = headers.get(&name) {
                    response.headers_mut().insert(name, value.clone());
                }
            }
            let headers = response.headers_mut();
            let shown =
                headers.entry(header::CONTENT_DISPOSITION).or_insert(HeaderValue::from_static("inline"));
            if save {
                let name =
                    shown.to_str().ok().and_then(|shown| shown.split_once(';')).map_or("", |(_, name)| name);
                if let Ok(attachment) = HeaderValue::from_str(&format!("attachment;{name}")) {
                    *shown = attachment;
                }
            }
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
            headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
            Ok(response)
        }
        Ok(None) => Err(Fault::NotFound),
        // The sender wants a receipt and the person has not agreed: that is asked on the letter's page.
        Err(ClientError::Status { status: 409, .. }) if !agreed => Ok(see(&format!("/innboks/{letter}"))),
        Err(error) => Err(error.into()),
    }
}
