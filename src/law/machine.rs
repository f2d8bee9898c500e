//! The machine that reads the notation of laws, with a stack of its own, so that
//! it runs in a constant and on any text.

use std::time::Duration;

use crate::law::expr::Fold;
use crate::law::slip;
use crate::lexer::{Lexer, Mistake, Part, Token, mistake, place, size};

/// How deep brackets may be nested in one another, those of functions included.
/// It is as deep as the forms of a scenario that can run.
const MAX_NESTING: usize = 256;

/// A move of the machine.
#[derive(Clone, Copy)]
pub(super) enum Move {
    Count(u64),
    Name {
        name: Token,
        index: Option<usize>,
    },
    Constant(Duration),
    /// The opening bracket, of a function or of none.
    Open(Option<Fold>),
    /// The end of one argument, with more behind it or not.
    Comma,
    Close,
    End,
}

/// What may come next.
#[derive(Clone, Copy)]
enum Expected {
    Term,
    /// Behind a count.
    Atom,
    /// Behind a comma: a comma at the end is allowed.
    TermOrClose,
    PlusOrEnd,
}

pub(super) struct Machine<'a> {
    lexer: Lexer<'a>,
    expected: Expected,
    /// Whether the brackets that are open are those of a function.
    is_function: [bool; MAX_NESTING],
    depth: usize,
    /// The term before, if it is a name or a duration.
    term: Option<Part>,
    text: &'a [u8],
}

impl<'a> Machine<'a> {
    pub(super) const fn new(lexer: Lexer<'a>) -> Self {
        Self {
            lexer,
            expected: Expected::Term,
            is_function: [false; MAX_NESTING],
            depth: 0,
            term: None,
            text: lexer.text(),
        }
    }

    /// Reads up to the next move.
    pub(super) const fn next(&mut self) -> Result<Move, Mistake> {
        loop {
            let token = match self.lexer.next() {
                Ok(token) => token,
                Err(mistake) => return Err(mistake),
            };
            match (self.expected, token) {
                (Expected::PlusOrEnd, _) => match self.behind(token) {
                    Ok(Some(next)) => return Ok(next),
                    Ok(None) => {}
                    Err(mistake) => return Err(mistake),
                },
                (Expected::TermOrClose, Token::Mark { byte: b')', .. }) => {
                    return Ok(self.close());
                }
                (Expected::Atom, Token::Count { from, .. }) => {
                    return mistake(from, "one count is the most: write `6 * a`, not `2 * 3 * a`");
                }
                (_, Token::Count { from, value }) => return self.count(from, value),
                (_, Token::Time { from, value, .. }) => {
                    self.ends_term(Some((from, self.lexer.position())));
                    return Ok(Move::Constant(value));
                }
                (_, Token::Mark { at, byte: b'(' }) => return self.open(at, None),
                (_, Token::Word { .. } | Token::Quoted { .. }) => return self.name(token),
                (Expected::Term, Token::Mark { at, byte: b')' })
                    if self.depth > 0 && self.is_function[self.depth - 1] =>
                {
                    return mistake(at, "a function holds one law at least");
                }
                _ => return Err(slip::no_term(self.text, token)),
            }
        }
    }

    /// A term is read, of which a mistake behind it may speak.
    const fn ends_term(&mut self, term: Option<Part>) {
        self.term = term;
        self.expected = Expected::PlusOrEnd;
    }

    /// What follows a term; no move where it is a `+`.
    const fn behind(&mut self, token: Token) -> Result<Option<Move>, Mistake> {
        let is_inside = self.depth > 0;
        let is_function = is_inside && self.is_function[self.depth - 1];
        match token {
            Token::Mark { byte: b'+', .. } => {
                self.expected = Expected::Term;
                Ok(None)
            }
            Token::Mark { byte: b',', .. } if is_function => {
                self.expected = Expected::TermOrClose;
                Ok(Some(Move::Comma))
            }
            Token::Mark { byte: b')', .. } if is_inside => Ok(Some(self.close())),
            Token::End { .. } if !is_inside => Ok(Some(Move::End)),
            // A macro's caller may end with a comma, as anywhere else.
            Token::Mark { byte: b',', .. } if !is_inside && self.is_at_the_end() => {
                Ok(Some(Move::End))
            }
            Token::Mark { at, byte: b'[' } => {
                mistake(at, "only a name has places, such as `attempt[0]`")
            }
            _ => Err(self.no_plus(token, is_inside, is_function)),
        }
    }

