//! What others keep or send: the data of this crate as serde's.
//!
//! | type | stored as |
//! |---|---|
//! | `Scenario`, `Law` | text, in its notation |
//! | `Trace` | version, makespan, tolerance, latencies and events |
//! | `Event`, `EventKind` | an object, and a word with what it is of |
//! | `Name` | text, as it is |
//! | `StepName` | an object of its name and its place |
//! | `TaskId` | its number |
//! | `VirtualTime` | nanoseconds since the beginning of the run |

mod event;
mod ground;
mod notation;
mod trace;
