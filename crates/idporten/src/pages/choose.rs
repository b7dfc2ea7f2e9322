//! The page where a person chooses on behalf of whom they sign in.

use axum::response::Response;
use design::{Lang, ui};
use maud::{Markup, html};

use super::SignInPage;
use crate::api::choose::{SELF, WARD};
use crate::model::behalf::Offer;
use crate::model::rar::{Asked, Party};

/// Most businesses that are shown at once; more are found by searching.
const SHOWN: usize = 50;

/// What the person has done on the page so far.
#[derive(Debug, Clone, Default)]
pub struct State<'a> {
    /// What is ticked.
    pub chosen: Vec<&'a str>,
    /// What is searched for.
    pub search: &'a str,
    /// The ward's number.
    pub number: &'a str,
    /// What is wrong: a text.
    pub complaint: Option<&'static str>,
}

/// The page.
pub struct ChoicePage<'a> {
    /// The sign-in that it is a page of.
    pub page: SignInPage<'a>,
    /// What may be chosen.
    pub offer: &'a Offer,
    /// What has been done.
    pub typed: State<'a>,
}

/// One line of the choice.
struct Line<'a> {
    value: String,
    text: String,
    /// Below the text.
    more: Option<String>,
    checked: bool,
    kind: &'a str,
}

