//! The page where people wait for their turn to sign in; see [`crate::waiting`].

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};

use super::refused::Refused;
use super::respond;
use crate::cookies::{BROWSER, TICKET};
use crate::model::parameters::Parameters;
use crate::waiting::{GRACE, Room, Ticket, Turn};
use crate::{Component, pages};

/// The ticket that this browser holds.
pub fn held(component: &Component, room: &Room, headers: &HeaderMap) -> Option<Ticket> {
    let browser = BROWSER.read(component, headers)?;
    room.verify(&TICKET.text(component, headers)?, &browser)
}

/// Gives `response` the ticket to keep, as long as it holds.
pub fn keep(
    component: &Component,
    room: &Room,
    (ticket, browser): (Ticket, &str),
    seconds: u64,
    mut response: Response,
) -> Response {
    let lasts = i64::try_from(seconds).unwrap_or(i64::MAX - GRACE) + GRACE;
    let cookie = TICKET.keep(component, &room.sign(ticket, browser), lasts);
    response.headers_mut().append(header::SET_COOKIE, cookie);
    response
}

/// Leads the browser on to its sign-in when its turn has come; until then the page says how many are before it and how
/// long it takes, and loads itself again.
#[utoipa::path(get, path = "/venterom", params(("plass" = String, Query, description = "The sign-in that waits")),
    responses((status = 200, content_type = "text/html", body = String), (status = 302, description = "To the sign-in page"),
        (status = 400, description = "There is nothing to wait for here", content_type = "text/html", body = String)))]
pub async fn page(
    State(component): State<Component>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let parameters = Parameters::parse(query.unwrap_or_default().as_bytes());
    match wait(&component, &parameters, &headers) {
        Ok(response) => response,
        Err(refused) => pages::refused(&component, &refused),
    }
}

fn wait(component: &Component, parameters: &Parameters, headers: &HeaderMap) -> Result<Response, Refused> {
    let over = || Refused::new("login_required", "The ticket is no longer kept, or another browser's");
    let at = parameters.required("plass")?;
    let room = component.room.as_ref().ok_or_else(over)?;
    let browser = BROWSER.read(component, headers).ok_or_else(over)?;
    let ticket = held(component, room, headers).ok_or_else(over)?;
    // Another sign-in of this browser may have used it up, or it is too late: then at the end of the line.
    let (next, turn) = room.line(Some(ticket), at, component.ctx.clock.now().as_microsecond());
    match turn {
        Turn::Over => Err(over()),
        Turn::Now => {
            let page = format!("{}/innlogging", component.issuer());
            Ok(respond::redirect(&page, &[("id", room.handle(at, &browser))], StatusCode::FOUND)
                .into_response())
        }
        Turn::Wait { place, seconds } => {
            let locale = pages::locale_of(parameters, headers)?;
            let response = pages::waiting(component, at, &locale, place, seconds);
            if next == ticket {
                return Ok(response);
            }
            Ok(keep(component, room, (next, &browser), seconds, response))
        }
    }
}
