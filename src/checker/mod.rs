//! Laws of any code, held to it over generated latencies.

mod case;
mod draw;
mod exploring;
mod judge;
mod jumps;
mod line;
mod names;
mod pin;
mod range;
mod report;
mod seeds;
mod session;
mod tree;

use std::ops::RangeBounds;
use std::panic::Location;
use std::rc::Rc;
use std::time::Duration;

use crate::artifact::{fail, keep};
use crate::checker::range::Ranges;
use crate::checker::report::one_line;
pub use crate::checker::seeds::Site;
use crate::checker::session::Session;
use crate::error::Error;
use crate::exploration::{Coverage, Exploration, Question, RangeOf, Relation};
use crate::explore::{BUDGET, orders_of};
use crate::law::Law;
use crate::name::StepName;
use crate::run::Run;
use crate::runtime::Conditions;
use crate::runtime::Runner;
use crate::time::whole_ticks;
use crate::verdict::{Failure, Mutants};

/// Holds code to a law over generated latencies: what
/// [`assert_law!`](crate::assert_law) does, with more than its defaults.
///
/// # Shape
///
/// Pinned cases come first, then seeds that failed before. Then the orders of events are
/// explored, and the law is decided in each; see [the guide](crate::guide::orders). Cases at
/// random come last. Latencies range from nothing to four hours.
///
/// # Examples
///
/// ```
/// use makespan::{Checker, delay, law};
/// use std::time::Duration;
///
/// const fn ms(millis: u64) -> Duration {
///     Duration::from_millis(millis)
/// }
///
/// async fn dashboard() {
///     delay("auth").await;
///     tokio::join!(delay("profile"), delay("orders"));
/// }
///
/// Checker::new()
///     .cases(1_000)
///     .latency("auth", ms(10)..=ms(50))
///     .case([("auth", ms(10)), ("orders", ms(1))])
///     .verify(dashboard, &law!(auth + max(profile, orders)))?;
/// # Ok::<(), makespan::Failure>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a checker does nothing before `verify`"]
pub struct Checker {
    runner: Runner,
    cases: Option<u32>,
    budget: Option<usize>,
    is_exhaustive: bool,
    constants: Vec<Duration>,
    ranges: Ranges,
    pinned: Vec<Vec<(StepName, u64)>>,
    site: Option<Site>,
    keeps_seeds: bool,
    code: Option<&'static str>,
}

impl Default for Checker {
    fn default() -> Self {
        Self::new()
    }
}

impl Checker {
    /// Creates a checker with the defaults: 3,072 runs that explore, 256 random cases or
    /// `PROPTEST_CASES`, any latency, a limit of a day of virtual time and ten seconds of real time for
    /// each case.
    pub fn new() -> Self {
        Self {
            runner: Runner::new(),
            cases: None,
            budget: None,
            is_exhaustive: false,
            constants: Vec::new(),
            ranges: Ranges::default(),
            pinned: Vec::new(),
            site: None,
            keeps_seeds: true,
            code: None,
        }
    }

    /// Sets how many cases are drawn at random, behind the exploration of all orders. They share
    /// none of its assumptions. Unless this is called there are `PROPTEST_CASES` of them if that
    /// is set, or else 256, and 32 behind an exploration that is complete.
    pub fn cases(mut self, cases: u32) -> Self {
        self.cases = Some(cases);
        self
    }

    /// Sets how many runs may explore the orders of events; 3,072 unless this is called or the
    /// environment variable `MAKESPAN_BUDGET` is set. It counts runs and no real time, so that a
    /// slow machine changes no verdict.
    pub fn budget(mut self, runs: usize) -> Self {
        self.budget = Some(runs);
        self
    }

