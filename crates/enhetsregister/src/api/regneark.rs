//! Total downloads as spreadsheets (Office Open XML). A file of this form is written from its end, so it is made on disk and sent
//! when it is whole. Memory holds one part at a time.

use std::fs::File;
use std::io::{self, Read as _, Seek as _};

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::{Stream, stream};
use http::header;
use kernel::store::StoreError;
use rust_xlsxwriter::{Workbook, XlsxError};
use tokio::sync::mpsc;

use super::Avslag;
use crate::model::{Slag, kolonner};
use crate::{Component, store};

/// Rows of one sheet, the heading among them: no spreadsheet program takes 1,048,577.
const RADER: usize = 1_000_000;
/// Characters of one cell.
const CELLE: usize = 32_767;
/// Parts that wait to be written.
const DELER: usize = 2;
/// Bytes read of the file at a time.
const LEST: usize = 64 << 10;

/// All main units as a spreadsheet.
#[utoipa::path(get, path = "/enhetsregisteret/api/enheter/lastned/regneark", tag = "enheter",
    responses((status = 200, content_type = "application/vnd.brreg.enhetsregisteret.enhet+vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = Vec<u8>)))]
pub async fn enheter(State(component): State<Component>) -> Result<Response, Avslag> {
    regneark(component, Slag::Enhet, "enhet", "enheter_alle.xlsx").await
}

/// All sub-units as a spreadsheet.
#[utoipa::path(get, path = "/enhetsregisteret/api/underenheter/lastned/regneark", tag = "underenheter",
    responses((status = 200, content_type = "application/vnd.brreg.enhetsregisteret.underenhet+vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = Vec<u8>)))]
pub async fn underenheter(State(component): State<Component>) -> Result<Response, Avslag> {
    regneark(component, Slag::Underenhet, "underenhet", "underenheter_alle.xlsx").await
}

async fn regneark(component: Component, slag: Slag, media: &str, navn: &str) -> Result<Response, Avslag> {
    let (deler, mottatt) = mpsc::channel(DELER);
    let skriver = tokio::task::spawn_blocking(move || skriv(slag, mottatt));
    let mut etter = String::new();
    loop {
        let units = store::del_av_enheter(&component.ctx.store, slag, &etter).await?;
        let Some((siste, _)) = units.last() else { break };
        siste.as_str().clone_into(&mut etter);
        let rader: Vec<String> = units.into_iter().map(|(_, innhold)| innhold).collect();
        if deler.send(rader).await.is_err() {
            // The writer has given up, and says why below.
            break;
        }
    }
    drop(deler);
    let file = skriver.await.map_err(uskrevet)?.map_err(uskrevet)?;
    let media = format!(
        "application/vnd.brreg.enhetsregisteret.{media}+vnd.openxmlformats-officedocument.spreadsheetml.sheet;charset=UTF-8"
    );
    let headers = [
        (header::CONTENT_TYPE, media),
        (header::CONTENT_DISPOSITION, format!("attachment; filename={navn}")),
    ];
    Ok((headers, Body::from_stream(lest(file))).into_response())
}

/// Writes the units that come to a file that nobody else sees, and that is gone when it is closed.
fn skriv(slag: Slag, mut deler: mpsc::Receiver<Vec<String>>) -> Result<File, XlsxError> {
    let mut bok = Workbook::new();
    let mut ark = 0;
    let mut rad = RADER;
    while let Some(units) = deler.blocking_recv() {
        for unit in units {
            if rad == RADER {
                ark = overskrift(&mut bok, slag)?;
                rad = 1;
            }
            let sheet = bok.worksheet_from_index(ark)?;
            for (kolonne, mut verdi) in kolonner::verdier(slag, &unit).into_iter().enumerate() {
                // Every value is far shorter than a cell holds; one that were not would be cut.
                if let Some((slutt, _)) = verdi.char_indices().nth(CELLE) {
                    verdi.truncate(slutt);
                }
                if !verdi.is_empty() {
                    sheet.write_string(rad as u32, kolonne as u16, verdi)?;
                }
            }
            rad += 1;
        }
    }
    if rad == RADER {
        overskrift(&mut bok, slag)?;
    }
    let mut file = tempfile::tempfile()?;
    bok.save_to_writer(&mut file)?;
    file.rewind()?;
    Ok(file)
}

/// Adds a sheet with the names of the columns, and gives its place.
fn overskrift(bok: &mut Workbook, slag: Slag) -> Result<usize, XlsxError> {
    let ark = bok.add_worksheet_with_constant_memory()?;
    for (kolonne, navn) in kolonner::kolonner(slag).iter().enumerate() {
        ark.write_string(0, kolonne as u16, *navn)?;
    }
    Ok(bok.worksheets().len() - 1)
}

/// A file from where it is to its end.
fn lest(file: File) -> impl Stream<Item = io::Result<Bytes>> {
    stream::try_unfold(file, |mut file| async move {
        let read = tokio::task::spawn_blocking(move || {
            let mut part = vec![0; LEST];
            let many = file.read(&mut part)?;
            part.truncate(many);
            Ok::<_, io::Error>((part, file))
        });
        let (part, file) = read.await.map_err(io::Error::other)??;
        Ok((!part.is_empty()).then(|| (Bytes::from(part), file)))
    })
}

fn uskrevet(error: impl std::fmt::Display) -> StoreError {
    StoreError::Damaged(format!("a spreadsheet: {error}"))
}
