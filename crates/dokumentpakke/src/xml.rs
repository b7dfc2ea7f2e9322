//! Reading of the small XML documents of a package.

use uppsala::{Document, NodeId, Parser};

use crate::Pakkefeil;

/// No document of a package nests deeper, or is longer: a parsed one takes many times its size. Bytes.
const DEEPEST: u32 = 32;
const LONGEST: usize = 1_000_000;

/// An element of a document.
#[derive(Clone, Copy)]
pub struct Element<'d> {
    pub doc: &'d Document<'d>,
    pub node: NodeId,
}

/// The text of an XML document: UTF-8, perhaps behind a byte order mark.
pub fn text<'d>(bytes: &'d [u8], name: &str) -> Result<&'d str, Pakkefeil> {
    if bytes.len() > LONGEST {
        return Err(Pakkefeil::new(format!("{name} er lengre enn {LONGEST} byte.")));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| Pakkefeil::new(format!("{name} er ikke UTF-8.")))?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// Parses; a document with a DTD is refused, and with it every entity of its own.
pub fn parse<'d>(text: &'d str, name: &str) -> Result<Document<'d>, Pakkefeil> {
    let parser = Parser::new().with_forbid_dtd(true).with_max_depth(DEEPEST);
    parser.parse(text).map_err(|_| Pakkefeil::new(format!("{name} er ikke velformet XML (uten DTD).")))
}

impl<'d> Element<'d> {
    /// The document's element, where it is this one.
    pub fn root(doc: &'d Document<'d>, namespace: &str, name: &str) -> Option<Self> {
        let node = doc.document_element()?;
        doc.element(node)?.matches_name_ns(namespace, name).then_some(Self { doc, node })
    }

    /// The only child of this name, where there may be one: several are refused.
    pub fn optional(self, namespace: &str, name: &str) -> Result<Option<Self>, Pakkefeil> {
        match self.children(namespace, name).as_slice() {
            [] => Ok(None),
            [only] => Ok(Some(*only)),
            _ => Err(Pakkefeil::new(format!("{name} står flere ganger."))),
        }
    }

    /// The only child of this name; nothing where there are several.
    pub fn child(self, namespace: &str, name: &str) -> Option<Self> {
        self.optional(namespace, name).ok().flatten()
    }

    /// The children of this name.
    pub fn children(self, namespace: &str, name: &str) -> Vec<Self> {
        let nodes = self.doc.child_elements_by_name_ns(self.node, namespace, name);
        nodes.into_iter().map(|node| Self { doc: self.doc, node }).collect()
    }

    /// All text within.
    pub fn text(self) -> String {
        self.doc.text_content_deep(self.node)
    }

    /// An attribute.
    pub fn attribute(self, name: &str) -> Option<&'d str> {
        self.doc.get_attribute(self.node, name)
    }
}
