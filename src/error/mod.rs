//! Why a scenario, a notation or a run could not be done.

mod questions;
mod unended;
mod unusable;

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use unicode_width::UnicodeWidthStr as _;

use crate::lexer::is_like_a_constant;
use crate::name::{Name, StepName, is_deceptive};
use crate::nearest::nearest;
use crate::text::shorten;
use crate::time::Spelled;

pub(crate) use unended::{Allowance, Stuck, Unended, Unrecordable, Why};
pub(crate) use unusable::Unusable;

/// Something could not be done: a notation that does not read, a scenario that
/// means nothing, a run that was started in the wrong place, a claim that a run
/// cannot decide.
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
///     "scenario notation, line 1, column 7: expected `:` after a step's name, found `2s`\n  \
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
    Notation {
        what: &'static str,
        line: usize,
        column: usize,
        excerpt: String,
        problem: String,
    },
    Scenario {
        place: String,
        problem: Unusable,
    },
    LatencyMissing {
        atom: String,
    },
    SeveralOfAName {
        name: String,
    },
    EndlessName {
        name: String,
    },
    TooLong {
        what: String,
    },
    UnknownName {
        name: String,
        nearest: Option<String>,
        /// Whether a constant of the code may have been meant.
        is_constant: bool,
        known: Vec<String>,
    },
    NoDelay {
        step: String,
    },
    #[cfg_attr(not(feature = "proptest"), expect(dead_code, reason = "the checker finds it"))]
    NothingVaried,
    UnknownPlace {
        step: String,
        name: String,
        count: usize,
    },
    NoNames {
        law: String,
    },
    Undecided {
        claim: String,
        because: String,
    },
    SeveralMoments {
        name: String,
        moment: String,
        count: usize,
    },
    InsideRuntime,
    AlreadyRecording,
    Unrecordable(Unrecordable),
    BeganInAnotherRun {
        what: String,
    },
    Lawless {
        seen: String,
    },
    #[cfg_attr(not(feature = "proptest"), expect(dead_code, reason = "the checker finds it"))]
    Flaky {
        latencies: String,
    },
    LatencyUnset {
        name: String,
        /// The name that has a latency and did not run.
        misspelt: Option<String>,
    },
    LatencyTooLong {
        name: String,
        latency: Duration,
        most: Duration,
    },
    Unended(Unended),
}

/// How many of the names that ran are told where another was meant.
const KNOWN_TOLD: usize = 12;

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
            problem: problem.chars().map(readable).collect(),
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

    /// No step has the name, which a law speaks of. `known` has the names of the steps
    /// that ran, in the order in which they are shown; repetitions are left out.
    pub(crate) fn unknown_name<'a>(
        step: &StepName,
        known: impl IntoIterator<Item = &'a Name>,
    ) -> Self {
        let is_constant = step.index().is_none() && is_like_a_constant(step.name().as_str());
        Self::unknown(step, known, is_constant)
    }

    /// The same of a name whose moments are asked for: no constant has any.
    pub(crate) fn unknown_moment<'a>(
        step: &StepName,
        known: impl IntoIterator<Item = &'a Name>,
    ) -> Self {
        Self::unknown(step, known, false)
    }

    fn unknown<'a>(
        step: &StepName,
        known: impl IntoIterator<Item = &'a Name>,
        is_constant: bool,
    ) -> Self {
        let mut seen = BTreeSet::new();
        let known: Vec<_> = known.into_iter().filter(|name| seen.insert(*name)).collect();
        let near = nearest(step.name().as_str(), known.iter().map(|name| name.as_str()));
        Self::new(Kind::UnknownName {
            name: shorten(step.name()),
            nearest: near.map(|name| Name::from(name).to_string()),
            is_constant,
            known: known.into_iter().map(shorten).collect(),
        })
    }

    /// Steps of that name ran, and none at that place among them.
    pub(crate) fn unknown_place(step: &StepName, count: usize) -> Self {
        let (step, name) = (shorten(step), shorten(step.name()));
        Self::new(Kind::UnknownPlace { step, name, count })
    }

    /// A latency is set for a step whose duration nobody can choose.
    pub(crate) fn no_delay(step: &StepName) -> Self {
        Self::new(Kind::NoDelay { step: shorten(step) })
    }

    /// Code without a delay was checked over generated latencies.
    #[cfg(feature = "proptest")]
    pub(crate) fn nothing_varied() -> Self {
        Self::new(Kind::NothingVaried)
    }

    /// A law that no step has a part in.
    pub(crate) fn no_names(law: String) -> Self {
        Self::new(Kind::NoNames { law: shorten(law) })
    }

    /// The run has nothing that could decide whether a claim holds.
    pub(crate) fn undecided(claim: String, because: String) -> Self {
        Self::new(Kind::Undecided { claim: shorten(claim), because })
    }

    /// An order speaks of a name as of one step, and several steps bear it.
    pub(crate) fn several_moments(name: &Name, moment: &str, count: usize) -> Self {
        let (name, moment) = (shorten(name), moment.to_owned());
        Self::new(Kind::SeveralMoments { name, moment, count })
    }

    pub(crate) fn inside_runtime() -> Self {
        Self::new(Kind::InsideRuntime)
    }

    pub(crate) fn already_recording() -> Self {
        Self::new(Kind::AlreadyRecording)
    }

    pub(crate) fn unrecordable(why: Unrecordable) -> Self {
        Self::new(Kind::Unrecordable(why))
    }

    /// A future that is a step was polled in one run first, and then in another.
    pub(crate) fn began_in_another_run(what: String) -> Self {
        Self::new(Kind::BeganInAnotherRun { what })
    }

    /// A delay that nobody has given a latency.
    pub(crate) fn latency_unset(name: String) -> Self {
        Self::new(Kind::LatencyUnset { name, misspelt: None })
    }

    /// The same error with the name that was given a latency instead, if `find` knows one.
    #[must_use]
    pub(crate) fn with_misspelt(mut self, find: impl FnOnce(&str) -> Option<String>) -> Self {
        if let Kind::LatencyUnset { name, misspelt } = &mut *self.kind {
            *misspelt = find(name);
        }
        self
    }

    pub(crate) fn latency_too_long(name: String, latency: Duration, most: Duration) -> Self {
        Self::new(Kind::LatencyTooLong { name, latency, most })
    }

    /// No law was found that holds.
    pub(crate) fn lawless(seen: String) -> Self {
        Self::new(Kind::Lawless { seen })
    }

    /// A case that broke a law, and does not any more.
    #[cfg(feature = "proptest")]
    pub(crate) fn flaky(latencies: String) -> Self {
        Self::new(Kind::Flaky { latencies })
    }

    pub(crate) fn unended(unended: Unended) -> Self {
        Self::new(Kind::Unended(unended))
    }

    /// The same error, whose text names the methods of this type.
    #[must_use]
    pub(crate) fn advise(mut self, face: &'static str) -> Self {
        if let Kind::Unended(unended) = &mut *self.kind {
            unended.face = face;
        }
        self
    }

    fn new(kind: Kind) -> Self {
        Self { kind: Box::new(kind) }
    }
}

