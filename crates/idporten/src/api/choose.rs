//! The page where a person chooses on behalf of whom they sign in: a business (Ansattporten), a child or a ward
//! (ID-porten). What may be chosen is found once, when the person comes to the page, and kept with the sign-in: what the
//! form sends only picks from that.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use bytes::Bytes;
use clients::folkeregister::{Del, Element, Persondokument};
use clients::{ClientError, Purpose};
use design::key;
use http::{HeaderMap, StatusCode};
use kernel::id::{Orgnr, Pid};
use kernel::store::StoreError;

use super::issue::Issue;
use super::refused::Refused;
use super::respond;
use crate::eid::Visit;
use crate::model::behalf::{Chosen, Mandate, Offer};
use crate::model::parameters::Parameters;
use crate::model::rar::{Asked, Parties, Party, Right};
use crate::model::rights;
use crate::model::session::{Authentication, needs_consent};
use crate::pages;
use crate::pages::choose::{ChoicePage, State as Typed};
use crate::store::Login;
use crate::{Component, store};

/// The choice of nobody but oneself, in the form.
pub const SELF: &str = "selv";
/// The choice of a ward whose number is typed, in the form.
pub const WARD: &str = "verge";

/// The page where a person chooses on behalf of whom they sign in.
#[utoipa::path(get, path = "/velg",
    params(("id" = String, Query, description = "The sign-in")),
    responses((status = 200, content_type = "text/html", body = String), (status = 302, description = "To the client, where there is nothing to choose"),
        (status = 400, content_type = "text/html", body = String)))]
pub async fn page(
    State(component): State<Component>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let parameters = Parameters::parse(query.unwrap_or_default().as_bytes());
    match show(&component, &parameters, &headers).await {
        Ok(response) => response,
        Err(refused) => pages::refused(&component, &refused),
    }
}

/// A person chooses: `valg` (each business, or one child; `selv` for themselves, `verge` for the ward whose number is
/// `personidentifikator`). `sok` with `finn` shows the businesses that match; `avbryt` goes back to the client.
#[utoipa::path(post, path = "/velg",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 303, description = "To the client, or to the page where the person agrees"),
        (status = 200, description = "The page again, with what matches", content_type = "text/html", body = String),
        (status = 422, description = "The page again, with what is wrong", content_type = "text/html", body = String),
        (status = 400, content_type = "text/html", body = String)))]
pub async fn choose(State(component): State<Component>, headers: HeaderMap, body: Bytes) -> Response {
    match take(&component, &headers, &body).await {
        Ok(response) => response,
        Err(refused) => pages::refused(&component, &refused),
    }
}

/// The sign-in, and who has signed in.
async fn find(
    component: &Component,
    parameters: &Parameters,
    headers: &HeaderMap,
) -> Result<(Visit, Authentication), Refused> {
    let visit = Visit::find(component, parameters, headers).await?;
    let over = || Refused::new("login_required", "There is nothing to choose in this sign-in");
    let who = visit.login.signed_in.clone().ok_or_else(over)?;
    if !visit.must_choose() {
        return Err(over());
    }
    Ok((visit, who))
}

async fn show(
    component: &Component,
    parameters: &Parameters,
    headers: &HeaderMap,
) -> Result<Response, Refused> {
    let (visit, who) = find(component, parameters, headers).await?;
    let offer = match visit.login.offered.clone() {
        Some(offer) => offer,
        None => match offer(component, &visit, &who).await {
            Ok(offer) => keep(component, &visit, &who, offer).await?,
            Err(Trouble::Register(error)) => {
                tracing::error!(status = error.status(), "it could not be found for whom a person may act");
                let why = "The register of who may act for whom does not answer";
                return visit.refuse(component, Refused::new("temporarily_unavailable", why)).await;
            }
            Err(Trouble::Refused(refused)) => return Err(refused),
        },
    };
    match &visit.login.request.authorization_details {
        Some(asked) if offer.parties.is_empty() && !asked.required => {
            let chosen = Chosen { authorization_details: asked.claim(&[], &[]), mandate: None };
            go_on(component, visit, who, chosen, StatusCode::FOUND).await
        }
        _ => {
            Ok(ChoicePage { page: visit.page(component, None), offer: &offer, typed: Typed::default() }
                .render())
        }
    }
}

