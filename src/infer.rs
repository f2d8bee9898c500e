//! The law of code that nobody has written a law for.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Deref;
use std::rc::Rc;
use std::time::Duration;

use crate::error::Error;
use crate::inference::Finding;
use crate::inference::Sample;
use crate::inference::Sampled;
use crate::inference::Subject;
use crate::law::Law;
use crate::name::{Name, StepName};
use crate::run::Run;
use crate::runtime::Conditions;
use crate::runtime::Latency;
use crate::runtime::Runner;
use crate::time::Compact;
use crate::time::whole_ticks;
use crate::trace::Step;

/// Finds the law of code by running it: what its makespan is made of, whatever
/// the latencies of its [`delay`](crate::delay)s are.
///
/// The code is a function or closure that returns a future; it is called anew,
/// inside a paused runtime, for every run. Its steps are the delays. Other
/// futures that [`Timed`](crate::Timed) names are no steps here, since nobody can
/// choose how long they take. Where spans of `tracing` are recorded, a delay that is
/// all there is in the span around it goes by the span's name.
///
/// # Shape
///
/// Terms come in the order of first starts, so that the law's text is the same
/// in every run, fit for a snapshot: `insta::assert_snapshot!(law, @"auth +
/// max(profile, orders)")`. Found are sums, `max`, `min`, `limit(k, ..)`,
/// constants and what is nested of them, graphs in which one step waits for
/// several and several for one; of many steps of one name, `sum(attempt)` and its
/// kin.
///
/// # Determinism
///
/// Latencies are not drawn at random: the same code has the same law. It holds on
/// every run that was tried, among them such as were drawn to break it. That is
/// evidence and no proof. What it cannot see: a branch that latencies of up to
/// some hours never take, waiting in rounds (a poll every 100 ms), locks taken in
/// the order of arrival, and what only a tie decides. The answer is then an
/// error with what was seen, and never a guess.
///
/// # Errors
///
/// If no law was found, with runs that show it; if a run does not end; if it is
/// called inside a runtime.
///
/// # Panics
///
/// A panic in the code goes through unchanged.
///
/// # Examples
///
/// ```
/// use makespan::{Law, delay};
///
/// async fn dashboard() {
///     delay("auth").await;
///     tokio::join!(delay("profile"), delay("orders"));
/// }
///
/// let law = makespan::infer(dashboard)?;
/// assert_eq!(law.to_string(), "auth + max(profile, orders)");
/// assert!(law == "max(auth + orders, auth + profile)".parse()?);
/// # Ok::<(), makespan::Error>(())
/// ```
///
/// Code without a law:
///
/// ```
/// use makespan::delay;
///
/// let error = makespan::infer(async || {
///     let began = tokio::time::Instant::now();
///     delay("fetch").await;
///     if began.elapsed().as_millis() > 700 {
///         delay("report").await; // only what is slow is told
///     }
/// });
/// assert!(error.unwrap_err().is_lawless());
/// ```
pub fn infer<F: AsyncFn() -> T, T>(code: F) -> Result<Inferred, Error> {
    Runner::new().infer(code)
}

impl Runner {
    /// Finds the law of code by running it, as [`infer`](crate::infer()) does,
    /// each run within the limits of this runner. Latencies that were set on it do
    /// not count, and its clock is virtual.
    ///
    /// # Errors
    ///
    /// As [`infer`](crate::infer()).
    pub fn infer<F: AsyncFn() -> T, T>(&self, code: F) -> Result<Inferred, Error> {
        // The rest is compiled once, and not for every call.
        let run = |latency: Latency| {
            let conditions = Conditions { jumps: JUMPS, ..Conditions::of(latency) };
            let run = self.run_with(conditions, async { code().await });
            run.map(Run::without_output).map_err(|stopped| stopped.into_error())
        };
        match find(&run)? {
            Finding::Law(found) => Ok(Inferred {
                law: found.law,
                runs: found.runs,
                longest: Duration::from_millis(found.longest),
            }),
            Finding::NoLaw(none) => Err(Error::lawless(none.to_string())),
        }
    }
}

/// A law that was found by running code.
///
/// It displays as the law does; the alternate form, `{:#}`, adds on how many runs
/// it was confirmed, or that there was no delay whose latency could be varied. Wherever a [`Law`] is asked for, a reference to it will do.
///
/// # Examples
///
/// ```
/// let law = makespan::infer(|| makespan::delay("auth"))?;
/// assert_eq!(law.to_string(), "auth");
/// let told = format!("{law:#}");
/// assert!(told.starts_with("auth (confirmed on "), "{told}");
/// assert!(law.runs() > 10);
/// # Ok::<(), makespan::Error>(())
/// ```
#[derive(Clone)]
pub struct Inferred {
    law: Law,
    runs: usize,
    longest: Duration,
}

impl Inferred {
    /// Returns the law by value.
    #[must_use]
    pub fn into_law(self) -> Law {
        self.law
    }

