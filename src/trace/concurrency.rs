//! How many steps go on at once.

use std::collections::BTreeMap;

use crate::time::VirtualTime;
use crate::trace::log::Trace;

impl Trace {
    /// Returns how many steps were going on at once, at most.
    ///
    /// A step goes on from its start up to its end, and no longer *at* its end: one
    /// that starts at the instant at which another ends does not overlap it. A
    /// step that took no time was going on at no time, and counts for nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use makespan::scenario;
    ///
    /// assert_eq!(scenario!(seq(a: 2s, b: 1s)).run()?.max_concurrency(), 1);
    /// assert_eq!(scenario!(spawn(a: 2s, b: 1s)).run()?.max_concurrency(), 2);
    /// assert_eq!(scenario!(limit(2, a: 2s, b: 1s, c: 1s)).run()?.max_concurrency(), 2);
    /// # Ok::<(), makespan::Error>(())
    /// ```
    #[must_use]
    pub fn max_concurrency(&self) -> usize {
        self.concurrency().into_iter().map(|(_, count)| count).max().unwrap_or(0)
    }

    /// Returns how many steps were going on, from each instant at which that
    /// changed.
    ///
    /// # Shape
    ///
    /// Pairs of an instant and the number of steps from then on, up to the next
    /// pair; in order of time, each instant once, and no number twice in a row.
    /// Before the first pair nothing was going on. The last pair has 0, unless
    /// steps were still going on when the recording closed: those have no end. What
    /// counts as going on is told at [`max_concurrency`](Self::max_concurrency).
    ///
    /// # Units
    ///
    /// Virtual time since the beginning of the run.
    ///
    /// # Examples
    ///
    /// ```
    /// use makespan::{VirtualTime, scenario};
    /// use std::time::Duration;
    ///
    /// let trace = scenario!(seq(auth: 20ms, spawn(profile: 5ms, orders: 9ms))).run()?;
    /// let at = |ms| VirtualTime::after(Duration::from_millis(ms));
    /// assert_eq!(trace.concurrency(), [(at(0), 1), (at(20), 2), (at(25), 1), (at(29), 0)]);
    /// # Ok::<(), makespan::Error>(())
    /// ```
    #[must_use]
    pub fn concurrency(&self) -> Vec<(VirtualTime, usize)> {
        // How many start and how many end, by instant.
        let mut changes = BTreeMap::<VirtualTime, (usize, usize)>::new();
        for span in self.spans() {
            let end = span.end.time();
            // A log put together by hand may end a step before it starts.
            if end.is_some_and(|end| end <= span.start) {
                continue;
            }
            changes.entry(span.start).or_default().0 += 1;
            if let Some(end) = end {
                changes.entry(end).or_default().1 += 1;
            }
        }
        let mut going_on = 0;
        let mut counts = Vec::with_capacity(changes.len());
        for (time, (starts, ends)) in changes {
            going_on = going_on + starts - ends;
            if starts != ends {
                counts.push((time, going_on));
            }
        }
        counts
    }
}
