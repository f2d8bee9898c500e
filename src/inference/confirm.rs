//! Runs that would break a law if anything could: where its triggers change
//! places.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::inference::assignment::{Assignment, Spread};
use crate::inference::brink::brinks;
use crate::inference::forecast::Forecast;
use crate::inference::history::{History, Run};
use crate::inference::rule::{Event, Trigger};
use crate::inference::sampling::{LONGEST_RUN, alone, long, outstanding, zoomed};
use crate::inference::telling::telling;
use crate::random::Random;

/// How many runs a law is held against.
const RUNS: usize = 100;

/// How many of them have latencies of hours.
const OF_HOURS: usize = 6;

/// In how many more a step stands alone, and a constant is looked at.
const MOST_ALONE: usize = 32;
const MOST_AROUND: usize = 64;
const MOST_ZOOMED: usize = 24;

/// Of how many assignments the one is run whose critical path was seen least.
const CHOICES: usize = 6;

/// How many constants, sums and differences of them are drawn around.
const CONSTANTS: usize = 16;
const NUMBERS: usize = 256;

/// Draws assignments for the confirmation of what was found.
pub(super) struct Confirmation<'a> {
    history: &'a History,
    forecast: &'a Forecast,
    /// For every rule that has several: its moment, and what may decide there.
    contests: Vec<(usize, Vec<Trigger>)>,
    constants: Vec<u64>,
    /// The constants, their sums and differences.
    numbers: Rc<[u64]>,
    /// How often each critical path was run.
    seen: BTreeMap<u64, usize>,
}

impl<'a> Confirmation<'a> {
    pub(super) fn new(history: &'a History, forecast: &'a Forecast) -> Self {
        let mut contests = Vec::new();
        let mut constants = Vec::new();
        for (number, rule) in forecast.rules.iter().enumerate() {
            let mut triggers = Vec::new();
            rule.each_trigger(&forecast.lines, &mut |trigger| {
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
        constants.retain(|constant| *constant > 0);
        let (numbers, seen) = (numbers.into(), BTreeMap::new());
        Self { history, forecast, contests, constants, numbers, seen }
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
        assignments.extend(alone(self.history.steps(), MOST_ALONE, random));
        assignments.extend(self.around_constants());
        assignments.extend(self.zoomed(random));
        assignments.extend(brinks(self.history, self.forecast, &self.constants, random));
        assignments
    }

    /// More runs, once those have been made: what they leave open.
    pub(super) fn telling(&self, random: &mut Random) -> Vec<Assignment> {
        let mut number = 0;
        let draw = |random: &mut Random| {
            number += 1;
            self.draw(number, random)
        };
        telling(self.history, self.forecast, &self.constants, random, draw)
    }

    /// Runs of every critical path that was seen, far longer or far shorter.
    fn zoomed(&self, random: &mut Random) -> Vec<Assignment> {
        let mut runs = BTreeMap::<u64, Vec<&Run>>::new();
        for run in self.history.runs() {
            runs.entry(self.path(&run.latencies)).or_default().push(run);
        }
        let every = runs.len().div_ceil(MOST_ZOOMED).max(1);
        let zoomed = runs.values().step_by(every).flat_map(|runs| {
            let run = runs[random.place(runs.len())];
            let (up, down) = (1 + random.below(10), 1 + random.below(6));
            [
                zoomed(self.history, run, |latency| latency << up),
                zoomed(self.history, run, |latency| latency >> down),
            ]
        });
        zoomed.flatten().collect()
    }

    /// Runs in which a constant decided, with one latency taken away, or one tick
    /// put in its place where there was none: the constant may lie behind
    /// something else that has always been the same time ago.
    fn around_constants(&self) -> Vec<Assignment> {
        let mut by_trigger = Vec::new();
        for (moment, triggers) in &self.contests {
            for trigger in triggers.iter().filter(|trigger| trigger.offset > 0) {
                let is_decided = |run: &&Run| {
                    self.forecast.deciding(&run.latencies).contains(&(*moment, *trigger))
                };
                let run = self.history.runs().iter().rev().find(is_decided);
                // Only what it hangs on could have been taken for the beginning.
                let mut steps = match trigger.event {
                    Event::Moment(0) => (0..self.history.steps().len()).collect(),
                    Event::Moment(earlier) => self.forecast.steps_before(earlier),
                    Event::Finish(step) => {
                        let before =
                            self.forecast.starts[step].map(|it| self.forecast.steps_before(it));
                        before.into_iter().flatten().chain([step]).collect()
                    }
                };
                steps.truncate(MOST_AROUND);
                by_trigger.extend(run.map(|run| (steps, run)));
            }
        }
        by_trigger.sort_by_key(|(steps, _)| steps.len());
        let around = by_trigger.into_iter().flat_map(|(steps, run)| {
            steps.into_iter().map(move |step| {
                let mut assignment = (*run.assignment).clone();
                let latency = u64::from(run.latencies[step] == 0);
                assignment.choose(&self.history.steps()[step], latency);
                assignment
            })
        });
        around.take(MOST_AROUND).collect()
    }

    /// Of several the one whose critical path was seen least.
    fn rarest(&mut self, number: usize, random: &mut Random) -> Assignment {
        let mut rarest = None::<(usize, u64, Assignment)>;
        for _ in 0..CHOICES {
            let assignment = self.draw(number, random);
            let path = self.path(&assignment.latencies(self.history.steps()));
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
        match number % 10 {
            8 | 9 if !steps.is_empty() => {
                let spread = match random.below(2) {
                    0 => Spread::Magnitudes { span: long },
                    _ => Spread::Even { least: 8, span: scale(random) + 8 },
                };
                let mut assignment = Assignment::new(seed, spread);
                self.hurried(&mut assignment, random.place(steps.len()), random);
                assignment
            }
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
        let mut latencies = assignment.latencies(self.history.steps());
        let moments = self.forecast.moments(&latencies);
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
            self.forecast.time(trigger.event, &moments, &latencies) + trigger.offset
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

    /// What decides, back from the end, as a number that tells it from others.
    fn path(&self, latencies: &[u64]) -> u64 {
        let mix = |path: u64, (_, trigger): (usize, Trigger)| {
            let (kind, number) = match trigger.event {
                Event::Moment(earlier) => (0, earlier),
                Event::Finish(step) => (1, step),
            };
            Random::new(path ^ (2 * number as u64 + kind) ^ (trigger.offset << 32)).next()
        };
        self.forecast.deciding(latencies).into_iter().fold(0, mix)
    }

    /// Makes a step finish at once, and all that it may have waited for.
    fn hurried(&self, assignment: &mut Assignment, step: usize, random: &mut Random) {
        let before = self.forecast.starts[step].map(|moment| self.forecast.steps_before(moment));
        for step in before.into_iter().flatten().chain([step]) {
            assignment.choose(&self.history.steps()[step], random.below(3));
        }
    }
}
