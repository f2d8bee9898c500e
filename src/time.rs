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

/// A duration in milliseconds, whatever its size: `3000ms`, `0.5ms`. This is how logs and
/// traces write time, so that columns of it compare at a glance.
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

/// A duration as a failure shows it to its reader, exactly: `350ms`, `9999ms`, `10s`,
/// `1h 38m 51.543s`.
///
/// From ten seconds on, milliseconds have five digits and more, and have to be counted to
/// be read: `14400000ms`. Up to four digits are read at a glance, and the units would only
/// hide by how much two of them differ.
#[derive(Clone, Copy)]
pub(crate) struct Readable(pub(crate) Duration);

impl Readable {
    /// From here on units are easier to read.
    pub(crate) const FROM: Duration = Duration::from_secs(10);
}

impl fmt::Display for Readable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 < Self::FROM { Millis(self.0).fmt(f) } else { Spelled(self.0).fmt(f) }
    }
}

/// A duration in all the units that it takes, exactly: `350ms`, `1.5s`, `2m 30s`, `4h`.
/// This is how axes, pictures and limits write it.
#[derive(Clone, Copy)]
pub(crate) struct Spelled(pub(crate) Duration);

impl fmt::Display for Spelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SECOND: Duration = Duration::from_secs(1);
        if self.0 < SECOND {
            return Millis(self.0).fmt(f);
        }
        let seconds = self.0.as_secs();
        let mut space = "";
        for (count, unit) in
            [(seconds / 86_400, "d"), (seconds / 3_600 % 24, "h"), (seconds / 60 % 60, "m")]
        {
            if count > 0 {
                write!(f, "{space}{count}{unit}")?;
                space = " ";
            }
        }
        let (whole, nanos) = (seconds % 60, self.0.subsec_nanos());
        match (whole, nanos) {
            // Whole minutes: it is a second at least.
            (0, 0) => Ok(()),
            (0, _) => write!(f, "{space}{}", Millis(Duration::from_nanos(nanos.into()))),
            (_, 0) => write!(f, "{space}{whole}s"),
            _ => {
                let fraction = format!("{nanos:09}");
                write!(f, "{space}{whole}.{}s", fraction.trim_end_matches('0'))
            }
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Readable, Spelled};

    #[test]
    fn spelled_durations_are_exact() {
        let spelled = |nanos: u64| Spelled(Duration::from_nanos(nanos)).to_string();
        let cases = [
            (0, "0ms"),
            (500_000, "0.5ms"),
            (999_000_000, "999ms"),
            (1_000_000_000, "1s"),
            (1_500_000_000, "1.5s"),
            (61_000_000_000, "1m 1s"),
            (60_000_000_000, "1m"),
            (60_001_000_000, "1m 1ms"),
            (3_600_000_000_000, "1h"),
            (14_400_001_000_000, "4h 1ms"),
            (90_061_250_000_000, "1d 1h 1m 1.25s"),
            (1_000_000_001, "1.000000001s"),
            (86_405_000_000_000, "1d 5s"),
        ];
        for (nanos, expected) in cases {
            assert_eq!(spelled(nanos), expected);
        }
    }

    #[test]
    fn milliseconds_of_five_digits_and_more_are_spelled_for_readers() {
        let readable = |millis| Readable(Duration::from_millis(millis)).to_string();
        for (millis, expected) in [
            (0, "0ms"),
            (350, "350ms"),
            (9_999, "9999ms"),
            (10_000, "10s"),
            (10_001, "10.001s"),
            (5_931_543, "1h 38m 51.543s"),
            (14_400_000, "4h"),
        ] {
            assert_eq!(readable(millis), expected);
        }
        assert_eq!(Readable(Duration::from_micros(1_500)).to_string(), "1.5ms");
        assert_eq!(Readable(Duration::from_nanos(10_000_000_001)).to_string(), "10.000000001s");
    }
}
