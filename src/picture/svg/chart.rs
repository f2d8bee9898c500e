//! The lanes of a picture, with their names on one side and time above.

use std::ops::Range;

use crate::picture::columns::cut;
use crate::picture::lanes::{Close, Lanes};
use crate::picture::svg::bar::{BASELINE, Bar, ROW};
use crate::picture::svg::busy;
use crate::picture::svg::busy::Busy;
use crate::picture::svg::length::Length;
use crate::picture::svg::mark;
use crate::picture::svg::page::{Anchor, Face, Page};
use crate::picture::svg::scale::{Scale, Tick};
use crate::picture::svg::words::of_step;
use crate::time::VirtualTime;

/// Where everything between the words above and the legend below is.
pub(super) struct Chart<'a> {
    lanes: &'a Lanes,
    scale: Scale,
    ticks: Vec<Tick>,
    breaks: Vec<(Length, Range<VirtualTime>)>,
    /// How far it reaches to the left and to the right.
    sides: Range<Length>,
    /// Where the names begin, behind the tasks.
    names: Length,
    labels: Vec<String>,
    top: Length,
    /// The tops of the lanes.
    rows: Vec<Length>,
    /// Lines between tasks.
    borders: Vec<Length>,
    /// Where the last row ends.
    foot: Length,
}

/// The labels of time and the line below them.
const AXIS: Length = Length::px(24);

/// What is free below the drawing of how many steps went on at once.
const BELOW_BUSY: Length = Length::px(12);

/// So many columns of a name are drawn.
const NAME: usize = 28;

/// Between the tasks, the names and the bars.
const GUTTER: Length = Length::px(14);

/// What is free between the tasks where they have several steps.
const BETWEEN: Length = Length::px(8);

/// So many rows are seen together with the labels of time above them.
const AT_A_GLANCE: usize = 16;

impl<'a> Chart<'a> {
    pub(super) fn new(lanes: &'a Lanes, sides: &Range<Length>, top: Length) -> Self {
        let widest = |texts: &mut dyn Iterator<Item = Length>| texts.max().unwrap_or_default();
        let all = &lanes.lanes;
        let tasks =
            all.iter().filter_map(|lane| lane.task).map(|it| Face::Body.width(&it.to_string()));
        let labels: Vec<_> = all.iter().map(|lane| cut(&lane.label, NAME)).collect();
        let tasks = widest(&mut tasks.into_iter());
        let names = sides.start + if tasks == Length::default() { tasks } else { tasks + GUTTER };
        let mut name = widest(&mut labels.iter().map(|label| Face::Body.width(label)));
        if lanes.hidden > 0 {
            name = name.max(sides.start + Busy::new(lanes).label_width() - names);
        }
        let scale = Scale::new(lanes, names + name + GUTTER, sides.end);
        let mut y = top + AXIS;
        if lanes.hidden > 0 {
            y = y + busy::HEIGHT + BELOW_BUSY;
        }
        let (mut rows, mut borders) = (Vec::new(), Vec::new());
        let is_wide = |at: usize| {
            let of = |at: usize| all.get(at).and_then(|lane| lane.task);
            of(at).is_some() && of(at) == of(at + 1)
        };
        for (at, lane) in all.iter().enumerate() {
            let begins = at > 0 && all[at - 1].task != lane.task;
            if begins && (is_wide(at) || at > 1 && is_wide(at - 2)) {
                borders.push(y + BETWEEN.half());
                y = y + BETWEEN;
            }
            rows.push(y);
            y = y + ROW;
        }
        let (ticks, breaks) = (scale.ticks(lanes), scale.breaks());
        let sides = sides.clone();
        Self { lanes, scale, ticks, breaks, sides, names, labels, top, rows, borders, foot: y }
    }

    pub(super) fn scale(&self) -> &Scale {
        &self.scale
    }

    fn has_axis_below(&self) -> bool {
        self.rows.len() > AT_A_GLANCE
    }

    pub(super) fn bottom(&self) -> Length {
        if self.has_axis_below() { self.foot + AXIS } else { self.foot }
    }

