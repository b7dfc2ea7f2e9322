//! The person's own contact details.

use axum::extract::{Query, State};
use axum::response::Response;
use clients::ClientError;
use clients::kontaktregister::{Endring, Person, Reservasjon, Varslingsstatus};
use design::ui::{self, Choice, FieldError, TextField};
use design::{Lang, key};
use http::StatusCode;
use maud::{Markup, html};
use serde::Deserialize;

use super::see;
use crate::Component;
use crate::fault::{Fault, Refusal};
use crate::form::{Fields, Posted};
use crate::visit::{SignedIn, Visit};

/// The languages that the register knows.
const LANGUAGES: [(&str, &str); 4] = [
    ("nb", key("kontakt-nb")),
    ("nn", key("kontakt-nn")),
    ("se", key("kontakt-se")),
    ("en", key("kontakt-en")),
];

/// Whether a change was just made.
#[derive(Debug, Deserialize)]
pub struct Saved {
    lagret: Option<String>,
}

/// The details with the form to change them.
pub async fn page(
    State(portal): State<Component>,
    who: SignedIn,
    Query(saved): Query<Saved>,
) -> Result<Response, Fault> {
    let person = portal.contact.hent(&who.session.token).await?;
    Ok(show(&who, &person, &Input::of(&person), &[], saved.lagret.is_some()))
}

/// What the form holds.
struct Input {
    email: String,
    phone: String,
    language: String,
    reserved: String,
}

impl Input {
    fn of(person: &Person) -> Self {
        let contact = person.kontaktinformasjon.clone().unwrap_or_default();
        Self {
            email: contact.epostadresse.unwrap_or_default(),
            phone: contact.mobiltelefonnummer.unwrap_or_default(),
            language: person.spraak.clone().unwrap_or_default(),
            reserved: if person.reservasjon == Reservasjon::Ja { "ja" } else { "nei" }.to_owned(),
        }
    }

    fn from(fields: &Fields) -> Self {
        Self {
            email: fields.text("epost"),
            phone: fields.text("mobil"),
            language: fields.text("spraak"),
            reserved: fields.text("reservasjon"),
        }
    }

    /// The change to ask for; a field that is emptied is removed, one that is unchanged is thereby confirmed.
    fn change(&self) -> Endring {
        let filled = |text: &str| Some((!text.is_empty()).then(|| text.to_owned()));
        let known = LANGUAGES.iter().any(|(tag, _)| *tag == self.language);
        Endring {
            epostadresse: filled(&self.email),
            mobiltelefonnummer: filled(&self.phone.replace([' ', '\u{a0}'], "")),
            reservasjon: match self.reserved.as_str() {
                "ja" => Some(Reservasjon::Ja),
                "nei" => Some(Reservasjon::Nei),
                _ => None,
            },
            spraak: known.then(|| self.language.clone()),
        }
    }
}

/// Changes the details.
pub async fn change(
    State(portal): State<Component>,
    Posted { who, fields }: Posted,
) -> Result<Response, Fault> {
    let input = Input::from(&fields);
    match portal.contact.endre(&who.session.token, &input.change()).await {
        Ok(_) => Ok(see("/kontakt?lagret=ja")),
        Err(error @ ClientError::Status { status: 400 | 422, .. }) => {
            let Some(wrong) = field_error(who.visit.lang, &Refusal::of(&error)) else {
                return Err(error.into());
            };
            let person = portal.contact.hent(&who.session.token).await?;
            Ok(show(&who, &person, &input, &[wrong], false))
        }
        Err(error) => Err(error.into()),
    }
}

/// The register's refusal by the field of our form, in words that say what to do.
fn field_error(lang: Lang, refusal: &Refusal) -> Option<FieldError> {
    let (field, text) = match refusal.felt.as_deref()? {
        "epostadresse" => ("epost", lang.t("kontakt-epost-feil")),
        "mobiltelefonnummer" => ("mobil", lang.t("kontakt-mobil-feil")),
        "spraak" => ("spraak", lang.t("kontakt-spraak-feil")),
        _ => return None,
    };
    Some(FieldError { field: field.to_owned(), text })
}

