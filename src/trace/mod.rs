//! What happened in a run: events at their virtual times, in log order.

mod concurrency;
mod critical_path;
mod event;
mod log;
mod numbering;
mod pace;
mod slack;
mod step;
mod ties;

pub use critical_path::{CriticalLink, CriticalPath};
pub(crate) use event::{ClockStop, Entry, Kind};
pub use event::{Event, EventKind, TaskId};
pub use log::Trace;
pub(crate) use pace::densest;
pub use step::{End, Step};
