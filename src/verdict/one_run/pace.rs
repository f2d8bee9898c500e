//! A pace that a run is held to.

use std::time::Duration;

use crate::error::Error;
use crate::name::StepName;
use crate::pace::{Claim, Pace, Series};
use crate::text::shorten;
use crate::time::{Readable, VirtualTime, whole_ticks};
use crate::trace::{End, Step, Trace, densest};
use crate::verdict::failure::Failure;
use crate::verdict::report::Report;
use crate::verdict::rounding;
use crate::verdict::side_by_side::{SideBySide, window};

/// A time or a pause of a run, and whose it is.
struct Seen {
    value: Duration,
    of: String,
}

impl Pace {
    /// Holds a run to the pace: [`assert_pace!`](crate::assert_pace!) as a `Result`.
    ///
    /// # Errors
    ///
    /// If the steps come otherwise, with both side by side, or with the steps that are
    /// too many for a rate; if no step has the name; if the claim is about a pause and a
    /// step starts while the one before it is going on; if a rate is about finishes and no
    /// step finished.
    ///
    /// # Examples
    ///
    /// ```
    /// use makespan::{Pace, scenario};
    ///
    /// let trace = scenario!(seq(job: 20ms, nap: 100ms, job: 30ms)).run()?;
    /// "job.pause: 100ms".parse::<Pace>()?.verify(&trace)?;
    ///
    /// // A third within the same second would be too many.
    /// "job.start: 2 per 1s".parse::<Pace>()?.verify(&trace)?;
    /// assert!("job.start: 1 per 1s".parse::<Pace>()?.verify(&trace).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn verify(&self, trace: &Trace) -> Result<(), Failure> {
        let steps = trace.steps();
        let called: Vec<_> = steps.iter().filter(|it| *it.name.name() == self.name).collect();
        if called.is_empty() {
            let meant = StepName::new(self.name.clone(), None);
            return Err(Error::unknown_moment(&meant, steps.iter().map(|it| it.name.name())).into());
        }
        let seen = self.seen(&called)?;
        match &self.claim {
            Claim::Each(times) => self.verify_each(times, &seen, trace),
            Claim::Rate { most, per } => self.verify_rate(*most, *per, &seen, trace),
        }
    }

    /// What the run has of the series.
    fn seen(&self, steps: &[&Step]) -> Result<Vec<Seen>, Error> {
        let at = |time: VirtualTime, step: &Step| Seen {
            value: time.since_start(),
            of: step.name.to_string(),
        };
        let mut seen = Vec::with_capacity(steps.len());
        match self.series {
            Series::Start => seen.extend(steps.iter().map(|step| at(step.start, step))),
            Series::Finish => {
                seen.extend(steps.iter().filter_map(|step| match step.end {
                    End::Finished(time) => Some(at(time, step)),
                    End::Cancelled(_) | End::Open => None,
                }));
            }
            Series::Pause => {
                for pair in steps.windows(2) {
                    seen.push(self.pause(pair[0], pair[1])?);
                }
                return Ok(seen);
            }
        }
        seen.sort_by_key(|seen| seen.value);
        Ok(seen)
    }

    fn pause(&self, before: &Step, next: &Step) -> Result<Seen, Error> {
        let pause = before
            .end
            .time()
            .and_then(|end| next.start.since_start().checked_sub(end.since_start()));
        let (before, start) = (&before.name, next.start);
        let next = &next.name;
        match pause {
            Some(value) => Ok(Seen { value, of: format!("{before} -> {next}") }),
            None => {
                let because = format!(
                    "has no pause to look at: `{next}` starts at {start}, while `{before}` is \
                     still going on"
                );
                Err(Error::undecided(self.to_string(), because))
            }
        }
    }

    fn verify_each(
        &self,
        times: &[(usize, Duration)],
        seen: &[Seen],
        trace: &Trace,
    ) -> Result<(), Failure> {
        let is_virtual = trace.tolerance().is_zero();
        let is_pause = self.series == Series::Pause;
        let rounds = is_pause && is_virtual;
        let rounded = |time: Duration| match rounds {
            true => Duration::from_millis(whole_ticks(time)),
            false => time,
        };
        let claimed = times.iter().fold(0_usize, |sum, (count, _)| sum.saturating_add(*count));
        // No more of them than could be told, since a count may be anything.
        let told = seen.len().saturating_add(TOLD).min(claimed);
        let each = times.iter().flat_map(|(count, time)| std::iter::repeat_n(*time, *count));
        let expected: Vec<_> = each.take(told).map(rounded).collect();
        let holds = |index: usize| match (expected.get(index), seen.get(index)) {
            (Some(time), Some(seen)) => {
                (*time..=time.saturating_add(trace.tolerance())).contains(&seen.value)
            }
            _ => false,
        };
        let length = claimed.max(seen.len());
        let Some(marked) = (0..length).find(|index| !holds(*index)) else { return Ok(()) };
        let shown = window(Some(marked), length);
        let sign = if is_pause { "" } else { "+" };
        let theirs = |index| match expected.get(index) {
            Some(time) if is_virtual => format!("{sign}{}", Readable(*time)),
            Some(time) => {
                let most = Readable(time.saturating_add(trace.tolerance()));
                format!("{sign}{} at least, {sign}{most} at most", Readable(*time))
            }
            None => String::new(),
        };
        let ours = |index| match seen.get(index) {
            Some(Seen { value, of }) => format!("{sign}{}  {of}", Readable(*value)),
            None => String::new(),
        };
        let columns = SideBySide {
            expected: shown.clone().map(theirs).collect(),
            actual: shown.clone().map(ours).collect(),
            marked: Some(marked),
            first: shown.start,
            hidden_behind: length - shown.end,
        };
        let mut report = Report::new(self.headline(), trace).with_text(&format!("\n{columns}"));
        let actual: Vec<_> = seen.iter().map(|seen| seen.value).collect();
        let note = if is_pause {
            rounding::of_waits(&expected, &actual)
        } else {
            rounding::of_waits(&gaps(&expected), &gaps(&actual))
        };
        if let Some(note) = note.filter(|_| is_virtual) {
            report = report.with_text("\n").with_rows(2, [("note", note)]);
        }
        Err(report.into())
    }

    fn verify_rate(
        &self,
        most: usize,
        per: Duration,
        seen: &[Seen],
        trace: &Trace,
    ) -> Result<(), Failure> {
        // A single step says something: a second one at the same time may be too many. Only
        // where there is none, no time of it was seen.
        if seen.is_empty() {
            let because = "has nothing to look at: no step of the name finished".to_owned();
            return Err(Error::undecided(self.to_string(), because).into());
        }
        // On a wall clock one may be late, and the next on time.
        let span = per.saturating_sub(trace.tolerance());
        if span.is_zero() {
            let tolerance = Readable(trace.tolerance());
            let because = format!("cannot fail on a wall clock with a tolerance of {tolerance}");
            return Err(Error::undecided(self.to_string(), because).into());
        }
        let times: Vec<_> = seen.iter().map(|seen| VirtualTime::after(seen.value)).collect();
        let (from, count) = densest(&times, span);
        if count <= most {
            return Ok(());
        }
        let too_many = seen[from..from + count].iter();
        let too_many: Vec<_> =
            too_many.map(|Seen { value, of }| format!("+{} {of}", Readable(*value))).collect();
        let rows = [
            ("expected", format!("{most} at most within any {}", Readable(span))),
            ("actual", format!("{count}: {}", shorten(too_many.join(", ")))),
        ];
        Err(Report::new(self.headline(), trace).with_rows(2, rows).into())
    }

    fn headline(&self) -> String {
        match self.claim {
            Claim::Each(_) => {
                format!("pace broken: {}.{}", shorten(&self.name), self.series.word())
            }
            Claim::Rate { .. } => format!("pace broken: {}", shorten(self)),
        }
    }
}

