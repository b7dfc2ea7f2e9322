//! XML and Atom: the same as JSON, by the schemas that are served, which stand beside the published ones.
#![recursion_limit = "256"]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that fails panics, and one that skips says so"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use axum::body::Body;
use clients::folkeregister::*;
use common::liv::{Liv, lev};
use common::*;
use folkeregister::Component;
use http::{Request, StatusCode, header};
use kernel::id::Pid;
use roxmltree::{Document, Node};
use serde_json::{Value, json};

const XML: &str = "application/xml";
const ATOM: &str = "application/atom+xml";
const PERSON_NS: &str = "folkeregisteret:tilgjengeliggjoering:person:v1";
const HENDELSE_NS: &str = "folkeregisteret:tilgjengeliggjoering:hendelse:v1";
const PUBLISHED: &str = "registers/folkeregisteret/xsd";
const XSD: &str = "http://www.w3.org/2001/XMLSchema";

/// Of people: in a nation, by messages.
const FOLKETALL: u32 = 2000;
const MELDT: usize = 1200;

type Forskjell = (&'static str, &'static str, &'static str);

const STILLBORN: Forskjell = (
    "stillborn children, who have no number",
    r#"<xsd:choice><xsd:element name="relatertPerson""#,
    r#"<xsd:choice minOccurs="0"><xsd:element name="relatertPerson""#,
);
const DATE_OF_A_MOVE: Forskjell = (
    "the date of a move from the country",
    r#"<xsd:element name="tilflyttingsstedIUtlandet" type="Tekst" minOccurs="0"/>"#,
    r#"<xsd:element name="tilflyttingsstedIUtlandet" type="Tekst" minOccurs="0"/><xsd:element name="utflyttingsdato" type="Dato" minOccurs="0"/>"#,
);
const COUNTRIES: Forskjell = (
    "countries of addresses by three letters",
    r#"<xsd:element name="landkode" type="LandkodeIsoAlfa2""#,
    r#"<xsd:element name="landkode" type="LandkodeIsoAlfa3""#,
);

/// Where the published person document of 2019 (BETA 2) is another than what the register answers now, after its later
/// documentation: what is written there, and what is written here. `docs/folkeregister-xml.md` tells of each.
const BETA2: &[Forskjell] = &[
    STILLBORN,
    DATE_OF_A_MOVE,
    COUNTRIES,
    (
        "packages without numbers",
        r#"name="identifikasjonsnummer" type="Folkeregisteridentifikator" maxOccurs"#,
        r#"name="identifikasjonsnummer" type="Folkeregisteridentifikator" minOccurs="0" maxOccurs"#,
    ),
    (
        "permits of which the beginning is not told",
        r#"name="oppholdFra" type="Dato""#,
        r#"name="oppholdFra" type="Dato" minOccurs="0""#,
    ),
    (
        "births with history",
        r#"type="Foedsel" minOccurs="0""#,
        r#"type="Foedsel" minOccurs="0" maxOccurs="unbounded""#,
    ),
    (
        "births in Norway with history",
        r#"type="FoedselINorge" minOccurs="0""#,
        r#"type="FoedselINorge" minOccurs="0" maxOccurs="unbounded""#,
    ),
    (
        "the date of a decision on Sametinget's roll",
        r#"<xsd:element name="forhold" type="ForholdTilSametingetsValgmanntall"/>"#,
        r#"<xsd:element name="forhold" type="ForholdTilSametingetsValgmanntall"/><xsd:element name="vedtaksdato" type="Dato" minOccurs="0"/>"#,
    ),
    (
        "a guardian's field and tasks",
        r#"<xsd:element name="omfang" type="Vergemaalsomfang" minOccurs="0"/>"#,
        r#"<xsd:element name="omfang" type="Vergemaalsomfang" minOccurs="0"/><xsd:element name="omfangetErInnenPersonligOmraade" type="Boolsk" minOccurs="0"/>
            <xsd:element name="tjenesteomraade" minOccurs="0" maxOccurs="unbounded"><xsd:complexType><xsd:sequence>
            <xsd:element name="vergeTjenestevirksomhet" type="Tekst"/><xsd:element name="vergeTjenesteoppgave" type="Tekst" minOccurs="0"/></xsd:sequence></xsd:complexType></xsd:element>"#,
    ),
    (
        "citizens who need not keep their citizenship",
        r#"<xsd:enumeration value="harIkkeLengerBibehold"/>"#,
        r#"<xsd:enumeration value="harIkkeLengerBibehold"/><xsd:enumeration value="norskStatsborgerTrengerIkkeBibehold"/>"#,
    ),
];

/// The same of the published event document 1.4.
const HENDELSE14: &[Forskjell] = &[
    STILLBORN,
    DATE_OF_A_MOVE,
    COUNTRIES,
    (
        "the names of postal addresses as entities",
        r#"<xsd:enumeration value="kontaktadresse"/>"#,
        r#"<xsd:enumeration value="kontaktadresse"/><xsd:enumeration value="postadresse"/><xsd:enumeration value="postadresseIUtlandet"/>"#,
    ),
    (
        "guardians of whom no field is told",
        r#"name="omfangetErInnenPersonligOmraade" type="Boolsk"/>"#,
        r#"name="omfangetErInnenPersonligOmraade" type="Boolsk" minOccurs="0"/>"#,
    ),
];

/// A schema's types: the elements of each with their types; and the types of its roots.
struct Typer {
    typer: BTreeMap<String, Vec<(String, String)>>,
    roetter: BTreeMap<String, String>,
}

fn les_xsd(text: &str) -> Typer {
    let document = Document::parse(text).unwrap();
    let is = |node: &Node<'_, '_>, name| node.has_tag_name((XSD, name));
    let named = |node: Node<'_, '_>| {
        (node.attribute("name").unwrap().to_owned(), node.attribute("type").unwrap_or("").to_owned())
    };
    let elements = |node: Node<'_, '_>| {
        node.descendants().filter(|node| is(node, "element")).map(named).collect::<Vec<_>>()
    };
    let own: BTreeMap<String, _> = document
        .root_element()
        .children()
        .filter(|node| is(node, "complexType"))
        .map(|node| (node.attribute("name").unwrap().to_owned(), node))
        .collect();
    let typer = own
        .iter()
        .map(|(name, node)| {
            let base = node.descendants().find(|node| is(node, "extension"));
            let base = base.and_then(|node| own.get(node.attribute("base").unwrap()));
            let inherited = base.map(|node| elements(*node)).unwrap_or_default();
            (name.clone(), [inherited, elements(*node)].concat())
        })
        .collect();
    let roots = document.root_element().children().filter(|node| is(node, "element")).map(named).collect();
    Typer { typer, roetter: roots }
}

/// What an element holds: the type's elements that are in it are noted.
fn sett(typer: &Typer, type_: &str, node: Node<'_, '_>, seen: &mut BTreeSet<(String, String)>) {
    for child in node.children().filter(Node::is_element) {
        let name = child.tag_name().name();
        let elements = typer.typer.get(type_).unwrap_or_else(|| panic!("{type_} holds {name}"));
        let (_, inner) = elements
            .iter()
            .find(|(own, _)| own == name)
            .unwrap_or_else(|| panic!("{name} is not in {type_}"));
        seen.insert((type_.to_owned(), name.to_owned()));
        sett(typer, inner, child, seen);
    }
}

/// What `xmllint` finds wrong with documents by a schema; `None` where there is no `xmllint`.
fn xmllint(schema: &str, documents: &[String]) -> Option<Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    let xsd = folder.path().join("schema.xsd");
    std::fs::write(&xsd, schema).unwrap();
    let paths: Vec<_> = (0..documents.len()).map(|n| folder.path().join(format!("{n}.xml"))).collect();
    for (path, document) in paths.iter().zip(documents) {
        std::fs::write(path, document).unwrap();
    }
    let Ok(output) =
        Command::new("xmllint").args(["--noout", "--nonet", "--schema"]).arg(&xsd).args(&paths).output()
    else {
        println!("skipped: there is no xmllint, so nothing is held up against a schema");
        return None;
    };
    let said = String::from_utf8(output.stderr).unwrap();
    // Each fault once: all stand on the first line.
    let faults: BTreeSet<&str> = said
        .lines()
        .filter(|line| !line.ends_with(" validates"))
        .map(|line| line.split_once(".xml:1: ").map_or(line, |(_, fault)| fault))
        .collect();
    assert_eq!(output.status.success(), faults.is_empty(), "{said}");
    Some(faults.into_iter().map(str::to_owned).collect())
}

