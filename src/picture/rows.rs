//! Rows of a drawing in text: lanes, an axis, how many steps were going on.

use crate::picture::axis::Axis;
use crate::picture::lanes::{Close, Lane, Lanes};
use crate::picture::look::{Ink, Look};
use crate::picture::sign::Sign;
use crate::time::{Spelled, VirtualTime};

/// A row of characters, each in its ink.
pub(super) struct Row(Vec<(char, Ink)>);

impl Row {
    fn blank(columns: usize) -> Self {
        Self(vec![(' ', Ink::Plain); columns])
    }

    fn set(&mut self, column: usize, character: char, ink: Ink) {
        if let Some(cell) = self.0.get_mut(column) {
            *cell = (character, ink);
        }
    }

    fn fill(&mut self, columns: std::ops::Range<usize>, character: char, ink: Ink) {
        columns.for_each(|column| self.set(column, character, ink));
    }

    /// Whether nothing is drawn in these columns and one beside them.
    fn is_free(&self, columns: std::ops::Range<usize>) -> bool {
        let around = columns.start.saturating_sub(1)..(columns.end + 1).min(self.0.len());
        columns.end <= self.0.len() && self.0[around].iter().all(|(it, _)| *it == ' ')
    }

    /// Writes text that takes a column a character.
    fn write(&mut self, column: usize, text: &str) {
        for (offset, character) in text.chars().enumerate() {
            self.set(column + offset, character, Ink::Plain);
        }
    }

    /// The row as a text, with its blanks to the end or without.
    pub(super) fn painted(&self, look: Look, with_blanks: WithBlanks) -> String {
        let last = self.0.iter().rposition(|(it, _)| *it != ' ').map_or(0, |last| last + 1);
        let cells = match with_blanks {
            WithBlanks::Yes => &self.0[..],
            WithBlanks::No => &self.0[..last],
        };
        let runs = cells.chunk_by(|(_, one), (_, two)| one == two);
        let painted = runs.map(|run| {
            let text: String = run.iter().map(|(character, _)| character).collect();
            look.paint(run[0].1, text).to_string()
        });
        painted.collect()
    }
}

/// Whether a row is filled with blanks up to its last column.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum WithBlanks {
    Yes,
    No,
}

/// The row of a step.
pub(super) fn lane(lane: &Lane, axis: &Axis, columns: usize) -> Row {
    let place = |time| axis.place(time, columns);
    let (from, to) = (place(lane.start), place(lane.end));
    let ink = match (lane.is_critical, lane.close) {
        (true, _) => Ink::Critical,
        (false, Close::Cancelled) => Ink::Cut,
        (false, _) => Ink::Plain,
    };
    let mut row = Row::blank(columns);
    let spawned = lane.spawned.map(place).filter(|spawned| *spawned < from);
    if let Some(spawned) = spawned {
        row.fill(spawned..from, '┄', Ink::Faint);
        row.set(spawned, '╭', Ink::Faint);
    }
    if let Some(joined) = lane.joined.map(place).filter(|joined| *joined > to) {
        row.fill(to..joined, '┄', Ink::Faint);
        row.set(joined, '╯', Ink::Faint);
    }
    let heavy = lane.is_critical;
    row.fill(from..to, if heavy { '━' } else { '─' }, ink);
    // The ends are drawn over what is there. Both are instants of the axis, so that no
    // break goes over them, and behind the lane there is no room.
    for (begins, ends) in axis.breaks().filter(|(begins, _)| *begins >= lane.start) {
        let middle = place(begins).midpoint(place(ends));
        row.fill(middle..(middle + 2).min(to), '╱', Ink::Faint);
    }
    let is_at_once = lane.spawned.is_some() && spawned.is_none();
    row.set(
        from,
        match (is_at_once, heavy) {
            (true, _) => '╭',
            (false, true) => '┝',
            (false, false) => '├',
        },
        ink,
    );
    let cap = match lane.close {
        Close::Finished if from == to => '│',
        Close::Finished if heavy => '┥',
        Close::Finished => '┤',
        Close::Tied if from == to => '║',
        Close::Tied => '╡',
        Close::Cancelled => '×',
        Close::Open => '▸',
    };
    row.set(to, cap, ink);
    row
}

