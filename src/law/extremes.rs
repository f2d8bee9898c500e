//! The normal form of a `max` and a `min`.

use std::collections::BTreeMap;

use crate::law::absorption::is_at_most;
use crate::law::normal::{Normal, Part};

/// The larger or the smaller of several. They mirror each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Extreme {
    Max,
    Min,
}

/// How many terms may be compared pair by pair with everything inside them, and
/// how large they may be all in all.
const FEW: usize = 32;
const SMALL: usize = 512;

/// The normal form of the extreme of terms in normal form.
pub(super) fn normal(kind: Extreme, mut terms: Vec<Normal<'_>>) -> Normal<'_> {
    // What has been taken out so far: `outside + times * kind(terms)`.
    let mut outside = Vec::new();
    let mut times = 1_u128;
    // Before anything opens: `min(a, b)` is seen in `c + min(a, b)` as a whole.
    keep_one_of_the_same_parts(kind, &mut terms);
    leave_out_by_parts(kind, &mut terms);
    loop {
        open(kind, &mut terms);
        keep_one_of_the_same_parts(kind, &mut terms);
        leave_out_by_constant(kind, &mut terms);
        absorb(kind, &mut terms);
        if terms.len() < 2 {
            outside.extend(terms.pop().map(|term| term.times(times)));
            break;
        }
        let shared = shared(&terms);
        terms.iter_mut().for_each(|term| term.take_away(&shared));
        let divisor = common_divisor(&terms);
        terms.iter_mut().for_each(|term| divide(term, divisor));
        let is_changed = divisor > 1 || !shared.is_zero();
        outside.push(shared.times(times));
        times = times.saturating_mul(divisor);
        // What is left may open or order differently now.
        if !is_changed {
            outside.push(Normal::part(Part::Extreme(kind, terms)).times(times));
            break;
        }
    }
    Normal::sum(outside)
}

/// Puts the terms of `2 * max(a, b) + 1ms` in its place in a `max`, as
/// `2 * a + 1ms` and `2 * b + 1ms`. Only constants are carried inside: anything
/// longer, carried again and again, would explode.
fn open<'a>(kind: Extreme, terms: &mut Vec<Normal<'a>>) {
    let is_of_kind = |term: &Normal<'a>| matches!(&term.parts[..], [(Part::Extreme(inner, _), _)] if *inner == kind);
    while terms.iter().any(is_of_kind) {
        let mut flat = Vec::with_capacity(terms.len());
        for mut term in terms.drain(..) {
            if !is_of_kind(&term) {
                flat.push(term);
                continue;
            }
            if let Some((Part::Extreme(_, inner), times)) = term.parts.pop() {
                flat.extend(inner.into_iter().map(|inner| {
                    let mut inner = inner.times(times);
                    inner.constant = inner.constant.saturating_add(term.constant);
                    inner
                }));
            }
        }
        *terms = flat;
    }
}

/// Of `a + 1ms` and `a + 2ms` only one can decide.
fn keep_one_of_the_same_parts(kind: Extreme, terms: &mut Vec<Normal<'_>>) {
    terms.sort();
    if kind == Extreme::Max {
        // The largest constant comes last, and the first of each is kept.
        terms.reverse();
    }
    terms.dedup_by(|next, kept| next.parts == kept.parts);
    if kind == Extreme::Max {
        terms.reverse();
    }
}

/// Durations are never negative: `1ms` never decides in `max(1ms, a + 2ms)`, and
/// always in the `min`.
fn leave_out_by_constant(kind: Extreme, terms: &mut Vec<Normal<'_>>) {
    // Without parts it is the first, and the only one.
    let Some(constant) = terms.first().filter(|it| it.parts.is_empty()).map(|it| it.constant)
    else {
        return;
    };
    match kind {
        Extreme::Max => {
            if terms[1..].iter().any(|term| term.constant >= constant) {
                terms.remove(0);
            }
        }
        Extreme::Min => {
            terms.retain(|term| term.parts.is_empty() || term.constant < constant);
        }
    }
}

