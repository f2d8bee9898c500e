//! Two drawings side by side: what was expected, and what happened.

use std::collections::BTreeMap;
use std::fmt;

use crate::picture::axis::Axis;
use crate::picture::columns::{cut, pad, width, wrap};
use crate::picture::lanes::{Close, Lane, Lanes};
use crate::picture::look::{Ink, Look};
use crate::picture::rows::{WithBlanks, axis, lane, legend};
use crate::picture::timeline::{SHORTEST, wanted};
use crate::text::shorten;
use crate::time::{Readable, VirtualTime};

/// Two drawings side by side, on one scale, a row for each step.
pub(crate) struct Comparison<'a> {
    pub(crate) expected: &'a Lanes,
    pub(crate) actual: &'a Lanes,
    pub(crate) marks: Marks,
    pub(crate) look: Look,
}

/// Where the two differ first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Marks {
    /// What happened is all that was expected, and nothing else.
    Whole,
    /// What was expected is a part of it.
    Part,
    /// What was expected is one way of several, or every time differs a little: nothing
    /// is marked.
    None,
}

/// A step in both drawings.
struct Pair<'a> {
    expected: Option<&'a Lane>,
    actual: Option<&'a Lane>,
}

impl<'a> Pair<'a> {
    /// Its name: `job[0]`, where the other side has `job`. Both are names of one step, so
    /// that the longer one has the index.
    fn label(&self) -> &'a str {
        let lanes = [self.expected, self.actual].into_iter().flatten();
        let labels = lanes.map(|lane| lane.label.as_str());
        labels.reduce(|one, other| if other.len() > one.len() { other } else { one }).unwrap_or("")
    }
}

/// How many columns a name may take.
const LABEL: usize = 24;

impl<'a> Comparison<'a> {
    fn pairs(&self) -> Vec<Pair<'a>> {
        let mut pairs = Vec::<Pair<'a>>::new();
        // A step that has several lanes is paired by the first of them in both.
        let mut places = BTreeMap::new();
        for lane in &self.expected.lanes {
            if let Some(step) = &lane.step {
                places.entry(step).or_insert(pairs.len());
            }
            pairs.push(Pair { expected: Some(lane), actual: None });
        }
        for lane in &self.actual.lanes {
            match lane.step.as_ref().and_then(|step| places.remove(step)) {
                Some(place) => pairs[place].actual = Some(lane),
                None => pairs.push(Pair { expected: None, actual: Some(lane) }),
            }
        }
        pairs
    }

    /// The step of a pair that was expected and never ran.
    fn never_ran(&self, pair: &Pair<'a>) -> Option<&'a Lane> {
        // Where steps are hidden, it may be one of those.
        let is_missing = pair.actual.is_none() && self.actual.hidden == 0;
        pair.expected.filter(|expected| is_missing && expected.step.is_some())
    }

    /// When a step is first not as expected.
    fn divergence(&self, pair: &Pair<'a>) -> Option<VirtualTime> {
        let is_cut = |lane: &Lane| lane.close == Close::Cancelled;
        match (pair.expected, pair.actual) {
            _ if self.marks == Marks::None => None,
            (Some(expected), Some(actual)) if expected.start != actual.start => {
                Some(expected.start.min(actual.start))
            }
            (Some(expected), Some(actual)) => {
                let differs = expected.end != actual.end || is_cut(expected) != is_cut(actual);
                differs.then(|| expected.end.min(actual.end))
            }
            (Some(expected), None) if self.never_ran(pair).is_some() => Some(expected.start),
            (None, Some(actual)) if self.marks == Marks::Whole && self.expected.hidden == 0 => {
                Some(actual.start)
            }
            _ => None,
        }
    }
}

impl fmt::Display for Comparison<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { expected, actual, look, .. } = self;
        let pairs = self.pairs();
        let first = pairs.iter().filter_map(|pair| self.divergence(pair)).min();
        let label = |pair: &Pair<'_>| cut(pair.label(), LABEL);
        let margin = pairs.iter().map(|pair| width(&label(pair))).max().unwrap_or(0);
        // A mark and a blank, the names, and two blanks before each drawing.
        let columns = (look.columns.saturating_sub(2 + margin + 2 * 2) / 2).max(SHORTEST);
        let mut instants = expected.instants();
        instants.append(&mut actual.instants());
        let scale = Axis::over(&instants);
        let mut row = |mark: &str, name: &str, left: String, right: String| {
            // What is painted has more characters than columns, so it comes filled.
            let line = format!("{mark} {}  {left}  {right}", pad(name, margin));
            writeln!(f, "{}", line.trim_end())
        };
        let heading = |ink, text: &str| look.paint(ink, pad(text, columns)).to_string();
        let expectation = match self.marks {
            Marks::Whole | Marks::Part => "expected",
            Marks::None => "expected, or the like",
        };
        row(" ", "", heading(Ink::Right, expectation), heading(Ink::Wrong, "actual"))?;
        for pair in &pairs {
            let drawn = |it: Option<&Lane>| match it {
                Some(it) => lane(it, &scale, columns).painted(*look, WithBlanks::Yes),
                None => pad("", columns),
            };
            let is_first = first.is_some() && self.divergence(pair) == first;
            let mark = look.paint(Ink::Wrong, if is_first { ">" } else { " " }).to_string();
            row(&mark, &label(pair), drawn(pair.expected), drawn(pair.actual))?;
        }
        let ticks = |lanes: &Lanes| {
            axis(&scale, lanes.makespan, wanted(lanes), columns).painted(*look, WithBlanks::Yes)
        };
        row(" ", "", ticks(expected), ticks(actual))?;
        let hidden = expected.hidden.max(actual.hidden);
        let mut notes = Vec::new();
        notes.extend((hidden > 0).then(|| format!("{hidden} more steps are not drawn")));
        notes.extend(
            first.map(|first| format!("> differs first, at +{}", Readable(first.since_start()))),
        );
        let missing = pairs.iter().filter_map(|pair| self.never_ran(pair));
        let missing: Vec<_> = missing.map(|lane| lane.label.as_str()).collect();
        notes.extend(
            (!missing.is_empty()).then(|| format!("{} never ran", shorten(missing.join(", ")))),
        );
        let lanes = expected.lanes.iter().chain(&actual.lanes);
        notes.extend(legend(lanes, &[&scale]));
        let room = look.columns.saturating_sub(margin + 2 * 2);
        let notes = wrap(notes, room);
        let mut notes = notes.iter().map(|line| look.paint(Ink::Faint, line));
        notes.try_for_each(|line| write!(f, "\n  {}  {line}", pad("", margin)))
    }
}

