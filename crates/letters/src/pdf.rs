//! A letter as tagged PDF: every line of text belongs to a heading, a paragraph or a list of the structure tree, so that a
//! screen reader reads it in order; language, title and metadata are set. The page's foot is an artifact.
//!
//! The fonts are two of the 14 that every reader has, not embedded: this is the one demand of PDF/UA-1 that is not met,
//! so the file does not claim it. The same letter gives the same bytes.

use std::sync::OnceLock;

use pdf_writer::types::{ArtifactType, StructRole};
use pdf_writer::{Chunk, Content, Finish, Name, Pdf, Rect, Ref, Str, TextStr};

use crate::skrift::{self, TILLEGG, Vekt};
use crate::{Brev, Del};

const CATALOG: Ref = Ref::new(1);
const PAGES: Ref = Ref::new(2);
const NORMAL: Ref = Ref::new(3);
const HALVFET: Ref = Ref::new(4);
const METADATA: Ref = Ref::new(5);
const ROOT: Ref = Ref::new(6);
const DOCUMENT: Ref = Ref::new(7);
const INFO: Ref = Ref::new(8);
const FIRST_FREE: i32 = 9;

const WIDTH: f32 = 595.0;
const HEIGHT: f32 = 842.0;
const LEFT: f32 = 72.0;
const TOP: f32 = 770.0;
const BOTTOM: f32 = 80.0;
const COLUMN: f32 = WIDTH - 2.0 * LEFT;
const INDENT: f32 = 16.0;

/// How a block is set.
struct Stil {
    vekt: Vekt,
    size: f32,
    leading: f32,
    before: f32,
    indent: f32,
}

const H1: Stil = Stil { vekt: Vekt::Halvfet, size: 20.0, leading: 25.0, before: 18.0, indent: 0.0 };
const H2: Stil = Stil { vekt: Vekt::Halvfet, size: 13.0, leading: 17.0, before: 14.0, indent: 0.0 };
const P: Stil = Stil { vekt: Vekt::Normal, size: 11.0, leading: 15.0, before: 6.0, indent: 0.0 };
const HODE: Stil = Stil { vekt: Vekt::Normal, size: 11.0, leading: 15.0, before: 0.0, indent: 0.0 };
const LI: Stil = Stil { vekt: Vekt::Normal, size: 11.0, leading: 15.0, before: 3.0, indent: INDENT };

/// A line at its place, and the marked content it belongs to.
struct Linje {
    text: Vec<u8>,
    vekt: Vekt,
    size: f32,
    x: f32,
    y: f32,
}

/// A run of lines on one page that is one piece of marked content.
struct Stykke {
    page: usize,
    mcid: usize,
    lines: Vec<Linje>,
}

/// An element of the structure tree.
struct Element {
    role: StructRole,
    /// The place of the parent in the list; `None` under the document.
    parent: Option<usize>,
    pieces: Vec<Stykke>,
}

/// Puts blocks on pages.
struct Setter {
    elements: Vec<Element>,
    /// How many pieces of marked content each page has so far.
    pages: Vec<usize>,
    y: f32,
}

impl Setter {
    fn element(&mut self, role: StructRole, parent: Option<usize>) -> usize {
        self.elements.push(Element { role, parent, pieces: Vec::new() });
        self.elements.len() - 1
    }

    fn page(&mut self) {
        self.pages.push(0);
        self.y = TOP;
    }

    /// A new piece of marked content on the current page, for the element.
    fn piece(&mut self, element: usize, lines: Vec<Linje>) {
        let page = self.pages.len() - 1;
        if let (Some(element), Some(count)) = (self.elements.get_mut(element), self.pages.get_mut(page)) {
            element.pieces.push(Stykke { page, mcid: *count, lines });
            *count += 1;
        }
    }

    /// Sets a block; `room` is what must still fit under its first line.
    fn block(&mut self, element: usize, text: &str, stil: &Stil, room: f32) {
        let lines = skrift::linjer(stil.vekt, &skrift::bytes(text), stil.size, COLUMN - stil.indent);
        if self.y < TOP {
            self.y -= stil.before;
        }
        if self.y - stil.leading - room < BOTTOM {
            self.page();
        }
        let mut here = Vec::new();
        for text in lines {
            if self.y - stil.leading < BOTTOM {
                self.piece(element, std::mem::take(&mut here));
                self.page();
            }
            self.y -= stil.leading;
            here.push(Linje { text, vekt: stil.vekt, size: stil.size, x: LEFT + stil.indent, y: self.y });
        }
        self.piece(element, here);
    }

