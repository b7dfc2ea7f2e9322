//! Clients: registered, changed, given a secret, taken out of use.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use clients::encoded;
use clients::selvbetjening::Client;
use design::ui::{self, Choice, TextField};
use design::{Lang, key};
use http::HeaderMap;
use maud::{Markup, html};
use serde::Deserialize;

use super::{Acting, FieldText, Wrong, acting, button, kind, lines, moment, ours, table, wrong};
use crate::Component;
use crate::fault::Fault;
use crate::form::{Fields, Posted};
use crate::pages::{parts, see};
use crate::session::ToShow;
use crate::visit::SignedIn;

/// The kinds of clients that a page registers, and what each is for.
const KINDS: [(&str, &str); 4] = [
    ("maskinporten", key("vs-type-maskinporten-hjelp")),
    ("idporten", key("vs-type-idporten-hjelp")),
    ("api_klient", key("vs-type-api-klient-hjelp")),
    ("ansattporten", key("vs-type-ansattporten-hjelp")),
];
/// How a client that people sign in to shows who it is.
const METHODS: [(&str, &str); 4] = [
    ("private_key_jwt", key("vs-metode-noekkel")),
    ("client_secret_basic", key("vs-metode-basic")),
    ("client_secret_post", key("vs-metode-post")),
    ("none", key("vs-metode-ingen")),
];
/// Where such a client runs.
const APPLICATIONS: [(&str, &str); 3] = [
    ("web", key("vs-kjoerer-web")),
    ("browser", key("vs-kjoerer-browser")),
    ("native", key("vs-kjoerer-native")),
];
/// What the API's refusals are about.
const FIELDS: [FieldText; 12] = [
    ("client_name", "navn", key("vs-feil-navn")),
    ("description", "beskrivelse", key("vs-feil-beskrivelse")),
    ("redirect_uris", "viderekobling", key("vs-feil-adresse")),
    ("post_logout_redirect_uris", "utlogging", key("vs-feil-adresse")),
    ("frontchannel_logout_uri", "viderekobling", key("vs-feil-adresse")),
    ("no_access", "scopes", key("vs-feil-uten-tilgang")),
    ("unknown_scope", "scopes", key("vs-feil-ukjent-scope")),
    ("scopes", "scopes", key("vs-feil-scope")),
    ("code_challenge_method", "metode", key("vs-feil-metode")),
    ("token_endpoint_auth_method", "metode", key("vs-feil-metode")),
    ("application_type", "kjoerer", key("vs-feil-kjoerer")),
    ("", "navn", key("vs-feil-annet")),
];

fn signs_in(kind: &str) -> bool {
    ["idporten", "api_klient", "ansattporten"].contains(&kind)
}

/// The clients of the business.
pub async fn list(
    State(portal): State<Component>,
    Path(orgnr): Path<String>,
    headers: HeaderMap,
    who: SignedIn,
) -> Result<Response, Fault> {
    let acting = acting(&portal, &headers, who, &orgnr).await?;
    let clients = acting.api.clients(true).await.map_err(ours)?;
    let lang = acting.lang();
    let heads = [lang.t("vs-navn"), lang.t("vs-type"), lang.t("vs-klient-id"), lang.t("vs-status")];
    let rows = html! {
        @for client in &clients {
            @let id = client.client_id.as_deref().unwrap_or_default();
            tr {
                th scope="row" { a.ds-link href=(acting.path(&format!("/klienter/{}", encoded(id)))) { (name(client)) } }
                td { (kind(lang, &client.integration_type)) }
                td { code { (id) } }
                td { (active(lang, client)) }
            }
        }
    };
    let title = lang.t("vs-klienter");
    Ok(acting.page(
        &title,
        "",
        &Wrong::default(),
        &html! {
            @if clients.is_empty() {
                div.ds-card { p { (lang.t("vs-ingen-klienter")) } }
            } @else {
                (table(&title, &heads, &rows))
            }
            p { a.ds-button href=(acting.path("/ny-klient")) { (lang.t("vs-ny-klient")) } }
        },
    ))
}

