//! The lexer of all notations.
//!
//! It is a `const fn` from end to end, and that is why it is written here and
//! not taken from a parser library: none of them runs in a constant, and a
//! notation inside a macro has to fail while it compiles.
//!
//! Inside a macro braces hold constants of the code, `{LIMIT}`. In the constant that checks
//! the notation they are durations of which no value is known.

mod constant;
mod mistake;
mod stray;
mod unit;

use std::time::Duration;

pub(crate) use constant::written_out;
pub(crate) use mistake::{Mistake, Part, mistake, refuse};
pub(crate) use stray::{is_sign, sign_in_a_name};
pub(crate) use unit::{is_like_a_constant, missing as missing_unit, unit_behind};

/// As many as memory can count; more permits or steps than that are never met.
#[expect(clippy::cast_possible_truncation, reason = "compared first")]
pub(crate) const fn size(value: u64) -> usize {
    if value > usize::MAX as u64 { usize::MAX } else { value as usize }
}

/// A piece of a notation. Offsets are bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// A bare word.
    Word { from: usize, to: usize },
    /// A quoted text, quotes included.
    Quoted { from: usize, to: usize },
    /// A whole number without a unit.
    Count { from: usize, value: u64 },
    /// A number with a unit; or a constant of the code in braces, whose value is not known
    /// before the code runs, and is nothing until then.
    Time { from: usize, value: Duration, is_known: bool },
    /// One of `( ) [ ] , : + * . < = > !`.
    Mark { at: usize, byte: u8 },
    /// A character that no notation uses.
    Stray { at: usize },
    /// The end of the text.
    End { at: usize },
}

impl Token {
    /// Where the token begins.
    pub(crate) const fn at(self) -> usize {
        match self {
            Self::Word { from, .. }
            | Self::Quoted { from, .. }
            | Self::Count { from, .. }
            | Self::Time { from, .. } => from,
            Self::Mark { at, .. } | Self::Stray { at } | Self::End { at } => at,
        }
    }
}

/// Reads tokens off a text, one at a time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lexer<'a> {
    text: &'a [u8],
    position: usize,
    in_macro: bool,
}

impl<'a> Lexer<'a> {
    /// A lexer of a text that is read at run time.
    pub(crate) const fn new(text: &'a str) -> Self {
        Self { text: text.as_bytes(), position: 0, in_macro: false }
    }

    /// A lexer of what is written in a macro, where braces hold constants of the code.
    pub(crate) const fn in_macro(text: &'a str) -> Self {
        Self { in_macro: true, ..Self::new(text) }
    }

    const fn from(self, position: usize) -> Self {
        Self { position, ..self }
    }

    /// How far it has read.
    pub(crate) const fn position(&self) -> usize {
        self.position
    }

