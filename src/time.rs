//! Points on the virtual line, and durations as makespan writes them.

use std::fmt;
use std::time::Duration;

/// The resolution of tokio's timer, one millisecond.
///
/// Every deadline is rounded **up** to the next tick, each timer by itself:
/// `sleep(1ns)` takes 1 ms and two sleeps of 500 µs take 2 ms
/// ([tokio #6866](https://github.com/tokio-rs/tokio/issues/6866)).
pub const TICK: Duration = Duration::from_millis(1);

/// How many ticks a timer of this duration takes: it is rounded up. The oracle
/// does not use this; it must not be wrong where this is.
pub(crate) fn whole_ticks(duration: Duration) -> u64 {
    let below_a_second = duration.subsec_nanos().div_ceil(TICK.subsec_nanos());
    duration.as_secs().saturating_mul(1_000).saturating_add(u64::from(below_a_second))
}

/// A point on the virtual line: how long after the beginning of the run.
///
/// # Units
///
/// Nanoseconds since the run began, up to 584 years. What tokio's paused clock
/// decides falls on whole [`TICK`]s.
///
/// # Examples
///
/// ```
/// use makespan::VirtualTime;
/// use std::time::Duration;
///
/// let time = VirtualTime::after(Duration::from_millis(300));
/// assert_eq!(time.to_string(), "+300ms");
/// assert_eq!(time.since_start(), Duration::from_millis(300));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct VirtualTime(u64);

impl VirtualTime {
    /// The beginning of a run, `+0ms`.
    pub const START: Self = Self(0);

    /// Creates the point that lies `elapsed` after the beginning; at the end of
    /// the line (584 years) it stays there.
    #[must_use]
    pub fn after(elapsed: Duration) -> Self {
        let seconds = elapsed.as_secs().checked_mul(1_000_000_000);
        let nanos = u64::from(elapsed.subsec_nanos());
        Self(seconds.and_then(|seconds| seconds.checked_add(nanos)).unwrap_or(u64::MAX))
    }

    /// The point that lies so many nanoseconds after the beginning.
    pub(crate) const fn after_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// Returns how long after the beginning this point lies.
    #[must_use]
    pub const fn since_start(self) -> Duration {
        Duration::from_nanos(self.0)
    }

    /// The point that lies so many ticks after the beginning.
    pub(crate) const fn after_ticks(ticks: u64) -> Self {
        Self(ticks.saturating_mul(1_000_000))
    }

    /// The same point as something tells it that began at an earlier one; what is
    /// before its beginning is at it.
    pub(crate) const fn since(self, beginning: Self) -> Self {
        Self(self.0.saturating_sub(beginning.0))
    }
}

impl fmt::Display for VirtualTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "+{}", Millis(self.since_start()))
    }
}

impl fmt::Debug for VirtualTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A duration in milliseconds, whatever its size: `3000ms`, `0.5ms`. This is
/// how logs and verdicts write time, so that columns of it compare at a glance.
#[derive(Clone, Copy)]
pub(crate) struct Millis(pub(crate) Duration);

impl fmt::Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0.as_millis(), self.0.subsec_nanos() % 1_000_000);
        if rest == 0 {
            write!(f, "{whole}ms")
        } else {
            let fraction = format!("{rest:06}");
            write!(f, "{whole}.{}ms", fraction.trim_end_matches('0'))
        }
    }
}

/// A duration in the largest unit that holds it as a whole number: `2s`,
/// `1500ms`, `1d`. This is how the notations write it; they read it back exactly.
#[derive(Clone, Copy)]
pub(crate) struct Compact(pub(crate) Duration);

impl fmt::Display for Compact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [(u128, &str); 7] = [
            (86_400_000_000_000, "d"),
            (3_600_000_000_000, "h"),
            (60_000_000_000, "min"),
            (1_000_000_000, "s"),
            (1_000_000, "ms"),
            (1_000, "us"),
            (1, "ns"),
        ];
        let nanos = self.0.as_nanos();
        if nanos == 0 {
            return f.write_str("0ms");
        }
        for (size, unit) in UNITS {
            if nanos.is_multiple_of(size) {
                return write!(f, "{}{unit}", nanos / size);
            }
        }
        unreachable!("every duration is a whole number of nanoseconds: {nanos}")
    }
}
