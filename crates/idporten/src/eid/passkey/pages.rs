//! The HTML of the passkeys' pages.

use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use design::{Lang, ui};
use http::StatusCode;
use maud::{Markup, html};
use serde_json::Value;

use super::manage::{NAME, PATH};
use super::store::Kept;
use super::{ID, script_element, written};
use crate::Component;
use crate::api::minside::{Me, moment};
use crate::eid::Visit;

/// What is wrong, on top of a page.
fn wrong(lang: Lang, complaint: Option<&'static str>) -> Markup {
    html! {
        @if let Some(complaint) = complaint {
            (ui::alert("danger", &lang.t("passkey-feil-tittel"), &html! { p { (lang.t(complaint)) } }))
        }
    }
}

fn status(complaint: Option<&'static str>) -> StatusCode {
    if complaint.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }
}

/// The form that asks the device; `fields` stand before its button.
fn asking(
    component: &Component,
    lang: Lang,
    action: &str,
    question: &Value,
    fields: &Markup,
    button: &str,
) -> Markup {
    html! {
        form #passkey.f-stack method="post" action=(component.at(action)) data-spoersmaal=(written(question))
            data-venter=(lang.t("passkey-venter")) data-avbrutt=(lang.t("passkey-avbrutt"))
            data-finnes=(lang.t("passkey-feil-finnes")) data-ukjent=(lang.t("passkey-feil-nettleser")) {
            (fields)
            input type="hidden" name="svar" value="";
            // What the script takes away, where it runs.
            p #passkey-melding role="status" { (lang.t("passkey-uten-skript")) }
            button.ds-button type="submit" { (button) }
        }
        (script_element(component))
    }
}

/// The sign-in's page, with what is wrong with the last answer.
pub fn sign_in(
    component: &Component,
    visit: &Visit,
    question: &Value,
    complaint: Option<&'static str>,
) -> Response {
    let page = visit.page(component, Some(ID));
    let lang = page.lang();
    let title = lang.t("passkey-tittel");
    let fields = html! { input type="hidden" name="id" value=(visit.id); };
    page.page(&title).status(status(complaint)).render(&html! {
        div.f-stack {
            h1.ds-heading data-size="lg" { (title) }
            p { (page.purpose()) }
            (wrong(lang, complaint))
            p { (lang.t("passkey-forklaring")) }
            (asking(component, lang, "/eid/passkey", question, &fields, &lang.t("passkey-logg-inn")))
            p { (lang.t("passkey-ingen")) }
            (page.other_ways())
            (page.cancel("/eid/passkey"))
        }
    })
}

/// What a person has just done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// Added a passkey.
    Added,
    /// Given one another name.
    Renamed,
    /// Removed one.
    Removed,
}

impl Done {
    /// As it stands in the address.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "lagt-til",
            Self::Renamed => "endret",
            Self::Removed => "fjernet",
        }
    }

    /// What the address says.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Added, Self::Renamed, Self::Removed].into_iter().find(|done| done.as_str() == text)
    }

    fn text(self, lang: Lang) -> String {
        match self {
            Self::Added => lang.t("passkey-lagt-til"),
            Self::Renamed => lang.t("passkey-endret"),
            Self::Removed => lang.t("passkey-fjernet"),
        }
    }
}

/// A person's passkeys.
pub struct Mine<'a> {
    /// The provider.
    pub component: &'a Component,
    /// Whose they are.
    pub me: &'a Me,
    /// The passkeys, the newest first.
    pub passkeys: &'a [Kept],
    /// What the browser is asked for a new one; none where the person has to sign in again for that.
    pub question: Option<&'a Value>,
    /// What has just been done.
    pub done: Option<Done>,
    /// What is wrong.
    pub complaint: Option<&'static str>,
    /// The name that was typed for a new one.
    pub name: &'a str,
}

