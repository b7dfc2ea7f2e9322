//! The pages' HTML.

use axum::response::Response;
use design::{Lang, Page, ui};
use http::{HeaderMap, HeaderValue, header};
use maud::{Markup, html};

use crate::api::discovery::LOCALES;
use crate::api::refused::Refused;
use crate::model::client::{Client, Scope};
use crate::model::request::{AuthorizeRequest, Destination};
use crate::model::session::Level;
use crate::{Component, cookies};

/// The language of this tag, where it is one that `locale` can hold.
pub fn supported(tag: &str) -> Option<&'static str> {
    LOCALES.into_iter().find(|locale| *locale == tag)
}

/// The language of a sign-in: what the person has chosen, otherwise the first of `ui_locales` that is supported.
pub fn locale(headers: &HeaderMap, ui_locales: Option<&str>) -> String {
    let chosen = cookies::value(headers, cookies::LANGUAGE);
    let chosen = chosen.as_deref().and_then(supported);
    let asked = || {
        let mut tags = ui_locales.unwrap_or_default().split_ascii_whitespace();
        tags.find_map(|tag| supported(tag.split('-').next().unwrap_or_default()))
    };
    chosen.or_else(asked).unwrap_or("nb").to_owned()
}

fn page(lang: Lang, component: &Component, title: &str) -> Page {
    Page::new(lang, title).site(component.portal.title(), None).synthetic(component.ctx.test_mode).narrow()
}

/// What is wrong, for the person, where nobody can be sent anywhere.
pub fn refused(component: &Component, refused: &Refused) -> Response {
    let lang = Lang::NB;
    let described = refused.described(&component.ctx.rng, None);
    let title = lang.t("idporten-feil-tittel");
    let text = match refused.error {
        "login_required" => lang.t("idporten-feil-over"),
        "server_error" => lang.t("idporten-feil-oss"),
        _ => lang.with("idporten-feil-tjenesten", &[("portal", component.portal.title().into())]),
    };
    page(lang, component, &title).status(refused.status()).render(&html! {
        h1.ds-heading data-size="lg" { (title) }
        p { (text) }
        p lang="en" { code { (refused.error) } ": " (described) }
    })
}

/// A form that brings the answer to the client, by its script or its button.
pub fn form_post(
    component: &Component,
    destination: &Destination,
    parameters: &[(&str, String)],
) -> Response {
    let lang = Lang::NB;
    let title = lang.t("idporten-videre-tittel");
    let page = Page::new(lang, title.clone())
        .site(component.portal.title(), None)
        .narrow()
        .form_target(&destination.origin());
    page.render(&html! {
        h1.ds-heading data-size="lg" { (title) }
        form #svar method="post" action=(destination.redirect_uri) {
            @for (name, value) in parameters {
                input type="hidden" name=(name) value=(value);
            }
            button.ds-button type="submit" { (lang.t("idporten-videre")) }
        }
        script src=(component.at("/form-post.js")) defer {}
    })
}

/// The text about a level that is not enough; it stands with the choice of level, all others with the number.
pub const LEVEL_TOO_LOW: &str = design::key("idporten-feil-nivaa");

/// The pages of a sign-in.
pub struct SignInPage<'a> {
    /// The provider.
    pub component: &'a Component,
    /// The sign-in's handle.
    pub id: &'a str,
    /// What the client asks for.
    pub request: &'a AuthorizeRequest,
    /// The client.
    pub client: &'a Client,
    /// The scopes asked for.
    pub scopes: &'a [Scope],
    /// The language.
    pub locale: &'a str,
}

