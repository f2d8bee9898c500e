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

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::{Sum, Term, depth, push, size, unspoken};

    /// `100 + s0 + max(s1, 5 + min(s2, limit(2, s3, s0)))`
    fn nested() -> Sum {
        let limit = vec![Term::Limit(2, Rc::new(vec![vec![Term::Step(3)], vec![Term::Step(0)]]))];
        let min = Term::Min(Rc::new(vec![vec![Term::Step(2)], limit]));
        let max = Term::Max(Rc::new(vec![vec![Term::Step(1)], vec![Term::Ticks(5), min]]));
        vec![Term::Ticks(100), Term::Step(0), max]
    }

    #[test]
    fn its_size_is_the_number_of_its_terms_at_all_depths() {
        assert_eq!(size(&Sum::new()), 0);
        assert_eq!(size(&nested()[..2].to_vec()), 2);
        // 100, s0, max, s1, 5, min, s2, limit, s3, s0
        assert_eq!(size(&nested()), 10);
    }

    #[test]
    fn it_is_as_deep_as_its_deepest_term() {
        assert_eq!(depth(&Sum::new()), 0);
        assert_eq!(depth(&nested()[..2].to_vec()), 0);
        assert_eq!(depth(&nested()), 3);
        let beside = [nested(), vec![Term::Max(Rc::new(vec![vec![Term::Step(4)]]))]].concat();
        assert_eq!(depth(&beside), 3);
    }

    #[test]
    fn what_it_does_not_speak_of_is_told() {
        assert_eq!(unspoken(&nested(), 6), [4, 5]);
    }

    #[test]
    fn time_behind_time_is_one() {
        let mut sum = Sum::new();
        for term in [0, 3, 4].map(Term::Ticks).into_iter().chain([Term::Step(0), Term::Ticks(0)]) {
            push(&mut sum, term);
        }
        assert_eq!(sum, [Term::Ticks(7), Term::Step(0)]);
    }
}