    /// Returns on how many runs the law was confirmed that it was not made from.
    #[must_use]
    pub fn runs(&self) -> usize {
        self.runs
    }

    /// Returns the longest latency that was tried; the shortest is zero.
    #[must_use]
    pub fn longest(&self) -> Duration {
        self.longest
    }
}

impl Deref for Inferred {
    type Target = Law;

    fn deref(&self) -> &Law {
        &self.law
    }
}

impl PartialEq<Law> for Inferred {
    fn eq(&self, other: &Law) -> bool {
        self.law == *other
    }
}

impl fmt::Display for Inferred {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.law)?;
        if f.alternate() {
            if self.longest.is_zero() {
                return f.write_str(" (nothing was varied: no `delay` ran)");
            }
            let longest = Compact(self.longest);
            write!(f, " (confirmed on {} runs, latencies from 0ms to {longest})", self.runs)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Inferred {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:#}")
    }
}

/// Runs the code under test once, its delays taking as long as this says.
pub(crate) type Code<'a> = &'a dyn Fn(Latency) -> Result<Run<()>, Error>;

/// How often the clock may jump in one run of a search. A jump costs up to 13 us in a debug
/// build, so that a run of code that ticks takes a second at most, and not the minutes that
/// it takes to tick through hours.
const JUMPS: u64 = 65_536;

/// Searches for the law of code.
pub(crate) fn find(code: Code<'_>) -> Result<Finding, Error> {
    let mut runs = Runs { code, apart: Rc::default() };
    loop {
        let known = runs.apart.len();
        let finding = crate::inference::infer(&mut runs);
        // Each time it is one name of a span more, of those that the code has.
        if runs.apart.len() == known {
            return finding;
        }
    }
}

/// The code under test.
///
/// A delay that is all there is in the span around it goes by the name of the span:
/// fakes have few names for what code has many for, and which delay of them comes
/// first hangs on the latencies.
struct Runs<'a> {
    code: Code<'a>,
    /// The spans of these names are more than a delay.
    apart: Rc<BTreeSet<Name>>,
}

/// What the search calls a delay: a step's name and its place among those of the
/// name, as in the trace.
type Called = (Name, usize);

/// The spans in which delays started: each with those delays, in the trace's names.
type Spans = BTreeMap<Called, Vec<Called>>;

impl Subject for Runs<'_> {
    fn sample(&mut self, latency: Rc<dyn Fn(&Name, usize) -> u64>) -> Result<Sample, Error> {
        let spans = Rc::<RefCell<Spans>>::default();
        let (found, apart) = (Rc::clone(&spans), Rc::clone(&self.apart));
        let given: Latency = Rc::new(move |asked| {
            let mut called = (asked.name, asked.place);
            if let Some((span, place)) = asked.span.filter(|(span, _)| !apart.contains(*span)) {
                let delay = (asked.name.clone(), asked.place);
                found.borrow_mut().entry((span.clone(), place)).or_default().push(delay);
                called = (span, place);
            }
            Some(Duration::from_millis(latency(called.0, called.1)))
        });
        let run = (self.code)(given)?;
        let steps = run.trace().steps();
        let spans = spans.take();
        let more = more_than_a_delay(&steps, &spans);
        if !more.is_empty() {
            Rc::make_mut(&mut self.apart).extend(more);
            // The search begins anew, whatever it makes of this.
            return Err(Error::lawless(String::new()));
        }
        let spans: BTreeMap<_, _> = spans
            .into_iter()
            .flat_map(|(span, delays)| delays.into_iter().map(move |delay| (delay, span.clone())))
            .collect();
        let steps = steps.into_iter().filter_map(|step| {
            // What nobody chose is no step here.
            let latency = whole_ticks(step.latency?);
            let start = whole_ticks(step.start.since_start());
            let called = called(&step.name);
            let (name, index) = spans.get(&called).cloned().unwrap_or(called);
            Some(Sampled { name, index, start, latency })
        });
        Ok(Sample { steps: steps.collect(), makespan: whole_ticks(run.makespan()) })
    }
}

fn called(step: &StepName) -> Called {
    (step.name().clone(), step.index().unwrap_or(0))
}

/// The names of those spans that are not one delay from their start to their end.
fn more_than_a_delay(steps: &[Step], spans: &Spans) -> Vec<Name> {
    if spans.is_empty() {
        return Vec::new();
    }
    let steps: BTreeMap<_, _> = steps.iter().map(|step| (called(&step.name), step)).collect();
    let is_one = |span: &Called, delays: &[Called]| {
        let [delay] = delays else { return false };
        let (Some(span), Some(delay)) = (steps.get(span), steps.get(delay)) else { return false };
        span.start == delay.start && span.end.time() == delay.end.time()
    };
    let more = spans.iter().filter(|(span, delays)| !is_one(span, delays));
    more.map(|((name, _), _)| name.clone()).collect()
}