/// A character as it is shown: one that would move the caret, or deceive a reader, is
/// shown as unreadable.
fn readable(it: char) -> char {
    match it {
        '\t' => ' ',
        it if it.is_control() || is_deceptive(it) => char::REPLACEMENT_CHARACTER,
        it => it,
    }
}

/// The line with a caret under one of its columns, cut so that it fits a terminal.
fn excerpt(line: &str, column: usize) -> String {
    const BEFORE: usize = 40;
    const WIDTH: usize = 72;
    let from = column.saturating_sub(BEFORE);
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
            Kind::UnknownName { name, nearest, is_constant, known } => {
                write!(f, "no step called `{name}` ran")?;
                if let Some(nearest) = nearest {
                    write!(f, "; did you mean `{nearest}`?")?;
                }
                if *is_constant {
                    write!(f, "; for a constant of the code write `{{{name}}}`")?;
                }
                match known.len().checked_sub(KNOWN_TOLD) {
                    _ if known.is_empty() => f.write_str(", and no other either"),
                    None | Some(0) => write!(f, " (what ran: {})", known.join(", ")),
                    Some(more) => {
                        let told = known[..KNOWN_TOLD].join(", ");
                        write!(f, " (what ran: {told} and {more} more)")
                    }
                }
            }
            Kind::UnknownPlace { step, name, count: 1 } => {
                write!(f, "there is no `{step}`: `{name}` ran once, as `{name}[0]`")
            }
            Kind::UnknownPlace { step, name, count } => write!(
                f,
                "there is no `{step}`: `{name}` ran {count} times, up to `{name}[{}]`",
                count.saturating_sub(1)
            ),
            Kind::NoDelay { step } => write!(
                f,
                "`{step}` is no `delay`: it is a named future or a span, which takes as long as \
                 what is inside it; set the latency of a `delay` in it"
            ),
            Kind::NothingVaried => f.write_str(
                "no `delay` ran, so nothing could be varied: one set of latencies was tried; \
                 write `assert_law!(makespan::run(..), ..)` to hold one run to a law, or put a \
                 `delay(..)` into the fakes that the code calls",
            ),
            Kind::NoNames { law } => write!(
                f,
                "the law `{law}` speaks of no step; `assert_makespan!` holds a run to a duration"
            ),
            Kind::Undecided { claim, because } => write!(f, "`{claim}` {because}"),
            Kind::SeveralMoments { name, moment, count } => write!(
                f,
                "the order speaks of `{name}.{moment}`, and {count} steps are called `{name}`; \
                 write `{name}[0].{moment}` for that of the first"
            ),
            Kind::InsideRuntime => f.write_str(
                "a run brings its own runtime and cannot start inside another one; \
                 call it from a plain `#[test]` or `fn main`, or await `makespan::record(..)` \
                 inside `#[tokio::test(start_paused = true)]`",
            ),
            Kind::Unrecordable(why) => fmt::Display::fmt(why, f),
            Kind::BeganInAnotherRun { what } => write!(
                f,
                "`{what}` was first polled in an earlier run, and its timers are of that; make it \
                 inside the run that awaits it"
            ),
            Kind::Lawless { seen } => write!(f, "no law found: {seen}"),
            Kind::Flaky { latencies } => write!(
                f,
                "the law was broken when {latencies}, and then it held for the same latencies: \
                 the code decides by something else, at random or by what it kept from call to call"
            ),
            Kind::LatencyUnset { name, misspelt } => {
                write!(f, "`delay({name:?})` has no latency in this run; ")?;
                if let Some(misspelt) = misspelt {
                    write!(f, "one was set for `{misspelt}`, which did not run; ")?;
                }
                write!(
                    f,
                    "give it one with `Runner::new().latency({name:?}, ..)`, or let \
                     `assert_law!(future => law)` try every one"
                )
            }
            Kind::LatencyTooLong { name, latency, most } => write!(
                f,
                "a latency of {} for {name}, and {} is the longest that a step can take",
                Spelled(*latency),
                Spelled(*most)
            ),
            Kind::Unended(unended) => fmt::Display::fmt(unended, f),
            Kind::AlreadyRecording => f.write_str(
                "this thread is recording another run; one run at a time, or one thread for each",
            ),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {}
