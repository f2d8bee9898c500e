//! One order of events, as data.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;

use crate::exploration::conditions::{Condition, conditions};
use crate::exploration::deciding::Relation;
use crate::exploration::linear::{Linear, Moment};
use crate::exploration::observation::Ending;
use crate::exploration::tree::{Node, NodeId, Token, path};
use crate::exploration::zone::{Bound, Zone};
use crate::law::{Expr, Law};
use crate::name::{Name, StepName};
use crate::time::{Readable, whole_ticks};
use crate::trace::Kind;

/// One order of events: what happens, at which latencies, and how long it takes.
///
/// The latencies of an order form a zone: bounds on differences of times. In a zone every time
/// is a sum of latencies and a constant, so that one expression is the makespan at all of them.
///
/// It displays as a line of [`Exploration`](crate::Exploration)'s table: the condition, the
/// makespan, and one point.
#[derive(Clone)]
pub struct EventOrder {
    /// The delays that start, in this order.
    delays: Vec<StepName>,
    starts: Vec<Moment>,
    zone: Zone,
    end: Moment,
    ending: Ending,
    makespan: Law,
    conditions: Vec<Condition>,
    events: Vec<(Law, String)>,
    latencies: Vec<(StepName, Duration)>,
}

impl EventOrder {
    pub(super) fn new(nodes: &[Node], leaf: NodeId) -> Self {
        let node = &nodes[leaf];
        let names = Names::of(node);
        let point = node.zone.point(|_, least, _| least);
        let latency = |index: usize| point[index] - node.starts[index].at(&point);
        let latencies =
            (1..node.zone.len()).map(|index| (names.delay(index), time_of(latency(index))));
        let steps: Vec<_> = node.delays.iter().enumerate().collect();
        let delays = steps.iter().filter(|(_, delay)| delay.is_some());
        Self {
            delays: delays.map(|(step, _)| node.names[*step].clone()).collect(),
            starts: node.starts.clone(),
            zone: (*node.zone).clone(),
            end: node.now(),
            ending: node.ending().cloned().unwrap_or(Ending::Done),
            makespan: names.law(node, node.now()),
            conditions: conditions(nodes, leaf, &names),
            events: events(nodes, leaf, &names),
            latencies: latencies.collect(),
        }
    }

    /// Returns the condition on the latencies, in words: as few bounds as say the same. That
    /// each takes some time, if it takes any, is left out.
    #[must_use]
    pub fn condition(&self) -> String {
        match &*self.conditions {
            [] => "always".to_owned(),
            conditions => joined(conditions),
        }
    }

    /// Returns what the makespan is at all latencies of the order; of one that does not end, when
    /// it stands still.
    #[must_use]
    pub fn makespan(&self) -> &Law {
        &self.makespan
    }

    /// Returns the shortest makespan of the order, and the longest, over all its latencies.
    #[must_use]
    pub fn makespans(&self) -> RangeInclusive<Duration> {
        let end = Linear::from(self.end);
        time_of(end.min(&self.zone))..=time_of(end.max(&self.zone))
    }

