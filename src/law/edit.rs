//! What may become of each form of a law, the likeliest first.

use std::time::Duration;

use crate::law::change::{Changes, Edit, Place};
use crate::law::expr::{Expr, Fold};
use crate::law::mutation::Mutation;
use crate::time::Compact;

/// In longer lists only neighbours are paired: all pairs would be too many to try.
const PAIRED: usize = 40;

impl Changes<'_> {
    pub(super) fn max(&mut self, place: Place<'_>, terms: &[Expr]) {
        let names = self.list(terms);
        let sum = Edit::new(Mutation::Serialise, Expr::Sum(terms.to_vec()))
            .words(format!("{names} run one after the other"))
            .because(format!("never more than one of {names} takes time"))
            .operands(terms);
        self.push(place, sum);
        let min = Edit::new(Mutation::SwapWinner, Expr::Min(terms.to_vec()))
            .words(format!("the first of {names} ends the wait"))
            .because(format!("{names} always take equally long"));
        self.push(place, min);
        for (index, term) in terms.iter().enumerate() {
            if self.is_full() {
                return;
            }
            let (rest, text) = (without(terms, index), self.text(term));
            let others = self.others(&rest);
            let operands = [term.clone(), Expr::Max(rest.clone())];
            let dropped = Edit::new(Mutation::DropAwait, Expr::Max(rest.clone()))
                .words(format!("nothing waits for {text}"))
                .because(format!("{text} is never longer than {others}"));
            self.push(place, dropped);
            let after = Expr::Sum(vec![Expr::Max(rest), term.clone()]);
            let after = Edit::new(Mutation::Serialise, after)
                .words(format!("{text} does not run beside the rest"))
                .because(format!("{text} and the rest never both take time"))
                .operands(&operands);
            self.push(place, after);
        }
    }

    pub(super) fn min(&mut self, place: Place<'_>, terms: &[Expr]) {
        let names = self.list(terms);
        let max = Edit::new(Mutation::SwapWinner, Expr::Max(terms.to_vec()))
            .words(format!("the last of {names} ends the wait"))
            .because(format!("{names} always take equally long"));
        self.push(place, max);
        let sum = Edit::new(Mutation::Serialise, Expr::Sum(terms.to_vec()))
            .words(format!("{names} run one after the other"))
            .because(format!("{names} never take time"));
        self.push(place, sum);
        for (index, term) in terms.iter().enumerate() {
            if self.is_full() {
                return;
            }
            let (rest, text) = (without(terms, index), self.text(term));
            let words = match term {
                Expr::Constant(limit) => format!("no limit of {} is kept", Compact(*limit)),
                _ => format!("the end of {text} does not end the wait"),
            };
            let because = format!("{text} is never shorter than {}", self.others(&rest));
            let swapped = Edit::new(Mutation::SwapWinner, Expr::Min(rest));
            self.push(place, swapped.words(words).because(because));
        }
    }

    pub(super) fn sum(&mut self, place: Place<'_>, terms: &[Expr]) {
        // A pause beside a call is no slip of the pen: whoever sleeps means to wait.
        let side_by_side = |terms: &[Expr]| terms.iter().all(Expr::has_names);
        let parallel = |terms: &[Expr]| side_by_side(terms).then_some(Mutation::Parallelise);
        let names = self.list(terms);
        let max = Edit::new(parallel(terms), Expr::Max(terms.to_vec()))
            .words(format!("{names} run side by side"))
            .because(format!("never more than one of {names} takes time"))
            .operands(terms);
        self.push(place, max);
        let reach = if terms.len() <= PAIRED { terms.len() } else { 1 };
        for (index, term) in terms.iter().enumerate() {
            if self.is_full() {
                return;
            }
            let (rest, text) = (without(terms, index), self.text(term));
            let dropped = Edit::new(Mutation::DropAwait, Expr::Sum(rest.clone()))
                .words(format!("nothing waits for {text}"))
                .because(format!("{text} never takes time"));
            self.push(place, dropped);
            for other in (index + 1..terms.len()).take(reach) {
                if self.is_full() {
                    return;
                }
                let pair = vec![term.clone(), terms[other].clone()];
                let names = self.list(&pair);
                let mut merged = without(&without(terms, other), index);
                let mutation = parallel(&pair);
                merged.push(Expr::Max(pair.clone()));
                let merged = Edit::new(mutation, Expr::Sum(merged))
                    .words(format!("{names} run side by side"))
                    .because(format!("never more than one of {names} takes time"))
                    .operands(&pair);
                self.push(place, merged);
            }
            let operands = [term.clone(), Expr::Sum(rest.clone())];
            let mutation = parallel(&operands);
            let beside = Expr::Max(vec![Expr::Sum(rest), term.clone()]);
            let beside = Edit::new(mutation, beside)
                .words(format!("{text} runs beside the rest"))
                .because(format!("{text} and the rest never both take time"))
                .operands(&operands);
            self.push(place, beside);
        }
    }

    /// The other terms, as they are told where one is compared with them.
    fn others(&self, rest: &[Expr]) -> String {
        const FEW: usize = 3;
        if rest.len() <= FEW { self.list(rest) } else { "the rest".to_owned() }
    }

    pub(super) fn limit(&mut self, place: Place<'_>, slots: usize, jobs: &[Expr]) {
        let names = self.list(jobs);
        let max = Edit::new(Mutation::Parallelise, Expr::Max(jobs.to_vec()))
            .words(format!("{names} run all at once"))
            .because(format!("the limit of {slots} never makes {names} longer"));
        self.push(place, max);
        let sum = Edit::new(Mutation::Serialise, Expr::Sum(jobs.to_vec()))
            .words(format!("{names} run one after the other"))
            .because(format!("never more than one of {names} takes time"))
            .operands(jobs);
        self.push(place, sum);
        // The nearest come first, and only they are near enough for a slip.
        let mut others: Vec<_> = (2..jobs.len()).filter(|now| *now != slots).collect();
        others.sort_by_key(|now| now.abs_diff(slots));
        for now in others {
            if self.is_full() {
                return;
            }
            let mutation = (now.abs_diff(slots) == 1).then_some(Mutation::ChangePermits);
            let limit = Edit::new(mutation, Expr::Limit(now, jobs.to_vec()))
                .words(format!("at most {now} of {names} run at once"))
                .because(format!("{names} always take as long {now} at a time"));
            self.push(place, limit);
        }
        for (index, job) in jobs.iter().enumerate() {
            if self.is_full() {
                return;
            }
            let text = self.text(job);
            let rest = Expr::Limit(slots, without(jobs, index));
            let dropped = Edit::new(Mutation::DropAwait, rest)
                .words(format!("nothing waits for {text}"))
                .because(format!("{text} never makes the rest longer"));
            self.push(place, dropped);
        }
    }

    pub(super) fn times(&mut self, place: Place<'_>, count: u64, inner: &Expr) {
        let text = self.text(inner);
        let has_names = inner.has_names();
        let once = Edit::new(has_names.then_some(Mutation::Parallelise), inner.clone())
            .words(format!("{text} counts once, not {count} times"))
            .because(format!("{text} never takes time"));
        self.push(place, once);
        let Some(fewer) = count.checked_sub(1) else { return };
        let fewer = Edit::new(Mutation::DropAwait, Expr::Times(fewer, Box::new(inner.clone())))
            .words(format!("nothing waits for one of {count} times {text}"))
            .because(format!("{text} never takes time"));
        self.push(place, fewer);
    }

    pub(super) fn every(&mut self, place: Place<'_>, fold: Fold, atom: u32) {
        let name = self.text(&Expr::Atom(atom));
        let mut others = match fold {
            Fold::Sum => vec![Fold::Max],
            Fold::Max => vec![Fold::Sum, Fold::Min],
            Fold::Min => vec![Fold::Max, Fold::Sum],
            Fold::Limit(slots) => {
                let near = [slots.saturating_add(1), slots.saturating_sub(1)];
                let near = near.into_iter().filter(|it| *it > 1).map(Fold::Limit);
                [Fold::Sum, Fold::Max].into_iter().chain(near).collect()
            }
        };
        let likely = others.len();
        others.extend(self.news.folds.iter().filter(|now| **now != fold));
        for (index, now) in others.into_iter().enumerate() {
            let (mutation, words) = match now {
                Fold::Sum => {
                    (Mutation::Serialise, format!("every {name} runs after the one before it"))
                }
                Fold::Max if fold == Fold::Min => {
                    (Mutation::SwapWinner, format!("the last {name} ends the wait"))
                }
                Fold::Max => (Mutation::Parallelise, format!("every {name} runs at once")),
                Fold::Min => (Mutation::SwapWinner, format!("the first {name} ends the wait")),
                Fold::Limit(slots) => {
                    (Mutation::ChangePermits, format!("at most {slots} of {name} run at once"))
                }
            };
            let mutation = (index < likely).then_some(mutation);
            let because = match (fold, now) {
                (Fold::Max, Fold::Min) | (Fold::Min, Fold::Max) => {
                    format!("every {name} always takes equally long")
                }
                (Fold::Min, Fold::Sum) => format!("{name} never takes time"),
                (Fold::Limit(slots), Fold::Max) => {
                    format!("the limit of {slots} never makes {name} longer")
                }
                (_, Fold::Limit(slots)) => format!("{name} always takes as long {slots} at a time"),
                _ => format!("never more than one {name} takes time"),
            };
            // As many steps at once as there are permits do not tell one limit from
            // another, and a single step tells nothing at all.
            let few = match (fold, now) {
                (Fold::Limit(one), Fold::Limit(other)) => one.min(other),
                (Fold::Limit(slots), Fold::Max) => slots,
                _ => 1,
            };
            let edit = Edit::new(mutation, Expr::Every(now, atom)).words(words).because(because);
            self.push(place, Edit { every: Some((atom, few)), ..edit });
        }
    }

    pub(super) fn constant(&mut self, place: Place<'_>, meant: Duration) {
        if !self.news.gone.contains(&meant) {
            return;
        }
        for now in &self.news.constants {
            let words = format!("{} is {} there", Compact(meant), Compact(*now));
            self.push(place, Edit::new(None, Expr::Constant(*now)).words(words));
        }
    }

    /// Nothing waits for anything. Of a sum and of a `max` each term is dropped by
    /// itself.
    pub(super) fn dropped(&mut self, root: Place<'_>) {
        if matches!(root.part, Expr::Sum(_) | Expr::Max(_)) {
            return;
        }
        let text = self.text(root.part);
        let dropped = Edit::new(Mutation::DropAwait, Expr::Constant(Duration::ZERO))
            .words(format!("nothing waits for {text}"))
            .because(format!("{text} never takes time"));
        self.push(root, dropped);
    }
}

fn without(terms: &[Expr], index: usize) -> Vec<Expr> {
    let others = terms.iter().enumerate().filter(|(place, _)| *place != index);
    others.map(|(_, term)| term.clone()).collect()
}
