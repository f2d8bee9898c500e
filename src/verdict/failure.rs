//! How what was not verified is told.

use std::fmt;

use crate::error::Error;
use crate::law::Law;
use crate::picture::{Comparison, DRAWN, Ink, Lanes, Look, Marks};
use crate::scenario::Scenario;
use crate::time::Millis;
use crate::trace::Trace;
use crate::verdict::clock::Clock;
use crate::verdict::report::{Report, drawn};
use crate::verdict::side_by_side::{SideBySide, window};
use crate::verdict::violation::Violation;

/// Why a scenario or a claim on a run could not be verified: it was broken, or
/// there was nothing that could decide it.
///
/// Of a scenario it displays the rules that were broken, both logs side by side
/// with the first event that differs marked, and the scenario as an expression to
/// paste. Of a claim on one run it displays what was claimed and what was seen,
/// with the run's timeline.
#[derive(Clone, PartialEq, Eq)]
pub struct Failure {
    // Boxed, so that a `Result<_, Failure>` stays as small as what it returns.
    inner: Box<Inner>,
}

#[derive(Clone, PartialEq, Eq)]
struct Inner {
    cause: Cause,
    /// Where its files are, or why they are nowhere, as its last line.
    kept: Option<String>,
}

#[derive(Clone, PartialEq, Eq)]
enum Cause {
    Error(Error),
    Broken(Box<Broken>),
    Claim(Box<Report>),
}

#[derive(Clone, PartialEq, Eq)]
struct Broken {
    clock: Clock,
    scenario: Scenario,
    violations: Vec<Violation>,
    expected: Trace,
    actual: Trace,
}

impl Failure {
    pub(crate) fn new(
        clock: Clock,
        scenario: &Scenario,
        violations: Vec<Violation>,
        expected: Trace,
        actual: Trace,
    ) -> Self {
        let scenario = scenario.clone();
        let broken = Broken { clock, scenario, violations, expected, actual };
        Self::of(Cause::Broken(Box::new(broken)))
    }

    fn of(cause: Cause) -> Self {
        Self { inner: Box::new(Inner { cause, kept: None }) }
    }

    fn broken(&self) -> Option<&Broken> {
        match &self.inner.cause {
            Cause::Error(_) | Cause::Claim(_) => None,
            Cause::Broken(broken) => Some(broken),
        }
    }

    /// Returns why the scenario could not run or nothing could decide the claim, if
    /// that is what happened.
    #[must_use]
    pub fn error(&self) -> Option<&Error> {
        match &self.inner.cause {
            Cause::Error(error) => Some(error),
            Cause::Claim(report) => report.error(),
            Cause::Broken(_) => None,
        }
    }

    /// Returns the scenario, if it was one and there was a run.
    #[must_use]
    pub fn scenario(&self) -> Option<&Scenario> {
        self.broken().map(|broken| &broken.scenario)
    }

    /// Returns the rules that the run of a scenario broke; none if it could not
    /// run, and none of a claim on one run, which is told in words alone.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        self.broken().map_or(&[], |broken| &broken.violations)
    }

    /// Returns the trace that the oracle predicted, if it was a scenario and there
    /// was a run.
    #[must_use]
    pub fn expected(&self) -> Option<&Trace> {
        self.broken().map(|broken| &broken.expected)
    }

    /// Returns the trace of the run, if there was one.
    #[must_use]
    pub fn actual(&self) -> Option<&Trace> {
        match &self.inner.cause {
            Cause::Error(_) => None,
            Cause::Broken(broken) => Some(&broken.actual),
            Cause::Claim(report) => report.trace(),
        }
    }

    /// What should have happened: by the oracle, or by a law that is broken.
    pub(crate) fn planned(&self) -> Option<&Trace> {
        match &self.inner.cause {
            Cause::Claim(report) => report.planned(),
            _ => self.expected(),
        }
    }

    /// Whether it says where its files are.
    pub(crate) fn is_kept(&self) -> bool {
        self.inner.kept.is_some()
    }

    /// The same failure, which ends in a line on its files.
    #[must_use]
    pub(crate) fn with_kept(mut self, kept: String) -> Self {
        self.inner.kept = Some(kept);
        self
    }

    /// The law that was broken, or that of the scenario.
    pub(crate) fn law(&self) -> Option<Law> {
        match &self.inner.cause {
            Cause::Error(_) => None,
            Cause::Broken(broken) => {
                Some(broken.scenario.law_numbered_by(broken.expected.started()))
            }
            Cause::Claim(report) => report.law().cloned(),
        }
    }

    /// Returns the index of the first event that differs from what the oracle
    /// predicted, if any does.
    #[must_use]
    pub fn first_divergence(&self) -> Option<usize> {
        let broken = self.broken()?;
        broken.expected.first_divergence(&broken.actual)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::of(Cause::Error(error))
    }
}