    /// Demands that every order of events is explored, with as many runs as that takes unless
    /// [`budget`](Self::budget) is called. A check that is not exhausted fails, and says why.
    ///
    /// # Examples
    ///
    /// ```
    /// use makespan::{Checker, assert_law, delay};
    ///
    /// async fn retry() {
    ///     for _ in 0..3 {
    ///         delay("attempt").await;
    ///     }
    /// }
    ///
    /// assert_law!(Checker::new().exhaustive(), retry() => sum(attempt));
    /// ```
    pub fn exhaustive(mut self) -> Self {
        self.is_exhaustive = true;
        self
    }

    /// Adds durations that may matter to the code, such as the length of a lease: windows of time
    /// are searched around them. Constants of the law, timers of the code, and durations in the
    /// sources of the crate under test are known anyway.
    pub fn constants(mut self, constants: impl IntoIterator<Item = Duration>) -> Self {
        self.constants.extend(constants);
        self
    }

    /// Sets how long each [`delay`](crate::delay) of a name takes, or the one in
    /// its place among those of its name: `attempt[1]`.
    ///
    /// # Units
    ///
    /// Rounded up to the [`TICK`](crate::TICK). A range without an end goes to
    /// four hours; of an empty range only its beginning is tried.
    pub fn latency(mut self, step: impl Into<StepName>, range: impl RangeBounds<Duration>) -> Self {
        self.ranges.set(step.into(), &range);
        self
    }

    /// Pins a counterexample: a case that is tried first. What it leaves out takes
    /// no time. A name that no case runs pins nothing, and is an error.
    ///
    /// Every failure prints the call to paste.
    pub fn case<S: Into<StepName>>(
        mut self,
        latencies: impl IntoIterator<Item = (S, Duration)>,
    ) -> Self {
        let latencies = latencies.into_iter();
        let latencies = latencies.map(|(step, latency)| (step.into(), whole_ticks(latency)));
        self.pinned.push(latencies.collect());
        self
    }

    /// Sets how much virtual time a case may take beyond its latencies and the constants of
    /// the law; see [`Runner::virtual_limit`].
    pub fn virtual_limit(mut self, limit: Duration) -> Self {
        self.runner = self.runner.virtual_limit(limit);
        self
    }

    /// Sets how much real time a case may take; see [`Runner::wall_limit`].
    ///
    /// It also sets how far code that ticks is tried, such as an interval beside a call:
    /// the clock may jump about once for every 150 µs of this limit, over all cases together
    /// and beside the jumps that the code makes anyway. Longer latencies are not tried then,
    /// and [`Coverage::notes`] says so. A count of jumps is the same on every machine.
    pub fn wall_limit(mut self, limit: Duration) -> Self {
        self.runner = self.runner.wall_limit(limit);
        self
    }

    /// Aborts the process where a single poll never returns; see
    /// [`Runner::abort_if_stuck`].
    pub fn abort_if_stuck(mut self) -> Self {
        self.runner = self.runner.abort_if_stuck();
        self
    }

    /// Waits for real answers before the virtual clock of a case may jump; see
    /// [`Runner::wait_for_outside`]. Each jump of each case takes that long, so this is for
    /// few [`cases`](Self::cases), and orders of events are explored only if a
    /// [`budget`](Self::budget) is set.
    pub fn wait_for_outside(mut self, patience: Duration) -> Self {
        self.runner = self.runner.wait_for_outside(patience);
        self
    }

    /// Turns the I/O driver on; see [`Runner::io`].
    pub fn io(mut self) -> Self {
        self.runner = self.runner.io();
        self
    }

    /// Keeps no seeds of cases that failed, and tries none that were kept, and leaves no
    /// files where `MAKESPAN_ARTIFACTS` asks for them: for a check that is meant to fail,
    /// such as one of a wrong law, and where nobody may write files.
    ///
    /// # Examples
    ///
    /// ```
    /// use makespan::{Checker, delay, law};
    ///
    /// let one_by_one = async || {
    ///     delay("profile").await;
    ///     delay("orders").await;
    /// };
    /// let wrong = law!(max(profile, orders));
    /// assert!(Checker::new().without_seeds().verify(one_by_one, &wrong).is_err());
    /// ```
    pub fn without_seeds(mut self) -> Self {
        self.keeps_seeds = false;
        self
    }

