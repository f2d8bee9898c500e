//! The notation of scenarios: read, checked while compiling, and written.
//!
//! ```text
//! scenario := name ':' duration | form
//! form     := ('seq' | 'spawn' | 'tasks' | 'join' | 'race') '(' list ')'
//!           | 'timeout' '(' duration ',' scenario [','] ')'
//!           | 'limit' '(' count [',' list] ')'
//! list     := [ scenario (',' scenario)* [','] ]
//! ```
//!
//! One machine reads it, with a stack of its own. In a constant its moves are
//! looked at and forgotten; at run time they build the tree.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::error::Error;
use crate::lexer::{Lexer, Mistake, Token, missing_unit, mistake, name_in, refuse, size};
use crate::lexer::{sign_in_a_name, written_out};
use crate::scenario::tree::{Form, Scenario, View};
use crate::scenario::validity::MAX_DEPTH;
use crate::time::Compact;

/// What the notation is called in messages.
const WHAT: &str = "scenario";

/// A move of the machine.
#[derive(Clone, Copy)]
enum Move {
    Step { name: Token, duration: Duration },
    Open(Form),
    Close,
    End,
}

/// What may come next.
#[derive(Clone, Copy)]
enum Expected {
    Scenario,
    ScenarioOrClose,
    CommaOrClose,
    End,
}

/// A form that is still open.
#[derive(Clone, Copy)]
struct Open {
    is_timeout: bool,
    has_child: bool,
}

struct Machine<'a> {
    lexer: Lexer<'a>,
    expected: Expected,
    open: [Open; MAX_DEPTH],
    depth: usize,
    text: &'a [u8],
}

impl<'a> Machine<'a> {
    const fn new(lexer: Lexer<'a>) -> Self {
        Self {
            lexer,
            expected: Expected::Scenario,
            open: [Open { is_timeout: false, has_child: false }; MAX_DEPTH],
            depth: 0,
            text: lexer.text(),
        }
    }

    const fn next(&mut self) -> Result<Move, Mistake> {
        loop {
            let token = match self.lexer.next() {
                Ok(token) => token,
                Err(mistake) => return Err(mistake),
            };
            match (self.expected, token) {
                (
                    Expected::Scenario | Expected::ScenarioOrClose,
                    Token::Word { .. } | Token::Quoted { .. },
                ) => {
                    return self.scenario(token);
                }
                (
                    Expected::ScenarioOrClose | Expected::CommaOrClose,
                    Token::Mark { byte: b')', at },
                ) => {
                    return self.close(at);
                }
                (Expected::CommaOrClose, Token::Mark { byte: b',', .. }) => {
                    self.expected = Expected::ScenarioOrClose;
                }
                (Expected::End, Token::End { .. }) => return Ok(Move::End),
                (Expected::Scenario | Expected::ScenarioOrClose, _) => {
                    return mistake(
                        token.at(),
                        "expected a step such as `name: 2s`, or a form such as `seq(..)`, found $0",
                    );
                }
                (Expected::CommaOrClose, _) => {
                    return mistake(token.at(), "expected `,` or `)`, found $0");
                }
                (Expected::End, _) => {
                    return mistake(
                        token.at(),
                        "expected the end, found $0: a notation holds one scenario",
                    );
                }
            }
        }
    }

    /// A step or the opening of a form, of which the first token is read.
    const fn scenario(&mut self, name: Token) -> Result<Move, Mistake> {
        if self.depth > 0 {
            let parent = &mut self.open[self.depth - 1];
            if parent.is_timeout && parent.has_child {
                return mistake(
                    name.at(),
                    "a timeout holds one scenario; `seq(..)` or `join(..)` makes one of several",
                );
            }
            parent.has_child = true;
        }
        let behind = match self.lexer.next() {
            Ok(token) => token,
            Err(mistake) => return Err(mistake),
        };
        match (name, behind) {
            (_, Token::Mark { byte: b':', .. }) => self.step(name),
            (Token::Word { from, to }, Token::Mark { byte: b'(', .. }) => self.form(from, to),
            (Token::Word { .. }, Token::Mark { at, byte: b'.' }) => {
                Err(in_a_name(self.text, at, "expected `:` after a step's name, found $0"))
            }
            (Token::Word { .. }, _) => {
                mistake(behind.at(), "expected `:` after a step's name, found $0")
            }
            _ => mistake(behind.at(), "expected `:` after a step's quoted name, found $0"),
        }
    }

    const fn step(&mut self, name: Token) -> Result<Move, Mistake> {
        const EXPECTED: &str =
            "expected a duration with its unit, such as `2s` or `0.5ms`, found $0";
        match self.lexer.next() {
            Ok(Token::Time { value: duration, .. }) => {
                self.expected = self.behind_a_scenario();
                Ok(Move::Step { name, duration })
            }
            // Two colons begin at the one before.
            Ok(Token::Mark { at, byte: b':' }) => Err(in_a_name(self.text, at - 1, EXPECTED)),
            Ok(token) => Err(missing_unit(&self.lexer, token, EXPECTED)),
            Err(mistake) => Err(mistake),
        }
    }

