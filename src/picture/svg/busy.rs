//! How many steps went on at once, where there are too many to draw them.

use crate::picture::lanes::Lanes;
use crate::picture::svg::bar::BASELINE;
use crate::picture::svg::length::Length;
use crate::picture::svg::page::{Anchor, Face, Page};
use crate::picture::svg::scale::Scale;

/// An area as high as many steps went on at once.
pub(super) struct Busy<'a> {
    lanes: &'a Lanes,
    highest: usize,
    scale: String,
}

/// How high it is at its highest.
pub(super) const HEIGHT: Length = Length::px(48);

const NAME: &str = "in flight";

/// How many steps went on at once, at most; only where some have no lane.
pub(super) fn highest(lanes: &Lanes) -> usize {
    lanes.in_flight.iter().map(|(_, count)| *count).max().unwrap_or(0)
}

impl<'a> Busy<'a> {
    pub(super) fn new(lanes: &'a Lanes) -> Self {
        let highest = highest(lanes);
        Self { lanes, highest, scale: format!("up to {highest}") }
    }

    /// How wide that is which stands in front of it.
    pub(super) fn label_width(&self) -> Length {
        Face::Body.width(NAME).max(Face::Small.width(&self.scale))
    }

    pub(super) fn draw(&self, page: &mut Page, scale: &Scale, (x, top): (Length, Length)) {
        let place = |y| (Anchor::Start, x, y);
        page.text(("faint", Face::Body), place(top + BASELINE), NAME);
        page.text(("small", Face::Small), place(top + BASELINE * 2), &self.scale);
        // The most in each pixel.
        let pixels = (scale.right - scale.left).as_tenths().div_ceil(10);
        let most = self.lanes.most_in_flight(scale.axis(), pixels);
        let foot = top + HEIGHT;
        let mut shape = format!("M{} {foot}", scale.left);
        let mut pixel = 0;
        for run in most.chunk_by(|one, two| one == two) {
            pixel += run.len();
            let height = Length::tenths(HEIGHT.as_tenths() * run[0] / self.highest.max(1));
            let x = (scale.left + Length::px(pixel)).min(scale.right);
            shape.push_str(&format!("V{}H{x}", foot - height));
        }
        page.path("busy", &format_args!("{shape}V{foot}Z"));
    }
}

#[cfg(test)]
mod tests {
    use super::Busy;
    use crate::picture::lanes::Lanes;
    use crate::picture::svg::length::Length;
    use crate::picture::svg::page::{Face, Page};
    use crate::picture::svg::scale::Scale;
    use crate::time::VirtualTime;

    /// So many steps from each of these ticks on, until the fourth.
    fn busy(counts: &[(u64, usize)]) -> Lanes {
        let mut lanes = Lanes::of_finished(&[("a", 0..4)]);
        let changes = counts.iter().map(|(at, count)| (VirtualTime::after_ticks(*at), *count));
        lanes.in_flight = changes.collect();
        lanes
    }

    #[test]
    fn the_area_is_as_high_as_many_steps_went_on_at_once() {
        // 5 pixels for 4 ms, and 48 pixels for 8 steps.
        let lanes = busy(&[(0, 1), (1, 8), (2, 2), (4, 0)]);
        let scale = Scale::new(&lanes, Length::px(100), Length::px(105));
        let mut page = Page::new();
        Busy::new(&lanes).draw(&mut page, &scale, (Length::px(24), Length::px(50)));
        assert_eq!(
            page.finish(),
            r#"<text class="faint" x="24" y="66">in flight</text>
<text class="small" x="24" y="82">up to 8</text>
<path class="busy" d="M100 98V92H101V50H103V86H105V98Z"/>"#
        );
    }

    #[test]
    fn there_is_room_for_the_wider_of_its_two_lines() {
        let width = |count| Busy::new(&busy(&[(0, count)])).label_width();
        assert_eq!(width(8), Face::Body.width("in flight"));
        assert_eq!(width(1_000_000), Face::Small.width("up to 1000000"));
    }
}
