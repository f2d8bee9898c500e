//! The root of a run: the future under test, and what ends a run that does not
//! end by itself.

use std::future::Future;
use std::pin::Pin;
use std::process;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use pin_project_lite::pin_project;
use tokio::runtime::Handle;
use tokio::time::Instant;

use crate::error::{Error, Stuck, Why};
use crate::run::Warning;
use crate::runtime::guard::Guard;
use crate::runtime::panics;
use crate::runtime::probe;
use crate::runtime::sample::Sample;
use crate::runtime::scope::{Done, Scope, Sight};
use crate::runtime::waker::HomeWaker;
use crate::runtime::watch::Stage;
use crate::runtime::watch::Watch;
use crate::runtime::watchdog::{Guarded, Limit, RealTime};

pin_project! {
    pub(super) struct Root<F> {
        // Dropped first, so that what it holds ends inside the run.
        #[pin]
        future: F,
        guard: Option<Guard>,
        origin: Option<Instant>,
        sight: Sight,
        limit: Duration,
        wall_limit: Limit,
        process: Option<Process>,
        watch: Arc<Watch>,
        waker: Option<Arc<HomeWaker>>,
        sample: Option<Sample>,
        alive_before: usize,
        parks_before: u64,
    }
}

/// The process that a run goes on in. Behind a fork inside the run that is another one,
/// whose watchdog has not heard of it.
struct Process {
    id: u32,
    began: RealTime,
    looked: RealTime,
    guarded: Option<Guarded>,
}

impl Process {
    /// Has the run looked after here too if this is no longer the process that it was in.
    fn look(&mut self, now: RealTime, watch: &Arc<Watch>, limit: Limit) {
        /// To ask for the process is a system call. A run that goes on without an end is
        /// polled all the time, and none has so small a limit that this would matter.
        const PAUSE: Duration = Duration::from_millis(10);
        if now.saturating_duration_since(self.looked) < PAUSE {
            return;
        }
        self.looked = now;
        let id = process::id();
        if self.id != id {
            self.id = id;
            self.guarded = Some(Guarded::since(self.began, id, watch, limit));
        }
    }
}

impl<F> Root<F> {
    /// The root around a future, which may take so much virtual time and so much
    /// real time.
    pub(super) fn new(
        future: F,
        sight: Sight,
        (limit, wall_limit): (Duration, Limit),
        watch: Arc<Watch>,
    ) -> Self {
        Self {
            future,
            guard: None,
            origin: None,
            sight,
            limit,
            wall_limit,
            process: None,
            watch,
            waker: None,
            sample: None,
            alive_before: 0,
            parks_before: 0,
        }
    }
}

impl<F: Future> Future for Root<F> {
    type Output = Result<Done<F::Output>, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let is_first = this.origin.is_none();
        if is_first {
            let metrics = Handle::current().metrics();
            *this.alive_before = metrics.num_alive_tasks();
            *this.parks_before = metrics.worker_park_count(0);
            let origin = Instant::now();
            *this.origin = Some(origin);
            this.watch.begin(origin, metrics);
            probe::open();
        }
        let origin = this.origin.expect("it was set at the first poll");
        let scope = Scope {
            origin,
            limit: *this.limit,
            sight: *this.sight,
            alive_before: *this.alive_before,
            parks_before: *this.parks_before,
            watch: this.watch,
        };
        // Only where the runtime is ours it is the same every time: a recorded run may
        // be awaited by one task and then by another, on a wall clock too.
        let home = match this.sight {
            Sight::Whole { .. } => HomeWaker::around_same(this.waker, cx.waker()),
            Sight::Root | Sight::Wall => HomeWaker::around(this.waker, cx.waker()),
        };
        let waker = this.waker.clone();
        if is_first || !matches!(this.sight, Sight::Whole { .. }) {
            if let Some(waker) = &waker {
                probe::set_waker(waker);
            }
            // Not by way of `home`: the watchdog's thread is none that anybody waits for.
            scope.watch.set_waker(cx.waker());
        }
        match scope.watch.stage() {
            Stage::Early | Stage::Sampled | Stage::Answered => {}
            Stage::Asked => {
                *this.sample = Some(Sample::take());
                scope.watch.answer(Stage::Sampled);
            }
            Stage::Over => {
                // Not polled since it was asked, it was kept from it by another poll.
                let stuck = this.sample.map_or(Stuck::Held, Sample::stuck);
                let why = Why::WallLimit(this.wall_limit.real_time, stuck);
                return Poll::Ready(Err(scope.unended(probe::now(), why)));
            }
        }
        if let Some(most) = scope.watch.exceeded_jumps() {
            return Poll::Ready(Err(scope.unended(probe::now(), Why::Jumps(most))));
        }
        if let Some(guard) = this.guard.as_mut().filter(|guard| guard.has_fired()) {
            return guard.poll(&scope, waker.as_deref(), false, cx).map(Err);
        }

