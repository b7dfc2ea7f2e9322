//! Total downloads: everything of a kind, gzipped, made while it is sent. Memory holds one part at a time, however many
//! units there are. A unit that changes meanwhile is there as it was or as it is; the feed of changes tells which.

use std::io::Write as _;

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures::stream;
use http::header;
use kernel::store::StoreError;

use super::Avslag;
use crate::model::{self, Slag, kolonner};
use crate::{Component, store};

/// All main units as a gzipped JSON array, each as a look-up shows it.
#[utoipa::path(get, path = "/enhetsregisteret/api/enheter/lastned", tag = "enheter",
    responses((status = 200, content_type = "application/vnd.brreg.enhetsregisteret.enhet.v2+gzip", body = Vec<u8>)))]
pub async fn enheter(State(component): State<Component>) -> Result<Response, Avslag> {
    fil(component, Innhold::Json(Slag::Enhet), "enhet.v2+gzip", "enheter_alle.json.gz").await
}

/// All main units as gzipped CSV: commas, every value in quotation marks, UTF-8.
#[utoipa::path(get, path = "/enhetsregisteret/api/enheter/lastned/csv", tag = "enheter",
    responses((status = 200, content_type = "application/vnd.brreg.enhetsregisteret.enhet+csv+gzip", body = Vec<u8>)))]
pub async fn enheter_csv(State(component): State<Component>) -> Result<Response, Avslag> {
    fil(component, Innhold::Csv(Slag::Enhet), "enhet+csv+gzip", "enheter_alle.csv.gz").await
}

/// All sub-units as a gzipped JSON array.
#[utoipa::path(get, path = "/enhetsregisteret/api/underenheter/lastned", tag = "underenheter",
    responses((status = 200, content_type = "application/vnd.brreg.enhetsregisteret.underenhet.v2+gzip", body = Vec<u8>)))]
pub async fn underenheter(State(component): State<Component>) -> Result<Response, Avslag> {
    fil(component, Innhold::Json(Slag::Underenhet), "underenhet.v2+gzip", "underenheter_alle.json.gz").await
}

/// All sub-units as gzipped CSV.
#[utoipa::path(get, path = "/enhetsregisteret/api/underenheter/lastned/csv", tag = "underenheter",
    responses((status = 200, content_type = "application/vnd.brreg.enhetsregisteret.underenhet+csv+gzip", body = Vec<u8>)))]
pub async fn underenheter_csv(State(component): State<Component>) -> Result<Response, Avslag> {
    fil(component, Innhold::Csv(Slag::Underenhet), "underenhet+csv+gzip", "underenheter_alle.csv.gz").await
}

/// All roles as a gzipped JSON array: each unit's number with its roles as everyone may see them.
#[utoipa::path(get, path = "/enhetsregisteret/api/roller/totalbestand", tag = "roller",
    responses((status = 200, content_type = "application/vnd.brreg.enhetsregisteret.rolle.v1+gzip", body = Vec<u8>)))]
pub async fn roller(State(component): State<Component>) -> Result<Response, Avslag> {
    fil(component, Innhold::Roller, "rolle.v1+gzip", "roller_alle.json.gz").await
}

/// What a file holds.
#[derive(Clone, Copy)]
enum Innhold {
    Json(Slag),
    Csv(Slag),
    Roller,
}

/// A file in the making.
struct Fil {
    component: Component,
    innhold: Innhold,
    /// The last unit that is in it.
    etter: String,
    gzip: GzEncoder<Vec<u8>>,
}

async fn fil(component: Component, innhold: Innhold, media: &str, navn: &str) -> Result<Response, Avslag> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    let start = match innhold {
        Innhold::Csv(slag) => kolonner::overskrift(slag),
        Innhold::Json(_) | Innhold::Roller => "[".to_owned(),
    };
    skriv(&mut gzip, &start)?;
    let mut file = Fil { component, innhold, etter: String::new(), gzip };
    // What cannot be read at all is refused while that can still be said.
    file.del().await?;
    let parts = stream::try_unfold(Some(file), |file| async move {
        let Some(mut file) = file else { return Ok::<_, StoreError>(None) };
        loop {
            if !file.del().await? {
                return Ok(Some((file.slutt()?, None)));
            }
            let ready = std::mem::take(file.gzip.get_mut());
            if !ready.is_empty() {
                return Ok(Some((Bytes::from(ready), Some(file))));
            }
        }
    });
    let headers = [
        (header::CONTENT_TYPE, format!("application/vnd.brreg.enhetsregisteret.{media};charset=UTF-8")),
        (header::CONTENT_DISPOSITION, format!("attachment; filename={navn}")),
    ];
    Ok((headers, Body::from_stream(parts)).into_response())
}

impl Fil {
    /// Adds the next units; `false` where there are no more.
    async fn del(&mut self) -> Result<bool, StoreError> {
        let store = &self.component.ctx.store;
        let units = match self.innhold {
            Innhold::Json(slag) | Innhold::Csv(slag) => {
                store::del_av_enheter(store, slag, &self.etter).await?
            }
            Innhold::Roller => store::del_av_roller(store, &self.etter).await?,
        };
        for (orgnr, stored) in &units {
            let text = match self.innhold {
                Innhold::Csv(slag) => kolonner::rad(slag, stored),
                Innhold::Json(_) => self.element(&model::med_vert(stored, &self.component.ctx.base_url)),
                Innhold::Roller => {
                    let mut groups = store::les_roller(stored)?;
                    model::uten_numre(&mut groups);
                    let roles = super::roller::svar(&self.component, orgnr, "api", groups);
                    let roles = serde_json::to_string(&roles).unwrap_or_default();
                    let rest = roles.strip_prefix('{').unwrap_or_default();
                    self.element(&format!("{{\"organisasjonsnummer\":\"{orgnr}\",{rest}"))
                }
            };
            skriv(&mut self.gzip, &text)?;
            orgnr.as_str().clone_into(&mut self.etter);
        }
        Ok(!units.is_empty())
    }

    /// An element of the array, with what parts it from the one before.
    fn element(&self, json: &str) -> String {
        if self.etter.is_empty() { json.to_owned() } else { format!(",\n{json}") }
    }

    /// The end of the file.
    fn slutt(&mut self) -> Result<Bytes, StoreError> {
        if !matches!(self.innhold, Innhold::Csv(_)) {
            skriv(&mut self.gzip, "]")?;
        }
        self.gzip.try_finish().map_err(|_| full())?;
        Ok(Bytes::from(std::mem::take(self.gzip.get_mut())))
    }
}

fn skriv(gzip: &mut GzEncoder<Vec<u8>>, text: &str) -> Result<(), StoreError> {
    gzip.write_all(text.as_bytes()).map_err(|_| full())
}

/// Writing to memory does not fail.
fn full() -> StoreError {
    StoreError::Damaged("a download".to_owned())
}
