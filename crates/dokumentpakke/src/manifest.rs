//! The manifest: from whom and to whom, and what each file is.

use kernel::id::Orgnr;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use crate::Pakkefeil;
use crate::xml::{self, Element};

/// Its name in the package.
pub const FIL: &str = "manifest.xml";
const NS: &str = "http://begrep.difi.no/sdp/schema_v10";
/// What stands before an organisation's number: the code of today, and that of before 2021.
const ORG: [&str; 2] = ["0192:", "9908:"];
/// Most attachments.
const VEDLEGG: usize = 200;

/// What a package holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// The receiver's number, where the sender tells it.
    pub personidentifikator: Option<String>,
    /// The receiver's mailbox; absent for print.
    pub postkasseadresse: Option<String>,
    /// The sender.
    pub avsender: Orgnr,
    /// The unit within the sender.
    pub avsenderidentifikator: Option<String>,
    /// What the sender wants to find on the bill.
    pub fakturareferanse: Option<String>,
    /// The letter itself.
    pub hoveddokument: Dokument,
    /// What comes with it.
    pub vedlegg: Vec<Dokument>,
}

/// A document and what it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dokument {
    /// The file's name in the package.
    pub fil: Vedlagt,
    /// What the person sees, with its language.
    pub tittel: Option<(String, String)>,
    /// Data by which a mailbox can show more of it (`utvidelser`).
    pub data: Option<Vedlagt>,
}

/// A file of the package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vedlagt {
    /// Its name.
    pub href: String,
    /// Its media type.
    pub mime: String,
}

fn feil(hva: &str) -> Pakkefeil {
    Pakkefeil::new(format!("{FIL}: {hva}."))
}

impl Manifest {
    /// The documents, the letter itself first.
    pub fn dokumenter(&self) -> impl Iterator<Item = &Dokument> {
        std::iter::once(&self.hoveddokument).chain(&self.vedlegg)
    }

    /// Every file that is named.
    pub fn filer(&self) -> impl Iterator<Item = &Vedlagt> {
        self.dokumenter().flat_map(|dokument| std::iter::once(&dokument.fil).chain(&dokument.data))
    }

    /// Reads one (`sdp-manifest.xsd`; every part of the receiver may be left out, as senders do).
    pub fn les(bytes: &[u8]) -> Result<Self, Pakkefeil> {
        let text = xml::text(bytes, FIL)?;
        let doc = xml::parse(text, FIL)?;
        let root =
            Element::root(&doc, NS, "manifest").ok_or_else(|| feil("rotelementet er ikke manifest"))?;
        let text = |element: Element<'_>, name: &str| {
            let text = element.optional(NS, name)?.map(|child| child.text().trim().to_owned());
            Ok::<_, Pakkefeil>(text.filter(|text| !text.is_empty()))
        };
        let mottaker = root.optional(NS, "mottaker")?;
        let person = mottaker.map(|mottaker| mottaker.optional(NS, "person")).transpose()?.flatten();
        let of_person =
            |name: &str| Ok::<_, Pakkefeil>(person.map(|person| text(person, name)).transpose()?.flatten());
        let avsender = root.child(NS, "avsender").ok_or_else(|| feil("avsender mangler"))?;
        let organisasjon = text(avsender, "organisasjon")?.unwrap_or_default();
        let number = ORG.iter().find_map(|prefix| organisasjon.strip_prefix(prefix));
        let number = number.and_then(|number| Orgnr::parse(number).ok());
        let hoveddokument =
            root.child(NS, "hoveddokument").ok_or_else(|| feil("det er ikke nøyaktig ett hoveddokument"))?;
        let vedlegg = root.children(NS, "vedlegg");
        if vedlegg.len() > VEDLEGG {
            return Err(feil("det er mer enn 200 vedlegg"));
        }
        let manifest = Self {
            personidentifikator: of_person("personidentifikator")?,
            postkasseadresse: of_person("postkasseadresse")?,
            avsender: number.ok_or_else(|| feil("organisasjon er ikke et organisasjonsnummer"))?,
            avsenderidentifikator: text(avsender, "avsenderidentifikator")?,
            fakturareferanse: text(avsender, "fakturaReferanse")?,
            hoveddokument: dokument(hoveddokument)?,
            vedlegg: vedlegg.into_iter().map(dokument).collect::<Result<_, _>>()?,
        };
        let mut names: Vec<&str> = manifest.filer().map(|fil| fil.href.as_str()).collect();
        names.sort_unstable();
        if names.windows(2).any(|pair| pair.first() == pair.last()) {
            return Err(feil("to dokumenter har samme filnavn"));
        }
        Ok(manifest)
    }

    /// The manifest as XML.
    pub fn skriv(&self) -> Result<Vec<u8>, Pakkefeil> {
        let mut writer = Writer::new(Vec::new());
        self.write(&mut writer).map_err(|_| feil("kan ikke skrives"))?;
        Ok(writer.into_inner())
    }

    fn write(&self, writer: &mut Writer<Vec<u8>>) -> std::io::Result<()> {
        writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        let manifest = writer.create_element("manifest").with_attribute(("xmlns", NS));
        manifest.write_inner_content(|writer| {
            if let Some(adresse) = &self.postkasseadresse {
                writer.create_element("mottaker").write_inner_content(|writer| {
                    writer.create_element("person").write_inner_content(|writer| {
                        optional(writer, "personidentifikator", self.personidentifikator.as_deref())?;
                        optional(writer, "postkasseadresse", Some(adresse))
                    })?;
                    Ok(())
                })?;
            }
            writer.create_element("avsender").write_inner_content(|writer| {
                let number = format!("{}{}", ORG[0], self.avsender.as_str());
                writer
                    .create_element("organisasjon")
                    .with_attribute(("authority", "iso6523-actorid-upis"))
                    .write_text_content(BytesText::new(&number))?;
                optional(writer, "avsenderidentifikator", self.avsenderidentifikator.as_deref())?;
                optional(writer, "fakturaReferanse", self.fakturareferanse.as_deref())
            })?;
            write_document(writer, "hoveddokument", &self.hoveddokument)?;
            self.vedlegg.iter().try_for_each(|vedlegg| write_document(writer, "vedlegg", vedlegg))
        })?;
        Ok(())
    }
}

