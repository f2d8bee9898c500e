//! When every step starts, and when the end comes: rules found from the runs.

use crate::inference::fit::{Column, fit};
use crate::inference::forecast::Forecast;
use crate::inference::history::History;
use crate::inference::rule::{Event, Line, Rule, Trigger};
use crate::inference::slots::Slots;
use crate::inference::trigger::{Coincidence, Occurrence, explain};

/// How far a step may be from one whose rule is known already.
const DEEPEST: usize = 64;

/// The rules, and when they say that what they speak of was, run by run.
pub(super) struct Timing<'a> {
    history: &'a History,
    /// The steps of each run by their would-be finishes.
    finishes: Vec<Vec<(u64, usize)>>,
    /// The steps in the order of their first starts.
    order: Vec<usize>,
    moments: Vec<Moment>,
    /// For each step the moment at which it starts.
    starts: Vec<Start>,
    /// The moment of the end.
    end: usize,
    /// Jobs that start as slots become free, by the first job that has to wait.
    lines: Vec<Line>,
    /// For each line how far its jobs have been counted.
    progress: Vec<Progress>,
}

/// How many jobs of a line have taken their slots, and when those become free, run
/// by run.
struct Progress {
    taken: usize,
    free: Vec<Slots>,
}

/// Something that happens, when, and when it would have in each run.
struct Moment {
    rule: Rule,
    times: Vec<u64>,
}

/// What is known of a step's start.
#[derive(Clone, Debug)]
enum Start {
    Unknown,
    /// It is being looked for.
    Open,
    At(usize),
    Unexplained(Gap),
}

/// What no rule was found for, and a run that shows it.
#[derive(Clone, Debug)]
pub(super) struct Gap {
    /// The step whose start it is, or none for the end.
    pub(super) step: Option<usize>,
    pub(super) run: usize,
    /// Runs that show different triggers at work, where they are known.
    pub(super) telling: Vec<usize>,
    /// The steps among what explains every run, if that is known.
    pub(super) triggers: Vec<usize>,
}

impl Gap {
    pub(super) const fn at(step: Option<usize>, run: usize) -> Self {
        Self { step, run, telling: Vec::new(), triggers: Vec::new() }
    }
}

impl<'a> Timing<'a> {
    /// Finds a rule for the end, and for all that it hangs on.
    pub(super) fn find(history: &'a History) -> Result<Self, Gap> {
        let finishes = history.runs().iter().map(|run| {
            let started = run.starts.iter().zip(&run.latencies).enumerate();
            let mut finishes: Vec<_> = started
                .filter_map(|(step, (start, latency))| Some(((*start)?.0 + latency, step)))
                .collect();
            finishes.sort_unstable();
            finishes
        });
        let beginning =
            Moment { rule: Rule::Max(Vec::new()), times: vec![0; history.runs().len()] };
        let mut timing = Self {
            history,
            finishes: finishes.collect(),
            order: history.order(),
            moments: vec![beginning],
            starts: vec![Start::Unknown; history.steps().len()],
            end: 0,
            lines: Vec::new(),
            progress: Vec::new(),
        };
        // In order, so that little is left to be looked for on the way. What has no
        // rule may still be nothing that the end hangs on.
        for step in timing.order.clone() {
            let _ = timing.start_of(step, 0);
        }
        timing.end = timing.moment_of(None, 0)?;
        Ok(timing)
    }

    /// The moment at which a step starts.
    fn start_of(&mut self, step: usize, depth: usize) -> Result<usize, Gap> {
        let outside = || Gap::at(Some(step), self.a_run_with(step));
        match &self.starts[step] {
            Start::At(moment) => return Ok(*moment),
            Start::Unexplained(gap) => return Err(gap.clone()),
            // It would hang on itself.
            Start::Open => return Err(outside()),
            Start::Unknown if depth > DEEPEST => return Err(outside()),
            Start::Unknown => {}
        }
        self.starts[step] = Start::Open;
        let found = self.moment_of(Some(step), depth);
        self.starts[step] = match &found {
            Ok(moment) => Start::At(*moment),
            Err(gap) => Start::Unexplained(gap.clone()),
        };
        found
    }

    fn a_run_with(&self, step: usize) -> usize {
        let mut runs = self.history.runs().iter();
        runs.position(|run| run.starts[step].is_some()).unwrap_or(0)
    }

