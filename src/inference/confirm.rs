//! Runs that would break a law if anything could: where its triggers change
//! places.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::inference::assignment::{Assignment, Spread};
use crate::inference::history::History;
use crate::inference::random::Random;
use crate::inference::rule::{Event, Trigger};
use crate::inference::sampling::{LONGEST_RUN, long, outstanding};
use crate::inference::timing::{Start, Timing};

/// How many runs a law is held against.
const RUNS: usize = 120;

/// How many of them have latencies of hours.
const OF_HOURS: usize = 6;

/// Of how many assignments the one is run whose critical path was seen least.
const CHOICES: usize = 6;

/// How many constants, sums and differences of them are drawn around.
const CONSTANTS: usize = 16;
const NUMBERS: usize = 256;

/// Draws assignments for the confirmation of what was found.
pub(super) struct Confirmation<'a> {
    history: &'a History,
    timing: &'a Timing<'a>,
    /// For every rule that has several: its moment, and what may decide there.
    contests: Vec<(usize, Vec<Trigger>)>,
    /// The constants, their sums and differences.
    numbers: Rc<[u64]>,
    /// How often each critical path was run.
    seen: BTreeMap<u64, usize>,
}

impl<'a> Confirmation<'a> {
    pub(super) fn new(history: &'a History, timing: &'a Timing<'a>) -> Self {
        let mut contests = Vec::new();
        let mut constants = Vec::new();
        for (number, moment) in timing.moments.iter().enumerate() {
            let mut triggers = Vec::new();
            moment.rule.each_trigger(&mut |trigger| {
                triggers.push(trigger);
                constants.push(trigger.offset);
            });
            if triggers.len() > 1 {
                contests.push((number, triggers));
            }
        }
        constants.sort_unstable();
        constants.dedup();
        constants.truncate(CONSTANTS);
        let mut numbers = vec![0, 1];
        for one in &constants {
            for other in &constants {
                numbers.extend([*one, one + other, one.abs_diff(*other)]);
            }
        }
        numbers.sort_unstable();
        numbers.dedup();
        numbers.truncate(NUMBERS);
        Self { history, timing, contests, numbers: numbers.into(), seen: BTreeMap::new() }
    }

    /// All the runs, one after another.
    pub(super) fn assignments(mut self, random: &mut Random) -> Vec<Assignment> {
        let mut assignments = Vec::with_capacity(RUNS);
        for number in 0..RUNS {
            let assignment = if number < RUNS - OF_HOURS {
                self.rarest(number, random)
            } else {
                let span = LONGEST_RUN / (self.history.steps().len().max(1) as u64);
                let spread = match number % 2 {
                    0 => Spread::Even { least: 0, span },
                    _ => Spread::Magnitudes { span },
                };
                Assignment::new(random.next(), spread)
            };
            assignments.push(assignment);
        }
        assignments
    }

    /// Of several the one whose critical path was seen least.
    fn rarest(&mut self, number: usize, random: &mut Random) -> Assignment {
        let mut rarest = None::<(usize, u64, Assignment)>;
        for _ in 0..CHOICES {
            let assignment = self.draw(number, random);
            let path = self.path(&self.latencies(&assignment));
            let count = self.seen.get(&path).copied().unwrap_or(0);
            if rarest.as_ref().is_none_or(|(least, ..)| count < *least) {
                rarest = Some((count, path, assignment));
            }
        }
        let (_, path, assignment) = rarest.expect("there are choices");
        *self.seen.entry(path).or_default() += 1;
        assignment
    }

    fn draw(&self, number: usize, random: &mut Random) -> Assignment {
        let steps = self.history.steps();
        let long = long(steps.len());
        let scale = |random: &mut Random| 1 << random.below(u64::from(long.max(2).ilog2()));
        let seed = random.next();
        match number % 8 {
            0 => Assignment::new(seed, Spread::Among(Rc::clone(&self.numbers))),
            1 => Assignment::new(seed, Spread::Magnitudes { span: long }),
            2 => Assignment::new(seed, Spread::Even { least: 0, span: scale(random) + 1 }),
            3 => {
                let base = scale(random);
                let around = self.numbers.iter().map(|number| base + number).collect();
                Assignment::new(seed, Spread::Among(around))
            }
            4 if steps.len() > 1 => {
                let (one, other) = (random.place(steps.len()), random.place(steps.len()));
                let pair = [steps[one].clone(), steps[other].clone()];
                outstanding(&pair, steps.len(), random).swap_remove(random.place(2))
            }
            _ => {
                let spread = match random.below(3) {
                    0 => Spread::Magnitudes { span: long },
                    1 => Spread::Among(Rc::clone(&self.numbers)),
                    _ => Spread::Even { least: 0, span: scale(random) + 1 },
                };
                self.contested(&Assignment::new(seed, spread), random)
            }
        }
    }

    /// The assignment with one latency changed, so that two triggers of one rule
    /// are about as far apart as constants are.
    fn contested(&self, assignment: &Assignment, random: &mut Random) -> Assignment {
        let mut changed = assignment.clone();
        if self.contests.is_empty() {
            return changed;
        }
        let mut latencies = self.latencies(assignment);
        let moments = self.timing.moments_with(&latencies);
        let (_, triggers) = &self.contests[random.place(self.contests.len())];
        let (mut one, mut other) =
            (triggers[random.place(triggers.len())], triggers[random.place(triggers.len())]);
        if matches!(one.event, Event::Moment(_)) {
            (one, other) = (other, one);
        }
        let Event::Finish(step) = one.event else {
            return changed;
        };
        let time = |trigger: Trigger| {
            self.timing.time_among(trigger.event, &moments, &latencies) + trigger.offset
        };
        let distance = self.numbers[random.place(self.numbers.len())] + random.below(3);
        let goal = match random.below(2) {
            0 => (time(other) + distance).saturating_sub(1),
            _ => (time(other) + 1).saturating_sub(distance),
        };
        let latency = (latencies[step] + goal).saturating_sub(time(one));
        latencies[step] = latency;
        if latencies.iter().sum::<u64>() <= LONGEST_RUN {
            changed.choose(&self.history.steps()[step], latency);
        }
        changed
    }

    fn latencies(&self, assignment: &Assignment) -> Vec<u64> {
        let steps = self.history.steps().iter();
        steps.map(|(name, index)| assignment.latency(name, *index)).collect()
    }

    /// What decides, back from the end, as a number that tells it from others.
    fn path(&self, latencies: &[u64]) -> u64 {
        let moments = self.timing.moments_with(latencies);
        let mut path = 0;
        let mut moment = self.timing.end;
        while moment > 0 {
            let mut deciding = None;
            self.timing.moments[moment].rule.each_trigger(&mut |trigger| {
                let time = self.timing.time_among(trigger.event, &moments, latencies);
                if deciding.is_none() && time + trigger.offset == moments[moment] {
                    deciding = Some(trigger);
                }
            });
            let Some(trigger) = deciding else {
                break;
            };
            let (kind, number) = match trigger.event {
                Event::Moment(earlier) => (0, earlier),
                Event::Finish(step) => (1, step),
            };
            path = Random::new(path ^ (2 * number as u64 + kind) ^ (trigger.offset << 32)).next();
            moment = match trigger.event {
                Event::Moment(earlier) => earlier,
                Event::Finish(step) => match self.timing.starts[step] {
                    Start::At(moment) => moment,
                    _ => break,
                },
            };
        }
        path
    }
}
