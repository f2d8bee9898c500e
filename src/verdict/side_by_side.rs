//! Two logs in two columns.

use std::fmt;
use std::ops::Range;

use crate::picture::columns::{cut, pad, width};

/// Two logs in two columns, around the first line that differs.
pub(super) struct SideBySide {
    /// What is shown of the log that is expected; as many lines as of the other.
    pub(super) expected: Vec<String>,
    pub(super) actual: Vec<String>,
    /// The line to be marked, counted from the beginning of the logs.
    pub(super) marked: Option<usize>,
    /// The first line that is shown.
    pub(super) first: usize,
    /// How many lines are not shown behind those that are.
    pub(super) hidden_behind: usize,
}

/// Which lines of so many are shown around one of them.
pub(super) fn window(marked: Option<usize>, length: usize) -> Range<usize> {
    const BEFORE: usize = 8;
    const BEHIND: usize = 12;
    let marked = marked.unwrap_or(0);
    marked.saturating_sub(BEFORE)..(marked + BEHIND).min(length)
}

impl fmt::Display for SideBySide {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// How many columns a line may take; the names in it may be very long.
        const WIDEST: usize = 60;
        let cut_all =
            |lines: &[String]| -> Vec<_> { lines.iter().map(|line| cut(line, WIDEST)).collect() };
        let (expected, actual) = (cut_all(&self.expected), cut_all(&self.actual));
        let heading = "expected".to_owned();
        let widest = expected.iter().chain([&heading]).map(|line| width(line)).max().unwrap_or(0);
        let mut row = |mark: &str, left: &str, right: &str| {
            let line = format!("  {mark} {}  {right}", pad(left, widest));
            writeln!(f, "{}", line.trim_end())
        };
        row(" ", &heading, "actual")?;
        if self.first > 0 {
            row(" ", &format!("({} equal before)", self.first), "")?;
        }
        for (index, (left, right)) in (self.first..).zip(expected.iter().zip(&actual)) {
            row(if self.marked == Some(index) { ">" } else { " " }, left, right)?;
        }
        if self.hidden_behind > 0 {
            row(" ", &format!("({} more behind)", self.hidden_behind), "")?;
        }
        Ok(())
    }
}