impl ChoicePage<'_> {
    /// Its HTML.
    pub fn render(&self) -> Response {
        let lang = self.page.lang();
        let complaint = self.typed.complaint;
        let about_number = complaint.is_some_and(|text| {
            text == design::key("idporten-feil-nummer") || text == design::key("idporten-velg-feil-verge")
        });
        let field = if about_number { "personidentifikator" } else { "valg" };
        let errors: Vec<ui::FieldError> = complaint
            .map(|text| ui::FieldError { field: field.to_owned(), text: lang.t(text) })
            .into_iter()
            .collect();
        let asked = self.page.request.authorization_details.as_ref();
        let title = match asked {
            Some(_) => lang.t("idporten-velg-virksomhet"),
            None => lang.t("idporten-velg-person"),
        };
        let status =
            if complaint.is_some() { http::StatusCode::UNPROCESSABLE_ENTITY } else { http::StatusCode::OK };
        let nothing = asked.is_some() && self.offer.parties.is_empty();
        self.page.page(&title).status(status).render(&html! {
            div.f-stack {
                h1.ds-heading data-size="lg" { (title) }
                p { (self.page.purpose()) }
                (ui::error_summary(lang, &errors))
                @if nothing {
                    p { (lang.t("idporten-velg-ingen-virksomhet")) }
                } @else {
                    form.f-stack method="post" action=(self.page.component.at("/velg")) {
                        input type="hidden" name="id" value=(self.page.id);
                        @match asked {
                            Some(asked) => (self.businesses(lang, asked, &errors)),
                            None => (self.people(lang, &errors)),
                        }
                        button.ds-button type="submit" { (lang.t("idporten-velg-videre")) }
                    }
                }
                (self.page.cancel("/velg"))
            }
        })
    }

    fn businesses(&self, lang: Lang, asked: &Asked, errors: &[ui::FieldError]) -> Markup {
        let parties = &self.offer.parties;
        let ticked = |party: &Party| self.typed.chosen.contains(&party.orgnr.as_str());
        let words = self.typed.search.to_lowercase();
        let found = |party: &&Party| {
            let number = party.orgnr.as_str();
            words
                .split_whitespace()
                .all(|word| party.name.to_lowercase().contains(word) || number.contains(word))
        };
        // What is ticked stays, whatever is searched for.
        let kept = parties.iter().filter(|party| ticked(party));
        let hits: Vec<&Party> = parties.iter().filter(|party| !ticked(party)).filter(found).collect();
        let more = hits.len().saturating_sub(SHOWN);
        let kind = if asked.several { "checkbox" } else { "radio" };
        let line = |party: &Party| Line {
            value: party.orgnr.as_str().to_owned(),
            text: party.name.clone(),
            more: Some(self.about(lang, party)),
            checked: ticked(party),
            kind,
        };
        let mut lines: Vec<Line<'_>> = kept.chain(hits.iter().take(SHOWN).copied()).map(line).collect();
        if !asked.required {
            lines.push(Line {
                value: SELF.to_owned(),
                text: lang.t("idporten-velg-selv"),
                more: None,
                checked: self.typed.chosen.contains(&SELF),
                kind,
            });
        }
        let search = ui::TextField {
            name: "sok",
            label: &lang.t("idporten-velg-sok"),
            help: &lang.with("idporten-velg-sok-hjelp", &[("antall", parties.len().into())]),
            value: self.typed.search,
            kind: "text",
            autocomplete: "off",
            required: false,
        };
        let legend = if asked.several { "idporten-velg-flere" } else { "idporten-velg-en" };
        html! {
            @if parties.len() > 10 {
                (search.render(&[]))
                // The first button of the form is the one that Enter in the field presses.
                button.ds-button type="submit" name="finn" value="1" data-variant="secondary" { (lang.t("idporten-velg-finn")) }
                p role="status" {
                    @if more > 0 {
                        (lang.with("idporten-velg-mer", &[("antall", more.into())]))
                    } @else if hits.is_empty() && !words.is_empty() {
                        (lang.t("idporten-velg-ingen-treff"))
                    }
                }
            }
            (group(&lang.t(legend), &lines, errors))
        }
    }

    /// Number, and where a sub-unit belongs.
    fn about(&self, lang: Lang, party: &Party) -> String {
        let number = party.orgnr.as_str().to_owned();
        let Some(above) = party.above else {
            return lang.with("idporten-velg-orgnr", &[("nummer", number.into())]);
        };
        let main = self.offer.parties.iter().find(|other| other.orgnr == above);
        let main = main.map_or_else(|| above.as_str().to_owned(), |main| main.name.clone());
        lang.with("idporten-velg-underenhet", &[("nummer", number.into()), ("over", main.into())])
    }

    fn people(&self, lang: Lang, errors: &[ui::FieldError]) -> Markup {
        let checked = |value: &str| self.typed.chosen.contains(&value);
        let mut lines = vec![Line {
            value: SELF.to_owned(),
            text: lang.t("idporten-velg-selv"),
            more: None,
            checked: checked(SELF),
            kind: "radio",
        }];
        lines.extend(self.offer.children.iter().enumerate().map(|(at, child)| {
            let value = at.to_string();
            Line {
                checked: checked(&value),
                value,
                text: child.name.clone().unwrap_or_else(|| lang.t("idporten-velg-uten-navn")),
                more: Some(lang.t("idporten-velg-barn")),
                kind: "radio",
            }
        }));
        lines.push(Line {
            value: WARD.to_owned(),
            text: lang.t("idporten-velg-verge"),
            more: None,
            checked: checked(WARD),
            kind: "radio",
        });
        let number = ui::TextField {
            name: "personidentifikator",
            label: &lang.t("idporten-velg-verge-nummer"),
            help: &lang.t("idporten-velg-verge-hjelp"),
            value: self.typed.number,
            kind: "text",
            autocomplete: "off",
            required: false,
        };
        html! {
            (group(&lang.t("idporten-velg-hvem"), &lines, errors))
            (number.render(errors))
            p { (lang.t("idporten-velg-beskyttet")) }
        }
    }
}

/// The choices as one group, of boxes or of buttons of which one is taken.
fn group(legend: &str, lines: &[Line<'_>], errors: &[ui::FieldError]) -> Markup {
    let wrong = errors.iter().any(|error| error.field == "valg");
    html! {
        fieldset.ds-fieldset aria-describedby=[wrong.then_some("valg-feil")] {
            legend.ds-label { (legend) }
            @for (at, line) in lines.iter().enumerate() {
                @let id = if at == 0 { "valg".to_owned() } else { format!("valg-{at}") };
                ds-field.ds-field {
                    input.ds-input type=(line.kind) id=(id) name="valg" value=(line.value) checked[line.checked]
                        aria-describedby=[line.more.is_some().then(|| format!("{id}-om"))] aria-invalid=[wrong.then_some("true")];
                    label.ds-label for=(id) data-weight="regular" { (line.text) }
                    @if let Some(more) = &line.more {
                        p id={ (id) "-om" } data-field="description" { (more) }
                    }
                }
            }
            (ui::field_error(errors, "valg"))
        }
    }
}
