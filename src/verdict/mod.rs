//! Holds a trace to the two laws, the order rules and the claims of one run, and
//! tells what broke.

mod check;
mod clock;
mod failure;
mod late_tick;
mod mutants;
mod one_run;
mod order;
mod report;
mod rounding;
mod side_by_side;
mod sighting;
mod total;
mod violation;
mod wall;

pub(crate) use check::check;
pub(crate) use clock::Clock;
pub use failure::Failure;
#[cfg(feature = "proptest")]
pub(crate) use late_tick::of_law as late_tick;
pub use mutants::{Mutant, Mutants};
#[cfg(feature = "proptest")]
pub(crate) use mutants::{TOO_WEAK, Trial};
#[cfg(feature = "proptest")]
pub(crate) use one_run::Observed;
pub(crate) use report::Report;
#[cfg(feature = "proptest")]
pub(crate) use report::actual;
#[cfg(feature = "proptest")]
pub(crate) use rounding::of_code as rounding;
pub use violation::{Check, Violation};
pub(crate) use wall::check_on_the_wall;
