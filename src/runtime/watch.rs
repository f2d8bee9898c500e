//! What the hooks of a runtime see of a run, for its root and for the watchdog.

use std::ops::Range;
use std::process;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::Waker;
use std::time::Duration;

use tokio::runtime::{Handle, RuntimeMetrics};
use tokio::time::Instant;

use crate::runtime::probe;
use crate::runtime::sample::Looks;
use crate::time::VirtualTime;

/// A run as its hooks and the watchdog see it.
#[derive(Debug)]
pub(super) struct Watch {
    /// The process that the run began in.
    process: u32,
    /// When the root was first polled.
    origin: OnceLock<Instant>,
    /// Where the clock was last seen, and where it stood before it last jumped, in
    /// nanoseconds.
    time: AtomicU64,
    stood_at: AtomicU64,
    /// It was seen elsewhere before a park than after the one before.
    is_moved_by_hand: AtomicBool,
    /// Where it was then, the last time.
    moved_to: AtomicU64,
    is_woken_outside: AtomicBool,
    /// Between which times a wake from a park is one too many.
    probed: (AtomicU64, AtomicU64),
    has_ticked: AtomicBool,
    /// How often the clock has jumped, and how often it may.
    jumps: AtomicU64,
    most_jumps: u64,
    stage: Mutex<Stage>,
    waker: Mutex<Option<Waker>>,
    /// What the watchdog has seen of the polls.
    looks: Mutex<Option<Looks>>,
}

/// What the watchdog wants of the root, and whether it has got it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    /// Nothing: there is time enough.
    Early,
    /// To say where it stands, shortly before the end.
    Asked,
    /// Nothing any more: it has said so.
    Sampled,
    /// To end.
    Over,
    /// It has ended.
    Answered,
}

impl Watch {
    pub(super) fn new() -> Arc<Self> {
        Self::with_jumps(u64::MAX)
    }

    /// A run in which the clock may jump this often.
    pub(super) fn with_jumps(most_jumps: u64) -> Arc<Self> {
        Arc::new(Self {
            jumps: AtomicU64::new(0),
            most_jumps,
            process: process::id(),
            origin: OnceLock::new(),
            time: AtomicU64::new(0),
            stood_at: AtomicU64::new(0),
            is_moved_by_hand: AtomicBool::new(false),
            moved_to: AtomicU64::new(0),
            is_woken_outside: AtomicBool::new(false),
            probed: (AtomicU64::new(0), AtomicU64::new(0)),
            has_ticked: AtomicBool::new(false),
            stage: Mutex::new(Stage::Early),
            waker: Mutex::new(None),
            looks: Mutex::new(None),
        })
    }

    /// The process that the run began in.
    pub(super) fn process(&self) -> u32 {
        self.process
    }

    /// The run begins, in a runtime with these metrics.
    pub(super) fn begin(&self, origin: Instant, metrics: RuntimeMetrics) {
        self.origin.get_or_init(|| origin);
        *lock(&self.looks) = Some(Looks::new(metrics));
    }

    /// Looks at what the runtime does, from the watchdog's thread.
    pub(super) fn look(&self) {
        if let Some(looks) = &mut *lock(&self.looks) {
            looks.look();
        }
    }

    /// Whether the run spent its real time in many polls while its clock stood still,
    /// rather than in long ones.
    pub(super) fn has_many_polls(&self) -> bool {
        lock(&self.looks).as_ref().is_some_and(Looks::are_of_many_polls)
    }

    /// Looks at the clock while code runs, or when it has just run: the clock moves
    /// only while the runtime is parked, unless somebody moves it by hand.
    pub(super) fn stands(&self) {
        let Some(now) = self.now() else { return };
        if self.time.swap(now, Ordering::Relaxed) != now {
            self.moved_to.store(now, Ordering::Relaxed);
            self.is_moved_by_hand.store(true, Ordering::Relaxed);
        }
    }

