//! What a person can do about a decision: appeal, say that a fact is wrong, ask for a human. Each is a form on a page of
//! its own, and its receipt.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use clients::ClientError;
use clients::life_events::{Kvittering, NyFeilmelding, Vedtak};
use design::ui::{self, Choice, FieldError, TextField};
use design::{Lang, key};
use http::StatusCode;
use maud::{Markup, html};
use serde::Deserialize;

use super::situasjon::back;
use super::{id, parts, see};
use crate::Component;
use crate::fault::{Fault, Refusal};
use crate::form::{Fields, Posted};
use crate::visit::{SignedIn, Visit};

/// The longest text, in characters, that the component takes.
pub const LONGEST: usize = 10_000;

/// One of the three forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Appeal,
    Fact,
    Control,
}

/// What a text lacks, if anything.
pub fn text_error(lang: Lang, text: &str, missing: &'static str) -> Option<String> {
    let length = text.chars().count();
    if length == 0 {
        Some(lang.t(missing))
    } else if length > LONGEST {
        Some(lang.with(
            "feil-lang-tekst",
            &[("tegn", (LONGEST as i64).into()), ("antall", (length as i64).into())],
        ))
    } else {
        None
    }
}

/// The form on its page.
struct Form<'a> {
    kind: Kind,
    vedtak: &'a Vedtak,
    fact: &'a str,
    text: &'a str,
    errors: &'a [FieldError],
}

impl Form<'_> {
    fn page(&self, visit: &Visit, csrf: &str) -> Response {
        let lang = visit.lang;
        let (heading, lead, path, label, help, button) = match self.kind {
            Kind::Appeal => {
                let frist = lang.date(self.vedtak.klagefrist);
                let lead = lang.with(
                    "klage-ingress",
                    &[("frist", frist.into()), ("etat", self.vedtak.etat.navn.as_str().into())],
                );
                (
                    lang.t("klage-tittel"),
                    lead,
                    "klage",
                    lang.t("klage-tekst"),
                    lang.t("klage-hjelp"),
                    lang.t("klage-send"),
                )
            }
            Kind::Fact => {
                let lead = lang.t("feilmelding-ingress");
                (
                    lang.t("feilmelding-tittel"),
                    lead,
                    "feil",
                    lang.t("feilmelding-tekst"),
                    lang.t("feilmelding-hjelp"),
                    lang.t("feilmelding-send"),
                )
            }
            Kind::Control => {
                let none = String::new;
                (
                    lang.t("kontroll-tittel"),
                    lang.t("kontroll-ingress"),
                    "kontroll",
                    none(),
                    none(),
                    lang.t("kontroll-send"),
                )
            }
        };
        let title = if self.errors.is_empty() {
            heading.clone()
        } else {
            lang.with("feil-i-tittel", &[("tittel", heading.as_str().into())])
        };
        let status = if self.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        let decision = format!("/vedtak/{}", self.vedtak.id);
        let text = TextField {
            name: "tekst",
            label: &label,
            help: &help,
            value: self.text,
            kind: "textarea",
            autocomplete: "off",
            required: false,
        };
        visit.page(title).narrow().status(status).render(&html! {
            div.f-stack {
                (back(&decision, &parts::decision_title(lang, self.vedtak)))
                (ui::error_summary(lang, self.errors))
                h1.ds-heading data-size="lg" { (heading) }
                p.f-lead { (lead) }
                form.f-form.f-stack method="post" action={ (decision) "/" (path) } {
                    (ui::csrf(csrf))
                    @if self.kind == Kind::Fact { (self.facts(visit)) }
                    @if self.kind != Kind::Control { (text.render(self.errors)) }
                    div.f-row {
                        button.ds-button type="submit" { (button) }
                        a.ds-button data-variant="tertiary" href=(decision) { (lang.t("avbryt")) }
                    }
                }
            }
        })
    }

    fn facts(&self, visit: &Visit) -> Markup {
        let lang = visit.lang;
        let words = |fact: &clients::life_events::Faktum| match &fact.gjelder {
            Some(whom) => format!("{} ({whom}): {}", parts::capital(&fact.navn), fact.verdi),
            None => format!("{}: {}", parts::capital(&fact.navn), fact.verdi),
        };
        let choices: Vec<Choice> = self
            .vedtak
            .fakta
            .iter()
            .map(|fact| Choice { value: fact.id.clone(), text: words(fact) })
            .collect();
        ui::select(
            "faktum",
            &lang.t("feilmelding-faktum"),
            &lang.t("feilmelding-velg"),
            &choices,
            self.fact,
            self.errors,
        )
    }
}

async fn decision(portal: &Component, who: &SignedIn, decision: &str) -> Result<Vedtak, Fault> {
    portal.cases.vedtak(&who.session.token, id(decision)?).await?.ok_or(Fault::NotFound)
}

async fn show(
    portal: &Component,
    who: &SignedIn,
    of: &str,
    kind: Kind,
    fact: &str,
) -> Result<Response, Fault> {
    let vedtak = decision(portal, who, of).await?;
    Ok(Form { kind, vedtak: &vedtak, fact, text: "", errors: &[] }.page(&who.visit, &who.session.csrf))
}

/// The form to appeal.
pub async fn appeal(
    State(portal): State<Component>,
    who: SignedIn,
    Path(of): Path<String>,
) -> Result<Response, Fault> {
    show(&portal, &who, &of, Kind::Appeal, "").await
}

/// Which fact is chosen from the start.
#[derive(Debug, Deserialize)]
pub struct Chosen {
    faktum: Option<String>,
}

