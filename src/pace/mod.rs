//! When the steps of a name come: their times, their pauses, their rate.

mod expr;
mod notation;

pub use expr::Pace;
pub(crate) use expr::{Claim, Series};
pub use notation::{check, literal};
