//! The notation of paces: read, checked while compiling, and written.
//!
//! ```text
//! pace  := name '.' ('start' | 'finish') ':' (times | rate) | name '.' 'pause' ':' times
//! times := time (',' time)* [',']        time := [count '*'] duration
//! rate  := count 'per' duration
//! ```
//!
//! One reader, in a constant and at run time: it hands out one time after another, and
//! only who builds a [`Pace`] keeps them.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::error::Error;
use crate::lexer::{Lexer, Mistake, Token, missing_unit, mistake, name_in, refuse, size};
use crate::lexer::{sign_in_a_name, unit_behind, written_out};
use crate::name::Name;
use crate::pace::expr::{Claim, Pace, Series};
use crate::time::Compact;

/// What the notation is called in messages.
const WHAT: &str = "pace";

/// What is said behind the colon, a piece at a time.
#[derive(Clone, Copy)]
enum Piece {
    Each { count: usize, time: Duration },
    Rate { most: usize, per: Duration },
    End,
}

struct Reader<'a> {
    lexer: Lexer<'a>,
    text: &'a [u8],
    series: Series,
    /// The time before, where a series has an order.
    last: Duration,
    is_first: bool,
}

impl<'a> Reader<'a> {
    const fn new(lexer: Lexer<'a>) -> Self {
        Self {
            lexer,
            text: lexer.text(),
            series: Series::Start,
            last: Duration::ZERO,
            is_first: true,
        }
    }

    /// The bytes of a word; of anything else none.
    const fn word(&self, token: Token) -> &'a [u8] {
        match token {
            Token::Word { from, to } => self.text.split_at(from).1.split_at(to - from).0,
            _ => &[],
        }
    }

    /// All up to the colon.
    const fn head(&mut self) -> Result<(Token, Series), Mistake> {
        const SERIES: &str = "expected `.start`, `.finish` or `.pause`, found $0";
        const EXPECTED: &str =
            "expected the steps and what of them, such as `attempt.start:`, found $0";
        let name = match self.lexer.next() {
            Ok(token @ (Token::Word { .. } | Token::Quoted { .. })) => token,
            Ok(token) => return mistake(token.at(), EXPECTED),
            Err(mistake) => return Err(mistake),
        };
        match self.lexer.next() {
            Ok(Token::Mark { byte: b'.', .. }) => {}
            Ok(Token::Mark { at, byte: b'[' }) => {
                return mistake(at, "a pace is of every step of a name; an order is of one");
            }
            Ok(Token::Mark { at, byte: b':' })
                if at + 1 < self.text.len() && self.text[at + 1] == b':' =>
            {
                return Err(match sign_in_a_name(self.text, at) {
                    Some(mistake) => mistake,
                    None => Mistake::new(at, SERIES),
                });
            }
            Ok(token) => return mistake(token.at(), SERIES),
            Err(mistake) => return Err(mistake),
        }
        self.series = match self.lexer.next() {
            Ok(token) => match self.word(token) {
                b"start" => Series::Start,
                b"finish" => Series::Finish,
                b"pause" => Series::Pause,
                _ => return Err(self.no_series(token)),
            },
            Err(mistake) => return Err(mistake),
        };
        match self.lexer.next() {
            Ok(Token::Mark { byte: b':', .. }) => Ok((name, self.series)),
            Ok(token) => mistake(token.at(), "expected `:`, found $0"),
            Err(mistake) => Err(mistake),
        }
    }

    /// What is wrong where a dot is followed by nothing that a pace is of.
    const fn no_series(&self, token: Token) -> Mistake {
        let mut ahead = self.lexer;
        match ahead.next() {
            Err(mistake) => return mistake,
            // Of two dots the first may be in the name.
            Ok(Token::Mark { byte: b'.', .. }) => {
                if let Some(mistake) = sign_in_a_name(self.text, token.at() - 1) {
                    return mistake;
                }
            }
            Ok(_) => {}
        }
        Mistake::new(token.at(), "expected `start`, `finish` or `pause`, found $0")
    }

    /// What comes next behind the colon.
    const fn piece(&mut self) -> Result<Piece, Mistake> {
        const EXPECTED: &str =
            "expected a time such as `100ms`, or a rate such as `2 per 100ms`, found $0";
        let (token, is_first) = (self.lexer.next(), self.is_first);
        self.is_first = false;
        let (at, count) = match token {
            Ok(Token::Time { from, value, is_known }) => {
                return self.each(from, 1, (value, is_known));
            }
            Ok(Token::Count { from, value }) => (from, size(value)),
            Ok(Token::End { .. }) if !is_first => return Ok(Piece::End),
            Ok(token) => return Err(missing_unit(&self.lexer, token, EXPECTED)),
            Err(mistake) => return Err(mistake),
        };
        if count == 0 {
            return mistake(at, "expected 1 at least, found $0");
        }
        let token = match self.lexer.next() {
            Ok(token) => token,
            Err(mistake) => return Err(mistake),
        };
        let is_rate = match (token, self.word(token)) {
            (Token::Mark { byte: b'*', .. }, _) => false,
            (_, b"per") if is_first => true,
            (_, b"per") => return mistake(at, "a rate stands alone"),
            (Token::Word { from, .. }, _) if unit_behind(&self.lexer, from).is_some() => {
                return Err(missing_unit(
                    &self.lexer,
                    Token::Count { from: at, value: 0 },
                    EXPECTED,
                ));
            }
            _ => return mistake(token.at(), "expected a unit, `* 100ms` or `per 100ms`, found $0"),
        };
        let (from, time) = match self.lexer.next() {
            Ok(Token::Time { from, value, is_known }) => (from, (value, is_known)),
            Ok(token) => {
                const EXPECTED: &str = "expected a duration such as `100ms`, found $0";
                return Err(missing_unit(&self.lexer, token, EXPECTED));
            }
            Err(mistake) => return Err(mistake),
        };
        if is_rate { self.rate(at, count, (from, time)) } else { self.each(from, count, time) }
    }

    /// A constant of the code is compared once its value is known.
    const fn each(
        &mut self,
        at: usize,
        count: usize,
        (time, is_known): (Duration, bool),
    ) -> Result<Piece, Mistake> {
        if is_known && !matches!(self.series, Series::Pause) {
            if time.as_nanos() < self.last.as_nanos() {
                return mistake(at, "time goes backwards here");
            }
            self.last = time;
        }
        match self.lexer.next() {
            Ok(Token::End { .. } | Token::Mark { byte: b',', .. }) => {
                Ok(Piece::Each { count, time })
            }
            Ok(token) => mistake(token.at(), "expected `,` or the end, found $0"),
            Err(mistake) => Err(mistake),
        }
    }

    const fn rate(
        &mut self,
        at: usize,
        most: usize,
        (per_at, (per, is_known)): (usize, (Duration, bool)),
    ) -> Result<Piece, Mistake> {
        if matches!(self.series, Series::Pause) {
            return mistake(at, "a rate counts starts or finishes; pauses are listed");
        }
        if is_known && per.is_zero() {
            return mistake(per_at, "nothing comes within a span of no length");
        }
        match self.lexer.next() {
            Ok(Token::End { .. }) => Ok(Piece::Rate { most, per }),
            Ok(token) => mistake(token.at(), "expected the end, found $0: a rate stands alone"),
            Err(mistake) => Err(mistake),
        }
    }
}