async fn keep(
    component: &Component,
    visit: &Visit,
    who: &Authentication,
    offer: Offer,
) -> Result<Offer, Refused> {
    let (handle, who, kept) = (visit.login.handle.clone(), who.clone(), offer.clone());
    let write: Result<bool, StoreError> = component
        .ctx
        .store
        .write(move |tx| Box::pin(async move { store::put_offer(tx, handle, &who, &kept).await }))
        .await;
    if write? { Ok(offer) } else { Err(Refused::new("login_required", "The sign-in is over")) }
}

enum Trouble {
    Register(ClientError),
    Refused(Refused),
}

impl From<ClientError> for Trouble {
    fn from(error: ClientError) -> Self {
        Self::Register(error)
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Refused(error.into())
    }
}

/// What the person may choose among.
async fn offer(component: &Component, visit: &Visit, who: &Authentication) -> Result<Offer, Trouble> {
    match &visit.login.request.authorization_details {
        Some(asked) => businesses(component, visit, who, asked).await,
        None => children(component, visit, who).await,
    }
}

/// The businesses in which the person holds what is asked for: by their roles, and by delegation.
async fn businesses(
    component: &Component,
    visit: &Visit,
    who: &Authentication,
    asked: &Asked,
) -> Result<Offer, Trouble> {
    let ctx = &component.ctx;
    let mut rules = Vec::new();
    for resource in &asked.resources {
        rules.extend(store::rule(&ctx.store, &resource.id).await?);
    }
    let mut parties = Parties::default();
    let Some(register) = &component.businesses else { return Ok(Offer { rules, ..Offer::default() }) };
    if !asked.resources.is_empty() {
        let purpose = Purpose::new(format!(
            "Innlogging hos {} på vegne av en virksomhet: hvilke virksomheter personen har roller i",
            visit.client.name
        ));
        for role in register.roller_for(&who.pid, &purpose).await? {
            let given: Vec<Right> = asked
                .resources
                .iter()
                .map(|resource| {
                    let rule = rules.iter().find(|rule| rule.resource == resource.id);
                    let rights = rights::of_role(asked.kind, rule, &role.rolletype.kode);
                    Right { resource: resource.id.clone(), rights }
                })
                .filter(|right| !right.rights.is_empty())
                .collect();
            for unit in &role.underenheter {
                parties.add(Party {
                    orgnr: unit.organisasjonsnummer,
                    name: unit.navn.clone(),
                    unit_type: unit.organisasjonsform.kode.clone(),
                    above: Some(role.organisasjonsnummer),
                    rights: given.clone(),
                });
            }
            parties.add(Party {
                orgnr: role.organisasjonsnummer,
                name: role.navn,
                unit_type: role.organisasjonsform.kode,
                above: None,
                rights: given,
            });
        }
    }
    let given = store::delegations::of_person(&ctx.store, &who.pid, ctx.clock.now().as_second()).await?;
    for (delegation, _) in given {
        if !asked.resources.iter().any(|resource| resource.id == delegation.resource) {
            continue;
        }
        let rights = vec![Right { resource: delegation.resource, rights: delegation.rights }];
        let orgnr = delegation.orgnr;
        if let Some(unit) = register.enhet(&orgnr).await? {
            let unit_type = unit.organisasjonsform.kode;
            parties.add(Party { orgnr, name: unit.navn, unit_type, above: None, rights });
        } else if let Some(unit) = register.underenhet(&orgnr).await? {
            let (unit_type, above) = (unit.organisasjonsform.kode, Some(unit.overordnet_enhet));
            parties.add(Party { orgnr, name: unit.navn, unit_type, above, rights });
        }
    }
    Ok(Offer { parties: parties.of(asked), rules, children: Vec::new() })
}

