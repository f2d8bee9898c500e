//! The constants of a law that was broken: whether they may be what is wrong, and which of
//! them decides.

use std::sync::Arc;
use std::time::Duration;

use crate::error::Error;
use crate::law::evaluation::Durations;
use crate::law::expr::{Expr, Law};

impl Law {
    /// Whether the law has constants and only adds them: each of them is a part of every run,
    /// and none of them competes with anything in a `max`, a `min` or a `limit`.
    pub(crate) fn only_adds_constants(&self) -> bool {
        fn only_adds(expr: &Expr) -> bool {
            match expr {
                Expr::Constant(_) | Expr::Atom(_) | Expr::Every(..) => true,
                Expr::Times(_, inner) => only_adds(inner),
                Expr::Sum(terms) => terms.iter().all(only_adds),
                Expr::Max(terms) | Expr::Min(terms) | Expr::Limit(_, terms) => {
                    !terms.iter().any(Expr::has_constants)
                }
            }
        }
        self.expr.has_constants() && only_adds(&self.expr)
    }

    /// Whether `observed` is this law with constants that are longer, and nothing else: one
    /// of them by so many ticks, or each of them by a tick.
    #[cfg(feature = "proptest")]
    pub(crate) fn is_with_longer_constants(&self, observed: &Self, ticks: u64) -> bool {
        let Some((meant, observed)) = self.over_the_same_atoms(observed) else { return false };
        let is_observed = |longer: &dyn Fn(usize) -> u64| {
            let expr = meant.expr.with_longer_constants(&mut 0, longer);
            Self::new(expr, Arc::clone(&meant.atoms)) == observed
        };
        let count = meant.expr.constants();
        (0..count).any(|one| is_observed(&|index| if index == one { ticks } else { 0 }))
            || (count > 1 && is_observed(&|_| 1))
    }

    /// By how much constants lose a `max` to something with steps in it: for each such `max`
    /// that they lose.
    ///
    /// # Errors
    ///
    /// As [`evaluate_over`](Self::evaluate_over).
    pub(crate) fn lost_by_constants(
        &self,
        durations: &mut dyn Durations,
    ) -> Result<Vec<Duration>, Error> {
        let mut maxima = Vec::new();
        self.expr.each_max(&mut |terms| maxima.push(terms));
        let mut lost = Vec::new();
        for terms in maxima {
            let mut longest = |has_names: bool| {
                let terms = terms.iter().filter(|term| term.has_names() == has_names);
                let terms: Vec<_> = terms.cloned().collect();
                let law = Self { expr: Expr::Max(terms), atoms: Arc::clone(&self.atoms) };
                law.evaluate_over(durations)
            };
            let (constant, other) = (longest(false)?, longest(true)?);
            if !constant.is_zero() && other > constant {
                lost.push(other - constant);
            }
        }
        Ok(lost)
    }
}

impl Expr {
    fn constants(&self) -> usize {
        let mut count = 0;
        self.each_leaf(&mut |leaf| count += usize::from(matches!(leaf, Self::Constant(_))));
        count
    }

    fn has_constants(&self) -> bool {
        self.constants() > 0
    }

    /// The same with constants that are longer, by the ticks that `longer` has for each of
    /// them, counted from `next` on in the order in which they are written.
    #[cfg(feature = "proptest")]
    fn with_longer_constants(&self, next: &mut usize, longer: &dyn Fn(usize) -> u64) -> Self {
        let mut all = |terms: &[Self]| {
            terms.iter().map(|term| term.with_longer_constants(next, longer)).collect()
        };
        match self {
            Self::Atom(_) | Self::Every(..) => self.clone(),
            Self::Sum(terms) => Self::Sum(all(terms)),
            Self::Max(terms) => Self::Max(all(terms)),
            Self::Min(terms) => Self::Min(all(terms)),
            Self::Limit(slots, jobs) => Self::Limit(*slots, all(jobs)),
            Self::Times(count, inner) => {
                Self::Times(*count, Box::new(inner.with_longer_constants(next, longer)))
            }
            Self::Constant(constant) => {
                let more = Duration::from_millis(longer(*next));
                *next += 1;
                Self::Constant(constant.saturating_add(more))
            }
        }
    }

