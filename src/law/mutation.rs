//! The laws that code obeys after one simple change of its composition.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use crate::law::change::{Change, Changes, News};
use crate::law::expr::{Expr, Law};
use crate::law::normal::Normal;
use crate::name::StepName;

/// So many terms are written, all in all, in the mutants of a law: some hundred laws of
/// hundreds of terms, and fewer of a longer one.
const MOST: usize = 1 << 16;

/// A simple change of composition: a slip of the pen that changes nothing but when
/// things run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Mutation {
    /// What runs side by side runs one after the other.
    Serialise,
    /// What runs one after the other runs side by side.
    Parallelise,
    /// Something runs, and nothing waits for it.
    DropAwait,
    /// Another one of several ends the wait: the last in the place of the first, the
    /// first in the place of the last, or fewer of them than should.
    SwapWinner,
    /// One permit more or one fewer.
    ChangePermits,
}

impl fmt::Display for Mutation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Serialise => "serialise",
            Self::Parallelise => "parallelise",
            Self::DropAwait => "drop an await",
            Self::SwapWinner => "swap the winner",
            Self::ChangePermits => "change the permits",
        })
    }
}

/// What one change of composition makes of a law.
#[derive(Clone, Debug)]
pub(crate) struct Mutated {
    pub(crate) mutation: Mutation,
    /// What the code does then.
    pub(crate) words: String,
    pub(crate) law: Law,
    /// The part that is changed, before and after.
    pub(crate) part: [Law; 2],
    /// The part as it is told.
    pub(crate) text: String,
    /// What is true wherever the part comes to the same.
    pub(crate) because: String,
    /// The part comes to the same where no more than one of these takes time.
    pub(crate) operands: Vec<(Law, String)>,
    /// The name that an aggregate speaks of; up to so many steps of it, the aggregate
    /// comes to the same.
    pub(crate) every: Option<(StepName, usize)>,
}

impl Law {
    /// The laws of code that was changed in one place, each once, in the order in which
    /// the law is written. Of a law of hundreds of terms there are too many to try; the
    /// first ones are there.
    pub(crate) fn mutated(&self) -> Vec<Mutated> {
        let mut leaves = 1;
        self.expr.each_leaf(&mut |_| leaves += 1);
        let mut changes = Changes::of(self, &News::default(), MOST / leaves);
        let mut seen = BTreeSet::from([self.normal()]);
        changes.retain(|change| {
            change.edit.mutation.is_some() && seen.insert(Normal::of(&change.expr, &self.atoms))
        });
        changes.into_iter().filter_map(|change| self.mutant(change)).collect()
    }

    fn mutant(&self, change: Change) -> Option<Mutated> {
        let Change { edit, part, expr } = change;
        let law = |expr: Expr| Self::new(expr, Arc::clone(&self.atoms));
        let every = edit.every.map(|(atom, few)| (self.atoms[atom as usize].clone(), few));
        let operands = edit.operands.into_iter().map(|it| (law(it.clone()), self.text_of(&it)));
        Some(Mutated {
            mutation: edit.mutation?,
            words: edit.words,
            law: law(expr).of_what_is_left(),
            text: self.text_of(&part),
            part: [law(part), law(edit.expr)],
            because: edit.because,
            operands: operands.collect(),
            every,
        })
    }

    /// The same law with no other atoms than those that are written in it.
    fn of_what_is_left(self) -> Self {
        let (mut atoms, mut numbers) = (Vec::new(), BTreeMap::new());
        self.expr.each_leaf(&mut |leaf| {
            if let Expr::Atom(atom) | Expr::Every(_, atom) = leaf {
                numbers.entry(*atom).or_insert_with(|| {
                    atoms.push(self.atoms[*atom as usize].clone());
                    u32::try_from(atoms.len() - 1).expect("no more than before")
                });
            }
        });
        let expr = self.expr.renumbered(&|atom| numbers[&atom]);
        Self { expr, atoms: atoms.into() }
    }
}
