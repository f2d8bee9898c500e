//! Whether something outside of a run may be about to answer: what makes it worth a little
//! real time to see.
//!
//! None of it is evidence. A thread that was started may be that of another test, and a
//! socket may have its peer in the run. So little is spent on it: whatever a thread's runs
//! wait for in vain is taken from an account that its runs fill up again slowly.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use crate::runtime::probe;
use crate::runtime::threads;
use crate::runtime::watch::Watch;

/// What is known of the outside of one run.
pub(super) struct Suspicion {
    has_io: bool,
    /// How many threads there were at the beginning; none is not known.
    threads: AtomicU64,
    /// How often the clock was about to jump to a timer that may be no delay's.
    jumps: AtomicU64,
    /// Where the clock was and how much had happened when the runtime last parked.
    last: (AtomicU64, AtomicU64),
    /// Whether there are timers beside those of delays.
    has_other_timers: AtomicBool,
    /// Something outside has answered, or a thread was started.
    is_raised: AtomicBool,
}

/// How long the clock is held on suspicion: more than a server near by takes for an answer,
/// and many times what a database in the process takes (sqlx opens SQLite in 1 ms here).
const LONGEST: Duration = Duration::from_millis(60);

/// Less than this is not worth the trouble.
const SHORTEST: Duration = Duration::from_millis(10);

/// What the runs of one thread, which is a test's as a rule, wait in vain altogether.
const ACCOUNT: Duration = Duration::from_millis(120);

/// What each of its runs adds to that again.
const EACH_RUN: Duration = Duration::from_millis(1);

/// At how many jumps it is looked whether threads were started. Behind these it is done at
/// powers of two: code that waits for another thread has a timer for that soon, and code of
/// many timers is not to become slow.
const LOOKS: u64 = 32;

/// The timer wheel stops at multiples of 64 ms where no timer is; in nanoseconds.
const SLOT: u64 = 64 * 1_000_000;

thread_local! {
    static LEFT: Cell<Duration> = const { Cell::new(ACCOUNT) };
    /// Whether runs on this thread have timers that are no delays': if not, nobody looks.
    static HAS_OTHERS: Cell<bool> = const { Cell::new(true) };
}

impl Suspicion {
    /// Begins with a run on this thread.
    pub(super) fn new(has_io: bool) -> Self {
        LEFT.set(LEFT.get().saturating_add(EACH_RUN).min(ACCOUNT));
        let threads = if HAS_OTHERS.replace(false) { threads::count() } else { None };
        Self {
            has_io,
            threads: AtomicU64::new(threads.unwrap_or_default()),
            jumps: AtomicU64::new(0),
            last: (AtomicU64::new(0), AtomicU64::new(0)),
            has_other_timers: AtomicBool::new(false),
            is_raised: AtomicBool::new(false),
        }
    }

    pub(super) const fn has_io(&self) -> bool {
        self.has_io
    }

    /// Something outside has answered.
    pub(super) fn confirm(&self) {
        self.is_raised.store(true, Ordering::Relaxed);
    }

    /// The run has waited for that long in vain. On the run's thread.
    pub(super) fn spend(&self, real_time: Duration) {
        LEFT.set(LEFT.get().saturating_sub(real_time));
    }

    /// How long the clock is to be held before it jumps, if at all. The runtime has started so
    /// many threads of its own. On the run's thread.
    pub(super) fn patience(&self, watch: &Watch, pool: u32) -> Option<Duration> {
        let (time, moved) = (watch.time(), probe::events());
        let is_for_delay = self.is_for_delay(time.since_start(), moved as u64);
        if is_for_delay && !self.has_other_timers.load(Ordering::Relaxed) {
            return None;
        }
        HAS_OTHERS.set(true);
        let patience = LEFT.get().min(LONGEST);
        (patience >= SHORTEST && self.is_suspected(watch, pool)).then_some(patience)
    }

    /// Whether the next timer is that of a delay, as far as is known.
    fn is_for_delay(&self, time: Duration, moved: u64) -> bool {
        let nanos = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        let last_time = self.last.0.swap(nanos, Ordering::Relaxed);
        let last_moved = self.last.1.swap(moved, Ordering::Relaxed);
        // The clock went to where no step started or ended: no delay was there.
        let is_elsewhere = last_time != nanos && last_moved == moved;
        if is_elsewhere && !nanos.is_multiple_of(SLOT) {
            self.has_other_timers.store(true, Ordering::Relaxed);
        }
        probe::delays_until().since_start() > time
    }

    fn is_suspected(&self, watch: &Watch, pool: u32) -> bool {
        if self.has_io || self.is_raised.load(Ordering::Relaxed) {
            return true;
        }
        if probe::wakes().by_foreign > 0 || (pool == 0 && watch.is_woken_outside()) {
            self.confirm();
            return true;
        }
        let jumps = self.jumps.fetch_add(1, Ordering::Relaxed);
        if jumps >= LOOKS && !jumps.is_power_of_two() {
            return false;
        }
        let Some(threads) = threads::count() else { return false };
        let own = threads.saturating_sub(u64::from(pool));
        let before = self.threads.load(Ordering::Relaxed);
        if before == 0 {
            self.threads.store(own, Ordering::Relaxed);
        } else if before != own {
            self.confirm();
        }
        self.is_raised.load(Ordering::Relaxed)
    }
}
