//! What the assertions on one run expand to: a verdict, or a panic at the line
//! of the caller.

use std::time::Duration;

use crate::artifact::fail;
use crate::law::Law;
use crate::order::Order;
use crate::pace::Pace;
use crate::trace::Trace;
use crate::verdict::Failure;

/// The constants of the code in a notation.
pub type Constants = Vec<Duration>;

#[track_caller]
fn hold(verdict: Result<(), Failure>) {
    if let Err(failure) = verdict {
        fail(&failure);
    }
}

/// Panics unless the run took so long.
#[track_caller]
pub fn assert_makespan(trace: &Trace, makespan: Duration) {
    hold(trace.verify_makespan(makespan));
}

/// Panics unless the run took what the law comes to.
#[track_caller]
pub fn assert_law_of(trace: &Trace, law: Law) {
    hold(law.verify(trace));
}

/// Panics unless the orders hold.
#[track_caller]
pub fn assert_orders(trace: &Trace, orders: Vec<Order>) {
    hold(trace.verify_orders(&orders));
}

/// Panics unless the steps come at this pace.
#[track_caller]
pub fn assert_pace(trace: &Trace, pace: Pace) {
    hold(pace.verify(trace));
}

/// Panics unless the run has this log, up to ties.
#[track_caller]
pub fn assert_log(trace: &Trace, lines: &[&dyn AsRef<str>]) {
    hold(trace.verify_log(lines.iter().map(|line| line.as_ref())));
}

/// Panics unless the run has this log in this order.
#[track_caller]
pub fn assert_exact_log(trace: &Trace, lines: &[&dyn AsRef<str>]) {
    hold(trace.verify_exact_log(lines.iter().map(|line| line.as_ref())));
}