    pub(crate) const fn text(&self) -> &'a [u8] {
        self.text
    }

    /// A part of the text.
    pub(crate) const fn bytes(&self, (from, to): Part) -> &'a [u8] {
        self.text.split_at(to).0.split_at(from).1
    }

    /// The byte `ahead` of the position; zero past the end, where no rule reads on.
    const fn byte(&self, ahead: usize) -> u8 {
        if self.position + ahead < self.text.len() { self.text[self.position + ahead] } else { 0 }
    }

    /// Reads the next token.
    pub(crate) const fn next(&mut self) -> Result<Token, Mistake> {
        while matches!(self.byte(0), b' ' | b'\t' | b'\r' | b'\n') {
            self.position += 1;
        }
        let at = self.position;
        if at == self.text.len() {
            return Ok(Token::End { at });
        }
        match self.byte(0) {
            byte @ (b'(' | b')' | b'[' | b']' | b',' | b':' | b'+' | b'*' | b'.' | b'<' | b'='
            | b'>' | b'!') => {
                self.position += 1;
                Ok(Token::Mark { at, byte })
            }
            b'"' => self.quoted(),
            b'0'..=b'9' => self.number(),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                while is_word(self.byte(0)) {
                    self.position += 1;
                }
                Ok(Token::Word { from: at, to: self.position })
            }
            b'{' => self.constant(),
            _ => match stray::in_a_name(self.text, at) {
                Some(mistake) => Err(mistake),
                None => {
                    self.position += 1;
                    Ok(Token::Stray { at })
                }
            },
        }
    }

    /// A constant of the code, of which the brace is seen.
    const fn constant(&mut self) -> Result<Token, Mistake> {
        let from = self.position;
        if !self.in_macro {
            return mistake(from, "a constant in braces is for macros; write its value");
        }
        let Some(to) = constant::behind_the_braces(self.text, from) else {
            return mistake(from, "this brace is never closed");
        };
        if constant::is_blank(self.text, from + 1, to - 1) {
            return mistake(from, "nothing is in the braces; they hold a constant of the code");
        }
        self.position = to;
        Ok(Token::Time { from, value: Duration::ZERO, is_known: false })
    }

    /// A text in quotes, with the escapes of a Rust string.
    const fn quoted(&mut self) -> Result<Token, Mistake> {
        let from = self.position;
        self.position += 1;
        loop {
            if self.position == self.text.len() {
                return mistake(from, "this quote is never closed");
            }
            match self.byte(0) {
                b'"' => {
                    self.position += 1;
                    return Ok(Token::Quoted { from, to: self.position });
                }
                b'\\' => {
                    if let Err(mistake) = self.escape() {
                        return Err(mistake);
                    }
                }
                _ => self.position += 1,
            }
        }
    }

    /// One escape; its meaning is [`unquote`]'s business.
    const fn escape(&mut self) -> Result<(), Mistake> {
        let unknown = Mistake::new(
            self.position,
            "the escapes are \\\" \\\\ \\' \\n \\r \\t \\0 \\x7f and \\u{..}",
        );
        match self.byte(1) {
            b'"' | b'\\' | b'\'' | b'n' | b'r' | b't' | b'0' => self.position += 2,
            b'x' => {
                let (Some(high), Some(_)) = (hex(self.byte(2)), hex(self.byte(3))) else {
                    return Err(unknown);
                };
                if high > 7 {
                    return Err(unknown);
                }
                self.position += 4;
            }
            b'u' if self.byte(2) == b'{' => {
                let (mut code, mut ahead) = (0_u32, 3);
                while let Some(digit) = hex(self.byte(ahead)) {
                    if ahead == 9 {
                        return Err(unknown);
                    }
                    code = code * 16 + digit;
                    ahead += 1;
                }
                if ahead == 3 || self.byte(ahead) != b'}' || char::from_u32(code).is_none() {
                    return Err(unknown);
                }
                // The brace that closes it is passed as any other character is.
                self.position += ahead;
            }
            _ => return Err(unknown),
        }
        Ok(())
    }

    /// A count, or a duration: `digits[.digits]` and a unit right behind it.
    const fn number(&mut self) -> Result<Token, Mistake> {
        /// More digits than the longest `Duration` has in nanoseconds.
        const TOO_LARGE: u128 = 10_u128.pow(30);
        let from = self.position;
        // The value so far, and ten to the power of the digits behind the point.
        let (mut value, mut scale, mut fraction) = (0_u128, 1_u128, false);
        loop {
            match self.byte(0) {
                digit @ b'0'..=b'9' => {
                    value = value * 10 + (digit - b'0') as u128;
                    if fraction {
                        scale *= 10;
                    }
                    if value > TOO_LARGE || scale > TOO_LARGE {
                        return mistake(from, "this number has too many digits");
                    }
                }
                b'_' => {}
                b'.' if !fraction && self.byte(1).is_ascii_digit() => fraction = true,
                _ => break,
            }
            self.position += 1;
        }
        let unit_at = self.position;
        // The micro sign is two bytes long: U+00B5, or U+03BC, the Greek letter.
        loop {
            match (self.byte(0), self.byte(1)) {
                (0xc2, 0xb5) | (0xce, 0xbc) => self.position += 2,
                (byte, _) if is_word(byte) => self.position += 1,
                _ => break,
            }
        }
        let nanos = match self.text.split_at(unit_at).1.split_at(self.position - unit_at).0 {
            [] if !fraction && value <= u64::MAX as u128 => {
                #[expect(clippy::cast_possible_truncation, reason = "compared in the guard")]
                return Ok(Token::Count { from, value: value as u64 });
            }
            [] => return Err(unit::number_without_unit(self, from)),
            name => match unit::nanos(name) {
                Some(nanos) => nanos,
                None => return Err(unit::unknown(name, (from, unit_at), self.position)),
            },
        };
        let Some(nanos) = value.checked_mul(nanos) else {
            return mistake(from, "this is longer than a `Duration` holds");
        };
        if !nanos.is_multiple_of(scale) {
            return mistake(from, "nothing is shorter than 1ns");
        }
        let nanos = nanos / scale;
        let seconds = nanos / 1_000_000_000;
        if seconds > u64::MAX as u128 {
            return mistake(from, "this is longer than a `Duration` holds");
        }
        #[expect(clippy::cast_possible_truncation, reason = "compared above, and a remainder")]
        let value = Duration::new(seconds as u64, (nanos % 1_000_000_000) as u32);
        Ok(Token::Time { from, value, is_known: true })
    }
}

