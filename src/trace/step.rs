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

impl Trace {
    /// Returns the steps that started, in the order of their first polls.
    #[must_use]
    pub fn steps(&self) -> Vec<Step> {
        let step_names = self.step_names();
        // Where in `steps` a step's number is; a step has one start.
        let mut places = vec![None; self.names.len()];
        let mut steps = Vec::<Step>::new();
        for entry in &self.entries {
            let number = entry.subject as usize;
            match entry.kind {
                Kind::Start => {
                    places[number] = Some(steps.len());
                    steps.push(Step {
                        name: step_names[number].clone(),
                        task: entry.task,
                        start: entry.time,
                        end: End::Open,
                        latency: self.latencies.get(number).copied().flatten(),
                    });
                }
                Kind::Finish | Kind::Cancel => {
                    // A log put together by hand may lack the start.
                    if let Some(place) = places[number] {
                        steps[place].end = match entry.kind {
                            Kind::Finish => End::Finished(entry.time),
                            _ => End::Cancelled(entry.time),
                        };
                    }
                }
                Kind::Spawn | Kind::Join => {}
            }
        }
        steps
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