/// What a client is called: its name, or its id where it has none.
fn name(client: &Client) -> &str {
    let id = client.client_id.as_deref().unwrap_or_default();
    if client.client_name.is_empty() { id } else { &client.client_name }
}

fn active(lang: Lang, client: &Client) -> Markup {
    if client.active {
        parts::tag("success", &lang.t("vs-i-bruk"))
    } else {
        parts::tag("neutral", &lang.t("vs-ute-av-bruk"))
    }
}

/// Which kind the new client is.
#[derive(Debug, Deserialize)]
pub struct Kind {
    #[serde(rename = "type")]
    kind: Option<String>,
}

/// The form of a new client, when its kind is chosen.
pub async fn new(
    State(portal): State<Component>,
    Path(orgnr): Path<String>,
    Query(chosen): Query<Kind>,
    headers: HeaderMap,
    who: SignedIn,
) -> Result<Response, Fault> {
    let acting = acting(&portal, &headers, who, &orgnr).await?;
    let chosen = chosen.kind.as_deref().filter(|chosen| KINDS.iter().any(|(kind, _)| kind == chosen));
    let Some(chosen) = chosen else { return Ok(kinds(&acting)) };
    let client = Client {
        integration_type: chosen.to_owned(),
        application_type: "web".to_owned(),
        token_endpoint_auth_method: "private_key_jwt".to_owned(),
        ..Client::default()
    };
    Ok(show_new(&acting, &Input::of(&client), &Wrong::default()))
}

fn kinds(acting: &Acting) -> Response {
    let lang = acting.lang();
    acting.page(&lang.t("vs-ny-klient-type"), "", &Wrong::default(), &html! {
        div.f-grid {
            @for (name, what) in &KINDS {
                section.ds-card.f-stack data-gap="sm" {
                    h2.ds-heading data-size="xs" {
                        a.ds-link href=(acting.path(&format!("/ny-klient?type={name}"))) { (kind(lang, name)) }
                    }
                    p { (lang.t(what)) }
                }
            }
        }
    })
}

/// What the form of a client holds.
struct Input {
    kind: String,
    name: String,
    description: String,
    application: String,
    method: String,
    redirects: String,
    logouts: String,
    scopes: String,
}

impl Input {
    fn of(client: &Client) -> Self {
        Self {
            kind: client.integration_type.clone(),
            name: client.client_name.clone(),
            description: client.description.clone(),
            application: client.application_type.clone(),
            method: client.token_endpoint_auth_method.clone(),
            redirects: client.redirect_uris.join("\n"),
            logouts: client.post_logout_redirect_uris.join("\n"),
            scopes: client.scopes.join("\n"),
        }
    }

    fn from(kind: &str, fields: &Fields) -> Self {
        Self {
            kind: kind.to_owned(),
            name: fields.text("navn"),
            description: fields.text("beskrivelse"),
            application: fields.text("kjoerer"),
            method: fields.text("metode"),
            redirects: fields.text("viderekobling"),
            logouts: fields.text("utlogging"),
            scopes: fields.text("scopes"),
        }
    }

    /// The client with what the form says; the rest as it was.
    fn over(&self, before: Client) -> Client {
        let mut client = Client {
            integration_type: self.kind.clone(),
            client_name: self.name.clone(),
            description: self.description.clone(),
            scopes: lines(&self.scopes),
            client_secret: None,
            created: None,
            last_updated: None,
            ..before
        };
        if signs_in(&self.kind) {
            client.application_type.clone_from(&self.application);
            client.token_endpoint_auth_method.clone_from(&self.method);
            client.redirect_uris = lines(&self.redirects);
            client.post_logout_redirect_uris = lines(&self.logouts);
        }
        client
    }

