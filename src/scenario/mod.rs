//! Timed programs as plain data.

mod law;
mod notation;
#[cfg(feature = "proptest")]
pub mod strategy;
mod tree;
mod validity;

pub use notation::{check, literal};
pub use tree::Scenario;
pub(crate) use tree::{Form, Group, View};
pub use validity::{MAX_DEPTH, MAX_DURATION, MAX_SIZE};
