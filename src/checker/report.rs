//! How a law that some latencies break is told.

use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::Duration;

use crate::checker::case::Case;
use crate::error::Error;
use crate::infer::Code;
use crate::infer::find;
use crate::inference::Finding;
use crate::law::Law;
use crate::name::StepName;
use crate::run::Run;
use crate::text::shorten;
use crate::time::Millis;
use crate::verdict::{Failure, Observed, Report, actual, rounding};

/// What became of a run that does not keep the law.
pub(super) enum Broken {
    /// It took another time than this.
    Law { expected: Duration, run: Box<Run<()>> },
    /// It ran several steps of a name that the law speaks of as of one.
    Several { error: Error, run: Box<Run<()>> },
    /// It did not end.
    Error(Error),
}

/// A run of which the law says nothing, and why.
pub(super) struct Undecided {
    pub(super) error: Error,
    pub(super) run: Box<Run<()>>,
}

/// The smallest latencies on which a law does not hold.
pub(super) struct Counterexample<'a> {
    pub(super) code: Option<&'static str>,
    pub(super) law: &'a Law,
    pub(super) case: Case,
    pub(super) runs: usize,
    pub(super) is_pinned: bool,
    pub(super) seeds: Option<PathBuf>,
}

impl Counterexample<'_> {
    pub(super) fn into_failure(self, broken: Broken, code: Code<'_>) -> Failure {
        let headline = headline("timing law broken", self.code);
        let told = self.case.told();
        let mut rows = vec![("law", shorten(self.law))];
        if let Broken::Law { .. } | Broken::Several { .. } = broken {
            rows.push(("observed", observed(self.law, code)));
        }
        rows.push(("when", self.when(&told)));
        let pin = pin(&told);
        let report = match broken {
            Broken::Law { expected, run } => {
                rows.push(("expected", format!("+{}", Millis(expected))));
                rows.push(("actual", actual(run.trace())));
                rows.extend(rounding(expected, run.trace()).map(|note| ("note", note)));
                let notes = run.warnings().iter().map(|it| ("note", it.to_string()));
                rows.extend(notes);
                let report = Report::new(headline, run.trace()).with_rows(2, rows);
                let unstarted = |step: &StepName| Some(self.case.latency(step));
                let observed = Observed::new(run.trace()).with_unstarted(&unstarted);
                report.with_law(self.law, &observed)
            }
            Broken::Several { error, run } => {
                let observed = Observed::new(run.trace());
                let report = Report::new(headline, run.trace()).with_rows(2, rows);
                report.with_law(self.law, &observed).with_error(error)
            }
            Broken::Error(error) => Report::of_error(headline, error).with_rows(2, rows),
        };
        report.with_end(&pin).into()
    }

    pub(super) fn into_undecided(self, undecided: Undecided) -> Failure {
        let headline = headline("timing law undecided", self.code);
        let told = self.case.told();
        let rows = [("law", shorten(self.law)), ("when", self.when(&told))];
        let Undecided { error, run } = undecided;
        let report = Report::new(headline, run.trace()).with_error(error).with_rows(2, rows);
        report.with_end(&pin(&told)).into()
    }

    fn when(&self, told: &[(StepName, Duration)]) -> String {
        let mut when = String::new();
        for (index, (step, latency)) in told.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            let _ = write!(when, "{comma}{step} = {}", Millis(*latency));
        }
        let when = if told.is_empty() { "always".to_owned() } else { shorten(when) };
        let runs = match self.runs {
            _ if self.is_pinned => "pinned".to_owned(),
            1 => "in the first run".to_owned(),
            runs => format!("smallest of {runs} runs"),
        };
        match &self.seeds {
            Some(seeds) => format!("{when}     ({runs}; seed in {})", seeds.display()),
            None => format!("{when}     ({runs})"),
        }
    }
}

/// The law that the code obeys instead, and what that means.
fn observed(law: &Law, code: Code<'_>) -> String {
    // Code that panics elsewhere has already failed here, and has no law.
    let found = catch_unwind(AssertUnwindSafe(|| find(code)));
    match found {
        Ok(Ok(Finding::Law(found))) => match law.difference(&found.law) {
            Some(difference) => format!("{}     {difference}", shorten(&found.law)),
            None => shorten(&found.law),
        },
        Ok(Ok(Finding::NoLaw(none))) => format!("no law found: {none}"),
        Ok(Err(error)) => format!("no law found: {error}"),
        Err(_) => "no law found: the code panics on other latencies".to_owned(),
    }
}

/// What a failure is called, and the code that failed.
pub(super) fn headline(what: &str, code: Option<&str>) -> String {
    match code {
        Some(code) => format!("{what}: {}", shorten(one_line(code))),
        None => what.to_owned(),
    }
}

/// The call that pins the case. Of many steps those that take no time are left
/// out, which comes to the same.
fn pin(told: &[(StepName, Duration)]) -> String {
    const FEW: usize = 8;
    let takes_time = |(_, latency): &&(StepName, Duration)| !latency.is_zero();
    let mut pinned: Vec<_> = told.iter().collect();
    if told.len() > FEW && told.iter().any(|it| takes_time(&it)) {
        pinned.retain(takes_time);
    }
    let each = pinned.into_iter().map(|(step, latency)| {
        let name = match step.index() {
            None => step.name().as_str().to_owned(),
            Some(index) => format!("{}[{index}]", step.name().as_str()),
        };
        format!("({name:?}, Duration::from_millis({}))", latency.as_millis())
    });
    let each = each.collect::<Vec<_>>().join(", ");
    format!("  to pin it: Checker::new().case([{each}])")
}

/// Code as it stands in a headline.
fn one_line(code: &str) -> String {
    code.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{one_line, pin};
    use crate::name::StepName;

    #[test]
    fn code_over_several_lines_is_told_in_one() {
        assert_eq!(one_line("fetch(\n        client,\n    )"), "fetch( client, )");
    }

    /// How many latencies are pinned of so many, of which some take a millisecond.
    fn pinned(many: usize, taking_time: usize) -> usize {
        let ticks = |place| u64::from(place < taking_time);
        let step = |place| (StepName::new("s", Some(place)), Duration::from_millis(ticks(place)));
        pin(&(0..many).map(step).collect::<Vec<_>>()).matches("Duration::from_millis").count()
    }

    #[test]
    fn of_more_than_eight_latencies_those_of_nothing_are_not_pinned() {
        assert_eq!([pinned(7, 3), pinned(8, 3), pinned(9, 3), pinned(9, 9)], [7, 8, 3, 9]);
        // A case of no latency at all would be one that every law is tried on.
        assert_eq!([pinned(8, 0), pinned(9, 0)], [8, 9]);
    }

    #[test]
    fn a_case_is_pinned_by_the_names_of_its_steps() {
        let steps = [("a", None, 0), ("say \"b\"", Some(1), 20)];
        let steps = steps
            .map(|(name, place, ticks)| (StepName::new(name, place), Duration::from_millis(ticks)));
        assert_eq!(
            pin(&steps),
            "  to pin it: Checker::new().case([(\"a\", Duration::from_millis(0)), \
             (\"say \\\"b\\\"[1]\", Duration::from_millis(20))])"
        );
    }
}
