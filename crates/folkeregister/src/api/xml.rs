//! Answers as XML, and questions in it.
//!
//! What is written comes from the JSON of the same answer, so both forms carry the same. The order of elements is that of the
//! schemas in `skjema/`, which are read for it, and three of which are served: a schema and an answer cannot part.

use std::collections::HashMap;
use std::io;
use std::sync::LazyLock;

use clients::folkeregister::{FolkeregisterFeilmelding, LagretHendelse};
use jiff::Timestamp;
use quick_xml::Writer;
use quick_xml::escape::escape;
use quick_xml::events::{BytesDecl, BytesText, Event};
use roxmltree::{Document, Node, ParsingOptions};
use serde::ser::Error as _;
use serde_json::{Error, Value};

/// Person documents, and the look-ups of many.
pub static PERSON: LazyLock<Skjema> = LazyLock::new(|| Skjema::av(include_str!("../../skjema/person.xsd")));
/// Events in full.
pub static HENDELSE: LazyLock<Skjema> =
    LazyLock::new(|| Skjema::av(include_str!("../../skjema/hendelse.xsd")));
/// Lines of the feed.
pub static FEED: LazyLock<Skjema> = LazyLock::new(|| Skjema::av(include_str!("../../skjema/feed.xsd")));
/// Extracts; the register serves no schema of them.
pub static UTTREKK: LazyLock<Skjema> = LazyLock::new(|| Skjema::av(include_str!("../../skjema/uttrekk.xsd")));
static FEIL: LazyLock<Skjema> = LazyLock::new(|| Skjema::av(include_str!("../../skjema/feil.xsd")));

/// What `person.xsd` and `hendelse.xsd` both include.
const OPPLYSNINGER: &str = include_str!("../../skjema/opplysninger.xsd");
const INCLUDE: &str = "<xsd:include schemaLocation=\"opplysninger.xsd\"/>";
const XSD: &str = "http://www.w3.org/2001/XMLSchema";
const ATOM: &str = "http://www.w3.org/2005/Atom";

/// Elements and texts of the largest question: a thousand identifiers, each on a line of its own, and then some.
const MAX_NODES: u32 = 4096;

/// A schema, as it is served and as answers are written by it.
#[derive(Debug, Default)]
pub struct Skjema {
    /// The schema itself, without includes.
    pub tekst: String,
    navnerom: String,
    /// What can be a document's root: the type of each.
    roetter: HashMap<String, String>,
    /// The elements of each type in their order, each with its own type. A type that holds text is not here.
    typer: HashMap<String, Vec<(String, String)>>,
}

