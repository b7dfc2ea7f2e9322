//! QR codes, drawn where the page is made: no script and no picture from elsewhere.

use std::fmt::Write as _;

use maud::{Markup, html};
use qrcode::{Color, EcLevel, QrCode};

/// A QR code of `text` with the quiet zone of four modules around it; `title` says what it is to who cannot see it. Nothing
/// where the text is too long for one.
pub fn qr(text: &str, title: &str) -> Markup {
    let Ok(code) = QrCode::with_error_correction_level(text, EcLevel::M) else { return html! {} };
    let width = code.width();
    let mut path = String::new();
    for (at, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            // Writing to a string does not fail.
            let _ = write!(path, "M{} {}h1v1h-1z", at % width + 4, at / width + 4);
        }
    }
    let size = width + 8;
    // Three dots a module at least, for cameras.
    let shown = (size * 3).max(240);
    html! {
        svg role="img" aria-label=(title) width=(shown) height=(shown) viewBox={ "0 0 " (size) " " (size) } shape-rendering="crispEdges" {
            rect width=(size) height=(size) fill="#fff" {}
            path d=(path) fill="#000" {}
        }
    }
}
