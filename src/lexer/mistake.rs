//! What is wrong with a notation, and the text that says so: laid down byte by byte,
//! because a constant cannot format.

use crate::lexer::{Lexer, Token, is_sign};

/// A piece of a notation: where it begins, and where it ends. Offsets are bytes.
pub(crate) type Part = (usize, usize);

/// What is wrong with a notation, and where: a byte offset into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mistake {
    pub(crate) at: usize,
    /// In it `$0` is what was found at the place, `$1` and `$2` are the two parts.
    problem: &'static str,
    parts: [Part; 2],
}

/// The result of having met a mistake.
pub(crate) const fn mistake<T: Copy>(at: usize, problem: &'static str) -> Result<T, Mistake> {
    Err(Mistake::new(at, problem))
}

impl Mistake {
    pub(crate) const fn new(at: usize, problem: &'static str) -> Self {
        Self { at, problem, parts: [(0, 0); 2] }
    }

    /// The same, with the parts that its text names as `$1` and `$2`.
    pub(crate) const fn with(self, one: Part, two: Part) -> Self {
        Self { parts: [one, two], ..self }
    }

    /// What is wrong, without the place.
    pub(crate) const fn problem(self, notation: &str) -> Text {
        let mut text = Text::new();
        text.lay_problem(notation, self);
        text
    }
}

/// Stops a compilation over a notation that does not read, or a run over one of which a
/// constant makes no sense.
///
/// # Panics
///
/// Always: with the notation's kind, the column, the problem, and the notation with a
/// caret under the place.
#[track_caller]
pub(crate) const fn refuse(what: &str, notation: &str, mistake: Mistake) -> ! {
    let mut text = Text::new();
    text.lay(what.as_bytes());
    text.lay(b" notation, column ");
    let column = characters(notation.as_bytes(), 0, mistake.at);
    text.lay_number(column + 1);
    text.lay(b": ");
    text.lay_problem(notation, mistake);
    text.lay_excerpt(notation.as_bytes(), mistake.at);
    panic!("{}", text.as_str())
}

/// So many characters of a notation are shown before the caret, and so many in all, as in
/// an error at run time.
const BEFORE: usize = 40;
const WIDTH: usize = 72;

/// More bytes than any text has: 3 parts and the excerpt's two lines are `4 * WIDTH` each at
/// most, the problems and the rest of the first line are below 400.
const MOST: usize = 5 * 4 * WIDTH + 400;

/// A text of limited length.
pub(crate) struct Text {
    bytes: [u8; MOST],
    length: usize,
}

impl Text {
    const fn new() -> Self {
        Self { bytes: [0; MOST], length: 0 }
    }

    pub(crate) const fn as_str(&self) -> &str {
        match core::str::from_utf8(self.bytes.split_at(self.length).0) {
            Ok(text) => text,
            Err(_) => unreachable!(),
        }
    }

    const fn lay(&mut self, piece: &[u8]) {
        let mut index = 0;
        while index < piece.len() {
            self.bytes[self.length] = piece[index];
            self.length += 1;
            index += 1;
        }
    }

    const fn lay_number(&mut self, number: usize) {
        let mut size = 1;
        while number / size >= 10 {
            size *= 10;
        }
        while size > 0 {
            self.lay(&[b"0123456789"[number / size % 10]]);
            size /= 10;
        }
    }

    /// Lays down some characters of a notation; what would break the line is a blank.
    const fn lay_characters(&mut self, notation: &[u8], from: usize, to: usize) {
        let mut index = from;
        while index < to {
            let byte = notation[index];
            self.lay(&[if byte.is_ascii_control() { b' ' } else { byte }]);
            index += 1;
        }
    }

    /// Lays down a part of a notation, of a long one only the beginning.
    const fn lay_part(&mut self, notation: &[u8], (from, to): Part) {
        let end = ahead(notation, from, BEFORE);
        self.lay_characters(notation, from, if end < to { end } else { to });
        if end < to {
            self.lay(b"..");
        }
    }