    /// The moment of a step's start or of the end.
    fn moment_of(&mut self, step: Option<usize>, depth: usize) -> Result<usize, Gap> {
        let observed: Vec<(usize, u64)> = (self.history.runs().iter().enumerate())
            .filter_map(|(number, run)| match step {
                Some(step) => run.starts[step].map(|(start, _)| (number, start)),
                None => Some((number, run.end)),
            })
            .collect();
        if let Some(moment) = self.known(&observed) {
            return Ok(moment);
        }
        if let Some(moment) = step.and_then(|step| self.next_in_line(step, &observed)) {
            return Ok(moment);
        }
        if let Some(trigger) = self.only_trigger(step, &observed) {
            if let Event::Finish(step) = trigger.event {
                self.start_of(step, depth + 1)?;
            }
            return Ok(self.add(Rule::After(trigger)));
        }
        let mut gap = None;
        for coincidence in [Coincidence::OfFinishes, Coincidence::OfAny] {
            match self.rule_of(step, &observed, coincidence, depth) {
                Ok(rule) => {
                    let moment = self.add(rule);
                    self.open_line(step, moment);
                    return Ok(moment);
                }
                Err(found) => gap = gap.or(Some(found)),
            }
        }
        Err(gap.unwrap_or(Gap::at(step, 0)))
    }

    fn add(&mut self, rule: Rule) -> usize {
        let runs = 0..self.history.runs().len();
        let times = runs
            .map(|run| rule.value(&self.lines, &|it| self.time_of(it.event, run) + it.offset))
            .collect();
        self.moments.push(Moment { rule, times });
        self.moments.len() - 1
    }

    /// When an event was or would have been. The rules that it hangs on are known.
    fn time_of(&self, event: Event, run: usize) -> u64 {
        match event {
            Event::Moment(moment) => self.moments[moment].times[run],
            Event::Finish(step) => match self.starts[step] {
                Start::At(moment) => {
                    self.moments[moment].times[run] + self.history.runs()[run].latencies[step]
                }
                _ => unreachable!("an event is looked at once its rule is known"),
            },
        }
    }

    /// A moment that it always coincided with, or that it always followed after
    /// the same time.
    fn known(&mut self, observed: &[(usize, u64)]) -> Option<usize> {
        let coincides =
            |moment: &Moment| observed.iter().all(|(run, it)| moment.times[*run] == *it);
        if let Some(moment) = self.moments.iter().position(coincides) {
            return Some(moment);
        }
        if observed.len() < 3 {
            return None;
        }
        let (first, time) = observed[0];
        let follows = self.moments.iter().enumerate().find_map(|(number, moment)| {
            let offset = time.checked_sub(moment.times[first])?;
            let is_same = observed.iter().all(|(run, it)| moment.times[*run] + offset == *it);
            is_same.then_some(Trigger { event: Event::Moment(number), offset })
        });
        follows.map(|trigger| self.add(Rule::After(trigger)))
    }

    /// A step that something follows in every run after the same time, none at
    /// best: the usual sequence, found without weighing anything.
    fn only_trigger(&self, step: Option<usize>, observed: &[(usize, u64)]) -> Option<Trigger> {
        let runs = self.history.runs();
        let (first, time) = *observed.first()?;
        let before = |run: usize, other: usize| {
            let (start, place) = runs[run].starts[other]?;
            let limit = step.and_then(|step| runs[run].starts[step]).map(|(_, place)| place);
            limit.is_none_or(|limit| place < limit).then(|| start + runs[run].latencies[other])
        };
        let candidates = self.finishes[first].iter().rev().filter(|(finish, _)| *finish <= time);
        let follows = |(finish, other): &(u64, usize)| {
            let offset = time - finish;
            let is_same = observed.iter().all(|(run, time)| {
                before(*run, *other).is_some_and(|finish| finish + offset == *time)
            });
            let is_sure = is_same && (offset == 0 || observed.len() > 2);
            is_sure.then_some(Trigger { event: Event::Finish(*other), offset })
        };
        candidates.filter_map(follows).next()
    }

