//! What a law comes to.

use std::time::Duration;

use crate::error::Error;
use crate::law::expr::{Expr, Fold, Law};
use crate::law::list_scheduling::list_schedule;
use crate::name::StepName;
use crate::time::{VirtualTime, whole_ticks};

/// More steps of one name than any run can have: whoever has a latency for this
/// one has one for each, and asking would never end.
const MOST_OF_A_NAME: usize = 1 << 22;

/// What an expression bottoms out in.
pub(super) enum Term {
    Constant(Duration),
    Atom(u32),
    Every(Fold, u32),
}

impl Law {
    /// Returns what the law comes to where each atom lasts as long as `latency`
    /// says.
    ///
    /// # Shape
    ///
    /// `a[2]` asks for `a[2]`. Plain `a` asks for `a`, and then for the only one of
    /// several, `a[0]`; `a[0]` also asks the other way round. `sum(a)` and its kin
    /// ask for `a[0]`, `a[1]` and so on until there is none, and for `a` if there
    /// is no `a[0]`; of no steps at all every one of them is nothing. Each may be
    /// asked for more than once and in any order.
    ///
    /// # Units
    ///
    /// Latencies and constants are rounded up to the [`TICK`](crate::TICK), each by itself,
    /// as tokio's timer rounds them; the result is a whole number of ticks.
    ///
    /// # Errors
    ///
    /// If `latency` has none for an atom; if it has several for a name that the
    /// law speaks of as of one step, or no end of them for one that it speaks of
    /// as a whole; if the result is more milliseconds than a `u64` holds.
    ///
    /// # Examples
    ///
    /// ```
    /// use makespan::{StepName, law};
    /// use std::time::Duration;
    ///
    /// let attempts = [20, 40, 80].map(Duration::from_millis);
    /// let latency = |step: &StepName| attempts.get(step.index()?).copied();
    ///
    /// // 20 + 40 + 80 = 140 ms
    /// assert_eq!(law!(sum(attempt)).evaluate(latency)?, Duration::from_millis(140));
    /// assert_eq!(
    ///     law!(attempt).evaluate(latency).unwrap_err().to_string(),
    ///     "the law speaks of `attempt`, and several steps have that name; \
    ///      write `sum(attempt)`, `max(attempt)` or the like for all of them, \
    ///      `attempt[0]` for the first",
    /// );
    /// # Ok::<(), makespan::Error>(())
    /// ```
    pub fn evaluate(
        &self,
        latency: impl FnMut(&StepName) -> Option<Duration>,
    ) -> Result<Duration, Error> {
        self.evaluate_over(&mut ByName(latency))
    }

    /// Returns what the law comes to over these durations, in whole ticks.
    pub(crate) fn evaluate_over(&self, durations: &mut dyn Durations) -> Result<Duration, Error> {
        self.total(durations, whole_ticks).map(Duration::from_millis)
    }

    /// Returns what the law comes to where nothing is rounded, as on a wall clock.
    pub(crate) fn evaluate_over_unrounded(
        &self,
        durations: &mut dyn Durations,
    ) -> Result<Duration, Error> {
        self.total(durations, nanos).map(Duration::from_nanos)
    }

    /// What the law comes to, in a unit in which durations are counted.
    fn total(
        &self,
        durations: &mut dyn Durations,
        count: fn(Duration) -> u64,
    ) -> Result<u64, Error> {
        let mut problem = None;
        let total = self.expr.value(&mut |term| {
            if problem.is_some() {
                return 0;
            }
            let counted = match term {
                Term::Constant(constant) => Ok(count(constant)),
                Term::Atom(atom) => durations.one(&self.atoms[atom as usize]).map(count),
                Term::Every(fold, atom) => durations
                    .every(&self.atoms[atom as usize])
                    .map(|all| fold.of(&all.into_iter().map(count).collect::<Vec<_>>())),
            };
            counted.unwrap_or_else(|error| {
                problem = Some(error);
                0
            })
        });
        match problem {
            Some(problem) => Err(problem),
            None if total == u64::MAX => Err(Error::too_long(format!("`{self}`"))),
            None => Ok(total),
        }
    }
}

