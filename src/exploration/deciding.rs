//! What a law says of all of a zone at once.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::exploration::linear::{Linear, Moment, Overflow};
use crate::exploration::tree::Node;
use crate::exploration::walk::RangeOf;
use crate::exploration::wide::WIDE;
use crate::exploration::zone::{Bound, Zone};
use crate::law::{Expr, Fold, Law};
use crate::name::StepName;
use crate::time::whole_ticks;
use crate::trace::Kind;

/// How a makespan relates to a law.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    Equal,
    AtMost,
    AtLeast,
}

impl Relation {
    /// Whether a makespan is as the law's value demands.
    pub(crate) fn holds(self, makespan: Duration, value: Duration) -> bool {
        match self {
            Self::Equal => makespan == value,
            Self::AtMost => makespan <= value,
            Self::AtLeast => makespan >= value,
        }
    }

    /// What stands before the law in a report.
    #[cfg(feature = "proptest")]
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Equal => "law",
            Self::AtMost => "at most",
            Self::AtLeast => "at least",
        }
    }
}

/// What is known of a zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    Holds,
    /// It does not at these times. Steps that the law speaks of and that did not start have
    /// these latencies.
    Breaks {
        times: Vec<i64>,
        unstarted: BTreeMap<StepName, i64>,
    },
    /// Comparisons of sums of several times were needed, or of what has no known length.
    Undecided,
}

/// A whole path, as laws see it.
struct Deciding<'a> {
    node: &'a Node,
    law: &'a Law,
    relation: Relation,
    /// The steps of each name, in the order of their starts.
    steps: BTreeMap<&'a StepName, usize>,
    /// The times that stand for the latencies of steps that did not start.
    unstarted: BTreeMap<StepName, usize>,
}

/// Why an expression has no value in a zone.
enum Stop {
    /// It has one where this is at most zero, and where it is more.
    Split(Linear),
    Unknown,
}

impl From<Overflow> for Stop {
    fn from(_: Overflow) -> Self {
        Self::Unknown
    }
}

/// Decides whether the law holds in all of the zone of a whole path.
pub(super) fn decide(node: &Node, law: &Law, relation: Relation, range: &RangeOf) -> Decision {
    let steps = node.names.iter().enumerate().map(|(number, name)| (name, number)).collect();
    let mut deciding = Deciding { node, law, relation, steps, unstarted: BTreeMap::new() };
    let atoms = law.single_atoms();
    if node.zone.len() + atoms.len() > 2 * WIDE {
        return Decision::Undecided;
    }
    let mut zone = (*node.zone).clone();
    for atom in atoms {
        let step = atom.indexed();
        if !deciding.steps.contains_key(&step) && !deciding.unstarted.contains_key(&step) {
            let (least, most) = range(&step);
            deciding.unstarted.insert(step, zone.push(0, least, most));
        }
    }
    deciding.decide(&zone, 0)
}

/// How often a zone is split by comparisons of one law. A law of `n` terms needs `n` at most in
/// a row; beyond these it says little that a reader could check.
const SPLITS: usize = 64;

