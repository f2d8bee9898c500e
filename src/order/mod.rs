//! What comes before what: moments of steps, compared.

mod expr;
mod notation;

pub use expr::Order;
pub(crate) use expr::{Edge, Moment, Relation};
pub use notation::{check, literal};
