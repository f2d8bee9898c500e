//! The work as a bare event loop: timers in a heap, no executor, the same log.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use crate::log::{Entry, Kind, ROOT};

/// A deadline, and whose it is. Of one deadline, who was created first is first.
type Timers = BinaryHeap<Reverse<(u64, u32)>>;

pub(crate) fn sequential(durations: &[Duration]) -> Vec<Entry> {
    let mut log = Vec::with_capacity(2 * durations.len());
    let (mut timers, mut now) = (Timers::new(), 0);
    for (duration, step) in durations.iter().zip(0..) {
        log.push(entry(now, ROOT, Kind::Start, step));
        timers.push(Reverse((now + nanos(duration), step)));
        while let Some(Reverse((deadline, step))) = timers.pop() {
            now = deadline;
            log.push(entry(now, ROOT, Kind::Finish, step));
        }
    }
    log
}

pub(crate) fn spawned(durations: &[Duration]) -> Vec<Entry> {
    let mut log = Vec::with_capacity(4 * durations.len());
    let mut timers = Timers::with_capacity(durations.len());
    let mut has_ended = vec![false; durations.len()];
    for (_, task) in durations.iter().zip(1..) {
        log.push(entry(0, ROOT, Kind::Spawn, task));
    }
    for (duration, step) in durations.iter().zip(0..) {
        log.push(entry(0, step + 1, Kind::Start, step));
        timers.push(Reverse((nanos(duration), step)));
    }
    let mut joined = (1..).zip(durations).map(|(task, _)| task).peekable();
    while let Some(Reverse((now, step))) = timers.pop() {
        log.push(entry(now, step + 1, Kind::Finish, step));
        has_ended[step as usize] = true;
        // Who waits has its turn once all that is due at this instant had theirs.
        let is_last = timers.peek().is_none_or(|Reverse((next, _))| *next > now);
        while is_last && let Some(task) = joined.next_if(|&task| has_ended[task as usize - 1]) {
            log.push(entry(now, ROOT, Kind::Join, task));
        }
    }
    log
}

fn nanos(duration: &Duration) -> u64 {
    duration.as_secs() * 1_000_000_000 + u64::from(duration.subsec_nanos())
}

fn entry(nanos: u64, task: u32, kind: Kind, subject: u32) -> Entry {
    Entry { nanos, task, subject, kind }
}
