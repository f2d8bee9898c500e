//! The timers that end a run which goes on in virtual time, or stands still in it.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::coop::unconstrained;
use tokio::time::{Instant, Sleep, sleep_until};

use crate::error::{Error, Why};
use crate::runtime::probe;
use crate::runtime::sample::parks;
use crate::runtime::scope::{Scope, Sight, TOP_SLOT};
use crate::runtime::waker::HomeWaker;
use crate::runtime::watchdog::RealTime;
use crate::time::TICK;
use crate::time::VirtualTime;

/// A timer behind the time that a run may take, and what happens when it fires.
pub(super) struct Guard {
    // Boxed, because most runs end long before it, without having looked at it.
    sleep: Pin<Box<Sleep>>,
    phase: Phase,
}

/// How far a run has come.
#[derive(Clone, Copy, Debug)]
enum Phase {
    /// It may end by itself. If the guard has fired too early, that was then, and the
    /// run stood there.
    Running(Option<(Duration, VirtualTime)>),
    /// The guard fired. The clock goes on to one far guard after another, of which
    /// this is the place. If it stops on the way, timers were left; otherwise the run
    /// has stood there since then.
    Probing(VirtualTime, usize),
    /// The guard fired in a runtime without hooks. The clock goes on by one stride
    /// after another, of which this is the place; before it the runtime had parked so
    /// often.
    Striding(usize, u64),
}

/// The far guards. The wheel sees no further than one round of its top slots, and
/// lays what is due later into the slot where it would be: a timer of years to come
/// is seen on the way to the second guard at the latest, but for one that has the
/// guards' own slot, the last of the 64.
const FAR: [Duration; 2] =
    [Duration::from_millis(63 * TOP_SLOT), Duration::from_millis(127 * TOP_SLOT)];

/// How far the clock of somebody's runtime goes on to see whether it ticks, first by
/// little, so that what ticks fast does not do so for long.
const STRIDES: [Duration; 6] = [
    Duration::from_secs(1),
    Duration::from_secs(60),
    Duration::from_secs(3_600),
    Duration::from_secs(86_400),
    Duration::from_secs(30 * 86_400),
    Duration::from_secs(365 * 86_400),
];

/// How often a runtime parks on the way to a timer if there is no other: once at each
/// of the six levels of the timer wheel, of which the last is the timer's own slot, and
/// once for nothing, since a timer that fires wakes the driver for its next park.
pub(crate) const PARKS: u64 = 7;

impl Guard {
    pub(super) fn new(scope: &Scope<'_>) -> Self {
        let sleep = Box::pin(sleep_until(scope.origin + first(scope)));
        Self { sleep, phase: Phase::Running(None) }
    }

    /// Whether the run is over for the future under test, which is not polled any more.
    pub(super) fn has_fired(&self) -> bool {
        !matches!(self.phase, Phase::Running(_))
    }

    /// Ready when the run must end. `waker` is that of the future, which may have been
    /// polled just now because another thread woke it.
    pub(super) fn poll(
        &mut self,
        scope: &Scope<'_>,
        waker: Option<&HomeWaker>,
        is_woken_outside: bool,
        cx: &mut Context<'_>,
    ) -> Poll<Error> {
        loop {
            if scope.watch.has_ticked() {
                let why = Why::VirtualLimit(scope.allowed());
                return Poll::Ready(scope.unended(probe::now(), why));
            }
            // Without the budget of the code under test, which must not notice it.
            ready!(Pin::new(&mut unconstrained(&mut self.sleep)).poll(cx));
            let aim = match self.phase {
                Phase::Running(rearmed) => self.fired(scope, rearmed, is_woken_outside),
                Phase::Probing(at, place) => match FAR.get(place + 1) {
                    Some(far) => {
                        self.phase = Phase::Probing(at, place + 1);
                        scope.watch.probe(scope.origin.elapsed()..*far);
                        Ok(scope.origin + *far)
                    }
                    None => Err(scope.unended(at, why_still(waker))),
                },
                Phase::Striding(_, before) if parks() - before > PARKS => {
                    let why = Why::VirtualLimit(scope.allowed());
                    Err(scope.unended(probe::now(), why))
                }
                Phase::Striding(place, _) => self.stride(scope, place + 1),
            };
            match aim {
                Ok(aim) => self.sleep.as_mut().reset(aim),
                Err(error) => return Poll::Ready(error),
            }
        }
    }

