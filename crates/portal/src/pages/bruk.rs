//! Who has used the person's data, and the proof of each use.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use clients::transparency::{Bevis, Bruk};
use design::Lang;
use http::header;
use kernel::clock::oslo;
use kernel::log::{Hash, leaf_hash, verify_inclusion};
use maud::{Markup, html};
use serde::{Deserialize, Serialize};

use super::parts;
use super::situasjon::back;
use crate::Component;
use crate::fault::Fault;
use crate::visit::{SignedIn, Visit};

/// Uses on a page.
const PAGE: u32 = 30;

/// Which page of the list.
#[derive(Debug, Deserialize)]
pub struct Older {
    foer: Option<String>,
}

fn place(text: &str) -> Result<i64, Fault> {
    text.parse().ok().filter(|place| *place >= 0).ok_or(Fault::NotFound)
}

/// Who it was, in words.
fn who(lang: Lang, bruk: &Bruk) -> String {
    if bruk.hvem.selv {
        return lang.t("bruk-deg");
    }
    let org = bruk.hvem.orgnr.map(|orgnr| orgnr.as_str().to_owned());
    bruk.hvem.navn.clone().or(org).unwrap_or_else(|| bruk.hvem.klient.clone())
}

/// The uses, newest first, day by day.
pub async fn list(
    State(portal): State<Component>,
    SignedIn { visit, session }: SignedIn,
    Query(older): Query<Older>,
) -> Result<Response, Fault> {
    let before = older.foer.as_deref().map(place).transpose()?;
    let uses = portal.uses.bruk(&session.token, before, PAGE).await?;
    let lang = visit.lang;
    let day = |bruk: &Bruk| bruk.tidspunkt.to_zoned_datetime(oslo()).date();
    let days: Vec<&[Bruk]> = uses.bruk.chunk_by(|a, b| day(a) == day(b)).collect();
    Ok(visit.page(lang.t("bruk-tittel")).narrow().render(&html! {
        div.f-stack {
            h1.ds-heading data-size="lg" { (lang.t("bruk-tittel")) }
            p.f-lead { (lang.t("bruk-ingress")) }
            @if uses.bruk.is_empty() {
                section.ds-card.f-stack data-gap="sm" {
                    h2.ds-heading data-size="sm" { (lang.t("bruk-tom")) }
                    p { (lang.t("bruk-tom-tekst")) }
                }
            }
            @for of_day in &days {
                @if let Some(first) = of_day.first() {
                    section.f-stack data-gap="sm" {
                        h2.ds-heading data-size="xs" { (lang.day(first.tidspunkt)) }
                        ul.f-list {
                            @for bruk in *of_day { li { (item(&visit, bruk)) } }
                        }
                    }
                }
            }
            @if let Some(last) = uses.bruk.last().filter(|_| uses.flere) {
                p { a.ds-button data-variant="secondary" href={ "/bruk?foer=" (last.indeks) } { (lang.t("bruk-eldre")) } }
            }
        }
    }))
}

fn item(visit: &Visit, bruk: &Bruk) -> Markup {
    let lang = visit.lang;
    html! {
        article.ds-card.f-stack data-gap="sm" {
            div.f-row data-spread {
                h3.ds-heading data-size="2xs" { (who(lang, bruk)) }
                span.f-quiet.f-small { (lang.clock(bruk.tidspunkt)) }
            }
            p lang=[visit.bokmaal()] { (bruk.hva) }
            // What others have done stands out from what the person did themselves.
            @if !bruk.hvem.selv { (grounds(visit, bruk)) }
            p.f-small { a.ds-link href={ "/bruk/" (bruk.indeks) } {
                (lang.t("bruk-se-bevis"))
                span.ds-sr-only { (lang.with("bruk-bevis-for", &[("nummer", bruk.indeks.into())])) }
            } }
        }
    }
}

