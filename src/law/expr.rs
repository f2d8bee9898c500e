//! A law as a value, and the shape of one.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use crate::name::{Name, StepName};

/// A max-plus expression over named durations: `auth + max(profile, orders)`.
///
/// It says what a makespan is made of, whatever the durations are. `+` is what
/// one after another costs, `max` what side by side costs, `min` what the first
/// of several to end costs, and `limit(k, ..)` what jobs cost that start in
/// order, at most `k` at a time.
///
/// # Shape
///
/// ```text
/// law  := term ('+' term)*        term := [count '*'] atom
/// atom := name | name '[' index ']' | duration | '(' law ')' | function '(' law, .. ')'
/// ```
///
/// A name that is no ASCII identifier is written in quotes; the functions are
/// `sum`, `max`, `min` and `limit(k, ..)`, and their words are names where no `(`
/// follows. `attempt[0]` is the first step of several that are called `attempt`. In
/// [`law!`](crate::law!) and the assertions a duration may be a constant of the code, any
/// expression in braces: `min(call, {LIMIT})`. A text that is read at run time has its
/// value instead.
///
/// Around exactly one name a function speaks of **every** step of that name,
/// however many there are: `sum(attempt)`, `max(worker)`, `limit(3, job)`. Around
/// one of anything else it changes nothing. The law displays as it was written,
/// but for brackets that change nothing, and reads back equal.
///
/// # Equality
///
/// Two laws are equal if their normal forms are: terms in any order, sums
/// counted, constants folded, what never decides left out (`max(a, a + b)` is
/// `a + b`), what is common taken out (`max(a + b, a + c)` is `a + max(b, c)`).
/// Equal laws come to the same whatever the latencies. The reverse is not true:
/// nothing is ever multiplied out, so that no comparison explodes. See
/// [`equivalent`](Self::equivalent).
///
/// # Examples
///
/// ```
/// use makespan::{Law, law, scenario};
/// use std::time::Duration;
///
/// let law = scenario!(seq(auth: 1s, spawn(profile: 2s, orders: 3s))).law();
/// assert_eq!(law.to_string(), "auth + max(profile, orders)");
/// assert_eq!(law, law!(max(orders, profile) + auth));
/// assert_eq!(law, "max(auth + profile, auth + orders)".parse::<Law>()?);
///
/// // 10 + max(10, 10) = 20 ms
/// let total = law.evaluate(|_| Some(Duration::from_millis(10)))?;
/// assert_eq!(total, Duration::from_millis(20));
/// # Ok::<(), makespan::Error>(())
/// ```
#[derive(Clone)]
pub struct Law {
    pub(super) expr: Expr,
    pub(super) atoms: Arc<[StepName]>,
}

/// The shape of a law. Its atoms are numbers, so that it costs no names to
/// build or evaluate one.
///
/// OK to recurse into, because it is never nested deeper than a notation or a
/// scenario that can run: some hundreds of levels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Expr {
    Constant(Duration),
    Atom(u32),
    /// Every step of the name of an atom.
    Every(Fold, u32),
    Times(u64, Box<Expr>),
    Sum(Vec<Expr>),
    Max(Vec<Expr>),
    Min(Vec<Expr>),
    Limit(usize, Vec<Expr>),
}

/// What one of the functions does with a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fold {
    Sum,
    Max,
    Min,
    Limit(usize),
}

impl Law {
    pub(crate) fn new(expr: Expr, atoms: Arc<[StepName]>) -> Self {
        Self { expr: expr.simplify(), atoms }
    }

    /// Returns the atoms that the law speaks of, each once, in the order in which
    /// they are written: `job[0]` and `job[1]` are two. What stands in `sum(job)`
    /// is `job`.
    ///
    /// # Examples
    ///
    /// ```
    /// let law = makespan::law!(max(b[1], a) + sum(c) + b[1]);
    /// let atoms: Vec<_> = law.atoms().map(|atom| atom.to_string()).collect();
    /// assert_eq!(atoms, ["b[1]", "a", "c"]);
    /// ```
    pub fn atoms(&self) -> impl Iterator<Item = &StepName> {
        self.atoms.iter()
    }

    /// The shape of the law.
    pub(crate) fn expr(&self) -> &Expr {
        &self.expr
    }

