//! What a run does for answers from outside of it: from other threads, and from peers of
//! its sockets. Tokio's paused clock jumps ahead of them.
//!
//! While a blocking task of tokio's goes on, its clock stands still, and the runtime waits in
//! real time for whatever wakes it. So a blocking task that does nothing is what holds the
//! clock: it ends when nothing has woken the runtime for a while, and then the clock may
//! jump once.
//!
//! Where somebody asks for it, that is done before each jump. Elsewhere it is done before
//! few of them, where there is a reason to suspect that something outside may answer; an
//! answer that comes meanwhile is the evidence that a warning tells.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::spawn_blocking;

use crate::runtime::probe;
use crate::runtime::suspicion::Suspicion;
use crate::runtime::threads::Thread;
use crate::runtime::waker::Wakes;
use crate::runtime::watch::Watch;
use crate::runtime::watchdog::RealTime;
use crate::time::VirtualTime;

/// Holds the clock of one run.
pub(super) struct Outside {
    watch: Arc<Watch>,
    /// How long it waits before each jump, where that was asked for.
    patience: Option<Duration>,
    suspicion: Suspicion,
    /// Whether anything is held, or was just now.
    is_active: AtomicBool,
    hold: Mutex<Hold>,
    changed: Condvar,
    /// How many threads the runtime has started for blocking tasks, the one that holds the
    /// clock among them.
    pool: AtomicU32,
    /// The real time that was waited, in nanoseconds.
    waited: AtomicU64,
}

struct Hold {
    phase: Phase,
    /// How long this one lasts if nothing happens.
    patience: Duration,
    /// The runtime's thread, where it matters whether it is asleep.
    thread: Option<Arc<Thread>>,
    /// When it ends; never while the runtime is not parked.
    deadline: Option<RealTime>,
    parked: Option<Park>,
    /// How long the runtime stays parked at most, before it is woken for nothing.
    nudge: Option<Duration>,
    /// It was woken for nothing.
    is_nudged: bool,
}

/// A park of the runtime while its clock is held.
#[derive(Clone, Copy)]
struct Park {
    since: RealTime,
    /// How often the code had been woken.
    wakes: Wakes,
    /// Whether the runtime's thread was seen asleep.
    is_asleep: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// The clock is not held.
    Free,
    Held,
    /// Nothing has come, and the clock may jump. The runtime has parked so often since
    /// without a jump.
    MayJump(u32),
    /// The run is over.
    Over,
}

/// What ends a park of a clock that is held sooner is not a timer: the next one is a tick
/// away at least, and it is waited for in real time.
const NO_TIMER: Duration = Duration::from_micros(950);

/// How much sooner than a park that may have been ended by a timer the next one is ended.
const SOONER: Duration = Duration::from_micros(300);

/// The end of the blocking task ends a park, and another one that it finds. Where there were
/// more, something else goes on.
const PARKS: u32 = 3;

thread_local! {
    /// Whether this is a thread for blocking tasks of a run's own runtime.
    static IS_POOL: Cell<bool> = const { Cell::new(false) };
}

/// Whether this is a thread for blocking tasks of a run's own runtime, for which the clock
/// waits.
pub(super) fn is_pool_thread() -> bool {
    IS_POOL.get()
}

impl Outside {
    pub(super) fn new(watch: &Arc<Watch>, patience: Option<Duration>, has_io: bool) -> Arc<Self> {
        Arc::new(Self {
            watch: Arc::clone(watch),
            patience,
            suspicion: Suspicion::new(has_io),
            is_active: AtomicBool::new(false),
            hold: Mutex::new(Hold::new(Duration::ZERO)),
            changed: Condvar::new(),
            pool: AtomicU32::new(0),
            waited: AtomicU64::new(0),
        })
    }

    /// The runtime has started a thread for blocking tasks, which is this one.
    pub(super) fn starts_pool_thread(&self) {
        IS_POOL.set(true);
        self.pool.fetch_add(1, Ordering::Relaxed);
    }

