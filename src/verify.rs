//! Scenarios held to their laws and to the oracle.

use std::time::Duration;

use crate::error::Error;
use crate::law::Law;
use crate::runtime::Runner;
use crate::scenario::Scenario;
use crate::trace::Trace;
use crate::verdict::{Failure, Violation, check, check_on_the_wall};

/// A scenario that was run and found to keep every rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    trace: Trace,
}

impl Verified {
    /// Returns how long the run took.
    #[must_use]
    pub fn makespan(&self) -> Duration {
        self.trace.makespan()
    }

    /// Returns what happened in the run.
    #[must_use]
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// Returns what happened in the run, by value.
    #[must_use]
    pub fn into_trace(self) -> Trace {
        self.trace
    }
}

impl Scenario {
    /// Runs the scenario on tokio, in virtual time, and checks everything that is
    /// known of it: see [`Check`](crate::Check).
    ///
    /// # Errors
    ///
    /// If the run broke a rule, with both logs and the scenario as an expression
    /// to paste; if the scenario cannot run, with the place; if it is called
    /// inside a runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let verified = makespan::scenario!(seq(coro1: 2s, coro2: 1s)).verify()?;
    /// assert_eq!(verified.makespan(), Duration::from_secs(3)); // 2 + 1
    /// # Ok::<(), makespan::Failure>(())
    /// ```
    pub fn verify(&self) -> Result<Verified, Failure> {
        Runner::new().verify(self)
    }

    /// Holds a trace to everything that is known of the scenario, and returns
    /// what it breaks. The trace may be anyone's: of another scenario, or put
    /// together by hand.
    ///
    /// # Errors
    ///
    /// If the scenario cannot run, with the place.
    ///
    /// # Examples
    ///
    /// ```
    /// use makespan::{Check, scenario};
    ///
    /// // Awaited one after the other, what should have been spawned:
    /// let meant = scenario!(spawn(a: 2s, b: 1s));
    /// let trace = scenario!(seq(a: 2s, b: 1s)).run()?;
    ///
    /// let broken: Vec<_> = meant.check(&trace)?.iter().map(|it| it.check()).collect();
    /// assert_eq!(broken, [Check::SpawnedMax, Check::Law, Check::Log]);
    /// # Ok::<(), makespan::Error>(())
    /// ```
    pub fn check(&self, trace: &Trace) -> Result<Vec<Violation>, Error> {
        Ok(check(self, &self.predict()?, trace))
    }

    /// Returns the law of the scenario: what its makespan is made of.
    ///
    /// It holds whatever ties decide and whoever outlives the run. Nothing waits
    /// for a task that was left running, and either end of a tie costs the same.
    /// Steps that share a name are told apart by the order of their starts; those
    /// that never start follow in the order in which they are written.
    ///
    /// # Panics
    ///
    /// If the scenario cannot run; [`try_law`](Self::try_law) returns the error.
    ///
    /// # Examples
    ///
    /// ```
    /// use makespan::scenario;
    ///
    /// let law = scenario!(seq(a: 1s, timeout(500ms, join(b: 1s, c: 2s)))).law();
    /// assert_eq!(law.to_string(), "a + min(500ms, max(b, c))");
    ///
    /// let law = scenario!(limit(2, job: 3s, job: 1s, job: 2s)).law();
    /// assert_eq!(law.to_string(), "limit(2, job[0], job[1], job[2])");
    /// ```
    #[must_use]
    #[track_caller]
    pub fn law(&self) -> Law {
        match self.try_law() {
            Ok(law) => law,
            Err(error) => panic!("{error}"),
        }
    }

    /// Returns the law of the scenario, as [`law`](Self::law) does.
    ///
    /// # Errors
    ///
    /// If the scenario cannot run, with the place.
    pub fn try_law(&self) -> Result<Law, Error> {
        self.ensure_runnable()?;
        if !self.has_repeated_names() {
            return Ok(self.law_numbered_by(std::iter::empty()));
        }
        let predicted = self.predict()?;
        Ok(self.law_numbered_by(predicted.starts()))
    }
}

impl Runner {
    /// Runs a scenario and checks what is known of it: on a virtual clock
    /// everything, as [`Scenario::verify`] does; on a wall clock that it takes
    /// no less than its law, at most the tolerance more, and keeps its order
    /// where that is not a tie.
    ///
    /// # Errors
    ///
    /// If the run broke a rule; if the scenario cannot run; if it is called
    /// inside a runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// use makespan::{Runner, scenario};
    /// use std::time::Duration;
    ///
    /// let runner = Runner::wall(Duration::from_secs(1));
    /// runner.verify(&scenario!(seq(coro1: 20ms, coro2: 10ms)))?;
    /// # Ok::<(), makespan::Failure>(())
    /// ```
    pub fn verify(&self, scenario: &Scenario) -> Result<Verified, Failure> {
        let (predicted, actual) = (scenario.predict()?, self.run_scenario(scenario)?);
        let violations = match self.tolerance() {
            None => check(scenario, &predicted, &actual),
            Some(tolerance) => check_on_the_wall(scenario, &predicted, &actual, tolerance),
        };
        if violations.is_empty() {
            Ok(Verified { trace: actual })
        } else {
            Err(Failure::new(scenario, violations, predicted, actual))
        }
    }
}
