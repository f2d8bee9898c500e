//! The root of a run: the future under test, and what ends a run that does not
//! end by itself.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use pin_project_lite::pin_project;
use tokio::runtime::Handle;
use tokio::task::coop::unconstrained;
use tokio::time::{Instant, Sleep, sleep_until};

use crate::error::{Error, Unended, Why};
use crate::run::Warning;
use crate::runtime::probe;
use crate::runtime::waker::HomeWaker;
use crate::runtime::watch::Watch;
use crate::runtime::watchdog::RealTime;
use crate::time::VirtualTime;

/// Who can see whether anything but the root goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sight {
    /// The runtime is ours: its hooks tell every wake from a park, and its clock
    /// started with the run.
    Whole,
    /// The runtime is somebody's.
    Root,
    /// Time is real, and nothing but the watchdog ends a run.
    Wall,
}

/// How far a run has come.
#[derive(Clone, Copy, Debug)]
enum Phase {
    New,
    Running,
    /// The guard fired, and the future is not polled any more: the clock goes on
    /// to the far guard. If it stops on the way, timers were left; otherwise the
    /// run has stood still since then.
    Probing(VirtualTime),
}

pin_project! {
    pub(super) struct Root<F> {
        // Dropped first, so that what it holds ends inside the run.
        #[pin]
        future: F,
        // Boxed, because most runs end long before it, without having looked at it.
        guard: Option<Pin<Box<Sleep>>>,
        // When the guard fired too early, and where the run then stood.
        rearmed: Option<(Duration, VirtualTime)>,
        origin: Option<Instant>,
        phase: Phase,
        sight: Sight,
        limit: Duration,
        wall_limit: Duration,
        watch: Arc<Watch>,
        waker: Option<Arc<HomeWaker>>,
        alive_before: usize,
    }
}

impl<F> Root<F> {
    /// The root around a future, which may take so much virtual time and so much
    /// real time.
    pub(super) fn new(
        future: F,
        sight: Sight,
        (limit, wall_limit): (Duration, Duration),
        watch: Arc<Watch>,
    ) -> Self {
        Self {
            future,
            guard: None,
            rearmed: None,
            origin: None,
            phase: Phase::New,
            sight,
            limit,
            wall_limit,
            watch,
            waker: None,
            alive_before: 0,
        }
    }
}

/// What a run leaves behind but for its trace.
pub(super) struct Done<T> {
    pub(super) output: T,
    pub(super) alive: usize,
}

impl<F: Future> Future for Root<F> {
    type Output = Result<Done<F::Output>, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let is_first = matches!(this.phase, Phase::New);
        if is_first {
            *this.phase = Phase::Running;
            *this.alive_before = Handle::current().metrics().num_alive_tasks();
            let origin = Instant::now();
            *this.origin = Some(origin);
            this.watch.begin(origin);
            probe::open();
        }
        let origin = this.origin.expect("it was set at the first poll");
        let scope = Scope {
            origin,
            limit: *this.limit,
            sight: *this.sight,
            alive_before: *this.alive_before,
            watch: this.watch,
        };
        let home = match this.sight {
            Sight::Whole | Sight::Wall => HomeWaker::around_same(this.waker, cx.waker()),
            Sight::Root => HomeWaker::around(this.waker, cx.waker()),
        };
        let waker = this.waker.clone();
        if is_first || *this.sight == Sight::Root {
            probe::set_waker(&home);
            scope.watch.set_waker(&home);
        }
        if let Some(stuck) = scope.watch.over() {
            let why = Why::WallLimit(*this.wall_limit, stuck);
            return Poll::Ready(Err(scope.unended(probe::now(), why)));
        }
        if let Phase::Probing(at) = *this.phase {
            if scope.watch.has_ticked() {
                let at = probe::now();
                return Poll::Ready(Err(scope.unended(at, Why::VirtualLimit(scope.limit))));
            }
            let guard = this.guard.as_mut().expect("it was set before the probing");
            if Pin::new(&mut unconstrained(guard)).poll(cx).is_pending() {
                return Poll::Pending;
            }
            let why = scope.why_still(waker.as_deref());
            return Poll::Ready(Err(scope.unended(at, why)));
        }

