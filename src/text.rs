//! Texts that a line can hold.

use std::fmt;

/// A text that a line can hold: cut in its middle, between two words.
pub(crate) fn shorten(text: impl fmt::Display) -> String {
    const MOST: usize = 200;
    const KEPT: usize = MOST / 2 - 2;
    let text = text.to_string();
    let count = text.chars().count();
    if count <= MOST {
        return text;
    }
    let front: String = text.chars().take(KEPT).collect();
    let back: String = text.chars().skip(count - KEPT).collect();
    let front = front.rsplit_once(' ').map_or(front.as_str(), |(words, _)| words);
    let back = back.split_once(' ').map_or(back.as_str(), |(_, words)| words);
    format!("{front} .. {back}")
}
