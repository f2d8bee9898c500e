//! A thread that ends runs which do not end by themselves. Nothing that the code
//! under test does can block it.

use std::collections::BTreeMap;
use std::process;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, Once, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use crate::runtime::watch::Stage;
use crate::runtime::watch::Watch;
use crate::time::Millis;

#[expect(clippy::disallowed_types, reason = "the watchdog bounds real time")]
pub(super) type RealTime = std::time::Instant;

/// A run under the watchdog's eyes, until this is dropped.
pub(super) struct Guarded {
    run: u64,
    watchdog: Option<&'static Watchdog>,
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
    /// When it is asked where it stands.
    asked_at: RealTime,
    /// When it is looked at next, and what for.
    when: RealTime,
    turn: Turn,
}

#[derive(Clone, Copy)]
enum Turn {
    /// What it does meanwhile; and, shortly before the end: where does the run stand?
    Ask,
    /// The time is over.
    End,
    /// It is, for a run that was not polled since it was asked as well. That one has
    /// had more, since a busy machine may keep a thread from running.
    EndAnyway,
    /// It should have ended by now.
    Stuck,
    /// All has been said.
    Done,
}

/// Something to be done for a run, while nobody's lock is held: it wakes a task,
/// or writes to a stream that the run's own thread may hold.
enum Duty {
    Look(Arc<Watch>),
    Ask(Arc<Watch>, Stage),
    Tell { text: String, aborts: bool },
}

/// The watchdog of one process. Neither its thread nor a lock that it holds goes along
/// where the process forks.
struct Watchdog {
    process: u32,
    started: Once,
    watched: Mutex<Watched>,
    news: Condvar,
}

struct Watched {
    charges: BTreeMap<u64, Charge>,
    runs: u64,
    /// When the thread wakes next, if it has anything to do.
    wakes: Option<RealTime>,
}

/// As many forks inside one another have a watchdog: one of this process, and one for each
/// process that it is a copy of. A test that forks does so once or twice.
const FORKS: usize = 8;

static WATCHDOGS: [OnceLock<Watchdog>; FORKS] = [const { OnceLock::new() }; FORKS];

/// How often a run is looked at: a poll of twice that, which is as long as one that a run
/// warns of, lasts from one look to the next.
const LOOK: Duration = Duration::from_millis(20);

/// How long before its end a run is asked where it stands, to see it move.
const SAMPLE: Duration = Duration::from_millis(100);

/// How long a run may take to notice that it is over, before one of its polls is
/// said to be stuck.
const GRACE: Duration = Duration::from_secs(1);

/// How long it sleeps where runs have come and gone: no longer than until the next of them
/// would be looked at first, which would have to wake it otherwise.
const IDLE: Duration = LOOK;

/// Without an end, as far as a process is concerned.
const EVER: Duration = Duration::from_secs(100 * 365 * 86_400);

impl Guarded {
    /// Has a run looked after, from now on.
    pub(super) fn new(watch: &Arc<Watch>, limit: Limit) -> Self {
        Self::since(RealTime::now(), watch.process(), watch, limit)
    }

    /// Has a run looked after in this process, which may be a fork of the one that the run
    /// began in.
    pub(super) fn since(began: RealTime, process: u32, watch: &Arc<Watch>, limit: Limit) -> Self {
        // Where no thread is to be had, runs go on without a watchdog.
        let Some(watchdog) = Watchdog::of(&WATCHDOGS, process) else {
            return Self { run: 0, watchdog: None };
        };
        watchdog.started.call_once(|| {
            let thread = thread::Builder::new().name("makespan watchdog".to_owned());
            let _ = thread.spawn(|| watchdog.look_after());
        });
        let patience = limit.real_time.min(EVER);
        let asked_at = began + patience.saturating_sub(SAMPLE.min(patience / 2));
        let when = asked_at.min(RealTime::now() + LOOK);
        let charge = Charge {
            watch: Arc::clone(watch),
            limit,
            thread: thread::current().name().map(str::to_owned),
            asked_at,
            when,
            turn: Turn::Ask,
        };
        let mut watched = watchdog.lock();
        watched.runs += 1;
        let run = watched.runs;
        watched.charges.insert(run, charge);
        // Its sleep ends no later than any run that it knew of; most runs are
        // over long before, and wake nobody.
        if watched.wakes.is_none_or(|wakes| when < wakes) {
            watched.wakes = Some(when);
            watchdog.news.notify_one();
        }
        Self { run, watchdog: Some(watchdog) }
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        // The watchdog of a process that this one was forked from is left alone: its lock
        // may be held by a thread that does not exist here.
        if let Some(watchdog) = self.watchdog.filter(|it| it.process == process::id()) {
            watchdog.lock().charges.remove(&self.run);
        }
    }
}

