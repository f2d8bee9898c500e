//! Why a scenario, a notation or a run could not be done.

use std::fmt;
use std::time::Duration;

use unicode_width::UnicodeWidthStr as _;

use crate::name::is_deceptive;
use crate::time::Compact;

/// Something could not be done: a notation that does not read, a scenario that
/// means nothing, a run that was started in the wrong place.
///
/// A run that *was* done and broke a law is no `Error`; that is a
/// [`Violation`](crate::Violation).
///
/// # Examples
///
/// ```
/// let error = "seq(a 2s)".parse::<makespan::Scenario>().unwrap_err();
/// assert!(error.is_notation());
/// assert_eq!(
///     error.to_string(),
///     "scenario notation, line 1, column 7: expected `:` after a step's name\n  \
///      seq(a 2s)\n        ^",
/// );
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Error {
    // Boxed, so that a `Result<_, Error>` stays as small as what it returns.
    kind: Box<Kind>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Notation { what: &'static str, line: usize, column: usize, excerpt: String, problem: String },
    Scenario { place: String, problem: Unusable },
    LatencyMissing { atom: String },
    SeveralOfAName { name: String },
    EndlessName { name: String },
    TooLong { what: String },
    InsideRuntime,
    AlreadyRecording,
}

/// What can be wrong with a scenario that was put together from builders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unusable {
    TooDeep { depth: usize, most: usize },
    TooLarge { size: usize, most: usize },
    StepTooLong { name: String, duration: Duration, most: Duration },
    TimeoutTooLong { limit: Duration, most: Duration },
    SumTooLong { most: Duration },
    EmptyRace,
    NoPermits,
}

impl Error {
    pub(crate) fn notation(what: &'static str, text: &str, at: usize, problem: &str) -> Self {
        let before = &text[..at];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line_end = text[at..].find('\n').map_or(text.len(), |newline| at + newline);
        let column = text[line_start..at].chars().count();
        Self::new(Kind::Notation {
            what,
            line: before.matches('\n').count() + 1,
            column: column + 1,
            excerpt: excerpt(&text[line_start..line_end], column),
            problem: problem.to_owned(),
        })
    }

    pub(crate) fn scenario(place: String, problem: Unusable) -> Self {
        Self::new(Kind::Scenario { place, problem })
    }

    pub(crate) fn latency_missing(atom: String) -> Self {
        Self::new(Kind::LatencyMissing { atom })
    }

    /// A law speaks of a name as of one step, and several steps bear it.
    pub(crate) fn several_of_a_name(name: String) -> Self {
        Self::new(Kind::SeveralOfAName { name })
    }

    /// A law speaks of every step of a name, and their latencies have no end.
    pub(crate) fn endless_name(name: String) -> Self {
        Self::new(Kind::EndlessName { name })
    }

    pub(crate) fn too_long(what: String) -> Self {
        Self::new(Kind::TooLong { what })
    }

    pub(crate) fn inside_runtime() -> Self {
        Self::new(Kind::InsideRuntime)
    }

    pub(crate) fn already_recording() -> Self {
        Self::new(Kind::AlreadyRecording)
    }

    fn new(kind: Kind) -> Self {
        Self { kind: Box::new(kind) }
    }

    /// Returns whether a notation could not be read. The text then names the
    /// line and the column.
    #[must_use]
    pub fn is_notation(&self) -> bool {
        matches!(*self.kind, Kind::Notation { .. })
    }

    /// Returns whether a scenario means nothing that could run: nested too
    /// deeply, an empty race, a duration beyond the cap. The text then names
    /// the place in the scenario.
    #[must_use]
    pub fn is_scenario(&self) -> bool {
        matches!(*self.kind, Kind::Scenario { .. })
    }

    /// Returns whether a law could not be evaluated.
    #[must_use]
    pub fn is_evaluation(&self) -> bool {
        matches!(
            *self.kind,
            Kind::LatencyMissing { .. }
                | Kind::SeveralOfAName { .. }
                | Kind::EndlessName { .. }
                | Kind::TooLong { .. }
        )
    }

    /// Returns whether a run was started where none can be: inside a runtime,
    /// or while another run was being recorded on the same thread.
    #[must_use]
    pub fn is_misplaced(&self) -> bool {
        matches!(*self.kind, Kind::InsideRuntime | Kind::AlreadyRecording)
    }
}

/// The line with a caret under one of its columns, cut so that it fits a terminal.
fn excerpt(line: &str, column: usize) -> String {
    const BEFORE: usize = 40;
    const WIDTH: usize = 72;
    let from = column.saturating_sub(BEFORE);
    // What would move the caret, or deceive a reader, is told as unreadable.
    let is_unreadable = |it: char| it.is_control() && it != '\t' || is_deceptive(it);
    let readable = |it| match it {
        '\t' => ' ',
        it if is_unreadable(it) => char::REPLACEMENT_CHARACTER,
        it => it,
    };
    let shown: String = line.chars().skip(from).take(WIDTH).map(readable).collect();
    let before: String = shown.chars().take(column - from).collect();
    format!("  {shown}\n  {}^", " ".repeat(before.width()))
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.kind {
            Kind::Notation { what, line, column, excerpt, problem } => {
                write!(f, "{what} notation, line {line}, column {column}: {problem}\n{excerpt}")
            }
            Kind::Scenario { place, problem } => write!(f, "scenario, at {place}: {problem}"),
            Kind::LatencyMissing { atom } => {
                write!(f, "the law speaks of `{atom}`, which has no latency here")
            }
            Kind::SeveralOfAName { name } => write!(
                f,
                "the law speaks of `{name}`, and several steps have that name; \
                 write `sum({name})`, `max({name})` or the like for all of them, \
                 `{name}[0]` for the first"
            ),
            Kind::EndlessName { name } => write!(
                f,
                "the law speaks of every `{name}`, and the latencies for `{name}[0]`, \
                 `{name}[1]` and so on do not end"
            ),
            Kind::TooLong { what } => write!(f, "{what} is longer than a `Duration` holds"),
            Kind::InsideRuntime => f.write_str(
                "a run brings its own runtime and cannot start inside another one; \
                 call it from a plain `#[test]` or `fn main`, not from `#[tokio::test]` or a task",
            ),
            Kind::AlreadyRecording => f.write_str(
                "this thread is recording another run; one run at a time, or one thread for each",
            ),
        }
    }
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooDeep { depth, most } => {
                write!(f, "nested {depth} deep, and {most} is the most that a run can take")
            }
            Self::TooLarge { size, most } => {
                write!(f, "{size} steps and forms, and {most} are the most that a run can take")
            }
            Self::StepTooLong { name, duration, most } => write!(
                f,
                "step {name} takes {}, and {} is the longest that a step can take",
                Compact(*duration),
                Compact(*most)
            ),
            Self::TimeoutTooLong { limit, most } => {
                write!(f, "a timeout of {}, and {} is the longest", Compact(*limit), Compact(*most))
            }
            Self::SumTooLong { most } => {
                write!(f, "takes longer than {} in all", Compact(*most))
            }
            Self::EmptyRace => f.write_str("an empty race, which nobody can win"),
            Self::NoPermits => f.write_str("`limit(0)`, under which nothing can start"),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {}