    /// What is missing before anybody is asked.
    fn missing(&self, lang: Lang, fields: &Fields) -> Wrong {
        let mut needed = vec![("navn", key("vs-feil-uten-navn"))];
        if signs_in(&self.kind) {
            needed.push(("viderekobling", key("vs-feil-uten-viderekobling")));
        }
        if self.kind == "maskinporten" {
            needed.push(("scopes", key("vs-feil-uten-scope")));
        }
        Wrong::missing(lang, fields, &needed)
    }

    fn form(&self, acting: &Acting, wrong: &Wrong, action: &str, send: &str) -> Markup {
        let (lang, errors) = (acting.lang(), wrong.errors.as_slice());
        let name = TextField {
            name: "navn",
            label: &lang.t("vs-navn"),
            help: &lang.t("vs-navn-hjelp"),
            value: &self.name,
            kind: "text",
            autocomplete: "off",
            required: true,
        };
        let description = TextField {
            name: "beskrivelse",
            label: &lang.t("vs-beskrivelse"),
            help: &lang.t("vs-beskrivelse-hjelp"),
            value: &self.description,
            required: false,
            ..name
        };
        let redirects = TextField {
            name: "viderekobling",
            label: &lang.t("vs-viderekobling"),
            help: &lang.t("vs-viderekobling-hjelp"),
            value: &self.redirects,
            kind: "textarea",
            autocomplete: "off",
            required: true,
        };
        let logouts = TextField {
            name: "utlogging",
            label: &lang.t("vs-utlogging"),
            help: &lang.t("vs-utlogging-hjelp"),
            value: &self.logouts,
            required: false,
            ..redirects
        };
        let scopes = TextField {
            name: "scopes",
            label: &lang.t("vs-klient-scopes"),
            help: &lang.t(if self.kind == "maskinporten" {
                key("vs-klient-scopes-hjelp")
            } else {
                key("vs-klient-scopes-hjelp-innlogging")
            }),
            value: &self.scopes,
            required: self.kind == "maskinporten",
            ..redirects
        };
        let choices = |all: &[(&str, &str)]| -> Vec<Choice> {
            all.iter()
                .map(|(value, text)| Choice { value: (*value).to_owned(), text: lang.t(text) })
                .collect()
        };
        html! {
            form.f-form.f-stack method="post" action=(action) novalidate {
                (ui::csrf(&acting.who.session.csrf))
                input type="hidden" name="type" value=(self.kind);
                (name.render(errors))
                (description.render(errors))
                @if signs_in(&self.kind) {
                    (ui::radios("kjoerer", &lang.t("vs-kjoerer"), &choices(&APPLICATIONS), &self.application, errors))
                    (ui::radios("metode", &lang.t("vs-metode"), &choices(&METHODS), &self.method, errors))
                    (redirects.render(errors))
                    (logouts.render(errors))
                }
                (scopes.render(errors))
                div.f-row { button.ds-button type="submit" { (send) } }
            }
        }
    }
}

fn show_new(acting: &Acting, input: &Input, wrong: &Wrong) -> Response {
    let lang = acting.lang();
    let title = lang.with("vs-ny-klient-av-type", &[("type", kind(lang, &input.kind).into())]);
    acting.page(
        &title,
        "",
        wrong,
        &input.form(acting, wrong, &acting.path("/ny-klient"), &lang.t("vs-registrer")),
    )
}

/// Registers a client.
pub async fn register(
    State(portal): State<Component>,
    Path(orgnr): Path<String>,
    headers: HeaderMap,
    Posted { who, fields }: Posted,
) -> Result<Response, Fault> {
    let acting = acting(&portal, &headers, who, &orgnr).await?;
    let lang = acting.lang();
    let chosen = KINDS.iter().find(|(kind, _)| *kind == fields.get("type"));
    let Some((chosen, _)) = chosen else { return Ok(kinds(&acting)) };
    let input = Input::from(chosen, &fields);
    let missing = input.missing(lang, &fields);
    if !missing.is_nothing() {
        return Ok(show_new(&acting, &input, &missing));
    }
    match acting.api.register(&input.over(Client { active: true, ..Client::default() })).await {
        Ok(made) => shown_next(&portal, &acting, &headers, made).await,
        Err(error) => Ok(show_new(&acting, &input, &wrong(lang, error, &FIELDS)?)),
    }
}

