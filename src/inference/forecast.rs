//! What the rules say of latencies that were not given yet.

use std::collections::BTreeSet;

use crate::inference::rule::{Event, Line, Rule, Trigger};
use crate::inference::slots::Slots;

/// Rules without the runs that they were found from.
pub(super) struct Forecast {
    /// By the numbers of the moments, each over earlier ones.
    pub(super) rules: Vec<Rule>,
    pub(super) lines: Vec<Line>,
    /// For each step the moment at which it starts, if a rule was found for it.
    pub(super) starts: Vec<Option<usize>>,
    pub(super) end: usize,
}

impl Forecast {
    /// When every moment would be.
    pub(super) fn moments(&self, latencies: &[u64]) -> Vec<u64> {
        self.moments_over(&|step, _| latencies[step])
    }

    /// The same with latencies that hang on when a step starts: `latency(step, start)`,
    /// asked for as often as something waits for the step.
    pub(super) fn moments_over(&self, latency: &impl Fn(usize, u64) -> u64) -> Vec<u64> {
        let mut times = Vec::with_capacity(self.rules.len());
        // How many jobs of each line have taken their slots, and when those are free.
        let mut progress: Vec<_> =
            self.lines.iter().map(|line| (0, Slots::new(line.slots))).collect();
        for rule in &self.rules {
            let at = |it: Trigger| self.time_over(it.event, &times, latency) + it.offset;
            let time = match rule {
                Rule::InLine { line, place } => {
                    let (taken, slots) = &mut progress[*line];
                    for job in &self.lines[*line].jobs[*taken..*place] {
                        slots.take(at(Trigger::finish(*job)));
                    }
                    *taken = *place;
                    slots.first_free()
                }
                _ => rule.value(&self.lines, &at),
            };
            times.push(time);
        }
        times
    }

    /// When an event would be, given the moments that it hangs on.
    pub(super) fn time(&self, event: Event, moments: &[u64], latencies: &[u64]) -> u64 {
        self.time_over(event, moments, &|step, _| latencies[step])
    }

    fn time_over(
        &self,
        event: Event,
        moments: &[u64],
        latency: &impl Fn(usize, u64) -> u64,
    ) -> u64 {
        match event {
            Event::Moment(moment) => moments[moment],
            Event::Finish(step) => match self.starts[step] {
                Some(moment) => moments[moment] + latency(step, moments[moment]),
                None => unreachable!("a rule speaks of steps whose rule is known"),
            },
        }
    }

