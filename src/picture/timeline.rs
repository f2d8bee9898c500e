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
///     trace.timeline().with_width(21).to_string(),
///     "coro1 ├───────────────────┤\n\
///      coro2 ├─────────┤\n      \
///            0ms            2000ms",
/// );
/// # Ok::<(), makespan::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline {
    lanes: Vec<Lane>,
    /// How many steps are not drawn.
    left_out: usize,
    makespan: Duration,
    width: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Lane {
    label: String,
    step: Step,
}

impl Trace {
    /// Draws the trace as lanes of text.
    #[must_use]
    pub fn timeline(&self) -> Timeline {
        /// More lanes than these nobody reads.
        const DRAWN: usize = 40;
        /// How many columns a name may take.
        const LABEL: usize = 40;
        let mut steps = self.steps();
        let left_out = steps.len().saturating_sub(DRAWN);
        steps.truncate(DRAWN);
        let lane = |step: Step| Lane { label: cut(&step.name.to_string(), LABEL), step };
        let lanes = steps.into_iter().map(lane).collect();
        Timeline { lanes, left_out, makespan: self.makespan(), width: 61 }
    }
}

impl Timeline {
    /// Sets how many columns the lanes take, from 2 to 1,000; labels come on top.
    #[must_use]
    pub fn with_width(mut self, columns: usize) -> Self {
        self.width = columns.clamp(2, 1_000);
        self
    }

    /// The column of a point in time.
    fn column(&self, time: Duration) -> usize {
        let last = self.width - 1;
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
        let margin = self.lanes.iter().map(|lane| width(&lane.label)).max().unwrap_or(0);
        for Lane { label, step } in &self.lanes {
            let end = step.end.time().map_or(self.makespan, |end| end.since_start());
            let (from, to) = (self.column(step.start.since_start()), self.column(end));
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
        if self.left_out > 0 {
            writeln!(f, "and {} more steps", self.left_out)?;
        }
        let end = Millis(self.makespan).to_string();
        let gap = self.width.saturating_sub(end.len() + "0ms".len()).max(1);
        write!(f, "{} 0ms{}{end}", pad("", margin), pad("", gap))
    }
}
