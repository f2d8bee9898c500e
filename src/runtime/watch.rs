//! What the hooks of a runtime see of a run, for its root and for the watchdog.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::Waker;
use std::time::Duration;

use tokio::time::Instant;

use crate::error::Stuck;

/// A run as its hooks and the watchdog see it.
#[derive(Debug)]
pub(super) struct Watch {
    /// When the root was first polled.
    origin: OnceLock<Instant>,
    /// The virtual time, in ticks, at which the runtime last woke from a park,
    /// and the last such time before it: where everything stood when a timer fired.
    time: AtomicU64,
    time_before: AtomicU64,
    is_parked: AtomicBool,
    /// Between which times a wake from a park is one too many, in ticks.
    probed: (AtomicU64, AtomicU64),
    has_ticked: AtomicBool,
    /// Set by the watchdog when the time is over.
    is_over: AtomicBool,
    /// Set by the root when it has seen that.
    is_answered: AtomicBool,
    found: Mutex<Option<Stuck>>,
    waker: Mutex<Option<Waker>>,
}

impl Watch {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            origin: OnceLock::new(),
            time: AtomicU64::new(0),
            time_before: AtomicU64::new(0),
            is_parked: AtomicBool::new(false),
            probed: (AtomicU64::new(0), AtomicU64::new(0)),
            has_ticked: AtomicBool::new(false),
            is_over: AtomicBool::new(false),
            is_answered: AtomicBool::new(false),
            found: Mutex::new(None),
            waker: Mutex::new(None),
        })
    }

    /// The run begins.
    pub(super) fn begin(&self, origin: Instant) {
        self.origin.get_or_init(|| origin);
    }

    /// The runtime is about to park.
    pub(super) fn parks(&self) {
        self.is_parked.store(true, Ordering::Relaxed);
    }

    /// The runtime woke from a park.
    pub(super) fn unparks(&self) {
        self.is_parked.store(false, Ordering::Relaxed);
        let Some(origin) = self.origin.get() else { return };
        let ticks = ticks(origin.elapsed());
        let last = self.time.load(Ordering::Relaxed);
        if last != ticks {
            self.time_before.store(last, Ordering::Relaxed);
            self.time.store(ticks, Ordering::Relaxed);
            let (from, to) = &self.probed;
            let is_on_the_way = from.load(Ordering::Relaxed) < ticks;
            if is_on_the_way && ticks < to.load(Ordering::Relaxed) {
                self.has_ticked.store(true, Ordering::Relaxed);
                self.wake();
            }
        }
    }

    /// Has the root woken when the runtime wakes from a park inside these bounds.
    pub(super) fn probe(&self, bounds: Range<Duration>) {
        self.probed.0.store(ticks(bounds.start), Ordering::Relaxed);
        self.probed.1.store(ticks(bounds.end), Ordering::Relaxed);
    }

    /// Whether the runtime woke from a park inside the bounds.
    pub(super) fn has_ticked(&self) -> bool {
        self.has_ticked.load(Ordering::Relaxed)
    }

    /// When the runtime last woke from a park at another time than now.
    pub(super) fn time_before(&self) -> u64 {
        self.time_before.load(Ordering::Relaxed)
    }

    pub(super) fn set_waker(&self, waker: &Waker) {
        *lock(&self.waker) = Some(waker.clone());
    }

    /// Lets go of the root's waker. It holds on to the runtime, whose hooks hold on
    /// to this.
    pub(super) fn end_of_run(&self) {
        *lock(&self.waker) = None;
    }

    pub(super) fn wake(&self) {
        let waker = lock(&self.waker).clone();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// The virtual time, in ticks, of the last park.
    pub(super) fn time(&self) -> u64 {
        self.time.load(Ordering::Relaxed)
    }

    /// Ends the run, which made no progress since it stood at so many ticks.
    pub(super) fn end(&self, sample: u64) {
        let stuck = if self.time() != sample {
            Stuck::Ticking
        } else if self.is_parked.load(Ordering::Relaxed) {
            Stuck::Outside
        } else {
            Stuck::Livelock
        };
        *lock(&self.found) = Some(stuck);
        self.is_over.store(true, Ordering::Release);
        self.wake();
    }

    /// Whether the root has seen that the run is over.
    pub(super) fn is_answered(&self) -> bool {
        self.is_answered.load(Ordering::Acquire)
    }

    /// Why the watchdog ended the run, if it did.
    pub(super) fn over(&self) -> Option<Stuck> {
        if !self.is_over.load(Ordering::Acquire) {
            return None;
        }
        self.is_answered.store(true, Ordering::Release);
        lock(&self.found).take()
    }
}

fn ticks(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // No code of others runs under these locks, so a poisoned one is intact.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
