//! Steps put together from their events.

use std::time::Duration;

use crate::name::StepName;
use crate::time::VirtualTime;
use crate::trace::event::{Kind, TaskId};
use crate::trace::log::Trace;

/// A step as a trace saw it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Step {
    /// Its name, and its place among the steps of that name.
    pub name: StepName,
    /// The task in which it ran.
    pub task: TaskId,
    /// When it was polled first.
    pub start: VirtualTime,
    /// How it ended.
    pub end: End,
    /// How long it was to take, where the run knew: that of a
    /// [`delay`](crate::delay) is known even if it was cut.
    pub latency: Option<Duration>,
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum End {
    /// It was done.
    Finished(VirtualTime),
    /// It was dropped before it was done.
    Cancelled(VirtualTime),
    /// It was still going on when the recording closed.
    Open,
}

impl End {
    /// Returns when it ended, finished or cut.
    #[must_use]
    pub const fn time(self) -> Option<VirtualTime> {
        match self {
            Self::Finished(time) | Self::Cancelled(time) => Some(time),
            Self::Open => None,
        }
    }
}

/// A step by its number, with the places of its events in the log.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) number: u32,
    pub(super) task: TaskId,
    pub(super) start: VirtualTime,
    pub(super) start_at: usize,
    pub(super) end: End,
    /// Behind everything where it did not end.
    pub(super) end_at: usize,
}

impl Trace {
    /// The steps that started, in the order of their first polls.
    pub(super) fn spans(&self) -> Vec<Span> {
        // Where in `spans` a step's number is; a step has one start.
        let mut places = vec![None; self.names.len()];
        let mut spans = Vec::<Span>::new();
        for (at, entry) in self.entries.iter().enumerate() {
            let number = entry.subject;
            match entry.kind {
                Kind::Start => {
                    places[number as usize] = Some(spans.len());
                    spans.push(Span {
                        number,
                        task: entry.task,
                        start: entry.time,
                        start_at: at,
                        end: End::Open,
                        end_at: usize::MAX,
                    });
                }
                Kind::Finish | Kind::Cancel => {
                    // A log put together by hand may lack the start.
                    if let Some(place) = places[number as usize] {
                        spans[place].end_at = at;
                        spans[place].end = match entry.kind {
                            Kind::Finish => End::Finished(entry.time),
                            _ => End::Cancelled(entry.time),
                        };
                    }
                }
                Kind::Spawn | Kind::Join => {}
            }
        }
        spans
    }

    /// The step that a span is of.
    pub(super) fn step_of(&self, span: &Span, step_names: &[StepName]) -> Step {
        let number = span.number as usize;
        Step {
            name: step_names[number].clone(),
            task: span.task,
            start: span.start,
            end: span.end,
            latency: self.latencies.get(number).copied().flatten(),
        }
    }

    /// Returns the steps that started, in the order of their first polls.
    #[must_use]
    pub fn steps(&self) -> Vec<Step> {
        let step_names = self.step_names();
        self.spans().iter().map(|span| self.step_of(span, &step_names)).collect()
    }

    /// Returns the steps that were still going on when the recording closed,
    /// in the order of their first polls.
    #[must_use]
    pub fn unfinished(&self) -> Vec<Step> {
        let mut steps = self.steps();
        steps.retain(|step| step.end == End::Open);
        steps
    }
}