fn gyldig(schema: &str, documents: &[String]) {
    if let Some(faults) = xmllint(schema, documents) {
        assert_eq!(faults, Vec::<String>::new());
    }
}

/// A published schema as it would be without these differences, or `None` where it is not beside the project.
fn uten(name: &str, forskjeller: impl Iterator<Item = &'static Forskjell>) -> Option<String> {
    let text = standard(&format!("{PUBLISHED}/{name}"))?;
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut schema = words.join(" ").replace("> <", "><").replace(" />", "/>");
    for (what, there, here) in forskjeller {
        assert!(schema.contains(there), "{name} has not: {what}");
        schema = schema.replace(there, here);
    }
    Some(schema)
}

/// Documents fit a published schema but for the differences, each of which is one.
fn fits(name: &str, forskjeller: &'static [Forskjell], documents: &[String], roots: &str) {
    let with_roots =
        |schema: String| schema.replacen("<xsd:complexType", &format!("{roots}<xsd:complexType"), 1);
    let Some(schema) = uten(name, forskjeller.iter()) else { return };
    gyldig(&with_roots(schema), documents);
    for (what, ..) in forskjeller {
        let schema = uten(name, forskjeller.iter().filter(|(other, ..)| other != what)).unwrap();
        if let Some(faults) = xmllint(&with_roots(schema), documents) {
            assert!(!faults.is_empty(), "{name}: nothing of what is answered shows {what}");
        }
    }
}

/// The texts of a JSON value, each with its place.
fn json_leaves(value: &Value, at: &str, leaves: &mut BTreeMap<String, String>) {
    let mut leaf = |text: String| assert!(leaves.insert(at.to_owned(), text).is_none(), "{at} twice");
    match value {
        Value::Null => {}
        Value::Object(fields) => {
            let lists = fields.iter().map(|(name, value)| {
                (name, value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice))
            });
            let held: Vec<(String, &Value)> = lists
                .flat_map(|(name, list)| {
                    list.iter().enumerate().map(move |(n, one)| (format!("{at}/{name}[{n}]"), one))
                })
                .filter(|(_, one)| !one.is_null())
                .collect();
            if held.is_empty() {
                leaf(String::new());
            }
            for (at, one) in held {
                json_leaves(one, &at, leaves);
            }
        }
        Value::String(text) => leaf(text.clone()),
        other => leaf(other.to_string()),
    }
}

/// The texts of an element, each with its place; every element is of the namespace.
fn xml_leaves(node: Node<'_, '_>, namespace: &str, at: &str, leaves: &mut BTreeMap<String, String>) {
    assert_eq!(node.tag_name().namespace().unwrap_or_default(), namespace, "{at}");
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for child in node.children().filter(Node::is_element) {
        let n = count.entry(child.tag_name().name()).or_default();
        xml_leaves(child, namespace, &format!("{at}/{}[{n}]", child.tag_name().name()), leaves);
        *n += 1;
    }
    if count.is_empty() {
        leaves.insert(at.to_owned(), node.text().unwrap_or_default().to_owned());
    }
}

/// XML carries what JSON does: no leaf more, and none less.
fn same(xml: &str, root: &str, namespace: &str, json: &Value) {
    let document = Document::parse(xml).unwrap_or_else(|error| panic!("{error}: {xml}"));
    assert_eq!(document.root_element().tag_name().name(), root);
    let (mut from_xml, mut from_json) = (BTreeMap::new(), BTreeMap::new());
    xml_leaves(document.root_element(), namespace, "", &mut from_xml);
    json_leaves(json, "", &mut from_json);
    assert_eq!(from_xml, from_json);
}

/// Every part of a document, with its history.
fn alt() -> String {
    let parts: Vec<String> = Element::ALLE.iter().map(|element| format!("part={}", element.navn())).collect();
    format!("part=historikk&{}", parts.join("&"))
}

impl Register {
    async fn post_i(&self, path: &str, accept: &str, media: &str, body: String) -> Svar {
        let request = Request::post(path)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token(NAV, SCOPE_MED_HJEMMEL)))
            .header(header::CONTENT_TYPE, media)
            .header(header::ACCEPT, accept);
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// The same answer in both forms, which carry the same: the XML.
    async fn begge(&self, path: &str, scope: &str, root: &str, namespace: &str) -> String {
        let json = self.get_i(path, scope, "application/json").await;
        let xml = self.get_i(path, scope, XML).await;
        assert_eq!((json.status, xml.status), (StatusCode::OK, StatusCode::OK), "{path}: {}", xml.tekst);
        assert_eq!(xml.headers[header::CONTENT_TYPE], XML);
        same(&xml.tekst, root, namespace, &json.json());
        xml.tekst
    }

    /// As [`Register::begge`] of a bulk look-up. Where JSON is a list, `item` is what XML calls each of it.
    async fn begge_av(&self, path: &str, asked: &Value, root: (&str, &str), item: &str) -> String {
        let json = self.post_i(path, "application/json", "application/json", asked.to_string()).await.json();
        let xml = self.post_i(path, XML, "application/json", asked.to_string()).await;
        assert_eq!(xml.status, StatusCode::OK, "{}", xml.tekst);
        let json = if json.is_array() { json!({ item: json }) } else { json };
        same(&xml.tekst, root.0, root.1, &json);
        xml.tekst
    }

    /// Everyone's document, whole: the XML of look-ups of a thousand.
    async fn alle(&self, pids: &[Pid]) -> Vec<String> {
        let mut documents = Vec::new();
        let path = format!("{BASE}/personer/bulkoppslag?{}", alt());
        for chunk in pids.chunks(MAX_PERSONS) {
            let asked = json!({ "foedselsEllerDNummer": chunk });
            let root = ("personBulkoppslagResponse", PERSON_NS);
            documents.push(self.begge_av(&path, &asked, root, "").await);
        }
        documents
    }

    /// All events in full: the XML of look-ups of a thousand.
    async fn alle_hendelser(&self) -> Vec<String> {
        let mut documents = Vec::new();
        let mut seq = 1;
        loop {
            let page = self.get(&format!("{BASE}/hendelser/feed?seq={seq}")).await;
            let page: Vec<LagretHendelse> = serde_json::from_value(page.json()).unwrap();
            let Some(last) = page.last() else { return documents };
            seq = last.sekvensnummer + 1;
            let ids: Vec<&String> =
                page.iter().filter_map(|one| one.hendelse.hendelsesdokument.as_ref()).collect();
            let (path, asked) =
                (format!("{BASE}/hendelser/bulkoppslag"), json!({ "dokumentidentifikator": ids }));
            let root = ("hendelseBulkoppslagResponse", HENDELSE_NS);
            documents.push(self.begge_av(&path, &asked, root, "dokumentForHendelse").await);
        }
    }

    async fn skjema(&self, navn: &str) -> String {
        let svar = self.send(Request::get(format!("{BASE}/{navn}")).body(Body::empty()).unwrap()).await;
        assert_eq!(
            (svar.status, &svar.headers[header::CONTENT_TYPE]),
            (StatusCode::OK, &XML.parse().unwrap())
        );
        svar.tekst
    }
}