fn show(who: &SignedIn, person: &Person, input: &Input, errors: &[FieldError], saved: bool) -> Response {
    let (visit, lang) = (&who.visit, who.visit.lang);
    let title = lang.t("kontakt-tittel");
    let (title, status) = if errors.is_empty() {
        (title, StatusCode::OK)
    } else {
        (lang.with("feil-i-tittel", &[("tittel", title.into())]), StatusCode::UNPROCESSABLE_ENTITY)
    };
    visit.page(title).narrow().status(status).render(&html! {
        div.f-stack {
            (ui::error_summary(lang, errors))
            @if saved && errors.is_empty() {
                div.ds-alert role="status" data-color="success" { p { (lang.t("kontakt-lagret")) } }
            }
            h1.ds-heading data-size="lg" { (lang.t("kontakt-tittel")) }
            p.f-lead { (lang.t("kontakt-ingress")) }
            (standing(visit, person))
            (form(who, input, errors))
        }
    })
}

/// How letters reach the person today.
fn standing(visit: &Visit, person: &Person) -> Markup {
    let lang = visit.lang;
    let contact = person.kontaktinformasjon.clone().unwrap_or_default();
    let confirmed = [
        (
            lang.t("kontakt-epost-bekreftet"),
            contact.epostadresse_sist_verifisert.or(contact.epostadresse_oppdatert),
        ),
        (
            lang.t("kontakt-mobil-bekreftet"),
            contact.mobiltelefonnummer_sist_verifisert.or(contact.mobiltelefonnummer_oppdatert),
        ),
    ];
    html! {
        section.ds-card.f-stack data-gap="sm" data-variant="tinted" aria-labelledby="post" {
            h2.ds-heading data-size="xs" #post { (lang.t("kontakt-post")) }
            @if person.reservasjon == Reservasjon::Ja {
                p { (lang.t("kontakt-paa-papir")) }
            } @else if person.varslingsstatus != Some(Varslingsstatus::KanVarsles) {
                p { (lang.t("kontakt-ikke-varsles")) }
            } @else if person.digital_post.is_none() {
                p { (lang.t("kontakt-uten-postkasse")) }
            } @else {
                p { (lang.t("kontakt-digitalt")) }
            }
            dl.f-facts.f-small {
                @if let Some(post) = &person.digital_post {
                    dt { (lang.t("kontakt-postkasse")) }
                    dd { (post.postkasseadresse) }
                }
                @for (name, at) in &confirmed {
                    @if let Some(at) = at {
                        dt { (name) }
                        dd { (lang.day(*at)) }
                    }
                }
            }
        }
    }
}

fn form(who: &SignedIn, input: &Input, errors: &[FieldError]) -> Markup {
    let lang = who.visit.lang;
    let email = TextField {
        name: "epost",
        label: &lang.t("kontakt-epost"),
        help: &lang.t("kontakt-epost-hjelp"),
        value: &input.email,
        kind: "text",
        autocomplete: "email",
        required: false,
    };
    let phone = TextField {
        name: "mobil",
        label: &lang.t("kontakt-mobil"),
        help: &lang.t("kontakt-mobil-hjelp"),
        value: &input.phone,
        kind: "tel",
        autocomplete: "tel",
        required: false,
    };
    let languages: Vec<Choice> =
        LANGUAGES.iter().map(|(tag, text)| Choice { value: (*tag).to_owned(), text: lang.t(text) }).collect();
    let channels = [
        Choice { value: "nei".to_owned(), text: lang.t("kontakt-reservert-nei") },
        Choice { value: "ja".to_owned(), text: lang.t("kontakt-reservert-ja") },
    ];
    html! {
        form.f-form.f-stack method="post" action="/kontakt" novalidate {
            (ui::csrf(&who.session.csrf))
            (email.render(errors))
            (phone.render(errors))
            (ui::radios("spraak", &lang.t("kontakt-spraak"), &languages, &input.language, errors))
            (ui::radios("reservasjon", &lang.t("kontakt-reservasjon"), &channels, &input.reserved, errors))
            div.f-row { button.ds-button type="submit" { (lang.t("kontakt-lagre")) } }
        }
    }
}