    /// The runtime is about to park, since nothing can run.
    pub(super) fn parks(self: &Arc<Self>) {
        if self.is_active.load(Ordering::Relaxed) {
            let mut hold = self.lock();
            if hold.phase == Phase::Held {
                if probe::settle_suspect() {
                    self.suspicion.confirm();
                    hold.deadline = None;
                }
                let park = self.park();
                let patience = hold.patience;
                hold.deadline.get_or_insert_with(|| park.since + patience);
                hold.parked = Some(park);
                if hold.thread.is_some() {
                    self.changed.notify_all();
                }
            }
            if hold.phase != Phase::Free {
                return;
            }
        }
        if self.watch.is_probing() {
            // The run is over but for whether timers are left.
            return;
        }
        if let Some(patience) = self.patience {
            self.start(patience);
            return;
        }
        let pool = self.pool.load(Ordering::Relaxed);
        match self.suspicion.patience(&self.watch, pool) {
            Some(patience) if self.suspicion.has_io() => self.start(patience),
            Some(patience) => self.look_for_threads(patience),
            None => {}
        }
    }

    /// Waits for other threads right here, which is enough where there are no sockets. No
    /// thread for blocking tasks is needed then: while the code has none either, whatever is
    /// woken is woken from outside.
    #[expect(clippy::disallowed_methods, reason = "what is outside is there in real time")]
    fn look_for_threads(&self, patience: Duration) {
        /// Of the time that was waited, so often is it looked.
        const LOOKS: u32 = 16;
        let (since, before) = (RealTime::now(), probe::wakes());
        let metrics = Handle::current().metrics();
        let waited = loop {
            let waited = since.elapsed();
            let is_by_thread = probe::wakes().by_foreign > before.by_foreign;
            let has_task = metrics.global_queue_depth() > 0;
            let is_only_own = self.pool.load(Ordering::Relaxed) == 0;
            if is_by_thread || has_task && is_only_own {
                self.note(self.watch.time());
                break waited;
            }
            if has_task || probe::is_woken() || !self.watch.is_left_alone() {
                break waited;
            }
            if waited >= patience {
                self.suspicion.spend(waited);
                break waited;
            }
            std::thread::sleep((waited / LOOKS).max(Duration::from_micros(20)));
        };
        let nanos = u64::try_from(waited.as_nanos()).unwrap_or(u64::MAX);
        self.waited.fetch_add(nanos, Ordering::Relaxed);
    }

    /// Notes that something outside has answered.
    fn note(&self, at: VirtualTime) {
        self.suspicion.confirm();
        probe::warn_of_answer(at);
    }

    fn start(self: &Arc<Self>, patience: Duration) {
        // Where it was asked to wait, nobody looks for evidence.
        let is_suspicion = self.patience.is_none();
        let thread = if is_suspicion { Thread::current().map(Arc::new) } else { None };
        let park = self.park();
        let deadline = Some(park.since + patience);
        *self.lock() = Hold {
            phase: Phase::Held,
            thread,
            deadline,
            parked: Some(park),
            ..Hold::new(patience)
        };
        self.is_active.store(true, Ordering::Relaxed);
        let outside = Arc::clone(self);
        drop(spawn_blocking(move || outside.hold()));
    }

    fn park(&self) -> Park {
        Park { since: RealTime::now(), wakes: probe::wakes(), is_asleep: false }
    }

