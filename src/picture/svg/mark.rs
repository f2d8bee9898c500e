//! The marks that a picture is made of, in its lanes as in its legend. Each is
//! drawn around the middle of its row.

use crate::picture::svg::length::Length;
use crate::picture::svg::page::Page;

/// How high a bar is.
const BAR: Length = Length::px(15);

const fn px(pixels: usize) -> Length {
    Length::px(pixels)
}

/// A time that a step took.
pub(super) fn bar(page: &mut Page, from: Length, to: Length, middle: Length) {
    let width = to - from;
    let round = px(3).min(width.half());
    page.empty(
        "rect",
        &[
            ("class", &"bar"),
            ("x", &from),
            ("y", &(middle - BAR.half())),
            ("width", &width),
            ("height", &BAR),
            ("rx", &round),
        ],
    );
}

/// A step that took no time.
pub(super) fn diamond(page: &mut Page, at: Length, middle: Length) {
    let (left, right, top, bottom) = (at - px(4), at + px(4), middle - px(5), middle + px(5));
    page.path("bar", &format_args!("M{at} {top}L{right} {middle}L{at} {bottom}L{left} {middle}Z"));
}

/// A line that only connects.
pub(super) fn thread(page: &mut Page, from: Length, to: Length, middle: Length) {
    page.path("thread", &format_args!("M{from} {middle}H{to}"));
}

/// A task was created.
pub(super) fn spawned(page: &mut Page, at: Length, middle: Length) {
    page.empty("circle", &[("class", &"knot"), ("cx", &at), ("cy", &middle), ("r", &"2.5")]);
}

/// A task was joined.
pub(super) fn joined(page: &mut Page, at: Length, middle: Length) {
    page.empty("circle", &[("class", &"knot joined"), ("cx", &at), ("cy", &middle), ("r", &"2.5")]);
}

/// A bar that ends when another does: it ends twice.
pub(super) fn tie(page: &mut Page, at: Length, middle: Length) {
    let (top, bottom) = (middle - px(7), middle + px(7));
    page.path("sign", &format_args!("M{} {top}V{bottom}", at + px(4)));
}

/// A bar that was cut.
pub(super) fn cross(page: &mut Page, at: Length, middle: Length) {
    let (left, right, top, bottom) = (at - px(4), at + px(4), middle - px(4), middle + px(4));
    page.path(
        "sign",
        &format_args!("M{left} {top}L{right} {bottom}M{left} {bottom}L{right} {top}"),
    );
}

/// A bar that goes on behind the end.
pub(super) fn arrow(page: &mut Page, at: Length, middle: Length) {
    let (left, right, top, bottom) = (at + px(3), at + px(8), middle - px(5), middle + px(5));
    page.path("sign", &format_args!("M{left} {top}L{right} {middle}L{left} {bottom}"));
}

/// A piece that is left out of a bar.
pub(super) fn gap(page: &mut Page, at: Length, middle: Length) {
    slashes(page, at, middle, px(9));
}

/// A piece that is left out of the line of time.
pub(super) fn gap_in_axis(page: &mut Page, at: Length, middle: Length) {
    slashes(page, at, middle, px(5));
}

/// Two strokes, so much up and down, and nothing between them.
fn slashes(page: &mut Page, at: Length, middle: Length, reach: Length) {
    let (top, bottom, lean) = (middle - reach, middle + reach, reach.half());
    let (left, right) = (at - px(4), at + px(4));
    let low = |x: Length| x - lean;
    let high = |x: Length| x + lean;
    let [one, two] = [left, right].map(|x| format!("{} {bottom}L{} {top}", low(x), high(x)));
    let back = format!("{} {top}L{} {bottom}", high(right), low(right));
    page.path("gap", &format_args!("M{one}L{back}Z"));
    page.path("axis", &format_args!("M{one}M{two}"));
}

#[cfg(test)]
mod tests {
    use super::{arrow, bar, cross, diamond, gap, gap_in_axis, px, tie};
    use crate::picture::svg::length::Length;
    use crate::picture::svg::page::Page;

    type Mark = fn(&mut Page, Length, Length);

    #[test]
    fn a_mark_is_drawn_around_the_middle_of_its_row() {
        let path = |class: &str, shape: &str| format!(r#"<path class="{class}" d="{shape}"/>"#);
        // All of them at 100, in a row whose middle is at 50.
        for (mark, drawn) in [
            (diamond as Mark, path("bar", "M100 45L104 50L100 55L96 50Z")),
            (tie, path("sign", "M104 43V57")),
            (cross, path("sign", "M96 46L104 54M96 54L104 46")),
            // Its point is to the right, and it does not touch what ends there.
            (arrow, path("sign", "M103 45L108 50L103 55")),
            // Two strokes that lean to the right, and the ground between them.
            (
                gap,
                path("gap", "M91.5 59L100.5 41L108.5 41L99.5 59Z")
                    + "\n"
                    + &path("axis", "M91.5 59L100.5 41M99.5 59L108.5 41"),
            ),
            (
                gap_in_axis,
                path("gap", "M93.5 55L98.5 45L106.5 45L101.5 55Z")
                    + "\n"
                    + &path("axis", "M93.5 55L98.5 45M101.5 55L106.5 45"),
            ),
        ] {
            let mut page = Page::new();
            mark(&mut page, px(100), px(50));
            assert_eq!(page.finish(), drawn);
        }
        let mut page = Page::new();
        bar(&mut page, px(100), px(104), px(50));
        let drawn = r#"<rect class="bar" x="100" y="42.5" width="4" height="15" rx="2"/>"#;
        assert_eq!(page.finish(), drawn);
    }
}
