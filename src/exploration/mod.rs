//! Every order of events that code can take, found by running it.
//!
//! Latencies influence code mostly through the order of events. The latencies of one order form
//! a *zone*, a set of bounds on differences of times, and in a zone every time is one of the
//! delays' times and a constant. So the orders can be enumerated, and a law can be decided on
//! each of them.
//!
//! `walk` goes over the `tree` of paths: it takes latencies that no zone covers yet, runs the
//! code, and reads the path from the `observation`. `probing` runs the ends of each zone. Where
//! runs of one zone differ, `learning` finds out why: a timer that was not seen before, a
//! threshold, or chance. `windows` searches what the ends do not show. `wide` is for
//! code of too many steps. `deciding` holds a law to a zone.

mod conditions;
mod coverage;
#[cfg_attr(not(feature = "proptest"), expect(dead_code, reason = "only checks judge"))]
mod deciding;
mod explored;
mod gap;
mod learning;
mod linear;
#[cfg(feature = "proptest")]
mod literals;
mod observation;
#[cfg_attr(not(feature = "proptest"), expect(dead_code, reason = "only checks judge"))]
mod order;
mod probing;
mod tree;
mod walk;
mod wide;
mod windows;
mod zone;

pub use coverage::{Coverage, Grade};
#[cfg(feature = "proptest")]
pub(crate) use deciding::Relation;
pub use explored::Exploration;
pub(crate) use explored::{Question, Unstarted};
#[cfg(feature = "proptest")]
pub(crate) use literals::literals;
pub(crate) use observation::Ending;
pub use order::EventOrder;
pub(crate) use walk::RangeOf;
