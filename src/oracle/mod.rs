//! Predicts the trace of a scenario without tokio.
//!
//! The oracle shares nothing with the runtime but the scenario that goes in and
//! the trace that comes out, so their agreement is evidence. It is also built
//! the other way round. The runtime polls futures from the outside in; the
//! oracle keeps a table of nodes and goes from whatever woke outwards.

mod model;
mod program;
mod scheduler;
mod timers;

use crate::error::Error;
use crate::oracle::model::Model;
use crate::scenario::Scenario;
use crate::trace::Trace;

impl Scenario {
    /// Returns the trace that a run of the scenario has to have, worked out
    /// without tokio.
    ///
    /// # Determinism
    ///
    /// The log is predicted in its whole order, ties included. Timers that are
    /// due at one instant fire in the order in which they were set; each wakes
    /// its task, at the end of a first-in-first-out queue; inside a task, what
    /// woke is polled in the order of declaration.
    ///
    /// # Errors
    ///
    /// If the scenario cannot run, with the place.
    ///
    /// # Examples
    ///
    /// ```
    /// let scenario = makespan::scenario!(spawn(coro1: 2s, coro2: 1s));
    /// assert_eq!(scenario.predict()?, scenario.run()?);
    /// # Ok::<(), makespan::Error>(())
    /// ```
    ///
    /// # Source
    ///
    /// Measured on tokio 1.54; undocumented
    /// ([tokio #1775](https://github.com/tokio-rs/tokio/issues/1775)).
    pub fn predict(&self) -> Result<Trace, Error> {
        self.ensure_runnable()?;
        Ok(self.predicted())
    }

    /// The trace that a run has to have of a scenario that can run.
    pub(crate) fn predicted(&self) -> Trace {
        Model::predict(self, self.step_names())
    }
}

/// Takes a prediction back that nobody reads any more, so that the next one on this
/// thread has its memory.
pub(crate) fn reclaim(predicted: Trace) {
    Model::reclaim(predicted.entries);
}
