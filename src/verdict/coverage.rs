//! What a law that holds was held against.

use std::fmt;
use std::process::{ExitCode, Termination};

/// What a check that passed rests on: in how many cases the law held, and what limits it.
///
/// It displays as one line.
///
/// # Shape
///
/// ```text
/// holds in 299 cases
/// holds in 240 of 299 cases; 59 cases were not judged, ..
/// ```
///
/// A test may return it: `fn test() -> Result<makespan::Coverage, makespan::Failure>`.
///
/// # Examples
///
/// ```
/// use makespan::{Checker, delay, law};
///
/// let coverage = Checker::new().verify(|| delay("auth"), &law!(auth))?;
/// assert!(coverage.cases() > 256);
/// assert_eq!(coverage.not_judged(), 0);
/// assert_eq!(coverage.notes().count(), 0);
/// # Ok::<(), makespan::Failure>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Coverage {
    held: usize,
    not_judged: usize,
    notes: Vec<String>,
}

impl Coverage {
    pub(crate) fn new(held: usize, not_judged: usize, notes: Vec<String>) -> Self {
        Self { held, not_judged, notes }
    }

    /// Returns in how many cases the law was judged; it held in all of them.
    #[must_use]
    pub fn cases(&self) -> usize {
        self.held
    }

    /// Returns how many cases were not judged, because a limit ended their runs.
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
        let cases = self.held + self.not_judged;
        if self.not_judged > 0 {
            write!(f, "holds in {} of ", self.held)?;
        } else {
            f.write_str("holds in ")?;
        }
        write!(f, "{cases} case{}", if cases == 1 { "" } else { "s" })?;
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
    use super::Coverage;

    #[test]
    fn a_coverage_displays_as_one_line() {
        let line = |held, not_judged, notes: &[&str]| {
            let notes = notes.iter().map(|note| (*note).to_owned()).collect();
            Coverage::new(held, not_judged, notes).to_string()
        };
        assert_eq!(line(1, 0, &[]), "holds in 1 case");
        assert_eq!(line(299, 0, &["a task panicked"]), "holds in 299 cases; a task panicked");
        assert_eq!(line(240, 59, &["59 cases", "b"]), "holds in 240 of 299 cases; 59 cases; b");
    }
}
