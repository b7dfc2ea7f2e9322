//! Signing in at ID-porten, and out again.

use axum::extract::{Query, State};
use axum::response::Response;
use clients::idporten::{Callback, SignInError};
use http::HeaderMap;
use serde::Deserialize;

use super::{own_page, see_with_cookie};
use crate::Component;
use crate::fault::Fault;
use crate::form::Posted;
use crate::session::SessionError;
use crate::visit::Visit;

impl From<SessionError> for Fault {
    fn from(error: SessionError) -> Self {
        match error {
            SessionError::Store(error) => error.into(),
            SessionError::Sealing(error) => {
                tracing::error!(%error, "a session cannot be sealed");
                Self::Internal
            }
            SessionError::SignIn(SignInError::Refused { error, .. }) if error == "access_denied" => {
                Self::SignInCancelled
            }
            SessionError::SignIn(SignInError::Refused { error, .. }) => {
                tracing::warn!(error, "ID-porten refused a sign-in");
                Self::SignInLost
            }
            SessionError::SignIn(SignInError::Invalid(why)) => {
                tracing::warn!(why, "a sign-in does not hold");
                Self::SignInLost
            }
            SessionError::SignIn(SignInError::Client(error))
                if error.status().is_some_and(|status| status < 500) =>
            {
                tracing::warn!(%error, "ID-porten did not take a code");
                Self::SignInLost
            }
            SessionError::SignIn(SignInError::Client(error)) => {
                tracing::warn!(%error, "ID-porten was not reached");
                Self::Unavailable
            }
        }
    }
}

/// Where to go after the sign-in, and whether somebody else than before may want to sign in.
#[derive(Debug, Deserialize)]
pub struct Target {
    til: Option<String>,
    #[serde(rename = "paa-nytt")]
    anew: Option<String>,
}

/// Sends the browser to ID-porten.
pub async fn begin(
    State(portal): State<Component>,
    visit: Visit,
    Query(target): Query<Target>,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let to = own_page(target.til.as_deref(), "/min-situasjon");
    let (url, cookie) = portal.sessions.begin(&headers, to, visit.lang, target.anew.is_some()).await?;
    Ok(see_with_cookie(&url, cookie))
}

/// The browser comes back from ID-porten.
pub async fn finish(
    State(portal): State<Component>,
    Query(callback): Query<Callback>,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let (tokens, to) = portal.sessions.finish(&headers, &callback).await?.ok_or(Fault::SignInLost)?;
    // A name and a menu item are no reason to keep anybody out.
    let me = portal.cases.meg(&tokens.access_token).await;
    let (name, caseworker) = me.map_or((None, false), |me| (me.navn, me.saksbehandler));
    let cookie = portal.sessions.start(&headers, tokens, name, caseworker).await?;
    Ok(see_with_cookie(&to, cookie))
}

/// Ends the session here and at ID-porten. Where it has ended already, there is nothing to protect and nothing to ask.
pub async fn end(
    State(portal): State<Component>,
    visit: Visit,
    headers: HeaderMap,
    form: Result<Posted, Fault>,
) -> Result<Response, Fault> {
    if visit.session().is_none() {
        return Ok(see_with_cookie("/", portal.sessions.forget()));
    }
    form?;
    portal.sessions.end(&headers).await?;
    let there = portal.sessions.end_url().await;
    if let Err(error) = &there {
        tracing::warn!(%error, "ID-porten's session was not ended");
    }
    let url = there.as_deref().unwrap_or("/");
    Ok(see_with_cookie(url, portal.sessions.forget()))
}
