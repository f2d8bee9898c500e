//! Texts that are a notation, almost one, or nothing of the kind.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::fuzz::grammar::{law, order, pace, scenario};

/// What the notations are made of, and what looks like it.
const PIECES: &[&str] = &[
    "seq(",
    "spawn(",
    "tasks(",
    "join(",
    "race(",
    "timeout(",
    "limit(",
    "sum(",
    "max(",
    "min(",
    "(",
    ")",
    "[",
    "]",
    ",",
    ":",
    "+",
    "*",
    ".",
    "<",
    "<=",
    "==",
    "!=",
    ">=",
    ">",
    "=",
    "!",
    "a",
    "b",
    "_",
    "attempt",
    "seq",
    "max",
    "before",
    "after",
    ".start",
    ".finish",
    ".pause",
    "per",
    "a: 1ms",
    "a[0]",
    "3 * ",
    "0",
    "1",
    "2",
    "18446744073709551615",
    "18446744073709551616",
    "99999999999999999999999999999999",
    "0ms",
    "1ms",
    "1.5s",
    "0.3ms",
    "1us",
    "1µs",
    "1μs",
    "1_000ms",
    "1__s",
    "365d",
    "9999999999999d",
    "213503982334601d",
    "0.0000000000000001d",
    "1.",
    "1.5",
    "1e3s",
    "0x1ms",
    "\"",
    "\"a b\"",
    "\"\"",
    "\"max\"",
    "\"\\u{202e}\"",
    "\"\\u{110000}\"",
    "\"\\x7f\"",
    "\"\\x80\"",
    "\"\\",
    "\\",
    "//",
    "/*",
    "\n",
    "\r\n",
    "\t",
    " ",
];

/// Characters that turn, hide or move what is shown, take two columns or none, or mean
/// something to a terminal or a browser.
pub(super) const HOSTILE: &[char] = &[
    '\0',
    '\n',
    '\r',
    '\t',
    '\u{1b}',
    '\u{7f}',
    '\u{85}',
    '\u{a0}',
    '\u{ad}',
    '\u{301}',
    '\u{61c}',
    '\u{200b}',
    '\u{200d}',
    '\u{202e}',
    '\u{2066}',
    '\u{2028}',
    '\u{fe0f}',
    '\u{feff}',
    '\u{fffd}',
    '\u{fffe}',
    '\u{ffff}',
    '\u{1f3fd}',
    '\u{e0001}',
    '\u{e0100}',
    '\u{10ffff}',
    'µ',
    'é',
    'ｆ',
    '名',
    'ש',
    'م',
    'ा',
    '﷽',
    '🎉',
    '🇩',
    '👩',
    '𒐫',
    'ᄀ',
    'ᅡ',
    '❤',
    '"',
    '\'',
    '\\',
    '<',
    '>',
    '&',
    ']',
];

/// Bytes, as far as they are text.
pub(super) fn bytes() -> impl Strategy<Value = String> {
    let bytes = prop_oneof![9 => vec(any::<u8>(), 0..64), 1 => vec(any::<u8>(), 0..4_096)];
    bytes.prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

/// Pieces in any order.
pub(super) fn soup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        30 => select(PIECES).prop_map(str::to_owned),
        1 => select(HOSTILE).prop_map(String::from),
    ];
    vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// Pieces of which some are repeated very often: wide, or deep, or both.
pub(super) fn repeated() -> impl Strategy<Value = String> {
    let few = || vec(select(PIECES), 0..4).prop_map(|pieces| pieces.concat());
    let times = || prop_oneof![3 => 0..12_usize, 1 => 0..300_usize];
    (few(), few(), times(), few(), few(), times(), few()).prop_map(
        |(before, first, often, between, second, as_often, behind)| {
            let (first, second) = (first.repeat(often), second.repeat(as_often));
            [before, first, between, second, behind].concat()
        },
    )
}

/// Brackets inside brackets, closed or not, on both sides of what is too deep.
pub(super) fn nested() -> impl Strategy<Value = String> {
    let opening = select(
        &["seq(", "race(b: 1ms, ", "timeout(5ms, ", "limit(2, ", "(", "max(", "sum(a, ", "2 * ("][..],
    );
    let inside = select(&["a", "a: 1ms", "1ms", "", "a[0] + 2ms", "seq()"][..]);
    let depth = || prop_oneof![0..20_usize, 250..260_usize, 0..600_usize];
    (opening, depth(), inside, prop_oneof![Just(None), depth().prop_map(Some)]).prop_map(
        |(opening, depth, inside, closed)| {
            let closed = ")".repeat(closed.unwrap_or(depth));
            format!("{}{inside}{closed}", opening.repeat(depth))
        },
    )
}

/// One change of a text, piece by piece.
#[derive(Clone, Debug)]
enum Change {
    Delete,
    Duplicate,
    Swap(Index),
    Insert(String),
    CutOff,
}

/// A text of a notation, in which a few things are no longer as they were.
pub(super) fn damaged() -> impl Strategy<Value = String> {
    let insert = prop_oneof![
        select(PIECES).prop_map(str::to_owned),
        select(HOSTILE).prop_map(String::from),
    ];
    let change = prop_oneof![
        3 => Just(Change::Delete),
        3 => Just(Change::Duplicate),
        3 => any::<Index>().prop_map(Change::Swap),
        3 => insert.prop_map(Change::Insert),
        1 => Just(Change::CutOff),
    ];
    let text = prop_oneof![scenario(), law(), order(), pace()];
    (text, vec((any::<Index>(), change), 1..5)).prop_map(|(text, changes)| {
        let mut pieces = pieces(&text);
        for (place, change) in changes {
            // There is a place behind the last piece, too.
            let at = place.index(pieces.len() + 1);
            match change {
                Change::Insert(piece) => pieces.insert(at, piece),
                Change::CutOff => pieces.truncate(at),
                _ if at == pieces.len() => {}
                Change::Delete => drop(pieces.remove(at)),
                Change::Duplicate => pieces.insert(at, pieces[at].clone()),
                Change::Swap(other) => {
                    let other = other.index(pieces.len());
                    pieces.swap(at, other);
                }
            }
        }
        pieces.concat()
    })
}

/// Words and numbers whole, everything else character by character.
fn pieces(text: &str) -> Vec<String> {
    let is_word = |it: char| it.is_ascii_alphanumeric() || it == '_';
    let mut pieces = Vec::<String>::new();
    for character in text.chars() {
        match pieces.last_mut().filter(|piece| is_word(character) && piece.ends_with(is_word)) {
            Some(piece) => piece.push(character),
            None => pieces.push(character.into()),
        }
    }
    pieces
}
