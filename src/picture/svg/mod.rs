//! A trace as a picture in one file.

mod bar;
mod busy;
mod chart;
mod legend;
mod length;
mod mark;
mod page;
mod palette;
mod scale;
mod words;

use crate::picture::lanes::Lanes;
use crate::picture::svg::chart::Chart;
use crate::picture::svg::legend::Legend;
use crate::picture::svg::length::Length;
use crate::picture::svg::page::Page;
use crate::picture::svg::palette::style;
use crate::picture::svg::words::Words;
use crate::trace::Trace;

/// How wide a picture is.
const WIDTH: Length = Length::px(900);

/// What is left free on each side.
const MARGIN: Length = Length::px(24);

/// More lanes than these nobody reads, in a picture that is scrolled.
const DRAWN: usize = 400;

impl Trace {
    /// Draws the trace as a picture: an SVG file, for a README, an issue, or a page.
    ///
    /// It has a bar for each step, task by task, on a line of time that is to scale
    /// but for gaps that would dwarf everything else, which are marked. What is
    /// critical is marked, and so is what was cut, what did not end, and what ended at
    /// one instant; of a task, when it was spawned and joined. A name that is too long
    /// is cut; whoever points at a bar reads all that there is to say of the step.
    ///
    /// # Shape
    ///
    /// One file that needs no other, and no script. It is light or dark, as its
    /// reader prefers, and 900 pixels wide. Of more than 400 steps it draws 400, those
    /// on the critical path before others and then the earliest, says so, and shows
    /// how many steps went on at once.
    ///
    /// Names are escaped as they are everywhere, and whatever they are, nothing in
    /// them is markup.
    ///
    /// # Determinism
    ///
    /// Equal traces have equal pictures, byte for byte.
    ///
    /// # Examples
    ///
    /// ```
    /// let trace = makespan::scenario!(seq(auth: 20ms, spawn(profile: 50ms, orders: 300ms))).run()?;
    /// let picture = trace.to_svg();
    ///
    /// assert!(picture.starts_with("<svg "));
    /// assert!(picture.contains("critical path: auth 20ms -&gt; orders 300ms"));
    /// # Ok::<(), makespan::Error>(())
    /// ```
    #[must_use]
    pub fn to_svg(&self) -> String {
        let path = self.critical_path();
        let lanes = Lanes::along(self, &path, DRAWN);
        picture(&Words::of(self, &path, &lanes, WIDTH - MARGIN * 2), &lanes)
    }
}

fn picture(words: &Words, lanes: &Lanes) -> String {
    let sides = MARGIN..WIDTH - MARGIN;
    let chart = Chart::new(lanes, &sides, words.bottom());
    let legend = Legend::new(lanes, chart.scale(), &sides, chart.bottom());
    let height = legend.bottom() + MARGIN;

    let view = format!("0 0 {WIDTH} {height}");
    let mut page = Page::new();
    page.with(
        "svg",
        &[
            ("xmlns", &"http://www.w3.org/2000/svg"),
            ("class", &"makespan"),
            ("role", &"img"),
            ("width", &WIDTH),
            ("height", &height),
            ("viewBox", &view),
        ],
        |page| {
            page.plain("title", &[], &words.head);
            page.plain("desc", &[], &words.sentences());
            page.plain("style", &[], &style());
            card(page, height);
            words.draw(page, sides.start);
            chart.draw(page);
            legend.draw(page);
        },
    );
    page.finish()
}

/// The ground of it all: a picture is readable wherever it is shown.
fn card(page: &mut Page, height: Length) {
    let half = Length::tenths(5);
    page.empty(
        "rect",
        &[
            ("class", &"card"),
            ("x", &half),
            ("y", &half),
            ("width", &(WIDTH - half * 2)),
            ("height", &(height - half * 2)),
            ("rx", &Length::px(10)),
        ],
    );
}
