//! The law of code that nobody has written a law for, found by running it.
//!
//! The search knows the code only by its runs: which latencies it was given,
//! when each step started, and when the end came. A *rule* says of one moment
//! what it waits for, and rules that are true of every run are folded into a
//! law. The law is then held against runs that it was not made from, drawn to
//! break it. What breaks it is one more run to learn from; what cannot be
//! mended so has no law here. There is never a guess.
//!
//! | file | what it is |
//! |---|---|
//! | `sampling`, `assignment` | which latencies the runs are given |
//! | `approach` | runs that make a step decide which chance did not |
//! | `history` | the runs |
//! | `trigger` | what may have triggered something |
//! | `fit` | the rule over its triggers |
//! | `timing`, `rule`, `slots` | the rules for every start and for the end |
//! | `forecast` | what the rules say of other latencies |
//! | `fold`, on `line`, `extreme`, `sum` | the rules written out |
//! | `notation` | the same in the words of a law |
//! | `candidate` | what may be the law, held against a run |
//! | `confirm`, `brink` | runs that would break it |
//! | `telling`, on `rival`, `graft` | runs that tell it from its nearest rivals |
//! | `finding` | what came of it |
//! | `search` | all of it, again and again |
//! | `examples`, `sweep`, `effort`, `bounds`, on `stand_in` | its tests |

mod approach;
mod assignment;
#[cfg(test)]
mod bounds;
mod brink;
mod candidate;
mod confirm;
#[cfg(test)]
mod effort;
#[cfg(test)]
mod examples;
mod extreme;
mod finding;
mod fit;
mod fold;
mod forecast;
mod graft;
mod history;
mod line;
mod notation;
mod rival;
mod rule;
mod sampling;
mod search;
mod slots;
#[cfg(test)]
mod stand_in;
mod sum;
#[cfg(test)]
mod sweep;
mod telling;
mod timing;
mod trigger;

use std::rc::Rc;

use crate::error::Error;
use crate::name::Name;

pub(crate) use finding::Finding;
pub(crate) use search::infer;

/// The latency of a step in ticks, by its name and its place among its namesakes.
pub(crate) type Latency = Rc<dyn Fn(&Name, usize) -> u64>;

/// What can be run with latencies of one's choosing.
pub(crate) trait Subject {
    /// Runs once; `latency(name, index)` is in ticks, and there for every step
    /// that starts, whenever it starts.
    fn sample(&mut self, latency: Latency) -> Result<Sample, Error>;
}

/// One run: its steps in the order of their first polls, and how long it took,
/// in ticks.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    pub(crate) steps: Vec<Sampled>,
    pub(crate) makespan: u64,
}

/// A step of a run, in ticks since the run began.
#[derive(Clone, Debug)]
pub(crate) struct Sampled {
    pub(crate) name: Name,
    /// Its place among the steps of its name, in the order of their first polls.
    pub(crate) index: usize,
    pub(crate) start: u64,
    /// What it was given, whether it was cut or not.
    pub(crate) latency: u64,
}
