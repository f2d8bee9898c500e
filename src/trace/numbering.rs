//! Numbers for the steps of events that were put together by hand.

use std::collections::{BTreeMap, VecDeque};

use crate::name::{Name, StepName};
use crate::trace::event::TaskId;

/// Gives the steps their numbers, and the events their steps.
#[derive(Default)]
pub(super) struct Numbering {
    names: Vec<Name>,
    called: BTreeMap<StepName, Namesakes>,
}

/// The steps that are called the same: one, if they were given places.
#[derive(Default)]
struct Namesakes {
    /// Those that are going on, in the order of their starts.
    open: VecDeque<(TaskId, u32)>,
    /// Those whose end came before their start.
    without_start: VecDeque<u32>,
    /// The one that ended last.
    ended: Option<u32>,
}

impl Numbering {
    /// The number of a step that starts.
    pub(super) fn start(&mut self, task: TaskId, step: StepName) -> u32 {
        let name = step.name().clone();
        let namesakes = self.called.entry(step).or_default();
        namesakes.without_start.pop_front().unwrap_or_else(|| {
            let number = add(&mut self.names, name);
            namesakes.open.push_back((task, number));
            number
        })
    }

    /// The number of a step that ends.
    pub(super) fn end(&mut self, task: TaskId, step: StepName) -> u32 {
        let name = step.name().clone();
        let namesakes = self.called.entry(step).or_default();
        let in_its_task = namesakes.open.iter().position(|(its, _)| *its == task).unwrap_or(0);
        let number = match (namesakes.open.remove(in_its_task), namesakes.ended) {
            (Some((_, number)), _) => number,
            // It ends a second time.
            (None, Some(number)) => number,
            (None, None) => {
                let number = add(&mut self.names, name);
                namesakes.without_start.push_back(number);
                number
            }
        };
        namesakes.ended = Some(number);
        number
    }

    /// The names of the steps, by their numbers.
    pub(super) fn into_names(self) -> Vec<Name> {
        self.names
    }
}

fn add(names: &mut Vec<Name>, name: Name) -> u32 {
    names.push(name);
    u32::try_from(names.len() - 1).expect("fewer than 2^32 steps")
}

#[cfg(test)]
mod tests {
    use super::Numbering;
    use crate::name::StepName;
    use crate::trace::event::TaskId;

    #[test]
    fn of_namesakes_the_one_of_the_task_ends_or_else_the_first() {
        let mut numbering = Numbering::default();
        let a = || StepName::from("a");
        let [one, two, three] = [1, 2, 3].map(TaskId::new);
        assert_eq!([one, two, three].map(|task| numbering.start(task, a())), [0, 1, 2]);
        assert_eq!(numbering.end(two, a()), 1);
        assert_eq!(numbering.end(TaskId::ROOT, a()), 0);
        assert_eq!(numbering.end(three, a()), 2);
        // A second end is that of the one that ended last.
        assert_eq!(numbering.end(one, a()), 2);
    }

    #[test]
    fn an_end_without_a_start_is_that_of_the_next_to_start() {
        let mut numbering = Numbering::default();
        let [a, b] = ["a", "b"].map(StepName::from);
        assert_eq!(numbering.end(TaskId::ROOT, a.clone()), 0);
        assert_eq!(numbering.start(TaskId::ROOT, b), 1);
        assert_eq!(numbering.start(TaskId::ROOT, a.clone()), 0);
        assert_eq!(numbering.start(TaskId::ROOT, a), 2);
        assert_eq!(numbering.into_names().len(), 3);
    }
}
