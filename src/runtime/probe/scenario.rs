//! What is recorded of a scenario, whose steps and tasks have their numbers.

use std::time::Duration;

use crate::runtime::probe::with;
use crate::trace::{Kind, TaskId};

/// Notes that a timer of a scenario is set now, for so long.
pub(in crate::runtime) fn wait_for(duration: Duration) {
    with(|recorder| {
        let now = recorder.now();
        recorder.deadlines.set(now, duration);
    });
}

/// How long it is until the next timer of a scenario, if all of them are known.
pub(in crate::runtime) fn until_next_deadline() -> Option<Duration> {
    with(|recorder| {
        if !recorder.deadlines.are_known() {
            return None;
        }
        let now = recorder.now();
        recorder.deadlines.until_next(now)
    })
}

/// Logs the creation of a task and returns its number.
pub(in crate::runtime) fn spawned(by: TaskId) -> TaskId {
    with(|recorder| {
        let task = recorder.tasks;
        recorder.tasks += 1;
        recorder.log(by, Kind::Spawn, task);
        Some(TaskId(task))
    })
    .expect("a scenario runs while its thread records")
}

/// Logs that `by` has seen the end of a task.
pub(in crate::runtime) fn joined(by: TaskId, task: TaskId) {
    with(|recorder| recorder.log(by, Kind::Join, task.0));
}

/// A step that has started. Dropped before it has finished, it was cancelled.
pub(in crate::runtime) struct Started {
    task: TaskId,
    step: u32,
    is_finished: bool,
}

impl Started {
    /// Starts a step whose timer is set now, for so long.
    pub(in crate::runtime) fn new(task: TaskId, step: u32, duration: Duration) -> Self {
        with(|recorder| {
            recorder.log(task, Kind::Start, step);
            // The clock does not move before the step sets its timer.
            if let Some(start) = recorder.entries.last() {
                recorder.deadlines.set(start.time, duration);
            }
        });
        Self { task, step, is_finished: false }
    }

    pub(in crate::runtime) fn finish(mut self) {
        self.is_finished = true;
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        let kind = if self.is_finished { Kind::Finish } else { Kind::Cancel };
        with(|recorder| recorder.log(self.task, kind, self.step));
    }
}