    /// Returns whether the code is done in this order. Otherwise it stalls, panics, or goes on
    /// for ever at one instant.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.ending == Ending::Done
    }

    /// Returns whether in this order nothing can go on any more before the code is done.
    #[must_use]
    pub fn is_stalled(&self) -> bool {
        self.ending == Ending::Stalled
    }

    /// Returns small latencies of the order, for each delay that starts.
    pub fn latencies(&self) -> impl Iterator<Item = (&StepName, Duration)> {
        self.latencies.iter().map(|(step, latency)| (step, *latency))
    }

    /// Returns the events, each with when it happens: `(auth, "auth finishes")`.
    pub fn events(&self) -> impl Iterator<Item = (&Law, &str)> {
        self.events.iter().map(|(at, event)| (at, &**event))
    }

    /// Returns how long the code takes at these latencies, if they are of this order. They are
    /// asked for by name and index, `attempt[0]`.
    ///
    /// # Units
    ///
    /// Latencies are rounded up to the [`TICK`](crate::TICK).
    pub fn evaluate(&self, mut latency: impl FnMut(&StepName) -> Duration) -> Option<Duration> {
        let mut times = vec![0];
        for (place, step) in self.delays.iter().enumerate() {
            let ticks = i64::try_from(whole_ticks(latency(step))).ok()?;
            times.push(self.starts[place + 1].at(&times).checked_add(ticks)?);
        }
        self.zone.contains(&times).then(|| time_of(self.end.at(&times)))
    }

    /// The part of the condition that is needed for the law to be broken, in words: a part is
    /// left out if the law is broken without it in all orders, as far as points of them tell.
    pub(crate) fn condition_of_fault(
        &self,
        all: &[Self],
        law: &Law,
        relation: Relation,
    ) -> Option<String> {
        // What is exact may be needed on one side alone.
        let halves = |condition: &Condition| match &*condition.halves {
            [] => vec![condition.clone()],
            halves => halves.to_vec(),
        };
        let mut needed: Vec<_> = self.conditions.iter().flat_map(halves).collect();
        let mut place = needed.len();
        while place > 0 {
            place -= 1;
            let without = needed[place].clone();
            needed.remove(place);
            if all.iter().any(|other| self.holds_in(other, &needed, law, relation)) {
                needed.insert(place, without);
            }
        }
        let has = |half: &Condition| needed.iter().any(|it| it.bounds == half.bounds);
        let mut told: Vec<Condition> = Vec::new();
        for condition in &self.conditions {
            let halves = halves(condition);
            match halves.iter().all(has) {
                true => told.push(condition.clone()),
                false => told.extend(halves.into_iter().filter(has)),
            }
        }
        (!told.is_empty()).then(|| joined(&told))
    }

    /// A bound on the times of this order as one on those of another, if its delays start there:
    /// of latencies where it is of one, and otherwise of when they end.
    fn translated(&self, bound: Bound, other: &Self) -> Option<Bound> {
        let same = |index: usize| {
            let place = other.delays.iter().position(|it| *it == self.delays[index - 1])?;
            Some(place + 1)
        };
        let Bound { later, earlier, most } = bound;
        if later != 0 && self.starts[later].base == earlier {
            let (index, limit) = (same(later)?, most - self.starts[later].after);
            let Moment { base, after } = other.starts[index];
            return Some(Bound::at_most(index, base, limit + after));
        }
        if earlier != 0 && self.starts[earlier].base == later {
            let (index, limit) = (same(earlier)?, -most - self.starts[earlier].after);
            let Moment { base, after } = other.starts[index];
            return Some(Bound::at_least(index, base, limit + after));
        }
        let same = |index: usize| if index == 0 { Some(0) } else { same(index) };
        Some(Bound::at_most(same(later)?, same(earlier)?, most))
    }

    /// Whether the law holds somewhere in another order, under conditions on this one's delays.
    fn holds_in(&self, other: &Self, needed: &[Condition], law: &Law, relation: Relation) -> bool {
        // What takes some time in this order does so, without being said.
        let some_time = (1..self.zone.len()).filter_map(|index| {
            let Moment { base, after } = self.starts[index];
            let takes_time = self.zone.min(index, base) > after;
            takes_time.then(|| Bound::at_least(index, base, after + 1))
        });
        let needed = needed.iter().flat_map(|condition| condition.bounds.iter().copied());
        let bounds = needed.chain(some_time).map(|bound| self.translated(bound, other));
        // Where a delay does not start, nothing is known of when it would end.
        let Some(bounds) = bounds.collect::<Option<Vec<_>>>() else { return false };
        let Some(zone) = other.zone.within(bounds) else { return false };
        if !other.is_done() {
            return false;
        }
        let points = [false, true]
            .map(|is_late| zone.point(|_, least, most| if is_late { most } else { least }));
        points.iter().any(|times| {
            let latency = |step: &StepName| {
                let place = other.delays.iter().position(|it| *it == *step)?;
                let index = place + 1;
                Some(time_of(times[index] - other.starts[index].at(times)))
            };
            // What does not start counts with no time, as in a case that leaves it out.
            let names: Vec<_> = other.delays.iter().map(StepName::name).collect();
            let expected = law.evaluate(|step| {
                let is_missing = !names.contains(&step.name());
                latency(step).or_else(|| {
                    is_missing.then_some(Duration::ZERO).filter(|_| step.index().is_none())
                })
            });
            expected.is_ok_and(|expected| relation.holds(time_of(other.end.at(times)), expected))
        })
    }

    /// The longest time that the code may take in this order, or the shortest, with latencies.
    pub(super) fn extreme(&self, is_longest: bool) -> i64 {
        let end = Linear::from(self.end);
        if is_longest { end.max(&self.zone) } else { end.min(&self.zone) }
    }
}