/// Why a person is looked up, in their own access log.
fn purpose(visit: &Visit, what: &str) -> Purpose {
    Purpose::new(format!("Innlogging hos {} på vegne av en annen: {what}", visit.client.name))
}

/// What is read of one who is acted for. No address: only how it is protected.
const PARTS: [Del; 8] = [
    Del::Element(Element::Identifikasjonsnummer),
    Del::Element(Element::Status),
    Del::Element(Element::Doedsfall),
    Del::Element(Element::Foedsel),
    Del::Element(Element::Navn),
    Del::Element(Element::Adressebeskyttelse),
    Del::Element(Element::Foreldreansvar),
    Del::Element(Element::VergemaalEllerFremtidsfullmakt),
];

/// The person's children whom they may act for.
async fn children(component: &Component, visit: &Visit, who: &Authentication) -> Result<Offer, Trouble> {
    let clock = &component.ctx.clock;
    let own = [Element::Foreldreansvar, Element::Adressebeskyttelse].map(Del::Element);
    let what = purpose(visit, "hvilke barn personen har foreldreansvar for");
    let adult: Persondokument = component.people.person(&who.pid, &own, &what).await?.unwrap_or_default();
    let responsible = adult.foreldreansvar.iter().filter(|entry| entry.er_gjeldende);
    let mut numbers: Vec<Pid> = responsible.filter_map(|entry| entry.ansvarssubjekt).collect();
    numbers.sort();
    numbers.dedup();
    let mut children = Vec::new();
    if !numbers.is_empty() {
        let what = purpose(visit, "kontroll av foreldreansvar");
        let (today, now, protection) = (clock.today(), clock.now().as_second(), adult.gradering());
        let documents = component.people.personer(&numbers, &PARTS, &what).await?;
        let mandate = |child: &Persondokument| Mandate::parent(who.pid, protection, child, today, now);
        children = documents.iter().filter_map(mandate).collect();
        children.sort_by(|one: &Mandate, other| one.name.cmp(&other.name));
    }
    Ok(Offer { children, ..Offer::default() })
}

async fn take(component: &Component, headers: &HeaderMap, body: &[u8]) -> Result<Response, Refused> {
    let form = Parameters::form(headers, body)?;
    let (visit, who) = find(component, &form, headers).await?;
    if form.one("avbryt")?.is_some() {
        return visit.refuse(component, Refused::new("access_denied", "The person cancelled")).await;
    }
    let over = || Refused::new("login_required", "The page has not been shown in this sign-in");
    let offer = visit.login.offered.clone().ok_or_else(over)?;
    let chosen: Vec<&str> = form.all("valg").collect();
    let typed = Typed {
        chosen: chosen.clone(),
        search: form.one("sok")?.unwrap_or_default(),
        number: form.one("personidentifikator")?.unwrap_or_default(),
        complaint: None,
    };
    let again = |complaint: Option<&'static str>| {
        let typed = Typed { complaint, ..typed.clone() };
        ChoicePage { page: visit.page(component, None), offer: &offer, typed }.render()
    };
    if form.one("finn")?.is_some() {
        return Ok(again(None));
    }
    if chosen.len() > 1 && chosen.contains(&SELF) {
        return Ok(again(Some(key("idporten-velg-feil-begge"))));
    }
    let made = match &visit.login.request.authorization_details {
        Some(asked) => chosen_businesses(asked, &offer, &chosen)?,
        None => match chosen.as_slice() {
            [SELF] => Ok(Chosen::default()),
            [WARD] => ward(component, &visit, &who, typed.number).await?,
            [index] => {
                let child = index.parse::<usize>().ok().and_then(|at| offer.children.get(at));
                let child = child.ok_or_else(|| Refused::request("valg is not one of the choices"))?;
                Ok(Chosen { mandate: Some(child.clone()), authorization_details: None })
            }
            [] => Err(key("idporten-velg-feil-ingen")),
            _ => return Err(Refused::request("valg can be but one")),
        },
    };
    match made {
        Ok(chosen) => go_on(component, visit, who, chosen, StatusCode::SEE_OTHER).await,
        Err(complaint) => Ok(again(Some(complaint))),
    }
}