/// Goes to the client's page, which shows its new secret this once.
async fn shown_next(
    portal: &Component,
    acting: &Acting,
    headers: &HeaderMap,
    client: Client,
) -> Result<Response, Fault> {
    let client_id = client.client_id.unwrap_or_default();
    let page = acting.path(&format!("/klienter/{}", encoded(&client_id)));
    if let Some(secret) = client.client_secret {
        let keep = ToShow { client_id, secret };
        portal.sessions.change(headers, |session| session.to_show = Some(keep)).await?;
    }
    Ok(see(&page))
}

/// One client.
pub async fn one(
    State(portal): State<Component>,
    Path((orgnr, id)): Path<(String, String)>,
    headers: HeaderMap,
    who: SignedIn,
) -> Result<Response, Fault> {
    let acting = acting(&portal, &headers, who, &orgnr).await?;
    let client = acting.api.client(&id).await.map_err(ours)?;
    let keys = acting.api.keys(&id).await.map_err(ours)?.keys.len();
    let waits = acting.who.session.to_show.as_ref().is_some_and(|waiting| waiting.client_id == id);
    let secret = if waits {
        portal.sessions.change(&headers, |session| session.to_show.take()).await?.flatten()
    } else {
        None
    };
    let (lang, visit, who) = (acting.lang(), &acting.who.visit, &acting.who);
    let here = |below: &str| acting.path(&format!("/klienter/{}{below}", encoded(&id)));
    let method = client.token_endpoint_auth_method.as_str();
    let list = |texts: &[String]| html! { ul.ds-list { @for text in texts { li { code { (text) } } } } };
    Ok(acting.page(name(&client), "", &Wrong::default(), &html! {
        @if let Some(shown) = &secret {
            (ui::alert("success", &lang.t("vs-hemmelighet-ny"), &html! {
                p { (lang.t("vs-hemmelighet-tekst")) }
                pre.f-pre tabindex="0" role="group" aria-label=(lang.t("vs-hemmelighet")) { (shown.secret) }
            }))
        }
        @if client.active && method == "private_key_jwt" && keys == 0 {
            (ui::alert("warning", &lang.t("vs-uten-noekkel"), &html! {
                p { (lang.t("vs-uten-noekkel-tekst")) }
                p { a.ds-link href=(here("/noekler")) { (lang.t("vs-legg-til-noekkel")) } }
            }))
        }
        dl.f-facts {
            dt { (lang.t("vs-klient-id")) }
            dd { code { (id) } }
            dt { (lang.t("vs-type")) }
            dd { (kind(lang, &client.integration_type)) }
            dt { (lang.t("vs-status")) }
            dd { (active(lang, &client)) }
            @if !client.description.is_empty() {
                dt { (lang.t("vs-beskrivelse")) }
                dd { (client.description) }
            }
            dt { (lang.t("vs-metode")) }
            dd { (method_text(lang, method)) }
            @if method == "private_key_jwt" {
                dt { (lang.t("vs-noekler")) }
                dd { (lang.with("vs-noekler-antall", &[("antall", keys.into())])) }
            }
            @if !client.redirect_uris.is_empty() {
                dt { (lang.t("vs-viderekobling")) }
                dd { (list(&client.redirect_uris)) }
            }
            @if !client.post_logout_redirect_uris.is_empty() {
                dt { (lang.t("vs-utlogging")) }
                dd { (list(&client.post_logout_redirect_uris)) }
            }
            dt { (lang.t("vs-klient-scopes")) }
            dd { @if client.scopes.is_empty() { "–" } @else { (list(&client.scopes)) } }
            @if let Some(created) = &client.created {
                dt { (lang.t("vs-opprettet")) }
                dd { (moment(visit, created)) }
            }
        }
        @if client.active {
            div.f-row {
                a.ds-button href=(here("/endre")) { (lang.t("vs-endre")) }
                @if method == "private_key_jwt" {
                    a.ds-button data-variant="secondary" href=(here("/noekler")) { (lang.t("vs-noekler")) }
                }
            }
            @if method.starts_with("client_secret") {
                section.ds-card.f-stack data-gap="sm" aria-labelledby="hemmelighet" {
                    h2.ds-heading data-size="xs" #hemmelighet { (lang.t("vs-hemmelighet")) }
                    p { (lang.t("vs-hemmelighet-hjelp")) }
                    (button(who, &here("/hemmelighet"), &[], &lang.t("vs-hemmelighet-lag"), ""))
                }
            }
            section.ds-card.f-stack data-gap="sm" aria-labelledby="deaktiver" {
                h2.ds-heading data-size="xs" #deaktiver { (lang.t("vs-deaktiver")) }
                p { (lang.t("vs-deaktiver-hjelp")) }
                (button(who, &here("/deaktiver"), &[], &lang.t("vs-deaktiver-knapp"), name(&client)))
            }
        }
    }))
}