impl Watchdog {
    const fn new(process: u32) -> Self {
        let watched = Watched { charges: BTreeMap::new(), runs: 0, wakes: None };
        Self { process, started: Once::new(), watched: Mutex::new(watched), news: Condvar::new() }
    }

    /// The watchdog of a process, if there is room for one more.
    fn of(all: &'static [OnceLock<Self>], process: u32) -> Option<&'static Self> {
        let mut all = all.iter().map(|one| one.get_or_init(|| Self::new(process)));
        all.find(|one| one.process == process)
    }

    fn lock(&self) -> MutexGuard<'_, Watched> {
        // No code of others runs under the lock, so what is there is intact.
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the watchdog's thread does for as long as the process lives.
    fn look_after(&self) {
        let mut watched = self.lock();
        let mut runs = 0;
        loop {
            let now = RealTime::now();
            let due = watched.charges.values_mut().filter(|charge| charge.when <= now);
            let duties: Vec<_> = due.filter_map(|charge| charge.attend(now)).collect();
            if !duties.is_empty() {
                // Meanwhile runs come and go. None has to wake this thread: it looks again.
                watched.wakes = Some(now);
                drop(watched);
                duties.into_iter().for_each(Duty::fulfil);
                watched = self.lock();
                continue;
            }
            let due = watched.charges.values().map(|charge| charge.when).min();
            // Runs come one after another, each short: while they do, it looks again by
            // itself, so that none of them has to wake it.
            let has_news = runs != watched.runs;
            runs = watched.runs;
            watched.wakes = due.or_else(|| has_news.then(|| now + IDLE));
            let patience = watched.wakes.map_or(EVER, |when| when.saturating_duration_since(now));
            let waited = self.news.wait_timeout(watched, patience);
            watched = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl Charge {
    /// Says what is due, and when to come again.
    fn attend(&mut self, now: RealTime) -> Option<Duty> {
        let ask = |stage| Some(Duty::Ask(Arc::clone(&self.watch), stage));
        let (duty, turn, patience) = match self.turn {
            Turn::Ask if now < self.asked_at => {
                let patience = LOOK.min(self.asked_at - now);
                (Some(Duty::Look(Arc::clone(&self.watch))), Turn::Ask, patience)
            }
            Turn::Ask => (ask(Stage::Asked), Turn::End, SAMPLE.min(self.limit.real_time / 2)),
            Turn::End if self.watch.stage() == Stage::Asked => (None, Turn::EndAnyway, SAMPLE),
            Turn::End | Turn::EndAnyway => (ask(Stage::Over), Turn::Stuck, GRACE),
            Turn::Stuck if self.watch.stage() != Stage::Answered => {
                let text = self.stuck();
                (Some(Duty::Tell { text, aborts: self.limit.aborts }), Turn::Done, EVER)
            }
            Turn::Stuck | Turn::Done => (None, Turn::Done, EVER),
        };
        (self.turn, self.when) = (turn, now + patience);
        duty
    }

    /// What nobody else can say any more.
    fn stuck(&self) -> String {
        let thread = self.thread.as_deref().unwrap_or("without a name");
        format!(
            "makespan: a poll has not returned on thread {thread:?}, at {} and for more than {} \
             of real time; it cannot be ended from outside (a loop without an await, a lock, \
             `std::thread::sleep`)",
            self.watch.time(),
            Millis(self.limit.real_time),
        )
    }
}

impl Duty {
    #[expect(clippy::print_stderr, reason = "the thread that could return an error is stuck")]
    fn fulfil(self) {
        match self {
            Self::Look(watch) => watch.look(),
            Self::Ask(watch, stage) => watch.ask(stage),
            Self::Tell { text, aborts } => {
                eprintln!("{text}");
                if aborts {
                    process::abort();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, OnceLock};
    use std::time::Duration;

    use super::{Charge, Duty, GRACE, Guarded, LOOK, Limit, RealTime, SAMPLE, Turn, Watchdog};
    use crate::runtime::watch::Stage;
    use crate::runtime::watch::Watch;

    const LIMIT: Limit = Limit { real_time: Duration::from_secs(7), aborts: false };

    /// What is done for a run that is asked shortly before its end and says what it does by
    /// then, how long each turn leaves it, and what it has heard last.
    fn turns(limit: Duration, answers: &[Option<Stage>]) -> Vec<(&'static str, Duration, Stage)> {
        let mut now = RealTime::now();
        let limit = Limit { real_time: limit, ..LIMIT };
        let watch = Watch::new();
        let (thread, turn) = (None, Turn::Ask);
        let charge = Charge { watch, limit, thread, asked_at: now, when: now, turn };
        let (watch, mut charge) = (Arc::clone(&charge.watch), charge);
        let turn = |answer: &Option<Stage>| {
            let told = match charge.attend(now) {
                None => "nothing",
                Some(Duty::Tell { .. }) => "told",
                Some(duty) => {
                    duty.fulfil();
                    "asked"
                }
            };
            let patience = charge.when - now;
            now = charge.when;
            let heard = watch.stage();
            answer.iter().for_each(|stage| watch.answer(*stage));
            (told, patience, heard)
        };
        answers.iter().map(turn).collect()
    }

    #[test]
    fn a_run_that_answers_is_asked_where_it_stands_and_then_to_end() {
        let answers = [Some(Stage::Sampled), Some(Stage::Answered), None];
        let asked = turns(LIMIT.real_time, &answers);
        let (sampled, over) = (("asked", SAMPLE, Stage::Asked), ("asked", GRACE, Stage::Over));
        assert_eq!(asked[..2], [sampled, over]);
        assert_eq!((asked[2].0, asked[2].2), ("nothing", Stage::Answered));
    }

    #[test]
    fn a_run_that_is_not_polled_has_more_time_before_it_is_said_to_be_stuck() {
        let asked = turns(LIMIT.real_time, &[None; 5]);
        let more = [("asked", SAMPLE, Stage::Asked), ("nothing", SAMPLE, Stage::Asked)];
        assert_eq!(asked[..2], more);
        assert_eq!(asked[2], ("asked", GRACE, Stage::Over));
        // Once, and then no more.
        assert_eq!((asked[3].0, asked[4].0), ("told", "nothing"));
    }

    #[test]
    fn a_run_of_little_time_is_asked_at_half_of_it() {
        let limit = SAMPLE / 2;
        let asked = turns(limit, &[None]);
        assert_eq!(asked, [("asked", limit / 2, Stage::Asked)]);
    }

    #[test]
    fn a_run_is_looked_at_until_it_is_asked() {
        let began = RealTime::now();
        let asked_at = began + LOOK * 5 / 2;
        let (watch, thread, turn) = (Watch::new(), None, Turn::Ask);
        let mut charge = Charge { watch, limit: LIMIT, thread, asked_at, when: began, turn };
        let mut looks = 0;
        while let Some(Duty::Look(_)) = charge.attend(charge.when) {
            looks += 1;
            assert!(charge.when <= asked_at);
        }
        assert_eq!(looks, 3);
        assert!(charge.when > asked_at);
    }

    #[test]
    fn a_run_that_is_over_is_looked_after_no_more() {
        let guarded = Guarded::new(&Watch::new(), LIMIT);
        let (run, watchdog) = (guarded.run, guarded.watchdog.expect("this process has one"));
        assert!(watchdog.lock().charges.contains_key(&run));
        drop(guarded);
        assert!(!watchdog.lock().charges.contains_key(&run));
    }

    #[test]
    fn each_process_has_a_watchdog_of_its_own() {
        static ALL: [OnceLock<Watchdog>; 2] = [const { OnceLock::new() }; 2];
        let process = |process| Watchdog::of(&ALL, process).map(|it| it.process);
        assert_eq!([7, 9, 7, 9].map(process), [Some(7), Some(9), Some(7), Some(9)]);
        assert_eq!(process(8), None, "there is no room for a third");
        let (one, other) = (Watchdog::of(&ALL, 7), Watchdog::of(&ALL, 9));
        let (one, other) = (one.expect("it is there"), other.expect("it is there"));
        // What one of them holds for ever, as behind a fork, is nothing to the other.
        let held = one.lock();
        drop(other.lock());
        drop(held);
    }
}
