//! A client's public keys: pasted or as a file, in the forms that developers have them.

use axum::extract::{Path, State};
use axum::response::Response;
use clients::encoded;
use clients::selvbetjening::Jwks;
use design::ui::{self, TextField};
use design::{Lang, key};
use http::HeaderMap;
use maud::{Markup, html};

use super::{Acting, FieldText, Wrong, acting, button, moment, ours, table, wrong};
use crate::Component;
use crate::fault::Fault;
use crate::form::{Fields, Posted};
use crate::noekkel::{self, Unfit};
use crate::pages::see;
use crate::visit::SignedIn;

const FIELDS: [FieldText; 4] = [
    ("kid", "kid", key("vs-feil-kid")),
    ("too_many_keys", "noekkel", key("vs-feil-mange-noekler")),
    ("conflict", "noekkel", key("vs-feil-deaktivert")),
    ("", "noekkel", key("vs-feil-noekkel")),
];

/// The keys, with the form for one more.
pub async fn page(
    State(portal): State<Component>,
    Path((orgnr, id)): Path<(String, String)>,
    headers: HeaderMap,
    who: SignedIn,
) -> Result<Response, Fault> {
    let acting = acting(&portal, &headers, who, &orgnr).await?;
    let keys = acting.api.keys(&id).await.map_err(ours)?;
    Ok(show(&acting, &id, &keys, &Fields::default(), &Wrong::default()))
}

fn show(acting: &Acting, id: &str, keys: &Jwks, fields: &Fields, wrong: &Wrong) -> Response {
    let lang = acting.lang();
    let title = lang.t("vs-noekler");
    let here = acting.path(&format!("/klienter/{}/noekler", encoded(id)));
    let heads = [lang.t("vs-kid"), lang.t("vs-algoritme"), lang.t("vs-fjern")];
    let rows = html! {
        @for key in &keys.keys {
            @let kid = key.kid.as_deref().unwrap_or_default();
            tr {
                th scope="row" { code { (kid) } }
                td { (key.alg.as_deref().unwrap_or(&key.kty)) }
                td { (button(&acting.who, &format!("{here}/fjern"), &[("kid", kid)], &lang.t("vs-fjern"), kid)) }
            }
        }
    };
    acting.page(&title, "", wrong, &html! {
        p {
            a.ds-link href=(acting.path(&format!("/klienter/{}", encoded(id)))) { (lang.t("vs-til-klienten")) }
            " " code { (id) }
        }
        @if keys.keys.is_empty() {
            div.ds-card { p { (lang.t("vs-ingen-noekler")) } }
        } @else {
            (table(&title, &heads, &rows))
            @if let Some(changed) = &keys.last_updated {
                p.f-quiet { (lang.t("vs-noekler-endret")) " " (moment(&acting.who.visit, changed)) ". " (lang.t("vs-noekler-varer")) }
            }
        }
        (form(acting, &here, fields, wrong))
    })
}

fn form(acting: &Acting, here: &str, fields: &Fields, wrong: &Wrong) -> Markup {
    let (lang, errors) = (acting.lang(), wrong.errors.as_slice());
    let pasted = TextField {
        name: "noekkel",
        label: &lang.t("vs-noekkel"),
        help: &lang.t("vs-noekkel-hjelp"),
        value: fields.get("noekkel"),
        kind: "textarea",
        autocomplete: "off",
        required: false,
    };
    let kid = TextField {
        name: "kid",
        label: &lang.t("vs-kid"),
        help: &lang.t("vs-kid-hjelp"),
        value: fields.get("kid"),
        kind: "text",
        ..pasted
    };
    html! {
        section.ds-card.f-stack aria-labelledby="ny" {
            h2.ds-heading data-size="sm" #ny { (lang.t("vs-legg-til-noekkel")) }
            form.f-form.f-stack method="post" action=(here) enctype="multipart/form-data" novalidate {
                (ui::csrf(&acting.who.session.csrf))
                (pasted.render(errors))
                ds-field.ds-field {
                    label.ds-label for="fil" { (lang.t("vs-noekkelfil")) }
                    p #fil-hjelp data-field="description" { (lang.t("vs-noekkelfil-hjelp")) }
                    input.ds-input type="file" id="fil" name="fil" aria-describedby="fil-hjelp" accept=".pem,.json,.jwk,.pub,.cer,.crt";
                }
                (kid.render(errors))
                div.f-row { button.ds-button type="submit" { (lang.t("vs-legg-til-noekkel")) } }
            }
        }
    }
}

fn unfit(lang: Lang, why: Unfit) -> Wrong {
    let text = match why {
        Unfit::Empty => key("vs-feil-uten-noekkel"),
        Unfit::Private => key("vs-feil-privat-noekkel"),
        Unfit::Unreadable => key("vs-feil-uleselig-noekkel"),
        Unfit::Unsupported => key("vs-feil-noekkel"),
    };
    Wrong::field("noekkel", lang.t(text))
}

/// Adds a key, beside those that the client has; one of the same name takes its place.
pub async fn add(
    State(portal): State<Component>,
    Path((orgnr, id)): Path<(String, String)>,
    headers: HeaderMap,
    Posted { who, mut fields }: Posted,
) -> Result<Response, Fault> {
    let acting = acting(&portal, &headers, who, &orgnr).await?;
    let lang = acting.lang();
    let mut keys = acting.api.keys(&id).await.map_err(ours)?;
    let text = if fields.get("noekkel").is_empty() { fields.get("fil") } else { fields.get("noekkel") };
    let new = match noekkel::read(text, fields.get("kid")) {
        Ok(new) => new,
        Err(why) => {
            if why == Unfit::Private {
                // A private key is not sent about once more.
                fields.forget("noekkel");
            } else if fields.get("noekkel").is_empty() {
                // What was in the file is shown where it can be corrected: a page cannot choose a file again.
                fields.copy("fil", "noekkel");
            }
            return Ok(show(&acting, &id, &keys, &fields, &unfit(lang, why)));
        }
    };
    let before = keys.clone();
    keys.keys.retain(|key| new.iter().all(|new| new.kid != key.kid));
    keys.keys.extend(new);
    let all = Jwks { keys: keys.keys, ..Jwks::default() };
    match acting.api.put_keys(&id, &all).await {
        Ok(_) => Ok(see(&acting.path(&format!("/klienter/{}/noekler", encoded(&id))))),
        Err(error) => {
            let wrong = wrong(lang, error, &FIELDS)?;
            if fields.get("noekkel").is_empty() {
                fields.copy("fil", "noekkel");
            }
            Ok(show(&acting, &id, &before, &fields, &wrong))
        }
    }
}

/// Removes a key.
pub async fn remove(
    State(portal): State<Component>,
    Path((orgnr, id)): Path<(String, String)>,
    headers: HeaderMap,
    Posted { who, fields }: Posted,
) -> Result<Response, Fault> {
    let acting = acting(&portal, &headers, who, &orgnr).await?;
    let mut keys = acting.api.keys(&id).await.map_err(ours)?.keys;
    keys.retain(|key| key.kid.as_deref() != Some(fields.get("kid")));
    acting.api.put_keys(&id, &Jwks { keys, ..Jwks::default() }).await.map_err(ours)?;
    Ok(see(&acting.path(&format!("/klienter/{}/noekler", encoded(&id)))))
}
