//! What can go wrong, and the page that says what to do about it.

use axum::response::{IntoResponse, Redirect, Response};
use clients::ClientError;
use http::StatusCode;
use kernel::problem::Problem;
use kernel::store::StoreError;
use maud::html;
use serde::Deserialize;

use crate::visit::Visit;

/// What went wrong. As a response it waits for [`crate::visit::visit`], which knows the visitor, to make a page of it.
#[derive(Debug, Clone)]
pub enum Fault {
    /// Nobody is signed in, or no longer.
    SignIn,
    /// A component no longer takes the person's token.
    SignInAgain,
    /// The sign-in that came back is none that this browser began.
    SignInLost,
    /// The person cancelled at ID-porten.
    SignInCancelled,
    /// The person has to sign in at a higher level.
    Level,
    /// There is no such page, or not for this person.
    NotFound,
    /// Not for this person.
    Forbidden,
    /// A form that did not come from our page.
    Form,
    /// The form is larger than any that our pages send.
    TooLarge,
    /// The address has no such method.
    Method,
    /// Somebody was there first, in words of the component.
    Conflict(Option<String>),
    /// A component does not answer.
    Unavailable,
    /// Our fault.
    Internal,
}

/// What the components say of a refusal (problem+json).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Refusal {
    /// In words.
    pub detail: Option<String>,
    /// The field that is wrong.
    pub felt: Option<String>,
}

impl Refusal {
    /// What the component said; nothing where it said nothing that is read here.
    pub fn of(error: &ClientError) -> Self {
        match error {
            ClientError::Status { body, .. } => serde_json::from_str(body).unwrap_or_default(),
            _ => Self::default(),
        }
    }
}

impl From<ClientError> for Fault {
    fn from(error: ClientError) -> Self {
        let refusal = Refusal::of(&error);
        match &error {
            // Why an answer cannot be read may quote from it.
            ClientError::Decode(_) => {
                tracing::error!("an answer of a component cannot be read");
                Self::Internal
            }
            ClientError::Transport(_) => {
                tracing::warn!(%error, "a component was not reached");
                Self::Unavailable
            }
            ClientError::Status { status: 401, .. } => Self::SignInAgain,
            ClientError::Status { status: 403, .. } if refusal.felt.as_deref() == Some("acr") => Self::Level,
            ClientError::Status { status: 403, .. } => Self::Forbidden,
            ClientError::Status { status: 404, .. } => Self::NotFound,
            ClientError::Status { status: 409, .. } => Self::Conflict(refusal.detail),
            _ if error.is_transient() => {
                tracing::warn!(%error, "a component failed");
                Self::Unavailable
            }
            ClientError::Status { .. } => {
                tracing::error!(%error, "a component did not understand the portal, or the portal it");
                Self::Internal
            }
        }
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the portal's store failed");
        Self::Internal
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl Fault {
    fn status(&self) -> StatusCode {
        match self {
            Self::SignIn | Self::SignInAgain => StatusCode::UNAUTHORIZED,
            Self::SignInLost | Self::SignInCancelled => StatusCode::BAD_REQUEST,
            Self::Level | Self::Forbidden | Self::Form => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The answer to this visit: a page, or a problem for a program that met the portal at an unknown address.
    pub fn answer(&self, visit: &Visit, page: bool) -> Response {
        // A form's page and its target have the same address.
        let sign_in = format!("/logg-inn?til={}", clients::encoded(&visit.address));
        if matches!(self, Self::SignIn) {
            return Redirect::to(&sign_in).into_response();
        }
        if !page && matches!(self, Self::NotFound | Self::Method) {
            let problem = match self {
                Self::NotFound => Problem::not_found("Det er ingenting på denne adressen."),
                _ => Problem::new(self.status(), "Metoden finnes ikke her"),
            };
            return problem.into_response();
        }
        let lang = visit.lang;
        let again = || (lang.t("logg-inn"), sign_in.clone());
        let home = || {
            let href = if visit.session().is_some() { "/min-situasjon" } else { "/" };
            (lang.t("feil-til-start"), href.to_owned())
        };
        // The addresses of the sign-in are no pages to come back to.
        let comes_back = !visit.address.starts_with("/logg-");
        let here = || if comes_back { (lang.t("feil-proev-igjen"), visit.address.clone()) } else { home() };
        let (heading, text, (action, href)) = match self {
            Self::SignIn | Self::SignInAgain => {
                (lang.t("feil-utlogget"), lang.t("feil-utlogget-tekst"), again())
            }
            Self::SignInLost => (
                lang.t("feil-innlogging"),
                lang.t("feil-innlogging-tekst"),
                (lang.t("logg-inn"), "/logg-inn".to_owned()),
            ),
            Self::SignInCancelled => (
                lang.t("feil-avbrutt"),
                lang.t("feil-avbrutt-tekst"),
                (lang.t("logg-inn"), "/logg-inn".to_owned()),
            ),
            Self::Level => (lang.t("feil-nivaa"), lang.t("feil-nivaa-tekst"), again()),
            Self::NotFound | Self::Method => (lang.t("feil-404"), lang.t("feil-404-tekst"), home()),
            Self::Forbidden => (lang.t("feil-403"), lang.t("feil-403-tekst"), home()),
            Self::Form => (lang.t("feil-skjema"), lang.t("feil-skjema-tekst"), here()),
            Self::TooLarge => (lang.t("feil-stort"), lang.t("feil-stort-tekst"), here()),
            Self::Conflict(_) => (lang.t("feil-409"), lang.t("feil-409-tekst"), here()),
            Self::Unavailable => (lang.t("feil-503"), lang.t("feil-503-tekst"), here()),
            Self::Internal => (lang.t("feil-500"), lang.t("feil-500-tekst"), here()),
        };
        let detail = if let Self::Conflict(detail) = self { detail.as_deref() } else { None };
        visit.page(heading.as_str()).narrow().status(self.status()).render(&html! {
            div.f-stack {
                h1.ds-heading data-size="lg" { (heading) }
                @if let Some(detail) = detail {
                    p lang=[visit.bokmaal()] { (detail) }
                }
                p.f-lead { (text) }
                p { a.ds-button href=(href) { (action) } }
            }
        })
    }
}
