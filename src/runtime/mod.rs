//! Runs scenarios on tokio. Nothing outside this folder names tokio.

mod branches;
mod interpreter;
mod probe;
mod runner;

pub use runner::Runner;