    fn rule_of(
        &mut self,
        step: Option<usize>,
        observed: &[(usize, u64)],
        coincidence: Coincidence,
        depth: usize,
    ) -> Result<Rule, Gap> {
        let triggers = {
            let occurrences: Vec<_> = observed
                .iter()
                .map(|(number, time)| {
                    let run = &self.history.runs()[*number];
                    let place = step.and_then(|step| run.starts[step]).map(|(_, place)| place);
                    let has_started = move |step: usize| {
                        run.starts[step].is_some_and(|(_, it)| place.is_none_or(|place| it < place))
                    };
                    Occurrence::new(*number, *time, &self.finishes[*number], has_started)
                })
                .collect();
            let moments: Vec<_> = self.moments.iter().map(|it| &it.times[..]).collect();
            explain(&occurrences, &moments, coincidence).map_err(|run| Gap::at(step, run))?
        };
        let mut waited_for: Vec<_> = triggers
            .iter()
            .filter_map(|trigger| match trigger.event {
                Event::Finish(step) => Some(step),
                Event::Moment(_) => None,
            })
            .collect();
        waited_for.sort_unstable();
        waited_for.dedup();
        for &step in &waited_for {
            self.start_of(step, depth + 1)?;
        }
        let column = |trigger: &Trigger| {
            let time = |(run, _): &(usize, u64)| self.time_of(trigger.event, *run) + trigger.offset;
            Column { trigger: *trigger, times: observed.iter().map(time).collect() }
        };
        let columns: Vec<_> = triggers.iter().map(column).collect();
        let times: Vec<_> = observed.iter().map(|(_, time)| *time).collect();
        fit(&columns, &times).ok_or_else(|| {
            let decides = |column: &Column, place: usize| column.times[place] == times[place];
            let telling = columns.iter().filter_map(|column| {
                let alone = (0..times.len()).rev().find(|place| {
                    let deciding = columns.iter().filter(|it| decides(it, *place)).count();
                    deciding == 1 && decides(column, *place)
                });
                alone.map(|place| observed[place].0)
            });
            let run = observed[observed.len() / 2].0;
            Gap { step, run, telling: telling.collect(), triggers: waited_for }
        })
    }

    /// A step that starts as soon as the first of several ends, that started
    /// together, may be the first that has to wait for a free slot.
    fn open_line(&mut self, step: Option<usize>, moment: usize) {
        let (Some(step), Rule::Min(rules)) = (step, &self.moments[moment].rule) else {
            return;
        };
        let mut jobs = Vec::new();
        let mut from = None;
        for rule in rules {
            let Rule::After(Trigger { event: Event::Finish(job), offset: 0 }) = rule else {
                return;
            };
            let Start::At(start) = self.starts[*job] else {
                return;
            };
            if *from.get_or_insert(start) != start {
                return;
            }
            jobs.push(*job);
        }
        let Some(from) = from else {
            return;
        };
        let place = |job: &usize| self.order.iter().position(|step| step == job);
        jobs.sort_by_key(place);
        let slots = jobs.len();
        jobs.push(step);
        self.lines.push(Line { slots, from, jobs });
        let free = vec![Slots::new(slots); self.history.runs().len()];
        self.progress.push(Progress { taken: 0, free });
    }

    /// A step that starts whenever a slot becomes free behind the jobs of a line.
    fn next_in_line(&mut self, step: usize, observed: &[(usize, u64)]) -> Option<usize> {
        let number = (0..self.lines.len()).find(|number| {
            // The first to wait is still being looked at until its start is known.
            self.count_jobs(*number)
                && observed
                    .iter()
                    .all(|(run, it)| self.progress[*number].free[*run].first_free() == *it)
        })?;
        let place = self.lines[number].jobs.len();
        self.lines[number].jobs.push(step);
        let times = self.progress[number].free.iter().map(Slots::first_free).collect();
        self.moments.push(Moment { rule: Rule::InLine { line: number, place }, times });
        Some(self.moments.len() - 1)
    }

    /// Lets the jobs of a line take their slots, and returns whether all have: the
    /// starts of all are known.
    fn count_jobs(&mut self, number: usize) -> bool {
        while let Some(job) = self.lines[number].jobs.get(self.progress[number].taken).copied() {
            if !matches!(self.starts[job], Start::At(_)) {
                return false;
            }
            for run in 0..self.history.runs().len() {
                let finish = self.time_of(Event::Finish(job), run);
                self.progress[number].free[run].take(finish);
            }
            self.progress[number].taken += 1;
        }
        true
    }

    /// What the rules say of latencies that were not given yet.
    pub(super) fn forecast(&self) -> Forecast {
        let start = |start: &Start| match start {
            Start::At(moment) => Some(*moment),
            _ => None,
        };
        Forecast {
            rules: self.moments.iter().map(|moment| moment.rule.clone()).collect(),
            lines: self.lines.clone(),
            starts: self.starts.iter().map(start).collect(),
            end: self.end,
        }
    }
}

#[cfg(test)]
mod tests;
