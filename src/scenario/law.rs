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

#[cfg(test)]
mod tests {
    use crate::scenario::tree::Scenario;

    fn read(notation: &str) -> Scenario {
        notation.parse().unwrap()
    }

    #[test]
    fn names_are_repeated_wherever_the_steps_stand() {
        let table = [
            ("a: 1ms", false),
            ("seq()", false),
            ("seq(a: 1ms, b: 1ms)", false),
            ("seq(a: 1ms, a: 1ms)", true),
            ("seq(a: 1ms, b: 1ms, join(c: 1ms, a: 1ms))", true),
            ("seq(b: 1ms, a: 1ms, join(c: 1ms, d: 1ms))", false),
        ];
        for (notation, expected) in table {
            assert_eq!(read(notation).has_repeated_names(), expected, "{notation}");
        }
    }

    #[test]
    fn steps_of_one_name_are_numbered_in_the_order_of_their_starts() {
        let scenario = read("seq(a: 1ms, b: 1ms, spawn(a: 1ms, a: 1ms, c: 1ms), c: 1ms)");
        let law = |starts: &[u32]| scenario.law_numbered_by(starts.iter().copied()).to_string();
        assert_eq!(law(&[]), "a[0] + b + max(a[1], a[2], c[0]) + c[1]");
        assert_eq!(law(&[0, 1, 2, 3, 4, 5]), law(&[]));
        // What never started follows.
        assert_eq!(law(&[5, 3]), "a[1] + b + max(a[2], a[0], c[1]) + c[0]");
    }

    #[test]
    fn each_form_has_its_law() {
        let table = [
            ("a: 1ms", "a"),
            ("seq(a: 1ms, b: 2ms)", "a + b"),
            ("spawn(a: 1ms, b: 2ms)", "max(a, b)"),
            ("tasks(a: 1ms, b: 2ms)", "max(a, b)"),
            ("join(a: 1ms, b: 2ms)", "max(a, b)"),
            ("race(a: 1ms, b: 2ms)", "min(a, b)"),
            ("timeout(5ms, a: 1ms)", "min(5ms, a)"),
            ("limit(2, a: 1ms, b: 2ms, c: 3ms)", "limit(2, a, b, c)"),
        ];
        for (notation, expected) in table {
            let law = read(notation).law_numbered_by(std::iter::empty());
            assert_eq!(law.to_string(), expected, "{notation}");
        }
    }
}
