//! Documents, packed: LZ4 against a dictionary of whole documents, whose names and common values a document then need not
//! repeat. A document of 3,800 bytes takes about 600, so that a nation's documents stay in memory, and reading one touches a
//! page or two.

use kernel::store::StoreError;
use lz4_flex::block::{compress_with_dict, decompress_with_dict};

/// Two documents of people who do not exist, of many elements. What was packed against it is unpacked with it: it is never
/// changed, another is added under the next number.
const ORDBOK: &[u8] = include_bytes!("ordbok.jsonl");
/// The number of [`ORDBOK`], the first byte of what is packed against it.
const NUMMER: u8 = 1;
/// That number, and how long the text is.
const HODE: usize = 5;

/// Packs a text; texts of four gigabytes are refused long before.
pub fn pakk(text: &str) -> Vec<u8> {
    let mut packed = Vec::with_capacity(HODE + text.len() / 4);
    packed.push(NUMMER);
    packed.extend((text.len() as u32).to_le_bytes());
    packed.extend(compress_with_dict(text.as_bytes(), ORDBOK));
    packed
}

/// The text that was packed.
pub fn pakk_ut(packed: &[u8]) -> Result<String, StoreError> {
    let damaged = |what: &str| StoreError::Damaged(format!("a packed document {what}"));
    let (head, body) = packed.split_first_chunk::<HODE>().ok_or_else(|| damaged("is cut off"))?;
    let [NUMMER, length @ ..] = *head else { return Err(damaged("has an unknown dictionary")) };
    let length = u32::from_le_bytes(length) as usize;
    // LZ4 makes at most 255 bytes of one: a length that no text can have is no reason to ask for that much memory.
    if length > body.len().saturating_mul(255) {
        return Err(damaged("has a wrong length"));
    }
    let text = decompress_with_dict(body, length, ORDBOK).ok().filter(|text| text.len() == length);
    let text = text.ok_or_else(|| damaged("cannot be unpacked"))?;
    String::from_utf8(text).map_err(|_| damaged("is no text"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_comes_out_as_it_went_in() {
        let first = String::from_utf8(ORDBOK.to_vec()).unwrap();
        for text in ["", "{}", "Åse 🦌", first.as_str()] {
            assert_eq!(pakk_ut(&pakk(text)).unwrap(), text);
        }
        let person = first.lines().next().unwrap();
        assert!(pakk(person).len() * 20 < person.len(), "the dictionary is used");
    }

    #[test]
    fn what_is_damaged_is_told_and_not_guessed() {
        let packed = pakk("{\"navn\":[{\"fornavn\":\"Kari\"}]}");
        for end in 0..packed.len() {
            assert!(pakk_ut(&packed[..end]).is_err(), "{end}");
        }
        let mut other = packed.clone();
        other[0] = 2;
        assert!(pakk_ut(&other).is_err());
        let mut long = packed;
        long[1..5].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(pakk_ut(&long).is_err());
    }
}