/// Checks a pace inside a constant, for [`assert_pace!`](crate::assert_pace!).
///
/// # Panics
///
/// If the notation does not read: in a constant, a compile error.
#[track_caller]
pub const fn check(text: &str) {
    let mut reader = Reader::new(Lexer::in_macro(text));
    if let Err(mistake) = reader.head() {
        refuse(WHAT, text, mistake)
    }
    loop {
        match reader.piece() {
            Ok(Piece::Each { .. }) => {}
            Ok(Piece::Rate { .. } | Piece::End) => return,
            Err(mistake) => refuse(WHAT, text, mistake),
        }
    }
}

/// Reads a pace that [`check`] has let pass, with the values of the constants in it.
///
/// # Panics
///
/// If the notation does not read, such as where time goes backwards with these values.
#[track_caller]
pub fn literal(text: &str, constants: &[Duration]) -> Pace {
    let text = written_out(text, constants.iter().copied().map(Compact));
    match read(&text) {
        Ok(pace) => pace,
        Err(mistake) => refuse(WHAT, &text, mistake),
    }
}

fn read(text: &str) -> Result<Pace, Mistake> {
    let mut reader = Reader::new(Lexer::new(text));
    let (name, series) = reader.head()?;
    let mut times = Vec::new();
    let claim = loop {
        match reader.piece()? {
            Piece::Each { count, time } => times.push((count, time)),
            Piece::Rate { most, per } => break Claim::Rate { most, per },
            Piece::End => break Claim::Each(times),
        }
    };
    Ok(Pace { name: Name::from(name_in(text, name)), series, claim })
}

impl FromStr for Pace {
    type Err = Error;

    /// Reads the notation that [`Display`](fmt::Display) writes.
    ///
    /// # Errors
    ///
    /// If the text is no pace, with the line, the column and the problem.
    fn from_str(text: &str) -> Result<Self, Error> {
        read(text).map_err(|it| Error::notation(WHAT, text, it.at, it.problem(text).as_str()))
    }
}

impl fmt::Display for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}:", self.name, self.series.word())?;
        match &self.claim {
            Claim::Rate { most, per } => write!(f, " {most} per {}", Compact(*per)),
            Claim::Each(times) => {
                times.iter().enumerate().try_for_each(|(index, (count, time))| {
                    f.write_str(if index == 0 { " " } else { ", " })?;
                    if *count > 1 {
                        write!(f, "{count} * ")?;
                    }
                    write!(f, "{}", Compact(*time))
                })
            }
        }
    }
}

impl fmt::Debug for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
