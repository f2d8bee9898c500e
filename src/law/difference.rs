//! In what one law differs from another, in words.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::law::change::{Changes, News};
use crate::law::expr::{Expr, Law};
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
        let (meant, observed) = self.over_the_same_atoms(observed)?;
        let news = Added::of(&meant, &observed);
        let changed = |expr: &Expr| Self::new(expr.clone(), Arc::clone(&meant.atoms));
        let changes = Changes::of(&meant, &news.likely, usize::MAX);
        let changes = changes.into_iter().map(|change| (change.expr, change.edit.words));
        let mut all = changes.chain(news.on_top(&meant));
        all.find(|(expr, _)| changed(expr) == observed).map(|(_, words)| words)
    }

    /// Two laws that differ, over the same atoms: those of this one, then the others. Where
    /// the other law has the steps of a name by their indexes, so has this one. Nothing where
    /// they are too long to be compared after many changes.
    pub(super) fn over_the_same_atoms(&self, observed: &Self) -> Option<(Self, Self)> {
        let leaves = |law: &Self| {
            let mut count = 0;
            law.expr.each_leaf(&mut |_| count += 1);
            count
        };
        if leaves(self).max(leaves(observed)) > MOST || self == observed {
            return None;
        }
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
        let expr = self.expr.with_places(&|atom| {
            let is_place = |it: &StepName| it.name() == atoms[atom as usize].name();
            let mut places: Vec<_> =
                (0..).zip(atoms.iter()).filter(|(_, it)| is_place(it)).collect();
            places.retain(|(_, it)| it.index().is_some());
            places.sort_by_key(|(_, it)| it.index());
            places.into_iter().map(|(number, _)| number).collect()
        });
        Some((Self { expr, atoms }, observed))
    }
}

/// What the observed law has and the one that was meant has not.
struct Added {
    likely: News,
    atoms: Vec<Expr>,
}

impl Added {
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
        let gone = known.difference(&seen).copied().collect();
        Self { likely: News { constants, folds, gone }, atoms }
    }

    /// What comes on top of the whole law, and what that means.
    fn on_top(&self, law: &Law) -> Vec<(Expr, String)> {
        let meant = || law.expr.clone();
        let mut changes = Vec::new();
        for constant in &self.likely.constants {
            let expr = Expr::Sum(vec![meant(), Expr::Constant(*constant)]);
            changes.push((expr, format!("{} come on top", Compact(*constant))));
            let expr = Expr::Min(vec![meant(), Expr::Constant(*constant)]);
            changes.push((expr, format!("there is a limit of {}", Compact(*constant))));
        }
        for atom in &self.atoms {
            let text = law.text_of(atom);
            let after = Expr::Sum(vec![meant(), atom.clone()]);
            changes.push((after, format!("{text} comes on top")));
            let beside = Expr::Max(vec![meant(), atom.clone()]);
            changes.push((beside, format!("it waits for {text} as well")));
        }
        changes
    }
}
