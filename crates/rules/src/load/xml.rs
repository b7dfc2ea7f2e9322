//! A DMN document's elements, with errors that say where.

use roxmltree::Node;

use crate::LoadError;
use crate::law::LegalRef;

/// DMN 1.5.
const DMN: &str = "https://www.omg.org/spec/DMN/20230324/MODEL/";
/// What Felles adds to a model: law, roles, purposes, texts.
const OWN: &str = "urn:felles:dmn:1";

/// An element of the model.
#[derive(Clone, Copy)]
pub(super) struct El<'a> {
    node: Node<'a, 'a>,
    file: &'a str,
}

/// The law that parts of a model inherit from the model: its number and its name.
pub(super) struct Law<'a> {
    pub number: &'a str,
    pub title: Option<&'a str>,
}

impl<'a> El<'a> {
    /// The root of a document.
    pub fn root(node: Node<'a, 'a>, file: &'a str) -> Result<Self, LoadError> {
        let el = Self { node, file };
        let name = node.tag_name();
        if name.name() != "definitions" || name.namespace() != Some(DMN) {
            return Err(el.err(format!("the document must be a `definitions` of DMN 1.5, namespace {DMN}")));
        }
        Ok(el)
    }

    /// An error at this element.
    pub fn err(&self, message: impl Into<String>) -> LoadError {
        let line = self.node.document().text_pos_at(self.node.range().start).row;
        let named = self.node.ancestors().find_map(|n| n.attribute("id").map(|id| (n.tag_name().name(), id)));
        let place = named.map_or_else(|| self.name().to_owned(), |(tag, id)| format!("{tag} {id}"));
        LoadError { file: self.file.to_owned(), line: Some(line), place, message: message.into() }
    }

    /// The tag, without its namespace.
    pub fn name(&self) -> &'a str {
        self.node.tag_name().name()
    }

    /// A standard attribute.
    pub fn attr(&self, name: &str) -> Option<&'a str> {
        self.node.attribute(name).map(str::trim).filter(|v| !v.is_empty())
    }

    /// A standard attribute that must be there.
    pub fn need(&self, name: &str) -> Result<&'a str, LoadError> {
        self.attr(name).ok_or_else(|| self.err(format!("the attribute `{name}` is missing")))
    }

    /// An attribute of ours.
    pub fn own(&self, name: &str) -> Option<&'a str> {
        self.node.attribute((OWN, name)).map(str::trim).filter(|v| !v.is_empty())
    }

    /// An attribute of ours that must be there.
    pub fn need_own(&self, name: &str) -> Result<&'a str, LoadError> {
        self.own(name).ok_or_else(|| self.err(format!("the attribute `felles:{name}` is missing")))
    }

    /// An attribute of ours that is yes or no; no when it is not there.
    pub fn flag(&self, name: &str) -> Result<bool, LoadError> {
        match self.own(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(other) => Err(self.err(format!("`felles:{name}` is `{other}`, not true or false"))),
        }
    }

    /// Refuses attributes of ours that are not in the list: a misspelt one would be passed over in silence.
    pub fn only_own(&self, known: &[&str]) -> Result<(), LoadError> {
        match self.node.attributes().find(|a| a.namespace() == Some(OWN) && !known.contains(&a.name())) {
            Some(a) => Err(self.err(format!("`felles:{}` has no meaning on a `{}`", a.name(), self.name()))),
            None => Ok(()),
        }
    }

    /// Its children of DMN itself.
    pub fn children(&self) -> impl Iterator<Item = El<'a>> + use<'a> {
        let file = self.file;
        self.node
            .children()
            .filter(|n| n.is_element() && n.tag_name().namespace() == Some(DMN))
            .map(move |node| El { node, file })
    }

    /// Its children with a name.
    pub fn all(&self, name: &'static str) -> impl Iterator<Item = El<'a>> + use<'a> {
        self.children().filter(move |c| c.name() == name)
    }

    /// Its first child with a name.
    pub fn child(&self, name: &'static str) -> Option<El<'a>> {
        self.all(name).next()
    }

    /// A child that must be there.
    pub fn need_child(&self, name: &'static str) -> Result<El<'a>, LoadError> {
        self.child(name).ok_or_else(|| self.err(format!("the element `{name}` is missing")))
    }

    /// The text inside its child `text`, or an error.
    pub fn text(&self) -> Result<&'a str, LoadError> {
        let text = self.need_child("text")?.node.text().unwrap_or_default().trim();
        if text.is_empty() { Err(self.err("the text is empty")) } else { Ok(text) }
    }

    /// The plain text directly inside it.
    pub fn own_text(&self) -> &'a str {
        self.node.text().unwrap_or_default().trim()
    }

    /// Its description, with whitespace as between words.
    pub fn description(&self) -> Option<String> {
        let text = self.child("description")?.own_text().split_whitespace().collect::<Vec<_>>().join(" ");
        Some(text).filter(|t| !t.is_empty())
    }

    /// An element of ours inside `extensionElements`.
    pub fn extension(&self, name: &str) -> Option<El<'a>> {
        let file = self.file;
        self.child("extensionElements")?
            .node
            .children()
            .find(|n| n.tag_name().namespace() == Some(OWN) && n.tag_name().name() == name)
            .map(|node| El { node, file })
    }

    /// Refuses elements of ours that are not in the list.
    pub fn only_extensions(&self, known: &[&str]) -> Result<(), LoadError> {
        let inside = self.child("extensionElements").into_iter().flat_map(|e| e.node.children());
        let mut own = inside.filter(|n| n.tag_name().namespace() == Some(OWN));
        match own.find(|n| !known.contains(&n.tag_name().name())) {
            Some(n) => {
                let el = El { node: n, file: self.file };
                Err(el.err(format!("`felles:{}` has no meaning in a `{}`", el.name(), self.name())))
            }
            None => Ok(()),
        }
    }

    /// What its child with a name refers to: the id after `#`.
    pub fn href(&self, name: &'static str) -> Result<Option<&'a str>, LoadError> {
        let Some(child) = self.child(name) else { return Ok(None) };
        let href = child.need("href")?;
        match href.strip_prefix('#') {
            Some(id) => Ok(Some(id)),
            None => Err(child.err(format!("`{href}` refers out of this document"))),
        }
    }

    /// The place in the law that the element names: `felles:paragraf` and `felles:ledd`, in the model's law unless `felles:lov` names another.
    pub fn law(&self, model: &Law<'_>) -> Result<Option<LegalRef>, LoadError> {
        let (law, section, paragraph) = (self.own("lov"), self.own("paragraf"), self.own("ledd"));
        if law.is_none() && section.is_none() {
            return match paragraph {
                Some(_) => Err(self.err("`felles:ledd` needs `felles:paragraf`")),
                None => Ok(None),
            };
        }
        let title = self.own("lovnavn").or(if law.is_none() { model.title } else { None });
        Ok(Some(LegalRef {
            law: law.unwrap_or(model.number).to_owned(),
            title: title.map(str::to_owned),
            section: section.map(str::to_owned),
            paragraph: paragraph.map(str::to_owned),
            uncertain: self.flag("usikker")?,
        }))
    }
}