    /// An atom by its number.
    pub(crate) fn atom(&self, number: u32) -> &StepName {
        &self.atoms[number as usize]
    }

    /// The atoms that the law speaks of as of one step.
    pub(crate) fn single_atoms(&self) -> Vec<&StepName> {
        let mut atoms = Vec::new();
        self.expr.each_leaf(&mut |leaf| {
            if let Expr::Atom(atom) = leaf {
                atoms.push(self.atom(*atom));
            }
        });
        atoms
    }

    /// All constants together, each as often as it counts: no makespan that the law allows
    /// is longer than that and the durations of all steps.
    #[cfg(feature = "proptest")]
    pub(crate) fn constants_together(&self) -> Duration {
        self.expr.constants_together()
    }

    /// Whether the law speaks of every step of a name, however many there are.
    #[cfg(feature = "proptest")]
    pub(crate) fn has_aggregates(&self) -> bool {
        self.expr.has_aggregates()
    }

    /// Returns the names that the law speaks of, each once, in the order in which
    /// they are written; how many steps bear one is left out.
    ///
    /// # Examples
    ///
    /// ```
    /// let law = makespan::law!(job[0] + max(job[1], other));
    /// assert_eq!(law.names().map(|name| name.as_str()).collect::<Vec<_>>(), ["job", "other"]);
    /// ```
    pub fn names(&self) -> impl Iterator<Item = &Name> {
        let mut seen = BTreeSet::new();
        self.atoms.iter().map(StepName::name).filter(move |name| seen.insert(*name))
    }

    /// Returns the constants of the law, each once, in the order in which they are
    /// written, unrounded.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let law = makespan::law!(min(100ms, a) + 0.5ms);
    /// let constants: Vec<_> = law.constants().collect();
    /// assert_eq!(constants, [Duration::from_millis(100), Duration::from_micros(500)]);
    /// ```
    pub fn constants(&self) -> impl Iterator<Item = Duration> {
        let mut seen = BTreeSet::new();
        let mut constants = Vec::new();
        self.expr.each_leaf(&mut |leaf| match leaf {
            Expr::Constant(constant) if seen.insert(*constant) => constants.push(*constant),
            _ => {}
        });
        constants.into_iter()
    }
}

impl Expr {
    /// Visits constants, atoms and names that are spoken of as a whole, in order.
    pub(super) fn each_leaf<'a>(&'a self, visit: &mut impl FnMut(&'a Self)) {
        match self {
            Self::Constant(_) | Self::Atom(_) | Self::Every(..) => visit(self),
            Self::Times(_, inner) => inner.each_leaf(visit),
            Self::Sum(terms) | Self::Max(terms) | Self::Min(terms) | Self::Limit(_, terms) => {
                terms.iter().for_each(|term| term.each_leaf(visit));
            }
        }
    }

    /// Whether any name is in it.
    pub(super) fn has_names(&self) -> bool {
        let mut has = false;
        self.each_leaf(&mut |leaf| has |= !matches!(leaf, Self::Constant(_)));
        has
    }

    /// The same over atoms that bear other numbers.
    pub(super) fn renumbered(&self, number: &impl Fn(u32) -> u32) -> Self {
        let all = |terms: &[Self]| terms.iter().map(|term| term.renumbered(number)).collect();
        match self {
            Self::Constant(constant) => Self::Constant(*constant),
            Self::Atom(atom) => Self::Atom(number(*atom)),
            Self::Every(fold, atom) => Self::Every(*fold, number(*atom)),
            Self::Times(count, inner) => Self::Times(*count, Box::new(inner.renumbered(number))),
            Self::Sum(terms) => Self::Sum(all(terms)),
            Self::Max(terms) => Self::Max(all(terms)),
            Self::Min(terms) => Self::Min(all(terms)),
            Self::Limit(slots, jobs) => Self::Limit(*slots, all(jobs)),
        }
    }

    /// The same with the steps of a name in place of the name as a whole, where
    /// `places` knows any.
    pub(super) fn with_places(&self, places: &impl Fn(u32) -> Vec<u32>) -> Self {
        let all = |terms: &[Self]| terms.iter().map(|term| term.with_places(places)).collect();
        match self {
            Self::Constant(_) | Self::Atom(_) => self.clone(),
            Self::Every(fold, atom) => match places(*atom) {
                steps if steps.is_empty() => self.clone(),
                steps => Self::fold(*fold, steps.into_iter().map(Self::Atom).collect()),
            },
            Self::Times(count, inner) => Self::Times(*count, Box::new(inner.with_places(places))),
            Self::Sum(terms) => Self::Sum(all(terms)),
            Self::Max(terms) => Self::Max(all(terms)),
            Self::Min(terms) => Self::Min(all(terms)),
            Self::Limit(slots, jobs) => Self::Limit(*slots, all(jobs)),
        }
    }

