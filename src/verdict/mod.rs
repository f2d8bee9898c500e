//! Holds a trace to the two laws and the order rules, and tells what broke.

mod check;
mod clock;
mod failure;
mod order;
mod sighting;
mod total;
mod violation;
mod wall;

pub(crate) use check::check;
pub(crate) use clock::Clock;
pub use failure::Failure;
pub use violation::{Check, Violation};
pub(crate) use wall::check_on_the_wall;
