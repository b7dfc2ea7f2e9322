//! The search as a page, without scripts. The form is a GET with the API's parameters, so that a search is an address to pass
//! on; it never holds a person's number. Picking a person is a POST: their number goes into a cookie, from which ID-porten's
//! test eID fills it in.

use axum::extract::{Form, OriginalUri, RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use clients::testpersoner::COOKIE;
use design::ui::{self, Choice, FieldError, TextField};
use design::{Lang, Page, key};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use kernel::id::Pid;
use maud::{Markup, html};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;

use crate::api::soek::{Funn, QueryPairs, Testperson, Uheldig, Utelatt, finn};
use crate::model::soek::{Feil, TREKK, Verdier, verdier};
use crate::{Component, ord};

/// The largest form, in bytes.
pub const MAX_FORM: usize = 4 << 10;
/// How long a picked person is remembered; seconds.
const HUSKES: i64 = 600;
/// The portal's cookie of the language chosen.
const LANGUAGE: &str = "felles-sprak";
/// The id of the form.
const SKJEMA: &str = "soekeskjema";
/// The fields of the form, in groups.
const GRUPPER: [(&str, &[&str]); 4] = [
    (
        key("testpersoner-gruppe-person"),
        &[
            "kjoenn",
            "alderFra",
            "alderTil",
            "kommune",
            "status",
            "nummertype",
            "statsborgerskap",
            "adressebeskyttelse",
        ],
    ),
    (key("testpersoner-gruppe-familie"), &["sivilstand", "antallBarn", "barnUnder", "harVerge", "erVerge"]),
    (
        key("testpersoner-gruppe-kontakt"),
        &["reservert", "harEpost", "harMobil", "harPostkasse", "kontaktUtdatert"],
    ),
    (key("testpersoner-gruppe-arbeid"), &["foretak", "rolle", "eierBolig"]),
];
/// Searches to begin from.
const EKSEMPLER: [(&str, &str); 5] = [
    (
        key("testpersoner-eksempel-mor"),
        "kjoenn=kvinne&kommune=Troms%C3%B8&antallBarn=2&barnUnder=6&reservert=true&foretak=true",
    ),
    (key("testpersoner-eksempel-verge"), "kjoenn=kvinne&alderFra=18&alderTil=40&harVerge=true"),
    (key("testpersoner-eksempel-papir"), "sivilstand=gift&harPostkasse=false&eierBolig=true"),
    (
        key("testpersoner-eksempel-beskyttet"),
        "alderFra=18&status=bosatt&adressebeskyttelse=strengtFortrolig&barnUnder=18",
    ),
    (key("testpersoner-eksempel-dnummer"), "alderFra=18&nummertype=dNummer&harEpost=true"),
];

/// Every page.
pub fn router() -> OpenApiRouter<Component> {
    OpenApiRouter::new().route("/testpersoner", get(side)).route("/testpersoner/velg", post(velg))
}

type Par = Vec<(String, String)>;

/// The form, and what it finds.
async fn side(
    State(component): State<Component>,
    OriginalUri(uri): OriginalUri,
    RawQuery(raw): RawQuery,
    query: QueryPairs,
    headers: HeaderMap,
) -> Response {
    let lang = language(&component, &headers);
    // Fields that were left empty are no traits.
    let par: Par = query.map(|query| query.0).unwrap_or_default();
    let par: Par = par.into_iter().filter(|(_, verdi)| !verdi.trim().is_empty()).collect();
    let page = |errors: &[FieldError]| {
        let title = lang.t("testpersoner-tittel");
        let title = if errors.is_empty() {
            title
        } else {
            lang.with("feil-i-tittel", &[("tittel", title.as_str().into())])
        };
        let address =
            clients::encoded(uri.path_and_query().map_or("/testpersoner", |address| address.as_str()));
        let link = |lang: Lang| (lang, format!("/sprak/{}?til={address}", lang.tag()));
        Page::new(lang, title).synthetic(component.ctx.test_mode).languages(Lang::all().map(link).collect())
    };
    if raw.is_none() {
        // Who is to sign in is grown up.
        let par = vec![("alderFra".to_owned(), "18".to_owned())];
        return page(&[]).render(&innhold(&component, lang, &par, &[], &html! {}));
    }
    match finn(&component, &par, lang).await {
        Ok(funn) => page(&[]).render(&innhold(&component, lang, &par, &[], &treff(lang, &par, &funn))),
        Err(Uheldig::Feil(Feil { parameter, hva })) => {
            let feil = ord::feil(lang, &hva);
            let verdier = [("trekk", trekk(lang, &parameter).into()), ("feil", feil.into())];
            let text = lang.with("testpersoner-feil-felt", &verdier);
            let field = if TREKK.contains(&parameter.as_str()) { parameter } else { SKJEMA.to_owned() };
            let errors = [FieldError { field, text }];
            let main = innhold(&component, lang, &par, &errors, &html! {});
            page(&errors).status(StatusCode::BAD_REQUEST).render(&main)
        }
        Err(Uheldig::Register(error)) => {
            tracing::error!(status = error.status(), "a register was not reached");
            let text = lang.t("testpersoner-feil-register-tekst");
            let alert = ui::alert("danger", &lang.t("testpersoner-feil-register"), &html! { p { (text) } });
            page(&[]).status(StatusCode::SERVICE_UNAVAILABLE).render(&innhold(
                &component,
                lang,
                &par,
                &[],
                &alert,
            ))
        }
        Err(Uheldig::Lager(error)) => {
            tracing::error!(%error, "the store failed");
            let heading = lang.t("feil-500");
            page(&[]).status(StatusCode::INTERNAL_SERVER_ERROR).render(&html! {
                h1.ds-heading data-size="lg" { (heading) }
                p { (lang.t("feil-500-tekst")) }
            })
        }
    }
}

/// The page's content: the form, with what is wrong with it, and the hits.
fn innhold(component: &Component, lang: Lang, par: &Par, errors: &[FieldError], hits: &Markup) -> Markup {
    let api = format!("{}/testpersoner/api/v1/soek", component.ctx.base_url);
    html! {
        div.f-stack data-gap="lg" {
            (ui::error_summary(lang, errors))
            div.f-stack {
                h1.ds-heading data-size="lg" { (lang.t("testpersoner-tittel")) }
                p.f-lead { (lang.t("testpersoner-ingress")) }
                nav.f-stack data-gap="sm" aria-labelledby="eksempler" {
                    h2.ds-heading #eksempler data-size="xs" { (lang.t("testpersoner-eksempler")) }
                    ul.ds-list {
                        @for (tekst, query) in EKSEMPLER {
                            li { a.ds-link href={ "/testpersoner?" (query) } { (lang.t(tekst)) } }
                        }
                    }
                }
            }
            (hits)
            form.f-stack #(SKJEMA) method="get" action="/testpersoner" {
                @for (gruppe, felter) in GRUPPER {
                    fieldset.ds-fieldset {
                        legend.ds-label { (lang.t(gruppe)) }
                        div.f-grid {
                            @for navn in felter { (felt(lang, navn, par, errors)) }
                        }
                    }
                }
                div.f-row {
                    button.ds-button type="submit" { (lang.t("testpersoner-soek")) }
                    a.ds-button data-variant="tertiary" href="/testpersoner" { (lang.t("testpersoner-nullstill")) }
                }
            }
            section.f-stack data-gap="sm" aria-labelledby="slik" {
                h2.ds-heading #slik data-size="sm" { (lang.t("testpersoner-slik")) }
                p { (lang.t("testpersoner-slik-logger-du-inn")) }
                p { (lang.t("testpersoner-slik-husket")) }
                p { (lang.with("testpersoner-api", &[("adresse", api.into())])) }
            }
        }
    }
}