/// Leaves out what the others never let decide: of `a` and `a + b` the smaller
/// in a `max`, the larger in a `min`.
fn absorb(kind: Extreme, terms: &mut Vec<Normal<'_>>) {
    leave_out_by_parts(kind, terms);
    let has_extremes =
        |term: &Normal<'_>| term.parts.iter().any(|(part, _)| matches!(part, Part::Extreme(..)));
    if terms.len() > FEW || !terms.iter().any(has_extremes) || !is_small(terms) {
        return;
    }
    // What is longest sorts last, and goes first: what is left is the simplest.
    for index in (0..terms.len()).rev() {
        if terms.len() == 1 {
            break;
        }
        let term = terms.remove(index);
        let others = Normal::part(Part::Extreme(kind, std::mem::take(terms)));
        let decides_never = match kind {
            Extreme::Max => is_at_most(&term, &others),
            Extreme::Min => is_at_most(&others, &term),
        };
        if let Some((Part::Extreme(_, others), _)) = others.parts.into_iter().next() {
            *terms = others;
        }
        if !decides_never {
            terms.insert(index, term);
        }
    }
}

/// A term can only lie within others that have its rarest part too, so that few
/// pairs are looked at. In a law that is made to have many of them, some are left
/// unseen when the budget is spent; equality then finds less.
fn leave_out_by_parts(kind: Extreme, terms: &mut Vec<Normal<'_>>) {
    let parts = terms.iter().map(|term| term.parts.len()).sum::<usize>();
    if parts == terms.len() && terms.iter().all(|term| matches!(term.parts[..], [(_, 1)])) {
        // One part each, and no two the same: the usual fan-out.
        return;
    }
    let mut is_out = vec![false; terms.len()];
    let mut budget = (1 << 20) + 16 * parts;
    let mut having = BTreeMap::<&Part<'_>, Vec<usize>>::new();
    for (index, term) in terms.iter().enumerate() {
        for (part, _) in &term.parts {
            having.entry(part).or_default().push(index);
        }
    }
    'terms: for (small, term) in terms.iter().enumerate() {
        let rarest = term.parts.iter().map(|(part, _)| &having[part]).min_by_key(|it| it.len());
        for &large in rarest.into_iter().flatten() {
            if budget == 0 {
                break 'terms;
            }
            budget = budget.saturating_sub(1);
            let is_known = small == large || is_out[small] || is_out[large];
            if !is_known && term.is_within(&terms[large], &mut budget) {
                is_out[if kind == Extreme::Max { small } else { large }] = true;
            }
        }
    }
    let mut is_in = is_out.into_iter().map(|is_out| !is_out);
    terms.retain(|_| is_in.next().unwrap_or(true));
}

fn is_small(terms: &[Normal<'_>]) -> bool {
    fn spend(terms: &[Normal<'_>], left: &mut usize) -> bool {
        terms.iter().all(|term| {
            *left = left.saturating_sub(1 + term.parts.len());
            *left > 0
                && term.parts.iter().all(|(part, _)| match part {
                    Part::Atom(_) | Part::Every(..) => true,
                    Part::Extreme(_, terms) | Part::Limit(_, terms) => spend(terms, left),
                })
        })
    }
    spend(terms, &mut { SMALL })
}

/// What all the terms have in common.
fn shared<'a>(terms: &[Normal<'a>]) -> Normal<'a> {
    let mut terms = terms.iter();
    let Some(first) = terms.next() else {
        return Normal::default();
    };
    let mut shared = first.clone();
    for term in terms {
        if shared.is_zero() {
            break;
        }
        shared = shared.shared(term);
    }
    shared
}

/// The largest number by which all that is counted can be divided; 1 for none.
fn common_divisor(terms: &[Normal<'_>]) -> u128 {
    let mut divisor = 0_u128;
    for term in terms {
        for number in term.parts.iter().map(|(_, times)| *times).chain([term.constant]) {
            let (mut a, mut b) = (divisor, number);
            while b != 0 {
                (a, b) = (b, a % b);
            }
            divisor = a;
            if divisor == 1 {
                return 1;
            }
        }
    }
    divisor.max(1)
}

fn divide(term: &mut Normal<'_>, divisor: u128) {
    term.constant /= divisor;
    for (_, times) in &mut term.parts {
        *times /= divisor;
    }
}
