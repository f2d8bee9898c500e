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
