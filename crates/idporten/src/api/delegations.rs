//! Who may act for a business without a role in it (Ansattporten): given and taken back by those who can bind the business. The
//! portal's pages are before it, with a token of Felles' own; whether who gives may do so is found out here, in Enhetsregisteret.

use axum::Json;
use axum::extract::{Path, State};
use axum::middleware::map_response_with_state;
use clients::ansattporten::{Delegering, Delegeringer, Handlende, NyDelegering, Ressurs};
use clients::enhetsregister::KEY_ROLES;
use clients::folkeregister::{Del, Element, Personstatus};
use clients::selvbetjening::{self, ApiError, Body, Refusals, Refused, require_own, write_refusals};
use clients::{Purpose, orgs};
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::clock::oslo;
use kernel::http::json;
use kernel::id::{Orgnr, Pid};
use kernel::store::StoreError;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::model::rar::Kind;
use crate::model::rights::{self, ServiceRule};
use crate::store::delegations::{self as store, Delegation, Given, Names};
use crate::{Component, eid};

/// How long a delegation lasts at most; years.
const LONGEST: i16 = 5;
/// How often a business may try a number and name in a day, so that it is no way to find out about people.
const TRIES: i64 = 100;

/// The routes, with how they refuse.
pub fn router(component: &Component) -> OpenApiRouter<Component> {
    OpenApiRouter::new()
        .routes(routes!(given, give))
        .routes(routes!(withdraw))
        .routes(routes!(received))
        .routes(routes!(resources))
        .routes(routes!(resource))
        .layer(map_response_with_state(component.ctx.clone(), write_refusals))
}

type Answer<T> = Result<Json<T>, Refused>;

async fn tenant(component: &Component, headers: &HeaderMap) -> Result<Orgnr, Refused> {
    selvbetjening::tenant(&component.ctx.auth, headers).await
}

/// What the business has given, and what has happened with it.
#[utoipa::path(get, path = "/forvaltning/delegeringer", responses((status = 200, body = Delegeringer), Refusals))]
async fn given(State(component): State<Component>, headers: HeaderMap) -> Answer<Delegeringer> {
    let tenant = tenant(&component, &headers).await?;
    let (ctx, now) = (&component.ctx, component.ctx.clock.now().as_second());
    let found = store::of_business(&ctx.store, &tenant, now).await?;
    let logg = store::log_of_business(&ctx.store, &tenant).await?;
    Ok(Json(Delegeringer { delegeringer: written(&component, found).await?, logg }))
}

/// What a person has been given, and what has happened with it.
#[utoipa::path(post, path = "/forvaltning/delegeringer/mine", request_body = Handlende,
    responses((status = 200, body = Delegeringer), Refusals))]
async fn received(
    State(component): State<Component>,
    headers: HeaderMap,
    Body(body): Body,
) -> Answer<Delegeringer> {
    require_own(&component.ctx.auth, &headers).await?;
    let Handlende { personidentifikator: pid, .. } = json(&body)?;
    let (ctx, now) = (&component.ctx, component.ctx.clock.now().as_second());
    let found = store::of_person(&ctx.store, &pid, now).await?;
    let logg = store::log_of_person(&ctx.store, &pid).await?;
    Ok(Json(Delegeringer { delegeringer: written(&component, found).await?, logg }))
}

async fn written(component: &Component, found: Vec<Given>) -> Result<Vec<Delegering>, StoreError> {
    let rules = crate::store::rules(&component.ctx.store).await?;
    let write = |(delegation, given): Given| {
        let rule = rules.iter().find(|rule| rule.resource == delegation.resource);
        let moment = |seconds| Timestamp::from_second(seconds).unwrap_or_default();
        Delegering {
            id: delegation.id.to_string(),
            organisasjonsnummer: delegation.orgnr,
            virksomhet: delegation.names.business,
            person: delegation.names.person,
            ressurs_navn: rule.map(|rule| rule.name.clone()).unwrap_or_default(),
            ressurs: delegation.resource,
            rettigheter: delegation.rights,
            gitt_av: delegation.names.given_by,
            gitt: moment(given),
            siste_dag: delegation.ends.map(|ends| moment(ends - 1).to_zoned_datetime(oslo()).date()),
        }
    };
    Ok(found.into_iter().map(write).collect())
}

// --- services ---