/// At most as many nanoseconds as a `u64` holds.
fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// What a law is evaluated over.
pub(crate) trait Durations {
    /// How long the step takes that an atom speaks of.
    fn one(&mut self, atom: &StepName) -> Result<Duration, Error>;

    /// How long every step takes that is called as the atom is, in order.
    fn every(&mut self, atom: &StepName) -> Result<Vec<Duration>, Error>;

    /// When the first step began that an atom speaks of, where that is known.
    fn began(&self, _atom: &StepName) -> Option<VirtualTime> {
        None
    }
}

/// Durations of which all that is known is what a function says of a name.
struct ByName<F>(F);

impl<F: FnMut(&StepName) -> Option<Duration>> Durations for ByName<F> {
    fn one(&mut self, atom: &StepName) -> Result<Duration, Error> {
        let latency = &mut self.0;
        if let Some(duration) = latency(atom) {
            return Ok(duration);
        }
        let found = match atom.index() {
            None => {
                let first = latency(&at(atom, 0));
                if first.is_some() && latency(&at(atom, 1)).is_some() {
                    return Err(Error::several_of_a_name(atom.to_string()));
                }
                first
            }
            Some(0) => latency(&StepName::new(atom.name().clone(), None)),
            Some(_) => None,
        };
        found.ok_or_else(|| Error::latency_missing(atom.to_string()))
    }

    fn every(&mut self, atom: &StepName) -> Result<Vec<Duration>, Error> {
        let latency = &mut self.0;
        let mut all = Vec::new();
        while let Some(duration) = latency(&at(atom, all.len())) {
            if all.len() == MOST_OF_A_NAME {
                return Err(Error::endless_name(atom.to_string()));
            }
            all.push(duration);
        }
        if all.is_empty() {
            all.extend(latency(atom));
        }
        Ok(all)
    }
}

fn at(atom: &StepName, index: usize) -> StepName {
    StepName::new(atom.name().clone(), Some(index))
}

impl Fold {
    /// What the function makes of a list; of an empty one, nothing.
    pub(super) fn of(self, values: &[u64]) -> u64 {
        let values = values.iter().copied();
        match self {
            Self::Sum => values.fold(0, u64::saturating_add),
            Self::Max => values.max().unwrap_or(0),
            Self::Min => values.min().unwrap_or(0),
            Self::Limit(slots) => list_schedule(slots, values),
        }
    }
}

impl Expr {
    /// What the expression comes to where nothing is rounded, as on a wall clock.
    pub(crate) fn evaluate_unrounded(&self, latency: &mut impl FnMut(u32) -> Duration) -> Duration {
        Duration::from_nanos(self.value(&mut |term| {
            nanos(match term {
                Term::Constant(constant) => constant,
                Term::Atom(atom) | Term::Every(_, atom) => latency(atom),
            })
        }))
    }

    /// What the expression comes to, in the units of its terms.
    pub(super) fn value(&self, of: &mut impl FnMut(Term) -> u64) -> u64 {
        match self {
            Self::Constant(constant) => of(Term::Constant(*constant)),
            Self::Atom(atom) => of(Term::Atom(*atom)),
            Self::Every(fold, atom) => of(Term::Every(*fold, *atom)),
            Self::Times(count, inner) => inner.value(of).saturating_mul(*count),
            Self::Sum(terms) => {
                terms.iter().fold(0, |sum, term| term.value(of).saturating_add(sum))
            }
            Self::Max(terms) => terms.iter().map(|term| term.value(of)).max().unwrap_or(0),
            Self::Min(terms) => terms.iter().map(|term| term.value(of)).min().unwrap_or(0),
            Self::Limit(slots, jobs) => list_schedule(*slots, jobs.iter().map(|job| job.value(of))),
        }
    }
}