    const fn lay_problem(&mut self, notation: &str, Mistake { at, problem, parts }: Mistake) {
        let (problem, bytes) = (problem.as_bytes(), notation.as_bytes());
        let mut index = 0;
        while index < problem.len() {
            if problem[index] != b'$' {
                self.lay(&[problem[index]]);
                index += 1;
                continue;
            }
            match problem[index + 1] {
                b'0' if at == bytes.len() => self.lay(b"the end"),
                b'0' => {
                    self.lay(b"`");
                    self.lay_part(bytes, (at, end_of_what_is_found(notation, at)));
                    self.lay(b"`");
                }
                b'1' => self.lay_part(bytes, parts[0]),
                _ => self.lay_part(bytes, parts[1]),
            }
            index += 2;
        }
    }

    /// The notation on a line of its own, and a caret under the place.
    const fn lay_excerpt(&mut self, notation: &[u8], at: usize) {
        if notation.is_empty() {
            return;
        }
        let mut from = at;
        let mut shown = 0;
        while shown < BEFORE && from > 0 {
            from -= 1;
            if is_first_byte(notation[from]) {
                shown += 1;
            }
        }
        self.lay(b"\n  ");
        self.lay_characters(notation, from, ahead(notation, from, WIDTH));
        self.lay(b"\n  ");
        let mut index = from;
        while index < at {
            if is_first_byte(notation[index]) {
                self.lay(if is_wide(notation, index) { b"  " } else { b" " });
            }
            index += 1;
        }
        self.lay(b"^");
    }
}

/// Where the token ends that begins there; signs such as `=>` are one.
const fn end_of_what_is_found(notation: &str, at: usize) -> usize {
    let text = notation.as_bytes();
    let mut lexer = Lexer::in_macro(notation).from(at);
    match lexer.next() {
        Ok(Token::Mark { byte, .. }) if !is_sign(byte) => at + 1,
        Ok(Token::Mark { .. } | Token::Stray { .. }) => {
            let mut end = at + 1;
            while end < text.len() && is_sign(text[end]) {
                end += 1;
            }
            end
        }
        Ok(_) => lexer.position(),
        Err(_) => ahead(text, at, 1),
    }
}

/// The bytes that continue a character are not its first.
const fn is_first_byte(byte: u8) -> bool {
    byte & 0xc0 != 0x80
}

/// How many characters begin in a piece of a text.
const fn characters(text: &[u8], from: usize, to: usize) -> usize {
    let (mut count, mut index) = (0, from);
    while index < to {
        if is_first_byte(text[index]) {
            count += 1;
        }
        index += 1;
    }
    count
}

/// The place that lies so many characters behind another, or the end.
const fn ahead(text: &[u8], from: usize, count: usize) -> usize {
    let (mut index, mut left) = (from, count);
    while index < text.len() {
        if is_first_byte(text[index]) {
            if left == 0 {
                return index;
            }
            left -= 1;
        }
        index += 1;
    }
    text.len()
}

/// Whether the character that begins there takes two columns: the blocks of East Asian
/// scripts and of pictures, which is near enough for a caret.
const fn is_wide(text: &[u8], at: usize) -> bool {
    // The bits of the first byte that count, and those of the bytes that continue it.
    let (mut code, length) = match text[at] {
        first @ 0xe0..=0xef => ((first & 0xf) as u32, 3),
        first @ 0xf0.. => ((first & 7) as u32, 4),
        _ => return false,
    };
    let mut index = 1;
    while index < length {
        code = code << 6 | (text[at + index] & 0x3f) as u32;
        index += 1;
    }
    matches!(
        code,
        0x1100..=0x115f
            | 0x2e80..=0x303e
            | 0x3041..=0xa4cf
            | 0xac00..=0xd7a3
            | 0xf900..=0xfaff
            | 0xfe30..=0xfe6f
            | 0xff00..=0xff60
            | 0x1f300..=0x1f64f
            | 0x1f900..=0x1f9ff
            | 0x20000..=0x3fffd
    )
}

#[cfg(test)]
mod tests;
