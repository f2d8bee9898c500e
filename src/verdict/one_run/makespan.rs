//! A makespan that is claimed.

use std::ops::RangeInclusive;
use std::time::Duration;

use crate::time::Readable;
use crate::trace::Trace;
use crate::verdict::failure::Failure;
use crate::verdict::report::{Report, actual};
use crate::verdict::rounding;

impl Trace {
    /// Holds the run to a makespan: [`assert_makespan!`](crate::assert_makespan!) as
    /// a `Result`.
    ///
    /// # Units
    ///
    /// Exact to the nanosecond: what a paused clock decides takes whole
    /// [`TICK`](crate::TICK)s, so no such run ever takes 0.5 ms. On a wall clock a
    /// run takes at least that long, and at most its tolerance longer.
    ///
    /// # Errors
    ///
    /// If the run took another time.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let trace = makespan::scenario!(seq(auth: 20ms, orders: 300ms)).run()?;
    /// trace.verify_makespan(Duration::from_millis(320))?;
    /// assert!(trace.verify_makespan(Duration::from_millis(319)).is_err());
    /// # Ok::<(), makespan::Failure>(())
    /// ```
    pub fn verify_makespan(&self, makespan: Duration) -> Result<(), Failure> {
        let allowed = allowed(self, makespan);
        if allowed.contains(&self.makespan()) {
            return Ok(());
        }
        let mut rows = vec![("expected", expected(&allowed)), ("actual", actual(self))];
        rows.extend(rounding::of_makespan(makespan, self).map(|note| ("note", note)));
        Err(Report::new("makespan broken", self).with_rows(2, rows).into())
    }
}

/// What a run may take that should take so long.
pub(in crate::verdict) fn allowed(trace: &Trace, makespan: Duration) -> RangeInclusive<Duration> {
    makespan..=makespan.saturating_add(trace.tolerance())
}

pub(super) fn expected(allowed: &RangeInclusive<Duration>) -> String {
    let (least, most) = (Readable(*allowed.start()), Readable(*allowed.end()));
    if allowed.start() == allowed.end() {
        format!("+{least}")
    } else {
        format!("+{least} at least, +{most} at most")
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::trace::Trace;

    #[test]
    fn a_wall_clock_has_a_floor_and_a_tolerance() {
        let ms = Duration::from_millis;
        let took = |millis| Trace::from_events([], ms(millis)).with_tolerance(ms(10));
        assert!(took(20).verify_makespan(ms(20)).is_ok());
        assert!(took(30).verify_makespan(ms(20)).is_ok());
        for wrong in [19, 31] {
            let failure = took(wrong).verify_makespan(ms(20)).expect_err("it is outside");
            let rows = format!(
                "makespan broken\n  \
                   expected  +20ms at least, +30ms at most\n  \
                   actual    +{wrong}ms     critical path: {wrong}ms\n\n  \
                   no step started"
            );
            assert_eq!(failure.to_string(), rows);
        }
    }
}
