//! Where the person has signed in: their log of a year.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::HeaderMap;
use kernel::store::StoreError;
use maud::html;

use super::{Me, eid, level, moment};
use crate::api::refused::Refused;
use crate::model::parameters::Parameters;
use crate::model::session::{FEDERATED, SignedIn};
use crate::{Component, pages, store};

/// The page's place below `/minside`.
pub const AT: &str = "logg";
/// How many sign-ins a page shows.
const SHOWN: i64 = 25;
/// The last page that can be asked for, which is more than any person fills.
const LAST: i64 = 100_000;

/// The person's sign-ins, the newest first.
#[utoipa::path(get, path = "/minside/logg",
    params(("side" = Option<i64>, Query, description = "The page of the log, from 1")),
    responses((status = 200, content_type = "text/html", body = String), (status = 303, description = "To sign in"),
        (status = 400, content_type = "text/html", body = String)))]
pub async fn page(
    State(component): State<Component>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let me = match Me::find(&component, &headers, AT, false).await {
        Ok(me) => me,
        Err(response) => return response,
    };
    let parameters = Parameters::parse(query.unwrap_or_default().as_bytes());
    let shown = async {
        let side = side(&parameters)?;
        let skip = (side - 1) * SHOWN;
        let store = &component.ctx.store;
        // One more than is shown tells whether there is a page after it.
        let found: Result<Vec<SignedIn>, StoreError> =
            store::authorizations::sign_ins(store, &me.who.pid, None, SHOWN + 1, skip).await;
        Ok(show(&component, &me, side, &found?))
    };
    shown.await.unwrap_or_else(|refused: Refused| pages::refused(&component, &refused))
}

/// Which page is asked for.
fn side(parameters: &Parameters) -> Result<i64, Refused> {
    let Some(asked) = parameters.one("side")? else { return Ok(1) };
    let side = asked.parse().ok().filter(|side| (1..=LAST).contains(side));
    side.ok_or_else(|| Refused::request("The parameter side is not the number of a page"))
}

/// What people call whose service it is; its number where we know no name.
fn organisation(orgno: &str) -> String {
    clients::orgs::name(orgno).map_or_else(|| orgno.to_owned(), str::to_owned)
}

fn show(component: &Component, me: &Me, side: i64, found: &[SignedIn]) -> Response {
    let lang = me.lang;
    let title = lang.t("logg-tittel");
    let here = format!("{}{AT}", component.at("/minside/"));
    // As many as a page has, whatever was read.
    let (entries, more) = found.split_at(found.len().min(SHOWN as usize));
    me.page(component, &title).render(&html! {
        div.f-stack {
            h1.ds-heading data-size="lg" { (title) }
            p { (lang.t("logg-forklaring")) }
            @if entries.is_empty() {
                p { (lang.t("logg-tom")) }
            } @else {
                div.f-scroll role="group" tabindex="0" aria-label=(title) {
                    table.ds-table data-border {
                        caption.ds-sr-only { (title) }
                        thead { tr {
                            th scope="col" { (lang.t("logg-tjeneste")) }
                            th scope="col" { (lang.t("logg-naar")) }
                            th scope="col" { (lang.t("logg-slik")) }
                        } }
                        tbody {
                            @for entry in entries {
                                tr {
                                    th scope="row" {
                                        (entry.service)
                                        br;
                                        span.f-quiet.f-small { (organisation(&entry.orgno)) }
                                    }
                                    td { (moment(lang, entry.time)) }
                                    td {
                                        @if entry.eid == FEDERATED { (lang.t("logg-engangs")) }
                                        @else { (eid(lang, &entry.eid)) }
                                        ", " (level(lang, entry.level))
                                    }
                                }
                            }
                        }
                    }
                }
            }
            @if side > 1 || !more.is_empty() {
                nav aria-label=(lang.t("logg-sider")) { ul.f-list.f-row {
                    @if side > 1 {
                        li { a.ds-link rel="prev" href=(format!("{here}?side={}", side - 1)) { (lang.t("logg-nyere")) } }
                    }
                    @if !more.is_empty() {
                        li { a.ds-link rel="next" href=(format!("{here}?side={}", side + 1)) { (lang.t("logg-eldre")) } }
                    }
                } }
            }
            (me.home(component))
        }
    })
}
