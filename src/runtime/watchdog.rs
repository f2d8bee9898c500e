//! A thread that ends runs which do not end by themselves. Nothing that the code
//! under test does can block it.

use std::collections::BTreeMap;
use std::process;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, Once, PoisonError};
use std::thread;
use std::time::Duration;

use crate::runtime::watch::Watch;
use crate::time::Millis;

#[expect(clippy::disallowed_types, reason = "the watchdog bounds real time")]
pub(super) type RealTime = std::time::Instant;

/// A run under the watchdog's eyes, until this is dropped.
#[derive(Debug)]
pub(super) struct Guarded {
    run: u64,
}

/// What is done to a run that takes longer than it may.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limit {
    pub(super) real_time: Duration,
    pub(super) aborts: bool,
}

/// A run that is looked after.
struct Charge {
    watch: Arc<Watch>,
    limit: Limit,
    /// What the thread is called, which is a test's name.
    thread: Option<String>,
    /// When it is looked at next, and what for.
    when: RealTime,
    stage: Stage,
}

#[derive(Clone, Copy)]
enum Stage {
    /// Shortly before the end: where does the clock stand?
    Sample,
    /// The time is over. The clock stood there when the sample was taken.
    End { sample: u64 },
    /// It should have ended by now.
    Stuck,
    /// All has been said.
    Told,
}

struct Watchdog {
    charges: BTreeMap<u64, Charge>,
    runs: u64,
    /// When the thread wakes next, if it has anything to do.
    wakes: Option<RealTime>,
}

static WATCHDOG: Mutex<Watchdog> =
    Mutex::new(Watchdog { charges: BTreeMap::new(), runs: 0, wakes: None });
static NEWS: Condvar = Condvar::new();

/// How long before its end the clock of a run is looked at, to see it move.
const SAMPLE: Duration = Duration::from_millis(100);

/// How long a run may take to notice that it is over, before one of its polls is
/// said to be stuck.
const GRACE: Duration = Duration::from_secs(1);

/// How long it sleeps where runs have come and gone.
const IDLE: Duration = Duration::from_secs(1);

/// Without an end, as far as a process is concerned.
const EVER: Duration = Duration::from_secs(100 * 365 * 86_400);

impl Guarded {
    /// Has a run looked after, from now on.
    pub(super) fn new(watch: &Arc<Watch>, limit: Limit) -> Self {
        static STARTED: Once = Once::new();
        STARTED.call_once(|| {
            // Where no thread is to be had, runs go on without a watchdog.
            let _ = thread::Builder::new().name("makespan watchdog".to_owned()).spawn(look_after);
        });
        let patience = limit.real_time.min(EVER);
        let when = RealTime::now() + patience.saturating_sub(SAMPLE.min(patience / 2));
        let charge = Charge {
            watch: Arc::clone(watch),
            limit,
            thread: thread::current().name().map(str::to_owned),
            when,
            stage: Stage::Sample,
        };
        let mut watchdog = lock();
        watchdog.runs += 1;
        let run = watchdog.runs;
        watchdog.charges.insert(run, charge);
        // Its sleep ends no later than any run that it knew of; most runs are
        // over long before, and wake nobody.
        if watchdog.wakes.is_none_or(|wakes| when < wakes) {
            watchdog.wakes = Some(when);
            NEWS.notify_one();
        }
        Self { run }
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        lock().charges.remove(&self.run);
    }
}

/// What the watchdog's thread does for as long as the process lives.
fn look_after() {
    let mut watchdog = lock();
    let mut runs = 0;
    loop {
        let now = RealTime::now();
        for charge in watchdog.charges.values_mut().filter(|charge| charge.when <= now) {
            charge.attend(now);
        }
        let due = watchdog.charges.values().map(|charge| charge.when).min();
        // Runs come one after another, each short: while they do, it looks again by
        // itself, so that none of them has to wake it.
        let has_news = runs != watchdog.runs;
        runs = watchdog.runs;
        watchdog.wakes = due.or_else(|| has_news.then(|| now + IDLE));
        let patience = watchdog.wakes.map_or(EVER, |when| when.saturating_duration_since(now));
        let waited = NEWS.wait_timeout(watchdog, patience);
        watchdog = waited.unwrap_or_else(PoisonError::into_inner).0;
    }
}

impl Charge {
    /// Does what is due, and says when to come again.
    fn attend(&mut self, now: RealTime) {
        let (stage, patience) = match self.stage {
            Stage::Sample => {
                let rest = SAMPLE.min(self.limit.real_time / 2);
                (Stage::End { sample: self.watch.time() }, rest)
            }
            Stage::End { sample } => {
                self.watch.end(sample);
                (Stage::Stuck, GRACE)
            }
            Stage::Stuck => {
                if !self.watch.is_answered() {
                    self.tell();
                }
                (Stage::Told, EVER)
            }
            Stage::Told => (Stage::Told, EVER),
        };
        (self.stage, self.when) = (stage, now + patience);
    }

    /// Says what nobody else can say any more.
    #[expect(clippy::print_stderr, reason = "the thread that could return an error is stuck")]
    fn tell(&self) {
        let thread = self.thread.as_deref().unwrap_or("without a name");
        eprintln!(
            "makespan: a poll has not returned on thread {thread:?}, at +{} and for more than {} \
             of real time; it cannot be ended from outside (a loop without an await, a lock, \
             `std::thread::sleep`)",
            Millis(Duration::from_millis(self.watch.time())),
            Millis(self.limit.real_time),
        );
        if self.limit.aborts {
            process::abort();
        }
    }
}

fn lock() -> MutexGuard<'static, Watchdog> {
    // No code of others runs under the lock but a waker, so what is there is intact.
    WATCHDOG.lock().unwrap_or_else(PoisonError::into_inner)
}
