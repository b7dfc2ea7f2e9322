//! The certificates that senders encrypt to.

use axum::Json;
use axum::extract::State;
use clients::postkasse::{Leverandoersertifikat, Leverandoersertifikater};
use kernel::id::Orgnr;
use kernel::problem::Problem;

use crate::Component;
use crate::pakkepost::Leverandoer;

/// The certificates of the mailboxes and of printing, for Kontaktregisteret, which gives them to senders.
#[utoipa::path(get, path = "/postkasse/api/v1/sertifikater", tag = "postkasse",
    responses((status = 200, body = Leverandoersertifikater), (status = 404, body = Problem)))]
pub async fn get(State(component): State<Component>) -> Result<Json<Leverandoersertifikater>, Problem> {
    let of = |leverandoer: &Leverandoer| {
        let sertifikat = leverandoer.certified.x5c().first()?.clone();
        let virksomhetsidentifikator = Orgnr::parse(leverandoer.org.orgnr).ok()?;
        Some(Leverandoersertifikat { virksomhetsidentifikator, sertifikat })
    };
    let both = component.pakkepost.as_ref().and_then(|pakkepost| {
        Some(Leverandoersertifikater {
            postkasse: of(pakkepost.leverandoer("digital"))?,
            utskrift: of(pakkepost.leverandoer("utskrift"))?,
        })
    });
    both.map(Json).ok_or_else(|| Problem::not_found("Postkassene her har ikke noe sertifikat."))
}