/// The elements of this name, cut out of documents, in one document of the root's.
fn samlet(documents: &[String], element: &str, root: &str, namespace: &str) -> String {
    let mut all = format!("<{root} xmlns=\"{namespace}\">");
    for text in documents {
        let document = Document::parse(text).unwrap();
        for node in document.descendants().filter(|node| node.tag_name().name() == element) {
            all.push_str(&text[node.range()]);
        }
    }
    all + &format!("</{root}>")
}

/// People who have every field of every element between them, each alternative once.
fn alle_former() -> Vec<Persondokument> {
    let meta = |mut entry: Value| {
        for (name, value) in [
            ("ajourholdstidspunkt", json!("2020-01-01T12:00:00.5Z")),
            ("gyldighetstidspunkt", json!("2020-01-01T00:00:00Z")),
            ("erGjeldende", json!(true)),
            ("kilde", json!("Ås & <sønner>")),
            ("aarsak", json!("Patch")),
        ] {
            entry[name] = value;
        }
        entry
    };
    let over = |entry: Value| {
        let mut entry = meta(entry);
        entry["erGjeldende"] = json!(false);
        entry["opphoerstidspunkt"] = json!("2021-01-01T00:00:00Z");
        entry
    };
    let navn = json!({"fornavn": "SVEN", "mellomnavn": "ÅKE", "etternavn": "O'HARA \"JR\""});
    let poststed = json!({"postnummer": "0184", "poststedsnavn": "OSLO"});
    let nummer = json!({"husnummer": "12", "husbokstav": "B"});
    let veg = json!({"kommunenummer": "0301", "bruksenhetsnummer": "H0101", "bruksenhetstype": "bolig", "adressenavn": "Storgata",
        "adressekode": "00001", "adressenummer": nummer, "adressetilleggsnavn": "Utsikten", "poststed": poststed, "coAdressenavn": "Berg"});
    let matrikkel = json!({"matrikkelnummer": {"kommunenummer": "0301", "gaardsnummer": 1, "bruksnummer": 2, "festenummer": 3},
        "undernummer": 4, "bruksenhetsnummer": "H0101", "bruksenhetstype": "bolig", "adressetilleggsnavn": "Utsikten", "poststed": poststed,
        "coAdressenavn": "Berg"});
    let ute = json!({"adressenavn": "High St 1", "bygning": "2", "etasjenummer": "3", "boenhet": "4", "postboks": "5", "postkode": "W1",
        "byEllerStedsnavn": "London", "distriktsnavn": "Soho", "region": "England", "coAdressenavn": "Smith", "landkode": "GBR"});
    let person =
        json!({"navn": navn, "foedselsdato": "1990-01-01", "kjoenn": "mann", "statsborgerskap": "SWE"});
    let far = folk().far;
    let id = |country: &str| {
        meta(
            json!({"identifikasjonsnummer": "A-1", "identifikasjonsnummertype": "utenlandskIdentifikasjonsnummer", "utstederland": country}),
        )
    };
    let bosted = |form: &str, address: &Value| {
        meta(
            json!({form: address, "adresseIdentifikatorFraMatrikkelen": "1", "naerAdresseIdentifikatorFraMatrikkelen": "2",
            "adressegradering": "klientadresse", "flyttedato": "2020-01-01", "grunnkrets": 1, "stemmekrets": 2, "skolekrets": 3, "kirkekrets": 4}),
        )
    };
    let delt = |form: &str, address: &Value| {
        meta(
            json!({form: address, "startdatoForKontrakt": "2020-01-01", "sluttdatoForKontrakt": "2030-01-01",
            "adresseIdentifikatorFraMatrikkelen": "1", "adressegradering": "ugradert"}),
        )
    };
    let opphold = |form: &str, address: &Value| {
        meta(json!({form: address, "adresseIdentifikatorFraMatrikkelen": "1", "adressegradering": "ugradert",
            "oppholdsadressedato": "2020-01-01", "oppholdAnnetSted": "pendler"}))
    };
    let doedsbo = |form: &str, contact: Value| {
        meta(json!({form: contact, "skifteform": "annet", "attestutstedelsesdato": "2020-01-01",
            "adresse": {"adresselinje": ["Storgata 1", "Bakgården"], "poststedsnavn": "OSLO", "postnummer": "0184", "landkode": "NOR"}}))
    };
    let ukjent = json!({"bostedskommune": "0301"});
    let all = json!({
        "falskIdentitet": meta(json!({"erFalsk": true, "rettIdentitetVedIdentifikasjonsnummer": far})),
        "identifikasjonsnummer": [meta(json!({"status": "iBruk", "foedselsEllerDNummer": kvinne(1980), "identifikatortype": "foedselsnummer"}))],
        "identitetsgrunnlag": [meta(json!({"identitetsgrunnlagstatus": "kontrollert"}))],
        "kontaktinformasjonForDoedsbo": [
            doedsbo("person", json!({"foedselsEllerDNummer": far})),
            doedsbo("person", json!({"personnavn": navn})),
            doedsbo("advokat", json!({"personnavn": navn, "organisasjonsnavn": "ADVOKAT AS", "organisasjonsnummer": "310000027"})),
            doedsbo("organisasjon", json!({"organisasjonsnavn": "NAV", "organisasjonsnummer": "310000027", "kontaktpersonnavn": navn})),
        ],
        "legitimasjonsdokument": [meta(json!({"identifikasjonsdokumenttype": "pass", "identifikasjonsdokumentnummer": "P1", "utstederland": "SWE",
            "gyldigFra": "2020-01-01", "gyldigTil": "2030-01-01"}))],
        "status": [meta(json!({"status": "bosatt"})), over(json!({"status": "utflyttet"}))],
        "utlendingsmyndighetenesIdentifikasjonsnummer": [id("NOR")],
        "utenlandskPersonidentifikasjon": [id("SWE")],
        "doedsfall": meta(json!({"doedsdato": "2020-01-01"})),
        "sivilstand": [meta(json!({"sivilstand": "gift", "sivilstandsdato": "2020-01-01", "myndighet": "kommune", "kommune": "0301", "sted": "Oslo",
            "utland": "SWE", "relatertVedSivilstand": far}))],
        "familierelasjon": [
            meta(json!({"relatertPerson": far, "relatertPersonsRolle": "ektefelleEllerPartner", "minRolleForPerson": "ektefelleEllerPartner"})),
            meta(json!({"relatertPersonUtenFolkeregisteridentifikator": person, "relatertPersonsRolle": "far", "minRolleForPerson": "barn"})),
        ],
        "bostedsadresse": [bosted("vegadresse", &veg), bosted("matrikkeladresse", &matrikkel), bosted("ukjentBosted", &ukjent)],
        "deltBosted": [delt("vegadresse", &veg), delt("matrikkeladresse", &matrikkel), delt("ukjentBosted", &ukjent)],
        "oppholdsadresse": [opphold("vegadresse", &veg), opphold("matrikkeladresse", &matrikkel), opphold("utenlandskAdresse", &ute),
            opphold("adressenErUkjent", &json!(true))],
        "postadresse": [
            meta(json!({"adressegradering": "ugradert", "postboksadresse": {"postbokseier": "Berg", "postboks": "7", "poststed": poststed}})),
            meta(json!({"adressegradering": "ugradert", "vegadresse": {"coAdressenavn": "Berg", "adressenavn": "Storgata", "adressenummer": nummer,
                "poststed": poststed, "adressekode": "00001", "adressetilleggsnavn": "Utsikten", "bruksenhetsnummer": "H0101"}})),
            meta(json!({"adressegradering": "ugradert", "postadresseIFrittFormat": {"adresselinje": ["Berg", "Storgata 1"], "poststed": poststed}})),
        ],
        "postadresseIUtlandet": [
            meta(json!({"adressegradering": "ugradert", "utenlandskAdresse": ute})),
            meta(json!({"adressegradering": "ugradert", "utenlandskAdresseIFrittFormat": {"adresselinje": ["High St 1", "Soho"], "postkode": "W1",
                "byEllerStedsnavn": "London", "landkode": "GBR"}})),
        ],
        "adressebeskyttelse": [meta(json!({"graderingsnivaa": "klientadresse"}))],
        "preferertKontaktadresse": [meta(json!({"valg": "postadresseIUtlandet"}))],
        "innflytting": [meta(json!({"fraflyttingsland": "SWE", "fraflyttingsstedIUtlandet": "Göteborg"}))],
        "utflytting": [meta(json!({"tilflyttingsland": "SWE", "tilflyttingsstedIUtlandet": "Göteborg", "utflyttingsdato": "2020-01-01"}))],
        "forholdTilSametingetsValgmanntall": [meta(json!({"forhold": "innmeldt", "vedtaksdato": "2020-01-01"}))],
        "kjoenn": [meta(json!({"kjoenn": "kvinne"}))],
        "statsborgerskap": [meta(json!({"statsborgerskap": "NOR", "ervervsdato": "2020-01-01"}))],
        "foreldreansvar": [meta(json!({"ansvar": "andre", "ansvarssubjekt": far, "ansvarlig": far, "ansvarligOrganisasjon": "310000027",
            "ansvarligUtenIdentifikator": person}))],
        "foedsel": [
            meta(json!({"foedselsdato": "1980-05-16", "foedselsaar": "1980", "foedested": "Oslo", "foedekommuneINorge": "0301", "foedeland": "NOR"})),
            over(json!({"foedselsaar": "1980"})),
        ],
        "navn": [meta(json!({"fornavn": "KARI", "mellomnavn": "MOE", "etternavn": "NORDMANN", "forkortetNavn": "NORDMANN KARI MOE", "originaltNavn": navn}))],
        "foedselINorge": [meta(json!({"foedselsinstitusjonsnavn": "SYKEHUSET", "rekkefoelgenummer": 21})), over(json!({"rekkefoelgenummer": 22}))],
        "vergemaalEllerFremtidsfullmakt": [meta(json!({"vergemaaltype": "voksen", "embete": "statsforvalterenIAgder", "verge": {
            "navn": navn, "foedselsEllerDNummer": far, "omfang": "personligeInteresser", "omfangetErInnenPersonligOmraade": true,
            "tjenesteomraade": [{"vergeTjenestevirksomhet": "nav", "vergeTjenesteoppgave": "arbeid"}, {"vergeTjenestevirksomhet": "bank"}]}}))],
        "opphold": [meta(json!({"oppholdstillatelse": "midlertidig", "oppholdFra": "2020-01-01", "oppholdTil": "2030-01-01"}))],
        "bibehold": [meta(json!({"bibeholdstatus": "norskStatsborgerTrengerIkkeBibehold", "datoForBibehold": "2020-01-01"}))],
        "brukAvSamiskSpraak": [meta(json!({"spraak": ["nordsamisk", "lulesamisk"]}))],
    });
    let mut falsk = serde_json::to_value(common::person(
        kvinne(1981),
        jiff::civil::date(1981, 5, 16),
        kernel::id::Kjoenn::Kvinne,
    ))
    .unwrap();
    falsk["falskIdentitet"] = meta(json!({"erFalsk": true, "rettIdentitetErUkjent": true}));
    falsk["opphold"] = json!([meta(json!({"oppholdstillatelse": "permanent"}))]);
    falsk["familierelasjon"] =
        json!([meta(json!({"relatertPersonsRolle": "doedfoedtBarn", "minRolleForPerson": "mor"}))]);
    let people = [all, falsk].map(|document| {
        let person: Persondokument = serde_json::from_value(document.clone()).unwrap();
        assert_eq!(serde_json::to_value(&person).unwrap(), document, "every name is one of the document's");
        person
    });
    people.into()
}

