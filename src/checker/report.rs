//! How a law that some latencies break is told.

use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, Location, catch_unwind, resume_unwind};
use std::path::PathBuf;
use std::time::Duration;

use crate::artifact::keep;
use crate::checker::case::Case;
use crate::checker::judge::{Broken, Judge, NotJudged, TO_JUDGE_MORE, Undecided};
use crate::checker::pin::{Again, pin};
use crate::exploration::Relation;
use crate::infer::find;
use crate::inference::Finding;
use crate::law::Law;
use crate::name::StepName;
use crate::picture::{Look, Stream};
use crate::run::Warning;
use crate::runtime::Conditions;
use crate::runtime::Latency;
use crate::text::shorten;
use crate::time::Readable;
use crate::verdict::{Failure, Observed, Report, actual, late_tick, rounding};

/// The smallest latencies on which a law does not hold.
pub(super) struct Counterexample<'a> {
    pub(super) code: Option<&'static str>,
    pub(super) law: &'a Law,
    pub(super) relation: Relation,
    pub(super) case: Case,
    pub(super) runs: usize,
    pub(super) is_pinned: bool,
    pub(super) seeds: Option<PathBuf>,
    /// What limits the verdict, or would surprise.
    pub(super) notes: Vec<String>,
    /// Whether every check tries the case that led to this one.
    pub(super) is_always_tried: bool,
    /// Whether a panic leaves files behind, as a failure does.
    pub(super) keeps_files: bool,
}

impl Counterexample<'_> {
    /// The failure of a law that the case breaks. A panic of the code goes on to the caller
    /// instead, with a report on standard error.
    pub(super) fn into_failure(
        self,
        broken: Broken,
        kept_state: Option<StepName>,
        judge: &Judge<'_>,
        order: Vec<(&'static str, String)>,
    ) -> Failure {
        let latencies = self.case.told();
        let law = (self.relation.label(), shorten(self.law));
        let when = ("when", self.when(&latencies));
        // What a run that is drawn says of itself is in the report anyway.
        let drawn = match &broken {
            Broken::Law { run, .. } | Broken::Several { run, .. } => run.trace().notes(),
            _ => &[],
        };
        let is_said = |note: &&String| drawn.iter().any(|it| note.starts_with(it.as_str()));
        let notes: Vec<_> = self.notes.iter().filter(|note| !is_said(note)).collect();
        let notes = notes.into_iter().map(|note| ("note", note.clone()));
        let pin = self.pin(&latencies);
        let report = match broken {
            Broken::Law { expected, run } => {
                let (text, found) = observed(self.law, judge, kept_state.as_ref());
                let mut rows = vec![law, ("observed", text), when];
                rows.extend(order);
                let bound = match self.relation {
                    Relation::Equal => "",
                    Relation::AtMost => " or less",
                    Relation::AtLeast => " or more",
                };
                rows.push(("expected", format!("+{}{bound}", Readable(expected))));
                rows.push(("actual", actual(run.trace())));
                rows.extend(kept_state.map(|step| ("note", not_again(&step))));
                let unstarted = |step: &StepName| Some(self.case.latency(step));
                let observed = Observed::new(run.trace()).with_unstarted(&unstarted);
                let rounded =
                    found.and_then(|found| rounding(self.law, &found, expected, run.trace()));
                rows.extend(rounded.map(|note| ("note", note)));
                let late = late_tick(self.law, &observed, expected, run.trace());
                rows.extend(late.map(|note| ("note", note)));
                rows.extend(oddities(run.warnings()));
                rows.extend(notes);
                let what = match self.relation {
                    Relation::Equal => "timing law broken",
                    Relation::AtMost => "makespan above its bound",
                    Relation::AtLeast => "makespan below its bound",
                };
                let report = Report::new(headline(what, self.code), run.trace());
                let report = report.with_rows(2, rows);
                match self.relation {
                    Relation::Equal => report.with_law(self.law, &observed),
                    Relation::AtMost | Relation::AtLeast => report,
                }
            }
            Broken::Several { error, run } => {
                let (text, _) = observed(self.law, judge, None);
                let rows = [law, ("observed", text), when].into_iter().chain(notes);
                let headline = headline("timing law broken", self.code);
                let report = Report::new(headline, run.trace()).with_rows(2, rows);
                let observed = Observed::new(run.trace());
                report.with_law(self.law, &observed).with_error(error)
            }
            Broken::Overdue { expected, error, trace } => {
                let at = error.stood_at().unwrap_or_default();
                let expected = ("expected", format!("+{}", Readable(expected)));
                let actual = ("actual", format!("still running at {at}"));
                let rows = [law, when, expected, actual].into_iter().chain(notes);
                let headline = headline("timing law overrun", self.code);
                Report::of_error(headline, error).of_run(trace).with_rows(2, rows)
            }
            Broken::Endless { error, trace } => {
                let rows = [law, when].into_iter().chain(order).chain(notes);
                let headline = headline("code does not end", self.code);
                Report::of_error(headline, error).of_run(trace).with_rows(2, rows)
            }
            Broken::Panic { panicked, trace } => {
                let when = told_or_none(&latencies);
                let headline = format!("makespan: the code panicked when {when}");
                let code = self.code.map(|code| ("code", shorten(one_line(code))));
                let panic = ("panic", panicked.text);
                let runs = ("found", self.found());
                let rows = code.into_iter().chain([panic, law, runs]).chain(notes);
                let report = match trace {
                    Some(trace) => Report::new(headline, &trace),
                    None => Report::without_trace(headline),
                };
                let report = report.with_rows(2, rows);
                let report = report.with_end(pin).into();
                let caller = Location::caller();
                print_report(&if self.keeps_files { keep(report, caller) } else { report });
                resume_unwind(panicked.payload)
            }
        };
        report.with_end(pin).into()
    }

    pub(super) fn into_undecided(self, undecided: Undecided) -> Failure {
        let headline = headline("timing law undecided", self.code);
        let latencies = self.case.told();
        let rows = [("law", shorten(self.law)), ("when", self.when(&latencies))];
        let Undecided { error, run } = undecided;
        let report = Report::new(headline, run.trace()).with_error(error).with_rows(2, rows);
        report.with_end(self.pin(&latencies)).into()
    }

    fn pin(&self, latencies: &[(StepName, Duration)]) -> Option<String> {
        let again = match &self.seeds {
            _ if self.is_pinned => Again::Pinned,
            Some(_) => Again::Seed,
            None if self.is_always_tried => Again::Always,
            None => Again::Never,
        };
        pin(latencies, &|step| self.case.left_out(step), again)
    }

    /// The failure of a law that no case could judge.
    pub(super) fn into_not_judged(self, not_judged: NotJudged) -> Failure {
        let headline = headline("timing law not judged", self.code);
        let rows = [("law", shorten(self.law)), ("when", self.when(&self.case.told()))];
        let NotJudged { error, trace } = not_judged;
        let report = Report::of_error(headline, error).of_run(trace).with_rows(2, rows);
        report.with_end(Some(format!("  {TO_JUDGE_MORE}"))).into()
    }

    fn when(&self, told: &[(StepName, Duration)]) -> String {
        let mut when = String::new();
        for (index, (step, latency)) in told.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            let _ = write!(when, "{comma}{step} = {}", Readable(*latency));
        }
        let when = if told.is_empty() { "always".to_owned() } else { shorten(when) };
        format!("{when}     ({})", self.found())
    }

    /// How the case was found.
    fn found(&self) -> String {
        let runs = match self.runs {
            _ if self.is_pinned => "pinned".to_owned(),
            1 => "in the first run".to_owned(),
            runs => format!("smallest of {runs} runs"),
        };
        match &self.seeds {
            Some(seeds) => format!("{runs}; seed in {}", seeds.display()),
            None => runs,
        }
    }
}

