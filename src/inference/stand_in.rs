//! What stands in for code in tests of the search: scenarios that are predicted,
//! and code written out by hand.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::error::Error;
use crate::inference::assignment::Assignment;
use crate::inference::forecast::Forecast;
use crate::inference::history::History;
use crate::inference::rule::{Rule, Trigger};
use crate::inference::{Latency, Sample, Sampled, Subject};
use crate::name::Name;
use crate::scenario::Scenario;
use crate::scenario::View;

pub(super) type Given<'a> = &'a dyn Fn(&str, usize) -> u64;

/// A scenario whose steps take what they are given, predicted.
pub(super) struct Predicted<F>(pub(super) F);

impl<F: FnMut(Given<'_>) -> Scenario> Subject for Predicted<F> {
    fn sample(&mut self, latency: Latency) -> Result<Sample, Error> {
        let trace = (self.0)(&|name, index| latency(&name.into(), index)).predict()?;
        let ticks = |duration: Duration| u64::try_from(duration.as_millis()).expect("hours");
        let steps = trace.steps().into_iter().map(|step| {
            let (name, index) = (step.name.name().clone(), step.name.index().unwrap_or(0));
            let latency = latency(&name, index);
            Sampled { name, index, start: ticks(step.start.since_start()), latency }
        });
        Ok(Sample { steps: steps.collect(), makespan: ticks(trace.makespan()) })
    }
}

/// Code written out by hand: it tells each start, and says when the end comes.
pub(super) struct ByHand<F>(pub(super) F);

/// Notes the starts of steps, and tells when they finish.
pub(super) struct Notes {
    latency: Latency,
    steps: Vec<Sampled>,
}

impl Notes {
    pub(super) fn run(&mut self, name: &str, start: u64) -> u64 {
        let name = Name::from(name);
        let index = self.steps.iter().filter(|step| step.name == name).count();
        let latency = (self.latency)(&name, index);
        self.steps.push(Sampled { name, index, start, latency });
        start + latency
    }
}

impl<F: FnMut(&mut Notes) -> u64> Subject for ByHand<F> {
    fn sample(&mut self, latency: Latency) -> Result<Sample, Error> {
        let mut notes = Notes { latency, steps: Vec::new() };
        let makespan = (self.0)(&mut notes);
        let mut steps = notes.steps;
        steps.sort_by_key(|step| step.start);
        Ok(Sample { steps, makespan })
    }
}

/// A run that is written down: the latencies of steps by their names, and when
/// they start if they do, in that order; and when the end comes.
pub(super) type Written<'a> = (&'a [(&'a str, u64, Option<u64>)], u64);

/// The runs that are written down. A step that one is silent of would take no time.
pub(super) fn history_of(runs: &[Written<'_>]) -> History {
    let mut history = History::default();
    for (steps, end) in runs {
        let names: Vec<_> = steps.iter().map(|(name, ..)| (Name::from(*name), 0)).collect();
        let latencies = steps.iter().map(|(_, latency, _)| *latency);
        let assignment = Assignment::of_each(0, &names, latencies);
        let mut code = ByHand(|notes: &mut Notes| {
            for (name, _, start) in *steps {
                start.map(|start| notes.run(name, start));
            }
            *end
        });
        history.observe(&mut code, assignment).expect("it runs");
    }
    history
}

/// The rules of steps that all start at once, with one for their end over their
/// finishes.
pub(super) fn side_by_side(steps: usize, rule: fn(Vec<Rule>) -> Rule) -> Forecast {
    let all = (0..steps).map(|step| Rule::After(Trigger::finish(step))).collect();
    Forecast {
        rules: vec![Rule::Max(Vec::new()), rule(all)],
        lines: Vec::new(),
        starts: vec![Some(0); steps],
        end: 1,
    }
}

/// The scenario with latencies for its steps, asked for in the order of writing.
pub(super) fn with_latencies(
    scenario: &Scenario,
    latency: &mut dyn FnMut(&Name) -> Duration,
) -> Scenario {
    match scenario.view() {
        // A constant is a step that nobody hears of; here it is a timeout's.
        View::Step { name, .. } => Scenario::step(name.clone(), latency(name)),
        View::Group(group) => {
            let children: Vec<_> =
                group.children.iter().map(|child| with_latencies(child, latency)).collect();
            Scenario::group(group.form, children)
        }
    }
}

/// A notation with `_` for every latency that is to be given.
///
/// A scenario's own latencies decide which namesake starts first, so that only
/// notations where that is the order of writing are for this.
pub(super) fn of_notation(notation: &str) -> Predicted<impl FnMut(Given<'_>) -> Scenario + use<>> {
    let scenario: Scenario = notation.replace('_', "0ms").parse().expect("a scenario");
    Predicted(move |latency: Given<'_>| {
        let mut counts = BTreeMap::<String, usize>::new();
        let mut given = |name: &Name| {
            let count = counts.entry(name.as_str().to_owned()).or_default();
            *count += 1;
            Duration::from_millis(latency(name.as_str(), *count - 1))
        };
        with_latencies(&scenario, &mut given)
    })
}
