//! Which event of a trace speaks of which step of a scenario.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::scenario::Scenario;
use crate::time::VirtualTime;
use crate::trace::{Kind, Trace};

/// Where in a log an event is, and when.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Seen {
    pub(super) position: usize,
    pub(super) time: VirtualTime,
}

/// What a log says of a step.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Sighting {
    pub(super) start: Option<Seen>,
    pub(super) finish: Option<Seen>,
    pub(super) cancel: Option<Seen>,
}

impl Sighting {
    pub(super) fn end(&self) -> Option<Seen> {
        self.finish.or(self.cancel)
    }
}

/// What `trace` says of each step of `scenario`, by the step's number.
///
/// A trace of this very scenario has the numbers. Any other is read by name;
/// where several steps bear one, they are told apart by the order of their
/// starts, which `predicted` knows.
pub(super) fn sightings(scenario: &Scenario, predicted: &Trace, trace: &Trace) -> Vec<Sighting> {
    let names = scenario.step_names();
    let mut sightings = vec![Sighting::default(); names.len()];
    let other_numbers = (!Arc::ptr_eq(&names, &trace.names)).then(|| {
        let called = predicted.step_names();
        let started = predicted.started().map(|number| number as usize);
        let by_name: BTreeMap<_, _> = started.map(|number| (&called[number], number)).collect();
        trace.step_names().iter().map(|name| by_name.get(name).copied()).collect::<Vec<_>>()
    });
    for (position, entry) in trace.entries.iter().enumerate() {
        if !entry.kind.is_of_step() {
            continue;
        }
        let subject = entry.subject as usize;
        if let Some(number) = other_numbers.as_ref().map_or(Some(subject), |it| it[subject]) {
            let (sighting, seen) = (&mut sightings[number], Seen { position, time: entry.time });
            match entry.kind {
                Kind::Start => sighting.start = Some(seen),
                Kind::Finish => sighting.finish = Some(seen),
                _ => sighting.cancel = Some(seen),
            }
        }
    }
    sightings
}
