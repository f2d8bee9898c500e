//! Scenarios that mean nothing that could run.

use std::fmt;
use std::time::Duration;

use crate::time::Spelled;

/// What can be wrong with a scenario that was put together from builders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unusable {
    TooDeep { depth: usize, most: usize },
    TooLarge { size: usize, most: usize },
    StepTooLong { name: String, duration: Duration, most: Duration },
    TimeoutTooLong { limit: Duration, most: Duration },
    SumTooLong { most: Duration },
    EmptyRace,
    NoPermits,
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooDeep { depth, most } => {
                write!(f, "nested {depth} deep, and {most} is the most that a run can take")
            }
            Self::TooLarge { size, most } => {
                write!(f, "{size} steps and forms, and {most} are the most that a run can take")
            }
            Self::StepTooLong { name, duration, most } => write!(
                f,
                "step {name} takes {}, and {} is the longest that a step can take",
                Spelled(*duration),
                Spelled(*most)
            ),
            Self::TimeoutTooLong { limit, most } => {
                write!(f, "a timeout of {}, and {} is the longest", Spelled(*limit), Spelled(*most))
            }
            Self::SumTooLong { most } => {
                write!(f, "takes longer than {} in all", Spelled(*most))
            }
            Self::EmptyRace => f.write_str("an empty race, which nobody can win"),
            Self::NoPermits => f.write_str("`limit(0)`, under which nothing can start"),
        }
    }
}
