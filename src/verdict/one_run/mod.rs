//! What is claimed of one run, and how it is judged.

mod durations;
mod law;
mod log;
mod log_line;
mod makespan;
mod moments;
mod order;
mod pace;

pub(crate) use durations::Observed;
pub(super) use makespan::allowed;
