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
