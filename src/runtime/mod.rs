//! Runs scenarios and futures on tokio. Nothing outside this folder names tokio.

mod branches;
mod conditions;
mod deadlines;
mod delay;
mod erased;
mod guard;
mod interpreter;
mod kept;
mod latencies;
mod live;
mod outside;
mod panics;
mod probe;
mod record;
mod root;
mod runnable;
mod runner;
mod sample;
mod scope;
mod session;
#[cfg(feature = "tracing")]
mod span_layer;
mod suspicion;
mod threads;
mod timed;
mod waker;
mod watch;
mod watchdog;

pub(crate) use conditions::Conditions;
pub use delay::{Delay, delay};
pub(crate) use guard::PARKS;
pub(crate) use probe::Latency;
pub use record::{record, try_record};
pub use runnable::{OfFunction, OfFuture, Runnable};
pub use runner::Runner;
pub use session::{run, try_run};
#[cfg(feature = "tracing")]
pub use span_layer::SpanLayer;
pub use timed::{Timed, TimedFuture};