#[cfg(test)]
mod tests {
    use super::{Comparison, Marks};
    use crate::picture::lanes::{Close, Lanes};
    use crate::picture::look::Look;

    fn text(expected: &Lanes, actual: &Lanes, marks: Marks, columns: usize) -> String {
        let look = Look::PLAIN.with_columns(columns);
        Comparison { expected, actual, marks, look }.to_string()
    }

    /// The names of the steps that are marked, and what is said of the mark.
    fn marked(expected: &Lanes, actual: &Lanes, marks: Marks) -> String {
        let text = text(expected, actual, marks, 80);
        let rows = text.lines().filter_map(|line| line.strip_prefix("> "));
        let names = rows.filter_map(|row| row.split_once("  ")).map(|(name, _)| name.trim_end());
        let said = text.lines().filter_map(|line| line.split_once("> differs first, at "));
        let said = said.map(|(_, said)| said.split("  ").next().unwrap_or_default());
        names.chain(said).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn each_step_has_a_row_with_what_was_expected_and_what_happened() {
        let expected = Lanes::of_finished(&[("a", 0..2), ("gone", 2..4)]);
        let mut actual = Lanes::of_finished(&[("a", 0..3), ("more", 3..4)]);
        actual.lanes[1].close = Close::Cancelled;
        // What is said below has 37 columns, and would need one more.
        assert_eq!(
            text(&expected, &actual, Marks::Whole, 45),
            "        expected           actual
> a     ├───────┤          ├───────────┤
> gone          ├───────┤
  more                                 ├───×
        0ms     2ms   4ms  0ms           4ms

        > differs first, at +2ms
        gone never ran   × cancelled"
        );
        // It has 40 columns, which are enough.
        actual.hidden = 7;
        assert_eq!(
            text(&expected, &actual, Marks::None, 48),
            "        expected, or the like  actual
  a     ├────────┤           ├─────────────┤
  gone           ├────────┤
  more                                     ├───×
        0ms      2ms    4ms  0ms             4ms

        7 more steps are not drawn   × cancelled"
        );
    }

    #[test]
    fn the_steps_that_differ_first_are_marked() {
        let expected = Lanes::of_finished(&[("a", 0..2), ("b", 0..2), ("c", 2..9)]);
        for (actual, told) in [
            ([("a", 0..2), ("b", 0..2), ("c", 2..9)], ""),
            ([("a", 0..2), ("b", 1..2), ("c", 2..9)], "b +0ms"),
            ([("a", 0..2), ("b", 0..3), ("c", 2..9)], "b +2ms"),
            ([("a", 0..2), ("b", 0..1), ("c", 3..9)], "b +1ms"),
            ([("a", 0..2), ("b", 0..3), ("c", 3..9)], "b c +2ms"),
            ([("a", 0..2), ("b", 0..2), ("c", 1..9)], "c +1ms"),
        ] {
            let actual = Lanes::of_finished(&actual);
            assert_eq!(marked(&expected, &actual, Marks::Whole), told);
            assert_eq!(marked(&expected, &actual, Marks::Part), told);
            assert_eq!(marked(&expected, &actual, Marks::None), "");
        }
        let mut cut = expected.clone();
        cut.lanes[0].close = Close::Cancelled;
        assert_eq!(marked(&expected, &cut, Marks::Whole), "a +2ms");
        assert_eq!(marked(&cut, &cut, Marks::Whole), "");
    }

    #[test]
    fn a_step_that_only_one_has_is_marked_where_the_other_has_all() {
        let two = Lanes::of_finished(&[("a", 0..2), ("b", 1..2)]);
        let one = Lanes::of_finished(&[("a", 0..2)]);
        let some = Lanes { hidden: 1, ..one.clone() };
        let mut constant = two.clone();
        constant.lanes[1].step = None;
        for (expected, actual, [whole, part, none]) in [
            (&two, &one, ["b +1ms", "b +1ms", ""]),
            // It may be among those that are not drawn.
            (&two, &some, ["", "", ""]),
            // What only takes time has no row in what happened.
            (&constant, &one, ["", "", ""]),
            (&constant, &some, ["", "", ""]),
            (&one, &two, ["b +1ms", "", ""]),
            (&some, &two, ["", "", ""]),
        ] {
            assert_eq!(marked(expected, actual, Marks::Whole), whole);
            assert_eq!(marked(expected, actual, Marks::Part), part);
            assert_eq!(marked(expected, actual, Marks::None), none);
        }
    }
}