fn grounds(visit: &Visit, bruk: &Bruk) -> Markup {
    let lang = visit.lang;
    html! {
        dl.f-facts.f-small {
            @if let Some(purpose) = &bruk.formaal {
                dt { (lang.t("bruk-formaal")) }
                dd lang=[visit.bokmaal()] { (purpose) }
            }
            dt { (lang.t("bruk-hjemmel")) }
            dd lang=[visit.bokmaal()] { (bruk.hjemmel) }
            @if let Some(case) = &bruk.sak {
                dt { (lang.t("bruk-sak")) }
                dd { (case) }
            }
            dt { (lang.t("bruk-register")) }
            dd { (parts::register(lang, &bruk.komponent)) }
        }
    }
}

/// Whether the proof holds, checked here. The person can check it without us.
fn holds(bevis: &Bevis) -> bool {
    let hash = |text: &str| BASE64.decode(text).ok().and_then(|bytes| Hash::try_from(bytes).ok());
    let leaf = leaf_hash(bevis.oppfoering.as_bytes());
    let path: Option<Vec<Hash>> = bevis.sti.iter().map(|step| hash(step)).collect();
    let numbers = u64::try_from(bevis.indeks).ok().zip(u64::try_from(bevis.stoerrelse).ok());
    let (Some(path), Some(root), Some((index, size))) = (path, hash(&bevis.rot), numbers) else {
        return false;
    };
    // The checkpoint is a note of three lines: the log's name, its size, its root.
    let mut note = bevis.sjekkpunkt.lines().skip(1);
    let signed =
        note.next() == Some(bevis.stoerrelse.to_string().as_str()) && note.next() == Some(bevis.rot.as_str());
    signed && hash(&bevis.bladhash) == Some(leaf) && verify_inclusion(leaf, index, size, &path, &root)
}

/// The proof of one use, and how to check it.
pub async fn proof(
    State(portal): State<Component>,
    SignedIn { visit, session }: SignedIn,
    Path(index): Path<String>,
) -> Result<Response, Fault> {
    let index = place(&index)?;
    let (token, uses) = (&session.token, &portal.uses);
    let (bevis, one, key) =
        tokio::join!(uses.bevis(token, index), uses.bruk(token, Some(index + 1), 1), uses.noekkel());
    let (bevis, one, key) = (bevis?.ok_or(Fault::NotFound)?, one?, key?);
    let lang = visit.lang;
    let number: (&'static str, design::texts::Value<'_>) = ("nummer", index.into());
    let title = lang.with("bevis-tittel", std::slice::from_ref(&number));
    let values = [
        (lang.t("bevis-oppfoering"), bevis.oppfoering.clone()),
        (lang.t("bevis-bladhash"), bevis.bladhash.clone()),
        (lang.t("bevis-sti"), bevis.sti.join("\n")),
        (lang.t("bevis-sjekkpunkt"), bevis.sjekkpunkt.clone()),
        (lang.t("bevis-noekkel"), key.trim().to_owned()),
    ];
    let steps =
        [lang.t("bevis-steg-1"), lang.t("bevis-steg-2"), lang.t("bevis-steg-3"), lang.t("bevis-steg-4")];
    Ok(visit.page(title.as_str()).narrow().render(&html! {
        div.f-stack data-gap="lg" {
            div.f-stack data-gap="sm" {
                (back("/bruk", &lang.t("bruk-tittel")))
                h1.ds-heading data-size="lg" { (title) }
                @if holds(&bevis) {
                    div.ds-alert data-color="success" { p { (lang.with("bevis-holder", &[("antall", design::texts::grouped(bevis.stoerrelse).into())])) } }
                } @else {
                    div.ds-alert data-color="danger" { p { (lang.t("bevis-holder-ikke")) } }
                }
            }
            @if let Some(bruk) = one.bruk.iter().find(|bruk| bruk.indeks == index) {
                section.ds-card.f-stack data-gap="sm" aria-labelledby="bruken" {
                    h2.ds-heading data-size="xs" #bruken { (who(lang, bruk)) }
                    p.f-quiet.f-small { (lang.moment(bruk.tidspunkt)) }
                    p lang=[visit.bokmaal()] { (bruk.hva) }
                    (grounds(&visit, bruk))
                }
            }
            section.f-stack data-gap="sm" aria-labelledby="kontroller" {
                h2.ds-heading data-size="sm" #kontroller { (lang.t("bevis-kontroller")) }
                p { (lang.t("bevis-forklaring")) }
                ol.ds-list { @for step in &steps { li { (step) } } }
                p { a.ds-button data-variant="secondary" href={ "/bruk/" (index) "/bevis.json" } download { (lang.t("bevis-last-ned")) } }
                div.ds-card { details.ds-details {
                    summary { (lang.t("bevis-program")) }
                    div.f-stack data-gap="sm" {
                        p { (lang.t("bevis-program-tekst")) }
                        pre.f-pre tabindex="0" role="region" aria-label=(lang.t("bevis-program")) { (CHECK) }
                    }
                } }
            }
            section.f-stack data-gap="sm" aria-labelledby="deler" {
                h2.ds-heading data-size="sm" #deler { (lang.t("bevis-deler")) }
                @for (name, value) in &values {
                    h3.ds-heading data-size="2xs" { (name) }
                    @if value.is_empty() {
                        p.f-quiet { (lang.t("bevis-tom-sti")) }
                    } @else {
                        pre.f-pre tabindex="0" role="region" aria-label=(name) { (value) }
                    }
                }
            }
            p.f-quiet.f-small { (lang.t("bevis-offentlig")) }
        }
    }))
}

