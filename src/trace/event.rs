//! One thing that happened.

use std::fmt;

use crate::name::StepName;
use crate::time::VirtualTime;

/// A task of a run, numbered by first sight; the root is `0`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskId(pub(crate) u32);

impl TaskId {
    /// The task in which a scenario itself runs.
    pub const ROOT: Self = Self(0);

    /// Creates the id of the task with this number.
    #[must_use]
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// Returns the task's number.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "task {}", self.0)
    }
}

impl fmt::Debug for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// One thing that happened, in which task, and when.
///
/// It displays as a line of a log: `+2000ms coro1 finishes`, `+0ms task 1 spawned`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Event {
    /// When it happened.
    pub time: VirtualTime,
    /// The task that did it: for a spawn the task that spawns, for a join the
    /// one that waits, for a cancel the one in which the step was running.
    pub task: TaskId,
    /// What happened.
    pub kind: EventKind,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum EventKind {
    /// A task was created and queued. It has not run yet.
    Spawn(TaskId),
    /// A step was polled for the first time.
    Start(StepName),
    /// A step was done.
    Finish(StepName),
    /// A step that had started was dropped before it was done.
    Cancel(StepName),
    /// A task was done, and the task that waited for it has seen it.
    Join(TaskId),
}

impl Event {
    /// Creates an event, for a log that is put together by hand.
    #[must_use]
    pub const fn new(time: VirtualTime, task: TaskId, kind: EventKind) -> Self {
        Self { time, task, kind }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.time)?;
        match &self.kind {
            EventKind::Spawn(task) => write!(f, "{task} {}", Kind::Spawn.verb()),
            EventKind::Start(step) => write!(f, "{step} {}", Kind::Start.verb()),
            EventKind::Finish(step) => write!(f, "{step} {}", Kind::Finish.verb()),
            EventKind::Cancel(step) => write!(f, "{step} {}", Kind::Cancel.verb()),
            EventKind::Join(task) => write!(f, "{task} {}", Kind::Join.verb()),
        }
    }
}

/// An [`Event`] as a trace keeps it: the step by its number, so that recording
/// one costs no allocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) time: VirtualTime,
    pub(crate) task: TaskId,
    /// A step's number, or a task's, as `kind` has it.
    pub(crate) subject: u32,
    pub(crate) kind: Kind,
}

/// A stop of the virtual clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ClockStop {
    pub(crate) at: VirtualTime,
    /// Whether code certainly ran then. Otherwise it may have, or the timer wheel moved on.
    pub(crate) has_run: bool,
}

/// An [`EventKind`] without its subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Spawn,
    Start,
    Finish,
    Cancel,
    Join,
}

impl Kind {
    /// How a log says it of its subject.
    pub(crate) const fn verb(self) -> &'static str {
        match self {
            Self::Spawn => "spawned",
            Self::Start => "starts",
            Self::Finish => "finishes",
            Self::Cancel => "cancelled",
            Self::Join => "joined",
        }
    }

    /// Whether the subject is a step, and not a task.
    pub(crate) const fn is_of_step(self) -> bool {
        self.place_in_step().is_some()
    }

    /// Which of a step's events it is: it starts, finishes or is cancelled.
    pub(crate) const fn place_in_step(self) -> Option<usize> {
        match self {
            Self::Start => Some(0),
            Self::Finish => Some(1),
            Self::Cancel => Some(2),
            Self::Spawn | Self::Join => None,
        }
    }
}
