//! The front page, and the choice of language.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use design::{Lang, ui};
use maud::html;
use serde::Deserialize;

use super::{own_page, see_with_cookie};
use crate::Component;
use crate::fault::Fault;
use crate::visit::Visit;

/// What Felles is, and the way in.
pub async fn page(visit: Visit) -> Response {
    let lang = visit.lang;
    let cards = [
        (lang.t("forside-uten-skjema"), lang.t("forside-uten-skjema-tekst")),
        (lang.t("forside-begrunnet"), lang.t("forside-begrunnet-tekst")),
        (lang.t("forside-innsyn"), lang.t("forside-innsyn-tekst")),
    ];
    visit.page(lang.t("forside-tittel")).render(&html! {
        div.f-stack data-gap="lg" {
            section.f-hero.f-stack {
                (ui::rings())
                h1.ds-heading data-size="xl" { (lang.t("forside-overskrift")) }
                p.f-lead { (lang.t("forside-ingress")) }
                @if visit.session().is_some() {
                    p { a.ds-button data-size="lg" href="/min-situasjon" { (lang.t("forside-videre")) } }
                } @else {
                    p { a.ds-button data-size="lg" href="/logg-inn" { (lang.t("forside-logg-inn")) } }
                }
            }
            div.f-grid {
                @for (heading, text) in &cards {
                    section.ds-card.f-stack data-gap="sm" {
                        h2.ds-heading data-size="sm" { (heading) }
                        p { (text) }
                    }
                }
            }
            p { a.ds-link href="/virksomhet" { (lang.t("forside-virksomhet")) } }
            p { a.ds-link href="/lommebok" { (lang.t("forside-lommebok")) } }
            @if visit.synthetic() {
                p { a.ds-link href="/testpersoner" { (lang.t("forside-testpersoner")) } }
            }
        }
    })
}

/// Where to return to.
#[derive(Debug, Deserialize)]
pub struct Return {
    til: Option<String>,
}

/// Chooses the language of the pages.
pub async fn language(
    State(portal): State<Component>,
    Path(tag): Path<String>,
    Query(back): Query<Return>,
) -> Result<Response, Fault> {
    let lang = Lang::parse(&tag).ok_or(Fault::NotFound)?;
    Ok(see_with_cookie(own_page(back.til.as_deref(), "/"), portal.sessions.language(lang)))
}
