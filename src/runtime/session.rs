//! Runs a future on a runtime of its own.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::{Builder, Handle, LocalOptions, LocalRuntime};

use crate::error::Error;
use crate::run::{Run, Stop, Stopped, Warning};
use crate::runtime::conditions::Conditions;
use crate::runtime::erased::{Erased, erased};
use crate::runtime::outside::Outside;
use crate::runtime::panics::{Listening, message};
use crate::runtime::probe::{self, Recording};
use crate::runtime::root::Root;
use crate::runtime::runnable::Runnable;
use crate::runtime::runner::Runner;
use crate::runtime::scope::{Done, Sight};
use crate::runtime::watch::Watch;
use crate::runtime::watchdog::{Guarded, RealTime};
use crate::time::TICK;
use crate::trace::{TaskId, Trace};

/// Runs a future in virtual time, on a fresh paused runtime; or the future that a function
/// returns, which is called inside it.
///
/// The future is evaluated as under `#[tokio::test(start_paused = true)]`, on the
/// thread of the caller. It need not be `Send`, may borrow from outside, and may
/// spawn tasks, `tokio::task::spawn_local` among them.
///
/// # Determinism
///
/// The clock moves only while nothing can run, and then to the next timer, in
/// whole milliseconds. What asks another clock, works, blocks or waits for
/// another thread is outside of it: see [`Run::warnings`].
///
/// # Panics
///
/// With the error's text, where [`try_run`] returns one. A panic in the future
/// goes through unchanged.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// let name = String::from("Ada");
/// let run = makespan::run(async {
///     tokio::time::sleep(Duration::from_secs(3600)).await;
///     name.len()
/// });
/// assert_eq!(run.output, 3);
/// assert_eq!(run.makespan(), Duration::from_secs(3600));
/// assert!(run.real_time() < Duration::from_secs(60));
/// ```
#[track_caller]
pub fn run<Kind, C: Runnable<Kind>>(code: C) -> Run<C::Output> {
    match try_run(code) {
        Ok(run) => run,
        Err(error) => panic!("{error}"),
    }
}

/// Runs code in virtual time, as [`run`] does.
///
/// # Errors
///
/// If the run does not end: it stalled, it ticks on past a day of virtual time,
/// or it makes no progress for ten seconds of real time; if a
/// [`delay`](crate::delay) has no latency; if it is called inside a runtime.
///
/// # Examples
///
/// ```
/// use makespan::Timed;
///
/// let error = makespan::try_run(std::future::pending::<()>().timed("reply")).unwrap_err();
/// assert!(error.is_stalled());
/// assert_eq!(
///     error.to_string(),
///     "stalled at +0ms: nothing can run, and no timer of tokio's is left\n  \
///        unfinished: reply since +0ms",
/// );
/// ```
pub fn try_run<Kind, C: Runnable<Kind>>(code: C) -> Result<Run<C::Output>, Error> {
    Runner::new().run(code)
}

impl Runner {
    /// Runs a future on a fresh runtime, or the one that a function returns, and returns
    /// its output and its trace.
    ///
    /// # Errors
    ///
    /// If the run does not end within its limits; if a [`delay`](crate::delay)
    /// has no latency; if it is called inside a runtime, or while another run is
    /// being recorded on this thread.
    ///
    /// # Panics
    ///
    /// If the operating system refuses what a runtime needs. A panic in the future
    /// goes through unchanged.
    pub fn run<Kind, C: Runnable<Kind>>(&self, code: C) -> Result<Run<C::Output>, Error> {
        let latencies = self.latencies();
        let conditions = Conditions::of(latencies.asked_of());
        let run = self
            .run_with(conditions, code.into_run())
            .map_err(|stopped| latencies.explain(stopped.into_error()))?;
        latencies.without_effect(run.trace()).map_or(Ok(run), Err)
    }

    /// Runs a future under some conditions; one that does not end leaves behind what had
    /// happened by then.
    pub(crate) fn run_with<F: Future>(
        &self,
        conditions: Conditions,
        future: F,
    ) -> Result<Run<F::Output>, Box<Stopped>> {
        let mut output = None;
        let run = self.run_erased(conditions, erased(future, &mut output))?;
        Ok(run.with_output(output.expect("a run that is done has an output")))
    }

