//! The notation of orders: read, checked while compiling, and written.
//!
//! ```text
//! orders   := order (',' order)* [',']
//! order    := moment relation moment
//! moment   := name ['[' index ']'] '.' ('start' | 'finish') ['+' duration]
//! relation := '<' | '<=' | '==' | '!=' | '>=' | '>' | 'before' | 'after'
//! ```
//!
//! One reader, in a constant and at run time: it keeps names as places in the
//! text, and only who builds an [`Order`] looks at them.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::error::Error;
use crate::lexer::{Lexer, Mistake, Token, missing_unit, mistake, name_in, place, refuse};
use crate::lexer::{sign_in_a_name, written_out};
use crate::name::StepName;
use crate::order::expr::{Edge, Moment, Order, Relation};
use crate::time::Compact;

/// What the notation is called in messages.
const WHAT: &str = "order";

/// An order as it is read.
#[derive(Clone, Copy)]
struct Sides {
    left: Side,
    relation: Relation,
    right: Side,
}

#[derive(Clone, Copy)]
struct Side {
    name: Token,
    index: Option<usize>,
    edge: Edge,
    later: Option<Duration>,
}

struct Reader<'a> {
    lexer: Lexer<'a>,
    text: &'a [u8],
}

impl<'a> Reader<'a> {
    const fn new(lexer: Lexer<'a>) -> Self {
        Self { lexer, text: lexer.text() }
    }

    /// The bytes of a word; of anything else none.
    const fn word(&self, token: Token) -> &'a [u8] {
        match token {
            Token::Word { from, to } => self.text.split_at(from).1.split_at(to - from).0,
            _ => &[],
        }
    }

    const fn order(&mut self) -> Result<Sides, Mistake> {
        let left = match self.side() {
            Ok(side) => side,
            Err(mistake) => return Err(mistake),
        };
        let (at, relation) = match self.relation() {
            Ok(relation) => relation,
            Err(mistake) => return Err(mistake),
        };
        let right = match self.side() {
            Ok(side) => side,
            Err(mistake) => return Err(mistake),
        };
        if relation.is_of_places() && (left.later.is_some() || right.later.is_some()) {
            return mistake(
                at,
                "`before` and `after` compare places in the log, to which no time is added",
            );
        }
        Ok(Sides { left, relation, right })
    }

    const fn side(&mut self) -> Result<Side, Mistake> {
        const EXPECTED: &str = "expected a moment such as `auth.start` or `auth.finish`, found $0";
        let name = match self.lexer.next() {
            Ok(token @ (Token::Word { .. } | Token::Quoted { .. })) => token,
            Ok(token) => return mistake(token.at(), EXPECTED),
            Err(mistake) => return Err(mistake),
        };
        let (mut index, mut next) = (None, self.lexer.next());
        if let Ok(Token::Mark { byte: b'[', .. }) = next {
            index = match place(&mut self.lexer) {
                Ok(index) => Some(index),
                Err(mistake) => return Err(mistake),
            };
            next = self.lexer.next();
        }
        match next {
            Ok(Token::Mark { byte: b'.', .. }) => {}
            Ok(token) => {
                return Err(self.no_dot(token, "expected `.start` or `.finish`, found $0"));
            }
            Err(mistake) => return Err(mistake),
        }
        let edge = match self.lexer.next() {
            Ok(token) => match self.word(token) {
                b"start" => Edge::Start,
                b"finish" => Edge::Finish,
                _ => return Err(self.no_edge(token)),
            },
            Err(mistake) => return Err(mistake),
        };
        match self.later() {
            Ok(later) => Ok(Side { name, index, edge, later }),
            Err(mistake) => Err(mistake),
        }
    }

    /// What is wrong where no dot follows a name.
    const fn no_dot(&self, token: Token, expected: &'static str) -> Mistake {
        if let Token::Mark { at, byte: b':' } = token
            && let Some(mistake) = sign_in_a_name(self.text, at)
        {
            return mistake;
        }
        Mistake::new(token.at(), expected)
    }

    /// What is wrong where a dot is followed by no moment.
    const fn no_edge(&self, token: Token) -> Mistake {
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
        Mistake::new(token.at(), "expected `start` or `finish`, found $0")
    }

    /// The duration that is added to a moment, if there is one.
    const fn later(&mut self) -> Result<Option<Duration>, Mistake> {
        const EXPECTED: &str = "expected a duration with its unit, such as `100ms`, found $0";
        let mut ahead = self.lexer;
        if !matches!(ahead.next(), Ok(Token::Mark { byte: b'+', .. })) {
            // Whatever else is wrong there, who reads on says it.
            return Ok(None);
        }
        self.lexer = ahead;
        match self.lexer.next() {
            Ok(Token::Time { value, .. }) => Ok(Some(value)),
            Ok(token) => Err(missing_unit(&self.lexer, token, EXPECTED)),
            Err(mistake) => Err(mistake),
        }
    }

    /// A relation, and where it stands.
    const fn relation(&mut self) -> Result<(usize, Relation), Mistake> {
        const EXPECTED: &str =
            "expected `<`, `<=`, `==`, `!=`, `>=`, `>`, `before` or `after`, found $0";
        let token = match self.lexer.next() {
            Ok(token) => token,
            Err(mistake) => return Err(mistake),
        };
        let at = token.at();
        let Token::Mark { byte, .. } = token else {
            return match self.word(token) {
                b"before" => Ok((at, Relation::Before)),
                b"after" => Ok((at, Relation::After)),
                _ => mistake(at, EXPECTED),
            };
        };
        let is_longer = at + 1 < self.text.len() && self.text[at + 1] == b'=';
        if is_longer && matches!(byte, b'<' | b'=' | b'!' | b'>') {
            // OK because the next byte is the `=` that was seen.
            let _ = self.lexer.next();
        }
        match (byte, is_longer) {
            (b'<', false) => Ok((at, Relation::Less)),
            (b'<', true) => Ok((at, Relation::AtMost)),
            (b'=', true) => Ok((at, Relation::Equal)),
            (b'!', true) => Ok((at, Relation::Unequal)),
            (b'>', true) => Ok((at, Relation::AtLeast)),
            (b'>', false) => Ok((at, Relation::Greater)),
            (b'=', false) => mistake(at, "times are compared with `==`"),
            _ => mistake(at, EXPECTED),
        }
    }

    /// One order of a list, and whether another may follow.
    const fn next_of_list(&mut self) -> Result<(Sides, bool), Mistake> {
        let sides = match self.order() {
            Ok(sides) => sides,
            Err(mistake) => return Err(mistake),
        };
        match self.lexer.next() {
            Ok(Token::End { .. }) => Ok((sides, false)),
            Ok(Token::Mark { byte: b',', .. }) => {
                let mut ahead = self.lexer;
                Ok((sides, !matches!(ahead.next(), Ok(Token::End { .. }))))
            }
            Ok(token) => mistake(token.at(), "expected `,` or the end, found $0"),
            Err(mistake) => Err(mistake),
        }
    }
}

