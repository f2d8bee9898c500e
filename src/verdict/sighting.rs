//! Which event of a trace speaks of which step of a scenario.

use std::cell::Cell;
use std::collections::BTreeMap;

use crate::scenario::Scenario;
use crate::time::VirtualTime;
use crate::trace::Trace;

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

/// What a trace says of each step of a scenario, by the step's number.
pub(super) struct Sightings<'a> {
    trace: &'a Trace,
    /// Where in the log each step starts, finishes and is cancelled.
    positions: Vec<[u32; 3]>,
}

/// Where what is in no log is.
const NOWHERE: u32 = u32::MAX;

thread_local! {
    /// The last list of the thread, for the memory that it has.
    static SPARE: Cell<Vec<[u32; 3]>> = const { Cell::new(Vec::new()) };
}

/// A list of more steps is not kept: its memory would be more than it saves.
const KEPT: usize = 16_384;

impl Drop for Sightings<'_> {
    fn drop(&mut self) {
        if self.positions.len() <= KEPT {
            SPARE.set(std::mem::take(&mut self.positions));
        }
    }
}

impl<'a> Sightings<'a> {
    /// A trace of this very scenario has the numbers. Any other is read by name;
    /// where several steps bear one, they are told apart by the order of their
    /// starts, which `predicted` knows.
    pub(super) fn new(scenario: &Scenario, predicted: &Trace, trace: &'a Trace) -> Self {
        let mut positions = SPARE.take();
        positions.clear();
        positions.resize(scenario.step_count(), [NOWHERE; 3]);
        let is_own = scenario.owns_names(&trace.names);
        let numbers = (!is_own).then(|| numbers_by_name(predicted, trace));
        for (position, entry) in (0..NOWHERE).zip(&trace.entries) {
            let Some(place) = entry.kind.place_in_step() else { continue };
            let subject = entry.subject as usize;
            if let Some(number) = numbers.as_ref().map_or(Some(subject), |it| it[subject]) {
                positions[number][place] = position;
            }
        }
        Self { trace, positions }
    }

    fn seen(&self, position: u32) -> Option<Seen> {
        let position = position as usize;
        self.trace.entries.get(position).map(|entry| Seen { position, time: entry.time })
    }

    pub(super) fn start(&self, step: usize) -> Option<Seen> {
        self.seen(self.positions[step][0])
    }

    pub(super) fn finish(&self, step: usize) -> Option<Seen> {
        self.seen(self.positions[step][1])
    }

    /// Where in the log a step starts, if it does, and where it ends; one that does not
    /// end behind everything.
    pub(super) fn positions(&self, step: usize) -> (Option<u32>, u32) {
        let [start, finish, cancel] = self.positions[step];
        let end = if finish == NOWHERE { cancel } else { finish };
        ((start != NOWHERE).then_some(start), end)
    }
}

/// What number the scenario gives each step of a trace that numbers them otherwise.
#[cold]
fn numbers_by_name(predicted: &Trace, trace: &Trace) -> Vec<Option<usize>> {
    let called = predicted.step_names();
    let started = predicted.started().map(|number| number as usize);
    let by_name: BTreeMap<_, _> = started.map(|number| (&called[number], number)).collect();
    trace.step_names().iter().map(|name| by_name.get(name).copied()).collect()
}
