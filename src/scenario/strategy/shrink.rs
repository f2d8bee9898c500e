//! How a generated scenario becomes a small one that fails as well.

use proptest::strategy::ValueTree;

use crate::scenario::strategy::cost::Cost;
use crate::scenario::strategy::simpler::{Edit, apply, edits};
use crate::scenario::tree::{Form, Scenario, View};

/// A generated scenario, and the way from it to simpler ones.
///
/// Shrinking is greedy. Whatever fails and is simpler is kept, and the search
/// goes on from there, at the place in the order that it had come to. It ends
/// when nothing that could be tried is left.
///
/// # Shape
///
/// The boldest is tried first: a part in place of the whole, children left out
/// by halves, quarters and so on, forms put into one another, simpler forms
/// (`seq`, `join`, `spawn`, `tasks`, `limit`, `race`, `timeout`) and fewer
/// permits, a run of steps as one; then durations, toward few and round ones;
/// then the names `a`, `b`, `c`. All of it can run, and what the strategy said
/// of form and size still holds.
///
/// # Determinism
///
/// The same scenario and the same verdicts lead to the same end.
#[derive(Clone, Debug)]
pub struct ScenarioTree {
    shape: Shape,
    least_steps: usize,
    /// The simplest that is known to fail.
    best: Scenario,
    cost: Cost,
    /// What is being tried in its place.
    candidate: Option<Scenario>,
    /// What can be tried on the best, as far as `next` tried in vain. Empty
    /// before the first search: most scenarios never fail.
    edits: Vec<Edit>,
    next: usize,
    /// What led to the best, and whether the search has been at the end since.
    led: Option<Edit>,
    is_around: bool,
}

/// Which scenarios a strategy speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Step,
    /// A sequence of steps.
    Sequential,
    /// Tasks of one step each, awaited in either way.
    Spawned,
    Any,
}

impl Shape {
    fn has(self, scenario: &Scenario) -> bool {
        let is_flat = || scenario.step_count() == scenario.children().len();
        match (self, scenario.view()) {
            (Self::Any, _) | (Self::Step, View::Step { .. }) => true,
            (Self::Sequential, View::Group(group)) => group.form == Form::Sequential && is_flat(),
            (Self::Spawned, View::Group(group)) => {
                matches!(group.form, Form::Spawned | Form::Tasks) && is_flat()
            }
            _ => false,
        }
    }
}

impl ScenarioTree {
    pub(super) fn new(shape: Shape, least_steps: usize, scenario: Scenario) -> Self {
        Self {
            shape,
            least_steps,
            cost: Cost::of(&scenario),
            best: scenario,
            candidate: None,
            edits: Vec::new(),
            next: 0,
            led: None,
            is_around: false,
        }
    }

    /// Looks for what to try next; says whether there is something.
    ///
    /// OK to rely on its end: every candidate costs less than the best, and
    /// between two that are kept the edits are gone through once.
    fn search(&mut self) -> bool {
        if self.edits.is_empty() {
            self.edits = edits(&self.best);
        }
        loop {
            while let Some(&edit) = self.edits.get(self.next) {
                if self.is_around && self.led.is_none_or(|led| edit >= led) {
                    // From here on all has been tried on this very scenario.
                    break;
                }
                self.next += 1;
                self.candidate = apply(&self.best, edit).filter(|it| self.is_worth_a_try(it));
                if self.candidate.is_some() {
                    return true;
                }
            }
            if self.is_around || self.led.is_none() {
                return false;
            }
            self.is_around = true;
            self.next = 0;
        }
    }

    fn is_worth_a_try(&self, candidate: &Scenario) -> bool {
        candidate.step_count() >= self.least_steps
            && self.shape.has(candidate)
            && candidate.ensure_runnable().is_ok()
            && Cost::of(candidate) < self.cost
    }

    /// Keeps the candidate: it fails too.
    fn keep(&mut self, candidate: Scenario) {
        self.cost = Cost::of(&candidate);
        self.best = candidate;
        self.led = self.edits.get(self.next - 1).copied();
        self.is_around = false;
        self.edits = edits(&self.best);
        self.next = self.edits.partition_point(|edit| Some(*edit) < self.led);
    }
}

impl ValueTree for ScenarioTree {
    type Value = Scenario;

    fn current(&self) -> Scenario {
        self.candidate.as_ref().unwrap_or(&self.best).clone()
    }

    fn simplify(&mut self) -> bool {
        if let Some(candidate) = self.candidate.take() {
            self.keep(candidate);
        }
        self.search()
    }

    fn complicate(&mut self) -> bool {
        if self.candidate.take().is_none() {
            return false;
        }
        // With nothing left to try this is back to what failed before, and says
        // so: were it to say `false`, proptest would not go on to what stands
        // beside this value in a tuple.
        self.search();
        true
    }
}

#[cfg(test)]
mod tests;
