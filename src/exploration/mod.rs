//! Every order of events that code can take, found by running it.

mod gap;
mod learning;
mod linear;
mod observation;
mod probing;
mod tree;
mod walk;
mod zone;

pub(crate) use observation::Ending;
pub(crate) use walk::{Code, RangeOf};

#[cfg(test)]
mod tests;
