//! Logs that no run would write, and logs that one might.

use std::time::Duration;

use makespan::{Event, EventKind, StepName, TaskId, Trace, VirtualTime};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::fuzz::text::HOSTILE;

/// A log, event by event.
#[derive(Clone, Debug)]
pub(super) struct Log {
    pub(super) events: Vec<Event>,
    pub(super) makespan: Duration,
}

impl Log {
    pub(super) fn trace(&self) -> Trace {
        Trace::from_events(self.events.iter().cloned(), self.makespan)
    }
}

fn time() -> impl Strategy<Value = Duration> {
    prop_oneof![
        4 => (0..4_u64).prop_map(Duration::from_nanos),
        4 => (0..6_u64).prop_map(Duration::from_millis),
        1 => any::<u64>().prop_map(Duration::from_nanos),
        1 => Just(Duration::MAX),
    ]
}

fn task() -> impl Strategy<Value = TaskId> {
    prop_oneof![9 => 0..4_u32, 1 => any::<u32>()].prop_map(TaskId::new)
}

/// Names of which many are the same.
pub(super) fn few_names() -> impl Strategy<Value = String> {
    "[ab]"
}

/// Names that mean harm.
pub(super) fn hostile_names() -> impl Strategy<Value = String> {
    let markup = ["<script>alert(1)</script>", "]]></title>&amp;", "\"/>", "{\"a\":1}", ""];
    prop_oneof![
        2 => few_names(),
        1 => any::<String>(),
        4 => vec(select(HOSTILE), 0..12).prop_map(String::from_iter),
        1 => (select(HOSTILE), 1..3_000_usize).prop_map(|(it, times)| it.to_string().repeat(times)),
        1 => select(markup.to_vec()).prop_map(str::to_owned),
    ]
}

/// Logs in which anything comes at any time, in any task and in any order.
pub(super) fn soup(name: impl Strategy<Value = String> + 'static) -> impl Strategy<Value = Log> {
    let place = prop_oneof![
        6 => Just(None),
        3 => (0..3_usize).prop_map(Some),
        1 => Just(Some(usize::MAX)),
    ];
    let step = (name, place).prop_map(|(name, place)| StepName::new(name, place)).boxed();
    let kind = prop_oneof![
        4 => step.clone().prop_map(EventKind::Start),
        3 => step.clone().prop_map(EventKind::Finish),
        2 => step.prop_map(EventKind::Cancel),
        1 => task().prop_map(EventKind::Spawn),
        1 => task().prop_map(EventKind::Join),
    ];
    let event = (time(), task(), kind)
        .prop_map(|(elapsed, task, kind)| Event::new(VirtualTime::after(elapsed), task, kind));
    let events = (vec(event, 0..32), any::<bool>()).prop_map(|(mut events, is_sorted)| {
        // Only a log whose time goes forward is compared up to ties.
        if is_sorted {
            events.sort_by_key(|event| event.time);
        }
        events
    });
    (events, time()).prop_map(|(events, makespan)| Log { events, makespan })
}

/// One event changed, and two of them exchanged.
#[derive(Clone, Debug)]
enum Change {
    Drop,
    Repeat,
    Swap(Index),
    Retime(Duration),
    Move(TaskId),
}

/// A log and one that is like it, for the most part.
pub(super) fn alike() -> impl Strategy<Value = (Log, Log)> {
    let change = prop_oneof![
        Just(Change::Drop),
        Just(Change::Repeat),
        any::<Index>().prop_map(Change::Swap),
        time().prop_map(Change::Retime),
        task().prop_map(Change::Move),
    ];
    (soup(few_names()), vec((any::<Index>(), change), 0..4)).prop_map(|(log, changes)| {
        let mut other = log.clone();
        let events = &mut other.events;
        for (place, change) in changes.into_iter().filter(|_| !log.events.is_empty()) {
            if events.is_empty() {
                break;
            }
            let at = place.index(events.len());
            match change {
                Change::Drop => drop(events.remove(at)),
                Change::Repeat => events.insert(at, events[at].clone()),
                Change::Swap(with) => {
                    let with = with.index(events.len());
                    events.swap(at, with);
                }
                Change::Retime(elapsed) => events[at].time = VirtualTime::after(elapsed),
                Change::Move(task) => events[at].task = task,
            }
        }
        (log, other)
    })
}

/// A step with one start and at most one end, and where its events stand among ties.
type Life = (String, u32, u64, Option<(u64, bool)>, [u32; 2], [u32; 2]);

/// A log that makes sense, and the same with its ties in another order.
pub(super) fn reordered() -> impl Strategy<Value = (Log, Log)> {
    let end = prop_oneof![3 => (0..4_u64, any::<bool>()).prop_map(Some), 1 => Just(None)];
    let life = (few_names(), 0..4_u32, 0..4_u64, end, any::<[u32; 2]>(), any::<[u32; 2]>());
    vec(life, 0..12).prop_map(|lives: Vec<Life>| {
        let [one, other] = [0, 1].map(|way| {
            let mut events = Vec::new();
            for (index, (name, task, start, end, starts, ends)) in lives.iter().enumerate() {
                let event = |millis, kind| {
                    let time = VirtualTime::after(Duration::from_millis(millis));
                    Event::new(time, TaskId::new(*task), kind)
                };
                // A place of its own, so that it is known which end is whose.
                let step = StepName::new(name.clone(), Some(index));
                events.push((starts[way], event(*start, EventKind::Start(step.clone()))));
                if let Some((length, is_cut)) = *end {
                    let kind = if is_cut { EventKind::Cancel } else { EventKind::Finish };
                    // A step ends behind its start.
                    let place = ends[way].max(starts[way]);
                    events.push((place, event(start + length, kind(step))));
                }
            }
            events.sort_by_key(|(place, event)| (event.time, *place));
            let events = events.into_iter().map(|(_, event)| event).collect();
            Log { events, makespan: Duration::from_millis(9) }
        });
        (one, other)
    })
}