    #[cfg(feature = "proptest")]
    fn constants_together(&self) -> Duration {
        match self {
            Self::Constant(constant) => *constant,
            Self::Atom(_) | Self::Every(..) => Duration::ZERO,
            Self::Times(count, inner) => {
                let count = u32::try_from(*count).unwrap_or(u32::MAX);
                inner.constants_together().saturating_mul(count)
            }
            Self::Sum(terms) | Self::Max(terms) | Self::Min(terms) | Self::Limit(_, terms) => {
                let constants = terms.iter().map(Self::constants_together);
                constants.fold(Duration::ZERO, Duration::saturating_add)
            }
        }
    }

    #[cfg(feature = "proptest")]
    fn has_aggregates(&self) -> bool {
        match self {
            Self::Every(..) => true,
            Self::Constant(_) | Self::Atom(_) => false,
            Self::Times(_, inner) => inner.has_aggregates(),
            Self::Sum(terms) | Self::Max(terms) | Self::Min(terms) | Self::Limit(_, terms) => {
                terms.iter().any(Self::has_aggregates)
            }
        }
    }

    /// A function around a list.
    pub(super) fn fold(fold: Fold, terms: Vec<Self>) -> Self {
        match fold {
            Fold::Sum => Self::Sum(terms),
            Fold::Max => Self::Max(terms),
            Fold::Min => Self::Min(terms),
            Fold::Limit(slots) => Self::Limit(slots, terms),
        }
    }

    /// The same law without the brackets that change nothing: a sum inside a
    /// sum, a function of one argument, a `max` inside a `max`. The order of
    /// what is written stays.
    fn simplify(self) -> Self {
        let is_nothing = |term: &Self| *term == Self::Constant(Duration::ZERO);
        match self {
            Self::Constant(_) | Self::Atom(_) | Self::Every(..) => self,
            Self::Times(count, inner) => Self::Times(count, Box::new(inner.simplify())),
            Self::Sum(terms) => {
                let mut flat = flatten(terms, |term| match term {
                    Self::Sum(inner) => Ok(inner),
                    other => Err(other),
                });
                flat.retain(|term| !is_nothing(term));
                Self::one_or(flat, Self::Sum)
            }
            Self::Max(terms) => {
                let mut flat = flatten(terms, |term| match term {
                    Self::Max(inner) => Ok(inner),
                    other => Err(other),
                });
                flat.retain(|term| !is_nothing(term));
                Self::one_or(flat, Self::Max)
            }
            Self::Min(terms) => {
                let flat = flatten(terms, |term| match term {
                    Self::Min(inner) => Ok(inner),
                    other => Err(other),
                });
                Self::one_or(flat, Self::Min)
            }
            Self::Limit(slots, jobs) => {
                let jobs = jobs.into_iter().map(Self::simplify).collect();
                Self::one_or(jobs, |jobs| Self::Limit(slots, jobs))
            }
        }
    }

    /// Nothing costs nothing, and one term alone needs no function around it.
    fn one_or(mut terms: Vec<Self>, function: impl FnOnce(Vec<Self>) -> Self) -> Self {
        match terms.len() {
            0 => Self::Constant(Duration::ZERO),
            1 => terms.remove(0),
            _ => function(terms),
        }
    }
}

/// Simplifies terms and takes the terms of those that `inner` opens in their place.
fn flatten(terms: Vec<Expr>, inner: impl Fn(Expr) -> Result<Vec<Expr>, Expr>) -> Vec<Expr> {
    let mut flat = Vec::with_capacity(terms.len());
    for term in terms {
        match inner(term.simplify()) {
            // Taken over where nothing stands in front: nests of long lists stay cheap.
            Ok(terms) if flat.is_empty() => flat = terms,
            Ok(terms) => flat.extend(terms),
            Err(term) => flat.push(term),
        }
    }
    flat
}