    /// The same for a future of any type. This is compiled once.
    fn run_erased(
        &self,
        conditions: Conditions,
        future: Erased<'_>,
    ) -> Result<Run<()>, Box<Stopped>> {
        if Handle::try_current().is_ok() {
            return Err(Error::inside_runtime().into());
        }
        let Conditions { latency, jumps, is_quiet, is_patient, face } = conditions;
        let recording = Recording::of_future(latency)?;
        probe::set_patient(is_patient);
        let panics = Listening::start(is_quiet);
        let (watch, began) = (Watch::with_jumps(jumps), RealTime::now());
        let _guarded = Guarded::new(&watch, self.wall_limit_of());
        let runtime = Runtime::new(self, &watch);
        let sight = match self.is_virtual() {
            true => Sight::Whole { has_io: self.has_io(), waits: self.patience().is_some() },
            false => Sight::Wall,
        };
        let root = Root::new(future, sight, self.limits(), Arc::clone(&watch));
        // The root is dropped inside, where a clock and a runtime still are.
        #[expect(clippy::redundant_async_block, reason = "it drops the root before it is done")]
        let ended = runtime.block_on(async { root.await });
        if ended.is_err() {
            // A panic has left the runtime, and outside of it there is no virtual clock.
            probe::close_at(watch.time());
        }
        let waited = runtime.waited();
        drop(runtime);
        let jumps = watch.jumps();
        let of_tasks = panics.of_tasks().into_iter().map(|panic| Warning::TaskPanicked { panic });
        let why = match ended {
            Ok(Ok(done)) => {
                of_tasks.for_each(probe::warn);
                let run = self.ended(recording, done, began.elapsed(), waited);
                return Ok(run.with_jumps(jumps));
            }
            Ok(Err(error)) => Stop::Error(error.advise(face)),
            Err(payload) => {
                let advice = advice(&*payload, face);
                let mut panicked = panics.panicked(payload);
                match advice {
                    Some(advice) if is_quiet => {
                        panicked.text = format!("{}; {advice}", panicked.text)
                    }
                    Some(advice) => print_advice(&advice),
                    None => {}
                }
                Stop::Panic(panicked)
            }
        };
        of_tasks.for_each(probe::warn);
        let (trace, warnings) = recording.finish_found();
        Err(Box::new(Stopped { why, trace: Some(trace), warnings, jumps }))
    }

    /// What a run that is done leaves behind. Of its real time it waited some for what is
    /// outside.
    pub(super) fn ended<T>(
        &self,
        recording: Recording,
        done: Done<T>,
        real_time: Duration,
        waited: Duration,
    ) -> Run<T> {
        let (trace, mut warnings) = recording.finish_found();
        if !self.is_virtual() {
            // They speak of a virtual clock.
            warnings.clear();
        }
        if self.patience().is_some() {
            // The clock has waited for other threads, as it was to.
            warnings.retain(|warning| !matches!(warning, Warning::OtherThread { .. }));
        }
        if done.alive > 0 {
            let mut steps = trace.unfinished();
            steps.retain(|step| step.task != TaskId::ROOT);
            let steps = steps.into_iter().map(|step| step.name).collect();
            warnings.push(Warning::LeakedTasks { tasks: done.alive, steps });
        }
        if self.is_virtual() && has_left_the_tick(&trace) {
            // It says as much, and more.
            warnings.retain(|warning| *warning != Warning::MovedByHand);
            warnings.push(Warning::OffTick);
        }
        let own_time = real_time.saturating_sub(waited);
        let seems_blocked = self.is_virtual() && own_time > usual(&trace, done.parks);
        let is_told = |warning: &Warning| {
            matches!(warning, Warning::Blocked { .. } | Warning::OtherThread { .. })
        };
        if seems_blocked && !warnings.iter().any(is_told) {
            warnings.push(match done.has_many_polls {
                true => Warning::ManyPolls { real_time },
                false => Warning::Blocked { step: None, real_time },
            });
        }
        let answers = warnings.iter().filter(|warning| warning.is_of_answer());
        let notes = answers.map(Warning::to_string).collect();
        let trace = trace.with_tolerance(self.tolerance().unwrap_or_default()).with_notes(notes);
        Run::new(done.output, trace, real_time, done.alive, warnings)
    }
}

