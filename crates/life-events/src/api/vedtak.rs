//! Decisions, as the party sees them.

use axum::extract::{Path, State};
use clients::life_events::{Henvendelse, Kanal, Oppgavetype, Vedtak, Vedtaksstatus};
use http::HeaderMap;
use kernel::id::Pid;
use kernel::log::{Access, Personal, Released};
use kernel::problem::Problem;
use kernel::store::Store;

use super::{EGEN_SAK, innlogget};
use crate::model::{OMGJOER, Oppgaverad, Vedtaksrad};
use crate::{Component, NAME, store};

/// One decision about the signed-in person, with its grounds in three depths.
#[utoipa::path(get, path = "/livshendelser/api/v1/vedtak/{id}", tag = "life-events",
    params(("id" = uuid::Uuid, Path, description = "The decision's id")),
    responses((status = 200, body = Vedtak), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn get(
    State(component): State<Component>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Released<Vedtak>, Problem> {
    let ctx = component.ctx();
    let who = innlogget(&component, &headers).await?;
    let decision = own(&ctx.store, &id, &who.pid).await?;
    let requests = store::henvendelser(&ctx.store, decision.innhold.id).await?;
    let mut access =
        Access::from_claims(NAME, &who.claims, &headers, "Så eget vedtak om barnetrygd", EGEN_SAK);
    access.sak = Some(decision.innhold.sak.clone());
    Ok(Personal::new(who.pid, vis(decision, &requests)).release(&ctx.log, access).await?)
}

/// The decision of this id, where the person is the party to it.
pub(super) async fn own(store: &Store, id: &str, who: &Pid) -> Result<Vedtaksrad, Problem> {
    let decision = store::vedtak(store, super::id(id)?).await?.filter(|decision| decision.part == *who);
    decision.ok_or_else(|| Problem::not_found("Du har ikke noe vedtak med denne adressen."))
}

/// The decision as it was made, with what has become of it.
fn vis(decision: Vedtaksrad, requests: &[Oppgaverad]) -> Vedtak {
    let mut vedtak = decision.innhold;
    vedtak.melding = decision.melding.filter(|_| decision.kanal == Some(Kanal::Digital));
    vedtak.status = status(requests);
    for faktum in &mut vedtak.fakta {
        faktum.under_retting = requests
            .iter()
            .any(|request| request.loesning.is_none() && request.oppgave.faktum.as_ref() == Some(&faktum.id));
    }
    vedtak.henvendelser = requests.iter().map(henvendelse).collect();
    vedtak
}

fn status(requests: &[Oppgaverad]) -> Vedtaksstatus {
    let open =
        |slag| requests.iter().any(|request| request.loesning.is_none() && request.oppgave.slag == slag);
    let remade =
        requests.iter().filter_map(|request| request.loesning.as_ref()).any(|svar| svar.utfall == OMGJOER);
    if remade {
        Vedtaksstatus::Omgjoeres
    } else if open(Oppgavetype::Klage) {
        Vedtaksstatus::Paaklaget
    } else if open(Oppgavetype::FeilIFaktum) {
        Vedtaksstatus::UnderRetting
    } else {
        Vedtaksstatus::Gjeldende
    }
}

fn henvendelse(request: &Oppgaverad) -> Henvendelse {
    Henvendelse {
        oppgave: request.oppgave.id,
        kind: request.oppgave.slag,
        opprettet: request.oppgave.opprettet,
        frist: request.oppgave.frist,
        tekst: request.oppgave.tekst.clone(),
        svar: request.loesning.clone(),
    }
}