#[tokio::test]
async fn documents_of_every_shape_fit_the_served_schema_and_the_published_one_and_carry_what_json_does() {
    let register = tomt().await;
    let nation = nation::generate(
        &nation::Options { population: FOLKETALL, seed: 7, date: jiff::civil::date(2026, 11, 1) },
        &mut |_, _| {},
    );
    let mut people: Vec<Persondokument> = nation.persons().collect();
    assert!(people.len() > 1500, "{}", people.len());
    people.extend(alle_former());
    assert_eq!(register.last_inn(&ndjson(&people)).await.status, StatusCode::OK);
    let pids: Vec<Pid> = people.iter().filter_map(Persondokument::pid).collect();
    let mut documents = register.alle(&pids).await;

    // One of a package without numbers, and the other answers of the same schema.
    let name = people[0].fullt_navn().unwrap();
    let born = people[0].foedselsdato().unwrap().strftime("%Y%m%d").to_string();
    let scope = "folkeregister:deling/presseutenfolkeregisteridentifikator";
    let query = format!("navn={}&foedselsdato={born}", clients::encoded(&name));
    let path =
        format!("/folkeregisteret/api/presseutenfolkeregisteridentifikator/v1/personer/entydigsoek?{query}");
    let without_number = register.begge(&path, scope, "folkeregisterperson", PERSON_NS).await;
    assert!(!without_number.contains("identifikasjonsnummer"));
    documents.push(without_number);
    let whole = format!("{BASE}/personer/{}?{}", kvinne(1980).as_str(), alt());
    let full = register.begge(&whole, SCOPE_MED_HJEMMEL, "folkeregisterperson", PERSON_NS).await;
    documents.push(full.clone());
    let path = format!("{BASE}/personer/soek?kjoenn=kvinne&maksTreff=50");
    documents.push(register.begge(&path, SCOPE_MED_HJEMMEL, "personsoekResponse", PERSON_NS).await);
    let path = format!("{BASE}/personer/soek?navn=finnesikke");
    documents.push(register.begge(&path, SCOPE_MED_HJEMMEL, "personsoekResponse", PERSON_NS).await);

    let xsd = register.skjema("personer/xsd").await;
    gyldig(&xsd, &documents);

    // Between them they have everything that the schema tells of, but the questions.
    let (typer, mut seen) = (les_xsd(&xsd), BTreeSet::new());
    for text in &documents {
        let document = Document::parse(text).unwrap();
        let root = document.root_element();
        sett(&typer, &typer.roetter[root.tag_name().name()], root, &mut seen);
    }
    let unseen: Vec<_> = typer
        .typer
        .iter()
        .filter(|(type_, _)| *type_ != "Registermetadata")
        .flat_map(|(type_, elements)| elements.iter().map(move |(name, _)| (type_.clone(), name.clone())))
        .filter(|pair| !seen.contains(pair) && pair.1 != "opphoerstidspunkt")
        .map(|(type_, name)| format!("{type_}.{name}"))
        .collect();
    let never = [
        "AdvokatSomKontakt.kontaktpersonnavn",
        "ArkivDokumentBulkoppslagRequest.dokumentidentifikator",
        "ArkivDokumentBulkoppslagResponse.folkeregisterperson",
        "Feilmelding.feilmelding",
        "Oppslag.feilmelding",
        "OrganisasjonSomKontakt.personnavn",
        "PersonBulkoppslagRequest.foedselsEllerDNummer",
        "VegadresseForPost.bruksenhetstype",
        "VegadresseForPost.kommunenummer",
    ];
    assert_eq!(unseen, never);

    let all = samlet(&documents, "folkeregisterperson", "alle", PERSON_NS);
    let roots = r#"<xsd:element name="alle"><xsd:complexType><xsd:sequence><xsd:element ref="folkeregisterperson" maxOccurs="unbounded"/></xsd:sequence></xsd:complexType></xsd:element>"#;
    fits("PersondokumentMedHistorikk_v1BETA2.xsd", BETA2, &[all], roots);
}

