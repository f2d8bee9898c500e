//! A rule that a run broke.

use std::fmt;
use std::time::Duration;

use crate::name::StepName;
use crate::time::Millis;

/// A rule that a run of a scenario is held to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Check {
    /// Steps awaited one after another take the sum of their durations.
    SequentialSum,
    /// Spawned steps take the maximum of their durations.
    SpawnedMax,
    /// The makespan is what the scenario's law comes to.
    Law,
    /// Steps start in the order in which they are awaited or declared, or their
    /// tasks created; in a sequence, only after what precedes them in the same
    /// task has ended.
    StartOrder,
    /// The whole log, event by event, is the one that the oracle predicts.
    Log,
    /// On a wall clock: no run takes less than its law.
    WallFloor,
    /// On a wall clock: no run takes longer than its law plus the tolerance.
    WallTolerance,
    /// On a wall clock: nothing comes before what was predicted for an instant
    /// that is earlier by more than the tolerance.
    WallOrder,
}

impl Check {
    /// Returns the check's name, as failures print it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SequentialSum => "sequential sum",
            Self::SpawnedMax => "spawned max",
            Self::Law => "law",
            Self::StartOrder => "start order",
            Self::Log => "log",
            Self::WallFloor => "wall floor",
            Self::WallTolerance => "wall tolerance",
            Self::WallOrder => "wall order",
        }
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A rule that a run broke, and how.
///
/// It is data about a run that was done, not an [`Error`](crate::Error). It
/// displays as the check's name and what was expected and seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A group of steps took another time than theirs come to.
    Total {
        check: Check,
        group: String,
        working: String,
        expected: Duration,
        actual: Duration,
    },
    Law {
        law: String,
        expected: Duration,
        actual: Duration,
    },
    StartedTooEarly {
        step: StepName,
        first: StepName,
        because: Because,
    },
    Log {
        number: usize,
        expected: Option<String>,
        actual: Option<String>,
    },
    Makespan {
        expected: Duration,
        actual: Duration,
    },
    WallFloor {
        law: String,
        least: Duration,
        actual: Duration,
    },
    WallTolerance {
        law: String,
        most: Duration,
        actual: Duration,
    },
    WallOrder {
        event: String,
        after: String,
    },
}

/// Why a step has to come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Because {
    AwaitedBefore,
    CreatedBefore,
    DeclaredBefore,
    StillGoingOn,
}

impl Because {
    const fn text(self) -> &'static str {
        match self {
            Self::AwaitedBefore => ", which is awaited first",
            Self::CreatedBefore => ", whose task is created first",
            Self::DeclaredBefore => ", which is declared first",
            Self::StillGoingOn => " has ended",
        }
    }
}

impl Violation {
    pub(super) const fn new(kind: Kind) -> Self {
        Self { kind }
    }

    /// Returns the check that failed.
    #[must_use]
    pub const fn check(&self) -> Check {
        match self.kind {
            Kind::Total { check, .. } => check,
            Kind::Law { .. } => Check::Law,
            Kind::StartedTooEarly { .. } => Check::StartOrder,
            Kind::Log { .. } | Kind::Makespan { .. } => Check::Log,
            Kind::WallFloor { .. } => Check::WallFloor,
            Kind::WallTolerance { .. } => Check::WallTolerance,
            Kind::WallOrder { .. } => Check::WallOrder,
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.check())?;
        match &self.kind {
            Kind::Total { group, working, expected, actual, .. } => {
                let (expected, actual) = (Millis(*expected), Millis(*actual));
                write!(f, "{group} should take {working} = {expected}, but took {actual}")
            }
            Kind::Law { law, expected, actual } => {
                let (expected, actual) = (Millis(*expected), Millis(*actual));
                write!(f, "{law} is {expected}, but the run took {actual}")
            }
            Kind::StartedTooEarly { step, first, because } => {
                write!(f, "{step} starts before {first}{}", because.text())
            }
            Kind::Log { number, expected, actual } => match (expected, actual) {
                (Some(expected), Some(actual)) => {
                    write!(f, "event {number} should be `{expected}`, but is `{actual}`")
                }
                (Some(expected), None) => {
                    write!(f, "event {number} should be `{expected}`, but there is none")
                }
                (None, actual) => {
                    let actual = actual.as_deref().unwrap_or_default();
                    write!(f, "there should be no event {number}, but there is `{actual}`")
                }
            },
            Kind::Makespan { expected, actual } => {
                let (expected, actual) = (Millis(*expected), Millis(*actual));
                write!(f, "every event is right, but the end is at +{actual}, not at +{expected}")
            }
            Kind::WallFloor { law, least, actual } => {
                let (least, actual) = (Millis(*least), Millis(*actual));
                write!(f, "{law} is at least {least}, but the run took {actual}")
            }
            Kind::WallTolerance { law, most, actual } => {
                let (most, actual) = (Millis(*most), Millis(*actual));
                write!(f, "{law} plus the tolerance is {most}, but the run took {actual}")
            }
            Kind::WallOrder { event, after } => {
                write!(f, "`{event}` should come before `{after}`")
            }
        }
    }
}
