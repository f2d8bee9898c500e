//! How long a step may take.

use std::collections::BTreeMap;
use std::ops::{Bound, RangeBounds};
use std::time::Duration;

use crate::explore;
use crate::name::StepName;
use crate::time::whole_ticks;

/// The longest that a step takes unless it has a range, in ticks.
pub(super) const LONGEST: u64 = explore::LONGEST as u64;

/// How long steps may take, by name or by name and place, in ticks.
#[derive(Clone, Debug, Default)]
pub(super) struct Ranges {
    ranges: BTreeMap<StepName, (u64, u64)>,
}

impl Ranges {
    /// Sets the range of a step; of an empty one, its beginning is all there is.
    pub(super) fn set(&mut self, step: StepName, range: &impl RangeBounds<Duration>) {
        let from = match range.start_bound() {
            Bound::Included(from) => whole_ticks(*from),
            Bound::Excluded(from) => whole_ticks(*from) + 1,
            Bound::Unbounded => 0,
        };
        let to = match range.end_bound() {
            Bound::Included(to) => whole_ticks(*to),
            Bound::Excluded(to) => whole_ticks(*to).saturating_sub(1),
            Bound::Unbounded => LONGEST.max(from),
        };
        self.ranges.insert(step, (from, to.max(from)));
    }

    /// The steps that have a range.
    pub(super) fn steps(&self) -> impl Iterator<Item = &StepName> {
        self.ranges.keys()
    }

    fn of(&self, step: &StepName) -> Option<(u64, u64)> {
        let of_all = || self.ranges.get(&StepName::new(step.name().clone(), None));
        self.ranges.get(step).or_else(of_all).copied()
    }

    /// The least and the most that the step may take; without a range of its own at least up to
    /// `longest`.
    pub(super) fn bounds(&self, step: &StepName, longest: u64) -> (u64, u64) {
        self.of(step).unwrap_or((0, LONGEST.max(longest)))
    }

    /// The same, as exploration counts.
    pub(super) fn in_ticks(&self, step: &StepName, longest: u64) -> (i64, i64) {
        let (least, most) = self.bounds(step, longest);
        let ticks = |it: u64| i64::try_from(it).unwrap_or(i64::MAX);
        (ticks(least), ticks(most))
    }

    /// The ticks, if the step may take so many, or else the nearest that it may.
    pub(super) fn nearest(&self, step: &StepName, ticks: u64) -> u64 {
        self.of(step).map_or(ticks, |(from, to)| ticks.clamp(from, to))
    }

    /// The least that the step may take.
    pub(super) fn least(&self, step: &StepName) -> u64 {
        self.nearest(step, 0)
    }

    /// The ticks, if the step may take so many, or else others of its range, its
    /// ends before all.
    pub(super) fn fit(&self, step: &StepName, ticks: u64, chance: u64) -> u64 {
        match self.of(step) {
            Some((from, to)) if ticks < from || ticks > to => match chance % 8 {
                0 => from,
                1 => to,
                _ => from + (chance / 8) % (to - from + 1),
            },
            _ => ticks,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Ranges;
    use crate::name::StepName;

    #[test]
    fn what_is_out_of_a_range_is_brought_to_its_ends_or_inside() {
        let mut ranges = Ranges::default();
        ranges.set("a".into(), &(Duration::from_millis(10)..=Duration::from_millis(20)));
        let fit = |ticks, chance| ranges.fit(&StepName::from("a"), ticks, chance);
        for inside in [10, 15, 20] {
            assert_eq!([0, 1, 2].map(|chance| fit(inside, chance)), [inside; 3]);
        }
        for outside in [9, 21] {
            // Of eight the first two for the ends, the others for all eleven.
            assert_eq!((fit(outside, 0), fit(outside, 1)), (10, 20));
            assert_eq!((fit(outside, 2), fit(outside, 8 * 5 + 7)), (10, 15));
            assert_eq!((fit(outside, 8 * 10 + 3), fit(outside, 8 * 11 + 3)), (20, 10));
        }
        assert_eq!(ranges.fit(&StepName::from("b"), 9, 0), 9);
    }
}
