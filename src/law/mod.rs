//! Max-plus expressions over named durations.

mod expr;
mod list_scheduling;

pub(crate) use expr::Expr;
pub use expr::{Atom, Law};
pub(crate) use list_scheduling::list_schedule;
