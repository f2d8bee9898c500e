//! Events, stored.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::name::StepName;
use crate::time::VirtualTime;
use crate::trace::{Event, EventKind, TaskId};

#[derive(Serialize, Deserialize)]
#[serde(remote = "Event", rename = "Event", deny_unknown_fields)]
struct Shape {
    time: VirtualTime,
    task: TaskId,
    kind: EventKind,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "EventKind", rename = "EventKind", rename_all = "snake_case")]
enum Kinds {
    Spawn(TaskId),
    Start(StepName),
    Finish(StepName),
    Cancel(StepName),
    Join(TaskId),
}

/// As an object: `{"time":0,"task":0,"kind":{"start":{"name":"auth","place":null}}}`.
impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Shape::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Shape::deserialize(deserializer)
    }
}

/// As one of `spawn` and `join` with a task, and `start`, `finish` and `cancel` with
/// a step: `{"spawn":1}`.
impl Serialize for EventKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Kinds::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for EventKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Kinds::deserialize(deserializer)
    }
}