impl Skjema {
    #[expect(
        clippy::expect_used,
        reason = "the schemas are part of the program, and tests read each of them"
    )]
    fn av(xsd: &str) -> Self {
        Self::les(xsd).expect("the program's own schemas are XML")
    }

    fn les(xsd: &str) -> Result<Self, roxmltree::Error> {
        let felles = Document::parse(OPPLYSNINGER)?;
        let felles = felles.root_element();
        let (first, last) = (felles.first_element_child(), felles.last_element_child());
        let inside = first.zip(last).map_or(0..0, |(first, last)| first.range().start..last.range().end);
        let tekst = xsd.replacen(INCLUDE, OPPLYSNINGER.get(inside).unwrap_or_default(), 1);
        let document = Document::parse(&tekst)?;
        let skjema = document.root_element();
        let navnet = |node: &Node<'_, '_>| node.attribute("name").unwrap_or_default().to_owned();
        let typen = |node: &Node<'_, '_>| node.attribute("type").unwrap_or_default().to_owned();
        let elementer = |node: Node<'_, '_>| {
            let alle = node.descendants().filter(|node| node.has_tag_name((XSD, "element")));
            alle.map(|node| (navnet(&node), typen(&node))).collect::<Vec<_>>()
        };
        let rot = skjema.children().filter(|node| node.has_tag_name((XSD, "element")));
        let typer = || skjema.children().filter(|node| node.has_tag_name((XSD, "complexType")));
        let med_arv = |node: Node<'_, '_>| {
            let base = node.descendants().find_map(|node| node.attribute("base"));
            let arvet = base.and_then(|base| typer().find(|node| node.attribute("name") == Some(base)));
            arvet.map(elementer).into_iter().flatten().chain(elementer(node)).collect()
        };
        Ok(Self {
            navnerom: skjema.attribute("targetNamespace").unwrap_or_default().to_owned(),
            roetter: rot.map(|node| (navnet(&node), typen(&node))).collect(),
            typer: typer().map(|node| (navnet(&node), med_arv(node))).collect(),
            tekst,
        })
    }

    /// An answer, given as JSON, as a document with this root. JSON that is no object is the root's only element: one of it
    /// for each of a list.
    pub fn skriv(&self, rot: &str, json: &str) -> Result<String, Error> {
        self.dokument(rot, &serde_json::from_str(json)?, json.len())
    }

    fn dokument(&self, rot: &str, verdi: &Value, lengde: usize) -> Result<String, Error> {
        let type_ = self.roetter.get(rot).ok_or_else(|| Error::custom("the schema has no such root"))?;
        dokument(2 * lengde, |ut| {
            let element = ut.create_element(rot);
            let element = match self.navnerom.as_str() {
                "" => element,
                navnerom => element.with_attribute(("xmlns", navnerom)),
            };
            element.write_inner_content(|ut| self.innhold(ut, type_, verdi)).map(|_| ())
        })
    }

    fn innhold(&self, ut: &mut Ut, type_: &str, verdi: &Value) -> io::Result<()> {
        match (self.typer.get(type_).map(Vec::as_slice), verdi) {
            (Some(ledd), Value::Object(felt)) => ledd.iter().try_for_each(|(navn, type_)| {
                felt.get(navn).map_or(Ok(()), |verdi| self.elementer(ut, navn, type_, verdi))
            }),
            (Some([(navn, type_), ..]), verdi) => self.elementer(ut, navn, type_, verdi),
            (_, Value::String(verdi)) => skriv_tekst(ut, verdi),
            (_, verdi) => skriv_tekst(ut, &verdi.to_string()),
        }
    }

    /// The element, or one for each of a list.
    fn elementer(&self, ut: &mut Ut, navn: &str, type_: &str, verdi: &Value) -> io::Result<()> {
        match verdi {
            Value::Null => Ok(()),
            Value::Array(flere) => flere.iter().try_for_each(|en| self.elementer(ut, navn, type_, en)),
            verdi => {
                ut.create_element(navn).write_inner_content(|ut| self.innhold(ut, type_, verdi)).map(|_| ())
            }
        }
    }
}

type Ut = Writer<Vec<u8>>;

fn dokument(lengde: usize, innhold: impl FnOnce(&mut Ut) -> io::Result<()>) -> Result<String, Error> {
    let mut ut = Writer::new(Vec::with_capacity(lengde));
    ut.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None))).map_err(Error::io)?;
    innhold(&mut ut).map_err(Error::io)?;
    String::from_utf8(ut.into_inner()).map_err(Error::custom)
}

/// A text, of which a reader of XML gets every character; those that XML has no way to write become U+FFFD.
fn skriv_tekst(ut: &mut Ut, verdi: &str) -> io::Result<()> {
    let ulovlig = |c: char| matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    let tekst = escape(verdi);
    let tekst = if tekst.contains(|c| c == '\r' || ulovlig(c)) {
        // A carriage return that stands for itself is read as a line feed.
        tekst.replace('\r', "&#13;").replace(ulovlig, "\u{fffd}").into()
    } else {
        tekst
    };
    ut.write_event(Event::Text(BytesText::from_escaped(tekst)))
}

fn element(ut: &mut Ut, navn: &str, verdi: &str) -> io::Result<()> {
    ut.create_element(navn).write_inner_content(|ut| skriv_tekst(ut, verdi)).map(|_| ())
}

