//! Scenarios held to their laws and to the oracle.

use std::time::Duration;

use crate::error::Error;
use crate::law::Law;
use crate::oracle::reclaim;
use crate::runtime::Runner;
use crate::scenario::Scenario;
use crate::trace::Trace;
use crate::verdict::{Clock, Failure, Violation, check, check_on_the_wall};

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

impl AsRef<Trace> for Verified {
    fn as_ref(&self) -> &Trace {
        &self.trace
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
        Runner::new().verify_scenario(self)
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

    /// Holds a trace to everything that is known of the scenario, as
    /// [`check`](Self::check) does.
    ///
    /// # Errors
    ///
    /// If the trace breaks a rule, with both logs and the scenario as an
    /// expression to paste; if the scenario cannot run, with the place.
    ///
    /// # Examples
    ///
    /// ```
    /// use makespan::scenario;
    ///
    /// let meant = scenario!(spawn(a: 2ms, b: 1ms));
    /// let trace = scenario!(seq(a: 2ms, b: 1ms)).run()?;
    ///
    /// let failure = meant.verify_trace(trace).unwrap_err();
    /// assert!(failure.to_string().starts_with("scenario broken: spawned max, law, log"));
    /// # Ok::<(), makespan::Error>(())
    /// ```
    ///
    /// The whole text:
    ///
    /// ```text
    /// scenario broken: spawned max, law, log
    ///   spawned max: spawn(a: 2ms, b: 1ms) should take max(2, 1) = 2ms, but took 3ms
    ///   law: max(a, b) is 2ms, but the run took 3ms
    ///   log: event 1 should be `+0ms task 1 spawned`, but is `+0ms a starts`
    ///
    ///     expected             actual
    ///   > +0ms task 1 spawned  +0ms a starts
    ///     +0ms task 2 spawned  +2ms a finishes
    ///     +0ms a starts        +2ms b starts
    ///     +0ms b starts        +3ms b finishes
    ///     +1ms b finishes
    ///     +2ms a finishes
    ///     +2ms task 1 joined
    ///     +2ms task 2 joined
    ///     +2ms done            +3ms done
    ///
    ///   scenario!(spawn(a: 2ms, b: 1ms))
    /// ```
    pub fn verify_trace(&self, trace: Trace) -> Result<Verified, Failure> {
        let predicted = self.predict()?;
        let violations = check(self, &predicted, &trace);
        if violations.is_empty() {
            return Ok(Verified { trace });
        }
        Err(Failure::new(Clock::Virtual, self, violations, predicted, trace))
    }

    /// Returns the law of the scenario: what its makespan is made of.
    ///
    /// It holds however ties fall and whatever outlives the run. Nothing waits for
    /// a task that was left running, and either end of a tie costs the same.
    /// Steps that share a name are told apart by the order of their starts, with
    /// the durations that the scenario has; those that never start follow in the
    /// order in which they are written. Where that order hangs on the durations,
    /// so do these names: give the steps names of their own to evaluate such a law
    /// for others.
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
        Ok(self.law_numbered_by(predicted.started()))
    }
}

impl Runner {
    /// Runs a scenario and checks what is known of it: on a virtual clock
    /// everything, as [`Scenario::verify`] does; on a wall clock that it takes no
    /// less than its law and at most the tolerance more, that its steps start in
    /// order, and that nothing overtakes by more than the tolerance.
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
    /// runner.verify_scenario(&scenario!(seq(coro1: 20ms, coro2: 10ms)))?;
    /// # Ok::<(), makespan::Failure>(())
    /// ```
    pub fn verify_scenario(&self, scenario: &Scenario) -> Result<Verified, Failure> {
        scenario.ensure_runnable()?;
        let predicted = scenario.predicted();
        let actual = self.run_scenario(scenario)?;
        let (clock, violations) = match self.tolerance() {
            None => (Clock::Virtual, check(scenario, &predicted, &actual)),
            Some(tolerance) => {
                (Clock::Wall, check_on_the_wall(scenario, &predicted, &actual, tolerance))
            }
        };
        if violations.is_empty() {
            reclaim(predicted);
            return Ok(Verified { trace: actual });
        }
        Err(Failure::new(clock, scenario, violations, predicted, actual))
    }
}