fn method_text(lang: Lang, method: &str) -> String {
    let known = METHODS.iter().find(|(name, _)| *name == method);
    known.map_or_else(|| method.to_owned(), |(_, text)| lang.t(text))
}

/// The form that changes a client.
pub async fn edit(
    State(portal): State<Component>,
    Path((orgnr, id)): Path<(String, String)>,
    headers: HeaderMap,
    who: SignedIn,
) -> Result<Response, Fault> {
    let acting = acting(&portal, &headers, who, &orgnr).await?;
    let client = acting.api.client(&id).await.map_err(ours)?;
    Ok(show_edit(&acting, &id, &Input::of(&client), &Wrong::default()))
}

fn show_edit(acting: &Acting, id: &str, input: &Input, wrong: &Wrong) -> Response {
    let lang = acting.lang();
    let action = acting.path(&format!("/klienter/{}/endre", encoded(id)));
    acting.page(
        &lang.t("vs-endre-klient"),
        "",
        wrong,
        &html! {
            p { code { (id) } }
            (input.form(acting, wrong, &action, &lang.t("vs-lagre")))
        },
    )
}

/// Changes a client.
pub async fn change(
    State(portal): State<Component>,
    Path((orgnr, id)): Path<(String, String)>,
    headers: HeaderMap,
    Posted { who, fields }: Posted,
) -> Result<Response, Fault> {
    let acting = acting(&portal, &headers, who, &orgnr).await?;
    let lang = acting.lang();
    let before = acting.api.client(&id).await.map_err(ours)?;
    let input = Input::from(&before.integration_type, &fields);
    let missing = input.missing(lang, &fields);
    if !missing.is_nothing() {
        return Ok(show_edit(&acting, &id, &input, &missing));
    }
    match acting.api.update(&id, &input.over(before)).await {
        Ok(_) => Ok(see(&acting.path(&format!("/klienter/{}", encoded(&id))))),
        Err(error) => Ok(show_edit(&acting, &id, &input, &wrong(lang, error, &FIELDS)?)),
    }
}

/// Gives a client a new secret.
pub async fn secret(
    State(portal): State<Component>,
    Path((orgnr, id)): Path<(String, String)>,
    headers: HeaderMap,
    Posted { who, .. }: Posted,
) -> Result<Response, Fault> {
    let acting = acting(&portal, &headers, who, &orgnr).await?;
    let client = acting.api.new_secret(&id).await.map_err(ours)?;
    shown_next(&portal, &acting, &headers, Client { client_id: Some(id), ..client }).await
}

/// Takes a client out of use.
pub async fn deactivate(
    State(portal): State<Component>,
    Path((orgnr, id)): Path<(String, String)>,
    headers: HeaderMap,
    Posted { who, .. }: Posted,
) -> Result<Response, Fault> {
    let acting = acting(&portal, &headers, who, &orgnr).await?;
    acting.api.deactivate(&id).await.map_err(ours)?;
    Ok(see(&acting.path(&format!("/klienter/{}", encoded(&id)))))
}
