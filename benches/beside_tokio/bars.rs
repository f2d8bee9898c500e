//! What is measured often, and what it is held to.

use std::fmt;

/// A median over rounds, what it may be, and whether it is more than that.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measured {
    pub(crate) median: f64,
    /// The lower end of the median's 95 % confidence interval.
    least: f64,
    bar: Option<f64>,
}

impl Measured {
    /// A bar is missed where the interval lies above it as a whole: what noise makes
    /// of a median that is right on it, it makes to either side.
    ///
    /// # Source
    ///
    /// The interval is that of order statistics, which asks nothing of the
    /// distribution: J.-Y. Le Boudec, *Performance Evaluation of Computer and
    /// Communication Systems*, EPFL Press 2010, section 2.2.
    pub(crate) fn new(mut rounds: Vec<f64>, bar: Option<f64>) -> Self {
        rounds.sort_by(f64::total_cmp);
        let count = f64::from(u32::try_from(rounds.len()).expect("a few rounds"));
        let below = (count / 2.0 - 0.98 * count.sqrt()).floor().clamp(0.0, count);
        Self { median: rounds[rounds.len() / 2], least: rounds[whole(below)], bar }
    }

    pub(crate) fn is_missed(&self) -> bool {
        self.bar.is_some_and(|bar| self.least > bar)
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the callers have clamped it"
)]
pub(crate) const fn whole(number: f64) -> usize {
    number as usize
}

/// The median, beside its bar if it has one, with a cross where that is missed.
impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cross = if self.is_missed() { " ✗" } else { "" };
        let text = match self.bar {
            Some(bar) => format!("{:.2} ≤ {bar:.2}{cross}", self.median),
            None => format!("{:.2}", self.median),
        };
        f.pad(&text)
    }
}
