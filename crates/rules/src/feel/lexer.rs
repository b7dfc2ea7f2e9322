//! FEEL text to tokens. Names with spaces are put together later, by the parser, which knows the names in scope.

use rust_decimal::Decimal;

use super::FeelError;
use crate::value::parse_number;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Token {
    /// A run of letters, digits and `_` that begins with a letter: part of a name, or a keyword.
    Word(Box<str>),
    Number(Decimal),
    Text(Box<str>),
    /// `@"…"`: a date or duration literal.
    At(Box<str>),
    /// An operator or bracket.
    Sign(&'static str),
    End,
}

#[derive(Clone, Debug)]
pub(crate) struct Lexeme {
    pub token: Token,
    /// Byte offset of the first character in the text.
    pub at: usize,
}

// Longest first, so that `<=` is not read as `<`.
const SIGNS: &[&str] = &[
    "**", "..", "<=", ">=", "!=", "+", "-", "*", "/", "=", "<", ">", "(", ")", "[", "]", "{", "}", ",", ":",
    ".", "?",
];

pub(crate) fn tokens(text: &str) -> Result<Vec<Lexeme>, FeelError> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(c) = rest(text, at).chars().next() {
        if c.is_whitespace() || c == '\u{feff}' {
            at += c.len_utf8();
        } else if rest(text, at).starts_with("//") {
            at = rest(text, at).find('\n').map_or(text.len(), |n| at + n);
        } else if rest(text, at).starts_with("/*") {
            let end =
                rest(text, at).find("*/").ok_or_else(|| FeelError::new(at, "the comment has no end `*/`"))?;
            at += end + 2;
        } else if is_name_start(c) {
            let len = rest(text, at).find(|c| !is_name_part(c)).unwrap_or(text.len() - at);
            out.push(Lexeme { token: Token::Word(rest(text, at)[..len].into()), at });
            at += len;
        } else if c.is_ascii_digit() || (c == '.' && next_is_digit(text, at + 1)) {
            let len = number_len(rest(text, at));
            let digits = &rest(text, at)[..len];
            let n = parse_number(digits).ok_or_else(|| {
                FeelError::new(at, format!("`{digits}` has more digits than a decimal holds"))
            })?;
            out.push(Lexeme { token: Token::Number(n), at });
            at += len;
        } else if c == '"' {
            let (s, len) = quoted(text, at)?;
            out.push(Lexeme { token: Token::Text(s.into()), at });
            at += len;
        } else if c == '@' && rest(text, at + 1).starts_with('"') {
            let (s, len) = quoted(text, at + 1)?;
            out.push(Lexeme { token: Token::At(s.into()), at });
            at += len + 1;
        } else if let Some(sign) = SIGNS.iter().find(|s| rest(text, at).starts_with(**s)) {
            out.push(Lexeme { token: Token::Sign(sign), at });
            at += sign.len();
        } else {
            return Err(FeelError::new(at, format!("the character `{c}` has no meaning here")));
        }
    }
    out.push(Lexeme { token: Token::End, at: text.len() });
    Ok(out)
}

fn rest(text: &str, at: usize) -> &str {
    text.get(at..).unwrap_or_default()
}

pub(crate) fn is_name_start(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

pub(crate) fn is_name_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn next_is_digit(text: &str, at: usize) -> bool {
    rest(text, at).starts_with(|c: char| c.is_ascii_digit())
}

/// Digits, then a fraction when a digit follows the point (`1..5` is a range), then an exponent.
fn number_len(s: &str) -> usize {
    let digits = |from: usize| rest(s, from).find(|c: char| !c.is_ascii_digit()).unwrap_or(s.len() - from);
    let mut len = digits(0);
    if rest(s, len).starts_with('.') && next_is_digit(s, len + 1) {
        len += 1 + digits(len + 1);
    }
    if rest(s, len).starts_with(['e', 'E']) {
        let sign = usize::from(rest(s, len + 1).starts_with(['+', '-']));
        if next_is_digit(s, len + 1 + sign) {
            len += 1 + sign + digits(len + 1 + sign);
        }
    }
    len
}

/// The text between quotes with escapes resolved, and the length of it all with quotes.
fn quoted(text: &str, at: usize) -> Result<(String, usize), FeelError> {
    let mut out = String::new();
    let mut chars = rest(text, at).char_indices().skip(1);
    while let Some((i, c)) = chars.next() {
        match c {
            '"' => return Ok((out, i + 1)),
            '\\' => match chars.next() {
                Some((_, 'n')) => out.push('\n'),
                Some((_, 't')) => out.push('\t'),
                Some((_, 'r')) => out.push('\r'),
                Some((_, 'u')) => {
                    let hex: String = chars.by_ref().take(4).map(|(_, c)| c).collect();
                    let c = u32::from_str_radix(&hex, 16)
                        .ok()
                        .filter(|_| hex.len() == 4)
                        .and_then(char::from_u32);
                    out.push(c.ok_or_else(|| FeelError::new(at + i, "`\\u` needs four hexadecimal digits"))?);
                }
                Some((_, c @ ('"' | '\\' | '\''))) => out.push(c),
                _ => return Err(FeelError::new(at + i, "unknown escape in the text")),
            },
            c => out.push(c),
        }
    }
    Err(FeelError::new(at, "the text has no closing quote"))
}