/// A page of the feed as Atom (RFC 4287). `adresse` is the feed's own, without a query; `fra` is what was asked for; `naa` is
/// when the page is of, where it is empty.
pub fn atom(adresse: &str, fra: i64, hendelser: &[LagretHendelse], naa: Timestamp) -> Result<String, Error> {
    let siste = hendelser.last();
    let lenker =
        [("self", Some(fra)), ("first", Some(0)), ("next", siste.map(|siste| siste.sekvensnummer + 1))];
    dokument(512 * (hendelser.len() + 2), |ut| {
        let feed = ut.create_element("feed").with_attribute(("xmlns", ATOM));
        let feed = feed.write_inner_content(|ut| {
            element(ut, "id", adresse)?;
            element(ut, "title", "Hendelsesliste")?;
            ut.create_element("author").write_inner_content(|ut| element(ut, "name", "Folkeregisteret"))?;
            for (rel, seq) in lenker {
                let Some(seq) = seq else { continue };
                let href = format!("{adresse}?seq={seq}");
                let lenke = [("rel", rel), ("type", "application/atom+xml"), ("href", href.as_str())];
                ut.create_element("link").with_attributes(lenke).write_empty()?;
            }
            let oppdatert = siste.map_or(naa, |siste| siste.hendelse.ajourholdstidspunkt);
            element(ut, "updated", &oppdatert.to_string())?;
            hendelser.iter().try_for_each(|hendelse| innslag(ut, hendelse))
        });
        feed.map(|_| ())
    })
}

fn innslag(ut: &mut Ut, hendelse: &LagretHendelse) -> io::Result<()> {
    let id = format!("tag:skatteetaten.no,2017-10-10:{}:{}", FEED.navnerom, hendelse.sekvensnummer);
    let verdi = serde_json::to_value(hendelse)?;
    let innslag = ut.create_element("entry").write_inner_content(|ut| {
        element(ut, "title", "Hendelse")?;
        element(ut, "id", &id)?;
        element(ut, "updated", &hendelse.hendelse.ajourholdstidspunkt.to_string())?;
        let content = ut.create_element("content").with_attribute(("type", "application/xml"));
        let content = content.write_inner_content(|ut| {
            let lagret =
                ut.create_element("lagretHendelse").with_attribute(("xmlns", FEED.navnerom.as_str()));
            lagret.write_inner_content(|ut| FEED.innhold(ut, "LagretHendelse", &verdi)).map(|_| ())
        });
        content.map(|_| ())
    });
    innslag.map(|_| ())
}

/// A refusal.
pub fn feil(feil: &FolkeregisterFeilmelding) -> Result<String, Error> {
    FEIL.dokument("folkeregisterFeilmelding", &serde_json::to_value(feil)?, 256)
}

/// Why a question in XML is none.
#[derive(Debug, PartialEq, Eq)]
pub enum Ugyldig {
    /// It is not XML, or has a DTD; the line and the character, from 1.
    Xml(u32, u32),
    /// It has more elements than a question can have.
    ForStort,
    /// Something stands where only the elements asked for can stand; the line and the character.
    Uventet(u32, u32),
}

