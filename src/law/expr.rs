//! A law as a value: how it is written, and what it comes to.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::error::Error;
use crate::law::list_scheduling::list_schedule;
use crate::name::StepName;
use crate::time::{Compact, whole_ticks};

/// A max-plus expression over named durations: `auth + max(profile, orders)`.
///
/// It says what a makespan is made of, whatever the durations are. `+` is what
/// one after another costs, `max` what side by side costs, `min` what the first
/// of several to end costs, and `limit(k, ..)` what jobs cost that start in
/// order, at most `k` at a time.
///
/// # Examples
///
/// ```
/// use makespan::scenario;
/// use std::time::Duration;
///
/// let law = scenario!(seq(auth: 1s, spawn(profile: 2s, orders: 3s))).law();
/// assert_eq!(law.to_string(), "auth + max(profile, orders)");
///
/// // 10 + max(10, 10) = 20 ms
/// let total = law.evaluate(|_| Some(Duration::from_millis(10)))?;
/// assert_eq!(total, Duration::from_millis(20));
/// # Ok::<(), makespan::Error>(())
/// ```
#[derive(Clone)]
pub struct Law {
    expr: Expr,
    atoms: Arc<[StepName]>,
}

/// The shape of a law. Its atoms are numbers, so that it costs no names to
/// build or evaluate one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Expr {
    Constant(Duration),
    Atom(u32),
    Sum(Vec<Expr>),
    Max(Vec<Expr>),
    Min(Vec<Expr>),
    Limit(usize, Vec<Expr>),
}

/// What an expression bottoms out in.
enum Term {
    Constant(Duration),
    Atom(u32),
}

impl Law {
    pub(crate) fn new(expr: Expr, atoms: Arc<[StepName]>) -> Self {
        Self { expr: expr.simplify(), atoms }
    }

    /// Returns what the law comes to where each atom lasts as long as `latency`
    /// says.
    ///
    /// # Units
    ///
    /// Latencies and constants are rounded up to the [`TICK`](crate::TICK), each by itself,
    /// as tokio's timer rounds them; the result is a whole number of ticks.
    ///
    /// # Errors
    ///
    /// If `latency` has none for an atom, or if the result is more milliseconds
    /// than a `u64` holds.
    pub fn evaluate(
        &self,
        mut latency: impl FnMut(&StepName) -> Option<Duration>,
    ) -> Result<Duration, Error> {
        let mut missing = None;
        let total = self.expr.evaluate(&mut |atom| {
            let atom = &self.atoms[atom as usize];
            latency(atom).unwrap_or_else(|| {
                missing.get_or_insert_with(|| atom.to_string());
                Duration::ZERO
            })
        });
        match missing {
            Some(atom) => Err(Error::latency_missing(atom)),
            None if total == Duration::from_millis(u64::MAX) => {
                Err(Error::too_long(format!("`{self}`")))
            }
            None => Ok(total),
        }
    }
}

impl Expr {
    /// What the expression comes to, in whole ticks; at most `u64::MAX` of them.
    pub(crate) fn evaluate(&self, latency: &mut impl FnMut(u32) -> Duration) -> Duration {
        Duration::from_millis(self.value(&mut |term| {
            whole_ticks(match term {
                Term::Constant(constant) => constant,
                Term::Atom(atom) => latency(atom),
            })
        }))
    }

    /// What the expression comes to where nothing is rounded, as on a wall clock.
    pub(crate) fn evaluate_unrounded(&self, latency: &mut impl FnMut(u32) -> Duration) -> Duration {
        Duration::from_nanos(self.value(&mut |term| {
            let duration = match term {
                Term::Constant(constant) => constant,
                Term::Atom(atom) => latency(atom),
            };
            u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
        }))
    }

    /// What the expression comes to, in the units of its terms.
    fn value(&self, of: &mut impl FnMut(Term) -> u64) -> u64 {
        match self {
            Self::Constant(constant) => of(Term::Constant(*constant)),
            Self::Atom(atom) => of(Term::Atom(*atom)),
            Self::Sum(terms) => {
                terms.iter().fold(0, |sum, term| term.value(of).saturating_add(sum))
            }
            Self::Max(terms) => terms.iter().map(|term| term.value(of)).max().unwrap_or(0),
            Self::Min(terms) => terms.iter().map(|term| term.value(of)).min().unwrap_or(0),
            Self::Limit(slots, jobs) => list_schedule(*slots, jobs.iter().map(|job| job.value(of))),
        }
    }

    /// The same law without the brackets that change nothing: a sum inside a
    /// sum, a function of one argument, a `max` inside a `max`. The order of
    /// what is written stays.
    fn simplify(self) -> Self {
        let is_nothing = |term: &Self| *term == Self::Constant(Duration::ZERO);
        match self {
            Self::Constant(_) | Self::Atom(_) => self,
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

    fn write(&self, f: &mut fmt::Formatter<'_>, atoms: &[StepName]) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, terms: &[Self], separator: &str| {
            for (index, term) in terms.iter().enumerate() {
                if index > 0 {
                    f.write_str(separator)?;
                }
                term.write(f, atoms)?;
            }
            Ok(())
        };
        let (word, terms) = match self {
            Self::Constant(constant) => return write!(f, "{}", Compact(*constant)),
            Self::Atom(atom) => return write!(f, "{}", atoms[*atom as usize]),
            Self::Sum(terms) => return list(f, terms, " + "),
            Self::Max(terms) => ("max(", terms),
            Self::Min(terms) => ("min(", terms),
            Self::Limit(slots, terms) => {
                write!(f, "limit({slots}, ")?;
                ("", terms)
            }
        };
        f.write_str(word)?;
        list(f, terms, ", ")?;
        f.write_str(")")
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

impl fmt::Display for Law {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.expr.write(f, &self.atoms)
    }
}

impl fmt::Debug for Law {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
