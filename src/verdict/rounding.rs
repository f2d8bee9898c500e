//! Whether the rounding of timers may be what makes a run longer.
//!
//! A clock shows when a timer fired, and not what it was asked for: a wait of 201 ms may
//! have been asked for as 201 ms or as 200.000003 ms. Fractions are seen only in latencies,
//! and in the claim itself. For everything else this is a hint, and it is given only where
//! nothing that was seen explains the difference otherwise:
//!
//! - Waits that are claimed one by one are each longer by nothing or by a tick.
//! - A law over all latencies is that of the code, but for constants that are longer by no
//!   more ticks than a run has waits. In `min(a + b + 200ms, 500ms)` for code without a
//!   limit it is the limit that is wrong, and the code's law is another one.
//! - One run that is held to a law cannot show that. There the law may only add its
//!   constants, so that no branch of it decides.
//! - A claim of a makespan has no branches; it is longer by no more ticks than it has waits.

use std::time::Duration;

use crate::law::Law;
use crate::time::{Readable, TICK, VirtualTime, whole_ticks};
use crate::trace::Trace;

const BECAUSE: &str = "it may be rounding: tokio's timers round up to whole milliseconds";

/// What is said of waits that should take so long and take longer.
pub(super) fn of_waits(expected: &[Duration], actual: &[Duration]) -> Option<String> {
    if expected.len() != actual.len() {
        return None;
    }
    let mut longer = Vec::new();
    for (expected, actual) in expected.iter().zip(actual) {
        if *actual == *expected + TICK {
            longer.push((*expected, *actual));
        } else if actual != expected {
            return None;
        }
    }
    let (wait, rounded) = longer.first()?;
    let fraction = Readable(*wait + Duration::from_nanos(3));
    Some(format!(
        "{} of {} waits {} by 1ms; {BECAUSE}, so {fraction} would take {}",
        longer.len(),
        actual.len(),
        if longer.len() == 1 { "is longer" } else { "are longer" },
        Readable(*rounded),
    ))
}

/// What is said of a run whose makespan is claimed.
pub(super) fn of_makespan(expected: Duration, trace: &Trace) -> Option<String> {
    of_latencies(expected, trace)
        .or_else(|| Longer::within_its_waits(expected, trace).map(|it| it.note()))
}

/// What is said of a run that is held to a law: only if the law has constants, and only adds
/// them. Where they compete with something else, that may be what decided.
pub(super) fn of_law(law: &Law, expected: Duration, trace: &Trace) -> Option<String> {
    let longer = Longer::within_its_waits(expected, trace)?;
    law.only_adds_constants().then(|| longer.note())
}

/// What is said of code whose runs all obey another law than was meant: only if that is the
/// same law with longer constants. Then no branch of the law explains this run.
#[cfg(feature = "proptest")]
pub(crate) fn of_code(
    law: &Law,
    observed: &Law,
    expected: Duration,
    trace: &Trace,
) -> Option<String> {
    let longer = Longer::within_its_waits(expected, trace)?;
    law.is_with_longer_constants(observed, longer.ticks()).then(|| longer.note())
}

/// By how much a run is longer than it should be, and how often it waited.
struct Longer {
    by: Duration,
    waits: usize,
}

impl Longer {
    /// A wait is rounded up by less than a tick, so what has more ticks than waits is not
    /// rounding. On a wall clock nothing is.
    fn within_its_waits(expected: Duration, trace: &Trace) -> Option<Self> {
        let by = longer(expected, trace)?;
        let longer = Self { by, waits: waits(trace) };
        (longer.ticks() <= longer.waits as u64).then_some(longer)
    }

    /// The ticks that it has begun to be longer by.
    fn ticks(&self) -> u64 {
        whole_ticks(self.by)
    }

    fn note(&self) -> String {
        let Self { by, waits } = self;
        let steps = if *waits == 1 { "1 wait that is" } else { &format!("{waits} waits that are") };
        format!("longer by {}, over {steps} no step; {BECAUSE}, each by itself", Readable(*by))
    }
}

/// By how much a run on a virtual clock is longer, if it is.
fn longer(expected: Duration, trace: &Trace) -> Option<Duration> {
    let longer = trace.makespan().checked_sub(expected)?;
    Some(longer).filter(|longer| !longer.is_zero() && trace.tolerance().is_zero())
}

/// What is said where latencies have fractions that are seen, and that are all of it.
fn of_latencies(expected: Duration, trace: &Trace) -> Option<String> {
    let longer = longer(expected, trace)?;
    let path = trace.critical_path();
    let rounded = path.links().filter_map(|link| {
        let latency = link.step.as_ref()?.latency?;
        let by = link.duration().checked_sub(latency).filter(|by| !by.is_zero() && *by < TICK)?;
        Some((latency, link.duration(), by))
    });
    let rounded: Vec<_> = rounded.collect();
    let (latency, took, _) = rounded.first()?;
    let by = rounded.iter().map(|(_, _, by)| *by).sum::<Duration>();
    (by == longer).then(|| {
        format!(
            "longer by {}, which is rounding: tokio's timers round up to whole milliseconds, each \
             by itself, so {} takes {}",
            Readable(longer),
            Readable(*latency),
            Readable(*took),
        )
    })
}

/// How often the run waited while no step was going on.
pub(super) fn waits(trace: &Trace) -> usize {
    let (mut waits, mut reached) = (0, VirtualTime::START);
    let mut steps = trace.steps();
    steps.sort_by_key(|step| step.start);
    let end = VirtualTime::after(trace.makespan());
    for step in steps {
        waits += usize::from(step.start > reached);
        reached = reached.max(step.start).max(step.end.time().unwrap_or(end));
    }
    waits + usize::from(end > reached)
}