/// The texts of the root's elements, which are all called `navn`. The root's own name and every namespace are not looked at:
/// those of the real register's questions are not published.
pub fn les_liste(xml: &str, navn: &str) -> Result<Vec<String>, Ugyldig> {
    let options = ParsingOptions { nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(xml, options).map_err(|error| match error {
        roxmltree::Error::NodesLimitReached => Ugyldig::ForStort,
        error => Ugyldig::Xml(error.pos().row, error.pos().col),
    })?;
    let sted = |node: Node<'_, '_>| {
        let sted = document.text_pos_at(node.range().start);
        Ugyldig::Uventet(sted.row, sted.col)
    };
    let mut liste = Vec::new();
    for node in document.root_element().children() {
        let blank = node.is_comment() || node.text().is_some_and(|text| text.trim().is_empty());
        if node.is_element() && node.tag_name().name() == navn && node.children().all(|child| child.is_text())
        {
            liste.push(node.text().unwrap_or_default().to_owned());
        } else if node.is_element() || !blank {
            return Err(sted(node));
        }
    }
    Ok(liste)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_schema_is_read() {
        for (skjema, rot) in [
            (&PERSON, "folkeregisterperson"),
            (&HENDELSE, "dokumentForHendelse"),
            (&FEED, "lagretHendelse"),
            (&UTTREKK, "uttrekkDataResponse"),
            (&FEIL, "folkeregisterFeilmelding"),
        ] {
            assert!(skjema.roetter.contains_key(rot), "{rot}");
            assert!(!skjema.tekst.contains("xsd:include"));
            let names = |ledd: &[(String, String)]| {
                ledd.iter().all(|(navn, type_)| !navn.is_empty() && !type_.is_empty())
            };
            assert!(skjema.typer.values().all(|ledd| names(ledd)), "{rot}");
        }
        let bosted: Vec<&str> =
            PERSON.typer["Bostedsadresse"].iter().map(|(navn, _)| navn.as_str()).collect();
        assert_eq!(
            bosted[..3],
            ["ajourholdstidspunkt", "erGjeldende", "kilde"],
            "what is inherited comes first"
        );
        assert_eq!(bosted[6..9], ["ukjentBosted", "vegadresse", "matrikkeladresse"]);
    }

    #[test]
    fn elements_stand_in_the_order_of_the_schema_and_every_character_comes_through() {
        let text = "<Å> & \"'\t\r\n\u{1}\u{fffe}]]>";
        let json = serde_json::json!({"navn": [{"etternavn": text, "fornavn": "K", "erGjeldende": true, "mellomnavn": null}],
            "identifikasjonsnummer": []});
        let xml = PERSON.skriv("folkeregisterperson", &json.to_string()).unwrap();
        let start = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><folkeregisterperson xmlns=\"folkeregisteret:tilgjengeliggjoering:person:v1\"><navn><erGjeldende>true</erGjeldende><fornavn>K</fornavn><etternavn>";
        assert!(xml.starts_with(start), "{xml}");
        let document = Document::parse(&xml).unwrap();
        let read = document
            .descendants()
            .find(|node| node.tag_name().name() == "etternavn")
            .unwrap()
            .text()
            .unwrap();
        assert_eq!(read, text.replace(['\u{1}', '\u{fffe}'], "\u{fffd}"));
        assert!(PERSON.skriv("finnesIkke", "{}").is_err());
    }

    #[test]
    fn what_is_no_object_is_the_roots_only_element() {
        let one = FEED.skriv("sekvensnummer", "7").unwrap();
        assert!(one.ends_with("v1\"><sekvensnummer>7</sekvensnummer></sekvensnummer>"), "{one}");
        let many = PERSON.skriv("arkivDokumentBulkoppslagResponse", r#"[{},{"navn":[]}]"#).unwrap();
        assert_eq!(many.matches("<folkeregisterperson></folkeregisterperson>").count(), 2, "{many}");
        let none = HENDELSE.skriv("hendelseBulkoppslagResponse", "[]").unwrap();
        assert!(Document::parse(&none).unwrap().root_element().first_child().is_none());
    }

    #[test]
    fn a_question_is_a_list_of_texts() {
        let les = |xml: &str| les_liste(xml, "a");
        let two = Ok(vec!["1".to_owned(), "<2".to_owned()]);
        assert_eq!(les("<q><a>1</a><a>&lt;2</a></q>"), two);
        assert_eq!(
            les(
                "<?xml version='1.0'?>\n<x:q xmlns:x='y'>\n <!-- c -->\n <x:a>1</x:a>\n <a><![CDATA[<2]]></a>\n</x:q>"
            ),
            two
        );
        assert_eq!(les("<q/>"), Ok(Vec::new()));
        assert_eq!(les("<q><a/></q>"), Ok(vec![String::new()]));
        assert_eq!(les("<q>\n<b>1</b></q>"), Err(Ugyldig::Uventet(2, 1)));
        assert_eq!(les("<q>text</q>"), Err(Ugyldig::Uventet(1, 4)));
        assert_eq!(les("<q><a><a>1</a></a></q>"), Err(Ugyldig::Uventet(1, 4)));
        assert!(matches!(les("<q>\n<a></q>"), Err(Ugyldig::Xml(2, _))));
        assert!(matches!(les(""), Err(Ugyldig::Xml(..))));
        assert!(matches!(les("<!DOCTYPE q [<!ENTITY e '1'>]><q><a>&e;</a></q>"), Err(Ugyldig::Xml(..))));
        assert!(matches!(les("<q><a>&e;</a></q>"), Err(Ugyldig::Xml(..))));
        assert_eq!(les(&format!("<q>{}</q>", "<a>1</a>\n".repeat(1000))).map(|list| list.len()), Ok(1000));
        assert_eq!(les(&format!("<q>{}</q>", "<a/>".repeat(5000))), Err(Ugyldig::ForStort));
        let deep = format!("{}{}", "<a>".repeat(4000), "</a>".repeat(4000));
        assert_eq!(les(&format!("<q>{deep}</q>")), Err(Ugyldig::Uventet(1, 4)));
    }
}