/// The field of a trait.
fn felt(lang: Lang, navn: &'static str, par: &Par, errors: &[FieldError]) -> Markup {
    let label = trekk(lang, navn);
    let value = par.iter().find(|(kjent, _)| kjent == navn).map_or("", |(_, verdi)| verdi.as_str());
    let velg = |verdier: &[&str]| {
        let choice =
            |verdi: &&str| Choice { value: (*verdi).to_owned(), text: stor(&ord::verdi(lang, navn, verdi)) };
        let choices: Vec<Choice> = verdier.iter().map(choice).collect();
        ui::select(navn, &label, &lang.t("testpersoner-alle"), &choices, value, errors)
    };
    let kind = match verdier(navn) {
        Some(Verdier::EnAv(navn)) => return velg(&navn),
        Some(Verdier::JaNei) => return velg(&["true", "false"]),
        Some(Verdier::Tall(..)) => "number",
        _ => "text",
    };
    let help = match navn {
        "kommune" => lang.t("testpersoner-hjelp-kommune"),
        "antallBarn" => lang.t("testpersoner-hjelp-antall"),
        "barnUnder" => lang.t("testpersoner-hjelp-under"),
        _ => String::new(),
    };
    let field = TextField {
        name: navn,
        label: &label,
        help: &help,
        value,
        kind,
        autocomplete: "off",
        required: false,
    };
    field.render(errors)
}

