//! The pages' HTML.

pub mod choose;

use axum::response::Response;
use design::{Lang, Page};
use http::{HeaderMap, HeaderValue, header};
use maud::{Markup, html};

use crate::api::discovery::LOCALES;
use crate::api::refused::Refused;
use crate::eid::{Eid, Visit, testid};
use crate::model::client::{Client, Scope};
use crate::model::parameters::Parameters;
use crate::model::request::{AuthorizeRequest, Destination};
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

/// The language of a page without a sign-in: `spraak`, otherwise what the person has chosen.
pub fn locale_of(parameters: &Parameters, headers: &HeaderMap) -> Result<String, Refused> {
    let asked = parameters.one("spraak")?.and_then(supported);
    Ok(asked.map_or_else(|| locale(headers, None), str::to_owned))
}

/// Where people wait: the place in line and the time left; seconds. It loads itself again without a script.
pub fn waiting(component: &Component, at: &str, locale: &str, place: u64, seconds: u64) -> Response {
    let lang = Lang::parse(locale).unwrap_or_default();
    let title = lang.t("idporten-venterom-tittel");
    let here = component.at("/venterom");
    let link = |lang: Lang| (lang, format!("{here}?plass={}&spraak={}", clients::encoded(at), lang.tag()));
    let minutes = seconds.div_ceil(60);
    let (place, minutes) = (place.to_string(), minutes.to_string());
    let time = if seconds <= 60 {
        lang.t("idporten-venterom-straks")
    } else {
        lang.with("idporten-venterom-tid", &[("minutter", minutes.as_str().into())])
    };
    let page = page(lang, component, &title)
        .languages(Lang::all().filter(|lang| supported(lang.tag()).is_some()).map(link).collect());
    let mut response = page.render(&html! {
        div.f-stack {
            h1.ds-heading data-size="lg" { (title) }
            p { (lang.t("idporten-venterom")) }
            p role="status" {
                strong { (lang.with("idporten-venterom-plass", &[("plass", place.as_str().into())])) } " " (time)
            }
            p { (lang.t("idporten-venterom-selv")) }
        }
    });
    // Not all at once when the line is long, and soon when it is one's turn.
    let again = seconds.clamp(1, 15);
    response.headers_mut().insert("refresh", HeaderValue::from(again));
    response
}

/// A page of the provider, with this title.
pub fn page(lang: Lang, component: &Component, title: &str) -> Page {
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
        "temporarily_unavailable" => lang.t("idporten-feil-ofte"),
        _ => lang.with("idporten-feil-tjenesten", &[("portal", component.portal.title().into())]),
    };
    let response = page(lang, component, &title).status(refused.status()).render(&html! {
        h1.ds-heading data-size="lg" { (title) }
        p { (text) }
        p lang="en" { code { (refused.error) } ": " (described) }
    });
    refused.mark(response)
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

/// The text about a level that is not enough.
pub const LEVEL_TOO_LOW: &str = design::key("idporten-feil-nivaa");

