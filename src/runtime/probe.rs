//! The recorder: a log of the run that is going on in this thread.

use std::cell::RefCell;
use std::marker::PhantomData;
use std::sync::Arc;

use tokio::time::Instant;

use crate::error::Error;
use crate::name::Name;
use crate::time::VirtualTime;
use crate::trace::{Entry, Kind, TaskId, Trace};

thread_local! {
    static RECORDER: RefCell<Option<Recorder>> = const { RefCell::new(None) };
}

struct Recorder {
    /// When the future was polled first. Before that there is no time.
    origin: Option<Instant>,
    tasks: u32,
    entries: Vec<Entry>,
    /// When the future was done. What comes later is no event.
    closed: Option<VirtualTime>,
}

impl Recorder {
    fn now(&self) -> VirtualTime {
        self.origin.map_or(VirtualTime::START, |origin| {
            VirtualTime::after(Instant::now().saturating_duration_since(origin))
        })
    }

    fn log(&mut self, task: TaskId, kind: Kind, subject: u32) {
        if self.closed.is_none() {
            let time = self.now();
            self.entries.push(Entry { time, task, subject, kind });
        }
    }
}

/// The right to one recording on this thread; dropped, the thread is free again,
/// also where a panic passes through.
pub(super) struct Recording {
    // What is recorded on one thread cannot be taken on another.
    thread: PhantomData<*const ()>,
}

impl Recording {
    /// Takes the thread's recorder, with room for so many events.
    pub(super) fn new(events: usize) -> Result<Self, Error> {
        RECORDER.with_borrow_mut(|slot| {
            if slot.is_some() {
                return Err(Error::already_recording());
            }
            let entries = Vec::with_capacity(events);
            *slot = Some(Recorder { origin: None, tasks: 1, entries, closed: None });
            Ok(Self { thread: PhantomData })
        })
    }

    /// Ends the recording and returns what it saw.
    pub(super) fn finish(self, names: Arc<[Name]>) -> Trace {
        let recorder = RECORDER.with_borrow_mut(Option::take).expect("`self` holds the recorder");
        let makespan = recorder.closed.expect("a scenario that ran has closed its recording");
        Trace::new(names, recorder.entries, makespan)
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        RECORDER.with_borrow_mut(|slot| *slot = None);
    }
}

fn with<T: Default>(f: impl FnOnce(&mut Recorder) -> T) -> T {
    RECORDER.with_borrow_mut(|slot| slot.as_mut().map(f).unwrap_or_default())
}

/// Starts the clock of the recording.
pub(super) fn open() {
    with(|recorder| recorder.origin = Some(Instant::now()));
}

/// Ends the log; what happens later in the run is dropped with the runtime.
pub(super) fn close() {
    with(|recorder| recorder.closed = Some(recorder.now()));
}

/// Logs the creation of a task and returns its number.
pub(super) fn spawned(by: TaskId) -> TaskId {
    with(|recorder| {
        let task = recorder.tasks;
        recorder.tasks += 1;
        recorder.log(by, Kind::Spawn, task);
        Some(TaskId(task))
    })
    .expect("a scenario runs while its thread records")
}

/// Logs that `by` has seen the end of a task.
pub(super) fn joined(by: TaskId, task: TaskId) {
    with(|recorder| recorder.log(by, Kind::Join, task.0));
}

/// A step that has started. Dropped before it has finished, it was cancelled.
pub(super) struct Started {
    task: TaskId,
    step: u32,
    is_finished: bool,
}

impl Started {
    pub(super) fn new(task: TaskId, step: u32) -> Self {
        with(|recorder| recorder.log(task, Kind::Start, step));
        Self { task, step, is_finished: false }
    }

    pub(super) fn finish(mut self) {
        self.is_finished = true;
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        let kind = if self.is_finished { Kind::Finish } else { Kind::Cancel };
        with(|recorder| recorder.log(self.task, kind, self.step));
    }
}

#[cfg(test)]
mod tests {
    use super::Recording;

    #[test]
    fn a_thread_records_one_run_at_a_time() {
        let first = Recording::new(0).expect("nobody records");
        let error = Recording::new(0).err().expect("somebody records");
        assert!(error.is_misplaced());
        assert_eq!(
            error.to_string(),
            "this thread is recording another run; one run at a time, or one thread for each"
        );
        drop(first);
        assert!(Recording::new(0).is_ok(), "the thread is free again");
    }
}
