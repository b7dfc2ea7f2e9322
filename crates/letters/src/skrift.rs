//! Helvetica as every PDF reader has it: which byte writes a letter, and how wide it is.
//!
//! The bytes are WinAnsi's, and in the places of its control characters stand letters of Sámi and of Norway's neighbours.
//! Widths are in thousandths of the size, from Adobe's metrics of the 14 standard fonts.

/// A weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vekt {
    /// Running text.
    Normal,
    /// Headings.
    Halvfet,
}

/// Letters beyond WinAnsi: the letter, its name in a font, and its widths. The first is byte 1.
pub const TILLEGG: [(char, &[u8], u16, u16); 31] = [
    ('č', b"ccaron", 500, 556),
    ('Č', b"Ccaron", 722, 722),
    ('đ', b"dcroat", 556, 611),
    ('Đ', b"Dcroat", 722, 722),
    ('ŋ', b"eng", 556, 611),
    ('Ŋ', b"Eng", 722, 722),
    ('ŧ', b"tbar", 278, 333),
    ('Ŧ', b"Tbar", 611, 611),
    ('ł', b"lslash", 222, 278),
    ('Ł', b"Lslash", 556, 611),
    ('ń', b"nacute", 556, 611),
    ('ś', b"sacute", 500, 556),
    ('Ś', b"Sacute", 667, 667),
    ('ć', b"cacute", 500, 556),
    ('ę', b"eogonek", 556, 556),
    ('ą', b"aogonek", 556, 556),
    ('ż', b"zdotaccent", 500, 500),
    ('Ż', b"Zdotaccent", 611, 611),
    ('ź', b"zacute", 500, 500),
    ('ğ', b"gbreve", 556, 611),
    ('ş', b"scedilla", 500, 556),
    ('Ş', b"Scedilla", 667, 667),
    ('ı', b"dotlessi", 278, 278),
    ('İ', b"Idotaccent", 278, 278),
    ('ř', b"rcaron", 333, 389),
    ('ě', b"ecaron", 556, 556),
    ('ā', b"amacron", 556, 556),
    ('ē', b"emacron", 556, 556),
    ('ī', b"imacron", 278, 278),
    ('ū', b"umacron", 556, 611),
    ('ș', b"scommaaccent", 500, 556),
];

/// The byte that writes `letter`; a question mark where the font lacks it.
pub fn byte(letter: char) -> u8 {
    match letter {
        '\u{20}'..='\u{7e}' | '\u{a0}'..='\u{ff}' => letter as u8,
        '€' => 0x80,
        '…' => 0x85,
        'Š' => 0x8a,
        'Œ' => 0x8c,
        'Ž' => 0x8e,
        '‘' => 0x91,
        '’' => 0x92,
        '“' => 0x93,
        '”' => 0x94,
        '•' => 0x95,
        '–' | '\u{2212}' => 0x96,
        '—' => 0x97,
        'š' => 0x9a,
        'œ' => 0x9c,
        'ž' => 0x9e,
        other => match TILLEGG.iter().position(|(letter, ..)| *letter == other) {
            Some(place) => place as u8 + 1,
            None => b'?',
        },
    }
}

/// The width of a byte, in thousandths of the size.
pub fn bredde(vekt: Vekt, byte: u8) -> u16 {
    let (ascii, latin, halvfet) = match vekt {
        Vekt::Normal => (&NORMAL, &NORMAL_LATIN, false),
        Vekt::Halvfet => (&HALVFET, &HALVFET_LATIN, true),
    };
    let of = |normal: u16, bold: u16| if halvfet { bold } else { normal };
    match byte {
        1..=31 => TILLEGG.get(usize::from(byte) - 1).map_or(0, |(_, _, normal, bold)| of(*normal, *bold)),
        32..=126 => ascii.get(usize::from(byte) - 32).copied().unwrap_or(0),
        0xa0.. => latin.get(usize::from(byte) - 0xa0).copied().unwrap_or(0),
        0x80 | 0x96 => 556,
        0x85 | 0x8c | 0x97 => 1000,
        0x8a => 667,
        0x8e => 611,
        0x91 | 0x92 => of(222, 278),
        0x93 | 0x94 => of(333, 500),
        0x95 => 350,
        0x9a => of(500, 556),
        0x9c => 944,
        0x9e => 500,
        _ => 0,
    }
}

const NORMAL: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556,
    556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278,
    500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469,
    556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500,
    278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];

const HALVFET: [u16; 95] = [
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556,
    556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667, 611, 778, 722, 278,
    556, 722, 611, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584,
    556, 333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611, 611, 611, 389, 556,
    333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584,
];