impl SignInPage<'_> {
    fn lang(&self) -> Lang {
        Lang::parse(self.locale).unwrap_or_default()
    }

    /// Whom the person signs in to: the client, or the supplier's customer.
    fn service(&self) -> &str {
        let handle = self.request.onbehalfof.as_deref();
        let customer =
            self.client.onbehalfof.iter().find(|customer| Some(customer.onbehalfof.as_str()) == handle);
        customer.map_or(&self.client.name, |customer| &customer.display_name)
    }

    fn page(&self, title: &str) -> Page {
        let link = |lang: Lang| {
            (lang, format!("{}?id={}&spraak={}", self.component.at("/innlogging"), self.id, lang.tag()))
        };
        page(self.lang(), self.component, title)
            .languages(Lang::all().filter(|lang| supported(lang.tag()).is_some()).map(link).collect())
            // The forms end at the client, after the redirect with the code.
            .form_target(&self.request.destination.origin())
    }

    /// The page of an installation that has no eID: there is nothing here yet that real people could sign in with.
    pub fn no_eid(&self) -> Response {
        let lang = self.lang();
        let title = lang.t("idporten-ingen-eid-tittel");
        self.page(&title).status(http::StatusCode::NOT_IMPLEMENTED).render(&html! {
            h1.ds-heading data-size="lg" { (title) }
            p { (lang.t("idporten-ingen-eid")) }
            (self.cancel("/innlogging"))
        })
    }

    /// The test eID, with what is wrong with what was sent, and what that was.
    pub fn sign_in(&self, complaint: Option<&'static str>, typed: &str, level: Level) -> Response {
        let lang = self.lang();
        let title = lang.t("idporten-tittel");
        let field = |text| if text == LEVEL_TOO_LOW { "nivaa" } else { "personidentifikator" };
        let error = |text| ui::FieldError { field: field(text).to_owned(), text: lang.t(text) };
        let errors: Vec<ui::FieldError> = complaint.map(error).into_iter().collect();
        let least = self.request.level.max(Level::Substantial);
        let choices: Vec<ui::Choice> = [Level::Substantial, Level::High]
            .into_iter()
            .filter(|choice| *choice >= least)
            .map(|choice| ui::Choice {
                value: self.component.portal.acr(choice).to_owned(),
                text: level_name(lang, choice),
            })
            .collect();
        let field = ui::TextField {
            name: "personidentifikator",
            label: &lang.t("idporten-nummer"),
            help: &lang.t("idporten-nummer-hjelp"),
            value: typed,
            kind: "text",
            autocomplete: "off",
            required: true,
        };
        let status =
            if complaint.is_some() { http::StatusCode::UNPROCESSABLE_ENTITY } else { http::StatusCode::OK };
        self.page(&title).status(status).render(&html! {
            div.f-stack {
                h1.ds-heading data-size="lg" { (title) }
                p { (lang.with("idporten-til", &[("tjeneste", self.service().into())])) }
                (ui::error_summary(lang, &errors))
                form #innlogging.f-stack method="post" action=(self.component.at("/innlogging")) {
                    input type="hidden" name="id" value=(self.id);
                    (field.render(&errors))
                    (ui::radios("nivaa", &lang.t("idporten-nivaa"), &choices, self.component.portal.acr(level.max(least)), &errors))
                    button.ds-button type="submit" { (lang.t("idporten-logg-inn")) }
                }
                (self.suggestions(lang))
                (self.cancel("/innlogging"))
            }
        })
    }

    /// People to sign in as, each a button of the form above.
    fn suggestions(&self, lang: Lang) -> Markup {
        let people = &self.component.suggestions;
        html! {
            @if !people.is_empty() {
                section.f-stack aria-labelledby="forslag" {
                    h2.ds-heading #forslag data-size="sm" { (lang.t("idporten-forslag")) }
                    ul.f-list.f-stack data-gap="sm" {
                        @for person in people.iter() {
                            li {
                                button.ds-button type="submit" form="innlogging" formnovalidate name="valgt"
                                    value=(person.personidentifikator.as_str()) data-variant="secondary" {
                                    (person.navn) " – " (person.hvem)
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    fn cancel(&self, action: &str) -> Markup {
        html! {
            form method="post" action=(self.component.at(action)) {
                input type="hidden" name="id" value=(self.id);
                button.ds-button type="submit" name="avbryt" value="1" data-variant="tertiary" {
                    (self.lang().t("idporten-avbryt"))
                }
            }
        }
    }

    /// The page where a person agrees.
    pub fn consent(&self) -> Response {
        let lang = self.lang();
        let title = lang.t("idporten-samtykke-tittel");
        let asked = || self.scopes.iter().filter(|scope| scope.requires_user_consent);
        self.page(&title).render(&html! {
            div.f-stack {
                h1.ds-heading data-size="lg" { (title) }
                p { (lang.with("idporten-samtykke", &[("tjeneste", self.service().into())])) }
                form.f-stack method="post" action=(self.component.at("/samtykke")) {
                    input type="hidden" name="id" value=(self.id);
                    @if asked().next().is_some() {
                        fieldset.ds-fieldset {
                            legend.ds-label { (lang.t("idporten-samtykke-til")) }
                            @for (at, scope) in asked().enumerate() {
                                @let id = format!("scope-{at}");
                                ds-field.ds-field {
                                    input.ds-input type="checkbox" id=(id) name="scope" value=(scope.scope) checked;
                                    label.ds-label for=(id) data-weight="regular" { (scope.description) }
                                }
                            }
                        }
                    }
                    button.ds-button type="submit" { (lang.t("idporten-samtykke-gi")) }
                }
                (self.cancel("/samtykke"))
            }
        })
    }
}

fn level_name(lang: Lang, level: Level) -> String {
    match level {
        Level::High => lang.t("idporten-nivaa-hoyt"),
        Level::Low | Level::Substantial => lang.t("idporten-nivaa-betydelig"),
    }
}

/// The page that signs the person out at every client, in hidden frames, and then leads on to `next`.
pub fn signed_out(component: &Component, locale: &str, frames: &[String], next: Option<&str>) -> Response {
    let lang = Lang::parse(locale).unwrap_or_default();
    let title = lang.t("idporten-ute-tittel");
    let mut response = page(lang, component, &title).render(&html! {
        div.f-stack {
            h1.ds-heading data-size="lg" { (title) }
            p { (lang.with("idporten-ute", &[("portal", component.portal.title().into())])) }
            @if let Some(next) = next {
                p { a.ds-link href=(next) { (lang.t("idporten-videre")) } }
            }
        }
        @for frame in frames {
            iframe hidden src=(frame) title=(lang.t("idporten-ute-ramme")) {}
        }
    });
    let headers = response.headers_mut();
    if let Some(next) = next.and_then(|next| HeaderValue::from_str(&format!("1; url={next}")).ok()) {
        // The frames have that long to load.
        headers.insert("refresh", next);
    }
    if !frames.is_empty() {
        let policy = headers.get(header::CONTENT_SECURITY_POLICY).and_then(|policy| policy.to_str().ok());
        let origins = frames
            .iter()
            .filter_map(|frame| url::Url::parse(frame).ok())
            .fold(String::new(), |all, url| all + " " + &url.origin().ascii_serialization());
        let policy = format!("{}; frame-src{origins}", policy.unwrap_or("default-src 'none'"));
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
    }
    response
}

/// Nobody was signed in.
pub fn nobody_to_sign_out(component: &Component, locale: &str) -> Response {
    let lang = Lang::parse(locale).unwrap_or_default();
    let title = lang.t("idporten-ingen-tittel");
    page(lang, component, &title).status(http::StatusCode::BAD_REQUEST).render(&html! {
        h1.ds-heading data-size="lg" { (title) }
        p { (lang.t("idporten-ingen")) }
    })
}
