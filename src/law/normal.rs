//! The normal form of a law, by which laws are equal.
//!
//! Everything is a sum: a constant in ticks, and parts with how often each
//! occurs. What stands inside a `max` or a `min` is sorted, without what never
//! decides, and with nothing in common that could stand outside. No step of it
//! makes a law longer by more than the law itself, and none is quadratic in it.

use crate::law::expr::{Expr, Fold, Law};
use crate::law::extremes;
use crate::law::extremes::Extreme;
use crate::name::StepName;
use crate::time::whole_ticks;

/// A sum in normal form. Numbers stay at the largest: a law that comes to more
/// than a `u64` has no value, whatever more it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Normal<'a> {
    /// Sorted, each part once, none of them zero times. In front of the constant,
    /// so that sums of the same parts are neighbours.
    pub(super) parts: Vec<(Part<'a>, u128)>,
    pub(super) constant: u128,
}

/// What is neither a sum nor a constant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part<'a> {
    Atom(&'a StepName),
    Every(Fold, &'a StepName),
    Extreme(Extreme, Vec<Normal<'a>>),
    Limit(usize, Vec<Normal<'a>>),
}

impl Law {
    pub(super) fn normal(&self) -> Normal<'_> {
        Normal::of(&self.expr, &self.atoms)
    }
}

/// By normal form, see [`Law`].
impl PartialEq for Law {
    fn eq(&self, other: &Self) -> bool {
        self.normal() == other.normal()
    }
}

impl Eq for Law {}

impl<'a> Normal<'a> {
    pub(super) fn of(expr: &Expr, atoms: &'a [StepName]) -> Self {
        let all = |terms: &[Expr]| terms.iter().map(|term| Self::of(term, atoms)).collect();
        match expr {
            Expr::Constant(constant) => Self::constant(whole_ticks(*constant).into()),
            Expr::Atom(atom) => Self::part(Part::Atom(&atoms[*atom as usize])),
            Expr::Every(fold, atom) => {
                // One at a time is one after another.
                let fold = if *fold == Fold::Limit(1) { Fold::Sum } else { *fold };
                Self::part(Part::Every(fold, &atoms[*atom as usize]))
            }
            Expr::Times(count, inner) => Self::of(inner, atoms).times((*count).into()),
            Expr::Sum(terms) => Self::sum(all(terms)),
            Expr::Max(terms) => extremes::normal(Extreme::Max, all(terms)),
            Expr::Min(terms) => extremes::normal(Extreme::Min, all(terms)),
            Expr::Limit(slots, jobs) => Self::limit(*slots, all(jobs)),
        }
    }

    pub(super) fn constant(constant: u128) -> Self {
        Self { parts: Vec::new(), constant }
    }

    pub(super) fn part(part: Part<'a>) -> Self {
        Self { parts: vec![(part, 1)], constant: 0 }
    }

    pub(super) fn is_zero(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn times(mut self, count: u128) -> Self {
        if count == 0 {
            return Self::default();
        }
        for (_, times) in &mut self.parts {
            *times = times.saturating_mul(count);
        }
        self.constant = self.constant.saturating_mul(count);
        self
    }

    pub(super) fn sum(terms: Vec<Self>) -> Self {
        let constant = terms.iter().fold(0, |sum: u128, term| sum.saturating_add(term.constant));
        let mut parts: Vec<_> = terms.into_iter().flat_map(|term| term.parts).collect();
        parts.sort();
        parts.dedup_by(|next, kept| {
            let is_same = next.0 == kept.0;
            if is_same {
                kept.1 = kept.1.saturating_add(next.1);
            }
            is_same
        });
        Self { parts, constant }
    }

    /// What jobs cost that start in order, `slots` at a time.
    fn limit(slots: usize, mut jobs: Vec<Self>) -> Self {
        // A job that takes nothing leaves its slot as it was.
        jobs.retain(|job| !job.is_zero());
        if slots >= jobs.len() {
            return extremes::normal(Extreme::Max, jobs);
        }
        if slots == 1 {
            return Self::sum(jobs);
        }
        if jobs.windows(2).all(|pair| pair[0] == pair[1]) {
            // Equal jobs go in rounds, and no round waits for a part of another.
            let rounds = jobs.len().div_ceil(slots);
            return jobs.swap_remove(0).times(rounds as u128);
        }
        // The first ones begin together, and slots have no names.
        jobs[..slots].sort();
        Self::part(Part::Limit(slots, jobs))
    }

    /// Whether every part and the constant occur in `other` at least as often.
    /// `budget` goes down by what is looked at.
    pub(super) fn is_within(&self, other: &Self, budget: &mut usize) -> bool {
        if self.parts.len() > other.parts.len() || self.constant > other.constant {
            return false;
        }
        self.parts.iter().all(|(part, times)| {
            *budget = budget.saturating_sub(1);
            let place = other.parts.binary_search_by(|(there, _)| there.cmp(part));
            place.is_ok_and(|place| other.parts[place].1 >= *times)
        })
    }

    /// What occurs in both, as often as it occurs in both.
    pub(super) fn shared(&self, other: &Self) -> Self {
        let (few, many) =
            if self.parts.len() <= other.parts.len() { (self, other) } else { (other, self) };
        let shared = few.parts.iter().filter_map(|(part, times)| {
            let place = many.parts.binary_search_by(|(there, _)| there.cmp(part)).ok()?;
            Some((part.clone(), many.parts[place].1.min(*times)))
        });
        Self { parts: shared.collect(), constant: self.constant.min(other.constant) }
    }

    /// Takes away what is known to be in it.
    pub(super) fn take_away(&mut self, shared: &Self) {
        self.constant -= shared.constant;
        for (part, times) in &shared.parts {
            let place = self.parts.binary_search_by(|(there, _)| there.cmp(part));
            self.parts[place.expect("what is shared occurs")].1 -= times;
        }
        self.parts.retain(|(_, times)| *times > 0);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::{Expr, Extreme, Fold, Law, Normal, Part, StepName};

    /// A normal form, written as a law again.
    fn written(normal: &Normal<'_>, atoms: &[StepName]) -> Expr {
        let number = |atom: &StepName| {
            let place = atoms.iter().position(|it| it == atom).expect("an atom of the law");
            u32::try_from(place).expect("few atoms")
        };
        let all = |terms: &[Normal<'_>]| terms.iter().map(|it| written(it, atoms)).collect();
        let parts = normal.parts.iter().map(|(part, times)| {
            let expr = match part {
                Part::Atom(atom) => Expr::Atom(number(atom)),
                Part::Every(fold, atom) => Expr::Every(*fold, number(atom)),
                Part::Extreme(Extreme::Max, terms) => Expr::Max(all(terms)),
                Part::Extreme(Extreme::Min, terms) => Expr::Min(all(terms)),
                Part::Limit(slots, jobs) => Expr::Limit(*slots, all(jobs)),
            };
            Expr::Times(u64::try_from(*times).expect("a small count"), Box::new(expr))
        });
        let constant = u64::try_from(normal.constant).expect("a small constant");
        let constant = Expr::Constant(Duration::from_millis(constant));
        Expr::Sum(parts.chain([constant]).collect())
    }

    /// Any law at all: the choices are the digits of a number that runs on.
    fn any(depth: u32, state: &mut u64) -> Expr {
        let mut draw = |most: u64| {
            *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (*state >> 33) % most
        };
        let kind = if depth == 0 { draw(5) } else { draw(14) };
        let slots = usize::try_from(1 + draw(3)).expect("small");
        let [count, name] = [draw(4), draw(3)];
        let atom = u32::try_from(name).expect("small");
        let list =
            |state: &mut u64| -> Vec<_> { (0..=count).map(|_| any(depth - 1, state)).collect() };
        match kind {
            0..=2 => Expr::Atom(atom),
            3 => Expr::Constant(Duration::from_millis(count)),
            4 => {
                Expr::Every([Fold::Sum, Fold::Max, Fold::Limit(slots)][count.min(2) as usize], atom)
            }
            5 => Expr::Times(count, Box::new(any(depth - 1, state))),
            6 | 7 => Expr::Sum(list(state)),
            8..=10 => Expr::Max(list(state)),
            11 | 12 => Expr::Min(list(state)),
            _ => Expr::Limit(slots, list(state)),
        }
    }

    #[test]
    fn a_normal_form_is_its_own_normal_form() {
        let atoms: Arc<[StepName]> =
            ["a", "b", "c"].map(|name| StepName::new(name, None)).into_iter().collect();
        let mut state = 1;
        for _ in 0..3_000 {
            let law = Law::new(any(4, &mut state), Arc::clone(&atoms));
            let normal = law.normal();
            let again = written(&normal, &atoms);
            assert_eq!(Normal::of(&again, &atoms), normal, "{law}");
        }
    }
}