/// Checks a list of orders inside a constant, for
/// [`assert_order!`](crate::assert_order!).
///
/// # Panics
///
/// If the notation does not read: in a constant, a compile error.
#[track_caller]
pub const fn check(text: &str) {
    let mut reader = Reader::new(Lexer::in_macro(text));
    loop {
        match reader.next_of_list() {
            Ok((_, true)) => {}
            Ok((_, false)) => return,
            Err(mistake) => refuse(WHAT, text, mistake),
        }
    }
}

/// Reads a list of orders that [`check`] has let pass, with the values of the constants
/// in it.
///
/// # Panics
///
/// If the notation does not read.
#[track_caller]
pub fn literal(text: &str, constants: &[Duration]) -> Vec<Order> {
    let text = &written_out(text, constants.iter().copied().map(Compact));
    let mut reader = Reader::new(Lexer::new(text));
    let mut orders = Vec::new();
    loop {
        match reader.next_of_list() {
            Ok((sides, has_more)) => {
                orders.push(Order::of(text, sides));
                if !has_more {
                    return orders;
                }
            }
            Err(mistake) => refuse(WHAT, text, mistake),
        }
    }
}

fn read(text: &str) -> Result<Order, Mistake> {
    let mut reader = Reader::new(Lexer::new(text));
    let sides = reader.order()?;
    match reader.lexer.next()? {
        Token::End { .. } => Ok(Order::of(text, sides)),
        token => {
            const PROBLEM: &str = "expected the end, found $0: a notation holds one order";
            Err(Mistake::new(token.at(), PROBLEM))
        }
    }
}

impl Order {
    fn of(text: &str, Sides { left, relation, right }: Sides) -> Self {
        let moment = |side: Side| Moment {
            step: StepName::new(name_in(text, side.name), side.index),
            edge: side.edge,
            later: side.later.unwrap_or_default(),
        };
        Self { left: moment(left), relation, right: moment(right) }
    }
}

impl FromStr for Order {
    type Err = Error;

    /// Reads the notation that [`Display`](fmt::Display) writes.
    ///
    /// # Errors
    ///
    /// If the text is no order, with the line, the column and the problem.
    fn from_str(text: &str) -> Result<Self, Error> {
        read(text).map_err(|it| Error::notation(WHAT, text, it.at, it.problem(text).as_str()))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.step, self.edge.word())?;
        if self.later.is_zero() {
            return Ok(());
        }
        write!(f, " + {}", Compact(self.later))
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.left, self.relation.sign(), self.right)
    }
}

impl fmt::Debug for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