#[tokio::test]
async fn events_of_every_message_fit_the_served_schema_and_the_published_one_and_carry_what_json_does() {
    let register = tomt().await;
    let mut liv = Liv::ny(4);
    let registrert = lev(&register, &mut liv, MELDT).await;
    for melding in MELDINGER {
        assert!(registrert.get(melding).is_some_and(|antall| *antall > 0), "{melding} of {registrert:?}");
    }
    let hendelser = register.alle_hendelser().await;
    let xsd = register.skjema("hendelser/xsd").await;
    gyldig(&xsd, &hendelser);
    let one = register.feed().await[0].hendelse.hendelsesdokument.clone().unwrap();
    let path = format!("{BASE}/hendelser/{one}");
    gyldig(&xsd, &[register.begge(&path, SCOPE_MED_HJEMMEL, "dokumentForHendelse", HENDELSE_NS).await]);
    let all = samlet(&hendelser, "dokumentForHendelse", "alle", HENDELSE_NS);
    let roots = r#"<xsd:element name="alle"><xsd:complexType><xsd:sequence><xsd:element ref="dokumentForHendelse" maxOccurs="unbounded"/></xsd:sequence></xsd:complexType></xsd:element>"#;
    fits("Hendelsedokument_v1.4.xsd", HENDELSE14, &[all], roots);

    let people = register.alle(&liv.folk).await;
    gyldig(&register.skjema("personer/xsd").await, &people);
    let all = samlet(&people, "folkeregisterperson", "alle", PERSON_NS);
    if let Some(schema) = uten("PersondokumentMedHistorikk_v1BETA2.xsd", BETA2.iter()) {
        let roots = r#"<xsd:element name="alle"><xsd:complexType><xsd:sequence><xsd:element ref="folkeregisterperson" maxOccurs="unbounded"/></xsd:sequence></xsd:complexType></xsd:element><xsd:complexType"#;
        gyldig(&schema.replacen("<xsd:complexType", roots, 1), &[all]);
    }
    // The archive has them as they were.
    let stored: Vec<String> =
        register.feed().await.into_iter().take(200).filter_map(|one| one.hendelse.persondokument).collect();
    let root = ("arkivDokumentBulkoppslagResponse", PERSON_NS);
    let path = format!("{BASE}/personer/bulkoppslag/arkiv?{}", alt());
    let asked = json!({ "dokumentidentifikator": stored });
    let archive = register.begge_av(&path, &asked, root, "folkeregisterperson").await;
    let path = format!("{BASE}/personer/arkiv/{}?{}", stored[0], alt());
    let one = register.begge(&path, SCOPE_MED_HJEMMEL, "folkeregisterperson", PERSON_NS).await;
    gyldig(&register.skjema("personer/xsd").await, &[archive, one]);
}

/// The schemas' elements are the fields that the API's document tells of, and of the same sort.
#[tokio::test]
async fn the_schemas_tell_of_the_fields_that_json_has() {
    let register = tomt().await;
    let api = serde_json::to_value(Component::new(register.test.ctx.clone()).router().get_openapi()).unwrap();
    let schemas = &api["components"]["schemas"];
    for (xsd, root, schema) in [
        ("personer/xsd", "folkeregisterperson", "Persondokument"),
        ("personer/xsd", "personBulkoppslagResponse", "PersonBulkoppslagSvar"),
        ("personer/xsd", "personBulkoppslagRequest", "PersonBulkoppslag"),
        ("personer/xsd", "arkivDokumentBulkoppslagRequest", "DokumentBulkoppslag"),
        ("personer/xsd", "personsoekResponse", "Personsoek"),
        ("hendelser/xsd", "hendelseBulkoppslagRequest", "DokumentBulkoppslag"),
        ("hendelser/feedxsd", "lagretHendelse", "LagretHendelse"),
        ("hendelser/feedxsd", "sekvensnummer", "Sekvensnummer"),
    ] {
        let text = register.skjema(xsd).await;
        let typer = les_xsd(&text);
        compare(&typer, &text, &typer.roetter[root], schemas, schema);
    }
    let text = register.skjema("hendelser/xsd").await;
    let names: Vec<String> =
        les_xsd(&text).typer["Registerdata"].iter().map(|(name, _)| name.clone()).collect();
    for element in Element::ALLE {
        assert!(names.iter().any(|name| name == element.navn()), "events of {}", element.navn());
    }
}

