//! A pace as a value.

use std::time::Duration;

use crate::name::Name;

/// What is asserted of all steps of a name, one after another: `attempt.start: 0ms,
/// 100ms, 300ms`.
///
/// A law says what a run takes in all, and an order compares two moments. A pace
/// says when every step of a name starts or finishes, how long the pauses between
/// them are, or how many may come in a while. Those are the laws of a retry, a
/// throttle and a rate limit.
///
/// # Shape
///
/// ```text
/// pace   := name '.' ('start' | 'finish') ':' (times | rate)
///         | name '.' 'pause' ':' times
/// times  := time (',' time)* [',']        time := [count '*'] duration
/// rate   := count 'per' duration
/// ```
///
/// - `start` and `finish` with times: when each of them starts, or finishes, in order
///   of time. All of them are listed. A step that was cut has no finish.
/// - `pause` with times: how long it is from the end of each step to the start of
///   the next. There is one less than there are steps.
/// - A rate: so many and no more start, or finish, within any span of that length. The
///   span is open at its end: of two starts that are 100 ms apart, `1 per 100ms` has one.
///
/// `5 * 0ms` is `0ms` five times: a burst. A name that is no ASCII identifier is
/// written in quotes. A pace displays as it is written and reads back equal.
///
/// # Units
///
/// In virtual time `start` and `finish` are exact to the nanosecond. A pause is what a
/// timer makes, so it is rounded up to the [`TICK`](crate::TICK) as the constants of a
/// law are. On a wall clock each time and each pause may be longer by the run's
/// tolerance, and the span of a rate is shorter by it.
///
/// # Examples
///
/// ```
/// use makespan::{Pace, scenario};
///
/// let trace = scenario!(seq(job: 20ms, nap: 100ms, job: 30ms)).run()?;
/// "job.start: 0ms, 120ms".parse::<Pace>()?.verify(&trace)?; // 20 + 100 = 120
/// "job.finish: 20ms, 150ms".parse::<Pace>()?.verify(&trace)?;
/// "job.pause: 100ms".parse::<Pace>()?.verify(&trace)?;
/// "job.start: 1 per 120ms".parse::<Pace>()?.verify(&trace)?;
/// assert!("job.start: 1 per 121ms".parse::<Pace>()?.verify(&trace).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Pace {
    pub(crate) name: Name,
    pub(crate) series: Series,
    pub(crate) claim: Claim,
}

/// What of the steps is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Series {
    Start,
    Finish,
    /// From the end of one to the start of the next.
    Pause,
}

impl Series {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Finish => "finish",
            Self::Pause => "pause",
        }
    }
}

/// What is said of a series.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) enum Claim {
    /// Each of them, with how many there are in a row that are alike.
    Each(Vec<(usize, Duration)>),
    /// So many at most, within any span so long.
    Rate { most: usize, per: Duration },
}