    /// The finishes of the steps, and the moments, that are known before a moment is.
    pub(super) fn known_before(&self, moment: usize) -> impl Iterator<Item = Event> + '_ {
        let starts = self.starts.iter().enumerate();
        let is_before = move |(step, start): (usize, &Option<usize>)| {
            start.is_some_and(|start| start < moment).then_some(Event::Finish(step))
        };
        starts.filter_map(is_before).chain((1..moment).map(Event::Moment))
    }

    /// How many triggers there are that do not decide alone.
    pub(super) fn contested(&self) -> usize {
        let triggers = self.rules.iter().map(|rule| match rule {
            // It takes up where the one before it in the line has left off.
            Rule::InLine { .. } => 2,
            _ => {
                let mut count = 0;
                rule.each_trigger(&self.lines, &mut |_| count += 1);
                count
            }
        });
        triggers.filter(|count| *count > 1).sum()
    }

    /// What decides, back from the end: moments, and which of their triggers.
    pub(super) fn deciding(&self, latencies: &[u64]) -> Vec<(usize, Trigger)> {
        let moments = self.moments(latencies);
        let mut path = Vec::new();
        let mut moment = self.end;
        loop {
            let mut deciding = None;
            self.rules[moment].each_trigger(&self.lines, &mut |trigger| {
                let time = self.time(trigger.event, &moments, latencies);
                if deciding.is_none() && time + trigger.offset == moments[moment] {
                    deciding = Some(trigger);
                }
            });
            // Nothing decides when the beginning is.
            let Some(trigger) = deciding else {
                break;
            };
            path.push((moment, trigger));
            moment = match trigger.event {
                Event::Moment(earlier) => earlier,
                Event::Finish(step) => match self.starts[step] {
                    Some(moment) => moment,
                    None => break,
                },
            };
        }
        path
    }

    /// The steps that a moment may hang on.
    pub(super) fn steps_before(&self, moment: usize) -> Vec<usize> {
        let mut is_before = vec![false; moment + 1];
        is_before[moment] = true;
        let mut steps = BTreeSet::new();
        // Up to which place of each line all are there already.
        let mut reached = vec![0; self.lines.len()];
        for moment in (0..=moment).rev() {
            if !is_before[moment] {
                continue;
            }
            if let Rule::InLine { line, place } = self.rules[moment] {
                if place <= reached[line] {
                    continue;
                }
                reached[line] = place;
            }
            self.rules[moment].each_trigger(&self.lines, &mut |trigger| match trigger.event {
                Event::Moment(earlier) => is_before[earlier] = true,
                Event::Finish(step) => {
                    steps.insert(step);
                    if let Some(earlier) = self.starts[step] {
                        is_before[earlier] = true;
                    }
                }
            });
        }
        steps.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Forecast;
    use crate::inference::rule::{Event, Line, Rule, Trigger};

    fn after(step: usize, offset: u64) -> Rule {
        Rule::After(Trigger { event: Event::Finish(step), offset })
    }

    /// `limit(2, s0, s1, s2, s3, s4)`, and s5 five ticks behind it.
    fn in_line() -> Forecast {
        let all = (0..5).map(|job| after(job, 5)).collect();
        Forecast {
            rules: vec![
                Rule::Max(Vec::new()),
                Rule::Min(vec![after(0, 0), after(1, 0)]),
                Rule::InLine { line: 0, place: 3 },
                Rule::InLine { line: 0, place: 4 },
                Rule::Max(all),
                after(5, 0),
            ],
            lines: vec![Line { slots: 2, from: 0, jobs: vec![0, 1, 2, 3, 4] }],
            starts: [0, 0, 1, 2, 3, 4].map(Some).into(),
            end: 5,
        }
    }

    #[test]
    fn a_job_starts_as_soon_as_a_slot_is_free() {
        // s0 until 4 and s1 until 9, s2 from 4 to 6, s3 from 6 to 16, s4 from 9 to 10.
        assert_eq!(in_line().moments(&[4, 9, 2, 10, 1, 100]), [0, 4, 6, 9, 21, 121]);
    }

    #[test]
    fn what_decides_is_told_back_from_the_end() {
        let finish = |step, offset| Trigger { event: Event::Finish(step), offset };
        let deciding = in_line().deciding(&[4, 9, 2, 10, 1, 100]);
        let path = [(5, finish(5, 0)), (4, finish(3, 5)), (2, finish(2, 0)), (1, finish(0, 0))];
        assert_eq!(deciding, path);
    }

    #[test]
    fn a_moment_hangs_on_all_that_stood_in_line_before_it() {
        let before: Vec<_> = (0..6).map(|moment| in_line().steps_before(moment)).collect();
        let [none, two, three, four, five, six] = &before[..] else { unreachable!() };
        assert_eq!([none, two], [&vec![], &vec![0, 1]]);
        assert_eq!([three, four], [&vec![0, 1, 2], &vec![0, 1, 2, 3]]);
        assert_eq!([five, six], [&vec![0, 1, 2, 3, 4], &vec![0, 1, 2, 3, 4, 5]]);
    }

    #[test]
    fn what_decides_alone_is_not_contested() {
        // The first of two, two in a line which take up where that has left off, and
        // the last of five; the beginning and the end are alone.
        assert_eq!(in_line().contested(), 2 + 2 + 2 + 5);
    }
}
