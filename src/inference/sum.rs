//! What a law is made of before it is written in words: sums, and what they are
//! sums of.

use std::rc::Rc;

/// Terms in the order of time.
pub(super) type Sum = Vec<Term>;

/// What a law is made of. Steps are numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Term {
    Ticks(u64),
    Step(usize),
    Max(Rc<Vec<Sum>>),
    Min(Rc<Vec<Sum>>),
    Limit(usize, Rc<Vec<Sum>>),
}

/// Puts a term behind a sum; time passes on as one.
pub(super) fn push(sum: &mut Sum, term: Term) {
    match (sum.last_mut(), term) {
        (_, Term::Ticks(0)) => {}
        (Some(Term::Ticks(before)), Term::Ticks(ticks)) => *before += ticks,
        (_, term) => sum.push(term),
    }
}

/// The steps that a law does not speak of.
pub(super) fn unspoken(sum: &Sum, steps: usize) -> Vec<usize> {
    fn leave_out(sum: &Sum, is_unspoken: &mut [bool]) {
        for term in sum {
            match term {
                Term::Ticks(_) => {}
                Term::Step(step) => is_unspoken[*step] = false,
                Term::Max(sums) | Term::Min(sums) | Term::Limit(_, sums) => {
                    sums.iter().for_each(|sum| leave_out(sum, is_unspoken));
                }
            }
        }
    }
    let mut is_unspoken = vec![true; steps];
    leave_out(sum, &mut is_unspoken);
    (0..steps).filter(|step| is_unspoken[*step]).collect()
}

pub(super) fn size(sum: &Sum) -> usize {
    sum.iter()
        .map(|term| match term {
            Term::Ticks(_) | Term::Step(_) => 1,
            Term::Max(sums) | Term::Min(sums) | Term::Limit(_, sums) => {
                1 + sums.iter().map(size).sum::<usize>()
            }
        })
        .sum()
}

pub(super) fn depth(sum: &Sum) -> usize {
    let depths = sum.iter().map(|term| match term {
        Term::Ticks(_) | Term::Step(_) => 0,
        Term::Max(sums) | Term::Min(sums) | Term::Limit(_, sums) => {
            1 + sums.iter().map(depth).max().unwrap_or(0)
        }
    });
    depths.max().unwrap_or(0)
}