    fn item(&mut self, list: usize, text: &str) {
        let item = self.element(StructRole::LI, Some(list));
        let label = self.element(StructRole::Lbl, Some(item));
        let body = self.element(StructRole::LBody, Some(item));
        let before = self.pages.len();
        let start = self.y;
        self.block(body, text, &LI, 0.0);
        // The bullet stands beside the first line, which the body may have moved to a new page.
        let moved = self.elements.get(body).and_then(|body| body.pieces.first());
        let (page, y) =
            moved.and_then(|piece| Some((piece.page, piece.lines.first()?.y))).unwrap_or((before - 1, start));
        let bullet =
            Linje { text: vec![skrift::byte('•')], vekt: Vekt::Normal, size: P.size, x: LEFT + 2.0, y };
        if let (Some(label), Some(count)) = (self.elements.get_mut(label), self.pages.get_mut(page)) {
            label.pieces.push(Stykke { page, mcid: *count, lines: vec![bullet] });
            *count += 1;
        }
    }
}

/// The letter as PDF.
pub fn render(brev: &Brev) -> Vec<u8> {
    let mut setter = Setter { elements: Vec::with_capacity(48), pages: vec![0], y: TOP };
    for line in &brev.hode {
        let element = setter.element(StructRole::P, None);
        setter.block(element, line, &HODE, 0.0);
    }
    let title = setter.element(StructRole::H1, None);
    setter.block(title, &brev.tittel, &H1, 0.0);
    for del in &brev.deler {
        match del {
            Del::Overskrift(text) => {
                let element = setter.element(StructRole::H2, None);
                setter.block(element, text, &H2, 2.0 * P.leading + P.before);
            }
            Del::Avsnitt(text) => {
                let element = setter.element(StructRole::P, None);
                setter.block(element, text, &P, 0.0);
            }
            Del::Liste(items) => {
                let list = setter.element(StructRole::L, None);
                for item in items {
                    setter.item(list, item);
                }
            }
        }
    }
    write(brev, &setter.elements, &setter.pages)
}

/// The same objects of every letter.
fn fonts() -> &'static Chunk {
    static FONTS: OnceLock<Chunk> = OnceLock::new();
    FONTS.get_or_init(|| {
        let mut chunk = Chunk::new();
        for (id, name, vekt) in
            [(NORMAL, "Helvetica", Vekt::Normal), (HALVFET, "Helvetica-Bold", Vekt::Halvfet)]
        {
            let mut font = chunk.type1_font(id);
            font.base_font(Name(name.as_bytes())).first_char(1).last_char(255);
            font.widths((1..=255).map(|byte| f32::from(skrift::bredde(vekt, byte))));
            let mut encoding = font.encoding_custom();
            encoding.base_encoding(Name(b"WinAnsiEncoding"));
            encoding.differences().consecutive(1, TILLEGG.iter().map(|(_, name, ..)| Name(name)));
        }
        chunk
    })
}

