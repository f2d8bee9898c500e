//! What a single change of code makes of its law.

use std::sync::Arc;
use std::time::Duration;

use crate::law::expr::{Expr, Fold, Law};
use crate::law::mutation::Mutation;
use crate::text::shorten;

/// What was seen of another law: whatever it has, a change may have brought.
#[derive(Default)]
pub(super) struct News {
    pub(super) constants: Vec<Duration>,
    pub(super) folds: Vec<Fold>,
    /// Constants that the other law does not have.
    pub(super) gone: Vec<Duration>,
}

/// A law with one change in it.
pub(super) struct Change {
    pub(super) edit: Edit,
    /// The part that is changed, as it was.
    pub(super) part: Expr,
    /// The whole law, changed.
    pub(super) expr: Expr,
}

/// What becomes of a part of a law.
pub(super) struct Edit {
    pub(super) expr: Expr,
    /// What kind of change it is, if it is one of composition.
    pub(super) mutation: Option<Mutation>,
    /// What the code does then.
    pub(super) words: String,
    /// What is true wherever the part comes to the same.
    pub(super) because: String,
    /// What the same follows from where no more than one of them takes time.
    pub(super) operands: Vec<Expr>,
    /// The name that an aggregate speaks of, and of how many steps it says nothing.
    pub(super) every: Option<(u32, usize)>,
}

/// The changes to a law.
pub(super) struct Changes<'a> {
    law: &'a Law,
    pub(super) news: &'a News,
    most: usize,
    found: Vec<Change>,
}

/// A part, and what the whole law is with something else in its place.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) part: &'a Expr,
    whole: &'a dyn Fn(Expr) -> Expr,
}

impl<'a> Changes<'a> {
    /// The changes to a law, those to the whole of it before those to its parts, and
    /// of each the likeliest first; so many at most.
    pub(super) fn of(law: &'a Law, news: &'a News, most: usize) -> Vec<Change> {
        let mut changes = Self { law, news, most, found: Vec::new() };
        let root = Place { part: &law.expr, whole: &|expr| expr };
        changes.visit(root);
        changes.dropped(root);
        changes.found
    }

    pub(super) fn is_full(&self) -> bool {
        self.found.len() >= self.most
    }

    pub(super) fn push(&mut self, place: Place<'_>, edit: Edit) {
        if !self.is_full() {
            let (part, expr) = (place.part.clone(), (place.whole)(edit.expr.clone()));
            self.found.push(Change { edit, part, expr });
        }
    }

    /// The changes to a part, and to what is inside it.
    fn visit(&mut self, place: Place<'_>) {
        if self.is_full() {
            return;
        }
        let within = |it: &mut Self, terms: &[Expr], around: &dyn Fn(Vec<Expr>) -> Expr| {
            for (index, part) in terms.iter().enumerate() {
                let whole = &|expr| {
                    let mut changed = terms.to_vec();
                    changed[index] = expr;
                    (place.whole)(around(changed))
                };
                it.visit(Place { part, whole });
            }
        };
        match place.part {
            Expr::Max(terms) => {
                self.max(place, terms);
                within(self, terms, &Expr::Max);
            }
            Expr::Min(terms) => {
                self.min(place, terms);
                within(self, terms, &Expr::Min);
            }
            Expr::Sum(terms) => {
                self.sum(place, terms);
                within(self, terms, &Expr::Sum);
            }
            Expr::Limit(slots, jobs) => {
                self.limit(place, *slots, jobs);
                within(self, jobs, &|jobs| Expr::Limit(*slots, jobs));
            }
            Expr::Times(count, inner) => {
                self.times(place, *count, inner);
                let whole = &|expr| (place.whole)(Expr::Times(*count, Box::new(expr)));
                self.visit(Place { part: inner, whole });
            }
            Expr::Every(fold, atom) => self.every(place, *fold, *atom),
            Expr::Constant(meant) => self.constant(place, *meant),
            Expr::Atom(_) => {}
        }
    }

    pub(super) fn text(&self, part: &Expr) -> String {
        self.law.text_of(part)
    }

    pub(super) fn list(&self, terms: &[Expr]) -> String {
        self.law.list_of(terms)
    }
}

impl Edit {
    pub(super) fn new(mutation: impl Into<Option<Mutation>>, expr: Expr) -> Self {
        Self {
            expr,
            mutation: mutation.into(),
            words: String::new(),
            because: String::new(),
            operands: Vec::new(),
            every: None,
        }
    }

    pub(super) fn words(mut self, words: String) -> Self {
        self.words = words;
        self
    }

    pub(super) fn because(mut self, because: String) -> Self {
        self.because = because;
        self
    }

    pub(super) fn operands(mut self, operands: &[Expr]) -> Self {
        self.operands = operands.to_vec();
        self
    }
}

impl Law {
    /// A part of the law as it is written, in backquotes unless it is a name.
    pub(super) fn text_of(&self, part: &Expr) -> String {
        let text = shorten(Self::new(part.clone(), Arc::clone(&self.atoms)));
        if matches!(part, Expr::Atom(_) | Expr::Constant(_)) { text } else { format!("`{text}`") }
    }

    /// Several parts: `a`, `a and b`, `a, b and c`.
    pub(super) fn list_of(&self, terms: &[Expr]) -> String {
        let texts: Vec<_> = terms.iter().map(|term| self.text_of(term)).collect();
        match texts.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
            None => String::new(),
        }
    }
}