impl fmt::Display for EventOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.condition(), self.ends())
    }
}

impl EventOrder {
    /// The makespan, or how the code ends otherwise.
    pub(super) fn ends(&self) -> String {
        match &self.ending {
            Ending::Done => self.makespan.to_string(),
            Ending::Stalled => format!("stalls at {}", self.makespan),
            Ending::Livelock => format!("goes on for ever at {}", self.makespan),
            Ending::Panicked(text) => format!("panics at {}: {text}", self.makespan),
            Ending::Limit => format!("is cut off at {}", self.makespan),
        }
    }

    /// The point as a table shows it.
    pub(super) fn example(&self) -> String {
        let each = self.latencies.iter();
        let each = each.map(|(step, latency)| format!("{step} = {}", Readable(*latency)));
        each.collect::<Vec<_>>().join(", ")
    }
}

impl fmt::Debug for EventOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn joined(conditions: &[Condition]) -> String {
    let words = conditions.iter().map(|condition| &*condition.words);
    words.collect::<Vec<_>>().join(", ")
}

fn time_of(ticks: i64) -> Duration {
    Duration::from_millis(u64::try_from(ticks).unwrap_or(0))
}

/// How the steps of a path are named: with an index where several have the name.
pub(super) struct Names {
    steps: Vec<StepName>,
    /// The step of each delay, by the index of its time.
    of_delays: BTreeMap<usize, usize>,
}

impl Names {
    pub(super) fn of(node: &Node) -> Self {
        let mut counts = BTreeMap::<&Name, usize>::new();
        for name in &node.names {
            *counts.entry(name.name()).or_default() += 1;
        }
        let name = |step: &StepName| {
            let index = step.index().filter(|_| counts[step.name()] > 1);
            StepName::new(step.name().clone(), index)
        };
        let of_delays = node.delays.iter().enumerate();
        let of_delays = of_delays.filter_map(|(step, delay)| Some(((*delay)?, step)));
        Self { steps: node.names.iter().map(name).collect(), of_delays: of_delays.collect() }
    }

    /// A step by its number.
    pub(super) fn step(&self, number: usize) -> &StepName {
        &self.steps[number]
    }

    /// The number of the step of a delay.
    pub(super) fn number(&self, delay: usize) -> usize {
        self.of_delays[&delay]
    }

    /// The name of a delay.
    pub(super) fn delay(&self, delay: usize) -> StepName {
        self.steps[self.number(delay)].clone()
    }

    /// A moment of the path as a sum of latencies and a constant.
    pub(super) fn law(&self, node: &Node, moment: Moment) -> Law {
        let (mut atoms, mut constant, mut at) = (Vec::new(), moment.after, moment.base);
        while at != 0 {
            atoms.push(self.delay(at));
            constant += node.starts[at].after;
            at = node.starts[at].base;
        }
        atoms.reverse();
        let count = u32::try_from(atoms.len()).unwrap_or(0);
        let mut terms: Vec<_> = (0..count).map(Expr::Atom).collect();
        if constant != 0 || terms.is_empty() {
            terms.push(Expr::Constant(time_of(constant)));
        }
        Law::new(Expr::Sum(terms), atoms.into())
    }
}

/// The events of a path, each with its time.
fn events(nodes: &[Node], leaf: NodeId, names: &Names) -> Vec<(Law, String)> {
    let mut events = Vec::new();
    let end = &nodes[leaf];
    for id in path(nodes, leaf) {
        let node = &nodes[id];
        let at = || names.law(end, node.now());
        match &node.token {
            Some(Token::Start { step, .. }) => {
                events.push((at(), format!("{} {}", names.step(*step), Kind::Start.verb())));
            }
            Some(Token::Close { ends, .. }) => {
                let each = ends
                    .iter()
                    .map(|(kind, step)| (at(), format!("{} {}", names.step(*step), kind.verb())));
                events.extend(each);
            }
            _ => {}
        }
    }
    events
}
