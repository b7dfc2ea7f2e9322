//! Where the signed-in person has signed in, for the services that show it to them.

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, header};
use jiff::Timestamp;
use kernel::auth::Presented;
use kernel::clock::oslo;
use kernel::log::Personal;
use kernel::problem::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::authorizations::named;
use super::userinfo::opened;
use crate::model::parameters::Parameters;
use crate::{Component, store};

/// The scope that opens the API.
pub const SCOPE: &str = "idporten:user.log.read";
/// How many sign-ins are told where nobody asks for fewer, and at most.
const MOST: i64 = 500;

/// A sign-in, as the real service writes it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct LoggedSignIn {
    /// When, by the clock on the wall in Oslo: `2026-11-24T09:26:36`.
    pub tidspunkt: String,
    /// What people call the service.
    pub tjeneste: String,
    /// With which eID; `Federated` where a session was enough.
    pub eid: String,
    /// The client.
    pub integrasjon_id: String,
    /// Whose the service is.
    pub orgno: String,
}

/// Where the signed-in person has signed in at the caller's organisation's services, the newest first.
#[utoipa::path(get, path = "/logg/idporten", params(("maxhits" = Option<i64>, Query, description = "At most so many")),
    responses((status = 200, body = [LoggedSignIn]), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem)))]
pub async fn sign_ins(
    State(component): State<Component>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (granted, client) =
        opened(&component, Presented::of(&headers)?, "GET", "/logg/idporten", SCOPE).await?;
    let pid = named(&granted)?;
    let query = Parameters::parse(query.unwrap_or_default().as_bytes());
    let most = query.one("maxhits").map_err(|refused| Problem::bad_request(refused.why).field("maxhits"))?;
    let most = match most.map(str::parse::<i64>) {
        None => MOST,
        Some(Ok(most)) if most > 0 => most.min(MOST),
        Some(_) => {
            return Err(Problem::bad_request("Verdien skal være et tall større enn 0.").field("maxhits"));
        }
    };
    let store = &component.ctx.store;
    let found = store::authorizations::sign_ins(store, &pid, Some(client.orgnr.as_str()), most, 0).await?;
    let written: Vec<LoggedSignIn> = found
        .into_iter()
        .map(|entry| LoggedSignIn {
            tidspunkt: on_the_wall(entry.time),
            tjeneste: entry.service,
            eid: entry.eid,
            integrasjon_id: entry.client_id,
            orgno: entry.orgno,
        })
        .collect();
    let what = format!("{} slo opp hvor du har logget inn", client.name);
    let access = component.access(&client, pid, what);
    let released = Personal::new(pid, written).release(&component.ctx.log, access).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], released).into_response())
}

fn on_the_wall(seconds: i64) -> String {
    let at = Timestamp::from_second(seconds).unwrap_or_default().to_zoned_datetime(oslo());
    at.datetime().to_string()
}
