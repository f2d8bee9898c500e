//! The law of a scenario: its shape is the scenario's own.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::law::{Expr, Law};
use crate::name::{Name, StepName};
use crate::scenario::tree::{Form, Scenario, View};

impl Scenario {
    /// The law, its steps of one name told apart by the order of their starts:
    /// `starts` has the numbers of the steps in that order. What never started
    /// follows in the order in which it is written.
    pub(crate) fn law_numbered_by(&self, starts: impl Iterator<Item = u32>) -> Law {
        let names = self.step_names();
        let mut counts = BTreeMap::<&Name, usize>::new();
        for name in names.iter() {
            *counts.entry(name).or_default() += 1;
        }
        let mut indices = vec![None; names.len()];
        let mut next = BTreeMap::<&Name, usize>::new();
        for number in starts.map(|number| number as usize).chain(0..names.len()) {
            let name = &names[number];
            if counts[name] > 1 && indices[number].is_none() {
                let next = next.entry(name).or_default();
                indices[number] = Some(*next);
                *next += 1;
            }
        }
        let atoms: Arc<[StepName]> = names
            .iter()
            .zip(indices)
            .map(|(name, index)| StepName::new(name.clone(), index))
            .collect();
        Law::new(self.law_expr(), atoms)
    }

    /// Whether any name is borne by several steps.
    pub(crate) fn has_repeated_names(&self) -> bool {
        let names = self.step_names();
        let mut sorted: Vec<_> = names.iter().collect();
        sorted.sort_unstable();
        sorted.windows(2).any(|pair| pair[0] == pair[1])
    }

    /// The law's shape; its atoms are the numbers of the steps.
    pub(crate) fn law_expr(&self) -> Expr {
        expr(self, &mut (0..))
    }
}

/// OK to recurse because only a scenario that can run gets here.
fn expr(scenario: &Scenario, numbers: &mut impl Iterator<Item = u32>) -> Expr {
    let group = match scenario.view() {
        View::Step { .. } => return Expr::Atom(numbers.next().expect("fewer than 2^32 steps")),
        View::Group(group) => group,
    };
    let children = group.children.iter().map(|child| expr(child, numbers));
    match group.form {
        Form::Sequential => Expr::Sum(children.collect()),
        Form::Spawned | Form::Tasks | Form::Joined => Expr::Max(children.collect()),
        Form::Raced => Expr::Min(children.collect()),
        Form::Timeout(limit) => {
            Expr::Min(std::iter::once(Expr::Constant(limit)).chain(children).collect())
        }
        Form::Limited(permits) => Expr::Limit(permits, children.collect()),
    }
}