fn compare(typer: &Typer, text: &str, type_: &str, schemas: &Value, schema: &str) {
    let fields =
        schemas[schema]["properties"].as_object().unwrap_or_else(|| panic!("{schema} has no fields"));
    let elements: BTreeMap<&str, &str> =
        typer.typer[type_].iter().map(|(name, type_)| (name.as_str(), type_.as_str())).collect();
    let names: Vec<&str> = fields.keys().map(String::as_str).collect();
    assert_eq!(elements.keys().copied().collect::<Vec<_>>(), names, "{type_} and {schema}");
    for (name, field) in fields {
        let inner = elements[name.as_str()];
        let list = field["type"] == "array";
        let held = if list { &field["items"] } else { field };
        let one_of = held["oneOf"].as_array().into_iter().flatten().find_map(|one| one["$ref"].as_str());
        let reference = held["$ref"].as_str().or(one_of);
        let target = reference.map(|reference| reference.rsplit('/').next().unwrap());
        let document = Document::parse(text).unwrap();
        let of = document
            .root_element()
            .children()
            .find(|node| node.has_tag_name((XSD, "complexType")) && node.attribute("name") == Some(type_));
        let base = document.root_element().children().find(|node| {
            node.has_tag_name((XSD, "complexType")) && node.attribute("name") == Some("Registermetadata")
        });
        let declared = [of, base].into_iter().flatten().flat_map(|node| node.descendants());
        let declared = declared
            .filter(|node| node.has_tag_name((XSD, "element")))
            .find(|node| node.attribute("name") == Some(name))
            .unwrap();
        assert_eq!(declared.attribute("maxOccurs").is_some(), list, "{type_}.{name} is repeated");
        match target {
            Some(target) if schemas[target]["properties"].is_object() => {
                compare(typer, text, inner, schemas, target);
            }
            Some(target) => {
                let simple = document.descendants().find(|node| {
                    node.has_tag_name((XSD, "simpleType")) && node.attribute("name") == Some(inner)
                });
                let codes: BTreeSet<&str> = simple
                    .unwrap()
                    .descendants()
                    .filter(|node| node.has_tag_name((XSD, "enumeration")))
                    .filter_map(|node| node.attribute("value"))
                    .collect();
                let known =
                    schemas[target]["enum"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
                assert_eq!(codes, known, "{type_}.{name}");
            }
            None => {
                let sort = held["type"].as_str().or_else(|| held["type"][0].as_str()).unwrap();
                let fits: &[&str] = match (sort, held["format"].as_str()) {
                    ("boolean", _) => &["Boolsk"],
                    ("integer", _) => &["Heltall", "PositivtStortHeltall"],
                    ("string", Some("date")) => &["Dato"],
                    ("string", Some("date-time")) => &["DatoKlokkeslett"],
                    _ => &[
                        "Tekst",
                        "Foedselsnummer",
                        "Organisasjonsnummer",
                        "Kommunenummer",
                        "Postnummer",
                        "LandkodeIsoAlfa3",
                        "Aarstall",
                        "Kjoenn",
                        "Dokumentidentifikator",
                    ],
                };
                assert!(fits.contains(&inner), "{type_}.{name}: {inner} for {held}");
            }
        }
    }
}

#[tokio::test]
async fn a_caller_gets_the_form_that_they_ask_for_and_the_use_is_logged_alike() {
    let register = register().await;
    let mor = folk().mor;
    let path = format!("{BASE}/personer/{}", mor.as_str());
    let ask = |accept: &'static str| register.get_i(&path, SCOPE_MED_HJEMMEL, accept);
    let xml = ask(XML).await;
    assert!(
        xml.tekst.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?><folkeregisterperson xmlns="),
        "{}",
        xml.tekst
    );
    let json = ask("*/*").await;
    assert_eq!(
        (&json.headers[header::VARY], &xml.headers[header::VARY]),
        (&"accept".parse().unwrap(), &"accept".parse().unwrap())
    );
    let [of_json, of_xml] = [&json, &xml].map(|svar| svar.headers[header::ETAG].to_str().unwrap().to_owned());
    assert_eq!(of_xml, format!("\"{}-xml\"", of_json.trim_matches('"')));
    for (accept, etag, status) in [
        (XML, &of_xml, StatusCode::NOT_MODIFIED),
        ("application/json", &of_json, StatusCode::NOT_MODIFIED),
        (XML, &of_json, StatusCode::OK),
        ("application/json", &of_xml, StatusCode::OK),
    ] {
        let request = Request::get(&path)
            .header(header::AUTHORIZATION, format!("Bearer {}", register.token(NAV, SCOPE_MED_HJEMMEL)))
            .header(header::ACCEPT, accept)
            .header(header::IF_NONE_MATCH, etag);
        let svar = register.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(svar.status, status, "{accept} {etag}");
        assert!(svar.headers.contains_key(header::VARY));
    }
    for (accept, names) in [("image/png", 2), ("text/xml", 2), (ATOM, 2)] {
        let refused = ask(accept).await;
        assert_eq!(refused.status, StatusCode::NOT_ACCEPTABLE, "{accept}");
        assert_eq!(refused.tekst.matches("application/").count(), names, "{}", refused.tekst);
    }
    let uses = register.log.entries_about(&mor, None, 10).await.unwrap();
    assert_eq!(uses.len(), 6);
    assert!(uses.iter().all(|entry| entry.access == uses[0].access));
}

#[tokio::test]
async fn the_xml_of_one_who_is_protected_shows_no_more_than_the_json() {
    let register = register().await;
    let f = folk();
    let packages = [
        ("offentlig-med-hjemmel/api/v1", SCOPE_MED_HJEMMEL),
        ("api/offentligutenhjemmel/v1", SCOPE_UTEN_HJEMMEL),
        ("api/privatutenhjemmel/v1", SCOPE_PRIVAT_UTEN_HJEMMEL),
        ("api/finans/v1", SCOPE_FINANS),
    ];
    let mut shown = Vec::new();
    for pid in [&f.kode6, &f.kode7, &f.gift, &f.d_nummer] {
        for (base, scope) in packages {
            let path = format!("/folkeregisteret/{base}/personer/{}?part=historikk", pid.as_str());
            let xml = register.begge(&path, scope, "folkeregisterperson", PERSON_NS).await;
            shown.push(xml.contains("vegadresse"));
        }
    }
    let [no, yes] = [false, true];
    assert_eq!(shown, [[no; 4], [yes, yes, no, no], [yes; 4], [no; 4]].concat());
    let child = register.foedsel(&foedselsmelding("x-1", &f.kode6)).await.foedsels_eller_d_nummer.unwrap();
    for line in register.feed().await {
        let id = line.hendelse.hendelsesdokument.unwrap();
        let path = format!("{BASE}/hendelser/{id}");
        let xml = register.begge(&path, SCOPE_MED_HJEMMEL, "dokumentForHendelse", HENDELSE_NS).await;
        let protected = [f.kode6, child].contains(&line.hendelse.folkeregisteridentifikator);
        assert!(!protected || !xml.contains("vegadresse"));
    }
}

#[tokio::test]
async fn the_feed_is_atom() {
    let register = register().await;
    let f = folk();
    register.foedsel(&foedselsmelding("a-1", &f.mor)).await;
    let feed = register.feed().await;
    let path = format!("{BASE}/hendelser/feed?seq=2");
    let page = register.get_i(&path, SCOPE_MED_HJEMMEL, ATOM).await;
    assert_eq!((page.status, &page.headers[header::CONTENT_TYPE]), (StatusCode::OK, &ATOM.parse().unwrap()));
    let as_xml = register.get_i(&path, SCOPE_MED_HJEMMEL, XML).await;
    assert_eq!((&as_xml.tekst, &as_xml.headers[header::CONTENT_TYPE]), (&page.tekst, &XML.parse().unwrap()));
    assert_ne!(as_xml.headers[header::ETAG], page.headers[header::ETAG]);

    let document = Document::parse(&page.tekst).unwrap();
    let root = document.root_element();
    let text = |node: Node<'_, '_>, name: &str| {
        let found = node.children().find(|child| child.has_tag_name(("http://www.w3.org/2005/Atom", name)));
        found.and_then(|node| node.text()).unwrap_or_default().to_owned()
    };
    let address = format!("http://localhost:8080{BASE}/hendelser/feed");
    assert_eq!(root.tag_name().name(), "feed");
    assert_eq!(text(root, "id"), address);
    assert_eq!(text(root, "updated"), feed.last().unwrap().hendelse.ajourholdstidspunkt.to_string());
    let links = |document: &Document<'_>| {
        let links = document.descendants().filter(|node| node.tag_name().name() == "link");
        links
            .map(|node| ["rel", "href"].map(|name| node.attribute(name).unwrap().to_owned()))
            .collect::<Vec<_>>()
    };
    let link = |rel: &str, seq: i64| [rel.to_owned(), format!("{address}?seq={seq}")];
    let next = feed.last().unwrap().sekvensnummer + 1;
    assert_eq!(links(&document), [link("self", 2), link("first", 0), link("next", next)]);

    let entries: Vec<_> = root.children().filter(|node| node.tag_name().name() == "entry").collect();
    assert_eq!(entries.len(), feed.len() - 1);
    let mut contents = Vec::new();
    for (entry, line) in entries.iter().zip(&feed[1..]) {
        let tag = "tag:skatteetaten.no,2017-10-10:folkeregisteret:tilgjengeliggjoering:hendelse:v1";
        assert_eq!(text(*entry, "id"), format!("{tag}:{}", line.sekvensnummer));
        assert_eq!(text(*entry, "updated"), line.hendelse.ajourholdstidspunkt.to_string());
        let content = entry.children().find(|node| node.tag_name().name() == "content").unwrap();
        assert_eq!(content.attribute("type"), Some(XML));
        let stored = content.first_element_child().unwrap();
        let stored = page.tekst[stored.range()].to_owned();
        same(&stored, "lagretHendelse", HENDELSE_NS, &serde_json::to_value(line).unwrap());
        contents.push(stored);
    }
    gyldig(&register.skjema("hendelser/feedxsd").await, &contents);

    // The next page is empty, and leads nowhere; other packages have no documents.
    let empty = register.get_i(&format!("{BASE}/hendelser/feed?seq={next}"), SCOPE_MED_HJEMMEL, ATOM).await;
    let document = Document::parse(&empty.tekst).unwrap();
    assert_eq!(links(&document), [link("self", next), link("first", 0)]);
    assert!(!empty.tekst.contains("<entry"));
    let finans = "/folkeregisteret/api/finans/v1/hendelser/feed/?seq=1";
    let finans = register.get_i(finans, SCOPE_FINANS, ATOM).await;
    assert_eq!(finans.status, StatusCode::OK);
    assert!(
        finans.tekst.contains("/api/finans/v1/hendelser/feed?seq=1") && !finans.tekst.contains("dokument>")
    );

    let newest = format!("{BASE}/hendelser/siste/sekvensnummer");
    let in_xml = register.get_i(&newest, SCOPE_MED_HJEMMEL, XML).await.tekst;
    same(&in_xml, "sekvensnummer", HENDELSE_NS, &json!({"sekvensnummer": next - 1}));
    gyldig(&register.skjema("hendelser/feedxsd").await, &[in_xml]);
    let alone = register.get_i(&newest, SCOPE_MED_HJEMMEL, "text/plain").await;
    assert_eq!(
        (alone.tekst, &alone.headers[header::CONTENT_TYPE]),
        ((next - 1).to_string(), &"text/plain".parse().unwrap())
    );
}

