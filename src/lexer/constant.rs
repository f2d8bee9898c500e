//! Constants of the code, `{LIMIT}`: Rust in braces, as `stringify!` writes it.

use std::fmt;

use crate::lexer::{Lexer, Token};

/// Where the braces are closed that open there; Rust's texts and characters may have some
/// that do not count.
pub(super) const fn behind_the_braces(text: &[u8], from: usize) -> Option<usize> {
    let (mut at, mut depth) = (from, 0_usize);
    while at < text.len() {
        match text[at] {
            b'{' => depth += 1,
            b'}' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            b'"' => at = last_of_text(text, at),
            b'\'' => at = last_of_character(text, at),
            byte if is_word(byte) => {
                let end = end_of_word(text, at);
                at = match raw(text, at, end) {
                    Some(hashes) => last_of_raw_text(text, end + hashes, hashes),
                    None => end - 1,
                };
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// Whether only blanks are there.
pub(super) const fn is_blank(text: &[u8], from: usize, to: usize) -> bool {
    let mut at = from;
    while at < to {
        if !text[at].is_ascii_whitespace() {
            return false;
        }
        at += 1;
    }
    true
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}

const fn end_of_word(text: &[u8], from: usize) -> usize {
    let mut end = from;
    while end < text.len() && is_word(text[end]) {
        end += 1;
    }
    end
}

/// How many hashes are before the quote of a raw text, of which the word before is read.
const fn raw(text: &[u8], from: usize, end: usize) -> Option<usize> {
    let (_, behind) = text.split_at(from);
    if !matches!(behind.split_at(end - from).0, b"r" | b"br" | b"cr") {
        return None;
    }
    let mut at = end;
    while at < text.len() && text[at] == b'#' {
        at += 1;
    }
    if at < text.len() && text[at] == b'"' { Some(at - end) } else { None }
}

/// The quote that closes a text.
const fn last_of_text(text: &[u8], quote: usize) -> usize {
    let mut at = quote + 1;
    while at < text.len() && text[at] != b'"' {
        at += if text[at] == b'\\' { 2 } else { 1 };
    }
    at
}

/// The last hash behind a raw text, or its quote where there is none.
const fn last_of_raw_text(text: &[u8], quote: usize, hashes: usize) -> usize {
    let mut at = quote + 1;
    while at < text.len() {
        if text[at] == b'"' {
            let mut count = 0;
            while count < hashes && at + count + 1 < text.len() && text[at + count + 1] == b'#' {
                count += 1;
            }
            if count == hashes {
                return at + hashes;
            }
        }
        at += 1;
    }
    at
}

/// The quote that closes a character; of a lifetime the quote itself.
const fn last_of_character(text: &[u8], quote: usize) -> usize {
    if quote + 1 >= text.len() {
        return quote;
    }
    let mut at = quote + 1;
    if text[at] == b'\\' {
        // What is escaped may be a quote itself.
        at += 2;
        while at < text.len() && text[at] != b'\'' {
            at += 1;
        }
        return at;
    }
    at += 1;
    while at < text.len() && text[at] & 0xc0 == 0x80 {
        at += 1;
    }
    if at < text.len() && text[at] == b'\'' { at } else { quote }
}

/// The notation of a macro with the values of its constants written out, in the order in
/// which they are in it.
pub(crate) fn written_out(
    notation: &str,
    values: impl ExactSizeIterator<Item = impl fmt::Display>,
) -> String {
    let mut text = String::with_capacity(notation.len() + 16 * values.len());
    let mut lexer = Lexer::in_macro(notation);
    let mut copied = 0;
    for value in values {
        while let Ok(token) = lexer.next() {
            match token {
                Token::Time { from, is_known: false, .. } => {
                    text.push_str(&notation[copied..from]);
                    copied = lexer.position();
                    // A blank on either side, where a word would go on otherwise.
                    let is_part = |it: char| it.is_alphanumeric() || it == '_';
                    let before = if text.ends_with(is_part) { " " } else { "" };
                    let behind = if notation[copied..].starts_with(is_part) { " " } else { "" };
                    text.push_str(&format!("{before}{value}{behind}"));
                    break;
                }
                Token::End { .. } => break,
                _ => {}
            }
        }
    }
    text.push_str(&notation[copied..]);
    text
}

#[cfg(test)]
mod tests;
