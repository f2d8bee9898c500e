//! A step as a bar, with all that hangs on it.

use std::ops::Range;

use crate::picture::lanes::{Close, Lane};
use crate::picture::svg::length::Length;
use crate::picture::svg::mark;
use crate::picture::svg::page::{Anchor, Face, Page};
use crate::picture::svg::scale::Scale;
use crate::picture::svg::words::took;
use crate::time::VirtualTime;

/// How high a row is.
pub(super) const ROW: Length = Length::px(24);
/// From the top of a row down to the baseline of its texts.
pub(super) const BASELINE: Length = Length::px(16);

/// The least that is seen.
const THINNEST: Length = Length::px(3);
/// Between a bar and its text.
const PAD: Length = Length::px(6);
/// Half of what a sign takes that stands on a place.
const SIGN: Length = Length::px(4);

/// Where the parts of a bar are.
pub(super) struct Bar<'a> {
    pub(super) lane: &'a Lane,
    top: Length,
    from: Length,
    to: Length,
    spawned: Option<Length>,
    joined: Option<Length>,
    /// The middles of the breaks that it goes over.
    breaks: Vec<Length>,
}

/// Whether a step took no time at all.
fn is_instant(lane: &Lane) -> bool {
    lane.end <= lane.start
}

impl<'a> Bar<'a> {
    pub(super) fn new(
        lane: &'a Lane,
        scale: &Scale,
        breaks: &[(Length, Range<VirtualTime>)],
        top: Length,
    ) -> Self {
        let (from, to) = (scale.place(lane.start), scale.place(lane.end));
        let mut bar = Self {
            lane,
            top,
            from,
            to,
            spawned: lane.spawned.map(|it| scale.place(it).min(from)),
            // Where a task is joined at once nobody can see that it was later.
            joined: lane.joined.map(|it| scale.place(it)).filter(|it| *it >= to + SIGN * 2),
            breaks: Vec::new(),
        };
        if !is_instant(lane) && to - from < THINNEST {
            bar.to = (from + THINNEST).min(scale.right);
            bar.from = bar.to - THINNEST;
        }
        // A small bar does not bear a sign, which then is beside it.
        if bar.to - bar.from < SIGN * 3 {
            let beside = if is_instant(lane) { SIGN * 2 } else { SIGN };
            bar.spawned = bar.spawned.map(|it| it.min(bar.from - beside));
        }
        let is_over = |(at, times): &&(Length, Range<VirtualTime>)| {
            let is_inside = times.start >= lane.start && times.end <= lane.end;
            is_inside && bar.from + PAD * 2 <= *at && *at + PAD * 2 <= bar.to
        };
        bar.breaks = breaks.iter().filter(is_over).map(|(at, _)| *at).collect();
        bar
    }

    fn middle(&self) -> Length {
        self.top + ROW.half()
    }

    pub(super) fn draw(&self, page: &mut Page, scale: &Scale) {
        self.threads(page);
        let middle = self.middle();
        if is_instant(self.lane) {
            mark::diamond(page, self.from, middle);
        } else {
            mark::bar(page, self.from, self.to, middle);
        }
        for at in &self.breaks {
            mark::gap(page, *at, middle);
        }
        match self.lane.close {
            Close::Finished => {}
            Close::Tied => mark::tie(page, self.to, middle),
            Close::Cancelled => mark::cross(page, self.to, middle),
            Close::Open => mark::arrow(page, self.to, middle),
        }
        if let Some(spawned) = self.spawned {
            mark::spawned(page, spawned, middle);
        }
        self.duration(page, scale);
    }

    /// What leads to the bar and away from it.
    fn threads(&self, page: &mut Page) {
        let middle = self.middle();
        if let Some(spawned) = self.spawned.filter(|it| *it < self.from) {
            mark::thread(page, spawned, self.from, middle);
        }
        if let Some(joined) = self.joined {
            mark::thread(page, self.to, joined, middle);
            mark::joined(page, joined, middle);
        }
    }

