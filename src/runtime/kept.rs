//! The runtime of scenarios, which serves one run after another.

use std::cell::Cell;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::time::advance;

use crate::runtime::probe;
use crate::scenario::MAX_DURATION;

thread_local! {
    /// The runtime that the last run of a scenario on this thread has left clean.
    static KEPT: Cell<Option<Kept>> = const { Cell::new(None) };
}

/// A runtime of more tasks and steps at once is not kept: the memory that it has
/// grown to would be more than it saves.
const LARGEST: usize = 1024;

/// A runtime with a paused clock, in which only scenarios have run.
pub(super) struct Kept {
    /// Only `drop` takes it.
    runtime: Option<Runtime>,
    /// How far its clock has come at most.
    age: Duration,
}

impl Kept {
    /// Takes the thread's runtime, or a fresh one if it has none.
    pub(super) fn take() -> Self {
        KEPT.take().unwrap_or_else(|| {
            let mut builder = Builder::new_current_thread();
            builder.enable_time().start_paused(true).on_thread_park(go_to_next_deadline);
            let runtime = builder.build().expect("the operating system has what a runtime needs");
            Self { runtime: Some(runtime), age: Duration::ZERO }
        })
    }

    pub(super) fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.runtime().block_on(future)
    }

    fn runtime(&self) -> &Runtime {
        self.runtime.as_ref().expect("only `drop` takes it")
    }

    /// Keeps the runtime for the next run, if this one, which was of so many tasks
    /// and steps and took so long, has left nothing in it.
    ///
    /// A scenario puts nothing into a runtime but tasks; its timers are in them. So
    /// one without tasks is as clean as a fresh one, but for its clock. That is on a
    /// tick, and it must stay so far from where tokio's wheel is at its end, two
    /// years ahead, that the next scenario cannot come there.
    pub(super) fn give_back(mut self, size: usize, took: Duration) {
        self.age = self.age.saturating_add(took);
        let is_clean = self.runtime().metrics().num_alive_tasks() == 0;
        if is_clean && size <= LARGEST && self.age < MAX_DURATION {
            KEPT.set(Some(self));
        }
    }
}

/// The thread may be inside another runtime when it goes, as where a program exits
/// in one: there tokio panics about a runtime that is dropped and waits for its threads.
/// This one has none.
impl Drop for Kept {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Called when nothing can run: moves the clock to the deadline at which something
/// can, where that is known. Tokio would come there by itself, at one or two parks
/// more.
#[expect(clippy::disallowed_methods, reason = "nothing can run, and every timer is known")]
fn go_to_next_deadline() {
    if let Some(until) = probe::until_next_deadline() {
        // It moves the clock when it is polled first, and then yields: to nobody.
        let mut advance = pin!(advance(until));
        let _ = advance.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{KEPT, Kept, LARGEST};
    use crate::scenario::{MAX_DURATION, Scenario};

    /// What is asked of the runtime that a run of the scenario leaves behind, if it does.
    fn of_what_is_left<T>(scenario: &Scenario, asked: impl FnOnce(&Kept) -> T) -> Option<T> {
        let trace = scenario.run().expect("it runs");
        assert_eq!(trace, scenario.predict().expect("it is predicted"));
        let kept = KEPT.take();
        let answer = kept.as_ref().map(asked);
        KEPT.set(kept);
        answer
    }

    /// Whether a run of the scenario leaves a runtime behind, and how old that is.
    fn left_by(scenario: &Scenario) -> Option<Duration> {
        of_what_is_left(scenario, |kept| kept.age)
    }

    #[test]
    fn on_the_way_to_a_timer_it_parks_no_more_often_than_on_the_way_to_the_next_tick() {
        let parks = |scenario: &Scenario| {
            KEPT.set(None);
            of_what_is_left(scenario, |kept| kept.runtime().metrics().worker_park_count(0))
        };
        let near = parks(&crate::scenario!(seq(a: 1ms, b: 1ms)));
        assert!(near.is_some());
        // Tokio's wheel has three boundaries on the way to `a`, and more on that to `b`.
        assert_eq!(parks(&crate::scenario!(seq(a: 1d, b: 1234567ms))), near);
        // Of a hundred timers not all are known.
        let many = Scenario::spawned((0..100).map(|_| Scenario::step("a", Duration::from_secs(5))));
        assert!(parks(&many) > parks(&crate::scenario!(a: 1ms)));
    }

    #[test]
    fn a_clean_runtime_serves_the_next_run() {
        let scenario = crate::scenario!(spawn(a: 2ms, race(b: 1ms, c: 3ms)));
        assert_eq!(left_by(&scenario), Some(Duration::from_millis(2)));
        assert_eq!(left_by(&scenario), Some(Duration::from_millis(4)));
    }

    #[test]
    fn one_with_tasks_left_in_it_is_dropped() {
        // `a` goes on when the race is over, as a detached task does.
        assert_eq!(left_by(&crate::scenario!(race(spawn(a: 2ms), b: 1ms))), None);
        // Aborted, or over meanwhile, it is no task any more.
        assert!(left_by(&crate::scenario!(race(tasks(a: 2ms), b: 1ms))).is_some());
        assert!(left_by(&crate::scenario!(seq(race(spawn(a: 2ms), b: 1ms), c: 9ms))).is_some());
    }

    #[test]
    fn one_that_has_grown_is_dropped() {
        let steps =
            |count| Scenario::spawned((0..count).map(|_| Scenario::step("a", Duration::ZERO)));
        assert_eq!(left_by(&steps(LARGEST / 2)), Some(Duration::ZERO));
        assert_eq!(left_by(&steps(LARGEST / 2 + 1)), None);
    }

    #[test]
    fn one_that_has_come_far_is_dropped() {
        let scenario = Scenario::step("a", MAX_DURATION / 5 * 3);
        assert_eq!(left_by(&scenario), Some(MAX_DURATION / 5 * 3));
        assert_eq!(left_by(&scenario), None);
        assert_eq!(left_by(&Scenario::step("a", MAX_DURATION)), None);
    }

    #[test]
    fn a_thread_ends_well_with_one_in_its_hands() {
        let thread = std::thread::spawn(|| {
            assert!(left_by(&crate::scenario!(a: 2ms)).is_some());
            panic!("on the way out");
        });
        assert!(thread.join().is_err());
    }
}
