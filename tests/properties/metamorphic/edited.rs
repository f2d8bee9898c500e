//! A log as it should be of the changed program, made of the log of the other.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use makespan::{End, Event, EventKind, StepName, TaskId, Trace, VirtualTime};

/// The name of the step that an event is about.
pub(crate) fn step_of(event: &Event) -> Option<&StepName> {
    match &event.kind {
        EventKind::Start(step) | EventKind::Finish(step) | EventKind::Cancel(step) => Some(step),
        _ => None,
    }
}

/// The trace with every time in it replaced.
pub(crate) fn at(trace: &Trace, time: impl Fn(Duration) -> Duration) -> Trace {
    let events = trace.events().map(|mut event| {
        event.time = VirtualTime::after(time(event.time.since_start()));
        event
    });
    Trace::from_events(events, time(trace.makespan()))
}

/// The trace without the steps of these names.
pub(crate) fn without(trace: &Trace, names: &[&str]) -> Trace {
    let is_other =
        |event: &Event| step_of(event).is_none_or(|step| !names.contains(&step.name().as_str()));
    Trace::from_events(trace.events().filter(is_other), trace.makespan())
}

/// The trace without the tasks in which steps of this name ran.
pub(crate) fn without_tasks_of(trace: &Trace, name: &str) -> Trace {
    let is_named = |event: &Event| step_of(event).is_some_and(|step| step.name().as_str() == name);
    let tasks: BTreeSet<_> = trace.events().filter(is_named).map(|event| event.task).collect();
    let is_other = |event: &Event| {
        let about = match event.kind {
            EventKind::Spawn(task) | EventKind::Join(task) => task,
            _ => event.task,
        };
        !tasks.contains(&about)
    };
    Trace::from_events(trace.events().filter(is_other), trace.makespan())
}

pub(crate) fn without_joins(trace: &Trace) -> Trace {
    let is_other = |event: &Event| !matches!(event.kind, EventKind::Join(_));
    Trace::from_events(trace.events().filter(is_other), trace.makespan())
}

/// From when to when each step ran, and how it ended. Every step has a name of its own.
pub(crate) fn spans(trace: &Trace) -> BTreeMap<StepName, (VirtualTime, End)> {
    let steps = trace.steps();
    let count = steps.len();
    let spans: BTreeMap<_, _> =
        steps.into_iter().map(|step| (step.name, (step.start, step.end))).collect();
    assert_eq!(spans.len(), count, "every step has a name of its own");
    spans
}

/// The log up to a point in time, without what happens there.
pub(crate) fn before(trace: &Trace, time: VirtualTime) -> Vec<Event> {
    trace.events().filter(|event| event.time < time).collect()
}

/// The tasks in which anything happens at a point in time.
pub(crate) fn acting(trace: &Trace, time: VirtualTime) -> BTreeSet<TaskId> {
    trace.events().filter(|event| event.time == time).map(|event| event.task).collect()
}
