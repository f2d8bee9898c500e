//! Why an exploration is not complete.

use std::time::Duration;

use crate::exploration::tree::RunId;
use crate::name::StepName;

/// Why an exploration is not complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Gap {
    /// Runs are left to be done, since a step may repeat without an end, or for no such reason.
    Budget { repeats: Option<StepName> },
    /// Whoever runs the code ended it.
    Ended,
    /// The code ticks, and its silent ticks were left out.
    Ticks(Duration),
    /// A limit ended a run.
    Limit,
    /// Times are no whole ticks.
    OffTick,
    /// Behaviour changes within an order, and no difference of two times explains it.
    Unexplained,
    /// The same latencies led to different runs.
    Unsteady(RunId, RunId),
    /// Whether the law holds in a zone could not be decided.
    Undecided,
}
