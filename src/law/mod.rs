//! Max-plus expressions over named durations.

mod absorption;
mod change;
mod constants;
mod difference;
mod edit;
mod equivalence;
mod evaluation;
mod expr;
mod extremes;
mod list_scheduling;
mod machine;
mod mutation;
mod normal;
mod notation;
mod schedule;
mod slip;

pub(crate) use evaluation::Durations;
pub use expr::Law;
pub(crate) use expr::{Expr, Fold};
pub(crate) use list_scheduling::list_schedule;
pub(crate) use mutation::Mutated;
pub use mutation::Mutation;
pub use notation::{check, literal};
pub(crate) use schedule::Planned;