    pub(super) fn draw(&self, page: &mut Page) {
        let line = self.top + AXIS - Length::px(6);
        let grid = self.ticks.iter().map(|tick| format!("M{} {line}V{}", tick.at, self.foot));
        page.path("grid", &grid.collect::<String>());
        for border in &self.borders {
            page.path("grid", &format_args!("M{} {border}H{}", self.sides.start, self.sides.end));
        }
        self.axis(page, line, line - Length::px(8));
        if self.lanes.hidden > 0 {
            Busy::new(self.lanes).draw(page, &self.scale, (self.sides.start, self.top + AXIS));
        }
        let mut above = None;
        for ((lane, label), top) in self.lanes.lanes.iter().zip(&self.labels).zip(&self.rows) {
            let baseline = *top + BASELINE;
            if let Some(task) = lane.task.filter(|_| above != lane.task) {
                let place = (Anchor::Start, self.sides.start, baseline);
                page.text(("faint", Face::Body), place, &task.to_string());
            }
            above = lane.task;
            let class = if lane.is_critical { "step critical" } else { class(lane.close) };
            page.with("g", &[("class", &class)], |page| {
                page.plain("title", &[], &of_step(lane));
                self.row(page, *top);
                let class = if lane.is_critical { "strong" } else { "name" };
                page.text((class, Face::Body), (Anchor::Start, self.names, baseline), label);
                Bar::new(lane, &self.scale, &self.breaks, *top).draw(page, &self.scale);
            });
        }
        if self.has_axis_below() {
            let line = self.foot + Length::px(4);
            self.axis(page, line, line + Length::px(16));
        }
    }

    /// The whole of a row, to be pointed at.
    fn row(&self, page: &mut Page, top: Length) {
        let left = self.names - Length::px(6);
        page.empty(
            "rect",
            &[
                ("class", &"row"),
                ("x", &left),
                ("y", &top),
                ("width", &(self.sides.end + Length::px(12) - left)),
                ("height", &ROW),
                ("rx", &Length::px(4)),
            ],
        );
    }

    /// The line of time, with its labels on one side.
    fn axis(&self, page: &mut Page, line: Length, baseline: Length) {
        let (left, right) = (self.scale.left, self.scale.right);
        page.path("axis", &format_args!("M{left} {line}H{right}"));
        for tick in &self.ticks {
            let place = (tick.anchor, tick.at, baseline);
            page.text(("tick small", Face::Small), place, &tick.label);
        }
        for (at, _) in &self.breaks {
            mark::gap_in_axis(page, *at, line);
        }
    }
}

const fn class(close: Close) -> &'static str {
    match close {
        Close::Cancelled => "step cut",
        _ => "step",
    }
}

#[cfg(test)]
mod tests {
    use super::{AT_A_GLANCE, Chart};
    use crate::picture::lanes::Lanes;
    use crate::picture::svg::length::Length;
    use crate::picture::svg::page::Page;
    use crate::time::VirtualTime;

    fn chart(lanes: &Lanes) -> (Chart<'_>, String) {
        let chart = Chart::new(lanes, &(Length::px(24)..Length::px(876)), Length::px(100));
        let mut page = Page::new();
        chart.draw(&mut page);
        (chart, page.finish())
    }

    /// The lines of time and their labels.
    fn axes(drawn: &str) -> Vec<&str> {
        let is_axis = |line: &&str| {
            line.starts_with(r#"<path class="axis""#) || line.starts_with(r#"<text class="tick"#)
        };
        drawn.lines().filter(is_axis).collect()
    }

    #[test]
    fn time_is_told_below_too_where_not_all_rows_are_seen_with_what_is_above() {
        let above = [
            r#"<path class="axis" d="M45.5 118H876"/>"#,
            r#"<text class="tick small" x="45.5" y="110">0ms</text>"#,
            r#"<text class="tick small" x="876" y="110" text-anchor="end">1ms</text>"#,
        ];
        // The rows begin at 124: 16 of them end at 508, and 17 at 532.
        let below = [
            r#"<path class="axis" d="M45.5 536H876"/>"#,
            r#"<text class="tick small" x="45.5" y="552">0ms</text>"#,
            r#"<text class="tick small" x="876" y="552" text-anchor="end">1ms</text>"#,
        ];
        let drawn = |count| {
            let lanes = Lanes::of_finished(&vec![("a", 0..1); count]);
            let (chart, drawn) = chart(&lanes);
            (axes(&drawn).join("\n"), chart.bottom())
        };
        assert_eq!(drawn(AT_A_GLANCE), (above.join("\n"), Length::px(508)));
        let both = [above, below].concat();
        assert_eq!(drawn(AT_A_GLANCE + 1), (both.join("\n"), Length::px(532 + 24)));
    }

    #[test]
    fn how_many_steps_went_on_is_drawn_between_the_time_and_the_rows() {
        let mut lanes = Lanes::of_finished(&[("a", 0..1)]);
        lanes.hidden = 1;
        lanes.in_flight = vec![(VirtualTime::START, 2)];
        let (chart, drawn) = chart(&lanes);
        // From the line of time, which is at 118, to the row, which is at 184.
        for part in [
            r#"<text class="faint" x="24" y="140">in flight</text>"#,
            r#"<path class="busy" d="M105.5 172V124H876V172Z"/>"#,
            r#"<rect class="row" x="18" y="184" width="870" height="24" rx="4"/>"#,
        ] {
            assert!(drawn.contains(part), "{part} in {drawn}");
        }
        assert_eq!(chart.bottom(), Length::px(184 + 24));
    }
}
