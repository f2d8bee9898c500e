//! The constants of a law that was broken: whether they may be what is wrong.

use std::sync::Arc;

use crate::law::expr::{Expr, Law};
use crate::time::TICK;

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
    pub(crate) fn is_with_longer_constants(&self, observed: &Self, ticks: u32) -> bool {
        let Some((meant, observed)) = self.over_the_same_atoms(observed) else { return false };
        let is_observed = |longer: &dyn Fn(usize) -> u32| {
            let expr = meant.expr.with_longer_constants(&mut 0, longer);
            Self::new(expr, Arc::clone(&meant.atoms)) == observed
        };
        let count = meant.expr.constants();
        (0..count).any(|one| is_observed(&|index| if index == one { ticks } else { 0 }))
            || (count > 1 && is_observed(&|_| 1))
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
    fn with_longer_constants(&self, next: &mut usize, longer: &dyn Fn(usize) -> u32) -> Self {
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
                let more = TICK.saturating_mul(longer(*next));
                *next += 1;
                Self::Constant(constant.saturating_add(more))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::law::Law;

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
}