/// The services whose owners have said who may use them.
#[utoipa::path(get, path = "/forvaltning/delegeringer/ressurser", responses((status = 200, body = Vec<Ressurs>), Refusals))]
async fn resources(State(component): State<Component>, headers: HeaderMap) -> Answer<Vec<Ressurs>> {
    require_own(&component.ctx.auth, &headers).await?;
    let rules = crate::store::rules(&component.ctx.store).await?;
    Ok(Json(rules.iter().filter_map(|rule| described(&rule.resource, Some(rule))).collect()))
}

/// One service; also one of which nothing has been said.
#[utoipa::path(get, path = "/forvaltning/delegeringer/ressurser/{ressurs}", params(("ressurs" = String, Path)),
    responses((status = 200, body = Ressurs), (status = 404, body = ApiError), Refusals))]
async fn resource(
    State(component): State<Component>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer<Ressurs> {
    require_own(&component.ctx.auth, &headers).await?;
    let rule = crate::store::rule(&component.ctx.store, &id).await?;
    described(&id, rule.as_ref()).map(Json).ok_or_else(|| Refused::not_found("resource").field("ressurs"))
}

fn described(id: &str, rule: Option<&ServiceRule>) -> Option<Ressurs> {
    let rettigheter = rights::all(Kind::of(id)?, rule);
    let navn = rule.map_or_else(|| id.to_owned(), |rule| rule.name.clone());
    Some(Ressurs { ressurs: id.to_owned(), navn, rettigheter })
}

// --- giving and taking back ---

/// Lets a person act for the business with one service, in place of what they might with it before.
#[utoipa::path(post, path = "/forvaltning/delegeringer", request_body = NyDelegering,
    responses((status = 201, body = Delegering), Refusals))]
async fn give(
    State(component): State<Component>,
    headers: HeaderMap,
    Body(body): Body,
) -> Result<(StatusCode, Json<Delegering>), Refused> {
    let tenant = tenant(&component, &headers).await?;
    let new: NyDelegering = json(&body)?;
    let ctx = &component.ctx;
    let wrong = |field: &str, why: &str| Refused::invalid(why).field(field);
    let kind = Kind::of(&new.ressurs).ok_or_else(|| wrong("ressurs", "ressurs is no id of a resource"))?;
    let rule = crate::store::rule(&ctx.store, &new.ressurs).await?;
    let ends = end(new.siste_dag, ctx.clock.today())
        .ok_or_else(|| wrong("siste_dag", "siste_dag is past, or more than five years ahead"))?;
    let (business, roles) = binding(&component, &tenant, &new.av).await?;
    let held = roles.iter().flat_map(|role| rights::of_role(kind, rule.as_ref(), role)).collect();
    let held = rights::in_order(held);
    let mut rights = new.rettigheter.clone();
    rights.sort_unstable();
    rights.dedup();
    if rights.is_empty() || !rights.iter().all(|right| held.contains(right)) {
        return Err(wrong("rettigheter", "rettigheter is empty, or more than who gives it may themselves"));
    }
    let rights = held.into_iter().filter(|right| rights.contains(right)).collect();
    let (pid, person) = receiver(&component, &tenant, &business, &new).await?;
    let given_by = new.av.navn.clone().unwrap_or_default();
    let names = Names { business, person, given_by };
    let now = ctx.clock.now().as_second();
    let id = ctx.rng.uuid();
    let delegation =
        Delegation { id, orgnr: tenant, pid, resource: new.ressurs, rights, ends: Some(ends), names };
    let kept = delegation.clone();
    let done: Result<(), StoreError> =
        ctx.store.write(move |tx| Box::pin(async move { store::give(tx, &kept, now).await })).await;
    done?;
    tracing::info!(business = tenant.as_str(), "a right has been delegated");
    let mut made = written(&component, vec![(delegation, now)]).await?;
    let made = made.pop().ok_or(StoreError::Missing("delegation"))?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Takes one of the business's delegations back: from the next sign-in on.
#[utoipa::path(post, path = "/forvaltning/delegeringer/{id}/trekk", params(("id" = String, Path)), request_body = Handlende,
    responses((status = 200, body = Delegering), (status = 404, body = ApiError), Refusals))]
