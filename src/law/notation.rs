//! The notation of laws: read, checked while compiling, and written.
//!
//! ```text
//! law      := term ('+' term)*
//! term     := [count '*'] atom
//! atom     := name ['[' index ']'] | duration | '(' law ')'
//!           | ('sum' | 'max' | 'min') '(' list ')'
//!           | 'limit' '(' count ',' list ')'
//! list     := law (',' law)* [',']
//! ```
//!
//! A comma at the end is allowed. In a macro a duration may be a constant of the code, any
//! expression of Rust in braces.
//!
//! One machine reads it. In a constant its moves are looked at and forgotten; at
//! run time they build the expression, of a text in which the values of the constants are
//! written out.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::error::Error;
use crate::law::expr::{Expr, Fold, Law};
use crate::law::machine::{Machine, Move};
use crate::lexer::{Lexer, Mistake, name_in, refuse, written_out};
use crate::name::StepName;
use crate::time::Compact;

/// What the notation is called in messages.
const WHAT: &str = "law";

/// Checks a notation inside a constant, for [`law!`](crate::law!).
///
/// # Panics
///
/// If the notation does not read: in a constant, a compile error.
#[track_caller]
pub const fn check(text: &str) {
    let mut machine = Machine::new(Lexer::in_macro(text));
    loop {
        match machine.next() {
            Ok(Move::End) => return,
            Ok(_) => {}
            Err(mistake) => refuse(WHAT, text, mistake),
        }
    }
}

/// Reads a notation that [`check`] has let pass, with the values of the constants in it.
///
/// # Panics
///
/// If the notation does not read.
#[track_caller]
pub fn literal(text: &str, constants: &[Duration]) -> Law {
    let text = written_out(text, constants.iter().copied().map(Compact));
    match read(&text) {
        Ok(law) => law,
        Err(mistake) => refuse(WHAT, &text, mistake),
    }
}

/// A bracket that is still open, or the whole law.
#[derive(Default)]
struct Open {
    fold: Option<Fold>,
    /// The arguments that are complete.
    arguments: Vec<Expr>,
    /// The terms of the one that is not.
    terms: Vec<Expr>,
    count: Option<u64>,
}

impl Open {
    fn take(&mut self, expr: Expr) {
        self.terms.push(match self.count.take() {
            Some(count) => Expr::Times(count, Box::new(expr)),
            None => expr,
        });
    }

    fn end_argument(&mut self) {
        let mut terms = std::mem::take(&mut self.terms);
        match terms.len() {
            // Behind a comma at the end.
            0 => {}
            1 => self.arguments.append(&mut terms),
            _ => self.arguments.push(Expr::Sum(terms)),
        }
    }

    fn close(mut self, atoms: &[StepName]) -> Expr {
        self.end_argument();
        match (self.fold, self.arguments.as_slice()) {
            (Some(fold), &[Expr::Atom(atom)]) if atoms[atom as usize].index().is_none() => {
                Expr::Every(fold, atom)
            }
            (None, _) => self.arguments.pop().expect("the machine closes behind a term"),
            (Some(fold), _) => Expr::fold(fold, self.arguments),
        }
    }
}

fn read(text: &str) -> Result<Law, Mistake> {
    let mut machine = Machine::new(Lexer::new(text));
    let mut above: Vec<Open> = Vec::new();
    let mut open = Open::default();
    let mut atoms: Vec<StepName> = Vec::new();
    let mut numbers: BTreeMap<StepName, u32> = BTreeMap::new();
    loop {
        match machine.next()? {
            Move::Count(count) => open.count = Some(count),
            Move::Constant(constant) => open.take(Expr::Constant(constant)),
            Move::Name { name, index } => {
                let atom = StepName::new(name_in(text, name), index);
                let number = *numbers.entry(atom).or_insert_with_key(|atom| {
                    atoms.push(atom.clone());
                    u32::try_from(atoms.len() - 1).expect("fewer than 2^32 names")
                });
                open.take(Expr::Atom(number));
            }
            Move::Open(fold) => {
                above.push(std::mem::replace(&mut open, Open { fold, ..Open::default() }));
            }
            Move::Comma => open.end_argument(),
            Move::Close => {
                let outer = above.pop().expect("the machine closes what it opened");
                let inner = std::mem::replace(&mut open, outer).close(&atoms);
                open.take(inner);
            }
            Move::End => return Ok(Law::new(open.close(&atoms), atoms.into())),
        }
    }
}

impl FromStr for Law {
    type Err = Error;

    /// Reads the notation that [`Display`](fmt::Display) writes.
    ///
    /// # Errors
    ///
    /// If the text is no law, with the line, the column and the problem.
    fn from_str(text: &str) -> Result<Self, Error> {
        read(text).map_err(|it| Error::notation(WHAT, text, it.at, it.problem(text).as_str()))
    }
}

impl Fold {
    /// Writes the function up to its first argument.
    fn open(self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sum => f.write_str("sum("),
            Self::Max => f.write_str("max("),
            Self::Min => f.write_str("min("),
            Self::Limit(slots) => write!(f, "limit({slots}, "),
        }
    }
}

impl Expr {
    fn write(&self, f: &mut fmt::Formatter<'_>, atoms: &[StepName]) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, terms: &[Self], separator: &str| {
            for (index, term) in terms.iter().enumerate() {
                if index > 0 {
                    f.write_str(separator)?;
                }
                term.write(f, atoms)?;
            }
            Ok(())
        };
        let (fold, terms) = match self {
            Self::Constant(constant) => return write!(f, "{}", Compact(*constant)),
            Self::Atom(atom) => return write!(f, "{}", atoms[*atom as usize]),
            Self::Every(fold, atom) => {
                fold.open(f)?;
                return write!(f, "{})", atoms[*atom as usize]);
            }
            Self::Times(count, inner) => {
                write!(f, "{count} * ")?;
                if !matches!(**inner, Self::Sum(_) | Self::Times(..)) {
                    return inner.write(f, atoms);
                }
                f.write_str("(")?;
                inner.write(f, atoms)?;
                return f.write_str(")");
            }
            Self::Sum(terms) => return list(f, terms, " + "),
            Self::Max(terms) => (Fold::Max, terms),
            Self::Min(terms) => (Fold::Min, terms),
            Self::Limit(slots, terms) => (Fold::Limit(*slots), terms),
        };
        fold.open(f)?;
        list(f, terms, ", ")?;
        f.write_str(")")
    }
}

impl fmt::Display for Law {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.expr.write(f, &self.atoms)
    }
}

impl fmt::Debug for Law {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