    const fn no_plus(&self, token: Token, is_inside: bool, is_function: bool) -> Mistake {
        let meant = (
            slip::behind(&self.lexer, self.term, token),
            slip::two_terms(&self.lexer, self.term, token, is_function),
        );
        let expected = match meant {
            (Some(mistake), _) | (None, Some(mistake)) => return mistake,
            (None, None) if is_function => "expected `+`, `,` or `)`, found $0",
            (None, None) if is_inside => "expected `+` or `)`, found $0",
            (None, None) => "expected `+` or the end, found $0: a notation holds one law",
        };
        Mistake::new(token.at(), expected)
    }

    const fn is_at_the_end(&self) -> bool {
        let mut ahead = self.lexer;
        matches!(ahead.next(), Ok(Token::End { .. }))
    }

    /// A count, of which the number is read.
    const fn count(&mut self, from: usize, value: u64) -> Result<Move, Mistake> {
        match self.lexer.next() {
            Ok(Token::Mark { byte: b'*', .. }) => {
                self.expected = Expected::Atom;
                Ok(Move::Count(value))
            }
            Ok(token) => Err(slip::no_count(&self.lexer, from, token)),
            Err(mistake) => Err(mistake),
        }
    }

    /// A name or the opening of a function, of which the first token is read.
    const fn name(&mut self, name: Token) -> Result<Move, Mistake> {
        let mut ahead = self.lexer;
        match (name, ahead.next()) {
            (Token::Word { from, to }, Ok(Token::Mark { byte: b'(', .. })) => {
                self.lexer = ahead;
                self.function(from, to)
            }
            (_, Ok(Token::Mark { byte: b'[', .. })) => {
                self.lexer = ahead;
                self.index(name)
            }
            // Whatever else is wrong there, the next move says it.
            _ => {
                self.ends_term(Some((name.at(), self.lexer.position())));
                Ok(Move::Name { name, index: None })
            }
        }
    }

    /// The place of a step among those of its name, of which the `[` is read.
    const fn index(&mut self, name: Token) -> Result<Move, Mistake> {
        match place(&mut self.lexer) {
            Ok(index) => {
                self.ends_term(Some((name.at(), self.lexer.position())));
                Ok(Move::Name { name, index: Some(index) })
            }
            Err(mistake) => Err(mistake),
        }
    }

    /// The opening of a function, of which the `(` is read.
    const fn function(&mut self, from: usize, to: usize) -> Result<Move, Mistake> {
        let fold = match self.text.split_at(from).1.split_at(to - from).0 {
            b"sum" => Fold::Sum,
            b"max" => Fold::Max,
            b"min" => Fold::Min,
            b"limit" => match self.permits() {
                Ok(permits) => Fold::Limit(permits),
                Err(mistake) => return Err(mistake),
            },
            _ => return Err(slip::no_function(&self.lexer, (from, to))),
        };
        self.open(from, Some(fold))
    }

    const fn permits(&mut self) -> Result<usize, Mistake> {
        let permits = match self.lexer.next() {
            Ok(Token::Count { from, value: 0 }) => {
                return mistake(from, "under a limit of 0 nothing can start");
            }
            Ok(Token::Count { value, .. }) => size(value),
            Ok(token) => {
                return mistake(token.at(), "a limit begins with its permits: `limit(2, ..)`");
            }
            Err(mistake) => return Err(mistake),
        };
        match self.lexer.next() {
            Ok(Token::Mark { byte: b',', .. }) => Ok(permits),
            Ok(token) => mistake(token.at(), "expected `,` and what the limit is for, found $0"),
            Err(mistake) => Err(mistake),
        }
    }

    const fn open(&mut self, at: usize, fold: Option<Fold>) -> Result<Move, Mistake> {
        if self.depth == MAX_NESTING {
            return mistake(at, "nested too deeply: 256 brackets inside one another are the most");
        }
        self.is_function[self.depth] = fold.is_some();
        self.depth += 1;
        self.expected = Expected::Term;
        Ok(Move::Open(fold))
    }

    const fn close(&mut self) -> Move {
        self.depth -= 1;
        self.ends_term(None);
        Move::Close
    }
}
