//! Where on a line a point in time is drawn.

use std::collections::{BTreeMap, BTreeSet};

use crate::time::VirtualTime;

/// A line of time, from the beginning of a run to its end.
///
/// It is to scale, except for gaps in which nothing happens and that are so much
/// longer than everything shorter together that this could not be seen beside
/// them: those are drawn shorter, and marked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Axis {
    /// Points in time, each with the length that is drawn in front of it; in order.
    knots: Vec<(VirtualTime, u128)>,
    /// The gaps that are drawn shorter than they are.
    breaks: Vec<(VirtualTime, VirtualTime)>,
}

/// A gap so many times as long as all shorter ones together is drawn shorter ..
const TOO_LONG: u128 = 10;

/// .. so many times as long as those.
const SHORTENED: u128 = 3;

impl Axis {
    /// The line on which these instants are told apart.
    pub(super) fn over(instants: &BTreeSet<VirtualTime>) -> Self {
        let nanos = |time: VirtualTime| time.since_start().as_nanos();
        let pairs = || instants.iter().zip(instants.iter().skip(1));
        let mut gaps: Vec<_> =
            pairs().map(|(from, to)| (nanos(*to) - nanos(*from), *from)).collect();
        gaps.sort_unstable();
        let mut drawn = BTreeMap::new();
        let mut shorter = 0;
        for (gap, from) in gaps {
            let is_too_long = shorter > 0 && gap > TOO_LONG * shorter;
            let length = if is_too_long { SHORTENED * shorter } else { gap };
            drawn.insert(from, (length, is_too_long));
            shorter += length;
        }
        let mut at = 0;
        let mut knots: Vec<_> = instants.first().map(|first| (*first, at)).into_iter().collect();
        let mut breaks = Vec::new();
        for (from, to) in pairs() {
            let (length, is_too_long) = drawn[from];
            at += length;
            knots.push((*to, at));
            if is_too_long {
                breaks.push((*from, *to));
            }
        }
        Self { knots, breaks }
    }

    /// The place of a point in time, of so many, counted from 0: rounded to the
    /// nearest. What lies behind the end is at the end.
    pub(super) fn place(&self, time: VirtualTime, places: usize) -> usize {
        let last = places.saturating_sub(1);
        let Some((_, length)) = self.knots.last().filter(|(_, length)| *length > 0) else {
            return 0;
        };
        let scaled = self.length_before(time) * 2 * last as u128 + length;
        usize::try_from(scaled / (2 * length)).unwrap_or(last).min(last)
    }

    /// The gaps that are drawn shorter than they are, each by its two ends, in order.
    pub(super) fn breaks(&self) -> impl Iterator<Item = (VirtualTime, VirtualTime)> + '_ {
        self.breaks.iter().copied()
    }

    /// How much is drawn in front of a point in time.
    fn length_before(&self, time: VirtualTime) -> u128 {
        let behind = self.knots.partition_point(|(knot, _)| *knot <= time);
        let Some((from, before)) = behind.checked_sub(1).map(|index| self.knots[index]) else {
            return 0;
        };
        let Some((to, after)) = self.knots.get(behind) else { return before };
        let nanos = |time: VirtualTime| time.since_start().as_nanos();
        let gap = nanos(*to) - nanos(from);
        before + (after - before) * (nanos(time) - nanos(from)) / gap
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::time::Duration;

    use super::Axis;
    use crate::time::VirtualTime;

    fn at(millis: u64) -> VirtualTime {
        VirtualTime::after(Duration::from_millis(millis))
    }

    fn over(millis: &[u64]) -> Axis {
        Axis::over(&millis.iter().map(|it| at(*it)).collect::<BTreeSet<_>>())
    }

    #[test]
    fn an_axis_is_to_scale() {
        let axis = over(&[0, 20, 100]);
        assert_eq!([0, 20, 50, 100, 999].map(|ms| axis.place(at(ms), 101)), [0, 20, 50, 100, 100]);
        assert_eq!(axis.breaks().count(), 0);
        // 10 times as long as what is shorter is not yet too long.
        assert_eq!(over(&[0, 1, 11]).breaks().count(), 0);
    }

    #[test]
    fn what_would_dwarf_everything_else_is_drawn_shorter() {
        // 1, 1 and 3 * 2 of 8; a second too long gap is 3 times as long as those.
        let axis = over(&[0, 1, 3_600_001, 3_600_002]);
        let places = [0, 1, 3_600_001, 3_600_002].map(|ms| axis.place(at(ms), 9));
        assert_eq!(places, [0, 1, 7, 8]);
        assert_eq!(axis.breaks().collect::<Vec<_>>(), [(at(1), at(3_600_001))]);
        // Of 1 + 3 + 12: what is longer stays longer.
        let axis = over(&[0, 1, 101, 100_000]);
        assert_eq!([0, 1, 101, 100_000].map(|ms| axis.place(at(ms), 17)), [0, 1, 4, 16]);
        assert_eq!(axis.breaks().count(), 2);
    }

    #[test]
    fn an_axis_without_length_has_one_place() {
        for axis in [over(&[]), over(&[0]), over(&[7])] {
            assert_eq!(axis.place(at(7), 80), 0);
        }
        assert_eq!(over(&[0, 9]).place(at(9), 0), 0);
    }
}