    /// The runtime woke from a park; returns whether its clock has moved.
    pub(super) fn unparks(&self) -> bool {
        let Some(now) = self.now() else { return false };
        let last = self.time.swap(now, Ordering::Relaxed);
        if last == now {
            // Something else than a timer. Tasks that the runtime's own thread wakes
            // do not pass through this queue.
            if Handle::current().metrics().global_queue_depth() > 0 {
                self.is_woken_outside.store(true, Ordering::Relaxed);
            }
            return false;
        }
        self.stood_at.store(last, Ordering::Relaxed);
        probe::jumped_to(VirtualTime::after(Duration::from_nanos(now)));
        // Once is enough: the root is polled before the clock jumps again.
        if self.jumps.fetch_add(1, Ordering::Relaxed) == self.most_jumps {
            self.wake();
        }
        let (from, to) = &self.probed;
        if from.load(Ordering::Relaxed) < now && now < to.load(Ordering::Relaxed) {
            self.has_ticked.store(true, Ordering::Relaxed);
            self.wake();
        }
        true
    }

    /// The time as the runtime's thread sees it, since the run began.
    fn now(&self) -> Option<u64> {
        self.origin.get().map(|origin| nanos(origin.elapsed()))
    }

    /// Where the clock of somebody's runtime, which has no hooks, stands.
    pub(super) fn sees(&self) {
        if let Some(now) = self.now() {
            self.time.store(now, Ordering::Relaxed);
        }
    }

    /// Has the root woken when the runtime wakes from a park inside these bounds.
    pub(super) fn probe(&self, bounds: Range<Duration>) {
        self.probed.0.store(nanos(bounds.start), Ordering::Relaxed);
        self.probed.1.store(nanos(bounds.end), Ordering::Relaxed);
    }

    /// Whether it is only looked for timers that are left.
    pub(super) fn is_probing(&self) -> bool {
        self.probed.1.load(Ordering::Relaxed) > 0
    }

    /// Whether the watchdog has not wanted anything yet.
    pub(super) fn is_left_alone(&self) -> bool {
        self.stage() == Stage::Early
    }

    /// Whether the runtime woke from a park inside the bounds.
    pub(super) fn has_ticked(&self) -> bool {
        self.has_ticked.load(Ordering::Relaxed)
    }

    /// How often the clock has jumped.
    pub(super) fn jumps(&self) -> u64 {
        self.jumps.load(Ordering::Relaxed)
    }

    /// How often it may jump, if it has jumped more often.
    pub(super) fn exceeded_jumps(&self) -> Option<u64> {
        (self.jumps() > self.most_jumps).then_some(self.most_jumps)
    }

    /// Whether the clock was moved by hand.
    pub(super) fn is_moved_by_hand(&self) -> bool {
        self.is_moved_by_hand.load(Ordering::Relaxed)
    }

    /// Whether the clock is where it was last moved to by hand.
    pub(super) fn is_where_a_hand_moved_it(&self) -> bool {
        let moved_to = self.moved_to.load(Ordering::Relaxed);
        self.is_moved_by_hand() && self.now() == Some(moved_to)
    }

    /// Whether another thread woke a task.
    pub(super) fn is_woken_outside(&self) -> bool {
        self.is_woken_outside.load(Ordering::Relaxed)
    }

    /// Where the clock stood before it last jumped.
    pub(super) fn stood_at(&self) -> VirtualTime {
        VirtualTime::after(Duration::from_nanos(self.stood_at.load(Ordering::Relaxed)))
    }

    /// Where the clock was last seen.
    pub(super) fn time(&self) -> VirtualTime {
        VirtualTime::after(Duration::from_nanos(self.time.load(Ordering::Relaxed)))
    }

    pub(super) fn set_waker(&self, waker: &Waker) {
        let last = lock(&self.waker).replace(waker.clone());
        // Dropped outside the lock, since a waker of somebody's may run any code.
        drop(last);
    }

    /// Lets go of the root's waker and of the runtime's metrics. They hold on to the
    /// runtime, whose hooks hold on to this.
    pub(super) fn end_of_run(&self) {
        let last = (lock(&self.waker).take(), lock(&self.looks).take());
        drop(last);
    }

    /// Has the root woken, though not by the waker of its code.
    pub(super) fn wake(&self) {
        let waker = lock(&self.waker).clone();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Wants something of the root.
    pub(super) fn ask(&self, stage: Stage) {
        *lock(&self.stage) = stage;
        self.wake();
    }

    /// What is wanted of the root.
    pub(super) fn stage(&self) -> Stage {
        *lock(&self.stage)
    }

    /// The root has done what was wanted of it.
    pub(super) fn answer(&self, stage: Stage) {
        *lock(&self.stage) = stage;
    }
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // No code of others runs under these locks, so a poisoned one is intact.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
