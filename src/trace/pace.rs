//! When the steps of a name come, one after another.

use std::time::Duration;

use crate::time::VirtualTime;
use crate::trace::log::Trace;
use crate::trace::step::{End, Step};

impl Trace {
    /// Returns when the steps of a name started.
    ///
    /// # Shape
    ///
    /// In order of time, each of them; empty if no step was called so.
    ///
    /// # Examples
    ///
    /// ```
    /// use makespan::{VirtualTime, scenario};
    /// use std::time::Duration;
    ///
    /// let trace = scenario!(seq(attempt: 20ms, nap: 100ms, attempt: 30ms)).run()?;
    /// let at = |ms| VirtualTime::after(Duration::from_millis(ms));
    /// assert_eq!(trace.starts("attempt"), [at(0), at(120)]); // 20 + 100 = 120
    /// assert_eq!(trace.finishes("attempt"), [at(20), at(150)]);
    /// assert_eq!(trace.pauses("attempt"), [Duration::from_millis(100)]);
    /// # Ok::<(), makespan::Error>(())
    /// ```
    #[must_use]
    pub fn starts(&self, name: &str) -> Vec<VirtualTime> {
        let mut starts: Vec<_> = self.called(name).map(|step| step.start).collect();
        // A log put together by hand may be in any order.
        starts.sort();
        starts
    }

    /// Returns when the steps of a name finished. Those that were cut did not.
    ///
    /// # Shape
    ///
    /// In order of time, whatever the order of their starts; empty if none did.
    #[must_use]
    pub fn finishes(&self, name: &str) -> Vec<VirtualTime> {
        let finish = |step: Step| match step.end {
            End::Finished(time) => Some(time),
            End::Cancelled(_) | End::Open => None,
        };
        let mut finishes: Vec<_> = self.called(name).filter_map(finish).collect();
        finishes.sort();
        finishes
    }

    /// Returns how long it was from the end of each step of a name, finished or cut, to
    /// the start of the next.
    ///
    /// # Shape
    ///
    /// In the order of their starts: one less than there are steps. Where the next
    /// started while the one before it was going on there was no pause, and it is zero.
    #[must_use]
    pub fn pauses(&self, name: &str) -> Vec<Duration> {
        let steps: Vec<_> = self.called(name).collect();
        let pause = |pair: &[Step]| match pair[0].end.time() {
            Some(end) => pair[1].start.since_start().saturating_sub(end.since_start()),
            None => Duration::ZERO,
        };
        steps.windows(2).map(pause).collect()
    }

    /// Returns how many steps of a name started within a span so long, at most: the
    /// rate at which they came.
    ///
    /// # Shape
    ///
    /// The span begins anywhere and is open at its end: of two starts that are 100 ms
    /// apart, a span of 100 ms has one. Within a span of no length there is nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let trace = makespan::scenario!(limit(2, job: 10ms, job: 10ms, job: 10ms)).run()?;
    /// assert_eq!(trace.most_within("job", Duration::from_millis(10)), 2); // +0ms, +0ms
    /// assert_eq!(trace.most_within("job", Duration::from_millis(11)), 3); // and +10ms
    /// # Ok::<(), makespan::Error>(())
    /// ```
    #[must_use]
    pub fn most_within(&self, name: &str, per: Duration) -> usize {
        densest(&self.starts(name), per).1
    }

    /// The steps of a name, in the order of their starts.
    fn called(&self, name: &str) -> impl Iterator<Item = Step> {
        self.steps().into_iter().filter(move |step| step.name.name().as_str() == name)
    }
}

/// Where the densest span of a length begins among times in order, and how many of
/// them are in it: of several the first.
pub(crate) fn densest(times: &[VirtualTime], per: Duration) -> (usize, usize) {
    let (mut from, mut best) = (0, (0, 0));
    if per.is_zero() {
        return best;
    }
    for (index, time) in times.iter().enumerate() {
        while time.since_start() - times[from].since_start() >= per {
            from += 1;
        }
        if index + 1 - from > best.1 {
            best = (from, index + 1 - from);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::densest;
    use crate::time::VirtualTime;

    #[test]
    fn of_several_spans_that_are_as_dense_the_first_is_told() {
        let times = [0, 1, 10, 11, 20].map(|ms| VirtualTime::after(Duration::from_millis(ms)));
        let within = |ms| densest(&times, Duration::from_millis(ms));
        assert_eq!(within(5), (0, 2));
        // The end is open: `+0ms` and `+10ms` are not within 10 ms.
        assert_eq!((within(10), within(11)), ((0, 2), (0, 3)));
        assert_eq!(within(0), (0, 0));
    }
}
