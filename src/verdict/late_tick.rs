//! Whether an interval may be what makes a run shorter.
//!
//! tokio's `Interval` counts a tick that is up to 5 ms late as on time: the next one is due
//! when it would have been, whatever the `MissedTickBehavior`. So where work takes a little
//! longer than the period, the delay is made good while the next tick is waited for, and a
//! law that has `max(100ms, work)` for every tick is too long by that delay.
//!
//! That can be what happened only if all of this is seen: a constant of the law loses a `max`
//! by no more than what the run is shorter by, that is 5 ms at most, and the run waited while
//! no step was going on.

use std::time::Duration;

use crate::law::Law;
use crate::time::Readable;
use crate::trace::Trace;
use crate::verdict::one_run::Observed;
use crate::verdict::rounding::waits;

/// How late a tick may be that counts as on time: `Interval::poll_tick` of tokio has this
/// constant, and `tests/tokio_facts` measures it.
const GRACE: Duration = Duration::from_millis(5);

/// What is said of a run that should take so long and is shorter.
pub(crate) fn of_law(
    law: &Law,
    observed: &Observed<'_>,
    expected: Duration,
    trace: &Trace,
) -> Option<String> {
    let shorter = expected.checked_sub(trace.makespan()).filter(|shorter| !shorter.is_zero())?;
    if !trace.tolerance().is_zero() || shorter > GRACE || waits(trace) == 0 {
        return None;
    }
    let lost = observed.lost_by_constants(law);
    lost.iter().any(|lost| *lost <= shorter).then(|| {
        format!(
            "shorter by {}; it may be a late tick: a tick of tokio's `Interval` that is up to {} \
             late counts as on time, and the next one is due as if it had been",
            Readable(shorter),
            Readable(GRACE),
        )
    })
}
