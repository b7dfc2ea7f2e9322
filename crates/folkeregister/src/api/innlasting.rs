//! The bulk load of a nation, of Felles' own making.

use std::collections::HashMap;

use axum::Json;
use axum::extract::{Request, State};
use clients::folkeregister::{Feil, Innlest, Persondokument, SCOPE_INNLASTING, WAKE, hendelsetype};
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use kernel::auth::Issuer;
use kernel::id::Pid;
use kernel::rng::Rng;
use kernel::store::Tx;

use super::{Avslag, QueryPairs};
use crate::feed::{self, NyHendelse};
use crate::model::soek::Rad;
use crate::model::{Versjon, soekbar};
use crate::{Component, store};

/// Loads people: a person document on each line. All of the body or nothing.
///
/// A person who is new makes no event: a follower begins from the whole of the register. One whom the register has
/// with another content gets the loaded one, and an event `personErOppdatert`; one whom it has with the same content
/// stays as they are.
///
/// A load in many parts is done sooner where each says `soek=senere`: those who are new are then found by search only when a
/// load without it, which may be empty, has been taken.
#[utoipa::path(post, path = "/folkeregisteret/innlasting/v1", tag = "innlasting",
    params(("soek" = Option<String>, Query, description = "`senere`: nye personer kan søkes fram først når en innlasting uten dette er gjort")),
    request_body(content = String, content_type = "application/x-ndjson", description = "En Persondokument på hver linje"),
    responses((status = 200, body = Innlest), (status = 400, body = Feil), (status = 401, body = Feil), (status = 403, body = Feil),
        (status = 413, body = Feil), (status = 415, body = Feil), (status = 422, body = Feil)))]
pub async fn last_inn(
    State(component): State<Component>,
    query: QueryPairs,
    headers: HeaderMap,
    request: Request,
) -> Result<Json<Innlest>, Avslag> {
    let ctx = &component.ctx;
    super::kun_json(&headers)?;
    ctx.auth.bearer(&headers, Issuer::Maskinporten).await?.require_scope(SCOPE_INNLASTING)?;
    let pairs = super::parametre(query, &["soek"])?;
    let senere = match pairs.as_slice() {
        [] => false,
        [(_, value)] if value == "senere" => true,
        _ => return Err(Avslag::felt(StatusCode::BAD_REQUEST, "soek", "kan bare være senere")),
    };
    let body = kernel::http::body(&headers, "application/x-ndjson", request).await?;
    let naa = ctx.clock.now();
    let personer = les(&body, &ctx.rng, naa)?;
    let lest = personer.len();
    let (endret, rader) =
        ctx.store.write(move |tx| Box::pin(async move { behold(tx, personer, naa, senere).await })).await?;
    if endret {
        ctx.wake.notify(WAKE);
    }
    if senere {
        component.ventende.vent(&ctx.store, rader).await?;
    } else {
        component.ventende.ferdig(&ctx.store).await?;
    }
    Ok(Json(Innlest { lest }))
}

/// A person of the load.
struct Lastet {
    linje: usize,
    /// Every number that the person has or had; the one in use first.
    numre: Vec<Pid>,
    versjon: Versjon,
    /// By which they are found.
    rader: Vec<Rad>,
}

fn les(body: &[u8], rng: &Rng, naa: Timestamp) -> Result<Vec<Lastet>, Avslag> {
    let mut personer = Vec::new();
    let mut sett: HashMap<Pid, usize> = HashMap::new();
    for (linje, tekst) in kernel::http::lines(body) {
        let foran = format!("linje {linje}: ");
        let feil =
            |felt: &str, hva: &str| Avslag::felt(StatusCode::BAD_REQUEST, &format!("{foran}{felt}"), hva);
        let person: Persondokument = kernel::http::json(tekst).map_err(|bad| Avslag::json(&foran, &bad))?;
        let mut numre = Vec::with_capacity(1);
        for (place, entry) in person.identifikasjonsnummer.iter().enumerate() {
            let pid = super::nummer(
                &entry.foedsels_eller_d_nummer,
                &format!("{foran}identifikasjonsnummer[{place}].foedselsEllerDNummer"),
            )?;
            numre.push(pid);
        }
        let pid = person.pid().ok_or_else(|| feil("identifikasjonsnummer", "har ikke noe nummer i bruk"))?;
        numre.sort_by_key(|nummer| (*nummer != pid, *nummer));
        numre.dedup();
        for nummer in &numre {
            if sett.insert(*nummer, linje).is_some() {
                return Err(feil("identifikasjonsnummer", "har et nummer som står på en tidligere linje"));
            }
        }
        let (versjon, rader) = soekbar(rng.ordered_uuid(naa).simple().to_string(), pid, person)?;
        personer.push(Lastet { linje, numre, versjon, rader });
    }
    Ok(personer)
}

/// Keeps what is new or different. Gives `true` where that made events, and where search may come later the rows by which
/// those who are new will be found.
async fn behold(
    tx: &mut Tx,
    personer: Vec<Lastet>,
    naa: Timestamp,
    senere: bool,
) -> Result<(bool, Vec<Rad>), Avslag> {
    let numre: Vec<Pid> = personer.iter().flat_map(|person| person.numre.iter().copied()).collect();
    let kjente = store::finn_i(tx, &numre).await?;
    let mut versjoner = Vec::with_capacity(personer.len());
    let mut pekere = Vec::with_capacity(numre.len());
    let mut endrede = Vec::new();
    let (mut rader_foer, mut rader_naa, mut rader_siden) = (Vec::new(), Vec::new(), Vec::new());
    for Lastet { linje, numre, versjon, mut rader } in personer {
        if numre.iter().filter_map(|nummer| kjente.get(nummer)).any(|kjent| !numre.contains(&kjent.pid)) {
            let felt = format!("linje {linje}: identifikasjonsnummer");
            return Err(Avslag::felt(
                StatusCode::UNPROCESSABLE_ENTITY,
                &felt,
                "har et nummer som tilhører en annen person",
            ));
        }
        if let Some(kjent) = kjente.get(&versjon.pid) {
            if (&kjent.innhold, &kjent.historikk) == (&versjon.innhold, &versjon.historikk) {
                continue;
            }
            endrede.push((versjon.pid, versjon.dokument.clone()));
        }
        // Two who were known apart may have become one.
        let mut foer: Vec<&Versjon> = numre.iter().filter_map(|nummer| kjente.get(nummer)).collect();
        foer.sort_unstable_by_key(|versjon| versjon.pid);
        foer.dedup_by_key(|versjon| versjon.pid);
        for versjon in &foer {
            rader_foer.append(&mut store::soek::rader_av(versjon)?);
        }
        if senere && foer.is_empty() { &mut rader_siden } else { &mut rader_naa }.append(&mut rader);
        pekere.extend(numre.into_iter().map(|nummer| (nummer, versjon.dokument.clone())));
        versjoner.push(versjon);
    }
    store::behold(tx, versjoner).await?;
    store::pek(tx, &pekere).await?;
    store::soek::ajourfoer(tx, rader_foer, rader_naa).await?;
    if !rader_siden.is_empty() {
        store::soek::mangler(tx).await?;
    }
    for (pid, dokument) in &endrede {
        let hendelse = NyHendelse {
            pid: *pid,
            hendelsetype: hendelsetype::PERSON_ER_OPPDATERT,
            persondokument: dokument,
            dokument: None,
        };
        feed::append(tx, hendelse, naa).await?;
    }
    Ok((!endrede.is_empty(), rader_siden))
}