/// More than are shown behind the first that differs.
const TOLD: usize = 64;

/// From the beginning to the first, and from each to the next.
fn gaps(times: &[Duration]) -> Vec<Duration> {
    let before = std::iter::once(&Duration::ZERO).chain(times);
    before.zip(times).map(|(before, time)| time.saturating_sub(*before)).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::pace::Pace;
    use crate::trace::Trace;
    use crate::verdict::failure::Failure;

    const MS: Duration = Duration::from_millis(1);

    /// A run on a wall clock, with a tolerance of 10 ms.
    fn verify(pace: &str) -> Result<(), Failure> {
        let scenario = crate::scenario!(seq(a: 5ms, nap: 20ms, a: 5ms));
        let trace = scenario.predict().expect("it is predicted");
        let trace = Trace::from_events(trace.events(), trace.makespan()).with_tolerance(10 * MS);
        pace.parse::<Pace>().expect("it reads").verify(&trace)
    }

    #[test]
    fn a_wall_clock_has_a_floor_and_a_tolerance() {
        for pace in [
            "a.start: 0ms, 25ms",
            "a.start: 0ms, 15ms",
            "a.pause: 20ms",
            "a.pause: 10ms",
            // Nothing is rounded there.
            "a.pause: 10.5ms",
            "a.start: 1 per 35ms",
        ] {
            verify(pace).unwrap_or_else(|failure| panic!("{failure}"));
        }
        for pace in ["a.start: 0ms, 14ms", "a.pause: 9ms", "a.pause: 20.5ms", "a.start: 1 per 36ms"]
        {
            assert!(verify(pace).is_err(), "{pace}");
        }
        let told = verify("a.pause: 21ms").expect_err("20").to_string();
        let row = "\n  > 21ms at least, 31ms at most  20ms  a[0] -> a[1]\n";
        assert!(told.contains(row) && !told.contains("note"), "{told}");
        let told = verify("a.start: 1 per 10ms").expect_err("nothing is left of it").to_string();
        assert_eq!(
            told,
            "`a.start: 1 per 10ms` cannot fail on a wall clock with a tolerance of 10ms"
        );
    }
}