async fn withdraw(
    State(component): State<Component>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body(body): Body,
) -> Answer<Delegering> {
    let tenant = tenant(&component, &headers).await?;
    let by: Handlende = json(&body)?;
    // The id of those that have none is nobody's.
    let id = Uuid::try_parse(&id).ok().filter(|id| !id.is_nil());
    let id = id.ok_or_else(|| Refused::not_found("delegation"))?;
    binding(&component, &tenant, &by).await?;
    let (ctx, entry) = (&component.ctx, component.ctx.rng.uuid());
    let (name, now) = (by.navn.unwrap_or_default(), ctx.clock.now().as_second());
    let gone: Result<Option<Given>, StoreError> = ctx
        .store
        .write(move |tx| Box::pin(async move { store::withdraw(tx, &tenant, id, entry, &name, now).await }))
        .await;
    let gone = gone?.ok_or_else(|| Refused::not_found("delegation"))?;
    let mut gone = written(&component, vec![gone]).await?;
    Ok(Json(gone.pop().ok_or(StoreError::Missing("delegation"))?))
}

/// The end of a last day; seconds since 1970.
fn end(last: Date, today: Date) -> Option<i64> {
    let latest = today.saturating_add(jiff::Span::new().years(LONGEST));
    if last < today || last > latest {
        return None;
    }
    let next = last.tomorrow().ok()?.to_zoned_datetime(oslo()).ok()?;
    Some(next.timestamp().as_second())
}

/// The name of a business that a person can bind, and the codes of their roles in it. In test a person without any may act as the
/// daily leader of an agency.
async fn binding(
    component: &Component,
    tenant: &Orgnr,
    who: &Handlende,
) -> Result<(String, Vec<String>), Refused> {
    let register =
        component.businesses.as_ref().ok_or_else(|| Refused::not_found("register of businesses"))?;
    let purpose = Purpose::new("Fullmakter for en virksomhet: hvilke roller du har i den");
    let roles = register.roller_for(&who.personidentifikator, &purpose).await?;
    let own: Vec<_> = roles.into_iter().filter(|role| role.organisasjonsnummer == *tenant).collect();
    let codes: Vec<String> = own.iter().map(|role| role.rolletype.kode.clone()).collect();
    if codes.iter().any(|role| KEY_ROLES.contains(&role.as_str())) {
        return Ok((own.into_iter().next().map(|role| role.navn).unwrap_or_default(), codes));
    }
    let agency = orgs::name(tenant.as_str()).filter(|_| component.ctx.test_mode);
    let agency = agency.ok_or_else(|| Refused::forbidden("Who asks has no role that binds the business"))?;
    Ok((agency.to_owned(), vec!["DAGL".to_owned()]))
}

/// Who is to act for the business, with their name: number and last name are one person's, who lives. What of it is wrong is
/// not told.
async fn receiver(
    component: &Component,
    tenant: &Orgnr,
    business: &str,
    new: &NyDelegering,
) -> Result<(Pid, String), Refused> {
    let ctx = &component.ctx;
    let wrong = |why: &str| Refused::invalid(why).field("personidentifikator");
    let pid = eid::typed_pid(&new.personidentifikator)
        .map_err(|_| wrong("personidentifikator is not a person's number"))?;
    if pid == new.av.personidentifikator {
        return Err(wrong("personidentifikator is of who gives"));
    }
    let (today, business_no) = (ctx.clock.today(), *tenant);
    let tries: Result<i64, StoreError> = ctx
        .store
        .write(move |tx| Box::pin(async move { store::count_try(tx, &business_no, today).await }))
        .await;
    if tries? > TRIES {
        return Err(Refused::forbidden("The business has tried too many people today"));
    }
    let parts = [Element::Identifikasjonsnummer, Element::Status, Element::Doedsfall, Element::Navn];
    let purpose = Purpose::new(format!("{business} gir en fullmakt: kontroll av navnet ditt"));
    let found = component.people.person(&pid, &parts.map(Del::Element), &purpose).await?;
    let living = found.filter(|person| {
        !person.er_doed()
            && person.pid() == Some(pid)
            && person.gjeldende_status() != Some(Personstatus::Opphoert)
    });
    let typed = new.etternavn.trim().to_lowercase();
    let named = living.and_then(|person| {
        let last = person.gjeldende_navn()?.etternavn.to_lowercase();
        (last == typed).then(|| person.fullt_navn())?
    });
    let named = named.ok_or_else(|| wrong("No person has this number and last name"))?;
    Ok((pid, named))
}