impl From<Report> for Failure {
    fn from(report: Report) -> Self {
        Self::of(Cause::Claim(Box::new(report)))
    }
}

impl std::error::Error for Failure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.error().map(|error| error as _)
    }
}

impl fmt::Debug for Failure {
    /// Prints the same as [`Display`](fmt::Display): `unwrap` and a test that
    /// returns a `Result` both print this one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, Look::PLAIN)
    }
}

/// A failure as it is shown somewhere.
struct Told<'a>(&'a Failure, Look);

impl fmt::Display for Told<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.write(f, self.1)
    }
}

impl Failure {
    /// The failure as it is shown to somebody; it displays plain.
    pub(crate) fn told(&self, look: Look) -> impl fmt::Display + '_ {
        Told(self, look)
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, look: Look) -> fmt::Result {
        self.write_cause(f, look)?;
        self.inner.kept.as_ref().map_or(Ok(()), |kept| write!(f, "\n\n  {kept}"))
    }

    fn write_cause(&self, f: &mut fmt::Formatter<'_>, look: Look) -> fmt::Result {
        let broken = match &self.inner.cause {
            Cause::Error(error) => return fmt::Display::fmt(error, f),
            Cause::Claim(report) => return report.write(f, look),
            Cause::Broken(broken) => broken,
        };
        let mut names: Vec<_> = broken.violations.iter().map(|it| it.check().name()).collect();
        names.dedup();
        let headline = format!("scenario broken: {}", names.join(", "));
        writeln!(f, "{}", look.paint(Ink::Wrong, headline))?;
        const SHOWN: usize = 8;
        for violation in broken.violations.iter().take(SHOWN) {
            writeln!(f, "  {violation}")?;
        }
        if let Some(more) = broken.violations.len().checked_sub(SHOWN).filter(|more| *more > 0) {
            writeln!(f, "  and {more} more")?;
        }
        writeln!(f)?;
        broken.write_logs(f)?;
        broken.write_timelines(f, look)?;
        write!(f, "\n  {:?}", broken.scenario)
    }
}

impl Broken {
    /// Both timelines side by side, if anything is to be seen in them.
    fn write_timelines(&self, f: &mut fmt::Formatter<'_>, look: Look) -> fmt::Result {
        let (expected, actual) = (&self.expected, &self.actual);
        if expected.started().chain(actual.started()).next().is_none() {
            return Ok(());
        }
        let marks = match self.clock {
            Clock::Virtual => Marks::Whole,
            Clock::Wall => Marks::None,
        };
        let [expected, actual] = [expected, actual].map(|trace| Lanes::of(trace, DRAWN));
        let (expected, actual) = (&expected, &actual);
        let compare = |look| Comparison { expected, actual, marks, look }.to_string();
        writeln!(f, "{}", drawn(look, compare))
    }

    /// Both logs around the first event that differs.
    fn write_logs(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // On a wall clock every time differs: no event is the first to do so.
        let marked = match self.clock {
            Clock::Virtual => self.expected.first_divergence(&self.actual),
            Clock::Wall => None,
        };
        let length = self.expected.len().max(self.actual.len());
        let shown = window(marked, length);
        let lines = |trace: &Trace| -> Vec<String> {
            let mut lines: Vec<_> = trace.lines(shown.clone(), true).collect();
            // One of the logs may be at its end before the other.
            lines.resize(shown.len(), String::new());
            if shown.end == length {
                lines.push(format!("+{} done", Millis(trace.makespan())));
            }
            lines
        };
        let (expected, actual) = (lines(&self.expected), lines(&self.actual));
        let hidden_behind = length - shown.end;
        let first = shown.start;
        write!(f, "{}", SideBySide { expected, actual, marked, first, hidden_behind })
    }
}