/// What was odd about a run, but for what all runs have noted together.
fn oddities(warnings: &[Warning]) -> impl Iterator<Item = (&'static str, String)> {
    let odd = warnings.iter().filter(|it| !it.is_worth_a_note() && !it.is_of_answer());
    odd.map(|it| ("note", it.to_string()))
}

/// Latencies as they are read, or that there are none.
fn told_or_none(latencies: &[(StepName, Duration)]) -> String {
    if latencies.is_empty() {
        return "no delay had run".to_owned();
    }
    let each = latencies.iter().map(|(step, latency)| format!("{step} = {}", Readable(*latency)));
    shorten(each.collect::<Vec<_>>().join(", "))
}

fn not_again(step: &StepName) -> String {
    format!(
        "`{step}` ran in other cases but not in this one, and no more in the first of them when \
         that was run again: is state kept between cases?"
    )
}

/// Prints what a panic of the code is about; the panic itself goes on to the caller.
#[expect(clippy::print_stderr, reason = "the panic goes on as it is, and has no place for more")]
fn print_report(report: &Failure) {
    eprintln!("{}", report.told(Look::of(Stream::Err)));
}

/// How often the clock may jump in a run of the search for the law that the code follows.
/// A jump costs up to 13 us in a debug build: code that ticks is given up after 50 ms.
const JUMPS: u64 = 4_096;

/// The law that the code follows instead, and what that means; and the law itself, if one
/// was found.
fn observed(law: &Law, judge: &Judge<'_>, kept_state: Option<&StepName>) -> (String, Option<Law>) {
    let run = |latency: Latency| {
        let conditions =
            Conditions { latency, jumps: JUMPS, is_quiet: true, is_patient: true, face: "Checker" };
        (judge.code)(conditions).map_err(|stopped| stopped.into_error())
    };
    // Code that panics elsewhere has already failed here, and has no law.
    let found = catch_unwind(AssertUnwindSafe(|| find(&run)));
    let none = match found {
        Ok(Ok(Finding::Law(found))) => {
            let text = match law.difference(&found.law) {
                // Where a step does not run any more, the code may well wait for it.
                Some(difference) if kept_state.is_none() => {
                    format!("{}     {difference}", shorten(&found.law))
                }
                _ => shorten(&found.law),
            };
            return (text, Some(found.law));
        }
        Ok(Ok(Finding::NoLaw(none))) => none.to_string(),
        Ok(Err(error)) => error.to_string().lines().next().unwrap_or_default().to_owned(),
        Err(_) => "the code panics on other latencies".to_owned(),
    };
    (format!("no law found: {none}"), None)
}

/// What a failure is called, and the code that failed.
pub(super) fn headline(what: &str, code: Option<&str>) -> String {
    match code {
        Some(code) => format!("{what}: {}", shorten(one_line(code))),
        None => what.to_owned(),
    }
}

/// Code as it stands in a headline.
pub(super) fn one_line(code: &str) -> String {
    code.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn code_over_several_lines_is_told_in_one() {
        assert_eq!(one_line("fetch(\n        client,\n    )"), "fetch( client, )");
    }
}
