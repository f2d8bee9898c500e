//! Whether the rounding of timers may be what makes a run longer.
//!
//! A clock tells when a timer fired, and not what it was asked for. So this is a hint:
//! it is given where each wait is longer by nothing or by one tick, which is what
//! fractions of a millisecond do and little else does.

use std::time::Duration;

use crate::time::{Readable, TICK, VirtualTime};
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

/// What is said of a run that should take so long in all.
pub(crate) fn of_total(expected: Duration, trace: &Trace) -> Option<String> {
    let longer = trace.makespan().checked_sub(expected).filter(|longer| !longer.is_zero())?;
    let (ticks, waits) = (longer.as_nanos().div_ceil(TICK.as_nanos()), waits(trace));
    if !trace.tolerance().is_zero() || ticks > waits as u128 {
        return None;
    }
    let steps = if waits == 1 { "1 wait that is" } else { &format!("{waits} waits that are") };
    Some(
        format!("longer by {}, over {steps} no step; {BECAUSE}, each by itself", Readable(longer),),
    )
}

/// How often the run waited while no step was going on.
fn waits(trace: &Trace) -> usize {
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