#[tokio::test]
async fn schemas_are_open_to_all_in_every_package() {
    let register = tomt().await;
    for name in ["personer/xsd", "hendelser/xsd", "hendelser/feedxsd"] {
        let served = register.skjema(name).await;
        assert!(!served.contains("xsd:include"));
        let path = format!("/folkeregisteret/api/finans/v1/{name}");
        let other = register.send(Request::get(path).body(Body::empty()).unwrap()).await;
        assert_eq!((other.status, other.tekst), (StatusCode::OK, served));
        let unknown = register.get(&format!("/folkeregisteret/api/hemmelig/v1/{name}")).await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND);
        let as_json = register.get_i(&format!("{BASE}/{name}"), SCOPE_MED_HJEMMEL, "application/json").await;
        assert_eq!(as_json.status, StatusCode::NOT_ACCEPTABLE, "{}", as_json.tekst);
    }
}

#[tokio::test]
async fn a_question_can_be_xml() {
    let register = register().await;
    let f = folk();
    let path = format!("{BASE}/personer/bulkoppslag?part=navn");
    let asked = json!({"foedselsEllerDNummer": [f.far, f.ukjent, f.mor]});
    let numbers = [f.far, f.ukjent, f.mor]
        .map(|pid| format!("  <foedselsEllerDNummer>{}</foedselsEllerDNummer>\n", pid.as_str()));
    let question = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<personBulkoppslagRequest xmlns=\"{PERSON_NS}\">\n{}</personBulkoppslagRequest>",
        numbers.concat()
    );
    let xsd = register.skjema("personer/xsd").await;
    gyldig(&xsd, std::slice::from_ref(&question));
    let json = register.post(&path, SCOPE_MED_HJEMMEL, &asked).await.json();
    let both = register.post_i(&path, "application/json", XML, question.clone()).await;
    assert_eq!((both.status, both.json()), (StatusCode::OK, json.clone()));
    // Who does not say which form they want gets that of the question.
    let own = register
        .post_som(&path, NAV, SCOPE_MED_HJEMMEL, "application/xml; charset=utf-8", question.clone())
        .await;
    same(&own.tekst, "personBulkoppslagResponse", PERSON_NS, &json);
    assert!(own.tekst.contains("<feilmelding><feilmelding>Det finnes ingen person"), "{}", own.tekst);
    gyldig(&xsd, &[own.tekst]);
    // The names around are not looked at: the real register's are not published.
    let other = question.replace("personBulkoppslagRequest", "x:annet").replace("xmlns=", "xmlns:x=");
    assert_eq!(register.post_i(&path, "*/*", XML, other).await.json(), json);

    register.foedsel(&foedselsmelding("q-1", &f.mor)).await;
    let line = register.feed().await.remove(0).hendelse;
    for (path, id) in [
        ("hendelser/bulkoppslag/", line.hendelsesdokument.unwrap()),
        ("personer/bulkoppslag/arkiv/", line.persondokument.unwrap()),
    ] {
        let question =
            format!("<spoersmaal><dokumentidentifikator>{id}</dokumentidentifikator></spoersmaal>");
        let svar = register.post_i(&format!("{BASE}/{path}"), "application/json", XML, question).await;
        assert_eq!(svar.json().as_array().unwrap().len(), 1);
    }
    let finans = "/folkeregisteret/api/finans/v1/personer/bulkoppslag/";
    assert_eq!(register.post_som(finans, NAV, SCOPE_FINANS, XML, question).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_question_that_is_no_xml_is_refused_with_the_place() {
    let register = register().await;
    let path = format!("{BASE}/personer/bulkoppslag");
    let number = folk().mor;
    let element = format!("<foedselsEllerDNummer>{}</foedselsEllerDNummer>", number.as_str());
    let before = register.bruk(&number).await;
    for (status, question, words) in [
        (400, String::new(), "gyldig XML uten DTD: linje 1, tegn 1"),
        (400, format!("<q>\n{element}"), "gyldig XML"),
        (400, format!("<q>\n  {element}</p>"), "linje 2, tegn"),
        (400, format!("<!DOCTYPE q [<!ENTITY a \"{}\">]><q>&a;</q>", number.as_str()), "uten DTD"),
        (400, format!("<!DOCTYPE q SYSTEM \"file:///etc/passwd\"><q>{element}</q>"), "uten DTD"),
        (400, format!("<q>&a;{element}</q>"), "gyldig XML"),
        (400, format!("<q>\n{element}<annet>1</annet></q>"), "ikke hører hjemme der: linje 2, tegn"),
        (400, format!("<q>{element}{}</q>", number.as_str()), "ikke hører hjemme der: linje 1"),
        (
            400,
            "<q><foedselsEllerDNummer>03851598731</foedselsEllerDNummer></q>".to_owned(),
            "foedselsEllerDNummer[0] har feil kontrollsiffer",
        ),
        (400, "<q/>".to_owned(), "skal ha 1 til 1000 numre"),
        (400, format!("<q>{}</q>", element.repeat(1001)), "skal ha 1 til 1000 numre"),
        (413, format!("<q>{}</q>", "<a/>".repeat(5000)), "for mange elementer"),
        (400, format!("<q>{}{}</q>", "<a>".repeat(4000), "</a>".repeat(4000)), "linje 1, tegn 4"),
        (413, format!("<q>{element}{}</q>", " ".repeat(256 << 10)), "for stort"),
    ] {
        let svar = register.post_som(&path, NAV, SCOPE_MED_HJEMMEL, XML, question.clone()).await;
        let question: String = question.chars().take(200).collect();
        assert_eq!(svar.status.as_u16(), status, "{question}: {}", svar.tekst);
        assert_eq!(svar.headers[header::CONTENT_TYPE], XML);
        assert!(svar.tekst.contains(words), "{question}: {}", svar.tekst);
        assert!(!svar.tekst.contains(number.as_str()), "what was sent is not repeated");
    }
    let latin = register.post_som(&path, NAV, SCOPE_MED_HJEMMEL, XML, vec![b'<', b'q', 0xE5]).await;
    assert_eq!(latin.status, StatusCode::BAD_REQUEST);
    assert!(latin.tekst.contains("UTF-8: byte 3"), "{}", latin.tekst);
    let plain = register.post_som(&path, NAV, SCOPE_MED_HJEMMEL, "text/plain", element).await;
    assert_eq!(plain.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(plain.json()["melding"], "Innholdet må være application/json eller application/xml.");
    assert_eq!(register.bruk(&number).await, before, "what is refused is not a use");
}

#[tokio::test]
async fn a_refusal_has_the_form_that_was_asked_for() {
    let register = register().await;
    let mor = folk().mor;
    let path = format!("{BASE}/personer/{}", mor.as_str());
    let error = |svar: &Svar| {
        assert_eq!(svar.headers[header::CONTENT_TYPE], XML, "{}", svar.tekst);
        assert_eq!(svar.headers[header::VARY], "accept");
        let document = Document::parse(&svar.tekst).unwrap_or_else(|error| panic!("{error}: {}", svar.tekst));
        let mut leaves = BTreeMap::new();
        xml_leaves(document.root_element(), "", "", &mut leaves);
        assert_eq!(document.root_element().tag_name().name(), "folkeregisterFeilmelding");
        leaves
    };
    for (status, path, scope, code) in [
        (400, format!("{path}?part=alder"), SCOPE_MED_HJEMMEL, "FREG-002"),
        (403, path.clone(), SCOPE_FINANS, "FREG-004"),
        (404, format!("{BASE}/personer/{}", folk().ukjent.as_str()), SCOPE_MED_HJEMMEL, "FREG-005"),
        (404, format!("{BASE}/familier"), SCOPE_MED_HJEMMEL, "FREG-005"),
        (404, "/folkeregisteret/api/hemmelig/v1/personer/xsd".to_owned(), SCOPE_MED_HJEMMEL, "FREG-005"),
        (400, format!("{BASE}/hendelser/feed?seq=x"), SCOPE_MED_HJEMMEL, "FREG-002"),
    ] {
        let json = register.get_i(&path, scope, "application/json").await.json();
        for accept in [XML, "application/xml;q=0.9, application/json;q=0.1"] {
            let svar = register.get_i(&path, scope, accept).await;
            assert_eq!(svar.status.as_u16(), status, "{path}: {}", svar.tekst);
            let leaves = error(&svar);
            assert_eq!(leaves["/httpStatus[0]"], status.to_string());
            assert_eq!(leaves["/alvorlighetsgrad[0]"], "WARNING");
            assert_eq!((leaves["/feilkode[0]"].as_str(), &json["kode"]), (code, &json!(code)));
            assert_eq!(json["melding"], json!(leaves["/feilmelding[0]"]));
            assert_eq!(
                json["felt"].as_str(),
                leaves.get("/tilleggsinformasjon[0]/entry[0]/value[0]").map(String::as_str)
            );
        }
    }
    let no_token = Request::get(&path).header(header::ACCEPT, XML).body(Body::empty()).unwrap();
    let no_token = register.send(no_token).await;
    assert_eq!(no_token.status, StatusCode::UNAUTHORIZED);
    assert!(no_token.headers.contains_key(header::WWW_AUTHENTICATE));
    assert_eq!(error(&no_token)["/feilkode[0]"], "FREG-003");
    let atom = register.get_i(&format!("{BASE}/hendelser/feed?seq=x"), SCOPE_MED_HJEMMEL, ATOM).await;
    assert_eq!(error(&atom)["/tilleggsinformasjon[0]/entry[0]/value[0]"], "seq");
    let neither = register.get_i(&path, SCOPE_MED_HJEMMEL, "image/png").await;
    assert_eq!(neither.json()["kode"], "FREG-006");
    assert_eq!(register.bruk(&mor).await, 0);
}

#[tokio::test]
async fn extracts_are_xml_too() {
    let register = register().await;
    let job = register.get_i(&format!("{BASE}/uttrekk/komplett"), SCOPE_MED_HJEMMEL, XML).await;
    assert_eq!(job.status, StatusCode::OK, "{}", job.tekst);
    let document = Document::parse(&job.tekst).unwrap();
    assert_eq!(document.root_element().tag_name().name(), "uttrekkJobbResponse");
    let id = document.root_element().first_element_child().unwrap().text().unwrap().to_owned();
    let path = format!("{BASE}/uttrekk/{id}/batch/0");
    for _ in 0..200 {
        if register.get(&path).await.status == StatusCode::OK {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let namespace = "folkeregisteret:tilgjengeliggjoering:uttrekk:v1";
    let batch = register.begge(&path, SCOPE_MED_HJEMMEL, "uttrekkDataResponse", namespace).await;
    assert_eq!(batch.matches("<dokumentidentifikator>").count(), dokumenter().len());
    let path = format!("{BASE}/uttrekk/finnes-ikke/batch/0");
    let gone = register.get_i(&path, SCOPE_MED_HJEMMEL, XML).await;
    assert_eq!((gone.status, &gone.headers[header::CONTENT_TYPE]), (StatusCode::GONE, &XML.parse().unwrap()));
    same(&gone.tekst, "uttrekkDataResponse", namespace, &register.get(&path).await.json());
}
