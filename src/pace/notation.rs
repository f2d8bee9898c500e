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
use crate::lexer::{Lexer, Mistake, Token, mistake, name_in, refuse, size};
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
    const fn new(text: &'a str) -> Self {
        Self {
            lexer: Lexer::new(text),
            text: text.as_bytes(),
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
        const EXPECTED: &str = "expected the steps and what of them, such as `attempt.start:`";
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
            Ok(token) => return mistake(token.at(), "expected `.start`, `.finish` or `.pause`"),
            Err(mistake) => return Err(mistake),
        }
        self.series = match self.lexer.next() {
            Ok(token) => match self.word(token) {
                b"start" => Series::Start,
                b"finish" => Series::Finish,
                b"pause" => Series::Pause,
                _ => {
                    return mistake(
                        token.at(),
                        "steps have a `start`, a `finish` and a `pause` behind them",
                    );
                }
            },
            Err(mistake) => return Err(mistake),
        };
        match self.lexer.next() {
            Ok(Token::Mark { byte: b':', .. }) => Ok((name, self.series)),
            Ok(token) => mistake(token.at(), "expected `:`"),
            Err(mistake) => Err(mistake),
        }
    }

    /// What comes next behind the colon.
    const fn piece(&mut self) -> Result<Piece, Mistake> {
        const EXPECTED: &str = "expected a time such as `100ms`, or a rate such as `2 per 100ms`";
        let (token, is_first) = (self.lexer.next(), self.is_first);
        self.is_first = false;
        let (at, count) = match token {
            Ok(Token::Time { from, value }) => return self.each(from, 1, value),
            Ok(Token::Count { from, value }) => (from, size(value)),
            Ok(Token::End { .. }) if !is_first => return Ok(Piece::End),
            Ok(token) => return mistake(token.at(), EXPECTED),
            Err(mistake) => return Err(mistake),
        };
        if count == 0 {
            return mistake(at, "expected 1 at least");
        }
        let token = match self.lexer.next() {
            Ok(token) => token,
            Err(mistake) => return Err(mistake),
        };
        let is_rate = match (token, self.word(token)) {
            (Token::Mark { byte: b'*', .. }, _) => false,
            (_, b"per") if is_first => true,
            (_, b"per") => return mistake(at, "a rate stands alone"),
            _ => return mistake(token.at(), "expected a unit, `* 100ms` or `per 100ms`"),
        };
        let (from, time) = match self.lexer.next() {
            Ok(Token::Time { from, value }) => (from, value),
            Ok(token) => return mistake(token.at(), "expected a duration such as `100ms`"),
            Err(mistake) => return Err(mistake),
        };
        if is_rate { self.rate(at, count, (from, time)) } else { self.each(from, count, time) }
    }

    const fn each(&mut self, at: usize, count: usize, time: Duration) -> Result<Piece, Mistake> {
        if !matches!(self.series, Series::Pause) {
            if time.as_nanos() < self.last.as_nanos() {
                return mistake(at, "time goes backwards here");
            }
            self.last = time;
        }
        match self.lexer.next() {
            Ok(Token::End { .. } | Token::Mark { byte: b',', .. }) => {
                Ok(Piece::Each { count, time })
            }
            Ok(token) => mistake(token.at(), "expected `,` or the end"),
            Err(mistake) => Err(mistake),
        }
    }

    const fn rate(
        &mut self,
        at: usize,
        most: usize,
        (per_at, per): (usize, Duration),
    ) -> Result<Piece, Mistake> {
        if matches!(self.series, Series::Pause) {
            return mistake(at, "a rate counts starts or finishes; pauses are listed");
        }
        if per.is_zero() {
            return mistake(per_at, "nothing comes within a span of no length");
        }
        match self.lexer.next() {
            Ok(Token::End { .. }) => Ok(Piece::Rate { most, per }),
            Ok(token) => mistake(token.at(), "expected the end: a rate stands alone"),
            Err(mistake) => Err(mistake),
        }
    }
}

/// Checks a pace inside a constant, for [`assert_pace!`](crate::assert_pace!).
///
/// # Panics
///
/// If the notation does not read: in a constant, a compile error.
pub const fn check(text: &str) {
    let mut reader = Reader::new(text);
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

/// Reads a pace that [`check`] has let pass.
pub fn literal(text: &str) -> Pace {
    match read(text) {
        Ok(pace) => pace,
        Err(mistake) => refuse(WHAT, text, mistake),
    }
}

fn read(text: &str) -> Result<Pace, Mistake> {
    let mut reader = Reader::new(text);
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
        read(text).map_err(|Mistake { at, problem }| Error::notation(WHAT, text, at, problem))
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
