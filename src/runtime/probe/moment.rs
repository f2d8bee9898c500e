//! Steps of spans, and what tells one moment of their run from another.

use std::sync::Arc;

use tokio::task;

use crate::runtime::probe::{Found, Named, Recorder, with, with_found};
use crate::time::VirtualTime;

/// How far a run has come: what tells one moment of it from another.
#[derive(Clone, Copy, Debug)]
pub(in crate::runtime) struct Moment {
    pub(in crate::runtime) time: VirtualTime,
    /// How many steps have started and how many have finished, together.
    pub(in crate::runtime) moved: usize,
    /// How many were cut.
    pub(in crate::runtime) cut: usize,
    /// How many hold the waker of the root: what waits in it, by and large. None
    /// in another task.
    pub(in crate::runtime) waiting: usize,
}

impl Named {
    /// Notes that the step's span is entered.
    pub(in crate::runtime) fn enter(&self) {
        with_found(|found| {
            if found.run == self.run {
                found.entered.push(self.step);
            }
        });
    }

    /// Notes that it is left, in whatever order.
    pub(in crate::runtime) fn leave(&self) {
        with_found(|found| {
            let place = found.entered.iter().rposition(|step| *step == self.step);
            if let Some(place) = place.filter(|_| found.run == self.run) {
                found.entered.remove(place);
            }
        });
    }

    /// How far the run of the step has come, if it is the one that goes on here.
    pub(in crate::runtime) fn moment(&self) -> Option<Moment> {
        with(|recorder| {
            let found = recorder.open_run().filter(|found| found.run == self.run)?;
            let cut = found.cut;
            let waiting = match &found.waker {
                Some(waker) if task::try_id() == found.root => Arc::strong_count(waker),
                _ => 0,
            };
            let time = recorder.now();
            Some(Moment { time, moved: recorder.entries.len() - cut, cut, waiting })
        })
    }
}

impl Recorder {
    /// The run that is going on, unless it is one of a scenario, or is done.
    fn open_run(&self) -> Option<&Found> {
        self.found.as_deref().filter(|_| self.closed.is_none())
    }
}