    /// Visits the terms of every `max`.
    fn each_max<'a>(&'a self, visit: &mut impl FnMut(&'a [Self])) {
        match self {
            Self::Constant(_) | Self::Atom(_) | Self::Every(..) => {}
            Self::Times(_, inner) => inner.each_max(visit),
            Self::Sum(terms) | Self::Max(terms) | Self::Min(terms) | Self::Limit(_, terms) => {
                if let Self::Max(terms) = self {
                    visit(terms);
                }
                terms.iter().for_each(|term| term.each_max(visit));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::error::Error;
    use crate::law::{Durations, Law};
    use crate::name::StepName;

    fn law(text: &str) -> Law {
        text.parse().expect("it reads")
    }

    #[test]
    fn constants_are_only_added_where_nothing_competes_with_them() {
        for added in ["a + 5ms", "2 * (a + 5ms)", "sum(a) + 5ms + max(b, c)", "min(a, b) + 1s"] {
            assert!(law(added).only_adds_constants(), "{added}");
        }
        for not in ["a + b", "max(a, 5ms)", "min(a + 5ms, b) + 1s", "limit(2, a, b + 5ms, c)"] {
            assert!(!law(not).only_adds_constants(), "{not}");
        }
    }

    #[cfg(feature = "proptest")]
    #[test]
    fn a_law_with_longer_constants_has_no_other_change() {
        let is_longer = |meant: &str, observed: &str, ticks| {
            law(meant).is_with_longer_constants(&law(observed), ticks)
        };
        assert!(is_longer("sum(a) + 1500ms", "1503ms + sum(a)", 3));
        assert!(is_longer("sum(a) + 100ms + 200ms", "sum(a) + 302ms", 2));
        assert!(is_longer("min(a + 200ms, 500ms)", "min(a + 200ms, 501ms)", 1));
        assert!(is_longer("max(a + 100ms, b + 200ms)", "max(a + 101ms, b + 201ms)", 1));
        assert!(is_longer("sum(a) + 200ms", "a[0] + a[1] + 201ms", 1));
        assert!(!is_longer("sum(a) + 1500ms", "1503ms + sum(a)", 2));
        assert!(!is_longer("a + 200ms", "a + 200ms", 1));
        assert!(!is_longer("a + 200ms", "a + 199ms", 1));
        assert!(!is_longer("a + b", "a + b + 1ms", 1));
        assert!(!is_longer("min(a + b + 200ms, 500ms)", "a + b + 200ms", 1));
    }

    /// `a` takes 103 ms, and everything else 7 ms.
    struct Known;

    impl Durations for Known {
        fn one(&mut self, atom: &StepName) -> Result<Duration, Error> {
            let millis = if atom.name().as_str() == "a" { 103 } else { 7 };
            Ok(Duration::from_millis(millis))
        }

        fn every(&mut self, atom: &StepName) -> Result<Vec<Duration>, Error> {
            Ok(vec![self.one(atom)?; 2])
        }
    }

    #[test]
    fn a_constant_loses_a_max_to_what_is_longer() {
        let lost = |text: &str| {
            let lost = law(text).lost_by_constants(&mut Known).expect("it has durations");
            lost.iter().map(Duration::as_millis).collect::<Vec<_>>()
        };
        assert_eq!(lost("max(100ms, a) + max(100ms, b)"), [3]);
        assert_eq!(lost("b + max(a, 100ms, max(101ms, b))"), [2]);
        assert_eq!(lost("2 * (max(100ms, a) + min(b, max(1ms, b)))"), [3, 6]);
        assert_eq!(lost("max(200ms, sum(a))"), [6]);
        assert_eq!(lost("max(a, b) + 100ms"), [0; 0]);
        assert_eq!(lost("max(103ms, a) + min(1ms, a)"), [0; 0]);
    }
}
