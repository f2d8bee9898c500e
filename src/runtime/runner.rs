//! Drives a runtime for one run.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use tokio::runtime::{Builder, Handle};
use tokio::task::coop::unconstrained;

use crate::error::Error;
use crate::name::StepName;
use crate::runtime::interpreter::{Place, play};
use crate::runtime::kept::Kept;
use crate::runtime::latencies::Latencies;
use crate::runtime::probe::{self, Recording};
use crate::runtime::watchdog::Limit;
use crate::scenario::Scenario;
use crate::trace::{TaskId, Trace};

/// Runs scenarios and futures on tokio: in virtual time, or on a wall clock.
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
    virtual_limit: Duration,
    wall_limit: Duration,
    aborts: bool,
    has_io: bool,
    patience: Option<Duration>,
    latencies: BTreeMap<StepName, Duration>,
    default_latency: Option<Duration>,
}

/// How long a run may take in virtual time, unless told otherwise.
const DAY: Duration = Duration::from_secs(86_400);

/// How long a run may take in real time, unless told otherwise.
const TEN_SECONDS: Duration = Duration::from_secs(10);

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
        Self::on(Clock::Virtual)
    }

    const fn on(clock: Clock) -> Self {
        Self {
            clock,
            virtual_limit: DAY,
            wall_limit: TEN_SECONDS,
            aborts: false,
            has_io: false,
            patience: None,
            latencies: BTreeMap::new(),
            default_latency: None,
        }
    }

    /// Creates a runner on the wall clock. It sleeps for real, and
    /// [`verify_scenario`](Self::verify_scenario) lets it take up to `tolerance` longer than the law.
    ///
    /// # Units
    ///
    /// Real time. Give a busy machine a second at least.
    #[must_use]
    pub const fn wall(tolerance: Duration) -> Self {
        Self::on(Clock::Wall { tolerance })
    }

    /// Sets how much virtual time a run of a future may take, beyond the latencies
    /// that it is given; a day, unless this is called. On a wall clock there is no
    /// such limit.
    ///
    /// # Units
    ///
    /// Virtual time, two years at most.
    #[must_use]
    pub const fn virtual_limit(mut self, limit: Duration) -> Self {
        self.virtual_limit = limit;
        self
    }

    /// Sets how much real time a run of a future may take; ten seconds, unless
    /// this is called. It ends a run whose virtual time stands still, or moves
    /// without an end.
    ///
    /// A single poll that never returns cannot be ended. It is told on standard
    /// error, a second after the limit.
    #[must_use]
    pub const fn wall_limit(mut self, limit: Duration) -> Self {
        self.wall_limit = limit;
        self
    }

    /// Has the process aborted where a single poll never returns, a second after
    /// the limit of real time. Otherwise it is told, and nothing else is done.
    #[must_use]
    pub const fn abort_if_stuck(mut self) -> Self {
        self.aborts = true;
        self
    }

    /// Turns the I/O driver on, for futures that use sockets. It makes every sleep
    /// cost about twice as much, and what comes from outside takes no virtual time.
    ///
    /// The features of tokio that sockets need are those of your own crate.
    #[must_use]
    pub const fn io(mut self) -> Self {
        self.has_io = true;
        self
    }

    /// Waits for real answers before the virtual clock may jump: those of other threads, and
    /// those that come by sockets (see [`io`](Self::io)). Without it the clock jumps to the next
    /// timer as soon as nothing in the run can go on, which is often a timeout around what
    /// would have answered.
    ///
    /// The clock may jump when for `patience` nothing has woken the run. What answers takes no
    /// virtual time.
    ///
    /// On a wall clock it changes nothing. A run that is recorded inside somebody's runtime
    /// cannot have it: that is an [`Error`].
    ///
    /// # Units
    ///
    /// Real time, more than the slowest answer takes. Each jump of the clock takes that long, and
    /// tokio's clock gets to a timer that is far away in several jumps, up to seven. A run that
    /// stalls is reported after that time.
    ///
    /// # Examples
    ///
    /// ```
    /// use makespan::{Runner, Warning};
    /// use std::thread;
    /// use std::time::Duration;
    /// use tokio::sync::oneshot;
    /// use tokio::time::timeout;
    ///
    /// let runner = Runner::new().wait_for_outside(Duration::from_millis(500));
    /// let run = runner.run(async {
    ///     let (sender, receiver) = oneshot::channel();
    ///     thread::spawn(move || {
    ///         thread::sleep(Duration::from_millis(20)); // it works, or waits for somebody
    ///         sender.send("an answer")
    ///     });
    ///     timeout(Duration::from_secs(2), receiver).await
    /// })?;
    /// assert_eq!(run.output, Ok(Ok("an answer")));
    /// assert_eq!(run.makespan(), Duration::ZERO);
    /// # Ok::<(), makespan::Error>(())
    /// ```
    #[must_use]
    pub const fn wait_for_outside(mut self, patience: Duration) -> Self {
        self.patience = Some(patience);
        self
    }

    /// Sets how long each [`delay`](crate::delay) of this name takes, or the one in
    /// its place among those of its name: `attempt[1]`. The name of a span that is
    /// recorded stands for the delays in it of which nothing else is said.
    ///
    /// # Units
    ///
    /// Rounded up to the [`TICK`](crate::TICK).
    ///
    /// # Examples
    ///
    /// ```
    /// use makespan::{Runner, delay};
    /// use std::time::Duration;
    ///
    /// let runner = Runner::new()
    ///     .latency("attempt", Duration::from_millis(20))
    ///     .latency("attempt[1]", Duration::from_millis(50));
    /// let run = runner.run(async {
    ///     for _ in 0..3 {
    ///         delay("attempt").await;
    ///     }
    /// })?;
    /// assert_eq!(run.makespan(), Duration::from_millis(90)); // 20 + 50 + 20
    /// # Ok::<(), makespan::Error>(())
    /// ```
    #[must_use]
    pub fn latency(mut self, step: impl Into<StepName>, latency: Duration) -> Self {
        self.latencies.insert(step.into(), latency);
        self
    }

    /// Sets how long each [`delay`](crate::delay) takes that has no latency of its own,
    /// and no span around it that has one. Without a default such a delay is an error.
    ///
    /// # Units
    ///
    /// Rounded up to the [`TICK`](crate::TICK).
    ///
    /// # Examples
    ///
    /// ```
    /// use makespan::{Runner, delay};
    /// use std::time::Duration;
    ///
    /// let runner = Runner::new()
    ///     .default_latency(Duration::from_millis(5))
    ///     .latency("orders", Duration::from_millis(30));
    /// let run = runner.run(async {
    ///     delay("auth").await;
    ///     delay("orders").await;
    /// })?;
    /// assert_eq!(run.makespan(), Duration::from_millis(35)); // 5 + 30
    /// # Ok::<(), makespan::Error>(())
    /// ```
    #[must_use]
    pub const fn default_latency(mut self, latency: Duration) -> Self {
        self.default_latency = Some(latency);
        self
    }

    /// The latencies that were set, for one run.
    pub(super) fn latencies(&self) -> Rc<Latencies> {
        Latencies::new(&self.latencies, self.default_latency)
    }

    /// The same runner on a virtual clock.
    #[must_use]
    pub(crate) const fn in_virtual_time(mut self) -> Self {
        self.clock = Clock::Virtual;
        self
    }

    pub(super) const fn is_virtual(&self) -> bool {
        matches!(self.clock, Clock::Virtual)
    }

    pub(super) const fn has_io(&self) -> bool {
        self.has_io
    }

    /// How long it waits for what is outside before each jump of a virtual clock.
    pub(super) const fn patience(&self) -> Option<Duration> {
        match self.clock {
            Clock::Virtual => self.patience,
            Clock::Wall { .. } => None,
        }
    }

    /// Whether it waits for what is outside before the clock jumps.
    #[cfg(feature = "proptest")]
    pub(crate) const fn waits_for_outside(&self) -> bool {
        self.patience.is_some()
    }

    /// The limits of virtual time and of real time.
    pub(super) const fn limits(&self) -> (Duration, Limit) {
        (self.virtual_limit, self.wall_limit_of())
    }

    /// The same runner, whose runs may take this much more virtual time.
    #[cfg(feature = "proptest")]
    #[must_use]
    pub(crate) const fn with_more_virtual_time(mut self, more: Duration) -> Self {
        self.virtual_limit = self.virtual_limit.saturating_add(more);
        self
    }

    /// How much real time a run may take.
    #[cfg(feature = "proptest")]
    pub(crate) const fn wall_limit_of_a_run(&self) -> Duration {
        self.wall_limit
    }

    /// What the watchdog is told.
    pub(super) const fn wall_limit_of(&self) -> Limit {
        Limit { real_time: self.wall_limit, aborts: self.aborts }
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
    /// A current-thread runtime with the time driver and nothing else, in virtual
    /// time built paused; what an earlier run of a scenario on this thread has used is
    /// used again if it has left no task in it. The scenario runs inside one spawned task, and every task
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
        let size = scenario.step_count() + scenario.task_count();
        // A step has two events at most, and so has a task.
        let recording = Recording::new(2 * size)?;
        let work = play(Place { task: TaskId::ROOT, first_step: 0 }, scenario);
        let whole = async move {
            probe::open();
            work.await;
            probe::close();
        };
        let whole = async { tokio::spawn(unconstrained(whole)).await };
        const SOUND: &str = "the task of a scenario neither panics nor is it aborted";
        if self.is_virtual() {
            let runtime = Kept::take();
            runtime.block_on(whole).expect(SOUND);
            let trace = recording.finish(scenario.step_names());
            runtime.give_back(size, trace.makespan());
            return Ok(trace);
        }
        let runtime = Builder::new_current_thread().enable_time().build();
        let runtime = runtime.expect("the operating system has what a runtime needs");
        runtime.block_on(whole).expect(SOUND);
        runtime.shutdown_background();
        let trace = recording.finish(scenario.step_names());
        Ok(trace.with_tolerance(self.tolerance().unwrap_or_default()))
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
