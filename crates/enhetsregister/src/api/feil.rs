//! Errors as the register writes them: in words, with the parameters that are wrong, the path and the moment.

use axum::Json;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use clients::enhetsregister::{Feil, Valideringsfeil};
use http::{HeaderValue, StatusCode, header};
use kernel::auth::AuthError;
use kernel::http::BadBody;
use kernel::problem::Problem;
use kernel::store::StoreError;

use crate::Component;
use crate::model::soek::Avvist;

/// Why a request is not answered with what it asks for.
#[derive(Debug, Clone)]
pub struct Avslag {
    status: StatusCode,
    melding: String,
    feil: Vec<Valideringsfeil>,
    www_authenticate: Option<String>,
    ikke_bygget: bool,
}

impl Avslag {
    /// A refusal in words.
    pub fn ny(status: StatusCode, melding: impl Into<String>) -> Self {
        Self { status, melding: melding.into(), feil: Vec::new(), www_authenticate: None, ikke_bygget: false }
    }

    /// No unit has the number.
    pub fn ukjent() -> Self {
        Self::ny(StatusCode::NOT_FOUND, "Det finnes ingen enhet med dette organisasjonsnummeret.")
    }

    /// A parameter is wrong.
    pub fn verdi(parameter: &str, melding: impl Into<String>, verdi: Option<String>) -> Self {
        let feil = Valideringsfeil {
            feilmelding: melding.into(),
            parametere: vec![parameter.to_owned()],
            feilaktig_verdi: verdi,
        };
        Self { feil: vec![feil], ..Self::ny(StatusCode::BAD_REQUEST, "Feilaktig forespørsel") }
    }

    /// The same refusal with another status.
    pub fn med_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// This part of the real register is not built; answered as a problem.
    pub fn ikke_bygget(hva: impl Into<String>) -> Self {
        Self { ikke_bygget: true, ..Self::ny(StatusCode::NOT_IMPLEMENTED, hva) }
    }
}

impl From<Avvist> for Avslag {
    fn from(avvist: Avvist) -> Self {
        match avvist {
            Avvist::IkkeBygget(name) => Self::ikke_bygget(format!("parameteren {name}")),
            Avvist::Ugyldig(all) => {
                let feil = all.into_iter().map(|one| Valideringsfeil {
                    feilmelding: one.melding,
                    parametere: vec![one.parameter],
                    feilaktig_verdi: Some(one.verdi).filter(|value| !value.is_empty()),
                });
                Self { feil: feil.collect(), ..Self::ny(StatusCode::BAD_REQUEST, "Feilaktig forespørsel") }
            }
        }
    }
}

impl From<AuthError> for Avslag {
    fn from(error: AuthError) -> Self {
        let www_authenticate = Some(error.www_authenticate());
        Self { www_authenticate, ..Self::ny(error.status(), error.melding()) }
    }
}

impl From<BadBody> for Avslag {
    fn from(bad: BadBody) -> Self {
        Self::ny(bad.status, bad.melding)
    }
}

impl From<StoreError> for Avslag {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the register's store failed");
        Self::ny(StatusCode::INTERNAL_SERVER_ERROR, "Intern feil")
    }
}

impl IntoResponse for Avslag {
    /// A response of the status that carries the refusal; [`skriv`] writes it out.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Writes refusals out, where path and moment are known.
pub async fn skriv(State(component): State<Component>, request: Request, next: Next) -> Response {
    let sti = request.uri().path().to_owned();
    let mut response = next.run(request).await;
    let Some(avslag) = response.extensions_mut().remove::<Avslag>() else { return response };
    if avslag.ikke_bygget {
        return Problem::not_implemented(avslag.melding).into_response();
    }
    let feil = Feil {
        tidsstempel: component.ctx.clock.now().as_millisecond(),
        status: avslag.status.as_u16(),
        feilmelding: avslag.melding,
        antall_feil: avslag.feil.len(),
        valideringsfeil: avslag.feil,
        sti,
    };
    let mut response = (avslag.status, Json(feil)).into_response();
    if let Some(how) = avslag.www_authenticate.and_then(|how| HeaderValue::try_from(how).ok()) {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, how);
    }
    response
}
