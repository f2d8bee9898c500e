//! Max-plus expressions over named durations.

mod absorption;
mod difference;
mod equivalence;
mod evaluation;
mod expr;
mod extremes;
mod list_scheduling;
mod machine;
mod normal;
mod notation;
mod schedule;

pub(crate) use evaluation::Durations;
pub use expr::Law;
pub(crate) use expr::{Expr, Fold};
pub(crate) use list_scheduling::list_schedule;
pub use notation::{check, literal};
pub(crate) use schedule::Planned;
