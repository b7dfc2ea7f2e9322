//! The parts that pages are made of, in the design system's classes.

use maud::{Markup, PreEscaped, html};

use crate::texts::Lang;

/// The mark of Felles, in the colour of its surroundings.
pub fn logo() -> Markup {
    icon_of(
        "0 0 32 32",
        r##"<rect width="32" height="32" rx="8" fill="currentColor"/><g fill="none" stroke="#fff" stroke-width="2.5"><circle cx="12.5" cy="16" r="6.25"/><circle cx="19.5" cy="16" r="6.25"/></g>"##,
    )
}

/// The two rings of the mark, large, for the space beside a heading.
pub fn rings() -> Markup {
    icon_of(
        "0 0 150 100",
        r#"<g fill="none" stroke="currentColor" stroke-width="9"><circle cx="52" cy="50" r="40"/><circle cx="98" cy="50" r="40"/></g>"#,
    )
}

/// A drawing beside words; it says nothing that the words do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    /// A tick: done, met.
    Check,
    /// A cross: not met.
    Cross,
    /// A question mark: not assessed.
    Question,
    /// A clock: waits.
    Clock,
    /// Three dots: in progress.
    Dots,
    /// A person: a human has it.
    Person,
}

/// The drawing.
pub fn icon(icon: Icon) -> Markup {
    let path = match icon {
        Icon::Check => r#"<path d="m5 12.5 4.5 4.5L19 7.5"/>"#,
        Icon::Cross => r#"<path d="M6.5 6.5l11 11m0-11l-11 11"/>"#,
        Icon::Question => r#"<path d="M8.5 9a3.5 3.5 0 1 1 5 3.2c-1 .5-1.5 1.1-1.5 2.3M12 18.5v.1"/>"#,
        Icon::Clock => r#"<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5l3 2.5"/>"#,
        Icon::Dots => r#"<path d="M6 12v.1M12 12v.1M18 12v.1" stroke-width="3.5"/>"#,
        Icon::Person => {
            r#"<circle cx="12" cy="8" r="3.75"/><path d="M4.5 20c.6-4 3.7-6 7.5-6s6.9 2 7.5 6"/>"#
        }
    };
    icon_of(
        "0 0 24 24",
        &format!(
            r#"<g fill="none" stroke="currentColor" stroke-width="2.25" stroke-linecap="round" stroke-linejoin="round">{path}</g>"#
        ),
    )
}

/// The drawings are ours and hold nothing from outside.
fn icon_of(view: &str, shapes: &str) -> Markup {
    html! { svg viewBox=(view) aria-hidden="true" focusable="false" { (PreEscaped(shapes)) } }
}

/// The hidden field of a form's synchroniser token.
pub fn csrf(token: &str) -> Markup {
    html! { input type="hidden" name="csrf" value=(token); }
}

/// A message in a box. `color` is `info`, `success`, `warning` or `danger`.
pub fn alert(color: &str, heading: &str, body: &Markup) -> Markup {
    html! {
        div.ds-alert.f-stack data-gap="sm" data-color=(color) {
            h2.ds-heading data-size="xs" { (heading) }
            (body)
        }
    }
}

/// What is wrong with one field of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The id of the field.
    pub field: String,
    /// What to do about it.
    pub text: String,
}

/// What is wrong with a form, with a link to each field. Nothing where nothing is. It receives the focus.
pub fn error_summary(lang: Lang, errors: &[FieldError]) -> Markup {
    html! {
        @if !errors.is_empty() {
            ds-error-summary.ds-error-summary role="group" tabindex="-1" autofocus aria-labelledby="feil-tittel" {
                h2.ds-heading #feil-tittel { (lang.t("feil-oppsummering")) }
                ul.ds-list {
                    @for error in errors {
                        li { a.ds-link href={ "#" (error.field) } { (error.text) } }
                    }
                }
            }
        }
    }
}

/// The message about a field, under the id that its input is described by.
pub fn field_error(errors: &[FieldError], field: &str) -> Markup {
    html! {
        @if let Some(error) = errors.iter().find(|error| error.field == field) {
            p.ds-validation-message id={ (field) "-feil" } data-field="validation" data-color="danger" { (error.text) }
        }
    }
}

/// A field for text with its label, its help and what is wrong with it.
#[derive(Debug, Clone, Copy)]
pub struct TextField<'a> {
    /// Its name in the form and its id in the page.
    pub name: &'a str,
    /// Its label.
    pub label: &'a str,
    /// A sentence of help; empty for none.
    pub help: &'a str,
    /// What it holds.
    pub value: &'a str,
    /// The input's type: `text`, `email`, `tel`; or `textarea`.
    pub kind: &'a str,
    /// What a browser may fill in (`email`, `tel`); `off` where nothing.
    pub autocomplete: &'a str,
    /// Whether it must be filled in.
    pub required: bool,
}

