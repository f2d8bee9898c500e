//! Max-plus expressions over named durations.

mod expr;
mod list_scheduling;

pub(crate) use expr::Expr;
pub use expr::Law;
pub(crate) use list_scheduling::list_schedule;
