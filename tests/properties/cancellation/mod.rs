//! What is cut at an instant, whichever: nothing of it is logged later, and nothing of
//! it stays alive, but for the tasks that a form lets go as documented.

mod programs;
mod scenarios;

use std::collections::BTreeMap;

use makespan::{End, Trace, VirtualTime};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

/// The steps of a program, each with the mark of the outermost group of tasks around it
/// that is let go when it is cut. A mark is a step that takes no time.
type LetGo = BTreeMap<String, Option<String>>;

/// How many steps were cut, and how many went on.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    cut: usize,
    tied: usize,
    going_on: usize,
}

impl std::ops::AddAssign for Seen {
    fn add_assign(&mut self, other: Self) {
        self.cut += other.cut;
        self.tied += other.tied;
        self.going_on += other.going_on;
    }
}

type Spans = BTreeMap<String, (VirtualTime, End)>;

fn spans(trace: &Trace) -> Spans {
    let steps = trace.steps().into_iter();
    steps.map(|step| (step.name.to_string(), (step.start, step.end))).collect()
}

/// Holds a run that was cut to the same without the cut. Both have time for all that
/// goes on.
fn is_cut(
    whole: &Spans,
    cut: &Spans,
    at: VirtualTime,
    steps: &LetGo,
) -> Result<Seen, TestCaseError> {
    let mut seen = Seen::default();
    for (step, mark) in steps {
        let (before, after) = (whole.get(step), cut.get(step));
        let start = |spans: &Spans, step: &String| spans.get(step).map(|(start, _)| *start);
        if let Some(mark) = mark {
            match (start(whole, mark), start(cut, mark)) {
                // The group had begun: it goes on as if nothing had happened.
                (Some(begun), Some(_)) if begun <= at => {
                    prop_assert_eq!(before, after, "{}", step);
                    let end = after.and_then(|(_, end)| end.time());
                    seen.going_on += usize::from(end.is_some_and(|end| end > at));
                }
                // Which tie came first, the cut or what is before the group?
                (Some(begun), None) if begun == at => prop_assert_eq!(after, None),
                (None, Some(begun)) if begun == at => {}
                (begun, None) if begun.is_none_or(|begun| begun > at) => {
                    prop_assert_eq!(after, None, "{}", step);
                }
                (one, other) => prop_assert!(false, "{mark} began at {one:?}, but at {other:?}"),
            }
            continue;
        }
        match (before, after) {
            (None, None) => {}
            (Some((start, end)), Some((cut_start, cut_end))) => {
                prop_assert_eq!(start, cut_start, "{}", step);
                prop_assert!(*start <= at, "{step} starts behind the cut");
                if end.time().is_some_and(|end| end < at) {
                    prop_assert_eq!(end, cut_end, "{}", step);
                } else if end.time() == Some(at) {
                    // A tie, which is decided by the way of the cut.
                    prop_assert_eq!(cut_end.time(), Some(at), "{}", step);
                    seen.tied += 1;
                } else {
                    prop_assert_eq!(*cut_end, End::Cancelled(at), "{}", step);
                    seen.cut += 1;
                }
            }
            (Some((start, _)), None) => prop_assert!(*start >= at, "{step} never starts"),
            // A tie with the cut let it begin.
            (None, Some((start, end))) => {
                prop_assert_eq!((*start, end.time()), (at, Some(at)), "{}", step);
            }
        }
    }
    // Whatever else is in the log, it is of the test.
    let others = cut.keys().filter(|step| !steps.contains_key(*step));
    for other in others {
        prop_assert!(["rest", "alarm"].contains(&other.as_str()), "{other} is nobody's");
    }
    Ok(seen)
}
