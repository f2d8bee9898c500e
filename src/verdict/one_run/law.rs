//! A law that a run is held to.

use crate::error::Error;
use crate::law::Law;
use crate::text::shorten;
use crate::trace::Trace;
use crate::verdict::failure::Failure;
use crate::verdict::late_tick;
use crate::verdict::one_run::durations::Observed;
use crate::verdict::one_run::makespan::{allowed, expected};
use crate::verdict::report::{Report, actual};
use crate::verdict::rounding;

impl Law {
    /// Holds a run to the law, on the durations that the run observed:
    /// [`assert_law!`](crate::assert_law!) as a `Result`.
    ///
    /// A step that finished took the time from its start to its finish; one whose
    /// latency the run knows counts with that, cut or not. A step that was cut
    /// without one lasted *at least* as long as it was seen, and so did one that was
    /// still going on at the end. `sum(attempt)` and its kin count the steps that
    /// started.
    ///
    /// One run proves little: it is one set of durations, on which other laws may
    /// come to the same.
    ///
    /// # Units
    ///
    /// In virtual time durations and constants are rounded up to the
    /// [`TICK`](crate::TICK), each by itself. On a wall clock nothing is rounded, and a
    /// run takes no less than the law, and at most its tolerance longer.
    ///
    /// # Errors
    ///
    /// If the run took another time than the law comes to; if the law speaks of a
    /// step that never ran, of several steps as of one, or of none at all; if what
    /// it comes to hangs on a step that was cut.
    ///
    /// # Examples
    ///
    /// ```
    /// use makespan::{law, scenario};
    ///
    /// let trace = scenario!(seq(auth: 20ms, spawn(profile: 5ms, orders: 9ms))).run()?;
    /// law!(auth + max(profile, orders)).verify(&trace)?; // 20 + max(5, 9) = 29 ms
    /// assert!(law!(auth + profile + orders).verify(&trace).is_err()); // 34 ms
    ///
    /// // The loser of a race was cut after 5 ms, and so it took 5 ms at least.
    /// let trace = scenario!(race(fast: 5ms, slow: 9ms)).run()?;
    /// law!(min(fast, slow)).verify(&trace)?;
    /// assert_eq!(
    ///     law!(slow).verify(&trace).unwrap_err().to_string(),
    ///     "`slow` hangs on `slow`, which was cut after 5ms: it would have lasted longer, \
    ///      nobody knows how long",
    /// );
    /// # Ok::<(), makespan::Failure>(())
    /// ```
    pub fn verify(&self, trace: &Trace) -> Result<(), Failure> {
        if self.atoms().next().is_none() {
            return Err(Error::no_names(self.to_string()).into());
        }
        let observed = Observed::new(trace);
        let allowed = allowed(trace, observed.value(self)?);
        if allowed.contains(&trace.makespan()) {
            return Ok(());
        }
        let mut rows = vec![
            ("law", shorten(self)),
            ("expected", expected(&allowed)),
            ("actual", actual(trace)),
            ("when", shorten(observed.told(self))),
        ];
        let least = *allowed.start();
        rows.extend(rounding::of_law(self, least, trace).map(|note| ("note", note)));
        rows.extend(late_tick::of_law(self, &observed, least, trace).map(|note| ("note", note)));
        let report = Report::new("timing law broken", trace).with_rows(2, rows);
        Err(report.with_law(self, &observed).into())
    }
}
