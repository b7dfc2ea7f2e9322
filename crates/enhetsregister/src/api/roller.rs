//! The roles of a unit, as everyone may see them.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use clients::enhetsregister::{Feil, FjernetEnhet, JuridiskRolleenhet, JuridiskeRoller, Rollegruppe, Roller};
use http::{HeaderMap, StatusCode};
use kernel::id::Orgnr;

use super::{Avslag, Nummer};
use crate::Component;
use crate::model::{self, Slag, Tilstand};
use crate::store::{self, Funnet};

/// Who has which role: name and date of birth, never a number.
#[utoipa::path(get, path = "/enhetsregisteret/api/enheter/{orgnr}/roller", tag = "roller",
    params(("orgnr" = String, Path, description = "Organisasjonsnummer, ni siffer")),
    responses((status = 200, body = Roller), (status = 400, body = Feil), (status = 404, body = Feil),
        (status = 406, body = Feil), (status = 410, body = FjernetEnhet)))]
pub async fn hent(
    State(component): State<Component>,
    Nummer(orgnr): Nummer,
    headers: HeaderMap,
) -> Result<Response, Avslag> {
    super::kun_json(&headers)?;
    let (_, mut groups) = match finn(&component, &orgnr).await? {
        Ok(found) => found,
        Err(gone) => return Ok(gone),
    };
    model::uten_numre(&mut groups);
    Ok(super::json(&svar(&component, &orgnr, "api", groups)))
}

/// The roles that a unit has in others that are in the register: as partner, auditor, accountant and so on.
#[utoipa::path(get, path = "/enhetsregisteret/api/roller/enheter/{orgnr}/juridiskeroller", tag = "roller",
    params(("orgnr" = String, Path, description = "Organisasjonsnummer, ni siffer")),
    responses((status = 200, body = JuridiskeRoller), (status = 400, body = Feil), (status = 404, body = Feil),
        (status = 406, body = Feil)))]
pub async fn juridiske(
    State(component): State<Component>,
    Nummer(orgnr): Nummer,
    headers: HeaderMap,
) -> Result<Response, Avslag> {
    super::kun_json(&headers)?;
    let ctx = &component.ctx;
    let mut units: Vec<JuridiskRolleenhet> = Vec::new();
    for (number, navn, role) in store::roller_i_andre(&ctx.store, &orgnr).await? {
        let mut role = store::les_rolle(&role)?;
        med_vert(&mut role.kind, &ctx.base_url);
        match units.last_mut() {
            Some(unit) if unit.organisasjonsnummer == number => unit.roller.push(role),
            _ => units.push(JuridiskRolleenhet { organisasjonsnummer: number, navn, roller: vec![role] }),
        }
    }
    if units.is_empty() {
        return Err(Avslag::ny(StatusCode::NOT_FOUND, "Enheten har ingen roller i andre enheter."));
    }
    let own = format!("{}/enhetsregisteret/api/roller/enheter/{orgnr}/juridiskeroller", ctx.base_url);
    Ok(super::json(&JuridiskeRoller { enheter: units, lenker: model::lenker(&[("self", own)]) }))
}

fn med_vert(code: &mut clients::enhetsregister::Kode, base: &str) {
    for link in code.lenker.values_mut() {
        link.href.insert_str(0, base);
    }
}

/// A unit's name and its roles with numbers, or the answer where it is removed.
pub async fn finn(
    component: &Component,
    orgnr: &Orgnr,
) -> Result<Result<(String, Vec<Rollegruppe>), Response>, Avslag> {
    let ctx = &component.ctx;
    let found = store::finn(&ctx.store, orgnr, Slag::Enhet).await?.ok_or_else(Avslag::ukjent)?;
    let Funnet { tilstand, navn, innhold, roller } = found;
    if tilstand == Tilstand::Fjernet {
        let gone = super::tekst(StatusCode::GONE, model::med_vert(&innhold, &ctx.base_url));
        return Ok(Err(gone.into_response()));
    }
    let groups = roller.as_deref().map(store::les_roller).transpose()?.unwrap_or_default();
    Ok(Ok((navn, groups)))
}

/// The roles with their links, under the API (`api`, `autorisert-api`) that gives them.
pub fn svar(component: &Component, orgnr: &Orgnr, api: &str, mut groups: Vec<Rollegruppe>) -> Roller {
    let base = &component.ctx.base_url;
    for group in &mut groups {
        let roles = group.roller.iter_mut().flat_map(|role| {
            let unit = role.enhet.as_mut().map(|unit| &mut unit.organisasjonsform);
            std::iter::once(&mut role.kind).chain(unit)
        });
        for code in roles.chain(std::iter::once(&mut group.kind)) {
            med_vert(code, base);
        }
    }
    let lenker = model::lenker(&[
        ("self", format!("{base}/enhetsregisteret/{api}/enheter/{orgnr}/roller")),
        ("enhet", format!("{base}/enhetsregisteret/api/enheter/{orgnr}")),
    ]);
    Roller { rollegrupper: groups, lenker }
}
