//! What no notation has: characters that a name has only in quotes, and what a constant
//! of the code is written in.

use crate::lexer::is_word;
use crate::lexer::mistake::{Mistake, Part};

/// Whether a byte may be one of several that make a sign, such as `=>` or `::`.
pub(crate) const fn is_sign(byte: u8) -> bool {
    matches!(byte, b'=' | b'<' | b'>' | b'!' | b'&' | b'|' | b':' | b'-' | b'.')
}

/// What is wrong with a character that no notation uses, if it belongs to a name; otherwise
/// it depends on the notation what was meant.
pub(super) const fn in_a_name(text: &[u8], at: usize) -> Option<Mistake> {
    let byte = text[at];
    let (from, to) = whole_name(text, at);
    if !byte.is_ascii() {
        const PROBLEM: &str = "a name beyond ASCII letters is written in quotes: \"$1\"";
        return Some(Mistake::new(at, PROBLEM).with((from, to), (0, 0)));
    }
    if !is_joined(text, at) {
        return None;
    }
    let begins = from == at && !follows_a_term(text, at);
    let continues = at + 1 < to;
    if byte == b'\'' && begins {
        return Some(
            Mistake::new(at, "names are quoted with `\"`: \"$1\"")
                .with(inside(text, at, to), (0, 0)),
        );
    }
    if byte == b'-' && from == at && continues && text[at + 1].is_ascii_digit() {
        return Some(Mistake::new(at, "nothing is negative here, and nothing is subtracted"));
    }
    // With a blank behind it, it is an operator.
    let is_operator = matches!(byte, b'-' | b'/' | b'%' | b'^') && !continues;
    if from < at && !is_operator || begins && continues {
        const PROBLEM: &str = "`$1` is not part of a name; quote it: \"$2\"";
        return Some(Mistake::new(at, PROBLEM).with((at, at + 1), (from, to)));
    }
    None
}

/// What is wrong with a dot, or with two colons, that stand inside a name; nothing if they
/// stand elsewhere.
pub(crate) const fn sign_in_a_name(text: &[u8], at: usize) -> Option<Mistake> {
    let (from, to) = whole_name(text, at);
    let length = if text[at] == b':' { 2 } else { 1 };
    if from == at || to <= at + length {
        return None;
    }
    const PROBLEM: &str = "`$1` is not part of a name; quote it: \"$2\"";
    Some(Mistake::new(at, PROBLEM).with((at, at + length), (from, to)))
}

/// All that stands around a place without a blank or a bracket: what may be a name.
const fn whole_name(text: &[u8], at: usize) -> Part {
    let (mut from, mut to) = (at, at);
    while from > 0 && is_joined(text, from - 1) {
        from -= 1;
    }
    while to < text.len() && is_joined(text, to) {
        to += 1;
    }
    (from, to)
}

const fn is_joined(text: &[u8], at: usize) -> bool {
    match text[at] {
        b' ' | b'\t' | b'\r' | b'\n' | b'(' | b')' | b'[' | b']' | b'{' | b'}' | b',' | b'+'
        | b'*' | b'"' | b'<' | b'>' | b'=' | b'!' | b';' | b'&' | b'|' => false,
        b':' => at > 0 && text[at - 1] == b':' || at + 1 < text.len() && text[at + 1] == b':',
        b'.' => !is_edge(text, at + 1),
        _ => true,
    }
}

/// Whether one of the moments of a step is named there: behind a dot it ends the name.
const fn is_edge(text: &[u8], at: usize) -> bool {
    let behind = match text.split_at(at).1 {
        [b's', b't', b'a', b'r', b't', behind @ ..]
        | [b'f', b'i', b'n', b'i', b's', b'h', behind @ ..]
        | [b'p', b'a', b'u', b's', b'e', behind @ ..] => behind,
        _ => return false,
    };
    behind.is_empty() || !is_word(behind[0])
}

/// Whether a name, a number or a bracket that closes stands before, with blanks between.
const fn follows_a_term(text: &[u8], at: usize) -> bool {
    let mut before = at;
    while before > 0 {
        before -= 1;
        match text[before] {
            b' ' | b'\t' | b'\r' | b'\n' => {}
            b'(' | b'[' | b',' | b'+' | b'*' | b':' | b'<' | b'>' | b'=' | b'!' | b'&' | b'|' => {
                return false;
            }
            _ => return true,
        }
    }
    false
}

/// What stands between two single quotes, or behind one up to the end of the name.
const fn inside(text: &[u8], at: usize, to: usize) -> Part {
    let mut end = at + 1;
    while end < text.len() {
        if text[end] == b'\'' {
            return (at + 1, end);
        }
        end += 1;
    }
    (at + 1, to)
}