        // A task that failed has woken the root, but not what the code waits for.
        if let Some(fault) = probe::take_fault() {
            return Poll::Ready(Err(fault));
        }
        if *this.sight == Sight::Root {
            scope.watch.sees();
        }
        // Timers of the guard, the watchdog and other futures of a task that records
        // wake the root too. The code is polled only when its own waker was woken:
        // otherwise they would hide that nobody wakes it.
        let is_woken = waker.as_deref().is_none_or(HomeWaker::take_wake);
        if !is_woken {
            return match this.guard {
                Some(guard) => guard.poll(&scope, waker.as_deref(), false, cx).map(Err),
                None => Poll::Pending,
            };
        }
        let is_woken_outside = waker.as_deref().is_some_and(HomeWaker::take_outside_wake);
        let before = RealTime::now();
        let process = this.process.get_or_insert_with(|| {
            let id = this.watch.process();
            Process { id, began: before, looked: before, guarded: None }
        });
        process.look(before, this.watch, *this.wall_limit);
        probe::settle_suspect();
        probe::runs();
        let beside_a_panic = BesidePanic;
        let polled = this.future.poll(&mut Context::from_waker(&home));
        drop(beside_a_panic);
        let real_time = before.elapsed();
        if real_time >= LONG {
            probe::warn(Warning::Blocked { step: None, real_time });
        }
        if *this.sight == Sight::Root {
            scope.watch.stands();
        }
        if let Some(fault) = probe::take_fault() {
            return Poll::Ready(Err(fault));
        }
        if let Poll::Ready(output) = polled {
            if let Some(thread) = waker.as_deref().and_then(HomeWaker::other_thread) {
                probe::warn_of_thread(thread);
            }
            // The wake may also have come while it was polled.
            let is_late = waker.as_deref().is_some_and(HomeWaker::take_outside_wake);
            return Poll::Ready(scope.done(output, is_woken_outside || is_late));
        }
        if *this.sight == Sight::Wall {
            return Poll::Pending;
        }
        let guard = this.guard.get_or_insert_with(|| Guard::new(&scope));
        guard.poll(&scope, waker.as_deref(), is_woken_outside, cx).map(Err)
    }
}

/// Says beside a panic of the code what makes the run doubtful: the panic itself may be of
/// that, and goes through unchanged.
struct BesidePanic;

impl Drop for BesidePanic {
    #[expect(clippy::print_stderr, reason = "the panic itself goes through unchanged")]
    fn drop(&mut self) {
        // In a check, which is quiet, the report of the panic has it.
        if std::thread::panicking() && !panics::is_quiet() {
            let warnings = probe::warnings();
            let answers = warnings.iter().filter(|warning| warning.is_of_answer());
            answers.for_each(|answer| eprintln!("makespan: {answer}"));
        }
    }
}

/// A poll of the whole future that takes longer than this in real time is told.
const LONG: Duration = Duration::from_millis(50);
