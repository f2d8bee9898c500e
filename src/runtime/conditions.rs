//! What a run is given beside its code.

use crate::runtime::probe::Latency;

/// What a run is given beside its code. A [`Runner`](crate::Runner) has the settings that
/// all its runs share; these may differ from run to run.
pub(crate) struct Conditions {
    pub(crate) latency: Latency,
    /// How often the clock may jump. Unlike real time, this is the same on every machine.
    pub(crate) jumps: u64,
    /// Panics are kept for a report, and not printed when they happen.
    pub(crate) is_quiet: bool,
    /// Whether a run in which nothing can go on is looked at for a while, in case another thread
    /// is about to answer. Where many runs of the same code stall, the first one tells.
    pub(crate) is_patient: bool,
    /// Whose methods an error advises to call.
    pub(crate) face: &'static str,
}

impl Conditions {
    /// As somebody's own run has them: nothing is limited by a count of jumps, and a
    /// panic is printed when it happens.
    pub(crate) fn of(latency: Latency) -> Self {
        Self { latency, jumps: u64::MAX, is_quiet: false, is_patient: true, face: "Runner" }
    }
}
