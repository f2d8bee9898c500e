//! Records a future inside a runtime that is there already.

use std::future::Future;
use std::panic::Location;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::coop::unconstrained;
use tokio::time::{Instant, sleep};

use crate::error::{Error, Unrecordable};
use crate::run::Run;
use crate::runtime::probe::Recording;
use crate::runtime::root::Root;
use crate::runtime::runnable::Runnable;
use crate::runtime::runner::Runner;
use crate::runtime::scope::Sight;
use crate::runtime::watch::Watch;
use crate::runtime::watchdog::{Guarded, RealTime};

/// Records a future, or the one that a function returns, inside an existing
/// `#[tokio::test(start_paused = true)]`.
///
/// # Determinism
///
/// The runtime is not ours, so less is known of it than in [`run`](crate::run): a
/// run that stands still is only told at its limit of virtual time, and where no
/// timer fires behind that, it may be asleep. Tasks are counted as they come and go
/// in the whole runtime.
///
/// # Panics
///
/// With the error's text, where [`try_record`] returns one, and the line of the
/// call: inside a future a panic is not at the line of its caller.
///
/// # Examples
///
/// ```
/// use makespan::Timed;
/// use std::time::Duration;
/// use tokio::time::sleep;
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build()
/// #     .expect("a runtime").block_on(async {
/// // in a `#[tokio::test(start_paused = true)]`:
/// let run = makespan::record(async {
///     sleep(Duration::from_millis(20)).timed("auth").await;
///     sleep(Duration::from_millis(30)).timed("orders").await;
/// })
/// .await;
/// assert_eq!(run.makespan(), Duration::from_millis(50)); // 20 + 30
/// # });
/// ```
#[track_caller]
pub fn record<Kind, C: Runnable<Kind>>(code: C) -> impl Future<Output = Run<C::Output>> {
    let caller = Location::caller();
    async move {
        match try_record(code).await {
            Ok(run) => run,
            Err(error) => panic!("{error}\n  recorded at {caller}"),
        }
    }
}

/// Records code inside an existing runtime, as [`record`] does.
///
/// # Errors
///
/// If the clock is not paused, or off the tick; if the runner is to
/// [wait for what is outside](Runner::wait_for_outside); if the runtime is not a
/// current-thread one, or there is none; if another run is being recorded on
/// this thread; if the run does not end within a day of virtual time or ten
/// seconds of real time; if a [`delay`](crate::delay) has no latency.
pub async fn try_record<Kind, C: Runnable<Kind>>(code: C) -> Result<Run<C::Output>, Error> {
    Runner::new().record(code).await
}

impl Runner {
    /// Records code inside an existing runtime, as
    /// [`record`](crate::record()) does. Whether the runtime has I/O is its own
    /// affair; on a wall clock nothing is asked of its clock.
    ///
    /// # Errors
    ///
    /// As [`try_record`](crate::try_record).
    pub fn record<Kind, C: Runnable<Kind>>(
        &self,
        code: C,
    ) -> impl Future<Output = Result<Run<C::Output>, Error>> + use<Kind, C> {
        // Nothing is borrowed from the runner, so that the future can be spawned.
        let runner = self.clone();
        async move {
            runner.ensure_recordable()?;
            let latencies = runner.latencies();
            let recording = Recording::of_future(latencies.asked_of())?;
            let (watch, began) = (Watch::new(), RealTime::now());
            let _guarded = Guarded::new(&watch, runner.wall_limit_of());
            let sight = if runner.is_virtual() { Sight::Root } else { Sight::Wall };
            let done = Root::new(code.into_run(), sight, runner.limits(), Arc::clone(&watch)).await;
            let done = done.map_err(|error| latencies.explain(error))?;
            let run = runner.ended(recording, done, began.elapsed(), Duration::ZERO);
            latencies.without_effect(run.trace()).map_or(Ok(run), Err)
        }
    }

    fn ensure_recordable(&self) -> Result<(), Error> {
        let handle = Handle::try_current();
        let flavor = handle.map_err(|_| Error::unrecordable(Unrecordable::NoRuntime))?;
        if flavor.runtime_flavor() == RuntimeFlavor::MultiThread {
            return Err(Error::unrecordable(Unrecordable::SeveralThreads));
        }
        if !self.is_virtual() {
            return Ok(());
        }
        if self.patience().is_some() {
            return Err(Error::unrecordable(Unrecordable::CannotWait));
        }
        if !is_paused() {
            return Err(Error::unrecordable(Unrecordable::NotPaused));
        }
        if !is_on_the_tick() {
            return Err(Error::unrecordable(Unrecordable::OffTick));
        }
        Ok(())
    }
}

/// Whether the clock stands still while real time goes by. There is no other way
/// to ask.
fn is_paused() -> bool {
    const WHILE: Duration = Duration::from_micros(20);
    let (clock, real) = (Instant::now(), RealTime::now());
    while real.elapsed() < WHILE {
        std::hint::spin_loop();
    }
    clock == Instant::now()
}

/// Whether deadlines fall on ticks: if so, a sleep of nothing is over at once.
fn is_on_the_tick() -> bool {
    // Without the budget, which may be used up and would make it wait.
    let nothing = pin!(unconstrained(sleep(Duration::ZERO)));
    nothing.poll(&mut Context::from_waker(Waker::noop())) == Poll::Ready(())
}