const NORMAL_LATIN: [u16; 96] = [
    278, 333, 556, 556, 556, 556, 260, 556, 333, 737, 370, 556, 584, 333, 737, 333, 400, 584, 333, 333, 333,
    556, 537, 278, 333, 333, 365, 556, 834, 834, 834, 611, 667, 667, 667, 667, 667, 667, 1000, 722, 667, 667,
    667, 667, 278, 278, 278, 278, 722, 722, 778, 778, 778, 778, 778, 584, 778, 722, 722, 722, 722, 667, 667,
    611, 556, 556, 556, 556, 556, 556, 889, 500, 556, 556, 556, 556, 278, 278, 278, 278, 556, 556, 556, 556,
    556, 556, 556, 584, 611, 556, 556, 556, 556, 500, 556, 500,
];

const HALVFET_LATIN: [u16; 96] = [
    278, 333, 556, 556, 556, 556, 280, 556, 333, 737, 370, 556, 584, 333, 737, 333, 400, 584, 333, 333, 333,
    611, 556, 278, 333, 333, 365, 556, 834, 834, 834, 611, 722, 722, 722, 722, 722, 722, 1000, 722, 667, 667,
    667, 667, 278, 278, 278, 278, 722, 722, 778, 778, 778, 778, 778, 584, 778, 722, 722, 722, 722, 667, 667,
    611, 556, 556, 556, 556, 556, 556, 889, 556, 556, 556, 556, 556, 278, 278, 278, 278, 611, 611, 611, 611,
    611, 611, 611, 584, 611, 611, 611, 611, 611, 556, 611, 556,
];

/// `text` in the font's bytes, its line breaks as spaces. A section sign stays with its number.
pub fn bytes(text: &str) -> Vec<u8> {
    let text = text.replace("§ ", "§\u{a0}");
    text.chars().map(|letter| if letter.is_control() { b' ' } else { byte(letter) }).collect()
}

/// The width of `text` at `size` points.
pub fn lengde(vekt: Vekt, text: &[u8], size: f32) -> f32 {
    let thousandths: u32 = text.iter().map(|byte| u32::from(bredde(vekt, *byte))).sum();
    thousandths as f32 * size / 1000.0
}

/// Parts `text` into lines no wider than `most` points. A word that is wider alone is cut.
pub fn linjer(vekt: Vekt, text: &[u8], size: f32, most: f32) -> Vec<Vec<u8>> {
    let mut lines = Vec::new();
    let mut line: Vec<u8> = Vec::new();
    let mut filled = 0.0;
    let space = lengde(vekt, b" ", size);
    for word in text.split(|byte| *byte == b' ').filter(|word| !word.is_empty()) {
        let width = lengde(vekt, word, size);
        if !line.is_empty() && filled + space + width > most {
            lines.push(std::mem::take(&mut line));
            filled = 0.0;
        }
        if !line.is_empty() {
            line.push(b' ');
            filled += space;
        }
        if width <= most {
            line.extend(word);
            filled += width;
            continue;
        }
        for byte in word {
            let step = lengde(vekt, &[*byte], size);
            if !line.is_empty() && filled + step > most {
                lines.push(std::mem::take(&mut line));
                filled = 0.0;
            }
            line.push(*byte);
            filled += step;
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn norwegian_and_sami_letters_have_a_byte_and_others_a_question_mark() {
        assert_eq!(bytes("Blåbær § 11 – Áhčči"), b"Bl\xe5b\xe6r \xa7\xa011 \x96 \xc1h\x01\x01i");
        assert_eq!(bytes("東"), b"?");
        for byte in (1..=126).chain(0xa0..=255) {
            assert!(bredde(Vekt::Normal, byte) > 0 && bredde(Vekt::Halvfet, byte) > 0, "{byte}");
        }
    }

    #[test]
    fn lines_are_never_wider_than_asked_and_lose_nothing() {
        let text = bytes(
            "Du får barnetrygd fra mars 2026, og Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz.",
        );
        for most in [40.0, 100.0, 300.0] {
            let lines = linjer(Vekt::Normal, &text, 11.0, most);
            assert!(lines.iter().all(|line| lengde(Vekt::Normal, line, 11.0) <= most + 0.001));
            let letters: Vec<u8> = lines.concat().into_iter().filter(|byte| *byte != b' ').collect();
            assert_eq!(letters, text.iter().copied().filter(|byte| *byte != b' ').collect::<Vec<_>>());
        }
    }
}