/// A program that checks a downloaded proof. A test runs it.
pub const CHECK: &str = r#"import base64, hashlib, json, subprocess, sys, tempfile
from base64 import b64decode
proof = json.load(open(sys.argv[1], encoding="utf-8"))
sha = lambda *parts: hashlib.sha256(b"".join(parts)).digest()

# 1. The entry's hash, 2. and the way up to the root of the tree
node = sha(b"\0", proof["oppfoering"].encode())
index, last = proof["indeks"], proof["stoerrelse"] - 1
for sibling in map(b64decode, proof["sti"]):
    if index % 2 or index == last:
        node = sha(b"\1", sibling, node)
        while index % 2 == 0 and index:
            index, last = index // 2, last // 2
    else:
        node = sha(b"\1", node, sibling)
    index, last = index // 2, last // 2

# 3. The root and the size are those of the checkpoint
text, signatures = proof["sjekkpunkt"].split("\n\n")
name, size, root = text.split("\n")
assert last == 0 and int(size) == proof["stoerrelse"] and b64decode(root) == node, "the entry is not in the tree"

# 4. The checkpoint is signed by the log's key
key = b64decode(proof["noekkel"].strip().split("+", 2)[2])[1:]
signature = b64decode(signatures.split()[-1])[4:]
files = [tempfile.NamedTemporaryFile() for _ in range(3)]
der = bytes.fromhex("302a300506032b6570032100") + key
for file, content in zip(files, (der, (text + "\n").encode(), signature)):
    file.write(content)
    file.flush()
subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", files[0].name,
                "-rawin", "-in", files[1].name, "-sigfile", files[2].name], check=True)
print("The proof holds:", proof["oppfoering"])
"#;

/// A proof with all that is needed to check it.
#[derive(Serialize)]
struct Download {
    #[serde(flatten)]
    bevis: Bevis,
    noekkel: String,
}

/// The proof as a file.
pub async fn download(
    State(portal): State<Component>,
    SignedIn { session, .. }: SignedIn,
    Path(index): Path<String>,
) -> Result<Response, Fault> {
    let index = place(&index)?;
    let (bevis, key) = tokio::join!(portal.uses.bevis(&session.token, index), portal.uses.noekkel());
    let file = Download { bevis: bevis?.ok_or(Fault::NotFound)?, noekkel: key?.trim().to_owned() };
    let json = serde_json::to_vec_pretty(&file).map_err(|_| Fault::Internal)?;
    let headers = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"bevis-{index}.json\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    Ok((headers, json).into_response())
}
