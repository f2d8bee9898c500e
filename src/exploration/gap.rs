//! Why an exploration is not complete.

use std::fmt;
use std::time::Duration;

use crate::name::StepName;
use crate::time::Compact;

/// Why an exploration is not complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Gap {
    /// Orders are left when all runs are done. This step may repeat without an end.
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
    /// The same latencies led to different runs: which, and how they differ.
    Unsteady(String),
    /// In some order the law compares sums, and it was only tried.
    Undecided,
}

impl Gap {
    /// Whether it is only a matter of more runs.
    pub(crate) const fn is_budget(&self) -> bool {
        matches!(self, Self::Budget { .. })
    }
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Budget { repeats: Some(step) } => write!(
                f,
                "`{step}` repeats without a bound; end it after some attempts, or narrow its \
                 latency with `.latency({:?}, ..)`",
                step.to_string()
            ),
            Self::Budget { repeats: None } => f.write_str(
                "more orders are left; narrow the latencies with `.latency(..)`, from 1ms on if \
                 zero does not matter, or allow more runs with `.budget(..)`",
            ),
            Self::Ended => f.write_str("the exploration was ended"),
            Self::Ticks(gap) => write!(f, "the code ticks every {}", Compact(*gap)),
            Self::Limit => f.write_str(
                "a limit ended a run; narrow the latencies with `.latency(..)`, or allow more \
                 with `.wall_limit(..)`",
            ),
            Self::OffTick => f.write_str("the code has times between two ticks of 1ms"),
            Self::Unexplained => f.write_str(
                "the code changes its way within an order, and no difference of two times \
                 explains it",
            ),
            Self::Unsteady(how) => write!(
                f,
                "the same latencies led to different runs: {how}; the code uses randomness, or \
                 keeps state between runs"
            ),
            Self::Undecided => f.write_str(
                "in some orders the law compares sums that no difference of two times decides",
            ),
        }
    }
}