    /// The runtime woke from a park, and the clock has moved or not.
    pub(super) fn unparks(&self, has_jumped: bool) {
        if !self.is_active.load(Ordering::Relaxed) {
            return;
        }
        let now = RealTime::now();
        let mut hold = self.lock();
        let parked = hold.parked.take();
        let since = parked.map_or(now, |parked| parked.since);
        let real_time = now.saturating_duration_since(since);
        let nanos = u64::try_from(real_time.as_nanos()).unwrap_or(u64::MAX);
        self.waited.fetch_add(nanos, Ordering::Relaxed);
        let is_nudged = std::mem::take(&mut hold.is_nudged);
        match hold.phase {
            Phase::MayJump(parks) => {
                if parks == 0 && self.patience.is_none() {
                    self.suspicion.spend(hold.patience);
                }
                if has_jumped || parks == PARKS {
                    hold.phase = Phase::Free;
                    self.is_active.store(false, Ordering::Relaxed);
                } else {
                    hold.phase = Phase::MayJump(parks + 1);
                }
            }
            Phase::Held => {
                let before = parked.map_or_else(probe::wakes, |parked| parked.wakes);
                let (wakes, at) = (probe::wakes(), self.watch.time());
                let has_task = Handle::current().metrics().global_queue_depth() > 0;
                let is_known = has_task || probe::is_woken();
                if is_known {
                    hold.deadline = None;
                }
                if self.patience.is_some() {
                    if !is_known && !is_nudged && !self.heeds_timer(&mut hold, real_time) {
                        hold.deadline = None;
                    }
                } else if wakes.by_foreign > before.by_foreign {
                    drop(hold);
                    self.note(at);
                } else if !has_task && self.pool.load(Ordering::Relaxed) <= 1 {
                    // No thread for blocking tasks of the code: for these the clock waits.
                    // What was ready before would not have let the thread sleep: this became
                    // ready while nothing in the run could go on. If its own thread wakes the
                    // code for it, it was a socket: timers do not fire on a clock that is held.
                    if parked.is_some_and(|parked| parked.is_asleep) {
                        probe::suspect(at, before);
                    }
                }
            }
            Phase::Free | Phase::Over => {}
        }
    }

    /// Whether a park of that length may have been ended by a timer, as one before: that is
    /// nothing that happens, and happens again and again on a clock that is held. One that may
    /// be the first counts as something, and from then on the runtime is woken sooner.
    fn heeds_timer(&self, hold: &mut Hold, parked: Duration) -> bool {
        if parked < NO_TIMER {
            return false;
        }
        if hold.nudge.is_some_and(|nudge| nudge <= parked) {
            return true;
        }
        hold.nudge = Some(parked.saturating_sub(SOONER));
        self.changed.notify_all();
        false
    }

    /// What the blocking task does.
    fn hold(&self) {
        let mut hold = self.lock();
        while hold.phase == Phase::Held {
            let now = RealTime::now();
            if hold.deadline.is_some_and(|deadline| deadline <= now) {
                hold.phase = Phase::MayJump(0);
                return;
            }
            if let Some(thread) = hold.thread.clone().filter(|_| hold.is_unseen()) {
                // Not under the lock, for which the thread could sleep as well.
                let park = hold.parked.map(|park| park.since);
                drop(hold);
                let is_asleep = thread.is_asleep();
                if !is_asleep {
                    std::thread::yield_now();
                }
                hold = self.lock();
                if let Some(parked) = hold.parked.as_mut().filter(|it| Some(it.since) == park) {
                    parked.is_asleep = is_asleep;
                }
                continue;
            }
            let nudge = hold.parked.zip(hold.nudge).filter(|_| !hold.is_nudged);
            let nudged_at = nudge.map(|(parked, after)| parked.since + after);
            if nudged_at.is_some_and(|at| at <= now) {
                hold.is_nudged = true;
                drop(hold);
                self.watch.wake();
                hold = self.lock();
                continue;
            }
            // While the runtime is not parked, it is looked again as late as it could matter.
            let until_deadline = hold.deadline.map_or(hold.patience, |deadline| deadline - now);
            let until_nudge = nudged_at.map_or_else(|| hold.nudge, |at| Some(at - now));
            let patience = until_nudge.map_or(until_deadline, |nudge| nudge.min(until_deadline));
            let waited = self.changed.wait_timeout(hold, patience);
            hold = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// The run is over: nothing is held any more.
    pub(super) fn end_of_run(&self) {
        self.lock().phase = Phase::Over;
        self.changed.notify_all();
    }

    /// The real time that was waited for answers.
    pub(super) fn waited(&self) -> Duration {
        Duration::from_nanos(self.waited.load(Ordering::Relaxed))
    }

    fn lock(&self) -> MutexGuard<'_, Hold> {
        // No code of others runs under the lock, so a poisoned one is intact.
        self.hold.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Hold {
    const fn new(patience: Duration) -> Self {
        Self {
            phase: Phase::Free,
            patience,
            thread: None,
            deadline: None,
            parked: None,
            nudge: None,
            is_nudged: false,
        }
    }

    /// Whether the runtime is parked, and its thread not seen asleep yet.
    fn is_unseen(&self) -> bool {
        self.parked.is_some_and(|parked| !parked.is_asleep)
    }
}
