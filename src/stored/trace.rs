//! Traces, stored.

use std::time::Duration;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::stored::ground::nanos;
use crate::time::VirtualTime;
use crate::trace::{Event, Kind, Trace};

/// The one version there is. A reader of this version refuses any other.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(rename = "Trace", deny_unknown_fields)]
struct Shape {
    version: Version,
    makespan: VirtualTime,
    /// In nanoseconds.
    tolerance: u64,
    /// In nanoseconds, in the order of the starts; none if none is known.
    latencies: Vec<Option<u64>>,
    events: Vec<Event>,
}

struct Version;

impl Serialize for Version {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(VERSION)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u32::deserialize(deserializer)? {
            VERSION => Ok(Self),
            other => Err(D::Error::custom(format_args!(
                "version {other} of a trace, where version {VERSION} is read"
            ))),
        }
    }
}

/// As an object. What is read back is equal, and judged the same: the latencies and
/// the tolerance that are no part of what happened are kept too.
///
/// | field | what it is |
/// |---|---|
/// | `version` | 1 |
/// | `makespan` | in nanoseconds |
/// | `tolerance` | how much longer than its law the run may have taken, in nanoseconds: 0, but on a wall clock |
/// | `latencies` | how long each step was to take that started, in the order of the starts: nanoseconds, or `null` where the run did not know; empty if it knew none |
/// | `events` | what happened, in log order |
///
/// An event is `{"time":0,"task":0,"kind":{"start":{"name":"auth","place":null}}}`: the
/// nanoseconds since the beginning, the number of the task, and one of `spawn` and `join`
/// with a task, or of `start`, `finish` and `cancel` with a step. The `place` of a step
/// is that among the steps of its name, in the order in which the log speaks of them, and
/// `null` for the only one.
impl Serialize for Trace {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut latencies: Vec<_> =
            self.steps().iter().map(|step| step.latency.map(nanos)).collect();
        if latencies.iter().all(Option::is_none) {
            latencies.clear();
        }
        let shape = Shape {
            version: Version,
            makespan: VirtualTime::after(self.makespan()),
            tolerance: nanos(self.tolerance()),
            latencies,
            events: self.events().collect(),
        };
        shape.serialize(serializer)
    }
}

/// A trace that contradicts itself is an error: the places of its steps are not
/// those that the order of its events gives them, or its latencies are not as many as its
/// starts. Any order of events is read, as [`from_events`](Trace::from_events) takes it.
impl<'de> Deserialize<'de> for Trace {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Shape { version: Version, makespan, tolerance, latencies, events } =
            Shape::deserialize(deserializer)?;
        let trace = Self::from_events(events.iter().cloned(), makespan.since_start());
        let read = trace.events().zip(&events).enumerate();
        for (number, (event, written)) in read {
            if event != *written {
                return Err(D::Error::custom(format_args!(
                    "event {number} of a trace, `{written}`, should be `{event}`"
                )));
            }
        }
        let starts = || trace.entries.iter().filter(|entry| entry.kind == Kind::Start);
        let count = starts().count();
        if !latencies.is_empty() && latencies.len() != count {
            return Err(D::Error::custom(format_args!(
                "{} latencies of a trace in which {count} steps start",
                latencies.len()
            )));
        }
        let mut by_number = vec![None; trace.names.len()];
        for (entry, latency) in starts().zip(latencies) {
            by_number[entry.subject as usize] = latency.map(Duration::from_nanos);
        }
        Ok(trace.with_latencies(by_number).with_tolerance(Duration::from_nanos(tolerance)))
    }
}
