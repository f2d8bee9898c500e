//! A log that a run is held to.

use std::collections::BTreeMap;

use crate::trace::Trace;
use crate::verdict::failure::Failure;
use crate::verdict::one_run::log_line::{Line, of, read};
use crate::verdict::report::Report;
use crate::verdict::side_by_side::{SideBySide, window};

/// What stands side by side: a line that is expected, a line of the run.
type Row<'a> = (Option<&'a Line>, Option<&'a Line>);

impl Trace {
    /// Holds the run to a log of its steps, line by line, up to ties: at one
    /// instant lines may come in any order. It is [`assert_log!`](crate::assert_log!)
    /// as a `Result`.
    ///
    /// # Shape
    ///
    /// Each text is a line as the trace displays it, or several of them. Blank lines
    /// count for nothing, and neither do blanks around a line. The log has no tasks
    /// in it, and says nothing of the end of the run: the makespan may be later
    /// than the last line.
    ///
    /// Up to ties means that in every instant both logs have the same lines. The
    /// places of namesakes are part of a line, and are given in order of first poll.
    ///
    /// # Errors
    ///
    /// If the logs differ, with both side by side; if a line is none that a log could
    /// have, or is earlier than the one before it, with the place.
    ///
    /// # Examples
    ///
    /// ```
    /// let trace = makespan::scenario!(spawn(a: 2ms, b: 2ms)).run()?;
    /// trace.verify_log(["+0ms b starts", "+0ms a starts", "+2ms a finishes", "+2ms b finishes"])?;
    /// trace.verify_log([trace.to_string()])?;
    ///
    /// let typo = trace.verify_log(["+0ms a start"]).unwrap_err();
    /// assert_eq!(
    ///     typo.to_string(),
    ///     "log notation, line 1, column 8: expected `starts`, `finishes` or `cancelled`\n  \
    ///      +0ms a start\n         ^",
    /// );
    /// # Ok::<(), makespan::Failure>(())
    /// ```
    pub fn verify_log<L: AsRef<str>>(
        &self,
        lines: impl IntoIterator<Item = L>,
    ) -> Result<(), Failure> {
        let (expected, actual) = (read(&joined(lines))?, of(self));
        self.judge("log broken", &up_to_ties(&expected, &actual))
    }

    /// Holds the run to a log of its steps, line by line, in this very order:
    /// [`verify_log`](Self::verify_log) where the order of ties counts too.
    ///
    /// That order is nobody's promise: it is how tokio happens to poll. Another
    /// version may do it otherwise.
    ///
    /// # Errors
    ///
    /// If the logs differ, with both side by side; if a line is none that a log could
    /// have, or is earlier than the one before it, with the place.
    pub fn verify_exact_log<L: AsRef<str>>(
        &self,
        lines: impl IntoIterator<Item = L>,
    ) -> Result<(), Failure> {
        let (expected, actual) = (read(&joined(lines))?, of(self));
        let rows = line_by_line(&expected, &actual);
        let is_tie = first_difference(&rows).is_some()
            && first_difference(&up_to_ties(&expected, &actual)).is_none();
        let headline =
            if is_tie { "log broken: only the order of ties differs" } else { "log broken" };
        self.judge(headline, &rows)
    }

    fn judge(&self, headline: &str, rows: &[Row<'_>]) -> Result<(), Failure> {
        let Some(marked) = first_difference(rows) else { return Ok(()) };
        let shown = window(Some(marked), rows.len());
        let text = |line: Option<&Line>| line.map(ToString::to_string).unwrap_or_default();
        let logs = SideBySide {
            expected: rows[shown.clone()].iter().map(|(line, _)| text(*line)).collect(),
            actual: rows[shown.clone()].iter().map(|(_, line)| text(*line)).collect(),
            marked: Some(marked),
            first: shown.start,
            hidden_behind: rows.len() - shown.end,
        };
        Err(Report::new(headline, self).with_text(&format!("\n{logs}")).into())
    }
}

fn joined<L: AsRef<str>>(lines: impl IntoIterator<Item = L>) -> String {
    let mut text = String::new();
    for line in lines {
        text.push_str(line.as_ref());
        text.push('\n');
    }
    text
}

fn first_difference(rows: &[Row<'_>]) -> Option<usize> {
    rows.iter().position(|(expected, actual)| expected != actual)
}

fn line_by_line<'a>(expected: &'a [Line], actual: &'a [Line]) -> Vec<Row<'a>> {
    let length = expected.len().max(actual.len());
    (0..length).map(|index| (expected.get(index), actual.get(index))).collect()
}

/// Both logs side by side, instant by instant. At each, what both have comes first,
/// in the order of the run, and then what only one of them has.
fn up_to_ties<'a>(expected: &'a [Line], actual: &'a [Line]) -> Vec<Row<'a>> {
    let (mut expected, mut actual) = (expected, actual);
    let mut rows = Vec::with_capacity(expected.len().max(actual.len()));
    loop {
        let times = [expected, actual].map(|log| log.first().map(|line| line.time));
        let Some(time) = times.into_iter().flatten().min() else { return rows };
        let [theirs, ours] = [&mut expected, &mut actual].map(|log| {
            let at_once = log.iter().take_while(|line| line.time == time).count();
            let (front, rest) = log.split_at(at_once);
            *log = rest;
            front
        });
        let mut missing = BTreeMap::<&Line, usize>::new();
        for line in theirs {
            *missing.entry(line).or_default() += 1;
        }
        let mut take = |line: &Line| match missing.get_mut(line) {
            Some(count) if *count > 0 => {
                *count -= 1;
                true
            }
            _ => false,
        };
        let (both, only_ours): (Vec<_>, Vec<_>) = ours.iter().partition(|line| take(line));
        rows.extend(both.into_iter().map(|line| (Some(line), Some(line))));
        let only_theirs: Vec<_> = theirs.iter().filter(|line| take(line)).collect();
        let count = only_theirs.len().max(only_ours.len());
        let only = |index| (only_theirs.get(index).copied(), only_ours.get(index).copied());
        rows.extend((0..count).map(only));
    }
}
