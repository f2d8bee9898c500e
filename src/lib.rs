//! makespan
mod error;
mod law;
mod lexer;
mod macros;
mod name;
mod oracle;
mod runtime;
mod scenario;
mod time;
mod trace;

pub use error::Error;
pub use law::{Atom, Law};
pub use name::Name;
pub use runtime::Runner;
pub use scenario::{MAX_DEPTH, MAX_DURATION, MAX_STEPS, Scenario};
pub use time::{TICK, VirtualTime};
pub use trace::{End, Event, EventKind, Step, TaskId, Trace};

#[doc(hidden)]
pub mod __private {
    pub use crate::scenario::{check, literal};
}
