//! Drives a runtime for one run.

use std::time::Duration;

use tokio::runtime::{Builder, Handle};
use tokio::task::coop::unconstrained;

use crate::error::Error;
use crate::runtime::interpreter::{Place, play};
use crate::runtime::probe::{self, Recording};
use crate::scenario::Scenario;
use crate::trace::{TaskId, Trace};

/// Runs scenarios on tokio: in virtual time, or on a wall clock.
///
/// # Examples
///
/// ```
/// use makespan::{Runner, scenario};
/// use std::time::Duration;
///
/// let scenario = scenario!(spawn(a: 20ms, b: 10ms));
///
/// // In virtual time it takes 20 ms, on a wall clock no less.
/// assert_eq!(Runner::new().run_scenario(&scenario)?.makespan(), Duration::from_millis(20));
/// let on_the_wall = Runner::wall(Duration::from_secs(1)).run_scenario(&scenario)?;
/// assert!(on_the_wall.makespan() >= Duration::from_millis(20));
/// # Ok::<(), makespan::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Runner {
    clock: Clock,
}

/// Whose time it is.
#[derive(Clone, Copy, Debug)]
enum Clock {
    /// Tokio's, which moves only while nothing can run.
    Virtual,
    /// Everybody's; a run on it may take so much longer than its law.
    Wall { tolerance: Duration },
}

impl Default for Runner {
    fn default() -> Self {
        Self::new()
    }
}

impl Runner {
    /// Creates a runner on a virtual clock, which moves only while nothing can run.
    #[must_use]
    pub const fn new() -> Self {
        Self { clock: Clock::Virtual }
    }

    /// Creates a runner on the wall clock. It sleeps for real, and
    /// [`verify_scenario`](Self::verify_scenario) lets it take up to `tolerance` longer than the law.
    ///
    /// # Units
    ///
    /// Real time. Give a busy machine a second at least.
    #[must_use]
    pub const fn wall(tolerance: Duration) -> Self {
        Self { clock: Clock::Wall { tolerance } }
    }

    /// The tolerance of a wall clock; a virtual clock has none.
    pub(crate) const fn tolerance(&self) -> Option<Duration> {
        match self.clock {
            Clock::Virtual => None,
            Clock::Wall { tolerance } => Some(tolerance),
        }
    }

    /// Runs a scenario and returns its trace.
    ///
    /// # Determinism
    ///
    /// A fresh current-thread runtime with the time driver and nothing else, in
    /// virtual time built paused. The scenario runs inside one spawned task, and every task
    /// of it without tokio's cooperative budget. In virtual time two runs have
    /// one trace.
    ///
    /// # Errors
    ///
    /// If the scenario cannot run, with the place; if it is called inside a
    /// runtime, or while another run is being recorded on this thread.
    ///
    /// # Panics
    ///
    /// If the operating system refuses what a runtime needs.
    pub fn run_scenario(&self, scenario: &Scenario) -> Result<Trace, Error> {
        scenario.ensure_runnable()?;
        if Handle::try_current().is_ok() {
            return Err(Error::inside_runtime());
        }
        // A step has two events at most, and so has a task.
        let recording = Recording::new(2 * (scenario.step_count() + scenario.task_count()))?;
        let runtime = Builder::new_current_thread()
            .enable_time()
            .start_paused(matches!(self.clock, Clock::Virtual))
            .build()
            .expect("the operating system has what a runtime needs");
        let work = play(Place { task: TaskId::ROOT, first_step: 0 }, scenario);
        let whole = async move {
            probe::open();
            work.await;
            probe::close();
        };
        runtime
            .block_on(async { tokio::spawn(unconstrained(whole)).await })
            .expect("the task of a scenario neither panics nor is it aborted");
        runtime.shutdown_background();
        Ok(recording.finish(scenario.step_names()))
    }
}

impl Scenario {
    /// Runs the scenario on tokio, in virtual time, and returns its trace; see
    /// [`Runner::run_scenario`].
    ///
    /// # Errors
    ///
    /// If the scenario cannot run, with the place; if it is called inside a
    /// runtime, or while another run is being recorded on this thread.
    ///
    /// # Examples
    ///
    /// ```
    /// let trace = makespan::scenario!(seq(coro1: 2s, coro2: 1s)).run()?;
    /// assert_eq!(trace.makespan().as_secs(), 3);
    /// # Ok::<(), makespan::Error>(())
    /// ```
    pub fn run(&self) -> Result<Trace, Error> {
        Runner::new().run_scenario(self)
    }
}