fn has_left_the_tick(trace: &Trace) -> bool {
    !trace.makespan().as_nanos().is_multiple_of(TICK.as_nanos())
}

/// More real time than a run of so many events takes in virtual time, whose runtime parked
/// so often, even unoptimised on a busy machine: a timer of code that names no steps is no
/// event, but a park.
fn usual(trace: &Trace, parks: u64) -> Duration {
    const EACH: Duration = Duration::from_micros(100);
    let events = u64::try_from(trace.len()).unwrap_or(u64::MAX).saturating_add(parks);
    Duration::from_millis(50) + EACH.saturating_mul(u32::try_from(events).unwrap_or(u32::MAX))
}

/// A runtime for one run. It does not wait for what is still going on in it when
/// it is dropped, also where a panic passes through.
struct Runtime {
    runtime: Option<LocalRuntime>,
    watch: Arc<Watch>,
    /// None on a wall clock.
    outside: Option<Arc<Outside>>,
}

impl Runtime {
    fn new(runner: &Runner, watch: &Arc<Watch>) -> Self {
        let mut builder = Builder::new_current_thread();
        if runner.has_io() {
            builder.enable_all()
        } else {
            builder.enable_time()
        };
        builder.start_paused(runner.is_virtual());
        let outside =
            runner.is_virtual().then(|| Outside::new(watch, runner.patience(), runner.has_io()));
        let (parking, parked) = (Arc::clone(watch), Arc::clone(watch));
        match outside.clone() {
            Some(outside) => {
                let (parks, unparks) = (Arc::clone(&outside), Arc::clone(&outside));
                builder.on_thread_park(move || {
                    parking.stands();
                    parks.parks();
                });
                builder.on_thread_unpark(move || unparks.unparks(parked.unparks()));
                builder.on_thread_start(move || outside.starts_pool_thread());
            }
            None => {
                builder.on_thread_park(move || parking.stands());
                builder.on_thread_unpark(move || {
                    parked.unparks();
                });
            }
        }
        let runtime = builder
            .build_local(LocalOptions::default())
            .expect("the operating system has what a runtime needs");
        Self { runtime: Some(runtime), watch: Arc::clone(watch), outside }
    }

    /// The real time that was waited for what is outside.
    fn waited(&self) -> Duration {
        self.outside.as_ref().map(|outside| outside.waited()).unwrap_or_default()
    }

    /// Drives the future to its end, or to a panic of its own.
    fn block_on<F: Future>(&self, future: F) -> Result<F::Output, Box<dyn Any + Send>> {
        let runtime = self.runtime.as_ref().expect("only `drop` takes it");
        // OK to assert, because the panic is reported: what it broke is not used again.
        catch_unwind(AssertUnwindSafe(|| runtime.block_on(future)))
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        if let Some(outside) = &self.outside {
            outside.end_of_run();
        }
        self.watch.end_of_run();
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

#[expect(clippy::print_stderr, reason = "the panic itself goes through unchanged")]
fn print_advice(advice: &str) {
    eprintln!("makespan: {advice}");
}

/// Says what is behind a panic of tokio's own that misses the I/O driver, and whose method
/// turns it on.
fn advice(panic: &(dyn Any + Send), face: &str) -> Option<String> {
    let is_of_io = message(panic).contains("IO is disabled");
    let call = if face == "Runner" { "Runner::new().io().run(..)" } else { "Checker::new().io()" };
    is_of_io.then(|| {
        format!("this run has no I/O driver, since without one it is twice as fast; use `{call}`")
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::Runtime;
    use crate::runtime::root::Root;
    use crate::runtime::runner::Runner;
    use crate::runtime::scope::Sight;
    use crate::runtime::watch::Watch;

    #[test]
    fn nothing_of_a_runtime_outlives_its_run() {
        let watch = Watch::new();
        let last = Arc::downgrade(&watch);
        let runtime = Runtime::new(&Runner::new(), &watch);
        let future = tokio::task::yield_now();
        let limits = Runner::new().limits();
        let sight = Sight::Whole { has_io: false, waits: false };
        let root = Root::new(future, sight, limits, Arc::clone(&watch));
        assert!(matches!(runtime.block_on(root), Ok(Ok(_))));
        // The hooks hold the watch, the watch a waker, and the waker the runtime.
        drop((runtime, watch));
        assert!(last.upgrade().is_none());
    }
}