    const fn form(&mut self, from: usize, to: usize) -> Result<Move, Mistake> {
        if self.depth == MAX_DEPTH {
            return mistake(from, "nested too deeply: 256 forms inside one another are the most");
        }
        let (form, expected) = match self.text.split_at(from).1.split_at(to - from).0 {
            b"seq" => (Form::Sequential, Expected::ScenarioOrClose),
            b"spawn" => (Form::Spawned, Expected::ScenarioOrClose),
            b"tasks" => (Form::Tasks, Expected::ScenarioOrClose),
            b"join" => (Form::Joined, Expected::ScenarioOrClose),
            b"race" => (Form::Raced, Expected::ScenarioOrClose),
            b"timeout" => match self.lexer.next() {
                Ok(Token::Time { value, .. }) => match self.lexer.next() {
                    Ok(Token::Mark { byte: b',', .. }) => {
                        (Form::Timeout(value), Expected::Scenario)
                    }
                    Ok(token) => {
                        return mistake(
                            token.at(),
                            "expected `,` and what the timeout is for, found $0",
                        );
                    }
                    Err(mistake) => return Err(mistake),
                },
                Ok(token) => {
                    const EXPECTED: &str =
                        "a timeout begins with its duration: `timeout(500ms, ..)`";
                    return Err(missing_unit(&self.lexer, token, EXPECTED));
                }
                Err(mistake) => return Err(mistake),
            },
            b"limit" => match self.lexer.next() {
                Ok(Token::Count { value, .. }) => {
                    (Form::Limited(size(value)), Expected::CommaOrClose)
                }
                Ok(token) => {
                    return mistake(token.at(), "a limit begins with its permits: `limit(2, ..)`");
                }
                Err(mistake) => return Err(mistake),
            },
            _ => {
                const PROBLEM: &str = "`$1` is not a form, which is one of seq, spawn, tasks, \
                                       join, race, timeout and limit";
                return Err(Mistake::new(from, PROBLEM).with((from, to), (0, 0)));
            }
        };
        self.open[self.depth] =
            Open { is_timeout: matches!(form, Form::Timeout(_)), has_child: false };
        self.depth += 1;
        self.expected = expected;
        Ok(Move::Open(form))
    }

    const fn close(&mut self, at: usize) -> Result<Move, Mistake> {
        self.depth -= 1;
        let Open { is_timeout, has_child } = self.open[self.depth];
        if is_timeout && !has_child {
            return mistake(at, "expected what the timeout is for, found $0");
        }
        self.expected = self.behind_a_scenario();
        Ok(Move::Close)
    }

    const fn behind_a_scenario(&self) -> Expected {
        if self.depth == 0 { Expected::End } else { Expected::CommaOrClose }
    }
}

/// What is wrong with a sign that may stand in a name without quotes.
const fn in_a_name(text: &[u8], at: usize, otherwise: &'static str) -> Mistake {
    match sign_in_a_name(text, at) {
        Some(mistake) => mistake,
        None => Mistake::new(at, otherwise),
    }
}

/// Checks a notation inside a constant, for [`scenario!`](crate::scenario).
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
pub fn literal(text: &str, constants: &[Duration]) -> Scenario {
    let text = written_out(text, constants.iter().copied().map(Compact));
    match read(&text) {
        Ok(scenario) => scenario,
        Err(mistake) => refuse(WHAT, &text, mistake),
    }
}

fn read(text: &str) -> Result<Scenario, Mistake> {
    let mut machine = Machine::new(Lexer::new(text));
    let mut open: Vec<(Form, Vec<Scenario>)> = Vec::new();
    let mut whole = None;
    loop {
        let scenario = match machine.next()? {
            Move::Open(form) => {
                open.push((form, Vec::new()));
                continue;
            }
            Move::Step { name, duration } => Scenario::step(name_in(text, name), duration),
            Move::Close => {
                let (form, children) = open.pop().expect("the machine closes what it opened");
                Scenario::group(form, children)
            }
            Move::End => return Ok(whole.expect("the machine ends behind a scenario")),
        };
        match open.last_mut() {
            Some((_, siblings)) => siblings.push(scenario),
            None => whole = Some(scenario),
        }
    }
}

impl FromStr for Scenario {
    type Err = Error;

    /// Reads the notation that [`Display`](fmt::Display) writes.
    ///
    /// # Errors
    ///
    /// If the text is no scenario, with the line, the column and the problem.
    fn from_str(text: &str) -> Result<Self, Error> {
        read(text).map_err(|it| Error::notation(WHAT, text, it.at, it.problem(text).as_str()))
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What is open, each with the children that are not written yet. A list
        // and no recursion: a scenario may be nested deeper than any stack.
        let mut open = vec![std::slice::from_ref(self).iter()];
        let mut is_first = true;
        while let Some(siblings) = open.last_mut() {
            let Some(scenario) = siblings.next() else {
                open.pop();
                if !open.is_empty() {
                    f.write_str(")")?;
                }
                is_first = false;
                continue;
            };
            if !is_first {
                f.write_str(", ")?;
            }
            match scenario.view() {
                View::Step { name, duration } => {
                    write!(f, "{name}: {}", Compact(duration))?;
                    is_first = false;
                }
                View::Group(group) => {
                    write!(f, "{}(", group.form.word())?;
                    is_first = true;
                    match group.form {
                        Form::Timeout(limit) => write!(f, "{}", Compact(limit))?,
                        Form::Limited(permits) => write!(f, "{permits}")?,
                        _ => {}
                    }
                    if matches!(group.form, Form::Timeout(_) | Form::Limited(_)) {
                        is_first = false;
                    }
                    open.push(group.children.iter());
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