    /// Sets where the assertion stands and how it is called; the macros do.
    #[doc(hidden)]
    pub fn at(mut self, site: Site, code: &'static str) -> Self {
        self.site = Some(site);
        self.code = Some(code);
        self
    }

    /// Runs the code again for every case, and holds each run, and each order of events, to the
    /// law.
    ///
    /// The code is a function or closure that returns a future. It is called
    /// inside the runtime. What several calls share, they share.
    ///
    /// # Determinism
    ///
    /// The orders that are explored are the same every time. Cases behind them are those of
    /// proptest: random, unless `PROPTEST_RNG_SEED` is set. A seed that failed is kept in the `proptest-regressions/` at the top of the crate
    /// under test, and tried first from then on.
    ///
    /// # Errors
    ///
    /// If a run breaks the law, with the smallest latencies that show it and the
    /// law that the code obeys instead; if there is an order of events in which a run does not
    /// end; if it is to be [`exhaustive`](Self::exhaustive) and is not; if the law or a pinned
    /// case speaks of a name that no case ran, or the law of several steps as of one;
    /// if what it comes to hangs on a step of unknown length that was cut.
    ///
    /// # Panics
    ///
    /// A panic in the code goes through, after its latencies are told on standard
    /// error.
    #[track_caller]
    pub fn verify<F: AsyncFn() -> T, T>(&self, code: F, law: &Law) -> Result<Coverage, Failure> {
        self.verify_relation(code, law, Relation::Equal)
    }

    /// Holds the makespan to an upper bound in every order of events: a limit, or any law.
    ///
    /// # Errors
    ///
    /// As [`verify`](Self::verify), if some latencies lead to a longer makespan.
    ///
    /// # Panics
    ///
    /// As [`verify`](Self::verify).
    ///
    /// # Examples
    ///
    /// ```
    /// use makespan::{Checker, delay, law};
    /// use std::time::Duration;
    /// use tokio::time::timeout;
    ///
    /// let price = async || timeout(Duration::from_millis(500), delay("quote")).await.is_ok();
    /// Checker::new().verify_at_most(price, &law!(500ms))?;
    /// # Ok::<(), makespan::Failure>(())
    /// ```
    #[track_caller]
    pub fn verify_at_most<F: AsyncFn() -> T, T>(
        &self,
        code: F,
        bound: &Law,
    ) -> Result<Coverage, Failure> {
        self.verify_relation(code, bound, Relation::AtMost)
    }

    /// Holds the makespan to a lower bound in every order of events: a limit, or any law.
    ///
    /// # Errors
    ///
    /// As [`verify`](Self::verify), if some latencies lead to a shorter makespan.
    ///
    /// # Panics
    ///
    /// As [`verify`](Self::verify).
    #[track_caller]
    pub fn verify_at_least<F: AsyncFn() -> T, T>(
        &self,
        code: F,
        bound: &Law,
    ) -> Result<Coverage, Failure> {
        self.verify_relation(code, bound, Relation::AtLeast)
    }

    #[track_caller]
    fn verify_relation<F: AsyncFn() -> T, T>(
        &self,
        code: F,
        law: &Law,
        relation: Relation,
    ) -> Result<Coverage, Failure> {
        let site = (self.site_of(Location::caller()), Location::caller().line());
        // The rest is compiled once, and not for every assertion.
        let runner = self.runner_for(law);
        let run = |conditions: Conditions| {
            runner.run_with(conditions, async { code().await }).map(Run::without_output)
        };
        let verdict = Session::new(self, site, &run, (law, relation)).verify();
        verdict.map_err(|failure| self.kept(failure, Location::caller()))
    }

