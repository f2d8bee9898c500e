//! All orders of events of code, as data.

use std::rc::Rc;

use crate::error::Error;
use crate::exploration::{Ending, Exploration, Question, RangeOf, Unstarted};
use crate::name::StepName;
use crate::run::{Run, Stop, Stopped};
use crate::runtime::{Conditions, Latency, PARKS, Runner};
use crate::trace::Trace;

/// Finds all orders of events of code by running it: which there are, at which latencies each
/// happens, and how long the code takes then.
///
/// The code is a function or closure that returns a future; it is called again, inside a paused
/// runtime, for each run. What is varied are the latencies of its [`delay`](crate::delay)s, from
/// nothing to four hours. [`Checker::explore`](crate::Checker::explore) narrows them.
///
/// # Determinism
///
/// The same code has the same orders in the same sequence. It makes up to 3,072 runs, whatever
/// real time they take, and begins again with shorter latencies where code ticks.
///
/// # What it covers
///
/// If [`Coverage::grade`](crate::Coverage::grade) is `Exhausted`, the orders are all that there
/// are, as far as code decides by timers and by single thresholds. Windows of time, and several
/// thresholds at once, were searched. What is not varied is the order in which one event wakes
/// several tasks: it is tokio's. A small `delay` behind the wake makes it vary.
///
/// # Errors
///
/// If no run can begin, such as inside a runtime.
///
/// # Panics
///
/// A panic in the code is an order of its own, and does not go through.
///
/// # Examples
///
/// ```
/// use makespan::delay;
/// use std::time::Duration;
/// use tokio::time::timeout;
///
/// async fn price() {
///     if timeout(Duration::from_millis(500), delay("quote")).await.is_err() {
///         delay("cache").await;
///     }
/// }
///
/// let orders = makespan::explore(price)?;
/// assert_eq!(
///     orders.to_string(),
///     "\
/// when                                             makespan       for example
/// quote takes no time                              0ms            quote = 0ms
/// quote takes at most 500ms                        quote          quote = 1ms
/// quote takes at least 501ms                       cache + 500ms  quote = 501ms, cache = 1ms
/// quote takes at least 501ms, cache takes no time  500ms          quote = 501ms, cache = 0ms
/// all 4 orders, 54 runs"
/// );
/// let longest = orders.longest().expect("there are four");
/// assert_eq!(longest.makespan().to_string(), "cache + 500ms");
/// # Ok::<(), makespan::Error>(())
/// ```
pub fn explore<F: AsyncFn() -> T, T>(code: F) -> Result<Exploration, Error> {
    let range: RangeOf = Rc::new(|_: &StepName| (0, LONGEST.into()));
    let runner = Runner::new();
    let run = |conditions: Conditions| {
        runner.run_with(conditions, async { code().await }).map(Run::without_output)
    };
    let question = Question {
        range,
        budget: BUDGET,
        constants: Vec::new(),
        literals: Vec::new(),
        wants_orders: true,
        law: None,
    };
    orders_of(&question, &run)
}

/// The longest that a step takes unless it has a range: four hours, in ticks.
pub(crate) const LONGEST: u32 = 4 * 3_600_000;

/// How many runs explore, unless somebody says otherwise. Six answers have 720 orders without
/// ties, each found with one run, and two thirds of these are for orders; in a debug build they
/// take about half a second.
pub(crate) const BUDGET: usize = 3_072;

/// How often the clock may jump in one run. Where code ticks, latencies are halved until that
/// is enough. A jump costs up to 13 us in a debug build.
const JUMPS: u64 = 1_024;

/// How often it may jump in all runs together: for 0.9 s in a debug build.
const ALL_JUMPS: u64 = 65_536;

/// The jumps of the clock that no step asked for.
pub(crate) fn beyond_events(jumps: u64, events: usize) -> u64 {
    let events = u64::try_from(events).unwrap_or(u64::MAX);
    jumps.saturating_sub(events.saturating_add(1).saturating_mul(PARKS))
}

/// All orders of code that is run like this.
pub(crate) fn orders_of(
    question: &Question<'_>,
    run: &dyn Fn(Conditions) -> Result<Run<()>, Box<Stopped>>,
) -> Result<Exploration, Error> {
    let mut has_stalled = false;
    let mut reach = i64::MAX;
    let mut left = ALL_JUMPS;
    loop {
        let (mut refused, mut has_jumped, mut longest) = (None, false, 0);
        let all = Rc::clone(&question.range);
        let range: RangeOf = Rc::new(move |step| {
            let (least, most) = all(step);
            (least, most.min(reach).max(least))
        });
        let within = Question { range, ..question.clone() };
        let exploration = Exploration::of(&within, &mut |latency: Latency, _: &Unstarted| {
            let conditions = Conditions {
                latency,
                jumps: JUMPS.min(left),
                is_quiet: true,
                is_patient: !has_stalled,
                face: "Checker",
            };
            let stopped = match run(conditions) {
                Ok(run) => {
                    left = left.saturating_sub(beyond_events(run.jumps(), run.trace().len()));
                    return Some((run.into_trace(), Ending::Done));
                }
                Err(stopped) => stopped,
            };
            let events = stopped.trace.as_ref().map_or(0, Trace::len);
            left = left.saturating_sub(beyond_events(stopped.jumps, events));
            let ending = match stopped.why {
                Stop::Panic(panicked) => Ending::Panicked(panicked.text.into()),
                Stop::Error(error) if error.is_stalled() => {
                    has_stalled = true;
                    Ending::Stalled
                }
                Stop::Error(error) if error.is_livelock() => Ending::Livelock,
                Stop::Error(error) if error.is_unended() => {
                    has_jumped = error.is_past_jump_limit();
                    let latencies = stopped.trace.iter().flat_map(Trace::latencies);
                    longest = latencies.max().map_or(0, |it| it.as_millis());
                    Ending::Limit
                }
                Stop::Error(error) => {
                    refused = Some(error);
                    return None;
                }
            };
            Some((stopped.trace?, ending))
        });
        if let Some(error) = refused {
            return Err(error);
        }
        let next = i64::try_from(longest / 2).unwrap_or(0);
        if !has_jumped || next == 0 || left < JUMPS {
            return Ok(exploration.within(reach));
        }
        reach = next;
    }
}
