//! Which names ran in the cases of a check, and what is wrong with those that did not.

use std::collections::BTreeMap;

use crate::checker::case::Case;
use crate::error::Error;
use crate::name::{Name, StepName};
use crate::trace::Trace;

/// The names that ran, and how often each ran in a case, at most.
#[derive(Default)]
pub(super) struct Names {
    most: BTreeMap<Name, usize>,
    /// The same of delays alone, whose latencies the check chooses.
    delays: BTreeMap<Name, usize>,
    /// The names in the order in which they were first seen.
    order: Vec<Name>,
    /// The latencies of the first case in which a name ran.
    first: BTreeMap<Name, Vec<(StepName, u64)>>,
}

impl Names {
    /// Takes in what ran in a case.
    pub(super) fn note(&mut self, case: &Case, trace: Option<&Trace>) {
        // Thousands of steps may have a few names, and this is done for every run.
        let mut counts = BTreeMap::<&Name, usize>::new();
        let steps = trace.map(|trace| &*trace.names).unwrap_or_default();
        for name in steps {
            *counts.entry(name).or_default() += 1;
            if !self.first.contains_key(name) {
                self.order.push(name.clone());
                self.first.insert(name.clone(), case.asked());
            }
        }
        for (name, count) in counts {
            raise(&mut self.most, name, count);
        }
        case.each_asked(|step| {
            raise(&mut self.delays, step.name(), step.index().unwrap_or(0) + 1);
        });
    }

    /// Whether a latency was chosen in any case.
    pub(super) fn has_delays(&self) -> bool {
        !self.delays.is_empty()
    }

    /// Whether every step of the name was a delay, as far as it ran.
    pub(super) fn are_delays(&self, name: &Name) -> bool {
        self.most.get(name) == self.delays.get(name)
    }

    /// The latencies of the first case in which the name ran.
    pub(super) fn first_with(&self, name: &Name) -> Option<&Vec<(StepName, u64)>> {
        self.first.get(name)
    }

    /// The error of the first step that ran in no case.
    pub(super) fn missing<'n>(
        &self,
        steps: impl IntoIterator<Item = &'n StepName>,
    ) -> Option<Error> {
        steps.into_iter().find_map(|step| self.missing_among(step, &self.most))
    }

    /// The error of the first step that was a delay in no case, so that a latency that is
    /// set for it has no effect.
    pub(super) fn missing_delay<'n>(
        &self,
        steps: impl IntoIterator<Item = &'n StepName>,
    ) -> Option<Error> {
        steps.into_iter().find_map(|step| {
            if !self.delays.contains_key(step.name()) && self.most.contains_key(step.name()) {
                return Some(Error::no_delay(step));
            }
            self.missing_among(step, &self.delays)
        })
    }

    fn missing_among(&self, step: &StepName, counts: &BTreeMap<Name, usize>) -> Option<Error> {
        match (counts.get(step.name()), step.index()) {
            (None, _) => Some(Error::unknown_name(step, &self.order)),
            (Some(count), Some(index)) if index >= *count => {
                Some(Error::unknown_place(step, *count))
            }
            _ => None,
        }
    }
}

fn raise(counts: &mut BTreeMap<Name, usize>, name: &Name, count: usize) {
    match counts.get_mut(name) {
        Some(most) => *most = count.max(*most),
        None => drop(counts.insert(name.clone(), count)),
    }
}