    /// Finds all orders of events of the code, as [`explore`](crate::explore()) does, with the
    /// latencies, the budget and the limits of this checker.
    ///
    /// # Errors
    ///
    /// As [`explore`](crate::explore()).
    ///
    /// # Examples
    ///
    /// ```
    /// use makespan::{Checker, delay};
    /// use std::time::Duration;
    ///
    /// let both = async || tokio::join!(delay("profile"), delay("orders"));
    /// let tick = Duration::from_millis(1);
    /// let checker = Checker::new().latency("profile", tick..).latency("orders", tick..);
    /// assert_eq!(checker.explore(both)?.orders().len(), 3); // either is first, or they tie
    /// # Ok::<(), makespan::Error>(())
    /// ```
    pub fn explore<F: AsyncFn() -> T, T>(&self, code: F) -> Result<Exploration, Error> {
        let run = |conditions: Conditions| {
            self.runner.run_with(conditions, async { code().await }).map(Run::without_output)
        };
        let longest = self.constants.iter().copied().map(whole_ticks).max().unwrap_or(0);
        let ranges = self.ranges.clone();
        let range: RangeOf = Rc::new(move |step| ranges.in_ticks(step, longest.saturating_mul(2)));
        let given = self.constants.iter().map(|it| i64::try_from(whole_ticks(*it)).unwrap_or(0));
        let question = Question {
            range,
            budget: self.budget_of_runs(),
            constants: given.collect(),
            literals: Vec::new(),
            wants_orders: true,
            law: None,
        };
        orders_of(&question, &run)
    }

    /// Holds the code to the law, as [`verify`](Self::verify) does, and tells on the same
    /// cases which simple changes of the code would break it: of calls side by side that
    /// run one after the other, of an `.await` that is missing, of a race that another
    /// one wins.
    ///
    /// A change that is missed would pass [`verify`](Self::verify) with this checker.
    /// That happens where [`latency`](Self::latency) never lets a branch decide, and
    /// where a law speaks of every step of a name and a single one runs. It is no
    /// failure, since there may be a reason for both; [`Mutants::verify`] makes it one.
    ///
    /// # Errors
    ///
    /// As [`verify`](Self::verify).
    ///
    /// # Panics
    ///
    /// As [`verify`](Self::verify).
    ///
    /// # Examples
    ///
    /// ```
    /// use makespan::{Checker, delay, law};
    /// use std::time::Duration;
    ///
    /// async fn dashboard() {
    ///     delay("auth").await;
    ///     tokio::join!(delay("profile"), delay("orders"));
    /// }
    ///
    /// // Whoever says that orders take longer than a profile never sees it decide.
    /// let mutants = Checker::new()
    ///     .latency("profile", ..=Duration::from_millis(10))
    ///     .latency("orders", Duration::from_millis(20)..)
    ///     .mutants(dashboard, &law!(auth + max(profile, orders)))?;
    /// assert_eq!(
    ///     mutants.to_string(),
    ///     "\
    /// auth + max(profile, orders): 6 of 7 mutants caught
    ///   missed  nothing waits for profile: auth + orders
    ///           profile is never longer than orders"
    /// );
    /// # Ok::<(), makespan::Failure>(())
    /// ```
    #[track_caller]
    pub fn mutants<F: AsyncFn() -> T, T>(&self, code: F, law: &Law) -> Result<Mutants, Failure> {
        let site = (self.site_of(Location::caller()), Location::caller().line());
        let runner = self.runner_for(law);
        let run = |conditions: Conditions| {
            runner.run_with(conditions, async { code().await }).map(Run::without_output)
        };
        let verdict = Session::new(self, site, &run, (law, Relation::Equal)).mutants();
        verdict.map_err(|failure| self.kept(failure, Location::caller()))
    }

    /// How many runs may explore.
    fn budget_of_runs(&self) -> usize {
        let chosen = self.budget.or_else(|| std::env::var("MAKESPAN_BUDGET").ok()?.parse().ok());
        chosen.unwrap_or(match self.is_exhaustive {
            true => usize::MAX,
            // Each jump of the clock takes real time then.
            false if self.runner.waits_for_outside() => 0,
            false => BUDGET,
        })
    }