    /// The duration: in the bar if there is room, or else beside it.
    fn duration(&self, page: &mut Page, scale: &Scale) {
        let text = took(self.lane);
        let width = Face::Small.width(&text);
        let y = self.top + BASELINE;
        if let Some(x) = self.room_inside(width) {
            page.text(("small inside", Face::Small), (Anchor::Start, x, y), &text);
            return;
        }
        let before = self.spawned.map_or(self.from, |it| (it - SIGN).min(self.from)) - PAD;
        let sign = if self.lane.close == Close::Open { SIGN * 2 } else { SIGN };
        let behind = self.joined.map_or(self.to + sign, |it| it + SIGN) + PAD;
        if behind + width <= scale.right {
            page.text(("small", Face::Small), (Anchor::Start, behind, y), &text);
        } else if scale.left + width <= before {
            page.text(("small", Face::Small), (Anchor::End, before, y), &text);
        }
    }

    /// Where in the bar a text of this width begins that meets no break, if there
    /// is such a place.
    fn room_inside(&self, width: Length) -> Option<Length> {
        let begins = self.spawned.map_or(self.from, |it| (it + SIGN).max(self.from)) + PAD;
        let ends = match self.lane.close {
            Close::Finished | Close::Tied | Close::Open => self.to - PAD,
            Close::Cancelled => self.to - PAD - SIGN,
        };
        let starts = std::iter::once(begins).chain(self.breaks.iter().map(|it| *it + PAD * 2));
        let stops = self.breaks.iter().map(|it| *it - PAD * 2).chain([ends]);
        starts.zip(stops).find(|(from, to)| *from + width <= *to).map(|(from, _)| from)
    }
}

#[cfg(test)]
mod tests {
    use super::Bar;
    use crate::picture::lanes::{Close, Lanes};
    use crate::picture::svg::length::Length;
    use crate::picture::svg::page::Page;
    use crate::picture::svg::scale::Scale;

    const fn px(pixels: usize) -> Length {
        Length::px(pixels)
    }

    #[test]
    fn a_text_is_in_a_bar_where_it_touches_neither_an_end_nor_a_break() {
        // A bar from 100 to 200: 6 are free at its ends, 12 around the middle of a break.
        let room = |close, breaks: &[usize], width| {
            let mut lanes = Lanes::of_finished(&[("a", 0..1)]);
            lanes.lanes[0].close = close;
            let (lane, breaks) = (&lanes.lanes[0], breaks.iter().copied().map(px).collect());
            let (from, to) = (px(100), px(200));
            let bar = Bar { lane, top: px(0), from, to, spawned: None, joined: None, breaks };
            bar.room_inside(Length::tenths(width))
        };
        for (close, breaks, width, begins) in [
            (Close::Finished, &[][..], 880, Some(px(106))),
            (Close::Finished, &[], 881, None),
            (Close::Open, &[], 881, None),
            // What says that it was cut is on its end, half of it in the bar.
            (Close::Cancelled, &[], 840, Some(px(106))),
            (Close::Cancelled, &[], 841, None),
            (Close::Finished, &[140], 220, Some(px(106))),
            (Close::Finished, &[140], 221, Some(px(152))),
            (Close::Finished, &[140], 420, Some(px(152))),
            (Close::Finished, &[140], 421, None),
            (Close::Finished, &[130, 170], 160, Some(px(142))),
            (Close::Finished, &[130, 170], 161, None),
        ] {
            assert_eq!(room(close, breaks, width), begins, "{close:?} {breaks:?} {width}");
        }
    }

    #[test]
    fn a_duration_that_has_no_room_in_its_bar_is_behind_it_or_before_it() {
        let lanes = Lanes::of_finished(&[("long", 0..100), ("early", 0..10), ("late", 90..100)]);
        let durations = |right| {
            let scale = Scale::new(&lanes, px(100), right);
            let mut page = Page::new();
            for lane in &lanes.lanes {
                Bar::new(lane, &scale, &[], px(0)).duration(&mut page, &scale);
            }
            page.finish()
        };
        // Two pixels for a millisecond.
        assert_eq!(
            durations(px(300)),
            r#"<text class="small inside" x="106" y="16">100ms</text>
<text class="small" x="130" y="16">10ms</text>
<text class="small" x="274" y="16" text-anchor="end">10ms</text>"#
        );
        // Of 27.6 pixels the early one has 26 behind it, and the late one 30 before it.
        assert_eq!(
            durations(px(140)),
            r#"<text class="small" x="130" y="16" text-anchor="end">10ms</text>"#
        );
        assert_eq!(durations(px(130)), "");
    }
}
