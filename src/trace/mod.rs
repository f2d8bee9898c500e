//! What happened in a run: events at their virtual times, in log order.

mod event;
mod log;
mod numbering;
mod step;
mod ties;

pub(crate) use event::{Entry, Kind};
pub use event::{Event, EventKind, TaskId};
pub use log::Trace;
pub use step::{End, Step};
