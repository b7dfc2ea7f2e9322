//! The dictionary: every distinct word of streets and areas, to find those that fit a pattern or are similar.

use std::collections::HashMap;

/// The words, by number.
#[derive(Debug, Default)]
pub struct Ordbok {
    words: Vec<(i64, u32, String)>,
    numbers: HashMap<String, i64>,
}

/// Which of 32 groups of letters a word has: what differs in two words differs here, or nearly.
fn letters(word: &str) -> u32 {
    word.chars().fold(0, |mask, letter| mask | 1 << (u32::from(letter) % 32))
}

impl Ordbok {
    /// Adds a word that is not there.
    pub fn legg_til(&mut self, number: i64, word: String) {
        self.words.push((number, letters(&word), word.clone()));
        self.numbers.insert(word, number);
    }

    /// The number of the last word; 0 of an empty one.
    pub fn siste(&self) -> i64 {
        self.words.last().map_or(0, |(number, ..)| *number)
    }

    /// The numbers of the words that fit: the word itself, those of a pattern with `*`, or those that are similar.
    pub fn passer(&self, word: &str, fuzzy: bool) -> Vec<i64> {
        if word.contains('*') {
            let fits = self.words.iter().filter(|(.., known)| matches(word, known));
            return fits.map(|(number, ..)| *number).collect();
        }
        let length = word.chars().count();
        // As search engines do: short words have to be right, and none may have more than two errors.
        let errors = match length {
            _ if !fuzzy => 0,
            0..=2 => 0,
            3..=5 => 1,
            _ => 2,
        };
        if errors == 0 {
            return self.numbers.get(word).copied().into_iter().collect();
        }
        let mask = letters(word);
        let near = self.words.iter().filter(|(_, has, known)| {
            (has ^ mask).count_ones() <= 2 * errors as u32
                && known.chars().count().abs_diff(length) <= errors
                && strsim::osa_distance(word, known) <= errors
        });
        near.map(|(number, ..)| *number).collect()
    }
}

/// Whether a word fits a pattern in which `*` stands for any letters.
fn matches(pattern: &str, word: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| word.strip_prefix(first)) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = rest.get(at + part.len()..).unwrap_or_default();
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_and_errors() {
        let mut book = Ordbok::default();
        for (n, word) in (1..).zip(["storgata", "nedre", "åsveien", "vei", "veivei", "1", "b"]) {
            book.legg_til(n, word.to_owned());
        }
        for (pattern, fuzzy, found) in [
            ("storgata", false, vec![1]),
            ("stor*", false, vec![1]),
            ("*gata", false, vec![1]),
            ("*vei*", false, vec![3, 4, 5]),
            ("v*i", false, vec![4, 5]),
            ("vei*vei", false, vec![5]),
            ("*", false, vec![1, 2, 3, 4, 5, 6, 7]),
            ("stro*ata", false, vec![]),
            ("strogata", true, vec![1]),
            ("storgatta", true, vec![1]),
            ("stoorgattaa", true, vec![]),
            ("asveien", true, vec![3]),
            ("vel", true, vec![4]),
            ("a", true, vec![]),
            ("storgat", false, vec![]),
            ("", true, vec![]),
        ] {
            assert_eq!(book.passer(pattern, fuzzy), found, "{pattern}");
        }
    }
}