impl Mine<'_> {
    /// The page.
    pub fn page(&self) -> Response {
        let Self { component, me, passkeys, complaint, .. } = *self;
        let lang = me.lang;
        let title = lang.t("passkey-mine-tittel");
        me.page(component, &title).status(status(complaint)).render(&html! {
            div.f-stack {
                h1.ds-heading data-size="lg" { (title) }
                (wrong(lang, complaint))
                @if let Some(done) = self.done {
                    div.ds-alert data-color="success" role="status" { p { (done.text(lang)) } }
                }
                p { (lang.t("passkey-mine")) }
                @if passkeys.is_empty() {
                    p { (lang.t("passkey-mine-ingen")) }
                } @else {
                    ul.f-list.f-stack {
                        @for (n, kept) in passkeys.iter().enumerate() { li { (self.one(n, kept)) } }
                    }
                }
                section.f-stack aria-labelledby="ny" {
                    h2.ds-heading #ny data-size="sm" { (lang.t("passkey-ny")) }
                    @if let Some(question) = self.question {
                        (self.another(question))
                    } @else {
                        p { (lang.t("passkey-ny-innlogging")) }
                        p { a.ds-button data-variant="secondary" href=(me.again(component)) { (lang.t("passkey-ny-logg-inn")) } }
                    }
                }
            }
        })
    }

    fn another(&self, question: &Value) -> Markup {
        let lang = self.me.lang;
        let name = ui::TextField {
            name: "navn",
            label: &lang.t("passkey-navn"),
            help: &lang.t("passkey-navn-hjelp"),
            value: self.name,
            kind: "text",
            autocomplete: "off",
            required: true,
        };
        let fields = html! {
            (ui::csrf(&self.me.csrf))
            (name.render(&[]))
        };
        html! {
            p { (lang.t("passkey-ny-forklaring")) }
            (asking(self.component, lang, PATH, question, &fields, &lang.t("passkey-ny-lag")))
        }
    }

    fn one(&self, n: usize, kept: &Kept) -> Markup {
        let lang = self.me.lang;
        let id = URL_SAFE_NO_PAD.encode(&kept.passkey.credential_id);
        let name = kept.name.as_str();
        let (heading, field) = (format!("passkey-{n}"), format!("navn-{n}"));
        let carried = html! {
            (ui::csrf(&self.me.csrf))
            input type="hidden" name="passkey" value=(id);
        };
        html! {
            article.ds-card.f-stack data-gap="sm" aria-labelledby=(heading) {
                h2.ds-heading id=(heading) data-size="xs" { (name) }
                @if kept.locked.is_some() {
                    div.ds-alert data-color="danger" { p { (lang.t("passkey-laast")) } }
                }
                p { (lang.with("passkey-laget", &[("naar", moment(lang, kept.made).into()), ("eid", kept.vouched_by.as_str().into())])) }
                p {
                    @match kept.last_used {
                        Some(at) => (lang.with("passkey-brukt", &[("naar", moment(lang, at).into())])),
                        None => (lang.t("passkey-ubrukt")),
                    }
                }
                p.f-quiet.f-small {
                    @if kept.passkey.backed_up { (lang.t("passkey-synket")) }
                    @else if kept.passkey.backup_eligible { (lang.t("passkey-kan-synkes")) }
                    @else { (lang.t("passkey-ett-sted")) }
                }
                details.ds-details {
                    summary { (lang.with("passkey-endre", &[("navn", name.into())])) }
                    div.f-stack data-gap="sm" {
                        form.f-stack data-gap="sm" method="post" action={ (self.component.at(PATH)) "/navn" } {
                            (carried)
                            ds-field.ds-field {
                                label.ds-label for=(field) { (lang.t("passkey-navn")) }
                                input.ds-input type="text" id=(field) name="navn" value=(name) maxlength=(NAME) autocomplete="off" required;
                            }
                            button.ds-button type="submit" data-variant="secondary" { (lang.t("passkey-endre-navn")) }
                        }
                        form method="post" action={ (self.component.at(PATH)) "/fjern" } {
                            (carried)
                            button.ds-button type="submit" data-variant="secondary" data-color="danger" { (lang.with("passkey-fjern", &[("navn", name.into())])) }
                        }
                    }
                }
            }
        }
    }
}