impl TextField<'_> {
    /// The field, with its message from `errors`.
    pub fn render(&self, errors: &[FieldError]) -> Markup {
        let Self { name, label, help, value, kind, autocomplete, required } = *self;
        let wrong = errors.iter().any(|error| error.field == name);
        let describing: Vec<String> = [(!help.is_empty(), "hjelp"), (wrong, "feil")]
            .iter()
            .filter(|(there, _)| *there)
            .map(|(_, part)| format!("{name}-{part}"))
            .collect();
        let described = (!describing.is_empty()).then(|| describing.join(" "));
        let invalid = wrong.then_some("true");
        html! {
            ds-field.ds-field {
                label.ds-label for=(name) { (label) }
                @if !help.is_empty() {
                    p id={ (name) "-hjelp" } data-field="description" { (help) }
                }
                @if kind == "textarea" {
                    textarea.ds-input id=(name) name=(name) rows="6" aria-describedby=[described] aria-invalid=[invalid] required[required] { (value) }
                } @else {
                    input.ds-input type=(kind) id=(name) name=(name) value=(value) autocomplete=(autocomplete) aria-describedby=[described] aria-invalid=[invalid] required[required];
                }
                (field_error(errors, name))
            }
        }
    }
}

/// One choice of several.
#[derive(Debug, Clone)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is shown.
    pub text: String,
}

/// A group of choices of which one is taken.
pub fn radios(name: &str, legend: &str, choices: &[Choice], chosen: &str, errors: &[FieldError]) -> Markup {
    group("radio", name, legend, choices, |choice| choice.value == chosen, errors)
}

fn group(
    kind: &str,
    name: &str,
    legend: &str,
    choices: &[Choice],
    chosen: impl Fn(&Choice) -> bool,
    errors: &[FieldError],
) -> Markup {
    let wrong = errors.iter().any(|error| error.field == name);
    html! {
        fieldset.ds-fieldset aria-describedby=[wrong.then(|| format!("{name}-feil"))] {
            legend.ds-label { (legend) }
            @for (at, choice) in choices.iter().enumerate() {
                // The first choice has the group's own id, to which the error summary leads.
                @let id = if at == 0 { name.to_owned() } else { format!("{name}-{at}") };
                ds-field.ds-field {
                    input.ds-input type=(kind) id=(id) name=(name) value=(choice.value) checked[chosen(choice)] aria-invalid=[wrong.then_some("true")];
                    label.ds-label for=(id) data-weight="regular" { (choice.text) }
                }
            }
            (field_error(errors, name))
        }
    }
}

/// A group of choices of which any are taken; all are sent under `name`.
pub fn checkboxes(
    name: &str,
    legend: &str,
    choices: &[Choice],
    chosen: &[String],
    errors: &[FieldError],
) -> Markup {
    group("checkbox", name, legend, choices, |choice| chosen.contains(&choice.value), errors)
}

/// A choice from a list. `empty` is the line that chooses nothing.
pub fn select(
    name: &str,
    label: &str,
    empty: &str,
    choices: &[Choice],
    chosen: &str,
    errors: &[FieldError],
) -> Markup {
    let wrong = errors.iter().any(|error| error.field == name);
    html! {
        ds-field.ds-field {
            label.ds-label for=(name) { (label) }
            select.ds-input id=(name) name=(name) aria-describedby=[wrong.then(|| format!("{name}-feil"))] aria-invalid=[wrong.then_some("true")] {
                option value="" { (empty) }
                @for choice in choices {
                    option value=(choice.value) selected[choice.value == chosen] { (choice.text) }
                }
            }
            (field_error(errors, name))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_is_wrong_keeps_its_input_and_says_what_to_do() {
        let errors = [FieldError { field: "epost".to_owned(), text: "Skriv en e-postadresse".to_owned() }];
        let field = TextField {
            name: "epost",
            label: "E-post",
            help: "Slik",
            value: "\"><script>",
            kind: "email",
            autocomplete: "email",
            required: false,
        };
        let page = field.render(&errors).into_string();
        assert!(
            page.contains("aria-describedby=\"epost-hjelp epost-feil\"")
                && page.contains("aria-invalid=\"true\""),
            "{page}"
        );
        assert!(page.contains("value=\"&quot;&gt;&lt;script&gt;\""), "{page}");
        assert!(!field.render(&[]).into_string().contains("aria-invalid"));
        assert!(error_summary(Lang::NB, &errors).into_string().contains("href=\"#epost\""));
        assert_eq!(error_summary(Lang::NB, &[]).into_string(), "");
    }
}