fn write(brev: &Brev, elements: &[Element], pages: &[usize]) -> Vec<u8> {
    let count = i32::try_from(pages.len()).unwrap_or(i32::MAX);
    let element_ref = |place: usize| Ref::new(FIRST_FREE + place as i32);
    let page_ref = |page: usize| Ref::new(FIRST_FREE + (elements.len() + page) as i32);
    let content_ref = |page: usize| Ref::new(FIRST_FREE + (elements.len() + pages.len() + page) as i32);
    let parents_ref = |page: usize| Ref::new(FIRST_FREE + (elements.len() + 2 * pages.len() + page) as i32);

    let mut pdf = Pdf::with_capacity(16 << 10);
    pdf.set_version(1, 7);
    let mut catalog = pdf.catalog(CATALOG);
    catalog.pages(PAGES).metadata(METADATA).lang(TextStr("nb-NO"));
    catalog.mark_info().marked(true);
    catalog.viewer_preferences().display_doc_title(true);
    catalog.pair(Name(b"StructTreeRoot"), ROOT);
    catalog.finish();
    pdf.document_info(INFO)
        .title(TextStr(&brev.tittel))
        .author(TextStr(&brev.avsender))
        .creator(TextStr("Felles"));
    let metadata = xmp(brev);
    pdf.metadata(METADATA, metadata.as_bytes());
    pdf.extend(fonts());
    pdf.pages(PAGES).count(count).kids((0..pages.len()).map(page_ref));

    // The structure: root, document, elements.
    let mut parents: Vec<Vec<Ref>> = pages.iter().map(|count| vec![DOCUMENT; *count]).collect();
    for (place, element) in elements.iter().enumerate() {
        for piece in &element.pieces {
            if let Some(slot) = parents.get_mut(piece.page).and_then(|page| page.get_mut(piece.mcid)) {
                *slot = element_ref(place);
            }
        }
    }
    let mut root = pdf.indirect(ROOT).start::<pdf_writer::writers::StructTreeRoot<'_>>();
    root.child(DOCUMENT).parent_tree_next_key(count);
    let mut tree = root.parent_tree();
    let mut nums = tree.nums();
    for page in 0..pages.len() {
        nums.insert(page as i32, parents_ref(page));
    }
    nums.finish();
    tree.finish();
    root.finish();
    for (page, refs) in parents.iter().enumerate() {
        pdf.indirect(parents_ref(page)).array().items(refs.iter().copied());
    }
    let mut document = pdf.struct_element(DOCUMENT);
    document.kind(StructRole::Document).parent(ROOT);
    let top = elements.iter().enumerate().filter(|(_, element)| element.parent.is_none());
    let mut children = document.children();
    for (place, _) in top {
        children.struct_element(element_ref(place));
    }
    children.finish();
    document.finish();
    for (place, element) in elements.iter().enumerate() {
        let mut written = pdf.struct_element(element_ref(place));
        written.kind(element.role).parent(element.parent.map_or(DOCUMENT, element_ref));
        let mut children = written.children();
        for (child, _) in
            elements.iter().enumerate().skip(place).filter(|(_, other)| other.parent == Some(place))
        {
            children.struct_element(element_ref(child));
        }
        for piece in &element.pieces {
            children.marked_content_ref().page(page_ref(piece.page)).marked_content_id(piece.mcid as i32);
        }
    }

    // The pages.
    for page in 0..pages.len() {
        let mut written = pdf.page(page_ref(page));
        written.parent(PAGES).media_box(Rect::new(0.0, 0.0, WIDTH, HEIGHT)).contents(content_ref(page));
        written.struct_parents(page as i32).tab_order(pdf_writer::types::TabOrder::StructureOrder);
        written.resources().fonts().pair(Name(b"F0"), NORMAL).pair(Name(b"F1"), HALVFET);
        written.finish();
        let content = content(brev, elements, page, pages.len());
        pdf.stream(content_ref(page), &content);
    }
    pdf.finish()
}

fn content(brev: &Brev, elements: &[Element], page: usize, pages: usize) -> Vec<u8> {
    let mut content = Content::with_capacity(8 << 10);
    for element in elements {
        for piece in element.pieces.iter().filter(|piece| piece.page == page) {
            content
                .begin_marked_content_with_properties(element.role.to_name())
                .properties()
                .identify(piece.mcid as i32);
            for line in &piece.lines {
                show(&mut content, line);
            }
            content.end_marked_content();
        }
    }
    content
        .begin_marked_content_with_properties(Name(b"Artifact"))
        .properties()
        .artifact()
        .kind(ArtifactType::Pagination);
    let foot = match brev.sak.as_str() {
        "" => format!("Side {} av {pages}", page + 1),
        sak => format!("Sak {sak} · side {} av {pages}", page + 1),
    };
    show(
        &mut content,
        &Linje { text: skrift::bytes(&foot), vekt: Vekt::Normal, size: 9.0, x: LEFT, y: 48.0 },
    );
    content.end_marked_content();
    content.finish().to_vec()
}

fn show(content: &mut Content, line: &Linje) {
    let font = match line.vekt {
        Vekt::Normal => Name(b"F0"),
        Vekt::Halvfet => Name(b"F1"),
    };
    content.begin_text().set_font(font, line.size).next_line(line.x, line.y).show(Str(&line.text)).end_text();
}

fn xmp(brev: &Brev) -> String {
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!(
        r#"<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{}</rdf:li></rdf:Seq></dc:creator>
<dc:language><rdf:Bag><rdf:li>nb-NO</rdf:li></rdf:Bag></dc:language>
<xmp:CreatorTool>Felles</xmp:CreatorTool>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"#,
        escaped(&brev.tittel),
        escaped(&brev.avsender)
    )
}