        let before = RealTime::now();
        let polled = this.future.poll(&mut Context::from_waker(&home));
        let real_time = before.elapsed();
        if real_time >= LONG {
            probe::warn(Warning::Blocked { step: None, real_time });
        }
        if let Some(fault) = probe::take_fault() {
            return Poll::Ready(Err(fault));
        }
        if let Poll::Ready(output) = polled {
            if let Some(thread) = waker.as_ref().and_then(|waker| waker.other_thread()) {
                probe::warn(Warning::OtherThread { step: None, thread });
            }
            return Poll::Ready(
                scope.done(output, waker.is_some_and(|it| it.other_thread().is_some())),
            );
        }
        if *this.sight == Sight::Wall {
            return Poll::Pending;
        }
        loop {
            let new = || Box::pin(sleep_until(scope.origin + scope.guard()));
            let guard = this.guard.get_or_insert_with(new);
            // Without the budget of the code under test, which must not notice it.
            if Pin::new(&mut unconstrained(&mut *guard)).poll(cx).is_pending() {
                return Poll::Pending;
            }
            let at = scope.stands_at(*this.rearmed);
            if !scope.is_past() {
                // More latencies were given since it was set.
                *this.rearmed = Some((scope.origin.elapsed(), at));
                guard.as_mut().reset(scope.origin + scope.guard());
                continue;
            }
            if *this.sight == Sight::Root {
                let why = Why::NotDone(scope.limit);
                return Poll::Ready(Err(scope.unended(probe::now(), why)));
            }
            scope.watch.probe(scope.origin.elapsed()..FAR);
            guard.as_mut().reset(scope.origin + FAR);
            *this.phase = Phase::Probing(at);
        }
    }
}

/// What the root knows of its run.
struct Scope<'a> {
    origin: Instant,
    limit: Duration,
    sight: Sight,
    alive_before: usize,
    watch: &'a Watch,
}

/// The slots of the topmost level of tokio's timer wheel, in milliseconds: of
/// two years, which is all that the wheel holds, it has 64.
const TOP_SLOT: u64 = 64_u64.pow(5);

/// No run takes longer, so that the far guard lies behind it.
const MOST: Duration = Duration::from_millis(60 * TOP_SLOT);

/// The far guard.
const FAR: Duration = Duration::from_millis(63 * TOP_SLOT);

impl Scope<'_> {
    /// How much time the run has. Latencies that were given to it do not count.
    fn allowance(&self) -> Duration {
        self.limit.saturating_add(probe::given()).min(MOST)
    }

    fn is_past(&self) -> bool {
        self.origin.elapsed() > self.allowance()
    }

    /// A point behind the allowance that is `m * 64^k` milliseconds after the
    /// runtime began, with `m` up to 64. The timer wheel parks nowhere on the way
    /// there, so every other park was for another timer.
    fn guard(&self) -> Duration {
        let ticks = u64::try_from(self.allowance().as_millis()).unwrap_or(u64::MAX) + 1;
        let slot = 64_u64.pow(ticks.ilog(64));
        Duration::from_millis(ticks.div_ceil(slot) * slot)
    }

    fn done<T>(&self, output: T, is_woken_outside: bool) -> Result<Done<T>, Error> {
        if self.sight != Sight::Wall && self.is_past() {
            // Where the answer came from outside, the clock had jumped ahead of it.
            let late = Why::Late(self.limit);
            let why = if is_woken_outside { Why::WaitsForThread } else { late };
            let at = if is_woken_outside { self.stands_at(None) } else { probe::now() };
            return Err(self.unended(at, why));
        }
        probe::close();
        Ok(Done { output, alive: self.alive() })
    }

    /// How many tasks were spawned since the run began, and are alive.
    fn alive(&self) -> usize {
        Handle::current().metrics().num_alive_tasks().saturating_sub(self.alive_before)
    }

    fn unended(&self, at: VirtualTime, why: Why) -> Error {
        let steps = probe::unfinished().into_iter().map(|step| (step.name, step.start)).collect();
        let warnings = probe::warnings().iter().map(Warning::to_string).collect();
        Error::unended(Unended { why, at, steps, alive: self.alive(), warnings })
    }

    /// Where the run stands, if nothing but the guard fired since.
    fn stands_at(&self, rearmed: Option<(Duration, VirtualTime)>) -> VirtualTime {
        let before = VirtualTime::after(Duration::from_millis(self.watch.time_before()));
        match rearmed {
            Some((guard, at)) if before.since_start() == guard => at,
            _ => before,
        }
    }

    /// Why the run stands still: is another thread about to answer? Its wakes are
    /// seen by the queue that they come in by, and by the root's waker.
    #[expect(clippy::disallowed_methods, reason = "only real time shows what another thread does")]
    fn why_still(&self, waker: Option<&HomeWaker>) -> Why {
        let is_woken = || {
            waker.is_some_and(|waker| waker.other_thread().is_some())
                || Handle::current().metrics().global_queue_depth() > 0
        };
        let since = RealTime::now();
        while since.elapsed() < PATIENCE {
            if is_woken() {
                return Why::WaitsForThread;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Why::Stalled
    }
}

/// A poll of the whole future that takes longer than this in real time is told.
const LONG: Duration = Duration::from_millis(50);

/// How much real time another thread has for its answer, before a run in which
/// nothing can go on is said to have stalled.
const PATIENCE: Duration = Duration::from_millis(20);
