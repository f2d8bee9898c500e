//! Latencies for one run: one for every step, whether known yet or not.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::name::Name;
use crate::random::Random;

/// What latency each step of a run is given, as a function of its name and its
/// place among its namesakes: the same however often it is asked, and for steps
/// that nobody knew of before the run as well.
#[derive(Clone)]
pub(super) struct Assignment {
    seed: u64,
    rest: Spread,
    chosen: BTreeMap<Name, BTreeMap<usize, u64>>,
}

/// How the latencies of a run that were not chosen one by one are spread.
#[derive(Clone)]
pub(super) enum Spread {
    /// Any of `span` numbers from `least` on.
    Even { least: u64, span: u64 },
    /// Of any order of magnitude below `span`, so that what is small beside one
    /// is large beside another.
    Magnitudes { span: u64 },
    /// Around numbers that matter.
    Among(Rc<[u64]>),
}

impl Assignment {
    pub(super) fn new(seed: u64, rest: Spread) -> Self {
        Self { seed, rest, chosen: BTreeMap::new() }
    }

    /// Each of the steps has the latency of its place, and any other none.
    pub(super) fn of_each(
        seed: u64,
        steps: &[(Name, usize)],
        latencies: impl IntoIterator<Item = u64>,
    ) -> Self {
        let mut assignment = Self::new(seed, Spread::Even { least: 0, span: 1 });
        for (step, latency) in steps.iter().zip(latencies) {
            assignment.choose(step, latency);
        }
        assignment
    }

    /// Gives one step a latency of its own.
    pub(super) fn choose(&mut self, (name, index): &(Name, usize), latency: u64) {
        self.chosen.entry(name.clone()).or_default().insert(*index, latency);
    }

    pub(super) fn latency(&self, name: &Name, index: usize) -> u64 {
        let chosen = self.chosen.get(name).and_then(|places| places.get(&index));
        chosen.copied().unwrap_or_else(|| self.rest.draw(&mut self.random(name, index)))
    }

    /// The latencies of the steps, by their places.
    pub(super) fn latencies(&self, steps: &[(Name, usize)]) -> Vec<u64> {
        steps.iter().map(|(name, index)| self.latency(name, *index)).collect()
    }

    /// Numbers for one step, unlike those for any other.
    fn random(&self, name: &Name, index: usize) -> Random {
        let mix = |seed: u64, number: u64| Random::new(seed ^ number).next();
        let bytes = name.as_str().bytes().map(u64::from);
        Random::new(bytes.chain([index as u64]).fold(self.seed, mix))
    }
}

impl Spread {
    fn draw(&self, random: &mut Random) -> u64 {
        match self {
            Self::Even { least, span } => least + random.below(*span),
            Self::Magnitudes { span } => {
                let magnitudes = u64::from(span.max(&1).ilog2()) + 1;
                let magnitude = 1 << random.below(magnitudes);
                (magnitude + random.below(magnitude)).min(*span) - u64::from(magnitude == 1)
            }
            Self::Among(numbers) => {
                let number = numbers[random.place(numbers.len())];
                (number + random.below(3)).saturating_sub(1)
            }
        }
    }
}
