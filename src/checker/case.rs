//! One case: how long everything takes.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use crate::checker::draw::Draw;
use crate::checker::range::Ranges;
use crate::name::{Name, StepName};
use crate::time::Millis;

/// The latencies of one case, in ticks. What a step gets depends on nothing but
/// the case, the step's name and its place, so a case means the same in every run.
#[derive(Clone)]
pub(super) struct Case {
    chosen: BTreeMap<StepName, u64>,
    rest: Rest,
    ranges: Rc<Ranges>,
    /// The longest latency, in ticks, but for those that a range demands.
    reach: Rc<Cell<u64>>,
    asked: Rc<RefCell<Asked>>,
}

/// What was asked for, in the order in which it was.
#[derive(Default)]
struct Asked {
    latencies: Vec<(StepName, u64)>,
    known: BTreeSet<StepName>,
}

/// What a step gets that is not chosen.
#[derive(Clone, Debug)]
pub(super) enum Rest {
    Drawn(Draw),
    Fixed(u64),
}

impl Case {
    pub(super) fn new(chosen: BTreeMap<StepName, u64>, rest: Rest, ranges: &Rc<Ranges>) -> Self {
        let reach = Rc::new(Cell::new(u64::MAX));
        Self { chosen, rest, ranges: Rc::clone(ranges), reach, asked: Rc::default() }
    }

    /// Makes the case, and all clones of it, one of no longer latencies than this. What is
    /// longer becomes something else within the reach, where latencies are drawn.
    pub(super) fn bring_within(&self, reach: u64) {
        self.reach.set(reach);
        self.asked.take();
    }

    /// How long the step takes in this place among those of its name.
    pub(super) fn ticks(&self, name: &Name, place: usize) -> u64 {
        let step = StepName::new(name.clone(), Some(place));
        let chosen = self.chosen.get(&step).or_else(|| {
            // A name without a place speaks of every step that bears it.
            self.chosen.get(&StepName::new(name.clone(), None))
        });
        let ticks = match (chosen, &self.rest) {
            (Some(ticks), _) => *ticks,
            (None, Rest::Fixed(ticks)) => self.ranges.nearest(&step, *ticks),
            (None, Rest::Drawn(draw)) => {
                let ticks = draw.ticks(name, place);
                self.ranges.fit(&step, ticks, draw.chance(name, place))
            }
        };
        let reach = self.reach.get();
        let ticks = match &self.rest {
            _ if ticks <= reach => ticks,
            Rest::Drawn(_) => self.ranges.nearest(&step, ticks % (reach + 1)),
            Rest::Fixed(_) => self.ranges.nearest(&step, reach),
        };
        let mut asked = self.asked.borrow_mut();
        if asked.known.insert(step.clone()) {
            asked.latencies.push((step, ticks));
        }
        ticks
    }

    /// The same as a duration; a step without a place is the first of its name.
    pub(super) fn latency(&self, step: &StepName) -> Duration {
        Duration::from_millis(self.ticks(step.name(), step.index().unwrap_or(0)))
    }

    /// What the step gets where a pinned case leaves it out.
    pub(super) fn left_out(&self, step: &StepName) -> Duration {
        Duration::from_millis(self.ranges.least(&step.indexed()))
    }

    /// What was asked for so far, in that order: what the case comes down to.
    pub(super) fn asked(&self) -> Vec<(StepName, u64)> {
        self.asked.borrow().latencies.clone()
    }

    /// Calls this with each step whose latency was asked for.
    pub(super) fn each_asked(&self, step: impl FnMut(&StepName)) {
        self.asked.borrow().latencies.iter().map(|(step, _)| step).for_each(step);
    }

    /// The longest latency that was asked for.
    pub(super) fn longest(&self) -> u64 {
        self.asked.borrow().latencies.iter().map(|(_, ticks)| *ticks).max().unwrap_or(0)
    }

    /// The latencies as a counterexample tells them, in the order in which they
    /// were asked for.
    pub(super) fn told(&self) -> Vec<(StepName, Duration)> {
        told(&self.asked.borrow().latencies)
    }
}

/// Each name with its place, if it has several.
fn told(latencies: &[(StepName, u64)]) -> Vec<(StepName, Duration)> {
    let mut namesakes = BTreeMap::<&Name, usize>::new();
    for (step, _) in latencies {
        *namesakes.entry(step.name()).or_default() += 1;
    }
    let is_alone = |step: &StepName| namesakes[step.name()] == 1 && step.index() == Some(0);
    let told = latencies.iter().map(|(step, ticks)| {
        let index = step.index().filter(|_| !is_alone(step));
        (StepName::new(step.name().clone(), index), Duration::from_millis(*ticks))
    });
    told.collect()
}

impl fmt::Debug for Case {
    /// What proptest writes beside a seed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut latencies = self.asked();
        if latencies.is_empty() {
            // It was shrunk to this, and not run any more.
            latencies.extend(self.chosen.iter().map(|(step, ticks)| (step.clone(), *ticks)));
        }
        for (index, (step, latency)) in told(&latencies).iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{step} = {}", Millis(*latency))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;
    use std::time::Duration;

    use super::{Case, Rest};
    use crate::checker::range::Ranges;
    use crate::name::{Name, StepName};

    #[test]
    fn a_case_is_printed_as_its_latencies() {
        let chosen = [("a", 0, 5), ("b", 0, 7), ("b", 1, 9)];
        let chosen = chosen.map(|(name, place, ticks)| (StepName::new(name, Some(place)), ticks));
        let case = Case::new(chosen.into(), Rest::Fixed(3), &Rc::new(Ranges::default()));
        // It was not run so far: what was chosen is all that is known of it.
        assert_eq!(format!("{case:?}"), "a = 5ms, b[0] = 7ms, b[1] = 9ms");
        for name in ["c", "a"] {
            case.ticks(&Name::from(name), 0);
        }
        assert_eq!(format!("{case:?}"), "c = 3ms, a = 5ms");
        assert_eq!(case.latency(&StepName::from("a")), Duration::from_millis(5));
        assert_eq!(case.latency(&StepName::new("b", Some(1))), Duration::from_millis(9));
        assert_eq!(case.longest(), 9);
    }
}
