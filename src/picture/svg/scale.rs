//! The line of time across a picture: where its labels and its breaks are.

use std::ops::Range;

use crate::picture::axis::Axis;
use crate::picture::lanes::Lanes;
use crate::picture::svg::length::Length;
use crate::picture::svg::page::{Anchor, Face};
use crate::picture::timeline::wanted;
use crate::time::{Spelled, VirtualTime};

/// An axis that is so and so wide.
pub(super) struct Scale {
    axis: Axis,
    pub(super) left: Length,
    pub(super) right: Length,
}

/// A point in time that is written at the axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tick {
    pub(super) at: Length,
    pub(super) label: String,
    pub(super) anchor: Anchor,
}

/// The least between two labels, and between two breaks.
const APART: Length = Length::px(14);

impl Scale {
    pub(super) fn new(lanes: &Lanes, left: Length, right: Length) -> Self {
        Self { axis: Axis::over(&lanes.instants()), left, right }
    }

    pub(super) fn place(&self, time: VirtualTime) -> Length {
        let places = (self.right - self.left).as_tenths() + 1;
        self.left + Length::tenths(self.axis.place(time, places))
    }

    pub(super) fn axis(&self) -> &Axis {
        &self.axis
    }

    /// The labels, from left to right, none over another: the beginning and the
    /// end, and what is critical before what is not.
    pub(super) fn ticks(&self, lanes: &Lanes) -> Vec<Tick> {
        let mut taken = Vec::<(Range<Length>, Tick)>::new();
        let mut add = |time: VirtualTime, anchor: Anchor| {
            let (at, label) = (self.place(time), Spelled(time.since_start()).to_string());
            let width = Face::Small.width(&label);
            let from = match anchor {
                Anchor::Start => at,
                Anchor::Middle => at - width.half(),
                Anchor::End => at - width,
            };
            let span = from..from + width;
            let is_free = taken
                .iter()
                .all(|(it, _)| it.end + APART <= span.start || span.end + APART <= it.start);
            if is_free && span.start >= self.left && span.end <= self.right {
                taken.push((span, Tick { at, label, anchor }));
            }
        };
        add(VirtualTime::START, Anchor::Start);
        if lanes.makespan > VirtualTime::START {
            add(lanes.makespan, Anchor::End);
            wanted(lanes).for_each(|time| add(time, Anchor::Middle));
        }
        taken.sort_by_key(|(_, tick)| tick.at);
        taken.into_iter().map(|(_, tick)| tick).collect()
    }

    /// Where the axis is broken: the middle of each gap that is drawn shorter than
    /// it is, with its two ends. The wider ones come first where two are too close
    /// to be told apart.
    pub(super) fn breaks(&self) -> Vec<(Length, Range<VirtualTime>)> {
        let mut breaks: Vec<_> = self
            .axis
            .breaks()
            .map(|(from, to)| (self.place(from), self.place(to), from..to))
            .collect();
        breaks.sort_by_key(|(from, to, times)| (std::cmp::Reverse(*to - *from), times.start));
        let mut kept = Vec::<(Length, Range<VirtualTime>)>::new();
        for (from, to, times) in breaks {
            let middle = (from + to).half();
            if kept.iter().all(|(it, _)| middle + APART <= *it || *it + APART <= middle) {
                kept.push((middle, times));
            }
        }
        kept.sort_by_key(|(middle, _)| *middle);
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::Scale;
    use crate::picture::lanes::Lanes;
    use crate::picture::svg::length::Length;
    use crate::time::VirtualTime;

    /// Where the breaks are between steps that end at these ticks, and from what tick
    /// on.
    fn breaks(ends: &[u64], pixels: usize) -> Vec<(String, VirtualTime)> {
        let steps: Vec<_> = ends.iter().map(|end| ("a", 0..*end)).collect();
        let (left, right) = (Length::px(100), Length::px(100 + pixels));
        let breaks = Scale::new(&Lanes::of_finished(&steps), left, right).breaks();
        breaks.into_iter().map(|(at, times)| (at.to_string(), times.start)).collect()
    }

    #[test]
    fn of_breaks_that_are_too_close_the_widest_is_drawn() {
        let at = |at: &str, ticks| (at.to_owned(), VirtualTime::after_ticks(ticks));
        // Of 1 + 3 + 12 the middles of the breaks are at 2.5 and 10, and the other way
        // round at 6 and 13.5.
        let (rising, falling) = ([1, 101, 10_101], [10_000, 10_100, 10_101]);
        assert_eq!(breaks(&rising, 160), [at("125", 1), at("200", 101)]);
        assert_eq!(breaks(&falling, 160), [at("160", 0), at("235", 10_000)]);
        assert_eq!(breaks(&rising, 16), [at("110", 101)]);
        assert_eq!(breaks(&falling, 16), [at("106", 0)]);
    }
}
