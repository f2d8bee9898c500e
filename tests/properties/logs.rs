//! Logs that no run has written.

use std::time::Duration;

use makespan::{Event, EventKind, StepName, TaskId, Trace, VirtualTime};
use proptest::prelude::*;

/// Logs in which anything may come at any time.
pub(crate) fn logs() -> impl Strategy<Value = Trace> {
    let times = prop_oneof![0..4_u64, 0..9_000_000_u64];
    let name = || prop_oneof!["[ab]", any::<String>()].prop_map(|name| StepName::new(name, None));
    let task = || (0..4_u32).prop_map(TaskId::new);
    let kind = prop_oneof![
        3 => name().prop_map(EventKind::Start),
        2 => name().prop_map(EventKind::Finish),
        1 => name().prop_map(EventKind::Cancel),
        1 => task().prop_map(EventKind::Spawn),
        1 => task().prop_map(EventKind::Join),
    ];
    let event = (times, task(), kind).prop_map(|(nanos, task, kind)| {
        Event::new(VirtualTime::after(Duration::from_nanos(nanos)), task, kind)
    });
    let makespans = (0..9_000_000_u64).prop_map(Duration::from_nanos);
    (proptest::collection::vec(event, 0..40), makespans)
        .prop_map(|(events, makespan)| Trace::from_events(events, makespan))
}