/// The businesses chosen, or what is wrong with the choice.
fn chosen_businesses(
    asked: &Asked,
    offer: &Offer,
    chosen: &[&str],
) -> Result<Result<Chosen, &'static str>, Refused> {
    let mut parties: Vec<Party> = Vec::new();
    for value in chosen.iter().filter(|value| **value != SELF) {
        let orgnr = Orgnr::parse(value).ok();
        let party = offer.parties.iter().find(|party| Some(party.orgnr) == orgnr);
        let party = party.ok_or_else(|| Refused::request("valg is not one of the choices"))?;
        if !parties.contains(party) {
            parties.push(party.clone());
        }
    }
    if parties.len() > 1 && !asked.several {
        return Err(Refused::request("valg can be but one"));
    }
    if parties.is_empty() && (asked.required || (chosen.is_empty() && !asked.several)) {
        return Ok(Err(key("idporten-velg-feil-ingen")));
    }
    let authorization_details = asked.claim(&parties, &offer.rules);
    Ok(Ok(Chosen { authorization_details, mandate: None }))
}

/// The ward of this number. What is wrong is not told: the page is no way to find out about others.
async fn ward(
    component: &Component,
    visit: &Visit,
    who: &Authentication,
    typed: &str,
) -> Result<Result<Chosen, &'static str>, Refused> {
    let digits: String = typed.chars().filter(|char| !char.is_whitespace()).collect();
    let Ok(pid) = Pid::parse(&digits) else { return Ok(Err(key("idporten-feil-nummer"))) };
    if !visit.may_try(component).await? {
        return Err(Refused::new("access_denied", "Too many attempts"));
    }
    let what = purpose(visit, "kontroll av vergemål");
    let found = match component.people.person(&pid, &PARTS, &what).await {
        Ok(found) => found,
        Err(error) => {
            tracing::error!(status = error.status(), "a ward could not be looked up");
            return Ok(Err(key("idporten-feil-register")));
        }
    };
    let now = component.ctx.clock.now().as_second();
    let mandate = found.and_then(|ward| Mandate::guardian(who.pid, &ward, now));
    Ok(match mandate {
        Some(mandate) => Ok(Chosen { mandate: Some(mandate), authorization_details: None }),
        None => Err(key("idporten-velg-feil-verge")),
    })
}

/// Gives the code, or goes on to the page where the person agrees.
async fn go_on(
    component: &Component,
    visit: Visit,
    who: Authentication,
    chosen: Chosen,
    status: StatusCode,
) -> Result<Response, Refused> {
    let Visit { id, login, client, scopes, locale, .. } = visit;
    let Login { handle, request, .. } = login;
    let destination = request.destination.clone();
    let consent = needs_consent(&request, &scopes);
    let pushed = request.pushed.clone();
    let issue = (!consent).then(|| Issue::new(component, request, client, scopes, locale));
    let now = component.ctx.clock.now().as_second();
    // A code where nothing more is needed; nothing where the sign-in has been ended meanwhile.
    let done: Result<Option<Option<String>>, StoreError> = component
        .ctx
        .store
        .write(move |tx| {
            Box::pin(async move {
                let Some(issue) = issue else {
                    let kept = store::choose(tx, handle, &who, &chosen).await?;
                    return Ok(kept.then_some(None));
                };
                if !store::end_login_of(tx, handle, pushed, &who.sid, now).await? {
                    return Ok(None);
                }
                issue.chosen(Some(chosen)).keep(tx, who).await.map(|code| Some(Some(code)))
            })
        })
        .await;
    match done? {
        None => Err(Refused::new("login_required", "The sign-in is over")),
        Some(Some(code)) => Ok(respond::code(component, &destination, &code, status)),
        Some(None) => {
            let page = format!("{}/innlogging", component.issuer());
            Ok(respond::redirect(&page, &[("id", id)], status))
        }
    }
}
