//! In what one law differs from another, in words.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use crate::law::expr::{Expr, Fold, Law};
use crate::name::StepName;
use crate::time::Compact;

/// Of longer laws there are too many changes to try, and no reader.
const MOST: usize = 40;

impl Law {
    /// Says in a few words what is different about code that obeys `observed`
    /// where this law was meant, if a single change leads from one to the other.
    ///
    /// # Examples
    ///
    /// ```
    /// use makespan::law;
    ///
    /// let meant = law!(auth + max(profile, orders));
    /// let difference = |observed| meant.difference(&observed).unwrap_or_default();
    /// assert_eq!(
    ///     difference(law!(auth + profile + orders)),
    ///     "profile and orders run one after the other",
    /// );
    /// assert_eq!(difference(law!(auth + profile)), "nothing waits for orders");
    /// assert_eq!(meant.difference(&law!(auth + 3 * other)), None);
    /// ```
    #[must_use]
    pub fn difference(&self, observed: &Self) -> Option<String> {
        let leaves = |law: &Self| {
            let mut count = 0;
            law.expr.each_leaf(&mut |_| count += 1);
            count
        };
        if leaves(self).max(leaves(observed)) > MOST || self == observed {
            return None;
        }
        // Both laws over the same atoms: those of this one, then the others.
        let mut atoms = self.atoms.to_vec();
        let more = observed.atoms.iter().filter(|atom| !self.atoms.contains(atom));
        atoms.extend(more.cloned());
        let atoms: Arc<[_]> = atoms.into();
        let place = |atom: u32| {
            let sought = &observed.atoms[atom as usize];
            let place = atoms.iter().position(|known| known == sought);
            place.and_then(|place| u32::try_from(place).ok()).unwrap_or(u32::MAX)
        };
        let observed = Self::new(observed.expr.renumbered(&place), Arc::clone(&atoms));
        // Where the other law speaks of steps by their places, so does this one.
        let expr = self.expr.with_places(&|atom| {
            let is_place = |it: &StepName| it.name() == atoms[atom as usize].name();
            let mut places: Vec<_> =
                (0..).zip(atoms.iter()).filter(|(_, it)| is_place(it)).collect();
            places.retain(|(_, it)| it.index().is_some());
            places.sort_by_key(|(_, it)| it.index());
            places.into_iter().map(|(number, _)| number).collect()
        });
        let meant = Self { expr, atoms: Arc::clone(&atoms) };
        let changes = Changes { meant: &meant, news: News::of(&meant, &observed) };
        let changed = |expr: &Expr| Self::new(expr.clone(), Arc::clone(&meant.atoms));
        let mut all = changes.of(&meant.expr);
        all.extend(changes.added());
        all.into_iter().find(|change| changed(&change.expr) == observed).map(|change| change.words)
    }
}

/// A law with one change, and what that means.
struct Change {
    expr: Expr,
    words: String,
}

/// What the observed law has and the one that was meant has not.
struct News {
    constants: Vec<Duration>,
    atoms: Vec<Expr>,
    folds: Vec<Fold>,
    gone: BTreeSet<Duration>,
}

impl News {
    fn of(meant: &Law, observed: &Law) -> Self {
        let known: BTreeSet<_> = meant.constants().collect();
        let seen: BTreeSet<_> = observed.constants().collect();
        let constants = observed.constants().filter(|it| !known.contains(it)).collect();
        let mut known_atoms = Vec::new();
        meant.expr.each_leaf(&mut |leaf| known_atoms.push(leaf));
        let (mut atoms, mut folds) = (Vec::new(), Vec::new());
        observed.expr.each_leaf(&mut |leaf| {
            if let Expr::Every(fold, _) = leaf {
                folds.push(*fold);
            }
            if !matches!(leaf, Expr::Constant(_)) && !known_atoms.contains(&leaf) {
                atoms.push(leaf.clone());
            }
        });
        Self { constants, atoms, folds, gone: known.difference(&seen).copied().collect() }
    }
}

struct Changes<'a> {
    meant: &'a Law,
    news: News,
}