fn optional(writer: &mut Writer<Vec<u8>>, name: &str, text: Option<&str>) -> std::io::Result<()> {
    if let Some(text) = text {
        writer.create_element(name).write_text_content(BytesText::new(text))?;
    }
    Ok(())
}

fn write_document(writer: &mut Writer<Vec<u8>>, name: &str, dokument: &Dokument) -> std::io::Result<()> {
    let named = |fil: &Vedlagt| [("href", fil.href.clone()), ("mime", fil.mime.clone())];
    let attributes = named(&dokument.fil);
    let attributes = attributes.iter().map(|(name, value)| (*name, value.as_str()));
    writer.create_element(name).with_attributes(attributes).write_inner_content(|writer| {
        if let Some((tittel, spraak)) = &dokument.tittel {
            let element = writer.create_element("tittel").with_attribute(("lang", spraak.as_str()));
            element.write_text_content(BytesText::new(tittel))?;
        }
        if let Some(data) = &dokument.data {
            let attributes = named(data);
            let attributes = attributes.iter().map(|(name, value)| (*name, value.as_str()));
            writer.create_element("data").with_attributes(attributes).write_empty()?;
        }
        Ok(())
    })?;
    Ok(())
}

fn dokument(element: Element<'_>) -> Result<Dokument, Pakkefeil> {
    let tittel = element.child(NS, "tittel").map(|tittel| {
        (tittel.text().trim().to_owned(), tittel.attribute("lang").unwrap_or("no").to_ascii_lowercase())
    });
    if tittel.as_ref().is_some_and(|(tittel, _)| tittel.is_empty() || tittel.chars().count() > 255) {
        return Err(feil("en tittel har ikke fra 1 til 255 tegn"));
    }
    Ok(Dokument { fil: vedlagt(element)?, tittel, data: element.child(NS, "data").map(vedlagt).transpose()? })
}

fn vedlagt(element: Element<'_>) -> Result<Vedlagt, Pakkefeil> {
    let of = |name: &str, least: usize| {
        let value = element.attribute(name).unwrap_or_default();
        let fits = (least..=100).contains(&value.chars().count());
        fits.then(|| value.to_owned())
            .ok_or_else(|| feil(&format!("attributtet {name} har ikke fra {least} til 100 tegn")))
    };
    // Parameters of a type (`; charset=utf-8`) say nothing here.
    let mime = of("mime", 1)?.to_ascii_lowercase();
    let mime = mime.split(';').next().unwrap_or_default().trim().to_owned();
    Ok(Vedlagt { href: of("href", 4)?, mime })
}
