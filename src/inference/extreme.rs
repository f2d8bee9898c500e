//! The larger or the smaller of sums: without what changes nothing, and with what
//! is common taken out.

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::inference::sum::{Sum, Term, push};

/// Which of several sums it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Extreme {
    Max,
    Min,
}

/// The order of first starts, in which terms stand.
pub(super) struct Order {
    /// For each step its place in it, from one.
    ranks: Vec<usize>,
}

impl Order {
    pub(super) fn new(order: &[usize]) -> Self {
        let mut ranks = vec![0; order.len()];
        for (rank, step) in order.iter().enumerate() {
            ranks[*step] = rank + 1;
        }
        Self { ranks }
    }

    /// The larger or the smaller of sums, with what they begin with, and the
    /// time that passes at their end, outside.
    pub(super) fn extreme(&self, extreme: Extreme, sums: Vec<Sum>) -> Sum {
        let mut sums = flat(extreme, sums);
        let mut outside = Sum::new();
        while let Some(term) = common_beginning(&mut sums) {
            push(&mut outside, term);
            sums = flat(extreme, sums);
        }
        let behind = common_end(&mut sums);
        sums = self.grouped(extreme, flat(extreme, sums));
        sums.sort_by_key(|sum| self.rank(sum));
        let inside = match extreme {
            _ if sums.len() < 2 => sums.pop().unwrap_or_default(),
            Extreme::Max => vec![Term::Max(Rc::new(sums))],
            Extreme::Min => vec![Term::Min(Rc::new(sums))],
        };
        for term in inside.into_iter().chain([Term::Ticks(behind)]) {
            push(&mut outside, term);
        }
        outside
    }

    /// Sums that begin alike become one: `max(a + b, a + c, d)` is
    /// `max(a + max(b, c), d)`.
    fn grouped(&self, extreme: Extreme, sums: Vec<Sum>) -> Vec<Sum> {
        let mut groups: Vec<Vec<Sum>> = Vec::new();
        // Steps are looked up by their numbers: side by side there may be many.
        let mut by_step = vec![None; self.ranks.len()];
        for sum in sums {
            let place = match sum.first() {
                Some(Term::Step(step)) => *by_step[*step].get_or_insert(groups.len()),
                None | Some(Term::Ticks(_)) => groups.len(),
                first => {
                    let is_alike = |group: &Vec<Sum>| group[0].first() == first;
                    groups.iter().position(is_alike).unwrap_or(groups.len())
                }
            };
            match groups.get_mut(place) {
                Some(group) => group.push(sum),
                None => groups.push(vec![sum]),
            }
        }
        let one = |mut group: Vec<Sum>| {
            if group.len() == 1 { group.remove(0) } else { self.extreme(extreme, group) }
        };
        groups.into_iter().map(one).collect()
    }

    /// The first of its steps to start; what has none comes first of all.
    fn rank(&self, sum: &Sum) -> usize {
        let ranks = sum.iter().filter_map(|term| match term {
            Term::Ticks(_) => None,
            Term::Step(step) => Some(self.ranks[*step]),
            Term::Max(sums) | Term::Min(sums) | Term::Limit(_, sums) => {
                sums.iter().map(|sum| self.rank(sum)).filter(|rank| *rank > 0).min()
            }
        });
        ranks.min().unwrap_or(0)
    }
}

/// Without what changes nothing: an extreme in an extreme of its kind, a sum
/// twice, nothing where something is larger.
fn flat(extreme: Extreme, sums: Vec<Sum>) -> Vec<Sum> {
    let mut flat = Vec::with_capacity(sums.len());
    for sum in sums {
        match (extreme, &sum[..]) {
            (Extreme::Max, [Term::Max(inner)]) | (Extreme::Min, [Term::Min(inner)]) => {
                flat.extend(inner.iter().cloned());
            }
            _ => flat.push(sum),
        }
    }
    if flat.iter().any(Vec::is_empty) {
        match extreme {
            Extreme::Max => flat.retain(|sum| !sum.is_empty()),
            Extreme::Min => flat.clear(),
        }
        if flat.is_empty() {
            flat.push(Sum::new());
        }
    }
    let mut constant = None::<u64>;
    let mut steps = BTreeSet::new();
    let mut once: Vec<Sum> = Vec::with_capacity(flat.len());
    for sum in flat {
        let is_new = match &sum[..] {
            [Term::Ticks(ticks)] => {
                let decides = |it: u64| match extreme {
                    Extreme::Max => it.max(*ticks),
                    Extreme::Min => it.min(*ticks),
                };
                constant = Some(constant.map_or(*ticks, decides));
                false
            }
            [Term::Step(step)] => steps.insert(*step),
            _ => !once.contains(&sum),
        };
        if is_new {
            once.push(sum);
        }
    }
    once.extend(constant.map(|ticks| vec![Term::Ticks(ticks)]));
    once
}

/// Takes away the term with which all sums begin. A time alone stands behind the
/// others.
fn common_beginning(sums: &mut [Sum]) -> Option<Term> {
    let first = sums.first()?.first()?.clone();
    let begins_so = |sum: &Sum| match (&sum[..], &first) {
        ([Term::Ticks(alone)], Term::Ticks(shared)) => is_rounder_without(*alone, *shared),
        _ => sum.first() == Some(&first),
    };
    if !sums.iter().all(begins_so) {
        return None;
    }
    for sum in sums {
        match (&mut sum[..], &first) {
            ([Term::Ticks(alone)], Term::Ticks(shared)) => *alone -= shared,
            _ => drop(sum.remove(0)),
        }
    }
    Some(first)
}

/// Takes away the time that passes at the end of all sums.
fn common_end(sums: &mut [Sum]) -> u64 {
    let end = |sum: &Sum| match sum[..] {
        [_, .., Term::Ticks(ticks)] => Some(ticks),
        _ => None,
    };
    let Some(shared) = sums.iter().find_map(end) else {
        return 0;
    };
    let is_taken = |sum: &Sum| match sum[..] {
        [Term::Ticks(alone)] => is_rounder_without(alone, shared),
        _ => end(sum) == Some(shared),
    };
    if !sums.iter().all(is_taken) {
        return 0;
    }
    for sum in sums {
        match &mut sum[..] {
            [Term::Ticks(alone)] => *alone -= shared,
            _ => drop(sum.pop()),
        }
    }
    shared
}

/// Whether a time that stands alone beside sums is to be split as they are. It
/// is if that makes it rounder, and so more likely to be what is written in the
/// code: `min(1s, a) + 100ms` rather than `min(1100ms, a + 100ms)`, and yet not
/// `min(900ms, a) + 100ms`.
fn is_rounder_without(alone: u64, shared: u64) -> bool {
    alone > shared && digits(alone - shared) < digits(alone)
}

/// How many digits a number has between its first one and the zeros at its end.
fn digits(mut number: u64) -> u32 {
    while number > 0 && number.is_multiple_of(10) {
        number /= 10;
    }
    number.checked_ilog10().unwrap_or(0)
}

#[cfg(test)]
mod tests;
