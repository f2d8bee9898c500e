//! What the marks of a picture mean.

use std::ops::Range;

use crate::picture::lanes::Lanes;
use crate::picture::sign::Sign;
use crate::picture::svg::bar::{BASELINE, ROW};
use crate::picture::svg::length::Length;
use crate::picture::svg::mark;
use crate::picture::svg::page::{Anchor, Face, Page};
use crate::picture::svg::scale::Scale;

/// The signs, each where it is.
pub(super) struct Legend {
    signs: Vec<(Sign, Length, Length)>,
    bottom: Length,
}

/// How wide a sign is, before its meaning.
const SIGN: Length = Length::px(26);

/// Between a meaning and the next sign.
const APART: Length = Length::px(16);

impl Legend {
    pub(super) fn new(lanes: &Lanes, scale: &Scale, sides: &Range<Length>, top: Length) -> Self {
        let (mut x, mut y) = (sides.start, top + Length::px(14));
        let mut signs = Vec::new();
        for sign in Sign::of(lanes.lanes.iter(), &[scale.axis()]) {
            let width = SIGN + Face::Small.width(sign.meaning());
            if x > sides.start && x + width > sides.end {
                (x, y) = (sides.start, y + ROW);
            }
            signs.push((sign, x, y));
            x = x + width + APART;
        }
        let bottom = if signs.is_empty() { top } else { y + ROW };
        Self { signs, bottom }
    }

    pub(super) fn bottom(&self) -> Length {
        self.bottom
    }

    pub(super) fn draw(&self, page: &mut Page) {
        for (sign, x, top) in &self.signs {
            let middle = *top + ROW.half();
            let class = match sign {
                Sign::Critical => "sample critical",
                Sign::Cancelled => "sample cut",
                _ => "sample",
            };
            let (from, to) = (*x, *x + Length::px(18));
            page.with("g", &[("class", &class)], |page| {
                match sign {
                    Sign::Critical => mark::bar(page, from, to, middle),
                    Sign::Tied => {
                        mark::bar(page, from, to - Length::px(4), middle);
                        mark::tie(page, to - Length::px(4), middle);
                    }
                    Sign::Cancelled => {
                        mark::bar(page, from, to - Length::px(2), middle);
                        mark::cross(page, to - Length::px(2), middle);
                    }
                    Sign::Open => {
                        mark::bar(page, from, to - Length::px(8), middle);
                        mark::arrow(page, to - Length::px(8), middle);
                    }
                    Sign::Spawned => {
                        mark::thread(page, from + Length::px(4), to, middle);
                        mark::spawned(page, from + Length::px(4), middle);
                    }
                    Sign::Joined => {
                        mark::thread(page, from, to - Length::px(4), middle);
                        mark::joined(page, to - Length::px(4), middle);
                    }
                    Sign::Break => mark::gap(page, from + Length::px(9), middle),
                }
                let place = (Anchor::Start, *x + SIGN, *top + BASELINE);
                page.text(("small", Face::Small), place, sign.meaning());
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Legend;
    use crate::picture::sign::Sign;
    use crate::picture::svg::length::Length;
    use crate::picture::svg::page::Page;

    #[test]
    fn a_sign_is_drawn_in_front_of_its_meaning() {
        // From 100 to 126, where the meaning begins, in a row from 50 to 74.
        let drawn = |sign| {
            let signs = vec![(sign, Length::px(100), Length::px(50))];
            let mut page = Page::new();
            Legend { signs, bottom: Length::px(74) }.draw(&mut page);
            page.finish()
        };
        assert_eq!(
            drawn(Sign::Open),
            r#"<g class="sample">
 <rect class="bar" x="100" y="54.5" width="10" height="15" rx="3"/>
 <path class="sign" d="M113 57L118 62L113 67"/>
 <text class="small" x="126" y="66">unfinished</text>
</g>"#
        );
        assert_eq!(
            drawn(Sign::Break),
            r#"<g class="sample">
 <path class="gap" d="M100.5 71L109.5 53L117.5 53L108.5 71Z"/>
 <path class="axis" d="M100.5 71L109.5 53M108.5 71L117.5 53"/>
 <text class="small" x="126" y="66">not to scale</text>
</g>"#
        );
    }
}