/// A duration that stands alone, for a constant in a macro.
///
/// # Panics
///
/// If the text is anything else: in a constant, a compile error.
#[track_caller]
pub const fn duration(text: &str) -> Duration {
    const WHAT: &str = "duration";
    const PROBLEM: &str = "expected a duration with its unit, such as `350ms` or `1.5s`, found $0";
    let mut lexer = Lexer::new(text);
    match (lexer.next(), lexer.next()) {
        (Ok(Token::Time { value, .. }), Ok(Token::End { .. })) => value,
        (Err(mistake), _) => refuse(WHAT, text, mistake),
        (Ok(token), _) => refuse(WHAT, text, unit::missing(&Lexer::new(text), token, PROBLEM)),
    }
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

const fn hex(byte: u8) -> Option<u32> {
    (byte as char).to_digit(16)
}

/// The place of a step among those of its name, of which the `[` is read.
pub(crate) const fn place(lexer: &mut Lexer) -> Result<usize, Mistake> {
    let place = match lexer.next() {
        Ok(Token::Count { value, .. }) => size(value),
        Ok(token) => {
            return mistake(token.at(), "a place is a whole number, as in `attempt[0]`, found $0");
        }
        Err(mistake) => return Err(mistake),
    };
    match lexer.next() {
        Ok(Token::Mark { byte: b']', .. }) => Ok(place),
        Ok(token) => mistake(token.at(), "expected `]`, found $0"),
        Err(mistake) => Err(mistake),
    }
}

/// The name that a token stands for.
///
/// # Panics
///
/// If it is neither a word nor a text in quotes.
pub(crate) fn name_in(notation: &str, token: Token) -> String {
    match token {
        Token::Word { from, to } => notation[from..to].to_owned(),
        Token::Quoted { from, to } => unquote(&notation[from..to]),
        token => unreachable!("only words and quoted texts are names: {token:?}"),
    }
}

/// The text between the quotes, its escapes resolved. The lexer has let the
/// token pass, so every escape is one of those it knows.
fn unquote(quoted: &str) -> String {
    let mut characters = quoted[1..quoted.len() - 1].chars();
    let mut text = String::with_capacity(quoted.len());
    while let Some(character) = characters.next() {
        if character != '\\' {
            text.push(character);
            continue;
        }
        match characters.next() {
            Some('n') => text.push('\n'),
            Some('r') => text.push('\r'),
            Some('t') => text.push('\t'),
            Some('0') => text.push('\0'),
            Some('x') => text.extend(code(characters.by_ref().take(2))),
            Some('u') => text.extend(code(characters.by_ref().skip(1).take_while(|c| *c != '}'))),
            Some(itself) => text.push(itself),
            None => {}
        }
    }
    text
}

fn code(digits: impl Iterator<Item = char>) -> Option<char> {
    char::from_u32(
        digits.filter_map(|digit| digit.to_digit(16)).fold(0, |code, digit| code * 16 + digit),
    )
}