/// The name of a trait.
fn trekk(lang: Lang, navn: &str) -> String {
    lang.with("testpersoner-trekk", &[("trekk", navn.into())])
}

/// With a capital first.
fn stor(tekst: &str) -> String {
    let mut letters = tekst.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The hits, or what stands in their way.
fn treff(lang: Lang, par: &Par, funn: &Funn) -> Markup {
    let title = lang.t("testpersoner-treff");
    if funn.treff.is_empty() {
        let body = html! {
            @if funn.utelat.is_empty() {
                @if par.len() > 1 { p { (lang.t("testpersoner-ingen-uansett")) } }
            } @else {
                p { (lang.t("testpersoner-utelat")) }
                ul.ds-list {
                    @for en in &funn.utelat { li { (uten(lang, par, en)) } }
                }
            }
        };
        return ui::alert("info", &lang.t("testpersoner-ingen"), &body);
    }
    html! {
        section.f-stack aria-labelledby="treff" {
            h2.ds-heading #treff data-size="sm" { (title) }
            div.f-scroll role="group" tabindex="0" aria-labelledby="treff" {
                table.ds-table data-border data-hover {
                    caption.ds-sr-only { (title) }
                    thead { tr {
                        th scope="col" { (lang.t("testpersoner-navn")) }
                        th scope="col" { (lang.t("testpersoner-nummer")) }
                        th scope="col" { (lang.with("testpersoner-trekk", &[("trekk", "alder".into())])) }
                        th scope="col" { (lang.t("testpersoner-trekkene")) }
                        th scope="col" { (lang.t("testpersoner-innlogging")) }
                    } }
                    tbody { @for person in &funn.treff { (rad(lang, person)) } }
                }
            }
            @if let Some(etter) = funn.etter {
                p { a.ds-button data-variant="secondary" href=(adresse(par, "etter", Some(etter))) { (lang.t("testpersoner-flere")) } }
            }
        }
    }
}

fn rad(lang: Lang, person: &Testperson) -> Markup {
    let navn = person.navn.clone().unwrap_or_else(|| lang.t("testpersoner-uten-navn"));
    html! {
        tr {
            th scope="row" { (navn) }
            td { code { (person.personidentifikator.as_str()) } }
            td { (person.alder) }
            td { (person.beskrivelse.join(", ")) }
            td {
                @if person.kan_logge_inn {
                    form method="post" action="/testpersoner/velg" {
                        input type="hidden" name="personidentifikator" value=(person.personidentifikator.as_str());
                        button.ds-button type="submit" data-size="sm" data-variant="secondary" aria-label=(lang.with("testpersoner-logg-inn-navn", &[("navn", navn.as_str().into())])) {
                            (lang.t("testpersoner-logg-inn-som"))
                        }
                    }
                } @else {
                    span.f-quiet { (lang.t("testpersoner-kan-ikke")) }
                }
            }
        }
    }
}

/// A link to the same search without a trait that stands in the way.
fn uten(lang: Lang, par: &Par, utelatt: &Utelatt) -> Markup {
    let navn = utelatt.parameter.as_str();
    let verdi = par.iter().find(|(kjent, _)| kjent == navn).map_or("", |(_, verdi)| verdi.as_str());
    let tekst = if utelatt.flere { key("testpersoner-uten-minst") } else { key("testpersoner-uten") };
    let verdier = [
        ("trekk", trekk(lang, navn).into()),
        ("verdi", ord::verdi(lang, navn, verdi).into()),
        ("antall", utelatt.treff.into()),
    ];
    html! { a.ds-link href=(adresse(par, navn, None)) { (lang.with(tekst, &verdier)) } }
}

/// The address of the search with another value of a parameter, or without it.
fn adresse(par: &Par, navn: &str, verdi: Option<i64>) -> String {
    let beholdt = par.iter().filter(|(kjent, _)| kjent != navn && kjent != "etter");
    let mut deler: Vec<String> = beholdt
        .map(|(navn, verdi)| format!("{}={}", clients::encoded(navn), clients::encoded(verdi)))
        .collect();
    deler.extend(verdi.map(|verdi| format!("{navn}={verdi}")));
    format!("/testpersoner?{}", deler.join("&"))
}

/// The person picked.
#[derive(Deserialize)]
struct Valg {
    personidentifikator: String,
}

/// Remembers a person for the test eID, and goes to the portal's sign-in.
async fn velg(
    State(component): State<Component>,
    headers: HeaderMap,
    form: Result<Form<Valg>, axum::extract::rejection::FormRejection>,
) -> Response {
    let valg = form.ok().and_then(|Form(valg)| Pid::parse(&valg.personidentifikator).ok());
    let Some(pid) = valg.filter(Pid::is_synthetic) else {
        let lang = language(&component, &headers);
        let title = lang.t("testpersoner-feil-person");
        let page = Page::new(lang, title.as_str()).synthetic(component.ctx.test_mode).narrow();
        return page.status(StatusCode::BAD_REQUEST).render(&html! {
            div.f-stack {
                h1.ds-heading data-size="lg" { (title) }
                p { (lang.t("testpersoner-feil-person-tekst")) }
                p { a.ds-button href="/testpersoner" { (lang.t("testpersoner-tittel")) } }
            }
        });
    };
    let secure = if component.ctx.secure() { "; Secure" } else { "" };
    let cookie = format!(
        "{}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age={HUSKES}{secure}",
        cookie_name(&component, COOKIE),
        pid.as_str()
    );
    let mut response = Redirect::to("/logg-inn?paa-nytt=ja").into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Digits and our own words are always fit for a header.
    headers
        .insert(header::SET_COOKIE, HeaderValue::from_str(&cookie).unwrap_or(HeaderValue::from_static("")));
    response
}

/// The language that the person has chosen at the portal.
fn language(component: &Component, headers: &HeaderMap) -> Lang {
    let name = cookie_name(component, LANGUAGE);
    let all = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).and_then(|(_, value)| Lang::parse(value)).unwrap_or_default()
}

/// `__Host-` binds a cookie to this host and to TLS; without TLS (on one's own machine) there is no such cookie.
fn cookie_name(component: &Component, name: &str) -> String {
    if component.ctx.secure() { format!("__Host-{name}") } else { name.to_owned() }
}