/// The form to say that a fact is wrong.
pub async fn fact(
    State(portal): State<Component>,
    who: SignedIn,
    Path(of): Path<String>,
    Query(chosen): Query<Chosen>,
) -> Result<Response, Fault> {
    show(&portal, &who, &of, Kind::Fact, chosen.faktum.as_deref().unwrap_or_default()).await
}

/// The form to ask for a human.
pub async fn control(
    State(portal): State<Component>,
    who: SignedIn,
    Path(of): Path<String>,
) -> Result<Response, Fault> {
    show(&portal, &who, &of, Kind::Control, "").await
}

/// The form again, with what is wrong.
async fn again(
    portal: &Component,
    who: &SignedIn,
    of: &str,
    kind: Kind,
    fields: &Fields,
    errors: Vec<FieldError>,
) -> Result<Response, Fault> {
    let vedtak = decision(portal, who, of).await?;
    let form = Form {
        kind,
        vedtak: &vedtak,
        fact: fields.get("faktum"),
        text: fields.get("tekst"),
        errors: &errors,
    };
    Ok(form.page(&who.visit, &who.session.csrf))
}

/// After the component has answered: the receipt, or the form again where a field was refused.
async fn answered(
    portal: &Component,
    who: &SignedIn,
    of: &str,
    kind: Kind,
    fields: &Fields,
    answer: Result<Kvittering, ClientError>,
) -> Result<Response, Fault> {
    match answer {
        Ok(receipt) => Ok(see(&format!("/vedtak/{}/kvittering/{}", id(of)?, receipt.oppgave))),
        Err(ClientError::Status { status: 400 | 422, ref body }) if kind != Kind::Control => {
            let refusal: Refusal = serde_json::from_str(body).unwrap_or_default();
            let field = if refusal.felt.as_deref() == Some("faktum") { "faktum" } else { "tekst" };
            let text = refusal.detail.unwrap_or_else(|| who.visit.lang.t("feil-avvist"));
            again(portal, who, of, kind, fields, vec![FieldError { field: field.to_owned(), text }]).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Appeals.
pub async fn send_appeal(
    State(portal): State<Component>,
    Path(of): Path<String>,
    Posted { who, fields }: Posted,
) -> Result<Response, Fault> {
    let text = fields.get("tekst");
    if let Some(text) = text_error(who.visit.lang, text, key("klage-mangler")) {
        let errors = vec![FieldError { field: "tekst".to_owned(), text }];
        return again(&portal, &who, &of, Kind::Appeal, &fields, errors).await;
    }
    let answer = portal.cases.klag(&who.session.token, id(&of)?, text).await;
    answered(&portal, &who, &of, Kind::Appeal, &fields, answer).await
}

/// Says that a fact is wrong.
pub async fn send_fact(
    State(portal): State<Component>,
    Path(of): Path<String>,
    Posted { who, fields }: Posted,
) -> Result<Response, Fault> {
    let (fact, text, lang) = (fields.get("faktum"), fields.get("tekst"), who.visit.lang);
    let no_fact = fact
        .is_empty()
        .then(|| FieldError { field: "faktum".to_owned(), text: lang.t("feilmelding-uten-faktum") });
    let no_text = text_error(lang, text, key("feilmelding-mangler"));
    let no_text = no_text.map(|text| FieldError { field: "tekst".to_owned(), text });
    let errors: Vec<FieldError> = no_fact.into_iter().chain(no_text).collect();
    if !errors.is_empty() {
        return again(&portal, &who, &of, Kind::Fact, &fields, errors).await;
    }
    let wrong = NyFeilmelding { faktum: fact.to_owned(), tekst: text.to_owned() };
    let answer = portal.cases.meld_feil(&who.session.token, id(&of)?, &wrong).await;
    answered(&portal, &who, &of, Kind::Fact, &fields, answer).await
}

/// Asks for a human.
pub async fn send_control(
    State(portal): State<Component>,
    Path(of): Path<String>,
    Posted { who, fields }: Posted,
) -> Result<Response, Fault> {
    let answer = portal.cases.be_om_kontroll(&who.session.token, id(&of)?).await;
    answered(&portal, &who, &of, Kind::Control, &fields, answer).await
}

/// What the person has sent, and when it is to be answered.
pub async fn receipt(
    State(portal): State<Component>,
    who: SignedIn,
    Path((of, task)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let (vedtak, task) = (decision(&portal, &who, &of).await?, id(&task)?);
    let sent =
        vedtak.henvendelser.iter().find(|henvendelse| henvendelse.oppgave == task).ok_or(Fault::NotFound)?;
    let (visit, lang) = (&who.visit, who.visit.lang);
    let what = parts::kind(lang, sent.kind);
    Ok(visit.page(lang.with("kvittering-tittel", &[("hva", what.into())])).narrow().render(&html! {
        div.f-stack {
            div.ds-alert.f-stack data-gap="sm" data-color="success" {
                h1.ds-heading data-size="sm" { (lang.t("kvittering-mottatt")) }
                p { (lang.with("kvittering-frist", &[
                    ("etat", vedtak.etat.navn.as_str().into()),
                    ("dag", lang.date(sent.frist).into()),
                ])) }
            }
            h2.ds-heading data-size="sm" { (lang.t("kvittering-sendt")) }
            (super::vedtak::request(visit, sent))
            p { (lang.t("kvittering-videre")) }
            p { a.ds-button data-variant="secondary" href={ "/vedtak/" (vedtak.id) } { (lang.t("kvittering-til-vedtak")) } }
        }
    }))
}