    /// Where the guard goes when it has fired for the first time, if the run goes on.
    fn fired(
        &mut self,
        scope: &Scope<'_>,
        rearmed: Option<(Duration, VirtualTime)>,
        is_woken_outside: bool,
    ) -> Result<Instant, Error> {
        // If nothing but the guard has fired since, the run still stands where it did.
        let stood = scope.watch.stood_at();
        let at = match rearmed {
            Some((guard, at)) if stood.since_start() == guard => at,
            _ => stood,
        };
        let elapsed = scope.origin.elapsed();
        if !scope.is_past() {
            // More latencies were given since it was set.
            self.phase = Phase::Running(Some((elapsed, at)));
            return Ok(scope.origin + first(scope));
        }
        if self.is_passed_by_hand(scope) {
            return Err(scope.unended(probe::now(), Why::MovedPast(scope.allowed())));
        }
        if scope.sight == Sight::Root {
            return self.stride(scope, 0);
        }
        if is_woken_outside {
            // The clock had jumped ahead of an answer that comes only now.
            return Err(scope.unended(at, Why::WaitsForThread));
        }
        self.phase = Phase::Probing(at, 0);
        scope.watch.probe(elapsed..FAR[0]);
        Ok(scope.origin + FAR[0])
    }

    /// Whether the guard has fired because somebody moved the clock past it. By itself the
    /// clock stops at every timer, and the root is polled there; so nothing is known of
    /// what the run waited for.
    fn is_passed_by_hand(&self, scope: &Scope<'_>) -> bool {
        if matches!(scope.sight, Sight::Whole { .. }) {
            // The clock may have moved since the last hook.
            scope.watch.stands();
        }
        // Off the tick a timer fires up to one tick late.
        let is_past = Instant::now() > self.sleep.deadline() + TICK;
        is_past || scope.watch.is_where_a_hand_moved_it()
    }

    fn stride(&mut self, scope: &Scope<'_>, place: usize) -> Result<Instant, Error> {
        let Some(stride) = STRIDES.get(place) else {
            return Err(scope.unended(probe::now(), Why::NotDone(scope.allowed())));
        };
        self.phase = Phase::Striding(place, parks());
        Ok(Instant::now() + *stride)
    }
}

/// A point behind the allowance that is `m * 64^k` milliseconds after the
/// runtime began, with `m` up to 64. The timer wheel parks nowhere on the way
/// there, so every other park was for another timer.
fn first(scope: &Scope<'_>) -> Duration {
    let ticks = u64::try_from(scope.allowance().as_millis()).unwrap_or(u64::MAX) + 1;
    let slot = 64_u64.pow(ticks.ilog(64));
    Duration::from_millis(ticks.div_ceil(slot) * slot)
}

/// Why the run stands still: is another thread about to answer? Its wakes are
/// seen by the queue that they come in by, and by the root's waker.
#[expect(clippy::disallowed_methods, reason = "only real time shows what another thread does")]
fn why_still(waker: Option<&HomeWaker>) -> Why {
    let is_woken = || {
        waker.is_some_and(HomeWaker::take_outside_wake)
            || Handle::current().metrics().global_queue_depth() > 0
    };
    let since = RealTime::now();
    loop {
        if is_woken() {
            return Why::WaitsForThread;
        }
        if since.elapsed() >= PATIENCE || !probe::is_patient() {
            return Why::Stalled;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// How much real time another thread has for its answer, before a run in which
/// nothing can go on is said to have stalled.
const PATIENCE: Duration = Duration::from_millis(20);

#[cfg(test)]
mod tests {
    use tokio::runtime::Builder;
    use tokio::sync::oneshot;
    use tokio::task::yield_now;

    use super::why_still;
    use crate::error::Why;

    #[test]
    fn who_stands_still_waits_for_a_thread_if_that_has_woken_a_task() {
        let runtime = Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.expect("a runtime").block_on(async {
            let (sender, receiver) = oneshot::channel();
            let task = tokio::spawn(receiver);
            yield_now().await;
            assert_eq!(why_still(None), Why::Stalled, "nobody has sent anything");
            std::thread::spawn(move || sender.send(7)).join().expect("no panic").expect("sent");
            assert_eq!(why_still(None), Why::WaitsForThread);
            assert_eq!(task.await.expect("no panic"), Ok(7));
        });
    }
}
