//! What a law that holds was held against.

use std::fmt;
use std::process::{ExitCode, Termination};

/// How much of what it claims a check has covered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Grade {
    /// Every order of events was found, and the law holds at all latencies of each. That is
    /// complete for timers of the code, and for single thresholds; windows of time and
    /// combined thresholds were searched.
    Exhausted,
    /// The runs ended before the orders did.
    Budget,
    /// Something in the code cannot be enumerated, so that it was tried at many latencies.
    Sampled,
}

impl Grade {
    /// What is before the reason.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Exhausted => "exhausted",
            Self::Budget => "budget",
            Self::Sampled => "sampled",
        }
    }
}

/// What a check that passed rests on: in how many orders of events the law holds, how many
/// runs that took, and what limits it.
///
/// It displays as one line.
///
/// # Shape
///
/// ```text
/// holds in all 26 orders, 152 runs
/// holds in 1204 orders of more, 2304 runs; budget: more orders are left; ..
/// holds in 3 orders, 310 runs; sampled: the code ticks every 10ms
/// ```
///
/// A test may return it: `fn test() -> Result<makespan::Coverage, makespan::Failure>`.
///
/// # Examples
///
/// ```
/// use makespan::{Checker, Grade, delay, law};
///
/// let dashboard = async || {
///     delay("auth").await;
///     tokio::join!(delay("profile"), delay("orders"));
/// };
/// let coverage = Checker::new().verify(dashboard, &law!(auth + max(profile, orders)))?;
/// assert_eq!(coverage.grade(), Grade::Exhausted);
/// // `auth` takes no time or some. Of the other two either is first, or they tie; or one takes
/// // no time, or both do.
/// assert_eq!(coverage.orders(), 2 * (3 + 3));
/// assert_eq!(coverage.not_judged(), 0);
/// # Ok::<(), makespan::Failure>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Coverage {
    held: usize,
    not_judged: usize,
    notes: Vec<String>,
    orders: usize,
    grade: Grade,
    reason: Option<String>,
}

impl Coverage {
    pub(crate) fn new(held: usize, not_judged: usize, notes: Vec<String>) -> Self {
        let (orders, grade, reason) = (0, Grade::Sampled, None);
        Self { held, not_judged, notes, orders, grade, reason }
    }

    /// The same of an exploration that found so many orders.
    #[must_use]
    pub(crate) fn of_orders(self, orders: usize, grade: Grade, reason: Option<String>) -> Self {
        Self { orders, grade, reason, ..self }
    }

    /// Returns how many orders of events were found; the law holds in each of them.
    #[must_use]
    pub fn orders(&self) -> usize {
        self.orders
    }

    /// Returns whether these are all.
    #[must_use]
    pub fn grade(&self) -> Grade {
        self.grade
    }

    /// Returns why they are not all, and what to do about it; nothing if they are.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// Returns how many runs were held to the law; it held in all of them.
    #[must_use]
    pub fn runs(&self) -> usize {
        self.held
    }

    /// Returns how many runs were not judged, because a limit ended them.
    #[must_use]
    pub fn not_judged(&self) -> usize {
        self.not_judged
    }

    /// Returns what limits the verdict or would surprise: cases that were not judged and
    /// latencies that were not tried, each with the reason and what to do; panics of
    /// spawned tasks; answers from outside the runtime.
    pub fn notes(&self) -> impl Iterator<Item = &str> {
        self.notes.iter().map(String::as_str)
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.grade {
            Grade::Exhausted if self.orders == 1 => f.write_str("holds in the only order")?,
            Grade::Exhausted => write!(f, "holds in all {} orders", self.orders)?,
            _ if self.orders == 0 => f.write_str("holds")?,
            Grade::Budget => write!(f, "holds in {} orders of more", self.orders)?,
            Grade::Sampled if self.orders == 1 => f.write_str("holds in 1 order")?,
            Grade::Sampled => write!(f, "holds in {} orders", self.orders)?,
        }
        write!(f, ", {} run{}", self.held, if self.held == 1 { "" } else { "s" })?;
        if let Some(reason) = &self.reason {
            write!(f, "; {}: {reason}", self.grade.label())?;
        }
        self.notes.iter().try_for_each(|note| write!(f, "; {note}"))
    }
}

impl fmt::Debug for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Termination for Coverage {
    fn report(self) -> ExitCode {
        ExitCode::SUCCESS
    }
}

#[cfg(test)]
mod tests {
    use super::{Coverage, Grade};

    #[test]
    fn a_coverage_displays_as_one_line() {
        let of = |orders, grade, reason: Option<&str>, notes: &[&str]| {
            let notes = notes.iter().map(|note| (*note).to_owned()).collect();
            let coverage = Coverage::new(152, 0, notes);
            coverage.of_orders(orders, grade, reason.map(str::to_owned)).to_string()
        };
        assert_eq!(of(1, Grade::Exhausted, None, &[]), "holds in the only order, 152 runs");
        let all = of(26, Grade::Exhausted, None, &["a task panicked"]);
        assert_eq!(all, "holds in all 26 orders, 152 runs; a task panicked");
        let more = of(26, Grade::Budget, Some("more orders are left"), &[]);
        assert_eq!(more, "holds in 26 orders of more, 152 runs; budget: more orders are left");
        let sampled = of(1, Grade::Sampled, Some("it ticks"), &["a", "b"]);
        assert_eq!(sampled, "holds in 1 order, 152 runs; sampled: it ticks; a; b");
    }
}
