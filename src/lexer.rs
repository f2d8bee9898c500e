//! The lexer of all notations.
//!
//! It is a `const fn` from end to end, and that is why it is written here and
//! not taken from a parser library: none of them runs in a constant, and a
//! notation inside a macro has to fail while it compiles.

use std::time::Duration;

/// What is wrong with a notation, and where: a byte offset into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mistake {
    pub(crate) at: usize,
    pub(crate) problem: &'static str,
}

/// The result of having met a mistake.
pub(crate) const fn mistake<T: Copy>(at: usize, problem: &'static str) -> Result<T, Mistake> {
    Err(Mistake { at, problem })
}

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
    /// A number with a unit.
    Time { from: usize, value: Duration },
    /// One of `( ) [ ] , : + * . < = > !`.
    Mark { at: usize, byte: u8 },
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
            Self::Mark { at, .. } | Self::End { at } => at,
        }
    }
}

/// Reads tokens off a text, one at a time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lexer<'a> {
    text: &'a [u8],
    position: usize,
}

impl<'a> Lexer<'a> {
    pub(crate) const fn new(text: &'a str) -> Self {
        Self { text: text.as_bytes(), position: 0 }
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
            _ if !self.text[at].is_ascii() => {
                Err(Mistake { at, problem: "a name beyond ASCII letters is written in quotes" })
            }
            _ => Err(Mistake { at, problem: "no notation uses this character" }),
        }
    }

    /// A text in quotes, with the escapes of a Rust string.
    const fn quoted(&mut self) -> Result<Token, Mistake> {
        let from = self.position;
        self.position += 1;
        loop {
            if self.position == self.text.len() {
                return Err(Mistake { at: from, problem: "this quote is never closed" });
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
        let unknown = Mistake {
            at: self.position,
            problem: "the escapes are \\\" \\\\ \\' \\n \\r \\t \\0 \\x7f and \\u{..}",
        };
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
                        return Err(Mistake {
                            at: from,
                            problem: "this number has too many digits",
                        });
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
        while is_word(self.byte(0)) || matches!(self.byte(0), 0xc2 | 0xb5 | 0xce | 0xbc) {
            self.position += 1;
        }
        let nanos: u128 = match self.text.split_at(unit_at).1.split_at(self.position - unit_at).0 {
            [] if !fraction && value <= u64::MAX as u128 => {
                #[expect(clippy::cast_possible_truncation, reason = "compared in the guard")]
                return Ok(Token::Count { from, value: value as u64 });
            }
            b"ns" => 1,
            b"us" | b"\xc2\xb5s" | b"\xce\xbcs" => 1_000,
            b"ms" => 1_000_000,
            b"s" => 1_000_000_000,
            b"min" => 60_000_000_000,
            b"h" => 3_600_000_000_000,
            b"d" => 86_400_000_000_000,
            _ => {
                return Err(Mistake {
                    at: unit_at,
                    problem: "a duration ends in one of the units ns, us, ms, s, min, h, d",
                });
            }
        };
        let Some(nanos) = value.checked_mul(nanos) else {
            return Err(Mistake { at: from, problem: "this is longer than a `Duration` holds" });
        };
        if !nanos.is_multiple_of(scale) {
            return Err(Mistake { at: from, problem: "nothing is shorter than 1ns" });
        }
        let nanos = nanos / scale;
        let seconds = nanos / 1_000_000_000;
        if seconds > u64::MAX as u128 {
            return Err(Mistake { at: from, problem: "this is longer than a `Duration` holds" });
        }
        #[expect(clippy::cast_possible_truncation, reason = "compared above, and a remainder")]
        let value = Duration::new(seconds as u64, (nanos % 1_000_000_000) as u32);
        Ok(Token::Time { from, value })
    }
}

/// A duration that stands alone, for a constant in a macro.
///
/// # Panics
///
/// If the text is anything else: in a constant, a compile error.
pub const fn duration(text: &str) -> Duration {
    const WHAT: &str = "duration";
    const PROBLEM: &str = "expected a duration with its unit, such as `350ms` or `1.5s`";
    let mut lexer = Lexer::new(text);
    match (lexer.next(), lexer.next()) {
        (Ok(Token::Time { value, .. }), Ok(Token::End { .. })) => value,
        (Err(mistake), _) => refuse(WHAT, text, mistake),
        (Ok(token), _) => refuse(WHAT, text, Mistake { at: token.at(), problem: PROBLEM }),
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
        Ok(token) => return mistake(token.at(), "a place is a whole number: `attempt[0]`"),
        Err(mistake) => return Err(mistake),
    };
    match lexer.next() {
        Ok(Token::Mark { byte: b']', .. }) => Ok(place),
        Ok(token) => mistake(token.at(), "expected `]`"),
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

/// Stops a compilation over a notation that does not read.
///
/// # Panics
///
/// Always: with the notation's kind, the column and the problem.
pub(crate) const fn refuse(what: &str, notation: &str, mistake: Mistake) -> ! {
    // A constant cannot format, so the text is laid down byte by byte.
    let mut text = [0_u8; 160];
    let mut length = lay(&mut text, 0, what);
    length = lay(&mut text, length, " notation, column ");
    let (mut column, mut index, mut size) = (1, 0, 1);
    while index < mistake.at {
        // The bytes that continue a character are no columns of their own.
        if notation.as_bytes()[index] & 0xc0 != 0x80 {
            column += 1;
        }
        index += 1;
    }
    while column / size >= 10 {
        size *= 10;
    }
    while size > 0 {
        text[length] = b"0123456789"[column / size % 10];
        length += 1;
        size /= 10;
    }
    length = lay(&mut text, length, ": ");
    length = lay(&mut text, length, mistake.problem);
    match core::str::from_utf8(text.split_at(length).0) {
        Ok(text) => panic!("{}", text),
        Err(_) => unreachable!(),
    }
}

const fn lay(text: &mut [u8], from: usize, piece: &str) -> usize {
    let piece = piece.as_bytes();
    let mut index = 0;
    while index < piece.len() {
        text[from + index] = piece[index];
        index += 1;
    }
    from + piece.len()
}
