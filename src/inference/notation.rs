//! A law in the words of the notation, every step of a name as a whole where it
//! can be.

use std::time::Duration;

use crate::inference::history::History;
use crate::inference::sum::{Sum, Term};
use crate::law::Expr;
use crate::law::Fold;
use crate::law::Law;
use crate::name::StepName;

/// Whether a law speaks of all the steps of one name together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Namesakes {
    Together,
    OneByOne,
}

/// Returns the law that a sum stands for.
pub(super) fn law(sum: &Sum, history: &History, namesakes: Namesakes) -> Law {
    let mut writer = Writer { history, namesakes, atoms: Vec::new(), numbers: Vec::new() };
    writer.numbers.resize(2 * history.steps().len(), None);
    let expr = writer.sum(sum);
    Law::new(expr, writer.atoms.into())
}

struct Writer<'a> {
    history: &'a History,
    namesakes: Namesakes,
    atoms: Vec<StepName>,
    /// The atoms of the steps, and behind them those of their names.
    numbers: Vec<Option<u32>>,
}

impl Writer<'_> {
    /// OK to recurse because what is folded is not nested deeper than a run.
    fn sum(&mut self, sum: &Sum) -> Expr {
        let mut terms = Vec::with_capacity(sum.len());
        let mut rest = &sum[..];
        while let Some(term) = rest.first() {
            let steps: Vec<_> = rest
                .iter()
                .map_while(|term| match term {
                    Term::Step(step) => Some(*step),
                    _ => None,
                })
                .collect();
            if let Some(all) = self.all_of_a_name(&steps) {
                let atom = self.atom_of_name(steps[0]);
                terms.push(Expr::Every(Fold::Sum, atom));
                rest = &rest[all..];
                continue;
            }
            rest = &rest[1..];
            terms.push(match term {
                Term::Ticks(ticks) => Expr::Constant(Duration::from_millis(*ticks)),
                Term::Step(step) => Expr::Atom(self.atom(*step)),
                Term::Max(sums) => self.extreme(Fold::Max, sums),
                Term::Min(sums) => self.extreme(Fold::Min, sums),
                Term::Limit(slots, jobs) => self.limit(*slots, jobs),
            });
        }
        Expr::Sum(terms)
    }

    fn extreme(&mut self, fold: Fold, sums: &[Sum]) -> Expr {
        let mut lone: Vec<_> = sums.iter().filter_map(lone_step).collect();
        lone.sort_by_key(|step| self.history.steps()[*step].clone());
        // Those that a function speaks of together, by the first of them.
        let mut together = vec![false; self.history.steps().len()];
        let mut rest = &lone[..];
        while let Some(step) = rest.first() {
            let count = self.all_of_a_name(rest);
            if count.is_some() {
                rest[..count.unwrap_or(0)].iter().for_each(|step| together[*step] = true);
            }
            let name = &self.history.steps()[*step].0;
            let of_name = |step: &&usize| self.history.steps()[**step].0 == *name;
            rest = &rest[rest.iter().take_while(of_name).count()..];
        }
        let mut terms = Vec::with_capacity(sums.len());
        let mut told = Vec::new();
        for sum in sums {
            match lone_step(sum).filter(|step| together[*step]) {
                None => terms.push(self.sum(sum)),
                Some(step) => {
                    let atom = self.atom_of_name(step);
                    if !told.contains(&atom) {
                        told.push(atom);
                        terms.push(Expr::Every(fold, atom));
                    }
                }
            }
        }
        match fold {
            Fold::Min => Expr::Min(terms),
            _ => Expr::Max(terms),
        }
    }

    fn limit(&mut self, slots: usize, jobs: &[Sum]) -> Expr {
        let steps: Vec<_> = jobs.iter().filter_map(lone_step).collect();
        if steps.len() == jobs.len() && self.all_of_a_name(&steps) == Some(steps.len()) {
            return Expr::Every(Fold::Limit(slots), self.atom_of_name(steps[0]));
        }
        Expr::Limit(slots, jobs.iter().map(|job| self.sum(job)).collect())
    }

    /// How many steps at the beginning of a list are all of one name, in their
    /// order, if there are two at least.
    fn all_of_a_name(&self, steps: &[usize]) -> Option<usize> {
        let (name, _) = &self.history.steps()[*steps.first()?];
        let all = self.history.namesakes(name)?;
        let is_all = self.namesakes == Namesakes::Together
            && all.len() > 1
            && steps.len() >= all.len()
            && all.values().zip(steps).all(|(one, other)| one == other);
        is_all.then_some(all.len())
    }

    fn atom(&mut self, step: usize) -> u32 {
        let (name, index) = &self.history.steps()[step];
        let is_one_of_several = self.history.namesakes(name).is_some_and(|all| all.len() > 1);
        self.number(step, StepName::new(name.clone(), is_one_of_several.then_some(*index)))
    }

    fn atom_of_name(&mut self, step: usize) -> u32 {
        let (name, _) = &self.history.steps()[step];
        let first = self.history.namesakes(name).and_then(|all| all.values().next());
        let place = self.history.steps().len() + first.copied().unwrap_or(step);
        self.number(place, StepName::new(name.clone(), None))
    }

    fn number(&mut self, place: usize, atom: StepName) -> u32 {
        *self.numbers[place].get_or_insert_with(|| {
            self.atoms.push(atom);
            u32::try_from(self.atoms.len() - 1).expect("fewer than 2^32 steps")
        })
    }
}

fn lone_step(sum: &Sum) -> Option<usize> {
    match sum[..] {
        [Term::Step(step)] => Some(step),
        _ => None,
    }
}
