//! Code held to both clocks: what asks another one than tokio's does otherwise on one
//! of them.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::name::Name;
use crate::run::Run;
use crate::runtime::Runner;
use crate::text::shorten;
use crate::time::Millis;
use crate::trace::{End, Step, Trace};
use crate::verdict::{Failure, Report};

const BECAUSE: &str = "something asks a clock that is not tokio's: std's, or that of a crate with \
                       timers or a time to live of its own";

impl Runner {
    /// Runs code in virtual time and again on the wall, and holds the runs to be alike:
    /// the same steps, each at the same time, up to the runner's tolerance.
    ///
    /// The virtual clock is tokio's. `std::time::Instant` and what is built on it, such as
    /// the time to live of many caches, do not see it move, and nothing in a run can tell
    /// that somebody has asked them. Run on both clocks such code gives itself away: it
    /// does on the wall what it does not in virtual time.
    ///
    /// It returns the run in virtual time.
    ///
    /// # Units
    ///
    /// It takes real time, as much as the code waits: best ask it with short ones. A time
    /// may differ by the tolerance of [`Runner::wall`]; a step too many or too few is seen
    /// whatever the tolerance.
    ///
    /// # Errors
    ///
    /// If the runs differ, with the first step name of which they do; if one of them does
    /// not end, with what is known of the other; if it is called inside a runtime.
    ///
    /// # Panics
    ///
    /// If the runner is not on the wall clock, at the line of the caller.
    ///
    /// # Examples
    ///
    /// ```
    /// use makespan::{Runner, Timed};
    /// use std::time::Duration;
    /// use tokio::time::sleep;
    ///
    /// /// Loads again what is older than 50 ms, by a clock of its own.
    /// async fn cached() {
    ///     let loaded = std::time::Instant::now();
    ///     async {}.timed("load").await;
    ///     sleep(Duration::from_millis(80)).await;
    ///     if loaded.elapsed() > Duration::from_millis(50) {
    ///         async {}.timed("load").await;
    ///     }
    /// }
    ///
    /// let runner = Runner::wall(Duration::from_secs(1));
    /// let failure = runner.verify_clocks(cached).unwrap_err();
    /// assert!(failure.to_string().starts_with("clocks disagree on load"));
    /// ```
    #[track_caller]
    pub fn verify_clocks<F: AsyncFn() -> T, T>(&self, code: F) -> Result<Run<T>, Failure> {
        let tolerance = self.tolerance();
        let tolerance = tolerance.expect("both clocks need a tolerance: `Runner::wall(..)`");
        let (virtual_run, wall_run) =
            (self.clone().in_virtual_time().run(code()), self.run(code()));
        match (virtual_run, wall_run) {
            (Ok(one), Ok(other)) => match disagreement(one.trace(), other.trace(), tolerance) {
                None => Ok(one),
                Some(report) => Err(report.into()),
            },
            (Err(error), Ok(other)) => {
                // Where the runner or the code is wrong, another clock explains nothing.
                if error.is_misplaced() || error.is_latency() {
                    return Err(error.into());
                }
                let wall = format!("is done after {}", Millis(other.makespan()));
                let rows = [("wall", wall), ("note", BECAUSE.to_owned())];
                Err(Report::of_error("clocks disagree: only the wall comes to an end", error)
                    .with_rows(2, rows)
                    .into())
            }
            (_, Err(error)) => Err(error.into()),
        }
    }
}

/// What a step is known by on either clock.
fn by_name(trace: &Trace) -> BTreeMap<Name, Vec<Step>> {
    let mut steps = BTreeMap::<Name, Vec<Step>>::new();
    for step in trace.steps() {
        steps.entry(step.name.name().clone()).or_default().push(step);
    }
    steps
}

fn disagreement(one: &Trace, other: &Trace, tolerance: Duration) -> Option<Report> {
    let is_near = |one: Duration, other: Duration| one.abs_diff(other) <= tolerance;
    let (steps, others) = (by_name(one), by_name(other));
    let ends_alike = |one: End, other: End| match (one, other) {
        (End::Finished(one), End::Finished(other))
        | (End::Cancelled(one), End::Cancelled(other)) => {
            is_near(one.since_start(), other.since_start())
        }
        (End::Open, End::Open) => true,
        _ => false,
    };
    let is_alike = |one: &Step, other: &Step| {
        is_near(one.start.since_start(), other.start.since_start())
            && ends_alike(one.end, other.end)
    };
    let mut names = steps.keys().chain(others.keys());
    let differs = |name: &&Name| {
        let of = |steps: &BTreeMap<Name, Vec<Step>>| steps.get(*name).cloned().unwrap_or_default();
        let (one, other) = (of(&steps), of(&others));
        one.len() != other.len() || !one.iter().zip(&other).all(|(one, other)| is_alike(one, other))
    };
    let (on, rows) = match names.find(differs) {
        Some(name) => {
            let told = |steps: &BTreeMap<Name, Vec<Step>>| match steps.get(name) {
                None => "it does not run".to_owned(),
                Some(steps) => shorten(steps.iter().map(told).collect::<Vec<_>>().join(", ")),
            };
            (shorten(name), [("virtual", told(&steps)), ("wall", told(&others))])
        }
        None if !is_near(one.makespan(), other.makespan()) => {
            let told = |trace: &Trace| format!("+{}", Millis(trace.makespan()));
            ("the makespan".to_owned(), [("virtual", told(one)), ("wall", told(other))])
        }
        None => return None,
    };
    let rows = rows.into_iter().chain([("note", BECAUSE.to_owned())]);
    Some(Report::new(format!("clocks disagree on {on}"), one).with_rows(2, rows))
}

fn told(step: &Step) -> String {
    let start = step.start;
    match step.end {
        End::Finished(end) => format!("{start} to {end}"),
        End::Cancelled(end) => format!("{start} to {end} (cut)"),
        End::Open => format!("since {start}"),
    }
}