impl Deciding<'_> {
    fn decide(&self, zone: &Zone, depth: usize) -> Decision {
        let value = match self.value(self.law.expr(), zone) {
            Ok(value) => value,
            Err(Stop::Unknown) => return Decision::Undecided,
            Err(Stop::Split(difference)) => {
                let sides = difference.as_difference().filter(|_| depth < SPLITS);
                let Some((later, earlier)) = sides else {
                    return self.decide_points(zone, &difference);
                };
                let cut = Bound::at_most(later, earlier, -difference.constant);
                let parts = [cut, cut.negated()].map(|bound| zone.within([bound]));
                let mut decision = Decision::Holds;
                for part in parts.iter().flatten() {
                    match self.decide(part, depth + 1) {
                        Decision::Holds => {}
                        breaks @ Decision::Breaks { .. } => return breaks,
                        Decision::Undecided => decision = Decision::Undecided,
                    }
                }
                return decision;
            }
        };
        let over = &Linear::from(self.node.now()) - &value;
        let too_long = self.relation != Relation::AtLeast && over.max(zone) > 0;
        let too_short = self.relation != Relation::AtMost && over.min(zone) < 0;
        let is_broken = |excess: &Linear| {
            let times = smallest(zone, excess);
            let unstarted = self.unstarted.iter();
            let unstarted = unstarted.map(|(step, index)| (step.clone(), times[*index])).collect();
            Decision::Breaks { times, unstarted }
        };
        match (too_long, too_short) {
            (true, _) => is_broken(&over),
            (_, true) => is_broken(&(&Linear::default() - &over)),
            _ => Decision::Holds,
        }
    }

    /// What the law says at points on both sides of a comparison of sums, which no bound of a
    /// zone is: it may be broken there, and is otherwise undecided.
    fn decide_points(&self, zone: &Zone, difference: &Linear) -> Decision {
        let opposite = &Linear::constant(1) - difference;
        let points = [
            smallest(zone, difference),
            smallest(zone, &opposite),
            zone.point(|_, least, _| least),
            zone.point(|_, _, most| most),
        ];
        for times in points {
            let mut point = zone.clone();
            (1..zone.len()).for_each(|index| point.fix(index, 0, times[index]));
            if let breaks @ Decision::Breaks { .. } = self.decide(&point, SPLITS) {
                return breaks;
            }
        }
        Decision::Undecided
    }

    fn value(&self, expr: &Expr, zone: &Zone) -> Result<Linear, Stop> {
        let all = |terms: &[Expr]| {
            terms.iter().map(|term| self.value(term, zone)).collect::<Result<Vec<_>, _>>()
        };
        match expr {
            Expr::Constant(constant) => {
                Ok(Linear::constant(i64::try_from(whole_ticks(*constant)).map_err(|_| Overflow)?))
            }
            Expr::Atom(atom) => self.one(self.law.atom(*atom)),
            Expr::Every(fold, atom) => {
                let name = self.law.atom(*atom).name();
                let steps = self.steps.iter().filter(|(step, _)| step.name() == name);
                let steps = steps.map(|(_, number)| self.step(*number));
                fold_of(*fold, steps.collect::<Result<_, _>>()?, zone)
            }
            Expr::Times(count, inner) => {
                let count = i64::try_from(*count).map_err(|_| Overflow)?;
                Ok(self.value(inner, zone)?.times(count)?)
            }
            Expr::Sum(terms) => Ok(sum(&all(terms)?)),
            Expr::Max(terms) => fold_of(Fold::Max, all(terms)?, zone),
            Expr::Min(terms) => fold_of(Fold::Min, all(terms)?, zone),
            Expr::Limit(slots, jobs) => fold_of(Fold::Limit(*slots), all(jobs)?, zone),
        }
    }

    /// How long the step takes that an atom speaks of.
    fn one(&self, atom: &StepName) -> Result<Linear, Stop> {
        let step = atom.indexed();
        let second = StepName::new(atom.name().clone(), Some(1));
        if atom.index().is_none() && self.steps.contains_key(&second) {
            return Err(Stop::Unknown);
        }
        match (self.steps.get(&step), self.unstarted.get(&step)) {
            (Some(number), _) => self.step(*number),
            (None, Some(index)) => Ok(Linear::from(Moment::new(*index, 0))),
            (None, None) => Err(Stop::Unknown),
        }
    }

    fn step(&self, number: usize) -> Result<Linear, Stop> {
        let (start, end) = self.node.spans[number];
        match (self.node.delays[number], end) {
            (Some(index), _) => Ok(Linear::between(start, Moment::new(index, 0))),
            (None, Some((Kind::Finish, end))) => Ok(Linear::between(start, end)),
            _ => Err(Stop::Unknown),
        }
    }
}

fn sum(terms: &[Linear]) -> Linear {
    terms.iter().fold(Linear::default(), |sum, term| &sum + term)
}

fn fold_of(fold: Fold, terms: Vec<Linear>, zone: &Zone) -> Result<Linear, Stop> {
    match fold {
        Fold::Sum => Ok(sum(&terms)),
        Fold::Max => extreme(terms, zone, |one, two| one - two),
        Fold::Min => extreme(terms, zone, |one, two| two - one),
        Fold::Limit(slots) => {
            let mut free = vec![Linear::default(); slots.min(terms.len())];
            let mut last = vec![Linear::default()];
            for job in terms {
                let first = extreme(free.clone(), zone, |one, two| two - one)?;
                let place = free.iter().position(|it| *it == first).expect("it is one of them");
                free[place] = &first + &job;
                last.push(free[place].clone());
            }
            extreme(last, zone, |one, two| one - two)
        }
    }
}

/// The term that is nowhere in the zone exceeded; of no terms at all, nothing.
fn extreme(
    mut terms: Vec<Linear>,
    zone: &Zone,
    over: fn(&Linear, &Linear) -> Linear,
) -> Result<Linear, Stop> {
    terms.dedup();
    let Some(mut best) = terms.first().cloned() else { return Ok(Linear::default()) };
    for term in &terms[1..] {
        let difference = over(term, &best);
        let (least, most) = (difference.min(zone), difference.max(zone));
        if most <= 0 {
            continue;
        }
        if least < 0 {
            return Err(Stop::Split(difference));
        }
        best = term.clone();
    }
    Ok(best)
}

/// Small times at which this is more than nothing, as it is somewhere in the zone.
fn smallest(zone: &Zone, excess: &Linear) -> Vec<i64> {
    if let Some((later, earlier)) = excess.as_difference() {
        let bound = Bound::at_least(later, earlier, 1 - excess.constant);
        if let Some(zone) = zone.within([bound]) {
            return zone.point(|_, least, _| least);
        }
    }
    let mut zone = zone.clone();
    for index in 1..zone.len() {
        let (mut least, mut most) = (zone.min(index, 0), zone.max(index, 0));
        // The least time with which it is still more than nothing somewhere.
        while least < most {
            let middle = (least + most).div_euclid(2);
            let part = zone.within([Bound::at_most(index, 0, middle)]);
            if part.is_some_and(|part| excess.max(&part) > 0) {
                most = middle;
            } else {
                least = middle + 1;
            }
        }
        zone.fix(index, 0, least);
    }
    (0..zone.len()).map(|index| zone.max(index, 0)).collect()
}