impl Changes<'_> {
    /// A part of the law as it is written, in backquotes unless it is a name.
    fn text(&self, part: &Expr) -> String {
        let text = Law::new(part.clone(), Arc::clone(&self.meant.atoms)).to_string();
        if matches!(part, Expr::Atom(_) | Expr::Constant(_)) { text } else { format!("`{text}`") }
    }

    /// `a`, `a and b`, `a, b and c`.
    fn list(&self, terms: &[Expr]) -> String {
        let texts: Vec<_> = terms.iter().map(|term| self.text(term)).collect();
        match texts.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
            None => String::new(),
        }
    }

    /// The changes to a part, the likeliest first.
    fn of(&self, part: &Expr) -> Vec<Change> {
        let mut changes = Vec::new();
        let mut push = |expr, words| changes.push(Change { expr, words });
        match part {
            Expr::Max(terms) => {
                let names = self.list(terms);
                push(Expr::Sum(terms.clone()), format!("{names} run one after the other"));
                push(Expr::Min(terms.clone()), format!("the first of {names} ends the wait"));
                for (index, term) in terms.iter().enumerate() {
                    let (rest, text) = (without(terms, index), self.text(term));
                    push(Expr::Max(rest.clone()), format!("nothing waits for {text}"));
                    let after = Expr::Sum(vec![Expr::Max(rest), term.clone()]);
                    push(after, format!("{text} does not run beside the rest"));
                }
            }
            Expr::Min(terms) => {
                let names = self.list(terms);
                push(Expr::Max(terms.clone()), format!("the last of {names} ends the wait"));
                push(Expr::Sum(terms.clone()), format!("{names} run one after the other"));
                for (index, term) in terms.iter().enumerate() {
                    let words = match term {
                        Expr::Constant(limit) => format!("no limit of {} is kept", Compact(*limit)),
                        _ => format!("the end of {} does not end the wait", self.text(term)),
                    };
                    push(Expr::Min(without(terms, index)), words);
                }
            }
            Expr::Sum(terms) => {
                let names = self.list(terms);
                push(Expr::Max(terms.clone()), format!("{names} run side by side"));
                for (index, term) in terms.iter().enumerate() {
                    let (rest, text) = (without(terms, index), self.text(term));
                    push(Expr::Sum(rest.clone()), format!("nothing waits for {text}"));
                    for other in index + 1..terms.len() {
                        let pair = vec![term.clone(), terms[other].clone()];
                        let words = format!("{} run side by side", self.list(&pair));
                        let mut merged = without(&without(terms, other), index);
                        merged.push(Expr::Max(pair));
                        push(Expr::Sum(merged), words);
                    }
                    let beside = Expr::Max(vec![Expr::Sum(rest), term.clone()]);
                    push(beside, format!("{text} runs beside the rest"));
                }
            }
            Expr::Every(fold, atom) => {
                let name = self.text(&Expr::Atom(*atom));
                for now in self.news.folds.iter().filter(|now| *now != fold) {
                    let words = match now {
                        Fold::Sum => format!("every {name} runs after the one before it"),
                        Fold::Max => format!("every {name} runs at once"),
                        Fold::Min => format!("the first {name} ends the wait"),
                        Fold::Limit(slots) => format!("at most {slots} of {name} run at once"),
                    };
                    push(Expr::Every(*now, *atom), words);
                }
            }
            Expr::Constant(meant) if self.news.gone.contains(meant) => {
                for now in &self.news.constants {
                    let words = format!("{} is {} there", Compact(*meant), Compact(*now));
                    push(Expr::Constant(*now), words);
                }
            }
            Expr::Limit(slots, jobs) => {
                let names = self.list(jobs);
                push(Expr::Max(jobs.clone()), format!("{names} run all at once"));
                push(Expr::Sum(jobs.clone()), format!("{names} run one after the other"));
                for now in (2..jobs.len()).filter(|now| now != slots) {
                    let words = format!("at most {now} of {names} run at once");
                    push(Expr::Limit(now, jobs.clone()), words);
                }
            }
            Expr::Times(count, inner) => {
                let text = self.text(inner);
                push((**inner).clone(), format!("{text} counts once, not {count} times"));
            }
            Expr::Constant(_) | Expr::Atom(_) => {}
        }
        changes.extend(self.inside(part));
        changes
    }

    /// The changes to what is inside a part.
    fn inside(&self, part: &Expr) -> Vec<Change> {
        let within = |terms: &[Expr], around: &dyn Fn(Vec<Expr>) -> Expr| {
            let mut changes = Vec::new();
            for (index, term) in terms.iter().enumerate() {
                for Change { expr, words } in self.of(term) {
                    let mut changed = terms.to_vec();
                    changed[index] = expr;
                    changes.push(Change { expr: around(changed), words });
                }
            }
            changes
        };
        match part {
            Expr::Sum(terms) => within(terms, &Expr::Sum),
            Expr::Max(terms) => within(terms, &Expr::Max),
            Expr::Min(terms) => within(terms, &Expr::Min),
            Expr::Limit(slots, jobs) => within(jobs, &|jobs| Expr::Limit(*slots, jobs)),
            Expr::Constant(_) | Expr::Atom(_) | Expr::Every(..) | Expr::Times(..) => Vec::new(),
        }
    }

    /// What comes on top of the whole law.
    fn added(&self) -> Vec<Change> {
        let meant = || self.meant.expr.clone();
        let mut changes = Vec::new();
        for constant in &self.news.constants {
            let expr = Expr::Sum(vec![meant(), Expr::Constant(*constant)]);
            let words = format!("{} come on top", Compact(*constant));
            changes.push(Change { expr, words });
            let expr = Expr::Min(vec![meant(), Expr::Constant(*constant)]);
            let words = format!("there is a limit of {}", Compact(*constant));
            changes.push(Change { expr, words });
        }
        for atom in &self.news.atoms {
            let text = self.text(atom);
            let after = Expr::Sum(vec![meant(), atom.clone()]);
            changes.push(Change { expr: after, words: format!("{text} comes on top") });
            let beside = Expr::Max(vec![meant(), atom.clone()]);
            changes.push(Change { expr: beside, words: format!("it waits for {text} as well") });
        }
        changes
    }
}

fn without(terms: &[Expr], index: usize) -> Vec<Expr> {
    let others = terms.iter().enumerate().filter(|(place, _)| *place != index);
    others.map(|(_, term)| term.clone()).collect()
}
