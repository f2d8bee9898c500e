//! How much longer a step could have taken.

use std::time::Duration;

use crate::name::StepName;
use crate::time::VirtualTime;
use crate::trace::event::Kind;
use crate::trace::log::Trace;
use crate::trace::step::Step;

impl Trace {
    /// Returns how much longer a step could have taken without the run taking
    /// longer, as far as the log tells; `None` if no such step started, or if it
    /// had no end.
    ///
    /// A log does not say who waited for whom, so it is read as
    /// [`critical_path`](Self::critical_path) reads it. What starts at the instant
    /// at which a step has just ended is taken to have waited for it; what starts
    /// at no such instant, to have waited since the latest end before. The run
    /// itself is taken to have waited for what ended last. What no step and not the
    /// run has waited for could have gone on up to the end.
    ///
    /// Such a reading errs on both sides. Two chains that meet at an instant by
    /// chance seem to wait for one another, and have too little slack. Of two
    /// steps that were awaited together only the later one seems to have been
    /// waited for, and the earlier one has too much:
    /// in `seq(spawn(a: 1s, b: 2s), c: 3s)` the slack of `a` is told as 4 s, up to the
    /// end, though `c` starts later once `a` takes more than 1 s longer.
    ///
    /// All of them together cost as much as one of them:
    /// [`slacks`](Self::slacks).
    ///
    /// # Shape
    ///
    /// `attempt[1]` is the second step of that name; a name alone is the only step
    /// so called, and none where there are several. On the critical path it is zero.
    ///
    /// # Examples
    ///
    /// ```
    /// use makespan::scenario;
    /// use std::time::Duration;
    ///
    /// let trace = scenario!(spawn(seq(a: 1s, b: 2s), c: 5s)).run()?;
    /// assert_eq!(trace.slack("b"), Some(Duration::from_secs(2))); // 5 - (1 + 2)
    /// assert_eq!(trace.slack("a"), Some(Duration::from_secs(2))); // `b` waited for it
    /// assert_eq!(trace.slack("c"), Some(Duration::ZERO));
    /// assert_eq!(trace.slack("d"), None);
    /// # Ok::<(), makespan::Error>(())
    /// ```
    #[must_use]
    pub fn slack(&self, step: impl Into<StepName>) -> Option<Duration> {
        let step = step.into();
        let is_meant = |called: &StepName| {
            called.name() == step.name()
                && (called.index() == step.index()
                    || (called.index(), step.index()) == (None, Some(0)))
        };
        let mut slacks = self.slacks().into_iter();
        slacks.find(|(it, _)| is_meant(&it.name)).and_then(|(_, slack)| slack)
    }

    /// Returns the [`slack`](Self::slack) of every step that started, `None` where
    /// it had no end.
    ///
    /// # Shape
    ///
    /// In the order of first polls, as [`steps`](Self::steps) has them.
    #[must_use]
    pub fn slacks(&self) -> Vec<(Step, Option<Duration>)> {
        let by_number = self.slack_by_number();
        let step_names = self.step_names();
        let spans = self.spans();
        let steps = spans.iter().map(|span| {
            let ended = span.end.time().and_then(|_| by_number[span.number as usize]);
            (self.step_of(span, &step_names), ended)
        });
        steps.collect()
    }

    /// Goes through the log once, from its end, instant by instant. Whoever waits
    /// hands on its slack to those that it is taken to have waited for.
    fn slack_by_number(&self) -> Vec<Option<Duration>> {
        let mut slacks: Vec<Option<Duration>> = vec![None; self.names.len()];
        // Only a log put together by hand is not in order already, or goes on
        // behind the end.
        let mut order: Vec<_> = (0..self.entries.len()).collect();
        order.retain(|at| self.entries[*at].time <= self.makespan);
        order.sort_by_key(|at| self.entries[*at].time);
        // What waits for the latest end before what has been gone through: at first
        // the run itself, which ends no later than it did.
        let mut waiting = Some(Duration::ZERO);
        let mut rest = order.as_slice();
        while let Some(last) = rest.last() {
            let time = self.entries[*last].time;
            let front = rest.partition_point(|at| self.entries[*at].time < time);
            let (before, at_once) = rest.split_at(front);
            rest = before;
            waiting = self.at_instant(time, at_once, waiting, &mut slacks);
        }
        slacks
    }

    /// The slack of what ends at one instant, and what is waiting before it.
    fn at_instant(
        &self,
        time: VirtualTime,
        at_once: &[usize],
        waiting: Option<Duration>,
        slacks: &mut [Option<Duration>],
    ) -> Option<Duration> {
        let entries = || at_once.iter().map(|at| &self.entries[*at]);
        let is_end = |kind| matches!(kind, Kind::Finish | Kind::Cancel);
        let first_end = entries().position(|entry| is_end(entry.kind));
        let to_the_end = self.makespan().saturating_sub(time.since_start());
        // The least slack of what starts at this instant behind what is looked at.
        let mut behind: Option<Duration> = None;
        let mut unexplained: Option<Duration> = None;
        for (place, entry) in entries().enumerate().rev() {
            let number = entry.subject as usize;
            if is_end(entry.kind) {
                slacks[number] = least(behind, waiting).or(Some(to_the_end));
            } else if entry.kind == Kind::Start {
                behind = least(behind, slacks[number]);
                if first_end.is_none_or(|end| place < end) {
                    unexplained = least(unexplained, slacks[number]);
                }
            }
        }
        if first_end.is_some() { unexplained } else { least(waiting, unexplained) }
    }
}

/// The lesser of what there is.
fn least(one: Option<Duration>, two: Option<Duration>) -> Option<Duration> {
    match (one, two) {
        (Some(one), Some(two)) => Some(one.min(two)),
        (one, two) => one.or(two),
    }
}