/// The row under the lanes: points in time, each below what happens there. The
/// beginning and the end come first, then `wanted`, then what else is drawn.
pub(super) fn axis(
    axis: &Axis,
    makespan: VirtualTime,
    wanted: impl Iterator<Item = VirtualTime>,
    columns: usize,
) -> Row {
    let mut row = Row::blank(columns);
    row.write(0, "0ms");
    if makespan == VirtualTime::START {
        return row;
    }
    // Where there is no room for both, the end is what is read.
    let end = Spelled(makespan.since_start()).to_string();
    let room = columns.saturating_sub(end.len());
    let at = axis.place(makespan, columns).min(room).max("0ms".len() + 1);
    row.0.resize(columns.max(at + end.len()), (' ', Ink::Plain));
    row.write(at, &end);
    for (begins, ends) in axis.breaks() {
        let middle = axis.place(begins, columns).midpoint(axis.place(ends, columns));
        if row.is_free(middle..middle + 2) {
            row.fill(middle..middle + 2, '╱', Ink::Faint);
        }
    }
    for time in wanted {
        let label = Spelled(time.since_start()).to_string();
        let at = axis.place(time, columns);
        if row.is_free(at..at + label.len()) {
            row.write(at, &label);
        }
    }
    row
}

/// How many steps were going on, the most of each column, and the most of all.
pub(super) fn in_flight(lanes: &Lanes, axis: &Axis, columns: usize) -> (Row, usize) {
    const LEVELS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let most = lanes.most_in_flight(axis, columns);
    let highest = most.iter().copied().max().unwrap_or(0);
    let mut row = Row::blank(columns);
    for (column, count) in most.into_iter().enumerate() {
        let level = (count * (LEVELS.len() - 1)).div_ceil(highest.max(1));
        row.set(column, LEVELS[level], Ink::Plain);
    }
    (row, highest)
}

/// What the signs mean that are not read at once, of those that are there.
pub(super) fn legend<'a>(
    lanes: impl Iterator<Item = &'a Lane> + Clone,
    axes: &[&Axis],
) -> impl Iterator<Item = String> {
    Sign::of(lanes, axes).map(|sign| format!("{} {}", glyph(sign), sign.meaning()))
}

/// How a sign is written.
const fn glyph(sign: Sign) -> &'static str {
    match sign {
        Sign::Critical => "━",
        Sign::Tied => "╡",
        Sign::Cancelled => "×",
        Sign::Open => "▸",
        Sign::Spawned => "╭",
        Sign::Joined => "╯",
        Sign::Break => "╱╱",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{WithBlanks, axis, lane};
    use crate::picture::axis::Axis;
    use crate::picture::lanes::Lanes;
    use crate::picture::look::Look;
    use crate::time::VirtualTime;

    #[test]
    fn a_break_is_drawn_in_the_lanes_that_it_goes_through() {
        // All gaps but the first are drawn shorter than they are: of 1 + 3 + 12 + 48.
        let lanes = Lanes::of_finished(&[
            ("all", 0..100_101),
            ("two", 1..1_101),
            ("one", 101..1_101),
            ("last", 1_101..100_101),
            ("none", 0..1),
        ]);
        let axis = Axis::over(&lanes.instants());
        let drawn = |it| lane(it, &axis, 24).painted(Look::PLAIN, WithBlanks::No);
        let rows = lanes.lanes.iter().map(drawn);
        assert_eq!(
            rows.collect::<Vec<_>>(),
            ["├╱─╱╱─────────╱╱───────┤", "├╱─╱╱─┤", " ├─╱╱─┤", "      ├───────╱╱───────┤", "│"]
        );
    }

    #[test]
    fn under_the_shortest_lanes_the_end_is_written_as_far_as_it_must() {
        let end = VirtualTime::after_ticks(1_000);
        let scale = Axis::over(&BTreeSet::from([VirtualTime::START, end]));
        let row = |columns| {
            axis(&scale, end, std::iter::empty(), columns).painted(Look::PLAIN, WithBlanks::Yes)
        };
        assert_eq!([4, 5, 6, 7].map(row), ["0ms 1s", "0ms 1s", "0ms 1s", "0ms  1s"]);
    }
}
