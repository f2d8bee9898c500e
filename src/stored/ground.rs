//! Names, points in time and tasks, stored.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::name::{Name, StepName};
use crate::time::VirtualTime;
use crate::trace::TaskId;

/// As text, as it is: nothing is quoted or escaped.
impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

#[derive(Serialize)]
#[serde(rename = "StepName")]
struct Borrowed<'a> {
    name: &'a Name,
    place: Option<usize>,
}

#[derive(Deserialize)]
#[serde(rename = "StepName", deny_unknown_fields)]
struct Owned {
    name: Name,
    place: Option<usize>,
}

/// As an object: `{"name":"attempt","place":1}`, and `null` for the place of the
/// only step of a name.
impl Serialize for StepName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Borrowed { name: self.name(), place: self.index() }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for StepName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Owned { name, place } = Owned::deserialize(deserializer)?;
        Ok(Self::new(name, place))
    }
}

/// As nanoseconds since the beginning of the run.
impl Serialize for VirtualTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(nanos(self.since_start()))
    }
}

impl<'de> Deserialize<'de> for VirtualTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        u64::deserialize(deserializer).map(|nanos| Self::after(Duration::from_nanos(nanos)))
    }
}

/// As its number.
impl Serialize for TaskId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(self.number())
    }
}

impl<'de> Deserialize<'de> for TaskId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        u32::deserialize(deserializer).map(Self::new)
    }
}

/// A duration as it is stored; 584 years and more are one.
pub(super) fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