/// The pages of a sign-in.
pub struct SignInPage<'a> {
    /// The provider.
    pub component: &'a Component,
    /// The sign-in's handle.
    pub id: &'a str,
    /// The eID whose page it is.
    pub eid: Option<&'a str>,
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
    /// The language.
    pub fn lang(&self) -> Lang {
        Lang::parse(self.locale).unwrap_or_default()
    }

    /// Whom the person signs in to: the client, or the supplier's customer.
    pub fn service(&self) -> &str {
        let handle = self.request.onbehalfof.as_deref();
        let customer =
            self.client.onbehalfof.iter().find(|customer| Some(customer.onbehalfof.as_str()) == handle);
        customer.map_or(&self.client.name, |customer| &customer.display_name)
    }

    /// A page of the sign-in, with this title. Another language leads back to it.
    pub fn page(&self, title: &str) -> Page {
        let eid = self.eid.map(|eid| format!("&eid={eid}")).unwrap_or_default();
        let at = self.component.at("/innlogging");
        let link = |lang: Lang| (lang, format!("{at}?id={}&spraak={}{eid}", self.id, lang.tag()));
        page(self.lang(), self.component, title)
            .languages(Lang::all().filter(|lang| supported(lang.tag()).is_some()).map(link).collect())
            // The forms end at the client, after the redirect with the code.
            .form_target(&self.request.destination.origin())
    }

    /// The page where no eID gives the level that the client asks for.
    pub fn no_eid(&self) -> Response {
        let lang = self.lang();
        let title = lang.t("idporten-ingen-eid-tittel");
        self.page(&title).status(http::StatusCode::NOT_IMPLEMENTED).render(&html! {
            h1.ds-heading data-size="lg" { (title) }
            p { (lang.t("idporten-ingen-eid")) }
            (self.cancel("/innlogging"))
        })
    }

    /// Where a person chooses how to show who they are. In test, the test eID stands first and ready.
    pub fn choose(&self, visit: &Visit, eids: &[&Eid]) -> Response {
        let lang = self.lang();
        let title = lang.t("idporten-velg-tittel");
        let test = eids.iter().any(|eid| eid.id == testid::ID);
        self.page(&title).render(&html! {
            div.f-stack {
                h1.ds-heading data-size="lg" { (title) }
                p { (self.purpose()) }
                @if test {
                    section.f-stack aria-labelledby="test-eid" {
                        h2.ds-heading #test-eid data-size="sm" { (lang.t("idporten-test-eid")) }
                        (testid::fields(self, visit, None, testid::Typed::nothing(visit)))
                    }
                }
                @if eids.iter().any(|eid| eid.id != testid::ID) {
                    nav.f-stack aria-label=(lang.t("idporten-velg")) {
                        @if test { h2.ds-heading data-size="sm" { (lang.t("idporten-velg")) } }
                        ul.f-list.f-stack data-gap="sm" {
                            @for eid in eids.iter().filter(|eid| eid.id != testid::ID) {
                                li { a.ds-button data-variant="secondary" href=(self.eid_page(&eid.id)) { (eid.name(lang)) } }
                            }
                        }
                    }
                }
                (self.cancel("/innlogging"))
            }
        })
    }

    /// The first page of an eID.
    pub fn eid_page(&self, eid: &str) -> String {
        format!("{}/{eid}?id={}", self.component.at("/eid"), self.id)
    }

    /// The page where the eIDs are.
    fn sign_in_page(&self) -> String {
        format!("{}?id={}", self.component.at("/innlogging"), self.id)
    }

    /// Whom the person signs in to, as a sentence.
    pub fn purpose(&self) -> String {
        self.lang().with("idporten-til", &[("tjeneste", self.service().into())])
    }

    /// The way back to the choice of eIDs, where there is a choice.
    pub fn other_ways(&self) -> Markup {
        let enough = |eid: &&Eid| self.component.reaches(eid, self.request);
        html! {
            @if self.component.eids.iter().filter(enough).count() > 1 {
                p { a.ds-link href=(self.sign_in_page()) { (self.lang().t("idporten-andre")) } }
            }
        }
    }

    /// Why an eID did not lead to a sign-in, with the ways on. `why` is a text.
    pub fn failed(&self, why: &'static str) -> Response {
        let lang = self.lang();
        let title = lang.t("idporten-feil-tittel");
        self.page(&title).status(http::StatusCode::UNPROCESSABLE_ENTITY).render(&html! {
            div.f-stack {
                h1.ds-heading data-size="lg" { (title) }
                p { (lang.t(why)) }
                p { a.ds-link href=(self.sign_in_page()) { (lang.t("idporten-igjen")) } }
                (self.cancel("/innlogging"))
            }
        })
    }

    /// The form that leads back to the client.
    pub fn cancel(&self, action: &str) -> Markup {
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
