//! A trace as lanes of text.

use std::fmt;
use std::time::Duration;

use crate::picture::columns::{cut, pad, width};
use crate::time::Millis;
use crate::trace::{End, Step, Trace};

/// A trace drawn as lanes of text: a lane for each step, in the order of their
/// starts, to scale.
///
/// # Shape
///
/// `├──┤` is a step that finished, `├──×` one that was cancelled, `├──▸` one that
/// was still going on at the end, `│` one that took no time on this scale.
///
/// # Examples
///
/// ```
/// let trace = makespan::scenario!(spawn(coro1: 2s, coro2: 1s)).run()?;
///
/// assert_eq!(
///     trace.timeline().with_width(27).to_string(),
///     "coro1 ├───────────────────┤\n\
///      coro2 ├─────────┤\n      \
///            0ms            2000ms",
/// );
/// # Ok::<(), makespan::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline {
    steps: Vec<Step>,
    makespan: Duration,
    width: usize,
}

/// More lanes than these nobody reads.
const DRAWN: usize = 40;

/// How many columns a name may take.
const LABEL: usize = 40;

impl Trace {
    /// Draws the trace as lanes of text, 80 columns wide. Of many steps the first
    /// 40 are drawn, and the rest is counted.
    #[must_use]
    pub fn timeline(&self) -> Timeline {
        Timeline { steps: self.steps(), makespan: self.makespan(), width: 80 }
    }
}

impl Timeline {
    /// Sets how many columns a line may take, names included: up to 1,000, and as
    /// many as the names and a short lane need.
    #[must_use]
    pub fn with_width(mut self, columns: usize) -> Self {
        self.width = columns.min(1_000);
        self
    }

    /// The column of a point in time, of so many.
    fn column(&self, time: Duration, columns: usize) -> usize {
        let last = columns - 1;
        if self.makespan.is_zero() {
            return 0;
        }
        // Rounded to the nearest column; what lies behind the end is at the end.
        let scaled = time.as_nanos() * 2 * last as u128 + self.makespan.as_nanos();
        let column = scaled / (2 * self.makespan.as_nanos());
        usize::try_from(column).unwrap_or(last).min(last)
    }
}

impl fmt::Display for Timeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// The least that shows a beginning, an end and something between.
        const SHORTEST: usize = 8;
        let drawn = &self.steps[..self.steps.len().min(DRAWN)];
        let labels: Vec<_> = drawn.iter().map(|step| cut(&step.name.to_string(), LABEL)).collect();
        let margin = labels.iter().map(|label| width(label)).max().unwrap_or(0);
        let columns = self.width.saturating_sub(margin + 1).max(SHORTEST);
        for (label, step) in labels.iter().zip(drawn) {
            let end = step.end.time().map_or(self.makespan, |end| end.since_start());
            let from = self.column(step.start.since_start(), columns);
            let to = self.column(end, columns);
            write!(f, "{} {}", pad(label, margin), pad("", from))?;
            let cap = match step.end {
                End::Finished(_) => "┤",
                End::Cancelled(_) => "×",
                End::Open => "▸",
            };
            // A log put together by hand may end a step before it starts.
            match to.saturating_sub(from) {
                0 if cap == "┤" => writeln!(f, "│")?,
                0 => writeln!(f, "{cap}")?,
                length => writeln!(f, "├{}{cap}", "─".repeat(length - 1))?,
            }
        }
        if let Some(more) = self.steps.len().checked_sub(DRAWN).filter(|more| *more > 0) {
            writeln!(f, "and {more} more steps")?;
        }
        let end = Millis(self.makespan).to_string();
        let gap = columns.saturating_sub(end.len() + "0ms".len()).max(1);
        write!(f, "{} 0ms{}{end}", pad("", margin), pad("", gap))
    }
}