    /// The runner of the cases. What the law and the latencies allow does not count for the
    /// limit of virtual time.
    fn runner_for(&self, law: &Law) -> Runner {
        self.runner.clone().with_more_virtual_time(law.constants_together())
    }

    /// The failure with the files that are wanted of it. A check that is meant to fail keeps
    /// none, as it keeps no seeds.
    fn kept(&self, failure: Failure, caller: &Location<'_>) -> Failure {
        if self.keeps_seeds { keep(failure, caller) } else { failure }
    }

    /// Where the assertion stands.
    fn site_of(&self, caller: &'static Location<'static>) -> Option<Site> {
        let here = Site { manifest_dir: None, file: caller.file() };
        self.site.unwrap_or(here).in_a_package()
    }
}

/// What is before the comma in `assert_law!(checker, code => law)`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a `Checker`",
    label = "a `Checker` is before the code: `assert_law!(checker, code => law)`",
    note = "without settings of its own the code stands alone: `assert_law!(code => law)`"
)]
pub trait AsChecker {
    /// The checker.
    fn checker(&self) -> &Checker;
}

impl AsChecker for Checker {
    fn checker(&self) -> &Checker {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T: AsChecker + ?Sized> AsChecker for &T {
    fn checker(&self) -> &Checker {
        (**self).checker()
    }
}

/// The checker that an assertion was given.
pub fn checker_of<C: AsChecker>(checker: &C) -> &Checker {
    checker.checker()
}

/// What `assert_law!` expands to.
///
/// # Panics
///
/// Unless the code keeps the law, whatever its latencies.
#[track_caller]
pub fn assert_law<F: AsyncFn() -> T, T>(
    checker: &Checker,
    site: Site,
    text: &'static str,
    code: F,
    law: &Law,
) {
    assert_relation(checker, (site, text), code, law, Relation::Equal);
}

/// What `assert_at_most!` expands to.
///
/// # Panics
///
/// Unless the code takes no longer, whatever its latencies.
#[track_caller]
pub fn assert_at_most<F: AsyncFn() -> T, T>(
    checker: &Checker,
    site: Site,
    text: &'static str,
    code: F,
    bound: &Law,
) {
    assert_relation(checker, (site, text), code, bound, Relation::AtMost);
}

/// What `assert_at_least!` expands to.
///
/// # Panics
///
/// Unless the code takes no less, whatever its latencies.
#[track_caller]
pub fn assert_at_least<F: AsyncFn() -> T, T>(
    checker: &Checker,
    site: Site,
    text: &'static str,
    code: F,
    bound: &Law,
) {
    assert_relation(checker, (site, text), code, bound, Relation::AtLeast);
}

#[track_caller]
fn assert_relation<F: AsyncFn() -> T, T>(
    checker: &Checker,
    (site, text): (Site, &'static str),
    code: F,
    law: &Law,
    relation: Relation,
) {
    match checker.clone().at(site, text).verify_relation(code, law, relation) {
        Ok(coverage) => print_notes(text, &coverage),
        Err(failure) => fail(failure),
    }
}

/// What `assert_mutants_caught!` expands to.
///
/// # Panics
///
/// Unless the code keeps the law, and no mutant of it would.
#[track_caller]
pub fn assert_mutants_caught<F: AsyncFn() -> T, T>(
    checker: &Checker,
    site: Site,
    text: &'static str,
    code: F,
    law: &Law,
) {
    let mutants = checker.clone().at(site, text).mutants(code, law);
    match mutants.and_then(|mutants| mutants.verify().map(|()| mutants)) {
        Ok(mutants) => print_notes(text, mutants.coverage()),
        Err(failure) => fail(failure),
    }
}

/// Prints what limits a verdict that is none of a failure: a test that passes shows it with
/// `--nocapture`, and one that fails later shows it anyway.
#[expect(clippy::print_stderr, reason = "a test that passes has no other place for a note")]
fn print_notes(text: &str, coverage: &Coverage) {
    for note in coverage.notes() {
        eprintln!("makespan: {}: {note}", one_line(text));
    }
}
